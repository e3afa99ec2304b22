//! The Kratos stand-in over real HTTP.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test that calls them")]

mod admin_sessions;
mod browser;
mod flows_browser;
mod flows_native;
mod identities;
mod identity_changes;
mod identity_lists;
mod odd_data;
mod own_sessions;
mod routing;
mod settings;
mod support;
mod whoami;
