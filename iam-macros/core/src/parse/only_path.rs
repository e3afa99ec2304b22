//! The one path that some attributes take.

use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::token::Paren;
use syn::{LitStr, Path, Token};

use super::rule::refuse_self;
use crate::errors::Errors;

/// The words about an attribute that takes one path.
pub(super) struct OnePath {
    name: &'static str,
    what: &'static str,
    /// What is said where the path is missing.
    absent: &'static str,
}

pub(super) const CHECK: OnePath =
    OnePath { name: "require", what: "check", absent: "name your check, an `async fn`: `#[require(path::to::check)]`" };

pub(super) const POLICY: OnePath = OnePath {
    name: "require_policy",
    what: "policy",
    absent: "name a policy that `policy!` makes: `#[require_policy(Staff)]`",
};

pub(super) fn only_path(words: &OnePath, span: Span, input: ParseStream<'_>) -> syn::Result<Path> {
    let OnePath { name, what, absent } = words;
    if !input.peek(Token![::]) && !input.peek(Ident::peek_any) {
        if let Ok(quoted) = input.fork().parse::<LitStr>()
            && let Ok(path) = quoted.parse_with(Path::parse_mod_style)
        {
            let path = path.to_token_stream().to_string().replace(' ', "");
            return Err(syn::Error::new(quoted.span(), format!("without quotes: `#[{name}({path})]`")));
        }
        let at = if input.is_empty() { span } else { input.span() };
        return Err(syn::Error::new(at, absent));
    }
    let path = input.call(Path::parse_mod_style)?;
    let spelt = path.to_token_stream().to_string().replace(' ', "");
    if input.peek(Paren) {
        return Err(input.error(format!("name the {what} without calling it: `#[{name}({spelt})]`")));
    }
    if input.peek(Token![,])
        && input.peek2(Ident::peek_any)
        && !input.peek2(Token![crate])
        && !input.peek2(Token![override])
    {
        return Err(input.error(format!("one {what} per attribute: write a `#[{name}(..)]` for each")));
    }
    let mut errors = Errors::default();
    refuse_self(&path, &mut errors);
    errors.into_result()?;
    Ok(path)
}
