//! An instruction as the source has it.

use alloc::borrow::Cow;

use super::Code;
use crate::emit::Label;
use crate::error::CompileError;
use crate::grammar::Rule;
use crate::names::{Name, Names};
use crate::tree::{Const, Node, Tree, Value};

/// An instruction as the source has it, and where its code goes.
pub(crate) struct Instruction<'a> {
    pub tree: &'a Tree,
    pub names: &'a Names,
    /// What is called.
    pub name: &'a [u8],
    /// The arguments of the call.
    pub operands: &'a [Node],
    pub code: &'a mut Code,
    /// By number: the labels met so far. In the last walk, all.
    pub labels: &'a [Name],
    /// Whether it is the last walk, which makes the code.
    pub is_last: bool,
    /// What a label stands for that is not met yet.
    pub unmet: Label,
    /// What is wrong with it.
    pub error: Option<CompileError>,
}

impl<'a> Instruction<'a> {
    /// Notes what is wrong, in place of what was wrong before.
    pub fn refuse(&mut self, message: impl Into<Cow<'static, str>>) {
        self.error = Some(CompileError::syntax(message));
    }

    /// The name of the instruction as messages have it.
    pub fn spelling(&self) -> Cow<'a, str> {
        alloc::string::String::from_utf8_lossy(self.name)
    }

    /// The identifier that an operand is; empty if it is something else.
    pub fn identifier(&self, operand: Node) -> &'a [u8] {
        operand.as_id().map_or(&[], |name| self.names.get(name))
    }

    /// The value of an operand that is an integer, cut to 64 bits.
    pub fn integer(&self, operand: Node) -> Option<i64> {
        integer(self.tree, operand)
    }

    /// Base and offset of an operand that is an address, `[a, b]`.
    pub fn address(&self, operand: Node) -> Option<(Node, Node)> {
        let list = self.tree.child(operand, 0);
        let is_address = self.tree.is(operand, Rule::AtomBracket) && self.tree.is(list, Rule::TestListComp);
        match self.tree.children(list) {
            &[base, offset] if is_address => Some((base, offset)),
            _ => None,
        }
    }

    /// Calls `work` with each item of an operand that is a set, `{a, b}`. Whether it is one.
    pub fn items(&mut self, operand: Node, mut work: impl FnMut(&mut Self, Node)) -> bool {
        let tree = self.tree;
        let items = tree.child(operand, 0);
        if !tree.is(operand, Rule::AtomBrace) {
            return false;
        }
        if items.as_id().is_some() {
            work(self, items);
            return true;
        }
        let rest = tree.child(items, 1);
        if !tree.is(items, Rule::DictOrSetMaker) || !tree.is(rest, Rule::DictOrSetMakerList) {
            return false;
        }
        work(self, tree.child(items, 0));
        let rest = tree.child(rest, 0);
        for &item in tree.list(&rest, Rule::DictOrSetMakerList2) {
            work(self, item);
        }
        true
    }

    /// The label with the name `name`, if it was met.
    pub fn label(&self, name: Name) -> Option<Label> {
        self.labels.iter().position(|&label| label == name).map(|number| Label(number as u32))
    }
}

/// The value of a node that is an integer, cut to 64 bits.
pub(super) fn integer(tree: &Tree, node: Node) -> Option<i64> {
    match tree.value(node)? {
        Value::SmallInt(value) => Some(value),
        Value::Const(Const::Int(value)) => Some(value.low_bits() as i64),
        _ => None,
    }
}
