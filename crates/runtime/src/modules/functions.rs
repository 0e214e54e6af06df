//! The built-in functions that work on values: `len`, `sorted`, `print` and their like, and the types.

use berus_mpy::opcode::BinaryOp;

use crate::data::builder::Builder;
use crate::model::args::Args;
use crate::model::buffer::Access;
use crate::model::error::{Raise, Res};
use crate::model::events::Poll;
use crate::model::importing::Import;
use crate::model::printer::{Printer, Style};
use crate::model::protocols::{Classes, Compare, Hash, Ints, Iterate, Strs};
use crate::model::types::{Type, UnaryOp};
use crate::model::vm::Vm;
use crate::model::word::Obj;
#[cfg(feature = "help")]
use crate::modules::help;
use crate::obj::float::Floats;
use crate::obj::{float, int, none};
use crate::ops::arithmetic::{Arithmetic, abs};
use crate::ops::attr::Attributes;
use crate::ops::buffer::Buffers;
use crate::ops::call::Call;
use crate::ops::convert::Convert;
use crate::ops::print::{Print, Stdout};
use crate::ops::stream::StreamPrinter;
use crate::ops::truth::Truth;
use crate::services::console::Console;
use crate::text::utf8;
use crate::{obj, q};

const fn ty(ty: &'static Type) -> Obj {
    Obj::from_static(ty)
}

crate::members! {
    /// The functions and types.
    pub static MEMBERS = {
        "abs" => f1(abs),
        "all" => f1(all),
        #[cfg(feature = "python")]
        "vars" => var(0, 1, vars),
        #[cfg(feature = "python")]
        "ascii" => f1(obj::str_format::ascii),
        "any" => f1(any),
        "bin" => f1(bin),
        "bool" => value(ty(&obj::bool::TYPE)),
        "bytearray" => value(ty(&obj::array::BYTEARRAY)),
        "bytes" => value(ty(&obj::bytes::TYPE)),
        "callable" => f1(callable),
        "chr" => f1(chr),
        #[cfg(feature = "float")]
        "complex" => value(ty(&obj::complex::TYPE)),
        "delattr" => f2(delattr),
        "dict" => value(ty(&obj::dict::TYPE)),
        "divmod" => f2(divmod),
        "Ellipsis" => value(none::ELLIPSIS),
        "enumerate" => value(ty(&obj::adapters::ENUMERATE)),
        "filter" => value(ty(&obj::adapters::FILTER)),
        #[cfg(feature = "float")]
        "float" => value(ty(&obj::float::TYPE)),
        "format" => var(1, 2, format),
        "frozenset" => value(ty(&obj::set::FROZEN_TYPE)),
        "getattr" => var(2, 3, getattr),
        "hasattr" => f2(hasattr),
        "hash" => f1(hash),
        #[cfg(feature = "help")]
        "help" => var(0, 1, help::help),
        "hex" => f1(hex),
        "id" => f1(id),
        "input" => var(0, 1, input),
        "int" => value(ty(&obj::int::TYPE)),
        "isinstance" => f2(isinstance),
        "issubclass" => f2(issubclass),
        "iter" => f1(iter),
        "len" => f1(len),
        "list" => value(ty(&obj::list::TYPE)),
        "map" => value(ty(&obj::adapters::MAP)),
        "max" => kw(1, max),
        #[cfg(feature = "memoryview")]
        "memoryview" => value(ty(&obj::memoryview::TYPE)),
        "min" => kw(1, min),
        "next" => var(1, 2, next),
        "NotImplemented" => value(none::NOT_IMPLEMENTED),
        "oct" => f1(oct),
        "ord" => f1(ord),
        "pow" => var(2, 3, pow),
        "print" => kw(0, print),
        "range" => value(ty(&obj::range::TYPE)),
        "repr" => f1(repr),
        "reversed" => value(ty(&obj::adapters::REVERSED)),
        "round" => var(1, 2, round),
        "set" => value(ty(&obj::set::TYPE)),
        "setattr" => f3(setattr),
        "slice" => value(ty(&obj::slice::TYPE)),
        "sorted" => kw(1, sorted),
        "str" => value(ty(&obj::str::TYPE)),
        "sum" => var(1, 2, sum),
        "tuple" => value(ty(&obj::tuple::TYPE)),
        "zip" => value(ty(&obj::adapters::ZIP)),
        "__repl_print__" => f1(repl_print),
        #[cfg(feature = "templates")]
        "__template__" => var(1, 255, obj::template::build),
    }
}

