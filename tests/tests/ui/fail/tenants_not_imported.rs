use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

mod handlers {
    use iam_axum::prelude::*;

    #[tenant("admin")]
    pub async fn report() {}
}

fn main() {
    get::<_, _, Iam<Tenants>>(handlers::report);
}
