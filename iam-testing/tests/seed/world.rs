//! A seed that runs: who is in it, and what the SDK is told about it.

use std::sync::Arc;

use iam_testing::client::OryUrls;
use iam_testing::dev::SCENARIO_B;
use iam_testing::seed::{Seed, SeededTenant, World};
use serde_json::json;
use toml::Table;

use crate::support::{introspect, may_edit, whoami, whoami_status};

fn scenario_b() -> Seed {
    Seed::from_toml(SCENARIO_B).unwrap()
}

#[tokio::test]
async fn everybody_of_the_built_in_seed_can_be_used_at_home_and_nowhere_else() {
    let world = World::start(&scenario_b()).await.unwrap();
    let mut accounts = 0;
    for tenant in world.tenants() {
        for account in &tenant.contents.accounts {
            accounts += 1;
            let (status, seen) = whoami(&tenant.urls(), "x-session-token", &account.session.token).await;
            assert_eq!(status, 200);
            assert_eq!(seen["identity"]["traits"]["email"], account.identity.email);
            let roles = seen["identity"]["metadata_public"]["roles"].clone();
            assert_eq!(roles, if account.roles.is_empty() { json!(null) } else { json!(account.roles) });
            assert_eq!(whoami(&tenant.urls(), "cookie", &account.browser.cookie()).await.0, 200);
            for other in world.tenants().filter(|other| other.name != tenant.name) {
                assert_eq!(whoami_status(&other.urls(), &account.session.token).await, 401);
            }
        }
    }
    assert_eq!(accounts, 7);

    let dealer = world.tenant("dealer");
    let subject = |email: &str| format!("user:{}", dealer.account(email).identity.id);
    assert!(may_edit(&dealer.urls(), "listings:42", &subject("first@dealer.example.test")).await);
    assert!(!may_edit(&dealer.urls(), "listings:42", &subject("second@dealer.example.test")).await);
    for id in ["dealer-123", "dealer-ours"] {
        let token = dealer.machine(id).token.as_deref().unwrap();
        let seen = introspect(&dealer.urls(), token).await;
        assert_eq!((&seen["client_id"], &seen["scope"]), (&json!(id), &json!("inventory:read")));
        assert_eq!(seen["aud"], json!(["https://partner-api.example.test"]));
        assert_eq!(seen["iss"], "https://auth.dealer.example.test/");
    }
}

#[tokio::test]
async fn the_configuration_names_exactly_these_tenants() {
    let world = World::start(&scenario_b()).await.unwrap();
    let found: Table = world.iam_config().unwrap().parse().unwrap();
    let of = |name: &str| world.tenant(name).client.urls();
    let (admin, customer, dealer) = (of("admin"), of("customer"), of("dealer"));
    let expected = format!(
        r#"
        [tenants.admin]
        mode = "self-hosted"
        transport = "bearer"
        kratos = {{ public_url = "{}", admin_url = "{}" }}

        [tenants.customer]
        mode = "cloud"
        transport = "cookie-or-bearer"
        cloud = {{ project_slug = "playful-otter-1234abcd", api_key = "ory_apikey_for-development-only" }}
        kratos = {{ public_url = "{}", admin_url = "{}" }}

        [tenants.dealer]
        mode = "self-hosted"
        transport = "cookie-or-bearer"
        audience = ["https://partner-api.example.test"]
        machine_clients = ["dealer-123", "dealer-ours"]
        kratos = {{ public_url = "{}", admin_url = "{}", cookie_name = "dealer_session" }}
        keto = {{ read_url = "{}", write_url = "{}" }}
        [tenants.dealer.hydra]
        public_url = "{}"
        admin_url = "{}"
        issuer = "https://auth.dealer.example.test/"
        client_id = "dealer-ours"
        client_secret = "the service's own secret"
        "#,
        admin.kratos_public,
        admin.kratos_admin,
        customer.kratos_public,
        customer.kratos_admin,
        dealer.kratos_public,
        dealer.kratos_admin,
        dealer.keto_read,
        dealer.keto_write,
        dealer.hydra_public,
        dealer.hydra_admin,
    );
    assert_eq!(found, expected.parse::<Table>().unwrap());

    let environment = world.iam_environment().unwrap();
    let value = |name: &str| environment.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str());
    assert_eq!(value("IAM__TENANTS__ADMIN__KRATOS__PUBLIC_URL"), Some(admin.kratos_public.as_str()));
    assert_eq!(value("IAM__TENANTS__DEALER__MACHINE_CLIENTS"), Some("dealer-123,dealer-ours"));
    assert_eq!(value("IAM__TENANTS__DEALER__HYDRA__CLIENT_SECRET"), Some("the service's own secret"));
    assert_eq!(environment.len(), 24);
}

