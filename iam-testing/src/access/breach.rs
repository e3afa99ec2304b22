//! What came of an attack.

use std::fmt;

use iam_core::policy::MatrixRow;

use super::plan::Attempt;
use crate::shell::quoted;

/// An attack that got nobody in who must not get in.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Report {
    /// How many requests were sent.
    pub requests: usize,
    /// How many routes were tried.
    pub routes: usize,
    /// Routes that no policy guards; they were left alone.
    pub unguarded: Vec<MatrixRow>,
    /// Guarded routes that nobody among the callers may call, as far as can be told: that they refuse everybody
    /// proves less. So it is of all routes with a permission.
    pub closed: Vec<MatrixRow>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} requests to {} routes: nobody got in who must not", self.requests, self.routes)?;
        for row in &self.unguarded {
            write!(f, "\nleft alone, since nothing guards it: {row}")?;
        }
        self.closed.iter().try_for_each(|row| write!(f, "\nopen to none of the callers: {row}"))
    }
}

/// A wrong answer.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Breach {
    /// The route, as reviewed.
    pub row: MatrixRow,
    /// With what it was asked.
    pub what: String,
    /// The answer's status.
    pub status: u16,
    /// What is right.
    pub wanted: &'static str,
    /// The same request for a shell; it holds the credential.
    pub curl: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { row, what, status, wanted, curl } = self;
        let route = row.to_string();
        let route = route.trim_start_matches(['!', ' ']);
        write!(f, "{route}\n  with {what}: {status}; expected {wanted}\n  {curl}")
    }
}

/// An attack that found a wrong answer, or could not be made.
#[non_exhaustive]
pub enum AttackFailure {
    /// Somebody got in who must not, or nobody did.
    Breached {
        /// How many requests were sent.
        requests: usize,
        /// Each wrong answer.
        breaches: Vec<Breach>,
    },
    /// The application did not answer.
    NoAnswer {
        /// Why.
        problem: String,
        /// The request for a shell.
        curl: String,
    },
    /// The application's address is none.
    Address {
        /// What was given.
        url: String,
        /// What is wrong with it.
        problem: String,
    },
    /// There is no credential of these tenants.
    NoCredential {
        /// Their names.
        tenants: Vec<String>,
    },
    /// A route's host decides between tenants, and there is no host of these.
    NoHost {
        /// Their names.
        tenants: Vec<String>,
    },
    /// The reviewed file has no route to attack.
    NoRoutes,
}

/// More than anybody reads.
const SHOWN: usize = 20;

impl fmt::Display for AttackFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Breached { requests, breaches } => {
                write!(f, "{} of {requests} requests were answered wrongly:", breaches.len())?;
                breaches.iter().take(SHOWN).try_for_each(|breach| write!(f, "\n\n{breach}"))?;
                match breaches.len().checked_sub(SHOWN) {
                    Some(more @ 1..) => write!(f, "\n\nand {more} more"),
                    _ => Ok(()),
                }
            }
            Self::NoAnswer { problem, curl } => write!(f, "the application did not answer: {problem}\n  {curl}"),
            Self::Address { url, problem } => write!(f, "`{url}` is no address of an application: {problem}"),
            Self::NoCredential { tenants } => {
                let tenants = tenants.join("`, `");
                write!(f, "no credential of `{tenants}` was given, so nothing is known of its routes and of others'")
            }
            Self::NoHost { tenants } => {
                let tenants = tenants.join("`, `");
                write!(f, "no host of `{tenants}` was given, and some route's host decides between tenants")
            }
            Self::NoRoutes => f.write_str("the reviewed access matrix has no route to attack"),
        }
    }
}

/// As `Display`: it is what `unwrap` and `?` in a test print.
impl fmt::Debug for AttackFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for AttackFailure {}

/// The request for a shell.
pub(super) fn curl(base: &str, attempt: &Attempt) -> String {
    let method = match &*attempt.method {
        "HEAD" => "--head".to_owned(),
        method => format!("-i -X {method}"),
    };
    let headers = attempt.headers().map(|(name, value)| format!(" -H {}", quoted(&format!("{name}: {value}"))));
    let url = quoted(&format!("{base}{}", attempt.path));
    // curl would tidy the path up otherwise.
    format!("curl --path-as-is {method}{} {url}", headers.collect::<String>())
}
