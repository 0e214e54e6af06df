//! f-strings and t-strings, rewritten into calls that the grammar knows.
//!
//! MicroPython has no tokens for them: its lexer turns `f"{a}b{c!r:4}"` into the string `"{}b{!r:4}"` followed by
//! the text `.format((a),(c),)`, and `t"{a:4}b"` into the name `__template__` followed by
//! `(("","b",),(a),"a",None,"4",)`, and reads on in that text. What a program means, down to the lines of its
//! tokens, follows from this rewriting, so it is the rewriting that Berus does, too.
//!
//! The lexer looks for the end of a field without regard to what is in it: strings and parentheses are
//! nothing special, brackets and braces nest. Where f-strings are to be CPython's, it passes over strings, and parentheses nest, too.

use alloc::vec::Vec;
use core::ops::Range;

use super::Lexer;
use super::class::is_space;
use super::input::EOF;
use crate::error::CompileError;
use crate::token::Token;

/// The kinds of literals with fields.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Template {
    /// An f-string.
    Format,
    /// A t-string.
    Template,
}

/// The fields of a t-string that is read.
#[derive(Default)]
struct Fields {
    /// How many have ended.
    ended: usize,
    /// How many braces are open: none outside of fields.
    depth: usize,
    /// Where in the text the format of the open field starts.
    format_start: usize,
    /// Whether the format of the open field has had fields of its own.
    is_nested: bool,
}

/// The most arguments that a call to `__template__` may have before they go into a tuple.
const MAX_ARGUMENTS: usize = 255;

