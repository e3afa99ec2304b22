//! Tenants that share what should be each one's own.

use super::*;

/// Two self-hosted tenants with everything apart.
fn pair(customer: &str, admin: &str) -> IamConfig {
    let tenant = |name: &str| {
        format!(
            "mode = 'self-hosted'
             transport = 'cookie'
             audience = 'any'
             kratos.public_url = 'https://kratos.{name}.test'
             kratos.cookie_name = '{name}_session'
             hydra.admin_url = 'https://hydra.{name}.test'
             hydra.issuer = 'https://issuer.{name}.test'
             keto.read_url = 'https://keto.{name}.test'"
        )
    };
    let edited = |name: &str, edit: &str| {
        let keys: Vec<_> = edit.lines().map(key_of).collect();
        let base = tenant(name);
        let kept = base.lines().map(str::trim).filter(|line| !keys.contains(&key_of(line)));
        format!("[tenants.{name}]\n{}\n{edit}\n", kept.collect::<Vec<_>>().join("\n"))
    };
    IamConfig::from_toml(&(edited("customer", customer) + &edited("admin", admin))).unwrap()
}

fn shared(noun: &str, one: &str, other: &str) -> String {
    format!(
        "tenants.admin.{other}: found {noun} of `tenants.customer.{one}`, \
         allowed: one of its own, or `shares_with = \"customer\"` in `tenants.admin`"
    )
}

#[test]
fn one_server_in_many_spellings() {
    assert_eq!(lines(&pair("", "")), [""; 0]);
    for spelling in [
        "https://kratos.customer.test",
        "https://kratos.customer.test/",
        "https://KRATOS.Customer.test",
        "HTTPS://kratos.customer.test:443//",
        "https://kratos.customer.test.",
        "https://kratos.customer.test/a/..",
    ] {
        let config = pair("", &format!("kratos.public_url = '{spelling}'"));
        assert_eq!(lines(&config), [shared("the server", "kratos.public_url", "kratos.public_url")], "{spelling}");
    }
    for other in ["https://kratos.customer.test:444", "https://kratos.customer.test/admin", "https://customer.test"] {
        assert_eq!(lines(&pair("", &format!("kratos.public_url = '{other}'"))), [""; 0], "{other}");
    }
    for spelling in ["http://localhost:4433", "http://127.0.0.1:4433", "http://[::1]:4433", "https://localhost:4433"] {
        let config = pair("kratos.public_url = 'http://127.0.0.1:4433/'", &format!("kratos.public_url = '{spelling}'"));
        assert_eq!(lines(&config), [shared("the server", "kratos.public_url", "kratos.public_url")], "{spelling}");
    }
}

#[test]
fn whatever_is_shared_is_listed_at_once() {
    let config = pair(
        "kratos.admin_url = 'https://a.test'
         kratos.admin_token = 'key'",
        "kratos.public_url = 'https://kratos.customer.test'
         kratos.cookie_name = 'customer_session'
         kratos.admin_url = 'https://b.test'
         kratos.admin_token = 'key'
         hydra.admin_url = 'https://hydra.customer.test/'
         hydra.issuer = 'https://issuer.customer.test/'
         keto.read_url = 'https://a.test'",
    );
    assert_eq!(
        lines(&config),
        [
            shared("the server", "hydra.admin_url", "hydra.admin_url"),
            shared("the issuer", "hydra.issuer", "hydra.issuer"),
            // Another product's server is a shared one all the same.
            shared("the server", "kratos.admin_url", "keto.read_url"),
            shared("the key", "kratos.admin_token", "kratos.admin_token"),
            shared("the cookie name `customer_session`", "kratos.cookie_name", "kratos.cookie_name"),
            shared("the server", "kratos.public_url", "kratos.public_url"),
        ]
    );
}

#[test]
fn a_shared_project_is_told_once() {
    let cloud = |key: &str| {
        format!(
            "- kratos
             mode = 'cloud'
             transport = 'cookie-or-bearer'
             audience = 'any'
             cloud.project_slug = 'shop-1-x'
             cloud.api_key = '{key}'
             hydra = {{}}
             keto = {{}}"
        )
    };
    let project = shared("the project", "cloud.project_slug", "cloud.project_slug");
    let key = shared("the key", "cloud.api_key", "cloud.api_key");
    assert_eq!(lines(&config("", &cloud("another"))), [project.as_str()]);
    assert_eq!(lines(&config("", &cloud("ory_apikey_customer"))), [key, project]);
    // A project's host, written out at a self-hosted tenant.
    assert_eq!(
        lines(&config("", "kratos.public_url = 'https://shop-1-x.projects.oryapis.com:443'")),
        [shared("the server", "cloud.project_slug", "kratos.public_url")]
    );
}

#[test]
fn cookies_count_where_they_are_read() {
    let default = "- kratos.cookie_name";
    let both = |transport: &str| {
        let lines = format!(
            "transport = '{transport}'\nkratos.public_url = 'https://one.test'\nmode = 'self-hosted'\n- cloud\n- hydra\n- keto\n- audience"
        );
        config(&lines, default)
    };
    let cookie = shared("the cookie name `ory_kratos_session`", "kratos.cookie_name", "kratos.cookie_name");
    assert_eq!(lines(&both("cookie")), [cookie]);
    assert_eq!(lines(&both("bearer")), [""; 0]);
}

#[test]
fn sharing_may_be_said_on_either_side() {
    const SAME: &str = "kratos.public_url = 'https://kratos.customer.test'";
    assert_eq!(lines(&pair("", &format!("{SAME}\nshares_with = 'customer'"))), [""; 0]);
    assert_eq!(lines(&pair("shares_with = ['admin']", SAME)), [""; 0]);
    assert_eq!(
        lines(&pair("shares_with = ['admin', 'custmer', 'customer']", SAME)),
        [
            "tenants.customer.shares_with: found `custmer`, allowed: other tenants: `admin`",
            "tenants.customer.shares_with: found `customer`, allowed: other tenants: `admin`",
        ]
    );
}

#[test]
fn subjects_on_a_shared_keto_name_their_tenant() {
    const SAME: &str = "keto.read_url = 'https://keto.customer.test'\nshares_with = 'customer'";
    let misfit = |tenant: &str, key: &str, prefix: &str, with: &str| {
        format!(
            "tenants.{tenant}.keto.{key}: found `{prefix}`, allowed: a prefix that names the tenant, \
             because `{with}` has the same Keto, nearest: `{tenant}:{prefix}`"
        )
    };
    let overlapping = |key: &str, prefix: &str| {
        format!(
            "tenants.customer.keto.{key}: found `{prefix}`, allowed: a prefix apart from \
             `tenants.admin.keto.{key}`, which is `{prefix}`"
        )
    };
    assert_eq!(
        lines(&pair("", SAME)),
        [
            misfit("admin", "client_prefix", "client:", "customer"),
            misfit("admin", "user_prefix", "user:", "customer"),
            misfit("customer", "client_prefix", "client:", "admin"),
            overlapping("client_prefix", "client:"),
            misfit("customer", "user_prefix", "user:", "admin"),
            overlapping("user_prefix", "user:"),
        ]
    );
    let own = |tenant: &str| format!("keto.user_prefix = '{tenant}:user:'\nketo.client_prefix = '{tenant}:client:'");
    assert_eq!(lines(&pair(&own("customer"), &format!("{SAME}\n{}", own("admin")))), [""; 0]);
}
