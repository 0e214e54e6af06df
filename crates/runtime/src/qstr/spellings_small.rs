//! The spellings of fixed names in one text, where code is to be small: two bytes for each instead of a pointer and a
//! length.

use crate::qstr::{FIXED, fixed_name};

/// Where each name ends in the text of all; the name before ends where it begins.
static ENDS: [u16; FIXED] = {
    let mut ends = [0; FIXED];
    let mut number = 1;
    while number < FIXED {
        let end = ends[number - 1] as usize + fixed_name(number).len();
        assert!(end <= u16::MAX as usize);
        ends[number] = end as u16;
        number += 1;
    }
    ends
};

/// All names, one after another.
static TEXT: [u8; ENDS[FIXED - 1] as usize] = {
    let mut text = [0; ENDS[FIXED - 1] as usize];
    let mut number = 1;
    while number < FIXED {
        let (name, start) = (fixed_name(number).as_bytes(), ENDS[number - 1] as usize);
        let mut at = 0;
        while at < name.len() {
            text[start + at] = name[at];
            at += 1;
        }
        number += 1;
    }
    text
};

/// The spelling of the name with a fixed number.
pub(super) fn fixed(number: usize) -> &'static [u8] {
    let start = number.checked_sub(1).map_or(0, |before| ENDS[before]);
    &TEXT[usize::from(start)..usize::from(ENDS[number])]
}
