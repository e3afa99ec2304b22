//! Header bytes that other parsers read in more than one way.

use crate::stage::{Ask, Stage, Verdict};

#[tokio::test]
async fn a01_same_cookie_twice() {
    let stage = Stage::new().await;
    let cookie = |name| stage.account("dealer", name).browser.cookie();
    let (own, other) = (cookie("plain"), cookie("a"));
    let lines = |lines: &[&str]| lines.iter().fold(stage.get("/dealer/me"), |ask, line| ask.header("cookie", line));
    let refused: [(&str, Ask<'_>); 6] = [
        ("another one before", lines(&[&format!("{other}; {own}")])),
        ("another one behind", lines(&[&format!("{own}; {other}")])),
        ("another one on a line before", lines(&[&other, &own])),
        ("another one on a line behind", lines(&[&own, &other])),
        ("others between", lines(&[&format!("x=1; {own}; y=2"), &format!("z=3;{other}")])),
        ("an empty one", lines(&[&format!("dealer_session=; {own}")])),
    ];
    for (row, ask) in refused {
        ask.ends(row, Verdict::unauthenticated("ambiguous")).await;
    }
    assert_eq!(stage.whoamis("dealer"), 0, "nobody is asked about either");

    let passed = [
        ("equal values are one", lines(&[&format!("{own}; {own}")])),
        ("on two lines as well", lines(&[&own, &own])),
        ("two lines are one header", lines(&["x=1", &own])),
    ];
    for (row, ask) in passed {
        let seen = ask.ends(row, Verdict::allowed()).await;
        assert_eq!(seen.answer.json()["id"], stage.account("dealer", "plain").identity.id, "{row}");
    }
    for request in stage.proxies("dealer").kratos_public.requests() {
        assert_eq!(request.header("cookie"), Some(&*own), "one cookie goes upstream, and no other");
    }
}

#[tokio::test]
async fn a02_bearer_scheme() {
    let stage = Stage::new().await;
    let token = &stage.account("admin", "plain").session.token;
    let with = |value: String| stage.get("/admin/me").header("authorization", value);
    for value in [format!("bearer {token}"), format!("BEARER  {token}"), format!("bEaReR {token}")] {
        with(value.clone()).ends(&value, Verdict::allowed()).await;
    }
    let asked = stage.whoamis("admin");
    for (value, reason) in [
        (format!("Bearer\t{token}"), "malformed"),
        ("Bearer ".to_owned(), "malformed"),
        ("Bearer".to_owned(), "malformed"),
        (format!("Bearer {token} x"), "malformed"),
        // Other schemes: no credential of ours.
        (format!("Bearer{token}"), "missing"),
        (format!("Token {token}"), "missing"),
    ] {
        with(value.clone()).ends(&format!("{value:?}"), Verdict::unauthenticated(reason)).await;
    }
    assert_eq!(stage.whoamis("admin"), asked);
}

#[tokio::test]
async fn a02_token_bytes_are_compared_exactly() {
    let stage = Stage::plan().cached().start().await;
    let token = &stage.account("admin", "plain").session.token;
    stage.get("/admin/me").bearer(token).ends("as issued", Verdict::allowed()).await;
    let swapped: String = token.chars().map(swap_case).collect();
    let rows = [token.to_uppercase(), token.to_lowercase(), swapped, format!("{token}="), token[1..].to_owned()];
    for other in rows.iter().filter(|other| *other != token) {
        let refused = Verdict::unauthenticated("rejected_by_tenant");
        stage.get("/admin/me").bearer(other).ends(other, refused).await;
    }
}

fn swap_case(c: char) -> char {
    if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
}

#[tokio::test]
async fn a03_header_bytes_that_are_no_text() {
    let stage = Stage::new().await;
    let rows: [(&str, &[u8]); 5] = [
        ("authorization", b"Bearer \xff\xfe"),
        ("authorization", b"Bearer ory_st_\xc3\xa4"),
        ("authorization", b"Bearer \x80"),
        ("cookie", b"dealer_session=\xff"),
        ("cookie", b"dealer_session=\xc3\xa4; dealer_session=\xc3\xa4"),
    ];
    for (name, value) in rows {
        let row = format!("{name}: {}", value.escape_ascii());
        stage.get("/dealer/me").header(name, value).ends(&row, Verdict::unauthenticated("malformed")).await;
        // Where no credential is demanded it is none either.
        stage.get("/dealer/optional").header(name, value).ends(&row, Verdict::unauthenticated("malformed")).await;
        let raw = [b"GET /dealer/me HTTP/1.1\r\nhost: app\r\n", name.as_bytes(), b": ", value, b"\r\n\r\n"].concat();
        assert_eq!(stage.raw(&raw).await, 401, "{row}");
        assert_eq!(stage.event().await, ("denied", Some("malformed")), "{row}");
    }
    // Bytes in what is none of our business harm nobody.
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

#[tokio::test]
async fn a44_identity_by_header() {
    let stage = Stage::plan().set("customer.transport", "cookie").start().await;
    let headers = [
        ("x-user", "7".to_owned()),
        ("x-kratos-authenticated-identity-id", stage.account("customer", "ab").identity.id.clone()),
        ("x-session-token", stage.account("customer", "ab").session.token.clone()),
        ("authorization", format!("Bearer {}", stage.account("customer", "ab").session.token)),
        ("x-forwarded-user", "ab@customer.test".to_owned()),
    ];
    let all = |ask| headers.iter().fold(ask, |ask: Ask<'_>, (name, value)| ask.header(name, value));
    for (name, value) in &headers {
        let ask = stage.get("/customer/me").header(name, value);
        ask.ends(name, Verdict::unauthenticated("missing")).await;
    }
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
