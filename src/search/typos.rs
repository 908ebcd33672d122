//! Words one or two edits away from what was typed.

use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder};
use std::sync::OnceLock;

use super::terms::{Lexicon, Term};

/// Shorter words are not corrected: too many words are one edit away.
pub const SHORTEST: usize = 4;
/// From this length on two edits are allowed.
pub const TWO_EDITS: usize = 8;

/// The words nearest to one that is in no document: those with the fewest edits, with that number.
///
/// An exchange of two neighbours is one edit. Where `prefix` is set, words that only begin like this are found as well.
/// A word with a digit is never corrected. The first letter is believed where any word nearest to the typed one has it.
pub fn nearest(lexicon: &Lexicon, word: &str, prefix: bool) -> (Vec<Term>, u8) {
    let length = word.chars().count();
    if length < SHORTEST || length > 40 || word.bytes().any(|byte| byte.is_ascii_digit()) {
        return (Vec::new(), 0);
    }
    static ONE: OnceLock<LevenshteinAutomatonBuilder> = OnceLock::new();
    static TWO: OnceLock<LevenshteinAutomatonBuilder> = OnceLock::new();
    for edits in 1..=if length >= TWO_EDITS { 2 } else { 1 } {
        let builder = if edits == 1 { &ONE } else { &TWO };
        let builder = builder.get_or_init(|| LevenshteinAutomatonBuilder::new(edits, true));
        let found = walk(lexicon, &builder.build_dfa(word));
        if !found.is_empty() {
            return (keep_first_letter(lexicon, word, found), edits);
        }
        // The beginning of a longer word, while it is typed.
        if prefix && length > SHORTEST {
            let found = walk(lexicon, &builder.build_prefix_dfa(word));
            if !found.is_empty() {
                return (keep_first_letter(lexicon, word, found), edits);
            }
        }
    }
    (Vec::new(), 0)
}

/// People rarely mistype the first letter: where some words share it, the others are dropped.
fn keep_first_letter(lexicon: &Lexicon, word: &str, found: Vec<Term>) -> Vec<Term> {
    let first = word.chars().next();
    let (same, others): (Vec<Term>, Vec<Term>) = found
        .into_iter()
        .partition(|term| lexicon.get(*term).chars().next() == first);
    if same.is_empty() { others } else { same }
}

/// The words an automaton accepts. The words are in order, so the states of a shared beginning are kept, and a beginning
/// that no accepted word has is left behind as a whole: this is the walk of a trie that need not be built.
fn walk(lexicon: &Lexicon, dfa: &DFA) -> Vec<Term> {
    let mut found = Vec::new();
    let mut states = vec![dfa.initial_state()];
    let mut before = "";
    let mut term = 0;
    while (term as usize) < lexicon.len() {
        let word = lexicon.get(term);
        let shared = word
            .bytes()
            .zip(before.bytes())
            .take_while(|(one, other)| one == other)
            .count()
            .min(states.len() - 1);
        states.truncate(shared + 1);
        before = word;
        let mut state = states.last().copied().unwrap_or(dfa.initial_state());
        let mut dead = None;
        for (at, byte) in word.bytes().enumerate().skip(shared) {
            state = dfa.transition(state, byte);
            if state == levenshtein_automata::SINK_STATE {
                dead = Some(at + 1);
                break;
            }
            states.push(state);
        }
        match dead {
            Some(length) => term = lexicon.after_prefix(term, length),
            None => {
                if matches!(dfa.distance(state), Distance::Exact(_)) {
                    found.push(term);
                }
                term += 1;
            }
        }
    }
    found
}
