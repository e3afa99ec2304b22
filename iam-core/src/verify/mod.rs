//! What start-up can find out about the Ory servers, apart from building, which never asks them.
//!
//! A wrong issuer refuses every token, a wrong namespace denies every permission, both without
//! an error anywhere: [`Iam::verify_upstreams`] asks each tenant's servers and tells every
//! difference at once. What it asks changes nothing there:
//!
//! | product | asked | told |
//! |---|---|---|
//! | Kratos | `GET /sessions/whoami` without a credential, `GET /health/ready` | it is no Kratos, or not ready |
//! | | an identity that nobody has, over the admin listener | the token is refused, it is no admin listener |
//! | Hydra | `GET /.well-known/openid-configuration` | another issuer than `hydra.issuer`, byte for byte |
//! | | `GET /.well-known/jwks.json`, where tokens are verified here | no key that verifies a token |
//! | | an introspection of a token that nobody issued | the token is refused, it is no admin listener |
//! | Keto | `GET /namespaces` | no namespace of a name that mounted policies demand |
//! | | a check of each relation that they demand, for nobody | the namespace has no such relation |
//! | | no changes, over the write listener | the token is refused, it is no write listener |
//!
//! The session cookie's name cannot be had from Kratos without somebody's session: a request that
//! carries another project's cookie is told in the log instead.

mod demanded;
mod problem;

use futures_util::future::join_all;
use futures_util::join;

pub use demanded::Demanded;
pub use problem::{Difference, Finding, Unverified, UpstreamProblem};

use crate::config::{KetoSettings, TenantSettings};
use crate::ory::{Keto, Ory};
use crate::upstream::Trace;
use crate::{Iam, Product, RequestId, Tenant};

impl<T: Tenant> Iam<T> {
    /// Asks every tenant's Ory servers whether they are as configured: reachable, of the
    /// configured issuer, with the namespaces and relations that mounted policies demand.
    ///
    /// Call it once the routes are mounted: what policies demand is known from then on. An
    /// outage is a problem as well, and the caller's to weigh; see [`Unverified::is_outage`].
    ///
    /// ```no_run
    /// # use iam_core::{Iam, Tenant};
    /// # async fn start<T: Tenant>(iam: Iam<T>) -> Result<(), Box<dyn std::error::Error>> {
    /// match iam.verify_upstreams().await {
    ///     Err(unverified) if unverified.is_outage() => tracing::warn!("{unverified}"),
    ///     verified => verified?,
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// The servers are the configuration's, also where [`IamBuilder::upstream`](crate::IamBuilder::upstream)
    /// put something in their place.
    ///
    /// # Errors
    /// Every problem of every tenant and product. It holds no secret.
    pub async fn verify_upstreams(&self) -> Result<(), Unverified> {
        let tenants = T::ALL.iter().map(|&tenant| async move {
            let state = self.state(tenant);
            verify(&state.settings, &state.ory, &self.demanded(tenant)).await
        });
        Unverified::refuse(join_all(tenants).await.into_iter().flatten().collect())
    }
}

/// Asks one tenant's servers: all products at once, in the order of the configuration's keys.
///
/// [`Iam::verify_upstreams`] without an [`Iam`], for tools that know their tenants at run time
/// only; see [`check_names`](crate::config::check_names).
pub async fn verify(settings: &TenantSettings, ory: &Ory, demanded: &Demanded) -> Vec<UpstreamProblem> {
    let trace = Trace { request_id: RequestId::generate(), traceparent: None };
    let (kratos, hydra, keto) = join!(
        of_kratos(settings, ory, &trace),
        of_hydra(settings, ory, &trace),
        of_keto(settings, ory, demanded, &trace),
    );
    [kratos, hydra, keto].concat()
}

