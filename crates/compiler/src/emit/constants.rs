//! The constant table: values that fit no instruction, each once.

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};

use berus_mpy::constant::{Constant, MAX_TUPLE_DEPTH};
use berus_mpy::number::{Form, format};

use crate::grammar::Rule;
use crate::names::Names;
use crate::tree::{Const, Node, Tree, Value};

/// Constants in the order of first use, by their nodes.
#[derive(Debug, Default)]
pub(super) struct ConstantTable {
    order: Vec<Node>,
    /// Hash and index of each.
    by_hash: BTreeSet<(u32, u32)>,
    /// The index of the table of functions, which is no value of a node.
    function_table: Option<u32>,
}

impl ConstantTable {
    /// The index of the value of `node`, which is that of the first constant that equals it. `None` if it is nested too
    /// deep to store.
    pub fn index(&mut self, tree: &Tree, names: &Names, node: Node) -> Option<u32> {
        let leaf = if tree.is(node, Rule::ConstObject) { tree.child(node, 0) } else { node };
        let mut hasher = Fnv::default();
        hash(tree, names, leaf, MAX_TUPLE_DEPTH, &mut hasher)?;
        let hash = hasher.finish() as u32;
        let mut candidates = self.by_hash.range((hash, 0)..=(hash, u32::MAX));
        if let Some(&(_, index)) = candidates.find(|&&(_, i)| equal(tree, names, self.order[i as usize], leaf)) {
            return Some(index);
        }
        let index = self.order.len() as u32;
        self.order.push(leaf);
        self.by_hash.insert((hash, index));
        Some(index)
    }

    /// The index of the table of functions that machine code calls.
    pub fn function_table(&mut self) -> u32 {
        *self.function_table.get_or_insert_with(|| {
            self.order.push(Node::NULL);
            self.order.len() as u32 - 1
        })
    }

    /// The table as a module has it.
    pub fn finish(self, tree: &Tree, names: &Names) -> Vec<Constant<'static>> {
        let mut table: Vec<_> = self.order.iter().map(|&leaf| constant(tree, names, leaf)).collect();
        if let Some(entry) = self.function_table.and_then(|index| table.get_mut(index as usize)) {
            *entry = Constant::FunctionTable;
        }
        table
    }
}

/// Whether two constants are one and the same to the table: of one type and value, with zeros of either sign told
/// apart, and a NaN equal only to itself.
fn equal(tree: &Tree, names: &Names, a: Node, b: Node) -> bool {
    use Value::{Const as Other, EmptyTuple, Name};
    if a == b {
        return true;
    }
    let bytes = |value| match value {
        Name(name) => Some(names.get(name)),
        Other(Const::Str(bytes)) => Some(&**bytes),
        _ => None,
    };
    match (tree.value(a), tree.value(b)) {
        (Some(Value::SmallInt(a)), Some(Value::SmallInt(b))) => a == b,
        (Some(Other(Const::Int(a))), Some(Other(Const::Int(b)))) => a == b,
        (Some(Value::SmallInt(a)), Some(Other(Const::Int(b))))
        | (Some(Other(Const::Int(b))), Some(Value::SmallInt(a))) => i64::try_from(b) == Ok(a),
        (Some(Other(Const::Float(a))), Some(Other(Const::Float(b)))) => a.to_bits() == b.to_bits() && !a.is_nan(),
        (Some(Other(Const::Imaginary(a))), Some(Other(Const::Imaginary(b)))) => a == b,
        (Some(Other(Const::Bytes(a))), Some(Other(Const::Bytes(b)))) => a == b,
        (Some(Other(Const::Tuple(a))), Some(Other(Const::Tuple(b)))) => {
            a.len() == b.len() && a.iter().zip(b).all(|(&a, &b)| equal(tree, names, a, b))
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
    }
}

/// Feeds the value of a constant to `state`, the same for constants that are [`equal`]. `None` if tuples are nested
/// more than `depth` deep.
fn hash(tree: &Tree, names: &Names, leaf: Node, depth: usize, state: &mut Fnv) -> Option<()> {
    match tree.value(leaf)? {
        Value::None => state.write_u8(0),
        Value::False => state.write_u8(1),
        Value::True => state.write_u8(2),
        Value::Ellipsis => state.write_u8(3),
        Value::SmallInt(value) => value.hash(state),
        Value::Name(name) => state.write(names.get(name)),
        Value::EmptyTuple => state.write_u8(4),
        Value::Const(constant) => match constant {
            Const::Int(value) => match i64::try_from(value) {
                Ok(value) => value.hash(state),
                Err(_) => value.hash(state),
            },
            Const::Float(value) | Const::Imaginary(value) => value.to_bits().hash(state),
            Const::Str(bytes) | Const::Bytes(bytes) => state.write(bytes),
            Const::Tuple(items) => {
                state.write_u8(4);
                let depth = depth.checked_sub(1)?;
                items.iter().try_for_each(|&item| hash(tree, names, item, depth, state))?;
            }
        },
    }
    Some(())
}

/// The value of a constant as a module stores it.
fn constant(tree: &Tree, names: &Names, leaf: Node) -> Constant<'static> {
    let own = |bytes: &[u8]| Cow::Owned(bytes.to_vec());
    let text = |text: alloc::string::String| Cow::Owned(text.into_bytes());
    match tree.value(leaf) {
        None | Some(Value::None) => Constant::None,
        Some(Value::False) => Constant::False,
        Some(Value::True) => Constant::True,
        Some(Value::Ellipsis) => Constant::Ellipsis,
        Some(Value::SmallInt(value)) => Constant::Int(text(value.to_string())),
        Some(Value::Name(name)) => Constant::Str(own(names.get(name))),
        Some(Value::EmptyTuple) => Constant::Tuple(Vec::new()),
        Some(Value::Const(value)) => match value {
            Const::Int(value) => Constant::Int(text(value.to_string())),
            Const::Float(value) => Constant::Float(text(number(*value, Form::Repr))),
            Const::Imaginary(value) => Constant::Complex(text(number(*value, Form::Bare) + "j")),
            Const::Str(bytes) => Constant::Str(own(bytes)),
            Const::Bytes(bytes) => Constant::Bytes(own(bytes)),
            Const::Tuple(items) => Constant::Tuple(items.iter().map(|&item| constant(tree, names, item)).collect()),
        },
    }
}

/// The FNV-1a hash.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Fnv {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
}

/// A float as text.
fn number(value: f64, form: Form) -> String {
    format(value, form, 0, None, false).as_str().into()
}
#[cfg(test)]
mod tests {
    use super::*;
    use crate::Options;
    use crate::parser::parse;

    /// The constant table of a source that is one list: its values in the order of the list.
    fn table(list: &str) -> (Vec<u32>, Vec<Constant<'static>>) {
        let mut names = Names::new();
        let options = Options { mode: crate::Mode::Eval, ..Options::default() };
        let tree = parse(list.as_bytes(), &mut names, &options).unwrap();
        let items = tree.child(tree.child(tree.root(), 0), 0);
        let mut table = ConstantTable::default();
        let indices = tree.children(items).iter().map(|&item| table.index(&tree, &names, item).unwrap()).collect();
        (indices, table.finish(&tree, &names))
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
        let text = |text: &str| Cow::Owned(text.as_bytes().to_vec());
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
