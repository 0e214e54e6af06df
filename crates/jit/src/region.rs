//! The translator proper: machine code for what follows an instruction, with what is known there.
//!
//! A region begins at one instruction with one [`Context`], and follows control from there on all ways. Where control
//! comes together, and at the region's beginning, there is a version of the code for each context that is met, up to a
//! number. Where nothing is known of a value, the region asks: it leaves there by an exit at which another region begins
//! once the exit is taken, since then the value is there to be looked at.
//!
//! An instruction has either code of its own, for operands of which enough is known, or has the interpreter run the
//! handler that there is (`generic`).

mod arithmetic;
mod calls;
mod flow;
mod objects;
mod places;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use berus_mpy::bytecode::Instruction;
use berus_mpy::opcode::{BinaryOp, Flow, Op};
use berus_runtime::interpret::tier::{self, Facts, JUMPED, LEAVE, View};

use crate::asm::{Alu, Asm, If, Label, R8, R12, RAX, RBX, RCX, RDI, RDX, RSI, RSP, Reg, Rm, Xmm};
use crate::context::{Context, Place, Type, Value};
use crate::enter::{JIT, XMM};
use crate::jit::Why;
use crate::links;
use crate::links::Numbers;

/// Versions of code for one instruction with different contexts.
const VERSIONS: usize = 3;
/// Regions that begin at exits at one instruction. When there are as many, no more is guessed there.
pub const GUESSES: u8 = 4;
/// The most instructions of a region. Much of a large function may never run; what does goes on in another region.
const INSTRUCTIONS: usize = 200;

/// The words of constants.
pub const NONE: usize = 0x06;
pub const FALSE: usize = 0x0e;
pub const TRUE: usize = 0x1e;

/// The bits of a word that tell names, and what they are in one.
const NAME_BITS: usize = 0b111;
const NAME: usize = 0b010;

/// An exit, before its code.
pub struct Leaving {
    pub label: Label,
    pub offset: usize,
    pub context: Context,
    pub why: Why,
}

/// A version of the code at an instruction.
pub struct Version<Where> {
    pub offset: usize,
    pub context: Context,
    pub place: Where,
}

/// What is known of a code object beforehand, and what regions find.
#[derive(Default)]
pub struct Knowledge {
    /// Where jumps lead to.
    pub targets: BTreeSet<usize>,
    /// How many regions have begun at exits, by instruction.
    pub guesses: BTreeMap<usize, u8>,
    /// The register that a local variable is in while it is a float without an object.
    pub homes: BTreeMap<usize, Xmm>,
    /// The links with addresses of objects.
    pub objects: BTreeMap<usize, usize>,
    /// The versions of earlier regions, by their addresses.
    pub versions: Vec<Version<usize>>,
}

impl Knowledge {
    pub fn new(code: &[u8]) -> Knowledge {
        let mut knowledge = Knowledge::default();
        let mut offset = 0;
        while let Ok(instruction) = Instruction::decode(code, offset) {
            knowledge.targets.extend(instruction.target());
            offset = instruction.end();
        }
        knowledge
    }

    /// The address of the code at an instruction for just this context.
    pub fn version(&self, offset: usize, context: &Context) -> Option<usize> {
        let version = self.versions.iter().find(|version| version.offset == offset && version.context == *context);
        version.map(|version| version.place)
    }
}

/// What a region has in a link that is no exit's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Constant {
    /// The address of an object, as long as there is the object.
    Object(usize),
    /// The distance from the region's beginning to the code that finds the machine code of a function, until that is
    /// found.
    Entry(usize),
}

/// A finished region.
pub struct Region {
    /// By the numbers of their links.
    pub constants: Vec<(usize, Constant)>,
    pub bytes: Vec<u8>,
    /// The number of the link of each exit, and the distance from the region's beginning to the exit's code.
    pub exits: Vec<(usize, usize, Leaving)>,
    /// Versions by their distance from the region's beginning.
    pub versions: Vec<Version<usize>>,
    /// For each stretch of machine code its beginning, and the instruction.
    pub stretches: Vec<(usize, usize)>,
}

/// The machine code of the path being translated cannot go on: the interpreter runs the instruction.
struct Stop;

/// Where a path goes after an instruction.
enum Step {
    To(usize),
    End,
}

type Steps = Result<Step, Stop>;

/// An operand taken from the stack, and the number of its slot in the frame.
#[derive(Clone, Copy)]
struct Operand {
    value: Value,
    slot: usize,
}

/// An edge whose code is still to come.
struct Edge {
    label: Label,
    target: usize,
    context: Context,
    /// For a jump backward: the jump's own instruction, and the context there.
    tick: Option<(usize, Context)>,
}

