//! Signatures and docs, for whoever asks in the middle of a line.
//!
//! What a function of a program takes is in its compiled code. Docs are not, so that they are read from the source: the
//! file that the code names, or what was typed. Those of built-ins are a table.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use berus_runtime::import::run::RunModule;
use berus_runtime::model::error::Res;
use berus_runtime::model::printer::Style;
use berus_runtime::model::protocols::Classes;
use berus_runtime::model::types::Type;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::ops::print::Print;
use berus_runtime::services::signature::{Signature, Signatures};

use crate::history::History;
use crate::python::names::{chain_start, open_call, resolve};
use crate::scan::{Kind, State, is_word, line_start};

/// Lines that docs have at most.
const MOST_LINES: usize = 20;

/// What the name at the end of `input` stands for, or else what the call takes that is open there: lines of text, or
/// `None` if nothing is known. `typed` are inputs of the past.
///
/// The names that `*` and `**` stand for are not kept in compiled code.
///
/// # Errors
/// What computing an attribute, showing a default or reading the source raises, and `MemoryError`.
pub fn explain(vm: &Vm, input: &[u8], typed: &History) -> Res<Option<Vec<u8>>> {
    let line = &input[line_start(input, input.len())..];
    for named in [Some(line), open_call(line)].into_iter().flatten() {
        let (before, chain) = named.split_at(chain_start(named));
        if chain.is_empty() {
            continue;
        }
        let explanation = match resolve(vm, before, chain)? {
            Some(object) => explain_object(vm, object, before, chain, typed)?,
            None => None,
        };
        if explanation.is_some() {
            return Ok(explanation);
        }
    }
    Ok(None)
}

fn explain_object(vm: &Vm, object: Obj, before: &[u8], chain: &[u8], typed: &History) -> Res<Option<Vec<u8>>> {
    let Some(signature) = vm.signature(object)? else { return built_in(vm, before, chain) };
    let mut text = definition(vm, chain, &signature)?;
    let is_class = object.downcast::<Type>().is_some();
    if let Some(docs) = docs_in_source(vm, &signature, is_class.then(|| last_name(chain)), typed)? {
        text.push(b'\n');
        text.extend_from_slice(&docs);
    }
    Ok(Some(text))
}

/// How a function of a program is called.
fn definition(vm: &Vm, name: &[u8], signature: &Signature) -> Res<Vec<u8>> {
    let mut parts: Vec<Vec<u8>> = Vec::new();
    let mut has_star = false;
    for argument in signature.arguments(vm) {
        if argument.is_keyword && !has_star {
            parts.push(star(signature).to_vec());
            has_star = true;
        }
        let mut part = vm.spelling(argument.name).to_vec();
        if let Some(default) = argument.default {
            part.push(b'=');
            vm.print(&mut part, default, Style::Repr)?;
        }
        parts.push(part);
    }
    if signature.has_more() && !has_star {
        parts.push(star(signature).to_vec());
    }
    if signature.has_more_keywords() {
        parts.push(b"**kwargs".to_vec());
    }
    Ok([name, b"(", &parts.join(&b", "[..]), b")"].concat())
}

/// What stands between positional and keyword arguments.
fn star(signature: &Signature) -> &'static [u8] {
    if signature.has_more() { b"*args" } else { b"*" }
}

fn last_name(chain: &[u8]) -> &[u8] {
    chain.rsplit(|byte| *byte == b'.').next().unwrap_or(chain)
}

/// Signatures of built-ins, one on a line, each with a tab and a sentence behind it.
const BUILT_INS: &str = include_str!("built_ins.txt");

/// What the table knows of a built-in: a function by its name, a method by the name of its type or module and its own.
fn built_in(vm: &Vm, before: &[u8], chain: &[u8]) -> Res<Option<Vec<u8>>> {
    let name = last_name(chain);
    let owner = match chain.len().checked_sub(name.len() + 1) {
        Some(end) => resolve(vm, before, &chain[..end])?,
        None => None,
    };
    let full_name = match owner {
        Some(owner) => [owner_name(vm, owner, &chain[..chain.len() - name.len() - 1]).as_ref(), b".", name].concat(),
        None => name.to_vec(),
    };
    let is_of_name = |line: &&str| line.as_bytes().strip_prefix(&full_name[..]).is_some_and(ends_name);
    let line = BUILT_INS.lines().find(is_of_name);
    Ok(line.map(|line| line.replacen('\t', "\n", 1).into_bytes()))
}

