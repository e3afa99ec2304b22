//! Other attributes and macros around ours, above and below.

use axum::debug_handler;
use axum::extract::{Path, State};
use iam_axum::prelude::*;
use tracing::instrument;

use super::cases;
use crate::Tenants;

/// Both orders, with imports that must not count as unused.
#[instrument(skip_all)]
#[tenant("admin")]
#[require_role("a")]
async fn instrumented_above(State(iam): State<Iam<Tenants>>) -> String {
    format!("{iam:?}")
}

#[require_role("a")]
#[tenant("admin")]
#[instrument(skip_all, fields(id = %id), err(Debug))]
async fn instrumented_below(Path(id): Path<IdentityId>) -> Result<String, Problem> {
    Ok(id.to_string())
}

#[require_role("a")]
#[tracing::instrument(ret)]
#[tenant("admin")]
async fn instrumented_between() -> &'static str {
    "between"
}

#[debug_handler(state = Iam<Tenants>)]
#[tenant("admin")]
async fn debugged_above(me: CurrentUser) -> String {
    me.id.clone()
}

#[tenant("admin")]
#[debug_handler(state = Iam<Tenants>)]
async fn debugged_below(me: CurrentUser) -> String {
    me.id.clone()
}

#[tenant("admin")]
#[utoipa::path(get, path = "/{id}", params(("id" = String, Path)), responses((status = 200, body = String)))]
async fn described_below(Path(id): Path<String>) -> String {
    id
}

#[utoipa::path(get, path = "/above/{id}", params(("id" = String, Path)), responses((status = 200, body = String)))]
#[tenant("admin")]
async fn described_above(Path(id): Path<String>) -> String {
    id
}

/// The description of a block's handlers.
#[tenant("admin")]
mod described {
    #[utoipa::path(get, path = "/in/a/block", responses((status = 200, body = String)))]
    pub(super) async fn in_a_block() -> String {
        "in a block".into()
    }
}

#[deprecated(note = "kept for old clients")]
#[must_use]
#[tenant("admin")]
#[inline]
#[doc(alias = "old")]
#[rustfmt::skip]
async fn inert() -> &'static str { "old" }

#[tenant("admin")]
#[expect(unused_variables, reason = "held to the end")]
async fn with_an_expectation(permit: CurrentUser) {}

#[tenant("admin")]
async fn with_lints_on_arguments(
    #[expect(unused_variables, reason = "held to the end")] permit: CurrentUser,
    #[allow(unused_mut, reason = "as a macro writes it")] mut id: Path<String>,
) -> String {
    id.0.clone()
}

#[cfg(any())]
#[tenant("of no enum at all")]
async fn conditional() {}

#[cfg(not(any()))]
#[tenant("admin")]
async fn conditional(#[cfg(any())] gone: Missing, #[cfg(not(any()))] me: CurrentUser) -> String {
    me.id.clone()
}

#[cfg_attr(all(), tenant("admin"))]
#[cfg_attr(any(), public)]
#[cfg_attr(all(), require_role("a"))]
async fn by_condition() {}

macro_rules! handlers {
    ($($visibility:vis $name:ident($argument:ident: $ty:ty) -> $answer:ty = $body:block of $tenant:literal;)*) => {$(
        #[tenant($tenant)]
        $visibility async fn $name($argument: $ty) -> $answer $body
    )*};
}

handlers! {
    pub(super) of_fragments(me: CurrentUser) -> String = { me.id.clone() } of "admin";
}

macro_rules! guarded {
    (#[$attribute:meta] $($handler:item)*) => {
        #[$attribute]
        mod guarded {
            use super::*;
            $($handler)*
        }
    };
}

guarded! {
    #[tenant("admin")]
    #[require_role("a")]
    pub(super) async fn in_a_block_of_a_macro() {}
}

cases! { on axum:
    instrumented_above => "admin: session, role a";
    instrumented_below => "admin: session, role a";
    instrumented_between => "admin: session, role a";
    debugged_above => "admin: session";
    debugged_below => "admin: session";
    described_below => "admin: session";
    described_above => "admin: session";
    described_in_a_block = described::in_a_block => "admin: session";
    inert = {
        #[expect(deprecated, reason = "it is")]
        super::inert
    } => "admin: session";
    with_an_expectation => "admin: session";
    with_lints_on_arguments => "admin: session";
    conditional => "admin: session";
    by_condition => "admin: session, role a";
    of_fragments => "admin: session";
    in_a_block_of_a_macro = guarded::in_a_block_of_a_macro => "admin: session, role a";
}

#[test]
fn descriptions_are_collected() {
    use utoipa::OpenApi;

    #[derive(OpenApi)]
    #[openapi(paths(described_below, described_above, described::in_a_block))]
    struct Description;

    let paths: Vec<_> = Description::openapi().paths.paths.into_keys().collect();
    assert_eq!(paths, ["/above/{id}", "/in/a/block", "/{id}"]);
}
