//! Colours of what is typed.

#[cfg(feature = "colour")]
use crate::keyword::is_keyword;
use crate::output::Output;
use crate::scan::Kind;
use crate::text::{first, width};

/// Parameters of the control sequence for the colour of a token.
#[cfg(feature = "colour")]
fn colour(kind: Kind, token: &[u8]) -> &'static [u8] {
    match kind {
        Kind::Word if is_keyword(token) => b"\x1b[1;34m",
        Kind::Number => b"\x1b[33m",
        Kind::String => b"\x1b[32m",
        Kind::Comment => b"\x1b[31m",
        _ => b"",
    }
}

/// What gives text its colour.
pub(crate) struct Brush {
    has_colours: bool,
    is_wet: bool,
}

impl Brush {
    pub fn new(has_colours: bool) -> Brush {
        Brush { has_colours: has_colours && cfg!(feature = "colour"), is_wet: false }
    }

    /// Takes the colour of a token for what follows.
    pub fn dip(&mut self, kind: Kind, token: &[u8], out: &mut dyn Output) {
        self.clean(out);
        #[cfg(feature = "colour")]
        if self.has_colours {
            self.wet(colour(kind, token), out);
        }
        let _ = (kind, token);
    }

    /// Draws a prompt, and goes on as before.
    pub fn prompt(&mut self, prompt: &[u8], out: &mut dyn Output) {
        self.clean(out);
        // One that has colours of its own keeps them.
        if self.has_colours && !prompt.contains(&0x1b) && !prompt.is_empty() {
            self.wet(b"\x1b[1;35m", out);
        }
        out.write(prompt);
        self.clean(out);
    }

    fn wet(&mut self, sequence: &[u8], out: &mut dyn Output) {
        out.write(sequence);
        self.is_wet = !sequence.is_empty();
    }

    /// Goes on without colour.
    pub fn clean(&mut self, out: &mut dyn Output) {
        if core::mem::take(&mut self.is_wet) {
            out.write(b"\x1b[m");
        }
    }
}

/// Cells that a prompt takes: control sequences in it take none.
pub(crate) fn shown_width(prompt: &[u8]) -> usize {
    let (mut cells, mut rest) = (0, prompt);
    while !rest.is_empty() {
        if let [0x1b, b'[', sequence @ ..] = rest {
            let end =
                sequence.iter().position(|byte| (0x40..0x7f).contains(byte)).map_or(sequence.len(), |end| end + 1);
            rest = &sequence[end..];
            continue;
        }
        let (character, len) = first(rest);
        cells += if character.is_control() { 0 } else { width(character) };
        rest = &rest[len..];
    }
    cells
}

/// The end of `prompt` that takes no more than `most` cells.
#[cfg(feature = "search")]
pub(crate) fn last_cells(prompt: &[u8], most: usize) -> &[u8] {
    let mut rest = prompt;
    while shown_width(rest) > most {
        rest = &rest[first(rest).1..];
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::shown_width;

    #[test]
    fn colours_of_a_prompt_take_no_cells() {
        assert_eq!([&b">>> "[..], b"\x1b[1;32m>\x1b[m ", b"", b"\x1b["].map(shown_width), [4, 2, 0, 0]);
    }
}
