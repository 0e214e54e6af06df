//! `bitstream`: bits as pulses of a pin, as chains of lights take them (facts: `docs/library/machine.rst` of MicroPython).

use core::time::Duration;

use berus_runtime::model::buffer::Access;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::ops::buffer::Buffers;
use berus_runtime::ops::convert::Convert;

use super::gpio::pin;
use super::hardware::{PIECE, hardware, pause};

/// `bitstream(pin, encoding, timing, data)`: the bits of each byte, the most significant first. Of encodings there is 0: a
/// bit is a high and a low level, whose lengths in nanoseconds `timing` has for a 0, then for a 1.
pub fn bitstream(vm: &Vm, args: &[Obj]) -> Res {
    let pin = pin(vm, args[0])?.number;
    if vm.int(args[1])? != 0 {
        return Err(vm.value_error(format_args!("encoding not supported")));
    }
    let timing = vm.items(args[2])?;
    if timing.len() != 4 {
        return Err(vm.value_error(format_args!("requested length 4 but object has length {}", timing.len())));
    }
    let mut lengths = [Duration::ZERO; 4];
    for (at, length) in lengths.iter_mut().enumerate() {
        let nanoseconds = timing.get(at).map_or(Ok(0), |nanoseconds| vm.int(nanoseconds))?;
        *length = Duration::from_nanos(nanoseconds.max(0) as u64);
    }
    let hardware = hardware(vm)?;
    // A look at events would be longer than a pulse.
    let hold = |time: Duration| {
        if time >= PIECE {
            return pause(vm, time);
        }
        hardware.delay(time);
        Ok(())
    };
    for byte in vm.buffer(args[3], Access::Read)?.bytes() {
        for bit in (0..8).rev() {
            let lengths = &lengths[if byte >> bit & 1 == 0 { 0..2 } else { 2..4 }];
            hardware.drive_pin(pin, true);
            hold(lengths[0])?;
            hardware.drive_pin(pin, false);
            hold(lengths[1])?;
        }
        vm.work(8)?;
    }
    Ok(Obj::NONE)
}
