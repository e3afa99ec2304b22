//! Bodies and answers that flow, behind a policy: of a refused upload no byte is taken.

use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use iam_core::IdentityId;
use iam_testing::seed::Seed;
use reqwest::Body;

use crate::Tenants;
use crate::stage::{Ask, Stage, USUAL, Verdict, cases};

/// A body of unknown length, in three chunks.
fn chunks() -> Body {
    let chunks = [Bytes::from(vec![b'x'; 1000]), Bytes::from(vec![b'y'; 1000]), Bytes::from(vec![b'z'; 1000])];
    Body::wrap_stream(stream::iter(chunks.map(Ok::<_, std::io::Error>)))
}

/// Sends a body as each of those who are refused, then as the one who is let in, and returns the last answer.
async fn refused_then_let_in<'a>(stage: &'a Stage, path: &str, with_body: impl Fn(Ask<'a>) -> Ask<'a>) -> String {
    let ask = || with_body(stage.ask("POST", path));
    ask().ends("nobody", Verdict::unauthenticated("missing")).await;
    ask().bearer("ory_st_of_nobody").ends("a stranger", Verdict::unauthenticated("rejected_by_tenant")).await;
    let foreign = ask().token_of("dealer", "a");
    foreign.ends("another tenant's", Verdict::unauthenticated("rejected_by_tenant")).await;
    ask().token_of("admin", "b").ends("another role", Verdict::forbidden("role")).await;
    assert_eq!(stage.counters.taken_bytes(), 0, "{path}: of a refused body something was taken");
    let seen = ask().token_of("admin", "a").ends("let in", Verdict::allowed()).await;
    seen.answer.text().to_owned()
}

#[tokio::test]
async fn of_a_refused_upload_no_byte_is_taken() {
    let stage = Stage::new().await;
    let told = refused_then_let_in(&stage, "/admin/streams/upload", |ask| ask.body(chunks())).await;
    assert_eq!((told.as_str(), stage.counters.taken_bytes()), ("3000", 3000));
}

#[tokio::test]
async fn of_a_refused_upload_no_byte_is_taken_by_a_service() {
    let stage = Stage::new().await;
    let told = refused_then_let_in(&stage, "/admin/files/one", |ask| ask.body(chunks())).await;
    assert!(told.contains("\"read\":3000"), "{told}");
    assert_eq!(stage.counters.taken_bytes(), 3000);
}

#[tokio::test]
async fn of_a_refused_form_no_byte_is_taken() {
    let stage = Stage::new().await;
    let form = "--edge\r\ncontent-disposition: form-data; name=\"title\"\r\n\r\na title\r\n\
                --edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"f\"\r\n\
                content-type: text/plain\r\n\r\n0123456789\r\n--edge--\r\n";
    let told = refused_then_let_in(&stage, "/admin/streams/form", |ask| {
        ask.header("content-type", "multipart/form-data; boundary=edge").body(form)
    });
    let told = told.await;
    assert_eq!(told, "title=7;file=10;");
    assert_eq!(stage.counters.taken_bytes(), form.len());
}

cases! { USUAL, a_socket_opens_for_whom_the_policy_lets_in:
    nobody:            None,           401;
    another_tenants:   Some("dealer"), 401;
    its_own_tenants:   Some("admin"),  101;
}

async fn a_socket_opens_for_whom_the_policy_lets_in(stage: &Stage, tenant: Option<&str>, status: u16) {
    let account = tenant.map(|tenant| stage.account(tenant, "plain"));
    let headers = account.map(|account| format!("authorization: Bearer {}\r\n", account.session.token));
    let before = stage.counters.seen();
    let mut socket = stage.connect().await;
    assert_eq!(socket.upgrade("/admin/streams/socket", &headers.unwrap_or_default()).await, status);
    if status != 101 {
        return assert_eq!(stage.counters.seen(), before);
    }
    for text in ["one", "two"] {
        assert_eq!(socket.exchange(text).await, format!("{}: {text}", account.unwrap().identity.id));
    }
}

#[tokio::test]
async fn events_flow_to_whom_the_policy_lets_in() {
    let stage = Stage::new().await;
    let ask = || stage.get("/admin/streams/events");
    let refused = ask().ends("nobody", Verdict::unauthenticated("missing")).await;
    assert_eq!(refused.answer.header("content-type"), Some("application/problem+json"));
    let seen = ask().token_of("admin", "plain").ends("let in", Verdict::allowed()).await;
    assert_eq!(seen.answer.header("content-type"), Some("text/event-stream"));
    let id = &stage.account("admin", "plain").identity.id;
    let meant: String = (0..3).map(|number| format!("data: {number} for {id}\n\n")).collect();
    assert_eq!(seen.answer.text(), meant);
}

/// Whoever is sent away or whose time is over gets no more of what never ends by itself.
#[tokio::test]
async fn what_flows_ends_with_its_session() {
    let stage = Stage::plan().cached().start().await;
    let account = stage.account("customer", "plain");
    let customers = stage.iam.tenant(Tenants::Customer);
    let headers = format!("authorization: Bearer {}\r\n", account.session.token);
    let mut line = stage.connect().await;
    assert_eq!(line.upgrade("/customer/streams/line", &headers).await, 101);
    let news = stage.get("/customer/streams/news").token_of("customer", "plain").send();
    let revoke = async {
        until(|| stage.counters.seen().1 == 2).await;
        // Another user's departure ends nothing: the news would end without the second line.
        let other = &stage.account("customer", "ab").identity.id;
        customers.identities().revoke_sessions(&IdentityId::new(other)).await.unwrap();
        customers.identities().revoke_sessions(&IdentityId::new(&account.identity.id)).await.unwrap();
    };
    let (answer, ()) = soon(async { tokio::join!(news, revoke) }).await;
    assert_eq!((answer.status, answer.text()), (200, "data: news\n\n"));
    assert_eq!(soon(line.received()).await, "Revoked");
}

#[tokio::test]
async fn what_flows_ends_when_its_session_does() {
    let lifespan = |seed: &mut Seed| seed.tenants.get_mut("customer").unwrap().session_lifespan_ms = Some(3000);
    let stage = Stage::plan().cached().start_seeded(lifespan).await;
    let headers = format!("authorization: Bearer {}\r\n", stage.account("customer", "plain").session.token);
    let mut line = stage.connect().await;
    assert_eq!(line.upgrade("/customer/streams/line", &headers).await, 101);
    assert_eq!(soon(line.received()).await, "Expired");
}

/// Gives up after a while, instead of waiting for ever.
async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), future).await.unwrap_or_else(|_| panic!("it never ends"))
}

async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
