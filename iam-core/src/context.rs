//! What is known of the request that is being handled, while it is being handled.
//!
//! The mount wraps a handler's future in [`InContext`]: during each poll the
//! context is in a slot of the thread, so that extractors and service calls find
//! it without request extensions, and nothing finds it outside.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::request::{RequestView, child_of, single_header};
use crate::upstream::Trace;
use crate::{Presence, Principal, RequestId};

/// The request that is being handled.
#[derive(Debug, Clone)]
pub struct RequestContext {
    /// Whom the handler's own policy let in; nobody on public and anonymous requests.
    pub principal: Option<Arc<Principal>>,
    /// How long that principal may stay.
    pub presence: Option<Presence>,
    /// The tenant that decided, unless the route is public.
    pub tenant: Option<&'static str>,
    /// The request's id.
    pub request_id: RequestId,
    /// The caller's trace, already a child.
    pub traceparent: Option<Box<str>>,
}

impl RequestContext {
    /// The context of a handler that anybody may call.
    #[must_use]
    pub fn public(view: &dyn RequestView) -> Self {
        let (request_id, traceparent) = origin(view);
        Self { principal: None, presence: None, tenant: None, request_id, traceparent }
    }
}

/// The request's id, and a child of its trace.
pub(crate) fn origin(view: &dyn RequestView) -> (RequestId, Option<Box<str>>) {
    let single = |name| single_header(view, name).ok().flatten();
    (RequestId::from_header(single("x-request-id")), single("traceparent").and_then(child_of))
}

thread_local! {
    static CURRENT: RefCell<Option<RequestContext>> = const { RefCell::new(None) };
}

/// The principal of the request that is being handled.
#[must_use]
pub fn current_principal() -> Option<Arc<Principal>> {
    CURRENT.with_borrow(|current| current.as_ref().and_then(|context| context.principal.clone()))
}

/// How long the principal of the request that is being handled may stay.
#[must_use]
pub fn current_presence() -> Option<Presence> {
    CURRENT.with_borrow(|current| current.as_ref().and_then(|context| context.presence.clone()))
}

/// The name of the tenant that decided about the request that is being handled.
#[must_use]
pub fn current_tenant() -> Option<&'static str> {
    CURRENT.with_borrow(|current| current.as_ref().and_then(|context| context.tenant))
}

/// The id of the request that is being handled.
#[must_use]
pub fn current_request_id() -> Option<RequestId> {
    CURRENT.with_borrow(|current| current.as_ref().map(|context| context.request_id))
}

/// What goes along with a call to Ory made now; outside a request, a fresh id.
pub(crate) fn current_trace() -> Trace {
    CURRENT.with_borrow(|current| match current {
        Some(context) => Trace { request_id: context.request_id, traceparent: context.traceparent.clone() },
        None => Trace { request_id: RequestId::generate(), traceparent: None },
    })
}

pin_project! {
    /// A future that finds its request's context while it is polled.
    #[derive(Debug)]
    pub struct InContext<F> {
        #[pin]
        future: F,
        context: Option<RequestContext>,
    }
}

impl<F> InContext<F> {
    /// Polls `future` with this context in scope.
    pub fn new(context: RequestContext, future: F) -> Self {
        Self { future, context: Some(context) }
    }
}

impl<F: Future> Future for InContext<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _restore = Swapped::new(this.context);
        this.future.poll(cx)
    }
}

/// Exchanges the slot with a future's own context, and back on drop, panics included.
struct Swapped<'a>(&'a mut Option<RequestContext>);

impl<'a> Swapped<'a> {
    fn new(context: &'a mut Option<RequestContext>) -> Self {
        CURRENT.with_borrow_mut(|current| std::mem::swap(current, context));
        Self(context)
    }
}

impl Drop for Swapped<'_> {
    fn drop(&mut self) {
        CURRENT.with_borrow_mut(|current| std::mem::swap(current, self.0));
    }
}
