use std::net::SocketAddr;
use std::path::Path;

use iam_core::policy::AccessMatrix;

use reqwest::Url;

use crate::flawed::Flaw;
use crate::stage::Host;
use crate::{Iam, Tenants};

/// Whose routing an application has: before any handler, they differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "each test program is one of them")]
pub enum Framework {
    Axum,
    Actix,
}

/// A host with all that a web framework brings: nesting, layers, foreign routers.
pub trait WebHost: Host {
    /// The columns of tables about routing.
    const FRAMEWORK: Framework;

    /// All routes of the application under test.
    fn access_matrix() -> AccessMatrix;

    /// What start-up says of a router of [`crate::clashes`].
    fn verified(iam: &Iam<Tenants>, row: &str) -> Result<(), String>;

    /// Starts the application that moves to this SDK, after so many steps; the last one comes from elsewhere.
    async fn start_migrating(steps: usize, iam: Iam<Tenants>) -> SocketAddr;

    /// Starts services that serve this folder, and hand requests on to this server.
    async fn start_services(iam: Iam<Tenants>, folder: &Path, behind: Url) -> SocketAddr;

    /// Starts a small application that may have a flaw.
    async fn start_flawed(iam: Iam<Tenants>, flaw: Flaw) -> SocketAddr;

    /// Its routes.
    fn flawed_matrix(iam: &Iam<Tenants>, flaw: Flaw) -> AccessMatrix;
}
