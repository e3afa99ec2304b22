use std::fmt;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::IdentityState;

/// Changes to an identity, applied together or not at all. What is not named
/// stays as it is, so two changes of different fields do not undo each other.
///
/// ```
/// use iam_core::service::{IdentityPatch, IdentityState};
///
/// # fn main() -> Result<(), serde_json::Error> {
/// let patch = IdentityPatch::new()
///     .trait_field("name", &"Ann")?
///     .remove_trait("nickname")
///     .metadata_public_field("plan", &"gold")?
///     .state(IdentityState::Active);
/// # assert!(!patch.is_empty());
/// # Ok(())
/// # }
/// ```
///
/// Sent as a JSON Patch (RFC 6902). Kratos makes missing parents, so that a
/// field can be set in metadata that is `null` so far.
#[derive(Clone, Default, Serialize)]
#[serde(transparent)]
pub struct IdentityPatch {
    operations: Vec<PatchOperation>,
}

#[derive(Clone, Serialize)]
struct PatchOperation {
    op: &'static str,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Box<RawValue>>,
}

impl IdentityPatch {
    /// No changes yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces all traits.
    ///
    /// # Errors
    /// When the value cannot be written as JSON; so in the other methods.
    pub fn traits(self, traits: &impl Serialize) -> Result<Self, serde_json::Error> {
        self.set("/traits".to_owned(), traits)
    }

    /// Sets one trait.
    ///
    /// # Errors
    /// As in [`IdentityPatch::traits`].
    pub fn trait_field(self, name: &str, value: &impl Serialize) -> Result<Self, serde_json::Error> {
        self.set(member("/traits", name), value)
    }

    /// Removes one trait; Kratos refuses the patch if it is not there.
    #[must_use]
    pub fn remove_trait(self, name: &str) -> Self {
        self.remove(member("/traits", name))
    }

    /// Replaces all public metadata, `roles` too.
    ///
    /// # Errors
    /// As in [`IdentityPatch::traits`].
    pub fn metadata_public(self, metadata: &impl Serialize) -> Result<Self, serde_json::Error> {
        self.set("/metadata_public".to_owned(), metadata)
    }

    /// Sets one field of the public metadata.
    ///
    /// # Errors
    /// As in [`IdentityPatch::traits`].
    pub fn metadata_public_field(self, name: &str, value: &impl Serialize) -> Result<Self, serde_json::Error> {
        self.set(member("/metadata_public", name), value)
    }

    /// Removes one field of the public metadata; Kratos refuses the patch if it is not there.
    #[must_use]
    pub fn remove_metadata_public(self, name: &str) -> Self {
        self.remove(member("/metadata_public", name))
    }

    /// Replaces all admin metadata.
    ///
    /// # Errors
    /// As in [`IdentityPatch::traits`].
    pub fn metadata_admin(self, metadata: &impl Serialize) -> Result<Self, serde_json::Error> {
        self.set("/metadata_admin".to_owned(), metadata)
    }

    /// Sets one field of the admin metadata.
    ///
    /// # Errors
    /// As in [`IdentityPatch::traits`].
    pub fn metadata_admin_field(self, name: &str, value: &impl Serialize) -> Result<Self, serde_json::Error> {
        self.set(member("/metadata_admin", name), value)
    }

    /// Removes one field of the admin metadata; Kratos refuses the patch if it is not there.
    #[must_use]
    pub fn remove_metadata_admin(self, name: &str) -> Self {
        self.remove(member("/metadata_admin", name))
    }

    /// Sets the state.
    #[must_use]
    pub fn state(self, state: IdentityState) -> Self {
        // Text is always JSON; if it ever were not, Kratos refuses the patch.
        let value = to_raw_value(state.as_str()).ok();
        self.push("replace", "/state".to_owned(), value)
    }

    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    fn set(self, path: String, value: &impl Serialize) -> Result<Self, serde_json::Error> {
        // `add` replaces a member that exists (RFC 6902, section 4.1).
        Ok(self.push("add", path, Some(to_raw_value(value)?)))
    }

    fn remove(self, path: String) -> Self {
        self.push("remove", path, None)
    }

    fn push(mut self, op: &'static str, path: String, value: Option<Box<RawValue>>) -> Self {
        self.operations.push(PatchOperation { op, path, value });
        self
    }
}

/// A JSON Pointer to one member (RFC 6901, section 3).
fn member(parent: &str, name: &str) -> String {
    format!("{parent}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// The paths without their values, which are somebody's data.
impl fmt::Debug for IdentityPatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.operations.iter().map(|operation| (operation.op, &operation.path))).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_parent() {
        let patch = IdentityPatch::new().trait_field("a/../b~1", &1).unwrap().remove_trait("");
        assert_eq!(
            serde_json::to_string(&patch).unwrap(),
            r#"[{"op":"add","path":"/traits/a~1..~1b~01","value":1},{"op":"remove","path":"/traits/"}]"#
        );
    }
}
