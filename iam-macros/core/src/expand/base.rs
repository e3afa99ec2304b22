//! A policy that another builds on, in source.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;
use syn::spanned::Spanned;

use super::paths;
use crate::model::{Base, StandIn, TenantsOf};

/// `<Staff as BasePolicy>::Tenant`, all under the span of the path: what is no policy is an error there.
pub(super) fn member(base: &Base, name: &TokenStream) -> TokenStream {
    member_of(base, quote!(__iam::BasePolicy), name)
}

fn member_of(base: &Base, of: TokenStream, name: &TokenStream) -> TokenStream {
    let (path, span) = (paths::inside(&base.path, base.up), base.path.span());
    let of = paths::located(span, of);
    // With `<>` behind an unknown name, the compiler does not propose a type parameter of that name.
    quote_spanned!(span=> <#path<> as #of>::#name)
}

/// Its enum, also for where no `__iam` is in scope.
pub(super) fn tenants(root: &Path, base: &Base) -> TokenStream {
    member_of(base, quote!(#root::__private::Policy), &quote!(Tenants))
}

/// The enum that a policy which was not understood is written for.
pub(super) fn stand_in(root: &Path, stand_in: &StandIn) -> TokenStream {
    let StandIn { tenants: of, up } = stand_in;
    match of {
        TenantsOf::Enum(path) => paths::inside(path, *up),
        TenantsOf::Policy(path) => tenants(root, &Base { path: path.clone(), up: *up }),
    }
}

/// The whole of it.
pub(super) fn data(base: &Base) -> TokenStream {
    member_of(base, quote!(__iam::Policy), &quote!(POLICY))
}

/// Its rules.
pub(super) fn rules(base: &Base) -> TokenStream {
    let data = data(base);
    quote!(&#data.rules)
}

/// That it can hold together with the policy `of` of a tenant of this type, which builds on it.
pub(super) fn check(base: &Base, of: &TokenStream, own_tenant: &TokenStream) -> TokenStream {
    let span = base.path.span().resolved_at(Span::call_site());
    let (tenant, rules) = (member(base, &quote!(Tenant)), rules(base));
    // The first policy's tenant is the handler's own, if nothing else names one.
    let same = (tenant.to_string() != own_tenant.to_string()).then(|| {
        let same = paths::located(span, quote!(__iam::same_tenant::<#tenant, #own_tenant>()));
        quote_spanned!(span=> const _: () = #same;)
    });
    let own = quote!(<#of as __iam::Policy>::POLICY);
    let composes = paths::located(span, quote!(__iam::composes(&#own.rules, #rules)));
    quote_spanned!(span=> #same const _: () = #composes;)
}
