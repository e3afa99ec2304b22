/// A child of the caller's `traceparent` (W3C Trace Context, version 00): same
/// trace, new parent id. Anything else is dropped.
pub(crate) fn child_of(traceparent: &[u8]) -> Option<Box<str>> {
    let text = str::from_utf8(traceparent).ok()?;
    let mut parts = text.split('-');
    let (version, trace, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let hex = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    let zero = |part: &str| part.bytes().all(|b| b == b'0');
    let sound = version == "00"
        && hex(trace, 32)
        && hex(parent, 16)
        && hex(flags, 2)
        && parts.next().is_none()
        && !zero(trace)
        && !zero(parent);
    // All zero is no valid parent id; one in 2^64 draws would be.
    let own = rand::random::<u64>().max(1);
    sound.then(|| format!("00-{trace}-{own:016x}-{flags}").into_boxed_str())
}

#[cfg(test)]
mod tests {
    use super::child_of;

    #[test]
    fn keeps_the_trace_and_replaces_the_parent() {
        let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let child = child_of(parent.as_bytes()).unwrap();
        assert!(child.starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-") && child.ends_with("-01"));
        assert_ne!(&*child, parent);
    }

    #[test]
    fn drops_what_is_malformed() {
        for bad in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(child_of(bad.as_bytes()), None, "{bad}");
        }
    }
}
