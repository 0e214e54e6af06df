//! Closures of machine code: a function, and the cells that are its first arguments.

use crate::data::cell::Cell;
use crate::data::function;
use crate::model::args::Args;
use crate::model::error::Res;
use crate::model::layout::Function;
use crate::model::object::{Header, Object};
use crate::model::printer::{Printer, Style};
use crate::model::types::{Attr, AttrResult, Type, flag};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::attr::Attributes;
use crate::ops::call::Call;
use crate::ops::print::Print;
use crate::qstr::Qstr;
use crate::{define, q};

/// The type of closures of machine code, which programs see as the type of other closures.
static TYPE: Type = define!(
    Type::new(q!("closure"))
        .parent(&Function::KINDS[function::CLOSURE])
        .flags(flag::BINDS_SELF)
        .print(print)
        .call(call)
        .attr(attr)
);

/// A closure. Its cells follow the structure.
#[repr(C)]
struct Closure {
    header: Header,
    function: Obj,
    n_cells: usize,
}

// SAFETY: `Closure` is `repr(C)` and starts with a header; only closures have this type.
unsafe impl Object for Closure {
    const TYPE: &'static Type = &TYPE;
}

impl Closure {
    fn cells(&self) -> &[Obj] {
        let start = core::ptr::from_ref(self).wrapping_add(1).cast();
        // SAFETY: `n_cells` values follow the object.
        unsafe { core::slice::from_raw_parts(start, self.n_cells) }
    }
}

/// `function` with `cells` for its first arguments.
///
/// # Errors
/// `MemoryError`; `TypeError` if `function` is a function of bytecode that takes other cells.
pub(super) fn new(vm: &Vm, function: Obj, cells: &[Obj]) -> Res {
    if let Some(function) = function.downcast::<Function>() {
        return Ok(function.with_cells(vm, cells)?.obj());
    }
    let object = Closure { header: Header::of(&TYPE), function, n_cells: cells.len() };
    let closure = vm.alloc_tail(object, size_of_val(cells))?;
    // SAFETY: the tail has room for the cells.
    unsafe { closure.as_ptr().add(1).cast::<Obj>().as_ptr().copy_from_nonoverlapping(cells.as_ptr(), cells.len()) };
    Ok(closure.obj())
}

/// How many words of cells and arguments a call may have without taking memory of the heap.
const FEW: usize = 12;

fn call(vm: &Vm, object: Obj, args: Args<'_>) -> Res {
    let Some(closure) = object.downcast::<Closure>() else { return Ok(Obj::NONE) };
    let (cells, words) = (closure.cells(), args.words());
    let n_pos = cells.len() + args.n_pos();
    let len = cells.len() + words.len();
    let mut few = [Obj::NONE; FEW];
    if let Some(all) = few.get_mut(..len) {
        all[..cells.len()].copy_from_slice(cells);
        all[cells.len()..].copy_from_slice(words);
        return vm.call_with(closure.function, Args::new(all, n_pos));
    }
    let block = vm.alloc_words(len)?.cast::<Obj>();
    // SAFETY: the block has so many words, all of them filled before anybody reads them.
    let all = unsafe {
        block.as_ptr().copy_from_nonoverlapping(cells.as_ptr(), cells.len());
        block.add(cells.len()).as_ptr().copy_from_nonoverlapping(words.as_ptr(), words.len());
        core::slice::from_raw_parts(block.as_ptr(), len)
    };
    let result = vm.call_with(closure.function, Args::new(all, n_pos));
    core::hint::black_box(block);
    result
}

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    let Some(closure) = object.downcast::<Closure>() else { return Ok(()) };
    out.write(vm, b"<closure ")?;
    vm.print(out, closure.function, Style::Repr)?;
    vm.print_fmt(out, format_args!(" at {:x}, n_closed={} ", object.bits(), closure.n_cells))?;
    for cell in closure.cells() {
        let value = cell.downcast::<Cell>().and_then(|cell| cell.value.get());
        vm.print_fmt(out, format_args!("<cell {:x} ", value.map_or(0, Obj::bits)))?;
        match value {
            Some(value) => vm.print(out, value, Style::Repr)?,
            None => out.write(vm, b"(nil)")?,
        }
        out.write(vm, b"> ")?;
    }
    out.write(vm, b">")
}

fn attr(vm: &Vm, object: Obj, name: Qstr, request: Attr) -> Res<AttrResult> {
    let Some(closure) = object.downcast::<Closure>() else { return Ok(AttrResult::Missing) };
    if !matches!(request, Attr::Load | Attr::LoadMethod) {
        return Ok(AttrResult::Missing);
    }
    Ok(vm.find_attr(closure.function, name)?.map_or(AttrResult::Missing, AttrResult::Value))
}
