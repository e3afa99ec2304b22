//! A session ends while a look-up of it is under way: the look-up's answer is from before.

use iam_core::{IdentityId, SessionId};
use iam_testing::fault::{Fault, Rule};

use crate::Tenants;
use crate::stage::Stage;

const WHOAMI: &str = "/sessions/whoami";

#[tokio::test]
async fn what_was_asked_before_a_revocation_is_answered_to_nobody_who_comes_after_it() {
    let stage = Stage::plan().cached().start().await;
    let session = stage.account("customer", "plain").session.clone();
    let gate = Fault::hold();
    // Kratos says "yes" at once, and the answer is held back on its way.
    stage.proxies("customer").kratos_public.fault(Rule::on("GET", WHOAMI).times(1), gate.after());

    let early = async { stage.get("/customer/me").bearer(&session.token).send().await };
    let meanwhile = async {
        gate.arrived(1).await;
        let id = SessionId::new(&session.session_id);
        stage.iam.tenant(Tenants::Customer).sessions().revoke(&id).await.unwrap();
        // The look-up is still in the air, and this request does not board it.
        stage.get("/customer/me").bearer(&session.token).expect(401).await;
        assert_eq!(stage.whoamis("customer"), 2);
        gate.open();
    };
    let (early, ()) = tokio::join!(early, meanwhile);
    assert_eq!(early.status, 200, "it came before the revocation");
    // Nor was the late answer written down for those who come now.
    stage.get("/customer/me").bearer(&session.token).expect(401).await;
}

#[tokio::test]
async fn the_same_for_a_role_that_is_taken_away() {
    let stage = Stage::plan().cached().start().await;
    let account = stage.account("customer", "a");
    let gate = Fault::hold();
    stage.proxies("customer").kratos_public.fault(Rule::on("GET", WHOAMI).times(1), gate.after());

    let early = async { stage.get("/customer/a-or-b").bearer(&account.session.token).send().await };
    let meanwhile = async {
        gate.arrived(1).await;
        let id = IdentityId::new(&account.identity.id);
        stage.iam.tenant(Tenants::Customer).identities().set_roles(&id, &["c"]).await.unwrap();
        stage.get("/customer/a-or-b").bearer(&account.session.token).expect(403).await;
        gate.open();
    };
    let (early, ()) = tokio::join!(early, meanwhile);
    assert_eq!(early.status, 200);
    stage.get("/customer/a-or-b").bearer(&account.session.token).expect(403).await;
}

#[tokio::test]
async fn the_same_for_a_revocation_that_times_out() {
    let stage = Stage::plan().cached().set("customer.http.total_timeout_ms", 1_500).start().await;
    let session = stage.account("customer", "plain").session.clone();
    stage.get("/customer/me").bearer(&session.token).expect(200).await;
    stage.get("/customer/me").bearer(&session.token).expect(200).await;
    assert_eq!(stage.whoamis("customer"), 1, "it is remembered");

    // Kratos revokes the session, but its answer never comes.
    let gate = Fault::hold();
    stage.proxies("customer").kratos_admin.fault(Rule::on("DELETE", "/admin/sessions/*"), gate.after());
    let id = SessionId::new(&session.session_id);
    let outcome = stage.iam.tenant(Tenants::Customer).sessions().revoke(&id).await;
    assert!(outcome.unwrap_err().is_unavailable());
    stage.get("/customer/me").bearer(&session.token).expect(401).await;
    assert_eq!(stage.whoamis("customer"), 2, "Kratos was asked again");
}

#[tokio::test]
async fn a_refusal_counts_also_if_something_else_was_evicted_meanwhile() {
    let stage = Stage::plan().cached().set("customer.cache.negative_ttl_ms", 0).start().await;
    let (session, other) =
        (stage.account("customer", "a").session.clone(), stage.account("customer", "b").session.clone());
    stage.get("/customer/me").bearer(&session.token).expect(200).await;
    stage.tenant("customer").client.revoke_session(&session.session_id).await.unwrap();
    let gate = Fault::hold();
    stage.proxies("customer").kratos_public.fault(Rule::on("GET", WHOAMI).times(1), gate.after());

    let asked = async { stage.get("/customer/demands/freshest").bearer(&session.token).send().await };
    let meanwhile = async {
        gate.arrived(1).await;
        let id = SessionId::new(&other.session_id);
        stage.iam.tenant(Tenants::Customer).sessions().revoke(&id).await.unwrap();
        gate.open();
    };
    let (asked, ()) = tokio::join!(asked, meanwhile);
    assert_eq!(asked.status, 401);
    stage.get("/customer/me").bearer(&session.token).expect(401).await;
}
