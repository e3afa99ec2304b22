//! What is optional is not lax, and what stands in a block is never weaker than it.
//!
//! Which pairs of block and handler compile at all is a table in
//! `iam-macros/core/tests/it/blocks.rs`; here the ones that do are asked.

use iam_testing::client::{NewIdentity, OryClient};
use iam_testing::fault::{Fault, Rule};
use serde_json::json;

use crate::stage::made_up::session_of;
use crate::stage::{Ask, Stage};

/// Token and cookie of a user whose second factor is still due.
async fn half_logged_in(ory: &OryClient) -> (String, String) {
    let identity = ory.create_identity(NewIdentity::new("careful@customer.test")).await.unwrap();
    ory.set_up_totp(&ory.login(&identity).await.unwrap()).await.unwrap();
    (ory.login(&identity).await.unwrap().token, ory.login_browser(&identity).await.unwrap().cookie())
}

/// A credential, what `#[optional_session]` makes of it, and what it makes of it where stale
/// cookies are forgiven: 200 with a user, 200 `anonymous`, or a refusal with this reason.
type Row<'a> = (&'a str, Vec<(&'a str, String)>, &'a str, &'a str);

#[tokio::test]
async fn optional_means_that_there_may_be_no_credential_and_nothing_else() {
    let stage = Stage::new().await;
    let customer = stage.account("customer", "plain");
    let (cookie, token) = (customer.browser.cookie(), format!("Bearer {}", customer.session.token));
    let name = &customer.browser.cookie_name;
    let (half_token, half_cookie) = half_logged_in(&stage.tenant("customer").client).await;
    let gone = stage.account("customer", "b").session.clone();
    stage.tenant("customer").client.revoke_session(&gone.session_id).await.unwrap();
    let foreign = &stage.account("dealer", "plain").session.token;

    let rows: Vec<Row<'_>> = vec![
        ("no credential", vec![], "anonymous", "anonymous"),
        ("other cookies", vec![("cookie", "theme=dark; lang=de".into())], "anonymous", "anonymous"),
        ("an empty cookie", vec![("cookie", format!("{name}="))], "anonymous", "anonymous"),
        ("basic credentials", vec![("authorization", "Basic dTpw".into())], "anonymous", "anonymous"),
        ("a good cookie", vec![("cookie", cookie.clone())], "user", "user"),
        ("a good token", vec![("authorization", token.clone())], "user", "user"),
        ("an unknown cookie", vec![("cookie", format!("{name}=gone"))], "rejected_by_tenant", "anonymous"),
        (
            "an unknown token",
            vec![("authorization", "Bearer ory_st_x".into())],
            "rejected_by_tenant",
            "rejected_by_tenant",
        ),
        (
            "a revoked token",
            vec![("authorization", format!("Bearer {}", gone.token))],
            "rejected_by_tenant",
            "rejected_by_tenant",
        ),
        (
            "another tenant's token",
            vec![("authorization", format!("Bearer {foreign}"))],
            "rejected_by_tenant",
            "rejected_by_tenant",
        ),
        ("a malformed cookie", vec![("cookie", format!("{name}=a\\b"))], "malformed", "malformed"),
        ("a malformed token", vec![("authorization", "Bearer a b".into())], "malformed", "malformed"),
        ("two cookies", vec![("cookie", format!("{name}=x; {cookie}"))], "ambiguous", "ambiguous"),
        ("cookie and token", vec![("cookie", cookie.clone()), ("authorization", token)], "ambiguous", "ambiguous"),
        (
            "second factor due, token",
            vec![("authorization", format!("Bearer {half_token}"))],
            "second_factor",
            "second_factor",
        ),
        ("second factor due, cookie", vec![("cookie", half_cookie)], "second_factor", "second_factor"),
    ];
    for (case, headers, strict, forgiving) in &rows {
        for (route, meant) in [("/customer/optional", strict), ("/customer/stale", forgiving)] {
            let ask = headers.iter().fold(stage.get(route), |ask, (name, value)| ask.header(name, value));
            becomes(&stage, ask, meant, &format!("{case} at {route}")).await;
        }
    }

    // The same good cookie, with a Kratos that cannot tell or that tells of an end.
    let kratos = &stage.proxies("customer").kratos_public;
    let whoami = || Rule::on("GET", "/sessions/whoami");
    let id = &customer.identity.id;
    let expired = session_of(id, |session| session["expires_at"] = json!("2020-01-01T00:00:00Z"));
    let inactive = session_of(id, |session| session["identity"]["state"] = json!("inactive"));
    for (case, fault, meant) in [
        ("500", Fault::Status(500), "upstream"),
        ("somebody else's 401", Fault::Html(401), "upstream"),
        ("somebody else's 403", Fault::Html(403), "upstream"),
        ("reset", Fault::Reset, "upstream"),
        ("an expired session", expired, "expired"),
        ("an inactive identity", inactive, "inactive"),
    ] {
        kratos.heal();
        kratos.fault(whoami(), fault);
        for route in ["/customer/optional", "/customer/stale"] {
            let ask = stage.get(route).header("cookie", &cookie);
            becomes(&stage, ask, meant, &format!("{case} at {route}")).await;
        }
    }
    // Nobody is asked about nobody: without a credential the outage does not show.
    kratos.heal();
    kratos.fault(Rule::any(), Fault::Status(500));
    becomes(&stage, stage.get("/customer/optional"), "anonymous", "no credential during an outage").await;
}

