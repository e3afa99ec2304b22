//! The steps of `docs/migrating.md`: at each, what is annotated is guarded, and the
//! rest goes on as before.

use super::WebHost;
use crate::Here;
use crate::stage::{Stage, Verdict, cases, quotes};

// Of each row: how many steps were taken, and whether the report and the orders are guarded by then.
cases! { at_every_step_what_is_annotated_is_guarded_and_the_rest_goes_on:
    before:         0, false, false;
    one_step:       1, true,  false;
    two_steps:      2, true,  true;
    three_steps:    3, true,  true;
    four_steps:     4, true,  true;
    at_the_end:     5, true,  true;
}

async fn at_every_step_what_is_annotated_is_guarded_and_the_rest_goes_on(
    steps: usize,
    report_is_guarded: bool,
    order_is_guarded: bool,
) {
    let stage = Stage::new().await;
    let address = Here::start_migrating(steps, stage.iam.clone()).await;
    let stage = stage.elsewhere(address);
    stage.get("/health").expect(200).await;
    assert!(stage.events().await.is_empty());
    for (path, own, foreign, is_guarded) in
        [("/report", "admin", "customer", report_is_guarded), ("/orders/7", "customer", "admin", order_is_guarded)]
    {
        let with = |tenant| stage.get(path).token_of(tenant, "plain");
        if !is_guarded {
            stage.get(path).expect(200).await;
            with(foreign).expect(200).await;
            assert!(stage.events().await.is_empty(), "{path}");
            continue;
        }
        stage.get(path).ends(path, Verdict::unauthenticated("missing")).await;
        with(foreign).ends(path, Verdict::unauthenticated("rejected_by_tenant")).await;
        let seen = with(own).ends(path, Verdict::allowed()).await;
        let id = &stage.account(own, "plain").identity.id;
        assert!(path != "/report" || seen.answer.text() == format!("all is well at the corner, {id}"), "{seen:?}");
    }
}

#[test]
fn the_page_quotes_what_runs() {
    let files = [
        "tests/axum/migrating.rs",
        "tests/actix/migrating.rs",
        "tests/axum/from_axum_login.rs",
        "tests/axum/from_nestjs.rs",
        "tests/actix/from_nestjs.rs",
    ];
    quotes::check("docs/migrating.md", &files, 14);
}
