//! What an expansion looks like.

use super::compiler::{compile, function};
use quote::ToTokens;

#[test]
fn arguments_whose_type_says_enough_are_not_asked_about() {
    for (argument, kind, tenant) in [
        ("Path<String>", false, false),
        ("axum::Json<Listing>", false, false),
        ("Option<Query<Page>>", false, false),
        ("impl Extractor", false, false),
        ("CurrentUser", true, false),
        ("iam_axum::CurrentPrincipal", true, false),
        ("Option<CurrentUser>", true, false),
        ("CurrentUser<Admin>", true, true),
        ("Option<CurrentUser<Admin>>", true, true),
        ("Me", true, true),
        ("Result<Me, NoPrincipal>", false, false),
        ("(Me, Me)", false, false),
        ("&'static Me", false, false),
        ("Option<Me>", true, true),
    ] {
        let compiled = compile(&format!(r#"#[tenant("admin")] async fn h(a: {argument}) {{}}"#));
        let text = function(&compiled, "h").to_token_stream().to_string();
        assert_eq!((text.contains("Agree"), text.contains("Within")), (kind, tenant), "{argument}: {text}");
    }
}

#[test]
fn a_policy_to_build_on() {
    let compiled = compile(
        r#"
        #[require_policy(Staff)]
        mod m {
            #[require_policy(crate::policies::Senior)]
            #[require_role("a")]
            pub async fn h(me: CurrentUser) {}
        }
        "#,
    );
    let text = function(&compiled, "h").to_token_stream().to_string();
    for part in [
        "Guarded << ::iam_axum::__private::Base< super :: Staff <>, { type It = super::Staff<>; <It as ::iam_axum::__private::BasePolicy>::IS_POLICY }> \
         as :: iam_axum :: __private :: Policy > :: Tenants",
        "type __IamBase0 = __iam::Base<super::Staff<>, { type It = super::Staff<>; <It as __iam::BasePolicy>::IS_POLICY }>;",
        "type __IamBase1 = __iam::Base<crate::policies::Senior<>,",
        "PolicyData :: like (< __IamBase0 as __iam :: Policy > :: POLICY) . bases (",
        "& < __IamBase0 as __iam :: Policy > :: POLICY . rules , \
         & < __IamBase1 as __iam :: Policy > :: POLICY . rules",
        "Agree :: < CurrentUser , < __IamBase0 as __iam :: BasePolicy > :: Credential >",
        "same_tenant :: < < __IamBase1 as __iam :: BasePolicy > :: Tenant , \
         < __IamBase0 as __iam :: BasePolicy > :: Tenant > ()",
        "composes (& < __IamPolicy as __iam :: Policy > :: POLICY . rules , & < __IamBase1",
    ] {
        let (text, part) = (text.replace(' ', ""), part.replace(' ', ""));
        assert!(text.contains(&part), "{part} is not in {text}");
    }
}

#[test]
fn a_named_root_is_the_only_one() {
    let compiled = compile(
        r#"
        #[tenant("admin", crate = ::facade::iam)]
        #[require_permission(namespace = "n", relation = "r", object = "o:{id}")]
        mod m { pub async fn h(x: u8) {} pub mod inner { #[oauth2(override)] #[other] pub async fn i() {} } }
        "#,
    );
    let text = function(&compiled, "h").to_token_stream().to_string()
        + &function(&compiled, "i").to_token_stream().to_string();
    assert!(text.contains(":: facade :: iam :: Guarded") && !text.contains("iam_axum"), "{text}");
}

#[test]
fn paths_are_read_where_they_were_written() {
    let compiled = compile(
        r#"
        #[tenant("a" in self::shops::Tenants)]
        #[require_permission(namespace = "n", relation = "r", object = super::object)]
        #[require_permission(namespace = "n", relation = "r", object = crate::object)]
        #[require_permission(namespace = "n", relation = "r", object = object)]
        mod m { pub mod n { pub async fn h() {} } }
        "#,
    );
    let text = function(&compiled, "h").to_token_stream().to_string();
    for path in [
        "super :: super :: shops :: Tenants",
        "named_object (super :: super :: super :: object (request))",
        "named_object (crate :: object (request))",
        "named_object (super :: super :: object (request))",
    ] {
        assert!(text.contains(path), "{path}: {text}");
    }
}
