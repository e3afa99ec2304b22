//! A file that a macro read, as the compiler learns of it.

use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

/// Makes the compiler read the file, so that a change of it is a reason to build again.
///
/// As the message of an `env!` that always succeeds the text is forgotten at once. Of
/// `const _: &[u8] = include_bytes!(..)` the whole file stands in the library's metadata, and of a
/// function that nobody calls in programs built with `-C link-dead-code`.
pub(super) fn watched(file: &LitStr) -> TokenStream {
    let file = file.value();
    quote! {
        const _: &str = ::core::env!(
            "CARGO_PKG_NAME",
            ::core::include_str!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", #file))
        );
    }
}
