//! Secrets in every wrong place and in every right one, and in no error and no log.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use iam_core::IdentityId;
use iam_core::config::{Environment, IamConfig};
use iam_testing::fault::{Fault, Rule};

use crate::stage::{Stage, cases, child, logs::Logs};
use crate::{Iam, Tenants};

const CANARY: &str = "canary-5e1f09";

/// A configuration in which one line differs.
fn with_line(line: &str) -> String {
    format!(
        "[tenants.customer]\nmode = 'self-hosted'\ntransport = 'cookie'\nkratos.public_url = 'https://kratos.customer.test'\n\
         kratos.admin_url = 'https://admin.customer.test'\n{line}\n"
    )
}

/// Everything that somebody may print of a failed start.
async fn told_by(config: Result<IamConfig, iam_core::config::ConfigError>) -> String {
    let mut told = String::new();
    let error: Box<dyn Error> = match config {
        Err(error) => Box::new(error),
        Ok(config) => {
            write!(told, "{config:?} {config:#?}").unwrap();
            Box::new(Iam::<Tenants>::builder(config).build().await.unwrap_err())
        }
    };
    let mut cause: Option<&dyn Error> = Some(&*error);
    while let Some(error) = cause {
        write!(told, " {error} {error:?} {error:#?}").unwrap();
        cause = error.source();
    }
    told
}

cases! { no_error_of_a_failed_start_shows_one:
    a_list:               format!("kratos.admin_token = ['{CANARY}']");
    a_table:              format!("kratos.admin_token = {{ is = '{CANARY}' }}");
    an_unknown_key:       format!("kratos.admin_tokn = '{CANARY}'");
    no_number:            format!("cache.session_ttl_ms = '{CANARY}'");
    an_unknown_key_of_the_tenant: format!("transport_ = '{CANARY}'");
    in_a_url:             format!("hydra.admin_url = 'https://user:{CANARY}@hydra.customer.test'");
    in_a_proxys_url:      format!("http.proxy_url = 'http://user:{CANARY}@proxy.test'");
    in_a_query:           format!("kratos.browser_url = 'https://login.customer.test/?token={CANARY}'");
    no_end_of_a_text:     format!("kratos.admin_token = '{CANARY}");
    no_quotes:            format!("kratos.admin_token = {CANARY}");
    something_behind_it:  format!("kratos.admin_token = '{CANARY}' x");
}

async fn no_error_of_a_failed_start_shows_one(line: String) {
    let told = told_by(IamConfig::from_toml(&with_line(&line))).await;
    assert!(told.contains("found "), "it says what is wrong: {told}");
    assert!(!told.contains(CANARY), "{told}");
}

cases! { nor_does_one_of_the_environment:
    a_blank:         "KRATOS__ADMIN_TOKEN",      format!("{CANARY} with a space");
    an_unknown_key:  "KRATOS__ADMIN_TOKN",       CANARY.to_owned();
    no_number:       "CACHE__SESSION_TTL_MS",    CANARY.to_owned();
    in_a_url:        "HYDRA__ADMIN_URL",         format!("https://user:{CANARY}@hydra.customer.test");
    in_a_files_path: "KRATOS__ADMIN_TOKEN_FILE", format!("/{CANARY}/of-no-file");
}

async fn nor_does_one_of_the_environment(name: &str, value: String) {
    let name = format!("IAM__TENANTS__CUSTOMER__{name}");
    let environment = Environment::from_pairs([(&*name, &*value)]);
    let told = told_by(IamConfig::from_toml(&with_line("")).map(|config| config.with_environment(&environment)));
    let told = told.await;
    assert!(told.contains(&name), "it says where: {told}");
    assert!(!told.contains(CANARY), "{told}");
}

#[tokio::test]
async fn nor_does_one_of_a_file_with_a_second_line() {
    let file = std::env::temp_dir().join(format!("iam-t09-{}", std::process::id()));
    std::fs::write(&file, format!("{CANARY}\nand a second line")).unwrap();
    nor_does_one_of_the_environment("KRATOS__ADMIN_TOKEN_FILE", file.to_str().unwrap().to_owned()).await;
    std::fs::remove_file(file).unwrap();
}

/// A proxy that notes who asks for what.
fn recording_proxy() -> (String, Arc<Mutex<Vec<String>>>) {
    let (listener, seen) = (TcpListener::bind("127.0.0.1:0").unwrap(), Arc::<Mutex<Vec<String>>>::default());
    let (url, noted) = (format!("http://{}", listener.local_addr().unwrap()), Arc::clone(&seen));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut line = String::new();
            let _ = BufReader::new(&stream).read_line(&mut line);
            noted.lock().unwrap().push(line.trim().to_owned());
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
        }
    });
    (url, seen)
}

#[test]
fn a_process_at_work_logs_none_and_asks_no_proxy_of_its_environment() {
    let name = child::name(module_path!(), "a_process_at_work_logs_none_and_asks_no_proxy_of_its_environment");
    if child::is(&name) {
        return tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(work());
    }
    let mounted = std::env::temp_dir().join(format!("iam-t09-mounted-{}", std::process::id()));
    std::fs::write(&mounted, format!("{CANARY}-mounted\n")).unwrap();
    let (proxy, seen) = recording_proxy();
    let wrong_key = format!("ory_apikey_{CANARY}-wrong");
    let mut variables = vec![
        ("IAM__TENANTS__CUSTOMER__CLOUD__API_KEY", &*wrong_key),
        ("IAM__TENANTS__DEALER__HYDRA__ADMIN_TOKEN_FILE", mounted.to_str().unwrap()),
    ];
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        variables.push((name, &proxy));
    }
    let written = child::run(&name, &variables);
    assert!(!written.contains(CANARY), "{written}");
    // Whoever heeds the variables goes to the proxy; that was one request, and none of ours.
    assert_eq!(*seen.lock().unwrap(), ["GET http://control.test/ HTTP/1.1"]);
    std::fs::remove_file(mounted).unwrap();
}

