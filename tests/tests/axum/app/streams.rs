//! Bodies and answers that flow: uploads, forms, WebSockets, events.

use axum::body::Body;
use axum::extract::Multipart;
use axum::extract::ws::Message;
use axum::response::sse::{Event, Sse};
use futures_util::stream::{self, Stream, StreamExt};

use super::*;

/// Counts what is taken of a body, for the routes of this file and for guarded services.
pub(super) fn counted(request: Request, counters: &Arc<Counters>) -> Request {
    if !["/streams/", "/files/"].iter().any(|part| request.uri().path().contains(part)) {
        return request;
    }
    let counters = Arc::clone(counters);
    request.map(|body| {
        Body::from_stream(body.into_data_stream().inspect(move |chunk| {
            counters.take(chunk.as_ref().map_or(0, Bytes::len));
        }))
    })
}

#[tenant("admin")]
#[require_role("a")]
mod uploads {
    use super::*;

    #[post("/admin/streams/upload")]
    pub async fn upload(State(counters): State<Arc<Counters>>, request: Request) -> String {
        counters.ran();
        let mut chunks = request.into_body().into_data_stream();
        let mut length = 0;
        while let Some(chunk) = chunks.next().await {
            length += chunk.unwrap().len();
        }
        length.to_string()
    }

    #[post("/admin/streams/form")]
    pub async fn form(State(counters): State<Arc<Counters>>, mut form: Multipart) -> String {
        counters.ran();
        let mut told = String::new();
        while let Some(mut field) = form.next_field().await.unwrap() {
            let name = field.name().unwrap_or_default().to_owned();
            let mut length = 0;
            while let Some(chunk) = field.chunk().await.unwrap() {
                length += chunk.len();
            }
            told += &format!("{name}={length};");
        }
        told
    }
}

/// Answers each message with its sender's name in front.
#[get("/admin/streams/socket")]
#[tenant("admin")]
async fn socket(State(counters): State<Arc<Counters>>, me: CurrentUser, upgrade: WebSocketUpgrade) -> Response {
    counters.ran();
    upgrade.on_upgrade(async move |mut socket| {
        while let Some(Ok(Message::Text(text))) = socket.recv().await {
            let _ = socket.send(Message::text(format!("{}: {text}", me.id))).await;
        }
    })
}

#[get("/admin/streams/events")]
#[tenant("admin")]
async fn events(
    State(counters): State<Arc<Counters>>,
    me: CurrentUser,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    counters.ran();
    Sse::new(stream::iter(0..3).map(move |number| Ok(Event::default().data(format!("{number} for {}", me.id)))))
}

/// Never ends by itself.
#[get("/customer/streams/news")]
#[tenant("customer")]
async fn news(
    State(counters): State<Arc<Counters>>,
    me: CurrentUser,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    counters.ran();
    let news = stream::iter([Ok(Event::default().data("news"))]).chain(stream::pending());
    Sse::new(me.presence().limit(news))
}

/// Says why it ends.
#[get("/customer/streams/line")]
#[tenant("customer")]
async fn line(State(counters): State<Arc<Counters>>, me: CurrentPrincipal, upgrade: WebSocketUpgrade) -> Response {
    counters.ran();
    upgrade.on_upgrade(async move |mut socket| {
        let ended = me.presence().ended().await;
        let _ = socket.send(Message::text(format!("{ended:?}"))).await;
    })
}

pub(super) fn routes() -> Router<App> {
    Router::new().mount(uploads::upload).mount(uploads::form).mount(socket).mount(events).mount(news).mount(line)
}
