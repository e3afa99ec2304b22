//! The attributes and `define_tenants!` of iam-hyper.

#![allow(missing_docs, reason = "whoever reads of them does so at iam-hyper's re-exports")]

use iam_macros_core::Attribute;
use proc_macro::TokenStream;

macro_rules! attributes {
    ($($name:ident = $attribute:ident)*) => {$(
        #[proc_macro_attribute]
        pub fn $name(args: TokenStream, item: TokenStream) -> TokenStream {
            iam_macros_core::expand(Attribute::$attribute, &syn::parse_quote!(::iam_hyper), args.into(), item.into()).into()
        }
    )*};
}

attributes! {
    tenant = Tenant require_role = RequireRole require_permission = RequirePermission oauth2 = Oauth2
    optional_session = OptionalSession authenticated = Authenticated public = Public handler = Handler
    require_policy = RequirePolicy inherit = Inherit
}

#[proc_macro]
pub fn define_tenants(input: TokenStream) -> TokenStream {
    iam_macros_core::define_tenants(&syn::parse_quote!(::iam_hyper), input.into()).into()
}
