//! Values that Rust code holds, wherever it holds them.

use std::collections::{BTreeMap, HashMap};

use berus::{Bytes, Dict, Function, Interpreter, List, Result, Value};

fn interpreter() -> Interpreter {
    Interpreter::new().expect("there is memory")
}

/// An interpreter that collects garbage at every allocation, and overwrites what is free.
fn stressed() -> Interpreter {
    let py = interpreter();
    // SAFETY: no value is used.
    unsafe { py.vm() }.heap().set_stress(true);
    py
}

#[test]
fn values_in_memory_of_rust_outlive_collections() -> Result {
    let py = stressed();
    let values: Vec<Value> = (0..100).map(|n| py.eval(&format!("['item', {n}]"))).collect::<Result<_>>()?;
    let boxed = Box::new(values[7].clone());
    py.run("for n in range(100): [n] * 10")?;
    for (n, value) in values.iter().enumerate() {
        assert_eq!(value.to::<(String, usize)>(&py)?, ("item".into(), n));
    }
    drop(values);
    py.collect_garbage();
    assert_eq!(boxed.repr(&py)?, "['item', 7]");
    Ok(())
}

#[test]
fn values_without_a_handle_are_freed() -> Result {
    let py = Interpreter::builder().memory(1 << 20).build()?;
    for _ in 0..100 {
        let large: Value = py.eval("bytearray(200_000)")?;
        let again = large.clone();
        drop(large);
        assert_eq!(again.len(&py)?, 200_000);
    }
    Ok(())
}

#[test]
fn values_stay_with_their_interpreter() -> Result {
    let (py, other) = (interpreter(), interpreter());
    let value: Value = py.eval("[1, 2]")?;
    assert!(value.len(&other).is_err());
    assert!(other.set("stolen", &value).is_err());
    assert!(other.call::<()>("print", (&value,)).is_err());
    assert!(value.call_method::<()>(&py, "append", (other.eval::<Value>("3")?,)).is_err());
    assert_eq!(value.len(&py)?, 2);
    Ok(())
}

#[test]
fn values_of_an_interpreter_that_has_ended_are_no_values() -> Result {
    let kept: Vec<Value> = (0..50).map(|_| interpreter().eval("object()")).collect::<Result<_>>()?;
    // New interpreters may lie where those were.
    for _ in 0..50 {
        let py = interpreter();
        assert!(kept.iter().all(|value| value.repr(&py).is_err()));
    }
    Ok(())
}

#[test]
fn values_are_dropped_on_any_thread() -> Result {
    let py = interpreter();
    for _ in 0..20 {
        let values: Vec<Value> = (0..500).map(|n| py.eval(&format!("[{n}]"))).collect::<Result<_>>()?;
        let dropping = std::thread::spawn(move || drop(values));
        for n in 0..500 {
            let value: Value = py.eval(&format!("({n}, {n})"))?;
            assert_eq!(value.to::<(i32, i32)>(&py)?, (n, n));
        }
        dropping.join().expect("nothing panics");
    }
    Ok(())
}

#[test]
fn an_interpreter_is_sent_with_its_values() -> Result {
    let py = interpreter();
    let list: List = py.eval("[1]")?;
    let (py, list) =
        std::thread::spawn(move || list.push(&py, 2).map(|()| (py, list))).join().expect("nothing panics")?;
    assert_eq!(list.to::<Vec<i64>>(&py)?, [1, 2]);
    Ok(())
}

#[test]
fn numbers_and_text_come_back_as_they_went() -> Result {
    let py = stressed();
    macro_rules! there_and_back {
        ($($ty:ty: $($value:expr),*;)*) => {
            $($(
                let value: $ty = $value;
                py.set("value", value.clone())?;
                assert_eq!(py.get::<$ty>("value")?, value);
            )*)*
        };
    }
    there_and_back! {
        i8: i8::MIN, i8::MAX;
        u16: 0, u16::MAX;
        i64: i64::MIN, -1, i64::MAX;
        u64: 0, u64::MAX;
        usize: usize::MAX;
        f64: 0.1, f64::MAX, -0.0, f64::INFINITY;
        f32: 0.5;
        bool: true, false;
        char: 'a', 'é', '🦀';
        String: String::new(), "größer".into(), "a\0b".into();
        Option<i64>: None, Some(3);
        (i64, String): (1, "one".into());
        Vec<Vec<u8>>: vec![vec![], vec![1, 2]];
        [i64; 3]: [1, 2, 3];
        Bytes: Bytes(vec![]), Bytes(vec![0, 255]);
        HashMap<String, Vec<i64>>: HashMap::from([("a".into(), vec![1]), ("b".into(), vec![])]);
        BTreeMap<i64, f64>: BTreeMap::from([(1, 1.5), (2, 2.5)]);
        (): ();
    }
    Ok(())
}

