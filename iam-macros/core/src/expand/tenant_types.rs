//! A type for each tenant, in a module that can be named where `types = tenants` asks for it.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{Path, Visibility};

use super::tenants::each;
use crate::model::{Model, TenantVariant, snake};

/// The types, and the way from a tenant's place in the enum to its own.
pub(super) fn types(root: &Path, model: &Model) -> TokenStream {
    let Model { visibility, name, variants, types, .. } = model;
    let hidden = types.is_none().then(|| quote!(#[doc(hidden)]));
    let module = types.clone().unwrap_or_else(|| format_ident!("__iam_{}", snake(&name.to_string())));
    let inside = one_further_in(visibility);
    let declared = each(variants, |TenantVariant { variant, name, .. }| {
        let text = format!("The tenant `{name}`, as a type.");
        quote!(#[doc = #text] #[derive(::core::fmt::Debug)] #inside enum #variant {})
    });
    let implemented = each(variants, |TenantVariant { variant, .. }| {
        quote! {
            impl #root::__private::OneTenant for #module::#variant {
                type Tenants = #name;
                const TENANT: #name = #name::#variant;
            }
        }
    });
    let found = each(variants, |TenantVariant { variant, .. }| {
        quote! {
            impl #root::__private::TypeAt<{ #name::#variant as usize }> for #name {
                type Type = #module::#variant;
            }
        }
    });
    let text = format!(
        "The tenants of [`{name}`](super::{name}) as types, for callers of one of them: `CurrentUser<{module}::..>`."
    );
    quote! {
        #hidden
        #[doc = #text]
        #[allow(dead_code, unreachable_pub, clippy::upper_case_acronyms)]
        #visibility mod #module { #(#declared)* }
        #(#implemented)*
        #(#found)*
    }
}

/// The same visibility, as it is written one module further in.
fn one_further_in(visibility: &Visibility) -> TokenStream {
    let path = match visibility {
        Visibility::Public(_) => return quote!(pub),
        Visibility::Inherited => None,
        Visibility::Restricted(restricted) => Some(&*restricted.path),
    };
    let is_rooted = |path: &&Path| path.segments.first().is_some_and(|first| first.ident == "crate");
    if let Some(rooted) = path.filter(is_rooted) {
        return quote!(pub(in #rooted));
    }
    let from = path.into_iter().flat_map(|path| &path.segments).filter(|segment| segment.ident != "self");
    let steps = std::iter::once(quote!(super)).chain(from.map(ToTokens::to_token_stream));
    quote!(pub(in #(#steps)::*))
}
