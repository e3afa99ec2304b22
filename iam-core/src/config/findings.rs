//! What reading noticed and the check will report, next to what the check finds itself.

use std::collections::BTreeMap;

use super::problem::Problems;

/// Carried by a configuration from its sources to the check, so that a misspelt
/// key and a bad URL are told in one go.
#[derive(Debug, Clone, Default)]
pub(super) struct Findings {
    pub(super) problems: Problems,
    /// Paths whose value an environment variable gave, with its name.
    pub(super) variables: BTreeMap<String, String>,
}
