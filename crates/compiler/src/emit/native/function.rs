//! A function as a whole: its frame, how it is entered and left, and its prelude.

use berus_mpy::memory::Stop;
use berus_mpy::module::{Kind, RawCode};
use berus_mpy::prelude::{Signature, write_sizes};
use berus_mpy::vuint;

use super::assembler::{Assembler, Test};
use super::registers::word;
use super::{Native, Step, Traits, entry};
use crate::emit::{Emit, Outcome};
use crate::error::{CompileError, ErrorKind};
use crate::scope::Scope;
use crate::viper::Type;

/// The words of the state of a call, in the frame or, for a generator, in an object (MicroPython: `py/bc.h`,
/// `mp_code_state_native_t`).
mod state {
    /// The function.
    pub const FUNCTION: u32 = 0;
    /// Where a generator goes on; in other functions the globals before the call.
    pub const GOES_ON: u32 = 1;
    /// The place of the value that a generator hands out.
    pub const SP: u32 = 2;
    /// How many local variables and values there are.
    pub const SIZE: u32 = 3;
    /// The first of them.
    pub const VALUES: u32 = 5;
    /// All words before them.
    pub const WORDS: u32 = 5;
}

/// The labels that every function has, whether it places them or not. Others follow. Their numbers count where code is
/// listed.
pub(super) mod label {
    use crate::emit::Label;

    /// Where the function is left.
    pub const EXIT: Label = Label(0);
    /// Where it is left with the globals as they were. This is where there is no handler of blocks...
    pub const EXIT_UNCHANGED: Label = Label(1);
    /// ...which begins here.
    pub const AGAIN: Label = Label(1);
    /// Where the function's own code begins.
    pub const START: Label = Label(2);
    /// Where the handler of exceptions goes on if it has caught one.
    pub const CAUGHT: Label = Label(3);
    /// Where a viper function checks the number of its arguments.
    pub const CHECK: Label = Label(4);
    /// Where it has done so.
    pub const CHECKED: Label = Label(5);
    /// How many they are.
    pub const COUNT: u32 = 6;
}

/// Why a generator comes back (MicroPython: `py/runtime.h`, `mp_vm_return_kind_t`).
pub(super) mod comes_back {
    pub const WITH_RESULT: i64 = 0;
    pub const WITH_VALUE: i64 = 1;
    pub const WITH_EXCEPTION: i64 = 2;
}

/// What is where in the frame.
///
/// First comes what the handler of exceptions needs, if there is one: the buffer for non-local returns, the result of
/// the function, and state of the handler. Then the state of the call, all of it or, in viper, its first words; then the
/// value stack, and behind it the local variables from the last to the first. In a generator the state of the call and
/// what follows is not in the frame, and its words are counted from 0.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Frame {
    /// Where the state of the call begins.
    state: u32,
    /// Where the value stack begins.
    pub stack: u32,
    /// Local variables and values of the stack together.
    size: u32,
    /// What the handler of exceptions takes.
    handler: u32,
    /// The registers in a buffer for non-local returns and what else is in it.
    nlr: u32,
}

impl Frame {
    /// The word in which a non-local return leaves the exception.
    pub const EXCEPTION: u32 = 1;

    /// The frame of a function with `locals` local variables and a value stack of `stack` values.
    pub fn new<A: Assembler>(traits: Traits, locals: u32, stack: u32) -> Frame {
        // The link, the exception, and a word that some runtimes have.
        let nlr = A::NLR_REGISTERS + 3;
        let handler = match traits {
            _ if !traits.has_handler() => 0,
            Traits { is_generator: true, .. } => nlr + 3,
            Traits { has_blocks: true, .. } => nlr + 2,
            _ => nlr + 1,
        };
        let (state, words) = match traits {
            Traits { is_viper: false, is_generator: true, .. } => (0, state::WORDS),
            Traits { is_viper: false, .. } => (handler, state::WORDS),
            // The function and the globals, or only the function to find constants, or neither.
            _ if traits.has_handler() => (handler, 2),
            Traits { has_constants: true, .. } => (handler, 1),
            _ => (handler, 0),
        };
        Frame { state, stack: state + words, size: locals + stack, handler, nlr }
    }

    /// The word with the function.
    pub fn function(&self) -> u32 {
        self.state + state::FUNCTION
    }

