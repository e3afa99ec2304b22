//! `ory-dev` on the stand-in.

use std::fs;

use iam_testing::client::http_client;
use iam_testing::dev::{WARNING, pasted};
use serde_json::Value;

use crate::process::{ORY_DEV, in_tmp, start};

#[tokio::test]
async fn every_curl_line_works_when_pasted() {
    let ory = start(ORY_DEV, "ory-dev-report", &[]);
    assert_eq!(ory.stderr, WARNING);
    let lines: Vec<&str> = ory.stdout.lines().filter(|line| line.trim_start().starts_with("curl ")).collect();
    for line in &lines {
        let answer = pasted(&http_client().unwrap(), line).unwrap().send().await.unwrap();
        let (status, body): (_, Value) = (answer.status(), answer.json().await.unwrap());
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
    let ory = start(ORY_DEV, "ory-dev-env", &["--env", "--tenants", seed.to_str().unwrap()]);
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
    let ory = start(ORY_DEV, "ory-dev-alike", &["--tenants", seed.to_str().unwrap()]);
    let told = ory.stderr.strip_prefix(WARNING).unwrap();
    assert!(told.starts_with("this configuration will not do: the configuration has a problem:"), "{told}");
    assert!(told.contains("kratos.cookie_name"), "{told}");
}
