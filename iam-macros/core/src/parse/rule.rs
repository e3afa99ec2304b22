//! One rule: an attribute with its arguments understood.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::token::Paren;
use syn::{LitStr, Path, Token};

use super::arguments::{Arguments, Value};
use super::{Piece, Route, Written, template};
use crate::Attribute;
use crate::errors::Errors;

/// A rule that somebody wrote.
pub(crate) struct Rule {
    pub(crate) span: Span,
    pub(crate) demand: Demand,
    /// Where `override` stands.
    pub(crate) overrides: Option<Span>,
    /// `crate = path`.
    pub(crate) root: Option<Path>,
}

pub(crate) enum Demand {
    /// The names under their own spans, and the enum if one is named.
    Tenant {
        names: TenantNames,
        of: Option<Path>,
    },
    Roles(Vec<LitStr>),
    Permission(Permission),
    Credential(Credential),
    Public,
    Handler,
    Route(Route),
}

/// Which tenants a policy is about.
#[derive(Clone)]
pub(crate) enum TenantNames {
    /// The one that is named.
    One(Ident),
    /// Of these the one that the request's host belongs to, and where `host` stands.
    ByHost(Span, Vec<Ident>),
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Credential {
    Session,
    Optional { stale_is_anonymous: bool },
    Machine,
    Delegated { scopes: Vec<String> },
}

#[derive(Clone)]
pub(crate) struct Permission {
    pub(crate) namespace: LitStr,
    pub(crate) relation: LitStr,
    pub(crate) object: PermissionObject,
}

#[derive(Clone)]
pub(crate) enum PermissionObject {
    Template(LitStr),
    Function(Path),
}

impl Rule {
    pub(crate) fn parse(written: &Written) -> syn::Result<Self> {
        let Written { attribute, span, args } = written;
        // An error at the end of nothing would point at the whole attribute anyway.
        (|input: ParseStream<'_>| Self::of(*attribute, *span, input)).parse2(args.clone())
    }

    fn of(attribute: Attribute, span: Span, input: ParseStream<'_>) -> syn::Result<Self> {
        let mut errors = Errors::default();
        let tenant = if attribute == Attribute::Tenant { Some(tenant(span, input)?) } else { None };
        let mut args = Arguments::parse(attribute, input)?;
        let root = args.root(&mut errors);
        let (demand, known): (_, &[&str]) = match attribute {
            Attribute::Tenant => (tenant, &["in", "override", "crate"]),
            Attribute::RequireRole => (roles(span, &mut args, &mut errors), &["crate"]),
            Attribute::RequirePermission => {
                (permission(span, &mut args, &mut errors), &["namespace", "relation", "object", "crate"])
            }
            Attribute::Oauth2 => (oauth2(&mut args, &mut errors), &["delegated", "scope", "override", "crate"]),
            Attribute::OptionalSession => (optional(&mut args, &mut errors), &["stale", "override", "crate"]),
            Attribute::Authenticated => (Some(Demand::Credential(Credential::Session)), &["override", "crate"]),
            Attribute::Public => (Some(Demand::Public), &["crate"]),
            Attribute::Handler | Attribute::Inherit => (Some(Demand::Handler), &["crate"]),
            Attribute::Get
            | Attribute::Post
            | Attribute::Put
            | Attribute::Patch
            | Attribute::Delete
            | Attribute::Head
            | Attribute::Options => (route(attribute, span, &mut args, &mut errors), &["crate"]),
        };
        let overrides = if known.contains(&"override") { args.word("override", &mut errors) } else { None };
        args.finish(known, &mut errors);
        errors.into_result()?;
        // Whoever gave no demand has said why.
        let demand = demand.ok_or_else(|| syn::Error::new(span, "this rule is not understood"))?;
        Ok(Self { span, demand, overrides, root })
    }
}

/// `"admin"`, `admin`, `host("customer", "dealer")`, each maybe with `in path::to::Enum`.
fn tenant(span: Span, input: ParseStream<'_>) -> syn::Result<Demand> {
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
fn tenant_name(literal: &LitStr) -> syn::Result<Ident> {
    let text = literal.value();
    let ident = |text: &str| match Ident::parse_any.parse_str(text) {
        Ok(ident) if ident != "_" && ident == text => Some(ident),
        _ => None,
    };
    let Some(mut name) = ident(&text) else {
        let near: String = text.trim().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
        return Err(syn::Error::new(
            literal.span(),
            match ident(&near) {
                Some(near) => format!("a tenant's name is an identifier; did you mean `\"{near}\"`?"),
                None => "a tenant's name is an identifier, such as `\"admin\"`".into(),
            },
        ));
    };
    if syn::parse_str::<Ident>(&text).is_err() {
        if ["self", "Self", "super", "crate"].contains(&text.as_str()) {
            return Err(syn::Error::new(literal.span(), format!("`{text}` cannot be a tenant's name")));
        }
        name = Ident::new_raw(&text, literal.span());
    }
    name.set_span(literal.span());
    Ok(name)
}

fn route(attribute: Attribute, span: Span, args: &mut Arguments, errors: &mut Errors) -> Option<Demand> {
    let paths = args.texts();
    // Whoever writes something else in its place is told so.
    if paths.is_empty() && args.has_others_than(&[]) {
        return None;
    }
    Route::of(attribute.method()?, span, paths, errors).map(Demand::Route)
}

fn roles(span: Span, args: &mut Arguments, errors: &mut Errors) -> Option<Demand> {
    let roles = args.texts();
    if roles.is_empty() && !args.has_others_than(&[]) {
        errors.push(syn::Error::new(
            span,
            "an empty list of roles lets nobody in: name at least one, `#[require_role(\"platform:admin\")]`",
        ));
    }
    for role in &roles {
        sound(role, "a role", errors);
    }
    Some(Demand::Roles(roles))
}

/// Refuses text that no record can hold: nothing, or blanks around it.
fn sound(text: &LitStr, what: &str, errors: &mut Errors) {
    let value = text.value();
    if value.is_empty() {
        errors.push(syn::Error::new(text.span(), format!("{what} is never empty: name it, or leave it out")));
    } else if value.trim() != value {
        let near = value.trim();
        errors.push(syn::Error::new(text.span(), format!("{what} has no blanks around it: `\"{near}\"`")));
    }
}

fn permission(span: Span, args: &mut Arguments, errors: &mut Errors) -> Option<Demand> {
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
    let object = object.map(|object| self::object(object, errors));
    let (Some(namespace), Some(relation), Some(object)) = (namespace, relation, object) else {
        // A misspelt key is the reason for a missing one.
        if errors.is_empty() && !args.has_others_than(&[]) {
            errors.push(syn::Error::new(span, format!("a permission also needs {}", missing.join(" and "))));
        }
        return None;
    };
    Some(Demand::Permission(Permission { namespace, relation, object }))
}

fn object(object: Value, errors: &mut Errors) -> PermissionObject {
    match object {
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
    }
}

fn refuse_self(path: &Path, errors: &mut Errors) {
    if path.segments.first().is_some_and(|first| first.ident == "Self") {
        errors.push(syn::Error::new_spanned(path, "`Self` cannot be used here: write the type's name"));
    }
}

fn oauth2(args: &mut Arguments, errors: &mut Errors) -> Option<Demand> {
    let delegated = args.word("delegated", errors);
    let scope = args.text("scope", errors);
    let credential = match (delegated, scope) {
        (None, None) => Credential::Machine,
        (None, Some(scope)) => {
            errors.push(syn::Error::new(
                scope.span(),
                "a machine's scopes are its roles: write `#[require_role(\"..\")]`, \
                 or `#[oauth2(delegated, scope = \"..\")]` for clients that act for a user",
            ));
            return None;
        }
        (Some(delegated), None) => {
            errors.push(syn::Error::new(
                delegated,
                "name what the user must have granted: `#[oauth2(delegated, scope = \"..\")]`",
            ));
            return None;
        }
        (Some(_), Some(scope)) => {
            let scopes: Vec<_> = scope.value().split(' ').filter(|name| !name.is_empty()).map(String::from).collect();
            // RFC 6749, section 3.3: a scope is printable ASCII without quotes and backslash.
            let is_scope = |name: &String| name.bytes().all(|b| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e));
            if scopes.is_empty() || !scopes.iter().all(is_scope) {
                errors.push(syn::Error::new(
                    scope.span(),
                    "scopes are words with a blank between: `\"listings offline\"`",
                ));
            }
            Credential::Delegated { scopes }
        }
    };
    Some(Demand::Credential(credential))
}

fn optional(args: &mut Arguments, errors: &mut Errors) -> Option<Demand> {
    let stale = args.text("stale", errors);
    if let Some(stale) = stale.as_ref().filter(|stale| stale.value() != "anonymous") {
        errors.push(syn::Error::new(stale.span(), "the only choice is `stale = \"anonymous\"`; without it: 401"));
    }
    Some(Demand::Credential(Credential::Optional { stale_is_anonymous: stale.is_some() }))
}

impl Permission {
    /// The template's pieces; `None` for a function.
    pub(crate) fn pieces(&self) -> Option<Vec<Piece>> {
        match &self.object {
            // Checked when it was parsed.
            PermissionObject::Template(text) => template(&text.value()).ok(),
            PermissionObject::Function(_) => None,
        }
    }
}
