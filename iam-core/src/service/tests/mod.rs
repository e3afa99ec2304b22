//! The services over real sockets, with their effects written down.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate as iam;
use futures_util::future::BoxFuture;

use crate::audit::Operation;
use crate::cache::Gone;
use crate::config::TenantSettings;
use crate::ory::Ory;
use crate::service::{Effects, Services};
use crate::upstream::Trace;
use crate::{ErrorKind, IamError, RequestId, UpstreamFault};

mod changes;
mod create;
mod pages;
mod permissions;
mod reads;
#[path = "../../../tests/ory/server.rs"]
mod server;
mod sessions;
#[path = "../../../tests/ory/settings.rs"]
mod settings;
mod tokens;

use server::Server;
use settings::settings;

const ID: &str = "22222222-2222-4222-8222-222222222222";
const SESSION_ID: &str = "11111111-1111-4111-8111-111111111111";

/// As the admin API shows one, secrets included.
const IDENTITY: &str = r#"{"id":"22222222-2222-4222-8222-222222222222","schema_id":"customer",
    "schema_url":"http://k/schemas/x","state":"active","state_changed_at":"2026-01-01T02:00:00.5+02:00",
    "traits":{"email":"ann@example.com"},"metadata_public":{"roles":["buyer","vip"]},
    "metadata_admin":{"note":"canary-admin"},"external_id":"crm-7","organization_id":null,
    "credentials":{"password":{"type":"password","identifiers":["canary-login"],"config":{"hashed":"canary-hash"}}},
    "verifiable_addresses":[{"id":"x","value":"ann@example.com","verified":true,"via":"email","status":"completed",
        "verified_at":"2026-01-01T00:00:00Z"}],
    "recovery_addresses":[{"id":"y","value":"+491","via":"pigeon"}],
    "created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00.123456Z"}"#;

/// Effects that keep a list of what happened.
#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Notes {
    fn note(&self, text: String) {
        self.0.lock().unwrap().push(text);
    }

    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Effects for Notes {
    fn trace(&self) -> Trace {
        Trace { request_id: RequestId::from_header(Some(b"checkout-0001")), traceparent: None }
    }

    /// 2027-01-15T08:00:00Z
    fn now(&self) -> Duration {
        Duration::from_secs(1_800_000_000)
    }

    fn record(&self, operation: Operation, target: Option<&str>, result: Result<(), &IamError>) {
        let result = result.map_or_else(|error| format!("{:?}", error.kind()), |()| "ok".to_owned());
        self.note(format!("{operation} {} {result}", target.unwrap_or("-")));
    }

    fn alert(&self, error: &IamError) {
        if error.kind() == ErrorKind::Unavailable(UpstreamFault::CredentialRefused) {
            self.note(format!("alert {}", error.product()));
        }
    }

    fn evict(&self, gone: Gone<'_>) -> Option<BoxFuture<'static, ()>> {
        match gone {
            Gone::Session(id) => self.note(format!("evict session {id}")),
            Gone::Identity(id) => self.note(format!("evict identity {id}")),
        }
        None
    }
}

struct Setup {
    services: Services,
    notes: Arc<Notes>,
}

fn setup(server: &Server, change: impl FnOnce(&mut TenantSettings)) -> Setup {
    let mut settings = settings(&server.url);
    change(&mut settings);
    let notes = Arc::new(Notes::default());
    let ory = Arc::new(Ory::new(&settings).unwrap());
    Setup { services: Services::new(Arc::new(settings), ory, notes.clone()), notes }
}

fn services(server: &Server) -> Services {
    setup(server, |_| {}).services
}
