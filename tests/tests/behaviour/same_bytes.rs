//! Every kind of refusal is the same on every framework: status, headers and body are
//! those of `refusals.txt`, byte for byte.
//!
//! To take over changed answers: `UPDATE_REFUSALS=1 cargo test -p iam-tests --test axum same_bytes`.
//! Then read the difference, and run the other adapters' suites without the variable.

use std::fmt::Write as _;
use std::path::Path;

use iam_testing::fault::{Fault, Rule};
use serde_json::json;

use crate::stage::{Answer, Ask, Stage};

const WHOAMI: &str = "/sessions/whoami";
const CHECK: &str = "/relation-tuples/check";

/// What the one Ory server that answers wrong answers, for one row.
type Wrong = Option<(Server, &'static str, Fault)>;

#[derive(Clone, Copy)]
enum Server {
    Kratos,
    Hydra,
    Keto,
}

#[tokio::test]
async fn every_refusal_is_the_same_everywhere() {
    let browser_url = "https://auth.dealer.test/";
    let stage = Stage::plan()
        .set("dealer.kratos.browser_url", browser_url)
        .set("dealer.http.max_retries", 0)
        .set("customer.cloud.api_key", "ory_apikey_wrong")
        .start()
        .await;
    let mut seen = String::new();
    for (row, ask, wrong) in rows(&stage, browser_url) {
        let dealer = stage.proxies("dealer");
        if let Some((server, path, fault)) = wrong {
            let proxy = match server {
                Server::Kratos => &dealer.kratos_public,
                Server::Hydra => &dealer.hydra_admin,
                Server::Keto => &dealer.keto_read,
            };
            proxy.fault(Rule::on("*", path), fault);
        }
        let answer = ask.header("x-request-id", "same-bytes-0001").send().await;
        for proxy in [&dealer.kratos_public, &dealer.hydra_admin, &dealer.keto_read] {
            proxy.heal();
        }
        seen += &written(row, &answer);
    }

    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/behaviour/refusals.txt");
    if std::env::var_os("UPDATE_REFUSALS").is_some() {
        std::fs::write(&file, &seen).unwrap();
    }
    let meant = std::fs::read_to_string(&file).unwrap();
    for (seen, meant) in seen.split("\n\n").zip(meant.split("\n\n")) {
        assert_eq!(seen, meant);
    }
    assert_eq!(seen.len(), meant.len(), "a row is missing");
}

fn rows<'a>(stage: &'a Stage, browser_url: &str) -> Vec<(&'static str, Ask<'a>, Wrong)> {
    let second_factor = json!({
        "error": { "id": "session_aal2_required", "code": 403 },
        "redirect_browser_to": format!("{browser_url}self-service/login/browser?aal=aal2"),
    });
    let slow_down = Fault::Respond { status: 429, headers: vec![("retry-after".into(), "7".into())], body: "".into() };
    let me = || stage.get("/dealer/me");
    let by = |path, who| stage.get(path).token_of("dealer", who);
    let customer = &stage.account("customer", "a").identity.id;
    let looked_up = |id: &str| stage.get(&format!("/admin/customers/{id}")).token_of("admin", "support");
    vec![
        ("missing, by bearer", stage.get("/admin/me"), None),
        ("missing, by cookie or bearer", me(), None),
        ("missing, of a machine", stage.get("/dealer/partner/read"), None),
        ("missing, asked by HEAD", stage.ask("HEAD", "/dealer/me"), None),
        ("malformed", me().header("authorization", "Bearer a b"), None),
        ("ambiguous", me().token_of("dealer", "a").cookie_of("dealer", "a"), None),
        ("rejected by the tenant", me().bearer("ory_st_nobody"), None),
        ("of another tenant", me().token_of("admin", "a"), None),
        ("inactive", stage.get("/dealer/partner/read").bearer("ory_at_nobody"), None),
        ("not a machine", stage.get("/dealer/partner/read").machine("stranger"), None),
        ("not a delegate", stage.get("/dealer/delegated").machine("reader"), None),
        ("a host of nobody's", stage.get("/by-host/me").header("host", "elsewhere.test"), None),
        ("a host that is none", stage.get("/by-host/me").header("host", "dealer.test:80:80"), None),
        (
            "csrf",
            stage.ask("POST", "/dealer/me").cookie_of("dealer", "a").header("origin", "https://evil.example"),
            None,
        ),
        ("second factor", me().cookie_of("dealer", "a"), wrong(Server::Kratos, WHOAMI, json_of(403, &second_factor))),
        ("role", by("/dealer/a-and-b", "a"), None),
        ("scope", stage.get("/dealer/partner/write").machine("reader"), None),
        ("bad parameter", by("/dealer/listings/%ff", "a"), None),
        ("permission", by("/dealer/listings/43", "a"), None),
        ("Kratos down", by("/dealer/me", "a"), wrong(Server::Kratos, WHOAMI, Fault::Status(500))),
        ("Kratos too busy", by("/dealer/me", "a"), wrong(Server::Kratos, WHOAMI, slow_down)),
        ("Keto down", by("/dealer/listings/42", "a"), wrong(Server::Keto, CHECK, Fault::Status(500))),
        ("our key refused", by("/dealer/listings/42", "a"), wrong(Server::Keto, CHECK, json_of(401, &json!({})))),
        (
            "Hydra down",
            stage.get("/dealer/partner/read").machine("reader"),
            wrong(Server::Hydra, "/admin/oauth2/introspect", Fault::Status(500)),
        ),
        ("the handler's own 404", looked_up("nobody"), None),
        ("the handler's own 503", looked_up(customer), None),
    ]
}

fn wrong(server: Server, path: &'static str, fault: Fault) -> Wrong {
    Some((server, path, fault))
}

fn json_of(status: u16, body: &serde_json::Value) -> Fault {
    Fault::json(status, body.to_string())
}

/// All of an answer but what a server adds to each (`date`), headers in order of their names.
fn written(row: &str, answer: &Answer) -> String {
    let mut text = format!("== {row}\n{}\n", answer.status);
    let mut headers: Vec<_> = answer.headers.iter().filter(|(name, _)| *name != "date").collect();
    headers.sort_by_key(|(name, _)| name.as_str().to_owned());
    for (name, value) in headers {
        writeln!(text, "{name}: {}", value.to_str().unwrap()).unwrap();
    }
    text + "> " + answer.text() + "\n\n"
}
