//! What a route makes of a principal, demand by demand: for development and tests.

use std::fmt;
use std::time::Duration;

use super::text::{AAL, SECONDS, SESSION_AGE, bare};
use super::{AccessMatrix, Exposure, MatrixCredential, MatrixRow};
use crate::Principal;

/// What a route makes of a principal. Nobody is asked for it, so that what Keto or
/// the application would say stays open. As text by `Display`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Method and path.
    pub route: String,
    /// In the order in which the decision looks at them.
    pub demands: Vec<Explained>,
}

/// A demand, in the words of the access matrix, and what comes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// Such as `role platform:admin or platform:support`.
    pub demand: String,
    /// What comes of it.
    pub verdict: Verdict,
}

/// What comes of a demand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The principal meets it.
    Met,
    /// It does not: this is what it has instead.
    Missing(String),
    /// Somebody else has to be asked, while a request is there.
    Open(&'static str),
}

impl Explanation {
    /// The same, with the demand that somebody else, who was asked meanwhile, said no to.
    pub(crate) fn refused(mut self, demand: &str, instead: &str) -> Self {
        self.demands.push(Explained { demand: demand.to_owned(), verdict: Verdict::Missing(instead.to_owned()) });
        self
    }

    /// The demand that refuses the principal, if one does: the first that is not met.
    #[must_use]
    pub fn refused_by(&self) -> Option<&Explained> {
        self.demands.iter().find(|explained| matches!(explained.verdict, Verdict::Missing(_)))
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.route)?;
        for Explained { demand, verdict } in &self.demands {
            match verdict {
                Verdict::Met => write!(f, "\n  met      {demand}")?,
                Verdict::Missing(instead) => write!(f, "\n  MISSING  {demand}: {instead}")?,
                Verdict::Open(whom) => write!(f, "\n  open     {demand}: {whom} is asked")?,
            }
        }
        Ok(())
    }
}

impl AccessMatrix {
    /// What the route makes of this principal at this time (since 1970-01-01 UTC, as
    /// [`Clock::wall`](crate::Clock::wall) has it); none if no such route is mounted.
    /// The path is the route's template, as the matrix has it.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use iam_core::policy::AccessMatrix;
    ///
    /// let matrix: AccessMatrix = "  GET /report  admin: session, role auditor or chief\n".parse()?;
    /// let explanation = matrix.explain("GET", "/report", None, Duration::ZERO).unwrap();
    /// assert_eq!(explanation.refused_by().unwrap().demand, "admin: session");
    /// assert_eq!(explanation.to_string(), "GET /report\n  MISSING  admin: session: nobody is authenticated");
    /// # Ok::<_, iam_core::policy::UnreadableMatrix>(())
    /// ```
    #[must_use]
    pub fn explain(
        &self,
        method: &str,
        path: &str,
        principal: Option<&Principal>,
        now: Duration,
    ) -> Option<Explanation> {
        let takes = |own: &str| self.rows.iter().find(|row| row.path == path && row.method == own);
        // A `GET` handler answers `HEAD` where no other does.
        let as_get = || if method == "HEAD" { takes("GET") } else { None };
        let row = takes(method).or_else(as_get).or_else(|| takes("*"))?;
        Some(row.explain(principal, now))
    }
}

impl MatrixRow {
    /// What this route makes of a principal at this time (since 1970-01-01 UTC).
    #[must_use]
    pub fn explain(&self, principal: Option<&Principal>, now: Duration) -> Explanation {
        let mut demands = vec![Explained { demand: self.who(), verdict: self.admits(principal, now) }];
        if let (Exposure::Guarded, Some(principal), Verdict::Met) = (self.exposure, principal, &demands[0].verdict) {
            let mut add = |demand, verdict| demands.push(Explained { demand, verdict });
            self.explain_scopes(principal, &mut add);
            self.explain_roles(principal, &mut add);
            self.explain_session(principal, now, &mut add);
            for permission in &self.permissions {
                add(format!("permission {}", bare(permission)), Verdict::Open("Keto"));
            }
            for check in &self.checks {
                add(format!("check {}", bare(check)), Verdict::Open("the application"));
            }
        }
        Explanation { route: format!("{} {}", self.method, self.path), demands }
    }

    /// Whether this kind of principal, of its tenant, is let in at all.
    fn admits(&self, principal: Option<&Principal>, now: Duration) -> Verdict {
        let (Exposure::Guarded, Some(credential)) = (self.exposure, self.credential) else { return Verdict::Met };
        let Some(principal) = principal else {
            let nobody = || Verdict::Missing("nobody is authenticated".into());
            return if credential.is_optional() { Verdict::Met } else { nobody() };
        };
        let is_kind = match principal {
            Principal::User(_) => !matches!(credential, MatrixCredential::Machine | MatrixCredential::Delegated),
            Principal::Machine(_) => {
                matches!(credential, MatrixCredential::Machine | MatrixCredential::SessionOrMachine)
            }
            Principal::Delegate(_) => credential == MatrixCredential::Delegated,
        };
        if !self.tenants.iter().any(|tenant| tenant == principal.tenant()) {
            Verdict::Missing(format!("this is a {} of {}", principal.kind(), principal.tenant()))
        } else if !is_kind {
            Verdict::Missing(format!("this is a {}", principal.kind()))
        } else if principal.expires_at().unix_timestamp() <= now.as_secs() as i64 {
            Verdict::Missing(format!("it ended at {}", principal.expires_at()))
        } else {
            Verdict::Met
        }
    }

    fn explain_scopes(&self, principal: &Principal, add: &mut dyn FnMut(String, Verdict)) {
        let granted = principal.delegate().map(|delegate| delegate.scopes.as_slice()).unwrap_or_default();
        for scope in &self.scopes {
            let is_met = granted.contains(scope);
            add(format!("scope {}", bare(scope)), verdict(is_met, || list("granted", granted)));
        }
    }

    fn explain_roles(&self, principal: &Principal, add: &mut dyn FnMut(String, Verdict)) {
        for roles in &self.roles {
            let is_met = roles.holds(&|role| principal.has_role(role));
            add(format!("role {roles}"), verdict(is_met, || list("has", principal.roles())));
        }
    }

    fn explain_session(&self, principal: &Principal, now: Duration, add: &mut dyn FnMut(String, Verdict)) {
        let user = principal.user();
        if self.aal > 1 {
            let level = user.map(|user| &*user.assurance_level);
            let is_met = user.is_some_and(|user| user.level() >= self.aal);
            add(format!("{AAL}{}", self.aal), verdict(is_met, || format!("has {}", level.unwrap_or("no session"))));
        }
        if let Some(allowed) = self.max_session_age_s {
            let age = user.and_then(|user| user.session_age(now));
            let is_met = age.is_some_and(|age| age <= allowed as f64);
            let instead = || age.map_or("nobody knows its age".into(), |age| format!("is {age:.0} s old"));
            add(format!("{SESSION_AGE}{allowed}{SECONDS}"), verdict(is_met, instead));
        }
    }
}

fn verdict(is_met: bool, instead: impl FnOnce() -> String) -> Verdict {
    if is_met { Verdict::Met } else { Verdict::Missing(instead()) }
}

fn list(what: &str, names: &[String]) -> String {
    let names: Vec<_> = names.iter().map(|name| bare(name)).collect();
    if names.is_empty() { format!("{what} none") } else { format!("{what} {}", names.join(", ")) }
}
