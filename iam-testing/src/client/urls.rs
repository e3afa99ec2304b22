//! Where an Ory is.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::standin::OryProject;

/// The addresses of one Ory project, and what its admin APIs ask for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OryUrls {
    /// Kratos' public listener.
    pub kratos_public: Url,
    /// Kratos' admin listener.
    pub kratos_admin: Url,
    /// Hydra's public listener.
    pub hydra_public: Url,
    /// Hydra's admin listener.
    pub hydra_admin: Url,
    /// Keto's read listener.
    pub keto_read: Url,
    /// Keto's write listener.
    pub keto_write: Url,
    /// Sent as `Authorization: Bearer` with admin calls: Ory Network's API key. Self-hosted servers know none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin_token: Option<String>,
    /// The session cookie's name.
    pub cookie_name: String,
}

impl OryUrls {
    /// A stand-in's.
    #[must_use]
    pub fn of(project: &OryProject) -> OryUrls {
        OryUrls {
            kratos_public: project.kratos_public().clone(),
            kratos_admin: project.kratos_admin().clone(),
            hydra_public: project.hydra_public().clone(),
            hydra_admin: project.hydra_admin().clone(),
            keto_read: project.keto_read().clone(),
            keto_write: project.keto_write().clone(),
            admin_token: project.api_key().map(str::to_owned),
            cookie_name: project.cookie_name().to_owned(),
        }
    }
}
