//! What a project is made from.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use super::{HydraSwitches, KratosSwitches};

/// One Ory product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Product {
    /// Identities and sessions.
    Kratos,
    /// OAuth2.
    Hydra,
    /// Permissions.
    Keto,
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Product::Kratos => "kratos",
            Product::Hydra => "hydra",
            Product::Keto => "keto",
        })
    }
}

/// A project's configuration; [`Default`] is a self-hosted one with Ory's own defaults.
#[derive(Clone, Debug)]
pub struct ProjectConfig {
    /// A name for people, in output and errors.
    pub name: String,
    /// Set: one host for everything, as on Ory Network. Not set: six ports, as self-hosted.
    pub network: Option<NetworkConfig>,
    /// The session cookie's name. Default `ory_kratos_session`; on Ory Network `ory_session_` and the slug
    /// without hyphens.
    pub cookie_name: Option<String>,
    /// How Kratos behaves.
    pub kratos: KratosSwitches,
    /// How Hydra behaves.
    pub hydra: HydraSwitches,
    /// Hydra's issuer, byte for byte. Default: its own public address with a slash; on Ory Network
    /// `https://<slug>.projects.oryapis.com`.
    pub issuer: Option<String>,
    /// Where login, consent, logout and error pages are; nothing needs to answer there. Default: `/ui/` at
    /// the Kratos public address.
    pub ui_url: Option<Url>,
    /// Keto's namespaces.
    pub namespaces: Vec<Namespace>,
}

impl Default for ProjectConfig {
    fn default() -> ProjectConfig {
        ProjectConfig {
            name: "standin".to_owned(),
            network: None,
            cookie_name: None,
            kratos: KratosSwitches::default(),
            hydra: HydraSwitches::default(),
            issuer: None,
            ui_url: None,
            namespaces: Vec::new(),
        }
    }
}

impl ProjectConfig {
    /// The session cookie's name, given or derived.
    pub(crate) fn cookie_name(&self) -> String {
        match (&self.cookie_name, &self.network) {
            (Some(name), _) => name.clone(),
            (None, Some(network)) => format!("ory_session_{}", network.slug.replace('-', "")),
            (None, None) => "ory_kratos_session".to_owned(),
        }
    }

    /// The issuer, given or derived from the slug; otherwise it is Hydra's public address.
    pub(crate) fn given_issuer(&self) -> Option<String> {
        let derived = || self.network.as_ref().map(|network| format!("https://{}.projects.oryapis.com", network.slug));
        self.issuer.clone().or_else(derived)
    }
}

/// A project as on Ory Network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkConfig {
    /// The project's slug.
    pub slug: String,
    /// The key that admin calls and permission checks must bring as `Authorization: Bearer`.
    pub api_key: String,
}

/// A Keto namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Namespace {
    /// Its name.
    pub name: String,
    /// The relations that its OPL class declares; any other one is then a 400. `None` declares nothing and
    /// takes every relation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relations: Option<Vec<String>>,
}

impl Namespace {
    /// A namespace without declared relations.
    #[must_use]
    pub fn any(name: &str) -> Namespace {
        Namespace { name: name.to_owned(), relations: None }
    }

    /// A namespace with exactly these relations.
    #[must_use]
    pub fn with_relations(name: &str, relations: &[&str]) -> Namespace {
        Namespace {
            name: name.to_owned(),
            relations: Some(relations.iter().map(|relation| (*relation).to_owned()).collect()),
        }
    }
}
