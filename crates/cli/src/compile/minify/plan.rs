//! Which names of a closed set of modules can be shorter, or absent.
//!
//! A private name is one that begins with `_` and does not end with `__`. It gets a short name, which begins with `_` too, in
//! all modules alike; so it makes no difference to whoever writes it as an identifier. It stays as it is where something else
//! may know it:
//!
//! - a string of the set has it as a word, or a call passes it as a keyword;
//! - MicroPython itself has the name, a module is called so, or nothing in the set binds it;
//! - it stands in a module that sees its own names or makes names of values (`globals`, `getattr` with what is no plain
//!   string, `__dict__`, ...), or begins or ends with a string of such a module, which may be a part of what that makes; a single
//!   `_` counts in modules that import that one;
//! - it is an attribute in a module that imports, by itself or by others, one in Python that is not in the set, whose classes may
//!   have an attribute of that name.
//!
//! A positional parameter keeps its name where a call in the set passes a keyword of that name. It does so, too, where a string is
//! the name, or a list of names with this one, since such may be a key of what `**` passes; and if a call passes what is neither a
//! variable nor an attribute, such as `**x.__dict__`, where an attribute or global has the name.

use std::collections::{BTreeMap, BTreeSet};

use berus_compiler::Minify;

use super::survey::{Import, Survey, Text};

/// Private names that MicroPython's own code uses, that in C (`MP_QSTR__*` in its sources) and all releases of its `asyncio`.
const KNOWN: [&[u8]; 22] = [
    b"_Remove",
    b"_asdict",
    b"_asyncio",
    b"_attrs",
    b"_build",
    b"_dequeue",
    b"_enqueue",
    b"_exc_context",
    b"_exc_handler",
    b"_flag",
    b"_io_queue",
    b"_machine",
    b"_mpy",
    b"_promote_to_task",
    b"_run",
    b"_serve",
    b"_ssl",
    b"_stop_task",
    b"_stopper",
    b"_task_queue",
    b"_thread",
    b"_uasyncio",
];

/// Modules that MicroPython itself has, whose private names are among [`KNOWN`]; also by an older name, with `u` before.
const BUILT_IN: [&str; 55] = [
    "alif",
    "array",
    "asyncio",
    "binascii",
    "bluetooth",
    "btree",
    "builtins",
    "cmath",
    "collections",
    "cryptolib",
    "deflate",
    "errno",
    "esp",
    "esp32",
    "ffi",
    "framebuf",
    "gc",
    "hashlib",
    "heapq",
    "io",
    "jni",
    "js",
    "json",
    "lwip",
    "machine",
    "marshal",
    "math",
    "micropython",
    "mimxrt",
    "network",
    "nrf",
    "openamp",
    "os",
    "platform",
    "pyb",
    "random",
    "re",
    "renesas",
    "samd",
    "select",
    "socket",
    "stm",
    "string",
    "struct",
    "sys",
    "termios",
    "time",
    "tls",
    "ubluepy",
    "uctypes",
    "vfs",
    "websocket",
    "weakref",
    "zephyr",
    "zsensor",
];

/// What is decided of the names of a set of modules.
#[derive(Debug, Default)]
pub struct Plan {
    /// For the compiler.
    pub minify: Minify,
    /// Private names that keep their names, by the reason.
    pub kept: BTreeMap<Reason, BTreeSet<Text>>,
    /// How many parameters there are that go by position or keyword, and how many of them lose their names.
    pub parameters: usize,
    /// How many parameters lose their names.
    pub nameless: usize,
}

/// Why a private name stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The user says so.
    Asked,
    /// MicroPython or a module has the name.
    Known,
    /// A string has it, or a call passes it as a keyword.
    Spoken,
    /// Nothing binds it.
    Unbound,
    /// A module that names what it uses by values has it.
    Shown,
    /// A module that stands on one outside of the set has it.
    Outside,
    /// It is short.
    Short,
}

