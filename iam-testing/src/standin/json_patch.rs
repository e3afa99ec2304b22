//! The three operations of RFC 6902 that Ory's admin APIs take.

use serde::Deserialize;
use serde_json::{Map, Value};

/// One operation.
#[derive(Deserialize)]
pub(super) struct Operation {
    op: String,
    path: String,
    #[serde(default)]
    value: Value,
}

/// Applies all operations, or says which one cannot be; `document` is then half changed and to be dropped.
pub(super) fn apply(document: &mut Value, operations: &[Operation]) -> Result<(), String> {
    operations.iter().try_for_each(|operation| {
        one(document, operation)
            .ok_or_else(|| format!("operation {} on {} is not possible", operation.op, operation.path))
    })
}

fn one(document: &mut Value, Operation { op, path, value }: &Operation) -> Option<()> {
    let (parent, key) = path.rsplit_once('/')?;
    let key = key.replace("~1", "/").replace("~0", "~");
    match document.pointer_mut(parent)? {
        Value::Object(object) => in_object(object, op, key, value),
        Value::Array(array) => in_array(array, op, &key, value),
        _ => None,
    }
}

fn in_object(object: &mut Map<String, Value>, op: &str, key: String, value: &Value) -> Option<()> {
    match op {
        // Ory's library adds what a replace does not find.
        "add" | "replace" => drop(object.insert(key, value.clone())),
        "remove" => drop(object.remove(&key)?),
        _ => return None,
    }
    Some(())
}

fn in_array(array: &mut Vec<Value>, op: &str, key: &str, value: &Value) -> Option<()> {
    if op == "add" && key == "-" {
        array.push(value.clone());
        return Some(());
    }
    let index: usize = key.parse().ok()?;
    match op {
        "add" if index <= array.len() => array.insert(index, value.clone()),
        "replace" => *array.get_mut(index)? = value.clone(),
        "remove" if index < array.len() => drop(array.remove(index)),
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn patched(document: Value, operations: Value) -> Result<Value, String> {
        let mut document = document;
        let operations: Vec<Operation> = serde_json::from_value(operations).unwrap();
        apply(&mut document, &operations).map(|()| document)
    }

    #[test]
    fn adds_replaces_and_removes() {
        let operations = json!([
            {"op": "replace", "path": "/scope", "value": "b"},
            {"op": "add", "path": "/audience/-", "value": "two"},
            {"op": "remove", "path": "/audience/0"},
            {"op": "add", "path": "/metadata/a~1b", "value": 1},
        ]);
        let document = json!({"scope": "a", "audience": ["one"], "metadata": {}});
        assert_eq!(
            patched(document, operations),
            Ok(json!({"scope": "b", "audience": ["two"], "metadata": {"a/b": 1}}))
        );
    }

    #[test]
    fn what_is_not_possible_is_an_error() {
        for operation in [
            json!({"op": "remove", "path": "/none"}),
            json!({"op": "add", "path": "/a/9", "value": 1}),
            json!({"op": "add", "path": "/none/x", "value": 1}),
            json!({"op": "test", "path": "/a", "value": []}),
            json!({"op": "add", "path": "", "value": 1}),
        ] {
            assert!(patched(json!({"a": []}), json!([operation])).is_err(), "{operation}");
        }
    }
}
