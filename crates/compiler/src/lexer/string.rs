//! String and bytes literals.

use super::class::hex_value;
use super::input::EOF;
use super::template::Template;
use super::{Lexer, Token};
use crate::error::{CompileError, ErrorKind};

/// What the letters before the quotes say.
#[derive(Clone, Copy)]
pub(super) struct Prefix {
    token: Token,
    raw: bool,
    template: Option<Template>,
    letters: usize,
}

impl Lexer<'_> {
    /// Whether a string or bytes literal starts here.
    #[inline]
    pub(super) fn at_string(&self) -> bool {
        match self.input.peek() {
            b'"' | b'\'' => true,
            b'b' | b'f' | b'r' | b't' | b'u' => self.prefix().is_some(),
            _ => false,
        }
    }

    fn prefix(&self) -> Option<Prefix> {
        let quoted = |n| matches!(self.input.peek_at(n), b'"' | b'\'');
        let (first, second) = (self.input.peek(), self.input.peek_at(1));
        let (letters, kind, raw) = if quoted(0) {
            (0, b'u', false)
        } else if quoted(1) {
            (1, first, first == b'r')
        } else if quoted(2) {
            match (first, second) {
                (b'r', kind @ (b'b' | b'f' | b't')) | (kind @ (b'b' | b'f' | b't'), b'r') => (2, kind, true),
                _ => return None,
            }
        } else {
            return None;
        };
        let (token, template) = match kind {
            b'u' | b'r' => (Token::String, None),
            b'b' => (Token::Bytes, None),
            b'f' => (Token::String, Some(Template::Format)),
            b't' => (Token::String, Some(Template::Template)),
            _ => return None,
        };
        Some(Prefix { token, raw, template, letters })
    }

    /// A string or bytes token, made of one literal or several in a row.
    pub(super) fn strings(&mut self) -> Result<(), CompileError> {
        self.token = Token::End;
        let (mut is_template, mut is_format) = (false, false);
        while let Some(prefix) = self.prefix() {
            is_template |= prefix.template == Some(Template::Template);
            if self.token == Token::End {
                self.token = prefix.token;
            } else if self.token != prefix.token {
                // Bytes after a string, or the other way round, are a token of their own.
                break;
            }
            for _ in 0..prefix.letters {
                self.input.bump();
            }
            let start = self.text.len();
            self.literal(prefix)?;
            if self.python_fstrings && !is_template {
                // The plain literals before the first f-string, and those behind it.
                match prefix.template {
                    Some(Template::Format) if !is_format => self.double_braces(0..start),
                    None if is_format => self.double_braces(start..self.text.len()),
                    _ => {}
                }
            }
            is_format |= prefix.template == Some(Template::Format);
            self.skip_space(true);
        }
        self.finish_template(is_template)
    }

    fn literal(&mut self, prefix: Prefix) -> Result<(), CompileError> {
        let quote = self.input.next();
        let mut quotes = 1;
        if self.input.peek() == quote && self.input.peek_at(1) == quote {
            self.input.bump();
            self.input.bump();
            quotes = 3;
        }
        match prefix.template {
            Some(Template::Template) => self.template_literal(prefix.raw, quote, quotes),
            format => self.plain_literal(prefix.raw, format.is_some(), quote, quotes),
        }
    }

    /// A literal that is no template, from after its opening quotes.
    fn plain_literal(&mut self, raw: bool, format: bool, quote: u8, quotes: usize) -> Result<(), CompileError> {
        if format {
            self.start_format();
        }
        let mut closing = 0;
        while closing < quotes {
            let start = self.text.len();
            let is_plain = |b| b != quote && !matches!(b, b'\\' | b'\n' | b'\r' | EOF | b'{');
            self.input.take_while(&mut self.text, is_plain);
            if self.text.len() > start {
                closing = 0;
            }
            match self.input.peek() {
                EOF => break,
                b'\n' if quotes == 1 => break,
                b if b == quote => {
                    closing += 1;
                    self.put(b);
                    self.input.bump();
                    continue;
                }
                b'{' if format => self.format_field(),
                b'\\' => self.escape(raw, format && self.python_fstrings)?,
                b => {
                    self.put(b);
                    self.input.bump();
                }
            }
            closing = 0;
        }
        if closing < quotes {
            self.token = Token::LonelyStringOpen;
        }
        self.text.truncate(self.text.len().saturating_sub(closing));
        Ok(())
    }

    /// A backslash and what it stands for. If that is a brace and `doubled` is set, two of them.
    fn escape(&mut self, raw: bool, doubled: bool) -> Result<(), CompileError> {
        self.input.bump();
        let b = self.input.peek();
        if doubled && matches!(b, b'{' | b'}') {
            // No escape: the backslash stays, and the brace is what it would be without.
            self.put(b'\\');
            return Ok(());
        }
        let value = if raw {
            self.put(b'\\');
            u32::from(b)
        } else {
            match b {
                b'\n' => {
                    self.input.bump();
                    return Ok(());
                }
                b'\\' | b'\'' | b'"' => u32::from(b),
                b'a' => 0x07,
                b'b' => 0x08,
                b't' => 0x09,
                b'n' => 0x0a,
                b'v' => 0x0b,
                b'f' => 0x0c,
                b'r' => 0x0d,
                b'x' => self.hex_escape(2),
                b'u' if self.token != Token::Bytes => self.hex_escape(4),
                b'U' if self.token != Token::Bytes => self.hex_escape(8),
                b'N' => {
                    return Err(CompileError::new(ErrorKind::NotImplemented, "unicode name escapes")
                        .at_offset(self.input.offset()));
                }
                b'0'..=b'7' => {
                    let mut value = u32::from(b - b'0');
                    for _ in 0..2 {
                        match self.input.peek_at(1) {
                            digit @ b'0'..=b'7' => value = value * 8 + u32::from(digit - b'0'),
                            _ => break,
                        }
                        self.input.bump();
                    }
                    value
                }
                _ => {
                    // No escape: the backslash stays.
                    self.put(b'\\');
                    u32::from(b)
                }
            }
        };
        self.input.bump();
        if doubled && (value == u32::from(b'{') || value == u32::from(b'}')) {
            self.put(value as u8);
        }
        match (self.token, value) {
            (Token::String, 0..0x11_0000) => self.put_utf8(value),
            (Token::Bytes, 0..0x100) => self.put(value as u8),
            _ => self.token = Token::Invalid,
        }
        Ok(())
    }

    /// Appends `value` in UTF-8, surrogates too.
    fn put_utf8(&mut self, value: u32) {
        let tail = |shift: u32| (value >> shift) as u8 & 0x3f | 0x80;
        let bytes: &[u8] = match value {
            0..0x80 => &[value as u8],
            0x80..0x800 => &[(value >> 6) as u8 | 0xc0, tail(0)],
            0x800..0x1_0000 => &[(value >> 12) as u8 | 0xe0, tail(6), tail(0)],
            _ => &[(value >> 18) as u8 | 0xf0, tail(12), tail(6), tail(0)],
        };
        self.quota.append_or_stop(&mut self.text, bytes);
    }

    /// The value of `digits` hexadecimal digits, leaving the last of them to be read. With too few the token is invalid.
    fn hex_escape(&mut self, digits: usize) -> u32 {
        let mut value = 0;
        for _ in 0..digits {
            self.input.bump();
            match hex_value(self.input.peek()) {
                Some(digit) => value = value << 4 | digit,
                None => {
                    self.token = Token::Invalid;
                    return 0;
                }
            }
        }
        value
    }
}
