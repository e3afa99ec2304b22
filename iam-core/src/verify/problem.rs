use std::fmt;

use url::Url;

use crate::config::wording;
use crate::{Product, Secret, UpstreamFault};

/// How many of Keto's namespaces a message names.
const NAMED: usize = 8;

/// Everything in which the Ory servers are not as configured.
///
/// Its `Display` is a heading and one line a problem, fit for a terminal and for a log: no
/// secret is in it, and of what servers sent only issuers and names of namespaces, escaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unverified {
    problems: Vec<UpstreamProblem>,
}

impl Unverified {
    /// Passes if there are no problems.
    ///
    /// # Errors
    /// All of them.
    pub fn refuse(problems: Vec<UpstreamProblem>) -> Result<(), Self> {
        if problems.is_empty() { Ok(()) } else { Err(Self { problems }) }
    }

    /// The problems: tenant by tenant, in the order of the enum.
    #[must_use]
    pub fn problems(&self) -> &[UpstreamProblem] {
        &self.problems
    }

    /// Whether servers could not be asked, and all that could be are as configured: trying
    /// again later makes sense.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        self.problems.iter().all(UpstreamProblem::is_outage)
    }
}

impl fmt::Display for Unverified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.len() {
            1 => f.write_str("the Ory servers are not as configured, there is a problem:")?,
            count => write!(f, "the Ory servers are not as configured, there are {count} problems:")?,
        }
        self.problems.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl std::error::Error for Unverified {}

/// One difference between a server and the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpstreamProblem {
    tenant: &'static str,
    product: Product,
    key: &'static str,
    finding: Finding,
}

impl UpstreamProblem {
    pub(super) fn at(tenant: &'static str, product: Product) -> impl Fn(&'static str, Finding) -> Self + Copy {
        move |key, finding| Self { tenant, product, key, finding }
    }

    /// Whose server.
    #[must_use]
    pub fn tenant(&self) -> &'static str {
        self.tenant
    }

    /// Which server.
    #[must_use]
    pub fn product(&self) -> Product {
        self.product
    }

    /// The configuration's key that the server does not agree with: `tenants.admin.hydra.issuer`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("tenants.{}.{}", self.tenant, self.key)
    }

    /// What is wrong.
    #[must_use]
    pub fn finding(&self) -> &Finding {
        &self.finding
    }

    /// Whether the server could not be asked, as opposed to saying something else than it should.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        use UpstreamFault as Fault;
        let Finding::Unusable { fault, .. } = &self.finding else { return false };
        match fault {
            Fault::NoConnection | Fault::TimedOut { .. } | Fault::NotReady | Fault::RateLimited { .. } => true,
            Fault::Status(status) => *status >= 500,
            _ => false,
        }
    }
}

impl fmt::Display for UpstreamProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}", self.path(), self.product, self.finding)
    }
}

/// What a server said, and what it should have said.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// No usable answer: an outage, a refused token, or another server than the key means.
    Unusable {
        /// Where it was asked.
        configured: String,
        /// What came of it.
        fault: UpstreamFault,
    },
    /// Another issuer than `hydra.issuer`, which is compared byte for byte.
    Issuer {
        /// Hydra's own, escaped and of bounded length.
        found: String,
        /// The configuration's.
        configured: String,
        /// Both from the first byte on in which they differ, and where that is.
        difference: Difference,
    },
    /// No namespace of this name: Keto would deny every permission in it.
    Namespace {
        /// The name.
        namespace: String,
        /// The first place that demands it: a route's path, or a file of namespaces.
        by: String,
        /// The namespaces that there are, the first few, escaped.
        found: Vec<String>,
        /// How many there are.
        count: usize,
        /// The one that was probably meant.
        nearest: Option<String>,
    },
    /// The namespace is there and has no such relation or permission: Keto would answer no check of it.
    Relation {
        /// The namespace.
        namespace: String,
        /// The relation.
        relation: String,
        /// The path of the first route that demands it.
        by: String,
    },
}

impl Finding {
    pub(super) fn unusable(configured: &Url, fault: UpstreamFault) -> Self {
        Self::Unusable { configured: configured.as_str().to_owned(), fault }
    }

