//! `async` and `await`.

use berus_mpy::opcode::BinaryOp;
use berus_mpy::prelude::scope_flag;
use berus_mpy::release::Release;

use super::{Walk, known};
use crate::emit::{Access, Arguments, Block, GlobalKind, Label};
use crate::grammar::Rule;
use crate::names::Name;
use crate::tree::Node;

/// The labels of a block of `async with`.
struct AsyncWith {
    handler: Label,
    /// Where `__aexit__` is called if no exception is pending.
    exit: Label,
    unwinding: Label,
    end: Label,
}

impl Walk<'_, '_> {
    pub(super) fn async_statement(&mut self, node: Node) {
        let statement = self.tree.child(node, 0);
        match self.tree.rule(statement) {
            Some(Rule::FuncDef) => {
                self.function_statement(statement);
                if let Some(function) = self.opened_by(statement) {
                    self.unit.scopes[function].flags |= self.coroutine_flags();
                }
            }
            _ if !self.this().has(scope_flag::GENERATOR) => {
                self.error(statement, "async for/with outside async function");
            }
            Some(Rule::ForStmt) => self.async_for(statement),
            _ => self.async_with(statement),
        }
    }

    pub(super) fn await_expression(&mut self, node: Node) {
        if !self.kind.may_yield() {
            self.error(node, "'await' outside function");
            return;
        }
        self.atom_with_trailers(node);
        if self.unit.options.is_circuitpython() {
            let method = self.intern(b"__await__");
            self.emit.load_method(method, false);
            self.emit.call_method(Arguments::default());
            self.load_none();
            self.emit.yield_from();
        } else {
            self.delegate();
        }
    }

    /// The flags of a function that is a coroutine.
    pub(super) fn coroutine_flags(&self) -> u32 {
        if self.unit.options.is_circuitpython() {
            scope_flag::GENERATOR | scope_flag::ASYNC
        } else {
            scope_flag::GENERATOR
        }
    }

    /// Awaits a method of the object on top.
    fn await_method(&mut self, name: Name) {
        self.emit.load_method(name, false);
        self.emit.call_method(Arguments::default());
        self.delegate();
    }

    fn async_for(&mut self, node: Node) {
        let &[variable, iterable, body, otherwise] = self.tree.children(node) else { return };
        let [aiter, anext, stop] =
            [&b"__aiter__"[..], b"__anext__", b"StopAsyncIteration"].map(|text| self.intern(text));
        let exhausted = self.emit.new_label();
        let handler = self.emit.new_label();
        let got_item = self.emit.new_label();
        let other_exception = self.emit.new_label();

        self.node(iterable);
        if self.unit.options.is_before(Release(1, 13, 0)) {
            self.await_method(aiter);
        } else {
            self.emit.load_method(aiter, false);
            self.emit.call_method(Arguments::default());
        }
        let variable_of_iterator = self.variable_of_iterator(iterable);
        if let Some(name) = variable_of_iterator {
            self.store_name(name);
        }

        // Else the iterator stays on the stack. An item is waited for in a `try` block of its own.
        let (this, around) = self.enter_loop(false);
        self.emit.place(this.continue_label);
        self.open_block(Block::Except, handler);
        match variable_of_iterator {
            Some(name) => self.load_name(name),
            None => self.emit.dup_top(),
        }
        self.await_method(anext);
        self.assign(variable);
        self.emit.pop_except_jump(got_item, false);

        self.emit.place(handler);
        self.emit.start_except_handler();
        self.emit.dup_top();
        self.emit.load_global(stop, GlobalKind::Global);
        self.emit.binary_op(BinaryOp::ExceptionMatch);
        self.emit.pop_jump_if(false, other_exception);
        self.emit.pop_top();
        self.emit.pop_except_jump(exhausted, true);
        self.emit.place(other_exception);
        self.emit.adjust_stack(1);
        self.close_block();
        self.emit.end_except_handler();

        self.emit.place(got_item);
        self.node(body);
        self.emit.jump(this.continue_label);
        self.leave_loop(around);

        self.emit.place(exhausted);
        self.node(otherwise);
        self.emit.place(this.break_label);
        if variable_of_iterator.is_none() {
            self.emit.pop_top();
        }
    }

    /// The variable that holds the iterator of `async for`, as before 1.21: the one that is iterated over, where that is one, else one that
    /// no program can name.
    fn variable_of_iterator(&mut self, iterable: Node) -> Option<Name> {
        if !self.unit.options.is_before(Release(1, 21, 0)) {
            return None;
        }
        let [a, b, c, d] = (iterable.place() as u32).to_le_bytes();
        Some(iterable.as_id().unwrap_or_else(|| self.intern(&[0, a, b, c, d])))
    }

    fn async_with(&mut self, node: Node) {
        let &[items, body] = self.tree.children(node) else { return };
        let aenter = self.intern(b"__aenter__");
        let items = self.tree.list(&items, Rule::WithStmtList);
        let quota = self.unit.quota;
        let mut blocks = quota.with_capacity(items.len()).unwrap_or_default();
        for &item in items {
            let block = AsyncWith {
                handler: self.emit.new_label(),
                exit: self.emit.new_label(),
                unwinding: self.emit.new_label(),
                end: self.emit.new_label(),
            };
            let is_named = self.tree.is(item, Rule::WithItem);
            self.node(if is_named { self.tree.child(item, 0) } else { item });
            self.emit.dup_top();
            self.await_method(aenter);
            if is_named {
                self.assign(self.tree.child(item, 1));
            } else {
                self.emit.pop_top();
            }
            self.open_block(Block::Finally, block.handler);
            // Room for what a return or jump through the block leaves on the stack.
            self.emit.adjust_stack(3);
            quota.push_or_stop(&mut blocks, block);
        }
        self.node(body);
        for block in blocks.iter().rev() {
            self.emit.adjust_stack(-3);
            self.async_exit(block);
        }
        quota.free(blocks);
    }

    /// The `finally` part of an `async with` block: calls `__aexit__` of the context manager on the stack.
    fn async_exit(&mut self, block: &AsyncWith) {
        let aexit = self.intern(b"__aexit__");
        self.emit.async_with_finally(block.handler, block.exit, block.unwinding);

        // With an exception, which is forgotten if `__aexit__` returns something true.
        self.emit.dup_top();
        self.emit.rot_three();
        self.emit.rot_two();
        self.emit.load_method(aexit, false);
        self.emit.rot_three();
        self.emit.rot_three();
        self.emit.dup_top();
        self.emit.attribute(known::CLASS, Access::Load);
        self.emit.rot_two();
        self.load_none();
        self.emit.call_method(Arguments::positional(3));
        self.delegate();
        self.emit.pop_jump_if(false, block.end);
        self.emit.pop_top();
        self.load_none();
        self.emit.jump(block.end);
        self.emit.adjust_stack(2);

        // With a return or jump pending: two values above the context manager.
        self.emit.place(block.unwinding);
        self.emit.rot_three();
        self.emit.rot_three();

        // From here on also with nothing pending, that is None below the context manager.
        self.emit.place(block.exit);
        self.emit.load_method(aexit, false);
        self.load_none();
        self.emit.dup_top();
        self.emit.dup_top();
        self.emit.call_method(Arguments::positional(3));
        self.delegate();
        self.emit.pop_top();
        self.emit.adjust_stack(-1);

        self.emit.place(block.end);
        self.close_block();
    }
}
