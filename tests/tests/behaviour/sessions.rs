//! Sessions on their own tenant and on others, and what refuses them.

use crate::stage::Stage;

#[tokio::test]
async fn a_session_is_good_at_its_own_tenant_only() {
    let stage = Stage::new().await;
    for own in ["customer", "admin", "dealer"] {
        for route in ["customer", "admin", "dealer"] {
            let ask = stage.get(&format!("/{route}/me")).token_of(own, "plain");
            if own == route {
                let answer = ask.expect(200).await;
                assert_eq!(answer.json()["id"], stage.account(own, "plain").identity.id);
                assert_eq!(answer.json()["tenant"], own);
                assert_eq!(stage.event().await, ("allowed", None));
            } else {
                assert_eq!(ask.expect(401).await.code(), "unauthenticated");
                assert_eq!(stage.event().await, ("denied", Some("rejected_by_tenant")), "{own} at {route}");
            }
        }
    }
}
