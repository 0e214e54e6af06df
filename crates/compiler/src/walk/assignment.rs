//! Assignment and `del`.

use super::Walk;
use crate::emit::{Access, Pass};
use crate::grammar::Rule;
use crate::scope::{IdKind, ScopeKind};
use crate::tree::Node;

const CANNOT_ASSIGN: &str = "can't assign to expression";
const CANNOT_DELETE: &str = "can't delete expression";

/// What an assignment does with its target.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Stores the top of the stack.
    Store,
    /// Loads the old value, as the first half of `+=`, and leaves below it what is needed to store the new one.
    Load,
    /// Stores the new value, as the second half.
    StoreBack,
}

impl Walk<'_, '_> {
    /// An expression as a statement, or an assignment of any form.
    pub(super) fn expression_statement(&mut self, node: Node) {
        let target = self.tree.child(node, 0);
        let rest = self.tree.child(node, 1);
        if rest.is_null() {
            self.expression_alone(target);
            return;
        }
        match self.tree.rule(rest) {
            Some(Rule::AnnAssign) => {
                let value = self.tree.child(rest, 1);
                if value.is_null() {
                    self.annotation_alone(target);
                } else {
                    self.plain_assignment(target, value);
                }
            }
            Some(Rule::ExprStmtAugAssign) => {
                self.assign_part(target, Part::Load);
                self.node(self.tree.child(rest, 1));
                self.augmenting_op(self.tree.child(rest, 0));
                self.assign_part(target, Part::StoreBack);
            }
            Some(Rule::ExprStmtAssignList) => {
                let Some((&value, targets)) = self.tree.children(rest).split_last() else { return };
                self.node(value);
                // The leftmost target is the first to get the value.
                for (i, &target) in core::iter::once(&target).chain(targets).enumerate() {
                    if i < targets.len() {
                        self.emit.dup_top();
                    }
                    self.assign(target);
                }
            }
            _ => self.plain_assignment(target, rest),
        }
    }

    fn expression_alone(&mut self, value: Node) {
        let is_interactive = matches!(self.unit.options.mode, crate::Mode::Single | crate::Mode::Pasted);
        if is_interactive && self.kind == ScopeKind::Module {
            let print = self.intern(b"__repl_print__");
            self.load_name(print);
            self.node(value);
            self.emit.call_function(crate::emit::Arguments::positional(1));
            self.emit.pop_top();
        } else if !(value.is_leaf() && value.as_id().is_none() || self.tree.is(value, Rule::ConstObject)) {
            self.node(value);
            self.emit.pop_top();
        }
    }

    /// `target: type`, which makes a name local to a function and does nothing else.
    fn annotation_alone(&mut self, target: Node) {
        if self.pass == Pass::Scope
            && self.kind == ScopeKind::Function
            && let Some(name) = target.as_id()
        {
            self.add_name(name, IdKind::Local);
        }
    }

    /// `target = value`
    fn plain_assignment(&mut self, target: Node, value: Node) {
        if self.tree.is(target, Rule::TestListStarExpr) && self.tree.is(value, Rule::TestListStarExpr) {
            let (targets, values) = (self.tree.children(target), self.tree.children(value));
            let starred = targets.iter().any(|&target| self.tree.is(target, Rule::StarExpr));
            if targets.len() == values.len() && matches!(targets.len(), 2 | 3) && !starred {
                self.exchange(targets, values);
                return;
            }
        }
        self.node(value);
        self.assign(target);
    }

    /// `a, b = c, d` or `a, b, c = d, e, f` without making a tuple.
    fn exchange(&mut self, targets: &[Node], values: &[Node]) {
        values.iter().for_each(|&value| self.node(value));
        if values.len() == 3 {
            self.emit.rot_three();
        }
        self.emit.rot_two();
        targets.iter().for_each(|&target| self.assign(target));
    }

    /// Assigns the top of the stack.
    pub(super) fn assign(&mut self, target: Node) {
        self.assign_part(target, Part::Store);
    }

    fn assign_part(&mut self, target: Node, part: Part) {
        if let Some(name) = target.as_id() {
            match part {
                Part::Load => self.load_name(name),
                Part::Store | Part::StoreBack => self.store_name(name),
            }
            return;
        }
        let inner = self.tree.child(target, 0);
        let store = part == Part::Store;
        match self.tree.rule(target) {
            Some(Rule::AtomExprNormal) => self.assign_item(target, part),
            Some(Rule::TestListStarExpr | Rule::ExprList) if store => {
                self.assign_each(self.tree.children(target));
            }
            Some(Rule::AtomParen | Rule::AtomBracket) if store && self.tree.is(inner, Rule::TestListComp) => {
                if self.is_comprehension(inner) {
                    self.error(target, CANNOT_ASSIGN);
                } else {
                    self.assign_each(self.tree.children(inner));
                }
            }
            Some(Rule::AtomBracket) if store && inner.is_null() => self.assign_each(&[]),
            Some(Rule::AtomBracket) if store => self.assign_each(&[inner]),
            _ => self.error(target, CANNOT_ASSIGN),
        }
    }

