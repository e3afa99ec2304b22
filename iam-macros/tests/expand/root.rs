//! As much of an adapter as the expansions name, and what the tests ask.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use iam_core::policy::{Declared, MatrixRoles, Policy, Route};
use iam_core::{PolicyData, Tenant, TenantSelector};

pub use iam_core::policy::{Guarded, Open, OpenRouted, Routed};

iam_core::define_callers!();

/// The names that expansions use.
pub mod __private {
    pub use super::{Agree, Fine, Within};
    pub use iam_core::adapter::expansion::*;
    pub use iam_macros::axum_inherit as inherit;
}

/// What a handler file imports.
pub(crate) mod prelude {
    pub(crate) use iam_macros::{
        axum_authenticated as authenticated, axum_define_permissions as define_permissions,
        axum_define_roles as define_roles, axum_define_tenants as define_tenants, axum_delete as delete,
        axum_fresh_session as fresh_session, axum_get as get, axum_handler as handler, axum_head as head,
        axum_oauth2 as oauth2, axum_optional_session as optional_session, axum_options as options, axum_patch as patch,
        axum_policy as policy, axum_post as post, axum_public as public, axum_put as put, axum_require as require,
        axum_require_aal as require_aal, axum_require_permission as require_permission,
        axum_require_role as require_role, axum_tenant as tenant,
    };
}

/// A future's output, polled once: no handler here waits for anything.
pub(crate) fn now<K, R>(future: impl Future<Output = Declared<K, R>>) -> R {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(declared) => declared.unguarded(),
        Poll::Pending => panic!("the handler waits"),
    }
}

/// The policy of a handler that was called.
pub(crate) fn policy<T: Tenant, F: Guarded<T>>(_called: &F) -> &'static PolicyData<T> {
    <F::Policy as Policy>::POLICY
}

/// The same in one line: `admin: session, [[a]], [n#r@o], [notes]`.
pub(crate) fn line<T: Tenant, F: Guarded<T>>(called: &F) -> String {
    described(policy(called))
}

/// The same of a policy that is a value.
pub(crate) fn data<P: Policy>(_: P) -> String {
    described(P::POLICY)
}

fn described<T: Tenant>(PolicyData { tenant, rules }: &PolicyData<T>) -> String {
    let names: Vec<_> = tenant.candidates().map(Tenant::name).collect();
    let by_host = if matches!(tenant, TenantSelector::Host(_)) { " by host" } else { "" };
    let mut line = format!("{}{by_host}: {:?}", names.join(" or "), rules.credential);
    for rule in rules.all_roles() {
        line += &format!(", role {}", MatrixRoles::from(rule).to_string().replace(" or ", "|"));
    }
    for permission in rules.permissions {
        line += &format!(", {}#{}@{}", permission.namespace, permission.relation, permission.object);
    }
    for note in rules.notes {
        line += &format!(", {note:?}");
    }
    line
}

/// Route and policy of a handler that was called.
pub(crate) type Called = (Route, String);

pub(crate) fn called<T: Tenant, F: Routed<T>>(called: &F) -> Called {
    (F::ROUTE, line(called))
}

/// Compiles for public handlers only.
pub(crate) fn open<F: Open>(called: F) -> F {
    called
}
