//! The input of `policy!`.

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Ident, Token, Visibility};

use super::Written;
use crate::errors::Errors;

/// One policy as written: `pub Staff: tenant("admin"), require_role("a")`.
pub(crate) struct NamedPolicy {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
    /// Those that are understood.
    pub(crate) rules: Vec<Written>,
    /// Whether a mistake was reported already.
    pub(crate) failed: bool,
}

const EXAMPLE: &str = "`pub Staff: tenant(\"admin\"), require_role(\"a\")`";

const SEPARATORS: &str = "rules are separated by `,`, policies by `;`";

impl NamedPolicy {
    /// All policies that have a name, so that nothing else misses one that has a mistake too.
    pub(crate) fn parse_all(input: TokenStream, errors: &mut Errors) -> Vec<Self> {
        let mut policies = Vec::new();
        let parsed = (|input: ParseStream<'_>| {
            if input.is_empty() {
                return Err(input.error(format!("name a policy and its rules: {EXAMPLE}")));
            }
            while !input.is_empty() {
                let mut found = Errors::default();
                let policy = found.take(Self::named(input)).map(|policy| policy.with_rules(input, &mut found));
                if found.is_empty() && !input.is_empty() && !input.peek(Token![;]) {
                    found.push(input.error(SEPARATORS));
                }
                let failed = !found.is_empty();
                policies.extend(policy.map(|policy| Self { failed, ..policy }));
                errors.take(found.into_result());
                skip(input, begins_a_policy)?;
                input.parse::<Option<Token![;]>>()?;
            }
            Ok(())
        })
        .parse2(input);
        errors.take(parsed);
        policies
    }

    /// What stands before the rules.
    fn named(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let name: Ident = input
            .parse()
            .map_err(|error| syn::Error::new(error.span(), format!("a policy begins with its name: {EXAMPLE}")))?;
        Ok(Self { attributes, visibility, name, rules: Vec::new(), failed: false })
    }

    /// Behind the name.
    fn with_rules(mut self, input: ParseStream<'_>, errors: &mut Errors) -> Self {
        let name = &self.name;
        if !input.peek(Token![:]) || input.peek(Token![::]) {
            errors.push(input.error(format!("the rules of `{name}` come behind a `:`, as in {EXAMPLE}")));
            return self;
        }
        if let Err(error) = input.parse::<Token![:]>() {
            errors.push(error);
        }
        while !input.is_empty() && !input.peek(Token![;]) {
            if begins_a_policy(input) {
                errors.push(input.error(SEPARATORS));
                return self;
            }
            match input.parse() {
                Ok(rule) => self.rules.push(rule),
                Err(error) => {
                    errors.push(error);
                    // What the unknown rule takes.
                    let at_comma = |input: ParseStream<'_>| input.peek(Token![,]) || begins_a_policy(input);
                    if skip(input, at_comma).is_err() {
                        return self;
                    }
                }
            }
            if input.parse::<Token![,]>().is_err() {
                break;
            }
        }
        self
    }
}

/// Whether a policy of its own stands here, and no rule.
fn begins_a_policy(input: ParseStream<'_>) -> bool {
    let is_named = input.peek(Ident) && input.peek2(Token![:]) && !input.peek2(Token![::]);
    is_named || input.peek(Token![pub]) || input.peek(Token![#])
}

/// Goes on to a `;`, or to where `until` holds.
fn skip(input: ParseStream<'_>, until: impl Fn(ParseStream<'_>) -> bool) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![;]) && !until(input) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}
