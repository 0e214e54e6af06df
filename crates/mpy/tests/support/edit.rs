//! Changes to bytecode that leave it instructions: what a decoder alone would not notice.

use berus_mpy::bytecode::Instruction;
use berus_mpy::opcode::{Op, Operand};
use berus_mpy::prelude::Prelude;
use berus_mpy::vuint;

/// A change at a place; places and values are taken modulo what there is.
#[derive(Clone, Copy, Debug)]
pub enum Edit {
    /// Leave an instruction out.
    Delete(usize),
    /// Repeat an instruction.
    Repeat(usize),
    /// Exchange two instructions; jumps go to the places, not with the instructions.
    Exchange(usize, usize),
    /// Put a copy of the second instruction before the first.
    Copy(usize, usize),
    /// Give an instruction another operand.
    Operand(usize, u32),
    /// Let a jump go elsewhere.
    Target(usize, usize),
    /// Put another opcode for one, of the same kind of operand.
    Opcode(usize, usize),
    /// Put in one of the instructions that move words and end blocks.
    Insert(usize, usize),
}

/// Instructions to insert: they need no operand.
const INSERTED: [Op; 18] = [
    Op::LoadConstNone,
    Op::LoadConstTrue,
    Op::LoadNull,
    Op::DupTop,
    Op::DupTopTwo,
    Op::PopTop,
    Op::PopTop,
    Op::PopTop,
    Op::RotTwo,
    Op::RotThree,
    Op::WithCleanup,
    Op::EndFinally,
    Op::EndFinally,
    Op::GetIterStack,
    Op::StoreSubscr,
    Op::ReturnValue,
    Op::RaiseLast,
    Op::YieldValue,
];

#[derive(Clone, Copy)]
struct Piece {
    op: Op,
    arg: i64,
    extra: u8,
    /// For a jump, the index of the instruction that it goes to.
    target: usize,
}

/// The code with the changes made, and with some room more than its prelude has.
pub fn edit(code: &[u8], prelude: &Prelude, edits: &[Edit]) -> Vec<u8> {
    let mut pieces = take_apart(code, prelude.end());
    for &edit in edits {
        apply(edit, &mut pieces);
        if pieces.is_empty() {
            break;
        }
    }
    let mut signature = prelude.signature;
    signature.n_state += 3;
    signature.n_exc_stack += 1;
    let mut out = Vec::new();
    signature.write(&mut out);
    out.extend(&code[prelude.sizes_at.start..prelude.end()]);
    put_together(&pieces, &mut out);
    out
}

fn take_apart(code: &[u8], start: usize) -> Vec<Piece> {
    let mut offsets = Vec::new();
    let mut instructions = Vec::new();
    let mut offset = start;
    while let Ok(instruction) = Instruction::decode(code, offset) {
        offsets.push(offset);
        instructions.push(instruction);
        offset = instruction.end();
    }
    let index = |target: usize| offsets.binary_search(&target).unwrap_or(0);
    let piece = |i: &Instruction| Piece { op: i.op, arg: i.arg, extra: i.extra, target: i.target().map_or(0, index) };
    instructions.iter().map(piece).collect()
}

fn apply(edit: Edit, pieces: &mut Vec<Piece>) {
    let len = pieces.len();
    let insert = |pieces: &mut Vec<Piece>, at: usize, piece: Piece| {
        pieces.insert(at, piece);
        pieces.iter_mut().filter(|piece| piece.target > at).for_each(|piece| piece.target += 1);
    };
    match edit {
        Edit::Delete(at) => {
            let at = at % len;
            pieces.remove(at);
            pieces.iter_mut().filter(|piece| piece.target > at).for_each(|piece| piece.target -= 1);
        }
        Edit::Repeat(at) => insert(pieces, at % len, pieces[at % len]),
        Edit::Exchange(a, b) => pieces.swap(a % len, b % len),
        Edit::Copy(to, from) => insert(pieces, to % len, pieces[from % len]),
        Edit::Operand(at, value) => {
            let piece = &mut pieces[at % len];
            match piece.op.operand() {
                Operand::Implied => piece.arg = i64::from(value % u32::from(piece.op.group_size())),
                Operand::Unwind | Operand::Closure => piece.extra = (value % 4) as u8 | (value & 0x80) as u8,
                Operand::None => {}
                _ => piece.arg = (value % 6).into(),
            }
            if piece.op == Op::LoadConstSmallIntMulti {
                piece.arg -= 16;
            }
        }
        Edit::Target(at, to) => {
            let jumps: Vec<_> = (0..len).filter(|&i| is_jump(pieces[i].op)).collect();
            if let Some(&at) = jumps.get(at % jumps.len().max(1)) {
                pieces[at].target = to % len;
            }
        }
        Edit::Opcode(at, n) => {
            let piece = &mut pieces[at % len];
            let alike: Vec<_> = Op::ALL.iter().filter(|op| op.operand() == piece.op.operand()).collect();
            if piece.op.operand() != Operand::Implied {
                piece.op = *alike[n % alike.len()];
            }
        }
        Edit::Insert(at, n) => {
            insert(pieces, at % len, Piece { op: INSERTED[n % INSERTED.len()], arg: 0, extra: 0, target: 0 });
        }
    }
}

fn is_jump(op: Op) -> bool {
    matches!(op.operand(), Operand::Jump | Operand::Forward | Operand::Unwind)
}

fn put_together(pieces: &[Piece], out: &mut Vec<u8>) {
    let mut offsets = Vec::new();
    let mut jumps = Vec::new();
    for piece in pieces {
        offsets.push(out.len());
        match piece.op.operand() {
            Operand::None => out.push(piece.op as u8),
            Operand::Implied => {
                let value = if piece.op == Op::LoadConstSmallIntMulti { piece.arg + 16 } else { piece.arg };
                out.push(piece.op as u8 + value as u8);
            }
            Operand::SmallInt => out.extend([piece.op as u8, 1]),
            Operand::Jump | Operand::Forward | Operand::Unwind => {
                out.extend([piece.op as u8, 0x80, 0]);
                jumps.push((out.len(), piece));
            }
            _ => {
                out.push(piece.op as u8);
                vuint::write(out, piece.arg as u32);
            }
        }
        if piece.op.has_extra() {
            out.push(piece.extra);
        }
    }
    for (end, piece) in jumps {
        let bias = if piece.op.operand() == Operand::Forward { 0 } else { 0x4000 };
        let target = offsets.get(piece.target).copied().unwrap_or(0);
        let value = target as i64 - end as i64 + bias;
        out[end - 2] |= value as u8 & 0x7f;
        out[end - 1] = (value >> 7) as u8;
    }
}
