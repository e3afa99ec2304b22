//! Two tenants on one server are one tenant: each one's sessions are good for the other.

use iam_core::config::IamConfig;

use crate::{Iam, Tenants};

/// Everything a tenant has of its own, in TOML.
const OWN: [(&str, &str); 10] = [
    ("kratos.public_url", "https://kratos.TENANT.test"),
    ("kratos.admin_url", "https://kratos-admin.TENANT.test"),
    ("kratos.admin_token", "kratos-key-of-TENANT"),
    ("kratos.cookie_name", "TENANT_session"),
    ("hydra.public_url", "https://hydra.TENANT.test"),
    ("hydra.admin_url", "https://hydra-admin.TENANT.test"),
    ("hydra.admin_token", "hydra-key-of-TENANT"),
    ("hydra.issuer", "https://issuer.TENANT.test/"),
    ("keto.read_url", "https://keto.TENANT.test"),
    ("keto.api_key", "keto-key-of-TENANT"),
];

/// The configuration of all three tenants; `admin` and `dealer` differ from their own by these.
fn config(admin: &[(&str, &str)], dealer: &[(&str, &str)]) -> IamConfig {
    let mut text = String::new();
    for (tenant, changes) in [("customer", &[][..]), ("admin", admin), ("dealer", dealer)] {
        text += &format!("[tenants.{tenant}]\nmode = 'self-hosted'\ntransport = 'cookie'\naudience = 'any'\n");
        let own = OWN.iter().filter(|(key, _)| !changes.iter().any(|(changed, _)| changed == key));
        for (key, value) in own.chain(changes) {
            text += &format!("{key} = '{}'\n", value.replace("TENANT", tenant));
        }
    }
    IamConfig::from_toml(&text).unwrap()
}

/// The problems that keep a process with this configuration from starting.
async fn problems(config: IamConfig) -> Vec<String> {
    match Iam::<Tenants>::builder(config).build().await {
        Ok(_) => Vec::new(),
        Err(error) => error.config().unwrap().problems().iter().map(ToString::to_string).collect(),
    }
}

#[tokio::test]
async fn whatever_is_shared_keeps_the_process_from_starting() {
    assert_eq!(problems(config(&[], &[])).await, [""; 0]);
    let admin = [
        ("kratos.public_url", "HTTPS://Kratos.CUSTOMER.test:443/"),
        ("kratos.admin_token", "kratos-key-of-customer"),
        ("kratos.cookie_name", "customer_session"),
        ("hydra.issuer", "https://issuer.customer.test/"),
    ];
    let dealer = [
        ("hydra.admin_url", "https://hydra-admin.customer.test./"),
        ("keto.read_url", "https://KETO.customer.test//"),
        // A server is one server, whatever it is used as.
        ("kratos.public_url", "https://kratos-admin.admin.test"),
        ("keto.api_key", "hydra-key-of-admin"),
    ];
    let told = problems(config(&admin, &dealer)).await;
    for (tenant, key, what, owner) in [
        ("admin", "kratos.public_url", "the server", "customer.kratos.public_url"),
        ("admin", "kratos.admin_token", "the key", "customer.kratos.admin_token"),
        ("admin", "kratos.cookie_name", "the cookie name `customer_session`", "customer.kratos.cookie_name"),
        ("admin", "hydra.issuer", "the issuer", "customer.hydra.issuer"),
        ("dealer", "hydra.admin_url", "the server", "customer.hydra.admin_url"),
        ("dealer", "keto.read_url", "the server", "customer.keto.read_url"),
        ("dealer", "kratos.public_url", "the server", "admin.kratos.admin_url"),
        ("dealer", "keto.api_key", "the key", "admin.hydra.admin_token"),
    ] {
        let expected = format!("tenants.{tenant}.{key}: found {what} of `tenants.{owner}`");
        let found = told.iter().filter(|line| line.starts_with(&expected)).count();
        assert_eq!(found, 1, "{expected}\nin\n{}", told.join("\n"));
    }
    assert_eq!(told.len(), 8, "{}", told.join("\n"));
    assert!(!told.concat().contains("key-of-"), "a key is a secret, shared or not: {told:?}");
}

#[tokio::test]
async fn one_project_twice_is_told_as_the_project() {
    let tenant = |name: &str, slug: &str, key: &str| {
        format!(
            "[tenants.{name}]\nmode = 'cloud'\ntransport = 'bearer'\ncloud.project_slug = '{slug}'\ncloud.api_key = '{key}'\n"
        )
    };
    let text = tenant("customer", "happy-hare-1", "one-key")
        + &tenant("admin", "happy-hare-1", "another-key")
        + &tenant("dealer", "lucky-lynx-2", "one-key");
    let told = problems(IamConfig::from_toml(&text).unwrap()).await;
    let begins = |line: &str, text: &str| line.starts_with(text);
    assert!(begins(&told[0], "tenants.admin.cloud.project_slug: found the project of `tenants.customer."), "{told:?}");
    assert!(begins(&told[1], "tenants.dealer.cloud.api_key: found the key of `tenants.customer."), "{told:?}");
    assert_eq!(told.len(), 2, "{told:?}");
}

#[tokio::test]
async fn sharing_that_is_meant_is_said_and_a_shared_keto_names_the_tenant_in_its_subjects() {
    let shared = [("keto.read_url", "https://keto.customer.test"), ("shares_with", "customer")];
    let told = problems(config(&shared, &[])).await;
    assert!(told.iter().any(|line| line.contains("a prefix that names the tenant")), "{told:?}");
    assert!(told.iter().all(|line| line.contains("_prefix: found")), "the server itself is excused: {told:?}");
    let prefixes = [shared[0], shared[1], ("keto.user_prefix", "admin:user:"), ("keto.client_prefix", "admin:client:")];
    let told = problems(config(&prefixes, &[])).await;
    assert!(!told.is_empty(), "the other one's subjects are as before");
    assert!(told.iter().all(|line| line.starts_with("tenants.customer.keto.")), "{told:?}");
}
