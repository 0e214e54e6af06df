//! The parse tree: what the parser makes and the compile passes walk.
//!
//! Its shape is that of MicroPython's parse tree (`py/parse.c`, `py/grammar.h`), node for node and line for
//! line, because the order and the line table of the emitted code follow from it. A [`Node`] is one 32-bit
//! word: a leaf, or the place of a struct node in the tree's arena. A struct node is one header word and its
//! children. Constants that fit no leaf are in a table beside the arena.

mod arena;
mod build;

pub(crate) use build::{fits, is_host_small};

use alloc::boxed::Box;
use alloc::vec::Vec;

use berus_mpy::bytes::ModuleBytes;
use berus_mpy::release::Release;

use crate::grammar::Rule;
use crate::integer::Integer;
use crate::names::{Name, Names};
use crate::options::Options;
use crate::token::Token;
use arena::Arena;

/// A node of a [`Tree`]: nothing, a leaf, or a struct node.
///
/// ```text
/// ...00000  nothing
/// .......1  small integer of 31 bits
/// ......00  struct node, place of its header in the arena
/// ....0010  identifier, its name
/// ....0110  string, its name
/// ....1010  token, its number
/// ...01110  small integer of more bits, entry of the table of constants
/// ...11110  any other constant, entry of that table
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Node(u32);

const TAG_ID: u32 = 0x2;
const TAG_STR: u32 = 0x6;
const TAG_TOKEN: u32 = 0xa;
const TAG_WIDE: u32 = 0x0e;
const TAG_CONST: u32 = 0x1e;

impl Node {
    /// No node: an optional part that is absent.
    pub const NULL: Node = Node(0);

    /// An identifier.
    pub const fn id(name: Name) -> Node {
        Node(name.0 << 4 | TAG_ID)
    }

    /// A string that is also a name.
    pub const fn str(name: Name) -> Node {
        Node(name.0 << 4 | TAG_STR)
    }

    /// A token: an operator, `None`, `True`, `False`, `...`.
    pub const fn token(token: Token) -> Node {
        Node((token as u32) << 4 | TAG_TOKEN)
    }

    /// Whether there is no node.
    pub const fn is_null(self) -> bool {
        self.0 == 0
    }

    /// Whether this is a struct node.
    pub const fn is_struct(self) -> bool {
        self.0 & 3 == 0 && self.0 != 0
    }

    /// Whether this is a leaf: neither a struct node nor nothing.
    pub const fn is_leaf(self) -> bool {
        self.0 & 3 != 0
    }

    /// The name, if this is an identifier.
    pub fn as_id(self) -> Option<Name> {
        (self.0 & 0xf == TAG_ID).then_some(Name(self.0 >> 4))
    }

    /// The name, if this is a string leaf. (Strings that are no names are constants.)
    pub fn as_str(self) -> Option<Name> {
        (self.0 & 0xf == TAG_STR).then_some(Name(self.0 >> 4))
    }

    /// The token, if this is one.
    pub fn as_token(self) -> Option<Token> {
        if self.0 & 0xf == TAG_TOKEN { Token::from_number(self.0 >> 4) } else { None }
    }

    /// Whether this is the identifier `name`.
    pub fn is_id(self, name: Name) -> bool {
        self == Node::id(name)
    }

    /// Whether this is the token `token`.
    pub fn is_token(self, token: Token) -> bool {
        self == Node::token(token)
    }

    /// A small integer, if `value` fits in the word.
    fn small(value: i64) -> Option<Node> {
        let word = (value as i32) << 1;
        (i64::from(word >> 1) == value).then_some(Node(word as u32 | 1))
    }

    fn as_small(self) -> Option<i64> {
        (self.0 & 1 == 1).then_some(i64::from(self.0 as i32 >> 1))
    }

    fn wide(index: usize) -> Node {
        Node((index as u32) << 5 | TAG_WIDE)
    }

    fn constant(index: usize) -> Node {
        Node((index as u32) << 5 | TAG_CONST)
    }

    /// The entry of the table of constants, if the tag is `tag`.
    fn entry(self, tag: u32) -> Option<usize> {
        (self.0 & 0x1f == tag).then_some((self.0 >> 5) as usize)
    }

