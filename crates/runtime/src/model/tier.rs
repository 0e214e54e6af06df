//! The tier above the interpreter: machine code for bytecode that runs often.
//!
//! A [`Translate`] makes the machine code; the crate `berus-jit` has one. Here is what an interpreter keeps of the tier:
//! which instructions have machine code, and the objects that machine code needs to leave at any time.

use alloc::boxed::Box;
use core::cell::{Cell, OnceCell};

use crate::heap::Collection;

/// When bytecode is translated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// When it is found running: a look at every thousandth call or backward jump tells.
    Often,
    /// As [`When::Often`], but nothing in the first [`PATIENCE`] calls and backward jumps: a program that ends before pays
    /// nothing for the tier.
    Later,
    /// Before it is run.
    First,
}

/// Translates bytecode into machine code, for an interpreter (a [`Vm`](crate::model::vm::Vm)).
///
/// # Safety
/// What machine code does with the interpreter's memory is what the interpreter itself does with the same bytecode.
/// Machine code is only run where [`run`](Translate::run) is called.
pub unsafe trait Translate<Interpreter> {
    /// The address of machine code that goes on with the top frame at its instruction pointer, where that follows a
    /// backward jump or begins a function; `None` if there is to be none.
    fn translate(&self, vm: &Interpreter) -> Option<usize>;

    /// Whether translating has not taken too much of the program's work; if it has, there may be room later.
    fn has_room(&self, vm: &Interpreter) -> bool;

    /// Runs machine code that [`translate`](Translate::translate) has answered for the frame as it is now, until the
    /// interpreter is to go on: how it goes on, as [`interpret::tier`](crate::interpret::tier) numbers that.
    ///
    /// # Safety
    /// The machine code is for the code of the top frame and where that is, and still there.
    unsafe fn run(&self, vm: &Interpreter, machine: usize) -> usize;

    /// Tells whoever wants to know of it what has become of machine code until now. By default nobody does.
    fn tell(&self) {}

    /// Drops machine code of code objects that are no longer alive, as `is_alive` says by their address.
    fn forget(&self, is_alive: &dyn Fn(usize) -> bool);
}

/// Calls and backward jumps before anything is translated [`When::Later`]: about a quarter of a millisecond of the interpreter.
/// What ends earlier hardly earns what machine code costs.
pub const PATIENCE: u32 = 4_096;

/// Floats that are kept in store, so that machine code can always leave: as many as it has registers for floats.
pub const STORE: usize = 16;

/// Entries of the table of machine code.
const ENTRIES: usize = 1024;

/// How often an instruction is seen when the interpreter looks where the program is before machine code is made for it.
/// Code that has run so long will probably run as long again, which is about what machine code costs.
const LOOKS: usize = 2;

/// Machine code that goes on at an instruction.
#[derive(Clone, Copy, Default)]
pub(crate) struct Entry {
    /// The address of the instruction.
    ip: usize,
    /// The address of the code object.
    code: usize,
    /// The address of the machine code; 0 if none is to be made. Up to [`LOOKS`], how often the instruction has been seen.
    machine: usize,
}

/// What an interpreter has of the tier.
pub(crate) struct Tier<Interpreter> {
    state: OnceCell<Box<State<Interpreter>>>,
    /// The state of a tier that begins later.
    waiting: Cell<Option<Box<State<Interpreter>>>>,
}

impl<Interpreter> Default for Tier<Interpreter> {
    fn default() -> Tier<Interpreter> {
        Tier { state: OnceCell::new(), waiting: Cell::new(None) }
    }
}

/// The state of a tier that is there.
pub(crate) struct State<Interpreter> {
    pub translator: Box<dyn Translate<Interpreter>>,
    pub when: When,
    /// The table of machine code, once there is some.
    entries: OnceCell<Box<[Cell<Entry>]>>,
    /// How many instructions of machine code have the interpreter run something on top of them.
    pub nested: Cell<u32>,
    /// The words of floats in store; 0 for none.
    pub store: [Cell<usize>; STORE],
    /// Whether the store is full.
    pub is_stocked: Cell<bool>,
    /// What was found in a dict last, until the next collection.
    pub found: Cell<Found>,
}

