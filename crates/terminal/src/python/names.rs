//! What a name that is being typed may become.

use alloc::vec::Vec;

use berus_runtime::import::registry::Register;
use berus_runtime::model::error::Res;
use berus_runtime::model::importing::Import;
use berus_runtime::model::layout::Dict;
use berus_runtime::model::protocols::{Iterate, Strs};
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::modules::builtins;
use berus_runtime::ops::attr::Attributes;
use berus_runtime::ops::call::Call;
use berus_runtime::ops::convert::Convert;
use berus_runtime::qstr::Qstr;
use berus_runtime::services::signature::Signatures;

use crate::keyword::KEYWORDS;
use crate::scan::{Kind, State, is_word};

/// Calls `found` with each name that may stand for the one that ends `input`, in order; answers how many bytes of `input` that one has.
///
/// Behind dots, those are attributes of what stands before; behind `import` and `from`, modules; in a call, also its keyword
/// arguments; in a string, keys of the dict that is subscripted, or names of files; else variables and keywords. Names
/// that begin with an underscore are named only if the one that is typed does. No code of the program runs but what
/// computes attributes on the way, and `__dir__`.
///
/// # Errors
/// What computing an attribute raises, and `MemoryError`.
pub fn complete(vm: &Vm, input: &[u8], found: &mut dyn FnMut(&[u8])) -> Res<usize> {
    let line = input.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    let mut names = match open_quote(line) {
        Some(quote) => names_in_string(vm, line, quote)?,
        None => names_in_code(vm, line)?,
    };
    names.all.sort_unstable();
    names.all.dedup();
    names.all.iter().for_each(|name| found(name));
    Ok(names.typed.len())
}

/// What stands in code may become.
fn names_in_code<'a>(vm: &Vm, line: &'a [u8]) -> Res<Names<'a>> {
    let (before, chain) = line.split_at(chain_start(line));
    let dot = chain.iter().rposition(|byte| *byte == b'.');
    let mut names = Names::new(&chain[dot.map_or(0, |dot| dot + 1)..]);
    let mut words = before.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    match (words.next(), words.next(), words.next()) {
        (Some(b"from"), Some(module), Some(b"import")) => {
            if let Some(module) = module_to_look_into(vm, module)? {
                names.add_attributes(vm, module)?;
            }
        }
        (Some(b"from"), None, _) | (Some(b"import"), ..) if dot.is_none() => {
            vm.registered().for_each(|module| names.add(module.name().as_bytes()));
            names.add_keys(vm, &vm.modules());
        }
        _ if dot.is_some() => {
            if let Some(object) = resolve(vm, before, &chain[..chain.len() - names.typed.len() - 1])? {
                names.add_attributes(vm, object)?;
            }
        }
        _ => {
            names.add_keywords_of_call(vm, before)?;
            names.add_keys(vm, &vm.main());
            if !names.typed.is_empty() {
                KEYWORDS.iter().for_each(|word| names.add(word));
            }
        }
    }
    Ok(names)
}

/// What stands in a string, which begins with the quote at `quote`, may become: a key of the dict that is subscripted, or the name of a file.
fn names_in_string<'a>(vm: &Vm, line: &'a [u8], quote: usize) -> Res<Names<'a>> {
    let typed = &line[quote + 1..];
    if let Some((b'[', before)) = line[..quote].split_last() {
        let mut names = Names::new(typed);
        let (before, chain) = before.split_at(chain_start(before));
        if let Some(dict) = resolve(vm, before, chain)?.and_then(|object| object.downcast::<Dict>()) {
            names.end = if line[quote] == b'"' { b"\"]" } else { b"']" };
            names.add_keys(vm, &dict);
        }
        return Ok(names);
    }
    let name_start = typed.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
    let mut names = Names::new(&typed[name_start..]);
    if vm.registered().all(|module| module.name() != "os") {
        return Ok(names);
    }
    let os = vm.import(b"os", vm.main(), true, 0)?;
    let list = vm.load_attr(os, vm.intern(b"ilistdir")?)?;
    let folder = if name_start == 0 { vm.new_str(b".")? } else { vm.new_str(&typed[..name_start])? };
    let entries = vm.to_list(vm.call(list, &[folder])?)?;
    for entry in entries.items() {
        let entry = vm.items(entry.get())?;
        let (Some(name), Some(kind)) = (entry.get(0), entry.get(1)) else { continue };
        let Some(name) = vm.as_str(name) else { continue };
        let is_folder = kind.as_small_int() == Some(0x4000);
        names.add_with(name, if is_folder { b"/" } else { b"" });
    }
    Ok(names)
}

