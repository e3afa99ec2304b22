//! Faults of a peer, the TypeScript library ory-nestjs 0.6.0, that are not repeated
//! here. `docs/not-repeated.md` lists them all by number; those that no other test
//! shows are shown here.

mod decisions;
mod errors;
mod sessions;
mod test_kit;
