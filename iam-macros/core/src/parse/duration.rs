//! `"15m"`

use syn::LitStr;

/// Milliseconds of `"500ms"`, `"5s"`, `"15m"`, `"1h"`.
pub(super) fn millis(text: &LitStr) -> syn::Result<u64> {
    let value = text.value();
    let unit_at = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
    let (number, unit) = value.split_at(unit_at);
    let unit = match unit {
        "ms" => Some(1),
        "s" => Some(1000),
        "m" => Some(60 * 1000),
        "h" => Some(60 * 60 * 1000),
        _ => None,
    };
    let millis = number.parse::<u64>().ok().zip(unit).and_then(|(number, unit)| number.checked_mul(unit));
    millis.ok_or_else(|| {
        syn::Error::new(
            text.span(),
            "a time is a whole number and its unit: `\"500ms\"`, `\"5s\"`, `\"15m\"`, `\"1h\"`",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        for (text, expected) in [
            ("500ms", Some(500)),
            ("0s", Some(0)),
            ("15m", Some(900_000)),
            ("1h", Some(3_600_000)),
            ("5", None),
            ("s", None),
            ("", None),
            ("5 s", None),
            ("-5s", None),
            ("1.5h", None),
            ("99999999999999999999s", None),
            ("9999999999999999999h", None),
        ] {
            let literal = LitStr::new(text, proc_macro2::Span::call_site());
            assert_eq!(millis(&literal).ok(), expected, "{text}");
        }
    }
}
