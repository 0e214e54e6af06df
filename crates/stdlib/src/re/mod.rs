//! The module `re` (facts: `docs/library/re.rst` and `extmod/modre.c` of MicroPython, and the module `re` of CPython).
//!
//! What MicroPython has is as there: `.` takes any character, `$` is the end of the subject, and classes with names are
//! of ASCII. All else is as in CPython: what matches, which groups, and where parts begin and end. There are counted
//! repetitions, `\b`, `\B`, `\A`, `\Z`, groups taken once more, groups with names and escapes of characters, but no
//! lookaround. Flags are there with the feature `python`.

mod code;
mod compile;
mod flag;
mod run;
mod template;

use berus_runtime::data::builder::Builder;
use berus_runtime::data::bytes::Bytes;
use berus_runtime::model::args::Args;
use berus_runtime::model::arity::CheckArguments;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::layout::{Dict, List, Tuple};
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::object::Gc;
use berus_runtime::model::printer::{Printer, Style};
use berus_runtime::model::protocols::{Ints, Iterate, Strs};
use berus_runtime::model::types::{Attr, AttrResult, Subscr};
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::obj::exception::{INDEX_ERROR, VALUE_ERROR};
use berus_runtime::ops::call::Call;
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::print::Print;
use berus_runtime::qstr::Qstr;
use berus_runtime::text::utf8;
use compile::Compiled;
use run::{Place, Runner, Subject};
use template::expand;

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("re", MEMBERS).extensible();

berus_runtime::members! {
    static MEMBERS = {
        "compile" => kw(1, of_pattern::compile),
        "error" => value(Obj::from_static(&VALUE_ERROR)),
        "escape" => f1(escape),
        "findall" => kw(2, of_pattern::findall),
        "finditer" => kw(2, of_pattern::finditer),
        "fullmatch" => kw(2, of_pattern::fullmatch),
        "match" => kw(2, of_pattern::match_),
        "search" => kw(2, of_pattern::search),
        "split" => kw(2, of_pattern::split),
        "sub" => kw(3, of_pattern::sub),
        #[cfg(feature = "python")]
        "A" => value(number(flag::ASCII)),
        #[cfg(feature = "python")]
        "ASCII" => value(number(flag::ASCII)),
        #[cfg(feature = "python")]
        "DOTALL" => value(number(flag::DOT_ALL)),
        #[cfg(feature = "python")]
        "I" => value(number(flag::IGNORE_CASE)),
        #[cfg(feature = "python")]
        "IGNORECASE" => value(number(flag::IGNORE_CASE)),
        #[cfg(feature = "python")]
        "M" => value(number(flag::MULTILINE)),
        #[cfg(feature = "python")]
        "MULTILINE" => value(number(flag::MULTILINE)),
        #[cfg(feature = "python")]
        "S" => value(number(flag::DOT_ALL)),
        #[cfg(feature = "python")]
        "U" => value(number(flag::UNICODE)),
        #[cfg(feature = "python")]
        "UNICODE" => value(number(flag::UNICODE)),
        #[cfg(feature = "python")]
        "VERBOSE" => value(number(flag::VERBOSE)),
        #[cfg(feature = "python")]
        "X" => value(number(flag::VERBOSE)),
    }
}

/// A flag among the members.
#[cfg(feature = "python")]
const fn number(flag: isize) -> Obj {
    Obj::small_int_wrapping(flag)
}

/// The module's functions: those of compiled expressions, for patterns with flags.
mod of_pattern {
    use super::*;

    macro_rules! functions {
        ($($function:ident($($name:literal),*) = $method:expr;)*) => {
            $(pub fn $function(vm: &Vm, args: Args<'_>) -> Res {
                const NAMES: &[&[u8]] = &[$($name),*, b"flags"];
                apply(vm, args, NAMES, $method)
            })*
        };
    }

    functions! {
        compile(b"pattern") = |_, args| Ok(args[0]);
        findall(b"pattern", b"string") = |vm, args| super::find_all(vm, args[0], args[1]);
        finditer(b"pattern", b"string") = |vm, args| super::find_matches(vm, args[0], args[1]);
        fullmatch(b"pattern", b"string") = |vm, args| super::match_whole(vm, args[0], args[1]);
        match_(b"pattern", b"string") = super::match_;
        search(b"pattern", b"string") = super::search;
        split(b"pattern", b"string", b"maxsplit") = super::split;
        sub(b"pattern", b"repl", b"string", b"count") = super::sub;
    }

