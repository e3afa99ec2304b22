//! The table in `docs/ory-versions.md`, which is what these rows saw.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use iam_testing::real::Servers;
use iam_testing::standin::Product;

use crate::contract::{self, AS_A_WHOLE, Contract, Unequal};
use crate::exempt::{Exempt, Place};
use crate::openapi::{self, Deviations};
use crate::sdk;
use crate::shape::Difference;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/ory-versions.md");
const BEGIN: &str = "<!-- written by `UPDATE_ORY_VERSIONS=1 bash .ci/run live` -->\n";
const END: &str = "<!-- until here -->\n";
const PRODUCTS: [Product; 3] = [Product::Kratos, Product::Hydra, Product::Keto];

#[tokio::test]
async fn the_page_says_what_was_seen() {
    let servers = crate::servers().await;
    let mut contracts = Vec::new();
    for product in PRODUCTS {
        contracts.push((product, contract::of(product).await));
    }
    if contracts.iter().all(|(_, contract)| contract.real.is_none()) || std::env::var_os(openapi::VARIABLE).is_none() {
        crate::say("docs/ory-versions.md: not compared, which takes Ory's own servers and its OpenAPI files");
        return;
    }
    let seen = text(&servers, &contracts, sdk::real(&servers).await);
    let page = fs::read_to_string(PAGE).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (written, after) = rest.split_once(END).unwrap();
    if std::env::var_os("UPDATE_ORY_VERSIONS").is_some() {
        fs::write(PAGE, format!("{before}{BEGIN}{seen}{END}{after}")).unwrap();
        return;
    }
    assert!(
        seen == written,
        "docs/ory-versions.md does not say what was seen; with UPDATE_ORY_VERSIONS=1 it will:\n{seen}"
    );
}

fn text(servers: &Servers, contracts: &[(Product, &'static Contract)], calls: usize) -> String {
    let mut text =
        "| product | what answered | rows | equal to the stand-in's | deviating from Ory's OpenAPI |\n".to_owned();
    text.push_str("|---|---|---|---|---|\n");
    let (mut deviations, mut unequal, mut general) = (Deviations::new(), String::new(), String::new());
    for (product, contract) in contracts {
        let Contract { standin, real, .. } = contract;
        let rows = real.as_ref().unwrap_or(standin);
        let deviating = rows.iter().filter(|row| row.deviation.is_some()).count();
        let equal = match real {
            None => "-".to_owned(),
            Some(real) => {
                let is_everywhere =
                    |seen: &Unequal| matches!(seen.exempt, Some(Exempt::Place(Place { row: None, .. })));
                let (everywhere, own): (Vec<_>, Vec<_>) =
                    contract.unequal(*product).into_iter().partition(is_everywhere);
                let rows: BTreeSet<_> = own.iter().map(|unequal| unequal.row).collect();
                unequal.push_str(&listed(*product, &own));
                general.push_str(&counted(*product, &everywhere));
                let differing = real.iter().filter(|row| rows.contains(row.name)).count();
                (real.len() - differing).to_string()
            }
        };
        let version = servers.version(*product).unwrap_or("the stand-in");
        writeln!(text, "| {product} | {version} | {} | {equal} | {deviating} |", rows.len()).unwrap();
        for row in rows {
            let Some(deviation) = &row.deviation else { continue };
            let call = format!("{product}: `{}`", row.call);
            *deviations.entry((call, row.status, deviation.clone())).or_default() += 1;
        }
    }
    writeln!(
        text,
        "\nThe SDK itself made {calls} calls on both, each with the result that is expected of that version."
    )
    .unwrap();
    for (title, head, lines) in [
        (
            "Rows that are not equal",
            "| row | where | this server | the stand-in | why |\n|---|---|---|---|---|\n",
            unequal,
        ),
        (
            "Besides, wherever it occurs",
            "| where | this server | the stand-in | why | rows |\n|---|---|---|---|---|\n",
            general,
        ),
    ] {
        if !lines.is_empty() {
            write!(text, "\n{title}:\n\n{head}{lines}").unwrap();
        }
    }
    text.push_str(
        "\nWhere answers deviate from the OpenAPI file:\n\n| call | status | what | rows |\n|---|---|---|---|\n",
    );
    for ((call, status, what), count) in deviations {
        writeln!(text, "| {call} | {status} | {what} | {count} |").unwrap();
    }
    text
}

/// A line for each difference that rows have by name; of a row that is another one altogether, only its status.
fn listed(product: Product, unequal: &[Unequal]) -> String {
    let line = |Unequal { row, difference, exempt }: &Unequal| {
        let Difference { place, here, there } = difference;
        let why = match exempt {
            Some(Exempt::Row(exempt)) if ["status", AS_A_WHOLE].contains(&&**place) => exempt.why,
            Some(Exempt::Row(_)) => return None,
            Some(Exempt::Place(exempt)) => exempt.why,
            None => "**not known**",
        };
        let place = if place.is_empty() { "the body" } else { place };
        Some(format!("| {product}: {row} | {place} | {} | {} | {why} |\n", cell(here), cell(there)))
    };
    let lines: BTreeSet<_> = unequal.iter().filter_map(line).collect();
    lines.into_iter().collect()
}

/// A line for each difference that is everywhere, and in how many rows it was seen.
fn counted(product: Product, unequal: &[Unequal]) -> String {
    let mut counts = BTreeMap::<_, usize>::new();
    for unequal in unequal {
        let Some(Exempt::Place(Place { place, kinds: (here, there), why, .. })) = unequal.exempt else { continue };
        *counts.entry((place, cell(here), cell(there), why)).or_default() += 1;
    }
    let line =
        |((place, here, there, why), count)| format!("| {product}: {place} | {here} | {there} | {why} | {count} |\n");
    counts.into_iter().map(line).collect()
}

fn cell(kind: &str) -> String {
    match kind {
        "*" => "one or another".to_owned(),
        "" => "empty".to_owned(),
        kind => kind.replace('<', "&lt;"),
    }
}
