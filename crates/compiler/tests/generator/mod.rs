//! Random Python programs, for tests that compare compilers.
//!
//! A program follows the grammar, so that most compile. Now and then it breaks a rule that only the compiler checks, such
//! as where `return` may stand. The same seed makes the same program.

pub mod assembler;
pub mod viper;

use std::fmt::Write;

/// A source of random numbers: xorshift.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `n`.
    fn below(&mut self, n: u64) -> u64 {
        (self.next() >> 16) % n
    }

    /// Whether something happens that does so once in `n` times.
    fn once_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len() as u64) as usize]
    }
}

/// Where a statement stands.
#[derive(Clone, Copy, Default)]
struct Context {
    function: bool,
    is_async: bool,
    in_loop: bool,
    depth: u32,
}

struct Generator {
    random: Random,
    text: String,
    /// How many more nodes the program may have.
    budget: u32,
}

/// The program of number `seed`.
pub fn program(seed: u64) -> String {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    (0..8).for_each(|_| _ = random.next());
    let budget = 40 + random.below(400) as u32;
    let mut generator = Generator { random, text: String::new(), budget };
    let statements = 1 + generator.random.below(12);
    for _ in 0..statements {
        generator.statement(0, Context::default());
    }
    generator.text
}

/// `program` with something missing, doubled, moved or put in at a random place.
pub fn damaged(program: &str, seed: u64) -> String {
    let mut random = Random(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) | 1);
    (0..8).for_each(|_| _ = random.next());
    let mut parts = parts(program);
    let at = random.below(parts.len() as u64) as usize;
    let other = random.below(parts.len() as u64) as usize;
    match random.below(5) {
        0 => drop(parts.remove(at)),
        1 => parts.insert(at, parts[at]),
        2 => parts.swap(at, other),
        3 => parts[at] = parts[other],
        _ => parts.insert(at, random.pick(&DEBRIS)),
    }
    parts.concat()
}

/// What damage may put into a program.
const DEBRIS: [&str; 26] = [
    "(", ")", "[", "]", "{", "}", "*", "**", ":", ":=", "=", ",", ";", "\n", " ", "\\", "'", "\"\"\"", "await ",
    "yield ", "return ", "lambda: ", "for ", "if ", "\t", "é",
];

/// A program cut into words, spaces and single signs.
fn parts(program: &str) -> Vec<&str> {
    let kind = |c: char| match c {
        ' ' => 1,
        _ if c.is_alphanumeric() || c == '_' => 2,
        _ => 0,
    };
    let mut parts = Vec::new();
    let mut rest = program;
    while let Some(first) = rest.chars().next() {
        let differs = |c: char| kind(c) == 0 || kind(c) != kind(first);
        let len = rest.char_indices().skip(1).find(|&(_, c)| differs(c)).map_or(rest.len(), |(i, _)| i);
        let (part, after) = rest.split_at(len);
        parts.push(part);
        rest = after;
    }
    parts
}

const NAMES: [&str; 14] =
    ["a", "b", "c", "x", "y", "self", "value", "print", "range", "T", "_p", "K", "long_name_of_a_variable", "é"];
const ATTRIBUTES: [&str; 8] = ["a", "append", "close", "x", "update", "attr", "__class__", "really_long_attribute"];
const BINARY: [&str; 13] = ["+", "-", "*", "/", "//", "%", "@", "**", "<<", ">>", "&", "|", "^"];
const COMPARISONS: [&str; 10] = ["<", ">", "==", "<=", ">=", "!=", "in", "not in", "is", "is not"];
const CONSTANTS: [&str; 12] =
    ["None", "True", "False", "...", "0", "1", "-1", "15", "47", "48", "__debug__", "math.pi"];

impl Generator {
    fn below(&mut self, n: u64) -> u64 {
        self.random.below(n)
    }

    fn once_in(&mut self, n: u64) -> bool {
        self.random.once_in(n)
    }

    fn name(&mut self) -> String {
        self.random.pick(&NAMES).into()
    }

    fn line(&mut self, indent: usize, text: &str) {
        let _ = writeln!(self.text, "{:indent$}{text}", "", indent = indent * 4);
        // Lines of a different distance, for the line table.
        if self.once_in(40) {
            let blank = self.below(30);
            (0..blank).for_each(|_| self.text.push('\n'));
        }
    }

    fn block(&mut self, indent: usize, context: Context) {
        let count = 1 + self.below(4);
        let context = Context { depth: context.depth + 1, ..context };
        for _ in 0..count {
            self.statement(indent + 1, context);
        }
    }

