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

const STARTS: [TokenSet; RULES] = {
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
const CONTINUES: [TokenSet; RULES] = {
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
        Element::Rule(rule) | Element::Optional(rule) => STARTS[rule as usize],
    }
}

/// Whether `rule` can start with `token`.
#[inline]
pub(super) fn starts_with(rule: Rule, token: Token) -> bool {
    static SETS: [TokenSet; RULES] = STARTS;
    SETS[rule as usize].contains(token)
}

/// Whether `rule`, of which the first element has been matched, needs a closer look at `token`. If not, it is
/// complete, and its only child stands for it.
#[inline]
pub(super) fn continues_with(rule: Rule, token: Token) -> bool {
    static SETS: [TokenSet; RULES] = CONTINUES;
    SETS[rule as usize].contains(token)
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
}
