//! What can be verified at a glance: two tables by an instruction's first byte.
//!
//! Nearly all instructions are right at first sight, and need none of the checks of the long way. The tables say which
//! instructions these are. They only save work: an instruction that they do not vouch for goes the long way, which
//! knows every case.

use super::scan::{Scanner, Tables, Uses};
use super::walk::{Context, Walk};
use crate::opcode::{Effect, Op, Operand};
use crate::vuint;

/// The two tables.
#[derive(Clone, Copy)]
pub(super) struct Glance {
    /// For the scan: how to check an instruction on its own.
    pub checks: &'static [Check; 256],
    /// For the walk: the instructions that are plain.
    pub plain: &'static [Option<Plain>; 256],
}

impl Glance {
    /// The tables with all that a glance can tell.
    pub const ALL: Glance = Glance { checks: &CHECKS, plain: &PLAIN };

    /// Tables that tell nothing, so that every instruction goes the long way.
    #[cfg(test)]
    pub const NOTHING: Glance = Glance { checks: &[Check::Look; 256], plain: &[None; 256] };
}

impl Walk<'_, '_> {
    /// Passes plain instructions, up to one that is not plain, works on more than one run of objects, or is the last
    /// before `end`. Most of code is passed so.
    pub(super) fn pass_plain(&mut self, end: usize) {
        let (base, least) = self.memory.stacks.objects_on_top(self.state.stack);
        let bottom = base.max(self.floor);
        let Context { code, glance: Glance { plain, .. }, ref shape, .. } = self.context;
        let code = &code[..end];
        let (mut pc, mut height, mut highest, mut n_passed) = (self.pc, self.state.stack.height, self.highest, 0);
        while let Some(byte) = code.get(pc)
            && let Some(Plain { pops, pushes, operand }) = plain[usize::from(*byte)]
        {
            let mut pops = u32::from(pops);
            let mut next = pc + 1;
            match (operand, code.get(next)) {
                (PlainOperand::None, _) => {}
                (PlainOperand::Any, _) => {
                    while code.get(next).is_some_and(|byte| byte & 0x80 != 0) {
                        next += 1;
                    }
                    next += 1;
                }
                (PlainOperand::Pops, Some(&n)) if n < 0x80 => {
                    pops += u32::from(n);
                    next += 1;
                }
                (PlainOperand::Local, _) if !shape.is_cell(u32::from(byte & 0xf)) => {}
                _ => break,
            }
            if height < bottom.saturating_add(pops) || next >= end {
                break;
            }
            let new = height - pops + u32::from(pushes);
            if new < least || new > self.room {
                break;
            }
            height = new;
            highest = highest.max(height);
            pc = next;
            n_passed += 1;
        }
        (self.pc, self.state.stack.height, self.highest) = (pc, height, highest);
        self.memory.stacks.work += n_passed;
    }
}

impl Scanner<'_> {
    /// The length of the instruction at `offset`, if it is seen to be right.
    #[inline(always)]
    pub(super) fn pass_right(
        &mut self,
        offset: usize,
        code: &[u8],
        tables: &Tables<'_>,
        glance: Glance,
        uses: &mut Uses,
    ) -> Option<usize> {
        match glance.checks[usize::from(*code.get(offset)?)] {
            Check::Load(local) => self.note_load(local.into()),
            Check::None => self.end_loads(uses),
            Check::Below(bound) => {
                let (operand, len) = vuint::read(&code[offset + 1..])?;
                if operand as usize >= tables.bound(bound) {
                    return None;
                }
                self.end_loads(uses);
                return Some(1 + len);
            }
            Check::Look => return None,
        }
        Some(1)
    }
}

impl Tables<'_> {
    #[inline(always)]
    fn bound(&self, bound: Bound) -> usize {
        [0x80, self.n_names, self.n_objects, self.n_children][bound as usize]
    }
}

/// What an instruction's first byte says of how to check it.
#[derive(Clone, Copy)]
pub(super) enum Check {
    /// The instruction is right: there is no operand.
    None,
    /// The instruction is right if the operand, read as a vuint, is less than a bound.
    Below(Bound),
    /// The instruction loads this local.
    Load(u8),
    /// The instruction needs a closer look.
    Look,
}

/// What an operand must be less than.
#[derive(Clone, Copy)]
#[repr(u8)]
pub(super) enum Bound {
    /// 0x80: any operand of a single byte is right.
    OneByte,
    Names,
    Constants,
    Children,
}

