//! The format specification of `format()` and f-strings: `[[fill]align][sign][#][0][width][,][.precision][type]`.

/// Where a text goes in a field that is wider than the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// `<`: at the left end of the field.
    Left,
    /// `>`: at the right end of the field.
    Right,
    /// `^`: in the middle of the field.
    Centre,
    /// `=`: at both ends of the field, which is filled between sign and digits.
    AfterSign,
}

impl Align {
    fn of(byte: u8) -> Option<Align> {
        match byte {
            b'<' => Some(Align::Left),
            b'>' => Some(Align::Right),
            b'^' => Some(Align::Centre),
            b'=' => Some(Align::AfterSign),
            _ => None,
        }
    }
}

/// A format specification.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spec {
    /// The byte that fills the field, if said.
    pub fill: Option<u8>,
    /// The alignment, if said.
    pub align: Option<Align>,
    /// `+` or a space, to stand before numbers that are not negative.
    pub sign: Option<u8>,
    /// Whether `#` was said: integers get the prefix of their base.
    pub alternate: bool,
    /// Whether the width begins with a zero.
    pub zero: bool,
    /// The least width in characters; 0 if not said.
    pub width: usize,
    /// `,` or `_` between groups of digits.
    pub separator: Option<u8>,
    /// The precision, if said.
    pub precision: Option<usize>,
    /// The presentation type, if said.
    pub kind: Option<u8>,
}

/// Reads a number from `text` at `at`, and moves `at` behind it. `None` if no digit is there; a number that is too
/// large becomes the greatest that is answered.
pub fn number(text: &[u8], at: &mut usize) -> Option<usize> {
    let start = *at;
    let mut value = 0usize;
    while let Some(byte @ b'0'..=b'9') = text.get(*at) {
        value = value.saturating_mul(10).saturating_add(usize::from(byte - b'0'));
        *at += 1;
    }
    // No field of text is longer than this limit, and sums of a few such lengths stay far from overflow.
    (*at > start).then_some(value.min(isize::MAX as usize >> 8))
}

impl Spec {
    /// Reads a specification; `None` if there is something in `text` that does not belong to a specification.
    ///
    /// ```
    /// use berus_runtime::text::spec::{Align, Spec};
    /// let spec = Spec::parse(b"*^+#08,.3f").unwrap();
    /// assert_eq!((spec.fill, spec.align, spec.width), (Some(b'*'), Some(Align::Centre), 8));
    /// assert_eq!(Spec::parse(b"5?"), None);
    /// ```
    pub fn parse(text: &[u8]) -> Option<Spec> {
        let mut spec = Spec::default();
        let mut at = 0;
        let align_at = |at: usize| text.get(at).and_then(|&byte| Align::of(byte));
        if let Some(align) = align_at(1).filter(|_| cfg!(feature = "python") || align_at(0).is_none()) {
            // In MicroPython, a field is not filled with a letter that aligns.
            spec.fill = text.first().copied();
            spec.align = Some(align);
            at = 2;
        } else if let Some(align) = align_at(0) {
            spec.align = Some(align);
            at = 1;
        }
        if let Some(sign @ (b'+' | b'-' | b' ')) = text.get(at) {
            spec.sign = (*sign != b'-').then_some(*sign);
            at += 1;
        }
        if text.get(at) == Some(&b'#') {
            spec.alternate = true;
            at += 1;
        }
        spec.zero = text.get(at) == Some(&b'0');
        spec.width = number(text, &mut at).unwrap_or(0);
        if let Some(separator @ (b',' | b'_')) = text.get(at) {
            spec.separator = Some(*separator);
            at += 1;
        }
        if text.get(at) == Some(&b'.') {
            at += 1;
            spec.precision = number(text, &mut at);
        }
        if let Some(kind) = text.get(at).filter(|kind| b"bcdeEfFgGnosxX%".contains(kind)) {
            spec.kind = Some(*kind);
            at += 1;
        }
        (at == text.len()).then_some(spec)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_read() {
        let spec = Spec::parse(b"*=+#08,.3f").unwrap();
        let expected = Spec {
            fill: Some(b'*'),
            align: Some(Align::AfterSign),
            sign: Some(b'+'),
            alternate: true,
            zero: true,
            width: 8,
            separator: Some(b','),
            precision: Some(3),
            kind: Some(b'f'),
        };
        assert_eq!(spec, expected);
        assert_eq!(Spec::parse(b""), Some(Spec::default()));
        assert_eq!(Spec::parse(b"<"), Some(Spec { align: Some(Align::Left), ..Spec::default() }));
        assert_eq!(Spec::parse(b"xx"), None);
    }
}
