//! What actix makes of paths: which it cannot read, which it asks first, and which leave others nothing.

use actix_web::dev::ResourceDef;
use iam_core::policy::{nameless, taken};

/// Why actix does not take this path: it says so by a panic, in each worker.
pub(crate) fn malformed(path: &str) -> Option<String> {
    taken(|| ResourceDef::new(path)).err()
}

/// Whether every request that fits the second path fits the first one as well, as far as segments tell it: what
/// regular expressions of one's own match is not compared, but with a path that has no parameter.
pub(crate) fn covers(first: &str, second: &str) -> bool {
    let of_first = segments(first);
    if !second.contains('{') && !of_first.iter().all(is_plain) {
        return ResourceDef::new(first).is_match(second);
    }
    let second = segments(second);
    match covered(&of_first, &second) {
        Covered::All => true,
        Covered::Begun(segments) => segments == second.len(),
        Covered::No => false,
    }
}

/// The same for whatever is below the first path.
pub(crate) fn covers_below(first: &str, second: &str) -> bool {
    !matches!(covered(&segments(first), &segments(second)), Covered::No)
}

enum Covered {
    /// To the end, however long that is.
    All,
    /// So many segments of the second path.
    Begun(usize),
    No,
}

/// Whether it says by itself what it matches.
fn is_plain(segment: &String) -> bool {
    !segment.contains('{') || segment == "{}" || segment == "{}*"
}

fn covered(first: &[String], second: &[String]) -> Covered {
    for (index, of_first) in first.iter().enumerate() {
        if of_first == "{}*" && index < second.len() {
            return Covered::All;
        }
        let fits = |of_second: &String| {
            of_first == of_second || (of_first == "{}" && !of_second.is_empty() && !of_second.contains([':', '*']))
        };
        if !second.get(index).is_some_and(fits) {
            return Covered::No;
        }
    }
    Covered::Begun(first.len())
}

/// The segments of a path without the names of its parameters, whose expressions may hold slashes.
fn segments(path: &str) -> Vec<String> {
    let (mut segments, mut depth) = (vec![String::new()], 0_usize);
    for letter in nameless(path).chars() {
        match letter {
            '/' if depth == 0 => {
                segments.push(String::new());
                continue;
            }
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if let Some(last) = segments.last_mut() {
            last.push(letter);
        }
    }
    segments
}

/// Orders prefixes that may match one path, segment by segment: fixed text before a
/// parameter, and a further segment before the end.
pub(crate) fn nearness(prefix: &str) -> Vec<Segment> {
    let kind = |segment: &str| if segment.contains('{') { Segment::Parameter } else { Segment::Text };
    prefix.split('/').skip(1).map(kind).chain([Segment::End]).collect()
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Segment {
    Text,
    Parameter,
    End,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_covers_what_it_matches_wholly() {
        for (first, second, is_covered) in [
            ("/x/{id}", "/x/{name}", true),
            ("/x/{id}", "/x/me", true),
            ("/x/me", "/x/{id}", false),
            ("/x/{id}", "/x/{id}/y", false),
            ("/x/{a}/{b}", "/x/{a}/y", true),
            ("/x/{a}/y", "/x/{a}/{b}", false),
            ("/{rest}*", "/x/{id}", true),
            ("/x/{rest}*", "/x", false),
            ("/x/{rest}*", "/x/{a}/{b}", true),
            ("/x/{id}", "/x/{rest}*", false),
            (r"/x/{id:\d+}", "/x/42", true),
            (r"/x/{id:\d+}", "/x/me", false),
            (r"/x/{id:\d+}", r"/x/{nr:\d+}", true),
            (r"/x/{id:\d+}", "/x/{id}", false),
            ("/x/{id}", r"/x/{nr:\d+/\d+}", false),
            ("/x/a{id}", "/x/a{name}", true),
            ("/x/a{id}", "/x/b{name}", false),
        ] {
            assert_eq!(covers(first, second), is_covered, "{first} {second}");
        }
    }

    #[test]
    fn a_prefix_covers_what_is_below_it() {
        for (first, second, is_covered) in
            [("", "/x", true), ("/x", "/x", true), ("/x", "/x/y", true), ("/x/y", "/x", false), ("/{a}", "/x/y", true)]
        {
            assert_eq!(covers_below(first, second), is_covered, "{first} {second}");
        }
    }

    #[test]
    fn a_path_that_actix_does_not_take_is_told() {
        assert_eq!(malformed("/x/{id}/{rest}*"), None);
        assert!(malformed("/x/{id").is_some_and(|said| said.contains("malformed")));
        assert!(malformed("/{id}/{id}").is_some_and(|said| said.contains("/{id}/{id}")));
    }
}
