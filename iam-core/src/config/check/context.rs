//! The tenant under check: where problems are noted and shared things are gathered.

use std::collections::BTreeSet;

use url::Url;

use super::grammar;
use super::sharing::{Kind, Sharing};
use crate::Secret;
use crate::config::model::TenantConfig;
use crate::config::problem::{Noted, Problem, Problems};
use crate::config::value::Value;

/// The keys that `dangerously_allow_http` may name.
pub(super) const MAY_BE_PLAIN: [&str; 8] = [
    "allowed_origins",
    "kratos.public_url",
    "kratos.admin_url",
    "kratos.browser_url",
    "hydra.public_url",
    "hydra.admin_url",
    "keto.read_url",
    "keto.write_url",
];

/// The tenant under check.
pub(super) struct Context<'a> {
    pub(super) name: &'static str,
    pub(super) config: &'a TenantConfig,
    pub(super) problems: &'a mut Problems,
    pub(super) sharing: &'a mut Sharing,
    /// What values are derived from; `None` when self-hosted.
    pub(super) project: Result<Option<Project>, Noted>,
    /// Keys whose plain http `dangerously_allow_http` has allowed.
    pub(super) plain: BTreeSet<&'static str>,
    /// Whether any server is spoken to over TLS.
    pub(super) https: bool,
}

/// An Ory Network project.
#[derive(Clone)]
pub(super) struct Project {
    pub(super) url: Url,
    pub(super) issuer: Box<str>,
    pub(super) cookie_name: Box<str>,
    /// `None` where every product has a token of its own.
    pub(super) key: Result<Option<Secret>, Noted>,
}

impl Context<'_> {
    pub(super) fn path(&self, key: &str) -> String {
        format!("tenants.{}.{key}", self.name)
    }

    pub(super) fn note(&mut self, key: &str, problem: impl FnOnce(&str) -> Problem) -> Noted {
        let problem = problem(&self.path(key));
        self.problems.note(problem)
    }

    pub(super) fn idle(&mut self, key: &str, why: &str) -> Noted {
        let path = self.path(key);
        self.problems.note_idle(&path, why)
    }

    pub(super) fn missing(&mut self, key: &str, allowed: impl Into<String>) -> Noted {
        let path = self.path(key);
        self.problems.note_missing(&path, allowed)
    }

    pub(super) fn required<V: Value>(&mut self, key: &str, value: Option<V>) -> Result<V, Noted> {
        value.ok_or_else(|| self.missing(key, V::allowed()))
    }

    pub(super) fn share(&mut self, kind: Kind, key: &str, value: &str) {
        let path = self.path(key);
        self.sharing.add(self.name, kind, path, value);
    }

    /// A server's URL: the given one, or in cloud mode the project's.
    pub(super) fn server(&mut self, key: &'static str, given: Option<&str>) -> Result<Option<Url>, Noted> {
        let kind = if key.starts_with("keto.") { Kind::KetoServer } else { Kind::Server };
        let (url, from) = match given {
            Some(text) => {
                let url = grammar::server(text).map_err(|bad| self.note(key, |path| bad.at(path)))?;
                self.refuse_plain(key, &url)?;
                (url, key)
            }
            None => match &self.project {
                Ok(Some(project)) => (project.url.clone(), "cloud.project_slug"),
                Ok(None) => return Ok(None),
                Err(noted) => return Err(*noted),
            },
        };
        self.https |= url.scheme() == "https";
        self.share(kind, from, &grammar::same_server(&url));
        Ok(Some(url))
    }

    /// Plain http leaves this machine only where this very key is named for it.
    pub(super) fn refuse_plain(&mut self, key: &'static str, url: &Url) -> Result<(), Noted> {
        if url.scheme() != "http" || grammar::is_loopback(url) {
            return Ok(());
        }
        if self.config.dangerously_allow_http.iter().flatten().any(|named| named == key) {
            self.plain.insert(key);
            return Ok(());
        }
        let found = format!("`{}`, plain http beyond this machine", url.origin().ascii_serialization());
        let allowed = format!("https, or `dangerously_allow_http = [\"{key}\"]` in `tenants.{}`", self.name);
        Err(self.note(key, |path| Problem::new(path, found, allowed)))
    }

    /// A token of ours: the given one, or in cloud mode the project's.
    pub(super) fn token(&mut self, key: &str, given: Option<&Secret>) -> Result<Option<Secret>, Noted> {
        let Some(token) = given else {
            return match &self.project {
                Ok(Some(project)) => project.key.clone(),
                Ok(None) => Ok(None),
                Err(noted) => Err(*noted),
            };
        };
        self.own_token(key, token).map(Some)
    }

    pub(super) fn own_token(&mut self, key: &str, token: &Secret) -> Result<Secret, Noted> {
        grammar::token(token.expose()).map_err(|bad| self.note(key, |path| bad.at(path)))?;
        self.share(Kind::Key, key, token.expose());
        Ok(token.clone())
    }
}
