//! Loops.

use berus_mpy::opcode::BinaryOp;
use berus_mpy::release::Release;

use super::{Loop, Walk, known};
use crate::grammar::Rule;
use crate::options::Emitter;
use crate::tree::Node;

/// An argument of `range`.
#[derive(Clone, Copy)]
enum Bound {
    Number(i64),
    /// A number that is no small integer of the target. Before 1.19 it was treated as one, if it was one for mpy-cross.
    LargeNumber(Node),
    Expression(Node),
}

/// `for variable in range(start, end, step)`, where the step is known.
struct Counter {
    variable: Node,
    start: Bound,
    end: Bound,
    step: i64,
}

impl Walk<'_, '_> {
    /// Enters a loop; returns it, and the loop around it for [`Walk::leave_loop`].
    pub(super) fn enter_loop(&mut self, has_iterator: bool) -> (Loop, Option<Loop>) {
        let break_label = self.emit.new_label();
        let continue_label = self.emit.new_label();
        let entered = Loop { break_label, continue_label, blocks: self.blocks, has_iterator };
        (entered, self.inside.replace(entered))
    }

    /// Leaves a loop. The `else` part of it no longer belongs to it.
    pub(super) fn leave_loop(&mut self, around: Option<Loop>) {
        self.inside = around;
    }

    pub(super) fn break_statement(&mut self, node: Node) {
        match self.inside {
            Some(inside) => {
                let blocks = self.blocks_to_leave(inside, node);
                self.emit.unwind_jump(inside.break_label, blocks, inside.has_iterator);
            }
            None => self.outside_loop(node),
        }
    }

    pub(super) fn continue_statement(&mut self, node: Node) {
        match self.inside {
            Some(inside) => {
                let blocks = self.blocks_to_leave(inside, node);
                self.emit.unwind_jump(inside.continue_label, blocks, false);
            }
            None => self.outside_loop(node),
        }
    }

    /// How many exception blocks a jump to the end of the loop, or its next turn, leaves.
    fn blocks_to_leave(&mut self, inside: Loop, node: Node) -> u16 {
        let blocks = self.blocks - inside.blocks;
        if self.this().emitter == Emitter::Bytecode {
            self.must_fit(node, blocks.into(), 127, "too many nested blocks");
        }
        blocks
    }

    fn outside_loop(&mut self, node: Node) {
        self.error(node, "'break'/'continue' outside loop");
    }

    pub(super) fn while_statement(&mut self, node: Node) {
        let &[condition, body, otherwise] = self.tree.children(node) else { return };
        let (this, around) = self.enter_loop(false);
        let truth = self.truth(condition);
        if truth != Some(false) {
            let top = self.emit.new_label();
            if truth != Some(true) {
                self.emit.jump(this.continue_label);
            }
            self.emit.place(top);
            self.node(body);
            self.emit.place(this.continue_label);
            self.jump_if(condition, true, top);
        }
        self.leave_loop(around);
        self.node(otherwise);
        self.emit.place(this.break_label);
    }

    pub(super) fn for_statement(&mut self, node: Node) {
        let &[variable, iterable, body, otherwise] = self.tree.children(node) else { return };
        if let Some(counter) = self.counter(variable, iterable) {
            self.counting_loop(&counter, body, otherwise);
            return;
        }
        let (this, around) = self.enter_loop(true);
        let exhausted = self.emit.new_label();
        self.node(iterable);
        self.emit.get_iter(true);
        self.emit.place(this.continue_label);
        self.emit.for_iter(exhausted);
        self.assign(variable);
        self.node(body);
        if !self.emit.has_just_returned() {
            self.emit.jump(this.continue_label);
        }
        self.emit.place(exhausted);
        self.emit.for_iter_end();
        self.leave_loop(around);
        self.node(otherwise);
        self.emit.place(this.break_label);
    }

    /// The loop as one that counts, if it is over a call of `range` that can be taken for the built-in one: with plain
    /// arguments and a step that is a small integer other than 0.
    fn counter(&self, variable: Node, iterable: Node) -> Option<Counter> {
        variable.as_id()?;
        let tree = self.tree;
        let call = tree.child(iterable, 1);
        let is_range = tree.is(iterable, Rule::AtomExprNormal) && tree.child(iterable, 0).is_id(known::RANGE);
        if !is_range || !tree.is(call, Rule::TrailerParen) {
            return None;
        }
        let is_old = self.unit.options.is_before(Release(1, 19, 0));
        let plain = |node| {
            let special = matches!(tree.rule(node), Some(Rule::ArgListStar | Rule::ArgListDblStar | Rule::Argument));
            (!special).then(|| match tree.small_int(node) {
                Some(value) => Bound::Number(value),
                None if is_old && tree.is_host_small(node) => Bound::LargeNumber(node),
                None => Bound::Expression(node),
            })
        };
        let arguments = tree.child(call, 0);
        let (start, end, step) = match *tree.list(&arguments, Rule::ArgList) {
            [end] => (Bound::Number(0), plain(end)?, 1),
            [start, end] => (plain(start)?, plain(end)?, 1),
            [start, end, step] => (plain(start)?, plain(end)?, tree.small_int(step).filter(|&step| step != 0)?),
            _ => return None,
        };
        Some(Counter { variable, start, end, step })
    }

    /// A loop that counts. It keeps the counter on the stack, above the end if that is not a number, so that
    /// assignments to the variable do not matter.
    fn counting_loop(&mut self, counter: &Counter, body: Node, otherwise: Node) {
        let (this, around) = self.enter_loop(false);
        let top = self.emit.new_label();
        let entry = self.emit.new_label();
        let end_on_stack = matches!(counter.end, Bound::Expression(_));
        if end_on_stack {
            self.bound(counter.end);
        }
        self.bound(counter.start);
        self.emit.jump(entry);

        self.emit.place(top);
        self.emit.dup_top();
        self.assign(counter.variable);
        self.node(body);
        self.emit.place(this.continue_label);
        self.emit.load_small_int(counter.step);
        self.emit.binary_op(BinaryOp::InplaceAdd);

        self.emit.place(entry);
        if end_on_stack {
            self.emit.dup_top_two();
            self.emit.rot_two();
        } else {
            self.emit.dup_top();
            self.bound(counter.end);
        }
        self.emit.binary_op(if counter.step >= 0 { BinaryOp::Less } else { BinaryOp::More });
        self.emit.pop_jump_if(true, top);
        self.leave_loop(around);

        // The `else` part may break out of a loop around, so it must find the counter gone.
        let end = (!otherwise.is_null()).then(|| {
            self.drop_counter(end_on_stack);
            self.node(otherwise);
            let end = self.emit.new_label();
            self.emit.jump(end);
            self.emit.adjust_stack(1 + i32::from(end_on_stack));
            end
        });
        self.emit.place(this.break_label);
        self.drop_counter(end_on_stack);
        if let Some(end) = end {
            self.emit.place(end);
        }
    }

    fn bound(&mut self, bound: Bound) {
        match bound {
            Bound::Number(value) => self.emit.load_small_int(value),
            Bound::LargeNumber(node) | Bound::Expression(node) => self.node(node),
        }
    }

    fn drop_counter(&mut self, end_on_stack: bool) {
        self.emit.pop_top();
        if end_on_stack {
            self.emit.pop_top();
        }
    }
}
