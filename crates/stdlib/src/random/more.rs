//! What Python's `random` has and MicroPython's does not: numbers of any size, and choices of several items.

use berus_mpy::opcode::BinaryOp;
use berus_runtime::model::args::Args;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::layout::List;
use berus_runtime::model::object::Gc;
use berus_runtime::model::protocols::{Compare, Ints, Iterate, Strs};
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::exception::INDEX_ERROR;
use berus_runtime::obj::float::Floats;
use berus_runtime::ops::arithmetic::Arithmetic;
use berus_runtime::ops::call::Call;
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::subscr::Subscripts;
use berus_runtime::ops::truth::Truth;
use berus_runtime::q;

use super::{generator, nothing_to_choose_from};

/// Whether a number has more bits than [`super::randrange`] takes.
pub(super) fn is_wide(vm: &Vm, number: Obj) -> bool {
    vm.is_int_or_bool(number) && vm.int_to_isize(number).is_none_or(|value| value.unsigned_abs() > 1 << 30)
}

/// A number of `bits` random bits.
pub(super) fn getrandbits(vm: &Vm, bits: usize) -> Res {
    let generator = generator(vm)?;
    let mut number = Obj::small_int_wrapping(0);
    let mut left = bits;
    while left > 0 {
        vm.work(1)?;
        let take = left.min(32);
        let next = vm.new_uint((generator.next() & (u32::MAX >> (32 - take))) as usize)?;
        number = vm.binary_op(BinaryOp::Lshift, number, Obj::small_int_wrapping(take as isize))?;
        number = vm.binary_op(BinaryOp::Or, number, next)?;
        left -= take;
    }
    Ok(number)
}

/// A number below `bound`, an int.
fn below(vm: &Vm, bound: Obj) -> Res {
    if !vm.less(Obj::small_int_wrapping(0), bound)? {
        return Err(nothing_to_choose_from(vm));
    }
    let bits = vm.int(vm.call_method(bound, q!("bit_length"), &[])?)?.unsigned_abs();
    loop {
        vm.work(1)?;
        let number = getrandbits(vm, bits)?;
        if vm.less(number, bound)? {
            return Ok(number);
        }
    }
}

/// A number below `len`.
fn index(vm: &Vm, len: usize) -> Res<usize> {
    Ok(vm.int(below(vm, vm.new_uint(len)?)?)?.unsigned_abs())
}

/// `randrange(stop)` or `randrange(start, stop[, step])`
pub(super) fn randrange(vm: &Vm, args: &[Obj]) -> Res {
    let one = Obj::small_int_wrapping(1);
    let (start, stop, step) = match *args {
        [start, stop] => (start, stop, one),
        [start, stop, step] => (start, stop, step),
        _ => (Obj::small_int_wrapping(0), args[0], one),
    };
    let distance = vm.binary_op(BinaryOp::Subtract, stop, start)?;
    let toward = if vm.less(Obj::small_int_wrapping(0), step)? { BinaryOp::Subtract } else { BinaryOp::Add };
    let wider = vm.binary_op(toward, vm.binary_op(BinaryOp::Add, distance, step)?, one)?;
    let count = vm.binary_op(BinaryOp::FloorDivide, wider, step)?;
    let number = vm.binary_op(BinaryOp::Multiply, below(vm, count)?, step)?;
    vm.binary_op(BinaryOp::Add, start, number)
}

/// `randint(first, last)`
pub(super) fn randint(vm: &Vm, first: Obj, last: Obj) -> Res {
    randrange(vm, &[first, vm.binary_op(BinaryOp::Add, last, Obj::small_int_wrapping(1))?])
}

/// `shuffle(items)`: puts the items of a sequence in another order.
pub(super) fn shuffle(vm: &Vm, items: Obj) -> Res {
    let len = vm.int(vm.len(items)?)?.unsigned_abs();
    for last in (1..len).rev() {
        vm.work(1)?;
        let (a, b) = (vm.new_uint(last)?, vm.new_uint(index(vm, last + 1)?)?);
        let (of_a, of_b) = (vm.load_subscr(items, a)?, vm.load_subscr(items, b)?);
        vm.store_subscr(items, a, of_b)?;
        vm.store_subscr(items, b, of_a)?;
    }
    Ok(Obj::NONE)
}

