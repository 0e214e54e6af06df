//! The module `btree`: ordered pairs of bytes in a file, that of Berkeley DB 1.85 (facts: `extmod/modbtree.c` of
//! MicroPython and `docs/library/btree.rst`).
//!
//! The tree itself ([`tree`]) knows nothing of Python: it works on a device that is a parameter of every call, which here
//! is any stream.

mod page;
mod pages;
#[cfg(test)]
mod tests;
mod tree;

use alloc::vec::Vec;
use core::cell::Cell;

use berus_runtime::data::bytes::Bytes;
use berus_runtime::errno::{INVALID, IO};
use berus_runtime::model::args::Args;
use berus_runtime::model::buffer::Access;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::layout::Tuple;
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::object::Gc;
use berus_runtime::model::printer::{Printer, Style};
use berus_runtime::model::protocols::Strs;
use berus_runtime::model::stream::Request;
use berus_runtime::model::types::Subscr;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::obj::exception::{KEY_ERROR, OS_ERROR};
use berus_runtime::ops::buffer::Buffers;
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::print::Print;
use berus_runtime::ops::stream::Streams;

use self::pages::{Device, Meta};
use self::tree::{Pair, Place, Settings, Start, Tree};
use crate::vfs::error::{Error, Result, done};
use crate::vfs::owned::Owned;

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("btree", MEMBERS);

/// Flags of a range: the last key is part of it; it goes from the last to the first.
const INCLUSIVE: isize = 1;
const DESCENDING: isize = 2;

/// The flag of `open` for keys that can be there more than once.
const DUPLICATES: isize = 1;

berus_runtime::members! {
    static MEMBERS = {
        "open" => kw(1, open),
        "INCL" => value(Obj::small_int_wrapping(INCLUSIVE)),
        "DESC" => value(Obj::small_int_wrapping(DESCENDING)),
    }
}

/// A tree in a stream.
struct Btree {
    stream: Obj,
    tree: Owned<Tree>,
    is_open: Cell<bool>,
    /// The key that `seq` has come to, and where that is; `None` before the first.
    key: Cell<Obj>,
    place: Cell<Place>,
}

berus_runtime::custom_type! {
    static BTREE: Type<Btree> = "btree"
        .print(print)
        .subscr(subscr)
        .contains(contains)
        .iter(iter)
        .finalise(finalise)
        .locals(METHODS);
}

berus_runtime::members! {
    static METHODS = {
        "close" => f1(close),
        "flush" => f1(flush),
        "get" => var(2, 3, get),
        "put" => var(3, 4, put),
        "seq" => var(2, 4, seq),
        "keys" => var(1, 4, keys),
        "values" => var(1, 4, values),
        "items" => var(1, 4, items),
    }
}

/// What an iteration answers.
#[derive(Clone, Copy)]
enum Kind {
    Keys,
    Values,
    Items,
}

/// An iteration over a range.
struct Range {
    tree: Gc<Custom<Btree>>,
    kind: Kind,
    flags: isize,
    /// Where it begins and ends; `None` for the ends of the tree.
    start: Obj,
    end: Obj,
    /// The key that it has come to, and where that is; `None` before the first.
    key: Cell<Obj>,
    place: Cell<Place>,
    is_over: Cell<bool>,
}

berus_runtime::custom_type! {
    static RANGE: Type<Range> = "iterator".next(next);
}

/// A stream as a device.
struct Stream<'v> {
    vm: &'v Vm,
    stream: Obj,
}

impl Stream<'_> {
    fn seek(&self, at: u64) -> Result {
        let offset = isize::try_from(at).map_err(|_| Error::TOO_BIG)?;
        self.vm.stream_ioctl(self.stream, Request::Seek { offset, whence: 0 })?;
        Ok(())
    }
}

impl Device for Stream<'_> {
    fn read(&self, at: u64, bytes: &mut [u8]) -> Result<usize> {
        self.seek(at)?;
        Ok(self.vm.stream_read_all(self.stream, bytes)?)
    }

    fn write(&self, at: u64, bytes: &[u8]) -> Result {
        self.seek(at)?;
        let count = self.vm.stream_write_all(self.stream, bytes)?;
        if count == bytes.len() { Ok(()) } else { Err(IO.into()) }
    }

    fn sync(&self) -> Result {
        self.vm.stream_ioctl(self.stream, Request::Flush)?;
        Ok(())
    }

    fn len(&self) -> Result<u64> {
        Ok(self.vm.stream_ioctl(self.stream, Request::Seek { offset: 0, whence: 2 })? as u64)
    }

    fn work(&self) -> Result {
        Ok(self.vm.work(4)?)
    }
}

