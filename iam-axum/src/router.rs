use std::convert::Infallible;
use std::fmt;

use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::Route as AxumRoute;
use iam_core::Policy;
use iam_core::policy::{
    AccessMatrix, AtRoute, DeclaresPolicy, MatrixRow, Misfits, Places, Requires, Route as Own, Source, taken,
};
use tower::{Layer, Service};

use crate::enforce::Enforce;
use crate::mount::HandlerFor;
use crate::pattern::{Kind, Paths, clash};
use crate::routing::{InnerLayer, IntoGuarded, MethodRouter, Route, inner_layer};

/// A router that mounts handlers with a policy, and nothing else: a handler that
/// declares none does not compile here.
///
/// It keeps what it is told and tells it to an [`axum::Router`] once the state is
/// known, so that nesting, merging and layers mean just what they mean there.
///
/// ```
/// use iam_axum::prelude::*;
///
/// define_tenants! { pub enum Tenants { admin } }
///
/// #[tenant("admin")]
/// async fn report(me: CurrentUser) -> String { format!("for {}", me.id) }
///
/// #[public]
/// async fn health() -> &'static str { "ok" }
///
/// let routes: Router<Iam<Tenants>> =
///     Router::new().route("/report", get(report)).route("/health", get(health));
/// assert_eq!(
///     routes.access_matrix().to_string(),
///     "  GET /report  admin: session\n! GET /health  PUBLIC\n",
/// );
/// ```
pub struct Router<S: 'static = ()> {
    steps: Vec<Step<S>>,
}

type Apply = Box<dyn FnOnce(axum::Router) -> axum::Router + Send>;

enum Step<S: 'static> {
    Route(String, MethodRouter<S>),
    Fallback(Route<S>),
    Nest(String, Router<S>),
    Service(String, Route<S>),
    Merge(Router<S>),
    Unguarded(axum::Router<S>, Source),
    Layer(Apply),
}

enum Mounted<'a, S: 'static> {
    Guarded(Kind, &'a Route<S>),
    Foreign(Source),
}

impl<S> Default for Router<S> {
    fn default() -> Self {
        Self { steps: Vec::new() }
    }
}

impl<S> fmt::Debug for Router<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Router").finish_non_exhaustive()
    }
}

