//! `iam.tenant(..).permissions()`

use iam_core::IdentityId;
use iam_core::service::{Subject, Tuple};

use super::{Calls, Sdk, Tenants};

pub(super) async fn calls(sdk: &Sdk<'_>, calls: &mut Calls) {
    let (shop, services) = sdk.shop();
    let permissions = services.permissions();
    let ann = IdentityId::new(&shop.account("ann@shop.test").identity.id);
    let user = || Subject::User(ann);
    for (object, subject) in [("files:1", format!("user:{ann}")), ("files:2", "client:reader".to_owned())] {
        shop.client.create_tuple("files", object, "edit", &subject).await.unwrap();
    }
    for (name, object, relation, subject, meant) in [
        ("a user may", "files:1", "edit", user(), "true"),
        ("of another relation", "files:1", "view", user(), "false"),
        ("of another object", "files:2", "edit", user(), "false"),
        ("a client may", "files:2", "edit", Subject::Client("reader".to_owned()), "true"),
        ("another client", "files:2", "edit", Subject::Client("other".to_owned()), "false"),
        ("a subject as it is stored", "files:2", "edit", Subject::Id("client:reader".to_owned()), "true"),
        ("an unknown relation", "files:1", "fly", user(), "Unavailable(Status(400))"),
        ("an empty object", "", "edit", user(), r#"Invalid("an empty object")"#),
        ("an empty relation", "files:1", "", user(), r#"Invalid("an empty relation")"#),
        ("an empty subject", "files:1", "edit", Subject::Id(String::new()), r#"Invalid("an empty subject")"#),
        ("a user who can be nobody", "files:1", "edit", Subject::User(IdentityId::new("x")), "NotFound"),
    ] {
        let tuple = Tuple::new("files", object, relation, subject);
        calls.says(name, permissions.check(&tuple).await, meant);
    }
    changes(sdk, &ann, calls).await;
    let unknown = Tuple::new("nowhere", "files:1", "edit", user());
    calls.says("an unknown namespace is a no", permissions.check(&unknown).await, "false");
    let without = sdk.iam.tenant(Tenants::Brief).permissions().check(&unknown).await;
    calls.says("a check without a Keto", without, r#"NotConfigured("keto")"#);
}

/// A relation that is made to hold, and then not.
async fn changes(sdk: &Sdk<'_>, ann: &IdentityId, calls: &mut Calls) {
    let permissions = sdk.iam.tenant(Tenants::Shop).permissions();
    let tuple = |namespace: &str, object: &str| Tuple::new(namespace, object, "view", Subject::User(*ann));
    let (one, other) = (tuple("files", "files:9"), tuple("files", "files:10"));
    calls.says("granted", permissions.grant(&one).await, "()");
    calls.says("granted again", permissions.grant(&one).await, "()");
    calls.says("another granted", permissions.grant(&other).await, "()");
    calls.says("which holds", permissions.check(&one).await, "true");
    calls.says("taken back", permissions.revoke(&one).await, "()");
    calls.says("which holds no more", permissions.check(&one).await, "false");
    calls.says("the other still does", permissions.check(&other).await, "true");
    calls.says("taken back again", permissions.revoke(&one).await, "()");
    let unknown = tuple("nowhere", "files:9");
    calls.says("granted in an unknown namespace", permissions.grant(&unknown).await, r#"Invalid("namespace")"#);
    calls.says("taken back in an unknown namespace", permissions.revoke(&unknown).await, r#"Invalid("namespace")"#);
    let empty = tuple("files", "");
    calls.says("granted on nothing", permissions.grant(&empty).await, r#"Invalid("an empty object")"#);
    calls.says("taken back on nothing", permissions.revoke(&empty).await, r#"Invalid("an empty object")"#);
    let without = sdk.iam.tenant(Tenants::Brief).permissions();
    calls.says("granted without a Keto", without.grant(&one).await, r#"NotConfigured("keto")"#);
}
