//! The interpreter proper: a handler for each instruction, and what runs them. Only here is bytecode known.

#[cfg(feature = "steps")]
pub mod execution;
#[cfg(not(feature = "steps"))]
#[path = "no_execution.rs"]
pub(crate) mod execution;
pub mod op;
pub(crate) mod run;
pub(crate) mod step;
#[cfg(berus_tier)]
pub mod tier;
pub mod trace;
