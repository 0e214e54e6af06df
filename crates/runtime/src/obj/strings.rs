//! What `str`, `bytes` and `bytearray` have in common: their operators and methods.

use berus_mpy::opcode::BinaryOp;

use crate::data::builder::Builder;
use crate::data::bytes::Bytes;
use crate::data::instance::NativeBase;
use crate::data::tuple::Tuples;
use crate::model::args::Args;
use crate::model::arity::nth_argument;
use crate::model::buffer::Access;
use crate::model::error::{Raise, Raised, Res};
use crate::model::events::Poll;
use crate::model::layout::{Dict, List, Tuple};
use crate::model::protocols::{Iterate, Strs};
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::array::Array;
use crate::obj::bytes::NewByte;
#[cfg(feature = "python")]
use crate::obj::text_more::{self, Converted};
use crate::obj::{array, bytes, encoding, str_modulo};
use crate::ops::arithmetic::plain;
use crate::ops::buffer::Buffers;
use crate::ops::compare::{holds, is_comparison};
use crate::ops::convert::{Convert, Items, as_iterated};
use crate::ops::truth::Truth;
use crate::q;
use crate::qstr::Qstr;
use crate::text::utf8;
use crate::text::utf8::is_space;

/// A case of letters.
#[derive(Clone, Copy)]
enum Case {
    Upper,
    Lower,
}

