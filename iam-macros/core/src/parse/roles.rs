//! `"a", STAFF, all("b", not("c")), fresh = "5s"`

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::token::Bracket;
use syn::{LitStr, Path, Token};

use super::arguments::{Arguments, comma};
use super::duration::millis;
use super::rule::sound;
use crate::Attribute;
use crate::errors::Errors;

/// What one attribute demands of roles.
#[derive(Clone)]
pub(crate) struct RoleDemand {
    /// One of these.
    pub(crate) alternatives: Vec<Role>,
    /// How old an answer of Ory's may be, in milliseconds.
    pub(crate) fresh: Option<u64>,
}

/// A role, or a demand on several.
#[derive(Clone)]
pub(crate) enum Role {
    Name(LitStr),
    Constant(Path),
    Any(Vec<Role>),
    All(Vec<Role>),
    Not(Span, Box<Role>),
}

const EXAMPLE: &str =
    "a role is a string, such as `\"platform:admin\"`, a constant, or `all(..)`, `any(..)`, `not(..)` of them";

/// The arguments of `#[require_role]`; keys are left to `Arguments`.
pub(super) fn roles(span: Span, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<(RoleDemand, Arguments)> {
    let mut alternatives = Vec::new();
    while !input.is_empty() && !is_key(input) {
        alternatives.push(role(input, errors)?);
        separator(input)?;
    }
    let mut args = Arguments::parse(Attribute::RequireRole, input)?;
    let fresh = args.text("fresh", errors);
    if alternatives.is_empty() && !args.has_others_than(&["crate"]) {
        errors.push(syn::Error::new(
            span,
            "an empty list of roles lets nobody in: name at least one, `#[require_role(\"platform:admin\")]`",
        ));
    }
    for role in &alternatives {
        role.refuse_mere_not(errors);
    }
    let fresh = fresh.and_then(|text| errors.take(millis(&text)));
    Ok((RoleDemand { alternatives, fresh }, args))
}

mod kw {
    syn::custom_keyword!(fresh);
}

fn is_key(input: ParseStream<'_>) -> bool {
    input.peek(Ident::peek_any) && input.peek2(Token![=])
}

fn role(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Role> {
    if input.peek(LitStr) {
        let name: LitStr = input.parse()?;
        sound(&name, "a role", errors);
        return Ok(Role::Name(name));
    }
    if input.peek(Ident::peek_any) && input.peek2(syn::token::Paren) {
        return group(input, errors);
    }
    if input.peek(Token![::]) || input.peek(Ident::peek_any) {
        if input.peek(kw::fresh) && !input.peek2(Token![::]) {
            return Err(input.error("say how old an answer of Ory's may be: `fresh = \"5s\"`"));
        }
        let path = input.call(Path::parse_mod_style)?;
        super::rule::refuse_self(&path, errors);
        // Constants have capitals.
        if let Some(word) = path.get_ident().map(Ident::to_string).filter(|word| *word == word.to_lowercase()) {
            errors.push(syn::Error::new_spanned(&path, format!("a role stands in quotes: `\"{word}\"`")));
        }
        return Ok(Role::Constant(path));
    }
    if input.peek(Bracket) {
        return Err(input.error("remove the brackets: roles stand one behind the other, `\"staff\", \"support\"`"));
    }
    Err(input.error(EXAMPLE))
}

/// What stands between two roles.
fn separator(input: ParseStream<'_>) -> syn::Result<()> {
    if input.peek(Token![|]) {
        return Err(input.error("write `,` in place of `|`: one of the roles is enough"));
    }
    comma(input)
}

/// `all(..)`, `any(..)`, `not(..)`.
fn group(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Role> {
    let word = input.call(Ident::parse_any)?;
    let list;
    syn::parenthesized!(list in input);
    let mut roles = Vec::new();
    while !list.is_empty() {
        roles.push(role(&list, errors)?);
        separator(&list)?;
    }
    let error = |message: String| Err(syn::Error::new(word.span(), message));
    match (word.to_string().as_str(), roles.len()) {
        ("all" | "any" | "not", 0) => error(format!("`{word}(..)` of nothing: name the roles, `{word}(\"a\")`")),
        ("all", _) => Ok(Role::All(roles)),
        ("any", _) => Ok(Role::Any(roles)),
        ("not", 1) => match roles.remove(0) {
            Role::Not(..) => error("a doubled `not` says nothing: remove both".into()),
            role => Ok(Role::Not(word.span(), Box::new(role))),
        },
        ("not", _) => error("`not(..)` takes one: write `not(any(\"a\", \"b\"))`".into()),
        _ => error(format!("`{word}(..)` is no demand on roles: there are `all(..)`, `any(..)` and `not(..)`")),
    }
}

impl Role {
    /// Whoever has no roles, or whose roles cannot be read, would pass a mere `not`.
    fn refuse_mere_not(&self, errors: &mut Errors) {
        if let Some(span) = self.mere_not() {
            errors.push(syn::Error::new(
                span,
                "`not(..)` alone lets in everybody else, also whose roles cannot be read: \
                 say what is demanded beside it, `all(\"staff\", not(\"suspended\"))`",
            ));
        }
    }

    /// The `not` that stands where something has to be demanded.
    fn mere_not(&self) -> Option<Span> {
        match self {
            Self::Name(_) | Self::Constant(_) => None,
            Self::Not(span, _) => Some(*span),
            Self::Any(roles) => roles.iter().find_map(Self::mere_not),
            Self::All(roles) => {
                let mut nots = roles.iter().map(Self::mere_not);
                nots.clone().all(|not| not.is_some()).then(|| nots.next().flatten()).flatten()
            }
        }
    }
}
