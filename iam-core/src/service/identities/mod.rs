//! Identities, over Kratos' admin listener.

mod calls;
mod identity;
mod list;
mod new_identity;
mod pages;
mod patch;
mod sessions;
mod values;

pub use calls::Identities;

pub use identity::{AdminMetadata, Identity, IdentityAddress};
pub use list::ListOptions;
pub use new_identity::NewIdentity;
pub use pages::{Page, PageToken};
pub use patch::IdentityPatch;
pub use values::{Channel, IdentityState};
