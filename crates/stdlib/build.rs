//! Freezes the library's Python: compiles what is in `python` into an image that runs where it lies.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use berus_compiler::{Options, compile};
use berus_mpy::romfs::Tree;

/// What each feature freezes: files, and packages, whose names end in `/`.
const FROZEN: [(&str, &[&str]); 6] = [
    ("ARGPARSE", &["argparse.py"]),
    ("ASYNCIO", &["asyncio/", "uasyncio.py"]),
    ("MIP", &["mip/"]),
    ("REQUESTS", &["requests/"]),
    ("RP2", &["rp2.py"]),
    ("TLS", &["ssl.py"]),
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=python");
    let mut tree = Tree::default();
    for (feature, names) in FROZEN {
        if env::var_os(format!("CARGO_FEATURE_{feature}")).is_some() {
            names.iter().try_for_each(|name| freeze(&mut tree, name))?;
        }
    }
    let image = Path::new(&env::var_os("OUT_DIR").ok_or("cargo says where to")?).join("frozen.romfs");
    Ok(fs::write(image, tree.to_image())?)
}

/// Puts a module into the image, or all modules of a package, whose name ends in `/`.
fn freeze(tree: &mut Tree<'_>, name: &str) -> Result<(), Box<dyn Error>> {
    let path = Path::new("python").join(name);
    if name.ends_with('/') {
        let mut names = Vec::new();
        for entry in fs::read_dir(path)? {
            names.push(format!("{name}{}", entry?.file_name().to_string_lossy()));
        }
        names.sort();
        return names.iter().filter(|name| name.ends_with(".py")).try_for_each(|name| freeze(tree, name));
    }
    let options = Options { source_name: name.as_bytes(), ..Options::default() };
    let module = compile(&fs::read(path)?, &options).map_err(|error| format!("{name}: {error}"))?;
    Ok(tree.insert(&name.replace(".py", ".mpy"), module.to_bytes())?)
}
