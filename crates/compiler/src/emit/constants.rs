//! The constant table: values that fit no instruction, each once.

use alloc::vec::Vec;
use core::hash::{Hash, Hasher};

use berus_mpy::constant::{Constant, MAX_TUPLE_DEPTH};
use berus_mpy::memory::{Quota, Stop};
use berus_mpy::number::{self, Form, Text};

use crate::grammar::Rule;
use crate::names::{HASHED_PER_STEP, Names};
use crate::tree::{Const, Node, Tree, Value};

/// The most values in a constant, with those in tuples. A tuple of one tuple, twice, and again and again, would soon have more than any
/// memory holds.
const MAX_VALUES: usize = 1 << 24;

/// So many values at a time are charged to the quota before they are looked at, as the module's table will hold them.
const CHARGED: usize = 256;

/// Slots of the hash table, once it has any.
const FIRST_SLOTS: usize = 16;

/// Where constants are: what a node needs to be understood.
#[derive(Clone, Copy)]
pub(super) struct Source<'s> {
    pub tree: &'s Tree,
    pub names: &'s Names,
    pub quota: &'s Quota<'s>,
}

/// Constants in the order of first use, by their nodes.
#[derive(Debug, Default)]
pub(super) struct ConstantTable {
    order: Vec<Node>,
    /// The hash of each.
    hashes: Vec<u32>,
    /// An open-addressing hash table of indices, counted from 1; 0 is a free slot. Its length is a power of two, or 0.
    slots: Vec<u32>,
    /// The index of the table of functions, which is no value of a node.
    function_table: Option<u32>,
}

