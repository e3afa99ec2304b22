//! Secrets from elsewhere: a vault, a cloud's secret manager.

use async_trait::async_trait;
use futures_util::future::join_all;

use super::keys::join;
use super::model::{IamConfig, TenantConfig};
use super::problem::Problem;
use super::settings::Mode;
use crate::Secret;

/// Where secrets come from that are neither in the file nor in the environment.
///
/// ```
/// use async_trait::async_trait;
/// use iam_core::Secret;
/// use iam_core::config::{SecretError, SecretSource};
///
/// struct Vault;
///
/// #[async_trait]
/// impl SecretSource for Vault {
///     async fn secret(&self, path: &str) -> Result<Option<Secret>, SecretError> {
///         match path {
///             "tenants.admin.kratos.admin_token" => Ok(Some(Secret::new("from the vault"))),
///             _ => Ok(None),
///         }
///     }
/// }
/// ```
#[async_trait]
pub trait SecretSource: Send + Sync {
    /// The secret of this key, such as `tenants.admin.kratos.admin_token`; `None` where there is none.
    ///
    /// # Errors
    /// When the source could not answer. The configuration then counts as faulty: it is not known
    /// whether the secret exists.
    async fn secret(&self, path: &str) -> Result<Option<Secret>, SecretError>;
}

/// A [`SecretSource`] could not answer. Its reason is fixed text, so that no answer of a vault ends in a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SecretError(&'static str);

impl SecretError {
    /// With a reason such as `the vault is sealed`.
    #[must_use]
    pub fn new(reason: &'static str) -> Self {
        Self(reason)
    }
}

impl IamConfig {
    /// Asks the source for the secrets that are still unset.
    ///
    /// What stands in the file or the environment wins and is not asked for; neither is a secret
    /// that would have no effect, such as the token of an admin listener that is not configured. A
    /// cloud project's API key is asked for last, where a product has no token of its own. All
    /// questions of a round are asked at once. A source that fails is reported by
    /// [`check`](super::check), with everything else.
    pub async fn resolve_secrets(&mut self, source: &dyn SecretSource) {
        self.ask(source, product_secrets).await;
        self.ask(source, project_key).await;
    }

    async fn ask(&mut self, source: &dyn SecretSource, wanted: fn(&mut TenantConfig) -> Vec<Wanted<'_>>) {
        let Self { tenants, findings, .. } = self;
        let questions = tenants.iter_mut().flat_map(|(name, tenant)| {
            wanted(tenant).into_iter().map(move |(key, place)| (join(&format!("tenants.{name}"), key), place))
        });
        let answers = join_all(questions.map(async |(path, place)| {
            let answer = source.secret(&path).await;
            (path, place, answer)
        }));
        for (path, place, answer) in answers.await {
            match answer {
                Ok(secret) => *place = secret,
                Err(error) => {
                    let found = format!("a secret source that gave no answer ({error})");
                    findings.problems.note(Problem::new(path, found, "a secret, or that there is none"));
                }
            }
        }
    }
}

/// A key within its tenant, and the empty place of its secret.
type Wanted<'a> = (&'static str, &'a mut Option<Secret>);

fn product_secrets(tenant: &mut TenantConfig) -> Vec<Wanted<'_>> {
    let cloud = tenant.mode == Some(Mode::Cloud);
    let mut wanted: Vec<Wanted<'_>> = Vec::new();
    if cloud || tenant.kratos.admin_url.is_some() {
        wanted.push(("kratos.admin_token", &mut tenant.kratos.admin_token));
    }
    if let Some(hydra) = &mut tenant.hydra {
        if cloud || hydra.admin_url.is_some() {
            wanted.push(("hydra.admin_token", &mut hydra.admin_token));
        }
        if hydra.client_id.is_some() {
            wanted.push(("hydra.client_secret", &mut hydra.client_secret));
        }
    }
    if let Some(keto) = &mut tenant.keto {
        wanted.push(("keto.api_key", &mut keto.api_key));
    }
    wanted.retain(|(_, place)| place.is_none());
    wanted
}

fn project_key(tenant: &mut TenantConfig) -> Vec<Wanted<'_>> {
    if tenant.mode != Some(Mode::Cloud) || !tenant.needs_project_key() {
        return Vec::new();
    }
    let key = &mut tenant.cloud.get_or_insert_default().api_key;
    if key.is_some() { Vec::new() } else { vec![("cloud.api_key", key)] }
}

impl TenantConfig {
    /// Whether some product has no token of its own for a project's API key to stand in for.
    pub(super) fn needs_project_key(&self) -> bool {
        self.kratos.admin_token.is_none()
            || self.hydra.as_ref().is_some_and(|hydra| hydra.admin_token.is_none())
            || self.keto.as_ref().is_some_and(|keto| keto.api_key.is_none())
    }
}