/// Whether no more of a name follows.
fn ends_name(rest: &[u8]) -> bool {
    !rest.first().is_some_and(|byte| is_word(byte) || *byte == b'.')
}

/// What the table calls the object before a dot: a type and a module by their names, else the object's type.
fn owner_name<'a>(vm: &'a Vm, owner: Obj, chain: &'a [u8]) -> Cow<'a, [u8]> {
    match vm.type_name(owner) {
        "module" | "type" => last_name(chain).into(),
        name => name.as_bytes().into(),
    }
}

/// The string that a function begins with, or the class `class_name` that the function belongs to.
fn docs_in_source(vm: &Vm, signature: &Signature, class_name: Option<&[u8]>, typed: &History) -> Res<Option<Vec<u8>>> {
    let (file, line) = signature.definition(vm);
    let file = vm.spelling(file);
    let docs = |source: &[u8]| {
        let at = line_at(source, line)?;
        let at = match class_name {
            Some(name) => class_before(source, at, name)?,
            None => at,
        };
        docs_at(&source[at..])
    };
    if file.ends_with(b".py") {
        return Ok(docs(vm.read_file(file)?.as_ref()));
    }
    // The newest input that has such a definition there.
    let name = class_name.unwrap_or(vm.spelling(signature.name()));
    let defines = |source: &[u8]| {
        source.split(|byte| *byte == b'\n').any(|line| defined_name(line.trim_ascii_start()) == Some(name))
    };
    Ok(typed.iter().rev().filter(|input| file == b"<stdin>" && defines(input)).find_map(docs))
}

/// Where the line of a number begins.
fn line_at(source: &[u8], number: u32) -> Option<usize> {
    let ends = source.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    core::iter::once(0).chain(ends).nth(number.checked_sub(1)? as usize)
}

/// The name that a line defines.
fn defined_name(line: &[u8]) -> Option<&[u8]> {
    let line = line.strip_prefix(b"async ").unwrap_or(line);
    let rest = line.strip_prefix(b"def ").or_else(|| line.strip_prefix(b"class "))?;
    Some(&rest[..rest.iter().position(|byte| !is_word(byte)).unwrap_or(rest.len())])
}

/// Where the line begins, `at` or before, that defines the class `name`.
fn class_before(source: &[u8], at: usize, name: &[u8]) -> Option<usize> {
    let mut start = at;
    loop {
        let line = source[start..].trim_ascii_start();
        if line.starts_with(b"class ") && defined_name(line) == Some(name) {
            return Some(start);
        }
        start = line_start(source, start.checked_sub(1)?);
    }
}

/// The string behind the colon that ends the head of the first definition in `source`, without its quotes and indentation.
fn docs_at(source: &[u8]) -> Option<Vec<u8>> {
    let (mut state, mut at, mut is_in_head, mut is_behind) = (State::default(), 0, false, false);
    let mut docs: Option<core::ops::Range<usize>> = None;
    while at < source.len() {
        let was_open = state.quotes() > 0;
        let (kind, len) = state.next(&source[at..]);
        let token = &source[at..at + len];
        match kind {
            Kind::Word if !is_in_head => is_in_head = matches!(token, b"def" | b"class"),
            Kind::Other if is_in_head && token == b":" && !state.is_in_brackets() => is_behind = true,
            // A prefix's letters, quotes, and lines up to the last quotes.
            Kind::String if is_behind && (was_open || docs.is_none()) => {
                docs = Some(docs.map_or(at, |docs| docs.start)..at + len);
            }
            Kind::String if is_behind && docs.as_ref().is_some_and(|docs| docs.end == at) => {
                docs = docs.map(|docs| docs.start..at + len);
            }
            Kind::NewLine | Kind::Comment if docs.is_none() => {}
            Kind::Other if docs.is_none() && token.trim_ascii().is_empty() => {}
            _ if is_behind => break,
            _ => {}
        }
        at += len;
    }
    let text = &source[docs?];
    let quote = text.iter().position(|byte| matches!(byte, b'"' | b'\''))?;
    let quotes = if text[quote..].starts_with(&[text[quote]; 3]) { 3 } else { 1 };
    let text = text.get(quote + quotes..text.len().checked_sub(quotes)?)?;
    let lines = text.split(|byte| *byte == b'\n');
    let indentation = lines.clone().skip(1).filter(|line| !line.trim_ascii().is_empty()).map(blanks_before).min();
    let lines = lines
        .enumerate()
        .map(|(n, line)| if n == 0 { line } else { line.get(indentation.unwrap_or(0)..).unwrap_or_default() });
    let lines: Vec<&[u8]> = lines.take(MOST_LINES).map(<[u8]>::trim_ascii_end).collect();
    Some(lines.join(&b'\n').trim_ascii().to_vec()).filter(|docs| !docs.is_empty())
}

