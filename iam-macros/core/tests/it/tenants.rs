//! Mistakes in `define_tenants!`.

use super::compiler::{errors, root};

fn define(input: &str) -> Vec<syn::Item> {
    let output = iam_macros_core::define_tenants(&root(), input.parse().unwrap());
    syn::parse2::<syn::File>(output.clone()).unwrap_or_else(|e| panic!("{e}: {output}")).items
}

#[test]
fn one_mistake_is_one_error_and_the_enum_or_its_name_stays() {
    for (input, expected) in [
        ("enum T {}", "name at least one tenant"),
        ("enum T { a, A }", "`A` and the tenant `a` above have one name"),
        ("enum T { north_shop, NorthShop }", "have one name"),
        ("enum T { eu_1, eu1 }", "have one name"),
        ("enum T { #[default] a, #[default] b }", "at most one"),
        ("enum T { #[default] #[cfg(x)] a, b }", "stands under no `cfg`"),
        ("enum T { a(u8), b }", "without fields: `a`"),
        ("enum T { a { x: u8 }, b }", "without fields: `a`"),
        ("enum T { a = 1, b }", "without `=`"),
        ("enum T { a, name }", "`name` cannot be a tenant's name"),
        ("enum T { a, _b }", "ASCII letters"),
        ("enum T { a, b__c }", "ASCII letters"),
        ("#[derive(Hash)] enum T { a }", "gives `Hash` already"),
        ("enum T { a } rols = Roles", "did you mean `roles`"),
        ("enum T { a } roles = \"Roles\"", "`roles` takes a path"),
        ("enum T { a } types = a::b", "a module is made under this name"),
        ("enum T { a } type = tenants", "did you mean `types`"),
        ("enum T { a } enum U { b }", "one enum per call"),
    ] {
        let items = define(input);
        let errors = errors(&items);
        assert!(matches!(&errors[..], [only] if only.contains(expected)), "{input}: {errors:?}");
        // With a tenant left out, a type stands for the enum of which no use is a second mistake.
        let is_whole =
            ["at most one", "no `cfg`", "without fields", "without `=`", "gives", "roles", "module", "types", "call"];
        let is_whole = is_whole.iter().any(|word| expected.contains(word));
        let is_there = |item: &syn::Item| match item {
            syn::Item::Enum(item) => item.ident == "T" && is_whole,
            syn::Item::Type(item) => item.ident == "T" && !is_whole,
            _ => false,
        };
        assert!(items.iter().any(is_there), "{input}");
    }
    for (input, expected) in
        [("", "name the tenants"), ("struct T { a }", "the tenants are an enum"), ("enum T<X> { a }", "no generics")]
    {
        let errors = errors(&define(input));
        assert!(matches!(&errors[..], [only] if only.contains(expected)), "{input}: {errors:?}");
    }
}

#[test]
fn one_mistake_in_declared_roles_is_one_error_and_the_enum_stays() {
    for (input, expected) in [
        ("enum R {}", "declare at least one role"),
        ("enum R { A }", "`A = \"..\"`"),
        ("enum R { A = 1 }", "a role's name is a string"),
        ("enum R { A(u8) = \"a\" }", "a role has no fields"),
        ("enum R { A = \"a\", B = \"a\" }", "`A` and `B` are one role"),
        ("enum R { A = \" a\" }", "no blanks around it: `\"a\"`"),
        ("enum R { A = \"\" }", "a role is never empty"),
        ("enum R { A = \"a\" } root = x", "is no argument of `define_roles!`"),
    ] {
        let output = iam_macros_core::define_roles(&root(), input.parse().unwrap());
        let items = syn::parse2::<syn::File>(output.clone()).unwrap_or_else(|e| panic!("{e}: {output}")).items;
        let errors = errors(&items);
        assert!(matches!(&errors[..], [only] if only.contains(expected)), "{input}: {errors:?}");
        assert!(items.iter().any(|item| matches!(item, syn::Item::Enum(item) if item.ident == "R")), "{input}");
    }
    let output = iam_macros_core::define_roles(&root(), "struct R;".parse().unwrap()).to_string();
    assert!(output.contains("declared as an enum"), "{output}");
}
