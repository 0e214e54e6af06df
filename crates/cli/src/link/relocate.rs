//! Filling in addresses, those that are known when linking and, for the loader, notes of the others.

use berus_mpy::reloc::{self, Place, Relocations};

use super::arch::Form;
use super::error::{Result, enough};
use super::got::{Got, Key};
use super::layout::{Layout, Part};
use super::literals::Literals;
use super::program::{Program, SectionId};
use super::references::{Reference, References, problem};
use super::stubs::Stubs;
use super::symbols::Target;

/// The bytes of a module.
pub struct Image {
    /// The machine code.
    pub text: Vec<u8>,
    /// Read-only data, where it is separate.
    pub rodata: Vec<u8>,
    /// What the loader has to do.
    pub relocations: Relocations<'static>,
}

/// All that is known when addresses are filled in.
pub struct Linked<'a, 'd> {
    /// What is linked.
    pub program: &'a Program<'d>,
    /// What its sections refer to.
    pub references: &'a References,
    /// The global offset table.
    pub got: &'a Got<'d>,
    /// Words that code loads.
    pub literals: &'a Literals,
    /// Jumps to functions of the runtime.
    pub stubs: &'a Stubs,
    /// Where everything is.
    pub layout: &'a Layout,
}

/// The address of a target, as far as it is known: what to add it to, and what stands in the file.
struct Address {
    /// What only the loader knows. `None` if nothing: the address is fixed.
    base: Option<reloc::Target>,
    /// The distance from there.
    offset: u64,
}

/// What is done to one section.
struct Patch<'a, 'd> {
    linked: &'a Linked<'a, 'd>,
    section: SectionId,
    part: Part,
    start: u64,
    /// The bytes of the part.
    bytes: &'a mut [u8],
    writer: &'a mut reloc::Writer,
}

/// Puts the module together.
///
/// # Errors
/// If an address does not fit its place or cannot be known.
pub fn relocate(linked: &Linked<'_, '_>) -> Result<Image> {
    let mut parts = [linked.bytes(Part::Text), linked.bytes(Part::Rodata)];
    let mut writer = reloc::Writer::default();
    let mut errors = Vec::new();
    linked.fill_got(&mut parts[0], &mut writer);
    for &section in &linked.program.order {
        let Some((part, start)) = linked.layout.address(section) else { continue };
        let Some(bytes) = parts.get_mut(part as usize) else { continue };
        let mut patch = Patch { linked, section, part, start, bytes, writer: &mut writer };
        if let Some(&number) = linked.stubs.iter().find(|stub| *stub.1 == section).map(|stub| stub.0) {
            let address = Address { base: Some(reloc::Target::Function(number)), offset: 0 };
            let word = linked.program.machine.far_jump.map_or(0, |far_jump| far_jump.1);
            patch.word(start + word, &address);
        }
        for reference in linked.references.of(section) {
            if let Err(message) = patch.apply(reference)
                && !enough(&errors)
            {
                errors.push(problem(linked.program, section, reference.relocation, message));
            }
        }
    }
    let [text, rodata] = parts;
    if errors.is_empty() { Ok(Image { text, rodata, relocations: writer.finish() }) } else { Err(errors) }
}

impl Linked<'_, '_> {
    /// The bytes of a part before any address is filled in.
    fn bytes(&self, part: Part) -> Vec<u8> {
        let mut bytes = vec![0; self.layout.lens[part as usize] as usize];
        if part == Part::Text {
            bytes[..self.layout.jump.len()].copy_from_slice(&self.layout.jump);
        }
        for &id in &self.program.order {
            if let Some((found, start)) = self.layout.address(id)
                && found == part
            {
                let data = &self.program.sections[id].data;
                bytes[start as usize..][..data.len()].copy_from_slice(data);
            }
        }
        bytes
    }

    fn address(&self, target: Target) -> std::result::Result<Address, String> {
        let (base, offset) = match target {
            Target::In(section, offset) => {
                let (part, start) = self.layout.address(section).ok_or("is not part of the module")?;
                (Some(part.base()), start.wrapping_add(offset))
            }
            Target::Fixed(address) => (None, address),
            Target::QstrTable => (Some(reloc::Target::QstrTable), 0),
            Target::ConstantTable => (Some(reloc::Target::ConstantTable), 0),
            Target::FunctionTable => (Some(reloc::Target::FunctionTable), 0),
            Target::Function(number) => (Some(reloc::Target::Function(number)), 0),
            Target::Got => (Some(reloc::Target::Text), self.got_start()),
        };
        Ok(Address { base, offset })
    }

    fn got_start(&self) -> u64 {
        self.layout.address(self.got.section).map_or(0, |(_, start)| start)
    }

    fn fill_got(&self, text: &mut [u8], writer: &mut reloc::Writer) {
        let (section, start) = (self.got.section, self.got_start());
        let mut patch = Patch { linked: self, section, part: Part::Text, start, bytes: text, writer };
        for (i, entry) in self.got.entries.iter().enumerate() {
            if let Ok(Address { base, offset }) = self.address(entry.target) {
                let address = Address { base, offset: offset.wrapping_add(entry.addend) };
                patch.word(start + i as u64 * self.program.machine.word_bytes(), &address);
            }
        }
    }
}

impl Part {
    /// What the loader adds to addresses in it.
    fn base(self) -> reloc::Target {
        match self {
            Part::Text => reloc::Target::Text,
            Part::Rodata => reloc::Target::Rodata,
            Part::Bss => reloc::Target::Bss,
        }
    }
}

