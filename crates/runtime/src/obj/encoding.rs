//! Encodings of text, as `encode()`, `decode()` and the constructors of text name them.
//!
//! MicroPython has UTF-8 and ASCII, by three names. With the feature `python` there are the encodings of eight bits for
//! Western Europe, too, names are read as Python reads them, and `errors` counts when encoding.

use crate::data::builder::Builder;
use crate::model::args::Args;
#[cfg(not(feature = "python"))]
use crate::model::arity::CheckArguments;
use crate::model::error::{Raise, Raised, Res};
use crate::model::events::Poll;
use crate::model::protocols::Strs;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::exception;
use crate::ops::print::Print;
use crate::text::utf8;

/// An encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Ascii,
    /// The first 256 characters, each a byte.
    Latin1,
    /// Latin 1 with typographic characters in place of the second block of control characters.
    Cp1252,
}

/// What the bytes from 0x80 to 0x9f are in [`Encoding::Cp1252`]; 0 for none.
const CP1252: [u16; 32] = [
    0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0, 0,
    0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
];

impl Encoding {
    /// The encoding that a program names.
    ///
    /// # Errors
    /// `TypeError` if `name` is no string, `LookupError` if there is no such encoding.
    pub(crate) fn named(vm: &Vm, name: Obj) -> Res<Encoding> {
        let Some(spelling) = vm.as_str(name) else { return Err(vm.bad_conversion(name)) };
        let found = match spelling {
            b"utf-8" | b"utf8" => Some(Encoding::Utf8),
            b"ascii" => Some(Encoding::Ascii),
            _ if cfg!(feature = "python") => Encoding::otherwise_named(spelling),
            _ => None,
        };
        found.ok_or_else(|| {
            let name = core::str::from_utf8(spelling).unwrap_or("?");
            vm.error(&exception::LOOKUP_ERROR, format_args!("unknown encoding: {name}"))
        })
    }

    /// The encoding by one of the names that Python has for it: capital letters count as small, `_` and spaces as `-`.
    fn otherwise_named(name: &[u8]) -> Option<Encoding> {
        let mut room = [0; 16];
        let plain = room.get_mut(..name.len())?;
        for (to, &from) in plain.iter_mut().zip(name) {
            *to = if matches!(from, b'_' | b' ') { b'-' } else { from.to_ascii_lowercase() };
        }
        Some(match &*plain {
            b"utf-8" | b"utf8" | b"u8" => Encoding::Utf8,
            b"ascii" | b"us-ascii" | b"646" => Encoding::Ascii,
            b"latin-1" | b"latin1" | b"latin" | b"l1" | b"iso-8859-1" | b"iso8859-1" | b"8859" => Encoding::Latin1,
            b"cp1252" | b"windows-1252" | b"1252" => Encoding::Cp1252,
            _ => return None,
        })
    }

    /// The byte for a character, if the encoding, of one byte a character, has the character.
    fn byte(self, point: u32) -> Option<u8> {
        match (self, point) {
            (_, 0..0x80) | (Encoding::Latin1, 0..0x100) | (Encoding::Cp1252, 0xa0..0x100) => Some(point as u8),
            (Encoding::Cp1252, _) => {
                CP1252.iter().position(|&known| u32::from(known) == point).map(|at| 0x80 + at as u8)
            }
            _ => None,
        }
    }

    /// The character for a byte, if the encoding, of one byte a character, has it.
    fn point(self, byte: u8) -> Option<u32> {
        match (self, byte) {
            (_, 0..0x80) | (Encoding::Latin1, _) => Some(byte.into()),
            (Encoding::Cp1252, 0x80..0xa0) => match CP1252[usize::from(byte - 0x80)] {
                0 => None,
                point => Some(point.into()),
            },
            (Encoding::Cp1252, _) => Some(byte.into()),
            _ => None,
        }
    }
}

/// Raises the exception for text that cannot be encoded or decoded. Python has a type for each.
#[cold]
fn unicode_error(vm: &Vm, encoding: bool) -> Raised {
    #[cfg(feature = "python")]
    let ty = if encoding { &exception::UNICODE_ENCODE_ERROR } else { &exception::UNICODE_DECODE_ERROR };
    #[cfg(not(feature = "python"))]
    let (ty, _) = (&exception::UNICODE_ERROR, encoding);
    vm.error_with(ty, &[])
}

/// What becomes of characters that cannot be encoded, and of bytes that cannot be decoded.
#[derive(Clone, Copy, PartialEq)]
enum Errors {
    Strict,
    Ignore,
    Replace,
    Escape,
    /// As XML refers to characters by number; only for encoding.
    Reference,
}

impl Errors {
    fn named(vm: &Vm, name: Option<Obj>) -> Errors {
        match name.map(|name| vm.as_str(name)) {
            Some(Some(b"ignore")) => Errors::Ignore,
            Some(Some(b"replace")) => Errors::Replace,
            Some(Some(b"backslashreplace")) if cfg!(feature = "python") => Errors::Escape,
            Some(Some(b"xmlcharrefreplace")) if cfg!(feature = "python") => Errors::Reference,
            _ => Errors::Strict,
        }
    }
}

