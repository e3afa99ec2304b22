//! The ways back in for somebody who lost their password: a code to type, or a link to follow, each good once.

use rand::Rng as _;
use rand::distr::{Alphanumeric, SampleString as _};
use uuid::Uuid;

/// How often a flow takes a code, right or wrong (`persistence/sql/persister_code.go`).
const TRIES: u32 = 5;

/// What a recovery flow waits for.
#[derive(Clone)]
pub(super) enum Recovery {
    /// An address to send a code to.
    Address,
    /// The code, from a mail that nobody sends here.
    Mail,
    /// What an administrator handed out.
    HandedOut(Way),
}

/// Whose it is, and how to prove that.
#[derive(Clone)]
pub(super) struct Way {
    pub(super) identity: Uuid,
    pub(super) proof: Proof,
    used: bool,
    tries: u32,
}

#[derive(Clone)]
pub(super) enum Proof {
    Code(String),
    Link(String),
}

/// What came of a code.
pub(super) enum Tried {
    Right,
    Wrong,
    /// Right, and used before, or one more than may be tried.
    TooLate,
}

impl Way {
    /// Six digits.
    pub(super) fn code(identity: Uuid) -> Way {
        let code = rand::rng().random_range(0..1_000_000);
        Way::new(identity, Proof::Code(format!("{code:06}")))
    }

    pub(super) fn link(identity: Uuid) -> Way {
        Way::new(identity, Proof::Link(Alphanumeric.sample_string(&mut rand::rng(), 32)))
    }

    fn new(identity: Uuid, proof: Proof) -> Way {
        Way { identity, proof, used: false, tries: 0 }
    }

    /// Uses a code.
    pub(super) fn try_code(&mut self, typed: &str) -> Tried {
        self.tries += 1;
        if self.tries > TRIES {
            return Tried::TooLate;
        }
        match &self.proof {
            Proof::Code(code) if code == typed && self.used => Tried::TooLate,
            Proof::Code(code) if code == typed => {
                self.used = true;
                Tried::Right
            }
            _ => Tried::Wrong,
        }
    }

    /// Uses a link; false if it is another one, or was used before.
    pub(super) fn follow(&mut self, token: &str) -> bool {
        let is_right = !self.used && matches!(&self.proof, Proof::Link(known) if known == token);
        self.used |= is_right;
        is_right
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_good_once_and_for_five_tries() {
        let mut way = Way::code(Uuid::nil());
        let Proof::Code(code) = way.proof.clone() else { panic!("no code") };
        assert!(matches!(way.try_code("no"), Tried::Wrong));
        assert!(matches!(way.try_code(&code), Tried::Right));
        assert!(matches!(way.try_code(&code), Tried::TooLate));
        let mut way = Way::code(Uuid::nil());
        for _ in 0..TRIES {
            assert!(matches!(way.try_code("no"), Tried::Wrong));
        }
        let Proof::Code(code) = way.proof.clone() else { panic!("no code") };
        assert!(matches!(way.try_code(&code), Tried::TooLate));
    }

    #[test]
    fn a_link_is_good_once() {
        let mut way = Way::link(Uuid::nil());
        let Proof::Link(token) = way.proof.clone() else { panic!("no link") };
        assert!(!way.follow("no"));
        assert!(way.follow(&token));
        assert!(!way.follow(&token));
    }
}
