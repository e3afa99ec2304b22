//! File, environment, mounted files and vaults: which wins, and what each may get wrong.

use std::path::PathBuf;
use std::sync::Mutex;

use async_trait::async_trait;

use super::*;
use crate::Secret;

fn from(pairs: &[(&str, &str)]) -> IamConfig {
    config("", "").with_environment(&Environment::from_pairs(pairs.iter().copied()))
}

fn token(config: &IamConfig) -> Option<&str> {
    config.tenants["admin"].kratos.admin_token.as_ref().map(Secret::expose)
}

/// A file that is gone with its handle.
struct Mounted(PathBuf);

impl Mounted {
    fn new(name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = std::env::temp_dir().join(format!("iam-config-{}-{name}", std::process::id()));
        std::fs::write(&path, content).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

const TOKEN: &str = "IAM__TENANTS__ADMIN__KRATOS__ADMIN_TOKEN";
const TOKEN_FILE: &str = "IAM__TENANTS__ADMIN__KRATOS__ADMIN_TOKEN_FILE";

#[test]
fn a_variable_overrides_the_file() {
    let config = from(&[
        (TOKEN, "from-env"),
        ("IAM__TENANTS__ADMIN__TRANSPORT", "cookie-or-bearer"),
        ("IAM__TENANTS__ADMIN__PREFER", "bearer"),
        ("IAM__TENANTS__ADMIN__ALLOWED_ORIGINS", "https://a.test, https://b.test,"),
        ("IAM__TENANTS__ADMIN__HTTP__MAX_RETRIES", "0"),
        ("IAM__TENANTS__ADMIN__OUTAGE_GUARD", "false"),
        ("IAM__TENANTS__CUSTOMER__AUDIENCE", "a,b"),
        ("IAM__TENANTS__CUSTOMER__MACHINE_CLIENTS", "any"),
        ("IAM__TRUSTED_PROXIES", "10.0.0.0/8"),
        ("IAM__HOSTS", "admin.test=admin, *.shops.test = customer,"),
        ("IAM_TENANTS__ADMIN__MODE", "not ours: one underscore"),
        ("PATH", "/bin"),
    ]);
    let settings = check::<Shops>(&config).unwrap();
    let [customer, admin] = settings.tenants.clone().try_into().unwrap();
    assert_eq!(admin.kratos.admin.unwrap().token, Some(Secret::new("from-env")));
    assert_eq!((admin.transport, admin.prefer), (Transport::CookieOrBearer, Some(Prefer::Bearer)));
    assert_eq!(admin.allowed_origins, ["https://a.test".into(), "https://b.test".into()]);
    assert_eq!((admin.http.max_retries, admin.outage_guard), (0, false));
    let hydra = customer.hydra.unwrap();
    assert_eq!(hydra.audience, Audience::OneOf(vec!["a".into(), "b".into()]));
    assert_eq!(hydra.machine_clients, MachineClients::Any);
    assert_eq!(settings.trusted_proxies.len(), 1);
    assert_eq!(settings.hosts, [("*.shops.test".into(), "customer"), ("admin.test".into(), "admin")]);
}

#[test]
fn a_whole_tenant_may_come_from_the_environment() {
    let pairs = [
        ("IAM__TENANTS__CUSTOMER__MODE", "cloud"),
        ("IAM__TENANTS__CUSTOMER__TRANSPORT", "cookie"),
        ("IAM__TENANTS__CUSTOMER__CLOUD__PROJECT_SLUG", "shop"),
        ("IAM__TENANTS__CUSTOMER__CLOUD__API_KEY", "key"),
        ("IAM__TENANTS__CUSTOMER__KETO__USER_PREFIX", "u:"),
        ("IAM__TENANTS__ADMIN__MODE", "self-hosted"),
        ("IAM__TENANTS__ADMIN__TRANSPORT", "bearer"),
        ("IAM__TENANTS__ADMIN__KRATOS__PUBLIC_URL", "https://k.test"),
    ];
    let config = IamConfig::default().with_environment(&Environment::from_pairs(pairs));
    let settings = check::<Shops>(&config).unwrap();
    assert_eq!(&*settings.tenants[0].keto.as_ref().unwrap().user_prefix, "u:");
}

#[test]
fn a_wrong_variable_is_told_by_its_name() {
    const ALLOWED: &str =
        "allowed: `IAM__` and a key's path in upper case, such as `IAM__TENANTS__ADMIN__KRATOS__ADMIN_TOKEN`";
    for (name, nearest) in [
        ("IAM__TENANTS__ADMIN__KRATOS__ADMIN_TOKN", Some(TOKEN)),
        ("IAM__TENANTS__ADMIN__KRATOS__ADMIN_TOKEN_FIEL", Some(TOKEN_FILE)),
        ("IAM__tenants__admin__kratos__admin_token", Some(TOKEN)),
        ("IAM__TENANTS__ADMIN__KRATOS__PUBLIC_URL_FILE", Some("IAM__TENANTS__ADMIN__KRATOS__PUBLIC_URL")),
        ("IAM__TENANTS__ADMIN__KRATOS", Some("IAM__TENANTS__ADMIN__KETO__READ_URL")),
        ("IAM__DEFAULT_TENNANT", Some("IAM__DEFAULT_TENANT")),
        ("IAM__TENANTS__ADMIN__MODE__MORE", Some("IAM__TENANTS__ADMIN__MODE")),
        ("IAM__TENANTS____MODE", None),
        ("IAM__", None),
    ] {
        let told = lines(&from(&[(name, "x")]));
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with(&format!("{name}: found a variable of no key, {ALLOWED}")), "{told:?}");
        if let Some(nearest) = nearest.filter(|nearest| !nearest.ends_with("READ_URL")) {
            assert!(told[0].ends_with(&format!(", nearest: `{nearest}`")), "{told:?}");
        }
    }
    assert_eq!(
        lines(&from(&[("IAM__TENANTS__ADMN__MODE", "cloud")])),
        [
            "tenants.admn (from IAM__TENANTS__ADMN__MODE): found an unknown tenant, allowed: `customer`, `admin`, nearest: `admin`"
        ]
    );
    assert_eq!(
        lines(&from(&[("IAM__TENANTS__ADMIN__HTTP__MAX_RETRIES", "11")])),
        ["tenants.admin.http.max_retries (from IAM__TENANTS__ADMIN__HTTP__MAX_RETRIES): found `11`, allowed: 0 to 10"]
    );
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_no_text() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt as _;
    let environment = Environment::from_pairs([(TOKEN, OsString::from_vec(vec![0xff]))]);
    assert_eq!(
        lines(&config("", "").with_environment(&environment)),
        [format!("tenants.admin.kratos.admin_token (from {TOKEN}): found text that is not UTF-8, allowed: UTF-8")]
    );
}

#[test]
fn mounted_secrets() {
    let whole = "x".repeat(64 * 1024);
    for (content, expected) in
        [("token", "token"), ("token\n", "token"), ("token\r\n", "token"), ("token\n\n", "token\n"), (&whole, &whole)]
    {
        let file = Mounted::new("good", content);
        assert_eq!(token(&from(&[(TOKEN_FILE, file.path())])), Some(expected));
    }
    let told = |found: &str| {
        [format!(
            "tenants.admin.kratos.admin_token (from {TOKEN_FILE}): found {found}, allowed: a file of UTF-8 text, up to 64 KiB"
        )]
    };
    for (content, found) in [
        (Vec::new(), "an empty file"),
        (b"\n".to_vec(), "an empty file"),
        (vec![b'x'; 64 * 1024 + 1], "a larger file"),
        (vec![0xff], "a file that is not UTF-8"),
    ] {
        let file = Mounted::new("bad", content);
        assert_eq!(lines(&from(&[(TOKEN_FILE, file.path())])), told(found));
    }
    assert_eq!(lines(&from(&[(TOKEN_FILE, "/no/such/file")])), told("a file that cannot be read (entity not found)"));
    let file = Mounted::new("both", "token");
    assert_eq!(
        lines(&from(&[(TOKEN_FILE, file.path()), (TOKEN, "x")])),
        [format!(
            "tenants.admin.kratos.admin_token (from {TOKEN_FILE}): found both `{TOKEN}` and `{TOKEN_FILE}`, allowed: one of the two"
        )]
    );
}

#[test]
fn a_key_that_ends_in_file_is_a_key() {
    let config = from(&[("IAM__TENANTS__ADMIN__TLS__CA_FILE", "/a.pem")]);
    assert_eq!(config.tenants["admin"].tls.ca_file.as_deref(), Some("/a.pem"));
}

#[test]
fn loading_a_file() {
    assert_eq!(
        IamConfig::load("/no/such/iam.toml").unwrap_err().to_string(),
        "the configuration has a problem:\n  \
         /no/such/iam.toml: found a file that cannot be read (entity not found), allowed: a file of UTF-8 text"
    );
    let file = Mounted::new("iam.toml", toml("", ""));
    assert_eq!(lines(&IamConfig::load(file.path()).unwrap()), [""; 0]);
}

#[test]
fn everything_is_told_at_once() {
    let config = config(
        "cloud.project_slug = 'evil.example/#'
         trasport = 'cookie'
         - transport
         - audience",
        "http.max_retries = 'two'
         kratos.public_url = 'ftp://x.test'
         prefer = 'cookie'
         shares_with = 'dealer'",
    )
    .with_environment(&Environment::from_pairs([("IAM__TENANTS__ADMIN__HTTP__TOTAL_TIMEOUT_MS", "0"), ("IAM__X", "")]));
    let paths: Vec<_> = check::<Shops>(&config).unwrap_err().problems().iter().map(|p| p.path().to_owned()).collect();
    assert_eq!(
        paths,
        [
            "IAM__X",
            "tenants.admin.http.max_retries",
            "tenants.admin.http.total_timeout_ms",
            "tenants.admin.kratos.public_url",
            "tenants.admin.prefer",
            "tenants.admin.shares_with",
            "tenants.customer.audience",
            "tenants.customer.cloud.project_slug",
            "tenants.customer.trasport",
        ]
    );
}

/// Answers from a list, and remembers what it was asked.
struct Vault {
    answers: &'static [(&'static str, Result<&'static str, &'static str>)],
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl SecretSource for Vault {
    async fn secret(&self, path: &str) -> Result<Option<Secret>, SecretError> {
        self.asked.lock().unwrap().push(path.to_owned());
        match self.answers.iter().find(|(key, _)| *key == path) {
            None => Ok(None),
            Some((_, Ok(secret))) => Ok(Some(Secret::new(*secret))),
            Some((_, Err(reason))) => Err(SecretError::new(reason)),
        }
    }
}

