//! What the router of this adapter makes of routes; the other tables are about what
//! happens behind it.

use crate::Here;
use crate::app;
use crate::stage::{Host, Stage, Verdict};

#[tokio::test]
async fn head_is_guarded_as_get_is() {
    let stage = Stage::new().await;
    let head = || stage.ask("HEAD", "/dealer/a-or-b");
    let get = stage.get("/dealer/a-or-b").expect(401).await;
    stage.events().await;
    let refused = head().expect(401).await;
    assert_eq!(stage.event().await, ("denied", Some("missing")));
    assert!(refused.body.is_empty());
    for name in ["content-type", "content-length", "cache-control", "vary", "www-authenticate"] {
        assert_eq!(refused.header(name), get.header(name), "{name}");
    }
    head().token_of("dealer", "plain").expect(403).await;
    assert_eq!(stage.counters.seen(), (0, 0));
    assert!(head().token_of("dealer", "a").expect(200).await.body.is_empty());
}

#[tokio::test]
async fn an_upgrade_is_guarded_too() {
    let stage = Stage::new().await;
    let upgrade = |credential: &str| {
        format!(
            "GET /dealer/live HTTP/1.1\r\nhost: app\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{credential}\r\n"
        )
    };
    let token = &stage.account("dealer", "plain").session.token;
    let foreign = &stage.account("admin", "plain").session.token;
    for (credential, status) in [
        (String::new(), 401),
        (format!("authorization: Bearer {foreign}\r\n"), 401),
        (format!("authorization: Bearer {token}\r\n"), 101),
    ] {
        assert_eq!(stage.raw(upgrade(&credential).as_bytes()).await, status, "{credential:?}");
    }
}

#[tokio::test]
async fn odd_paths_reach_no_handler() {
    let stage = Stage::new().await;
    let token = &stage.account("dealer", "plain").session.token;
    for path in ["/%64ealer/me", "//dealer/me", "/dealer//me", "/dealer/me/", "/open/../dealer/me", "/dealer/listings/"]
    {
        let request = format!("GET {path} HTTP/1.1\r\nhost: app\r\nauthorization: Bearer {token}\r\n\r\n");
        assert_eq!(stage.raw(request.as_bytes()).await, 404, "{path}");
        assert!(stage.events().await.is_empty(), "{path}");
    }
    assert_eq!(stage.counters.seen(), (0, 0));
    stage.get("/dealer/me?a=/open").ends("a query", Verdict::unauthenticated("missing")).await;
}

#[tokio::test]
async fn routes_show_what_they_demand_and_start_up_refuses_what_cannot_work() {
    let stage = Stage::new().await;
    let matrix = app::routes(&stage.iam).access_matrix().to_string();
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    for line in [
        "GET /dealer/a-or-b dealer: session, role a or b",
        "GET /dealer/listings/{id} dealer: session, permission listings#edit@listings:{id}",
        "! GET /dealer/optional dealer: optional session, override credential",
        "! GET /open PUBLIC",
    ] {
        assert!(matrix.lines().any(|shown| words(shown) == words(line)), "{line}:\n{matrix}");
    }
    let said = Here::misfits(stage.iam.clone());
    assert_eq!(
        said,
        "2 route(s) cannot work as mounted:\n  \
         GET /me: `#[oauth2]` needs `tenants.admin.hydra.admin_url` in the configuration\n  \
         GET /listings/{number}: the object `listings:{id}` names `{id}`, which the path lacks",
    );
}
