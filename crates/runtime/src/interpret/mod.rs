//! The interpreter proper: a handler for each instruction, and what runs them. Only here is bytecode known.

pub mod execution;
pub mod op;
pub(crate) mod run;
pub(crate) mod step;
pub mod trace;
