use std::fmt;
use std::future::Future;

use futures_util::future::BoxFuture;

use crate::{Principal, RequestSnapshot};

/// What a check of the application's own says, `#[require(path::to::check)]`.
///
/// ```
/// use iam_core::policy::Checked;
/// use iam_core::{Principal, RequestSnapshot};
///
/// async fn on_the_list(caller: &Principal, request: &RequestSnapshot) -> Checked {
///     match request.path_parameter("id") {
///         Some(id) if id == caller.id() => Checked::Allow,
///         Some(_) => Checked::Deny("another's account"),
///         None => Checked::CannotTell,
///     }
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// The request may go on.
    Allow,
    /// 403. The reason stands in the audit event and nowhere else.
    Deny(&'static str),
    /// 503: what it needed to know could not be had.
    CannotTell,
}

/// The future of a check: nothing else answers for one.
#[diagnostic::on_unimplemented(
    message = "this check does not answer with a `Checked`",
    label = "gives `{Self}`",
    note = "a check is an `async fn(caller: &Principal, request: &RequestSnapshot) -> Checked`"
)]
pub trait Answers<'a>: Send + 'a {
    /// The same, of one type for all.
    fn boxed(self) -> BoxFuture<'a, Checked>;
}

#[diagnostic::do_not_recommend]
impl<'a, F: Future<Output = Checked> + Send + 'a> Answers<'a> for F {
    fn boxed(self) -> BoxFuture<'a, Checked> {
        Box::pin(self)
    }
}

/// What a check was called for; attributes expand to it.
pub fn answering<'a>(check: impl Answers<'a>) -> BoxFuture<'a, Checked> {
    check.boxed()
}

/// A check of the application's own, by the name that it was written with.
#[derive(Clone, Copy)]
pub struct Check {
    /// For events and the access matrix.
    pub name: &'static str,
    /// Runs it.
    pub run: for<'a> fn(&'a Principal, &'a RequestSnapshot) -> BoxFuture<'a, Checked>,
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Check({})", self.name)
    }
}
