//! Which demand refused a request: in the event, in a developer's log, in the matrix; never in the answer.

use super::WebHost;
use crate::Here;
use crate::stage::{Stage, USUAL, Verdict, cases, child, logs::Logs};

cases! { USUAL, an_event_names_the_demand_that_is_not_met:
    one_role_of_a_list: "plain", "/dealer/a-or-b",  "role",       "role a or b";
    the_second_list:    "a",     "/dealer/a-and-b", "role",       "role b";
    a_permission:       "a",     "/dealer/listings/43",      "permission", "permission listings#edit@listings:43";
    one_of_two:         "a",     "/dealer/listings/43/both", "permission", "permission listings#edit@listings:43";
}

async fn an_event_names_the_demand_that_is_not_met(
    stage: &Stage,
    who: &str,
    path: &str,
    reason: &'static str,
    demand: &str,
) {
    let seen = stage.get(path).token_of("dealer", who).ends(who, Verdict::forbidden(reason)).await;
    assert_eq!(seen.decision.detail.as_deref(), Some(demand));
    let answer = format!("{:?}", seen.answer);
    assert!(!answer.contains("a or b") && !answer.contains("listings"), "{answer}");
}

#[tokio::test]
async fn an_event_about_nobody_names_no_demand() {
    let stage = Stage::new().await;
    let row = "nothing was demanded of nobody";
    let seen = stage.get("/dealer/a-or-b").ends(row, Verdict::unauthenticated("missing")).await;
    assert_eq!(seen.decision.detail, None);
}

#[test]
fn a_developers_log_explains_a_refusal() {
    let name = child::name(module_path!(), "a_developers_log_explains_a_refusal");
    if child::is(&name) {
        return tokio::runtime::Runtime::new().unwrap().block_on(refused());
    }
    child::run(&name, &[]);
}

async fn refused() {
    let logs = Logs::keep();
    let stage = Stage::new().await;
    stage.get("/dealer/a-and-b").token_of("dealer", "a").ends("lacks b", Verdict::forbidden("role")).await;
    let explained = "GET /dealer/a-and-b\n  met      dealer: session\n  met      role a\n  MISSING  role b: has a";
    assert!(logs.text().contains(explained), "{}", logs.text());

    // Of two that were asked it says which one refused, and about what.
    stage.get("/dealer/listings/43/both").token_of("dealer", "a").expect(403).await;
    let explained = "GET /dealer/listings/{id}/both\n  met      dealer: session\n  \
                     open     permission listings#edit@listings:{id}: Keto is asked\n  \
                     open     permission listings#view@(computed): Keto is asked\n  \
                     MISSING  permission listings#edit@listings:43: Keto says no";
    assert!(logs.text().contains(explained), "{}", logs.text());
    stage.get("/customer/demands/checked/good/closed").token_of("customer", "plain").expect(403).await;
    let explained = "open     check mood: the application is asked\n  open     check route: the application is asked\n  \
                     MISSING  check route: closed";
    assert!(logs.text().contains(explained), "{}", logs.text());
}

#[test]
fn the_matrix_tells_where_each_route_is_mounted() {
    let matrix = Here::access_matrix();
    for row in &matrix.rows {
        let source = row.source.unwrap_or_else(|| panic!("{row} has no source"));
        assert!(source.file.contains("/app") && source.line > 1, "{row}: {source:?}");
    }
    let of = |path: &str| matrix.rows.iter().find(|row| row.path == path).and_then(|row| row.source).unwrap();
    assert!(
        of("/dealer/a-and-b").handler.is_some_and(|handler| handler.ends_with("a_and_b")),
        "{:?}",
        of("/dealer/a-and-b")
    );
}
