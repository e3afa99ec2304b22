//! The table in `docs/ory-versions.md`, which is what these rows saw.

use std::fmt::Write as _;
use std::fs;

use iam_testing::real::Servers;
use iam_testing::standin::Product;

use crate::contract::{self, Contract};
use crate::openapi::{self, Deviations};
use crate::row::Row;

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
    let seen = text(&servers, &contracts);
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

fn text(servers: &Servers, contracts: &[(Product, &'static Contract)]) -> String {
    let mut text =
        "| product | what answered | rows | equal to the stand-in's | deviating from Ory's OpenAPI |\n".to_owned();
    text.push_str("|---|---|---|---|---|\n");
    let (mut deviations, mut unequal) = (Deviations::new(), String::new());
    for (product, Contract { standin, real }) in contracts {
        let rows = real.as_ref().unwrap_or(standin);
        let deviating = rows.iter().filter(|row| row.deviation.is_some()).count();
        let equal = match real {
            None => "-".to_owned(),
            Some(real) => {
                let differing: Vec<_> =
                    pairs(real, standin).filter_map(|(row, there)| difference(row, there)).collect();
                unequal.extend(differing.iter().map(|what| format!("| {product}: {what} |\n")));
                (real.len() - differing.len()).to_string()
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
    if !unequal.is_empty() {
        write!(text, "\nRows that are not equal:\n\n| row | this server | the stand-in |\n|---|---|---|\n{unequal}")
            .unwrap();
    }
    text.push_str(
        "\nWhere answers deviate from the OpenAPI file:\n\n| call | status | what | rows |\n|---|---|---|---|\n",
    );
    for ((call, status, what), count) in deviations {
        writeln!(text, "| {call} | {status} | {what} | {count} |").unwrap();
    }
    text
}

/// Each row with the stand-in's: of equal names the first with the first, and so on.
fn pairs<'a>(real: &'a [Row], standin: &'a [Row]) -> impl Iterator<Item = (&'a Row, Option<&'a Row>)> {
    let named = |rows: &'a [Row], name: &'a str| rows.iter().filter(move |row| row.name == name);
    real.iter().enumerate().map(move |(index, row)| {
        let before = named(&real[..index], row.name).count();
        (row, named(standin, row.name).nth(before))
    })
}

/// The row's name and what each of the two said, unless that is the same.
fn difference(row: &Row, there: Option<&Row>) -> Option<String> {
    let said = |row: &Row| {
        let deviation = row.deviation.as_deref().unwrap_or("as described");
        format!("{}, {deviation}", row.status)
    };
    let is_equal = there.is_some_and(|there| there.is_right() && row.is_right() && said(there) == said(row));
    let there = there.map_or_else(|| "not run".to_owned(), said);
    (!is_equal).then(|| format!("{} | {} | {there}", row.name, said(row)))
}
