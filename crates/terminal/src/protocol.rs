//! The prompt of a board: friendly, for people, and raw, for programs.
//!
//! What bytes mean is told in MicroPython's `docs/reference/repl.rst`, what the answers are in `shared/runtime/pyexec.c`; the other end is
//! `tools/pyboard.py` and mpremote.

use alloc::vec::Vec;

use crate::complete::Completer;
use crate::editor::{Editor, Event, Purpose, Terminal};
use crate::output::{Output, append};

const CTRL_A: u8 = 1;
const CTRL_B: u8 = 2;
const CTRL_C: u8 = 3;
const CTRL_D: u8 = 4;
const CTRL_E: u8 = 5;

/// What a prompt knows of its interpreter.
pub trait Interpreter: Completer {
    /// Writes who it is, in lines that end with `\r\n`.
    fn banner(&mut self, out: &mut dyn Output);

    /// What stands before the first line of an input, and before others.
    fn prompts(&mut self) -> [Vec<u8>; 2] {
        [b">>> ".to_vec(), b"... ".to_vec()]
    }
}

/// What is to be done before more bytes are fed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// To run [`Prompt::source`], then to call [`Prompt::ended`], to report what was raised, and to call [`Prompt::finished`].
    Run(Source),
    /// The same, but for a `MemoryError` in the source's place, which was too long.
    TooLong,
    /// To forget all objects, to say `MPY: soft reboot`, to run `boot.py`, and `main.py` unless [`Prompt::is_raw`], and to call [`Prompt::start`].
    SoftReset,
}

/// What a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A statement, whose value is shown if it is an expression.
    Statement,
    /// A program of which the values of expressions are shown.
    Pasted,
    /// A program.
    Program,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Friendly,
    /// Ctrl-E has been typed: lines are taken as they come.
    Paste,
    Raw,
    /// A source comes in windows, of which the host has so many bytes left.
    RawPaste(u16),
    /// The rest of a source that is too long comes.
    Rest,
}

/// The prompt of a board: it is fed with the bytes that come, answers with bytes, and says when there is something to run.
///
/// ```
/// use berus_terminal::{Completer, Interpreter, NoCompletion, Output, Prompt, Request, Source};
///
/// struct Nobody;
///
/// impl Completer for Nobody {
///     fn complete(&mut self, input: &[u8], found: &mut dyn FnMut(&[u8])) -> usize {
///         NoCompletion.complete(input, found)
///     }
/// }
///
/// impl Interpreter for Nobody {
///     fn banner(&mut self, out: &mut dyn Output) {
///         out.write(b"Nobody\r\n");
///     }
/// }
///
/// let mut answer = Vec::new();
/// let mut prompt = Prompt::new(8, 1 << 16);
/// prompt.start(&mut Nobody, &mut answer);
/// // As a host does it: to the raw prompt, and a program.
/// for byte in b"\x01print(1)" {
///     assert_eq!(prompt.feed(*byte, &mut Nobody, &mut answer), None);
/// }
/// assert_eq!(prompt.feed(4, &mut Nobody, &mut answer), Some(Request::Run(Source::Program)));
/// assert_eq!(prompt.source(), b"print(1)");
/// answer.extend_from_slice(b"1\r\n");
/// prompt.ended(&mut answer);
/// prompt.finished(&mut Nobody, &mut answer);
/// assert_eq!(answer, b"Nobody\r\n>>> \r\nraw REPL; CTRL-B to exit\r\n>OK1\r\n\x04\x04>");
/// ```
#[derive(Debug)]
pub struct Prompt {
    editor: Editor,
    mode: Mode,
    /// A program that comes, or what is to be run.
    source: Vec<u8>,
    is_statement: bool,
    /// Most bytes of a program.
    most: usize,
    is_too_long: bool,
    /// The byte that ended a pasted line last.
    newline: u8,
    /// Bytes of a window of raw paste.
    window: u16,
}

