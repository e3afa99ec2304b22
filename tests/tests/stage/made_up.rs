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
