//! The rooms of the runtime: what a file names lies in its own room or in one below.
//!
//! The test reads every path in the crate's sources, those of `use` lines and those in code, and finds the file that
//! each leads to. `ARCHITECTURE.md` says what each room is for; the order below is the one list of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms from the bottom up: folders or files of `src`.
const ROOMS: [&str; 16] = [
    "heap",
    "text",
    "errno",
    "host",
    "qstr",
    "model",
    "data",
    "ops",
    "obj",
    "services",
    "interpret",
    "vfs",
    "native",
    "import",
    "modules",
    "repl",
];

/// Files above all rooms: the root of the crate, and where an interpreter is put together.
const ROOF: [&str; 2] = ["lib", "compose"];

/// The room in which the state of an interpreter is, and so methods of `Vm` that are not those of a trait.
const STATE: &str = "model";

/// The most files that may lean on each other in a circle: numbers and text, which are made of each other.
const LARGEST_CIRCLE: usize = 26;

/// A file by its module path, as `["obj", "list"]`, with what it names.
struct File {
    module: Vec<String>,
    text: String,
}

impl File {
    /// Where the file's room is in [`ROOMS`]; above all of them for a file of [`ROOF`].
    fn height(&self) -> usize {
        let first = self.module.first().map_or("lib", String::as_str);
        match ROOMS.iter().position(|room| *room == first) {
            Some(height) => height,
            None => {
                assert!(ROOF.contains(&first), "{first} is in no room: add it to the list of rooms");
                ROOMS.len()
            }
        }
    }

    fn name(&self) -> String {
        self.module.join("::")
    }
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// All files below `folder`, with the text that is left without comments, strings and inner test modules.
fn files(folder: &Path, module: &[String], found: &mut Vec<File>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let mut module = module.to_vec();
        if path.is_dir() {
            module.push(stem);
            files(&path, &module, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            if stem != "mod" && stem != "lib" {
                module.push(stem);
            }
            found.push(File { module, text: code_of(&fs::read_to_string(&path).unwrap()) });
        }
    }
}

/// Source text without comments, without what is in strings and characters, and without the unit tests at its end.
fn code_of(source: &str) -> String {
    let source = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let mut code = String::new();
    let mut chars = source.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        let rest = &source[at..];
        let skip = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if char == '"' {
            string_end(rest)
        } else if char == '\'' && is_character(rest) {
            rest[1..].char_indices().find(|(i, c)| *c == '\'' && !(*i == 1 && rest[1..].starts_with('\\'))).unwrap().0
                + 2
        } else {
            code.push(char);
            continue;
        };
        while chars.peek().is_some_and(|(next, _)| *next < at + skip) {
            chars.next();
        }
    }
    code
}

/// Where the string that `text` begins with ends.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, char) in text.char_indices().skip(1) {
        match char {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Whether `text` begins with a character, not with a lifetime.
fn is_character(text: &str) -> bool {
    let mut chars = text.chars().skip(1);
    matches!((chars.next(), chars.next()), (Some('\\'), _) | (Some(_), Some('\'')))
}

/// The paths in `code` that start at `crate`, `super` or `self`, those of grouped imports each by itself.
fn paths(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for root in ["crate::", "super::", "self::"] {
        for (at, _) in code.match_indices(root) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|char| char.is_alphanumeric() || matches!(char, '_' | ':')) {
                continue;
            }
            tree(&code[at..], &[], &mut found);
        }
    }
    found
}

