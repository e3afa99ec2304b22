//! What an introspection says, and what it does not.

use iam_core::ErrorKind;
use iam_testing::client::NewClient;
use iam_testing::fault::{Fault, Rule};
use serde_json::{Value, json};

use super::introspection_answers;
use crate::Tenants;
use crate::stage::made_up::token_of_reader;
use crate::stage::{Stage, Verdict};

const OURS: &str = "https://api.dealer.test";

/// Asks a route for machines of `dealer` while Hydra says this of every token.
async fn ends(stage: &Stage, row: &str, says: Fault, meant: Verdict) {
    introspection_answers(stage, "dealer", says);
    // A token of its own a row: refusals are remembered for a moment.
    let token = format!("ory_at_{}", row.replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
    stage.get("/dealer/machine").bearer(&token).ends(row, meant).await;
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
    // A separator inside a scope would make one of two.
    for odd in ["foo bar", "", "foo\u{a0}bar", "foo\tbar", "foo\"", "foo\\"] {
        let error = tokens.client_credentials(&[odd]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid("scope"), "{odd:?}");
    }
    assert_eq!(hydra.requests().len(), rows.len());
}

#[tokio::test]
async fn a10_audience_as_string_or_array() {
    let stage = Stage::new().await;
    for (aud, meant) in [
        (json!(OURS), Verdict::allowed()),
        (json!([OURS]), Verdict::allowed()),
        (json!(["x", OURS]), Verdict::allowed()),
        (json!([]), Verdict::unauthenticated("wrong_audience")),
        (json!(["x"]), Verdict::unauthenticated("wrong_audience")),
        (json!("x"), Verdict::unauthenticated("wrong_audience")),
        (json!(format!("{OURS} x")), Verdict::unauthenticated("wrong_audience")),
        (json!(format!("{OURS}/")), Verdict::unauthenticated("wrong_audience")),
        (Value::Null, Verdict::unauthenticated("wrong_audience")),
        // Of the wrong type: nobody can tell, so this is no logout.
        (json!(7), Verdict::unavailable()),
        (json!([OURS, 7]), Verdict::unavailable()),
        (json!({ "0": OURS }), Verdict::unavailable()),
    ] {
        ends(&stage, &aud.to_string(), token_of_reader(|token| token["aud"] = aud.clone()), meant).await;
    }
    let absent = token_of_reader(|token| drop(token.as_object_mut().unwrap().remove("aud")));
    ends(&stage, "absent", absent, Verdict::unauthenticated("wrong_audience")).await;
}

#[tokio::test]
async fn a11_issuer_is_compared_byte_for_byte() {
    let stage = Stage::new().await;
    for (iss, meant) in [
        (json!("https://auth.dealer.test/"), Verdict::allowed()),
        (json!("https://auth.dealer.test"), Verdict::unauthenticated("wrong_issuer")),
        (json!("https://auth.dealer.test//"), Verdict::unauthenticated("wrong_issuer")),
        (json!("https://AUTH.dealer.test/"), Verdict::unauthenticated("wrong_issuer")),
        (json!("https://auth.dealer.test:443/"), Verdict::unauthenticated("wrong_issuer")),
        (json!("https://auth.dealer.test/ "), Verdict::unauthenticated("wrong_issuer")),
        (json!(""), Verdict::unauthenticated("wrong_issuer")),
        (Value::Null, Verdict::unauthenticated("wrong_issuer")),
        (json!(["https://auth.dealer.test/"]), Verdict::unavailable()),
    ] {
        ends(&stage, &iss.to_string(), token_of_reader(|token| token["iss"] = iss.clone()), meant).await;
    }
    // The other way round: a slash less in the configuration.
    let stage = Stage::plan().set("dealer.hydra.issuer", "https://auth.dealer.test").start().await;
    let with_slash = Verdict::unauthenticated("wrong_issuer");
    ends(&stage, "a slash too much", token_of_reader(|_| {}), with_slash).await;
}

#[tokio::test]
async fn a11_start_up_names_the_bytes_in_which_the_issuer_differs() {
    // Hydra's own is `https://auth.dealer.test/`, 25 bytes.
    for (configured, difference) in [
        ("https://auth.dealer.test", "from byte 24 on, `/` and nothing"),
        ("https://auth.dealer.test//", "from byte 25 on, nothing and `/`"),
        ("https://AUTH.dealer.test/", "from byte 8 on, `auth.dealer.test/` and `AUTH.dealer.test/`"),
        ("http://auth.dealer.test/", "from byte 4 on, `s://auth.dealer.test/` and `://auth.dealer.test/`"),
    ] {
        let stage = Stage::plan().set("dealer.hydra.issuer", configured).start().await;
        let said = stage.iam.verify_upstreams().await.unwrap_err().to_string();
        let line = format!(
            "\n  tenants.dealer.hydra.issuer: hydra calls itself `https://auth.dealer.test/`, \
             configured `{configured}`: {difference}"
        );
        assert!(said.ends_with(&line) && said.matches('\n').count() == 1, "{said}");
    }
    Stage::new().await.iam.verify_upstreams().await.unwrap();
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
    delegated(&tokens.refresh_token.unwrap()).ends("the refresh token", refused.clone()).await;

    for used in [json!("refresh_token"), json!("id_token"), json!("ACCESS_TOKEN"), json!(""), Value::Null] {
        let says = token_of_reader(|token| token["token_use"] = used.clone());
        ends(&stage, &used.to_string(), says, refused.clone()).await;
    }
    let says = token_of_reader(|token| drop(token.as_object_mut().unwrap().remove("token_use")));
    ends(&stage, "absent", says, refused).await;
}

#[tokio::test]
async fn a14_only_active_is_promised() {
    let stage = Stage::new().await;
    for (body, meant) in [
        (r#"{"active":false}"#, Verdict::unauthenticated("inactive")),
        (r#"{"active":false,"active_":true}"#, Verdict::unauthenticated("inactive")),
        (r#"{"active":true}"#, Verdict::unauthenticated("wrong_token_use")),
        (r#"{"active":true,"token_use":"access_token"}"#, Verdict::unauthenticated("no_subject")),
        (r#"{"active":true,"token_use":"access_token","client_id":"reader"}"#, Verdict::unauthenticated("no_subject")),
        (r#"{"active":true,"token_use":"access_token","sub":"reader"}"#, Verdict::unauthenticated("no_subject")),
        ("{}", Verdict::unavailable()),
        (r#"{"active":null}"#, Verdict::unavailable()),
        (r#"{"active":"true"}"#, Verdict::unavailable()),
        (r#"{"active":1}"#, Verdict::unavailable()),
        ("[]", Verdict::unavailable()),
        ("null", Verdict::unavailable()),
    ] {
        ends(&stage, body, Fault::json(200, body), meant).await;
    }
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
    ends(&stage, "demanded", says, Verdict::unauthenticated("wrong_audience")).await;
    let says = token_of_reader(|token| token["scope"] = Value::Null);
    introspection_answers(&stage, "dealer", says);
    let seen = stage.get("/cases/scopes").bearer("ory_at_none").ends("no scope", Verdict::allowed()).await;
    assert_eq!(seen.answer.json(), json!([]));
    // An end is essential: without one a token would be good for ever.
    ends(&stage, "no end", token_of_reader(|token| token["exp"] = Value::Null), Verdict::unavailable()).await;
}

#[tokio::test]
async fn a16_blanks_between_scopes() {
    let stage = Stage::new().await;
    let scoped = |scope: &str| token_of_reader(|token| token["scope"] = json!(scope));
    for (scope, meant) in [
        ("  read   write\u{a0}x  ", json!(["read", "write\u{a0}x"])),
        ("read\twrite", json!(["read\twrite"])),
        ("read\u{2003}write", json!(["read\u{2003}write"])),
        ("   ", json!([])),
        ("", json!([])),
    ] {
        introspection_answers(&stage, "dealer", scoped(scope));
        let seen = stage.get("/cases/scopes").bearer("ory_at_x").ends(scope, Verdict::allowed()).await;
        assert_eq!(seen.answer.json(), meant, "{scope:?}");
    }
    for (path, scope, meant) in [
        ("/cases/scopes/write", "  read   write\u{a0}x  ", Verdict::forbidden("role")),
        ("/cases/scopes/write", "read\twrite", Verdict::forbidden("role")),
        ("/cases/scopes/write", "  read   write  ", Verdict::allowed()),
        ("/cases/scopes/no-break", "  read   write\u{a0}x  ", Verdict::allowed()),
        ("/cases/scopes/no-break", "write x", Verdict::forbidden("role")),
    ] {
        introspection_answers(&stage, "dealer", scoped(scope));
        stage.get(path).bearer("ory_at_x").ends(&format!("{scope:?}"), meant).await;
    }
}
