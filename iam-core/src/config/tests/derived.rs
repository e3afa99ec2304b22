//! What follows from a slug, what overrides it, what must be there, and what does nothing.

use std::time::Duration;

use super::*;

fn settings(customer: &str, admin: &str) -> Vec<TenantSettings> {
    check::<Shops>(&config(customer, admin)).unwrap().tenants
}

fn endpoint(endpoint: &Endpoint) -> (&str, Option<&str>) {
    (endpoint.url.as_str(), endpoint.token.as_ref().map(crate::Secret::expose))
}

#[test]
fn a_slug_gives_everything() {
    const AT: &str = "https://shop-1-x.projects.oryapis.com/";
    const KEY: Option<&str> = Some("ory_apikey_customer");
    let [customer, admin] = settings("", "").try_into().unwrap();
    let (hydra, keto) = (customer.hydra.unwrap(), customer.keto.unwrap());
    assert_eq!(endpoint(&customer.kratos.public), (AT, None));
    assert_eq!(endpoint(&customer.kratos.admin.unwrap()), (AT, KEY));
    assert_eq!(customer.kratos.browser_url.as_str(), AT);
    assert_eq!(&*customer.cookie_name, "ory_session_shop1x");
    assert_eq!(endpoint(&hydra.public.unwrap()), (AT, None));
    assert_eq!(endpoint(&hydra.admin.unwrap()), (AT, KEY));
    assert_eq!(&*hydra.issuer, "https://shop-1-x.projects.oryapis.com");
    assert_eq!(endpoint(&keto.read), (AT, KEY));
    assert_eq!(endpoint(&keto.write.unwrap()), (AT, KEY));

    assert_eq!(endpoint(&admin.kratos.public), ("https://kratos.admin.test/", None));
    assert_eq!(endpoint(&admin.kratos.admin.unwrap()), ("http://localhost:4434/", None));
    assert_eq!(admin.kratos.browser_url, admin.kratos.public.url);
    assert_eq!(&*admin.cookie_name, "ory_kratos_session");
    assert!(admin.hydra.is_none() && admin.keto.is_none());
}

#[test]
fn every_override_is_effective() {
    let [customer, _] = settings(
        "- cloud.api_key
         kratos.public_url = 'https://a.test/p'
         kratos.admin_url = 'https://b.test/'
         kratos.admin_token = 'tb'
         kratos.cookie_name = 'own'
         kratos.browser_url = 'https://c.test'
         hydra.public_url = 'https://d.test'
         hydra.admin_url = 'https://e.test'
         hydra.admin_token = 'te'
         hydra.issuer = 'https://F.test/'
         keto.read_url = 'https://g.test'
         keto.write_url = 'https://h.test'
         keto.api_key = 'tg'
         keto.user_prefix = 'u:'
         keto.client_prefix = 'c:'",
        "",
    )
    .try_into()
    .unwrap();
    let (kratos, hydra, keto) = (customer.kratos, customer.hydra.unwrap(), customer.keto.unwrap());
    assert_eq!(endpoint(&kratos.public), ("https://a.test/p/", None));
    assert_eq!(endpoint(&kratos.admin.unwrap()), ("https://b.test/", Some("tb")));
    assert_eq!(kratos.browser_url.as_str(), "https://c.test/");
    assert_eq!(&*customer.cookie_name, "own");
    assert_eq!(endpoint(&hydra.public.unwrap()), ("https://d.test/", None));
    assert_eq!(endpoint(&hydra.admin.unwrap()), ("https://e.test/", Some("te")));
    assert_eq!(&*hydra.issuer, "https://F.test/", "byte for byte");
    assert_eq!(endpoint(&keto.read), ("https://g.test/", Some("tg")));
    assert_eq!(endpoint(&keto.write.unwrap()), ("https://h.test/", Some("tg")));
    assert_eq!((&*keto.user_prefix, &*keto.client_prefix), ("u:", "c:"));
}