/// What the child does: everything that touches a secret, with an eye on what is logged.
async fn work() {
    let logs = Logs::keep();
    let world = Stage::world(|_| {}).await;
    let file = std::env::temp_dir().join(format!("iam-t09-{}.toml", std::process::id()));
    std::fs::write(&file, world.iam_config().unwrap()).unwrap();
    let config = IamConfig::load(&file).unwrap();
    std::fs::remove_file(file).unwrap();
    let mut shown = format!("{config:?}");
    let iam = Iam::<Tenants>::builder(config).build().await.unwrap();
    writeln!(shown, "{iam:?}").unwrap();
    let stage = Stage::over(world, iam).await;

    for ask in [
        stage.get("/customer/me").token_of("customer", "plain"),
        stage.get("/customer/me").cookie_of("customer", "plain"),
        stage.get("/dealer/partner/read").machine("reader"),
        stage.get("/dealer/listings/42").token_of("dealer", "a"),
        stage.get("/admin/me").token_of("customer", "plain"),
        stage.get("/customer/me").token_of("customer", "plain").cookie_of("customer", "a"),
        stage.get("/customer/me").bearer("two words"),
        // Kratos refuses our own key, which is wrong.
        stage
            .get(&format!("/admin/customers/{}", stage.account("customer", "plain").identity.id))
            .token_of("admin", "support"),
    ] {
        let answer = ask.send().await;
        writeln!(shown, "{} {:?} {}", answer.status, answer.headers, answer.text()).unwrap();
    }
    stage.proxies("admin").kratos_public.fault(Rule::any(), Fault::Html(502));
    stage.get("/admin/me").token_of("admin", "plain").expect(503).await;
    // Answers that cannot be read: what is in them may be anybody's.
    let unreadable = format!(r#"{{"id":["{CANARY}"],"active":"{CANARY}","allowed":"{CANARY}","identity":"{CANARY}"}}"#);
    let dealer = stage.proxies("dealer");
    for body in [unreadable.clone(), format!("{CANARY} is no JSON")] {
        for (proxy, ask) in [
            (&dealer.kratos_public, stage.get("/dealer/me").token_of("dealer", "plain")),
            (&dealer.hydra_admin, stage.get("/dealer/machine").machine("reader")),
            (&dealer.keto_read, stage.get("/dealer/listings/42").token_of("dealer", "a")),
        ] {
            proxy.fault(Rule::any(), Fault::json(200, body.clone()));
            let answer = ask.expect(503).await;
            writeln!(shown, "{answer:?}").unwrap();
            proxy.heal();
        }
    }
    stage.proxies("customer").kratos_admin.fault(Rule::any(), Fault::json(200, unreadable));
    let id = IdentityId::new(&stage.account("customer", "plain").identity.id);
    let error = stage.iam.tenant(Tenants::Customer).identities().get(&id).await.unwrap_err();
    writeln!(shown, "{error} {error:?}").unwrap();
    stage.proxies("customer").kratos_admin.heal();
    stage.iam.tenant(Tenants::Dealer).tokens().client_credentials(&["inventory:read"]).await.unwrap();
    let id = IdentityId::new(&stage.account("customer", "plain").identity.id);
    let error = stage.iam.tenant(Tenants::Customer).identities().get(&id).await.unwrap_err();
    write!(shown, "{error} {error:?}").unwrap();
    stage.iam.flush_audit().await;

    let logged = logs.text();
    for expected in ["allowed", "denied", "unavailable", "alert.upstream_credential_refused", "token.issue"] {
        assert!(logged.contains(expected), "`{expected}` is logged, so the events are");
    }
    let mounted = format!("Bearer {CANARY}-mounted");
    let sent = |request: &iam_testing::fault::Recorded| request.header("authorization") == Some(&mounted);
    assert_eq!(stage.proxies("dealer").hydra_admin.count(sent), stage.introspections("dealer"), "the file counts");
    for secret in secrets(&stage) {
        for line in logged.lines().chain(shown.lines()) {
            assert!(!line.contains(&secret), "`{secret}` in {line}");
        }
    }

    let _ = rustls::crypto::ring::default_provider().install_default();
    let control = reqwest::Client::new().get("http://control.test/").send().await.unwrap();
    assert_eq!(control.status().as_u16(), 204, "the environment's proxy is there for who heeds it");
}

/// Every secret on the stage.
fn secrets(stage: &Stage) -> Vec<String> {
    let mut secrets = vec![CANARY.to_owned(), "ory_apikey_".to_owned(), "pass phrase".to_owned()];
    for tenant in stage.world.tenants() {
        for account in &tenant.contents.accounts {
            secrets.extend([account.session.token.clone(), account.browser.cookie_value.clone()]);
        }
        for machine in &tenant.contents.machines {
            secrets.extend(machine.client.secret.clone());
            secrets.extend(machine.token.clone());
        }
    }
    secrets
}
