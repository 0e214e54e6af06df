//! Source text to tokens, as `py/lexer.c` sees them.
//!
//! The lexer holds one token at a time and nothing else but its indentation levels, so it needs no memory per
//! token. String literals, and what becomes of f-strings and t-strings, are in [`string`] and [`template`].

mod class;
mod input;
mod string;
mod template;

use alloc::vec::Vec;

use berus_mpy::memory::{Quota, Stop};

use crate::error::CompileError;
use crate::options::Options;
use crate::token::Token;
use class::{is_blank, is_digit, is_letter, is_name, is_name_start};
use input::{EOF, Input};

/// Columns from one tab stop to the next.
const TAB: usize = 8;

const FORM_FEED: u8 = 0x0c;

pub(crate) struct Lexer<'s> {
    input: Input<'s>,
    quota: &'s Quota<'s>,
    /// Whether `__debug__` is true.
    debug: bool,
    /// Whether f-strings are CPython's, see [`Options::python_fstrings`].
    python_fstrings: bool,
    token: Token,
    line: u32,
    offset: u32,
    /// The text of a name, number, string or bytes token.
    text: Vec<u8>,
    /// How many brackets are open; a closing one too many makes it negative.
    brackets: i32,
    /// The columns of the open blocks but the outermost, which has column 0. MicroPython keeps 16 bits of each.
    indents: Vec<u16>,
    /// INDENT tokens to come, or, negative, DEDENT tokens.
    dents: i32,
    /// Text that the template literals of the current token have made, see [`template`].
    arguments: Vec<u8>,
    /// How many tuples are to be opened before the arguments of that text.
    tuples: u32,
}