/// `open(stream, *, flags=0, cachesize=0, pagesize=0, minkeypage=0)`
fn open(vm: &Vm, args: Args<'_>) -> Res {
    let &[stream] = args.pos() else { return Err(vm.type_error(format_args!("extra positional arguments given"))) };
    let mut settings = Settings::default();
    for (name, value) in args.kw() {
        let value = vm.int(value)?;
        let place = match vm.as_str(name) {
            Some(b"flags") if value & !DUPLICATES == 0 => {
                settings.has_duplicates = value != 0;
                continue;
            }
            Some(b"flags") => return Err(vm.os_error(INVALID)),
            Some(b"cachesize") => &mut settings.cache,
            Some(b"pagesize") => &mut settings.page,
            Some(b"minkeypage") => &mut settings.keys_of_page,
            _ => return Err(vm.type_error(format_args!("extra keyword arguments given"))),
        };
        *place = usize::try_from(value).map_err(|_| vm.os_error(INVALID))?;
    }
    let slots = vm.stream(stream)?;
    if slots.read.is_none() || slots.write.is_none() || slots.ioctl.is_none() {
        return Err(vm.error(&OS_ERROR, format_args!("stream operation not supported")));
    }
    let tree = (|| {
        settings.size()?;
        let (device, mut head) = (Stream { vm, stream }, [0; Meta::LEN]);
        let mut count = vm.stream_read_all(stream, &mut head)?;
        if Meta::read(&head).is_err() {
            // A stream that was used before is not at its beginning.
            count = device.read(0, &mut head)?;
        }
        Owned::new(Tree::open(&device, head.get(..count).unwrap_or_default(), settings)?)
    })();
    let tree = done(vm, tree)?;
    let (key, place) = (Cell::new(Obj::NONE), Cell::default());
    Ok(vm.new_custom(Btree { stream, tree, is_open: Cell::new(true), key, place })?.obj())
}

fn of(vm: &Vm, object: Obj) -> Res<Gc<Custom<Btree>>> {
    vm.this(object)
}

/// Does something with an open tree.
fn with<R>(vm: &Vm, btree: &Btree, run: impl FnOnce(&mut Tree, &Stream<'_>) -> Result<R>) -> Res<R> {
    if !btree.is_open.get() {
        return Err(vm.value_error(format_args!("database closed")));
    }
    let device = Stream { vm, stream: btree.stream };
    done(vm, btree.tree.with(vm, |tree| run(tree, &device)))
}

fn bytes(vm: &Vm, object: Obj) -> Res<&[u8]> {
    Ok(vm.buffer(object, Access::Read)?.bytes())
}

fn new_bytes(vm: &Vm, bytes: &[u8]) -> Res {
    Ok(Bytes::new(vm, bytes)?.obj())
}

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    let address = if of(vm, object)?.is_open.get() { object.bits() } else { 0 };
    vm.print_fmt(out, format_args!("<btree {address:x}>"))
}

fn finalise(vm: &Vm, object: Obj) {
    match of(vm, object) {
        Ok(btree) => btree.tree.give_up(),
        Err(raised) => drop(vm.take_exception(raised)),
    }
}

fn close(vm: &Vm, object: Obj) -> Res {
    let btree = of(vm, object)?;
    if btree.is_open.get() {
        with(vm, &btree, |tree, device| tree.commit(device))?;
        btree.is_open.set(false);
        btree.tree.give_up();
    }
    Ok(Obj::small_int_wrapping(0))
}

fn flush(vm: &Vm, object: Obj) -> Res {
    with(vm, &*of(vm, object)?, |tree, device| tree.commit(device))?;
    Ok(Obj::small_int_wrapping(0))
}

fn look_up(vm: &Vm, object: Obj, key: Obj) -> Res<Option<Obj>> {
    let key = bytes(vm, key)?;
    let value: Option<Vec<u8>> = with(vm, &*of(vm, object)?, |tree, device| tree.get(device, key))?;
    value.map(|value| new_bytes(vm, &value)).transpose()
}

/// `get(key[, default])`
fn get(vm: &Vm, args: &[Obj]) -> Res {
    Ok(look_up(vm, args[0], args[1])?.unwrap_or_else(|| args.get(2).copied().unwrap_or(Obj::NONE)))
}

/// `put(key, value)`
fn put(vm: &Vm, args: &[Obj]) -> Res {
    let (key, value) = (bytes(vm, args[1])?, bytes(vm, args[2])?);
    with(vm, &*of(vm, args[0])?, |tree, device| tree.put(device, key, value))?;
    Ok(Obj::small_int_wrapping(0))
}

fn contains(vm: &Vm, object: Obj, key: Obj) -> Res<Option<bool>> {
    Ok(Some(look_up(vm, object, key)?.is_some()))
}

