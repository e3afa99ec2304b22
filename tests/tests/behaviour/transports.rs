//! Every transport with every credential: what is read, and what goes upstream.

use iam_testing::seed::{Seed, Transport};

use crate::stage::{Plan, Shared, Stage, USUAL, Verdict, cases};

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

type Transports = [Transport; 3];

async fn started(plan: Plan, [customer, admin, dealer]: Transports) -> Stage {
    let by_tenant = [("customer", customer), ("admin", admin), ("dealer", dealer)];
    let change = |seed: &mut Seed| {
        for (tenant, transport) in by_tenant {
            seed.tenants.get_mut(tenant).unwrap().transport = transport;
        }
    };
    plan.start_seeded(change).await
}

static PLAIN: Shared =
    Shared::new(|| Box::pin(started(Stage::plan(), [Transport::Cookie, Transport::Bearer, Transport::CookieOrBearer])));

static PREFERRING: Shared = Shared::new(|| {
    let plan = Stage::plan().set("customer.prefer", "cookie").set("admin.prefer", "bearer");
    Box::pin(started(plan, [Transport::CookieOrBearer; 3]))
});

/// A table for each transport.
macro_rules! by_transport {
    ($($name:ident: $cookie:literal, $token:literal, [$c:expr, $b:expr, $either:expr, $prefer_c:expr, $prefer_b:expr];)+) => {
        cases! { PLAIN, by_cookie = ask: $($name: "customer", $cookie, $token, $c;)+ }
        cases! { PLAIN, by_bearer = ask: $($name: "admin", $cookie, $token, $b;)+ }
        cases! { PLAIN, by_cookie_or_bearer = ask: $($name: "dealer", $cookie, $token, $either;)+ }
        cases! { PREFERRING, by_either_and_cookie_preferred = ask: $($name: "customer", $cookie, $token, $prefer_c;)+ }
        cases! { PREFERRING, by_either_and_bearer_preferred = ask: $($name: "admin", $cookie, $token, $prefer_b;)+ }
    };
}

// Of each row: cookie, `Authorization`; then what counts by `cookie`, `bearer`,
// `cookie-or-bearer`, the same with `prefer = "cookie"`, and with `"bearer"`.
by_transport! {
    nothing:                        "",     "",           [NONE,     NONE,     NONE,     NONE,     NONE];
    a_cookie:                       "good", "",           [Cookie,   NONE,     Cookie,   Cookie,   Cookie];
    a_token:                        "",     "good",       [NONE,     Token,    Token,    Token,    Token];
    both:                           "good", "good",       [Cookie,   Token,    BOTH,     Cookie,   Token];
    a_stale_cookie:                 "bad",  "",           [Rejected, NONE,     Rejected, Rejected, Rejected];
    a_stale_token:                  "",     "bad",        [NONE,     Rejected, Rejected, Rejected, Rejected];
    a_stale_cookie_and_a_token:     "bad",  "good",       [Rejected, Token,    BOTH,     Rejected, Token];
    a_cookie_and_a_stale_token:     "good", "bad",        [Cookie,   Rejected, BOTH,     Cookie,   Rejected];
    a_malformed_token:              "",     "Bearer a b", [NONE,     ODD,      ODD,      ODD,      ODD];
    a_cookie_and_a_malformed_token: "good", "Bearer a b", [Cookie,   ODD,      ODD,      ODD,      ODD];
    a_cookie_and_another_scheme:    "good", "Basic YTpi", [Cookie,   NONE,     Cookie,   Cookie,   Cookie];
    two_cookies:                    "two",  "",           [BOTH,     NONE,     BOTH,     BOTH,     BOTH];
    two_cookies_and_a_token:        "two",  "good",       [BOTH,     Token,    BOTH,     BOTH,     BOTH];
    a_malformed_cookie:             "odd",  "",           [ODD,      NONE,     ODD,      ODD,      ODD];
    a_malformed_cookie_and_a_token: "odd",  "good",       [ODD,      Token,    ODD,      ODD,      ODD];
}

async fn ask(stage: &Stage, tenant: &str, cookie: &str, authorization: &str, counts: Counts) {
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
    let seen = ask.ends(tenant, meant).await;

    let sent = kratos.requests();
    let Some(sent) = sent.first() else {
        assert!(matches!(counts, Nothing(_) | Rejected), "nobody was asked");
        return;
    };
    assert!(!matches!(counts, Nothing(_)), "Ory was asked: {sent:?}");
    assert_eq!(sent.header("authorization"), None, "{sent:?}");
    assert!(sent.header("cookie").is_none() || sent.header("x-session-token").is_none(), "{sent:?}");
    assert!(!format!("{sent:?}").contains("theme=dark"), "other cookies went upstream: {sent:?}");
    match counts {
        Cookie => {
            assert_eq!(sent.header("cookie"), Some(&*browser.cookie()));
            assert_eq!(seen.answer.json()["id"], stage.account(tenant, "a").identity.id);
        }
        Token => {
            assert_eq!(sent.header("x-session-token"), Some(&**token));
            assert_eq!(seen.answer.json()["id"], stage.account(tenant, "b").identity.id);
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

const STALE: fn() -> Verdict = || Verdict::unauthenticated("rejected_by_tenant");

// Of each row: tenant, route, and what becomes of a stale cookie.
cases! { USUAL, an_optional_session_is_still_a_session:
    of_a_customer:                    "customer", "optional", STALE();
    of_a_customer_stale_is_anonymous: "customer", "stale",    Verdict::allowed();
    of_a_dealer:                      "dealer",   "optional", STALE();
    of_a_dealer_stale_is_anonymous:   "dealer",   "stale",    Verdict::allowed();
}

async fn an_optional_session_is_still_a_session(stage: &Stage, tenant: &str, path: &str, stale_cookie: Verdict) {
    let denied = Verdict::unauthenticated;
    let browser = &stage.account(tenant, "a").browser;
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
    ask().bearer("ory_st_stale").ends("a stale token", STALE()).await;
    ask().header("authorization", "Bearer a b").ends("malformed", denied("malformed")).await;
    let two = ask().cookie_of(tenant, "a").token_of(tenant, "a");
    two.ends("two credentials", denied("ambiguous")).await;
}
