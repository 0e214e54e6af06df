//! What keys do.

use super::{Editor, Event, Indent};
use crate::buffer::{Change, line_end};
use crate::complete::{self, Completer, Completion};
use crate::key::Key;
use crate::output::{Output, append};
use crate::scan;
use crate::text::bytes;

impl Editor {
    /// Does what a key is for.
    pub(super) fn press(&mut self, key: Key, completer: &mut dyn Completer, out: &mut dyn Output) -> Option<Event> {
        let indent = self.indent;
        if indent == Indent::JustAdded {
            self.indent = Indent::On;
        }
        #[cfg(feature = "blocks")]
        let key = self.press_in_paste(key, out)?;
        #[cfg(feature = "search")]
        let key = self.press_in_search(key, out)?;
        let change = match key {
            Key::Control(letter @ (b'A' | b'B' | b'E')) if self.buffer.text.is_empty() => {
                return Some(self.finish(Event::Control(letter), out));
            }
            Key::Control(b'C') => return Some(self.finish(Event::Interrupt, out)),
            Key::Control(b'D') if self.buffer.text.is_empty() => return Some(self.finish(Event::End, out)),
            // At the empty last line of a block: no more lines belong to the block.
            Key::Control(b'D') if self.is_at_blank_end() => return Some(self.finish(Event::Input, out)),
            Key::NewLine if self.has_block() => return self.new_line(out),
            Key::Enter | Key::NewLine => return self.enter(out),
            // A blank or a tab right behind an indentation of the editor's says that the user indents.
            Key::Char(' ')
                if indent == Indent::JustAdded && self.buffer.text[..self.buffer.cursor].ends_with(b"    ") =>
            {
                self.indent = Indent::Off;
                let from = self.buffer.cursor - 3;
                self.buffer.remove(from..from + 3);
                // At the end of the text, blanks need not be erased.
                let shrank = from < self.buffer.text.len();
                Change::Text { from, shrank, lines: false }
            }
            Key::Tab if indent == Indent::JustAdded => {
                self.indent = Indent::Off;
                return None;
            }
            Key::Tab => self.tab(completer, out),
            #[cfg(feature = "docs")]
            Key::Help => {
                self.explain(completer, out);
                return None;
            }
            Key::Char(character) => self.buffer.insert(bytes(character, &mut [0; 4])),
            Key::Control(b'Y') if self.is_editable(&self.killed) => self.buffer.insert(&self.killed),
            #[cfg(feature = "blocks")]
            Key::Control(b'L') if self.has_block() => {
                out.write(b"\x1b[H\x1b[2J");
                self.draw(out);
                return None;
            }
            Key::Up | Key::Control(b'P') => self.up(),
            Key::Down | Key::Control(b'N') => self.down(),
            Key::Backspace => self.buffer.remove(self.buffer.backspace()),
            Key::Delete | Key::Control(b'D') => {
                self.buffer.remove(self.buffer.cursor..self.buffer.right(self.buffer.cursor))
            }
            _ => self.move_or_kill(key)?,
        };
        self.show(change, out);
        None
    }

    /// Whether the cursor is on a last line of blanks: no more lines belong to the block.
    fn is_at_blank_end(&self) -> bool {
        let (text, cursor) = (&self.buffer.text, self.buffer.cursor);
        let start = scan::line_start(text, cursor);
        start > 0 && cursor == text.len() && text[start..].iter().all(|byte| *byte == b' ')
    }

    /// Moves the cursor, or cuts out what is between it and another place.
    fn move_or_kill(&mut self, key: Key) -> Option<Change> {
        let buffer = &mut self.buffer;
        let cursor = buffer.cursor;
        let (to, kills) = match key {
            Key::Left | Key::Control(b'B') => (buffer.left(cursor), false),
            Key::Right | Key::Control(b'F') => (buffer.right(cursor), false),
            Key::Home | Key::Control(b'A') => (buffer.line_start(), false),
            Key::End | Key::Control(b'E') => (buffer.line_end(), false),
            Key::WordLeft => (buffer.word_left(), false),
            Key::WordRight => (buffer.word_right(), false),
            // At the end of a line, the end itself.
            Key::Control(b'K') if buffer.line_end() == cursor => (buffer.right(cursor), true),
            Key::Control(b'K') => (buffer.line_end(), true),
            Key::Control(b'U') => (buffer.line_start(), true),
            Key::Control(b'W') | Key::KillWordLeft => (buffer.word_left(), true),
            Key::KillWordRight => (buffer.word_right(), true),
            _ => return None,
        };
        if !kills {
            buffer.cursor = to;
            return Some(Change::Moved);
        }
        let range = to.min(cursor)..to.max(cursor);
        self.killed.clear();
        append(&mut self.killed, &buffer.text[range.clone()]);
        Some(buffer.remove(range))
    }

    /// The line above, or the input before.
    fn up(&mut self) -> Change {
        let start = self.buffer.line_start();
        if self.has_block() && start > self.buffer.start {
            let line = scan::line_start(&self.buffer.text, start - 1);
            return self.move_to_line(start, line);
        }
        let mut back = self.recalled + 1;
        while let Some(entry) = self.history.get(back) {
            if self.is_editable(entry) {
                if self.recalled == 0 {
                    self.draft.clear();
                    append(&mut self.draft, &self.buffer.text[self.buffer.start..]);
                }
                return self.recall(back);
            }
            back += 1;
        }
        Change::Moved
    }

