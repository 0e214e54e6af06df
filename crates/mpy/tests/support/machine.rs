//! A machine that runs bytecode without values, to check that the verifier is right.
//!
//! It knows of each word only what it is for, takes branches and raises exceptions at random, and complains when an
//! instruction finds a word that it cannot use or leaves the bounds of anything. It handles exceptions, returns and
//! jumps out of blocks as MicroPython does (`py/vm.c`), and shares no code with the verifier but the decoder of
//! instructions and the place where a `finally` is entered.

use std::collections::HashSet;

use berus_mpy::bytecode::Instruction;
use berus_mpy::constant::Constant;
use berus_mpy::module::{Kind, Module, RawCode};
use berus_mpy::opcode::Op;
use berus_mpy::prelude::{Signature, scope_flag};
use berus_mpy::verify::{Facts, finally_entry};

/// What a slot of the stack holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    Object,
    None,
    Exception,
    Null,
    Cell,
    /// The second word of a method.
    MethodSelf,
    /// A part of the iterator with a serial number.
    Iterator(u32, u8),
    /// A part of `__exit__`.
    Exit(u8),
    /// A value that is to be returned.
    Value,
    /// An offset that is to be jumped to.
    Target(usize),
    /// Why one of these is pending: -1 for a return, else the blocks still to leave, and 0x80 to drop an iterator.
    Cause(i32),
}

impl Word {
    fn is_object(self) -> bool {
        matches!(self, Word::Object | Word::None | Word::Exception)
    }
}

/// What a local holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Local {
    Unset,
    Object,
    Cell,
}

#[derive(Clone, Copy, Debug)]
struct Block {
    op: Op,
    handler: usize,
    /// The height of the stack when it was opened; for a `with`, above its two words.
    height: usize,
    /// How many words below this height are gone when it has ended.
    reach: usize,
}

/// What is wrong.
pub type Complaint = String;

type Outcome<T = ()> = Result<T, Complaint>;

/// A source of random numbers (xorshift).
pub struct Random(pub u64);

impl Random {
    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

/// A function that has been verified, and all that its code may refer to.
pub struct Machine<'m> {
    module: &'m Module<'m>,
    code: &'m RawCode<'m>,
    facts: Facts,
    /// For each child, if it is bytecode, its signature and what is known of it.
    children: Vec<Option<(Signature, Facts)>>,
    signature: Signature,
    own_cells: Vec<u8>,
    start: usize,
    instructions: HashSet<usize>,
}

/// A call of the function.
struct Run<'m> {
    machine: &'m Machine<'m>,
    random: &'m mut Random,
    locals: Vec<Local>,
    stack: Vec<Word>,
    blocks: Vec<Block>,
    pc: usize,
    next: usize,
    serial: u32,
    /// Of how many instructions one raises an exception.
    calm: usize,
}

/// Whether a call goes on.
#[derive(PartialEq)]
enum Go {
    On,
    Out,
}