/// Whether an item of an iterable has truth `wanted`.
fn some(vm: &Vm, iterable: Obj, wanted: bool) -> Res<bool> {
    let iterator = vm.each(iterable)?;
    while let Some(item) = iterator.next(vm)? {
        if vm.truth(item)? == wanted {
            return Ok(true);
        }
    }
    Ok(false)
}

fn all(vm: &Vm, iterable: Obj) -> Res {
    Ok(Obj::bool(!some(vm, iterable, false)?))
}

fn any(vm: &Vm, iterable: Obj) -> Res {
    Ok(Obj::bool(some(vm, iterable, true)?))
}

/// The text of an int in a base, with the base's prefix.
fn in_base(vm: &Vm, object: Obj, spec: &[u8]) -> Res {
    let mut out = Builder::new();
    obj::str_format::format_value(vm, &mut out, vm.to_int(object)?, spec)?;
    out.into_str(vm)
}

fn bin(vm: &Vm, object: Obj) -> Res {
    in_base(vm, object, b"#b")
}

fn oct(vm: &Vm, object: Obj) -> Res {
    in_base(vm, object, b"#o")
}

fn hex(vm: &Vm, object: Obj) -> Res {
    in_base(vm, object, b"#x")
}

/// A line from the console, without its end.
fn input(vm: &Vm, args: &[Obj]) -> Res {
    let (mut prompt, mut line) = (Builder::new(), Builder::new());
    if let Some(text) = args.first() {
        vm.print(&mut prompt, *text, Style::Str)?;
    }
    let is_there = match &vm.line_editor {
        Some(editor) => editor.edit_line(vm, prompt.bytes(), &mut line)?,
        None => {
            Stdout.write(vm, prompt.bytes())?;
            vm.host().flush();
            vm.read_console_line(&mut line)?
        }
    };
    if is_there { line.into_str_checked(vm) } else { Err(vm.error_with(&obj::exception::EOF_ERROR, &[])) }
}

fn callable(vm: &Vm, object: Obj) -> Res {
    Ok(Obj::bool(vm.is_callable(object)))
}

fn chr(vm: &Vm, number: Obj) -> Res {
    match u32::try_from(vm.int(number)?) {
        Ok(point @ 0..0x11_0000) => vm.new_char(point),
        _ => Err(vm.value_error(format_args!("chr() arg not in range(0x110000)"))),
    }
}

fn delattr(vm: &Vm, object: Obj, name: Obj) -> Res {
    vm.delete_attr(object, vm.to_name(name)?)?;
    Ok(Obj::NONE)
}

fn divmod(vm: &Vm, left: Obj, right: Obj) -> Res {
    vm.divmod(left, right)
}

fn format(vm: &Vm, args: &[Obj]) -> Res {
    let spec = match args.get(1) {
        Some(&spec) => vm.str_or_bytes(spec)?,
        None => b"",
    };
    if let Some(text) = obj::str_format::by_method(vm, args[0], spec)? {
        return Ok(text);
    }
    if spec.is_empty() {
        return vm.str(args[0]);
    }
    let mut out = Builder::new();
    obj::str_format::format_value(vm, &mut out, args[0], spec)?;
    out.into_str(vm)
}

fn getattr(vm: &Vm, args: &[Obj]) -> Res {
    let name = vm.to_name(args[1])?;
    match args.get(2) {
        Some(&default) => Ok(vm.find_attr_quietly(args[0], name)?.unwrap_or(default)),
        None => vm.load_attr(args[0], name),
    }
}

fn hasattr(vm: &Vm, object: Obj, name: Obj) -> Res {
    Ok(Obj::bool(vm.find_attr_quietly(object, vm.to_name(name)?)?.is_some()))
}

fn hash(vm: &Vm, object: Obj) -> Res {
    Ok(crate::ops::hash::to_obj(vm.hash(object)?))
}

fn id(vm: &Vm, object: Obj) -> Res {
    vm.new_int(object.bits() as isize)
}

fn isinstance(vm: &Vm, object: Obj, types: Obj) -> Res {
    Ok(Obj::bool(vm.is_subclass_of(vm.type_of(object), types)?))
}

fn issubclass(vm: &Vm, class: Obj, types: Obj) -> Res {
    match class.downcast::<Type>() {
        Some(class) => Ok(Obj::bool(vm.is_subclass_of(class, types)?)),
        None => Err(vm.type_error(format_args!("issubclass() arg 1 must be a class"))),
    }
}

fn iter(vm: &Vm, object: Obj) -> Res {
    vm.iter(object)
}

