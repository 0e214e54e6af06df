//! Machine code: proof that to load it reads and changes nothing beyond it.

use crate::arch::Arch;
use crate::function_table;
use crate::module::{Kind, RawCode};
use crate::prelude::scope_flag::GENERATOR;
use crate::reloc::{Place, Relocation, Target};
use crate::verify::error::Reason;

/// Checks machine code for a machine whose words are so long: its first words, where they are no instructions, and its
/// relocations.
pub(super) fn check(raw: &RawCode<'_>, arch: Option<Arch>) -> Result<(), Reason> {
    if arch == Some(Arch::Debug) {
        // There is none.
        return Ok(());
    }
    let word = arch.map_or(size_of::<u64>(), Arch::word_bytes);
    if !is_whole(raw, word) {
        return Err(Reason::MachineCode);
    }
    let Some(relocations) = raw.kind.relocations() else { return Ok(()) };
    match relocations.placed().find(|(place, relocation)| !fits(raw, word, *place, *relocation)) {
        Some((place, _)) => Err(Reason::Relocation(place)),
        None => Ok(()),
    }
}

/// Whether code has the words that a caller reads at its start, and these lead into it.
fn is_whole(raw: &RawCode<'_>, word: usize) -> bool {
    match raw.kind {
        Kind::Native { .. } => {
            let Some(Ok(prelude)) = raw.prelude() else { return false };
            let is_generator = prelude.signature.scope_flags & GENERATOR != 0;
            // A generator has the number of its first instruction in its second word.
            raw.code.len() > 2 * word && (!is_generator || word_at(&raw.code, word, 1) < raw.code.len() as u64)
        }
        _ => !raw.code.is_empty(),
    }
}

/// Word number `n` of code, which has as many.
fn word_at(code: &[u8], word: usize, n: usize) -> u64 {
    code[n * word..(n + 1) * word].iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// Whether all words of a relocation are there, and what it refers to is.
fn fits(raw: &RawCode<'_>, word: usize, place: Place, relocation: Relocation) -> bool {
    let (rodata, bss) = match &raw.kind {
        Kind::Viper { rodata, bss, .. } => (rodata.as_deref().map(<[u8]>::len), *bss),
        _ => (None, None),
    };
    let (words, first) = match place {
        Place::Text(n) => (raw.code.len() / word, n),
        Place::Rodata(n) => (rodata.unwrap_or(0) / word, n),
    };
    let refers = match relocation.target {
        Target::Rodata => rodata.is_some(),
        Target::Bss => bss.is_some(),
        Target::Function(number) => usize::from(number) < function_table::NAMES.len(),
        _ => true,
    };
    refers && u64::from(first) + u64::from(relocation.count) <= words as u64
}
