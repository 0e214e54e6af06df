//! The module `deflate`: streams that are compressed, to be read (facts: `docs/library/deflate.rst` and
//! `extmod/moddeflate.c` of MicroPython, whose usual builds do not compress either).

mod inflate;

use core::cell::{Cell, RefCell};

use berus_runtime::errno::INVALID;
use berus_runtime::model::args::Args;
use berus_runtime::model::arity::CheckArguments;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::object::Gc;
use berus_runtime::model::stream::{Outcome, Request, StreamSlots};
use berus_runtime::model::types::Type;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::array::Array;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::obj::exception::EOF_ERROR;
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::stream;
use berus_runtime::ops::stream::Streams;
use berus_runtime::ops::truth::Truth;
use inflate::{Inflate, Source, Stop};

use crate::crc32::Hasher;

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("deflate", MEMBERS);

berus_runtime::members! {
    static MEMBERS = {
        "DeflateIO" => value(Obj::from_static(&DEFLATE_IO)),
        "AUTO" => value(Obj::small_int_wrapping(AUTO)),
        "RAW" => value(Obj::small_int_wrapping(RAW)),
        "ZLIB" => value(Obj::small_int_wrapping(ZLIB)),
        "GZIP" => value(Obj::small_int_wrapping(GZIP)),
    }
}

// What is around the data: the first stands for either of the last two.
const AUTO: isize = 0;
const RAW: isize = 1;
const ZLIB: isize = 2;
const GZIP: isize = 3;

/// Bytes that are made between two looks at limits.
const PART: usize = 2048;

/// The size of the window of raw data, as a power of two, where programs do not say.
const USUAL_WINDOW: u32 = 8;

/// A stream of decompressed data.
struct DeflateIo {
    /// Where the data comes from; `None` once it is closed.
    stream: Cell<Option<Obj>>,
    format: isize,
    /// The size of the window as a power of two; 0 if the data says.
    window_bits: u32,
    /// Whether to close the other stream, too.
    closes: bool,
    reading: RefCell<Option<Reading>>,
}

/// How far reading is.
struct Reading {
    inflate: Inflate,
    window: Gc<Array>,
    check: Check,
    is_over: bool,
}

/// What the data is compared with at its end.
enum Check {
    Nothing,
    Adler(Adler),
    Crc(Hasher),
}

/// The checksum Adler-32 (RFC 1950).
struct Adler {
    sum: u32,
    sums: u32,
}

impl Adler {
    const PRIME: u32 = 65_521;

    fn update(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.sum = (self.sum + u32::from(byte)) % Adler::PRIME;
            self.sums = (self.sums + self.sum) % Adler::PRIME;
        }
    }
}

impl Check {
    fn update(&mut self, bytes: &[u8]) {
        match self {
            Check::Nothing => {}
            Check::Adler(adler) => adler.update(bytes),
            Check::Crc(crc) => crc.update(bytes),
        }
    }

    /// Reads what the checksum should be: whether it is that.
    fn agrees(self, source: Source<'_>) -> Res<bool> {
        let mut four = || Ok([source()?, source()?, source()?, source()?]);
        Ok(match self {
            Check::Nothing => true,
            Check::Adler(adler) => u32::from_be_bytes(four()?) == adler.sums << 16 | adler.sum,
            Check::Crc(crc) => {
                let wanted = u32::from_le_bytes(four()?);
                // The length.
                four()?;
                wanted == crc.finalize()
            }
        })
    }
}

berus_runtime::custom_type! {
    static DEFLATE_IO: Type<DeflateIo> = "DeflateIO".make_new(make_new).stream(&SLOTS).locals(METHODS);
}

static SLOTS: StreamSlots = StreamSlots { read: Some(read), write: None, ioctl: Some(ioctl), is_text: false };

berus_runtime::members! {
    static METHODS = {
        "read" => var(1, 2, stream::read),
        "readinto" => var(2, 3, stream::readinto),
        "readline" => var(1, 2, stream::readline),
        "close" => f1(stream::close),
        "__enter__" => f1(stream::enter),
        "__exit__" => var(4, 4, stream::exit),
    }
}

/// `DeflateIO(stream[, format[, window[, close]]])`
fn make_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 1, 4, false)?;
    let number = |index: usize| args.pos().get(index).map_or(Ok(0), |&number| vm.int(number));
    let (format, window_bits) = (number(1)?, number(2)?);
    if !(AUTO..=GZIP).contains(&format) {
        return Err(vm.value_error(format_args!("format")));
    }
    if window_bits != 0 && !(5..=15).contains(&window_bits) {
        return Err(vm.value_error(format_args!("wbits")));
    }
    let closes = args.pos().get(3).map_or(Ok(false), |&closes| vm.truth(closes))?;
    let stream = Cell::new(Some(args.pos()[0]));
    let reading = RefCell::new(None);
    Ok(vm.new_custom(DeflateIo { stream, format, window_bits: window_bits as u32, closes, reading })?.obj())
}

