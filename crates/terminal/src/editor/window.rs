//! A block of lines on a terminal whose size is known: as much of the block as fits, with the cursor in it.

use crate::buffer::{Change, line_end};
use crate::editor::paint::{Brush, shown_width};
use crate::editor::row::cells;
use crate::output::{Output, control_sequence};
use crate::scan::{Kind, Mark, State, line_start};
use crate::text::first;

/// What is to be shown.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub text: &'a [u8],
    pub cursor: usize,
    /// What stands before the first line, and before the others.
    pub prompts: [&'a [u8]; 2],
    pub colours: bool,
}

impl Scene<'_> {
    fn prompt(&self, at: usize) -> &[u8] {
        self.prompts[usize::from(at > 0)]
    }

    /// The line of `at`, where `near` is a line before it, if that is known.
    fn line(&self, near: Mark, at: usize) -> Mark {
        let to = line_start(self.text, at);
        let mut line = near;
        if self.colours {
            line.seek(self.text, to);
        } else {
            line.at = to;
        }
        line
    }

    fn is_line_start(&self, at: usize) -> bool {
        at == 0 || self.text[at - 1] == b'\n'
    }
}

/// A cell, by its row and column in the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Place {
    row: usize,
    /// As many as there are columns behind a row that is full.
    column: usize,
}

/// A part of the screen that shows text from some row on.
#[cfg_attr(test, derive(Clone))]
#[derive(Debug, Default)]
pub(crate) struct Window {
    columns: usize,
    rows: usize,
    /// Where the first row begins in the text.
    top: usize,
    /// Where the terminal's cursor is.
    place: Place,
    /// Where the cursor's line ended when it was shown last, and what was open there.
    line_end: (usize, State),
    /// The line of the first row.
    top_line: Mark,
    /// The line that was drawn last.
    line: Mark,
}

impl Window {
    /// A window of a terminal of this size, neither of which is 0.
    pub fn new(columns: usize, rows: usize) -> Window {
        Window { columns, rows, ..Window::default() }
    }

    /// The row of the terminal's cursor in the window.
    #[cfg(test)]
    pub fn cursor_row(&self) -> usize {
        self.place.row
    }

    /// Nothing is drawn: the terminal's cursor is where the first row shall begin.
    fn restart(&mut self) {
        *self = Window::new(self.columns, self.rows);
    }

    /// Draws everything, from the terminal's cursor on.
    pub fn draw(&mut self, scene: &Scene<'_>, out: &mut dyn Output) {
        self.restart();
        self.show_from(0, scene, Change::Text { from: 0, shrank: false, lines: true }, true, out);
    }

    /// Draws everything over what is there.
    #[cfg(feature = "search")]
    pub fn redraw(&mut self, scene: &Scene<'_>, out: &mut dyn Output) {
        (self.top_line, self.line) = (Mark::default(), Mark::default());
        self.show_from(0, scene, Change::Moved, true, out);
    }

    /// Draws what has changed, and moves the terminal's cursor to the scene's.
    pub fn show(&mut self, scene: &Scene<'_>, change: Change, out: &mut dyn Output) {
        // What is above the first row is not shown right any more, or the first row does not begin there any more.
        let is_above = match change {
            Change::Text { from, .. } => {
                self.top_line.forget(from);
                self.line.forget(from);
                from < self.top || from == self.top && !scene.is_line_start(from)
            }
            Change::Moved => false,
        } || scene.cursor < self.top;
        let top = if is_above { self.row_start(scene, scene.cursor) } else { self.top };
        self.show_from(top, scene, change, is_above, out);
    }

    /// The size of the terminal has changed.
    pub fn resize(&mut self, columns: usize, rows: usize, scene: &Scene<'_>, out: &mut dyn Output) {
        (self.columns, self.rows) = (columns, rows);
        // Where the cursor is now, if the terminal has kept long lines together.
        self.top = line_start(scene.text, self.top);
        let up = self.cell(scene, scene.cursor).row.min(rows - 1);
        out.write(b"\r");
        if up > 0 {
            control_sequence(out, up, b'A');
        }
        let top = self.top;
        self.restart();
        self.show_from(top, scene, Change::Moved, true, out);
    }

