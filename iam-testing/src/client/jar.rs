//! A browser's cookies at one host.

use reqwest::header::{HeaderMap, SET_COOKIE};

/// Names and values; paths and expiry dates do not matter within one flow.
#[derive(Default)]
pub(super) struct Jar(Vec<(String, String)>);

impl Jar {
    /// Takes in what an answer sets, and forgets what it removes.
    pub(super) fn keep(&mut self, headers: &HeaderMap) {
        let lines = headers.get_all(SET_COOKIE).iter().filter_map(|line| line.to_str().ok());
        for line in lines {
            let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
            let Some((name, value)) = pair.split_once('=') else { continue };
            self.0.retain(|(have, _)| have != name);
            let is_removed = attributes.split(';').any(|word| word.trim().eq_ignore_ascii_case("max-age=0"));
            if !is_removed {
                self.0.push((name.trim().to_owned(), value.to_owned()));
            }
        }
    }

    /// The `Cookie` header.
    pub(super) fn header(&self) -> String {
        let pairs: Vec<String> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderValue, SET_COOKIE};

    use super::Jar;

    #[test]
    fn a_cookie_is_replaced_and_removed_by_name() {
        let mut jar = Jar::default();
        let set = |lines: &[&'static str]| -> HeaderMap {
            lines.iter().map(|line| (SET_COOKIE, HeaderValue::from_static(line))).collect()
        };
        jar.keep(&set(&["a=1; Path=/", "b=2=="]));
        jar.keep(&set(&["a=3; HttpOnly"]));
        assert_eq!(jar.header(), "b=2==; a=3");
        jar.keep(&set(&["b=; Path=/; Max-Age=0"]));
        assert_eq!((jar.header().as_str(), jar.get("a"), jar.get("b")), ("a=3", Some("3"), None));
    }
}
