//! The module `ffi`: functions and variables of the system's libraries (facts: `ports/unix/modffi.c` of MicroPython).
//!
//! The host [grants](berus_runtime::host::Host::foreign) libraries or not. A letter stands for a type: those of `struct`
//! for numbers, `v` for nothing, `p` and `P` for addresses, `s` for text, `O` for an object as it is, `C` for a function
//! that C code calls.

use core::cell::Cell;

use berus_runtime::data::builder::Builder;
use berus_runtime::errno::NO_ENTRY;
use berus_runtime::host::foreign::Word;
use berus_runtime::model::args::Args;
use berus_runtime::model::arity::CheckArguments;
use berus_runtime::model::buffer::Access;
use berus_runtime::model::error::{Raise, Raised, Res};
use berus_runtime::model::layout::List;
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::object::Gc;
use berus_runtime::model::printer::{Printer, Style};
use berus_runtime::model::protocols::{Ints, Iterate, Strs};
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::binary::{LITTLE, load, native_size, store};
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::obj::float::Floats;
use berus_runtime::obj::foreign::{ForeignGrant, MAX_PARAMETERS};
use berus_runtime::obj::raw::RawMemoryGrant;
use berus_runtime::ops::arithmetic::Arithmetic;
use berus_runtime::ops::buffer::Buffers;
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::print::Print;

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("ffi", MEMBERS);

berus_runtime::members! {
    static MEMBERS = {
        "open" => var(1, 1, open),
        "func" => f3(func),
        "callback" => kw(3, callback),
        "as_bytearray" => f2(as_bytearray),
    }
}

/// A library.
struct Library {
    number: usize,
    is_open: Cell<bool>,
}

berus_runtime::custom_type! {
    static LIBRARY: Type<Library> = "ffimod".print(print_library).locals(LIBRARY_METHODS);
}

berus_runtime::members! {
    static LIBRARY_METHODS = {
        "func" => var(4, 4, library_func),
        "var" => f3(variable),
        "addr" => f2(addr),
        "close" => f1(close),
    }
}

/// A function of C.
struct Function {
    address: usize,
    result: u8,
    /// The letters of its parameters.
    parameters: Obj,
}

berus_runtime::custom_type! {
    static FUNCTION: Type<Function> = "ffifunc".print(print_function).call(call);
}

/// A Python function that C code calls.
struct Callback {
    address: usize,
}

berus_runtime::custom_type! {
    static CALLBACK: Type<Callback> = "fficallback".print(print_callback).locals(CALLBACK_METHODS);
}

berus_runtime::members! {
    static CALLBACK_METHODS = {
        "cfun" => f1(cfun),
    }
}

/// A variable of C.
struct Variable {
    address: usize,
    code: u8,
}

berus_runtime::custom_type! {
    static VARIABLE: Type<Variable> = "ffivar".print(print_variable).locals(VARIABLE_METHODS);
}

berus_runtime::members! {
    static VARIABLE_METHODS = {
        "get" => f1(get),
        "set" => f2(set),
    }
}

/// How the machine passes what a letter stands for.
fn word(letter: u8) -> Option<Word> {
    const LONG: [Word; 2] =
        if size_of::<core::ffi::c_long>() == 8 { [Word::I64, Word::U64] } else { [Word::I32, Word::U32] };
    Some(match letter {
        b'b' => Word::I8,
        b'B' => Word::U8,
        b'h' => Word::I16,
        b'H' => Word::U16,
        b'i' => Word::I32,
        b'I' => Word::U32,
        b'l' => LONG[0],
        b'L' => LONG[1],
        b'q' => Word::I64,
        b'Q' => Word::U64,
        b'f' => Word::F32,
        b'd' => Word::F64,
        b'O' | b'C' | b'P' | b'p' | b's' => Word::Pointer,
        b'v' => Word::Void,
        _ => return None,
    })
}

#[cold]
fn unknown(vm: &Vm) -> Raised {
    vm.type_error(format_args!("unknown type"))
}

/// The letter of an answer.
fn result_of(vm: &Vm, object: Obj) -> Res<u8> {
    let letter = vm.str_or_bytes(object)?.first().copied().unwrap_or(0);
    if word(letter).is_some() { Ok(letter) } else { Err(unknown(vm)) }
}

/// The letters of parameters, given as a string or as an iterable of letters, as a bytes object.
fn parameters_of(vm: &Vm, object: Obj) -> Res {
    let mut letters = Builder::new();
    let each = vm.each(object)?;
    while let Some(item) = each.next(vm)? {
        let letter = vm.as_str(item).and_then(|text| text.first().copied());
        let letter = letter.filter(|&letter| word(letter).is_some_and(|word| word != Word::Void));
        letters.push(vm, letter.ok_or_else(|| unknown(vm))?)?;
    }
    letters.into_bytes(vm)
}

