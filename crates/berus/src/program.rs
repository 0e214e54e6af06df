//! Programs, compiled once and run by any number of interpreters.

use alloc::string::String;
use alloc::vec::Vec;

use berus_compiler::{Mode, Options, compile};
use berus_runtime::import::load::Load;
use berus_runtime::import::source::Compile;
use berus_runtime::model::error::Res;
use berus_runtime::model::layout::Dict as RawDict;
use berus_runtime::model::object::Gc;
use berus_runtime::model::vm::Vm;

use crate::Shared;
use crate::convert::Private;
use crate::error::{Error, Result};

/// A compiled program, which any number of interpreters run, on any threads.
///
/// ```
/// use berus::{Interpreter, Program};
///
/// let program = Program::compile("print('hello')", "hello.py")?;
/// for _ in 0..3 {
///     Interpreter::new()?.run(&program)?;
/// }
/// # Ok::<(), berus::Error>(())
/// ```
#[derive(Clone)]
pub struct Program {
    module: Shared<[u8]>,
}

impl Program {
    /// Compiles a source, whose tracebacks name it `name`.
    ///
    /// # Errors
    /// `SyntaxError`, with the line as its frame.
    pub fn compile(source: &str, name: &str) -> Result<Program> {
        let options = Options { source_name: name.as_bytes(), ..Options::default() };
        match compile(source.as_bytes(), &options) {
            Ok(module) => Ok(Program { module: module.to_bytes().into() }),
            Err(error) => Err(Error::of_compiler(&error, name)),
        }
    }

    /// A program in an `.mpy` file, which is verified each time that an interpreter loads it.
    pub fn from_mpy(file: impl Into<Vec<u8>>) -> Program {
        Program { module: file.into().into() }
    }
}

/// What can be run: source text (`&str`, `String`), or a [`Program`].
pub trait Code {
    /// Loads the code: the function that is its body.
    #[doc(hidden)]
    fn load(&self, vm: &Vm, globals: Gc<RawDict>, _: Private) -> Res;
}

impl Code for &str {
    fn load(&self, vm: &Vm, globals: Gc<RawDict>, _: Private) -> Res {
        vm.compile(self.as_bytes(), b"<program>", Mode::File, globals)
    }
}

impl Code for &String {
    fn load(&self, vm: &Vm, globals: Gc<RawDict>, private: Private) -> Res {
        self.as_str().load(vm, globals, private)
    }
}

impl Code for String {
    fn load(&self, vm: &Vm, globals: Gc<RawDict>, private: Private) -> Res {
        self.as_str().load(vm, globals, private)
    }
}

impl Code for &Program {
    fn load(&self, vm: &Vm, globals: Gc<RawDict>, _: Private) -> Res {
        Load::load(vm, &self.module, globals)
    }
}

impl Code for Program {
    fn load(&self, vm: &Vm, globals: Gc<RawDict>, private: Private) -> Res {
        (&self).load(vm, globals, private)
    }
}