impl ConstantTable {
    /// The index of the value of `node`, which is that of the first constant that equals it. `None` if it is nested too
    /// deep to store.
    ///
    /// # Errors
    /// Where the quota ends the work.
    pub fn index(&mut self, source: Source<'_>, node: Node) -> Result<Option<u32>, Stop> {
        let tree = source.tree;
        let leaf = if tree.is(node, Rule::ConstObject) { tree.child(node, 0) } else { node };
        let mut hasher = Fnv::default();
        let is_stored = hash(source, leaf, MAX_TUPLE_DEPTH, &mut hasher)?;
        source.quota.refund(hasher.values / CHARGED * CHARGED * size_of::<Constant<'_>>());
        if !is_stored {
            return Ok(None);
        }
        let hash = hasher.finish() as u32;
        if (self.order.len() + 1) * 4 > self.slots.len() * 3 {
            self.rehash(source.quota)?;
        }
        let mut slot = self.first_slot(hash);
        while let Some(index) = self.slots[slot].checked_sub(1) {
            if self.hashes[index as usize] == hash && equal(source, self.order[index as usize], leaf)? {
                return Ok(Some(index));
            }
            slot = self.next_slot(slot);
        }
        let index = self.push(leaf, hash, source.quota)?;
        self.slots[slot] = index + 1;
        Ok(Some(index))
    }

    /// The index of the table of functions that machine code calls.
    ///
    /// # Errors
    /// If there is no memory for it.
    pub fn function_table(&mut self, quota: &Quota<'_>) -> Result<u32, Stop> {
        if let Some(index) = self.function_table {
            return Ok(index);
        }
        let index = self.push(Node::NULL, 0, quota)?;
        self.function_table = Some(index);
        Ok(index)
    }

    /// The table as a module has it.
    ///
    /// # Errors
    /// If there is no memory for it.
    pub fn finish(self, source: Source<'_>) -> Result<Vec<Constant<'static>>, Stop> {
        let mut table = constants(source, &self.order)?;
        if let Some(entry) = self.function_table.and_then(|index| table.get_mut(index as usize)) {
            *entry = Constant::FunctionTable;
        }
        self.retire(source.quota);
        Ok(table)
    }

    /// Gives back the memory.
    pub fn retire(self, quota: &Quota<'_>) {
        quota.free(self.order);
        quota.free(self.hashes);
        quota.free(self.slots);
    }

    fn push(&mut self, leaf: Node, hash: u32, quota: &Quota<'_>) -> Result<u32, Stop> {
        quota.reserve(&mut self.order, 1)?;
        quota.push(&mut self.hashes, hash)?;
        self.order.push(leaf);
        Ok(self.order.len() as u32 - 1)
    }

    fn first_slot(&self, hash: u32) -> usize {
        hash as usize & (self.slots.len() - 1)
    }

    fn next_slot(&self, slot: usize) -> usize {
        (slot + 1) & (self.slots.len() - 1)
    }

    fn rehash(&mut self, quota: &Quota<'_>) -> Result<(), Stop> {
        let mut slots = Vec::new();
        quota.steps(self.order.len())?;
        quota.resize(&mut slots, (self.slots.len() * 2).max(FIRST_SLOTS), 0)?;
        quota.free(core::mem::replace(&mut self.slots, slots));
        for index in (0..self.order.len()).filter(|&index| !self.order[index].is_null()) {
            let mut slot = self.first_slot(self.hashes[index]);
            while self.slots[slot] != 0 {
                slot = self.next_slot(slot);
            }
            self.slots[slot] = index as u32 + 1;
        }
        Ok(())
    }
}

/// Whether two constants are one and the same to the table: of one type and value, with zeros of either sign told
/// apart, and a NaN equal only to itself.
///
/// # Errors
/// Where the quota ends the work.
fn equal(source: Source<'_>, a: Node, b: Node) -> Result<bool, Stop> {
    use Value::{Const as Other, EmptyTuple, Name};
    source.quota.step()?;
    let Source { tree, names, .. } = source;
    if a == b {
        return Ok(true);
    }
    let bytes = |value| match value {
        Name(name) => Some(names.get(name)),
        Other(Const::Str(bytes)) => Some(&**bytes),
        _ => None,
    };
    Ok(match (tree.value(a), tree.value(b)) {
        (Some(Value::SmallInt(a)), Some(Value::SmallInt(b))) => a == b,
        (Some(Other(Const::Int(a))), Some(Other(Const::Int(b)))) => a == b,
        (Some(Value::SmallInt(a)), Some(Other(Const::Int(b))))
        | (Some(Other(Const::Int(b))), Some(Value::SmallInt(a))) => i64::try_from(b) == Ok(a),
        (Some(Other(Const::Float(a))), Some(Other(Const::Float(b)))) => a.to_bits() == b.to_bits() && !a.is_nan(),
        (Some(Other(Const::Imaginary(a))), Some(Other(Const::Imaginary(b)))) => a == b,
        (Some(Other(Const::Bytes(a))), Some(Other(Const::Bytes(b)))) => a == b,
        (Some(Other(Const::Tuple(a))), Some(Other(Const::Tuple(b)))) => {
            if a.len() != b.len() {
                return Ok(false);
            }
            for (&a, &b) in a.iter().zip(b) {
                if !equal(source, a, b)? {
                    return Ok(false);
                }
            }
            true
        }
        (Some(EmptyTuple), Some(Other(Const::Tuple(items)))) | (Some(Other(Const::Tuple(items))), Some(EmptyTuple)) => {
            items.is_empty()
        }
        (Some(a), Some(b)) => match (bytes(a), bytes(b)) {
            (Some(a), Some(b)) => a == b,
            (None, None) => core::mem::discriminant(&a) == core::mem::discriminant(&b) && !matches!(a, Other(_)),
            _ => false,
        },
        _ => false,
    })
}

/// Feeds the value of a constant to `state`, the same for constants that are [`equal`]. False if tuples are nested
/// more than `depth` deep, or something is no constant.
///
/// # Errors
/// Where the quota ends the work.
fn hash(source: Source<'_>, leaf: Node, depth: usize, state: &mut Fnv) -> Result<bool, Stop> {
    source.quota.step()?;
    state.values += 1;
    if state.values > MAX_VALUES {
        return Err(source.quota.run_out());
    }
    if state.values.is_multiple_of(CHARGED) {
        source.quota.charge(CHARGED * size_of::<Constant<'_>>())?;
    }
    let Some(value) = source.tree.value(leaf) else { return Ok(false) };
    match value {
        Value::None => state.write_u8(0),
        Value::False => state.write_u8(1),
        Value::True => state.write_u8(2),
        Value::Ellipsis => state.write_u8(3),
        Value::SmallInt(value) => value.hash(state),
        Value::Name(name) => state.write(source.names.get(name)),
        Value::EmptyTuple => state.write_u8(4),
        Value::Const(constant) => match constant {
            Const::Int(value) => match i64::try_from(value) {
                Ok(value) => value.hash(state),
                Err(_) => value.hash(state),
            },
            Const::Float(value) | Const::Imaginary(value) => value.to_bits().hash(state),
            Const::Str(bytes) | Const::Bytes(bytes) => {
                source.quota.steps(bytes.len() / HASHED_PER_STEP)?;
                state.write(bytes);
            }
            Const::Tuple(items) => {
                state.write_u8(4);
                let Some(depth) = depth.checked_sub(1) else { return Ok(false) };
                for &item in items {
                    if !hash(source, item, depth, state)? {
                        return Ok(false);
                    }
                }
            }
        },
    }
    Ok(true)
}

/// The values of constants as a module stores them.
fn constants(source: Source<'_>, leaves: &[Node]) -> Result<Vec<Constant<'static>>, Stop> {
    let mut all = source.quota.with_capacity(leaves.len())?;
    for &leaf in leaves {
        all.push(constant(source, leaf)?);
    }
    Ok(all)
}

/// The value of a constant as a module stores it.
fn constant(source: Source<'_>, leaf: Node) -> Result<Constant<'static>, Stop> {
    let Source { tree, names, quota } = source;
    quota.step()?;
    let own = |bytes| quota.module_bytes(bytes);
    Ok(match tree.value(leaf) {
        None | Some(Value::None) => Constant::None,
        Some(Value::False) => Constant::False,
        Some(Value::True) => Constant::True,
        Some(Value::Ellipsis) => Constant::Ellipsis,
        Some(Value::SmallInt(value)) => Constant::Int(own(Text::of_int(value).as_bytes())?),
        Some(Value::Name(name)) => Constant::Str(own(names.get(name))?),
        Some(Value::EmptyTuple) => Constant::Tuple(Vec::new()),
        Some(Value::Const(value)) => match value {
            Const::Int(value) => Constant::Int(value.text(quota)?.into_bytes().into()),
            Const::Float(value) => Constant::Float(own(number::constant(*value, Form::Repr).as_bytes())?),
            Const::Imaginary(value) => {
                Constant::Complex(own(number::constant(*value, Form::Bare).imaginary().as_bytes())?)
            }
            Const::Str(bytes) => Constant::Str(own(bytes)?),
            Const::Bytes(bytes) => Constant::Bytes(own(bytes)?),
            Const::Tuple(items) => Constant::Tuple(constants(source, items)?),
        },
    })
}

/// The FNV-1a hash, and how many values it is of.
struct Fnv {
    hash: u64,
    values: usize,
}

impl Default for Fnv {
    fn default() -> Fnv {
        Fnv { hash: 0xcbf2_9ce4_8422_2325, values: 0 }
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.hash ^ self.hash >> 32
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Options;
    use crate::parser::parse;

    /// The constant table of a source that is one list: its values in the order of the list.
    fn table(list: &str) -> (Vec<u32>, Vec<Constant<'static>>) {
        let quota = Quota::default();
        let mut names = Names::new(&quota).unwrap();
        let options = Options { mode: crate::Mode::Eval, ..Options::default() };
        let tree = parse(list.as_bytes(), &mut names, &options, &quota).unwrap();
        let source = Source { tree: &tree, names: &names, quota: &quota };
        let items = tree.child(tree.child(tree.root(), 0), 0);
        let mut table = ConstantTable::default();
        let index = |&item| table.index(source, item).unwrap().unwrap();
        let indices = tree.children(items).iter().map(index).collect();
        (indices, table.finish(source).unwrap())
    }

    #[test]
    fn a_value_is_stored_once() {
        let (indices, constants) = table("[1 << 70, b'a', (1, 'x'), 0.5, b'a', (1, 'x'), 1 << 70, 0.5]\n");
        assert_eq!(indices, [0, 1, 2, 3, 1, 2, 0, 3]);
        assert_eq!(constants.len(), 4);
    }

    #[test]
    fn what_only_looks_equal_is_not_one_value() {
        let (indices, _) =
            table("[0.0, -0.0, (0,), (0.0,), (-0.0,), (False,), b'text', (b'text',), ('text',), 2j, 2.0]\n");
        assert_eq!(indices, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }

    #[test]
    fn a_nan_is_equal_to_itself_only() {
        let (indices, _) = table("[math.nan, math.nan, math.inf - math.inf, math.inf - math.inf]\n");
        assert_eq!(indices, [0, 0, 1, 2]);
    }

    #[test]
    fn values_are_stored_as_text() {
        let (_, constants) = table("[-(1 << 70), 1e100, 0.1, 2j, (None, True, ..., (), 'a')]\n");
        let text = |text: &'static str| text.as_bytes().into();
        assert_eq!(
            constants,
            [
                Constant::Int(text("-1180591620717411303424")),
                Constant::Float(text("1e+100")),
                Constant::Float(text("0.1")),
                Constant::Complex(text("2j")),
                Constant::Tuple(alloc::vec![
                    Constant::None,
                    Constant::True,
                    Constant::Ellipsis,
                    Constant::Tuple(Vec::new()),
                    Constant::Str(text("a")),
                ]),
            ]
        );
    }
}