fn subscr(vm: &Vm, object: Obj, key: Obj, request: Subscr) -> Res<Option<Obj>> {
    match request {
        Subscr::Load => match look_up(vm, object, key)? {
            Some(value) => Ok(Some(value)),
            None => Err(vm.error_with(&KEY_ERROR, &[])),
        },
        Subscr::Store(value) => {
            put(vm, &[object, key, value])?;
            Ok(Some(Obj::NONE))
        }
        Subscr::Delete => {
            let key = bytes(vm, key)?;
            match with(vm, &*of(vm, object)?, |tree, device| tree.delete(device, key))? {
                true => Ok(Some(Obj::NONE)),
                false => Err(vm.error_with(&KEY_ERROR, &[])),
            }
        }
    }
}

/// `seq(how[, key])`: the pair that is the first or the last, or has this key or the next, or comes behind or before the
/// pair of the last call.
fn seq(vm: &Vm, args: &[Obj]) -> Res {
    const CURSOR: isize = 1;
    const FIRST: isize = 3;
    const LAST: isize = 6;
    const NEXT: isize = 7;
    const PREVIOUS: isize = 9;
    let btree = of(vm, args[0])?;
    let at = btree.key.get();
    let how = args[1].as_small_int().unwrap_or(0);
    let start = match (how, args.get(2)) {
        (CURSOR, Some(&key)) => Some(Start::Key(bytes(vm, key)?)),
        (FIRST, _) => Some(Start::First),
        (LAST, _) => Some(Start::Last),
        (NEXT, _) if at == Obj::NONE => Some(Start::First),
        (PREVIOUS, _) if at == Obj::NONE => Some(Start::Last),
        (NEXT | PREVIOUS, _) => None,
        _ => return Err(vm.os_error(INVALID)),
    };
    let key = if at == Obj::NONE { &[] } else { bytes(vm, at)? };
    let pair = with(vm, &btree, |tree, device| match start {
        Some(start) => tree.seek(device, start),
        None => tree.advance(device, btree.place.get(), key, how == PREVIOUS),
    })?;
    let Some(Pair { place, key, value }) = pair else { return Ok(Obj::NONE) };
    let key = new_bytes(vm, &key)?;
    btree.key.set(key);
    btree.place.set(place);
    Ok(Tuple::new(vm, &[key, new_bytes(vm, &value)?])?.obj())
}

/// An iteration over the range of `(tree[, first[, last[, flags]]])`.
fn range(vm: &Vm, args: &[Obj], kind: Kind) -> Res {
    let bound = |number| args.get(number).copied().unwrap_or(Obj::NONE);
    let range = Range {
        tree: of(vm, args[0])?,
        kind,
        flags: args.get(3).map_or(Ok(0), |&flags| vm.int(flags))?,
        start: bound(1),
        end: bound(2),
        key: Cell::new(Obj::NONE),
        place: Cell::default(),
        is_over: Cell::new(false),
    };
    Ok(vm.new_custom(range)?.obj())
}

fn iter(vm: &Vm, object: Obj) -> Res {
    range(vm, &[object], Kind::Keys)
}

fn keys(vm: &Vm, args: &[Obj]) -> Res {
    range(vm, args, Kind::Keys)
}

fn values(vm: &Vm, args: &[Obj]) -> Res {
    range(vm, args, Kind::Values)
}

fn items(vm: &Vm, args: &[Obj]) -> Res {
    range(vm, args, Kind::Items)
}

fn next(vm: &Vm, object: Obj) -> Res<Option<Obj>> {
    let range: Gc<Custom<Range>> = vm.this(object)?;
    if range.is_over.get() {
        return Ok(None);
    }
    let back = range.flags & DESCENDING != 0;
    let given = |object: Obj| (object != Obj::NONE).then(|| bytes(vm, object)).transpose();
    let (at, start, end) = (given(range.key.get())?, given(range.start)?, given(range.end)?);
    let pair = with(vm, &range.tree, |tree, device| match (at, start) {
        (Some(key), _) => tree.advance(device, range.place.get(), key, back),
        (None, Some(key)) => tree.seek(device, Start::Key(key)),
        (None, None) => tree.seek(device, if back { Start::Last } else { Start::First }),
    })?;
    let is_inside = |key: &[u8]| {
        end.is_none_or(|end| {
            let order = if back { end.cmp(key) } else { key.cmp(end) };
            order.is_lt() || order.is_eq() && range.flags & INCLUSIVE != 0
        })
    };
    let Some(Pair { place, key, value }) = pair.filter(|pair| is_inside(&pair.key)) else {
        range.is_over.set(true);
        return Ok(None);
    };
    let key = new_bytes(vm, &key)?;
    range.key.set(key);
    range.place.set(place);
    Ok(Some(match range.kind {
        Kind::Keys => key,
        Kind::Values => new_bytes(vm, &value)?,
        Kind::Items => Tuple::new(vm, &[key, new_bytes(vm, &value)?])?.obj(),
    }))
}
