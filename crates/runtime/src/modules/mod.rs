//! Built-in modules: for each a constant table and its functions.

pub mod builtins;
pub mod functions;
