//! Ways to break a file, for property tests of what reads files.

use std::env;

use proptest::prelude::*;
use proptest::sample::Index;

/// So many cases, or as many as `PROPTEST_CASES` says. What fails is printed and nowhere else remembered.
pub fn cases(number: u32) -> ProptestConfig {
    let default = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if env::var_os("PROPTEST_CASES").is_some() { default } else { ProptestConfig { cases: number, ..default } }
}

/// A way to break a file.
#[derive(Clone, Debug)]
pub enum Damage {
    /// One bit is another one.
    Flip(Index, u8),
    /// One byte is another one.
    Set(Index, u8),
    /// The file ends here.
    Cut(Index),
    /// So many bytes are missing.
    Remove(Index, usize),
    /// There are more bytes.
    Insert(Index, Vec<u8>),
    /// There are other bytes, such as a number that is not to be expected, in place of as many or of one.
    Replace(Index, Vec<u8>, bool),
    /// There is a piece of one of the good files.
    Splice {
        /// Where it comes to be.
        to: Index,
        /// Which file it is of.
        file: Index,
        /// Where it begins there.
        from: Index,
        /// Its length.
        len: usize,
    },
}

/// Any way to break a file.
pub fn any_damage() -> impl Strategy<Value = Damage> {
    let at = any::<Index>;
    prop_oneof![
        4 => (at(), 0..8u8).prop_map(|(at, bit)| Damage::Flip(at, bit)),
        4 => (at(), any::<u8>()).prop_map(|(at, byte)| Damage::Set(at, byte)),
        1 => at().prop_map(Damage::Cut),
        1 => (at(), 1..40usize).prop_map(|(at, len)| Damage::Remove(at, len)),
        1 => (at(), prop::collection::vec(any::<u8>(), 1..10)).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        2 => (at(), number(), any::<bool>()).prop_map(|(at, bytes, one)| Damage::Replace(at, bytes, one)),
        2 => (at(), at(), at(), 1..200usize).prop_map(|(to, file, from, len)| Damage::Splice { to, file, from, len }),
    ]
}

/// Some damage at once.
pub fn any_damages() -> impl Strategy<Value = Vec<Damage>> {
    prop::collection::vec(any_damage(), 1..6)
}

/// A number that lies at a border of something, as formats write numbers.
fn number() -> impl Strategy<Value = Vec<u8>> {
    let interesting = prop_oneof![0..300u32, any::<u32>(), (0..32u32).prop_map(|bit| (1 << bit) - 1)];
    (interesting, 0..4u8).prop_map(|(number, form)| match form {
        0 => number.to_le_bytes().to_vec(),
        1 => (number as u16).to_le_bytes().to_vec(),
        2 => number.to_be_bytes().to_vec(),
        _ => vuint(number),
    })
}

/// The number in groups of seven bits, the highest first, as in `.mpy` files.
fn vuint(number: u32) -> Vec<u8> {
    let groups = (32 - number.leading_zeros()).div_ceil(7).max(1);
    (0..groups).rev().map(|n| (number >> (7 * n)) as u8 & 0x7f | if n > 0 { 0x80 } else { 0 }).collect()
}

/// A broken file; `good` are those of which pieces may come to be in it.
pub fn damaged(file: &[u8], damages: &[Damage], good: &[Vec<u8>]) -> Vec<u8> {
    let mut file = file.to_vec();
    damages.iter().for_each(|damage| apply(damage, &mut file, good));
    file
}

fn apply(damage: &Damage, file: &mut Vec<u8>, good: &[Vec<u8>]) {
    let len = file.len();
    if len == 0 {
        return;
    }
    match damage {
        Damage::Flip(at, bit) => file[at.index(len)] ^= 1 << bit,
        Damage::Set(at, byte) => file[at.index(len)] = *byte,
        Damage::Cut(at) => file.truncate(at.index(len)),
        Damage::Remove(at, count) => {
            let at = at.index(len);
            file.drain(at..(at + count).min(len));
        }
        Damage::Insert(at, bytes) => {
            let at = at.index(len);
            file.splice(at..at, bytes.iter().copied());
        }
        Damage::Replace(at, bytes, one) => {
            let at = at.index(len);
            let count = if *one { 1 } else { bytes.len() };
            file.splice(at..(at + count).min(len), bytes.iter().copied());
        }
        Damage::Splice { to, file: other, from, len: count } => {
            let other = other.get(good);
            if !other.is_empty() {
                let (to, from) = (to.index(len), from.index(other.len()));
                let piece = &other[from..(from + count).min(other.len())];
                file.splice(to..(to + count).min(len), piece.iter().copied());
            }
        }
    }
}
