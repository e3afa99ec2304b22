//! In-process doubles for an application's own unit tests.
//!
//! They replace the Ory edge and nothing else: the decision that runs is the real
//! one, so that a customer passes no admin route here either.
//!
//! ```
//! # iam_axum::define_tenants! { pub enum Tenants { customer, admin } }
//! # use iam_axum::prelude::*;
//! # #[tenant("admin")] #[require_role("ops")] async fn report() -> &'static str { "quiet" }
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! use axum::{body::Body, http::Request};
//! use iam_testing::double::{TestIam, TestUser};
//! use tower::ServiceExt;
//!
//! let test = TestIam::<Tenants>::start().await.unwrap();
//! let token = test.ory(Tenants::Admin).user(TestUser::new().role("ops"));
//! let app = Router::new().route("/report", get(report)).with_state(test.iam.clone()).unwrap();
//!
//! let request = Request::get("/report").header("authorization", format!("Bearer {token}"));
//! let response = app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
//! assert_eq!(response.status(), 200);
//!
//! let events = test.events().await;
//! assert_eq!((events[0].tenant, events[0].reason), ("admin", None));
//! # });
//! ```

mod clock;
mod ory;
mod recorder;

pub use clock::TestClock;
pub use ory::{FakeOry, TestClient, TestUser};
pub use recorder::Recorder;

use std::sync::Arc;

use iam_core::audit::Event;
use iam_core::config::IamConfig;
use iam_core::{BuildError, Iam, PerTenant, Tenant};

/// An [`Iam`] whose Ory is in memory, with recorded events and a settable clock.
#[derive(Debug)]
pub struct TestIam<T: Tenant> {
    /// What the application gets.
    pub iam: Iam<T>,
    /// The clock, which stands until it is moved.
    pub clock: TestClock,
    ory: PerTenant<T, Arc<FakeOry>>,
    recorder: Recorder,
}

impl<T: Tenant> TestIam<T> {
    /// Every tenant self-hosted with Kratos, Hydra and Keto, `cookie-or-bearer`, caches off, at the host
    /// `<tenant>.test`.
    ///
    /// # Errors
    /// When the parts cannot be put together, such as without threads to spare.
    pub async fn start() -> Result<Self, BuildError> {
        Self::with(config::<T>()).await
    }

    /// With a configuration of one's own; its URLs are never called.
    ///
    /// # Errors
    /// What the configuration lacks.
    pub async fn with(config: IamConfig) -> Result<Self, BuildError> {
        let (clock, recorder) = (TestClock::default(), Recorder::default());
        let ory = PerTenant::from_fn(|tenant: T| Arc::new(FakeOry::new(tenant.name(), clock.clone())));
        let builder = Iam::builder(config).audit(recorder.clone()).clock(clock.clone());
        let builder = ory.iter().fold(builder, |builder, (tenant, ory)| builder.upstream(tenant, Arc::clone(ory) as _));
        Ok(Self { iam: builder.build().await?, clock, ory, recorder })
    }

    /// This tenant's Ory.
    #[must_use]
    pub fn ory(&self, tenant: T) -> &FakeOry {
        &self.ory[tenant]
    }

    /// All audit events so far.
    pub async fn events(&self) -> Vec<Event> {
        self.iam.flush_audit().await;
        self.recorder.events()
    }
}

fn config<T: Tenant>() -> IamConfig {
    let tables = T::ALL.iter().enumerate().map(|(index, tenant)| {
        let (name, port) = (tenant.name(), 40_000 + index * 10);
        format!(
            r#"
            [tenants.{name}]
            mode = "self-hosted"
            transport = "cookie-or-bearer"
            audience = "any"
            machine_clients = "any"
            [tenants.{name}.kratos]
            public_url = "http://127.0.0.1:{port}"
            admin_url = "http://127.0.0.1:{}"
            cookie_name = "{name}_session"
            [tenants.{name}.hydra]
            admin_url = "http://127.0.0.1:{}"
            issuer = "https://{name}.issuer.test"
            [tenants.{name}.keto]
            read_url = "http://127.0.0.1:{}"
            "#,
            port + 1,
            port + 2,
            port + 3,
        )
    });
    let default = T::DEFAULT.map(|tenant| format!("default_tenant = \"{}\"\n", tenant.name())).unwrap_or_default();
    let hosts = T::ALL.iter().map(|tenant| format!("\"{0}.test\" = \"{0}\"\n", tenant.name()));
    let text = default + "[hosts]\n" + &hosts.collect::<String>() + &tables.collect::<String>();
    // Names are identifiers, so the text is well formed; the check reports the rest.
    IamConfig::from_toml(&text).unwrap_or_default()
}
