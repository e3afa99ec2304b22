//! Password hashes of a server that guards nothing: a salted SHA-256, quick
//! because tests log in often. Real Kratos uses bcrypt or Argon2.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sha2::{Digest, Sha256};

const PREFIX: &str = "$sha256$";

/// The shortest password Kratos takes unless configured otherwise.
pub(super) const MIN_CHARS: usize = 8;

pub(super) fn hash(password: &str) -> String {
    let salt = STANDARD_NO_PAD.encode(rand::random::<[u8; 12]>());
    let digest = digest(&salt, password);
    format!("{PREFIX}{salt}${digest}")
}

/// False also for imported hashes of another scheme.
pub(super) fn verify(hash: &str, password: &str) -> bool {
    hash.strip_prefix(PREFIX)
        .and_then(|rest| rest.split_once('$'))
        .is_some_and(|(salt, expected)| digest(salt, password) == expected)
}

fn digest(salt: &str, password: &str) -> String {
    let sum = Sha256::new().chain_update(salt).chain_update(password).finalize();
    STANDARD_NO_PAD.encode(sum)
}