fn len(vm: &Vm, object: Obj) -> Res {
    vm.len(object)
}

/// The item that comes out best by comparing with `op`.
fn best(vm: &Vm, args: Args<'_>, op: BinaryOp) -> Res {
    let (mut key, mut default) = (None, None);
    for (name, value) in args.kw() {
        match vm.as_str(name) {
            Some(b"key") => key = (value != Obj::NONE).then_some(value),
            Some(b"default") => default = Some(value),
            _ => return Err(vm.type_error(format_args!("extra keyword arguments given"))),
        }
    }
    let mut best: Option<(Obj, Obj)> = None;
    let mut consider = |item: Obj| {
        vm.work(1)?;
        let value = match key {
            Some(key) => vm.call(key, &[item])?,
            None => item,
        };
        let better = match best {
            Some((best, _)) => {
                let better = vm.binary_op(op, value, best)?;
                vm.truth(better)?
            }
            None => true,
        };
        if better {
            best = Some((value, item));
        }
        Ok(())
    };
    match args.pos() {
        [iterable] => {
            let iterator = vm.each(*iterable)?;
            while let Some(item) = iterator.next(vm)? {
                consider(item)?;
            }
        }
        items => items.iter().try_for_each(|&item| consider(item))?,
    }
    match best.map(|(_, item)| item).or(default) {
        Some(item) => Ok(item),
        None => Err(vm.value_error(format_args!("arg is an empty sequence"))),
    }
}

fn max(vm: &Vm, args: Args<'_>) -> Res {
    best(vm, args, BinaryOp::More)
}

fn min(vm: &Vm, args: Args<'_>) -> Res {
    best(vm, args, BinaryOp::Less)
}

fn next(vm: &Vm, args: &[Obj]) -> Res {
    match (vm.next(args[0])?, args.get(1)) {
        (Some(item), _) => Ok(item),
        (None, Some(&default)) => {
            vm.take_returned();
            Ok(default)
        }
        (None, None) => Err(vm.stop_iteration(vm.take_returned())),
    }
}

fn ord(vm: &Vm, object: Obj) -> Res {
    let text = match vm.try_buffer(object, Access::Read)? {
        Some(buffer) => buffer.bytes(),
        None => vm.str_or_bytes(object)?,
    };
    let is_str = vm.as_str(object).is_some();
    let len = if is_str { vm.count_characters(text) } else { text.len() };
    if len != 1 {
        return Err(vm.type_error(format_args!("ord() expected a character, but string of length {len} found")));
    }
    let point = if is_str { utf8::decode_at(text, 0) } else { u32::from(text[0]) };
    vm.new_int(point as isize)
}

fn pow(vm: &Vm, args: &[Obj]) -> Res {
    match args.get(2) {
        #[cfg(feature = "python")]
        Some(&modulus) if modulus != Obj::NONE && vm.int_is_negative(args[1]) => {
            let inverse = int::inverse(vm, args[0], modulus)?;
            int::pow3(vm, inverse, vm.unary_op(UnaryOp::Negative, args[1])?, modulus)
        }
        Some(&modulus) if modulus != Obj::NONE => int::pow3(vm, args[0], args[1], modulus),
        _ => vm.binary_op(BinaryOp::Power, args[0], args[1]),
    }
}

fn print(vm: &Vm, args: Args<'_>) -> Res {
    let (mut separator, mut end): (&[u8], &[u8]) = (b" ", b"\n");
    let mut file = None;
    for (name, value) in args.kw() {
        match vm.as_str(name) {
            Some(b"sep" | b"end") if value == Obj::NONE && cfg!(feature = "python") => {}
            Some(b"flush") if cfg!(feature = "python") => {}
            Some(b"sep") => separator = vm.str_or_bytes(value)?,
            Some(b"end") => end = vm.str_or_bytes(value)?,
            Some(b"file") => file = Some(value),
            _ => return Err(vm.type_error(format_args!("extra keyword arguments given"))),
        }
    }
    #[cfg(feature = "python")]
    {
        file = file.filter(|file| *file != Obj::NONE).or_else(|| crate::modules::sys::replaced_stdout(vm));
        if file == Some(Obj::NONE) {
            return Ok(Obj::NONE);
        }
    }
    let mut stream;
    let mut console = Stdout;
    let out: &mut dyn Printer = match file {
        Some(file) => {
            stream = StreamPrinter::new(vm, file)?;
            &mut stream
        }
        None => &mut console,
    };
    for (index, &object) in args.pos().iter().enumerate() {
        if index > 0 {
            out.write(vm, separator)?;
        }
        vm.print(out, object, Style::Str)?;
    }
    out.write(vm, end)?;
    Ok(Obj::NONE)
}

