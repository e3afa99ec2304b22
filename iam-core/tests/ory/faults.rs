use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use iam_core::UpstreamFault::{self, NoConnection, RateLimited, Status, TimedOut, TooLarge, Unreadable};
use iam_core::ory::Ory;

use super::server::{Reply, Server, html, json, reply};
use super::{SESSION, ory, settings, whoami};

const JSON: (&str, &str) = ("content-type", "application/json");
const LIMIT: usize = 64 * 1024;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The fault of a whoami, and how often it was asked.
async fn fault(answer: Reply) -> (UpstreamFault, usize) {
    let server = Server::always(answer).await;
    let error = whoami(&ory(&server)).await.unwrap_err();
    (error.fault, server.requests().len())
}

#[tokio::test]
async fn a_failing_server_is_asked_again() {
    assert_eq!(fault(html(500)).await, (Status(500), 3));
    assert_eq!(fault(json(503, r#"{"error":{"code":500}}"#)).await, (Status(503), 3));
    assert_eq!(fault(Reply::Bytes(Vec::new())).await, (NoConnection, 3));
    assert_eq!(fault(Reply::Bytes(b"this is not HTTP\r\n\r\n".to_vec())).await, (NoConnection, 3));
    let cut = reply(200, &[JSON, ("content-length", "999")], SESSION);
    assert_eq!(fault(cut).await, (NoConnection, 3));
}

#[tokio::test]
async fn a_definite_answer_is_not_asked_for_again() {
    for status in [204, 302, 307, 400, 404, 418] {
        assert_eq!(fault(html(status)).await, (Status(status), 1));
    }
    assert_eq!(fault(html(200)).await, (Unreadable("not JSON by its content type"), 1));
    assert_eq!(fault(reply(200, &[], SESSION)).await, (Unreadable("not JSON by its content type"), 1));
    for garbage in ["", "{", "null", "[]", "\"x\"", "{} {}", "\u{feff}{}"] {
        let (fault, asked) = fault(json(200, garbage)).await;
        assert!(matches!(fault, Unreadable(_)) && asked == 1, "{garbage:?}: {fault:?}, {asked}");
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let target = Server::always(json(200, SESSION)).await;
    for status in [301, 302, 303, 307, 308] {
        let location = ("location", target.url.as_str());
        assert_eq!(fault(reply(status, &[location], "")).await, (Status(status), 1));
    }
    assert_eq!(target.requests().len(), 0);
}

#[tokio::test]
async fn a_body_is_counted_after_decompression() {
    let large = " ".repeat(LIMIT + 1);
    assert_eq!(fault(reply(200, &[JSON], &large)).await.0, TooLarge { limit: LIMIT });
    let announced = reply(200, &[JSON, ("content-length", "99999999999")], "");
    assert_eq!(fault(announced).await.0, TooLarge { limit: LIMIT });
    let chunked = Reply::Bytes(
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{large}\r\n0\r\n\r\n",
            large.len()
        )
        .into_bytes(),
    );
    assert_eq!(fault(chunked).await.0, TooLarge { limit: LIMIT });

    let bomb = gzip(&vec![b' '; 64 * 1024 * 1024]);
    assert!(bomb.len() < 100_000);
    let encoded = [JSON, ("content-encoding", "gzip")];
    assert_eq!(fault(reply(200, &encoded, &bomb)).await.0, TooLarge { limit: LIMIT });
    assert_eq!(fault(reply(200, &encoded, SESSION)).await.0, Unreadable("its compression is broken"));

    let exact = format!("{SESSION}{}", " ".repeat(LIMIT - SESSION.len()));
    for answer in [reply(200, &[JSON], &exact), reply(200, &encoded, gzip(exact.as_bytes()))] {
        let server = Server::always(answer).await;
        assert!(whoami(&ory(&server)).await.is_ok());
    }
}

#[tokio::test]
async fn a32_the_deadline_ends_the_call_and_its_connection() {
    let ended = async |answer: Reply| {
        let server = Server::always(answer.clone()).await;
        let mut settings = settings(&server.url);
        // Enough for the request to arrive on a busy machine.
        settings.http.total_timeout = Duration::from_millis(1500);
        let error = whoami(&Ory::new(&settings).unwrap()).await.unwrap_err();
        assert_eq!(error.fault, TimedOut { after_ms: 1500 }, "{answer:?}");
        server.connection_over().await;
        assert_eq!(server.requests().len(), 1, "{answer:?}");
    };
    tokio::join!(ended(Reply::Hang), ended(Reply::Drip));
}

#[tokio::test]
async fn leaving_the_call_closes_the_connection() {
    let server = Server::always(Reply::Hang).await;
    server.leave(whoami(&ory(&server))).await;
    server.connection_over().await;
}

#[tokio::test]
async fn repetitions_stay_inside_the_deadline() {
    let server = Server::always(html(500)).await;
    let mut settings = settings(&server.url);
    settings.http.total_timeout = Duration::from_millis(1500);
    settings.http.max_retries = u32::MAX;
    let error = whoami(&Ory::new(&settings).unwrap()).await.unwrap_err();
    assert!(matches!(error.fault, Status(500) | TimedOut { after_ms: 1500 }), "{error}");
    let asked = server.requests().len();
    assert!(asked > 1, "asked {asked} times");
}

#[tokio::test]
async fn a_repetition_can_succeed() {
    let server = Server::start(|_, number| if number < 2 { html(502) } else { json(200, SESSION) }).await;
    assert!(whoami(&ory(&server)).await.is_ok());
    assert_eq!(server.requests().len(), 3);

    let mut settings = settings(&server.url);
    settings.http.max_retries = 0;
    let server = Server::always(html(502)).await;
    settings.kratos.public.url = server.url.clone();
    assert_eq!(whoami(&Ory::new(&settings).unwrap()).await.unwrap_err().fault, Status(502));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a34_too_many_requests_is_handed_on_and_not_repeated() {
    for (header, wait) in [
        (None, None),
        (Some("7"), Some(7)),
        (Some("0"), Some(1)),
        (Some("9999999999"), Some(60)),
        (Some("18446744073709551616"), Some(60)),
        (Some("canary"), None),
    ] {
        let headers: Vec<_> = header.iter().map(|value| ("retry-after", *value)).collect();
        let retry_after = wait.map(Duration::from_secs);
        assert_eq!(fault(reply(429, &headers, "{}")).await, (RateLimited { retry_after }, 1), "{header:?}");
    }
}

#[tokio::test]
async fn nobody_listens() {
    let server = Server::always(Reply::Hang).await;
    let mut settings = settings(&server.url);
    // Bound, so that it is nobody else's, and not listening.
    let held = tokio::net::TcpSocket::new_v4().unwrap();
    held.bind(([127, 0, 0, 1], 0).into()).unwrap();
    settings.kratos.public.url = format!("http://{}/", held.local_addr().unwrap()).parse().unwrap();
    assert_eq!(whoami(&Ory::new(&settings).unwrap()).await.unwrap_err().fault, NoConnection);
}
