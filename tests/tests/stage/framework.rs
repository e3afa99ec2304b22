/// Whose routing a suite's application has: before any handler, they differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framework {
    Axum,
    Actix,
}
