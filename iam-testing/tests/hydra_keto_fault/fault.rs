//! The fault proxy: transparent, and broken in every way it knows.

use std::sync::Arc;
use std::time::{Duration, Instant};

use iam_testing::fault::{Ending, Fault, FaultProxy, Rule};
use iam_testing::standin::OryProject;
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::http::{call, client, form, get, machine, project, send};

const KEYS: &str = ".well-known/jwks.json";

async fn proxied() -> (OryProject, FaultProxy) {
    let project = project().await;
    let proxy = FaultProxy::start(project.hydra_public().clone())
        .await
        .unwrap();
    (project, proxy)
}

/// Everything that a bare request gets until the connection ends.
async fn raw(proxy: &FaultProxy) -> std::io::Result<Vec<u8>> {
    let mut stream =
        TcpStream::connect((proxy.url().host_str().unwrap(), proxy.url().port().unwrap())).await?;
    stream
        .write_all(
            format!("GET /{KEYS} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes(),
        )
        .await?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    Ok(bytes)
}

/// Waits until the last request has ended.
async fn ending(proxy: &FaultProxy) -> Ending {
    for _ in 0..200 {
        match proxy.requests().last().unwrap().ending {
            Ending::Pending => tokio::time::sleep(Duration::from_millis(10)).await,
            ending => return ending,
        }
    }
    Ending::Pending
}

#[tokio::test]
async fn without_a_fault_nothing_changes() {
    let (project, proxy) = proxied().await;
    for path in [KEYS, "nowhere", "userinfo", "oauth2/auth"] {
        let (mut direct, mut through) = (
            get(project.hydra_public(), path).await,
            get(proxy.url(), path).await,
        );
        for answer in [&mut direct, &mut through] {
            answer.headers.remove("date");
        }
        assert_eq!(
            (direct.status, &direct.headers, &direct.text),
            (through.status, &through.headers, &through.text)
        );
    }
    let head = send(client().head(proxy.url().join(KEYS).unwrap())).await;
    assert_eq!(
        (head.status.as_u16(), head.header("content-length")),
        (200, "11")
    );
    assert_eq!(ending(&proxy).await, Ending::Complete);
}

#[tokio::test]
async fn every_request_is_recorded() {
    let (project, proxy) = proxied().await;
    machine(&project, "erp", "erp-secret").await;
    let fields = [("grant_type", "client_credentials")];
    let url = proxy.url().join("oauth2/token?via=proxy").unwrap();
    send(
        client()
            .post(url)
            .basic_auth("erp", Some("erp-secret"))
            .form(&fields),
    )
    .await
    .json(200);
    get(proxy.url(), KEYS).await.json(200);
    let requests = proxy.requests();
    let first = &requests[0];
    assert_eq!(
        (requests.len(), first.method.as_str(), first.path()),
        (2, "POST", "/oauth2/token")
    );
    assert_eq!(
        (first.target.as_str(), &first.body[..]),
        (
            "/oauth2/token?via=proxy",
            &b"grant_type=client_credentials"[..]
        )
    );
    assert!(first.header("authorization").unwrap().starts_with("Basic "));
    assert_eq!(
        (first.ending, requests[1].answered_bytes),
        (Ending::Complete, 11)
    );
    assert_eq!(
        proxy.count(|request| request.path() == "/.well-known/jwks.json"),
        1
    );
    proxy.clear();
    assert_eq!(proxy.requests().len(), 0);
}

#[tokio::test]
async fn chunked_bodies_arrive_whole_and_hop_by_hop_headers_stay() {
    let (project, _) = proxied().await;
    let inner = FaultProxy::start(project.hydra_admin().clone())
        .await
        .unwrap();
    let outer = FaultProxy::start(inner.url().join("admin").unwrap())
        .await
        .unwrap();
    let pieces = ["{\"client_id\":", "\"chunked\"}"].map(|piece| Ok::<_, std::io::Error>(piece));
    let body = reqwest::Body::wrap_stream(futures_util::stream::iter(pieces));
    let request = client()
        .post(outer.url().join("clients").unwrap())
        .body(body);
    let request = request
        .header("connection", "x-mine")
        .header("x-mine", "1")
        .header("x-other", "2");
    assert_eq!(send(request).await.json(201)["client_id"], "chunked");
    let (seen, passed) = (&outer.requests()[0], &inner.requests()[0]);
    assert_eq!(
        (&seen.body[..], &passed.body[..]),
        (&b"{\"client_id\":\"chunked\"}"[..], &seen.body[..])
    );
    assert_eq!(
        passed.target, "/admin/clients",
        "the upstream's path goes first"
    );
    assert_eq!(
        (
            seen.header("x-mine"),
            passed.header("x-mine"),
            passed.header("x-other")
        ),
        (Some("1"), None, Some("2"))
    );
    assert_eq!(passed.header("host"), Some(inner.url().authority()));
}

#[tokio::test]
async fn rules_pick_by_method_path_count_and_condition() {
    let (_project, proxy) = proxied().await;
    proxy.fault(
        Rule::on("GET", "/.well-known/*").skip(1).times(2),
        Fault::Status(500),
    );
    proxy.fault(
        Rule::on("POST", "/oauth2/token").when(|request| request.body.ends_with(b"=b")),
        Fault::Status(502),
    );
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(get(proxy.url(), KEYS).await.status.as_u16());
    }
    assert_eq!(statuses, [200, 500, 500, 200]);
    assert_eq!(
        form(proxy.url(), "oauth2/token", &[("grant_type", "a")])
            .await
            .status,
        400
    );
    assert_eq!(
        form(proxy.url(), "oauth2/token", &[("grant_type", "b")])
            .await
            .status,
        502
    );
    proxy.fault(Rule::any().times(1), Fault::Status(418));
    proxy.fault(Rule::any(), Fault::Status(419));
    assert_eq!(get(proxy.url(), KEYS).await.status, 418);
    assert_eq!(
        get(proxy.url(), KEYS).await.status,
        419,
        "the older rule is spent"
    );
    proxy.heal();
    assert_eq!(
        form(proxy.url(), "oauth2/token", &[("grant_type", "b")])
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn made_up_answers() {
    let (_project, proxy) = proxied().await;
    let once = async |fault| {
        proxy.fault(Rule::any().times(1), fault);
        get(proxy.url(), KEYS).await
    };
    let status = once(Fault::Status(503)).await;
    assert_eq!((status.status.as_u16(), status.text.as_str()), (503, ""));
    let page = once(Fault::Html(403)).await;
    assert_eq!(
        (page.status.as_u16(), page.header("content-type")),
        (403, "text/html; charset=utf-8")
    );
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
        (
            limited.status.as_u16(),
            limited.header("retry-after"),
            limited.text.as_str()
        ),
        (429, "18446744073709551616", "slow down")
    );
    assert_eq!(
        once(Fault::json(403, r#"{"allowed":false}"#))
            .await
            .json(403),
        json!({"allowed": false})
    );
    assert_eq!(
        once(Fault::Status(7)).await.status,
        500,
        "a status that HTTP cannot carry"
    );
}

#[tokio::test]
async fn oversize_answers_do_not_announce_themselves() {
    let (_project, proxy) = proxied().await;
    proxy.fault(Rule::any().times(1), Fault::Oversize(3_000_000));
    let large = get(proxy.url(), KEYS).await;
    assert_eq!(large.header("content-length"), "");
    assert_eq!(
        large.json(200)["padding"].as_str().unwrap().len(),
        3_000_000
    );

    proxy.fault(Rule::any().times(1), Fault::GzipBomb(10_000_000));
    let response = client()
        .get(proxy.url().join(KEYS).unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["content-encoding"], "gzip");
    let zipped = response.bytes().await.unwrap();
    assert!(zipped.len() < 20_000, "{} bytes on the wire", zipped.len());
    let mut inflated = Vec::new();
    std::io::Read::read_to_end(
        &mut flate2::read::GzDecoder::new(&zipped[..]),
        &mut inflated,
    )
    .unwrap();
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
    assert_eq!(
        raw(&proxy).await.unwrap_err().kind(),
        std::io::ErrorKind::ConnectionReset
    );
    assert_eq!(ending(&proxy).await, Ending::Cut);

    proxy.fault(Rule::any().times(1), Fault::Truncate(4));
    let cut = String::from_utf8(raw(&proxy).await.unwrap()).unwrap();
    assert!(
        cut.contains("content-length: 11") && cut.ends_with("\r\n\r\n{\"ke"),
        "{cut}"
    );
    assert_eq!(
        (
            ending(&proxy).await,
            proxy.requests().last().unwrap().answered_bytes
        ),
        (Ending::Cut, 4)
    );

    for fault in [Fault::Garbage, Fault::Reset, Fault::Truncate(1000)] {
        proxy.fault(Rule::any().times(1), fault.clone());
        let outcome = async {
            client()
                .get(proxy.url().join(KEYS).unwrap())
                .send()
                .await?
                .bytes()
                .await
        }
        .await;
        assert!(outcome.is_err(), "{fault:?}");
    }
    get(proxy.url(), KEYS).await.json(200);
}

#[tokio::test]
async fn hanging_and_dripping_show_when_the_client_leaves() {
    let (_project, proxy) = proxied().await;
    let impatient = |time| {
        client()
            .get(proxy.url().join(KEYS).unwrap())
            .timeout(Duration::from_millis(time))
            .send()
    };
    proxy.fault(Rule::any().times(1), Fault::Hang);
    assert!(impatient(100).await.unwrap_err().is_timeout());
    assert_eq!(ending(&proxy).await, Ending::ClientLeft);
    assert!(proxy.requests()[0].client_left());

    proxy.fault(
        Rule::any().times(1),
        Fault::Drip {
            every: Duration::from_secs(5),
            bytes: 10,
        },
    );
    let response = impatient(100).await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.unwrap_err().is_timeout());
    assert_eq!(ending(&proxy).await, Ending::ClientLeft);
    assert_eq!(
        proxy.requests().last().unwrap().answered_bytes,
        1,
        "no second byte was sent"
    );

    proxy.fault(
        Rule::any().times(1),
        Fault::Drip {
            every: Duration::from_millis(5),
            bytes: 10,
        },
    );
    assert_eq!(get(proxy.url(), KEYS).await.text.len(), 10);
    assert_eq!(ending(&proxy).await, Ending::Complete);
}

#[tokio::test]
async fn a_delay_is_only_a_delay() {
    let (_project, proxy) = proxied().await;
    proxy.fault(Rule::any(), Fault::Delay(Duration::from_millis(150)));
    let start = Instant::now();
    get(proxy.url(), KEYS).await.json(200);
    assert!(start.elapsed() >= Duration::from_millis(150));
}

#[tokio::test]
async fn gates_hold_before_the_upstream_is_asked_or_after() {
    let project = project().await;
    let proxy = Arc::new(
        FaultProxy::start(project.hydra_admin().clone())
            .await
            .unwrap(),
    );
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
        call(
            Method::POST,
            project.hydra_admin(),
            "admin/clients",
            json!({"client_id": id}),
        )
        .await
        .json(201);
    }
    assert_eq!(proxy.count(|request| request.ending == Ending::Pending), 2);
    before.open();
    after.open();
    assert_eq!(first.await.unwrap(), 200, "asked after the change");
    assert_eq!(second.await.unwrap(), 404, "asked before it, told after it");
    assert_eq!(
        held("admin/clients/after").await.unwrap(),
        200,
        "an open gate stays open"
    );
}

#[tokio::test]
async fn the_widest_moment_is_remembered() {
    let (_project, proxy) = proxied().await;
    let proxy = Arc::new(proxy);
    let gate = Fault::hold();
    proxy.fault(Rule::any(), gate.before());
    let clients: Vec<_> = (0..7)
        .map(|_| {
            let proxy = proxy.clone();
            tokio::spawn(async move { get(proxy.url(), KEYS).await.status })
        })
        .collect();
    gate.arrived(7).await;
    gate.open();
    for client in clients {
        assert_eq!(client.await.unwrap(), 200);
    }
    assert_eq!(proxy.max_in_flight(), 7);
    proxy.clear();
    get(proxy.url(), KEYS).await.json(200);
    assert_eq!(proxy.max_in_flight(), 1);
}

#[tokio::test]
async fn refused_connections_and_a_dead_upstream() {
    let (project, proxy) = proxied().await;
    let kept = client();
    let url = proxy.url().join(KEYS).unwrap();
    send(kept.get(url.clone())).await.json(200);
    proxy.refuse().await.unwrap();
    proxy.refuse().await.unwrap();
    assert!(
        kept.get(url.clone()).send().await.unwrap_err().is_connect(),
        "a kept connection is closed, too"
    );
    proxy.resume().await.unwrap();
    proxy.resume().await.unwrap();
    send(kept.get(url.clone())).await.json(200);
    drop(project);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(kept.get(url).send().await.is_err());
    assert_eq!(ending(&proxy).await, Ending::Cut);
    let not_http = url::Url::parse("ftp://127.0.0.1/").unwrap();
    assert!(FaultProxy::start(not_http).await.is_err());
}