impl Prompt {
    /// A friendly prompt that remembers `history` inputs and takes programs of up to `most` bytes.
    pub fn new(history: usize, most: usize) -> Prompt {
        Prompt {
            editor: Editor::new(history),
            mode: Mode::Friendly,
            source: Vec::new(),
            is_statement: false,
            most,
            is_too_long: false,
            newline: 0,
            window: 128,
        }
    }

    /// A window of raw paste is so many bytes, at least 1: a host sends two windows without waiting, so that twice as many fit where bytes wait.
    pub fn set_window(&mut self, bytes: u16) {
        self.window = bytes.max(1);
    }

    /// What is at the other end can do this.
    pub fn set_terminal(&mut self, terminal: Terminal) {
        self.editor.set_terminal(terminal);
    }

    /// The terminal has so many columns and rows now.
    pub fn resize(&mut self, columns: u16, rows: u16, out: &mut dyn Output) {
        struct Nowhere;
        impl Output for Nowhere {
            fn write(&mut self, _: &[u8]) {}
        }
        if self.mode == Mode::Friendly {
            self.editor.resize(columns, rows, out);
        } else {
            // Nothing is being edited.
            self.editor.resize(columns, rows, &mut Nowhere);
        }
    }

    /// The editor of the friendly prompt.
    pub fn editor(&mut self) -> &mut Editor {
        &mut self.editor
    }

    /// Whether a program is at the other end: it is not shown what a person would like to see.
    pub fn is_raw(&self) -> bool {
        !matches!(self.mode, Mode::Friendly | Mode::Paste)
    }

    /// Whether a person edits an input.
    pub fn is_edited(&self) -> bool {
        self.mode == Mode::Friendly
    }

    /// What is to be run.
    pub fn source(&self) -> &[u8] {
        if self.is_statement { self.editor.text() } else { &self.source }
    }

    /// Says who is there, at the beginning and after a reset.
    pub fn start(&mut self, interpreter: &mut dyn Interpreter, out: &mut dyn Output) {
        if self.is_raw() {
            self.start_raw(out);
        } else {
            interpreter.banner(out);
            self.begin(interpreter, out);
        }
    }

    /// Takes a byte: what is to be done about it, if something is.
    pub fn feed(&mut self, byte: u8, interpreter: &mut dyn Interpreter, out: &mut dyn Output) -> Option<Request> {
        match self.mode {
            Mode::Friendly => self.feed_friendly(byte, interpreter, out),
            Mode::Paste => self.feed_paste(byte, interpreter, out),
            Mode::Raw => self.feed_raw(byte, interpreter, out),
            Mode::RawPaste(left) => self.feed_raw_paste(byte, left, out),
            Mode::Rest => {
                if !matches!(byte, CTRL_C | CTRL_D) {
                    return None;
                }
                self.mode = Mode::Raw;
                Some(Request::TooLong)
            }
        }
    }

    /// What was run has ended: a report of what it raised may follow.
    pub fn ended(&mut self, out: &mut dyn Output) {
        if self.is_raw() {
            out.write(&[CTRL_D]);
        }
    }

    /// What was run has ended by `SystemExit`, so that a reset follows.
    pub fn exited(&mut self, out: &mut dyn Output) {
        self.clear();
        if self.is_raw() {
            out.write(&[CTRL_D]);
        }
    }

    /// What was run has ended, and is reported: more may come.
    pub fn finished(&mut self, interpreter: &mut dyn Interpreter, out: &mut dyn Output) {
        if self.is_raw() {
            self.clear();
            out.write(&[CTRL_D, b'>']);
        } else {
            self.begin(interpreter, out);
        }
    }

    /// Forgets the program, and gives its memory back.
    fn clear(&mut self) {
        self.source = Vec::new();
        (self.is_too_long, self.is_statement, self.newline) = (false, false, 0);
    }

    /// Adds to the program, if it is not too long.
    fn add(&mut self, byte: u8) {
        self.is_too_long |= self.source.len() >= self.most || !append(&mut self.source, &[byte]);
    }

    fn request(&self, source: Source) -> Option<Request> {
        Some(if self.is_too_long { Request::TooLong } else { Request::Run(source) })
    }

