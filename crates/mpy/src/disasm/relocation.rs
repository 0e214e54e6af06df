//! Relocations by the names of what they refer to.

use core::fmt;

use crate::function_table;
use crate::header::Header;
use crate::reloc::Target;

/// What a relocation refers to: a part of the module, or an entry of the function table by MicroPython's name for it,
/// where the sub-version has the table that is known.
#[derive(Clone, Copy, Debug)]
pub struct TargetName<'h> {
    /// The header of the module.
    pub header: &'h Header,
    /// The target.
    pub target: Target,
}

impl fmt::Display for TargetName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.target {
            Target::Text => "machine code",
            Target::Rodata => "rodata",
            Target::Bss => "bss",
            Target::QstrTable => "qstr table",
            Target::ConstantTable => "constant table",
            Target::FunctionTable => "function table",
            Target::Function(number) => match function_table::name_for(self.header, number.into()) {
                Some(name) => name,
                None => return write!(f, "entry {number} of the function table"),
            },
        })
    }
}
