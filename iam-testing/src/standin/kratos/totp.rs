//! Time-based one-time passwords (RFC 6238) as authenticator apps make them:
//! HMAC-SHA1, 30 seconds, six digits.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, Mac};
use sha1::Sha1;

const PERIOD_SECS: u64 = 30;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The code that an authenticator app shows for `secret_base32` at `at`.
///
/// `None` if the secret is no base32 (RFC 4648, padding optional) or `at` lies
/// before 1970.
pub fn totp_code(secret_base32: &str, at: SystemTime) -> Option<String> {
    let key = decode(secret_base32)?;
    let counter = at.duration_since(UNIX_EPOCH).ok()?.as_secs() / PERIOD_SECS;
    let mut mac = Hmac::<Sha1>::new_from_slice(&key).ok()?;
    mac.update(&counter.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    // RFC 4226, section 5.3: the last nibble says where the number starts.
    let offset = usize::from(digest.last()? & 0x0f);
    let bytes: [u8; 4] = digest.get(offset..offset + 4)?.try_into().ok()?;
    let number = u32::from_be_bytes(bytes) & 0x7fff_ffff;
    Some(format!("{:06}", number % 1_000_000))
}

/// Whether `code` is valid now, or was one period ago, or will be in one:
/// the skew that the server's library allows.
pub(super) fn verify(secret_base32: &str, code: &str, now: SystemTime) -> bool {
    let period = Duration::from_secs(PERIOD_SECS);
    [now.checked_sub(period), Some(now), now.checked_add(period)]
        .into_iter()
        .flatten()
        .filter_map(|at| totp_code(secret_base32, at))
        .any(|valid| valid == code)
}

/// A fresh secret of 160 bits.
pub(super) fn new_secret() -> String {
    encode(&rand::random::<[u8; 20]>())
}

fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(5) {
        let mut group = [0u8; 8];
        group[3..3 + chunk.len()].copy_from_slice(chunk);
        let bits = u64::from_be_bytes(group);
        for digit in 0..(chunk.len() * 8).div_ceil(5) {
            let index = (bits >> (35 - 5 * digit)) & 31;
            text.push(char::from(ALPHABET[index as usize]));
        }
    }
    text
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut filled) = (Vec::new(), 0u32, 0u32);
    for letter in text.trim_end_matches('=').bytes() {
        let upper = letter.to_ascii_uppercase();
        let value = ALPHABET.iter().position(|a| *a == upper)?;
        bits = (bits << 5 | value as u32) & 0xfff;
        filled += 5;
        if filled >= 8 {
            filled -= 8;
            bytes.push((bits >> filled) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_6238_appendix_b() {
        let secret = encode(b"12345678901234567890");
        assert_eq!(secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            let at = UNIX_EPOCH + Duration::from_secs(seconds);
            assert_eq!(totp_code(&secret, at).as_deref(), Some(code));
        }
        assert_eq!(totp_code("not base32!", UNIX_EPOCH), None);
    }

    #[test]
    fn a_code_outlives_its_period_by_one() {
        let secret = new_secret();
        let at = UNIX_EPOCH + Duration::from_secs(3_000_000);
        let code = totp_code(&secret, at).unwrap();
        assert!(verify(&secret, &code, at + Duration::from_secs(30)));
        assert!(!verify(&secret, &code, at + Duration::from_secs(90)));
    }
}
