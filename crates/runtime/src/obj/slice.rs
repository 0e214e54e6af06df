//! The type `slice`.

use core::ptr::NonNull;

use berus_mpy::opcode::BinaryOp;

use crate::data::slice::Bounds;
use crate::model::args::Args;
use crate::model::arity::CheckArguments;
#[cfg(feature = "python")]
use crate::model::error::Raised;
use crate::model::error::{Raise, Res};
use crate::model::layout::Tuple;
use crate::model::object::{Gc, Header, Object};
use crate::model::printer::{Printer, Style};
use crate::model::protocols::{Compare, Hash, Ints, Strs};
use crate::model::types::{Attr, AttrResult, Type, UnaryOp};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::convert::Convert;
use crate::ops::hash;
use crate::ops::print::Print;
use crate::qstr::Qstr;
use crate::{define, members, q};

/// The type `slice`.
pub static TYPE: Type = define!(
    Type::new(q!("slice"))
        .make_new(make_new)
        .print(print)
        .unary_op(unary_op)
        .binary_op(binary_op)
        .attr(attr)
        .locals(METHODS)
);

members! {
    static METHODS = {
        "indices" => f2(indices),
    }
}

/// A slice; a bound that was not given is `None`.
#[repr(C)]
pub struct Slice {
    header: Header,
    start: Obj,
    stop: Obj,
    step: Obj,
}

// SAFETY: `Slice` is `repr(C)` and starts with a header; only slices have this type.
unsafe impl Object for Slice {
    const TYPE: &'static Type = &TYPE;
}

impl Slice {
    /// The slice with the given bounds, `None` where one is left out.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(vm: &Vm, start: Obj, stop: Obj, step: Obj) -> Res<Gc<Slice>> {
        vm.alloc(Slice { header: Header::of(&TYPE), start, stop, step })
    }

    /// Calls `work` with a slice that is gone afterwards, for types with `flag::SUBSCR_ALLOWS_STACK_SLICE`.
    #[inline]
    pub(crate) fn with<R>(start: Obj, stop: Obj, step: Obj, work: impl FnOnce(Obj) -> R) -> R {
        let slice = Slice { header: Header::of(&TYPE), start, stop, step };
        work(Obj::from_header(NonNull::from_ref(&slice).cast()))
    }

    /// Start, stop and step for a sequence of `len` items; a stop of -1 is before the first item. The bounds may be
    /// objects that say in Python which int they are, and change the sequence meanwhile, so that the sequence's length
    /// is asked for afterwards.
    pub(crate) fn resolve(&self, vm: &Vm, len: impl FnOnce() -> usize) -> Res<(isize, isize, isize)> {
        let parts = self.parts(vm)?;
        Ok(parts.resolve(len()))
    }

    /// Which items of a sequence of `len` items the slice selects. If it selects none, `start` is where items would be
    /// inserted. The length is asked for when the bounds are known, since these may be objects that change the
    /// sequence.
    ///
    /// # Errors
    /// `TypeError` if a bound is no int, `ValueError` for a step of 0.
    pub fn indices(&self, vm: &Vm, len: impl FnOnce() -> usize) -> Res<Bounds> {
        let parts = self.parts(vm)?;
        Ok(parts.select(len()))
    }

    fn parts(&self, vm: &Vm) -> Res<Parts> {
        let number = |object: Obj| match plain(object) {
            Some(number) => Ok(number),
            None => clamped(vm, object).map(Some),
        };
        let step = number(self.step)?.unwrap_or(1);
        if step == 0 {
            return Err(vm.value_error(format_args!("slice step can't be zero")));
        }
        Ok(Parts { step, start: number(self.start)?, stop: number(self.stop)? })
    }
}

/// The bounds of a slice, which may be beyond a sequence.
#[derive(Clone, Copy)]
pub(crate) struct Parts {
    start: Option<isize>,
    stop: Option<isize>,
    /// Not 0.
    step: isize,
}

impl Parts {
    /// The parts of a slice whose bounds are small ints or left out; `None` for others.
    #[cfg(not(feature = "small"))]
    #[inline]
    pub(crate) fn at_once(start: Obj, stop: Obj, step: Obj) -> Option<Parts> {
        let step = plain(step)?.unwrap_or(1);
        Some(Parts { start: plain(start)?, stop: plain(stop)?, step }).filter(|_| step != 0)
    }

    #[inline]
    fn resolve(self, len: usize) -> (isize, isize, isize) {
        let step = self.step;
        let len = isize::try_from(len).unwrap_or(isize::MAX);
        let (low, high) = if step > 0 { (0, len) } else { (-1, len - 1) };
        let bound = |value: isize| if value < 0 { value.saturating_add(len) } else { value }.clamp(low, high);
        let (first, last) = if step > 0 { (low, high) } else { (high, low) };
        (self.start.map_or(first, bound), self.stop.map_or(last, bound), step)
    }

