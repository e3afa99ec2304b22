//! A server that dies, and one whose database is lost or locked.

use iam_testing::standin::Product;

use super::outages::{hasty_stage, refused, route};
use crate::stage::{Stage, Verdict, cases};

// On Ory's own servers these are `SIGKILL` and `SIGSTOP`; on the stand-in, ports that close.
cases! { a_server_that_dies_is_503_until_it_is_back:
    kratos: "kratos", Product::Kratos;
    hydra:  "hydra",  Product::Hydra;
}

async fn a_server_that_dies_is_503_until_it_is_back(product: &str, server: Product) {
    let stage = hasty_stage().await;
    let project = &stage.tenant("dealer").project;
    route(&stage, product).ends("let in", Verdict::allowed()).await;
    project.stop(server).await.unwrap();
    refused(route(&stage, product), product, "dead", Verdict::unavailable()).await;
    stage.get("/admin/me").token_of("admin", "a").ends("another tenant", Verdict::allowed()).await;
    project.restart(server).await.unwrap();
    route(&stage, product).ends("it is back", Verdict::allowed()).await;

    let Some(real) = project.server(server) else { return };
    real.pause().unwrap();
    refused(route(&stage, product), product, "paused", Verdict::unavailable()).await;
    real.resume().unwrap();
    route(&stage, product).ends("it goes on", Verdict::allowed()).await;
}

// What Ory's own servers make of a database that does not answer, though `/health/ready` says that all is well: nobody
// has such a session, and there is no such token.
cases! { a_database_that_is_lost_lets_nobody_in:
    of_kratos: "kratos", Product::Kratos, "rejected_by_tenant";
    of_hydra:  "hydra",  Product::Hydra,  "inactive";
}

async fn a_database_that_is_lost_lets_nobody_in(product: &str, server: Product, reason: &'static str) {
    let stage = Stage::plan().set("dealer.cache.negative_ttl_ms", 0).start().await;
    // The stand-in has no database.
    let Some(real) = stage.tenant("dealer").project.server(server) else { return };
    route(&stage, product).ends("let in", Verdict::allowed()).await;
    real.lose_database().unwrap();
    route(&stage, product).ends("lost", Verdict::unauthenticated(reason)).await;
    stage.get("/admin/me").token_of("admin", "a").ends("another tenant", Verdict::allowed()).await;
    real.recover_database().await.unwrap();
    route(&stage, product).ends("it is back", Verdict::allowed()).await;
}

// The servers wait for it, and longer than we do.
cases! { a_database_that_is_locked_is_503_until_it_is_free:
    of_kratos: "kratos", Product::Kratos;
    of_hydra:  "hydra",  Product::Hydra;
}

async fn a_database_that_is_locked_is_503_until_it_is_free(product: &str, server: Product) {
    let stage = hasty_stage().await;
    let Some(real) = stage.tenant("dealer").project.server(server) else { return };
    route(&stage, product).ends("let in", Verdict::allowed()).await;
    let lock = real.lock_database().await.unwrap();
    refused(route(&stage, product), product, "locked", Verdict::unavailable()).await;
    stage.get("/admin/me").token_of("admin", "a").ends("another tenant", Verdict::allowed()).await;
    drop(lock);
    route(&stage, product).ends("it is free", Verdict::allowed()).await;
}

// Where we wait longer than they do: Kratos says after 5 s that nobody has such a session, and Hydra, which asks its
// database more than once, closes the connection after 10 s.
cases! { a_database_that_stays_locked_lets_nobody_in:
    of_kratos: "kratos", Product::Kratos, Verdict::unauthenticated("rejected_by_tenant");
    of_hydra:  "hydra",  Product::Hydra,  Verdict::unavailable();
}

async fn a_database_that_stays_locked_lets_nobody_in(product: &str, server: Product, meant: Verdict) {
    let plan = Stage::plan().set("dealer.http.total_timeout_ms", 25_000).set("dealer.http.max_retries", 0);
    let stage = plan.set("dealer.cache.negative_ttl_ms", 0).start().await;
    let Some(real) = stage.tenant("dealer").project.server(server) else { return };
    let lock = real.lock_database().await.unwrap();
    route(&stage, product).ends("locked", meant).await;
    drop(lock);
    route(&stage, product).ends("it is free", Verdict::allowed()).await;
}
