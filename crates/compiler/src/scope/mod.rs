//! Scopes: which names a function, class body, comprehension or module uses, and where each of them lives.
//!
//! A first walk over the tree collects the names of all scopes, one scope after the other, enclosing scopes
//! first. A name that a function uses without binding it is then looked for in the functions around it
//! ([`Scopes::capture`]); at last each scope numbers its local variables ([`Scopes::lay_out`]). Order matters
//! throughout, because locals, cells and arguments are numbered by it (MicroPython: `py/scope.c`, `py/compile.c`).

mod ids;

use alloc::vec::Vec;
use core::ops::{Index, IndexMut};

use berus_mpy::memory::{Quota, Stop};
use berus_mpy::prelude::scope_flag;

use crate::error::CompileError;
use crate::names::{Name, Names};
use crate::options::Emitter;
use crate::tree::Node;
use crate::viper::Type;
pub(crate) use ids::Ids;

/// The number of a scope, in the order in which scopes are met: a scope is compiled after those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ScopeId(pub u32);

impl ScopeId {
    /// The outermost scope.
    pub const MODULE: ScopeId = ScopeId(0);
}

/// What opens a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScopeKind {
    Module,
    Class,
    Function,
    Lambda,
    ListComp,
    DictComp,
    SetComp,
    GenExpr,
}

impl ScopeKind {
    /// Whether names bound in it are local variables rather than entries of a dict.
    pub fn has_locals(self) -> bool {
        !matches!(self, ScopeKind::Module | ScopeKind::Class)
    }

    /// Whether it is a comprehension or generator expression.
    pub fn is_comprehension(self) -> bool {
        matches!(self, ScopeKind::ListComp | ScopeKind::DictComp | ScopeKind::SetComp | ScopeKind::GenExpr)
    }

    /// Whether `yield` and `await` may stand in it.
    pub fn may_yield(self) -> bool {
        matches!(self, ScopeKind::Function | ScopeKind::Lambda)
    }
}

/// What is known of how a scope refers to a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdKind {
    /// Nothing yet.
    Undecided,
    /// It is used and not bound here: a global, or a variable of an enclosing function.
    GlobalImplicit,
    /// It is bound in a class body or the module, so no enclosing function's variable is meant.
    GlobalAssigned,
    /// It is declared `global`, or is known to be global.
    GlobalExplicit,
    /// A local variable that only this scope uses.
    Local,
    /// A local variable that a scope inside uses too.
    Cell,
    /// A variable of an enclosing function.
    Free,
}

/// Whether a name is a parameter, and of which form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Param {
    No,
    Plain,
    Star,
    DoubleStar,
}

/// A name of a scope.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Id {
    pub name: Name,
    pub kind: IdKind,
    pub param: Param,
    /// The number of the local variable, once the scope is laid out and if it is one.
    pub local: u16,
}

/// A scope.
#[derive(Debug)]
pub(crate) struct Scope {
    pub kind: ScopeKind,
    /// The node that opens it; for the module, the root.
    pub node: Node,
    /// Its name: that of the function or class, or `<module>`, `<lambda>`, `<listcomp>`...
    pub name: Name,
    pub parent: Option<ScopeId>,
    /// What its code is made by.
    pub emitter: Emitter,
    /// Its names in the order in which they were met, parameters first.
    pub ids: Ids,
    /// The variables of the scope around that it closes over, in the order in which their cells are passed, once it is laid out.
    pub free: Vec<Name>,
    /// A set of [`scope_flag`]s.
    pub flags: u32,
    /// Whether it deletes variables, so that those that were set may be so no more.
    pub deletes: bool,
    /// Positional parameters; once it is laid out also the cells that it closes over, which are passed first.
    pub num_pos_args: u16,
    pub num_kwonly_args: u16,
    /// Positional parameters that have a default.
    pub num_def_pos_args: u16,
    pub num_locals: u16,
    /// The deepest nesting of exception blocks.
    pub exc_stack_size: u16,
    /// Whether its code makes functions.
    pub makes_functions: bool,
    /// In a viper function: its parameters that declare a type, and the type.
    pub param_types: Vec<(Name, Type)>,
    /// In a viper function: the type of its result.
    pub result: Type,
}