/// Prints the value of a statement typed at a prompt, and keeps it as `_`.
fn repl_print(vm: &Vm, object: Obj) -> Res {
    if object != Obj::NONE {
        vm.print(&mut Stdout, object, Style::Repr)?;
        vm.host().write_stdout(b"\n");
        let builtins = vm.import(b"builtins", vm.main(), true, 0)?;
        vm.store_attr(builtins, q!("_"), object)?;
    }
    Ok(Obj::NONE)
}

/// `vars(object)`: a dict of the attributes of an object, or of the local variables without one.
#[cfg(feature = "python")]
fn vars(vm: &Vm, args: &[Obj]) -> Res {
    match args.first() {
        Some(&object) => match vm.find_attr_quietly(object, q!("__dict__"))? {
            Some(attributes) => Ok(attributes),
            None => Err(vm.type_error(format_args!("vars() argument must have __dict__ attribute"))),
        },
        None => Ok(vm.locals().obj()),
    }
}

fn repr(vm: &Vm, object: Obj) -> Res {
    vm.repr(object)
}

/// `round(value, -zeros)` for an int: to a multiple of a power of ten, a half to an even multiple.
fn round_int(vm: &Vm, value: Obj, zeros: usize) -> Res {
    // An int has fewer than three digits for each of its bytes: a value far less than half of the power rounds to 0.
    let bytes = vm.unary_op(UnaryOp::Sizeof, value)?.as_small_int().unwrap_or(isize::MAX);
    if zeros > (bytes as usize).saturating_mul(3) {
        return Ok(Obj::small_int_wrapping(0));
    }
    let zeros = zeros as isize;
    let unit = vm.binary_op(BinaryOp::Power, Obj::small_int_wrapping(10), Obj::small_int_wrapping(zeros))?;
    let two = Obj::small_int_wrapping(2);
    let half = vm.binary_op(BinaryOp::FloorDivide, unit, two)?;
    let quotient = vm.binary_op(BinaryOp::FloorDivide, value, unit)?;
    let rest = vm.binary_op(BinaryOp::Modulo, value, unit)?;
    let odd = vm.binary_op(BinaryOp::Modulo, quotient, two)? == Obj::small_int_wrapping(1);
    let up = vm.less(half, rest)? || odd && vm.equal(half, rest)?;
    let quotient = if up { vm.binary_op(BinaryOp::Add, quotient, Obj::small_int_wrapping(1))? } else { quotient };
    vm.binary_op(BinaryOp::Multiply, quotient, unit)
}

fn round(vm: &Vm, args: &[Obj]) -> Res {
    let value = args[0];
    let digits = args.get(1).filter(|&&digits| digits != Obj::NONE).map(|&digits| vm.int(digits)).transpose()?;
    if vm.is_int_or_bool(value) {
        let value = vm.to_int(value)?;
        return match digits {
            Some(digits @ ..0) => round_int(vm, value, digits.unsigned_abs()),
            _ => Ok(value),
        };
    }
    let number = vm.float(value)?;
    let Some(digits) = digits else { return vm.int_of_float(float::round(number)) };
    let rounded = float::round_to(number, digits);
    if rounded.is_infinite() && number.is_finite() {
        return Err(vm.overflow_error(format_args!("rounded value too large to represent")));
    }
    vm.new_float(rounded)
}

fn setattr(vm: &Vm, object: Obj, name: Obj, value: Obj) -> Res {
    vm.store_attr(object, vm.to_name(name)?, value)?;
    Ok(Obj::NONE)
}

fn sorted(vm: &Vm, args: Args<'_>) -> Res {
    if args.n_pos() > 1 {
        return Err(vm.type_error(format_args!("must use keyword argument for key function")));
    }
    let (key, reverse) = obj::list::sort_options(vm, args, 1)?;
    let list = vm.to_list(args.pos()[0])?;
    obj::sort::sort(vm, list, key, reverse)?;
    Ok(list.obj())
}

fn sum(vm: &Vm, args: &[Obj]) -> Res {
    let mut sum = args.get(1).copied().unwrap_or(Obj::small_int_wrapping(0));
    let iterator = vm.each(args[0])?;
    while let Some(item) = iterator.next(vm)? {
        sum = vm.binary_op(BinaryOp::Add, sum, item)?;
    }
    Ok(sum)
}
