//! What is optional is not lax, and what stands in a block is never weaker than it.
//!
//! Which pairs of block and handler compile at all is a table in
//! `iam-macros/core/tests/it/blocks.rs`; here the ones that do are asked.

use iam_testing::client::{NewIdentity, OryClient};
use iam_testing::fault::{Fault, Rule};
use serde_json::{Value, json};

use crate::stage::made_up::session_of;
use crate::stage::{Ask, Stage, USUAL, cases};

type Headers = Vec<(&'static str, String)>;

/// Token and cookie of a user whose second factor is still due.
async fn half_logged_in(ory: &OryClient) -> (String, String) {
    let new = NewIdentity::new(format!("careful-{}@customer.test", uuid::Uuid::new_v4()));
    let identity = ory.create_identity(new).await.unwrap();
    ory.set_up_totp(&ory.login(&identity).await.unwrap()).await.unwrap();
    (ory.login(&identity).await.unwrap().token, ory.login_browser(&identity).await.unwrap().cookie())
}

/// A token of a session that was revoked.
async fn revoked(stage: &Stage) -> String {
    let ory = &stage.tenant("customer").client;
    let session = ory.login(&stage.account("customer", "b").identity).await.unwrap();
    ory.revoke_session(&session.session_id).await.unwrap();
    session.token
}

fn cookie(value: impl Into<String>) -> Headers {
    vec![("cookie", value.into())]
}

/// A value of the session cookie, under its name.
fn cookie_of(stage: &Stage, value: &str) -> Headers {
    cookie(format!("{}={value}", stage.account("customer", "plain").browser.cookie_name))
}

fn good_cookie(stage: &Stage) -> String {
    stage.account("customer", "plain").browser.cookie()
}

fn bearer(token: &str) -> Headers {
    vec![("authorization", format!("Bearer {token}"))]
}

fn good_token(stage: &Stage) -> Headers {
    bearer(&stage.account("customer", "plain").session.token)
}

// Of each row: a credential, what `#[optional_session]` makes of it, and what it makes of it where stale cookies are
// forgiven: 200 with a user, 200 `anonymous`, or a refusal with this reason.
cases! { USUAL, optional_means_that_there_may_be_no_credential_and_nothing_else:
    no_credential:         async |_: &Stage| vec![], "anonymous", "anonymous";
    other_cookies:         async |_: &Stage| cookie("theme=dark; lang=de"), "anonymous", "anonymous";
    an_empty_cookie:       async |stage: &Stage| cookie_of(stage, ""), "anonymous", "anonymous";
    basic_credentials:     async |_: &Stage| vec![("authorization", "Basic dTpw".into())], "anonymous", "anonymous";
    a_good_cookie:         async |stage: &Stage| cookie(good_cookie(stage)), "user", "user";
    a_good_token:          async |stage: &Stage| good_token(stage), "user", "user";
    an_unknown_cookie:     async |stage: &Stage| cookie_of(stage, "gone"), "rejected_by_tenant", "anonymous";
    an_unknown_token:      async |_: &Stage| bearer("ory_st_x"), "rejected_by_tenant", "rejected_by_tenant";
    a_revoked_token:       async |stage: &Stage| bearer(&revoked(stage).await),
        "rejected_by_tenant", "rejected_by_tenant";
    another_tenants_token: async |stage: &Stage| bearer(&stage.account("dealer", "plain").session.token),
        "rejected_by_tenant", "rejected_by_tenant";
    a_malformed_cookie:    async |stage: &Stage| cookie_of(stage, r"a\b"), "malformed", "malformed";
    a_malformed_token:     async |_: &Stage| bearer("a b"), "malformed", "malformed";
    two_cookies:           async |stage: &Stage| cookie_of(stage, &format!("x; {}", good_cookie(stage))),
        "ambiguous", "ambiguous";
    cookie_and_token:      async |stage: &Stage| [cookie(good_cookie(stage)), good_token(stage)].concat(),
        "ambiguous", "ambiguous";
    second_factor_due_by_token: async |stage: &Stage| {
        bearer(&half_logged_in(&stage.tenant("customer").client).await.0)
    }, "second_factor", "second_factor";
    second_factor_due_by_cookie: async |stage: &Stage| {
        cookie(half_logged_in(&stage.tenant("customer").client).await.1)
    }, "second_factor", "second_factor";
}

async fn optional_means_that_there_may_be_no_credential_and_nothing_else(
    stage: &Stage,
    with: impl AsyncFn(&Stage) -> Headers,
    strict: &str,
    forgiving: &str,
) {
    let headers = with(stage).await;
    for (route, meant) in [("/customer/optional", strict), ("/customer/stale", forgiving)] {
        let ask = headers.iter().fold(stage.get(route), |ask, (name, value)| ask.header(name, value));
        becomes(stage, ask, meant, route).await;
    }
}

// A good cookie, with a Kratos that cannot tell or that tells of an end.
cases! { USUAL, optional_means_no_guess_about_a_credential_of_which_kratos_does_not_say_that_it_is_good:
    broken:               Fault::Status(500), "upstream";
    somebody_elses_401:   Fault::Html(401),   "upstream";
    somebody_elses_403:   Fault::Html(403),   "upstream";
    reset:                Fault::Reset,       "upstream";
    an_expired_session:   made_up(|session| session["expires_at"] = json!("2020-01-01T00:00:00Z")), "expired";
    an_inactive_identity: made_up(|session| session["identity"]["state"] = json!("inactive")),      "inactive";
}

fn made_up(change: impl FnOnce(&mut Value)) -> Fault {
    session_of("0b5a2c1e-30d5-4d2b-8a53-6f1a2c9d7e11", change)
}

async fn optional_means_no_guess_about_a_credential_of_which_kratos_does_not_say_that_it_is_good(
    stage: &Stage,
    fault: Fault,
    meant: &str,
) {
    stage.proxies("customer").kratos_public.fault(Rule::on("GET", "/sessions/whoami"), fault);
    for route in ["/customer/optional", "/customer/stale"] {
        becomes(stage, stage.get(route).cookie_of("customer", "plain"), meant, route).await;
    }
}

#[tokio::test]
async fn without_a_credential_an_outage_does_not_show() {
    let stage = Stage::new().await;
    // Nobody is asked about nobody.
    stage.proxies("customer").kratos_public.fault(Rule::any(), Fault::Status(500));
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

// Routes of the block `#[tenant("dealer")] #[require_role("a")]`, and of a public one.
cases! { USUAL, a_handler_in_a_block_lets_in_whom_both_let_in:
    the_blocks_rules_alone:             "/block/plain",        [401, 403, 200, 403, 200, 401, 401];
    role_b_more:                        "/block/more",         [401, 403, 403, 403, 200, 401, 401];
    role_b_more_in_a_module_deeper:     "/block/nested",       [401, 403, 403, 403, 200, 401, 401];
    role_b_more_in_an_impl_block:       "/block/method",       [401, 403, 403, 403, 200, 401, 401];
    a_permission_that_only_a_has:       "/block/permitted/42", [401, 403, 200, 403, 403, 401, 401];
    a_permission_that_nobody_has:       "/block/permitted/43", [401, 403, 403, 403, 403, 401, 401];
    another_tenant_by_the_word_and_role_a_stays:     "/block/elsewhere", [401, 401, 401, 401, 401, 200, 401];
    another_credential_by_the_word_and_role_a_stays: "/block/machines",  [401, 401, 401, 401, 401, 401, 403];
    public_by_its_own_word:             "/block/open",         [200, 200, 200, 200, 200, 200, 200];
    a_public_block:                     "/everybody/free",     [200, 200, 200, 200, 200, 200, 200];
    less_than_the_public_block:         "/everybody/tightened", [401, 403, 200, 403, 200, 401, 401];
}

async fn a_handler_in_a_block_lets_in_whom_both_let_in(stage: &Stage, route: &str, statuses: [u16; 7]) {
    for (caller, meant) in CALLERS.into_iter().zip(statuses) {
        let ask = stage.get(route);
        let ask = match caller {
            "nobody" => ask,
            "reader" => ask.machine("reader"),
            "a of admin" => ask.token_of("admin", "a"),
            user => ask.token_of("dealer", user),
        };
        let answer = ask.send().await;
        assert_eq!(answer.status, meant, "{caller}: {answer:?}");
        let is_public = route.ends_with("/open") || route.ends_with("/free");
        assert_eq!(stage.events().await.len(), usize::from(!is_public), "{caller}");
    }
}
