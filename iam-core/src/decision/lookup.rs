//! From a credential to a principal: one upstream call however many ask, unless they want
//! an answer that is fresher than the call.

use std::sync::Arc;
use std::time::Duration;

use super::tenant::carried_on;
use super::{Failure, Reason, TenantState, token};
use crate::cache::{Asked, Boarding, CredentialSort, Digest, Flight, Gone, Peeked, Ticket};
use crate::config::{HydraSettings, KratosSettings, TokenVerification};
use crate::credential::Credential;
use crate::error::{Product, UpstreamFault};
use crate::ory::is_verifiable;
use crate::principal::User;
use crate::upstream::{Introspection, Readiness, SessionCredential, SessionRecord, Trace, Whoami};
use crate::{Principal, Secret};

/// Whose is this credential?
pub(super) struct Question {
    sort: CredentialSort,
    text: Secret,
    digest: Digest,
    trace: Trace,
}

impl Question {
    pub(super) fn new(credential: Credential<'_>, digest: Digest, trace: Trace) -> Self {
        Self { sort: credential.sort(), text: Secret::new(credential.text()), digest, trace }
    }

    /// The answer to it that needs no look-up.
    pub(super) async fn verified(self, tenant: &TenantState) -> Result<Arc<Principal>, Failure> {
        let principal = tenant.of_token(tenant.upstream.verify_token(&self.trace, &self.text).await?)?;
        // It is not remembered, as it is as quickly found again; but Ory, asked about it soon, is not to log it
        // out by being down.
        tenant.answers.saw(self.digest);
        Ok(Arc::new(principal))
    }

    /// The look-up of it, begun at most `fresh` ago.
    pub(super) fn join(&self, tenant: &Arc<TenantState>, fresh: Option<Duration>) -> Flight {
        let Self { sort, digest, .. } = *self;
        let panicked = tenant.fault(product(sort), UpstreamFault::Panicked).into();
        let boarding = Boarding { now: tenant.clock.monotonic(), fresh };
        tenant.flights.join(digest, boarding, panicked, |ticket| {
            look_up(Arc::clone(tenant), sort, self.text.clone(), digest, self.trace.clone(), ticket, boarding)
        })
    }
}

fn product(sort: CredentialSort) -> Product {
    if sort == CredentialSort::AccessToken { Product::Hydra } else { Product::Kratos }
}

/// Asks the shared cache, if there is one, and then Ory.
async fn look_up(
    tenant: Arc<TenantState>,
    sort: CredentialSort,
    credential: Secret,
    digest: Digest,
    trace: Trace,
    ticket: Arc<Ticket>,
    boarding: Boarding,
) -> Result<Arc<Principal>, Failure> {
    // Another look-up may have landed after this request found nothing remembered and
    // before it could join: what that one remembered is not asked for again.
    match tenant.answers.peek(digest, boarding.fresh) {
        Peeked::Good(principal) => return Ok(principal),
        Peeked::Bad => return Err(remembered_refusal(sort).into()),
        Peeked::Unknown => {}
    }
    let product = product(sort);
    let recent = tenant.answers.recently_accepted(digest);
    let slots = if product == Product::Hydra { &tenant.tokens_in_flight } else { &tenant.sessions_in_flight };
    let _slot = slots.take(recent).ok_or_else(|| tenant.fault(product, UpstreamFault::Saturated))?;
    // Another process' answer may be as old as the cache keeps any.
    if let Some(shared) = &tenant.shared
        && boarding.fresh.is_none()
        && let Some((principal, ago)) = shared.load(sort, credential.expose()).await
    {
        let principal = Arc::new(principal);
        // Not if Ory was asked since, and said no.
        if ticket.remember(|| tenant.answers.accept(digest, &principal, Asked::Elsewhere(ago))) != Some(false) {
            return Ok(principal);
        }
    }
    let asked_at = tenant.clock.wall();
    let principal = match tenant.ask(sort, &credential, &trace).await {
        Ok(principal) => Arc::new(principal),
        Err(Answer::Rejected(reason)) => {
            // Ory answers the same when it is down: for who was just let in, look twice.
            if recent && tenant.settings.outage_guard && tenant.readiness(product).await == Readiness::NotReady {
                return Err(tenant.fault(product, UpstreamFault::NotReady).into());
            }
            ticket.remember(|| tenant.answers.remember_refusal(digest, boarding.now));
            if let Some(gone) = tenant.answers.refuse(digest, boarding.now) {
                tenant.ended_elsewhere(&gone).await;
            }
            return Err(reason.into());
        }
        Err(Answer::Failed(failure)) => return Err(failure),
    };
    ticket.remember(|| tenant.answers.accept(digest, &principal, Asked::Here(boarding.now)));
    if tenant.shared.is_some() && ticket.is_current() {
        save(Arc::clone(&tenant), sort, credential, Arc::clone(&principal), asked_at, ticket).await;
    }
    Ok(principal)
}

/// Keeps a principal in the shared cache, also if whoever asked has left meanwhile.
fn save(
    tenant: Arc<TenantState>,
    sort: CredentialSort,
    credential: Secret,
    principal: Arc<Principal>,
    asked_at: Duration,
    ticket: Arc<Ticket>,
) -> impl Future<Output = ()> {
    carried_on(async move {
        let Some(shared) = &tenant.shared else { return };
        shared.save(sort, credential.expose(), &principal, asked_at).await;
        // Something was evicted meanwhile, perhaps this: better forgotten twice.
        if !ticket.is_current() {
            shared.forget(Gone::Identity(principal.id())).await;
        }
    })
}

