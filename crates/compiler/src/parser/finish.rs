//! What becomes of a finished rule: a node, or something simpler.
//!
//! Which rules are simplified, and in which order, decides what the compiler gets to see (`push_result_rule` in
//! `py/parse.c`).

use berus_mpy::memory::Stop;
use berus_mpy::release::Release;

use super::{ErrorKind, Parser};
use crate::error::CompileError;
use crate::fold::{Number, binary, module_constant, unary};
use crate::grammar::{Element, Rule, Shape};
use crate::names::Name;
use crate::options::Mode;
use crate::token::Token;
use crate::tree::{Const, Node, Value, fits, is_host_small};

/// What an operation on constants comes to.
struct Folded {
    value: Number,
    /// Whether one of its numbers, or one on the way, was none that mpy-cross has a small integer for.
    large: bool,
}

fn exceeds_host(value: &Number) -> bool {
    matches!(value, Number::Int(value) if !is_host_small(value))
}

impl Parser<'_> {
    /// Finishes a rule whose elements all follow each other.
    pub(super) fn finish_sequence(&mut self, rule: Rule, line: u32) -> Result<(), CompileError> {
        if rule == Rule::ExprStmt && self.drop_lone_constant(line)? {
            return Ok(());
        }
        let is_child = |element: &&Element| !matches!(element, Element::Token(token) if *token != Token::Name);
        let mut count = rule.elements().iter().filter(is_child).count();
        if rule.shape() == Shape::lift {
            let first = self.nodes.len() - count;
            let mut present = self.nodes[first..].iter().filter(|node| !node.is_null());
            if let (Some(&only), None) = (present.next(), present.next()) {
                self.nodes.truncate(first);
                self.add(only)?;
                return Ok(());
            }
        }
        if rule.has_scope_number() {
            let number = self.tree.add_scope_number();
            self.add(number)?;
            count += 1;
        }
        self.finish(rule, line, count)
    }

    /// A statement that is only a constant, such as a docstring, becomes `pass`.
    fn drop_lone_constant(&mut self, line: u32) -> Result<bool, Stop> {
        let (value, rest) = (self.peek(1), self.peek(0));
        let is_constant = value.is_leaf() && value.as_id().is_none() || self.tree.is(value, Rule::ConstObject);
        if self.options.mode == Mode::Single || !rest.is_null() || !is_constant {
            return Ok(false);
        }
        self.pop(2);
        self.tree.free_constant(value, self.declared_constants, self.quota);
        self.push(Rule::PassStmt, line, 0)?;
        Ok(true)
    }

    /// Replaces the topmost `count` nodes by a node of `rule`, or what is simpler.
    pub(super) fn finish(&mut self, rule: Rule, line: u32, count: usize) -> Result<(), CompileError> {
        let top = self.peek(0);
        match rule {
            Rule::AtomParen => {
                // Parentheses stay around nothing and around a tuple or generator only.
                if !top.is_null() && !self.tree.is(top, Rule::TestListComp) {
                    return Ok(());
                }
            }
            Rule::TestListComp => match self.tree.rule(top) {
                Some(Rule::TestListComp3b) => {
                    // `(a,)`: the comma has done its duty.
                    self.pop(1);
                    self.tree.free(top);
                    return Ok(self.finish_items(rule, line, 1)?);
                }
                Some(Rule::TestListComp3c) => {
                    // The list already has the first item as well, see below.
                    self.pop(1);
                    self.tree.set_rule(top, Rule::TestListComp);
                    return Ok(());
                }
                _ => {}
            },
            Rule::TestListComp3c => {
                // The rest of `(a, b, c)` takes the first item from the rule around it and stands in its place.
                if !self.fold_items(rule, line, count + 1)? {
                    self.push(rule, line, count + 1)?;
                    self.add(self.peek(0))?;
                }
                return Ok(());
            }
            Rule::OrTest | Rule::AndTest => {
                return Ok(self.fold_logical(rule, line, count, rule == Rule::OrTest)?);
            }
            Rule::NotTest2 => {
                if let Some(truth) = self.truth(top) {
                    let opposite = if truth { Token::KwFalse } else { Token::KwTrue };
                    return Ok(self.replace(1, Node::token(opposite))?);
                }
            }
            Rule::ExprStmt => {
                if self.declare_constant()? {
                    return Ok(());
                }
            }
            _ => {
                if let Some(folded) = self.fold_number(rule, count) {
                    return Ok(self.replace_by_number(rule, count, folded)?);
                }
            }
        }
        Ok(self.finish_items(rule, line, count)?)
    }

    /// As [`Parser::finish`], where all that can be simpler is a tuple of constants.
    fn finish_items(&mut self, rule: Rule, line: u32, count: usize) -> Result<(), Stop> {
        if self.fold_items(rule, line, count)? { Ok(()) } else { self.push(rule, line, count) }
    }

    /// `a or b or c` (`stop` is true) or `a and b and c` (`stop` is false): constants that cannot be the result go, and
    /// so does all that comes after one that must be.
    fn fold_logical(&mut self, rule: Rule, line: u32, count: usize, stop: bool) -> Result<(), Stop> {
        let first = self.nodes.len() - count;
        let mut last = first;
        for i in first..self.nodes.len() {
            self.quota.step()?;
            let node = self.nodes[i];
            self.nodes[last] = node;
            match self.truth(node) {
                _ if i + 1 == self.nodes.len() => {}
                Some(truth) if truth == stop => break,
                Some(_) => {}
                None => last += 1,
            }
        }
        self.nodes.truncate(last + 1);
        if last > first { self.push(rule, line, last + 1 - first) } else { Ok(()) }
    }

    /// The value of an operation on numbers, or of a constant of a module.
    fn fold_number(&self, rule: Rule, count: usize) -> Option<Folded> {
        let nodes = &self.nodes[self.nodes.len() - count..];
        let number = |node: &Node| match self.tree.value(*node)? {
            Value::SmallInt(value) => Some(Number::Int(value.into())),
            Value::Const(Const::Int(value)) => Some(Number::Int(value.clone())),
            Value::Const(Const::Float(value)) if self.folds_floats() => Some(Number::Float(*value)),
            _ => None,
        };
        let first = || Some(Folded { value: number(nodes.first()?)?, large: self.is_large(nodes.first()?) });
        let then = |left: Folded, operator, right: &Node| {
            let value = binary(operator, &left.value, &number(right)?, self.quota)?;
            let large = left.large || self.is_large(right) || exceeds_host(&value);
            Some(Folded { value, large })
        };
        let same = |operator| nodes[1..].iter().try_fold(first()?, |left, right| then(left, operator, right));
        let folded = match rule {
            Rule::Expr => same(Token::Pipe),
            Rule::XorExpr => same(Token::Caret),
            Rule::AndExpr => same(Token::Ampersand),
            Rule::Power if !self.options.is_before(Release(1, 13, 0)) => same(Token::StarStar),
            Rule::ShiftExpr | Rule::ArithExpr | Rule::Term => {
                let pairs = nodes[1..].chunks_exact(2);
                pairs.into_iter().try_fold(first()?, |left, pair| then(left, pair[0].as_token()?, &pair[1]))
            }
            Rule::Factor2 => unary(self.peek(1).as_token()?, number(&self.peek(0))?, self.quota)
                .map(|value| Folded { value, large: self.is_large(&self.peek(0)) }),
            Rule::AtomExprNormal if self.tree.is(self.peek(0), Rule::TrailerPeriod) => {
                let module = self.names.get(self.peek(1).as_id()?);
                let attribute = self.names.get(self.tree.child(self.peek(0), 0).as_id()?);
                let value = module_constant(module, attribute).map(Number::Float).filter(|_| self.folds_floats())?;
                Some(Folded { value, large: false })
            }
            _ => None,
        };
        folded.filter(|folded| self.folds_floats() || matches!(folded.value, Number::Int(_)))
    }

    /// Whether a number is one that mpy-cross, where it runs, has no small integer for.
    fn is_large(&self, node: &Node) -> bool {
        let Some(Value::Const(Const::Int(value))) = self.tree.value(*node) else { return false };
        let bits = u32::from(self.options.small_int_bits);
        // What would fit, and is an object all the same, has been made of a large one.
        !is_host_small(value) || i64::try_from(value).is_ok_and(|value| fits(value, bits))
    }

    /// The line of an integer or bytes that becomes a constant object: before 1.19 those that the parser could keep in a leaf had none.
    pub(super) fn line_of_leaf(&self, line: u32, is_leaf: bool) -> u32 {
        if is_leaf && self.options.is_before(Release(1, 19, 0)) { 0 } else { line }
    }

    /// Whether there is arithmetic on floats: since 1.26.
    fn folds_floats(&self) -> bool {
        !self.options.is_before(Release(1, 26, 0))
    }

    /// The truth of a constant.
    fn truth(&self, node: Node) -> Option<bool> {
        self.tree.truth(node, self.names, self.options)
    }

    fn replace_by_number(&mut self, rule: Rule, count: usize, folded: Folded) -> Result<(), Stop> {
        // A large integer stays an object under a sign, though `-4611686018427387904` would be a small one; before 1.24 all that was worked
        // out with one.
        let stays_object = folded.large && (rule == Rule::Factor2 || self.options.is_before(Release(1, 24, 0)));
        for node in self.nodes.drain(self.nodes.len() - count..).rev() {
            self.quota.step()?;
            self.tree.free_constant(node, self.declared_constants, self.quota);
        }
        // An integer that is no small one of the target stays a constant object whatever its size.
        let bits = if stays_object { 0 } else { self.options.small_int_bits.into() };
        let node = match folded.value {
            Number::Float(value) if value.is_nan() && rule == Rule::AtomExprNormal => self.module_nan(value)?,
            Number::Int(value) => self.tree.add_int(0, value, bits, self.quota)?,
            Number::Float(value) => self.tree.add_constant(0, Const::Float(value), self.quota)?,
        };
        self.add(node)
    }

    /// `math.nan`, which is the same object wherever it is used, as only a NaN would tell.
    fn module_nan(&mut self, value: f64) -> Result<Node, Stop> {
        if self.nan.is_null() {
            let node = self.tree.add_constant(0, Const::Float(value), self.quota)?;
            self.nan = self.tree.child(node, 0);
            self.declared_constants = self.tree.constant_count();
            return Ok(node);
        }
        self.tree.add_item(0, self.nan, self.quota)
    }

    /// `name = const(value)`: notes the value of the name, and puts the value in place of the call, or `pass` in place
    /// of it all if the name is private. Tells whether it did the latter.
    fn declare_constant(&mut self) -> Result<bool, CompileError> {
        const CONST: Name = Name::fixed("const");
        let (target, mut source) = (self.peek(1), self.peek(0));
        let Some(name) = target.as_id() else { return Ok(false) };
        if self.tree.is(source, Rule::AnnAssign) && !self.options.is_before(Release(1, 29, 0)) {
            source = self.tree.child(source, 1);
        }
        let (function, call) = (self.tree.child(source, 0), self.tree.child(source, 1));
        if !self.tree.is(source, Rule::AtomExprNormal)
            || !function.is_id(CONST)
            || !self.tree.is(call, Rule::TrailerParen)
        {
            return Ok(false);
        }
        let value = self.tree.child(call, 0);
        let Some(item) = self.tree.item(value, self.quota)? else {
            return Err(self.error(ErrorKind::Syntax, "not a constant").at_line(self.tree.line(source)));
        };
        if self.declared.len() <= name.0 as usize {
            self.quota.resize(&mut self.declared, self.names.last() as usize + 1, Node::NULL)?;
        }
        self.declared[name.0 as usize] = item;
        self.declared_constants = self.tree.constant_count();
        let is_private = self.names.get(name).first() == Some(&b'_');
        if is_private {
            self.pop(2);
            self.push(Rule::PassStmt, 0, 0)?;
        } else {
            self.replace(1, value)?;
        }
        Ok(is_private)
    }

    /// Makes a constant of the topmost `count` nodes if they are the items of a tuple and constant themselves. Tells
    /// whether it did.
    fn fold_items(&mut self, rule: Rule, line: u32, count: usize) -> Result<bool, Stop> {
        if self.options.is_before(Release(1, 19, 0)) {
            return Ok(false);
        }
        // The rules around this one that a tuple stands in place of.
        let around = match rule {
            Rule::TestListStarExpr | Rule::TestList | Rule::SubscriptList => 0,
            Rule::TestListComp if self.is_in(Rule::AtomParen, 0) => 0,
            Rule::TestListComp3c if self.is_in(Rule::AtomParen, 2) => 2,
            _ => return Ok(false),
        };
        let first = self.nodes.len() - count;
        for &node in &self.nodes[first..] {
            self.quota.step()?;
            if self.tree.value(node).is_none() {
                return Ok(false);
            }
        }
        let mut items = self.quota.with_capacity(count)?;
        for &node in &self.nodes[first..] {
            self.quota.step()?;
            items.extend(self.tree.item(node, self.quota)?);
        }
        for node in self.nodes.drain(first..).rev() {
            self.quota.step()?;
            self.tree.free(node);
        }
        self.rules.truncate(self.rules.len() - around);
        let tuple = self.tree.add_constant(line, Const::Tuple(items.into_boxed_slice()), self.quota)?;
        self.add(tuple)?;
        Ok(true)
    }

    /// Whether the rule that is open around `level` others is `rule`.
    fn is_in(&self, rule: Rule, level: usize) -> bool {
        self.rules.iter().rev().nth(level).is_some_and(|open| open.rule == rule)
    }

    /// Replaces the topmost `count` nodes by a struct node of them.
    fn push(&mut self, rule: Rule, line: u32, count: usize) -> Result<(), Stop> {
        let first = self.nodes.len() - count;
        let node = self.tree.add(rule, line, &self.nodes[first..], self.quota)?;
        self.replace(count, node)
    }

    fn replace(&mut self, count: usize, node: Node) -> Result<(), Stop> {
        self.pop(count);
        self.add(node)
    }

    fn pop(&mut self, count: usize) {
        self.nodes.truncate(self.nodes.len() - count);
    }

    /// The node that `depth` others have been pushed after.
    fn peek(&self, depth: usize) -> Node {
        self.nodes.iter().rev().nth(depth).copied().unwrap_or(Node::NULL)
    }
}
