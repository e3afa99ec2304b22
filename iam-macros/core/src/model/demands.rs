//! From the outermost block to the handler: what is demanded in the end.
//!
//! Restrictions add up. Another tenant or kind of credential than outside has
//! to say `override`; `#[public]` is a word of its own, and whatever restricts
//! again inside a public block brings back what was demanded around it.

use proc_macro2::Span;
use syn::Path;

use super::level::{Level, OwnCredential, OwnTenant};
use super::named::{Named, Same};
use super::policy::{Base, Guarded, Policy, Roles, Tenant};
use crate::errors::{Errors, between};
use crate::parse::{Credential, Permission};

/// What is demanded so far.
#[derive(Default)]
pub(crate) struct Demands {
    public: bool,
    restrictions: Option<Restrictions>,
}

struct Restrictions {
    first: (Span, usize),
    tenant: Option<(Named, Vec<Named>)>,
    credential: Option<(Span, Credential)>,
    roles: Vec<Roles>,
    strength: Option<(Span, &'static str)>,
    aal: Option<u8>,
    session_age: Option<u64>,
    permissions: Vec<(Span, Permission, usize)>,
    checks: Vec<(Span, Path, usize)>,
    bases: Vec<Base>,
    overrides_tenant: bool,
    overrides_credential: bool,
}

impl Demands {
    /// All levels, the outermost first.
    pub(crate) fn of(levels: Vec<Level>, errors: &mut Errors) -> Self {
        let mut demands = Self::default();
        let mut levels = levels.into_iter().peekable();
        while let Some(level) = levels.next() {
            demands.add(level, levels.peek().is_some(), errors);
        }
        demands
    }

    /// What the innermost level, a block, has to compare with the declared roles:
    /// what no block around has, if it is known whose tenants it is about.
    pub(crate) fn unsettled_roles(&self) -> Option<(&Named, Vec<&Roles>)> {
        let demanded = self.restrictions.as_ref()?;
        let (named, _) = demanded.tenant.as_ref()?;
        let own: Vec<_> = demanded.roles.iter().filter(|roles| !roles.settled).collect();
        (!own.is_empty()).then_some((named, own))
    }

    /// The policy, if anything is declared at all.
    pub(crate) fn policy(self) -> Option<Policy> {
        if self.public {
            return Some(Policy::Public);
        }
        let demanded = self.restrictions?;
        let (span, up) = demanded.first;
        // A named tenant alone demands a session; a policy says for itself what it demands.
        let named = demanded.credential.map(|(_, kind)| kind);
        let is_left_to_policy = demanded.tenant.is_none() && !demanded.bases.is_empty();
        let credential = named.or((!is_left_to_policy).then_some(Credential::Session));
        let tenant = match (demanded.tenant, demanded.bases.first()) {
            (Some((named, again)), _) => Tenant::Named(named, again),
            (None, Some(base)) => Tenant::OfPolicy(base.clone()),
            (None, None) => Tenant::Default { span, up },
        };
        Some(Policy::Guarded(Guarded {
            tenant,
            credential,
            bases: demanded.bases,
            roles: demanded.roles,
            aal: demanded.aal,
            session_age: demanded.session_age,
            checks: demanded.checks.into_iter().map(|(_, check, up)| (check, up)).collect(),
            permissions: demanded.permissions.into_iter().map(|(_, permission, up)| (permission, up)).collect(),
            overrides_tenant: demanded.overrides_tenant,
            overrides_credential: demanded.overrides_credential,
        }))
    }

