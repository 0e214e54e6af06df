//! What is known of fixed names where code is to be small: two bytes for each besides its spelling. Names are found by
//! bisection, and their hashes computed. Those of the format are `berus_mpy`'s.

use berus_mpy::qstr::{bisect, static_id, static_name};

use crate::qstr::{FIRST, FIXED, fixed_name, hash};

/// Where each name from [`FIRST`] on begins in the text of all, and where the last one ends.
static STARTS: [u16; FIXED - FIRST + 1] = {
    let mut starts = [0; FIXED - FIRST + 1];
    let mut number = FIRST;
    while number < FIXED {
        let end = starts[number - FIRST] as usize + fixed_name(number).len();
        assert!(end <= u16::MAX as usize);
        starts[number - FIRST + 1] = end as u16;
        number += 1;
    }
    starts
};

/// All names from [`FIRST`] on, one after another.
static TEXT: [u8; STARTS[FIXED - FIRST] as usize] = {
    let mut text = [0; STARTS[FIXED - FIRST] as usize];
    let mut number = FIRST;
    while number < FIXED {
        let (name, start) = (fixed_name(number).as_bytes(), STARTS[number - FIRST] as usize);
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
pub(super) fn spelling(number: usize) -> &'static [u8] {
    match number.checked_sub(FIRST) {
        Some(own) => &TEXT[usize::from(STARTS[own])..usize::from(STARTS[own + 1])],
        None => static_name(number as u32).unwrap_or_default().as_bytes(),
    }
}

/// The hash of the name with a fixed number.
pub(super) fn hash_of(number: usize) -> u32 {
    hash(spelling(number))
}

/// The number of the name spelled `bytes`.
pub(super) fn find(bytes: &[u8], _: u32) -> Option<usize> {
    let own = FIRST as u32..FIXED as u32;
    let found = bisect(own, &|number| spelling(number as usize), bytes).or_else(|| static_id(bytes));
    found.map(|number| number as usize)
}
