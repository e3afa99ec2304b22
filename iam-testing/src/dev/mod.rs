//! What the programs `ory-dev` and `ory-up` start and print.

mod credentials;
mod environment;
mod pasted;
mod program;
mod verify;

pub use credentials::credentials;
pub use environment::{addresses, environment};
pub use pasted::pasted;
pub use program::Program;
pub use verify::verify;

use crate::seed::{SeedError, World};

/// The seed that `ory-dev` starts without a file: `customer` as on Ory Network, `admin` and `dealer` as
/// self-hosted.
pub const SCENARIO_B: &str = include_str!("scenario_b.toml");

/// What has to be said first.
pub const WARNING: &str = "\
!!! This is an Ory for development. It protects NOTHING: passwords are barely hashed, keys are
!!! printed, admin APIs are open to every program on this machine, and all is gone when it ends.
!!! Never put it in front of anything real.
";

/// Everything about a world that a developer pastes somewhere: credentials, the SDK's configuration file, and
/// the same as environment variables.
///
/// # Errors
/// None for a world that could be started.
pub fn report(world: &World) -> Result<String, SeedError> {
    let (config, environment) = (world.iam_config()?, environment(world)?);
    let mut text = String::new();
    for tenant in world.tenants() {
        text.push_str(&credentials(tenant));
    }
    text.push_str(&format!("# ---- iam.toml\n\n{config}\n# ---- environment\n\n{environment}"));
    Ok(text)
}
