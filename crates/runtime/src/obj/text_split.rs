//! Methods of text that take it apart and put it together.

use crate::data::builder::Builder;
use crate::model::args::Args;
use crate::model::error::{Raise, Res};
use crate::model::events::Poll;
use crate::model::layout::List;
use crate::model::protocols::{Iterate, Strs};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::strings::{Kind, argument, text, try_text};
use crate::ops::convert::{Convert, Items, as_iterated};
use crate::ops::truth::Truth;
use crate::q;
#[cfg(feature = "python")]
use crate::text::utf8;
use crate::text::utf8::is_space;

pub(crate) fn join(vm: &Vm, separator: Obj, items: Obj) -> Res {
    let (kind, glue) = text(vm, separator)?;
    let items = match as_iterated(vm, items) {
        Some(items) => items,
        None => Items::List(vm.to_list(items)?),
    };
    let mut len = 0usize;
    for index in 0..items.len() {
        vm.work(1)?;
        len = len.saturating_add(part(vm, kind, items.get(index))?.len()).saturating_add(if index > 0 {
            glue.len()
        } else {
            0
        });
    }
    if items.len() == 1 && kind == Kind::Str {
        return Ok(items.get(0).unwrap_or(separator));
    }
    let mut out = Builder::with_capacity(vm, len)?;
    for index in 0..items.len() {
        vm.work(1)?;
        match glue {
            _ if index == 0 => {}
            [byte] => out.push(vm, *byte)?,
            _ => out.extend(vm, glue)?,
        }
        out.extend(vm, part(vm, kind, items.get(index))?)?;
    }
    kind.finish(vm, out)
}

/// The text of an item to be joined by a text of the kind `kind`.
#[cfg_attr(not(feature = "small"), inline(always))]
fn part(vm: &Vm, kind: Kind, item: Option<Obj>) -> Res<&[u8]> {
    if !cfg!(feature = "small")
        && kind == Kind::Str
        && let Some(text) = item.and_then(|item| vm.as_str(item))
    {
        return Ok(text);
    }
    part_of_any_kind(vm, kind, item)
}

#[inline(never)]
fn part_of_any_kind(vm: &Vm, kind: Kind, item: Option<Obj>) -> Res<&[u8]> {
    match item.and_then(|item| try_text(vm, item)) {
        Some((other, text)) if (other == Kind::Str) == (kind == Kind::Str) => Ok(text),
        _ => Err(vm.type_error(format_args!("join expects a list of str/bytes objects consistent with self object"))),
    }
}

/// The greatest number of splits that the caller asked for.
fn limit(vm: &Vm, args: &[Obj]) -> Res<usize> {
    match args.get(2) {
        Some(&limit) => Ok(usize::try_from(vm.int(limit)?).unwrap_or(usize::MAX)),
        None => Ok(usize::MAX),
    }
}

/// The separator that the caller gave, if any.
fn separator<'a>(vm: &'a Vm, kind: Kind, args: &[Obj]) -> Res<Option<&'a [u8]>> {
    match args.get(1) {
        None => Ok(None),
        Some(&separator) if separator == Obj::NONE => Ok(None),
        Some(&separator) => match argument(vm, kind, separator)? {
            [] => Err(vm.value_error(format_args!("empty separator"))),
            separator => Ok(Some(separator)),
        },
    }
}

/// The parts of a text between separators, or between white space where there is no separator.
#[derive(Clone)]
struct Parts<'a> {
    rest: Option<&'a [u8]>,
    separator: Option<&'a [u8]>,
    /// How many more times the text may be split.
    left: usize,
}

impl<'a> Parts<'a> {
    fn next(&mut self, vm: &Vm) -> Res<Option<&'a [u8]>> {
        let Some(mut rest) = self.rest else { return Ok(None) };
        vm.work(1)?;
        let at = match self.separator {
            Some(separator) if self.left > 0 => vm.find_bytes(rest, separator)?,
            Some(_) => None,
            None => {
                let Some(start) = vm.position(rest, |byte| !is_space(byte))? else {
                    self.rest = None;
                    return Ok(None);
                };
                rest = &rest[start..];
                if self.left > 0 { vm.position(rest, is_space)? } else { None }
            }
        };
        self.left = self.left.saturating_sub(1);
        self.rest = at.map(|at| &rest[at + self.separator.map_or(0, <[u8]>::len)..]);
        Ok(Some(&rest[..at.unwrap_or(rest.len())]))
    }

    fn count(mut self, vm: &Vm) -> Res<usize> {
        let mut count = 0;
        while self.next(vm)?.is_some() {
            count += 1;
        }
        Ok(count)
    }
}

