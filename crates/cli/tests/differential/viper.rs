//! Programs of viper functions: machine ints, memory, and the ways between them and objects. Only MicroPython has an opinion on them.
//!
//! All of them compile: what is refused is compared with mpy-cross by the compiler's own tests.

use super::random::Random;

/// Variables of type `int`; there is also the object `o` and the memory `p`, of [`MEMORY`] bytes.
const INTS: &[&str] = &["i", "m", "n"];
const MEMORY: usize = 8;
const NUMBERS: &[&str] = &["0", "1", "-1", "2", "7", "255", "-256", "65536", "0x3fffffff", "-0x40000000"];
const ARGUMENTS: &[&str] = &[
    "0",
    "1",
    "-1",
    "True",
    "None",
    "'a'",
    "1.5",
    "[]",
    "2**31",
    "-2**31",
    "2**61",
    "2**62",
    "-2**62 - 1",
    "2**63 - 1",
    "2**63",
    "-2**63",
    "2**64 + 5",
    "-2**70",
    "len",
    "b'ab'",
];
const TYPES: &[&str] = &["int", "uint", "bool", "object"];

struct Generator<'r> {
    random: &'r mut Random,
    lines: Vec<String>,
    /// How many functions there are that the next one may call, `f0` and so on.
    functions: usize,
}

/// A program.
pub fn case(random: &mut Random) -> String {
    let mut program = Generator { random, lines: Vec::new(), functions: 0 };
    for _ in 0..1 + program.random.below(3) {
        program.function();
    }
    for _ in 0..6 {
        let function = program.random.below(program.functions);
        let [object, int] = [(); 2].map(|()| program.random.pick(ARGUMENTS));
        program.line(0, "try:");
        program.line(1, &format!("log.append(show(f{function}({object}, {int})))"));
        program.line(0, "except Exception as e:");
        program.line(1, "failed(e)");
    }
    program.lines.join("\n") + "\n"
}

impl Generator<'_> {
    fn line(&mut self, indent: usize, text: &str) {
        self.lines.push(format!("{}{text}", "    ".repeat(indent)));
    }

    fn function(&mut self) {
        let [parameter, result] = [(); 2].map(|()| self.random.pick(TYPES));
        // What comes as another type becomes an `int`.
        let own = if parameter == "int" { "i" } else { "x" };
        self.line(0, "@micropython.viper");
        self.line(0, &format!("def f{}(o, {own}: {parameter}) -> {result}:", self.functions));
        if parameter != "int" {
            self.line(1, "i = int(x)");
        }
        self.line(1, "m = 3");
        self.line(1, "n = 0");
        self.line(1, &format!("buffer = bytearray({MEMORY})"));
        self.line(1, "p = ptr8(buffer)");
        self.block(1, 0);
        self.line(1, "log.append(show(buffer))");
        let value = match result {
            "object" => "o".into(),
            "bool" => self.condition(),
            result => format!("{result}({})", self.int(2)),
        };
        self.line(1, &format!("return {value}"));
        self.functions += 1;
    }

    fn block(&mut self, indent: usize, depth: usize) {
        for _ in 0..1 + self.random.below(4) {
            self.statement(indent, depth);
        }
    }

    fn statement(&mut self, indent: usize, depth: usize) {
        let (int, variable) = (self.int(2), self.random.pick(INTS));
        match self.random.below(if depth < 3 { 11 } else { 7 }) {
            0 | 1 => {
                let op = self.random.pick(&["=", "+=", "-=", "*=", "&=", "|=", "^=", "<<=", ">>="]);
                self.line(indent, &format!("{variable} {op} {int}"));
            }
            2 => {
                let at = self.place();
                self.line(indent, &format!("p[{at}] = {int}"));
            }
            3 => self.line(indent, &format!("log.append(show({int}))")),
            4 => {
                let object = self.random.pick(&["(o, #)", "[#]", "str(#)", "o"]);
                self.line(indent, &format!("o = {}", object.replace('#', &int)));
            }
            5 => {
                let object = self.random.pick(&["o", "len(o)", "o[0]", "abs(#)"]);
                self.line(indent, &format!("{variable} = int({})", object.replace('#', &int)));
            }
            6 if self.functions > 0 => {
                let function = self.random.below(self.functions);
                self.line(indent, &format!("o = f{function}(o, {int})"));
            }
            6 if depth > 0 => self.line(indent, &format!("raise ValueError({int})")),
            6 => self.line(indent, &format!("{variable} = {int}")),
            7 | 8 => {
                let condition = self.condition();
                self.line(indent, &format!("if {condition}:"));
                self.block(indent + 1, depth + 1);
                self.line(indent, "else:");
                self.block(indent + 1, depth + 1);
            }
            9 => {
                self.line(indent, &format!("for k{depth} in range(3):"));
                self.block(indent + 1, depth + 1);
            }
            _ => {
                self.line(indent, "try:");
                self.block(indent + 1, depth + 1);
                let error = self.random.pick(&["ValueError", "TypeError", "Exception", "(OverflowError, IndexError)"]);
                self.line(indent, &format!("except {error}:"));
                self.line(indent + 1, "log.append('caught')");
                self.block(indent + 1, depth + 1);
            }
        }
    }

    fn condition(&mut self) -> String {
        let op = self.random.pick(&["<", ">", "<=", ">=", "==", "!="]);
        format!("{} {op} {}", self.int(1), self.int(1))
    }

    /// An index of the memory.
    fn place(&mut self) -> String {
        format!("{} & {}", self.int(1), MEMORY - 1)
    }

    /// An expression of type `int`.
    fn int(&mut self, depth: usize) -> String {
        match self.random.below(if depth > 0 { 7 } else { 3 }) {
            0 => self.random.pick(NUMBERS).into(),
            1 | 2 => self.random.pick(INTS).into(),
            3 => format!("p[{}]", self.place()),
            // The pinned MicroPython changes a variable that such an operator stands before.
            4 => format!("{}({} + 1)", self.random.pick(&["-", "~", "+"]), self.int(depth - 1)),
            _ => {
                let op = self.random.pick(&["+", "-", "*", "&", "|", "^", "<<", ">>"]);
                format!("({} {op} {})", self.int(depth - 1), self.int(depth - 1))
            }
        }
    }
}
