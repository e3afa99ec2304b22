//! What an introspection says, and what it does not.

use iam_core::ErrorKind;
use iam_testing::client::NewClient;
use iam_testing::fault::{Fault, Rule};
use serde_json::{Value, json};

use super::introspection_answers;
use crate::Tenants;
use crate::stage::made_up::token_of_reader;
use crate::stage::{Stage, USUAL, Verdict, cases};
const OURS: &str = "https://api.dealer.test";

/// Asks a route for machines of `dealer` while Hydra says this of every token.
async fn ends(stage: &Stage, says: Fault, meant: Verdict) {
    introspection_answers(stage, "dealer", says);
    // A token of its own a row: refusals are remembered for a moment.
    let token = format!("ory_at_{}", uuid::Uuid::new_v4());
    stage.get("/dealer/machine").bearer(&token).ends("made up", meant).await;
}

/// The same, with this claim of a good token changed or absent.
async fn with_claim(stage: &Stage, claim: &str, value: Option<Value>, meant: Verdict) {
    let says = token_of_reader(|token| match value {
        Some(value) => token[claim] = value,
        None => drop(token.as_object_mut().unwrap().remove(claim)),
    });
    ends(stage, says, meant).await;
}

#[tokio::test]
async fn a06_scopes_are_joined_by_a_separator() {
    let stage = Stage::new().await;
    let hydra = &stage.proxies("dealer").hydra_public;
    let tokens = stage.iam.tenant(Tenants::Dealer).tokens();
    // A Hydra that puts what it was asked for into the token.
    for (scope, sent) in [("foo bar", "scope=foo+bar"), ("bar foo", "scope=bar+foo"), ("foobar", "scope=foobar")] {
        let granted = json!({ "access_token": format!("ory_at_{sent}"), "token_type": "bearer", "expires_in": 3599, "scope": scope });
        let asks = move |request: &iam_testing::fault::Recorded| {
            let form = String::from_utf8_lossy(&request.body).into_owned();
            form.split('&').any(|field| field == sent)
        };
        hydra.fault(Rule::on("POST", "/oauth2/token").when(asks), Fault::json(200, granted.to_string()));
    }
    let rows: [&[&str]; 5] = [&["foo", "bar"], &["foobar"], &["bar", "foo"], &["foobar"], &["foo", "bar"]];
    for scopes in rows {
        let token = tokens.client_credentials(scopes).await.unwrap();
        assert_eq!(token.scope, scopes, "a grant for other scopes");
        assert_eq!(token.access_token.expose(), format!("ory_at_scope={}", scopes.join("+")));
    }
    assert_eq!(hydra.requests().len(), rows.len());
}

cases! { USUAL, a06_a_separator_inside_a_scope_would_make_one_of_two:
    a_blank:           "foo bar";
    nothing:           "";
    a_no_break_blank:  "foo\u{a0}bar";
    a_tab:             "foo\tbar";
    a_quote:           "foo\"";
    a_backslash:       "foo\\";
}

async fn a06_a_separator_inside_a_scope_would_make_one_of_two(stage: &Stage, odd: &str) {
    let error = stage.iam.tenant(Tenants::Dealer).tokens().client_credentials(&[odd]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid("scope"));
    assert_eq!(stage.proxies("dealer").hydra_public.requests().len(), 0);
}

const WRONG_AUDIENCE: fn() -> Verdict = || Verdict::unauthenticated("wrong_audience");

cases! { USUAL, a10_audience_as_string_or_array:
    a_text:                  Some(json!(OURS)),              Verdict::allowed();
    a_list:                  Some(json!([OURS])),            Verdict::allowed();
    one_of_two:              Some(json!(["x", OURS])),       Verdict::allowed();
    an_empty_list:           Some(json!([])),                WRONG_AUDIENCE();
    a_list_of_another:       Some(json!(["x"])),             WRONG_AUDIENCE();
    another:                 Some(json!("x")),               WRONG_AUDIENCE();
    two_in_one_text:         Some(json!(format!("{OURS} x"))), WRONG_AUDIENCE();
    a_slash_more:            Some(json!(format!("{OURS}/"))), WRONG_AUDIENCE();
    null:                    Some(Value::Null),              WRONG_AUDIENCE();
    absent:                  None,                           WRONG_AUDIENCE();
    // Of the wrong type: nobody can tell, so this is no logout.
    a_number:                Some(json!(7)),                 Verdict::unavailable();
    a_number_in_a_list:      Some(json!([OURS, 7])),         Verdict::unavailable();
    an_object:               Some(json!({ "0": OURS })),     Verdict::unavailable();
}

