//! The differences of two modules, as `diff -u` shows them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use super::align::{Compare, Pair, align};
use super::parts::{Function, Row, Side};
use crate::output::style::{ERROR, FAINT, GOOD, STRONG};

/// Writes what is different between `old` and `new`, with as many rows of code around each difference as `context` says.
pub fn write(old: &Side, new: &Side, context: usize, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{STRONG}--- {}{STRONG:#}", old.title)?;
    writeln!(out, "{STRONG}+++ {}{STRONG:#}", new.title)?;
    let mut found = facts("header", &old.header, &new.header, out)?;
    found |= table("names", &old.names, &new.names, out)?;
    found |= table("constants", &old.constants, &new.constants, out)?;
    let partners: BTreeMap<_, _> = new.functions.iter().map(|(path, function)| (path, function)).collect();
    let known: BTreeSet<_> = old.functions.iter().map(|(path, _)| path).collect();
    for (path, function) in &old.functions {
        match partners.get(path) {
            Some(partner) => found |= compared(path, function, partner, context, out)?,
            None => found |= alone(path, function, false, out)?,
        }
    }
    for (path, function) in new.functions.iter().filter(|(path, _)| !known.contains(path)) {
        found |= alone(path, function, true, out)?;
    }
    if !found {
        writeln!(out, "  the same code, put down in other bytes")?;
    }
    Ok(())
}

fn title(text: &str, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{STRONG}@@ {text}{STRONG:#}")
}

fn old_line(text: &str, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{ERROR}-{text}{ERROR:#}")
}

fn new_line(text: &str, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{GOOD}+{text}{GOOD:#}")
}

/// Compares facts, each of which both sides have in the same place. Whether some are different.
fn facts(name: &str, old: &[String], new: &[String], out: &mut impl Write) -> io::Result<bool> {
    if old == new {
        return Ok(false);
    }
    title(name, out)?;
    lines(old, new, out)?;
    Ok(true)
}

fn lines(old: &[String], new: &[String], out: &mut impl Write) -> io::Result<()> {
    old.iter().filter(|line| !new.contains(line)).try_for_each(|line| old_line(line, out))?;
    new.iter().filter(|line| !old.contains(line)).try_for_each(|line| new_line(line, out))
}

/// Compares tables whose order follows from the code. Whether they are different.
fn table(name: &str, old: &[String], new: &[String], out: &mut impl Write) -> io::Result<bool> {
    if old == new {
        return Ok(false);
    }
    title(name, out)?;
    let (old_set, new_set): (BTreeSet<_>, BTreeSet<_>) = (old.iter().collect(), new.iter().collect());
    old.iter().filter(|line| !new_set.contains(line)).try_for_each(|line| old_line(line, out))?;
    new.iter().filter(|line| !old_set.contains(line)).try_for_each(|line| new_line(line, out))?;
    if old_set == new_set {
        writeln!(out, "  the same, in another order")?;
    }
    Ok(true)
}

/// A function that only one of the modules has.
fn alone(path: &str, function: &Function, is_new: bool, out: &mut impl Write) -> io::Result<bool> {
    title(path, out)?;
    let mut texts = function.facts.iter().map(String::as_str).chain(function.rows.iter().map(|row| row.text.as_str()));
    match is_new {
        true => texts.try_for_each(|text| new_line(text, out))?,
        false => texts.try_for_each(|text| old_line(text, out))?,
    }
    Ok(true)
}

/// Compares functions of one path. Whether they are different.
fn compared(path: &str, old: &Function, new: &Function, context: usize, out: &mut impl Write) -> io::Result<bool> {
    let pairs = align(&old.rows, &new.rows);
    let same_code = pairs.iter().all(|pair| matches!(pair, Pair::Both(..)));
    let moved = |pair: &&Pair| matches!(**pair, Pair::Both(a, b) if old.rows[a].line != new.rows[b].line);
    let lines_differ = pairs.iter().find(moved);
    if old.facts == new.facts && same_code && lines_differ.is_none() {
        return Ok(false);
    }
    title(path, out)?;
    lines(&old.facts, &new.facts, out)?;
    if same_code {
        if let Some(&Pair::Both(a, b)) = lines_differ {
            let line = |row: &Row| row.line.map_or("no line".into(), |line| format!("line {line}"));
            let (before, now) = (line(&old.rows[a]), line(&new.rows[b]));
            writeln!(out, "  the same code, of other lines: {} was of {before} and is of {now}", new.rows[b].key())?;
        }
        return Ok(true);
    }
    hunks(old, new, &pairs, context, out)?;
    Ok(true)
}

/// The rows that are different, each with some around it.
fn hunks(old: &Function, new: &Function, pairs: &[Pair], context: usize, out: &mut impl Write) -> io::Result<()> {
    let differs = |pair: &Pair| !matches!(pair, Pair::Both(..));
    let mut last_shown = None;
    let (mut last_difference, mut next_difference) = (None, 0);
    for (n, pair) in pairs.iter().enumerate() {
        while next_difference < pairs.len() && (next_difference < n || !differs(&pairs[next_difference])) {
            next_difference += 1;
        }
        let is_before = next_difference < pairs.len() && next_difference - n <= context;
        let is_after = last_difference.is_some_and(|last| n - last <= context);
        if !is_before && !is_after {
            continue;
        }
        if n > 0 && last_shown != Some(n - 1) {
            writeln!(out, " {FAINT}...{FAINT:#}")?;
        }
        last_shown = Some(n);
        last_difference = if differs(pair) { Some(n) } else { last_difference };
        match *pair {
            Pair::Both(_, b) => writeln!(out, " {}", numbered(&new.rows[b]))?,
            Pair::Old(a) => old_line(&numbered(&old.rows[a]), out)?,
            Pair::New(b) => new_line(&numbered(&new.rows[b]), out)?,
        }
    }
    Ok(())
}

fn numbered(row: &Row) -> String {
    match row.line {
        Some(line) => format!("{line:>5}  {}", row.text),
        None => format!("{:5}  {}", "", row.text),
    }
}
