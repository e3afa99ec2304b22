//! `policy!`: policies as values.

use super::compiler::{CLOSED, errors, root};
use quote::ToTokens;
use syn::Item;

fn compile(source: &str) -> Vec<Item> {
    let output = iam_macros_core::policy(&root(), syn::parse_str(source).unwrap());
    syn::parse2::<syn::File>(output.clone()).unwrap_or_else(|e| panic!("{e}: {output}")).items
}

#[test]
fn one_policy() {
    let compiled = compile(
        r#"
        /// Documented.
        #[cfg(unix)]
        pub(crate) Staff: tenant("admin"), require_role("a", "b")
        "#,
    );
    let expected: syn::File = syn::parse_quote! {
        #[doc = " Documented."]
        #[cfg(unix)]
        #[derive(::core::fmt::Debug, ::core::clone::Clone, ::core::marker::Copy)]
        pub(crate) struct Staff;
        #[cfg(unix)]
        const _: () = {
            use ::iam_axum::__private as __iam;
            type __IamTenants = Tenants;
            impl __iam::Policy for Staff {
                type Tenants = __IamTenants;
                const POLICY: &'static __iam::PolicyData<__IamTenants> =
                    &__iam::PolicyData::session(<__IamTenants>::admin()).roles(&[__iam::RoleRule::OneOf(&["a", "b"])]);
            }
                const _: () = __iam::declared_role(<__IamTenants as __iam::Tenant>::ROLES, "a");
                const _: () = __iam::declared_role(<__IamTenants as __iam::Tenant>::ROLES, "b");
            impl __iam::BasePolicy for Staff {
                type Credential = __iam::kinds::Session;
                type Tenant = __iam::Named<<__IamTenants as __iam::TypeAt<{ <__IamTenants>::admin() as usize }>>::Type>;
            }
        };
    };
    let text = |items: &[Item]| items.iter().map(|item| item.to_token_stream().to_string()).collect::<Vec<_>>();
    assert_eq!(text(&compiled), text(&expected.items));
}

#[test]
fn one_mistake_is_one_error() {
    for (source, expected) in [
        ("", "name a policy and its rules"),
        ("5", "a policy begins with its name"),
        ("Staff", "the rules of `Staff` come behind a `:`"),
        ("Staff: ", "`Staff` demands nothing"),
        (r#"Staff: tenat("a")"#, "no rule `tenat`; did you mean `tenant`?"),
        (r#"Staff: whoever"#, "there are `tenant`, `require_role`"),
        (r#"Staff: tenant("a") require_role("r")"#, "rules are separated by `,`, policies by `;`"),
        (r#"Staff: tenant("a"), pub Other: oauth2"#, "rules are separated by `,`, policies by `;`"),
        (r#"Staff: tenant("a"), Other: oauth2"#, "rules are separated by `,`, policies by `;`"),
        (r#"Staff: tenant"#, "name the tenant"),
        (r#"Staff: tenant("a", override)"#, "nothing to override"),
        (r#"Staff: tenant("a"), tenant("b")"#, "two tenants, `a` and `b`"),
        (r#"Staff: tenant("a"), require_role()"#, "lets nobody in"),
        (r#"Staff: oauth2, authenticated"#, "ask for different credentials"),
        (r#"Staff: optional_session, require_role("r")"#, "in its place"),
        (r#"Staff: oauth2(delegated, scope = "s"), require_role("r")"#, "scopes, not roles"),
        (r#"Staff: require_policy"#, "name a policy that `policy!` makes"),
        (r#"Staff: public"#, "`public` guards nothing"),
        (r#"Staff: tenant("a"), public"#, "`public` guards nothing"),
        (r#"Staff: tenant("a"), handler"#, "in a policy it says nothing"),
        (r#"Staff: tenant("a"), get("/a")"#, "a policy has no path"),
        (r#"Staff: require_permission(namespace = "n", relation = "r", object = "{")"#, "never closed"),
    ] {
        let errors = errors(&compile(source));
        assert!(matches!(&errors[..], [only] if only.contains(expected)), "{source}: {errors:?}");
    }
}

#[test]
fn a_mistake_hides_no_policy_and_no_further_one() {
    let compiled = compile(
        r#"
        A: tenant("a" in shops::Shops), tenat("b"), require_rol("c");
        B tenant("b");
        5: oauth2;
        C: tenant("c") D: require_role();
        E: tenant("e"), pub F: oauth2;
        G: tenant("g")
        "#,
    );
    let text = compiled.iter().map(|item| item.to_token_stream().to_string()).collect::<String>();
    for name in ["A", "B", "C", "D", "E", "F", "G"] {
        assert_eq!(text.matches(&format!("struct {name} ;")).count(), 1, "{name}: {text}");
    }
    assert_eq!(text.matches(CLOSED).count(), 5, "{text}");
    assert!(text.contains("type __IamTenants = shops :: Shops"), "{text}");
    let errors = errors(&compiled);
    let expected = [
        "no rule `tenat`",
        "no rule `require_rol`",
        "the rules of `B` come behind",
        "a policy begins with its name",
        "rules are separated",
        "rules are separated",
        "name at least one, `require_role(\"platform:admin\")`",
    ];
    assert_eq!(errors.len(), expected.len(), "{errors:?}");
    for expected in expected {
        assert!(errors.iter().any(|error| error.contains(expected)), "{expected}: {errors:?}");
    }
}

#[test]
fn a_mistake_leaves_the_policy_and_closes_it() {
    let compiled = compile(r#"A: tenant("a" in shops::Shops), require_role(""); B: tenant("b")"#);
    assert_eq!(errors(&compiled).len(), 1);
    let text = compiled.iter().map(|item| item.to_token_stream().to_string()).collect::<String>();
    assert!(text.contains("type __IamTenants = shops :: Shops"), "{text}");
    assert_eq!(text.matches(CLOSED).count(), 1, "{text}");
    assert!(text.contains("struct B ;") && text.contains("session (< __IamTenants > :: b ())"), "{text}");
}

#[test]
fn a_named_root_is_the_only_one() {
    let compiled = compile(r#"A: tenant("a", crate = ::facade::iam), optional_session"#);
    let text = compiled.iter().map(|item| item.to_token_stream().to_string()).collect::<String>();
    assert!(text.contains(":: facade :: iam ::") && !text.contains("iam_axum"), "{text}");
}