    /// Assigns to a subscript or attribute.
    fn assign_item(&mut self, target: Node, part: Part) {
        let compile_object = part != Part::StoreBack;
        if compile_object {
            self.node(self.tree.child(target, 0));
        }
        let Some(last) = self.last_trailer(target, compile_object) else {
            self.error(target, CANNOT_ASSIGN);
            return;
        };
        let inner = self.tree.child(last, 0);
        match (self.tree.rule(last), inner.as_id()) {
            (Some(Rule::TrailerBracket), _) => match part {
                Part::Store => {
                    self.node(inner);
                    self.emit.subscript(Access::Store);
                }
                Part::Load => {
                    self.node(inner);
                    self.emit.dup_top_two();
                    self.emit.subscript(Access::Load);
                }
                Part::StoreBack => {
                    self.emit.rot_three();
                    self.emit.subscript(Access::Store);
                }
            },
            (Some(Rule::TrailerPeriod), Some(name)) => match part {
                Part::Store => self.emit.attribute(name, Access::Store),
                Part::Load => {
                    self.emit.dup_top();
                    self.emit.attribute(name, Access::Load);
                }
                Part::StoreBack => {
                    self.emit.rot_two();
                    self.emit.attribute(name, Access::Store);
                }
            },
            _ => self.error(target, CANNOT_ASSIGN),
        }
    }

    /// The last trailer of an atom with trailers, after compiling those before it.
    fn last_trailer(&mut self, node: Node, compile: bool) -> Option<Node> {
        let trailers = self.tree.child(node, 1);
        let (&last, rest) = self.tree.list(&trailers, Rule::AtomExprTrailers).split_last()?;
        if compile {
            rest.iter().for_each(|&trailer| self.node(trailer));
        }
        last.is_struct().then_some(last)
    }

    /// Unpacks the top of the stack and assigns the items.
    fn assign_each(&mut self, targets: &[Node]) {
        let mut star = None;
        for (i, &target) in targets.iter().enumerate() {
            if self.tree.is(target, Rule::StarExpr) {
                if star.is_some() {
                    self.error(target, "multiple *x in assignment");
                    return;
                }
                star = Some(i);
                self.must_fit(target, i, 255, "more than 255 targets before a starred one");
                self.emit.unpack_ex(i as u32, (targets.len() - i - 1) as u32);
            }
        }
        if star.is_none() {
            self.emit.unpack_sequence(targets.len() as u32);
        }
        self.nested(|walk| {
            for (i, &target) in targets.iter().enumerate() {
                walk.assign(if star == Some(i) { walk.tree.child(target, 0) } else { target });
            }
        });
    }

    pub(super) fn del_statement(&mut self, node: Node) {
        let list = self.tree.child(node, 0);
        for &target in self.tree.list(&list, Rule::ExprList) {
            self.delete(target);
        }
    }

    fn delete(&mut self, target: Node) {
        if let Some(name) = target.as_id() {
            self.delete_name(name);
            return;
        }
        match self.tree.rule(target) {
            Some(Rule::AtomExprNormal) => {
                self.node(self.tree.child(target, 0));
                let last = self.last_trailer(target, true).unwrap_or(Node::NULL);
                let inner = self.tree.child(last, 0);
                match (self.tree.rule(last), inner.as_id()) {
                    (Some(Rule::TrailerBracket), _) => {
                        self.node(inner);
                        self.emit.subscript(Access::Delete);
                    }
                    (Some(Rule::TrailerPeriod), Some(name)) => self.emit.attribute(name, Access::Delete),
                    _ => self.error(target, CANNOT_DELETE),
                }
            }
            Some(Rule::AtomParen) => {
                let list = self.tree.child(target, 0);
                if list.is_null() || self.is_comprehension(list) {
                    // The error is that of what is in the parentheses.
                    self.error(list, CANNOT_DELETE);
                } else {
                    self.nested(|walk| walk.tree.children(list).iter().for_each(|&target| walk.delete(target)));
                }
            }
            _ => self.error(target, CANNOT_DELETE),
        }
    }
}
