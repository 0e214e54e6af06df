//! The tokens that the lexer makes and the grammar asks for.
//!
//! The order is MicroPython's (`py/lexer.h`), because parts of it have meaning: the comparison, binary and
//! augmented-assignment operators stand in the order of the bytecode's binary operators.

use core::fmt;

macro_rules! tokens {
    ($($(#[$doc:meta])* $name:ident $text:literal)*) => {
        /// A kind of token.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        #[allow(missing_docs)] // each is named after its text
        pub enum Token { $($(#[$doc])* $name),* }

        impl Token {
            /// Every token, in the order of the numbers.
            pub const ALL: [Token; [$($text),*].len()] = [$(Token::$name),*];

            /// The text of an operator, delimiter or keyword; a name in capitals for any other token.
            pub const fn text(self) -> &'static str {
                match self { $(Token::$name => $text),* }
            }
        }
    };
}

tokens! {
    /// The end of the source.
    End "END"
    /// Text that is no token.
    Invalid "INVALID"
    /// A line indented less than the one before, but as much as none above it.
    DedentMismatch "DEDENT_MISMATCH"
    /// A string that does not end.
    LonelyStringOpen "LONELY_STRING_OPEN"
    /// An f-string or t-string with an empty or unfinished replacement field.
    MalformedFString "MALFORMED_FSTRING"
    Newline "NEWLINE"
    Indent "INDENT"
    Dedent "DEDENT"
    Name "NAME"
    Integer "INTEGER"
    /// A number with a point, an exponent or a `j`.
    Float "FLOAT"
    String "STRING"
    Bytes "BYTES"
    Ellipsis "..."
    KwFalse "False"
    KwNone "None"
    KwTrue "True"
    /// Never made: the lexer turns it into `True` or `False`.
    KwDebug "__debug__"
    KwAnd "and"
    KwAs "as"
    KwAssert "assert"
    KwAsync "async"
    KwAwait "await"
    KwBreak "break"
    KwClass "class"
    KwContinue "continue"
    KwDef "def"
    KwDel "del"
    KwElif "elif"
    KwElse "else"
    KwExcept "except"
    KwFinally "finally"
    KwFor "for"
    KwFrom "from"
    KwGlobal "global"
    KwIf "if"
    KwImport "import"
    KwIn "in"
    KwIs "is"
    KwLambda "lambda"
    KwNonlocal "nonlocal"
    KwNot "not"
    KwOr "or"
    KwPass "pass"
    KwRaise "raise"
    KwReturn "return"
    KwTry "try"
    KwWhile "while"
    KwWith "with"
    KwYield "yield"
    Walrus ":="
    Tilde "~"
    Less "<"
    More ">"
    EqualEqual "=="
    LessEqual "<="
    MoreEqual ">="
    NotEqual "!="
    Pipe "|"
    Caret "^"
    Ampersand "&"
    LessLess "<<"
    MoreMore ">>"
    Plus "+"
    Minus "-"
    Star "*"
    At "@"
    SlashSlash "//"
    Slash "/"
    Percent "%"
    StarStar "**"
    PipeEqual "|="
    CaretEqual "^="
    AmpersandEqual "&="
    LessLessEqual "<<="
    MoreMoreEqual ">>="
    PlusEqual "+="
    MinusEqual "-="
    StarEqual "*="
    AtEqual "@="
    SlashSlashEqual "//="
    SlashEqual "/="
    PercentEqual "%="
    StarStarEqual "**="
    ParenOpen "("
    ParenClose ")"
    BracketOpen "["
    BracketClose "]"
    BraceOpen "{"
    BraceClose "}"
    Comma ","
    Colon ":"
    Period "."
    Semicolon ";"
    Equal "="
    Arrow "->"
}

impl Token {
    /// The token number `number`, if there is one.
    pub fn from_number(number: u32) -> Option<Token> {
        Token::ALL.get(number as usize).copied()
    }

    /// The token written `text`; a compile error in the grammar if there is none.
    pub(crate) const fn of(text: &str) -> Token {
        let mut i = 0;
        while i < Token::ALL.len() {
            if same(Token::ALL[i].text().as_bytes(), text.as_bytes()) {
                return Token::ALL[i];
            }
            i += 1;
        }
        panic!("no such token")
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// Equality of byte strings in constant evaluation.
const fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}
