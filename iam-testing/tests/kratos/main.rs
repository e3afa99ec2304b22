//! The Kratos stand-in over real HTTP.

mod admin_sessions;
mod flows_browser;
mod flows_native;
mod identities;
mod odd_data;
mod routing;
mod settings;
mod support;
mod whoami;
