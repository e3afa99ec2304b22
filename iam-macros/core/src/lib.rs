//! What the attributes of an adapter expand to, as a plain library.
//!
//! A proc-macro crate can export nothing but macros, so the work is done here
//! and each adapter's macro crate only names its root path. A further adapter
//! needs no more than this:
//!
//! ```
//! # extern crate proc_macro2 as proc_macro;
//! use iam_macros_core::Attribute;
//! use proc_macro::TokenStream;
//!
//! fn root() -> syn::Path {
//!     syn::parse_quote!(::iam_poem)
//! }
//!
//! macro_rules! attributes {
//!     ($($name:ident = $attribute:ident)*) => {$(
//!         # #[cfg(any())]
//!         #[proc_macro_attribute]
//!         pub fn $name(args: TokenStream, item: TokenStream) -> TokenStream {
//!             iam_macros_core::expand(Attribute::$attribute, &root(), args.into(), item.into()).into()
//!         }
//!     )*};
//! }
//!
//! attributes! {
//!     tenant = Tenant
//!     require_role = RequireRole
//!     require_permission = RequirePermission
//!     require_aal = RequireAal
//!     fresh_session = FreshSession
//!     require = Require
//!     require_policy = RequirePolicy
//!     oauth2 = Oauth2
//!     accept = Accept
//!     optional_session = OptionalSession
//!     authenticated = Authenticated
//!     public = Public
//!     handler = Handler
//!     get = Get
//!     post = Post
//!     put = Put
//!     patch = Patch
//!     delete = Delete
//!     head = Head
//!     options = Options
//!     trace = Trace
//!     connect = Connect
//!     inherit = Inherit
//! }
//!
//! # #[cfg(any())]
//! #[proc_macro]
//! pub fn define_tenants(input: TokenStream) -> TokenStream {
//!     iam_macros_core::define_tenants(&root(), input.into()).into()
//! }
//!
//! # #[cfg(any())]
//! #[proc_macro]
//! pub fn define_permissions(input: TokenStream) -> TokenStream {
//!     iam_macros_core::define_permissions(&root(), input.into()).into()
//! }
//!
//! # #[cfg(any())]
//! #[proc_macro]
//! pub fn policy(input: TokenStream) -> TokenStream {
//!     iam_macros_core::policy(&root(), input.into()).into()
//! }
//! ```
//!
//! The adapter re-exports the attributes, and below its root offers `Guarded`,
//! `Open`, `Routed`, `OpenRouted` and a hidden `__private` with `iam_core::adapter::expansion::*`, the
//! `inherit` attribute, and the `Agree`, `Within` and `Fine` of `iam_core::define_callers!`, which
//! compare a handler's arguments with its policy.
//!
//! Three rooms: `parse` knows syntax, `model` meaning, `expand` a valid model.

mod errors;
mod expand;
mod model;
mod parse;

use proc_macro2::TokenStream;

/// An attribute on a handler, an inline `mod` or an `impl` block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribute {
    /// `#[tenant("admin")]`
    Tenant,
    /// `#[require_role("a", "b")]`
    RequireRole,
    /// `#[require_permission(Listing::edit, "{id}")]`, or with names in strings
    RequirePermission,
    /// `#[require_aal(2)]`
    RequireAal,
    /// `#[fresh_session(max_age = "15m")]`
    FreshSession,
    /// `#[require(path::to::check)]`
    Require,
    /// `#[require_policy(Staff)]`
    RequirePolicy,
    /// `#[oauth2]`
    Oauth2,
    /// `#[accept(session, oauth2)]`
    Accept,
    /// `#[optional_session]`
    OptionalSession,
    /// `#[authenticated]`
    Authenticated,
    /// `#[public]`
    Public,
    /// `#[handler]`
    Handler,
    /// `#[get("/path")]`
    Get,
    /// `#[post("/path")]`
    Post,
    /// `#[put("/path")]`
    Put,
    /// `#[patch("/path")]`
    Patch,
    /// `#[delete("/path")]`
    Delete,
    /// `#[head("/path")]`
    Head,
    /// `#[options("/path")]`
    Options,
    /// `#[trace("/path")]`
    Trace,
    /// `#[connect("/path")]`
    Connect,
    /// What blocks write above their handlers; hidden.
    Inherit,
}

