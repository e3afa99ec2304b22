//! A type for each tenant, in a module named after the enum.
//!
//! The module comes in by a glob import, which gives way to whatever else is called
//! like it: a `mod tenants` of the user's own beside the enum is no error.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;
use syn::{Path, Visibility};

use super::tenants::each;
use crate::model::{Model, TenantVariant, module_of};

/// The types, and the way from a tenant's place in the enum to its own.
pub(super) fn types(root: &Path, model: &Model) -> TokenStream {
    let Model { visibility, name, variants, .. } = model;
    let module = module_of(name);
    let hidden = format_ident!("__iam_{}", module.unraw());
    let (module_visibility, inside) = (further_in(visibility, 1), further_in(visibility, 2));
    let declared = each(variants, |TenantVariant { variant, name, .. }| {
        let text = format!("The tenant `{name}`, as a type: `CurrentUser<{module}::{variant}>`.");
        quote!(#[doc = #text] #[derive(::core::fmt::Debug)] #inside enum #variant {})
    });
    let implemented = each(variants, |TenantVariant { variant, .. }| {
        quote! {
            impl #root::__private::OneTenant for #hidden::#module::#variant {
                type Tenants = #name;
                const TENANT: #name = #name::#variant;
            }
        }
    });
    let found = each(variants, |TenantVariant { variant, .. }| {
        quote! {
            impl #root::__private::TypeAt<{ #name::#variant as usize }> for #name {
                type Type = #hidden::#module::#variant;
            }
        }
    });
    let text = format!("The tenants of [`{name}`] as types.");
    quote! {
        #[doc(hidden)]
        #[allow(dead_code, unreachable_pub)]
        mod #hidden {
            #[doc = #text]
            #module_visibility mod #module { #(#declared)* }
        }
        #[allow(unused_imports)]
        #visibility use #hidden::*;
        #(#implemented)*
        #(#found)*
    }
}

/// The same visibility, as it is written some modules further in.
fn further_in(visibility: &Visibility, modules: usize) -> TokenStream {
    let path = match visibility {
        Visibility::Public(_) => return quote!(pub),
        Visibility::Inherited => None,
        Visibility::Restricted(restricted) => Some(&*restricted.path),
    };
    let is_rooted = |path: &&Path| path.segments.first().is_some_and(|first| first.ident == "crate");
    if let Some(rooted) = path.filter(is_rooted) {
        return quote!(pub(in #rooted));
    }
    let outwards = (0..modules).map(|_| quote!(super));
    let from = path.into_iter().flat_map(|path| &path.segments).filter(|segment| segment.ident != "self");
    let steps = outwards.chain(from.map(ToTokens::to_token_stream));
    quote!(pub(in #(#steps)::*))
}
