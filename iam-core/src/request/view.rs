use std::borrow::Cow;
use std::net::IpAddr;

/// What an adapter shows of a request while it is decided.
pub trait RequestView {
    /// The method, in capitals.
    fn method(&self) -> &str;

    /// The template of the matched route, such as `/listings/{id}`.
    fn route(&self) -> Option<&str>;

    /// The host and port that the request is for: the URI's authority, else the `Host` header.
    fn authority(&self) -> Option<&[u8]>;

    /// Calls `visit` with every value of a header, in order. `name` is in lower case.
    fn header<'a>(&'a self, name: &str, visit: &mut dyn FnMut(&'a [u8]));

    /// The path parameters, each decoded just as the handler receives it.
    fn path_parameters(&self) -> PathParameters;

    /// The address of the connection's other end, if known. An unknown peer is never trusted.
    fn peer(&self) -> Option<IpAddr> {
        None
    }
}

/// The parameters of a matched route.
#[derive(Debug, Clone, Default)]
pub enum PathParameters {
    /// The route has none.
    #[default]
    None,
    /// Name and decoded value.
    Decoded(Vec<(String, String)>),
    /// Some value is no UTF-8 after decoding, so that no handler could receive it.
    Undecodable,
}

impl PathParameters {
    /// The value of the parameter of this name; none of a name that stands twice, where
    /// nobody can tell which one the handler takes.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let Self::Decoded(all) = self else { return None };
        let mut named = all.iter().filter(|(key, _)| key == name);
        match (named.next(), named.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }
}

/// The value of a header that stands once, or every time with the same value.
pub(crate) fn single_header<'a>(view: &'a dyn RequestView, name: &str) -> Result<Option<&'a [u8]>, Differing> {
    let mut found: Option<&'a [u8]> = None;
    let mut differing = false;
    view.header(name, &mut |value| match found {
        None => found = Some(value),
        Some(first) => differing |= first != value,
    });
    if differing { Err(Differing) } else { Ok(found) }
}

/// The same header twice with different values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Differing;

/// Text that may hold anything, made printable for a log or an event.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    const LONGEST: usize = 256;
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let short = match text.char_indices().nth(LONGEST) {
        Some((end, _)) => &text[..end],
        None => text,
    };
    if !short.contains(hidden) {
        return Cow::Borrowed(short);
    }
    let mut escaped = String::with_capacity(short.len() + 8);
    for c in short.chars() {
        if hidden(c) { escaped.extend(c.escape_unicode()) } else { escaped.push(c) }
    }
    Cow::Owned(escaped)
}
