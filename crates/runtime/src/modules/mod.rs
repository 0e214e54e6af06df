//! Built-in modules: for each a constant table and its functions.

pub mod array;
pub mod builtins;
pub mod cmath;
pub mod collections;
pub mod errno;
pub mod functions;
pub mod io;
pub mod math;
pub mod structs;
pub mod time;