/// `sample(items, count)`: so many items, each at most once.
pub(super) fn sample(vm: &Vm, items: Obj, count: Obj) -> Res {
    let all = List::new(vm, &[])?;
    all.extend(vm, vm.to_list(items)?.obj())?;
    let Some(count) = usize::try_from(vm.int(count)?).ok().filter(|count| *count <= all.len()) else {
        return Err(vm.value_error(format_args!("Sample larger than population or is negative")));
    };
    for first in 0..count {
        vm.work(1)?;
        let other = first + index(vm, all.len() - first)?;
        if let (Some(a), Some(b)) = (all.items().get(first), all.items().get(other)) {
            a.swap(b);
        }
    }
    let len = all.len();
    all.splice(vm, count, len - count, 0)?;
    Ok(all.obj())
}

/// `choices(items, weights=None, *, cum_weights=None, k=1)`: so many items, each as often as it comes.
pub(super) fn choices(vm: &Vm, args: Args<'_>) -> Res {
    let items = args.pos()[0];
    let (mut weights, mut sums, mut count) = (args.pos().get(1).copied(), None, 1);
    if args.n_pos() > 2 {
        return Err(vm.type_error(format_args!("extra positional arguments given")));
    }
    for (name, value) in args.kw() {
        match vm.as_str(name) {
            Some(b"k") => count = vm.int(value)?,
            Some(b"weights") if weights.is_none() => weights = Some(value),
            Some(b"cum_weights") => sums = Some(value),
            _ => return Err(vm.type_error(format_args!("extra keyword arguments given"))),
        }
    }
    let len = vm.int(vm.len(items)?)?.unsigned_abs();
    let given = |object: Option<Obj>| object.filter(|object| *object != Obj::NONE);
    let shares = match (given(weights), given(sums)) {
        (Some(_), Some(_)) => {
            return Err(vm.type_error(format_args!("Cannot specify both weights and cumulative weights")));
        }
        (Some(weights), None) => Some(Shares::of_weights(vm, weights, len)?),
        (None, Some(sums)) => Some(Shares::of_sums(vm, vm.to_list(sums)?, len)?),
        (None, None) => None,
    };
    let chosen = List::new(vm, &[])?;
    for _ in 0..count {
        vm.work(1)?;
        let number = match &shares {
            Some(shares) => shares.index(vm)?,
            None => index(vm, len)?,
        };
        chosen.append(vm, vm.load_subscr(items, vm.new_uint(number)?)?)?;
    }
    Ok(chosen.obj())
}

/// How often each of several items is to come.
struct Shares {
    /// The sums of the weights up to each item, in order.
    sums: Gc<List>,
    /// The sum of all weights.
    total: f64,
}

impl Shares {
    /// The shares of `len` items with these weights.
    fn of_weights(vm: &Vm, weights: Obj, len: usize) -> Res<Shares> {
        let (sums, weights) = (List::new(vm, &[])?, vm.to_list(weights)?);
        let mut sum = None;
        for number in 0..weights.len() {
            vm.work(1)?;
            let Some(weight) = weights.get(number) else { break };
            let next = match sum {
                Some(sum) => vm.binary_op(BinaryOp::Add, sum, weight)?,
                None => weight,
            };
            sums.append(vm, next)?;
            sum = Some(next);
        }
        Shares::of_sums(vm, sums, len)
    }

    /// The shares of `len` items whose weights have these sums.
    fn of_sums(vm: &Vm, sums: Gc<List>, len: usize) -> Res<Shares> {
        if sums.len() != len {
            return Err(vm.value_error(format_args!("The number of weights does not match the population")));
        }
        let Some(last) = sums.items().last() else { return Err(vm.error_with(&INDEX_ERROR, &[])) };
        let total = vm.float(last.get())?;
        if total.is_nan() || total <= 0.0 {
            return Err(vm.value_error(format_args!("Total of weights must be greater than zero")));
        }
        if total.is_infinite() {
            return Err(vm.value_error(format_args!("Total of weights must be finite")));
        }
        Ok(Shares { sums, total })
    }

    /// The number of an item, chosen by chance.
    fn index(&self, vm: &Vm) -> Res<usize> {
        let at = vm.new_float(generator(vm)?.fraction() * self.total)?;
        // The first item whose sum is above that place.
        let (mut low, mut high) = (0, self.sums.len().saturating_sub(1));
        while low < high {
            let middle = low.midpoint(high);
            let Some(sum) = self.sums.get(middle) else { break };
            if vm.less(at, sum)? { high = middle } else { low = middle + 1 }
        }
        Ok(low)
    }
}
