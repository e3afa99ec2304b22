//! What actix users bring along, behind a policy: errors of their own as `ResponseError`, middleware and services
//! that end in an error, a gate around the whole application.

use std::fmt;

use actix_web::body::MessageBody;
use actix_web::dev::{HttpServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::{Next, from_fn};
use actix_web::{App, Error, HttpRequest, HttpResponse, HttpServer, ResponseError, web};
use iam_actix::prelude::*;
use iam_actix::{gate, guard};
use iam_testing::fault::{Fault, Rule};

use crate::stage::{Ask, Stage, Verdict};
use crate::{Tenants, serve};

#[derive(Debug)]
struct SoldOut;

impl fmt::Display for SoldOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sold out")
    }
}

impl ResponseError for SoldOut {
    fn status_code(&self) -> StatusCode {
        StatusCode::CONFLICT
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status_code()).insert_header(("x-stock", "0")).body(self.to_string())
    }
}

policy! { Staff: tenant("admin"), require_role("a") }

#[tenant("admin")]
#[require_role("a")]
async fn order() -> Result<&'static str, SoldOut> {
    Err(SoldOut)
}

#[tenant("admin")]
#[require_role("a")]
async fn question_mark() -> Result<&'static str, Error> {
    Err(SoldOut)?
}

#[tenant("admin")]
#[require_role("a")]
async fn fine() -> &'static str {
    "fine"
}

async fn ends_in_an_error(_: ServiceRequest, _: Next<impl MessageBody>) -> Result<ServiceResponse<web::Bytes>, Error> {
    Err(SoldOut.into())
}

fn failing_service() -> impl HttpServiceFactory + 'static {
    web::resource("/failing").to(async || "never").wrap(from_fn(ends_in_an_error))
}

/// Everybody else is refused as ever, and who is let in gets the error's own answer, marked as any guarded one.
async fn ends_in_its_own_answer<'a>(ask: impl Fn() -> Ask<'a>) {
    ask().ends("nobody", Verdict::unauthenticated("missing")).await;
    ask().token_of("admin", "b").ends("another role", Verdict::forbidden("role")).await;
    let answer = ask().token_of("admin", "a").expect(409).await;
    assert_eq!((answer.text(), answer.header("x-stock")), ("sold out", Some("0")));
    assert_eq!(answer.header("cache-control"), Some("private, no-store"));
    assert_eq!(answer.vary(), "authorization");
    assert!(answer.header("x-request-id").is_some());
}

#[tokio::test]
async fn errors_of_handlers_middleware_and_services_are_answered_in_their_own_words() {
    let stage = Stage::new().await;
    let routes = Router::new(&stage.iam)
        .nest_guarded("/services", Staff, failing_service)
        .route("/inner-layer", get(fine))
        .inner_layer(|| from_fn(ends_in_an_error))
        .route("/order", get(order))
        .route("/question-mark", get(question_mark))
        .verify()
        .unwrap();
    let iam = stage.iam.clone();
    let address = serve(move |config| {
        config
            .service(routes.clone())
            .service(web::scope("/beside").service(guard(Staff, &iam, failing_service())))
            .service(web::scope("/wrapped").service(failing_service()).wrap(gate(Staff, &iam)));
    });
    let stage = stage.elsewhere(address);
    for path in ["/order", "/question-mark", "/inner-layer", "/services/failing", "/beside/failing", "/wrapped/failing"]
    {
        ends_in_its_own_answer(|| stage.get(path)).await;
        stage.events().await;
    }
}

#[tokio::test]
async fn a_gate_around_the_application_comes_before_any_path() {
    let stage = Stage::new().await;
    let iam = stage.iam.clone();
    let app = move || {
        let app = App::new().wrap(gate(Staff, &iam)).service(web::resource("/manual").to(async || "step one"));
        app.default_service(web::to(async || HttpResponse::NotFound().body("no such page")))
    };
    let server = HttpServer::new(app).workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
    let stage = stage.elsewhere(server.addrs()[0]);
    tokio::spawn(server.run());
    for path in ["/manual", "/nowhere"] {
        stage.get(path).ends("nobody", Verdict::unauthenticated("missing")).await;
        stage.get(path).token_of("admin", "b").ends("another role", Verdict::forbidden("role")).await;
        let foreign = stage.get(path).token_of("customer", "a");
        foreign.ends("another tenant's", Verdict::unauthenticated("rejected_by_tenant")).await;
    }
    let seen = stage.get("/manual").token_of("admin", "a").ends("let in", Verdict::allowed()).await;
    assert_eq!(seen.answer.text(), "step one");
    assert_eq!(stage.get("/nowhere").token_of("admin", "a").expect(404).await.text(), "no such page");
}

#[tenant("dealer")]
#[require_permission(namespace = "listings", relation = "edit", object = "listings:{id}")]
async fn two_spellings(request: HttpRequest, id: web::Path<String>) -> String {
    format!("{} {id}", request.match_info().query("id"))
}

/// As `docs/security.md` says.
#[tokio::test]
async fn a_permission_is_about_what_web_path_gives_and_match_info_gives_something_else() {
    let stage = Stage::new().await;
    let routes = Router::new(&stage.iam).route("/dealer/listings/{id}", get(two_spellings)).verify().unwrap();
    let stage = stage.elsewhere(serve(move |config| _ = config.service(routes.clone())));
    let keto = &stage.proxies("dealer").keto_read;
    keto.fault(Rule::on("GET", "/relation-tuples/check"), Fault::json(200, r#"{"allowed":true}"#));
    let ask = stage.get("/dealer/listings/a%2Fb").token_of("dealer", "a");
    assert_eq!(ask.ends("a slash", Verdict::allowed()).await.answer.text(), "a%2Fb a/b");
    let requests = keto.requests();
    let [asked] = &requests[..] else { panic!("one question: {requests:?}") };
    assert!(asked.target.contains("object=listings%3Aa%2Fb&"), "{}", asked.target);
}
