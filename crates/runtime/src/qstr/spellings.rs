//! The spellings of fixed names, each found by one look.

use crate::qstr::{FIXED, fixed_name};

static NAMES: [&str; FIXED] = {
    let mut names = [""; FIXED];
    let mut number = 1;
    while number < FIXED {
        names[number] = fixed_name(number);
        number += 1;
    }
    names
};

/// The spelling of the name with a fixed number.
#[inline(always)]
pub(super) fn fixed(number: usize) -> &'static [u8] {
    NAMES[number].as_bytes()
}
