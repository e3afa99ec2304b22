//! Functions of every shape that axum takes for handlers.

use std::collections::HashMap;
use std::fmt::Debug;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequestParts, OriginalUri, Path, Query, State};
use axum::http::{HeaderMap, Method, Uri, Version};
use axum::response::IntoResponse;
use iam_axum::prelude::*;
use iam_testing::double::TestIam;

use super::cases;
use crate::Tenants;

type Parameters = Query<HashMap<String, String>>;

#[tenant("admin")]
async fn nothing() {}

#[tenant("admin")]
async fn existential(Path(id): Path<String>, mut all: Parameters) -> impl IntoResponse {
    all.insert("id".into(), id);
    Json(all.0)
}

#[tenant("admin")]
async fn existential_with_bounds() -> impl IntoResponse + Debug {
    "answer"
}

#[tenant("admin")]
async fn fallible(Path(id): Path<IdentityId>, State(iam): State<Iam<Tenants>>) -> Result<Json<Identity>, Problem> {
    Ok(Json(iam.tenant(Tenants::Admin).identities().get(&id).await?))
}

#[tenant("admin")]
async fn existential_in_a_result(Query(all): Parameters) -> Result<impl IntoResponse, Problem> {
    let Some(id) = all.get("id") else { return Ok("none".to_owned()) };
    Ok(id.clone())
}

#[tenant("admin")]
async fn leaves_early(Query(all): Parameters) -> String {
    for (name, value) in all {
        if name == "id" {
            return value;
        }
    }
    "none".into()
}

/// The type that `collect` makes is known from the signature alone.
#[tenant("admin")]
async fn inferred_from_the_signature(all: Parameters) -> Json<Vec<String>> {
    let Query(all) = all;
    Json(all.into_keys().collect())
}

#[tenant("admin")]
async fn generic<E>(_: E) -> &'static str
where
    E: FromRequestParts<Iam<Tenants>> + Send + 'static,
{
    std::any::type_name::<E>()
}

#[tenant("admin")]
async fn of_a_constant<const N: usize>() -> String {
    "x".repeat(N)
}

#[tenant("admin")]
async fn by_an_argument(each: impl FromRequestParts<Iam<Tenants>> + Debug + Send + 'static) -> String {
    format!("{each:?}")
}

#[tenant("admin")]
async fn borrowed<'a>(text: &'a str, _other: &str) -> &'a str {
    text
}

#[tenant("admin")]
async fn r#type(Path(r#fn): Path<String>) -> String {
    r#fn
}

#[tenant("admin")]
async fn taken_apart(Path((shop, mut id)): Path<(String, u64)>, OriginalUri(_): OriginalUri, _: HeaderMap) -> String {
    id += 1;
    format!("{shop}/{id}")
}

#[tenant("admin")]
#[expect(clippy::too_many_arguments, reason = "as many as some have")]
async fn many_arguments(
    me: CurrentUser,
    CurrentTenant(tenant): CurrentTenant<Tenants>,
    State(_): State<Iam<Tenants>>,
    Path(id): Path<String>,
    Query(_): Parameters,
    _: Method,
    _: Uri,
    _: Version,
    headers: HeaderMap,
    body: Bytes,
) -> String {
    format!("{} {tenant} {id} {} {}", me.id, headers.len(), body.len())
}

#[tenant("admin")]
async fn items_in_the_body() -> String {
    #![allow(clippy::items_after_statements, reason = "an inner attribute stays where it is")]
    const TIMES: usize = 2;
    let twice = |text: &str| text.repeat(TIMES);
    async fn inner(text: String) -> String {
        text
    }
    let boxed = Box::pin(inner(twice("a")));
    boxed.await
}

#[tenant("admin")]
pub(in crate::pass) async fn visible_in_part() -> &'static str {
    "here"
}

cases! { on axum:
    nothing => "admin: session";
    existential => "admin: session";
    existential_with_bounds => "admin: session";
    fallible => "admin: session";
    existential_in_a_result => "admin: session";
    leaves_early => "admin: session";
    inferred_from_the_signature => "admin: session";
    generic = super::generic::<Parameters> => "admin: session";
    of_a_constant = super::of_a_constant::<3> => "admin: session";
    by_an_argument = |method: Method| super::by_an_argument(method) => "admin: session";
    raw = r#type => "admin: session";
    taken_apart => "admin: session";
    many_arguments => "admin: session";
    items_in_the_body => "admin: session";
    visible_in_part => "admin: session";
}

#[tokio::test]
async fn all_of_them_can_be_called() {
    let all = |id: &str| Query(HashMap::from([("id".to_owned(), id.to_owned())]));
    assert_eq!(borrowed("a", "b").await.unguarded(), "a");
    assert_eq!(r#type(Path("raw".into())).await.unguarded(), "raw");
    assert_eq!(leaves_early(all("7")).await.unguarded(), "7");
    assert_eq!(inferred_from_the_signature(all("7")).await.unguarded().0, ["id"]);
    assert_eq!(of_a_constant::<3>().await.unguarded(), "xxx");
    assert_eq!(items_in_the_body().await.unguarded(), "aa");
    let Ok(answer) = existential_in_a_result(all("7")).await.unguarded() else { panic!("no problem here") };
    assert_eq!(answer.into_response().status(), 200);
    let iam = TestIam::<Tenants>::start().await.unwrap().iam;
    let nobody = fallible(Path(IdentityId::new("nobody")), State(iam)).await.unguarded();
    assert_eq!(nobody.unwrap_err().into_response().status(), 404);
}
