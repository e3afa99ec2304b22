//! JSON Patch (RFC 6902) over raw JSON: what no operation touches keeps its
//! bytes, however odd they are. The dialect is Kratos': `add`, `remove` and
//! `replace` only, a `replace` of a missing member adds it, and missing
//! parents are made (`oryx/jsonx/patch.go`).

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// One operation as sent.
#[derive(Debug, Deserialize)]
struct Operation {
    op: String,
    path: String,
    // `null` is a value here, unlike in an `Option` of serde's own.
    #[serde(default, deserialize_with = "present")]
    value: Option<Box<RawValue>>,
}

fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Box<RawValue>>, D::Error> {
    Box::<RawValue>::deserialize(from).map(Some)
}

/// The paths Kratos refuses, in lower case (`identity/handler.go`, `patch`).
fn denied(path: &str) -> bool {
    let path = path.to_lowercase();
    let under = |tree: &str| path.strip_prefix(tree).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    matches!(path.as_str(), "/id" | "/statechangedat" | "/credentials")
        || under("/credentials/oidc")
        || under("/credentials/saml")
}

/// Applies the JSON Patch in `patch` to `document`.
///
/// # Errors
/// The text for the 400: malformed patch, unsupported operation, denied path,
/// or a path that is not there.
pub(super) fn apply(document: &str, patch: &[u8]) -> Result<Box<RawValue>, String> {
    let operations: Vec<Operation> = serde_json::from_slice(patch).map_err(|e| e.to_string())?;
    for operation in &operations {
        if !matches!(operation.op.as_str(), "add" | "remove" | "replace") {
            return Err(format!("unsupported operation: {}", operation.op));
        }
        if denied(&operation.path) {
            return Err(format!("patch includes denied path: {}", operation.path));
        }
    }
    let mut document = RawValue::from_string(document.to_owned()).map_err(|e| e.to_string())?;
    for operation in operations {
        let tokens: Vec<String> = match operation.path.strip_prefix('/') {
            Some(rest) => rest.split('/').map(unescape).collect(),
            None => return Err(format!("not a path: {}", operation.path)),
        };
        let edit = match (operation.op.as_str(), operation.value) {
            ("remove", _) => Edit::Remove,
            (_, None) => return Err("missing value".into()),
            ("add", Some(value)) => Edit::Add(value),
            (_, Some(value)) => Edit::Replace(value),
        };
        document = change(Some(&document), &tokens, edit)?;
    }
    Ok(document)
}

/// `document` with `value` at the path of `tokens`, parents made as needed.
///
/// # Errors
/// If a parent is a value without members.
pub(super) fn set(document: &RawValue, tokens: &[String], value: Box<RawValue>) -> Result<Box<RawValue>, String> {
    change(Some(document), tokens, Edit::Add(value))
}

/// RFC 6901, section 4.
fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

enum Edit {
    Add(Box<RawValue>),
    Replace(Box<RawValue>),
    Remove,
}

fn change(node: Option<&RawValue>, tokens: &[String], edit: Edit) -> Result<Box<RawValue>, String> {
    let Some((token, rest)) = tokens.split_first() else {
        return Err("no target".into());
    };
    let index = token.parse::<usize>().ok();
    match node.map(RawValue::get).filter(|text| *text != "null") {
        Some(text) if text.starts_with('{') => in_object(parse(text)?, token, rest, edit),
        Some(text) if text.starts_with('[') => in_array(parse(text)?, token, index, rest, edit),
        Some(_) => Err(format!("{token} lies in a value without members")),
        None if matches!(edit, Edit::Remove) => Err(format!("missing path: {token}")),
        None if token == "-" || index.is_some() => {
            let nulls = vec![RawValue::NULL.to_owned(); index.unwrap_or(0)];
            in_array(nulls, token, index, rest, edit)
        }
        None => in_object(RawObject::default(), token, rest, edit),
    }
}

