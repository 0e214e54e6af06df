//! What modules are made without when that is asked for.

use berus_compiler::{Minify, Options, compile};
use berus_mpy::{Module, lines};

fn made(source: &str, minify: Option<&Minify>) -> Module<'static> {
    let options = Options { source_name: b"m.py", minify, ..Options::default() };
    compile(source.as_bytes(), &options).expect("a program")
}

fn names(source: &str, minify: &Minify) -> Vec<String> {
    let module = made(source, Some(minify));
    module.qstrs.iter().map(|name| String::from_utf8_lossy(name.as_bytes()).into_owned()).collect()
}

#[test]
fn tables_list_what_code_uses_often_first() {
    let source = "rare\noften\nother\noften\noften\nother\n";
    assert_eq!(names(source, &Minify::default()), ["m.py", "often", "other", "<module>", "rare"]);
}

#[test]
fn what_control_does_not_reach_is_not_listed() {
    let source = "def f():\n    return 1\n    unreached(1.5, 'a string that is no name')\n";
    let plain = made(source, None);
    let small = made(source, Some(&Minify::default()));
    let has = |module: &Module<'_>| module.qstrs.iter().any(|name| name.as_bytes() == b"unreached");
    assert!(has(&plain) && plain.constants.len() == 2);
    assert!(!has(&small) && small.constants.is_empty());
}

#[test]
fn numbers_of_names_that_are_used_often_take_one_byte() {
    let mut source: String = (0..200).map(|number| format!("name{number}\n")).collect();
    source.push_str(&"name199\n".repeat(50));
    let (plain, small) = (made(&source, None), made(&source, Some(&Minify::default())));
    assert_eq!(plain.codes[0].code.len() - small.codes[0].code.len(), 50);
    assert_eq!(small.qstrs.len(), plain.qstrs.len());
}

#[test]
fn identifiers_are_renamed_and_strings_are_not() {
    let minify = Minify { names: [(b"_long".to_vec(), b"_l".to_vec())].into(), ..Minify::default() };
    let source = "from a import _long\nimport _long\nclass _long:\n    _long = '_long'\n    def _long(self): self._long(_long=f'{_long}')\n";
    let found = names(source, &minify);
    assert!(found.contains(&"_l".into()) && found.contains(&"_long".into()));
    assert!(!names("def f():\n    global _long\n    _long = x._long", &minify).contains(&"_long".into()));
}

#[test]
fn parameters_that_are_not_keywords_lose_their_names() {
    let minify = Minify { keywords: Some([b"kept".to_vec()].into()), ..Minify::default() };
    let source =
        "def f(kept, lost, *rest, only=1, **others): return lost\ndef outer(cell):\n    return lambda bound: cell\n";
    let found = names(source, &minify);
    assert!(found.contains(&"kept".into()) && found.contains(&"only".into()));
    assert!(["lost", "rest", "others", "cell", "bound"].iter().all(|&name| !found.contains(&name.into())));
}

#[test]
fn classes_imports_and_comprehensions_tell_less() {
    let minify =
        Minify { anonymous_classes: true, unlisted_imports: true, unnamed_comprehensions: true, ..Minify::default() };
    let source = "class C:\n    def f(self): return [x for x in self]\nfrom m import name as other\n";
    assert_eq!(names(source, &minify).iter().filter(|name| name.starts_with("__") || *name == "<listcomp>").count(), 0);
    assert!(made(source, Some(&minify)).to_bytes().len() + 20 < made(source, None).to_bytes().len());
}

#[test]
fn machine_code_is_made_for_the_same_tables() {
    use berus_mpy::arch::Arch;
    let source =
        "import micropython\n@micropython.native\ndef f(a, b):\n    return a.first(b).second(1.5) + a.second(b)\n";
    let minify = Minify { keywords: Some([].into()), ..Minify::default() };
    for arch in [Arch::X64, Arch::Armv7m, Arch::Rv32imc, Arch::Xtensawin] {
        let options = Options { source_name: b"m.py", arch: Some(arch), minify: Some(&minify), ..Options::default() };
        let bytes = compile(source.as_bytes(), &options).expect("a program").to_bytes();
        let (module, _) = Module::from_bytes(&bytes).expect("a module");
        berus_mpy::verify::verify(&module).expect("a good one");
        assert!(module.qstrs.iter().all(|name| name.as_bytes() != b"b"), "{arch}");
    }
}

/// The steps of the line table of the first function of a module.
fn steps(source: &str, minify: Option<&Minify>) -> Vec<(u32, u32)> {
    let module = made(source, minify);
    let code = &module.codes[1];
    let prelude = code.prelude().expect("bytecode").expect("a prelude");
    lines::steps(&code.code[prelude.lines_at]).map(|(step, _)| (step.bytes, step.lines)).collect()
}

#[test]
fn lines_on_which_nothing_can_fail_have_no_entry() {
    let minify = Some(&Minify::default());
    // The call is on line 5, and what it may raise says so.
    let source = "def f(a):\n    b = 1\n    c = 'text'\n    a\n    a()\n    return a\n";
    assert_eq!(steps(source, None), [(0, 1), (2, 1), (3, 1), (2, 1), (4, 1)]);
    assert_eq!(steps(source, minify), [(8, 3), (0, 1)]);
    // Where variables are deleted, loading one may fail.
    let deleting = "def f(a):\n    b = 1\n    del a\n    return a\n";
    assert_eq!(steps(deleting, minify), [(2, 2), (2, 1)]);
    assert_eq!(steps("def f(a):\n    b = 1\n    return b\n", minify), [(2, 2)]);
    // Where nothing can fail, there is nothing to tell; jumps look at events.
    assert_eq!(steps("def f(a):\n    b = 1\n    return 2\n", minify), []);
    assert_eq!(steps("def f(a):\n    b = 1\n    while 1: pass\n", minify), [(2, 2)]);
}
