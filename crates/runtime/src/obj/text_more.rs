//! Methods of text that Python has and MicroPython does not.

use crate::data::builder::Builder;
use crate::model::args::Args;
use crate::model::error::{Raise, Raised, Res};
use crate::model::events::Poll;
use crate::model::layout::Dict;
use crate::model::protocols::{Classes, Strs};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::strings::{Kind, argument, text};
use crate::obj::{exception, str_format};
use crate::ops::convert::Convert;
use crate::ops::subscr::Subscripts;
use crate::text::utf8;

/// Where a text stands in a wider field.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Left,
    Middle,
    Right,
}

/// How many characters, or bytes, a text has.
fn length(vm: &Vm, kind: Kind, text: &[u8]) -> usize {
    if kind == Kind::Str { vm.count_characters(text) } else { text.len() }
}

fn padded(vm: &Vm, args: &[Obj], place: Place) -> Res {
    let (kind, text) = text(vm, args[0])?;
    let width = usize::try_from(vm.int(args[1])?).unwrap_or(0);
    let fill = match args.get(2) {
        Some(&fill) => argument(vm, kind, fill)?,
        None => b" ",
    };
    if length(vm, kind, fill) != 1 {
        return Err(vm.type_error(format_args!("The fill character must be exactly one character long")));
    }
    let padding = width.saturating_sub(length(vm, kind, text));
    if padding == 0 && kind != Kind::ByteArray {
        return Ok(args[0]);
    }
    let before = match place {
        Place::Left => 0,
        Place::Right => padding,
        // Of an odd number, the larger half goes where Python puts it.
        Place::Middle => padding / 2 + (padding & width & 1),
    };
    let mut out = Builder::with_capacity(vm, text.len().saturating_add(padding.saturating_mul(fill.len())))?;
    out.repeat(vm, fill, before)?;
    out.extend(vm, text)?;
    out.repeat(vm, fill, padding - before)?;
    kind.finish(vm, out)
}

pub(crate) fn ljust(vm: &Vm, args: &[Obj]) -> Res {
    padded(vm, args, Place::Left)
}

pub(crate) fn rjust(vm: &Vm, args: &[Obj]) -> Res {
    padded(vm, args, Place::Right)
}

pub(crate) fn center(vm: &Vm, args: &[Obj]) -> Res {
    padded(vm, args, Place::Middle)
}

pub(crate) fn zfill(vm: &Vm, object: Obj, width: Obj) -> Res {
    let (kind, text) = text(vm, object)?;
    let width = usize::try_from(vm.int(width)?).unwrap_or(0);
    let padding = width.saturating_sub(length(vm, kind, text));
    let (sign, digits) = text.split_at(usize::from(matches!(text.first(), Some(b'+' | b'-'))));
    let mut out = Builder::with_capacity(vm, text.len().saturating_add(padding))?;
    out.extend(vm, sign)?;
    out.fill(vm, b'0', padding)?;
    out.extend(vm, digits)?;
    kind.finish(vm, out)
}

pub(crate) fn removeprefix(vm: &Vm, object: Obj, prefix: Obj) -> Res {
    let (kind, text) = text(vm, object)?;
    match text.strip_prefix(argument(vm, kind, prefix)?) {
        Some(rest) => kind.make(vm, rest),
        None => kind.make(vm, text),
    }
}

pub(crate) fn removesuffix(vm: &Vm, object: Obj, suffix: Obj) -> Res {
    let (kind, text) = text(vm, object)?;
    match text.strip_suffix(argument(vm, kind, suffix)?) {
        Some(rest) => kind.make(vm, rest),
        None => kind.make(vm, text),
    }
}

pub(crate) fn expandtabs(vm: &Vm, args: Args<'_>) -> Res {
    let [width] = args.behind(1).by_name(vm, [crate::q!("tabsize")], 0)?;
    let width = match width {
        Some(width) => usize::try_from(vm.int(width)?).unwrap_or(0),
        None => 8,
    };
    let (kind, text) = text(vm, args.pos()[0])?;
    let mut out = Builder::with_capacity(vm, text.len())?;
    let mut column = 0;
    for &byte in text {
        vm.work(1)?;
        match byte {
            b'\t' if width > 0 => {
                let spaces = width - column % width;
                out.fill(vm, b' ', spaces)?;
                column += spaces;
            }
            b'\t' => {}
            _ => {
                out.push(vm, byte)?;
                column = match byte {
                    b'\n' | b'\r' => 0,
                    _ => column + usize::from(kind != Kind::Str || utf8::is_start(byte)),
                };
            }
        }
    }
    kind.finish(vm, out)
}

