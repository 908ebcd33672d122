//! Words one or two edits away from what was typed.

use super::terms::{Lexicon, Term};

/// Shorter words are not corrected: too many words are one edit away.
pub const SHORTEST: usize = 4;
/// From this length on two edits are allowed.
pub const TWO_EDITS: usize = 8;
/// Longer words are no words.
const LONGEST: usize = 40;

/// The words nearest to one that is in no document: those with the fewest edits, with that number.
///
/// An edit is a letter more, less or other, or an exchange of two neighbours. Where `prefix` is set, words that only begin
/// like this are found where no whole word is as near. A word with a digit is never corrected. The first letter is
/// believed where any of the nearest words has it.
pub fn nearest(lexicon: &Lexicon, word: &str, prefix: bool) -> (Vec<Term>, u8) {
    let length = word.len();
    if !(SHORTEST..=LONGEST).contains(&length)
        || !word.bytes().all(|byte| byte.is_ascii_lowercase())
    {
        return (Vec::new(), 0);
    }
    let most = if length >= TWO_EDITS { 2 } else { 1 };
    let prefix = prefix && length > SHORTEST;
    // Most typos are one edit, and few beginnings are that near: two are only looked for where one finds nothing.
    for most in 1..=most {
        let (found, edits) = within(lexicon, word, prefix, most);
        if !found.is_empty() {
            return (keep_first_letter(lexicon, word, found), edits);
        }
    }
    (Vec::new(), 0)
}

/// The words with the fewest edits, no more than `most`.
fn within(lexicon: &Lexicon, word: &str, prefix: bool, most: u8) -> (Vec<Term>, u8) {
    let mut walk = Walk::new(word.as_bytes(), most);
    let (mut whole, mut begun) = (Vec::new(), Vec::new());
    let mut term = 0;
    while (term as usize) < lexicon.len() {
        let other = lexicon.get(term).as_bytes();
        match walk.enter(other) {
            Some(dead) => term = lexicon.after_prefix(term, dead),
            None => {
                if let Some(edits) = walk.distance(other.len()) {
                    whole.push((edits, term));
                } else if let Some(edits) = walk.best_prefix(other.len()).filter(|_| prefix) {
                    begun.push((edits, term));
                }
                term += 1;
            }
        }
    }
    let least = |found: &[(u8, Term)]| found.iter().map(|(edits, _)| *edits).min();
    let (found, edits) = match (least(&whole), least(&begun)) {
        (Some(edits), other) if other.is_none_or(|other| edits <= other) => (whole, edits),
        (_, Some(edits)) => (begun, edits),
        _ => return (Vec::new(), 0),
    };
    let nearest = found
        .into_iter()
        .filter(|(other, _)| *other == edits)
        .map(|(_, term)| term)
        .collect();
    (nearest, edits)
}

/// People rarely mistype the first letter: where some words share it, the others are dropped.
fn keep_first_letter(lexicon: &Lexicon, word: &str, found: Vec<Term>) -> Vec<Term> {
    let first = word.chars().next();
    let (same, others): (Vec<Term>, Vec<Term>) = found
        .into_iter()
        .partition(|term| lexicon.get(*term).chars().next() == first);
    if same.is_empty() { others } else { same }
}

/// The table of edit distances between the typed word and the words of a lexicon in order: the rows of a shared beginning
/// are kept, and a beginning from which nothing near can follow is left behind as a whole. This walks the words as a
/// trie that need not be built, and costs less than making an automaton of the typed word.
struct Walk<'w> {
    word: &'w [u8],
    most: u8,
    /// Row `i`, cell `j`: the edits between the first `i` letters of a lexicon's word and the first `j` of the typed one.
    rows: Vec<[u8; LONGEST + 1]>,
    /// The letters that the rows stand for.
    path: Vec<u8>,
}

