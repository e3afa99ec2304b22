use actix_web::web::{self, Json, Path, Query};
use actix_web::web::{get, post}; // plain
use actix_web::{App, HttpResponse, HttpServer, ResponseError};
use iam_actix::prelude::*; // annotated
use iam_actix::prelude::{Iam, IamConfig, define_tenants}; // plain

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("missing")
    }
}

impl ResponseError for Missing {
    fn error_response(&self) -> HttpResponse {
        HttpResponse::NotFound().finish()
    }
}

/// As much of a router as the modules see.
struct Routes<'a>(&'a mut web::ServiceConfig); // plain
impl Routes<'_> { // plain
    fn route(self, path: &str, route: actix_web::Route) -> Self { // plain
        self.0.route(path, route); // plain
        self // plain
    } // plain
} // plain
type Routes = Router<Tenants>; // annotated

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let iam = Iam::<Tenants>::builder(IamConfig::load("iam.toml")?).build().await?;
    println!("{iam:?} {}", edited::EDITED);
    let app = || App::new().configure(|config| drop(routes(Routes(config)))); // plain
    let routes = routes(Router::new(&iam)).verify()?; // annotated
    let app = move || App::new().service(routes.clone()); // annotated
    HttpServer::new(app).bind("127.0.0.1:0")?.run().await?;
    Ok(())
}
