//! The steps of `docs/migrating.md`: at each, what is annotated is guarded, and the
//! rest goes on as before.

use super::WebHost;
use crate::Here;
use crate::stage::{Stage, Verdict, quotes};

#[tokio::test]
async fn at_every_step_what_is_annotated_is_guarded_and_the_rest_goes_on() {
    for (steps, (report_is_guarded, order_is_guarded)) in
        [(false, false), (true, false), (true, true), (true, true), (true, true), (true, true)].into_iter().enumerate()
    {
        let stage = Stage::new().await;
        let address = Here::start_migrating(steps, stage.iam.clone()).await;
        let stage = stage.elsewhere(address);
        stage.get("/health").expect(200).await;
        assert!(stage.events().await.is_empty());
        for (path, own, foreign, is_guarded) in
            [("/report", "admin", "customer", report_is_guarded), ("/orders/7", "customer", "admin", order_is_guarded)]
        {
            let row = format!("{path} after {steps} steps");
            let with = |tenant| stage.get(path).token_of(tenant, "plain");
            if !is_guarded {
                stage.get(path).expect(200).await;
                with(foreign).expect(200).await;
                assert!(stage.events().await.is_empty(), "{row}");
                continue;
            }
            stage.get(path).ends(&row, Verdict::unauthenticated("missing")).await;
            with(foreign).ends(&row, Verdict::unauthenticated("rejected_by_tenant")).await;
            let seen = with(own).ends(&row, Verdict::allowed()).await;
            let id = &stage.account(own, "plain").identity.id;
            assert!(path != "/report" || seen.answer.text() == format!("all is well at the corner, {id}"), "{row}");
        }
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