/// The next byte of a stream.
fn next_byte(vm: &Vm, stream: Obj) -> Res<u8> {
    let mut byte = [0];
    match vm.stream_read(stream, &mut byte) {
        Ok(0) => Err(vm.error_with(&EOF_ERROR, &[])),
        Ok(_) => Ok(byte[0]),
        Err(failure) => Err(failure.raise(vm)),
    }
}

/// Reads what is before the data: how to check that, and the size of its window as a power of two. `None` if it is not
/// of the format.
fn read_head(format: isize, source: Source<'_>) -> Res<Option<(Check, u32)>> {
    if format == RAW {
        return Ok(Some((Check::Nothing, USUAL_WINDOW)));
    }
    let head = [source()?, source()?];
    if head == [0x1f, 0x8b] {
        let is_right = read_gzip_head(source)? && format != ZLIB;
        return Ok(is_right.then(|| (Check::Crc(Hasher::new()), 15)));
    }
    let [method, flags] = head;
    // The two are a multiple of 31; a dictionary that both sides know beforehand is not supported.
    let is_right = u16::from_be_bytes(head) % 31 == 0 && method & 0x0f == 8 && method >> 4 <= 7 && flags & 0x20 == 0;
    let check = Check::Adler(Adler { sum: 1, sums: 0 });
    Ok((is_right && format != GZIP).then_some((check, u32::from(method >> 4) + 8)))
}

/// Reads the rest of what gzip puts before the data (RFC 1952): whether it is that.
fn read_gzip_head(source: Source<'_>) -> Res<bool> {
    let (method, flags) = (source()?, source()?);
    if method != 8 || flags & 0xe0 != 0 {
        return Ok(false);
    }
    for _ in 0..6 {
        source()?;
    }
    if flags & 4 != 0 {
        for _ in 0..u16::from_le_bytes([source()?, source()?]) {
            source()?;
        }
    }
    // A name and a comment.
    for flag in [8, 16] {
        while flags & flag != 0 && source()? != 0 {}
    }
    if flags & 2 != 0 {
        source()?;
        source()?;
    }
    Ok(true)
}

fn read(vm: &Vm, object: Obj, buffer: &mut [u8]) -> Outcome {
    let this = vm.this::<Custom<DeflateIo>>(object)?;
    // A stream that reads from here while it is asked for more gets nothing.
    let (Some(stream), Ok(mut reading)) = (this.stream.get(), this.reading.try_borrow_mut()) else {
        return Err(INVALID.into());
    };
    let source: Source<'_> = &mut || next_byte(vm, stream);
    if reading.is_none() {
        let Some((check, bits)) = read_head(this.format, source)? else { return Err(INVALID.into()) };
        let bits = match this.window_bits {
            0 => bits,
            wanted if this.format == RAW => wanted,
            wanted => wanted.min(bits),
        };
        let window = Array::zeros(vm, 1 << bits)?;
        *reading = Some(Reading { inflate: Inflate::new(), window, check, is_over: false });
    }
    let Some(reading) = &mut *reading else { return Err(INVALID.into()) };
    if reading.is_over {
        return Ok(0);
    }
    let mut count = 0;
    for part in buffer.chunks_mut(PART) {
        vm.work(PART / 8)?;
        let made = match reading.inflate.read(source, reading.window.buffer().cells(), part) {
            Ok(made) => made,
            Err(Stop::Broken) => return Err(INVALID.into()),
            Err(Stop::Raised(raised)) => return Err(raised.into()),
        };
        reading.check.update(&part[..made]);
        count += made;
        if made < part.len() {
            break;
        }
    }
    if count < buffer.len() {
        reading.is_over = true;
        let check = core::mem::replace(&mut reading.check, Check::Nothing);
        if !check.agrees(source)? {
            return Err(INVALID.into());
        }
    }
    Ok(count)
}

fn ioctl(vm: &Vm, object: Obj, request: Request) -> Outcome {
    let this = vm.this::<Custom<DeflateIo>>(object)?;
    if request != Request::Close {
        return Err(INVALID.into());
    }
    match this.stream.take() {
        Some(stream) if this.closes => vm.stream_ioctl(stream, Request::Close),
        _ => Ok(0),
    }
}
