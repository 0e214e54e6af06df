//! Sorting: a stable merge sort in heap blocks.
//!
//! Comparing calls Python code, which finds the list empty, as in CPython. A copy is sorted, so that an error leaves
//! the list's items as they were. Runs of a few items are made by insertion, and merged into ever longer runs.

use core::cell::Cell;
use core::ptr::NonNull;

use crate::model::error::{Raise, Res};
use crate::model::events::Poll;
use crate::model::layout::List;
use crate::model::object::Gc;
use crate::model::protocols::Compare;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::call::Call;

/// How many items the runs have that insertion makes.
const RUN: usize = 8;

/// The key that is compared, and the item that moves with it. Without a key function both are the item.
#[derive(Clone, Copy)]
#[repr(C)]
struct Pair {
    key: Obj,
    item: Obj,
}

/// A heap block of pairs, which the collector sees as long as the `Block` is in a local variable.
#[derive(Clone, Copy)]
struct Block {
    start: NonNull<Cell<Pair>>,
    len: usize,
}

impl Block {
    fn new(vm: &Vm, len: usize) -> Res<Block> {
        let start = vm.alloc_words(len.saturating_mul(2))?.cast::<Cell<Pair>>();
        let block = Block { start, len };
        for index in 0..len {
            // SAFETY: the block has room for `len` pairs.
            unsafe { start.add(index).write(Cell::new(Pair { key: Obj::NONE, item: Obj::NONE })) };
        }
        Ok(block)
    }

    fn pairs(&self) -> &[Cell<Pair>] {
        // SAFETY: `new` wrote `len` pairs, and the block lives while `self` is where the collector sees it.
        unsafe { core::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

/// Sorts a list by `key`, if there is one, from the greatest down if `reverse` is set.
///
/// # Errors
/// What the key function or comparing raises; the list is as before. `ValueError` if either has changed the list; the
/// list is sorted then.
pub(crate) fn sort(vm: &Vm, list: Gc<List>, key: Option<Obj>, reverse: bool) -> Res<()> {
    if list.len() < 2 {
        return Ok(());
    }
    let is_changed = list.with_items_out(|items| sort_items(vm, items, key, reverse))?;
    if is_changed {
        return Err(vm.value_error(format_args!("list modified during sort")));
    }
    Ok(())
}

fn sort_items(vm: &Vm, items: &[Cell<Obj>], key: Option<Obj>, reverse: bool) -> Res<()> {
    let len = items.len();
    let (mut from, mut to) = (Block::new(vm, len)?, Block::new(vm, len)?);
    for (item, pair) in items.iter().zip(from.pairs()) {
        let item = item.get();
        let key = match key {
            Some(key) => vm.call(key, &[item])?,
            None => item,
        };
        pair.set(Pair { key, item });
    }
    // Whether `b`, which stands behind `a`, has to come before `a`.
    let swaps = |a: Pair, b: Pair| if reverse { vm.less(a.key, b.key) } else { vm.less(b.key, a.key) };
    for run in from.pairs().chunks(RUN) {
        for end in 1..run.len() {
            let pair = run[end].get();
            let mut at = end;
            vm.work(1)?;
            while at > 0 && swaps(run[at - 1].get(), pair)? {
                run[at].set(run[at - 1].get());
                at -= 1;
            }
            run[at].set(pair);
        }
    }
    let mut width = RUN;
    while width < len {
        for start in (0..len).step_by(2 * width) {
            let (middle, end) = ((start + width).min(len), (start + 2 * width).min(len));
            let (source, target) = (from.pairs(), to.pairs());
            let (mut left, mut right) = (start, middle);
            for slot in &target[start..end] {
                vm.work(1)?;
                let take_right = left == middle || right < end && swaps(source[left].get(), source[right].get())?;
                let next = if take_right { &mut right } else { &mut left };
                slot.set(source[*next].get());
                *next += 1;
            }
        }
        core::mem::swap(&mut from, &mut to);
        width *= 2;
    }
    for (item, pair) in items.iter().zip(from.pairs()) {
        item.set(pair.get().item);
    }
    Ok(())
}
