//! What follows an atom: calls, subscripts and attributes.

use super::{Walk, known};
use crate::emit::{Access, Arguments, Build};
use crate::grammar::Rule;
use crate::names::Name;
use crate::options::Emitter;
use crate::scope::{Param, ScopeKind};
use crate::tree::Node;

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
        let mut call = Arguments::positional(extra);
        let mut has_mapping = false;
        let mut starred: u64 = 0;
        for (i, &argument) in self.tree.list(&list, Rule::ArgList).iter().enumerate() {
            let value = self.tree.child(argument, 0);
            match self.tree.rule(argument) {
                Some(Rule::ArgListStar) => {
                    let error = if has_mapping {
                        Some("* arg after **")
                    } else if call.keyword > 0 {
                        Some("* arg after kwarg")
                    } else if i + 1 >= usize::from(self.unit.options.small_int_bits.min(64)) {
                        // The bitmap of starred arguments must be a small integer of the target.
                        Some("too many args")
                    } else {
                        None
                    };
                    if let Some(error) = error {
                        self.error(argument, error);
                        return;
                    }
                    call.starred = true;
                    starred |= 1 << i;
                    self.node(value);
                    call.positional += 1;
                }
                Some(Rule::ArgListDblStar) => {
                    call.starred = true;
                    has_mapping = true;
                    self.emit.load_null();
                    self.node(value);
                    call.keyword += 1;
                }
                Some(Rule::Argument) => {
                    let rest = self.tree.child(argument, 1);
                    if self.tree.is(rest, Rule::Argument3) {
                        self.named_expression(value, self.tree.child(rest, 0));
                        call.positional += 1;
                    } else if self.tree.is(rest, Rule::CompFor) {
                        self.comprehension(argument, ScopeKind::GenExpr);
                        call.positional += 1;
                    } else if let Some(keyword) = value.as_id() {
                        self.emit.load_str(keyword);
                        self.node(rest);
                        call.keyword += 1;
                    } else {
                        self.error(argument, "LHS of keyword arg must be an id");
                        return;
                    }
                }
                _ => {
                    if has_mapping {
                        self.error(argument, "positional arg after **");
                        return;
                    }
                    if call.keyword > 0 {
                        self.error(argument, "positional arg after keyword arg");
                        return;
                    }
                    self.node(argument);
                    call.positional += 1;
                }
            }
        }
        // Machine code calls methods with numbers that are words.
        if !is_method || call.starred || self.this().emitter == Emitter::Bytecode {
            self.must_fit(list, call.positional as usize, 255, "more than 255 arguments");
        }
        if call.starred {
            self.emit.load_small_int(starred as i64);
        }
        if is_method {
            self.emit.call_method(call);
        } else {
            self.emit.call_function(call);
        }
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
