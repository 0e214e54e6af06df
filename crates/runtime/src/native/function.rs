//! Functions of machine code.
//!
//! The arguments of a call are passed as they lie on the value stack, which is how MicroPython's calling convention
//! wants them: the function object, the numbers of positional and keyword arguments, and where the arguments are. A
//! Python function first calls [`setup`], which lays its arguments out as local variables; a viper function looks at
//! its arguments itself.

use core::ffi::c_void;
use core::hint::black_box;

use berus_mpy::prelude::scope_flag;

use crate::data::cell::Cell;
use crate::data::function::Binding;
use crate::model::args::Args;
use crate::model::arity::CheckArguments;
use crate::model::buffer::Access;
use crate::model::code::{Code, Context};
use crate::model::error::{Raise, Res};
use crate::model::layout::{Dict, List, Tuple};
use crate::model::object::{Gc, Header, Object};
use crate::model::printer::{Printer, Style};
use crate::model::protocols::{Classes, Ints};
use crate::model::types::{Attr, AttrResult, Type, flag};
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::native::code::{Kind, MachineCode};
use crate::native::generator::NativeGenerator;
use crate::native::machine::callable;
use crate::native::table::convert;
use crate::native::{border, foreign};
use crate::ops::arithmetic::Arithmetic;
use crate::ops::buffer::Buffers;
use crate::ops::print::Print;
use crate::qstr::Qstr;
use crate::{define, q};

const WORD: usize = size_of::<usize>();

/// The type of Python functions.
pub(super) static NATIVE: Type =
    define!(Type::new(q!("function")).flags(flag::BINDS_SELF).print(print).call(call_native).attr(attr));

/// The type of Python functions that make generators.
pub(super) static GENERATOR: Type =
    define!(Type::new(q!("generator")).flags(flag::BINDS_SELF).call(call_generator).attr(attr));

/// The type of viper functions, and of functions written in C that take any arguments.
pub(super) static VIPER: Type = define!(Type::new(q!("function")).flags(flag::BINDS_SELF).call(call_viper));

/// The type of functions of machine words.
pub(super) static ASM: Type = define!(Type::new(q!("function")).flags(flag::BINDS_SELF).call(call_asm));

/// A function. The defaults of its positional arguments, then the dict of the defaults of keyword-only arguments follow
/// the structure. Machine code knows the first four words (MicroPython: `mp_obj_fun_bc_t`).
#[repr(C)]
pub(super) struct NativeFunction {
    header: Header,
    context: Gc<Context>,
    children: Slots,
    text: *const u8,
    /// The code object that the function was made of; `None` if C code made the function of an address.
    code: Option<Gc<MachineCode>>,
    n_extra: usize,
}

/// A block of the code objects that a function makes functions of.
type Slots = Option<core::ptr::NonNull<Slot>>;

// SAFETY: `NativeFunction` is `repr(C)` and starts with a header; objects of this type, and of the other types that
// `of` knows, have the layout of `NativeFunction`.
unsafe impl Object for NativeFunction {
    const TYPE: &'static Type = &NATIVE;
}

impl NativeFunction {
    /// The function that `object` is, of whichever kind.
    #[inline(always)]
    pub fn of(object: Obj) -> Option<Gc<NativeFunction>> {
        let header = object.as_header()?;
        // SAFETY: a pointer word points to a live object; objects of these types have the layout of `NativeFunction`.
        unsafe {
            let ty = header.as_ref().ty();
            [&VIPER, &NATIVE, &GENERATOR, &ASM]
                .into_iter()
                .any(|known| ty == Gc::from_static(known))
                .then(|| Gc::from_ptr(header.cast()))
        }
    }

