//! A module as data: what an `.mpy` file says.

use alloc::vec::Vec;

use crate::bytes::ModuleBytes;
use crate::constant::Constant;
use crate::header::Header;
use crate::prelude::{Prelude, PreludeError};
use crate::qstr;
use crate::reloc::Relocations;

/// A module: a header, a table of names, a table of constants, and code.
///
/// Read from memory it borrows names, constants and code from there ([`Module::from_bytes`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module<'a> {
    /// The header.
    pub header: Header,
    /// The names that the code refers to, by index. The first is the name of the source file.
    pub qstrs: Vec<Qstr<'a>>,
    /// The constants that the code refers to, by index.
    pub constants: Vec<Constant<'a>>,
    /// All code objects: each before its children, children in their order, as they follow in the file. The first
    /// is the module's own code.
    pub codes: Vec<RawCode<'a>>,
}

/// A name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Qstr<'a> {
    /// A name that the format numbers: see [`crate::qstr`].
    Static(u32),
    /// A name that the file spells out. MicroPython does not demand that it be UTF-8.
    Own(ModuleBytes<'a>),
}

impl<'a> Qstr<'a> {
    /// The name `name`, by its number if the format has one for it.
    pub fn new(name: impl Into<ModuleBytes<'a>>) -> Qstr<'a> {
        let name = name.into();
        qstr::static_id(&name).map_or(Qstr::Own(name), Qstr::Static)
    }

    /// The spelling of the name.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Qstr::Static(id) => qstr::static_name(*id).unwrap_or_default().as_bytes(),
            Qstr::Own(name) => name,
        }
    }
}

/// The index of a code object in [`Module::codes`].
pub type CodeId = u32;

/// A code object ("raw code"): a function, a class body, a comprehension, or the module itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawCode<'a> {
    /// Prelude and bytecode, or machine code.
    pub code: ModuleBytes<'a>,
    /// The kind of the code, with what only code of that kind has.
    pub kind: Kind<'a>,
    /// The code objects that this code makes functions of, by index.
    pub children: Vec<CodeId>,
}

/// The kinds of code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// Bytecode after a prelude.
    Bytecode,
    /// Machine code for a Python function.
    Native {
        /// The offset of the prelude in the code as the file says it; [`RawCode::prelude_offset`] adds the bits that a
        /// file leaves out.
        prelude_offset: u32,
        /// Relocations, where the prelude's flags have [`crate::prelude::scope_flag::VIPERRELOC`].
        relocations: Option<Relocations<'a>>,
    },
    /// Machine code for a viper function, or linked from C.
    Viper {
        /// A set of [`crate::prelude::scope_flag`]s.
        scope_flags: u32,
        /// Read-only data, where the flags say that there is some.
        rodata: Option<ModuleBytes<'a>>,
        /// The size of the zeroed data in bytes, where the flags say that there is some.
        bss: Option<u32>,
        /// Relocations, where the flags say that there are some.
        relocations: Option<Relocations<'a>>,
    },
    /// Machine code for an inline-assembler function.
    Asm {
        /// A set of [`crate::prelude::scope_flag`]s.
        scope_flags: u32,
        /// The number of positional arguments.
        n_pos_args: u32,
        /// The type of the result, as a number of viper's types.
        type_sig: u32,
        /// Relocations, where the flags say that there are some.
        relocations: Option<Relocations<'a>>,
    },
}

impl<'a> Kind<'a> {
    /// The kind's number in the format.
    pub fn number(&self) -> u8 {
        match self {
            Kind::Bytecode => 0,
            Kind::Native { .. } => 1,
            Kind::Viper { .. } => 2,
            Kind::Asm { .. } => 3,
        }
    }

    /// The kind's name.
    pub fn name(&self) -> &'static str {
        ["bytecode", "native", "viper", "asm"][usize::from(self.number())]
    }

    /// The relocations, if there are any.
    pub fn relocations(&self) -> Option<&Relocations<'a>> {
        match self {
            Kind::Bytecode => None,
            Kind::Native { relocations, .. } | Kind::Viper { relocations, .. } | Kind::Asm { relocations, .. } => {
                relocations.as_ref()
            }
        }
    }
}

