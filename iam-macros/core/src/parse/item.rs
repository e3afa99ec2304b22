//! The item below an attribute: its head only, the bodies stay tokens.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::{AttrStyle, Attribute, Ident, Signature, Token, Visibility};

/// An item with its outer attributes.
pub(crate) struct Item {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) kind: Kind,
}

pub(crate) enum Kind {
    Function(Box<Function>),
    /// `mod name { .. }`; `head` is all before the braces.
    Module {
        head: TokenStream,
        body: Group,
    },
    /// `impl .. { .. }`; `head` is all before the braces.
    Impl {
        head: TokenStream,
        body: Group,
    },
    /// `mod name;`
    ModuleFile {
        tokens: TokenStream,
        name: Ident,
    },
    /// Whatever cannot carry a policy.
    Other {
        tokens: TokenStream,
        span: Span,
    },
}

/// A function, its body not looked into.
pub(crate) struct Function {
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    /// The body with its braces; a declaration has none.
    pub(crate) body: Option<Group>,
}

impl Item {
    pub(crate) fn parse(tokens: TokenStream) -> syn::Result<Self> {
        // The braces are put aside first: a parser reads all that it is given, and a body is long.
        let (head, body) = ahead_of_braces(unwrapped(tokens));
        (|input: ParseStream<'_>| Self::parse_head(input, body)).parse2(head)
    }

    fn parse_head(input: ParseStream<'_>, body: Option<Group>) -> syn::Result<Self> {
        let mut attributes = Attribute::parse_outer(input)?;
        let ahead = input.fork();
        let visibility: Visibility = ahead.parse()?;
        let span =
            if ahead.is_empty() { body.as_ref().map_or_else(|| ahead.span(), Group::span) } else { ahead.span() };
        let kind = if ahead.peek(Token![mod]) && ahead.peek2(Ident) {
            ahead.parse::<Token![mod]>()?;
            let name: Ident = ahead.parse()?;
            match (input.parse()?, body) {
                (head, Some(body)) => Kind::Module { head, body },
                (tokens, None) => Kind::ModuleFile { tokens, name },
            }
        } else if is_impl(&ahead)? {
            match (input.parse()?, body) {
                (head, Some(body)) => Kind::Impl { head, body },
                (_, None) => return Err(syn::Error::new(span, "the braces of this `impl` are missing")),
            }
        } else if let Ok(signature) = ahead.parse::<Signature>() {
            input.advance_to(&ahead);
            let is_declaration = body.is_none() && input.parse::<Option<Token![;]>>()?.is_some();
            if !input.is_empty() || (body.is_none() && !is_declaration) {
                return Err(input.error("the function's body belongs here"));
            }
            let body = body.map(|body| outside_in(body, &mut attributes)).transpose()?;
            Kind::Function(Box::new(Function { visibility, signature, body }))
        } else {
            let mut tokens: TokenStream = input.parse()?;
            body.to_tokens(&mut tokens);
            Kind::Other { tokens, span }
        };
        Ok(Self { attributes, kind })
    }
}

impl ToTokens for Kind {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Function(function) => {
                function.visibility.to_tokens(tokens);
                function.signature.to_tokens(tokens);
                match &function.body {
                    Some(body) => body.to_tokens(tokens),
                    None => <Token![;]>::default().to_tokens(tokens),
                }
            }
            Self::Module { head, body } | Self::Impl { head, body } => {
                head.to_tokens(tokens);
                body.to_tokens(tokens);
            }
            Self::ModuleFile { tokens: item, .. } | Self::Other { tokens: item, .. } => item.to_tokens(tokens),
        }
    }
}

/// A fragment of a declarative macro arrives in an invisible group.
fn unwrapped(tokens: TokenStream) -> TokenStream {
    let mut all = tokens.clone().into_iter();
    match (all.next(), all.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::None => unwrapped(group.stream()),
        _ => tokens,
    }
}

fn is_impl(head: ParseStream<'_>) -> syn::Result<bool> {
    let ahead = head.fork();
    ahead.parse::<Option<Token![default]>>()?;
    ahead.parse::<Option<Token![unsafe]>>()?;
    Ok(ahead.peek(Token![impl]))
}

/// Everything before the last token, and that token if it is a pair of braces, maybe in invisible groups.
fn ahead_of_braces(tokens: TokenStream) -> (TokenStream, Option<Group>) {
    let mut all: Vec<_> = tokens.clone().into_iter().collect();
    match all.pop() {
        Some(TokenTree::Group(body)) if body.delimiter() == Delimiter::Brace => (all.into_iter().collect(), Some(body)),
        Some(TokenTree::Group(invisible)) if invisible.delimiter() == Delimiter::None => {
            match ahead_of_braces(invisible.stream()) {
                (head, Some(body)) => (all.into_iter().chain(head).collect(), Some(body)),
                (_, None) => (tokens, None),
            }
        }
        _ => (tokens, None),
    }
}

/// `#![..]` in a body means the same above the function, where statements put
/// in front of the body cannot come between.
fn outside_in(body: Group, attributes: &mut Vec<Attribute>) -> syn::Result<Group> {
    let mut tokens = body.stream().into_iter();
    let starts_inner = matches!(tokens.next(), Some(TokenTree::Punct(p)) if p.as_char() == '#')
        && matches!(tokens.next(), Some(TokenTree::Punct(p)) if p.as_char() == '!');
    if !starts_inner {
        return Ok(body);
    }
    let split = |input: ParseStream<'_>| Ok((Attribute::parse_inner(input)?, input.parse::<TokenStream>()?));
    let (inner, rest) = split.parse2(body.stream())?;
    attributes.extend(inner.into_iter().map(|attribute| Attribute { style: AttrStyle::Outer, ..attribute }));
    let mut without = Group::new(Delimiter::Brace, rest);
    without.set_span(body.span());
    Ok(without)
}
