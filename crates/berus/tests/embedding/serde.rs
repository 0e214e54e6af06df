//! Conversions by `serde`.

use std::collections::BTreeMap;

use berus::{FromPython, Interpreter, Result, Serde, Value};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Order {
    item: String,
    #[serde(rename = "type")]
    kind: Kind,
    #[serde(default)]
    count: u32,
    note: Option<Note>,
    sizes: Vec<(i64, f32)>,
    tags: BTreeMap<String, bool>,
    by_number: BTreeMap<i64, char>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Note(String);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Pair(i64, f64);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Nothing;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Kind {
    Plain,
    Gift(String),
    Bulk { pair: Pair },
    Mixed(i64, Nothing),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
enum Tagged {
    Circle { radius: f64 },
    Point,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Either {
    Number(i64),
    Text(String),
    Many(Vec<Either>),
}

/// Bytes, which `serde` does not know from lists of numbers by itself.
#[derive(Debug, PartialEq)]
struct Raw(Vec<u8>);

impl Serialize for Raw {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Raw, D::Error> {
        struct Visitor;

        impl serde::de::Visitor<'_> for Visitor {
            type Value = Raw;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> std::result::Result<Raw, E> {
                Ok(Raw(bytes.to_vec()))
            }
        }
        deserializer.deserialize_byte_buf(Visitor)
    }
}

/// Sends a value to Python, where its `repr` is `text`, and back.
fn there_and_back<T>(py: &Interpreter, value: T, text: &str) -> Result
where
    T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    py.set("value", Serde(&value))?;
    assert_eq!(py.get::<Value>("value")?.repr(py)?, text);
    let Serde(back) = py.get::<Serde<T>>("value")?;
    assert_eq!(back, value);
    Ok(())
}

#[test]
fn values_go_there_and_back() -> Result {
    let py = Interpreter::new()?;
    there_and_back(&py, (), "None")?;
    there_and_back(&py, (true, 'x', "text".to_string()), "(True, 'x', 'text')")?;
    there_and_back(
        &py,
        (i8::MIN, i64::MIN, u64::MAX, i32::MAX),
        "(-128, -9223372036854775808, 18446744073709551615, 2147483647)",
    )?;
    there_and_back(
        &py,
        (i128::MIN, u128::MAX),
        "(-170141183460469231731687303715884105728, 340282366920938463463374607431768211455)",
    )?;
    there_and_back(&py, (0.5_f32, -1e300_f64), "(0.5, -1e+300)")?;
    there_and_back(&py, [Some(1), None], "(1, None)")?;
    there_and_back(&py, vec![vec![1], vec![]], "[[1], []]")?;
    there_and_back(&py, Raw(vec![1, 2, 255]), "b'\\x01\\x02\\xff'")?;
    there_and_back(&py, Nothing, "None")?;
    there_and_back(&py, Note("n".into()), "'n'")?;
    there_and_back(&py, Pair(3, 0.5), "(3, 0.5)")?;
    there_and_back(&py, Kind::Plain, "'Plain'")?;
    there_and_back(&py, Kind::Gift("you".into()), "{'Gift': 'you'}")?;
    there_and_back(&py, Kind::Bulk { pair: Pair(1, 2.0) }, "{'Bulk': {'pair': (1, 2.0)}}")?;
    there_and_back(&py, Kind::Mixed(1, Nothing), "{'Mixed': (1, None)}")?;
    there_and_back(&py, Tagged::Point, "{'kind': 'Point'}")?;
    there_and_back(&py, BTreeMap::from([(1, "a".to_string())]), "{1: 'a'}")?;
    there_and_back(&py, Either::Many(vec![Either::Number(1), Either::Text("t".into())]), "[1, 't']")?;
    py.set("shape", Serde(Tagged::Circle { radius: 1.5 }))?;
    assert_eq!(py.eval::<(String, f64)>("shape['kind'], shape['radius']")?, ("Circle".into(), 1.5));
    assert_eq!(py.get::<Serde<Tagged>>("shape")?, Serde(Tagged::Circle { radius: 1.5 }));
    let order = Order {
        item: "tea".into(),
        kind: Kind::Gift("me".into()),
        count: 2,
        note: Some(Note("hot".into())),
        sizes: vec![(1, 0.5), (2, 1.5)],
        tags: BTreeMap::from([("new".into(), true)]),
        by_number: BTreeMap::from([(-1, 'c')]),
    };
    py.set("order", Serde(&order))?;
    assert_eq!(py.eval::<String>("order['note'] + order['item'] * order['count']")?, "hotteatea");
    assert_eq!(py.get::<Serde<Order>>("order")?.0, order);
    Ok(())
}

#[test]
fn data_comes_from_what_programs_have() -> Result {
    let py = Interpreter::new()?;
    py.run(
        "
from collections import namedtuple, OrderedDict
class Object:
    item, type, note, sizes = 'tea', 'Plain', None, ()
    tags = by_number = {}
class Text(str): pass
",
    )?;
    let Serde(order) = py.eval::<Serde<Order>>("Object()")?;
    assert_eq!((order.item.as_str(), order.kind, order.count, order.sizes), ("tea", Kind::Plain, 0, vec![]));
    fn read<T: DeserializeOwned>(py: &Interpreter, expression: &str) -> Result<T> {
        py.eval::<Serde<T>>(expression).map(|Serde(value)| value)
    }
    assert_eq!(read::<Vec<u8>>(&py, "b'ab'")?, [97, 98]);
    assert_eq!(read::<Vec<i64>>(&py, "(n * n for n in range(4))")?, [0, 1, 4, 9]);
    assert_eq!(read::<Vec<i64>>(&py, "{7}")?, [7]);
    assert_eq!(read::<Pair>(&py, "[1, 2]")?, Pair(1, 2.0));
    assert_eq!(read::<Pair>(&py, "namedtuple('P', 'a b')(1, 2)")?, Pair(1, 2.0));
    assert_eq!(read::<BTreeMap<String, i64>>(&py, "OrderedDict(a=1)")?, BTreeMap::from([("a".into(), 1)]));
    assert_eq!(read::<Raw>(&py, "bytearray(b'ab')")?, Raw(b"ab".to_vec()));
    assert_eq!(read::<Raw>(&py, "memoryview(b'abc')[1:]")?, Raw(b"bc".to_vec()));
    assert_eq!(
        read::<serde_json::Value>(&py, "[1, -2, 2.5, None, {'a': 'b'}, (True,)]")?.to_string(),
        r#"[1,-2,2.5,null,{"a":"b"},[true]]"#
    );
    Ok(())
}

#[test]
fn what_does_not_fit_is_an_error() -> Result {
    let py = Interpreter::new()?;
    py.run("class Bad:\n  @property\n  def item(self): raise KeyError('mine')")?;
    fn error<T: DeserializeOwned>(py: &Interpreter, expression: &str) -> String {
        py.eval::<Serde<T>>(expression).err().expect("no value").to_string()
    }
    for (found, expected) in [
        (error::<i64>(&py, "'x'"), "TypeError: i64 expected, not string \"x\""),
        (error::<u8>(&py, "300"), "ValueError: invalid value: integer `300`, expected u8"),
        (error::<u64>(&py, "1 << 300"), "OverflowError: the int does not fit"),
        (error::<String>(&py, "3"), "TypeError: a string expected, not integer `3`"),
        (error::<Vec<i64>>(&py, "{1: 2}"), "TypeError: a sequence expected, not map"),
        (error::<Vec<i64>>(&py, "print"), "TypeError: 'function' object isn't iterable"),
        (error::<(i64, i64)>(&py, "[1]"), "ValueError: invalid length 1, expected a tuple of size 2"),
        (
            error::<Kind>(&py, "'Odd'"),
            "ValueError: unknown variant `Odd`, expected one of `Plain`, `Gift`, `Bulk`, `Mixed`",
        ),
        (error::<Kind>(&py, "{}"), "ValueError: not a variant of Kind"),
        (error::<Order>(&py, "{}"), "ValueError: missing field `item`"),
        (error::<Order>(&py, "Bad()"), "KeyError: mine"),
        (
            error::<BTreeMap<String, Vec<Order>>>(&py, "{'all': [{'item': 5}]}"),
            "TypeError: all: item: a string expected, not integer `5`",
        ),
        (error::<BTreeMap<i64, u8>>(&py, "{3: 300}"), "ValueError: 3: invalid value: integer `300`, expected u8"),
        (error::<serde_json::Value>(&py, "[print]"), "TypeError: a function is no data"),
    ] {
        assert_eq!(found, expected);
    }
    Ok(())
}

#[derive(Debug, berus::FromPython)]
struct Node {
    #[allow(dead_code)]
    children: Vec<Node>,
}

#[test]
fn values_that_contain_themselves_end_in_an_error() -> Result {
    let py = Interpreter::new()?;
    py.run("x = []\nx.append(x)\nd = {}\nd['d'] = d\nnode = {'children': []}\nnode['children'].append(node)")?;
    fn error<T: FromPython>(py: &Interpreter, name: &str) -> berus::Error {
        py.get::<T>(name).err().expect("no value")
    }
    for error in [
        error::<Serde<serde_json::Value>>(&py, "x"),
        error::<Serde<serde_json::Value>>(&py, "d"),
        error::<Serde<Either>>(&py, "x"),
        error::<Node>(&py, "node"),
    ] {
        assert_eq!((error.type_name(), error.limit()), ("RecursionError", Some(berus::Limit::Depth)));
    }
    assert_eq!(py.eval::<i64>("6 * 7")?, 42);
    Ok(())
}

#[test]
fn memory_limits_what_is_made() -> Result {
    let py = Interpreter::builder().memory(256 << 10).build()?;
    let error = py.set("big", Serde(vec![1_u64; 1 << 20])).unwrap_err();
    assert_eq!(error.limit(), Some(berus::Limit::Memory));
    Ok(())
}

#[test]
fn conversions_make_no_more_than_the_memory() -> Result {
    let py = Interpreter::builder().memory(1 << 20).endless().build()?;
    py.run("x = []\nfor _ in range(60): x = [x, x]\ny = {}\nfor _ in range(60): y = {'a': y, 'b': y}")?;
    py.run("text = ['a' * 100000] * 1000")?;
    for expression in ["x", "y", "text", "range(10 ** 12)"] {
        let error = py.eval::<Serde<Vec<serde_json::Value>>>(expression).map(drop).err();
        let error = error
            .filter(|error| error.type_name() != "TypeError")
            .or_else(|| py.eval::<Serde<serde_json::Value>>(expression).map(drop).err());
        assert_eq!(error.expect("an error").limit(), Some(berus::Limit::Memory), "{expression}");
    }
    Ok(())
}
