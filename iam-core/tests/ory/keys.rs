//! The issuer's keys, as they age.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use iam_core::config::TokenVerification;
use iam_core::ory::Ory;
use iam_core::upstream::Upstream;
use iam_core::{Secret, UpstreamFault};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair};

use super::server::{Reply, Server, json};
use super::{settings, trace};

/// A token, and the set with the key that signed it.
fn signed() -> (Secret, String) {
    let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    let pair = Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap();
    let text =
        [r#"{"alg":"EdDSA","kid":"k"}"#, r#"{"client_id":"erp"}"#].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
    let signature = URL_SAFE_NO_PAD.encode(pair.sign(text.as_bytes()));
    let x = URL_SAFE_NO_PAD.encode(pair.public_key());
    let keys = format!(r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","kid":"k","x":"{x}"}}]}}"#);
    (Secret::new(format!("{text}.{signature}")), keys)
}

fn ory(server: &Server) -> Ory {
    let mut settings = settings(&server.url);
    settings.hydra.as_mut().unwrap().verification = TokenVerification::Local;
    Ory::new(&settings).unwrap()
}

/// Lets this much time pass, for nobody but the clock.
async fn later(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

const REFRESHED_AFTER: Duration = Duration::from_secs(600);
const KEPT_AT_MOST: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn nobody_waits_for_keys_that_are_asked_for_again() {
    let (token, keys) = signed();
    let server = Server::start(move |_, before| if before == 0 { json(200, &keys) } else { Reply::Hang }).await;
    let ory = ory(&server);
    let is_good = async || ory.verify(&trace(), &token).await.unwrap().active;
    assert!(is_good().await);
    later(REFRESHED_AFTER).await;
    // The server answers no more: whoever waited for it would learn that.
    for _ in 0..3 {
        assert!(is_good().await);
    }
    server.leave(std::future::pending::<()>()).await;
    server.leave(std::future::pending::<()>()).await;
    assert_eq!(server.lines(), ["GET /hydra/.well-known/jwks.json"; 2]);
    assert!(is_good().await);
}

#[tokio::test]
async fn keys_that_cannot_be_asked_for_again_are_good_for_an_hour() {
    let (token, keys) = signed();
    let server = Server::start(move |_, before| if before == 0 { json(200, &keys) } else { json(503, "{}") }).await;
    let ory = ory(&server);
    assert!(ory.verify(&trace(), &token).await.unwrap().active);
    later(KEPT_AT_MOST - Duration::from_secs(60)).await;
    assert!(ory.verify(&trace(), &token).await.unwrap().active);
    later(Duration::from_secs(60)).await;
    let error = ory.verify(&trace(), &token).await.unwrap_err();
    assert_eq!(error.fault, UpstreamFault::Status(503));
}
