//! From a valid model to Rust source.

mod agreement;
mod answer;
mod arguments;
mod base;
mod block;
mod conditions;
mod data;
mod declared_roles;
mod function;
mod items;
mod paths;
mod permissions;
mod policies;
mod policy;
mod roles;
mod route;
mod tenant_types;
mod tenants;
mod walk;
mod watched;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;
use syn::spanned::Spanned;

use walk::Surroundings;

pub(crate) use declared_roles::declared_roles;
pub(crate) use permissions::permissions;
pub(crate) use policies::policies;
pub(crate) use tenants::tenants;

use crate::Attribute;
use crate::errors::Errors;
use crate::model::{Demands, Level, StandIn, TenantsOf};
use crate::parse::{Inherited, Item, Kind, Route, Rule, Written, foreign_route, is_hidden};

/// One attribute on one item; cannot fail: mistakes stand behind the user's item.
pub(crate) fn attribute(attribute: Attribute, root: &Path, args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut inherited = Inherited::default();
    if attribute == Attribute::Inherit {
        inherited = errors.take(syn::parse2(args)).unwrap_or_default();
    } else {
        inherited.own.push(Written { attribute, span: Span::call_site(), args });
    }
    let item = match Item::parse(item.clone()) {
        Ok(item) => item,
        Err(error) => {
            errors.push(error);
            let errors = errors.into_tokens();
            return quote!(#item #errors);
        }
    };
    let output = Expansion { attribute, root, inherited, uses: Vec::new() }.expand(item, &mut errors);
    let errors = errors.into_tokens();
    quote!(#output #errors)
}

struct Expansion<'a> {
    attribute: Attribute,
    root: &'a Path,
    inherited: Inherited,
    /// Attributes taken from the item, as written, so that their imports count as used.
    uses: Vec<Path>,
}

impl Expansion<'_> {
    fn expand(mut self, item: Item, errors: &mut Errors) -> TokenStream {
        let Item { mut attributes, kind } = item;
        self.refuse_foreign_routes(&mut attributes, errors);
        if !self.inherited.last && attributes.iter().any(has_its_turn_first) {
            return self.after_all_others(&attributes, &kind);
        }
        let attributes = self.take_ours(attributes, errors);
        if self.inherited.perhaps && self.inherited.own.is_empty() {
            return self.no_handler(&attributes, kind, errors);
        }
        let (rules, mut failed) = rules(&self.inherited.own, errors);
        let blocks: Vec<_> = self.inherited.blocks.iter().map(|block| (block.up, &block.written)).collect();
        // A block's mistakes were reported at the block.
        let blocks = blocks.into_iter().map(|(up, written)| (up, rules_of_block(written, &mut failed)));
        let blocks: Vec<_> = blocks.collect();
        let root = self.root_of(rules.iter().chain(blocks.iter().flat_map(|(_, rules)| rules)));

        let mut found = Errors::default();
        let mut own = Level::of(0, rules, &mut found);
        let mut silent = Errors::default();
        let mut levels: Vec<_> = blocks.into_iter().map(|(up, rules)| Level::of(up, rules, &mut silent)).collect();
        let stand_in = levels.iter().chain([&own]).find_map(stand_in);
        let (handler, route) = (own.handler, own.route.take());
        levels.push(own);
        failed |= self.inherited.failed;
        let demands = Demands::of(levels, if failed { &mut silent } else { &mut found });
        failed |= !found.is_empty();
        errors.take(found.into_result());

        match kind {
            Kind::Function(function) => {
                let at = Declaration { demands, failed, stand_in, handler, route };
                self.function(&root, attributes, *function, at, errors)
            }
            Kind::Module { head, body } => {
                refuse_on_block(handler, route.as_ref(), errors);
                self.block(&root, &attributes, (&head, &body, Surroundings::Module), (&demands, failed), errors)
            }
            Kind::Impl { head, body } => {
                refuse_on_block(handler, route.as_ref(), errors);
                self.block(&root, &attributes, (&head, &body, Surroundings::Impl), (&demands, failed), errors)
            }
            Kind::ModuleFile { tokens, name } => {
                errors.push(syn::Error::new(
                    name.span(),
                    format!(
                        "an attribute cannot reach into another file: write `mod {name} {{ .. }}` with the handlers in it, \
                         or put `#[{}]` on the handlers there",
                        self.attribute.name()
                    ),
                ));
                quote!(#(#attributes)* #tokens)
            }
            Kind::Other { tokens, span } => {
                errors.push(syn::Error::new(
                    span,
                    format!(
                        "`#[{}]` goes on a handler (an `async fn`), an inline `mod` or an `impl` block",
                        self.attribute.name()
                    ),
                ));
                quote!(#(#attributes)* #tokens)
            }
        }
    }

    /// Those of several routes cannot be taken over; what they stand above goes with them.
    fn refuse_foreign_routes(&mut self, attributes: &mut Vec<syn::Attribute>, errors: &mut Errors) {
        let refused: Vec<_> = attributes.iter().filter_map(foreign_route::refused).collect();
        if refused.is_empty() {
            return;
        }
        self.inherited.failed = true;
        let is_route = |written: syn::Result<Written>| written.is_ok_and(|written| written.attribute.is_route());
        attributes.retain(|attribute| {
            foreign_route::refused(attribute).is_none() && !Written::from_attribute(attribute).is_some_and(is_route)
        });
        refused.into_iter().for_each(|error| errors.push(error));
    }

    /// The same item with every other attribute macro in front: ours is to see
    /// what they make of the function, and they the function as written.
    fn after_all_others(mut self, attributes: &[syn::Attribute], kind: &Kind) -> TokenStream {
        self.inherited.last = true;
        let (ours, others): (Vec<_>, Vec<_>) = attributes.iter().partition(|attribute| is_ours(attribute));
        let (root, inherited) = (self.named_root(), &self.inherited);
        quote!(#(#others)* #[#root::__private::inherit(#inherited)] #(#ours)* #kind)
    }

    /// The root, where the rules were not read yet.
    fn named_root(&self) -> Path {
        let blocks = self.inherited.blocks.iter().flat_map(|block| &block.written);
        let written = self.inherited.own.iter().chain(blocks);
        let rules: Vec<_> = written.filter_map(|written| Rule::parse(written).ok()).collect();
        self.root_of(rules.iter())
    }

    /// The root that the item's own rules name, or the blocks around it, or the adapter's.
    fn root_of<'r>(&self, mut rules: impl Iterator<Item = &'r Rule>) -> Path {
        rules.find_map(|rule| rule.root.as_ref()).unwrap_or(self.root).clone()
    }

    /// Moves our attributes from the item to the rules.
    fn take_ours(&mut self, attributes: Vec<syn::Attribute>, errors: &mut Errors) -> Vec<syn::Attribute> {
        let mut others = Vec::with_capacity(attributes.len());
        for attribute in attributes {
            if is_hidden(attribute.path()) {
                if let Some(more) = errors.take(attribute.parse_args::<Inherited>()) {
                    self.inherited.absorb(more);
                }
            } else if let Some(written) = Written::from_attribute(&attribute) {
                self.uses.push(attribute.path().clone());
                match written {
                    Ok(written) => self.inherited.own.push(written),
                    Err(error) => {
                        errors.push(error);
                        self.inherited.failed = true;
                    }
                }
            } else if names_the_macro(&attribute) {
                let meant = attribute.meta.require_list().map(|list| list.tokens.to_string()).unwrap_or_default();
                errors.push(syn::Error::new_spanned(
                    attribute.path(),
                    format!("`policy!` makes a policy; a handler demands one by `#[require_policy({meant})]`"),
                ));
                self.inherited.failed = true;
            } else {
                others.push(attribute);
            }
        }
        others
    }

    /// Makes imports of the attributes that were taken away count as used. One
    /// that was never imported is an error under its own name.
    fn uses(&self, is_variable: impl Fn(&Ident) -> bool) -> Vec<TokenStream> {
        let import = |path: &Path| {
            let mut path = path.clone();
            // An argument may have the name of an attribute: to what macros write it is no variable.
            if let Some(name) = path.segments.first_mut().filter(|first| is_variable(&first.ident)) {
                name.ident.set_span(name.ident.span().resolved_at(Span::mixed_site()));
            }
            quote_spanned!(path.span()=> #path as _)
        };
        self.uses.iter().map(import).collect()
    }
}

/// Imports that nothing has to need.
fn imports(all: &[TokenStream]) -> TokenStream {
    match all {
        [] => TokenStream::new(),
        [only] => quote!(#[allow(unused_imports)] use #only;),
        all => quote!(#[allow(unused_imports)] use {#(#all),*};),
    }
}

fn refuse_on_block(handler: Option<Span>, route: Option<&(Span, Route)>, errors: &mut Errors) {
    if let Some(span) = handler {
        errors.push(syn::Error::new(span, "`#[handler]` marks one handler: on a block it says nothing"));
    }
    if let Some((span, _)) = route {
        errors.push(syn::Error::new(*span, "a route is of one handler: put it above a function of the block"));
    }
}

/// What is known about a function's policy.
struct Declaration {
    demands: Demands,
    /// Whether a mistake was reported already.
    failed: bool,
    /// The enum that a closed stand-in is written for, if one was named.
    stand_in: Option<StandIn>,
    handler: Option<Span>,
    route: Option<(Span, Route)>,
}

fn stand_in(level: &Level) -> Option<StandIn> {
    let named = level.tenant.as_ref().and_then(|tenant| tenant.of.clone()).map(TenantsOf::Enum);
    let of_policy = level.bases.first().map(|(_, path)| TenantsOf::Policy(path.clone()));
    named.or(of_policy).map(|tenants| StandIn { tenants, up: level.up })
}

/// The rules as far as they are understood, and whether some were not.
fn rules(written: &[Written], errors: &mut Errors) -> (Vec<Rule>, bool) {
    let rules: Vec<_> = written.iter().filter_map(|written| errors.take(Rule::parse(written))).collect();
    let failed = rules.len() < written.len();
    (rules, failed)
}

fn rules_of_block(written: &[Written], failed: &mut bool) -> Vec<Rule> {
    let (rules, some_failed) = rules(written, &mut Errors::default());
    *failed |= some_failed;
    rules
}

fn is_ours(attribute: &syn::Attribute) -> bool {
    is_hidden(attribute.path()) || Written::from_attribute(attribute).is_some() || names_the_macro(attribute)
}

/// `#[policy(Staff)]`: the name of the macro that makes policies, which is no attribute.
fn names_the_macro(attribute: &syn::Attribute) -> bool {
    attribute.path().is_ident("policy") && matches!(attribute.meta, syn::Meta::List(_))
}

/// Whether this may be a macro (or `cfg`), so that it has to come before ours.
///
/// The rest is known to stay where it is for ever.
fn has_its_turn_first(attribute: &syn::Attribute) -> bool {
    const INERT: [&str; 14] = [
        "doc",
        "allow",
        "warn",
        "deny",
        "forbid",
        "expect",
        "must_use",
        "inline",
        "cold",
        "deprecated",
        "track_caller",
        "no_mangle",
        "non_exhaustive",
        "macro_use",
    ];
    const TOOLS: [&str; 4] = ["rustfmt", "clippy", "diagnostic", "rust_analyzer"];
    let path = attribute.path();
    let is_inert = INERT.iter().any(|name| path.is_ident(name));
    let is_tool = path.segments.len() > 1 && TOOLS.iter().any(|tool| path.segments[0].ident == tool);
    !is_inert && !is_tool && !is_ours(attribute)
}