    /// The most arguments of a function.
    const MOST: usize = 5;

    /// Calls `method` with the regular expression that the first of `args` says and the others, which `names` has the names
    /// of, the flags of the expression last.
    fn apply(vm: &Vm, args: Args<'_>, names: &[&[u8]], method: fn(&Vm, &[Obj]) -> Res) -> Res {
        let is_compiled = args.pos()[0].downcast::<Custom<Re>>().is_some();
        if is_compiled && args.kw().next().is_none() {
            return method(vm, args.pos());
        }
        vm.check_args(args, 1, names.len(), true)?;
        let last = names.len() - 1;
        let mut given = [Obj::small_int_wrapping(0); MOST];
        given[..args.pos().len()].copy_from_slice(args.pos());
        for (name, value) in args.kw() {
            let place = names.iter().position(|known| vm.as_str(name) == Some(known));
            let Some(place) = place else { return Err(vm.type_error(format_args!("extra keyword arguments given"))) };
            given[place] = value;
        }
        let flags = vm.int(given[last])?;
        if !is_compiled {
            given[0] = new_re(vm, given[0], flags)?.obj();
        } else if flags != 0 {
            return Err(vm.value_error(format_args!("cannot process flags argument with a compiled pattern")));
        }
        method(vm, &given[..last])
    }
}

/// A compiled regular expression.
struct Re {
    pattern: Obj,
    flags: isize,
    code: Obj,
    groups: usize,
    loops: usize,
    names: Gc<Dict>,
}

berus_runtime::custom_type! {
    static RE: Type<Re> = "re".print(print_re).attr(re_attr).locals(RE_METHODS);
}

berus_runtime::members! {
    static RE_METHODS = {
        "findall" => f2(find_all),
        "finditer" => f2(find_matches),
        "fullmatch" => f2(match_whole),
        "match" => var(2, 4, match_),
        "search" => var(2, 4, search),
        "split" => var(2, 3, split),
        "sub" => var(3, 5, sub),
    }
}

/// A match.
struct Match {
    subject: Obj,
    /// The numbers of groups by their names.
    names: Gc<Dict>,
    /// Where each group begins and ends, in bytes; `None` where it has not matched.
    places: Gc<Tuple>,
}

berus_runtime::custom_type! {
    static MATCH: Type<Match> = "match".print(print_match).subscr(match_subscr).locals(MATCH_METHODS);
}

berus_runtime::members! {
    static MATCH_METHODS = {
        "group" => var(1, u8::MAX, group),
        "groupdict" => var(1, 2, groupdict),
        "groups" => f1(groups),
        "span" => var(1, 2, span),
        "start" => var(1, 2, start),
        "end" => var(1, 2, end),
    }
}

impl Match {
    fn new(vm: &Vm, re: &Re, subject: Obj, places: &[Place]) -> Res<Gc<Custom<Match>>> {
        let items = List::new(vm, &[])?;
        for place in places {
            items.append(vm, place.map_or(Obj::NONE, |place| Obj::small_int_wrapping(place as isize)))?;
        }
        vm.new_custom(Match { subject, names: re.names, places: Tuple::of_list(vm, &items)? })
    }

    fn groups(&self) -> usize {
        self.places.items().len() / 2
    }

    /// Where group `number` begins and ends, if it has matched.
    fn place(&self, number: usize) -> Option<(usize, usize)> {
        let place = |at: usize| Some(self.places.items().get(at)?.as_small_int()? as usize);
        Some((place(2 * number)?, place(2 * number + 1)?))
    }

    /// What group `number` has matched; `None` if it has not.
    fn text(&self, vm: &Vm, number: usize) -> Res {
        match self.place(number) {
            Some((start, end)) => part(vm, self.subject, start, end),
            None => Ok(Obj::NONE),
        }
    }

    /// The number of a group.
    fn number(&self, vm: &Vm, number: Obj) -> Res<usize> {
        if is_text(vm, number) {
            return match self.names.map.get(vm, number)?.and_then(Obj::as_small_int) {
                Some(number) => Ok(number as usize),
                None => Err(vm.error_with(&INDEX_ERROR, &[number])),
            };
        }
        match usize::try_from(vm.int(number)?) {
            Ok(index) if index < self.groups() => Ok(index),
            _ => Err(vm.error_with(&INDEX_ERROR, &[number])),
        }
    }
}

