use futures_util::{StreamExt, TryStreamExt};

use super::server::{Reply, Request, Server, json, reply};
use super::{ID, IDENTITY, Setup, services, setup};
use crate::service::{ListOptions, PageToken};
use crate::{ErrorKind, IdentityId, SessionId, UpstreamFault};

const PATH: &str = "/kratos-admin/admin/identities";

/// A page of identities whose last digit is given, with a link to the next page.
fn page(digits: &[u8], next: Option<&str>) -> Reply {
    let items: Vec<_> =
        digits.iter().map(|digit| IDENTITY.replace("222222222222", &format!("22222222222{digit}"))).collect();
    let mut link = "</admin/identities?page_size=2&page_token=0000>; rel=\"first\"".to_owned();
    if let Some(token) = next {
        // Another host, to be ignored.
        link += &format!(",<https://evil.example/admin/identities?page_size=2&page_token={token}>; rel=\"next\"");
    }
    reply(200, &[("content-type", "application/json"), ("link", &link)], format!("[{}]", items.join(",")))
}

fn id(digit: u8) -> IdentityId {
    IdentityId::new(&ID.replace("222222222222", &format!("22222222222{digit}")))
}

fn token_of(request: &Request) -> Option<&str> {
    request.line.split_once("page_token=").map(|(_, token)| token)
}

#[tokio::test]
async fn a31_every_page_is_read_once() {
    let server = Server::start(|request, _| match token_of(request) {
        None => page(&[1, 2], Some("abc%3D%3D")),
        Some("abc%3D%3D") => page(&[3, 4], Some("d")),
        Some("d") => page(&[5], None),
        other => panic!("{other:?}"),
    })
    .await;
    let all: Vec<_> = services(&server).identities().all(ListOptions::new().page_size(2)).try_collect().await.unwrap();
    assert_eq!(all.iter().map(|identity| identity.id).collect::<Vec<_>>(), [1, 2, 3, 4, 5].map(id));
    let first = format!("GET {PATH}?page_size=2");
    assert_eq!(
        server.lines(),
        [first.clone(), format!("{first}&page_token=abc%3D%3D"), format!("{first}&page_token=d")]
    );
}

#[tokio::test]
async fn a31_an_empty_page_is_the_last() {
    let server =
        Server::start(|_, number| if number == 0 { page(&[1], Some("a")) } else { page(&[], Some("b")) }).await;
    let all: Vec<_> = services(&server).identities().all(ListOptions::new()).try_collect().await.unwrap();
    assert_eq!((all.len(), server.requests().len()), (1, 2));
}

#[tokio::test]
async fn a31_a_repeated_token_is_an_error_and_no_loop() {
    // A cycle of two, which comparing with the last token alone would not see.
    let server = Server::start(|_, number| page(&[1], Some(["a", "b"][number % 2]))).await;
    let mut all = services(&server).identities().all(ListOptions::new());
    for _ in 0..3 {
        assert!(all.next().await.unwrap().is_ok());
    }
    let error = all.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable(UpstreamFault::Unreadable("a page token twice")));
    assert!(all.next().await.is_none());
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn an_error_ends_the_list() {
    let server = Server::start(|_, number| if number == 0 { page(&[1], Some("a")) } else { json(400, "{}") }).await;
    let mut all = services(&server).identities().all(ListOptions::new());
    assert!(all.next().await.unwrap().is_ok());
    let error = all.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid("filter, page size or page token"));
    assert!(all.next().await.is_none());
}

