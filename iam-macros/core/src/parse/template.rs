//! `"listings:{id}"`, taken apart.

use proc_macro2::Ident;

use crate::errors::nearest;

/// A piece of a permission's object; parameters by name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Text(String),
    Parameter(String),
    U64(String),
    Uuid(String),
}

impl Piece {
    /// The path parameter that it stands for.
    pub(crate) fn parameter(&self) -> Option<&str> {
        match self {
            Self::Text(_) => None,
            Self::Parameter(name) | Self::U64(name) | Self::Uuid(name) => Some(name),
        }
    }
}

/// The pieces of a template, or what is wrong with it and what to write.
pub(crate) fn template(text: &str) -> Result<Vec<Piece>, String> {
    if text.contains("{{") || text.contains("}}") {
        return Err("a doubled brace has no meaning here: a path parameter stands in single ones, `{id}`".into());
    }
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (before, behind) = rest.split_once('{').map_or((rest, None), |(before, behind)| (before, Some(behind)));
        if before.contains('}') {
            return Err("this `}` closes nothing: a path parameter is written `{id}`".into());
        }
        if !before.is_empty() {
            pieces.push(Piece::Text(before.into()));
        }
        let Some(behind) = behind else { break };
        let Some((name, after)) = behind.split_once('}').filter(|(name, _)| !name.contains('{')) else {
            return Err("this `{` is never closed: a path parameter is written `{id}`".into());
        };
        pieces.push(parameter(name)?);
        rest = after;
    }
    if pieces.is_empty() {
        return Err("an empty object is no object: write something like `\"listings:{id}\"`".into());
    }
    Ok(pieces)
}

/// `id`, `id: u64` or `id: uuid`, as it stands between the braces.
fn parameter(text: &str) -> Result<Piece, String> {
    let (name, found) = text.split_once(':').map_or((text, None), |(name, found)| (name, Some(found.trim())));
    let name = self::name(name)?;
    match found {
        None => Ok(Piece::Parameter(name)),
        Some("u64") => Ok(Piece::U64(name)),
        Some("uuid") => Ok(Piece::Uuid(name)),
        Some(found) => {
            let advice = match nearest(&found.to_lowercase(), &["u64", "uuid"]) {
                Some(near) => format!("; did you mean `{{{name}: {near}}}`?"),
                None => format!(": write `{{{name}: u64}}` or `{{{name}: uuid}}`, or `{{{name}}}` for any text"),
            };
            Err(format!("`{{{text}}}` names no type of a path parameter{advice}"))
        }
    }
}

fn name(name: &str) -> Result<String, String> {
    if name.is_empty() {
        return Err("name the path parameter: `{id}`".into());
    }
    if is_identifier(name) {
        return Ok(name.into());
    }
    // `{*rest}` is how a route spells it; the parameter is called `rest`.
    match name.trim_start_matches('*').trim() {
        near if is_identifier(near) => Err(format!("`{{{name}}}` is no path parameter; did you mean `{{{near}}}`?")),
        _ => Err(format!("`{{{name}}}` is no path parameter: its name is an identifier such as `id`")),
    }
}

fn is_identifier(name: &str) -> bool {
    // Keywords are good names in a path (`/{type}`), hence `parse_any`.
    syn::parse::Parser::parse_str(<Ident as syn::ext::IdentExt>::parse_any, name).is_ok_and(|ident| ident == name)
        && !name.starts_with("r#")
        && name != "_"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Piece {
        Piece::Text(text.into())
    }

    fn parameter(name: &str) -> Piece {
        Piece::Parameter(name.into())
    }

    #[test]
    fn good_templates_are_taken_apart() {
        assert_eq!(template("listings:{id}"), Ok(vec![text("listings:"), parameter("id")]));
        assert_eq!(template("{a}/{b}"), Ok(vec![parameter("a"), text("/"), parameter("b")]));
        assert_eq!(template("{a}{b}!"), Ok(vec![parameter("a"), parameter("b"), text("!")]));
        assert_eq!(template("all"), Ok(vec![text("all")]));
        assert_eq!(template("{type}"), Ok(vec![parameter("type")]));
        assert_eq!(template("a:{id: u64}"), Ok(vec![text("a:"), Piece::U64("id".into())]));
        assert_eq!(template("{a:uuid}:{b}"), Ok(vec![Piece::Uuid("a".into()), text(":"), parameter("b")]));
    }

    #[test]
    fn bad_templates_say_what_to_write() {
        for (bad, advice) in [
            ("", "listings:{id}"),
            ("{}", "name the path parameter"),
            ("{{id}}", "single ones"),
            ("{id", "never closed"),
            ("{a{b}", "never closed"),
            ("id}", "closes nothing"),
            ("{a}b}", "closes nothing"),
            ("{*rest}", "did you mean `{rest}`"),
            ("{ id }", "did you mean `{id}`"),
            ("{*rest: u64}", "did you mean `{rest}`"),
            ("{: u64}", "name the path parameter"),
            ("{id:}", "`{id:}` names no type"),
            ("{id: String}", "`{id: u64}` or `{id: uuid}`, or `{id}` for any text"),
            ("{id: Uuid}", "did you mean `{id: uuid}`?"),
            ("{id: i64}", "did you mean `{id: u64}`?"),
            ("{id: u64: u64}", "names no type"),
            ("{1}", "an identifier"),
            ("{_}", "an identifier"),
            ("{r#type}", "an identifier"),
        ] {
            let error = template(bad).expect_err(bad);
            assert!(error.contains(advice), "{bad}: {error}");
        }
    }
}
