//! Every pair of block and handler attributes.

use super::compiler::{CLOSED, Policy, compile, errors, function, policy};

/// Blocks with what they demand of a handler that says nothing.
const BLOCKS: [&str; 9] = [
    r#"#[tenant("dealer")]"#,
    r#"#[tenant("dealer")] #[authenticated]"#,
    r#"#[tenant("dealer")] #[oauth2]"#,
    r#"#[tenant("dealer")] #[oauth2(delegated, scope = "s")]"#,
    r#"#[tenant("dealer")] #[optional_session]"#,
    r#"#[oauth2]"#,
    r#"#[require_role("block")]"#,
    r#"#[tenant("dealer")] #[require_role("block")] #[require_permission(namespace = "b", relation = "r", object = "o")]"#,
    r#"#[public]"#,
];

const HANDLERS: [&str; 17] = [
    "",
    "#[handler]",
    r#"#[tenant("dealer")]"#,
    r#"#[tenant(Dealer)]"#,
    r#"#[tenant("admin")]"#,
    r#"#[tenant("admin", override)]"#,
    r#"#[tenant("dealer", override)]"#,
    "#[authenticated]",
    "#[authenticated(override)]",
    "#[oauth2]",
    "#[oauth2(override)]",
    r#"#[oauth2(delegated, scope = "s")]"#,
    r#"#[oauth2(delegated, scope = "s", override)]"#,
    "#[optional_session]",
    "#[optional_session(override)]",
    r#"#[require_role("own")]"#,
    "#[public]",
];

/// One letter a handler of [`HANDLERS`], one line a block of [`BLOCKS`]:
/// `=` the block's policy, `+` with more, `o` overridden, `P` public, `n` its own where the
/// block leaves it open, `d` differs without saying so, `i` overrides nothing, `c` contradiction.
const TRUTH: [&str; 9] = [
    //. h t T a A D s S m M d E o O r P
    "= = = = d o i = i d o d o d o + P",
    "= = = = d o i = i d o d o d o + P",
    "= = = = d o i d o = i d o d o + P",
    "= = = = d o i d o d o = i d o c P",
    "= = = = d o i d o d o d o = i c P",
    "= = n n n i i d o = i d o d o + P",
    "= = n n n i i n i n i c i c i + P",
    "= = = = d o i = i d o d c d c + P",
    "P P n n n i i n i n i n i n i n P",
];

/// The handler's policy or the one mistake, the same in a module and an `impl`.
fn outcome(block: &str, handler: &str) -> Result<Policy, String> {
    let [module, implementation] = ["mod m", "impl M"].map(|head| {
        let compiled = compile(&format!("{block} {head} {{ {handler} pub async fn h() {{}} }}"));
        match &errors(&compiled)[..] {
            [] => Ok(policy(&function(&compiled, "h"))),
            [only] => Err(only.clone()),
            several => panic!("one mistake, several errors: {several:?}"),
        }
    });
    assert_eq!(module, implementation);
    module
}

#[test]
fn the_truth_table() {
    for (block, line) in BLOCKS.iter().zip(TRUTH) {
        let base = outcome(block, "").expect("a block alone is no mistake");
        let letters: Vec<_> = line.split(' ').collect();
        assert_eq!(letters.len(), HANDLERS.len());
        for (handler, letter) in HANDLERS.iter().zip(letters) {
            let found = outcome(block, handler);
            let case = format!("{block} on {handler}: {found:?}");
            let contains = |text: &str| found.as_ref().is_err_and(|error| error.contains(text));
            let holds = match letter {
                "=" => found.as_ref() == Ok(&base),
                "+" => found.as_ref().is_ok_and(|found| {
                    found.roles.ends_with(&["own".into()])
                        && Policy { roles: base.roles.clone(), ..found.clone() } == base
                }),
                "o" => found.as_ref().is_ok_and(|found| {
                    found.notes.iter().any(|note| note.starts_with("Overrides")) && found.roles == base.roles
                }),
                "P" => found.as_ref().is_ok_and(|found| found.public),
                "n" => found.as_ref().is_ok_and(|found| {
                    !found.public
                        && found.roles.starts_with(&base.roles)
                        && !found.notes.contains(&"OverridesTenant".into())
                }),
                "d" => contains("if that is meant, say so") && contains("override"),
                "i" => contains("nothing to override"),
                "c" => contains("beside `#["),
                other => panic!("{other}"),
            };
            assert!(holds, "expected `{letter}`: {case}");
        }
    }
}

