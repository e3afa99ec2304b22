#![deny(deprecated)]

use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

type Machine = CurrentMachine;
type Me = CurrentUser;
type Perhaps = Option<CurrentUser>;
type Anyone = CurrentPrincipal;

#[tenant("dealer")]
async fn inventory(machine: Machine) -> String {
    machine.client_id.clone()
}

#[public]
async fn open(me: Me) -> String {
    me.id.clone()
}

#[tenant("customer")]
async fn home(me: Perhaps) -> String {
    me.map(|me| me.id.clone()).unwrap_or_default()
}

#[public]
async fn anyone(caller: Anyone) -> String {
    caller.id().to_owned()
}

fn main() {}