#[tokio::test]
async fn pages_are_fetched_as_they_are_taken() {
    let server = Server::start(|_, _| page(&[1, 2], Some("a"))).await;
    let mut all = services(&server).identities().all(ListOptions::new());
    assert_eq!(server.requests().len(), 0);
    all.next().await;
    all.next().await;
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn one_page_names_the_next() {
    let server = Server::always(page(&[1], Some("n%2Bx"))).await;
    let Setup { services, notes } = setup(&server, |_| {});
    let options = ListOptions::new().page_size(9999).page_token(PageToken::new("t&u"));
    let found = services.identities().list(&options).await.unwrap();
    assert_eq!(found.next.unwrap().as_str(), "n+x");
    assert_eq!(server.lines(), [format!("GET {PATH}?page_size=500&page_token=t%26u")]);
    assert_eq!(notes.taken(), ["identity.list - ok"]);
}

#[tokio::test]
async fn filters() {
    let server = Server::always(page(&[], None)).await;
    let identities = services(&server).identities();
    identities.list(&ListOptions::new().credentials_identifier("a+b@example.com")).await.unwrap();
    identities.list(&ListOptions::new().ids(&[id(1), IdentityId::new("nobody"), id(2)])).await.unwrap();
    let (one, two) = (id(1), id(2));
    assert_eq!(
        server.lines(),
        [
            format!("GET {PATH}?credentials_identifier=a%2Bb%40example.com"),
            format!("GET {PATH}?ids={one}&ids={two}&page_size=500"),
        ]
    );
}

#[tokio::test]
async fn a_filter_that_filters_nothing_lists_nobody() {
    let server = Server::always(page(&[1], None)).await;
    let identities = services(&server).identities();
    for ids in [&[][..], &[IdentityId::new("nobody")]] {
        let found = identities.list(&ListOptions::new().ids(ids)).await.unwrap();
        assert!(found.items.is_empty() && found.next.is_none());
    }
    let empty = identities.list(&ListOptions::new().credentials_identifier("")).await.unwrap_err();
    assert_eq!(empty.kind(), ErrorKind::Invalid("an empty credentials identifier"));
    let many = identities.list(&ListOptions::new().ids(&[id(1); 501])).await.unwrap_err();
    assert_eq!(many.kind(), ErrorKind::Invalid("more than 500 ids"));
    assert_eq!(server.requests().len(), 0);
}

fn sessions(digits: &[u8]) -> Reply {
    let item = |digit| {
        format!(
            r#"{{"id":"11111111-1111-4111-8111-11111111111{digit}","active":true,"expires_at":"2999-01-01T00:00:00Z",
            "authentication_methods":null,"identity":null,"devices":[{{"id":"x","ip_address":null,
            "user_agent":"curl","location":""}}]}}"#
        )
    };
    let items: Vec<_> = digits.iter().map(item).collect();
    // Kratos names a next page on every page of this list.
    let link = format!("</x?page=1&page_size=500&page_token=p{}&per_page=500>; rel=\"next\"", digits.len());
    let headers = [("content-type", "application/json"), ("link", &*link), ("x-total-count", "0")];
    reply(200, &headers, format!("[{}]", items.join(",")))
}

#[tokio::test]
async fn a_list_that_always_names_a_next_page_ends() {
    let server = Server::start(|request, _| match token_of(request) {
        None => sessions(&[1, 2]),
        Some(_) => sessions(&[]),
    })
    .await;
    let Setup { services, notes } = setup(&server, |_| {});
    let found = services.identities().list_sessions(&IdentityId::new(ID)).await.unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].id, SessionId::new("11111111-1111-4111-8111-111111111111"));
    assert_eq!(found[0].devices[0].user_agent.as_deref(), Some("curl"));
    assert_eq!((&found[0].devices[0].ip_address, &found[0].devices[0].location), (&None, &None));
    let path = format!("GET {PATH}/{ID}/sessions?page_size=500");
    assert_eq!(server.lines(), [path.clone(), format!("{path}&page_token=p2")]);
    assert_eq!(notes.taken(), [format!("identity.list_sessions {ID} ok")]);
}

#[tokio::test]
async fn an_endless_list_of_sessions_is_given_up() {
    let server = Server::start(|_, number| {
        let link = format!("<x?page_token={number}>; rel=\"next\"");
        let Reply::Bytes(bytes) = sessions(&[1]) else { unreachable!() };
        let text = String::from_utf8(bytes).unwrap();
        let text = text.replace("111111111111\"", &format!("1111111111{number:02}\""));
        let old = text.lines().find(|line| line.starts_with("link:")).unwrap();
        Reply::Bytes(text.replace(old, &format!("link: {link}")).into_bytes())
    })
    .await;
    let error = services(&server).identities().list_sessions(&IdentityId::new(ID)).await.unwrap_err();
    assert!(error.is_unavailable());
    assert_eq!(server.requests().len(), 20);
}

#[tokio::test]
async fn a_page_of_sessions_that_comes_twice_is_not_taken_for_the_rest() {
    // Page by page: those that Kratos gives, and what comes of it.
    let table: [([&'static [u8]; 2], Option<usize>); 4] = [
        ([&[1, 2, 3], &[1, 2]], None),
        ([&[1, 2], &[2, 3, 4]], Some(4)),
        ([&[1, 2], &[3]], Some(3)),
        ([&[1, 2], &[]], Some(2)),
    ];
    for (pages, meant) in table {
        let server = Server::start(move |request, _| match token_of(request) {
            None => sessions(pages[0]),
            Some(token) if token == format!("p{}", pages[0].len()) => sessions(pages[1]),
            Some(_) => sessions(&[]),
        });
        let found = services(&server.await).identities().list_sessions(&IdentityId::new(ID)).await;
        match meant {
            Some(count) => assert_eq!(found.unwrap().len(), count, "{pages:?}"),
            None => assert!(found.unwrap_err().is_unavailable(), "{pages:?}"),
        }
    }
}
