use iam_core::audit::Event;

use super::{Answer, Ask};

/// How a request ends: for its sender, and in the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub status: u16,
    pub code: Option<String>,
    pub outcome: &'static str,
    pub reason: Option<&'static str>,
}

impl Verdict {
    pub fn allowed() -> Self {
        Self { status: 200, code: None, outcome: "allowed", reason: None }
    }

    /// Let in, and then answered like this by the handler.
    pub fn answered(status: u16, code: &str) -> Self {
        Self { status, code: Some(code.to_owned()), ..Self::allowed() }
    }

    /// 401; outside, nearly all reasons look alike.
    pub fn unauthenticated(reason: &'static str) -> Self {
        let code = if reason == "ambiguous" { "credential_ambiguous" } else { "unauthenticated" };
        Self::denied(401, code, reason)
    }

    /// 403.
    pub fn forbidden(reason: &'static str) -> Self {
        let code = match reason {
            "csrf" | "session_too_old" => reason,
            "second_factor" => "second_factor_required",
            _ => "forbidden",
        };
        Self::denied(403, code, reason)
    }

    pub fn bad_parameter() -> Self {
        Self::denied(400, "bad_parameter", "bad_parameter")
    }

    /// 421: the host is of none of the policy's tenants.
    pub fn misdirected() -> Self {
        Self::denied(421, "host_unknown", "host_unknown")
    }

    /// 400 for a host that cannot be read, or more than one.
    pub fn bad_host(reason: &'static str) -> Self {
        Self::denied(400, reason, reason)
    }

    /// 503 for want of a usable answer.
    pub fn unavailable() -> Self {
        Self { outcome: "unavailable", ..Self::denied(503, "upstream_unavailable", "upstream") }
    }

    /// 503 because this service itself was not let in.
    pub fn service_refused() -> Self {
        let reason = "upstream_credential_refused";
        Self { outcome: "unavailable", ..Self::denied(503, reason, reason) }
    }

    /// The same, with another face.
    pub fn with(self, status: u16, code: &str) -> Self {
        Self { status, code: Some(code.to_owned()), ..self }
    }

    fn denied(status: u16, code: &str, reason: &'static str) -> Self {
        Self { status, code: Some(code.to_owned()), outcome: "denied", reason: Some(reason) }
    }
}

/// A request that was answered, and all that was recorded meanwhile.
#[derive(Debug)]
pub struct Seen {
    pub answer: Answer,
    /// The one decision.
    pub decision: Event,
    /// Operations and alerts.
    pub others: Vec<Event>,
}

impl Ask<'_> {
    /// Sends, and expects this end and no event besides the decision. A failure names `row`.
    #[track_caller]
    pub fn ends(self, row: &str, meant: Verdict) -> impl Future<Output = Seen> {
        let (caller, row) = (std::panic::Location::caller(), row.to_owned());
        async move {
            let seen = self.judged(&row, meant).await;
            assert!(seen.others.is_empty(), "{row}, at {caller}: {:#?}", seen.others);
            seen
        }
    }

    /// Sends, and expects this end: in the answer, in the one event about the decision, and in what ran
    /// of the application, which is nothing for a refused request. Other requests must not be under way.
    #[track_caller]
    pub fn judged(self, row: &str, meant: Verdict) -> impl Future<Output = Seen> {
        let (caller, row) = (std::panic::Location::caller(), row.to_owned());
        async move {
            let (stage, target) = (self.stage(), self.target().to_owned());
            let at = format!("{row}, {target}, at {caller}");
            let before = stage.counters.seen();
            let answer = self.send().await;
            let (mut decisions, others): (Vec<_>, Vec<_>) =
                stage.events().await.into_iter().partition(|event| event.name == "decision");
            assert_eq!(decisions.len(), 1, "{at}: one event a decision, not {decisions:#?} with {answer:?}");
            let decision = decisions.remove(0);
            let seen = Verdict {
                status: answer.status,
                code: (answer.status >= 400).then(|| answer.code()),
                outcome: decision.outcome.name(),
                reason: decision.reason,
            };
            assert_eq!(seen, meant, "{at}: {answer:?}, {decision:?}");
            assert_eq!(decision.request_id.as_deref(), answer.header("x-request-id"), "{at}: {decision:?}");
            let tenant = target.split(['/', ' ']).find(|word| ["customer", "admin", "dealer"].contains(word));
            assert!(tenant.is_none_or(|tenant| tenant == decision.tenant), "{at}: {decision:?}");
            assert!(target.starts_with(decision.method.as_deref().unwrap_or("?")), "{at}: {decision:?}");
            if meant.outcome != "allowed" {
                assert_eq!(stage.counters.seen(), before, "{at}: something ran for a refused request");
            }
            Seen { answer, decision, others }
        }
    }
}
