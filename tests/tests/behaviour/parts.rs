//! Parts of the application's own inside of the SDK (clock, sink, whoever acts), and what start-up and requests log.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use iam_core::audit::{AuditSink, Event, EventOutcome};
use iam_core::clock::SystemClock;
use iam_core::service::{Subject, Tuple};
use iam_core::{Clock, Decision, IdentityId, PathParameters, PolicyData, Principal, RequestView};

use super::WebHost;
use crate::stage::{Stage, Verdict, child, logs::Logs};
use crate::{Here, Tenants};

/// The machine's clock, while it works.
#[derive(Clone, Default)]
struct Fragile(SystemClock, Arc<AtomicBool>);

impl Clock for Fragile {
    fn wall(&self) -> Duration {
        assert!(!self.1.load(Ordering::SeqCst), "the clock is broken");
        self.0.wall()
    }

    fn monotonic(&self) -> Duration {
        assert!(!self.1.load(Ordering::SeqCst), "the clock is broken");
        self.0.monotonic()
    }
}

#[tokio::test]
async fn a_clock_that_panics_is_503_while_it_does() {
    let clock = Fragile::default();
    let stage = Stage::plan().start_built(Stage::world(|_| {}).await, |iam| iam.clock(clock.clone())).await;
    let ask = || stage.get("/customer/me").token_of("customer", "plain");
    ask().ends("it works", Verdict::allowed()).await;
    clock.1.store(true, Ordering::SeqCst);
    ask().expect(503).await;
    stage.get("/customer/me").expect(401).await;
    stage.get("/open").expect(200).await;
    clock.1.store(false, Ordering::SeqCst);
    stage.events().await;
    ask().ends("it works again", Verdict::allowed()).await;
}

/// Panics at every refusal.
struct Touchy;

impl AuditSink for Touchy {
    fn record(&self, event: &Event) {
        assert!(event.outcome == EventOutcome::Allowed, "a sink that panics");
    }
}

#[tokio::test]
async fn a_sink_that_panics_changes_no_answer_and_what_it_lost_is_counted() {
    let stage = Stage::plan().start_built(Stage::world(|_| {}).await, |iam| iam.audit(Touchy)).await;
    for _ in 0..3 {
        stage.get("/customer/me").expect(401).await;
        stage.get("/customer/me").token_of("customer", "plain").expect(200).await;
    }
    stage.iam.flush_audit().await;
    let lost = stage.iam.dropped_audit_events();
    assert_eq!(lost.into_iter().collect::<Vec<_>>(), [(("customer", "denied"), 3)]);
}

static ADMINS: PolicyData<Tenants> = PolicyData::session(Tenants::Admin);

/// A request with a token, as an adapter shows it.
pub(super) struct Bearer(pub(super) String);

impl RequestView for Bearer {
    fn method(&self) -> &str {
        "GET"
    }

    fn route(&self) -> Option<&str> {
        None
    }

    fn authority(&self) -> Option<&[u8]> {
        None
    }

    fn header<'a>(&'a self, name: &str, visit: &mut dyn FnMut(&'a [u8])) {
        if name == "authorization" {
            visit(self.0.as_bytes());
        }
    }

    fn path_parameters(&self) -> PathParameters {
        PathParameters::None
    }
}

#[tokio::test]
async fn work_that_outlives_its_request_names_who_it_is_done_for() {
    let stage = Stage::new().await;
    let admin = stage.account("admin", "plain");
    let request = Bearer(format!("Bearer {}", admin.session.token));
    let Decision::Later(deciding) = stage.iam.decide(&ADMINS, &request) else { panic!("Ory has to be asked") };
    let principal: Arc<Principal> = deciding.await.unwrap().principal.unwrap();
    stage.events().await;

    let iam = stage.iam.acting_as(&principal);
    let customer = IdentityId::new(&stage.account("customer", "a").identity.id);
    let work = tokio::spawn(async move {
        iam.tenant(Tenants::Customer).identities().get(&customer).await.unwrap();
        let user = Subject::User(customer);
        iam.tenant(Tenants::Dealer).permissions().grant(&Tuple::new("listings", "x", "view", user)).await.unwrap();
    });
    work.await.unwrap();
    let events = stage.events().await;
    let names: Vec<_> = events.iter().map(|event| (event.name, event.tenant)).collect();
    assert_eq!(names, [("identity.get", "customer"), ("permission.grant", "dealer")]);
    for event in events {
        assert_eq!(event.actor.as_ref(), Some(&admin.identity.id), "{event:?}");
        assert_eq!(event.actor_tenant, Some("admin"), "{event:?}");
    }
}

#[test]
fn what_stands_out_is_logged() {
    let name = child::name(module_path!(), "what_stands_out_is_logged");
    if child::is(&name) {
        return tokio::runtime::Runtime::new().unwrap().block_on(logged());
    }
    child::run(&name, &[]);
}

async fn logged() {
    let logs = Logs::keep();
    let stage = Stage::plan().set("customer.dangerously_trust_traits_roles", true).start().await;
    let text = logs.text();
    for row in Here::access_matrix().rows.iter().filter(|row| row.stands_out()) {
        let line = row.to_string();
        let line = line.trim_start_matches(['!', ' ']);
        assert!(text.contains(line), "{line} is not in the log of the start:\n{text}");
    }
    assert!(text.contains("GET /open"), "something stands out");
    assert!(text.contains("users can edit `traits.roles`, and they count as roles tenant=\"customer\""), "{text}");
    let route = "and this route takes them for roles tenant=\"customer\" path=\"/customer/a-or-b\"";
    assert!(text.contains(route), "{text}");
    assert!(!text.contains("path=\"/admin/a-or-b\""), "{text}");

    // A wrong `kratos.cookie_name` looks like everybody being logged out.
    let hint = "a request carries another project's session cookie";
    let own = &stage.account("customer", "plain").browser.cookie_name;
    let ask = |cookie: String| stage.get("/customer/me").header("cookie", cookie).expect(401);
    ask(format!("{own}=")).await;
    assert!(!logs.text().contains(hint), "its own cookie, empty, is nobody else's");
    stage.get("/dealer/me").header("cookie", "ory_session_another=x").expect(401).await;
    assert!(!logs.text().contains(hint), "a server of one's own has whatever name it was given");
    for _ in 0..3 {
        ask("ory_session_another=canary".to_owned()).await;
    }
    let text = logs.text();
    assert_eq!(text.matches(hint).count(), 1, "once:\n{text}");
    let line = text.lines().find(|line| line.contains(hint)).unwrap();
    assert!(line.contains(&format!("expected={own:?}")) && line.contains("seen=\"ory_session_another\""), "{line}");
    assert!(!text.contains("canary"), "{text}");

    // A refusal is explained here, which takes the time of day.
    let clock = Fragile::default();
    let stage = Stage::plan().start_built(Stage::world(|_| {}).await, |iam| iam.clock(clock.clone())).await;
    clock.1.store(true, Ordering::SeqCst);
    stage.get("/customer/me").token_of("customer", "plain").expect(503).await;
}
