//! The program `ory-dev`, run as a user runs it.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use iam_testing::dev::{WARNING, pasted};

use crate::support::{answer, http};

/// A running `ory-dev`, ended with the test.
struct OryDev {
    child: Child,
    stdout: String,
    stderr: String,
}

impl Drop for OryDev {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn in_tmp(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Starts it and waits until it serves. `name` keeps tests' files apart.
fn start(name: &str, arguments: &[&str]) -> OryDev {
    let file = in_tmp(name);
    let mut command = Command::new(env!("CARGO_BIN_EXE_ory-dev"));
    command.args(arguments).stdout(File::create(&file).unwrap()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut stderr = String::new();
    for line in &mut lines {
        let line = line.unwrap();
        if line.starts_with("serving") {
            break;
        }
        stderr.push_str(&line);
        stderr.push('\n');
    }
    OryDev { child, stdout: fs::read_to_string(file).unwrap(), stderr }
}

#[tokio::test]
async fn every_curl_line_works_when_pasted() {
    let ory = start("ory-dev-report", &[]);
    assert_eq!(ory.stderr, WARNING);
    let lines: Vec<&str> = ory.stdout.lines().filter(|line| line.trim_start().starts_with("curl ")).collect();
    for line in &lines {
        let (status, body) = answer(pasted(&http(), line).unwrap()).await;
        assert_eq!(status, 200, "{line}: {body}");
        assert!(body["active"] == true || body["allowed"] == true, "{line}: {body}");
    }
    // Seven people with a token and a cookie each, two machines, one permission.
    assert_eq!(lines.len(), 17);
    let config = ory.stdout.split("# ---- iam.toml").nth(1).unwrap().split("# ---- environment").next().unwrap();
    assert_eq!(config.parse::<toml::Table>().unwrap()["tenants"].as_table().unwrap().len(), 3);
}

#[test]
fn the_environment_alone_can_be_kept_in_a_file() {
    let seed = in_tmp("ory-dev-seed.toml");
    fs::write(&seed, "[tenants.shop]\ntransport = \"cookie\"\ncookie_name = \"shop&session\"\n").unwrap();
    let ory = start("ory-dev-env", &["--env", "--tenants", seed.to_str().unwrap()]);
    let lines: Vec<&str> = ory.stdout.lines().collect();
    assert_eq!(lines.len(), 5);
    assert!(lines.iter().all(|line| line.starts_with("IAM__TENANTS__SHOP__")), "{}", ory.stdout);
    assert!(lines.contains(&"IAM__TENANTS__SHOP__KRATOS__COOKIE_NAME='shop&session'"), "{}", ory.stdout);
    assert!(lines.contains(&"IAM__TENANTS__SHOP__TRANSPORT=cookie"), "{}", ory.stdout);
}

#[test]
fn what_the_sdk_would_refuse_is_told() {
    let seed = in_tmp("ory-dev-alike.toml");
    let shop = "transport = \"cookie\"\ncookie_name = \"session\"\n";
    fs::write(&seed, format!("[tenants.north]\n{shop}[tenants.south]\n{shop}")).unwrap();
    let ory = start("ory-dev-alike", &["--tenants", seed.to_str().unwrap()]);
    let told = ory.stderr.strip_prefix(WARNING).unwrap();
    assert!(told.starts_with("this configuration will not do: the configuration has a problem:"), "{told}");
    assert!(told.contains("kratos.cookie_name"), "{told}");
}

#[test]
fn a_mistake_ends_it_with_words() {
    let broken = in_tmp("ory-dev-broken.toml");
    fs::write(&broken, "[tenants.shop]\ntransport = \"cookie\"\ncookie = \"x\"\n").unwrap();
    for (arguments, code, words) in [
        (&["--tenant", "x"][..], 2, "unknown argument `--tenant`"),
        (&["--tenants"], 2, "--tenants needs a file"),
        (&["--tenants", "/no/such/file"], 1, "/no/such/file: "),
        (&["--tenants", broken.to_str().unwrap()], 1, "unknown field `cookie`"),
        (&["--help"], 0, "usage: ory-dev"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_ory-dev")).args(arguments).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{stderr}");
        assert!(stderr.contains(words), "{stderr}");
        assert!(output.stdout.is_empty());
    }
}
