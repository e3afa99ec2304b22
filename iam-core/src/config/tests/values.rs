//! One bad line, one problem, in these words.

use super::*;

#[test]
fn names() {
    expect(&[
        (
            "",
            "kratos.publicUrl = 'https://x.test'
             - kratos.public_url",
            &["tenants.admin.kratos.publicUrl: found an unknown key, allowed: `public_url`, `admin_url`, \
               `admin_token`, `cookie_name`, `browser_url`, nearest: `public_url`"],
        ),
        (
            "hydra.audience = 'any'",
            "",
            &["tenants.customer.hydra.audience: found an unknown key, allowed: `public_url`, `admin_url`, \
               `admin_token`, `issuer`, `verification`, `client_id`, `client_secret`, `client_authentication`, \
               nearest: `tenants.customer.audience`"],
        ),
        (
            "",
            "tls.accept_invalid = true",
            &["tenants.admin.tls.accept_invalid: found an unknown key, allowed: `ca_file`"],
        ),
        (
            "",
            "transport = 'cokie'",
            &[
                "tenants.admin.transport: found `cokie`, allowed: `cookie`, `bearer`, `cookie-or-bearer`, nearest: `cookie`",
            ],
        ),
        (
            "mode = 'clowd'",
            "",
            &["tenants.customer.mode: found `clowd`, allowed: `cloud`, `self-hosted`, nearest: `cloud`"],
        ),
        (
            "hydra.client_id = 'me'
             hydra.client_secret = 'x'
             hydra.client_authentication = 'Basic'",
            "",
            &[
                "tenants.customer.hydra.client_authentication: found `Basic`, allowed: `basic`, `post`, nearest: `basic`",
            ],
        ),
    ]);
}

#[test]
fn types() {
    expect(&[
        (
            "",
            "http.max_retries = 'two'",
            &["tenants.admin.http.max_retries: found a text, allowed: a whole number, zero or more"],
        ),
        (
            "",
            "http.max_retries = 1.5",
            &["tenants.admin.http.max_retries: found a fraction, allowed: a whole number, zero or more"],
        ),
        (
            "",
            "http.max_retries = -1",
            &["tenants.admin.http.max_retries: found a negative number, allowed: a whole number, zero or more"],
        ),
        ("", "outage_guard = 'yes'", &["tenants.admin.outage_guard: found a text, allowed: `true` or `false`"]),
        ("", "kratos = 'https://x.test'", &["tenants.admin.kratos: found a text, allowed: a table"]),
        ("", "kratos.public_url = 4433", &["tenants.admin.kratos.public_url: found a whole number, allowed: a text"]),
        (
            "audience = 'https://api.test'",
            "",
            &["tenants.customer.audience: found another text, allowed: a list of texts, or `\"any\"`"],
        ),
        (
            "audience = [1]",
            "",
            &[
                "tenants.customer.audience: found a list with a whole number in it, allowed: a list of texts, or `\"any\"`",
            ],
        ),
        (
            "",
            "allowed_origins = 2026-01-01",
            &["tenants.admin.allowed_origins: found a date, allowed: a list of texts, or one text"],
        ),
    ]);
}

#[test]
fn urls() {
    const URL: &str = "an http or https URL without user info, query or fragment";
    for (text, found) in [
        ("javascript:alert(1)", "text that begins with neither `http://` nor `https://`"),
        ("ftp://ory.test", "text that begins with neither `http://` nor `https://`"),
        ("localhost:4433", "text that begins with neither `http://` nor `https://`"),
        ("ory.test", "text that is no URL"),
        ("", "text that is no URL"),
        ("https://", "text that is no URL"),
        ("https://user:word@ory.test/x", "`https://ory.test` with user info"),
        ("https://user@ory.test", "`https://ory.test` with user info"),
        ("https://@ory.test", "`https://ory.test` with user info"),
        ("https:user:word@ory.test", "`https://ory.test` with user info"),
        ("https://ory.test?x=word", "`https://ory.test` with a query"),
        ("https://ory.test/?", "`https://ory.test` with a query"),
        ("https://ory.test/#x", "`https://ory.test` with a fragment"),
        (" https://ory.test", "text with a space, a control character or a backslash"),
        (r"https:\\ory.test", "text with a space, a control character or a backslash"),
    ] {
        for key in ["kratos.public_url", "kratos.admin_url", "kratos.browser_url", "http.proxy_url"] {
            let expected = format!("tenants.admin.{key}: found {found}, allowed: {URL}");
            assert_eq!(lines(&config("", &format!("{key} = '{text}'"))), [expected], "{text}");
        }
    }
}

