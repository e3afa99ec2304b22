//! The rules of one item, without contradictions.

use proc_macro2::Span;

use crate::errors::{Errors, between};
use crate::parse::{Credential, Demand, Permission, RoleDemand, Route, Rule, TenantNames};

/// What one item says: a block, or the handler itself.
#[derive(Default)]
pub(crate) struct Level {
    /// How many modules lie between the item and the handler: paths are read there.
    pub(crate) up: usize,
    pub(crate) tenant: Option<OwnTenant>,
    pub(crate) credential: Option<OwnCredential>,
    pub(crate) roles: Vec<(Span, RoleDemand)>,
    pub(crate) aal: Option<(Span, u8)>,
    pub(crate) session_age: Option<(Span, u64)>,
    pub(crate) permissions: Vec<(Span, Permission)>,
    pub(crate) checks: Vec<(Span, syn::Path)>,
    pub(crate) bases: Vec<(Span, syn::Path)>,
    pub(crate) public: Option<Span>,
    pub(crate) handler: Option<Span>,
    pub(crate) route: Option<(Span, Route)>,
}

pub(crate) struct OwnTenant {
    pub(crate) span: Span,
    pub(crate) names: TenantNames,
    pub(crate) of: Option<syn::Path>,
    pub(crate) overrides: Option<Span>,
}

pub(crate) struct OwnCredential {
    pub(crate) span: Span,
    pub(crate) kind: Credential,
    pub(crate) overrides: Option<Span>,
}

impl Level {
    /// Sorts an item's rules, and finds what contradicts or repeats itself.
    pub(crate) fn of(up: usize, rules: Vec<Rule>, errors: &mut Errors) -> Self {
        let mut level = Self { up, ..Self::default() };
        for Rule { span, demand, overrides, .. } in rules {
            match demand {
                Demand::Tenant { names, of } => match &level.tenant {
                    Some(first) => errors.push(between(
                        first.span,
                        span,
                        format!(
                            "two tenants, `{}` and `{names}`: a policy belongs to one, so keep one of them",
                            first.names
                        ),
                    )),
                    None => {
                        if let Some(again) = names.repeated() {
                            errors.push(syn::Error::new(
                                again.span(),
                                format!("the tenant `{again}` stands twice: name it once"),
                            ));
                        }
                        level.tenant = Some(OwnTenant { span, names, of, overrides });
                    }
                },
                Demand::Credential(kind) => match &level.credential {
                    Some(first) => errors.push(between(
                        first.span,
                        span,
                        format!(
                            "`#[{}]` and `#[{}]` ask for different credentials: keep one",
                            first.kind.attribute(),
                            kind.attribute()
                        ),
                    )),
                    None => level.credential = Some(OwnCredential { span, kind, overrides }),
                },
                Demand::Roles(roles) => level.roles.push((span, roles)),
                Demand::Aal(aal) => once_of(&mut level.aal, span, aal, "require_aal", errors),
                Demand::SessionAge(age) => once_of(&mut level.session_age, span, age, "fresh_session", errors),
                Demand::Permission(permission) => level.permissions.push((span, permission)),
                Demand::Check(check) => level.checks.push((span, check)),
                Demand::Policy(policy) => level.bases.push((span, policy)),
                Demand::Public => once(&mut level.public, span, "public", errors),
                Demand::Handler => once(&mut level.handler, span, "handler", errors),
                Demand::Route(route) => match &level.route {
                    Some((first, _)) => errors.push(between(
                        *first,
                        span,
                        "two routes: a handler has one of its own, and further ones where it is mounted, \
                         `.route(\"/path\", get(handler))`",
                    )),
                    None => level.route = Some((span, route)),
                },
            }
        }
        if let (Some(public), Some((rule, name))) = (level.public, level.first_restriction()) {
            errors.push(between(
                public,
                rule,
                format!("`#[public]` lets everybody in, so `#[{name}]` would never be checked: remove one of them"),
            ));
        }
        level
    }

    /// Where something is demanded first, and by which attribute.
    pub(crate) fn first_restriction(&self) -> Option<(Span, &'static str)> {
        let tenant = self.tenant.as_ref().map(|tenant| (tenant.span, "tenant"));
        let credential = self.credential.as_ref().map(|credential| (credential.span, credential.kind.attribute()));
        let role = self.roles.first().map(|(span, _)| (*span, "require_role"));
        let permission = self.permissions.first().map(|(span, _)| (*span, "require_permission"));
        let strength = self.strength();
        let check = self.checks.first().map(|(span, _)| (*span, "require"));
        let base = self.bases.first().map(|(span, _)| (*span, "require_policy"));
        tenant.or(credential).or(base).or(role).or(strength).or(permission).or(check)
    }

    /// Where something is demanded of the session itself.
    pub(super) fn strength(&self) -> Option<(Span, &'static str)> {
        let aal = self.aal.map(|(span, _)| (span, "require_aal"));
        aal.or(self.session_age.map(|(span, _)| (span, "fresh_session")))
    }
}

fn once(place: &mut Option<Span>, span: Span, name: &str, errors: &mut Errors) {
    let mut found = place.map(|first| (first, ()));
    once_of(&mut found, span, (), name, errors);
    *place = found.map(|(span, ())| span);
}

fn once_of<T>(place: &mut Option<(Span, T)>, span: Span, value: T, name: &str, errors: &mut Errors) {
    if let Some((first, _)) = place.replace((span, value)) {
        errors.push(between(first, span, format!("`#[{name}]` stands twice: keep one")));
    }
}

impl Credential {
    /// The attribute that asks for it.
    pub(crate) fn attribute(&self) -> &'static str {
        match self {
            Self::Session => "authenticated",
            Self::Optional { .. } => "optional_session",
            Self::Machine | Self::Delegated { .. } => "oauth2",
            Self::SessionOrMachine => "accept",
        }
    }

    /// In words, for messages.
    pub(crate) fn described(&self) -> &'static str {
        match self {
            Self::Session => "a session",
            Self::Optional { stale_is_anonymous: false } => "an optional session",
            Self::Optional { stale_is_anonymous: true } => "an optional session (stale is anonymous)",
            Self::Machine => "a machine's token",
            Self::Delegated { .. } => "a delegated token",
            Self::SessionOrMachine => "a session or a machine's token",
        }
    }

    /// The attribute as it has to be written to override.
    pub(crate) fn overriding(&self) -> String {
        match self {
            Self::Session => "#[authenticated(override)]".into(),
            Self::Optional { stale_is_anonymous: false } => "#[optional_session(override)]".into(),
            Self::Optional { stale_is_anonymous: true } => {
                "#[optional_session(stale = \"anonymous\", override)]".into()
            }
            Self::Machine => "#[oauth2(override)]".into(),
            Self::SessionOrMachine => "#[accept(session, oauth2, override)]".into(),
            Self::Delegated { scopes } => format!("#[oauth2(delegated, scope = \"{}\", override)]", scopes.join(" ")),
        }
    }
}