async fn resolve(
    config: &mut IamConfig,
    answers: &'static [(&'static str, Result<&'static str, &'static str>)],
) -> Vec<String> {
    let vault = Vault { answers, asked: Mutex::default() };
    config.resolve_secrets(&vault).await;
    vault.asked.into_inner().unwrap()
}

#[tokio::test]
async fn a_vault_is_asked_for_what_is_unset_and_would_count() {
    let mut config = config("- cloud.api_key\nketo.api_key = 'set'\nhydra.client_id = 'me'", "");
    let asked = resolve(
        &mut config,
        &[
            ("tenants.customer.cloud.api_key", Ok("project-key")),
            ("tenants.customer.hydra.client_secret", Ok("client-secret")),
            ("tenants.admin.kratos.admin_token", Ok("admin-token")),
        ],
    )
    .await;
    assert_eq!(
        asked,
        [
            "tenants.admin.kratos.admin_token",
            "tenants.customer.kratos.admin_token",
            "tenants.customer.hydra.admin_token",
            "tenants.customer.hydra.client_secret",
            "tenants.customer.cloud.api_key",
        ]
    );
    let [customer, admin] = check::<Shops>(&config).unwrap().tenants.try_into().unwrap();
    assert_eq!(customer.kratos.admin.unwrap().token, Some(Secret::new("project-key")));
    assert_eq!(customer.keto.unwrap().read.token, Some(Secret::new("set")));
    assert_eq!(admin.kratos.admin.unwrap().token, Some(Secret::new("admin-token")));
    assert_eq!(
        resolve(&mut config, &[]).await,
        ["tenants.customer.kratos.admin_token", "tenants.customer.hydra.admin_token"]
    );
}