/// A table of the given methods of a type, and of the methods that all text has.
#[macro_export]
#[doc(hidden)]
macro_rules! text_methods {
    ($vis:vis static $table:ident = { $($(#[$attr:meta])* $name:literal => $kind:ident ($($arg:tt)*)),* $(,)? }) => {
        $crate::members! {
            $vis static $table = {
                $($(#[$attr])* $name => $kind($($arg)*),)*
                "find" => var(2, 4, $crate::obj::strings::find),
                "rfind" => var(2, 4, $crate::obj::strings::rfind),
                "index" => var(2, 4, $crate::obj::strings::index),
                "rindex" => var(2, 4, $crate::obj::strings::rindex),
                "join" => f2($crate::obj::strings::join),
                "split" => var(1, 3, $crate::obj::strings::split),
                "rsplit" => var(1, 3, $crate::obj::strings::rsplit),
                "splitlines" => kw(1, $crate::obj::strings::splitlines),
                "startswith" => var(2, 4, $crate::obj::strings::startswith),
                "endswith" => var(2, 4, $crate::obj::strings::endswith),
                "strip" => var(1, 2, $crate::obj::strings::strip),
                "lstrip" => var(1, 2, $crate::obj::strings::lstrip),
                "rstrip" => var(1, 2, $crate::obj::strings::rstrip),
                #[cfg(not(feature = "python"))]
                "format" => kw(1, $crate::obj::str_format::format),
                "replace" => var(3, 4, $crate::obj::strings::replace),
                "count" => var(2, 4, $crate::obj::strings::count),
                "partition" => f2($crate::obj::strings::partition),
                "rpartition" => f2($crate::obj::strings::rpartition),
                #[cfg(not(feature = "python"))]
                "center" => f2($crate::obj::strings::center),
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
                "lower" => f1($crate::obj::strings::lower),
                "upper" => f1($crate::obj::strings::upper),
                "isspace" => f1($crate::obj::strings::isspace),
                "isalpha" => f1($crate::obj::strings::isalpha),
                "isdigit" => f1($crate::obj::strings::isdigit),
                "isupper" => f1($crate::obj::strings::isupper),
                "islower" => f1($crate::obj::strings::islower),
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
    fn ty(self) -> &'static Type {
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
        None => Err(vm.type_error(format_args!("argument has wrong type"))),
    }
}

fn try_text(vm: &Vm, object: Obj) -> Option<(Kind, &[u8])> {
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

/// A binary operator on two strings, if it is one that is often used.
#[inline]
pub(crate) fn binary_plain(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Res<Option<Obj>> {
    let (Some(a), Some(b)) = (vm.as_str(left), vm.as_str(right)) else { return Ok(None) };
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

/// `pattern % values`
fn modulo(vm: &Vm, pattern: Obj, values: Obj) -> Res {
    match vm.as_tuple(values) {
        Some(tuple) => str_modulo::modulo(vm, pattern, tuple.items(), None),
        None => str_modulo::modulo(vm, pattern, &[values], values.downcast::<Dict>()),
    }
}

/// Where in a text an end of a part lies that is given in characters for strings, or may be absent or None.
fn end_of_part(vm: &Vm, kind: Kind, text: &[u8], end: Option<&Obj>, default: usize) -> Res<usize> {
    match end {
        None => Ok(default),
        Some(&end) if end == Obj::NONE => Ok(default),
        Some(&end) if kind == Kind::Str => {
            let at = vm.bound(&crate::obj::str::TYPE, vm.count_characters(text), end)?;
            Ok(utf8::offset_of(text, at).unwrap_or(text.len()))
        }
        Some(&end) => vm.bound(kind.ty(), text.len(), end),
    }
}

/// The part of a text between two optional ends, and where it starts. `None` if the ends are the wrong way round.
fn part<'a>(vm: &Vm, kind: Kind, text: &'a [u8], ends: &[Obj]) -> Res<Option<(usize, &'a [u8])>> {
    let start = end_of_part(vm, kind, text, ends.first(), 0)?;
    let stop = end_of_part(vm, kind, text, ends.get(1), text.len())?;
    Ok(text.get(start..stop).map(|part| (start, part)))
}

/// Finds the second bytes in the first: the offset at which they start.
type Find = fn(&Vm, &[u8], &[u8]) -> Res<Option<usize>>;

fn search(vm: &Vm, args: &[Obj], find: Find) -> Res<Option<Obj>> {
    let (kind, text) = text(vm, args[0])?;
    let byte;
    let needle = match vm.try_int(args[1])? {
        Some(int) if kind != Kind::Str => {
            byte = [vm.byte(int)?];
            &byte
        }
        _ => argument(vm, kind, args[1])?,
    };
    let Some((start, part)) = part(vm, kind, text, &args[2..])? else { return Ok(None) };
    Ok(find(vm, part, needle)?.map(|at| {
        let at = start + at;
        let index = if kind == Kind::Str { vm.count_characters(&text[..at]) } else { at };
        Obj::small_int_wrapping(index as isize)
    }))
}

fn not_found(vm: &Vm) -> Raised {
    vm.value_error(format_args!("substring not found"))
}

pub(crate) fn find(vm: &Vm, args: &[Obj]) -> Res {
    Ok(search(vm, args, Vm::find_bytes)?.unwrap_or(Obj::small_int_wrapping(-1)))
}

pub(crate) fn rfind(vm: &Vm, args: &[Obj]) -> Res {
    Ok(search(vm, args, Vm::find_last_bytes)?.unwrap_or(Obj::small_int_wrapping(-1)))
}

pub(crate) fn index(vm: &Vm, args: &[Obj]) -> Res {
    search(vm, args, Vm::find_bytes)?.ok_or_else(|| not_found(vm))
}

pub(crate) fn rindex(vm: &Vm, args: &[Obj]) -> Res {
    search(vm, args, Vm::find_last_bytes)?.ok_or_else(|| not_found(vm))
}

pub(crate) fn join(vm: &Vm, separator: Obj, items: Obj) -> Res {
    let (kind, glue) = text(vm, separator)?;
    let items = match as_iterated(vm, items) {
        Some(items) => items,
        None => Items::List(vm.to_list(items)?),
    };
    let part = |index: usize| match items.get(index).and_then(|item| try_text(vm, item)) {
        Some((other, text)) if (other == Kind::Str) == (kind == Kind::Str) => Ok(text),
        _ => Err(vm.type_error(format_args!("join expects a list of str/bytes objects consistent with self object"))),
    };
    let mut len = 0usize;
    for index in 0..items.len() {
        vm.work(1)?;
        len = len.saturating_add(part(index)?.len()).saturating_add(if index > 0 { glue.len() } else { 0 });
    }
    if items.len() == 1 && kind == Kind::Str {
        return Ok(items.get(0).unwrap_or(separator));
    }
    let mut out = Builder::with_capacity(vm, len)?;
    for index in 0..items.len() {
        vm.work(1)?;
        if index > 0 {
            out.extend(vm, glue)?;
        }
        out.extend(vm, part(index)?)?;
    }
    kind.finish(vm, out)
}

/// The greatest number of splits that the caller asked for.
fn limit(vm: &Vm, args: &[Obj]) -> Res<usize> {
    match args.get(2) {
        Some(&limit) => Ok(usize::try_from(vm.int(limit)?).unwrap_or(usize::MAX)),
        None => Ok(usize::MAX),
    }
}

/// The separator that the caller gave, if any.
fn separator<'a>(vm: &'a Vm, kind: Kind, args: &[Obj]) -> Res<Option<&'a [u8]>> {
    match args.get(1) {
        None => Ok(None),
        Some(&separator) if separator == Obj::NONE => Ok(None),
        Some(&separator) => match argument(vm, kind, separator)? {
            [] => Err(vm.value_error(format_args!("empty separator"))),
            separator => Ok(Some(separator)),
        },
    }
}

/// The parts of a text between separators, or between white space where there is no separator.
#[derive(Clone)]
struct Parts<'a> {
    rest: Option<&'a [u8]>,
    separator: Option<&'a [u8]>,
    /// How many more times the text may be split.
    left: usize,
}

impl<'a> Parts<'a> {
    fn next(&mut self, vm: &Vm) -> Res<Option<&'a [u8]>> {
        let Some(mut rest) = self.rest else { return Ok(None) };
        vm.work(1)?;
        let at = match self.separator {
            Some(separator) if self.left > 0 => vm.find_bytes(rest, separator)?,
            Some(_) => None,
            None => {
                let Some(start) = vm.position(rest, |byte| !is_space(byte))? else {
                    self.rest = None;
                    return Ok(None);
                };
                rest = &rest[start..];
                if self.left > 0 { vm.position(rest, is_space)? } else { None }
            }
        };
        self.left = self.left.saturating_sub(1);
        self.rest = at.map(|at| &rest[at + self.separator.map_or(0, <[u8]>::len)..]);
        Ok(Some(&rest[..at.unwrap_or(rest.len())]))
    }

    fn count(mut self, vm: &Vm) -> Res<usize> {
        let mut count = 0;
        while self.next(vm)?.is_some() {
            count += 1;
        }
        Ok(count)
    }
}

pub(crate) fn split(vm: &Vm, args: &[Obj]) -> Res {
    let (kind, text) = text(vm, args[0])?;
    let left = limit(vm, args)?;
    let mut parts = Parts { rest: Some(text), separator: separator(vm, kind, args)?, left };
    let list = List::with_capacity(vm, parts.clone().count(vm)?)?;
    while let Some(part) = parts.next(vm)? {
        list.append(vm, kind.make(vm, part)?)?;
    }
    Ok(list.obj())
}

pub(crate) fn rsplit(vm: &Vm, args: &[Obj]) -> Res {
    let mut left = limit(vm, args)?;
    if left == usize::MAX {
        return split(vm, args);
    }
    let (kind, text) = text(vm, args[0])?;
    let Some(separator) = separator(vm, kind, args)? else { return rsplit_at_space(vm, kind, text, left) };
    let list = List::new(vm, &[])?;
    let mut rest = text;
    while left > 0
        && let Some(at) = vm.find_last_bytes(rest, separator)?
    {
        list.append(vm, kind.make(vm, &rest[at + separator.len()..])?)?;
        rest = &rest[..at];
        left -= 1;
    }
    list.append(vm, kind.make(vm, rest)?)?;
    list.reverse();
    Ok(list.obj())
}

/// Splits a text from its end, at most `left` times, where there is white space.
#[cfg(feature = "python")]
fn rsplit_at_space(vm: &Vm, kind: Kind, text: &[u8], mut left: usize) -> Res {
    let list = List::new(vm, &[])?;
    let mut rest = text;
    while let Some(last) = vm.last_position(rest, |byte| !is_space(byte))? {
        vm.work(1)?;
        rest = &rest[..=last];
        let start = if left == 0 { None } else { vm.last_position(rest, is_space)? };
        let start = start.map_or(0, |space| space + 1);
        let part = if left == 0 { utf8::trim_end(rest) } else { &rest[start..] };
        list.append(vm, kind.make(vm, part)?)?;
        rest = &rest[..start];
        left = left.saturating_sub(1);
    }
    list.reverse();
    Ok(list.obj())
}

#[cfg(not(feature = "python"))]
fn rsplit_at_space(vm: &Vm, _: Kind, _: &[u8], _: usize) -> Res {
    Err(vm.not_implemented(format_args!("rsplit(None,n)")))
}

pub(crate) fn splitlines(vm: &Vm, args: Args<'_>) -> Res {
    let [keep] = args.behind(1).by_name(vm, [q!("keepends")], 0)?;
    let keep = match keep {
        Some(keep) => vm.truth(keep)?,
        None => false,
    };
    let (kind, mut rest) = text(vm, args.pos()[0])?;
    let list = List::new(vm, &[])?;
    while !rest.is_empty() {
        vm.work(1)?;
        let end = vm.position(rest, |byte| matches!(byte, b'\r' | b'\n'))?.unwrap_or(rest.len());
        let newline = match rest[end..] {
            [] => 0,
            [b'\r', b'\n', ..] => 2,
            _ => 1,
        };
        list.append(vm, kind.make(vm, &rest[..if keep { end + newline } else { end }])?)?;
        rest = &rest[end + newline..];
    }
    Ok(list.obj())
}

fn has_affix(vm: &Vm, args: &[Obj], has: fn(&[u8], &[u8]) -> bool) -> Res {
    let (kind, text) = text(vm, args[0])?;
    // Of two ends that make no sense, MicroPython names the second here, and the first where it searches.
    let stop = end_of_part(vm, kind, text, args.get(3), text.len())?;
    let start = end_of_part(vm, kind, text, args.get(2), 0)?;
    let part = text.get(start..stop);
    let one = [args[1]];
    let tuple = args[1].downcast::<Tuple>();
    let affixes = tuple.as_ref().map_or(&one[..], |tuple| tuple.items());
    for &affix in affixes {
        let affix = argument(vm, kind, affix)?;
        if part.is_some_and(|part| has(part, affix)) {
            return Ok(Obj::TRUE);
        }
    }
    Ok(Obj::FALSE)
}

pub(crate) fn startswith(vm: &Vm, args: &[Obj]) -> Res {
    has_affix(vm, args, |text, prefix| text.starts_with(prefix))
}

pub(crate) fn endswith(vm: &Vm, args: &[Obj]) -> Res {
    has_affix(vm, args, |text, suffix| text.ends_with(suffix))
}

/// The bytes that occur in `bytes`, each once.
fn distinct<'a>(vm: &Vm, bytes: &[u8], room: &'a mut [u8; 256]) -> Res<&'a [u8]> {
    let (mut known, mut len) = ([false; 256], 0);
    for piece in vm.pieces(bytes) {
        for &byte in piece? {
            if !core::mem::replace(&mut known[usize::from(byte)], true) {
                room[len] = byte;
                len += 1;
            }
        }
    }
    Ok(&room[..len])
}

/// Which ends of a text are stripped.
#[derive(Clone, Copy, PartialEq)]
enum Ends {
    Both,
    Front,
    Back,
}

fn stripped(vm: &Vm, args: &[Obj], ends: Ends) -> Res {
    let (kind, text) = text(vm, args[0])?;
    let unwanted: &[u8] = match args.get(1) {
        Some(&unwanted) if unwanted != Obj::NONE => argument(vm, kind, unwanted)?,
        _ => b" \t\n\r\x0b\x0c",
    };
    // Where many bytes are unwanted, each of the 256 bytes is looked up at most once.
    let mut each = [0; 256];
    let unwanted = if unwanted.len() > each.len() { distinct(vm, unwanted, &mut each)? } else { unwanted };
    let wanted = |byte: u8| !unwanted.contains(&byte);
    let start = if ends != Ends::Back { vm.position(text, wanted)?.unwrap_or(text.len()) } else { 0 };
    let end =
        if ends != Ends::Front { vm.last_position(text, wanted)?.map_or(start, |last| last + 1) } else { text.len() };
    if end - start == text.len() { Ok(args[0]) } else { kind.make(vm, &text[start..end]) }
}

pub(crate) fn strip(vm: &Vm, args: &[Obj]) -> Res {
    stripped(vm, args, Ends::Both)
}

pub(crate) fn lstrip(vm: &Vm, args: &[Obj]) -> Res {
    stripped(vm, args, Ends::Front)
}

pub(crate) fn rstrip(vm: &Vm, args: &[Obj]) -> Res {
    stripped(vm, args, Ends::Back)
}

pub(crate) fn replace(vm: &Vm, args: &[Obj]) -> Res {
    let (kind, text) = text(vm, args[0])?;
    let mut left = match args.get(3) {
        Some(&limit) => usize::try_from(vm.int(limit)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    let (old, new) = (argument(vm, kind, args[1])?, argument(vm, kind, args[2])?);
    if left == 0 || old.len() > text.len() || !old.is_empty() && vm.find_bytes(text, old)?.is_none() {
        return Ok(args[0]);
    }
    let times = match old {
        [] => text.len() + 1,
        _ if new.len() > old.len() => occurrences(vm, text, old)?,
        _ => 0,
    };
    let more = new.len().saturating_sub(old.len()).saturating_mul(times.min(left));
    let mut out = Builder::with_capacity(vm, text.len().saturating_add(more))?;
    let mut rest = text;
    if old.is_empty() {
        // An empty text is found before each character, and at the end.
        while left > 0 {
            vm.work(1)?;
            out.extend(vm, new)?;
            left -= 1;
            if rest.is_empty() {
                break;
            }
            let width = if kind == Kind::Str { utf8::width_at(rest, 0) } else { 1 };
            out.extend(vm, &rest[..width])?;
            rest = &rest[width..];
        }
    }
    while !old.is_empty()
        && left > 0
        && let Some(at) = vm.find_bytes(rest, old)?
    {
        vm.work(1)?;
        out.extend(vm, &rest[..at])?;
        out.extend(vm, new)?;
        rest = &rest[at + old.len()..];
        left -= 1;
    }
    out.extend(vm, rest)?;
    kind.finish(vm, out)
}

pub(crate) fn count(vm: &Vm, args: &[Obj]) -> Res {
    let (kind, text) = text(vm, args[0])?;
    let needle = argument(vm, kind, args[1])?;
    let Some((_, part)) = part(vm, kind, text, &args[2..])? else { return Ok(Obj::small_int_wrapping(0)) };
    let count = if needle.is_empty() { vm.count_characters(part) + 1 } else { occurrences(vm, part, needle)? };
    Ok(Obj::small_int_wrapping(count as isize))
}

/// How often `needle`, which is not empty, occurs in `text`, without overlaps.
fn occurrences(vm: &Vm, text: &[u8], needle: &[u8]) -> Res<usize> {
    let (mut rest, mut count) = (text, 0);
    while let Some(at) = vm.find_bytes(rest, needle)? {
        vm.work(1)?;
        rest = &rest[at + needle.len()..];
        count += 1;
    }
    Ok(count)
}

fn parted(vm: &Vm, object: Obj, separator: Obj, from_end: bool) -> Res {
    let (kind, text) = text(vm, object)?;
    let glue = argument(vm, kind, separator)?;
    if glue.is_empty() {
        return Err(vm.value_error(format_args!("empty separator")));
    }
    let found = if from_end { vm.find_last_bytes(text, glue)? } else { vm.find_bytes(text, glue)? };
    // Where the separator is not found, the empty parts are of an immutable type.
    let empty = || if kind == Kind::Str { Obj::qstr(Qstr::EMPTY) } else { Bytes::EMPTY.obj() };
    let parts = match found {
        Some(at) => [kind.make(vm, &text[..at])?, kind.make(vm, glue)?, kind.make(vm, &text[at + glue.len()..])?],
        None if from_end => [empty(), empty(), object],
        None => [object, empty(), empty()],
    };
    Ok(Tuple::new(vm, &parts)?.obj())
}

pub(crate) fn partition(vm: &Vm, object: Obj, separator: Obj) -> Res {
    parted(vm, object, separator, false)
}

pub(crate) fn rpartition(vm: &Vm, object: Obj, separator: Obj) -> Res {
    parted(vm, object, separator, true)
}

#[cfg(not(feature = "python"))]
pub(crate) fn center(vm: &Vm, object: Obj, width: Obj) -> Res {
    let (kind, text) = text(vm, object)?;
    let width = usize::try_from(vm.int(width)?).unwrap_or(0);
    let len = if kind == Kind::Str { vm.count_characters(text) } else { text.len() };
    let padding = width.saturating_sub(len);
    if padding == 0 {
        return Ok(object);
    }
    let mut out = Builder::with_capacity(vm, text.len().saturating_add(padding))?;
    out.fill(vm, b' ', padding / 2)?;
    out.extend(vm, text)?;
    out.fill(vm, b' ', padding - padding / 2)?;
    kind.finish(vm, out)
}

fn mapped(vm: &Vm, object: Obj, changes: fn(&u8) -> bool, map: fn(&mut [u8]), to: Case) -> Res {
    let (kind, text) = text(vm, object)?;
    #[cfg(feature = "python")]
    if kind == Kind::Str && !text.is_ascii() {
        return match to {
            Case::Upper => text_more::converted(vm, object, |_, _| Converted::Upper),
            Case::Lower => text_more::lower(vm, object),
        };
    }
    let _ = to;
    if kind != Kind::ByteArray && vm.position(text, |byte| changes(&byte))?.is_none() {
        return Ok(object);
    }
    vm.work_on_bytes(text.len())?;
    let mut out = Builder::with_capacity(vm, text.len())?;
    out.extend(vm, text)?;
    map(out.bytes_mut());
    kind.finish(vm, out)
}

pub(crate) fn lower(vm: &Vm, object: Obj) -> Res {
    mapped(vm, object, u8::is_ascii_uppercase, |bytes| bytes.make_ascii_lowercase(), Case::Lower)
}

pub(crate) fn upper(vm: &Vm, object: Obj) -> Res {
    mapped(vm, object, u8::is_ascii_lowercase, |bytes| bytes.make_ascii_uppercase(), Case::Upper)
}

fn all(vm: &Vm, object: Obj, is: fn(&u8) -> bool) -> Res {
    let (_, text) = text(vm, object)?;
    Ok(Obj::bool(!text.is_empty() && vm.position(text, |byte| !is(&byte))?.is_none()))
}

/// Whether `object` is a string with characters beyond ASCII, which has letters that bytes do not have.
#[cfg(feature = "python")]
fn is_international(vm: &Vm, object: Obj) -> bool {
    vm.as_str(object).is_some_and(|text| !text.is_ascii())
}

pub(crate) fn isspace(vm: &Vm, object: Obj) -> Res {
    #[cfg(feature = "python")]
    if is_international(vm, object) {
        return text_more::all_characters(vm, object, false, char::is_whitespace);
    }
    all(vm, object, |&byte| is_space(byte))
}

pub(crate) fn isalpha(vm: &Vm, object: Obj) -> Res {
    #[cfg(feature = "python")]
    if is_international(vm, object) {
        return text_more::all_characters(vm, object, false, char::is_alphabetic);
    }
    all(vm, object, u8::is_ascii_alphabetic)
}

pub(crate) fn isdigit(vm: &Vm, object: Obj) -> Res {
    all(vm, object, u8::is_ascii_digit)
}

fn has_case(vm: &Vm, object: Obj, other_case: fn(&u8) -> bool) -> Res {
    let (_, text) = text(vm, object)?;
    let has = |is: fn(&u8) -> bool| vm.position(text, |byte| is(&byte)).map(|at| at.is_some());
    Ok(Obj::bool(has(u8::is_ascii_alphabetic)? && !has(other_case)?))
}

pub(crate) fn isupper(vm: &Vm, object: Obj) -> Res {
    #[cfg(feature = "python")]
    if is_international(vm, object) {
        return text_more::has_case(vm, object, char::is_uppercase, char::is_lowercase);
    }
    has_case(vm, object, u8::is_ascii_lowercase)
}

pub(crate) fn islower(vm: &Vm, object: Obj) -> Res {
    #[cfg(feature = "python")]
    if is_international(vm, object) {
        return text_more::has_case(vm, object, char::is_lowercase, char::is_uppercase);
    }
    has_case(vm, object, u8::is_ascii_uppercase)
}

pub(crate) fn decode(vm: &Vm, args: Args<'_>) -> Res {
    let args = encoding::by_position(vm, args, "")?;
    let args = args.args().pos();
    let encoding = args.get(1).copied().unwrap_or(Obj::qstr(q!("utf-8")));
    crate::obj::str::decode(vm, args[0], encoding, args.get(2).copied())
}

pub(crate) fn hex(vm: &Vm, args: &[Obj]) -> Res {
    let digits = hex_digits(vm, args)?;
    // The separator is a single byte, and may be only the beginning of a character.
    if digits.bytes().is_ascii() {
        digits.into_str(vm)
    } else {
        Err(vm.value_error(format_args!("sep must be ASCII.")))
    }
}

/// The hexadecimal digits of the bytes `args[0]`, with the separator `args[1]`, if there is one, between each two.
///
/// # Errors
/// `TypeError` if `args[0]` has no bytes, or the separator is neither a string nor bytes; `ValueError` if the separator
/// is empty, which MicroPython reads beyond.
pub fn hex_digits(vm: &Vm, args: &[Obj]) -> Res<Builder> {
    let bytes = vm.buffer(nth_argument(vm, args, 0)?, Access::Read)?.bytes();
    let separator = match args.get(1) {
        Some(&separator) => match vm.str_or_bytes(separator)?.first() {
            Some(&separator) => Some(separator),
            None => return Err(vm.value_error(format_args!("sep must be length 1."))),
        },
        None => None,
    };
    let digits = bytes.len().saturating_mul(2 + usize::from(separator.is_some()));
    let mut out = Builder::with_capacity(vm, digits.saturating_sub(usize::from(separator.is_some())))?;
    for (at, byte) in bytes.iter().enumerate() {
        vm.work(1)?;
        if let Some(separator) = separator.filter(|_| at > 0) {
            out.push(vm, separator)?;
        }
        let digit = |nibble: u8| b"0123456789abcdef"[usize::from(nibble)];
        out.extend(vm, &[digit(byte >> 4), digit(byte & 15)])?;
    }
    Ok(out)
}

/// `bytes.fromhex(text)` and `bytearray.fromhex(text)`; a `class` that is no type stands for `bytes`.
///
/// # Errors
/// `ValueError` if `data` has something else than pairs of digits and white space, `TypeError` if `data` has no bytes.
pub fn fromhex(vm: &Vm, class: Obj, data: Obj) -> Res {
    let text = vm.buffer(data, Access::Read)?.bytes();
    let digit = |byte: Option<&u8>| byte.and_then(|&byte| char::from(byte).to_digit(16));
    let mut out = Builder::with_capacity(vm, text.len() / 2)?;
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        vm.work(1)?;
        if is_space(*byte) {
            continue;
        }
        match (digit(Some(byte)), digit(bytes.next())) {
            (Some(high), Some(low)) => out.push(vm, (high << 4 | low) as u8)?,
            _ => return Err(vm.value_error(format_args!("non-hex digit"))),
        }
    }
    let is_bytes = class.downcast::<Type>().is_none_or(|ty| ty.name().qstr() == Some(q!("bytes")));
    if is_bytes { Kind::Bytes } else { Kind::ByteArray }.finish(vm, out)
}
