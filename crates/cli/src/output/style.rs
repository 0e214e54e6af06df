//! The colours of the output. They show only where standard output is a terminal, or where `--color` asks for them.

use anstyle::{AnsiColor, Style};
use clap::builder::styling::Styles;

/// The word `berus` before an error.
pub const ERROR: Style = AnsiColor::Red.on_default().bold();
/// What has been found to be good.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// Titles, and what a line is about.
pub const STRONG: Style = Style::new().bold();
/// What is there to be looked up, not to be read.
pub const FAINT: Style = Style::new().dimmed();
/// Names of instructions and fields.
pub const WORD: Style = AnsiColor::Cyan.on_default();
/// Labels.
pub const LABEL: Style = AnsiColor::Yellow.on_default();
/// Remarks on what stands before them.
pub const REMARK: Style = AnsiColor::Green.on_default();

/// The help of the command line.
pub const HELP: Styles = Styles::styled().header(STRONG).usage(STRONG).literal(WORD).error(ERROR);
