//! Iterators made of iterators: `enumerate`, `zip`, `map`, `filter` and `reversed`.

use core::cell::Cell;

use crate::data::dict::Dicts;
use crate::model::args::Args;
use crate::model::arity::CheckArguments;
use crate::model::error::Res;
use crate::model::layout::{List, Tuple};
use crate::model::object::{Gc, Header, Object};
use crate::model::protocols::{Ints, Iterate};
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::view::View;
use crate::ops::attr::Attributes;
use crate::ops::call::Call;
use crate::ops::convert::Convert;
use crate::ops::iterate::end_behind_items;
use crate::ops::subscr::Subscripts;
use crate::ops::truth::Truth;
use crate::{define, q};

macro_rules! adapter {
    ($(#[$doc:meta])* $ty:ident $name:literal $static:ident $new:ident $next:ident { $($field:ident : $field_type:ty),* }) => {
        $(#[$doc])*
        pub static $static: Type = define!(Type::new(q!($name)).make_new($new).next($next));

        #[repr(C)]
        struct $ty {
            header: Header,
            $($field: $field_type,)*
        }

        // SAFETY: the structure is `repr(C)` and starts with a header; only such objects have this type.
        unsafe impl Object for $ty {
            const TYPE: &'static Type = &$static;
        }
    };
}

adapter! {
    /// The type `enumerate`.
    Enumerate "enumerate" ENUMERATE enumerate_new enumerate_next { source: Obj, count: Cell<isize> }
}

fn enumerate_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    let [iterable, start] = args.by_name(vm, [q!("iterable"), q!("start")], 1)?;
    let start = match start {
        Some(start) => vm.int(start)?,
        None => 0,
    };
    let source = vm.iter(iterable.unwrap_or(Obj::NONE))?;
    Ok(vm.alloc(Enumerate { header: Header::of(&ENUMERATE), source, count: Cell::new(start) })?.obj())
}

fn enumerate_next(vm: &Vm, object: Obj) -> Res<Option<Obj>> {
    let this = vm.this::<Enumerate>(object)?;
    let Some(item) = vm.next(this.source)? else { return Ok(None) };
    let count = this.count.get();
    this.count.set(count.wrapping_add(1));
    Ok(Some(Tuple::new(vm, &[vm.new_int(count)?, item])?.obj()))
}

adapter! {
    /// The type `zip`.
    Zip "zip" ZIP zip_new zip_next { sources: Gc<Tuple> }
}

/// A tuple of iterators over each of `iterables`.
fn iterators(vm: &Vm, iterables: &[Obj]) -> Res<Gc<Tuple>> {
    let list = List::new(vm, &[])?;
    for &iterable in iterables {
        list.append(vm, vm.iter(iterable)?)?;
    }
    Tuple::of_list(vm, &list)
}

/// A list of the next item of each iterator; `None` if one is at its end.
fn next_of_each(vm: &Vm, sources: Gc<Tuple>) -> Res<Option<Gc<List>>> {
    let list = List::new(vm, &[])?;
    for &source in sources.items() {
        match vm.next(source)? {
            Some(item) => list.append(vm, item)?,
            None => return Ok(None),
        }
    }
    Ok(Some(list))
}

fn zip_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 0, usize::MAX, false)?;
    Ok(vm.alloc(Zip { header: Header::of(&ZIP), sources: iterators(vm, args.pos())? })?.obj())
}

fn zip_next(vm: &Vm, object: Obj) -> Res<Option<Obj>> {
    let sources = vm.this::<Zip>(object)?.sources;
    match *sources.items() {
        [] => Ok(None),
        // The usual case without a detour.
        [a, b] => match vm.next(a)? {
            Some(a) => match vm.next(b)? {
                Some(b) => Ok(Some(Tuple::new(vm, &[a, b])?.obj())),
                None => Ok(None),
            },
            None => Ok(None),
        },
        _ => match next_of_each(vm, sources)? {
            Some(list) => Ok(Some(Tuple::of_list(vm, &list)?.obj())),
            None => Ok(None),
        },
    }
}

adapter! {
    /// The type `map`.
    Map "map" MAP map_new map_next { function: Obj, sources: Gc<Tuple> }
}

fn map_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 2, usize::MAX, false)?;
    let sources = iterators(vm, &args.pos()[1..])?;
    Ok(vm.alloc(Map { header: Header::of(&MAP), function: args.pos()[0], sources })?.obj())
}

fn map_next(vm: &Vm, object: Obj) -> Res<Option<Obj>> {
    let this = vm.this::<Map>(object)?;
    if let [source] = *this.sources.items() {
        return match vm.next(source)? {
            Some(item) => vm.call(this.function, &[item]).map(Some),
            None => Ok(None),
        };
    }
    match next_of_each(vm, this.sources)? {
        Some(list) => vm.call(this.function, Tuple::of_list(vm, &list)?.items()).map(Some),
        None => Ok(None),
    }
}

adapter! {
    /// The type `filter`.
    Filter "filter" FILTER filter_new filter_next { function: Obj, source: Obj }
}

fn filter_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 2, 2, false)?;
    let source = vm.iter(args.pos()[1])?;
    Ok(vm.alloc(Filter { header: Header::of(&FILTER), function: args.pos()[0], source })?.obj())
}

fn filter_next(vm: &Vm, object: Obj) -> Res<Option<Obj>> {
    let this = vm.this::<Filter>(object)?;
    while let Some(item) = vm.next(this.source)? {
        let wanted = if this.function == Obj::NONE { item } else { vm.call(this.function, &[item])? };
        if vm.truth(wanted)? {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

adapter! {
    /// The type `reversed`.
    Reversed "reversed" REVERSED reversed_new reversed_next { source: Obj, left: Cell<usize> }
}

fn reversed_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 1, 1, false)?;
    let source = args.pos()[0];
    if let Some(method) = vm.find_attr(source, q!("__reversed__"))? {
        return vm.call(method, &[]);
    }
    // The keys of a dict, or the items of a dict's view, are in order, but have no number.
    let is_mapping = vm.as_dict(source).is_some() || source.downcast::<View>().is_some();
    let source = if is_mapping { vm.to_list(source)?.obj() } else { source };
    let len = vm.len(source)?;
    let left = Cell::new(usize::try_from(vm.int(len)?).unwrap_or(0));
    Ok(vm.alloc(Reversed { header: Header::of(&REVERSED), source, left })?.obj())
}

fn reversed_next(vm: &Vm, object: Obj) -> Res<Option<Obj>> {
    let this = vm.this::<Reversed>(object)?;
    let Some(left) = this.left.get().checked_sub(1) else { return Ok(None) };
    let item = end_behind_items(vm, vm.load_subscr(this.source, Obj::small_int_wrapping(left as isize)))?;
    // Where the item is gone, the source has become shorter, and the items left are not looked at.
    this.left.set(if item.is_some() { left } else { 0 });
    Ok(item)
}