#[test]
fn what_does_not_fit_is_an_error() -> Result {
    let py = interpreter();
    assert_eq!(py.eval::<u8>("256").unwrap_err().type_name(), "OverflowError");
    assert_eq!(py.eval::<u8>("-1").unwrap_err().type_name(), "OverflowError");
    assert_eq!(py.eval::<i64>("2**63").unwrap_err().type_name(), "OverflowError");
    assert_eq!(py.eval::<i64>("1.5").unwrap_err().type_name(), "TypeError");
    assert_eq!(py.eval::<i64>("'1'").unwrap_err().type_name(), "TypeError");
    assert_eq!(py.eval::<String>("1").unwrap_err().to_string(), "TypeError: str expected, not int");
    assert_eq!(py.eval::<(i64, i64)>("(1, 2, 3)").unwrap_err().type_name(), "ValueError");
    assert_eq!(py.eval::<[i64; 2]>("[1]").unwrap_err().to_string(), "ValueError: 2 items expected, not 1");
    assert_eq!(py.eval::<HashMap<i64, i64>>("[]").unwrap_err().type_name(), "TypeError");
    assert_eq!(py.eval::<Function>("3").unwrap_err().type_name(), "TypeError");
    assert_eq!(py.eval::<List>("()").unwrap_err().to_string(), "TypeError: list expected");
    Ok(())
}

#[test]
fn lists_may_change_while_they_are_converted() -> Result {
    let py = stressed();
    py.run(
        "
class Shrinks:
    def __float__(self):
        items.clear()
        return 1.0
items = [Shrinks(), 2.0, 3.0]
class Iterates:
    def __iter__(self):
        items.append(1)
        return iter([1.0, 2.0])
",
    )?;
    let _ = py.get::<Vec<f64>>("items");
    py.run("items = [Shrinks(), 2.0, 3.0]")?;
    assert!(py.get::<(f64, f64, f64)>("items").is_err());
    assert_eq!(py.eval::<Vec<f64>>("Iterates()")?, [1.0, 2.0]);
    Ok(())
}

#[test]
fn containers_and_attributes_are_reached() -> Result {
    let py = interpreter();
    let dict = Dict::new(&py)?;
    dict.set(&py, "one", 1)?;
    dict.set(&py, 2, vec!["two"])?;
    assert_eq!(dict.get::<Vec<String>>(&py, 2)?, ["two"]);
    assert_eq!(dict.get::<i64>(&py, "three").unwrap_err().type_name(), "KeyError");
    assert_eq!((dict.len(&py)?, dict.is_empty(&py)?, dict.is_true(&py)?), (2, false, true));
    py.run("class Thing:\n  def double(self): return self.size * 2")?;
    let thing: Value = py.call("Thing", ())?;
    thing.set_attr(&py, "size", 21)?;
    assert_eq!(thing.call_method::<i64>(&py, "double", ())?, 42);
    assert_eq!(thing.type_name(&py)?, "Thing");
    assert_eq!(thing.get_attr::<i64>(&py, "weight").unwrap_err().type_name(), "AttributeError");
    assert!(py.eval::<Value>("None")?.is_none(&py) && !thing.is_none(&py));
    let letters: Vec<String> = py.eval::<Value>("'abc'")?.iter(&py)?.collect::<Result<_>>()?;
    assert_eq!(letters, ["a", "b", "c"]);
    Ok(())
}

#[test]
fn lengths_are_what_can_be_one() -> Result {
    let py = Interpreter::new()?;
    py.run("class Long:\n    def __init__(self, n): self.n = n\n    def __len__(self): return self.n")?;
    let len = |expression: &str| py.eval::<Value>(expression)?.len(&py);
    assert_eq!(len("Long(3)")?, 3);
    assert_eq!(len("'\u{e9}\u{e9}'")?, 2);
    for (expression, error) in
        [("Long(-1)", "ValueError"), ("Long(1 << 99)", "OverflowError"), ("Long('3')", "TypeError"), ("1", "TypeError")]
    {
        assert_eq!(len(expression).unwrap_err().type_name(), error, "{expression}");
    }
    Ok(())
}
