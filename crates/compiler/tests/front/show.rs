//! Trees as text.
//!
//! A struct node is its rule and its children in parentheses, nothing is `-`, names, integers and operators are
//! themselves, strings that are names have quotes, and the value of a constant object follows `#`.

use berus_compiler::grammar::Rule;
use berus_compiler::memory::Quota;
use berus_compiler::names::Names;
use berus_compiler::tree::{Const, Node, Tree, Value};
use berus_compiler::{CompileError, Mode, Options};
use berus_mpy::number::{self, Form};

/// Parses a source with all memory that there is.
pub fn parse(source: &[u8], options: &Options<'_>) -> Result<(Tree, Names), CompileError> {
    let quota = Quota::default();
    let mut names = Names::new(&quota)?;
    Ok((berus_compiler::parse(source, &mut names, options, &quota)?, names))
}

/// The tree of a module.
pub fn tree(source: &str) -> String {
    try_tree(source.as_bytes(), &Options::default()).unwrap_or_else(|error| panic!("{source:?}: {error}"))
}

/// The tree of an expression.
pub fn expression(source: &str) -> String {
    let options = Options { mode: Mode::Eval, ..Options::default() };
    let (tree, names) = parse(source.as_bytes(), &options).unwrap_or_else(|error| panic!("{source:?}: {error}"));
    let mut text = String::new();
    // The other child of the root is the line end.
    show(&tree, &names, tree.child(tree.root(), 0), false, &mut text);
    text
}

/// The tree of a source, if it has one.
pub fn try_tree(source: &[u8], options: &Options<'_>) -> Result<String, CompileError> {
    let (tree, names) = parse(source, options)?;
    let mut text = String::new();
    show(&tree, &names, tree.root(), false, &mut text);
    Ok(text)
}

/// The rules in the tree of a module in order, each with its line.
pub fn lines(source: &str) -> String {
    let (tree, names) = parse(source.as_bytes(), &Options::default()).expect("a program");
    let mut text = String::new();
    show(&tree, &names, tree.root(), true, &mut text);
    text
}

/// The last line of the traceback of a module, with the line before it.
pub fn error(source: impl AsRef<[u8]>) -> String {
    let source = source.as_ref();
    match try_tree(source, &Options::default()) {
        Ok(tree) => panic!("{:?} is {tree}", String::from_utf8_lossy(source)),
        Err(error) => match error.line {
            Some(line) => format!("{line}: {error}"),
            None => error.to_string(),
        },
    }
}

fn show(tree: &Tree, names: &Names, node: Node, lines: bool, text: &mut String) {
    if node.is_null() {
        text.push('-');
    } else if let Some(value) = tree.small_int(node) {
        text.push_str(&value.to_string());
    } else if let Some(name) = node.as_id() {
        text.push_str(&String::from_utf8_lossy(names.get(name)));
    } else if let Some(token) = node.as_token() {
        text.push_str(token.text());
    } else if tree.is(node, Rule::ConstObject) {
        text.push('#');
        if let Some(value) = tree.value(node) {
            show_value(tree, names, value, text);
        }
    } else if let Some(rule) = tree.rule(node) {
        text.push_str(&format!("({rule:?}"));
        if lines {
            text.push_str(&format!("@{}", tree.line(node)));
        }
        let mut children = tree.children(node);
        if tree.scope_number(node).is_some() {
            children = &children[..children.len() - 1];
        }
        for &child in children {
            text.push(' ');
            show(tree, names, child, lines, text);
        }
        text.push(')');
    } else if let Some(value) = tree.value(node) {
        show_value(tree, names, value, text);
    }
}

fn show_value(tree: &Tree, names: &Names, value: Value<'_>, text: &mut String) {
    let escaped = |bytes: &[u8]| bytes.escape_ascii().to_string();
    match value {
        Value::None => text.push_str("None"),
        Value::False => text.push_str("False"),
        Value::True => text.push_str("True"),
        Value::Ellipsis => text.push_str("..."),
        Value::SmallInt(value) => text.push_str(&value.to_string()),
        Value::Name(name) => text.push_str(&format!("\"{}\"", escaped(names.get(name)))),
        Value::EmptyTuple => text.push_str("()"),
        Value::Const(constant) => match constant {
            Const::Int(value) => text.push_str(&value.to_string()),
            Const::Float(value) => text.push_str(number::format(*value, Form::Repr, 0, None, false).as_str()),
            Const::Imaginary(value) => *text += &format!("{}j", number::format(*value, Form::Bare, 0, None, false)),
            Const::Str(bytes) => text.push_str(&format!("\"{}\"", escaped(bytes))),
            Const::Bytes(bytes) => text.push_str(&format!("b\"{}\"", escaped(bytes))),
            Const::Tuple(items) => {
                text.push('(');
                for (i, &item) in items.iter().enumerate() {
                    text.push_str(if i > 0 { " " } else { "" });
                    if let Some(value) = tree.value(item) {
                        show_value(tree, names, value, text);
                    }
                }
                text.push(')');
            }
        },
    }
}