fn in_object(mut object: RawObject, token: &str, rest: &[String], edit: Edit) -> Result<Box<RawValue>, String> {
    let old = object.0.iter().position(|(key, _)| key == token);
    if rest.is_empty() {
        match (edit, old) {
            (Edit::Remove, None) => return Err(format!("missing path: {token}")),
            (Edit::Remove, Some(at)) => drop(object.0.remove(at)),
            (Edit::Add(value) | Edit::Replace(value), Some(at)) => object.0[at].1 = value,
            (Edit::Add(value) | Edit::Replace(value), None) => {
                object.0.push((token.to_owned(), value));
            }
        }
    } else {
        let child = change(old.map(|at| &*object.0[at].1), rest, edit)?;
        match old {
            Some(at) => object.0[at].1 = child,
            None => object.0.push((token.to_owned(), child)),
        }
    }
    serde_json::value::to_raw_value(&object).map_err(|e| e.to_string())
}

fn in_array(
    mut array: Vec<Box<RawValue>>,
    token: &str,
    index: Option<usize>,
    rest: &[String],
    edit: Edit,
) -> Result<Box<RawValue>, String> {
    let out_of_bounds = || format!("no element {token}");
    let at = match index {
        None if token == "-" => array.len(),
        at => at.ok_or_else(out_of_bounds)?,
    };
    match (rest.is_empty(), edit) {
        (true, Edit::Add(value)) if at <= array.len() => array.insert(at, value),
        (true, Edit::Replace(value)) if at < array.len() => array[at] = value,
        (true, Edit::Remove) if at < array.len() => drop(array.remove(at)),
        (false, edit) if at < array.len() => array[at] = change(Some(&array[at]), rest, edit)?,
        (false, edit) if at == array.len() => array.push(change(None, rest, edit)?),
        _ => return Err(out_of_bounds()),
    }
    serde_json::value::to_raw_value(&array).map_err(|e| e.to_string())
}

fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|e| e.to_string())
}

/// An object whose members keep their order and their bytes.
#[derive(Default)]
pub(super) struct RawObject(pub(super) Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for RawObject {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = RawObject;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawObject, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(RawObject(members))
            }
        }
        from.deserialize_map(Members)
    }
}

impl Serialize for RawObject {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::apply;

    fn patched(document: &str, patch: &str) -> Result<String, String> {
        apply(document, patch.as_bytes()).map(|raw| raw.get().to_owned())
    }

    #[test]
    fn what_is_not_touched_keeps_its_bytes() {
        let document = r#"{"traits":{"odd":"\ud800","big":1e999,"a":1},"x": [ 1 ]}"#;
        assert_eq!(
            patched(document, r#"[{"op":"replace","path":"/traits/a","value":null}]"#),
            Ok(r#"{"traits":{"odd":"\ud800","big":1e999,"a":null},"x":[ 1 ]}"#.into())
        );
    }

    #[test]
    fn replace_of_a_missing_member_adds_it_and_its_parents() {
        let set = r#"[{"op":"replace","path":"/m/roles","value":["a"]}]"#;
        for document in [r#"{}"#, r#"{"m":null}"#, r#"{"m":{}}"#] {
            assert_eq!(patched(document, set), Ok(r#"{"m":{"roles":["a"]}}"#.into()));
        }
    }

    #[test]
    fn elements_are_inserted_replaced_and_removed() {
        let patch = r#"[{"op":"add","path":"/a/-","value":3},{"op":"add","path":"/a/0","value":0},
            {"op":"replace","path":"/a/1","value":9},{"op":"remove","path":"/a/2"}]"#;
        assert_eq!(patched(r#"{"a":[1,2]}"#, patch), Ok(r#"{"a":[0,9,3]}"#.into()));
        assert!(patched(r#"{"a":[1]}"#, r#"[{"op":"replace","path":"/a/1","value":0}]"#).is_err());
    }

    #[test]
    fn refusals() {
        for patch in [
            r#"[{"op":"move","from":"/a","path":"/b"}]"#,
            r#"[{"op":"remove","path":"/missing"}]"#,
            r#"[{"op":"add","path":"/a"}]"#,
            r#"[{"op":"add","path":"/ID","value":1}]"#,
            r#"[{"op":"add","path":"/credentials/oidc/config","value":1}]"#,
            r#"[{"op":"add","path":"","value":{}}]"#,
            r#"{"op":"add"}"#,
        ] {
            assert!(patched(r#"{"a":1}"#, patch).is_err(), "{patch}");
        }
    }
}
