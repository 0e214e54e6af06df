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

/// The byte at `at`, after which `at` goes on; 0 at the end.
unsafe fn next(at: &mut *const u8) -> u8 {
    // SAFETY: the format ends in a zero byte, beyond which nobody goes.
    let byte = unsafe { at.read() };
    if byte != 0 {
        *at = at.wrapping_add(1);
    }
    byte
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
    let mut at = format.cast::<u8>();
    // SAFETY: machine code vouches for the format, and for values that fit it.
    unsafe {
        loop {
            let start = at;
            while !matches!(*at, 0 | b'%') {
                at = at.wrapping_add(1);
            }
            out.write(arguments::bytes(start, at.addr() - start.addr()));
            if next(&mut at) == 0 {
                break;
            }
            let mut layout = Layout::default();
            let mut byte = next(&mut at);
            loop {
                match byte {
                    b'-' => layout.left = true,
                    b'+' => layout.plus = true,
                    b' ' => layout.space = true,
                    b'0' => layout.zeros = true,
                    _ => break,
                }
                byte = next(&mut at);
            }
            while byte.is_ascii_digit() {
                layout.width = layout.width.saturating_mul(10).saturating_add((byte - b'0').into());
                byte = next(&mut at);
            }
            if byte == b'.' {
                byte = next(&mut at);
                let mut precision = 0usize;
                if byte == b'*' {
                    precision = usize::try_from(values.word() as i32).unwrap_or(0);
                    byte = next(&mut at);
                }
                while byte.is_ascii_digit() {
                    precision = precision.saturating_mul(10).saturating_add((byte - b'0').into());
                    byte = next(&mut at);
                }
                layout.precision = Some(precision);
            }
            let mut longs = 0;
            while byte == b'l' {
                longs += 1;
                byte = next(&mut at);
            }
            match byte {
                0 => break,
                b'b' => {
                    let text: &[u8] = if values.word() as u32 != 0 { b"true" } else { b"false" };
                    out.pad(text, layout);
                }
                b'c' => out.pad(&[values.word() as u8], layout),
                b'q' => {
                    let name = vm().spelling(Qstr::from_number(values.word() as u32));
                    out.pad(&name[..name.len().min(layout.precision.unwrap_or(usize::MAX))], layout);
                }
                b's' => {
                    let text = core::ptr::with_exposed_provenance::<u8>(values.word());
                    out.pad(text_of(text, layout.precision.unwrap_or(usize::MAX)), layout);
                }
                b'p' => out.integer(values.word() as u64, false, 16, b'a', layout),
                b'P' => out.integer(values.word() as u64, false, 16, b'A', layout),
                b'd' => {
                    let value = match longs {
                        0 => i64::from(values.word() as i32) as u64,
                        1 => values.word() as isize as u64,
                        _ => values.long(),
                    };
                    out.integer(value, true, 10, b'a', layout);
                }
                b'u' | b'x' | b'X' => {
                    let value = match longs {
                        0 => u64::from(values.word() as u32),
                        1 => values.word() as u64,
                        _ => values.long(),
                    };
                    let base = if byte == b'u' { 10 } else { 16 };
                    out.integer(value, false, base, if byte == b'X' { b'A' } else { b'a' }, layout);
                }
                b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => {
                    let value = values.float();
                    let form = match byte.to_ascii_lowercase() {
                        b'e' => Form::Exponent,
                        b'f' => Form::Fixed,
                        _ => Form::General,
                    };
                    let precision = layout.precision.unwrap_or(6);
                    let text = number::format(value.abs(), form, precision, None, byte.is_ascii_uppercase());
                    let is_negative = value.is_sign_negative() && !value.is_nan();
                    out.number(sign(is_negative, true, layout), text.as_bytes(), layout);
                }
                // `%%`, and what MicroPython does not know either.
                other => out.write(&[other]),
            }
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
