//! Words one or two edits away from what was typed.

use super::terms::{Lexicon, Term};

/// Shorter words are not corrected: too many words are one edit away.
pub const SHORTEST: usize = 4;
/// From this length on two edits are allowed.
pub const TWO_EDITS: usize = 8;
/// Longer words are no words.
const LONGEST: usize = 40;

/// No word is farther than this.
pub const MOST_EDITS: u8 = 2;

/// A word near to the typed one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Near {
    /// The word.
    pub term: Term,
    /// How many edits away it is.
    pub edits: u8,
    /// How unlikely the slips are that lead from it to the typed word: see [`slip`].
    pub slip: u8,
}

/// The words near to one that is in no document, no more than `most` edits away: those with the fewest edits, and, where
/// these are few, those with one more.
///
/// An edit is a letter more, less or other, or an exchange of two neighbours. Where `prefix` is set, words that only begin
/// like this are found where no whole word is as near. A word with a digit is never corrected. The first letter is
/// believed where any of the words with as many edits has it.
pub fn nearest(lexicon: &Lexicon, word: &str, prefix: bool, most: u8) -> Vec<Near> {
    let length = word.len();
    if !(SHORTEST..=LONGEST).contains(&length)
        || !word.bytes().all(|byte| byte.is_ascii_lowercase())
    {
        return Vec::new();
    }
    let allowed = if length >= TWO_EDITS { 2 } else { 1 };
    let prefix = prefix && length > SHORTEST;
    let mut near = Vec::new();
    // Most typos are one edit, and few beginnings are that near: two are only looked for where one finds next to nothing.
    for edits in 1..=most.min(allowed) {
        let found = within(lexicon, word, prefix, edits);
        let found = found.into_iter().filter(|(is, _)| *is == edits);
        let found = keep_first_letter(lexicon, word, found.map(|(_, term)| term).collect());
        near.extend(found.into_iter().map(|term| Near {
            term,
            edits,
            slip: slip(word.as_bytes(), lexicon.get(term).as_bytes()),
        }));
        if near.len() > FEW {
            break;
        }
    }
    near
}

/// With more words than this at one edit, those at two are not looked for.
const FEW: usize = 2;

/// The words with no more edits than `most`: whole words, or else beginnings, where those are nearer.
fn within(lexicon: &Lexicon, word: &str, prefix: bool, most: u8) -> Vec<(u8, Term)> {
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
    match (least(&whole), least(&begun)) {
        (Some(edits), other) if other.is_none_or(|other| edits <= other) => whole,
        (_, Some(_)) => begun,
        _ => Vec::new(),
    }
}

/// People rarely mistype the first letter: where some words share it, the others are dropped.
fn keep_first_letter(lexicon: &Lexicon, word: &str, found: Vec<Term>) -> Vec<Term> {
    let first = word.chars().next();
    let (same, others): (Vec<Term>, Vec<Term>) = found
        .into_iter()
        .partition(|term| lexicon.get(*term).chars().next() == first);
    if same.is_empty() { others } else { same }
}

/// The rows of the keyboard, for telling neighbours.
const KEYS: [&[u8]; 3] = [b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];

/// Letters that are written for one another because they sound alike.
const ALIKE: [(u8, u8); 12] = [
    (b'i', b'y'),
    (b'c', b'k'),
    (b'c', b's'),
    (b's', b'z'),
    (b'e', b'i'),
    (b'a', b'e'),
    (b'a', b'o'),
    (b'o', b'u'),
    (b'e', b'o'),
    (b'a', b'i'),
    (b'f', b'p'),
    (b'v', b'w'),
];

fn neighbours(one: u8, other: u8) -> bool {
    let place = |letter: u8| {
        KEYS.iter().enumerate().find_map(|(row, keys)| {
            let at = keys.iter().position(|key| *key == letter)?;
            Some((row, at))
        })
    };
    match (place(one), place(other)) {
        // The rows of a keyboard are shifted by about half a key each.
        (Some((row, at)), Some((below, beside))) if row == below => at.abs_diff(beside) == 1,
        (Some((row, at)), Some((below, beside))) if row + 1 == below => {
            at == beside || at == beside + 1
        }
        (Some((below, beside)), Some((row, at))) if row + 1 == below => {
            at == beside || at == beside + 1
        }
        _ => false,
    }
}

