use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

async fn open(_: &Principal, _: &RequestSnapshot) -> Checked {
    Checked::Allow
}

#[tenant("admin")]
#[require]
async fn unsaid() {}

#[tenant("admin")]
#[require("open")]
async fn in_quotes() {}

#[tenant("admin")]
#[require(open())]
async fn called() {}

#[tenant("admin")]
#[require(open, open)]
async fn two_in_one() {}

#[tenant("admin")]
#[require(|caller, request| open(caller, request))]
async fn closure() {}

#[tenant("admin")]
#[optional_session]
#[require(open)]
async fn of_nobody() {}

fn main() {}
