//! The modules that a module imports, and those that lie beside it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use berus_mpy::Module;
use berus_mpy::bytecode::{Instruction, instructions};
use berus_mpy::module::{Kind, Qstr};
use berus_mpy::opcode::Op;

/// The top-level names of the modules that the bytecode of `module` imports, without those that are relative to its package.
pub fn imports(module: &Module<'_>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for code in module.codes.iter().filter(|code| code.kind == Kind::Bytecode) {
        let Some(Ok(prelude)) = code.prelude() else { continue };
        let mut level = None;
        let mut before: Option<Instruction> = None;
        for instruction in instructions(code.code.get(prelude.end()..).unwrap_or_default()).map_while(Result::ok) {
            if instruction.op == Op::ImportName
                && level == Some(0)
                && let Some(name) = module.qstrs.get(instruction.index() as usize).map(Qstr::as_bytes)
                && let Some(top) = name.split(|&c| c == b'.').next()
            {
                names.insert(String::from_utf8_lossy(top).into_owned());
            }
            // Below the name lie the list of names to import, which one instruction loads or builds last, and the level.
            match (instruction.op, before.map(|before| before.op)) {
                (Op::LoadConstSmallIntMulti | Op::LoadConstSmallInt, _) => level = Some(instruction.arg),
                (Op::LoadConstNone | Op::LoadConstObj | Op::LoadConstString | Op::BuildTuple, _) => {}
                _ => level = None,
            }
            before = Some(instruction);
        }
    }
    names
}

/// The modules that will lie beside others: those that are given together, and those in the folders of them.
#[derive(Debug, Default)]
pub struct Neighbours {
    names: BTreeSet<String>,
    folders: BTreeSet<PathBuf>,
}

impl Neighbours {
    /// The neighbours of the modules in these files.
    pub fn of<'p>(paths: impl Iterator<Item = &'p Path>) -> Neighbours {
        let mut neighbours = Neighbours::default();
        for path in paths {
            neighbours.names.extend(
                path.components()
                    .filter_map(|part| Some(Path::new(part.as_os_str()).file_stem()?.to_string_lossy().into_owned())),
            );
            neighbours.folders.extend(path.parent().map(PathBuf::from));
        }
        neighbours
    }

    /// Whether the module `name` lies there.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains(name)
            || self.folders.iter().any(|folder| {
                [name.to_owned(), format!("{name}.py"), format!("{name}.mpy")]
                    .iter()
                    .any(|file| folder.join(file).exists())
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_of_all_functions_but_relative_ones() {
        let source =
            b"import a.b, c\nfrom d import e, f\nfrom h import *\ndef g():\n    import c\nif __name__ == 'x':\n    \
            from . import i\n    from .j import k\n";
        let Ok(module) = berus_compiler::compile(source, &berus_compiler::Options::default()) else { panic!() };
        assert_eq!(imports(&module), ["a", "c", "d", "h"].map(String::from).into());
    }
}
