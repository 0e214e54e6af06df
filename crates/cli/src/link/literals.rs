//! Literals: words that code loads, because the instructions of some machines have no room for large numbers and addresses.
//!
//! Assemblers leave them in sections of their own, often the same in several. Here each is kept once: an address becomes a word of the
//! global offset table, a number one of a section behind that table. Both are in front of all code, as loads reach only backwards.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::arch::{Form, little_endian};
use super::got::{Got, Key};
use super::program::{Program, Role, SectionId};
use super::references::References;
use super::symbols::Target;

/// Where the words of literal sections are, by section and offset.
#[derive(Default)]
pub struct Literals(HashMap<(SectionId, u64), Target>);

impl Literals {
    /// Puts the literals together, and leaves out the sections that they were in.
    pub fn collect(program: &mut Program<'_>, references: &References, got: &Got<'_>) -> Literals {
        let mut literals = Literals::default();
        if !program.machine.literals {
            return literals;
        }
        let word = program.machine.word_bytes();
        let mut numbers = Vec::new();
        let mut index = HashMap::new();
        // The section is the next that is added.
        let pool = program.sections.len();
        for &section in program.order.iter().filter(|&&id| program.sections[id].role == Role::Literals) {
            for reference in references.of(section).iter().filter(|reference| matches!(reference.form, Form::Word)) {
                if let Some(place) = got.offset(Key::of(program, section, reference)) {
                    literals.0.insert((section, reference.relocation.offset), Target::In(got.section, place));
                }
            }
            for offset in (0..program.sections[section].len).step_by(word as usize) {
                let Some(number) = program.literal(section, offset) else { continue };
                if let Entry::Vacant(vacant) = literals.0.entry((section, offset)) {
                    let place = *index.entry(number).or_insert_with(|| {
                        numbers.extend_from_slice(&number.to_le_bytes()[..word as usize]);
                        numbers.len() as u64 - word
                    });
                    vacant.insert(Target::In(pool, place));
                }
            }
        }
        program.order.retain(|&id| program.sections[id].role != Role::Literals);
        program.add_text(b"numbers that code loads", word, numbers);
        program.order.insert(1, pool);
        literals
    }

    /// What is reached at an address: if that of a literal, the word that was made of the literal.
    pub fn reached(&self, target: Target, addend: u64) -> (Target, u64) {
        let word = match target {
            Target::In(section, offset) => self.0.get(&(section, offset.wrapping_add(addend))),
            _ => None,
        };
        word.map_or((target, addend), |&word| (word, 0))
    }
}

impl Program<'_> {
    /// The word at an offset of a section. `None` if there is none, or it is not aligned.
    pub fn literal(&self, section: SectionId, offset: u64) -> Option<u64> {
        let word = self.machine.word_bytes();
        let start = usize::try_from(offset).ok().filter(|_| offset.is_multiple_of(word))?;
        let bytes = self.sections[section].data.get(start..)?.get(..word as usize)?;
        Some(little_endian(bytes))
    }
}