    /// A list of `most` or fewer things.
    fn list(&mut self, most: u64, mut item: impl FnMut(&mut Generator) -> String) -> String {
        let count = self.below(most + 1);
        (0..count).map(|_| item(self)).collect::<Vec<_>>().join(", ")
    }

    fn statement(&mut self, indent: usize, context: Context) {
        if self.budget == 0 || context.depth > 6 {
            self.line(indent, "pass");
            return;
        }
        self.budget -= 1;
        match self.below(40) {
            0..=7 => {
                let text = self.assignment();
                self.line(indent, &text);
            }
            8..=12 => {
                let text = self.expression(3, context);
                self.line(indent, &text);
            }
            13..=15 => self.if_statement(indent, context),
            16..=17 => self.while_statement(indent, context),
            18..=20 => self.for_statement(indent, context),
            21..=22 => self.try_statement(indent, context),
            23 => self.with_statement(indent, context),
            24..=27 => self.function(indent, context),
            28 => self.class(indent, context),
            29..=30 => {
                let text = self.import();
                self.line(indent, &text);
            }
            31 => {
                let text = self.declaration(context);
                self.line(indent, &text);
            }
            _ => {
                let text = self.simple(context);
                self.line(indent, &text);
            }
        }
    }

    fn simple(&mut self, context: Context) -> String {
        let loose = self.once_in(150);
        match self.below(10) {
            0..=1 if context.in_loop || loose => self.random.pick(&["break", "continue"]).into(),
            2..=4 if context.function || loose => match self.below(3) {
                0 => "return".into(),
                _ => format!("return {}", self.tuple_or_expression(2, context)),
            },
            5 if context.function || loose => format!("yield {}", self.expression(2, context)),
            6 => match self.below(3) {
                0 => "raise".into(),
                1 => format!("raise {}", self.expression(2, context)),
                _ => format!("raise {} from {}", self.expression(2, context), self.expression(1, context)),
            },
            7 => match self.below(2) {
                0 => format!("assert {}", self.expression(2, context)),
                _ => format!("assert {}, {}", self.expression(2, context), self.expression(2, context)),
            },
            8 => format!("del {}", self.delete_target()),
            _ => "pass".into(),
        }
    }

    fn delete_target(&mut self) -> String {
        match self.below(5) {
            0 | 1 => self.name(),
            2 => format!("{}.{}", self.name(), self.random.pick(&ATTRIBUTES)),
            3 => format!("{}[{}]", self.name(), self.name()),
            _ => format!("({}, {})", self.name(), self.name()),
        }
    }

    fn declaration(&mut self, context: Context) -> String {
        let what = if context.function && self.once_in(4) { "nonlocal" } else { "global" };
        format!("{what} {}", self.name())
    }

    fn import(&mut self) -> String {
        let dots = self.random.pick(&["", "", "", ".", "..", "..."]);
        match self.below(6) {
            0 => format!("import {}", self.name()),
            1 => format!("import {}.{}", self.name(), self.name()),
            2 => format!("import {}.b.{} as {}", self.name(), self.name(), self.name()),
            3 => format!("from {dots}{} import {}", self.name(), self.name()),
            4 => format!("from {dots}{}.m import ({} as {}, {},)", self.name(), self.name(), self.name(), self.name()),
            _ if self.once_in(3) => format!("from {} import *", self.name()),
            _ => format!("from . import {}", self.name()),
        }
    }

    fn target(&mut self, depth: u32) -> String {
        match self.below(if depth == 0 { 7 } else { 10 }) {
            0..=3 => self.name(),
            4 => format!("{}.{}", self.name(), self.random.pick(&ATTRIBUTES)),
            5..=6 => format!("{}[{}]", self.name(), self.subscript()),
            7 => format!("{}, {}", self.target(0), self.target(0)),
            8 => format!("({}, *{})", self.target(0), self.target(0)),
            _ => format!("[{}, {}, {}]", self.target(0), self.target(0), self.target(0)),
        }
    }

