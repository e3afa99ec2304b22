use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::RequestSnapshot;

/// The object of a permission: a template over path parameters, or a function of the request.
#[derive(Clone, Copy)]
pub enum Object {
    /// `"listings:{id}"`, taken apart.
    Template(&'static [Segment]),
    /// Computes the object; `None` refuses the request with 400.
    Function(fn(&RequestSnapshot) -> Option<String>),
}

/// A piece of an object template.
///
/// Parameters of a type are taken in one spelling only, the one that the type itself prints:
/// a handler that reads `042` as a number would act on 42, and Keto would have been asked about
/// another object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Segment {
    /// Text as it stands.
    Text(&'static str),
    /// The value of this path parameter.
    Parameter(&'static str),
    /// The same, a `u64` in decimal: no sign, no leading zero.
    U64(&'static str),
    /// The same, a UUID in lower case and with its hyphens (RFC 9562, section 4).
    Uuid(&'static str),
}

impl Segment {
    /// The path parameter that it stands for, if it is one.
    #[must_use]
    pub const fn parameter(&self) -> Option<&'static str> {
        match *self {
            Self::Text(_) => None,
            Self::Parameter(name) | Self::U64(name) | Self::Uuid(name) => Some(name),
        }
    }

    /// Its part of the object.
    fn resolve<'a>(&self, request: &'a RequestSnapshot) -> Option<&'a str> {
        let value = |name: &str| request.path_parameter(name).filter(|value| is_sound(value));
        match *self {
            Self::Text(text) => Some(text),
            Self::Parameter(name) => value(name),
            Self::U64(name) => value(name).filter(|value| is_canonical::<u64>(value)),
            Self::Uuid(name) => value(name).filter(|value| is_canonical::<Uuid>(value)),
        }
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Parameter(name) => write!(f, "{{{name}}}"),
            Self::U64(name) => write!(f, "{{{name}:u64}}"),
            Self::Uuid(name) => write!(f, "{{{name}:uuid}}"),
        }
    }
}

/// What a function gives that names an object: nothing else does.
#[diagnostic::on_unimplemented(
    message = "this function does not name the object of a permission",
    label = "gives `{Self}`",
    note = "an object is named by a `fn(request: &RequestSnapshot) -> Option<String>`, `None` if there is none; not by an `async fn`"
)]
pub trait NamesObject {
    /// The object, or `None` to refuse the request with 400.
    fn object(self) -> Option<String>;
}

impl NamesObject for Option<String> {
    fn object(self) -> Option<String> {
        self
    }
}

/// What a function said; attributes expand to it.
pub fn named_object<O: NamesObject>(said: O) -> Option<String> {
    said.object()
}

impl Object {
    /// The object for this request, or `None` if a parameter is missing, empty, a dot segment,
    /// longer than 1024 bytes, holds control characters or is not spelt as its type demands.
    pub(crate) fn resolve(&self, request: &RequestSnapshot) -> Option<String> {
        match self {
            Self::Function(function) => function(request).filter(|object| is_sound(object)),
            Self::Template(segments) => {
                let mut object = String::new();
                for segment in *segments {
                    object.push_str(segment.resolve(request)?);
                }
                is_sound(&object).then_some(object)
            }
        }
    }

    /// The path parameters that a template names.
    pub fn parameters(&self) -> impl Iterator<Item = &'static str> {
        let segments: &'static [Segment] = match self {
            Self::Template(segments) => segments,
            Self::Function(_) => &[],
        };
        segments.iter().filter_map(Segment::parameter)
    }
}

fn is_sound(value: &str) -> bool {
    const LONGEST: usize = 1024;
    !value.is_empty() && value.len() <= LONGEST && value != "." && value != ".." && !value.contains(char::is_control)
}

/// Whether it is what a value of the type prints.
fn is_canonical<T: FromStr + fmt::Display>(text: &str) -> bool {
    text.parse::<T>().is_ok_and(|value| value.to_string() == text)
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Function(_) => f.write_str("(computed)"),
            Self::Template(segments) => segments.iter().try_for_each(|segment| segment.fmt(f)),
        }
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Object({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_spelt_in_one_way() {
        for good in ["0", "7", "42", "18446744073709551615"] {
            assert!(is_canonical::<u64>(good), "{good}");
        }
        for bad in
            ["", "042", "00", "+42", "-0", "-1", " 42", "42 ", "4_2", "4e1", "0x2a", "18446744073709551616", "٤٢"]
        {
            assert!(!is_canonical::<u64>(bad), "{bad}");
        }
        for good in ["6ba7b810-9dad-11d1-80b4-00c04fd430c8", "00000000-0000-0000-0000-000000000000"] {
            assert!(is_canonical::<Uuid>(good), "{good}");
        }
        for bad in [
            "",
            "6BA7B810-9dad-11d1-80b4-00c04fd430c8",
            "6ba7b8109dad11d180b400c04fd430c8",
            "{6ba7b810-9dad-11d1-80b4-00c04fd430c8}",
            "urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8",
            " 6ba7b810-9dad-11d1-80b4-00c04fd430c8",
            "6ba7b810-9dad-11d1-80b4-00c04fd430c",
        ] {
            assert!(!is_canonical::<Uuid>(bad), "{bad}");
        }
    }
}