    /// The word with the globals before the call.
    fn old_globals(&self) -> u32 {
        self.state + state::GOES_ON
    }

    /// The word that says where a generator goes on.
    pub fn goes_on(&self) -> u32 {
        self.state + state::GOES_ON
    }

    /// The word of a generator that points to the value that it hands out.
    pub fn handed_out(&self) -> u32 {
        state::SP
    }

    /// The word with the result of the function, or why a generator comes back.
    pub fn result(&self) -> u32 {
        self.nlr
    }

    /// The word with where to go on after a block that is left by a jump.
    pub fn unwind(&self) -> u32 {
        self.nlr + 1
    }

    /// The word of a generator with what is thrown into it.
    pub fn thrown(&self) -> u32 {
        self.nlr + 2
    }

    /// The word with a local variable.
    pub fn local(&self, number: u16) -> u32 {
        (self.stack + self.size).wrapping_sub(u32::from(number) + 1)
    }
}

impl<A: Assembler> Native<'_, '_, A> {
    /// The registers that can have local variables, the first ones.
    pub(super) const REGISTER_LOCALS: [A::Reg; 2] = [A::LOCALS[0], A::LOCALS[1]];

    /// Enters the function.
    pub(super) fn enter(&mut self, scope: &Scope) {
        let table = self.tables.function_table();
        match (self.traits.is_viper, self.traits.is_generator) {
            (true, _) => self.enter_viper(scope, table),
            (false, true) => self.enter_generator(table),
            (false, false) => self.enter_native(table),
        }
        self.enter_handler();
        if !self.traits.is_viper && self.traits.has_register_locals() {
            for (register, number) in Self::REGISTER_LOCALS.into_iter().zip(0..scope.num_locals) {
                let local = self.frame.local(number);
                self.asm().load_local(register, local);
            }
        }
    }

    /// Loads the tables, given a register with the function.
    fn load_tables(&mut self, function: A::Reg, via: A::Reg, table: u32) {
        self.asm().load_word(via, function, word::FUNCTION_CONTEXT);
        self.asm().load_word(Self::QSTRS, via, word::CONTEXT_QSTRS);
        self.asm().load_word(via, via, word::CONTEXT_CONSTANTS);
        self.asm().load_word(A::FUNCTION_TABLE, via, table);
    }

    /// Enters a viper function: checks how many arguments there are and converts them to their types.
    fn enter_viper(&mut self, scope: &Scope, table: u32) {
        let positional = usize::from(scope.num_pos_args);
        let [first, last] = Self::REGISTER_LOCALS;
        let has_register_locals = self.traits.has_register_locals();
        // The last register points to the arguments; with more of them than registers it does so to the end.
        let is_crowded = positional > Self::REGISTER_LOCALS.len();
        let mut in_registers = 0;
        if has_register_locals {
            in_registers = u32::from(scope.num_locals).min(Self::REGISTER_LOCALS.len() as u32) - u32::from(is_crowded);
        }
        let words = (self.frame.stack + self.frame.size).saturating_sub(in_registers);
        self.asm().enter(words);
        let [function, ..] = A::PARENT_ARGS;
        self.asm().receive(0);
        self.load_tables(function, A::FUNCTION_TABLE, table);
        if self.traits.has_blocks || self.traits.has_globals || self.traits.has_constants {
            let local = self.frame.function();
            self.asm().store_local(local, function);
        }

        self.asm().argument(1, A::ARGS[0]);
        self.asm().argument(2, A::ARGS[1]);
        self.asm().argument(3, last);
        self.asm().jump_if(A::ARGS[1], Test::True, label::CHECK);
        self.asm().load_number(A::ARGS[2], positional as i64);
        self.asm().jump_if_equal(A::ARGS[0], A::ARGS[2], label::CHECKED);
        self.asm().place(label::CHECK);
        // As many as must be and may be, and no keywords.
        let positional = u32::from(scope.num_pos_args);
        self.asm().load_number(A::ARGS[2], i64::from(positional << 17 | positional << 1));
        self.asm().call(entry::CHECK_ARGUMENTS);
        self.asm().place(label::CHECKED);

        for number in 0..scope.num_pos_args {
            self.asm().load_word(A::ARGS[0], last, number.into());
            let mut source = A::ARGS[0];
            let of = self.local_type(number);
            if of != Type::Object {
                self.call_with(entry::TO_NATIVE, &[(A::ARGS[1], of as i64)]);
                source = A::RET;
            }
            match number {
                0 if has_register_locals => self.asm().copy(first, source),
                1 if has_register_locals && !is_crowded => self.asm().copy(last, source),
                _ => {
                    let local = self.frame.local(number);
                    self.store_state(local, source);
                }
            }
        }
        if is_crowded && has_register_locals {
            let local = self.frame.local(1);
            self.asm().load_local(last, local);
        }
    }

