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

use iam_testing::fault::Fault;
use serde_json::Value;

use crate::stage::made_up::token_of_reader;

/// What introspection answers for a good token of the client `reader` at `dealer`, these claims changed.
pub(super) fn token_with(claims: &Value) -> Fault {
    token_of_reader(|token| {
        for (claim, value) in claims.as_object().unwrap() {
            token[claim] = value.clone();
        }
    })
}