    fn begin(&mut self, interpreter: &mut dyn Interpreter, out: &mut dyn Output) {
        self.clear();
        self.mode = Mode::Friendly;
        let [first, next] = interpreter.prompts();
        self.editor.begin(Purpose::Statement, &first, &next, out);
    }

    fn start_raw(&mut self, out: &mut dyn Output) {
        self.clear();
        self.mode = Mode::Raw;
        out.write(b"raw REPL; CTRL-B to exit\r\n>");
    }

    fn feed_friendly(&mut self, byte: u8, interpreter: &mut dyn Interpreter, out: &mut dyn Output) -> Option<Request> {
        match self.editor.feed(byte, interpreter, out)? {
            Event::Input if !self.editor.text().is_empty() => {
                self.is_statement = true;
                return self.request(Source::Statement);
            }
            Event::Input | Event::Interrupt => self.begin(interpreter, out),
            Event::End => return Some(Request::SoftReset),
            Event::Control(b'A') => self.start_raw(out),
            Event::Control(b'E') => {
                self.mode = Mode::Paste;
                out.write(b"paste mode; Ctrl-C to cancel, Ctrl-D to finish\r\n=== ");
            }
            Event::Control(_) => self.start(interpreter, out),
        }
        None
    }

    fn feed_paste(&mut self, byte: u8, interpreter: &mut dyn Interpreter, out: &mut dyn Output) -> Option<Request> {
        let newline = core::mem::take(&mut self.newline);
        match byte {
            CTRL_C => {
                out.write(b"\r\n");
                self.begin(interpreter, out);
            }
            CTRL_D => {
                out.write(b"\r\n");
                return self.request(Source::Pasted);
            }
            // Two bytes that end a line end one.
            b'\r' | b'\n' if newline != 0 && newline != byte => {}
            b'\r' | b'\n' => {
                self.newline = byte;
                self.add(b'\n');
                out.write(b"\r\n=== ");
            }
            _ => {
                self.add(byte);
                out.write(&[byte]);
            }
        }
        None
    }

    fn feed_raw(&mut self, byte: u8, interpreter: &mut dyn Interpreter, out: &mut dyn Output) -> Option<Request> {
        match byte {
            CTRL_A if matches!(self.source[..], [CTRL_E, _]) => self.start_raw_paste(out),
            CTRL_A => self.start_raw(out),
            CTRL_B => {
                out.write(b"\r\n");
                self.mode = Mode::Friendly;
                self.start(interpreter, out);
            }
            CTRL_C => self.clear(),
            CTRL_D => {
                out.write(b"OK");
                if !self.source.is_empty() {
                    return self.request(Source::Program);
                }
                out.write(b"\r\n");
                return Some(Request::SoftReset);
            }
            _ => self.add(byte),
        }
        None
    }

    /// The host asks for something that a letter stands for.
    fn start_raw_paste(&mut self, out: &mut dyn Output) {
        let is_known = self.source.last() == Some(&b'A');
        self.clear();
        if !is_known {
            return out.write(b"R\x00>");
        }
        let [low, high] = self.window.to_le_bytes();
        // The size says that one window is free, and the byte behind the size that another one is.
        out.write(&[b'R', 1, low, high, 1]);
        self.mode = Mode::RawPaste(self.window);
    }

    fn feed_raw_paste(&mut self, byte: u8, left: u16, out: &mut dyn Output) -> Option<Request> {
        if matches!(byte, CTRL_C | CTRL_D) {
            self.mode = Mode::Raw;
            out.write(&[CTRL_D]);
            if byte == CTRL_D {
                return self.request(Source::Program);
            }
            self.clear();
            out.write(b"\x04KeyboardInterrupt: \r\n\x04>");
            return None;
        }
        self.add(byte);
        if self.is_too_long {
            // As for an error of the compiler, which reads no more.
            self.source = Vec::new();
            self.mode = Mode::Rest;
            out.write(&[CTRL_D]);
        } else if left > 1 {
            self.mode = Mode::RawPaste(left - 1);
        } else {
            self.mode = Mode::RawPaste(self.window);
            out.write(&[1]);
        }
        None
    }
}
