//! A line of the matrix's text back to a row.

use std::str::FromStr;

use super::text::{AAL, BY_HOST, FRESH, MILLIS, OR, PUBLIC, SECONDS, SESSION_AGE, UNGUARDED};
use super::{AccessMatrix, Exposure, MatrixCredential, MatrixRoles, MatrixRow};
use crate::policy::Note;

/// A line that is no row of an access matrix.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the access matrix: {expected} is expected at `{rest}`")]
pub struct UnreadableMatrix {
    line: usize,
    expected: &'static str,
    rest: String,
}

/// Reads what `Display` writes, aligned or not; empty lines are passed over.
///
/// ```
/// use iam_core::policy::AccessMatrix;
///
/// let matrix: AccessMatrix = "  GET /report  admin: session, role auditor or chief\n".parse()?;
/// assert_eq!(matrix.rows[0].roles[0].to_string(), "auditor or chief");
/// # Ok::<_, iam_core::policy::UnreadableMatrix>(())
/// ```
impl FromStr for AccessMatrix {
    type Err = UnreadableMatrix;

    fn from_str(text: &str) -> Result<Self, UnreadableMatrix> {
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let rows = lines.map(|(index, line)| {
            let mut reader = Reader(line);
            reader.row().map_err(|expected| {
                let rest = reader.0.trim_start().to_owned();
                UnreadableMatrix { line: index + 1, expected, rest }
            })
        });
        Ok(Self { rows: rows.collect::<Result<_, _>>()? })
    }
}

/// What is left of a line. Errors say what is expected at its beginning.
struct Reader<'a>(&'a str);

impl Reader<'_> {
    fn row(&mut self) -> Result<MatrixRow, &'static str> {
        let is_marked = self.takes("!");
        let method = self.word("a method")?;
        let path = self.word("a path")?;
        let mut row = MatrixRow::open(&method, &path, Exposure::Unguarded);
        if self.takes(PUBLIC) {
            row.exposure = Exposure::Public;
        } else if !self.takes(UNGUARDED) {
            self.guard(&mut row)?;
        }
        if !self.0.trim().is_empty() {
            return Err("the end of the line, or a comma");
        }
        // A mark that somebody put or removed by hand would mislead whoever reads the file.
        if is_marked != row.stands_out() {
            return Err(if is_marked { "no mark `!`" } else { "the mark `!` in front" });
        }
        Ok(row)
    }

    fn guard(&mut self, row: &mut MatrixRow) -> Result<(), &'static str> {
        const EXPECTED: &str = "`PUBLIC`, `UNGUARDED` or a tenant with a colon";
        let (tenant, rest) = self.0.split_once(": ").ok_or(EXPECTED)?;
        let tenants = tenant.trim();
        let listed = tenants.strip_suffix(BY_HOST);
        row.exposure = Exposure::Guarded;
        row.tenants = listed.unwrap_or(tenants).split(OR).map(str::to_owned).collect();
        row.by_host = listed.is_some();
        self.0 = rest;
        // The longer of two names that begin alike is tried first.
        let credential = MatrixCredential::ALL.iter().rev().find(|credential| self.takes(credential.name()));
        row.credential = Some(*credential.ok_or("a kind of credential")?);
        while self.takes(",") {
            if self.takes("scope ") {
                row.scopes.push(self.word("a scope")?);
            } else if self.takes("role ") {
                let mut any = vec![self.roles()?];
                while self.takes("or ") {
                    any.push(self.roles()?);
                }
                row.roles.push(MatrixRoles::any(any));
            } else if self.takes(AAL) {
                row.aal = self.number()?;
            } else if self.takes(SESSION_AGE) {
                row.max_session_age_s = Some(self.number()?);
                self.unit(SECONDS)?;
            } else if self.takes(FRESH) {
                row.fresh_ms = Some(self.number()?);
                self.unit(MILLIS)?;
            } else if self.takes("check ") {
                row.checks.push(self.word("a check")?);
            } else if self.takes("permission ") {
                row.permissions.push(self.word("a permission")?);
            } else {
                let note = Note::ALL.iter().find(|note| self.takes(note.name()));
                row.notes.push(*note.ok_or("a demand or a note")?);
            }
        }
        Ok(())
    }

    /// A role, or a demand on several.
    fn roles(&mut self) -> Result<MatrixRoles, &'static str> {
        for (name, make) in [
            ("any(", MatrixRoles::Any as fn(Vec<MatrixRoles>) -> MatrixRoles),
            ("all(", MatrixRoles::All),
            ("not(", |mut rules| MatrixRoles::Not(Box::new(rules.remove(0)))),
        ] {
            if self.takes(name) {
                let mut rules = vec![self.roles()?];
                while name != "not(" && self.takes(",") {
                    rules.push(self.roles()?);
                }
                return if self.takes(")") { Ok(make(rules)) } else { Err("`,` or `)`") };
            }
        }
        self.word_before(&[' ', ',', ')'], "a role").map(MatrixRoles::Role)
    }

    fn number<N: FromStr>(&mut self) -> Result<N, &'static str> {
        let text = self.0.trim_start();
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let number = text[..end].parse().map_err(|_| "a number")?;
        self.0 = &text[end..];
        Ok(number)
    }

    fn unit(&mut self, unit: &'static str) -> Result<(), &'static str> {
        if self.takes(unit.trim_start()) { Ok(()) } else { Err("the unit, as it is written") }
    }

    fn takes(&mut self, what: &str) -> bool {
        let rest = self.0.trim_start().strip_prefix(what);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn word(&mut self, expected: &'static str) -> Result<String, &'static str> {
        self.word_before(&[' ', ','], expected)
    }

    fn word_before(&mut self, ends: &[char], expected: &'static str) -> Result<String, &'static str> {
        let text = self.0.trim_start();
        if !text.starts_with('"') {
            let end = text.find(ends).unwrap_or(text.len());
            let (word, rest) = text.split_at(end);
            self.0 = rest;
            return if word.is_empty() { Err(expected) } else { Ok(word.to_owned()) };
        }
        let mut strings = serde_json::Deserializer::from_str(text).into_iter::<String>();
        let word = strings.next().and_then(Result::ok).ok_or(expected)?;
        self.0 = text.get(strings.byte_offset()..).unwrap_or_default();
        Ok(word)
    }
}
