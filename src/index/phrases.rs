//! Phrases of a system's sections beside its titles: strongly predicted, and so small, but slower to read than titles.
//!
//! A word is one that followed the same words before, stands in the title of the code that the phrase is about, or
//! stands in the phrase before it. Any other word is coded by its place in the alphabet, since phrases that follow each
//! other are often in alphabetical order; one that is met for the first time is spelled. Every decision is predicted in
//! several contexts: see `index/mixing.rs`.

use std::collections::HashMap;

use super::coding::{Bit, Coder, models};
use super::mixing::{Mixer, hash};
use super::text::{GLUE, NONE, OTHER, RAW, Word, Words, class, letter_of};

/// More words than any phrase has.
const MOST_WORDS: usize = 4000;

/// Slots of the tables that remember by hash.
pub(super) const SLOT_BITS: u32 = 16;

/// The slot of a hash.
pub(super) fn slot(hash: u32) -> usize {
    (hash.wrapping_mul(0x9E37_79B1) >> (32 - SLOT_BITS)) as usize
}

/// Where a text stands.
#[derive(Clone, Copy, Default)]
pub(super) struct Setting<'a> {
    pub field: u32,
    pub book: u32,
    /// The title of the row's code.
    pub title: &'a [Word],
    /// The term of the elder sibling.
    pub elder: &'a [Word],
    pub elder_term: u32,
    pub parent_term: u32,
    pub parent_first: u32,
}

impl<'a> Setting<'a> {
    /// Where a text about a code stands: its title or that of what is above it, the text before, and a hash of what the
    /// code has in common with those near it.
    pub fn beside(
        field: u32,
        book: u32,
        title: &'a [Word],
        elder: &'a [Word],
        near: u32,
    ) -> Setting<'a> {
        let start = elder.iter().take(2);
        Setting {
            field,
            book,
            title,
            elder,
            elder_term: start.fold(1, |h, word| hash(h, u32::from(*word))),
            parent_term: near,
            parent_first: title.first().copied().map_or(0, u32::from),
        }
    }
}

/// Codes texts, and learns as it goes.
pub(super) struct Phrases {
    numbers: HashMap<String, Word>,
    /// The word that last followed: in the same circumstances, by hash.
    follow: Vec<Word>,
    /// The words that last followed another, most recent first.
    after: Vec<[Word; 3]>,
    guess: Mixer,
    titled: Mixer,
    title_at: Vec<Bit>,
    /// The place of each word of the core in alphabetical order; later words follow in order of occurrence.
    ranks: Vec<Word>,
    /// The word at each place.
    ranked: Vec<Word>,
    novel: Mixer,
    ids: Mixer,
    letters: Mixer<8>,
}

impl Phrases {
    pub fn new(words: &Words) -> Self {
        let mut ranked: Vec<Word> = (0..words.len() as Word).collect();
        let small = |word: Word| {
            let spelling = words.get(word).bytes();
            spelling.map(|byte| byte.to_ascii_lowercase())
        };
        crate::sort::sort_by(&mut ranked, |one, other| small(*one).cmp(small(*other)));
        let mut ranks = vec![NONE; ranked.len()];
        for (rank, word) in ranked.iter().enumerate() {
            if let Some(to) = ranks.get_mut(usize::from(*word)) {
                *to = rank as Word;
            }
        }
        Phrases {
            numbers: words
                .iter()
                .map(|(word, spelling)| (spelling.to_string(), word))
                .collect(),
            follow: vec![NONE; 1 << SLOT_BITS],
            after: Vec::new(),
            guess: Mixer::new(20, 64),
            titled: Mixer::new(14, 8),
            title_at: models(1 << 9),
            ranks,
            ranked,
            novel: Mixer::new(14, 2),
            ids: Mixer::new(21, 8),
            letters: Mixer::new(20, 16),
        }
    }

    /// Learns which words follow which in a text that is known already.
    pub fn learn(&mut self, text: &[Word], kind: u32) {
        let (mut second, mut first) = (NONE, NONE);
        for word in text.iter().copied().chain([NONE]) {
            let pair = hash(u32::from(second), u32::from(first));
            for key in [hash(pair, kind | 2 << 8), hash(pair, 3 << 8)] {
                if let Some(entry) = self.follow.get_mut(slot(key)) {
                    *entry = word;
                }
            }
            self.met(first, word);
            (second, first) = (first, word);
        }
    }

    /// Notes that a word followed another.
    fn met(&mut self, first: Word, word: Word) {
        let index = usize::from(first);
        if self.after.len() <= index {
            self.after.resize(index + 1, [NONE; 3]);
        }
        if let Some(after) = self.after.get_mut(index) {
            let rank = after.iter().position(|known| *known == word).unwrap_or(2);
            after.get_mut(..=rank).unwrap_or(&mut []).rotate_right(1);
            after[0] = word;
        }
    }

