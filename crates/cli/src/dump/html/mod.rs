//! A module as a page to explore: one file, which loads nothing.
//!
//! The page is always the same but for its data, the JSON of the other views. Its script makes text nodes of all that comes from
//! the module, and in the JSON no `<` stands as itself: no name in a module is markup or ends the data.

use std::io::{self, Write};

use super::File;
use super::json;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Writes the page of `file`, with the lines of its source if that is there.
pub fn write(file: &File<'_>, source: Option<&[u8]>, out: &mut impl Write) -> io::Result<()> {
    let source = source.map(|source| String::from_utf8_lossy(source).into_owned());
    let lines = source.as_ref().map(|source| source.lines().collect());
    let data = json::page(file, lines)?.replace('<', "\\u003c");
    let mut rest = PAGE;
    for (place, content) in [("STYLE", STYLE), ("DATA", &*data), ("SCRIPT", SCRIPT)] {
        let Some((before, after)) = rest.split_once(place) else { break };
        out.write_all(before.as_bytes())?;
        out.write_all(content.as_bytes())?;
        rest = after;
    }
    out.write_all(rest.as_bytes())
}
