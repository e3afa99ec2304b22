//! One tenant: how it is run, what is a credential for it, and what its products are.

use std::collections::BTreeSet;

use super::context::{Context, MAY_BE_PLAIN, Project};
use super::sharing::{Kind, Sharing};
use super::{grammar, limits, products};
use crate::config::model::TenantConfig;
use crate::config::problem::{Noted, Problem, Problems};
use crate::config::settings::{HydraSettings, Mode, TenantSettings, Transport};
use crate::config::wording;

pub(super) fn check(
    name: &'static str,
    config: &TenantConfig,
    shares_with: Vec<&'static str>,
    problems: &mut Problems,
    sharing: &mut Sharing,
) -> Result<TenantSettings, Noted> {
    let context =
        &mut Context { name, config, problems, sharing, project: Ok(None), plain: BTreeSet::new(), https: false };
    let mode = context.required("mode", config.mode);
    let transport = context.required("transport", config.transport);
    context.project = match mode {
        Ok(Mode::Cloud) => project(context).map(Some),
        Ok(Mode::SelfHosted) => Ok(None),
        Err(noted) => Err(noted),
    };
    if config.cloud.is_some() && matches!(mode, Ok(Mode::SelfHosted)) {
        context.idle("cloud", "`mode` is `self-hosted`");
    }
    if let Ok(transport) = transport {
        refuse_idle_transport_keys(context, transport);
    }
    let allowed_origins = allowed_origins(context);
    let kratos = products::kratos(context);
    let cookie_name = products::cookie_name(context, transport);
    let hydra = products::hydra(context);
    let keto = products::keto(context);
    // Of a Hydra that has a problem it is not known what it would do.
    let may = |does: fn(&HydraSettings) -> bool| hydra.as_ref().map_or(true, |hydra| hydra.as_ref().is_some_and(does));
    if config.audience.is_some() && config.hydra.is_none() {
        context.idle("audience", "there is no `hydra` table");
    }
    if config.machine_clients.is_some() && !may(HydraSettings::takes_tokens) {
        context.idle("machine_clients", "there is no `hydra.admin_url`");
    }
    let cache = limits::cache(context, may(HydraSettings::introspects));
    let http = limits::http(context);
    refuse_idle_plain_words(context);
    Ok(TenantSettings {
        name,
        mode: mode?,
        shares_with,
        transport: transport?,
        prefer: config.prefer,
        cookie_name: cookie_name?,
        allowed_origins: allowed_origins?,
        csrf_check: !config.dangerously_disable_csrf_check.unwrap_or(false),
        trust_traits_roles: config.dangerously_trust_traits_roles.unwrap_or(false),
        outage_guard: config.outage_guard.unwrap_or(true),
        cache: cache?,
        http: http?,
        kratos: kratos?,
        hydra: hydra?,
        keto: keto?,
    })
}

/// The project of a cloud tenant. URLs follow from the slug alone, so that a missing key hides no other problem.
fn project(context: &mut Context<'_>) -> Result<Project, Noted> {
    let cloud = context.config.cloud.clone().unwrap_or_default();
    let needed = context.config.needs_project_key();
    let key = match &cloud.api_key {
        None if !needed => Ok(None),
        None => Err(context.missing("cloud.api_key", "the project's API key")),
        Some(_) if !needed => Err(context.idle("cloud.api_key", "every product has a token of its own")),
        Some(key) => context.own_token("cloud.api_key", key).map(Some),
    };
    let slug = context.required("cloud.project_slug", cloud.project_slug)?;
    let noted = |bad: grammar::Bad| bad.at(&format!("tenants.{}.cloud.project_slug", context.name));
    let checked = grammar::slug(&slug).and_then(|slug| {
        // Network's discovery document names the issuer so, without a trailing slash.
        let issuer = format!("https://{slug}.projects.oryapis.com");
        Ok((grammar::server(&issuer)?, issuer))
    });
    let (url, issuer) = checked.map_err(noted).map_err(|problem| context.problems.note(problem))?;
    context.share(Kind::Project, "cloud.project_slug", &slug);
    let cookie_name = format!("ory_session_{}", slug.replace('-', ""));
    Ok(Project { url, issuer: issuer.into(), cookie_name: cookie_name.into(), key })
}

fn refuse_idle_transport_keys(context: &mut Context<'_>, transport: Transport) {
    let config = context.config;
    if config.prefer.is_some() && transport != Transport::CookieOrBearer {
        context.idle("prefer", "`transport` is not `cookie-or-bearer`");
    }
    let no_cookie = "`transport` is `bearer`";
    let unchecked = config.dangerously_disable_csrf_check == Some(true);
    if transport == Transport::Bearer {
        if config.dangerously_disable_csrf_check.is_some() {
            context.idle("dangerously_disable_csrf_check", no_cookie);
        }
        if config.allowed_origins.is_some() {
            context.idle("allowed_origins", no_cookie);
        }
        if config.kratos.cookie_name.is_some() {
            context.idle("kratos.cookie_name", no_cookie);
        }
    } else if unchecked && config.allowed_origins.is_some() {
        context.idle("allowed_origins", "`dangerously_disable_csrf_check` is `true`");
    }
}

fn allowed_origins(context: &mut Context<'_>) -> Result<Vec<Box<str>>, Noted> {
    const KEY: &str = "allowed_origins";
    let origins: Vec<_> = (context.config.allowed_origins.iter().flatten())
        .map(|text| {
            let url = grammar::origin(text).map_err(|bad| context.note(KEY, |path| bad.at(path)))?;
            context.refuse_plain(KEY, &url)?;
            Ok(text.as_str().into())
        })
        .collect();
    origins.into_iter().collect()
}

/// A word that allows nothing today allows something by surprise tomorrow.
fn refuse_idle_plain_words(context: &mut Context<'_>) {
    const KEY: &str = "dangerously_allow_http";
    for named in context.config.dangerously_allow_http.iter().flatten() {
        if !MAY_BE_PLAIN.contains(&named.as_str()) {
            let near = wording::nearest(named, MAY_BE_PLAIN);
            let allowed = wording::names(MAY_BE_PLAIN);
            context.note(KEY, |path| Problem::new(path, wording::shown(named), allowed).near(near));
        } else if !context.plain.contains(named.as_str()) && !context.problems.touch(&context.path(named)) {
            context.idle(KEY, &format!("`{named}` is no plain http URL of another host"));
        }
    }
}
