//! Built-in functions, methods and operators with odd operands.

use std::fmt::Write;

use super::random::Random;

const INTS: &[&str] = &[
    "0", "1", "-1", "2", "-2", "3", "5", "7", "10", "63", "64", "-64", "127", "128", "255", "256", "-256", "1000",
    "2**31", "-2**31", "2**61", "2**62-1", "2**62", "-2**62", "-2**62-1", "2**63-1", "-2**63", "2**63", "2**64",
    "-2**64", "10**20", "-10**20",
];
/// Places and sizes: no number is so far below zero that MicroPython takes it for another.
const PLACES: &[&str] =
    &["0", "1", "-1", "2", "-2", "3", "5", "-7", "255", "256", "1000", "2**31", "-2**31", "2**62", "-2**62"];
const FEW: &[&str] = &["0", "1", "-1", "2", "3", "-3", "7", "True", "10"];
const STRS: &[&str] = &[
    "''",
    "'a'",
    "'b'",
    "'ab'",
    "'abcabc'",
    "' x y '",
    "'A1'",
    "'12'",
    "'-0x1f'",
    "'\\u00e9'",
    "'\\u20acuro'",
    "'a\\nb\\r\\n'",
    "'\\0'",
    "'%d %s'",
    "'{} {}'",
    "'1e5'",
    "'aXbX'",
    "'utf-8'",
    "'big'",
    "'little'",
];
const BYTES: &[&str] =
    &["b''", "b'a'", "b'ab'", "b'abcabc'", "b'\\xff\\x00'", "b' x '", "bytearray(b'abc')", "memoryview(b'abcd')"];
const ITEMS: &[&str] = &[
    "[]",
    "[1]",
    "[3, 1, 2]",
    "['b', 'a']",
    "[[1], 2]",
    "()",
    "(1,)",
    "(1, 2)",
    "('a', 1)",
    "(1, (2, 3))",
    "{}",
    "{1: 2}",
    "{'a': 1, 'b': 2}",
    "set()",
    "{1}",
    "{1, 2, 3}",
    "frozenset((1, 2))",
    "range(3)",
    "range(5, 0, -2)",
    "range(0)",
    "iter([1, 2])",
    "(x for x in (1, 2, 3))",
    "[0, 1.5, -2]",
    "[True, None]",
    "['x', 'yy', 'z']",
];
const OTHERS: &[&str] = &[
    "None",
    "True",
    "False",
    "1.5",
    "-0.0",
    "2.0",
    "1e300",
    "float('inf')",
    "float('nan')",
    "1e-300",
    "1j",
    "len",
    "int",
    "str",
    "ValueError",
    "ValueError('v')",
    "(lambda x: x)",
    "(lambda *x: x)",
    "object()",
];
const SLICES: &[&str] = &[
    "", "0", "1", "-1", "2", "-2", "5", "-7", "2**62", "-2**62", "2**70", "None", "True", "'a'", "1.0", ":", "1:",
    ":1", "-2:", ":-1", "::2", "::-1", "1:3", "3:1", "-5:5", "2**70:", ":2**70", "::0", "1:2:3", ":2**62", "::2**62",
];
const SPECS: &[&str] = &[
    "", "5", "<6", ">6", "^7", "=+8", "05", "+", " ", "x", "#x", "o", "b", "c", "d", ",", "_", "s", ".2", "8.3", "e",
    ".3e", "f", ".1f", "g", ".0g", "%", "*^9", "08.2f", "+,d", "#010x", "x<5s", ".1s", "_b", "-3", "10.4g", ".10f",
];
const PERCENTS: &[&str] = &[
    "%d", "%s", "%r", "%x", "%X", "%o", "%c", "%e", "%f", "%g", "%5d", "%-5d|", "%05d", "%+d", "% d", "%.3f", "%8.2f",
    "%-8.2e|", "%#x", "%.2s", "%10s", "%%", "%*d", "%(a)s", "%i", "%u", "%.0f", "%+.1e",
];

/// Names of what can be called, and with how many arguments, at most.
type Callables = &'static [(&'static str, usize)];

