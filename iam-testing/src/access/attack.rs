//! Every route, tried with everybody.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::BodyExt;
use iam_core::policy::{AccessMatrix, Exposure, MatrixRow};
use url::Url;

use super::breach::{AttackFailure, Breach, Report, curl};
use super::caller::{Caller, Sent};
use super::plan::{Attempt, Meant, Plan};
use super::target::Target;
use crate::fault::Upstream;
use crate::seed::World;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// An attack that begins when it is awaited; see [`attack_every_route`](crate::attack_every_route).
#[derive(Debug, Clone)]
#[must_use = "nothing is tried before this is awaited"]
pub struct Attack {
    base_url: String,
    expected: AccessMatrix,
    callers: Vec<Caller>,
    hosts: BTreeMap<String, String>,
    parameters: BTreeMap<String, String>,
}

/// Tries every route of a running application with everybody who must not get in.
///
/// `expected` is the file that people reviewed (see [`assert_access_matrix!`](crate::assert_access_matrix)), never
/// the application's own table: what the application believes is what is tried. Every route is asked
///
/// * without a credential, and with malformed, made-up, doubled and misplaced ones;
/// * with every credential of every other tenant, token and cookie, the cookie also under this tenant's name: 401;
/// * with credentials of its own tenant that are of another kind, or lack a role, a scope or the permission on an
///   object that does not exist: 401 or 403;
/// * with a good cookie on a changing request of another site;
/// * by `HEAD` where it answers `GET`; and by other spellings of its path (encoded, doubled slash, trailing slash,
///   dot segments), where nobody and somebody of every other tenant must be refused or find another path;
/// * where the host decides between several tenants: all this at a host of each, and at a host of none: 400 or 421;
/// * with the credentials that it demands, which must get in. A handler's own 401, 403 or 503 would be taken for a
///   refusal.
///
/// A public route must answer without a credential, and an optional session's route must take bad credentials for
/// none or refuse them. Unguarded routes are listed in the [`Report`] and left alone. Routes that no row names are
/// not found: that is what [`assert_access_matrix!`](crate::assert_access_matrix) is for.
///
/// Handlers do run, without a body, for those who may: try it where nothing can be lost, such as over a [`World`].
///
/// # Errors
/// The attack gives [`AttackFailure`], whose text has for each wrong answer the route and a curl line.
///
/// ```no_run
/// use iam_testing::access::Caller;
/// use iam_testing::attack_every_route;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let expected = "  GET /me  customer: session\n  GET /report  admin: session, role auditor\n".parse()?;
/// let report = attack_every_route("http://127.0.0.1:3000", &expected)
///     .caller(Caller::user("customer", "sam").token("ory_st_..").cookie("ory_session_slug=.."))
///     .caller(Caller::user("admin", "ann").token("ory_st_..").role("auditor"))
///     .await?;
/// println!("{report}");
/// # Ok(())
/// # }
/// ```
pub fn attack_every_route(base_url: impl Into<String>, expected: &AccessMatrix) -> Attack {
    let (callers, hosts, parameters) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
    Attack { base_url: base_url.into(), expected: expected.clone(), callers, hosts, parameters }
}

impl Attack {
    /// With somebody's credentials.
    pub fn caller(mut self, caller: Caller) -> Self {
        self.callers.push(caller);
        self
    }

    /// With everybody's in a world, but for those with a second factor, and with its tenants' hosts.
    pub fn world(mut self, world: &World) -> Self {
        for tenant in world.tenants() {
            self.callers.extend(Caller::all_of(tenant));
            // A pattern's star stands for one label.
            let host = tenant.seed.hosts.first().map(|host| host.replace('*', "any"));
            self.hosts.extend(host.map(|host| (tenant.name.clone(), host)));
        }
        self
    }

    /// With a host that leads to this tenant, where the host decides between several.
    pub fn host(mut self, tenant: &str, host: impl Into<String>) -> Self {
        self.hosts.insert(tenant.to_owned(), host.into());
        self
    }

    /// With this value for a path parameter, where a fresh UUID (or number, for `{id: u64}`) would not
    /// fit the route.
    pub fn parameter(mut self, name: &str, value: impl Into<String>) -> Self {
        self.parameters.insert(name.to_owned(), value.into());
        self
    }

    async fn run(self) -> Result<Report, AttackFailure> {
        self.is_armed()?;
        let address = |problem: String| AttackFailure::Address { url: self.base_url.clone(), problem };
        let url = Url::parse(&self.base_url).map_err(|error| address(error.to_string()))?;
        let application = Upstream::new(&url).map_err(|error| address(error.to_string()))?;
        let base = self.base_url.trim_end_matches('/');
        let mut run = Run { application, base, requests: 0, breaches: Vec::new() };
        let (mut unguarded, mut closed) = (Vec::new(), Vec::new());
        for row in &self.expected.rows {
            if row.exposure == Exposure::Unguarded {
                unguarded.push(row.clone());
                continue;
            }
            let target = Target::of(row, &self.parameters);
            let plan = Plan::of(row, &target, &self.callers, &self.hosts, &self.expected);
            if row.exposure == Exposure::Guarded && plan.guests.iter().all(Vec::is_empty) {
                closed.push(row.clone());
            }
            run.route(row, &target, plan).await?;
        }
        match run.breaches.is_empty() {
            true => Ok(Report {
                requests: run.requests,
                routes: self.expected.rows.len() - unguarded.len(),
                unguarded,
                closed,
            }),
            false => Err(AttackFailure::Breached { requests: run.requests, breaches: run.breaches }),
        }
    }