    fn add(&mut self, level: Level, is_block: bool, errors: &mut Errors) {
        if level.public.is_some() {
            self.public = true;
            return;
        }
        let Some((first, _)) = level.first_restriction() else { return };
        self.public = false;
        let up = level.up;
        let demanded = self.restrictions.get_or_insert_with(|| Restrictions {
            first: (first, up),
            tenant: None,
            credential: None,
            roles: Vec::new(),
            strength: None,
            aal: None,
            session_age: None,
            permissions: Vec::new(),
            checks: Vec::new(),
            bases: Vec::new(),
            overrides_tenant: false,
            overrides_credential: false,
        });
        // A tenant alone demands a session; roles alone leave the kind open.
        let outside = demanded.credential.as_ref().map(|(_, kind)| kind.clone());
        let outside = outside.or_else(|| demanded.tenant.is_some().then_some(Credential::Session));
        let strength = level.strength();
        if let Some(tenant) = level.tenant {
            demanded.add_tenant(tenant, up, errors);
        }
        let demands_more = !level.roles.is_empty() || !level.permissions.is_empty() || !level.checks.is_empty();
        let here = (level.credential.is_some(), demands_more || strength.is_some());
        if let Some(credential) = level.credential {
            demanded.add_credential(credential, outside, errors);
        }
        demanded.roles.extend(level.roles.into_iter().map(|(span, demand)| Roles { span, demand, up, settled: false }));
        if is_block && demanded.tenant.is_some() {
            demanded.roles.iter_mut().for_each(|roles| roles.settled = true);
        }
        demanded.strength = strength.or(demanded.strength);
        demanded.aal = demanded.aal.max(level.aal.map(|(_, aal)| aal));
        let age = level.session_age.map(|(_, age)| age);
        demanded.session_age = age.into_iter().chain(demanded.session_age).min();
        for (_, path) in level.bases {
            demanded.bases.push(Base { path, up, at: demanded.bases.len() });
        }
        demanded.checks.extend(level.checks.into_iter().map(|(span, check)| (span, check, up)));
        demanded.permissions.extend(level.permissions.into_iter().map(|(span, permission)| (span, permission, up)));
        if errors.is_empty() {
            demanded.check(here, errors);
        }
    }
}

impl Restrictions {
    fn add_tenant(&mut self, own: OwnTenant, up: usize, errors: &mut Errors) {
        let OwnTenant { span, names, of, overrides } = own;
        let own = Named { names, of, up };
        let Some((outside, again)) = &mut self.tenant else {
            let because = if self.bases.is_empty() {
                "no tenant is named around it"
            } else {
                "what a policy demands holds at its own tenant, whatever is named beside it"
            };
            refuse_idle(overrides, because, errors);
            self.tenant = Some((own, Vec::new()));
            return;
        };
        match (own.is_same_as(outside), overrides) {
            // Whether both enums are one is for the compiler to see.
            (Same::Yes, None) | (Same::IfTheEnumIs, None) => again.push(own),
            (Same::Yes, Some(_)) => refuse_idle(overrides, "the tenant is the same around it", errors),
            (Same::No, None) => errors.push(syn::Error::new(
                span,
                format!(
                    "the tenant `{}` differs from `{}` of the block around; if that is meant, say so: \
                     `#[tenant({}, override)]`",
                    own.names,
                    outside.names,
                    own.described(),
                ),
            )),
            (Same::No | Same::IfTheEnumIs, Some(_)) => {
                if !own.is_of_the_enum_of(outside) {
                    self.roles.iter_mut().for_each(|roles| roles.settled = false);
                }
                self.tenant = Some((own, Vec::new()));
                self.overrides_tenant = true;
            }
        }
    }

    /// What goes together with no role or permission; `here` says whether the
    /// level just added has a credential, and whether it has one of these.
    fn check(&self, here: (bool, bool), errors: &mut Errors) {
        let Some((span, kind)) = &self.credential else { return };
        let role = self.roles.last().map(|roles| (roles.span, "require_role"));
        let check = self.checks.last().map(|(span, ..)| (*span, "require"));
        let permission = self.permissions.last().map(|(span, ..)| (*span, "require_permission"));
        let (restriction, because) = match kind {
            Credential::Optional { .. } => (
                role.or(permission).or(check).or(self.strength),
                "visitors without a session, so there may be nobody to check: write `#[authenticated]` in its place",
            ),
            Credential::Delegated { .. } => match (role, self.strength) {
                (None, Some(_)) => (self.strength, "tokens, and no session: remove one of them"),
                _ => (role, "users' clients; they have scopes, not roles: write `scope = \"..\"`"),
            },
            Credential::Machine | Credential::SessionOrMachine => {
                (self.strength, "machines, which have no session: remove one of them")
            }
            Credential::Session => return,
        };
        let Some((restriction, name)) = restriction else { return };
        let message = match kind {
            Credential::Delegated { .. } => {
                format!("`#[{name}]` beside `#[oauth2(delegated)]`, which lets in {because}")
            }
            _ => format!("`#[{name}]` beside `#[{}]`, which lets in {because}", kind.attribute()),
        };
        errors.push(match here {
            (true, true) => between(*span, restriction, message),
            (true, false) => syn::Error::new(*span, message),
            (false, _) => syn::Error::new(restriction, message),
        });
    }

    fn add_credential(&mut self, own: OwnCredential, outside: Option<Credential>, errors: &mut Errors) {
        let OwnCredential { span, kind, overrides } = own;
        match outside {
            None if self.bases.is_empty() => {
                refuse_idle(overrides, "no kind of credential is named around it", errors);
            }
            None => refuse_idle(overrides, "what a policy demands holds for its own kind of credential", errors),
            Some(outside) if outside == kind => {
                refuse_idle(overrides, "the kind of credential is the same around it", errors);
            }
            Some(outside) if overrides.is_none() => errors.push(syn::Error::new(
                span,
                format!(
                    "`#[{}]` asks for {}, the block around for {}; if that is meant, say so: `{}`",
                    kind.attribute(),
                    kind.described(),
                    outside.described(),
                    kind.overriding(),
                ),
            )),
            Some(_) => self.overrides_credential = true,
        }
        self.credential = Some((span, kind));
    }
}

/// Words without an effect are refused: they would look like a loosening.
fn refuse_idle(overrides: Option<Span>, because: &str, errors: &mut Errors) {
    if let Some(span) = overrides {
        errors.push(syn::Error::new(span, format!("nothing to override: {because}; remove `override`")));
    }
}
