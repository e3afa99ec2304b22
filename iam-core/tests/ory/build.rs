use std::path::PathBuf;

use iam_core::ory::{ClientBuildError, Ory};
use iam_core::{Product, Secret};

use super::settings;

fn settings_of(url: &str) -> iam_core::config::TenantSettings {
    settings(&url.parse().unwrap())
}

/// A file of its own for each test, in the directory that Cargo keeps for them.
fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn a_token_must_fit_a_header() {
    let mut settings = settings_of("http://127.0.0.1:1/");
    settings.keto.as_mut().unwrap().read.token = Some(Secret::new("canary\nx"));
    let error = Ory::new(&settings).unwrap_err();
    assert_eq!(error, ClientBuildError::Token { tenant: "customer", product: Product::Keto });
    assert!(!format!("{error} {error:?}").contains("canary"));
}

#[test]
fn a_ca_file_must_hold_certificates() {
    let broken = "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n";
    let no_certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (path, problem) in [
        (PathBuf::from("/nowhere/ca.pem"), "cannot be read"),
        (file("empty.pem", "canary\n"), "holds no certificate"),
        (file("broken.pem", broken), "is not a PEM file"),
        (file("other.pem", no_certificate), "holds a certificate that is no usable authority"),
    ] {
        let mut settings = settings_of("https://ory.example/");
        settings.http.ca_file = Some(path.clone());
        let error = Ory::new(&settings).unwrap_err();
        assert_eq!(error, ClientBuildError::CaFile { tenant: "customer", path, problem });
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}

#[test]
fn a_proxy_that_would_be_passed_over_is_refused() {
    for proxy in ["socks5://user:canary@proxy.example/", "ftp://user:canary@proxy.example/"] {
        let mut settings = settings_of("http://127.0.0.1:1/");
        settings.http.proxy = Some(proxy.parse().unwrap());
        let error = Ory::new(&settings).unwrap_err();
        assert_eq!(error, ClientBuildError::Proxy { tenant: "customer" });
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}
