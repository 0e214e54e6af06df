//! The module `json` (facts: `extmod/modjson.c` of MicroPython).
//!
//! Reading is lenient as MicroPython's is: commas and colons are blanks, and either bracket closes what is open. Nothing recurses, so
//! that only memory limits how deep values nest.

use berus_runtime::args::Args;
use berus_runtime::error::{Raised, Res};
use berus_runtime::modules::ModuleDef;
use berus_runtime::obj::builder::Builder;
use berus_runtime::obj::dict::Dict;
use berus_runtime::obj::list::List;
use berus_runtime::obj::{float, int};
use berus_runtime::ops::buffer::Access;
use berus_runtime::ops::print::{Printer, Style};
use berus_runtime::ops::stream::StreamPrinter;
use berus_runtime::q;
use berus_runtime::text::utf8;
use berus_runtime::vm::Vm;
use berus_runtime::word::Obj;

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
                match vm.stream_read(*stream, &mut byte)? {
                    Ok(0) => Ok(None),
                    Ok(_) => Ok(Some(byte[0])),
                    Err(errno) => Err(vm.os_error(errno)),
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

/// What comes next in a text.
enum Token {
    Value(Obj),
    /// The beginning of a list or dict.
    Open(Obj),
    Close,
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

    fn word(&mut self, rest: &[u8], value: Obj) -> Res<Token> {
        for &byte in rest {
            if self.advance()? != Some(byte) {
                return Err(self.error());
            }
        }
        Ok(Token::Value(value))
    }

    fn token(&mut self) -> Res<Token> {
        loop {
            return match self.advance()? {
                Some(b',' | b':' | b' ' | b'\t' | b'\n' | b'\r') => continue,
                Some(b'n') => self.word(b"ull", Obj::NONE),
                Some(b'f') => self.word(b"alse", Obj::FALSE),
                Some(b't') => self.word(b"rue", Obj::TRUE),
                Some(b'"') => self.string().map(Token::Value),
                Some(digit @ (b'-' | b'0'..=b'9')) => self.number(digit).map(Token::Value),
                Some(b'[') => Ok(Token::Open(List::new(self.vm, &[])?.obj())),
                Some(b'{') => Ok(Token::Open(Dict::new(self.vm)?.obj())),
                Some(b']' | b'}') => Ok(Token::Close),
                _ => Err(self.error()),
            };
        }
    }

    /// A number from its first byte on: what looks like one, and is taken as Python takes it.
    fn number(&mut self, first: u8) -> Res {
        let vm = self.vm;
        let mut text = Builder::new();
        text.push(vm, first)?;
        let mut ty = &int::TYPE;
        while let Some(byte @ (b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')) = self.next {
            if matches!(byte, b'.' | b'e' | b'E') {
                ty = &float::TYPE;
            }
            text.push(vm, byte)?;
            self.advance()?;
        }
        let text = text.into_str(vm)?;
        vm.call(Obj::from_static(ty), &[text])
    }

    /// A string behind its opening quote.
    fn string(&mut self) -> Res {
        let vm = self.vm;
        let mut text = Builder::new();
        loop {
            match self.advance()? {
                None => return Err(self.error()),
                Some(b'"') => return text.into_str(vm),
                Some(b'\\') => match self.advance()? {
                    None => return Err(self.error()),
                    Some(b'b') => text.push(vm, 0x08)?,
                    Some(b'f') => text.push(vm, 0x0c)?,
                    Some(b'n') => text.push(vm, b'\n')?,
                    Some(b'r') => text.push(vm, b'\r')?,
                    Some(b't') => text.push(vm, b'\t')?,
                    Some(b'u') => {
                        let (bytes, len) = utf8::encode(self.code_point()?);
                        text.extend(vm, &bytes[..len])?;
                    }
                    Some(other) => text.push(vm, other)?,
                },
                Some(byte) => text.push(vm, byte)?,
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

    /// The only value of the text.
    fn value(&mut self) -> Res {
        let vm = self.vm;
        let mut open = match self.token()? {
            Token::Value(value) => return self.end(value),
            Token::Open(value) => value,
            Token::Close => return Err(self.error()),
        };
        // The lists and dicts that `open` is in, and the key that waits for its value.
        let outer = List::new(vm, &[])?;
        let mut key = None;
        loop {
            let (value, is_open) = match self.token()? {
                Token::Value(value) => (value, false),
                Token::Open(value) => (value, true),
                Token::Close => {
                    let Some(last) = outer.len().checked_sub(1) else { return self.end(open) };
                    open = outer.remove_at(vm, last);
                    key = None;
                    continue;
                }
            };
            match (open.downcast::<List>(), vm.as_dict(open), key.take()) {
                (Some(list), ..) => list.append(vm, value)?,
                (_, Some(dict), Some(key)) => dict.map.store(vm, key, value)?,
                (_, _, None) if !is_open => key = Some(value),
                _ => return Err(self.error()),
            }
            if is_open {
                outer.append(vm, open)?;
                open = value;
            }
        }
    }

    /// Checks that nothing but blanks follows.
    fn end(&mut self, value: Obj) -> Res {
        while let Some(b' ' | b'\t'..=b'\r') = self.next {
            self.advance()?;
        }
        if self.next.is_some() { Err(self.error()) } else { Ok(value) }
    }
}

fn load(vm: &Vm, stream: Obj) -> Res {
    Reader::new(vm, Source::Stream(stream))?.value()
}

fn loads(vm: &Vm, text: Obj) -> Res {
    let bytes = vm.buffer(text, Access::Read)?.bytes();
    Reader::new(vm, Source::Bytes(bytes.iter()))?.value()
}
