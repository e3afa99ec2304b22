//! Where an item begins in a block's tokens, and what it is.

use proc_macro2::{Delimiter, Group, Spacing, TokenTree};
use syn::parse::Parser;

use super::has_its_turn_first;
use crate::parse::names_ours;

/// A run of outer attributes.
#[derive(Default)]
pub(super) struct Attributes {
    pub(super) length: usize,
    pub(super) ours: bool,
    pub(super) route: bool,
    pub(super) only_in_tests: bool,
    /// One that may be a macro, and ours under another name.
    pub(super) unknown: bool,
}

impl Attributes {
    pub(super) fn at(tokens: &[TokenTree]) -> Self {
        let mut found = Self::default();
        while let [TokenTree::Punct(hash), TokenTree::Group(brackets), ..] = &tokens[found.length..]
            && hash.as_char() == '#'
            && brackets.delimiter() == Delimiter::Bracket
        {
            found.ours |= names_ours(brackets.stream());
            found.route |= names_a_route(brackets);
            found.unknown |= may_be_a_macro(&tokens[found.length..found.length + 2]);
            found.only_in_tests |= brackets.stream().to_string().replace(' ', "") == "cfg(test)";
            found.length += 2;
        }
        found
    }
}

fn may_be_a_macro(attribute: &[TokenTree]) -> bool {
    let attribute = syn::Attribute::parse_outer.parse2(attribute.iter().cloned().collect());
    attribute.is_ok_and(|attributes| attributes.iter().any(has_its_turn_first))
}

/// Route macros that actix-web has beside those of the methods, which are ours as well.
fn names_a_route(brackets: &Group) -> bool {
    const ROUTES: [&str; 2] = ["route", "routes"];
    let path = brackets.stream().into_iter().take_while(|token| !matches!(token, TokenTree::Group(_)));
    path.last().is_some_and(|last| ROUTES.iter().any(|route| last.to_string() == *route))
}

/// The start of an item that may carry rules.
pub(super) struct Head {
    pub(super) kind: ItemKind,
    /// Up to the braces or the semicolon, which belong to it.
    pub(super) length: usize,
}

pub(super) enum ItemKind {
    /// `is_open`: not private, `async`, without `self`.
    Function {
        is_async: bool,
        is_open: bool,
    },
    Module,
    ModuleFile,
    Impl,
    /// `$item` in a declarative macro's definition.
    Fragment,
}

impl Head {
    pub(super) fn at(tokens: &[TokenTree]) -> Option<Self> {
        if let [TokenTree::Punct(dollar), TokenTree::Ident(_), ..] = tokens
            && dollar.as_char() == '$'
            && visibility(tokens).0 == 0
        {
            return Some(Self { kind: ItemKind::Fragment, length: 2 });
        }
        let (mut at, is_public) = visibility(tokens);
        let mut is_async = false;
        loop {
            let TokenTree::Ident(word) = tokens.get(at)? else { return None };
            at += 1;
            match word.to_string().as_str() {
                "async" => is_async = true,
                "default" | "const" | "unsafe" | "safe" => {}
                "extern" => at += usize::from(matches!(tokens.get(at), Some(TokenTree::Literal(_)))),
                // A name, or the `$name` of a declarative macro; `fn(` is a type.
                "fn" if !matches!(tokens.get(at), Some(TokenTree::Group(g)) if g.delimiter() == Delimiter::Parenthesis) =>
                {
                    let is_open = is_public && is_async && !takes_self(&tokens[at..]);
                    // In a declarative macro's definition the body may be a `$body`.
                    let length = end(tokens, at).unwrap_or(at);
                    return Some(Self { kind: ItemKind::Function { is_async, is_open }, length });
                }
                "mod" => {
                    let (length, name) = (end(tokens, at)?, tokens.get(at));
                    let is_inline = matches!(tokens.get(length - 1), Some(TokenTree::Group(_)));
                    let is_item = matches!(name, Some(TokenTree::Ident(_)));
                    let kind = if is_inline { ItemKind::Module } else { ItemKind::ModuleFile };
                    return is_item.then_some(Self { kind, length });
                }
                "impl" => return Some(Self { kind: ItemKind::Impl, length: end(tokens, at)? }),
                _ => return None,
            }
        }
    }
}

/// Its length, and whether it makes an item more than private.
fn visibility(tokens: &[TokenTree]) -> (usize, bool) {
    match tokens {
        [TokenTree::Ident(word), TokenTree::Group(reach), ..]
            if word == "pub" && reach.delimiter() == Delimiter::Parenthesis =>
        {
            (2, true)
        }
        [TokenTree::Ident(word), ..] if word == "pub" => (1, true),
        // `$vis` in a declarative macro's definition, then in its expansion.
        [TokenTree::Punct(dollar), TokenTree::Ident(_), TokenTree::Ident(_), ..] if dollar.as_char() == '$' => {
            (2, true)
        }
        [TokenTree::Group(fragment), TokenTree::Ident(_), ..] if fragment.delimiter() == Delimiter::None => {
            let inner: Vec<_> = fragment.stream().into_iter().collect();
            let (length, is_public) = visibility(&inner);
            if length == inner.len() { (1, is_public) } else { (0, false) }
        }
        _ => (0, false),
    }
}

/// Behind the first braces outside `<..>`, or the semicolon.
fn end(tokens: &[TokenTree], from: usize) -> Option<usize> {
    let (mut depth, mut is_arrow) = (0_usize, false);
    for (at, token) in tokens.iter().enumerate().skip(from) {
        match token {
            TokenTree::Punct(punct) => {
                match punct.as_char() {
                    ';' => return Some(at + 1),
                    '<' => depth += 1,
                    '>' if !is_arrow => depth = depth.saturating_sub(1),
                    _ => {}
                }
                is_arrow = matches!(punct.as_char(), '-' | '=') && punct.spacing() == Spacing::Joint;
            }
            TokenTree::Group(group) if depth == 0 && holds_braces(group) => return Some(at + 1),
            _ => is_arrow = false,
        }
    }
    None
}

fn holds_braces(group: &Group) -> bool {
    match group.delimiter() {
        Delimiter::Brace => true,
        // `$body:block` of a declarative macro.
        Delimiter::None => {
            let mut inner = group.stream().into_iter();
            matches!((inner.next(), inner.next()), (Some(TokenTree::Group(only)), None) if holds_braces(&only))
        }
        _ => false,
    }
}

fn takes_self(signature: &[TokenTree]) -> bool {
    let arguments = signature.iter().find_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => Some(group.stream()),
        _ => None,
    });
    // `self`, `mut self`, `&self`, `&'a mut self`, `self: Arc<Self>`, maybe below attributes.
    for token in arguments.into_iter().flatten() {
        match token {
            TokenTree::Ident(word) if word == "self" => return true,
            TokenTree::Punct(punct) if matches!(punct.as_char(), ',' | ':') => return false,
            _ => {}
        }
    }
    false
}
