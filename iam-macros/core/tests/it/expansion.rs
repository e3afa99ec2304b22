//! `docs/expansion.md` shows what attributes become.
//!
//! To take over what changed: `UPDATE_DOCS=1 cargo test -p iam-macros-core --test it expansion`.
//! Then read the page as a stranger would: is anything in it hidden, or longer than it has to be?

use std::path::Path;

use iam_macros_core::Attribute;
use quote::quote;
use syn::Item;

use super::compiler::{compile, root};

const HANDLER: &str = r#"
/// One listing, for who may edit it.
#[tenant("admin")]
#[require_role("support", "platform:admin")]
#[require_permission(namespace = "listings", relation = "edit", object = "listings:{id}")]
async fn listing(me: CurrentUser, Path(id): Path<String>) -> Result<Json<Listing>, Problem> {
    Ok(Json(find(&me, &id).await?))
}
"#;

const BLOCK: &str = r#"
#[tenant("dealer")]
#[oauth2]
pub mod partner_api {
    use super::*;

    #[get("/partner/inventory")]
    #[require_role("inventory:read")]
    pub async fn inventory() -> Json<Vec<Car>> {
        Json(cars())
    }

    #[public]
    pub async fn terms() -> &'static str {
        "be kind"
    }

    async fn a_helper() {}
}
"#;

const POLICY: &str = r#"
/// Who may read the manuals.
pub Staff: tenant("admin"), require_role("staff")
"#;

#[test]
fn expansions_are_on_the_page() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/expansion.md");
    let expected = expected();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&page, &expected).unwrap();
    }
    assert!(std::fs::read_to_string(&page).unwrap() == expected, "docs/expansion.md is not what attributes become");
}

#[test]
fn adapters_differ_in_the_root_path_alone() {
    let function = quote!(
        #[require_role("a")]
        async fn h(Path(id): Path<u8>) -> Result<u8, E> {
            f(id)?
        }
    );
    let of = |root| iam_macros_core::expand(Attribute::Tenant, &root, quote!("admin"), function.clone()).to_string();
    let (axum, actix) = (of(root()), of(syn::parse_quote!(::iam_actix)));
    assert_ne!(axum, actix);
    assert_eq!(axum.replace(":: iam_axum", ":: iam_actix"), actix);
}

fn expected() -> String {
    let policy = iam_macros_core::policy(&root(), POLICY.parse().unwrap());
    let policy = pretty(syn::parse2::<syn::File>(policy).unwrap().items);
    let (handler, block) = (pretty(compile(HANDLER)), pretty(compile(BLOCK)));
    format!(
        r#"# What attributes become

The macros' whole output, laid out by `prettyplease`; a test writes this page. It is that of `iam_axum`; on actix-web it says `::iam_actix` in its place, and differs in nothing else.

## A handler

```rust,ignore
{HANDLER}```

becomes

```rust,ignore
{handler}```

From top to bottom:

* **The signature** keeps name, arguments and documentation. The [return type carries the policy](decisions/0001-policy-in-the-return-type.md): no framework takes it for a response, only the guarded `Router` mounts it, and that decides first. `Path(id)` is taken apart further down.
* **`__iam`** is the one module of the adapter's that the body names.
* **`require_role as _`**: the outermost attribute takes the others away, so their imports are used here. One that was never imported is an error.
* **`__IamPolicy`** is the policy: constant data, what the router decides by and what the access matrix prints. `<__IamTenants>::admin()` is a constant function of your enum, so that a misspelt tenant is the compiler's own error, at the literal.
* **`declared_role`** stops the compiler at a role that `define_roles!` does not have, and does nothing without it.
* **`Agree`** compares an argument's type with the policy: `CurrentMachine` here would not compile. For a type that names a tenant, and for one whose name says nothing, `Within` compares the tenants as well. Both leave nothing in the program.
* **`declared`** puts the policy's type on the future, and does nothing else.
* **The body** is yours. As in any `async fn` the future owns every argument, used or not. `if false` tells the compiler in time what `?` turns an error into and what a `collect()` collects; it is left out where nothing can depend on it.

Nothing here decides. That is done by the router, with the constant, before an argument is extracted. A call of the function itself is a call of your function: `listing(me, id).await.unguarded()`.

## A block

```rust,ignore
{BLOCK}```

hands its rules to the handlers in it, and they become

```rust,ignore
{block}```

`inventory` has the block's tenant and credential, and its own role and route. Its enum is `super::Tenants`, because the block's attribute stands one module further out. A private function without an attribute stays as it is.

## A policy that is a value

```rust,ignore
policy! {{{POLICY}}}
```

becomes

```rust,ignore
{policy}```
"#,
        HANDLER = HANDLER.trim_start(),
        BLOCK = BLOCK.trim_start(),
        POLICY = POLICY.replace('\n', "\n    ").trim_end().to_owned() + "\n",
    )
}

fn pretty(items: Vec<Item>) -> String {
    prettyplease::unparse(&syn::File { shebang: None, attrs: Vec::new(), items })
}
