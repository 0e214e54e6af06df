//! Making classes.

use super::Walk;
use crate::emit::Defaults;
use crate::grammar::Rule;
use crate::names::Name;
use crate::options::Emitter;
use crate::scope::ScopeKind;
use crate::tree::Node;

impl Walk<'_, '_> {
    pub(super) fn class_statement(&mut self, node: Node) {
        let emitter = self.this().emitter;
        let name = self.class(node, emitter);
        self.store_name(name);
    }

    /// Makes a class, by a call with its body as a function, its name and its bases; returns its name.
    pub(super) fn class(&mut self, node: Node, emitter: Emitter) -> Name {
        let scope = self.open_scope(node, node, ScopeKind::Class, emitter);
        self.emit.load_build_class();
        self.make_function(scope, Defaults::default());
        let name = self.unit.scopes[scope].name;
        self.emit.load_str(name);
        let bases = self.tree.child(node, 1);
        // Empty parentheses.
        let bases = if self.tree.is(bases, Rule::ClassDef2) { Node::NULL } else { bases };
        self.call_with(bases, false, 2);
        name
    }
}
