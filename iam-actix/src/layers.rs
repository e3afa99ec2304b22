//! Middleware that waits for the route or scope to wrap.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use actix_service::boxed::{self, BoxService};
use actix_service::{Service, ServiceExt};
use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse, Transform};

type Boxed = BoxService<ServiceRequest, ServiceResponse, Error>;
type Wrapping = Pin<Box<dyn Future<Output = Result<Boxed, ()>>>>;

/// Middleware for one route, as [`actix_web::Route::wrap`] takes it.
pub trait Middleware<B>:
    Transform<
        BoxService<ServiceRequest, ServiceResponse, Error>,
        ServiceRequest,
        Response = ServiceResponse<B>,
        Error = Error,
        InitError = (),
    > + 'static
{
}

impl<W, B> Middleware<B> for W where
    W: Transform<
            BoxService<ServiceRequest, ServiceResponse, Error>,
            ServiceRequest,
            Response = ServiceResponse<B>,
            Error = Error,
            InitError = (),
        > + 'static
{
}

/// Makes one middleware and puts it around a service.
pub(crate) type Layer = Arc<dyn Fn(Boxed) -> Wrapping + Send + Sync>;

pub(crate) fn layer<W, B>(make: impl Fn() -> W + Send + Sync + 'static) -> Layer
where
    W: Middleware<B>,
    B: MessageBody + 'static,
{
    Arc::new(move |inner| {
        let wrapping = make().new_transform(inner);
        Box::pin(async move {
            let wrapped = wrapping.await?;
            Ok(boxed::service(wrapped.map(ServiceResponse::map_into_boxed_body)))
        })
    })
}

/// Several as one, the innermost first.
pub(crate) struct Layers(pub(crate) Vec<Layer>);

impl<S, B> Transform<S, ServiceRequest> for Layers
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Transform = Boxed;
    type InitError = ();
    type Future = Wrapping;

    fn new_transform(&self, inner: S) -> Wrapping {
        let layers = self.0.clone();
        Box::pin(async move {
            let mut service = boxed::service(inner.map(ServiceResponse::map_into_boxed_body));
            for layer in layers {
                service = layer(service).await?;
            }
            Ok(service)
        })
    }
}
