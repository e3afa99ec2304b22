//! Request bodies, read as Go's decoder does: whatever the content type says.

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::standin::herodot::Herodot;

pub(super) fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Herodot> {
    serde_json::from_slice(body)
        .map_err(|error| Herodot::bad_request(format!("could not unmarshal json: {error}")))
}
