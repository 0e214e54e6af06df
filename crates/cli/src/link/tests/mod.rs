//! Objects made by hand, and what is linked of them.

mod errors;
mod machines;
mod modules;
mod mutate;

use berus_mpy::Module;
use berus_mpy::arch::Arch;
use berus_mpy::module::Kind;
use berus_mpy::reloc::{Place, Target};
use object::elf::RelocationType;
use object::write::{Object, Relocation, SectionId, Symbol, SymbolId, SymbolSection};
use object::{
    Architecture, BinaryFormat, Endianness, RelocationFlags, SectionKind, SymbolFlags, SymbolKind, SymbolScope,
};

use super::{Inputs, Options, arch, link_objects};
use crate::input::Input;

/// Relocations of x64 (System V ABI for AMD64, table 4.9).
pub const R_64: u32 = 1;
pub const R_PC32: u32 = 2;
pub const R_PLT32: u32 = 4;
pub const R_GOTPCREL: u32 = 9;

/// An object file that is being made.
pub struct Elf(Object<'static>);

impl Elf {
    pub fn new() -> Elf {
        Elf::with(Architecture::X86_64)
    }

    pub fn with(architecture: Architecture) -> Elf {
        Elf(Object::new(BinaryFormat::Elf, architecture, Endianness::Little))
    }

    /// An object for the processors of an architecture.
    pub fn of(arch: Arch) -> Elf {
        Elf::with(match arch {
            Arch::X86 => Architecture::I386,
            Arch::X64 | Arch::Debug => Architecture::X86_64,
            Arch::Xtensa | Arch::Xtensawin => Architecture::Xtensa,
            Arch::Rv32imc => Architecture::Riscv32,
            Arch::Rv64imc => Architecture::Riscv64,
            _ => Architecture::Arm,
        })
    }

    /// An object whose code is nothing but `mpy_init`, which returns.
    pub fn returning() -> Elf {
        let mut elf = Elf::new();
        let text = elf.section(".text", b"\xc3", 1);
        elf.global("mpy_init", text, 0);
        elf
    }

    pub fn section(&mut self, name: &str, data: &[u8], align: u64) -> SectionId {
        let kind = match name.split('.').nth(1).unwrap_or_default() {
            "text" | "literal" => SectionKind::Text,
            "rodata" => SectionKind::ReadOnlyData,
            "data" => SectionKind::Data,
            "tdata" => SectionKind::Tls,
            _ => SectionKind::Other,
        };
        let section = self.0.add_section(Vec::new(), name.into(), kind);
        self.0.set_section_data(section, data.to_vec(), align);
        section
    }

    pub fn bss(&mut self, len: u64, align: u64) -> SectionId {
        let section = self.0.add_section(Vec::new(), b".bss".to_vec(), SectionKind::UninitializedData);
        self.0.append_section_bss(section, len, align);
        section
    }

    fn symbol(&mut self, name: &str, section: SymbolSection, value: u64, scope: SymbolScope, weak: bool) -> SymbolId {
        self.0.add_symbol(Symbol {
            name: name.into(),
            value,
            size: 4,
            kind: SymbolKind::Text,
            scope,
            weak,
            section,
            flags: SymbolFlags::None,
        })
    }

    pub fn global(&mut self, name: &str, section: SectionId, value: u64) -> SymbolId {
        self.symbol(name, SymbolSection::Section(section), value, SymbolScope::Dynamic, false)
    }

    pub fn weak(&mut self, name: &str, section: SectionId, value: u64) -> SymbolId {
        self.symbol(name, SymbolSection::Section(section), value, SymbolScope::Dynamic, true)
    }

    pub fn local(&mut self, name: &str, section: SectionId, value: u64) -> SymbolId {
        self.symbol(name, SymbolSection::Section(section), value, SymbolScope::Compilation, false)
    }

    pub fn undefined(&mut self, name: &str) -> SymbolId {
        self.symbol(name, SymbolSection::Undefined, 0, SymbolScope::Unknown, false)
    }

    pub fn undefined_weak(&mut self, name: &str) -> SymbolId {
        self.symbol(name, SymbolSection::Undefined, 0, SymbolScope::Unknown, true)
    }

    pub fn relocate(&mut self, section: SectionId, offset: u64, kind: u32, symbol: SymbolId, addend: i64) {
        let flags = RelocationFlags::Elf { r_type: RelocationType(kind) };
        self.0.add_relocation(section, Relocation { offset, symbol, addend, flags }).unwrap();
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.0.write().unwrap()
    }
}

/// Files by name.
pub fn inputs(files: &[(&str, Vec<u8>)]) -> Inputs {
    let files = files.iter().map(|(name, bytes)| Input { name: (*name).to_owned(), bytes: bytes.clone() }).collect();
    Inputs { files, ..Inputs::default() }
}

/// An archive in the common format of Unix systems (`ar(5)`).
pub fn archive(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = b"!<arch>\n".to_vec();
    for (name, bytes) in members {
        let (name, len) = (format!("{name}/"), bytes.len());
        archive.extend(format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{len:<10}`\n", 0, 0, 0, 644).bytes());
        archive.extend(bytes);
        archive.resize(archive.len().next_multiple_of(2), b'\n');
    }
    archive
}

fn options() -> Options<'static> {
    options_for(Arch::X64)
}

fn options_for(arch: Arch) -> Options<'static> {
    Options { machine: arch::machine(arch).unwrap(), arch_flags: None, gc_sections: false, name: "m.mpy" }
}

#[track_caller]
pub fn link(inputs: &Inputs) -> Linked {
    link_with(&options(), inputs)
}

#[track_caller]
pub fn link_with(options: &Options<'_>, inputs: &Inputs) -> Linked {
    Linked(link_objects(options, inputs).unwrap().0)
}

/// The errors as they are shown.
#[track_caller]
pub fn errors(inputs: &Inputs) -> String {
    let Err(errors) = link_objects(&options(), inputs) else { panic!("it can be linked") };
    errors.iter().map(|error| format!("{}: {}\n", error.file, error.message)).collect()
}

/// A module that was linked.
pub struct Linked(Module<'static>);

impl Linked {
    pub fn text(&self) -> &[u8] {
        &self.0.codes[0].code
    }

    /// The word at an offset of the text.
    pub fn word(&self, offset: usize) -> u64 {
        u64::from_le_bytes(self.text()[offset..offset + 8].try_into().unwrap())
    }

    pub fn rodata(&self) -> &[u8] {
        let Kind::Viper { rodata: Some(rodata), .. } = &self.0.codes[0].kind else { panic!("there is no rodata") };
        rodata
    }

    pub fn bss(&self) -> Option<u32> {
        let Kind::Viper { bss, .. } = self.0.codes[0].kind else { panic!("it is {:?}", self.0.codes[0].kind) };
        bss
    }

    /// The words of the text that the loader changes: their offsets and what is added to each.
    pub fn relocations(&self) -> Vec<(u32, Target)> {
        let (mut words, word_bytes) = (Vec::new(), self.0.header.arch.unwrap().word_bytes() as u32);
        for (place, relocation) in self.0.codes[0].kind.relocations().unwrap().placed() {
            let Place::Text(first) = place else { continue };
            words.extend((first..first + relocation.count).map(|word| (word_bytes * word, relocation.target)));
        }
        words
    }
}
