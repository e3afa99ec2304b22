//! What an annotated handler gives, and what actix-web is told where it is mounted past its policy.

use actix_web::body::BoxBody;
use actix_web::{HttpRequest, HttpResponse, Responder};

iam_core::define_answers!();

/// No kind of policy does: it is here for its words to whoever mounts a handler past its policy.
#[diagnostic::on_unimplemented(
    message = "this handler carries an access policy, and is mounted past it",
    label = "actix-web's own routes would not ask the policy",
    note = "mount it by `Router::route`, or give it `iam_actix`'s own `#[get(\"/path\")]` and mount it by `Router::mount`; \
            on a plain `App`: `.route(\"/path\", guarded(web::get(), handler))`",
    note = "a route macro of actix-web's own goes below the policy's attributes, which take it over"
)]
pub trait AnswersUnasked {
    /// Never called, as nothing implements it.
    fn unasked(request: &HttpRequest) -> HttpResponse;
}

impl<K: AnswersUnasked, R> Responder for Declared<K, R> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        K::unasked(request)
    }
}
