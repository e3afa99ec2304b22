//! Demands on roles, in source.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{LitStr, Path};

use super::paths;
use crate::model::Roles;
use crate::parse::Role;

/// One of these.
pub(super) fn one_of(root: &Path, roles: &[Role], up: usize) -> TokenStream {
    let rule = quote!(#root::__private::RoleRule);
    let names: Option<Vec<_>> =
        roles.iter().map(|role| if let Role::Name(name) = role { Some(name) } else { None }).collect();
    match (names, roles) {
        (Some(names), _) => quote!(#rule::OneOf(&[#(#names),*])),
        (None, [only]) => self::rule(root, only, up),
        (None, _) => {
            let roles = roles.iter().map(|role| self::rule(root, role, up));
            quote!(#rule::Any(&[#(#roles),*]))
        }
    }
}

fn rule(root: &Path, role: &Role, up: usize) -> TokenStream {
    let rule = quote!(#root::__private::RoleRule);
    match role {
        Role::Name(name) => quote!(#rule::OneOf(&[#name])),
        Role::Constant(path) => {
            let span = path.span();
            let path = paths::inside(path, up);
            quote_spanned!(span=> #rule::Named(|see| #root::__private::RoleSet::each(&#path, see)))
        }
        Role::Any(roles) => one_of(root, roles, up),
        Role::All(roles) => {
            let roles = roles.iter().map(|role| self::rule(root, role, up));
            quote!(#rule::All(&[#(#roles),*]))
        }
        Role::Not(_, role) => {
            let role = self::rule(root, role, up);
            quote!(#rule::Not(&#role))
        }
    }
}

/// That every literal is a declared role, if the tenants declare any.
pub(super) fn declared<'a>(root: &Path, demands: impl Iterator<Item = &'a Roles>) -> TokenStream {
    let mut names = Vec::new();
    demands.flat_map(|roles| &roles.demand.alternatives).for_each(|role| literals(role, &mut names));
    let checks = names.into_iter().map(|name| {
        let span = name.span().resolved_at(Span::call_site());
        let check = quote!(#root::__private::declared_role(<__IamTenants as #root::__private::Tenant>::ROLES, #name));
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