impl<S: Clone + Send + Sync + 'static> Router<S> {
    /// A router without routes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Mounts guarded handlers at a path, as [`axum::Router::route`].
    #[must_use]
    pub fn route(self, path: &str, methods: impl IntoGuarded<S>) -> Self {
        self.then(Step::Route(path.into(), methods.into_guarded()))
    }

    /// Mounts a guarded handler at the path of its own route attribute.
    ///
    /// ```
    /// use axum::extract::Path;
    /// use iam_axum::prelude::*;
    ///
    /// define_tenants! { pub enum Tenants { admin } }
    ///
    /// #[get("/reports/{id}")]
    /// #[tenant("admin")]
    /// async fn report(Path(id): Path<String>) -> String { id }
    ///
    /// let routes: Router<Iam<Tenants>> = Router::new().mount(report);
    /// assert_eq!(routes.access_matrix().to_string(), "  GET /reports/{id}  admin: session\n");
    /// ```
    #[must_use]
    #[track_caller]
    pub fn mount<H, M>(self, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor<S> + AtRoute,
    {
        let Own { method, path } = <H::Mount as AtRoute>::ROUTE;
        self.route(path, MethodRouter::on(method, handler))
    }

    /// Mounts another guarded router below a path, as [`axum::Router::nest`].
    #[must_use]
    pub fn nest(self, path: &str, router: Router<S>) -> Self {
        self.then(Step::Nest(path.into(), router))
    }

    /// Mounts a foreign service below a path, behind a policy, as [`axum::Router::nest_service`]:
    /// static files, a proxy, gRPC, a whole [`axum::Router`]. At `/` it takes what no route takes.
    ///
    /// The service finds the principal (`Arc<Principal>`) in the request's extensions, and sees the path
    /// without the prefix. A permission's `{id}` is a parameter of the path here.
    ///
    /// ```
    /// use iam_axum::prelude::*;
    ///
    /// define_tenants! { pub enum Tenants { admin } }
    ///
    /// policy! { Staff: tenant("admin"), require_role("staff") }
    ///
    /// let manuals = axum::Router::new().route("/first-steps", axum::routing::get(async || "step one"));
    /// let routes: Router<Iam<Tenants>> = Router::new().nest_guarded("/manuals", Staff, manuals);
    /// assert_eq!(routes.access_matrix().to_string(), "  * /manuals/..  admin: session, role staff\n");
    /// ```
    #[must_use]
    #[track_caller]
    pub fn nest_guarded<P, I>(self, path: &str, _policy: P, service: I) -> Self
    where
        P: Policy,
        Requires<P>: Enforce<S>,
        I: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        I::Response: IntoResponse,
        I::Future: Send + 'static,
    {
        self.then(Step::Service(path.trim_end_matches('/').into(), Route::service::<P, I>(service)))
    }

    /// Adds another guarded router's routes, as [`axum::Router::merge`].
    #[must_use]
    pub fn merge(self, router: Router<S>) -> Self {
        self.then(Step::Merge(router))
    }

    /// Adds the routes of a foreign router, **which no policy guards**: the one
    /// door for them, shown as `UNGUARDED` in the access matrix and at start-up.
    #[must_use]
    #[track_caller]
    pub fn merge_unguarded(self, router: axum::Router<S>) -> Self {
        self.then(Step::Unguarded(router, Source::here()))
    }

    /// Answers requests that no route takes with a guarded handler, as [`axum::Router::fallback`].
    #[must_use]
    #[track_caller]
    pub fn fallback<H, M>(self, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor<S>,
    {
        self.then(Step::Fallback(Route::new("*", None, handler)))
    }

    /// Applies a layer to the routes so far, before any decision, as [`axum::Router::layer`].
    #[must_use]
    pub fn layer<L>(self, layer: L) -> Self
    where
        L: Layer<AxumRoute> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        self.then(Step::Layer(Box::new(move |router| router.layer(layer))))
    }

    /// Applies a layer to the routes so far, after their decision: it runs for
    /// admitted requests only, and finds the principal (`Arc<Principal>`) in the
    /// request's extensions. Foreign routers have no decision, so it does not reach them.
    #[must_use]
    pub fn inner_layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<crate::gate::Inner> + Clone + Send + Sync + 'static,
        L::Service: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        self.push_inner(&inner_layer(layer));
        self
    }

    /// All mounted routes with their policies.
    #[must_use]
    pub fn access_matrix(&self) -> AccessMatrix {
        let mut rows = Vec::new();
        self.visit("", &mut |path, mounted| {
            rows.push(match mounted {
                Mounted::Guarded(_, route) => route.at(path),
                Mounted::Foreign(source) => MatrixRow::foreign(path).mounted_at(source),
            });
        });
        AccessMatrix { rows }
    }

    /// The finished [`axum::Router`]. `state` is an [`Iam`](iam_core::Iam), or a type
    /// of your own from which `Iam` can be taken (`#[derive(FromRef)]`).
    ///
    /// Logs the routes that stand out: public, unguarded and loosened ones.
    ///
    /// # Errors
    /// All at once, every route
    /// * whose policy its tenant's configuration cannot serve,
    /// * whose permission names a parameter that the path lacks or has twice,
    /// * that demands a role that nobody declared,
    /// * whose path axum does not take,
    /// * that is mounted twice, or that no request could tell from another one.
    ///
    /// Foreign routers, and prefixes that axum does not take, are told once nothing else is wrong.
    pub fn with_state(self, state: S) -> Result<axum::Router, Misfits> {
        let mut misfits = Vec::new();
        let (mut places, mut paths) = (Places::default(), Paths::default());
        self.visit("", &mut |path, mounted| {
            let Mounted::Guarded(kind, route) = mounted else { return };
            let mut found = route.policy.misfit(&state, path);
            let twin =
                places.take(route.at(path), (path.to_owned(), kind), |other| clash((&other.0, other.1), (path, kind)));
            found.extend(twin.or_else(|| paths.refuse(path, kind)));
            misfits.extend(found.into_iter().map(|what| format!("{} {path}: {what}", route.method)));
        });
        Misfits::refuse(misfits)?;
        self.access_matrix().log_what_stands_out();
        taken(|| self.into_axum(&state, "")).map_err(Misfits::of)
    }

    fn then(mut self, step: Step<S>) -> Self {
        self.steps.push(step);
        self
    }

    fn push_inner(&mut self, layer: &InnerLayer) {
        for step in &mut self.steps {
            match step {
                Step::Route(_, methods) => methods.push_inner(layer),
                Step::Fallback(route) | Step::Service(_, route) => {
                    route.inner_layers.push(InnerLayer::clone(layer));
                }
                Step::Nest(_, router) | Step::Merge(router) => router.push_inner(layer),
                Step::Unguarded(..) | Step::Layer(_) => {}
            }
        }
    }

    /// Calls `see` with everything mounted and its whole path.
    fn visit<'a>(&'a self, prefix: &str, see: &mut dyn FnMut(&str, Mounted<'a, S>)) {
        for step in &self.steps {
            match step {
                Step::Route(path, methods) => {
                    let whole =
                        if path == "/" && !prefix.is_empty() { prefix.into() } else { format!("{prefix}{path}") };
                    methods.routes.iter().for_each(|route| see(&whole, Mounted::Guarded(Kind::Route, route)));
                }
                Step::Fallback(route) => see(&format!("{prefix}/(fallback)"), Mounted::Guarded(Kind::Fallback, route)),
                Step::Nest(path, router) => router.visit(&below(prefix, path), see),
                Step::Service(path, route) => {
                    let kind = if path.is_empty() { Kind::Root } else { Kind::Service };
                    see(&format!("{prefix}{path}/.."), Mounted::Guarded(kind, route));
                }
                Step::Merge(router) => router.visit(prefix, see),
                Step::Unguarded(_, source) => see(prefix, Mounted::Foreign(*source)),
                Step::Layer(_) => {}
            }
        }
    }

    fn into_axum(self, state: &S, prefix: &str) -> axum::Router {
        self.steps.into_iter().fold(axum::Router::new(), |router, step| match step {
            Step::Route(path, methods) => router.route(&path, methods.into_axum(state)),
            Step::Fallback(route) => router.fallback_service(route.endpoint(state, None)),
            Step::Nest(path, nested) => {
                let nested = nested.into_axum(state, &below(prefix, &path));
                router.nest(&path, nested)
            }
            Step::Service(path, route) => {
                let endpoint = route.endpoint(state, Some(&format!("{prefix}{path}/..")));
                if path.is_empty() { router.fallback_service(endpoint) } else { router.nest_service(&path, endpoint) }
            }
            Step::Merge(other) => router.merge(other.into_axum(state, prefix)),
            Step::Unguarded(foreign, _) => router.merge(foreign.with_state(state.clone())),
            Step::Layer(apply) => apply(router),
        })
    }
}

/// The prefix of what is nested at `path`.
fn below(prefix: &str, path: &str) -> String {
    format!("{prefix}{}", path.trim_end_matches('/'))
}