impl<'s> Lexer<'s> {
    /// A lexer at the first token of `source`.
    pub(crate) fn new(
        source: &'s [u8],
        options: &Options<'_>,
        quota: &'s Quota<'s>,
    ) -> Result<Lexer<'s>, CompileError> {
        let mut lexer = Lexer {
            input: Input::new(source, quota)?,
            quota,
            debug: options.optimise == 0,
            python_fstrings: options.python_fstrings,
            token: Token::End,
            line: 1,
            offset: 0,
            text: quota.with_capacity(32)?,
            brackets: 0,
            indents: Vec::new(),
            dents: 0,
            arguments: Vec::new(),
            tuples: 0,
        };
        let indented = lexer.skip_indent(false) > 0;
        lexer.advance()?;
        if indented && lexer.token != Token::Newline {
            // No line can be indented before one that opens a block.
            lexer.token = Token::Indent;
        }
        Ok(lexer)
    }

    /// The current token.
    #[inline]
    pub(crate) fn token(&self) -> Token {
        self.token
    }

    /// The line of the current token, from 1.
    #[inline]
    pub(crate) fn line(&self) -> u32 {
        self.line
    }

    /// Where the current token starts in the source.
    pub(crate) fn offset(&self) -> u32 {
        self.offset
    }

    /// The text of the current token, if it is a name, number, string or bytes: without quotes and escapes, and for a
    /// number without underscores.
    #[inline]
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Gives back the memory of the lexer.
    pub(crate) fn retire(self) {
        self.quota.free(self.text);
        self.quota.free(self.arguments);
        self.quota.free(self.indents);
        self.input.retire(self.quota);
    }

    /// Goes to the next token.
    ///
    /// # Errors
    /// `NotImplementedError` for a `\N{...}` escape; where the quota ends the work. Everything else that is wrong is a token.
    pub(crate) fn advance(&mut self) -> Result<(), CompileError> {
        self.read_token()?;
        // What there was no memory for is missing in the text of the token.
        Ok(self.quota.check()?)
    }

    fn read_token(&mut self) -> Result<(), CompileError> {
        self.quota.step()?;
        self.text.clear();
        let at_line_end = self.skip_space(true);
        self.line = self.input.line();
        self.offset = self.input.offset();
        if self.dents < 0 {
            self.dents += 1;
            self.token = Token::Dedent;
        } else if self.dents > 0 {
            self.dents -= 1;
            self.token = Token::Indent;
        } else if at_line_end {
            self.token = self.newline()?;
        } else {
            let b = self.input.peek();
            if self.at_string() {
                return self.strings();
            }
            self.token = if is_name_start(b) {
                self.name()
            } else if is_digit(b) || b == b'.' && is_digit(self.input.peek_at(1)) {
                self.number()
            } else if b == EOF {
                Token::End
            } else {
                self.operator()
            };
        }
        Ok(())
    }

    /// Skips white space, comments and joined lines, and line ends too if a bracket is open or `stop` is false.
    /// Tells whether it has stopped at a line end.
    fn skip_space(&mut self, stop: bool) -> bool {
        loop {
            self.input.skip_while(is_blank);
            match self.input.peek() {
                b'\n' => {
                    if stop && self.brackets == 0 {
                        return true;
                    }
                    self.input.bump();
                }
                b'#' => self.skip_comment(),
                b'\\' if self.input.peek_at(1) == b'\n' => {
                    self.input.bump();
                    self.input.bump();
                }
                _ => return false,
            }
        }
    }

    fn skip_comment(&mut self) {
        loop {
            self.input.skip_while(|b| b != b'\n' && b != b'\r');
            if matches!(self.input.peek(), b'\n' | EOF) {
                break;
            }
        }
    }

    /// A NEWLINE token, with the blank lines after it, and the indentation of the next line.
    fn newline(&mut self) -> Result<Token, Stop> {
        let column = self.skip_indent(true);
        let mut token = Token::Newline;
        if column > self.indent() {
            self.quota.push(&mut self.indents, column as u16)?;
            self.dents = 1;
        } else {
            while column < self.indent() {
                self.indents.pop();
                self.dents -= 1;
            }
            if column != self.indent() {
                token = Token::DedentMismatch;
                self.offset = self.input.offset();
            }
        }
        Ok(token)
    }

    fn indent(&self) -> usize {
        self.indents.last().map_or(0, |&column| usize::from(column))
    }

    /// Skips white space, comments and joined lines, and with `blank_lines` line ends as well, and returns the column,
    /// from 0.
    fn skip_indent(&mut self, blank_lines: bool) -> usize {
        let mut column = 0;
        loop {
            match self.input.peek() {
                b' ' => {
                    column += self.input.skip_while(|b| b == b' ');
                    continue;
                }
                b'\n' if !blank_lines => return column,
                b'\n' => column = 0,
                b'\t' => column = (column / TAB + 1) * TAB,
                // A new page begins, as editors mark one between two definitions.
                FORM_FEED => column = 0,
                b'#' => {
                    self.skip_comment();
                    continue;
                }
                b'\\' if self.input.peek_at(1) == b'\n' => {
                    self.input.bump();
                    column = 0;
                }
                b if is_blank(b) => column += 1,
                _ => return column,
            }
            self.input.bump();
        }
    }

    /// Appends a byte to the text of the token.
    fn put(&mut self, byte: u8) {
        self.quota.push_or_stop(&mut self.text, byte);
    }

    fn name(&mut self) -> Token {
        self.input.take_while(&mut self.text, is_name);
        keyword(&self.text, self.debug)
    }

    fn number(&mut self) -> Token {
        let first = self.input.next();
        self.put(first);
        let mut token = if first == b'.' { Token::Float } else { Token::Integer };
        let has_base = first == b'0' && matches!(self.input.peek() | 0x20, b'b' | b'o' | b'x');
        loop {
            let b = self.input.peek();
            if !has_base && (b | 0x20) == b'e' {
                token = Token::Float;
                self.put(b'e');
                self.input.bump();
                if matches!(self.input.peek(), b'+' | b'-') {
                    let sign = self.input.next();
                    self.put(sign);
                }
            } else if is_letter(b) || is_digit(b) || b == b'.' {
                if b == b'.' || (b | 0x20) == b'j' {
                    token = Token::Float;
                }
                self.put(b);
                self.input.bump();
            } else if b == b'_' {
                self.input.bump();
            } else {
                return token;
            }
        }
    }

    fn operator(&mut self) -> Token {
        let first = self.input.next();
        match first {
            b'(' | b'[' | b'{' => {
                self.brackets = self.brackets.saturating_add(1);
                match first {
                    b'(' => Token::ParenOpen,
                    b'[' => Token::BracketOpen,
                    _ => Token::BraceOpen,
                }
            }
            b')' | b']' | b'}' => {
                self.brackets = self.brackets.saturating_sub(1);
                match first {
                    b')' => Token::ParenClose,
                    b']' => Token::BracketClose,
                    _ => Token::BraceClose,
                }
            }
            b',' => Token::Comma,
            b';' => Token::Semicolon,
            b'~' => Token::Tilde,
            b':' => self.longer(Token::Colon, b'=', Token::Walrus),
            b'+' => self.longer(Token::Plus, b'=', Token::PlusEqual),
            b'-' if self.input.peek() == b'>' => self.longer(Token::Minus, b'>', Token::Arrow),
            b'-' => self.longer(Token::Minus, b'=', Token::MinusEqual),
            b'&' => self.longer(Token::Ampersand, b'=', Token::AmpersandEqual),
            b'|' => self.longer(Token::Pipe, b'=', Token::PipeEqual),
            b'%' => self.longer(Token::Percent, b'=', Token::PercentEqual),
            b'^' => self.longer(Token::Caret, b'=', Token::CaretEqual),
            b'@' => self.longer(Token::At, b'=', Token::AtEqual),
            b'=' => self.longer(Token::Equal, b'=', Token::EqualEqual),
            b'!' => self.longer(Token::Invalid, b'=', Token::NotEqual),
            b'<' => self.doubled(b'<', Token::Less, Token::LessEqual, Token::LessLess, Token::LessLessEqual),
            b'>' => self.doubled(b'>', Token::More, Token::MoreEqual, Token::MoreMore, Token::MoreMoreEqual),
            b'*' => self.doubled(b'*', Token::Star, Token::StarEqual, Token::StarStar, Token::StarStarEqual),
            b'/' => self.doubled(b'/', Token::Slash, Token::SlashEqual, Token::SlashSlash, Token::SlashSlashEqual),
            b'.' if self.input.peek() == b'.' && self.input.peek_at(1) == b'.' => {
                self.input.bump();
                self.input.bump();
                Token::Ellipsis
            }
            b'.' => Token::Period,
            _ => Token::Invalid,
        }
    }

    /// `long` if the next byte is `second`, else `short`.
    fn longer(&mut self, short: Token, second: u8, long: Token) -> Token {
        if self.input.peek() == second {
            self.input.bump();
            long
        } else {
            short
        }
    }

    /// An operator that may be doubled, and either may have a `=` after it.
    fn doubled(&mut self, byte: u8, one: Token, one_equal: Token, two: Token, two_equal: Token) -> Token {
        if self.input.peek() == byte {
            self.input.bump();
            self.longer(two, b'=', two_equal)
        } else {
            self.longer(one, b'=', one_equal)
        }
    }
}