impl<'m> Machine<'m> {
    /// The machine for a code object; `facts_of` tells what has been found out about it and its children.
    pub fn new(module: &'m Module<'m>, id: usize, facts_of: impl Fn(usize) -> Option<Facts>) -> Machine<'m> {
        let code = &module.codes[id];
        let prelude = |code: &RawCode<'_>| code.prelude().unwrap().unwrap();
        let this = prelude(code);
        let mut instructions = HashSet::new();
        let mut offset = this.end();
        while offset < code.code.len() {
            instructions.insert(offset);
            offset = Instruction::decode(&code.code, offset).expect("verified").end();
        }
        let children = code.children.iter().map(|&child| {
            let facts = facts_of(child as usize)?;
            Some((prelude(&module.codes[child as usize]).signature, facts))
        });
        Machine {
            module,
            code,
            facts: facts_of(id).expect("bytecode"),
            children: children.collect(),
            signature: this.signature,
            own_cells: code.code[this.cells_at.clone()].to_vec(),
            start: this.end(),
            instructions,
        }
    }

    /// Calls the function, for at most `steps` instructions. One that needs very much room is not called.
    pub fn run(&self, random: &mut Random, steps: usize) -> Outcome {
        if self.facts.frame() > 1 << 16 {
            return Ok(());
        }
        let mut locals = vec![Local::Unset; self.facts.locals as usize];
        let n_cells =
            self.facts.min_cells as usize + random.below((self.facts.max_cells - self.facts.min_cells) as usize + 1);
        for (i, local) in locals.iter_mut().enumerate().take(self.signature.n_args() as usize) {
            *local = if i < n_cells { Local::Cell } else { Local::Object };
        }
        for &cell in &self.own_cells {
            let local = locals.get_mut(usize::from(cell)).ok_or("an own cell that is no local")?;
            check(*local != Local::Cell, || format!("a cell in cell {cell}"))?;
            *local = Local::Cell;
        }
        let calm = [8, 30, 100, 1000][random.below(4)];
        let mut run = Run {
            machine: self,
            random,
            locals,
            stack: Vec::new(),
            blocks: Vec::new(),
            pc: self.start,
            next: self.start,
            serial: 0,
            calm,
        };
        for _ in 0..steps {
            let at = run.next;
            match run.step() {
                Ok(Go::On) => {}
                Ok(Go::Out) => return Ok(()),
                Err(complaint) => {
                    return Err(format!("at {at}: {complaint}; stack {:?}, blocks {:?}", run.stack, run.blocks));
                }
            }
        }
        Ok(())
    }
}

fn check(is_right: bool, complaint: impl Fn() -> String) -> Outcome {
    if is_right { Ok(()) } else { Err(complaint()) }
}