    /// An attack without weapons proves nothing.
    fn is_armed(&self) -> Result<(), AttackFailure> {
        if self.expected.rows.iter().all(|row| row.exposure == Exposure::Unguarded) {
            return Err(AttackFailure::NoRoutes);
        }
        let tenants: BTreeSet<_> = self.expected.rows.iter().flat_map(|row| &row.tenants).collect();
        let has_credential = |tenant: &String| {
            self.callers.iter().any(|caller| caller.tenant == *tenant && caller.credentials().next().is_some())
        };
        let missing: Vec<_> = tenants.into_iter().filter(|tenant| !has_credential(tenant)).cloned().collect();
        if !missing.is_empty() {
            return Err(AttackFailure::NoCredential { tenants: missing });
        }
        let by_host: BTreeSet<_> =
            self.expected.rows.iter().filter(|row| row.by_host).flat_map(|row| &row.tenants).collect();
        let missing: Vec<_> = by_host.into_iter().filter(|tenant| !self.hosts.contains_key(*tenant)).cloned().collect();
        if missing.is_empty() { Ok(()) } else { Err(AttackFailure::NoHost { tenants: missing }) }
    }
}

impl IntoFuture for Attack {
    type Output = Result<Report, AttackFailure>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

/// An answer, as much of it as is compared.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    status: u16,
    body: Bytes,
}

struct Run<'a> {
    application: Upstream,
    base: &'a str,
    requests: usize,
    breaches: Vec<Breach>,
}

impl Run<'_> {
    async fn route(&mut self, row: &MatrixRow, target: &Target, plan: Plan) -> Result<(), AttackFailure> {
        for attempt in &plan.attempts {
            let answer = self.ask(attempt).await?;
            if let Some(wanted) = self.wanted(row, target, attempt, &answer).await? {
                self.breach(row, attempt, &answer, wanted);
            }
        }
        for guests in &plan.guests {
            let mut refused = None;
            for guest in guests {
                let answer = self.ask(guest).await?;
                let is_refused = matches!(answer.status, 401 | 403 | 421 | 503);
                refused = is_refused.then_some((guest, answer));
                if !is_refused {
                    break;
                }
            }
            if let Some((guest, answer)) = refused {
                self.breach(row, guest, &answer, "that somebody who may gets in, and nobody did");
            }
        }
        Ok(())
    }

    /// What the answer should have been, if it is wrong.
    async fn wanted(
        &mut self,
        row: &MatrixRow,
        target: &Target,
        attempt: &Attempt,
        answer: &Answer,
    ) -> Result<Option<&'static str>, AttackFailure> {
        let status = answer.status;
        let (is_right, wanted) = match attempt.meant {
            Meant::Unauthenticated => (status == 401, "401"),
            Meant::Refused => (matches!(status, 401 | 403), "401 or 403"),
            Meant::Misdirected => (matches!(status, 400 | 421), "400 or 421"),
            Meant::Answered => {
                // A handler may well miss an object that is made up.
                let is_missing = matches!(status, 404 | 405) && !row.path.contains(['{', '(']);
                (!matches!(status, 401 | 403 | 421) && !is_missing && status < 500, "an answer for everybody")
            }
            Meant::AsVisitor => {
                let is_right = matches!(status, 401 | 403) || self.is_visitors(attempt, answer).await?;
                (is_right, "401, 403 or what a visitor is answered")
            }
            Meant::NotServed => {
                // 301 and 308: a router that leads to the usual spelling.
                let is_right = matches!(status, 301 | 308 | 400 | 401 | 404 | 405 | 421)
                    || self.is_lost(target, attempt, answer).await?;
                (is_right, "401, or nothing at this path")
            }
        };
        Ok((!is_right).then_some(wanted))
    }

    /// Whether a visitor gets this answer. Bodies only count where visitors always get the same.
    async fn is_visitors(&mut self, attempt: &Attempt, answer: &Answer) -> Result<bool, AttackFailure> {
        let visitor = Attempt { sent: Sent::nothing(), ..attempt.clone() };
        let (first, second) = (self.ask(&visitor).await?, self.ask(&visitor).await?);
        Ok(if first == second { *answer == first } else { answer.status == first.status })
    }

    /// Whether paths that nobody mounted get this answer too, as from a public page for what is not found.
    async fn is_lost(&mut self, target: &Target, attempt: &Attempt, answer: &Answer) -> Result<bool, AttackFailure> {
        for path in target.lost() {
            if self.ask(&Attempt { path, ..attempt.clone() }).await? == *answer {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn ask(&mut self, attempt: &Attempt) -> Result<Answer, AttackFailure> {
        self.requests += 1;
        let unanswered = |problem: String| AttackFailure::NoAnswer { problem, curl: curl(self.base, attempt) };
        let mut request = Request::builder().method(&*attempt.method).uri(&attempt.path);
        for (name, value) in attempt.headers() {
            request = request.header(name, value);
        }
        let request = request.body(Bytes::new()).map_err(|error| unanswered(error.to_string()))?;
        let (parts, body) = request.into_parts();
        let asking = async {
            let answer = self.application.ask(parts, body).await?;
            let status = answer.status().as_u16();
            let body = answer.into_body().collect().await?.to_bytes();
            Ok::<_, axum::BoxError>(Answer { status, body })
        };
        match tokio::time::timeout(PATIENCE, asking).await {
            Ok(answer) => answer.map_err(|error| unanswered(error.to_string())),
            Err(_) => Err(unanswered(format!("no answer within {} s", PATIENCE.as_secs()))),
        }
    }

    fn breach(&mut self, row: &MatrixRow, attempt: &Attempt, answer: &Answer, wanted: &'static str) {
        self.breaches.push(Breach {
            row: row.clone(),
            what: attempt.sent.what.clone(),
            status: answer.status,
            wanted,
            curl: curl(self.base, attempt),
        });
    }
}
