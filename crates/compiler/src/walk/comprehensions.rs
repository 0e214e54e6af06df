//! Comprehensions and generator expressions.

use super::{Walk, known};
use crate::emit::{Arguments, Build, Collection, Defaults, Label, Pass};
use crate::grammar::Rule;
use crate::scope::{IdKind, ScopeKind};
use crate::tree::Node;

/// The parameter by which a comprehension gets what it iterates over: no name that a program can have.
const ITERABLE: crate::names::Name = known::EMPTY;

impl Walk<'_, '_> {
    /// Whether the node is of two parts, the second a `for`.
    pub(super) fn is_comprehension(&self, node: Node) -> bool {
        matches!(*self.tree.children(node), [_, clause] if self.tree.is(clause, Rule::CompFor))
    }

    /// Makes a comprehension of a node with two children, expression and `for`, and calls it.
    pub(super) fn comprehension(&mut self, node: Node, kind: ScopeKind) {
        let clause = self.tree.child(node, 1);
        let emitter = self.this().emitter;
        let scope = self.open_scope(clause, node, kind, emitter);
        self.make_function(scope, Defaults::default());
        self.node(self.tree.child(clause, 1));
        if kind == ScopeKind::GenExpr {
            self.emit.get_iter(false);
        }
        self.emit.call_function(Arguments::positional(1));
    }

    /// The body of the function that a comprehension is.
    pub(super) fn comprehension_body(&mut self, node: Node) {
        let &[expression, clause] = self.tree.children(node) else { return };
        if self.pass == Pass::Scope {
            self.add_name(ITERABLE, IdKind::Local);
            self.this().num_pos_args = 1;
        }
        self.emit.source_line(self.tree.line(node));
        let collection = match self.kind {
            ScopeKind::ListComp => Some((Collection::List, Build::List)),
            ScopeKind::DictComp => Some((Collection::Dict, Build::Map)),
            ScopeKind::SetComp => Some((Collection::Set, Build::Set)),
            _ => None,
        };
        if let Some((_, build)) = collection {
            self.emit.build(build, 0);
            self.load_name(ITERABLE);
            self.emit.get_iter(true);
        } else {
            // The state of an iterator is four slots. Null in the first says that the second is an iterator object.
            self.emit.load_null();
            self.load_name(ITERABLE);
            self.emit.load_null();
            self.emit.load_null();
        }
        let top = self.clause_start(clause);
        self.clause(clause, top, expression, collection.map(|(collection, _)| collection), 1);
        if collection.is_none() {
            self.load_none();
        }
        self.emit.return_value();
    }

    /// Starts the loop of a `for` clause, whose iterator is on the stack; returns its top and its end.
    fn clause_start(&mut self, clause: Node) -> (Label, Label) {
        let top = self.emit.new_label();
        let end = self.emit.new_label();
        self.emit.place(top);
        self.emit.for_iter(end);
        self.assign(self.tree.child(clause, 0));
        (top, end)
    }

    /// What is in the loop of a `for` clause, and its end. `depth` is how many loops there are around it and it.
    fn clause(
        &mut self,
        clause: Node,
        (top, end): (Label, Label),
        expression: Node,
        collection: Option<Collection>,
        depth: u32,
    ) {
        let mut next = self.tree.child(clause, 2);
        while self.tree.is(next, Rule::CompIf) {
            self.jump_if(self.tree.child(next, 0), false, top);
            next = self.tree.child(next, 1);
        }
        if next.is_null() {
            self.node(expression);
            match collection {
                // Above the collection lie the iterators, and the value.
                Some(collection) => self.emit.store_comp(collection, 4 * depth + 1),
                None => {
                    self.yield_top();
                    self.emit.pop_top();
                }
            }
        } else {
            self.node(self.tree.child(next, 1));
            self.emit.get_iter(true);
            self.nested(|walk| {
                let inner = walk.clause_start(next);
                walk.clause(next, inner, expression, collection, depth + 1);
            });
        }
        self.emit.jump(top);
        self.emit.place(end);
        self.emit.for_iter_end();
    }
}
