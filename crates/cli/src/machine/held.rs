//! What is in registers and on the stack, as far as it leads to the tables of functions and names.
//!
//! Code that was linked from C loads the address of the function table into whichever register is free, and uses it for many calls. To
//! find out what is in a register, the code is gone through in the order in which it lies. Where a jump forward leads, registers
//! hold what they do at all jumps to it; jumps back are taken not to change that, as compilers load addresses before loops. Behind a jump
//! is often the start of a loop, to which only jumps back lead: what registers hold there is known when the code is gone through again. Code of
//! mpy-cross keeps the addresses of both tables in registers of their own.
//!
//! Where registers are few, addresses are put on the stack. A function's words there are told apart by their distances from where the
//! stack pointer was at its start. What is stored by way of other addresses is taken not to change these words.

use std::collections::{BTreeMap, BTreeSet};

use berus_mpy::reloc::Target;

use super::{Access, Relocated};

/// The number of a register.
pub type Reg = u8;

/// The tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// The function table.
    Functions,
    /// The module's names.
    Qstrs,
}

/// What is known of a number in a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// All of it.
    Number(i64),
    /// It is the address of what is at an offset of the code.
    Code(i64),
    /// It is the address of what is at a distance in a table.
    Table(Table, i64),
    /// It is the address of what is on the stack, at a distance from where the function found the stack pointer.
    Stack(i64),
}

impl Value {
    /// The sum with another. `None` if nothing is known of the sum.
    fn plus(self, other: Value) -> Option<Value> {
        let (a, b) = if let Value::Number(_) = self { (other, self) } else { (self, other) };
        let Value::Number(number) = b else { return None };
        Some(match a {
            Value::Number(a) => Value::Number(a.wrapping_add(number)),
            Value::Code(offset) => Value::Code(offset.wrapping_add(number)),
            Value::Table(table, distance) => Value::Table(table, distance.wrapping_add(number)),
            Value::Stack(distance) => Value::Stack(distance.wrapping_add(number)),
        })
    }
}

/// What an instruction works with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// What is in a register.
    Register(Reg),
    /// What the instruction says itself.
    Known(Value),
}

/// What an instruction does to registers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it does, if that is of interest.
    pub act: Act,
    /// The registers that it writes besides.
    pub written: Vec<Reg>,
    /// How far it moves the stack pointer besides, once it has done that.
    pub moves: i64,
    /// Where it goes on.
    pub flow: Flow,
}

/// What an instruction does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Nothing that leads to a table.
    Nothing,
    /// It puts a sum into a register.
    Put(Reg, [Source; 2]),
    /// It loads so many bytes at a sum, into a register or to go there.
    Load(Option<Reg>, [Source; 2], usize),
    /// It stores so many bytes at a sum, of which something may be known.
    Store(Option<Source>, [Source; 2], usize),
}

/// Where an instruction goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// At the next instruction.
    Next,
    /// In a function, and then at the next.
    Call,
    /// At the next or at an offset.
    Branch(i64),
    /// At an offset.
    Jump(i64),
    /// Elsewhere.
    End,
}

impl Step {
    /// One that does nothing of interest but to write registers.
    pub fn writes(written: &[Reg]) -> Step {
        Step { act: Act::Nothing, written: written.to_vec(), moves: 0, flow: Flow::Next }
    }

    /// One that does nothing of interest but to go elsewhere.
    pub fn goes(flow: Flow) -> Step {
        Step { act: Act::Nothing, written: Vec::new(), moves: 0, flow }
    }

    /// One with an act, that goes on to the next.
    pub fn does(act: Act) -> Step {
        Step { act, written: Vec::new(), moves: 0, flow: Flow::Next }
    }
}

/// Which registers are for what.
pub struct Conventions {
    /// In code of mpy-cross: those that hold the addresses of the tables.
    pub tables: [Reg; 2],
    /// Those that a function may use without restoring them.
    pub not_kept: &'static [Reg],
    /// The one that points to the stack.
    pub stack: Reg,
}

/// What holds a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Holder {
    Register(Reg),
    /// The word of the stack at a distance from where the function found the stack pointer.
    Slot(i64),
}

/// What registers and words of the stack hold at one place.
#[derive(Clone, Default)]
struct State {
    values: BTreeMap<Holder, Value>,
    /// If nobody has come to the place yet: what was written since the jump before.
    unreached: Option<BTreeSet<Holder>>,
}

impl State {
    /// That at the start of a function.
    fn start(stack: Reg) -> State {
        State { values: BTreeMap::from([(Holder::Register(stack), Value::Stack(0))]), unreached: None }
    }

