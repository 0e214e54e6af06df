//! How deep the value stack is at each instruction.

use alloc::vec;
use alloc::vec::Vec;

use crate::bytecode::Instruction;
use crate::opcode::{Flow, ITER_SLOTS, Op};

/// The depth, in slots, of the value stack before each of `instructions`, which follow one another; `None` where
/// control never comes.
///
/// The depth is what the effects of the instructions add up to on the first path to each, every instruction looked at
/// once. In verified code all paths agree. What a `finally` block has pending counts as one slot.
pub fn depths(instructions: &[Instruction]) -> Vec<Option<u32>> {
    let mut walk = Walk { instructions, depths: vec![None; instructions.len()], blocks: Vec::new(), open: Vec::new() };
    walk.open.push((0, State { depth: 0, block: None }));
    while let Some((index, state)) = walk.open.pop() {
        walk.visit(index, state);
    }
    walk.depths
}

struct Walk<'i> {
    instructions: &'i [Instruction],
    depths: Vec<Option<u32>>,
    /// Every exception block that is opened anywhere, each with the one around it.
    blocks: Vec<Block>,
    /// Where to go on: the index of an instruction, and the state before it.
    open: Vec<(usize, State)>,
}

#[derive(Clone, Copy)]
struct State {
    depth: u32,
    /// The innermost exception block.
    block: Option<usize>,
}

#[derive(Clone, Copy)]
struct Block {
    outer: Option<usize>,
    /// The depth that a jump out of the block leaves.
    depth: u32,
}

impl Walk<'_> {
    /// Follows the instructions from number `index` up to the first that was visited or does not go on to the next.
    fn visit(&mut self, mut index: usize, mut state: State) {
        while let Some(instruction) = self.instructions.get(index) {
            if self.depths[index].is_some() {
                return;
            }
            self.depths[index] = Some(state.depth);
            let effect = instruction.effect();
            let jump_effect = instruction.jump_effect();
            let after = |pops: u32, pushes: u32| state.depth.saturating_sub(pops).saturating_add(pushes);
            let next = after(effect.pops, effect.pushes);
            let mut jump = State { depth: after(jump_effect.pops, jump_effect.pushes), block: state.block };
            match instruction.op {
                Op::UnwindJump => {
                    jump = self.unwind(instruction, state);
                    self.jump(instruction, jump);
                }
                Op::PopExceptJump | Op::EndFinally => {
                    state.block = state.block.and_then(|block| self.blocks[block].outer);
                    jump.block = state.block;
                }
                _ => {}
            }
            match instruction.op.flow() {
                Flow::Next => {}
                Flow::Jump => return self.jump(instruction, jump),
                Flow::Branch => self.jump(instruction, jump),
                Flow::Setup => {
                    self.blocks.push(Block { outer: state.block, depth: after(effect.pops, 0) });
                    state.block = Some(self.blocks.len() - 1);
                    self.jump(instruction, State { depth: jump.depth, block: state.block });
                }
                Flow::Leave => return,
            }
            state.depth = next;
            index += 1;
        }
    }

    /// Notes that control may go from `instruction` to its target.
    fn jump(&mut self, instruction: &Instruction, state: State) {
        let Some(target) = instruction.target() else { return };
        if let Ok(index) = self.instructions.binary_search_by_key(&target, |i| i.offset) {
            self.open.push((index, state));
        }
    }

    /// The state after an unwinding jump: the state in which the outermost of the blocks that the jump leaves was
    /// opened.
    fn unwind(&self, instruction: &Instruction, mut state: State) -> State {
        for _ in 0..instruction.extra & 0x7f {
            let Some(block) = state.block.map(|block| self.blocks[block]) else { break };
            state = State { depth: block.depth, block: block.outer };
        }
        if instruction.extra & 0x80 != 0 {
            state.depth = state.depth.saturating_sub(ITER_SLOTS);
        }
        state
    }
}
