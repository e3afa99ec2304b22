//! The check: a configuration and a tenant enum in, settings or every problem out.

mod context;
mod grammar;
mod hosts;
mod limits;
mod products;
mod sharing;
mod tenant;

use ipnet::IpNet;

use super::model::IamConfig;
use super::problem::{ConfigError, Noted, Problem, Problems};
use super::settings::Settings;
use super::wording;
use crate::Tenant;
pub(crate) use grammar::is_loopback;
use sharing::Sharing;

/// Checks a configuration against the tenants of an enum.
///
/// Nothing is asked of Ory: the only thing looked at outside the configuration is
/// whether a `tls.ca_file` is there.
///
/// ```
/// use iam_core::config::{IamConfig, check};
/// # use iam_core::Tenant;
/// # #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
/// # enum Tenants { Admin }
/// # impl Tenant for Tenants {
/// #     const ALL: &'static [Self] = &[Self::Admin];
/// #     const DEFAULT: Option<Self> = Some(Self::Admin);
/// #     fn name(self) -> &'static str { "admin" }
/// #     fn index(self) -> usize { 0 }
/// # }
///
/// let config = IamConfig::from_toml(
///     "[tenants.admn]
///      mode = 'self-hosted'
///      transport = 'cokie'",
/// )?;
/// let error = check::<Tenants>(&config).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the configuration has 3 problems:\
///      \n  tenants.admin: found nothing, allowed: a table, for a tenant of the enum\
///      \n  tenants.admn: found an unknown tenant, allowed: `admin`, nearest: `admin`\
///      \n  tenants.admn.transport: found `cokie`, allowed: `cookie`, `bearer`, `cookie-or-bearer`, nearest: `cookie`"
/// );
/// # Ok::<(), iam_core::config::ConfigError>(())
/// ```
///
/// # Errors
/// Every problem at once, of reading and of checking.
pub fn check<T: Tenant>(config: &IamConfig) -> Result<Settings, ConfigError> {
    let names: Vec<&'static str> = T::ALL.iter().map(|tenant| tenant.name()).collect();
    check_names(config, &names, T::DEFAULT.map(Tenant::name))
}

/// [`check`] against tenants that are known at run time only, by their names, and the one of
/// them that is the default: for tools that have no tenant enum.
///
/// # Errors
/// Every problem at once, of reading and of checking.
pub fn check_names(
    config: &IamConfig,
    names: &[&'static str],
    default: Option<&'static str>,
) -> Result<Settings, ConfigError> {
    let mut problems = config.findings.problems.clone();
    let mut sharing = Sharing::default();

    agree_on_default(config, names, default, &mut problems);
    let trusted_proxies = trusted_proxies(config, &mut problems);
    let hosts = hosts::check(config, names, &mut problems);
    for unknown in config.tenants.keys().filter(|name| !names.contains(&name.as_str())) {
        let path = format!("tenants.{}", wording::name(unknown));
        let near = wording::nearest(unknown, names.iter().copied());
        let allowed = wording::names(names.iter().copied());
        problems.note(Problem::new(path, "an unknown tenant", allowed).near(near));
    }
    let tenants: Vec<_> = names
        .iter()
        .map(|name| match config.tenants.get(*name) {
            Some(tenant) => {
                let shares_with = sharing::partners(config, names, name);
                tenant::check(name, tenant, shares_with, &mut problems, &mut sharing)
            }
            None => Err(problems.note_missing(&format!("tenants.{name}"), "a table, for a tenant of the enum")),
        })
        .collect();
    sharing.report(names, config, &mut problems);

    let settings = trusted_proxies.and_then(|trusted_proxies| {
        Ok(Settings { trusted_proxies, hosts: hosts?, tenants: tenants.into_iter().collect::<Result<_, _>>()? })
    });
    problems.finish(settings, |path| config.findings.variables.get(path).cloned())
}

fn agree_on_default(config: &IamConfig, names: &[&'static str], marked: Option<&'static str>, problems: &mut Problems) {
    let Some(named) = config.default_tenant.as_deref() else { return };
    if marked == Some(named) {
        return;
    }
    let allowed = match marked {
        Some(name) => format!("`{name}`, which is the tenant enum's default"),
        None => "nothing, because the tenant enum marks no variant `#[default]`".to_owned(),
    };
    let near = if names.contains(&named) { None } else { wording::nearest(named, names.iter().copied()) };
    problems.note(Problem::new("default_tenant", wording::shown(named), allowed).near(near));
}

fn trusted_proxies(config: &IamConfig, problems: &mut Problems) -> Result<Vec<IpNet>, Noted> {
    let blocks = config.trusted_proxies.iter().flatten();
    let blocks: Vec<_> =
        blocks.map(|text| grammar::block(text).map_err(|bad| problems.note(bad.at("trusted_proxies")))).collect();
    blocks.into_iter().collect()
}
