//! What an expansion looks like.

use super::compiler::{compile, function};
use quote::ToTokens;

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
        "Function (super :: super :: super :: object)",
        "Function (crate :: object)",
        "Function (super :: super :: object)",
    ] {
        assert!(text.contains(path), "{path}: {text}");
    }
}
