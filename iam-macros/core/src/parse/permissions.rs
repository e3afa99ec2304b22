//! The input of `define_permissions!`.

use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, LitStr, Path, Token, Visibility};

use super::arguments::Arguments;
use crate::errors::Errors;

/// What is to be made of which file.
pub(crate) struct Permissions {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    /// The module to make, or the items alone.
    pub(crate) module: Option<Ident>,
    pub(crate) file: LitStr,
    pub(crate) root: Option<Path>,
}

mod kw {
    syn::custom_keyword!(from);
}

const EXAMPLE: &str = "`define_permissions!(from \"namespaces.keto.ts\")`, \
                       or `pub mod permissions from \"namespaces.keto.ts\"` in its braces";

impl Permissions {
    pub(crate) fn parse(input: TokenStream, errors: &mut Errors) -> Option<Self> {
        let mut inner = Errors::default();
        let parsed = (|input: ParseStream<'_>| Self::parse_stream(input, &mut inner)).parse2(input);
        let permissions = errors.take(parsed);
        errors.take(inner.into_result());
        permissions
    }

    fn parse_stream(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Self> {
        let advice =
            |input: ParseStream<'_>| syn::Error::new(input.span(), format!("name Ory's file of namespaces: {EXAMPLE}"));
        if input.is_empty() {
            return Err(advice(input));
        }
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let module = if input.peek(Token![mod]) {
            input.parse::<Token![mod]>()?;
            Some(input.call(Ident::parse_any)?)
        } else {
            None
        };
        if !input.peek(kw::from) {
            return Err(advice(input));
        }
        input.parse::<kw::from>()?;
        if !input.peek(LitStr) {
            return Err(advice(input));
        }
        let file: LitStr = input.parse()?;
        if let (None, Some(attribute)) = (&module, attributes.first()) {
            errors.push(syn::Error::new_spanned(
                attribute,
                "an attribute goes on a module: `#[..] pub mod permissions from \"..\"`",
            ));
        }
        input.parse::<Option<Token![,]>>()?;
        let mut args = Arguments::parse_for("define_permissions!", input)?;
        let root = args.root(errors);
        args.finish(&["crate"], errors);
        Ok(Self { attributes, visibility, module, file, root })
    }
}