/// A module that may be asked for its names: it has been imported, or importing it runs no code of a program.
fn module_to_look_into(vm: &Vm, name: &[u8]) -> Res<Option<Obj>> {
    if vm.registered().any(|module| module.name().as_bytes() == name) {
        return vm.import(name, vm.main(), true, 0).map(Some);
    }
    Ok(vm.modules().load(vm, vm.intern(name)?))
}

/// Names that begin as the one that is typed.
struct Names<'a> {
    typed: &'a [u8],
    /// What goes behind each.
    end: &'a [u8],
    all: Vec<Vec<u8>>,
    /// How many bytes of names there may be more.
    room: usize,
}

/// Bytes of names that a person may look through. If there are more, none is offered until more of the name is typed.
const MOST: usize = 64 << 10;

impl<'a> Names<'a> {
    fn new(typed: &'a [u8]) -> Names<'a> {
        Names { typed, end: b"", all: Vec::new(), room: MOST }
    }

    fn add(&mut self, name: &[u8]) {
        self.add_with(name, self.end);
    }

    /// Adds `name` with `end` behind it.
    fn add_with(&mut self, name: &[u8], end: &[u8]) {
        let is_private = name.starts_with(b"_") && self.typed.is_empty();
        if name.starts_with(self.typed) && !is_private && self.try_add(name, end).is_none() {
            (self.room, self.all) = (0, Vec::new());
        }
    }

    /// Adds a name if there is room and memory.
    fn try_add(&mut self, name: &[u8], end: &[u8]) -> Option<()> {
        let len = name.len() + end.len();
        self.room = self.room.checked_sub(len + size_of::<Vec<u8>>())?;
        let mut whole = Vec::new();
        whole.try_reserve_exact(len).ok()?;
        self.all.try_reserve(1).ok()?;
        whole.extend_from_slice(name);
        whole.extend_from_slice(end);
        self.all.push(whole);
        Some(())
    }

    fn add_keys(&mut self, vm: &Vm, dict: &Dict) {
        let mut at = 0;
        while let Some((number, key, _)) = dict.map.entry_from(at) {
            if let Some(name) = vm.as_str(key) {
                self.add(name);
            }
            at = number + 1;
        }
    }

    /// The arguments of the function whose call is open at the end of `line`.
    fn add_keywords_of_call(&mut self, vm: &Vm, line: &[u8]) -> Res<()> {
        let Some(called) = called(vm, line)? else { return Ok(()) };
        if let Some(signature) = vm.signature(called)? {
            signature.arguments(vm).for_each(|argument| self.add_with(vm.spelling(argument.name), b"="));
        }
        Ok(())
    }

    fn add_attributes(&mut self, vm: &Vm, object: Obj) -> Res<()> {
        let Some(dir) = builtins::find(vm, vm.intern(b"dir")?) else { return Ok(()) };
        let names = vm.items(vm.call(dir, &[object])?)?;
        for name in (0..).map_while(|n| names.get(n)) {
            self.add(vm.as_str(name).unwrap_or_default());
        }
        Ok(())
    }
}

/// What stands before the last bracket of `line` that is open, if that is the one of a call.
pub fn open_call(line: &[u8]) -> Option<&[u8]> {
    // Of the brackets that open as many as are open in the end, the last is still open.
    let (mut n_open, mut last) = (0, None);
    brackets(line, |_, depth| n_open = depth);
    brackets(line, |at, depth| {
        if depth == n_open && matches!(line[at], b'(' | b'[' | b'{') {
            last = Some(at);
        }
    });
    last.filter(|open| n_open > 0 && line[*open] == b'(').map(|open| &line[..open])
}

/// Calls `found` with the place of each bracket in `line`, and how many are open behind it.
fn brackets(line: &[u8], mut found: impl FnMut(usize, usize)) {
    let (mut state, mut at, mut n_open) = (State::default(), 0, 0usize);
    while at < line.len() {
        let (kind, len) = state.next(&line[at..]);
        // Brackets in strings and comments are text.
        let is_bracket = kind == Kind::Other && b"()[]{}".contains(&line[at]);
        if is_bracket {
            n_open = if b"([{".contains(&line[at]) { n_open + 1 } else { n_open.saturating_sub(1) };
            found(at, n_open);
        }
        at += len;
    }
}

/// What is called where `line` ends, within the brackets of a call.
fn called(vm: &Vm, line: &[u8]) -> Res<Option<Obj>> {
    let Some(before) = open_call(line) else { return Ok(None) };
    let (before, chain) = before.split_at(chain_start(before));
    if chain.is_empty() { Ok(None) } else { resolve(vm, before, chain) }
}

/// Where the names with dots between them begin that end `line`.
pub fn chain_start(line: &[u8]) -> usize {
    let is_part = |byte: &u8| is_word(byte) || *byte == b'.';
    line.iter().rposition(|byte| !is_part(byte)).map_or(0, |before| before + 1)
}

/// The last quote that opens the string which is open at the end of `line`.
fn open_quote(line: &[u8]) -> Option<usize> {
    let (mut state, mut token, mut at) = (State::default(), 0, 0);
    while at < line.len() {
        token = at;
        at += state.next(&line[at..]).1;
    }
    Some(token + state.quotes().checked_sub(1)?)
}

/// The object that names with dots between them stand for, behind `before`.
pub fn resolve(vm: &Vm, before: &[u8], chain: &[u8]) -> Res<Option<Obj>> {
    let mut names = chain.split(|byte| *byte == b'.');
    let first = names.next().unwrap_or_default();
    // The methods of a string do not depend on what is in it.
    let mut object = if first.is_empty() {
        matches!(before.last(), Some(b'\'' | b'"')).then_some(Obj::qstr(Qstr::EMPTY))
    } else {
        let name = vm.intern(first)?;
        vm.main().load(vm, name).or_else(|| builtins::find(vm, name))
    };
    for name in names {
        object = match object {
            Some(object) => vm.find_attr_quietly(object, vm.intern(name)?)?,
            None => None,
        };
    }
    Ok(object)
}

#[cfg(test)]
mod tests {
    use alloc::boxed::Box;
    use alloc::string::String;
    use alloc::vec::Vec;

