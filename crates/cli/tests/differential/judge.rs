//! Whether Berus is right, told from what a program shows in Berus, MicroPython and CPython.
//!
//! What MicroPython does is right, unless CPython does something else and Berus does that. So a program makes a difference if Berus agrees
//! with neither in what follows a label, or raises MicroPython's exception with a message of its own, types that it names and numbers left
//! out, or if it ends Berus.

use std::collections::{BTreeMap, HashMap};

/// What MicroPython says of a slice as a key. Slices have a hash in Berus, as in CPython from 3.12 on: what follows such a message is not
/// judged.
const SLICE_AS_KEY: &str = "unsupported type for __hash__: 'slice'";

/// What a part of what is shown is without the message of an exception, and the message with neither what is quoted nor digits: for an
/// instance of a class that derives from a built-in type, MicroPython names the type, and memory is counted in another way.
fn kind_and_message(part: &str) -> (&str, String) {
    let Some((kind, message)) = part.split_once('|') else { return (part, String::new()) };
    if message.contains(SLICE_AS_KEY) {
        return (kind, SLICE_AS_KEY.to_owned());
    }
    // The message itself is quoted.
    let message = message.strip_prefix('\'').and_then(|message| message.strip_suffix('\'')).unwrap_or(message);
    let unquoted = message.split('\'').step_by(2).collect::<String>();
    // The operator may be named after the method of either side.
    (kind, unquoted.replace("for __r", "for __").chars().filter(|char| !char.is_ascii_digit()).collect())
}

/// Messages of MicroPython, as [`kind_and_message`] gives them, where Berus has others: it iterates where MicroPython wants a list or tuple, and
/// does not name an operator that only reads `in`; of methods it says how many arguments they expect. MicroPython leaves some exceptions without a
/// message.
const OTHER_WORDS: [&str; 6] = [
    "",
    "function missing  required positional arguments",
    "unsupported types for __contains__: , ",
    "unsupported types for : , ",
    "object  isn",
    "object with buffer protocol required",
];

/// The exception and the message, or else the value, that a part of what is shown tells of.
type Part = (String, String);

/// Parts by the label that stands before them, and by how many times that did so before. A statement that shows more to one than to another, or
/// is not come to, moves nothing of the others.
fn by_label(shown: Option<&String>) -> BTreeMap<(&str, usize), Vec<Part>> {
    let mut parts = BTreeMap::from([(("", 0), Vec::new())]);
    let (mut turns, mut label) = (HashMap::new(), ("", 0));
    for part in shown.iter().flat_map(|shown| shown.split(" ;; ")) {
        if part.starts_with('@') {
            let turn = turns.entry(part).or_insert(0);
            label = (part, *turn);
            *turn += 1;
            parts.insert(label, Vec::new());
        } else {
            let (kind, message) = kind_and_message(part);
            parts.get_mut(&label).expect("it was put there").push((kind.to_owned(), message));
        }
    }
    parts
}

/// What Berus does otherwise than it should, if anything.
pub fn difference(
    berus: Option<&String>,
    micropython: Option<&String>,
    cpython: Option<&String>,
) -> Option<&'static str> {
    if berus.is_none() {
        return Some("ends Berus");
    }
    let [own, micropython, cpython] = [berus, micropython, cpython].map(by_label);
    if micropython.keys().any(|label| cpython.contains_key(label) && !own.contains_key(label)) {
        return Some("does not come to a label");
    }
    own.iter().find_map(|(label, own)| difference_at_label(own, micropython.get(label), cpython.get(label)))
}