/// Functions.
const FUNCTIONS: Callables = &[
    ("abs", 1),
    ("all", 1),
    ("any", 1),
    ("bin", 1),
    ("bool", 1),
    ("bytearray", 2),
    ("bytes", 2),
    ("callable", 1),
    ("chr", 1),
    ("dict", 1),
    ("divmod", 2),
    ("enumerate", 2),
    ("filter", 2),
    ("float", 1),
    ("frozenset", 1),
    ("hex", 1),
    ("int", 2),
    ("isinstance", 2),
    ("issubclass", 2),
    ("iter", 1),
    ("len", 1),
    ("list", 1),
    ("map", 3),
    ("max", 3),
    ("min", 3),
    ("next", 2),
    ("oct", 1),
    ("ord", 1),
    ("range", 3),
    ("repr", 1),
    ("reversed", 1),
    ("round", 2),
    ("set", 1),
    ("sorted", 1),
    ("str", 2),
    ("sum", 2),
    ("tuple", 1),
    ("zip", 3),
    ("getattr", 3),
    ("hasattr", 2),
    ("int.from_bytes", 2),
    ("complex", 2),
    ("dict.fromkeys", 2),
    ("str.join", 2),
    ("list.append", 2),
    ("memoryview", 1),
    ("slice", 3),
    ("eval", 1),
    ("pow", 3),
    ("ValueError", 2),
    ("OSError", 2),
    ("StopIteration", 1),
];

/// Types of receivers and methods with the number of arguments, at most.
const METHODS: &[(&[&str], Callables)] = &[
    (
        STRS,
        &[
            ("find", 3),
            ("rfind", 3),
            ("index", 3),
            ("rindex", 3),
            ("count", 3),
            ("split", 2),
            ("rsplit", 2),
            ("splitlines", 1),
            ("strip", 1),
            ("lstrip", 1),
            ("rstrip", 1),
            ("replace", 3),
            ("startswith", 2),
            ("endswith", 2),
            ("join", 1),
            ("upper", 0),
            ("lower", 0),
            ("isalpha", 0),
            ("isdigit", 0),
            ("isspace", 0),
            ("isupper", 0),
            ("islower", 0),
            ("encode", 1),
            ("format", 3),
            ("partition", 1),
            ("rpartition", 1),
            ("center", 1),
        ],
    ),
    (
        BYTES,
        &[
            ("find", 3),
            ("rfind", 3),
            ("index", 3),
            ("count", 3),
            ("split", 2),
            ("rsplit", 2),
            ("strip", 1),
            ("lstrip", 1),
            ("replace", 3),
            ("startswith", 2),
            ("endswith", 2),
            ("join", 1),
            ("upper", 0),
            ("lower", 0),
            ("isalpha", 0),
            ("isdigit", 0),
            ("decode", 1),
            ("partition", 1),
            ("append", 1),
            ("extend", 1),
            ("hex", 1),
        ],
    ),
    (
        &["[]", "[1]", "[3, 1, 2]", "['b', 'a', 'c']", "[1, 2, 1, 3]", "[1.5, 1, True]"],
        &[
            ("append", 1),
            ("clear", 0),
            ("copy", 0),
            ("count", 1),
            ("extend", 1),
            ("index", 3),
            ("insert", 2),
            ("pop", 1),
            ("remove", 1),
            ("reverse", 0),
            ("sort", 0),
        ],
    ),
    (
        &["{}", "{1: 2}", "{'a': 1, 'b': 2}", "{(1, 2): 'x'}"],
        &[
            ("clear", 0),
            ("copy", 0),
            ("get", 2),
            ("items", 0),
            ("keys", 0),
            ("pop", 2),
            ("popitem", 0),
            ("setdefault", 2),
            ("update", 1),
            ("values", 0),
        ],
    ),
    (
        &["set()", "{1}", "{1, 2, 3}", "{'a'}", "frozenset((1, 2))"],
        &[
            ("add", 1),
            ("clear", 0),
            ("copy", 0),
            ("difference", 1),
            ("difference_update", 1),
            ("discard", 1),
            ("intersection", 1),
            ("intersection_update", 1),
            ("isdisjoint", 1),
            ("issubset", 1),
            ("issuperset", 1),
            ("pop", 0),
            ("remove", 1),
            ("symmetric_difference", 1),
            ("symmetric_difference_update", 1),
            ("union", 1),
            ("update", 1),
        ],
    ),
    (&["()", "(1, 2, 1)", "('a',)"], &[("count", 1), ("index", 2)]),
    (INTS, &[("to_bytes", 2)]),
    (&["(x * 2 for x in (1, 2))", "iter([1])"], &[("send", 1), ("throw", 1), ("close", 0), ("__next__", 0)]),
];

const OPERATORS: &[&str] = &[
    "+", "-", "*", "/", "//", "%", "**", "<<", ">>", "&", "|", "^", "@", "<", ">", "<=", ">=", "==", "!=", "in",
    "not in", "is", "and", "or",
];

/// An operand of any kind.
fn value(random: &mut Random) -> &'static str {
    match random.below(8) {
        0 | 1 => random.pick(PLACES),
        2 | 3 => random.pick(STRS),
        4 => random.pick(BYTES),
        5 | 6 => random.pick(ITEMS),
        _ => random.pick(OTHERS),
    }
}