#[test]
fn plain_http_leaves_this_machine_by_name_only() {
    const REFUSED: &str = "tenants.admin.kratos.public_url: found `http://kratos.test:4433`, plain http beyond this machine, \
                           allowed: https, or `dangerously_allow_http = [\"kratos.public_url\"]` in `tenants.admin`";
    const SET: &str = "kratos.public_url = 'http://kratos.test:4433'";
    for host in ["localhost:1", "127.0.0.1:1", "127.9.9.9", "[::1]"] {
        expect(&[("", &format!("kratos.public_url = 'http://{host}'"), &[])]);
    }
    for host in ["0.0.0.0", "10.0.0.1", "localhost.evil.test", "kratos", "[::2]"] {
        let found = lines(&config("", &format!("kratos.public_url = 'http://{host}'")));
        assert!(found.len() == 1 && found[0].contains("plain http beyond this machine"), "{host}: {found:?}");
    }
    expect(&[
        ("", SET, &[REFUSED]),
        ("", &format!("{SET}\ndangerously_allow_http = 'kratos.public_url'"), &[]),
        // The word for one key is no word for another.
        (
            "",
            &format!("{SET}\ndangerously_allow_http = ['kratos.admin_url']"),
            &[
                "tenants.admin.dangerously_allow_http: found a key without effect, allowed: nothing here, \
                 because `kratos.admin_url` is no plain http URL of another host",
                REFUSED,
            ],
        ),
        (
            "",
            "allowed_origins = 'http://app.test'",
            &["tenants.admin.allowed_origins: found `http://app.test`, plain http beyond this machine, \
               allowed: https, or `dangerously_allow_http = [\"allowed_origins\"]` in `tenants.admin`"],
        ),
        (
            "",
            "dangerously_allow_http = 'kratos.pubic_url'",
            &["tenants.admin.dangerously_allow_http: found `kratos.pubic_url`, allowed: `allowed_origins`, \
               `kratos.public_url`, `kratos.admin_url`, `kratos.browser_url`, `hydra.public_url`, `hydra.admin_url`, \
               `keto.read_url`, `keto.write_url`, nearest: `kratos.public_url`"],
        ),
    ]);
}

#[test]
fn slugs_are_dns_labels() {
    const ALLOWED: &str = "allowed: a DNS label of lower-case letters, digits and inner hyphens";
    let long = "a".repeat(64);
    for (slug, found) in [
        ("evil.example/#", "`evil.example/#`"),
        ("a.b", "`a.b`"),
        ("-a", "`-a`"),
        ("a-", "`a-`"),
        ("a_b", "`a_b`"),
        ("ä", "`ä`"),
        ("", "an empty text"),
        (&long, "`aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa`"),
        ("ory_pat_0123", "what looks like a key"),
    ] {
        let expected = format!("tenants.customer.cloud.project_slug: found {found}, {ALLOWED}");
        assert_eq!(lines(&config(&format!("cloud.project_slug = '{slug}'"), "")), [expected]);
    }
    let upper = format!("tenants.customer.cloud.project_slug: found `Shop-1`, {ALLOWED}, nearest: `shop-1`");
    expect(&[
        ("cloud.project_slug = 'Shop-1'", "", &[&upper]),
        (&format!("cloud.project_slug = '{}'", &long[1..]), "", &[]),
    ]);
}

