//! How a route rides on a handler: in its return type, beside the policy.

/// Method and path of a handler, as its route attribute has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The method, in capitals.
    pub method: &'static str,
    /// The path's template, such as `/listings/{id}`.
    pub path: &'static str,
}

/// Something that knows its route.
#[diagnostic::on_unimplemented(
    message = "this handler has no route of its own",
    label = "mounted without a path",
    note = "add `#[get(\"/path\")]` (or `post`, ..) above the handler, or give the path here: `.route(\"/path\", get(handler))`"
)]
pub trait AtRoute {
    /// The route.
    const ROUTE: Route;
}
