//! What a policy demands, as the constant that the decision reads.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Path;
use syn::spanned::Spanned;

use super::{base, paths, roles};
use crate::model::{Guarded, Tenant};
use crate::parse::{Credential, Permission, PermissionObject, PermissionRelation, Piece};

/// How the tenant is found: by the route, by the host among these, or as another policy says.
pub(super) enum Selector {
    Route(TokenStream),
    Host(TokenStream),
    Like(TokenStream),
}

/// The `PolicyData`.
pub(super) fn data(guarded: &Guarded, tenant: &Selector) -> TokenStream {
    let Guarded { credential, bases, roles, permissions, aal, session_age, checks, .. } = guarded;
    let kind = credential.as_ref().map(credential_kind);
    let start = match (tenant, credential) {
        (Selector::Route(tenant), Some(Credential::Session)) => quote!(session(#tenant)),
        (Selector::Route(tenant), _) => quote!(new(#tenant, #kind)),
        (Selector::Host(tenants), _) => quote!(by_host(&[#tenants], #kind)),
        (Selector::Like(policy), None) => quote!(like(#policy)),
        (Selector::Like(policy), Some(_)) => quote!(like(#policy).credential(#kind)),
    };
    let mut data = quote!(__iam::PolicyData::#start);
    if !bases.is_empty() {
        let rules = bases.iter().map(base::rules);
        // What a constant refers to lives for ever in another constant only.
        data.extend(quote!(.bases({
            const BASES: &[&__iam::Rules] = &[#(#rules),*];
            BASES
        })));
    }
    if !roles.is_empty() {
        let rules = roles.iter().map(|roles| roles::one_of(&roles.demand.alternatives, roles.up));
        data.extend(quote!(.roles(&[#(#rules),*])));
        if let Some(fresh) = roles.iter().filter_map(|roles| roles.demand.fresh).min() {
            data.extend(quote!(.fresh(#fresh)));
        }
    }
    data.extend(aal.map(|aal| quote!(.aal(#aal))));
    data.extend(session_age.map(|seconds| quote!(.max_session_age(#seconds))));
    if !permissions.is_empty() {
        let permissions = permissions.iter().map(|(permission, up)| self::permission(permission, *up));
        data.extend(quote!(.permissions(&[#(#permissions),*])));
    }
    if !checks.is_empty() {
        let checks = checks.iter().map(|(path, up)| check(path, *up));
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
        data.extend(quote!(.notes(&[#(__iam::Note::#notes),*])));
    }
    data
}

fn credential_kind(credential: &Credential) -> TokenStream {
    let variant = match credential {
        Credential::Session => quote!(Session),
        Credential::Optional { stale_is_anonymous } => {
            quote!(OptionalSession { stale_is_anonymous: #stale_is_anonymous })
        }
        Credential::Machine => quote!(Machine),
        Credential::Delegated { scopes } => quote!(Delegated { scopes: &[#(#scopes),*] }),
        Credential::SessionOrMachine => quote!(SessionOrMachine),
    };
    quote!(__iam::CredentialKind::#variant)
}

/// A check by the name that it was written with; its type is looked at there.
fn check(path: &Path, up: usize) -> TokenStream {
    let name = quote!(#path).to_string().replace(' ', "");
    let span = path.span();
    let path = paths::inside(path, up);
    let answering = paths::located(span, quote!(__iam::answering));
    let run = quote_spanned!(span=> |caller, request| #answering(#path(caller, request)));
    quote!(__iam::Check { name: #name, run: #run })
}

fn permission(permission: &Permission, up: usize) -> TokenStream {
    let Permission { relation, object } = permission;
    let object = match object {
        PermissionObject::Function(path) => {
            let (span, path) = (path.span(), paths::inside(path, up));
            let named = paths::located(span, quote!(__iam::named_object));
            let function = quote_spanned!(span=> |request| #named(#path(request)));
            quote!(Function(#function))
        }
        PermissionObject::Template(_) => {
            let pieces = permission.pieces().into_iter().flatten().map(|piece| match piece {
                Piece::Text(text) => quote!(__iam::Segment::Text(#text)),
                Piece::Parameter(name) => quote!(__iam::Segment::Parameter(#name)),
                Piece::U64(name) => quote!(__iam::Segment::U64(#name)),
                Piece::Uuid(name) => quote!(__iam::Segment::Uuid(#name)),
            });
            quote!(Template(&[#(#pieces),*]))
        }
    };
    let (permission, object) = (quote!(__iam::Permission), quote!(__iam::Object::#object));
    match relation {
        PermissionRelation::Named { namespace, relation } => quote!(#permission::named(#namespace, #relation, #object)),
        PermissionRelation::Declared(namespace, relation) => {
            let namespace = paths::inside(namespace, up);
            quote!(#permission::of(<#namespace>::#relation, #object))
        }
    }
}
