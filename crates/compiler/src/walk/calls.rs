//! What follows an atom: calls, subscripts and attributes.

use berus_mpy::release::Release;

use super::{Walk, known};
use crate::emit::{Access, Arguments, Build};
use crate::grammar::Rule;
use crate::names::Name;
use crate::options::Emitter;
use crate::scope::{Param, ScopeKind};
use crate::tree::Node;

/// The arguments of a call that is walked through.
struct Passing {
    /// How many there are so far, and whether one is starred.
    counts: Arguments,
    /// Whether there was one with two stars.
    has_mapping: bool,
    /// The starred ones among the positional, by their bits.
    starred: u64,
    /// Before 1.19: the one sequence and the one mapping, which are passed after all others.
    last: Option<[Node; 2]>,
}

impl Passing {
    /// Whether no positional argument can follow, since it would be passed before the starred ones.
    fn is_closed(&self) -> bool {
        self.last.is_some() && self.counts.starred
    }
}

impl Walk<'_, '_> {
    /// An atom and its trailers; also one after `await`, which may have none.
    pub(super) fn atom_with_trailers(&mut self, node: Node) {
        let atom = self.tree.child(node, 0);
        self.node(atom);
        let trailers = self.tree.child(node, 1);
        let mut trailers = self.tree.list(&trailers, Rule::AtomExprTrailers);
        if atom.is_id(known::SUPER) && self.kind == ScopeKind::Function && self.is_empty_call(trailers) {
            let Some(rest) = self.super_call(trailers) else { return };
            trailers = rest;
        }
        while let Some((&trailer, rest)) = trailers.split_first() {
            trailers = match self.method_call(trailers) {
                Some((name, arguments, rest)) => {
                    self.emit.load_method(name, false);
                    self.call_with(arguments, true, 0);
                    rest
                }
                None => {
                    self.node(trailer);
                    rest
                }
            };
        }
    }

    /// Whether the first trailer is `()`.
    fn is_empty_call(&self, trailers: &[Node]) -> bool {
        let is_empty = |&call: &Node| self.tree.is(call, Rule::TrailerParen) && self.tree.child(call, 0).is_null();
        trailers.first().is_some_and(is_empty)
    }

