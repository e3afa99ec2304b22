//! `define_permissions!`, and the constants of it where a permission is demanded.

use iam_core::policy::Relation;

use crate::root::prelude::*;
use crate::root::{data, line, policy};
use iam_core::RequestSnapshot;

define_tenants! {
    pub enum Tenants { customer, #[default] admin }
}

define_permissions! {
    /// What Keto knows.
    pub(crate) mod permissions from "tests/expand/namespaces.keto.ts"
}

use permissions::Listing;

fn object(_: &RequestSnapshot) -> Option<String> {
    None
}

#[require_permission(Listing::edit, "{id}")]
async fn of_a_template() {}

#[require_permission(permissions::Team::members, object = object)]
async fn of_a_function() {}

#[require_permission(Listing::type, object = "a:{id}")]
#[require_permission(namespace = "Listing", relation = "edit", object = "{id}")]
async fn of_a_keyword() {}

#[require_permission(Listing::can_see, "all")]
mod block {
    pub(crate) mod inner {
        use super::super::permissions::Listing;
        use crate::root::prelude::require_permission;

        #[require_permission(Listing::edit, "{id}")]
        pub(crate) async fn both() {}
    }
}

policy! { Editors: tenant("customer"), require_permission(Listing::edit, "{id}") }

#[test]
fn say_what_keto_has() {
    assert_eq!(line(&of_a_template()), "admin: Session, Listing#edit@{id}, DefaultTenant");
    assert_eq!(line(&of_a_function()), "admin: Session, Team#members@(computed), DefaultTenant");
    assert_eq!(line(&of_a_keyword()), "admin: Session, Listing#type@a:{id}, Listing#edit@{id}, DefaultTenant");
    assert_eq!(line(&block::inner::both()), "admin: Session, Listing#can-see@all, Listing#edit@{id}, DefaultTenant");
    assert_eq!(data(Editors), "customer: Session, Listing#edit@{id}");
}

#[test]
fn know_the_namespaces_of_their_file() {
    let declared = |index: usize| policy(&of_a_keyword()).rules.permissions[index].declared;
    let namespaces = declared(0).unwrap();
    assert_eq!(
        (namespaces.file, namespaces.names),
        ("tests/expand/namespaces.keto.ts", &["User", "Team", "Listing"][..])
    );
    assert_eq!(declared(1), None, "names in strings are nobody's");
}

#[test]
fn are_constants() {
    const ALL: [Relation; 4] = [Listing::owners, Listing::can_see, Listing::r#type, Listing::edit];
    assert_eq!(ALL.map(Relation::name), ["owners", "can-see", "type", "edit"]);
    assert_eq!(ALL.map(Relation::namespace), ["Listing"; 4]);
}

#[test]
fn stand_where_they_are_made_without_a_module() {
    define_permissions!(from "tests/expand/namespaces.keto.ts");
    let _: Option<User> = None;
    assert_eq!(Listing::edit.to_string(), "Listing#edit");
}