impl Scope {
    /// A scope without names.
    pub fn new(kind: ScopeKind, node: Node, name: Name, parent: Option<ScopeId>, emitter: Emitter) -> Scope {
        Scope {
            kind,
            node,
            name,
            parent,
            emitter,
            ids: Ids::default(),
            free: Vec::new(),
            flags: 0,
            deletes: false,
            num_pos_args: 0,
            num_kwonly_args: 0,
            num_def_pos_args: 0,
            num_locals: 0,
            exc_stack_size: 0,
            makes_functions: false,
            param_types: Vec::new(),
            result: Type::Object,
        }
    }

    /// Where `name` is among [`Scope::ids`].
    pub fn find(&self, name: Name) -> Option<usize> {
        self.ids.find(name)
    }

    /// Where `name` is among [`Scope::ids`], after adding it as `kind` if it is new.
    ///
    /// # Errors
    /// If there is no memory for one.
    pub fn find_or_add(&mut self, name: Name, kind: IdKind, quota: &Quota<'_>) -> Result<usize, Stop> {
        match self.find(name) {
            Some(i) => Ok(i),
            None => self.ids.add(Id { name, kind, param: Param::No, local: 0 }, quota),
        }
    }

    /// The kind of `name` once it is bound by an assignment or the like: local, if the scope has locals.
    pub fn bind(&mut self, i: usize) -> IdKind {
        let has_locals = self.kind.has_locals();
        let id = &mut self.ids[i];
        if id.kind == IdKind::GlobalImplicit {
            id.kind = if has_locals { IdKind::Local } else { IdKind::GlobalAssigned };
        }
        id.kind
    }

    /// Whether any of `flags` is set.
    pub fn has(&self, flags: u32) -> bool {
        self.flags & flags != 0
    }

    /// The names of the arguments by position, as the prelude lists them: positional, then keyword-only. An
    /// argument without a name, such as a cell that is passed in, goes by `*`, and a positional one whose name is not to be `kept`
    /// by `/`. Neither is an identifier, so that no call names the argument.
    ///
    /// # Errors
    /// If there is no memory for them.
    pub fn arg_names(&self, kept: impl Fn(Name) -> bool, quota: &Quota<'_>) -> Result<Vec<Name>, Stop> {
        const NAMELESS: Name = Name::fixed("*");
        const POSITIONAL: Name = Name::fixed("/");
        let count = usize::from(self.num_pos_args) + usize::from(self.num_kwonly_args);
        let mut names = Vec::new();
        quota.resize(&mut names, count, NAMELESS)?;
        for id in self.ids.iter().rev().filter(|id| id.param != Param::No) {
            let has_name = id.local >= self.num_pos_args || kept(id.name);
            if let Some(name) = names.get_mut(usize::from(id.local)) {
                *name = if has_name { id.name } else { POSITIONAL };
            }
        }
        Ok(names)
    }

    /// The local variables that become cells, in the order of the prelude.
    pub fn cells(&self) -> impl Iterator<Item = u16> + '_ {
        self.ids.iter().filter(|id| id.kind == IdKind::Cell).map(|id| id.local)
    }

    /// Puts the `*args` parameter after all others but `**kwargs`, in exchange with the last of them.
    fn move_star_param(&mut self) {
        let Some(star) = self.ids.iter().rposition(|id| id.param == Param::Star) else { return };
        if let Some(last) = self.ids.iter().rposition(|id| id.param == Param::Plain)
            && last > star
        {
            self.ids.swap(star, last);
        }
    }

    /// Numbers the locals, but for the variables of enclosing functions: first parameters and plain locals, then cells.
    fn number_locals(&mut self) -> usize {
        const CLASS: Name = Name::fixed("__class__");
        let mut next = 0;
        for id in self.ids.iter_mut() {
            // A class keeps `__class__` only for methods to close over.
            if self.kind == ScopeKind::Class && id.name == CLASS {
                continue;
            }
            if self.kind.has_locals() && id.kind == IdKind::GlobalImplicit {
                id.kind = IdKind::GlobalExplicit;
            }
            if id.kind == IdKind::Local || id.param != Param::No {
                id.local = next as u16;
                next += 1;
            }
        }
        for id in self.ids.iter_mut() {
            if id.kind == IdKind::Cell && id.param == Param::No {
                id.local = next as u16;
                next += 1;
            }
        }
        next
    }

    /// Numbers the variables of enclosing functions. They come first, in the order of the scope that they are passed from.
    fn number_free(&mut self, parent: &Scope, quota: &Quota<'_>) -> Result<(), Stop> {
        let mut places = Vec::new();
        for (i, id) in self.ids.iter().enumerate().filter(|(_, id)| id.kind == IdKind::Free) {
            if let Some(place) = parent.find(id.name)
                && matches!(parent.ids[place].kind, IdKind::Cell | IdKind::Free)
            {
                quota.push(&mut places, (place, i))?;
            }
        }
        places.sort_unstable();
        quota.reserve_exact(&mut self.free, places.len())?;
        for (number, &(_, i)) in places.iter().enumerate() {
            self.ids[i].local = number as u16;
            self.free.push(self.ids[i].name);
        }
        quota.free(places);
        Ok(())
    }
}

