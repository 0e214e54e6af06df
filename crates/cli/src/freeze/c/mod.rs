//! Frozen modules as C, for MicroPython's own builds: what a build compiles as `frozen_content.c`.
//!
//! The facts of what MicroPython expects are those of its `py/frozenmod.c`, `py/emitglue.h`, `py/qstr.h` and `py/objint.h`, and of the files
//! that its `tools/mpy-tool.py` and `tools/makemanifest.py` make. Sizes of digits, hashes and floats are left to the preprocessor, so that
//! one file serves all settings of a build. Only its names have to be known: the number of a name that it has must not be given twice.

mod code;
mod names;
mod object;

use std::fmt::Write;

use berus_mpy::Module;

use code::Code;
pub use names::Known;
use names::Names;

/// What goes before all modules.
const HEAD: &str = r#"// Frozen modules, made by `berus freeze --c`.
#include <stdint.h>

#include "py/mpconfig.h"
#include "py/objint.h"
#include "py/objstr.h"
#include "py/objtuple.h"
#include "py/emitglue.h"
#include "py/nativeglue.h"

#if MICROPY_PY_BUILTINS_FLOAT
typedef struct { mp_obj_base_t base; mp_float_t value; } frozen_float_t;
#endif
#if MICROPY_PY_BUILTINS_COMPLEX
typedef struct { mp_obj_base_t base; mp_float_t real; mp_float_t imag; } frozen_complex_t;
#endif

// No hash is 0.
#if MICROPY_QSTR_BYTES_IN_HASH == 1
#define FROZEN_HASH(hash) (((hash) & 0xff) ? ((hash) & 0xff) : 1)
#else
#define FROZEN_HASH(hash) ((hash) ? (hash) : 1)
#endif
"#;

/// The C source with `files`, each with its path as imports look for it. Those that are no modules are frozen as they are.
///
/// # Errors
/// The file that cannot be frozen, and why.
pub fn source(files: &[(String, Vec<u8>)], known: &Known) -> Result<String, (String, String)> {
    let mut modules = Vec::new();
    let mut texts = Vec::new();
    for (path, data) in files {
        let Some(stem) = path.strip_suffix(".mpy") else {
            texts.push((path.as_str(), data.as_slice()));
            continue;
        };
        let (module, _) = Module::from_bytes(data).map_err(|error| (path.clone(), error.to_string()))?;
        // Imports look for the source.
        modules.push((format!("{stem}.py"), module));
    }
    let names = Names::of(modules.iter().map(|(_, module)| module), known);
    let mut out = HEAD.to_owned();
    names.write(&mut out);
    for (number, (path, module)) in modules.iter().enumerate() {
        let file = || path.strip_suffix("py").map_or(path.clone(), |stem| format!("{stem}mpy"));
        frozen(&mut out, number, path, module, &names).map_err(|why| (file(), why))?;
    }
    lists(&mut out, &texts, &modules);
    Ok(out)
}

/// Appends a module.
fn frozen(out: &mut String, number: usize, path: &str, module: &Module<'_>, names: &Names<'_>) -> Result<(), String> {
    let _ = writeln!(out, "\n// {}", path.escape_default());
    for id in (0..module.codes.len()).rev() {
        // Children come after what they are children of, and have to be there before it.
        Code { module, number, id }.write(out)?;
    }
    if !module.qstrs.is_empty() {
        let _ = writeln!(out, "static const qstr_short_t names_{number}[] = {{");
        for name in &module.qstrs {
            let _ = writeln!(out, "    {},", names.identifier(name.as_bytes()));
        }
        out.push_str("};\n");
    }
    let mut objects = Vec::new();
    for (n, constant) in module.constants.iter().enumerate() {
        objects.push(object::write(out, &format!("object_{number}_{n}"), constant, names)?);
    }
    if !objects.is_empty() {
        let _ =
            writeln!(out, "static const mp_rom_obj_t objects_{number}[] = {{\n    {},\n}};", objects.join(",\n    "));
    }
    let table = |name: &str, kind: &str, is_empty: bool| match is_empty {
        true => "NULL".to_owned(),
        false => format!("({kind} *)&{name}_{number}"),
    };
    let _ = writeln!(
        out,
        "static const mp_frozen_module_t module_{number} = {{\n    .constants = {{\n        .qstr_table = {},\n        .obj_table = {},\n    \
         }},\n    .proto_fun = &code_{number}_0,\n}};",
        table("names", "qstr_short_t", module.qstrs.is_empty()),
        table("objects", "mp_obj_t", module.constants.is_empty()),
    );
    Ok(())
}

/// Appends the tables of all files.
fn lists(out: &mut String, texts: &[(&str, &[u8])], modules: &[(String, Module<'_>)]) {
    out.push_str("\nconst uint32_t mp_frozen_str_sizes[] = { ");
    texts.iter().for_each(|(_, text)| {
        let _ = write!(out, "{}, ", text.len());
    });
    out.push_str("0 };\nconst char mp_frozen_str_content[] = {\n");
    for (_, text) in texts {
        bytes(out, text);
        out.push_str("    0,\n");
    }
    out.push_str("    0\n};\n\nconst char mp_frozen_names[] =\n");
    let paths = texts.iter().map(|(path, _)| *path).chain(modules.iter().map(|(path, _)| path.as_str()));
    for path in paths {
        let _ = writeln!(out, "    {} \"\\0\"", literal(path.as_bytes()));
    }
    out.push_str("    \"\\0\";\n\nconst mp_frozen_module_t *const mp_frozen_mpy_content[] = {\n");
    for number in 0..modules.len() {
        let _ = writeln!(out, "    &module_{number},");
    }
    out.push_str("    NULL,\n};\n\n#ifdef MICROPY_FROZEN_LIST_ITEM\n");
    for (path, _) in modules {
        let name = path.strip_suffix("/__init__.py").or(path.strip_suffix(".py")).unwrap_or(path);
        let _ = writeln!(out, "MICROPY_FROZEN_LIST_ITEM({}, {})", literal(name.as_bytes()), literal(path.as_bytes()));
    }
    out.push_str("#endif\n");
}

/// Appends bytes as items of an array.
fn bytes(out: &mut String, bytes: &[u8]) {
    for row in bytes.chunks(16) {
        out.push_str("   ");
        row.iter().for_each(|byte| {
            let _ = write!(out, " 0x{byte:02x},");
        });
        out.push('\n');
    }
}

/// A string of C.
fn literal(text: &[u8]) -> String {
    let plain = |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\' | b'?');
    let mut out = "\"".to_owned();
    if text.iter().all(plain) {
        out.extend(text.iter().map(|&byte| char::from(byte)));
    } else {
        // After a number a digit would be part of it, so that all is in numbers.
        text.iter().for_each(|byte| {
            let _ = write!(out, "\\x{byte:02x}");
        });
    }
    out + "\""
}

/// The hash of a name or string, of which a build keeps one byte or two.
fn hash(text: &[u8]) -> u16 {
    text.iter().fold(5381, |hash: u16, &byte| hash.wrapping_mul(33) ^ u16::from(byte))
}
