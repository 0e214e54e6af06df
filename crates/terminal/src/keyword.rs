//! Words of the language.

/// All of them, with the blank or colon that is behind those which are never a whole statement or expression.
pub(crate) const KEYWORDS: &[&[u8]] = &[
    b"False",
    b"None",
    b"True",
    b"and ",
    b"as ",
    b"assert ",
    b"async ",
    b"await ",
    b"break",
    b"class ",
    b"continue",
    b"def ",
    b"del ",
    b"elif ",
    b"else:",
    b"except",
    b"finally:",
    b"for ",
    b"from ",
    b"global ",
    b"if ",
    b"import ",
    b"in ",
    b"is ",
    b"lambda",
    b"nonlocal ",
    b"not ",
    b"or ",
    b"pass",
    b"raise",
    b"return",
    b"try:",
    b"while ",
    b"with ",
    b"yield",
];

/// Whether `word` is one of the language's.
#[cfg(feature = "colour")]
pub(crate) fn is_keyword(word: &[u8]) -> bool {
    KEYWORDS.iter().any(|keyword| matches!(keyword.strip_prefix(word), Some(b"" | b" " | b":")))
}
