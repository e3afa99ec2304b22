//! A submitted form: JSON, or form-encoded with dotted names.

use serde_json::value::{RawValue, to_raw_value};

use crate::standin::kratos::call::Call;
use crate::standin::kratos::patch::{self, RawObject};
use crate::standin::kratos::query::Params;
use crate::standin::kratos::wire::ApiError;

/// The fields of a form. Traits stay raw.
pub(super) struct Submission {
    members: Vec<(String, Box<RawValue>)>,
}

impl Submission {
    pub(super) fn parse(call: &Call, body: &[u8]) -> Result<Self, ApiError> {
        let undecodable = |e: String| ApiError::bad_request(format!("Unable to decode body: {e}"));
        let members = match call.media_type() {
            "application/json" => serde_json::from_slice::<RawObject>(body).map_err(|e| undecodable(e.to_string()))?.0,
            "application/x-www-form-urlencoded" => form_members(&Params::parse(body)).map_err(undecodable)?,
            other => return Err(undecodable(format!("content type \"{other}\""))),
        };
        Ok(Self { members })
    }

    fn raw(&self, name: &str) -> Option<&RawValue> {
        let found = self.members.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| &**value)
    }

    /// The field's text, unless it is missing or empty.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let text: String = serde_json::from_str(self.raw(name)?.get()).ok()?;
        Some(text).filter(|t| !t.is_empty())
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.raw(name).is_some_and(|raw| matches!(raw.get(), "true" | "\"true\""))
    }

    /// `traits` as sent, or put together from `traits.…` fields.
    pub(super) fn traits(&self) -> Option<Box<RawValue>> {
        if let Some(traits) = self.raw("traits") {
            return Some(traits.to_owned());
        }
        let dotted = self.members.iter().filter_map(|(key, value)| {
            let path = key.strip_prefix("traits.")?;
            Some((path.split('.').map(str::to_owned).collect(), value))
        });
        dotted.fold(None, |traits, (path, value): (Vec<String>, _)| {
            let base = traits.as_deref().unwrap_or(RawValue::NULL);
            patch::set(base, &path, value.clone()).ok().or(traits)
        })
    }
}

/// Repeated names become a list.
fn form_members(params: &Params) -> Result<Vec<(String, Box<RawValue>)>, String> {
    let mut members: Vec<(String, Box<RawValue>)> = Vec::new();
    for (key, _) in params.iter() {
        if members.iter().any(|(known, _)| known == key) {
            continue;
        }
        let values: Vec<&str> = params.all(key).collect();
        let value = match values.as_slice() {
            [one] => to_raw_value(one),
            many => to_raw_value(many),
        };
        members.push((key.to_owned(), value.map_err(|e| e.to_string())?));
    }
    Ok(members)
}
