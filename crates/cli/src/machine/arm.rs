//! Arm (A32) and Thumb (T32).

use exarmo_aarch32::{Cond, Instruction, ItState, Mem, Mnemonic, Modifier, Offset, Operand, Reg, Writeback, a32, t32};

use super::held::{self, Act, Conventions, Flow, Source, Step, Value};
use super::{Access, Decoded, Decoder};

/// The number of the program counter.
const PC: held::Reg = 15;

/// The number of the stack pointer.
const SP: held::Reg = 13;

/// MicroPython: `py/asmarm.h` and `py/asmthumb.h` agree. Not kept are `r0` to `r3`, `r12` and `lr` (Procedure Call Standard for the Arm
/// Architecture, 6.1.1).
fn conventions() -> Conventions {
    Conventions { tables: [7, 6], not_kept: &[0, 1, 2, 3, 12, 14], stack: SP }
}

/// A decoder of A32 instructions.
pub struct A32;

/// A decoder of T32 instructions.
#[derive(Default)]
pub struct Thumb {
    /// Which of the next instructions an `it` makes conditional.
    conditions: ItState,
}

impl Decoder for A32 {
    fn unit(&self) -> usize {
        4
    }

    fn conventions(&self) -> Conventions {
        conventions()
    }

    fn decode(&mut self, bytes: &[u8], offset: usize) -> Option<Decoded> {
        let instruction = a32::decode_bytes(bytes).ok()?;
        // The program counter reads as two instructions further on.
        Some(describe(&instruction, offset, offset as i64 + 8))
    }
}

impl Decoder for Thumb {
    fn unit(&self) -> usize {
        2
    }

    fn conventions(&self) -> Conventions {
        conventions()
    }

    fn decode(&mut self, bytes: &[u8], offset: usize) -> Option<Decoded> {
        let decoded = t32::decode_bytes(bytes, self.conditions);
        self.conditions = decoded.as_ref().map_or(ItState::Outside, |instruction| self.conditions.after(instruction));
        // The program counter reads as two small instructions further on.
        decoded.ok().map(|instruction| describe(&instruction, offset, offset as i64 + 4))
    }
}

fn describe(instruction: &Instruction, offset: usize, pc: i64) -> Decoded {
    let text = instruction.at(offset as u64).to_string();
    let (mnemonic, operands) = text.split_once('\t').unwrap_or((&text, ""));
    let step = step(instruction, pc);
    let literal = match step.act {
        Act::Load(_, [Source::Known(Value::Code(offset)), _], 4) => Access::Literal(offset),
        _ => Access::None,
    };
    Decoded {
        len: instruction.encoding().length().into(),
        mnemonic: mnemonic.to_owned(),
        operands: operands.to_owned(),
        access: literal,
        step,
    }
}

fn core(reg: Reg) -> Option<held::Reg> {
    match reg {
        Reg::Core(register) => Some(register.num()),
        _ => None,
    }
}

fn step(instruction: &Instruction, pc: i64) -> Step {
    let (mnemonic, operands) = (instruction.mnemonic(), instruction.operands());
    let (conditional, rest) = match operands.as_slice() {
        [Operand::Cond(condition), rest @ ..] => (*condition != Cond::Al, rest),
        rest => (false, rest),
    };
    let source = |register: held::Reg| match register {
        PC => Source::Known(Value::Code(pc)),
        register => Source::Register(register),
    };
    let number = |number: i64| Source::Known(Value::Number(number));
    let first = rest.iter().find_map(|operand| match operand {
        Operand::Reg(register) => core(register.reg),
        _ => None,
    });
    let target = rest.iter().find_map(|operand| match operand {
        Operand::Label { offset, .. } => Some(pc + offset),
        _ => None,
    });
    let flow = match mnemonic {
        Mnemonic::B => target.map_or(Flow::End, if conditional { Flow::Branch } else { Flow::Jump }),
        Mnemonic::Cbz | Mnemonic::Cbnz => target.map_or(Flow::Next, Flow::Branch),
        Mnemonic::Bl | Mnemonic::Blx => Flow::Call,
        Mnemonic::Bx | Mnemonic::Tbb | Mnemonic::Tbh if !conditional => Flow::End,
        _ => Flow::Next,
    };
    if flow != Flow::Next {
        return Step::goes(flow);
    }
    let listed = rest.iter().find_map(|operand| match operand {
        Operand::List(list) => Some(list.mask),
        _ => None,
    });
    let mut written: Vec<_> = match mnemonic {
        Mnemonic::Str | Mnemonic::Strb | Mnemonic::Strh | Mnemonic::Cmp | Mnemonic::Cmn | Mnemonic::Tst => Vec::new(),
        Mnemonic::Push | Mnemonic::Stm => Vec::new(),
        Mnemonic::Pop | Mnemonic::Ldm | Mnemonic::Ldmdb => {
            (0..16).filter(|register| listed.is_some_and(|mask| mask >> register & 1 != 0)).collect()
        }
        // Others may write two.
        Mnemonic::Mov | Mnemonic::Movs | Mnemonic::Add | Mnemonic::Adds | Mnemonic::Addw => first.into_iter().collect(),
        _ => rest.iter().filter_map(|o| if let Operand::Reg(r) = o { core(r.reg) } else { None }).take(2).collect(),
    };
    let mut moves = match (mnemonic, listed) {
        (Mnemonic::Push, Some(mask)) => -4 * i64::from(mask.count_ones()),
        (Mnemonic::Pop, Some(mask)) => 4 * i64::from(mask.count_ones()),
        _ => 0,
    };
    for operand in rest {
        match operand {
            Operand::Mem(Mem { writeback: Writeback::None, .. }) => {}
            Operand::Mem(Mem { base, offset: Offset::Imm { value, .. }, .. }) if core(*base) == Some(SP) => {
                moves = *value
            }
            Operand::Mem(Mem { base, .. }) => written.extend(core(*base)),
            _ => {}
        }
    }
    // What happens perhaps leaves nothing that is known.
    let act = if conditional { Act::Nothing } else { act(mnemonic, rest, pc, source, number) };
    let ends = !conditional && (written.contains(&PC) || matches!(act, Act::Load(Some(PC), ..)));
    Step { act, written, moves, flow: if ends { Flow::End } else { flow } }
}

