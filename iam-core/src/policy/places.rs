//! Which routes leave no request to others.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::MatrixRow;

/// The routes that stand so far, in the order in which a router asks them, each with what an adapter knows of it.
#[derive(Debug)]
pub struct Places<R>(Vec<(MatrixRow, R)>);

impl<R> Default for Places<R> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<R> Places<R> {
    /// Takes a place for a route; if one before it leaves it no request, why, for [`Misfits`](super::Misfits).
    /// `hides` tells of a route at another path whether it takes every request of this one.
    pub fn take(&mut self, row: MatrixRow, route: R, hides: impl Fn(&R) -> bool) -> Option<String> {
        let here = place(&row);
        let is_twin = |(other, _): &&(MatrixRow, R)| other.path == row.path && other.method == row.method;
        let found = match self.0.iter().find(is_twin) {
            Some((twin, _)) => Some(format!("this is mounted twice: {}, and {here}", place(twin))),
            None => self.0.iter().find(|(other, route)| other.path != row.path && hides(route)).map(|(other, _)| {
                let taken_by = format!("`{} {}`, mounted {}", other.method, other.path, place(other));
                if other.method != row.method && nameless(&other.path) == nameless(&row.path) {
                    return format!(
                        "this, mounted {here}, is the path of {taken_by}, with other names in it: use the same"
                    );
                }
                format!("no request is left for this, mounted {here}: {taken_by}, matches all of them")
            }),
        };
        self.0.push((row, route));
        found
    }
}

fn place(row: &MatrixRow) -> String {
    row.source.map_or("somewhere".into(), |source| format!("at {}:{}", source.file, source.line))
}

/// A path's template without the names of its parameters, which say nothing about what it matches.
///
/// ```
/// use iam_core::policy::nameless;
///
/// assert_eq!(nameless("/{shop}/items/{*rest}"), "/{}/items/{*}");
/// assert_eq!(nameless("/{id:\\d{4}}/{rest}*"), "/{:\\d{4}}/{}*");
/// ```
#[must_use]
pub fn nameless(path: &str) -> String {
    let (mut written, mut depth, mut is_name) = (String::new(), 0_usize, false);
    for letter in path.chars() {
        match letter {
            '{' => (depth, is_name) = (depth + 1, depth == 0 || is_name),
            '}' => (depth, is_name) = (depth.saturating_sub(1), false),
            ':' if depth == 1 => is_name = false,
            _ => {}
        }
        if !is_name || matches!(letter, '{' | '*') {
            written.push(letter);
        }
    }
    written
}

/// What a router makes of a route that it takes, or in its own words why not: routers have no other way to say it
/// than a panic.
///
/// # Errors
/// The text of the panic.
pub fn taken<T>(mount: impl FnOnce() -> T) -> Result<T, String> {
    let words = |said: Box<dyn Any + Send>| match said.downcast::<String>() {
        Ok(text) => *text,
        Err(said) => said.downcast_ref::<&str>().copied().unwrap_or("the router takes no such route").to_owned(),
    };
    catch_unwind(AssertUnwindSafe(mount)).map_err(words)
}
