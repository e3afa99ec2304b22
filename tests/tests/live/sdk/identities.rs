//! `iam.tenant(..).identities()`

use futures_util::TryStreamExt;
use iam_core::service::{
    Channel, Identities, Identity, IdentityPatch, IdentityState, ListOptions, NewIdentity, PageToken,
};
use iam_core::{IdentityId, Secret, SessionId};
use iam_testing::client::SeededIdentity;
use iam_testing::seed::SeededTenant;
use serde_json::{Value, json};

use super::{Calls, NOBODY, Sdk};

const PASSWORD: &str = "a pass phrase of its own";

pub(super) async fn calls(sdk: &Sdk<'_>, calls: &mut Calls) {
    let (shop, services) = sdk.shop();
    let identities = services.identities();
    reads(shop, &identities, calls).await;
    lists(shop, &identities, calls).await;
    if let Some(new) = creates(shop, &identities, calls).await {
        patches(&identities, &new, calls).await;
        states(&identities, &new, calls).await;
        deletes(&identities, &new, calls).await;
    }
    sessions(shop, &identities, calls).await;
}

/// All of it that is no run's own.
fn told(identity: &Identity) -> String {
    let addresses = identity.verifiable_addresses.iter().map(|address| {
        let verified = if address.verified { "verified" } else { "unverified" };
        format!("{verified} {} {}", address.via, address.value)
    });
    let is_dated =
        identity.created_at.is_some() && identity.updated_at.is_some() && identity.state_changed_at.is_some();
    format!(
        "{} {} {} {} of {:?}, {}, recovered by {}{}",
        identity.state,
        identity.schema_id,
        identity.traits::<Value>().unwrap_or_default(),
        identity.raw_metadata_public().unwrap_or("without metadata"),
        identity.roles(),
        addresses.collect::<Vec<_>>().join(", "),
        identity.recovery_addresses.iter().map(|address| address.value.as_str()).collect::<Vec<_>>().join(", "),
        if is_dated { "" } else { ", undated" },
    )
}

fn emails(identities: &[Identity]) -> String {
    let mut emails: Vec<_> =
        identities.iter().filter_map(|one| one.traits::<Value>().ok()?["email"].as_str().map(str::to_owned)).collect();
    emails.sort_unstable();
    emails.join(" ")
}

async fn reads(shop: &SeededTenant, identities: &Identities, calls: &mut Calls) {
    let ann = IdentityId::new(&shop.account("ann@shop.test").identity.id);
    let (nobody, no_uuid) = (IdentityId::new(NOBODY), IdentityId::new("x"));
    let meant = r#"active default {"email":"ann@shop.test"} {"roles":["clerk"]} of ["clerk"], unverified email ann@shop.test, recovered by ann@shop.test"#;
    calls.row("an identity", identities.get(&ann).await, told, meant);
    calls.row("nobody's id", identities.get(&nobody).await, told, "NotFound");
    calls.row("an id that is no UUID", identities.get(&no_uuid).await, told, "NotFound");
    let metadata = identities.admin_metadata(&ann).await;
    calls.row("no metadata of administrators", metadata, |metadata| format!("{:?}", metadata.raw()), "None");
    let metadata = identities.admin_metadata(&nobody).await;
    calls.row("metadata of nobody", metadata, |_| String::new(), "NotFound");
}

