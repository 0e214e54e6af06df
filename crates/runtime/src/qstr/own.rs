//! The names that Berus itself uses, in the order of their spellings, so that they are found by bisection without a
//! table for that: while compiling, and at run time where code is to be small.

use core::cmp::Ordering;

use crate::qstr::names::{CORE, EXTRA, LIBRARY, MODULES, OBJECTS, PYTHON};

const LISTS: [&[&str]; 6] = [CORE, OBJECTS, MODULES, EXTRA, PYTHON, LIBRARY];

const COUNT: usize = {
    let (mut count, mut list) = (0, 0);
    while list < LISTS.len() {
        count += LISTS[list].len();
        list += 1;
    }
    count
};

/// All names of the lists, in the order of their bytes.
pub(super) static OWN: [&str; COUNT] = {
    let mut names = [""; COUNT];
    let (mut count, mut list) = (0, 0);
    while list < LISTS.len() {
        let mut at = 0;
        while at < LISTS[list].len() {
            names[count] = LISTS[list][at];
            (count, at) = (count + 1, at + 1);
        }
        list += 1;
    }
    let mut width = 1;
    while width < COUNT {
        names = merged(&names, width);
        width *= 2;
    }
    names
};

/// The names after a step of sorting by merging: the first `width` are in order, and so are the next, and so on; after
/// the step that is so for twice as many.
const fn merged(names: &[&'static str; COUNT], width: usize) -> [&'static str; COUNT] {
    let mut merged = [""; COUNT];
    let mut to = 0;
    while to < COUNT {
        let (mut left, middle, end) = (to, least(to + width, COUNT), least(to + 2 * width, COUNT));
        let mut right = middle;
        while to < end {
            let is_left =
                right == end || left < middle && !matches!(compare(names[right], names[left]), Ordering::Less);
            let from = if is_left { &mut left } else { &mut right };
            merged[to] = names[*from];
            (*from, to) = (*from + 1, to + 1);
        }
    }
    merged
}

const fn least(a: usize, b: usize) -> usize {
    if a < b { a } else { b }
}

/// The order of two names by their bytes.
const fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    match (at < a.len(), at < b.len()) {
        (false, false) => Ordering::Equal,
        (true, true) if a[at] > b[at] => Ordering::Greater,
        (true, false) => Ordering::Greater,
        _ => Ordering::Less,
    }
}

/// Which of [`OWN`] is spelled `name`.
pub(super) const fn find_own(name: &str) -> Option<usize> {
    let (mut low, mut high) = (0, COUNT);
    while low < high {
        let middle = low + (high - low) / 2;
        match compare(OWN[middle], name) {
            Ordering::Less => low = middle + 1,
            Ordering::Equal => return Some(middle),
            Ordering::Greater => high = middle,
        }
    }
    None
}
