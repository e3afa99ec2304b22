//! A reverse proxy that records what passes and breaks it on demand.
//!
//! It can stand in front of any Ory, the [stand-in](crate::standin) or a real one, and is transparent until
//! told otherwise: status, headers and bodies pass as they are; only hop-by-hop headers (RFC 9110, section
//! 7.6.1) stay behind, and `Host` becomes the upstream's.
//!
//! ```no_run
//! use iam_testing::fault::{Fault, FaultProxy, Rule};
//! # async fn example(kratos: url::Url) -> std::io::Result<()> {
//! let proxy = FaultProxy::start(kratos).await?;
//! proxy.fault(Rule::on("GET", "/sessions/whoami").times(3), Fault::Status(500));
//! // … point the code under test at `proxy.url()`, then:
//! assert_eq!(proxy.count(|request| request.path() == "/sessions/whoami"), 3);
//! proxy.heal();
//! # Ok(())
//! # }
//! ```
//!
//! * [`Rule`] says which requests, and how many of them; the oldest rule that still applies wins.
//! * [`Fault`] says what happens to them; [`Gate`] holds them until the test lets them go.
//! * [`Recorded`] is what the proxy saw, including whether the client waited for the end.

mod answer;
mod gate;
mod kind;
mod proxy;
mod record;
mod rule;
mod tap;
mod upstream;

pub use gate::Gate;
pub use kind::Fault;
pub use proxy::FaultProxy;
pub use record::{Ending, Recorded};
pub use rule::Rule;
pub(crate) use upstream::Upstream;
