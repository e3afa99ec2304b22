use std::fmt;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment {
    /// Text as it stands.
    Text(&'static str),
    /// The value of this path parameter.
    Parameter(&'static str),
}

impl Object {
    /// The object for this request, or `None` if a parameter is missing, empty,
    /// a dot segment, longer than 1024 bytes or holds control characters.
    pub(crate) fn resolve(&self, request: &RequestSnapshot) -> Option<String> {
        match self {
            Self::Function(function) => function(request).filter(|object| is_sound(object)),
            Self::Template(segments) => {
                let mut object = String::new();
                for segment in *segments {
                    match segment {
                        Segment::Text(text) => object.push_str(text),
                        Segment::Parameter(name) => {
                            object.push_str(request.path_parameter(name).filter(|value| is_sound(value))?);
                        }
                    }
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
        segments.iter().filter_map(|segment| match segment {
            Segment::Parameter(name) => Some(*name),
            Segment::Text(_) => None,
        })
    }
}

fn is_sound(value: &str) -> bool {
    const LONGEST: usize = 1024;
    !value.is_empty() && value.len() <= LONGEST && value != "." && value != ".." && !value.contains(char::is_control)
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Function(_) => f.write_str("(computed)"),
            Self::Template(segments) => segments.iter().try_for_each(|segment| match segment {
                Segment::Text(text) => f.write_str(text),
                Segment::Parameter(name) => write!(f, "{{{name}}}"),
            }),
        }
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Object({self})")
    }
}
