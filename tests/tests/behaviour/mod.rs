//! What every adapter does, in tables; no framework is named here.

mod documents;
mod security;
mod sessions;
mod weaknesses;
