//! THE function: a policy and a view of the request give a principal or a refusal.
//!
//! In this order, and nowhere else: the credential, the origin of a cookie, the
//! session or token, the tenant, the roles, the session's strength and age, the
//! path parameters, the permissions, the application's own checks.
//! A cached answer is given at once; everything else is a future that owns what
//! it needs.

mod lookup;
mod refusal;
mod tenant;
mod token;
mod verdict;

pub use crate::reason::Reason;
pub use refusal::Refusal;

pub(crate) use refusal::{VARY_ON_ANY, vary};
pub(crate) use tenant::TenantState;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::Principal;
use crate::audit::{self, Auditor, Facts};
use crate::cache::Peeked;
use crate::context::{self, RequestContext};
use crate::credential::{self, Credential};
use crate::error::{Product, UpstreamFault};
use crate::policy::{CredentialKind, MatrixRow, Rules};
use crate::presence::Presence;
use crate::reason::Failure;
use crate::request::{RequestId, RequestSnapshot, RequestView};
use crate::upstream::Trace;
use lookup::Question;

/// What came of a decision: the context for the handler, or a refusal.
pub type Outcome = Result<RequestContext, Box<Refusal>>;

/// A decision, made or under way.
pub enum Decision {
    /// Made: from the request alone, or from memory.
    Now(Outcome),
    /// Under way: Ory is being asked.
    Later(BoxFuture<'static, Outcome>),
}

impl std::fmt::Debug for Decision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Now(outcome) => f.debug_tuple("Now").field(outcome).finish(),
            Self::Later(_) => f.write_str("Later(..)"),
        }
    }
}

/// As old as an answer may be that has to be asked for now.
const NOW: Duration = Duration::ZERO;

type Found = Result<Option<Arc<Principal>>, Denied>;

/// A refusal, with who was refused if that is known.
struct Denied {
    failure: Failure,
    principal: Option<Arc<Principal>>,
}

impl<F: Into<Failure>> From<F> for Denied {
    fn from(failure: F) -> Self {
        Self { failure: failure.into(), principal: None }
    }
}

pub(crate) fn decide(tenant: &Arc<TenantState>, rules: &'static Rules, view: &dyn RequestView) -> Decision {
    let case = Case::open(tenant, rules, view);
    // Parts of the user's own (clock, object function) may panic: then nobody can tell.
    match catch_unwind(AssertUnwindSafe(|| case.look(view))) {
        Ok(Step::Done(found)) => Decision::Now(case.close(found, || Facts::of(case.request_id, view))),
        Ok(Step::Ask(asking)) => {
            let facts = Facts::of(case.request_id, view);
            Decision::Later(Box::pin(async move {
                let found = AssertUnwindSafe(asking).catch_unwind().await;
                case.close(found.unwrap_or_else(|_| Err(case.panicked().into())), || facts)
            }))
        }
        Err(_) => Decision::Now(case.close(Err(case.panicked().into()), || Facts::of(case.request_id, view))),
    }
}

/// Refuses a request whose host leads to none of the policy's tenants.
pub(crate) fn refuse_host(auditor: &Auditor, reason: Reason, vary: &'static str, view: &dyn RequestView) -> Decision {
    let (request_id, _) = context::origin(view);
    auditor.refused(audit::NO_TENANT, || Facts::of(request_id, view), None, &reason.into());
    Decision::Now(Err(Refusal::without_tenant(reason, request_id, vary)))
}

enum Step {
    Done(Found),
    Ask(BoxFuture<'static, Found>),
}

/// One request under one policy.
struct Case {
    tenant: Arc<TenantState>,
    rules: &'static Rules,
    request_id: RequestId,
    traceparent: Option<Box<str>>,
    /// Departures from here on concern whoever is let in.
    since: u64,
}

impl Case {
    fn open(tenant: &Arc<TenantState>, rules: &'static Rules, view: &dyn RequestView) -> Self {
        let (request_id, traceparent) = context::origin(view);
        let since = tenant.departures.now();
        Self { tenant: Arc::clone(tenant), rules, request_id, traceparent, since }
    }

