//! A light scanner of Python: what is open at a place, where tokens begin, how far to indent.

/// Words that begin a statement with a block, which an empty line ends.
const BLOCKS: &[u8] = b"if while for try with def class async";

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    #[cfg(any(feature = "blocks", feature = "docs"))]
    Word,
    #[cfg(any(feature = "blocks", feature = "docs"))]
    Number,
    /// A string, or the part of it that is on a line.
    String,
    Comment,
    /// A line's end that is no part of a string.
    NewLine,
    /// Blanks, operators and the rest.
    Other,
}

/// What is open between two tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct State {
    /// The quote of a string, and whether there are three of it.
    quote: Option<(u8, bool)>,
    brackets: i32,
}

impl State {
    /// How many quotes end the string that is open: 1 or 3, or none if no string is.
    pub fn quotes(self) -> usize {
        self.quote.map_or(0, |(_, is_triple)| if is_triple { 3 } else { 1 })
    }

    /// Whether a bracket is open.
    #[cfg(all(feature = "docs", feature = "runtime"))]
    pub fn is_in_brackets(self) -> bool {
        self.brackets > 0
    }

    /// The first token of `text`, which is not empty, and its length. No token goes beyond the end of a line.
    ///
    /// Words and numbers are told from other bytes only where somebody asks for that.
    pub fn next(&mut self, text: &[u8]) -> (Kind, usize) {
        if let Some((quote, is_triple)) = self.quote {
            return (Kind::String, self.string(text, 0, quote, is_triple));
        }
        #[cfg(any(feature = "blocks", feature = "docs"))]
        if let Some(token) = word(text) {
            return token;
        }
        match text[0] {
            quote @ (b'\'' | b'"') => {
                let is_triple = text[1..].starts_with(&[quote; 2]);
                self.quote = Some((quote, is_triple));
                return (Kind::String, self.string(text, if is_triple { 3 } else { 1 }, quote, is_triple));
            }
            b'#' => return (Kind::Comment, text.iter().position(|byte| *byte == b'\n').unwrap_or(text.len())),
            b'\n' => return (Kind::NewLine, 1),
            b'(' | b'[' | b'{' => self.brackets = self.brackets.saturating_add(1),
            b')' | b']' | b'}' => self.brackets = self.brackets.saturating_sub(1),
            _ => {}
        }
        (Kind::Other, 1)
    }

    /// How much of `text` is of a string that is open at `from`.
    fn string(&mut self, text: &[u8], from: usize, quote: u8, is_triple: bool) -> usize {
        let mut at = from;
        while let Some(byte) = text.get(at) {
            at += 1;
            match byte {
                b'\\' if text.get(at) == Some(&b'\n') => return at + 1,
                b'\\' if at < text.len() => at += 1,
                b'\n' => {
                    // A string that ends with its line is an error, not an open one.
                    if !is_triple {
                        self.quote = None;
                    }
                    return at;
                }
                byte if *byte == quote && (!is_triple || text[at..].starts_with(&[quote, quote])) => {
                    self.quote = None;
                    return if is_triple { at + 2 } else { at };
                }
                _ => {}
            }
        }
        at
    }
}

/// The word, number or run of blanks that `text` begins with.
#[cfg(any(feature = "blocks", feature = "docs"))]
fn word(text: &[u8]) -> Option<(Kind, usize)> {
    let count = |is: fn(&u8) -> bool| text.iter().position(|byte| !is(byte)).unwrap_or(text.len());
    Some(match text[0] {
        b'0'..=b'9' => (Kind::Number, count(|byte| is_word(byte) || *byte == b'.')),
        byte if is_word(&byte) => {
            let len = count(is_word);
            // The letters before a string.
            let is_prefix = len <= 2 && matches!(text.get(len), Some(b'\'' | b'"'));
            (if is_prefix { Kind::String } else { Kind::Word }, len)
        }
        b' ' => (Kind::Other, count(|byte| *byte == b' ')),
        _ => return None,
    })
}

/// A place in a text, and what is open there: what goes on from it need not look at all that is before.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mark {
    pub at: usize,
    pub state: State,
}

impl Mark {
    /// Goes to `to`, where a line begins.
    pub fn seek(&mut self, text: &[u8], to: usize) {
        if to < self.at {
            *self = Mark::default();
        }
        while self.at < to {
            self.at += self.state.next(&text[self.at..to]).1;
        }
    }

    /// The text behind `at` is another one now.
    pub fn forget(&mut self, at: usize) {
        if at < self.at {
            *self = Mark::default();
        }
    }
}

/// Whether more lines belong to `input`, lines as they were typed with `\n` between them: a string, a bracket or a line is still open, or it is a
/// statement with a block that no empty line has ended.
///
/// ```
/// use berus_terminal::wants_more;
///
/// assert!(wants_more(b"print(1,"));
/// assert!(wants_more(b"if x:\n    y()"));
/// assert!(!wants_more(b"if x:\n    y()\n"));
/// ```
pub fn wants_more(input: &[u8]) -> bool {
    wants_more_after(Mark::default(), input, false)
}

