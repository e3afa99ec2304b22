//! The reference file: complete, right, and true about its defaults.

use super::super::keys::{Section, leaves};
use super::*;

const REFERENCE: &str = include_str!("../reference.toml");

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Three {
    Customer,
    Admin,
    Dealer,
}

impl Tenant for Three {
    const ALL: &'static [Self] = &[Self::Customer, Self::Admin, Self::Dealer];
    const DEFAULT: Option<Self> = Some(Self::Customer);

    fn name(self) -> &'static str {
        ["customer", "admin", "dealer"][self.index()]
    }

    fn index(self) -> usize {
        self as usize
    }
}

/// With a file of authorities that is there; what is in it is not the check's to say.
fn reference() -> String {
    REFERENCE.replace("/etc/iam/internal-ca.pem", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
}

#[test]
fn it_is_right() {
    let settings = check::<Three>(&IamConfig::from_toml(&reference()).unwrap()).unwrap();
    assert_eq!(settings.tenants.len(), 3);
}

#[test]
fn it_holds_every_key() {
    let table: toml::Table = REFERENCE.parse().unwrap();
    for (leaf, _) in leaves(IamConfig::KEYS) {
        let held = match leaf.strip_prefix("tenants.<name>.") {
            Some(below) => table["tenants"].as_table().unwrap().values().any(|tenant| holds(tenant, below)),
            None => holds(&toml::Value::Table(table.clone()), &leaf),
        };
        assert!(held, "{leaf} is not in reference.toml");
    }
}

/// `define_tenants!(from ..)` refuses a file with secrets in it, and knows by itself which keys are such.
#[test]
fn the_macro_takes_the_same_keys_for_secrets() {
    let root: syn::Path = syn::parse_str("::iam_core").unwrap();
    let path = std::env::temp_dir().join(format!("iam-keys-{}.toml", std::process::id()));
    let refuses = |text: &str| {
        std::fs::write(&path, text).unwrap();
        let input = format!("from {:?}", path.to_str().unwrap()).parse().unwrap();
        iam_macros_core::define_tenants(&root, input).to_string().contains("compile_error")
    };
    for (leaf, secret) in leaves(IamConfig::KEYS) {
        let value = if leaf == "default_tenant" { "'admin'" } else { "{}" };
        let key = leaf.replace("<name>", "admin");
        assert_eq!(refuses(&format!("{key} = {value}\ntenants.admin.other = 1")), secret, "{leaf}");
    }
    for prefix in wording::KEY_PREFIXES {
        assert!(refuses(&format!("[tenants.admin] # {prefix}x")), "{prefix}");
    }
    std::fs::remove_file(path).unwrap();
}

fn holds(value: &toml::Value, path: &str) -> bool {
    path.split('.').try_fold(value, |value, key| value.get(key)).is_some()
}

#[test]
fn what_it_calls_a_default_is_one() {
    let says_default = |line: &&str| line.contains("# default;") || line.trim_end().ends_with("# default");
    let (defaults, rest): (Vec<_>, Vec<_>) = REFERENCE.lines().partition(says_default);
    assert!(defaults.len() >= 15, "{defaults:?}");
    let rest = rest.join("\n").replace("/etc/iam/internal-ca.pem", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    let settings = |text: &str| format!("{:?}", check::<Three>(&IamConfig::from_toml(text).unwrap()).unwrap());
    assert_eq!(settings(&reference()), settings(&rest));
}