fn arguments(random: &mut Random, most: usize, numbers: &[&'static str]) -> String {
    let count = if random.once_in(12) { random.below(most + 2) } else { most.saturating_sub(random.below(3)) };
    let one = |random: &mut Random| if random.once_in(3) { random.pick(numbers) } else { value(random) };
    (0..count).map(|_| one(random)).collect::<Vec<_>>().join(", ")
}

/// An expression whose operands may be of any type.
fn expression(random: &mut Random) -> String {
    match random.below(10) {
        0 | 1 => {
            let op = random.pick(OPERATORS);
            // What is as long as its operand says must not be long, and some numbers are as long.
            let right = if matches!(op, "**" | "<<" | "*") { random.pick(FEW) } else { value(random) };
            format!("({}) {op} ({right})", value(random))
        }
        2 => format!("({}) {} ({})", random.pick(INTS), random.pick(&OPERATORS[..6]), random.pick(INTS)),
        3 => format!("{}({})", random.pick(&["-", "+", "~", "not "]), value(random)),
        4 => format!("{}[{}]", value(random), random.pick(&SLICES[1..])),
        5 => format!("'{{:{}}}'.format({})", random.pick(SPECS), value(random)),
        6 => {
            let (count, mut values) = (random.below(3), String::new());
            (0..=count).for_each(|_| values += &format!("{}, ", value(random)));
            format!("'{}{}' % ({values})", random.pick(PERCENTS), if count == 1 { random.pick(PERCENTS) } else { "" })
        }
        7 => format!("sorted({}, {}={})", random.pick(ITEMS), random.pick(&["key", "reverse"]), value(random)),
        8 => {
            let function = random.pick(&["max", "min"]);
            let option = random.pick(&["key=lambda x: -x", "default=5", "key=len", "key=str"]);
            format!("{function}({}, {option})", random.pick(ITEMS))
        }
        _ => {
            let (function, most) = FUNCTIONS[random.below(FUNCTIONS.len())];
            let arguments = match function {
                "pow" => powers(random),
                // Of a base that is no small number MicroPython looks at the lowest bits only.
                "int" => format!("{}, {}", value(random), random.pick(FEW)),
                // CPython computes the power of ten, however large.
                "round" => format!("{}, {}", value(random), random.pick(FEW)),
                _ => arguments(random, most, PLACES),
            };
            format!("{function}({arguments})")
        }
    }
}

fn powers(random: &mut Random) -> String {
    if random.once_in(2) {
        return format!("{}, {}", random.pick(INTS), random.pick(FEW));
    }
    // Of a negative power to a modulus each says something else.
    let powers = FEW.iter().filter(|power| !power.starts_with('-')).copied().collect::<Vec<_>>();
    format!("{}, {}, {}", random.pick(INTS), random.pick(&powers), random.pick(INTS))
}

/// A case of a few expressions and calls of methods, each with what it gives.
pub fn case(random: &mut Random) -> String {
    let mut source = String::new();
    for place in 0..1 + random.below(3) {
        let show = "log.append(show(r))";
        let (setup, call, after) = if random.once_in(2) {
            (String::new(), expression(random), "")
        } else {
            let (receivers, methods) = METHODS[random.below(METHODS.len())];
            let (method, most) = methods[random.below(methods.len())];
            let call = format!("x.{method}({})", arguments(random, most, PLACES));
            (format!("x = {}\n", random.pick(receivers)), call, "\nlog.append(show(x))")
        };
        let setup = if random.once_in(16) { changing(random) } else { (setup, call, after) };
        let (setup, call, after) = setup;
        let _ = writeln!(
            source,
            "log.append('@{place}')\n{setup}try:\n    r = {call}\n    {show}\nexcept Exception as e:\n    failed(e){after}"
        );
    }
    source
}

/// A subscript that is stored to or deleted.
fn changing(random: &mut Random) -> (String, String, &'static str) {
    let receiver = random.pick(&[
        "[1, 2, 3]",
        "[]",
        "bytearray(b'abc')",
        "{1: 2}",
        "(1, 2)",
        "'ab'",
        "memoryview(bytearray(b'abcd'))",
    ]);
    let at = random.pick(&SLICES[1..]);
    let change = match random.below(3) {
        0 => format!("del x[{at}]"),
        1 => format!("x[{at}] = {}", value(random)),
        _ => format!(
            "x {}= {}",
            random.pick(&["+", "*", "|", "&", "-"]),
            random.pick(&["[1]", "2", "(1,)", "b'a'", "{1: 3}", "'a'"])
        ),
    };
    (format!("x = {receiver}\ndef change():\n    global x\n    {change}\n"), "change()".into(), "\nlog.append(show(x))")
}
