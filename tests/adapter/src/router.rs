use http::{Method, StatusCode};
use iam_core::adapter::{Demands, mark};
use iam_core::context::{InContext, RequestContext};
use iam_core::policy::{AccessMatrix, DeclaresPolicy, Exposure, MatrixRow, Misfits};
use iam_core::{Decision, Iam, PathParameters, PolicyData, Tenant};

use crate::handler::{HandlerFor, Request, problem, status};
use crate::{Answering, Response};

/// A handler at its place. Of two that match a request, the first one mounted takes it.
struct Route<T: 'static> {
    method: Method,
    path: &'static str,
    policy: Option<&'static PolicyData<T>>,
    handler: Box<dyn Fn(Request) -> Answering + Send + Sync>,
}

/// A router that mounts handlers with a policy, and nothing else.
pub struct Router<T: 'static>(Iam<T>, Vec<Route<T>>);

impl<T: Tenant> Router<T> {
    /// A router without routes, whose policies this `Iam` decides.
    pub fn new(iam: &Iam<T>) -> Self {
        Self(iam.clone(), Vec::new())
    }

    /// Mounts a guarded handler.
    pub fn route<H, M>(mut self, method: Method, path: &'static str, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor<Policy: Demands<T>>,
    {
        let mount = handler.mount();
        let policy = <<H::Mount as HandlerFor>::Policy as Demands<T>>::POLICY;
        self.1.push(Route { method, path, policy, handler: Box::new(move |request| mount.clone().call(request)) });
        self
    }

    /// All mounted routes with their policies.
    pub fn access_matrix(&self) -> AccessMatrix {
        let row = |Route { method, path, policy, .. }: &Route<T>| match policy {
            Some(policy) => MatrixRow::guarded(method.as_str(), path, policy),
            None => MatrixRow::open(method.as_str(), path, Exposure::Public),
        };
        AccessMatrix { rows: self.1.iter().map(row).collect() }
    }

    /// The finished routes, or all that cannot work as mounted.
    pub fn verify(self) -> Result<Routes<T>, Misfits> {
        let mut misfits = Vec::new();
        for Route { method, path, policy, .. } in &self.1 {
            let found = policy.map(|policy| self.0.misfits(policy, path)).unwrap_or_default();
            misfits.extend(found.into_iter().map(|what| format!("{method} {path}: {what}")));
        }
        Misfits::refuse(misfits)?;
        self.access_matrix().log_what_stands_out();
        Ok(Routes(self))
    }
}

/// Guarded routes, verified.
pub struct Routes<T: 'static>(Router<T>);

impl<T: Tenant> Routes<T> {
    /// Answers a request, for [`hyper::service::service_fn`].
    pub async fn answer(&self, request: http::Request<hyper::body::Incoming>) -> Response {
        let (Router(iam, routes), (head, body)) = (&self.0, request.into_parts());
        let at = |route: &Route<T>| matched(route.path, head.uri.path());
        let on = |method| routes.iter().filter(move |route| route.method == method).find_map(|r| Some((r, at(r)?)));
        // A `HEAD` is answered as a `GET`, by the same policy; hyper leaves the body out.
        let as_get = || if head.method == Method::HEAD { on(Method::GET) } else { None };
        let Some((route, parameters)) = on(head.method.clone()).or_else(as_get) else {
            let is_known = routes.iter().any(|route| at(route).is_some());
            return status(if is_known { StatusCode::METHOD_NOT_ALLOWED } else { StatusCode::NOT_FOUND });
        };
        admit(iam, route, Request { route: route.path, parameters, head, body: Some(body) }).await
    }
}

/// Decides, and only then lets the handler see the request.
async fn admit<T: Tenant>(iam: &Iam<T>, route: &Route<T>, mut request: Request) -> Response {
    let decision = match route.policy {
        Some(policy) => iam.decide(policy, &request),
        None => Decision::Now(Ok(RequestContext::public(&request))),
    };
    let outcome = match decision {
        Decision::Now(outcome) => outcome,
        Decision::Later(deciding) => deciding.await,
    };
    let context = match outcome {
        Ok(context) => context,
        Err(refusal) => return problem(refusal.response()),
    };
    let id = context.request_id;
    request.head.extensions.insert(iam.clone());
    let mut response = InContext::new(context, async { (route.handler)(request).await }).await;
    mark(response.headers_mut(), id, route.policy.map(|policy| iam.vary(policy)));
    response
}

/// The parameters of a path that a route takes, decoded just as its handler receives them.
fn matched(route: &str, path: &str) -> Option<PathParameters> {
    let (mut found, mut parts) = (Vec::new(), path.split('/'));
    for name in route.split('/') {
        let part = parts.next()?;
        match name.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) if !part.is_empty() => found.push((name, percent_encoding::percent_decode_str(part))),
            None if name == part => {}
            _ => return None,
        }
    }
    let decoded = found.into_iter().map(|(name, part)| Some((name.into(), part.decode_utf8().ok()?.into())));
    let decoded = decoded.collect::<Option<_>>();
    parts.next().is_none().then(|| decoded.map_or(PathParameters::Undecodable, PathParameters::Decoded))
}