/// A part of a string or bytes object.
fn part(vm: &Vm, whole: Obj, start: usize, end: usize) -> Res {
    let bytes = vm.str_or_bytes(whole)?.get(start..end).unwrap_or_default();
    if is_text(vm, whole) { vm.new_str_checked(bytes) } else { Ok(Bytes::new(vm, bytes)?.obj()) }
}

fn is_text(vm: &Vm, object: Obj) -> bool {
    vm.as_str(object).is_some()
}

fn subject(vm: &Vm, object: Obj) -> Res<Subject<'_>> {
    Ok(Subject { bytes: vm.str_or_bytes(object)?, is_text: is_text(vm, object) })
}

fn match_of(vm: &Vm, object: Obj) -> Res<Gc<Custom<Match>>> {
    vm.this(object)
}

/// The regular expression that `object` is, or is the pattern of.
fn re_of(vm: &Vm, object: Obj) -> Res<Gc<Custom<Re>>> {
    match object.downcast() {
        Some(re) => Ok(re),
        None => new_re(vm, object, 0),
    }
}

/// The regular expression of `pattern` with `flags`, which mean nothing without the feature `python`.
fn new_re(vm: &Vm, pattern: Obj, flags: isize) -> Res<Gc<Custom<Re>>> {
    let flags = if cfg!(feature = "python") { flags } else { 0 };
    let compiled = compile::compile(vm, vm.str_or_bytes(pattern)?, is_text(vm, pattern), flags)?;
    let Compiled { code, groups, loops, names } = compiled;
    vm.new_custom(Re { pattern, flags, code, groups, loops, names })
}

/// What runs the code of a regular expression.
fn runner<'a>(vm: &'a Vm, re: &Re) -> Res<Runner<'a>> {
    Runner::new(vm, vm.str_or_bytes(re.code)?, re.groups, re.loops)
}

/// The byte where the character of a given number begins, or the end.
fn place(vm: &Vm, subject: Subject<'_>, number: Obj) -> Res<usize> {
    let number = vm.int(number)?.max(0) as usize;
    let len = subject.bytes.len();
    Ok(if subject.is_text { utf8::offset_of(subject.bytes, number).unwrap_or(len) } else { number.min(len) })
}

/// Finds a match: `(re, string[, from[, to]])`.
fn find(vm: &Vm, args: &[Obj], at_once: bool) -> Res {
    let re = re_of(vm, args[0])?;
    let mut subject = subject(vm, args[1])?;
    let mut from = 0;
    if let Some(&number) = args.get(2) {
        from = place(vm, subject, number)?;
        if let Some(&number) = args.get(3) {
            let to = place(vm, subject, number)?.max(from);
            subject.bytes = &subject.bytes[..to];
        }
    }
    let mut runner = runner(vm, &re)?;
    let found = match at_once {
        true => runner.matches(subject, from)?.is_some(),
        false => runner.search(subject, from)?.is_some(),
    };
    if found { Ok(Match::new(vm, &re, args[1], runner.places())?.obj()) } else { Ok(Obj::NONE) }
}

fn match_(vm: &Vm, args: &[Obj]) -> Res {
    find(vm, args, true)
}

fn search(vm: &Vm, args: &[Obj]) -> Res {
    find(vm, args, false)
}

/// How often something is to be done at most, where 0 is no limit.
fn limit(vm: &Vm, args: &[Obj], index: usize) -> Res<usize> {
    Ok(match args.get(index).map_or(Ok(0), |&count| vm.int(count))? {
        0 => usize::MAX,
        count => usize::try_from(count).unwrap_or(0),
    })
}

/// `split(string[, most])`: the parts between matches, and the groups of these.
fn split(vm: &Vm, args: &[Obj]) -> Res {
    let re = re_of(vm, args[0])?;
    let subject = subject(vm, args[1])?;
    let mut runner = runner(vm, &re)?;
    let parts = List::new(vm, &[])?;
    let mut from = 0;
    for _ in 0..limit(vm, args, 2)? {
        let Some((start, end)) = runner.next(subject)? else { break };
        parts.append(vm, part(vm, args[1], from, start)?)?;
        for place in runner.places()[2..].chunks_exact(2) {
            parts.append(
                vm,
                match *place {
                    [Some(start), Some(end)] => part(vm, args[1], start, end)?,
                    _ => Obj::NONE,
                },
            )?;
        }
        from = end;
    }
    parts.append(vm, part(vm, args[1], from, subject.bytes.len())?)?;
    Ok(parts.obj())
}

