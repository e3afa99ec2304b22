//! `Listing::edit, "{id}"`, or `namespace = "..", relation = "..", object = ".."`

use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{LitStr, Path, Token};

use super::arguments::{Arguments, Value, comma};
use super::rule::{refuse_self, sound};
use super::{Piece, template};
use crate::Attribute;
use crate::errors::Errors;

/// A relation that Keto must confirm.
#[derive(Clone)]
pub(crate) struct Permission {
    pub(crate) relation: PermissionRelation,
    pub(crate) object: PermissionObject,
}

/// Which one of which namespace.
#[derive(Clone)]
pub(crate) enum PermissionRelation {
    /// By their names in Keto.
    Named { namespace: LitStr, relation: LitStr },
    /// A constant of `define_permissions!`: the namespace's type, and the name in it.
    Declared(Path, Ident),
}

#[derive(Clone)]
pub(crate) enum PermissionObject {
    Template(LitStr),
    Function(Path),
}

const OBJECT: &str = "an object is a string, `object = \"listings:{id}\"`, or a function, `object = path::to::it`";

impl Permission {
    /// All arguments of `#[require_permission]`.
    pub(super) fn parse(
        span: Span,
        input: ParseStream<'_>,
        errors: &mut Errors,
    ) -> syn::Result<(Option<Self>, Arguments)> {
        if input.peek(Token![::]) || (input.peek(Ident::peek_any) && input.peek2(Token![::])) {
            return Self::of_declared(span, input, errors);
        }
        let mut args = Arguments::parse(Attribute::RequirePermission, input)?;
        Ok((Self::of_names(span, &mut args, errors), args))
    }

    fn of_declared(span: Span, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<(Option<Self>, Arguments)> {
        let (namespace, relation) = declared(input)?;
        let spelt = format!("{}::{relation}", namespace.to_token_stream()).replace(' ', "");
        comma(input)?;
        if !input.is_empty() && !input.peek(LitStr) && !input.peek2(Token![=]) {
            return Err(syn::Error::new(input.span(), OBJECT));
        }
        let own = if input.peek(LitStr) { Some(Value::Text(input.parse()?)) } else { None };
        if own.is_some() {
            comma(input)?;
        }
        let mut args = Arguments::parse(Attribute::RequirePermission, input)?;
        for key in ["namespace", "relation"] {
            if let Some((at, _)) = args.pair(key, errors) {
                errors.push(syn::Error::new(at, format!("`{spelt}` says the {key} already: leave this out")));
            }
        }
        let keyed = args.pair("object", errors);
        if let (Some(_), Some((at, _))) = (&own, &keyed) {
            errors.push(syn::Error::new(*at, "the object stands twice: keep one"));
        }
        let Some(object) = own.or(keyed.map(|(_, object)| object)) else {
            if errors.is_empty() && !args.has_others_than(&["crate"]) {
                let message =
                    format!("a permission also needs its object: `#[require_permission({spelt}, \"{{id}}\")]`");
                errors.push(syn::Error::new(span, message));
            }
            return Ok((None, args));
        };
        let relation = PermissionRelation::Declared(namespace, relation);
        Ok((self::object(object, errors).map(|object| Self { relation, object }), args))
    }

    fn of_names(span: Span, args: &mut Arguments, errors: &mut Errors) -> Option<Self> {
        let namespace = args.text("namespace", errors);
        let relation = args.text("relation", errors);
        let object = args.pair("object", errors).map(|(_, object)| object);
        let missing: Vec<_> = [
            (namespace.is_none(), "`namespace = \"listings\"`"),
            (relation.is_none(), "`relation = \"edit\"`"),
            (object.is_none(), "`object = \"listings:{id}\"`"),
        ]
        .into_iter()
        .filter_map(|(missing, example)| missing.then_some(example))
        .collect();
        for (text, what) in [(&namespace, "a namespace"), (&relation, "a relation")] {
            if let Some(text) = text {
                sound(text, what, errors);
            }
        }
        let object = object.and_then(|object| self::object(object, errors));
        let (Some(namespace), Some(relation), Some(object)) = (namespace, relation, object) else {
            // A misspelt key is the reason for a missing one.
            if errors.is_empty() && !args.has_others_than(&[]) {
                errors.push(syn::Error::new(span, format!("a permission also needs {}", missing.join(" and "))));
            }
            return None;
        };
        Some(Self { relation: PermissionRelation::Named { namespace, relation }, object })
    }

    /// The template's pieces; `None` for a function.
    pub(crate) fn pieces(&self) -> Option<Vec<Piece>> {
        match &self.object {
            // Checked when it was parsed.
            PermissionObject::Template(text) => template(&text.value()).ok(),
            PermissionObject::Function(_) => None,
        }
    }
}

/// `path::to::Listing::edit`, its last word apart.
fn declared(input: ParseStream<'_>) -> syn::Result<(Path, Ident)> {
    const ADVICE: &str = "name the namespace and the relation, `Listing::edit`, or write \
                          `namespace = \"..\", relation = \"..\", object = \"..\"`";
    let leading_colon = input.parse::<Option<Token![::]>>()?;
    let mut words = vec![input.call(Ident::parse_any)?];
    while input.peek(Token![::]) {
        input.parse::<Token![::]>()?;
        words.push(input.call(Ident::parse_any)?);
    }
    let (Some(relation), false) = (words.pop(), words.is_empty()) else {
        let word = words.first().map_or_else(|| input.span(), Ident::span);
        return Err(syn::Error::new(word, ADVICE));
    };
    let namespace = Path { leading_colon, segments: words.into_iter().map(syn::PathSegment::from).collect() };
    let mut errors = Errors::default();
    refuse_self(&namespace, &mut errors);
    errors.into_result()?;
    let relation = identifier(&relation.to_string(), relation.span())
        .ok_or_else(|| syn::Error::new(relation.span(), format!("`{relation}` is no relation: {ADVICE}")))?;
    Ok((namespace, relation))
}

/// The name as Rust spells it: a keyword with `r#`, which nobody needs to write for one.
pub(crate) fn identifier(name: &str, span: Span) -> Option<Ident> {
    let mut ident = [name, &format!("r#{name}")].iter().find_map(|text| syn::parse_str::<Ident>(text).ok())?;
    ident.set_span(span);
    Some(ident)
}

fn object(object: Value, errors: &mut Errors) -> Option<PermissionObject> {
    let object = match object {
        Value::Text(text) => {
            if let Err(message) = template(&text.value()) {
                errors.push(syn::Error::new(text.span(), message));
            }
            PermissionObject::Template(text)
        }
        Value::Path(path) => {
            refuse_self(&path, errors);
            PermissionObject::Function(path)
        }
        Value::Other(other) => {
            errors.push(syn::Error::new(other.span(), OBJECT));
            return None;
        }
    };
    Some(object)
}
