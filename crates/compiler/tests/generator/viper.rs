//! Random functions with decorators for machine code, most of them viper's.
//!
//! Variables are named by their types, so that most operands fit; now and then one does not.

use std::fmt::Write;

use super::Random;

const INTS: [&str; 4] = ["i", "j", "k", "n"];
const UINTS: [&str; 3] = ["u", "v", "w"];
const POINTERS: [&str; 4] = ["p8", "p16", "p32", "p"];
const OBJECTS: [&str; 4] = ["a", "b", "c", "g"];
const COMPARISONS: [&str; 6] = ["<", ">", "==", "<=", ">=", "!="];
const ARITHMETIC: [&str; 10] = ["+", "-", "*", "&", "|", "^", "<<", ">>", "//", "%"];

/// A program of functions of number `seed`.
pub fn program(seed: u64) -> String {
    let mut random = Random(seed.wrapping_mul(0xd134_2543_de82_ef95) | 1);
    (0..8).for_each(|_| _ = random.next());
    let mut generator = Generator { random, text: String::new(), budget: 0 };
    for _ in 0..1 + generator.random.below(4) {
        generator.function();
    }
    generator.text
}

struct Generator {
    random: Random,
    text: String,
    /// How many more statements the function may have.
    budget: u32,
}

impl Generator {
    fn line(&mut self, indent: usize, text: &str) {
        let _ = writeln!(self.text, "{:indent$}{text}", "", indent = indent * 4);
    }

    fn function(&mut self) {
        self.budget = 4 + self.random.below(30) as u32;
        let emitter = self.random.pick(&["viper", "viper", "viper", "native", "bytecode"]);
        self.line(0, &format!("@micropython.{emitter}"));
        let typed = [
            ("i", "int"),
            ("u", "uint"),
            ("t", "bool"),
            ("p8", "ptr8"),
            ("p16", "ptr16"),
            ("p32", "ptr32"),
            ("p", "ptr"),
            ("a", "object"),
            ("b", ""),
        ];
        let mut parameters = Vec::new();
        for (name, of) in typed {
            if self.random.once_in(2) {
                parameters.push(if of.is_empty() { name.into() } else { format!("{name}: {of}") });
            }
        }
        let result = self.random.pick(&["", "", " -> int", " -> uint", " -> bool", " -> object", " -> ptr8"]);
        self.line(0, &format!("def f({}){result}:", parameters.join(", ")));
        let given = |name: &str| parameters.iter().any(|parameter| parameter.split(':').next() == Some(name));
        // What is not given is set, so that it has a type.
        let missing: Vec<_> = [
            ("i", "1"),
            ("j", "-5"),
            ("k", "i"),
            ("n", "100000"),
            ("u", "uint(7)"),
            ("v", "u"),
            ("t", "i < 3"),
            ("p8", "ptr8(g)"),
            ("p16", "ptr16(g)"),
            ("p32", "ptr32(g)"),
            ("p", "ptr(g)"),
            ("a", "g"),
            ("b", "g()"),
        ]
        .into_iter()
        .filter(|(name, _)| !given(name))
        .collect();
        for (name, value) in missing {
            // Without it the function has fewer locals, some of them in registers.
            if !self.random.once_in(6) {
                self.line(1, &format!("{name} = {value}"));
            }
        }
        for _ in 0..1 + self.random.below(6) {
            self.statement(1, false);
        }
        let value = match result {
            "" | " -> object" => self.object(2),
            " -> bool" => self.condition(1),
            " -> uint" => self.uint(2),
            " -> int" => self.int(2),
            _ => "p8".into(),
        };
        self.line(1, &format!("return {value}"));
    }

    fn block(&mut self, indent: usize, in_loop: bool) {
        for _ in 0..1 + self.random.below(3) {
            self.statement(indent + 1, in_loop);
        }
    }

    fn statement(&mut self, indent: usize, in_loop: bool) {
        if self.budget == 0 || indent > 5 {
            self.line(indent, "pass");
            return;
        }
        self.budget -= 1;
        let text = match self.random.below(24) {
            0..=3 => format!("{} = {}", self.random.pick(&INTS), self.int(3)),
            4..=5 => format!("{} = {}", self.random.pick(&UINTS), self.uint(2)),
            6..=8 => format!("{} = {}", self.load(), self.int(2)),
            9 => format!("{} {}= {}", self.random.pick(&INTS), self.random.pick(&ARITHMETIC), self.int(1)),
            10 => format!("{} += {}", self.load(), self.int(1)),
            11..=12 => format!("{} = {}", self.random.pick(&OBJECTS), self.object(2)),
            13 => format!("{}.x = {}", self.random.pick(&OBJECTS), self.any(1)),
            14 => format!("{}[{}] = {}", self.random.pick(&OBJECTS), self.any(1), self.any(1)),
            15 => self.object(2),
            16 => format!("t = {}", self.condition(1)),
            17 if in_loop => self.random.pick(&["break", "continue"]).into(),
            18 => format!("raise {}", self.object(1)),
            other => return self.compound(other, indent, in_loop),
        };
        self.line(indent, &text);
    }

