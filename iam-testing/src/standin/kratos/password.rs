//! Password hashes of a server that guards nothing: a salted SHA-256, quick
//! because tests log in often. Real Kratos uses bcrypt or Argon2. Of the
//! hashes that can be imported, PBKDF2 with SHA-256 is verified; the others are kept.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ring::pbkdf2;
use sha2::{Digest, Sha256};

const PREFIX: &str = "$sha256$";

/// The shortest password Kratos takes unless configured otherwise.
pub(super) const MIN_CHARS: usize = 8;

pub(super) fn hash(password: &str) -> String {
    let salt = STANDARD_NO_PAD.encode(rand::random::<[u8; 12]>());
    let digest = digest(&salt, password);
    format!("{PREFIX}{salt}${digest}")
}

/// How the hashes begin that Kratos knows (`hash/hash_comparator.go`).
const KNOWN: [&str; 24] = [
    PREFIX,
    "$2$",
    "$2a$",
    "$2b$",
    "$2y$",
    "$argon2id$",
    "$argon2i$",
    PBKDF2,
    "$pbkdf2-sha1$",
    "$pbkdf2-sha512$",
    "$scrypt$",
    "{SSHA}",
    "{SSHA256}",
    "{SSHA512}",
    "$sha1$",
    "$sha512$",
    "$firescrypt$",
    "$md5$",
    "$md5-crypt$",
    "$sha256-crypt$",
    "$sha512-crypt$",
    "$hmac-sha1$",
    "$hmac-sha256$",
    "$hmac-sha512$",
];

const PBKDF2: &str = "$pbkdf2-sha256$";

pub(super) fn is_known(hash: &str) -> bool {
    KNOWN.iter().any(|start| hash.starts_with(start))
}

/// False also for imported hashes that are only kept.
pub(super) fn verify(hash: &str, password: &str) -> bool {
    if let Some(rest) = hash.strip_prefix(PBKDF2) {
        return is_derived(rest, password).unwrap_or(false);
    }
    hash.strip_prefix(PREFIX)
        .and_then(|rest| rest.split_once('$'))
        .is_some_and(|(salt, expected)| digest(salt, password) == expected)
}

/// `i=<iterations>,l=<length>$<salt>$<key>`; the length is the key's own.
fn is_derived(rest: &str, password: &str) -> Option<bool> {
    let mut parts = rest.split('$');
    let iterations = parts.next()?.strip_prefix("i=")?.split_once(",l=")?.0.parse().ok()?;
    let [salt, key] = [parts.next()?, parts.next()?].map(|part| STANDARD_NO_PAD.decode(part).ok());
    let (salt, key) = (salt?, key?);
    Some(pbkdf2::verify(pbkdf2::PBKDF2_HMAC_SHA256, iterations, &salt, password.as_bytes(), &key).is_ok())
}

fn digest(salt: &str, password: &str) -> String {
    let sum = Sha256::new().chain_update(salt).chain_update(password).finalize();
    STANDARD_NO_PAD.encode(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_of_elsewhere_is_verified_or_kept() {
        // RFC 7914, section 11: one iteration over `passwd` and `salt`.
        let key = "VawEblbjCJ/sFpHCJUS2BflBhSFt3gRl5oudV8INrLw";
        let hash = format!("$pbkdf2-sha256$i=1,l=32$c2FsdA${key}");
        assert!(is_known(&hash) && verify(&hash, "passwd"));
        assert!(!verify(&hash, "password"));
        assert!(is_known("$2a$10$hash") && !verify("$2a$10$hash", "hash"));
        for odd in ["", "$odd$hash", "passwd", "$pbkdf2-sha256$i=x,l=32$c2FsdA$a2V5"] {
            assert!(!verify(odd, "passwd"), "{odd}");
        }
        assert!(!is_known("$odd$hash"));
    }
}
