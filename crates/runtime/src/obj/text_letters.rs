//! Methods of text that look at its letters: their case, their kind, and those that stand at its ends.

use crate::data::builder::Builder;
use crate::model::error::Res;
use crate::model::events::Poll;
#[cfg(feature = "python")]
use crate::model::protocols::Strs;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::strings::{Kind, argument, text};
#[cfg(feature = "python")]
use crate::obj::text_more::{self, Converted};
#[cfg(not(feature = "python"))]
use crate::ops::convert::Convert;
use crate::text::utf8::is_space;

/// A case of letters.
#[derive(Clone, Copy)]
enum Case {
    Upper,
    Lower,
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
