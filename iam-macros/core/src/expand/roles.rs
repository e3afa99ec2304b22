//! Demands on roles, in source.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::LitStr;
use syn::spanned::Spanned;

use super::paths;
use crate::model::Roles;
use crate::parse::Role;

/// One of these.
pub(super) fn one_of(roles: &[Role], up: usize) -> TokenStream {
    let rule = quote!(__iam::RoleRule);
    let names: Option<Vec<_>> =
        roles.iter().map(|role| if let Role::Name(name) = role { Some(name) } else { None }).collect();
    match (names, roles) {
        (Some(names), _) => quote!(#rule::OneOf(&[#(#names),*])),
        (None, [only]) => self::rule(only, up),
        (None, _) => {
            let roles = roles.iter().map(|role| self::rule(role, up));
            quote!(#rule::Any(&[#(#roles),*]))
        }
    }
}

fn rule(role: &Role, up: usize) -> TokenStream {
    let rule = quote!(__iam::RoleRule);
    match role {
        Role::Name(name) => quote!(#rule::OneOf(&[#name])),
        Role::Constant(path) => {
            let span = path.span();
            let path = paths::inside(path, up);
            let iam = quote!(__iam);
            quote_spanned!(span=> #rule::Named(|see| #iam::RoleSet::each(&#path, see)))
        }
        Role::Any(roles) => one_of(roles, up),
        Role::All(roles) => {
            let roles = roles.iter().map(|role| self::rule(role, up));
            quote!(#rule::All(&[#(#roles),*]))
        }
        Role::Not(_, role) => {
            let role = self::rule(role, up);
            quote!(#rule::Not(&#role))
        }
    }
}

/// That every literal is a declared role, if the tenants declare any.
pub(super) fn declared<'a>(demands: impl Iterator<Item = &'a Roles>) -> TokenStream {
    let mut names = Vec::new();
    demands.flat_map(|roles| &roles.demand.alternatives).for_each(|role| literals(role, &mut names));
    let checks = names.into_iter().map(|name| {
        let span = name.span().resolved_at(Span::call_site());
        let check = quote!(__iam::declared_role(<__IamTenants as __iam::Tenant>::ROLES, #name));
        // At the literal, and nothing that lints take for the user's own.
        let check = paths::located(span, check);
        quote_spanned!(span=> const _: () = #check;)
    });
    checks.collect()
}

fn literals<'a>(role: &'a Role, into: &mut Vec<&'a LitStr>) {
    match role {
        Role::Name(name) => into.push(name),
        Role::Constant(_) => {}
        Role::Any(roles) | Role::All(roles) => roles.iter().for_each(|role| literals(role, into)),
        Role::Not(_, role) => literals(role, into),
    }
}
