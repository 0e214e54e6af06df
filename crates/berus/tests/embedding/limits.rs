//! Limits, and many interpreters at once.

use std::time::Duration;

use berus::{Interpreter, Limit, Output, Program, Result};

#[test]
fn each_limit_ends_the_run_and_says_so() -> Result {
    let small = || Interpreter::builder().memory(1 << 20);
    let cases = [
        (small().instructions(100_000).build()?, "while True: pass", Limit::Instructions),
        (small().time(Duration::from_millis(20)).build()?, "while True: pass", Limit::Time),
        (
            small().time(Duration::from_millis(20)).build()?,
            "while True:\n try: 7 ** 100000\n except: pass",
            Limit::Time,
        ),
        (small().build()?, "x = [0]\nwhile True: x = x + x", Limit::Memory),
        (small().build()?, "def f(): f()\nf()", Limit::Depth),
        (small().build()?, "x = []\nfor _ in range(10000): x = [x]\nrepr(x)", Limit::Depth),
    ];
    for (py, program, limit) in &cases {
        for _ in 0..3 {
            assert_eq!(py.run(*program).unwrap_err().limit(), Some(*limit), "{program}");
            assert_eq!(py.eval::<i64>("6 * 7")?, 42);
        }
    }
    assert_eq!(cases[0].0.run("raise ValueError").unwrap_err().limit(), None);
    Ok(())
}

#[test]
fn a_run_has_its_whole_budget() -> Result {
    let py = Interpreter::builder().instructions(10_000).build()?;
    for _ in 0..100 {
        py.run("for _ in range(500): pass")?;
    }
    Ok(())
}

#[test]
fn nothing_of_the_machine_is_seen() -> Result {
    let py = Interpreter::new()?;
    for program in [
        "open('/etc/passwd')",
        "import os; os.system('true')",
        "import machine; machine.mem8[0]",
        "import uctypes; uctypes.bytes_at(0, 1)",
        "import _thread; _thread.start_new_thread(print, ())",
        "@micropython.native\ndef f(): pass",
    ] {
        assert!(py.run(program).is_err(), "{program}");
    }
    py.run("import os")?;
    assert_eq!(py.eval::<Option<String>>("os.getenv('HOME')")?, None);
    assert_eq!(py.eval::<Vec<String>>("os.listdir('/')")?, Vec::<String>::new());
    Ok(())
}

#[test]
fn what_a_failed_run_leaves_stays_in_its_variables() -> Result {
    let py = Interpreter::new()?;
    let variables = py.namespace()?;
    assert!(variables.run(&py, "x = 1\nraise ValueError").is_err());
    assert_eq!(variables.get::<i64>(&py, "x")?, 1);
    assert!(py.get::<i64>("x").is_err());
    assert!(py.namespace()?.get::<i64>(&py, "x").is_err());
    Ok(())
}

#[test]
fn programs_are_errors_where_they_are_wrong() {
    let error = Program::compile("x = 1\ny = = 2\n", "wrong.py").err().expect("no program");
    assert_eq!(error.to_string(), "SyntaxError: invalid syntax");
    assert_eq!((error.frames()[0].file.as_str(), error.frames()[0].line), ("wrong.py", 2));
    let py = Interpreter::new().expect("there is memory");
    assert_eq!(py.run(Program::from_mpy(*b"M\x06\0\x1f\xff")).unwrap_err().type_name(), "ValueError");
}

/// A thousand interpreters on two threads, a third of them hostile.
#[test]
fn interpreters_know_nothing_of_each_other() -> Result {
    let fair =
        Program::compile("def f(n): return n if n < 2 else f(n - 1) + f(n - 2)\nprint(f(10) + seed)", "fair.py")?;
    let hostile = [
        Program::compile("while True: pass", "endless.py")?,
        Program::compile("x = [0]\nwhile True: x = x + x", "greedy.py")?,
        Program::compile("def f(): return f()\nf()", "deep.py")?,
        Program::compile(
            "x = 'a' * 10000\nwhile True:\n try: x.replace('a', x)\n except MemoryError: pass",
            "stubborn.py",
        )?,
    ];
    let run = |from: usize| -> Result {
        for number in (from..1000).step_by(2) {
            let output = Output::new();
            let limits = Interpreter::builder().memory(256 << 10).instructions(50_000).stack(1 << 12, 256 << 10);
            let py = limits.output(output.clone()).build()?;
            if number % 3 == 0 {
                assert!(py.run(&hostile[number % 4]).unwrap_err().limit().is_some());
            }
            py.set("seed", number)?;
            py.run(&fair)?;
            assert_eq!(output.text(), format!("{}\n", 55 + number));
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(|| run(1));
        run(0)?;
        other.join().expect("nothing panics")
    })
}

#[test]
fn the_interpreter_is_not_entered_from_another_machine_stack() -> Result {
    let py = Interpreter::new()?;
    py.function("elsewhere(deep)", |py, (deep,): (bool,)| {
        let run = || py.eval::<Vec<String>>("[str(n) for n in range(10000)]").map(|made| made.len());
        if deep { stacker::grow(1 << 20, run) } else { run() }
    })?;
    assert_eq!(py.eval::<usize>("elsewhere(False)")?, 10_000);
    let error = py.run("elsewhere(True)").unwrap_err();
    assert!(error.message().contains("another than the one on which the interpreter runs"), "{error}");
    // From outside, any stack will do.
    assert_eq!(stacker::grow(1 << 20, || py.eval::<usize>("elsewhere(False)"))?, 10_000);
    Ok(())
}
