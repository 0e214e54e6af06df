//! The type `str`: UTF-8 text. A string is a name ([`Obj::qstr`]) or an object.

use core::cell::Cell;
use core::ptr::NonNull;

use super::builder::Builder;
use super::bytes::Bytes;
use super::iterator::Iter;
use super::slice::Slice;
use super::{strings, text_methods};
use crate::args::Args;
use crate::define;
use crate::error::{Raised, Res};
use crate::object::{Gc, Header, Object};
use crate::ops::buffer::{Access, Buffer};
use crate::ops::print::{Printer, Style};
use crate::q;
use crate::qstr::{self, Qstr};
use crate::text::utf8;
use crate::types::{Subscr, Type, UnaryOp, flag};
use crate::vm::Vm;
use crate::word::Obj;

/// The type.
pub static TYPE: Type = define!(
    Type::new(q!("str"))
        .flags(flag::SUBSCR_ALLOWS_STACK_SLICE)
        .make_new(make_new)
        .print(print)
        .unary_op(unary_op)
        .binary_op(strings::binary_op)
        .subscr(subscr)
        .contains(strings::contains)
        .items(next)
        .buffer(buffer)
        .locals(METHODS)
);

text_methods! {
    static METHODS = {
        "encode" => var(1, 3, encode),
    }
}

/// The names of one character, which take no memory.
static CHARACTERS: [Qstr; 128] = {
    let mut characters = [Qstr::NULL; 128];
    let mut byte = 0;
    while byte < 128 {
        if let Ok(text) = core::str::from_utf8(&[byte as u8])
            && let Some(name) = qstr::find_number(text)
        {
            characters[byte] = name;
        }
        byte += 1;
    }
    characters
};

/// A string that is an object. C code relies on a zero byte behind its data.
#[repr(C)]
pub struct Str {
    header: Header,
    hash: Cell<usize>,
    len: usize,
    data: NonNull<u8>,
}

// SAFETY: `Str` is `repr(C)` and starts with a header; only strings have this type. Its data lies behind it, or in memory
// that outlives it.
unsafe impl Object for Str {
    const TYPE: &'static Type = &TYPE;
    const SCAN: bool = false;
}

impl Str {
    /// A new string, which holds a copy of `bytes`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(vm: &Vm, bytes: &[u8]) -> Res<Gc<Str>> {
        Str::with_hash(vm, bytes, 0)
    }

    /// As [`Str::new`]; `hash` is its hash, or 0 if that is not known yet.
    fn with_hash(vm: &Vm, bytes: &[u8], hash: u32) -> Res<Gc<Str>> {
        let string = vm.alloc_tail(Str::head_with_hash(bytes.len(), NonNull::dangling(), hash), bytes.len() + 1)?;
        Str::fill(string, bytes);
        Ok(string)
    }

    /// Copies `bytes` behind a string of that length, which nobody else sees yet.
    fn fill(string: Gc<Str>, bytes: &[u8]) {
        // SAFETY: the tail behind the object has room for the bytes and one more.
        unsafe {
            let data = string.as_ptr().add(1).cast::<u8>();
            data.copy_from_nonoverlapping(NonNull::from_ref(bytes).cast(), bytes.len());
            data.add(bytes.len()).write(0);
            (&raw mut (*string.as_ptr().as_ptr()).data).write(data);
        }
    }

    /// A new string whose bytes are lent: they never change, and stay as long as something that the collector sees points to them.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn lent(vm: &Vm, bytes: &'static [u8]) -> Res<Gc<Str>> {
        let block = vm.alloc_words(size_of::<Str>().div_ceil(size_of::<usize>()))?.cast::<Str>();
        // SAFETY: the block is new and large enough. The collector looks at it, so that it keeps the bytes.
        unsafe {
            block.write(Str::head(bytes.len(), NonNull::from_ref(bytes).cast()));
            Ok(Gc::from_ptr(block))
        }
    }

    /// The head of a string whose `len` bytes are at `data`.
    pub(crate) fn head(len: usize, data: NonNull<u8>) -> Str {
        Str::head_with_hash(len, data, 0)
    }

    /// As [`Str::head`]; `hash` is its hash, or 0 if that is not known yet.
    pub(crate) fn head_with_hash(len: usize, data: NonNull<u8>, hash: u32) -> Str {
        Str { header: Header::of(&TYPE), hash: Cell::new(hash as usize), len, data }
    }

    /// The text.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: `data` points to `len` bytes behind the object, which never change.
        unsafe { core::slice::from_raw_parts(self.data.as_ptr(), self.len) }
    }

    /// The text, for as long as the collector sees the string.
    pub(crate) fn bytes_unbounded<'a>(&self) -> &'a [u8] {
        // SAFETY: as in `bytes`; the caller keeps the string where the collector sees it.
        unsafe { core::slice::from_raw_parts(self.data.as_ptr(), self.len) }
    }

    /// The hash, as of an interned string.
    ///
    /// # Errors
    /// As [`Vm::work`].
    #[inline]
    pub fn hash(&self, vm: &Vm) -> Res<u32> {
        match self.hash.get() {
            0 => self.compute_hash(vm),
            hash => Ok(hash as u32),
        }
    }

    /// The hash, if somebody has asked for it before; else 0.
    #[inline(always)]
    pub(crate) fn known_hash(&self) -> u32 {
        self.hash.get() as u32
    }

    #[inline(never)]
    fn compute_hash(&self, vm: &Vm) -> Res<u32> {
        let hash = vm.hash_bytes(self.bytes())?;
        self.hash.set(hash as usize);
        Ok(hash)
    }
}