    fn look(&self, view: &dyn RequestView) -> Step {
        let tenant = &self.tenant;
        let credential = match credential::read(self.rules.credential, &tenant.settings, view) {
            Ok(Some(credential)) => credential,
            Ok(None) => {
                tenant.hint_at_foreign_cookie(self.rules.credential, view);
                return Step::Done(self.without_credential());
            }
            Err(reason) => return Step::Done(Err(reason.into())),
        };
        let is_cookie = matches!(credential, Credential::Cookie(_));
        if is_cookie && !credential::check_csrf(&tenant.settings, &tenant.proxies, view) {
            return Step::Done(Err(Reason::Csrf.into()));
        }
        let digest = tenant.digester.digest(&credential);
        let mut fresh = self.rules.strictest_freshness();
        // What Ory was not asked is no fresh answer.
        let verified_here = fresh.is_none() && tenant.verifies_here(credential);
        match tenant.answers.peek(digest, fresh) {
            Peeked::Good(principal) => match verdict::of_principal(tenant, self.rules, Arc::clone(&principal)) {
                // Who steps up does it with the same session: memory may be older than that.
                Err(Denied { failure: Failure::StepUp(..), .. }) => fresh = tenant.answers.age(digest).or(Some(NOW)),
                Ok(_) if self.rules.reads_request() => {
                    let (tenant, snapshot) = (Arc::clone(tenant), self.snapshot(view));
                    return Step::Ask(Box::pin(verdict::whole(tenant, self.rules, principal, snapshot, self.trace())));
                }
                verdict => return Step::Done(verdict),
            },
            // What Ory said where a fresh answer was wanted counts there.
            Peeked::Bad if !verified_here => return Step::Done(self.rejected(credential)),
            Peeked::Bad | Peeked::Unknown => {}
        }
        let question = Question::new(credential, digest, self.trace());
        if verified_here {
            let (tenant, rules, trace) = (Arc::clone(tenant), self.rules, self.trace());
            let snapshot = self.snapshot(view);
            return Step::Ask(Box::pin(async move {
                let principal = question.verified(&tenant).await?;
                verdict::whole(tenant, rules, principal, snapshot, trace).await
            }));
        }
        let flight = question.join(tenant, fresh);
        let (tenant, rules, trace) = (Arc::clone(tenant), self.rules, self.trace());
        let snapshot = self.snapshot(view);
        let stale = self.stale_is_anonymous(is_cookie);
        Step::Ask(Box::pin(async move {
            let mut answer = flight.await;
            // What another process remembers may be older than a step up, too.
            if fresh.is_none()
                && tenant.shared.is_some()
                && let Ok(principal) = &answer
                && let Err(Denied { failure: Failure::StepUp(..), .. }) =
                    verdict::of_principal(&tenant, rules, Arc::clone(principal))
            {
                answer = question.join(&tenant, Some(NOW)).await;
            }
            match answer {
                Ok(principal) => verdict::whole(tenant, rules, principal, snapshot, trace).await,
                Err(Failure::Refused(Reason::RejectedByTenant)) if stale => Ok(None),
                Err(failure) => Err(failure.into()),
            }
        }))
    }

    fn without_credential(&self) -> Found {
        match self.rules.credential {
            CredentialKind::OptionalSession { .. } => Ok(None),
            _ => Err(Reason::Missing.into()),
        }
    }

    fn rejected(&self, credential: Credential<'_>) -> Found {
        if self.stale_is_anonymous(matches!(credential, Credential::Cookie(_))) {
            return Ok(None);
        }
        Err(lookup::remembered_refusal(credential.sort()).into())
    }

    /// `#[optional_session(stale = "anonymous")]` forgives a rejected cookie, and only that.
    fn stale_is_anonymous(&self, is_cookie: bool) -> bool {
        is_cookie && self.rules.credential == CredentialKind::OptionalSession { stale_is_anonymous: true }
    }

    fn trace(&self) -> Trace {
        Trace { request_id: self.request_id, traceparent: self.traceparent.clone() }
    }

    fn snapshot(&self, view: &dyn RequestView) -> Option<RequestSnapshot> {
        self.rules.reads_request().then(|| RequestSnapshot {
            method: view.method().into(),
            route: view.route().map(Into::into),
            request_id: self.request_id,
            parameters: view.path_parameters(),
        })
    }

    /// Emits the decision's one event and makes its outcome.
    fn close(&self, found: Found, facts: impl FnOnce() -> Facts) -> Outcome {
        let tenant = &self.tenant;
        match found {
            Ok(principal) => {
                tenant.auditor.allowed(tenant.settings.name, facts, principal.as_deref());
                let presence =
                    principal.clone().map(|principal| Presence::new(Arc::clone(tenant), principal, self.since));
                Ok(RequestContext {
                    presence,
                    principal,
                    tenant: Some(tenant.settings.name),
                    request_id: self.request_id,
                    traceparent: self.traceparent.clone(),
                })
            }
            Err(Denied { failure, principal }) => {
                let facts = facts();
                // Both read the clock, which may be what panicked.
                let _ = catch_unwind(AssertUnwindSafe(|| {
                    self.explain(&facts, principal.as_deref(), &failure);
                    tenant.alert_on_refused_credential(&failure);
                }));
                tenant.auditor.refused(tenant.settings.name, || facts, principal.as_deref(), &failure);
                Err(Refusal::new(failure, self.rules.credential, &tenant.settings, self.request_id))
            }
        }
    }

    /// While an application is being developed, its log says which demand refused a request.
    /// The answer never does, and a release build not even looks.
    fn explain(&self, facts: &Facts, principal: Option<&Principal>, failure: &Failure) {
        if cfg!(debug_assertions) && tracing::enabled!(target: "iam::explain", tracing::Level::DEBUG) {
            let (method, route) = facts.route();
            let row = MatrixRow::of_rules(method, route, vec![self.tenant.settings.name.into()], self.rules);
            let explanation = row.explain(principal, self.tenant.clock.wall());
            let explanation = match failure {
                Failure::Demand(Reason::Permission, permission) => explanation.refused(permission, "Keto says no"),
                Failure::Demand(Reason::Check, check) => {
                    let (name, why) = check.split_once(": ").unwrap_or((check, "it says no"));
                    explanation.refused(&format!("check {name}"), why)
                }
                _ => explanation,
            };
            tracing::debug!(target: "iam::explain", reason = failure.reason().name(), "{explanation}");
        }
    }

    fn panicked(&self) -> Failure {
        let product = if self.rules.credential.takes_sessions() { Product::Kratos } else { Product::Hydra };
        self.tenant.fault(product, UpstreamFault::Panicked).into()
    }
}
