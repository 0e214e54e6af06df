//! What the next token says about a rule, worked out from the grammar at compile time.
//!
//! The grammar needs one token of lookahead: a rule either starts with the current token or it does not.

use crate::grammar::{Element, Rule, Shape};
use crate::token::Token;

/// A set of tokens.
#[derive(Clone, Copy)]
pub(super) struct TokenSet(u128);

impl TokenSet {
    const EMPTY: TokenSet = TokenSet(0);

    const fn of(token: Token) -> TokenSet {
        TokenSet(1 << token as u32)
    }

    const fn union(self, other: TokenSet) -> TokenSet {
        TokenSet(self.0 | other.0)
    }

    #[inline]
    pub(super) const fn contains(self, token: Token) -> bool {
        self.0 >> token as u32 & 1 != 0
    }
}

/// Every rule.
const RULES: usize = Rule::ALL.len();

/// The set of each rule. Many rules have the same one, so that only the `N` different sets are stored.
struct Table<const N: usize> {
    sets: [TokenSet; N],
    /// By rule, where in `sets` the rule's is.
    places: [u8; RULES],
}

impl<const N: usize> Table<N> {
    /// The table of `sets`, of which [`distinct`] says `N`.
    const fn of(sets: &[TokenSet; RULES]) -> Table<N> {
        let mut table = Table { sets: [TokenSet::EMPTY; N], places: [0; RULES] };
        assert!(N <= 256);
        let (mut known, mut r) = (0, 0);
        while r < RULES {
            let place = place_among(sets[r], &table.sets, known);
            if place == known {
                table.sets[place] = sets[r];
                known += 1;
            }
            table.places[r] = place as u8;
            r += 1;
        }
        table
    }

    #[inline]
    fn has(&self, rule: Rule, token: Token) -> bool {
        self.sets[usize::from(self.places[rule as usize])].contains(token)
    }
}

/// How many different ones there are among `sets`.
const fn distinct(sets: &[TokenSet; RULES]) -> usize {
    let (mut known, mut r) = (0, 0);
    while r < RULES {
        if place_among(sets[r], sets, r) == r {
            known += 1;
        }
        r += 1;
    }
    known
}

/// The place of `set` among the first `known` of `sets`, or `known`.
const fn place_among(set: TokenSet, sets: &[TokenSet], known: usize) -> usize {
    let mut place = 0;
    while place < known && sets[place].0 != set.0 {
        place += 1;
    }
    place
}

/// The tokens that a rule can start with.
static STARTS: Table<{ distinct(&STARTS_OF) }> = Table::of(&STARTS_OF);

const STARTS_OF: [TokenSet; RULES] = {
    let mut sets = [TokenSet::EMPTY; RULES];
    let mut changed = true;
    while changed {
        changed = false;
        let mut r = 0;
        while r < RULES {
            let set = starts(Rule::ALL[r], &sets);
            changed = changed || set.0 != sets[r].0;
            sets[r] = set;
            r += 1;
        }
    }
    sets
};

/// The tokens that `rule` can start with, as far as `sets` knows them for the other rules.
const fn starts(rule: Rule, sets: &[TokenSet; RULES]) -> TokenSet {
    let elements = rule.elements();
    let mut set = TokenSet::EMPTY;
    let mut i = 0;
    while i < elements.len() {
        set = set.union(match elements[i] {
            Element::Token(token) => TokenSet::of(token),
            Element::Rule(rule) | Element::Optional(rule) => sets[rule as usize],
        });
        // Only of a choice can any element be the first.
        if !matches!(rule.shape(), Shape::any) {
            break;
        }
        i += 1;
    }
    set
}

/// The tokens with which a rule goes on after its first element, if that alone can be all of it and then stands for
/// it; for other rules every token.
static CONTINUES: Table<{ distinct(&CONTINUES_OF) }> = Table::of(&CONTINUES_OF);

const CONTINUES_OF: [TokenSet; RULES] = {
    let mut sets = [TokenSet(u128::MAX); RULES];
    let mut r = 0;
    while r < RULES {
        let elements = Rule::ALL[r].elements();
        match Rule::ALL[r].shape() {
            Shape::many => sets[r] = element_starts(elements[0]),
            Shape::list | Shape::list_end => sets[r] = element_starts(elements[1]),
            Shape::lift if matches!(elements[0], Element::Rule(_)) => {
                let mut set = TokenSet::EMPTY;
                let mut i = 1;
                while i < elements.len() {
                    set = match elements[i] {
                        Element::Optional(_) => set.union(element_starts(elements[i])),
                        _ => TokenSet(u128::MAX),
                    };
                    i += 1;
                }
                sets[r] = set;
            }
            _ => {}
        }
        r += 1;
    }
    sets
};

