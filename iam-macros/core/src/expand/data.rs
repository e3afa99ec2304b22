//! What a policy demands, as the constant that the decision reads.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Path;
use syn::spanned::Spanned;

use super::policy::Selector;
use super::{base, paths, roles};
use crate::model::{Guarded, Tenant};
use crate::parse::{Credential, Permission, PermissionObject, Piece};

/// The `PolicyData`.
pub(super) fn data(root: &Path, guarded: &Guarded, tenant: &Selector) -> TokenStream {
    let Guarded { credential, bases, roles, permissions, aal, session_age, checks, .. } = guarded;
    let kind = credential.as_ref().map(|credential| credential_kind(root, credential));
    let start = match (tenant, credential) {
        (Selector::Route(tenant), Some(Credential::Session)) => quote!(session(#tenant)),
        (Selector::Route(tenant), _) => quote!(new(#tenant, #kind)),
        (Selector::Host(tenants), _) => quote!(by_host(&[#tenants], #kind)),
        (Selector::Like(policy), None) => quote!(like(#policy)),
        (Selector::Like(policy), Some(_)) => quote!(like(#policy).credential(#kind)),
    };
    let mut data = quote!(#root::__private::PolicyData::#start);
    if !bases.is_empty() {
        let rules = bases.iter().map(|base| base::rules(root, base));
        // What a constant refers to lives for ever in another constant only.
        data.extend(quote!(.bases({
            const BASES: &[&#root::__private::Rules] = &[#(#rules),*];
            BASES
        })));
    }
    if !roles.is_empty() {
        let rules = roles.iter().map(|roles| roles::one_of(root, &roles.demand.alternatives, roles.up));
        data.extend(quote!(.roles(&[#(#rules),*])));
        if let Some(fresh) = roles.iter().filter_map(|roles| roles.demand.fresh).min() {
            data.extend(quote!(.fresh(#fresh)));
        }
    }
    data.extend(aal.map(|aal| quote!(.aal(#aal))));
    data.extend(session_age.map(|seconds| quote!(.max_session_age(#seconds))));
    if !permissions.is_empty() {
        let permissions = permissions.iter().map(|(permission, up)| self::permission(root, permission, *up));
        data.extend(quote!(.permissions(&[#(#permissions),*])));
    }
    if !checks.is_empty() {
        let checks = checks.iter().map(|(path, up)| check(root, path, *up));
        data.extend(quote!(.checks(&[#(#checks),*])));
    }
    let notes: Vec<_> = [
        (guarded.overrides_tenant, quote!(OverridesTenant)),
        (guarded.overrides_credential, quote!(OverridesCredential)),
        (matches!(guarded.tenant, Tenant::Default { .. }), quote!(DefaultTenant)),
    ]
    .into_iter()
    .filter_map(|(applies, note)| applies.then_some(note))
    .collect();
    if !notes.is_empty() {
        data.extend(quote!(.notes(&[#(#root::__private::Note::#notes),*])));
    }
    data
}

fn credential_kind(root: &Path, credential: &Credential) -> TokenStream {
    let variant = match credential {
        Credential::Session => quote!(Session),
        Credential::Optional { stale_is_anonymous } => {
            quote!(OptionalSession { stale_is_anonymous: #stale_is_anonymous })
        }
        Credential::Machine => quote!(Machine),
        Credential::Delegated { scopes } => quote!(Delegated { scopes: &[#(#scopes),*] }),
        Credential::SessionOrMachine => quote!(SessionOrMachine),
    };
    quote!(#root::__private::CredentialKind::#variant)
}

/// A check by the name that it was written with; its type is looked at there.
fn check(root: &Path, path: &Path, up: usize) -> TokenStream {
    let name = quote!(#path).to_string().replace(' ', "");
    let span = path.span();
    let path = paths::inside(path, up);
    let answering = paths::located(span, quote!(#root::__private::answering));
    let run = quote_spanned!(span=> |caller, request| #answering(#path(caller, request)));
    quote!(#root::__private::Check { name: #name, run: #run })
}

fn permission(root: &Path, permission: &Permission, up: usize) -> TokenStream {
    let Permission { namespace, relation, object } = permission;
    let object = match object {
        PermissionObject::Function(path) => {
            let path = paths::inside(path, up);
            quote!(Function(#path))
        }
        PermissionObject::Template(_) => {
            let pieces = permission.pieces().into_iter().flatten().map(|piece| match piece {
                Piece::Text(text) => quote!(#root::__private::Segment::Text(#text)),
                Piece::Parameter(name) => quote!(#root::__private::Segment::Parameter(#name)),
            });
            quote!(Template(&[#(#pieces),*]))
        }
    };
    quote! {
        #root::__private::Permission {
            namespace: #namespace,
            relation: #relation,
            object: #root::__private::Object::#object,
        }
    }
}