/// The keyword spelled `text`, or NAME.
fn keyword(text: &[u8], debug: bool) -> Token {
    match text {
        b"False" => Token::KwFalse,
        b"None" => Token::KwNone,
        b"True" => Token::KwTrue,
        b"__debug__" if debug => Token::KwTrue,
        b"__debug__" => Token::KwFalse,
        b"and" => Token::KwAnd,
        b"as" => Token::KwAs,
        b"assert" => Token::KwAssert,
        b"async" => Token::KwAsync,
        b"await" => Token::KwAwait,
        b"break" => Token::KwBreak,
        b"class" => Token::KwClass,
        b"continue" => Token::KwContinue,
        b"def" => Token::KwDef,
        b"del" => Token::KwDel,
        b"elif" => Token::KwElif,
        b"else" => Token::KwElse,
        b"except" => Token::KwExcept,
        b"finally" => Token::KwFinally,
        b"for" => Token::KwFor,
        b"from" => Token::KwFrom,
        b"global" => Token::KwGlobal,
        b"if" => Token::KwIf,
        b"import" => Token::KwImport,
        b"in" => Token::KwIn,
        b"is" => Token::KwIs,
        b"lambda" => Token::KwLambda,
        b"nonlocal" => Token::KwNonlocal,
        b"not" => Token::KwNot,
        b"or" => Token::KwOr,
        b"pass" => Token::KwPass,
        b"raise" => Token::KwRaise,
        b"return" => Token::KwReturn,
        b"try" => Token::KwTry,
        b"while" => Token::KwWhile,
        b"with" => Token::KwWith,
        b"yield" => Token::KwYield,
        _ => Token::Name,
    }
}