    /// The line below, or the input after.
    fn down(&mut self) -> Change {
        let end = self.buffer.line_end();
        if self.has_block() && end < self.buffer.text.len() {
            return self.move_to_line(self.buffer.line_start(), end + 1);
        }
        while self.recalled > 0 {
            let back = self.recalled - 1;
            if self.history.get(back).is_none_or(|entry| self.is_editable(entry)) {
                return self.recall(back);
            }
            self.recalled = back;
        }
        Change::Moved
    }

    /// Whether a text can be edited: one of several lines only as a block.
    fn is_editable(&self, text: &[u8]) -> bool {
        !cfg!(feature = "blocks") || self.has_block() || !text.contains(&b'\n')
    }

    fn recall(&mut self, back: usize) -> Change {
        self.recalled = back;
        self.buffer.replace(self.history.get(back).unwrap_or(&self.draft))
    }

    /// Moves the cursor from the line at `from` to the same column of the line at `to`.
    fn move_to_line(&mut self, from: usize, to: usize) -> Change {
        let buffer = &self.buffer;
        let (mut at, mut cursor, end) = (from, to, line_end(&buffer.text, to));
        while at < buffer.cursor && cursor < end {
            (at, cursor) = (buffer.right(at), buffer.right(cursor));
        }
        self.buffer.cursor = cursor;
        Change::Moved
    }

    /// Leaves what is edited above what is to be written next.
    pub(super) fn go_below(&mut self, out: &mut dyn Output) {
        if self.has_block() {
            let cursor = core::mem::replace(&mut self.buffer.cursor, self.buffer.text.len());
            self.show(Change::Moved, out);
            self.buffer.cursor = cursor;
        }
    }

    /// Indents behind a blank, completes behind anything else.
    fn tab(&mut self, completer: &mut dyn Completer, out: &mut dyn Output) -> Change {
        let before = &self.buffer.text[..self.buffer.cursor];
        if before.last().is_some_and(u8::is_ascii_whitespace) {
            return self.buffer.insert(b"    ");
        }
        #[cfg(feature = "docs")]
        if before.last() == Some(&b'(') && self.explain(completer, out) {
            return Change::Moved;
        }
        let input = &self.buffer.text[self.buffer.start..self.buffer.cursor];
        match complete::complete(input, completer) {
            Completion::Nothing => Change::Moved,
            Completion::Insert(text, typed) => self.buffer.insert(&text[typed..]),
            Completion::Show => {
                let columns = if self.has_block() { usize::from(self.terminal.columns) } else { 64 };
                self.go_below(out);
                complete::show(&self.buffer.text[self.buffer.start..self.buffer.cursor], completer, columns, out);
                self.draw(out);
                Change::Moved
            }
        }
    }

    /// Shows what is known of what stands before the cursor: whether something is.
    #[cfg(feature = "docs")]
    fn explain(&mut self, completer: &mut dyn Completer, out: &mut dyn Output) -> bool {
        let Some(explanation) = completer.explain(&self.buffer.text[..self.buffer.cursor], &self.history) else {
            return false;
        };
        self.go_below(out);
        for line in explanation.split(|byte| *byte == b'\n') {
            out.write(b"\r\n");
            out.write(line);
        }
        out.write(b"\r\n");
        self.draw(out);
        true
    }

    /// A key while text is pasted; the key if it is not part of that.
    #[cfg(feature = "blocks")]
    fn press_in_paste(&mut self, key: Key, out: &mut dyn Output) -> Option<Key> {
        let Some(paste) = &mut self.paste else {
            match key {
                Key::PasteBegin if self.has_block() => self.paste = Some(alloc::vec::Vec::new()),
                // What is pasted is indented.
                Key::PasteBegin => self.indent = Indent::Off,
                _ => return Some(key),
            }
            return None;
        };
        match key {
            Key::Char(character) => drop(append(paste, bytes(character, &mut [0; 4]))),
            Key::Enter => drop(append(paste, b"\n")),
            Key::Tab => drop(append(paste, b"\t")),
            Key::Control(b'C') => {
                self.paste = None;
                return Some(key);
            }
            Key::PasteEnd => {
                let paste = core::mem::take(&mut self.paste).unwrap_or_default();
                let change = self.buffer.insert(&paste);
                self.show(change, out);
            }
            _ => {}
        }
        None
    }

    /// A key while the history is searched; the key if it ends the search and is to do more.
    #[cfg(feature = "search")]
    fn press_in_search(&mut self, key: Key, out: &mut dyn Output) -> Option<Key> {
        let has_block = self.has_block();
        let Some(search) = &mut self.search else {
            if key == Key::Control(b'R') && self.terminal.escapes && self.buffer.start == 0 {
                self.search = Some(super::search::Search::new(&self.buffer.text));
                self.redraw(out);
                return None;
            }
            return Some(key);
        };
        let found = match key {
            Key::Char(character) => search.extend(bytes(character, &mut [0; 4]), &self.history, has_block),
            Key::Backspace => search.shorten(&self.history, has_block),
            Key::Control(b'R') => search.again(&self.history, has_block),
            _ => {
                let gives_up = key == Key::Control(b'G');
                let search = self.search.take().unwrap_or_default();
                if gives_up {
                    self.buffer.replace(&search.before);
                }
                self.redraw(out);
                return (!gives_up).then_some(key);
            }
        };
        if let Some(found) = found {
            self.buffer.replace(found);
        }
        self.redraw(out);
        None
    }

    /// Draws everything anew.
    #[cfg(feature = "search")]
    fn redraw(&mut self, out: &mut dyn Output) {
        self.mark = Default::default();
        #[cfg(feature = "blocks")]
        if self.has_block() {
            return self.in_window(|window, scene| window.redraw(scene, out));
        }
        out.write(b"\r\x1b[K");
        self.draw(out);
    }
}
