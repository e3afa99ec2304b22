use axum::extract::Path;
use iam_axum::prelude::*;

async fn report(Path(id): Path<String>) -> String {
    id
}

fn main() {
    let _: Router = Router::new().route("/reports/{id}", get(report));
}
