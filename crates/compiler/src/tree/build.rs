//! Putting a tree together, from the leaves up.

use alloc::boxed::Box;
use alloc::vec::Vec;

use dashu_int::IBig;

use super::arena::Arena;
use super::{Const, Header, Node, Rule, TAG_CONST, TAG_WIDE, Tree};

impl Tree {
    pub(crate) fn new() -> Tree {
        Tree { arena: Arena::new(), constants: Vec::new(), root: Node::NULL, scopes: 0 }
    }

    /// Ends the building, with `root` as the whole.
    pub(crate) fn finish(&mut self, root: Node) {
        self.root = root;
        self.arena.shrink();
        self.constants.shrink_to_fit();
    }

    /// A struct node.
    pub(crate) fn add(&mut self, rule: Rule, line: u32, children: &[Node]) -> Node {
        let count = children.len() as u32;
        let header = Header::new(rule, count, line);
        let front: &[Node] = if header.is_extended() { &[Node(count), Node(line)] } else { &[] };
        let place = self.arena.add([front, &[Node(header.0)], children]) + front.len();
        Node((place as u32) << 2)
    }

    /// A leaf that a scope can be kept by, with a number that no other has.
    pub(crate) fn add_scope_number(&mut self) -> Node {
        let number = self.scopes;
        self.scopes += 1;
        Node(number << 1 | 1)
    }

    /// An integer: a leaf if it fits `bits` bits, else a constant object.
    pub(crate) fn add_int(&mut self, line: u32, value: IBig, bits: u32) -> Node {
        let Some(small) = i64::try_from(&value).ok().filter(|value| fits(*value, bits)) else {
            return self.add_constant(line, Const::Int(value));
        };
        match Node::small(small) {
            Some(node) => node,
            None => {
                self.constants.push(Const::Int(value));
                Node::wide(self.constants.len() - 1)
            }
        }
    }

    /// A constant object.
    pub(crate) fn add_constant(&mut self, line: u32, constant: Const) -> Node {
        self.constants.push(constant);
        self.add_item(line, Node::constant(self.constants.len() - 1))
    }

    /// A node with the value of a tuple's item: a leaf if it is a small integer, else a constant object.
    pub(crate) fn add_item(&mut self, line: u32, item: Node) -> Node {
        if self.small_int(item).is_some() { item } else { self.add(Rule::ConstObject, line, &[item]) }
    }

    /// The item of a tuple that has the value of `node`; `None` if that is not constant.
    pub(crate) fn item(&mut self, node: Node) -> Option<Node> {
        self.value(node)?;
        Some(match self.rule(node) {
            None => node,
            Some(Rule::ConstObject) => self.child(node, 0),
            Some(_) => {
                self.constants.push(Const::Tuple(Box::new([])));
                Node::constant(self.constants.len() - 1)
            }
        })
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
        self.arena.free(node.place() - front, front + 1 + self.count(node, header) as usize);
    }

    /// As [`Tree::free`], and for a constant object frees the constant as well, if it was the last to be added and there
    /// are more than `keep`.
    pub(crate) fn free_constant(&mut self, node: Node, keep: usize) {
        let leaf = if self.is(node, Rule::ConstObject) { self.child(node, 0) } else { node };
        self.free(node);
        let last = self.constants.len();
        if last > keep && leaf.entry(TAG_CONST).or(leaf.entry(TAG_WIDE)) == last.checked_sub(1) {
            self.constants.pop();
        }
    }

    /// How many constants there are.
    pub(crate) fn constant_count(&self) -> usize {
        self.constants.len()
    }
}

/// Whether `value` is an integer of `bits` bits, with sign.
fn fits(value: i64, bits: u32) -> bool {
    let high = value >> (bits.clamp(1, 64) - 1);
    high == 0 || high == -1
}