    /// Enters a generator, when it is resumed too: its state is the first argument, what to throw into it the second.
    fn enter_generator(&mut self, table: u32) {
        self.write_header();
        let start = self.kept.start;
        self.asm().code().write_number(A::WORD as usize, start.into());
        let words = self.frame.handler;
        self.asm().enter(words);
        self.asm().argument(0, Self::GENERATOR);
        let [_, thrown, ..] = A::PARENT_ARGS;
        self.asm().receive(1);
        let local = self.frame.thrown();
        self.asm().store_local(local, thrown);
        let function = self.frame.function();
        self.asm().load_word(A::TEMPS[0], Self::GENERATOR, function);
        self.load_tables(A::TEMPS[0], A::TEMPS[0], table);
    }

    /// Enters any other function: the runtime puts the arguments where they belong.
    fn enter_native(&mut self, table: u32) {
        self.write_header();
        let words = self.frame.stack + self.frame.size;
        self.asm().enter(words);
        (0..A::PARENT_ARGS.len()).for_each(|number| self.asm().receive(number));
        let [function, ..] = A::PARENT_ARGS;
        self.load_tables(function, A::FUNCTION_TABLE, table);
        let local = self.frame.function();
        self.asm().store_local(local, function);
        let (local, size) = (self.frame.state + state::SIZE, self.frame.size);
        self.asm().load_number(A::ARGS[0], size.into());
        self.asm().store_local(local, A::ARGS[0]);
        let local = self.frame.state;
        self.asm().local_address(A::ARGS[0], local);
        for (dest, source) in A::ARGS.into_iter().zip(A::PARENT_ARGS).skip(1).filter(|(a, b)| a != b) {
            self.asm().copy(dest, source);
        }
        self.asm().call_setup();
    }

    /// Writes the word before the code: which of the function's children is its prelude.
    fn write_header(&mut self) {
        let children = self.kept.children;
        self.asm().code().write_number(A::WORD as usize, children.into());
    }

    /// Begins the handler of exceptions that is around the whole function, if it needs one.
    fn enter_handler(&mut self) {
        if !self.traits.has_handler() {
            return;
        }
        let is_generator = self.traits.is_generator;
        if !is_generator {
            let function = self.frame.function();
            self.load_state(A::ARGS[0], function);
            self.asm().load_word(A::ARGS[0], A::ARGS[0], word::FUNCTION_CONTEXT);
            self.asm().load_word(A::ARGS[0], A::ARGS[0], word::CONTEXT_GLOBALS);
            self.call(entry::SWAP_GLOBALS);
            // Null if they are the same.
            let globals = self.frame.old_globals();
            self.store_state(globals, A::RET);
        }
        if self.traits.has_blocks {
            self.enter_blocks();
        } else {
            if !is_generator {
                self.asm().jump_if(A::RET, Test::Zero, label::START);
            }
            self.push_handler();
            self.asm().jump_if(A::RET, Test::False, label::START);
        }

        // An exception leaves the function.
        if is_generator {
            self.asm().load_local(A::TEMPS[0], Frame::EXCEPTION);
            self.asm().store_word(A::TEMPS[0], Self::GENERATOR, state::VALUES);
            self.asm().load_number(A::PARENT_RET, comes_back::WITH_EXCEPTION);
            self.asm().exit();
        } else {
            let globals = self.frame.old_globals();
            self.load_state(A::ARGS[0], globals);
            self.call(entry::SWAP_GLOBALS);
            self.asm().load_local(A::ARGS[0], Frame::EXCEPTION);
            self.call(entry::RAISE);
        }

        self.place(label::START);
        if is_generator {
            let goes_on = self.frame.goes_on();
            self.load_state(A::TEMPS[0], goes_on);
            self.asm().jump_to_register(A::TEMPS[0]);
            self.kept.start = self.kept.asm.code().position();
            self.raise_thrown();
        }
    }

