//! Files that a macro has read.

use proc_macro2::TokenStream;
use quote::quote;

/// Makes the compiler read the file, so that a change of it is a reason to build again.
///
/// As the message of an `env!` that always succeeds the text is forgotten at once. Of
/// `const _: &[u8] = include_bytes!(..)` the whole file stands in the library's metadata, and of a
/// function that nobody calls in programs built with `-C link-dead-code`.
pub(super) fn watched(path: &str) -> TokenStream {
    quote!(
        const _: &str = ::core::env!("CARGO_PKG_NAME", ::core::include_str!(#path));
    )
}
