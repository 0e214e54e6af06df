//! Formatted output from C code.
//!
//! Output goes to a function that C code has, or gets from here, and that may raise: nothing here has anything to drop
//! when the function is called.

use core::ffi::{c_char, c_int, c_void};

use berus_mpy::number;
use berus_mpy::number::Form;

use crate::native::border::vm;
use crate::native::machine::Values;
use crate::native::table::arguments;
use crate::qstr::Qstr;

/// A printer: the function that output goes to, and the function's first argument (MicroPython: `mp_print_t`).
#[repr(C)]
pub(in crate::native) struct PrinterOfC {
    pub data: *mut c_void,
    pub write: unsafe extern "C" fn(*mut c_void, *const u8, usize),
}

// SAFETY: the printer that is a `static` has no data.
unsafe impl Sync for PrinterOfC {}

/// The console's output.
pub(super) static STDOUT: PrinterOfC = PrinterOfC { data: core::ptr::null_mut(), write: write_stdout };

unsafe extern "C" fn write_stdout(_: *mut c_void, text: *const u8, len: usize) {
    // SAFETY: machine code called, and vouches for the text.
    unsafe { vm().host().write_stdout(arguments::bytes(text, len)) };
}

/// How a value is to be printed.
#[derive(Clone, Copy, Default)]
struct Layout {
    left: bool,
    plus: bool,
    space: bool,
    zeros: bool,
    width: usize,
    precision: Option<usize>,
}

/// Writes to a printer, and counts the bytes.
struct Output {
    to: *const PrinterOfC,
    count: usize,
}

impl Output {
    unsafe fn write(&mut self, text: &[u8]) {
        if !text.is_empty() {
            // SAFETY: machine code vouches for the printer.
            unsafe { ((*self.to).write)((*self.to).data, text.as_ptr(), text.len()) };
            self.count += text.len();
        }
    }

    unsafe fn fill(&mut self, byte: u8, mut count: usize) {
        let bytes = [byte; 16];
        while count > 0 {
            let some = count.min(bytes.len());
            // SAFETY: as in `write`.
            unsafe { self.write(&bytes[..some]) };
            count -= some;
        }
    }

    /// Writes `text`, filled up to its width.
    unsafe fn pad(&mut self, text: &[u8], layout: Layout) {
        let missing = layout.width.saturating_sub(text.len());
        let fill = if layout.zeros { b'0' } else { b' ' };
        // SAFETY: as in `write`.
        unsafe {
            if layout.left {
                self.write(text);
                self.fill(fill, missing);
            } else {
                self.fill(fill, missing);
                self.write(text);
            }
        }
    }

    /// Writes a number: a sign, then digits.
    unsafe fn number(&mut self, sign: Option<u8>, digits: &[u8], mut layout: Layout) {
        let mut text = [0; 100];
        let signed = usize::from(sign.is_some());
        // SAFETY: as in `write`.
        unsafe {
            if layout.zeros
                && let Some(sign) = sign
            {
                self.write(&[sign]);
                layout.width = layout.width.saturating_sub(1);
                return self.pad(digits, layout);
            }
            text[0] = sign.unwrap_or(0);
            let digits = &digits[..digits.len().min(text.len() - 1)];
            text[signed..signed + digits.len()].copy_from_slice(digits);
            self.pad(&text[..signed + digits.len()], layout);
        }
    }

    unsafe fn integer(&mut self, value: u64, is_signed: bool, base: u64, letters: u8, layout: Layout) {
        let is_negative = is_signed && (value as i64) < 0;
        let mut rest = if is_negative { value.wrapping_neg() } else { value };
        let mut digits = [0; 20];
        let mut at = digits.len();
        while at > 0 {
            at -= 1;
            let digit = (rest % base) as u8;
            digits[at] = if digit < 10 { b'0' + digit } else { letters + digit - 10 };
            rest /= base;
            if rest == 0 {
                break;
            }
        }
        let sign = sign(is_negative, is_signed, layout);
        // SAFETY: as in `write`.
        unsafe { self.number(sign, &digits[at..], layout) };
    }
}

fn sign(is_negative: bool, is_signed: bool, layout: Layout) -> Option<u8> {
    match (is_signed, is_negative) {
        (true, true) => Some(b'-'),
        (true, false) if layout.plus => Some(b'+'),
        (true, false) if layout.space => Some(b' '),
        _ => None,
    }
}

/// A format, as far as it is read.
struct Format {
    /// Where the rest of the format is: at its zero byte at last.
    at: *const u8,
}

impl Format {
    /// The next byte; 0 at the end.
    ///
    /// # Safety
    /// The format ends in a zero byte, as for all functions here.
    unsafe fn peek(&self) -> u8 {
        // SAFETY: as the caller says; nobody goes beyond the zero byte.
        unsafe { self.at.read() }
    }

    /// Takes the next byte, unless that is the end.
    unsafe fn next(&mut self) -> u8 {
        // SAFETY: as in `peek`.
        let byte = unsafe { self.peek() };
        if byte != 0 {
            self.at = self.at.wrapping_add(1);
        }
        byte
    }

    /// Takes the next byte if it is `byte`.
    unsafe fn next_is(&mut self, byte: u8) -> bool {
        // SAFETY: as in `peek`.
        let is_next = unsafe { self.peek() } == byte;
        if is_next {
            self.at = self.at.wrapping_add(1);
        }
        is_next
    }

    /// Takes what comes before the next directive.
    unsafe fn plain<'a>(&mut self) -> &'a [u8] {
        let start = self.at;
        // SAFETY: as in `peek`.
        unsafe {
            while !matches!(self.peek(), 0 | b'%') {
                self.next();
            }
            arguments::bytes(start, self.at.addr() - start.addr())
        }
    }

