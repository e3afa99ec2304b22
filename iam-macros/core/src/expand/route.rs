//! The constant that a handler's own route becomes.

use proc_macro2::TokenStream;
use quote::quote;

use crate::parse::Route;

/// The type `__IamRoute`, which stands in the body before all else.
pub(super) fn tokens(Route { method, path }: &Route) -> TokenStream {
    quote! {
        struct __IamRoute;
        impl __iam::AtRoute for __IamRoute {
            const ROUTE: __iam::Route = __iam::Route { method: #method, path: #path };
        }
    }
}
