use std::hash::Hasher;

use siphasher::sip128::{Hasher128, SipHasher24};

use crate::credential::Credential;

/// Stands for a credential in this process: a keyed 128-bit digest of its kind and bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Digest(u128);

/// Makes digests under a random key that never leaves the process. SipHash-2-4 is
/// a PRF: without the key nobody can aim at another credential's digest.
pub(crate) struct Digester(SipHasher24);

impl Digester {
    pub(crate) fn new() -> Self {
        Self(SipHasher24::new_with_key(&rand::random()))
    }

    pub(crate) fn digest(&self, credential: &Credential<'_>) -> Digest {
        let mut hasher = self.0;
        hasher.write_u8(credential.sort() as u8);
        hasher.write(credential.text().as_bytes());
        Digest(hasher.finish128().as_u128())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_kinds_bytes_and_keys_apart() {
        let (one, two) = (Digester::new(), Digester::new());
        let token = Credential::SessionToken("abc");
        assert_eq!(one.digest(&token), one.digest(&token));
        assert_ne!(one.digest(&token), two.digest(&token));
        assert_ne!(one.digest(&token), one.digest(&Credential::Cookie("abc")));
        assert_ne!(one.digest(&token), one.digest(&Credential::AccessToken("abc")));
        assert_ne!(one.digest(&token), one.digest(&Credential::SessionToken("abd")));
    }
}
