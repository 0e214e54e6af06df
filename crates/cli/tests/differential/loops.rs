//! Programs of loops over numbers and lists, whose variables change their types while the loops run: what machine code
//! that knows types has to notice.

use super::random::Random;

const VARIABLES: &[&str] = &["a", "b", "c", "d", "e"];

struct Generator<'r> {
    random: &'r mut Random,
    lines: Vec<String>,
    loops: usize,
    functions: usize,
}

/// A program.
pub fn case(random: &mut Random) -> String {
    let mut program = Generator { random, lines: Vec::new(), loops: 0, functions: 0 };
    program.line(0, "class P:");
    program.line(1, "def __init__(self, v): self.v = v");
    program.line(1, "def get(self): return self.v");
    program.line(1, "def add(self, x):");
    program.line(2, "self.v = self.v + x");
    program.line(2, "return self");
    program.line(0, "G = 3");
    for _ in 0..1 + program.random.below(3) {
        program.function();
    }
    program.lines.join("\n") + "\n"
}

impl Generator<'_> {
    fn line(&mut self, depth: usize, text: impl Into<String>) {
        self.lines.push("    ".repeat(depth) + &text.into());
    }

    fn constant(&mut self) -> &'static str {
        const CONSTANTS: &[&str] = &[
            "0",
            "1",
            "2",
            "-1",
            "7",
            "63",
            "0.5",
            "-0.0",
            "2.5",
            "1e300",
            "4611686018427387903",
            "-4611686018427387904",
            "2305843009213693952",
            "1 << 70",
            "True",
            "False",
            "None",
            "'s'",
            "3037000500",
            "(1, 2)",
            "float('nan')",
        ];
        // Small numbers are what most programs have.
        let n = if self.random.once_in(3) { CONSTANTS.len() } else { 9 };
        CONSTANTS[self.random.below(n)]
    }

    fn variable(&mut self) -> &'static str {
        VARIABLES[self.random.below(VARIABLES.len())]
    }

    fn value(&mut self, depth: usize) -> String {
        match self.random.below(if depth > 2 { 4 } else { 16 }) {
            0 => self.constant().to_owned(),
            1..=3 => self.variable().to_owned(),
            4..=8 => {
                let op = self.random.pick(&["+", "-", "*", "+", "-", "*", "&", "|", "^", "<<", ">>", "//", "%", "/"]);
                let right = if op == "<<" { format!("({} & 7)", self.variable()) } else { self.value(depth + 1) };
                format!("({} {op} {right})", self.value(depth + 1))
            }
            9 => format!("l[{}]", self.value(depth + 1)),
            10 => format!("({})", self.condition(depth + 1)),
            11 => {
                let op = self.random.pick(&["-", "~", "not ", "+"]);
                format!("({op}{})", self.value(depth + 1))
            }
            12 => {
                format!("({} if {} else {})", self.value(depth + 1), self.condition(depth + 1), self.value(depth + 1))
            }
            13 => self.random.pick(&["p.v", "p.get()", "G", "len(l)", "abs(a)", "p.add(1).v", "(a, b)[0]"]).to_owned(),
            14 if self.functions > 0 => {
                let function = self.random.below(self.functions);
                format!("f{function}({}, {}, 2, l, p)", self.value(depth + 1), self.variable())
            }
            _ => format!("({} {} {})", self.value(depth + 1), self.random.pick(&["and", "or"]), self.value(depth + 1)),
        }
    }

    fn condition(&mut self, depth: usize) -> String {
        let op = self.random.pick(&["<", ">", "<=", ">=", "==", "!=", "<", "is", "is not"]);
        // Whether two numbers are one object depends on who runs the program, but in variables.
        if op.starts_with("is") {
            let (a, b) = (self.variable(), self.variable());
            return format!("({a} {op} {b}) == ({a} {op} {b})");
        }
        format!("{} {op} {}", self.value(depth + 1), self.value(depth + 1))
    }

    fn function(&mut self) {
        let name = self.functions;
        self.line(0, format!("def f{name}(a, b, n, l, p):"));
        self.line(1, "c = 0");
        self.line(1, "d = 1.5");
        if self.random.once_in(2) {
            self.line(1, "e = n");
        }
        for _ in 0..2 + self.random.below(4) {
            self.statement(1);
        }
        self.line(1, "return (a, b, c, d)");
        for _ in 0..3 {
            let (a, b) = (self.constant(), self.constant());
            let n = 3 + self.random.below(12);
            let list = self.random.pick(&["[1, 2, 3, 4]", "[0.5] * 5", "[1, 2.5, None, 's']", "[]", "list(range(40))"]);
            self.line(0, format!("l, p = {list}, P({a})"));
            self.line(0, "try:");
            self.line(1, format!("log.append(show(f{name}({a}, {b}, {n}, l, p)))"));
            self.line(0, "except Exception as error:");
            self.line(1, "failed(error)");
            self.line(0, "log.append(show((l, p.v)))");
        }
        self.functions += 1;
    }

    fn body(&mut self, depth: usize) {
        self.line(depth, "tick()");
        for _ in 0..1 + self.random.below(3) {
            self.statement(depth);
        }
    }

    fn statement(&mut self, depth: usize) {
        let deep = depth > 3;
        match self.random.below(if deep { 6 } else { 13 }) {
            0..=2 => {
                let line = format!("{} = {}", self.variable(), self.value(0));
                self.line(depth, line);
            }
            3 => {
                let op = self.random.pick(&["+=", "-=", "*=", "&=", "//=", "%="]);
                let line = format!("{} {op} {}", self.variable(), self.value(1));
                self.line(depth, line);
            }
            4 => {
                let line = format!("l[{}] = {}", self.value(1), self.value(1));
                self.line(depth, line);
            }
            5 => {
                let line = match self.random.below(7) {
                    0 => format!("a = b = {}", self.value(1)),
                    1 => format!("p.v = {}", self.value(1)),
                    2 => format!("{}, {} = {}, {}", self.variable(), self.variable(), self.value(1), self.value(1)),
                    3 => "log.append(show(c is c))".to_owned(),
                    4 => format!("l.append({})", self.variable()),
                    5 => format!("{} = {}", self.variable(), self.variable()),
                    _ => format!("p.v = {}", self.value(1)),
                };
                self.line(depth, line);
            }
            6 | 7 => {
                self.loops += 1;
                let i = format!("i{}", self.loops);
                let end = self.random.pick(&["n", "n", "5", "len(l)"]);
                let range = match self.random.below(4) {
                    0 => format!("range({}, {end}, {})", self.constant(), self.random.pick(&["2", "-1", "3", "n"])),
                    _ => format!("range({end})"),
                };
                self.line(depth, format!("for {i} in {range}:"));
                let variable = self.variable();
                self.line(depth + 1, format!("{variable} = {i}"));
                self.body(depth + 1);
            }
            8 => {
                let variable = self.variable();
                self.line(depth, format!("for {variable} in l:"));
                self.body(depth + 1);
            }
            9 => {
                self.loops += 1;
                let i = format!("i{}", self.loops);
                self.line(depth, format!("{i} = 0"));
                self.line(depth, format!("while {i} < n:"));
                self.line(depth + 1, format!("{i} = {i} + 1"));
                self.body(depth + 1);
            }
            10 | 11 => {
                let condition = if self.random.once_in(3) { self.value(1) } else { self.condition(1) };
                self.line(depth, format!("if {condition}:"));
                self.statement(depth + 1);
                if self.random.once_in(2) {
                    self.line(depth, "else:");
                    self.statement(depth + 1);
                }
            }
            _ => {
                self.line(depth, "try:");
                self.body(depth + 1);
                self.line(depth, "except Exception as error:");
                self.line(depth + 1, "failed(error)");
                let variable = self.variable();
                let value = self.constant();
                self.line(depth + 1, format!("{variable} = {value}"));
            }
        }
    }
}
