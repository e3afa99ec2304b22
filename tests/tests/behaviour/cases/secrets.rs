//! Secrets are in nothing that somebody may print.

use std::fmt::Write as _;

use iam_core::IdentityId;
use iam_core::config::IamConfig;
use iam_core::upstream::SessionCredential;
use iam_testing::fault::{Fault, Rule};

use crate::stage::logs::Logs;
use crate::stage::{Stage, child};
use crate::{Iam, Tenants};

#[tokio::test]
async fn a39_no_span_no_log_and_no_debug_shows_a_secret() {
    let name = child::name(module_path!(), "a39_no_span_no_log_and_no_debug_shows_a_secret");
    if child::is(&name) {
        return work().await;
    }
    // The whole log of a process needs a process of its own.
    child::run(&name, &[]);
}

async fn work() {
    let logs = Logs::keep();
    tracing::trace!(target: "control", "every level is kept");
    let world = Stage::world(|_| {}).await;
    let config = IamConfig::from_toml(&world.iam_config().unwrap()).unwrap();
    let mut shown = format!("{config:?} {config:#?}");
    let stage = Stage::over(world, Iam::<Tenants>::builder(config).build().await.unwrap()).await;
    let customer = stage.iam.tenant(Tenants::Customer);
    let plain = stage.account("customer", "plain");

    for ask in [
        stage.get("/cases/shown").token_of("customer", "plain"),
        stage.get("/cases/shown").cookie_of("customer", "plain"),
        stage.get("/cases/shown/machine").machine("reader"),
    ] {
        let answer = ask.expect(200).await;
        assert!(answer.text().contains("User {") || answer.text().contains("Machine {"), "{}", answer.text());
        shown.push_str(answer.text());
    }

    let token = SessionCredential::Token(iam_core::Secret::new(&plain.session.token));
    let session = customer.sessions().whoami(&token).await.unwrap();
    let issued = stage.iam.tenant(Tenants::Dealer).tokens().client_credentials(&["inventory:read"]).await.unwrap();
    let identity = customer.identities().get(&IdentityId::new(&plain.identity.id)).await.unwrap();
    write!(shown, "{token:?} {session:?} {session:#?} {issued:?} {issued:#?} {identity:?} {identity:#?}").unwrap();

    // Errors of every kind, on calls that carry secrets.
    for fault in [Fault::Status(500), Fault::Html(401), Fault::Reset, Fault::Garbage, Fault::Status(429)] {
        let proxies = stage.proxies("customer");
        proxies.kratos_public.heal();
        proxies.kratos_public.fault(Rule::any(), fault);
        let failed = customer.sessions().whoami(&token).await.unwrap_err();
        let refused = customer.identities().get(&IdentityId::new(&plain.identity.id)).await.unwrap_err();
        write!(shown, "{failed} {failed:?} {failed:#?} {refused} {refused:?} {refused:#?}").unwrap();
        let answer = stage.get("/customer/me").token_of("customer", "plain").expect(503).await;
        write!(shown, "{answer:?}").unwrap();
    }
    stage.iam.flush_audit().await;

    let logged = logs.text();
    for expected in ["TRACE control", "allowed", "unavailable"] {
        assert!(logged.contains(expected), "`{expected}` is not logged: {logged}");
    }
    let mut secrets = vec!["ory_apikey_".to_owned(), "pass phrase".to_owned(), issued.access_token.expose().to_owned()];
    for tenant in stage.world.tenants() {
        for account in &tenant.contents.accounts {
            secrets.extend([account.session.token.clone(), account.browser.cookie_value.clone()]);
            // Not secret, but personal: traits stay out as well.
            secrets.push(account.identity.email.clone());
        }
        for machine in &tenant.contents.machines {
            secrets.extend(machine.client.secret.clone().into_iter().chain(machine.token.clone()));
        }
    }
    for secret in secrets {
        assert!(!logged.contains(&secret), "`{secret}` in the log: {logged}");
        assert!(!shown.contains(&secret), "`{secret}` in {shown}");
    }
}