    /// A function made of `code`.
    ///
    /// # Errors
    /// `TypeError` if the code expects other defaults, and `MemoryError`.
    pub fn new(vm: &Vm, code: Gc<MachineCode>, defaults: Slot, keyword_defaults: Slot) -> Res<Gc<NativeFunction>> {
        let tuple = defaults.and_then(|defaults| defaults.downcast::<Tuple>());
        let mut defaults = tuple.as_ref().map_or(&[][..], |tuple| tuple.items());
        let mut dict = keyword_defaults.filter(|dict| dict.downcast::<Dict>().is_some());
        let ty = match code.kind {
            Kind::Native(signature) => {
                if defaults.len() != usize::from(signature.n_def)
                    || dict.is_some() != signature.has(scope_flag::DEFKWARGS)
                {
                    return Err(vm.type_error(format_args!("argument num/types mismatch")));
                }
                if signature.is_generator() { &GENERATOR } else { &NATIVE }
            }
            kind => {
                (defaults, dict) = (&[], None);
                if matches!(kind, Kind::Viper) { &VIPER } else { &ASM }
            }
        };
        let n_extra = defaults.len() + usize::from(dict.is_some());
        let object = NativeFunction {
            header: Header::of(ty),
            context: code.context,
            children: code.children,
            text: code.text,
            code: Some(code),
            n_extra,
        };
        let function = vm.alloc_tail(object, n_extra * WORD)?;
        for (n, word) in defaults.iter().copied().chain(dict).enumerate() {
            // SAFETY: the tail has room for `n_extra` words.
            unsafe { function.as_ptr().add(1).cast::<Obj>().add(n).write(word) };
        }
        Ok(function)
    }

    /// A function written in C, at `text`, of the module with this context.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn of_address(vm: &Vm, context: Gc<Context>, text: *const u8) -> Res<Gc<NativeFunction>> {
        vm.alloc(NativeFunction { header: Header::of(&VIPER), context, children: None, text, code: None, n_extra: 0 })
    }

    /// The code object that has the function's signature, from its prelude, if it is a Python function.
    pub fn signature(&self) -> Option<Gc<Code>> {
        match self.code?.kind {
            Kind::Native(signature) => Some(signature),
            _ => None,
        }
    }

    /// The variables of the function's module.
    pub fn globals(&self) -> Gc<Dict> {
        self.context.globals()
    }

    fn extra(&self) -> &[Slot] {
        let start = core::ptr::from_ref(self).wrapping_add(1).cast();
        // SAFETY: `n_extra` words follow the object.
        unsafe { core::slice::from_raw_parts(start, self.n_extra) }
    }

    /// Where the code of `object` begins that takes arguments as they lie on the value stack. `None` if `object` is no
    /// function of machine code, or one that is called in another way.
    #[inline(always)]
    pub fn entry(object: Obj) -> Option<*const c_void> {
        let header = object.as_header()?;
        // SAFETY: a pointer word points to a live object.
        let ty = unsafe { header.as_ref() }.ty();
        // A Python function begins with a word that says where its prelude is.
        let skipped = if ty == Gc::from_static(&NATIVE) {
            WORD
        } else if ty == Gc::from_static(&VIPER) {
            0
        } else {
            return None;
        };
        // SAFETY: objects of these types have the layout of `NativeFunction`.
        Some(callable(unsafe { header.cast::<NativeFunction>().as_ref() }.text.wrapping_add(skipped)))
    }

    /// Where a generator's code begins: the address that the generator notes as where to go on, and the address that is
    /// called.
    pub fn generator_entries(&self) -> (*const u8, *const c_void) {
        // SAFETY: the loader has seen that a generator's code has a second word.
        let start = unsafe { self.text.cast::<usize>().add(1).read_unaligned() };
        (callable(self.text.wrapping_add(start)).cast(), callable(self.text.wrapping_add(2 * WORD)))
    }
}

/// Calls machine code that gets arguments as they lie on the value stack.
#[inline(always)]
fn call_entry(vm: &Vm, function: Obj, globals: Option<Gc<Dict>>, entry: *const c_void, args: Args<'_>) -> Res {
    let words = args.words();
    let parameters = [function.bits(), args.n_pos(), args.n_kw(), words.as_ptr().expose_provenance()];
    // SAFETY: the function's code is at `entry`. The function, and so its code, is kept to the end of the call.
    let result = unsafe { border::call(vm, globals, entry, parameters) };
    black_box(function);
    foreign::result(vm, result?)
}

fn call_viper(vm: &Vm, object: Obj, args: Args<'_>) -> Res {
    // SAFETY: objects of this type have the layout of `NativeFunction`.
    match object.as_header().map(|header| unsafe { header.cast::<NativeFunction>().as_ref() }) {
        Some(function) => call_entry(vm, object, None, callable(function.text), args),
        None => Ok(Obj::NONE),
    }
}

fn call_native(vm: &Vm, object: Obj, args: Args<'_>) -> Res {
    match object.downcast::<NativeFunction>() {
        Some(function) => {
            let entry = callable(function.text.wrapping_add(WORD));
            call_entry(vm, object, Some(function.globals()), entry, args)
        }
        None => Ok(Obj::NONE),
    }
}