    /// Makes the function's handler of exceptions the innermost. Afterwards the result is not zero if one has come.
    pub(super) fn push_handler(&mut self) {
        self.asm().local_address(A::ARGS[0], 0);
        self.call(entry::NLR_PUSH);
        if A::NLR_SETJMP {
            self.asm().local_address(A::ARGS[0], 2);
            self.call(entry::SETJMP);
        }
    }

    /// Leaves the function.
    fn leave(&mut self) {
        self.place(label::EXIT);
        if self.traits.has_handler() {
            let is_generator = self.traits.is_generator;
            let may_skip = !is_generator && !self.traits.has_blocks;
            if !is_generator {
                let globals = self.frame.old_globals();
                self.load_state(A::ARGS[0], globals);
                if may_skip {
                    self.asm().jump_if(A::ARGS[0], Test::Zero, label::EXIT_UNCHANGED);
                }
                self.call(entry::SWAP_GLOBALS);
            }
            self.call(entry::NLR_POP);
            if may_skip {
                self.place(label::EXIT_UNCHANGED);
            }
            let result = self.frame.result();
            self.asm().load_local(A::PARENT_RET, result);
        }
        self.asm().exit();
    }

    /// Writes the prelude, which is that of bytecode without lines.
    fn write_prelude(&mut self, scope: &Scope) -> Result<(), Stop> {
        let signature = Signature {
            n_state: self.frame.size,
            n_exc_stack: 0,
            scope_flags: scope.flags,
            n_pos_args: scope.num_pos_args.into(),
            n_kwonly_args: scope.num_kwonly_args.into(),
            n_def_pos_args: scope.num_def_pos_args.into(),
        };
        let quota = self.tables.quota;
        let arg_names = self.tables.arg_names(scope)?;
        let n_cells = scope.cells().count();
        // Besides, the signature, the sizes and the function's name.
        let mut prelude = quota.with_capacity(vuint::MAX_LEN * arg_names.len() + n_cells + 64)?;
        signature.write(&mut prelude);
        write_sizes(&mut prelude, self.kept.info_size, self.kept.cells_size);
        let info = prelude.len();
        vuint::write(&mut prelude, self.tables.qstr(scope.name));
        for &name in &arg_names {
            vuint::write(&mut prelude, self.tables.qstr(name));
        }
        self.kept.info_size = (prelude.len() - info) as u32;
        let cells = prelude.len();
        prelude.extend(scope.cells().map(|local| local as u8));
        self.kept.cells_size = (prelude.len() - cells) as u32;
        self.asm().code().write(&prelude);
        quota.free(prelude);
        quota.free(arg_names);
        Ok(())
    }

    /// Ends the walk.
    ///
    /// # Errors
    /// If the function has more local variables and values than the state of a call can count, or than the machine can have.
    pub(super) fn finish(&mut self, scope: &Scope) -> Result<Outcome, CompileError> {
        if !self.traits.is_viper && self.frame.size > u16::MAX.into() {
            return Err(CompileError::new(ErrorKind::Runtime, "bytecode overflow"));
        }
        self.leave();
        if self.asm().code().is_cut_short() {
            return Err(self.tables.quota.run_out().into());
        }
        let prelude_offset = self.asm().code().position();
        self.kept.children = self.tables.child_count();
        if !self.traits.is_viper {
            self.write_prelude(scope)?;
        }
        let is_settled = self.asm().finish()?;
        self.kept.stack_size = self.kept.stack_size.max(self.stack.max_size() as u32);
        let children = self.tables.take_children()?;
        match self.kept.step {
            Step::Stack => self.kept.step = Step::Labels,
            Step::Labels if is_settled => self.kept.step = Step::Code,
            Step::Labels => {}
            Step::Code => {
                self.kept.step = Step::Stack;
                let kind = if self.traits.is_viper {
                    Kind::Viper { scope_flags: 0, rodata: None, bss: None, relocations: None }
                } else {
                    // As wide as mpy-cross keeps it.
                    Kind::Native { prelude_offset: u32::from(prelude_offset as u16), relocations: None }
                };
                let code = self.tables.quota.copy(self.kept.asm.code().bytes())?;
                return Ok(Outcome::Done(RawCode { code: code.into(), kind, children }));
            }
        }
        Ok(Outcome::Again)
    }
}