    fn assignment(&mut self) -> String {
        let context = Context::default();
        match self.below(12) {
            0..=4 => format!("{} = {}", self.target(1), self.tuple_or_expression(3, context)),
            5 => format!("{} = {} = {}", self.target(1), self.target(1), self.expression(2, context)),
            6..=7 => {
                let op = self.random.pick(&BINARY);
                format!("{} {op}= {}", self.target(0), self.expression(2, context))
            }
            8 => format!("{}: {} = {}", self.target(0), self.name(), self.expression(2, context)),
            9 => format!("{}: {}", self.target(0), self.name()),
            10 => {
                let items = |g: &mut Generator| (g.target(0), g.expression(1, context));
                let pairs: Vec<_> = (0..2 + self.below(3)).map(|_| items(self)).collect();
                let (targets, values): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
                format!("{} = {}", targets.join(", "), values.join(", "))
            }
            _ => format!("{} = const({})", self.random.pick(&["_C", "C", "_D"]), self.number()),
        }
    }

    fn if_statement(&mut self, indent: usize, context: Context) {
        let condition = self.condition(context);
        self.line(indent, &format!("if {condition}:"));
        self.block(indent, context);
        while self.once_in(3) {
            let condition = self.condition(context);
            self.line(indent, &format!("elif {condition}:"));
            self.block(indent, context);
        }
        self.otherwise(indent, context);
    }

    fn condition(&mut self, context: Context) -> String {
        match self.below(8) {
            0 => self.random.pick(&["True", "False", "0", "1", "None", "()", "''", "not __debug__"]).into(),
            1 => format!("(w := {})", self.expression(2, context)),
            _ => self.expression(3, context),
        }
    }

    fn otherwise(&mut self, indent: usize, context: Context) {
        if self.once_in(3) {
            self.line(indent, "else:");
            self.block(indent, context);
        }
    }

    fn while_statement(&mut self, indent: usize, context: Context) {
        let condition = self.condition(context);
        self.line(indent, &format!("while {condition}:"));
        self.block(indent, Context { in_loop: true, ..context });
        self.otherwise(indent, context);
    }

    fn for_statement(&mut self, indent: usize, context: Context) {
        let is_async = if context.is_async && self.once_in(2) { "async " } else { "" };
        let iterable = match self.below(5) {
            0 => format!("range({})", self.expression(1, context)),
            1 => format!("range({}, {})", self.expression(1, context), self.expression(1, context)),
            2 => format!("range({}, {}, {})", self.name(), self.expression(1, context), self.number()),
            3 => self.tuple_or_expression(2, context),
            _ => self.name(),
        };
        let target = self.target(1);
        self.line(indent, &format!("{is_async}for {target} in {iterable}:"));
        self.block(indent, Context { in_loop: true, ..context });
        self.otherwise(indent, context);
    }

    fn try_statement(&mut self, indent: usize, context: Context) {
        self.line(indent, "try:");
        self.block(indent, context);
        let handlers = self.below(3);
        for _ in 0..handlers {
            let what = match self.below(4) {
                0 if self.once_in(10) => String::new(),
                0 | 1 => format!(" {}", self.name()),
                2 => format!(" ({}, {}) as {}", self.name(), self.name(), self.name()),
                _ => format!(" {} as {}", self.name(), self.name()),
            };
            self.line(indent, &format!("except{what}:"));
            self.block(indent, context);
        }
        if handlers > 0 {
            self.otherwise(indent, context);
        }
        if handlers == 0 || self.once_in(3) {
            self.line(indent, "finally:");
            self.block(indent, context);
        }
    }

    fn with_statement(&mut self, indent: usize, context: Context) {
        let is_async = if context.is_async && self.once_in(2) { "async " } else { "" };
        let mut items = String::new();
        for i in 0..=self.below(3) {
            let comma = if i > 0 { ", " } else { "" };
            let value = self.expression(1, context);
            let name = if self.once_in(2) { format!(" as {}", self.target(0)) } else { String::new() };
            let _ = write!(items, "{comma}{value}{name}");
        }
        self.line(indent, &format!("{is_async}with {items}:"));
        self.block(indent, context);
    }

    fn function(&mut self, indent: usize, context: Context) {
        while self.once_in(6) {
            let name = self.name();
            let call = if self.once_in(2) { format!("({})", self.arguments(context)) } else { String::new() };
            self.line(indent, &format!("@{name}.{}{call}", ATTRIBUTES[3]));
        }
        let is_async = self.once_in(4);
        let keyword = if is_async { "async def" } else { "def" };
        let name = self.name();
        let parameters = self.parameters(true, context);
        let result = if self.once_in(5) { format!(" -> {}", self.name()) } else { String::new() };
        self.line(indent, &format!("{keyword} {name}({parameters}){result}:"));
        self.block(indent, Context { function: true, is_async, in_loop: false, depth: context.depth });
    }