    fn forget(&mut self, holder: Holder) {
        self.values.remove(&holder);
        if let Some(written) = &mut self.unreached {
            written.insert(holder);
        }
    }

    /// What both hold.
    fn common(&self, other: &State) -> State {
        let values = match (&self.unreached, &other.unreached) {
            (Some(written), None) => without(&other.values, written),
            (None, Some(written)) => without(&self.values, written),
            _ => {
                let same = self.values.iter().filter(|(holder, value)| other.values.get(holder) == Some(value));
                same.map(|(&holder, &value)| (holder, value)).collect()
            }
        };
        let unreached = self.unreached.as_ref().zip(other.unreached.as_ref()).map(|(a, b)| a | b);
        State { values, unreached }
    }
}

fn without(values: &BTreeMap<Holder, Value>, written: &BTreeSet<Holder>) -> BTreeMap<Holder, Value> {
    values.iter().filter(|(holder, _)| !written.contains(holder)).map(|(&holder, &value)| (holder, value)).collect()
}

/// What registers and the stack hold before an instruction.
pub struct Held {
    /// The words that the loader changes.
    relocated: Relocated,
    code: Vec<u8>,
    word: usize,
    conventions: Conventions,
    /// Whether registers hold tables all the time.
    by_mpy_cross: bool,
    now: State,
    /// Where the instruction before goes on.
    before: Flow,
    /// What is held where jumps forward lead.
    there: BTreeMap<i64, State>,
    /// The same where jumps back lead.
    back: BTreeMap<i64, State>,
}

impl Held {
    /// For code with words that the loader changes, or of mpy-cross.
    pub fn new(relocated: Relocated, code: &[u8], word: usize, conventions: Conventions, by_mpy_cross: bool) -> Held {
        let now = State::start(conventions.stack);
        let (before, there, back) = (Flow::End, BTreeMap::new(), BTreeMap::new());
        Held { relocated, code: code.to_vec(), word, conventions, by_mpy_cross, now, before, there, back }
    }

    /// Goes to the start of the code, to go through it again.
    pub fn restart(&mut self) {
        (self.now, self.before) = (State::start(self.conventions.stack), Flow::End);
        self.there.clear();
    }

    /// Goes over the instruction at an offset. Gives what it reads.
    pub fn follow(&mut self, offset: usize, step: &Step) -> Access {
        self.arrive(offset as i64);
        let access = self.access(step.act);
        let (to, value) = match step.act {
            Act::Nothing => (None, None),
            Act::Put(to, sum) => (Some(Holder::Register(to)), self.sum(sum)),
            Act::Load(to, place, len) => (to.map(Holder::Register), self.loaded(place, len)),
            Act::Store(from, place, len) => match self.sum(place) {
                Some(Value::Stack(slot)) => {
                    let stored = from.filter(|_| len == self.word).and_then(|from| self.value(from));
                    (Some(Holder::Slot(slot)), stored)
                }
                _ => (None, None),
            },
        };
        for holder in step.written.iter().copied().map(Holder::Register).chain(to) {
            self.now.forget(holder);
        }
        if let (Some(to), Some(value)) = (to, value) {
            self.now.values.insert(to, value);
        }
        if let Some(pointer) = self.now.values.get_mut(&Holder::Register(self.conventions.stack)) {
            *pointer = pointer.plus(Value::Number(step.moves)).unwrap_or(*pointer);
        }
        if step.flow == Flow::Call {
            let not_kept = self.conventions.not_kept.iter().copied().map(Holder::Register);
            not_kept.for_each(|register| self.now.forget(register));
        }
        if let Flow::Branch(target) | Flow::Jump(target) = step.flow {
            let there = if target > offset as i64 { &mut self.there } else { &mut self.back };
            let there = there.entry(target);
            there.and_modify(|there| *there = there.common(&self.now)).or_insert_with(|| self.now.clone());
        }
        self.before = step.flow;
        access
    }

    /// Comes to what is at `offset`.
    fn arrive(&mut self, offset: i64) {
        let jumped = self.there.remove(&offset);
        self.now = match (self.before, jumped) {
            (Flow::Next | Flow::Call | Flow::Branch(_), None) => return,
            (Flow::Next | Flow::Call | Flow::Branch(_), Some(jumped)) => self.now.common(&jumped),
            (_, Some(jumped)) => jumped,
            (Flow::Jump(_), None) => {
                let looped = self.back.get(&offset).cloned();
                looped.unwrap_or(State { unreached: Some(BTreeSet::new()), ..State::default() })
            }
            (Flow::End, None) => State::start(self.conventions.stack),
        };
    }