/// `sub(re, replacement, string[, count])`
fn sub(vm: &Vm, args: &[Obj]) -> Res {
    let re = re_of(vm, args[0])?;
    let (replacement, whole) = (args[1], args[2]);
    let subject = subject(vm, whole)?;
    let mut runner = runner(vm, &re)?;
    let mut out = Builder::new();
    let mut from = None;
    for _ in 0..limit(vm, args, 3)? {
        let Some((start, end)) = runner.next(subject)? else { break };
        out.extend(vm, &subject.bytes[from.unwrap_or(0)..start])?;
        if vm.is_callable(replacement) {
            let found = Match::new(vm, &re, whole, runner.places())?;
            out.extend(vm, vm.str_or_bytes(vm.call(replacement, &[found.obj()])?)?)?;
        } else {
            expand(vm, vm.str_or_bytes(replacement)?, &re.names, subject.bytes, runner.places(), &mut out)?;
        }
        from = Some(end);
    }
    let Some(from) = from else { return Ok(whole) };
    out.extend(vm, &subject.bytes[from..])?;
    if subject.is_text { out.into_str(vm) } else { out.into_bytes(vm) }
}

/// `fullmatch(re, string)`: a match of the whole string.
fn match_whole(vm: &Vm, re: Obj, whole: Obj) -> Res {
    let re = re_of(vm, re)?;
    let pattern = re.pattern;
    let mut closed = Builder::new();
    closed.extend(vm, b"(?:")?;
    closed.extend(vm, vm.str_or_bytes(pattern)?)?;
    // A comment at the end of the pattern would take what follows.
    closed.extend(vm, if re.flags & flag::VERBOSE == 0 { b")\\Z" } else { b"\n)\\Z" })?;
    let closed = if is_text(vm, pattern) { closed.into_str(vm)? } else { closed.into_bytes(vm)? };
    find(vm, &[new_re(vm, closed, re.flags)?.obj(), whole], true)
}

/// All matches of `re` in `whole`: what `of` makes of each.
fn each_match(vm: &Vm, re: Obj, whole: Obj, of: impl Fn(&Re, &[Place]) -> Res) -> Res<Gc<List>> {
    let re = re_of(vm, re)?;
    let subject = subject(vm, whole)?;
    let mut runner = runner(vm, &re)?;
    let all = List::new(vm, &[])?;
    while runner.next(subject)?.is_some() {
        all.append(vm, of(&re, runner.places())?)?;
    }
    Ok(all)
}

/// `findall(re, string)`: the texts of all matches, or of their group, or tuples of their groups.
fn find_all(vm: &Vm, re: Obj, whole: Obj) -> Res {
    let text = |place: &[Place]| match *place {
        [Some(start), Some(end)] => part(vm, whole, start, end),
        _ => part(vm, whole, 0, 0),
    };
    let all = each_match(vm, re, whole, |_, places| match places.len() / 2 {
        1 => text(places),
        2 => text(&places[2..]),
        _ => {
            let texts = List::new(vm, &[])?;
            places[2..].chunks_exact(2).try_for_each(|place| texts.append(vm, text(place)?))?;
            Ok(Tuple::of_list(vm, &texts)?.obj())
        }
    })?;
    Ok(all.obj())
}

/// `finditer(re, string)`: an iterator over all matches.
fn find_matches(vm: &Vm, re: Obj, whole: Obj) -> Res {
    let all = each_match(vm, re, whole, |re, places| Ok(Match::new(vm, re, whole, places)?.obj()))?;
    vm.iter(all.obj())
}

/// `escape(text)`: a pattern that matches the text itself.
fn escape(vm: &Vm, text: Obj) -> Res {
    let mut out = Builder::new();
    for &byte in vm.str_or_bytes(text)? {
        vm.work(1)?;
        if b"()[]{}?*+-|^$\\.&~# \t\n\r\x0b\x0c".contains(&byte) {
            out.push(vm, b'\\')?;
        }
        out.push(vm, byte)?;
    }
    if is_text(vm, text) { out.into_str(vm) } else { out.into_bytes(vm) }
}