    /// Codes a text. `source` are all words while writing.
    pub fn text<C: Coder>(
        &mut self,
        coder: &mut C,
        source: &Words,
        words: &mut Words,
        place: &Setting<'_>,
        value: &[Word],
    ) -> Vec<Word> {
        let mut out: Vec<Word> = Vec::new();
        let (mut second, mut first) = (NONE, NONE);
        let (mut pointer, mut beside) = (0, 0);
        let mut hits = 0u32;
        let kind = place.field << 3 | place.book;
        for at in 0..MOST_WORDS {
            if coder.astray() {
                break;
            }
            let value = value.get(at).copied().unwrap_or(NONE);
            let pair = hash(u32::from(second), u32::from(first));
            let keys = [
                hash(hash(pair, place.elder_term), kind),
                hash(hash(pair, place.parent_term), kind | 1 << 8),
                hash(pair, kind | 2 << 8),
                hash(pair, 3 << 8),
            ];
            let of = |key: usize| {
                let key = keys.get(key).copied().unwrap_or(0);
                self.follow.get(slot(key)).copied().unwrap_or(NONE)
            };
            let after = self
                .after
                .get(usize::from(first))
                .copied()
                .unwrap_or([NONE; 3]);
            let next_in_title = place.title.get(pointer).copied().unwrap_or(NONE);
            let elder = place.elder.get(beside).copied().unwrap_or(NONE);
            let candidates = [
                of(0),
                of(1),
                of(2),
                next_in_title,
                of(3),
                after[0],
                elder,
                after[1],
                after[2],
                NONE,
            ];
            let mut found = None;
            for (rank, candidate) in candidates.iter().enumerate() {
                let earlier = candidates.get(..rank).unwrap_or(&[]);
                // An empty text is not coded: the first word is one.
                if earlier.contains(candidate) || (at == 0 && *candidate == NONE) {
                    continue;
                }
                let mask = candidates
                    .iter()
                    .enumerate()
                    .filter(|(_, other)| *other == candidate)
                    .fold(0u32, |mask, (rank, _)| mask | 1 << rank);
                let word = u32::from(*candidate);
                let here = hash(mask, rank as u32);
                let contexts = [
                    hash(pair, word),
                    hash(hash(word, place.parent_first), kind),
                    hash(here, kind << 4 | at.min(3) as u32),
                    hash(hash(here, hits & 0xFF), at.min(3) as u32),
                    hash(hash(word, u32::from(first)), kind),
                    hash(hash(word, u32::from(elder)), u32::from(next_in_title)),
                ];
                let set = (rank.min(7) << 3) | place.field as usize;
                let hit = u32::from(*candidate == value);
                if self.guess.bit(coder, &contexts, set, hit) == 1 {
                    found = Some(*candidate);
                    hits = hits << 4 | (rank as u32 + 1);
                    break;
                }
            }
            let word = match found {
                Some(word) => word,
                None => {
                    hits <<= 4;
                    let from_title = self.in_title(coder, place, &candidates, pointer, value);
                    from_title.unwrap_or_else(|| {
                        self.unforeseen(
                            coder, source, words, place, second, first, at, elder, value,
                        )
                    })
                }
            };
            for key in keys {
                if let Some(entry) = self.follow.get_mut(slot(key)) {
                    *entry = word;
                }
            }
            self.met(first, word);
            if word == NONE {
                break;
            }
            if let Some(found) = place.title.iter().position(|other| *other == word) {
                pointer = found + 1;
            }
            let rest = place.elder.get(beside..).unwrap_or(&[]);
            beside += rest.iter().position(|other| *other == word).unwrap_or(0) + 1;
            out.push(word);
            (second, first) = (first, word);
        }
        out
    }

    /// Codes whether a word stands in the title of the row's code, and which of its words it is.
    fn in_title<C: Coder>(
        &mut self,
        coder: &mut C,
        place: &Setting<'_>,
        tried: &[Word],
        pointer: usize,
        value: Word,
    ) -> Option<Word> {
        let mut left: Vec<Word> = Vec::new();
        for word in place.title {
            if *word >= super::text::FIRST && !tried.contains(word) && !left.contains(word) {
                left.push(*word);
            }
        }
        if left.is_empty() {
            return None;
        }
        left.truncate(16);
        let at = left.iter().position(|word| *word == value);
        let size = left.len() as u32;
        let contexts = [
            place.field,
            hash(size, place.field),
            hash(place.book, pointer.min(7) as u32),
            hash(place.parent_first, place.field),
            hash(size, pointer.min(3) as u32),
            hash(place.parent_term, place.field),
        ];
        let set = place.field as usize;
        let found = self
            .titled
            .bit(coder, &contexts, set, u32::from(at.is_some()));
        if found == 0 {
            return None;
        }
        let bits = size.next_power_of_two().ilog2();
        let row = bits as usize * 32;
        let models = self.title_at.get_mut(row..row + 32).unwrap_or(&mut []);
        let at = coder.symbol(models, bits, at.unwrap_or(0) as u32);
        left.get(at as usize).copied()
    }

