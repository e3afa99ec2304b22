//! The rooms' tests. Every case starts from one good configuration and changes a line of it.

mod derived;
mod reference;
mod secrecy;
mod sharing;
mod sources;
mod values;

use super::*;
use crate::Tenant;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Shops {
    Customer,
    Admin,
}

impl Tenant for Shops {
    const ALL: &'static [Self] = &[Self::Customer, Self::Admin];
    const DEFAULT: Option<Self> = Some(Self::Customer);

    fn name(self) -> &'static str {
        ["customer", "admin"][self.index()]
    }

    fn index(self) -> usize {
        self as usize
    }
}

/// A cloud tenant with OAuth2 and permissions.
const CUSTOMER: &str = "
    mode = 'cloud'
    transport = 'cookie-or-bearer'
    audience = 'any'
    cloud.project_slug = 'shop-1-x'
    cloud.api_key = 'ory_apikey_customer'
    hydra = {}
    keto = {}
";

/// A self-hosted one, with Kratos alone.
const ADMIN: &str = "
    mode = 'self-hosted'
    transport = 'cookie'
    kratos.public_url = 'https://kratos.admin.test'
    kratos.admin_url = 'http://localhost:4434'
";

/// The good configuration with these lines in each tenant; `- key` takes a line, or a table's lines, out.
fn toml(customer: &str, admin: &str) -> String {
    let tenant = |name: &str, base: &'static str, edit: &str| {
        let edits: Vec<&str> = edit.lines().map(str::trim).collect();
        let edited = |line: &str| {
            let key = key_of(line);
            edits.iter().any(|edit| {
                let edit = key_of(edit.strip_prefix("- ").unwrap_or(edit));
                !edit.is_empty()
                    && (key == edit || key.starts_with(&format!("{edit}.")) || edit.starts_with(&format!("{key}.")))
            })
        };
        let kept = base.lines().map(str::trim).filter(|line| !edited(line));
        let added = edits.iter().copied().filter(|line| !line.starts_with("- "));
        let lines: Vec<_> = kept.chain(added).collect();
        format!("[tenants.{name}]\n{}\n", lines.join("\n"))
    };
    tenant("customer", CUSTOMER, customer) + &tenant("admin", ADMIN, admin)
}

fn key_of(line: &str) -> &str {
    line.split('=').next().unwrap_or_default().trim()
}

fn config(customer: &str, admin: &str) -> IamConfig {
    IamConfig::from_toml(&toml(customer, admin)).unwrap()
}

fn lines(config: &IamConfig) -> Vec<String> {
    match check::<Shops>(config) {
        Ok(_) => Vec::new(),
        Err(error) => error.problems().iter().map(ToString::to_string).collect(),
    }
}

/// Compares the problems of each row, in full.
#[track_caller]
fn expect(rows: &[(&str, &str, &[&str])]) {
    for (customer, admin, expected) in rows {
        assert_eq!(lines(&config(customer, admin)), *expected, "customer: {customer}\nadmin: {admin}");
    }
}

#[test]
fn the_good_configuration_is_good() {
    assert_eq!(lines(&config("", "")), [""; 0]);
}
