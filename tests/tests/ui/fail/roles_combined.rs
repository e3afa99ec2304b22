use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("admin")]
#[require_role(not("suspended"))]
async fn mere_not() {}

#[tenant("admin")]
#[require_role("staff", not("suspended"))]
async fn or_not() {}

#[tenant("admin")]
#[require_role(all("staff", not(not("suspended"))))]
async fn doubled_not() {}

#[tenant("admin")]
#[require_role(all("staff", not("suspended", "retired")))]
async fn not_of_several() {}

#[tenant("admin")]
#[require_role(all())]
async fn all_of_nothing() {}

#[tenant("admin")]
#[require_role(either("staff", "support"))]
async fn another_word() {}

#[tenant("admin")]
#[require_role("staff" "support")]
async fn without_comma() {}

#[tenant("admin")]
#[require_role("staff" | "support")]
async fn with_an_operator() {}

#[tenant("admin")]
#[require_role(["staff", "support"])]
async fn as_an_array() {}

#[tenant("admin")]
#[require_role(5)]
async fn a_number() {}

#[tenant("admin")]
#[require_role(platform_admin)]
async fn without_quotes() {}

fn main() {}
