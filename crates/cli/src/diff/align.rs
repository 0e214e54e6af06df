//! Which rows of two lists belong together.

use std::time::{Duration, Instant};

use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};

/// The longest time to look for the shortest difference of two lists: after it, a longer one will do.
const PATIENCE: Duration = Duration::from_secs(2);

/// A row of one list, of the other, or of both, by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pair {
    /// The rows are the same.
    Both(usize, usize),
    /// The row is in the old list only.
    Old(usize),
    /// The row is in the new list only.
    New(usize),
}

/// A row of code: what to compare, and where it jumps to.
pub trait Compare {
    /// What has to be the same.
    fn key(&self) -> &str;
    /// The row that this one jumps to, if it does.
    fn target(&self) -> Option<usize>;
}

/// Pairs the rows of two lists, in their order. Jumps are the same if they lead to rows that are.
pub fn align(old: &[impl Compare], new: &[impl Compare]) -> Vec<Pair> {
    let (old_keys, new_keys) = (keys(old), keys(new));
    let deadline = Instant::now() + PATIENCE;
    let mut pairs = Vec::new();
    let mut partner = vec![None; old.len()];
    for op in capture_diff_slices_deadline(Algorithm::Myers, &old_keys, &new_keys, Some(deadline)) {
        if let DiffOp::Equal { old_index, new_index, len } = op {
            (0..len).for_each(|n| partner[old_index + n] = Some(new_index + n));
            pairs.extend((0..len).map(|n| Pair::Both(old_index + n, new_index + n)));
        } else {
            pairs.extend(op.old_range().map(Pair::Old));
            pairs.extend(op.new_range().map(Pair::New));
        }
    }
    let split = |pair: Pair| match pair {
        Pair::Both(a, b)
            if old[a].target().map(|to| partner.get(to).copied().flatten()) != new[b].target().map(Some) =>
        {
            [Some(Pair::Old(a)), Some(Pair::New(b))]
        }
        pair => [Some(pair), None],
    };
    pairs.into_iter().flat_map(split).flatten().collect()
}

fn keys(rows: &[impl Compare]) -> Vec<&str> {
    rows.iter().map(Compare::key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Compare for (&str, Option<usize>) {
        fn key(&self) -> &str {
            self.0
        }

        fn target(&self) -> Option<usize> {
            self.1
        }
    }

    #[test]
    fn jumps_are_the_same_if_they_lead_to_the_same() {
        let old = [("jump", Some(2)), ("a", None), ("b", None)];
        let moved = [("jump", Some(3)), ("x", None), ("a", None), ("b", None)];
        assert_eq!(align(&old, &moved), [Pair::Both(0, 0), Pair::New(1), Pair::Both(1, 2), Pair::Both(2, 3)]);
        let elsewhere = [("jump", Some(1)), ("a", None), ("b", None)];
        assert_eq!(align(&old, &elsewhere), [Pair::Old(0), Pair::New(0), Pair::Both(1, 1), Pair::Both(2, 2)]);
    }
}