    /// What a register is known to hold.
    fn value(&self, source: Source) -> Option<Value> {
        let register = match source {
            Source::Known(value) => return Some(value),
            Source::Register(register) => register,
        };
        match self.conventions.tables.iter().position(|&table| table == register) {
            Some(which) if self.by_mpy_cross => Some(Value::Table([Table::Functions, Table::Qstrs][which], 0)),
            _ => self.now.values.get(&Holder::Register(register)).copied(),
        }
    }

    fn sum(&self, [a, b]: [Source; 2]) -> Option<Value> {
        self.value(a)?.plus(self.value(b)?)
    }

    fn access(&self, act: Act) -> Access {
        const NAME: usize = 2;
        let Act::Load(to, place, len) = act else { return Access::None };
        // The entry of a function of mpy-cross sets the two registers up step by step.
        if self.by_mpy_cross && to.is_some_and(|to| self.conventions.tables.contains(&to)) {
            return Access::None;
        }
        match self.sum(place) {
            Some(Value::Table(Table::Functions, distance)) if len == self.word => Access::FunctionTable(distance),
            Some(Value::Table(Table::Qstrs, distance)) if len == NAME => Access::QstrTable(distance),
            Some(Value::Code(offset)) => Access::Code(offset),
            _ => Access::None,
        }
    }

    fn loaded(&self, place: [Source; 2], len: usize) -> Option<Value> {
        let offset = match self.sum(place)? {
            Value::Code(offset) => usize::try_from(offset).ok()?,
            Value::Stack(slot) if len == self.word => return self.now.values.get(&Holder::Slot(slot)).copied(),
            _ => return None,
        };
        match self.relocated.get(&offset) {
            _ if len != self.word => None,
            Some(Target::FunctionTable) => Some(Value::Table(Table::Functions, 0)),
            Some(Target::QstrTable) => Some(Value::Table(Table::Qstrs, self.number(offset)?)),
            Some(_) => None,
            None => Some(Value::Number(self.number(offset)?)),
        }
    }

