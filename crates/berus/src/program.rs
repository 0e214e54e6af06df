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
use crate::python::Python;
use crate::source::{Kind, Source};

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
    /// What the module was compiled of, if that is known.
    source: Option<Source>,
}

impl Program {
    /// Compiles a source, whose tracebacks name it `name`. No interpreter limits the machine stack here: a source that nests as deep
    /// as the compiler goes takes less than 768 KiB of it in a build without optimisation.
    ///
    /// # Errors
    /// `SyntaxError`, with the line as its frame.
    pub fn compile(source: &str, name: &str) -> Result<Program> {
        let options = Options { source_name: name.as_bytes(), ..Options::default() };
        match compile(source.as_bytes(), &options) {
            Ok(module) => {
                let source = Source { name: name.into(), text: source.into() };
                Ok(Program { module: module.to_bytes().into(), source: Some(source) })
            }
            Err(error) => Err(Error::of_compiler(&error, name, source)),
        }
    }

    /// The program as an `.mpy` file.
    pub fn to_mpy(&self) -> Vec<u8> {
        self.module.to_vec()
    }

    /// A program in an `.mpy` file, which is verified each time that an interpreter loads it.
    pub fn from_mpy(file: impl Into<Vec<u8>>) -> Program {
        Program { module: file.into().into(), source: None }
    }
}

/// What can be run: source text (`&str`, `String`), or a [`Program`].
///
/// Tracebacks call a text `<program>`, the next one `<program 2>` and so on. An interpreter remembers 64 texts to show
/// lines of, or as many as an eighth of its memory holds; others are called `<text>`.
pub trait Code {
    /// Loads the code: the function that is its body.
    #[doc(hidden)]
    fn load(&self, vm: &Vm, globals: Gc<RawDict>, _: Private) -> Res;
}

impl Code for &str {
    fn load(&self, vm: &Vm, globals: Gc<RawDict>, _: Private) -> Res {
        let name = Python::of(vm).state().sources.name(vm, self, Kind::Program);
        vm.compile(self.as_bytes(), name.as_bytes(), Mode::File, globals)
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
        if let Some(source) = &self.source {
            Python::of(vm).state().sources.add(source);
        }
        Load::load(vm, &self.module, globals)
    }
}

impl Code for Program {
    fn load(&self, vm: &Vm, globals: Gc<RawDict>, private: Private) -> Res {
        (&self).load(vm, globals, private)
    }
}