#[test]
fn no_handler_is_weaker_than_its_block_without_the_word() {
    let mut seen = 0;
    for block in BLOCKS {
        let base = outcome(block, "").expect("a block alone is no mistake");
        for handler in HANDLERS {
            if handler.contains("override") || handler.contains("public") {
                continue;
            }
            let Ok(found) = outcome(block, handler) else { continue };
            seen += 1;
            let case = format!("{block} on {handler}: {found:?}");
            assert!(!found.public || base.public, "{case}");
            assert!(base.roles.iter().all(|role| found.roles.contains(role)), "{case}");
            assert!(base.permissions.iter().all(|one| found.permissions.contains(one)), "{case}");
            // `tenant` alone and credentials name the kind; roles alone leave it open.
            if block.contains("tenant") {
                let same_tenant = found.tenant.eq_ignore_ascii_case(&base.tenant);
                assert!(same_tenant && found.credential == base.credential, "{case}");
            } else if block.contains("oauth2") {
                assert_eq!(found.credential, base.credential, "{case}");
            }
        }
    }
    assert!(seen > BLOCKS.len() * 4, "most pairs compile or this tests nothing: {seen}");
}

#[test]
fn a_blocks_mistake_is_reported_once() {
    for (block, expected) in [
        (r#"#[tenant()]"#, "name the tenant"),
        (r#"#[tenant("a")] #[require_role()]"#, "an empty list"),
        (r#"#[public] #[tenant("a")]"#, "never be checked"),
        (r#"#[tenant("a")] #[optional_session] #[require_role("r")]"#, "beside `#["),
        (r#"#[tenant("a")] #[handler]"#, "on a block it says nothing"),
    ] {
        let inside = r#"pub async fn a() {} #[require_role("x")] pub async fn b() {} mod n { pub async fn c() {} }"#;
        let compiled = compile(&format!("{block} mod m {{ {inside} }}"));
        let errors = errors(&compiled);
        assert!(matches!(&errors[..], [only] if only.contains(expected)), "{block}: {errors:?}");
    }
}

#[test]
fn a_broken_block_lets_nobody_in() {
    let compiled = compile(r#"#[require_role()] #[tenant("a")] mod m { pub async fn h() {} }"#);
    let text = quote::ToTokens::to_token_stream(&function(&compiled, "h")).to_string();
    assert!(text.contains(CLOSED), "{text}");
}

#[test]
fn who_is_a_handler() {
    let source = r#"
        #[tenant("dealer")]
        mod m {
            #![allow(dead_code)]
            pub async fn public() {}
            pub(crate) async fn in_crate<const N: usize>(_: [u8; N]) -> [(); { 1 }] where [(); { 2 }]: Sized { [()] }
            #[cfg_attr(x, require_role("x"))] async fn by_attribute() {}
            #[super::handler] async fn by_path() {}
            #[actix_web::get("/")] async fn by_route() {}
            async fn private() {}
            pub fn not_async() {}
            #[cfg(test)] mod tests { pub async fn in_tests() {} }
            impl A<{ 3 }> { pub async fn plain_method() {} }
            #[handler] const X: u8 = 0;
            #[derive(Other)] struct B { #[public] field: u8 }
            trait C { #[require_role("x")] async fn in_a_trait() {} }
        }
    "#;
    // Only the block: what it wrote above the items in it.
    let file: syn::File = syn::parse_str(&source.replace("#[tenant(\"dealer\")]", "")).unwrap();
    let item = quote::ToTokens::to_token_stream(&file.items[0]);
    let args = quote::quote!("dealer");
    let output =
        iam_macros_core::expand(iam_macros_core::Attribute::Tenant, &super::compiler::root(), args, item).to_string();
    let reached = |name: &str| {
        let (before, _) = output.split_once(&format!("fn {name} ")).unwrap();
        before.rsplit_once("inherit").is_some_and(|(_, between)| !between.contains("fn ") && !between.contains("mod "))
    };
    for name in ["public", "in_crate", "by_attribute", "by_path", "by_route", "in_a_trait"] {
        assert!(reached(name), "{name} is not reached: {output}");
    }
    for name in ["private", "not_async", "in_tests", "plain_method"] {
        assert!(!reached(name), "{name} is reached: {output}");
    }
    assert_eq!(output.matches("inherit").count(), 6, "{output}");
}
