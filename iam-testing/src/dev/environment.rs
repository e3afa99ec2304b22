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

/// Where each tenant's listeners are, one `IAM_ORY_<TENANT>_<LISTENER>=url` a line, with the session cookie's name
/// and, if there is one, the API key.
#[must_use]
pub fn addresses(world: &World) -> String {
    let mut block = String::new();
    for tenant in world.tenants() {
        let (urls, name) = (tenant.urls(), tenant.name.to_uppercase().replace('-', "_"));
        let mut line = |what: &str, value: &str| block.push_str(&format!("IAM_ORY_{name}_{what}={}\n", quoted(value)));
        line("KRATOS_PUBLIC", urls.kratos_public.as_str());
        line("KRATOS_ADMIN", urls.kratos_admin.as_str());
        line("HYDRA_PUBLIC", urls.hydra_public.as_str());
        line("HYDRA_ADMIN", urls.hydra_admin.as_str());
        line("KETO_READ", urls.keto_read.as_str());
        line("KETO_WRITE", urls.keto_write.as_str());
        line("COOKIE_NAME", &urls.cookie_name);
        urls.admin_token.iter().for_each(|key| line("API_KEY", key));
    }
    block
}
