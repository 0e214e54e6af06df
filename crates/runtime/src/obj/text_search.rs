//! Methods of text that look for other text in it: where it is, how often, and what to put there.

use crate::data::builder::Builder;
use crate::data::bytes::Bytes;
use crate::model::error::{Raise, Raised, Res};
use crate::model::events::Poll;
use crate::model::layout::Tuple;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::bytes::NewByte;
use crate::obj::strings::{Kind, argument, text};
use crate::ops::convert::Convert;
use crate::qstr::Qstr;
use crate::text::utf8;

/// Where in a text an end of a part lies that is given in characters for strings, or may be absent or None.
fn end_of_part(vm: &Vm, kind: Kind, text: &[u8], end: Option<&Obj>, default: usize) -> Res<usize> {
    match end {
        None => Ok(default),
        Some(&end) if end == Obj::NONE => Ok(default),
        Some(&end) if kind == Kind::Str => {
            let at = vm.bound(&crate::obj::str::TYPE, vm.count_characters(text), end)?;
            Ok(utf8::offset_of(text, at).unwrap_or(text.len()))
        }
        Some(&end) => vm.bound(kind.ty(), text.len(), end),
    }
}

/// The part of a text between two optional ends, and where it starts. `None` if the ends are the wrong way round.
fn part<'a>(vm: &Vm, kind: Kind, text: &'a [u8], ends: &[Obj]) -> Res<Option<(usize, &'a [u8])>> {
    let start = end_of_part(vm, kind, text, ends.first(), 0)?;
    let stop = end_of_part(vm, kind, text, ends.get(1), text.len())?;
    Ok(text.get(start..stop).map(|part| (start, part)))
}

/// Finds the second bytes in the first: the offset at which they start.
type Find = fn(&Vm, &[u8], &[u8]) -> Res<Option<usize>>;

fn search(vm: &Vm, args: &[Obj], find: Find) -> Res<Option<Obj>> {
    let (kind, text) = text(vm, args[0])?;
    let byte;
    let needle = match vm.try_int(args[1])? {
        Some(int) if kind != Kind::Str => {
            byte = [vm.byte(int)?];
            &byte
        }
        _ => argument(vm, kind, args[1])?,
    };
    let Some((start, part)) = part(vm, kind, text, &args[2..])? else { return Ok(None) };
    Ok(find(vm, part, needle)?.map(|at| {
        let at = start + at;
        let index = if kind == Kind::Str { vm.count_characters(&text[..at]) } else { at };
        Obj::small_int_wrapping(index as isize)
    }))
}

fn not_found(vm: &Vm) -> Raised {
    vm.value_error(format_args!("substring not found"))
}

pub(crate) fn find(vm: &Vm, args: &[Obj]) -> Res {
    Ok(search(vm, args, Vm::find_bytes)?.unwrap_or(Obj::small_int_wrapping(-1)))
}

pub(crate) fn rfind(vm: &Vm, args: &[Obj]) -> Res {
    Ok(search(vm, args, Vm::find_last_bytes)?.unwrap_or(Obj::small_int_wrapping(-1)))
}

pub(crate) fn index(vm: &Vm, args: &[Obj]) -> Res {
    search(vm, args, Vm::find_bytes)?.ok_or_else(|| not_found(vm))
}

pub(crate) fn rindex(vm: &Vm, args: &[Obj]) -> Res {
    search(vm, args, Vm::find_last_bytes)?.ok_or_else(|| not_found(vm))
}

fn has_affix(vm: &Vm, args: &[Obj], has: fn(&[u8], &[u8]) -> bool) -> Res {
    let (kind, text) = text(vm, args[0])?;
    // Of two ends that make no sense, MicroPython names the second here, and the first where it searches.
    let stop = end_of_part(vm, kind, text, args.get(3), text.len())?;
    let start = end_of_part(vm, kind, text, args.get(2), 0)?;
    let part = text.get(start..stop);
    let one = [args[1]];
    let tuple = args[1].downcast::<Tuple>();
    let affixes = tuple.as_ref().map_or(&one[..], |tuple| tuple.items());
    for &affix in affixes {
        let affix = argument(vm, kind, affix)?;
        if part.is_some_and(|part| has(part, affix)) {
            return Ok(Obj::TRUE);
        }
    }
    Ok(Obj::FALSE)
}