    fn parameters(&mut self, typed: bool, context: Context) -> String {
        let mut names: Vec<&str> = NAMES.to_vec();
        let mut parts = Vec::new();
        let mut had_default = false;
        let mut had_star = false;
        for _ in 0..self.below(6) {
            let mut name = names.remove(self.random.below(names.len() as u64) as usize).to_string();
            if self.once_in(200) {
                name = "a".into();
            }
            if !had_star && self.once_in(5) {
                had_star = true;
                if self.once_in(2) {
                    parts.push(format!("*{name}"));
                    continue;
                }
                parts.push("*".into());
            }
            let annotation = if typed && self.once_in(4) { format!(": {}", self.name()) } else { String::new() };
            if self.once_in(3) || had_default && !had_star && !self.once_in(100) {
                had_default = true;
                parts.push(format!("{name}{annotation}={}", self.expression(1, context)));
            } else {
                parts.push(format!("{name}{annotation}"));
            }
        }
        if self.once_in(6) {
            parts.push("**kw".into());
        }
        parts.join(", ")
    }

    fn class(&mut self, indent: usize, context: Context) {
        let name = self.name();
        let bases = match self.below(3) {
            0 => String::new(),
            1 => "()".into(),
            _ => format!("({})", self.arguments(context)),
        };
        self.line(indent, &format!("class {name}{bases}:"));
        self.block(indent, Context { function: false, is_async: false, in_loop: false, ..context });
    }

    fn arguments(&mut self, context: Context) -> String {
        let mut parts = Vec::new();
        let count = self.below(4);
        for _ in 0..count {
            parts.push(match self.below(12) {
                0 => format!("*{}", self.expression(1, context)),
                1 => format!("(w := {})", self.expression(1, context)),
                _ => self.expression(1, context),
            });
        }
        if self.once_in(5) {
            let (keyword, value) = (self.name(), self.expression(1, context));
            parts.push(format!("{keyword}={value}"));
        }
        if self.once_in(8) {
            parts.push(format!("**{}", self.expression(1, context)));
        }
        if parts.is_empty() && self.once_in(5) {
            return self.comprehension(context);
        }
        parts.join(", ")
    }

    /// The inside of a generator expression.
    fn comprehension(&mut self, context: Context) -> String {
        format!("{} {}", self.expression(2, context), self.clauses(context))
    }

    fn clauses(&mut self, context: Context) -> String {
        let mut text = format!("for {} in {}", self.target(0), self.or_expression(context));
        while self.once_in(3) {
            let clause = match self.below(2) {
                0 => format!(" if {}", self.or_expression(context)),
                _ => format!(" for {} in {}", self.target(0), self.or_expression(context)),
            };
            text.push_str(&clause);
        }
        text
    }

    /// An expression that needs no parentheses where `or` is the loosest operator.
    fn or_expression(&mut self, context: Context) -> String {
        match self.below(3) {
            0 => self.name(),
            1 => format!("{} and {}", self.name(), self.name()),
            _ => format!("({})", self.expression(2, context)),
        }
    }

    fn tuple_or_expression(&mut self, depth: u32, context: Context) -> String {
        match self.below(6) {
            0 => format!("{}, {}", self.expression(1, context), self.expression(1, context)),
            1 => format!("{},", self.expression(1, context)),
            _ => self.expression(depth, context),
        }
    }

    fn subscript(&mut self) -> String {
        let context = Context::default();
        let part = |g: &mut Generator| if g.once_in(2) { g.expression(0, context) } else { String::new() };
        match self.below(6) {
            0..=2 => self.expression(1, context),
            3 => format!("{}:{}", part(self), part(self)),
            4 => format!("{}:{}:{}", part(self), part(self), part(self)),
            _ => format!("{}, {}:{}", self.expression(1, context), part(self), part(self)),
        }
    }

    fn number(&mut self) -> String {
        let n = self.random.next();
        match self.below(10) {
            0..=3 => (n % 200).to_string(),
            4 => format!("-{}", n % 70000),
            5 => format!("{:#x}", n >> (n % 60)),
            6 => format!("0b{:b}", n % 70000),
            7 => (n >> (n % 40)).to_string(),
            8 => format!("{n}{n}"),
            _ => format!("{}.{}e{}", n % 100, n % 1000, (n % 40) as i64 - 20),
        }
    }

