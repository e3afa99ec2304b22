//! What an answer is made of, without what is one run's own: its status, the headers that matter, and of its body
//! every key with the kinds of value there.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::header::{HeaderMap, SET_COOKIE};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use url::Url;
use uuid::Uuid;

use crate::row::NO_ANSWER;

/// By place: `status`, `header vary`, or a JSON pointer in which `*` stands for each item of a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Shape(BTreeMap<String, BTreeSet<String>>);

/// Headers of which the whole value is compared, and those of which only what is no run's own.
const WHOLE: [&str; 6] = ["cache-control", "content-type", "ory-error-id", "ory-session-cache-for", "pragma", "vary"];
const IN_PART: [&str; 5] =
    ["link", "location", "www-authenticate", "x-kratos-authenticated-identity-id", "x-total-count"];

/// Absent in one item of a list and there in another.
const ABSENT: &str = "absent";

/// One place where two answers are not alike, and what each has there.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Difference {
    pub(crate) place: String,
    pub(crate) here: String,
    pub(crate) there: String,
}

impl Shape {
    pub(crate) fn of(status: u16, headers: &HeaderMap, body: &str) -> Shape {
        let mut places = BTreeMap::new();
        let mut put = |place: String, kind: String| drop(places.insert(place, BTreeSet::from([kind])));
        put("status".to_owned(), if status == NO_ANSWER { "no answer".to_owned() } else { status.to_string() });
        for name in WHOLE.into_iter().chain(IN_PART) {
            let lines: Vec<_> = headers.get_all(name).iter().filter_map(|line| line.to_str().ok()).collect();
            if !lines.is_empty() {
                let is_whole = WHOLE.contains(&name);
                let said = lines.into_iter().map(|line| if is_whole { line.to_owned() } else { header(name, line) });
                put(format!("header {name}"), said.collect::<Vec<_>>().join(", "));
            }
        }
        for line in headers.get_all(SET_COOKIE).iter().filter_map(|line| line.to_str().ok()) {
            let (name, attributes) = cookie(line);
            put(format!("header set-cookie {name}"), attributes);
        }
        match serde_json::from_str::<Value>(body) {
            Ok(value) => places.extend(json("", &value).into_iter().filter(|(place, _)| !is_shown_to_people(place))),
            Err(_) => put(String::new(), text(body)),
        }
        Shape(places)
    }

    /// Forgets these places and what is below them.
    pub(crate) fn forget(&mut self, places: &[&str]) {
        let is_in = |place: &str, above: &str| place == above || place.starts_with(&format!("{above}/"));
        self.0.retain(|place, _| !places.iter().any(|above| is_in(place, above)));
    }

    /// Where they are not alike; below such a place nothing more is told.
    pub(crate) fn differences(&self, there: &Shape) -> Vec<Difference> {
        let mut found: Vec<Difference> = Vec::new();
        for place in self.0.keys().chain(there.0.keys()).collect::<BTreeSet<_>>() {
            let (here, there) = (self.0.get(place), there.0.get(place));
            let is_below = |above: &str| !above.contains(' ') && place.starts_with(&format!("{above}/"));
            if here == there || found.iter().any(|above| is_below(&above.place)) {
                continue;
            }
            let said = |kinds: Option<&BTreeSet<String>>| {
                kinds.map_or_else(|| ABSENT.to_owned(), |kinds| kinds.iter().cloned().collect::<Vec<_>>().join(" or "))
            };
            found.push(Difference { place: place.clone(), here: said(here), there: said(there) });
        }
        found
    }
}

fn json(place: &str, value: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let mut places = BTreeMap::from([(place.to_owned(), BTreeSet::from([kind(place, value)]))]);
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                places.extend(json(&format!("{place}/{key}"), value));
            }
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| json(&format!("{place}/*"), item)).collect();
            let all: BTreeSet<_> = items.iter().flat_map(BTreeMap::keys).cloned().collect();
            for at in all {
                let absent = BTreeSet::from([ABSENT.to_owned()]);
                let kinds = items.iter().flat_map(|item| item.get(&at).unwrap_or(&absent)).cloned().collect();
                places.insert(at, kinds);
            }
        }
        _ => {}
    }
    places
}

/// What a form's page makes of the flow: no call of the SDK's reads it.
fn is_shown_to_people(place: &str) -> bool {
    place.contains("/ui/nodes/*") || place.contains("/ui/messages/*/context")
}