static CHECKS: [Check; 256] = {
    let mut checks = [Check::Look; 256];
    let mut byte = 0;
    while byte < checks.len() {
        if let Some(op) = Op::from_byte(byte as u8) {
            checks[byte] = match (op.operand(), op) {
                (_, Op::LoadFastMulti) => Check::Load((byte - op as usize) as u8),
                (_, Op::YieldValue | Op::YieldFrom | Op::StoreFastMulti | Op::LoadFastN | Op::BuildSlice) => {
                    Check::Look
                }
                (Operand::None | Operand::Implied, _) => Check::None,
                (Operand::Qstr, _) => Check::Below(Bound::Names),
                (Operand::Constant, _) => Check::Below(Bound::Constants),
                (Operand::Child, _) => Check::Below(Bound::Children),
                (Operand::SmallInt | Operand::Count | Operand::Arguments | Operand::Starred, _) => {
                    Check::Below(Bound::OneByte)
                }
                _ => Check::Look,
            };
        }
        byte += 1;
    }
    checks
};

/// An instruction that gives objects if all that it takes are objects, and goes on to the next instruction.
#[derive(Clone, Copy)]
pub(super) struct Plain {
    pub pops: u8,
    pub pushes: u8,
    pub operand: PlainOperand,
}

/// What the operand of a plain instruction means for its effect.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum PlainOperand {
    /// There is no operand.
    None,
    /// The operand does not matter. The operand's last byte is the first below 0x80.
    Any,
    /// The operand is the number of further slots to take, if it is one byte.
    Pops,
    /// The local with the number in the low bits of the first byte is loaded, which must be no cell.
    Local,
}

static PLAIN: [Option<Plain>; 256] = {
    use Op::*;
    const OPS: [Op; 42] = [
        LoadConstString,
        LoadName,
        LoadGlobal,
        LoadAttr,
        StoreName,
        StoreGlobal,
        StoreAttr,
        DeleteName,
        DeleteGlobal,
        ImportName,
        ImportFrom,
        LoadConstSmallInt,
        LoadConstObj,
        LoadDeref,
        StoreFastN,
        StoreDeref,
        DeleteFast,
        DeleteDeref,
        BuildTuple,
        BuildList,
        BuildMap,
        BuildSet,
        BuildSlice,
        CallFunction,
        LoadConstFalse,
        LoadConstTrue,
        LoadBuildClass,
        LoadSubscr,
        StoreSubscr,
        DupTop,
        DupTopTwo,
        PopTop,
        GetIter,
        StoreMap,
        YieldValue,
        YieldFrom,
        ImportStar,
        LoadConstSmallIntMulti,
        LoadFastMulti,
        StoreFastMulti,
        UnaryOpMulti,
        BinaryOpMulti,
    ];
    let mut table = [None; 256];
    let mut i = 0;
    while i < OPS.len() {
        let op = OPS[i];
        let Effect { pops, pushes } = op.effect(0, 0);
        let operand = match (op.operand(), op) {
            (_, LoadFastMulti) => PlainOperand::Local,
            (_, BuildTuple | BuildList | BuildSet | BuildSlice | CallFunction) => PlainOperand::Pops,
            (Operand::None | Operand::Implied, _) => PlainOperand::None,
            _ => PlainOperand::Any,
        };
        let mut n = 0;
        while n < op.group_size() {
            table[(op as u8 + n) as usize] = Some(Plain { pops: pops as u8, pushes: pushes as u8, operand });
            n += 1;
        }
        i += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;
    use crate::memory::Quota;
    use crate::module::Module;
    use crate::verify::Verifier;

    const FILES: [&[u8]; 7] = [
        include_bytes!("../../tests/fixtures/blocks.mpy"),
        include_bytes!("../../tests/fixtures/classes.mpy"),
        include_bytes!("../../tests/fixtures/comprehensions.mpy"),
        include_bytes!("../../tests/fixtures/coroutines.mpy"),
        include_bytes!("../../tests/fixtures/expressions.mpy"),
        include_bytes!("../../tests/fixtures/functions.mpy"),
        include_bytes!("../../tests/fixtures/statements.mpy"),
    ];

    /// Verifies code at a glance and the long way, and answers whether the code is right.
    fn both_ways(module: &Module<'_>) -> bool {
        let quota = Quota::default();
        let at_a_glance = Verifier::new(module, &quota).all();
        let the_long_way = Verifier { glance: Glance::NOTHING, ..Verifier::new(module, &quota) }.all();
        assert_eq!(at_a_glance, the_long_way);
        at_a_glance.is_ok()
    }

    #[test]
    fn the_long_way_comes_to_the_same() {
        assert!(FILES.iter().all(|file| both_ways(&Module::from_bytes(file).unwrap().0)));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_long_way_comes_to_the_same_in_broken_code(
            file in 0..FILES.len(),
            code in any::<prop::sample::Index>(),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        ) {
            let (mut module, _) = Module::from_bytes(FILES[file]).unwrap();
            let code = &mut code.get_mut(&mut module.codes).code;
            let mut bytes: Vec<u8> = code.to_vec();
            for (at, byte) in changes {
                *at.get_mut(&mut bytes) = byte;
            }
            *code = bytes.into();
            both_ways(&module);
        }
    }
}
