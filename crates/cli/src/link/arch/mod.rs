//! What the linker must know of an architecture.
//!
//! Each family has a file with a [`Machine`]: which relocations its compilers use, how their values stand in
//! instructions, and the few instructions that the linker writes itself. All else is the same for every architecture.
//! The bytes that are written are those of MicroPython's own linker (`tools/mpy_ld.py`).

mod arm;
mod riscv;
mod x86;
mod xtensa;

pub use x86::X64;

use berus_mpy::arch::Arch;
use object::elf::{self, RelocationType};

/// A type of relocations, and what it does. Code with a type that has no row cannot be part of a module.
pub type Row = (RelocationType, Form);

/// An architecture to link for.
pub struct Machine {
    /// Its name in the format.
    pub arch: Arch,
    /// Its number in the header of ELF files.
    pub elf: elf::Machine,
    /// Bytes that the address of an instruction is a multiple of.
    pub code_align: u64,
    /// What relocations do.
    pub relocations: &'static [Row],
    /// The types of relocations whose symbols, if objects share them, get a word in the global offset table though nothing reads the
    /// word: MicroPython's linker makes one.
    pub idle_in_got: &'static [RelocationType],
    /// Code for the start of the text that goes on at an offset of the text. `None` if that is too far away.
    pub jump: fn(u64) -> Option<Vec<u8>>,
    /// Code that goes on at an address that the loader fills in, and the offset of that word. It may be used for
    /// functions of at most three arguments, as it overwrites the register of a fourth on some architectures. `None` where
    /// compilers do not call functions by a distance, if they are told.
    pub far_jump: Option<(&'static [u8], u64)>,
    /// Whether read-only data stays separate from the code, as it does where code memory takes whole words only.
    pub separate_rodata: bool,
    /// Whether code loads numbers and addresses that its instructions have no room for from sections called `.literal`, whose words
    /// are put together in front of the code.
    pub literals: bool,
}

impl Machine {
    /// Bytes in a word.
    pub fn word_bytes(&self) -> u64 {
        self.arch.word_bytes() as u64
    }

    /// How a word stands in memory.
    pub fn word_field(&self) -> &'static Field {
        if self.word_bytes() == 8 { &LE64 } else { &LE32 }
    }

    /// What relocations of a type do. `None` if such code cannot be part of a module.
    pub fn form(&self, kind: u32) -> Option<Form> {
        self.relocations.iter().find(|row| row.0.0 == kind).map(|row| row.1)
    }

    /// The name of a type of relocations, like `R_X86_64_PC32`.
    pub fn relocation_name(&self, kind: u32) -> String {
        let name = elf::machine_names(self.elf).r.name(RelocationType(kind));
        name.map_or_else(|| format!("number {kind}"), str::to_owned)
    }
}

/// The machine for `arch`. `None` if nothing can be linked for it.
pub fn machine(arch: Arch) -> Option<&'static Machine> {
    match arch {
        Arch::X86 => Some(&x86::X86),
        Arch::X64 => Some(&x86::X64),
        Arch::Armv6 => Some(&arm::ARMV6),
        Arch::Armv6m => Some(&arm::ARMV6M),
        Arch::Armv7m => Some(&arm::ARMV7M),
        Arch::Armv7em => Some(&arm::ARMV7EM),
        Arch::Armv7emsp => Some(&arm::ARMV7EMSP),
        Arch::Armv7emdp => Some(&arm::ARMV7EMDP),
        Arch::Xtensa => Some(&xtensa::XTENSA),
        Arch::Xtensawin => Some(&xtensa::XTENSAWIN),
        Arch::Rv32imc => Some(&riscv::RV32IMC),
        Arch::Rv64imc => Some(&riscv::RV64IMC),
        Arch::Debug => None,
    }
}

/// The architectures that can be linked for.
pub fn all() -> impl Iterator<Item = Arch> {
    Arch::ALL.into_iter().filter(|&arch| machine(arch).is_some())
}

/// What the value of a relocation is, and where it goes. `S` is the address of the symbol, `A` the addend, `P` the place
/// that is relocated, `GOT` the start of the global offset table and `G` the offset in it of the symbol's entry: the usual
/// letters of processor ABIs.
#[derive(Clone, Copy)]
pub enum Form {
    /// There is nothing to do.
    Nothing,
    /// `S + A` as an address in memory, a word that the loader completes.
    Word,
    /// `S + A - P`
    Relative(&'static Field),
    /// `GOT + G + A - P`
    GotEntry(&'static Field),
    /// `G + A`
    GotOffset(&'static Field),
    /// `S + A - GOT`
    FromGot(&'static Field),
    /// `GOT + A - P`
    Got(&'static Field),
    /// `S + A` as it is before the loader moves it: two of them make a difference.
    Absolute(&'static Field),
    /// The value of the relocation that is at `S`: one instruction holds the upper bits of a distance, another the lower.
    OfOther(&'static Field),
}

impl Form {
    /// Whether the symbol needs an entry in the global offset table.
    pub fn needs_got_entry(self) -> bool {
        matches!(self, Form::GotEntry(_) | Form::GotOffset(_))
    }

    /// Where the value goes, if there is one that is known when linking.
    pub fn field(self) -> Option<&'static Field> {
        match self {
            Form::Nothing | Form::Word => None,
            Form::Relative(field)
            | Form::GotEntry(field)
            | Form::GotOffset(field)
            | Form::FromGot(field)
            | Form::Got(field)
            | Form::Absolute(field)
            | Form::OfOther(field) => Some(field),
        }
    }
}

/// How a value stands in an instruction or in data.
pub struct Field {
    /// How many bytes it is spread over.
    pub len: usize,
    /// The value in the bytes: the addend where relocations do not carry it themselves.
    pub get: fn(&[u8]) -> i64,
    /// Replaces the value in the bytes. Whether it fits.
    pub set: fn(&mut [u8], i64) -> bool,
}

/// A little-endian number of 32 bits, signed.
pub static LE32: Field = Field {
    len: 4,
    get: |bytes| i64::from(little_endian(bytes) as u32 as i32),
    set: |bytes, value| {
        bytes.copy_from_slice(&(value as u32).to_le_bytes());
        fits(value, 32)
    },
};

/// A little-endian number of 64 bits.
pub static LE64: Field = Field {
    len: 8,
    get: |bytes| little_endian(bytes) as i64,
    set: |bytes, value| {
        bytes.copy_from_slice(&value.to_le_bytes());
        true
    },
};

/// The little-endian number in up to eight bytes.
pub fn little_endian(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

/// Whether a signed number fits that many bits.
fn fits(value: i64, bits: u32) -> bool {
    value >> (bits - 1) == 0 || value >> (bits - 1) == -1
}