async fn lists(shop: &SeededTenant, identities: &Identities, calls: &mut Calls) {
    let everybody = "ann@shop.test bob@shop.test gone@shop.test twice@shop.test";
    let all: Result<Vec<_>, _> = identities.all(ListOptions::new().page_size(1)).try_collect().await;
    calls.row("everybody, page by page", all, |all| emails(all), everybody);
    let page = identities.list(&ListOptions::new()).await;
    let page = calls.row("everybody at once", page, |page| emails(&page.items), everybody);
    let is_last = page.is_some_and(|page| page.next.is_none());
    calls.says("which is all", Ok(is_last), "true");
    let two = ListOptions::new().page_size(2);
    let first = identities.list(&two).await;
    let first = calls.row("a page", first, |page| format!("{} {}", page.items.len(), page.next.is_some()), "2 true");
    let token = first.and_then(|page| page.next).unwrap_or_else(|| PageToken::new("none"));
    let second = identities.list(&two.clone().page_token(token)).await;
    calls.row("the last page", second, |page| format!("{} {}", page.items.len(), page.next.is_some()), "2 false");
    let made_up = identities.list(&two.page_token(PageToken::new("made up"))).await;
    let meant = r#"Invalid("filter, page size or page token")"#;
    calls.row("a page token of nobody's", made_up, |_| String::new(), meant);

    let ids = [shop.account("ann@shop.test").identity.id.as_str(), NOBODY, "x"].map(IdentityId::new);
    let found = identities.list(&ListOptions::new().ids(&ids)).await;
    calls.row("by their ids", found, |page| emails(&page.items), "ann@shop.test");
    let found = identities.list(&ListOptions::new().ids(&ids[2..])).await;
    calls.row("by no usable id", found, |page| emails(&page.items), "");
    let found = identities.list(&ListOptions::new().credentials_identifier("ANN@shop.test")).await;
    calls.row("by a login name", found, |page| emails(&page.items), "ann@shop.test");
    let found = identities.list(&ListOptions::new().credentials_identifier("nobody@shop.test")).await;
    calls.row("by a login name of nobody", found, |page| emails(&page.items), "");
    let found = identities.list(&ListOptions::new().credentials_identifier("")).await;
    calls.row("by no login name", found, |_| String::new(), r#"Invalid("an empty credentials identifier")"#);
}

async fn creates(shop: &SeededTenant, identities: &Identities, calls: &mut Calls) -> Option<IdentityId> {
    let new = |email: &str| NewIdentity::new("default", &json!({"email": email})).unwrap();
    let whole = new("new@shop.test")
        .metadata_public(&json!({"roles": ["clerk"], "level": 3}))
        .and_then(|new| new.metadata_admin(&json!({"note": "pays late"})))
        .unwrap()
        .password(Secret::new(PASSWORD))
        .verifiable_address(Channel::Email, "new@shop.test", true)
        .recovery_address(Channel::Email, "new@shop.test");
    let meant = r#"active default {"email":"new@shop.test"} {"roles":["clerk"],"level":3} of ["clerk"], verified email new@shop.test, recovered by new@shop.test"#;
    let created = calls.row("created", identities.create(&whole).await, in_order, meant)?;
    let metadata = identities.admin_metadata(&created.id).await;
    let meant = r#"Some("{\"note\":\"pays late\"}")"#;
    calls.row("its metadata of administrators", metadata, |metadata| format!("{:?}", metadata.raw()), meant);
    let login =
        SeededIdentity { id: created.id.to_string(), email: "new@shop.test".to_owned(), password: PASSWORD.to_owned() };
    calls.says("who can log in", Ok(shop.client.login(&login).await.is_ok()), "true");

    let twice = identities.create(&new("new@shop.test")).await;
    calls.row("created twice", twice, told, "Conflict");
    let unknown = NewIdentity::new("none", &json!({"email": "x@shop.test"})).unwrap();
    calls.row("of an unknown schema", identities.create(&unknown).await, told, r#"Invalid("identity")"#);
    let broken = NewIdentity::new("default", &json!({"name": "x"})).unwrap();
    calls.row("traits that the schema refuses", identities.create(&broken).await, told, r#"Invalid("identity")"#);

    let asleep = identities.create(&new("asleep@shop.test").state(IdentityState::Inactive)).await;
    let asleep = calls.row("created inactive", asleep, |one| one.state.to_string(), "inactive");
    if let Some(asleep) = asleep {
        calls.says("and deleted", identities.delete(&asleep.id).await, "true");
    }
    let named = identities.create(&new("named@shop.test").external_id("crm-7")).await;
    let named =
        calls.row("created with an id of one's own", named, |one| format!("{:?}", one.external_id), r#"Some("crm-7")"#);
    let again = identities.create(&new("again@shop.test").external_id("crm-7")).await;
    calls.row("an id of one's own twice", again, told, "Conflict");
    if let Some(named) = named {
        identities.delete(&named.id).await.unwrap();
    }
    imports(identities, &new, calls).await;
    Some(created.id)
}

/// What is brought from elsewhere.
async fn imports(identities: &Identities, new: &impl Fn(&str) -> NewIdentity, calls: &mut Calls) {
    let whole = new("imported@shop.test");
    let hash = Secret::new("$2a$04$r2EDkaGdTyUxIv4rzNyZ4u9TTkSZLTbMlxWZ9YAgi7wTdFm1S9PYK");
    let totp = json!({"totp_url": "otpauth://totp/iam:x?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=iam"});
    for (name, identity, meant) in [
        ("with a hash for a password", whole.clone().hashed_password(hash), "active"),
        ("with a password that a hook knows", whole.clone().password_from_migration_hook(), "active"),
        ("with an authenticator app", whole.clone().credential("totp", &totp).unwrap(), "active"),
        (
            "with a credential of an unknown kind",
            whole.clone().credential("odd", &json!({})).unwrap(),
            r#"Invalid("identity")"#,
        ),
        ("in an organization", whole.clone().organization(uuid::Uuid::from_u128(7)), "active"),
    ] {
        let created = calls.row(name, identities.create(&identity).await, |one| one.state.to_string(), meant);
        if let Some(created) = created {
            identities.delete(&created.id).await.unwrap();
        }
    }
}

/// With the members of its metadata in the order in which they were sent: a database of documents need not keep it.
fn in_order(identity: &Identity) -> String {
    told(identity).replace(r#"{"level":3,"roles":["clerk"]}"#, r#"{"roles":["clerk"],"level":3}"#)
}

async fn patches(identities: &Identities, id: &IdentityId, calls: &mut Calls) {
    let patch = IdentityPatch::new;
    let traits = |identity: &Identity| identity.traits::<Value>().unwrap_or_default().to_string();
    let metadata = |identity: &Identity| identity.metadata_public::<Value>().unwrap_or_default().to_string();

    let change = patch().trait_field("name", &"New").unwrap();
    let meant = r#"{"email":"new@shop.test","name":"New"}"#;
    calls.row("a trait set", identities.patch(id, &change).await, traits, meant);
    let changed = identities.patch(id, &patch().remove_trait("name")).await;
    calls.row("a trait removed", changed, traits, r#"{"email":"new@shop.test"}"#);
    let refused = identities.patch(id, &patch().remove_trait("name")).await;
    calls.row("a trait removed again", refused, traits, r#"Invalid("patch")"#);
    let change = patch().traits(&json!({"email": "newer@shop.test"})).unwrap();
    calls.row("all traits", identities.patch(id, &change).await, traits, r#"{"email":"newer@shop.test"}"#);
    let change = patch().traits(&json!({"name": "x"})).unwrap();
    calls.row("traits against the schema", identities.patch(id, &change).await, traits, r#"Invalid("patch")"#);
    let change = patch().trait_field("email", &"bob@shop.test").unwrap();
    calls.row("a login name of others", identities.patch(id, &change).await, traits, "Conflict");

    let change = patch().metadata_public_field("level", &4).unwrap();
    let changed = identities.patch(id, &change).await;
    calls.row("metadata set", changed, metadata, r#"{"level":4,"roles":["clerk"]}"#);
    let changed = identities.patch(id, &patch().remove_metadata_public("level")).await;
    calls.row("metadata removed", changed, metadata, r#"{"roles":["clerk"]}"#);
    let change = patch().metadata_public(&json!({"vip": true})).unwrap();
    calls.row("all metadata", identities.patch(id, &change).await, metadata, r#"{"vip":true}"#);
    let change = patch().metadata_admin_field("limit", &5).unwrap().remove_metadata_admin("note");
    calls.row("metadata of administrators changed", identities.patch(id, &change).await, metadata, r#"{"vip":true}"#);
    let seen = identities.admin_metadata(id).await;
    calls.row("as it is now", seen, |seen| format!("{:?}", seen.raw()), r#"Some("{\"limit\":5}")"#);
    let change = patch().metadata_admin(&Value::Null).unwrap();
    calls.row("metadata of administrators wiped", identities.patch(id, &change).await, metadata, r#"{"vip":true}"#);
    let seen = identities.admin_metadata(id).await;
    calls.row("as it is then", seen, |seen| format!("{:?}", seen.raw()), "None");

    calls.row("an empty patch", identities.patch(id, &patch()).await, told, r#"Invalid("an empty patch")"#);
    let nobody = IdentityId::new(NOBODY);
    let change = patch().metadata_public(&json!({})).unwrap();
    calls.row("a patch of nobody", identities.patch(&nobody, &change).await, told, "NotFound");
}

async fn states(identities: &Identities, id: &IdentityId, calls: &mut Calls) {
    let nobody = IdentityId::new(NOBODY);
    let roles = |identity: &Identity| format!("{:?}", identity.roles());
    let set = identities.set_roles(id, &["a", "b"]).await;
    let set = calls.row("roles set", set, roles, r#"["a", "b"]"#);
    let keeps = set.is_some_and(|one| one.metadata_public::<Value>().is_ok_and(|metadata| metadata["vip"] == true));
    calls.says("beside other metadata", Ok(keeps), "true");
    calls.row("an empty role", identities.set_roles(id, &[""]).await, roles, r#"Invalid("an empty role")"#);
    calls.row("roles of nobody", identities.set_roles(&nobody, &["a"]).await, roles, "NotFound");
    let state = |identity: &Identity| identity.state.to_string();
    calls.row("deactivated", identities.deactivate(id).await, state, "inactive");
    calls.row("deactivated again", identities.deactivate(id).await, state, "inactive");
    calls.row("activated", identities.activate(id).await, state, "active");
    calls.row("nobody deactivated", identities.deactivate(&nobody).await, state, "NotFound");
    calls.row("nobody activated", identities.activate(&nobody).await, state, "NotFound");
}

async fn deletes(identities: &Identities, id: &IdentityId, calls: &mut Calls) {
    calls.says("deleted", identities.delete(id).await, "true");
    calls.says("deleted again", identities.delete(id).await, "false");
    calls.says("deleted by an id that is no UUID", identities.delete(&IdentityId::new("x")).await, "NotFound");
    calls.row("deleted, and read", identities.get(id).await, told, "NotFound");
}

async fn sessions(shop: &SeededTenant, identities: &Identities, calls: &mut Calls) {
    let twice = shop.account("twice@shop.test");
    let id = IdentityId::new(&twice.identity.id);
    let listed = identities.list_sessions(&id).await;
    let listed = calls.row(
        "sessions of an identity",
        listed,
        |sessions| {
            let mut told: Vec<_> = sessions
                .iter()
                .map(|session| {
                    let level = session.assurance_level.as_deref().unwrap_or("no level");
                    let is_dated = session.authenticated_at.is_some() && session.issued_at.is_some();
                    format!("{} {level} {:?} {} {is_dated}", session.active, session.methods, session.devices.len())
                })
                .collect();
            told.sort_unstable();
            told.join("; ")
        },
        r#"true aal1 ["password"] 1 true; true aal2 ["password", "totp"] 1 true"#,
    );
    let native = SessionId::new(&twice.session.session_id);
    let knows = listed.is_some_and(|sessions| sessions.iter().any(|session| session.id == native));
    calls.says("with their ids", Ok(knows), "true");
    let nobody = IdentityId::new(NOBODY);
    calls.says("sessions of nobody", identities.list_sessions(&nobody).await, "[]");
    calls.says("sessions by an id that is no UUID", identities.list_sessions(&IdentityId::new("x")).await, "NotFound");
    let active = |sessions: &Vec<iam_core::service::SessionSummary>| {
        sessions.iter().filter(|session| session.active).count().to_string()
    };
    calls.says("one of them revoked", identities.revoke_session(&native).await, "()");
    calls.row("the others", identities.list_sessions(&id).await, active, "1");
    calls.says("all of them revoked", identities.revoke_sessions(&id).await, "()");
    calls.row("none is left", identities.list_sessions(&id).await, active, "0");
    calls.says("all of them revoked again", identities.revoke_sessions(&id).await, "()");
    calls.says("sessions of nobody revoked", identities.revoke_sessions(&nobody).await, "()");
}