impl RawCode<'_> {
    /// The offset of the prelude in the code. `None` for viper and asm code, which has no prelude.
    pub fn prelude_offset(&self) -> Option<usize> {
        match self.kind {
            Kind::Bytecode => Some(0),
            Kind::Native { prelude_offset, .. } => Some(whole_prelude_offset(prelude_offset, self.code.len())),
            Kind::Viper { .. } | Kind::Asm { .. } => None,
        }
    }

    /// The prelude of the code, taken apart. `None` for viper and asm code, which has no prelude.
    pub fn prelude(&self) -> Option<Result<Prelude, PreludeError>> {
        Some(Prelude::read(&self.code, self.prelude_offset()?))
    }
}

/// The offset of the prelude in machine code of `len` bytes, if the file says `recorded`, which has only the lowest 16
/// bits of the offset (MicroPython: `py/emitglue.h`, `prelude_offset`). The prelude ends the code and is shorter than
/// 64 KiB, so it is at the last offset with these bits.
pub(crate) fn whole_prelude_offset(recorded: u32, len: usize) -> usize {
    let recorded = recorded as usize;
    recorded + (len.saturating_sub(recorded.saturating_add(1)) & !usize::from(u16::MAX))
}

impl Module<'_> {
    /// The name of the source file, empty if the module does not have it.
    pub fn source_name(&self) -> &[u8] {
        self.qstrs.first().map_or(&[], Qstr::as_bytes)
    }

    /// A copy of the module that borrows nothing.
    pub fn into_owned(self) -> Module<'static> {
        Module {
            header: self.header,
            qstrs: self.qstrs.into_iter().map(Qstr::into_owned).collect(),
            constants: self.constants.into_iter().map(Constant::into_owned).collect(),
            codes: self.codes.into_iter().map(RawCode::into_owned).collect(),
        }
    }
}

impl Qstr<'_> {
    fn into_owned(self) -> Qstr<'static> {
        match self {
            Qstr::Static(id) => Qstr::Static(id),
            Qstr::Own(name) => Qstr::Own(name.into_owned()),
        }
    }
}

impl RawCode<'_> {
    fn into_owned(self) -> RawCode<'static> {
        let relocations = |r: Option<Relocations<'_>>| r.map(Relocations::into_owned);
        let kind = match self.kind {
            Kind::Bytecode => Kind::Bytecode,
            Kind::Native { prelude_offset, relocations: r } => {
                Kind::Native { prelude_offset, relocations: relocations(r) }
            }
            Kind::Viper { scope_flags, rodata, bss, relocations: r } => Kind::Viper {
                scope_flags,
                rodata: rodata.map(ModuleBytes::into_owned),
                bss,
                relocations: relocations(r),
            },
            Kind::Asm { scope_flags, n_pos_args, type_sig, relocations: r } => {
                Kind::Asm { scope_flags, n_pos_args, type_sig, relocations: relocations(r) }
            }
        };
        RawCode { code: self.code.into_owned(), kind, children: self.children }
    }
}

#[cfg(test)]
mod tests {
    use super::whole_prelude_offset;

    #[test]
    fn sixteen_bits_of_the_place_of_a_prelude_are_enough() {
        for len in [0x100, 0xffff, 0x1_0000, 0x1_0001, 0x2_ffff, 0x3_0000] {
            for offset in [0, 1, len - 0x80, len - 1].into_iter().filter(|offset| len - offset <= 0x1_0000) {
                assert_eq!(whole_prelude_offset(offset as u32 & 0xffff, len), offset, "in {len:#x}");
                assert_eq!(whole_prelude_offset(offset as u32, len), offset, "in {len:#x}");
            }
        }
        assert_eq!(whole_prelude_offset(7, 7), 7, "there is none");
        assert_eq!(whole_prelude_offset(u32::MAX, 7), u32::MAX as usize, "there is none");
    }
}
