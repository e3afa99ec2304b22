//! The attributes of iam-axum and iam-actix, `policy!`, and `define_tenants!`, `define_roles!`, `define_permissions!`.
//!
//! Use them from there: an adapter re-exports its own half, whose output names
//! that adapter by an absolute path. A page begins there, with an example in the
//! framework's own words, and goes on with what is written here, once for all.

#![allow(missing_docs, reason = "some macros have all their words in the adapters")]

use iam_macros_core::Attribute;
use proc_macro::TokenStream;

macro_rules! adapter {
    ($root:literal $define_tenants:ident $define_roles:ident $define_permissions:ident $policy:ident $($name:ident = $attribute:ident $($page:literal)?)*) => {
        #[doc = include_str!("../docs/define_tenants.md")]
        #[proc_macro]
        pub fn $define_tenants(input: TokenStream) -> TokenStream {
            iam_macros_core::define_tenants(&root($root), input.into()).into()
        }

        #[doc = include_str!("../docs/define_roles.md")]
        #[proc_macro]
        pub fn $define_roles(input: TokenStream) -> TokenStream {
            iam_macros_core::define_roles(&root($root), input.into()).into()
        }

        #[doc = include_str!("../docs/define_permissions.md")]
        #[proc_macro]
        pub fn $define_permissions(input: TokenStream) -> TokenStream {
            iam_macros_core::define_permissions(&root($root), input.into()).into()
        }

        #[doc = include_str!("../docs/policy.md")]
        #[proc_macro]
        pub fn $policy(input: TokenStream) -> TokenStream {
            iam_macros_core::policy(&root($root), input.into()).into()
        }

        $(
            $(#[doc = include_str!(concat!("../docs/", $page, ".md"))])?
            #[proc_macro_attribute]
            pub fn $name(args: TokenStream, item: TokenStream) -> TokenStream {
                iam_macros_core::expand(Attribute::$attribute, &root($root), args.into(), item.into()).into()
            }
        )*
    };
}

adapter! {
    "iam_axum" axum_define_tenants axum_define_roles axum_define_permissions axum_policy
    axum_tenant = Tenant "tenant"
    axum_require_role = RequireRole "require_role"
    axum_require_permission = RequirePermission "require_permission"
    axum_require_aal = RequireAal "require_aal"
    axum_fresh_session = FreshSession "fresh_session"
    axum_require = Require "require"
    axum_require_policy = RequirePolicy "require_policy"
    axum_oauth2 = Oauth2 "oauth2"
    axum_accept = Accept "accept"
    axum_optional_session = OptionalSession "optional_session"
    axum_authenticated = Authenticated "authenticated"
    axum_public = Public "public"
    axum_handler = Handler "handler"
    axum_get = Get "route"
    axum_post = Post
    axum_put = Put
    axum_patch = Patch
    axum_delete = Delete
    axum_head = Head
    axum_options = Options
    axum_trace = Trace
    axum_connect = Connect
    axum_inherit = Inherit
}

adapter! {
    "iam_actix" actix_define_tenants actix_define_roles actix_define_permissions actix_policy
    actix_tenant = Tenant "tenant"
    actix_require_role = RequireRole "require_role"
    actix_require_permission = RequirePermission "require_permission"
    actix_require_aal = RequireAal "require_aal"
    actix_fresh_session = FreshSession "fresh_session"
    actix_require = Require "require"
    actix_require_policy = RequirePolicy "require_policy"
    actix_oauth2 = Oauth2 "oauth2"
    actix_accept = Accept "accept"
    actix_optional_session = OptionalSession "optional_session"
    actix_authenticated = Authenticated "authenticated"
    actix_public = Public "public"
    actix_handler = Handler "handler"
    actix_get = Get "route"
    actix_post = Post
    actix_put = Put
    actix_patch = Patch
    actix_delete = Delete
    actix_head = Head
    actix_options = Options
    actix_trace = Trace
    actix_connect = Connect
    actix_inherit = Inherit
}

/// `::name`, resolved at the call site so that renames by `extern crate` work.
fn root(name: &str) -> syn::Path {
    let mut path = syn::Path::from(syn::Ident::new(name, proc_macro2::Span::call_site()));
    path.leading_colon = Some(<syn::Token![::]>::default());
    path
}
