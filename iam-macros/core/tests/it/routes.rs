//! Route attributes.

use super::compiler::{CLOSED, compile, errors, function, policy, route};
use quote::ToTokens;

#[test]
fn every_method_in_any_order_and_by_any_path() {
    for (attributes, meant) in [
        (r#"#[get("/a")] #[tenant("t")]"#, "GET /a"),
        (r#"#[tenant("t")] #[get("/a")]"#, "GET /a"),
        (r#"#[tenant("t")] #[other] #[post("/a")]"#, "POST /a"),
        (r#"#[put("/a")] #[other] #[tenant("t")]"#, "PUT /a"),
        (r#"#[tenant("t")] #[patch("/a")]"#, "PATCH /a"),
        (r#"#[tenant("t")] #[delete("/a")]"#, "DELETE /a"),
        (r#"#[tenant("t")] #[head("/a")]"#, "HEAD /a"),
        (r#"#[tenant("t")] #[options("/a")]"#, "OPTIONS /a"),
        (r#"#[tenant("t")] #[trace("/a")]"#, "TRACE /a"),
        (r#"#[connect("/a")] #[tenant("t")]"#, "CONNECT /a"),
        (r#"#[tenant("t")] #[actix_web::trace("/a")]"#, "TRACE /a"),
        (r#"#[tenant("t")] #[actix_web::get("/a/{id:[0-9]{4}}")]"#, "GET /a/{id:[0-9]{4}}"),
    ] {
        let compiled = compile(&format!("{attributes} async fn h() {{}}"));
        assert_eq!(errors(&compiled), Vec::<String>::new(), "{attributes}");
        let handler = function(&compiled, "h");
        assert_eq!((route(&handler).as_deref(), policy(&handler).tenant.as_str()), (Some(meant), "t"), "{attributes}");
    }
}

/// Names that others use as well, for something else.
#[test]
fn an_attribute_that_only_shares_a_name_stays_where_it_is() {
    for other in ["#[others::trace]", r#"#[others::trace(name = "h")]"#, "#[others::connect(pool)]"] {
        let compiled = compile(&format!(r#"#[tenant("t")] {other} async fn h() {{}}"#));
        assert_eq!(errors(&compiled), Vec::<String>::new(), "{other}");
        assert_eq!(route(&function(&compiled, "h")), None, "{other}");
    }
    let compiled =
        compile(r#"#[tenant("a")] mod m { #[others::trace] async fn helper() {} #[trace("/a")] async fn h() {} }"#);
    assert!(function(&compiled, "helper").sig.asyncness.is_some(), "a helper stays as written");
    assert_eq!(route(&function(&compiled, "h")).as_deref(), Some("TRACE /a"));
}

#[test]
fn actix_macros_of_several_routes_are_refused() {
    for attributes in [
        r#"#[tenant("t")] #[actix_web::route("/a", method = "GET", method = "POST")]"#,
        r#"#[tenant("t")] #[route("/a", method = "GET")]"#,
        r#"#[tenant("t")] #[actix_web::routes] #[get("/a")] #[post("/b")]"#,
        r#"#[tenant("t")] #[other] #[routes] #[get("/a")]"#,
    ] {
        let compiled = compile(&format!("{attributes} async fn h() {{}}"));
        let errors = errors(&compiled);
        assert!(
            matches!(&errors[..], [only] if only.contains("past its policy: leave it out")),
            "{attributes}: {errors:?}"
        );
        let text = function(&compiled, "h").to_token_stream().to_string();
        assert!(text.contains(CLOSED) && !text.contains("Routed"), "{attributes}: {text}");
    }
}

#[test]
fn a_public_handler_has_a_route_too() {
    let handler = function(&compile(r#"#[public] #[get("/health")] async fn h() {}"#), "h");
    assert!(policy(&handler).public);
    assert_eq!(route(&handler).as_deref(), Some("GET /health"));
}

#[test]
fn a_route_makes_a_handler_of_a_private_function() {
    let compiled = compile(
        r#"
        #[tenant("a")]
        mod m {
            #[get("/a")] async fn private() {}
            async fn helper() {}
            mod inner { #[require_role("r")] #[post("/b")] async fn deeper() {} }
            #[public] #[get("/c")] async fn open() {}
        }
        "#,
    );
    assert_eq!(errors(&compiled), Vec::<String>::new());
    let (private, deeper) = (function(&compiled, "private"), function(&compiled, "deeper"));
    assert_eq!((policy(&private).tenant.as_str(), route(&private).as_deref()), ("a", Some("GET /a")));
    assert_eq!((policy(&deeper).roles, route(&deeper).as_deref()), (vec!["r".to_owned()], Some("POST /b")));
    assert!(policy(&function(&compiled, "open")).public);
    assert!(function(&compiled, "helper").sig.asyncness.is_some(), "a helper stays as written");
}

#[test]
fn one_mistake_is_one_error() {
    let permission = |object: &str| {
        format!(r#"#[tenant("a")] #[require_permission(namespace = "n", relation = "r", object = "{object}")]"#)
    };
    let with = |route: &str, object: &str| format!("{route} {} async fn h() {{}}", permission(object));
    for (source, expected) in [
        (r#"#[get("/a")] async fn h() {}"#.to_owned(), "a route says where, and not who may call: add `#[tenant"),
        (r#"#[tenant("a")] #[get] async fn h() {}"#.to_owned(), "name the path: `#[get(\"/listings/{id}\")]`"),
        (r#"#[tenant("a")] #[get("a")] async fn h() {}"#.to_owned(), "begins with `/`: `\"/a\"`"),
        (r#"#[tenant("a")] #[get("/a", "/b")] async fn h() {}"#.to_owned(), "a second path"),
        (r#"#[tenant("a")] #[get("/:id")] async fn h() {}"#.to_owned(), "in braces: `{id}`"),
        (r#"#[tenant("a")] #[get(PATH)] async fn h() {}"#.to_owned(), "in place of `PATH`"),
        (
            r#"#[tenant("a")] #[get("/a", guard = "g")] async fn h() {}"#.to_owned(),
            "`guard` is no argument of `#[get]`",
        ),
        (r#"#[tenant("a")] #[get("/a")] #[post("/b")] async fn h() {}"#.to_owned(), "two routes"),
        (r#"#[tenant("a")] #[get("/a")] mod m {}"#.to_owned(), "a route is of one handler"),
        (with(r#"#[get("/{id}")]"#, "o:{nr}"), "the path `/{id}` has no parameter `{nr}`; did you mean `{id}`?"),
        (with(r#"#[get("/{id}")]"#, "o:{nr: u64}"), "the path `/{id}` has no parameter `{nr}`; did you mean `{id}`?"),
        (with(r#"#[get("/{shop}/{id}")]"#, "o:{number}"), "it has `{shop}`, `{id}`"),
        (with(r#"#[get("/a/")]"#, "o:{id}"), "as in `\"/a/{id}\"`"),
    ] {
        let errors = errors(&compile(&source));
        assert!(matches!(&errors[..], [only] if only.contains(expected)), "{source}: {errors:?}");
    }
    for (route, object) in [
        (r#"#[get("/{id}")]"#, "o:{id}"),
        (r#"#[get("/{id}")]"#, "o:{id: u64}"),
        (r#"#[get("/{*rest}")]"#, "{rest}"),
        ("#[other]", "{id}"),
    ] {
        assert_eq!(errors(&compile(&with(route, object))), Vec::<String>::new(), "{route} {object}");
    }
}

#[test]
fn a_blocks_template_is_checked_against_each_path() {
    let compiled = compile(
        r#"
        #[tenant("a")]
        #[require_permission(namespace = "n", relation = "r", object = "o:{id}")]
        mod m { #[get("/{id}")] pub async fn good() {} #[get("/all")] pub async fn bad() {} }
        "#,
    );
    assert_eq!(errors(&compiled).len(), 1);
    assert_eq!(policy(&function(&compiled, "good")).permissions.len(), 4);
    let bad = function(&compiled, "bad").to_token_stream().to_string();
    assert!(bad.contains(CLOSED), "closed: {bad}");
}

#[test]
fn a_mistaken_route_leaves_a_route() {
    let compiled = compile(r#"#[tenant("a")] #[get("a")] async fn h() {}"#);
    let text = function(&compiled, "h").to_token_stream().to_string();
    assert!(text.contains(":: Routed <") && text.contains(CLOSED), "{text}");
}