/// The scopes of a module.
#[derive(Debug, Default)]
pub(crate) struct Scopes {
    list: Vec<Scope>,
    /// A bit for each name that is, or was, a local variable of a scope that has been walked over. No other can be captured.
    locals: Vec<u64>,
}

impl Index<ScopeId> for Scopes {
    type Output = Scope;

    fn index(&self, id: ScopeId) -> &Scope {
        &self.list[id.0 as usize]
    }
}

impl IndexMut<ScopeId> for Scopes {
    fn index_mut(&mut self, id: ScopeId) -> &mut Scope {
        &mut self.list[id.0 as usize]
    }
}

impl Scopes {
    /// The name of a scope with those around it that are not the module, with dots between.
    pub fn qualified_name(&self, id: ScopeId, names: &Names) -> Vec<u8> {
        let mut parts = Vec::new();
        let mut next = Some(id);
        while let Some(id) = next.filter(|&id| id != ScopeId::MODULE || parts.is_empty()) {
            parts.push(names.get(self[id].name));
            next = self[id].parent;
        }
        parts.reverse();
        parts.join(&b'.')
    }

    /// Adds a scope as the last.
    ///
    /// # Errors
    /// If there is no memory for it.
    pub fn push(&mut self, scope: Scope, quota: &Quota<'_>) -> Result<ScopeId, Stop> {
        quota.push(&mut self.list, scope)?;
        Ok(ScopeId(self.list.len() as u32 - 1))
    }

    /// How many scopes there are.
    pub fn count(&self) -> u32 {
        self.list.len() as u32
    }

    /// The scope number `index`, if there are as many.
    pub fn get(&self, index: u32) -> Option<ScopeId> {
        ((index as usize) < self.list.len()).then_some(ScopeId(index))
    }

    /// Looks outward from `scope`, but not as far as the module, for a function's variable `name`; where there is
    /// one it becomes a cell and all scopes in between pass it on. Whether there is one.
    ///
    /// # Errors
    /// Where the quota ends the work.
    pub fn capture(&mut self, scope: ScopeId, name: Name, quota: &Quota<'_>) -> Result<bool, Stop> {
        let mut next = if self.is_some_local(name) { self.around(scope) } else { None };
        while let Some(outer) = next {
            if let Some(i) = self[outer].find(name) {
                let found = matches!(self[outer].ids[i].kind, IdKind::Local | IdKind::Cell | IdKind::Free);
                if found {
                    self.pass_on(scope, name, quota)?;
                }
                return Ok(found);
            }
            quota.step()?;
            next = self.around(outer);
        }
        Ok(false)
    }

    fn is_some_local(&self, name: Name) -> bool {
        self.locals.get(name.0 as usize / 64).is_some_and(|word| word >> (name.0 % 64) & 1 != 0)
    }

    /// Notes that `name` is a local variable of some scope.
    ///
    /// # Errors
    /// If there is no memory for that.
    pub fn note_local(&mut self, name: Name, quota: &Quota<'_>) -> Result<(), Stop> {
        let word = name.0 as usize / 64;
        if word >= self.locals.len() {
            quota.resize(&mut self.locals, word + 1, 0)?;
        }
        self.locals[word] |= 1 << (name.0 % 64);
        Ok(())
    }

