//! iam-macros
