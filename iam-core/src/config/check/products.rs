//! Kratos, Hydra and Keto of one tenant.

use url::Url;

use super::context::Context;
use super::grammar::{self, URL};
use super::sharing::{Kind, overlap};
use crate::Secret;
use crate::config::model::HydraConfig;
use crate::config::problem::{Noted, Problem};
use crate::config::settings::{
    Audience, ClientSettings, Endpoint, HydraSettings, KetoSettings, KratosSettings, MachineClients, TokenVerification,
    Transport,
};

pub(super) fn kratos(context: &mut Context<'_>) -> Result<KratosSettings, Noted> {
    let config = &context.config.kratos;
    let public = required_server(context, "kratos.public_url", config.public_url.as_deref());
    let admin = admin(context, ["kratos.admin_url", "kratos.admin_token"], &config.admin_url, &config.admin_token);
    let browser = match &config.browser_url {
        Some(text) => required_server(context, "kratos.browser_url", Some(text)),
        None => public.clone(),
    };
    Ok(KratosSettings { public: Endpoint { url: public?, token: None }, admin: admin?, browser_url: browser? })
}

/// The session cookie's name. Where no cookie is read none is shared either.
pub(super) fn cookie_name(context: &mut Context<'_>, transport: Result<Transport, Noted>) -> Result<Box<str>, Noted> {
    const KEY: &str = "kratos.cookie_name";
    let (name, from) = match &context.config.kratos.cookie_name {
        Some(name) => {
            grammar::cookie_name(name).map_err(|bad| context.note(KEY, |path| bad.at(path)))?;
            (name.as_str().into(), KEY)
        }
        None => match context.project.clone()? {
            Some(project) => (project.cookie_name, "cloud.project_slug"),
            // Kratos' own default (`session.cookie.name`).
            None => ("ory_kratos_session".into(), KEY),
        },
    };
    if transport? != Transport::Bearer {
        context.share(Kind::Cookie, from, &name);
    }
    Ok(name)
}

pub(super) fn hydra(context: &mut Context<'_>) -> Result<Option<HydraSettings>, Noted> {
    let Some(config) = &context.config.hydra else { return Ok(None) };
    let public = context.server("hydra.public_url", config.public_url.as_deref());
    let admin = admin(context, ["hydra.admin_url", "hydra.admin_token"], &config.admin_url, &config.admin_token);
    let client = client(context, config, matches!(public, Ok(None)));
    let verification = config.verification.unwrap_or_default();
    let is_local = verification == TokenVerification::Local;
    if is_local && config.client_id.is_none() && matches!(public, Ok(None)) {
        context.missing(
            "hydra.public_url",
            format!("{URL}, because the keys of `verification = \"local\"` come from there"),
        );
    }
    if !is_local && matches!((&admin, &client), (Ok(None), Ok(None))) {
        context.missing(
            "hydra.admin_url",
            format!("{URL}, a `hydra.client_id`, or `verification = \"local\"`: something that uses Hydra"),
        );
    }
    let issuer = issuer(context, config);
    let audience = audience(context);
    let machine_clients = machine_clients(context);
    Ok(Some(HydraSettings {
        public: public?.map(|url| Endpoint { url, token: None }),
        admin: admin?,
        issuer: issuer?,
        verification,
        audience: audience?,
        machine_clients: machine_clients?,
        client: client?,
    }))
}

pub(super) fn keto(context: &mut Context<'_>) -> Result<Option<KetoSettings>, Noted> {
    let Some(config) = &context.config.keto else { return Ok(None) };
    let read = required_server(context, "keto.read_url", config.read_url.as_deref());
    let write = context.server("keto.write_url", config.write_url.as_deref());
    let token = context.token("keto.api_key", config.api_key.as_ref());
    let user_prefix = prefix(context, "keto.user_prefix", config.user_prefix.as_deref().unwrap_or("user:"));
    let client_prefix = prefix(context, "keto.client_prefix", config.client_prefix.as_deref().unwrap_or("client:"));
    let (user_prefix, client_prefix) = (user_prefix?, client_prefix?);
    if overlap(&user_prefix, &client_prefix) {
        // Else a client could be named so that it has a user's grants.
        let allowed = format!("a prefix apart from `keto.user_prefix`, which is `{user_prefix}`");
        let problem = |path: &str| Problem::new(path, format!("`{client_prefix}`"), allowed);
        return Err(context.note("keto.client_prefix", problem));
    }
    let token = token?;
    let settings = KetoSettings {
        read: Endpoint { url: read?, token: token.clone() },
        write: write?.map(|url| Endpoint { url, token }),
        user_prefix,
        client_prefix,
    };
    context.sharing.add_subjects(context.name, &settings);
    Ok(Some(settings))
}