    /// After the first walk over `scope`: captures the names that it uses without binding them, and if `bound` those that it binds as names
    /// of a class body, too. Few names will follow.
    ///
    /// # Errors
    /// Where the quota ends the work.
    pub fn capture_all(&mut self, scope: ScopeId, bound: bool, quota: &Quota<'_>) -> Result<(), Stop> {
        self[scope].ids.shrink(quota);
        for i in 0..self[scope].ids.len() {
            let id = self[scope].ids[i];
            match id.kind {
                IdKind::GlobalAssigned if !bound => {}
                IdKind::GlobalImplicit | IdKind::GlobalAssigned if self.capture(scope, id.name, quota)? => {
                    self[scope].ids[i].kind = IdKind::Free;
                }
                IdKind::Local | IdKind::Cell => self.note_local(id.name, quota)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Makes `name` free in the scopes around `scope` up to the one that binds it, where it becomes a cell.
    fn pass_on(&mut self, scope: ScopeId, name: Name, quota: &Quota<'_>) -> Result<(), Stop> {
        let mut next = self.around(scope);
        while let Some(outer) = next {
            quota.step()?;
            let i = self[outer].find_or_add(name, IdKind::Undecided, quota)?;
            let id = &mut self[outer].ids[i];
            match id.kind {
                IdKind::Undecided => id.kind = IdKind::Free,
                IdKind::Local => {
                    id.kind = IdKind::Cell;
                    return Ok(());
                }
                _ => return Ok(()),
            }
            next = self.around(outer);
        }
        Ok(())
    }

    /// The scope around `scope`, unless that is the module.
    fn around(&self, scope: ScopeId) -> Option<ScopeId> {
        self[scope].parent.filter(|&outer| self[outer].parent.is_some())
    }

    /// Numbers the local variables of `scope`. The scopes before it must be laid out.
    ///
    /// # Errors
    /// If there are more of them than a function can have, or more before a cell than its place in the prelude can count;
    /// if there is no memory.
    pub fn lay_out(&mut self, scope: ScopeId, quota: &Quota<'_>) -> Result<(), CompileError> {
        let (outer, rest) = self.list.split_at_mut(scope.0 as usize);
        let Some(this) = rest.first_mut() else { return Ok(()) };
        if this.has(scope_flag::VARARGS) {
            this.move_star_param();
        }
        let own = this.number_locals();
        if let Some(parent) = this.parent.and_then(|id| outer.get(id.0 as usize)) {
            this.number_free(parent, quota)?;
        }
        let free = this.free.len();
        if free > 0 {
            for id in this.ids.iter_mut().filter(|id| id.kind != IdKind::Free) {
                id.local = id.local.wrapping_add(free as u16);
            }
        }
        let all = u16::try_from(own + free).ok().filter(|_| this.cells().all(|local| local <= u8::MAX.into()));
        this.num_locals = all.ok_or_else(|| CompileError::syntax("too many local variables"))?;
        this.num_pos_args += free as u16;
        Ok(())
    }

    /// Gives back the memory of scopes whose code is made.
    pub fn free(self, quota: &Quota<'_>) {
        quota.free(self.list);
        quota.free(self.locals);
    }

    /// Forgets the names of a scope whose code is made, to free their memory.
    pub fn retire(&mut self, scope: ScopeId, quota: &Quota<'_>) {
        let scope = &mut self[scope];
        scope.ids.retire(quota);
        quota.free(core::mem::take(&mut scope.free));
        quota.free(core::mem::take(&mut scope.param_types));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    const A: Name = Name::fixed("abs");
    const B: Name = Name::fixed("all");
    const C: Name = Name::fixed("any");

    /// A module, and functions in each other, with the names that each binds.
    fn nested(bound: &[&[Name]]) -> Scopes {
        let quota = &Quota::default();
        let mut scopes = Scopes::default();
        let mut parent = None;
        for (i, names) in bound.iter().enumerate() {
            let kind = if i == 0 { ScopeKind::Module } else { ScopeKind::Function };
            let mut scope = Scope::new(kind, Node::NULL, A, parent, Emitter::Bytecode);
            for &name in *names {
                let i = scope.find_or_add(name, IdKind::GlobalImplicit, quota).unwrap();
                scope.bind(i);
                scopes.note_local(name, quota).unwrap();
            }
            parent = Some(scopes.push(scope, quota).unwrap());
        }
        scopes
    }

    fn kinds(scopes: &Scopes, scope: u32) -> Vec<IdKind> {
        scopes[ScopeId(scope)].ids.iter().map(|id| id.kind).collect()
    }

    #[test]
    fn binding_makes_a_name_local_only_where_there_are_locals() {
        let scopes = nested(&[&[A], &[A]]);
        assert_eq!(kinds(&scopes, 0), [IdKind::GlobalAssigned]);
        assert_eq!(kinds(&scopes, 1), [IdKind::Local]);
    }

    #[test]
    fn a_name_is_captured_through_all_functions_between() {
        let mut scopes = nested(&[&[B], &[A], &[C], &[]]);
        let quota = &Quota::default();
        assert_eq!(scopes.capture(ScopeId(3), A, quota), Ok(true));
        assert_eq!(kinds(&scopes, 1), [IdKind::Cell]);
        assert_eq!(kinds(&scopes, 2), [IdKind::Local, IdKind::Free]);
        // The module's names are globals.
        assert_eq!(scopes.capture(ScopeId(3), B, quota), Ok(false));
    }

    #[test]
    fn free_variables_come_before_parameters_and_cells_last() {
        let quota = &Quota::default();
        let mut scopes = nested(&[&[], &[A, B, C], &[]]);
        let cell = scopes[ScopeId(1)].find(B).unwrap();
        scopes[ScopeId(1)].ids[cell].kind = IdKind::Cell;
        let inner = &mut scopes[ScopeId(2)];
        inner.find_or_add(A, IdKind::Local, quota).unwrap();
        inner.ids[0].param = Param::Plain;
        inner.num_pos_args = 1;
        inner.find_or_add(B, IdKind::Free, quota).unwrap();
        scopes.lay_out(ScopeId(1), quota).unwrap();
        scopes.lay_out(ScopeId(2), quota).unwrap();
        let locals = |scope| scopes[ScopeId(scope)].ids.iter().map(|id| id.local).collect::<Vec<_>>();
        assert_eq!(locals(1), [0, 2, 1]);
        assert_eq!(locals(2), [1, 0]);
        assert_eq!(scopes[ScopeId(2)].num_pos_args, 2);
        assert_eq!(scopes[ScopeId(2)].arg_names(|_| true, quota).unwrap(), [Name::fixed("*"), A]);
        assert_eq!(scopes[ScopeId(2)].arg_names(|_| false, quota).unwrap(), [Name::fixed("*"), Name::fixed("/")]);
        assert_eq!(scopes[ScopeId(2)].free, [B]);
    }

    #[test]
    fn a_star_parameter_moves_behind_the_others() {
        let mut scopes = nested(&[&[], &[A, B, C]]);
        let scope = &mut scopes[ScopeId(1)];
        for (id, param) in scope.ids.iter_mut().zip([Param::Star, Param::Plain, Param::DoubleStar]) {
            id.param = param;
        }
        scope.flags = scope_flag::VARARGS;
        scopes.lay_out(ScopeId(1), &Quota::default()).unwrap();
        assert_eq!(scopes[ScopeId(1)].ids.iter().map(|id| id.name).collect::<Vec<_>>(), vec![B, A, C]);
    }

    #[test]
    fn too_many_locals_are_an_error() {
        let quota = &Quota::default();
        for (locals, fits) in [(0xffff, true), (0x1_0000, false)] {
            let mut scopes = nested(&[&[], &[]]);
            let scope = &mut scopes[ScopeId(1)];
            for i in 0..locals {
                scope.find_or_add(Name(i), IdKind::Local, quota).unwrap();
            }
            assert_eq!(scopes.lay_out(ScopeId(1), quota).is_ok(), fits);
        }
    }

    #[test]
    fn a_cell_is_among_the_first_locals() {
        for (locals, fits) in [(255, true), (256, false)] {
            let mut scopes = nested(&[&[], &[]]);
            let quota = &Quota::default();
            for number in 0..=locals {
                let kind = if number < locals { IdKind::Local } else { IdKind::Cell };
                scopes[ScopeId(1)].find_or_add(Name(number), kind, quota).unwrap();
            }
            assert_eq!(scopes.lay_out(ScopeId(1), quota).is_ok(), fits);
        }
    }
}
