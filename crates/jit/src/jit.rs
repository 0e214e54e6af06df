//! The translator as an interpreter has it: regions by code object, exits, memory.

use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};

use berus_runtime::host::{Executable, MachineCode, Room};
use berus_runtime::interpret::tier::{self, Facts, RESUME, Spot, View};
use berus_runtime::model::tier::{Translate, When};
use berus_runtime::model::vm::Vm;

use crate::asm::Xmm;
use crate::context::{Context, Place};
use crate::enter::{Saved, enter};
use crate::links::{self, Links, Numbers};
use crate::region::{self, Constant, Knowledge, Version};
use crate::share::Share;

/// Bytes of memory for machine code that an interpreter may have, unless it is given another limit.
const BYTES: usize = 16 << 20;

/// How often an exit is taken before a region is made for what follows. A region takes as long to make as a few hundred
/// exits.
const OFTEN: u32 = 15;

/// How often an exit is taken before it is asked whether machine code that is left there was worth entering, and how often
/// that is answered with no before there is no other try.
const TRIAL: u32 = 64;
const TRIALS: u8 = 2;

/// What a [`Report`] is told.
pub enum Event<'a> {
    /// A region has been made.
    Translated(Translated<'a>),
    /// Machine code that is about to go has been left.
    Left(Left<'a>),
}

/// Where machine code has been left to the interpreter.
pub struct Left<'a> {
    /// The name of the function.
    pub function: &'a [u8],
    /// The line of the instruction before which machine code was left.
    pub line: u32,
    /// The instruction's first byte.
    pub opcode: u8,
    /// Why machine code has this exit.
    pub why: Why,
    /// How often machine code was left here.
    pub times: u32,
    /// Whether another region was made in the end, so that machine code goes on.
    pub goes_on: bool,
}

/// Why machine code has an exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Nothing was known of an operand's type when the region was made.
    Unknown,
    /// A guess did not hold: an operand has another type, a number is too large, a name is elsewhere.
    Other,
    /// The interpreter does this: exceptions, rare results, returns to it.
    Interpreter,
    /// It was time to look at events.
    Events,
}

/// What is told of a region.
pub struct Translated<'a> {
    /// The name of the function.
    pub function: &'a [u8],
    /// The line of the region's first instruction.
    pub line: u32,
    /// Whether the region goes on where another asked.
    pub goes_on: bool,
    /// The instructions of the function.
    pub bytecode: &'a [u8],
    /// The machine code, and where it lies.
    pub code: &'a [u8],
    /// See `code`.
    pub address: usize,
    /// Where stretches of machine code begin, and the offset of the instruction each is for; behind the last instruction
    /// is the code of exits, for which that is `usize::MAX`.
    pub stretches: &'a [(usize, usize)],
}

