use std::collections::HashMap;

/// Hosts with their tenants, exact ones and `*.` ones.
pub(crate) struct HostMap<T> {
    exact: HashMap<Box<str>, T>,
    /// By what follows the first label: `example.com` for `*.example.com`.
    wildcards: HashMap<Box<str>, T>,
}

impl<T: Copy + PartialEq> HostMap<T> {
    /// Of checked patterns.
    pub(crate) fn new<'a>(patterns: impl IntoIterator<Item = (&'a str, T)>) -> Self {
        let mut map = Self { exact: HashMap::new(), wildcards: HashMap::new() };
        for (pattern, tenant) in patterns {
            match pattern.strip_prefix("*.") {
                Some(parent) => map.wildcards.insert(parent.into(), tenant),
                None => map.exact.insert(pattern.into(), tenant),
            };
        }
        map
    }

    /// The exact host's tenant, else that of the pattern for its first label.
    pub(crate) fn tenant_of(&self, host: &str) -> Option<T> {
        let exact = self.exact.get(host);
        exact.or_else(|| self.wildcards.get(host.split_once('.').filter(|(label, _)| !label.is_empty())?.1)).copied()
    }

    pub(crate) fn has(&self, tenant: T) -> bool {
        self.exact.values().chain(self.wildcards.values()).any(|own| *own == tenant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exact_host_comes_before_a_pattern_and_a_pattern_stands_for_one_label() {
        let map = HostMap::new([("admin.example.com", 'a'), ("*.example.com", 'c'), ("127.0.0.1", 'l')]);
        for (host, tenant) in [
            ("admin.example.com", Some('a')),
            ("shop.example.com", Some('c')),
            ("a.shop.example.com", None),
            ("example.com", None),
            (".example.com", None),
            ("127.0.0.1", Some('l')),
            ("evilexample.com", None),
            ("admin.example.com.evil.example", None),
        ] {
            assert_eq!(map.tenant_of(host), tenant, "{host}");
        }
        assert!(map.has('c') && !map.has('d'));
    }
}
