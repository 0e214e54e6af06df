//! The type `range`.

use berus_mpy::opcode::BinaryOp;

use crate::model::args::Args;
use crate::model::arity::CheckArguments;
use crate::model::error::{Raise, Res};
use crate::model::iterator::Iter;
use crate::model::object::{Gc, Header, Object};
use crate::model::printer::{Printer, Style};
use crate::model::protocols::{Ints, Strs};
use crate::model::types::{Attr, AttrResult, Subscr, Type, UnaryOp, flag};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::slice::Slice;
use crate::ops::arithmetic::Arithmetic;
use crate::ops::convert::Convert;
use crate::ops::hash;
use crate::ops::print::Print;
use crate::qstr::Qstr;
use crate::{define, q};

/// The type `range`.
pub static TYPE: Type = define!(
    Type::new(q!("range"))
        .flags(flag::SUBSCR_ALLOWS_STACK_SLICE)
        .make_new(make_new)
        .print(print)
        .unary_op(unary_op)
        .binary_op(binary_op)
        .subscr(subscr)
        .contains(contains)
        .items(next)
        .attr(attr)
);

/// A range of ints that fit a machine word.
#[repr(C)]
pub struct Range {
    header: Header,
    start: isize,
    stop: isize,
    step: isize,
}

// SAFETY: `Range` is `repr(C)` and starts with a header; only ranges have this type.
unsafe impl Object for Range {
    const TYPE: &'static Type = &TYPE;
    const SCAN: bool = false;
}

impl Range {
    /// The range from `start` to before `stop` in steps of `step`, which is not 0.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(vm: &Vm, start: isize, stop: isize, step: isize) -> Res<Gc<Range>> {
        vm.alloc(Range { header: Header::of(&TYPE), start, stop, step })
    }

    /// The first int, the int before which the range ends, and the step.
    pub fn bounds(&self) -> (isize, isize, isize) {
        (self.start, self.stop, self.step)
    }

    /// Start, stop and step as small ints, if they are small and counting from start to stop never meets a larger int.
    pub fn small_bounds(&self) -> Option<[Obj; 3]> {
        Obj::small_int(self.stop.checked_add(self.step)?)?;
        Some([Obj::small_int(self.start)?, Obj::small_int(self.stop)?, Obj::small_int(self.step)?])
    }

    /// How many ints the range has.
    pub fn len(&self) -> usize {
        let (low, high) = if self.step > 0 { (self.start, self.stop) } else { (self.stop, self.start) };
        if low < high { low.abs_diff(high).div_ceil(self.step.unsigned_abs()) } else { 0 }
    }

    /// The range, unless it has more ints than a length in Python can say.
    fn sized(&self, vm: &Vm) -> Res<&Range> {
        if cfg!(feature = "python") && self.len() > isize::MAX as usize {
            return Err(vm.overflow_error(format_args!("Python int too large to convert to C ssize_t")));
        }
        Ok(self)
    }

    /// Whether the range has no ints.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The int number `index` of the range.
    fn at(&self, index: usize) -> isize {
        self.start.wrapping_add(self.step.wrapping_mul(index as isize))
    }
}

fn make_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 1, 3, false)?;
    let (start, stop, step) = match *args.pos() {
        [start, stop] => (vm.int(start)?, vm.int(stop)?, 1),
        [start, stop, step] => (vm.int(start)?, vm.int(stop)?, vm.int(step)?),
        _ => (0, vm.int(args.pos()[0])?, 1),
    };
    if step == 0 {
        return Err(vm.value_error(format_args!("zero step")));
    }
    Ok(Range::new(vm, start, stop, step)?.obj())
}

fn of(vm: &Vm, object: Obj) -> Res<Gc<Range>> {
    object.downcast::<Range>().ok_or_else(|| vm.bad_conversion(object))
}

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    let (start, stop, step) = of(vm, object)?.bounds();
    match step {
        1 => vm.print_fmt(out, format_args!("range({start}, {stop})")),
        _ => vm.print_fmt(out, format_args!("range({start}, {stop}, {step})")),
    }
}

fn unary_op(vm: &Vm, op: UnaryOp, object: Obj) -> Res<Option<Obj>> {
    let range = of(vm, object)?;
    match op {
        UnaryOp::Bool => Ok(Some(Obj::bool(!range.is_empty()))),
        UnaryOp::Len => vm.new_uint(range.sized(vm)?.len()).map(Some),
        UnaryOp::Hash => {
            let len = range.len();
            let parts =
                [len, if len > 0 { range.start as usize } else { 0 }, if len > 1 { range.step as usize } else { 0 }];
            Ok(Some(hash::to_obj(parts.into_iter().fold(0, hash::combine))))
        }
        _ => Ok(None),
    }
}

fn binary_op(vm: &Vm, op: BinaryOp, left: Obj, right: Obj) -> Res<Option<Obj>> {
    let (BinaryOp::Equal, Some(right)) = (op, right.downcast::<Range>()) else { return Ok(None) };
    let left = of(vm, left)?;
    let len = left.len();
    let equal = len == right.len() && (len == 0 || left.start == right.start) && (len < 2 || left.step == right.step);
    Ok(Some(Obj::bool(equal)))
}

fn subscr(vm: &Vm, object: Obj, index: Obj, request: Subscr) -> Res<Option<Obj>> {
    let Subscr::Load = request else { return Ok(None) };
    let range = of(vm, object)?;
    if let Some(slice) = index.downcast::<Slice>() {
        range.sized(vm)?;
        let (start, stop, step) = slice.resolve(vm, || range.len())?;
        // Positions become ints, also positions before the first int.
        let int = |position: isize| range.start.wrapping_add(range.step.wrapping_mul(position));
        let new = Range::new(vm, int(start), int(stop), range.step.saturating_mul(step))?;
        return Ok(Some(new.obj()));
    }
    let at = vm.index(&TYPE, || range.len(), index)?;
    vm.new_int(range.at(at)).map(Some)
}

fn contains(vm: &Vm, object: Obj, item: Obj) -> Res<Option<bool>> {
    let range = of(vm, object)?;
    if !vm.is_int(item) {
        // Other values may be equal to an int.
        return Ok(None);
    }
    let Some(value) = vm.int_to_isize(item) else { return Ok(Some(false)) };
    let Range { start, stop, step, .. } = *range;
    let is_between = if step > 0 { start <= value && value < stop } else { stop < value && value <= start };
    Ok(Some(is_between && value.abs_diff(start).is_multiple_of(step.unsigned_abs())))
}

fn next(vm: &Vm, iter: &Iter) -> Res<Option<Obj>> {
    let range = of(vm, iter.source)?;
    if iter.at.get() >= range.len() {
        return Ok(None);
    }
    vm.new_int(range.at(iter.advance())).map(Some)
}

fn attr(vm: &Vm, object: Obj, name: Qstr, request: Attr) -> Res<AttrResult> {
    let (Attr::Load | Attr::LoadMethod) = request else { return Ok(AttrResult::Missing) };
    let (start, stop, step) = of(vm, object)?.bounds();
    let value = if name == q!("start") {
        start
    } else if name == q!("stop") {
        stop
    } else if name == q!("step") {
        step
    } else {
        return Ok(AttrResult::Missing);
    };
    vm.new_int(value).map(AttrResult::Value)
}
