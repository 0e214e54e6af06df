//! Vectors and text of file systems, which grow only as far as there is memory.

#[cfg(feature = "fat")]
use alloc::string::String;
use alloc::vec::Vec;

use super::error::Result;

/// Appends an item.
pub fn push<T>(items: &mut Vec<T>, item: T) -> Result {
    items.try_reserve(1)?;
    items.push(item);
    Ok(())
}

/// Appends copies of all of `more`.
pub fn append<T: Copy>(items: &mut Vec<T>, more: &[T]) -> Result {
    items.try_reserve(more.len())?;
    items.extend_from_slice(more);
    Ok(())
}

/// Puts an item at place `at`, before what is there.
pub fn insert<T>(items: &mut Vec<T>, at: usize, item: T) -> Result {
    items.try_reserve(1)?;
    items.insert(at, item);
    Ok(())
}

/// Makes `items` `len` items long; new ones are `value`.
pub fn resize<T: Copy>(items: &mut Vec<T>, len: usize, value: T) -> Result {
    items.try_reserve(len.saturating_sub(items.len()))?;
    items.resize(len, value);
    Ok(())
}

/// A copy of `items`.
pub fn copy<T: Copy>(items: &[T]) -> Result<Vec<T>> {
    let mut copy = Vec::new();
    append(&mut copy, items)?;
    Ok(copy)
}

/// Copies of what is in `parts`, one behind the other.
pub fn concat(parts: &[&[u8]]) -> Result<Vec<u8>> {
    let mut all = Vec::new();
    parts.iter().try_for_each(|part| append(&mut all, part))?;
    Ok(all)
}

/// So many times `value`.
pub fn filled<T: Copy>(len: usize, value: T) -> Result<Vec<T>> {
    let mut items = Vec::new();
    items.try_reserve_exact(len)?;
    items.resize(len, value);
    Ok(items)
}

/// What `make` makes of each of `items`.
pub fn map<T, U>(items: &[T], mut make: impl FnMut(&T) -> Result<U>) -> Result<Vec<U>> {
    let mut made = Vec::new();
    items.iter().try_for_each(|item| push(&mut made, make(item)?))?;
    Ok(made)
}

/// All that `items` yields.
pub fn collect<T>(items: impl Iterator<Item = T>) -> Result<Vec<T>> {
    let mut all = Vec::new();
    for item in items {
        push(&mut all, item)?;
    }
    Ok(all)
}

/// A copy of `text`.
#[cfg(feature = "fat")]
pub fn text(text: &str) -> Result<String> {
    let mut copy = String::new();
    copy.try_reserve(text.len())?;
    copy.push_str(text);
    Ok(copy)
}
