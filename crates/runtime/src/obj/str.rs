//! The type `str`: UTF-8 text. A string is a name ([`Obj::qstr`]) or an object.

use crate::data::builder::Builder;
use crate::data::slice::Bounds;
use crate::data::str::Str;
use crate::model::args::Args;
use crate::model::buffer::{Access, Buffer};
use crate::model::error::Res;
use crate::model::events::Poll;
use crate::model::iterator::Iter;
use crate::model::object::{Gc, Object};
use crate::model::printer::{Printer, Style};
use crate::model::protocols::{Hash, Strs};
use crate::model::types::{Subscr, Type, UnaryOp, flag};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::encoding::Encoding;
use crate::obj::slice::Slice;
#[cfg(feature = "python")]
use crate::obj::text_more;
use crate::obj::{encoding, strings, text_methods};
use crate::ops::buffer::Buffers;
use crate::ops::convert::Convert;
use crate::ops::print::Print;
use crate::qstr::Qstr;
use crate::text::utf8;
use crate::{define, q};

/// The type `str`.
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
        "encode" => kw(1, encode),
        #[cfg(feature = "python")]
        "format" => kw(1, crate::obj::str_format::format),
        #[cfg(feature = "python")]
        "casefold" => f1(text_more::casefold),
        #[cfg(feature = "python")]
        "isdecimal" => f1(text_more::isdecimal),
        #[cfg(feature = "python")]
        "isnumeric" => f1(text_more::isnumeric),
        #[cfg(feature = "python")]
        "isprintable" => f1(text_more::isprintable),
        #[cfg(feature = "python")]
        "isidentifier" => f1(text_more::isidentifier),
        #[cfg(feature = "python")]
        "format_map" => f2(text_more::format_map),
        #[cfg(feature = "python")]
        "maketrans" => static_method(var(1, 3, text_more::maketrans)),
    }
}

// SAFETY: `Str` is `repr(C)` and starts with a header; only strings have this type. The text of a string lies behind
// its structure, or in memory that outlives the string.
unsafe impl Object for Str {
    const TYPE: &'static Type = &TYPE;
    const SCAN: bool = false;
}

fn make_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    if !cfg!(feature = "small")
        && args.n_kw() == 0
        && let [value] = args.pos()
    {
        return vm.str(*value);
    }
    let args = encoding::by_position(vm, args, "object")?;
    match args.args().pos() {
        [] => Ok(Obj::qstr(Qstr::EMPTY)),
        [value] => vm.str(*value),
        [bytes, encoding, errors @ ..] => decode(vm, *bytes, *encoding, errors.first().copied()),
    }
}

/// `str(bytes, encoding, errors)`
pub(crate) fn decode(vm: &Vm, bytes: Obj, encoding: Obj, errors: Option<Obj>) -> Res {
    let text = vm.buffer(bytes, Access::Read)?.bytes();
    // Neither MicroPython nor CPython looks up the encoding of no bytes; MicroPython does not want to know that of a string.
    if text.is_empty() || vm.as_str(bytes).is_some() {
        return vm.new_str(text);
    }
    encoding::decode(vm, text, Encoding::named(vm, encoding)?, errors)
}

fn encode(vm: &Vm, args: Args<'_>) -> Res {
    let args = encoding::by_position(vm, args, "")?;
    let args = args.args().pos();
    let text = vm.str_or_bytes(args[0])?;
    let encoding = match args.get(1) {
        Some(&encoding) => Encoding::named(vm, encoding)?,
        None => Encoding::Utf8,
    };
    encoding::encode(vm, text, encoding, args.get(2).copied())?.into_bytes(vm)
}

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, style: Style) -> Res<()> {
    let text = vm.as_str(object).unwrap_or_default();
    match style {
        Style::Str => out.write(vm, text),
        Style::Json if cfg!(feature = "json") => print_json(vm, out, text),
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

/// How many bytes of a literal are printed between two looks at limits.
const COUNTED: usize = 1024;

/// Prints text as a literal: characters that are not printable are escaped, and in bytes everything beyond ASCII.
///
/// # Errors
/// Whatever the printer raises.
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
            #[cfg(feature = "python")]
            0x80.. if width > 1 => text_more::is_printable(point),
            #[cfg(not(feature = "python"))]
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
                _ => print_escape(vm, out, point)?,
            }
        }
        at += width;
    }
    out.write(vm, &text[written..])?;
    out.write(vm, &[quote])
}

/// Prints the number of a character as an escape of a string literal.
///
/// # Errors
/// Those of the printer.
pub(crate) fn print_escape(vm: &Vm, out: &mut dyn Printer, point: u32) -> Res<()> {
    match point {
        0..0x100 => vm.print_fmt(out, format_args!("\\x{point:02x}")),
        0x100..0x1_0000 => vm.print_fmt(out, format_args!("\\u{point:04x}")),
        _ => vm.print_fmt(out, format_args!("\\U{point:08x}")),
    }
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
        // Most text is ASCII, which is soon found out, and where a character is a byte.
        let is_ascii = cfg!(not(feature = "small")) && text.is_ascii();
        let bounds = slice.selection(vm, || if is_ascii { text.len() } else { utf8::count(text) })?;
        if cfg!(feature = "python") && bounds.step != 1 {
            return selected(vm, text, bounds).map(Some);
        }
        if is_ascii {
            let selected = text.get(bounds.start..).and_then(|rest| rest.get(..bounds.len));
            return vm.new_str(selected.unwrap_or_default()).map(Some);
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

/// The characters of `text` that `bounds` selects.
fn selected(vm: &Vm, text: &[u8], bounds: Bounds) -> Res {
    let mut out = Builder::with_capacity(vm, bounds.len)?;
    let mut at = utf8::offset_of(text, bounds.start).unwrap_or(text.len());
    for number in 0..bounds.len {
        let width = utf8::width_at(text, at);
        out.extend(vm, &text[at..at + width])?;
        if number + 1 == bounds.len {
            break;
        }
        vm.work(1 + bounds.step.unsigned_abs() / 8)?;
        if bounds.step > 0 {
            at += utf8::offset_of(&text[at..], bounds.step.unsigned_abs()).unwrap_or(0);
        } else {
            for _ in 0..bounds.step.unsigned_abs() {
                at = text[..at].iter().rposition(|&byte| utf8::is_start(byte)).unwrap_or(0);
            }
        }
    }
    out.into_str(vm)
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
    Ok(if access == Access::Read { vm.as_str(object).map(|bytes| Buffer::of(vm, bytes)) } else { None })
}
