//! What an introspection makes of an access token, or what a verified token says of itself.

use time::OffsetDateTime;

use super::{Failure, Reason};
use crate::Principal;
use crate::config::{Audience, HydraSettings, MachineClients};
use crate::error::{Product, UpstreamError, UpstreamFault};
use crate::principal::{Delegate, Machine};
use crate::upstream::Introspection;

/// What another clock may be ahead of ours, in seconds. Ends have no such grace.
const SKEW: i64 = 30;

/// The principal of an introspected token (RFC 7662, section 2.2), `now` in seconds since 1970.
pub(super) fn principal(
    tenant: &'static str,
    hydra: &HydraSettings,
    token: Introspection,
    now: i64,
) -> Result<Principal, Failure> {
    if !token.active {
        return Err(Reason::Inactive.into());
    }
    // Refresh tokens introspect as active too.
    if token.token_use.as_deref() != Some("access_token") {
        return Err(Reason::WrongTokenUse.into());
    }
    let client_id = token.client_id.filter(|id| !id.is_empty()).ok_or(Reason::NoSubject)?;
    let subject = token.subject.filter(|subject| !subject.is_empty()).ok_or(Reason::NoSubject)?;
    if token.issuer.as_deref() != Some(&*hydra.issuer) {
        return Err(Reason::WrongIssuer.into());
    }
    if let Audience::OneOf(ours) = &hydra.audience
        && !token.audience.iter().any(|aud| ours.iter().any(|own| **own == **aud))
    {
        return Err(Reason::WrongAudience.into());
    }
    let unreadable = |what| UpstreamError { tenant, product: Product::Hydra, fault: UpstreamFault::Unreadable(what) };
    let end = token.expires_at.ok_or_else(|| unreadable("`exp` is missing"))?;
    if end <= now {
        return Err(Reason::Expired.into());
    }
    if token.not_before.into_iter().chain(token.issued_at).any(|start| start > now + SKEW) {
        return Err(Reason::NotYetValid.into());
    }
    let expires_at = OffsetDateTime::from_unix_timestamp(end).map_err(|_| unreadable("`exp` is out of range"))?;
    // Separated by spaces and nothing else (RFC 6749, section 3.3).
    let scope = token.scope.unwrap_or_default();
    let scopes = scope.split(' ').filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
    let listed = match &hydra.machine_clients {
        MachineClients::Any => true,
        MachineClients::Listed(clients) => clients.iter().any(|own| **own == *client_id),
    };
    if subject != client_id {
        return Ok(Principal::Delegate(Delegate { tenant, subject, client_id, scopes, expires_at }));
    }
    if !listed {
        return Err(Reason::NotAMachine.into());
    }
    Ok(Principal::Machine(Machine { tenant, client_id, scopes, expires_at }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::testing::settings;

    const NOW: i64 = 1_790_000_000;

    fn good() -> Introspection {
        Introspection {
            active: true,
            client_id: Some("erp".into()),
            subject: Some("erp".into()),
            scope: Some("  read   write\u{a0}x  ".into()),
            audience: vec!["x".into(), "api".into()],
            issuer: Some("https://issuer.example".into()),
            token_use: Some("access_token".into()),
            expires_at: Some(NOW + 1),
            not_before: Some(NOW + SKEW),
            issued_at: Some(NOW),
        }
    }

    fn outcome(change: impl FnOnce(&mut Introspection)) -> Result<Principal, Reason> {
        let mut hydra = settings().hydra.unwrap();
        hydra.audience = Audience::OneOf(vec!["api".into()]);
        hydra.machine_clients = MachineClients::Listed(vec!["erp".into()]);
        let mut token = good();
        change(&mut token);
        principal("dealer", &hydra, token, NOW).map_err(|failure| failure.reason())
    }

    #[test]
    fn scopes_split_at_spaces_only() {
        let machine = outcome(|_| {}).unwrap();
        assert_eq!(machine.roles(), ["read", "write\u{a0}x"]);
    }

    #[test]
    fn every_claim_counts() {
        type Change = fn(&mut Introspection);
        let table: [(Change, Reason); 16] = [
            (|t| t.active = false, Reason::Inactive),
            (|t| t.token_use = Some("refresh_token".into()), Reason::WrongTokenUse),
            (|t| t.token_use = None, Reason::WrongTokenUse),
            (|t| t.client_id = None, Reason::NoSubject),
            (|t| t.subject = Some(String::new()), Reason::NoSubject),
            (|t| t.subject = None, Reason::NoSubject),
            (|t| t.issuer = Some("https://issuer.example/".into()), Reason::WrongIssuer),
            (|t| t.issuer = None, Reason::WrongIssuer),
            (|t| t.audience = vec!["x".into()], Reason::WrongAudience),
            (|t| t.audience.clear(), Reason::WrongAudience),
            (|t| t.expires_at = Some(NOW), Reason::Expired),
            (|t| t.expires_at = None, Reason::Upstream),
            (|t| t.expires_at = Some(i64::MAX), Reason::Upstream),
            (|t| t.not_before = Some(NOW + SKEW + 1), Reason::NotYetValid),
            (|t| t.issued_at = Some(NOW + SKEW + 1), Reason::NotYetValid),
            (|t| (t.client_id, t.subject) = (Some("new".into()), Some("new".into())), Reason::NotAMachine),
        ];
        for (index, (change, reason)) in table.into_iter().enumerate() {
            assert_eq!(outcome(change).map(|_| ()), Err(reason), "row {index}");
        }
    }

    #[test]
    fn a_users_token_makes_a_delegate_whatever_the_client() {
        let delegate = outcome(|t| t.subject = Some("6f3c".into())).unwrap();
        assert_eq!(delegate.delegate().map(|d| (&*d.subject, &*d.client_id)), Some(("6f3c", "erp")));
        assert!(delegate.roles().is_empty());
    }
}
