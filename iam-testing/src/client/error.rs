//! Why a call did not do what a test wanted of it.

use reqwest::StatusCode;
use serde_json::Value;

/// As much of an unknown body as an error shows, in characters.
const MAX_QUOTE: usize = 400;

/// A call to Ory that failed. The text repeats what Ory said, so it belongs in a test's output, not in a log.
#[derive(Debug, thiserror::Error)]
#[error("`{call}` {cause}")]
pub struct OryClientError {
    call: String,
    cause: Cause,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum Cause {
    #[error("could not be sent")]
    Unsendable(#[source] std::io::Error),
    #[error("got no answer: {}", chain(.0))]
    NoAnswer(#[source] reqwest::Error),
    #[error("answered {status}: {text}")]
    Refused { status: StatusCode, text: String },
    #[error("answered {status}, which cannot be understood: {what}")]
    Unreadable { status: StatusCode, what: String },
}

impl OryClientError {
    pub(super) fn new(call: impl Into<String>, cause: Cause) -> OryClientError {
        OryClientError { call: call.into(), cause }
    }

    /// The status that Ory answered, if it answered at all.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self.cause {
            Cause::Unsendable(_) | Cause::NoAnswer(_) => None,
            Cause::Refused { status, .. } | Cause::Unreadable { status, .. } => Some(status),
        }
    }
}

/// reqwest says what it was doing; why that failed is further down.
fn chain(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

/// What an answer's body says, in whichever of Ory's shapes: the `error` object of Kratos and Keto, Hydra's
/// pair of strings, or a flow that came back with messages.
pub(super) fn words(body: &str) -> String {
    let json: Value = serde_json::from_str(body).unwrap_or_default();
    let mut words = Vec::new();
    for pointer in ["/error", "/error/message", "/error/reason", "/error_description"] {
        words.extend(json.pointer(pointer).and_then(Value::as_str));
    }
    let nodes = json.pointer("/ui/nodes").and_then(Value::as_array).into_iter().flatten();
    let messages = nodes.filter_map(|node| node.get("messages")).chain(json.pointer("/ui/messages"));
    for message in messages.filter_map(Value::as_array).flatten() {
        words.extend(message.get("text").and_then(Value::as_str));
    }
    if words.is_empty() {
        return body.chars().take(MAX_QUOTE).collect();
    }
    words.join("; ")
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn the_words_of_every_shape_are_found() {
        for (body, expected) in [
            (r#"{"error":{"code":409,"message":"taken","reason":"by whom"}}"#, "taken; by whom"),
            (r#"{"error":"invalid_scope","error_description":"no"}"#, "invalid_scope; no"),
            (r#"{"ui":{"nodes":[{"messages":[{"text":"short"}]}],"messages":[{"text":"wrong"}]}}"#, "short; wrong"),
            ("404 page not found", "404 page not found"),
            ("{}", "{}"),
        ] {
            assert_eq!(words(body), expected);
        }
    }
}
