use iam_core::Product::{Hydra, Keto, Kratos};
use iam_core::ory::Ory;
use iam_core::upstream::{Readiness, Upstream};

use super::server::{Reply, Server, html, json};
use super::{ory, settings};

#[tokio::test]
async fn the_status_decides_and_nothing_is_repeated() {
    for (reply, readiness) in [
        (json(200, r#"{"status":"ok"}"#), Readiness::Ready),
        (html(200), Readiness::Ready),
        (json(503, r#"{"error":{"code":500}}"#), Readiness::NotReady),
        (Reply::Hang, Readiness::NotReady),
        (Reply::Bytes(Vec::new()), Readiness::NotReady),
        (html(500), Readiness::Unknown),
        (html(401), Readiness::Unknown),
        (html(404), Readiness::Unknown),
        (html(307), Readiness::Unknown),
        (html(429), Readiness::Unknown),
    ] {
        let server = Server::always(reply.clone()).await;
        assert_eq!(ory(&server).ready(Kratos).await, readiness, "{reply:?}");
        assert_eq!(server.requests().len(), 1, "{reply:?}");
    }
}

#[tokio::test]
async fn the_listener_that_decides_is_asked() {
    let server = Server::always(json(200, "{}")).await;
    let ory = ory(&server);
    for product in [Kratos, Hydra, Keto] {
        assert_eq!(ory.ready(product).await, Readiness::Ready);
    }
    let lines = ["GET /kratos/health/ready", "GET /hydra-admin/health/ready", "GET /keto/health/ready"];
    assert_eq!(server.lines(), lines);
}

#[tokio::test]
async fn what_is_not_configured_is_unknown() {
    let server = Server::always(json(200, "{}")).await;
    let mut settings = settings(&server.url);
    (settings.hydra, settings.keto) = (None, None);
    let ory = Ory::new(&settings).unwrap();
    assert_eq!((ory.ready(Hydra).await, ory.ready(Keto).await), (Readiness::Unknown, Readiness::Unknown));
    assert_eq!(server.requests().len(), 0);
}
