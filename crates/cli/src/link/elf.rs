//! ELF object files.

use std::borrow::Cow;
use std::fmt::Display;

use object::elf::{self, FileHeader32, FileHeader64, SectionFlags, SectionType};
use object::read::elf::{FileHeader, Rel, Rela, SectionHeader, SectionTable, Sym, SymbolTable};
use object::read::{SectionIndex, SymbolIndex};
use object::{Endianness, FileKind};

use super::arch::Machine;
use super::error::{Error, error, name};
use super::program::{Binding, Object, Place, Program, Relocation, Role, Section, SectionId, Symbol};

/// The most that a section can be aligned to. What the loader promises for the module itself is a few words.
const MAX_ALIGN: u64 = 4096;
/// The most bytes that all sections together can have, so that all offsets fit the format.
pub const MAX_LEN: u64 = 1 << 28;

impl<'d> Program<'d> {
    /// Adds the object file in `data`.
    ///
    /// # Errors
    /// If it is not an object file for the machine, or has what a module cannot have.
    pub fn add_object(&mut self, file: &str, data: &'d [u8]) -> Result<(), Error> {
        match FileKind::parse(data) {
            Ok(FileKind::Elf32) => File::<FileHeader32<Endianness>>::open(self.machine, file, data)?.add_to(self),
            Ok(FileKind::Elf64) => File::<FileHeader64<Endianness>>::open(self.machine, file, data)?.add_to(self),
            _ => Err(error!(file, "this is not an ELF object file")),
        }
    }
}

/// The symbols of an object file that other files can see or that it needs; none if it is no ELF file.
///
/// # Errors
/// If it is not an object file for the machine.
pub fn interface<'d>(machine: &'static Machine, file: &str, data: &'d [u8]) -> Result<Vec<Symbol<'d>>, Error> {
    // Only whether a symbol has a section matters here.
    let all = |_| Some(0);
    let mut symbols = match FileKind::parse(data) {
        Ok(FileKind::Elf32) => File::<FileHeader32<Endianness>>::open(machine, file, data)?.symbols(all)?,
        Ok(FileKind::Elf64) => File::<FileHeader64<Endianness>>::open(machine, file, data)?.symbols(all)?,
        _ => Vec::new(),
    };
    symbols.retain(|symbol| symbol.binding != Binding::Local);
    Ok(symbols)
}

/// An object file that is being read.
struct File<'f, 'd, Elf: FileHeader> {
    name: &'f str,
    data: &'d [u8],
    endian: Elf::Endian,
    sections: SectionTable<'d, Elf>,
    symbols: SymbolTable<'d, Elf>,
}

impl<'f, 'd, Elf: FileHeader> File<'f, 'd, Elf> {
    fn open(machine: &Machine, name: &'f str, data: &'d [u8]) -> Result<File<'f, 'd, Elf>, Error> {
        let corrupt = |error| corrupt(name, &error);
        let header = Elf::parse(data).map_err(corrupt)?;
        let endian = header.endian().map_err(corrupt)?;
        if header.e_type(endian) != elf::ET_REL {
            return Err(error!(name, "this is an ELF file, but not an object file (.o)"));
        }
        let found = header.e_machine(endian);
        if found != machine.elf || header.is_type_64() != (machine.word_bytes() == 8) || !header.is_little_endian() {
            let found = found.name().unwrap_or("an unknown machine").trim_start_matches("EM_");
            let bits = if header.is_type_64() { 64 } else { 32 };
            return Err(error!(name, "made for another architecture ({found}, {bits} bits), not for {}", machine.arch));
        }
        let sections = header.sections(endian, data).map_err(corrupt)?;
        let symbols = sections.symbols(endian, data, elf::SHT_SYMTAB).map_err(corrupt)?;
        Ok(File { name, data, endian, sections, symbols })
    }

    fn add_to(&self, program: &mut Program<'d>) -> Result<(), Error> {
        let mut ids = vec![None; self.sections.len()];
        for (index, header) in self.sections.enumerate() {
            if let Some(section) = self.section(program.machine, header, program.objects.len())? {
                ids[index.0] = Some(program.sections.len());
                program.order.push(program.sections.len());
                program.sections.push(section);
            }
        }
        for (_, header) in self.sections.enumerate() {
            let changed = ids.get(header.info_link(self.endian).0).copied().flatten();
            if let Some(section) = changed.and_then(|id| program.sections.get_mut(id)) {
                self.add_relocations(header, section)?;
            }
        }
        let symbols = self.symbols(|index| ids.get(index.0).copied().flatten())?;
        program.objects.push(Object { name: self.name.to_owned(), symbols });
        Ok(())
    }

