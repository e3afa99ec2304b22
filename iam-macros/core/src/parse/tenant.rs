//! The tenants that a policy names.

use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::token::Paren;
use syn::{LitStr, Path, Token};

use super::rule::{Demand, TenantNames};

/// `"admin"`, `admin`, `host("customer", "dealer")`, each maybe with `in path::to::Enum`.
pub(super) fn tenant(span: Span, input: ParseStream<'_>) -> syn::Result<Demand> {
    let names = if input.peek(Ident::peek_any) && input.peek2(Paren) {
        by_host(input)?
    } else if let Some(name) = one_tenant(input)? {
        TenantNames::One(name)
    } else if input.is_empty() || input.peek(Token![crate]) || input.peek(Token![override]) {
        return Err(syn::Error::new(span, "name the tenant: `#[tenant(\"admin\")]`"));
    } else {
        return Err(input.error("a tenant is named by a string, such as `\"admin\"`"));
    };
    let of = if input.peek(Token![in]) {
        input.parse::<Token![in]>()?;
        Some(input.call(Path::parse_mod_style)?)
    } else {
        None
    };
    if let (TenantNames::One(name), true) = (&names, input.peek(Token![::])) {
        return Err(syn::Error::new(
            name.span(),
            "a tenant's name stands without its enum: `\"admin\"`, or `\"admin\" in path::to::Enum`",
        ));
    }
    if let (TenantNames::One(name), true) = (&names, input.peek(Token![=])) {
        return Err(syn::Error::new(
            name.span(),
            format!(
                "`{name} = ..` chooses no tenant: name one, `#[tenant(\"admin\")]`, or `host(\"customer\", \"dealer\")`"
            ),
        ));
    }
    if !input.is_empty() {
        if input.peek(LitStr) || !input.peek(Token![,]) {
            return Err(input.error("a comma belongs here"));
        }
        input.parse::<Token![,]>()?;
        if input.peek(LitStr) {
            return Err(input.error(
                "a second tenant: a policy belongs to one, so keep one of them, \
                 or let the host decide: `host(\"customer\", \"dealer\")`",
            ));
        }
    }
    Ok(Demand::Tenant { names, of })
}

/// A tenant's name, if one stands here.
fn one_tenant(input: ParseStream<'_>) -> syn::Result<Option<Ident>> {
    if input.peek(LitStr) {
        let literal: LitStr = input.parse()?;
        return tenant_name(&literal).map(Some);
    }
    let is_name = input.peek(Ident::peek_any) && !input.peek(Token![crate]) && !input.peek(Token![override]);
    if is_name { input.call(Ident::parse_any).map(Some) } else { Ok(None) }
}

/// `host("customer", "dealer")`
fn by_host(input: ParseStream<'_>) -> syn::Result<TenantNames> {
    let word = input.call(Ident::parse_any)?;
    if word != "host" {
        return Err(syn::Error::new(
            word.span(),
            format!(
                "`{word}(..)` chooses no tenant: name one, `#[tenant(\"admin\")]`, or `host(\"customer\", \"dealer\")`"
            ),
        ));
    }
    let list;
    syn::parenthesized!(list in input);
    let mut names: Vec<Ident> = Vec::new();
    while !list.is_empty() {
        let Some(name) = one_tenant(&list)? else {
            return Err(list.error("a tenant is named by a string, such as `\"admin\"`"));
        };
        names.push(name);
        if !list.is_empty() {
            list.parse::<Token![,]>().map_err(|error| syn::Error::new(error.span(), "a comma belongs here"))?;
        }
    }
    if names.is_empty() {
        return Err(syn::Error::new(
            word.span(),
            "name the tenants that come into question: `host(\"customer\", \"dealer\")`",
        ));
    }
    Ok(TenantNames::ByHost(word.span(), names))
}

/// The identifier under the literal's span, so that the compiler's own words
/// about an unknown one stand at the literal.
pub(super) fn tenant_name(literal: &LitStr) -> syn::Result<Ident> {
    let text = literal.value();
    let Some(mut name) = identifier(&text) else {
        let near: String = text.trim().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
        return Err(syn::Error::new(
            literal.span(),
            match identifier(&near) {
                Some(near) => format!("a tenant's name is an identifier; did you mean `\"{near}\"`?"),
                None => "a tenant's name is an identifier, such as `\"admin\"`".into(),
            },
        ));
    };
    if syn::parse2::<Ident>(name.to_token_stream()).is_err() {
        if ["self", "Self", "super", "crate"].contains(&text.as_str()) {
            return Err(syn::Error::new(literal.span(), format!("`{text}` cannot be a tenant's name")));
        }
        name = Ident::new_raw(&text, literal.span());
    }
    name.set_span(literal.span());
    Ok(name)
}

/// Keywords included. Plain names, as nearly all are, are spared the compiler's lexer, which takes time.
fn identifier(text: &str) -> Option<Ident> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(is_plain) {
        return Some(Ident::new(text, Span::call_site()));
    }
    Ident::parse_any.parse_str(text).ok().filter(|ident| ident != "_" && ident == text)
}
