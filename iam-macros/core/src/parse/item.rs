//! The item below an attribute: its head only, the bodies stay tokens.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
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
        Self::parse_stream.parse2(unwrapped(tokens))
    }

    fn parse_stream(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut attributes = Attribute::parse_outer(input)?;
        let fork = input.fork();
        let head = &fork;
        let tokens: TokenStream = input.parse()?;
        let visibility: Visibility = head.parse()?;
        let span = head.span();
        let kind = if head.peek(Token![mod]) && head.peek2(Ident) {
            head.parse::<Token![mod]>()?;
            let name: Ident = head.parse()?;
            match block(tokens.clone()) {
                Some((head, body)) => Kind::Module { head, body },
                None => Kind::ModuleFile { tokens, name },
            }
        } else if is_impl(head)? {
            match block(tokens.clone()) {
                Some((head, body)) => Kind::Impl { head, body },
                None => return Err(syn::Error::new(span, "the braces of this `impl` are missing")),
            }
        } else if let Ok(signature) = head.parse::<Signature>() {
            let body = if head.peek(Token![;]) {
                head.parse::<Token![;]>()?;
                None
            } else {
                Some(braces(head)?)
            };
            let body = body.map(|body| outside_in(body, &mut attributes)).transpose()?;
            Kind::Function(Box::new(Function { visibility, signature, body }))
        } else {
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

/// Everything before the last token, and that token if it is a pair of braces.
fn block(tokens: TokenStream) -> Option<(TokenStream, Group)> {
    let mut head: Vec<_> = tokens.into_iter().collect();
    match head.pop()? {
        TokenTree::Group(body) if body.delimiter() == Delimiter::Brace => Some((head.into_iter().collect(), body)),
        TokenTree::Group(invisible) if invisible.delimiter() == Delimiter::None => {
            let (inner, body) = block(invisible.stream())?;
            Some((head.into_iter().chain(inner).collect(), body))
        }
        _ => None,
    }
}

fn braces(input: ParseStream<'_>) -> syn::Result<Group> {
    input.step(|cursor| match cursor.group(Delimiter::Brace) {
        Some((_, _, rest)) => {
            let mut tokens = cursor.token_stream().into_iter();
            match tokens.next() {
                Some(TokenTree::Group(group)) => Ok((innermost(group), rest)),
                _ => Err(cursor.error("the function's body belongs here")),
            }
        }
        None => Err(cursor.error("the function's body belongs here")),
    })
}

/// The braces inside the invisible groups around them.
fn innermost(group: Group) -> Group {
    if group.delimiter() != Delimiter::None {
        return group;
    }
    match group.stream().into_iter().next() {
        Some(TokenTree::Group(inner)) => innermost(inner),
        _ => group,
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
