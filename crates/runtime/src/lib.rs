//! The Berus runtime: heap, objects and interpreter for MicroPython modules.
//!
//! An interpreter is a [`Vm`](model::vm::Vm); it reaches the outside through a [`Host`](host::Host). Values are words
//! ([`Obj`](model::word::Obj)), objects are `#[repr(C)]` structures behind a [`Gc`](model::object::Gc) pointer that
//! start with their type ([`Type`](model::types::Type)), and an error is a value ([`Res`](model::error::Res)).
//!
//! # Embedding
//!
//! A program needs a heap with a limit, a host, and an interpreter made of both. All that has to do with objects
//! happens inside of [`Vm::enter`](model::vm::Vm::enter), since the collector finds what Rust code holds on the machine
//! stack from there on.
//!
#![cfg_attr(feature = "compiler", doc = "```")]
#![cfg_attr(not(feature = "compiler"), doc = "```ignore")]
//! use std::cell::RefCell;
//! use std::rc::Rc;
//!
//! use berus_runtime::heap::{GlobalRegions, Heap};
//! use berus_runtime::host::Host;
//! use berus_runtime::import::run::RunModule;
//! use berus_runtime::import::source::{Compile, Mode};
//! use berus_runtime::model::protocols::{Classes, Ints};
//! use berus_runtime::model::vm::{Limits, Vm};
//! use berus_runtime::model::word::Obj;
//! use berus_runtime::ops::call::Call;
//! use berus_runtime::ops::convert::Convert;
//! use berus_runtime::services::end::End;
//!
//! /// A host that keeps what programs print.
//! #[derive(Clone, Default)]
//! struct Page(Rc<RefCell<String>>);
//!
//! impl Host for Page {
//!     fn write_stdout(&self, bytes: &[u8]) {
//!         self.0.borrow_mut().push_str(&String::from_utf8_lossy(bytes));
//!     }
//! }
//!
//! let page = Page::default();
//! let heap = Heap::growing(&GlobalRegions, 1 << 20);
//! // SAFETY: the code below keeps the contract of raw words.
//! let vm = unsafe { Vm::new(heap, Box::new(page.clone()), Limits::default()) }.expect("a MiB is enough");
//! vm.enter(|vm| {
//!     let source = b"def area(width, height): return width * height\nprint('ready')";
//!     let body = vm.compile(source, b"area.py", Mode::File, vm.main())?;
//!     vm.run_body(body, vm.main())?;
//!
//!     let area = vm.main().load(vm, vm.intern(b"area")?).expect("the program defines it");
//!     let result = vm.call(area, &[vm.new_int(6)?, vm.new_int(7)?])?;
//!     assert_eq!(vm.int(result)?, 42);
//!
//!     // What a program raises is an error like those of Rust; the exception waits in the interpreter.
//!     let raised = vm.call(area, &[Obj::NONE, Obj::NONE]).unwrap_err();
//!     let exception = vm.take_exception(raised);
//!     assert_eq!(vm.type_name(exception), "TypeError");
//!     Ok(())
//! })
//! .unwrap_or_else(|raised| panic!("exit status {}", vm.report_end(raised)));
//! assert_eq!(*page.0.borrow(), "ready\n");
//! ```
//!
//! [`Vm::finalise_all`](model::finalise::Finalise::finalise_all) ends what programs left open, such as files of the
//! host; dropping an interpreter only frees its memory, since objects of Python may have their say when they end.
//!
//! # Sandboxes
//!
//! A program can do what its host lets it do, and the default of everything but output is to refuse: no input, no
//! files, no environment, no threads, no clock, no machine code, no memory by its address. What a program uses up has
//! limits, too, each of which ends in an error of the program and leaves the interpreter fit for use:
//!
//! | what | limit | ends in |
//! | --- | --- | --- |
//! | memory for objects | the one of its [`Heap`](heap::Heap::growing) | `MemoryError` |
//! | calls, and what built-ins nest | [`Limits`](model::vm::Limits) | `RuntimeError` |
//! | instructions, time | [`Vm::set_budget`](model::events::Poll::set_budget) | an exception that no handler sees |
//! | anything, from outside | [`Host::interrupted`](host::Host::interrupted) | `KeyboardInterrupt` |
//!
//! Bytecode that does not come from the compiler is verified before it runs, so that a hostile `.mpy` file can do no
//! more than a hostile source.
//!
//! # Extending
//!
//! Modules and types in Rust are constant tables: see [`ModuleDef`](model::module_def::ModuleDef) and [`custom_type!`].

#![no_std]

extern crate alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;

mod compose;
pub mod data;
pub mod errno;
pub mod heap;
pub mod host;
pub mod import;
pub mod interpret;
pub mod model;
pub mod modules;
#[cfg_attr(not(berus_machine), path = "native/absent.rs")]
pub(crate) mod native;
pub mod obj;
pub mod ops;
pub mod qstr;
#[cfg(feature = "compiler")]
pub mod repl;
pub mod services;
pub mod text;
pub mod vfs;

#[cfg(all(berus_machine, feature = "threads", not(feature = "std")))]
pub use crate::native::border::ThreadState;

/// What safe code cannot do.
#[cfg(doctest)]
#[doc = include_str!("../tests/contract.md")]
struct Refused;
