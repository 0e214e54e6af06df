//! How functions are entered and left: with the registers of their own, or with a window of registers.

use super::Code;
use super::encode::{Reg, add_n, addi, bri12, l32i_n, movi, rrrn, s32i_n, sub, write, write_narrow};

/// A convention of calls.
pub(crate) trait Frame {
    /// The words on the stack below the frame's own.
    const SAVED: u32;

    /// Enters a function whose frame has `words` words of its own. Returns the bytes that all of it takes.
    fn enter(code: &mut Code, words: u32) -> u32;
    /// Leaves a function whose frame takes `bytes`.
    fn exit(code: &mut Code, bytes: u32);
}

/// Calls of the ESP8266: a function keeps the registers from a12 on, and its return address.
#[derive(Debug, Default)]
pub(crate) struct Call0;

/// The registers that it keeps, in their order on the stack.
const KEPT: [Reg; 5] = [Reg::A0, Reg::A12, Reg::A13, Reg::A14, Reg::A15];

impl Frame for Call0 {
    const SAVED: u32 = KEPT.len() as u32;

    fn enter(code: &mut Code, words: u32) -> u32 {
        let bytes = frame_bytes(Self::SAVED, words);
        if bytes <= 128 {
            write(code, addi(Reg::A1, Reg::A1, -(bytes as i32)));
        } else {
            write(code, movi(Reg::A9, bytes as i32));
            write(code, sub(Reg::A1, Reg::A1, Reg::A9));
        }
        for (register, place) in KEPT.into_iter().zip(0..) {
            write_narrow(code, s32i_n(register, Reg::A1, place));
        }
        bytes
    }

    fn exit(code: &mut Code, bytes: u32) {
        // The return address comes last.
        for (place, register) in (0..Self::SAVED).zip(KEPT).rev() {
            write_narrow(code, l32i_n(register, Reg::A1, place));
        }
        if bytes < 128 {
            write(code, addi(Reg::A1, Reg::A1, bytes as i32));
        } else {
            write(code, movi(Reg::A9, bytes as i32));
            write_narrow(code, add_n(Reg::A1, Reg::A1, Reg::A9));
        }
        write_narrow(code, rrrn(13, 15, Reg::A0, 0)); // ret.n
    }
}

/// Calls of the ESP32 and its like: a call moves the window of registers by eight, so a function keeps none but its return
/// address.
#[derive(Debug, Default)]
pub(crate) struct Windowed;

impl Frame for Windowed {
    const SAVED: u32 = 1;

    fn enter(code: &mut Code, words: u32) -> u32 {
        // Registers of outer windows are saved there.
        let bytes = frame_bytes(Self::SAVED, words).wrapping_add(32);
        write(code, bri12(6, Reg::A1, 0, 3, (bytes / 8) as i32)); // entry
        write_narrow(code, s32i_n(Reg::A0, Reg::A1, 0));
        bytes
    }

    fn exit(code: &mut Code, _: u32) {
        write_narrow(code, l32i_n(Reg::A0, Reg::A1, 0));
        write_narrow(code, rrrn(13, 15, Reg::A0, 1)); // retw.n
    }
}

/// The bytes of a frame, in whole blocks of 16.
fn frame_bytes(saved: u32, words: u32) -> u32 {
    words.wrapping_add(saved).wrapping_mul(4).wrapping_add(15) & !15
}