fn kind(place: &str, value: &Value) -> String {
    let is_code = || place.ends_with("/code") || place.ends_with("/id");
    match value {
        Value::Null | Value::Bool(_) => value.to_string(),
        Value::Number(number) if is_code() => number.to_string(),
        Value::Number(number) if number.is_f64() => "a fraction".to_owned(),
        Value::Number(_) => "a whole number".to_owned(),
        Value::String(text) if text.is_empty() || is_word(text) => format!("`{text}`"),
        Value::String(text) if Uuid::parse_str(text).is_ok() => "a UUID".to_owned(),
        Value::String(text) if OffsetDateTime::parse(text, &Rfc3339).is_ok() => "a time".to_owned(),
        Value::String(text) if Url::parse(text).is_ok_and(|url| url.has_host()) => "a URL".to_owned(),
        Value::String(_) => "text".to_owned(),
        Value::Array(items) if items.is_empty() => "an empty list".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// A code, such as `session_aal2_required`; what is random has capitals or more digits.
fn is_word(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    digits < 2 && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

/// A text without what it quotes.
fn text(body: &str) -> String {
    match body.split('"').step_by(2).collect::<Vec<_>>().join("\"\"") {
        text if text.is_empty() => "no body".to_owned(),
        text => text.replace('\n', "\\n"),
    }
}

fn header(name: &str, line: &str) -> String {
    match name {
        "link" => line.split(",<").map(link).collect::<Vec<_>>().join(", "),
        "location" => place(line),
        "www-authenticate" => line.split('"').step_by(2).collect(),
        _ if Uuid::parse_str(line).is_ok() => "a UUID".to_owned(),
        _ => line.to_owned(),
    }
}

/// A path with the names of its parameters: hosts, ids and values are one run's own.
fn place(url: &str) -> String {
    let (url, query) = url.split_once('?').unwrap_or((url, ""));
    let path = Url::parse(url).map_or_else(|_| url.to_owned(), |url| url.path().to_owned());
    let segments = path.split('/').map(|segment| if Uuid::parse_str(segment).is_ok() { "*" } else { segment });
    let mut names: Vec<_> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    names.sort_unstable();
    format!("{}?{}", segments.collect::<Vec<_>>().join("/"), names.join("&"))
}

fn link(link: &str) -> String {
    let (target, rel) = link.trim_start_matches('<').split_once('>').unwrap_or((link, ""));
    format!("{}{rel}", place(target))
}

/// The name without what is a hash of the server or the client, and the attributes.
fn cookie(line: &str) -> (String, String) {
    let mut parts = line.split(';').map(str::trim);
    let name = parts.next().and_then(|pair| pair.split('=').next()).unwrap_or_default();
    let name = match name.rsplit_once('_') {
        Some((name, end)) if end.len() > 4 && end.bytes().all(|b| b.is_ascii_hexdigit()) => format!("{name}_*"),
        _ => name.to_owned(),
    };
    let attributes = parts.map(|part| match part.split_once('=') {
        Some((key @ ("Max-Age" | "Expires"), _)) => key,
        _ => part,
    });
    let mut attributes: Vec<_> = attributes.collect();
    attributes.sort_unstable();
    (name, attributes.join("; "))
}

#[test]
fn what_is_one_runs_own_makes_no_difference() {
    let shape = |status, headers: &[(&'static str, &str)], body: &str| {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        Shape::of(status, &headers, body)
    };
    let told = |here: &str, there: &str| -> Vec<String> {
        let differences = shape(200, &[], here).differences(&shape(200, &[], there));
        differences.into_iter().map(|found| format!("{}: {}, {}", found.place, found.here, found.there)).collect()
    };
    for (here, there) in [
        (r#"{"id":"00000000-0000-4000-8000-000000000000"}"#, r#"{"id":"11111111-0000-4000-8000-000000000000"}"#),
        (r#"{"at":"2026-01-02T03:04:05Z","n":1}"#, r#"{"at":"2026-01-02T03:04:05.1Z","n":2}"#),
        (r#"[{"a":null},{"a":1}]"#, r#"[{"a":2},{"a":null},{"a":1}]"#),
        (r#"<a href="x">"#, r#"<a href="y">"#),
    ] {
        assert_eq!(told(here, there), [""; 0], "{here} and {there}");
    }
    for (here, there, meant) in [
        (r#"{"a":null}"#, "{}", "/a: null, absent"),
        (r#"{"a":{"b":1}}"#, "{}", "/a: an object, absent"),
        (r#"{"error":"invalid_client"}"#, r#"{"error":"invalid_grant"}"#, "/error: `invalid_client`, `invalid_grant`"),
        (r#"[{"a":1},{}]"#, r#"[{"a":1}]"#, "/*/a: a whole number or absent, a whole number"),
        ("", "{}", ": no body, an object"),
    ] {
        assert_eq!(told(here, there), [meant], "{here} and {there}");
    }
    let cookies = |line| shape(303, &[("location", "http://127.0.0.1:1/ui?flow=1"), ("set-cookie", line)], "");
    let here = cookies("csrf_token_0a1b2c3d=x; Path=/; Max-Age=3");
    assert_eq!(here.differences(&cookies("csrf_token_4e5f6a7b=y; Max-Age=4; Path=/")), []);
    let differences = here.differences(&shape(302, &[("location", "/ui?flow=2")], ""));
    let places: Vec<_> = differences.iter().map(|found| found.place.as_str()).collect();
    assert_eq!(places, ["header set-cookie csrf_token_*", "status"]);
}