fn blanks_before(line: &[u8]) -> usize {
    line.len() - line.trim_ascii_start().len()
}

#[cfg(test)]
mod tests {
    use alloc::boxed::Box;
    use alloc::string::String;
    use alloc::vec::Vec;

    use berus_runtime::heap::{GlobalRegions, Heap};
    use berus_runtime::host::Silent;
    use berus_runtime::model::vm::Limits;
    use berus_testkit::programs::new_vm;

    use crate::history::History;
    use crate::protocol::Source;
    use crate::python::Python;

    /// The explanation at the end of `input`, after `program` was typed.
    fn explained(program: &str, input: &str) -> Option<String> {
        let vm = new_vm(Heap::growing(&GlobalRegions, 1 << 20), Box::new(Silent), Limits::default()).unwrap();
        vm.enter(|vm| {
            let mut typed = History::new(4);
            typed.add(program.as_bytes());
            Python(vm).run(program.as_bytes(), Source::Pasted).unwrap();
            let explanation = super::explain(vm, input.as_bytes(), &typed).unwrap();
            explanation.map(|text| String::from_utf8(text).unwrap())
        })
    }

    #[test]
    fn functions_have_signatures() {
        let program = "class C:\n  def __init__(self, size, *, fast=True): pass\ndef f(a, b='x', *c, d=None, e, **g): pass\nn = 1";
        assert_eq!(explained(program, "f(").as_deref(), Some("f(a, b='x', *args, e, d=None, **kwargs)"));
        assert_eq!(explained(program, "x = C(").as_deref(), Some("C(size, *, fast=True)"));
        // Of a name that has nothing to say, the call tells.
        assert_eq!(explained(program, "C(n").as_deref(), Some("C(size, *, fast=True)"));
        assert_eq!(explained(program, "n"), None);
        assert_eq!(explained(program, "("), None);
        assert_eq!(explained(program, ""), None);
    }

    #[test]
    fn docs_are_those_of_the_source() {
        let program = r#"
class Box:  # (
    '''A box.'''

    def __init__(self, size=(1, {2: 3})):
        r"""Makes one.

        It is as large
          as it is.
        """

    def open(self): 'Opens it.'; return 1

    def close(self):
        return 'no docs'
b = Box()
"#;
        assert_eq!(explained(program, "Box(").as_deref(), Some("Box(size=(1, {2: 3}))\nA box."));
        let init = "b.__init__(size=(1, {2: 3}))\nMakes one.\n\nIt is as large\n  as it is.";
        assert_eq!(explained(program, "b.__init__").as_deref(), Some(init));
        assert_eq!(explained(program, "b.open").as_deref(), Some("b.open()\nOpens it."));
        assert_eq!(explained(program, "b.close(").as_deref(), Some("b.close()"));
    }

    #[test]
    fn built_ins_are_in_a_table() {
        let of = |input: &str| explained("items = []", input);
        assert_eq!(of("len(").as_deref(), Some("len(object)\nHow many items it has."));
        assert_eq!(of("items.append(").as_deref(), Some("list.append(item)\nAdds an item at the end."));
        assert_eq!(
            of("str.join").as_deref(),
            Some("str.join(strings)\nThe strings of an iterable, with this one between them.")
        );
        assert_eq!(of("'a'.join(").as_deref(), of("str.join").as_deref());
        assert_eq!(of("print(items.pop").as_deref(), Some("list.pop(index=-1)\nRemoves an item, and returns it."));
        assert_eq!(of("nobody("), None);
    }

    #[test]
    fn the_table_names_what_there_is() {
        let vm = new_vm(Heap::growing(&GlobalRegions, 1 << 20), Box::new(Silent), Limits::default()).unwrap();
        vm.enter(|vm| {
            let mut missing = Vec::new();
            for line in super::BUILT_INS.lines() {
                assert!(line.ends_with('.') && line.matches('\t').count() == 1, "{line}");
                let name = line.split(['(', '\t']).next().unwrap();
                if super::resolve(vm, b"", name.as_bytes()).unwrap().is_none() {
                    missing.push(name);
                }
            }
            // Other features bring these.
            missing.retain(|name| !matches!(*name, "complex" | "float" | "open"));
            assert_eq!(missing, [""; 0]);
        });
    }
}
