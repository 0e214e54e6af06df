//! `return`, `yield`, `raise` and `assert`.

use berus_mpy::prelude::scope_flag;

use super::{Walk, known};
use crate::emit::{Arguments, GlobalKind};
use crate::grammar::Rule;
use crate::scope::ScopeKind;
use crate::tree::Node;

impl Walk<'_, '_> {
    pub(super) fn return_statement(&mut self, node: Node) {
        if self.kind != ScopeKind::Function {
            self.error(node, "'return' outside function");
            return;
        }
        let value = self.tree.child(node, 0);
        if value.is_null() {
            self.load_none();
        } else if self.tree.is(value, Rule::TestIfExpr) {
            // Both branches return by themselves.
            let choice = self.tree.child(value, 1);
            let fail = self.emit.new_label();
            self.jump_if(self.tree.child(choice, 0), false, fail);
            self.node(self.tree.child(value, 0));
            self.emit.return_value();
            self.emit.place(fail);
            self.node(self.tree.child(choice, 1));
        } else {
            self.node(value);
        }
        self.emit.return_value();
    }

    pub(super) fn yield_statement(&mut self, node: Node) {
        self.node(self.tree.child(node, 0));
        self.emit.pop_top();
    }

    pub(super) fn yield_expression(&mut self, node: Node) {
        if !self.kind.may_yield() {
            self.error(node, "'yield' outside function");
            return;
        }
        let value = self.tree.child(node, 0);
        if self.tree.is(value, Rule::YieldArgFrom) {
            self.node(self.tree.child(value, 0));
            self.delegate();
            return;
        }
        if value.is_null() {
            self.load_none();
        } else {
            self.node(value);
        }
        self.yield_top();
    }

    /// Yields the top of the stack.
    pub(super) fn yield_top(&mut self) {
        self.emit.yield_value();
        self.this().flags |= scope_flag::GENERATOR;
    }

    /// Yields from the iterable on top of the stack.
    pub(super) fn delegate(&mut self) {
        self.emit.get_iter(false);
        self.load_none();
        self.emit.yield_from();
        self.this().flags |= scope_flag::GENERATOR;
    }

    pub(super) fn raise_statement(&mut self, node: Node) {
        let what = self.tree.child(node, 0);
        if what.is_null() {
            self.emit.raise(0);
        } else if self.tree.is(what, Rule::RaiseStmtArg) {
            self.node(self.tree.child(what, 0));
            self.node(self.tree.child(what, 1));
            self.emit.raise(2);
        } else {
            self.node(what);
            self.emit.raise(1);
        }
    }

    pub(super) fn assert_statement(&mut self, node: Node) {
        if self.unit.options.optimise != 0 {
            return;
        }
        let end = self.emit.new_label();
        self.jump_if(self.tree.child(node, 0), true, end);
        self.emit.load_global(known::ASSERTION_ERROR, GlobalKind::Global);
        let message = self.tree.child(node, 1);
        if !message.is_null() {
            self.node(message);
            self.emit.call_function(Arguments::positional(1));
        }
        self.emit.raise(1);
        self.emit.place(end);
    }
}
