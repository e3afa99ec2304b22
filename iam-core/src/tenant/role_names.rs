//! What roles there are, where they were declared.

/// The names of declared roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleNames {
    /// All of them, in the order of declaration.
    pub all: &'static [&'static str],
    /// The same, those of `n` bytes at `n`: each step of a constant is work for the compiler, and a policy has
    /// its literals looked up among the few of their length.
    pub by_length: &'static [&'static [&'static str]],
}