    pub(super) fn issuer(found: &str, configured: &str) -> Self {
        let difference = Difference::between(found, configured);
        Self::Issuer { found: wording::shown(found), configured: wording::shown(configured), difference }
    }

    /// `token` is what Keto was asked with: a server that echoes it does not get it into a message.
    pub(super) fn namespace(namespace: &str, by: &str, found: &[String], token: Option<&Secret>) -> Self {
        let is_secret = |name: &&String| token.is_some_and(|token| name.contains(token.expose()));
        let named = found.iter().filter(|name| !is_secret(name));
        let nearest = wording::nearest(namespace, named.clone().map(String::as_str));
        Self::Namespace {
            namespace: namespace.to_owned(),
            by: by.to_owned(),
            nearest: nearest.map(wording::shown),
            found: named.take(NAMED).map(|name| wording::shown(name)).collect(),
            count: found.len(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unusable { configured, fault } => write!(f, "{fault}, configured `{configured}`"),
            Self::Issuer { found, configured, difference } => {
                write!(f, "calls itself {found}, configured {configured}: {difference}")
            }
            Self::Namespace { namespace, by, found, count, nearest } => {
                write!(f, "has no namespace `{namespace}`, which `{by}` demands; found ")?;
                match found.len() {
                    0 => f.write_str("none")?,
                    _ => f.write_str(&found.join(", "))?,
                }
                if *count > found.len() {
                    write!(f, " and {} more", count - found.len())?;
                }
                nearest.iter().try_for_each(|nearest| write!(f, ", nearest: {nearest}"))
            }
            Self::Relation { namespace, relation, by } => {
                write!(f, "has no relation `{relation}` in its namespace `{namespace}`, which `{by}` demands")
            }
        }
    }
}

/// Where two texts begin to differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The first byte that differs, counted from 0.
    pub at: usize,
    /// The server's rest from there on, escaped and of bounded length.
    pub found: String,
    /// The configuration's.
    pub configured: String,
}

impl Difference {
    fn between(found: &str, configured: &str) -> Self {
        let same = found.char_indices().zip(configured.chars()).find(|((_, one), other)| one != other);
        let at = same.map_or_else(|| found.len().min(configured.len()), |((at, _), _)| at);
        let rest = |text: &str| match text.get(at..) {
            None | Some("") => "nothing".to_owned(),
            Some(rest) => wording::shown(rest),
        };
        Self { at, found: rest(found), configured: rest(configured) }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "from byte {} on, {} and {}", self.at, self.found, self.configured)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_that_differ_are_named() {
        for (found, configured, meant) in [
            ("https://a.example", "https://a.example/", "from byte 17 on, nothing and `/`"),
            ("https://a.example/", "https://a.example", "from byte 17 on, `/` and nothing"),
            ("https://A.example/", "https://a.example/", "from byte 8 on, `A.example/` and `a.example/`"),
            ("http://a.example", "https://a.example", "from byte 4 on, `://a.example` and `s://a.example`"),
            ("", "x", "from byte 0 on, nothing and `x`"),
            ("\u{e9}a\u{202e}", "\u{e9}b", "from byte 2 on, `a\\u{202e}` and `b`"),
        ] {
            assert_eq!(Difference::between(found, configured).to_string(), meant, "{found:?} {configured:?}");
        }
    }

    #[test]
    fn a_namespace_that_is_missing_is_told_with_what_there_is() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let token = Secret::new("the-key");
        let said = |found: &[&str]| Finding::namespace("listing", "/l/{id}", &names(found), Some(&token)).to_string();
        let begin = "has no namespace `listing`, which `/l/{id}` demands; found ";
        assert_eq!(said(&[]), format!("{begin}none"));
        assert_eq!(said(&["orders", "listings"]), format!("{begin}`orders`, `listings`, nearest: `listings`"));
        assert_eq!(
            said(&["a", "b", "c", "d", "e", "f", "g", "h", "i"]).split("found ").last(),
            Some("`a`, `b`, `c`, `d`, `e`, `f`, `g`, `h` and 1 more")
        );
        assert_eq!(said(&["Bearer the-key", "x\ny"]), format!("{begin}`x\\ny` and 1 more"));
    }
}