/// Is told of each region that is made, and when a function's machine code goes of each exit that was taken.
pub type Report = fn(&Event<'_>);

/// A translator for one interpreter.
pub struct Jit {
    facts: Facts,
    when: When,
    report: Option<Report>,
    links: Links,
    state: RefCell<State>,
    limit: usize,
    share: Share,
    /// Where the innermost running machine code was entered, and how many calls and backward jumps there had been.
    entered: Cell<(Spot, u64)>,
}

#[derive(Default)]
struct State {
    units: BTreeMap<usize, Unit>,
    /// The exits by the numbers of their links.
    exits: Vec<Option<Rc<Exit>>>,
    numbers: Numbers,
    /// Bytes of machine code.
    bytes: usize,
}

/// The machine code of a code object.
#[derive(Default)]
struct Unit {
    knowledge: Knowledge,
    rooms: Vec<(Room, usize)>,
    /// Code of hosts that have no rooms.
    pieces: Vec<Executable>,
    /// Bytes of memory.
    bytes: usize,
    /// The numbers of its links.
    numbers: Vec<usize>,
    /// The name of the function, if somebody is to be told of it.
    name: Vec<u8>,
}

/// The least bytes of memory for machine code.
const PAGE: usize = 4096;

impl Unit {
    /// Puts machine code into memory that can be executed: the code's address.
    fn place(&mut self, host: &dyn MachineCode, code: &[u8]) -> Option<usize> {
        let len = code.len().next_multiple_of(16);
        let address = |bytes: &[u8]| bytes.as_ptr().expose_provenance();
        if let Some((room, used)) = self.rooms.last_mut()
            && room.write(*used, code)
        {
            *used += len;
            return Some(address(room.bytes()) + *used - len);
        }
        let size = len.next_multiple_of(PAGE).max(PAGE << self.rooms.len().min(4));
        if let Some(mut room) = host.room(size)
            && room.write(0, code)
        {
            let address = address(room.bytes());
            self.bytes += size;
            self.rooms.push((room, len));
            return Some(address);
        }
        let piece = host.install(code.len(), &mut |memory| {
            if let Some(start) = memory.get_mut(..code.len()) {
                start.copy_from_slice(code);
            }
        })?;
        let address = address((*piece).as_ref());
        self.bytes += code.len().next_multiple_of(PAGE);
        self.pieces.push(piece);
        Some(address)
    }
}

struct Exit {
    offset: usize,
    context: Context,
    why: Why,
    /// The line and the opcode of the instruction, if somebody is to be told of them.
    place: (u32, u8),
    taken: Cell<u32>,
    /// How often it was taken without a call or backward jump since machine code was entered.
    idle: Cell<u32>,
    /// How often that was so of most of the times in a trial.
    failed: Cell<u8>,
    /// Whether a region has been asked for, and has been made.
    has_asked: Cell<bool>,
    goes_on: Cell<bool>,
}

impl Exit {
    /// Whether another region may begin there.
    fn is_linkable(&self) -> bool {
        matches!(self.why, Why::Unknown | Why::Other)
    }
}

impl Jit {
    /// A translator that is to be given to one interpreter, with `when`; `report` is told of each region.
    pub fn new(when: When, report: Option<Report>) -> Jit {
        Jit {
            facts: Facts::new(),
            when,
            report,
            links: Links::default(),
            state: RefCell::default(),
            limit: BYTES,
            share: Share::default(),
            entered: Cell::default(),
        }
    }

    /// The translator with a limit of its own for the memory that machine code takes, in bytes; by default that is 16 MiB.
    /// Once the limit is passed, by one room for a function at most, nothing more is translated until functions are gone.
    pub fn with_limit(mut self, bytes: usize) -> Jit {
        self.limit = bytes;
        self
    }

    /// Makes the region that begins where the frame is, with `context`; its address.
    fn make(&self, vm: &Vm, view: View<'_>, context: Context, goes_on: bool) -> Option<usize> {
        let host = vm.host().machine_code()?;
        let mut state = self.state.borrow_mut();
        let State { units, exits, numbers, bytes } = &mut *state;
        let unit = units
            .entry(view.code())
            .or_insert_with(|| Unit { knowledge: Knowledge::new(view.instructions()), ..Unit::default() });
        if *bytes > self.limit {
            return None;
        }
        numbers.begin();
        let made = region::make(view, &self.facts, &mut unit.knowledge, numbers, context);
        self.share.count(made.as_ref().map_or(0, |region| region.stretches.len()));
        let before = unit.bytes;
        let placed = made.and_then(|region| Some((unit.place(host, &region.bytes)?, region)));
        *bytes += unit.bytes - before;
        let Some((address, region)) = placed else {
            // The links that the region was to have are nobody's.
            unit.knowledge.objects.retain(|_, link| unit.numbers.contains(link));
            numbers.undo();
            return None;
        };
        unit.numbers.extend(numbers.taken());
        if let Some(report) = self.report {
            let (function, line) = view.place(view.offset());
            unit.name = function.to_vec();
            report(&Event::Translated(Translated {
                function,
                line,
                goes_on,
                bytecode: view.instructions(),
                code: &region.bytes,
                address,
                stretches: &region.stretches,
            }));
        }
        for (number, constant) in region.constants {
            let word = match constant {
                Constant::Object(word) => word,
                Constant::Entry(distance) => address + distance,
            };
            self.links.set(number, word);
        }
        for (number, distance, leaving) in region.exits {
            self.links.set(number, address + distance);
            let region::Leaving { offset, context, why, .. } = leaving;
            let place = match self.report {
                Some(_) => (view.place(offset).1, view.instructions().get(offset).copied().unwrap_or(0)),
                None => (0, 0),
            };
            let flags = || Cell::new(false);
            let exit = Exit {
                offset,
                context,
                why,
                place,
                taken: Cell::new(0),
                idle: Cell::new(0),
                failed: Cell::new(0),
                has_asked: flags(),
                goes_on: flags(),
            };
            if exits.len() <= number {
                exits.resize_with(number + 1, || None);
            }
            exits[number] = Some(Rc::new(exit));
        }
        unit.knowledge.versions.extend(region.versions.into_iter().map(|version| {
            let Version { offset, context, place } = version;
            Version { offset, context, place: address + place }
        }));
        Some(address)
    }

    /// The machine code for the function whose frame has just been pushed, or [`RESUME`]; has the link `number` lead there.
    pub(crate) fn entered(&self, vm: &Vm, number: usize) -> usize {
        let machine = tier::machine_of_top(vm);
        if machine != RESUME {
            self.links.set(number, machine);
        }
        machine
    }

    /// Puts the frame in order after machine code has ended at an exit. Where the exit asks, has a region made for what
    /// follows. How the interpreter goes on.
    pub(crate) fn left(&self, vm: &Vm, saved: &Saved) -> usize {
        let number = saved.gpr[usize::from(crate::asm::R11.0)];
        let Some(exit) = self.state.borrow().exits.get(number).cloned().flatten() else { return RESUME };
        let Exit { offset, context, .. } = &*exit;
        let Some(view) = View::new(vm) else { return RESUME };
        // One float in two places is one object.
        let mut objects = [0usize; 16];
        let mut float = |xmm: Xmm| {
            let number = usize::from(xmm.0);
            if objects[number] == 0 {
                objects[number] = view.float(saved.xmm[number]);
            }
            objects[number]
        };
        for (slot, value) in context.values().enumerate() {
            let word = match (value.place, context.xmm_of(*value)) {
                (_, Some(xmm)) => float(xmm),
                (Place::Word(word), _) => word,
                (Place::Gpr(reg), _) => saved.gpr[usize::from(reg.0)],
                (Place::Local(local), _) => view.slot(local.into()),
                (Place::Memory | Place::Xmm(_), None) => continue,
            };
            // SAFETY: the slot is one of those that verification has found in use, and machine code had a value for it.
            unsafe { view.set_slot(slot, word) };
        }
        // SAFETY: the exit is at an instruction, with the operands that verification has found there.
        unsafe { view.set_place(*offset, context.values().count()) };
        if self.asks(vm, &exit) {
            self.go_on(vm, view, number, &exit);
        } else if self.when != When::First {
            self.judge(vm, &exit);
        }
        RESUME
    }

    /// Has machine code avoided that is left by `exit` again and again as soon as it has been entered.
    fn judge(&self, vm: &Vm, exit: &Exit) {
        let (spot, before) = self.entered.get();
        if tier::passed(vm) == before {
            exit.idle.set(exit.idle.get() + 1);
        }
        if exit.taken.get().is_multiple_of(TRIAL) && exit.idle.replace(0) > TRIAL / 2 {
            exit.failed.set(exit.failed.get().saturating_add(1));
            tier::avoid(vm, spot, exit.failed.get() >= TRIALS);
        }
    }

    /// Counts that an exit is taken: whether a region is to be made there.
    fn asks(&self, vm: &Vm, exit: &Exit) -> bool {
        exit.taken.set(exit.taken.get().saturating_add(1));
        let often = if self.when == When::First { 1 } else { OFTEN };
        let asks = exit.is_linkable() && exit.taken.get() >= often && !exit.has_asked.get() && self.has_room(vm);
        exit.has_asked.set(exit.has_asked.get() || asks);
        asks
    }

    /// Links an exit, before which the frame is, to a region for what follows.
    fn go_on(&self, vm: &Vm, view: View<'_>, number: usize, exit: &Exit) {
        if let Some(unit) = self.state.borrow_mut().units.get_mut(&view.code()) {
            let guesses = unit.knowledge.guesses.entry(view.offset()).or_default();
            *guesses = guesses.saturating_add(1);
        }
        if let Some(address) = self.make(vm, view, exit.context.clone(), true) {
            self.links.set(number, address);
            exit.goes_on.set(true);
        }
    }

    /// Tells of the exits of a unit that were taken.
    fn tell_of(&self, unit: &Unit, exits: &[Option<Rc<Exit>>]) {
        let Some(report) = self.report else { return };
        let taken = unit.numbers.iter().filter_map(|number| exits.get(*number)?.as_ref());
        for exit in taken.filter(|exit| exit.taken.get() > 0) {
            let (function, (line, opcode), why) = (&unit.name[..], exit.place, exit.why);
            let (times, goes_on) = (exit.taken.get(), exit.goes_on.get());
            report(&Event::Left(Left { function, line, opcode, why, times, goes_on }));
        }
    }
}

// SAFETY: the crate's regions do what handlers do, and are run by `run` only.
unsafe impl Translate<Vm> for Jit {
    fn translate(&self, vm: &Vm) -> Option<usize> {
        let view = View::new(vm)?;
        vm.host().machine_code()?;
        let n_slots = view.slots().count();
        let n_locals = view.n_locals();
        let context = Context::unknown(n_locals, n_slots.checked_sub(n_locals)?);
        if let Some(unit) = self.state.borrow().units.get(&view.code())
            && let Some(address) = unit.knowledge.version(view.offset(), &context)
        {
            return Some(address);
        }
        self.make(vm, view, context, false)
    }

    fn has_room(&self, vm: &Vm) -> bool {
        self.when == When::First || self.share.has_room(tier::passed(vm))
    }

    unsafe fn run(&self, vm: &Vm, machine: usize) -> usize {
        let Some(view) = View::new(vm) else { return RESUME };
        let outer = self.entered.get();
        self.entered.set((Spot::of_top(vm).unwrap_or_default(), tier::passed(vm)));
        // SAFETY: as the caller says.
        let how = unsafe { enter(vm, machine, view.locals(), self.links.start(), self) };
        self.entered.set(outer);
        how
    }

    fn tell(&self) {
        let state = self.state.borrow();
        state.units.values().for_each(|unit| self.tell_of(unit, &state.exits));
    }

    fn forget(&self, is_alive: &dyn Fn(usize) -> bool) {
        let mut state = self.state.borrow_mut();
        let State { units, exits, numbers, bytes } = &mut *state;
        units.retain(|code, unit| {
            if is_alive(*code) {
                unit.knowledge.objects.retain(|word, link| {
                    let lives = is_alive(*word);
                    if !lives {
                        self.links.set(*link, links::GONE);
                    }
                    lives
                });
                return true;
            }
            self.tell_of(unit, exits);
            *bytes -= unit.bytes;
            for number in &unit.numbers {
                if let Some(exit) = exits.get_mut(*number) {
                    *exit = None;
                }
            }
            numbers.give_back(&unit.numbers);
            false
        });
    }
}
