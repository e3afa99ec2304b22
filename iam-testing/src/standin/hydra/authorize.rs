//! `GET /oauth2/auth`: the authorisation-code flow (RFC 6749, section 4.1; RFC 7636).
//!
//! The browser comes here three times: with the client's request, with the `login_verifier`, and with the
//! `consent_verifier`. Each time the request is checked anew.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::ask::{Ask, ask, is_local, redirect_uri};
use super::client::Client;
use super::decision::{decided, same_browser, same_client};
use super::error::OAuthError;
use super::flow::{AcceptConsent, AcceptLogin, Consent, Decision, Flow, GrantedConsent, LoginSession, random_id};
use super::requests::consent_request;
use super::token::{Code, Grant, UserGrant};
use super::{Data, Hydra, HydraConfig, cookies, redirect, scope};
use crate::standin::params::Params;

/// Hydra's `ttl.auth_code`: 10 min.
const CODE_LIFESPAN: Duration = Duration::minutes(10);

pub(super) async fn authorize(
    State(hydra): State<Arc<Hydra>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    let params = Params::parse(&query);
    if !hydra.is_ready() {
        return redirect::error_page(&hydra.config, &unknown_client());
    }
    let mut data = hydra.data();
    let Some(client) = data.clients.get(params.text("client_id")).cloned() else {
        return redirect::error_page(&hydra.config, &unknown_client());
    };
    let redirect_uri = match redirect_uri(&client, &params) {
        Ok(uri) => uri,
        Err(error) => return redirect::error_page(&hydra.config, &error),
    };
    let state = params.text("state").to_owned();
    let step = ask(&client, &params, redirect_uri.clone()).and_then(|ask| {
        let mut visit = Visit { config: &hydra.config, data: &mut data, client: &client, headers: &headers, ask };
        match (params.first("login_verifier"), params.first("consent_verifier")) {
            (_, Some(verifier)) => visit.finish(verifier),
            (Some(verifier), None) => visit.ask_for_consent(verifier),
            (None, None) => visit.ask_for_login(&query),
        }
    });
    step.unwrap_or_else(|error| redirect::client_error(&redirect_uri, &state, &error))
}

fn unknown_client() -> OAuthError {
    OAuthError::invalid_client("The requested OAuth 2.0 Client does not exist.")
}

/// One visit of the browser.
struct Visit<'a> {
    config: &'a HydraConfig,
    data: &'a mut Data,
    client: &'a Client,
    headers: &'a HeaderMap,
    ask: Ask,
}

