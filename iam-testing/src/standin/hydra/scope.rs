//! Scope and audience: how Hydra reads lists of them, and what satisfies what.

/// The words of a space-separated list.
pub(super) fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// fosite's wildcard strategy, Hydra's default: `orders.*` satisfies `orders.read`, and as the last part
/// also everything deeper, but never `orders` itself.
pub(super) fn satisfies(granted: &[String], needed: &str) -> bool {
    let needed: Vec<&str> = needed.split('.').collect();
    granted.iter().any(|granted| {
        let granted: Vec<&str> = granted.split('.').collect();
        let shorter = granted.len() != needed.len();
        granted.len() <= needed.len()
            && granted.iter().zip(&needed).enumerate().all(|(index, (have, need))| {
                let open_end = !shorter || index + 1 < granted.len() || *have == "*";
                open_end && if *have == "*" { !need.is_empty() } else { have == need }
            })
    })
}

/// fosite's default audience strategy: same scheme and host, and the path equal to or below a registered one.
pub(super) fn audience_allowed(registered: &[String], wanted: &str) -> bool {
    let (origin, path) = split(wanted);
    registered.iter().any(|registered| {
        let (allowed_origin, allowed_path) = split(registered);
        let allowed = allowed_path.trim_end_matches('/');
        origin == allowed_origin
            && (path == allowed_path
                || path.strip_prefix(allowed).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    })
}

/// Scheme with host, and path; a word that is no URL is all path.
fn split(text: &str) -> (&str, &str) {
    let Some(scheme) = text.find("://") else {
        return ("", text);
    };
    let host = scheme + "://".len();
    let path = text[host..].find('/').map_or(text.len(), |slash| host + slash);
    text.split_at(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(granted: &str, needed: &str) -> bool {
        satisfies(&words(granted), needed)
    }

    #[test]
    fn wildcards_stand_for_whole_parts() {
        assert!(granted("orders.read", "orders.read"));
        assert!(granted("orders.*", "orders.read"));
        assert!(granted("orders.*", "orders.read.all"));
        assert!(granted("*", "anything.at.all"));
        assert!(granted("*.read", "orders.read"));
        assert!(!granted("orders.*", "orders"));
        assert!(!granted("orders.*", "orders."));
        assert!(!granted("orders", "orders.read"));
        assert!(!granted("orders.read", "orders.write"));
        assert!(!granted("*.read", "orders.read.all"));
        assert!(granted("inventory:read", "inventory:read"));
        assert!(!granted("", "inventory:read"));
    }

    #[test]
    fn audiences_match_by_origin_and_path() {
        let registered = words("https://api.example.test/v1/ inventory");
        assert!(audience_allowed(&registered, "https://api.example.test/v1/"));
        assert!(audience_allowed(&registered, "https://api.example.test/v1"));
        assert!(audience_allowed(&registered, "https://api.example.test/v1/orders"));
        assert!(audience_allowed(&registered, "inventory"));
        assert!(!audience_allowed(&registered, "https://api.example.test/v10"));
        assert!(!audience_allowed(&registered, "https://other.example.test/v1"));
        assert!(!audience_allowed(&registered, "http://api.example.test/v1"));
        assert!(!audience_allowed(&registered, "inventories"));
    }
}
