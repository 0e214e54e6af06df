//! The global offset table: a word for each symbol whose address position-independent code looks up.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::program::{Binding, Program, Role, Section, SectionId};
use super::references::References;
use super::symbols::Target;

/// The global offset table.
pub struct Got<'d> {
    /// The section that it is, at the end of the code.
    pub section: SectionId,
    /// Its words.
    pub entries: Vec<(Key<'d>, Target)>,
    index: HashMap<Key<'d>, usize>,
}

/// Whose word it is: symbols that objects share have one by their name, others one by the object and their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key<'d> {
    /// A name.
    Name(&'d [u8]),
    /// A symbol of an object.
    Local(usize, usize),
}

impl<'d> Key<'d> {
    fn of(program: &Program<'d>, section: SectionId, symbol: usize) -> Key<'d> {
        let object = program.sections[section].object;
        match program.objects[object].symbols.get(symbol) {
            Some(symbol) if symbol.binding != Binding::Local => Key::Name(symbol.name),
            _ => Key::Local(object, symbol),
        }
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
            for reference in references.of(section).iter().filter(|reference| reference.form.needs_got_entry()) {
                let key = Key::of(program, section, reference.relocation.symbol);
                if let Entry::Vacant(vacant) = index.entry(key) {
                    vacant.insert(0);
                    entries.push((key, reference.target));
                }
            }
        }
        entries.sort_by_key(|&(_, target)| match target {
            Target::In(section, _) => match program.sections[section].role {
                Role::Text => 1,
                Role::Rodata => 2,
                Role::Bss => 3,
            },
            _ => 0,
        });
        index.extend(entries.iter().enumerate().map(|(i, &(key, _))| (key, i)));
        let word = program.machine.word_bytes();
        let section = program.add_text(b"GOT", word, vec![0; entries.len() * word as usize]);
        program.order.push(section);
        Got { section, entries, index }
    }

    /// The offset in the table of the word for a symbol that a section refers to.
    pub fn offset(&self, program: &Program<'d>, section: SectionId, symbol: usize) -> Option<u64> {
        let index = self.index.get(&Key::of(program, section, symbol))?;
        Some(*index as u64 * program.machine.word_bytes())
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
