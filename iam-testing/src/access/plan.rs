//! What is tried at one route, and what must come of it.

use std::collections::{BTreeMap, BTreeSet};

use iam_core::policy::{AccessMatrix, Exposure, MatrixCredential, MatrixRow};

use super::caller::{Caller, Kind, Sent};
use super::target::Target;

/// One request, and what must come of it.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) sent: Sent,
    pub(super) meant: Meant,
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
    /// Neither refused nor missing.
    Answered,
    /// 421: the host is of none of the row's tenants.
    Misdirected,
}

/// All attempts at a route.
pub(super) struct Plan {
    pub(super) attempts: Vec<Attempt>,
    /// Requests of whom the row lets in: one of each handful of credentials has to be.
    pub(super) guests: Vec<Attempt>,
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
            match (row.exposure, row.credential) {
                (Exposure::Guarded, Some(credential)) => {
                    for tenant in &row.tenants {
                        let host = hosts.get(tenant).filter(|_| row.by_host).map(String::as_str);
                        let route = Guarded { row, target, method, tenant, host, credential };
                        route.plan(&mut plan, callers);
                        if has_head(row, matrix) {
                            Guarded { method: "HEAD", ..route }.plan_uninvited(&mut plan, callers);
                        }
                        if row.by_host {
                            route.plan_elsewhere(&mut plan, callers, hosts);
                        }
                    }
                }
                (Exposure::Public, _) => plan.attempts.push(Attempt {
                    method: method.to_owned(),
                    path: target.path.clone(),
                    sent: Sent::nothing(),
                    meant: Meant::Answered,
                }),
                _ => {}
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
    /// Where the tenant is the host's.
    host: Option<&'a str>,
    credential: MatrixCredential,
}

impl Guarded<'_> {
    fn attempt(&self, mut sent: Sent, meant: Meant) -> Attempt {
        sent.headers.extend(self.host.map(|host| ("host", host.to_owned())));
        Attempt { method: self.method.to_owned(), path: self.target.path.clone(), sent, meant }
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
        for caller in own {
            for sent in caller.credentials() {
                if self.must_refuse(caller) {
                    plan.attempts.push(self.attempt(sent, self.as_refused()));
                } else if self.row.permissions.is_empty() {
                    plan.attempts.extend(self.forged(&sent));
                    plan.guests.push(self.attempt(sent, Meant::Answered));
                }
            }
        }
        if !self.credential.is_optional() {
            for path in self.target.variants() {
                let others = others.iter().flat_map(|caller| caller.credentials());
                let senders = std::iter::once(Sent::nothing()).chain(others);
                plan.attempts
                    .extend(senders.map(|sent| Attempt { path: path.clone(), ..self.attempt(sent, Meant::NotServed) }));
            }
        }
    }

    /// At hosts of nobody and of tenants that the row does not list, where nobody gets in.
    fn plan_elsewhere(&self, plan: &mut Plan, callers: &[Caller], hosts: &BTreeMap<String, String>) {
        let unlisted = hosts.iter().filter(|(tenant, _)| !self.row.tenants.contains(tenant)).map(|(_, host)| host);
        for host in unlisted.map(String::as_str).chain(["nobody.invalid"]) {
            let elsewhere = Guarded { host: Some(host), ..*self };
            let senders = callers.iter().flat_map(Caller::credentials).chain([Sent::nothing()]);
            plan.attempts.extend(senders.map(|sent| elsewhere.attempt(sent, Meant::Misdirected)));
        }
    }

    /// Nobody at all, and everybody of all other tenants.
    fn plan_uninvited(&self, plan: &mut Plan, callers: &[Caller]) {
        let nobody = if self.credential.is_optional() { Meant::Answered } else { Meant::Unauthenticated };
        plan.attempts.push(self.attempt(Sent::nothing(), nobody));
        let others = callers.iter().filter(|caller| caller.tenant != self.tenant);
        plan.attempts.extend(others.flat_map(Caller::credentials).map(|sent| self.attempt(sent, self.as_nobody())));
    }

    /// Whether the row keeps out somebody of its own tenant, as far as that can be told from outside.
    fn must_refuse(&self, caller: &Caller) -> bool {
        let fits = match self.credential {
            MatrixCredential::Machine => caller.kind == Kind::Machine,
            MatrixCredential::Delegated => caller.kind == Kind::Delegate,
            _ => caller.kind == Kind::User,
        };
        let has = |role: &String| caller.roles.contains(role);
        // A delegate's scopes are no roles.
        let has_role = |role: &String| caller.kind != Kind::Delegate && has(role);
        let has_roles = self.row.roles.iter().all(|any| any.iter().any(has_role));
        // Nobody has a permission on what does not exist.
        let asks_for_the_made_up =
            self.target.is_made_up && self.row.permissions.iter().any(|object| object.contains('{'));
        caller.is_refused || !fits || !has_roles || !self.row.scopes.iter().all(has) || asks_for_the_made_up
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
