//! The checksum of what is in metadata pairs: CRC-32 without its final inversion.

/// What a checksum starts with.
pub const CHECKSUM_START: u32 = 0xffff_ffff;

/// The checksum of all, continued with `bytes`.
pub fn checksum(mut sum: u32, bytes: &[u8]) -> u32 {
    const TABLE: [u32; 16] = {
        let mut table = [0; 16];
        let mut n = 0;
        while n < 16 {
            let mut sum = n as u32;
            let mut bit = 0;
            while bit < 4 {
                sum = if sum & 1 != 0 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
                bit += 1;
            }
            table[n] = sum;
            n += 1;
        }
        table
    };
    for byte in bytes {
        sum = sum >> 4 ^ TABLE[((sum ^ u32::from(*byte)) & 0xf) as usize];
        sum = sum >> 4 ^ TABLE[((sum ^ u32::from(*byte) >> 4) & 0xf) as usize];
    }
    sum
}

/// Whether a checksum is the one that is stored. When fuzzing it always is, since else nothing that is changed at
/// random came further than here.
pub fn is_stored(sum: u32, stored: u32) -> bool {
    sum == stored || cfg!(fuzzing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_crc_32() {
        assert_eq!(!checksum(CHECKSUM_START, b"123456789"), 0xcbf4_3926);
    }
}
