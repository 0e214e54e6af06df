//! The module `heapq`: lists whose first item is their smallest.

use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::layout::List;
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::object::Gc;
use berus_runtime::model::protocols::Compare;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("heapq", MEMBERS).extensible();

berus_runtime::members! {
    static MEMBERS = {
        "heappush" => f2(heappush),
        "heappop" => f1(heappop),
        "heapify" => f1(heapify),
    }
}

fn heap_of(vm: &Vm, object: Obj) -> Res<Gc<List>> {
    object.downcast().ok_or_else(|| vm.type_error(format_args!("heap must be a list")))
}

/// Whether item number `left` is less than number `right`. Comparing may run Python code, which must not change how
/// many items there are.
fn is_less(vm: &Vm, heap: Gc<List>, left: usize, right: usize) -> Res<bool> {
    vm.work(1)?;
    let (Some(left), Some(right)) = (heap.get(left), heap.get(right)) else { return Ok(false) };
    let len = heap.len();
    let is_less = vm.less(left, right)?;
    if heap.len() != len {
        return Err(vm.runtime_error(format_args!("list changed size during iteration")));
    }
    Ok(is_less)
}

fn swap(heap: Gc<List>, left: usize, right: usize) {
    if let (Some(left), Some(right)) = (heap.items().get(left), heap.items().get(right)) {
        left.swap(right);
    }
}

/// Moves item number `at` towards item number `top` as long as it is less than the one above it.
fn rise(vm: &Vm, heap: Gc<List>, top: usize, mut at: usize) -> Res<()> {
    while at > top {
        let above = (at - 1) / 2;
        if !is_less(vm, heap, at, above)? {
            break;
        }
        swap(heap, at, above);
        at = above;
    }
    Ok(())
}

/// Puts item number `top` where it belongs among those below it: down to the end first, since most are large that come
/// from there.
fn sink(vm: &Vm, heap: Gc<List>, top: usize) -> Res<()> {
    let mut at = top;
    while 2 * at + 1 < heap.len() {
        let left = 2 * at + 1;
        let right = left + 1;
        let smaller = if right < heap.len() && !is_less(vm, heap, left, right)? { right } else { left };
        swap(heap, at, smaller);
        at = smaller;
    }
    rise(vm, heap, top, at)
}

fn heappush(vm: &Vm, heap: Obj, item: Obj) -> Res {
    let heap = heap_of(vm, heap)?;
    heap.append(vm, item)?;
    rise(vm, heap, 0, heap.len() - 1)?;
    Ok(Obj::NONE)
}

fn heappop(vm: &Vm, heap: Obj) -> Res {
    let heap = heap_of(vm, heap)?;
    let Some(last) = heap.len().checked_sub(1) else {
        return Err(vm.index_error(format_args!("empty heap")));
    };
    swap(heap, 0, last);
    let item = heap.remove_at(vm, last).unwrap_or(Obj::NONE);
    sink(vm, heap, 0)?;
    Ok(item)
}

fn heapify(vm: &Vm, heap: Obj) -> Res {
    let heap = heap_of(vm, heap)?;
    for top in (0..heap.len() / 2).rev() {
        sink(vm, heap, top)?;
    }
    Ok(Obj::NONE)
}
