//! Whatever the source is, there is a tree or an error, and soon.

use crate::show::parse;
use berus_compiler::names::Names;
use berus_compiler::tree::{Node, Tree};
use berus_compiler::{Mode, Options};
use proptest::prelude::*;

/// Pieces that Python is made of, and pieces that break it.
const PIECES: &[&str] = &[
    "a",
    "b.c",
    "f(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    ":=",
    ";",
    "=",
    "==",
    "!=",
    "->",
    "...",
    ".",
    "*",
    "**",
    "+",
    "-",
    "~",
    "<<",
    "//",
    "@",
    "0",
    "1_0",
    "0x1f",
    "09",
    "1e5",
    "1e",
    "2.5",
    "3j",
    "10 ** 20",
    "math.pi",
    "math.nan",
    "'s'",
    "\"",
    "'",
    "\"\"\"",
    "'''",
    "f'",
    "f'{a}'",
    "f'{a=!r:{b}}'",
    "t'{a}'",
    "t'",
    "rt\"",
    "rb'",
    "{x",
    "!r",
    "\\",
    "\\\n",
    "\\x4",
    "\\N{a}",
    "\\u1234",
    "\n",
    "\n  ",
    "\n    ",
    "\n\t",
    "\r\n",
    "\r",
    " ",
    "\t",
    "\x0c",
    "#",
    "\0",
    "é",
    "if ",
    "elif ",
    "else",
    "while ",
    "for ",
    " in ",
    "try:",
    "except ",
    "finally:",
    "with ",
    " as ",
    "def f(a, *b):",
    "class A:",
    "lambda ",
    "yield ",
    "await ",
    "async ",
    "import ",
    "from ",
    "global ",
    "pass",
    "return ",
    "not ",
    " and ",
    " or ",
    " is ",
    "None",
    "True",
    "__debug__",
    "const(",
    "_A = const(1)\n",
    "_B = const((1, 'a'))\n",
    "_A",
    "_B",
    "'a long string constant'",
    "(1, 2)",
    "(1,)",
    "()",
];

fn check(source: &[u8]) {
    for mode in [Mode::File, Mode::Single, Mode::Pasted, Mode::Eval] {
        let options = Options { mode, ..Options::default() };
        match parse(source, &options) {
            Ok((tree, names)) => check_tree(&tree, &names),
            Err(error) => {
                let lines = source.len() as u32 * 4 + 2;
                assert!(error.line.is_none_or(|line| (1..=lines).contains(&line)));
                assert!(error.offset.is_none_or(|offset| offset as usize <= source.len()));
            }
        }
    }
}

/// Every node can be looked at.
fn check_tree(tree: &Tree, names: &Names) {
    let mut left = vec![tree.root()];
    while let Some(node) = left.pop() {
        let children: &[Node] = tree.children(node);
        let is_constant = tree.value(node).is_some();
        assert_eq!(is_constant, tree.truth(node, names, &Options::default()).is_some());
        assert_eq!(node.is_struct(), tree.rule(node).is_some());
        if node.is_leaf() {
            let kinds = [tree.small_int(node).is_some(), node.as_id().is_some(), node.as_str().is_some()];
            assert!(kinds.contains(&true) || node.as_token().is_some());
        }
        if !is_constant {
            left.extend(children);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn any_bytes(source in prop::collection::vec(any::<u8>(), 0..200)) {
        check(&source);
    }

    #[test]
    fn any_text(source in "[ -~\n\t]{0,100}") {
        check(source.as_bytes());
    }

    #[test]
    fn any_pieces(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40)) {
        check(pieces.concat().as_bytes());
    }

    #[test]
    fn a_program_with_a_few_wrong_bytes(
        place in 0..PROGRAM.len(),
        edits in prop::collection::vec((0..PROGRAM.len(), any::<u8>()), 0..4),
    ) {
        let mut source = PROGRAM.as_bytes().to_vec();
        for (i, byte) in edits {
            source[i] = byte;
        }
        check(&source[..place]);
        check(&source[place..]);
        check(&source);
    }
}

const PROGRAM: &str = r#"
_LIMIT = const(10)
"""A docstring."""
@decorator(1, *x)
async def f(a, b: int = 2, *c, d=(1, 2.5, "three"), **e) -> None:
    async with open(a) as g, h: await g
    return f"{a!r:>{b}} {c=}" "and more" t'{d:x}' if a else [i for i in range(_LIMIT) if i % 2]
class C(B, metaclass=M):
    x = {1: 2, **y}; z = {1, 2}; w = a[1:2, ::3, ...]
    try:
        lambda u, v=1: (yield u)
    except (E, F) as g:
        raise G from None
    else: del x.y, z[0]
    finally:
        while not a or b and 1 << 2 ** 70 in c: pass
for i, (j, *k) in b"bytes\xff": global q; q += 0x7fffffff + 1j
from ...a.b import (c as d, e); import math as m; n = -math.pi @ 3
"#;
