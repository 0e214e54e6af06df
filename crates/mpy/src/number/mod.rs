//! Floats as text, to the digit as MicroPython reads and writes them: constants in modules are text, and a program that
//! converts a number itself gets the one that its compiler would have made of it.
//!
//! For these conversions MicroPython calculates with `long double`, which on the machines that it is released for has
//! 64 bits of precision; results differ in the last digit from those of exact arithmetic, so the same steps are taken
//! in software.

mod extended;
mod format;
mod parse;
mod shortest;
mod text;

pub use format::{Form, constant, format};
pub use parse::{Decimal, parse_decimal, parse_float, parse_float_or_name};
pub use shortest::shortest;
pub use text::Text;
