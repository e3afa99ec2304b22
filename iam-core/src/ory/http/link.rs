use http::HeaderMap;
use http::header::LINK;
use url::form_urlencoded;

/// The `page_token` of the link to the next page (RFC 8288). The rest of the
/// link is not used: a server does not choose where the next call goes.
pub(super) fn next_page_token(headers: &HeaderMap) -> Option<String> {
    headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok()).find_map(of_value)
}

fn of_value(mut rest: &str) -> Option<String> {
    loop {
        let (_, after) = rest.split_once('<')?;
        let (target, after) = after.split_once('>')?;
        // A comma inside a quoted parameter would end the link too early, which
        // loses a link and invents none: parameters hold no `<`.
        let (parameters, next) = after.split_once(',').unwrap_or((after, ""));
        if is_next(parameters) {
            let (_, query) = target.split_once('?')?;
            let query = query.split_once('#').map_or(query, |(query, _)| query);
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            return pairs.find(|(name, token)| name == "page_token" && !token.is_empty()).map(|(_, t)| t.into_owned());
        }
        rest = next;
    }
}

fn is_next(parameters: &str) -> bool {
    parameters.split(';').filter_map(|parameter| parameter.split_once('=')).any(|(name, value)| {
        let relations = value.trim().trim_matches('"');
        name.trim().eq_ignore_ascii_case("rel")
            && relations.split_ascii_whitespace().any(|relation| relation.eq_ignore_ascii_case("next"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(values: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(LINK, value.parse().unwrap());
        }
        next_page_token(&headers)
    }

    #[test]
    fn finds_the_token_of_the_next_page_only() {
        let kratos = "</admin/identities?page_size=2&page_token=0000>; rel=\"first\",\
                      </admin/identities?page_size=2&page_token=abc%3D%3D>; rel=\"next\"";
        assert_eq!(token(&[kratos]).as_deref(), Some("abc=="));
        let absolute =
            "<https://k/admin/identities?page_size=2&page_token=abc%3D%3D>; rel=\"next\", <x>; rel=\"first\"";
        assert_eq!(token(&[absolute]).as_deref(), Some("abc=="));
        assert_eq!(token(&["<a?page_token=1>; rel=first", "<b?page_token=2>;REL=next"]).as_deref(), Some("2"));
        assert_eq!(token(&["<a?page_token=1#frag>; title=\"x\"; rel=\"prev next\""]).as_deref(), Some("1"));
    }

    #[test]
    fn anything_else_is_the_last_page() {
        for value in [
            "",
            "nonsense",
            "<a?page_token=1",
            "<a?page_token=1>",
            "<a?page_token=1>; rel=\"first\"",
            "<a?page_token=1>; rel=\"nextish\"",
            "<a?page_token=>; rel=\"next\"",
            "<a?page=2>; rel=\"next\"",
            "<a>; rel=\"next\"",
        ] {
            assert_eq!(token(&[value]), None, "{value}");
        }
    }
}
