//! An application's routes, compared with a reviewed file.

use std::path::Path;

use iam_core::policy::{AccessMatrix, MatrixRow};

/// Set to anything but `0` or nothing, the file is written instead of compared.
const UPDATE: &str = "UPDATE_ACCESS_MATRIX";

/// Fails when an application's routes are no longer what a reviewed file says: somebody changed who may call what.
///
/// The first argument is `Router::access_matrix()` of either adapter, the second the file, relative to the manifest
/// of the calling crate. With `UPDATE_ACCESS_MATRIX=1` in the environment the file is written instead; commit it,
/// and let the change of each line be seen in review.
///
/// ```no_run
/// use iam_axum::prelude::*;
///
/// # define_tenants! { pub enum Tenants { admin } }
/// # #[tenant("admin")]
/// # async fn report() -> &'static str { "all is well" }
/// fn routes() -> Router<Iam<Tenants>> {
///     Router::new().route("/report", get(report))
/// }
///
/// // #[test]
/// fn who_may_call_what_is_as_reviewed() {
///     iam_testing::assert_access_matrix!(routes().access_matrix(), "access-matrix.txt");
/// }
/// ```
///
/// # Panics
/// With the lines that differ, or if the file is missing or unreadable.
#[macro_export]
macro_rules! assert_access_matrix {
    ($matrix:expr, $file:expr $(,)?) => {
        $crate::access::assert_access_matrix(&$matrix, ::core::env!("CARGO_MANIFEST_DIR"), $file)
    };
}

/// What [`assert_access_matrix!`](crate::assert_access_matrix) calls.
#[doc(hidden)]
#[track_caller]
#[expect(clippy::panic, reason = "this is an assertion")]
pub fn assert_access_matrix(mounted: &AccessMatrix, folder: &str, file: &str) {
    let path = Path::new(folder).join(file);
    let is_update = std::env::var_os(UPDATE).is_some_and(|value| !value.is_empty() && value != "0");
    let outcome = if is_update { write(mounted, &path) } else { compare(mounted, &path) };
    if let Err(message) = outcome {
        panic!("{message}");
    }
}

/// A line a row, each of which depends on its row alone: one changed row is one changed line.
fn write(mounted: &AccessMatrix, path: &Path) -> Result<(), String> {
    let text: String = mounted.rows.iter().map(|row| format!("{row}\n")).collect();
    // Rewritten only for a reason, so that builds which watch the file are not repeated.
    if std::fs::read_to_string(path).is_ok_and(|found| found == text) {
        return Ok(());
    }
    std::fs::write(path, text).map_err(|error| format!("{} cannot be written: {error}", path.display()))
}

fn compare(mounted: &AccessMatrix, path: &Path) -> Result<(), String> {
    let shown = path.display();
    let hint = format!("If that is meant, `{UPDATE}=1 cargo test` writes the file; have the change reviewed.");
    let text = std::fs::read_to_string(path).map_err(|error| format!("{shown} cannot be read: {error}\n{hint}"))?;
    let reviewed: AccessMatrix = text.parse().map_err(|error| format!("{shown}: {error}\n{hint}"))?;
    // Where a row is mounted is nothing to be reviewed.
    let mounted: Vec<_> = mounted.rows.iter().map(|row| MatrixRow { source: None, ..row.clone() }).collect();
    if reviewed.rows == mounted {
        return Ok(());
    }
    let difference = difference(&reviewed.rows, &mounted);
    Err(format!("who may call what is not as in {shown} (- reviewed, + mounted):\n\n{difference}\n{hint}"))
}

/// The rows that only one side has, in their order, by a longest common subsequence.
fn difference(reviewed: &[MatrixRow], mounted: &[MatrixRow]) -> String {
    // `common[i][j]`: how many rows the two have in common from `i` and `j` on.
    let mut common = vec![vec![0_usize; mounted.len() + 1]; reviewed.len() + 1];
    for (i, old) in reviewed.iter().enumerate().rev() {
        for (j, new) in mounted.iter().enumerate().rev() {
            common[i][j] = match old == new {
                true => common[i + 1][j + 1] + 1,
                false => common[i + 1][j].max(common[i][j + 1]),
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut lines = String::new();
    loop {
        match (reviewed.get(i), mounted.get(j)) {
            (Some(old), Some(new)) if old == new => (i, j) = (i + 1, j + 1),
            (Some(old), new) if new.is_none() || common[i + 1][j] >= common[i][j + 1] => {
                lines.push_str(&format!("- {old}\n"));
                i += 1;
            }
            (_, Some(new)) => {
                lines.push_str(&format!("+ {new}\n"));
                j += 1;
            }
            _ => return lines,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REVIEWED: &str = "  GET /a  admin: session\n  GET /b  admin: session, role x\n! GET /c  PUBLIC\n";

    fn rows(text: &str) -> Vec<MatrixRow> {
        text.parse::<AccessMatrix>().unwrap().rows
    }

    #[test]
    fn the_difference_names_each_changed_row_and_no_other() {
        for (mounted, difference) in [
            (REVIEWED.to_owned(), ""),
            (REVIEWED.replace(", role x", ""), "-   GET /b  admin: session, role x\n+   GET /b  admin: session\n"),
            (REVIEWED.replace("! GET /c  PUBLIC\n", ""), "- ! GET /c  PUBLIC\n"),
            (format!("! * /(foreign)  UNGUARDED\n{REVIEWED}"), "+ ! * /(foreign)  UNGUARDED\n"),
            (
                // On some frameworks the first of two routes that fit takes a request.
                "  GET /b  admin: session, role x\n  GET /a  admin: session\n! GET /c  PUBLIC\n".to_owned(),
                "-   GET /a  admin: session\n+   GET /a  admin: session\n",
            ),
        ] {
            assert_eq!(super::difference(&rows(REVIEWED), &rows(&mounted)), difference);
        }
        assert_eq!(super::difference(&rows(REVIEWED), &[]).lines().count(), 3);
    }

    #[test]
    fn a_file_is_written_compared_and_found_missing_or_unreadable() {
        let path = std::env::temp_dir().join(format!("iam-access-matrix-{}.txt", std::process::id()));
        let reviewed = AccessMatrix { rows: rows(REVIEWED) };
        let missing = compare(&reviewed, &path).unwrap_err();
        assert!(missing.contains("cannot be read") && missing.contains("UPDATE_ACCESS_MATRIX=1"), "{missing}");

        write(&reviewed, &path).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), REVIEWED);
        assert_eq!(compare(&reviewed, &path), Ok(()));

        let loosened = AccessMatrix { rows: rows(&REVIEWED.replace(", role x", "")) };
        let changed = compare(&loosened, &path).unwrap_err();
        assert!(changed.contains("\n-   GET /b  admin: session, role x\n+   GET /b  admin: session\n"), "{changed}");

        std::fs::write(&path, "GET /a nobody knows").unwrap();
        let unreadable = compare(&reviewed, &path).unwrap_err();
        assert!(unreadable.contains("line 1 of the access matrix"), "{unreadable}");
        std::fs::remove_file(&path).unwrap();
    }
}
