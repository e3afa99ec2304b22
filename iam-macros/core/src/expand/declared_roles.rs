//! The enum of roles with all it can do.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

use super::conditions::conditions;
use crate::errors::Errors;
use crate::parse::{DeclaredRole, DeclaredRoles};

/// Expands `define_roles!`; cannot fail: mistakes stand behind the enum.
pub(crate) fn declared_roles(root: &Path, input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let roles = DeclaredRoles::parse(input, &mut errors).map(|written| {
        let root = written.root.clone().unwrap_or_else(|| root.clone());
        definition(&root, &written)
    });
    let errors = errors.into_tokens();
    quote!(#roles #errors)
}

fn definition(root: &Path, DeclaredRoles { attributes, visibility, name, roles, .. }: &DeclaredRoles) -> TokenStream {
    let declared = roles.iter().map(|DeclaredRole { attributes, variant, name }| {
        let is_documented = attributes.iter().any(|attribute| attribute.path().is_ident("doc"));
        let documented = (!is_documented).then(|| format!("The role `{}`.", name.value()));
        let documented = documented.map(|text| quote!(#[doc = #text]));
        quote!(#documented #(#attributes)* #variant)
    });
    let each = |tokens: &dyn Fn(&DeclaredRole) -> TokenStream| -> Vec<TokenStream> {
        let conditioned = roles.iter().map(|role| {
            let conditions = conditions(&role.attributes);
            let tokens = tokens(role);
            quote!(#(#conditions)* #tokens)
        });
        conditioned.collect()
    };
    let all = each(&|role| {
        let variant = &role.variant;
        quote!(Self::#variant)
    });
    let names = each(&|role| {
        let name = &role.name;
        quote!(#name)
    });
    let longest = roles.iter().map(|role| role.name.value().len()).max().unwrap_or_default();
    let by_length = (0..=longest).map(|length| {
        let alike = roles.iter().filter(|role| role.name.value().len() == length).map(
            |DeclaredRole { attributes, name, .. }| {
                let conditions = conditions(attributes);
                quote!(#(#conditions)* #name)
            },
        );
        quote!(&[#(#alike),*])
    });
    let arms = each(&|role| {
        let (variant, name) = (&role.variant, &role.name);
        quote!(Self::#variant => #name)
    });
    quote! {
        #(#attributes)*
        #[derive(
            ::core::fmt::Debug,
            ::core::clone::Clone,
            ::core::marker::Copy,
            ::core::cmp::PartialEq,
            ::core::cmp::Eq,
            ::core::hash::Hash,
        )]
        #visibility enum #name { #(#declared),* }

        #[allow(dead_code)]
        impl #name {
            /// Every role, in the order of declaration.
            #visibility const ALL: &'static [Self] = &[#(#all),*];

            /// Their names, in the same order.
            #visibility const NAMES: &'static [&'static str] = &[#(#names),*];

            /// The name, as identities and tokens have it.
            #[must_use]
            #visibility const fn name(self) -> &'static str {
                match self { #(#arms),* }
            }
        }

        impl ::core::fmt::Display for #name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(<#name>::name(*self))
            }
        }

        impl #root::__private::DeclaredRoles for #name {
            const NAMES: #root::__private::RoleNames = #root::__private::RoleNames {
                all: <#name>::NAMES,
                by_length: &[#(#by_length),*],
            };
        }

        impl #root::__private::RoleSet for #name {
            fn each(&self, see: &mut dyn ::core::ops::FnMut(&'static str)) {
                see(<#name>::name(*self));
            }
        }
    }
}
