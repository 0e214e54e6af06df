//! What a file system is to whom uses it, to compare file systems with; and programs that change one.

use std::collections::BTreeMap;
use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

/// A step of a program that changes a file system.
#[derive(Clone, Debug)]
pub enum Step {
    /// To a file: all that it has to hold, with mode `w`, or what is to be added, with `a`.
    Write(String, &'static str, Vec<u8>),
    Mkdir(String),
    Remove(String),
    Rename(String, String),
}

/// All that is in a file system: folders end with a slash.
pub type Content = BTreeMap<String, Vec<u8>>;

/// Bytes that tell where they belong.
pub fn data(seed: usize, len: usize) -> Vec<u8> {
    (0..len).map(|n| (n * 7 + n / 256 + seed * 31) as u8).collect()
}

/// The folder that something is in, with a slash.
fn parent(path: &str) -> &str {
    &path[..=path.trim_end_matches('/').rfind('/').unwrap_or(0)]
}

/// Does what a step says, or nothing if it is an error. Whether it is done.
pub fn apply(all: &mut Content, step: &Step) -> bool {
    let folder = |path: &str| format!("{path}/");
    let can_be = |all: &Content, path: &str| parent(path) == "/" || all.contains_key(parent(path));
    let is_empty = |all: &Content, folder: &str| !all.keys().any(|path| path.starts_with(folder) && path != folder);
    match step {
        Step::Write(path, mode, bytes) => {
            if all.contains_key(&folder(path)) || !can_be(all, path) {
                return false;
            }
            let file = all.entry(path.clone()).or_default();
            if *mode == "w" {
                file.clear();
            }
            file.extend(bytes);
        }
        Step::Mkdir(path) => {
            if all.contains_key(path) || all.contains_key(&folder(path)) || !can_be(all, path) {
                return false;
            }
            all.insert(folder(path), Vec::new());
        }
        Step::Remove(path) => {
            if all.remove(path).is_none() {
                let folder = folder(path);
                return is_empty(all, &folder) && all.remove(&folder).is_some();
            }
        }
        Step::Rename(old, new) => {
            let (from, to) = (folder(old), folder(new));
            if !can_be(all, new) || to.starts_with(&from) {
                return false;
            }
            if all.contains_key(&from) {
                if all.contains_key(new) || all.contains_key(&to) {
                    return false;
                }
                let moved: Vec<_> = all.keys().filter(|path| path.starts_with(&from)).cloned().collect();
                for path in moved {
                    let bytes = all.remove(&path).unwrap_or_default();
                    all.insert(path.replacen(&from, &to, 1), bytes);
                }
            } else {
                if all.contains_key(&to) {
                    return false;
                }
                let Some(bytes) = all.remove(old) else { return false };
                all.insert(new.clone(), bytes);
            }
        }
    }
    true
}

/// Numbers that look random, and are the same each time.
pub struct Numbers(pub u32);

impl Numbers {
    /// One below `limit`.
    pub fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) % limit
    }
}

/// A random program, some of whose steps are errors, and what is there after each.
pub struct Random {
    numbers: Numbers,
    pub content: Content,
}

impl Random {
    pub fn new(seed: u32) -> Random {
        Random { numbers: Numbers(seed), content: Content::new() }
    }

    fn below(&mut self, limit: usize) -> usize {
        self.numbers.below(limit as u32) as usize
    }

    fn path(&mut self) -> String {
        const NAMES: [&str; 7] = ["a", "b.txt", "c", "A name that is longer.text", "d", "folder", "e"];
        let mut path = String::new();
        for _ in 0..1 + self.below(3) {
            path += &format!("/{}", NAMES[self.below(NAMES.len())]);
        }
        path
    }

    /// A path that is there, mostly.
    fn known(&mut self) -> String {
        if self.content.is_empty() || self.below(8) == 0 {
            return self.path();
        }
        let n = self.below(self.content.len());
        self.content.keys().nth(n).map_or_else(String::new, |path| path.trim_end_matches('/').to_string())
    }

    /// The next step, and whether it can be done.
    pub fn step(&mut self) -> (Step, bool) {
        let step = loop {
            let step = match self.below(10) {
                0 | 1 => Step::Mkdir(self.path()),
                2 | 3 => Step::Remove(self.known()),
                4 | 5 => Step::Rename(self.known(), self.path()),
                6 => Step::Rename(self.known(), self.known()),
                7 => Step::Write(self.known(), "a", data(self.below(50), self.below(300))),
                _ => {
                    let most = [20, 300, 2000][self.below(3)];
                    Step::Write(self.path(), "w", data(self.below(50), self.below(most)))
                }
            };
            // What takes the place of what, or of itself, differs from one file system to another.
            let is_folder = |path: &str| self.content.contains_key(&format!("{path}/"));
            match &step {
                Step::Rename(old, new) if old == new || is_folder(new) => {}
                Step::Rename(old, new) if is_folder(old) && self.content.contains_key(new) => {}
                _ => break step,
            }
        };
        let done = apply(&mut self.content, &step);
        (step, done)
    }

    /// So many steps that can be done.
    pub fn steps(seed: u32, count: usize) -> Vec<Step> {
        let mut random = Random::new(seed);
        let all = core::iter::repeat_with(|| random.step());
        all.filter(|(_, done)| *done).map(|(step, _)| step).take(count).collect()
    }
}
