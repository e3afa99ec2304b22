//! The `Forwarded` header (RFC 7239, section 4).

/// The `host` of every element that has one; none where the syntax is broken.
pub(super) fn hosts(header: &str) -> Option<Vec<String>> {
    let mut hosts = Vec::new();
    for element in split(header, ',')? {
        let mut own = None;
        for pair in split(element, ';')?.into_iter().map(str::trim).filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=')?;
            // A parameter stands at most once in an element.
            if name.eq_ignore_ascii_case("host") && own.replace(unquoted(value)?).is_some() {
                return None;
            }
        }
        hosts.extend(own);
    }
    Some(hosts)
}

/// Splits where the separator is not quoted; none if a quote stays open.
fn split(text: &str, separator: char) -> Option<Vec<&str>> {
    let (mut quoted, mut escaped) = (false, false);
    let parts = text.split(|c| {
        let here = !quoted && c == separator;
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        here
    });
    let parts = parts.collect();
    (!quoted).then_some(parts)
}

/// A token as it is, or what a quoted string says (RFC 9110, section 5.6.4).
fn unquoted(value: &str) -> Option<String> {
    let Some(rest) = value.strip_prefix('"') else {
        return (!value.is_empty() && !value.contains(['"', ' ', '\t'])).then(|| value.to_owned());
    };
    let inner = rest.strip_suffix('"')?;
    let mut text = String::with_capacity(inner.len());
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => text.push(letters.next()?),
            '"' => return None,
            other => text.push(other),
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_elements() {
        let all = |header: &str| hosts(header).map(|hosts| hosts.join(" "));
        for (header, expected) in [
            ("host=a.example", Some("a.example")),
            ("for=192.0.2.43;proto=https; Host=a.example", Some("a.example")),
            (r#"for="[2001:db8::1]:80";host="a.example:8443""#, Some("a.example:8443")),
            (r#"for="_a,host=evil.example;x";host=a.example"#, Some("a.example")),
            (r#"host="a\.example""#, Some("a.example")),
            ("for=192.0.2.43, host=a.example", Some("a.example")),
            ("host=a.example, host=b.example", Some("a.example b.example")),
            ("for=192.0.2.43", Some("")),
            ("", Some("")),
            ("host=a.example;host=b.example", None),
            ("host", None),
            ("host=", None),
            (r#"host="a.example"#, None),
            (r#"host="a"b""#, None),
            ("host=a b", None),
        ] {
            assert_eq!(all(header).as_deref(), expected, "{header}");
        }
    }
}
