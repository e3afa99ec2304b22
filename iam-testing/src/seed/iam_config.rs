//! The SDK's configuration for a world, as a file and as environment variables.

use std::collections::BTreeMap;

use serde::Serialize;
use url::Url;

use super::{OneOf, SeedError, SeededTenant, Transport, World};
use crate::client::{AuthMethod, SeededClient};

impl World {
    /// A configuration file with exactly these tenants.
    ///
    /// # Errors
    /// None for a world that could be started.
    pub fn iam_config(&self) -> Result<String, SeedError> {
        Ok(toml::to_string(&self.document())?)
    }

    /// The same as environment variables, such as `IAM__TENANTS__ADMIN__KRATOS__PUBLIC_URL`; lists are
    /// separated by commas.
    ///
    /// # Errors
    /// None for a world that could be started.
    pub fn iam_environment(&self) -> Result<Vec<(String, String)>, SeedError> {
        let mut variables = Vec::new();
        let Document { hosts, tenants } = self.document();
        if !hosts.is_empty() {
            let entries: Vec<_> = hosts.iter().map(|(host, tenant)| format!("{host}={tenant}")).collect();
            variables.push(("IAM__HOSTS".to_owned(), entries.join(",")));
        }
        flatten("IAM__TENANTS", &toml::Value::try_from(tenants)?, &mut variables);
        Ok(variables)
    }

    fn document(&self) -> Document<'_> {
        Document {
            hosts: self.tenants().flat_map(SeededTenant::hosts).collect(),
            tenants: self.tenants().map(|tenant| (tenant.name.as_str(), tenant.table())).collect(),
        }
    }
}

fn flatten(name: &str, value: &toml::Value, into: &mut Vec<(String, String)>) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                flatten(&format!("{name}__{}", key.to_uppercase()), value, into);
            }
        }
        value => into.push((name.to_owned(), plain(value))),
    }
}

fn plain(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    hosts: BTreeMap<&'a str, &'a str>,
    tenants: BTreeMap<&'a str, Table<'a>>,
}

#[derive(Serialize)]
struct Table<'a> {
    mode: &'static str,
    transport: Transport,
    audience: Option<&'a OneOf>,
    machine_clients: Option<&'a OneOf>,
    cloud: Option<Cloud<'a>>,
    kratos: Kratos<'a>,
    hydra: Option<Hydra<'a>>,
    keto: Option<Keto>,
}

#[derive(Serialize)]
struct Cloud<'a> {
    project_slug: &'a str,
    api_key: &'a str,
}

#[derive(Serialize)]
struct Kratos<'a> {
    public_url: Url,
    admin_url: Url,
    cookie_name: Option<&'a str>,
}

#[derive(Serialize)]
struct Hydra<'a> {
    public_url: Url,
    admin_url: Url,
    issuer: Option<&'a str>,
    client_id: Option<&'a str>,
    client_secret: Option<&'a str>,
    client_authentication: Option<AuthMethod>,
}

#[derive(Serialize)]
struct Keto {
    read_url: Url,
    write_url: Url,
}

impl SeededTenant {
    fn hosts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.seed.hosts.iter().map(|host| (host.as_str(), self.name.as_str()))
    }

    /// What the SDK derives from a slug is left out, so that the derivation is used.
    fn table(&self) -> Table<'_> {
        let (seed, urls) = (&self.seed, self.urls());
        let is_self_hosted = seed.network.is_none();
        let given = |given: &Option<String>| is_self_hosted || given.is_some();
        // A key without effect is refused.
        let reads_cookies = seed.transport != Transport::Bearer;
        let ours = seed.our_client.as_ref();
        let ours = ours.and_then(|id| self.contents.machines.iter().find(|machine| machine.client.id == *id));
        let ours: Option<&SeededClient> = ours.map(|machine| &machine.client);
        Table {
            mode: if is_self_hosted { "self-hosted" } else { "cloud" },
            transport: seed.transport,
            audience: seed.audience.as_ref(),
            machine_clients: seed.machine_clients.as_ref(),
            cloud: seed
                .network
                .as_ref()
                .map(|network| Cloud { project_slug: &network.slug, api_key: &network.api_key }),
            kratos: Kratos {
                public_url: urls.kratos_public,
                admin_url: urls.kratos_admin,
                cookie_name: (reads_cookies && given(&seed.cookie_name)).then(|| self.project.cookie_name()),
            },
            hydra: seed.audience.is_some().then(|| Hydra {
                public_url: urls.hydra_public,
                admin_url: urls.hydra_admin,
                issuer: given(&seed.issuer).then(|| self.project.issuer()),
                client_id: ours.map(|client| client.id.as_str()),
                client_secret: ours.and_then(|client| client.secret.as_deref()),
                client_authentication: ours.map(|client| client.auth_method).filter(|m| *m != AuthMethod::Basic),
            }),
            keto: (!seed.namespaces.is_empty())
                .then_some(Keto { read_url: urls.keto_read, write_url: urls.keto_write }),
        }
    }
}
