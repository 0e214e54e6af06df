//! Ints as decimal text.

/// Room for an int as text.
pub(crate) struct Decimal(itoa::Buffer);

impl Decimal {
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn new() -> Decimal {
        Decimal(itoa::Buffer::new())
    }

    /// The text of `value`.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn format(&mut self, value: isize) -> &[u8] {
        self.0.format(value).as_bytes()
    }
}