/// `pattern`, `flags` and `groups` of a regular expression, and `groupindex`.
fn re_attr(vm: &Vm, object: Obj, name: Qstr, request: Attr) -> Res<AttrResult> {
    let (Some(re), Attr::Load | Attr::LoadMethod) = (object.downcast::<Custom<Re>>(), request) else {
        return Ok(AttrResult::Missing);
    };
    Ok(match vm.spelling(name) {
        b"pattern" => AttrResult::Value(re.pattern),
        b"flags" => {
            let unicode = if is_text(vm, re.pattern) && re.flags & flag::ASCII == 0 { flag::UNICODE } else { 0 };
            AttrResult::Value(vm.new_int(re.flags | unicode)?)
        }
        b"groups" => AttrResult::Value(vm.new_uint(re.groups)?),
        b"groupindex" => AttrResult::Value(copied(vm, re.names)?.obj()),
        _ => AttrResult::Missing,
    })
}

/// A dict of the same entries.
fn copied(vm: &Vm, names: Gc<Dict>) -> Res<Gc<Dict>> {
    let copy = Dict::new(vm)?;
    copy.update(vm, names.obj())?;
    Ok(copy)
}

/// `match[group]`
fn match_subscr(vm: &Vm, object: Obj, number: Obj, request: Subscr) -> Res<Option<Obj>> {
    let Subscr::Load = request else { return Ok(None) };
    let found = match_of(vm, object)?;
    found.text(vm, found.number(vm, number)?).map(Some)
}

/// `groupdict(default=None)`: the texts of groups by their names.
fn groupdict(vm: &Vm, args: &[Obj]) -> Res {
    let found = match_of(vm, args[0])?;
    let texts = Dict::new(vm)?;
    let mut at = 0;
    while let Some((behind, name, number)) = found.names.map.entry_from(at) {
        vm.work(1)?;
        let text = found.text(vm, number.and_then(Obj::as_small_int).unwrap_or(0) as usize)?;
        let text = if text == Obj::NONE { args.get(1).copied().unwrap_or(text) } else { text };
        texts.map.store(vm, name, text)?;
        at = behind + 1;
    }
    Ok(texts.obj())
}

/// `group([number, ...])`
fn group(vm: &Vm, args: &[Obj]) -> Res {
    let found = match_of(vm, args[0])?;
    let text = |number: Obj| found.text(vm, found.number(vm, number)?);
    match &args[1..] {
        [] => found.text(vm, 0),
        [number] => text(*number),
        numbers => {
            let texts = List::new(vm, &[])?;
            numbers.iter().try_for_each(|&number| texts.append(vm, text(number)?))?;
            Ok(Tuple::of_list(vm, &texts)?.obj())
        }
    }
}

fn groups(vm: &Vm, object: Obj) -> Res {
    let found = match_of(vm, object)?;
    let texts = List::new(vm, &[])?;
    for number in 1..found.groups() {
        texts.append(vm, found.text(vm, number)?)?;
    }
    Ok(Tuple::of_list(vm, &texts)?.obj())
}

/// The characters where a group begins and ends; -1 if it has not matched.
fn span_of(vm: &Vm, args: &[Obj]) -> Res<[Obj; 2]> {
    let found = match_of(vm, args[0])?;
    let number = match args.get(1) {
        Some(&number) => found.number(vm, number)?,
        None => 0,
    };
    let Some((start, end)) = found.place(number) else { return Ok([Obj::small_int_wrapping(-1); 2]) };
    let subject = subject(vm, found.subject)?;
    let character = |at: usize| {
        let number = if subject.is_text { utf8::count(&subject.bytes[..at]) } else { at };
        Obj::small_int_wrapping(number as isize)
    };
    Ok([character(start), character(end)])
}

fn span(vm: &Vm, args: &[Obj]) -> Res {
    Ok(Tuple::new(vm, &span_of(vm, args)?)?.obj())
}

fn start(vm: &Vm, args: &[Obj]) -> Res {
    Ok(span_of(vm, args)?[0])
}

fn end(vm: &Vm, args: &[Obj]) -> Res {
    Ok(span_of(vm, args)?[1])
}

fn print_re(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    vm.print_fmt(out, format_args!("<re {:x}>", object.bits()))
}

fn print_match(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    vm.print_fmt(out, format_args!("<match num={}>", match_of(vm, object)?.groups()))
}