/// The same for what follows one label.
fn difference_at_label(
    own: &[Part],
    micropython: Option<&Vec<Part>>,
    cpython: Option<&Vec<Part>>,
) -> Option<&'static str> {
    let kinds_agree = |other: &Vec<Part>| own.iter().map(|part| &part.0).eq(other.iter().map(|part| &part.0));
    let is_cpythons = cpython.is_some_and(kinds_agree);
    let Some(micropython) = micropython else { return (!is_cpythons).then_some("makes a difference") };
    if micropython.iter().any(|(_, message)| message == SLICE_AS_KEY) {
        return None;
    }
    let cpython = cpython.map_or(&[][..], Vec::as_slice);
    if kinds_agree(micropython) {
        let known = own.iter().zip(micropython).enumerate().all(|(at, (own, other))| {
            own.1 == other.1 || OTHER_WORDS.contains(&other.1.as_str()) || cpython.get(at) == Some(own)
        });
        return (!known).then_some("has another message");
    }
    let known = |(at, part): (usize, &Part)| {
        [micropython, cpython].iter().any(|other| other.get(at).is_some_and(|other| other.0 == part.0))
    };
    let is_right = is_cpythons || own.len() == micropython.len() && own.iter().enumerate().all(known);
    (!is_right).then_some("makes a difference")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(berus: &str, micropython: &str, cpython: &str) -> Option<&'static str> {
        let [berus, micropython, cpython] = [berus, micropython, cpython].map(|shown| Some(shown.to_owned()));
        difference(berus.as_ref(), micropython.as_ref(), cpython.as_ref())
    }

    #[test]
    fn either_may_be_agreed_with_in_each_part() {
        assert_eq!(judged("KeyError|'slice(0)'", "TypeError|'unsupported type for __hash__: 'slice''", "1"), None);
        assert_eq!(judged("1 ;; 2", "1 ;; 2", "1 ;; 3"), None);
        assert_eq!(judged("1 ;; 2", "1 ;; 3", "1 ;; 2"), None);
        assert_eq!(judged("1 ;; 2", "1 ;; 3", "4 ;; 2"), None);
        assert_eq!(judged("1 ;; 2", "1 ;; 3", "1 ;; 4"), Some("makes a difference"));
        assert_eq!(judged("1", "1 ;; 2", "1 ;; 2"), Some("makes a difference"));
    }

    #[test]
    fn what_a_statement_shows_more_moves_nothing_of_the_next() {
        assert_eq!(judged("@1 ;; a ;; 1 ;; @2 ;; 2", "@1 ;; 1 ;; @2 ;; 2", "@1 ;; a ;; 1 ;; @2 ;; 3"), None);
        assert_eq!(judged("@1 ;; 1 ;; @1 ;; 2", "@1 ;; 1 ;; @1 ;; 2", "@1 ;; E|'' ;; @3 ;; 4"), None);
        assert_eq!(judged("@1 ;; 2 ;; @1 ;; 1", "@1 ;; 1 ;; @1 ;; 2", "@1 ;; 1"), Some("makes a difference"));
        assert_eq!(judged("@1 ;; 1", "@1 ;; 1 ;; @2 ;; 2", "@1 ;; 3"), None);
        assert_eq!(judged("@1 ;; 1", "@1 ;; 1 ;; @2 ;; 2", "@1 ;; 1 ;; @2 ;; 2"), Some("does not come to a label"));
        assert_eq!(judged("@1 ;; 1 ;; @2 ;; 2", "@1 ;; 1", "@1 ;; 1"), Some("makes a difference"));
    }

    #[test]
    fn messages_are_those_of_micropython_or_cpython_but_for_names_and_numbers() {
        assert_eq!(judged("E|'no 'a' in 5'", "E|'no 'b' in 17'", "E|'other'"), None);
        assert_eq!(judged("E|'no 'a' in 5'", "E|'no 'a' at 5'", "E|'no 'a' in 5'"), None);
        assert_eq!(judged("E|'no 'a' in 5'", "E|'no 'a' at 5'", "E|'other'"), Some("has another message"));
        assert_eq!(judged("E|'words'", "E|''", "E|''"), None);
        assert_eq!(judged("E|'words'", "F|'words'", "E|'other'"), None);
    }

    #[test]
    fn nothing_excuses_an_end() {
        assert_eq!(difference(None, None, None), Some("ends Berus"));
        assert_eq!(difference(Some(&"1".into()), None, Some(&"1".into())), None);
        assert_eq!(difference(Some(&"1".into()), None, Some(&"2".into())), Some("makes a difference"));
    }
}