impl Plan {
    /// Plans for modules with these names and surveys; `keep` are names that stay as they are.
    pub fn new(modules: &[(Vec<Text>, Survey)], keep: &BTreeSet<Text>) -> Plan {
        let all = |part: fn(&Survey) -> &BTreeSet<Text>| -> BTreeSet<&Text> {
            modules.iter().flat_map(|(_, survey)| part(survey)).collect()
        };
        let (words, strings) = (all(|survey| &survey.words), all(|survey| &survey.strings));
        let (bound, listed, keywords) =
            (all(|survey| &survey.bound), all(|survey| &survey.listed), all(|survey| &survey.keywords));
        let imports = modules.iter().flat_map(|(_, survey)| &survey.imports);
        let mut known: BTreeSet<&[u8]> = imports.flat_map(|import| &import.path).map(Vec::as_slice).collect();
        known.extend(modules.iter().flat_map(|(path, _)| path).map(Vec::as_slice));
        known.extend(KNOWN);
        let of = |part: fn(&Survey) -> &BTreeSet<Text>, is_in: &dyn Fn(usize, &Survey) -> bool| -> BTreeSet<&Text> {
            let surveys = modules.iter().map(|(_, survey)| survey).enumerate();
            surveys.filter(|(number, survey)| is_in(*number, survey)).flat_map(|(_, survey)| part(survey)).collect()
        };
        let shown = of(|survey| &survey.identifiers, &|_, survey| survey.shows_names.is_some());
        let fragments = of(|survey| &survey.fragments, &|_, survey| survey.shows_names.is_some());
        let is_made = |name: &Text| {
            let mut parts = fragments.iter().filter(|part| part.len() > 1);
            parts.any(|part| name.starts_with(part) || name.ends_with(part))
        };
        let makes_private = |survey: &Survey| survey.shows_names.is_some() && survey.fragments.contains(&b"_"[..]);
        let stands_on_maker = standing_on(modules, makes_private);
        let made = of(|survey| &survey.attributes, &|number, _| stands_on_maker[number]);
        let stands_outside =
            standing_on(modules, |survey| survey.imports.iter().any(|import| is_outside(import, modules)));
        let outside = of(|survey| &survey.attributes, &|number, _| stands_outside[number]);

        let mut plan = Plan::default();
        let mut free = Vec::new();
        for name in listed.into_iter().filter(|name| is_private(name)) {
            let reason = if keep.contains(name) {
                Reason::Asked
            } else if known.contains(&**name) {
                Reason::Known
            } else if words.contains(name) || keywords.contains(name) {
                Reason::Spoken
            } else if !bound.contains(name) {
                Reason::Unbound
            } else if shown.contains(name) || made.contains(name) || is_made(name) {
                Reason::Shown
            } else if outside.contains(name) {
                Reason::Outside
            } else {
                free.push(name);
                continue;
            };
            plan.kept.entry(reason).or_default().insert(name.clone());
        }

        // The name that is in most modules and longest gets the shortest.
        let count = |name: &Text| modules.iter().filter(|(_, survey)| survey.listed.contains(name)).count();
        free.sort_by_cached_key(|name| (std::cmp::Reverse(count(name) * name.len()), *name));
        let taken = all(|survey| &survey.identifiers);
        let mut short =
            short_names().filter(|name| !taken.contains(name) && !words.contains(name) && !known.contains(&**name));
        let mut next = short.next().unwrap_or_default();
        for name in free {
            if next.len() >= name.len() {
                plan.kept.entry(Reason::Short).or_default().insert(name.clone());
                continue;
            }
            let new = std::mem::replace(&mut next, short.next().unwrap_or_default());
            plan.minify.names.insert(name.clone(), new);
        }

        let any = modules.iter().any(|(_, survey)| survey.passes_any_mapping);
        let passed = strings.into_iter().chain(bound.into_iter().filter(|_| any));
        let renamed = |name: &Text| plan.minify.names.get(name).unwrap_or(name).clone();
        let spoken: BTreeSet<Text> = keywords.into_iter().chain(passed).chain(keep).map(renamed).collect();
        let parameters = modules.iter().flat_map(|(_, survey)| survey.parameters.iter().flatten());
        (plan.parameters, plan.nameless) = parameters
            .filter(|name| **name != b"*")
            .fold((0, 0), |(all, nameless), name| (all + 1, nameless + usize::from(!spoken.contains(&renamed(name)))));
        plan.minify.keywords = Some(spoken);
        let has = |name: &[u8]| {
            modules.iter().any(|(_, survey)| survey.identifiers.contains(name) || survey.words.contains(name))
        };
        plan.minify.anonymous_classes = !has(b"__qualname__") && !has(b"__module__");
        plan.minify.unlisted_imports = !modules.iter().any(|(_, survey)| survey.bound.contains(&b"__import__"[..]));
        plan.minify.unnamed_comprehensions = true;
        plan
    }
}

