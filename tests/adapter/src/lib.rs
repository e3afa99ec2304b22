//! A small adapter for plain [hyper](https://hyper.rs); `docs/writing-an-adapter.md` goes through it.

mod handler;
mod router;

pub use handler::*;
pub use router::*;

pub use iam_core::policy::{Guarded, Misfits, Open};
pub use iam_core::*;
pub use iam_hyper_macros::{
    authenticated, define_tenants, handler, oauth2, optional_session, public, require_permission, require_policy,
    require_role, tenant,
};

/// What a handler answers.
pub type Response = http::Response<http_body_util::Full<bytes::Bytes>>;

/// A handler at work.
pub type Answering = std::pin::Pin<Box<dyn Future<Output = Response> + Send>>;

/// What the attributes name; no part of the public API.
#[doc(hidden)]
pub mod __private {
    pub use crate::handler::{Agree, Fine, Within};
    pub use iam_core::adapter::expansion::*;
    pub use iam_hyper_macros::inherit;
}
