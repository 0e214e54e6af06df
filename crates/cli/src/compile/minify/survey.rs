//! What a source says of names: which it has, and where it may come by one in another way than by writing it as an identifier.

use std::collections::BTreeSet;

use berus_compiler::grammar::Rule;
use berus_compiler::memory::Quota;
use berus_compiler::names::{Name, Names};
use berus_compiler::token::Token;
use berus_compiler::tree::{Const, Node, Tree, Value};
use berus_compiler::{CompileError, Options, compile, parse};
use berus_mpy::Module;
use berus_mpy::bytecode::instructions;
use berus_mpy::module::{Kind, Qstr};
use berus_mpy::opcode::Op;

/// A name.
pub type Text = Vec<u8>;

/// Functions that find what they name by a value, unless that is written out as a string.
const BY_NAME: [&[u8]; 4] = [b"getattr", b"setattr", b"hasattr", b"delattr"];

/// What shows a program its own names, or makes names of values.
const SHOWS_NAMES: [&[u8]; 12] = [
    b"globals",
    b"locals",
    b"vars",
    b"dir",
    b"exec",
    b"eval",
    b"execfile",
    b"__dict__",
    b"__getattr__",
    b"__setattr__",
    b"__delattr__",
    b"__getattribute__",
];

/// An import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Import {
    /// From how many packages up, counted from 1 for the module's own; 0 for an absolute import.
    pub level: usize,
    /// The parts of the name of the module.
    pub path: Vec<Text>,
    /// What is imported from that, which may be modules of it.
    pub members: Vec<Text>,
}

/// What a source says of names.
#[derive(Debug, Default)]
pub struct Survey {
    /// The bytes of its module as mpy-cross makes it.
    pub size: usize,
    /// All identifiers.
    pub identifiers: BTreeSet<Text>,
    /// Those that are bound as a global, in a class or as an attribute.
    pub bound: BTreeSet<Text>,
    /// Those that are names of attributes.
    pub attributes: BTreeSet<Text>,
    /// Those in the module's table of names: the others are variables of functions, which have no names there.
    pub listed: BTreeSet<Text>,
    /// Those that calls pass as keywords.
    pub keywords: BTreeSet<Text>,
    /// The parameters of each function that go by position or keyword.
    pub parameters: Vec<Vec<Text>>,
    /// Strings, and the names in those that list names and nothing else.
    pub strings: BTreeSet<Text>,
    /// Strings that could be a part of an identifier, and the parts that are between places for others: `_get_` of `"_get_%s"`.
    pub fragments: BTreeSet<Text>,
    /// What could be an identifier in a string.
    pub words: BTreeSet<Text>,
    /// What it imports.
    pub imports: Vec<Import>,
    /// By which identifier it sees its own names, or makes names of values, if it does.
    pub shows_names: Option<Text>,
    /// Whether it passes keywords that are in a mapping which may have any keys, so not one in a plain variable or attribute.
    pub passes_any_mapping: bool,
    /// How many calls pass keywords that are in a mapping.
    pub mappings: usize,
}

impl Survey {
    /// Surveys a source.
    ///
    /// # Errors
    /// If it cannot be compiled.
    pub fn of(source: &[u8], options: &Options<'_>) -> Result<Survey, CompileError> {
        let module = compile(source, options)?;
        let quota = Quota::default();
        let mut names = Names::new(&quota)?;
        let tree = parse(source, &mut names, options, &quota)?;
        let mut survey = Survey { size: module.to_bytes().len(), ..Survey::default() };
        survey.look_at_module(&module);
        Walk { tree: &tree, names: &names, survey: &mut survey }.run();
        Ok(survey)
    }

    fn look_at_module(&mut self, module: &Module<'_>) {
        let name = |index: usize| module.qstrs.get(index).map(|name| name.as_bytes().to_vec());
        self.listed = module.qstrs.iter().skip(1).map(|name: &Qstr<'_>| name.as_bytes().to_vec()).collect();
        for (number, code) in module.codes.iter().enumerate() {
            let Some(Ok(prelude)) = code.prelude() else { continue };
            let positional = prelude.arg_names(&code.code).take(prelude.signature.n_pos_args as usize);
            self.parameters.push(positional.filter_map(|index| name(index as usize)).collect());
            if code.kind == Kind::Bytecode {
                let stores = instructions(code.code.get(prelude.end()..).unwrap_or_default())
                    .map_while(Result::ok)
                    .filter(|instruction| matches!(instruction.op, Op::StoreName | Op::StoreGlobal | Op::StoreAttr));
                for store in stores {
                    let stored = name(store.index() as usize);
                    self.bound.extend(stored.clone());
                    // In a function that is a class body; those of classes come after the module's own.
                    let is_in_class = store.op == Op::StoreName && number > 0;
                    self.attributes.extend(stored.filter(|_| is_in_class || store.op == Op::StoreAttr));
                }
            }
        }
    }
}

/// A walk over all nodes of a tree.
struct Walk<'w> {
    tree: &'w Tree,
    names: &'w Names,
    survey: &'w mut Survey,
}