/// A character of text, and whether it begins a word: what a conversion of letters sees.
type Convert1 = fn(char, bool) -> Converted;

/// What a character becomes: itself, or the letters of another case.
pub(crate) enum Converted {
    Same,
    Upper,
    Lower,
    /// The small letters of the capital one, which is how letters of any case are compared.
    Folded,
}

/// The text with each character converted. Only strings have letters beyond ASCII.
pub(crate) fn converted(vm: &Vm, object: Obj, convert: Convert1) -> Res {
    let (kind, text) = text(vm, object)?;
    let mut out = Builder::with_capacity(vm, text.len())?;
    let (mut at, mut starts) = (0, true);
    while at < text.len() {
        vm.work(1)?;
        let width = if kind == Kind::Str { utf8::width_at(text, at) } else { 1 };
        let bytes = &text[at..at + width];
        at += width;
        let point = if width == 1 && bytes[0] >= 0x80 { u32::MAX } else { utf8::decode_at(bytes, 0) };
        // Bytes beyond ASCII and surrogates are no letters.
        let Some(character) = char::from_u32(point) else {
            out.extend(vm, bytes)?;
            starts = true;
            continue;
        };
        let mut room = [0; 4];
        match convert(character, starts) {
            Converted::Same => out.extend(vm, bytes)?,
            Converted::Upper => {
                for letter in character.to_uppercase() {
                    out.extend(vm, letter.encode_utf8(&mut room).as_bytes())?;
                }
            }
            Converted::Folded => {
                for letter in character.to_uppercase().flat_map(char::to_lowercase) {
                    out.extend(vm, letter.encode_utf8(&mut room).as_bytes())?;
                }
            }
            Converted::Lower => {
                for letter in character.to_lowercase() {
                    out.extend(vm, letter.encode_utf8(&mut room).as_bytes())?;
                }
            }
        }
        starts = !(character.is_lowercase() || character.is_uppercase());
    }
    kind.finish(vm, out)
}

pub(crate) fn title(vm: &Vm, object: Obj) -> Res {
    converted(vm, object, |_, starts| if starts { Converted::Upper } else { Converted::Lower })
}

pub(crate) fn swapcase(vm: &Vm, object: Obj) -> Res {
    converted(vm, object, |letter, _| match () {
        () if letter.is_uppercase() => Converted::Lower,
        () if letter.is_lowercase() => Converted::Upper,
        () => Converted::Same,
    })
}

pub(crate) fn casefold(vm: &Vm, object: Obj) -> Res {
    converted(vm, object, |letter, _| if letter == 'ı' { Converted::Same } else { Converted::Folded })
}

/// The text in small letters.
pub(crate) fn lower(vm: &Vm, object: Obj) -> Res {
    converted(vm, object, |_, _| Converted::Lower)
}

pub(crate) fn capitalize(vm: &Vm, object: Obj) -> Res {
    let (kind, text) = text(vm, object)?;
    let first = if text.is_empty() || kind != Kind::Str { text.len().min(1) } else { utf8::width_at(text, 0) };
    let head = converted(vm, kind.make(vm, &text[..first])?, |_, _| Converted::Upper)?;
    let tail = converted(vm, kind.make(vm, &text[first..])?, |_, _| Converted::Lower)?;
    let mut out = Builder::with_capacity(vm, text.len())?;
    out.extend(vm, crate::obj::strings::text(vm, head)?.1)?;
    out.extend(vm, crate::obj::strings::text(vm, tail)?.1)?;
    kind.finish(vm, out)
}

/// Whether all characters of a string are of a kind; bytes beyond ASCII are of none.
pub(crate) fn all_characters(vm: &Vm, object: Obj, empty: bool, is: fn(char) -> bool) -> Res {
    let (kind, text) = text(vm, object)?;
    let mut at = 0;
    while at < text.len() {
        vm.work(1)?;
        let width = if kind == Kind::Str { utf8::width_at(text, at) } else { 1 };
        let point = if width == 1 && text[at] >= 0x80 { u32::MAX } else { utf8::decode_at(text, at) };
        if !char::from_u32(point).is_some_and(is) {
            return Ok(Obj::FALSE);
        }
        at += width;
    }
    Ok(Obj::bool(empty || !text.is_empty()))
}

