//! The kinds of fields.

use crate::bytecode::{DecodeError, Instruction};
use crate::constant::Constant;
use crate::disasm::mnemonic;
use crate::header::Header;
use crate::lines::Step;
use crate::module::Qstr;
use crate::prelude::{PreludeError, Signature};
use crate::reloc::{Place, Relocation};

/// The kind of a field, with what the field says.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)] // the fields of variants say what the variants' docs leave open
pub enum Item<'m> {
    /// The first byte of the file.
    Magic(Header),
    /// The version of the format.
    Version,
    /// Sub-version and architecture.
    Feature(Header),
    /// The bits of a small integer.
    SmallIntBits(u8),
    /// The flags of the architecture.
    ArchFlags(u32),
    /// How many names there are.
    NameCount(u32),
    /// How many constants there are.
    ConstantCount(u32),
    /// A name.
    Name { index: u32, qstr: &'m Qstr<'m> },
    /// A constant; of a tuple only the kind and length, since the items follow as constants of their own.
    Constant { index: u32, depth: usize, constant: &'m Constant<'m> },
    /// The kind and length of a code object, and whether it has children.
    Head,
    /// The first part of a prelude: sizes of the frame and numbers of arguments.
    Signature(Signature),
    /// The sizes of the prelude's other parts.
    PreludeSizes { info: usize, cells: usize },
    /// The function's name, as an index of the names.
    FunctionName(u32),
    /// The name of an argument, as an index of the names.
    ArgumentName { number: u32, index: u32 },
    /// A step of the line table, and the line that it leads to.
    Line { step: Step, line: u32 },
    /// What is left of a line table that ends inside a step.
    LineRest,
    /// The number of a local that becomes a cell.
    Cell(u8),
    /// A prelude that cannot be read.
    BadPrelude(PreludeError),
    /// An instruction.
    Instruction(Instruction),
    /// The bytes behind the last instruction, which are no instruction.
    Undecoded(DecodeError),
    /// Machine code.
    MachineCode,
    /// The bytes behind the prelude of a native function.
    AfterPrelude,
    /// Where in the machine code the prelude is.
    PreludeOffset(u32),
    /// The flags of machine code without a prelude.
    ScopeFlags(u32),
    /// The size of the read-only data.
    RodataSize(u32),
    /// The size of the zeroed data.
    BssSize(u32),
    /// Read-only data.
    Rodata,
    /// How many arguments an inline-assembler function takes.
    ArgumentCount(u32),
    /// The type of the result of an inline-assembler function.
    ResultType(u32),
    /// How many children a code object has.
    ChildCount(u32),
    /// A relocation, and the first word that it adjusts.
    Relocation { relocation: Relocation, place: Place },
    /// The end of the relocations.
    RelocationEnd,
    /// The bytes behind the module.
    Trailing,
}

/// What bytes of a file are for, by which they can be added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// The header of the file.
    Header,
    /// The names.
    Names,
    /// The constants.
    Constants,
    /// Bytecode.
    Bytecode,
    /// Machine code.
    MachineCode,
    /// Read-only data of machine code.
    Rodata,
    /// Relocations of machine code.
    Relocations,
    /// Preludes, without line tables.
    Preludes,
    /// Line tables.
    Lines,
    /// Kinds, lengths and numbers of children of code objects.
    Structure,
    /// The bytes behind the module.
    Trailing,
}

impl Item<'_> {
    /// The name of the field, as `berus dump --hex` shows it.
    pub fn name(&self) -> &'static str {
        match self {
            Item::Magic(_) => "magic",
            Item::Version => "version",
            Item::Feature(_) => "feature",
            Item::SmallIntBits(_) => "small int bits",
            Item::ArchFlags(_) => "architecture flags",
            Item::NameCount(_) => "number of names",
            Item::ConstantCount(_) => "number of constants",
            Item::Name { .. } => "name",
            Item::Constant { .. } => "constant",
            Item::Head => "head",
            Item::Signature(_) => "signature",
            Item::PreludeSizes { .. } => "sizes",
            Item::FunctionName(_) => "function name",
            Item::ArgumentName { .. } => "argument name",
            Item::Line { .. } => "line",
            Item::LineRest => "rest of line table",
            Item::Cell(_) => "cell",
            Item::BadPrelude(_) => "bad prelude",
            Item::Instruction(instruction) => mnemonic(instruction.op),
            Item::Undecoded(_) => "no instructions",
            Item::MachineCode => "machine code",
            Item::AfterPrelude => "after prelude",
            Item::PreludeOffset(_) => "prelude offset",
            Item::ScopeFlags(_) => "scope flags",
            Item::RodataSize(_) => "size of rodata",
            Item::BssSize(_) => "size of bss",
            Item::Rodata => "rodata",
            Item::ArgumentCount(_) => "number of arguments",
            Item::ResultType(_) => "result type",
            Item::ChildCount(_) => "number of children",
            Item::Relocation { .. } => "relocation",
            Item::RelocationEnd => "end of relocations",
            Item::Trailing => "trailing bytes",
        }
    }

    /// The category of the field's bytes.
    pub fn category(&self) -> Category {
        match self {
            Item::Magic(_) | Item::Version | Item::Feature(_) | Item::SmallIntBits(_) | Item::ArchFlags(_) => {
                Category::Header
            }
            Item::NameCount(_) | Item::Name { .. } => Category::Names,
            Item::ConstantCount(_) | Item::Constant { .. } => Category::Constants,
            Item::Signature(_)
            | Item::PreludeSizes { .. }
            | Item::FunctionName(_)
            | Item::ArgumentName { .. }
            | Item::Cell(_)
            | Item::BadPrelude(_) => Category::Preludes,
            Item::Line { .. } | Item::LineRest => Category::Lines,
            Item::Instruction(_) | Item::Undecoded(_) => Category::Bytecode,
            Item::MachineCode | Item::AfterPrelude => Category::MachineCode,
            Item::Rodata => Category::Rodata,
            Item::Relocation { .. } | Item::RelocationEnd => Category::Relocations,
            Item::Trailing => Category::Trailing,
            Item::Head
            | Item::PreludeOffset(_)
            | Item::ScopeFlags(_)
            | Item::RodataSize(_)
            | Item::BssSize(_)
            | Item::ArgumentCount(_)
            | Item::ResultType(_)
            | Item::ChildCount(_) => Category::Structure,
        }
    }
}

impl Category {
    /// Every category.
    pub const ALL: [Category; 11] = [
        Category::Header,
        Category::Names,
        Category::Constants,
        Category::Bytecode,
        Category::MachineCode,
        Category::Rodata,
        Category::Relocations,
        Category::Preludes,
        Category::Lines,
        Category::Structure,
        Category::Trailing,
    ];

    /// The name of the category.
    pub fn name(self) -> &'static str {
        match self {
            Category::Header => "header",
            Category::Names => "names",
            Category::Constants => "constants",
            Category::Bytecode => "bytecode",
            Category::MachineCode => "machine code",
            Category::Rodata => "read-only data",
            Category::Relocations => "relocations",
            Category::Preludes => "preludes",
            Category::Lines => "line tables",
            Category::Structure => "structure",
            Category::Trailing => "trailing bytes",
        }
    }
}
