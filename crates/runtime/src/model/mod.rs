//! The vocabulary of the runtime: words, objects, types and their slots, arguments, errors, and the state of an
//! interpreter.

pub mod args;
pub mod arity;
pub mod buffer;
pub mod builtin;
pub(crate) mod builtin_types;
pub mod builtins;
pub(crate) mod cache;
pub(crate) mod class;
pub mod code;
pub mod dispatch;
pub mod each;
pub mod embedder;
pub(crate) mod emergency;
pub mod error;
pub mod events;
pub(crate) mod execute;
pub(crate) mod expose;
pub mod finalise;
pub mod frame;
pub mod frozen;
pub mod importing;
pub mod iterator;
pub mod layout;
pub(crate) mod lookups;
pub(crate) mod machine;
pub(crate) mod machine_stack;
pub mod memory;
pub mod module_def;
pub mod mounts;
pub(crate) mod names;
pub(crate) mod numbers;
pub mod object;
pub(crate) mod pieces;
pub mod printer;
pub mod protocols;
pub mod quota;
pub mod registers;
pub(crate) mod safe_point;
#[cfg_attr(feature = "small", path = "search_small.rs")]
mod search;
pub(crate) mod steps;
#[cfg_attr(feature = "small", path = "stored_slots_small.rs")]
mod stored_slots;
pub mod stream;
#[cfg(feature = "threads")]
pub(crate) mod sync;
pub mod thread;
#[cfg(berus_tier)]
pub mod tier;
pub(crate) mod tracer;
#[cfg(feature = "threads")]
pub(crate) mod turns;
#[cfg(not(feature = "small"))]
pub(crate) mod two_way;
pub mod types;
pub mod unlock;
pub mod vm;
#[cfg_attr(not(feature = "weakref"), path = "no_watchers.rs")]
pub mod watchers;
pub mod word;
pub(crate) mod work;