impl Vm {
    /// A string that holds a copy of `bytes`, which are UTF-8: the name, if it is interned.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new_str(&self, bytes: &[u8]) -> Res {
        match self.name_or_hash(bytes) {
            Ok(name) => Ok(Obj::qstr(name)),
            Err(hash) => Ok(Str::with_hash(self, bytes, hash)?.obj()),
        }
    }

    /// As [`Vm::new_str`], for text that was just put together and is hardly a name: only one of a character is looked for.
    pub(crate) fn new_str_of_no_name(&self, bytes: &[u8]) -> Res {
        if bytes.len() <= 1 { self.new_str(bytes) } else { Ok(Str::new(self, bytes)?.obj()) }
    }

    /// As [`Vm::new_str`], for what goes on without the string if there is no memory.
    pub(crate) fn try_str(&self, bytes: &[u8]) -> Option<Obj> {
        let hash = match self.name_or_hash(bytes) {
            Ok(name) => return Some(Obj::qstr(name)),
            Err(hash) => hash,
        };
        let string =
            self.try_alloc_tail(Str::head_with_hash(bytes.len(), NonNull::dangling(), hash), bytes.len() + 1)?;
        Str::fill(string, bytes);
        Some(string.obj())
    }

    /// A string that holds a copy of `bytes`, which come from where they need not be UTF-8.
    ///
    /// # Errors
    /// `UnicodeError` if they are not, and `MemoryError`.
    pub fn new_str_checked(&self, bytes: &[u8]) -> Res {
        match self.first_invalid(bytes)? {
            Some(_) => Err(self.error_with(&super::exception::UNICODE_ERROR, &[])),
            None => self.new_str(bytes),
        }
    }

    /// The name spelled `bytes`, if they are so few that looking is worth it, and it is interned.
    pub(crate) fn name_of_short(&self, bytes: &[u8]) -> Option<Qstr> {
        self.name_or_hash(bytes).ok()
    }

    /// As [`Vm::name_of_short`]; else the hash of the bytes, or 0 if they are many.
    pub(crate) fn name_or_hash(&self, bytes: &[u8]) -> Result<Qstr, u32> {
        if bytes.len() > 10 {
            return Err(0);
        }
        if let [byte] = *bytes
            && let Some(&name) = CHARACTERS.get(usize::from(byte))
            && name != Qstr::NULL
        {
            return Ok(name);
        }
        let hash = qstr::hash(bytes);
        self.qstrs.find_hashed(bytes, hash).ok_or(hash)
    }

    /// The string of one character.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new_char(&self, point: u32) -> Res {
        let (bytes, len) = utf8::encode(point);
        self.new_str(&bytes[..len])
    }

    /// The bytes of a string or bytes object.
    ///
    /// # Errors
    /// `TypeError` if it is neither.
    pub fn str_or_bytes(&self, object: Obj) -> Res<&[u8]> {
        self.as_str_or_bytes(object).ok_or_else(|| self.bad_conversion(object))
    }

    /// The bytes of `object`, if that is exactly a string or bytes object. They are there as long as the collector sees it.
    pub fn as_str_or_bytes(&self, object: Obj) -> Option<&[u8]> {
        let bytes = || object.downcast::<Bytes>().map(|bytes| bytes.bytes_unbounded());
        self.as_str(object).or_else(bytes)
    }

    /// The name that a string spells.
    ///
    /// # Errors
    /// `TypeError` if it is no string.
    pub fn to_name(&self, object: Obj) -> Res<Qstr> {
        match self.as_name(object)? {
            Some(name) => Ok(name),
            None => Err(self.bad_conversion(object)),
        }
    }

    /// Raises `TypeError` for something that is used as a string.
    #[cold]
    pub fn bad_conversion(&self, object: Obj) -> Raised {
        let name = self.type_name(object);
        let other = if name == "str" { "bytes" } else { "str" };
        self.type_error(format_args!("can't convert '{name}' object to {other} implicitly"))
    }

    /// The text of `object`, if that is exactly a string. It is there as long as the collector sees the string.
    #[inline]
    pub fn as_str(&self, object: Obj) -> Option<&[u8]> {
        match object.as_qstr() {
            Some(name) => Some(self.spelling(name)),
            None => object.downcast::<Str>().map(|string| string.bytes_unbounded()),
        }
    }

    /// The name that a string spells, interned now if it was not. `None` if `object` is no string.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn as_name(&self, object: Obj) -> Res<Option<Qstr>> {
        match object.as_qstr() {
            Some(name) => Ok(Some(name)),
            None => match object.downcast::<Str>() {
                Some(string) => self.intern(string.bytes_unbounded()).map(Some),
                None => Ok(None),
            },
        }
    }
}