    fn string(&mut self, context: Context) -> String {
        let n = self.below(9);
        match n {
            0 => "''".into(),
            1..=2 => format!("'{}'", self.name()),
            3 => r#""a\n\x41\u00e9\"""#.into(),
            4 => r"b'\x00bytes'".into(),
            5 => "'a string of more than ten bytes'".into(),
            6 => format!("'one' 'two{}'", self.below(3)),
            7 => format!("f'{{{}}} and {{{}!r:>5}}'", self.name(), self.name()),
            _ => format!("f\"{{{}=}}{{({})}}\"", self.name(), self.or_expression(context).replace(['"', '\\'], "")),
        }
    }

    fn expression(&mut self, depth: u32, context: Context) -> String {
        if depth == 0 || self.budget == 0 {
            return match self.below(6) {
                0..=2 => self.name(),
                3 => self.number(),
                4 => self.random.pick(&CONSTANTS).into(),
                _ => self.string(Context::default()).replace("f'", "'").replace("f\"", "\""),
            };
        }
        self.budget -= 1;
        let depth = depth - 1;
        let context = Context { in_loop: false, ..context };
        match self.below(34) {
            0..=3 => self.name(),
            4..=5 => self.number(),
            6 => self.random.pick(&CONSTANTS).into(),
            7..=8 => self.string(context),
            9..=11 => {
                let op = self.random.pick(&BINARY);
                let left = self.expression(depth, context);
                // Compilers fold numbers, and some numbers would take them for ever.
                let right = match op {
                    "**" | "<<" if self.once_in(2) => self.below(70).to_string(),
                    "**" | "<<" => self.name(),
                    _ => self.expression(depth, context),
                };
                format!("({left} {op} {right})")
            }
            12 => {
                let (a, b) = (self.random.pick(&BINARY[..4]), self.random.pick(&BINARY[..4]));
                format!("({} {a} {} {b} {})", self.number(), self.number(), self.number())
            }
            13..=14 => {
                let mut text = format!("({}", self.expression(depth, context));
                for _ in 0..=self.below(2) {
                    let op = self.random.pick(&COMPARISONS);
                    let _ = write!(text, " {op} {}", self.expression(depth, context));
                }
                text + ")"
            }
            15..=16 => {
                let op = self.random.pick(&[" and ", " or "]);
                let operands: Vec<_> = (0..2 + self.below(2)).map(|_| self.expression(depth, context)).collect();
                format!("({})", operands.join(op))
            }
            17 => format!("(not {})", self.expression(depth, context)),
            18 => {
                let op = self.random.pick(&["-", "+", "~"]);
                format!("{op}({})", self.expression(depth, context))
            }
            19..=22 => {
                let function = match self.below(4) {
                    0 => self.name(),
                    1 => format!("{}.{}", self.name(), self.random.pick(&ATTRIBUTES)),
                    2 => "super()".into(),
                    _ => format!("super().{}", self.random.pick(&ATTRIBUTES)),
                };
                format!("{function}({})", self.arguments(context))
            }
            23 => format!("{}.{}", self.name(), self.random.pick(&ATTRIBUTES)),
            24 => format!("{}[{}]", self.name(), self.subscript()),
            25 => format!(
                "({} if {} else {})",
                self.expression(depth, context),
                self.expression(depth, context),
                self.expression(depth, context)
            ),
            26 => {
                let parameters = self.parameters(false, Context::default());
                let inner = Context { function: true, is_async: false, ..context };
                format!("(lambda {parameters}: {})", self.expression(depth, inner))
            }
            27 => format!("[{}]", self.comprehension(Context { is_async: false, ..context })),
            28 => match self.below(3) {
                0 => format!("({})", self.comprehension(context)),
                1 => format!("{{{}}}", self.comprehension(context)),
                _ => format!("{{{}: {}}}", self.expression(depth, context), self.comprehension(context)),
            },
            29 => format!("[{}]", self.list(4, |g| g.expression(depth, context))),
            30 => format!("({},)", self.list(3, |g| g.expression(depth, context)).trim_start_matches(','))
                .replace("(,)", "()"),
            31 => match self.below(3) {
                0 => "{}".into(),
                1 => format!("{{{}}}", self.list(3, |g| format!("{}: {}", g.expression(depth, context), g.name()))),
                _ => format!("{{{}, {}}}", self.expression(depth, context), self.expression(depth, context)),
            },
            32 if context.is_async => format!("(await {})", self.name()),
            32 if context.function => match self.below(3) {
                0 => "(yield)".into(),
                1 => format!("(yield {})", self.expression(depth, context)),
                _ => format!("(yield from {})", self.expression(depth, context)),
            },
            _ => format!("({} := {})", self.random.pick(&["w", "x", "a"]), self.expression(depth, context)),
        }
    }
}
