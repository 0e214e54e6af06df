//! Libraries: archives of object files, of which those become part of a module that it needs.

use std::collections::{HashMap, HashSet, VecDeque};
use std::path::{Path, PathBuf};
use std::{fs, io};

use object::read::archive::ArchiveFile;

use super::elf;
use super::error::{Error, error, name};
use super::program::{Binding, Place, Program};
use super::symbols::ENTRY;
use crate::input::{Input, displayed};

impl Input {
    /// Whether it is an archive.
    pub fn is_archive(&self) -> bool {
        MAGICS.into_iter().any(|magic| self.bytes.starts_with(magic))
    }
}

/// What the files of archives start with.
const MAGICS: [&[u8]; 2] = [b"!<arch>\n", b"!<thin>\n"];

/// Reads a library: an archive, or a text that names archives with `GROUP ( … )`, as the C library's are in some systems.
///
/// # Errors
/// If a file cannot be read, with its name.
pub fn read(path: &Path) -> Result<Vec<Input>, (PathBuf, io::Error)> {
    let open = |path: &Path| match fs::read(path) {
        Ok(bytes) => Ok(Input { name: displayed(path), bytes }),
        Err(error) => Err((path.to_owned(), error)),
    };
    let input = open(path)?;
    if input.is_archive() {
        return Ok(vec![input]);
    }
    match group(&input.bytes) {
        Some(files) => files.iter().map(|file| open(Path::new(file))).collect(),
        None => Ok(vec![input]),
    }
}

/// The files in a linker script that does nothing but name a group of them.
fn group(script: &[u8]) -> Option<Vec<String>> {
    let mut text = String::from_utf8(script.to_vec()).ok()?;
    while let Some(start) = text.find("/*") {
        let end = start + text[start..].find("*/")? + 2;
        text.replace_range(start..end, " ");
    }
    let mut files = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (command, after) = rest.split_once('(')?;
        let (list, after) = after.split_once(')')?;
        match command.trim() {
            "GROUP" => {
                files.extend(list.split([',', ' ', '\t', '\r', '\n']).filter(|f| !f.is_empty()).map(str::to_owned))
            }
            "OUTPUT_FORMAT" => {}
            _ => return None,
        }
        rest = after.trim();
    }
    Some(files)
}

/// An object in an archive.
struct Member<'d> {
    name: String,
    data: &'d [u8],
}

/// Adds the objects of `libraries` that define what is not defined yet, [`ENTRY`] among it, and what those need in turn.
/// Gives their names.
///
/// # Errors
/// If a library is not an archive of objects for the machine.
pub fn add_needed<'d>(program: &mut Program<'d>, libraries: &'d [Input]) -> Result<Vec<String>, Error> {
    let mut index = HashMap::new();
    let mut members: Vec<Member<'d>> = Vec::new();
    for library in libraries {
        let corrupt = |error| error!(library.name, "not an archive of object files: {error}");
        let before = members.len();
        let archive = ArchiveFile::parse(&library.bytes[..]).map_err(corrupt)?;
        for member in archive.members() {
            let member = member.map_err(corrupt)?;
            let (name, data) = (name(member.name()), member.data(&library.bytes[..]).map_err(corrupt)?);
            let name = format!("{}:{name}", library.name);
            for symbol in elf::interface(program.machine, &name, data)? {
                if symbol.place != Place::Undefined {
                    // The first library that has a name, and in it the last member: MicroPython's linker takes that one.
                    let member = index.entry(symbol.name).or_insert(members.len());
                    if *member >= before {
                        *member = members.len();
                    }
                }
            }
            members.push(Member { name, data });
        }
    }
    let (mut defined, mut needed) = (HashSet::new(), VecDeque::from([ENTRY]));
    let mut added = Vec::new();
    let mut seen = 0;
    loop {
        for symbol in program.objects[seen..].iter().flat_map(|object| &object.symbols) {
            match (symbol.binding, symbol.place) {
                (Binding::Local, _) | (Binding::Weak, Place::Undefined) => {}
                (Binding::Global, Place::Undefined) => needed.push_back(symbol.name),
                _ => drop(defined.insert(symbol.name)),
            }
        }
        seen = program.objects.len();
        let Some(member) = std::iter::from_fn(|| needed.pop_front())
            .find_map(|name| index.get(name).filter(|_| !defined.contains(name)))
        else {
            return Ok(added);
        };
        let Member { name, data } = &members[*member];
        program.add_object(name, data)?;
        added.push(name.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_name_groups_of_files() {
        let script = b"/* a comment */\nOUTPUT_FORMAT(elf64-x86-64)\nGROUP ( /lib/libm-2.36.a, /lib/libmvec.a )\n";
        assert_eq!(group(script).unwrap(), ["/lib/libm-2.36.a", "/lib/libmvec.a"]);
        assert_eq!(group(b"INPUT ( libm.a )"), None);
        assert_eq!(group(b"GROUP ( libm.a /* "), None);
        assert_eq!(group(b"\x7fELF"), None);
    }
}
