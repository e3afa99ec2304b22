//! Finds the handlers in a block, by its tokens: bodies stay as written.
//!
//! A handler is a function with one of our attributes or a route macro, or a
//! non-private `async fn` without `self`; private ones are helpers. Inner
//! modules and annotated `impl` blocks get the rules to hand on. What is
//! written in deeper places (a function's body, a plain `impl`, a declarative
//! macro) gets them where it carries one of our attributes, so that no nesting
//! loses a rule.

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};

use crate::errors::Errors;
use crate::parse::names_ours;

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

/// The tokens with `inherit` above each handler; `None` if there is none.
pub(super) fn walk(
    tokens: TokenStream,
    surroundings: Surroundings,
    inherit: &TokenStream,
    errors: &mut Errors,
) -> Option<TokenStream> {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let walk = Walk { surroundings, inherit, errors, output: TokenStream::new(), changed: false };
    walk.run(&tokens)
}

struct Walk<'a> {
    surroundings: Surroundings,
    inherit: &'a TokenStream,
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
            ItemKind::Function { is_open } => found.ours || (in_block && (found.route || *is_open)),
            ItemKind::Module => !found.only_in_tests,
            ItemKind::ModuleFile => {
                self.refuse_file(below, head);
                false
            }
            ItemKind::Impl | ItemKind::Fragment => found.ours,
        };
        if is_reached {
            self.output.extend(self.inherit.clone());
            self.changed = true;
        }
        self.output.extend(attributes.iter().cloned());
        for token in &below[..head.length] {
            // What is reached hands its rules on by itself, but for a function's body.
            if matches!(head.kind, ItemKind::Function { .. }) || !(is_reached || found.only_in_tests) {
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

/// A run of outer attributes.
#[derive(Default)]
struct Attributes {
    length: usize,
    ours: bool,
    route: bool,
    only_in_tests: bool,
}

impl Attributes {
    fn at(tokens: &[TokenTree]) -> Self {
        let mut found = Self::default();
        while let [TokenTree::Punct(hash), TokenTree::Group(brackets), ..] = &tokens[found.length..]
            && hash.as_char() == '#'
            && brackets.delimiter() == Delimiter::Bracket
        {
            found.ours |= names_ours(brackets.stream());
            found.route |= names_a_route(brackets);
            found.only_in_tests |= brackets.stream().to_string().replace(' ', "") == "cfg(test)";
            found.length += 2;
        }
        found
    }
}

/// Route macros that actix-web has beside those of the methods, which are ours as well.
fn names_a_route(brackets: &Group) -> bool {
    const ROUTES: [&str; 2] = ["route", "routes"];
    let path = brackets.stream().into_iter().take_while(|token| !matches!(token, TokenTree::Group(_)));
    path.last().is_some_and(|last| ROUTES.iter().any(|route| last.to_string() == *route))
}

/// The start of an item that may carry rules.
struct Head {
    kind: ItemKind,
    /// Up to the braces or the semicolon, which belong to it.
    length: usize,
}

enum ItemKind {
    /// `is_open`: not private, `async`, without `self`.
    Function {
        is_open: bool,
    },
    Module,
    ModuleFile,
    Impl,
    /// `$item` in a declarative macro's definition.
    Fragment,
}

impl Head {
    fn at(tokens: &[TokenTree]) -> Option<Self> {
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
                    return Some(Self { kind: ItemKind::Function { is_open }, length });
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