/// Where a key, a string or small int, was found in a dict, by words: code that looks for an item mostly stores one under
/// the same key next.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub dict: usize,
    pub key: usize,
    /// The number of the entry.
    pub at: usize,
    /// The key of the entry, which equals the key that was looked for.
    pub same: usize,
}

/// What is known of machine code for an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// The address of machine code.
    Machine(usize),
    /// None is to be made.
    None,
    Nothing,
}

impl<Interpreter> State<Interpreter> {
    #[inline(always)]
    fn entry(&self, ip: *const u8) -> Option<&Cell<Entry>> {
        let address = ip.addr();
        self.entries.get()?.get((address ^ address >> 10) % ENTRIES)
    }

    /// What is known of machine code for the instruction at `ip` of the code object at `code`.
    #[inline(always)]
    pub fn find(&self, ip: *const u8, code: usize) -> Known {
        let Some(entry) = self.entry(ip).map(Cell::get) else { return Known::Nothing };
        if entry.ip != ip.addr() || entry.code != code {
            Known::Nothing
        } else if entry.machine > LOOKS {
            Known::Machine(entry.machine)
        } else if entry.machine == 0 {
            Known::None
        } else {
            Known::Nothing
        }
    }

    /// Notes that the instruction at `ip` of the code object at `code`, for which there is no machine code yet, has been
    /// seen: whether that is to be made now.
    pub fn is_worth_it(&self, ip: *const u8, code: usize) -> bool {
        let entry = self.entry(ip).map(Cell::get).filter(|entry| entry.ip == ip.addr() && entry.code == code);
        let seen = 1 + entry.map_or(0, |entry| entry.machine);
        let is_worth_it = self.when == When::First || seen >= LOOKS;
        if !is_worth_it {
            self.note(ip, code, Some(seen));
        }
        is_worth_it
    }

    /// Notes what [`State::find`] is to answer.
    pub fn note(&self, ip: *const u8, code: usize, machine: Option<usize>) {
        self.entries.get_or_init(|| (0..ENTRIES).map(|_| Cell::default()).collect());
        if let Some(entry) = self.entry(ip) {
            entry.set(Entry { ip: ip.addr(), code, machine: machine.unwrap_or(0) });
        }
    }

    /// Fills the store with floats that `new` makes; false if that has none.
    pub fn fill_store(&self, mut new: impl FnMut() -> Option<usize>) -> bool {
        for place in self.store.iter().filter(|place| place.get() == 0) {
            let Some(float) = new() else { return false };
            place.set(float);
        }
        self.is_stocked.set(true);
        true
    }
}

impl<Interpreter> Tier<Interpreter> {
    #[inline(always)]
    pub fn state(&self) -> Option<&State<Interpreter>> {
        self.state.get().map(|state| &**state)
    }

    /// Has the tier begin with `translator`, now or when [`Tier::begin_at_last`] is called.
    pub fn begin(&self, translator: Box<dyn Translate<Interpreter>>, when: When) {
        self.waiting.set(Some(Box::new(State {
            translator,
            when,
            entries: OnceCell::new(),
            nested: Cell::new(0),
            store: [const { Cell::new(0) }; STORE],
            is_stocked: Cell::new(false),
            found: Cell::default(),
        })));
        if when != When::Later {
            self.begin_at_last();
        }
    }

    /// Begins the tier that waits. An interpreter keeps the first that has begun.
    pub fn begin_at_last(&self) {
        if let Some(state) = self.waiting.take() {
            let _ = self.state.set(state);
        }
    }

    /// Keeps the floats in store.
    pub fn keep(&self, collection: &mut Collection<'_>) {
        let floats = self.state().into_iter().flat_map(|state| &state.store);
        floats.for_each(|float| collection.keep(float.get()));
    }

    /// Drops machine code whose code object the collection is about to free.
    pub fn forget_freed(&self, collection: &Collection<'_>) {
        let Some(state) = self.state() else { return };
        // Another key may come to lie where one lay.
        state.found.set(Found::default());
        let is_alive = |address: usize| {
            core::ptr::NonNull::new(core::ptr::without_provenance_mut(address))
                .is_some_and(|block| collection.is_alive(block))
        };
        for entry in state.entries.get().into_iter().flatten() {
            if entry.get().code != 0 && !is_alive(entry.get().code) {
                entry.set(Entry::default());
            }
        }
        state.translator.forget(&is_alive);
    }
}