/// How many parts of a text are made before parts are counted.
const FEW: usize = if cfg!(feature = "small") { 4 } else { 16 };

pub(crate) fn split(vm: &Vm, args: &[Obj]) -> Res {
    let (kind, text) = text(vm, args[0])?;
    let left = limit(vm, args)?;
    let mut parts = Parts { rest: Some(text), separator: separator(vm, kind, args)?, left };
    // The list has room for as many parts as there are. A few are made before they have to be counted.
    let (mut few, mut n) = ([Obj::NONE; FEW], 0);
    while n < FEW
        && let Some(part) = parts.next(vm)?
    {
        few[n] = kind.make(vm, part)?;
        n += 1;
    }
    let more = if n < FEW { 0 } else { parts.clone().count(vm)? };
    if more == 0 {
        return Ok(List::new(vm, &few[..n])?.obj());
    }
    let list = List::with_capacity(vm, n + more)?;
    for part in &few[..n] {
        list.append(vm, *part)?;
    }
    while let Some(part) = parts.next(vm)? {
        list.append(vm, kind.make(vm, part)?)?;
    }
    Ok(list.obj())
}

pub(crate) fn rsplit(vm: &Vm, args: &[Obj]) -> Res {
    let mut left = limit(vm, args)?;
    if left == usize::MAX {
        return split(vm, args);
    }
    let (kind, text) = text(vm, args[0])?;
    let Some(separator) = separator(vm, kind, args)? else { return rsplit_at_space(vm, kind, text, left) };
    let list = List::new(vm, &[])?;
    let mut rest = text;
    while left > 0
        && let Some(at) = vm.find_last_bytes(rest, separator)?
    {
        list.append(vm, kind.make(vm, &rest[at + separator.len()..])?)?;
        rest = &rest[..at];
        left -= 1;
    }
    list.append(vm, kind.make(vm, rest)?)?;
    list.reverse();
    Ok(list.obj())
}

/// Splits a text from its end, at most `left` times, where there is white space.
#[cfg(feature = "python")]
fn rsplit_at_space(vm: &Vm, kind: Kind, text: &[u8], mut left: usize) -> Res {
    let list = List::new(vm, &[])?;
    let mut rest = text;
    while let Some(last) = vm.last_position(rest, |byte| !is_space(byte))? {
        vm.work(1)?;
        rest = &rest[..=last];
        let start = if left == 0 { None } else { vm.last_position(rest, is_space)? };
        let start = start.map_or(0, |space| space + 1);
        let part = if left == 0 { utf8::trim_end(rest) } else { &rest[start..] };
        list.append(vm, kind.make(vm, part)?)?;
        rest = &rest[..start];
        left = left.saturating_sub(1);
    }
    list.reverse();
    Ok(list.obj())
}

#[cfg(not(feature = "python"))]
fn rsplit_at_space(vm: &Vm, _: Kind, _: &[u8], _: usize) -> Res {
    Err(vm.not_implemented(format_args!("rsplit(None,n)")))
}

pub(crate) fn splitlines(vm: &Vm, args: Args<'_>) -> Res {
    let [keep] = args.behind(1).by_name(vm, [q!("keepends")], 0)?;
    let keep = match keep {
        Some(keep) => vm.truth(keep)?,
        None => false,
    };
    let (kind, mut rest) = text(vm, args.pos()[0])?;
    let list = List::new(vm, &[])?;
    while !rest.is_empty() {
        vm.work(1)?;
        let end = vm.position(rest, |byte| matches!(byte, b'\r' | b'\n'))?.unwrap_or(rest.len());
        let newline = match rest[end..] {
            [] => 0,
            [b'\r', b'\n', ..] => 2,
            _ => 1,
        };
        list.append(vm, kind.make(vm, &rest[..if keep { end + newline } else { end }])?)?;
        rest = &rest[end + newline..];
    }
    Ok(list.obj())
}