pub(crate) fn startswith(vm: &Vm, args: &[Obj]) -> Res {
    has_affix(vm, args, |text, prefix| text.starts_with(prefix))
}

pub(crate) fn endswith(vm: &Vm, args: &[Obj]) -> Res {
    has_affix(vm, args, |text, suffix| text.ends_with(suffix))
}

pub(crate) fn replace(vm: &Vm, args: &[Obj]) -> Res {
    let (kind, text) = text(vm, args[0])?;
    let mut left = match args.get(3) {
        Some(&limit) => usize::try_from(vm.int(limit)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    let (old, new) = (argument(vm, kind, args[1])?, argument(vm, kind, args[2])?);
    if left == 0 || old.len() > text.len() || !old.is_empty() && vm.find_bytes(text, old)?.is_none() {
        return Ok(args[0]);
    }
    let times = match old {
        [] => text.len() + 1,
        _ if new.len() > old.len() => occurrences(vm, text, old)?,
        _ => 0,
    };
    let more = new.len().saturating_sub(old.len()).saturating_mul(times.min(left));
    let mut out = Builder::with_capacity(vm, text.len().saturating_add(more))?;
    let mut rest = text;
    if old.is_empty() {
        // An empty text is found before each character, and at the end.
        while left > 0 {
            vm.work(1)?;
            out.extend(vm, new)?;
            left -= 1;
            if rest.is_empty() {
                break;
            }
            let width = if kind == Kind::Str { utf8::width_at(rest, 0) } else { 1 };
            out.extend(vm, &rest[..width])?;
            rest = &rest[width..];
        }
    }
    while !old.is_empty()
        && left > 0
        && let Some(at) = vm.find_bytes(rest, old)?
    {
        vm.work(1)?;
        out.extend(vm, &rest[..at])?;
        out.extend(vm, new)?;
        rest = &rest[at + old.len()..];
        left -= 1;
    }
    out.extend(vm, rest)?;
    kind.finish(vm, out)
}

pub(crate) fn count(vm: &Vm, args: &[Obj]) -> Res {
    let (kind, text) = text(vm, args[0])?;
    let needle = argument(vm, kind, args[1])?;
    let Some((_, part)) = part(vm, kind, text, &args[2..])? else { return Ok(Obj::small_int_wrapping(0)) };
    let count = if needle.is_empty() { vm.count_characters(part) + 1 } else { occurrences(vm, part, needle)? };
    Ok(Obj::small_int_wrapping(count as isize))
}

/// How often `needle`, which is not empty, occurs in `text`, without overlaps.
fn occurrences(vm: &Vm, text: &[u8], needle: &[u8]) -> Res<usize> {
    let (mut rest, mut count) = (text, 0);
    while let Some(at) = vm.find_bytes(rest, needle)? {
        vm.work(1)?;
        rest = &rest[at + needle.len()..];
        count += 1;
    }
    Ok(count)
}

fn parted(vm: &Vm, object: Obj, separator: Obj, from_end: bool) -> Res {
    let (kind, text) = text(vm, object)?;
    let glue = argument(vm, kind, separator)?;
    if glue.is_empty() {
        return Err(vm.value_error(format_args!("empty separator")));
    }
    let found = if from_end { vm.find_last_bytes(text, glue)? } else { vm.find_bytes(text, glue)? };
    // Where the separator is not found, the empty parts are of an immutable type.
    let empty = || if kind == Kind::Str { Obj::qstr(Qstr::EMPTY) } else { Bytes::EMPTY.obj() };
    let parts = match found {
        Some(at) => [kind.make(vm, &text[..at])?, kind.make(vm, glue)?, kind.make(vm, &text[at + glue.len()..])?],
        None if from_end => [empty(), empty(), object],
        None => [object, empty(), empty()],
    };
    Ok(Tuple::new(vm, &parts)?.obj())
}

pub(crate) fn partition(vm: &Vm, object: Obj, separator: Obj) -> Res {
    parted(vm, object, separator, false)
}

pub(crate) fn rpartition(vm: &Vm, object: Obj, separator: Obj) -> Res {
    parted(vm, object, separator, true)
}