    /// Codes a word that nothing suggests: one that is known by its place in the alphabet, another by its letters.
    #[allow(clippy::too_many_arguments)]
    fn unforeseen<C: Coder>(
        &mut self,
        coder: &mut C,
        source: &Words,
        words: &mut Words,
        place: &Setting<'_>,
        second: Word,
        first: Word,
        at: usize,
        elder: Word,
        value: Word,
    ) -> Word {
        let kind = hash(place.field << 3 | place.book, at.min(2) as u32);
        let (one, two) = (u32::from(first), u32::from(second));
        let known = self.ranks.get(usize::from(value)).copied();
        let contexts = [
            kind,
            hash(kind, place.parent_first),
            one,
            hash(one, two),
            hash(kind, u32::from(elder)),
            place.book,
        ];
        let new = self
            .novel
            .bit(coder, &contexts, 0, u32::from(known.is_none()));
        let elder_rank = self.ranks.get(usize::from(elder)).copied().unwrap_or(0);
        let elder_rank = u32::from(elder_rank);
        if new == 0 {
            let bits = usize::BITS - self.ranked.len().leading_zeros();
            let contexts = [
                place.field << 3 | place.book,
                hash(one, 1),
                hash(elder_rank >> 10, kind),
                hash(place.parent_first, 2 | place.field << 4),
                hash(hash(one, two), place.field),
                hash(elder_rank >> 6, kind),
            ];
            let value = u32::from(known.unwrap_or(0));
            let set = usize::from(at == 0) | usize::from(elder != NONE) << 1;
            let rank = self.ids.symbol(coder, bits, &contexts, set, value);
            return self.ranked.get(rank as usize).copied().unwrap_or(NONE);
        }
        let before = words.len();
        let elder = words.get(elder).to_string();
        let word = self.spell(coder, source, words, place, first, at, &elder, value);
        if words.len() > before {
            self.ranks.push(self.ranked.len() as Word);
            self.ranked.push(word);
        }
        word
    }

    /// Codes the spelling of a word.
    #[allow(clippy::too_many_arguments)]
    fn spell<C: Coder>(
        &mut self,
        coder: &mut C,
        source: &Words,
        words: &mut Words,
        place: &Setting<'_>,
        first: Word,
        at: usize,
        elder: &str,
        value: Word,
    ) -> Word {
        let value = match value {
            GLUE => "\u{2}",
            RAW => "\u{3}",
            value => source.get(value),
        };
        let kind = hash(place.field << 3 | place.book, (at == 0) as u32);
        let mut read: Vec<u8> = Vec::new();
        let mut prefix = 0;
        let mut alike = true;
        for at in 0..MOST_WORDS {
            if coder.astray() {
                break;
            }
            let byte = value.as_bytes().get(at).copied().unwrap_or(0);
            let back = |count: usize| {
                let at = read.len().checked_sub(count);
                u32::from(at.and_then(|at| read.get(at)).copied().unwrap_or(0))
            };
            let of_elder = |ahead: usize| match alike {
                true => 1 + u32::from(elder.as_bytes().get(at + ahead).copied().unwrap_or(0)),
                false => 0,
            };
            let (one, two, three) = (back(1), back(2), back(3));
            let contexts = [
                prefix,
                hash(hash(1, one | two << 8 | three << 16), back(4)),
                hash(2, one | two << 8 | three << 16),
                hash(hash(3, prefix), u32::from(first)),
                hash(
                    hash(4, of_elder(0) << 16 | of_elder(1) << 8 | one),
                    at.min(3) as u32,
                ),
                hash(hash(5, prefix), kind),
                hash(6, one | two << 8),
                hash(
                    hash(hash(7, one | two << 8 | three << 16), back(4)),
                    back(5) << 8 | back(6),
                ),
            ];
            let set = at.min(3) << 1 | usize::from(alike && !elder.is_empty());
            let symbol_read = self
                .letters
                .symbol(coder, 5, &contexts, set, u32::from(class(byte)));
            let byte = if symbol_read >= u32::from(OTHER) {
                // Any other character is written out after its class.
                let contexts = contexts.map(|context| hash(context, symbol_read));
                self.letters.symbol(coder, 8, &contexts, 8, u32::from(byte)) as u8
            } else {
                letter_of(symbol_read as u8)
            };
            if byte == 0 {
                break;
            }
            alike = alike && elder.as_bytes().get(at) == Some(&byte);
            prefix = hash(prefix, u32::from(byte));
            read.push(byte);
        }
        match read.as_slice() {
            [] => NONE,
            [2] => GLUE,
            [3] => RAW,
            _ => {
                let spelling = String::from_utf8_lossy(&read);
                match self.numbers.get(&*spelling) {
                    Some(word) => *word,
                    None => {
                        let word = words.push(&spelling);
                        self.numbers.insert(spelling.into_owned(), word);
                        word
                    }
                }
            }
        }
    }
}
