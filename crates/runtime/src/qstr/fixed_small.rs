//! What is known of fixed names where code is to be small: four bytes for each besides its spelling. Names are found by
//! bisection, and their hashes computed.

use berus_mpy::qstr::{LAST_STATIC, static_name};

use crate::qstr::{FIXED, fixed_name, hash};

/// The first number that the format does not give to a name. `berus_mpy` spells those before.
const FIRST: usize = LAST_STATIC as usize + 1;

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

/// The numbers of all names, in the order of their spellings.
static ORDER: [u16; FIXED - 1] = {
    let mut order = [0; FIXED - 1];
    let mut known = 0;
    while known < order.len() {
        let name = fixed_name(known + 1).as_bytes();
        let (mut low, mut high) = (0, known);
        while low < high {
            let middle = low + (high - low) / 2;
            if is_less(fixed_name(order[middle] as usize).as_bytes(), name) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let mut at = known;
        while at > low {
            order[at] = order[at - 1];
            at -= 1;
        }
        order[low] = known as u16 + 1;
        known += 1;
    }
    order
};

/// Whether `a` comes before `b` in the order of bytes.
const fn is_less(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() {
        if a[at] != b[at] {
            return a[at] < b[at];
        }
        at += 1;
    }
    a.len() < b.len()
}

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
    let found = ORDER.binary_search_by(|number| Ord::cmp(spelling(usize::from(*number)), bytes));
    found.ok().map(|at| usize::from(ORDER[at]))
}
