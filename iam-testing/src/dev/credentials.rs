//! Who is in a tenant, and curl lines that use what they have.

use url::{Url, form_urlencoded};

use crate::client::{AuthMethod, OryUrls};
use crate::seed::{Account, Machine, SeededTenant, SeededTuple};
use crate::shell::quoted;

/// A tenant's addresses and credentials, each with a curl line that works when pasted.
#[must_use]
pub fn credentials(tenant: &SeededTenant) -> String {
    let urls = tenant.urls();
    let mut lines = vec![format!("# ---- tenant {}", tenant.name), String::new()];
    lines.extend(addresses(&urls));
    for account in &tenant.contents.accounts {
        lines.extend(of_account(account, &urls));
    }
    for machine in &tenant.contents.machines {
        lines.extend(of_machine(machine, &urls));
    }
    for tuple in &tenant.contents.tuples {
        lines.extend(of_tuple(tuple, &urls));
    }
    lines.push("\n".to_owned());
    lines.join("\n")
}

fn addresses(urls: &OryUrls) -> Vec<String> {
    let mut lines = Vec::new();
    if urls.kratos_public == urls.kratos_admin {
        lines.push(format!("all products   {}", urls.kratos_public));
    } else {
        for (listener, url) in [
            ("kratos public ", &urls.kratos_public),
            ("kratos admin  ", &urls.kratos_admin),
            ("hydra public  ", &urls.hydra_public),
            ("hydra admin   ", &urls.hydra_admin),
            ("keto read     ", &urls.keto_read),
            ("keto write    ", &urls.keto_write),
        ] {
            lines.push(format!("{listener} {url}"));
        }
    }
    lines.push(format!("cookie         {}", urls.cookie_name));
    lines.extend(urls.admin_token.as_ref().map(|token| format!("api key        {token}")));
    lines.push(String::new());
    lines
}

fn of_account(account: &Account, urls: &OryUrls) -> Vec<String> {
    let identity = &account.identity;
    let state = if account.is_active { "" } else { ", inactive" };
    let whoami = below(&urls.kratos_public, "sessions/whoami");
    let mut lines = vec![
        format!("{}  ({}{state})", identity.email, list("roles", &account.roles)),
        format!("  id {}  password {}", identity.id, quoted(&identity.password)),
    ];
    lines.extend(account.totp.as_ref().map(|totp| format!("  authenticator secret {}", totp.base32())));
    lines.push(curl(&[format!("Authorization: Bearer {}", account.session.token)], &[], &whoami));
    lines.push(curl(&[format!("Cookie: {}", account.browser.cookie())], &[], &whoami));
    lines.push(String::new());
    lines
}

fn of_machine(machine: &Machine, urls: &OryUrls) -> Vec<String> {
    let client = &machine.client;
    let method = match client.auth_method {
        AuthMethod::Basic => "client_secret_basic",
        AuthMethod::Post => "client_secret_post",
        AuthMethod::None => "none",
    };
    let mut lines = vec![
        format!("{}  ({}; {})", client.id, list("scopes", &client.scopes), list("audience", &client.audience)),
        format!("  {method}  secret {}", quoted(client.secret.as_deref().unwrap_or_default())),
    ];
    if let Some(token) = &machine.token {
        let introspect = below(&urls.hydra_admin, "admin/oauth2/introspect");
        lines.push(curl(&admin_headers(urls), &[("token", token)], &introspect));
    }
    lines.push(String::new());
    lines
}

fn of_tuple(tuple: &SeededTuple, urls: &OryUrls) -> Vec<String> {
    let SeededTuple { namespace, object, relation, subject_id } = tuple;
    let query: String = form_urlencoded::Serializer::new(String::new())
        .append_pair("namespace", namespace)
        .append_pair("object", object)
        .append_pair("relation", relation)
        .append_pair("subject_id", subject_id)
        .finish();
    let check = format!("{}?{query}", below(&urls.keto_read, "relation-tuples/check"));
    vec![
        format!("{namespace}:{object}#{relation}@{subject_id}"),
        curl(&admin_headers(urls), &[], &check),
        String::new(),
    ]
}

/// What admin and permission calls need besides the address.
fn admin_headers(urls: &OryUrls) -> Vec<String> {
    urls.admin_token.iter().map(|key| format!("Authorization: Bearer {key}")).collect()
}

fn curl(headers: &[String], form: &[(&str, &str)], url: &str) -> String {
    let headers = headers.iter().map(|header| format!(" -H {}", quoted(header)));
    let form = form.iter().map(|(name, value)| format!(" --data-urlencode {}", quoted(&format!("{name}={value}"))));
    format!("  curl -s{} {}", headers.chain(form).collect::<String>(), quoted(url))
}

fn below(base: &Url, path: &str) -> String {
    format!("{}/{path}", base.as_str().trim_end_matches('/'))
}

fn list(what: &str, items: &[String]) -> String {
    if items.is_empty() { format!("no {what}") } else { format!("{what} {}", items.join(", ")) }
}
