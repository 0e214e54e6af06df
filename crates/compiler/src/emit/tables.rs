//! The tables that the functions of a module share while their code is made.

use alloc::vec::Vec;

use berus_mpy::constant::Constant;

use super::constants::ConstantTable;
use crate::names::{Name, Names};
use crate::scope::ScopeId;
use crate::tree::{Node, Tree};

/// The qstr table, the constant table, and the children of the function in the making.
///
/// An entry of the tables is made where it is first used, in whichever pass over whichever scope that is; the file
/// lists them in that order.
#[derive(Debug)]
pub(crate) struct Tables<'t> {
    tree: &'t Tree,
    pub names: &'t mut Names,
    qstrs: QstrTable,
    constants: ConstantTable,
    children: Vec<ScopeId>,
}

impl<'t> Tables<'t> {
    /// Tables with only the name of the source, which is always the first.
    pub fn new(tree: &'t Tree, names: &'t mut Names, source_name: &[u8]) -> Tables<'t> {
        let source_name = names.intern(source_name);
        let mut qstrs = QstrTable::default();
        qstrs.index(source_name);
        Tables { tree, names, qstrs, constants: ConstantTable::default(), children: Vec::new() }
    }

    /// The index of `name` in the qstr table.
    pub fn qstr(&mut self, name: Name) -> u32 {
        self.qstrs.index(name)
    }

    /// The index in the constant table of the value of a constant object. `None` if it is nested too deep to store.
    pub fn constant(&mut self, node: Node) -> Option<u32> {
        self.constants.index(self.tree, self.names, node)
    }

    /// The index in the constant table of the table of functions that machine code calls.
    pub fn function_table(&mut self) -> u32 {
        self.constants.function_table()
    }

    /// How many children the function in the making has so far.
    pub fn child_count(&self) -> u32 {
        self.children.len() as u32
    }

    /// The number of `scope` as a child of the function in the making.
    pub fn child(&mut self, scope: ScopeId) -> u32 {
        self.children.push(scope);
        self.children.len() as u32 - 1
    }

    /// The children since the last call, as the numbers of their scopes.
    pub fn take_children(&mut self) -> Vec<u32> {
        let children = self.children.iter().map(|scope| scope.0).collect();
        self.children.clear();
        children
    }

    /// The names of the qstr table, and the constant table.
    pub fn finish(self) -> (Vec<Name>, Vec<Constant<'static>>) {
        (self.qstrs.order, self.constants.finish(self.tree, self.names))
    }
}

/// Names in the order of first use.
#[derive(Debug, Default)]
struct QstrTable {
    order: Vec<Name>,
    /// By the number of a name: one more than its index in `order`, or 0.
    indices: Vec<u32>,
}

impl QstrTable {
    fn index(&mut self, name: Name) -> u32 {
        let number = name.0 as usize;
        if number >= self.indices.len() {
            self.indices.resize(number + 1, 0);
        }
        if self.indices[number] == 0 {
            self.order.push(name);
            self.indices[number] = self.order.len() as u32;
        }
        self.indices[number] - 1
    }
}
