//! What the runnable programs share: the world they run in and the cases they play.

#![expect(clippy::print_stdout, reason = "these are programs that speak to a terminal")]

pub mod scenario_b;
