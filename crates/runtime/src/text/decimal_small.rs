//! Ints as decimal text, digit by digit, where code is to be small.

/// Room for an int as text.
pub(crate) struct Decimal([u8; 20]);

impl Decimal {
    pub(crate) fn new() -> Decimal {
        Decimal([0; 20])
    }

    /// The text of `value`.
    pub(crate) fn format(&mut self, value: isize) -> &[u8] {
        let (mut rest, mut start) = (value.unsigned_abs(), self.0.len());
        loop {
            start -= 1;
            self.0[start] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if value < 0 {
            start -= 1;
            self.0[start] = b'-';
        }
        &self.0[start..]
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn as_other_code_writes_them() {
        for value in [0, 7, -10, 100, isize::MAX, isize::MIN] {
            assert_eq!(Decimal::new().format(value), value.to_string().as_bytes());
        }
    }
}
