//! How Keto is set up, and emptied.

use reqwest::Client;
use serde_json::{Value, json};
use url::Url;

use super::server::Place;
use crate::standin::{Namespace, ProjectConfig};

/// The file of namespaces, beside the configuration.
pub(super) const FILE: &str = "namespaces.keto.ts";

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KetoSpec {
    namespaces: Vec<Namespace>,
}

impl KetoSpec {
    pub(crate) fn of(config: &ProjectConfig) -> KetoSpec {
        KetoSpec { namespaces: config.namespaces.clone() }
    }

    pub(super) fn document(&self, place: &Place<'_>) -> Value {
        let on = |port: u16| json!({"host": "127.0.0.1", "port": port});
        let [opl, metrics] = place.further_ports;
        json!({
            "version": place.version,
            "dsn": place.dsn,
            "log": {"level": "warn"},
            "serve": {
                "read": on(place.public_port),
                "write": on(place.admin_port),
                "opl": on(opl),
                "metrics": on(metrics),
            },
            "namespaces": {"location": format!("file://{}", place.folder.join(FILE).display())},
        })
    }

    pub(super) fn namespaces_file(&self) -> String {
        namespaces_file(&self.namespaces)
    }

    /// Deletes every tuple.
    pub(super) async fn empty(&self, client: &Client, write: &Url) -> reqwest::Result<()> {
        for Namespace { name, .. } in &self.namespaces {
            let tuples = client.delete(format!("{write}admin/relation-tuples")).query(&[("namespace", name)]);
            tuples.send().await?.error_for_status()?;
        }
        Ok(())
    }
}

/// These namespaces in Ory Permission Language, as Keto is given them. Who a relation is for is not checked when a
/// tuple is written, and has to be the name of a namespace: its own.
#[must_use]
pub fn namespaces_file(namespaces: &[Namespace]) -> String {
    let mut text = "import { Namespace } from \"@ory/keto-namespace-types\"\n".to_owned();
    for Namespace { name, relations } in namespaces {
        let lines: String = relations.iter().flatten().map(|relation| format!("    {relation}: {name}[]\n")).collect();
        text.push_str(&match lines.is_empty() {
            true => format!("class {name} implements Namespace {{}}\n"),
            false => format!("class {name} implements Namespace {{\n  related: {{\n{lines}  }}\n}}\n"),
        });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_without_relations_is_an_empty_class() {
        let file =
            namespaces_file(&[Namespace::any("files"), Namespace::with_relations("listings", &["edit", "view"])]);
        let listings =
            "class listings implements Namespace {\n  related: {\n    edit: listings[]\n    view: listings[]\n  }\n}\n";
        let import = "import { Namespace } from \"@ory/keto-namespace-types\"\n";
        assert_eq!(file, format!("{import}class files implements Namespace {{}}\n{listings}"));
    }
}
