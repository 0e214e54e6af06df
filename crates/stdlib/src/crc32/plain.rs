//! CRC-32, half a byte at a time.

/// The bits that the polynomial changes in what follows, for each value of the half that leaves.
static HALVES: [u32; 16] = {
    let mut halves = [0; 16];
    let mut half = 0;
    while half < halves.len() {
        let mut rest = half as u32;
        let mut bit = 0;
        while bit < 4 {
            rest = rest >> 1 ^ if rest & 1 == 1 { 0xedb8_8320 } else { 0 };
            bit += 1;
        }
        halves[half] = rest;
        half += 1;
    }
    halves
};

/// A checksum of bytes that come in pieces.
#[derive(Clone)]
pub(crate) struct Hasher(u32);

impl Hasher {
    /// The checksum of no bytes.
    #[cfg_attr(not(any(feature = "btree", feature = "deflate")), allow(dead_code))]
    pub fn new() -> Hasher {
        Hasher::new_with_initial(0)
    }

    /// The checksum `sum` of bytes that came before.
    pub fn new_with_initial(sum: u32) -> Hasher {
        Hasher(!sum)
    }

    /// Adds `bytes`, which follow the bytes before.
    pub fn update(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 ^= u32::from(*byte);
            for _ in 0..2 {
                self.0 = self.0 >> 4 ^ HALVES[(self.0 & 0xf) as usize];
            }
        }
    }

    /// The checksum of all bytes.
    pub fn finalize(self) -> u32 {
        !self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_standard() {
        for (bytes, sum) in [("", 0), ("a", 0xe8b7_be43), ("123456789", 0xcbf4_3926)] {
            let mut hasher = Hasher::new();
            hasher.update(bytes.as_bytes());
            assert_eq!(hasher.finalize(), sum, "{bytes}");
        }
    }

    #[test]
    fn pieces_have_the_checksum_of_the_whole() {
        let mut first = Hasher::new();
        first.update(b"1234");
        let mut rest = Hasher::new_with_initial(first.clone().finalize());
        rest.update(b"56789");
        first.update(b"56789");
        assert_eq!(first.finalize(), rest.clone().finalize());
        assert_eq!(rest.finalize(), 0xcbf4_3926);
    }
}
