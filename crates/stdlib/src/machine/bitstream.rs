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

/// The longest that bits are sent for without a look at events. A chain of three thousand lights takes as long, and would
/// take what comes behind a pause for its beginning.
const LONGEST: Duration = Duration::from_millis(100);

/// `bitstream(pin, encoding, timing, data)`: the bits of each byte, the most significant first. Of encodings there is 0: a
/// bit is a high and a low level, whose lengths in nanoseconds `timing` has for a 0, then for a 1.
pub fn bitstream(vm: &Vm, args: &[Obj]) -> Res {
    let pin = pin(vm, args[0])?;
    if vm.int(args[1])? != 0 {
        return Err(vm.value_error(format_args!("encoding not supported")));
    }
    let timing = vm.items(args[2])?;
    if timing.len() != 4 {
        return Err(vm.value_error(format_args!("requested length 4 but object has length {}", timing.len())));
    }
    let mut lengths = [0; 4];
    for (at, length) in lengths.iter_mut().enumerate() {
        let nanoseconds = timing.get(at).map_or(Ok(0), |nanoseconds| vm.int(nanoseconds))?;
        *length = nanoseconds.clamp(0, i32::MAX as isize) as u32;
    }
    pin.be_output(vm)?;
    let (hardware, pin) = (hardware(vm)?, pin.number);
    let bytes = vm.buffer(args[3], Access::Read)?.bytes();
    let bit = |levels: &[u32]| Duration::from_nanos(levels.iter().map(|length| u64::from(*length)).sum());
    let bit = bit(&lengths[..2]).max(bit(&lengths[2..]));
    if bit < PIECE {
        let count = LONGEST.as_nanos() / (bit * 8).as_nanos().max(1);
        for piece in bytes.chunks(count as usize) {
            hardware.send_bits(pin, &lengths, piece);
            vm.work(piece.len() * 8)?;
        }
        return Ok(Obj::NONE);
    }
    for bit in bytes.iter().flat_map(|byte| (0..8).rev().map(move |place| byte >> place & 1)) {
        let at = usize::from(bit) * 2;
        for (level, length) in [(true, lengths[at]), (false, lengths[at + 1])] {
            hardware.drive_pin(pin, level);
            pause(vm, Duration::from_nanos(length.into()))?;
        }
    }
    Ok(Obj::NONE)
}
