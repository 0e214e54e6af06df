//! The names that Berus's own crates use, in the order of their numbers, which follow those of the format.
//!
//! A name that is missing here makes [`q!`](crate::q) fail to compile; add it at the end of the list it belongs to.

/// Names of types, and those that the interpreter and classes use.
#[rustfmt::skip]
pub const CORE: &[&str] = &[
    "__add__",
    "__bool__",
    "__contains__",
    "__del__",
    "__delattr__",
    "__dict__",
    "__eq__",
    "__file__",
    "__ge__",
    "__get__",
    "__gt__",
    "__import__",
    "__le__",
    "__lt__",
    "__ne__",
    "__path__",
    "__set__",
    "__setattr__",
    "__delete__",
    "__sub__",
    "__bases__",
    "__build_class__",
    "__repl_print__",
    "__traceback__",
    "__cause__",
    "__context__",
    "BaseExceptionGroup",
    "complex",
    "float",
    "frozenset",
    "memoryview",
    "module",
    "function",
    "closure",
    "generator",
    "bound_method",
    "builtin_function",
    "iterator",
    "enumerate",
    "filter",
    "reversed",
    "slice",
    "property",
    "min",
    "max",
    "input",
    "oct",
    "bin",
    "hex",
    "ascii",
    "compile",
    "delattr",
    "vars",
    "breakpoint",
    "StopAsyncIteration",
    "UnicodeError",
    "NotImplemented",
    "ellipsis",
    "cell",
    "array",
    "name",
    "errno",
    "code",
];

/// Names of methods and attributes of built-in objects.
#[rustfmt::skip]
pub const OBJECTS: &[&str] = &[
];

/// Names of built-in functions and modules, and of what is in those.
#[rustfmt::skip]
pub const MODULES: &[&str] = &[
];
