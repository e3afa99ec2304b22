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

#[cfg(test)]
mod tests {
    use super::*;

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
