//! Configuration as a block for a shell or an `.env` file.

use crate::seed::{SeedError, World};

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

/// A shell word (POSIX shell, section 2.2): bare where every character is harmless, in single quotes otherwise.
pub(super) fn quoted(value: &str) -> String {
    let is_harmless = |c: char| c.is_ascii_alphanumeric() || "-_./:,@%+".contains(c);
    if !value.is_empty() && value.chars().all(is_harmless) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn only_what_a_shell_would_touch_is_quoted() {
        assert_eq!(quoted("http://127.0.0.1:1/"), "http://127.0.0.1:1/");
        assert_eq!(quoted("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(quoted(""), "''");
    }
}
