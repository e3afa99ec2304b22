//! Handlers as axum-login guards them, and the same here: `docs/migrating.md` quotes both.

use crate::stage::{Stage, Verdict};
use crate::{Tenants, serve};

mod before {
    use axum::Router;
    use axum::routing::get;
    use axum_login::{AuthSession, login_required, permission_required};

    use super::backend::Backend;

    async fn me(auth: AuthSession<Backend>) -> String {
        auth.user.map_or_else(|| "nobody".into(), |user| user.id)
    }

    async fn report() -> &'static str {
        "all is well"
    }

    async fn welcome(auth: AuthSession<Backend>) -> &'static str {
        if auth.user.is_some() { "welcome back" } else { "welcome" }
    }

    pub fn routes() -> Router {
        Router::new()
            .route("/report", get(report))
            .route_layer(permission_required!(Backend, "platform:support"))
            .route("/me", get(me))
            .route_layer(login_required!(Backend))
            .route("/welcome", get(welcome))
    }
}

mod after {
    use iam_axum::prelude::*;

    use super::Tenants;

    #[tenant("admin")]
    async fn me(me: CurrentUser) -> String {
        me.id.clone()
    }

    #[tenant("admin")]
    #[require_role("platform:support")]
    async fn report() -> &'static str {
        "all is well"
    }

    #[tenant("admin")]
    #[optional_session]
    async fn welcome(me: Option<CurrentUser>) -> &'static str {
        if me.is_some() { "welcome back" } else { "welcome" }
    }

    pub fn routes() -> Router<Iam<Tenants>> {
        Router::new().route("/report", get(report)).route("/me", get(me)).route("/welcome", get(welcome))
    }
}

/// What Kratos is now.
mod backend {
    use std::collections::HashSet;
    use std::convert::Infallible;

    use axum_login::{AuthUser, AuthnBackend, AuthzBackend, UserId};

    #[derive(Debug, Clone)]
    pub struct Account {
        pub id: String,
        password_hash: Vec<u8>,
    }

    impl AuthUser for Account {
        type Id = String;

        fn id(&self) -> String {
            self.id.clone()
        }

        fn session_auth_hash(&self) -> &[u8] {
            &self.password_hash
        }
    }

    #[derive(Debug, Clone)]
    pub struct Backend;

    impl AuthnBackend for Backend {
        type User = Account;
        type Credentials = ();
        type Error = Infallible;

        async fn authenticate(&self, (): ()) -> Result<Option<Account>, Infallible> {
            Ok(None)
        }

        async fn get_user(&self, _: &UserId<Self>) -> Result<Option<Account>, Infallible> {
            Ok(None)
        }
    }

    impl AuthzBackend for Backend {
        type Permission = &'static str;

        async fn get_user_permissions(&self, _: &Account) -> Result<HashSet<&'static str>, Infallible> {
            Ok(HashSet::new())
        }
    }
}

#[tokio::test]
async fn what_axum_login_guarded_is_guarded() {
    let _compiled = before::routes();
    let stage = Stage::new().await;
    let routes = after::routes().with_state(stage.iam.clone()).unwrap();
    let stage = stage.elsewhere(serve(routes).await);
    for path in ["/me", "/report"] {
        stage.get(path).ends("nobody", Verdict::unauthenticated("missing")).await;
        let foreign = stage.get(path).token_of("customer", "a");
        foreign.ends("another tenant's", Verdict::unauthenticated("rejected_by_tenant")).await;
        stage.get(path).token_of("admin", "support").ends("support", Verdict::allowed()).await;
    }
    stage.get("/me").token_of("admin", "plain").ends("anybody", Verdict::allowed()).await;
    stage.get("/report").token_of("admin", "plain").ends("without the role", Verdict::forbidden("role")).await;
    for (ask, told) in
        [(stage.get("/welcome"), "welcome"), (stage.get("/welcome").token_of("admin", "plain"), "welcome back")]
    {
        assert_eq!(ask.ends(told, Verdict::allowed()).await.answer.text(), told);
    }
}
