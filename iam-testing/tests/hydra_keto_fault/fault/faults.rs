//! Each fault once.

use std::sync::Arc;
use std::time::{Duration, Instant};

use iam_testing::fault::{Ending, Fault, FaultProxy, Rule};
use reqwest::Method;
use serde_json::json;

use super::{HEALTH, ending, proxied, raw};
use crate::http::{call, client, get, project};

#[tokio::test]
async fn made_up_answers() {
    let (_project, proxy) = proxied().await;
    let once = async |fault| {
        proxy.fault(Rule::any().times(1), fault);
        get(proxy.url(), HEALTH).await
    };
    let status = once(Fault::Status(503)).await;
    assert_eq!((status.status.as_u16(), status.text.as_str()), (503, ""));
    let page = once(Fault::Html(403)).await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (403, "text/html; charset=utf-8"));
    assert!(page.text.starts_with("<!doctype html>"));
    let redirect = once(Fault::Redirect("http://127.0.0.1:1/elsewhere".to_owned())).await;
    assert_eq!(redirect.location(307).path(), "/elsewhere");
    let limited = Fault::Respond {
        status: 429,
        headers: vec![("retry-after".to_owned(), "18446744073709551616".to_owned())],
        body: "slow down".into(),
    };
    let limited = once(limited).await;
    assert_eq!(
        (limited.status.as_u16(), limited.header("retry-after"), limited.text.as_str()),
        (429, "18446744073709551616", "slow down")
    );
    assert_eq!(once(Fault::json(403, r#"{"allowed":false}"#)).await.json(403), json!({"allowed": false}));
    assert_eq!(once(Fault::Status(7)).await.status, 500, "a status that HTTP cannot carry");
}

#[tokio::test]
async fn oversize_answers_do_not_announce_themselves() {
    let (_project, proxy) = proxied().await;
    proxy.fault(Rule::any().times(1), Fault::Oversize(3_000_000));
    let large = get(proxy.url(), HEALTH).await;
    assert_eq!(large.header("content-length"), "");
    assert_eq!(large.json(200)["padding"].as_str().unwrap().len(), 3_000_000);

    proxy.fault(Rule::any().times(1), Fault::GzipBomb(10_000_000));
    let response = client().get(proxy.url().join(HEALTH).unwrap()).send().await.unwrap();
    assert_eq!(response.headers()["content-encoding"], "gzip");
    let zipped = response.bytes().await.unwrap();
    assert!(zipped.len() < 20_000, "{} bytes on the wire", zipped.len());
    let mut inflated = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&zipped[..]), &mut inflated).unwrap();
    assert_eq!(inflated.len(), 10_000_000);
}

#[tokio::test]
async fn garbage_resets_and_cuts() {
    let (_project, proxy) = proxied().await;
    proxy.fault(Rule::any().times(1), Fault::Garbage);
    let garbage = raw(&proxy).await.unwrap();
    assert_eq!(garbage[..3], [0x16, 3, 1], "no HTTP");
    assert_eq!(ending(&proxy).await, Ending::Cut);

    proxy.fault(Rule::any().times(1), Fault::Reset);
    assert_eq!(raw(&proxy).await.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
    assert_eq!(ending(&proxy).await, Ending::Cut);

    proxy.fault(Rule::any().times(1), Fault::Truncate(4));
    let cut = String::from_utf8(raw(&proxy).await.unwrap()).unwrap();
    assert!(cut.contains("content-length: 15") && cut.ends_with("\r\n\r\n{\"st"), "{cut}");
    assert_eq!((ending(&proxy).await, proxy.requests().last().unwrap().answered_bytes), (Ending::Cut, 4));

    for fault in [Fault::Garbage, Fault::Reset, Fault::Truncate(1000)] {
        proxy.fault(Rule::any().times(1), fault.clone());
        let outcome = async { client().get(proxy.url().join(HEALTH).unwrap()).send().await?.bytes().await }.await;
        assert!(outcome.is_err(), "{fault:?}");
    }
    get(proxy.url(), HEALTH).await.json(200);
}

#[tokio::test]
async fn hanging_and_dripping_show_when_the_client_leaves() {
    let (_project, proxy) = proxied().await;
    // Patient enough for the request to arrive on a busy machine.
    let impatient = || client().get(proxy.url().join(HEALTH).unwrap()).timeout(Duration::from_millis(1500)).send();
    proxy.fault(Rule::any().times(1), Fault::Hang);
    assert!(impatient().await.unwrap_err().is_timeout());
    assert_eq!(ending(&proxy).await, Ending::ClientLeft);
    assert!(proxy.requests()[0].client_left());

    proxy.fault(Rule::any().times(1), Fault::Drip { every: Duration::from_secs(60), bytes: 10 });
    let response = impatient().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.unwrap_err().is_timeout());
    assert_eq!(ending(&proxy).await, Ending::ClientLeft);
    assert_eq!(proxy.requests().last().unwrap().answered_bytes, 1, "no second byte was sent");

    proxy.fault(Rule::any().times(1), Fault::Drip { every: Duration::from_millis(5), bytes: 10 });
    assert_eq!(get(proxy.url(), HEALTH).await.text.len(), 10);
    assert_eq!(ending(&proxy).await, Ending::Complete);
}

#[tokio::test]
async fn a_delay_is_only_a_delay() {
    let (_project, proxy) = proxied().await;
    proxy.fault(Rule::any(), Fault::Delay(Duration::from_millis(150)));
    let start = Instant::now();
    get(proxy.url(), HEALTH).await.json(200);
    assert!(start.elapsed() >= Duration::from_millis(150));
}

#[tokio::test]
async fn gates_hold_before_the_upstream_is_asked_or_after() {
    let project = project().await;
    let proxy = Arc::new(FaultProxy::start(project.hydra_admin().clone()).await.unwrap());
    let held = |path: &'static str| {
        let proxy = proxy.clone();
        tokio::spawn(async move { get(proxy.url(), path).await.status.as_u16() })
    };
    let (before, after) = (Fault::hold(), Fault::hold());
    proxy.fault(Rule::on("GET", "/admin/clients/before"), before.before());
    proxy.fault(Rule::on("GET", "/admin/clients/after"), after.after());
    let (first, second) = (held("admin/clients/before"), held("admin/clients/after"));
    before.arrived(1).await;
    after.arrived(1).await;
    for id in ["before", "after"] {
        call(Method::POST, project.hydra_admin(), "admin/clients", json!({"client_id": id})).await.json(201);
    }
    assert_eq!(proxy.count(|request| request.ending == Ending::Pending), 2);
    before.open();
    after.open();
    assert_eq!(first.await.unwrap(), 200, "asked after the change");
    assert_eq!(second.await.unwrap(), 404, "asked before it, told after it");
    assert_eq!(held("admin/clients/after").await.unwrap(), 200, "an open gate stays open");
}
