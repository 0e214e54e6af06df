//! Text beyond ASCII: characters from bytes, and how wide they are.

use unicode_width::UnicodeWidthChar;

/// Whether each byte is a character that takes a cell.
pub(crate) const IS_ASCII: bool = false;

/// Makes characters of the bytes of UTF-8.
#[cfg_attr(test, derive(Clone))]
#[derive(Debug, Default)]
pub(crate) struct Assembler {
    bytes: [u8; 4],
    len: usize,
}

impl Assembler {
    /// What has come of a character is none.
    pub fn forget(&mut self) {
        self.len = 0;
    }

    /// The character that `byte`, not ASCII, ends. What is no UTF-8 is left out.
    pub fn feed(&mut self, byte: u8) -> Option<char> {
        if byte & 0xc0 != 0x80 {
            self.len = 0;
        } else if self.len == 0 {
            return None;
        }
        self.bytes[self.len] = byte;
        self.len += 1;
        if self.len < length(self.bytes[0]) {
            return None;
        }
        let text = core::str::from_utf8(&self.bytes[..core::mem::take(&mut self.len)]).ok()?;
        text.chars().next().filter(|character| !character.is_control())
    }
}

/// How many bytes a character has whose first byte is `lead`.
fn length(lead: u8) -> usize {
    match lead {
        0xf0.. => 4,
        0xe0.. => 3,
        0xc0.. => 2,
        _ => 1,
    }
}

/// The first character of `text`, which is not empty, and how many bytes are its own.
pub(crate) fn first(text: &[u8]) -> (char, usize) {
    let len = length(text[0]);
    let character = text.get(..len).and_then(|bytes| core::str::from_utf8(bytes).ok()?.chars().next());
    character.map_or((char::REPLACEMENT_CHARACTER, 1), |character| (character, len))
}

/// The bytes of a character, in `room`.
pub(crate) fn bytes(character: char, room: &mut [u8; 4]) -> &[u8] {
    character.encode_utf8(room).as_bytes()
}

/// Cells that a character takes.
pub(crate) fn width(character: char) -> usize {
    if character.is_ascii() { 1 } else { character.width().unwrap_or(0) }
}

/// Whether characters make up words.
pub(crate) fn is_word(character: char) -> bool {
    character.is_alphanumeric()
}

/// Whether bytes are characters and blanks.
pub(crate) fn is_text(bytes: &[u8]) -> bool {
    let is_text = |character: char| !character.is_control() || "\n\t".contains(character);
    core::str::from_utf8(bytes).is_ok_and(|text| text.chars().all(is_text))
}

/// How many bytes of `bytes` are whole characters.
pub(crate) fn whole_characters(bytes: &[u8]) -> usize {
    core::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len)
}
