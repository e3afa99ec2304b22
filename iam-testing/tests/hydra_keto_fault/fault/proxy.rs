//! Transparent, attentive, picky.

use std::sync::Arc;

use iam_testing::fault::{Ending, Fault, FaultProxy, Rule};

use super::{HEALTH, ending, proxied};
use crate::http::{asked_until, client, form, get, machine, send};

#[tokio::test]
async fn without_a_fault_nothing_changes() {
    let (project, proxy) = proxied().await;
    for path in [HEALTH, "nowhere", "userinfo", "oauth2/auth"] {
        let (mut direct, mut through) = (get(project.hydra_public(), path).await, get(proxy.url(), path).await);
        for answer in [&mut direct, &mut through] {
            answer.headers.remove("date");
        }
        assert_eq!((direct.status, &direct.headers, &direct.text), (through.status, &through.headers, &through.text));
    }
    let head = send(client().head(proxy.url().join(HEALTH).unwrap())).await;
    assert_eq!((head.status.as_u16(), head.header("content-length")), (200, "15"));
    assert_eq!(ending(&proxy).await, Ending::Complete);
}

#[tokio::test]
async fn every_request_is_recorded() {
    let (project, proxy) = proxied().await;
    machine(&project, "erp", "erp-secret").await;
    let fields = [("grant_type", "client_credentials")];
    let url = proxy.url().join("oauth2/token?via=proxy").unwrap();
    send(client().post(url).basic_auth("erp", Some("erp-secret")).form(&fields)).await.json(200);
    get(proxy.url(), HEALTH).await.json(200);
    let requests = proxy.requests();
    let first = &requests[0];
    assert_eq!((requests.len(), first.method.as_str(), first.path()), (2, "POST", "/oauth2/token"));
    assert_eq!(
        (first.target.as_str(), &first.body[..]),
        ("/oauth2/token?via=proxy", &b"grant_type=client_credentials"[..])
    );
    assert!(first.header("authorization").unwrap().starts_with("Basic "));
    assert_eq!((first.ending, requests[1].answered_bytes), (Ending::Complete, 15));
    assert_eq!(proxy.count(|request| request.path() == "/health/alive"), 1);
    assert!(requests.iter().all(|request| request.passed_on));
    proxy.clear();
    assert_eq!((proxy.requests().len(), proxy.arrived()), (0, 2));
    proxy.fault(Rule::any(), Fault::Status(500));
    get(proxy.url(), HEALTH).await;
    let new = proxy.requests_after(2);
    assert_eq!((new.len(), new[0].passed_on, proxy.arrived()), (1, false, 3), "the fault answered in its place");
    assert_eq!((proxy.requests_after(3).len(), proxy.requests_after(0).len()), (0, 1));
}

#[tokio::test]
async fn chunked_bodies_arrive_whole_and_hop_by_hop_headers_stay() {
    let (project, _) = proxied().await;
    let inner = FaultProxy::start(project.hydra_admin().clone()).await.unwrap();
    let outer = FaultProxy::start(inner.url().join("admin").unwrap()).await.unwrap();
    let pieces = ["{\"client_id\":", "\"chunked\"}"].map(Ok::<_, std::io::Error>);
    let body = reqwest::Body::wrap_stream(futures_util::stream::iter(pieces));
    let request = client().post(outer.url().join("clients").unwrap()).body(body);
    let request = request.header("connection", "x-mine").header("x-mine", "1").header("x-other", "2");
    assert_eq!(send(request).await.json(201)["client_id"], "chunked");
    let (seen, passed) = (&outer.requests()[0], &inner.requests()[0]);
    assert_eq!((&seen.body[..], &passed.body[..]), (&b"{\"client_id\":\"chunked\"}"[..], &seen.body[..]));
    assert_eq!(passed.target, "/admin/clients", "the upstream's path goes first");
    assert_eq!(
        (seen.header("x-mine"), passed.header("x-mine"), passed.header("x-other")),
        (Some("1"), None, Some("2"))
    );
    assert_eq!(passed.header("host"), Some(inner.url().authority()));
}

#[tokio::test]
async fn rules_pick_by_method_path_count_and_condition() {
    let (_project, proxy) = proxied().await;
    proxy.fault(Rule::on("GET", "/health/*").skip(1).times(2), Fault::Status(500));
    proxy.fault(Rule::on("POST", "/oauth2/token").when(|request| request.body.ends_with(b"=b")), Fault::Status(502));
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(get(proxy.url(), HEALTH).await.status.as_u16());
    }
    assert_eq!(statuses, [200, 500, 500, 200]);
    assert_eq!(form(proxy.url(), "oauth2/token", &[("grant_type", "a")]).await.status, 400);
    assert_eq!(form(proxy.url(), "oauth2/token", &[("grant_type", "b")]).await.status, 502);
    proxy.fault(Rule::any().times(1), Fault::Status(418));
    proxy.fault(Rule::any(), Fault::Status(419));
    assert_eq!(get(proxy.url(), HEALTH).await.status, 418);
    assert_eq!(get(proxy.url(), HEALTH).await.status, 419, "the older rule is spent");
    proxy.heal();
    assert_eq!(form(proxy.url(), "oauth2/token", &[("grant_type", "b")]).await.status, 400);
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
            tokio::spawn(async move { get(proxy.url(), HEALTH).await.status })
        })
        .collect();
    gate.arrived(7).await;
    gate.open();
    for client in clients {
        assert_eq!(client.await.unwrap(), 200);
    }
    assert_eq!(proxy.max_in_flight(), 7);
    proxy.clear();
    get(proxy.url(), HEALTH).await.json(200);
    assert_eq!(proxy.max_in_flight(), 1);
}

#[tokio::test]
async fn refused_connections_and_a_dead_upstream() {
    let (project, proxy) = proxied().await;
    let kept = client();
    let url = proxy.url().join(HEALTH).unwrap();
    send(kept.get(url.clone())).await.json(200);
    proxy.refuse().await.unwrap();
    proxy.refuse().await.unwrap();
    assert!(kept.get(url.clone()).send().await.unwrap_err().is_connect(), "a kept connection is closed, too");
    proxy.resume().await.unwrap();
    proxy.resume().await.unwrap();
    send(kept.get(url.clone())).await.json(200);
    drop(project);
    asked_until(url, |_| true).await;
    assert_eq!(ending(&proxy).await, Ending::Cut);
    let not_http = url::Url::parse("ftp://127.0.0.1/").unwrap();
    assert!(FaultProxy::start(not_http).await.is_err());
}
