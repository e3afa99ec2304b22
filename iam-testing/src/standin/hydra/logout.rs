//! Logout that starts at the authorisation server: `/oauth2/sessions/logout`, accepted over the admin API.
//!
//! Logout that a client starts, with an ID token as a hint, is not here: `id_token_hint` is 400.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use url::Url;

use super::error::OAuthError;
use super::flow::{Logout, random_id};
use super::requests::{challenge, redirect_to};
use super::{Hydra, cookies, redirect};
use crate::standin::herodot::success;
use crate::standin::params::Params;

type Server = State<Arc<Hydra>>;
type Answer = Result<Response, OAuthError>;

pub(super) async fn start(State(hydra): Server, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let query = query.unwrap_or_default();
    let params = Params::parse(&query);
    if params.first("id_token_hint").is_some() {
        let error = OAuthError::invalid_request("The stand-in takes no ID tokens.");
        return redirect::error_page(&hydra.config, &error);
    }
    if let Some(verifier) = params.first("logout_verifier") {
        return finish(&hydra, verifier);
    }
    let done = done(&hydra);
    let mut data = hydra.data();
    let id = cookies::read(&headers, cookies::SESSION).unwrap_or_default();
    let Some(subject) = data.flows.remembered_login(id).map(|session| session.subject.clone()) else {
        return redirect::to(StatusCode::FOUND, &done, []);
    };
    let request_url = format!("/oauth2/sessions/logout?{query}");
    let logout = Logout {
        challenge: random_id(),
        verifier: None,
        session_id: id.to_owned(),
        subject,
        request_url,
        requested_at: OffsetDateTime::now_utc(),
    };
    let page = redirect::page(&hydra.config, "logout", Some(("logout_challenge", &logout.challenge)));
    data.flows.logouts.insert(logout.challenge.clone(), logout);
    redirect::to(StatusCode::FOUND, &page, [])
}

fn finish(hydra: &Hydra, verifier: &str) -> Response {
    let mut data = hydra.data();
    let accepted = data.flows.logouts.values().find(|logout| logout.verifier.as_deref() == Some(verifier));
    let Some((challenge, session_id)) = accepted.map(|logout| (logout.challenge.clone(), logout.session_id.clone()))
    else {
        return redirect::error_page(&hydra.config, &OAuthError::not_found());
    };
    data.flows.logouts.remove(&challenge);
    data.flows.sessions.remove(&session_id);
    redirect::to(StatusCode::FOUND, &done(hydra), [cookies::no_session()])
}

/// Hydra's own page, where no `urls.post_logout_redirect` names another.
fn done(hydra: &Hydra) -> Url {
    let mut page = hydra.config.public_url.clone();
    page.set_path("/oauth2/fallbacks/logout/callback");
    page
}

pub(super) async fn request(State(hydra): Server, RawQuery(query): RawQuery) -> Answer {
    let challenge = challenge(query, "logout_challenge")?;
    let data = hydra.data();
    let logout = data.flows.logouts.get(&challenge).ok_or_else(OAuthError::not_found)?;
    let written = |time: OffsetDateTime| time.format(&Rfc3339).ok();
    Ok(success(
        StatusCode::OK,
        &json!({
            "challenge": logout.challenge,
            "subject": logout.subject,
            "sid": logout.session_id,
            "request_url": logout.request_url,
            "rp_initiated": false,
            "client": null,
            "requested_at": written(logout.requested_at),
            "expires_at": written(logout.requested_at + hydra.config.switches.challenge_lifespan),
        }),
    ))
}

pub(super) async fn accept(State(hydra): Server, RawQuery(query): RawQuery) -> Answer {
    let challenge = challenge(query, "logout_challenge")?;
    let mut data = hydra.data();
    let logout = data.flows.logouts.get_mut(&challenge).ok_or_else(OAuthError::not_found)?;
    let verifier = random_id();
    let mut url = hydra.config.public_url.clone();
    url.set_path("/oauth2/sessions/logout");
    url.query_pairs_mut().append_pair("logout_verifier", &verifier);
    logout.verifier = Some(verifier);
    Ok(redirect_to(url))
}

pub(super) async fn reject(State(hydra): Server, RawQuery(query): RawQuery) -> Answer {
    let challenge = challenge(query, "logout_challenge")?;
    hydra.data().flows.logouts.remove(&challenge).ok_or_else(OAuthError::not_found)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
