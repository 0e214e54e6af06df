//! The tables that the functions of a module share while their code is made.

use alloc::vec::Vec;

use berus_mpy::constant::Constant;
use berus_mpy::memory::{Quota, Stop};

use super::constants::{ConstantTable, Source};
use crate::minify::Minify;
use crate::names::{Name, Names};
use crate::options::Options;
use crate::scope::{Scope, ScopeId};
use crate::tree::{Node, Tree};

/// The qstr table, the constant table, and the children of the function in the making.
///
/// An entry of the tables is made where it is first used, in whichever pass over whichever scope that is; the file
/// lists them in that order.
#[derive(Debug)]
pub(crate) struct Tables<'t> {
    tree: &'t Tree,
    pub names: &'t mut Names,
    pub quota: &'t Quota<'t>,
    minify: Option<&'t Minify>,
    qstrs: QstrTable,
    constants: ConstantTable,
    children: Vec<ScopeId>,
}

impl<'t> Tables<'t> {
    /// Tables with only the name of the source, which is always the first.
    ///
    /// # Errors
    /// If there is no memory for them.
    pub fn new(
        tree: &'t Tree,
        names: &'t mut Names,
        quota: &'t Quota<'t>,
        options: &Options<'t>,
    ) -> Result<Tables<'t>, Stop> {
        let source_name = names.intern(options.source_name, quota)?;
        let mut qstrs = QstrTable::default();
        qstrs.index(source_name, quota)?;
        let constants = ConstantTable::default();
        Ok(Tables { tree, names, quota, minify: options.minify(), qstrs, constants, children: Vec::new() })
    }

    /// Whether only what code uses is to be in the tables.
    pub fn is_frugal(&self) -> bool {
        self.minify.is_some()
    }

    /// Forgets what is in the tables but for the name of the source, and counts from now on how often each name is used.
    ///
    /// # Errors
    /// If there is no memory for that.
    pub fn begin_counting(&mut self) -> Result<(), Stop> {
        let constants = core::mem::take(&mut self.constants);
        constants.retire(self.quota);
        self.qstrs.begin_counting(self.quota)
    }

    /// Puts names that are used more often before others, after the name of the source.
    ///
    /// # Errors
    /// Where the quota ends the work.
    pub fn sort_by_use(&mut self) -> Result<(), Stop> {
        self.qstrs.sort_by_use(self.quota)
    }

    /// The names of the arguments of `scope`, as its prelude lists them ([`Scope::arg_names`]).
    ///
    /// # Errors
    /// If there is no memory for them.
    pub fn arg_names(&self, scope: &Scope) -> Result<Vec<Name>, Stop> {
        let keywords = self.minify.and_then(|minify| minify.keywords.as_ref());
        scope.arg_names(|name| keywords.is_none_or(|keywords| keywords.contains(self.names.get(name))), self.quota)
    }

    /// The index of `name` in the qstr table; any if the quota ends the work.
    pub fn qstr(&mut self, name: Name) -> u32 {
        self.qstrs.index(name, self.quota).unwrap_or_default()
    }

    /// The index in the constant table of the value of a constant object; any if the quota ends the work. `None` if it is nested too
    /// deep to store.
    pub fn constant(&mut self, node: Node) -> Option<u32> {
        let source = Source { tree: self.tree, names: self.names, quota: self.quota };
        self.constants.index(source, node).unwrap_or(Some(0))
    }

    /// The index in the constant table of the table of functions that machine code calls; any if the quota ends the work.
    pub fn function_table(&mut self) -> u32 {
        self.constants.function_table(self.quota).unwrap_or_default()
    }

    /// How many children the function in the making has so far.
    pub fn child_count(&self) -> u32 {
        self.children.len() as u32
    }

    /// The number of `scope` as a child of the function in the making.
    pub fn child(&mut self, scope: ScopeId) -> u32 {
        let number = self.child_count();
        self.quota.push_or_stop(&mut self.children, scope);
        number
    }

    /// The children since the last call, as the numbers of their scopes.
    ///
    /// # Errors
    /// If there is no memory for them.
    pub fn take_children(&mut self) -> Result<Vec<u32>, Stop> {
        let children = self.quota.collect(self.children.iter().map(|scope| scope.0))?;
        self.children.clear();
        Ok(children)
    }

    /// The names of the qstr table, and the constant table.
    ///
    /// # Errors
    /// If there is no memory for them.
    pub fn finish(self) -> Result<(Vec<Name>, Vec<Constant<'static>>), Stop> {
        let source = Source { tree: self.tree, names: self.names, quota: self.quota };
        let constants = self.constants.finish(source)?;
        self.quota.free(self.qstrs.indices);
        self.quota.free(self.qstrs.uses.unwrap_or_default());
        self.quota.free(self.children);
        Ok((self.qstrs.order, constants))
    }
}

/// Names in the order of first use.
#[derive(Debug, Default)]
struct QstrTable {
    order: Vec<Name>,
    /// By the number of a name: one more than its index in `order`, or 0.
    indices: Vec<u32>,
    /// By the index of a name: how often it was asked for, once that counts.
    uses: Option<Vec<u32>>,
}

impl QstrTable {
    fn index(&mut self, name: Name, quota: &Quota<'_>) -> Result<u32, Stop> {
        let number = name.0 as usize;
        if number >= self.indices.len() {
            quota.resize(&mut self.indices, number + 1, 0)?;
        }
        if self.indices[number] == 0 {
            quota.push(&mut self.order, name)?;
            self.indices[number] = self.order.len() as u32;
            if let Some(uses) = &mut self.uses {
                quota.push(uses, 0)?;
            }
        }
        let index = self.indices[number] - 1;
        if let Some(count) = self.uses.as_mut().and_then(|uses| uses.get_mut(index as usize)) {
            *count = count.saturating_add(1);
        }
        Ok(index)
    }

    fn begin_counting(&mut self, quota: &Quota<'_>) -> Result<(), Stop> {
        self.order.truncate(1);
        self.indices.clear();
        let mut uses = Vec::new();
        quota.resize(&mut uses, self.order.len(), 0)?;
        self.uses = Some(uses);
        self.number(quota)
    }

    fn sort_by_use(&mut self, quota: &Quota<'_>) -> Result<(), Stop> {
        let uses = self.uses.take().unwrap_or_default();
        if let Some((_, names)) = self.order.split_first_mut() {
            let count = |name: &Name| self.indices.get(name.0 as usize).and_then(|&index| uses.get(index as usize - 1));
            // Equals stay in the order of their numbers, which is that of the source.
            names.sort_unstable_by_key(|name| (core::cmp::Reverse(count(name)), *name));
        }
        quota.steps(uses.len())?;
        quota.free(uses);
        self.number(quota)
    }

    /// Notes the indices of all names anew.
    fn number(&mut self, quota: &Quota<'_>) -> Result<(), Stop> {
        for (&name, index) in self.order.iter().zip(1..) {
            let number = name.0 as usize;
            if number >= self.indices.len() {
                quota.resize(&mut self.indices, number + 1, 0)?;
            }
            self.indices[number] = index;
        }
        Ok(())
    }
}