    /// Which items of a sequence of `len` items are selected, as [`Slice::indices`] says.
    #[inline]
    pub(crate) fn select(self, len: usize) -> Bounds {
        let (start, stop, step) = self.resolve(len);
        let distance = if step > 0 { stop - start } else { start - stop };
        let count = match step.unsigned_abs() {
            _ if distance <= 0 => 0,
            1 => distance as usize,
            by => (distance as usize).div_ceil(by),
        };
        Bounds { start: start.max(0) as usize, len: count, step }
    }
}

/// The value of a bound that is a small int, or that of one which is left out, none; `None` for others.
#[inline(always)]
fn plain(bound: Obj) -> Option<Option<isize>> {
    match bound.as_small_int() {
        Some(value) => Some(Some(value)),
        None => (bound == Obj::NONE).then_some(None),
    }
}

impl Slice {
    /// As [`Slice::indices`], for sequences that select with steps only where Berus has the feature `python`.
    ///
    /// # Errors
    /// `NotImplementedError` for a step that is not supported, and those of [`Slice::indices`].
    pub(crate) fn selection(&self, vm: &Vm, len: impl FnOnce() -> usize) -> Res<Bounds> {
        let bounds = self.indices(vm, len)?;
        if bounds.step != 1 && !cfg!(feature = "python") {
            return Err(vm.not_implemented(format_args!("only slices with step=1 (aka None) are supported")));
        }
        Ok(bounds)
    }
}

/// Raises the exception for a slice with steps to which another number of items is assigned.
#[cfg(feature = "python")]
#[cold]
pub(crate) fn wrong_number(vm: &Vm, given: usize, bounds: Bounds) -> Raised {
    let selected = bounds.len;
    vm.value_error(format_args!("attempt to assign sequence of size {given} to extended slice of size {selected}"))
}

/// The value of an int, or the nearest value that fits a word.
fn clamped(vm: &Vm, object: Obj) -> Res<isize> {
    let int = vm.to_int(object)?;
    Ok(match vm.int_to_isize(int) {
        Some(value) => value,
        None if vm.int_is_negative(int) => isize::MIN,
        None => isize::MAX,
    })
}

fn make_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 1, 3, false)?;
    let slice = match *args.pos() {
        [start, stop] => Slice::new(vm, start, stop, Obj::NONE)?,
        [start, stop, step] => Slice::new(vm, start, stop, step)?,
        _ => Slice::new(vm, Obj::NONE, args.pos()[0], Obj::NONE)?,
    };
    Ok(slice.obj())
}

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, style: Style) -> Res<()> {
    let Some(slice) = object.downcast::<Slice>() else { return Ok(()) };
    let items = [slice.start, slice.stop, slice.step];
    vm.print_items(out, style, (b"slice(", b")"), &|index| items.get(index).copied())
}

fn unary_op(vm: &Vm, op: UnaryOp, object: Obj) -> Res<Option<Obj>> {
    match (op, object.downcast::<Slice>()) {
        (UnaryOp::Hash, Some(slice)) if cfg!(feature = "python") => {
            let parts = [slice.start, slice.stop, slice.step];
            let hash = parts.into_iter().try_fold(0, |hash, part| Ok(hash::combine(hash, vm.hash(part)?)))?;
            Ok(Some(hash::to_obj(hash)))
        }
        _ => Ok(None),
    }
}

/// Slices are equal if their bounds are; MicroPython compares slices by identity.
fn binary_op(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Res<Option<Obj>> {
    let (true, BinaryOp::Equal, Some(left), Some(right)) =
        (cfg!(feature = "python"), op, left.downcast::<Slice>(), right.downcast::<Slice>())
    else {
        return Ok(None);
    };
    for (one, other) in [(left.start, right.start), (left.stop, right.stop), (left.step, right.step)] {
        if !vm.equal(one, other)? {
            return Ok(Some(Obj::FALSE));
        }
    }
    Ok(Some(Obj::TRUE))
}

fn attr(_: &Vm, object: Obj, name: Qstr, request: Attr) -> Res<AttrResult> {
    let (Some(slice), Attr::Load | Attr::LoadMethod) = (object.downcast::<Slice>(), request) else {
        return Ok(AttrResult::Missing);
    };
    Ok(if name == q!("start") {
        AttrResult::Value(slice.start)
    } else if name == q!("stop") {
        AttrResult::Value(slice.stop)
    } else if name == q!("step") {
        AttrResult::Value(slice.step)
    } else {
        AttrResult::Missing
    })
}

fn indices(vm: &Vm, object: Obj, len: Obj) -> Res {
    let Some(slice) = object.downcast::<Slice>() else { return Err(vm.bad_conversion(object)) };
    let Ok(len) = usize::try_from(vm.int(len)?) else {
        return Err(vm.value_error(format_args!("length must not be negative")));
    };
    let (start, stop, step) = slice.resolve(vm, || len)?;
    let items = [vm.new_int(start)?, vm.new_int(stop)?, vm.new_int(step)?];
    Ok(Tuple::new(vm, &items)?.obj())
}
