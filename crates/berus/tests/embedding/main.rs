//! The crate as applications use it. One executable of all files, since each would be linked by itself.

mod bounds;
mod classes;
#[cfg(feature = "derive")]
mod derives;
mod errors;
mod executions;
#[cfg(feature = "folder")]
mod files;
mod functions;
mod limits;
#[cfg(feature = "serde")]
mod serde;
mod values;
