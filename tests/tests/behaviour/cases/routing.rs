//! Whatever reaches a handler has passed its policy, by whichever way it came.

use iam_core::policy::MatrixCredential;
use serde_json::json;

use crate::Here;
use crate::behaviour::{Framework, WebHost};
use crate::stage::{Answer, Ask, Stage, USUAL, Verdict, cases};

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

cases! { USUAL, a22_punycode_that_equals_a_plain_host_is_an_unknown_host:
    of_its_label:              "xn--dealer-.test";
    of_a_label_alone:          "xn--dealer-";
    in_capitals_with_a_dot:    "XN--dealer-.test.";
    of_nothing:                "xn--.test";
}

async fn a22_punycode_that_equals_a_plain_host_is_an_unknown_host(stage: &Stage, host: &str) {
    let ask = stage.get("/by-host/me").header("host", host).token_of("dealer", "plain");
    ask.ends(host, Verdict::misdirected()).await;
    assert_eq!(stage.whoamis("dealer"), 0);
}

// Paths that are another path once they are decoded, cleaned or trimmed.
cases! { USUAL, a23_odd_paths_reach_no_handler_unguarded:
    an_encoded_first_letter: "/%64ealer/me";
    an_encoded_letter:       "/dealer/%6de";
    two_slashes_in_front:    "//dealer/me";
    two_slashes_between:     "/dealer//me";
    a_slash_behind:          "/dealer/me/";
    dots:                    "/open/../dealer/me";
    a_parameter_of_a_segment: "/dealer/me;x=1";
}

async fn a23_odd_paths_reach_no_handler_unguarded(stage: &Stage, path: &str) {
    let token = &stage.account("dealer", "plain").session.token;
    let is_routed = Here::FRAMEWORK == Framework::Actix && path.contains('%');
    for (credential, of_policy) in [
        (String::new(), 401),
        ("authorization: Bearer ory_st_nobody\r\n".to_owned(), 401),
        (format!("authorization: Bearer {token}\r\n"), 200),
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nhost: app\r\n{credential}connection: close\r\n\r\n");
        let before = stage.counters.seen();
        let status = stage.raw(request.as_bytes()).await;
        assert_eq!(status, if is_routed { of_policy } else { 404 }, "with {credential:?}");
        assert_eq!(stage.events().await.len(), usize::from(is_routed), "with {credential:?}");
        if status != 200 {
            assert_eq!(stage.counters.seen(), before, "with {credential:?}: something ran");
        }
    }
}

#[tokio::test]
async fn a23_the_query_is_no_part_of_the_path() {
    let stage = Stage::new().await;
    stage.get("/dealer/me?a=/open").ends("a query", Verdict::unauthenticated("missing")).await;
}

fn names(answer: &Answer) -> Vec<String> {
    let mut names: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
    names.sort();
    names
}

cases! { USUAL, a25_head_is_guarded_as_get_is:
    of_nobody:             |ask| ask,                             401, "missing";
    of_one_without_a_role: |ask| ask.token_of("dealer", "plain"), 403, "role";
}