async fn a10_audience_as_string_or_array(stage: &Stage, aud: Option<Value>, meant: Verdict) {
    with_claim(stage, "aud", aud, meant).await;
}

const WRONG_ISSUER: fn() -> Verdict = || Verdict::unauthenticated("wrong_issuer");

cases! { USUAL, a11_issuer_is_compared_byte_for_byte:
    as_configured:     json!("https://auth.dealer.test/"),     Verdict::allowed();
    a_slash_less:      json!("https://auth.dealer.test"),      WRONG_ISSUER();
    a_slash_more:      json!("https://auth.dealer.test//"),    WRONG_ISSUER();
    capital_letters:   json!("https://AUTH.dealer.test/"),     WRONG_ISSUER();
    the_usual_port:    json!("https://auth.dealer.test:443/"), WRONG_ISSUER();
    a_blank_more:      json!("https://auth.dealer.test/ "),    WRONG_ISSUER();
    nothing:           json!(""),                              WRONG_ISSUER();
    null:              Value::Null,                            WRONG_ISSUER();
    a_list:            json!(["https://auth.dealer.test/"]),   Verdict::unavailable();
}

async fn a11_issuer_is_compared_byte_for_byte(stage: &Stage, iss: Value, meant: Verdict) {
    with_claim(stage, "iss", Some(iss), meant).await;
}

#[tokio::test]
async fn a11_a_slash_less_in_the_configuration_is_another_issuer_as_well() {
    let stage = Stage::plan().set("dealer.hydra.issuer", "https://auth.dealer.test").start().await;
    ends(&stage, token_of_reader(|_| {}), WRONG_ISSUER()).await;
}

// Hydra's own is `https://auth.dealer.test/`, 25 bytes.
cases! { a11_start_up_names_the_bytes_in_which_the_issuer_differs:
    a_slash_less:    "https://auth.dealer.test",   "from byte 24 on, `/` and nothing";
    a_slash_more:    "https://auth.dealer.test//", "from byte 25 on, nothing and `/`";
    capital_letters: "https://AUTH.dealer.test/",  "from byte 8 on, `auth.dealer.test/` and `AUTH.dealer.test/`";
    another_scheme:  "http://auth.dealer.test/",   "from byte 4 on, `s://auth.dealer.test/` and `://auth.dealer.test/`";
}

async fn a11_start_up_names_the_bytes_in_which_the_issuer_differs(configured: &str, difference: &str) {
    let stage = Stage::plan().set("dealer.hydra.issuer", configured).start().await;
    let said = stage.iam.verify_upstreams().await.unwrap_err().to_string();
    let line = format!(
        "\n  tenants.dealer.hydra.issuer: hydra calls itself `https://auth.dealer.test/`, \
         configured `{configured}`: {difference}"
    );
    assert!(said.ends_with(&line) && said.matches('\n').count() == 1, "{said}");
}

#[tokio::test]
async fn a13_refresh_token_as_access_token() {
    let stage = Stage::new().await;
    let dealer = &stage.tenant("dealer").client;
    let app = NewClient::new("app").grant("authorization_code").grant("refresh_token");
    let app = app.scope("offline_access").scope("profile").scope("orders").audience(OURS);
    let app = dealer.create_client(app.redirect_uri("https://app.example/callback")).await.unwrap();
    let subject = &stage.account("dealer", "plain").identity.id;
    let tokens = dealer.delegated_token(&app, subject, &["offline_access", "profile", "orders"]).await.unwrap();
    let delegated = |token: &str| stage.get("/dealer/delegated").bearer(token);
    delegated(&tokens.access_token).ends("the access token", Verdict::allowed()).await;
    let refused = Verdict::unauthenticated("wrong_token_use");
    delegated(&tokens.refresh_token.unwrap()).ends("the refresh token", refused).await;
}

cases! { USUAL, a13_only_what_is_said_to_be_an_access_token_is_one:
    a_refresh_token:    Some(json!("refresh_token"));
    an_id_token:        Some(json!("id_token"));
    in_capital_letters: Some(json!("ACCESS_TOKEN"));
    nothing:            Some(json!(""));
    null:               Some(Value::Null);
    absent:             None;
}

async fn a13_only_what_is_said_to_be_an_access_token_is_one(stage: &Stage, used: Option<Value>) {
    with_claim(stage, "token_use", used, Verdict::unauthenticated("wrong_token_use")).await;
}

const INACTIVE: fn() -> Verdict = || Verdict::unauthenticated("inactive");
const NO_SUBJECT: fn() -> Verdict = || Verdict::unauthenticated("no_subject");

