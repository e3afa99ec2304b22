//! The matrix as text: a line a row.

use std::fmt;

use super::{AccessMatrix, Exposure, MatrixRow};

pub(super) const PUBLIC: &str = "PUBLIC";
pub(super) const UNGUARDED: &str = "UNGUARDED";
pub(super) const AAL: &str = "aal";
pub(super) const SESSION_AGE: &str = "session at most ";
pub(super) const SECONDS: &str = " s old";
pub(super) const FRESH: &str = "asked at most ";
pub(super) const MILLIS: &str = " ms ago";
pub(super) const BY_HOST: &str = " by host";
pub(super) const OR: &str = " or ";

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
        f.write_str(&self.who())?;
        self.demands().iter().try_for_each(|demand| write!(f, ", {demand}"))
    }

    /// Whom it lets in at all.
    pub(super) fn who(&self) -> String {
        match (self.exposure, self.credential) {
            (Exposure::Guarded, Some(credential)) => {
                let by_host = if self.by_host { BY_HOST } else { "" };
                format!("{}{by_host}: {}", self.tenants.join(OR), credential.name())
            }
            (Exposure::Public, _) => PUBLIC.into(),
            _ => UNGUARDED.into(),
        }
    }

    /// What it demands of them, and what stands out.
    pub(super) fn demands(&self) -> Vec<String> {
        let mut demands = Vec::new();
        demands.extend(self.scopes.iter().map(|scope| format!("scope {}", bare(scope))));
        demands.extend(self.roles.iter().map(|roles| format!("role {roles}")));
        demands.extend((self.aal > 1).then(|| format!("{AAL}{}", self.aal)));
        demands.extend(self.max_session_age_s.map(|age| format!("{SESSION_AGE}{age}{SECONDS}")));
        demands.extend(self.fresh_ms.map(|age| format!("{FRESH}{age}{MILLIS}")));
        demands.extend(self.permissions.iter().map(|permission| format!("permission {}", bare(permission))));
        demands.extend(self.checks.iter().map(|check| format!("check {}", bare(check))));
        demands.extend(self.notes.iter().map(|note| note.name().to_owned()));
        demands
    }
}

/// A word as it is, or in the quotes of a JSON string where it would be taken for something else.
pub(super) fn bare(word: &str) -> String {
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, ',' | '"');
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    serde_json::Value::from(word).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tenant;
    use crate::policy::RoleRule::OneOf;
    use crate::policy::{Check, CredentialKind, Note, Object, Permission, PolicyData, RoleRule, RoleSet, Segment};

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
            Permission::named(
                "listings",
                "edit",
                Object::Template(&[Segment::Text("listings:"), Segment::Parameter("id")]),
            ),
            Permission::named(
                "orders",
                "see",
                Object::Template(&[Segment::U64("id"), Segment::Text("/"), Segment::Uuid("of")]),
            ),
            Permission::named("listings", "view", Object::Template(&[Segment::Text("all, and \"more\"")])),
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
    fn tables_show_what_the_lines_do_and_take_no_markup() {
        let mut row = MatrixRow::open("GET", "/a|b/{*rest}", Exposure::Public);
        row.permissions.push("<script>&\"'_x_".into());
        let source = crate::policy::Source { handler: Some("shop::report"), file: "src/main.rs", line: 7 };
        let matrix = AccessMatrix { rows: vec![row.mounted_at(source)] };
        assert_eq!(
            matrix.to_markdown().lines().last(),
            Some(
                "| ! | GET | /a\\|b/{\\*rest} | PUBLIC | permission \"\\<script\\>\\&\\\\\"'\\_x\\_\" | \
                 src/main.rs:7 (shop::report) |"
            )
        );
        let page = matrix.to_html();
        let cells = "<td>!</td><td>GET</td><td>/a|b/{*rest}</td><td>PUBLIC</td>\
                     <td>permission &quot;&lt;script&gt;&amp;\\&quot;&#39;_x_&quot;</td>\
                     <td>src/main.rs:7 (shop::report)</td></tr>";
        assert!(page.contains(cells), "{page}");
        assert!(!page.contains("<script"), "{page}");
        let all = all_there_is();
        for form in [all.to_markdown(), all.to_html()] {
            assert_eq!(form.matches("dealer: machine").count(), 1, "{form}");
        }
        assert_eq!(all.to_markdown().lines().count(), all.rows.len() + 2);
        assert_eq!(all.to_html().matches("<tr").count(), all.rows.len() + 1);
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
                r#"  GET /f/{id}  dealer: session, permission listings#edit@listings:{id}, permission orders#see@{id:u64}/{of:uuid}, permission "listings#view@all, and \"more\"""#,
                "! GET \"/with space\"  dealer: session, override tenant, override credential, (default), traits give roles",
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
