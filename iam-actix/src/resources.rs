use std::fmt;
use std::sync::Arc;

use actix_web::dev::{AppService, HttpServiceFactory, ResourceDef};
use actix_web::http::{Method, header};
use actix_web::{HttpResponse, web};

use crate::pattern::nearness;

/// Makes a route, once a worker.
pub(crate) type Endpoint = Arc<dyn Fn() -> actix_web::Route + Send + Sync>;

/// Registers what somebody else made, below a prefix.
pub(crate) type Foreign = Arc<dyn Fn(&str, &mut AppService) + Send + Sync>;

/// Guarded routes, verified: a clone goes into each worker's
/// [`App::service`](actix_web::App::service), or into a [`web::scope`].
#[derive(Clone, Default)]
pub struct Routes {
    resources: Vec<Resource>,
    nested: Vec<(String, Foreign)>,
    foreign: Vec<(String, Foreign)>,
    fallbacks: Vec<(String, Endpoint)>,
}

/// All handlers of one path.
#[derive(Clone)]
struct Resource {
    path: String,
    routes: Vec<(Rank, Endpoint)>,
    allow: String,
}

/// actix asks a resource's routes in order, so the more special come first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// Before `get`, which takes `HEAD` as well.
    Head,
    Method,
    Any,
}

impl Routes {
    pub(crate) fn route(
        &mut self,
        path: String,
        method: &'static str,
        matched: Option<&'static [Method]>,
        endpoint: Endpoint,
    ) {
        let at = self.resources.iter().position(|resource| resource.path == path).unwrap_or_else(|| {
            self.resources.push(Resource { path, routes: Vec::new(), allow: String::new() });
            self.resources.len() - 1
        });
        let Some(resource) = self.resources.get_mut(at) else { return };
        let rank = match (method, matched) {
            (_, None) => Rank::Any,
            ("HEAD", _) => Rank::Head,
            _ => Rank::Method,
        };
        resource.routes.push((rank, endpoint));
        resource.routes.sort_by_key(|(rank, _)| *rank);
        for method in matched.unwrap_or_default() {
            if !resource.allow.split(',').any(|known| known == method.as_str()) {
                let comma = if resource.allow.is_empty() { "" } else { "," };
                resource.allow.extend([comma, method.as_str()]);
            }
        }
    }

    pub(crate) fn nested(&mut self, prefix: String, service: Foreign) {
        self.nested.push((prefix, service));
        // The first that matches is taken: that is to be the nearest, as where a router picks it.
        self.nested.sort_by_cached_key(|(prefix, _)| nearness(prefix));
    }

    pub(crate) fn foreign(&mut self, prefix: String, foreign: Foreign) {
        self.foreign.push((prefix, foreign));
    }

    pub(crate) fn fallback(&mut self, prefix: String, endpoint: Endpoint) {
        self.fallbacks.push((prefix, endpoint));
        self.fallbacks.sort_by_cached_key(|(prefix, _)| nearness(prefix));
    }
}

impl HttpServiceFactory for Routes {
    fn register(self, config: &mut AppService) {
        // One by one: an empty scope around them would take all requests of its siblings.
        for Resource { path, routes, allow } in self.resources {
            let resource = web::resource(path).default_service(web::to(move || {
                let answer = HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, allow.clone())).finish();
                async { answer }
            }));
            routes.into_iter().fold(resource, |resource, (_, endpoint)| resource.route(endpoint())).register(config);
        }
        for (prefix, foreign) in self.nested.into_iter().chain(self.foreign) {
            foreign(&prefix, config);
        }
        for (prefix, endpoint) in self.fallbacks {
            config.register_service(ResourceDef::prefix(prefix), None, endpoint(), None);
        }
    }
}

impl fmt::Debug for Routes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.resources.iter().map(|resource| &resource.path)).finish()
    }
}
