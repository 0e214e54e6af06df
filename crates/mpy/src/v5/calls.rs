//! Calls with starred arguments.
//!
//! In version 5 a sequence (or null) and a dict (or null) lie on top of all other arguments. In version 6 sequences lie among the
//! positional arguments, a null goes before each dict as if it were a keyword, and a bit map on top says which positional arguments are
//! sequences. Where keyword arguments lie between, everything above the sequence is put aside in locals of its own, since no instruction
//! reaches that deep.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec;
use alloc::vec::Vec;

use super::decode::{Source, small_int};
use crate::bytecode::Instruction;
use crate::disasm::depth::depths;
use crate::opcode::{Op, Operand};
use crate::vuint;

/// The most positional arguments before a sequence: the bit map is a small int of 31 bits.
const MOST_BEFORE: u32 = 29;

/// The calls of a function.
#[derive(Debug, Default)]
pub struct Calls {
    calls: BTreeMap<usize, Call>,
    /// The instructions that push the nulls that go.
    dropped: BTreeSet<usize>,
    /// Locals for putting arguments aside.
    aside: u32,
}

/// A call with starred arguments.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    op: Op,
    positional: u32,
    keyword: u32,
    has_sequence: bool,
    has_dict: bool,
    /// The first local for putting arguments aside.
    local: u32,
}

/// Slots of the stack that were pushed by one instruction.
struct Pushed {
    end: u32,
    by: Option<usize>,
}

impl Calls {
    /// Finds the calls among `instructions`.
    ///
    /// # Errors
    /// The number of the instruction that is a call which version 6 cannot say.
    pub fn of(instructions: &[Instruction], source: &Source<'_>) -> Result<Calls, usize> {
        let is_call = |instruction: &Instruction| matches!(instruction.op, Op::CallFunctionVarKw | Op::CallMethodVarKw);
        if !instructions.iter().any(is_call) {
            return Ok(Calls::default());
        }
        // Sequence and dict instead of a bit map: as if there were one positional argument more.
        let mut as_now = instructions.to_vec();
        for (n, call) in as_now.iter_mut().enumerate().filter(|(_, instruction)| is_call(instruction)) {
            if call.arg & 0xff > MOST_BEFORE.into() || call.arg > 0x7fff {
                return Err(n);
            }
            call.arg += 1;
        }
        let depths = depths(&as_now);
        let local = first_free_local(instructions, source);
        let mut found = Calls::default();
        let mut stack: Vec<Pushed> = Vec::new();
        for (n, (instruction, depth)) in as_now.iter().zip(&depths).enumerate() {
            let Some(depth) = *depth else { continue };
            cut(&mut stack, depth);
            if stack.last().map_or(0, |top| top.end) < depth {
                stack.push(Pushed { end: depth, by: None });
            }
            if is_call(instruction) {
                let null_at = |below: u32| {
                    let height = depth.checked_sub(below)?;
                    let by = stack.get(stack.partition_point(|pushed| pushed.end <= height))?.by;
                    by.filter(|&by| instructions[by].op == Op::LoadNull)
                };
                let (no_dict, no_sequence) = (null_at(1), null_at(2));
                found.dropped.extend(no_dict.into_iter().chain(no_sequence));
                let (positional, keyword) = (instructions[n].index() & 0xff, instructions[n].index() >> 8);
                let (has_sequence, has_dict) = (no_sequence.is_none(), no_dict.is_none());
                let call = Call { op: instruction.op, positional, keyword, has_sequence, has_dict, local };
                found.aside = found.aside.max(call.aside());
                found.calls.insert(n, call);
            }
            let effect = instruction.effect();
            let after = depth.saturating_sub(effect.pops);
            cut(&mut stack, after);
            if effect.pushes > 0 {
                stack.push(Pushed { end: after.saturating_add(effect.pushes), by: Some(n) });
            }
        }
        // A call where control never comes has no depth.
        match (0..instructions.len()).find(|n| is_call(&instructions[*n]) && !found.calls.contains_key(n)) {
            Some(unreached) => Err(unreached),
            None => Ok(found),
        }
    }

    /// Slots that the frame needs beyond those that it had.
    pub fn more_slots(&self) -> u32 {
        // A null before the dict, and the bit map.
        if self.calls.is_empty() { 0 } else { self.aside + 2 }
    }

    /// Whether instruction `n` goes.
    pub fn is_dropped(&self, n: usize) -> bool {
        self.dropped.contains(&n)
    }

    /// The call that is instruction `n`, if it is one.
    pub fn get(&self, n: usize) -> Option<&Call> {
        self.calls.get(&n)
    }
}

/// Takes off the stack what is above `height`.
fn cut(stack: &mut Vec<Pushed>, height: u32) {
    while let Some(top) = stack.pop() {
        let below = stack.last().map_or(0, |below| below.end);
        if top.end <= height {
            stack.push(top);
            return;
        }
        if below < height {
            stack.push(Pushed { end: height, by: top.by });
            return;
        }
    }
}

/// The number after those of all locals.
fn first_free_local(instructions: &[Instruction], source: &Source<'_>) -> u32 {
    let named = instructions.iter().filter_map(|instruction| match (instruction.op.operand(), instruction.op) {
        (Operand::Local, _) | (_, Op::LoadFastMulti | Op::StoreFastMulti) => {
            Some(instruction.index().saturating_add(1))
        }
        _ => None,
    });
    let cells = source.cells.iter().map(|&cell| u32::from(cell) + 1);
    named.chain(cells).fold(source.signature.n_args(), u32::max)
}

impl Call {
    /// How many arguments have to be put aside.
    fn aside(&self) -> u32 {
        match (self.has_sequence, self.keyword) {
            (false, _) | (true, 0) => 0,
            (true, keyword) => 1 + 2 * keyword + u32::from(self.has_dict),
        }
    }

    /// The instructions for the call.
    pub fn items(&self) -> Vec<Vec<u8>> {
        let mut items = Vec::new();
        let bare = |op: Op| vec![op as u8];
        let of_local = |op: Op, n: u32| {
            let mut bytes = vec![op as u8];
            vuint::write(&mut bytes, self.local + n);
            bytes
        };
        match self.aside() {
            0 if self.has_dict => items.extend([bare(Op::LoadNull), bare(Op::RotTwo)]),
            0 => {}
            aside => {
                // From the top: the dict, the sequence, the pairs. The sequence comes back first, then the pairs, null and the dict.
                items.extend((0..aside).map(|n| of_local(Op::StoreFastN, n)));
                let dict = self.has_dict.then_some(0);
                let sequence = u32::from(self.has_dict);
                let pairs = (sequence + 1..aside).rev();
                for n in core::iter::once(sequence).chain(pairs) {
                    items.extend([of_local(Op::LoadFastN, n), of_local(Op::DeleteFast, n)]);
                }
                if let Some(dict) = dict {
                    items.extend([bare(Op::LoadNull), of_local(Op::LoadFastN, dict), of_local(Op::DeleteFast, dict)]);
                }
            }
        }
        let map = if self.has_sequence { 1 << self.positional } else { 0 };
        items.push(small_int(map));
        let mut call = bare(self.op);
        let (positional, keyword) =
            (self.positional + u32::from(self.has_sequence), self.keyword + u32::from(self.has_dict));
        vuint::write(&mut call, positional | keyword << 8);
        items.push(call);
        items
    }
}
