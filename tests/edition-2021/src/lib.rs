//! Handlers of edition 2021, in a crate that calls the adapter `iam`: one line at the root
//! makes the name that attributes use resolve in every module.

#![deny(warnings, clippy::pedantic)]

extern crate iam as iam_axum;

use std::fmt::Display;

use axum::extract::Path;
use axum::response::IntoResponse;
use axum::Json;
use iam::prelude::*;

define_tenants! {
    /// One Ory project each.
    pub enum Tenants { customer, admin }
}

/// A function.
#[tenant("admin")]
#[require_role("a", "b")]
pub async fn function(Path(id): Path<u64>, me: CurrentUser) -> Result<impl IntoResponse, Problem> {
    Ok(format!("{id} of {}", me.id))
}

/// What an `async fn` of this edition captures as well.
#[tenant("admin")]
pub async fn borrowing<'a, T: Display>(first: &'a str, _second: &T) -> &'a str {
    first
}

/// A block.
#[tenant("customer")]
pub mod block {
    use super::{CurrentUser, Json};

    /// One of its handlers.
    pub async fn handler(me: CurrentUser) -> Json<String> {
        Json(me.id.clone())
    }

    /// Another module in it.
    pub mod deeper {
        use iam::require_role;

        /// A handler there.
        #[require_role("seller")]
        pub async fn handler() {}
    }
}

/// Where handlers are methods.
#[derive(Debug, Clone, Copy)]
pub struct Resource;

#[tenant("admin")]
#[oauth2]
impl Resource {
    /// A handler for machines.
    pub async fn list(_: CurrentMachine) -> &'static str {
        "machines"
    }
}

macro_rules! handlers {
    ($($(#[$attribute:meta])* $name:ident -> $answer:expr;)*) => {$(
        /// Made by a macro.
        $(#[$attribute])*
        pub async fn $name() -> &'static str {
            $answer
        }
    )*};
}

handlers! {
    #[tenant("admin")]
    made -> "made";
    #[public]
    open -> "open";
}

/// A facade's path, as applications of the facade would write it.
pub mod facade {
    pub use iam::*;
}

/// Under the facade.
#[facade::tenant("admin", crate = crate::facade)]
#[get("/facade")]
pub async fn of_the_facade() -> &'static str {
    "facade"
}

/// All of them, mounted.
#[must_use]
pub fn routes() -> Router<Iam<Tenants>> {
    Router::new()
        .route("/function/{id}", get(function))
        .route("/block", get(block::handler).post(block::deeper::handler))
        .route("/list", get(Resource::list))
        .route("/macro", get(made).post(open))
        .mount(of_the_facade)
}

#[cfg(test)]
mod tests {
    #[test]
    fn policies_are_as_written() {
        let expected = "\
\x20 GET  /function/{id}  admin: session, role a or b
\x20 GET  /block          customer: session
\x20 POST /block          customer: session, role seller
\x20 GET  /list           admin: machine
\x20 GET  /macro          admin: session
! POST /macro          PUBLIC
\x20 GET  /facade         admin: session
";
        assert_eq!(super::routes().access_matrix().to_string(), expected);
    }
}
