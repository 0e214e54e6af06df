//! The module `sys`.

use crate::data::exception::Exceptions;
use crate::data::instance::Instance;
use crate::import::load::Load;
#[cfg(feature = "tracing")]
use crate::interpret::trace::Trace;
use crate::model::error::{Raise, Res};
use crate::model::layout::{Module, Tuple};
use crate::model::module_def::{ModuleDef, Settable};
use crate::model::object::Gc;
use crate::model::printer::{Printer, Style};
use crate::model::protocols::{Classes, Ints, Strs};
use crate::model::types::{Attr, AttrResult, Subscr, Type, UnaryOp};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::exception::SYSTEM_EXIT;
use crate::obj::tuple;
#[cfg(feature = "tracing")]
use crate::ops::call::Call;
use crate::ops::print::{Print, Stdout};
use crate::ops::stream::StreamPrinter;
use crate::ops::subscr::Subscripts;
use crate::qstr::Qstr;
use crate::services::end::End;
#[cfg(feature = "stdio")]
use crate::vfs::file::CONSOLE;
use crate::{define, q};

crate::members! {
    /// The members of the module, without the objects that every interpreter has of its own.
    static MEMBERS = {
        "byteorder" => value(Obj::qstr(if cfg!(target_endian = "little") { q!("little") } else { q!("big") })),
        "exit" => var(0, 1, exit),
        "print_exception" => var(1, 2, print_exception),
        #[cfg(feature = "stdio")]
        "stdin" => value(Obj::from_static(&CONSOLE[0])),
        #[cfg(feature = "stdio")]
        "stdout" => value(Obj::from_static(&CONSOLE[1])),
        #[cfg(feature = "stdio")]
        "stderr" => value(Obj::from_static(&CONSOLE[2])),
        #[cfg(feature = "python")]
        "intern" => f1(intern),
        "atexit" => f1(atexit),
        "exc_info" => f0(exc_info),
        "getsizeof" => f1(getsizeof),
        #[cfg(feature = "tracing")]
        "settrace" => f1(settrace),
    }
}

/// The module `sys` as a definition.
pub const MODULE: ModuleDef = ModuleDef::new("sys", MEMBERS).init(init).settable(Settable::Names(&[
    q!("path"),
    q!("ps1"),
    q!("ps2"),
    q!("tracebacklimit"),
    #[cfg(feature = "python")]
    q!("stdin"),
    #[cfg(feature = "python")]
    q!("stdout"),
    #[cfg(feature = "python")]
    q!("stderr"),
]));

fn init(vm: &Vm, module: Gc<Module>) -> Res<()> {
    let text = |text: &str| vm.new_str(text.as_bytes());
    let numbers = |numbers: [isize; 3]| numbers.map(Obj::small_int_wrapping);
    let identity = vm.host().identity();
    let [major, minor, micro] = numbers([1, 29, 0]);
    let arch = vm.machine_arch().map_or(0, |arch| arch as isize);
    let implementation = [
        Obj::qstr(q!("micropython")),
        Tuple::new(vm, &[major, minor, micro, Obj::qstr(Qstr::EMPTY)])?.obj(),
        text(identity.machine)?,
        // Version 6.3, and the architecture of the machine code that modules may have.
        Obj::small_int_wrapping(6 | (3 | arch << 2) << 8),
        text(identity.build)?,
    ];
    let members = [
        (q!("path"), vm.path()),
        (q!("platform"), text(identity.platform)?),
        (q!("ps1"), text(">>> ")?),
        (q!("ps2"), text("... ")?),
        (q!("argv"), vm.argv()),
        (q!("modules"), vm.modules().obj()),
        (q!("maxsize"), vm.new_int(isize::MAX)?),
        (q!("version"), text(concat!("3.4.0; Berus ", env!("CARGO_PKG_VERSION")))?),
        (q!("version_info"), Tuple::new(vm, &numbers([3, 4, 0]))?.obj()),
        (q!("implementation"), Tuple::of_type(vm, Gc::from_static(&IMPLEMENTATION), &implementation)?.obj()),
    ];
    for (name, value) in members {
        module.globals.store(vm, name, value)?;
    }
    if let Some(path) = vm.host().process().and_then(|process| process.executable()) {
        module.globals.store(vm, vm.intern(b"executable")?, vm.new_str(&path)?)?;
    }
    Ok(())
}

/// The value of the variable `name` of this module, if the program has imported the module.
fn setting(vm: &Vm, name: Qstr) -> Option<Obj> {
    let module = vm.registered_modules().ok()?.load(vm, q!("sys"))?.downcast::<Module>()?;
    module.globals.load(vm, name)
}

/// What a program has put in place of `sys.stdout`, if it has.
#[cfg(feature = "python")]
pub(crate) fn replaced_stdout(vm: &Vm) -> Option<Obj> {
    setting(vm, q!("stdout")).filter(|stream| *stream != Obj::from_static(&CONSOLE[1]))
}