#[test]
fn plain_values_arrive() {
    let [customer, admin] = settings(
        "prefer = 'bearer'
         audience = ['a', 'b']
         machine_clients = ['m']
         allowed_origins = ['https://app.test']
         dangerously_trust_traits_roles = true
         outage_guard = false
         hydra.client_id = 'me'
         hydra.client_secret = 's s'
         hydra.client_authentication = 'post'
         hydra.verification = 'local'
         cache.session_ttl_ms = 1
         cache.introspection_ttl_ms = 2
         cache.negative_ttl_ms = 3
         cache.max_entries = 4
         http.connect_timeout_ms = 5
         http.total_timeout_ms = 6
         http.max_retries = 7
         http.max_response_bytes = 2048
         http.pool_max_idle = 9
         http.max_in_flight = 10
         http.proxy_url = 'http://proxy.test:3128'",
        "dangerously_disable_csrf_check = true",
    )
    .try_into()
    .unwrap();
    assert_eq!(customer.prefer, Some(Prefer::Bearer));
    assert_eq!(customer.allowed_origins, ["https://app.test".into()]);
    assert!(customer.csrf_check && customer.trust_traits_roles && !customer.outage_guard);
    assert!(!admin.csrf_check && !admin.trust_traits_roles && admin.outage_guard);
    let hydra = customer.hydra.unwrap();
    assert_eq!(hydra.audience, Audience::OneOf(vec!["a".into(), "b".into()]));
    assert_eq!(hydra.machine_clients, MachineClients::Listed(vec!["m".into()]));
    assert_eq!(hydra.verification, TokenVerification::Local);
    let client = hydra.client.unwrap();
    assert_eq!((&*client.id, client.secret.expose(), client.authentication), ("me", "s s", ClientAuthentication::Post));
    let (cache, http) = (customer.cache, customer.http);
    let ttls =
        [cache.session_ttl, cache.introspection_ttl, cache.negative_ttl, http.connect_timeout, http.total_timeout];
    assert_eq!(ttls, [1, 2, 3, 5, 6].map(Duration::from_millis));
    assert_eq!((cache.max_entries, http.max_retries, http.max_response_bytes), (4, 7, 2048));
    assert_eq!((http.pool_max_idle, http.max_in_flight), (9, 10));
    assert_eq!(http.proxy.unwrap().as_str(), "http://proxy.test:3128/");
}

/// Who knows the issuer's keys need not be able to ask Hydra.
#[test]
fn tokens_can_be_verified_without_an_admin_listener() {
    let alone = "audience = 'any'
         machine_clients = 'any'
         hydra.issuer = 'https://h.test'
         hydra.public_url = 'https://h.test'
         hydra.verification = 'local'";
    let [_, admin] = settings("", alone).try_into().unwrap();
    let hydra = admin.hydra.unwrap();
    assert!(hydra.takes_tokens() && hydra.admin.is_none());
    let idle = "tenants.admin.cache.introspection_ttl_ms: found a key without effect, allowed: nothing here, because \
                `hydra.admin_url` is not set";
    expect(&[("", &format!("{alone}\ncache.introspection_ttl_ms = 1"), &[idle])]);
}

