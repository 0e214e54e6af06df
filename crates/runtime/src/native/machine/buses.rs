//! The two buses of the ESP32-C3. Each memory has an address at which the processor reads data, byte by byte if wanted, and a higher
//! one at which instructions are fetched. At the higher one data can be read by whole words only: so code is written and looked
//! at by the first address, and called by the second (facts: "ESP32-C3 Technical Reference Manual", chapter "System and Memory").

use core::ops::Range;

/// Where flash, through the cache, and RAM are read.
const FLASH: Range<usize> = 0x3c00_0000..0x3c80_0000;
const RAM: Range<usize> = 0x3fc8_0000..0x3fce_0000;

/// How far above instructions are fetched.
const FLASH_ABOVE: usize = 0x0600_0000;
const RAM_ABOVE: usize = 0x0070_0000;

/// Where the processor executes what it reads at `text`.
#[inline(always)]
pub(in crate::native) fn executed(text: *const u8) -> *const u8 {
    text.map_addr(|at| match at {
        at if RAM.contains(&at) => at + RAM_ABOVE,
        at if FLASH.contains(&at) => at + FLASH_ABOVE,
        at => at,
    })
}

/// Where the processor reads what it executes at `address`.
#[inline(always)]
pub(super) fn read(address: *const u8) -> *const u8 {
    address.map_addr(|at| match (at.wrapping_sub(RAM_ABOVE), at.wrapping_sub(FLASH_ABOVE)) {
        (at, _) if RAM.contains(&at) => at,
        (_, at) if FLASH.contains(&at) => at,
        _ => at,
    })
}

#[cfg(test)]
mod tests {
    use core::ptr::without_provenance;

    use super::{executed, read};

    #[test]
    fn code_is_fetched_by_the_other_bus() {
        for (data, code) in [(0x3fc9_8004, 0x4039_8004), (0x3c41_0020, 0x4241_0020), (0x4000_0010, 0x4000_0010)] {
            assert_eq!(executed(without_provenance(data)).addr(), code);
            assert_eq!(executed(without_provenance(code)).addr(), code);
            assert_eq!(read(without_provenance(code)).addr(), data);
            assert_eq!(read(without_provenance(data)).addr(), data);
        }
    }
}
