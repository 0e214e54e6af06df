//! Running Python source: the way from text to a function that runs it.

use alloc::vec;

use berus_compiler::{CompileError, Emitter, ErrorKind, Mode, Options, compile};
use berus_mpy::lines::line_at;

use crate::error::{Raised, Res};
use crate::obj::code::Code;
use crate::obj::dict::Dict;
use crate::obj::exception::{self, TraceEntry};
use crate::obj::sketch::Sketched;
use crate::object::Gc;
use crate::qstr::Qstr;
use crate::types::Type;
use crate::vm::Vm;
use crate::word::Obj;

impl Vm {
    /// Compiles `source`, whose tracebacks name it `name`, to a function that runs it with variables `globals`.
    ///
    /// # Errors
    /// `SyntaxError` and what else MicroPython raises for a source that is no program.
    pub fn compile(&self, source: &[u8], name: &[u8], mode: Mode, globals: Gc<Dict>) -> Res {
        let code = self.compile_code(source, name, mode, globals)?;
        self.make_function(code, None, None, &[])
    }

    /// Compiles `source` as [`Vm::compile`] does, to a code object.
    ///
    /// # Errors
    /// As [`Vm::compile`].
    pub(crate) fn compile_code(&self, source: &[u8], name: &[u8], mode: Mode, globals: Gc<Dict>) -> Res {
        let options = Options {
            source_name: name,
            mode,
            optimise: self.optimise.get(),
            small_int_bits: Obj::SMALL_INT_BITS as u8,
            emitter: self.emitter.get(),
            arch: self.machine_arch(),
            trace_lines: true,
            ..Options::default()
        };
        match compile(source, &options) {
            Ok(module) => {
                let body = self.load_body(&module, globals)?;
                if let Some(code) = body.downcast::<Code>() {
                    note_definitions(code);
                }
                Ok(body)
            }
            Err(error) => Err(self.raise_compile_error(&error, name)),
        }
    }

    /// Sets what makes the code of functions that do not say so themselves, as the option `-X emit=` does.
    pub fn set_emitter(&self, emitter: Emitter) {
        self.emitter.set(emitter);
    }

    #[cold]
    fn raise_compile_error(&self, error: &CompileError, name: &[u8]) -> Raised {
        let raised = if error.message.is_empty() {
            self.error_with(error_type(error.kind), &[])
        } else {
            self.error(error_type(error.kind), format_args!("{}", error.message))
        };
        let found = self.peek_exception(&raised);
        let (Some(line), Some(exception)) = (error.line, self.as_exception(found)) else { return raised };
        let block = error.block.as_ref().map(|block| self.intern(block));
        match (self.intern(name), block.transpose()) {
            (Ok(file), Ok(block)) => {
                exception.add_trace(self, TraceEntry { file, line, function: block.unwrap_or(Qstr::NULL) });
                raised
            }
            (Err(raised), _) | (_, Err(raised)) => raised,
        }
    }
}

/// Notes for each function in `body` the line of the instruction that makes it.
fn note_definitions(body: Gc<Code>) {
    body.defined_at.set(1);
    // All are reachable from the first.
    let mut codes = vec![body];
    while let Some(code) = codes.pop() {
        for (at, child) in code.definitions() {
            let line = line_at(code.line_table(), at);
            if let Some(sketched) = child.downcast::<Sketched>() {
                sketched.set_line(line);
            } else if let Some(child) = child.downcast::<Code>() {
                child.defined_at.set(line);
                codes.push(child);
            }
        }
    }
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
