//! Conditions: expressions that decide where to jump, and `if` in its forms.

use berus_mpy::release::Release;

use super::Walk;
use crate::emit::Label;
use crate::grammar::Rule;
use crate::tree::Node;

impl Walk<'_, '_> {
    /// The truth of an expression that is known without running it.
    pub(super) fn truth(&mut self, node: Node) -> Option<bool> {
        let (tree, options) = (self.tree, self.unit.options);
        tree.truth(node, self.emit.names(), options)
    }

    /// Jumps to `label` if the truth of `node` is `when`, leaving nothing on the stack. `and`, `or` and `not` become
    /// jumps of their own.
    pub(super) fn jump_if(&mut self, node: Node, when: bool, label: Label) {
        if let Some(truth) = self.truth(node) {
            if truth == when {
                self.emit.jump(label);
            }
            return;
        }
        let operands = self.tree.children(node);
        match self.tree.rule(node) {
            Some(rule @ (Rule::OrTest | Rule::AndTest)) => self.nested(|walk| {
                // The truth of one operand that settles that of the whole.
                let settles = rule == Rule::OrTest;
                if settles == when {
                    operands.iter().for_each(|&operand| walk.jump_if(operand, when, label));
                } else if let Some((&last, rest)) = operands.split_last() {
                    let settled = walk.emit.new_label();
                    rest.iter().for_each(|&operand| walk.jump_if(operand, settles, settled));
                    walk.jump_if(last, when, label);
                    walk.emit.place(settled);
                }
            }),
            // Before 1.21 a tuple that is no constant was not evaluated.
            Some(Rule::AtomParen) if self.unit.options.is_before(Release(1, 21, 0)) => {
                let is_true = !self.tree.child(node, 0).is_null();
                if is_true == when {
                    self.emit.jump(label);
                }
            }
            Some(Rule::NotTest2) => self.nested(|walk| walk.jump_if(walk.tree.child(node, 0), !when, label)),
            _ => {
                self.node(node);
                self.emit.pop_jump_if(when, label);
            }
        }
    }

    pub(super) fn if_statement(&mut self, node: Node) {
        let &[condition, block, elifs, otherwise] = self.tree.children(node) else { return };
        let end = self.emit.new_label();
        let elifs = self.tree.list(&elifs, Rule::IfStmtElifList);
        let more = !elifs.is_empty() || !otherwise.is_null();
        let mut always = self.if_branch(condition, block, more, end);
        for &elif in elifs {
            if always {
                break;
            }
            // Unlike the first, these jump to the end even if nothing follows.
            always = self.if_branch(self.tree.child(elif, 0), self.tree.child(elif, 1), true, end);
        }
        if !always {
            self.node(otherwise);
        }
        self.emit.place(end);
    }

    /// A branch, which is left out if its condition is never true. Whether it is always.
    fn if_branch(&mut self, condition: Node, block: Node, jump_to_end: bool, end: Label) -> bool {
        let truth = self.truth(condition);
        if truth == Some(false) {
            return false;
        }
        let fail = self.emit.new_label();
        self.jump_if(condition, false, fail);
        self.node(block);
        if truth == Some(true) {
            return true;
        }
        // Before 1.20 code that control cannot reach was not dropped but, in some places, not made.
        if jump_to_end && !self.emit.has_just_returned() {
            self.emit.jump(end);
        }
        self.emit.place(fail);
        false
    }

    /// `a if condition else b`
    pub(super) fn conditional_expression(&mut self, node: Node) {
        let choice = self.tree.child(node, 1);
        let fail = self.emit.new_label();
        let end = self.emit.new_label();
        self.jump_if(self.tree.child(choice, 0), false, fail);
        self.node(self.tree.child(node, 0));
        self.emit.jump(end);
        self.emit.place(fail);
        self.emit.adjust_stack(-1);
        self.node(self.tree.child(choice, 1));
        self.emit.place(end);
    }
}
