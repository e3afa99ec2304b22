//! With Ory's own servers: what is printed is there, and nothing of it once the program has ended.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::TcpStream;
use std::path::Path;

use iam_testing::client::http_client;
use iam_testing::dev::SCENARIO_B;
use iam_testing::seed::Seed;
use url::Url;

use crate::process::{ORY_DEV, ORY_UP, Running, in_tmp, say, start, survivors};

fn is_asked_for(test: &str) -> bool {
    let is_real = std::env::var("IAM_ORY").is_ok_and(|word| word == "real");
    if !is_real {
        say(&format!("{test}: not run, for `IAM_ORY` is not `real`"));
    }
    is_real
}

#[tokio::test]
async fn ory_up_serves_what_its_block_names_until_it_is_ended() {
    if !is_asked_for("ory-up") {
        return;
    }
    let ory = start(ORY_UP, "ory-up-block", &[]);
    say(&format!("ory-up started:\n{}", servers(&ory)));
    let block = block(&ory);
    for (name, tenant) in Seed::from_toml(SCENARIO_B).unwrap().tenants {
        let of = |what: &str| block.get(&format!("IAM_ORY_{}_{what}", name.to_uppercase()));
        for listener in ["KRATOS_PUBLIC", "KRATOS_ADMIN", "HYDRA_PUBLIC", "HYDRA_ADMIN", "KETO_READ", "KETO_WRITE"] {
            assert!(of(listener).is_some(), "{name} has no {listener}: {}", ory.stdout);
        }
        assert!(of("COOKIE_NAME").is_some(), "{name}: {}", ory.stdout);
        assert_eq!(of("API_KEY").map(String::as_str), tenant.network.as_ref().map(|network| &*network.api_key));
        if tenant.network.is_none() {
            let hydra = told_version(of("HYDRA_ADMIN").unwrap()).await;
            assert!(ory.stderr.contains(&format!("hydra {hydra}\n")), "{hydra} is not announced: {}", ory.stderr);
        }
    }
    ends(ory, block.into_values(), "INT").await;
}

#[tokio::test]
async fn ory_dev_does_so_with_real() {
    if !is_asked_for("ory-dev --real") {
        return;
    }
    let seed = in_tmp("ory-dev-real.toml");
    let shop = "transport = \"cookie\"\ncookie_name = \"shop_session\"\naudience = [\"https://api.shop.test\"]\n";
    let namespace = "[[tenants.shop.namespaces]]\nname = \"files\"\n";
    fs::write(&seed, format!("[tenants.shop]\n{shop}{namespace}[tenants.other]\ntransport = \"bearer\"\n")).unwrap();
    let ory = start(ORY_DEV, "ory-dev-real", &["--real", "--env", "--tenants", seed.to_str().unwrap()]);
    say(&format!("ory-dev --real started:\n{}", servers(&ory)));
    assert!(!ory.stderr.contains("will not do"), "{}", ory.stderr);
    let block = block(&ory);
    let hydra = told_version(&block["IAM__TENANTS__SHOP__HYDRA__ADMIN_URL"]).await;
    assert!(ory.stderr.contains(&format!("hydra {hydra}\n")), "{hydra} is not announced: {}", ory.stderr);
    assert!(block.contains_key("IAM__TENANTS__OTHER__KRATOS__PUBLIC_URL"), "{}", ory.stdout);
    ends(ory, block.into_values(), "TERM").await;
}

/// What it says of each product: its version, or that it is the stand-in, and why.
fn servers(ory: &Running) -> String {
    let said = |what: &str| ory.stderr.lines().find(|line| line.starts_with(what));
    let real = |product: &str| said(&format!("{product} v"));
    let keto = real("keto").or_else(|| said("keto: the stand-in, for "));
    let lines = [("kratos", real("kratos")), ("hydra", real("hydra")), ("keto", keto)];
    let lines = lines.map(|(product, line)| line.unwrap_or_else(|| panic!("{product} is not told: {}", ory.stderr)));
    lines.join("\n")
}

fn block(ory: &Running) -> BTreeMap<String, String> {
    let lines = ory.stdout.lines().filter_map(|line| line.split_once('='));
    lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

async fn told_version(base: &str) -> String {
    let answer = http_client().unwrap().get(format!("{base}version")).send().await.unwrap();
    let told: serde_json::Value = answer.json().await.unwrap();
    told["version"].as_str().unwrap_or_default().to_owned()
}

/// Every URL among the values is live; after the signal no port is open and no process goes on.
async fn ends(mut ory: Running, values: impl Iterator<Item = String>, signal: &str) {
    let urls: BTreeSet<Url> =
        values.filter(|value| value.starts_with("http:")).map(|url| url.parse().unwrap()).collect();
    assert!(!urls.is_empty(), "{}", ory.stdout);
    for url in &urls {
        is_ready(url).await;
    }
    let started = ory.descendants();
    let is_known = Path::new("/proc/self").exists();
    assert!(!is_known || started.values().any(|command| command.contains("hydra")), "{started:?}");

    let status = ory.end(signal);
    assert!(status.success(), "SIG{signal}: {status}");
    for url in &urls {
        let address = (url.host_str().unwrap(), url.port().unwrap());
        assert!(TcpStream::connect(address).is_err(), "{url} is still open");
    }
    let left = survivors(&started);
    assert!(left.is_empty(), "still there: {left:?}");
}

/// Kratos v1's admin listener sends elsewhere for that.
async fn is_ready(base: &Url) {
    let (http, mut url) = (http_client().unwrap(), base.join("health/ready").unwrap());
    for _ in 0..2 {
        let answer = http.get(url.clone()).send().await.unwrap_or_else(|error| panic!("{url}: {error}"));
        if let Some(place) = answer.headers().get("location") {
            url = url.join(place.to_str().unwrap()).unwrap();
            continue;
        }
        assert_eq!(answer.status(), 200, "{url}");
        return;
    }
    panic!("{base} sends to {url} and on")
}
