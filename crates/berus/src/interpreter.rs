//! Interpreters: how they are made, and how they end.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Deref;
use core::time::Duration;

use berus_runtime::data::system::SystemLists;
use berus_runtime::heap::{GlobalRegions, Heap};
#[cfg(feature = "library")]
use berus_runtime::import::frozen::Freeze;
use berus_runtime::import::registry::Register;
#[cfg(feature = "files")]
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::{Budget, Poll};
use berus_runtime::model::finalise::Finalise;
use berus_runtime::model::vm::{Limits, Vm};

use crate::convert::Bound;
use crate::error::{Error, Result};
#[cfg(feature = "files")]
use crate::files::Files;
use crate::host::{Host, Sink};
use crate::python::Python;
use crate::source::Sources;
use crate::state::State;

/// The instructions that objects of a program have to end in, when its interpreter does.
const LAST_INSTRUCTIONS: u64 = 1_000_000;

/// An interpreter.
///
/// An interpreter knows nothing of others: a process has as many as it likes. It can be sent to another thread when
/// nothing of it runs.
///
/// ```
/// let py = berus::Interpreter::new()?;
/// py.run("import math\narea = math.pi * 2 ** 2")?;
/// assert!((py.get::<f64>("area")? - 12.566).abs() < 0.001);
/// # Ok::<(), berus::Error>(())
/// ```
pub struct Interpreter {
    python: Box<Python>,
}

// SAFETY: all that an interpreter is made of is its own: its heap, its state, a host and functions that are `Send`. Nothing
// outside refers to these but handles, which share with it only what is atomic. Whoever runs it holds a reference to
// it, so that it cannot be sent meanwhile.
#[cfg(target_has_atomic = "ptr")]
unsafe impl Send for Interpreter {}

impl Interpreter {
    /// An interpreter with the limits of [`Builder`], which can write nowhere.
    ///
    /// # Errors
    /// An error if there is no memory for an interpreter.
    pub fn new() -> Result<Interpreter> {
        Interpreter::builder().build()
    }

    /// What interpreters can be given.
    pub fn builder() -> Builder {
        Builder::default()
    }
}

impl Deref for Interpreter {
    type Target = Python;

    #[inline]
    fn deref(&self) -> &Python {
        &self.python
    }
}

impl Drop for Interpreter {
    /// Ends what objects of the program hold outside of the heap, such as files.
    fn drop(&mut self) {
        // SAFETY: nothing is kept of what is done here.
        let vm = unsafe { self.python.vm() };
        if !vm.is_abandoned() {
            let _ = vm.set_budget(Budget { instructions: Some(LAST_INSTRUCTIONS), time: None });
            vm.enter(Finalise::finalise_all);
        }
    }
}

/// What an interpreter is given: limits, and what of the world it sees. Limits are finite unless they are said not to be:
/// 16 MiB of memory, calls as deep as a thread of the standard library allows, a thousand million instructions, 10
/// seconds for each run.
///
/// ```
/// use std::time::Duration;
///
/// let output = berus::Output::new();
/// let py = berus::Interpreter::builder()
///     .memory(1 << 20)
///     .time(Duration::from_millis(100))
///     .output(output.clone())
///     .build()?;
/// py.run("print('hello')")?;
/// assert_eq!(output.text(), "hello\n");
/// # Ok::<(), berus::Error>(())
/// ```
pub struct Builder {
    memory: usize,
    value_stack: usize,
    machine_stack: usize,
    budget: Budget,
    arguments: Vec<String>,
    sink: Option<Sink>,
    modules: Option<Vec<String>>,
    #[cfg(feature = "files")]
    files: Option<Files>,
}

impl Default for Builder {
    fn default() -> Builder {
        // Under Miri seconds are nothing.
        let has_clock = cfg!(all(feature = "std", not(miri)));
        Builder {
            memory: 16 << 20,
            value_stack: 1 << 13,
            machine_stack: 512 << 10,
            budget: Budget {
                instructions: (!has_clock).then_some(1_000_000_000),
                time: has_clock.then_some(Duration::from_secs(10)),
            },
            arguments: Vec::new(),
            sink: None,
            modules: None,
            #[cfg(feature = "files")]
            files: None,
        }
    }
}

impl Builder {
    /// The bytes that the program's objects, its code and what compiling takes may use together. What a value becomes in Rust
    /// may take about as many again: converting a value that would take more raises `MemoryError`.
    #[must_use]
    pub fn memory(mut self, bytes: usize) -> Builder {
        self.memory = bytes;
        self
    }

    /// How many instructions, and units of work that built-ins do, each run may take from now on: a call into the
    /// interpreter from outside is a run. Counting makes running slower; time is limited all the same.
    #[must_use]
    pub fn instructions(mut self, count: u64) -> Builder {
        self.budget.instructions = Some(count);
        self
    }