/// Registers to be loaded again before an exit.
struct Restore {
    label: Label,
    floats: Vec<Xmm>,
    exit: Label,
}

pub struct Maker<'a> {
    asm: Asm,
    view: View<'a>,
    facts: &'a Facts,
    code: &'a [u8],
    knowledge: &'a mut Knowledge,
    made: Vec<Version<Label>>,
    context: Context,
    /// The context before the instruction, with which an exit leaves.
    start: Context,
    /// The instruction's offset.
    at: usize,
    /// Whether types may be guessed at the instruction.
    may_guess: bool,
    /// The registers that the instruction uses besides those of the contexts, a bit each.
    gprs: u16,
    xmms: u16,
    edges: Vec<Edge>,
    leaving: Vec<Leaving>,
    restores: Vec<Restore>,
    /// Ticks that are to be given back before an exit.
    ticks: Vec<(Label, Label)>,
    /// The instruction's exits, by [`Why`].
    exits: [Option<Label>; 4],
    stretches: Vec<(usize, usize)>,
    n_instructions: usize,
    /// Where machine code ends with the number in `rax`.
    ends: Option<Label>,
    numbers: &'a mut Numbers,
    /// Whether a link was wanted when there was none.
    lacks_links: bool,
    constants: Vec<(usize, Constant)>,
    /// The attributes that the region's instructions have added to instances which were seen: the instance's word, the
    /// name's word, and the attribute's number. These are guesses by which code depends on guards only.
    added: Vec<(usize, usize, usize)>,
    /// Code that finds the machine code of a function, and the index of its constant.
    finders: Vec<(Label, usize)>,
}

/// Registers for words.
const GPRS: [Reg; 8] = [RSI, RDI, R8, Reg(9), Reg(10), Reg(5), Reg(14), Reg(15)];
/// Registers for floats that are operands.
const XMMS: core::ops::Range<u8> = 2..7;
/// Registers for floats that are local variables.
const HOMES: core::ops::Range<u8> = 7..16;

/// Makes the region that begins where the frame of `view` is, with `context`. `None` if it came out too large, or if there
/// are no `numbers` left for its links.
pub fn make(
    view: View<'_>,
    facts: &Facts,
    knowledge: &mut Knowledge,
    numbers: &mut Numbers,
    mut context: Context,
) -> Option<Region> {
    let begin = view.offset();
    context.see(view.slots());
    let mut maker = Maker {
        asm: Asm::default(),
        view,
        facts,
        code: view.instructions(),
        knowledge,
        made: Vec::new(),
        start: context.clone(),
        context,
        at: begin,
        may_guess: true,
        gprs: 0,
        xmms: 0,
        edges: Vec::new(),
        leaving: Vec::new(),
        restores: Vec::new(),
        ticks: Vec::new(),
        exits: [None; 4],
        stretches: Vec::new(),
        n_instructions: 0,
        ends: None,
        numbers,
        lacks_links: false,
        constants: Vec::new(),
        added: Vec::new(),
        finders: Vec::new(),
    };
    let label = maker.asm.label();
    maker.asm.bind(label);
    maker.made.push(Version { offset: begin, context: maker.context.clone(), place: label });
    maker.path(begin);
    while let Some(edge) = maker.edges.pop() {
        maker.edge(edge);
    }
    maker.finish()
}

