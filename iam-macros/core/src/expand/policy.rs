//! The constant that a policy becomes.
//!
//! In a handler's body, as in `policy!`'s own block, `__iam` is what the adapter keeps for us.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;
use syn::spanned::Spanned;

use super::{paths, roles};
use crate::model::{Guarded, Policy, Tenant};
use crate::parse::{Credential, Permission, PermissionObject, PermissionRelation, Piece, TenantNames};

/// A policy in source.
pub(super) struct Tokens {
    /// The return type.
    pub(super) bound: Bound,
    /// What stands in the body before all else.
    pub(super) items: TokenStream,
    /// The value that stands for it.
    pub(super) kind: TokenStream,
    /// What arguments have to agree with.
    pub(super) arguments: TokenStream,
}

/// `Guarded<Tenants, ..>` or `Open<..>`, the `Answer` left out.
pub(super) struct Bound {
    pub(super) name: TokenStream,
    pub(super) arguments: TokenStream,
}

/// Writes a policy, of a handler with a route of its own or without.
pub(super) fn tokens(root: &Path, policy: &Policy, is_routed: bool) -> Tokens {
    let (open, guarded) =
        if is_routed { (quote!(OpenRouted), quote!(Routed)) } else { (quote!(Open), quote!(Guarded)) };
    let Some(constant) = constant(policy) else {
        return Tokens {
            bound: Bound { name: quote!(#root::#open), arguments: TokenStream::new() },
            items: TokenStream::new(),
            kind: quote!(__iam::Public),
            arguments: quote!(Public),
        };
    };
    let (tenants, arguments) = (&constant.tenants, &constant.arguments);
    let implementation = constant.implemented(&quote!(__IamPolicy));
    Tokens {
        bound: Bound { name: quote!(#root::#guarded), arguments: quote!(#tenants,) },
        items: quote!(struct __IamPolicy; #implementation),
        kind: quote!(__iam::Requires(__IamPolicy)),
        arguments: arguments.clone(),
    }
}

/// What a policy demands, in source.
pub(super) struct Constant {
    /// The enum.
    tenants: TokenStream,
    /// The `PolicyData`, which calls the enum `__IamTenants`.
    data: TokenStream,
    /// What arguments have to agree with.
    arguments: TokenStream,
    /// That other spellings of the tenant mean the same.
    checks: TokenStream,
}

/// None for `#[public]`.
pub(super) fn constant(policy: &Policy) -> Option<Constant> {
    match policy {
        Policy::Public => None,
        Policy::Guarded(guarded) => {
            let (tenants, tenant, checks) = tenant(&guarded.tenant);
            let (data, arguments) = (data(guarded, &tenant), kind(&guarded.credential));
            let unsettled = guarded.roles.iter().filter(|roles| !roles.settled);
            let declared = roles::declared(unsettled);
            let checks = quote!(#checks #declared);
            Some(Constant { tenants, data, arguments, checks })
        }
        Policy::Closed(of) => {
            let (of, up) = of.as_ref().map_or((None, 0), |(of, up)| (Some(of), *up));
            let data = quote! {
                __iam::PolicyData::session(<__IamTenants as __iam::Tenant>::ALL[0]).roles(&[__iam::RoleRule::OneOf(&[])])
            };
            let tenants = paths::tenants(of, up, Span::call_site());
            Some(Constant { tenants, data, arguments: quote!(Session), checks: TokenStream::new() })
        }
    }
}

impl Constant {
    /// The policy of the type `of`.
    pub(super) fn implemented(&self, of: &TokenStream) -> TokenStream {
        let Self { tenants, data, checks, .. } = self;
        // The alias keeps the enum's name out of the `impl`: if it is not in scope, the
        // compiler would propose the associated type there.
        quote! {
            type __IamTenants = #tenants;
            impl __iam::Policy for #of {
                type Tenants = __IamTenants;
                const POLICY: &'static __iam::PolicyData<__IamTenants> = &#data;
            }
            #checks
        }
    }
}

/// The enum, the tenant in it, and the checks that other spellings mean the same.
fn tenant(tenant: &Tenant) -> (TokenStream, Selector, TokenStream) {
    match tenant {
        Tenant::Named(named, again) => {
            // Equal names may still be of two enums.
            let again = again.iter().flat_map(|other| {
                let of = paths::tenants_of(other);
                other.names.all().iter().map(move |name| {
                    let value = paths::member(of.clone(), name);
                    quote_spanned!(name.span()=> const _: __IamTenants = #value;)
                })
            });
            let checks = quote!(#(#again)*);
            let members = named.names.all().iter().map(|name| paths::member(quote!(__IamTenants), name));
            let members = quote!(#(#members),*);
            let selector = match named.names {
                TenantNames::One(_) => Selector::Route(members),
                TenantNames::ByHost(..) => Selector::Host(members),
            };
            (paths::tenants_of(named), selector, checks)
        }
        Tenant::Default { span, up } => {
            let tenants = paths::tenants(None, *up, *span);
            let default = quote_spanned!(*span=> <__IamTenants as __iam::DefaultTenant>::DEFAULT_TENANT);
            (tenants, Selector::Route(default), TokenStream::new())
        }
    }
}

/// How the tenant is found: by the route, or by the host among these.
enum Selector {
    Route(TokenStream),
    Host(TokenStream),
}

fn data(guarded: &Guarded, tenant: &Selector) -> TokenStream {
    let Guarded { credential, roles, permissions, aal, session_age, checks, .. } = guarded;
    let kind = credential_kind(credential);
    let start = match (tenant, credential) {
        (Selector::Route(tenant), Credential::Session) => quote!(session(#tenant)),
        (Selector::Route(tenant), _) => quote!(new(#tenant, #kind)),
        (Selector::Host(tenants), _) => quote!(by_host(&[#tenants], #kind)),
    };
    let mut data = quote!(__iam::PolicyData::#start);
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

fn kind(credential: &Credential) -> TokenStream {
    match credential {
        Credential::Session => quote!(Session),
        Credential::Optional { .. } => quote!(OptionalSession),
        Credential::Machine => quote!(Machine),
        Credential::Delegated { .. } => quote!(Delegated),
        Credential::SessionOrMachine => quote!(SessionOrMachine),
    }
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
            let path = paths::inside(path, up);
            quote!(Function(#path))
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