#[test]
fn texts() {
    const COOKIE: &str = "allowed: a cookie name: letters, digits and ``!#$%&'*+-.^_`|~``";
    const TOKEN: &str = "tenants.admin.kratos.admin_token: found a text with a character that a token cannot have, \
                         allowed: a text of visible ASCII characters";
    for name in ["a b", "a;b", "a=b", "a\u{e9}", "(a)"] {
        let expected = format!("tenants.admin.kratos.cookie_name: found `{name}`, {COOKIE}");
        assert_eq!(lines(&config("", &format!("kratos.cookie_name = '{name}'"))), [expected]);
    }
    let empty = format!("tenants.admin.kratos.cookie_name: found an empty text, {COOKIE}");
    expect(&[
        ("", "kratos.cookie_name = ''", &[&empty]),
        ("", "kratos.cookie_name = '__Host-a'", &[]),
        (
            "",
            "kratos.admin_token = ''",
            &["tenants.admin.kratos.admin_token: found an empty text, allowed: a text of visible ASCII characters"],
        ),
        ("", "kratos.admin_token = 'a b'", &[TOKEN]),
        ("", "kratos.admin_token = \"a\\n\"", &[TOKEN]),
        (
            "",
            "allowed_origins = ['https://App.test/']",
            &["tenants.admin.allowed_origins: found `https://App.test/`, allowed: an origin as browsers send it, \
               such as `https://app.example.com`, nearest: `https://app.test`"],
        ),
        (
            "audience = []",
            "",
            &[
                "tenants.customer.audience: found an empty list, allowed: what tokens for this service have in `aud`, or `\"any\"`",
            ],
        ),
        ("audience = ['']", "", &["tenants.customer.audience: found an empty text, allowed: a text"]),
        (
            "machine_clients = ['a', ' ']",
            "",
            &["tenants.customer.machine_clients: found an empty text, allowed: a text"],
        ),
        (
            "hydra.issuer = 'https://a.test?x'",
            "",
            &["tenants.customer.hydra.issuer: found `https://a.test` with a query, \
          allowed: an http or https URL without user info, query or fragment"],
        ),
        (
            "keto.user_prefix = ''",
            "",
            &["tenants.customer.keto.user_prefix: found an empty text, allowed: a text such as `user:`, \
          without spaces, `#`, `@` and brackets"],
        ),
        (
            "keto.client_prefix = 'user:client:'",
            "",
            &["tenants.customer.keto.client_prefix: found `user:client:`, \
          allowed: a prefix apart from `keto.user_prefix`, which is `user:`"],
        ),
        (
            "",
            "tls.ca_file = '/no/such/file.pem'",
            &["tenants.admin.tls.ca_file: found no such file, allowed: the path of a PEM file"],
        ),
    ]);
}

#[test]
fn numbers() {
    for (key, range) in [
        ("cache.session_ttl_ms", "0 to 86400000"),
        ("cache.negative_ttl_ms", "0 to 60000"),
        ("cache.max_entries", "1 to 10000000"),
        ("http.total_timeout_ms", "1 to 120000"),
        ("http.connect_timeout_ms", "1 to 5000"),
        ("http.max_retries", "0 to 10"),
        ("http.max_response_bytes", "1024 to 67108864"),
        ("http.pool_max_idle", "0 to 10000"),
        ("http.max_in_flight", "2 to 100000"),
    ] {
        let (low, high) = range.split_once(" to ").unwrap();
        let (low, high): (u64, u64) = (low.parse().unwrap(), high.parse().unwrap());
        for good in [low.max(1000).min(high), high] {
            expect(&[("", &format!("{key} = {good}"), &[])]);
        }
        for bad in low.checked_sub(1).into_iter().chain([high + 1, u64::MAX / 4]) {
            let expected = format!("tenants.admin.{key}: found `{bad}`, allowed: {range}");
            assert_eq!(lines(&config("", &format!("{key} = {bad}"))), [expected]);
        }
    }
    // A short total makes a short default of the part.
    expect(&[("", "http.total_timeout_ms = 200", &[])]);
}

