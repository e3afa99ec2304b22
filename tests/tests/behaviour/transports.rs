//! Every transport with every credential: what is read, and what goes upstream.

use iam_testing::seed::Transport;

use crate::stage::{Stage, Verdict};

/// What counts of a request, by the tenant's transport.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Counts {
    Cookie,
    Token,
    Nothing(&'static str),
    /// A credential that the tenant then rejects.
    Rejected,
}
use Counts::{Cookie, Nothing, Rejected, Token};

const NONE: Counts = Nothing("missing");
const BOTH: Counts = Nothing("ambiguous");
const ODD: Counts = Nothing("malformed");

/// Of each row: cookie, `Authorization`; then what counts by `cookie`, `bearer`,
/// `cookie-or-bearer`, the same with `prefer = "cookie"`, and with `"bearer"`.
#[rustfmt::skip]
const TABLE: [(&str, &str, &str, [Counts; 5]); 15] = [
    ("nothing",                    "",     "",          [NONE,     NONE,     NONE,     NONE,     NONE]),
    ("a cookie",                   "good", "",          [Cookie,   NONE,     Cookie,   Cookie,   Cookie]),
    ("a token",                    "",     "good",      [NONE,     Token,    Token,    Token,    Token]),
    ("both",                       "good", "good",      [Cookie,   Token,    BOTH,     Cookie,   Token]),
    ("a stale cookie",             "bad",  "",          [Rejected, NONE,     Rejected, Rejected, Rejected]),
    ("a stale token",              "",     "bad",       [NONE,     Rejected, Rejected, Rejected, Rejected]),
    ("a stale cookie, a token",    "bad",  "good",      [Rejected, Token,    BOTH,     Rejected, Token]),
    ("a cookie, a stale token",    "good", "bad",       [Cookie,   Rejected, BOTH,     Cookie,   Rejected]),
    ("a malformed token",          "",     "Bearer a b", [NONE,    ODD,      ODD,      ODD,      ODD]),
    ("a cookie, a malformed token", "good", "Bearer a b", [Cookie, ODD,      ODD,      ODD,      ODD]),
    ("a cookie, another scheme",   "good", "Basic YTpi", [Cookie,  NONE,     Cookie,   Cookie,   Cookie]),
    ("two cookies",                "two",  "",          [BOTH,     NONE,     BOTH,     BOTH,     BOTH]),
    ("two cookies, a token",       "two",  "good",      [BOTH,     Token,    BOTH,     BOTH,     BOTH]),
    ("a malformed cookie",         "odd",  "",          [ODD,      NONE,     ODD,      ODD,      ODD]),
    ("a malformed cookie, a token", "odd", "good",      [ODD,      Token,    ODD,      ODD,      ODD]),
];

#[tokio::test]
async fn the_transport_alone_says_what_is_a_credential() {
    let transports = |customer, admin, dealer| {
        move |seed: &mut iam_testing::seed::Seed| {
            for (tenant, transport) in [("customer", customer), ("admin", admin), ("dealer", dealer)] {
                seed.tenants.get_mut(tenant).unwrap().transport = transport;
            }
        }
    };
    let plain = Stage::plan();
    let plain = plain.start_seeded(transports(Transport::Cookie, Transport::Bearer, Transport::CookieOrBearer)).await;
    let both = Transport::CookieOrBearer;
    let preferring = Stage::plan().set("customer.prefer", "cookie").set("admin.prefer", "bearer");
    let preferring = preferring.start_seeded(transports(both, both, both)).await;

    let columns = [
        ("cookie", &plain, "customer"),
        ("bearer", &plain, "admin"),
        ("cookie-or-bearer", &plain, "dealer"),
        ("prefer cookie", &preferring, "customer"),
        ("prefer bearer", &preferring, "admin"),
    ];
    for (index, (transport, stage, tenant)) in columns.into_iter().enumerate() {
        for (row, cookie, authorization, counts) in TABLE {
            ask(stage, tenant, &format!("{row} on {transport}"), cookie, authorization, counts[index]).await;
        }
    }
}