impl<'w> Walk<'w> {
    fn new(word: &'w [u8], most: u8) -> Walk<'w> {
        let mut first = [0; LONGEST + 1];
        (0u8..)
            .zip(&mut first)
            .for_each(|(edits, cell)| *cell = edits);
        Walk {
            word,
            most,
            rows: vec![first],
            path: Vec::new(),
        }
    }

    /// Fills the rows of a word. Returns how many of its first letters are too far from the typed word already, if so.
    fn enter(&mut self, other: &[u8]) -> Option<usize> {
        let shared = other
            .iter()
            .zip(&self.path)
            .take_while(|(one, other)| one == other)
            .count();
        self.path.truncate(shared);
        self.rows.truncate(shared + 1);
        for (at, letter) in other.iter().enumerate().skip(shared) {
            let above = self.rows.last().copied()?;
            let before = at
                .checked_sub(1)
                .and_then(|before| Some((*self.rows.get(before)?, *self.path.get(before)?)));
            let mut row = [u8::MAX / 2; LONGEST + 1];
            let mut least = u8::MAX;
            // Cells farther from the diagonal than the edits allowed hold more than is allowed.
            let reach = usize::from(self.most);
            let band = (at + 1).saturating_sub(reach)..=(at + 1 + reach).min(self.word.len());
            for j in band {
                let mut cell = above.get(j).copied().unwrap_or(u8::MAX / 2) + 1;
                if let Some(left) = j.checked_sub(1) {
                    let typed = self.word.get(left).copied().unwrap_or(0);
                    let same = u8::from(typed != *letter);
                    cell = cell.min(above.get(left).copied().unwrap_or(u8::MAX / 2) + same);
                    cell = cell.min(row.get(left).copied().unwrap_or(u8::MAX / 2) + 1);
                    if let (Some((two_above, last)), Some(two_left)) = (before, left.checked_sub(1))
                    {
                        let crossed = typed == last && self.word.get(two_left) == Some(letter);
                        if crossed {
                            cell = cell
                                .min(two_above.get(two_left).copied().unwrap_or(u8::MAX / 2) + 1);
                        }
                    }
                }
                let cell = cell.min(u8::MAX / 2);
                if let Some(to) = row.get_mut(j) {
                    *to = cell;
                }
                least = least.min(cell);
            }
            self.rows.push(row);
            self.path.push(*letter);
            // Past the end of the typed word no row gets better; what its beginning reached is kept in the rows.
            if least > self.most && self.best_prefix(at + 1).is_none() {
                return Some(at + 1);
            }
        }
        None
    }

    /// The edits between the typed word and the entered one, if they are allowed.
    fn distance(&self, length: usize) -> Option<u8> {
        let edits = *self.rows.get(length)?.get(self.word.len())?;
        (edits <= self.most).then_some(edits)
    }

    /// The edits between the typed word and the nearest beginning of the entered one, if they are allowed.
    fn best_prefix(&self, length: usize) -> Option<u8> {
        let rows = self.rows.get(..=length)?;
        let near = rows
            .iter()
            .rev()
            .take(usize::from(self.most) * 2 + length.saturating_sub(self.word.len()) + 1);
        let edits = near.filter_map(|row| row.get(self.word.len())).min()?;
        (*edits <= self.most).then_some(*edits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The number of edits, by trying all of them.
    fn distance(one: &[u8], other: &[u8]) -> usize {
        match (one, other) {
            ([], rest) | (rest, []) => rest.len(),
            ([a, one_rest @ ..], [b, other_rest @ ..]) => {
                let mut least = distance(one_rest, other_rest) + usize::from(a != b);
                least = least.min(distance(one_rest, other) + 1);
                least = least.min(distance(one, other_rest) + 1);
                if let ([a, c, one_rest @ ..], [b, d, other_rest @ ..]) = (one, other)
                    && a == d
                    && b == c
                {
                    least = least.min(distance(one_rest, other_rest) + 1);
                }
                least
            }
        }
    }

    proptest! {
        #[test]
        fn the_nearest_words_are_those_of_the_naive_distance(
            words in proptest::collection::btree_set("[abc]{1,6}", 1..30),
            typed in "[abc]{4,7}",
        ) {
            let lexicon = Lexicon::of(words.iter().map(String::as_str));
            let (found, edits) = nearest(&lexicon, &typed, false);
            let near: Vec<(usize, &String)> = words
                .iter()
                .map(|word| (distance(word.as_bytes(), typed.as_bytes()), word))
                .filter(|(edits, _)| *edits <= 1)
                .collect();
            let least = near.iter().map(|(edits, _)| *edits).min();
            let nearest: Vec<&String> = near.iter().filter(|(edits, _)| Some(*edits) == least).map(|(_, word)| *word).collect();
            let same: Vec<&String> = nearest.iter().copied().filter(|word| word.as_bytes()[0] == typed.as_bytes()[0]).collect();
            let expected = if same.is_empty() { nearest } else { same };
            let found: Vec<&str> = found.iter().map(|term| lexicon.get(*term)).collect();
            prop_assert_eq!(found, expected);
            prop_assert_eq!(usize::from(edits), least.unwrap_or(0));
        }
    }

    #[test]
    fn short_words_and_codes_are_left_alone() {
        let lexicon = Lexicon::of(["cat", "e119", "pneumonia"]);
        assert!(nearest(&lexicon, "cst", true).0.is_empty());
        assert!(nearest(&lexicon, "e118", true).0.is_empty());
        assert_eq!(nearest(&lexicon, "pnuemonia", true), (vec![2], 1));
        assert_eq!(nearest(&lexicon, "pnuem", true), (vec![2], 1));
        assert_eq!(nearest(&lexicon, "pneumonnaa", true), (vec![2], 2));
    }
}