fn make_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_no_keywords(args)?;
    vm.check_args(args, 0, 3, false)?;
    match args.pos() {
        [] => Ok(Obj::qstr(Qstr::EMPTY)),
        [value] => vm.str(*value),
        [bytes, encoding, errors @ ..] => decode(vm, *bytes, *encoding, errors.first().copied()),
    }
}

/// Whether text is limited to ASCII in this encoding.
pub(crate) fn is_ascii_encoding(vm: &Vm, encoding: Obj) -> Res<bool> {
    match vm.str_or_bytes(encoding)? {
        b"utf-8" | b"utf8" => Ok(false),
        b"ascii" => Ok(true),
        other => {
            let other = core::str::from_utf8(other).unwrap_or("?");
            Err(vm.error(&super::exception::LOOKUP_ERROR, format_args!("unknown encoding: {other}")))
        }
    }
}

/// `str(bytes, encoding, errors)`
pub(crate) fn decode(vm: &Vm, bytes: Obj, encoding: Obj, errors: Option<Obj>) -> Res {
    let text = vm.buffer(bytes, Access::Read)?.bytes();
    let ascii = is_ascii_encoding(vm, encoding)?;
    let valid = if ascii { text.is_ascii() } else { vm.first_invalid(text)?.is_none() };
    if valid {
        return vm.new_str(text);
    }
    let replace = match errors.map(|errors| vm.as_str(errors)) {
        Some(Some(b"ignore")) => false,
        Some(Some(b"replace")) => true,
        _ => return Err(vm.error_with(&super::exception::UNICODE_ERROR, &[])),
    };
    let mut out = Builder::with_capacity(vm, text.len())?;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        vm.work(1)?;
        let width = match rest[0] {
            0..0x80 => 1,
            0xc0..0xf8 if !ascii => {
                let most = match rest[0] {
                    0xc0..0xe0 => 2,
                    0xe0..0xf0 => 3,
                    _ => 4,
                };
                let more = rest[1..].iter().take(most - 1).take_while(|&&byte| !utf8::is_start(byte)).count();
                if more + 1 < most {
                    at += more;
                    0
                } else {
                    most
                }
            }
            _ => 0,
        };
        if width > 0 {
            out.extend(vm, &rest[..width])?;
        } else if replace {
            out.extend(vm, "\u{fffd}".as_bytes())?;
        }
        at += width.max(1);
    }
    out.into_str(vm)
}