cases! { USUAL, a14_only_active_is_promised:
    false_alone:        r#"{"active":false}"#,                                             INACTIVE();
    false_and_another:  r#"{"active":false,"active_":true}"#,                              INACTIVE();
    true_alone:         r#"{"active":true}"#, Verdict::unauthenticated("wrong_token_use");
    no_owner:           r#"{"active":true,"token_use":"access_token"}"#,                   NO_SUBJECT();
    a_client_alone:     r#"{"active":true,"token_use":"access_token","client_id":"reader"}"#, NO_SUBJECT();
    a_subject_alone:    r#"{"active":true,"token_use":"access_token","sub":"reader"}"#,    NO_SUBJECT();
    nothing:            "{}",                                                              Verdict::unavailable();
    active_null:        r#"{"active":null}"#,                                              Verdict::unavailable();
    active_text:        r#"{"active":"true"}"#,                                            Verdict::unavailable();
    active_one:         r#"{"active":1}"#,                                                 Verdict::unavailable();
    a_list:             "[]",                                                              Verdict::unavailable();
    null:               "null",                                                            Verdict::unavailable();
}

async fn a14_only_active_is_promised(stage: &Stage, body: &'static str, meant: Verdict) {
    ends(stage, Fault::json(200, body), meant).await;
}

#[tokio::test]
async fn a15_null_is_absent() {
    let stage = Stage::new().await;
    // `customer` has waived the audience.
    let issuer = stage.tenant("customer").project.issuer().to_owned();
    let says = json!({
        "active": true, "client_id": "p1", "sub": "p1", "scope": "a", "token_use": "access_token", "iss": issuer,
        "aud": null, "ext": null, "exp": 4_102_444_800_i64, "nbf": null, "iat": null, "username": null,
    });
    introspection_answers(&stage, "customer", Fault::json(200, says.to_string()));
    let seen = stage.get("/customer/machine").bearer("ory_at_p1").ends("waived", Verdict::allowed()).await;
    assert_eq!(seen.answer.json(), json!({ "kind": "machine", "id": "p1", "tenant": "customer" }));

    let says = token_of_reader(|token| {
        for field in ["aud", "ext", "nbf", "iat", "username"] {
            token[field] = Value::Null;
        }
    });
    ends(&stage, says, WRONG_AUDIENCE()).await;
    let says = token_of_reader(|token| token["scope"] = Value::Null);
    introspection_answers(&stage, "dealer", says);
    let seen = stage.get("/cases/scopes").bearer("ory_at_none").ends("no scope", Verdict::allowed()).await;
    assert_eq!(seen.answer.json(), json!([]));
    // An end is essential: without one a token would be good for ever.
    ends(&stage, token_of_reader(|token| token["exp"] = Value::Null), Verdict::unavailable()).await;
}

/// A token of its own that has these scopes.
fn scoped(stage: &Stage, scope: &str) -> String {
    introspection_answers(stage, "dealer", token_of_reader(|token| token["scope"] = json!(scope)));
    format!("ory_at_{}", uuid::Uuid::new_v4())
}

cases! { USUAL, a16_blanks_between_scopes:
    blanks_part:           "  read   write\u{a0}x  ", json!(["read", "write\u{a0}x"]);
    a_tab_does_not:        "read\twrite",             json!(["read\twrite"]);
    nor_does_a_wide_blank: "read\u{2003}write",       json!(["read\u{2003}write"]);
    blanks_alone:          "   ",                     json!([]);
    nothing:               "",                        json!([]);
}

async fn a16_blanks_between_scopes(stage: &Stage, scope: &str, meant: Value) {
    let token = scoped(stage, scope);
    let seen = stage.get("/cases/scopes").bearer(&token).ends("scopes", Verdict::allowed()).await;
    assert_eq!(seen.answer.json(), meant);
}

cases! { USUAL, a16_a_scope_that_is_demanded_is_one_between_blanks:
    glued_to_another:        "write",    "  read   write\u{a0}x  ", Verdict::forbidden("role");
    behind_a_tab:            "write",    "read\twrite",             Verdict::forbidden("role");
    one_of_two:              "write",    "  read   write  ",        Verdict::allowed();
    with_a_no_break_blank:   "no-break", "  read   write\u{a0}x  ", Verdict::allowed();
    with_a_blank:            "no-break", "write x",                 Verdict::forbidden("role");
}

async fn a16_a_scope_that_is_demanded_is_one_between_blanks(stage: &Stage, path: &str, scope: &str, meant: Verdict) {
    let token = scoped(stage, scope);
    stage.get(&format!("/cases/scopes/{path}")).bearer(&token).ends("a scope", meant).await;
}
