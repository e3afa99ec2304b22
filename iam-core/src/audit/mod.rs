//! What is recorded of decisions and of calls into Ory.

mod operation;

pub use operation::Operation;