impl Walk<'_> {
    fn run(&mut self) {
        let mut rest = vec![self.tree.root()];
        while let Some(node) = rest.pop() {
            match self.tree.rule(node) {
                None | Some(Rule::ConstObject) => self.leaf(node, true),
                Some(rule) => self.structure(rule, node, &mut rest),
            }
        }
    }

    fn structure(&mut self, rule: Rule, node: Node, rest: &mut Vec<Node>) {
        let tree = self.tree;
        let child = |i| tree.child(node, i);
        match rule {
            Rule::TrailerPeriod => {
                self.survey.attributes.extend(child(0).as_id().map(|name| self.text(name)));
                return self.leaf(child(0), false);
            }
            Rule::Argument => {
                if let Some(keyword) = child(0).as_id().filter(|_| is_keyword(tree, node)) {
                    let keyword = self.text(keyword);
                    self.survey.identifiers.insert(keyword.clone());
                    self.survey.keywords.insert(keyword);
                    return rest.push(child(1));
                }
            }
            Rule::ArgListDblStar => {
                self.survey.mappings += 1;
                self.survey.passes_any_mapping |= !self.is_stored(child(0));
            }
            Rule::ImportName => self.import(child(0)),
            Rule::ImportFrom => self.import_from(child(0), child(1)),
            Rule::AtomExprNormal if self.is_named_access(node) => return rest.push(child(1)),
            Rule::AtomExprNormal if self.formats_literal(node) => return self.formatted(node, rest),
            _ => {}
        }
        rest.extend(tree.children(node));
    }

    /// Whether this is a variable or an attribute of one, `__dict__` excepted.
    fn is_stored(&self, node: Node) -> bool {
        let trailers = self.tree.child(node, 1);
        let is_attribute = |&trailer: &Node| {
            let name = self.tree.child(trailer, 0).as_id().map(|name| self.names.get(name));
            self.tree.is(trailer, Rule::TrailerPeriod) && name != Some(b"__dict__")
        };
        node.as_id().is_some()
            || self.tree.is(node, Rule::AtomExprNormal)
                && self.tree.child(node, 0).as_id().is_some()
                && self.tree.list(&trailers, Rule::AtomExprTrailers).iter().all(is_attribute)
    }

    /// Whether this is `getattr` or one of its like, called with a string.
    fn is_named_access(&self, node: Node) -> bool {
        let trailers = self.tree.child(node, 1);
        let call = self.tree.list(&trailers, Rule::AtomExprTrailers).first().copied().unwrap_or(Node::NULL);
        let arguments = self.tree.child(call, 0);
        let what = self.tree.list(&arguments, Rule::ArgList).get(1).copied().unwrap_or(Node::NULL);
        let function = self.tree.child(node, 0).as_id();
        function.is_some_and(|name| BY_NAME.contains(&self.names.get(name)))
            && self.tree.is(call, Rule::TrailerParen)
            && matches!(self.tree.value(what), Some(Value::Name(_) | Value::Const(Const::Str(_))))
    }

    /// Whether this is a call of `format` of a string that is written out, which takes any keywords: they name no parameters.
    fn formats_literal(&self, node: Node) -> bool {
        let trailers = self.tree.child(node, 1);
        let [name, call, ..] = self.tree.list(&trailers, Rule::AtomExprTrailers) else { return false };
        self.string_in(self.tree.child(node, 0))
            && self.tree.is(*name, Rule::TrailerPeriod)
            && self.tree.child(*name, 0).as_id().is_some_and(|name| self.names.get(name) == b"format")
            && self.tree.is(*call, Rule::TrailerParen)
    }

    /// Whether this is a string.
    fn string_in(&self, node: Node) -> bool {
        matches!(self.tree.value(node), Some(Value::Name(_) | Value::Const(Const::Str(_))))
    }

    /// Goes on in such a call, without its keywords.
    fn formatted(&mut self, node: Node, rest: &mut Vec<Node>) {
        let tree = self.tree;
        let trailers = tree.child(node, 1);
        let (format, others) = tree.list(&trailers, Rule::AtomExprTrailers).split_at(2);
        rest.push(tree.child(node, 0));
        rest.push(format[0]);
        rest.extend(others);
        let arguments = tree.child(format[1], 0);
        for &argument in tree.list(&arguments, Rule::ArgList) {
            let keyword = tree.child(argument, 0).as_id().filter(|_| is_keyword(tree, argument));
            match keyword {
                Some(keyword) => {
                    let keyword = self.text(keyword);
                    self.survey.identifiers.insert(keyword);
                    rest.push(tree.child(argument, 1));
                }
                None => rest.push(argument),
            }
        }
    }

    /// An identifier or a constant. `is_variable` if an identifier is not the name of an attribute.
    fn leaf(&mut self, node: Node, is_variable: bool) {
        if let Some(name) = node.as_id() {
            let text = self.text(name);
            if SHOWS_NAMES.contains(&&*text) && (is_variable || text.starts_with(b"__"))
                || text == b"__name__" && !is_variable
                || is_variable && BY_NAME.contains(&&*text)
            {
                self.survey.shows_names.get_or_insert(text.clone());
            }
            self.survey.identifiers.insert(text);
            return;
        }
        let mut rest = vec![node];
        while let Some(node) = rest.pop() {
            match self.tree.value(node) {
                Some(Value::Name(name)) => self.string(&self.text(name)),
                Some(Value::Const(Const::Str(text) | Const::Bytes(text))) => self.string(text),
                Some(Value::Const(Const::Tuple(items))) => rest.extend(items),
                _ => {}
            }
        }
    }

    fn string(&mut self, text: &[u8]) {
        let is_part = |&c: &u8| c.is_ascii_alphanumeric() || c == b'_' || c >= 0x80;
        self.survey.strings.insert(text.to_vec());
        let words = text.split(|c| !is_part(c)).filter(|word| !word.is_empty()).map(<[u8]>::to_vec);
        if text.iter().all(|c| is_part(c) || matches!(c, b' ' | b',' | b';' | b'\n')) {
            self.survey.strings.extend(words.clone());
        }
        self.survey.words.extend(words);
        let fragments: Vec<_> = fragments(text).into_iter().filter(|part| !part.is_empty()).collect();
        if fragments.iter().all(|part| part.iter().all(is_part)) {
            self.survey.fragments.extend(fragments);
        }
    }

    /// `a.b, c as d` of an import.
    fn import(&mut self, modules: Node) {
        let tree = self.tree;
        for &module in tree.list(&modules, Rule::DottedAsNames) {
            let module = if tree.is(module, Rule::DottedAsName) { tree.child(module, 0) } else { module };
            let path = self.path(module);
            self.survey.imports.push(Import { path, ..Import::default() });
        }
    }

    /// `a.b`, `..a` or `.` of an import of names, and the names.
    fn import_from(&mut self, source: Node, names: Node) {
        let tree = self.tree;
        let (dots, module) = match tree.rule(source) {
            Some(Rule::ImportFrom2b) => (tree.child(source, 0), tree.child(source, 1)),
            Some(Rule::OneOrMorePeriodOrEllipsis) => (source, Node::NULL),
            None if source.as_token().is_some() => (source, Node::NULL),
            _ => (Node::NULL, source),
        };
        let dots = tree.list(&dots, Rule::OneOrMorePeriodOrEllipsis);
        let level = dots.iter().map(|dot| if dot.is_token(Token::Period) { 1 } else { 3 }).sum();
        let members = tree.list(&names, Rule::ImportAsNames).iter().filter_map(|&name| tree.child(name, 0).as_id());
        let import = Import { level, path: self.path(module), members: members.map(|name| self.text(name)).collect() };
        self.survey.imports.push(import);
    }

    fn path(&self, module: Node) -> Vec<Text> {
        let parts = self.tree.list(&module, Rule::DottedName);
        parts.iter().filter_map(|part| part.as_id()).map(|name| self.text(name)).collect()
    }

    fn text(&self, name: Name) -> Text {
        self.names.get(name).to_vec()
    }
}

