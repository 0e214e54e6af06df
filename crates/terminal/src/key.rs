//! Keys, from the bytes that a terminal sends for them.

/// What was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A character that can be seen, or a blank.
    Char(char),
    /// Ctrl and a letter, which is a capital one.
    Control(u8),
    Tab,
    Enter,
    /// Enter that begins a line and never ends the input: with Alt.
    NewLine,
    Backspace,
    Delete,
    Left,
    Right,
    Up,
    Down,
    Home,
    End,
    WordLeft,
    WordRight,
    KillWordLeft,
    KillWordRight,
    /// F1, or Alt and H: to explain what stands before the cursor.
    #[cfg(feature = "docs")]
    Help,
    /// Characters until [`Key::PasteEnd`] are pasted, not typed.
    PasteBegin,
    PasteEnd,
    /// A sequence that means nothing here.
    Unknown,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Plain,
    /// Behind an escape character.
    Escape,
    /// Behind `ESC [`: a control sequence, whose parameters are being read.
    Sequence,
    /// Behind `ESC O`.
    Application,
}

/// Makes keys of bytes.
#[cfg_attr(test, derive(Clone))]
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    state: State,
    /// Whether another escape character came first, which some terminals send for Alt.
    alt: bool,
    /// The first and the last parameter of a control sequence.
    parameters: [u16; 2],
    /// The byte that ended a line last: the other one behind it belongs to it.
    newline: u8,
    #[cfg(feature = "unicode")]
    character: crate::text::Assembler,
}

impl Decoder {
    /// The key that `byte` ends, if it ends one.
    pub fn feed(&mut self, byte: u8) -> Option<Key> {
        let newline = core::mem::take(&mut self.newline);
        // Control characters mean the same in the middle of a sequence, so that Ctrl-C always does.
        if self.state == State::Plain || byte < 0x20 && byte != 0x1b && byte != b'\r' && byte != b'\n' {
            self.state = State::Plain;
            return self.plain(byte, newline);
        }
        match core::mem::take(&mut self.state) {
            State::Escape => self.escape(byte),
            State::Sequence => self.sequence(byte),
            _ => Some(arrow(byte, false)),
        }
    }

    fn plain(&mut self, byte: u8, newline: u8) -> Option<Key> {
        #[cfg(feature = "unicode")]
        if byte.is_ascii() {
            self.character.forget();
        }
        Some(match byte {
            b'\r' | b'\n' if newline == 0 || newline == byte => {
                self.newline = byte;
                Key::Enter
            }
            b'\r' | b'\n' => return None,
            b'\t' => Key::Tab,
            8 | 127 => Key::Backspace,
            0x1b => {
                (self.state, self.alt) = (State::Escape, false);
                return None;
            }
            1..=26 => Key::Control(byte + b'@'),
            0x20..=0x7e => Key::Char(char::from(byte)),
            #[cfg(feature = "unicode")]
            0x80.. => return self.character.feed(byte).map(Key::Char),
            _ => return None,
        })
    }

    fn escape(&mut self, byte: u8) -> Option<Key> {
        Some(match byte {
            b'[' => {
                (self.state, self.parameters) = (State::Sequence, [0; 2]);
                return None;
            }
            b'O' => {
                self.state = State::Application;
                return None;
            }
            0x1b => {
                (self.state, self.alt) = (State::Escape, true);
                return None;
            }
            b'b' => Key::WordLeft,
            b'f' => Key::WordRight,
            b'd' => Key::KillWordRight,
            #[cfg(feature = "docs")]
            b'h' => Key::Help,
            8 | 127 => Key::KillWordLeft,
            b'\r' | b'\n' => Key::NewLine,
            _ => Key::Unknown,
        })
    }

