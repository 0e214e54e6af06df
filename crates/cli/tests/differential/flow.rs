//! Programs of functions, generators and classes that call each other, with exceptions on all their ways.

use super::random::Random;

/// What makes the code of a program's functions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Code {
    Bytecode,
    Native,
}

struct Generator<'r> {
    random: &'r mut Random,
    code: Code,
    lines: Vec<String>,
    /// How many functions there are that the next one may call, `f0` and so on.
    functions: usize,
    /// How many generators, `g0` and so on.
    generators: usize,
    /// How many classes, `C0` and so on.
    classes: usize,
    /// How many more statements the program may have.
    budget: usize,
    in_generator: bool,
    loops: usize,
    /// How many `try` and `with` statements there are around, in the innermost loop.
    blocks: usize,
}

const ERRORS: &[&str] =
    &["ValueError", "KeyError", "TypeError", "IndexError", "Own", "Derived", "StopIteration", "OSError"];
const VARIABLES: &[&str] = &["a", "b", "c", "d"];

/// A program.
pub fn case(random: &mut Random, code: Code) -> String {
    let budget = 12 + random.below(40);
    let lines = vec!["class Own(Exception): pass".into(), "class Derived(Own): pass".into()];
    let (functions, generators, classes) = (0, 0, 0);
    let mut program = Generator {
        random,
        code,
        lines,
        functions,
        generators,
        classes,
        budget,
        in_generator: false,
        loops: 0,
        blocks: 0,
    };
    for _ in 0..2 + program.random.below(3) {
        match program.random.below(4) {
            0 => program.class(),
            1 => program.generator(),
            _ => program.function(),
        }
    }
    program.drive();
    program.lines.join("\n") + "\n"
}

