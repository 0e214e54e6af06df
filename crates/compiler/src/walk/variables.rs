//! Variables: loading, storing and deleting them by name, and declaring whose they are.

use super::Walk;
use crate::emit::{GlobalKind, LocalKind, Pass};
use crate::grammar::Rule;
use crate::names::Name;
use crate::scope::{IdKind, ScopeId, ScopeKind};
use crate::tree::Node;

/// Where a name's variable is.
enum Variable {
    Local(u16, LocalKind),
    Global(GlobalKind),
}

impl Walk<'_, '_> {
    pub(super) fn load_name(&mut self, name: Name) {
        if self.pass == Pass::Scope {
            self.add_name(name, IdKind::GlobalImplicit);
            return;
        }
        match self.variable(name) {
            Variable::Local(local, kind) => self.emit.load_local(name, local, kind),
            Variable::Global(kind) => self.emit.load_global(name, kind),
        }
    }

    pub(super) fn store_name(&mut self, name: Name) {
        if self.unit.quota.step().is_err() {
            return;
        }
        if self.pass == Pass::Scope {
            self.bind_name(name);
            return;
        }
        match self.variable(name) {
            Variable::Local(local, kind) => self.emit.store_local(name, local, kind),
            Variable::Global(kind) => self.emit.store_global(name, kind),
        }
    }

    pub(super) fn delete_name(&mut self, name: Name) {
        if self.unit.quota.step().is_err() {
            return;
        }
        if self.pass == Pass::Scope {
            self.this().deletes = true;
            self.bind_name(name);
            return;
        }
        match self.variable(name) {
            Variable::Local(local, kind) => self.emit.delete_local(name, local, kind),
            Variable::Global(kind) => self.emit.delete_global(name, kind),
        }
    }

    fn variable(&mut self, name: Name) -> Variable {
        let scope = self.this();
        let id = scope.find(name).map(|i| scope.ids[i]);
        match id.map(|id| (id.kind, id.local)) {
            Some((IdKind::Local, local)) => Variable::Local(local, LocalKind::Fast),
            Some((IdKind::Cell | IdKind::Free, local)) => Variable::Local(local, LocalKind::Cell),
            Some((IdKind::GlobalImplicit | IdKind::GlobalAssigned, _)) => Variable::Global(GlobalKind::Name),
            _ => Variable::Global(GlobalKind::Global),
        }
    }

    /// `global` and `nonlocal`.
    pub(super) fn declaration(&mut self, rule: Rule, node: Node) {
        if self.pass != Pass::Scope {
            return;
        }
        let is_global = rule == Rule::GlobalStmt;
        if !is_global && self.kind == ScopeKind::Module {
            self.error(node, "can't declare nonlocal in outer code");
            return;
        }
        let list = self.tree.child(node, 0);
        for name in self.tree.list(&list, Rule::NameList).iter().filter_map(|name| name.as_id()) {
            if self.unit.quota.step().is_err() {
                return;
            }
            if let Some(i) = self.add_name(name, IdKind::Undecided) {
                self.declare(node, i, is_global);
            }
        }
    }

    /// Declares name number `i` of this scope, at `node`, as global or nonlocal.
    fn declare(&mut self, node: Node, i: usize, is_global: bool) {
        if is_global { self.declare_global(node, i) } else { self.declare_nonlocal(node, i) }
    }

    fn declare_global(&mut self, node: Node, i: usize) {
        let id = &mut self.this().ids[i];
        if !matches!(id.kind, IdKind::Undecided | IdKind::GlobalExplicit) {
            self.error(node, "identifier redefined as global");
            return;
        }
        id.kind = IdKind::GlobalExplicit;
        let name = id.name;
        let module = &mut self.unit.scopes[ScopeId::MODULE];
        if let Some(i) = module.find(name) {
            module.ids[i].kind = IdKind::GlobalExplicit;
        }
    }

    fn declare_nonlocal(&mut self, node: Node, i: usize) {
        let id = self.this().ids[i];
        match id.kind {
            IdKind::Undecided => {
                let found = self.unit.scopes.capture(self.scope, id.name, self.unit.quota).unwrap_or_default();
                self.this().ids[i].kind = if found { IdKind::Free } else { IdKind::GlobalImplicit };
                if !found {
                    self.error(node, "no binding for nonlocal found");
                }
            }
            IdKind::Free => {}
            _ => self.error(node, "identifier redefined as nonlocal"),
        }
    }

    /// `target := value`
    pub(super) fn named_expression(&mut self, target: Node, value: Node) {
        if target.as_id().is_none() {
            self.error(target, "can't assign to expression");
        }
        self.node(value);
        self.emit.dup_top();
        let Some(name) = target.as_id() else { return };
        if self.pass == Pass::Scope && self.kind.is_comprehension() {
            self.bind_around(target, name);
        }
        self.store_name(name);
    }

    /// Binds a name that is assigned in a comprehension: it belongs to the scope around, as declared there (PEP 572).
    fn bind_around(&mut self, target: Node, name: Name) {
        let Some(parent) = self.this().parent else { return };
        let (scopes, quota) = (&mut self.unit.scopes, self.unit.quota);
        let outer = &mut scopes[parent];
        let is_module = outer.parent.is_none();
        let Ok(i) = outer.find_or_add(name, IdKind::GlobalImplicit, quota) else { return };
        if outer.bind(i) == IdKind::GlobalExplicit {
            self.add_name(name, IdKind::GlobalExplicit);
            return;
        }
        let noted = scopes.note_local(name, quota);
        let Some(i) = self.add_name(name, IdKind::Undecided).filter(|_| noted.is_ok()) else { return };
        let id = &mut self.this().ids[i];
        if !is_module && id.kind == IdKind::GlobalImplicit {
            // It was used before, but must now be looked for in the functions around.
            id.kind = IdKind::Undecided;
        }
        self.declare(target, i, is_module);
    }

    /// Where `name` is among the names of the scope, after adding it as `kind` if it is new. `None` if there is no memory for it.
    pub(super) fn add_name(&mut self, name: Name, kind: IdKind) -> Option<usize> {
        let quota = self.unit.quota;
        self.this().find_or_add(name, kind, quota).ok()
    }

    fn bind_name(&mut self, name: Name) {
        if let Some(i) = self.add_name(name, IdKind::GlobalImplicit) {
            self.this().bind(i);
        }
    }
}
