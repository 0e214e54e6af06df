//! The global offset table: a word for each address that position-independent code looks up.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map;

use berus_mpy::function_table;

use super::arch::Form;
use super::program::{Binding, Program, Role, Section, SectionId};
use super::references::{Reference, References};
use super::symbols::Target;

/// The global offset table.
pub struct Got<'d> {
    /// The section that it is, at the end of the code; or at its start, if literals are in it.
    pub section: SectionId,
    /// Its words.
    pub entries: Vec<Entry<'d>>,
    index: HashMap<Key<'d>, usize>,
    word: u64,
}

/// A word of the table.
pub struct Entry<'d> {
    /// What it is for.
    pub key: Key<'d>,
    /// What its symbol stands for.
    pub target: Target,
    /// The distance behind the address of that.
    pub addend: u64,
}

/// What a word is for: the address of a symbol, or a distance behind that address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key<'d> {
    /// The symbol.
    pub symbol: Shared<'d>,
    /// The distance.
    pub addend: u64,
}

/// Symbols that objects share are known by their name, others by the object and their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shared<'d> {
    /// A name.
    Name(&'d [u8]),
    /// A symbol of an object.
    Local(usize, usize),
}

impl<'d> Key<'d> {
    /// What the word is for that a section refers to.
    pub fn of(program: &Program<'d>, section: SectionId, reference: &Reference) -> Key<'d> {
        let (object, symbol) = (program.sections[section].object, reference.relocation.symbol);
        let symbol = match program.objects[object].symbols.get(symbol) {
            Some(symbol) if symbol.binding != Binding::Local => Shared::Name(symbol.name),
            _ => Shared::Local(object, symbol),
        };
        let addend = match program.sections[section].role {
            Role::Literals => {
                let there = program.literal(section, reference.relocation.offset).unwrap_or(0);
                there.wrapping_add(reference.relocation.addend.unwrap_or(0) as u64)
            }
            // Instructions add it to the address of the word.
            _ => 0,
        };
        Key { symbol, addend }
    }
}

impl<'d> Got<'d> {
    /// Makes a table of what needs to be in it, and a section for it.
    ///
    /// The words are in the order of their first use, but those for the same part of the module together, so that
    /// one relocation serves several.
    pub fn collect(program: &mut Program<'d>, references: &References) -> Got<'d> {
        let mut index = HashMap::new();
        let mut entries = Vec::new();
        for &section in &program.order {
            let literals = program.sections[section].role == Role::Literals;
            for reference in references.of(section) {
                let key = Key::of(program, section, reference);
                let literal = literals && matches!(reference.form, Form::Word);
                let idle = program.machine.idle_in_got.iter().any(|kind| kind.0 == reference.relocation.kind)
                    && matches!(key.symbol, Shared::Name(_));
                if !reference.form.needs_got_entry() && !literal && !idle {
                    continue;
                }
                if let hash_map::Entry::Vacant(vacant) = index.entry(key) {
                    vacant.insert(0);
                    entries.push(Entry::new(program, key, reference.target));
                }
            }
        }
        entries.sort_by_key(|entry| match entry.target {
            Target::In(section, _) => match program.sections[section].role {
                Role::Text | Role::Literals => 1,
                Role::Rodata => 2,
                Role::Bss => 3,
            },
            _ => 0,
        });
        index.extend(entries.iter().enumerate().map(|(i, entry)| (entry.key, i)));
        let word = program.machine.word_bytes();
        let section = program.add_text(b"GOT", word, vec![0; entries.len() * word as usize]);
        let place = if program.machine.literals { 0 } else { program.order.len() };
        program.order.insert(place, section);
        Got { section, entries, index, word }
    }

    /// The offset of a word in the table.
    pub fn offset(&self, key: Key<'d>) -> Option<u64> {
        self.index.get(&key).map(|&index| index as u64 * self.word)
    }
}

impl<'d> Entry<'d> {
    fn new(program: &Program<'_>, key: Key<'d>, target: Target) -> Entry<'d> {
        let (addend, word) = (key.addend, program.machine.word_bytes());
        match u8::try_from(addend / word) {
            // C code that asks for the address of an entry of the function table gets the entry, as with MicroPython's linker.
            Ok(number @ 1..)
                if target == Target::FunctionTable
                    && addend.is_multiple_of(word)
                    && usize::from(number) < function_table::NAMES.len() =>
            {
                Entry { key, target: Target::Function(number), addend: 0 }
            }
            _ => Entry { key, target, addend },
        }
    }
}

impl<'d> Program<'d> {
    /// Adds code that is from no object.
    pub fn add_text(&mut self, name: &'static [u8], align: u64, data: Vec<u8>) -> SectionId {
        let (object, len) = (self.objects.len(), data.len() as u64);
        self.sections.push(Section {
            object,
            name,
            role: Role::Text,
            align,
            len,
            data: Cow::Owned(data),
            in_group: false,
            relocations: Vec::new(),
        });
        self.sections.len() - 1
    }
}
