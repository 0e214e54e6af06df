//! Small helpers for text.

use std::fmt::{self, Display, Write};

/// A number of things: `1 byte`, `2 bytes`.
pub fn count(n: usize, what: &str) -> impl Display {
    fmt::from_fn(move |f| write!(f, "{n} {what}{}", if n == 1 { "" } else { "s" }))
}

/// At most `limit` characters of what `value` shows. It is asked for no more, so that many mentions of one large value
/// cost little.
pub fn shortened(value: impl Display, limit: usize) -> String {
    let mut short = Short { text: String::new(), left: limit };
    match write!(short, "{value}") {
        Ok(()) => short.text,
        Err(_) => short.text + "…",
    }
}

struct Short {
    text: String,
    left: usize,
}

impl Write for Short {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            self.left = self.left.checked_sub(1).ok_or(fmt::Error)?;
            self.text.push(c);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_shortened_only_if_it_is_too_long() {
        assert_eq!(shortened("größer", 6), "größer");
        assert_eq!(shortened("größer", 5), "größe…");
    }
}
