//! Running Python source: the way from text to a function that runs it.

use alloc::vec::Vec;

use berus_compiler::memory::{Quota, Stop};
use berus_compiler::{CompileError, ErrorKind, Options, compile_within};
pub use berus_compiler::{Emitter, Mode};
use berus_mpy::Module;
use berus_mpy::disasm::ShowBc;
use berus_mpy::lines::Lines;

use crate::data::exception::Exceptions;
use crate::data::sketch::Sketched;
use crate::import::load::{Load, keep, load_body, load_lent};
use crate::import::run::RunModule;
use crate::model::code::Code;
use crate::model::error::{Raise, Raised, Res};
use crate::model::layout::{Dict, TraceEntry};
use crate::model::object::Gc;
use crate::model::quota::Grants;
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::exception;
use crate::obj::function::function_of;
use crate::ops::print::{Print, Stdout};
use crate::qstr::Qstr;

/// Source compiled and run.
pub trait Compile {
    /// Runs the program `source`, whose tracebacks name it `name`, with the variables of `__main__`.
    ///
    /// ```
    /// use berus_runtime::import::source::Compile;
    /// use berus_runtime::heap::{GlobalRegions, Heap};
    /// use berus_runtime::host::Silent;
    /// use berus_runtime::model::vm::{Limits, Vm};
    ///
    /// // SAFETY: the code below keeps the contract of raw words.
    /// let vm = unsafe { Vm::new(Heap::growing(&GlobalRegions, 1 << 20), Box::new(Silent), Limits::default()) }.unwrap();
    /// vm.enter(|vm| {
    ///     assert!(vm.run_source(b"x = 6 * 7", b"six.py").is_ok());
    ///     let x = vm.main().load(vm, vm.intern(b"x").unwrap());
    ///     assert_eq!(x.and_then(|x| x.as_small_int()), Some(42));
    /// });
    /// ```
    ///
    /// # Errors
    /// As [`Vm::compile`], and what the program raises.
    fn run_source(&self, source: &[u8], name: &[u8]) -> Res<()>;

    /// Compiles `source`, whose tracebacks name it `name`, to a function that runs it with variables `globals`.
    ///
    /// ```
    /// use berus_runtime::import::source::Compile;
    /// use berus_runtime::model::protocols::Classes;
    /// use berus_runtime::ops::call::Call;
    /// use berus_runtime::ops::convert::Convert;
    /// use berus_runtime::heap::{GlobalRegions, Heap};
    /// use berus_runtime::host::Silent;
    /// use berus_runtime::import::source::Mode;
    /// use berus_runtime::model::vm::{Limits, Vm};
    ///
    /// // SAFETY: the code below keeps the contract of raw words.
    /// let vm = unsafe { Vm::new(Heap::growing(&GlobalRegions, 1 << 20), Box::new(Silent), Limits::default()) }.unwrap();
    /// vm.enter(|vm| {
    ///     let sum = vm.compile(b"sum(range(10))", b"<sum>", Mode::Eval, vm.main()).unwrap();
    ///     let value = vm.call(sum, &[]).unwrap();
    ///     assert_eq!(vm.int(value), Ok(45));
    ///
    ///     let raised = vm.compile(b"1 +", b"<sum>", Mode::Eval, vm.main()).unwrap_err();
    ///     let exception = vm.take_exception(raised);
    ///     assert_eq!(vm.type_name(exception), "SyntaxError");
    /// });
    /// ```
    ///
    /// # Errors
    /// `SyntaxError`, and the other exceptions that MicroPython raises for a source that is no program.
    fn compile(&self, source: &[u8], name: &[u8], mode: Mode, globals: Gc<Dict>) -> Res;

    /// Sets the emitter for functions that do not name theirs, as the option `-X emit=` does.
    fn set_emitter(&self, emitter: Emitter);

    /// Sets how often the option `-v` was given: from 2 on, the bytecode of compiled source is printed, but
    /// not where code is to be small.
    fn set_verbosity(&self, level: u8);
}

impl Compile for Vm {
    fn run_source(&self, source: &[u8], name: &[u8]) -> Res<()> {
        let main = self.main();
        let body = self.compile(source, name, Mode::File, main)?;
        self.run_body(body, main)
    }

    fn compile(&self, source: &[u8], name: &[u8], mode: Mode, globals: Gc<Dict>) -> Res {
        let code = compile_code(self, source, name, mode, globals)?;
        function_of(self, code, None, None, &[])
    }

    fn set_emitter(&self, emitter: Emitter) {
        self.emitter.set(emitter);
    }

    fn set_verbosity(&self, level: u8) {
        self.verbosity.set(level);
    }
}

/// Compiles `source` as [`Vm::compile`] does, to a code object.
///
/// # Errors
/// As [`Vm::compile`].
pub(crate) fn compile_code(vm: &Vm, source: &[u8], name: &[u8], mode: Mode, globals: Gc<Dict>) -> Res {
    let grants = vm.grants();
    // The memory of the module belongs to the quota.
    let quota = Quota::new(&grants);
    let module = compile_module(&grants, source, name, mode, &quota)?;
    link_compiled(&grants, &module, &quota, globals)
}