/// Whether a name is private: by its first byte, unless the language itself has a meaning for it.
fn is_private(name: &[u8]) -> bool {
    name.starts_with(b"_") && !name.ends_with(b"__") && name.iter().all(|&c| c.is_ascii_alphanumeric() || c == b'_')
}

/// Whether an import is of a module in Python that is not in the set.
fn is_outside(import: &Import, modules: &[(Vec<Text>, Survey)]) -> bool {
    let is_built_in = |name: &[u8]| {
        let has = |name: &[u8]| BUILT_IN.iter().any(|known| known.as_bytes() == name);
        // What begins so is in C in MicroPython and in CPython alike.
        has(name) || name.strip_prefix(b"u").is_some_and(has) || name.starts_with(b"_")
    };
    let is_in_set = |name: &[u8]| modules.iter().any(|(path, _)| path.iter().any(|part| part == name));
    import.level == 0 && import.path.first().is_some_and(|name| !is_in_set(name) && !is_built_in(name))
}

/// Of each module, whether it is `such`, or imports one that is, by itself or by others.
fn standing_on(modules: &[(Vec<Text>, Survey)], such: impl Fn(&Survey) -> bool) -> Vec<bool> {
    let mut found: Vec<bool> = modules.iter().map(|(_, survey)| such(survey)).collect();
    loop {
        let others: Vec<_> = modules.iter().zip(&found).filter(|(_, is)| **is).map(|(other, _)| &*other.0).collect();
        let imports_one = |path: &[Text], survey: &Survey| {
            survey.imports.iter().any(|import| others.iter().any(|other| may_mean(import, path, other)))
        };
        let next: Vec<bool> =
            modules.iter().zip(&found).map(|((path, survey), &was)| was || imports_one(path, survey)).collect();
        if next == found {
            return found;
        }
        found = next;
    }
}

/// Whether an import in the module of a path may be of the module `other`, wherever the folders lie that modules are looked for in.
fn may_mean(import: &Import, path: &[Text], other: &[Text]) -> bool {
    let package = &path[..path.len().saturating_sub(import.level)];
    let ends =
        |tail: &[&Text]| tail.len() <= other.len() && other.iter().rev().zip(tail.iter().rev()).all(|(a, b)| a == *b);
    let module: Vec<&Text> = import.path.iter().collect();
    // The packages that a module is in are imported with it.
    let mut tails = (1..=module.len()).map(|len| &module[..len]);
    let is_named = tails.any(ends) || import.members.iter().any(|member| ends(&[&*module, &[member]].concat()));
    is_named && (import.level == 0 || other.starts_with(package))
}

/// Private names, the shortest first.
fn short_names() -> impl Iterator<Item = Text> {
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    (0_usize..).map(|mut number| {
        let mut name = vec![b'_'];
        loop {
            name.push(LETTERS[number % LETTERS.len()]);
            number /= LETTERS.len();
            if number == 0 {
                return name;
            }
            number -= 1;
        }
    })
}

#[cfg(test)]
mod tests {
    use berus_compiler::Options;

    use super::*;

    fn plan(sources: &[(&str, &str)]) -> Plan {
        let survey = |source: &str| Survey::of(source.as_bytes(), &Options::default()).unwrap();
        let path = |name: &str| name.split('/').map(|part| part.as_bytes().to_vec()).collect();
        let modules: Vec<_> = sources.iter().map(|(name, source)| (path(name), survey(source))).collect();
        Plan::new(&modules, &[b"_asked".to_vec()].into())
    }

    fn renamed(source: &str) -> Vec<String> {
        let names = plan(&[("m", source)]).minify.names;
        names.into_keys().map(|name| String::from_utf8(name).unwrap()).collect()
    }

    #[test]
    fn private_names_become_short() {
        let source =
            "_first = 1\nclass _Second:\n    def _third(self): self._fourth = 1\n    def __fifth(self): pass\n";
        assert_eq!(renamed(source), ["_Second", "__fifth", "_first", "_fourth", "_third"]);
        let names = plan(&[("m", source), ("n", "_a = 1\nprint('_b')")]).minify.names;
        let short: BTreeSet<_> = names.values().collect();
        assert!(names.values().all(|name| name.len() == 2 && name.starts_with(b"_")));
        assert!(short.len() == 5 && !short.contains(&b"_a".to_vec()) && !short.contains(&b"_b".to_vec()));
    }

