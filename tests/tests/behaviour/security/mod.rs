//! Ten attacks and accidents that a review of the design asked about, each played
//! over HTTP from end to end. Each of these tests has been seen to fail.

mod t01_self_granted_roles;
mod t02_forged_by_other_sites;
mod t03_shared_by_mistake;
mod t04_ids_that_are_no_ids;
mod t05_revoked_meanwhile;
mod t06_flood_of_tokens;
mod t07_odd_data;
mod t08_tokens_of_others;
mod t09_secrets_stay_secret;
mod t10_optional_and_blocks;

use serde_json::{Value, json};

/// A session as whoami answers it, good until the year 2999.
pub(super) fn session(identity_id: &str, traits: &str, metadata_public: &str) -> String {
    let mut session = json!({
        "id": "11111111-1111-4111-8111-111111111111",
        "active": true,
        "expires_at": "2999-01-01T00:00:00Z",
        "authenticated_at": "2026-01-01T00:00:00Z",
        "authenticator_assurance_level": "aal1",
        "authentication_methods": [],
        "identity": { "id": identity_id, "schema_id": "default", "state": "active", "traits": "TRAITS", "metadata_public": "METADATA" },
    })
    .to_string();
    for (place, text) in [("\"TRAITS\"", traits), ("\"METADATA\"", metadata_public)] {
        session = session.replacen(place, text, 1);
    }
    session
}

/// What introspection answers for a good token of the client `reader` at `dealer`, with changes.
pub(super) fn introspection(changes: Value) -> String {
    let mut token = json!({
        "active": true,
        "client_id": "reader",
        "sub": "reader",
        "scope": "inventory:read",
        "token_use": "access_token",
        "token_type": "Bearer",
        "iss": "https://auth.dealer.test/",
        "aud": ["https://api.dealer.test"],
        "exp": 4_102_444_800_i64,
        "iat": 1_700_000_000,
        "nbf": 1_700_000_000,
    });
    let Value::Object(changes) = changes else { panic!("changes are an object") };
    for (claim, value) in changes {
        token[claim] = value;
    }
    token.to_string()
}
