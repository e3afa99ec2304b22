//! The matrix as a table for people: Markdown and HTML.

use std::fmt::Write;

use super::{AccessMatrix, MatrixRow};

const COLUMNS: [&str; 6] = ["", "Method", "Path", "Who", "What else", "Where"];

impl AccessMatrix {
    /// As a table in Markdown (GitHub's), to be kept beside other documents.
    ///
    /// ```
    /// use iam_core::policy::AccessMatrix;
    ///
    /// let matrix: AccessMatrix = "  GET /report  admin: session, role auditor or chief\n".parse()?;
    /// assert_eq!(
    ///     matrix.to_markdown(),
    ///     "|  | Method | Path | Who | What else | Where |\n\
    ///      |---|---|---|---|---|---|\n\
    ///      |  | GET | /report | admin: session | role auditor or chief |  |\n",
    /// );
    /// # Ok::<_, iam_core::policy::UnreadableMatrix>(())
    /// ```
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut table = format!("| {} |\n|{}\n", COLUMNS.join(" | "), "---|".repeat(COLUMNS.len()));
        for row in &self.rows {
            table += &format!("| {} |\n", row.cells(markdown).join(" | "));
        }
        table
    }

    /// As a page in HTML, that needs nothing else: open, unguarded and loosened routes stand out.
    ///
    /// ```
    /// use iam_core::policy::AccessMatrix;
    ///
    /// let matrix: AccessMatrix = "! GET /health  PUBLIC\n".parse()?;
    /// assert!(matrix.to_html().contains(r#"<tr class="stands-out"><td>!</td><td>GET</td>"#));
    /// # Ok::<_, iam_core::policy::UnreadableMatrix>(())
    /// ```
    #[must_use]
    pub fn to_html(&self) -> String {
        let mut page = String::from(HEAD);
        for column in COLUMNS {
            page += &format!("<th>{column}</th>");
        }
        page += "</tr></thead>\n<tbody>\n";
        for row in &self.rows {
            page += if row.stands_out() { "<tr class=\"stands-out\">" } else { "<tr>" };
            for cell in row.cells(html) {
                page += &format!("<td>{cell}</td>");
            }
            page += "</tr>\n";
        }
        page + "</tbody>\n</table>\n</body>\n</html>\n"
    }
}

const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Access matrix</title>\n\
    <style>body { font: 14px sans-serif } table { border-collapse: collapse }\n\
    th, td { padding: .3em .7em; border: 1px solid #ccc; text-align: left } .stands-out { background: #fff3cd }</style>\n\
    </head>\n<body>\n<h1>Access matrix</h1>\n<table>\n<thead><tr>";

impl MatrixRow {
    fn cells(&self, escape: fn(&str) -> String) -> [String; 6] {
        let mut place = String::new();
        if let Some(source) = self.source {
            let _ = write!(place, "{}:{}", source.file, source.line);
            source.handler.iter().for_each(|handler| place += &format!(" ({handler})"));
        }
        let demands = self.demands().join(", ");
        let mark = if self.stands_out() { "!" } else { "" };
        [mark, &self.method, &self.path, &self.who(), &demands, &place].map(escape)
    }
}

/// What means something to Markdown is taken literally.
fn markdown(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            c if c.is_control() => escaped.push(' '),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '~' => escaped.extend(['\\', c]),
            c => escaped.push(c),
        }
    }
    escaped
}

fn html(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '&' => escaped += "&amp;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&#39;",
            c => escaped.push(c),
        }
    }
    escaped
}
