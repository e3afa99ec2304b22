//! Does what is printed work?

use std::error::Error;

use iam_core::config::{IamConfig, check_names};
use iam_core::ory::Ory;
use iam_core::verify::{self, Demanded, Unverified};

use crate::seed::World;

/// Whether an application starts with [`World::iam_config`], and finds the servers as that says.
///
/// # Errors
/// Every problem of the configuration, such as one cookie name for two tenants, or of the servers.
pub async fn verify(world: &World) -> Result<(), Box<dyn Error>> {
    let config = IamConfig::from_toml(&world.iam_config()?)?;
    // Once a program: tenants' names are constants of an application's own.
    let names: Vec<&'static str> = world.tenants().map(|tenant| &*tenant.name.clone().leak()).collect();
    let mut problems = Vec::new();
    for settings in check_names(&config, &names, None)?.tenants {
        let mut demanded = Demanded::default();
        for namespace in &world.tenant(settings.name).seed.namespaces {
            demanded.namespace(&namespace.name, "the seed");
            let relations = namespace.relations.iter().flatten();
            relations.for_each(|relation| demanded.relation(&namespace.name, relation, "the seed"));
        }
        problems.extend(verify::verify(&settings, &Ory::new(&settings)?, &demanded).await);
    }
    Ok(Unverified::refuse(problems)?)
}