/// The same, if what is before `mark` is known. With `blank_ends`, a line of blanks ends a block, too.
pub(crate) fn wants_more_after(mark: Mark, input: &[u8], blank_ends: bool) -> bool {
    let Some(last) = input.last() else { return false };
    let Mark { mut at, mut state } = mark;
    let mut kind = Kind::Other;
    while at < input.len() {
        let (found, len) = state.next(&input[at..]);
        (kind, at) = (found, at + len);
    }
    match state.quotes() {
        3 => return true,
        0 if state.brackets > 0 => return true,
        _ => {}
    }
    if *last == b'\\' && kind != Kind::Comment {
        return true;
    }
    let last_line = &input[line_start(input, input.len())..];
    let ends = if blank_ends { last_line.iter().all(|byte| *byte == b' ') } else { last_line.is_empty() };
    !ends && begins_block(input)
}

fn begins_block(input: &[u8]) -> bool {
    let end = input.iter().position(|byte| !is_word(byte)).unwrap_or(input.len());
    input[0] == b'@' || BLOCKS.split(|byte| *byte == b' ').any(|word| word == &input[..end])
}

/// Whether bytes make up words.
pub(crate) fn is_word(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii()
}

/// Where the line of `at` begins.
pub(crate) fn line_start(text: &[u8], at: usize) -> usize {
    text[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1)
}

/// By how many fours of blanks the line behind `text`, which ends with `\n`, is indented to begin with: as the line before, more behind a colon, and not
/// at all behind two lines of blanks.
pub(crate) fn indentation(text: &[u8]) -> usize {
    let Some((b'\n', text)) = text.split_last() else { return 0 };
    let start = line_start(text, text.len());
    let line = &text[start..];
    let blanks = line.iter().take_while(|byte| **byte == b' ').count();
    if start > 0 && blanks == line.len() {
        let before = &text[..start - 1];
        let before_start = line_start(before, before.len());
        if before_start > 0 && before[before_start..].iter().all(|byte| *byte == b' ') {
            return 0;
        }
    }
    blanks / 4 + usize::from(line.last() == Some(&b':'))
}

#[cfg(test)]
mod tests {
    use alloc::format;
    #[cfg(feature = "blocks")]
    use alloc::vec::Vec;

    #[cfg(feature = "blocks")]
    use super::{Kind, State};
    use super::{indentation, wants_more};

    #[test]
    fn simple_statements_are_whole() {
        for input in [
            "",
            "x",
            "x = '('",
            r#"x = "\"(""#,
            "f()",
            "x = '''a'''",
            "'open",
            "iffy = 1",
            "classes",
            "# (",
            "x # '''",
            ")",
            "# \\",
        ] {
            assert!(!wants_more(input.as_bytes()), "{input}");
        }
    }

    #[test]
    fn what_is_open_goes_on() {
        for input in
            ["f(", "[1,\n2", "{'a': '}'", "'''a", "\"\"\"a'''", "1 + \\", "'a\\", "'''\\'''", "x = [ # ]", "('\n"]
        {
            assert!(wants_more(input.as_bytes()), "{input}");
        }
    }

    #[test]
    fn an_empty_line_ends_a_block() {
        for word in ["if", "while", "for", "try:", "with", "def", "class", "async", "@"] {
            let input = format!("{word} x:\n  y");
            assert!(wants_more(input.as_bytes()), "{input}");
            assert!(!wants_more(format!("{input}\n").as_bytes()), "{input}");
        }
    }

    #[test]
    fn lines_are_indented_as_those_before() {
        for (text, expected) in [
            ("if 1:\n", 1),
            ("x\n", 0),
            ("if 1:\n    x\n", 1),
            ("if 1:\n    if 2:\n", 2),
            ("if 1:\n    x\n    \n", 1),
            ("if 1:\n    x\n    \n    \n", 0),
            ("", 0),
            ("\n\n", 0),
        ] {
            assert_eq!(indentation(text.as_bytes()), expected, "{text:?}");
        }
    }

    #[cfg(feature = "blocks")]
    #[test]
    fn tokens_end_with_their_lines() {
        let text = b"x = rb'a\\'' + 0x1f.e # c\n'''a\nb'''";
        let (mut at, mut state, mut found) = (0, State::default(), Vec::new());
        while at < text.len() {
            let (kind, len) = state.next(&text[at..]);
            if kind != Kind::Other {
                found.push((kind, core::str::from_utf8(&text[at..at + len]).unwrap()));
            }
            at += len;
        }
        let string = Kind::String;
        assert_eq!(
            found,
            [
                (Kind::Word, "x"),
                (string, "rb"),
                (string, "'a\\''"),
                (Kind::Number, "0x1f.e"),
                (Kind::Comment, "# c"),
                (Kind::NewLine, "\n"),
                (string, "'''a\n"),
                (string, "b'''")
            ]
        );
    }
}