impl Run<'_> {
    fn push(&mut self, word: Word) -> Outcome {
        self.stack.push(word);
        let room = self.machine.facts.stack as usize;
        check(self.stack.len() <= room, || format!("more than {room} words"))
    }

    fn push_objects(&mut self, n: usize) -> Outcome {
        (0..n).try_for_each(|_| self.push(Word::Object))
    }

    fn pop(&mut self) -> Outcome<Word> {
        self.stack.pop().ok_or_else(|| "the stack is empty".into())
    }

    fn pop_objects(&mut self, n: usize) -> Outcome {
        (0..n).try_for_each(|_| {
            let word = self.pop()?;
            check(word.is_object(), || format!("{word:?} is used as an object"))
        })
    }

    fn pop_object_or_null(&mut self) -> Outcome<Word> {
        let word = self.pop()?;
        check(word.is_object() || word == Word::Null, || format!("{word:?} is no object or null"))?;
        Ok(word)
    }

    fn peek(&self, depth: usize) -> Outcome<Word> {
        let index = self.stack.len().checked_sub(depth + 1);
        index.map(|index| self.stack[index]).ok_or_else(|| "looks below the stack".into())
    }

    fn local(&mut self, index: u32) -> Outcome<&mut Local> {
        self.locals.get_mut(index as usize).ok_or_else(|| format!("no local {index}"))
    }

    /// A jump or a handler.
    fn go_to(&mut self, target: usize) -> Outcome {
        check(self.machine.instructions.contains(&target), || format!("{target} is no instruction"))?;
        self.next = target;
        Ok(())
    }

    fn jump(&mut self, instruction: &Instruction) -> Outcome {
        self.go_to(instruction.target().ok_or("a jump to nowhere")?)
    }

    /// An exception, raised where control is: `py/vm.c`, `exception_handler`.
    fn raise(&mut self) -> Outcome<Go> {
        while let Some(block) = self.blocks.last().copied() {
            if block.handler <= self.pc {
                self.blocks.pop();
                continue;
            }
            check(block.height <= self.stack.len(), || "the stack of a handler is gone".into())?;
            self.stack.truncate(block.height);
            self.push(Word::Exception)?;
            self.go_to(self.entry(&block).0)?;
            return Ok(Go::On);
        }
        Ok(Go::Out)
    }

    /// Where a handler is entered with an exception, and otherwise.
    fn entry(&self, block: &Block) -> (usize, usize) {
        if block.op == Op::SetupFinally {
            let entry = finally_entry(&self.machine.code.code, block.handler);
            (entry.exception, entry.unwind)
        } else {
            (block.handler, block.handler)
        }
    }

    /// A return by way of the handlers of `finally`: `unwind_return`.
    fn unwind_return(&mut self) -> Outcome<Go> {
        while let Some(block) = self.blocks.last().copied() {
            if block.op != Op::SetupExcept && block.handler > self.pc {
                check(block.height <= self.stack.len(), || "the stack of a handler is gone".into())?;
                self.stack.truncate(block.height);
                self.push(Word::Value)?;
                self.push(Word::Cause(-1))?;
                self.go_to(self.entry(&block).1)?;
                return Ok(Go::On);
            }
            self.blocks.pop();
        }
        Ok(Go::Out)
    }

    /// A jump by way of the handlers of `finally`: `unwind_jump`.
    fn unwind_jump(&mut self, target: usize, mut cause: i32) -> Outcome<Go> {
        while cause & 0x7f > 0 {
            cause -= 1;
            let block = *self.blocks.last().ok_or("no block to leave")?;
            if block.op != Op::SetupExcept {
                if block.handler > self.pc {
                    check(self.stack.len() == block.height, || "not at the height of the block".into())?;
                    self.push(Word::Target(target))?;
                    self.push(Word::Cause(cause))?;
                    self.go_to(self.entry(&block).1)?;
                    return Ok(Go::On);
                }
                check(block.reach == 0, || "a jump out of a manager's handler".into())?;
                self.pop_pending()?;
                check(self.stack.len() == block.height, || "more than what is pending".into())?;
            }
            self.blocks.pop();
        }
        if cause != 0 {
            self.pop_iterator()?;
        }
        self.go_to(target)?;
        Ok(Go::On)
    }

    /// Takes off what a `finally` has pending.
    fn pop_pending(&mut self) -> Outcome<(Word, Option<Word>)> {
        match self.pop()? {
            word @ (Word::None | Word::Exception) => Ok((word, None)),
            word @ Word::Cause(cause) => {
                let data = self.pop()?;
                let fits = if cause < 0 { data == Word::Value } else { matches!(data, Word::Target(_)) };
                check(fits, || format!("{data:?} is pending because of {cause}"))?;
                Ok((word, Some(data)))
            }
            word => Err(format!("{word:?} is pending")),
        }
    }

    fn is_iterator(&self) -> Outcome {
        let words = [self.peek(3)?, self.peek(2)?, self.peek(1)?, self.peek(0)?];
        let is_one = match words {
            [Word::Iterator(serial, 0), ..] => (1..4).all(|part| words[part] == Word::Iterator(serial, part as u8)),
            [Word::Null, second, Word::Null, Word::Null] => second.is_object(),
            _ => false,
        };
        check(is_one, || format!("{words:?} is no iterator"))
    }

    fn pop_iterator(&mut self) -> Outcome {
        self.is_iterator()?;
        self.stack.truncate(self.stack.len() - 4);
        Ok(())
    }

    fn setup(&mut self, instruction: &Instruction, reach: usize) -> Outcome {
        let handler = instruction.target().ok_or("a handler nowhere")?;
        check(self.machine.instructions.contains(&handler), || "a handler inside an instruction".into())?;
        self.blocks.push(Block { op: instruction.op, handler, height: self.stack.len(), reach });
        let limit = self.machine.signature.n_exc_stack as usize;
        check(self.blocks.len() <= limit, || format!("more than {limit} blocks"))
    }

    fn make_function(&mut self, instruction: &Instruction, with_defaults: bool, n_cells: usize) -> Outcome {
        for _ in 0..n_cells {
            let word = self.pop()?;
            check(word == Word::Cell, || format!("{word:?} is closed over"))?;
        }
        let child = self.machine.children.get(instruction.index() as usize).ok_or("no such child")?;
        let defaults = if with_defaults {
            let keyword = self.pop_object_or_null()?;
            [self.pop_object_or_null()? != Word::Null, keyword != Word::Null]
        } else {
            [false, false]
        };
        if let Some((signature, facts)) = child {
            let may_be = facts.min_cells as usize..=facts.max_cells as usize;
            check(may_be.contains(&n_cells), || format!("{n_cells} cells for a child that takes {may_be:?}"))?;
            let wanted = [signature.n_def_pos_args > 0, signature.scope_flags & scope_flag::DEFKWARGS != 0];
            check(defaults == wanted, || format!("defaults {defaults:?} for a child that has {wanted:?}"))?;
        }
        self.push(Word::Object)
    }

    fn end_finally(&mut self) -> Outcome<Go> {
        let block = self.blocks.pop().ok_or("no block to end")?;
        check(block.handler <= self.pc, || "the end of a block that has not been left".into())?;
        let (word, data) = self.pop_pending()?;
        if word == Word::Exception {
            return self.raise();
        }
        check(block.op != Op::SetupExcept, || "the end of an except without an exception".into())?;
        check(self.stack.len() == block.height - block.reach, || "an end at another height".into())?;
        match (word, data) {
            (Word::Cause(cause), Some(Word::Target(target))) => self.unwind_jump(target, cause),
            (Word::Cause(_), Some(_)) => self.unwind_return(),
            _ => Ok(Go::On),
        }
    }

    fn with_cleanup(&mut self) -> Outcome {
        let room = self.machine.facts.stack as usize;
        let pending = self.pop_pending()?;
        for part in [1, 0] {
            let word = self.pop()?;
            check(word == Word::Exit(part), || format!("{word:?} is not __exit__"))?;
        }
        check(self.stack.len() + 5 <= room, || "no room to call __exit__".into())?;
        match pending {
            (Word::Exception, _) if self.random.one_in(2) => self.push(Word::None)?,
            (word, None) => self.push(word)?,
            (cause, Some(data)) => {
                self.push(data)?;
                self.push(cause)?;
            }
        }
        let next = Instruction::decode(&self.machine.code.code, self.next).map_err(|error| format!("{error:?}"))?;
        check(next.op == Op::EndFinally, || "WITH_CLEANUP without END_FINALLY".into())
    }

    fn rotate(&mut self, n: usize) -> Outcome {
        self.peek(n - 1)?;
        let start = self.stack.len() - n;
        for &word in &self.stack[start..] {
            let is_whole = !matches!(word, Word::Iterator(..) | Word::Exit(_));
            check(is_whole, || format!("{word:?} is moved"))?;
        }
        self.stack[start..].rotate_right(1);
        Ok(())
    }

    /// Of the open blocks only the innermost may have become active on the way to the next instruction.
    fn check_blocks(&self) -> Outcome {
        for (i, block) in self.blocks.iter().enumerate() {
            let (was_active, is_active) = (block.handler <= self.pc, block.handler <= self.next);
            let is_right = was_active == is_active || is_active && i + 1 == self.blocks.len();
            check(is_right, || format!("control passes the handler at {}", block.handler))?;
        }
        Ok(())
    }

    fn step(&mut self) -> Outcome<Go> {
        self.check_blocks()?;
        self.pc = self.next;
        let code = &self.machine.code.code;
        let instruction = Instruction::decode(code, self.pc).map_err(|error| format!("{error:?}"))?;
        self.next = instruction.end();
        if self.random.one_in(self.calm) {
            return self.raise();
        }
        self.execute(&instruction)
    }

    fn execute(&mut self, instruction: &Instruction) -> Outcome<Go> {
        use Op::*;
        let index = instruction.index();
        let n = index as usize;
        let has = |table: usize, what: &str| check(n < table, || format!("no {what} {n}"));
        match instruction.op {
            LoadConstString | LoadName | LoadGlobal | DeleteName | DeleteGlobal => {
                has(self.machine.module.qstrs.len(), "name")?;
                if !matches!(instruction.op, DeleteName | DeleteGlobal) {
                    self.push(Word::Object)?;
                }
            }
            LoadAttr | ImportFrom | LoadMethod | StoreName | StoreGlobal => {
                has(self.machine.module.qstrs.len(), "name")?;
                self.pop_objects(1)?;
                match instruction.op {
                    LoadAttr => self.push(Word::Object)?,
                    ImportFrom => self.push_objects(2)?,
                    LoadMethod => {
                        self.push(Word::Object)?;
                        self.push(Word::MethodSelf)?;
                    }
                    _ => {}
                }
            }
            LoadSuperMethod => {
                has(self.machine.module.qstrs.len(), "name")?;
                self.pop_objects(3)?;
                self.push(Word::Object)?;
                self.push(Word::MethodSelf)?;
            }
            StoreAttr => {
                has(self.machine.module.qstrs.len(), "name")?;
                self.pop_objects(1)?;
                self.pop_object_or_null()?;
            }
            ImportName => {
                has(self.machine.module.qstrs.len(), "name")?;
                self.pop_objects(2)?;
                self.push(Word::Object)?;
            }
            LoadConstObj => {
                let constant = self.machine.module.constants.get(n).ok_or("no such constant")?;
                check(is_object(constant), || "a constant that is no object".into())?;
                self.push(Word::Object)?;
            }
            LoadConstSmallInt | LoadConstSmallIntMulti | LoadConstFalse | LoadConstTrue | LoadBuildClass | BuildMap => {
                self.push(Word::Object)?;
            }
            LoadConstNone => self.push(Word::None)?,
            LoadNull => self.push(Word::Null)?,
            MakeFunction => self.make_function(instruction, false, 0)?,
            MakeFunctionDefargs => self.make_function(instruction, true, 0)?,
            MakeClosure => self.make_function(instruction, false, instruction.extra.into())?,
            MakeClosureDefargs => self.make_function(instruction, true, instruction.extra.into())?,
            LoadFastN | LoadFastMulti => match *self.local(index)? {
                Local::Unset => return self.raise(),
                Local::Object => self.push(Word::Object)?,
                Local::Cell => self.push(Word::Cell)?,
            },
            StoreFastN | StoreFastMulti => {
                self.pop_objects(1)?;
                let local = self.local(index)?;
                check(*local != Local::Cell, || "a cell is overwritten".into())?;
                *local = Local::Object;
            }
            DeleteFast => {
                let local = self.local(index)?;
                check(*local != Local::Cell, || "a cell is deleted".into())?;
                if *local == Local::Unset {
                    return self.raise();
                }
                *local = Local::Unset;
            }
            LoadDeref | StoreDeref | DeleteDeref => {
                let local = *self.local(index)?;
                check(local == Local::Cell, || format!("{local:?} is used as a cell"))?;
                match instruction.op {
                    LoadDeref => self.push(Word::Object)?,
                    StoreDeref => self.pop_objects(1)?,
                    _ => {}
                }
            }
            BuildTuple | BuildList | BuildSet | BuildSlice => {
                check(instruction.op != BuildSlice || matches!(n, 2 | 3), || "a strange slice".into())?;
                self.pop_objects(n)?;
                self.push(Word::Object)?;
            }
            StoreComp => {
                check(n & 3 < 3, || "a strange comprehension".into())?;
                let collection = self.peek(n >> 2)?;
                check(collection.is_object(), || format!("{collection:?} is a collection"))?;
                self.pop_objects(if n & 3 == 1 { 2 } else { 1 })?;
            }
            UnpackSequence => {
                self.pop_objects(1)?;
                self.push_objects(n)?;
            }
            UnpackEx => {
                self.pop_objects(1)?;
                self.push_objects((n & 0xff) + (n >> 8) + 1)?;
            }
            CallFunction | CallMethod | CallFunctionVarKw | CallMethodVarKw => {
                let is_starred = matches!(instruction.op, CallFunctionVarKw | CallMethodVarKw);
                self.pop_objects(is_starred.into())?;
                for _ in 0..n >> 8 {
                    self.pop_objects(1)?;
                    let key = self.pop_object_or_null()?;
                    check(is_starred || key != Word::Null, || "null is a keyword".into())?;
                }
                self.pop_objects(n & 0xff)?;
                if matches!(instruction.op, CallMethod | CallMethodVarKw) && self.peek(0)? == Word::MethodSelf {
                    self.pop()?;
                } else if matches!(instruction.op, CallMethod | CallMethodVarKw) {
                    self.pop_object_or_null()?;
                }
                self.pop_objects(1)?;
                self.push(Word::Object)?;
            }
            UnwindJump => {
                let target = instruction.target().ok_or("a jump to nowhere")?;
                return self.unwind_jump(target, instruction.extra.into());
            }
            Jump => self.jump(instruction)?,
            PopJumpIfTrue | PopJumpIfFalse => {
                self.pop_objects(1)?;
                if self.random.one_in(2) {
                    self.jump(instruction)?;
                }
            }
            JumpIfTrueOrPop | JumpIfFalseOrPop => {
                check(self.peek(0)?.is_object(), || "a condition that is no object".into())?;
                if self.random.one_in(2) {
                    self.jump(instruction)?;
                } else {
                    self.pop()?;
                }
            }
            SetupWith => {
                self.pop_objects(1)?;
                self.push(Word::Exit(0))?;
                self.push(Word::Exit(1))?;
                self.setup(instruction, 2)?;
                self.push(Word::Object)?;
            }
            SetupExcept => self.setup(instruction, 0)?,
            SetupFinally => {
                let handler = instruction.target().ok_or("a handler nowhere")?;
                let is_async = finally_entry(&self.machine.code.code, handler).exception != handler;
                self.setup(instruction, is_async.into())?;
            }
            PopExceptJump => {
                let block = self.blocks.pop().ok_or("no block to close")?;
                check(block.op == SetupExcept, || "the block is of another kind".into())?;
                self.jump(instruction)?;
            }
            ForIter => {
                self.is_iterator()?;
                if self.random.one_in(2) {
                    self.pop_iterator()?;
                    self.jump(instruction)?;
                } else {
                    self.push(Word::Object)?;
                }
            }
            LoadSubscr | BinaryOpMulti => {
                self.pop_objects(2)?;
                self.push(Word::Object)?;
            }
            StoreSubscr => {
                self.pop_objects(2)?;
                self.pop_object_or_null()?;
            }
            DupTop | DupTopTwo => {
                let words =
                    if instruction.op == DupTop { vec![self.peek(0)?] } else { vec![self.peek(1)?, self.peek(0)?] };
                for word in words {
                    check(word.is_object(), || format!("{word:?} is copied"))?;
                    self.push(word)?;
                }
            }
            PopTop => {
                let word = self.pop()?;
                check(word.is_object() || matches!(word, Word::Iterator(..)), || format!("{word:?} is dropped"))?;
            }
            RotTwo => self.rotate(2)?,
            RotThree => self.rotate(3)?,
            WithCleanup => self.with_cleanup()?,
            EndFinally => return self.end_finally(),
            GetIter | UnaryOpMulti => {
                self.pop_objects(1)?;
                self.push(Word::Object)?;
            }
            GetIterStack => {
                self.pop_objects(1)?;
                self.serial += 1;
                (0..4).try_for_each(|part| self.push(Word::Iterator(self.serial, part)))?;
            }
            StoreMap => {
                self.pop_objects(3)?;
                self.push(Word::Object)?;
            }
            ReturnValue => {
                let word = self.pop()?;
                check(word.is_object() || word == Word::Cell, || format!("{word:?} is returned"))?;
                return self.unwind_return();
            }
            RaiseLast => return self.raise(),
            RaiseObj => {
                self.pop_objects(1)?;
                return self.raise();
            }
            RaiseFrom => {
                self.pop_objects(2)?;
                return self.raise();
            }
            YieldValue | YieldFrom => {
                check(self.machine.signature.is_generator(), || "a yield outside a generator".into())?;
                self.pop_objects(if instruction.op == YieldFrom { 2 } else { 1 })?;
                self.push(Word::Object)?;
                // An exception that is thrown in is raised at the next instruction.
                if self.random.one_in(4) {
                    self.pc = self.next;
                    return self.raise();
                }
            }
            ImportStar => self.pop_objects(1)?,
        }
        Ok(Go::On)
    }
}

fn is_object(constant: &Constant<'_>) -> bool {
    match constant {
        Constant::FunctionTable => false,
        Constant::Tuple(items) => items.iter().all(is_object),
        _ => true,
    }
}

/// Whether a code object is bytecode.
pub fn is_bytecode(code: &RawCode<'_>) -> bool {
    code.kind == Kind::Bytecode
}
