//! Text of ASCII only: what `unicode.rs` has, for an edition that shall be small.

/// Whether each byte is a character that takes a cell.
pub(crate) const IS_ASCII: bool = true;

/// The first character of `text`, which is not empty, and how many bytes are its own.
pub(crate) fn first(text: &[u8]) -> (char, usize) {
    (char::from(text[0]), 1)
}

/// The bytes of a character, in `room`.
pub(crate) fn bytes(character: char, room: &mut [u8; 4]) -> &[u8] {
    room[0] = character as u8;
    &room[..1]
}

/// Cells that a character takes.
pub(crate) fn width(_: char) -> usize {
    1
}

/// Whether characters make up words.
pub(crate) fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric()
}

/// Whether bytes are characters and blanks. Only blocks have tabs.
pub(crate) fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b'\n' | 32..=126) || *byte == b'\t' && cfg!(feature = "blocks"))
}

/// How many bytes of `bytes` are whole characters.
pub(crate) fn whole_characters(bytes: &[u8]) -> usize {
    bytes.len()
}
