//! The line editor.

mod keys;
#[cfg(feature = "blocks")]
mod paint;
mod row;
#[cfg(feature = "search")]
mod search;
#[cfg(test)]
mod tests;
#[cfg(feature = "blocks")]
mod window;

use alloc::vec::Vec;

use crate::buffer::{Buffer, Change};
use crate::complete::Completer;
use crate::history::History;
use crate::key::Decoder;
use crate::output::{Output, append};
use crate::scan::{Mark, indentation, line_start, wants_more_after};
use row::Row;

/// What a terminal can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// Whether it knows control sequences.
    pub escapes: bool,
    /// Whether it has colours, and the user wants them.
    pub colours: bool,
    /// Characters in a row, 0 if that is not known.
    pub columns: u16,
    /// Rows, 0 if that is not known.
    pub rows: u16,
}

impl Default for Terminal {
    /// One of which nothing is known but that it knows control sequences, as at the other end of a serial line.
    fn default() -> Terminal {
        Terminal { escapes: true, colours: false, columns: 0, rows: 0 }
    }
}

/// What an input is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A statement of Python, which may take several lines.
    Statement,
    /// A line, as for `input()`.
    Line,
}

/// What has come of a byte. The editor has gone to a new line, and waits for [`Editor::begin`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// [`Editor::text`] is a whole input.
    Input,
    /// Ctrl-C: the input is to be forgotten.
    Interrupt,
    /// Ctrl-D with nothing typed.
    End,
    /// Ctrl and this letter, `A`, `B` or `E`, with nothing typed.
    Control(u8),
}

/// Whether lines begin as far to the right as the one before suggests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Indent {
    #[default]
    On,
    /// The blanks before the cursor are the editor's.
    JustAdded,
    /// The user indents.
    Off,
}

/// A line editor: it is fed with the bytes that a terminal sends, answers with bytes that the terminal shall have, and says when an input is whole.
///
/// ```
/// use berus_terminal::{Editor, Event, NoCompletion, Purpose};
///
/// let mut screen = Vec::new();
/// let mut editor = Editor::new(50);
/// editor.begin(Purpose::Statement, b">>> ", b"... ", &mut screen);
/// // Ctrl-A, then an assignment in front of what was typed, and Enter.
/// let events: Vec<Event> =
///     b"6 * 7\x01x = \r".iter().filter_map(|byte| editor.feed(*byte, &mut NoCompletion, &mut screen)).collect();
/// assert_eq!(events, [Event::Input]);
/// assert_eq!(editor.text(), b"x = 6 * 7");
/// assert!(screen.starts_with(b">>> 6 * 7\x1b[5Dx6 * 7") || screen.starts_with(b">>> 6 * 7\x1b[5D"));
/// ```
#[cfg_attr(test, derive(Clone))]
#[derive(Debug)]
pub struct Editor {
    buffer: Buffer,
    decoder: Decoder,
    history: History,
    /// How far back the input is that was recalled; 0 if none was.
    recalled: usize,
    /// What was typed before one was recalled.
    draft: Vec<u8>,
    /// What was cut last.
    killed: Vec<u8>,
    purpose: Purpose,
    prompts: [Vec<u8>; 2],
    indent: Indent,
    /// A line's beginning before the cursor.
    mark: Mark,
    terminal: Terminal,
    row: Row,
    #[cfg(feature = "blocks")]
    window: Option<window::Window>,
    /// What is being pasted.
    #[cfg(feature = "blocks")]
    paste: Option<Vec<u8>>,
    #[cfg(feature = "search")]
    search: Option<search::Search>,
}

impl Editor {
    /// An editor that remembers `most` inputs, on a terminal of which nothing is known.
    pub fn new(most: usize) -> Editor {
        Editor {
            buffer: Buffer::default(),
            decoder: Decoder::default(),
            history: History::new(most),
            recalled: 0,
            draft: Vec::new(),
            killed: Vec::new(),
            purpose: Purpose::Statement,
            prompts: [Vec::new(), Vec::new()],
            indent: Indent::On,
            mark: Mark::default(),
            terminal: Terminal::default(),
            row: Row::default(),
            #[cfg(feature = "blocks")]
            window: None,
            #[cfg(feature = "blocks")]
            paste: None,
            #[cfg(feature = "search")]
            search: None,
        }
    }

    /// From the next input on, the terminal is this one.
    pub fn set_terminal(&mut self, terminal: Terminal) {
        self.terminal = terminal;
    }

