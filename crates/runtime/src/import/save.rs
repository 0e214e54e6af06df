//! Saving: from linked code back to a module as data.

use alloc::vec::Vec;

use berus_mpy::Module;
use berus_mpy::bytecode::instructions;
use berus_mpy::constant::Constant;
use berus_mpy::header::Header;
use berus_mpy::memory::{Quota, Stop};
use berus_mpy::module::{Kind, Qstr as ModuleQstr, RawCode};
use berus_mpy::opcode::Operand;
use berus_mpy::prelude::Prelude;

use crate::data::bytes::Bytes;
use crate::data::sketch;
use crate::data::tuple::Tuples;
use crate::model::code::Code;
use crate::model::error::{Raise, Raised, Res};
use crate::model::events::Poll;
use crate::model::object::Gc;
use crate::model::printer::Style;
use crate::model::protocols::Strs;
use crate::model::quota::Grants;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::{float, none};
use crate::ops::arithmetic::Arithmetic;
use crate::ops::print::Print;

/// A file that is being put together: the code objects, and which names and constants they refer to, by the index that
/// bytecode uses.
struct Saving<'s> {
    vm: &'s Vm,
    quota: &'s Quota<'s>,
    grants: &'s Grants<'s>,
    names: Vec<bool>,
    constants: Vec<bool>,
    codes: Vec<RawCode<'static>>,
}

/// Code objects turned back into the bytes of a module.
pub trait Save {
    /// An `.mpy` file with `code` as its body, as bytes. The file's tables hold the names and constants that `code`
    /// refers to, each at its place in the tables of `code`'s own module; the other places hold an empty name or
    /// `None`.
    ///
    /// # Errors
    /// `ValueError` if `code` refers to an object that a file cannot hold, and `MemoryError`.
    fn save(&self, code: Gc<Code>) -> Res<Gc<Bytes>>;
}

impl Save for Vm {
    fn save(&self, code: Gc<Code>) -> Res<Gc<Bytes>> {
        let grants = self.grants();
        let quota = Quota::new(&grants);
        let (names, constants, codes) = (Vec::new(), Vec::new(), Vec::new());
        let saving = Saving { vm: self, quota: &quota, grants: &grants, names, constants, codes };
        let module = saving.module(code)?;
        let file = module.to_bytes_within(&quota).map_err(|stop| grants.raise(stop))?;
        Bytes::new(self, &file)
    }
}

impl<'s> Saving<'s> {
    fn module(mut self, code: Gc<Code>) -> Res<Module<'s>> {
        // The first name is that of the file.
        self.mark_name(0)?;
        self.code(code)?;
        let mut qstrs = self.quota.with_capacity(self.names.len()).map_err(|stop| self.grants.raise(stop))?;
        for (index, used) in self.names.iter().enumerate() {
            let name = if *used { self.vm.spelling(code.qstr(index)) } else { b"" };
            qstrs.push(ModuleQstr::new(name));
        }
        let mut constants = self.quota.with_capacity(self.constants.len()).map_err(|stop| self.grants.raise(stop))?;
        for (index, used) in self.constants.iter().enumerate() {
            constants.push(match (used, code.constant(index)) {
                (true, Some(value)) => self.constant(value)?,
                _ => Constant::None,
            });
        }
        let header = Header { small_int_bits: Obj::SMALL_INT_BITS as u8, ..Header::default() };
        Ok(Module { header, qstrs, constants, codes: self.codes })
    }

    fn mark_name(&mut self, index: u32) -> Res<()> {
        mark(self.quota, &mut self.names, index).map_err(|stop| self.grants.raise(stop))
    }

    /// Appends `code` and the code objects within it; answers the number of `code`.
    fn code(&mut self, code: Gc<Code>) -> Res<u32> {
        let vm = self.vm;
        vm.check_depth()?;
        let bytes = code.bytes();
        let prelude = Prelude::read(bytes, 0).map_err(|_| unsaveable(vm))?;
        self.mark_name(prelude.name)?;
        prelude.arg_names(bytes).try_for_each(|name| self.mark_name(name))?;
        let mut n_children = 0;
        for instruction in instructions(bytes.get(prelude.end()..).unwrap_or_default()) {
            vm.work(1)?;
            let instruction = instruction.map_err(|_| unsaveable(vm))?;
            match instruction.op.operand() {
                Operand::Qstr => self.mark_name(instruction.index())?,
                Operand::Constant => {
                    let marked = mark(self.quota, &mut self.constants, instruction.index());
                    marked.map_err(|stop| self.grants.raise(stop))?;
                }
                Operand::Child | Operand::Closure => n_children = n_children.max(instruction.index() as usize + 1),
                _ => {}
            }
        }
        let number = self.codes.len();
        let copy = self.quota.module_bytes(bytes).map_err(|stop| self.grants.raise(stop))?;
        let raw = RawCode { code: copy, kind: Kind::Bytecode, children: Vec::new() };
        self.quota.push(&mut self.codes, raw).map_err(|stop| self.grants.raise(stop))?;
        for child in (0..n_children).filter_map(|index| code.child(index)) {
            let child = sketch::linked(vm, child)?.ok_or_else(|| unsaveable(vm))?;
            let child = self.code(child)?;
            let children = &mut self.codes[number].children;
            self.quota.push(children, child).map_err(|stop| self.grants.raise(stop))?;
        }
        Ok(number as u32)
    }

    fn constant(&self, value: Obj) -> Res<Constant<'static>> {
        let simple = [
            (Obj::NONE, Constant::None),
            (Obj::FALSE, Constant::False),
            (Obj::TRUE, Constant::True),
            (none::ELLIPSIS, Constant::Ellipsis),
        ];
        if let Some((_, constant)) = simple.into_iter().find(|(object, _)| *object == value) {
            return Ok(constant);
        }
        let vm = self.vm;
        let copy = |bytes: &[u8]| self.quota.module_bytes(bytes).map_err(|stop| self.grants.raise(stop));
        let text = |style| copy(vm.text(value, style)?.bytes());
        if vm.as_str(value).is_some() {
            return Ok(Constant::Str(text(Style::Str)?));
        }
        if vm.is_int_or_bool(value) {
            return Ok(Constant::Int(text(Style::Str)?));
        }
        if float::as_float(value).is_some() {
            return Ok(Constant::Float(text(Style::Repr)?));
        }
        if float::complex_parts(value).is_some() {
            return Ok(Constant::Complex(text(Style::Repr)?));
        }
        if let Some(bytes) = value.downcast::<Bytes>() {
            return Ok(Constant::Bytes(copy(bytes.bytes())?));
        }
        match vm.as_tuple(value) {
            Some(tuple) => {
                vm.check_depth()?;
                let mut items =
                    self.quota.with_capacity(tuple.items().len()).map_err(|stop| self.grants.raise(stop))?;
                for item in tuple.items() {
                    items.push(self.constant(*item)?);
                }
                Ok(Constant::Tuple(items))
            }
            None => Err(unsaveable(vm)),
        }
    }
}

/// Notes that `index` is used.
fn mark(quota: &Quota<'_>, used: &mut Vec<bool>, index: u32) -> Result<(), Stop> {
    let index = index as usize;
    if index >= used.len() {
        quota.resize(used, index + 1, false)?;
    }
    used[index] = true;
    Ok(())
}

#[cold]
fn unsaveable(vm: &Vm) -> Raised {
    vm.value_error(format_args!("unmarshallable object"))
}
