//! A handler's own route: `#[get("/listings/{id}")]`.

use proc_macro2::Span;
use syn::LitStr;

use crate::errors::{Errors, nearest};

/// Method and path.
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) path: LitStr,
}

impl Route {
    /// The route of the one path among an attribute's strings.
    pub(super) fn of(method: &'static str, span: Span, paths: Vec<LitStr>, errors: &mut Errors) -> Option<Self> {
        let attribute = method.to_lowercase();
        let mut paths = paths.into_iter();
        let Some(path) = paths.next() else {
            errors.push(syn::Error::new(span, format!("name the path: `#[{attribute}(\"/listings/{{id}}\")]`")));
            return None;
        };
        for other in paths {
            errors.push(syn::Error::new(other.span(), format!("a second path: `#[{attribute}]` has one")));
        }
        if let Err(message) = parameters(&path.value()) {
            errors.push(syn::Error::new(path.span(), message));
        }
        Some(Self { method, path })
    }

    /// Why the path has no parameter of this name, and what to write.
    pub(crate) fn lacks(&self, name: &str) -> Option<String> {
        let path = self.path.value();
        // Checked when it was parsed.
        let parameters = parameters(&path).unwrap_or_default();
        if parameters.contains(&name) {
            return None;
        }
        let advice = match (nearest(name, &parameters), &parameters[..]) {
            (Some(near), _) | (None, &[near]) => format!("did you mean `{{{near}}}`?"),
            (None, []) => format!("write it into the path, as in `\"{}/{{{name}}}\"`", path.trim_end_matches('/')),
            (None, several) => format!("it has `{{{}}}`", several.join("}`, `{")),
        };
        Some(format!("the path `{path}` has no parameter `{{{name}}}`; {advice}"))
    }
}

/// The names of a path's parameters, or what is wrong with it and what to write.
fn parameters(path: &str) -> Result<Vec<&str>, String> {
    if !path.starts_with('/') {
        return Err(format!("a path begins with `/`: `\"/{path}\"`"));
    }
    for segment in path.split('/') {
        if let Some(name) = segment.strip_prefix(':') {
            return Err(format!("a path parameter stands in braces: `{{{name}}}`"));
        }
        if let Some(name) = segment.strip_prefix('*') {
            return Err(format!(
                "the rest of a path is a parameter in braces: `{{*{name}}}`, on actix-web `{{{name}}}*`"
            ));
        }
    }
    let mut names = Vec::new();
    let mut rest = path;
    while let Some(at) = rest.find(['{', '}']) {
        let open = rest[at..].strip_prefix('{').ok_or("this `}` closes nothing: a path parameter is written `{id}`")?;
        let end = closing(open).ok_or("this `{` is never closed: a path parameter is written `{id}`")?;
        // `{*rest}` of axum, `{id:\\d+}` of actix.
        let name = open[..end].split(':').next().unwrap_or_default().trim_start_matches('*');
        if name.is_empty() {
            return Err("name the path parameter: `{id}`".into());
        }
        if names.contains(&name) {
            return Err(format!("two path parameters are called `{{{name}}}`: each has a name of its own"));
        }
        names.push(name);
        rest = &open[end + 1..];
    }
    Ok(names)
}

/// Where the brace that is open closes; a pattern may hold pairs of its own.
fn closing(open: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, letter) in open.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => return Some(at),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_found_as_either_framework_writes_them() {
        for (path, names) in [
            ("/", &[][..]),
            ("/a/b", &[]),
            ("/a/{id}", &["id"]),
            ("/{shop}/x/{id}", &["shop", "id"]),
            ("/files/{*rest}", &["rest"]),
            ("/files/{rest}*", &["rest"]),
            ("/{id:\\d{4}}/{rest:.*}", &["id", "rest"]),
        ] {
            assert_eq!(parameters(path).as_deref(), Ok(names), "{path}");
        }
    }

    #[test]
    fn bad_paths_say_what_to_write() {
        for (bad, advice) in [
            ("", "begins with `/`: `\"/\"`"),
            ("a/{id}", "`\"/a/{id}\"`"),
            ("/a/:id", "stands in braces: `{id}`"),
            ("/a/*rest", "`{*rest}`, on actix-web `{rest}*`"),
            ("/a/{id", "never closed"),
            ("/a/id}", "closes nothing"),
            ("/a/{}", "name the path parameter"),
            ("/{id}/{id}", "called `{id}`"),
        ] {
            let error = parameters(bad).expect_err(bad);
            assert!(error.contains(advice), "{bad}: {error}");
        }
    }
}
