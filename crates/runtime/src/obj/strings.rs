//! What `str`, `bytes` and `bytearray` have in common: their operators and methods.

use berus_mpy::opcode::BinaryOp;

use crate::data::builder::Builder;
use crate::data::bytes::Bytes;
use crate::data::dict::Dicts;
use crate::data::instance::NativeBase;
use crate::data::tuple::Tuples;
use crate::model::args::Args;
use crate::model::buffer::Access;
use crate::model::error::Res;
use crate::model::layout::{Dict, Tuple};
use crate::model::object::Gc;
use crate::model::protocols::Strs;
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::array::Array;
use crate::obj::{array, bytes, encoding, str_modulo};
use crate::ops::arithmetic::plain;
use crate::ops::buffer::Buffers;
use crate::ops::compare::{holds, is_comparison};
use crate::ops::convert::{Convert, wrong_type};
use crate::q;

/// A table of the given methods of a type, and of the methods that all text has.
#[macro_export]
#[doc(hidden)]
macro_rules! text_methods {
    ($vis:vis static $table:ident = { $($(#[$attr:meta])* $name:literal => $kind:ident ($($arg:tt)*)),* $(,)? }) => {
        $crate::members! {
            $vis static $table = {
                $($(#[$attr])* $name => $kind($($arg)*),)*
                "find" => var(2, 4, $crate::obj::text_search::find),
                "rfind" => var(2, 4, $crate::obj::text_search::rfind),
                "index" => var(2, 4, $crate::obj::text_search::index),
                "rindex" => var(2, 4, $crate::obj::text_search::rindex),
                "join" => f2($crate::obj::text_split::join),
                "split" => var(1, 3, $crate::obj::text_split::split),
                "rsplit" => var(1, 3, $crate::obj::text_split::rsplit),
                "splitlines" => kw(1, $crate::obj::text_split::splitlines),
                "startswith" => var(2, 4, $crate::obj::text_search::startswith),
                "endswith" => var(2, 4, $crate::obj::text_search::endswith),
                "strip" => var(1, 2, $crate::obj::text_letters::strip),
                "lstrip" => var(1, 2, $crate::obj::text_letters::lstrip),
                "rstrip" => var(1, 2, $crate::obj::text_letters::rstrip),
                #[cfg(not(feature = "python"))]
                "format" => kw(1, $crate::obj::str_format::format),
                "replace" => var(3, 4, $crate::obj::text_search::replace),
                "count" => var(2, 4, $crate::obj::text_search::count),
                "partition" => f2($crate::obj::text_search::partition),
                "rpartition" => f2($crate::obj::text_search::rpartition),
                #[cfg(not(feature = "python"))]
                "center" => f2($crate::obj::text_letters::center),
                #[cfg(feature = "python")]
                "ljust" => var(2, 3, $crate::obj::text_more::ljust),
                #[cfg(feature = "python")]
                "rjust" => var(2, 3, $crate::obj::text_more::rjust),
                #[cfg(feature = "python")]
                "center" => var(2, 3, $crate::obj::text_more::center),
                #[cfg(feature = "python")]
                "zfill" => f2($crate::obj::text_more::zfill),
                #[cfg(feature = "python")]
                "removeprefix" => f2($crate::obj::text_more::removeprefix),
                #[cfg(feature = "python")]
                "removesuffix" => f2($crate::obj::text_more::removesuffix),
                #[cfg(feature = "python")]
                "expandtabs" => kw(1, $crate::obj::text_more::expandtabs),
                #[cfg(feature = "python")]
                "title" => f1($crate::obj::text_more::title),
                #[cfg(feature = "python")]
                "swapcase" => f1($crate::obj::text_more::swapcase),
                #[cfg(feature = "python")]
                "capitalize" => f1($crate::obj::text_more::capitalize),
                #[cfg(feature = "python")]
                "isalnum" => f1($crate::obj::text_more::isalnum),
                #[cfg(feature = "python")]
                "isascii" => f1($crate::obj::text_more::isascii),
                #[cfg(feature = "python")]
                "istitle" => f1($crate::obj::text_more::istitle),
                #[cfg(feature = "python")]
                "translate" => kw(2, $crate::obj::text_more::translate),
                "lower" => f1($crate::obj::text_letters::lower),
                "upper" => f1($crate::obj::text_letters::upper),
                "isspace" => f1($crate::obj::text_letters::isspace),
                "isalpha" => f1($crate::obj::text_letters::isalpha),
                "isdigit" => f1($crate::obj::text_letters::isdigit),
                "isupper" => f1($crate::obj::text_letters::isupper),
                "islower" => f1($crate::obj::text_letters::islower),
            }
        }
    };
}
pub(crate) use text_methods;

/// Which of the three types a text has, and so which its results have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Str,
    Bytes,
    ByteArray,
}

impl Kind {
    /// The type of objects of this kind.
    pub(crate) fn ty(self) -> &'static Type {
        match self {
            Kind::Str => &crate::obj::str::TYPE,
            Kind::Bytes => &bytes::TYPE,
            Kind::ByteArray => &array::BYTEARRAY,
        }
    }

    /// A new object of this kind with the given bytes.
    pub(crate) fn make(self, vm: &Vm, bytes: &[u8]) -> Res {
        match self {
            Kind::Str => vm.new_str(bytes),
            Kind::Bytes => Ok(Bytes::new(vm, bytes)?.obj()),
            Kind::ByteArray => Ok(Array::bytearray(vm, bytes)?.obj()),
        }
    }

    /// The object of this kind that was built.
    pub(crate) fn finish(self, vm: &Vm, built: Builder) -> Res {
        match self {
            Kind::Str => built.into_str(vm),
            Kind::Bytes => built.into_bytes(vm),
            Kind::ByteArray => built.into_bytearray(vm),
        }
    }
}

/// The kind and bytes of a text object.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(crate) fn text(vm: &Vm, object: Obj) -> Res<(Kind, &[u8])> {
    match vm.as_str(object) {
        Some(text) => Ok((Kind::Str, text)),
        None => text_of_bytes(vm, object),
    }
}

#[inline(never)]
fn text_of_bytes(vm: &Vm, object: Obj) -> Res<(Kind, &[u8])> {
    match try_text(vm, object) {
        Some(text) => Ok(text),
        None => Err(wrong_type(vm)),
    }
}

/// The kind and bytes of an object, if it is text.
pub(crate) fn try_text(vm: &Vm, object: Obj) -> Option<(Kind, &[u8])> {
    if let Some(text) = vm.as_str(object) {
        return Some((Kind::Str, text));
    }
    if let Some(bytes) = object.downcast::<Bytes>() {
        return Some((Kind::Bytes, bytes.bytes_unbounded()));
    }
    let array = Array::as_bytearray(object)?;
    Some((Kind::ByteArray, array.buffer().bytes()))
}

/// The bytes of an argument, which must be of the kind `kind`, or an instance with an object of that kind inside; bytes
/// and byte arrays go together.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(crate) fn argument(vm: &Vm, kind: Kind, object: Obj) -> Res<&[u8]> {
    match vm.as_str(object) {
        Some(text) if kind == Kind::Str => Ok(text),
        _ => argument_of_bytes(vm, kind, object),
    }
}

#[inline(never)]
fn argument_of_bytes(vm: &Vm, kind: Kind, object: Obj) -> Res<&[u8]> {
    match try_text(vm, object).or_else(|| try_text(vm, vm.native_base(object)?)) {
        Some((other, text)) if (other == Kind::Str) == (kind == Kind::Str) => Ok(text),
        _ => Err(vm.bad_conversion(object)),
    }
}

pub(crate) fn contains(vm: &Vm, container: Obj, item: Obj) -> Res<Option<bool>> {
    let (kind, text) = text(vm, container)?;
    if kind != Kind::Str
        && let Some(int) = vm.try_int(item)?
    {
        let byte = vm.int(int)?;
        return Ok(Some(match u8::try_from(byte) {
            Ok(byte) => vm.find_bytes(text, &[byte])?.is_some(),
            Err(_) => false,
        }));
    }
    let needle = match kind {
        Kind::Str => argument(vm, kind, item)?,
        _ => vm.buffer(item, Access::Read)?.bytes(),
    };
    Ok(Some(vm.find_bytes(text, needle)?.is_some()))
}

pub(crate) fn binary_op(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Res<Option<Obj>> {
    let (kind, a) = text(vm, left)?;
    match plain(op) {
        BinaryOp::Modulo if op == BinaryOp::Modulo => return modulo(vm, left, right).map(Some),
        BinaryOp::Multiply => {
            let Some(count) = vm.try_int(right)? else { return Ok(None) };
            let count = usize::try_from(vm.int(count)?).unwrap_or(0);
            if count == 1 && kind != Kind::ByteArray {
                return Ok(Some(left));
            }
            let mut out = Builder::with_capacity(vm, a.len().saturating_mul(count))?;
            out.repeat(vm, a, count)?;
            return kind.finish(vm, out).map(Some);
        }
        _ => {}
    }
    let b = match kind {
        Kind::Str => match vm.as_str(right) {
            Some(text) => text,
            None => return Ok(None),
        },
        _ => match vm.try_buffer(right, Access::Read)? {
            Some(buffer) => buffer.bytes(),
            None => return Ok(None),
        },
    };
    if is_comparison(op) {
        return Ok(Some(Obj::bool(holds(op, vm.order_of_bytes(a, b)))));
    }
    if plain(op) != BinaryOp::Add {
        return Ok(None);
    }
    if b.is_empty() && kind != Kind::ByteArray {
        return Ok(Some(left));
    }
    if a.is_empty() && try_text(vm, right).is_some_and(|(other, _)| other == kind) && kind != Kind::ByteArray {
        return Ok(Some(right));
    }
    kind.finish(vm, joined(vm, a, b)?).map(Some)
}

/// The bytes of `a + b`.
fn joined(vm: &Vm, a: &[u8], b: &[u8]) -> Res<Builder> {
    let mut out = Builder::with_capacity(vm, a.len().saturating_add(b.len()))?;
    out.extend(vm, a)?;
    out.extend(vm, b)?;
    Ok(out)
}

/// A binary operator on two strings, or a string and a tuple, if it is one that is often used.
#[inline]
pub(crate) fn binary_plain(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Res<Option<Obj>> {
    let Some(a) = vm.as_str(left) else { return Ok(None) };
    let Some(b) = vm.as_str(right) else {
        return match right.downcast::<Tuple>() {
            Some(values) if op == BinaryOp::Modulo => str_modulo::modulo(vm, left, values.items(), None).map(Some),
            _ => Ok(None),
        };
    };
    match op {
        BinaryOp::Add | BinaryOp::InplaceAdd => match (a, b) {
            (_, []) => Ok(Some(left)),
            ([], _) => Ok(Some(right)),
            _ => joined(vm, a, b)?.into_str(vm).map(Some),
        },
        op if is_comparison(op) => Ok(Some(Obj::bool(holds(op, vm.order_of_bytes(a, b))))),
        _ => Ok(None),
    }
}

/// The dict whose values fields name by their keys, if the values are one.
fn mapping(vm: &Vm, values: Obj) -> Option<Gc<Dict>> {
    if cfg!(feature = "python") { vm.as_dict(values) } else { values.downcast::<Dict>() }
}

/// `pattern % values`
fn modulo(vm: &Vm, pattern: Obj, values: Obj) -> Res {
    match vm.as_tuple(values) {
        Some(tuple) => str_modulo::modulo(vm, pattern, tuple.items(), None),
        None => str_modulo::modulo(vm, pattern, &[values], mapping(vm, values)),
    }
}

pub(crate) fn decode(vm: &Vm, args: Args<'_>) -> Res {
    let args = encoding::by_position(vm, args, "")?;
    let args = args.args().pos();
    let encoding = args.get(1).copied().unwrap_or(Obj::qstr(q!("utf-8")));
    crate::obj::str::decode(vm, args[0], encoding, args.get(2).copied())
}
