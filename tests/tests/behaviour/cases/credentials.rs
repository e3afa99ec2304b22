//! Header bytes that other parsers read in more than one way.

use crate::stage::{Ask, Shared, Stage, USUAL, Verdict, cases};

// Of each row: the lines of the header, with the cookie of one user for `OWN` and of another one for `OTHER`.
cases! { USUAL, a01_same_cookie_twice:
    another_one_before:           &["OTHER; OWN"];
    another_one_behind:           &["OWN; OTHER"];
    another_one_on_a_line_before: &["OTHER", "OWN"];
    another_one_on_a_line_behind: &["OWN", "OTHER"];
    others_between:               &["x=1; OWN; y=2", "z=3;OTHER"];
    an_empty_one:                 &["dealer_session=; OWN"];
}

async fn a01_same_cookie_twice(stage: &Stage, lines: &[&str]) {
    with_cookies(stage, lines).ends("twice", Verdict::unauthenticated("ambiguous")).await;
    assert_eq!(stage.whoamis("dealer"), 0, "nobody is asked about either");
}

cases! { USUAL, a01_one_cookie_however_it_is_written:
    equal_values:         &["OWN; OWN"];
    equal_values_on_lines: &["OWN", "OWN"];
    others_on_a_line:     &["x=1", "OWN"];
}

async fn a01_one_cookie_however_it_is_written(stage: &Stage, lines: &[&str]) {
    let seen = with_cookies(stage, lines).ends("one", Verdict::allowed()).await;
    assert_eq!(seen.answer.json()["id"], stage.account("dealer", "plain").identity.id);
    let own = stage.account("dealer", "plain").browser.cookie();
    for request in stage.proxies("dealer").kratos_public.requests() {
        assert_eq!(request.header("cookie"), Some(&*own), "one cookie goes upstream, and no other");
    }
}

fn with_cookies<'a>(stage: &'a Stage, lines: &[&str]) -> Ask<'a> {
    let cookie = |name| stage.account("dealer", name).browser.cookie();
    let line = |line: &&str| line.replace("OWN", &cookie("plain")).replace("OTHER", &cookie("a"));
    lines.iter().map(line).fold(stage.get("/dealer/me"), |ask, line| ask.header("cookie", line))
}

// A good token stands for `TOKEN`.
cases! { USUAL, a02_bearer_scheme:
    small_letters:    "bearer TOKEN",   Verdict::allowed();
    two_blanks:       "BEARER  TOKEN",  Verdict::allowed();
    mixed_letters:    "bEaReR TOKEN",   Verdict::allowed();
    a_tab:            "Bearer\tTOKEN",  Verdict::unauthenticated("malformed");
    a_blank_and_nothing: "Bearer ",     Verdict::unauthenticated("malformed");
    nothing:          "Bearer",         Verdict::unauthenticated("malformed");
    two_words:        "Bearer TOKEN x", Verdict::unauthenticated("malformed");
    // Other schemes: no credential of ours.
    glued:            "BearerTOKEN",    Verdict::unauthenticated("missing");
    another_scheme:   "Token TOKEN",    Verdict::unauthenticated("missing");
}

async fn a02_bearer_scheme(stage: &Stage, value: &str, meant: Verdict) {
    let value = value.replace("TOKEN", &stage.account("admin", "plain").session.token);
    let asked = usize::from(meant == Verdict::allowed());
    stage.get("/admin/me").header("authorization", value).ends("asked", meant).await;
    assert_eq!(stage.whoamis("admin"), asked);
}

static CACHED: Shared = Shared::new(|| Box::pin(Stage::plan().cached().start()));

cases! { CACHED, a02_token_bytes_are_compared_exactly:
    capital_letters: |token| token.to_uppercase();
    small_letters:   |token| token.to_lowercase();
    swapped_letters: |token| token.chars().map(swap_case).collect();
    a_sign_more:     |token| format!("{token}=");
    a_letter_less:   |token| token[1..].to_owned();
}

async fn a02_token_bytes_are_compared_exactly(stage: &Stage, change: fn(&str) -> String) {
    let token = &stage.account("admin", "plain").session.token;
    stage.get("/admin/me").bearer(token).ends("as issued", Verdict::allowed()).await;
    let other = change(token);
    if other != *token {
        let refused = Verdict::unauthenticated("rejected_by_tenant");
        stage.get("/admin/me").bearer(&other).ends("changed", refused).await;
    }
}

fn swap_case(c: char) -> char {
    if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
}

cases! { USUAL, a03_header_bytes_that_are_no_text:
    a_token_of_no_text:         "authorization", b"Bearer \xff\xfe";
    a_token_with_an_umlaut:     "authorization", b"Bearer ory_st_\xc3\xa4";
    a_token_of_half_a_character: "authorization", b"Bearer \x80";
    a_cookie_of_no_text:        "cookie",        b"dealer_session=\xff";
    two_cookies_of_an_umlaut:   "cookie",        b"dealer_session=\xc3\xa4; dealer_session=\xc3\xa4";
}

