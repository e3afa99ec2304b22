//! Configuration from the process' real environment, in a child process of this test's own binary.

#![expect(clippy::expect_used, reason = "a helper of tests may fail the test")]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

use iam_core::Tenant;
use iam_core::config::{IamConfig, check};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Tenants {
    Admin,
}

impl Tenant for Tenants {
    const ALL: &'static [Self] = &[Self::Admin];
    const DEFAULT: Option<Self> = Some(Self::Admin);

    fn name(self) -> &'static str {
        "admin"
    }

    fn index(self) -> usize {
        0
    }
}

const FILE: &str = "CONFIG_TEST_FILE";

/// What the child does; without its variable, and so in an ordinary run, nothing.
#[test]
fn child() {
    let Some(file) = std::env::var_os(FILE) else { return };
    let mut told = String::new();
    match IamConfig::load(file).and_then(|config| check::<Tenants>(&config)) {
        Err(error) => writeln!(told, "{error}\n{error:?}").unwrap(),
        Ok(settings) => {
            let token = settings.tenants[0].kratos.admin.as_ref().and_then(|admin| admin.token.as_ref());
            let length = token.map(|token| token.expose().len());
            writeln!(told, "token of {length:?} bytes\n{settings:?}").unwrap();
        }
    }
    std::io::stdout().write_all(told.as_bytes()).unwrap();
}

fn scratch(name: &str, content: &str) -> PathBuf {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&file, content).expect("cargo made this directory for the test");
    file
}

/// The child's output with this file and these variables.
fn run(name: &str, toml: &str, variables: &[(&str, &str)]) -> String {
    let mut child = Command::new(std::env::current_exe().expect("a test runs from its own file"));
    child.args(["child", "--exact", "--nocapture"]).env(FILE, scratch(name, toml)).envs(variables.iter().copied());
    let output = child.output().expect("the test's own file can be run again");
    assert!(output.status.success(), "{output:?}");
    [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat()
}

const GOOD: &str = "
    [tenants.admin]
    mode = 'self-hosted'
    transport = 'cookie'
    kratos.public_url = 'https://kratos.test'
    kratos.admin_url = 'https://kratos-admin.test'
";

const CANARY: &str = "canary-71c2";
const TOKEN: &str = "IAM__TENANTS__ADMIN__KRATOS__ADMIN_TOKEN";
const TOKEN_FILE: &str = "IAM__TENANTS__ADMIN__KRATOS__ADMIN_TOKEN_FILE";

#[test]
fn the_process_environment_counts() {
    let told = run("good.toml", GOOD, &[(TOKEN, CANARY)]);
    assert!(told.contains("token of Some(11) bytes") && !told.contains(CANARY), "{told}");

    let secret = scratch("mounted-secret", &format!("{CANARY}-mounted\n"));
    let told = run("mounted.toml", GOOD, &[(TOKEN_FILE, &secret.to_string_lossy())]);
    assert!(told.contains("token of Some(19) bytes") && !told.contains(CANARY), "{told}");
}

#[test]
fn what_is_wrong_there_is_told_without_its_value() {
    let user_info = GOOD.replace("'https://kratos.test'", "'https://user:canary-71c2@kratos.test'");
    let variables = [
        ("IAM__TENANTS__ADMIN__KRATOS__ADMIN_TOKN", CANARY),
        ("IAM__TENANTS__ADMIN__HTTP__MAX_RETRIES", CANARY),
        (TOKEN_FILE, CANARY),
    ];
    let told = run("bad.toml", &user_info, &variables);
    assert!(told.contains("the configuration has 4 problems"), "{told}");
    assert!(told.contains("nearest: `IAM__TENANTS__ADMIN__KRATOS__ADMIN_TOKEN`"), "{told}");
    assert!(!told.contains(CANARY), "{told}");

    let told = run("broken.toml", &format!("{GOOD}\n    kratos.admin_token = '{CANARY}"), &[]);
    assert!(told.contains("a syntax error at line 8, column ") && !told.contains(CANARY), "{told}");
}