async fn a25_head_is_guarded_as_get_is(stage: &Stage, who: fn(Ask<'_>) -> Ask<'_>, status: u16, reason: &str) {
    let before = stage.counters.seen();
    let get = who(stage.get("/dealer/a-or-b")).expect(status).await;
    assert_eq!(stage.event().await, ("denied", Some(reason)));
    let head = who(stage.ask("HEAD", "/dealer/a-or-b")).expect(status).await;
    assert_eq!(stage.event().await, ("denied", Some(reason)));
    assert!(head.body.is_empty());
    assert_eq!(names(&head), names(&get), "nothing about the resource");
    assert_eq!(head.header("content-type"), Some("application/problem+json"));
    assert_eq!(head.header("content-length"), get.header("content-length"), "the refusal's own length");
    assert_eq!(head.header("cache-control"), Some("private, no-store"));
    assert_eq!(stage.counters.seen(), before);
}

#[tokio::test]
async fn a25_head_is_answered_to_whom_get_is() {
    let stage = Stage::new().await;
    let head = stage.ask("HEAD", "/dealer/a-or-b").token_of("dealer", "a").expect(200).await;
    assert!(head.body.is_empty());
}

cases! { USUAL, a26_an_upgrade_is_guarded_too:
    of_nobody:     |_| String::new(), 401, ("denied", Some("missing"));
    of_a_stranger: |_| "authorization: Bearer ory_st_nobody\r\n".to_owned(), 401,
        ("denied", Some("rejected_by_tenant"));
    of_a_user:     |token| format!("authorization: Bearer {token}\r\n"), 101, ("allowed", None);
}

async fn a26_an_upgrade_is_guarded_too(
    stage: &Stage,
    credential: fn(&str) -> String,
    status: u16,
    event: (&str, Option<&str>),
) {
    let credential = credential(&stage.account("dealer", "plain").session.token);
    let upgrade = format!(
        "GET /dealer/live HTTP/1.1\r\nhost: app\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{credential}\r\n"
    );
    assert_eq!(stage.raw(upgrade.as_bytes()).await, status);
    assert_eq!(stage.event().await, event);
}

// An early route was there before what comes second, a late one came with it.
cases! { USUAL, a27_the_order_of_mounting_changes_nothing:
    a_layer_and_then_a_merge_early:      "layer-merge/early";
    a_layer_and_then_a_merge_late:       "layer-merge/late";
    a_merge_and_then_a_layer_early:      "merge-layer/early";
    a_merge_and_then_a_layer_late:       "merge-layer/late";
    an_inner_layer_and_a_merge_early:    "inner-merge/early";
    an_inner_layer_and_a_merge_late:     "inner-merge/late";
    a_layer_and_then_a_nest_early:       "layer-nest/early";
    a_layer_and_then_a_nest_late:        "layer-nest/below/late";
    a_nest_and_then_a_layer_early:       "nest-layer/early";
    a_nest_and_then_a_layer_late:        "nest-layer/below/late";
    an_inner_layer_and_a_nest_early:     "inner-nest/early";
    an_inner_layer_and_a_nest_late:      "inner-nest/below/late";
    a_layer_and_then_a_fallback_early:   "layer-fallback/early";
    a_layer_and_then_a_fallback_late:    "layer-fallback/anything";
    a_fallback_and_then_a_layer_early:   "fallback-layer/early";
    a_fallback_and_then_a_layer_late:    "fallback-layer/anything";
    a_layer_and_then_a_route_early:      "layer-route/early";
    a_layer_and_then_a_route_late:       "layer-route/late";
}

async fn a27_the_order_of_mounting_changes_nothing(stage: &Stage, path: &str) {
    let get = || stage.get(&format!("/cases/orders/{path}"));
    get().ends("nobody", Verdict::unauthenticated("missing")).await;
    let foreign = get().token_of("admin", "ab");
    foreign.ends("another tenant's", Verdict::unauthenticated("rejected_by_tenant")).await;
    get().token_of("dealer", "plain").ends("a user", Verdict::allowed()).await;
}

#[tokio::test]
async fn a27_the_matrix_shows_every_order_as_guarded() {
    let stage = Stage::new().await;
    let rows = rows_below("/cases/orders");
    assert_eq!(rows.len(), 18, "the orders above: {rows:#?}");
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

cases! { USUAL, a28_a_bad_body_matters_only_to_who_was_let_in:
    cut:     "{bad json";
    nothing: "";
    a_nul:   "\u{0}";
}

fn post_json<'a>(stage: &'a Stage, body: &'static str) -> Ask<'a> {
    stage.ask("POST", "/cases/json").header("content-type", "application/json").body(body)
}

async fn a28_a_bad_body_matters_only_to_who_was_let_in(stage: &Stage, body: &'static str) {
    let post = || post_json(stage, body);
    let before = stage.counters.seen();
    post().ends("nobody", Verdict::unauthenticated("missing")).await;
    let malformed = post().header("authorization", "Bearer a b");
    malformed.ends("malformed", Verdict::unauthenticated("malformed")).await;
    post().bearer("ory_st_nobody").ends("rejected", Verdict::unauthenticated("rejected_by_tenant")).await;
    post().token_of("dealer", "plain").ends("wrong role", Verdict::forbidden("role")).await;
    let foreign = post().cookie_of("dealer", "a").header("origin", "https://evil.example");
    foreign.ends("foreign origin", Verdict::forbidden("csrf")).await;
    assert_eq!(stage.counters.seen(), before);
}

// Announced, never sent: whoever waited for it would wait for ever.
cases! { USUAL, a28_a_body_that_never_comes_delays_no_refusal:
    of_nobody:     "";
    of_a_stranger: "authorization: Bearer ory_st_nobody\r\n";
}

async fn a28_a_body_that_never_comes_delays_no_refusal(stage: &Stage, credential: &str) {
    let before = stage.counters.seen();
    let head = "POST /cases/json HTTP/1.1\r\nhost: app\r\ncontent-type: application/json\r\ncontent-length: 9\r\n";
    assert_eq!(stage.raw(format!("{head}{credential}\r\n").as_bytes()).await, 401);
    assert_eq!(stage.counters.seen(), before);
}

#[tokio::test]
async fn a28_a_body_is_read_for_who_was_let_in() {
    let stage = Stage::new().await;
    post_json(&stage, "{bad json").token_of("dealer", "a").expect(400).await;
    assert_eq!(stage.counters.seen(), (1, 0), "let in, then refused for the body");
    let good = post_json(&stage, r#"{"x":1}"#).token_of("dealer", "a").expect(200).await;
    assert_eq!(good.json(), json!({ "x": 1 }));
}

// Of each row: the path, the roles it demands, what becomes of who has role a, and the answer to who has both.
cases! { USUAL, a29_handlers_of_generic_types_and_nested_modules_keep_their_policies:
    of_a_generic_type:            "/cases/generic/name", &["a"],      Verdict::allowed(),         "books";
    of_a_generic_type_with_more:  "/cases/generic/more", &["a", "b"], Verdict::forbidden("role"), "books";
    with_a_type_of_its_own:       "/cases/generic/of",   &["a"],      Verdict::allowed(),         "books";
    in_a_nested_module:           "/cases/nested/deep",  &["a"],      Verdict::allowed(),         "deep";
}

async fn a29_handlers_of_generic_types_and_nested_modules_keep_their_policies(
    stage: &Stage,
    path: &str,
    roles: &[&str],
    of_a: Verdict,
    answer: &str,
) {
    stage.get(path).ends("nobody", Verdict::unauthenticated("missing")).await;
    let foreign = stage.get(path).token_of("admin", "ab");
    foreign.ends("another tenant's", Verdict::unauthenticated("rejected_by_tenant")).await;
    stage.get(path).token_of("dealer", "plain").ends("no role", Verdict::forbidden("role")).await;
    stage.get(path).token_of("dealer", "a").ends("role a", of_a).await;
    let seen = stage.get(path).token_of("dealer", "ab").ends("both roles", Verdict::allowed()).await;
    assert_eq!(seen.answer.text(), answer);

    let matrix = Here::access_matrix();
    let row = matrix.rows.iter().find(|row| row.path == path).unwrap();
    assert_eq!(row.tenants, ["dealer"]);
    assert_eq!(row.credential, Some(MatrixCredential::Session));
    let shown: Vec<_> = row.roles.iter().map(ToString::to_string).collect();
    assert_eq!(shown, roles);
    assert!(row.notes.is_empty());
}
