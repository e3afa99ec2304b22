//! Secrets in every wrong place, and in no message.

use super::*;
use crate::Secret;

const CANARY: &str = "canary-3f9a77";

#[track_caller]
fn silent(config: &Result<IamConfig, ConfigError>) -> Vec<String> {
    let errors = match config {
        Err(error) => error.clone(),
        Ok(config) => {
            assert!(!format!("{config:?}").contains(CANARY), "the configuration's Debug: {config:?}");
            check::<Shops>(config).expect_err("a canary stands where it must be refused")
        }
    };
    let (display, debug) = (errors.to_string(), format!("{errors:?}"));
    assert!(!display.contains(CANARY) && !debug.contains(CANARY), "{display}");
    errors.problems().iter().map(ToString::to_string).collect()
}

#[test]
fn in_a_file() {
    let edits = [
        // The right key, the wrong shape.
        format!("kratos.admin_token = ['{CANARY}']"),
        format!("kratos.admin_token = {{ value = '{CANARY}' }}"),
        format!("kratos.admin_token = '{CANARY} and a space'"),
        // The wrong key.
        format!("kratos.admin_tokn = '{CANARY}'"),
        format!("kratos = '{CANARY}'"),
        format!("http.max_retries = '{CANARY}'"),
        format!("outage_guard = '{CANARY}'"),
        format!("audience = '{CANARY}'"),
        format!("tls.ca_file = '{CANARY}'"),
        format!("transport = 'ory_pat_{CANARY}'"),
        format!("shares_with = 'ory_apikey_{CANARY}'"),
        // In a URL.
        format!("kratos.public_url = 'https://user:{CANARY}@ory.test'"),
        format!("kratos.public_url = 'https://{CANARY}@ory.test'"),
        format!("kratos.public_url = 'user:{CANARY}@ory.test'"),
        format!("kratos.public_url = '{CANARY}:word@ory.test'"),
        format!("kratos.public_url = 'https://user:{CANARY}@ory.test:port'"),
        format!("kratos.public_url = 'http://ory.test/{CANARY}'"),
        format!("kratos.admin_url = 'https://ory.test/?token={CANARY}'"),
        format!("kratos.admin_url = 'https://ory.test/{CANARY}#x'"),
        format!("allowed_origins = 'https://user:{CANARY}@app.test'"),
        format!("http.proxy_url = 'http://user:{CANARY}@proxy.test'"),
        // Without effect.
        format!("transport = 'bearer'\ncloud.api_key = '{CANARY}'"),
        format!("- kratos.admin_url\nkratos.admin_token = '{CANARY}'"),
    ];
    for edit in edits {
        let told = silent(&IamConfig::from_toml(&toml("", &edit)));
        assert!(told.iter().any(|line| line.starts_with("tenants.admin.")), "{edit}: {told:?}");
    }
    let shared = toml(&format!("cloud.api_key = '{CANARY}'"), &format!("kratos.admin_token = '{CANARY}'"));
    assert!(silent(&IamConfig::from_toml(&shared))[0].contains("the key of `tenants.customer.cloud.api_key`"));
}

#[test]
fn in_broken_toml() {
    let broken = [
        format!("kratos.admin_token = '{CANARY}"),
        format!("kratos.admin_token = {CANARY}"),
        format!("kratos.admin_token '{CANARY}'"),
        format!("kratos.admin_token = '{CANARY}' '"),
        format!("kratos.admin_token = \"{CANARY}\\q\""),
        format!("kratos.admin_token = 'a'\nkratos.admin_token = '{CANARY}'"),
        format!("[{CANARY}"),
    ];
    for broken in broken {
        let told = silent(&IamConfig::from_toml(&format!("# one line\n{broken}")));
        assert_eq!(told.len(), 1, "{broken}");
        assert!(told[0].starts_with("the text: found a syntax error at line "), "{told:?}");
    }
    let told = silent(&IamConfig::from_toml("a = 1\nb = 'é' x"));
    assert_eq!(told, ["the text: found a syntax error at line 2, column 9, allowed: TOML"]);
}

#[test]
fn in_the_environment() {
    let file = std::env::temp_dir().join(format!("iam-{CANARY}-{}", std::process::id()));
    std::fs::write(&file, format!("{CANARY}\nand more")).unwrap();
    let file_name = file.to_str().unwrap();
    for (name, value) in [
        ("IAM__TENANTS__ADMIN__KRATOS__ADMIN_TOKN", CANARY),
        ("IAM__TENANTS__ADMIN__HTTP__MAX_RETRIES", CANARY),
        ("IAM__TENANTS__ADMIN__OUTAGE_GUARD", CANARY),
        ("IAM__TENANTS__ADMIN__KRATOS__ADMIN_TOKEN", "canary-3f9a77 with a space"),
        ("IAM__TENANTS__ADMIN__KRATOS__PUBLIC_URL", "https://user:canary-3f9a77@ory.test"),
        // A secret where its file's path belongs, and a file whose content is no token.
        ("IAM__TENANTS__ADMIN__KRATOS__ADMIN_TOKEN_FILE", CANARY),
        ("IAM__TENANTS__ADMIN__KRATOS__ADMIN_TOKEN_FILE", file_name),
    ] {
        let environment = Environment::from_pairs([(name, value)]);
        assert!(!format!("{environment:?}").contains(CANARY), "{environment:?}");
        let told = silent(&Ok(config("", "").with_environment(&environment)));
        assert_eq!(told.len(), 1, "{name}: {told:?}");
        assert!(told[0].contains(name), "{told:?}");
    }
    std::fs::remove_file(file).unwrap();
}

#[test]
fn in_settings() {
    let settings = check::<Shops>(&config(
        &format!("cloud.api_key = '{CANARY}'\nhydra.client_id = 'me'\nhydra.client_secret = '{CANARY}'"),
        "",
    ));
    let settings = settings.unwrap();
    assert!(!format!("{settings:?}").contains(CANARY));
    let sent = settings.tenants[0].keto.as_ref().unwrap().read.token.as_ref().map(Secret::expose);
    assert_eq!(sent, Some(CANARY), "the canary was in it");
}
