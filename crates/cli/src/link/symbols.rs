//! What the names in object files refer to.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use berus_mpy::function_table;

use super::error::{Error, Result, enough, error, name};
use super::program::{Binding, Place, Program, Role, SectionId, Symbol};

/// The function that runs when a module is imported.
pub const ENTRY: &[u8] = b"mpy_init";

/// What a symbol stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// What is at an offset of a section.
    In(SectionId, u64),
    /// What is at an address that is known now.
    Fixed(u64),
    /// The module's qstr table.
    QstrTable,
    /// The module's constant table.
    ConstantTable,
    /// The table of functions for machine code.
    FunctionTable,
    /// The function or object that is the entry of that number in the table of functions.
    Function(u8),
    /// The module's global offset table.
    Got,
}

/// Addresses that are given by name: those of functions in the read-only memory of a chip.
pub type Externs = HashMap<Vec<u8>, u64>;

/// The symbols that objects share.
pub struct Symbols<'d> {
    /// Where each name is defined: the object, the symbol in it, and whether another definition can take its place.
    defined: HashMap<&'d [u8], Definition<'d>>,
    externs: Externs,
}

#[derive(Clone, Copy)]
struct Definition<'d> {
    object: usize,
    symbol: Symbol<'d>,
    may_be_repeated: bool,
}

impl<'d> Symbols<'d> {
    /// Collects the definitions of all objects.
    ///
    /// # Errors
    /// If there are two definitions of a name and neither is weak.
    pub fn collect(program: &Program<'d>, externs: Externs) -> Result<Symbols<'d>> {
        let mut defined: HashMap<&[u8], Definition<'_>> = HashMap::new();
        let mut errors = Vec::new();
        for (object, found) in program.objects.iter().enumerate() {
            for &symbol in &found.symbols {
                if symbol.binding == Binding::Local || symbol.place == Place::Undefined {
                    continue;
                }
                let may_be_repeated = symbol.binding == Binding::Weak || in_group(program, symbol.place);
                let definition = Definition { object, symbol, may_be_repeated };
                match defined.entry(symbol.name) {
                    Entry::Vacant(vacant) => {
                        vacant.insert(definition);
                    }
                    Entry::Occupied(mut first) => {
                        if may_be_repeated {
                            continue;
                        }
                        if !first.get().may_be_repeated && !enough(&errors) {
                            let (name, other) = (name(symbol.name), &program.objects[first.get().object].name);
                            errors.push(error!(found.name, "duplicate symbol {name}: {other} defines it, too"));
                        }
                        first.insert(definition);
                    }
                }
            }
        }
        if errors.is_empty() { Ok(Symbols { defined, externs }) } else { Err(errors) }
    }

    /// Where [`ENTRY`] is.
    ///
    /// # Errors
    /// If there is none, said of `file`.
    pub fn entry(&self, program: &Program<'d>, file: &str) -> std::result::Result<(SectionId, u64), Error> {
        let found = self.defined.get(ENTRY);
        match found.map(|definition| definition.symbol.place) {
            Some(Place::In(section, offset)) if program.sections[section].role == Role::Text => Ok((section, offset)),
            Some(_) => Err(error!(file, "mpy_init is not a function")),
            None => Err(error!(file, "there is no global function mpy_init, with which every module starts")),
        }
    }

    /// What the symbol number `index` of an object stands for.
    ///
    /// # Errors
    /// Why it does not stand for anything.
    pub fn target(&self, program: &Program<'d>, object: usize, index: usize) -> std::result::Result<Target, String> {
        // The first symbol is no symbol; relocations that need none have it.
        let symbol = match program.objects[object].symbols.get(index) {
            _ if index == 0 => return Ok(Target::Fixed(0)),
            Some(symbol) => symbol,
            None => return Err(format!("there is no symbol {index}")),
        };
        if symbol.binding == Binding::Local || in_group(program, symbol.place) {
            return place(symbol);
        }
        match symbol.name {
            b"mp_fun_table" => return Ok(Target::FunctionTable),
            b"mp_native_qstr_table" => return Ok(Target::QstrTable),
            b"mp_native_obj_table" => return Ok(Target::ConstantTable),
            b"_GLOBAL_OFFSET_TABLE_" => return Ok(Target::Got),
            _ => {}
        }
        if let Some(&address) = self.externs.get(symbol.name) {
            return Ok(Target::Fixed(address));
        }
        if let Some(definition) = self.defined.get(symbol.name) {
            return place(&definition.symbol);
        }
        match function(symbol.name) {
            Some(number) => Ok(Target::Function(number)),
            None if symbol.binding == Binding::Weak => Ok(Target::Fixed(0)),
            None => Err(format!("undefined symbol {}", name(symbol.name))),
        }
    }
}

fn in_group(program: &Program<'_>, place: Place<'_>) -> bool {
    matches!(place, Place::In(section, _) if program.sections[section].in_group)
}

fn place(symbol: &Symbol<'_>) -> std::result::Result<Target, String> {
    let shown = name(symbol.name);
    match symbol.place {
        Place::In(section, offset) => Ok(Target::In(section, offset)),
        Place::Absolute(address) => Ok(Target::Fixed(address)),
        Place::Undefined => Err(format!("undefined symbol {shown}")),
        Place::LeftOut(section) if section == symbol.name => Err(format!("section {shown} is not part of the module")),
        Place::LeftOut(section) => {
            Err(format!("{shown} is in section {}, which is not part of the module", name(section)))
        }
        Place::Common => Err(format!("no object has room for {shown}; compile with -fno-common")),
    }
}

/// The entry of the table of functions with that name. The runtime has no `memcpy` but `memmove`, which can do the same.
fn function(name: &[u8]) -> Option<u8> {
    let name = if name == b"memcpy" { b"memmove" } else { name };
    let number = function_table::NAMES.iter().position(|entry| entry.as_bytes() == name)?;
    u8::try_from(number).ok()
}
