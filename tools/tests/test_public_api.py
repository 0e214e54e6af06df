"""What tools/public-api lists, of a crate as rustdoc describes it."""

import importlib.machinery
import importlib.util
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
LOADER = importlib.machinery.SourceFileLoader("public_api", str(pathlib.Path(__file__).parents[1] / "public-api"))
public_api = importlib.util.module_from_spec(importlib.util.spec_from_loader("public_api", LOADER))
LOADER.exec_module(public_api)

NO_GENERICS = {"params": [], "where_predicates": []}


def path(name, *types):
    args = {"angle_bracketed": {"args": [{"type": ty} for ty in types], "constraints": []}} if types else None
    return {"resolved_path": {"path": name, "id": 0, "args": args}}


def crate(*items):
    """A crate of items, numbered from 1, that are in its root."""
    index = {str(number): item for number, item in enumerate(items, 1)}
    root = item("berus", {"module": {"items": list(range(1, len(items) + 1))}})
    return {"root": 0, "index": {"0": root, **index}}


def item(name, inner, visibility="public", attrs=()):
    return {"name": name, "inner": inner, "visibility": visibility, "attrs": list(attrs)}


def function(inputs, output=None, params=(), **header):
    header = {"is_const": False, "is_async": False, "is_unsafe": False} | header
    generics = {"params": list(params), "where_predicates": []}
    return {"function": {"generics": generics, "sig": {"inputs": inputs, "output": output}, "header": header, "has_body": True}}


class Changes(unittest.TestCase):
    def test_a_changed_line_has_gone_and_come(self):
        self.assertEqual(public_api.changes(["a: fn()", "b: fn()"], ["a: fn(u8)", "b: fn()"]), (["a: fn()"], ["a: fn(u8)"]))
        self.assertEqual(public_api.changes(["a: fn()"], ["a: fn()", "c: fn()"]), ([], ["c: fn()"]))


class Lists(unittest.TestCase):
    def test_functions(self):
        borrowed = {"borrowed_ref": {"lifetime": None, "is_mutable": False, "type": {"primitive": "str"}}}
        bound = {"trait_bound": {"trait": {"path": "core::fmt::Display", "args": None}, "modifier": "none"}}
        parameter = {"name": "T", "kind": {"type": {"bounds": [bound], "is_synthetic": False}}}
        made = crate(
            item("run", function([["text", borrowed]], path("alloc::vec::Vec", path("crate::Value")))),
            item("show", function([["of", {"generic": "T"}]], params=[parameter], is_unsafe=True)),
            item("inner", function([]), visibility="crate"),
            item("secret", function([]), attrs=["#[doc(hidden)]"]),
        )
        self.assertEqual(
            public_api.items(made), ["berus::run: fn(&str) -> Vec<Value>", "berus::show: unsafe fn<T: Display>(T)"]
        )

    def test_structs(self):
        impl = {
            "generics": NO_GENERICS,
            "trait": {"path": "Send", "args": None},
            "for": path("Frame"),
            "is_negative": False,
            "is_synthetic": True,
            "blanket_impl": None,
            "items": [],
        }
        fields = {"plain": {"fields": [2, 3], "has_stripped_fields": False}}
        struct = {"struct": {"kind": fields, "generics": NO_GENERICS, "impls": [4]}}
        made = crate(item("Frame", struct, attrs=["#[non_exhaustive]"]))
        made["index"] |= {
            "2": item("line", {"struct_field": {"primitive": "u32"}}),
            "3": item("word", {"struct_field": {"primitive": "usize"}}, visibility="crate"),
            "4": item(None, {"impl": impl}, visibility="default"),
        }
        self.assertEqual(
            public_api.items(made),
            ["berus::Frame.line: u32", "berus::Frame: impl Send for Frame", "berus::Frame: struct #[non_exhaustive]"],
        )


if __name__ == "__main__":
    unittest.main()