#[tokio::test]
async fn what_is_given_overrides_what_the_slug_implies() {
    let seed = Seed::from_toml(
        r#"
        [tenants.shop]
        transport = "cookie"
        audience = "any"
        machine_clients = "any"
        our_client = "ours"
        cookie_name = "shop_session"
        issuer = "https://auth.example.test"
        network = { slug = "quiet-fox-1", api_key = "ory_apikey_test" }
        clients = [{ id = "ours", auth_method = "post" }]
        "#,
    )
    .unwrap();
    let world = World::start(&seed).await.unwrap();
    let config: Table = world.iam_config().unwrap().parse().unwrap();
    let shop = &config["tenants"]["shop"];
    assert_eq!((shop["audience"].as_str(), shop["machine_clients"].as_str()), (Some("any"), Some("any")));
    assert_eq!(shop["kratos"]["cookie_name"].as_str(), Some("shop_session"));
    assert_eq!(shop["hydra"]["issuer"].as_str(), Some("https://auth.example.test"));
    assert_eq!(shop["hydra"]["client_authentication"].as_str(), Some("post"));
    let secret = world.tenant("shop").machine("ours").client.secret.clone().unwrap();
    assert_eq!(shop["hydra"]["client_secret"].as_str(), Some(secret.as_str()));
}

#[tokio::test]
async fn proxies_stand_between_the_sdk_and_every_listener() {
    let world = World::start_behind_proxies(&scenario_b()).await.unwrap();
    let config: Table = world.iam_config().unwrap().parse().unwrap();

    let customer = world.tenant("customer");
    let shared = customer.proxies.as_ref().unwrap();
    for proxy in
        [&shared.kratos_admin, &shared.hydra_public, &shared.hydra_admin, &shared.keto_read, &shared.keto_write]
    {
        assert!(Arc::ptr_eq(&shared.kratos_public, proxy));
    }

    let dealer = world.tenant("dealer");
    let proxies = dealer.proxies.as_ref().unwrap();
    let configured = |product: &str, key: &str| config["tenants"]["dealer"][product][key].as_str().unwrap().to_owned();
    for (proxy, product, key) in [
        (&proxies.kratos_public, "kratos", "public_url"),
        (&proxies.kratos_admin, "kratos", "admin_url"),
        (&proxies.hydra_public, "hydra", "public_url"),
        (&proxies.hydra_admin, "hydra", "admin_url"),
        (&proxies.keto_read, "keto", "read_url"),
        (&proxies.keto_write, "keto", "write_url"),
    ] {
        assert_eq!(configured(product, key), proxy.url().as_str());
        assert_eq!(proxy.count(|_| true), 0, "filling went through {product}.{key}");
    }

    let first = dealer.account("first@dealer.example.test");
    assert_eq!(whoami_status(&dealer.urls(), &first.session.token).await, 200);
    assert_eq!(proxies.kratos_public.count(|request| request.path() == "/sessions/whoami"), 1);
    assert!(may_edit(&dealer.urls(), "listings:42", &format!("user:{}", first.identity.id)).await);
    assert_eq!(proxies.keto_read.count(|_| true), 1);
    proxies.reset();
    assert_eq!(proxies.kratos_public.count(|_| true) + proxies.keto_read.count(|_| true), 0);
}

#[tokio::test]
async fn the_odd_ones_are_logged_in_too() {
    let seed = Seed::from_toml(
        r#"
        [tenants.shop]
        transport = "cookie"
        identities = [
            { email = "gone@example.test", inactive = true },
            { email = "careful@example.test", second_factor = true, metadata_public = { shop = 7 }, roles = ["r"] },
        ]
        "#,
    )
    .unwrap();
    let world = World::start(&seed).await.unwrap();
    let shop: &SeededTenant = world.tenant("shop");
    let urls: OryUrls = shop.urls();
    let gone = shop.account("gone@example.test");
    assert!(!gone.is_active);
    assert_eq!(whoami_status(&urls, &gone.session.token).await, 401);
    shop.client.activate(&gone.identity.id).await.unwrap();
    assert_eq!(whoami_status(&urls, &gone.session.token).await, 200);

    let careful = shop.account("careful@example.test");
    let (status, seen) = whoami(&urls, "x-session-token", &careful.session.token).await;
    assert_eq!(status, 200);
    assert_eq!(seen["identity"]["metadata_public"], json!({"shop": 7, "roles": ["r"]}));
    assert_eq!(whoami(&urls, "cookie", &careful.browser.cookie()).await.0, 403);
    let weak = shop.client.login(&careful.identity).await.unwrap();
    shop.client.login_second_factor(&weak, careful.totp.as_ref().unwrap()).await.unwrap();
}

#[tokio::test]
#[should_panic(expected = "no tenant `dealers`; there are: admin, customer, dealer")]
async fn a_misspelt_tenant_is_answered_with_the_names_there_are() {
    let world = World::start(&scenario_b()).await.unwrap();
    let _ = world.tenant("dealers");
}
