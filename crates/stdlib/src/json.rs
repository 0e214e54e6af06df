//! The module `json` (facts: `extmod/modjson.c` of MicroPython).
//!
//! What is JSON is read as CPython reads it, with `NaN` and `Infinity`, and what is not is refused. Reading does not
//! recurse, so that only memory limits how deep values nest. What is written is text as it is, and bytes are text.

use berus_runtime::data::builder::Builder;
use berus_runtime::data::dict::Dicts;
use berus_runtime::model::args::Args;
use berus_runtime::model::buffer::Access;
use berus_runtime::model::error::{Raise, Raised, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::layout::{Dict, List};
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::printer::{Printer, Style};
use berus_runtime::model::protocols::Strs;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::float::Floats;
use berus_runtime::obj::{float, int};
use berus_runtime::ops::buffer::Buffers;
use berus_runtime::ops::call::Call;
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::print::Print;
use berus_runtime::ops::stream::{StreamPrinter, Streams};
use berus_runtime::q;
use berus_runtime::text::utf8;

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("json", MEMBERS).extensible();

berus_runtime::members! {
    static MEMBERS = {
        "dump" => kw(2, dump),
        "dumps" => kw(1, dumps),
        "load" => f1(load),
        "loads" => f1(loads),
    }
}

/// Prints with separators of one's own.
struct Separated<'a> {
    out: &'a mut dyn Printer,
    comma: &'a [u8],
    colon: &'a [u8],
}

impl Printer for Separated<'_> {
    fn write(&mut self, vm: &Vm, bytes: &[u8]) -> Res<()> {
        self.out.write(vm, bytes)
    }

    fn write_comma(&mut self, vm: &Vm) -> Res<()> {
        self.out.write(vm, self.comma)
    }

    fn write_colon(&mut self, vm: &Vm) -> Res<()> {
        self.out.write(vm, self.colon)
    }
}

/// Prints the first argument of a call, whose arguments behind the first `n` are options.
fn print(vm: &Vm, args: Args<'_>, n: usize, out: &mut dyn Printer) -> Res<()> {
    let (value, options) = (args.pos()[0], args.behind(n));
    if options.n_pos() > 0 {
        return Err(vm.type_error(format_args!("extra positional arguments given")));
    }
    let [separators] = options.by_name(vm, [q!("separators")], 0)?;
    let Some(separators) = separators.filter(|&separators| separators != Obj::NONE) else {
        return vm.print(out, value, Style::Json);
    };
    let separators = vm.items_exactly(separators, 2)?;
    let text = |index| vm.str_or_bytes(separators.get(index).unwrap_or(Obj::NONE));
    vm.print(&mut Separated { out, comma: text(0)?, colon: text(1)? }, value, Style::Json)
}

fn dump(vm: &Vm, args: Args<'_>) -> Res {
    let mut out = StreamPrinter::new(vm, args.pos()[1])?;
    print(vm, args, 2, &mut out)?;
    Ok(Obj::NONE)
}

fn dumps(vm: &Vm, args: Args<'_>) -> Res {
    let mut out = Builder::new();
    print(vm, args, 1, &mut out)?;
    out.into_str(vm)
}

/// The text of a value, a byte at a time.
enum Source<'a> {
    Bytes(core::slice::Iter<'a, u8>),
    Stream(Obj),
}

impl Source<'_> {
    fn next(&mut self, vm: &Vm) -> Res<Option<u8>> {
        match self {
            Source::Bytes(bytes) => {
                vm.work(1)?;
                Ok(bytes.next().copied())
            }
            Source::Stream(stream) => {
                let mut byte = [0];
                match vm.stream_read(*stream, &mut byte) {
                    Ok(0) => Ok(None),
                    Ok(_) => Ok(Some(byte[0])),
                    Err(failure) => Err(failure.raise(vm)),
                }
            }
        }
    }
}

/// Reads a value.
struct Reader<'a> {
    vm: &'a Vm,
    source: Source<'a>,
    /// The byte that comes next.
    next: Option<u8>,
}

