//! Self-service flows over HTTP: begin one, read it, submit it.

mod begin;
mod login;
mod logout;
mod recovery;
mod registration;
mod reply;
mod settings;
mod submission;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::Response;
use axum::routing::{delete, get, post};

use super::Kratos;
use super::call::Call;
use super::flow::FlowKind;
use super::store::Store;
use super::wire::{self, Answer, ApiError};

use reply::{Refused, Submitted};
use submission::Submission;

/// The paths that the admin listener sends to the public one.
pub(super) const PATHS: [&str; 19] = [
    "/self-service/login/api",
    "/self-service/login/browser",
    "/self-service/login/flows",
    "/self-service/login",
    "/self-service/registration/api",
    "/self-service/registration/browser",
    "/self-service/registration/flows",
    "/self-service/registration",
    "/self-service/settings/api",
    "/self-service/settings/browser",
    "/self-service/settings/flows",
    "/self-service/settings",
    "/self-service/recovery/api",
    "/self-service/recovery/browser",
    "/self-service/recovery/flows",
    "/self-service/recovery",
    "/self-service/logout/browser",
    "/self-service/logout/api",
    "/self-service/logout",
];

/// Which of the four kinds of flow a path is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Login,
    Registration,
    Settings,
    Recovery,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Login, Self::Registration, Self::Settings, Self::Recovery];

    fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Registration => "registration",
            Self::Settings => "settings",
            Self::Recovery => "recovery",
        }
    }

    fn is(self, flow: &FlowKind) -> bool {
        self.name() == flow.name()
    }
}

pub(super) fn routes() -> Router<Arc<Kratos>> {
    let mut router = Router::new()
        .route("/self-service/logout/browser", get(logout::begin))
        .route("/self-service/logout/api", delete(logout::native))
        .route("/self-service/logout", get(logout::submit))
        .route("/self-service/errors", get(reply::read_error))
        .merge(recovery::routes());
    for kind in Kind::ALL {
        let path = |end: &str| format!("/self-service/{}{end}", kind.name());
        router =
            router
                .route(
                    &path("/api"),
                    get(move |State(kratos): State<Arc<Kratos>>, call: Call| async move {
                        begin::native(&kratos, &call, kind)
                    }),
                )
                .route(
                    &path("/browser"),
                    get(move |State(kratos): State<Arc<Kratos>>, call: Call| async move {
                        begin::browser(&kratos, &call, kind)
                    }),
                )
                .route(
                    &path("/flows"),
                    get(move |State(kratos): State<Arc<Kratos>>, call: Call| async move {
                        begin::read(&kratos, &call, kind)
                    }),
                );
    }
    // A recovery answers in ways of its own.
    let submitted: [(Kind, Submit); 3] =
        [(Kind::Login, login::submit), (Kind::Registration, registration::submit), (Kind::Settings, settings::submit)];
    for (kind, by) in submitted {
        router = router.route(
            &format!("/self-service/{}", kind.name()),
            post(
                move |State(kratos): State<Arc<Kratos>>, call: Call, body: Result<Bytes, BytesRejection>| async move {
                    submit(&kratos, &call, (kind, by), body)
                },
            ),
        );
    }
    router
}

/// What one kind of flow makes of a submission.
type Submit = fn(&mut Store, Submitted<'_>) -> Result<Response, Refused>;

fn submit(kratos: &Kratos, call: &Call, (kind, by): (Kind, Submit), body: Result<Bytes, BytesRejection>) -> Answer {
    let mut store = kratos.store();
    if kind == Kind::Settings && kratos.user(&store, &call.headers).is_none() {
        return settings::unauthenticated(kratos, call);
    }
    if call.params.get("flow").is_none() {
        let error = ApiError::bad_request("The flow query parameter is missing or malformed.");
        return kratos.forward(&mut store, call, error);
    }
    let found = store.flow(call.params.id("flow")).cloned();
    let Some(flow) = found.filter(|flow| kind.is(&flow.kind)) else {
        return kratos.forward(&mut store, call, ApiError::not_found());
    };
    let submission = wire::whole(body).and_then(|body| Submission::parse(call, &body));
    let result = submission
        .map_err(Refused::Error)
        .and_then(|submission| by(&mut store, Submitted { kratos, call, flow: &flow, form: submission }));
    match result {
        Ok(response) => Ok(response),
        Err(refused) => reply::refuse(kratos, &mut store, call, flow, refused),
    }
}
