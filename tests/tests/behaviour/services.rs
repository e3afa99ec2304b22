//! Services that applications have already, behind a policy: a folder of files, and a proxy to another server.

use std::path::Path;

use iam_testing::fault::{Fault, FaultProxy, Rule};

use super::WebHost;
use crate::Here;
use crate::stage::{SEED, Shared, Stage, Verdict, cases};

/// A stage with the services in front, and the server behind the proxy.
async fn stage() -> (Stage, FaultProxy) {
    let server = FaultProxy::start("http://127.0.0.1:9".parse().unwrap()).await.unwrap();
    server.fault(Rule::any(), Fault::json(200, r#"{"from":"behind"}"#));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stage");
    let stage = Stage::new().await;
    let address = Here::start_services(stage.iam.clone(), &folder, server.url().clone()).await;
    (stage.elsewhere(address), server)
}

/// With a server behind the proxy that nobody looks at.
static SERVING: Shared = Shared::new(|| {
    Box::pin(async {
        let (stage, server) = stage().await;
        // It serves as long as the stage does.
        std::mem::forget(server);
        stage
    })
});

async fn is_refused_to_others(stage: &Stage, method: &str, path: &str) {
    // Of those who were let in before.
    stage.events().await;
    stage.ask(method, path).ends("nobody", Verdict::unauthenticated("missing")).await;
    let foreign = stage.ask(method, path).token_of("dealer", "a");
    foreign.ends("another tenant's", Verdict::unauthenticated("rejected_by_tenant")).await;
    stage.ask(method, path).token_of("admin", "b").ends("another role", Verdict::forbidden("role")).await;
}

// By `nest_guarded`, and by `guard` on a router of the framework's own.
cases! { SERVING, files_are_for_whom_the_policy_lets_in:
    routed: "/routed";
    beside: "/beside";
}

async fn files_are_for_whom_the_policy_lets_in(stage: &Stage, root: &str) {
    for path in ["seed.toml", "no-such-file", ""] {
        is_refused_to_others(stage, "GET", &format!("{root}/files/{path}")).await;
    }
    let path = format!("{root}/files/seed.toml");
    let get = || stage.get(&path).token_of("admin", "a");
    let whole = get().expect(200).await;
    assert_eq!(whole.text(), SEED);
    assert_eq!(whole.header("cache-control"), Some("private, no-store"));
    let part = get().header("range", "bytes=2-5").expect(206).await;
    assert_eq!(part.text(), &SEED[2..6]);
    let head = stage.ask("HEAD", &path).token_of("admin", "a").expect(200).await;
    assert_eq!(head.header("content-length"), Some(&*SEED.len().to_string()));
    stage.get(&format!("{root}/files/no-such-file")).token_of("admin", "a").expect(404).await;
}

cases! { SERVING, no_spelling_leads_out_of_the_folder_or_past_the_policy:
    dots_of_routed:           "/routed", "../hyper/app.rs";
    a_slash_of_routed:        "/routed", "..%2Fhyper%2Fapp.rs";
    escaped_dots_of_routed:   "/routed", "%2e%2e/hyper/app.rs";
    all_escaped_of_routed:    "/routed", "%2e%2e%2fhyper%2fapp.rs";
    dots_of_beside:           "/beside", "../hyper/app.rs";
    a_slash_of_beside:        "/beside", "..%2Fhyper%2Fapp.rs";
    escaped_dots_of_beside:   "/beside", "%2e%2e/hyper/app.rs";
    all_escaped_of_beside:    "/beside", "%2e%2e%2fhyper%2fapp.rs";
}

async fn no_spelling_leads_out_of_the_folder_or_past_the_policy(stage: &Stage, root: &str, path: &str) {
    let token = &stage.account("admin", "a").session.token;
    for (credential, is_member) in [(String::new(), false), (format!("authorization: Bearer {token}\r\n"), true)] {
        let request = format!("GET {root}/files/{path} HTTP/1.1\r\nhost: app\r\n{credential}connection: close\r\n\r\n");
        let status = stage.raw(request.as_bytes()).await;
        let meant: &[u16] = if is_member { &[400, 403, 404] } else { &[401] };
        assert!(meant.contains(&status), "{credential:?}: {status}");
    }
}

cases! { a_proxy_hands_on_what_the_policy_lets_in_and_knows_for_whom:
    routed: "/routed";
    beside: "/beside";
}

async fn a_proxy_hands_on_what_the_policy_lets_in_and_knows_for_whom(root: &str) {
    let (stage, server) = stage().await;
    let id = &stage.account("admin", "a").identity.id;
    let path = format!("{root}/proxy/orders/7?page=2");
    is_refused_to_others(&stage, "POST", &path).await;
    assert!(server.requests().is_empty(), "{:?}", server.requests());

    let answer = stage.ask("POST", &path).token_of("admin", "a").body("an order").expect(200).await;
    assert_eq!(answer.json()["from"], "behind");
    assert!(answer.header("x-request-id").is_some());
    let requests = server.requests();
    let [request] = &requests[..] else { panic!("{requests:?}") };
    assert_eq!(
        (request.method.as_str(), &*request.target, &*request.body),
        ("POST", "/orders/7?page=2", &b"an order"[..])
    );
    assert_eq!(request.header("x-user"), Some(&**id));
    assert_eq!(request.header("authorization"), None, "the caller's credential goes no further");
}
