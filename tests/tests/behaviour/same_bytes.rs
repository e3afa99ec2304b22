//! Every kind of refusal is the same on every framework: status, headers and body are
//! those of `refusals.txt`, byte for byte.
//!
//! To take over changed answers: `UPDATE_REFUSALS=1 cargo test -p iam-tests --test axum same_bytes`, which writes new
//! rows to the end. Then read the difference, and run the other adapters' suites without the variable.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use iam_testing::fault::{Fault, Rule};
use serde_json::json;

use crate::stage::{Answer, Ask, Shared, Stage, cases};

const BROWSER_URL: &str = "https://auth.dealer.test/";

static STAGE: Shared = Shared::new(|| {
    let plan = Stage::plan().set("dealer.kratos.browser_url", BROWSER_URL).set("dealer.http.max_retries", 0);
    Box::pin(plan.set("customer.cloud.api_key", "ory_apikey_wrong").start())
});

// Each row has its title in the file, and makes a request, for which it may let an Ory server of `dealer` answer wrong.
cases! { STAGE, every_refusal_is_the_same_everywhere:
    missing_by_bearer:           "missing, by bearer", |stage| stage.get("/admin/me");
    missing_by_cookie_or_bearer: "missing, by cookie or bearer", me;
    missing_of_a_machine:        "missing, of a machine", |stage| stage.get("/dealer/partner/read");
    missing_asked_by_head:       "missing, asked by HEAD", |stage| stage.ask("HEAD", "/dealer/me");
    malformed:                   "malformed", |stage| me(stage).header("authorization", "Bearer a b");
    ambiguous:                   "ambiguous", |stage| me(stage).token_of("dealer", "a").cookie_of("dealer", "a");
    rejected_by_the_tenant:      "rejected by the tenant", |stage| me(stage).bearer("ory_st_nobody");
    of_another_tenant:           "of another tenant", |stage| me(stage).token_of("admin", "a");
    inactive:                    "inactive", |stage| stage.get("/dealer/partner/read").bearer("ory_at_nobody");
    not_a_machine:               "not a machine", |stage| stage.get("/dealer/partner/read").machine("stranger");
    not_a_delegate:              "not a delegate", |stage| stage.get("/dealer/delegated").machine("reader");
    a_host_of_nobodys:           "a host of nobody's", |stage| by_host(stage, "elsewhere.test");
    a_host_that_is_none:         "a host that is none", |stage| by_host(stage, "dealer.test:80:80");
    csrf:                        "csrf", |stage| {
        stage.ask("POST", "/dealer/me").cookie_of("dealer", "a").header("origin", "https://evil.example")
    };
    second_factor:               "second factor", |stage| {
        let body = json!({
            "error": { "id": "session_aal2_required", "code": 403 },
            "redirect_browser_to": format!("{BROWSER_URL}self-service/login/browser?aal=aal2"),
        });
        kratos(stage, Fault::json(403, body.to_string()));
        me(stage).cookie_of("dealer", "a")
    };
    role:                        "role", |stage| by_a(stage, "/dealer/a-and-b");
    scope:                       "scope", |stage| stage.get("/dealer/partner/write").machine("reader");
    bad_parameter:               "bad parameter", |stage| by_a(stage, "/dealer/listings/%ff");
    permission:                  "permission", |stage| by_a(stage, "/dealer/listings/43");
    kratos_down:                 "Kratos down", |stage| {
        kratos(stage, Fault::Status(500));
        by_a(stage, "/dealer/me")
    };
    kratos_too_busy:             "Kratos too busy", |stage| {
        let headers = vec![("retry-after".into(), "7".into())];
        kratos(stage, Fault::Respond { status: 429, headers, body: "".into() });
        by_a(stage, "/dealer/me")
    };
    keto_down:                   "Keto down", |stage| {
        keto(stage, Fault::Status(500));
        by_a(stage, "/dealer/listings/42")
    };
    our_key_refused:             "our key refused", |stage| {
        keto(stage, Fault::json(401, "{}"));
        by_a(stage, "/dealer/listings/42")
    };
    hydra_down:                  "Hydra down", |stage| {
        let introspection = Rule::on("*", "/admin/oauth2/introspect");
        stage.proxies("dealer").hydra_admin.fault(introspection, Fault::Status(500));
        stage.get("/dealer/partner/read").machine("reader")
    };
    the_handlers_own_404:        "the handler's own 404", |stage| looked_up(stage, "nobody");
    the_handlers_own_503:        "the handler's own 503", |stage| {
        looked_up(stage, &stage.account("customer", "a").identity.id)
    };
}

async fn every_refusal_is_the_same_everywhere(stage: &Stage, title: &str, ask: fn(&Stage) -> Ask<'_>) {
    let answer = ask(stage).header("x-request-id", "same-bytes-0001").send().await;
    let seen = written(title, &answer);
    let file = file();
    let meant = std::fs::read_to_string(&file).unwrap();
    let part = meant.split_inclusive("\n\n").find(|part| part.starts_with(&format!("== {title}\n")));
    if std::env::var_os("UPDATE_REFUSALS").is_some() {
        let text = part.map_or_else(|| format!("{meant}{seen}"), |part| meant.replace(part, &seen));
        return std::fs::write(&file, text).unwrap();
    }
    assert_eq!(seen, part.unwrap_or("no such part"));
}

#[test]
fn every_part_of_the_file_is_a_rows() {
    let rows = include_str!("same_bytes.rs");
    let text = std::fs::read_to_string(file()).unwrap();
    for title in text.lines().filter_map(|line| line.strip_prefix("== ")) {
        assert!(rows.contains(&format!(" \"{title}\", ")), "no row is called {title}");
    }
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/behaviour/refusals.txt")
}

fn me(stage: &Stage) -> Ask<'_> {
    stage.get("/dealer/me")
}

fn by_a<'a>(stage: &'a Stage, path: &str) -> Ask<'a> {
    stage.get(path).token_of("dealer", "a")
}

fn by_host<'a>(stage: &'a Stage, host: &str) -> Ask<'a> {
    stage.get("/by-host/me").header("host", host)
}

fn looked_up<'a>(stage: &'a Stage, id: &str) -> Ask<'a> {
    stage.get(&format!("/admin/customers/{id}")).token_of("admin", "support")
}

fn kratos(stage: &Stage, says: Fault) {
    stage.proxies("dealer").kratos_public.fault(Rule::on("*", "/sessions/whoami"), says);
}

fn keto(stage: &Stage, says: Fault) {
    stage.proxies("dealer").keto_read.fault(Rule::on("*", "/relation-tuples/check"), says);
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
