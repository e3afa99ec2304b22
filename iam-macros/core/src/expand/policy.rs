//! The constant that a policy becomes.
//!
//! In a handler's body, as in `policy!`'s own block, `__iam` is what the adapter keeps for us.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;

use super::data::{Selector, data};
use super::{base, paths, roles};
use crate::model::{Base, Guarded, Named, Policy, Tenant};
use crate::parse::{Credential, TenantNames};

/// A policy in source.
pub(super) struct Tokens {
    /// The return type.
    pub(super) bound: Bound,
    /// What stands in the body before all else.
    pub(super) items: TokenStream,
    /// The value that stands for it.
    pub(super) kind: TokenStream,
    /// What arguments have to agree with.
    pub(super) meets: Meets,
}

/// The policy's side of the agreement, as types.
pub(super) struct Meets {
    pub(super) credential: TokenStream,
    /// None where there is no tenant.
    pub(super) tenant: Option<TokenStream>,
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
    let Some(constant) = constant(root, policy) else {
        return Tokens {
            bound: Bound { name: quote!(#root::#open), arguments: TokenStream::new() },
            items: TokenStream::new(),
            kind: quote!(__iam::Public),
            meets: Meets { credential: quote!(__iam::kinds::Public), tenant: None },
        };
    };
    let tenants = &constant.tenants;
    let implementation = constant.implemented(&quote!(__IamPolicy));
    Tokens {
        bound: Bound { name: quote!(#root::#guarded), arguments: quote!(#tenants,) },
        items: quote!(struct __IamPolicy; #implementation),
        kind: quote!(__iam::Requires(__IamPolicy)),
        meets: Meets { credential: constant.credential, tenant: constant.tenant },
    }
}

/// What a policy demands, in source.
pub(super) struct Constant {
    /// The enum.
    tenants: TokenStream,
    /// The `PolicyData`, which calls the enum `__IamTenants`.
    data: TokenStream,
    /// The kind of credential as a type.
    credential: TokenStream,
    /// The tenant as a type, unless it was not understood.
    tenant: Option<TokenStream>,
    /// That other spellings of the tenant mean the same, and names what is declared.
    checks: TokenStream,
    bases: Vec<Base>,
}

/// None for `#[public]`.
pub(super) fn constant(root: &Path, policy: &Policy) -> Option<Constant> {
    match policy {
        Policy::Public => None,
        Policy::Guarded(guarded) => Some(constant_of(root, guarded)),
        Policy::Closed(stand_in) => {
            let data = quote! {
                __iam::PolicyData::session(<__IamTenants as __iam::Tenant>::ALL[0]).roles(&[__iam::RoleRule::OneOf(&[])])
            };
            let tenants = match stand_in {
                Some(stand_in) => base::stand_in(root, stand_in),
                None => paths::tenants(None, 0, Span::call_site()),
            };
            let credential = quote!(__iam::kinds::Closed);
            Some(Constant { tenants, data, credential, tenant: None, checks: TokenStream::new(), bases: Vec::new() })
        }
    }
}

fn constant_of(root: &Path, guarded: &Guarded) -> Constant {
    let At { tenants, selector, ty, checks } = At::of(root, &guarded.tenant);
    let credential = match (&guarded.credential, guarded.bases.first()) {
        (None, Some(base)) => base::member(base, &quote!(Credential)),
        (credential, _) => kind(credential.as_ref().unwrap_or(&Credential::Session)),
    };
    let declared = roles::declared(guarded.roles.iter().filter(|roles| !roles.settled));
    Constant {
        tenants,
        data: data(guarded, &selector),
        credential,
        tenant: Some(ty),
        checks: quote!(#checks #declared),
        bases: guarded.bases.clone(),
    }
}

impl Constant {
    /// The policy of the type `of`.
    pub(super) fn implemented(&self, of: &TokenStream) -> TokenStream {
        let Self { tenants, data, tenant, checks, bases, .. } = self;
        let compositions = bases.iter().map(|base| base::check(base, of, tenant.as_ref().unwrap_or(&quote!(()))));
        let named = bases.iter().map(base::named);
        // The alias keeps the enum's name out of the `impl`: if it is not in scope, the
        // compiler would propose the associated type there.
        quote! {
            #(#named)*
            type __IamTenants = #tenants;
            impl __iam::Policy for #of {
                type Tenants = __IamTenants;
                const POLICY: &'static __iam::PolicyData<__IamTenants> = &#data;
            }
            #checks
            #(#compositions)*
        }
    }

    /// That others can build on it.
    pub(super) fn as_base(&self, of: &Ident) -> TokenStream {
        let Self { credential, tenant, .. } = self;
        let tenant = tenant.clone().unwrap_or_else(|| quote!(__iam::kinds::Closed));
        // Messages list the policies that there are: at their names.
        quote_spanned! {of.span()=>
            impl __iam::BasePolicy for #of {
                type Credential = #credential;
                type Tenant = #tenant;
            }
        }
    }
}

/// Where a policy belongs.
struct At {
    /// The enum.
    tenants: TokenStream,
    selector: Selector,
    /// The tenant as a type.
    ty: TokenStream,
    /// That other spellings of the tenant mean the same.
    checks: TokenStream,
}

impl At {
    fn of(root: &Path, tenant: &Tenant) -> Self {
        match tenant {
            Tenant::Named(named, again) => Self::named(named, again),
            Tenant::Default { span, up } => {
                let default = quote_spanned!(*span=> <__IamTenants as __iam::DefaultTenant>::DEFAULT_TENANT);
                let ty = type_of(&default);
                Self {
                    tenants: paths::tenants(None, *up, *span),
                    selector: Selector::Route(default),
                    ty: quote!(__iam::Named<#ty>),
                    checks: TokenStream::new(),
                }
            }
            Tenant::OfPolicy(policy) => Self {
                tenants: base::tenants(root, &policy.path, policy.up),
                selector: Selector::Like(base::data(policy)),
                ty: base::member(policy, &quote!(Tenant)),
                checks: TokenStream::new(),
            },
        }
    }

    fn named(named: &Named, again: &[Named]) -> Self {
        // Equal names may still be of two enums.
        let checks = again.iter().flat_map(|other| {
            let of = paths::tenants_of(other);
            other.names.all().iter().map(move |name| {
                let value = paths::member(of.clone(), name);
                quote_spanned!(name.span()=> const _: __IamTenants = #value;)
            })
        });
        let members = named.names.all().iter().map(|name| paths::member(quote!(__IamTenants), name));
        // In one order, so that those of two lists can be compared.
        let types = named.names.sorted().into_iter().map(|name| paths::member(quote!(__IamTenants), name));
        let types = types.map(|member| type_of(&member));
        let (selector, ty) = match named.names {
            TenantNames::One(_) => (Selector::Route(quote!(#(#members)*)), quote!(__iam::Named<#(#types)*>)),
            TenantNames::ByHost(..) => (Selector::Host(quote!(#(#members),*)), quote!(__iam::ByHost<(#(#types,)*)>)),
        };
        Self { tenants: paths::tenants_of(named), selector, ty, checks: checks.collect() }
    }
}

/// The type of a tenant that is given by its value.
fn type_of(tenant: &TokenStream) -> TokenStream {
    quote!(<__IamTenants as __iam::TypeAt<{ #tenant as usize }>>::Type)
}

/// A kind of credential as a type.
fn kind(credential: &Credential) -> TokenStream {
    let kind = match credential {
        Credential::Session => quote!(Session),
        Credential::Optional { .. } => quote!(OptionalSession),
        Credential::Machine => quote!(Machine),
        Credential::Delegated { .. } => quote!(Delegated),
        Credential::SessionOrMachine => quote!(SessionOrMachine),
    };
    quote!(__iam::kinds::#kind)
}
