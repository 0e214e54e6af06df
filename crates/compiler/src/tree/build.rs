//! Putting a tree together, from the leaves up.

use alloc::boxed::Box;
use alloc::vec::Vec;

use berus_mpy::memory::{Quota, Stop};

use super::arena::Arena;
use super::{Const, Header, Node, Rule, TAG_CONST, TAG_WIDE, Tree};
use crate::integer::Integer;

impl Tree {
    pub(crate) fn new(quota: &Quota<'_>) -> Result<Tree, Stop> {
        Ok(Tree { arena: Arena::new(quota)?, constants: Vec::new(), root: Node::NULL, scopes: 0 })
    }

    /// Ends the building, with `root` as the whole.
    pub(crate) fn finish(&mut self, root: Node, quota: &Quota<'_>) {
        self.root = root;
        self.arena.shrink(quota);
        quota.shrink(&mut self.constants);
    }

    /// Gives back the memory of a tree that is not needed any more.
    pub(crate) fn retire(self, quota: &Quota<'_>) {
        self.arena.free(quota);
        self.constants.iter().for_each(|constant| quota.refund(constant.bytes()));
        quota.free(self.constants);
    }

    /// A struct node.
    pub(crate) fn add(&mut self, rule: Rule, line: u32, children: &[Node], quota: &Quota<'_>) -> Result<Node, Stop> {
        let count = children.len() as u32;
        let header = Header::new(rule, count, line);
        let front: &[Node] = if header.is_extended() { &[Node(count), Node(line)] } else { &[] };
        let place = self.arena.add([front, &[Node(header.0)], children], quota)? + front.len();
        Ok(Node((place as u32) << 2))
    }

    /// A leaf that a scope can be kept by, with a number that no other has.
    pub(crate) fn add_scope_number(&mut self) -> Node {
        let number = self.scopes;
        self.scopes += 1;
        Node(number << 1 | 1)
    }

    /// An integer: a leaf if it fits `bits` bits, else a constant object.
    pub(crate) fn add_int(&mut self, line: u32, value: Integer, bits: u32, quota: &Quota<'_>) -> Result<Node, Stop> {
        let Some(small) = i64::try_from(&value).ok().filter(|value| fits(*value, bits)) else {
            quota.charge(value.bytes())?;
            return self.add_constant(line, Const::Int(value), quota);
        };
        match Node::small(small) {
            Some(node) => Ok(node),
            None => self.store(Const::Int(value), quota).map(Node::wide),
        }
    }

    /// A constant object. What it holds is charged to the quota.
    pub(crate) fn add_constant(&mut self, line: u32, constant: Const, quota: &Quota<'_>) -> Result<Node, Stop> {
        let item = self.store(constant, quota).map(Node::constant)?;
        self.add_item(line, item, quota)
    }

    /// Adds a constant to the table, and answers where it is.
    fn store(&mut self, constant: Const, quota: &Quota<'_>) -> Result<usize, Stop> {
        quota.push(&mut self.constants, constant)?;
        Ok(self.constants.len() - 1)
    }

    /// A node with the value of a tuple's item: a leaf if it is a small integer, else a constant object.
    pub(crate) fn add_item(&mut self, line: u32, item: Node, quota: &Quota<'_>) -> Result<Node, Stop> {
        if self.small_int(item).is_some() { Ok(item) } else { self.add(Rule::ConstObject, line, &[item], quota) }
    }

    /// The item of a tuple that has the value of `node`; `None` if that is not constant.
    pub(crate) fn item(&mut self, node: Node, quota: &Quota<'_>) -> Result<Option<Node>, Stop> {
        if self.value(node).is_none() {
            return Ok(None);
        }
        Ok(Some(match self.rule(node) {
            None => node,
            Some(Rule::ConstObject) => self.child(node, 0),
            Some(_) => self.store(Const::Tuple(Box::default()), quota).map(Node::constant)?,
        }))
    }

    /// Turns a struct node into one of another rule.
    pub(crate) fn set_rule(&mut self, node: Node, rule: Rule) {
        if let Some(word) = self.arena.word_mut(node.place()) {
            word.0 = word.0 & !0xff | rule as u32;
        }
    }

    /// Forgets a struct node without struct children. Frees its memory if it was the last to be added.
    pub(crate) fn free(&mut self, node: Node) {
        let Some(header) = self.header(node) else { return };
        let front = if header.is_extended() { 2 } else { 0 };
        self.arena.drop_last(node.place() - front, front + 1 + self.count(node, header) as usize);
    }

    /// As [`Tree::free`], and for a constant object frees the constant as well, if it was the last to be added and there
    /// are more than `keep`.
    pub(crate) fn free_constant(&mut self, node: Node, keep: usize, quota: &Quota<'_>) {
        let leaf = if self.is(node, Rule::ConstObject) { self.child(node, 0) } else { node };
        self.free(node);
        let last = self.constants.len();
        if last > keep && leaf.entry(TAG_CONST).or(leaf.entry(TAG_WIDE)) == last.checked_sub(1) {
            quota.refund(self.constants.pop().map_or(0, |constant| constant.bytes()));
        }
    }

    /// How many constants there are.
    pub(crate) fn constant_count(&self) -> usize {
        self.constants.len()
    }
}

impl Const {
    /// The bytes that it holds beside itself.
    fn bytes(&self) -> usize {
        match self {
            Const::Int(value) => value.bytes(),
            Const::Float(_) | Const::Imaginary(_) => 0,
            Const::Str(bytes) | Const::Bytes(bytes) => bytes.allocated(),
            Const::Tuple(items) => size_of_val(&**items),
        }
    }
}

/// Whether `value` is a small integer where mpy-cross runs, which has 63 bits for them.
pub(crate) fn is_host_small(value: &Integer) -> bool {
    i64::try_from(value).is_ok_and(|value| fits(value, 63))
}

/// Whether `value` is an integer of `bits` bits, with sign. None is of 0 bits.
pub(crate) fn fits(value: i64, bits: u32) -> bool {
    let high = value >> (bits.clamp(1, 64) - 1);
    bits > 0 && (high == 0 || high == -1)
}
