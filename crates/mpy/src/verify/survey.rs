//! What the verifier finds out about code, without its proof: for code that was verified when it was built, where
//! nothing else is loaded and there is no room for a verifier.

use alloc::vec::Vec;

use super::Facts;
use crate::bytecode::instructions;
use crate::memory::{Quota, Stop};
use crate::module::{Kind, Module};
use crate::opcode::{Op, Operand};
use crate::prelude::Prelude;

/// Bytes of code that are read in about the time of a step of work.
const BYTES_PER_STEP: usize = 8;

/// Finds out what [`verify_within`](super::verify_within) does about the code of a module, if it accepts the module
/// and gives each function a frame of no more slots than its prelude's `n_state`. Of any other module the answer means
/// nothing.
///
/// [`Facts::max_cells`] and [`Facts::stack`] may be more than the verifier finds, and still fit the arguments and the
/// prelude.
///
/// # Errors
/// The quota's end.
pub fn survey(module: &Module<'_>, quota: &Quota<'_>) -> Result<Vec<Option<Facts>>, Stop> {
    let mut found = Vec::new();
    quota.resize(&mut found, module.codes.len(), None)?;
    for (facts, code) in found.iter_mut().zip(&module.codes) {
        quota.steps(code.code.len() / BYTES_PER_STEP)?;
        if let Kind::Bytecode = code.kind {
            *facts = survey_code(&code.code);
        }
    }
    Ok(found)
}

/// Facts about bytecode; `None` where its prelude is none.
fn survey_code(code: &[u8]) -> Option<Facts> {
    let prelude = Prelude::read(code, 0).ok()?;
    let signature = &prelude.signature;
    let own_cells = code.get(prelude.cells_at.clone())?;
    let is_own_cell = |local: u32| u8::try_from(local).is_ok_and(|local| own_cells.contains(&local));
    let body = code.get(prelude.end()..)?;
    let mut locals = own_cells.iter().map(|&local| u32::from(local) + 1).fold(signature.n_args(), u32::max);
    // 1 more than the last argument that is used as a cell, but that the function does not make itself.
    let mut cells = 0;
    // The unbroken row of loads of locals before the instruction: where it starts, and how many there are.
    let (mut row, mut loads) = (0, 0);
    for instruction in instructions(body).map_while(Result::ok) {
        let local = instruction.index();
        match (instruction.op, instruction.op.operand()) {
            (Op::LoadFastMulti | Op::LoadFastN, _) => {
                row = if loads == 0 { instruction.offset } else { row };
                loads += 1;
                continue;
            }
            (Op::StoreFastMulti | Op::StoreFastN | Op::DeleteFast, _) => locals = locals.max(local.saturating_add(1)),
            (_, Operand::Local) if !is_own_cell(local) => cells = cells.max(local.saturating_add(1)),
            _ => {}
        }
        // Of the loads, those before an instruction that closes over cells are cells.
        let taken = if instruction.op.operand() == Operand::Closure { usize::from(instruction.extra) } else { 0 };
        let loaded = instructions(body.get(row..instruction.offset)?).map_while(Result::ok).take(loads);
        for (n, load) in loaded.enumerate() {
            let local = load.index();
            match (is_own_cell(local), n + taken >= loads) {
                (true, _) => {}
                (false, true) => cells = cells.max(local.saturating_add(1)),
                (false, false) => locals = locals.max(local.saturating_add(1)),
            }
        }
        loads = 0;
    }
    let stack = signature.n_state.saturating_sub(locals);
    Some(Facts { min_cells: cells, max_cells: signature.n_pos_args, locals, stack })
}