fn alike(one: u8, other: u8) -> bool {
    ALIKE.contains(&(one, other)) || ALIKE.contains(&(other, one))
}

/// How unlikely the slips are between the intended word and the typed one, looking from the first to the last place where
/// they differ: 1 for two letters exchanged or a letter doubled or not, 2 for a neighbouring key or a letter that sounds alike,
/// 3 for any other single slip, 4 for several.
fn slip(typed: &[u8], meant: &[u8]) -> u8 {
    let head = typed
        .iter()
        .zip(meant)
        .take_while(|(one, other)| one == other)
        .count();
    let rest = |word: &[u8]| word.get(head..).map(<[u8]>::to_vec).unwrap_or_default();
    let (mut typed_rest, mut meant_rest) = (rest(typed), rest(meant));
    while let (Some(one), Some(other)) = (typed_rest.last(), meant_rest.last()) {
        if one != other {
            break;
        }
        typed_rest.pop();
        meant_rest.pop();
    }
    let before = head.checked_sub(1).and_then(|at| meant.get(at)).copied();
    match (typed_rest.as_slice(), meant_rest.as_slice()) {
        ([a, b], [c, d]) if a == d && b == c => 1,
        ([one], []) | ([], [one]) if Some(*one) == before => 1,
        ([one], [other]) if neighbours(*one, *other) || alike(*one, *other) => 2,
        ([_], [_] | []) | ([], [_]) => 3,
        _ => 4,
    }
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
            let found = nearest(&lexicon, &typed, false, 1);
            let near: Vec<(usize, &String)> = words
                .iter()
                .map(|word| (distance(word.as_bytes(), typed.as_bytes()), word))
                .filter(|(edits, _)| *edits <= 1)
                .collect();
            let least = near.iter().map(|(edits, _)| *edits).min();
            let nearest: Vec<&String> = near.iter().filter(|(edits, _)| Some(*edits) == least).map(|(_, word)| *word).collect();
            let same: Vec<&String> = nearest.iter().copied().filter(|word| word.as_bytes()[0] == typed.as_bytes()[0]).collect();
            let expected = if same.is_empty() { nearest } else { same };
            if least != Some(0) {
                prop_assert!(found.iter().all(|near| Some(usize::from(near.edits)) == least));
                let found: Vec<&str> = found.iter().map(|near| lexicon.get(near.term)).collect();
                prop_assert_eq!(found, expected);
            }
        }
    }

    #[test]
    fn short_words_and_codes_are_left_alone() {
        let lexicon = Lexicon::of(["cat", "e119", "pneumonia"]);
        let near = |word: &str| {
            let found = nearest(&lexicon, word, true, MOST_EDITS);
            found.first().map(|near| (near.term, near.edits))
        };
        assert_eq!(near("cst"), None);
        assert_eq!(near("e118"), None);
        assert_eq!(near("pnuemonia"), Some((2, 1)));
        assert_eq!(near("pnuem"), Some((2, 1)));
        assert_eq!(near("pneumonnaa"), Some((2, 2)));
    }

    #[test]
    fn likely_slips_are_told_from_others() {
        let slip = |typed: &str, meant: &str| slip(typed.as_bytes(), meant.as_bytes());
        assert_eq!(slip("pnuemonia", "pneumonia"), 1);
        assert_eq!(slip("diarhea", "diarrhea"), 1);
        assert_eq!(slip("asthms", "asthma"), 2);
        assert_eq!(slip("cyst", "cist"), 2);
        assert_eq!(slip("asthmb", "asthma"), 3);
        assert_eq!(slip("uretral", "urethral"), 3);
        assert_eq!(slip("neumoniaa", "pneumonia"), 4);
    }
}
