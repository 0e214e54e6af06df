//! Interned strings ("qstrs"): names that are compared by number.
//!
//! Numbers 1 to 165 are fixed by the `.mpy` format, the next ones belong to the names that Berus itself uses
//! ([`q!`](crate::q)); both kinds live in flash with their hashes. Names met at run time are interned on the heap, for
//! good.

#[cfg_attr(feature = "small", path = "fixed_small.rs")]
mod fixed;
mod name;
mod names;
mod own;
mod pool;

use berus_mpy::qstr::STATIC;

pub use crate::qstr::name::Name;
use crate::qstr::own::{OWN, find_own};
pub(crate) use crate::qstr::pool::{Blocks, Pool};

/// The number of an interned string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Qstr(u32);

impl Qstr {
    /// No name: the number 0, which no string has.
    pub const NULL: Qstr = Qstr(0);
    /// The empty string.
    pub const EMPTY: Qstr = Qstr(1);

    /// The name with number `number`.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub const fn from_number(number: u32) -> Qstr {
        Qstr(number)
    }

    /// The number of the string.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The first of the numbers that belong to no name: see [`Qstr::later`].
    pub(crate) const LATER: u32 = 1 << 31;

    /// A stand-in for a name that will be interned when it is used. The name is spelled at byte `at` of its module's
    /// file; `at` is less than [`Qstr::LATER`].
    pub(crate) const fn later(at: u32) -> Qstr {
        Qstr(Qstr::LATER | at)
    }

    /// Where in its module's file the name is spelled, if this is the stand-in for a name that will be interned later.
    pub(crate) const fn as_later(self) -> Option<u32> {
        if self.0 & Qstr::LATER != 0 { Some(self.0 & !Qstr::LATER) } else { None }
    }

    /// Whether the name has the same number in every interpreter, as the format's names have, and those that Berus
    /// itself uses.
    pub const fn is_fixed(self) -> bool {
        (self.0 as usize) < FIXED
    }
}

/// The first number that the format does not give to a name.
const FIRST: usize = STATIC.len() + 1;

/// How many names have a fixed number, number 0 included.
pub(crate) const FIXED: usize = FIRST + OWN.len();

/// The name with fixed number `number`, from 1.
const fn fixed_name(number: usize) -> &'static str {
    if number < FIRST { STATIC[number - 1] } else { OWN[number - FIRST] }
}

/// The number of a name of the format, or of one that Berus itself uses: the value of [`q!`](crate::q).
///
/// # Panics
/// If Berus does not list the name. With `q!` this ends the compilation of the program that uses it.
pub const fn number_of(name: &str) -> Qstr {
    match find_number(name) {
        Some(name) => name,
        None => panic!("add the name to qstr/names.rs"),
    }
}

/// The number of `name`, if that is a name of the format or one that Berus itself uses.
pub const fn find_number(name: &str) -> Option<Qstr> {
    if let Some(own) = find_own(name) {
        return Some(Qstr((FIRST + own) as u32));
    }
    let mut number = 1;
    while number < FIRST {
        if same(fixed_name(number).as_bytes(), name.as_bytes()) {
            return Some(Qstr(number as u32));
        }
        number += 1;
    }
    None
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// The qstr of a name that is known when Berus is compiled.
///
/// ```
/// use berus_runtime::q;
/// assert_eq!(q!("zip").number(), 165);
/// ```
#[macro_export]
macro_rules! q {
    ($name:literal) => {
        const { $crate::qstr::number_of($name) }
    };
}

/// The greatest hash: three bytes of a word, the fourth of which is a name's length.
const MAX_HASH: u32 = 0xff_ffff;

/// The slot of a hash table of a power of two of slots, the greatest number of which is `last`, where the search for a name
/// begins. The hashes of `a1`, `a2`, `a3` and so on follow one another: without a multiplication such names would fill a
/// stretch of slots, through which the search for any name that begins there would have to go.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(crate) const fn slot_of(hash: u32, last: usize) -> usize {
    let mixed = if cfg!(feature = "small") { hash } else { hash.wrapping_mul(0x9e37_79b1).rotate_left(16) };
    mixed as usize & last
}

/// The hash of a string's bytes; never 0, so that 0 can stand for "not computed yet".
pub const fn hash(bytes: &[u8]) -> u32 {
    Hasher::new().with(bytes).finish()
}

/// A [`hash`] of bytes that come in pieces.
#[derive(Clone, Copy)]
pub(crate) struct Hasher(u32);

impl Hasher {
    pub const fn new() -> Hasher {
        Hasher(5381)
    }

    /// The hasher after `bytes`, which follow the bytes before.
    pub const fn with(self, bytes: &[u8]) -> Hasher {
        let Hasher(mut hash) = self;
        let mut i = 0;
        while i < bytes.len() {
            hash = hash.wrapping_mul(33) ^ bytes[i] as u32;
            i += 1;
        }
        Hasher(hash)
    }

    pub const fn finish(self) -> u32 {
        match self.0 & MAX_HASH {
            0 => 1,
            hash => hash,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_listed_twice() {
        for number in 1..FIXED {
            let name = fixed_name(number);
            assert_eq!(find_number(name), Some(Qstr(number as u32)), "{name}");
        }
    }

    #[test]
    fn fixed_names_are_found_by_their_spelling() {
        for number in 1..FIXED {
            let name = fixed_name(number).as_bytes();
            assert_eq!(fixed::spelling(number), name);
            assert_eq!(fixed::hash_of(number), hash(name));
            assert_eq!(fixed::find(name, hash(name)), Some(number), "{} is listed twice", fixed_name(number));
        }
        assert_eq!(fixed::find(b"no such name", hash(b"no such name")), None);
    }
}
