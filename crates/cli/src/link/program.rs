//! What is linked: the sections and symbols of all objects.

use std::borrow::Cow;
use std::fmt::{self, Display};

use super::arch::Machine;
use super::error::name;

/// The index of an object in [`Program::objects`].
pub type ObjectId = usize;
/// The index of a section in [`Program::sections`].
pub type SectionId = usize;

/// All that is linked.
pub struct Program<'d> {
    /// What it is linked for.
    pub machine: &'static Machine,
    /// The objects, in the order in which they were given.
    pub objects: Vec<Object<'d>>,
    /// The sections of all objects.
    pub sections: Vec<Section<'d>>,
    /// The sections in the order in which they are laid out.
    pub order: Vec<SectionId>,
}

/// An object file.
pub struct Object<'d> {
    /// Its file, or archive and member.
    pub name: String,
    /// Its symbols, by the numbers that relocations refer to.
    pub symbols: Vec<Symbol<'d>>,
}

/// A section that becomes part of the module.
pub struct Section<'d> {
    /// The object that it is from.
    pub object: ObjectId,
    /// Its name.
    pub name: &'d [u8],
    /// What it is for.
    pub role: Role,
    /// A power of two; its address will be a multiple.
    pub align: u64,
    /// Its length in bytes.
    pub len: u64,
    /// Its bytes; none for zeroed data.
    pub data: Cow<'d, [u8]>,
    /// Whether other objects may have the same section, as with inline functions of C++.
    pub in_group: bool,
    /// What is to be changed in it.
    pub relocations: Vec<Relocation>,
}

/// What a section is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Machine code.
    Text,
    /// Data that is not written to, once it is relocated.
    Rodata,
    /// Zeroed data.
    Bss,
    /// Words that code loads, of which nothing is left but [`super::literals::Literals`].
    Literals,
}

/// A place in a section whose bytes depend on a symbol.
#[derive(Clone, Copy)]
pub struct Relocation {
    /// Its offset in the section.
    pub offset: u64,
    /// Its type, a number of the architecture.
    pub kind: u32,
    /// The index of the symbol in the object.
    pub symbol: usize,
    /// What is added to the symbol's address. `None`: what stands in the place.
    pub addend: Option<i64>,
}

/// A symbol.
#[derive(Clone, Copy)]
pub struct Symbol<'d> {
    /// Its name; that of the section for the symbol of a section.
    pub name: &'d [u8],
    /// Who knows it.
    pub binding: Binding,
    /// Where it is.
    pub place: Place<'d>,
    /// The number of bytes that it stands for, if that is known.
    pub size: u64,
}

/// Who knows a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// Its object.
    Local,
    /// All objects.
    Global,
    /// All objects, unless there is one that is not weak; and it need not exist at all.
    Weak,
}

/// Where a symbol is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'d> {
    /// In another object.
    Undefined,
    /// At an offset of a section.
    In(SectionId, u64),
    /// In a section of that name that does not become part of the module.
    LeftOut(&'d [u8]),
    /// At an address.
    Absolute(u64),
    /// Wherever the linker has room for so many bytes.
    Common,
}

impl<'d> Program<'d> {
    /// The name of the object that a section is from.
    pub fn file(&self, section: SectionId) -> &str {
        let object = self.sections.get(section).and_then(|section| self.objects.get(section.object));
        object.map_or("", |object| object.name.as_str())
    }

    /// A place in a section for people to read: `.text+0x12 in access`.
    pub fn place(&self, section: SectionId, offset: u64) -> impl Display + '_ {
        fmt::from_fn(move |f| {
            let Some(found) = self.sections.get(section) else { return Ok(()) };
            write!(f, "{}+{offset:#x}", name(found.name))?;
            let symbols = self.objects.get(found.object).map_or(&[][..], |object| &object.symbols);
            let around = symbols.iter().find(|symbol| match symbol.place {
                Place::In(id, start) => {
                    id == section
                        && !symbol.name.is_empty()
                        && offset.checked_sub(start).is_some_and(|n| n < symbol.size)
                }
                _ => false,
            });
            around.map_or(Ok(()), |symbol| write!(f, " in {}", name(symbol.name)))
        })
    }
}
