//! Bodies and answers that flow: uploads, forms, WebSockets, events.

use actix_multipart::Multipart;
use actix_ws::Message;
use futures_util::stream::{self, StreamExt};

use super::*;

/// Counts what is taken of a body, for the routes of this file and for guarded services.
pub(super) fn counted(request: &mut ServiceRequest, counters: &Arc<Counters>) {
    if !["/streams/", "/files/"].iter().any(|part| request.path().contains(part)) {
        return;
    }
    let counters = Arc::clone(counters);
    let body = request.take_payload();
    let counting = body.inspect(move |chunk| counters.take(chunk.as_ref().map_or(0, Bytes::len)));
    request.set_payload(Payload::Stream { payload: counting.boxed_local() });
}

#[tenant("admin")]
#[require_role("a")]
mod uploads {
    use super::*;

    #[post("/admin/streams/upload")]
    pub async fn upload(counters: Data<Counters>, mut chunks: web::Payload) -> String {
        counters.ran();
        let mut length = 0;
        while let Some(chunk) = chunks.next().await {
            length += chunk.unwrap().len();
        }
        length.to_string()
    }

    #[post("/admin/streams/form")]
    pub async fn form(counters: Data<Counters>, mut form: Multipart) -> String {
        counters.ran();
        let mut told = String::new();
        while let Some(field) = form.next().await {
            let mut field = field.unwrap();
            let name = field.name().unwrap_or_default().to_owned();
            let mut length = 0;
            while let Some(chunk) = field.next().await {
                length += chunk.unwrap().len();
            }
            told += &format!("{name}={length};");
        }
        told
    }
}

/// Answers each message with its sender's name in front.
#[get("/admin/streams/socket")]
#[tenant("admin")]
async fn socket(
    counters: Data<Counters>,
    me: CurrentUser,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Error> {
    counters.ran();
    let (response, mut session, mut messages) = actix_ws::handle(&request, body)?;
    actix_web::rt::spawn(async move {
        while let Some(Ok(Message::Text(text))) = messages.next().await {
            let _ = session.text(format!("{}: {text}", me.id)).await;
        }
    });
    Ok(response)
}

#[get("/admin/streams/events")]
#[tenant("admin")]
async fn events(counters: Data<Counters>, me: CurrentUser) -> HttpResponse {
    counters.ran();
    let event = move |number| Ok::<_, Infallible>(Bytes::from(format!("data: {number} for {}\n\n", me.id)));
    HttpResponse::Ok().content_type("text/event-stream").streaming(stream::iter(0..3).map(event))
}

/// Never ends by itself.
#[get("/customer/streams/news")]
#[tenant("customer")]
async fn news(counters: Data<Counters>, me: CurrentUser) -> HttpResponse {
    counters.ran();
    let news = stream::iter([Ok::<_, Infallible>(Bytes::from("data: news\n\n"))]).chain(stream::pending());
    HttpResponse::Ok().content_type("text/event-stream").streaming(me.presence().limit(news))
}

/// Says why it ends.
#[get("/customer/streams/line")]
#[tenant("customer")]
async fn line(
    counters: Data<Counters>,
    me: CurrentPrincipal,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Error> {
    counters.ran();
    let (response, mut session, _messages) = actix_ws::handle(&request, body)?;
    actix_web::rt::spawn(async move {
        let ended = me.presence().ended().await;
        let _ = session.text(format!("{ended:?}")).await;
    });
    Ok(response)
}

pub(super) fn routes(iam: &Iam<Tenants>) -> Router<Tenants> {
    Router::new(iam).mount(uploads::upload).mount(uploads::form).mount(socket).mount(events).mount(news).mount(line)
}
