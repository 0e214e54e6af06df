//! What errors tell.

use berus::{Error, Function, Interpreter, Program, Result, Value};

/// The lines of source that the frames of an error show, the innermost first.
fn lines(error: &Error) -> Vec<Option<&str>> {
    error.frames().iter().map(|frame| frame.source.as_deref()).collect()
}

#[test]
fn frames_show_the_line_where_its_text_is_known() -> Result {
    let py = Interpreter::new()?;
    py.run("def first(x):\n    return second(x)\n")?;
    py.run("# Another text.\n\ndef second(x):\n\treturn 1 / x  \n")?;
    py.run(&Program::compile("def third(x):\n    exec('first(x)', globals(), {'x': x})", "third.py")?)?;
    let error = py.eval::<Value>("[third(x) for x in (1, 0)]").unwrap_err();
    let told: Vec<_> =
        error.frames().iter().map(|frame| (frame.file.as_str(), frame.line, frame.function.as_str())).collect();
    assert_eq!(
        told,
        [
            ("<program 2>", 4, "second"),
            ("<program>", 2, "first"),
            ("<string>", 1, "<module>"),
            ("third.py", 2, "third"),
            ("<expression>", 1, "<listcomp>"),
            ("<expression>", 1, "<module>"),
        ]
    );
    assert_eq!(
        lines(&error),
        [
            Some("\treturn 1 / x"),
            Some("    return second(x)"),
            None,
            Some("    exec('first(x)', globals(), {'x': x})"),
            Some("[third(x) for x in (1, 0)]"),
            Some("[third(x) for x in (1, 0)]"),
        ]
    );
    assert_eq!(
        error.traceback().to_string(),
        "\
Traceback (most recent call last):
  File \"<expression>\", line 1, in <module>
    [third(x) for x in (1, 0)]
  File \"<expression>\", line 1, in <listcomp>
    [third(x) for x in (1, 0)]
  File \"third.py\", line 2, in third
    exec('first(x)', globals(), {'x': x})
  File \"<string>\", line 1, in <module>
  File \"<program>\", line 2, in first
    return second(x)
  File \"<program 2>\", line 4, in second
    return 1 / x
ZeroDivisionError: divide by zero"
    );
    assert_eq!(format!("{error:?}"), error.traceback().to_string());
    Ok(())
}

#[test]
fn no_line_of_another_text_is_shown() -> Result {
    let py = Interpreter::new()?;
    // Two texts of one name.
    py.run(&Program::compile("def f(): raise ValueError", "same.py")?)?;
    assert_eq!(lines(&py.run("f()").unwrap_err()), [Some("def f(): raise ValueError"), Some("f()")]);
    py.run(&Program::compile("x = 1", "same.py")?)?;
    assert_eq!(lines(&py.run("f()").unwrap_err()), [None, Some("f()")]);
    // Code without its text.
    let bare = Program::from_mpy(Program::compile("raise ValueError", "bare.py")?.to_mpy());
    assert_eq!(lines(&py.run(&bare).unwrap_err()), [None]);
    // More texts than are remembered, while functions of the first ones live.
    let functions: Vec<Function> = (0..100)
        .map(|n| {
            py.run(format!("def f(): raise ValueError({n})"))?;
            py.get("f")
        })
        .collect::<Result<_>>()?;
    for (n, function) in functions.iter().enumerate() {
        let error = function.call::<Value>(&py, ()).unwrap_err();
        let line = format!("def f(): raise ValueError({n})");
        assert_eq!(error.message(), n.to_string());
        // The text `f()` above was one.
        assert_eq!(lines(&error), [(n < 63).then_some(line.as_str())]);
    }
    // The same text again is no other one.
    assert_eq!(lines(&py.run("f()").unwrap_err())[1], Some("f()"));
    Ok(())
}

#[test]
fn texts_count_to_the_limit() -> Result {
    let py = Interpreter::builder().memory(128 << 10).build()?;
    for n in 0..64 {
        py.run(format!("n = {n}\n{}", "#".repeat(60_000)))?;
    }
    assert_eq!(py.get::<i64>("n")?, 63);
    Ok(())
}

#[test]
fn errors_of_the_compiler_show_their_line() -> Result {
    let text = "x = 1\n  y = 2\n";
    let error = Program::compile(text, "wrong.py").err().expect("no program");
    assert_eq!(
        error.traceback().to_string(),
        "\
Traceback (most recent call last):
  File \"wrong.py\", line 2, in <module>
    y = 2
IndentationError: unexpected indent"
    );
    let py = Interpreter::new()?;
    let error = py.run(text).unwrap_err();
    assert_eq!((error.frames()[0].line, error.frames()[0].source.as_deref()), (2, Some("  y = 2")));
    Ok(())
}

#[test]
fn errors_of_depth_say_what_they_are() -> Result {
    let py = Interpreter::new()?;
    // A conversion that runs as deep as calls go: nothing is printed there any more.
    #[derive(Debug)]
    struct Deep(#[expect(dead_code, reason = "this is never made")] Vec<Deep>);
    impl berus::FromPython for Deep {
        fn from_python(value: &Value, py: &berus::Python) -> Result<Deep> {
            value.to(py).map(Deep)
        }
    }
    py.run("x = []\nx.append(x)")?;
    let error = py.get::<Deep>("x").unwrap_err();
    assert_eq!(error.to_string(), "RecursionError: maximum recursion depth exceeded");
    assert_eq!(error.limit(), Some(berus::Limit::Depth));
    Ok(())
}