    /// The terminal has so many columns and rows now: an input that is being edited is drawn anew if that is news.
    pub fn resize(&mut self, columns: u16, rows: u16, out: &mut dyn Output) {
        let before = self.terminal;
        self.terminal = Terminal { columns, rows, ..before };
        #[cfg(feature = "blocks")]
        if self.terminal != before {
            self.resize_window(out);
        }
        let _ = (before, out);
    }

    /// The inputs of the past.
    pub fn history(&mut self) -> &mut History {
        &mut self.history
    }

    /// What has been typed so far, its lines separated by `\n`.
    pub fn text(&self) -> &[u8] {
        &self.buffer.text
    }

    /// Begins a new input, with `first` before its first line, and `next` before others.
    pub fn begin(&mut self, purpose: Purpose, first: &[u8], next: &[u8], out: &mut dyn Output) {
        self.purpose = purpose;
        self.buffer.text.clear();
        (self.buffer.start, self.buffer.cursor) = (0, 0);
        self.draft.clear();
        (self.recalled, self.indent, self.mark) = (0, Indent::On, Mark::default());
        for (kept, prompt) in self.prompts.iter_mut().zip([first, next]) {
            kept.clear();
            append(kept, prompt);
        }
        self.row.escapes = self.terminal.escapes;
        #[cfg(feature = "search")]
        {
            self.search = None;
        }
        #[cfg(feature = "blocks")]
        {
            self.paste = None;
            self.open_window(out);
        }
        self.draw(out);
    }

    /// Leaves the terminal to others for a while, at the beginning of a line.
    pub fn leave(&mut self, out: &mut dyn Output) {
        self.go_below(out);
        out.write(b"\r\n");
        #[cfg(feature = "blocks")]
        self.close_window(out);
    }

    /// Shows the input again, at the beginning of a line.
    pub fn come_back(&mut self, out: &mut dyn Output) {
        #[cfg(feature = "blocks")]
        self.open_window(out);
        self.draw(out);
    }

    /// Takes a byte from the terminal: what has come of it, if something has.
    pub fn feed(&mut self, byte: u8, completer: &mut dyn Completer, out: &mut dyn Output) -> Option<Event> {
        let key = self.decoder.feed(byte)?;
        self.press(key, completer, out)
    }

    /// Whether all lines of the input can be edited.
    #[cfg(feature = "blocks")]
    fn has_block(&self) -> bool {
        self.window.is_some()
    }

    #[cfg(not(feature = "blocks"))]
    fn has_block(&self) -> bool {
        false
    }

    /// Draws the prompt and what can be edited, where the terminal's cursor is, at the beginning of a line.
    fn draw(&mut self, out: &mut dyn Output) {
        #[cfg(feature = "blocks")]
        if self.has_block() {
            return self.in_window(|window, scene| window.draw(scene, out));
        }
        #[cfg(feature = "search")]
        match &self.search {
            Some(search) => out.write(&search.prompt()),
            None => out.write(&self.prompts[usize::from(self.buffer.start > 0)]),
        }
        #[cfg(not(feature = "search"))]
        out.write(&self.prompts[usize::from(self.buffer.start > 0)]);
        self.row.restart(self.buffer.start);
        self.show(Change::Text { from: self.buffer.start, shrank: false, lines: false }, out);
    }

    /// Shows what an edit has changed.
    fn show(&mut self, change: Change, out: &mut dyn Output) {
        if let Change::Text { from, .. } = change {
            self.mark.forget(from);
        }
        #[cfg(feature = "blocks")]
        if self.has_block() {
            return self.in_window(|window, scene| window.show(scene, change, out));
        }
        self.row.show(&self.buffer.text, self.buffer.start, self.buffer.cursor, change, out);
    }

    /// Ends the input: the terminal goes to a new line.
    fn finish(&mut self, event: Event, out: &mut dyn Output) -> Event {
        if self.has_block() {
            self.buffer.cursor = self.buffer.text.len();
            self.show(Change::Moved, out);
        }
        out.write(b"\r\n");
        #[cfg(feature = "blocks")]
        self.close_window(out);
        if event == Event::Input && self.purpose == Purpose::Statement {
            let end = self.buffer.text.trim_ascii_end().len().max(self.buffer.start);
            let entry =
                if self.has_block() { &self.buffer.text[..end] } else { &self.buffer.text[self.buffer.start..] };
            self.history.add(entry);
        }
        event
    }

