//! Methods that lists and tuples have in common.

use crate::model::error::{Raise, Res};
use crate::model::events::Poll;
use crate::model::protocols::Compare;
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::convert::{Convert, Items};

/// `count(item)`
pub(crate) fn count(vm: &Vm, items: Items, item: Obj) -> Res {
    let (mut index, mut count) = (0, 0);
    while let Some(other) = items.get(index) {
        vm.work(1)?;
        count += isize::from(vm.equal(other, item)?);
        index += 1;
    }
    Ok(Obj::small_int_wrapping(count))
}

/// `index(item, start, stop)` of a sequence of type `ty`; `args` begin with the sequence itself.
pub(crate) fn index(vm: &Vm, ty: &Type, items: Items, args: &[Obj]) -> Res {
    let len = items.len();
    let start = match args.get(2) {
        Some(&start) => vm.bound(ty, len, start)?,
        None => 0,
    };
    let stop = match args.get(3) {
        Some(&stop) => vm.bound(ty, len, stop)?,
        // Comparing items may add items, so the present length is no bound.
        None => usize::MAX,
    };
    for index in start..stop {
        vm.work(1)?;
        match items.get(index) {
            Some(other) if vm.equal(other, args[1])? => return Ok(Obj::small_int_wrapping(index as isize)),
            Some(_) => {}
            None => break,
        }
    }
    Err(vm.value_error(format_args!("object not in sequence")))
}