/// Whether an argument is a keyword and its value, not a comprehension or a walrus.
fn is_keyword(tree: &Tree, node: Node) -> bool {
    tree.is(node, Rule::Argument) && !matches!(tree.rule(tree.child(node, 1)), Some(Rule::Argument3 | Rule::CompFor))
}

/// What is between the places for values in a string, if it is one to be formatted.
fn fragments(text: &[u8]) -> Vec<Text> {
    let mut parts = vec![Text::new()];
    let mut rest = text;
    while let Some((&c, after)) = rest.split_first() {
        let end = match c {
            b'%' => after.first().map(|_| 1),
            b'{' => after.iter().position(|&c| c == b'}').map(|at| at + 1),
            _ => None,
        };
        match end {
            Some(len) => {
                parts.push(Text::new());
                rest = &after[len..];
            }
            None => {
                if let Some(part) = parts.last_mut() {
                    part.push(c);
                }
                rest = after;
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn survey(source: &str) -> Survey {
        Survey::of(source.as_bytes(), &Options::default()).unwrap()
    }

    fn set(names: &[&str]) -> BTreeSet<Text> {
        names.iter().map(|name| name.as_bytes().to_vec()).collect()
    }

    #[test]
    fn names_are_told_apart_by_where_they_stand() {
        let found = survey(
            "'''docs'''\nimport a.b as _c, d\nfrom ..e import f, g\nfrom . import h\n_g = 1\nclass _H:\n    def i(self, _j, *, k=2):\n        \
            self._l = _j\nm(*q, n=3, o=4 if _p else 5, **{'_r s': 6})\nx = f'{_t}', ('_u', b'_v')\n",
        );
        assert_eq!(found.keywords, set(&["n", "o"]));
        assert!(found.identifiers.is_superset(&set(&["_c", "_g", "_H", "i", "_j", "k", "_l", "_p", "_t", "self"])));
        assert_eq!(
            found.attributes.iter().filter(|name| !name.starts_with(b"__")).cloned().collect::<BTreeSet<_>>(),
            set(&["_l", "format", "i"])
        );
        let import = |level, path: &[&str], members: &[&str]| Import {
            level,
            path: path.iter().map(|part| part.as_bytes().to_vec()).collect(),
            members: members.iter().map(|name| name.as_bytes().to_vec()).collect(),
        };
        let imports = [
            import(0, &["a", "b"], &[]),
            import(0, &["d"], &[]),
            import(2, &["e"], &["f", "g"]),
            import(1, &[], &["h"]),
        ];
        assert!(imports.iter().all(|import| found.imports.contains(import)), "{:?}", found.imports);
        assert!(found.bound.is_superset(&set(&["_c", "_g", "_H", "_l"])) && !found.bound.contains(&b"_j"[..]));
        assert!(found.words.is_superset(&set(&["_r", "s", "_u", "_v"])) && !found.words.contains(&b"docs"[..]));
        assert_eq!(found.parameters.iter().flatten().cloned().collect::<BTreeSet<_>>(), set(&["_j", "self"]));
        assert!(found.passes_any_mapping);
    }

    #[test]
    fn what_shows_names_is_found() {
        for shown in ["x.__dict__", "globals()", "getattr(x, y)", "f = getattr", "def __getattr__(self, name): pass"] {
            assert!(survey(shown).shows_names.is_some(), "{shown}");
        }
        for plain in ["getattr(x, 'y')", "setattr(x, 'a long name of an attribute', z)", "x.dir()", "re.eval = 1"] {
            assert_eq!(survey(plain).shows_names, None, "{plain}");
        }
        assert!(!survey("def f(*a, **k):\n    g(*a, **k)\n    g(**self.k)").passes_any_mapping);
        assert!(survey("f(**g())").passes_any_mapping && survey("f(**g.__dict__)").passes_any_mapping);
        assert!(survey("x = 'abc def'").strings.is_superset(&set(&["abc def", "abc", "def"])));
        let parts = survey("x = '_get_%s', '_set_{}_{:x}', b'_do', 'no: %s'").fragments;
        assert_eq!(parts, set(&["_", "_do", "_get_", "_set_"]));
        assert!(!survey("x = 'abc: def'").strings.contains(&b"abc"[..]));
        let formatted = survey("'{a}{b[0]}'.format(a=f(c=1), b=d).join(e=2)\nx.format(g=3)");
        assert_eq!(formatted.keywords, set(&["c", "e", "g"]));
        assert!(formatted.identifiers.is_superset(&set(&["a", "b", "c", "d", "e", "f", "g", "x"])));
    }
}
