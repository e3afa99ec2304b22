//! One of our attributes, as somebody wrote it.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Meta, Path};

use crate::Attribute;
use crate::errors::nearest;

/// An attribute and its arguments, not looked into yet.
#[derive(Clone)]
pub(crate) struct Written {
    pub(crate) attribute: Attribute,
    /// The attribute's name; of the one being expanded the whole attribute.
    pub(crate) span: Span,
    pub(crate) args: TokenStream,
}

impl Written {
    /// `None` for attributes that are not ours, by the last segment of any path:
    /// a macro cannot see what a path resolves to.
    pub(crate) fn from_attribute(attribute: &syn::Attribute) -> Option<syn::Result<Self>> {
        let name = &attribute.path().segments.last()?.ident;
        let ours = Attribute::from_name(&name.to_string())?;
        let args = match &attribute.meta {
            Meta::Path(_) => TokenStream::new(),
            Meta::List(list) => list.tokens.clone(),
            Meta::NameValue(_) if ours.is_only_with_a_path() => return None,
            Meta::NameValue(pair) => {
                let value = pair.value.to_token_stream();
                return Some(Err(syn::Error::new_spanned(
                    pair,
                    format!("the arguments stand in parentheses: `#[{}({value})]`", ours.name()),
                )));
            }
        };
        if ours.is_only_with_a_path() && !begins_with_a_text(&args) {
            return None;
        }
        Some(Ok(Self { attribute: ours, span: name.span(), args }))
    }
}

/// As a path does: `#[trace]` is also the name of an attribute that writes traces.
fn begins_with_a_text(args: &TokenStream) -> bool {
    matches!(flat(args.clone()).first(), Some(TokenTree::Literal(literal)) if literal.to_string().ends_with('"'))
}

/// Whether this is the attribute that blocks put above their handlers.
pub(crate) fn is_hidden(path: &Path) -> bool {
    let mut names = path.segments.iter().rev().map(|segment| &segment.ident);
    names.next().is_some_and(|name| name == Attribute::Inherit.name())
        && names.next().is_some_and(|name| name == "__private")
}

/// Whether the brackets of an attribute hold one of ours, also under `cfg_attr`.
pub(crate) fn names_ours(brackets: TokenStream) -> bool {
    let mut name = None;
    let mut args = TokenStream::new();
    for token in flat(brackets) {
        match token {
            TokenTree::Ident(ident) => name = Some(ident),
            TokenTree::Punct(punct) if punct.as_char() == ':' => {}
            TokenTree::Group(group) if name.as_ref().is_some_and(|name| name == "cfg_attr") => {
                return flat(group.stream()).into_iter().any(|token| match token {
                    TokenTree::Ident(ident) => Attribute::from_name(&ident.to_string()).is_some(),
                    _ => false,
                });
            }
            TokenTree::Group(group) => {
                args = group.stream();
                break;
            }
            _ => break,
        }
    }
    name.and_then(|name| Attribute::from_name(&name.to_string()))
        .is_some_and(|ours| !ours.is_only_with_a_path() || begins_with_a_text(&args))
}

/// Without the invisible groups around fragments of declarative macros.
fn flat(tokens: TokenStream) -> Vec<TokenTree> {
    let mut all = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => all.extend(flat(group.stream())),
            token => all.push(token),
        }
    }
    all
}

impl Parse for Written {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.call(Ident::parse_any)?;
        let attribute = Attribute::from_name(&name.to_string()).ok_or_else(|| {
            let known: Vec<_> =
                Attribute::WRITTEN.into_iter().filter(|known| known.demands()).map(Attribute::name).collect();
            let message = match nearest(&name.to_string(), &known) {
                Some(near) => format!("there is no rule `{name}`; did you mean `{near}`?"),
                None => format!("there is no rule `{name}`; there are `{}`", known.join("`, `")),
            };
            syn::Error::new(name.span(), message)
        })?;
        let args = if input.peek(syn::token::Paren) {
            let args;
            syn::parenthesized!(args in input);
            args.parse()?
        } else {
            TokenStream::new()
        };
        Ok(Self { attribute, span: name.span(), args })
    }
}

impl ToTokens for Written {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let (name, args) = (Ident::new(self.attribute.name(), self.span), &self.args);
        tokens.extend(quote!(#name(#args)));
    }
}