    fn show_from(&mut self, top: usize, scene: &Scene<'_>, change: Change, all: bool, out: &mut dyn Output) {
        let mut all = all;
        self.top = top;
        let mut cursor = self.cell(scene, scene.cursor);
        if cursor.row >= self.rows {
            self.top = self.skip_rows(scene, cursor.row + 1 - self.rows);
            cursor = self.cell(scene, scene.cursor);
            cursor.row = cursor.row.min(self.rows - 1);
            all = true;
        }
        if all {
            self.go(Place::default(), out);
            if scene.is_line_start(self.top) {
                self.paint_prompt(scene, self.top, &mut Brush::new(scene.colours), out);
            }
            self.top_line = scene.line(self.top_line, self.top);
            self.paint(scene, self.top_line, self.top, scene.text.len(), true, out);
            self.erase(b'J', out);
        } else if let Change::Text { from, shrank, lines } = change {
            self.show_text(scene, from, shrank, lines, out);
        }
        self.go(cursor, out);
        if scene.cursor < self.line.at {
            self.line = self.top_line;
        }
        self.line = scene.line(self.line, scene.cursor);
        self.line_end = self.end_of_line(scene, scene.cursor);
    }

    /// Draws text that has changed from `from` on: the rest of its line, and what is below if that has moved or has other colours now.
    fn show_text(&mut self, scene: &Scene<'_>, from: usize, shrank: bool, lines: bool, out: &mut dyn Output) {
        self.line = scene.line(self.line, from);
        let from =
            if scene.colours { token_start(scene.text, self.line, from) } else { base(scene.text, self.line.at, from) };
        let from = from.max(self.top);
        let below = lines || self.end_of_line(scene, from) != self.line_end;
        let to = if below { scene.text.len() } else { line_end(scene.text, from) };
        self.go(self.cell(scene, from), out);
        self.paint(scene, self.line, from, to, below, out);
        if below {
            self.erase(b'J', out);
        } else if shrank {
            self.erase(b'K', out);
        }
    }

    /// The row where the line of `at` ends, and what is open there, where `self.line` is that line.
    fn end_of_line(&self, scene: &Scene<'_>, at: usize) -> (usize, State) {
        let end = line_end(scene.text, at);
        let next = scene.text.len().min(end + 1);
        let mut mark = self.line;
        while scene.colours && mark.at < next {
            mark.at += mark.state.next(&scene.text[mark.at..next]).1;
        }
        (self.cell(scene, end).row, mark.state)
    }

    /// The cell of `to`, which is not above the window.
    fn cell(&self, scene: &Scene<'_>, to: usize) -> Place {
        let mut found = Place::default();
        self.walk(scene, self.top, |at, place| {
            found = place;
            at < to
        });
        found
    }

    /// The offset `count` rows below the first.
    fn skip_rows(&self, scene: &Scene<'_>, count: usize) -> usize {
        let mut found = self.top;
        self.walk(scene, self.top, |at, place| {
            found = at;
            place.row < count
        });
        found
    }

    /// Where the row of `to` begins.
    fn row_start(&self, scene: &Scene<'_>, to: usize) -> usize {
        let line = line_start(scene.text, to);
        let (mut found, mut row) = (line, 0);
        self.walk(scene, line, |at, place| {
            if at > line && place.row > row {
                found = at;
            }
            row = place.row;
            at < to
        });
        found
    }

    /// Goes from `at`, where a row begins, through the text, as long as `goes_on` wants to, which is given each offset and its place.
    fn walk(&self, scene: &Scene<'_>, at: usize, mut goes_on: impl FnMut(usize, Place) -> bool) {
        let mut at = at;
        let mut place = Place::default();
        if scene.is_line_start(at) {
            self.pass(&mut place, scene.prompt(at));
        }
        while at < scene.text.len() {
            let (character, len) = first(&scene.text[at..]);
            place = self.fit(place, character);
            if !goes_on(at, place) {
                return;
            }
            at += len;
            if character == '\n' {
                place = Place { row: place.row + 1, column: 0 };
                self.pass(&mut place, scene.prompt(at));
            } else {
                place.column += self.cells(place, character);
            }
        }
        goes_on(at, self.fit(place, '\n'));
    }

    /// Goes beyond a prompt.
    fn pass(&self, place: &mut Place, prompt: &[u8]) {
        let cells = shown_width(prompt);
        place.row += cells / self.columns;
        place.column = cells % self.columns;
    }

    /// Where `character` is drawn behind what ends at `place`: in the next row if it does not fit.
    fn fit(&self, place: Place, character: char) -> Place {
        let count = if character < ' ' { 1 } else { cells(character, 0).min(self.columns) };
        if count > 0 && place.column + count > self.columns { Place { row: place.row + 1, column: 0 } } else { place }
    }

    /// Cells that `character` takes at `place`, where it fits.
    fn cells(&self, place: Place, character: char) -> usize {
        cells(character, place.column).min(self.columns - place.column)
    }

