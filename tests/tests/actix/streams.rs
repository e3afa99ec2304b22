//! Of a refused request nothing is taken: not a byte of its body, and no extractor.

use std::cell::Cell;
use std::rc::Rc;
use std::task::Poll;

use actix_web::App;
use actix_web::dev::{Payload, Service};
use actix_web::error::PayloadError;
use actix_web::test::{TestRequest, init_service};
use actix_web::web::{self, Bytes, Data};
use futures_util::stream::{self, StreamExt};
use iam_actix::prelude::*;

use crate::Tenants;
use crate::app::Counted;
use crate::stage::Stage;

#[tenant("admin")]
async fn upload(_: Counted, body: Bytes) -> String {
    body.len().to_string()
}

/// A body of three chunks that counts how often it is asked for one.
fn body() -> (Payload, Rc<Cell<usize>>) {
    let polls = Rc::new(Cell::new(0));
    let counter = Rc::clone(&polls);
    let chunks = stream::poll_fn(move |_| {
        counter.set(counter.get() + 1);
        Poll::Ready((counter.get() <= 3).then(|| Ok::<_, PayloadError>(Bytes::from_static(b"abc"))))
    });
    (Payload::Stream { payload: chunks.boxed_local() }, polls)
}

#[tokio::test]
async fn a_refused_body_is_never_read() {
    let stage = Stage::new().await;
    let routes = Router::new(&stage.iam).route("/upload", post(upload)).verify().unwrap();
    let app = App::new().app_data(Data::new(stage.iam.clone())).app_data(Data::from(stage.counters.clone()));
    let app = app.service(routes).route("/guarded", iam_actix::guarded(web::post(), upload));
    let app = init_service(app).await;

    let token = stage.account("admin", "a").session.token.clone();
    let foreign = stage.account("dealer", "a").session.token.clone();
    let rows =
        [(None, 401, 0, 0), (Some("nobody's"), 401, 0, 0), (Some(&*foreign), 401, 0, 0), (Some(&*token), 200, 4, 1)];
    for path in ["/upload", "/guarded"] {
        for (token, status, polls_meant, extracted_meant) in rows {
            let (payload, polls) = body();
            let mut request = TestRequest::post().uri(path);
            if let Some(token) = token {
                request = request.insert_header(("authorization", format!("Bearer {token}")));
            }
            let mut request = request.to_request();
            *request.payload() = payload;
            let before = stage.counters.seen().0;
            let response = app.call(request).await.unwrap();
            assert_eq!(response.status(), status, "{path} {token:?}");
            assert_eq!(polls.get(), polls_meant, "{path} {token:?}");
            assert_eq!(stage.counters.seen().0 - before, extracted_meant, "{path} {token:?}");
        }
    }
}

#[tokio::test]
async fn a_guarded_route_without_an_iam_answers_500_to_everybody() {
    let stage = Stage::new().await;
    let token = stage.account("admin", "a").session.token.clone();
    let app = App::new().app_data(Data::from(stage.counters.clone()));
    let app = init_service(app.route("/guarded", iam_actix::guarded(web::post(), upload))).await;
    let request = TestRequest::post().uri("/guarded").insert_header(("authorization", format!("Bearer {token}")));
    let response = app.call(request.to_request()).await.unwrap();
    assert_eq!(response.status(), 500);
    assert_eq!(stage.counters.seen(), (0, 0));
}
