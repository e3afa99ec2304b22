//! The matrix as text: a line a row, and back.

use std::fmt;
use std::str::FromStr;

use super::{AccessMatrix, Exposure, MatrixCredential, MatrixRow};
use crate::policy::{MatrixRoles, Note};

const PUBLIC: &str = "PUBLIC";
const UNGUARDED: &str = "UNGUARDED";
const AAL: &str = "aal";
const SESSION_AGE: &str = "session at most ";
const SECONDS: &str = " s old";
const FRESH: &str = "asked at most ";
const MILLIS: &str = " ms ago";
const BY_HOST: &str = " by host";
const OR: &str = " or ";

/// Aligned in columns. Each row's own `Display` is its line without, so that a line
/// depends on nothing but its row.
impl fmt::Display for AccessMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |of: fn(&MatrixRow) -> usize| self.rows.iter().map(of).max().unwrap_or(0);
        let (methods, paths) = (width(|row| row.method.len()), width(|row| bare(&row.path).len()));
        for row in &self.rows {
            row.write(f, methods, paths)?;
            writeln!(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for MatrixRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0, 0)
    }
}

impl MatrixRow {
    fn write(&self, f: &mut fmt::Formatter<'_>, methods: usize, paths: usize) -> fmt::Result {
        let mark = if self.stands_out() { '!' } else { ' ' };
        write!(f, "{mark} {:methods$} {:paths$}  ", self.method, bare(&self.path))?;
        match (self.exposure, self.credential) {
            (Exposure::Guarded, Some(credential)) => {
                let by_host = if self.by_host { BY_HOST } else { "" };
                write!(f, "{}{by_host}: {}", self.tenants.join(OR), credential.name())?;
            }
            (Exposure::Public, _) => f.write_str(PUBLIC)?,
            _ => f.write_str(UNGUARDED)?,
        }
        for scope in &self.scopes {
            write!(f, ", scope {}", bare(scope))?;
        }
        for any in &self.roles {
            write!(f, ", role {any}")?;
        }
        if self.aal > 1 {
            write!(f, ", {AAL}{}", self.aal)?;
        }
        if let Some(age) = self.max_session_age_s {
            write!(f, ", {SESSION_AGE}{age}{SECONDS}")?;
        }
        if let Some(age) = self.fresh_ms {
            write!(f, ", {FRESH}{age}{MILLIS}")?;
        }
        for permission in &self.permissions {
            write!(f, ", permission {}", bare(permission))?;
        }
        for check in &self.checks {
            write!(f, ", check {}", bare(check))?;
        }
        self.notes.iter().try_for_each(|note| write!(f, ", {}", note.name()))
    }
}

