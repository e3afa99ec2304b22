//! Durations as Go prints them (`1h0m0s`), the form of a client's lifespans.

use std::time::Duration;

/// `None` for what is no positive Go duration.
pub(super) fn parse(text: &str) -> Option<Duration> {
    const UNITS: [(&str, f64); 6] = [("ms", 1e-3), ("us", 1e-6), ("ns", 1e-9), ("h", 3600.0), ("m", 60.0), ("s", 1.0)];
    let mut rest = text;
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        let (unit, scale) = UNITS.iter().find(|(unit, _)| rest[digits..].starts_with(unit))?;
        seconds += number * scale;
        rest = &rest[digits + unit.len()..];
    }
    (!text.is_empty()).then(|| Duration::try_from_secs_f64(seconds).ok())?
}

/// As Go's `Duration.String`: the largest unit that there is comes first, and those below it are all told.
pub(super) fn print(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let fraction = |nanos: u32, digits: usize| {
        let text = format!("{nanos:0digits$}");
        match text.trim_end_matches('0') {
            "" => String::new(),
            digits => format!(".{digits}"),
        }
    };
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    let rest = format!("{}{}s", seconds % 60, fraction(duration.subsec_nanos(), 9));
    match (hours, minutes, seconds, duration.subsec_nanos()) {
        (0, 0, 0, 0) => "0s".to_owned(),
        (0, 0, 0, nanos @ 1_000_000..) => format!("{}{}ms", nanos / 1_000_000, fraction(nanos % 1_000_000, 6)),
        (0, 0, 0, nanos @ 1000..) => format!("{}{}µs", nanos / 1000, fraction(nanos % 1000, 3)),
        (0, 0, 0, nanos) => format!("{nanos}ns"),
        (0, 0, ..) => rest,
        (0, ..) => format!("{minutes}m{rest}"),
        _ => format!("{hours}h{minutes}m{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_go_does() {
        for (given, printed) in [
            ("90m", "1h30m0s"),
            ("3600s", "1h0m0s"),
            ("61s", "1m1s"),
            ("1.5s", "1.5s"),
            ("0s", "0s"),
            ("300ms", "300ms"),
            ("1500us", "1.5ms"),
            ("30us", "30µs"),
            ("1ns", "1ns"),
        ] {
            assert_eq!(print(parse(given).unwrap()), printed, "{given}");
        }
    }

    #[test]
    fn reads_what_go_prints() {
        assert_eq!(parse("1h0m0s"), Some(Duration::from_secs(3600)));
        assert_eq!(parse("1.5h"), Some(Duration::from_secs(5400)));
        assert_eq!(parse("300ms"), Some(Duration::from_millis(300)));
        assert_eq!(parse("1m30s"), Some(Duration::from_secs(90)));
        for wrong in ["", "1", "h", "1x", "-1s", "1h 2m"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
