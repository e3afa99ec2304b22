//! Answers that no honest Ory of the stage would give, for the proxies to send.

use iam_testing::fault::Fault;
use serde_json::{Value, json};

/// Whoami's 200 for this identity, changed.
pub fn session_of(identity: &str, change: impl FnOnce(&mut Value)) -> Fault {
    let mut session = json!({
        "id": "5f6c2a7e-0d3b-4b7e-9c55-1c1d8f6f3a10",
        "active": true,
        "expires_at": "2999-01-01T00:00:00Z",
        "authenticated_at": "2026-01-01T00:00:00Z",
        "authenticator_assurance_level": "aal1",
        "authentication_methods": [{ "method": "password", "aal": "aal1" }],
        "identity": { "id": identity, "schema_id": "default", "state": "active", "traits": {} },
    });
    change(&mut session);
    Fault::json(200, session.to_string())
}

/// The introspection of a good token of `dealer`'s machine `reader`, changed.
pub fn token_of_reader(change: impl FnOnce(&mut Value)) -> Fault {
    let mut token = json!({
        "active": true,
        "client_id": "reader",
        "sub": "reader",
        "scope": "inventory:read",
        "aud": ["https://api.dealer.test"],
        "iss": "https://auth.dealer.test/",
        "token_use": "access_token",
        "exp": 32_472_144_000_i64,
        "iat": 1_700_000_000,
        "nbf": 1_700_000_000,
    });
    change(&mut token);
    Fault::json(200, token.to_string())
}

/// The claims that every good token has, however it shows that it is one, and what comes of each change.
macro_rules! claims_that_count {
    ($stage:expr, $check:ident) => {
        $crate::stage::cases! { $stage, $check:
            as_made_up:          |_| {},                                                  Verdict::allowed();
            another_issuer:      |t| t["iss"] = json!("https://auth.dealer.test"),        DENIED("wrong_issuer");
            no_issuer:           |t| t["iss"] = json!(null),                              DENIED("wrong_issuer");
            another_audience:    |t| t["aud"] = json!(["https://api.dealer.test/"]),      DENIED("wrong_audience");
            no_audience:         |t| t["aud"] = json!([]),                                DENIED("wrong_audience");
            audience_null:       |t| t["aud"] = json!(null),                              DENIED("wrong_audience");
            one_audience_of_two: |t| t["aud"] = json!(["x", "https://api.dealer.test"]),  Verdict::allowed();
            audience_as_a_text:  |t| t["aud"] = json!("https://api.dealer.test"),         Verdict::allowed();
            over:                |t| t["exp"] = json!(1_600_000_000),                     DENIED("expired");
            no_end:              |t| t["exp"] = json!(null),                              Verdict::unavailable();
            a_nonsense_end:      |t| t["exp"] = json!("soon"),                            Verdict::unavailable();
            not_yet_valid:       |t| t["nbf"] = json!(32_472_143_999_i64),                DENIED("not_yet_valid");
            issued_later:        |t| t["iat"] = json!(32_472_143_999_i64),                DENIED("not_yet_valid");
            nobodys:             |t| t["sub"] = json!(""),                                DENIED("no_subject");
            no_client:           |t| t["client_id"] = json!(null),                        DENIED("no_subject");
            a_users:
                |t| t["sub"] = json!("0b5a2c1e-30d5-4d2b-8a53-6f1a2c9d7e11"),             Verdict::forbidden("not_a_machine");
        }
    };
}

pub(crate) use claims_that_count;
