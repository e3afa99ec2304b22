//! The attributes, `define_tenants!` and `policy!` of iam-axum and iam-actix.
//!
//! Use them from there: an adapter re-exports its own half, whose output names
//! that adapter by an absolute path, and gives each its page.

#![allow(missing_docs, reason = "the adapters' pages would have these words appended")]

use iam_macros_core::Attribute;
use proc_macro::TokenStream;

macro_rules! adapter {
    ($root:literal $define_tenants:ident $policy:ident $($name:ident = $attribute:ident)*) => {
        #[proc_macro]
        pub fn $define_tenants(input: TokenStream) -> TokenStream {
            iam_macros_core::define_tenants(&root($root), input.into()).into()
        }

        #[proc_macro]
        pub fn $policy(input: TokenStream) -> TokenStream {
            iam_macros_core::policy(&root($root), input.into()).into()
        }

        $(
            #[proc_macro_attribute]
            pub fn $name(args: TokenStream, item: TokenStream) -> TokenStream {
                iam_macros_core::expand(Attribute::$attribute, &root($root), args.into(), item.into()).into()
            }
        )*
    };
}

adapter! {
    "iam_axum" axum_define_tenants axum_policy
    axum_tenant = Tenant
    axum_require_role = RequireRole
    axum_require_permission = RequirePermission
    axum_oauth2 = Oauth2
    axum_optional_session = OptionalSession
    axum_authenticated = Authenticated
    axum_public = Public
    axum_handler = Handler
    axum_get = Get
    axum_post = Post
    axum_put = Put
    axum_patch = Patch
    axum_delete = Delete
    axum_head = Head
    axum_options = Options
    axum_inherit = Inherit
}

adapter! {
    "iam_actix" actix_define_tenants actix_policy
    actix_tenant = Tenant
    actix_require_role = RequireRole
    actix_require_permission = RequirePermission
    actix_oauth2 = Oauth2
    actix_optional_session = OptionalSession
    actix_authenticated = Authenticated
    actix_public = Public
    actix_handler = Handler
    actix_get = Get
    actix_post = Post
    actix_put = Put
    actix_patch = Patch
    actix_delete = Delete
    actix_head = Head
    actix_options = Options
    actix_inherit = Inherit
}

/// `::name`, resolved at the call site so that renames by `extern crate` work.
fn root(name: &str) -> syn::Path {
    let name = syn::Ident::new(name, proc_macro2::Span::call_site());
    syn::parse_quote!(::#name)
}
