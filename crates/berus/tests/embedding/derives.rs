//! Derives of conversions.

use berus::{FromPython, Interpreter, Result, ToPython, Value};

#[derive(Clone, Debug, PartialEq, ToPython, FromPython)]
struct Order {
    item: String,
    #[python(rename = "type")]
    kind: Kind,
    #[python(default)]
    count: u32,
    notes: Option<Vec<Note<String>>>,
}

#[derive(Clone, Debug, PartialEq, ToPython, FromPython)]
struct Note<T>(T);

#[derive(Clone, Debug, PartialEq, ToPython, FromPython)]
struct Pair(i64, f64);

#[derive(Clone, Debug, PartialEq, ToPython, FromPython)]
struct Nothing;

#[derive(Clone, Debug, PartialEq, ToPython, FromPython)]
enum Kind {
    Plain,
    #[python(rename = "gift")]
    Gift(String),
    Bulk {
        r#box: Pair,
    },
    Mixed(i64, Nothing),
}

#[test]
fn derived_conversions_go_there_and_back() -> Result {
    let py = Interpreter::new()?;
    let orders = [
        (Kind::Plain, "'Plain'"),
        (Kind::Gift("you".into()), "{'gift': 'you'}"),
        (Kind::Bulk { r#box: Pair(3, 0.5) }, "{'Bulk': {'box': (3, 0.5)}}"),
        (Kind::Mixed(1, Nothing), "{'Mixed': (1, None)}"),
    ];
    for (kind, text) in orders {
        let order = Order { item: "tea".into(), kind, count: 2, notes: Some(vec![Note("hot".into())]) };
        py.set("order", order.clone())?;
        assert_eq!(py.eval::<Value>("order['type']")?.repr(&py)?, text);
        assert_eq!(py.get::<Order>("order")?, order);
    }
    assert_eq!(py.eval::<String>("order['notes'][0] + order['item']")?, "hottea");
    Ok(())
}

#[test]
fn fields_come_from_dicts_and_attributes() -> Result {
    let py = Interpreter::new()?;
    py.run("class O:\n  item = 'x'\n  type = 'Plain'\n  notes = None\no = O()")?;
    let order: Order = py.get("o")?;
    assert_eq!((order.item.as_str(), order.count, order.notes), ("x", 0, None));
    for (value, error) in [
        ("{}", "ValueError: there is no 'item'"),
        ("{'item': 1, 'type': 'Plain', 'notes': None}", "TypeError: item: str expected, not int"),
        ("{'item': 'x', 'type': 'Odd', 'notes': None}", "ValueError: type: not a variant of Kind"),
        ("{'item': 'x', 'type': {'Plain': 1}, 'notes': None}", "ValueError: type: not a variant of Kind"),
        ("{'item': 'x', 'type': {'gift': 1}, 'notes': None}", "TypeError: type: str expected, not int"),
        ("3", "ValueError: there is no 'item'"),
    ] {
        assert_eq!(py.eval::<Order>(value).unwrap_err().to_string(), error, "{value}");
    }
    Ok(())
}

/// Fields may have any names, those that the derives use in their own code among them.
#[test]
fn fields_have_any_names() -> Result {
    #[derive(Clone, Debug, PartialEq, ToPython, FromPython)]
    struct Named {
        value: i64,
        py: String,
        dict: Option<i64>,
        variant: bool,
    }

    #[derive(Clone, Debug, PartialEq, ToPython, FromPython)]
    enum Choice {
        One { value: i64, py: i64, dict: i64 },
    }

    let py = Interpreter::new()?;
    let named = Named { value: 1, py: "p".into(), dict: None, variant: true };
    py.set("named", named.clone())?;
    assert_eq!(py.eval::<String>("repr(named)")?, "{'value': 1, 'py': 'p', 'dict': None, 'variant': True}");
    assert_eq!(py.get::<Named>("named")?, named);
    py.set("choice", Choice::One { value: 1, py: 2, dict: 3 })?;
    assert_eq!(py.get::<Choice>("choice")?, Choice::One { value: 1, py: 2, dict: 3 });
    Ok(())
}

#[test]
fn errors_name_the_field() -> Result {
    #[derive(Debug, FromPython)]
    #[expect(dead_code, reason = "these are never made")]
    struct Inner {
        price: f64,
    }

    #[derive(Debug, FromPython)]
    #[expect(dead_code, reason = "these are never made")]
    struct Outer {
        inner: Inner,
    }

    let py = Interpreter::new()?;
    let error_of = |expression: &str| py.eval::<Outer>(expression).unwrap_err().to_string();
    assert_eq!(error_of("{'inner': {'price': 'much'}}"), "TypeError: inner: price: can't convert str to float");
    assert_eq!(error_of("{'inner': {}}"), "ValueError: inner: there is no 'price'");
    // An exception of the program's own code stays what it is.
    py.run("class Own:\n    @property\n    def price(self):\n        raise ValueError('mine')")?;
    assert_eq!(error_of("{'inner': Own()}"), "ValueError: mine");
    Ok(())
}
