use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::RequestId;

const REQUEST_ID: &str = "x-request-id";

/// The headers of an answer, as a framework keeps them. Names are in lower case.
pub trait AnswerHeaders {
    /// Whether there is one of this name.
    fn has(&self, name: &'static str) -> bool;

    /// Sets the one of this name.
    fn set(&mut self, name: &'static str, value: &str);

    /// Adds to `Vary`, beside what is there.
    fn add_vary(&mut self, names: &'static str);
}

/// Marks the answer of a handler: with the request's id and, behind a policy, as one caller's.
///
/// Shared caches must not keep it, unless the handler says how. `vary` is
/// [`Iam::vary`](crate::Iam::vary) of the policy, and none for what is public.
pub fn mark(answer: &mut impl AnswerHeaders, id: RequestId, vary: Option<&'static str>) {
    if let Some(vary) = vary {
        if !answer.has("cache-control") {
            answer.set("cache-control", "private, no-store");
        }
        answer.add_vary(vary);
    }
    answer.set(REQUEST_ID, &id.to_string());
}

impl AnswerHeaders for HeaderMap {
    fn has(&self, name: &'static str) -> bool {
        self.contains_key(name)
    }

    fn set(&mut self, name: &'static str, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.insert(HeaderName::from_static(name), value);
        }
    }

    fn add_vary(&mut self, names: &'static str) {
        self.append(header::VARY, HeaderValue::from_static(names));
    }
}
