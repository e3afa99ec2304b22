//! A test that needs a process of its own: for the environment, for what the whole
//! process logs, or for how much memory it takes.
//!
//! The test runs its own binary again with nothing but itself in it; there it finds
//! out that it is the child and does its work.

use std::process::Command;

/// Holds the name of the test that a child runs.
const MARKER: &str = "IAM_TESTS_CHILD";

/// The name by which this binary knows the test of that module (`module_path!()`) and function.
pub fn name(module: &str, function: &str) -> String {
    let (_crate, path) = module.split_once("::").unwrap();
    format!("{path}::{function}")
}

/// Whether this process runs that test and no other.
pub fn is(name: &str) -> bool {
    std::env::var(MARKER).is_ok_and(|running| running == name)
}

/// Whether this process is a child at all.
pub fn is_one() -> bool {
    std::env::var_os(MARKER).is_some()
}

/// Runs a test in a process of its own with these variables more; what it wrote.
#[track_caller]
pub fn run(name: &str, variables: &[(&str, &str)]) -> String {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args([name, "--exact", "--nocapture"]).env(MARKER, name);
    for proxy in ["NO_PROXY", "no_proxy", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        child.env_remove(proxy);
    }
    let output = child.envs(variables.iter().copied()).output().unwrap();
    let written = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(output.status.success() && written.contains("1 passed"), "{written}");
    written
}
