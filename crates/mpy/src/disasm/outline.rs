//! What the code objects of a module are: functions, class bodies, and in which others they stand.

use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use super::signature::{arg_names, n_cells};
use super::text::Name;
use crate::bytecode::{Instruction, instructions};
use crate::module::{CodeId, Kind, Module, Qstr, RawCode};
use crate::opcode::{Op, Operand};

/// The code objects of a module as a tree.
#[derive(Clone, Debug)]
pub struct Outline<'m> {
    entries: Vec<Entry<'m>>,
}

/// What a code object is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'m> {
    /// The code object that makes a function of this one; `None` for the module's own.
    pub parent: Option<CodeId>,
    /// How many other code objects this one stands in.
    pub depth: u32,
    /// What Python makes of the code object, as far as the module shows.
    pub role: Role,
    /// The function's name: the one in the function's prelude, or else the one under which its parent stores it at once
    /// (viper and asm code has no name of its own).
    pub name: Option<&'m [u8]>,
}

/// The part of a program that a code object was compiled from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The module's own code.
    Module,
    /// A function.
    Function,
    /// The body of a class.
    Class,
    /// A lambda expression.
    Lambda,
    /// A comprehension or generator expression.
    Comprehension,
    /// A function without arguments, or a class: the parent is machine code, which does not show which of the two.
    Unknown,
}

impl<'m> Outline<'m> {
    /// The outline of `module`.
    pub fn of(module: &'m Module<'_>) -> Outline<'m> {
        let unknown = Entry { parent: None, depth: 0, role: Role::Unknown, name: None };
        let mut entries = vec![unknown; module.codes.len()];
        for (id, code) in module.codes.iter().enumerate() {
            let own_name = prelude_name(module, code);
            entries[id].name = own_name.or(entries[id].name);
            entries[id].role = match (id, own_name) {
                (0, _) => Role::Module,
                (_, Some(b"<lambda>")) => Role::Lambda,
                (_, Some(name)) if is_comprehension(name) => Role::Comprehension,
                _ if entries[id].role == Role::Unknown && takes_arguments(module, code) => Role::Function,
                _ => entries[id].role,
            };
            let depth = entries[id].depth.saturating_add(1);
            for &child in &code.children {
                // In a module that was read every child follows its parent.
                if let Some(entry) = entries.get_mut(child as usize).filter(|_| child as usize > id) {
                    (entry.parent, entry.depth) = (Some(id as CodeId), depth);
                }
            }
            if let (Kind::Bytecode, Some(Ok(prelude))) = (&code.kind, code.prelude()) {
                describe_children(module, code, prelude.end(), &mut entries);
            }
        }
        Outline { entries }
    }

    /// What code object `id` is; `None` if the module has no such code object.
    pub fn get(&self, id: CodeId) -> Option<&Entry<'m>> {
        self.entries.get(id as usize)
    }

    /// The name of code object `id`, or `?` if it has none. The module's own code has a name in any case.
    pub fn name(&self, id: CodeId) -> Name<'m> {
        let unnamed: &[u8] = if id == 0 { b"<module>" } else { b"?" };
        Name(self.get(id).and_then(|entry| entry.name).unwrap_or(unnamed))
    }

    /// The name of code object `id` after the names of the code objects that it stands in, the module's left out:
    /// `Shape.area`.
    ///
    /// Of code that is nested deeper than anyone writes it, only the innermost names are given.
    pub fn path(&self, id: CodeId) -> impl fmt::Display + '_ {
        fmt::from_fn(move |f| {
            let mut names = [0; MAX_PATH];
            let mut len = 0;
            let mut next = Some(id);
            while let Some(id) = next {
                let parent = self.get(id).and_then(|entry| entry.parent);
                if parent.is_none() && len > 0 {
                    break;
                }
                if len == MAX_PATH {
                    f.write_str("...")?;
                    break;
                }
                names[len] = id;
                len += 1;
                next = parent;
            }
            for (i, &id) in names[..len].iter().rev().enumerate() {
                write!(f, "{}{}", if i > 0 { "." } else { "" }, self.name(id))?;
            }
            Ok(())
        })
    }
}

const MAX_PATH: usize = 8;

/// Whether the function of that name is a comprehension or generator expression.
pub(super) fn is_comprehension(name: &[u8]) -> bool {
    matches!(name, b"<listcomp>" | b"<dictcomp>" | b"<setcomp>" | b"<genexpr>")
}

/// The name in the prelude of `code`, if there is one.
fn prelude_name<'m>(module: &'m Module<'_>, code: &RawCode<'_>) -> Option<&'m [u8]> {
    let prelude = code.prelude()?.ok()?;
    module.qstrs.get(prelude.name as usize).map(Qstr::as_bytes)
}

/// Whether `code` takes arguments other than cells, or makes a generator, as a class never does.
fn takes_arguments(module: &Module<'_>, code: &RawCode<'_>) -> bool {
    let Some(Ok(prelude)) = code.prelude() else { return false };
    let names: Vec<_> = arg_names(module, &code.code, &prelude).collect();
    prelude.signature.scope_flags != 0 || n_cells(None, &names) < names.len()
}

/// Notes what the bytecode of `code` shows of its children: a function made right after `LOAD_BUILD_CLASS` is the body
/// of a class, and a function that is stored as soon as it is made has the name that it is stored under.
fn describe_children<'m>(module: &'m Module<'_>, code: &RawCode<'_>, start: usize, entries: &mut [Entry<'m>]) {
    let bytecode = code.code.get(start..).unwrap_or_default();
    let mut builds_class = false;
    let mut made = None;
    for instruction in instructions(bytecode).map_while(Result::ok) {
        if let (Some(child), Operand::Qstr, true) = (made.take(), instruction.op.operand(), stores(&instruction)) {
            let entry: &mut Entry<'m> = &mut entries[child];
            entry.name = entry.name.or(module.qstrs.get(instruction.index() as usize).map(Qstr::as_bytes));
        }
        match instruction.op {
            Op::LoadBuildClass => builds_class = true,
            // These instructions put the cells that a class body closes over on the stack.
            Op::LoadFastN | Op::LoadFastMulti => {}
            Op::MakeFunction | Op::MakeFunctionDefargs | Op::MakeClosure | Op::MakeClosureDefargs => {
                made = code.children.get(instruction.index() as usize).map(|&child| child as usize);
                made = made.filter(|&child| child < entries.len());
                if let Some(child) = made {
                    entries[child].role = if builds_class { Role::Class } else { Role::Function };
                }
                builds_class = false;
            }
            _ => builds_class = false,
        }
    }
}

fn stores(instruction: &Instruction) -> bool {
    matches!(instruction.op, Op::StoreName | Op::StoreGlobal)
}
