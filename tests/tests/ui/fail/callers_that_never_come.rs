use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[public]
async fn tenant_of_anybody(at: CurrentTenant<Tenants>) -> &'static str {
    at.0.name()
}

#[public]
async fn machine_of_anybody(machine: Option<CurrentMachine>) -> String {
    machine.map(|machine| machine.client_id.clone()).unwrap_or_default()
}

#[tenant("dealer")]
async fn delegate_with_a_session(client: Option<CurrentDelegate>) -> String {
    client.map(|client| client.subject.clone()).unwrap_or_default()
}

#[tenant("dealer")]
#[accept(session, oauth2)]
async fn delegate_of_both(client: Option<CurrentDelegate>) -> String {
    client.map(|client| client.subject.clone()).unwrap_or_default()
}

#[tenant("dealer")]
#[oauth2(delegated, scope = "orders")]
async fn user_of_delegated(me: Option<CurrentUser>) -> String {
    me.map(|me| me.id.clone()).unwrap_or_default()
}

#[tenant("dealer")]
#[oauth2(delegated, scope = "orders")]
async fn machine_of_delegated(machine: Option<CurrentMachine>) -> String {
    machine.map(|machine| machine.client_id.clone()).unwrap_or_default()
}

fn main() {}
