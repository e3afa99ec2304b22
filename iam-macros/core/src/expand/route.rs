//! The constant that a handler's own route becomes.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

use crate::parse::Route;

/// What stands in the body before all else, and the function that declares the handler's future.
pub(super) fn tokens(root: &Path, kind: &TokenStream, route: Option<&Route>) -> (TokenStream, TokenStream) {
    let Some(Route { method, path }) = route else {
        return (TokenStream::new(), quote!(#root::__private::declared::<#kind, _>));
    };
    let items = quote! {
        struct __IamRoute;
        impl #root::__private::AtRoute for __IamRoute {
            const ROUTE: #root::__private::Route = #root::__private::Route { method: #method, path: #path };
        }
    };
    (items, quote!(#root::__private::declared_at::<#kind, __IamRoute, _>))
}
