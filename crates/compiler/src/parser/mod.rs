//! Tokens to a parse tree.
//!
//! The engine works through the grammar's table with a stack of open rules and a stack of finished nodes, so the
//! depth of a program costs memory only. What becomes of a finished rule, by simplification and folding, is in
//! [`finish`].

mod finish;
mod lookahead;

use alloc::borrow::Cow;
use alloc::vec::Vec;

use berus_mpy::memory::{Quota, Stop};
use berus_mpy::number::{Decimal, parse_decimal};

use crate::error::{CompileError, ErrorKind, Lossy};
use crate::grammar::{Element, Rule, Shape};
use crate::integer::{IntegerError, parse_integer};
use crate::lexer::Lexer;
use crate::names::Names;
use crate::options::{Mode, Options};
use crate::token::Token;
use crate::tree::{Const, Node, Tree, is_host_small};
use lookahead::{SPINE, continues_with, innermost_continuing, spine_level, starts_with};

/// The most bytes of an identifier.
const NAME_MAX: usize = 255;

/// The most bytes of a string that becomes a name in any case.
const NAME_STRING_MAX: usize = 10;

/// Parses `source` within `quota`. Its names go to `names`.
///
/// Strings longer than a few bytes become names only if they are names already, so what `names` holds at the start
/// has a part in the result: mpy-cross enters the name of the source file first.
///
/// # Errors
/// A `SyntaxError` or `IndentationError` where MicroPython has one, its `NotImplementedError` for `\N{...}`, its
/// `RuntimeError` for an identifier of more than 255 bytes, and `MemoryError` for more than 64 MiB of source or where the
/// quota is used up.
pub fn parse(source: &[u8], names: &mut Names, options: &Options<'_>, quota: &Quota<'_>) -> Result<Tree, CompileError> {
    let mut parser = Parser {
        lexer: Lexer::new(source, options, quota)?,
        names,
        options,
        quota,
        tree: Tree::new(quota)?,
        rules: Vec::new(),
        nodes: Vec::new(),
        declared: Vec::new(),
        declared_constants: 0,
        nan: Node::NULL,
    };
    parser.run(match options.mode {
        Mode::Single => Rule::SingleInput,
        Mode::File | Mode::Pasted => Rule::FileInput,
        Mode::Eval => Rule::EvalInput,
    })?;
    match parser.nodes[..] {
        [root] if parser.lexer.token() == Token::End => {
            parser.tree.finish(root, quota);
            Ok(parser.retire())
        }
        _ => Err(parser.syntax_error()),
    }
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    names: &'a mut Names,
    options: &'a Options<'a>,
    quota: &'a Quota<'a>,
    tree: Tree,
    /// The rules that are begun and not finished.
    rules: Vec<Open>,
    /// The finished nodes that are not yet part of another.
    nodes: Vec<Node>,
    /// By number of a name: the value that `const()` has given it. Empty while there is none.
    declared: Vec<Node>,
    /// How many constants of the tree may be values that are used again.
    declared_constants: usize,
    /// The value of `math.nan`, once it has been used.
    nan: Node,
}

/// A rule that is begun, or several of [`SPINE`] inside one another.
#[derive(Clone, Copy)]
struct Open {
    rule: Rule,
    /// How many more rules of [`SPINE`] are open inside this one. Each of them, and this one, has its first element
    /// matched and nothing else.
    depth: u8,
    /// The line of the first token.
    line: u32,
    /// How many elements of the rule have been matched. For a list, how many items and separators.
    matched: u32,
}

