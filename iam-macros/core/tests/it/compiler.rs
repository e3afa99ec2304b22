//! As much of a compiler as expands our attributes: outside in, until none is left.

use iam_macros_core::Attribute;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::visit::{self, Visit};
use syn::{ImplItem, Item, ItemFn, Meta, Path, parse_quote};

const ALL: [Attribute; 23] = [
    Attribute::Tenant,
    Attribute::RequireRole,
    Attribute::RequirePermission,
    Attribute::RequirePolicy,
    Attribute::RequireAal,
    Attribute::FreshSession,
    Attribute::Require,
    Attribute::Oauth2,
    Attribute::Accept,
    Attribute::OptionalSession,
    Attribute::Authenticated,
    Attribute::Public,
    Attribute::Handler,
    Attribute::Get,
    Attribute::Post,
    Attribute::Put,
    Attribute::Patch,
    Attribute::Delete,
    Attribute::Head,
    Attribute::Options,
    Attribute::Trace,
    Attribute::Connect,
    Attribute::Inherit,
];

/// Of a policy that lets nobody in: one of no roles.
pub(crate) const CLOSED: &str = "RoleRule :: OneOf (& [])";

pub(crate) fn root() -> Path {
    parse_quote!(::iam_axum)
}

/// The source with all our attributes expanded.
pub(crate) fn compile(source: &str) -> Vec<Item> {
    items(syn::parse_str::<syn::File>(source).expect(source).items)
}

fn items(all: Vec<Item>) -> Vec<Item> {
    all.into_iter().flat_map(item).collect()
}

fn item(mut item: Item) -> Vec<Item> {
    let attributes = match &mut item {
        Item::Fn(item) => &mut item.attrs,
        Item::Mod(item) => &mut item.attrs,
        Item::Impl(item) => &mut item.attrs,
        Item::Struct(item) => &mut item.attrs,
        _ => return vec![item],
    };
    if let Some((attribute, args)) = first(attributes) {
        let output = iam_macros_core::expand(attribute, &root(), args, item.to_token_stream());
        return items(syn::parse2::<syn::File>(output.clone()).unwrap_or_else(|e| panic!("{e}: {output}")).items);
    }
    match &mut item {
        Item::Mod(module) => {
            if let Some((_, content)) = &mut module.content {
                *content = items(std::mem::take(content));
            }
        }
        Item::Impl(block) => {
            let methods = std::mem::take(&mut block.items);
            block.items = methods.into_iter().flat_map(method).collect();
        }
        _ => {}
    }
    vec![item]
}

fn method(mut item: ImplItem) -> Vec<ImplItem> {
    let ImplItem::Fn(method) = &mut item else { return vec![item] };
    let Some((attribute, args)) = first(&mut method.attrs) else { return vec![item] };
    let output = iam_macros_core::expand(attribute, &root(), args, item.to_token_stream());
    let block: syn::ItemImpl = parse_quote!(impl X { #output });
    block.items.into_iter().flat_map(self::method).collect()
}

/// Takes out the first attribute that is ours.
fn first(attributes: &mut Vec<syn::Attribute>) -> Option<(Attribute, TokenStream)> {
    let named = |attribute: &syn::Attribute| {
        let segments = &attribute.path().segments;
        let last = segments.last()?.ident.to_string();
        ALL.into_iter().find(|ours| ours.name() == last && segments[0].ident != "others")
    };
    let at = attributes.iter().position(|attribute| named(attribute).is_some())?;
    let attribute = attributes.remove(at);
    let args = match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    Some((named(&attribute)?, args))
}

/// All `compile_error!`s, in order.
pub(crate) fn errors(items: &[Item]) -> Vec<String> {
    struct Errors(Vec<String>);
    impl<'ast> Visit<'ast> for Errors {
        fn visit_macro(&mut self, found: &'ast syn::Macro) {
            if found.path.segments.last().is_some_and(|last| last.ident == "compile_error") {
                self.0.push(found.parse_body::<syn::LitStr>().unwrap().value());
            }
        }
    }
    let mut errors = Errors(Vec::new());
    items.iter().for_each(|item| errors.visit_item(item));
    errors.0
}

/// The function of this name, methods too.
pub(crate) fn function(items: &[Item], name: &str) -> ItemFn {
    struct Find<'a>(&'a str, Option<ItemFn>);
    impl<'ast> Visit<'ast> for Find<'_> {
        fn visit_item_fn(&mut self, function: &'ast ItemFn) {
            if function.sig.ident == self.0 {
                self.1 = Some(function.clone());
            }
            visit::visit_item_fn(self, function);
        }
        fn visit_impl_item_fn(&mut self, method: &'ast syn::ImplItemFn) {
            if method.sig.ident == self.0 {
                self.1 = Some(parse_quote!(#method));
            }
        }
    }
    let mut find = Find(name, None);
    items.iter().for_each(|item| find.visit_item(item));
    find.1.unwrap_or_else(|| panic!("no fn {name} in {}", quote!(#(#items)*)))
}

/// A handler's policy as data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Policy {
    pub(crate) public: bool,
    pub(crate) tenant: String,
    pub(crate) credential: String,
    pub(crate) roles: Vec<String>,
    pub(crate) permissions: Vec<String>,
    pub(crate) notes: Vec<String>,
}

/// Reads the policy back from an expanded function.
pub(crate) fn policy(function: &ItemFn) -> Policy {
    let returned = function.sig.output.to_token_stream().to_string();
    if returned.contains(":: Open <") || returned.contains(":: OpenRouted <") {
        return Policy { public: true, ..Policy::default() };
    }
    assert!(
        returned.contains(":: Guarded <") || returned.contains(":: Routed <"),
        "no handler: {}",
        function.to_token_stream()
    );
    let text = function.block.to_token_stream().to_string();
    let data = between(&text, "= & __iam :: PolicyData ::", ";");
    let argument = data.split_once('(').unwrap().1;
    let tenant = match argument.split_once("__IamTenants > ::") {
        Some((_, behind)) => behind.split([' ', ')', ',']).find(|word| !word.is_empty()).unwrap().to_string(),
        None => "default".into(),
    };
    let credential = match data.split_once("CredentialKind ::") {
        Some((_, kind)) => kind.trim().split([' ', ')']).next().unwrap().to_string(),
        None => "Session".into(),
    };
    let list = |name: &str| -> Vec<String> {
        let Some((_, behind)) = data.split_once(&format!(". {name} (& [")) else { return Vec::new() };
        let end = behind.find("]) .").or_else(|| behind.rfind("])")).unwrap();
        behind[..end].split('"').skip(1).step_by(2).map(String::from).collect()
    };
    let notes = data.split("Note :: ").skip(1).map(|note| note.split([' ', ',', ']']).next().unwrap().into()).collect();
    Policy { public: false, tenant, credential, roles: list("roles"), permissions: list("permissions"), notes }
}

/// A handler's own route, `GET /path`.
pub(crate) fn route(function: &ItemFn) -> Option<String> {
    let text = function.block.to_token_stream().to_string();
    let (_, route) = text.split_once("Route { method :")?;
    let mut texts = route.split('"').skip(1).step_by(2);
    Some(format!("{} {}", texts.next()?, texts.next()?))
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let (_, behind) = text.split_once(from).unwrap_or_else(|| panic!("`{from}` is not in {text}"));
    behind.split_once(to).unwrap().0
}