fn required_server(context: &mut Context<'_>, key: &'static str, given: Option<&str>) -> Result<Url, Noted> {
    context.server(key, given)?.ok_or_else(|| context.missing(key, URL))
}

/// An admin listener with the token that is sent there.
fn admin(
    context: &mut Context<'_>,
    [url_key, token_key]: [&'static str; 2],
    url: &Option<String>,
    token: &Option<Secret>,
) -> Result<Option<Endpoint>, Noted> {
    let url = context.server(url_key, url.as_deref());
    if matches!(url, Ok(None)) && token.is_some() {
        return Err(context.idle(token_key, &format!("there is no `{url_key}`")));
    }
    let token = context.token(token_key, token.as_ref());
    let (url, token) = (url?, token?);
    Ok(url.map(|url| Endpoint { url, token }))
}

fn client(
    context: &mut Context<'_>,
    config: &HydraConfig,
    no_token_endpoint: bool,
) -> Result<Option<ClientSettings>, Noted> {
    let HydraConfig { client_id, client_secret, client_authentication, .. } = config;
    if client_authentication.is_some() && client_id.is_none() {
        context.idle("hydra.client_authentication", "there is no `hydra.client_id`");
    }
    if no_token_endpoint && client_id.is_some() {
        context.missing("hydra.public_url", format!("{URL}, because tokens for `hydra.client_id` come from there"));
    }
    let id = client_id.as_deref().map(|id| filled(context, "hydra.client_id", id)).transpose();
    let secret = client_secret.as_ref().map(|secret| filled(context, "hydra.client_secret", secret.expose()));
    let secret = secret.transpose();
    match (id?, secret?) {
        (None, None) => Ok(None),
        (Some(_), None) => Err(context.missing("hydra.client_secret", "the secret of `hydra.client_id`")),
        (None, Some(_)) => Err(context.missing("hydra.client_id", "the client of `hydra.client_secret`")),
        (Some(id), Some(secret)) => Ok(Some(ClientSettings {
            id: id.into(),
            secret: Secret::new(secret),
            authentication: client_authentication.unwrap_or_default(),
        })),
    }
}

/// The issuer is a name, compared byte for byte and never called: it is checked, but
/// kept as it was written, and may be plain http.
fn issuer(context: &mut Context<'_>, config: &HydraConfig) -> Result<Box<str>, Noted> {
    const KEY: &str = "hydra.issuer";
    let (issuer, from) = match &config.issuer {
        Some(issuer) => (issuer.as_str().into(), KEY),
        None => match context.project.clone()? {
            Some(project) => (project.issuer, "cloud.project_slug"),
            None => return Err(context.missing(KEY, "`urls.self.issuer` of Hydra's configuration")),
        },
    };
    let url = grammar::server(&issuer).map_err(|bad| context.note(KEY, |path| bad.at(path)))?;
    context.share(Kind::Issuer, from, &grammar::same_server(&url));
    Ok(issuer)
}

fn audience(context: &mut Context<'_>) -> Result<Audience, Noted> {
    const KEY: &str = "audience";
    let allowed = "what tokens for this service have in `aud`, or `\"any\"`";
    match &context.config.audience {
        None => Err(context.missing(KEY, allowed)),
        Some(Audience::OneOf(list)) if list.is_empty() => {
            Err(context.note(KEY, |path| Problem::new(path, "an empty list", allowed)))
        }
        Some(Audience::OneOf(list)) => filled_list(context, KEY, list).map(|()| Audience::OneOf(list.clone())),
        Some(Audience::Any) => Ok(Audience::Any),
    }
}

fn machine_clients(context: &mut Context<'_>) -> Result<MachineClients, Noted> {
    match &context.config.machine_clients {
        None => Ok(MachineClients::Listed(Vec::new())),
        Some(MachineClients::Any) => Ok(MachineClients::Any),
        Some(MachineClients::Listed(list)) => {
            filled_list(context, "machine_clients", list).map(|()| MachineClients::Listed(list.clone()))
        }
    }
}

fn filled_list(context: &mut Context<'_>, key: &str, list: &[Box<str>]) -> Result<(), Noted> {
    list.iter().try_for_each(|item| filled(context, key, item).map(drop))
}

fn filled<'a>(context: &mut Context<'_>, key: &str, text: &'a str) -> Result<&'a str, Noted> {
    grammar::filled(text).map_err(|bad| context.note(key, |path| bad.at(path)))
}

fn prefix(context: &mut Context<'_>, key: &str, text: &str) -> Result<Box<str>, Noted> {
    grammar::subject_prefix(text).map(Into::into).map_err(|bad| context.note(key, |path| bad.at(path)))
}