/// The words that letters stand for, and how many.
fn words(vm: &Vm, letters: &[u8]) -> Res<([Word; MAX_PARAMETERS], usize)> {
    let mut words = [Word::Void; MAX_PARAMETERS];
    if letters.len() > MAX_PARAMETERS {
        return Err(vm.value_error(format_args!("error in ffi_prep_cif")));
    }
    for (place, &letter) in words.iter_mut().zip(letters) {
        *place = word(letter).ok_or_else(|| unknown(vm))?;
    }
    Ok((words, letters.len()))
}

/// `open(name)`, where `None` is the program itself.
fn open(vm: &Vm, args: &[Obj]) -> Res {
    let name = if args[0] == Obj::NONE { None } else { Some(vm.str_or_bytes(args[0])?) };
    let number = vm.foreign()?.open(name).map_err(|errno| vm.os_error(errno))?;
    Ok(vm.new_custom(Library { number, is_open: Cell::new(true) })?.obj())
}

fn library(vm: &Vm, object: Obj) -> Res<Gc<Custom<Library>>> {
    vm.this(object)
}

fn close(vm: &Vm, object: Obj) -> Res {
    let library = library(vm, object)?;
    if library.is_open.replace(false) {
        vm.foreign()?.close(library.number);
    }
    Ok(Obj::NONE)
}

/// The address of what a library calls so.
fn symbol(vm: &Vm, object: Obj, name: Obj) -> Res<usize> {
    let (library, name) = (library(vm, object)?, vm.str_or_bytes(name)?);
    let found = if library.is_open.get() { vm.foreign()?.symbol(library.number, name) } else { None };
    found.ok_or_else(|| vm.os_error(NO_ENTRY))
}

fn addr(vm: &Vm, object: Obj, name: Obj) -> Res {
    vm.new_uint(symbol(vm, object, name)?)
}

fn new_function(vm: &Vm, result: Obj, address: usize, parameters: Obj) -> Res {
    let (result, parameters) = (result_of(vm, result)?, parameters_of(vm, parameters)?);
    words(vm, vm.str_or_bytes(parameters)?)?;
    Ok(vm.new_custom(Function { address, result, parameters })?.obj())
}

/// `library.func(result, name, parameters)`
fn library_func(vm: &Vm, args: &[Obj]) -> Res {
    let address = symbol(vm, args[0], args[2])?;
    new_function(vm, args[1], address, args[3])
}

/// `func(result, address, parameters)`
fn func(vm: &Vm, result: Obj, address: Obj, parameters: Obj) -> Res {
    vm.foreign()?;
    new_function(vm, result, vm.int_truncated(address)?, parameters)
}

fn call(vm: &Vm, object: Obj, args: Args<'_>) -> Res {
    let function = vm.this::<Custom<Function>>(object)?;
    let letters = vm.str_or_bytes(function.parameters)?;
    vm.check_args(args, letters.len(), letters.len(), false)?;
    let (words, count) = words(vm, letters)?;
    let mut values = [(Word::Void, 0); MAX_PARAMETERS];
    // Text that has been made for the call, which the collector finds here.
    let made = List::new(vm, &[])?;
    for (at, (&letter, &object)) in letters.iter().zip(args.pos()).enumerate() {
        values[at] = (words[at], value(vm, letter, object, made)?);
    }
    let result = word(function.result).unwrap_or(Word::Void);
    let answer = vm.call_foreign(function.address, result, values.get(..count).unwrap_or_default())?;
    answered(vm, function.result, answer)
}

/// The bits that an object is passed as.
fn value(vm: &Vm, letter: u8, object: Obj, made: Gc<List>) -> Res<u64> {
    match letter {
        b'O' => {
            let mut word = [0; size_of::<usize>()];
            store(vm, b'O', &mut word, LITTLE, object)?;
            return Ok(usize::from_ne_bytes(word) as u64);
        }
        b'f' => return Ok(u64::from((vm.float(object)? as f32).to_bits())),
        b'd' => return Ok(vm.float(object)?.to_bits()),
        _ => {}
    }
    if object == Obj::NONE {
        return Ok(0);
    }
    if vm.is_int_or_bool(object) {
        let mut bytes = [0; 8];
        store(vm, b'Q', &mut bytes, true, object)?;
        return Ok(u64::from_le_bytes(bytes));
    }
    if let Ok(callback) = vm.this::<Custom<Callback>>(object) {
        return Ok(callback.address as u64);
    }
    if object.as_qstr().is_some() {
        // A name has no zero byte behind its text.
        let mut text = Builder::new();
        text.extend(vm, vm.str_or_bytes(object)?)?;
        let text = text.into_bytes(vm)?;
        made.append(vm, text)?;
        return Ok(vm.buffer(text, Access::Read)?.address() as u64);
    }
    match vm.try_buffer(object, Access::Read)? {
        Some(buffer) => Ok(buffer.address() as u64),
        None => Err(vm.type_error(format_args!("don't know how to pass object to native function"))),
    }
}