    fn compound(&mut self, which: u64, indent: usize, in_loop: bool) {
        match which {
            19 => {
                let condition = self.condition(2);
                self.line(indent, &format!("while {condition}:"));
                self.block(indent, true);
            }
            20 => {
                let (variable, end) = (self.random.pick(&INTS), self.int(1));
                let start = if self.random.once_in(2) { "" } else { "k, " };
                self.line(indent, &format!("for {variable} in range({start}{end}):"));
                self.block(indent, true);
            }
            21 => {
                self.line(indent, "try:");
                self.block(indent, in_loop);
                if self.random.once_in(2) {
                    self.line(indent, "except g as e:");
                    self.block(indent, in_loop);
                }
                self.line(indent, "finally:");
                self.block(indent, in_loop);
            }
            22 => {
                let (manager, name) = (self.object(1), self.random.pick(&["", " as c"]));
                self.line(indent, &format!("with {manager}{name}:"));
                self.block(indent, in_loop);
            }
            _ => {
                let condition = self.condition(2);
                self.line(indent, &format!("if {condition}:"));
                self.block(indent, in_loop);
                if self.random.once_in(2) {
                    self.line(indent, "else:");
                    self.block(indent, in_loop);
                }
            }
        }
    }

    /// An item that a pointer points to.
    fn load(&mut self) -> String {
        let pointer = self.random.pick(&POINTERS[..3]);
        let index = match self.random.below(6) {
            0 => "0".into(),
            1 => self.random.pick(&["1", "31", "32", "63", "64", "127", "128", "255", "256", "-1", "40000"]).into(),
            2 => self.uint(1),
            _ => self.int(1),
        };
        format!("{pointer}[{index}]")
    }

    fn number(&mut self) -> String {
        let n = self.random.next();
        match self.random.below(4) {
            0 => (n % 300).to_string(),
            1 => format!("-{}", n % 300),
            2 => (n % (1 << 30)).to_string(),
            _ => format!("-{}", n % (1 << 30)),
        }
    }

    fn any(&mut self, depth: u32) -> String {
        match self.random.below(8) {
            0 => self.uint(depth),
            1 => self.condition(depth),
            2 => self.random.pick(&POINTERS).into(),
            3 => self.random.pick(&["None", "True", "..."]).into(),
            4 | 5 => self.int(depth),
            _ => self.object(depth),
        }
    }

    fn int(&mut self, depth: u32) -> String {
        if self.random.once_in(60) {
            return self.any(0);
        }
        if depth == 0 {
            return if self.random.once_in(2) { self.number() } else { self.random.pick(&INTS).into() };
        }
        match self.random.below(9) {
            0 => self.number(),
            1 => self.random.pick(&INTS).into(),
            2 => self.load(),
            3 => format!("{}({})", self.random.pick(&["-", "~", "+"]), self.int(depth - 1)),
            4 => format!("int({})", self.any(depth - 1)),
            5 => format!("({} if {} else {})", self.int(depth - 1), self.condition(depth - 1), self.int(depth - 1)),
            _ => {
                let (left, op) = (self.int(depth - 1), self.random.pick(&ARITHMETIC));
                // Compilers fold numbers, and some numbers would take them for ever.
                let right = if op == "<<" { self.random.below(70).to_string() } else { self.int(depth - 1) };
                format!("({left} {op} {right})")
            }
        }
    }

    fn uint(&mut self, depth: u32) -> String {
        if depth == 0 {
            return self.random.pick(&UINTS).into();
        }
        match self.random.below(4) {
            0 => self.random.pick(&UINTS).into(),
            1 => format!("uint({})", self.any(depth - 1)),
            _ => format!("({} {} {})", self.uint(depth - 1), self.random.pick(&ARITHMETIC[..8]), self.int(depth - 1)),
        }
    }

    fn condition(&mut self, depth: u32) -> String {
        let depth = depth.saturating_sub(1);
        match self.random.below(9) {
            0 => "t".into(),
            1 => self.int(depth),
            2 => self.object(depth),
            3 if depth > 0 => format!("not {}", self.condition(depth)),
            4 if depth > 0 => format!("({} and {})", self.condition(depth), self.condition(depth)),
            5 if depth > 0 => format!("({} or {})", self.condition(depth), self.condition(depth)),
            6 => format!("({} {} {})", self.uint(depth), self.random.pick(&COMPARISONS), self.uint(depth)),
            7 => format!(
                "({} {} {} {} {})",
                self.int(depth),
                self.random.pick(&COMPARISONS),
                self.int(depth),
                self.random.pick(&COMPARISONS),
                self.int(depth)
            ),
            _ => format!("({} {} {})", self.int(depth), self.random.pick(&COMPARISONS), self.int(depth)),
        }
    }

    fn object(&mut self, depth: u32) -> String {
        if depth == 0 {
            return self.random.pick(&OBJECTS).into();
        }
        match self.random.below(12) {
            0 => "'text'".into(),
            1 => format!("g({})", self.any(depth - 1)),
            2 => format!("g({}, {}, x={})", self.any(depth - 1), self.any(depth - 1), self.any(depth - 1)),
            3 => format!("{}.m({})", self.object(depth - 1), self.any(depth - 1)),
            4 => format!("{}.x", self.object(depth - 1)),
            5 => format!("{}[{}]", self.object(depth - 1), self.any(depth - 1)),
            6 => format!("({} + {})", self.object(depth - 1), self.object(depth - 1)),
            7 => format!("[{}, {}]", self.any(depth - 1), self.any(depth - 1)),
            8 => format!("({}, {})", self.any(depth - 1), self.any(depth - 1)),
            9 => format!("[x for x in {}]", self.object(depth - 1)),
            10 => format!("g(*{})", self.object(depth - 1)),
            _ => self.random.pick(&OBJECTS).into(),
        }
    }
}
