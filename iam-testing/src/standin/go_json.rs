//! Request bodies as Go's decoder reads them: whatever the content type says, and null is absent.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// An object; the error is a text for people.
pub(super) fn object<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| error.to_string()).and_then(from_value)
}

/// A list of objects.
pub(super) fn objects<T: DeserializeOwned>(body: &[u8]) -> Result<Vec<T>, String> {
    let values: Vec<Value> = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    values.into_iter().map(from_value).collect()
}

/// An object that is read already.
pub(super) fn from_value<T: DeserializeOwned>(mut value: Value) -> Result<T, String> {
    // serde would take a list for a struct's fields in their order.
    let fields = value.as_object_mut().ok_or("it is no object")?;
    fields.retain(|_, field| !field.is_null());
    serde_json::from_value(value).map_err(|error| error.to_string())
}