    /// If the trailers start with `.name(arguments)`: the name, the arguments, and the trailers after that.
    fn method_call<'n>(&self, trailers: &'n [Node]) -> Option<(Name, Node, &'n [Node])> {
        let [period, paren, rest @ ..] = trailers else { return None };
        let fits = self.tree.is(*period, Rule::TrailerPeriod) && self.tree.is(*paren, Rule::TrailerParen);
        let name = self.tree.child(*period, 0).as_id().filter(|_| fits)?;
        Some((name, self.tree.child(*paren, 0), rest))
    }

    /// `super()` in a method: passes the class and the first parameter. Returns the trailers after it; `None` after
    /// an error.
    fn super_call<'n>(&mut self, trailers: &'n [Node]) -> Option<&'n [Node]> {
        self.load_name(known::CLASS);
        let Some(first) = self.this().ids.iter().find(|id| id.param != Param::No).map(|id| id.name) else {
            self.error(trailers[0], "super() can't find self");
            return None;
        };
        self.load_name(first);
        let rest = &trailers[1..];
        match self.method_call(rest) {
            Some((name, arguments, rest)) => {
                self.emit.load_method(name, true);
                self.call_with(arguments, true, 0);
                Some(rest)
            }
            None => {
                self.emit.call_function(Arguments::positional(2));
                Some(rest)
            }
        }
    }

    pub(super) fn call(&mut self, node: Node) {
        self.call_with(self.tree.child(node, 0), false, 0);
    }

    /// Calls what is on the stack, with `extra` positional arguments that are there already, and those of `list`.
    pub(super) fn call_with(&mut self, list: Node, is_method: bool, extra: u32) {
        // Machine code has always the calls of the newest release.
        let has_last = self.unit.options.is_before(Release(1, 19, 0)) && self.this().emitter == Emitter::Bytecode;
        let last = has_last.then_some([Node::NULL; 2]);
        let mut call = Passing { counts: Arguments::positional(extra), has_mapping: false, starred: 0, last };
        for (i, &argument) in self.tree.list(&list, Rule::ArgList).iter().enumerate() {
            let passed = match self.tree.rule(argument) {
                Some(Rule::ArgListStar) => self.starred_argument(&mut call, argument, i),
                Some(Rule::ArgListDblStar) => self.mapping_argument(&mut call, argument),
                Some(Rule::Argument) => self.special_argument(&mut call, argument),
                _ => self.plain_argument(&mut call, argument),
            };
            if let Err(error) = passed {
                self.error(argument, error);
                return;
            }
        }
        let Passing { counts, starred, last, .. } = call;
        // Machine code calls methods with numbers that are words.
        if !is_method || counts.starred || self.this().emitter == Emitter::Bytecode {
            self.must_fit(list, counts.positional as usize, 255, "more than 255 arguments");
        }
        match last {
            _ if !counts.starred => {}
            None => self.emit.load_small_int(starred as i64),
            Some(values) => values.into_iter().for_each(|value| match value.is_null() {
                true => self.emit.load_null(),
                false => self.node(value),
            }),
        }
        if is_method {
            self.emit.call_method(counts);
        } else {
            self.emit.call_function(counts);
        }
    }

    /// `*value`, argument number `i` of the list.
    fn starred_argument(&mut self, call: &mut Passing, argument: Node, i: usize) -> Result<(), &'static str> {
        if let Some([sequence, _]) = &mut call.last {
            call.counts.starred = true;
            let other = core::mem::replace(sequence, self.tree.child(argument, 0));
            return if other.is_null() { Ok(()) } else { Err("can't have multiple *x") };
        }
        if call.has_mapping {
            return Err("* arg after **");
        }
        if call.counts.keyword > 0 {
            return Err("* arg after kwarg");
        }
        // The bitmap of starred arguments must be a small integer of the target.
        if i + 1 >= usize::from(self.unit.options.small_int_bits.min(64)) {
            return Err("too many args");
        }
        call.counts.starred = true;
        call.starred |= 1 << i;
        self.node(self.tree.child(argument, 0));
        call.counts.positional += 1;
        Ok(())
    }

    /// `**value`
    fn mapping_argument(&mut self, call: &mut Passing, argument: Node) -> Result<(), &'static str> {
        call.counts.starred = true;
        if let Some([_, mapping]) = &mut call.last {
            let other = core::mem::replace(mapping, self.tree.child(argument, 0));
            return if other.is_null() { Ok(()) } else { Err("can't have multiple **x") };
        }
        call.has_mapping = true;
        self.emit.load_null();
        self.node(self.tree.child(argument, 0));
        call.counts.keyword += 1;
        Ok(())
    }

    /// `name := value`, `value for ...` or `name=value`
    fn special_argument(&mut self, call: &mut Passing, argument: Node) -> Result<(), &'static str> {
        let (value, rest) = (self.tree.child(argument, 0), self.tree.child(argument, 1));
        if call.is_closed() && (self.tree.is(rest, Rule::Argument3) || self.tree.is(rest, Rule::CompFor)) {
            return Err("non-keyword arg after */**");
        }
        if self.tree.is(rest, Rule::Argument3) {
            self.named_expression(value, self.tree.child(rest, 0));
            call.counts.positional += 1;
        } else if self.tree.is(rest, Rule::CompFor) {
            self.comprehension(argument, ScopeKind::GenExpr);
            call.counts.positional += 1;
        } else if let Some(keyword) = value.as_id() {
            self.emit.load_str(keyword);
            self.node(rest);
            call.counts.keyword += 1;
        } else {
            return Err("LHS of keyword arg must be an id");
        }
        Ok(())
    }

    fn plain_argument(&mut self, call: &mut Passing, argument: Node) -> Result<(), &'static str> {
        if call.is_closed() {
            return Err("non-keyword arg after */**");
        }
        if call.has_mapping {
            return Err("positional arg after **");
        }
        if call.counts.keyword > 0 {
            return Err("positional arg after keyword arg");
        }
        self.node(argument);
        call.counts.positional += 1;
        Ok(())
    }

    pub(super) fn subscript(&mut self, node: Node) {
        self.node(self.tree.child(node, 0));
        self.emit.subscript(Access::Load);
    }

    pub(super) fn attribute(&mut self, node: Node) {
        if let Some(name) = self.tree.child(node, 0).as_id() {
            self.emit.attribute(name, Access::Load);
        }
    }

    /// `start:stop:step`, any of them absent.
    pub(super) fn slice(&mut self, rule: Rule, node: Node) {
        let rest = if rule == Rule::Subscript2 {
            self.node(self.tree.child(node, 0));
            self.tree.child(node, 1)
        } else {
            self.load_none();
            node
        };
        let stop = self.tree.child(rest, 0);
        let step = match self.tree.rule(stop) {
            Some(Rule::Subscript3c) => {
                self.load_none();
                self.tree.child(stop, 0)
            }
            Some(Rule::Subscript3d) => {
                self.node(self.tree.child(stop, 0));
                self.tree.child(self.tree.child(stop, 1), 0)
            }
            _ if stop.is_null() => {
                self.load_none();
                Node::NULL
            }
            _ => {
                self.node(stop);
                Node::NULL
            }
        };
        if step.is_null() {
            self.emit.build(Build::Slice, 2);
        } else {
            self.node(step);
            self.emit.build(Build::Slice, 3);
        }
    }
}