/// Compiles the file `source`, which tracebacks call `name`, to a function that runs the file with variables `globals`. The
/// bytecode of a file is kept as an `.mpy` file has it, and linked as it is used: most of a file stays for long, and
/// little of it is called soon.
///
/// # Errors
/// As [`Vm::compile`].
pub(super) fn load_source(vm: &Vm, source: &[u8], name: &[u8], globals: Gc<Dict>) -> Res {
    match compile_file(vm, source, name, globals)? {
        Compiled::File(file) => load_lent(vm, name, file, globals),
        Compiled::Code(code) => function_of(vm, code, None, None, &[]),
    }
}

/// What becomes of a file of source.
enum Compiled {
    /// An `.mpy` file of bytecode, in a block of the heap.
    File(&'static [u8]),
    /// The code object of the body, where machine code is in the file.
    Code(Obj),
}

/// Compiles a file for [`load_source`]. Not inlined, so that all that compiling takes is free when the file is linked.
#[inline(never)]
fn compile_file(vm: &Vm, source: &[u8], name: &[u8], globals: Gc<Dict>) -> Res<Compiled> {
    let grants = vm.grants();
    let quota = Quota::new(&grants);
    let module = compile_module(&grants, source, name, Mode::File, &quota)?;
    if module.header.arch.is_some() {
        return link_compiled(&grants, &module, &quota, globals).map(Compiled::Code);
    }
    let file = module.to_bytes_within(&quota).map_err(|stop| grants.raise(stop))?;
    keep(vm, &file).map(Compiled::File)
}

/// Compiles `source` to a module, whose memory belongs to `quota`.
fn compile_module(
    grants: &Grants<'_>,
    source: &[u8],
    name: &[u8],
    mode: Mode,
    quota: &Quota<'_>,
) -> Res<Module<'static>> {
    let vm = grants.vm();
    // The bytecode that is shown is what MicroPython's compiler makes.
    let shows_code = cfg!(not(feature = "small")) && vm.verbosity.get() >= 2;
    let options = Options {
        source_name: name,
        mode,
        optimise: vm.optimise.get(),
        small_int_bits: Obj::SMALL_INT_BITS as u8,
        emitter: vm.emitter.get(),
        arch: vm.machine_arch(),
        trace_lines: !shows_code,
        operands_fit: true,
        python_fstrings: true,
        ..Options::default()
    };
    match compile_within(source, &options, quota) {
        Ok(module) => {
            if shows_code {
                vm.print_fmt(&mut Stdout, format_args!("{}", ShowBc(&module)))?;
            }
            Ok(module)
        }
        Err(error) => Err(match error.kind {
            ErrorKind::Interrupted => grants.raise(Stop::Interrupted),
            ErrorKind::Memory if error.message.is_empty() => grants.raise(Stop::OutOfMemory),
            _ => raise_compile_error(vm, &error, name),
        }),
    }
}

/// Links a module that was compiled here: the code object of its body.
fn link_compiled(grants: &Grants<'_>, module: &Module<'_>, quota: &Quota<'_>, globals: Gc<Dict>) -> Res {
    let body = load_body(grants.vm(), module, globals)?;
    if let Some(code) = body.downcast::<Code>() {
        note_definitions(code, quota).map_err(|stop| grants.raise(stop))?;
    }
    Ok(body)
}

#[cold]
fn raise_compile_error(vm: &Vm, error: &CompileError, name: &[u8]) -> Raised {
    let raised = if error.message.is_empty() {
        vm.error_with(error_type(error.kind), &[])
    } else {
        vm.error(error_type(error.kind), format_args!("{}", error.message))
    };
    let found = vm.peek_exception(&raised);
    let (Some(line), Some(exception)) = (error.line, vm.as_exception(found)) else { return raised };
    let block = error.block.as_ref().map(|block| vm.intern(block));
    match (vm.intern(name), block.transpose()) {
        (Ok(file), Ok(block)) => {
            exception.add_trace(vm, TraceEntry { file, line, function: block.unwrap_or(Qstr::NULL) });
            raised
        }
        (Err(raised), _) | (_, Err(raised)) => raised,
    }
}

/// Notes for each function in `body` the line of the instruction that makes it.
fn note_definitions(body: Gc<Code>, quota: &Quota<'_>) -> Result<(), Stop> {
    body.defined_at.set(1);
    // All the code objects are reachable from the body.
    let mut codes = Vec::new();
    quota.push(&mut codes, body)?;
    while let Some(code) = codes.pop() {
        let mut lines = Lines::new(code.line_table());
        for (at, child) in code.definitions() {
            quota.step()?;
            let line = lines.at(at);
            if let Some(sketched) = child.downcast::<Sketched>() {
                sketched.set_line(line);
            } else if let Some(child) = child.downcast::<Code>() {
                child.defined_at.set(line);
                quota.push(&mut codes, child)?;
            }
        }
    }
    Ok(())
}

fn error_type(kind: ErrorKind) -> &'static Type {
    match kind {
        ErrorKind::Indentation => &exception::INDENTATION_ERROR,
        ErrorKind::Memory => &exception::MEMORY_ERROR,
        ErrorKind::NotImplemented => &exception::NOT_IMPLEMENTED_ERROR,
        ErrorKind::Overflow => &exception::OVERFLOW_ERROR,
        ErrorKind::Runtime => &exception::RUNTIME_ERROR,
        ErrorKind::Type => &exception::TYPE_ERROR,
        ErrorKind::Value => &exception::VALUE_ERROR,
        ErrorKind::ViperType => &exception::VIPER_TYPE_ERROR,
        _ => &exception::SYNTAX_ERROR,
    }
}