async fn ask(stage: &Stage, tenant: &str, row: &str, cookie: &str, authorization: &str, counts: Counts) {
    let (browser, token) = (&stage.account(tenant, "a").browser, &stage.account(tenant, "b").session.token);
    let name = &browser.cookie_name;
    let mut ask = stage.get(&format!("/{tenant}/me"));
    ask = match cookie {
        "" => ask,
        "good" => ask.header("cookie", format!("theme=dark; {}; lang=en", browser.cookie())),
        "bad" => ask.header("cookie", format!("{name}=stale")),
        "two" => ask.header("cookie", format!("{name}=first; {}", browser.cookie())),
        _ => ask.header("cookie", format!("{name}=a\\b")),
    };
    ask = match authorization {
        "" => ask,
        "good" => ask.bearer(token),
        "bad" => ask.bearer("ory_st_stale"),
        other => ask.header("authorization", other),
    };
    let meant = match counts {
        Cookie | Token => Verdict::allowed(),
        Nothing(reason) => Verdict::unauthenticated(reason),
        Rejected => Verdict::unauthenticated("rejected_by_tenant"),
    };
    let kratos = &stage.proxies(tenant).kratos_public;
    kratos.clear();
    let seen = ask.ends(row, meant).await;

    let sent = kratos.requests();
    let Some(sent) = sent.first() else {
        assert!(matches!(counts, Nothing(_) | Rejected), "{row}: nobody was asked");
        return;
    };
    assert!(!matches!(counts, Nothing(_)), "{row}: Ory was asked: {sent:?}");
    assert_eq!(sent.header("authorization"), None, "{row}: {sent:?}");
    assert!(sent.header("cookie").is_none() || sent.header("x-session-token").is_none(), "{row}: {sent:?}");
    assert!(!format!("{sent:?}").contains("theme=dark"), "{row}: other cookies went upstream: {sent:?}");
    match counts {
        Cookie => {
            assert_eq!(sent.header("cookie"), Some(&*browser.cookie()), "{row}");
            assert_eq!(seen.answer.json()["id"], stage.account(tenant, "a").identity.id, "{row}");
        }
        Token => {
            assert_eq!(sent.header("x-session-token"), Some(&**token), "{row}");
            assert_eq!(seen.answer.json()["id"], stage.account(tenant, "b").identity.id, "{row}");
        }
        _ => {}
    }
}

#[tokio::test]
async fn an_oauth2_route_reads_the_bearer_token_whatever_the_transport() {
    let stage = Stage::plan();
    let stage = stage.start_seeded(|seed| seed.tenants.get_mut("dealer").unwrap().transport = Transport::Cookie).await;
    let read = || stage.get("/dealer/partner/read");
    read().machine("reader").ends("a token", Verdict::allowed()).await;
    read().cookie_of("dealer", "a").ends("a cookie is not read", Verdict::unauthenticated("missing")).await;
    read().cookie_of("dealer", "a").machine("reader").ends("a token beside a cookie", Verdict::allowed()).await;
    let name = &stage.account("dealer", "a").browser.cookie_name;
    let two = read().header("cookie", format!("{name}=a; {name}=b")).machine("reader");
    two.ends("a token beside two cookies", Verdict::allowed()).await;
    assert_eq!(stage.whoamis("dealer"), 0);
}

#[tokio::test]
async fn an_optional_session_is_still_a_session() {
    let stage = Stage::new().await;
    let denied = Verdict::unauthenticated;
    for tenant in ["customer", "dealer"] {
        let browser = &stage.account(tenant, "a").browser;
        for (path, stale_cookie) in [("optional", denied("rejected_by_tenant")), ("stale", Verdict::allowed())] {
            let path = format!("/{tenant}/{path}");
            let ask = || stage.get(&path);
            let anonymous = ask().ends("nobody", Verdict::allowed()).await;
            assert_eq!(anonymous.answer.json()["kind"], "anonymous");
            assert_eq!((anonymous.decision.actor, anonymous.decision.actor_kind), (None, None));

            let user = ask().cookie_of(tenant, "a").ends("a user", Verdict::allowed()).await;
            assert_eq!(user.answer.json()["id"], browser.identity_id);
            let stale = ask().header("cookie", format!("{}=stale", browser.cookie_name));
            stale.ends("a stale cookie", stale_cookie.clone()).await;
            // From memory, too.
            let stale = ask().header("cookie", format!("{}=stale", browser.cookie_name));
            stale.ends("a stale cookie again", stale_cookie).await;
            ask().bearer("ory_st_stale").ends("a stale token", denied("rejected_by_tenant")).await;
            ask().header("authorization", "Bearer a b").ends("malformed", denied("malformed")).await;
            let two = ask().cookie_of(tenant, "a").token_of(tenant, "a");
            two.ends("two credentials", denied("ambiguous")).await;
        }
    }
}
