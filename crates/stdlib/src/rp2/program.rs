//! Programs as `asm_pio` makes them: lists of the instructions, where these are in the memory of each block, settings, and how
//! pins begin.

use core::cell::Cell;

use berus_runtime::host::pio::INSTRUCTIONS;
use berus_runtime::model::buffer::{Access, Buffer};
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::layout::List;
use berus_runtime::model::object::Gc;
use berus_runtime::model::protocols::Ints;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::ops::buffer::Buffers;
use berus_runtime::ops::convert::Convert;

/// Places in the list. From the second on are those of blocks.
const WORDS: usize = 0;
const FIRST_BLOCK: usize = 1;
const EXECUTION: usize = 4;
const SHIFTING: usize = 5;
const OUT: usize = 6;
const SET: usize = 7;
const SIDE: usize = 8;
const LEN: usize = 9;

/// A program.
pub struct Program(Gc<List>);

/// How some pins begin.
#[derive(Clone, Copy, Default)]
pub struct Pins {
    pub count: u32,
    pub outputs: u32,
    pub levels: u32,
}

impl Program {
    /// The program that a list is.
    ///
    /// # Errors
    /// `TypeError` or `ValueError` if it is none.
    pub fn of(vm: &Vm, object: Obj) -> Res<Program> {
        let list = vm.this::<List>(object)?;
        vm.items_exactly(object, LEN)?;
        Ok(Program(list))
    }

    /// An item, which is there.
    fn item(&self, at: usize) -> &Cell<Obj> {
        &self.0.items()[at]
    }

    /// The instructions, in pairs of bytes, of which there may be too many.
    pub fn instructions(&self, vm: &Vm) -> Res<Buffer> {
        vm.buffer(self.item(WORDS).get(), Access::Read)
    }

    /// How many instructions there are.
    pub fn len(&self, vm: &Vm) -> Res<usize> {
        Ok(self.instructions(vm)?.len() / 2)
    }

    /// Where the instructions are in a block's memory, if they are there.
    pub fn place(&self, vm: &Vm, block: usize) -> Res<Option<usize>> {
        let place = vm.int(self.item(FIRST_BLOCK + block).get())?;
        Ok(usize::try_from(place).ok().filter(|place| *place < INSTRUCTIONS))
    }

    /// Notes where the instructions are.
    pub fn set_place(&self, block: usize, place: Option<usize>) {
        let place = place.map_or(-1, |place| place as isize);
        self.item(FIRST_BLOCK + block).set(Obj::small_int_wrapping(place));
    }

    /// Settings of what executes the program, and of what shifts, as registers have them.
    pub fn settings(&self, vm: &Vm) -> Res<(u32, u32)> {
        let word = |at: usize| vm.int_truncated(self.item(at).get()).map(|word| word as u32);
        Ok((word(EXECUTION)?, word(SHIFTING)?))
    }

    /// How the pins of `out`, of `set` and of side-set begin.
    pub fn pins(&self, vm: &Vm) -> Res<[Pins; 3]> {
        Ok([pins(vm, self.item(OUT).get())?, pins(vm, self.item(SET).get())?, pins(vm, self.item(SIDE).get())?])
    }
}

/// Pins by how each begins, a level and above it whether it is an output: one of them, several, or none.
fn pins(vm: &Vm, object: Obj) -> Res<Pins> {
    let mut pins = Pins::default();
    let mut add = |state: isize| {
        pins.outputs |= (state as u32 >> 1 & 1) << pins.count;
        pins.levels |= (state as u32 & 1) << pins.count;
        pins.count += 1;
    };
    if object == Obj::NONE {
        return Ok(pins);
    }
    let Some(states) = vm.as_items(object) else {
        add(vm.int(object)?);
        return Ok(pins);
    };
    if states.len() > 32 {
        return Err(vm.value_error(format_args!("too many pins")));
    }
    for at in 0..states.len() {
        if let Some(state) = states.get(at) {
            add(vm.int(state)?);
        }
    }
    Ok(pins)
}