async fn a03_header_bytes_that_are_no_text(stage: &Stage, name: &str, value: &[u8]) {
    stage.get("/dealer/me").header(name, value).ends("demanded", Verdict::unauthenticated("malformed")).await;
    // Where no credential is demanded it is none either.
    stage.get("/dealer/optional").header(name, value).ends("optional", Verdict::unauthenticated("malformed")).await;
    let raw = [b"GET /dealer/me HTTP/1.1\r\nhost: app\r\n", name.as_bytes(), b": ", value, b"\r\n\r\n"].concat();
    assert_eq!(stage.raw(&raw).await, 401);
    assert_eq!(stage.event().await, ("denied", Some("malformed")));
    assert_eq!(stage.whoamis("dealer"), 0);
}

#[tokio::test]
async fn a03_bytes_in_what_is_none_of_our_business_harm_nobody() {
    let stage = Stage::new().await;
    let ask = stage.get("/dealer/me").header("cookie", b"theme=\xff\xfe; x=\xc3").header("x-user", b"\xff");
    ask.token_of("dealer", "plain").ends("elsewhere", Verdict::allowed()).await;
    assert_eq!(stage.whoamis("dealer"), 1);
}

#[tokio::test]
async fn a03_the_connection_lives_on() {
    let stage = Stage::new().await;
    let token = &stage.account("dealer", "plain").session.token;
    let request = |value: &[u8]| {
        let head = b"GET /dealer/me HTTP/1.1\r\nhost: app\r\nauthorization: Bearer ";
        [&head[..], value, b"\r\n\r\n"].concat()
    };
    let mut connection = stage.connect().await;
    for (value, status) in [(&b"\xff\xfe"[..], 401), (token.as_bytes(), 200), (b"\x80", 401), (token.as_bytes(), 200)] {
        assert_eq!(connection.ask(&request(value)).await, status, "{}", value.escape_ascii());
    }
}

static BY_COOKIE: Shared = Shared::new(|| Box::pin(Stage::plan().set("customer.transport", "cookie").start()));

const IDENTITY_HEADERS: [&str; 5] =
    ["x-user", "x-kratos-authenticated-identity-id", "x-session-token", "authorization", "x-forwarded-user"];

/// A header by which somebody else may have made an identity known, that of `ab`.
fn identity_header(stage: &Stage, name: &str) -> String {
    let account = stage.account("customer", "ab");
    match name {
        "x-user" => "7".to_owned(),
        "x-kratos-authenticated-identity-id" => account.identity.id.clone(),
        "x-session-token" => account.session.token.clone(),
        "authorization" => format!("Bearer {}", account.session.token),
        _ => account.identity.email.clone(),
    }
}

cases! { BY_COOKIE, a44_identity_by_header:
    a_proxys_user:       "x-user";
    ory_oathkeepers:     "x-kratos-authenticated-identity-id";
    orys_own_token:      "x-session-token";
    a_token:             "authorization";
    a_gateways_user:     "x-forwarded-user";
}

async fn a44_identity_by_header(stage: &Stage, name: &str) {
    let ask = stage.get("/customer/me").header(name, identity_header(stage, name));
    ask.ends(name, Verdict::unauthenticated("missing")).await;
    assert_eq!(stage.whoamis("customer"), 0);
}

#[tokio::test]
async fn a44_identity_by_all_headers_at_once() {
    let stage = Stage::plan().set("customer.transport", "cookie").start().await;
    let headers = IDENTITY_HEADERS.map(|name| (name, identity_header(&stage, name)));
    let all = |ask| headers.iter().fold(ask, |ask: Ask<'_>, (name, value)| ask.header(name, value));
    all(stage.get("/customer/me")).ends("all of them", Verdict::unauthenticated("missing")).await;
    assert_eq!(all(stage.get("/customer/optional")).expect(200).await.json()["kind"], "anonymous");
    assert_eq!(stage.whoamis("customer"), 0);
    stage.events().await;

    let own = all(stage.get("/customer/me").cookie_of("customer", "plain"));
    let seen = own.ends("beside a cookie", Verdict::allowed()).await;
    assert_eq!(seen.answer.json()["id"], stage.account("customer", "plain").identity.id);
    let roles = all(stage.get("/customer/a-or-b").cookie_of("customer", "plain"));
    roles.ends("beside the cookie of somebody without roles", Verdict::forbidden("role")).await;
    for request in stage.proxies("customer").kratos_public.requests() {
        for (name, value) in &headers {
            assert_ne!(request.header(name), Some(&**value), "`{name}` went upstream");
        }
    }
}
