use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Attribute;

/// The conditions under which something is there: what is written beside it goes with them.
pub(super) fn conditions(attributes: &[Attribute]) -> Vec<TokenStream> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).map(ToTokens::to_token_stream).collect()
}