/// Whether a string has letters of one case, and none of the other.
pub(crate) fn has_case(vm: &Vm, object: Obj, wanted: fn(char) -> bool, other: fn(char) -> bool) -> Res {
    let (kind, text) = text(vm, object)?;
    let (mut at, mut found) = (0, false);
    while at < text.len() {
        vm.work(1)?;
        let width = if kind == Kind::Str { utf8::width_at(text, at) } else { 1 };
        let point = if width == 1 && text[at] >= 0x80 { u32::MAX } else { utf8::decode_at(text, at) };
        if let Some(character) = char::from_u32(point) {
            if other(character) {
                return Ok(Obj::FALSE);
            }
            found |= wanted(character);
        }
        at += width;
    }
    Ok(Obj::bool(found))
}

pub(crate) fn isalnum(vm: &Vm, object: Obj) -> Res {
    all_characters(vm, object, false, char::is_alphanumeric)
}

pub(crate) fn isascii(vm: &Vm, object: Obj) -> Res {
    Ok(Obj::bool(text(vm, object)?.1.is_ascii()))
}

pub(crate) fn isdecimal(vm: &Vm, object: Obj) -> Res {
    all_characters(vm, object, false, |character| character.is_ascii_digit())
}

pub(crate) fn isnumeric(vm: &Vm, object: Obj) -> Res {
    all_characters(vm, object, false, char::is_numeric)
}

pub(crate) fn isprintable(vm: &Vm, object: Obj) -> Res {
    all_characters(vm, object, true, |character| is_printable(character as u32))
}

pub(crate) fn isidentifier(vm: &Vm, object: Obj) -> Res {
    let starts = text(vm, object)?.1.first().is_some_and(|first| !first.is_ascii_digit());
    Ok(Obj::bool(
        starts
            && all_characters(vm, object, false, |character| {
                character.is_alphabetic() || character.is_ascii_digit() || character == '_'
            })? == Obj::TRUE,
    ))
}

pub(crate) fn istitle(vm: &Vm, object: Obj) -> Res {
    let (kind, text) = text(vm, object)?;
    let (mut at, mut inside, mut found) = (0, false, false);
    while at < text.len() {
        vm.work(1)?;
        let width = if kind == Kind::Str { utf8::width_at(text, at) } else { 1 };
        let point = if width == 1 && text[at] >= 0x80 { u32::MAX } else { utf8::decode_at(text, at) };
        let character = char::from_u32(point).unwrap_or(' ');
        if character.is_uppercase() && inside || character.is_lowercase() && !inside {
            return Ok(Obj::FALSE);
        }
        inside = character.is_uppercase() || character.is_lowercase();
        found |= inside;
        at += width;
    }
    Ok(Obj::bool(found))
}

/// Whether `repr()` shows a character beyond ASCII as it is.
pub(crate) fn is_printable(point: u32) -> bool {
    if let 0x20..0x7f = point {
        return true;
    }
    let Some(character) = char::from_u32(point) else { return false };
    // The standard library escapes what is not printable, and combining characters only at the start of a text.
    let mut room = [b'a'; 5];
    let len = 1 + character.encode_utf8(&mut room[1..]).len();
    let shown = core::str::from_utf8(&room[..len]).map(|text| text.escape_debug().nth(1));
    shown == Ok(Some(character))
}

pub(crate) fn format_map(vm: &Vm, object: Obj, mapping: Obj) -> Res {
    str_format::format_by(vm, object, Args::NONE, Some(mapping))
}

fn bad_table(vm: &Vm) -> Raised {
    vm.value_error(format_args!("the first two maketrans arguments must have equal length"))
}

