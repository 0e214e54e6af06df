//! Instructions of version 6, laid out with jumps as short as can be.

use alloc::vec;
use alloc::vec::Vec;

use crate::opcode::{Op, Operand};

/// An instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// An instruction that is no jump, as bytes.
    Plain(Vec<u8>),
    /// A jump to the instruction of version 5 with this number.
    Jump { op: Op, target: usize, extra: u8 },
}

/// The bytes of the instructions, and the offset of each; `None` if a jump leads too far. `first` has for each instruction of version 5
/// the first that has come of it.
pub fn lay_out(items: &[Item], first: &[usize]) -> Option<(Vec<u8>, Vec<usize>)> {
    let mut long = vec![false; items.len()];
    // A jump that has been found to be too long for one byte stays so: lengths only grow, and the loop ends.
    loop {
        let mut offsets = Vec::with_capacity(items.len());
        let mut end = 0;
        for (item, &long) in items.iter().zip(&long) {
            offsets.push(end);
            end += match item {
                Item::Plain(bytes) => bytes.len(),
                Item::Jump { op, .. } => 2 + usize::from(long) + usize::from(op.has_extra()),
            };
        }
        let distance = |n: usize, target: usize, long: bool| {
            let target = first.get(target).and_then(|&item| offsets.get(item)).copied().unwrap_or(end);
            target as i64 - (offsets[n] + 2 + usize::from(long)) as i64
        };
        let mut grown = false;
        for (n, item) in items.iter().enumerate() {
            if let (Item::Jump { op, target, .. }, false) = (item, long[n]) {
                let (short_bias, _) = biases(*op);
                long[n] = !(0..0x80).contains(&(distance(n, *target, false) + short_bias));
                grown |= long[n];
            }
        }
        if grown {
            continue;
        }
        let mut out = Vec::with_capacity(end);
        for (n, item) in items.iter().enumerate() {
            match item {
                Item::Plain(bytes) => out.extend_from_slice(bytes),
                Item::Jump { op, target, extra } => {
                    out.push(*op as u8);
                    let (short_bias, long_bias) = biases(*op);
                    if long[n] {
                        let value = distance(n, *target, true) + long_bias;
                        if !(0..0x8000).contains(&value) {
                            return None;
                        }
                        out.extend([0x80 | value as u8, (value >> 7) as u8]);
                    } else {
                        out.push((distance(n, *target, false) + short_bias) as u8);
                    }
                    out.extend(op.has_extra().then_some(*extra));
                }
            }
        }
        return Some((out, offsets));
    }
}

/// What is added to the distance of a jump in its short and its long form.
fn biases(op: Op) -> (i64, i64) {
    if op.operand() == Operand::Forward { (0, 0) } else { (0x40, 0x4000) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytecode::Instruction;

    #[test]
    fn jumps_are_as_short_as_their_distance_allows() {
        for between in [0, 50, 0x3d, 0x3e, 0x7d, 0x80, 300] {
            let mut items = vec![Item::Jump { op: Op::Jump, target: 2, extra: 0 }, Item::Plain(vec![0x59; between])];
            items.push(Item::Jump { op: Op::PopJumpIfTrue, target: 0, extra: 0 });
            items.push(Item::Jump { op: Op::ForIter, target: 4, extra: 0 });
            items.push(Item::Plain(vec![0x63]));
            let (code, offsets) = lay_out(&items, &[0, 1, 2, 3, 4]).unwrap();
            for (n, target) in [(0, 2), (2, 0), (3, 4)] {
                let jump = Instruction::decode(&code, offsets[n]).unwrap();
                assert_eq!(jump.target(), Some(offsets[target]), "{between}");
            }
            assert_eq!(offsets[1], if between < 0x40 { 2 } else { 3 });
        }
        let far = [
            Item::Jump { op: Op::Jump, target: 2, extra: 0 },
            Item::Plain(vec![0x59; 0x5000]),
            Item::Plain(vec![0x63]),
        ];
        assert_eq!(lay_out(&far, &[0, 1, 2]), None);
    }
}
