use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post}; // plain
use axum::{Json, Router}; // plain
use axum::Json; // annotated
use iam_axum::prelude::*; // annotated
use iam_axum::prelude::{Iam, IamConfig, define_tenants}; // plain

impl IntoResponse for Missing {
    fn into_response(self) -> Response {
        StatusCode::NOT_FOUND.into_response()
    }
}

type Routes = Router<Iam<Tenants>>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let iam = Iam::<Tenants>::builder(IamConfig::load("iam.toml")?).build().await?;
    println!("{iam:?} {}", edited::EDITED);
    let app = routes(Router::new()).with_state(iam); // plain
    let app = routes(Router::new()).with_state(iam)?; // annotated
    axum::serve(tokio::net::TcpListener::bind("127.0.0.1:0").await?, app).await?;
    Ok(())
}
