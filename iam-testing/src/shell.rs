//! Words for a shell.

/// A shell word (POSIX shell, section 2.2): bare where every character is harmless, in single quotes otherwise.
pub(crate) fn quoted(value: &str) -> String {
    let is_harmless = |c: char| c.is_ascii_alphanumeric() || "-_./:,@%+".contains(c);
    if !value.is_empty() && value.chars().all(is_harmless) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn only_what_a_shell_would_touch_is_quoted() {
        assert_eq!(quoted("http://127.0.0.1:1/"), "http://127.0.0.1:1/");
        assert_eq!(quoted("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(quoted(""), "''");
    }
}