/// What a remembered refusal was for: of sessions and of tokens there is one definite refusal each.
pub(super) fn remembered_refusal(sort: CredentialSort) -> Reason {
    if sort == CredentialSort::AccessToken { Reason::Inactive } else { Reason::RejectedByTenant }
}

/// How a look-up ends without a principal.
enum Answer {
    /// Ory's own, definite refusal.
    Rejected(Reason),
    /// Everything else; never remembered.
    Failed(Failure),
}

impl<F: Into<Failure>> From<F> for Answer {
    fn from(failure: F) -> Self {
        Self::Failed(failure.into())
    }
}

impl TenantState {
    async fn ask(&self, sort: CredentialSort, credential: &Secret, trace: &Trace) -> Result<Principal, Answer> {
        let credential = credential.clone();
        match sort {
            CredentialSort::Cookie => self.session(trace, SessionCredential::Cookie(credential)).await,
            CredentialSort::SessionToken => self.session(trace, SessionCredential::Token(credential)).await,
            CredentialSort::AccessToken => self.token(trace, credential).await,
        }
    }

    async fn session(&self, trace: &Trace, credential: SessionCredential) -> Result<Principal, Answer> {
        let tenant = self.settings.name;
        match self.upstream.whoami(trace, &credential).await? {
            Whoami::Rejected => Err(Answer::Rejected(Reason::RejectedByTenant)),
            Whoami::SecondFactorRequired { redirect_to } => {
                let url = redirect_to.filter(|url| is_own_step_up(url, &self.settings.kratos));
                Err(Failure::StepUp(Reason::SecondFactor, url.map(String::into_boxed_str)).into())
            }
            Whoami::Session(session) => {
                self.alive(&session)?;
                Ok(Principal::User(User::from_session(tenant, *session, self.settings.trust_traits_roles)))
            }
        }
    }

    /// Only an active, unexpired session of an active identity authenticates.
    fn alive(&self, session: &SessionRecord) -> Result<(), Reason> {
        let now = i128::try_from(self.clock.wall().as_nanos()).unwrap_or(i128::MAX);
        if session.expires_at.unix_timestamp_nanos() <= now {
            return Err(Reason::Expired);
        }
        if !session.active || session.identity.state != "active" {
            return Err(Reason::Inactive);
        }
        Ok(())
    }

    async fn token(&self, trace: &Trace, token: Secret) -> Result<Principal, Answer> {
        self.hydra()?;
        let introspection = self.upstream.introspect(trace, &token).await?;
        if !introspection.active {
            return Err(Answer::Rejected(Reason::Inactive));
        }
        Ok(self.of_token(introspection)?)
    }

    /// Whether a token shows by itself whether it is good.
    pub(super) fn verifies_here(&self, credential: Credential<'_>) -> bool {
        let hydra = self.settings.hydra.as_ref().filter(|_| credential.sort() == CredentialSort::AccessToken);
        hydra.is_some_and(|hydra| hydra.verification == TokenVerification::Local) && is_verifiable(credential.text())
    }

    fn of_token(&self, introspection: Introspection) -> Result<Principal, Failure> {
        let now = i64::try_from(self.clock.wall().as_secs()).unwrap_or(i64::MAX);
        token::principal(self.settings.name, self.hydra()?, introspection, now)
    }

    fn hydra(&self) -> Result<&HydraSettings, Failure> {
        // Start-up refuses a policy that its tenant cannot serve; what is left
        // is a handler mounted past that check.
        let absent = || self.fault(Product::Hydra, UpstreamFault::Unreadable("no hydra is configured")).into();
        self.settings.hydra.as_ref().ok_or_else(absent)
    }
}

/// A step-up URL is handed on only if it lies in the tenant's own self-service pages.
fn is_own_step_up(url: &str, kratos: &KratosSettings) -> bool {
    let Ok(url) = url::Url::parse(url) else { return false };
    let own = &kratos.browser_url;
    let prefix = format!("{}/self-service/", own.path().trim_end_matches('/'));
    url.origin() == own.origin()
        && url.origin().is_tuple()
        && url.username().is_empty()
        && url.password().is_none()
        && url.path().starts_with(&prefix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::testing::settings;

    #[test]
    fn step_up_stays_on_the_tenants_own_pages() {
        let kratos = settings().kratos;
        assert!(is_own_step_up("https://auth.example/self-service/login/browser?aal=aal2", &kratos));
        for foreign in [
            "https://evil.example/self-service/login/browser?aal=aal2",
            "http://auth.example/self-service/login/browser",
            "https://auth.example:8443/self-service/login/browser",
            "https://auth.example@evil.example/self-service/login",
            "https://user@auth.example/self-service/login",
            "https://auth.example.evil.example/self-service/login",
            "https://auth.example/logout",
            "https://auth.example/self-service/../admin",
            "javascript:alert(1)",
            "/self-service/login/browser",
            "",
        ] {
            assert!(!is_own_step_up(foreign, &kratos), "{foreign}");
        }
    }
}
