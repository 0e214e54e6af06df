//! What is known of fixed names, each found by one look: their spellings, their hashes, and a hash table.

use crate::qstr::{FIXED, fixed_name, hash, slot_of};

static NAMES: [&str; FIXED] = {
    let mut names = [""; FIXED];
    let mut number = 1;
    while number < FIXED {
        names[number] = fixed_name(number);
        number += 1;
    }
    names
};

/// The hash of each name, by its number.
static HASHES: [u32; FIXED] = {
    let mut hashes = [0; FIXED];
    let mut number = 1;
    while number < FIXED {
        hashes[number] = hash(fixed_name(number).as_bytes());
        number += 1;
    }
    hashes
};

/// Slots of the table: a power of two, at most half full.
const SLOTS: usize = (2 * FIXED).next_power_of_two();

/// Numbers of names, each in the first free slot from the slot of the name's hash on.
static TABLE: [u16; SLOTS] = {
    let mut table = [0; SLOTS];
    let mut number = 1;
    while number < FIXED {
        let mut slot = slot_of(HASHES[number], SLOTS - 1);
        while table[slot] != 0 {
            slot = (slot + 1) % SLOTS;
        }
        table[slot] = number as u16;
        number += 1;
    }
    table
};

/// The spelling of the name with a fixed number.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(super) fn spelling(number: usize) -> &'static [u8] {
    NAMES[number].as_bytes()
}

/// The hash of the name with a fixed number.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(super) fn hash_of(number: usize) -> u32 {
    HASHES[number]
}

/// The number of the name spelled `bytes`, whose hash is `hash`.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(super) fn find(bytes: &[u8], hash: u32) -> Option<usize> {
    let mut slot = slot_of(hash, SLOTS - 1);
    loop {
        let number = usize::from(TABLE[slot]);
        if number == 0 {
            return None;
        }
        if HASHES[number] == hash && spelling(number) == bytes {
            return Some(number);
        }
        slot = (slot + 1) % SLOTS;
    }
}
