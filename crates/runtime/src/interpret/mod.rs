//! The interpreter proper: a handler for each instruction, and what runs them. Only here is bytecode known.

pub mod op;
pub mod run;
pub mod step;
pub mod trace;
