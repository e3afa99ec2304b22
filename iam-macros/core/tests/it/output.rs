//! What an expansion looks like.

use super::compiler::{CLOSED, compile, function};
use quote::ToTokens;

#[test]
fn one_handler() {
    let compiled = compile(
        r#"
        /// Documented.
        #[tenant("admin")]
        #[require_role("a")]
        pub async fn h(Path(id): Path<String>) -> Json<u8> { body(id) }
        "#,
    );
    let expected: syn::ItemFn = syn::parse_quote! {
        #[doc = " Documented."]
        pub fn h(id: Path<String>) -> impl ::iam_axum::Guarded<Tenants, Answer = Json<u8> > {
            #[allow(unused_imports)] use require_role as _;
            struct __IamPolicy;
            type __IamTenants = Tenants;
            impl ::iam_axum::__private::Policy for __IamPolicy {
                type Tenants = __IamTenants;
                const POLICY: &'static ::iam_axum::__private::PolicyData<__IamTenants> =
                    &::iam_axum::__private::PolicyData::session(<__IamTenants>::admin).roles(&[::iam_axum::__private::RoleRule::OneOf(&["a"])]);
            }
            const _: () = ::iam_axum::__private::declared_role(
                <__IamTenants as ::iam_axum::__private::Tenant>::ROLES,
                "a"
            );
            #[allow(unused_imports)] use ::iam_axum::__private::Fine as _;
            ::iam_axum::__private::Agree::<Path<String>, ::iam_axum::__private::kinds::Session>::check::<
                ::iam_axum::__private::kinds::Session
            >();
            ::iam_axum::__private::declared::<::iam_axum::__private::Requires<__IamPolicy>, _>(async move {
                let id = id;
                let Path(id) = id;
                #[allow(
                    unreachable_code,
                    clippy::diverging_sub_expression,
                    clippy::empty_loop,
                    clippy::let_unit_value,
                    clippy::let_with_type_underscore,
                    clippy::needless_return,
                )]
                if false {
                    let __iam_answer: Json<u8> = loop {};
                    return __iam_answer;
                }
                body(id)
            })
        }
    };
    assert_eq!(function(&compiled, "h").to_token_stream().to_string(), expected.to_token_stream().to_string());
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
        "Function (super :: super :: super :: object)",
        "Function (crate :: object)",
        "Function (super :: super :: object)",
    ] {
        assert!(text.contains(path), "{path}: {text}");
    }
}

#[test]
fn a_mistake_leaves_the_function_and_closes_it() {
    let compiled = compile(r#"#[tenant("a", typo)] pub async fn h(x: u8) -> u8 { x }"#);
    let text = function(&compiled, "h").to_token_stream().to_string();
    assert!(text.contains("Answer = u8"), "{text}");
    assert!(text.contains(CLOSED), "{text}");
}
