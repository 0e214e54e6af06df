//! Tuples, lists, dicts and sets.

use super::Walk;
use crate::emit::Build;
use crate::grammar::Rule;
use crate::scope::ScopeKind;
use crate::tree::Node;

impl Walk<'_, '_> {
    pub(super) fn tuple(&mut self, items: &[Node]) {
        items.iter().for_each(|&item| self.node(item));
        self.emit.build(Build::Tuple, items.len() as u32);
    }

    /// `( )`: a tuple or a generator expression.
    pub(super) fn parenthesised(&mut self, node: Node) {
        let list = self.tree.child(node, 0);
        if self.is_comprehension(list) {
            self.comprehension(list, ScopeKind::GenExpr);
        } else {
            self.tuple(self.tree.children(list));
        }
    }

    /// `[ ]`
    pub(super) fn bracketed(&mut self, node: Node) {
        let list = self.tree.child(node, 0);
        if list.is_null() {
            self.emit.build(Build::List, 0);
        } else if !self.tree.is(list, Rule::TestListComp) {
            self.node(list);
            self.emit.build(Build::List, 1);
        } else if self.is_comprehension(list) {
            self.comprehension(list, ScopeKind::ListComp);
        } else {
            let items = self.tree.children(list);
            self.all(items);
            self.emit.build(Build::List, items.len() as u32);
        }
    }

    /// `{ }`
    pub(super) fn braced(&mut self, node: Node) {
        let first = self.tree.child(node, 0);
        match self.tree.rule(first) {
            None if first.is_null() => self.emit.build(Build::Map, 0),
            Some(Rule::DictOrSetMakerItem) => {
                self.emit.build(Build::Map, 1);
                self.node(first);
                self.emit.store_map();
            }
            Some(Rule::DictOrSetMaker) => self.dict_or_set(first),
            _ => {
                self.node(first);
                self.emit.build(Build::Set, 1);
            }
        }
    }

    /// A dict or set of more than one item, or made by a comprehension. The first item says which.
    fn dict_or_set(&mut self, node: Node) {
        let &[first, rest] = self.tree.children(node) else { return };
        let is_dict = self.is_pair(first);
        if self.tree.is(rest, Rule::CompFor) {
            self.comprehension(node, if is_dict { ScopeKind::DictComp } else { ScopeKind::SetComp });
            return;
        }
        let rest = self.tree.child(rest, 0);
        let rest = self.tree.list(&rest, Rule::DictOrSetMakerList2);
        let count = 1 + rest.len() as u32;
        if is_dict {
            self.emit.build(Build::Map, count);
        }
        for &item in core::iter::once(&first).chain(rest) {
            self.node(item);
            if self.is_pair(item) != is_dict {
                let wanted = if is_dict { "expecting key:value for dict" } else { "expecting just a value for set" };
                self.error(node, wanted);
                return;
            }
            if is_dict {
                self.emit.store_map();
            }
        }
        if !is_dict {
            self.emit.build(Build::Set, count);
        }
    }

    fn is_pair(&self, item: Node) -> bool {
        self.tree.is(item, Rule::DictOrSetMakerItem)
    }

    /// `key: value`, which leaves the key on top of the value.
    pub(super) fn dict_item(&mut self, node: Node) {
        self.node(self.tree.child(node, 1));
        self.node(self.tree.child(node, 0));
    }
}