/// Whether a register is used as it is. A shift may be there that shifts by nothing.
fn unshifted(modifier: Option<Modifier>) -> bool {
    modifier.is_none_or(|modifier| modifier.amount == Some(0) && modifier.by.is_none())
}

fn act(
    mnemonic: Mnemonic,
    operands: &[Operand],
    pc: i64,
    source: impl Fn(held::Reg) -> Source,
    number: impl Fn(i64) -> Source,
) -> Act {
    let plain = |operand: &Operand| match operand {
        Operand::Reg(register) if unshifted(register.modifier) && register.index.is_none() => core(register.reg),
        _ => None,
    };
    let value = |operand: &Operand| match operand {
        Operand::Imm { value, modifier: None } => Some(number(*value)),
        operand => plain(operand).map(&source),
    };
    let Some(to) = operands.first().and_then(plain) else { return Act::Nothing };
    let len = match mnemonic {
        Mnemonic::Ldr | Mnemonic::Str => 4,
        Mnemonic::Ldrh => 2,
        Mnemonic::Mov | Mnemonic::Movs => {
            return operands.get(1).and_then(value).map_or(Act::Nothing, |from| Act::Put(to, [from, number(0)]));
        }
        Mnemonic::Add | Mnemonic::Adds | Mnemonic::Addw => {
            return match operands[1..] {
                [b] => value(&b).map_or(Act::Nothing, |b| Act::Put(to, [source(to), b])),
                [a, b] => match (value(&a), value(&b)) {
                    (Some(a), Some(b)) => Act::Put(to, [a, b]),
                    _ => Act::Nothing,
                },
                _ => Act::Nothing,
            };
        }
        Mnemonic::Sub | Mnemonic::Subs | Mnemonic::Subw => {
            return match operands[1..] {
                [Operand::Imm { value, modifier: None }] => Act::Put(to, [source(to), number(-value)]),
                [a, Operand::Imm { value: b, modifier: None }] => {
                    value(&a).map_or(Act::Nothing, |a| Act::Put(to, [a, number(-b)]))
                }
                _ => Act::Nothing,
            };
        }
        _ => return Act::Nothing,
    };
    let place = match operands.get(1) {
        // It is counted from the start of a word.
        Some(Operand::Label { offset, .. }) => Some([Source::Known(Value::Code((pc & !3) + offset)), number(0)]),
        Some(Operand::Mem(Mem { base, offset, writeback: Writeback::None, .. })) => {
            let offset = match offset {
                Offset::None => Some(number(0)),
                Offset::Imm { value, .. } => Some(number(*value)),
                Offset::Reg { reg, subtract: false, modifier } if unshifted(*modifier) => core(*reg).map(&source),
                Offset::Reg { .. } => None,
            };
            core(*base).zip(offset).map(|(base, offset)| [source(base), offset])
        }
        _ => None,
    };
    let act = |place| match mnemonic {
        Mnemonic::Str => Act::Store(Some(source(to)), place, len),
        _ => Act::Load(Some(to), place, len),
    };
    place.map_or(Act::Nothing, act)
}
