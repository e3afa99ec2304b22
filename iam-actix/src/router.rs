use std::fmt;
use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::HttpServiceFactory;
use actix_web::web;
use iam_core::policy::{AccessMatrix, AtRoute, DeclaresPolicy, Misfits, Places, Requires, Route as Own, Source};
use iam_core::{Iam, Policy, Tenant};

use crate::enforce::Among;
use crate::foreign::Nested;
use crate::layers::{Layer, layer};
use crate::mount::HandlerFor;
use crate::pattern::malformed;
use crate::resources::{Foreign, Routes};
use crate::routing::{IntoGuarded, MethodRouter, Middleware, Route};
use crate::step::{Step, What};

/// A router that mounts handlers with a policy, and nothing else: a handler that
/// declares none does not compile here.
///
/// It is put together and verified once; clones of what comes out go into the
/// `App` of each worker, and all of them share the one [`Iam`].
///
/// ```no_run
/// use actix_web::{App, HttpServer};
/// use iam_actix::prelude::*;
///
/// define_tenants! { pub enum Tenants { admin } }
///
/// #[tenant("admin")]
/// async fn report(me: CurrentUser) -> String { format!("for {}", me.id) }
///
/// #[public]
/// async fn health() -> &'static str { "ok" }
///
/// async fn serve(iam: Iam<Tenants>) -> Result<(), Box<dyn std::error::Error>> {
///     let router = Router::new(&iam).route("/report", get(report)).route("/health", get(health));
///     assert_eq!(
///         router.access_matrix().to_string(),
///         "  GET /report  admin: session\n! GET /health  PUBLIC\n",
///     );
///     let routes = router.verify()?;
///     HttpServer::new(move || App::new().service(routes.clone())).bind("127.0.0.1:8080")?.run().await?;
///     Ok(())
/// }
/// ```
pub struct Router<T: 'static> {
    iam: Iam<T>,
    steps: Vec<Step<T>>,
}

impl<T> fmt::Debug for Router<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Router").finish_non_exhaustive()
    }
}

impl<T: Tenant> Router<T> {
    /// A router without routes, whose policies this `Iam` decides.
    #[must_use]
    pub fn new(iam: &Iam<T>) -> Self {
        Self { iam: iam.clone(), steps: Vec::new() }
    }

    /// Mounts guarded handlers at a path, which is written as for [`web::resource`].
    ///
    /// Several calls for one path add up. Of two paths that match a request, the
    /// first one mounted takes it, as always on actix.
    #[must_use]
    pub fn route(mut self, path: &str, methods: impl IntoGuarded<T>) -> Self {
        for route in methods.into_guarded().routes {
            self.push(path.into(), What::Route(self.iam.clone(), route));
        }
        self
    }

