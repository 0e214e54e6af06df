//! `_rp2`: what MicroPython has for boards with RP2040 and RP2350 alone: their flash, and programmable input and output (facts:
//! `docs/library/rp2*.rst` of MicroPython). The module `rp2`, with the assembler, is in this crate's folder `python`.

mod irq;
mod pio;
mod program;
mod state_machine;

pub(crate) use irq::next_call;

use berus_runtime::model::error::Res;
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;

use crate::machine::hardware::{done, hardware};
use crate::vfs::FLASH;

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("_rp2", MEMBERS);

berus_runtime::members! {
    static MEMBERS = {
        "Flash" => value(Obj::from_static(&FLASH)),
        "PIO" => value(Obj::from_static(&pio::PIO)),
        "StateMachine" => value(Obj::from_static(&state_machine::STATE_MACHINE)),
        "bootsel_button" => f0(bootsel_button),
    }
}

fn bootsel_button(vm: &Vm) -> Res {
    Ok(Obj::small_int_wrapping(done(vm, hardware(vm)?.bootloader_button())?.into()))
}
