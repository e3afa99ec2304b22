//! `iam.tenant(..).permissions()`

use iam_core::IdentityId;
use iam_core::service::{Subject, Tuple};

use super::{Calls, Sdk, Tenants};

pub(super) async fn calls(sdk: &Sdk<'_>, calls: &mut Calls) {
    let (shop, services) = sdk.shop();
    let permissions = services.permissions();
    let ann = IdentityId::new(&shop.account("ann@shop.test").identity.id);
    let user = || Subject::User(ann.clone());
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
    let unknown = Tuple::new("nowhere", "files:1", "edit", user());
    calls.says("an unknown namespace is a no", permissions.check(&unknown).await, "false");
    let without = sdk.iam.tenant(Tenants::Brief).permissions().check(&unknown).await;
    calls.says("a check without a Keto", without, r#"NotConfigured("keto")"#);
}