    /// Draws text from `from`, where the terminal's cursor is, as far as it fits; `line` is the line of `from`. With `erases`, also what is left of
    /// rows that are drawn to their end.
    fn paint(&mut self, scene: &Scene<'_>, line: Mark, from: usize, to: usize, erases: bool, out: &mut dyn Output) {
        let mut brush = Brush::new(scene.colours);
        let Mark { mut at, mut state } = if scene.colours { line } else { Mark { at: from, ..line } };
        while at < to {
            let (kind, len) = if scene.colours {
                state.next(&scene.text[at..to])
            } else {
                (Kind::Other, line_end(scene.text, at) + 1 - at)
            };
            let end = (at + len).min(to);
            if end > from {
                brush.dip(kind, &scene.text[at..end], out);
            }
            let mut shown = at.max(from);
            at = end;
            while shown < end {
                let (character, len) = first(&scene.text[shown..]);
                let bytes = &scene.text[shown..shown + len];
                shown += len;
                let fits = if character == '\n' {
                    self.paint_newline(erases, out) && {
                        self.paint_prompt(scene, shown, &mut brush, out);
                        true
                    }
                } else {
                    self.paint_character(character, bytes, out)
                };
                if !fits {
                    brush.clean(out);
                    return;
                }
            }
        }
        brush.clean(out);
        if self.place.column == self.columns {
            self.next_row(out);
        }
    }

    fn paint_prompt(&mut self, scene: &Scene<'_>, at: usize, brush: &mut Brush, out: &mut dyn Output) {
        brush.prompt(scene.prompt(at), out);
        let mut place = self.place;
        self.pass(&mut place, scene.prompt(at));
        if place.row > self.place.row && place.column == 0 {
            out.write(b"\r\n");
        }
        self.place = place;
    }

    fn paint_character(&mut self, character: char, bytes: &[u8], out: &mut dyn Output) -> bool {
        let place = self.fit(self.place, character);
        if place.row != self.place.row {
            // A wide character leaves the last cell of a row.
            self.erase(b'K', out);
            if place.row >= self.rows {
                return false;
            }
        }
        let count = self.cells(place, character);
        if character == '\t' {
            out.write(&b"        "[..count]);
        } else {
            out.write(bytes);
        }
        self.place = Place { column: place.column + count, ..place };
        true
    }

    fn paint_newline(&mut self, erases: bool, out: &mut dyn Output) -> bool {
        if self.place.column == self.columns && !self.next_row(out) {
            return false;
        }
        if erases {
            self.erase(b'K', out);
        }
        self.next_row(out)
    }

    /// Goes to the row below, if there is one.
    fn next_row(&mut self, out: &mut dyn Output) -> bool {
        let fits = self.place.row + 1 < self.rows;
        if fits {
            out.write(b"\r\n");
            self.place = Place { row: self.place.row + 1, column: 0 };
        }
        fits
    }

    /// Erases the rest of the row, or of the screen.
    fn erase(&self, what: u8, out: &mut dyn Output) {
        // The cursor behind a full row still is on its last cell.
        if self.place.column < self.columns {
            out.write(&[0x1b, b'[', what]);
        }
    }

    /// Moves the terminal's cursor.
    fn go(&mut self, to: Place, out: &mut dyn Output) {
        let from = self.place;
        match to.row.checked_sub(from.row) {
            Some(0) => {}
            Some(down) => control_sequence(out, down, b'B'),
            None => control_sequence(out, from.row - to.row, b'A'),
        }
        let is_behind = from.column == self.columns;
        if to.column == 0 && from.column > 0 || is_behind {
            out.write(b"\r");
        }
        let column = if is_behind || to.column == 0 { 0 } else { from.column };
        if to.column > column {
            control_sequence(out, to.column - column, b'C');
        } else if column - to.column > 4 {
            control_sequence(out, column - to.column, b'D');
        } else {
            out.write(&b"\x08\x08\x08\x08"[..column - to.column]);
        }
        self.place = to;
    }
}

/// The character at `at`, or the one in the line of `start` that it is a mark of.
fn base(text: &[u8], start: usize, at: usize) -> usize {
    let mut at = at;
    while at > start && at < text.len() && cells(first(&text[at..]).0, 0) == 0 {
        at -= 1;
        while at > start && text[at] & 0xc0 == 0x80 {
            at -= 1;
        }
    }
    at
}

/// Where the token begins which is at `at`, or ends there.
fn token_start(text: &[u8], line: Mark, at: usize) -> usize {
    let Mark { at: mut start, mut state } = line;
    let (at, line_end) = (base(text, start, at), line_end(text, at));
    while start < at {
        let end = start + state.next(&text[start..line_end]).1;
        if end >= at {
            break;
        }
        start = end;
    }
    start
}