/// The bytes of `text`, encoded.
///
/// # Errors
/// `UnicodeError` for a character that the encoding does not have, unless `errors` says otherwise.
pub(crate) fn encode(vm: &Vm, text: &[u8], encoding: Encoding, errors: Option<Obj>) -> Res<Builder> {
    if !cfg!(feature = "python") && encoding == Encoding::Ascii && !text.is_ascii() {
        return Err(unicode_error(vm, true));
    }
    let mut out = Builder::with_capacity(vm, text.len())?;
    if !cfg!(feature = "python") || encoding == Encoding::Utf8 || text.is_ascii() {
        out.extend(vm, text)?;
        return Ok(out);
    }
    let errors = Errors::named(vm, errors);
    let mut at = 0;
    while at < text.len() {
        vm.work(1)?;
        let point = utf8::decode_at(text, at);
        at += utf8::width_at(text, at);
        match (encoding.byte(point), errors) {
            (Some(byte), _) => out.push(vm, byte)?,
            (None, Errors::Strict) => return Err(unicode_error(vm, true)),
            (None, Errors::Ignore) => {}
            (None, Errors::Replace) => out.push(vm, b'?')?,
            (None, Errors::Escape) => crate::obj::str::print_escape(vm, &mut out, point)?,
            (None, Errors::Reference) => vm.print_fmt(&mut out, format_args!("&#{point};"))?,
        }
    }
    Ok(out)
}

/// The string that `text` is in an encoding.
///
/// # Errors
/// `UnicodeError` for bytes that mean nothing in the encoding, unless `errors` says otherwise.
pub(crate) fn decode(vm: &Vm, text: &[u8], encoding: Encoding, errors: Option<Obj>) -> Res {
    let valid = if encoding == Encoding::Utf8 { vm.first_invalid(text)?.is_none() } else { text.is_ascii() };
    if valid {
        return vm.new_str(text);
    }
    let errors = Errors::named(vm, errors);
    let mut out = Builder::with_capacity(vm, text.len())?;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        vm.work(1)?;
        let width = match rest[0] {
            0..0x80 => 1,
            byte if cfg!(feature = "python") && encoding != Encoding::Utf8 => match encoding.point(byte) {
                Some(point) => {
                    let (bytes, len) = utf8::encode(point);
                    out.extend(vm, &bytes[..len])?;
                    at += 1;
                    continue;
                }
                None => 0,
            },
            first @ 0xc0..0xf8 if encoding == Encoding::Utf8 => {
                let most = match first {
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
        } else {
            match errors {
                Errors::Strict | Errors::Reference => return Err(unicode_error(vm, false)),
                Errors::Ignore => {}
                Errors::Replace => out.extend(vm, "\u{fffd}".as_bytes())?,
                Errors::Escape if cfg!(feature = "python") => {
                    vm.print_fmt(&mut out, format_args!("\\x{:02x}", rest[0]))?;
                }
                Errors::Escape => {}
            }
        }
        at += width.max(1);
    }
    out.into_str(vm)
}

/// The arguments of a constructor of text by their positions.
#[cfg(feature = "python")]
pub(crate) struct Positions {
    words: [Obj; 3],
    len: usize,
}

#[cfg(feature = "python")]
impl Positions {
    pub(crate) fn args(&self) -> Args<'_> {
        Args::positional(&self.words[..self.len])
    }
}

/// The arguments `args` by position: of what is made into text, which is named `first`, of the encoding and the errors.
///
/// # Errors
/// `TypeError` for other keywords.
#[cfg(feature = "python")]
pub(crate) fn by_position(vm: &Vm, args: Args<'_>, first: &str) -> Res<Positions> {
    let given = args.n_pos();
    if given > 3 {
        return Err(vm.type_error(format_args!("function expected at most 3 arguments, got {given}")));
    }
    let mut slots = [None; 3];
    for (slot, value) in slots.iter_mut().zip(args.pos()) {
        *slot = Some(*value);
    }
    for (name, value) in args.kw() {
        let at = match vm.as_str(name) {
            Some(name) if name == first.as_bytes() => 0,
            Some(b"encoding") => 1,
            Some(b"errors") => 2,
            _ => return Err(vm.type_error(format_args!("extra keyword arguments given"))),
        };
        if slots[at].replace(value).is_some() {
            return Err(vm.type_error(format_args!("function got multiple values for argument")));
        }
    }
    let len = slots.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
    let mut words = [Obj::qstr(crate::qstr::Qstr::EMPTY), Obj::qstr(crate::q!("utf-8")), Obj::NONE];
    for (word, slot) in words.iter_mut().zip(slots) {
        *word = slot.unwrap_or(*word);
    }
    Ok(Positions { words, len })
}

/// The arguments of a constructor of text, which are given by position.
#[cfg(not(feature = "python"))]
pub(crate) struct Positions<'a>(Args<'a>);

#[cfg(not(feature = "python"))]
impl<'a> Positions<'a> {
    pub(crate) fn args(&self) -> Args<'a> {
        self.0
    }
}

/// The arguments `args`, of which none may be given by name.
///
/// # Errors
/// `NotImplementedError` for keywords, `TypeError` for too many arguments.
#[cfg(not(feature = "python"))]
pub(crate) fn by_position<'a>(vm: &Vm, args: Args<'a>, _: &str) -> Res<Positions<'a>> {
    if args.n_kw() > 0 {
        return Err(vm.not_implemented(format_args!("keyword argument(s) not implemented - use normal args instead")));
    }
    vm.check_args(args, 0, 3, false)?;
    Ok(Positions(args))
}
