//! The input of `policy!`.

use proc_macro2::TokenStream;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, Token, Visibility};

use super::Written;
use crate::errors::Errors;

/// One policy as written: `pub Staff: tenant("admin"), require_role("a")`.
pub(crate) struct NamedPolicy {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
    pub(crate) rules: Vec<Written>,
}

const EXAMPLE: &str = "`pub Staff: tenant(\"admin\"), require_role(\"a\")`";

const SEPARATORS: &str = "rules are separated by `,`, policies by `;`";

impl NamedPolicy {
    /// All policies up to the first that is none; mistakes go to `errors`.
    pub(crate) fn parse_all(input: TokenStream, errors: &mut Errors) -> Vec<Self> {
        let mut policies = Vec::new();
        let parsed = (|input: ParseStream<'_>| {
            if input.is_empty() {
                return Err(input.error(format!("name a policy and its rules: {EXAMPLE}")));
            }
            while !input.is_empty() {
                policies.push(Self::parse_one(input)?);
                if !input.is_empty() && !input.peek(Token![;]) {
                    return Err(input.error(SEPARATORS));
                }
                input.parse::<Option<Token![;]>>()?;
            }
            Ok(())
        })
        .parse2(input);
        errors.take(parsed);
        policies
    }

    fn parse_one(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let name: Ident = input
            .parse()
            .map_err(|error| syn::Error::new(error.span(), format!("a policy begins with its name: {EXAMPLE}")))?;
        if !input.peek(Token![:]) {
            return Err(input.error(format!("the rules of `{name}` come behind a `:`, as in {EXAMPLE}")));
        }
        input.parse::<Token![:]>()?;
        let mut rules = Punctuated::<Written, Token![,]>::new();
        while !input.is_empty() && !input.peek(Token![;]) {
            if input.peek(Token![pub]) || input.peek(Token![#]) || (input.peek(Ident) && input.peek2(Token![:])) {
                return Err(input.error(SEPARATORS));
            }
            rules.push_value(input.parse()?);
            if !input.peek(Token![,]) {
                break;
            }
            rules.push_punct(input.parse()?);
        }
        Ok(Self { attributes, visibility, name, rules: rules.into_iter().collect() })
    }
}
