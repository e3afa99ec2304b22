//! What axum users bring along, behind a policy: rejections that a handler takes itself, and rejections of a type of
//! their own.

use axum::Json;
use axum::extract::FromRequest;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use iam_axum::prelude::*;
use serde::Deserialize;

use crate::stage::{Ask, Stage, Verdict};
use crate::{Tenants, serve};

#[derive(Deserialize)]
struct Item {
    sku: String,
}

#[tenant("admin")]
async fn told_to_the_handler(item: Result<Json<Item>, JsonRejection>) -> (StatusCode, String) {
    match item {
        Ok(Json(item)) => (StatusCode::OK, item.sku),
        Err(JsonRejection::JsonDataError(_)) => (StatusCode::CONFLICT, "no item".into()),
        Err(rejection) => (StatusCode::IM_A_TEAPOT, rejection.status().to_string()),
    }
}

/// A rejection of the application's own.
struct Complaint(JsonRejection);

impl From<JsonRejection> for Complaint {
    fn from(rejection: JsonRejection) -> Self {
        Self(rejection)
    }
}

impl IntoResponse for Complaint {
    fn into_response(self) -> Response {
        let status = match self.0 {
            JsonRejection::JsonDataError(_) => StatusCode::CONFLICT,
            _ => StatusCode::IM_A_TEAPOT,
        };
        (status, [("x-complaint", "yes")], "no item").into_response()
    }
}

#[derive(FromRequest)]
#[from_request(via(Json), rejection(Complaint))]
struct Body<T>(T);

#[tenant("admin")]
async fn of_a_type_of_their_own(me: CurrentUser, Body(item): Body<Item>) -> String {
    format!("{} for {}", item.sku, me.id)
}

fn json<'a>(ask: Ask<'a>, body: &'static str) -> Ask<'a> {
    ask.header("content-type", "application/json").body(body)
}

#[tokio::test]
async fn rejections_are_the_applications_own_for_who_is_let_in_and_nobodys_else() {
    let stage = Stage::new().await;
    let routes = Router::new().route("/told", post(told_to_the_handler)).route("/own", post(of_a_type_of_their_own));
    let stage_of = stage.iam.clone();
    let stage = stage.elsewhere(serve(routes.with_state(stage_of).unwrap()).await);
    for (path, complaint) in [("/told", None), ("/own", Some("yes"))] {
        for body in [r#"{"sku":"teapot"}"#, r#"{"nothing":1}"#, "{"] {
            json(stage.ask("POST", path), body).ends("nobody", Verdict::unauthenticated("missing")).await;
            let foreign = json(stage.ask("POST", path).token_of("dealer", "a"), body);
            foreign.ends("another tenant's", Verdict::unauthenticated("rejected_by_tenant")).await;
        }
        let own = || stage.ask("POST", path).token_of("admin", "plain");
        let good = json(own(), r#"{"sku":"teapot"}"#).ends("an item", Verdict::allowed()).await;
        assert!(good.answer.text().starts_with("teapot"), "{path}: {:?}", good.answer);
        for (body, status) in [(r#"{"nothing":1}"#, 409), ("{", 418)] {
            let answer = json(own(), body).expect(status).await;
            assert_eq!(answer.header("x-complaint"), complaint, "{path}");
            assert_eq!(answer.header("cache-control"), Some("private, no-store"), "{path}");
            assert!(answer.header("x-request-id").is_some(), "{path}");
        }
        own().body("no type").expect(418).await;
        stage.events().await;
    }
}