    #[test]
    fn names_that_something_else_may_know_stay() {
        for source in [
            "_name = 1\nprint('the _name')",
            "_name = 1\nf(_name=2)",
            "x._name",
            "_name = 1\nglobals()",
            "_name = 1\nimport _name",
            "import logging\nclass A(logging.Handler):\n    def _name(self): pass",
            "x._asdict = 1",
            "import asyncio\nx._io_queue = 1",
            "_asked = 1",
            "public = 1\nx.__init__ = 1",
            "def f(x):\n    _name = 1\n    return lambda: _name",
            "_name = 1\nx._name.__name__",
        ] {
            assert!(renamed(source).is_empty(), "{source}: {:?}", renamed(source));
        }
        assert_eq!(renamed("import os, usocket\nfrom .m import x\n_name = 1"), ["_name"]);
        assert_eq!(renamed("import asyncio\nclass A(asyncio.Event):\n    def _name(self): pass"), ["_name"]);
    }

    #[test]
    fn what_stands_on_modules_outside_keeps_its_names() {
        let plan = plan(&[
            ("a", "import b\nx._name_of_a = 1\n_global = 1"),
            ("b", "from c import d\nx._name_of_b = 1"),
            ("c", "import elsewhere\nclass C:\n    _name_of_c = 1"),
            ("e", "import os\nx._name_of_e = 1"),
        ]);
        assert_eq!(plan.minify.names.keys().collect::<Vec<_>>(), ["_global", "_name_of_e"].map(str::as_bytes));
        assert_eq!(plan.kept[&Reason::Outside].len(), 3);
    }

    #[test]
    fn names_that_may_be_made_of_parts_stay() {
        let maker = |part: &str| format!("def set(x, key):\n    setattr(x, '{part}' + key, 1)\n");
        let user = "import maker\nx._get_name = 1";
        for (part, others, kept) in [
            ("_", user, true),
            ("_get_", user, true),
            ("_get_", "x._get_name = 1", true),
            ("name", user, true),
            ("_", "x._get_name = 1", false),
            ("get a", user, false),
        ] {
            let names = plan(&[("maker", &maker(part)), ("user", others)]).minify.names;
            assert_eq!(names.is_empty(), kept, "{part}: {others}");
        }
    }

    #[test]
    fn imports_mean_modules_by_the_end_of_their_paths() {
        let text = |path: &str| path.split('/').map(|part| part.as_bytes().to_vec()).collect::<Vec<_>>();
        let import = |level, path: &str, members: &str| Import {
            level,
            path: if path.is_empty() { Vec::new() } else { text(path) },
            members: text(members),
        };
        for (import, other, means) in [
            (import(0, "a/b", "c"), "lib/a/b", true),
            (import(0, "a/b", "c"), "lib/a/b/c", true),
            (import(0, "a/b", "c"), "lib/a", true),
            (import(0, "a/b", "c"), "lib/x/b", false),
            (import(0, "a", "c"), "lib/c", false),
            (import(1, "", "c"), "lib/pkg/c", true),
            (import(1, "", "c"), "lib/other/c", false),
            (import(1, "b", "c"), "lib/pkg/b", true),
            (import(2, "b", "c"), "lib/b", true),
        ] {
            assert_eq!(may_mean(&import, &text("lib/pkg/mod"), &text(other)), means, "{import:?} {other}");
        }
    }

    #[test]
    fn parameters_that_no_call_can_pass_by_keyword_lose_their_names() {
        let plain = plan(&[("m", "def f(a, b, *c, d=1, **e): pass\nf(a=1)\nx = 'b'"), ("n", "def g(h, b): pass")]);
        assert_eq!((plain.parameters, plain.nameless), (4, 1));
        let mapped = plan(&[("m", "def f(a, b): pass\nf(**x.__dict__)\ny.a = 1")]);
        assert_eq!((mapped.parameters, mapped.nameless), (2, 1));
        let unmapped = plan(&[("m", "def f(a, b): pass\nf(**x)\ny.a = 1")]);
        assert_eq!((unmapped.parameters, unmapped.nameless), (2, 2));
    }

    #[test]
    fn short_names_are_all_different() {
        let names: Vec<_> = short_names().take(62 + 62 * 62 + 5).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        assert_eq!((names[61].len(), names[62].len(), names[62 + 62 * 62].len()), (2, 3, 4));
    }
}