/// `str.maketrans(mapping)`, `str.maketrans(from, to)` or `str.maketrans(from, to, without)`
pub(crate) fn maketrans(vm: &Vm, args: &[Obj]) -> Res {
    let table = Dict::new(vm)?;
    let ord = |text: &[u8]| Obj::small_int_wrapping(utf8::decode_at(text, 0) as isize);
    if let &[mapping] = args {
        let Some(mapping) = mapping.downcast::<Dict>() else {
            return Err(vm.type_error(format_args!("if you give only one argument to maketrans it must be a dict")));
        };
        let mut at = 0;
        while let Some((found, key, value)) = mapping.map.entry_from(at) {
            vm.work(1)?;
            let key = match vm.as_str(key) {
                Some(text) if vm.count_characters(text) == 1 => ord(text),
                Some(_) => {
                    return Err(vm.value_error(format_args!("string keys in translate table must be of length 1")));
                }
                None => key,
            };
            table.map.store(vm, key, value.unwrap_or(Obj::NONE))?;
            at = found + 1;
        }
        return Ok(table.obj());
    }
    let (from, to) = (vm.str_or_bytes(args[0])?, vm.str_or_bytes(args[1])?);
    if vm.count_characters(from) != vm.count_characters(to) {
        return Err(bad_table(vm));
    }
    let (mut at, mut to_at) = (0, 0);
    while at < from.len() {
        vm.work(1)?;
        table.map.store(vm, ord(&from[at..]), ord(&to[to_at..]))?;
        at += utf8::width_at(from, at);
        to_at += utf8::width_at(to, to_at);
    }
    if let Some(&without) = args.get(2) {
        let without = vm.str_or_bytes(without)?;
        let mut at = 0;
        while at < without.len() {
            vm.work(1)?;
            table.map.store(vm, ord(&without[at..]), Obj::NONE)?;
            at += utf8::width_at(without, at);
        }
    }
    Ok(table.obj())
}

/// `bytes.maketrans(from, to)`
pub(crate) fn maketrans_of_bytes(vm: &Vm, from: Obj, to: Obj) -> Res {
    let (from, to) = (argument(vm, Kind::Bytes, from)?, argument(vm, Kind::Bytes, to)?);
    if from.len() != to.len() {
        return Err(bad_table(vm));
    }
    let mut table: [u8; 256] = core::array::from_fn(|byte| byte as u8);
    for (&from, &to) in from.iter().zip(to) {
        vm.work(1)?;
        table[usize::from(from)] = to;
    }
    Kind::Bytes.make(vm, &table)
}

/// What a table of `str.translate()` has for a character; `None` if it has nothing.
fn translation(vm: &Vm, table: Obj, point: u32) -> Res<Option<Obj>> {
    match vm.load_subscr(table, Obj::small_int_wrapping(point as isize)) {
        Err(raised) if vm.is_instance(vm.peek_exception(&raised), &exception::LOOKUP_ERROR) => {
            vm.take_exception(raised);
            Ok(None)
        }
        found => found.map(Some),
    }
}

pub(crate) fn translate(vm: &Vm, args: Args<'_>) -> Res {
    let [table, delete] = args.behind(1).by_name(vm, [crate::q!("table"), crate::q!("delete")], 1)?;
    let (Some(table), (kind, text)) = (table, text(vm, args.pos()[0])?) else { return Ok(Obj::NONE) };
    let mut out = Builder::with_capacity(vm, text.len())?;
    if kind != Kind::Str {
        let delete = match delete {
            Some(delete) => argument(vm, kind, delete)?,
            None => b"",
        };
        let table = if table == Obj::NONE { None } else { Some(argument(vm, kind, table)?) };
        if table.is_some_and(|table| table.len() != 256) {
            return Err(vm.value_error(format_args!("translation table must be 256 characters long")));
        }
        for &byte in text.iter().filter(|byte| !delete.contains(byte)) {
            vm.work(1 + delete.len() / 64)?;
            out.push(vm, table.map_or(byte, |table| table[usize::from(byte)]))?;
        }
        return kind.finish(vm, out);
    }
    let mut at = 0;
    while at < text.len() {
        vm.work(1)?;
        let width = utf8::width_at(text, at);
        match translation(vm, table, utf8::decode_at(text, at))? {
            None => out.extend(vm, &text[at..at + width])?,
            Some(nothing) if nothing == Obj::NONE => {}
            Some(new) => match vm.as_str(new) {
                Some(new) => out.extend(vm, new)?,
                None => {
                    let (bytes, len) = utf8::encode(u32::try_from(vm.int(new)?).unwrap_or(u32::from('?')));
                    out.extend(vm, &bytes[..len])?;
                }
            },
        }
        at += width;
    }
    kind.finish(vm, out)
}