    fn sequence(&mut self, byte: u8) -> Option<Key> {
        let [first, last] = &mut self.parameters;
        match byte {
            b'0'..=b'9' => {
                *last = last.wrapping_mul(10).wrapping_add((byte - b'0').into());
            }
            b';' => {
                if *first == 0 {
                    *first = *last;
                }
                *last = 0;
            }
            // What else belongs to a sequence.
            0x20..=0x3f => {}
            b'~' => {
                return Some(match if *first == 0 { *last } else { *first } {
                    1 | 7 => Key::Home,
                    3 => Key::Delete,
                    4 | 8 => Key::End,
                    #[cfg(feature = "docs")]
                    11 => Key::Help,
                    200 => Key::PasteBegin,
                    201 => Key::PasteEnd,
                    _ => Key::Unknown,
                });
            }
            // A second parameter says which keys are held: from 3 on, Alt or Ctrl is among them.
            _ => return Some(arrow(byte, self.alt || *last >= 3)),
        }
        self.state = State::Sequence;
        None
    }
}

fn arrow(letter: u8, by_word: bool) -> Key {
    match letter {
        b'A' => Key::Up,
        b'B' => Key::Down,
        b'C' if by_word => Key::WordRight,
        b'D' if by_word => Key::WordLeft,
        b'C' => Key::Right,
        b'D' => Key::Left,
        b'H' => Key::Home,
        b'F' => Key::End,
        #[cfg(feature = "docs")]
        b'P' => Key::Help,
        _ => Key::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::{Decoder, Key};

    fn keys(bytes: &[u8]) -> Vec<Key> {
        let mut decoder = Decoder::default();
        bytes.iter().filter_map(|byte| decoder.feed(*byte)).collect()
    }

    #[test]
    fn two_bytes_that_end_a_line_end_one() {
        let enter = Key::Enter;
        assert_eq!(keys(b"\r\n\r\n"), [enter; 2]);
        assert_eq!(keys(b"\n\n\n"), [enter; 3]);
        assert_eq!(keys(b"\r\r"), [enter; 2]);
        assert_eq!(keys(b"\ra\n"), [enter, Key::Char('a'), enter]);
    }

    #[test]
    fn terminals_name_a_key_in_several_ways() {
        for bytes in [&b"\x1b[H"[..], b"\x1bOH", b"\x1b[1~", b"\x1b[7~"] {
            assert_eq!(keys(bytes), [Key::Home], "{bytes:?}");
        }
        for bytes in [&b"\x1b[1;5C"[..], b"\x1b[1;3C", b"\x1bf", b"\x1b\x1b[C", b"\x1b[5C"] {
            assert_eq!(keys(bytes), [Key::WordRight], "{bytes:?}");
        }
        assert_eq!(keys(b"\x1b[1;2C\x1bOA\x1b[B"), [Key::Right, Key::Up, Key::Down]);
        assert_eq!(keys(b"\x1b[200~a\x1b[201~"), [Key::PasteBegin, Key::Char('a'), Key::PasteEnd]);
    }

    #[cfg(feature = "docs")]
    #[test]
    fn f1_and_alt_h_are_for_help() {
        assert_eq!(keys(b"\x1bOP\x1b[11~\x1bh\x1b[1;2P"), [Key::Help; 4]);
    }

    #[test]
    fn unknown_sequences_are_one_key() {
        assert_eq!(keys(b"\x1b[38;2;1m\x1b[?99999999hx"), [Key::Unknown, Key::Unknown, Key::Char('x')]);
    }

    #[test]
    fn control_characters_end_a_sequence() {
        for begin in [&b""[..], b"\x1b", b"\x1b[", b"\x1b[1;", b"\x1bO", b"\xe2\x82"] {
            assert_eq!(keys(&[begin, b"\x03"].concat()), [Key::Control(b'C')]);
        }
    }

    #[cfg(feature = "unicode")]
    #[test]
    fn characters_are_put_together() {
        assert_eq!(keys("é€😀".as_bytes()), [Key::Char('é'), Key::Char('€'), Key::Char('😀')]);
        // What is cut short or no text is left out.
        assert_eq!(keys(b"\xe2\x82a\xac\xff\x80\xc3\xc3\xa9\xc0\x80"), [Key::Char('a'), Key::Char('é')]);
        assert_eq!(keys("\u{85}".as_bytes()), []);
    }
}