async fn of_kratos(settings: &TenantSettings, ory: &Ory, trace: &Trace) -> Vec<UpstreamProblem> {
    let problem = UpstreamProblem::at(settings.name, Product::Kratos);
    let unusable = |key, url: &url::Url, fault| problem(key, Finding::unusable(url, fault));
    let (public, admin) = join!(ory.kratos.verify_public(trace), ory.kratos.verify_admin(trace));
    let mut problems = Vec::new();
    problems.extend(public.err().map(|fault| unusable("kratos.public_url", &settings.kratos.public.url, fault)));
    if let (Some(admin), Err(fault)) = (&settings.kratos.admin, admin) {
        problems.push(unusable("kratos.admin_url", &admin.url, fault));
    }
    problems
}

async fn of_hydra(settings: &TenantSettings, ory: &Ory, trace: &Trace) -> Vec<UpstreamProblem> {
    let (Some(configured), Some(hydra)) = (&settings.hydra, &ory.hydra) else { return Vec::new() };
    let problem = UpstreamProblem::at(settings.name, Product::Hydra);
    let (issuer, keys, admin) = join!(hydra.issuer(trace), hydra.verify_keys(trace), hydra.verify_admin(trace));
    let mut problems = Vec::new();
    match (&configured.public, issuer) {
        (None, _) | (_, Ok(None)) => tracing::warn!(
            target: "iam",
            tenant = settings.name,
            "without `hydra.public_url` the issuer cannot be compared with Hydra's own"
        ),
        (Some(public), Ok(Some(found))) if *found == *configured.issuer => {
            problems.extend(keys.err().map(|fault| problem("hydra.public_url", Finding::unusable(&public.url, fault))));
        }
        (Some(_), Ok(Some(found))) => {
            problems.push(problem("hydra.issuer", Finding::issuer(&found, &configured.issuer)));
        }
        (Some(public), Err(fault)) => {
            problems.push(problem("hydra.public_url", Finding::unusable(&public.url, fault)));
        }
    }
    if let (Some(admin), Err(fault)) = (&configured.admin, admin) {
        problems.push(problem("hydra.admin_url", Finding::unusable(&admin.url, fault)));
    }
    problems
}

async fn of_keto(settings: &TenantSettings, ory: &Ory, demanded: &Demanded, trace: &Trace) -> Vec<UpstreamProblem> {
    let (Some(configured), Some(keto)) = (&settings.keto, &ory.keto) else { return Vec::new() };
    let (mut problems, write) =
        join!(of_keto_read(settings.name, configured, keto, demanded, trace), keto.verify_write(trace));
    if let (Some(write), Err(fault)) = (&configured.write, write) {
        let problem = UpstreamProblem::at(settings.name, Product::Keto);
        problems.push(problem("keto.write_url", Finding::unusable(&write.url, fault)));
    }
    problems
}

async fn of_keto_read(
    tenant: &'static str,
    configured: &KetoSettings,
    keto: &Keto,
    demanded: &Demanded,
    trace: &Trace,
) -> Vec<UpstreamProblem> {
    let problem = UpstreamProblem::at(tenant, Product::Keto);
    let unusable = |fault| problem("keto.read_url", Finding::unusable(&configured.read.url, fault));
    let known = match keto.namespaces(trace).await {
        Ok(known) => known,
        Err(fault) => return vec![unusable(fault)],
    };
    let is_known = |name: &str| known.iter().any(|known| known == name);
    let token = configured.read.token.as_ref();
    let missing = demanded
        .namespaces()
        .filter(|(namespace, _)| !is_known(namespace))
        .map(|(namespace, by)| problem("keto.read_url", Finding::namespace(namespace, by, &known, token)));
    let mut problems: Vec<_> = missing.collect();
    for (namespace, relation, by) in demanded.relations().filter(|(namespace, ..)| is_known(namespace)) {
        match keto.has_relation(trace, namespace, relation).await {
            Ok(true) => {}
            Ok(false) => problems.push(problem(
                "keto.read_url",
                Finding::Relation { namespace: namespace.to_owned(), relation: relation.to_owned(), by: by.to_owned() },
            )),
            // Of a Keto that stops answering the rest is not known either.
            Err(fault) => {
                problems.push(unusable(fault));
                break;
            }
        }
    }
    problems
}