    /// The word at an offset of the code.
    fn number(&self, offset: usize) -> Option<i64> {
        let bytes = self.code.get(offset..)?.get(..self.word)?;
        let number = bytes.iter().rev().fold(0u64, |number, &byte| number << 8 | u64::from(byte));
        let unused = 64 - 8 * self.word as u32;
        Some((number as i64) << unused >> unused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOAD: Act = Act::Load(Some(1), [Source::Known(Value::Code(0x40)), Source::Known(Value::Number(0))], 4);
    const READ: Act = Act::Load(Some(2), [Source::Register(1), Source::Known(Value::Number(0x18))], 4);
    const OVERWRITE: Act = Act::Put(1, [Source::Register(9), Source::Known(Value::Number(0))]);

    fn held() -> Held {
        let code: Vec<_> = (0..0x20u32).flat_map(|word| (4 * word).to_le_bytes()).collect();
        let conventions = Conventions { tables: [7, 6], not_kept: &[0, 1, 2], stack: 13 };
        Held::new(Relocated::from([(0x40, Target::FunctionTable)]), &code, 4, conventions, false)
    }

    /// What the last of steps reads, each of which is four bytes.
    fn read_at_the_end(steps: &[Step]) -> Access {
        let mut held = held();
        steps.iter().enumerate().map(|(i, step)| held.follow(4 * i, step)).last().unwrap()
    }

    /// A branch to the start of a loop.
    fn branch_back() -> Step {
        Step::goes(Flow::Branch(8))
    }

    const FOUND: Access = Access::FunctionTable(0x18);

    #[test]
    fn a_register_holds_a_table_until_it_is_written() {
        let [load, read, overwrite] = [LOAD, READ, OVERWRITE].map(Step::does);
        let call = Step::goes(Flow::Call);
        let also = |steps: &[&Step]| read_at_the_end(&steps.iter().map(|&step| step.clone()).collect::<Vec<_>>());
        assert_eq!(also(&[&load, &read]), FOUND);
        assert_eq!(also(&[&load, &read, &read]), FOUND);
        assert_eq!(also(&[&load, &overwrite, &read]), Access::None);
        assert_eq!(also(&[&load, &Step::writes(&[1]), &read]), Access::None);
        assert_eq!(also(&[&load, &call, &read]), Access::None);
        let zero = Source::Known(Value::Number(0));
        let kept = Step::does(Act::Put(5, [Source::Register(1), zero]));
        let read_kept = Step::does(Act::Load(None, [Source::Register(5), Source::Known(Value::Number(0x18))], 4));
        assert_eq!(also(&[&load, &kept, &call, &read_kept]), FOUND);
    }

    #[test]
    fn where_ways_meet_it_holds_what_it_does_on_all() {
        let [load, read, overwrite] = [LOAD, READ, OVERWRITE].map(Step::does);
        let (branch, jump) = (|to| Step::goes(Flow::Branch(to)), |to| Step::goes(Flow::Jump(to)));
        let nothing = Step::writes(&[]);
        assert_eq!(read_at_the_end(&[load.clone(), branch(12), nothing.clone(), read.clone()]), FOUND);
        assert_eq!(read_at_the_end(&[load.clone(), branch(12), overwrite.clone(), read.clone()]), Access::None);
        // Nobody knows who comes to what follows a jump.
        assert_eq!(read_at_the_end(&[load.clone(), jump(100), read.clone()]), Access::None);
        assert_eq!(read_at_the_end(&[load.clone(), jump(12), Step::goes(Flow::End), read.clone()]), FOUND);
        // A loop that is entered in its middle.
        let looping = |body: Step| [load.clone(), jump(12), body, read.clone(), branch_back()];
        let end = |body| read_at_the_end(&looping(body)[..4]);
        assert_eq!(end(Step::writes(&[3])), FOUND);
        assert_eq!(end(overwrite), Access::None);
    }

    #[test]
    fn the_stack_holds_what_is_stored_there() {
        let stack = |distance| [Source::Register(13), Source::Known(Value::Number(distance))];
        let store = |from, distance| Step::does(Act::Store(Some(Source::Register(from)), stack(distance), 4));
        let load = |distance| Step::does(Act::Load(Some(1), stack(distance), 4));
        let pushes = |n: i64| Step { moves: -4 * n, ..Step::writes(&[]) };
        let call = Step::goes(Flow::Call);
        // What is done between the load of the address and the read by way of it.
        let after = |between: &[Step]| read_at_the_end(&[&[Step::does(LOAD)], between, &[Step::does(READ)]].concat());
        assert_eq!(after(&[store(1, 8), call.clone(), load(8)]), FOUND);
        assert_eq!(after(&[store(1, 8), pushes(3), call.clone(), load(20)]), FOUND);
        assert_eq!(after(&[store(1, 8), pushes(3), call.clone(), load(8)]), Access::None);
        assert_eq!(after(&[store(1, 8), store(9, 8), call.clone(), load(8)]), Access::None);
        assert_eq!(after(&[store(1, 8), Step::writes(&[13]), call.clone(), load(8)]), Access::None);
        // By way of a frame pointer.
        let frame = Step::does(Act::Put(11, stack(0)));
        let load_by_frame = Act::Load(Some(1), [Source::Register(11), Source::Known(Value::Number(8))], 4);
        assert_eq!(after(&[frame, store(1, 8), pushes(2), call, Step::does(load_by_frame)]), FOUND);
        // Where ways meet, all must have stored it.
        let branch = Step::goes(Flow::Branch(16));
        assert_eq!(after(&[store(1, 8), branch.clone(), Step::writes(&[2]), load(8)]), FOUND);
        assert_eq!(after(&[store(1, 8), branch, store(2, 8), load(8)]), Access::None);
    }

    #[test]
    fn addresses_are_calculated_from_words_of_the_code() {
        // The word at 0x10 is 0x10; with 0x30 more there is the address of the table.
        let known = |value| Source::Known(value);
        let steps = [
            Step::does(Act::Load(Some(3), [known(Value::Code(0x10)), known(Value::Number(0))], 4)),
            Step::does(Act::Put(3, [Source::Register(3), known(Value::Code(0x20))])),
            Step::does(Act::Load(Some(4), [Source::Register(3), known(Value::Number(0x10))], 4)),
            Step::does(Act::Load(Some(4), [Source::Register(4), known(Value::Number(8))], 4)),
        ];
        assert_eq!(read_at_the_end(&steps[..3]), Access::Code(0x40));
        assert_eq!(read_at_the_end(&steps), Access::FunctionTable(8));
    }

    #[test]
    fn code_of_mpy_cross_has_the_tables_in_registers() {
        let mut held = Held { by_mpy_cross: true, ..held() };
        let number = |number| Source::Known(Value::Number(number));
        let read = |from, len| Step::does(Act::Load(Some(1), [Source::Register(from), number(8)], len));
        assert_eq!(held.follow(0, &read(7, 4)), Access::FunctionTable(8));
        assert_eq!(held.follow(4, &read(6, 2)), Access::QstrTable(8));
        assert_eq!(held.follow(8, &Step::does(Act::Load(Some(6), [Source::Register(7), number(8)], 4))), Access::None);
        held.follow(12, &Step::does(Act::Put(2, [Source::Register(7), number(128)])));
        assert_eq!(held.follow(16, &read(2, 4)), Access::FunctionTable(136));
    }
}
