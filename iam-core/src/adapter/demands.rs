use crate::PolicyData;
use crate::policy::{Policy, Public, Requires};

/// What a handler under a kind of policy ([`Public`], [`Requires`]) demands of a router
/// with an [`Iam<T>`](crate::Iam). The kind of policy is the `K` of
/// [`Mount`](crate::policy::Mount) and [`Declared`](crate::policy::Declared).
#[diagnostic::on_unimplemented(
    message = "the router holds an `Iam<{T}>`, and this handler's policy is of other tenants",
    note = "mount it on a router of its own tenants' `Iam`"
)]
pub trait Demands<T: 'static>: 'static {
    /// The policy; none where anybody may call.
    const POLICY: Option<&'static PolicyData<T>>;
}

impl<T: 'static> Demands<T> for Public {
    const POLICY: Option<&'static PolicyData<T>> = None;
}

#[diagnostic::do_not_recommend]
impl<P: Policy> Demands<P::Tenants> for Requires<P> {
    const POLICY: Option<&'static PolicyData<P::Tenants>> = Some(P::POLICY);
}
