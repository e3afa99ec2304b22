//! The seed file: what is read, and what is refused.

use iam_testing::client::AuthMethod;
use iam_testing::dev::SCENARIO_B;
use iam_testing::seed::{OneOf, Seed, SeedError, Transport, TupleSubject, World};
use iam_testing::standin::{AccessTokenStrategy, ScopeClaim, TokenizerTemplate};
use serde_json::json;

const EVERYTHING: &str = r#"
[tenants.shop]
transport = "cookie"
audience = ["https://api.example.test"]
machine_clients = "any"
our_client = "ours"
cookie_name = "shop_session"
issuer = "https://auth.example.test/"
access_token_strategy = "jwt"
scope_claim = "both"
session_lifespan_ms = 2000
access_token_lifespan_ms = 3000
challenge_lifespan_ms = 5000
registration_disabled = true
continue_with_transitions = true
earliest_possible_extend_ms = 4000
network = { slug = "quiet-fox-1", api_key = "ory_apikey_test" }

[[tenants.shop.tokenizer_templates]]
name = "for-services"
ttl_ms = 5000

[[tenants.shop.namespaces]]
name = "listings"
relations = ["edit"]

[[tenants.shop.namespaces]]
name = "orders"

[[tenants.shop.identities]]
email = "ann@example.test"
password = "a password of ann's"
roles = ["clerk"]
traits = { name = { first = "Ann" }, age = 30 }
metadata_public = { shop = 7 }
inactive = true
second_factor = true

[[tenants.shop.clients]]
id = "ours"
secret = "our secret"
auth_method = "post"
grants = ["client_credentials"]
scopes = ["inventory:read"]
audience = ["https://api.example.test"]
redirect_uris = ["https://app.example.test/"]

[[tenants.shop.tuples]]
namespace = "listings"
object = "42"
relation = "edit"
subject = { client = "ours" }
"#;

#[test]
fn every_key_is_read_and_survives_a_round_trip() {
    let seed = Seed::from_toml(EVERYTHING).unwrap();
    let shop = &seed.tenants["shop"];
    assert_eq!((shop.transport, &shop.machine_clients), (Transport::Cookie, &Some(OneOf::ANY)));
    assert_eq!(shop.audience, Some(OneOf::Listed(vec!["https://api.example.test".to_owned()])));
    assert_eq!(shop.network.as_ref().unwrap().slug, "quiet-fox-1");
    assert_eq!(shop.namespaces[0].relations.as_deref(), Some(&["edit".to_owned()][..]));
    assert_eq!(shop.namespaces[1].relations, None);
    let ann = &shop.identities[0];
    assert_eq!(ann.traits["name"]["first"], "Ann");
    assert_eq!(ann.traits["age"], json!(30));
    assert!(ann.inactive && ann.second_factor);
    assert_eq!(shop.clients[0].auth_method, AuthMethod::Post);
    assert_eq!(shop.tuples[0].subject, TupleSubject::Client("ours".to_owned()));

    let project = shop.project("shop");
    assert_eq!(
        (project.kratos.session_lifespan.as_millis(), project.hydra.access_token_lifespan.as_millis()),
        (2000, 3000)
    );
    assert_eq!(project.hydra.challenge_lifespan.as_millis(), 5000);
    assert_eq!(project.hydra.access_token_strategy, AccessTokenStrategy::Jwt);
    assert_eq!(project.hydra.scope_claim, ScopeClaim::Both);
    assert!(project.kratos.registration_disabled && project.kratos.continue_with_transitions);
    assert_eq!(project.kratos.earliest_possible_extend.map(|left| left.as_millis()), Some(4000));
    let template = TokenizerTemplate { name: "for-services".to_owned(), ttl_ms: Some(5000) };
    assert_eq!(project.kratos.tokenizer_templates, [template]);
    let plain = Seed::from_toml(SCENARIO_B).unwrap().tenants["dealer"].project("dealer");
    assert_eq!(plain.hydra.access_token_strategy, AccessTokenStrategy::Opaque);
    assert_eq!(plain.hydra.scope_claim, ScopeClaim::List);
    assert!(!plain.kratos.registration_disabled && !plain.kratos.continue_with_transitions);
    assert_eq!(plain.kratos.tokenizer_templates, [TokenizerTemplate::default()]);
    assert_eq!((project.name.as_str(), project.issuer.as_deref()), ("shop", Some("https://auth.example.test/")));

    for text in [EVERYTHING, SCENARIO_B] {
        let seed = Seed::from_toml(text).unwrap();
        assert_eq!(Seed::from_toml(&toml::to_string(&seed).unwrap()).unwrap(), seed);
    }
}

#[test]
fn a_key_that_does_not_exist_is_refused_wherever_it_stands() {
    for (place, key) in [
        ("[tenants.shop]", "transports"),
        ("[[tenants.shop.namespaces]]", "relation"),
        ("[[tenants.shop.identities]]", "emails"),
        ("[[tenants.shop.clients]]", "scope"),
        ("[[tenants.shop.tuples]]", "subject_id"),
    ] {
        let text = EVERYTHING.replacen(place, &format!("{place}\n{key} = \"x\""), 1);
        assert_ne!(text, EVERYTHING);
        let error = Seed::from_toml(&text).unwrap_err().to_string();
        assert!(error.contains(&format!("unknown field `{key}`")), "{place}: {error}");
    }
    for (from, to) in [
        ("slug =", "slugs ="),
        ("{ client =", "{ robot ="),
        ("\"cookie\"", "\"cookies\""),
        ("machine_clients = \"any\"", "machine_clients = \"all\""),
        ("[tenants.shop]", "[tenant.x]\n[tenants.shop]"),
    ] {
        let text = EVERYTHING.replacen(from, to, 1);
        assert!(matches!(Seed::from_toml(&text), Err(SeedError::File(_))), "{to}");
    }
}

#[tokio::test]
async fn naming_what_is_not_there_is_refused_with_what_there_is() {
    for (from, to, expected) in [
        ("{ client = \"ours\"", "{ client = \"our\"", "tenant `shop` has no client `our`; there are: ours"),
        ("{ client = \"ours\"", "{ user = \"bob\"", "tenant `shop` has no identity `bob`; there are: ann@example.test"),
        ("our_client = \"ours\"", "our_client = \"mine\"", "tenant `shop` has no client `mine`; there are: ours"),
    ] {
        let seed = Seed::from_toml(&EVERYTHING.replacen(from, to, 1)).unwrap();
        assert_eq!(World::start(&seed).await.unwrap_err().to_string(), expected);
    }
}

#[tokio::test]
async fn what_ory_does_not_take_names_the_tenant_and_the_call() {
    let seed = Seed::from_toml(&EVERYTHING.replacen("namespace = \"listings\"", "namespace = \"nowhere\"", 1)).unwrap();
    let error = World::start(&seed).await.unwrap_err().to_string();
    assert!(error.starts_with("filling tenant `shop`: `PUT /admin/relation-tuples` answered 404"), "{error}");
}
