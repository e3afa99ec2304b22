//! Handlers of every shape that axum takes, with other macros around.

use axum::extract::{FromRequestParts, Path, Query, State};
use axum::response::IntoResponse;
use axum::{Json, debug_handler};
use iam_axum::prelude::*;
use std::collections::HashMap;
use tracing::instrument;

use super::policy_of;
use crate::Tenants;

type Parameters = Query<HashMap<String, String>>;

#[tenant("admin")]
async fn existential(Path(id): Path<String>, mut all: Parameters) -> impl IntoResponse {
    all.insert("id".into(), id);
    Json(all.0)
}

#[tenant("admin")]
async fn fallible(Query(all): Parameters) -> Result<impl IntoResponse, Problem> {
    let Some(id) = all.get("id") else { return Ok("none".to_owned()) };
    Ok(id.clone())
}

#[tenant("admin")]
async fn generic<E>(_: E) -> &'static str
where
    E: FromRequestParts<Iam<Tenants>> + Send + 'static,
{
    std::any::type_name::<E>()
}

#[tenant("admin")]
async fn borrowed<'a>(text: &'a str, _other: &str) -> &'a str {
    text
}

#[tenant("admin")]
async fn r#type(Path(r#fn): Path<String>) -> String {
    r#fn
}

/// Both orders, with imports that must not count as unused.
#[instrument(skip_all)]
#[tenant("admin")]
#[require_role("a")]
async fn instrumented_above(State(iam): State<Iam<Tenants>>) -> String {
    format!("{iam:?}")
}

#[require_role("a")]
#[tenant("admin")]
#[instrument(skip_all)]
async fn instrumented_below(State(iam): State<Iam<Tenants>>) -> String {
    format!("{iam:?}")
}

#[debug_handler(state = Iam<Tenants>)]
#[tenant("admin")]
async fn debugged_above(me: CurrentUser) -> String {
    me.id.to_string()
}

#[tenant("admin")]
#[debug_handler(state = Iam<Tenants>)]
async fn debugged_below(me: CurrentUser) -> String {
    me.id.to_string()
}

macro_rules! handlers {
    ($($visibility:vis $name:ident($argument:ident: $ty:ty) -> $answer:ty = $body:block of $tenant:literal;)*) => {$(
        #[tenant($tenant)]
        $visibility async fn $name($argument: $ty) -> $answer $body
    )*};
}

handlers! {
    pub(super) by_macro(me: CurrentUser) -> String = { me.id.to_string() } of "admin";
}

struct Resource;

impl Resource {
    #[tenant("admin")]
    async fn list(_: CurrentTenant<Tenants>) -> &'static str {
        Self::NAME
    }

    const NAME: &'static str = "resource";
}

#[test]
fn all_of_them_mount() {
    let sessions = [
        policy_of!(existential),
        policy_of!(fallible),
        policy_of!(generic::<Parameters>),
        policy_of!(r#type),
        policy_of!(debugged_above),
        policy_of!(debugged_below),
        policy_of!(by_macro),
        policy_of!(Resource::list),
    ];
    for policy in sessions {
        assert_eq!(policy, "admin: session");
    }
    for policy in [policy_of!(instrumented_above), policy_of!(instrumented_below)] {
        assert_eq!(policy, "admin: session, role a");
    }
}

#[tokio::test]
async fn all_of_them_can_be_called() {
    assert_eq!(borrowed("a", "b").await.unguarded(), "a");
    assert_eq!(r#type(Path("raw".into())).await.unguarded(), "raw");
    let Ok(answer) = fallible(Query(HashMap::new())).await.unguarded() else { panic!("no problem here") };
    assert_eq!(answer.into_response().status(), 200);
}
