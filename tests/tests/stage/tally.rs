//! How much of a suite has met Ory's own servers, kept in a file for the suite that prints it.

#![allow(dead_code, unreachable_pub, reason = "the adapters' suites write it, another one reads it")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// By product: what has met Ory's own server. All of it grows only.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    /// The `cargo test` it belongs to.
    run: u32,
    /// Requests to the application for which the server was asked.
    pub rows: BTreeMap<String, usize>,
    /// Tests that have such rows.
    pub tests: BTreeMap<String, BTreeSet<String>>,
    /// Tests that set a stage, whether or not a server was asked.
    pub staged: BTreeSet<String>,
    /// Tests with rows that a gateway like Ory Network's refused, before Ory's own servers.
    pub refused_at_the_gateway: BTreeSet<String>,
    /// Rows that are not for Ory's own servers, and why.
    pub exempt: BTreeMap<String, String>,
}

impl Tally {
    pub fn new() -> Self {
        Self { run: run(), ..Self::default() }
    }

    /// What the suite of this name has kept in this run, if it has run.
    pub fn read(suite: &str) -> Option<Self> {
        let tally: Self = serde_json::from_str(&fs::read_to_string(file(suite)).ok()?).ok()?;
        (tally.run == run()).then_some(tally)
    }

    pub fn keep(&self, suite: &str) {
        fs::write(file(suite), serde_json::to_string(self).unwrap()).unwrap();
    }
}

fn file(suite: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("rows-{suite}.json"))
}

/// All test programs of one `cargo test` have it for a parent.
fn run() -> u32 {
    #[cfg(unix)]
    return std::os::unix::process::parent_id();
    #[cfg(not(unix))]
    return 0;
}
