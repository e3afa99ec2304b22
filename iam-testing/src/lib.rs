//! iam-testing
