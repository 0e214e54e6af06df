//! The functions that run code and source: `exec`, `execfile`, `eval` and `compile`.

use berus_compiler::Mode;

#[cfg(feature = "files")]
use crate::data::bytes::Bytes;
#[cfg(feature = "files")]
use crate::import::run::RunModule;
use crate::import::source::compile_code;
use crate::model::buffer::Access;
use crate::model::error::{Raise, Res};
use crate::model::layout::Dict;
use crate::model::object::Gc;
use crate::model::protocols::Strs;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::function::function_of;
use crate::obj::{code, exception};
use crate::ops::buffer::Buffers;
use crate::ops::call::Call;

/// The kind of program that source is compiled as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Exec,
    Eval,
    Single,
}

/// `exec(code[, globals[, locals]])`
pub(super) fn exec(vm: &Vm, args: &[Obj]) -> Res {
    run(vm, args, b"<string>", Kind::Exec)?;
    Ok(Obj::NONE)
}

/// `execfile(path[, globals[, locals]])`
#[cfg(feature = "files")]
pub(super) fn execfile(vm: &Vm, args: &[Obj]) -> Res {
    let Some(path) = vm.as_str(args[0]) else { return Err(vm.bad_conversion(args[0])) };
    let mut all = [Bytes::new(vm, &vm.read_file(path)?)?.obj(), Obj::NONE, Obj::NONE];
    all[1..args.len()].copy_from_slice(&args[1..]);
    run(vm, &all, path, Kind::Exec)?;
    Ok(Obj::NONE)
}

/// `eval(code[, globals[, locals]])`
pub(super) fn eval(vm: &Vm, args: &[Obj]) -> Res {
    run(vm, args, b"<string>", Kind::Eval)
}

/// Runs the code or source `args[0]`, whose tracebacks name it `name`, with the globals `args[1]` and the locals
/// `args[2]`.
fn run(vm: &Vm, args: &[Obj], name: &[u8], kind: Kind) -> Res {
    let dict = |n: usize| match args.get(n) {
        Some(given) if *given != Obj::NONE => match given.downcast::<Dict>() {
            Some(dict) => Ok(Some(dict)),
            None => Err(vm.error_with(&exception::TYPE_ERROR, &[])),
        },
        _ => Ok(None),
    };
    let (given, inner) = (dict(1)?, dict(2)?);
    let globals = given.unwrap_or_else(|| vm.globals());
    let locals = inner.or(given).unwrap_or_else(|| vm.locals());
    let code = match code::with_globals(vm, args[0], globals)? {
        Some(code) => code,
        None => compile_text(vm, args[0], name, kind, globals)?,
    };
    let body = function_of(vm, code, None, None, &[])?;
    let outer = vm.swap_locals(locals);
    let result = vm.call(body, &[]);
    vm.swap_locals(outer);
    result
}

fn compile_text(vm: &Vm, source: Obj, name: &[u8], kind: Kind, globals: Gc<Dict>) -> Res {
    let source = match vm.try_buffer(source, Access::Read)? {
        Some(buffer) => buffer.bytes(),
        None => return Err(vm.bad_conversion(source)),
    };
    let mode = match kind {
        Kind::Exec => Mode::File,
        Kind::Eval => Mode::Eval,
        Kind::Single => Mode::Single,
    };
    // An expression may have space before it.
    let start = source.iter().position(|byte| kind != Kind::Eval || !b" \t".contains(byte)).unwrap_or(0);
    compile_code(vm, &source[start..], name, mode, globals)
}

/// `compile(source, name, mode)`
pub(super) fn compile(vm: &Vm, args: &[Obj]) -> Res {
    let name = vm.str_or_bytes(args[1])?;
    let kind = match vm.as_str(args[2]) {
        Some(b"exec") => Kind::Exec,
        Some(b"single") => Kind::Single,
        Some(b"eval") => Kind::Eval,
        _ => return Err(vm.value_error(format_args!("bad compile mode"))),
    };
    compile_text(vm, args[0], name, kind, vm.globals())
}
