//! `"listings:{id}"`, taken apart.

use proc_macro2::Ident;

/// A piece of a permission's object.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Text(String),
    Parameter(String),
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
        pieces.push(Piece::Parameter(parameter(name)?));
        rest = after;
    }
    if pieces.is_empty() {
        return Err("an empty object is no object: write something like `\"listings:{id}\"`".into());
    }
    Ok(pieces)
}

fn parameter(name: &str) -> Result<String, String> {
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
            ("{id: u64}", "an identifier"),
            ("{1}", "an identifier"),
            ("{_}", "an identifier"),
            ("{r#type}", "an identifier"),
        ] {
            let error = template(bad).expect_err(bad);
            assert!(error.contains(advice), "{bad}: {error}");
        }
    }
}