impl Patch<'_, '_> {
    /// Writes an address to the word at `place` of the part, and what the loader has to add.
    fn word(&mut self, place: u64, address: &Address) {
        let word = self.linked.program.machine.word_bytes();
        let bytes = &address.offset.to_le_bytes()[..word as usize];
        if let Some(target) = self.bytes.get_mut(place as usize..).and_then(|rest| rest.get_mut(..bytes.len())) {
            target.copy_from_slice(bytes);
        }
        let number = (place / word) as u32;
        if let Some(base) = address.base {
            let place = if self.part == Part::Text { Place::Text(number) } else { Place::Rodata(number) };
            self.writer.push(place, base);
        }
    }

    /// Does what a reference asks for.
    ///
    /// # Errors
    /// Why that is impossible.
    fn apply(&mut self, reference: &Reference) -> std::result::Result<(), String> {
        let machine = self.linked.program.machine;
        let field = match reference.form {
            Form::Nothing => return Ok(()),
            form => form.field().unwrap_or(machine.word_field()),
        };
        let (offset, len) = (reference.relocation.offset, self.linked.program.sections[self.section].len);
        if offset.checked_add(field.len as u64).is_none_or(|end| end > len) {
            return Err("the relocation is beyond the end of its section".to_owned());
        }
        let place = self.start + offset;
        let range = place as usize..place as usize + field.len;
        let implicit = (field.get)(&self.bytes[range.clone()]);
        if matches!(reference.form, Form::Word) {
            if !place.is_multiple_of(machine.word_bytes()) {
                return Err("an address is not aligned to a word".to_owned());
            }
            let Address { base, offset } = self.linked.address(reference.target)?;
            let addend = self.linked.addend(reference, implicit);
            self.word(place, &Address { base, offset: offset.wrapping_add(addend) });
            return Ok(());
        }
        let value = self.linked.value(self.section, reference, implicit)?;
        match (field.set)(&mut self.bytes[range], value) {
            true => Ok(()),
            false => Err(format!("a distance of {value} bytes does not fit")),
        }
    }
}

impl Linked<'_, '_> {
    /// The value of a reference of a section. `implicit` is the addend, if the relocation does not carry it.
    ///
    /// # Errors
    /// If it cannot be known.
    fn value(&self, section: SectionId, reference: &Reference, implicit: i64) -> std::result::Result<i64, String> {
        let (part, start) = self.layout.address(section).ok_or("is not part of the module")?;
        let place = start.wrapping_add(reference.relocation.offset);
        let (target, addend) = self.literals.reached(reference.target, self.addend(reference, implicit));
        let value = match reference.form {
            Form::Nothing | Form::Word => 0,
            Form::Relative(_) => self.near(part, target)?.wrapping_add(addend).wrapping_sub(place),
            Form::GotEntry(_) => {
                let entry = self.near_got(part)?.wrapping_add(self.got_offset(section, reference)?);
                entry.wrapping_add(addend).wrapping_sub(place)
            }
            Form::FromGot(_) => self.near(part, target)?.wrapping_add(addend).wrapping_sub(self.near_got(part)?),
            Form::GotOffset(_) => self.got_offset(section, reference)?.wrapping_add(addend),
            Form::Got(_) => self.near_got(part)?.wrapping_add(addend).wrapping_sub(place),
            Form::Absolute(_) => self.near(part, target)?.wrapping_add(addend),
            Form::OfOther(_) => {
                let other = match target {
                    Target::In(section, offset) => self.references.distance_at(section, offset).map(|r| (section, r)),
                    _ => None,
                };
                let (section, other) = other.ok_or("there are no upper bits to these lower ones")?;
                return self.value(section, other, 0);
            }
        };
        Ok(value as i64)
    }

    /// What is added to the address of a symbol. `implicit` is what stands in the place.
    fn addend(&self, reference: &Reference, implicit: i64) -> u64 {
        match reference.relocation.addend {
            None => implicit as u64,
            Some(addend) if self.program.machine.literals => addend.wrapping_add(implicit) as u64,
            Some(addend) => addend as u64,
        }
    }

    /// The offset of a target in a part of the module.
    fn near(&self, part: Part, target: Target) -> std::result::Result<u64, String> {
        let target = match target {
            Target::Function(number) => self.stubs.get(&number).map_or(target, |&stub| Target::In(stub, 0)),
            _ => target,
        };
        let Address { base, offset } = self.address(target)?;
        match base {
            Some(base) if base == part.base() => Ok(offset),
            Some(reloc::Target::Bss) => Err("code cannot reach zeroed data by a distance; \
                make the variable global, neither static nor hidden"
                .to_owned()),
            Some(reloc::Target::Text | reloc::Target::Rodata) => {
                Err("code and read-only data are in different places of memory, at no fixed distance".to_owned())
            }
            _ => Err("code can reach what is outside of the module only by its address; compile with -fpic".to_owned()),
        }
    }

    /// The offset of the global offset table in the part that refers to it.
    fn near_got(&self, part: Part) -> std::result::Result<u64, String> {
        self.near(part, Target::Got)
    }

    /// The offset in the global offset table of the word for a reference.
    fn got_offset(&self, section: SectionId, reference: &Reference) -> std::result::Result<u64, String> {
        let offset = self.got.offset(Key::of(self.program, section, reference));
        offset.ok_or_else(|| "it has no word in the global offset table".to_owned())
    }
}