    /// A section, if it becomes part of the module.
    fn section(
        &self,
        machine: &Machine,
        header: &Elf::SectionHeader,
        object: usize,
    ) -> Result<Option<Section<'d>>, Error> {
        let endian = self.endian;
        let name = self.section_name(header)?;
        let (kind, flags) = (header.sh_type(endian), header.sh_flags(endian));
        let len: u64 = header.sh_size(endian).into();
        let role = match role(machine, name, kind, flags) {
            Ok(Some(role)) => role,
            Err(why) if len > 0 => return Err(error!(self.name, "section {}: {why}", super::error::name(name))),
            _ => return Ok(None),
        };
        // What is empty moves nothing.
        // Assemblers leave code alone where nobody asks for more: memcpy of picolibc for RISC-V says that any address will do.
        let least = if role == Role::Text { machine.code_align } else { 1 };
        let align = if len == 0 { 1 } else { header.sh_addralign(endian).into().max(least) };
        if !align.is_power_of_two() || align > MAX_ALIGN || len > MAX_LEN {
            let name = super::error::name(name);
            return Err(error!(self.name, "section {name} of {len} bytes cannot be aligned to {align}"));
        }
        let data = header.data(endian, self.data).map_err(|error| corrupt(self.name, &error))?;
        let in_group = flags.contains(elf::SHF_GROUP);
        let (data, relocations) = (Cow::Borrowed(data), Vec::new());
        Ok(Some(Section { object, name, role, align, len, data, in_group, relocations }))
    }

    fn section_name(&self, header: &Elf::SectionHeader) -> Result<&'d [u8], Error> {
        self.sections.section_name(self.endian, header).map_err(|error| corrupt(self.name, &error))
    }

    /// Adds the relocations in the section of `header`, if it has any.
    fn add_relocations(&self, header: &Elf::SectionHeader, section: &mut Section<'d>) -> Result<(), Error> {
        let (endian, corrupt) = (self.endian, |error| corrupt(self.name, &error));
        let mut symbol_tables = Vec::new();
        if let Some((relocations, table)) = header.rela(endian, self.data).map_err(corrupt)? {
            symbol_tables.push(table);
            section.relocations.extend(relocations.iter().map(|relocation| Relocation {
                offset: relocation.r_offset(endian).into(),
                kind: relocation.r_type(endian, false).0,
                symbol: relocation.r_sym(endian, false) as usize,
                addend: Some(relocation.r_addend(endian).into()),
            }));
        }
        if let Some((relocations, table)) = header.rel(endian, self.data).map_err(corrupt)? {
            symbol_tables.push(table);
            section.relocations.extend(relocations.iter().map(|relocation| Relocation {
                offset: relocation.r_offset(endian).into(),
                kind: relocation.r_type(endian).0,
                symbol: relocation.r_sym(endian) as usize,
                addend: None,
            }));
        }
        let known =
            header.sh_type(endian) != elf::SHT_CREL && symbol_tables.iter().all(|&t| t == self.symbols.section());
        let name = name(section.name);
        if known { Ok(()) } else { Err(error!(self.name, "the relocations of {name} are of a kind that is not known")) }
    }

    /// The symbols. `section` gives the number of a section, if it becomes part of the module.
    fn symbols(&self, section: impl Fn(SectionIndex) -> Option<SectionId>) -> Result<Vec<Symbol<'d>>, Error> {
        self.symbols.enumerate().map(|(index, symbol)| self.symbol(index, symbol, &section)).collect()
    }

    fn symbol(
        &self,
        index: SymbolIndex,
        symbol: &Elf::Sym,
        section: impl Fn(SectionIndex) -> Option<SectionId>,
    ) -> Result<Symbol<'d>, Error> {
        let (endian, corrupt) = (self.endian, |error| corrupt(self.name, &error));
        let mut name = self.symbols.symbol_name(endian, symbol).map_err(corrupt)?;
        let value = symbol.st_value(endian).into();
        let place = if symbol.is_common(endian) {
            Place::Common
        } else if let Some(index) = self.symbols.symbol_section(endian, symbol, index).map_err(corrupt)? {
            let section_name = self.section_name(self.sections.section(index).map_err(corrupt)?)?;
            if symbol.st_type() == elf::STT_SECTION && name.is_empty() {
                name = section_name;
            }
            section(index).map_or(Place::LeftOut(section_name), |id| Place::In(id, value))
        } else if symbol.is_undefined(endian) {
            Place::Undefined
        } else {
            Place::Absolute(value)
        };
        let binding = match symbol.st_bind() {
            elf::STB_LOCAL => Binding::Local,
            elf::STB_WEAK => Binding::Weak,
            _ => Binding::Global,
        };
        Ok(Symbol { name, binding, place, size: symbol.st_size(endian).into() })
    }
}

fn corrupt(file: &str, error: &dyn Display) -> Error {
    error!(file, "the ELF file is corrupt: {error}")
}

/// What a section is for; `None` if it does not become part of the module, and an error if the module cannot be without it.
fn role(machine: &Machine, name: &[u8], kind: SectionType, flags: SectionFlags) -> Result<Option<Role>, &'static str> {
    /// Tables for unwinding and notes, which nothing in a module reads.
    const LEFT_OUT: [&[u8]; 5] = [b".eh_frame", b".gcc_except_table", b".ARM.exidx", b".ARM.extab", b".note"];
    let is = |start: &[u8]| name.starts_with(start);
    if !flags.contains(elf::SHF_ALLOC) || flags.contains(elf::SHF_EXCLUDE) || LEFT_OUT.into_iter().any(is) {
        return Ok(None);
    }
    match kind {
        elf::SHT_INIT_ARRAY | elf::SHT_FINI_ARRAY | elf::SHT_PREINIT_ARRAY => {
            Err("nothing calls constructors and destructors of a module; call them from mpy_init")
        }
        elf::SHT_PROGBITS | elf::SHT_NOBITS if flags.contains(elf::SHF_TLS) => {
            Err("a module cannot have thread-local variables")
        }
        elf::SHT_NOBITS => Ok(Some(Role::Bss)),
        elf::SHT_PROGBITS if machine.literals && is(b".literal") => Ok(Some(Role::Literals)),
        elf::SHT_PROGBITS if flags.contains(elf::SHF_EXECINSTR) => Ok(Some(Role::Text)),
        elf::SHT_PROGBITS if !flags.contains(elf::SHF_WRITE) || is(b".data.rel.ro") => Ok(Some(Role::Rodata)),
        elf::SHT_PROGBITS => {
            Err("a module cannot have initialised variables; set them in mpy_init, or make them constants")
        }
        _ => Ok(None),
    }
}