/// Reads one path, or a tree of an import, from the start of `text`; answers how long it is.
fn tree(text: &str, before: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let mut path = before.to_vec();
    let mut at = 0;
    loop {
        at += text[at..].len() - text[at..].trim_start().len();
        if text[at..].starts_with('{') {
            at += 1;
            loop {
                at += text[at..].len() - text[at..].trim_start_matches([' ', '\n', ',']).len();
                if at >= text.len() || text[at..].starts_with('}') {
                    return at + 1;
                }
                let len = tree(&text[at..], &path, found);
                at += len.max(1);
            }
        }
        let word: String = text[at..].chars().take_while(|char| char.is_alphanumeric() || *char == '_').collect();
        at += word.len();
        if !word.is_empty() {
            path.push(word);
        }
        if text[at..].starts_with("::") {
            at += 2;
        } else {
            found.push(path);
            // What an import calls the item by.
            let renamed = text[at..].strip_prefix(" as ").map_or(0, |rest| {
                4 + rest.find(|char: char| !char.is_alphanumeric() && char != '_').unwrap_or(rest.len())
            });
            return at + renamed;
        }
    }
}

/// For each file, which others it names.
fn edges(files: &[File]) -> Vec<BTreeSet<usize>> {
    let places: BTreeMap<&[String], usize> =
        files.iter().enumerate().map(|(number, file)| (file.module.as_slice(), number)).collect();
    let target = |file: &File, path: &[String]| -> Option<usize> {
        let mut full = match path[0].as_str() {
            "crate" => Vec::new(),
            _ => file.module.clone(),
        };
        for word in path {
            match word.as_str() {
                "crate" | "self" => {}
                "super" => drop(full.pop()),
                word => full.push(word.to_owned()),
            }
        }
        (1..=full.len()).rev().find_map(|len| places.get(&full[..len]).copied())
    };
    files
        .iter()
        .enumerate()
        .map(|(number, file)| {
            let named = paths(&file.text).into_iter().filter_map(|path| target(file, &path));
            named.filter(|other| *other != number).collect()
        })
        .collect()
}

/// The circles: groups of files each of which leads to all others of its group.
fn circles(edges: &[BTreeSet<usize>]) -> Vec<Vec<usize>> {
    let reach = |start: usize| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![start]);
        while let Some(file) = open.pop() {
            open.extend(edges[file].iter().copied().filter(|next| seen.insert(*next)));
        }
        seen
    };
    let reached: Vec<BTreeSet<usize>> = (0..edges.len()).map(reach).collect();
    let mut circles = Vec::new();
    let mut done = BTreeSet::new();
    for file in 0..edges.len() {
        if reached[file].contains(&file) && !done.contains(&file) {
            let circle: Vec<usize> =
                reached[file].iter().copied().filter(|other| reached[*other].contains(&file)).collect();
            done.extend(circle.iter().copied());
            circles.push(circle);
        }
    }
    circles
}

fn all() -> Vec<File> {
    let mut found = Vec::new();
    files(&source(), &[], &mut found);
    assert!(found.len() > 100, "the sources are not where they were");
    found
}

#[test]
fn no_file_names_a_room_above_its_own() {
    let files = all();
    let mut wrong = Vec::new();
    for (file, named) in files.iter().zip(edges(&files)) {
        for other in named {
            if files[other].height() > file.height() {
                wrong.push(format!("{} names {}", file.name(), files[other].name()));
            }
        }
    }
    assert!(wrong.is_empty(), "{} paths point up:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn circles_are_small_and_lie_in_one_room() {
    let files = all();
    for circle in circles(&edges(&files)) {
        let names: Vec<String> = circle.iter().map(|file| files[*file].name()).collect();
        assert!(circle.len() <= LARGEST_CIRCLE, "{} files in one circle: {}", circle.len(), names.join(", "));
        let rooms: BTreeSet<usize> = circle.iter().map(|file| files[*file].height()).collect();
        assert_eq!(rooms.len(), 1, "a circle through several rooms: {}", names.join(", "));
    }
}

#[test]
fn upper_rooms_add_to_the_interpreter_by_traits() {
    for file in all() {
        let own = file.module.first().is_some_and(|room| room == STATE || ROOF.contains(&room.as_str()));
        assert!(own || !file.text.contains("impl Vm {"), "{} adds methods to `Vm` without a trait", file.name());
    }
}