/// Sends and compares status, body and event with what is meant.
async fn becomes(stage: &Stage, ask: Ask<'_>, meant: &str, case: &str) {
    stage.events().await;
    let answer = ask.send().await;
    let status = match meant {
        "user" | "anonymous" => 200,
        "upstream" => 503,
        "second_factor" => 403,
        _ => 401,
    };
    assert_eq!(answer.status, status, "{case}: {answer:?}");
    let (outcome, reason) = stage.event().await;
    if status == 200 {
        assert_eq!(answer.json()["kind"], meant, "{case}");
        assert_eq!((outcome, reason), ("allowed", None), "{case}");
    } else {
        assert_eq!(reason, Some(meant), "{case}");
        assert_eq!(outcome, if status == 503 { "unavailable" } else { "denied" }, "{case}");
    }
}

/// Who asks, in this order: nobody, users of `dealer` with the roles none, a, b, a and b, a user
/// of `admin` with role a, a machine of `dealer`.
const CALLERS: [&str; 7] = ["nobody", "plain", "a", "b", "ab", "a of admin", "reader"];

/// Routes of the block `#[tenant("dealer")] #[require_role("a")]`, and of a public one.
const BLOCKS: [(&str, [u16; 7], &str); 11] = [
    ("/block/plain", [401, 403, 200, 403, 200, 401, 401], "the block's rules alone"),
    ("/block/more", [401, 403, 403, 403, 200, 401, 401], "and role b"),
    ("/block/nested", [401, 403, 403, 403, 200, 401, 401], "and role b, a module deeper"),
    ("/block/method", [401, 403, 403, 403, 200, 401, 401], "and role b, in an impl block"),
    ("/block/permitted/42", [401, 403, 200, 403, 403, 401, 401], "and a permission that only a has"),
    ("/block/permitted/43", [401, 403, 403, 403, 403, 401, 401], "and a permission that nobody has"),
    ("/block/elsewhere", [401, 401, 401, 401, 401, 200, 401], "another tenant by the word; role a stays"),
    ("/block/machines", [401, 401, 401, 401, 401, 401, 403], "another credential by the word; role a stays"),
    ("/block/open", [200, 200, 200, 200, 200, 200, 200], "public by its own word"),
    ("/everybody/free", [200, 200, 200, 200, 200, 200, 200], "a public block"),
    ("/everybody/tightened", [401, 403, 200, 403, 200, 401, 401], "less than the public block"),
];

#[tokio::test]
async fn a_handler_in_a_block_lets_in_whom_both_let_in() {
    let stage = Stage::new().await;
    for (route, statuses, rule) in BLOCKS {
        for (caller, meant) in CALLERS.into_iter().zip(statuses) {
            let ask = stage.get(route);
            let ask = match caller {
                "nobody" => ask,
                "reader" => ask.machine("reader"),
                "a of admin" => ask.token_of("admin", "a"),
                user => ask.token_of("dealer", user),
            };
            let answer = ask.send().await;
            assert_eq!(answer.status, meant, "{caller} at {route} ({rule}): {answer:?}");
            assert_eq!(stage.events().await.len(), usize::from(!route.ends_with("/open") && !route.ends_with("/free")));
        }
    }
}