const fn element_starts(element: Element) -> TokenSet {
    match element {
        Element::Token(token) => TokenSet::of(token),
        Element::Rule(rule) | Element::Optional(rule) => STARTS_OF[rule as usize],
    }
}

/// Whether `rule` can start with `token`.
#[inline]
pub(super) fn starts_with(rule: Rule, token: Token) -> bool {
    STARTS.has(rule, token)
}

/// Whether `rule`, of which the first element has been matched, needs a closer look at `token`. If not, it is
/// complete, and its only child stands for it.
#[inline]
pub(super) fn continues_with(rule: Rule, token: Token) -> bool {
    CONTINUES.has(rule, token)
}

/// The rules that an operand is at once, from the outermost to [`Rule::AtomExprNormal`]: a test, a comparison, a term
/// and so on down. Each is complete with the next alone, and then is the next.
pub(super) static SPINE: [Rule; SPINE_LEN] = {
    let mut spine = [Rule::NamedExprTest; SPINE_LEN];
    let mut level = 0;
    while level + 1 < SPINE_LEN {
        let Element::Rule(inner) = spine[level].elements()[0] else { panic!("an operand starts with a rule") };
        level += 1;
        spine[level] = chosen(inner);
    }
    spine
};

const SPINE_LEN: usize = 13;

/// The rule that `rule` comes down to where a name is.
const fn chosen(mut rule: Rule) -> Rule {
    while matches!(rule.shape(), Shape::any) {
        let mut i = 0;
        rule = loop {
            match rule.elements()[i] {
                Element::Rule(inner) if STARTS_OF[inner as usize].contains(Token::Name) => break inner,
                _ => i += 1,
            }
        };
    }
    rule
}

/// Where in [`SPINE`] a rule is.
static LEVELS: [Option<u8>; RULES] = {
    let mut levels = [None; RULES];
    let mut level = 0;
    while level < SPINE_LEN {
        levels[SPINE[level] as usize] = Some(level as u8);
        level += 1;
    }
    levels
};

/// By token: a bit for every level of [`SPINE`] whose rule goes on with it.
static SPINE_CONTINUES: [u16; Token::ALL.len()] = {
    let mut masks = [0; Token::ALL.len()];
    let mut t = 0;
    while t < masks.len() {
        let mut level = 0;
        while level < SPINE_LEN {
            if CONTINUES_OF[SPINE[level] as usize].contains(Token::ALL[t]) {
                masks[t] |= 1 << level;
            }
            level += 1;
        }
        t += 1;
    }
    masks
};

/// Where in [`SPINE`] `rule` is, if it is.
#[inline]
pub(super) fn spine_level(rule: Rule) -> Option<u8> {
    LEVELS[rule as usize]
}

/// Of the rules of [`SPINE`] from `level` to `depth` levels further in, the innermost that goes on with `token`, as its
/// distance from the first.
#[inline]
pub(super) fn innermost_continuing(level: u8, depth: u8, token: Token) -> Option<u8> {
    let mask = SPINE_CONTINUES[token as usize] >> level & ((2 << depth) - 1);
    mask.checked_ilog2().map(|distance| distance as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_told_apart_by_their_first_token() {
        assert!(starts_with(Rule::Stmt, Token::KwWhile));
        assert!(starts_with(Rule::CompoundStmt, Token::At));
        assert!(!starts_with(Rule::SimpleStmt, Token::KwWhile));
        assert!(starts_with(Rule::SimpleStmt, Token::Minus));
        assert!(!starts_with(Rule::Stmt, Token::Newline));
    }

    #[test]
    fn a_lone_operand_needs_no_look_at_the_rules_around_it() {
        assert!(!continues_with(Rule::Term, Token::Plus));
        assert!(continues_with(Rule::ArithExpr, Token::Plus));
        assert!(continues_with(Rule::Comparison, Token::KwNot));
        assert!(continues_with(Rule::TestIfExpr, Token::KwIf));
        assert!(continues_with(Rule::FuncDef, Token::Colon));
    }

    #[test]
    fn operators_find_the_rule_they_belong_to() {
        let rule = |token| innermost_continuing(0, SPINE.len() as u8 - 1, token).map(|level| SPINE[level as usize]);
        assert_eq!(rule(Token::BracketOpen), Some(Rule::AtomExprNormal));
        assert_eq!(rule(Token::StarStar), Some(Rule::Power));
        assert_eq!(rule(Token::At), Some(Rule::Term));
        assert_eq!(rule(Token::KwIs), Some(Rule::Comparison));
        assert_eq!(rule(Token::Walrus), Some(Rule::NamedExprTest));
        assert_eq!(rule(Token::Equal), None);
        assert_eq!(spine_level(Rule::OrTest), Some(2));
        assert_eq!(innermost_continuing(2, 1, Token::KwIf), None);
    }
}