/// The object that an answer is.
fn answered(vm: &Vm, letter: u8, bits: u64) -> Res {
    match letter {
        b'v' => Ok(Obj::NONE),
        b's' => vm.raw_memory()?.text(vm, bits as usize),
        b'f' => vm.new_float(f32::from_bits(bits as u32).into()),
        b'd' => vm.new_float(f64::from_bits(bits)),
        b'O' => load(vm, b'O', &(bits as usize).to_ne_bytes(), LITTLE),
        b'B' | b'H' | b'I' | b'L' | b'Q' => vm.new_u64(bits),
        _ => vm.new_i64(bits as i64),
    }
}

/// `callback(result, function, parameters, *, lock=False)`. Exceptions of the function are raised when the call is over
/// that led to it, so that there is nothing to lock.
fn callback(vm: &Vm, args: Args<'_>) -> Res {
    let &[result, function, parameters] = args.pos() else {
        return Err(vm.type_error(format_args!("extra positional arguments given")));
    };
    if args.kw().any(|(name, _)| vm.as_str(name) != Some(b"lock")) {
        return Err(vm.type_error(format_args!("extra keyword arguments given")));
    }
    let (result, parameters) = (result_of(vm, result)?, parameters_of(vm, parameters)?);
    let (words, count) = words(vm, vm.str_or_bytes(parameters)?)?;
    let result = word(result).unwrap_or(Word::Void);
    let address = vm.new_callback(result, words.get(..count).unwrap_or_default(), function)?;
    Ok(vm.new_custom(Callback { address })?.obj())
}

fn cfun(vm: &Vm, object: Obj) -> Res {
    vm.new_uint(vm.this::<Custom<Callback>>(object)?.address)
}

/// `library.var(type, name)`
fn variable(vm: &Vm, object: Obj, code: Obj, name: Obj) -> Res {
    let address = symbol(vm, object, name)?;
    let code = vm.str_or_bytes(code)?.first().copied().unwrap_or(0);
    if native_size(code).is_none() {
        return Err(vm.value_error(format_args!("bad typecode")));
    }
    Ok(vm.new_custom(Variable { address, code })?.obj())
}

fn get(vm: &Vm, object: Obj) -> Res {
    let variable = vm.this::<Custom<Variable>>(object)?;
    let mut bytes = [0; 8];
    let bytes = &mut bytes[..native_size(variable.code).unwrap_or(0)];
    vm.raw_memory()?.read(variable.address, bytes);
    load(vm, variable.code, bytes, LITTLE)
}

fn set(vm: &Vm, object: Obj, value: Obj) -> Res {
    let variable = vm.this::<Custom<Variable>>(object)?;
    let mut bytes = [0; 8];
    let bytes = &mut bytes[..native_size(variable.code).unwrap_or(0)];
    store(vm, variable.code, bytes, LITTLE, value)?;
    vm.raw_memory()?.write(variable.address, bytes);
    Ok(Obj::NONE)
}

/// `as_bytearray(address, size)`
fn as_bytearray(vm: &Vm, address: Obj, size: Obj) -> Res {
    vm.raw_memory()?.bytearray(vm, vm.int_truncated(address)?, vm.int_truncated(size)?)
}

fn print_library(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    vm.print_fmt(out, format_args!("<ffimod {:x}>", library(vm, object)?.number))
}

fn print_function(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    vm.print_fmt(out, format_args!("<ffifunc {:x}>", vm.this::<Custom<Function>>(object)?.address))
}

fn print_callback(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    vm.print_fmt(out, format_args!("<fficallback {:x}>", vm.this::<Custom<Callback>>(object)?.address))
}

fn print_variable(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    let variable = vm.this::<Custom<Variable>>(object)?;
    let mut bytes = [0; 4];
    vm.raw_memory()?.read(variable.address, &mut bytes);
    vm.print_fmt(out, format_args!("<ffivar @{:x}: 0x{:x}>", variable.address, u32::from_ne_bytes(bytes)))
}