impl Generator<'_> {
    fn line(&mut self, indent: usize, text: impl AsRef<str>) {
        self.lines.push(format!("{}{}", "    ".repeat(indent), text.as_ref()));
    }

    /// Marks the place in what the program shows: what is known to show more to one side than to another stands between labels.
    fn label(&mut self, indent: usize) {
        let place = self.lines.len();
        self.line(indent, format!("log.append('@{place}')"));
    }

    fn definition(&mut self, indent: usize, text: &str) {
        if self.code == Code::Native {
            self.line(indent, "@micropython.native");
        }
        self.line(indent, text);
    }

    fn function(&mut self) {
        let name = format!("f{}", self.functions);
        let parameters = self.random.pick(&["a, b", "a, b=2", "a, *b", "a=1, *, b=3", "a, b=1, **c"]);
        self.definition(0, &format!("def {name}({parameters}):"));
        self.line(1, "tick()");
        if !parameters.contains("**c") {
            self.line(1, "c = 3");
        } else {
            self.line(1, "c = len(c)");
        }
        if parameters.contains("*b") {
            self.line(1, "b = len(b)");
        }
        self.line(1, "d = 0");
        self.block(1, 0);
        if self.random.once_in(3) {
            self.closure();
        }
        let result = self.number();
        self.line(1, format!("return {result}"));
        self.functions += 1;
    }

    /// A function in a function.
    fn closure(&mut self) {
        self.definition(1, "def inner(x):");
        if self.random.once_in(2) {
            self.line(2, "nonlocal c");
            self.line(2, "c += x");
        }
        self.line(2, "return a + c + x");
        self.line(1, "d = inner(1) + inner(2)");
        if self.random.once_in(3) {
            self.line(1, "log.append(show([inner(i) for i in range(2)]))");
        }
    }

    fn generator(&mut self) {
        let name = format!("g{}", self.generators);
        self.definition(0, &format!("def {name}(a, b=2):"));
        self.line(1, "c, d = 1, 0");
        self.in_generator = true;
        self.block(1, 0);
        self.in_generator = false;
        let last = self.number();
        self.line(1, format!("yield {last}"));
        if self.random.once_in(2) {
            self.line(1, "return d");
        }
        self.generators += 1;
    }

    fn class(&mut self) {
        let number = self.classes;
        let base = match self.random.below(5) {
            0 if number > 0 => format!("C{}", self.random.below(number)),
            1 => self.random.pick(&["list", "dict", "Exception", "int", "str", "tuple"]).into(),
            _ => "object".into(),
        };
        self.line(0, format!("class C{number}({base}):"));
        self.line(1, "shown = 'instance'");
        if self.random.once_in(3) {
            let value = self.random.below(9);
            self.line(1, format!("z = {value}"));
        }
        let methods: [(&str, &str); 16] = [
            ("__len__", "self"),
            ("__bool__", "self"),
            ("__call__", "self, a=1"),
            ("__getitem__", "self, a"),
            ("__contains__", "self, a"),
            ("__eq__", "self, a"),
            ("__lt__", "self, a"),
            ("__add__", "self, a"),
            ("__radd__", "self, a"),
            ("__iadd__", "self, a"),
            ("__getattr__", "self, a"),
            ("__hash__", "self"),
            ("__neg__", "self"),
            ("method", "self, a=1"),
            ("__str__", "self"),
            ("__ne__", "self, a"),
        ];
        for _ in 0..2 + self.random.below(4) {
            let (name, parameters) = methods[self.random.below(methods.len())];
            self.definition(1, &format!("def {name}({parameters}):"));
            // Who asks an instance for what it does not have differs.
            if name != "__getattr__" {
                self.line(2, format!("log.append('{name}')"));
            }
            let value = match name {
                "__getitem__" => {
                    self.line(2, "if a != 0 and a != 1: raise IndexError(3)");
                    "a".into()
                }
                "__getattr__" => {
                    self.line(2, "if a[0] == '_': raise AttributeError(a)");
                    "a".into()
                }
                "__str__" => "'text'".into(),
                "__len__" | "__hash__" => self.random.pick(&["0", "3", "2"]).into(),
                "__bool__" | "__contains__" | "__eq__" | "__lt__" | "__ne__" => self
                    .random
                    .pick(&["True", "False", "True", "NotImplemented"][..if name == "__eq__" { 4 } else { 2 }])
                    .to_string(),
                "method" if self.random.once_in(3) => {
                    let error = self.random.pick(ERRORS);
                    self.line(2, format!("raise {error}('in method')"));
                    "0".into()
                }
                _ => self.random.pick(&["1", "self", "'v'", "NotImplemented", "[1]"]).into(),
            };
            self.line(2, format!("return {value}"));
        }
        if self.random.once_in(3) {
            self.definition(1, "def __enter__(self):");
            self.line(2, "log.append('enter')");
            self.line(2, "return 7");
            self.definition(1, "def __exit__(self, *a):");
            self.line(2, "log.append('exit ' + str(a[0] is None))");
            let result = self.random.pick(&["True", "False", "None", "1 // 0"]);
            self.line(2, format!("return {result}"));
        }
        if self.random.once_in(4) {
            self.line(1, "@property");
            self.line(1, "def prop(self): return 5");
            self.line(1, "@classmethod");
            self.line(1, "def make(cls): return cls.__name__");
        }
        self.classes += 1;
    }

    fn block(&mut self, indent: usize, depth: usize) {
        for _ in 0..1 + self.random.below(3) {
            self.statement(indent, depth);
        }
    }

    fn number(&mut self) -> String {
        let variable = self.random.pick(VARIABLES);
        match self.random.below(6) {
            0 => self.random.below(5).to_string(),
            1 => {
                // Products in a loop would soon be too long for anyone.
                let op = self.random.pick(&["+", "-", "% 1009 *", "//", "%"]);
                format!("{variable} {op} {}", self.random.pick(VARIABLES))
            }
            2 if self.functions > 0 => {
                let options = self.random.pick(&["", ", 1", ", b=2", ", 2, 3", ", x=1", ", *(1,)", ", **{'b': 4}"]);
                format!("f{}({variable}{options})", self.random.below(self.functions))
            }
            3 if self.generators > 0 => format!("sum(g{}({variable}, 1))", self.random.below(self.generators)),
            _ => variable.into(),
        }
    }

    fn condition(&mut self) -> String {
        let (left, right) = (self.number(), self.random.below(4));
        let op = self.random.pick(&["<", ">", "==", "!=", "% 2 ==", "in (1,", "is not"]);
        if op.starts_with("in") { format!("{left} in (1, {right})") } else { format!("{left} {op} {right}") }
    }

    fn error(&mut self) -> String {
        let error = self.random.pick(ERRORS);
        if self.random.once_in(3) { error.into() } else { format!("{error}({})", self.number()) }
    }

    fn statement(&mut self, indent: usize, depth: usize) {
        let simple = depth >= 4 || self.budget == 0;
        self.budget = self.budget.saturating_sub(1);
        match self.random.below(if simple { 8 } else { 16 }) {
            0 => {
                let value = self.number();
                self.line(indent, format!("log.append(show({value}))"));
            }
            1 if self.in_generator => {
                let value = self.number();
                let statement = match self.random.below(4) {
                    0 => format!("c = yield {value}"),
                    1 if self.generators > 0 => format!("c = yield from g{}(a)", self.random.below(self.generators)),
                    2 => "yield from range(2)".into(),
                    _ => format!("yield {value}"),
                };
                self.line(indent, statement);
                self.line(indent, "c = c or 0");
            }
            1 => {
                let statement = self.random.pick(&[
                    "a, b = b, a",
                    "c, *d = [a, b, c]; d = len(d)",
                    "b = [a, b][0]",
                    "d = {'k': c}['k']",
                ]);
                self.line(indent, statement);
            }
            2 if depth > 0 && self.random.once_in(2) => {
                let error = self.error();
                self.line(indent, format!("raise {error}"));
            }
            // A jump out of a block leaves a mark in the frame of machine code, by which the end of a later `finally` jumps, too.
            3 if self.loops > 0 && (self.blocks == 0 || self.code == Code::Bytecode) => {
                let how = self.random.pick(&["break", "continue"]);
                self.line(indent, how);
            }
            4 if depth > 0 && self.random.once_in(3) => {
                let value = self.number();
                self.line(indent, format!("return {value}"));
            }
            5 if self.classes > 0 => {
                let statement = self.use_of_class();
                self.label(indent);
                self.line(indent, statement);
                self.label(indent);
            }
            2..=7 => {
                let (variable, value) = (self.random.pick(VARIABLES), self.number());
                let op = self.random.pick(&["=", "+=", "-="]);
                self.line(indent, format!("{variable} {op} {value}"));
            }
            8 | 9 => {
                let condition = self.condition();
                self.line(indent, format!("if {condition}:"));
                self.block(indent + 1, depth + 1);
                if self.random.once_in(2) {
                    self.line(indent, "else:");
                    self.block(indent + 1, depth + 1);
                }
            }
            10 | 11 => self.loop_statement(indent, depth),
            12 if self.classes > 0 => {
                let class = self.random.below(self.classes);
                self.label(indent);
                self.line(indent, format!("with C{class}() as d:"));
                self.label(indent + 1);
                self.blocks += 1;
                self.block(indent + 1, depth + 1);
                self.blocks -= 1;
                self.label(indent);
            }
            _ => self.try_statement(indent, depth),
        }
    }

    fn use_of_class(&mut self) -> String {
        let class = self.random.below(self.classes);
        let uses = [
            "len(#)",
            "bool(#)",
            "#(2)",
            "#[1]",
            "1 in #",
            "# == 1",
            "# != 1",
            "# < 1",
            "# + 1",
            "1 + #",
            "#.name",
            "-#",
            "#.method(4)",
            "[x for x in #][:3]",
            "isinstance(#, C0)",
            "#.prop",
            "C0.make()",
            "hash(#) == hash(#)",
            "{#: 1}",
            "str(#)",
            "#.z",
            "# == #",
            "not #",
            "list(#)",
            "#.__class__.__name__",
            "hasattr(#, 'prop')",
            "getattr(#, 'absent', 9)",
            "sorted([#, #])",
            "(1, #)[1]",
        ];
        let used = self.random.pick(&uses).replace('#', &format!("C{class}()"));
        format!("log.append(show({used}))")
    }

    fn loop_statement(&mut self, indent: usize, depth: usize) {
        let header = match self.random.below(5) {
            0 => "while d < 4:".into(),
            1 if self.generators > 0 => format!("for d in g{}(a):", self.random.below(self.generators)),
            2 => format!("for d in [{}, 2]:", self.number()),
            3 if self.classes > 0 && self.random.once_in(3) => {
                format!("for d in C{}():", self.random.below(self.classes))
            }
            _ => format!("for {} in range({}):", self.random.pick(VARIABLES), self.random.below(4)),
        };
        let is_of_class = header.starts_with("for d in C");
        if is_of_class {
            self.label(indent);
        }
        self.line(indent, &header);
        self.line(indent + 1, "tick()");
        if is_of_class {
            self.label(indent + 1);
        }
        if header.starts_with("while") {
            self.line(indent + 1, "d += 1");
        }
        self.loops += 1;
        let blocks = std::mem::take(&mut self.blocks);
        self.block(indent + 1, depth + 1);
        self.blocks = blocks;
        self.loops -= 1;
        if self.random.once_in(4) {
            self.line(indent, "else:");
            self.block(indent + 1, depth + 1);
        }
        if is_of_class {
            self.label(indent);
        }
    }

    fn try_statement(&mut self, indent: usize, depth: usize) {
        self.line(indent, "try:");
        self.blocks += 1;
        self.block(indent + 1, depth + 1);
        let handlers = self.random.below(3);
        for _ in 0..handlers {
            let errors = self.random.pick(&[
                "ValueError",
                "KeyError",
                "Own",
                "(TypeError, IndexError)",
                "Exception",
                "LookupError",
                "ArithmeticError",
                "NameError",
            ]);
            let named = self.random.once_in(2);
            self.line(indent, format!("except {errors}{}:", if named { " as e" } else { "" }));
            if named {
                self.line(indent + 1, "failed(e)");
            }
            self.block(indent + 1, depth + 1);
            // Machine code cannot raise the exception that is handled again.
            if self.random.once_in(4) && self.code == Code::Bytecode {
                self.line(indent + 1, "raise");
            }
        }
        if handlers > 0 && self.random.once_in(4) {
            self.line(indent, "else:");
            self.block(indent + 1, depth + 1);
        }
        if handlers == 0 || self.random.once_in(3) {
            self.line(indent, "finally:");
            self.line(indent + 1, format!("log.append('finally {}')", self.budget));
            let loops = std::mem::take(&mut self.loops);
            self.block(indent + 1, depth + 1);
            self.loops = loops;
        }
        self.blocks -= 1;
    }

    /// Calls what there is.
    fn drive(&mut self) {
        let mut calls = Vec::new();
        for number in 0..self.functions {
            calls.push(format!(
                "log.append(show(f{number}({})))",
                self.random.pick(&["1", "1, 2", "5, 0", "0, 1", "2, b=3"])
            ));
        }
        for number in 0..self.generators {
            let how = self.random.pick(&[
                "log.append(show(list(g#(1))))",
                "g = g#(2, 1); log.append(show(next(g))); log.append(show(g.send(4))); log.append(show(list(g)))",
                "g = g#(1); next(g); log.append(show(g.throw(ValueError('thrown'))))",
                "g = g#(1); next(g); g.close(); log.append(show(list(g)))",
                "g = g#(1); g.throw(KeyError)",
                "g = g#(0); log.append(show([next(g, 9) for i in range(6)]))",
                "g = g#(3); next(g); log.append(show(g.throw(Own))); log.append(show(next(g)))",
            ]);
            calls.push(how.replace('#', &number.to_string()));
        }
        for _ in 0..2 * self.classes {
            calls.push(self.use_of_class());
        }
        for call in calls {
            self.label(0);
            self.line(0, "try:");
            for part in call.split("; ") {
                self.line(1, part);
            }
            self.line(0, "except Exception as e:");
            self.line(1, "failed(e)");
        }
    }
}