/// A word as it is, or in the quotes of a JSON string where it would be taken for something else.
pub(in crate::policy) fn bare(word: &str) -> String {
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, ',' | '"');
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    serde_json::Value::from(word).to_string()
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tenant;
    use crate::policy::RoleRule::OneOf;
    use crate::policy::{Check, CredentialKind, Object, Permission, PolicyData, RoleRule, RoleSet, Segment};

    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    enum Shops {
        Dealer,
        Customer,
    }

    impl Tenant for Shops {
        const ALL: &'static [Self] = &[Self::Dealer, Self::Customer];
        const DEFAULT: Option<Self> = None;

        fn name(self) -> &'static str {
            ["dealer", "customer"][self.index()]
        }

        fn index(self) -> usize {
            self as usize
        }
    }

    fn all_there_is() -> AccessMatrix {
        const PERMISSIONS: &[Permission] = &[
            Permission {
                namespace: "listings",
                relation: "edit",
                object: Object::Template(&[Segment::Text("listings:"), Segment::Parameter("id")]),
            },
            Permission {
                namespace: "listings",
                relation: "view",
                object: Object::Template(&[Segment::Text("all, and \"more\"")]),
            },
        ];
        const NESTED: &[RoleRule] = &[
            RoleRule::All(&[OneOf(&["a)"]), RoleRule::Any(&[OneOf(&["b", "c"])]), RoleRule::Not(&OneOf(&["d"]))]),
            RoleRule::Any(&[OneOf(&["a"]), RoleRule::All(&[OneOf(&["b"]), OneOf(&["c"])])]),
            RoleRule::Named(|see| ["x", "y"].each(see)),
        ];
        const CHECKS: &[Check] =
            &[Check { name: "hours::open", run: |_, _| Box::pin(async { crate::policy::Checked::Allow }) }];
        let row = |path, data: PolicyData<Shops>| MatrixRow::guarded("GET", path, &data);
        let of = |kind| PolicyData::new(Shops::Dealer, kind);
        AccessMatrix {
            rows: vec![
                row("/a", of(CredentialKind::Session)),
                row("/b", of(CredentialKind::OptionalSession { stale_is_anonymous: false })),
                row("/c", of(CredentialKind::OptionalSession { stale_is_anonymous: true })),
                row(
                    "/d",
                    of(CredentialKind::Machine).roles(&[OneOf(&["or", "b"]), OneOf(&["a, role x", "\u{a0}", ""])]),
                ),
                row("/d2", of(CredentialKind::Session).roles(NESTED).aal(2).max_session_age(900).fresh(5000)),
                row("/d3", of(CredentialKind::Session).checks(CHECKS)),
                row("/e", of(CredentialKind::Delegated { scopes: &["profile", "orders"] }).roles(&[OneOf(&["r"])])),
                row("/f/{id}", PolicyData::session(Shops::Dealer).permissions(PERMISSIONS)),
                row("/with space", PolicyData::session(Shops::Dealer).notes(&Note::ALL)),
                row("/g", PolicyData::by_host(Shops::ALL, CredentialKind::Machine).roles(&[OneOf(&["r"])])),
                MatrixRow::open("POST", "/open", Exposure::Public),
                MatrixRow::foreign("/nested"),
            ],
        }
    }

    #[test]
    fn what_is_written_is_read_aligned_or_not() {
        let matrix = all_there_is();
        assert_eq!(matrix.to_string().parse(), Ok(matrix.clone()));
        let lines: Vec<_> = matrix.rows.iter().map(ToString::to_string).collect();
        assert_eq!(lines.join("\r\n\n").parse(), Ok(matrix));
        assert_eq!("".parse(), Ok(AccessMatrix::default()));
    }

    #[test]
    fn lines() {
        let lines: Vec<_> = all_there_is().rows.iter().map(ToString::to_string).collect();
        assert_eq!(
            lines,
            [
                "  GET /a  dealer: session",
                "  GET /b  dealer: optional session",
                "  GET /c  dealer: optional session (stale is anonymous)",
                "  GET /d  dealer: machine, role or or b, role \"a, role x\" or \"\u{a0}\" or \"\"",
                "  GET /d2  dealer: session, role all(\"a)\", any(b, c), not(d)), role a or all(b, c), role x or y, aal2, \
                 session at most 900 s old, asked at most 5000 ms ago",
                "  GET /d3  dealer: session, check hours::open",
                "  GET /e  dealer: delegated, scope profile, scope orders, role r",
                r#"  GET /f/{id}  dealer: session, permission listings#edit@listings:{id}, permission "listings#view@all, and \"more\"""#,
                "! GET \"/with space\"  dealer: session, override tenant, override credential, (default)",
                "  GET /g  dealer or customer by host: machine, role r",
                "! POST /open  PUBLIC",
                "! * /nested/(foreign)  UNGUARDED",
            ]
        );
    }

    #[test]
    fn a_line_that_is_none_is_told() {
        let told = |text: &str| text.parse::<AccessMatrix>().map_err(|error| error.to_string());
        for (text, message) in [
            ("GET", "line 1 of the access matrix: a path is expected at ``"),
            (
                "\nGET /a dealer",
                "line 2 of the access matrix: `PUBLIC`, `UNGUARDED` or a tenant with a colon is expected at `dealer`",
            ),
            ("GET /a dealer: sesion", "line 1 of the access matrix: a kind of credential is expected at `sesion`"),
            ("GET /a dealer: session, rol a", "line 1 of the access matrix: a demand or a note is expected at `rol a`"),
            ("GET /a dealer: session, role ", "line 1 of the access matrix: a role is expected at ``"),
            (
                "GET /a dealer: session role a",
                "line 1 of the access matrix: the end of the line, or a comma is expected at `role a`",
            ),
            (
                "GET /a dealer: sessions",
                "line 1 of the access matrix: the end of the line, or a comma is expected at `s`",
            ),
            ("GET /a PUBLIC", "line 1 of the access matrix: the mark `!` in front is expected at ``"),
            ("! GET /a dealer: session", "line 1 of the access matrix: no mark `!` is expected at ``"),
        ] {
            assert_eq!(told(text), Err(message.to_owned()), "{text}");
        }
    }
}