impl Maker<'_> {
    fn finish(mut self) -> Option<Region> {
        if self.lacks_links {
            return None;
        }
        self.stretches.push((self.asm.len(), usize::MAX));
        for (label, exit) in core::mem::take(&mut self.ticks) {
            self.asm.bind(label);
            self.asm.alu_number_32(Alu::Add, Rm::At(RBX, self.facts.ticks as i32), 1);
            self.asm.jump(exit);
        }
        for restore in core::mem::take(&mut self.restores) {
            self.asm.bind(restore.label);
            for xmm in restore.floats {
                self.asm.load_float(xmm, Rm::At(RSP, XMM + 8 * i32::from(xmm.0)));
            }
            self.asm.jump(restore.exit);
        }
        if let Some(label) = self.ends {
            self.asm.bind(label);
            self.asm.jump_to(links::place(links::FINISH));
        }
        for (label, constant) in core::mem::take(&mut self.finders) {
            self.constants[constant].1 = Constant::Entry(self.asm.len());
            self.asm.bind(label);
            self.asm.copy(RDI, RBX);
            self.asm.number(RSI, self.constants[constant].0 as u64);
            self.asm.load(RDX, Rm::At(RSP, JIT));
            self.asm.load(RAX, links::place(links::ENTERED));
            self.asm.call(RAX);
            let ends = self.asm.label();
            self.asm.alu_number(Alu::Cmp, RAX, calls::ADDRESSES);
            self.asm.jump_if(If::Below, ends);
            self.asm.jump_to(RAX);
            self.asm.bind(ends);
            self.asm.jump_to(links::place(links::FINISH));
        }
        let mut exits = Vec::new();
        for leaving in core::mem::take(&mut self.leaving) {
            let number = self.numbers.take()?;
            self.asm.bind(leaving.label);
            if matches!(leaving.why, Why::Unknown | Why::Other) {
                self.asm.jump_to(links::place(number));
            }
            exits.push((number, self.asm.len(), leaving));
            self.asm.number(crate::asm::R11, number as u64);
            self.asm.jump_to(links::place(links::LEAVE));
        }
        let made = core::mem::take(&mut self.made);
        let place = |version: Version<Label>| {
            let place = self.asm.place(version.place)?;
            Some(Version { offset: version.offset, context: version.context, place })
        };
        let versions = made.into_iter().map(place).collect::<Option<_>>()?;
        let stretches = core::mem::take(&mut self.stretches);
        Some(Region { constants: self.constants, bytes: self.asm.finish()?, exits, versions, stretches })
    }

    /// The number of a link for a constant.
    fn constant(&mut self, constant: Constant) -> usize {
        let number = self.numbers.take();
        self.lacks_links |= number.is_none();
        let number = number.unwrap_or(links::LEAVE);
        self.constants.push((number, constant));
        number
    }

    /// The number of a link with the address of an object.
    fn object(&mut self, word: usize) -> usize {
        if let Some(link) = self.knowledge.objects.get(&word) {
            return *link;
        }
        let link = self.constant(Constant::Object(word));
        self.knowledge.objects.insert(word, link);
        link
    }

    /// The number of a link to the machine code of a function.
    fn entry_link(&mut self) -> usize {
        let label = self.asm.label();
        self.finders.push((label, self.constants.len()));
        self.constant(Constant::Entry(0))
    }

    /// Translates what follows `offset` until control ends or comes to where code is.
    fn path(&mut self, mut offset: usize) {
        loop {
            self.come_to(offset);
            self.n_instructions += 1;
            self.begin_instruction();
            self.stretches.push((self.asm.len(), offset));
            let Ok(instruction) = Instruction::decode(self.code, offset) else { return self.leave(Why::Interpreter) };
            if self.n_instructions > INSTRUCTIONS {
                return self.leave(Why::Other);
            }
            match self.instruction(&instruction) {
                Ok(Step::To(next)) => offset = next,
                Ok(Step::End) => return,
                Err(Stop) => return self.leave(Why::Interpreter),
            }
            if self.knowledge.targets.contains(&offset) && !self.arrive(offset) {
                return;
            }
        }
    }

    /// Begins an instruction: registers are had again.
    fn begin_instruction(&mut self) {
        (self.gprs, self.xmms, self.exits) = (0, 0, [None; 4]);
        self.start.clone_from(&self.context);
        let words = self.context.stack.iter().filter(|value| matches!(value.place, Place::Gpr(_))).count();
        if words > GPRS.len() / 2 {
            self.flush_words();
        }
        let is_float = |value: &&Value| matches!(value.place, Place::Xmm(Xmm(xmm)) if XMMS.contains(&xmm));
        let floats = self.context.stack.iter().filter(is_float).count();
        if floats > XMMS.len() - 2 {
            self.flush_all();
        }
    }

    /// The label of an exit before the instruction.
    fn exit(&mut self, linkable: bool) -> Label {
        self.exit_for(if linkable { Why::Other } else { Why::Interpreter })
    }

    fn exit_for(&mut self, why: Why) -> Label {
        let why = if self.guesses() { why } else { Why::Interpreter };
        if let Some(label) = self.exits[why as usize] {
            return label;
        }
        let label = self.exit_at(self.at, self.start.clone(), why);
        self.exits[why as usize] = Some(label);
        label
    }

    fn exit_at(&mut self, offset: usize, context: Context, why: Why) -> Label {
        let label = self.asm.label();
        self.leaving.push(Leaving { label, offset, context, why });
        label
    }

    /// Leaves before the instruction.
    fn leave(&mut self, why: Why) {
        let exit = self.exit_for(why);
        self.asm.jump(exit);
    }

    /// Whether types may be guessed at this instruction.
    fn guesses(&self) -> bool {
        self.may_guess
    }

    /// Has `offset` be the instruction.
    fn come_to(&mut self, offset: usize) {
        self.at = offset;
        self.may_guess = self.knowledge.guesses.get(&offset).is_none_or(|regions| *regions < GUESSES);
    }

    /// Leaves to where the frame can be looked at, or says that this has been done often enough.
    fn ask(&mut self) -> Option<Step> {
        if !self.guesses() {
            return None;
        }
        self.leave(Why::Unknown);
        Some(Step::End)
    }

    fn instruction(&mut self, instruction: &Instruction) -> Steps {
        let next = Step::To(instruction.end());
        match instruction.op {
            Op::LoadFastN | Op::LoadFastMulti => self.load_fast(instruction.index() as usize),
            Op::StoreFastN | Op::StoreFastMulti => self.store_fast(instruction.index() as usize)?,
            Op::LoadConstSmallInt | Op::LoadConstSmallIntMulti => match instruction.arg.checked_mul(2) {
                Some(twice) => self.push_word(Type::Int, twice as usize | 1),
                None => return self.generic(instruction),
            },
            Op::LoadConstNone => self.push_word(Type::Value, NONE),
            Op::LoadConstTrue => self.push_word(Type::Bool, TRUE),
            Op::LoadConstFalse => self.push_word(Type::Bool, FALSE),
            Op::LoadNull => self.push_word(Type::Slot, 0),
            Op::LoadConstString => {
                let name = self.view.name(instruction.index() as usize);
                self.push_word(Type::Name, name);
            }
            Op::LoadConstObj => match self.view.constant(instruction.index() as usize) {
                Some(word) if word != 0 => self.push_word(self.type_of_word(word), word),
                _ => return self.generic(instruction),
            },
            Op::DupTop => self.duplicate(1)?,
            Op::DupTopTwo => self.duplicate(2)?,
            Op::PopTop => {
                self.pop()?;
            }
            Op::RotTwo => self.rotate(2)?,
            Op::RotThree => self.rotate(3)?,
            Op::BinaryOpMulti => return self.binary(instruction),
            Op::UnaryOpMulti => return self.unary(instruction),
            Op::LoadSubscr => return self.load_subscr(instruction),
            Op::StoreSubscr => return self.store_subscr(instruction),
            Op::Jump => return self.jump(instruction),
            Op::PopJumpIfTrue | Op::PopJumpIfFalse => return self.pop_jump_if(instruction),
            Op::ForIter => return self.for_iter(instruction),
            Op::CallFunction | Op::CallMethod => return self.call(instruction),
            Op::ReturnValue => return self.return_value(),
            Op::YieldValue => return self.yield_value(),
            Op::YieldFrom => return self.yield_from(instruction),
            Op::LoadGlobal => return self.load_global(instruction),
            Op::StoreGlobal => return self.store_global(instruction),
            Op::LoadAttr => return self.load_attr(instruction),
            Op::LoadMethod => return self.load_method(instruction),
            Op::StoreAttr => return self.store_attr(instruction),
            Op::LoadDeref => self.load_deref(instruction.index() as usize)?,
            Op::StoreDeref => self.store_deref(instruction.index() as usize)?,
            Op::BuildSlice => return self.build_slice(instruction),
            Op::UnpackSequence => return self.unpack_sequence(instruction),
            Op::PopExceptJump => {
                let target = instruction.target().ok_or(Stop)?;
                self.generic(instruction)?;
                return Ok(Step::To(target));
            }
            Op::DeleteFast => {
                let step = self.generic(instruction)?;
                if let Some(local) = self.context.local_mut(instruction.index() as usize) {
                    *local = Value::in_memory(Type::Slot);
                }
                return Ok(step);
            }
            _ => match instruction.op.flow() {
                Flow::Next | Flow::Setup | Flow::Branch => return self.generic(instruction),
                Flow::Jump | Flow::Leave => return Err(Stop),
            },
        }
        Ok(next)
    }

    /// Has the instruction done by its function; or, if there is none, by the interpreter.
    fn generic(&mut self, instruction: &Instruction) -> Steps {
        match tier::function_of(instruction.op) {
            Some(function) => self.direct(instruction, function)?,
            None => self.run_one(instruction)?,
        }
        effect(&mut self.context, instruction.effect());
        if let Some(ty) = self.result(instruction)
            && let Some(top) = self.context.stack.last_mut()
        {
            top.ty = ty;
        }
        Ok(Step::To(instruction.end()))
    }

    /// What is known of the value that an instruction leaves on top, whoever has done the instruction.
    fn result(&self, instruction: &Instruction) -> Option<Type> {
        match instruction.op {
            Op::BinaryOpMulti => match BinaryOp::from_number(instruction.index() as u8) {
                Some(op) if tier::answers_bool(op) => Some(Type::Bool),
                _ => Some(Type::Value),
            },
            Op::BuildList => Some(Type::Object(self.facts.list_type)),
            Op::BuildTuple => Some(Type::Object(self.facts.tuple_type)),
            Op::UnaryOpMulti
            | Op::LoadName
            | Op::LoadGlobal
            | Op::LoadAttr
            | Op::LoadSubscr
            | Op::BuildMap
            | Op::BuildSet
            | Op::BuildSlice
            | Op::MakeFunction
            | Op::MakeFunctionDefargs
            | Op::MakeClosure
            | Op::MakeClosureDefargs
            | Op::CallFunction
            | Op::CallMethod
            | Op::GetIter
            | Op::ForIter => Some(Type::Value),
            _ => None,
        }
    }

    /// Has code come later, at a label, for where the instruction jumps to, with all as it is now.
    fn jumped(&mut self, instruction: &Instruction) -> Option<Label> {
        let target = instruction.target().filter(|_| instruction.op.flow() == Flow::Branch)?;
        let mut context = self.context.clone();
        effect(&mut context, instruction.jump_effect());
        let label = self.asm.label();
        self.edges.push(Edge { label, target, context, tick: None });
        Some(label)
    }

    /// Calls a function that does the instruction.
    fn direct(&mut self, instruction: &Instruction, function: usize) -> Result<(), Stop> {
        self.flush_all();
        self.call_function(function, self.context.locals.len() + self.context.stack.len());
        match self.jumped(instruction) {
            None => {
                let ends = self.ends();
                self.asm.jump_if(If::NotEqual, ends);
            }
            Some(label) => {
                let went_on = self.asm.label();
                self.asm.jump_if(If::Equal, went_on);
                self.asm.alu_number(Alu::Cmp, RAX, JUMPED as i32);
                self.asm.jump_if(If::Equal, label);
                self.asm.jump_to(links::place(links::FINISH));
                self.asm.bind(went_on);
            }
        }
        Ok(())
    }

    /// Calls the function of the instruction, of a frame all in memory that uses `slots` slots; what the function answers is tested.
    fn call_function(&mut self, function: usize, slots: usize) {
        self.asm.copy(RDI, RBX);
        self.asm.number(RSI, (self.view.start() + self.at + 1) as u64);
        self.asm.address(RDX, slot(slots));
        self.asm.number(RAX, function as u64);
        self.asm.call(RAX);
        self.asm.test(RAX, RAX);
    }

    /// Where machine code ends with the number in `rax`.
    fn ends(&mut self) -> Label {
        match self.ends {
            Some(label) => label,
            None => *self.ends.insert(self.asm.label()),
        }
    }

    /// Has the interpreter run the instruction.
    fn run_one(&mut self, instruction: &Instruction) -> Result<(), Stop> {
        self.flush_all();
        let target = instruction.target().filter(|_| instruction.op.flow() == Flow::Branch);
        let start = self.view.start();
        let slots = self.context.locals.len() + self.context.stack.len();
        self.asm.copy(RDI, RBX);
        self.asm.number(RSI, (start + self.at) as u64);
        self.asm.address(RDX, slot(slots));
        self.asm.number(RCX, (start + instruction.end()) as u64);
        match target {
            Some(target) => self.asm.number(R8, (start + target) as u64),
            None => self.asm.copy(R8, RCX),
        }
        self.asm.load(RAX, links::place(links::RUN_ONE));
        self.asm.call(RAX);
        let before = self.exit(false);
        self.asm.test(RAX, RAX);
        let went_on = self.asm.label();
        self.asm.jump_if(If::Equal, went_on);
        if let Some(label) = self.jumped(instruction) {
            self.asm.alu_number(Alu::Cmp, RAX, JUMPED as i32);
            self.asm.jump_if(If::Equal, label);
        }
        self.asm.alu_number(Alu::Cmp, RAX, LEAVE as i32);
        self.asm.jump_if(If::Equal, before);
        self.asm.jump_to(links::place(links::FINISH));
        self.asm.bind(went_on);
        Ok(())
    }
}

/// What an instruction that the interpreter runs makes of the stack: what it has put there is not known.
fn effect(context: &mut Context, effect: berus_mpy::opcode::Effect) {
    let left = context.stack.len().saturating_sub(effect.pops as usize);
    context.stack.truncate(left);
    context.stack.resize(left + effect.pushes as usize, Value::in_memory(Type::Slot));
}

/// A slot of the frame.
fn slot(number: usize) -> Rm {
    Rm::At(R12, 8 * number as i32)
}