impl Attribute {
    /// All that users write.
    const WRITTEN: [Self; 22] = [
        Self::Tenant,
        Self::RequireRole,
        Self::RequirePermission,
        Self::RequireAal,
        Self::FreshSession,
        Self::Require,
        Self::RequirePolicy,
        Self::Oauth2,
        Self::Accept,
        Self::OptionalSession,
        Self::Authenticated,
        Self::Public,
        Self::Handler,
        Self::Get,
        Self::Post,
        Self::Put,
        Self::Patch,
        Self::Delete,
        Self::Head,
        Self::Options,
        Self::Trace,
        Self::Connect,
    ];

    /// The name in Rust source.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::RequireRole => "require_role",
            Self::RequirePermission => "require_permission",
            Self::RequireAal => "require_aal",
            Self::FreshSession => "fresh_session",
            Self::Require => "require",
            Self::RequirePolicy => "require_policy",
            Self::Oauth2 => "oauth2",
            Self::Accept => "accept",
            Self::OptionalSession => "optional_session",
            Self::Authenticated => "authenticated",
            Self::Public => "public",
            Self::Handler => "handler",
            Self::Get => "get",
            Self::Post => "post",
            Self::Put => "put",
            Self::Patch => "patch",
            Self::Delete => "delete",
            Self::Head => "head",
            Self::Options => "options",
            Self::Trace => "trace",
            Self::Connect => "connect",
            Self::Inherit => "inherit",
        }
    }

    /// Whether it demands something of a request.
    const fn demands(self) -> bool {
        !matches!(self, Self::Public | Self::Handler | Self::Inherit) && !self.is_route()
    }

    const fn is_route(self) -> bool {
        self.method().is_some()
    }

    /// The method of a route attribute, in capitals.
    const fn method(self) -> Option<&'static str> {
        match self {
            Self::Get => Some("GET"),
            Self::Post => Some("POST"),
            Self::Put => Some("PUT"),
            Self::Patch => Some("PATCH"),
            Self::Delete => Some("DELETE"),
            Self::Head => Some("HEAD"),
            Self::Options => Some("OPTIONS"),
            Self::Trace => Some("TRACE"),
            Self::Connect => Some("CONNECT"),
            _ => None,
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::WRITTEN.into_iter().find(|attribute| attribute.name() == name)
    }

    /// Whether others have attributes of this name too, which begin with something else than a path.
    const fn is_only_with_a_path(self) -> bool {
        matches!(self, Self::Trace | Self::Connect)
    }
}

/// Expands one attribute.
///
/// `root` is the adapter's crate, such as `::iam_axum`; `args` and `item` are
/// what the compiler hands to the attribute. Mistakes become `compile_error!`s
/// behind the user's item, whose policy then lets nobody in.
#[must_use]
pub fn expand(attribute: Attribute, root: &syn::Path, args: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(attribute, root, args, item)
}

/// Expands `define_tenants!`.
///
/// The file behind `from` is looked for in the folder that `CARGO_MANIFEST_DIR` names, which is that of
/// the package being compiled.
#[must_use]
pub fn define_tenants(root: &syn::Path, input: TokenStream) -> TokenStream {
    expand::tenants(root, input)
}

/// Expands `define_roles!`.
#[must_use]
pub fn define_roles(root: &syn::Path, input: TokenStream) -> TokenStream {
    expand::declared_roles(root, input)
}

/// Expands `define_permissions!`, which reads a file as `define_tenants!` may.
#[must_use]
pub fn define_permissions(root: &syn::Path, input: TokenStream) -> TokenStream {
    expand::permissions(root, input)
}

/// Expands `policy!`: policies as values, for guards before foreign services.
#[must_use]
pub fn policy(root: &syn::Path, input: TokenStream) -> TokenStream {
    expand::policies(root, input)
}
