//! Kinds of boards: how much memory and flash they have.

/// A kind of board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One with room for everything.
    Berus,
    /// A Raspberry Pi Pico.
    Pico,
    /// A Raspberry Pi Pico 2.
    Pico2,
    /// A module with an ESP32 and 4 MiB of flash.
    Esp32,
}

/// What a kind of board has, in bytes.
pub struct Plan {
    pub name: &'static str,
    pub help: &'static str,
    /// Memory for Python objects: twice what the board has, since a word is twice as wide here.
    pub heap: usize,
    /// The flash for files.
    pub flash: usize,
    /// The partition for ROM images, 0 if there is none.
    pub rom: usize,
    /// What is erased at once.
    pub block_size: usize,
}

const KIB: usize = 1 << 10;

/// The plans, in the order of the kinds. The flash of boards is as MicroPython divides it (`mpconfigboard.cmake` of
/// `ports/rp2`, `partitions-4MiB-romfs.csv` of `ports/esp32`), their memory what its firmware reports as `gc.mem_free()`
/// and `gc.mem_alloc()` together, about.
const PLANS: [Plan; 4] = [
    Plan {
        name: "berus",
        help: "1 MiB of memory, 2 MiB of flash, 512 KiB for ROM images",
        heap: 1024 * KIB,
        flash: 2048 * KIB,
        rom: 512 * KIB,
        block_size: 4096,
    },
    Plan {
        name: "pico",
        help: "Raspberry Pi Pico: 224 KiB of memory in words half as wide, 1408 KiB of flash",
        heap: 2 * 224 * KIB,
        flash: 1408 * KIB,
        rom: 0,
        block_size: 4096,
    },
    Plan {
        name: "pico2",
        help: "Raspberry Pi Pico 2: 480 KiB of memory in words half as wide, 3 MiB of flash",
        heap: 2 * 480 * KIB,
        flash: 3072 * KIB,
        rom: 0,
        block_size: 4096,
    },
    Plan {
        name: "esp32",
        help: "ESP32 with 4 MiB: 160 KiB of memory in words half as wide, 2 MiB of flash, 128 KiB for ROM images",
        heap: 2 * 160 * KIB,
        flash: 2048 * KIB,
        rom: 128 * KIB,
        block_size: 4096,
    },
];

impl Kind {
    /// All of them.
    pub const ALL: &[Kind] = &[Kind::Berus, Kind::Pico, Kind::Pico2, Kind::Esp32];

    /// What this kind has.
    pub fn plan(self) -> &'static Plan {
        &PLANS[self as usize]
    }
}

/// A number of bytes, with `K` or `M` behind it for KiB or MiB.
pub fn parse_size(text: &str) -> Result<usize, String> {
    let (digits, factor) = match text.as_bytes().last() {
        Some(b'k' | b'K') => (&text[..text.len() - 1], KIB),
        Some(b'm' | b'M') => (&text[..text.len() - 1], KIB * KIB),
        _ => (text, 1),
    };
    let size = digits.parse().ok().and_then(|count: usize| count.checked_mul(factor));
    size.filter(|size| *size <= 1 << 30).ok_or_else(|| "a number of bytes up to 1024M is wanted".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_letters() {
        assert_eq!(parse_size("12"), Ok(12));
        assert_eq!(parse_size("2K"), Ok(2048));
        assert_eq!(parse_size("3m"), Ok(3 << 20));
        for wrong in ["", "K", "-1", "1G", "2000M", "99999999999999999999K"] {
            assert!(parse_size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn plans_are_of_whole_blocks() {
        for kind in Kind::ALL {
            let Plan { flash, rom, block_size, .. } = *kind.plan();
            assert!(flash.is_multiple_of(block_size) && rom.is_multiple_of(block_size));
        }
    }
}
