//! Saving: from linked code back to a module as data.

use alloc::borrow::Cow;
use alloc::vec;
use alloc::vec::Vec;

use berus_mpy::Module;
use berus_mpy::bytecode::instructions;
use berus_mpy::constant::Constant;
use berus_mpy::header::Header;
use berus_mpy::module::{Kind, Qstr as ModuleQstr, RawCode};
use berus_mpy::opcode::Operand;
use berus_mpy::prelude::Prelude;

use crate::data::bytes::Bytes;
use crate::data::tuple::Tuples;
use crate::model::code::Code;
use crate::model::error::{Raise, Raised, Res};
use crate::model::object::Gc;
use crate::model::printer::Style;
use crate::model::protocols::Strs;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::{float, none};
use crate::ops::arithmetic::Arithmetic;
use crate::ops::print::Print;

/// What a code object and those within it refer to, by the index that bytecode uses.
struct Used {
    names: Vec<bool>,
    constants: Vec<bool>,
}

fn mark(used: &mut Vec<bool>, index: u32) {
    let index = index as usize;
    if index >= used.len() {
        used.resize(index + 1, false);
    }
    used[index] = true;
}

/// Code objects back to the bytes of a module.
pub trait Save {
    /// An `.mpy` file with `code` as its body. Its tables hold what `code` refers to, at the places where its own
    /// module's hold it; at others are an empty name and `None`.
    ///
    /// # Errors
    /// `ValueError` if it refers to what a file cannot hold, and `MemoryError`.
    fn save(&self, code: Gc<Code>) -> Res<Vec<u8>>;
}

impl Save for Vm {
    fn save(&self, code: Gc<Code>) -> Res<Vec<u8>> {
        // The file's name is the first.
        let mut used = Used { names: vec![true], constants: Vec::new() };
        let mut codes = Vec::new();
        save_code(self, code, &mut used, &mut codes)?;
        let name = |(index, used): (usize, &bool)| match used {
            true => ModuleQstr::new(self.spelling(code.qstr(index))),
            false => ModuleQstr::new(&b""[..]),
        };
        let constant = |(index, used): (usize, &bool)| match (used, code.constant(index)) {
            (true, Some(value)) => save_constant(self, value),
            _ => Ok(Constant::None),
        };
        let module = Module {
            header: Header { small_int_bits: Obj::SMALL_INT_BITS as u8, ..Header::default() },
            qstrs: used.names.iter().enumerate().map(name).collect(),
            constants: used.constants.iter().enumerate().map(constant).collect::<Res<_>>()?,
            codes,
        };
        Ok(module.to_bytes())
    }
}

/// Appends `code` and those within it; answers its number.
fn save_code<'a>(vm: &Vm, code: Gc<Code>, used: &mut Used, codes: &mut Vec<RawCode<'a>>) -> Res<u32> {
    vm.check_depth()?;
    let bytes = code.bytes();
    let prelude = Prelude::read(bytes, 0).map_err(|_| unsaveable(vm))?;
    mark(&mut used.names, prelude.name);
    prelude.arg_names(bytes).for_each(|name| mark(&mut used.names, name));
    let mut n_children = 0;
    for instruction in instructions(bytes.get(prelude.end()..).unwrap_or_default()) {
        let instruction = instruction.map_err(|_| unsaveable(vm))?;
        match instruction.op.operand() {
            Operand::Qstr => mark(&mut used.names, instruction.index()),
            Operand::Constant => mark(&mut used.constants, instruction.index()),
            Operand::Child | Operand::Closure => n_children = n_children.max(instruction.index() as usize + 1),
            _ => {}
        }
    }
    let number = codes.len();
    codes.push(RawCode { code: Cow::Owned(bytes.to_vec()), kind: Kind::Bytecode, children: Vec::new() });
    for child in (0..n_children).filter_map(|index| code.child(index)) {
        let child = crate::data::sketch::linked(vm, child)?.ok_or_else(|| unsaveable(vm))?;
        let child = save_code(vm, child, used, codes)?;
        codes[number].children.push(child);
    }
    Ok(number as u32)
}

fn save_constant(vm: &Vm, value: Obj) -> Res<Constant<'static>> {
    let simple = [
        (Obj::NONE, Constant::None),
        (Obj::FALSE, Constant::False),
        (Obj::TRUE, Constant::True),
        (none::ELLIPSIS, Constant::Ellipsis),
    ];
    if let Some((_, constant)) = simple.into_iter().find(|(object, _)| *object == value) {
        return Ok(constant);
    }
    let text = |style| vm.text(value, style).map(Cow::Owned);
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
        return Ok(Constant::Bytes(Cow::Owned(bytes.bytes().to_vec())));
    }
    match vm.as_tuple(value) {
        Some(tuple) => {
            vm.check_depth()?;
            let items = tuple.items().iter().map(|item| save_constant(vm, *item));
            Ok(Constant::Tuple(items.collect::<Res<_>>()?))
        }
        None => Err(unsaveable(vm)),
    }
}

#[cold]
fn unsaveable(vm: &Vm) -> Raised {
    vm.value_error(format_args!("unmarshallable object"))
}
