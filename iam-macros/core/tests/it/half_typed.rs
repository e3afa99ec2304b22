//! Whatever fails, the user's function is still there, so that an editor goes on completing in
//! it; and what stands in for its policy lets nobody in.

use iam_macros_core::Attribute;
use proc_macro2::TokenStream;
use quote::ToTokens;

use super::compiler::{CLOSED, compile, function, root};
use super::messages::MISTAKES;

/// What an editor hands over while somebody types: the attribute's name and arguments.
const HALF_AN_ATTRIBUTE: [(Attribute, &str); 14] = [
    (Attribute::Tenant, ""),
    (Attribute::Tenant, "\"admin\" in"),
    (Attribute::Tenant, "\"admin\" in crate::"),
    (Attribute::Tenant, "host("),
    (Attribute::RequireRole, "Roles::"),
    (Attribute::RequireRole, "all("),
    (Attribute::RequirePermission, "namespace ="),
    (Attribute::RequirePermission, "namespace = \"n\", relation"),
    (Attribute::RequirePermission, "namespace = \"n\", relation = \"r\", object = \"o:{\""),
    (Attribute::Require, "self::"),
    (Attribute::FreshSession, "max_age ="),
    (Attribute::Oauth2, "delegated, scope ="),
    (Attribute::Accept, "session,"),
    (Attribute::Get, "\"/a/{"),
];

const HALF_A_BODY: [&str; 5] = [
    "me.",
    "let id = ",
    "match me",
    "iam.tenant(Tenants::).identities().get(&id).await?",
    "if me.id == \"a\" { return",
];

const HALF_A_SIGNATURE: [&str; 5] =
    ["async fn h(me) { 1 }", "async fn h(me: ) { 1 }", "async fn h() -> { 1 }", "async fn h<T:() { 1 }", "async fn h"];

#[test]
fn a_mistake_leaves_the_function_and_closes_it() {
    let mut handlers = 0;
    for (source, _) in MISTAKES.iter().filter(|(source, _)| source.contains("fn h(")) {
        let written = function(&syn::parse_str::<syn::File>(source).unwrap().items, "h");
        let left = function(&compile(source), "h");
        let (before, after) = (written.sig.output.to_token_stream(), left.sig.output.to_token_stream().to_string());
        if before.to_string() == after {
            // Not made a handler, so no router takes it.
            let [written, left] = [&written, &left].map(|function| function.block.to_token_stream().to_string());
            assert_eq!(written, left, "{source}");
            continue;
        }
        let body = left.block.to_token_stream().to_string();
        // Where `async` is all that lacks, the policy is the one that was written.
        let is_understood = written.sig.asyncness.is_none();
        assert!(!after.contains("Open"), "{source}: {after}");
        assert!(body.contains(CLOSED) != is_understood, "{source}: {body}");
        handlers += 1;
    }
    assert!(handlers > 60, "{handlers}");
}

#[test]
fn half_an_attribute_leaves_the_function_and_closes_it() {
    for (attribute, args) in HALF_AN_ATTRIBUTE {
        // An editor closes what is open.
        let closing = if args.contains('(') { ")" } else { "" };
        let quote = if args.matches('"').count() % 2 == 1 { "\"" } else { "" };
        let args = format!("{args}{quote}{closing}");
        let output = expand(attribute, &args, "async fn h(me: CurrentUser) -> u8 { me. }");
        assert!(output.contains("fn h (me : CurrentUser)") && output.contains("me . }"), "{args}: {output}");
        assert!(output.contains(CLOSED) && output.contains("compile_error"), "{args}: {output}");
    }
}

#[test]
fn half_a_body_is_passed_through_without_an_error_of_ours() {
    for body in HALF_A_BODY {
        let closing = if body.contains('{') { "}" } else { "" };
        let body = format!("{body}{closing}");
        let output = expand(Attribute::Tenant, "\"admin\"", &format!("async fn h(me: CurrentUser) -> u8 {{ {body} }}"));
        let kept = body.parse::<TokenStream>().unwrap().to_string();
        assert!(output.contains(&kept) && output.contains("Guarded"), "{kept}: {output}");
        assert!(!output.contains("compile_error"), "{kept}: {output}");
    }
}

#[test]
fn half_a_signature_is_left_as_it_is() {
    for signature in HALF_A_SIGNATURE {
        let output = expand(Attribute::Tenant, "\"admin\"", signature);
        let kept = signature.parse::<TokenStream>().unwrap().to_string();
        assert!(output.starts_with(&kept), "{kept}: {output}");
        assert!(output.contains("compile_error") && !output.contains("Guarded"), "{kept}: {output}");
    }
}

fn expand(attribute: Attribute, args: &str, item: &str) -> String {
    iam_macros_core::expand(attribute, &root(), args.parse().unwrap(), item.parse().unwrap()).to_string()
}
