//! Ory's own OpenAPI files, where a folder has them: `<folder>/kratos.json` and so on.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use boon::{Compiler, Draft, Schemas, ValidationError};
use iam_testing::standin::Product;
use serde_json::{Map, Value, json};

/// Names the folder. The files belong to Ory and are no part of this project.
pub(crate) const VARIABLE: &str = "IAM_ORY_OPENAPI";

/// Where the compiler thinks the file is.
const PLACE: &str = "https://openapi.test/document.json";

/// One product's file.
pub(crate) struct OpenApi(Value);

impl OpenApi {
    /// The product's file, if there is a folder.
    pub(crate) fn of(product: Product) -> Option<OpenApi> {
        let folder = std::env::var_os(VARIABLE).filter(|folder| !folder.is_empty())?;
        let text = fs::read_to_string(Path::new(&folder).join(format!("{product}.json"))).unwrap();
        Some(OpenApi::read(&text))
    }

    fn read(text: &str) -> OpenApi {
        let mut document = serde_json::from_str(text).unwrap();
        without_nullable(&mut document);
        OpenApi(document)
    }

    /// The operation's path as the file has it, such as `/admin/identities/{id}`.
    pub(crate) fn template(&self, path: &str) -> Option<&str> {
        let fits = |template: &str| {
            let (mut asked, mut there) = (path.split('/'), template.split('/'));
            loop {
                match (asked.next(), there.next()) {
                    (None, None) => return true,
                    (Some(asked), Some(there)) if asked == there || there.starts_with('{') => {}
                    _ => return false,
                }
            }
        };
        // A literal segment comes before a parameter.
        let templates = self.0["paths"].as_object()?.keys().filter(|template| fits(template));
        templates.min_by_key(|template| template.matches('{').count()).map(String::as_str)
    }

    /// What this answer has that the file does not say, if anything.
    pub(crate) fn deviation(&self, method: &str, path: &str, status: u16, body: &str) -> Option<String> {
        let Some(template) = self.template(path) else { return Some("no such path".to_owned()) };
        let method = method.to_lowercase();
        let operation = &self.0["paths"][template][&method];
        let Some(responses) = operation["responses"].as_object() else { return Some("no such method".to_owned()) };
        let status = status.to_string();
        let Some((key, response)) = responses.get_key_value(&status).or_else(|| responses.get_key_value("default"))
        else {
            return Some("no such status".to_owned());
        };
        let mut pointer = format!("/paths/{}/{method}/responses/{key}", escaped(template));
        let mut response = response;
        if let Some(shared) = response["$ref"].as_str().and_then(|shared| shared.strip_prefix('#')) {
            shared.clone_into(&mut pointer);
            response = self.0.pointer(shared).unwrap();
        }
        let Some(content) = response["content"].as_object() else {
            return (!body.is_empty()).then(|| "a body where none is described".to_owned());
        };
        let kind = content.keys().next().unwrap();
        let Ok(body) = serde_json::from_str::<Value>(body) else {
            return (kind == "application/json").then(|| "no JSON".to_owned());
        };
        self.violation(&format!("{pointer}/content/{}/schema", escaped(kind)), &body)
    }

    fn violation(&self, schema: &str, body: &Value) -> Option<String> {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        // OpenAPI 3.0 is JSON Schema's draft of that time.
        compiler.set_default_draft(Draft::V4);
        compiler.add_resource(PLACE, self.0.clone()).unwrap();
        let schema = compiler.compile(&format!("{PLACE}#{schema}"), &mut schemas).unwrap();
        schemas.validate(body, schema).err().map(|error| innermost(&error))
    }
}

/// The first reason, without the way to it.
fn innermost(error: &ValidationError<'_, '_>) -> String {
    match error.causes.first() {
        Some(cause) => innermost(cause),
        None => {
            let place = error.instance_location.to_string();
            let place = if place.is_empty() { "the body".to_owned() } else { format!("`{place}`") };
            format!("{place}: {}", error.kind)
        }
    }
}

/// RFC 6901, section 3, and then a URL's fragment.
fn escaped(segment: &str) -> String {
    segment.replace('~', "~0").replace('/', "~1").replace('{', "%7B").replace('}', "%7D")
}

/// `nullable` of OpenAPI 3.0 in JSON Schema's words.
fn without_nullable(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(without_nullable),
        Value::Object(object) => {
            object.values_mut().for_each(without_nullable);
            if object.get("nullable").is_some_and(Value::is_boolean) {
                let is_nullable = object.remove("nullable") == Some(json!(true));
                if is_nullable {
                    allow_null(object);
                }
            }
        }
        _ => {}
    }
}

fn allow_null(schema: &mut Map<String, Value>) {
    // Without a type, everything goes already, `null` as well.
    let Some(kind) = schema.get("type").cloned() else { return };
    schema.insert("type".to_owned(), json!([kind, "null"]));
    if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        values.push(Value::Null);
    }
}

/// How many rows deviate in the same way.
pub(crate) type Deviations = BTreeMap<(String, u16, String), usize>;

#[test]
fn an_answer_is_held_to_its_schema() {
    let file = OpenApi::read(
        r##"{
            "paths": {
                "/things": {"delete": {"responses": {"204": {"description": "gone"}}}},
                "/things/{id}": {"get": {"responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/thing"}}}},
                    "default": {"$ref": "#/components/responses/error"}
                }}}
            },
            "components": {
                "responses": {"error": {"content": {"application/json": {"schema": {"required": ["error"]}}}}},
                "schemas": {"thing": {"type": "object", "required": ["id"], "properties": {
                    "id": {"type": "string"},
                    "note": {"type": "string", "nullable": true, "enum": ["a"]},
                    "seen": {"type": "string", "format": "date-time"}
                }}}
            }
        }"##,
    );
    for (method, path, status, body, meant) in [
        ("GET", "/things/1", 200, r#"{"id":"1","note":null,"seen":"2026-01-02T03:04:05Z"}"#, None),
        ("GET", "/things/1", 200, r#"{"id":null}"#, Some("`/id`")),
        ("GET", "/things/1", 200, r#"{"id":"1","note":"b"}"#, Some("`/note`")),
        ("GET", "/things/1", 200, r#"{"id":"1","seen":"today"}"#, Some("`/seen`")),
        ("GET", "/things/1", 200, "{", Some("no JSON")),
        ("GET", "/things/1", 404, r#"{"error":{}}"#, None),
        ("GET", "/things/1", 404, "{}", Some("error")),
        ("DELETE", "/things", 204, "", None),
        ("DELETE", "/things", 204, "{}", Some("a body")),
        ("DELETE", "/things", 404, "", Some("no such status")),
        ("POST", "/things/1", 200, "", Some("no such method")),
        ("GET", "/things/1/more", 200, "", Some("no such path")),
    ] {
        let said = file.deviation(method, path, status, body);
        let row = format!("{method} {path} {status} {body}: {said:?}");
        match meant {
            None => assert_eq!(said, None, "{row}"),
            Some(meant) => assert!(said.is_some_and(|said| said.contains(meant)), "{row}"),
        }
    }
}
