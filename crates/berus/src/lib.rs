//! MicroPython for Rust applications: a small and fast Python in a sandbox with limits.
//!
//! ```
//! let py = berus::Interpreter::new()?;
//! py.function("price(item, count=1)", |_, (item, count): (String, u32)| match item.as_str() {
//!     "tea" => Ok(3.5 * f64::from(count)),
//!     _ => Err(format!("no {item} today")),
//! })?;
//! assert_eq!(py.eval::<f64>("price('tea', count=2) + 1")?, 8.0);
//! assert_eq!(py.eval::<f64>("price('gold')").unwrap_err().to_string(), "HostError: no gold today");
//! # Ok::<(), berus::Error>(())
//! ```
//!
//! | to | see |
//! | --- | --- |
//! | make an interpreter, with limits | [`Interpreter`], [`Builder`] |
//! | give programs files | [`Folder`], [`MemoryFiles`] |
//! | run programs, call their functions, look at their variables | [`Python`], [`Namespace`], [`Program`] |
//! | hold values | [`Value`], [`List`], [`Dict`], [`Function`], [`Module`] |
//! | convert values | [`ToPython`](trait@ToPython), [`FromPython`](trait@FromPython), and derives of these names, or `Serde` |
//! | let programs call Rust | [`Python::function`], [`Python::new_module`], [`Function`] |
//! | run programs in steps, answer their calls later | [`Execution`], [`Python::external`] |
//! | let programs call async Rust | [`Python::async_function`], [`Execution::finish`], [`Task`] |
//! | give programs classes of Rust's | [`Python::class`], [`Class`], [`Object`] |
//! | learn what went wrong | [`Error`], [`Limit`] |
//!
//! # What programs can do
//!
//! A program can compute, print to the [output](Builder::output) that its interpreter was given, call the functions and use
//! the [files](Builder::files) that it was given, and use up what its limits allow; nothing else. There are no other files, no
//! environment, no threads, no machine code, no addresses. Bytecode that does not come from this crate's compiler is verified before it runs.
//!
//! # Safety
//!
//! No program that does not write `unsafe` breaks memory with this crate, whatever it does with it. Values that Rust code
//! holds are handles: see [`Value`].

#![no_std]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod class;
mod convert;
#[cfg(feature = "derive")]
#[doc(hidden)]
pub mod derived;
mod error;
mod execution;
#[cfg(feature = "files")]
mod files;
mod foreign;
mod function;
mod host;
mod interpreter;
mod module;
mod namespace;
#[cfg(feature = "std")]
mod output;
mod program;
mod python;
mod root;
mod signature;
mod source;
mod state;
mod task;
mod value;

#[cfg(feature = "derive")]
pub use berus_derive::{FromPython, ToPython};
pub use class::{Class, Made, Object};
#[cfg(feature = "serde")]
pub use convert::Serde;
pub use convert::{Arguments, Bytes, FromPython, ToPython};
pub use error::{Error, Frame, Limit, Result, Traceback};
pub use execution::{Execution, Progress, Request};
#[cfg(feature = "folder")]
pub use files::Folder;
#[cfg(feature = "files")]
pub use files::{Files, MemoryFiles};
pub use function::{Function, HostArguments, HostResult};
pub use host::Sink;
pub use interpreter::{Builder, Interpreter};
pub use module::Module;
pub use namespace::Namespace;
#[cfg(feature = "std")]
pub use output::Output;
pub use program::{Code, Program};
pub use python::Python;
pub use task::Task;
pub use value::{Dict, Items, List, Value};

/// What handles and interpreters share, and errors their causes.
#[cfg(not(target_has_atomic = "ptr"))]
use alloc::rc::Rc as Shared;
#[cfg(target_has_atomic = "ptr")]
use alloc::sync::Arc as Shared;