    /// Enter: ends the input if it is whole, or begins a line.
    fn enter(&mut self, out: &mut dyn Output) -> Option<Event> {
        let is_last = !self.has_block() || self.buffer.line_end() == self.buffer.text.len();
        self.mark.seek(&self.buffer.text, line_start(&self.buffer.text, self.buffer.cursor));
        let wants_more = self.purpose == Purpose::Statement
            && (!is_last || wants_more_after(self.mark, &self.buffer.text, self.has_block()));
        if !wants_more {
            return Some(self.finish(Event::Input, out));
        }
        if self.has_block() {
            return self.new_line(out);
        }
        out.write(b"\r\n");
        self.history.add(&self.buffer.text[self.buffer.start..]);
        self.recalled = 0;
        if append(&mut self.buffer.text, b"\n") {
            self.buffer.start = self.buffer.text.len();
            self.buffer.cursor = self.buffer.start;
        }
        self.draw(out);
        let change = self.indent_line();
        self.show(change, out);
        None
    }

    /// Begins a line at the cursor, which ends no input.
    fn new_line(&mut self, out: &mut dyn Output) -> Option<Event> {
        let change = self.buffer.insert(b"\n");
        if let Change::Text { from, .. } = change {
            self.mark.forget(from);
        }
        self.indent_line();
        self.show(change, out);
        None
    }

    /// Indents the line that begins at the cursor.
    fn indent_line(&mut self) -> Change {
        let from = self.buffer.cursor;
        for _ in 0..self.indentation(from) {
            self.buffer.insert(b"    ");
            self.indent = Indent::JustAdded;
        }
        Change::Text { from, shrank: false, lines: false }
    }

    /// By how many fours of blanks a line that begins at `at` is indented.
    fn indentation(&mut self, at: usize) -> usize {
        if self.indent == Indent::Off {
            return 0;
        }
        self.mark.seek(&self.buffer.text, line_start(&self.buffer.text, at));
        // Blanks would be part of a string.
        if self.mark.state.quotes() > 0 { 0 } else { indentation(&self.buffer.text[..at]) }
    }
}

#[cfg(feature = "blocks")]
mod block {
    use super::window::{Scene, Window};
    use super::{Editor, Purpose, Terminal, paint};
    use crate::output::Output;

    /// Fewest cells that a line is edited in behind its prompt.
    const NARROWEST: usize = 8;

    impl Editor {
        /// Draws the input for a terminal whose size has changed.
        pub(super) fn resize_window(&mut self, out: &mut dyn Output) {
            let Terminal { columns, rows, .. } = self.terminal;
            let (columns, rows) = (usize::from(columns).max(1), usize::from(rows).max(1));
            self.in_window(|window, scene| window.resize(columns, rows, scene, out));
        }

        /// Makes a window if the terminal has room for one.
        pub(super) fn open_window(&mut self, out: &mut dyn Output) {
            let Terminal { escapes, columns, rows, .. } = self.terminal;
            let (columns, rows) = (usize::from(columns), usize::from(rows));
            let widest = self.prompts.iter().map(|prompt| paint::shown_width(prompt)).max().unwrap_or(0);
            if !escapes || rows < 2 || columns < widest + NARROWEST {
                self.window = None;
                return;
            }
            // What is above the last line of a prompt is written once.
            for prompt in &mut self.prompts {
                if let Some(end) = prompt.iter().rposition(|byte| *byte == b'\n') {
                    for part in prompt.drain(..=end).as_slice().split_inclusive(|byte| *byte == b'\n') {
                        out.write(part.strip_suffix(b"\n").unwrap_or(part));
                        out.write(b"\r\n");
                    }
                }
            }
            self.window = Some(Window::new(columns, rows));
            if self.purpose == Purpose::Statement {
                out.write(b"\x1b[?2004h");
            }
        }

        /// Leaves the terminal as other programs expect it.
        pub(super) fn close_window(&mut self, out: &mut dyn Output) {
            if self.has_block() && self.purpose == Purpose::Statement {
                out.write(b"\x1b[?2004l");
            }
        }

        /// Lets the window draw what there is.
        pub(super) fn in_window(&mut self, draw: impl FnOnce(&mut Window, &Scene<'_>)) {
            let Some(window) = &mut self.window else { return };
            let [first, next] = &self.prompts;
            #[cfg(feature = "search")]
            let searching = self.search.as_ref().map(super::search::Search::prompt);
            #[cfg(feature = "search")]
            let first = match &searching {
                Some(prompt) => paint::last_cells(prompt, usize::from(self.terminal.columns).saturating_sub(NARROWEST)),
                None => first,
            };
            let scene = Scene {
                text: &self.buffer.text,
                cursor: self.buffer.cursor,
                prompts: [first, next],
                colours: self.terminal.colours && self.purpose == Purpose::Statement,
            };
            draw(window, &scene);
        }
    }
}