/// What was read from a stream of text, as a string.
///
/// # Errors
/// `UnicodeError` if it is no UTF-8.
pub(crate) fn decode_stream(vm: &Vm, read: Builder) -> Res {
    match vm.first_invalid(read.bytes())? {
        Some(_) => Err(vm.error_with(&super::exception::UNICODE_ERROR, &[])),
        None => read.into_str(vm),
    }
}

fn encode(vm: &Vm, args: &[Obj]) -> Res {
    let text = vm.str_or_bytes(args[0])?;
    if let Some(&encoding) = args.get(1)
        && is_ascii_encoding(vm, encoding)?
        && !text.is_ascii()
    {
        return Err(vm.error_with(&super::exception::UNICODE_ERROR, &[]));
    }
    Ok(Bytes::new(vm, text)?.obj())
}

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, style: Style) -> Res<()> {
    let text = vm.as_str(object).unwrap_or_default();
    match style {
        Style::Str => out.write(vm, text),
        Style::Json => print_json(vm, out, text),
        _ => print_quoted(vm, out, text, false),
    }
}

pub(crate) fn print_json(vm: &Vm, out: &mut dyn Printer, text: &[u8]) -> Res<()> {
    out.write(vm, b"\"")?;
    for part in text.split_inclusive(|&byte| matches!(byte, b'"' | b'\\' | 0..0x20)) {
        vm.work(1 + part.len() / 8)?;
        let (last, plain) = part.split_last().unwrap_or((&b' ', &[]));
        out.write(vm, plain)?;
        match last {
            b'"' | b'\\' => out.write(vm, &[b'\\', *last])?,
            b'\n' => out.write(vm, b"\\n")?,
            b'\r' => out.write(vm, b"\\r")?,
            b'\t' => out.write(vm, b"\\t")?,
            0..0x20 => vm.print_fmt(out, format_args!("\\u{last:04x}"))?,
            _ => out.write(vm, &[*last])?,
        }
    }
    out.write(vm, b"\"")
}

/// Characters of a literal that are printed between two looks at limits.
const COUNTED: usize = 1024;