impl Parser<'_> {
    fn run(&mut self, start: Rule) -> Result<(), CompileError> {
        if start.shape() != Shape::any {
            self.open(start, 0, 0)?;
        } else {
            self.begin(start)?;
        }
        // Each turn, the innermost open rule has either just been begun or got its next element.
        while let Some(&open) = self.rules.last() {
            let open = if open.matched == 1 {
                match self.narrow(open)? {
                    Some(open) => open,
                    None => {
                        self.rules.pop();
                        continue;
                    }
                }
            } else {
                open
            };
            match open.rule.shape() {
                Shape::many | Shape::list | Shape::list_end => self.list(open)?,
                _ => self.sequence(open)?,
            }
        }
        Ok(())
    }

    /// Of open rules that have their first element, leaves open the innermost that goes on with the current token, and
    /// returns it. `None` if none does: then their only element stands for them all.
    #[inline]
    fn narrow(&mut self, open: Open) -> Result<Option<Open>, Stop> {
        let token = self.lexer.token();
        let Some(level) = spine_level(open.rule) else {
            return Ok(continues_with(open.rule, token).then_some(open));
        };
        let Some(distance) = innermost_continuing(level, open.depth, token) else { return Ok(None) };
        let innermost = Open { rule: SPINE[usize::from(level + distance)], depth: 0, ..open };
        match self.rules.last_mut() {
            Some(last) if distance == 0 => *last = innermost,
            Some(last) => {
                last.depth = distance - 1;
                self.quota.push(&mut self.rules, innermost)?;
            }
            None => return Ok(None),
        }
        Ok(Some(innermost))
    }

    fn open(&mut self, rule: Rule, depth: u8, matched: u32) -> Result<(), Stop> {
        let line = self.lexer.line();
        self.quota.push(&mut self.rules, Open { rule, depth, line, matched })
    }

    /// Begins `rule`, which can start with the current token, and the rules inside it down to the one that the token
    /// belongs to; and takes the token if it is all of that.
    fn begin(&mut self, mut rule: Rule) -> Result<(), CompileError> {
        let token = self.lexer.token();
        loop {
            if rule.shape() == Shape::any {
                let chosen = rule.elements().iter().find(|element| match element {
                    Element::Token(wanted) => *wanted == token,
                    Element::Rule(rule) | Element::Optional(rule) => starts_with(*rule, token),
                });
                match chosen {
                    Some(Element::Rule(chosen)) => rule = *chosen,
                    Some(_) => {
                        self.push_token(rule)?;
                        return self.lexer.advance();
                    }
                    None => return Err(self.syntax_error()),
                }
            } else if let Some(level) = spine_level(rule)
                && starts_with(Rule::Atom, token)
            {
                self.open(rule, SPINE.len() as u8 - 1 - level, 1)?;
                rule = Rule::Atom;
            } else if let Some(Element::Rule(first)) = rule.elements().first() {
                self.open(rule, 0, 1)?;
                rule = *first;
            } else {
                self.open(rule, 0, 0)?;
                return Ok(());
            }
        }
    }

    /// Goes on with a rule whose elements all follow each other.
    fn sequence(&mut self, open: Open) -> Result<(), CompileError> {
        let elements = open.rule.elements();
        let mut matched = open.matched as usize;
        while let Some(&element) = elements.get(matched) {
            matched += 1;
            match element {
                Element::Token(wanted) => {
                    if wanted != self.lexer.token() {
                        return Err(self.syntax_error());
                    }
                    if wanted == Token::Name {
                        self.push_token(open.rule)?;
                    }
                    self.lexer.advance()?;
                }
                Element::Rule(rule) | Element::Optional(rule) if starts_with(rule, self.lexer.token()) => {
                    self.set_matched(matched as u32);
                    return self.begin(rule);
                }
                Element::Rule(_) => return Err(self.syntax_error()),
                Element::Optional(_) => self.add(Node::NULL)?,
            }
        }
        self.rules.pop();
        self.finish_sequence(open.rule, open.line)
    }

    /// Goes on with a rule that repeats its elements.
    fn list(&mut self, open: Open) -> Result<(), CompileError> {
        let elements = open.rule.elements();
        let separated = open.rule.shape() != Shape::many;
        let mut matched = open.matched;
        let ends_with_separator = loop {
            let at_separator = separated && matched % 2 == 1;
            match elements[usize::from(at_separator)] {
                Element::Token(wanted) if wanted == self.lexer.token() => {
                    if !at_separator {
                        self.push_token(open.rule)?;
                    }
                    self.lexer.advance()?;
                    matched += 1;
                }
                Element::Rule(rule) if starts_with(rule, self.lexer.token()) => {
                    self.set_matched(matched + 1);
                    return self.begin(rule);
                }
                _ if at_separator => break false,
                _ if separated && open.rule.shape() == Shape::list || matched == 0 => return Err(self.syntax_error()),
                _ => break separated,
            }
        };
        self.rules.pop();
        let separators_are_nodes = matches!(elements[usize::from(separated)], Element::Rule(_));
        let count = if separators_are_nodes { matched } else { matched.div_ceil(2) };
        if count > 1 || ends_with_separator {
            self.finish(open.rule, open.line, count as usize)?;
        }
        Ok(())
    }

    fn set_matched(&mut self, matched: u32) {
        if let Some(open) = self.rules.last_mut() {
            open.matched = matched;
        }
    }

    /// Makes a leaf of the current token, which is an element of `rule`.
    fn push_token(&mut self, rule: Rule) -> Result<(), CompileError> {
        let (token, line, text) = (self.lexer.token(), self.lexer.line(), self.lexer.text());
        let node = match token {
            Token::Name => {
                let text = self.options.minify().and_then(|minify| minify.names.get(text)).map_or(text, |name| name);
                if text.len() > NAME_MAX && self.names.find(text).is_none() {
                    // MicroPython raises this without a traceback.
                    let error = CompileError::new(ErrorKind::Runtime, "name too long");
                    return Err(error.at_offset(self.lexer.offset()));
                }
                let name = self.names.intern(text, self.quota)?;
                match self.declared.get(name.0 as usize) {
                    Some(&value) if rule == Rule::Atom && !value.is_null() => {
                        let line = self.line_of_leaf(line, self.tree.is_host_small(value));
                        self.tree.add_item(line, value, self.quota)?
                    }
                    _ => Node::id(name),
                }
            }
            Token::Integer => match parse_integer(text, 0, self.quota) {
                Ok(value) => {
                    let line = self.line_of_leaf(line, is_host_small(&value));
                    self.tree.add_int(line, value, u32::from(self.options.small_int_bits), self.quota)?
                }
                Err(IntegerError::Stop(stop)) => return Err(stop.into()),
                Err(IntegerError::Syntax { base, start }) => {
                    let digits = Lossy(&text[start..]);
                    let message = format_args!("invalid syntax for integer with base {base}: '{digits}'");
                    return Err(self.error(ErrorKind::Syntax, self.quota.format(message)?));
                }
            },
            Token::Float => match parse_decimal(text) {
                Some(Decimal::Real(value)) => self.tree.add_constant(line, Const::Float(value), self.quota)?,
                Some(Decimal::Imaginary(value)) => self.tree.add_constant(line, Const::Imaginary(value), self.quota)?,
                None => return Err(self.error(ErrorKind::Syntax, "invalid syntax for number")),
            },
            Token::String if text.len() <= NAME_STRING_MAX => Node::str(self.names.intern(text, self.quota)?),
            Token::String => match self.names.find_known(text, self.quota)? {
                Some(name) => Node::str(name),
                None => {
                    let text = self.quota.module_bytes(text)?;
                    self.tree.add_constant(line, Const::Str(text), self.quota)?
                }
            },
            Token::Bytes => {
                let is_name = text.len() <= NAME_STRING_MAX || self.names.find(text).is_some();
                let line = self.line_of_leaf(line, is_name);
                let bytes = self.quota.module_bytes(text)?;
                self.tree.add_constant(line, Const::Bytes(bytes), self.quota)?
            }
            _ => Node::token(token),
        };
        self.add(node)?;
        Ok(())
    }

    /// Adds a finished node.
    fn add(&mut self, node: Node) -> Result<(), Stop> {
        self.quota.push(&mut self.nodes, node)
    }

    /// The tree, without what it was made with.
    fn retire(self) -> Tree {
        self.lexer.retire();
        self.quota.free(self.rules);
        self.quota.free(self.nodes);
        self.quota.free(self.declared);
        self.tree
    }

    /// The error that the current token is, or that it is where it does not belong.
    fn syntax_error(&self) -> CompileError {
        let (kind, message) = match self.lexer.token() {
            Token::Indent => (ErrorKind::Indentation, "unexpected indent"),
            Token::DedentMismatch => (ErrorKind::Indentation, "unindent doesn't match any outer indent level"),
            Token::MalformedFString => (ErrorKind::Syntax, "malformed f-string"),
            _ => (ErrorKind::Syntax, "invalid syntax"),
        };
        self.error(kind, message)
    }

    /// An error at the current token.
    fn error(&self, kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> CompileError {
        CompileError::new(kind, message).at_line(self.lexer.line()).at_offset(self.lexer.offset())
    }
}
