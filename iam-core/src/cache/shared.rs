//! A cache that several processes share, behind the one that each has.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

/// A store that several processes of one application share, such as Redis. It is
/// asked for a credential that this process does not know, before Ory is.
///
/// Keys and entries say nothing to whoever reads the store, and an entry that was
/// altered, or moved to another key, is not believed: both are made with the secret
/// given to [`IamBuilder::shared_cache`](crate::IamBuilder::shared_cache). A store
/// that fails is passed over; it never lets anybody in.
///
/// After a revocation in one process the others may still find the entry if the
/// store could not forget it, for the tenant's cache lifetimes at the most.
///
/// ```
/// use iam_core::cache::{Gone, SharedCache, SharedCacheError, SharedEntry, SharedKey};
/// use std::{collections::HashMap, sync::Mutex, time::Duration};
///
/// #[derive(Default)]
/// struct InMemory(Mutex<HashMap<String, (Vec<u8>, Option<String>, String)>>);
///
/// #[async_trait::async_trait]
/// impl SharedCache for InMemory {
///     async fn load(&self, key: &SharedKey) -> Result<Option<Vec<u8>>, SharedCacheError> {
///         Ok(self.0.lock().unwrap().get(&key.to_string()).map(|entry| entry.0.clone()))
///     }
///
///     async fn store(&self, key: &SharedKey, entry: SharedEntry<'_>, _: Duration) -> Result<(), SharedCacheError> {
///         let kept = (entry.sealed.to_vec(), entry.session_id.map(str::to_owned), entry.owner_id.to_owned());
///         self.0.lock().unwrap().insert(key.to_string(), kept);
///         Ok(())
///     }
///
///     async fn forget(&self, tenant: &str, gone: Gone<'_>) -> Result<(), SharedCacheError> {
///         self.0.lock().unwrap().retain(|key, (_, session, owner)| match gone {
///             _ if !key.starts_with(tenant) => true,
///             Gone::Session(id) => session.as_deref() != Some(id),
///             Gone::Identity(id) => owner != id,
///         });
///         Ok(())
///     }
/// }
/// ```
#[async_trait]
pub trait SharedCache: Send + Sync + 'static {
    /// The entry of this key.
    ///
    /// # Errors
    /// When the store could not tell.
    async fn load(&self, key: &SharedKey) -> Result<Option<Vec<u8>>, SharedCacheError>;

    /// Keeps an entry for this long.
    ///
    /// # Errors
    /// When the store could not.
    async fn store(&self, key: &SharedKey, entry: SharedEntry<'_>, ttl: Duration) -> Result<(), SharedCacheError>;

    /// Forgets what it has of a session or an identity of this tenant.
    ///
    /// # Errors
    /// When the store could not.
    async fn forget(&self, tenant: &str, gone: Gone<'_>) -> Result<(), SharedCacheError>;
}

/// Stands for a credential in every process that shares the store: tenant, kind, and
/// an HMAC-SHA256 of the credential. `Display` gives the store's key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SharedKey {
    pub(crate) tenant: &'static str,
    pub(crate) kind: CredentialSort,
    pub(crate) digest: [u8; 32],
}

/// What sort of credential a key stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CredentialSort {
    /// A session cookie.
    Cookie,
    /// A session token.
    SessionToken,
    /// An access token.
    AccessToken,
}

impl CredentialSort {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Cookie => "cookie",
            Self::SessionToken => "session",
            Self::AccessToken => "access",
        }
    }
}

impl fmt::Display for SharedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:", self.tenant, self.kind.name())?;
        self.digest.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// An entry on its way to the store, with the ids by which it is forgotten.
#[derive(Debug, Clone, Copy)]
pub struct SharedEntry<'a> {
    /// To be kept as it is. Not encrypted: roles, traits and metadata are readable in it.
    pub sealed: &'a [u8],
    /// The session, for users.
    pub session_id: Option<&'a str>,
    /// The identity; for machines the client.
    pub owner_id: &'a str,
}

/// What a store is to forget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone<'a> {
    /// This session.
    Session(&'a str),
    /// Every session and delegated token of this identity.
    Identity(&'a str),
}

impl<'a> Gone<'a> {
    pub(crate) fn id(self) -> &'a str {
        match self {
            Self::Session(id) | Self::Identity(id) => id,
        }
    }
}

/// A shared store did not answer. The reason is fixed text, so that nothing of the
/// store's ends in a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SharedCacheError(pub &'static str);
