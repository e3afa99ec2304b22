//! `compose.yaml` is the same three projects as `ory-up`: versions, addresses, identities, tokens and namespaces.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use iam_testing::client::http_client;
use iam_testing::dev::{SCENARIO_B, addresses};
use iam_testing::real::namespaces_file;
use iam_testing::seed::{Seed, World};
use iam_testing::standin::TokenizerTemplate;
use serde_json::{Value, json};
use url::Url;

/// The listeners by the names of the environment block, each with its product and its port in the container.
const LISTENERS: [(&str, &str, u16); 6] = [
    ("KRATOS_PUBLIC", "kratos", 4433),
    ("KRATOS_ADMIN", "kratos", 4434),
    ("HYDRA_PUBLIC", "hydra", 4444),
    ("HYDRA_ADMIN", "hydra", 4445),
    ("KETO_READ", "keto", 4466),
    ("KETO_WRITE", "keto", 4467),
];

fn compose() -> (String, Value) {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../compose.yaml")).unwrap();
    let parsed: Value = serde_saphyr::from_str(&text).unwrap();
    (text, parsed)
}

/// The block of `NAME=value` lines, without what a comment begins with.
fn block(text: &str) -> BTreeMap<&str, &str> {
    text.lines().filter_map(|line| line.trim_start_matches("#     ").split_once('=')).collect()
}

#[test]
fn its_images_are_the_versions_that_are_built() {
    let (_, compose) = compose();
    for product in ["kratos", "hydra"] {
        let version = crate::versions::built(product);
        for tenant in ["customer", "admin", "dealer"] {
            let service = format!("{tenant}-{product}");
            assert_eq!(compose["services"][&service]["image"], format!("oryd/{product}:{version}"), "{service}");
        }
    }
    let images = compose["services"].as_object().unwrap().iter().map(|(name, service)| (name, &service["image"]));
    for (service, image) in images {
        let tag = image.as_str().unwrap().split_once(':').map_or("", |(_, tag)| tag);
        assert!(tag.starts_with('v') && tag.split('.').count() == 3, "{service} is not pinned: {image}");
    }
}

#[tokio::test]
async fn its_environment_block_is_the_one_of_ory_up() {
    let (text, compose) = compose();
    let world = World::start(&Seed::from_toml(SCENARIO_B).unwrap()).await.unwrap();
    let printed = addresses(&world);
    let (printed, written) = (block(&printed), block(text.split_once("\nname:").unwrap().0));
    // No gateway here asks for a key.
    let names = |block: &BTreeMap<&str, &str>| {
        block.keys().filter(|name| !name.ends_with("_API_KEY")).map(|name| (*name).to_owned()).collect::<BTreeSet<_>>()
    };
    assert_eq!(names(&written), names(&printed));
    assert!(written.keys().all(|name| !name.ends_with("_API_KEY")), "{written:?}");
    for tenant in world.tenants() {
        let (name, prefix) = (&tenant.name, format!("IAM_ORY_{}_", tenant.name.to_uppercase()));
        for (listener, product, inside) in LISTENERS {
            let url = Url::parse(written[&*format!("{prefix}{listener}")]).unwrap();
            let published = format!("{}:{}:{inside}", url.host_str().unwrap(), url.port().unwrap());
            let ports = compose["services"][format!("{name}-{product}")]["ports"].as_array().unwrap();
            assert!(ports.iter().any(|port| *port == *published), "{name}, {listener}: {published} in {ports:?}");
        }
        let cookie = &*format!("{prefix}COOKIE_NAME");
        assert_eq!(written[cookie], printed[cookie]);
        let kratos = &compose["services"][format!("{name}-kratos")]["environment"];
        assert_eq!(kratos["SESSION_COOKIE_NAME"], printed[cookie], "{name}");
    }
}

/// What a file in the containers says; `$` stands twice there, since Compose puts variables in.
fn content(compose: &Value, name: &str) -> String {
    compose["configs"][name]["content"].as_str().unwrap().replace("$$", "$")
}

#[tokio::test]
async fn its_identities_are_those_of_ory_up() {
    let (_, compose) = compose();
    let written: Value = serde_json::from_str(&content(&compose, "identity-schema")).unwrap();
    let world = World::start(&Seed::from_toml(SCENARIO_B).unwrap()).await.unwrap();
    for tenant in world.tenants() {
        let url = tenant.urls().kratos_public.join("schemas/default").unwrap();
        let served: Value = http_client().unwrap().get(url).send().await.unwrap().json().await.unwrap();
        assert_eq!(written, served, "{}", tenant.name);
    }
}

#[test]
fn its_tokens_are_those_of_ory_up() {
    let (_, compose) = compose();
    let key = Path::new(env!("CARGO_MANIFEST_DIR")).join("../iam-testing/src/standin/kratos/tokenizer.jwks.json");
    assert_eq!(content(&compose, "tokenizer-jwks").trim(), fs::read_to_string(key).unwrap().trim());
    let kratos: Value = serde_saphyr::from_str(&content(&compose, "kratos")).unwrap();
    let (templates, targets) =
        (&kratos["session"]["whoami"]["tokenizer"]["templates"], compose["x-kratos"]["configs"].as_array().unwrap());
    let TokenizerTemplate { name, ttl_ms } = TokenizerTemplate::default();
    let target = targets.iter().find(|config| config["source"] == "tokenizer-jwks").unwrap()["target"].as_str();
    let template = json!({"ttl": format!("{}ms", ttl_ms.unwrap()), "jwks_url": format!("file://{}", target.unwrap())});
    assert_eq!(*templates, json!({name: template}));

    for (name, tenant) in Seed::from_toml(SCENARIO_B).unwrap().tenants {
        let hydra = &compose["services"][format!("{name}-hydra")]["environment"];
        assert_eq!(hydra["STRATEGIES_ACCESS_TOKEN"], json!(tenant.access_token_strategy), "{name}");
    }
}

/// The three share one file.
#[test]
fn its_namespaces_are_those_of_ory_up() {
    let (_, compose) = compose();
    let seed = Seed::from_toml(SCENARIO_B).unwrap();
    let namespaces: Vec<_> = seed.tenants.into_values().flat_map(|tenant| tenant.namespaces).collect();
    assert_eq!(content(&compose, "namespaces"), namespaces_file(&namespaces));
}