impl<'a> Reader<'a> {
    fn new(vm: &'a Vm, source: Source<'a>) -> Res<Reader<'a>> {
        let mut reader = Reader { vm, source, next: None };
        reader.advance()?;
        Ok(reader)
    }

    #[cold]
    fn error(&self) -> Raised {
        self.vm.value_error(format_args!("syntax error in JSON"))
    }

    /// Takes the next byte.
    fn advance(&mut self) -> Res<Option<u8>> {
        let next = self.source.next(self.vm)?;
        Ok(core::mem::replace(&mut self.next, next))
    }

    fn skip_blanks(&mut self) -> Res<()> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.next {
            self.advance()?;
        }
        Ok(())
    }

    /// Takes the next byte that is no blank.
    fn next_token(&mut self) -> Res<Option<u8>> {
        self.skip_blanks()?;
        self.advance()
    }

    /// Takes `byte` if it comes next, behind blanks.
    fn follows(&mut self, byte: u8) -> Res<bool> {
        self.skip_blanks()?;
        let follows = self.next == Some(byte);
        if follows {
            self.advance()?;
        }
        Ok(follows)
    }

    fn word(&mut self, rest: &[u8], value: Obj) -> Res {
        for &byte in rest {
            if self.advance()? != Some(byte) {
                return Err(self.error());
            }
        }
        Ok(value)
    }

    /// A value that holds no others, from its first byte on.
    fn scalar(&mut self, first: Option<u8>) -> Res {
        match first {
            Some(b'n') => self.word(b"ull", Obj::NONE),
            Some(b'f') => self.word(b"alse", Obj::FALSE),
            Some(b't') => self.word(b"rue", Obj::TRUE),
            Some(b'N') => self.word(b"aN", self.vm.new_float(f64::NAN)?),
            Some(b'I') => self.word(b"nfinity", self.vm.new_float(f64::INFINITY)?),
            Some(b'-') if self.next == Some(b'I') => self.word(b"Infinity", self.vm.new_float(f64::NEG_INFINITY)?),
            Some(b'"') => self.string(),
            Some(digit @ (b'-' | b'0'..=b'9')) => self.number(digit),
            _ => Err(self.error()),
        }
    }

    /// Adds the digits that come next: whether there are any.
    fn digits(&mut self, text: &mut Builder) -> Res<bool> {
        let len = text.bytes().len();
        while let Some(digit @ b'0'..=b'9') = self.next {
            text.push(self.vm, digit)?;
            self.advance()?;
        }
        Ok(text.bytes().len() > len)
    }

    /// A number from its first byte on.
    fn number(&mut self, first: u8) -> Res {
        let vm = self.vm;
        let mut text = Builder::new();
        text.push(vm, first)?;
        let more = self.digits(&mut text)?;
        let mut is_right = match text.bytes() {
            [b'-'] => more,
            [b'-', b'0', ..] => text.bytes().len() == 2,
            [b'0', ..] => !more,
            _ => true,
        };
        let mut ty = &int::TYPE;
        if self.next == Some(b'.') {
            ty = &float::TYPE;
            self.advance()?;
            text.push(vm, b'.')?;
            is_right &= self.digits(&mut text)?;
        }
        if let Some(letter @ (b'e' | b'E')) = self.next {
            ty = &float::TYPE;
            self.advance()?;
            text.push(vm, letter)?;
            if let Some(sign @ (b'+' | b'-')) = self.next {
                self.advance()?;
                text.push(vm, sign)?;
            }
            is_right &= self.digits(&mut text)?;
        }
        if !is_right {
            return Err(self.error());
        }
        let text = text.into_str(vm)?;
        vm.call(Obj::from_static(ty), &[text])
    }

    /// A string behind its opening quote.
    fn string(&mut self) -> Res {
        let vm = self.vm;
        let mut text = Builder::new();
        // The first half of a surrogate pair, which the second may follow.
        let mut half = None;
        loop {
            let byte = self.advance()?;
            let mut escaped = None;
            let byte = match byte {
                None | Some(0..0x20) => return Err(self.error()),
                Some(b'\\') => match self.advance()? {
                    Some(b'b') => Some(0x08),
                    Some(b'f') => Some(0x0c),
                    Some(b'n') => Some(b'\n'),
                    Some(b'r') => Some(b'\r'),
                    Some(b't') => Some(b'\t'),
                    Some(b'u') => {
                        escaped = Some(self.code_point()?);
                        None
                    }
                    Some(byte @ (b'"' | b'\\' | b'/')) => Some(byte),
                    _ => return Err(self.error()),
                },
                Some(b'"') => {
                    push(vm, &mut text, half)?;
                    return text.into_str_checked(vm);
                }
                Some(byte) => Some(byte),
            };
            if let (Some(high), Some(low @ 0xdc00..0xe000)) = (half, escaped) {
                half = None;
                push(vm, &mut text, Some(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)))?;
                continue;
            }
            push(vm, &mut text, half.take())?;
            match (byte, escaped) {
                (Some(byte), _) => text.push(vm, byte)?,
                (_, high @ Some(0xd800..0xdc00)) => half = high,
                (_, point) => push(vm, &mut text, point)?,
            }
        }
    }

    /// The four digits of an escape.
    fn code_point(&mut self) -> Res<u32> {
        let mut point = 0;
        for _ in 0..4 {
            let digit = self.advance()?.and_then(|byte| char::from(byte).to_digit(16));
            point = point << 4 | digit.ok_or_else(|| self.error())?;
        }
        Ok(point)
    }

    /// The key of an entry, and the colon.
    fn key(&mut self) -> Res {
        if self.next_token()? != Some(b'"') {
            return Err(self.error());
        }
        let key = self.string()?;
        if self.next_token()? == Some(b':') { Ok(key) } else { Err(self.error()) }
    }

    /// The only value of the text.
    fn value(&mut self) -> Res {
        let vm = self.vm;
        // The list or dict that is being read, the ones that it is in, and the key that waits for its value.
        let mut open: Option<Obj> = None;
        let outer = List::new(vm, &[])?;
        let mut key = None;
        let mut whole = Obj::NONE;
        loop {
            let first = self.next_token()?;
            let (value, closing) = match first {
                Some(b'[') => (List::new(vm, &[])?.obj(), Some(b']')),
                Some(b'{') => (Dict::new(vm)?.obj(), Some(b'}')),
                first => (self.scalar(first)?, None),
            };
            match (open.and_then(|open| open.downcast::<List>()), open.and_then(|open| vm.as_dict(open)), key.take()) {
                (Some(list), ..) => list.append(vm, value)?,
                (_, Some(dict), Some(key)) => dict.map.store(vm, key, value)?,
                _ => whole = value,
            }
            if let Some(closing) = closing
                && !self.follows(closing)?
            {
                if let Some(open) = open {
                    outer.append(vm, open)?;
                }
                open = Some(value);
                if closing == b'}' {
                    key = Some(self.key()?);
                }
                continue;
            }
            // What ends here may be the last in what it is in.
            loop {
                let Some(container) = open else { return self.end(whole) };
                let is_dict = vm.as_dict(container).is_some();
                match self.next_token()? {
                    Some(b',') => {
                        key = if is_dict { Some(self.key()?) } else { None };
                        break;
                    }
                    Some(b'}') if is_dict => {}
                    Some(b']') if !is_dict => {}
                    _ => return Err(self.error()),
                }
                open = outer.remove_at(vm, outer.len().wrapping_sub(1));
            }
        }
    }

    /// Checks that nothing but blanks follows.
    fn end(&mut self, value: Obj) -> Res {
        if self.next_token()?.is_some() { Err(self.error()) } else { Ok(value) }
    }
}

/// Adds a code point, if there is one.
fn push(vm: &Vm, text: &mut Builder, point: Option<u32>) -> Res<()> {
    let Some(point) = point else { return Ok(()) };
    let (bytes, len) = utf8::encode(point);
    text.extend(vm, &bytes[..len])
}

fn load(vm: &Vm, stream: Obj) -> Res {
    Reader::new(vm, Source::Stream(stream))?.value()
}

fn loads(vm: &Vm, text: Obj) -> Res {
    let bytes = vm.buffer(text, Access::Read)?.bytes();
    // Bytes may have a byte-order mark.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").filter(|_| vm.as_str(text).is_none()).unwrap_or(bytes);
    Reader::new(vm, Source::Bytes(bytes.iter()))?.value()
}
