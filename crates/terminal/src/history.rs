//! Inputs of the past.

use alloc::vec::Vec;

use crate::output::append;
use crate::text::is_text;

/// Inputs of the past, of which the oldest are forgotten.
///
/// As bytes that a host keeps, each input is a line, in which a backslash is doubled and a line's end within the input is `\n`.
///
/// ```
/// use berus_terminal::History;
///
/// let mut history = History::new(10);
/// history.add(b"x = 1");
/// history.add(b"if x:\n    print('\\t')");
/// let mut kept = Vec::new();
/// for entry in history.iter() {
///     History::write(entry, &mut kept);
/// }
/// assert_eq!(kept, b"x = 1\nif x:\\n    print('\\\\t')\n");
///
/// let mut next_session = History::new(10);
/// next_session.read(&kept);
/// assert!(history.iter().eq(next_session.iter()));
/// ```
#[cfg_attr(test, derive(Clone))]
#[derive(Debug)]
pub struct History {
    /// The oldest first, each with a 0 behind it.
    inputs: Vec<u8>,
    count: usize,
    most: usize,
}

impl History {
    /// Remembers `most` inputs.
    pub fn new(most: usize) -> History {
        History { inputs: Vec::new(), count: 0, most }
    }

    /// Adds an input, unless it is empty, the same as the last one, no text, or there is no memory.
    pub fn add(&mut self, input: &[u8]) {
        let is_known = input.is_empty() || self.get(1) == Some(input);
        if self.most == 0 || is_known || !is_text(input) || self.inputs.try_reserve(input.len() + 1).is_err() {
            return;
        }
        if self.count == self.most {
            let first = self.inputs.iter().take_while(|byte| **byte != 0).count() + 1;
            self.inputs.copy_within(first.., 0);
            self.inputs.truncate(self.inputs.len() - first);
        } else {
            self.count += 1;
        }
        append(&mut self.inputs, input);
        append(&mut self.inputs, &[0]);
    }

    /// The input before last `back` inputs: 1 is the last one.
    pub fn get(&self, back: usize) -> Option<&[u8]> {
        // Behind the last 0 is nothing.
        self.inputs.rsplit(|byte| *byte == 0).skip(1).nth(back.checked_sub(1)?)
    }

    /// All inputs, the oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &[u8]> {
        self.inputs.split_inclusive(|byte| *byte == 0).map(|input| &input[..input.len() - 1])
    }

    /// Writes an input as bytes to be kept.
    pub fn write(entry: &[u8], kept: &mut Vec<u8>) {
        for byte in entry {
            match byte {
                b'\n' => kept.extend_from_slice(b"\\n"),
                b'\\' => kept.extend_from_slice(b"\\\\"),
                _ => kept.push(*byte),
            }
        }
        kept.push(b'\n');
    }

    /// Adds inputs that were kept. What is no text that can be typed is left out.
    pub fn read(&mut self, kept: &[u8]) {
        let mut entry = Vec::new();
        let lines = kept.split(|byte| *byte == b'\n');
        // Older ones would be forgotten again. The last line ends what is kept.
        let forgotten = lines.clone().count().saturating_sub(self.most.saturating_add(1));
        for line in lines.skip(forgotten) {
            entry.clear();
            let mut bytes = line.iter();
            while let Some(byte) = bytes.next() {
                entry.push(match byte {
                    b'\\' if bytes.next() == Some(&b'n') => b'\n',
                    byte => *byte,
                });
            }
            self.add(&entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::History;

    #[test]
    fn the_oldest_are_forgotten() {
        let mut history = History::new(2);
        for input in [&b"1"[..], b"2", b"2", b"", b"3"] {
            history.add(input);
        }
        assert!(history.iter().eq([&b"2"[..], b"3"]));
        assert_eq!((history.get(0), history.get(1), history.get(3)), (None, Some(&b"3"[..]), None));
    }

    #[test]
    fn what_no_key_types_is_not_read() {
        let mut history = History::new(9);
        history.read(b"a\n\x1b[2J\n\xff\r\nb\\");
        assert!(history.iter().eq([&b"a"[..], b"b\\"]));
    }
}
