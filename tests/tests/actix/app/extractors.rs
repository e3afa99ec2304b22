//! Extractors of the application's own.

use super::*;
use crate::tenants;

/// An extractor that counts itself: none may run for a refused request.
pub struct Counted;

impl FromRequest for Counted {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        request.app_data::<Data<Counters>>().unwrap().extracted();
        ready(Ok(Self))
    }
}

/// An extractor of the application's own, into which no attribute can see.
pub struct Hidden(pub CurrentUser<tenants::Dealer>);

impl FromRequest for Hidden {
    type Error = iam_actix::NoPrincipal;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(CurrentUser::from_request(request, payload).into_inner().map(Self))
    }
}
