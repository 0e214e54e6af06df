//! The translator as an interpreter has it: regions by code object, exits, memory.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::time::Duration;

use berus_runtime::host::{Executable, MachineCode, Room};
use berus_runtime::interpret::tier::{self, Facts, RESUME, View};
use berus_runtime::model::tier::{Translate, When};
use berus_runtime::model::vm::Vm;

use crate::asm::Xmm;
use crate::context::{Context, Place};
use crate::enter::{Saved, enter};
use crate::links::{self, Links};
use crate::region::{self, Constant, Knowledge, Version};

/// Bytes of memory for machine code that an interpreter may have, unless it is given another limit.
const BYTES: usize = 16 << 20;

/// What part of the time since the first region may go to making regions, and how much of it at first.
const PART: u32 = 4;
const AT_FIRST: Duration = Duration::from_millis(2);

/// How often an exit is taken before a region is made for what follows. A region takes as long to make as a few hundred
/// exits.
const OFTEN: u32 = 30;

/// What a [`Report`] is told of a region.
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

/// Is told of each region that is made.
pub type Report = fn(&Translated<'_>);

/// A translator for one interpreter.
pub struct Jit {
    facts: Facts,
    when: When,
    report: Option<Report>,
    links: Links,
    state: RefCell<State>,
    limit: usize,
    /// When the first region was begun, and how long it has taken to make all, as far as the host knows the time.
    begun: Cell<Option<Duration>>,
    spent: Cell<Duration>,
}

#[derive(Default)]
struct State {
    units: BTreeMap<usize, Unit>,
    /// The exits by the numbers of their links.
    exits: Vec<Option<Exit>>,
    /// The words in the last links, the last one first; 0 for those that are no objects.
    constants: Vec<usize>,
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
    /// The numbers of its exits.
    exits: Vec<usize>,
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
    linkable: bool,
    taken: u32,
    /// Whether a region has been asked for.
    has_asked: bool,
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
            begun: Cell::default(),
            spent: Cell::default(),
        }
    }

    /// The translator with a limit of its own for the memory that machine code takes, in bytes; by default that is 16 MiB.
    /// Once the limit is passed, by one room for a function at most, nothing more is translated until functions are gone.
    pub fn with_limit(mut self, bytes: usize) -> Jit {
        self.limit = bytes;
        self
    }

    /// Makes a region, as [`Jit::make`] does, and counts the time.
    fn make_in_time(&self, vm: &Vm, view: View<'_>, context: Context, goes_on: bool) -> Option<usize> {
        let begun = vm.host().monotonic();
        let made = self.make(vm, view, context, goes_on);
        if let (Some(begun), Some(now)) = (begun, vm.host().monotonic()) {
            self.begun.set(self.begun.get().or(Some(begun)));
            self.spent.set(self.spent.get() + now.saturating_sub(begun));
        }
        made
    }

    /// Makes the region that begins where the frame is, with `context`; its address.
    fn make(&self, vm: &Vm, view: View<'_>, context: Context, goes_on: bool) -> Option<usize> {
        let mut state = self.state.borrow_mut();
        let State { units, exits, constants, bytes } = &mut *state;
        let unit = units
            .entry(view.code())
            .or_insert_with(|| Unit { knowledge: Knowledge::new(view.instructions()), ..Unit::default() });
        if *bytes > self.limit {
            return None;
        }
        let begin = context.clone();
        let first = exits.len().max(links::FIRST);
        let made = region::make(view, &self.facts, &mut unit.knowledge, context, first, constants.len());
        let host = vm.host().machine_code()?;
        let before = unit.bytes;
        let placed = made.and_then(|region| {
            let links = first + region.exits.len() + constants.len() + region.constants.len();
            if links > links::NUMBER { None } else { Some((unit.place(host, &region.bytes)?, region)) }
        });
        *bytes += unit.bytes - before;
        let Some((address, region)) = placed else {
            // The links that the region was to have are nobody's.
            unit.knowledge.objects.retain(|_, link| links::NUMBER - *link <= constants.len());
            return None;
        };
        if let Some(report) = self.report {
            let (function, line) = view.place(view.offset());
            report(&Translated {
                function,
                line,
                goes_on,
                bytecode: view.instructions(),
                code: &region.bytes,
                address,
                stretches: &region.stretches,
            });
        }
        for constant in region.constants {
            constants.push(if let Constant::Object(word) = constant { word } else { 0 });
            let word = match constant {
                Constant::Object(word) => word,
                Constant::Entry(distance) => address + distance,
            };
            self.links.set(links::NUMBER - constants.len(), word);
        }
        exits.resize_with(first, || None);
        for (number, (distance, leaving)) in (first..).zip(region.exits) {
            self.links.set(number, address + distance);
            let region::Leaving { offset, context, linkable, .. } = leaving;
            exits.push(Some(Exit { offset, context, linkable, taken: 0, has_asked: false }));
            unit.exits.push(number);
        }
        unit.knowledge.versions.extend(region.versions.into_iter().map(|version| {
            let Version { offset, context, place } = version;
            Version { offset, context, place: address + place }
        }));
        debug_assert!(unit.knowledge.versions.iter().any(|version| version.context == begin));
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
        let Some((offset, context, asks)) = self.take(vm, number) else { return RESUME };
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
        unsafe { view.set_place(offset, context.values().count()) };
        if asks {
            self.go_on(vm, view, number, context);
        }
        RESUME
    }

    /// The instruction and the context of an exit that is taken, and whether a region is to be made there.
    fn take(&self, vm: &Vm, number: usize) -> Option<(usize, Context, bool)> {
        let mut state = self.state.borrow_mut();
        let exit = state.exits.get_mut(number)?.as_mut()?;
        exit.taken = exit.taken.saturating_add(1);
        let often = if self.when == When::First { 1 } else { OFTEN };
        let asks = exit.linkable && exit.taken >= often && !exit.has_asked && self.has_time(vm);
        exit.has_asked |= asks;
        Some((exit.offset, exit.context.clone(), asks))
    }

    /// Links an exit, before which the frame is, to a region for what follows.
    fn go_on(&self, vm: &Vm, view: View<'_>, number: usize, mut context: Context) {
        context.refresh();
        if let Some(unit) = self.state.borrow_mut().units.get_mut(&view.code()) {
            let guesses = unit.knowledge.guesses.entry(view.offset()).or_default();
            *guesses = guesses.saturating_add(1);
        }
        if let Some(address) = self.make_in_time(vm, view, context, true) {
            self.links.set(number, address);
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
        let context = Context::fresh(n_locals, n_slots.checked_sub(n_locals)?);
        if let Some(unit) = self.state.borrow().units.get(&view.code())
            && let Some(address) = unit.knowledge.version(view.offset(), &context)
        {
            return Some(address);
        }
        self.make_in_time(vm, view, context, false)
    }

    fn has_time(&self, vm: &Vm) -> bool {
        let (Some(begun), Some(now)) = (self.begun.get(), vm.host().monotonic()) else { return true };
        self.when == When::First || self.spent.get() <= AT_FIRST + now.saturating_sub(begun) / PART
    }

    unsafe fn run(&self, vm: &Vm, machine: usize) -> usize {
        let Some(view) = View::new(vm) else { return RESUME };
        // SAFETY: as the caller says.
        unsafe { enter(vm, machine, view.locals(), self.links.start(), self) }
    }

    fn forget(&self, is_alive: &dyn Fn(usize) -> bool) {
        let mut state = self.state.borrow_mut();
        let State { units, exits, constants, bytes } = &mut *state;
        for (number, word) in constants.iter_mut().enumerate() {
            if *word != 0 && !is_alive(*word) {
                *word = 0;
                self.links.set(links::NUMBER - 1 - number, links::GONE);
            }
        }
        units.retain(|code, unit| {
            if is_alive(*code) {
                unit.knowledge.objects.retain(|word, _| is_alive(*word));
                return true;
            }
            *bytes -= unit.bytes;
            for number in &unit.exits {
                if let Some(exit) = exits.get_mut(*number) {
                    *exit = None;
                }
            }
            false
        });
    }
}
