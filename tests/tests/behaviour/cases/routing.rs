//! Whatever reaches a handler has passed its policy, by whichever way it came.

use iam_core::policy::MatrixCredential;
use serde_json::json;

use crate::Here;
use crate::behaviour::{Framework, WebHost};
use crate::stage::{Answer, Ask, Stage, Verdict};

#[tokio::test]
async fn a21_forwarded_hosts_change_nothing() {
    let stage = Stage::new().await;
    let with = |ask| {
        let headers = [
            ("x-forwarded-host", "admin.example"),
            ("forwarded", "host=admin.example;proto=https"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-server", "admin.example"),
            ("x-host", "admin.example"),
            ("x-original-url", "/admin/me"),
            ("x-rewrite-url", "/admin/me"),
        ];
        headers.iter().fold(ask, |ask: Ask<'_>, (name, value)| ask.header(name, value))
    };
    let own = with(stage.get("/dealer/me")).token_of("dealer", "plain");
    let seen = own.ends("its own", Verdict::allowed()).await;
    assert_eq!(seen.answer.json()["tenant"], "dealer");
    let foreign = with(stage.get("/dealer/me")).token_of("admin", "plain");
    foreign.ends("another's", Verdict::unauthenticated("rejected_by_tenant")).await;
    assert_eq!(stage.whoamis("admin"), 0, "the route's tenant decides");

    // Nor which tenant a host belongs to.
    let unlisted =
        with(stage.get("/by-host/me")).header("host", "shop.example").header("x-forwarded-host", "dealer.test");
    unlisted.token_of("dealer", "plain").ends("by host", Verdict::misdirected()).await;

    // Nor do they say which origin is the application's own.
    let post = || with(stage.ask("POST", "/dealer/me")).cookie_of("dealer", "plain");
    let foreign = post().header("origin", "https://admin.example");
    foreign.ends("a foreign origin", Verdict::forbidden("csrf")).await;
    let own = post().header("host", "shop.example").header("origin", "https://shop.example");
    own.ends("the origin of the Host header", Verdict::allowed()).await;
}

#[tokio::test]
async fn a22_punycode_that_equals_a_plain_host_is_an_unknown_host() {
    let stage = Stage::new().await;
    for host in ["xn--dealer-.test", "xn--dealer-", "XN--dealer-.test.", "xn--.test"] {
        let ask = stage.get("/by-host/me").header("host", host).token_of("dealer", "plain");
        ask.ends(host, Verdict::misdirected()).await;
    }
    assert_eq!(stage.whoamis("dealer"), 0);
}

/// Paths that are another path once they are decoded, cleaned or trimmed.
const ODD_PATHS: [&str; 7] = [
    "/%64ealer/me",
    "/dealer/%6de",
    "//dealer/me",
    "/dealer//me",
    "/dealer/me/",
    "/open/../dealer/me",
    "/dealer/me;x=1",
];

#[tokio::test]
async fn a23_odd_paths_reach_no_handler_unguarded() {
    let stage = Stage::new().await;
    let token = &stage.account("dealer", "plain").session.token;
    for path in ODD_PATHS {
        let is_routed = Here::FRAMEWORK == Framework::Actix && path.contains('%');
        for (credential, of_policy) in [
            (String::new(), 401),
            ("authorization: Bearer ory_st_nobody\r\n".to_owned(), 401),
            (format!("authorization: Bearer {token}\r\n"), 200),
        ] {
            let request = format!("GET {path} HTTP/1.1\r\nhost: app\r\n{credential}connection: close\r\n\r\n");
            let before = stage.counters.seen();
            let status = stage.raw(request.as_bytes()).await;
            assert_eq!(status, if is_routed { of_policy } else { 404 }, "{path} with {credential:?}");
            assert_eq!(stage.events().await.len(), usize::from(is_routed), "{path} with {credential:?}");
            if status != 200 {
                assert_eq!(stage.counters.seen(), before, "{path} with {credential:?}: something ran");
            }
        }
    }
    // The query is no part of the path.
    stage.get("/dealer/me?a=/open").ends("a query", Verdict::unauthenticated("missing")).await;
}

fn names(answer: &Answer) -> Vec<String> {
    let mut names: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a25_head_is_guarded_as_get_is() {
    let stage = Stage::new().await;
    let as_nobody: fn(Ask<'_>) -> Ask<'_> = |ask| ask;
    let as_plain: fn(Ask<'_>) -> Ask<'_> = |ask| ask.token_of("dealer", "plain");
    for (who, status, event) in
        [(as_nobody, 401, ("denied", Some("missing"))), (as_plain, 403, ("denied", Some("role")))]
    {
        let get = who(stage.get("/dealer/a-or-b")).expect(status).await;
        assert_eq!(stage.event().await, event);
        let head = who(stage.ask("HEAD", "/dealer/a-or-b")).expect(status).await;
        assert_eq!(stage.event().await, event);
        assert!(head.body.is_empty());
        assert_eq!(names(&head), names(&get), "nothing about the resource");
        assert_eq!(head.header("content-type"), Some("application/problem+json"));
        assert_eq!(head.header("content-length"), get.header("content-length"), "the refusal's own length");
        assert_eq!(head.header("cache-control"), Some("private, no-store"));
    }
    assert_eq!(stage.counters.seen(), (0, 0));
    let head = stage.ask("HEAD", "/dealer/a-or-b").token_of("dealer", "a").expect(200).await;
    assert!(head.body.is_empty());
}

#[tokio::test]
async fn a26_an_upgrade_is_guarded_too() {
    let stage = Stage::new().await;
    let upgrade = |credential: &str| {
        format!(
            "GET /dealer/live HTTP/1.1\r\nhost: app\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{credential}\r\n"
        )
    };
    assert_eq!(stage.raw(upgrade("").as_bytes()).await, 401);
    assert_eq!(stage.event().await, ("denied", Some("missing")));
    assert_eq!(stage.raw(upgrade("authorization: Bearer ory_st_nobody\r\n").as_bytes()).await, 401);
    assert_eq!(stage.event().await, ("denied", Some("rejected_by_tenant")));
    let token = &stage.account("dealer", "plain").session.token;
    let good = format!("authorization: Bearer {token}\r\n");
    assert_eq!(stage.raw(upgrade(&good).as_bytes()).await, 101);
    assert_eq!(stage.event().await, ("allowed", None));
}

#[tokio::test]
async fn a27_the_order_of_mounting_changes_nothing() {
    let stage = Stage::new().await;
    let paths = [
        "layer-merge/early",
        "layer-merge/late",
        "merge-layer/early",
        "merge-layer/late",
        "inner-merge/early",
        "inner-merge/late",
        "layer-nest/early",
        "layer-nest/below/late",
        "nest-layer/early",
        "nest-layer/below/late",
        "inner-nest/early",
        "inner-nest/below/late",
        "layer-fallback/early",
        "layer-fallback/anything",
        "fallback-layer/early",
        "fallback-layer/anything",
        "layer-route/early",
        "layer-route/late",
    ];
    for path in paths {
        let get = || stage.get(&format!("/cases/orders/{path}"));
        get().ends(path, Verdict::unauthenticated("missing")).await;
        let foreign = get().token_of("admin", "ab");
        foreign.ends(path, Verdict::unauthenticated("rejected_by_tenant")).await;
        get().token_of("dealer", "plain").ends(path, Verdict::allowed()).await;
    }
    let rows = rows_below("/cases/orders");
    assert_eq!(rows.len(), paths.len(), "{rows:#?}");
    assert!(rows.iter().all(|row| row.contains("dealer: session") && row.starts_with(' ')), "{rows:#?}");
    // Unguarded is only what came through the explicit door, and that stands out.
    let unguarded: Vec<_> = lines().into_iter().filter(|row| row.contains("UNGUARDED")).collect();
    assert_eq!(unguarded.len(), 1, "{unguarded:#?}");
    assert!(unguarded[0].starts_with('!'), "{unguarded:#?}");
    assert_eq!(stage.get("/foreign").expect(200).await.text(), "foreign");
}

fn lines() -> Vec<String> {
    Here::access_matrix().to_string().lines().map(str::to_owned).collect()
}

/// The access matrix' lines of the routes below a path.
fn rows_below(path: &str) -> Vec<String> {
    lines().into_iter().filter(|row| row.contains(path)).collect()
}

#[tokio::test]
async fn a28_a_bad_body_matters_only_to_who_was_let_in() {
    let stage = Stage::new().await;
    let post =
        |body: &'static str| stage.ask("POST", "/cases/json").header("content-type", "application/json").body(body);
    for body in ["{bad json", "", "\u{0}"] {
        post(body).ends("nobody", Verdict::unauthenticated("missing")).await;
        let malformed = post(body).header("authorization", "Bearer a b");
        malformed.ends("malformed", Verdict::unauthenticated("malformed")).await;
        let rejected = post(body).bearer("ory_st_nobody");
        rejected.ends("rejected", Verdict::unauthenticated("rejected_by_tenant")).await;
        post(body).token_of("dealer", "plain").ends("wrong role", Verdict::forbidden("role")).await;
        let foreign = post(body).cookie_of("dealer", "a").header("origin", "https://evil.example");
        foreign.ends("foreign origin", Verdict::forbidden("csrf")).await;
    }
    // Announced, never sent: whoever waited for it would wait for ever.
    for (credential, status) in [("", 401), ("authorization: Bearer ory_st_nobody\r\n", 401)] {
        let head = "POST /cases/json HTTP/1.1\r\nhost: app\r\ncontent-type: application/json\r\ncontent-length: 9\r\n";
        assert_eq!(stage.raw(format!("{head}{credential}\r\n").as_bytes()).await, status);
    }
    assert_eq!(stage.counters.seen(), (0, 0));

    post("{bad json").token_of("dealer", "a").expect(400).await;
    assert_eq!(stage.counters.seen(), (1, 0), "let in, then refused for the body");
    let good = post(r#"{"x":1}"#).token_of("dealer", "a").expect(200).await;
    assert_eq!(good.json(), json!({ "x": 1 }));
}

#[tokio::test]
async fn a29_handlers_of_generic_types_and_nested_modules_keep_their_policies() {
    let stage = Stage::new().await;
    for (path, roles, of_a, answer) in [
        ("/cases/generic/name", &["a"][..], Verdict::allowed(), "books"),
        ("/cases/generic/more", &["a", "b"], Verdict::forbidden("role"), "books"),
        ("/cases/generic/of", &["a"], Verdict::allowed(), "books"),
        ("/cases/nested/deep", &["a"], Verdict::allowed(), "deep"),
    ] {
        stage.get(path).ends(path, Verdict::unauthenticated("missing")).await;
        let foreign = stage.get(path).token_of("admin", "ab");
        foreign.ends(path, Verdict::unauthenticated("rejected_by_tenant")).await;
        stage.get(path).token_of("dealer", "plain").ends(path, Verdict::forbidden("role")).await;
        stage.get(path).token_of("dealer", "a").ends(path, of_a).await;
        let seen = stage.get(path).token_of("dealer", "ab").ends(path, Verdict::allowed()).await;
        assert_eq!(seen.answer.text(), answer, "{path}");

        let matrix = Here::access_matrix();
        let row = matrix.rows.iter().find(|row| row.path == path).unwrap();
        assert_eq!(row.tenants, ["dealer"], "{path}");
        assert_eq!(row.credential, Some(MatrixCredential::Session), "{path}");
        let shown: Vec<_> = row.roles.iter().map(ToString::to_string).collect();
        assert_eq!(shown, roles, "{path}");
        assert!(row.notes.is_empty(), "{path}");
    }
}