#[test]
fn process_wide_keys() {
    let host = |found: &str, near: Option<&str>| {
        let found = if found.is_empty() { "an empty text".to_owned() } else { format!("`{found}`") };
        let near = near.map(|near| format!(", nearest: `{near}`")).unwrap_or_default();
        format!(
            "hosts: found {found}, allowed: a host as requests name it, without port, such as `shop.example.com` or \
             `*.example.com`{near}"
        )
    };
    for (line, expected) in [
        ("trusted_proxies = ['10.0.0.0/8', '::1/128']", None),
        (
            "trusted_proxies = ['10.0.0.1']",
            Some(
                "trusted_proxies: found `10.0.0.1`, allowed: a CIDR block, such as `10.0.0.0/8`, nearest: `10.0.0.1/32`",
            ),
        ),
        (
            "trusted_proxies = ['10.0.0.1/8']",
            Some(
                "trusted_proxies: found `10.0.0.1/8`, allowed: a CIDR block, such as `10.0.0.0/8`, nearest: `10.0.0.0/8`",
            ),
        ),
        (
            "trusted_proxies = ['all']",
            Some("trusted_proxies: found `all`, allowed: a CIDR block, such as `10.0.0.0/8`"),
        ),
        (
            "hosts = { 'admin.test' = 'admin', '*.shops.test' = 'customer', '127.0.0.1' = 'admin', '[::1]' = 'admin' }",
            None,
        ),
        (
            "hosts = { 'admin.test' = 'admn' }",
            Some("hosts: found `admn`, allowed: `customer`, `admin`, nearest: `admin`"),
        ),
        ("hosts = { 'Admin.test.' = 'admin' }", Some(&host("Admin.test.", Some("admin.test")))),
        (
            "hosts = { 'https://admin.test:8443/' = 'admin' }",
            Some(&host("https://admin.test:8443/", Some("admin.test"))),
        ),
        ("hosts = { '*.Bücher.test' = 'admin' }", Some(&host("*.Bücher.test", Some("*.xn--bcher-kva.test")))),
        ("hosts = { '*.*.test' = 'admin' }", Some(&host("*.*.test", None))),
        ("hosts = { '*.127.0.0.1' = 'admin' }", Some(&host("*.127.0.0.1", None))),
        ("hosts = { '*' = 'admin' }", Some(&host("*", None))),
        ("hosts = { '' = 'admin' }", Some(&host("", None))),
        ("hosts = ['admin.test']", Some("hosts: found a list, allowed: a table of texts")),
        (
            "hosts = { 'admin.test' = 5 }",
            Some("hosts: found a table with a whole number in it, allowed: a table of texts"),
        ),
        ("default_tenant = 'customer'", None),
        (
            "default_tenant = 'admin'",
            Some("default_tenant: found `admin`, allowed: `customer`, which is the tenant enum's default"),
        ),
        (
            "default_tenant = 'constructor'",
            Some("default_tenant: found `constructor`, allowed: `customer`, which is the tenant enum's default"),
        ),
        (
            "defalt_tenant = 'customer'",
            Some(
                "defalt_tenant: found an unknown key, allowed: `default_tenant`, `trusted_proxies`, `hosts`, `tenants`, nearest: `default_tenant`",
            ),
        ),
    ] {
        let config = IamConfig::from_toml(&format!("{line}\n{}", toml("", ""))).unwrap();
        assert_eq!(lines(&config), Vec::from_iter(expected), "{line}");
    }
}

#[test]
fn tenants_agree_both_ways() {
    let config = IamConfig::from_toml(&toml("", "").replace("[tenants.admin]", "[tenants.admn]")).unwrap();
    assert_eq!(
        lines(&config),
        [
            "tenants.admin: found nothing, allowed: a table, for a tenant of the enum",
            "tenants.admn: found an unknown tenant, allowed: `customer`, `admin`, nearest: `admin`",
        ]
    );
    assert_eq!(lines(&IamConfig::default()).len(), 2, "no tenant at all");
}
