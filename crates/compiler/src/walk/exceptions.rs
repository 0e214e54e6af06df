//! `try` and `with`.

use berus_mpy::opcode::BinaryOp;
use berus_mpy::release::Release;

use super::Walk;
use crate::emit::Block;
use crate::grammar::Rule;
use crate::names::Name;
use crate::tree::Node;

impl Walk<'_, '_> {
    pub(super) fn try_statement(&mut self, node: Node) {
        let &[body, rest] = self.tree.children(node) else { return };
        match self.tree.rule(rest) {
            Some(Rule::TryStmtFinally) => self.try_finally(self.tree.child(rest, 0), |walk| {
                // Room for what a return or jump through the block leaves on the stack.
                walk.emit.adjust_stack(3);
                walk.node(body);
                walk.emit.adjust_stack(-3);
            }),
            Some(Rule::TryStmtExceptAndMore) => {
                let &[handlers, otherwise, finally] = self.tree.children(rest) else { return };
                let handlers = self.tree.list(&handlers, Rule::TryStmtExceptList);
                if finally.is_null() {
                    self.try_except(body, handlers, otherwise);
                } else {
                    let finally = self.tree.child(finally, 0);
                    self.try_finally(finally, |walk| walk.try_except(body, handlers, otherwise));
                }
            }
            _ => self.try_except(body, self.tree.list(&rest, Rule::TryStmtExceptList), Node::NULL),
        }
    }

    fn try_finally(&mut self, finally: Node, body: impl FnOnce(&mut Self)) {
        let handler = self.emit.new_label();
        self.open_block(Block::Finally, handler);
        body(self);
        // None says that nothing is pending.
        self.load_none();
        self.emit.place(handler);
        let pending = self.pending_slots();
        self.emit.adjust_stack(pending);
        self.node(finally);
        self.emit.adjust_stack(-pending);
        self.close_block();
    }

    /// Slots for the value of a return, which may lie below what is pending in a `finally` block. Before 1.22.2 they were forgotten.
    fn pending_slots(&self) -> i32 {
        if self.unit.options.is_before(Release(1, 22, 2)) { 0 } else { 1 }
    }

    fn try_except(&mut self, body: Node, handlers: &[Node], otherwise: Node) {
        let handler = self.emit.new_label();
        let success = self.emit.new_label();
        self.open_block(Block::Except, handler);
        self.node(body);
        self.emit.pop_except_jump(success, false);

        self.emit.place(handler);
        self.emit.start_except_handler();
        let end = self.emit.new_label();
        for (i, &clause) in handlers.iter().enumerate() {
            let next = self.emit.new_label();
            self.trace_line(clause);
            let mut exception = self.tree.child(clause, 0);
            let mut name = None;
            if exception.is_null() {
                if i + 1 != handlers.len() {
                    self.error(clause, "default 'except' must be last");
                    self.close_block();
                    return;
                }
            } else {
                if self.tree.is(exception, Rule::TryStmtAsName) {
                    name = self.tree.child(exception, 1).as_id();
                    exception = self.tree.child(exception, 0);
                }
                self.emit.dup_top();
                self.node(exception);
                self.emit.binary_op(BinaryOp::ExceptionMatch);
                self.emit.pop_jump_if(false, next);
            }
            let block = self.tree.child(clause, 1);
            match name {
                None => {
                    self.emit.pop_top();
                    self.node(block);
                }
                Some(name) => self.named_handler(name, block),
            }
            self.emit.pop_except_jump(end, true);
            self.emit.place(next);
            self.emit.adjust_stack(1);
        }
        self.close_block();
        self.emit.end_except_handler();

        self.emit.place(success);
        self.node(otherwise);
        self.emit.place(end);
    }

    /// A handler that stores the exception in a variable, which is gone after it, however it is left.
    fn named_handler(&mut self, name: Name, block: Node) {
        self.store_name(name);
        let cleanup = self.emit.new_label();
        self.open_block(Block::Finally, cleanup);
        self.node(block);
        self.load_none();
        self.emit.place(cleanup);
        let pending = self.pending_slots();
        self.emit.adjust_stack(pending);
        // The variable may be unset already, and must exist to be deleted.
        self.load_none();
        self.store_name(name);
        self.delete_name(name);
        self.emit.adjust_stack(-pending);
        self.close_block();
    }

    pub(super) fn with_statement(&mut self, node: Node) {
        let &[items, body] = self.tree.children(node) else { return };
        let items = self.tree.list(&items, Rule::WithStmtList);
        let quota = self.unit.quota;
        let mut exits = quota.with_capacity(items.len()).unwrap_or_default();
        for &item in items {
            let exit = self.emit.new_label();
            quota.push_or_stop(&mut exits, exit);
            if self.tree.is(item, Rule::WithItem) {
                self.node(self.tree.child(item, 0));
                self.open_block(Block::With, exit);
                self.assign(self.tree.child(item, 1));
            } else {
                self.node(item);
                self.open_block(Block::With, exit);
                self.emit.pop_top();
            }
        }
        self.node(body);
        for &exit in exits.iter().rev() {
            self.emit.with_cleanup(exit);
            self.close_block();
        }
        quota.free(exits);
    }
}