/// `sys.intern(name)`: the one string of these characters that names are.
#[cfg(feature = "python")]
fn intern(vm: &Vm, text: Obj) -> Res {
    match vm.as_name(text)? {
        Some(name) => Ok(Obj::qstr(name)),
        None => Err(vm.type_error(format_args!("intern() argument must be str, not {}", vm.type_name(text)))),
    }
}

/// How many calls of a traceback are printed, if a program has set `sys.tracebacklimit`.
pub(crate) fn traceback_limit(vm: &Vm) -> Option<usize> {
    let limit = setting(vm, q!("tracebacklimit"))?.as_small_int()?;
    Some(usize::try_from(limit).unwrap_or(0))
}

/// The text of a prompt, `sys.ps1` or `sys.ps2`; `usual` if the program has not imported `sys`. A value that is no
/// string is an empty prompt.
#[cfg(feature = "compiler")]
pub(crate) fn prompt(vm: &Vm, name: Qstr, usual: &[u8]) -> alloc::vec::Vec<u8> {
    match setting(vm, name) {
        Some(text) => vm.as_str(text).unwrap_or_default().into(),
        None => usual.into(),
    }
}

/// The names of the items of `sys.implementation`.
const FIELDS: [Qstr; 5] = [q!("name"), q!("version"), q!("_machine"), q!("_mpy"), q!("_build")];

/// The type of `sys.implementation`, which has the layout of a tuple.
static IMPLEMENTATION: Type =
    define!(Type::new(q!("attrtuple")).parent(&tuple::TYPE).print(print_implementation).attr(attr).subscr(subscr));

fn items(object: Obj) -> Option<Gc<Tuple>> {
    // SAFETY: this module makes the objects of this type, all of them tuples in layout.
    object.as_header().map(|header| unsafe { Gc::from_ptr(header.cast()) })
}

fn subscr(vm: &Vm, object: Obj, index: Obj, request: Subscr) -> Res<Option<Obj>> {
    let (Subscr::Load, Some(tuple)) = (request, items(object)) else { return Ok(None) };
    let plain = Tuple::new(vm, tuple.items())?;
    vm.load_subscr(plain.obj(), index).map(Some)
}

fn attr(_: &Vm, object: Obj, name: Qstr, request: Attr) -> Res<AttrResult> {
    let at = FIELDS.iter().position(|field| *field == name);
    let (Attr::Load | Attr::LoadMethod, Some(at), Some(tuple)) = (request, at, items(object)) else {
        return Ok(AttrResult::Missing);
    };
    Ok(tuple.items().get(at).map_or(AttrResult::Missing, |value| AttrResult::Value(*value)))
}

fn print_implementation(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    let Some(tuple) = items(object) else { return Ok(()) };
    for (n, value) in tuple.items().iter().enumerate() {
        out.write(vm, if n == 0 { b"(" } else { b", " })?;
        out.write(vm, vm.spelling(FIELDS[n]))?;
        out.write(vm, b"=")?;
        vm.print(out, *value, Style::Repr)?;
    }
    out.write(vm, b")")
}

fn exit(vm: &Vm, args: &[Obj]) -> Res {
    Err(vm.error_with(&SYSTEM_EXIT, args))
}

fn print_exception(vm: &Vm, args: &[Obj]) -> Res {
    match args.get(1) {
        Some(stream) => vm.print_exception(&mut StreamPrinter::new(vm, *stream)?, args[0])?,
        None => vm.print_exception(&mut Stdout, args[0])?,
    }
    Ok(Obj::NONE)
}

/// Sets the function that is called at the end of the program; answers the function that was set before.
fn atexit(vm: &Vm, function: Obj) -> Res {
    Ok(vm.set_at_exit(function).unwrap_or(Obj::NONE))
}

/// The exception that the innermost running handler got: its type, itself, and `None` for a traceback.
fn exc_info(vm: &Vm) -> Res {
    let info = match vm.handled() {
        Some(exception) => [vm.type_of(exception).obj(), exception, Obj::NONE],
        None => [Obj::NONE; 3],
    };
    Ok(Tuple::new(vm, &info)?.obj())
}

#[cfg(feature = "tracing")]
fn settrace(vm: &Vm, function: Obj) -> Res {
    vm.set_trace(vm.is_callable(function).then_some(function))?;
    Ok(Obj::NONE)
}

/// How many bytes of memory `object` takes, with the memory that belongs to it alone.
fn getsizeof(vm: &Vm, object: Obj) -> Res {
    if let Some(unary_op) = vm.type_of(object).slots.unary_op()
        && let Some(size) = unary_op(vm, UnaryOp::Sizeof, object)?
    {
        return Ok(size);
    }
    let block = object.as_header().map_or(size_of::<Obj>(), |header| vm.heap().size_of(header.cast()));
    let members = Instance::of(object).map_or(0, |instance| instance.members().bytes());
    vm.new_u64((block + members) as u64)
}