    /// The place of the header of a struct node in the arena.
    pub fn place(self) -> usize {
        (self.0 >> 2) as usize
    }
}

/// A constant that is not a leaf.
#[derive(Clone, Debug, PartialEq)]
pub enum Const {
    /// An integer.
    Int(Integer),
    /// A float.
    Float(f64),
    /// An imaginary number, by its imaginary part.
    Imaginary(f64),
    /// A string that is not a name. Not necessarily UTF-8.
    Str(ModuleBytes<'static>),
    /// A bytes object.
    Bytes(ModuleBytes<'static>),
    /// A tuple of constants: see [`Tree::value`] for what an item can be.
    Tuple(Box<[Node]>),
}

/// The value of a constant node, or of an item of a constant tuple.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)] // the values of the language
pub enum Value<'t> {
    None,
    False,
    True,
    Ellipsis,
    SmallInt(i64),
    /// A string that is a name.
    Name(Name),
    /// The tuple `()`.
    EmptyTuple,
    /// Any other constant; an integer in it is beyond the small integers.
    Const(&'t Const),
}

/// A parse tree.
#[derive(Clone, Debug)]
pub struct Tree {
    /// Headers and children.
    arena: Arena,
    constants: Vec<Const>,
    root: Node,
    scopes: u32,
}

/// The header of a struct node: rule in bits 7..0, number of children in bits 12..8, line above.
///
/// A count or a line too large for its field fills the field with ones, and both then stand in full in the
/// two words before the header: the count, then the line.
#[derive(Clone, Copy)]
struct Header(u32);

impl Header {
    const COUNT_MAX: u32 = 0x1f;
    const LINE_MAX: u32 = 0x7_ffff;

    fn new(rule: Rule, count: u32, line: u32) -> Header {
        Header(rule as u32 | count.min(Header::COUNT_MAX) << 8 | line.min(Header::LINE_MAX) << 13)
    }

    fn rule(self) -> Option<Rule> {
        Rule::from_number(self.0 as u8)
    }

    fn count(self) -> u32 {
        self.0 >> 8 & Header::COUNT_MAX
    }

    fn line(self) -> u32 {
        self.0 >> 13
    }

    fn is_extended(self) -> bool {
        self.count() == Header::COUNT_MAX || self.line() == Header::LINE_MAX
    }
}

impl Tree {
    /// The node of the whole source.
    pub fn root(&self) -> Node {
        self.root
    }

    /// How many nodes have a number for the compiler's use, see [`Tree::scope_number`].
    pub fn scopes(&self) -> u32 {
        self.scopes
    }

    /// The rule of a struct node; `None` for a leaf or nothing.
    pub fn rule(&self, node: Node) -> Option<Rule> {
        self.header(node)?.rule()
    }

    /// Whether `node` is a struct node of `rule`.
    pub fn is(&self, node: Node, rule: Rule) -> bool {
        self.rule(node) == Some(rule)
    }

    /// The line of a struct node, 0 if the parser gave it none; 0 also for a leaf or nothing.
    pub fn line(&self, node: Node) -> u32 {
        let Some(header) = self.header(node) else { return 0 };
        if header.is_extended() { self.before(node, 1) } else { header.line() }
    }

    /// The children of a struct node; empty for a leaf or nothing.
    ///
    /// For a constant object see [`Tree::value`] instead.
    pub fn children(&self, node: Node) -> &[Node] {
        let Some(header) = self.header(node) else { return &[] };
        let count = self.count(node, header) as usize;
        self.arena.from(node.place()).get(1..1 + count).unwrap_or(&[])
    }

    /// Child number `i` of a struct node; nothing if there is no such child.
    pub fn child(&self, node: Node, i: usize) -> Node {
        self.children(node).get(i).copied().unwrap_or(Node::NULL)
    }

    /// `node` as a list: the children if it is a struct node of `rule`, itself alone if it is any other node,
    /// and empty if it is nothing.
    pub fn list<'t>(&'t self, node: &'t Node, rule: Rule) -> &'t [Node] {
        if node.is_null() {
            &[]
        } else if self.is(*node, rule) {
            self.children(*node)
        } else {
            core::slice::from_ref(node)
        }
    }

    /// The number of a function, lambda, class or comprehension node, for the compiler to keep something by:
    /// from 0 up to [`Tree::scopes`], each different. `None` for any other node.
    ///
    /// It is the last child, where MicroPython's compiler keeps a pointer to the scope.
    pub fn scope_number(&self, node: Node) -> Option<u32> {
        if !self.rule(node)?.has_scope_number() {
            return None;
        }
        self.children(node).last()?.as_small().map(|n| n as u32)
    }

    /// The value of a small integer leaf.
    pub fn small_int(&self, node: Node) -> Option<i64> {
        match node.entry(TAG_WIDE) {
            None => node.as_small(),
            Some(i) => match self.constants.get(i)? {
                Const::Int(value) => i64::try_from(value).ok(),
                _ => None,
            },
        }
    }

    /// The value of a node that is constant to the parser: an integer or string leaf, `None`, `True`, `False`,
    /// `...`, a constant object (a struct node of [`Rule::ConstObject`]), or `()`. Also that of an item of a
    /// [`Const::Tuple`].
    ///
    /// A constant object can have any value but a small integer, where the source used a name declared with `const()`.
    pub fn value(&self, node: Node) -> Option<Value<'_>> {
        match self.rule(node) {
            None => self.leaf_value(node),
            Some(Rule::ConstObject) => self.leaf_value(self.child(node, 0)),
            Some(Rule::AtomParen) if self.child(node, 0).is_null() => Some(Value::EmptyTuple),
            Some(_) => None,
        }
    }

    /// Whether the value of a node or item is an integer that is small where mpy-cross runs.
    pub(crate) fn is_host_small(&self, node: Node) -> bool {
        match self.value(node) {
            Some(Value::SmallInt(_)) => true,
            Some(Value::Const(Const::Int(value))) => is_host_small(value),
            _ => false,
        }
    }

    fn leaf_value(&self, leaf: Node) -> Option<Value<'_>> {
        if let Some(value) = self.small_int(leaf) {
            Some(Value::SmallInt(value))
        } else if let Some(name) = leaf.as_str() {
            Some(Value::Name(name))
        } else if let Some(i) = leaf.entry(TAG_CONST) {
            self.constants.get(i).map(Value::Const)
        } else {
            match leaf.as_token()? {
                Token::KwNone => Some(Value::None),
                Token::KwFalse => Some(Value::False),
                Token::KwTrue => Some(Value::True),
                Token::Ellipsis => Some(Value::Ellipsis),
                _ => None,
            }
        }
    }

