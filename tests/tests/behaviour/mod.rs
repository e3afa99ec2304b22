//! What every adapter does, in tables; no framework is named here.

mod sessions;