impl Visit<'_> {
    fn prompts(&self, prompt: &str) -> bool {
        self.ask.prompt.iter().any(|have| have == prompt)
    }

    /// First visit: off to the login page.
    fn ask_for_login(&mut self, query: &str) -> Result<Response, OAuthError> {
        let now = OffsetDateTime::now_utc();
        let id = cookies::read(self.headers, cookies::SESSION).unwrap_or_default().to_owned();
        let remembered = self.data.flows.remembered_login(&id).filter(|session| {
            let fresh = self.ask.max_age.is_none_or(|age| now <= session.authenticated_at + Duration::seconds(age));
            fresh && !self.prompts("login") && !self.prompts("select_account")
        });
        let (session_id, login_skip, subject, authenticated_at) = match remembered {
            Some(session) => (id, true, session.subject.clone(), session.authenticated_at),
            None => (Uuid::new_v4().to_string(), false, String::new(), now),
        };
        if self.prompts("none") && !login_skip {
            return Err(OAuthError::bad(
                "login_required",
                "Prompt 'none' was requested, but no existing login session was found.",
            ));
        }
        let (challenge, csrf) = (random_id(), random_id());
        let mut request_url = self.config.public_url.clone();
        request_url.set_path("/oauth2/auth");
        request_url.set_query(Some(query));
        self.data.flows.add(Flow {
            id: Uuid::new_v4().simple().to_string(),
            login_challenge: challenge.clone(),
            login_csrf: csrf.clone(),
            ask: self.ask.clone(),
            request_url,
            requested_at: now,
            expires_at: now + self.config.switches.challenge_lifespan,
            session_id,
            login_skip,
            subject,
            authenticated_at,
            login: None,
            login_verifier: None,
            consent: None,
        });
        let page = redirect::page(self.config, "login", Some(("login_challenge", &challenge)));
        let cookie =
            cookies::csrf(&cookies::login_csrf(&self.ask.client_id), &csrf, self.config.switches.challenge_lifespan);
        Ok(redirect::to(StatusCode::FOUND, &page, [cookie]))
    }

    /// Second visit: the login is decided; off to the consent page.
    fn ask_for_consent(&mut self, verifier: &str) -> Result<Response, OAuthError> {
        let used =
            || OAuthError::denied("The login verifier has already been used, has not been granted, or is invalid.");
        let flow = self.data.flows.by_login_verifier(verifier).ok_or_else(used)?;
        flow.login_verifier = None;
        let accepted = decided(flow.login.as_ref(), "The resource owner denied the login request")?;
        same_client(flow, &self.ask)?;
        same_browser(self.headers, &cookies::login_csrf(&flow.ask.client_id), &flow.login_csrf)?;

        let (id, subject, skipped) = (flow.session_id.clone(), flow.subject.clone(), flow.login_skip);
        let (challenge, authenticated_at) = (flow.login_challenge.clone(), flow.authenticated_at);
        let session_cookie = self.remember_login(&accepted, &id, &subject, authenticated_at, skipped);

        let mut consent = Consent {
            challenge: random_id(),
            request_id: Uuid::new_v4().to_string(),
            csrf: random_id(),
            skip: self.may_skip_consent(&subject),
            decision: None,
            verifier: None,
        };
        if self.prompts("none") && !consent.skip {
            return Err(OAuthError::bad(
                "consent_required",
                "Prompt 'none' was requested, but no previous consent was found.",
            ));
        }
        // A client that skips consent still goes past the page, which is told so.
        consent.skip |= self.client.document.skip_consent;
        let page = redirect::page(self.config, "consent", Some(("consent_challenge", &consent.challenge)));
        let csrf_cookie = cookies::csrf(
            &cookies::consent_csrf(&self.ask.client_id),
            &consent.csrf,
            self.config.switches.challenge_lifespan,
        );
        if let Some(flow) = self.data.flows.by_login_challenge(&challenge) {
            flow.consent = Some(consent);
        }
        Ok(redirect::to(StatusCode::FOUND, &page, [session_cookie, csrf_cookie]))
    }

    /// Notes a new login, and the cookie that it makes.
    fn remember_login(
        &mut self,
        accepted: &AcceptLogin,
        id: &str,
        subject: &str,
        authenticated_at: OffsetDateTime,
        skipped: bool,
    ) -> Option<http::HeaderValue> {
        if skipped {
            return None;
        }
        let lifespan = Duration::seconds(i64::from(accepted.remember_for));
        let session = LoginSession {
            subject: subject.to_owned(),
            authenticated_at,
            remembered: accepted.remember,
            expires_at: (!lifespan.is_zero()).then(|| OffsetDateTime::now_utc() + lifespan),
        };
        self.data.flows.sessions.insert(id.to_owned(), session);
        if accepted.remember {
            return cookies::session(id, accepted.remember_for);
        }
        // Somebody who does not want to be remembered now is forgotten from earlier, too.
        let earlier = cookies::read(self.headers, cookies::SESSION)?;
        self.data.flows.sessions.remove(earlier);
        cookies::no_session()
    }

    fn may_skip_consent(&self, subject: &str) -> bool {
        let uri = &self.ask.redirect_uri;
        // RFC 6749, section 10.2: a public client's identity is only as good as its redirect URL.
        let provable = !self.client.is_public() || uri.scheme() == "https" || uri.scheme() == "http" && is_local(uri);
        let earlier = self.data.flows.remembered_consent(&self.ask.client_id, subject);
        let covers = |granted: &[String]| self.ask.scope.iter().all(|scope| scope::satisfies(granted, scope));
        provable && !self.prompts("consent") && earlier.is_some_and(|earlier| covers(&earlier.accepted.grant_scope))
    }

    /// Third visit: everything is decided; back to the client with a code.
    fn finish(&mut self, verifier: &str) -> Result<Response, OAuthError> {
        let used =
            || OAuthError::denied("The consent verifier has already been used, has not been granted, or is invalid.");
        let flow = self.data.flows.by_consent_verifier(verifier).ok_or_else(used)?;
        same_client(flow, &self.ask)?;
        let consent = flow.consent.as_mut().ok_or_else(used)?;
        consent.verifier = None;
        let accepted = decided(consent.decision.as_ref(), "The resource owner denied the consent request")?;
        same_browser(self.headers, &cookies::consent_csrf(&flow.ask.client_id), &consent.csrf)?;

        let request_id = consent.request_id.clone();
        let granted = GrantedConsent {
            request: consent_request(flow, &request_id, Value::Null),
            request_id,
            client_id: flow.ask.client_id.clone(),
            subject: flow.subject.clone(),
            login_session_id: flow.session_id.clone(),
            accepted: accepted.clone(),
            handled_at: OffsetDateTime::now_utc(),
        };
        let ask = flow.ask.clone();
        let challenge = ask.challenge()?;
        let grant = grant(flow, &granted.request_id, accepted);
        let scope = grant.scope.join(" ");
        self.data.flows.consents.push(granted);
        let code = self.data.tokens.issue_code(Code {
            grant: Arc::new(grant),
            chain: Uuid::new_v4(),
            expires_at: OffsetDateTime::now_utc() + CODE_LIFESPAN,
            redirect_uri: ask.given_redirect_uri,
            challenge,
            used: false,
        });
        let mut url = ask.redirect_uri;
        url.query_pairs_mut().append_pair("code", &code).append_pair("scope", &scope).append_pair("state", &ask.state);
        Ok(redirect::to(StatusCode::SEE_OTHER, &url, []))
    }
}

fn grant(flow: &Flow, consent_request_id: &str, accepted: AcceptConsent) -> Grant {
    let (acr, amr) = match &flow.login {
        Some(Decision::Accepted(login)) => (login.acr.clone(), login.amr.clone()),
        _ => Default::default(),
    };
    Grant {
        client_id: flow.ask.client_id.clone(),
        subject: flow.subject.clone(),
        scope: accepted.grant_scope,
        audience: accepted.grant_access_token_audience,
        access_claims: accepted.session.access_token.unwrap_or_default(),
        id_claims: accepted.session.id_token.unwrap_or_default(),
        user: Some(UserGrant {
            consent_request_id: consent_request_id.to_owned(),
            session_id: flow.session_id.clone(),
            authenticated_at: flow.authenticated_at,
            requested_at: flow.requested_at,
            acr,
            amr,
        }),
    }
}
