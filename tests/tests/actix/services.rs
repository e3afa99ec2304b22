//! Files of `actix-files`, and a small proxy.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use actix_files::Files;
use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, Scope};
use iam_actix::guard;
use iam_actix::prelude::*;
use iam_testing::client::http_client;
use reqwest::{Client, Url};

use crate::{Tenants, serve};

policy! { Staff: tenant("admin"), require_role("a") }

struct Behind {
    url: Url,
    client: Client,
}

/// Asks the server behind, and says for whom.
async fn hand_on(request: HttpRequest, path: web::Path<String>, behind: Data<Behind>, body: Bytes) -> HttpResponse {
    let user = request.extensions().get::<Arc<Principal>>().map(|principal| principal.id().to_owned());
    let mut url = behind.url.clone();
    url.set_path(&path);
    url.set_query(request.uri().query());
    let method = reqwest::Method::from_bytes(request.method().as_str().as_bytes()).unwrap_or_default();
    let asking = behind.client.request(method, url).header("x-user", user.unwrap_or_default()).body(body);
    match asking.send().await {
        Ok(answer) => {
            let status = StatusCode::from_u16(answer.status().as_u16()).unwrap_or(StatusCode::BAD_GATEWAY);
            HttpResponse::build(status).body(answer.bytes().await.unwrap_or_default())
        }
        Err(_) => HttpResponse::BadGateway().finish(),
    }
}

fn proxy() -> Scope {
    web::scope("").route("/{path}*", web::to(hand_on))
}

/// Starts them on a free port.
pub fn start(iam: Iam<Tenants>, folder: &Path, url: Url) -> SocketAddr {
    let folder = folder.to_owned();
    let behind = Data::new(Behind { url, client: http_client().unwrap() });
    let files = move || Files::new("/", &folder);
    let routed = Router::new(&iam)
        .nest_guarded("/routed/files", Staff, files.clone())
        .nest_guarded("/routed/proxy", Staff, proxy)
        .verify()
        .unwrap();
    serve(move |config| {
        config
            .app_data(behind.clone())
            .service(routed.clone())
            .service(web::scope("/beside/files").service(guard(Staff, &iam, files())))
            .service(web::scope("/beside/proxy").service(guard(Staff, &iam, proxy())));
    })
}
