//! One mistake, one error, and it says what to write.

use super::compiler::{compile, errors};

/// Each mistake with words of its message.
pub(crate) const MISTAKES: &[(&str, &str)] = &[
    (r#"#[tenant] async fn h() {}"#, "name the tenant: `#[tenant(\"admin\")]`"),
    (r#"#[tenant("")] async fn h() {}"#, "a tenant's name is an identifier"),
    (r#"#[tenant("north-shop")] async fn h() {}"#, "did you mean `\"north_shop\"`"),
    (r#"#[tenant("self")] async fn h() {}"#, "`self` cannot be a tenant's name"),
    (r#"#[tenant(5)] async fn h() {}"#, "a tenant is named by a string"),
    (r#"#[tenant("a" "b")] async fn h() {}"#, "a comma belongs here"),
    (r#"#[tenant("a", "b")] async fn h() {}"#, "or let the host decide: `host("),
    (r#"#[tenant(host("a", "b"), "c")] async fn h() {}"#, "a policy belongs to one"),
    (r#"#[tenant(host())] async fn h() {}"#, "name the tenants that come into question"),
    (r#"#[tenant(host("a" "b"))] async fn h() {}"#, "a comma belongs here"),
    (r#"#[tenant(host("a", 5))] async fn h() {}"#, "a tenant is named by a string"),
    (r#"#[tenant(host("shop_a", "ShopA"))] async fn h() {}"#, "`ShopA` stands twice"),
    (r#"#[tenant(hosts("a", "b"))] async fn h() {}"#, "`hosts(..)` chooses no tenant"),
    (r#"#[tenant(host("a"))] #[tenant("b")] async fn h() {}"#, "two tenants, `host(a)` and `b`"),
    (r#"#[tenant(host("a", "b"))] mod m { #[tenant("a")] async fn h() {} }"#, "`#[tenant(\"a\", override)]`"),
    (
        r#"#[tenant("a")] mod m { #[tenant(host("a", "b") in S)] async fn h() {} }"#,
        "`#[tenant(host(\"a\", \"b\") in S, override)]`",
    ),
    (r#"#[tenant("a", overide)] async fn h() {}"#, "did you mean `override`"),
    (r#"#[tenant("a", override)] async fn h() {}"#, "nothing to override"),
    (r#"#[tenant("a", crate = iam)] async fn h() {}"#, "from a root: `crate = ::name`"),
    (r#"#[tenant("a")] #[tenant("b")] async fn h() {}"#, "two tenants, `a` and `b`"),
    (r#"#[tenant("a")] #[require_permission(Self::edit, "x")] async fn h() {}"#, "write the type"),
    (r#"#[tenant("a")] #[require_permission(::edit, "x")] async fn h() {}"#, "name the namespace and the relation"),
    (r#"#[tenant("a")] #[require_permission(L::self, "x")] async fn h() {}"#, "`self` is no relation"),
    (r#"#[tenant("a")] #[require_permission(L::edit "x")] async fn h() {}"#, "a comma belongs here"),
    (
        r#"#[tenant("a")] #[require_permission(L::edit, "x", relation = "y")] async fn h() {}"#,
        "`L::edit` says the relation already",
    ),
    (r#"#[tenant("a")] #[require_permission(L::edit, objct = "x")] async fn h() {}"#, "did you mean `object`"),
    (r#"#[tenant("a")] #[require_role] async fn h() {}"#, "lets nobody in"),
    (r#"#[tenant("a")] #[require_role()] async fn h() {}"#, "lets nobody in"),
    (r#"#[tenant("a")] #[require_role("")] async fn h() {}"#, "a role is never empty"),
    (r#"#[tenant("a")] #[require_role(" r")] async fn h() {}"#, "no blanks around it: `\"r\"`"),
    (r#"#[tenant("a")] #[require_role(5)] async fn h() {}"#, "a role is a string, such as"),
    (r#"#[tenant("a")] #[require_role("a" "b")] async fn h() {}"#, "a comma belongs here"),
    (r#"#[tenant("a")] #[require_role(Self::A)] async fn h() {}"#, "write the type"),
    (r#"#[tenant("a")] #[require_role(not("x"))] async fn h() {}"#, "say what is demanded beside it"),
    (r#"#[tenant("a")] #[require_role("a", not("x"))] async fn h() {}"#, "say what is demanded beside it"),
    (r#"#[tenant("a")] #[require_role(all(not("x"), not("y")))] async fn h() {}"#, "say what is demanded beside it"),
    (r#"#[tenant("a")] #[require_role(all("a", not(not("x"))))] async fn h() {}"#, "a doubled `not`"),
    (r#"#[tenant("a")] #[require_role(all("a", not("x", "y")))] async fn h() {}"#, "write `not(any("),
    (r#"#[tenant("a")] #[require_role(all())] async fn h() {}"#, "`all(..)` of nothing"),
    (r#"#[tenant("a")] #[require_role(either("a"))] async fn h() {}"#, "`either(..)` is no demand on roles"),
    (r#"#[tenant("a")] #[require_role("a", fresh = "5")] async fn h() {}"#, "a whole number and its unit"),
    (r#"#[tenant("a")] #[require_role("a", frsh = "5s")] async fn h() {}"#, "did you mean `fresh`"),
    (r#"#[tenant("a")] #[require_role("a" | "b")] async fn h() {}"#, "write `,` in place of `|`"),
    (r#"#[tenant("a")] #[require_role(["a", "b"])] async fn h() {}"#, "remove the brackets"),
    (
        r#"#[tenant("a")] #[require_role(platform_admin)] async fn h() {}"#,
        "a role stands in quotes: `\"platform_admin\"`",
    ),
    (r#"#[tenant("a")] #[require("a::open")] async fn h() {}"#, "without quotes: `#[require(a::open)]`"),
    (r#"#[tenant("a")] #[require_policy("Staff")] async fn h() {}"#, "without quotes: `#[require_policy(Staff)]`"),
    (r#"#[tenant("a")] #[policy(Staff)] async fn h() {}"#, "by `#[require_policy(Staff)]`"),
    (r#"#[tenant("a")] mod m { include!("x.rs"); }"#, "move this `include!` out of the block"),
    (r#"#[tenant("a")] #[accept] async fn h() {}"#, "say what is accepted: `#[accept(session, oauth2)]`"),
    (r#"#[tenant("a")] #[accept(session)] async fn h() {}"#, "by `#[authenticated]`"),
    (r#"#[tenant("a")] #[accept(oauth2)] async fn h() {}"#, "by `#[oauth2]`"),
    (r#"#[tenant("a")] #[accept(session, oauth)] async fn h() {}"#, "did you mean `oauth2`"),
    (r#"#[tenant("a")] #[accept(session, oauth2)] #[oauth2] async fn h() {}"#, "ask for different credentials"),
    (
        r#"#[tenant("a")] #[accept(session, oauth2)] #[require_aal(2)] async fn h() {}"#,
        "machines, which have no session",
    ),
    (
        r#"#[tenant("a")] mod m { #[accept(session, oauth2)] async fn h() {} }"#,
        "`#[accept(session, oauth2, override)]`",
    ),
    (r#"#[tenant("a")] #[require_aal] async fn h() {}"#, "`#[require_aal(2)]`"),
    (r#"#[tenant("a")] #[require_aal(1)] async fn h() {}"#, "`#[require_aal(2)]`"),
    (r#"#[tenant("a")] #[require_aal("2")] async fn h() {}"#, "`#[require_aal(2)]`"),
    (r#"#[tenant("a")] #[require_aal(2)] #[require_aal(2)] async fn h() {}"#, "`#[require_aal]` stands twice"),
    (r#"#[tenant("a")] #[oauth2] #[require_aal(2)] async fn h() {}"#, "machines, which have no session"),
    (r#"#[tenant("a")] #[fresh_session] async fn h() {}"#, "`#[fresh_session(max_age = \"15m\")]`"),
    (r#"#[tenant("a")] #[fresh_session(max_age = "0s")] async fn h() {}"#, "no session is that young: write at least"),
    (r#"#[tenant("a")] #[fresh_session(max_age = "soon")] async fn h() {}"#, "a whole number and its unit"),
    (
        r#"#[optional_session] #[fresh_session(max_age = "1h")] async fn h() {}"#,
        "write `#[authenticated]` in its place",
    ),
    (r#"#[tenant("a")] #[require] async fn h() {}"#, "`#[require(path::to::check)]`"),
    (r#"#[tenant("a")] #[require("open")] async fn h() {}"#, "without quotes: `#[require(open)]`"),
    (r#"#[optional_session] #[require(open)] async fn h() {}"#, "`#[require]` beside `#[optional_session]`"),
    (r#"#[public] #[require(open)] async fn h() {}"#, "`#[require]` would never be checked"),
    (r#"#[tenant("a")] #[require_role = "r"] async fn h() {}"#, "in parentheses: `#[require_role(\"r\")]`"),
    (r#"#[tenant("a")] #[oauth2("s")] async fn h() {}"#, "which takes `delegated`, `scope`"),
    (r#"#[tenant("a")] #[oauth2(delegated)] async fn h() {}"#, "what the user must have granted"),
    (r#"#[tenant("a")] #[oauth2(scope = "s")] async fn h() {}"#, "a machine's scopes are its roles"),
    (r#"#[tenant("a")] #[oauth2(delegated, scope = "")] async fn h() {}"#, "scopes are words"),
    (r#"#[tenant("a")] #[oauth2(delegated, scope = "a\"b")] async fn h() {}"#, "scopes are words"),
    (r#"#[tenant("a")] #[oauth2(delegated, delegated, scope = "a")] async fn h() {}"#, "`delegated` stands twice"),
    (r#"#[tenant("a")] #[optional_session(stale = "no")] async fn h() {}"#, "`stale = \"anonymous\"`"),
    (r#"#[tenant("a")] #[authenticated("x")] async fn h() {}"#, "is no argument of `#[authenticated]`"),
    (r#"#[public(x)] async fn h() {}"#, "is no argument of `#[public]`"),
    (r#"#[handler] async fn h() {}"#, "there are none: add `#[tenant(\"..\")]`"),
    (r#"#[public] #[public] async fn h() {}"#, "stands twice"),
    (r#"#[public] #[require_role("r")] async fn h() {}"#, "`#[require_role]` would never be checked"),
    (r#"#[tenant("a")] #[public] async fn h() {}"#, "`#[tenant]` would never be checked"),
    (r#"#[oauth2] #[authenticated] async fn h() {}"#, "ask for different credentials"),
    (r#"#[optional_session] #[require_role("r")] async fn h() {}"#, "write `#[authenticated]` in its place"),
    (
        r#"#[optional_session] #[require_permission(namespace = "n", relation = "r", object = "o")] async fn h() {}"#,
        "`#[require_permission]` beside `#[optional_session]`",
    ),
    (
        r#"#[oauth2(delegated, scope = "s")] #[require_role("r")] async fn h() {}"#,
        "they have scopes, not roles: write `scope",
    ),
    (r#"#[require_permission(namespace = "n", relation = "r")] async fn h() {}"#, "also needs `object ="),
    (r#"#[require_permission(namespace = "n", relaton = "r", object = "o")] async fn h() {}"#, "mean `relation`"),
    (r#"#[require_permission(namespace = "", relation = "r", object = "o")] async fn h() {}"#, "never empty"),
    (r#"#[require_permission(namespace = N, relation = "r", object = "o")] async fn h() {}"#, "takes a string"),
    (r#"#[require_permission(namespace = "n", relation = "r", object = "{}")] async fn h() {}"#, "name the path"),
    (r#"#[require_permission(namespace = "n", relation = "r", object = Self::o)] async fn h() {}"#, "write the type"),
    (r#"#[require_policy] async fn h() {}"#, "name a policy that `policy!` makes"),
    (r#"#[require_policy("Staff")] async fn h() {}"#, "`#[require_policy(Staff)]`"),
    (r#"#[require_policy(staff())] async fn h() {}"#, "without calling it: `#[require_policy(staff)]`"),
    (r#"#[require_policy(A, B)] async fn h() {}"#, "one policy per attribute"),
    (r#"#[require_policy(Self::A)] async fn h() {}"#, "write the type"),
    (r#"#[require_policy(A, override)] async fn h() {}"#, "`override` is no argument of `#[require_policy]`"),
    (r#"#[public] #[require_policy(A)] async fn h() {}"#, "so `#[require_policy]` would never be checked"),
    (
        r#"#[require_policy(A)] mod m { #[tenant("b", override)] async fn h() {} }"#,
        "what a policy demands holds at its own tenant",
    ),
    (
        r#"#[require_policy(A)] mod m { #[oauth2(override)] async fn h() {} }"#,
        "what a policy demands holds for its own kind of credential",
    ),
    (r#"#[tenant("a")] fn h() {}"#, "a handler is an `async fn`"),
    (r#"#[tenant("a")] unsafe fn h() {}"#, "remove `unsafe`"),
    (r#"#[tenant("a")] const fn h() {}"#, "not a `const fn`"),
    (r#"#[tenant("a")] extern "C" fn h() {}"#, "remove `extern`"),
    (r#"impl A { #[tenant("a")] async fn h(&self) {} }"#, "without `self`"),
    (r#"#[tenant("a")] struct S;"#, "goes on a handler (an `async fn`), an inline `mod` or an `impl` block"),
    (r#"#[tenant("a")] mod m;"#, "cannot reach into another file: write `mod m { .. }`"),
    (r#"#[tenant("a")] mod m { mod n; }"#, "move `mod n;` out of the block"),
];

#[test]
fn one_mistake_is_one_error() {
    for (source, expected) in MISTAKES {
        let errors = errors(&compile(source));
        assert!(matches!(&errors[..], [only] if only.contains(expected)), "{source}: {errors:?}");
    }
}

#[test]
fn several_mistakes_are_shown_in_one_run() {
    let source = r#"
        #[tenant("a", x)]
        #[require_role("", " b")]
        #[require_permission(namespace = "", relation = "r", object = "{")]
        fn h() {}
    "#;
    assert_eq!(errors(&compile(source)).len(), 6);
}

#[test]
fn any_order_is_the_same_policy() {
    use super::compiler::{function, policy};
    let attributes = [r#"#[tenant("a")]"#, "#[oauth2]", r#"#[require_role("r")]"#, "#[doc = \"d\"]", "#[other::macro]"];
    let mut orders = 0;
    for first in 0..attributes.len() {
        let mut order = attributes.to_vec();
        order.rotate_left(first);
        for order in [order.clone(), order.iter().rev().copied().collect()] {
            let compiled = compile(&format!("{} async fn h() {{}}", order.join(" ").replace("macro", "r#macro")));
            let found = policy(&function(&compiled, "h"));
            assert_eq!((found.tenant.as_str(), found.credential.as_str(), found.roles.len()), ("a", "Machine", 1));
            orders += 1;
        }
    }
    assert_eq!(orders, 10);
}
