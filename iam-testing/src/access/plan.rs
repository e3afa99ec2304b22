//! What is tried at one route, and what must come of it.

use std::collections::{BTreeMap, BTreeSet};

use iam_core::policy::{AccessMatrix, MatrixCredential, MatrixRow};

use super::caller::{Caller, Kind, Sent};
use super::target::Target;

/// One request, and what must come of it.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    pub(super) method: String,
    pub(super) path: String,
    /// The host, where it is not the address's own.
    pub(super) host: Option<String>,
    pub(super) sent: Sent,
    pub(super) meant: Meant,
}

impl Attempt {
    pub(super) fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let sent = self.sent.headers.iter().map(|(name, value)| (*name, value.as_str()));
        self.host.iter().map(|host| ("host", host.as_str())).chain(sent)
    }
}

/// What an answer must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meant {
    /// 401: nobody whom this tenant knows.
    Unauthenticated,
    /// 401 or 403: somebody of this tenant who may not.
    Refused,
    /// The same, or the answer that a visitor without any credential gets.
    AsVisitor,
    /// No answer of the route's handler: this path is another, or it is refused.
    NotServed,
    /// 421 or 400: this host is no tenant's.
    Misdirected,
    /// Neither refused nor missing.
    Answered,
}

/// All attempts at a route.
pub(super) struct Plan {
    pub(super) attempts: Vec<Attempt>,
    /// Requests of whom the row lets in, by tenant and method: of each lot one at least.
    pub(super) guests: Vec<Vec<Attempt>>,
}

/// What no token and no cookie can be.
const MADE_UP: &str = "ory_st_made-up-by-the-attack";

impl Plan {
    pub(super) fn of(
        row: &MatrixRow,
        target: &Target,
        callers: &[Caller],
        hosts: &BTreeMap<String, String>,
        matrix: &AccessMatrix,
    ) -> Self {
        let mut plan = Self { attempts: Vec::new(), guests: Vec::new() };
        for method in methods(row, matrix) {
            let Some(credential) = row.credential else {
                plan.attempts.push(Attempt {
                    method: method.to_owned(),
                    path: target.path.clone(),
                    host: None,
                    sent: Sent::nothing(),
                    meant: Meant::Answered,
                });
                continue;
            };
            for tenant in &row.tenants {
                let host = if row.by_host { hosts.get(tenant).map(String::as_str) } else { None };
                let route = Guarded { row, target, method, tenant, host, credential };
                route.plan(&mut plan, callers);
                if has_head(row, matrix) {
                    Guarded { method: "HEAD", ..route }.plan_uninvited(&mut plan, callers);
                }
                if row.by_host && row.tenants.first() == Some(tenant) {
                    let astray = Guarded { host: Some("attacker.example"), ..route };
                    let senders = callers.iter().flat_map(Caller::credentials).chain([Sent::nothing()]);
                    plan.attempts.extend(senders.map(|sent| astray.attempt(sent, Meant::Misdirected)));
                }
            }
        }
        plan
    }
}

/// A route for all methods is tried with some, an unusual one among them, but for those that have a row of their own.
fn methods<'a>(row: &'a MatrixRow, matrix: &AccessMatrix) -> Vec<&'a str> {
    if row.method != "*" {
        return vec![&row.method];
    }
    let is_taken = |method: &str| matrix.rows.iter().any(|other| other.path == row.path && other.method == method);
    ["GET", "POST", "DELETE", "PURGE"].into_iter().filter(|method| !is_taken(method)).collect()
}

/// Both frameworks let a handler for `GET` answer `HEAD`, unless there is one for that.
fn has_head(row: &MatrixRow, matrix: &AccessMatrix) -> bool {
    row.method == "GET" && !matrix.rows.iter().any(|other| other.path == row.path && other.method == "HEAD")
}

#[derive(Clone, Copy)]
struct Guarded<'a> {
    row: &'a MatrixRow,
    target: &'a Target,
    method: &'a str,
    tenant: &'a str,
    host: Option<&'a str>,
    credential: MatrixCredential,
}

