//! Extractors of the application's own.

use super::*;
use crate::tenants;

/// An extractor that counts itself: none may run for a refused request.
pub struct Counted;

impl FromRequestParts<App> for Counted {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, app: &App) -> Result<Self, Infallible> {
        app.counters.extracted();
        Ok(Self)
    }
}

/// An extractor of the application's own, into which no attribute can see.
pub struct Hidden(pub CurrentUser<tenants::Dealer>);

impl FromRequestParts<App> for Hidden {
    type Rejection = iam_axum::NoPrincipal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        CurrentUser::from_request_parts(parts, app).await.map(Self)
    }
}
