//! The Ory edge over real sockets, against servers that send exactly the bytes
//! of a test.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends where its setup fails; Clippy sees that only inside of test functions"
)]

use iam_core as iam;
use iam_core::ory::Ory;
use iam_core::upstream::{SessionCredential, Trace, Upstream, Whoami};
use iam_core::{RequestId, Secret, UpstreamError};

mod build;
mod check;
mod faults;
mod headers;
mod introspection;
mod keys;
mod leaks;
mod readiness;
mod server;
mod settings;
mod tls;
mod whoami;

use server::Server;
use settings::settings;

const SESSION: &str = r#"{
    "id":"11111111-1111-4111-8111-111111111111","active":true,"expires_at":"2999-01-01T00:00:00Z",
    "authenticated_at":"2026-01-01T00:00:00.1+01:00","authenticator_assurance_level":"aal1",
    "authentication_methods":[{"method":"password","aal":"aal1"}],
    "identity":{"id":"22222222-2222-4222-8222-222222222222","schema_id":"customer","state":"active",
        "traits":{"email":"ann@example.com"},"metadata_public":{"roles":["buyer"]}}}"#;

fn ory(server: &Server) -> Ory {
    Ory::new(&settings(&server.url)).unwrap()
}

fn trace() -> Trace {
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    Trace { request_id: RequestId::from_header(Some(b"checkout-0001")), traceparent: Some(parent.into()) }
}

fn token() -> SessionCredential {
    SessionCredential::Token(Secret::new("canary-session-token"))
}

async fn whoami(ory: &Ory) -> Result<Whoami, UpstreamError> {
    ory.whoami(&trace(), &token()).await
}
