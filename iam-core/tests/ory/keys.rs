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
fn signed(kid: &str) -> (Secret, String) {
    let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    let pair = Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap();
    let header = format!(r#"{{"alg":"EdDSA","kid":"{kid}"}}"#);
    let text = [&*header, r#"{"client_id":"erp"}"#].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
    let signature = URL_SAFE_NO_PAD.encode(pair.sign(text.as_bytes()));
    let x = URL_SAFE_NO_PAD.encode(pair.public_key());
    let keys = format!(r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","kid":"{kid}","x":"{x}"}}]}}"#);
    (Secret::new(format!("{text}.{signature}")), keys)
}

fn ory(server: &Server) -> Ory {
    let mut settings = settings(&server.url);
    settings.hydra.as_mut().unwrap().verification = TokenVerification::Local;
    settings.http.total_timeout = Duration::from_millis(1_500);
    Ory::new(&settings).unwrap()
}

/// Lets this much time pass, for nobody but the clock.
async fn later(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

const AGING_AFTER: Duration = Duration::from_secs(600);
const OLD_AFTER: Duration = Duration::from_secs(900);
const KEPT_AT_MOST: Duration = Duration::from_secs(3_600);

/// Answers for the first so many requests with the keys, and then with something else.
async fn serving(keys: String, times: usize, then: Reply) -> Server {
    Server::start(move |_, before| if before < times { json(200, &keys) } else { then.clone() }).await
}

#[tokio::test]
async fn nobody_waits_for_keys_that_are_asked_for_again() {
    let (token, keys) = signed("k");
    let server = serving(keys, 1, Reply::Hang).await;
    let ory = ory(&server);
    let is_good = async || ory.verify_token(&trace(), &token).await.unwrap().active;
    assert!(is_good().await);
    later(AGING_AFTER).await;
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
async fn old_keys_are_asked_for_first_and_count_for_an_hour_if_nobody_answers() {
    let (token, keys) = signed("k");
    let server = serving(keys, 1, json(400, "{}")).await;
    let ory = ory(&server);
    let ask = async || ory.verify_token(&trace(), &token).await;
    assert!(ask().await.unwrap().active);
    later(OLD_AFTER).await;
    assert!(ask().await.unwrap().active);
    assert_eq!(server.requests().len(), 2);
    later(KEPT_AT_MOST - OLD_AFTER - Duration::from_secs(60)).await;
    assert!(ask().await.unwrap().active);
    assert_eq!(server.requests().len(), 3);
    later(Duration::from_secs(60)).await;
    assert_eq!(ask().await.unwrap_err().fault, UpstreamFault::Status(400));
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn a_key_that_was_withdrawn_meanwhile_is_good_no_longer() {
    let (token, keys) = signed("k");
    let (_, others) = signed("another");
    let server = serving(keys, 1, json(200, &others)).await;
    let ory = ory(&server);
    assert!(ory.verify_token(&trace(), &token).await.unwrap().active);
    later(OLD_AFTER).await;
    assert!(!ory.verify_token(&trace(), &token).await.unwrap().active);
}

/// What a made-up key's id costs is not more for leaving early.
#[tokio::test]
async fn who_leaves_has_asked_all_the_same() {
    let (token, keys) = signed("k");
    let (made_up, _) = signed("made-up");
    let server = serving(keys, 1, Reply::Hang).await;
    let ory = ory(&server);
    assert!(ory.verify_token(&trace(), &token).await.unwrap().active);
    server.leave(std::future::pending::<()>()).await;
    server.leave(ory.verify_token(&trace(), &made_up)).await;
    for _ in 0..3 {
        assert!(ory.verify_token(&trace(), &made_up).await.is_err(), "nobody could be asked");
    }
    assert_eq!(server.requests().len(), 2);
    assert!(ory.verify_token(&trace(), &token).await.unwrap().active);
}

#[tokio::test]
async fn so_many_wait_and_no_more() {
    let (token, _) = signed("k");
    let server = Server::always(Reply::Hang).await;
    let ory = ory(&server);
    let trace = trace();
    let ask = || ory.verify_token(&trace, &token);
    // `http.max_in_flight`
    let mut waiting: Vec<_> = (0..16).map(|_| ask()).collect();
    for call in &mut waiting {
        assert!(futures_util::poll!(call).is_pending());
    }
    let error = ask().await.unwrap_err();
    assert_eq!(error.fault, UpstreamFault::Saturated);
    drop(waiting);
    let again = futures_util::poll!(&mut ask());
    assert!(again.is_pending(), "who leaves makes room");
}
