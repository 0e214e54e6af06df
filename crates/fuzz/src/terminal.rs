//! Targets that are a terminal: the first bytes say what it can do, the others are typed, or sent by a host.

use berus_terminal::{Completer, Editor, Event, Interpreter, NoCompletion, Output, Prompt, Purpose, Request, Terminal};

const BANNER: &[u8] = b"Board\r\n";

/// What people and hosts send.
pub fn seeds() -> Vec<Vec<u8>> {
    const SENT: &[&[u8]] = &[
        b"def f(x):\rreturn x\r\rf(\t1)\r\x1b[A\x1b[A\x01\x0b\x19\r",
        b"\x1b[200~if x:\r\n    '''\r\n\t\xe6\xbc\xa2\r\n'''\x1b[201~\r\x12if\x12\x08\x06x\r",
        b"\x05print(1)\r\n\x04\x01print(2)\x04\x05A\x01raise\x04\x04\x02",
    ];
    const TERMINALS: &[[u8; 3]] = &[[0, 0, 0], [80, 24, 1], [13, 3, 0], [40, 2, 3]];
    SENT.iter().flat_map(|sent| TERMINALS.iter().map(|terminal| [&terminal[..], sent].concat())).collect()
}

/// The terminal that the first bytes describe, and the rest.
fn terminal(bytes: &[u8]) -> (Terminal, &[u8]) {
    let Some(([columns, rows, flags], rest)) = bytes.split_first_chunk() else { return (Terminal::default(), bytes) };
    let (columns, rows) = (u16::from(*columns), u16::from(*rows));
    (Terminal { escapes: flags & 2 == 0, colours: flags & 1 != 0, columns, rows }, rest)
}

struct Names;

impl Completer for Names {
    fn complete(&mut self, input: &[u8], found: &mut dyn FnMut(&[u8])) -> usize {
        let typed = input.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        [&b"print"[..], b"property", &input[input.len() - typed..], b"\xff", b"a\n\x1b"].into_iter().for_each(found);
        typed
    }
}

impl Interpreter for Names {
    fn banner(&mut self, out: &mut dyn Output) {
        out.write(BANNER);
    }
}

/// Types bytes; what is written has no control characters but those that move the cursor. Each byte `0xf9` changes the terminal's size.
pub fn edit(bytes: &[u8]) {
    let (terminal, typed) = terminal(bytes);
    let mut editor = Editor::new(5);
    let mut screen = Vec::new();
    editor.set_terminal(terminal);
    editor.begin(Purpose::Statement, b">>> ", b"... ", &mut screen);
    for (n, byte) in typed.iter().enumerate() {
        if *byte == 0xf9 {
            editor.resize(n as u16 % 100, n as u16 % 7, &mut screen);
        } else if let Some(event) = editor.feed(*byte, &mut Names, &mut screen) {
            if event == Event::Input {
                std::str::from_utf8(editor.text()).expect("an input is text");
            }
            let purpose = if n % 5 == 0 { Purpose::Line } else { Purpose::Statement };
            editor.begin(purpose, b">>> ", b"... ", &mut screen);
        }
    }
    // The names that are completed are the interpreter's own affair.
    let is_known = |byte: &u8| matches!(byte, 8 | b'\n' | b'\r' | 0x1b | 32..=126 | 128..);
    assert!(screen.iter().all(is_known), "{}", screen.escape_ascii());
}

/// Sends bytes to a board; Ctrl-C and Ctrl-B bring its friendly prompt in the end.
pub fn talk(bytes: &[u8]) {
    let (terminal, sent) = terminal(bytes);
    let mut answer = Vec::new();
    let mut prompt = Prompt::new(5, 100 + usize::from(terminal.rows));
    prompt.set_terminal(terminal);
    prompt.set_window(terminal.columns);
    prompt.start(&mut Names, &mut answer);
    for byte in sent {
        send(*byte, &mut prompt, &mut answer);
    }
    answer.clear();
    send(3, &mut prompt, &mut answer);
    send(2, &mut prompt, &mut answer);
    assert!(answer.windows(BANNER.len()).any(|part| part == BANNER), "{}", answer.escape_ascii());
}

fn send(byte: u8, prompt: &mut Prompt, answer: &mut Vec<u8>) {
    match prompt.feed(byte, &mut Names, answer) {
        None => {}
        Some(Request::SoftReset) => prompt.start(&mut Names, answer),
        Some(Request::Run(_)) if prompt.source().starts_with(b"exit") => {
            prompt.exited(answer);
            prompt.start(&mut Names, answer);
        }
        Some(_) => {
            prompt.ended(answer);
            // A program may read a line.
            let text = prompt.source().to_vec();
            let editor = prompt.editor();
            editor.begin(Purpose::Line, b"? ", b"", answer);
            text.iter().find_map(|byte| editor.feed(*byte, &mut NoCompletion, answer));
            prompt.finished(&mut Names, answer);
        }
    }
}
