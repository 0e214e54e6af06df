//! Finding the file of a module.

use crate::data::builder::Builder;
use crate::import::frozen::frozen_kind;
use crate::model::error::Res;
use crate::model::layout::Module;
use crate::model::mounts::Kind;
use crate::model::protocols::Strs;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::convert::{Convert, Items};
use crate::q;
use crate::vfs::first_path;

/// The start of the paths that lead to frozen modules.
pub(super) const FROZEN: &[u8] = b".frozen/";

/// A form that a module can have: how its path ends, and what the path leads to.
type Form = (&'static [u8], Kind);

/// The forms of a module, in the order in which they are tried: a package, source, and a compiled file.
static FORMS: [Form; 3] = [(b"", Kind::Folder), (b".py", Kind::File), (b".mpy", Kind::File)];
/// The forms that are files.
static FILES: &[Form] = FORMS.split_at(1).1;

/// A module that was found.
pub(super) struct Found {
    /// The folder, if the module is a package.
    pub package: Option<Builder>,
    /// The file that runs as the module's body; a package need not have one.
    pub file: Option<Builder>,
}

/// The folders of `sys.path`.
pub(super) fn search_path(vm: &Vm) -> Res<Items> {
    let sys = vm.registered_modules()?.load(vm, q!("sys"));
    let assigned = sys.and_then(|sys| sys.downcast::<Module>());
    let path = assigned.and_then(|sys| sys.globals.load(vm, q!("path")));
    vm.items(path.unwrap_or(vm.path()))
}

/// Looks for the module `part` in each folder of `path`.
pub(super) fn find_in_path(vm: &Vm, path: Items, part: &[u8]) -> Res<Option<Found>> {
    let mut at = 0;
    // The search may run Python code that changes the path.
    while let Some(folder) = path.get(at) {
        if let Some(found) = find_in(vm, folder, part)? {
            return Ok(Some(found));
        }
        at += 1;
    }
    Ok(None)
}

/// Looks for the module `part` in `folder`: a package, source, or a compiled file.
pub(super) fn find_in(vm: &Vm, folder: Obj, part: &[u8]) -> Res<Option<Found>> {
    let folder = vm.str_or_bytes(folder)?;
    let separator: &[u8] = if folder.is_empty() { b"" } else { b"/" };
    let base = Builder::concat(vm, &[folder, separator, part])?;
    Ok(match first(vm, base.bytes(), &FORMS)? {
        None => None,
        Some((_, Kind::Folder)) => {
            let mut file = Builder::concat(vm, &[base.bytes(), b"/__init__"])?;
            let file = match first(vm, file.bytes(), FILES)? {
                Some((ending, _)) => {
                    file.extend(vm, ending)?;
                    Some(file)
                }
                None => None,
            };
            Some(Found { package: Some(base), file })
        }
        Some((ending, Kind::File)) => {
            let file = Builder::concat(vm, &[base.bytes(), ending])?;
            Some(Found { package: None, file: Some(file) })
        }
    })
}

/// The first of `forms` in which there is a module at the path `base`.
fn first(vm: &Vm, base: &[u8], forms: &[Form]) -> Res<Option<Form>> {
    let Some(base) = base.strip_prefix(FROZEN) else {
        let place = first_path(vm, base, forms)?;
        return Ok(place.and_then(|place| forms.get(place).copied()));
    };
    for form in forms {
        if frozen_kind(vm, Builder::concat(vm, &[base, form.0])?.bytes()) == Some(form.1) {
            return Ok(Some(*form));
        }
    }
    Ok(None)
}
