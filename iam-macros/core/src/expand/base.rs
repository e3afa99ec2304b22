//! A policy that another builds on, in source.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Path;
use syn::spanned::Spanned;

use super::paths;
use crate::model::{Base, StandIn, TenantsOf};

/// `type __IamBase0 = ..`, by which the rest of the policy calls it.
pub(super) fn named(base: &Base) -> TokenStream {
    let (alias, policy) = (alias(base), known(&quote!(__iam), &base.path, base.up));
    quote!(type #alias = #policy;)
}

fn alias(base: &Base) -> Ident {
    format_ident!("__IamBase{}", base.at)
}

/// The policy, behind the question whether it is one: an answer that fails is the one error, at the
/// path, and all that depends on it is left alone by the compiler.
fn known(iam: &TokenStream, path: &Path, up: usize) -> TokenStream {
    let (span, path) = (path.span(), paths::inside(path, up));
    let base = paths::located(span, quote!(#iam::Base));
    let policy = paths::located(span, quote!(#iam::BasePolicy));
    // With `<>` behind an unknown name, the compiler does not propose a type parameter of that name.
    let path = quote_spanned!(span=> #path<>);
    // A path with a `super` of ours has no place of its own, a name of ours has the user's.
    let asked = if up > 0 {
        quote_spanned!(span=> { type It = #path; <It as #policy>::IS_POLICY })
    } else {
        quote_spanned!(span=> { <#path as #policy>::IS_POLICY })
    };
    quote_spanned!(span=> #base<#path, #asked>)
}

/// `<__IamBase0 as BasePolicy>::Tenant`, or what else of it has a name.
pub(super) fn member(base: &Base, name: &TokenStream) -> TokenStream {
    let alias = alias(base);
    quote!(<#alias as __iam::BasePolicy>::#name)
}

/// Its enum, also for where no `__iam` is in scope.
pub(super) fn tenants(root: &Path, path: &Path, up: usize) -> TokenStream {
    let iam = quote!(#root::__private);
    let policy = known(&iam, path, up);
    quote!(<#policy as #iam::Policy>::Tenants)
}

/// The enum that a policy which was not understood is written for.
pub(super) fn stand_in(root: &Path, stand_in: &StandIn) -> TokenStream {
    let StandIn { tenants: of, up } = stand_in;
    match of {
        TenantsOf::Enum(path) => paths::inside(path, *up),
        TenantsOf::Policy(path) => tenants(root, path, *up),
    }
}

/// The whole of it.
pub(super) fn data(base: &Base) -> TokenStream {
    let alias = alias(base);
    quote!(<#alias as __iam::Policy>::POLICY)
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