    /// Takes a number; 0 if there is none.
    unsafe fn number(&mut self) -> usize {
        let mut number = 0usize;
        // SAFETY: as in `peek`.
        unsafe {
            while self.peek().is_ascii_digit() {
                number = number.saturating_mul(10).saturating_add((self.next() - b'0').into());
            }
        }
        number
    }

    /// Takes a directive, from behind its `%` on. A `*` for the precision takes one of the values.
    ///
    /// # Safety
    /// The values fit the format, which ends in a zero byte.
    unsafe fn directive(&mut self, values: &mut Values) -> Directive {
        let mut layout = Layout::default();
        // SAFETY: as the caller says.
        unsafe {
            loop {
                match self.peek() {
                    b'-' => layout.left = true,
                    b'+' => layout.plus = true,
                    b' ' => layout.space = true,
                    b'0' => layout.zeros = true,
                    _ => break,
                }
                self.next();
            }
            layout.width = self.number();
            if self.next_is(b'.') {
                layout.precision = Some(match self.next_is(b'*') {
                    true => usize::try_from(values.word() as i32).unwrap_or(0),
                    false => self.number(),
                });
            }
            let mut longs = 0;
            while self.next_is(b'l') {
                longs += 1;
            }
            Directive { letter: self.next(), layout, longs }
        }
    }
}

/// A directive of a format.
struct Directive {
    /// The kind of value; 0 if the format ends before.
    letter: u8,
    layout: Layout,
    /// How many `l` say how long an integer is.
    longs: usize,
}

impl Directive {
    /// The value, an integer of the length that the directive says, as 64 bits.
    ///
    /// # Safety
    /// There is such a value.
    unsafe fn integer(&self, values: &mut Values, is_signed: bool) -> u64 {
        // SAFETY: as the caller says.
        unsafe {
            match (self.longs, is_signed) {
                (0, true) => i64::from(values.word() as i32) as u64,
                (0, false) => u64::from(values.word() as u32),
                (1, true) => values.word() as isize as u64,
                (1, false) => values.word() as u64,
                _ => values.long(),
            }
        }
    }

    /// As much of a text as the precision lets through.
    fn cut<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        &text[..text.len().min(self.layout.precision.unwrap_or(usize::MAX))]
    }
}

impl Output {
    /// Writes what a directive wants of the values.
    ///
    /// # Safety
    /// The values fit the directive; as in `write`.
    unsafe fn directive(&mut self, directive: &Directive, values: &mut Values) {
        let layout = directive.layout;
        // SAFETY: as the caller says.
        unsafe {
            match directive.letter {
                b'b' => self.pad(if values.word() as u32 != 0 { b"true" } else { b"false" }, layout),
                b'c' => self.pad(&[values.word() as u8], layout),
                b'q' => {
                    let name = Qstr::from_number(values.word() as u32);
                    self.pad(directive.cut(vm().spelling(name)), layout);
                }
                b's' => {
                    let text = core::ptr::with_exposed_provenance::<u8>(values.word());
                    self.pad(text_of(text, layout.precision.unwrap_or(usize::MAX)), layout);
                }
                b'p' => self.integer(values.word() as u64, false, 16, b'a', layout),
                b'P' => self.integer(values.word() as u64, false, 16, b'A', layout),
                b'd' => self.integer(directive.integer(values, true), true, 10, b'a', layout),
                b'u' => self.integer(directive.integer(values, false), false, 10, b'a', layout),
                b'x' => self.integer(directive.integer(values, false), false, 16, b'a', layout),
                b'X' => self.integer(directive.integer(values, false), false, 16, b'A', layout),
                b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => self.float(values.float(), directive),
                // `%%`, and what MicroPython does not know either.
                other => self.write(&[other]),
            }
        }
    }

    /// Writes a float.
    ///
    /// # Safety
    /// As in `write`.
    unsafe fn float(&mut self, value: f64, directive: &Directive) {
        let form = match directive.letter.to_ascii_lowercase() {
            b'e' => Form::Exponent,
            b'f' => Form::Fixed,
            _ => Form::General,
        };
        let precision = directive.layout.precision.unwrap_or(6);
        let text = number::format(value.abs(), form, precision, None, directive.letter.is_ascii_uppercase());
        let is_negative = value.is_sign_negative() && !value.is_nan();
        // SAFETY: as the caller says.
        unsafe { self.number(sign(is_negative, true, directive.layout), text.as_bytes(), directive.layout) };
    }
}

/// Entry `mp_vprintf`: writes `format` with values in place of its `%` directives (MicroPython: `py/mpprint.c`).
///
/// # Safety
/// Machine code called, and vouches for what it passes.
pub(in crate::native) unsafe extern "C" fn vprintf(
    out: *const PrinterOfC,
    format: *const c_char,
    mut values: Values,
) -> c_int {
    let mut out = Output { to: out, count: 0 };
    let mut format = Format { at: format.cast() };
    // SAFETY: machine code vouches for the format, and for values that fit it.
    unsafe {
        loop {
            out.write(format.plain());
            if format.next() == 0 {
                break;
            }
            let directive = format.directive(&mut values);
            if directive.letter == 0 {
                break;
            }
            out.directive(&directive, &mut values);
        }
    }
    out.count as c_int
}

/// The text at `data`, up to its zero byte, or `most` bytes of it.
unsafe fn text_of<'a>(data: *const u8, most: usize) -> &'a [u8] {
    if data.is_null() {
        return b"(null)";
    }
    let mut len = 0;
    // SAFETY: machine code vouches for the text.
    unsafe {
        while len < most && data.add(len).read() != 0 {
            len += 1;
        }
        arguments::bytes(data, len)
    }
}
