//! Numbers as text, to the digit as MicroPython reads and writes them.
//!
//! MicroPython calculates with `long double` here, which on the machines that it is released for has 64 bits of
//! precision; results differ in the last digit from those of exact arithmetic, so the same steps are taken in software.
//! Nothing here knows of the compiler.

mod extended;
mod format;
mod parse;

pub use format::{Style, format_float, repr_float, repr_imaginary};
pub use parse::{Decimal, IntegerError, parse_decimal, parse_float, parse_integer};