impl Guarded<'_> {
    fn attempt(&self, sent: Sent, meant: Meant) -> Attempt {
        let (method, path) = (self.method.to_owned(), self.target.path.clone());
        Attempt { method, path, host: self.host.map(str::to_owned), sent, meant }
    }

    /// For who is nobody here.
    fn as_nobody(&self) -> Meant {
        if self.credential.is_optional() { Meant::AsVisitor } else { Meant::Unauthenticated }
    }

    /// For who is somebody here and may not.
    fn as_refused(&self) -> Meant {
        if self.credential.is_optional() { Meant::AsVisitor } else { Meant::Refused }
    }

    fn plan(&self, plan: &mut Plan, callers: &[Caller]) {
        self.plan_uninvited(plan, callers);
        let (own, others): (Vec<_>, Vec<_>) = callers.iter().partition(|caller| caller.tenant == self.tenant);
        let cookie_names: BTreeSet<_> = own.iter().filter_map(|caller| caller.cookie.as_deref()).map(name).collect();
        for caller in &others {
            for name in &cookie_names {
                plan.attempts.extend(caller.cookie.iter().map(|pair| {
                    let what =
                        format!("the session of {} (`{}`) under the name of the cookie", caller.name, caller.tenant);
                    self.attempt(
                        Sent { what, headers: vec![("cookie", format!("{name}={}", value(pair)))] },
                        self.as_nobody(),
                    )
                }));
            }
        }
        plan.attempts
            .extend(malformed(&own, &cookie_names).into_iter().map(|sent| self.attempt(sent, self.as_nobody())));
        let mut guests = Vec::new();
        for caller in own {
            for sent in caller.credentials() {
                if self.must_refuse(caller) {
                    plan.attempts.push(self.attempt(sent, self.as_refused()));
                } else if self.is_decided_by_who_it_is() {
                    plan.attempts.extend(self.forged(&sent));
                    guests.push(self.attempt(sent, Meant::Answered));
                }
            }
        }
        plan.guests.push(guests);
        if !self.credential.is_optional() {
            let mut tenants = BTreeSet::new();
            let one_a_tenant = others.into_iter().filter(|caller| tenants.insert(&caller.tenant));
            let senders: Vec<_> = one_a_tenant.flat_map(Caller::credentials).chain([Sent::nothing()]).collect();
            for path in self.target.variants() {
                let spelt =
                    |sent: &Sent| Attempt { path: path.clone(), ..self.attempt(sent.clone(), Meant::NotServed) };
                plan.attempts.extend(senders.iter().map(spelt));
            }
        }
    }

    /// Nobody at all, and everybody of all other tenants.
    fn plan_uninvited(&self, plan: &mut Plan, callers: &[Caller]) {
        let nobody = if self.credential.is_optional() { Meant::Answered } else { Meant::Unauthenticated };
        plan.attempts.push(self.attempt(Sent::nothing(), nobody));
        let others = callers.iter().filter(|caller| caller.tenant != self.tenant);
        plan.attempts.extend(others.flat_map(Caller::credentials).map(|sent| self.attempt(sent, self.as_nobody())));
    }

    /// Whether nothing but the caller's roles decides: no object, no check, no age of the session.
    fn is_decided_by_who_it_is(&self) -> bool {
        let row = self.row;
        row.permissions.is_empty() && row.checks.is_empty() && row.aal <= 1 && row.max_session_age_s.is_none()
    }

    /// Whether the row keeps out somebody of its own tenant, as far as that can be told from outside.
    fn must_refuse(&self, caller: &Caller) -> bool {
        let fits = match self.credential {
            MatrixCredential::Machine => caller.kind == Kind::Machine,
            MatrixCredential::SessionOrMachine => caller.kind != Kind::Delegate,
            MatrixCredential::Delegated => caller.kind == Kind::Delegate,
            _ => caller.kind == Kind::User,
        };
        let has = |role: &str| caller.roles.iter().any(|own| own == role);
        // A delegate's scopes are no roles.
        let has_role = |role: &str| caller.kind != Kind::Delegate && has(role);
        let has_roles = self.row.roles.iter().all(|rule| rule.holds(&has_role));
        // Nobody has a permission on what does not exist.
        let asks_for_the_made_up =
            self.target.is_made_up && self.row.permissions.iter().any(|object| object.contains('{'));
        caller.is_refused
            || !fits
            || !has_roles
            || !self.row.scopes.iter().all(|scope| has(scope))
            || asks_for_the_made_up
    }

    /// A good cookie on a request that another site's page causes.
    fn forged(&self, sent: &Sent) -> Option<Attempt> {
        let is_cookie = sent.headers.iter().any(|(name, _)| *name == "cookie");
        let is_safe = matches!(self.method, "GET" | "HEAD" | "OPTIONS");
        (is_cookie && !is_safe).then(|| {
            let mut sent = sent.clone();
            sent.what.push_str(", on a request of another site's");
            sent.headers.extend([
                ("origin", "https://attacker.example".to_owned()),
                ("sec-fetch-site", "cross-site".to_owned()),
            ]);
            self.attempt(sent, self.as_refused())
        })
    }
}

/// Credentials that are none, and good ones where nobody looks for them.
fn malformed(own: &[&Caller], cookie_names: &BTreeSet<&str>) -> Vec<Sent> {
    let bearer = |token: &str| format!("Bearer {token}");
    let mut all = vec![
        Sent::of("`Bearer` without a token", &[("authorization", "Bearer")]),
        Sent::of("a token of two words", &[("authorization", "Bearer a b")]),
        Sent::of("a made-up token", &[("authorization", &bearer(MADE_UP))]),
        Sent::of("a password", &[("authorization", "Basic YWRtaW46YWRtaW4=")]),
        Sent::of("a name in a header", &[("x-user", "admin"), ("x-forwarded-user", "admin")]),
    ];
    for name in cookie_names {
        all.push(Sent::of("a made-up cookie", &[("cookie", &format!("{name}={MADE_UP}"))]));
    }
    if let Some(token) = own.iter().find_map(|caller| caller.token.as_deref()) {
        let good = bearer(token);
        all.push(Sent::of("a good token in `X-Session-Token`", &[("x-session-token", token)]));
        all.push(Sent::of("two tokens", &[("authorization", &good), ("authorization", &bearer(MADE_UP))]));
        all.push(Sent::of("a good token and more", &[("authorization", &format!("{good},{good}"))]));
    }
    if let Some(pair) = own.iter().find_map(|caller| caller.cookie.as_deref()) {
        let twice = format!("{pair}; {}={MADE_UP}", name(pair));
        all.push(Sent::of("one cookie with two values", &[("cookie", &twice)]));
        all.push(Sent::of("a good cookie's value as a token", &[("authorization", &bearer(value(pair)))]));
    }
    all
}

fn name(pair: &str) -> &str {
    pair.split_once('=').map_or(pair, |(name, _)| name)
}

fn value(pair: &str) -> &str {
    pair.split_once('=').map_or("", |(_, value)| value)
}
