//! The parameters of a function, as names of its scope.

use berus_mpy::prelude::scope_flag;

use super::Walk;
use crate::error::{CompileError, Lossy};
use crate::grammar::Rule;
use crate::names::Name;
use crate::options::Emitter;
use crate::scope::{IdKind, Param};
use crate::tree::Node;
use crate::viper::Type;

impl Walk<'_, '_> {
    /// Enters the parameters in the scope, which must have no names yet.
    pub(super) fn parameters(&mut self, parameters: Node, list: Rule) {
        let mut star = false;
        for &parameter in self.tree.list(&parameters, list) {
            self.parameter(parameter, &mut star);
        }
    }

    /// Enters a parameter. `star` is whether one with a star was met.
    fn parameter(&mut self, node: Node, star: &mut bool) {
        if self.this().has(scope_flag::VARKEYWORDS) {
            // Nothing can follow `**kwargs`.
            self.error(node, "invalid syntax");
            return;
        }
        let inner = self.tree.child(node, 0);
        let mut annotation = Node::NULL;
        let (name, param) = match self.tree.rule(node) {
            Some(Rule::TypedArgsListStar | Rule::VarArgsListStar) => {
                if *star {
                    self.error(node, "invalid syntax");
                    return;
                }
                *star = true;
                if inner.is_null() {
                    return;
                }
                self.this().flags |= scope_flag::VARARGS;
                if inner.is_struct() {
                    annotation = self.tree.child(inner, 1);
                    (self.tree.child(inner, 0), Param::Star)
                } else {
                    (inner, Param::Star)
                }
            }
            Some(Rule::TypedArgsListDblStar | Rule::VarArgsListDblStar) => {
                self.this().flags |= scope_flag::VARKEYWORDS;
                annotation = self.tree.child(node, 1);
                (inner, Param::DoubleStar)
            }
            rule => {
                let scope = self.this();
                if *star {
                    scope.num_kwonly_args += 1;
                } else {
                    scope.num_pos_args += 1;
                }
                if rule == Some(Rule::TypedArgsListName) {
                    annotation = self.tree.child(node, 1);
                }
                (if rule.is_some() { inner } else { node }, Param::Plain)
            }
        };
        if let Some(name) = name.as_id() {
            self.parameter_name(node, name, param, annotation);
        }
    }

    fn parameter_name(&mut self, node: Node, name: Name, param: Param, annotation: Node) {
        let Some(i) = self.add_name(name, IdKind::Undecided) else { return };
        let id = &mut self.this().ids[i];
        if id.kind != IdKind::Undecided {
            self.error(node, "argument name reused");
            return;
        }
        id.kind = IdKind::Local;
        id.param = param;
        if self.this().emitter == Emitter::Viper && !annotation.is_null() {
            let declared = self.viper_type(annotation);
            let quota = self.unit.quota;
            quota.push_or_stop(&mut self.this().param_types, (name, declared));
        }
    }

    /// The type that an annotation in a viper function means; without one, an object.
    pub(super) fn viper_type(&mut self, annotation: Node) -> Type {
        if annotation.is_null() {
            return Type::Object;
        }
        let Some(name) = annotation.as_id() else {
            self.error(annotation, "annotation must be an identifier");
            return Type::Object;
        };
        let name = self.emit.names().get(name);
        Type::named(name).unwrap_or_else(|| {
            let message = self.unit.quota.format(format_args!("unknown type '{}'", Lossy(name)));
            // It counts even if there was an error before.
            self.error = message.ok().map(CompileError::viper_type);
            Type::Object
        })
    }
}