    use berus_runtime::heap::{GlobalRegions, Heap};
    use berus_runtime::host::Silent;
    use berus_runtime::import::source::Compile;
    use berus_runtime::model::vm::Limits;
    use berus_testkit::programs::new_vm;

    use super::complete;

    /// What the end of `input` may become after `program`.
    fn names(program: &str, input: &str) -> Vec<String> {
        let vm = new_vm(Heap::growing(&GlobalRegions, 1 << 20), Box::new(Silent), Limits::default()).unwrap();
        vm.enter(|vm| {
            vm.run_source(program.as_bytes(), b"test.py").unwrap();
            let mut names = Vec::new();
            complete(vm, input.as_bytes(), &mut |name| names.push(String::from_utf8(name.to_vec()).unwrap())).unwrap();
            names
        })
    }

    #[test]
    fn names_are_variables_and_keywords() {
        assert_eq!(names("value = 1", "x = va"), ["value"]);
        assert_eq!(names("", "impo"), ["import "]);
        assert_eq!(names("", "not_there"), [""; 0]);
    }

    #[test]
    fn attributes_stand_behind_dots() {
        let program = "class C:\n  a_b = 1\n  def a_c(self): pass\n  _p = 2\no = C()\no.a_d = o";
        assert_eq!(names(program, "f(o."), ["a_b", "a_c", "a_d"]);
        assert_eq!(names(program, "o.a_d._p"), ["_p"]);
        assert_eq!(names(program, "o.a_d.a_d.a_b"), ["a_b"]);
        assert_eq!(names(program, "1, 'x'.isdi"), ["isdigit"]);
        assert_eq!(names(program, "nobody.x"), [""; 0]);
        assert_eq!(names(program, "None."), [""; 0]);
    }

    #[test]
    fn modules_stand_behind_import() {
        assert_eq!(names("", "import micro"), ["micropython"]);
        assert_eq!(names("", "from colle"), ["collections"]);
        assert_eq!(names("", "from collections import named"), ["namedtuple"]);
    }

    #[test]
    fn calls_have_keyword_arguments() {
        let program =
            "def f(first, second, *, third): pass\nclass C:\n  def __init__(self, size): pass\n  def m(self, my): pass";
        assert_eq!(names(program, "f(1, sec"), ["second="]);
        assert_eq!(names(program, "print(f([1], '(', thi"), ["third="]);
        assert_eq!(names(program, "f([thi"), [""; 0]);
        assert_eq!(names(program, "f() + thi"), [""; 0]);
        assert_eq!(names(program, "C(si"), ["size="]);
        assert_eq!(names(&[program, "\nc = C(1)"].concat(), "c.m(m"), ["my="]);
    }

    #[test]
    fn subscripts_of_dicts_are_their_keys() {
        let program = "d = {'one': 1, 'other': {'x y': 2}, 3: 4}";
        assert_eq!(names(program, "print(d['o"), ["one']", "other']"]);
        assert_eq!(names(program, "d[\"on"), ["one\"]"]);
        // All of this is in one string.
        assert_eq!(names(program, "f('''a' + d['o"), [""; 0]);
    }
}
