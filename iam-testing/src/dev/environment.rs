//! Configuration as a block for a shell or an `.env` file.

use crate::seed::{SeedError, World};
use crate::shell::quoted;

/// The SDK's configuration as one `NAME=value` a line, quoted for a shell where needed.
///
/// # Errors
/// None for a world that could be started.
pub fn environment(world: &World) -> Result<String, SeedError> {
    let variables = world.iam_environment()?;
    Ok(variables.iter().map(|(name, value)| format!("{name}={}\n", quoted(value))).collect())
}
