//! Tenants that share what should be each one's own.
//!
//! Two tenants on one server are one tenant: each one's sessions are good for the
//! other. That is a slip of copy and paste more often than a wish, so it must be said.

use std::collections::{BTreeMap, BTreeSet};

use crate::Secret;
use crate::config::model::IamConfig;
use crate::config::problem::{Problem, Problems};
use crate::config::settings::KetoSettings;
use crate::config::wording;

/// What can be shared. The order is that of telling: a project first, so that a shared
/// one is not called a shared URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Project,
    KetoServer,
    Server,
    Issuer,
    Key,
    Cookie,
}

impl Kind {
    fn noun(self) -> &'static str {
        match self {
            Self::Project => "the project",
            Self::KetoServer | Self::Server => "the server",
            Self::Issuer => "the issuer",
            Self::Key => "the key",
            Self::Cookie => "the cookie name",
        }
    }

    /// Keto's servers are servers like others: known apart only for the subjects' sake.
    fn told_as(self) -> Self {
        if self == Self::KetoServer { Self::Server } else { self }
    }
}

/// One thing of a tenant's and where it stands. Keys are among the values, hence their type.
#[derive(Debug)]
struct Fact {
    kind: Kind,
    tenant: &'static str,
    path: String,
    value: Secret,
}

/// Everything that tenants must not share by accident.
#[derive(Debug, Default)]
pub(super) struct Sharing {
    facts: Vec<Fact>,
    subjects: BTreeMap<&'static str, [Box<str>; 2]>,
}

type Pair = (&'static str, &'static str);

impl Sharing {
    pub(super) fn add(&mut self, tenant: &'static str, kind: Kind, path: String, value: &str) {
        self.facts.push(Fact { kind, tenant, path, value: Secret::new(value) });
    }

    pub(super) fn add_subjects(&mut self, tenant: &'static str, keto: &KetoSettings) {
        self.subjects.insert(tenant, [keto.user_prefix.clone(), keto.client_prefix.clone()]);
    }

    /// Notes what is shared without a word, and words about what is not shared.
    pub(super) fn report(mut self, tenants: &[&'static str], config: &IamConfig, problems: &mut Problems) {
        self.facts.sort_by_key(|fact| fact.kind.told_as());
        let (mut shared, mut shared_keto) = (BTreeSet::<Pair>::new(), BTreeSet::<Pair>::new());
        let (mut told_values, mut told_paths) = (BTreeSet::new(), BTreeSet::new());
        for (index, fact) in self.facts.iter().enumerate() {
            for other in self.facts[..index].iter().filter(|other| same(other, fact)) {
                let pair = (other.tenant.min(fact.tenant), other.tenant.max(fact.tenant));
                shared.insert(pair);
                if excused(pair, config) {
                    if fact.kind == Kind::KetoServer && other.kind == Kind::KetoServer {
                        shared_keto.insert(pair);
                    }
                    continue;
                }
                // One line for one thing: not for each key that names it, nor for each thing that follows from it.
                let new_value = told_values.insert((pair, fact.kind.noun(), fact.value.expose()));
                if told_paths.insert((&other.path, &fact.path)) && new_value {
                    let noun = match fact.kind {
                        // It is mostly a default, which neither of the two paths shows.
                        Kind::Cookie => format!("the cookie name `{}`", fact.value.expose()),
                        kind => kind.noun().to_owned(),
                    };
                    problems.note(Problem::new(
                        &fact.path,
                        format!("{noun} of `{}`", other.path),
                        format!("one of its own, or `shares_with = \"{}\"` in `tenants.{}`", other.tenant, fact.tenant),
                    ));
                }
            }
        }
        shared_keto.iter().for_each(|pair| self.subjects_apart(*pair, problems));
        idle_words(tenants, config, &shared, problems);
    }

    /// On one Keto the subjects of two tenants live side by side: a prefix that names the
    /// tenant keeps a user of one from having the grants of another's.
    fn subjects_apart(&self, (one, other): Pair, problems: &mut Problems) {
        let keys = ["user_prefix", "client_prefix"];
        let prefixes = |tenant| keys.into_iter().zip(self.subjects.get(tenant).into_iter().flatten());
        for (tenant, with) in [(one, other), (other, one)] {
            for (key, prefix) in prefixes(tenant).filter(|(_, prefix)| !prefix.contains(tenant)) {
                let allowed = format!("a prefix that names the tenant, because `{with}` has the same Keto");
                let path = format!("tenants.{tenant}.keto.{key}");
                let near = Some(format!("{tenant}:{prefix}"));
                problems.note(Problem::new(path, format!("`{prefix}`"), allowed).near(near));
            }
        }
        for (key, prefix) in prefixes(other) {
            for (other_key, taken) in prefixes(one).filter(|(_, taken)| overlap(taken, prefix)) {
                let allowed = format!("a prefix apart from `tenants.{one}.keto.{other_key}`, which is `{taken}`");
                problems.note(Problem::new(format!("tenants.{other}.keto.{key}"), format!("`{prefix}`"), allowed));
            }
        }
    }
}

/// Whether some id behind one prefix reads like another id behind the other.
pub(super) fn overlap(one: &str, other: &str) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

fn same(one: &Fact, other: &Fact) -> bool {
    one.tenant != other.tenant && one.kind.told_as() == other.kind.told_as() && one.value == other.value
}

fn excused((one, other): Pair, config: &IamConfig) -> bool {
    let says = |tenant: &str, with: &str| names(config, tenant).any(|name| name == with);
    says(one, other) || says(other, one)
}

/// The tenants that share something with this one, by its word or theirs.
pub(super) fn partners(config: &IamConfig, names: &[&'static str], tenant: &'static str) -> Vec<&'static str> {
    names.iter().copied().filter(|other| *other != tenant && excused((tenant, other), config)).collect()
}

fn names<'a>(config: &'a IamConfig, tenant: &str) -> impl Iterator<Item = &'a str> {
    let named = config.tenants.get(tenant).and_then(|tenant| tenant.shares_with.as_ref());
    named.into_iter().flatten().map(String::as_str)
}

fn idle_words(tenants: &[&'static str], config: &IamConfig, shared: &BTreeSet<Pair>, problems: &mut Problems) {
    for tenant in tenants {
        let path = format!("tenants.{tenant}.shares_with");
        let others = || tenants.iter().copied().filter(|other| other != tenant);
        for name in names(config, tenant) {
            let Some(with) = others().find(|other| *other == name) else {
                let near = wording::nearest(name, others());
                let allowed = format!("other tenants: {}", wording::names(others()));
                problems.note(Problem::new(&path, wording::shown(name), allowed).near(near));
                continue;
            };
            // Where either of the two has a problem, what they share is not known yet.
            let unclear = [tenant, with].iter().any(|tenant| problems.touch(&format!("tenants.{tenant}")));
            if !unclear && !shared.contains(&((*tenant).min(with), (*tenant).max(with))) {
                problems.note_idle(&path, format_args!("nothing is shared with `{with}`"));
            }
        }
    }
}