    /// How much time each run may take.
    #[must_use]
    pub fn time(mut self, time: Duration) -> Builder {
        self.budget.time = Some(time);
        self
    }

    /// Lets runs take as long as they like.
    #[must_use]
    pub fn endless(mut self) -> Builder {
        self.budget = Budget::default();
        self
    }

    /// How deep calls go: the words of the stack of arguments and local variables, and the bytes of the machine stack
    /// that built-ins may use. The thread must have these bytes, and 64 KiB more.
    #[must_use]
    pub fn stack(mut self, words: usize, bytes: usize) -> Builder {
        (self.value_stack, self.machine_stack) = (words, bytes);
        self
    }

    /// What programs find in `sys.argv`.
    #[must_use]
    pub fn arguments<T: Into<String>>(mut self, arguments: impl IntoIterator<Item = T>) -> Builder {
        self.arguments = arguments.into_iter().map(Into::into).collect();
        self
    }

    /// Where programs write to: what `print` prints goes to `sink`, such as an [`Output`](crate::Output) or a closure.
    #[must_use]
    pub fn output(mut self, sink: impl Into<Sink>) -> Builder {
        self.sink = Some(sink.into());
        self
    }

    /// The modules that programs can import, of those that the library has; without this call all of them. What needs more than
    /// memory and time (files, machine code, addresses) is refused by all modules. Modules that the host
    /// [makes](Python::new_module) are not concerned.
    ///
    /// ```
    /// let py = berus::Interpreter::builder().modules(["math", "json"]).build()?;
    /// py.run("import math, json")?;
    /// assert_eq!(py.run("import sys").unwrap_err().type_name(), "ImportError");
    /// # Ok::<(), berus::Error>(())
    /// ```
    #[must_use]
    pub fn modules<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Builder {
        self.modules = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// The files that programs see: those of a [`Folder`](crate::Folder), or [in memory](crate::MemoryFiles). `open` and the
    /// module `os` work with these, and `import` finds modules, `.py` and `.mpy`, in `/`, the current folder at first,
    /// and in `/lib`. Without this call there are no files.
    #[cfg(feature = "files")]
    #[must_use]
    pub fn files(mut self, files: impl Into<Files>) -> Builder {
        self.files = Some(files.into());
        self
    }

    /// The interpreter.
    ///
    /// # Errors
    /// An error if there is no memory for an interpreter, or no clock to limit time by.
    pub fn build(self) -> Result<Interpreter> {
        let heap = Heap::growing(&GlobalRegions, self.memory);
        let limits =
            Limits { value_stack: self.value_stack, frame_stack: self.value_stack, machine_stack: self.machine_stack };
        #[cfg(feature = "files")]
        let bound_of_files = self.files.as_ref().map(|files| files.bound);
        let host = Host::new(
            self.sink,
            #[cfg(feature = "files")]
            self.files,
        );
        // SAFETY: this crate keeps the contract of raw words.
        let made = unsafe { Vm::new(heap, Box::new(host), limits) };
        let mut vm = made.ok_or_else(Error::no_memory)?;
        #[cfg(feature = "library")]
        {
            vm.register(berus_stdlib::MODULES);
            // What is frozen is `asyncio`.
            if self.modules.as_ref().is_none_or(|modules| modules.iter().any(|module| module == "asyncio")) {
                vm.freeze(&berus_stdlib::FROZEN);
            }
        }
        if let Some(modules) = &self.modules {
            vm.keep_registered(&|name| modules.iter().any(|module| module == name));
        }
        vm.set_embedder(Box::new(State {
            budget: self.budget,
            bound: Bound::new(self.memory),
            sources: Sources::new(self.memory),
            ..State::default()
        }));
        // SAFETY: as above.
        let python = unsafe { Python::new(vm) };
        let interpreter = Interpreter { python };
        interpreter.raising(|vm| {
            #[cfg(feature = "files")]
            if let Some(bound) = bound_of_files {
                mount_files(vm, bound)?;
            }
            // Where modules are found that are part of the library, or the host's.
            vm.add_path(b".frozen")?;
            #[cfg(feature = "files")]
            if bound_of_files.is_some() {
                vm.add_path(b"/lib")?;
            }
            self.arguments.iter().try_for_each(|argument| vm.add_argument(argument.as_bytes()))
        })?;
        Ok(interpreter)
    }
}

/// Shows the host's files to programs, of which these may take `bound` bytes of the interpreter's memory.
#[cfg(feature = "files")]
fn mount_files(vm: &Vm, bound: usize) -> Res<()> {
    if !vm.heap().take_outside(bound) {
        return Err(vm.memory_error(bound));
    }
    berus_stdlib::vfs::mount_posix(vm)?;
    vm.add_path(b"")
}
