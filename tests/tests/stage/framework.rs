/// Whose routing a suite's application has: before any handler, they differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "each test program is one of them")]
pub enum Framework {
    Axum,
    Actix,
}