/// Prints text as a literal: all that is not printable is escaped, and in bytes everything beyond ASCII.
///
/// # Errors
/// Those of the printer.
pub(crate) fn print_quoted(vm: &Vm, out: &mut dyn Printer, text: &[u8], is_bytes: bool) -> Res<()> {
    let quote = if text.contains(&b'\'') && !text.contains(&b'"') { b'"' } else { b'\'' };
    out.write(vm, &[quote])?;
    let (mut at, mut written, mut counted) = (0, 0, 0);
    while at < text.len() {
        if at >= counted {
            vm.work(COUNTED / 8)?;
            counted = at + COUNTED;
        }
        let byte = text[at];
        let width = if is_bytes { 1 } else { utf8::width_at(text, at) };
        let point = if width == 1 { u32::from(byte) } else { utf8::decode_at(text, at) };
        let plain = match point {
            0x20..=0x7e => byte != quote && byte != b'\\',
            0x80.. if width > 1 => !(0xd800..0xe000).contains(&point) && point < 0x11_0000,
            _ => false,
        };
        if !plain {
            out.write(vm, &text[written..at])?;
            written = at + width;
            match point {
                0x5c => out.write(vm, b"\\\\")?,
                0x0a => out.write(vm, b"\\n")?,
                0x0d => out.write(vm, b"\\r")?,
                0x09 => out.write(vm, b"\\t")?,
                _ if byte == quote => out.write(vm, &[b'\\', quote])?,
                0..0x100 => vm.print_fmt(out, format_args!("\\x{point:02x}"))?,
                0x100..0x1_0000 => vm.print_fmt(out, format_args!("\\u{point:04x}"))?,
                _ => vm.print_fmt(out, format_args!("\\U{point:08x}"))?,
            }
        }
        at += width;
    }
    out.write(vm, &text[written..])?;
    out.write(vm, &[quote])
}

fn unary_op(vm: &Vm, op: UnaryOp, object: Obj) -> Res<Option<Obj>> {
    let text = vm.as_str(object).unwrap_or_default();
    match op {
        UnaryOp::Bool => Ok(Some(Obj::bool(!text.is_empty()))),
        UnaryOp::Len => Ok(Some(Obj::small_int_wrapping(vm.count_characters(text) as isize))),
        UnaryOp::Hash => Ok(Some(Obj::small_int_wrapping(vm.hash(object)? as isize))),
        UnaryOp::Sizeof => Ok(Some(Obj::small_int_wrapping((size_of::<Str>() + text.len()) as isize))),
        _ => Ok(None),
    }
}

fn subscr(vm: &Vm, object: Obj, index: Obj, request: Subscr) -> Res<Option<Obj>> {
    let Subscr::Load = request else { return Ok(None) };
    let text = vm.as_str(object).unwrap_or_default();
    if let Some(slice) = index.downcast::<Slice>() {
        vm.work_on_bytes(text.len())?;
        let bounds = slice.indices(vm, || utf8::count(text))?;
        if bounds.step != 1 {
            return Err(vm.not_implemented(format_args!("only slices with step=1 (aka None) are supported")));
        }
        let start = utf8::offset_of(text, bounds.start).unwrap_or(text.len());
        let len = utf8::offset_of(&text[start..], bounds.len).unwrap_or(text.len() - start);
        return vm.new_str(&text[start..start + len]).map(Some);
    }
    vm.work_on_bytes(index.as_small_int().map_or(0, |at| text.len().min(at.unsigned_abs())))?;
    // Most text is ASCII, where a character is a byte.
    if let Some(at) = index.as_small_int()
        && let Some(head) = text.get(..=at as usize)
        && head.is_ascii()
    {
        return vm.new_str(&head[at as usize..]).map(Some);
    }
    let at = vm.index(&TYPE, || vm.count_characters(text), index)?;
    let start = utf8::offset_of(text, at).unwrap_or(text.len());
    vm.new_str(&text[start..start + utf8::width_at(text, start)]).map(Some)
}

fn next(vm: &Vm, iter: &Iter) -> Res<Option<Obj>> {
    let text = vm.as_str(iter.source).unwrap_or_default();
    let at = iter.at.get();
    if at >= text.len() {
        return Ok(None);
    }
    let end = at + utf8::width_at(text, at);
    iter.at.set(end);
    vm.new_str(&text[at..end]).map(Some)
}

fn buffer(vm: &Vm, object: Obj, access: Access) -> Res<Option<Buffer>> {
    Ok(if access == Access::Read { vm.as_str(object).map(Buffer::of) } else { None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printable_characters_are_names() {
        assert!((b' '..=b'~').all(|byte| CHARACTERS[usize::from(byte)] != Qstr::NULL));
    }
}