fn call_generator(vm: &Vm, object: Obj, args: Args<'_>) -> Res {
    match NativeFunction::of(object) {
        Some(function) => NativeGenerator::make(vm, function, args),
        None => Ok(Obj::NONE),
    }
}

fn call_asm(vm: &Vm, object: Obj, args: Args<'_>) -> Res {
    let Some((function, code)) = NativeFunction::of(object).and_then(|f| Some((f, f.code?))) else {
        return Ok(Obj::NONE);
    };
    let Kind::Asm { arguments, result } = code.kind else { return Ok(Obj::NONE) };
    vm.check_args(args, arguments, arguments, false)?;
    let mut words = [0; 4];
    for (word, arg) in words.iter_mut().zip(args.pos()) {
        *word = asm_word(vm, *arg)?;
    }
    // SAFETY: as in `call_entry`; code of this kind takes up to four words.
    let value = unsafe { border::call(vm, None, callable(function.text), words) };
    black_box(object);
    convert::to_object(vm, value?, result)
}

/// The machine word that a function of machine words gets for `object` (MicroPython: `py/objfun.c`,
/// `convert_obj_for_inline_asm`).
fn asm_word(vm: &Vm, object: Obj) -> Res<usize> {
    if object == Obj::NONE {
        return Ok(0);
    }
    if vm.is_int_or_bool(object) {
        return vm.int_truncated(object);
    }
    if let Some(value) = crate::obj::float::as_float(object) {
        return Ok(value as isize as usize);
    }
    if let Some(list) = object.downcast::<List>() {
        return Ok(list.items().as_ptr().expose_provenance());
    }
    if let Some(tuple) = object.downcast::<Tuple>() {
        return Ok(tuple.items().as_ptr().expose_provenance());
    }
    Ok(match vm.try_buffer(object, Access::Read)? {
        Some(buffer) => buffer.data().as_ptr().expose_provenance(),
        None => object.bits(),
    })
}

/// Lays out the arguments of a call as local variables, the way machine code wants them: in `state`, the first variable
/// last. Cells are made of the variables that are cells.
///
/// # Errors
/// `TypeError` if the function takes other arguments, and `MemoryError`.
pub(super) fn setup(vm: &Vm, function: Gc<NativeFunction>, args: Args<'_>, state: &mut [Slot]) -> Res<()> {
    let Some(code) = function.signature() else {
        state.fill(None);
        return Ok(());
    };
    let Some(n_others) = state.len().checked_sub(code.n_args()) else {
        return Err(vm.type_error(format_args!("argument num/types mismatch")));
    };
    let last = state.len().wrapping_sub(1);
    let (others, arguments) = state.split_at_mut(n_others);
    others.fill(None);
    if args.n_kw() == 0 && args.n_pos() == arguments.len() && !code.takes_more() {
        for (slot, value) in arguments.iter_mut().rev().zip(args.pos()) {
            *slot = Some(*value);
        }
    } else {
        arguments.fill(None);
        let extra = function.extra();
        let binding = Binding {
            code,
            cells: &[],
            defaults: extra.get(..usize::from(code.n_def)).unwrap_or_default(),
            keyword_defaults: extra.last().copied().flatten().and_then(|dict| dict.downcast::<Dict>()),
        };
        binding.bind(vm, args, arguments)?;
        arguments.reverse();
    }
    for &local in code.cells() {
        if let Some(slot) = last.checked_sub(local.into()).and_then(|at| state.get_mut(at)) {
            *slot = Some(Cell::new(vm, *slot)?.obj());
        }
    }
    Ok(())
}

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    let name = NativeFunction::of(object)
        .and_then(|function| function.signature())
        .map_or("?", |code| vm.name_str(code.name()));
    vm.print_fmt(out, format_args!("<function {name} at {:#x}>", object.bits()))
}

fn attr(_: &Vm, object: Obj, name: Qstr, request: Attr) -> Res<AttrResult> {
    let Some(function) = NativeFunction::of(object) else { return Ok(AttrResult::Missing) };
    if !matches!(request, Attr::Load | Attr::LoadMethod) {
        return Ok(AttrResult::Missing);
    }
    Ok(match function.signature() {
        Some(code) if name == q!("__name__") => AttrResult::Value(Obj::qstr(code.name())),
        _ if name == q!("__globals__") => AttrResult::Value(function.globals().obj()),
        _ => AttrResult::Missing,
    })
}
