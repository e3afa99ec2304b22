//! What handlers hold, behind an object.

use std::ops::Deref;
use std::sync::Arc;

/// Shared contents of a type that handlers hold, or that their futures do.
///
/// That a handler may change threads is proven for all that it holds, down to the last field. In
/// the contents of a whole tenant that is a quarter of a millisecond of the compiler's time, once
/// for each handler and proof, for what is below an object is not remembered. An object at the top
/// says it by its own type.
pub(crate) struct Held<X>(Arc<dyn Gives<X> + Send + Sync>);

trait Gives<X> {
    fn give(&self) -> &X;
}

impl<X> Gives<X> for X {
    fn give(&self) -> &X {
        self
    }
}

impl<X: Send + Sync + 'static> From<Arc<X>> for Held<X> {
    fn from(contents: Arc<X>) -> Self {
        Self(contents)
    }
}

impl<X> Deref for Held<X> {
    type Target = X;

    fn deref(&self) -> &X {
        (*self.0).give()
    }
}

impl<X> Clone for Held<X> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}
