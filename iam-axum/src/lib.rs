//! iam-axum
