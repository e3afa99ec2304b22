//! Our attributes under other names and by other paths.

use iam_axum::prelude::*;

use super::cases;
use crate::Tenants;

/// As an application does that has a prelude of its own.
mod own_prelude {
    pub(super) use iam_axum::{require_role as only_for, tenant as at};
}

mod everything {
    pub(super) use iam_axum::*;
}

mod by_path {
    use crate::Tenants;

    #[iam_axum::tenant("admin")]
    #[iam_axum::require_role("a")]
    pub(super) async fn handler() {}
}

mod by_a_path_from_the_root {
    use crate::Tenants;

    #[::iam_axum::require_role("a")]
    #[::iam_axum::tenant("admin")]
    pub(super) async fn handler() {}
}

mod re_exported {
    use super::everything;
    use crate::Tenants;

    #[everything::tenant("admin")]
    pub(super) async fn handler(_: everything::CurrentUser) {}
}

mod renamed {
    use super::own_prelude::{at, only_for};
    use crate::Tenants;

    #[at("admin")]
    #[only_for("a")]
    pub(super) async fn handler() {}
}

/// The prelude beside all macros of somebody else's.
mod beside_all_of_tracing {
    use iam_axum::prelude::*;
    use tracing::*;

    use crate::Tenants;

    #[tenant("admin")]
    pub(super) async fn handler() {
        trace!("let in");
    }
}

/// The enum under another name.
mod renamed_enum {
    use crate::Tenants as Projects;
    use iam_axum::{require_role, tenant};

    #[require_role("a")]
    #[tenant("admin" in Projects)]
    pub(super) async fn handler() {}
}

/// A facade's path, and a crate under another name.
#[tenant("admin", crate = ::iam)]
#[require_role("a")]
mod by_a_named_root {
    pub(super) mod deeper {
        pub(in super::super) async fn handler() {}
    }
}

cases! { on axum:
    by_path = by_path::handler => "admin: session, role a";
    by_a_path_from_the_root = by_a_path_from_the_root::handler => "admin: session, role a";
    re_exported = re_exported::handler => "admin: session";
    renamed = renamed::handler => "admin: session, role a";
    beside_all_of_tracing = beside_all_of_tracing::handler => "admin: session";
    renamed_enum = renamed_enum::handler => "admin: session, role a";
    by_a_named_root = by_a_named_root::deeper::handler => "admin: session, role a";
}
