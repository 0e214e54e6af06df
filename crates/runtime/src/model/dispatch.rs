//! The handlers of instructions, as an interpreter has them.

use core::cell::Cell;

use berus_mpy::opcode::Op;

use crate::model::registers::{Fp, Ip, Running, Sp};
use crate::model::vm::Vm;

/// Whether handlers return to a loop after each instruction; the build script decides.
pub(crate) const PLAIN: bool = cfg!(not(berus_jumps));

/// Why the interpreter stops running instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// The next instruction of the top frame is to be run: with [`PLAIN`] after each instruction, else while the
    /// interpreter steps.
    Next,
    /// A function called by Rust code has returned; the value waits in the interpreter state.
    Returned,
    /// A generator resumed by Rust code has yielded; the value waits in the interpreter state.
    Yielded,
    /// The execution has had its turns; the next instruction of the top frame is to be run next time.
    #[cfg(feature = "steps")]
    Paused,
    /// The execution waits for the result of a call, which goes onto the top frame's operands.
    Waiting,
    /// An exception waits, raised where the top frame's `ip` says.
    Raised,
    /// An exception waits, as with [`Exit::Raised`], that has been raised in the top frame before.
    Reraised,
}

/// The function that carries out an instruction.
pub(crate) type Handler = fn(&Vm, Running, Ip, Sp, Fp) -> Exit;

/// Whether opcodes of a group have one handler, and that is found by way of a table of bytes: most of a table of handlers
/// for each byte of code would be the same few.
pub(crate) const SHARED: bool = cfg!(all(feature = "small", not(berus_jumps), not(berus_tier)));

/// A handler for each byte of code, or, where handlers are [`SHARED`], one for bytes that are no opcodes, then one for each
/// of [`Op::ALL`].
pub(crate) type Table = [Handler; if SHARED { 1 + Op::ALL.len() } else { 256 }];

/// What an interpreter has in place of handlers while it stops before each instruction: the handler of each opcode.
#[cfg(not(berus_few_registers))]
pub(crate) type Stop = Handler;

/// What an interpreter has in place of handlers while it stops before each instruction.
#[cfg(berus_few_registers)]
pub(crate) type Stop = &'static Table;

/// The handlers through which an instruction goes on to the next: those of `table`, or while the interpreter runs
/// instructions one at a time, for each opcode `stop`.
pub(crate) struct Dispatch {
    /// The handlers of the interpreter's own: one in its memory is reached with one machine instruction less than one in the
    /// program's constants.
    #[cfg(not(berus_few_registers))]
    handlers: [Cell<Handler>; if PLAIN { 0 } else { 256 }],
    /// The handlers, where memory is scarce.
    #[cfg(berus_few_registers)]
    constant: Cell<&'static Table>,
    pub(crate) stops: Cell<bool>,
    /// The handlers that instructions have unless the interpreter steps.
    table: Cell<&'static Table>,
    /// How many wait for instructions with an opcode to stop ([`Dispatch::hold`]).
    #[cfg(berus_tier)]
    held: [Cell<u16>; 256],
    /// The handlers that are to be those of `table`, from this many rounds of ticks on.
    #[cfg(berus_tier)]
    later: Cell<Option<(u32, &'static Table)>>,
    stop: Stop,
}

impl Dispatch {
    pub fn new(table: &'static Table, stop: Stop) -> Dispatch {
        Dispatch {
            #[cfg(berus_few_registers)]
            constant: Cell::new(table),
            #[cfg(not(berus_few_registers))]
            handlers: core::array::from_fn(|op| Cell::new(table[op])),
            stops: Cell::new(false),
            table: Cell::new(table),
            #[cfg(berus_tier)]
            held: [const { Cell::new(0) }; 256],
            #[cfg(berus_tier)]
            later: Cell::new(None),
            stop,
        }
    }

    /// Whether instructions stop before the next instead of going on to it.
    #[inline(always)]
    pub fn stops(&self) -> bool {
        self.stops.get()
    }

    /// Sets whether instructions stop before the next or go on to it.
    pub fn set_stops(&self, stops: bool) {
        if self.stops.replace(stops) != stops {
            self.fill();
        }
    }

    /// The handler through which instructions with the opcode `op` are run.
    #[inline(always)]
    pub fn handler(&self, op: u8) -> Handler {
        #[cfg(not(berus_few_registers))]
        return self.handlers[usize::from(op)].get();
        #[cfg(berus_few_registers)]
        return self.constant.get()[usize::from(op)];
    }

    /// Sets all handlers as they are to be now.
    #[cfg(berus_few_registers)]
    fn fill(&self) {
        self.constant.set(if self.stops() { self.stop } else { self.table.get() });
    }

    /// Sets all handlers as they are to be now.
    #[cfg(not(berus_few_registers))]
    fn fill(&self) {
        for (op, (handler, real)) in self.handlers.iter().zip(self.table.get()).enumerate() {
            handler.set(if self.stops() || self.is_held(op) { self.stop } else { *real });
        }
    }

    #[cfg(not(any(berus_tier, berus_few_registers)))]
    fn is_held(&self, _: usize) -> bool {
        false
    }
}

#[cfg(berus_tier)]
impl Dispatch {
    fn is_held(&self, op: usize) -> bool {
        self.held[op].get() > 0
    }

    /// The handlers that instructions have unless the interpreter steps.
    #[inline(always)]
    pub fn table(&self) -> &'static Table {
        self.table.get()
    }

    /// Makes `table` the handlers that instructions have unless the interpreter steps.
    pub fn set_table(&self, table: &'static Table) {
        self.table.set(table);
        self.fill();
    }

    /// Makes `table` the handlers after `rounds` of ticks.
    pub fn set_table_later(&self, table: &'static Table, rounds: u32) {
        self.later.set(Some((rounds, table)));
    }

    /// The handlers that are to be set after `rounds` of ticks, if there are such.
    #[inline]
    pub fn take_due(&self, rounds: u32) -> Option<&'static Table> {
        let (_, table) = self.later.get().filter(|(due, _)| *due <= rounds)?;
        self.later.set(None);
        Some(table)
    }

    /// Has instructions with the opcode `op` stop before they are run, until as often released.
    #[inline]
    pub fn hold(&self, op: u8) {
        let op = usize::from(op);
        self.held[op].set(self.held[op].get() + 1);
        if let Some(handler) = self.handlers.get(op) {
            handler.set(self.stop);
        }
    }

    /// Undoes one [`Dispatch::hold`].
    #[inline]
    pub fn release(&self, op: u8) {
        let op = usize::from(op);
        let left = self.held[op].get() - 1;
        self.held[op].set(left);
        if left == 0
            && !self.stops()
            && let Some(handler) = self.handlers.get(op)
        {
            handler.set(self.table.get()[op]);
        }
    }
}

/// What the interpreter has to do before instructions.
#[derive(Default)]
pub(crate) struct Steps {
    /// Instructions that programs may still run; `None` if nobody counts them.
    pub(crate) left: Cell<Option<u64>>,
    /// Before how many of the next instructions the stacks are to be tidied.
    pub(crate) tidy: Cell<u8>,
    /// Whether to collect at the next safe point.
    pub(crate) collect: Cell<bool>,
    /// The turns that the running execution may still have; `None` if nobody counts them.
    pub(crate) turns: Cell<Option<u32>>,
    /// Whether the execution has had its turns, and is to pause.
    pub(crate) pause: Cell<bool>,
}
