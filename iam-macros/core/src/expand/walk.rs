//! Finds the handlers in a block, by its tokens: bodies stay as written.
//!
//! A handler is a function with one of our attributes or a route macro, or a
//! non-private `async fn` without `self`; private ones are helpers. Inner
//! modules and annotated `impl` blocks get the rules to hand on. What is
//! written in deeper places (a function's body, a plain `impl`, a declarative
//! macro) gets them where it carries one of our attributes, so that no nesting
//! loses a rule. A private `async fn` or an `impl` with an attribute that nobody knows
//! gets them on trial: under another name the attribute may be ours.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::items::{Attributes, Head, ItemKind};
use crate::errors::Errors;

/// Where the tokens stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Surroundings {
    /// In an annotated module.
    Module,
    /// In an annotated `impl` block.
    Impl,
    /// Deeper.
    Elsewhere,
}

/// What stands above a handler, and above what may be one.
pub(super) struct Inherit {
    pub(super) handlers: TokenStream,
    pub(super) perhaps: TokenStream,
}

/// The tokens with `inherit` above each handler; `None` if there is none.
pub(super) fn walk(
    tokens: TokenStream,
    surroundings: Surroundings,
    inherit: &Inherit,
    errors: &mut Errors,
) -> Option<TokenStream> {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let walk = Walk { surroundings, inherit, errors, output: TokenStream::new(), changed: false };
    walk.run(&tokens)
}

struct Walk<'a> {
    surroundings: Surroundings,
    inherit: &'a Inherit,
    errors: &'a mut Errors,
    output: TokenStream,
    changed: bool,
}

impl Walk<'_> {
    fn run(mut self, tokens: &[TokenTree]) -> Option<TokenStream> {
        let (mut at, mut starts_an_item) = (0, true);
        while let Some(token) = tokens.get(at) {
            if let [TokenTree::Punct(hash), TokenTree::Punct(inner), TokenTree::Group(_), ..] = &tokens[at..]
                && (hash.as_char(), inner.as_char()) == ('#', '!')
            {
                self.output.extend(tokens[at..at + 3].iter().cloned());
                (at, starts_an_item) = (at + 3, true);
                continue;
            }
            if starts_an_item {
                self.refuse_include(&tokens[at..]);
            }
            let attributes = Attributes::at(&tokens[at..]);
            let below = &tokens[at + attributes.length..];
            let head = if starts_an_item || attributes.length > 0 { Head::at(below) } else { None };
            let taken = match &head {
                Some(head) => {
                    self.item(&tokens[at..at + attributes.length], &attributes, head, below);
                    attributes.length + head.length
                }
                None if attributes.length > 0 => {
                    self.output.extend(tokens[at..at + attributes.length].iter().cloned());
                    attributes.length
                }
                None => {
                    self.token(token, starts_an_item);
                    1
                }
            };
            at += taken;
            starts_an_item = match &tokens[at - 1] {
                TokenTree::Punct(punct) => punct.as_char() == ';',
                TokenTree::Group(group) => matches!(group.delimiter(), Delimiter::Brace | Delimiter::None),
                _ => false,
            } || (head.is_none() && attributes.length > 0);
        }
        self.changed.then_some(self.output)
    }

    /// An item whose attributes and head are known.
    fn item(&mut self, attributes: &[TokenTree], found: &Attributes, head: &Head, below: &[TokenTree]) {
        let in_block = self.surroundings != Surroundings::Elsewhere;
        let is_reached = match &head.kind {
            ItemKind::Function { is_open, .. } => found.ours || (in_block && (found.route || *is_open)),
            ItemKind::Module => !found.only_in_tests,
            ItemKind::ModuleFile => {
                self.refuse_file(below, head);
                false
            }
            ItemKind::Impl | ItemKind::Fragment => found.ours,
        };
        let may_be_ours = found.unknown
            && !is_reached
            && matches!(head.kind, ItemKind::Function { is_async: true, .. } | ItemKind::Impl);
        if is_reached {
            self.output.extend(self.inherit.handlers.clone());
            self.changed = true;
        } else if may_be_ours {
            self.output.extend(self.inherit.perhaps.clone());
            self.changed = true;
        }
        self.output.extend(attributes.iter().cloned());
        for token in &below[..head.length] {
            // What carries rules hands them on by itself, but for a function's body.
            if matches!(head.kind, ItemKind::Function { .. }) || !(is_reached || may_be_ours || found.only_in_tests) {
                self.token(token, false);
            } else {
                self.output.extend([token.clone()]);
            }
        }
    }

    /// One token, looked into if it is a group.
    fn token(&mut self, token: &TokenTree, starts_an_item: bool) {
        let TokenTree::Group(group) = token else {
            self.output.extend([token.clone()]);
            return;
        };
        // A fragment of a declarative macro may be an item of this very block.
        let is_fragment = starts_an_item && group.delimiter() == Delimiter::None;
        let surroundings = if is_fragment { self.surroundings } else { Surroundings::Elsewhere };
        match walk(group.stream(), surroundings, self.inherit, self.errors) {
            Some(changed) => {
                let mut with_rules = Group::new(group.delimiter(), changed);
                with_rules.set_span(group.span());
                self.output.extend([TokenTree::Group(with_rules)]);
                self.changed = true;
            }
            None => self.output.extend([token.clone()]),
        }
    }

    /// What `include!` brings is a file too.
    fn refuse_include(&mut self, tokens: &[TokenTree]) {
        let below = Attributes::at(tokens).length;
        let path = tokens[below..].iter().take_while(|token| match token {
            TokenTree::Ident(_) => true,
            TokenTree::Punct(punct) => punct.as_char() == ':',
            _ => false,
        });
        let path: Vec<_> = path.collect();
        if self.surroundings != Surroundings::Elsewhere
            && let Some(TokenTree::Ident(name)) = path.last()
            && name == "include"
            && matches!(tokens.get(below + path.len()), Some(TokenTree::Punct(mark)) if mark.as_char() == '!')
        {
            self.errors.push(syn::Error::new(
                name.span(),
                "the rules of this block cannot reach into another file: move this `include!` out of the block",
            ));
        }
    }

    fn refuse_file(&mut self, below: &[TokenTree], head: &Head) {
        if self.surroundings == Surroundings::Elsewhere {
            return;
        }
        let name = below[..head.length].iter().rev().find_map(|token| match token {
            TokenTree::Ident(name) => Some(name),
            _ => None,
        });
        if let Some(name) = name {
            self.errors.push(syn::Error::new(
                name.span(),
                format!("the rules of this block cannot reach into another file: move `mod {name};` out of the block"),
            ));
        }
    }
}