    /// Mounts a guarded handler at the path of its own route attribute.
    ///
    /// ```
    /// use actix_web::web;
    /// use iam_actix::prelude::*;
    ///
    /// define_tenants! { pub enum Tenants { admin } }
    ///
    /// #[get("/reports/{id}")]
    /// #[tenant("admin")]
    /// async fn report(id: web::Path<String>) -> String { id.into_inner() }
    ///
    /// fn routes(iam: &Iam<Tenants>) -> Router<Tenants> {
    ///     let router = Router::new(iam).mount(report);
    ///     assert_eq!(router.access_matrix().to_string(), "  GET /reports/{id}  admin: session\n");
    ///     router
    /// }
    /// ```
    #[must_use]
    #[track_caller]
    pub fn mount<H, M>(self, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor + AtRoute,
        <H::Mount as HandlerFor>::Policy: Among<T>,
    {
        let Own { method, path } = <H::Mount as AtRoute>::ROUTE;
        self.route(path, MethodRouter::on(method, handler))
    }

    /// Mounts another guarded router below a path. Its route `/` is at that path itself.
    ///
    /// Unlike a [`web::scope`], it takes no requests but those of its routes.
    #[must_use]
    pub fn nest(mut self, path: &str, router: Router<T>) -> Self {
        let prefix = path.trim_end_matches('/');
        for Step { path, what } in router.steps {
            let is_prefix_itself = path == "/" && !prefix.is_empty();
            let whole = if is_prefix_itself { prefix.into() } else { format!("{prefix}{path}") };
            self.push(whole, what);
        }
        self
    }

    /// Mounts a foreign service below a path, behind a policy: static files, a proxy, whole scopes.
    /// `make` makes it, once a worker; its own paths go on from this one, as in a [`web::scope`].
    ///
    /// The service finds the principal (`Arc<Principal>`) in the request's extensions. A permission's
    /// `{id}` is a parameter of the path here. Routes come first; of two services the one with the nearer path.
    ///
    /// ```
    /// use actix_web::web;
    /// use iam_actix::prelude::*;
    ///
    /// define_tenants! { pub enum Tenants { admin } }
    ///
    /// policy! { Staff: tenant("admin"), require_role("staff") }
    ///
    /// fn routes(iam: &Iam<Tenants>) -> Router<Tenants> {
    ///     let manuals = || web::resource("/first-steps").to(async || "step one");
    ///     let router = Router::new(iam).nest_guarded("/manuals", Staff, manuals);
    ///     assert_eq!(router.access_matrix().to_string(), "  * /manuals/..  admin: session, role staff\n");
    ///     router
    /// }
    /// ```
    #[must_use]
    #[track_caller]
    pub fn nest_guarded<P, F, S>(mut self, path: &str, _policy: P, make: F) -> Self
    where
        P: Policy,
        Requires<P>: Among<T>,
        F: Fn() -> S + Send + Sync + 'static,
        S: HttpServiceFactory + 'static,
    {
        let service = Nested::new::<P, F, S>(make);
        self.push(path.trim_end_matches('/').into(), What::Service(self.iam.clone(), service));
        self
    }

    /// Adds another guarded router's routes.
    #[must_use]
    pub fn merge(mut self, router: Router<T>) -> Self {
        self.steps.extend(router.steps);
        self
    }

    /// Adds foreign services, **which no policy guards**: the one door for them, shown
    /// as `UNGUARDED` in the access matrix and at start-up. `make` makes them, once a worker.
    ///
    /// They come after all guarded routes, so that they can hide none. In a nested
    /// router they stand in a [`web::scope`]: one call a prefix, since a scope takes
    /// all requests below its own.
    #[must_use]
    #[track_caller]
    pub fn merge_unguarded<F, S>(mut self, make: F) -> Self
    where
        F: Fn() -> S + Send + Sync + 'static,
        S: HttpServiceFactory + 'static,
    {
        let foreign: Foreign = Arc::new(move |prefix, config| match prefix {
            "" => make().register(config),
            prefix => web::scope(prefix).service(make()).register(config),
        });
        self.push(String::new(), What::Unguarded(foreign, Source::here()));
        self
    }

    /// Answers requests below this router's path that no route takes with a guarded handler.
    #[must_use]
    #[track_caller]
    pub fn fallback<H, M>(mut self, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor,
        <H::Mount as HandlerFor>::Policy: Among<T>,
    {
        let route = Route::new("*", None, handler);
        self.push(String::new(), What::Fallback(self.iam.clone(), route));
        self
    }

    /// Wraps the routes so far in middleware, outside of any decision, as
    /// [`actix_web::Route::wrap`]; foreign services are not. `make` makes it, once a worker and route.
    #[must_use]
    pub fn layer<W, B>(mut self, make: impl Fn() -> W + Send + Sync + 'static) -> Self
    where
        W: Middleware<B>,
        B: MessageBody + 'static,
    {
        let layer = layer(make);
        self.each(|[_, outer]| outer.push(Layer::clone(&layer)));
        self
    }

    /// Wraps the routes so far in middleware, inside of their decision: it runs for
    /// admitted requests only, and finds the principal (`Arc<Principal>`) in the request's
    /// extensions. Foreign services have no decision, so it does not reach them.
    #[must_use]
    pub fn inner_layer<W, B>(mut self, make: impl Fn() -> W + Send + Sync + 'static) -> Self
    where
        W: Middleware<B>,
        B: MessageBody + 'static,
    {
        let layer = layer(make);
        self.each(|[inner, _]| inner.push(Layer::clone(&layer)));
        self
    }

    /// All mounted routes with their policies.
    #[must_use]
    pub fn access_matrix(&self) -> AccessMatrix {
        AccessMatrix { rows: self.steps.iter().map(Step::row).collect() }
    }

    /// The finished routes, for the `App` of each worker.
    ///
    /// Logs the routes that stand out: public, unguarded and loosened ones.
    ///
    /// # Errors
    /// All at once, every route
    /// * whose policy its tenant's configuration cannot serve,
    /// * whose permission names a parameter that the path lacks or has twice,
    /// * that demands a role that nobody declared,
    /// * whose path actix does not take,
    /// * that is mounted twice, or for which an earlier one leaves no request. Paths are compared as far as their
    ///   segments tell; what foreign services and regular expressions of two paths match is not.
    pub fn verify(self) -> Result<Routes, Misfits> {
        let mut misfits = Vec::new();
        let mut places = Places::default();
        let mut in_turn: Vec<_> = self.steps.iter().collect();
        in_turn.sort_by_key(|step| step.turn());
        for step in in_turn {
            let Some(mut found) = step.misfits() else { continue };
            let row = step.row();
            let at = format!("{} {}", row.method, row.path);
            found.extend(malformed(&step.path).or_else(|| places.take(row, step, |other| other.hides(step))));
            misfits.extend(found.into_iter().map(|what| format!("{at}: {what}")));
        }
        Misfits::refuse(misfits)?;
        self.access_matrix().log_what_stands_out();
        let mut routes = Routes::default();
        for Step { path, what } in self.steps {
            match what {
                What::Route(iam, route) => routes.route(path, route.method, route.matched, route.endpoint(iam)),
                What::Fallback(iam, route) => routes.fallback(path, route.endpoint(iam)),
                What::Service(iam, service) => routes.nested(path, service.endpoint(iam)),
                What::Unguarded(foreign, _) => routes.foreign(path, foreign),
            }
        }
        Ok(routes)
    }

    fn push(&mut self, path: String, what: What<T>) {
        self.steps.push(Step { path, what });
    }

    /// Calls `apply` with the layers inside and outside of each decision.
    fn each(&mut self, mut apply: impl FnMut([&mut Vec<Layer>; 2])) {
        for step in &mut self.steps {
            match &mut step.what {
                What::Route(_, route) | What::Fallback(_, route) => apply([&mut route.inner_layers, &mut route.layers]),
                What::Service(_, service) => apply([&mut service.inner_layers, &mut service.layers]),
                What::Unguarded(..) => {}
            }
        }
    }
}