impl Lexer<'_> {
    /// Begins the call of an f-string, unless one before it in the same token has done so.
    pub(super) fn start_format(&mut self) {
        if self.arguments.is_empty() {
            self.quota.append_or_stop(&mut self.arguments, b".format(");
        }
    }

    /// A `{` in an f-string: an escaped one, or a field up to its conversion, format or `}`, which stay in the string.
    pub(super) fn format_field(&mut self) {
        self.input.bump();
        if self.input.peek() == b'{' {
            self.input.bump();
            self.put(b'{');
        } else {
            let text_start = self.text.len();
            let start = self.field_expression();
            if self.arguments.len() == start {
                self.token = Token::MalformedFString;
            }
            self.quota.append_or_stop(&mut self.arguments, b"),");
            if self.python_fstrings && self.text.len() > text_start {
                self.double_braces(text_start..self.text.len());
                if self.input.peek() == b'}' {
                    self.quota.append_or_stop(&mut self.text, b"{!r");
                    return;
                }
            }
        }
        self.put(b'{');
    }

    /// Has braces of the token's text stand for themselves in a format.
    pub(super) fn double_braces(&mut self, range: Range<usize>) {
        let is_brace = |b: &u8| matches!(b, b'{' | b'}');
        let Some(text) = self.text.get(range.clone()).filter(|text| text.iter().any(is_brace)) else { return };
        let mut doubled = Vec::new();
        for b in text {
            self.quota.push_or_stop(&mut doubled, *b);
            if is_brace(b) {
                self.quota.push_or_stop(&mut doubled, *b);
            }
        }
        self.quota.append_or_stop(&mut doubled, &self.text[range.end..]);
        self.text.truncate(range.start);
        self.quota.append_or_stop(&mut self.text, &doubled);
        self.quota.free(doubled);
    }

    /// Copies the expression of a field to the arguments, with an opening parenthesis, and returns where it starts
    /// there. If it ends in `=` it goes to the string as well, and the `=` is dropped.
    fn field_expression(&mut self) -> usize {
        self.quota.push_or_stop(&mut self.arguments, b'(');
        let start = self.arguments.len();
        let mut depth = 0_u32;
        loop {
            let b = self.input.peek();
            if b == EOF || depth == 0 && self.at_field_end() {
                break;
            }
            match b {
                b'[' | b'{' => depth = depth.wrapping_add(1),
                // One too many wraps around, after which nothing ends the field but the end of the source.
                b']' | b'}' => depth = depth.wrapping_sub(1),
                b'(' if self.python_fstrings => depth = depth.wrapping_add(1),
                b')' if self.python_fstrings => depth = depth.wrapping_sub(1),
                b'\'' | b'"' if self.python_fstrings => {
                    self.field_string();
                    continue;
                }
                _ => {}
            }
            self.quota.push_or_stop(&mut self.arguments, b);
            self.input.bump();
        }
        let spaces = self.arguments.iter().rev().take_while(|&&b| self.python_fstrings && is_space(b)).count();
        let end = self.arguments.len() - spaces;
        if self.arguments[..end].last() == Some(&b'=') {
            self.quota.append_or_stop(&mut self.text, &self.arguments[start..]);
            self.arguments.truncate(end - 1);
        }
        start
    }

    /// Copies a string in the expression of a field to the arguments.
    fn field_string(&mut self) {
        let quote = self.input.peek();
        let is_triple = self.input.peek_at(1) == quote && self.input.peek_at(2) == quote;
        let quotes = if is_triple { 3 } else { 1 };
        let copy = |lexer: &mut Self| {
            let b = lexer.input.next();
            lexer.quota.push_or_stop(&mut lexer.arguments, b);
        };
        (0..quotes).for_each(|_| copy(self));
        let mut closing = 0;
        while closing < quotes && self.input.peek() != EOF {
            match self.input.peek() {
                b if b == quote => closing += 1,
                b'\\' => {
                    copy(self);
                    closing = 0;
                    if self.input.peek() == EOF {
                        break;
                    }
                }
                _ => closing = 0,
            }
            copy(self);
        }
    }

    fn at_field_end(&self) -> bool {
        match self.input.peek() {
            b':' | b'}' => true,
            b'!' => self.is_conversion(self.input.peek_at(1)) && matches!(self.input.peek_at(2), b':' | b'}'),
            _ => false,
        }
    }

    fn is_conversion(&self, b: u8) -> bool {
        matches!(b, b'r' | b's') || b == b'a' && self.python_fstrings
    }

    /// A t-string, from after its opening quotes. Its text, quotes included, becomes text of the call.
    pub(super) fn template_literal(&mut self, raw: bool, quote: u8, quotes: usize) -> Result<(), CompileError> {
        let marks = [quote; 3];
        let marks = &marks[..quotes];
        if self.arguments.is_empty() {
            self.quota.append_or_stop(&mut self.text, b"((");
            self.quota.append_or_stop(&mut self.text, marks);
        }
        let mut fields = Fields::default();
        let mut closing = 0;
        while closing < quotes {
            match self.input.peek() {
                EOF => break,
                b'\n' if quotes == 1 => break,
                b if b == quote => {
                    closing += 1;
                    self.take();
                    continue;
                }
                b'\n' => {
                    self.quota.append_or_stop(&mut self.text, b"\\n");
                    self.input.bump();
                    continue;
                }
                b'{' => self.template_opens(&mut fields, marks),
                b'\\' => self.template_escape(raw),
                b'}' => self.template_closes(&mut fields, quote),
                _ => self.take(),
            }
            closing = 0;
        }
        if closing < quotes {
            self.token = Token::LonelyStringOpen;
        }
        if fields.depth > 0 {
            self.token = Token::MalformedFString;
        }
        if 1 + fields.ended * 4 > MAX_ARGUMENTS {
            self.tuples += 1;
            self.quota.push_or_stop(&mut self.arguments, b')');
        }
        Ok(())
    }

    /// Copies the next byte to the text.
    fn take(&mut self) {
        let b = self.input.next();
        self.put(b);
    }

    /// A `{` in a t-string: of a field, of a field in a format, or one of two that stand for a brace.
    fn template_opens(&mut self, fields: &mut Fields, marks: &[u8]) {
        if fields.depth > 0 {
            fields.depth += 1;
            return self.take();
        }
        self.input.bump();
        if self.input.peek() == b'{' {
            self.input.bump();
        } else {
            self.template_field(marks);
            fields.depth = 1;
            fields.format_start = self.text.len();
        }
        self.put(b'{');
    }

    /// A backslash in a t-string, whose text will be read again, as a string that is not raw.
    fn template_escape(&mut self, raw: bool) {
        self.put(b'\\');
        if raw {
            self.put(b'\\');
            self.input.bump();
        } else {
            self.input.bump();
            self.take();
        }
    }

    /// A `}` in a t-string: of a field, whose format becomes an argument, of a field in a format, or one of two that
    /// stand for a brace.
    fn template_closes(&mut self, fields: &mut Fields, quote: u8) {
        match fields.depth {
            0 => {
                self.take();
                if self.input.peek() == b'}' {
                    self.input.bump();
                } else {
                    self.token = Token::MalformedFString;
                }
                return;
            }
            1 => {}
            _ => {
                fields.depth -= 1;
                fields.is_nested = true;
                return self.take();
            }
        }
        fields.depth = 0;
        fields.ended += 1;
        if core::mem::take(&mut fields.is_nested) {
            self.quota.push_or_stop(&mut self.arguments, b'f');
        }
        self.quota.push_or_stop(&mut self.arguments, quote);
        let format = self.text.get(fields.format_start + 1..).unwrap_or_default();
        self.quota.append_or_stop(&mut self.arguments, format);
        self.text.truncate(fields.format_start);
        self.quota.append_or_stop(&mut self.arguments, &[quote, b',']);
        self.input.bump();
    }

    /// A field of a t-string up to its format: the arguments for its value, source text and conversion.
    fn template_field(&mut self, marks: &[u8]) {
        let quote = marks[0];
        let text_start = self.text.len();
        let start = self.field_expression();
        let has_equal = self.text.len() > text_start;
        while self.arguments.last().is_some_and(|&b| is_space(b)) {
            self.arguments.pop();
        }
        if self.arguments.len() == start {
            self.token = Token::MalformedFString;
        }
        let end = self.arguments.len();
        self.quota.append_or_stop(&mut self.arguments, b"),");
        self.quota.push_or_stop(&mut self.arguments, quote);
        for i in start..end {
            let b = self.arguments[i];
            if b == quote || b == b'\\' {
                self.quota.push_or_stop(&mut self.arguments, b'\\');
            }
            self.quota.push_or_stop(&mut self.arguments, b);
        }
        self.quota.append_or_stop(&mut self.arguments, &[quote, b',']);
        self.quota.append_or_stop(&mut self.text, marks);
        self.put(b',');
        self.quota.append_or_stop(&mut self.text, marks);
        if self.input.peek() == b'!' {
            self.input.bump();
            let conversion = self.input.next();
            self.quota.append_or_stop(&mut self.arguments, &[quote, conversion, quote, b',']);
        } else if has_equal && self.input.peek() != b':' {
            self.quota.append_or_stop(&mut self.arguments, b"'r',");
        } else {
            self.quota.append_or_stop(&mut self.arguments, b"None,");
        }
        if self.input.peek() == b':' {
            self.input.bump();
        }
    }

    /// Ends the token: what its literals have made of their fields is to be read next.
    pub(super) fn finish_template(&mut self, is_template: bool) -> Result<(), CompileError> {
        if is_template {
            self.quota.append_or_stop(&mut self.text, b",),");
            (0..core::mem::take(&mut self.tuples)).for_each(|_| self.put(b'('));
            self.quota.append_or_stop(&mut self.text, &self.arguments);
            core::mem::swap(&mut self.text, &mut self.arguments);
            self.text.clear();
            if matches!(self.token, Token::String | Token::Bytes) {
                self.token = Token::Name;
                self.quota.append_or_stop(&mut self.text, b"__template__");
            }
        }
        if !self.arguments.is_empty() {
            self.quota.push_or_stop(&mut self.arguments, b')');
            self.input.inject(&self.arguments, self.offset, self.quota)?;
            self.arguments.clear();
        }
        Ok(())
    }
}