#[tokio::test]
async fn a_vault_that_knows_every_product_is_not_asked_for_the_project() {
    let mut config = config("- cloud.api_key\n- hydra\n- audience\n- keto", "");
    let asked = resolve(&mut config, &[("tenants.customer.kratos.admin_token", Ok("own"))]).await;
    assert!(!asked.contains(&"tenants.customer.cloud.api_key".to_owned()), "{asked:?}");
    assert_eq!(lines(&config), [""; 0]);
}

#[tokio::test]
async fn a_vault_that_fails_is_a_problem_among_the_others() {
    let mut config = config("", "http.max_retries = 11");
    resolve(&mut config, &[("tenants.admin.kratos.admin_token", Err("the vault is sealed"))]).await;
    assert_eq!(
        lines(&config),
        [
            "tenants.admin.http.max_retries: found `11`, allowed: 0 to 10",
            "tenants.admin.kratos.admin_token: found a secret source that gave no answer (the vault is sealed), \
             allowed: a secret, or that there is none",
        ]
    );
}

/// A builder awaits this inside futures that must be `Send`.
#[test]
fn asking_is_send() {
    fn send<T: Send>(_: T) {}
    let vault = Vault { answers: &[], asked: Mutex::default() };
    send(IamConfig::default().resolve_secrets(&vault));
}
