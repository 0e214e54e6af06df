//! Bits as levels of a pin, whose times are counted in cycles of the processor.
//!
//! What counts lies in RAM, since an instruction that comes from flash first takes as long as a level, and interrupts are
//! held off.

use core::arch::naked_asm;
use core::ops::Range;

use cortex_m::peripheral::SYST;

use super::clocks;
use crate::hal::pac::SIO;

/// Bytes from the register that sets pins to the one that clears them.
const CLEAR: usize = if cfg!(feature = "rp2040") { 4 } else { 8 };

/// Cycles of a high level beside those of its turns.
const HIGH: u32 = 2;

/// How long a bit takes: a turn of the loop that waits, and a bit beside its turns, in cycles.
#[derive(Clone, Copy)]
struct Pace {
    turn: u32,
    beside: u32,
}

impl Pace {
    /// Turns of each level when the pace is measured.
    const TURNS: u32 = 64;

    /// Measures the pace, by bytes for no pin.
    fn measure(set: *mut u32) -> Pace {
        // What one more byte takes.
        let byte = Pace::cycles(set, &[0; 2]).saturating_sub(Pace::cycles(set, &[0; 1]));
        let turn = (byte / (16 * Pace::TURNS)).max(1);
        Pace { turn, beside: (byte / 8).saturating_sub(2 * Pace::TURNS * turn) }
    }

    /// How many cycles bytes take, and what is around them.
    fn cycles(set: *mut u32, bytes: &[u8]) -> u32 {
        const TOP: u32 = 0x00ff_ffff;
        // SAFETY: nobody else uses the processor's timer. It counts cycles down, and does not interrupt.
        unsafe {
            let timer = &*SYST::PTR;
            timer.rvr.write(TOP);
            timer.cvr.write(0);
            timer.csr.write(0b101);
            let begin = timer.cvr.read();
            send_bytes(set, 0, &[Pace::TURNS; 4], bytes);
            let end = timer.cvr.read();
            timer.csr.write(0);
            begin.wrapping_sub(end) & TOP
        }
    }

    /// The turns of a level of `nanoseconds`, of which `beside` cycles pass anyway.
    fn turns(self, nanoseconds: u32, beside: u32) -> u32 {
        let cycles = u64::from(nanoseconds) * u64::from(clocks::processor()) / 1_000_000_000;
        let turns = (cycles as u32).saturating_sub(beside) + self.turn / 2;
        (turns / self.turn).max(1)
    }
}

/// See [`Hardware::send_bits`](berus_runtime::host::Hardware::send_bits), for less than a second.
pub fn send(pin: usize, lengths: &[u32; 4], bytes: &[u8]) {
    // SAFETY: the registers change single bits.
    let set = unsafe { SIO::steal() }.gpio_out_set().as_ptr();
    critical_section::with(|_| {
        let pace = Pace::measure(set);
        let low = pace.beside.saturating_sub(HIGH);
        let [zero_high, zero_low, one_high, one_low] = *lengths;
        let turns = [
            pace.turns(zero_high, HIGH),
            pace.turns(zero_low, low),
            pace.turns(one_high, HIGH),
            pace.turns(one_low, low),
        ];
        // SAFETY: the bit is the pin's, and there are some turns.
        unsafe { send_bytes(set, 1 << pin, &turns, bytes) };
    });
}

/// Sends bytes by the pins of a register.
///
/// # Safety
/// As [`send_from_ram`].
unsafe fn send_bytes(set: *mut u32, pins: u32, turns: &[u32; 4], bytes: &[u8]) {
    let Range { start, end } = bytes.as_ptr_range();
    // SAFETY: as the caller says; the bytes are a slice.
    unsafe { send_from_ram(set, pins, turns, start, end) };
}

/// Sends the bytes from `start` to `end` by the pins of a register. All bits take the same number of instructions, those at the end of a byte too:
/// on an RP2040 a high level is two cycles and three for each turn, a low one sixteen, and as many for each turn.
///
/// # Safety
/// `set` is the register that sets pins, and `pins` are bits of it that the caller may change. No turns are zero, and the bytes are some
/// that can be read.
#[unsafe(naked)]
#[unsafe(link_section = ".data.send_from_ram")]
unsafe extern "C" fn send_from_ram(set: *mut u32, pins: u32, turns: &[u32; 4], start: *const u8, end: *const u8) {
    naked_asm!(
        "push {{r4-r7, lr}}",
        "ldr r4, [sp, #20]", // the end
        "movs r6, #24",      // places that the next bit is away from the sign
        "cmp r3, r4",
        "beq 4f",
        ".p2align 2",
        "1:",
        "ldrb r5, [r3]",
        "lsls r5, r6",
        "lsrs r5, #31",
        "lsls r5, #3",
        "adds r5, r2", // the turns of this bit
        "str r1, [r0]",
        "ldr r7, [r5]",
        "2:",
        "subs r7, #1",
        "bne 2b",
        "str r1, [r0, #{clear}]",
        "ldr r7, [r5, #4]",
        "3:",
        "subs r7, #1",
        "bne 3b",
        "adds r6, #1",
        "lsrs r7, r6, #5", // 1 behind the last bit of a byte
        "adds r3, r7",
        "lsls r7, #3",
        "subs r6, r7",
        "cmp r3, r4",
        "bne 1b",
        "4:",
        "pop {{r4-r7, pc}}",
        clear = const CLEAR,
    )
}