#[test]
fn what_is_missing() {
    const URL: &str = "an http or https URL without user info, query or fragment";
    let public = format!("tenants.admin.kratos.public_url: found nothing, allowed: {URL}");
    let read = format!("tenants.admin.keto.read_url: found nothing, allowed: {URL}");
    let uses = format!(
        "tenants.admin.hydra.admin_url: found nothing, allowed: {URL}, a `hydra.client_id`, or `verification = \"local\"`: something that uses Hydra"
    );
    let tokens = format!(
        "tenants.admin.hydra.public_url: found nothing, allowed: {URL}, because tokens for `hydra.client_id` come from there"
    );
    let keys = format!(
        "tenants.admin.hydra.public_url: found nothing, allowed: {URL}, because the keys of `verification = \"local\"` come from there"
    );
    const ISSUER: &str =
        "tenants.admin.hydra.issuer: found nothing, allowed: `urls.self.issuer` of Hydra's configuration";
    const AUDIENCE: &str =
        "tenants.admin.audience: found nothing, allowed: what tokens for this service have in `aud`, or `\"any\"`";
    expect(&[
        ("", "- mode", &["tenants.admin.mode: found nothing, allowed: `cloud`, `self-hosted`"]),
        (
            "",
            "- transport",
            &["tenants.admin.transport: found nothing, allowed: `cookie`, `bearer`, `cookie-or-bearer`"],
        ),
        ("", "- kratos.public_url", &[&public]),
        ("", "keto = {}", &[&read]),
        ("", "hydra = {}", &[AUDIENCE, &uses, ISSUER]),
        (
            "",
            "audience = 'any'
             hydra.issuer = 'https://i.test'
             hydra.client_id = 'me'
             hydra.client_secret = 'x'",
            &[&tokens],
        ),
        ("- cloud.project_slug", "", &["tenants.customer.cloud.project_slug: found nothing, allowed: a text"]),
        ("- cloud.api_key", "", &["tenants.customer.cloud.api_key: found nothing, allowed: the project's API key"]),
        (
            "- audience",
            "",
            &[
                "tenants.customer.audience: found nothing, allowed: what tokens for this service have in `aud`, or `\"any\"`",
            ],
        ),
        (
            "hydra.client_id = 'me'",
            "",
            &["tenants.customer.hydra.client_secret: found nothing, allowed: the secret of `hydra.client_id`"],
        ),
        (
            "hydra.verification = 'local'",
            "hydra.issuer = 'https://x.test'\nhydra.verification = 'local'\naudience = 'any'",
            &[&keys],
        ),
        (
            "hydra.client_secret = 'x'",
            "",
            &["tenants.customer.hydra.client_id: found nothing, allowed: the client of `hydra.client_secret`"],
        ),
    ]);
}

#[test]
fn no_key_without_effect() {
    let idle = |path: &str, why: &str| {
        format!("tenants.{path}: found a key without effect, allowed: nothing here, because {why}")
    };
    for (customer, admin, path, why) in [
        ("", "prefer = 'cookie'", "admin.prefer", "`transport` is not `cookie-or-bearer`"),
        ("", "audience = 'any'", "admin.audience", "there is no `hydra` table"),
        ("", "machine_clients = 'any'", "admin.machine_clients", "there is no `hydra.admin_url`"),
        ("", "cache.introspection_ttl_ms = 1", "admin.cache.introspection_ttl_ms", "`hydra.admin_url` is not set"),
        ("", "cache.negative_ttl_ms = 0\ncache.max_entries = 1", "admin.cache.max_entries", "every cache is off"),
        ("", "cloud.project_slug = 'x'", "admin.cloud", "`mode` is `self-hosted`"),
        (
            "",
            "- kratos.admin_url\nkratos.admin_token = 'x'",
            "admin.kratos.admin_token",
            "there is no `kratos.admin_url`",
        ),
        ("", "transport = 'bearer'\nkratos.cookie_name = 'x'", "admin.kratos.cookie_name", "`transport` is `bearer`"),
        (
            "",
            "transport = 'bearer'\nallowed_origins = 'https://x.test'",
            "admin.allowed_origins",
            "`transport` is `bearer`",
        ),
        (
            "",
            "transport = 'bearer'\ndangerously_disable_csrf_check = true",
            "admin.dangerously_disable_csrf_check",
            "`transport` is `bearer`",
        ),
        (
            "dangerously_disable_csrf_check = true\nallowed_origins = 'https://x.test'",
            "",
            "customer.allowed_origins",
            "`dangerously_disable_csrf_check` is `true`",
        ),
        (
            "hydra.client_authentication = 'post'",
            "",
            "customer.hydra.client_authentication",
            "there is no `hydra.client_id`",
        ),
        (
            "kratos.admin_token = 'a'\nhydra.admin_token = 'b'\nketo.api_key = 'c'",
            "",
            "customer.cloud.api_key",
            "every product has a token of its own",
        ),
        ("", "shares_with = 'customer'", "admin.shares_with", "nothing is shared with `customer`"),
        (
            "",
            concat!(
                "kratos.public_url = 'http://localhost:1'\ntls.ca_file = '",
                env!("CARGO_MANIFEST_DIR"),
                "/Cargo.toml'"
            ),
            "admin.tls.ca_file",
            "no URL of this tenant is https",
        ),
    ] {
        assert_eq!(lines(&config(customer, admin)), [idle(path, why)]);
    }
}
