//! One rule: an attribute with its arguments understood.

use proc_macro2::{Ident, Span};
use syn::parse::{ParseStream, Parser};
use syn::{LitInt, LitStr, Path};

use super::arguments::{Arguments, comma};
use super::duration::millis;
use super::only_path::{CHECK, POLICY, only_path};
use super::roles::{RoleDemand, roles};
use super::tenant::tenant;
use super::{Permission, Route, Written};
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
    Roles(RoleDemand),
    /// The assurance level of a session.
    Aal(u8),
    /// The seconds since a session's authentication, at the most.
    SessionAge(u64),
    /// A check of the application's own.
    Check(Path),
    /// A policy made by `policy!`.
    Policy(Path),
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
    SessionOrMachine,
}

impl Rule {
    pub(crate) fn parse(written: &Written) -> syn::Result<Self> {
        let Written { attribute, span, args } = written;
        // An error at the end of nothing would point at the whole attribute anyway.
        (|input: ParseStream<'_>| Self::of(*attribute, *span, input)).parse2(args.clone())
    }

    fn of(attribute: Attribute, span: Span, input: ParseStream<'_>) -> syn::Result<Self> {
        let mut errors = Errors::default();
        let (first, mut args) = match attribute {
            Attribute::RequireRole => {
                let (roles, args) = roles(span, input, &mut errors)?;
                (Some(Demand::Roles(roles)), args)
            }
            Attribute::RequirePermission => {
                let (permission, args) = Permission::parse(span, input, &mut errors)?;
                (permission.map(Demand::Permission), args)
            }
            _ => (first(attribute, span, input)?, Arguments::parse(attribute, input)?),
        };
        let root = args.root(&mut errors);
        let (demand, known): (_, &[&str]) = match attribute {
            Attribute::Tenant => (first, &["in", "override", "crate"]),
            Attribute::RequireRole => (first, &["fresh", "crate"]),
            Attribute::RequireAal | Attribute::Require | Attribute::RequirePolicy => (first, &["crate"]),
            Attribute::FreshSession => (session_age(span, &mut args, &mut errors), &["max_age", "crate"]),
            Attribute::RequirePermission => (first, &["namespace", "relation", "object", "crate"]),
            Attribute::Oauth2 => (oauth2(&mut args, &mut errors), &["delegated", "scope", "override", "crate"]),
            Attribute::OptionalSession => (optional(&mut args, &mut errors), &["stale", "override", "crate"]),
            Attribute::Authenticated => (Some(Demand::Credential(Credential::Session)), &["override", "crate"]),
            Attribute::Accept => (accept(span, &mut args, &mut errors), &["session", "oauth2", "override", "crate"]),
            Attribute::Public => (Some(Demand::Public), &["crate"]),
            Attribute::Handler | Attribute::Inherit => (Some(Demand::Handler), &["crate"]),
            Attribute::Get
            | Attribute::Post
            | Attribute::Put
            | Attribute::Patch
            | Attribute::Delete
            | Attribute::Head
            | Attribute::Options
            | Attribute::Trace
            | Attribute::Connect => (route(attribute, span, &mut args, &mut errors), &["crate"]),
        };
        let overrides = if known.contains(&"override") { args.word("override", &mut errors) } else { None };
        args.finish(known, &mut errors);
        errors.into_result()?;
        // Whoever gave no demand has said why.
        let demand = demand.ok_or_else(|| syn::Error::new(span, "this rule is not understood"))?;
        Ok(Self { span, demand, overrides, root })
    }
}

fn route(attribute: Attribute, span: Span, args: &mut Arguments, errors: &mut Errors) -> Option<Demand> {
    let paths = args.texts();
    // Whoever writes something else in its place is told so.
    if paths.is_empty() && args.has_others_than(&[]) {
        return None;
    }
    Route::of(attribute.method()?, span, paths, errors).map(Demand::Route)
}

/// What stands in front of the other arguments, of the attributes that have such.
fn first(attribute: Attribute, span: Span, input: ParseStream<'_>) -> syn::Result<Option<Demand>> {
    let demand = match attribute {
        Attribute::Tenant => return tenant(span, input).map(Some),
        Attribute::RequireAal => aal(span, input)?,
        Attribute::Require => Demand::Check(only_path(&CHECK, span, input)?),
        Attribute::RequirePolicy => Demand::Policy(only_path(&POLICY, span, input)?),
        _ => return Ok(None),
    };
    comma(input)?;
    Ok(Some(demand))
}

/// Kratos knows `aal1`, which every session has, and `aal2`.
fn aal(span: Span, input: ParseStream<'_>) -> syn::Result<Demand> {
    const ADVICE: &str = "sessions are of level 1, as all are, or 2, with a second factor: `#[require_aal(2)]`";
    if !input.peek(LitInt) {
        let at = if input.is_empty() { span } else { input.span() };
        return Err(syn::Error::new(at, ADVICE));
    }
    let level: LitInt = input.parse()?;
    match level.base10_parse() {
        Ok(2) => Ok(Demand::Aal(2)),
        _ => Err(syn::Error::new(level.span(), ADVICE)),
    }
}

fn session_age(span: Span, args: &mut Arguments, errors: &mut Errors) -> Option<Demand> {
    const ADVICE: &str = "say how old a log-in may be: `#[fresh_session(max_age = \"15m\")]`";
    if let Some(text) = args.stray_text() {
        let message = format!("say what this time is: `max_age = \"{}\"`", text.value());
        errors.push(syn::Error::new(text.span(), message));
        // What else the list of arguments could say would say less.
        args.texts();
        return None;
    }
    let Some(text) = args.text("max_age", errors) else {
        if errors.is_empty() && !args.has_others_than(&["crate"]) {
            errors.push(syn::Error::new(span, ADVICE));
        }
        return None;
    };
    let seconds = errors.take(millis(&text))? / 1000;
    if seconds == 0 {
        errors.push(syn::Error::new(text.span(), "no session is that young: write at least `\"1s\"`"));
    }
    Some(Demand::SessionAge(seconds))
}

/// Refuses text that no record can hold: nothing, or blanks around it.
pub(super) fn sound(text: &LitStr, what: &str, errors: &mut Errors) {
    let value = text.value();
    if value.is_empty() {
        errors.push(syn::Error::new(text.span(), format!("{what} is never empty: name it, or leave it out")));
    } else if value.trim() != value {
        let near = value.trim();
        errors.push(syn::Error::new(text.span(), format!("{what} has no blanks around it: `\"{near}\"`")));
    } else if value.contains(", ") {
        let each = value.replace(", ", "\", \"");
        errors.push(syn::Error::new(text.span(), format!("{what} stands in quotes of its own: `\"{each}\"`")));
    }
}

pub(super) fn refuse_self(path: &Path, errors: &mut Errors) {
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

/// Both kinds; each alone has an attribute of its own.
fn accept(span: Span, args: &mut Arguments, errors: &mut Errors) -> Option<Demand> {
    let (session, oauth2) = (args.word("session", errors), args.word("oauth2", errors));
    if args.has_others_than(&["override", "crate"]) {
        return None;
    }
    let message = match (session, oauth2) {
        (Some(_), Some(_)) => return Some(Demand::Credential(Credential::SessionOrMachine)),
        (Some(_), None) => "sessions alone are accepted by `#[authenticated]`; both: `#[accept(session, oauth2)]`",
        (None, Some(_)) => "access tokens alone are accepted by `#[oauth2]`; both: `#[accept(session, oauth2)]`",
        (None, None) => "say what is accepted: `#[accept(session, oauth2)]`",
    };
    errors.push(syn::Error::new(session.or(oauth2).unwrap_or(span), message));
    None
}

fn optional(args: &mut Arguments, errors: &mut Errors) -> Option<Demand> {
    let stale = args.text("stale", errors);
    if let Some(stale) = stale.as_ref().filter(|stale| stale.value() != "anonymous") {
        errors.push(syn::Error::new(stale.span(), "the only choice is `stale = \"anonymous\"`; without it: 401"));
    }
    Some(Demand::Credential(Credential::Optional { stale_is_anonymous: stale.is_some() }))
}