    /// The truth of a node that is constant to the parser; `None` if it is not.
    pub fn truth(&self, node: Node, names: &Names, options: &Options<'_>) -> Option<bool> {
        let value = self.value(node)?;
        // Before 1.20 only these are known to be true or false; before 1.19 integers that are small for mpy-cross, too.
        let is_known = match value {
            Value::False | Value::True | Value::SmallInt(_) => true,
            Value::Const(Const::Int(value)) => options.is_before(Release(1, 19, 0)) && is_host_small(value),
            _ => false,
        };
        if !is_known && options.is_before(Release(1, 20, 0)) {
            return None;
        }
        Some(match value {
            Value::None | Value::False | Value::EmptyTuple => false,
            Value::True | Value::Ellipsis => true,
            Value::SmallInt(value) => value != 0,
            Value::Name(name) => !names.get(name).is_empty(),
            Value::Const(constant) => match constant {
                Const::Int(value) => *value != Integer::ZERO,
                Const::Float(value) | Const::Imaginary(value) => *value != 0.0,
                Const::Str(bytes) | Const::Bytes(bytes) => !bytes.is_empty(),
                Const::Tuple(items) => !items.is_empty(),
            },
        })
    }

    fn header(&self, node: Node) -> Option<Header> {
        if node.is_struct() { self.arena.from(node.place()).first().map(|word| Header(word.0)) } else { None }
    }

    fn count(&self, node: Node, header: Header) -> u32 {
        if header.is_extended() { self.before(node, 2) } else { header.count() }
    }

    /// The word `distance` words before the header of an extended struct node.
    fn before(&self, node: Node, distance: usize) -> u32 {
        self.arena.from(node.place() - distance).first().map_or(0, |word| word.0)
    }
}
