use axum::routing::get;
use iam_axum::prelude::*;

async fn report() -> &'static str {
    "quiet"
}

fn main() {
    let _: Router = Router::new().route("/report", get(report));
}
