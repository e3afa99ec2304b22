use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("admin")]
#[fresh_session]
async fn unsaid() {}

#[tenant("admin")]
#[fresh_session("15m")]
async fn without_key() {}

#[tenant("admin")]
#[fresh_session(max_age = "15 minutes")]
async fn in_words() {}

#[tenant("admin")]
#[fresh_session(max_age = 15)]
async fn a_number() {}

#[tenant("admin")]
#[fresh_session(max_age = "0s")]
async fn never() {}

#[tenant("admin")]
#[fresh_session(age = "15m")]
async fn misspelt() {}

#[tenant("dealer")]
#[oauth2]
#[fresh_session(max_age = "15m")]
async fn of_a_machine() {}

fn main() {}
