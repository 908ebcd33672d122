//! Texts as words: how a title becomes word numbers and comes back byte for byte, and how texts are coded.
//!
//! A text is a sequence of [`Word`]s: runs of letters and digits, and single other characters. The blank
//! between two words is implied by `blank_between`; where a text differs from the rule, [`GLUE`] stands
//! before the word and turns the rule around. A text that begins with a small letter is capitalised, unless
//! [`RAW`] stands first. So most texts are their words and nothing else, and every text comes back exactly.
//!
//! No dictionary is stored. A word is spelled where it first occurs and is a number from then on.

use std::ops::Range;

use super::coding::{Bit, Coder, models};

/// The number of a word in its [`Words`], in order of first occurrence.
pub type Word = u16;

/// No word: the context before the first one.
pub const NONE: Word = 0;
/// The rule of blanks is turned around before the next word.
pub const GLUE: Word = 1;
/// The next word, the first of its text, is not capitalised.
pub const RAW: Word = 2;
/// The first number that is an ordinary word.
pub const FIRST: Word = 3;

/// Where the part with a number stands, when the parts stand one after the other and end at these places; nothing for a number
/// that is none.
pub(crate) fn part(ends: &[u32], at: usize) -> Range<usize> {
    let Some(end) = ends.get(at) else {
        return 0..0;
    };
    let start = at.checked_sub(1).and_then(|before| ends.get(before));
    start.copied().unwrap_or(0) as usize..*end as usize
}

/// Spellings one after the other: in memory little more than their letters.
#[derive(Clone, Debug, Default)]
pub struct Spellings {
    all: String,
    ends: Vec<u32>,
}

impl Spellings {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The spelling with a number, from 0; empty where there is none.
    pub fn get(&self, at: usize) -> &str {
        self.all.get(part(&self.ends, at)).unwrap_or("")
    }

    /// The spellings in their order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|at| self.get(at))
    }

    /// Adds a spelling, which is written to the end of all.
    pub(crate) fn add(&mut self, write: impl FnOnce(&mut String)) {
        write(&mut self.all);
        self.ends.push(self.all.len() as u32);
    }
}

/// The words of an index, by number.
#[derive(Clone, Debug)]
pub struct Words(Spellings);

impl Default for Words {
    fn default() -> Self {
        let mut words = Spellings::default();
        // The special ones have none.
        (0..FIRST).for_each(|_| words.add(|_| ()));
        Words(words)
    }
}

impl Words {
    /// How many words there are, the special ones included.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no ordinary word.
    pub fn is_empty(&self) -> bool {
        self.len() <= usize::from(FIRST)
    }

    /// The spelling of a word; empty for the special ones and for numbers that are not words.
    pub fn get(&self, word: Word) -> &str {
        self.0.get(usize::from(word))
    }

    /// Adds a word and returns its number. When the numbers run out the last one is returned again.
    pub fn push(&mut self, spelling: &str) -> Word {
        if self.len() < usize::from(Word::MAX) {
            self.0.add(|all| all.push_str(spelling));
        }
        (self.len() - 1) as Word
    }

    /// Every ordinary word with its number.
    pub fn iter(&self) -> impl Iterator<Item = (Word, &str)> {
        (usize::from(FIRST)..self.len()).map(|word| (word as Word, self.get(word as Word)))
    }

    /// Appends a text to `out`.
    pub fn write(&self, text: &[Word], out: &mut String) {
        self.write_from(text, true, out);
    }

    /// Appends a text to `out` as the end of a longer one: not capitalised.
    pub fn write_inside(&self, text: &[Word], out: &mut String) {
        self.write_from(text, false, out);
    }

    fn write_from(&self, text: &[Word], mut capital: bool, out: &mut String) {
        let start = out.len();
        let (mut before, mut last) = ("", "");
        let mut turned = false;
        for &word in text {
            match word {
                GLUE => turned = true,
                RAW => capital = false,
                _ => {
                    let spelling = self.get(word);
                    if !last.is_empty() && blank_between(before, last, spelling) != turned {
                        out.push(' ');
                    }
                    if out.len() == start && capital {
                        let mut letters = spelling.chars();
                        out.extend(letters.next().map(|first| first.to_ascii_uppercase()));
                        out.push_str(letters.as_str());
                    } else {
                        out.push_str(spelling);
                    }
                    turned = false;
                    (before, last) = (last, spelling);
                }
            }
        }
    }

    /// A text as a string.
    pub fn text(&self, text: &[Word]) -> String {
        let mut out = String::new();
        self.write(text, &mut out);
        out
    }
}

/// Whether a blank stands between `last` and `next`, where `before` is the word before `last`.
fn blank_between(before: &str, last: &str, next: &str) -> bool {
    let digit = |text: &str| text.bytes().next_back().is_some_and(|b| b.is_ascii_digit());
    match next.as_bytes().first() {
        Some(
            b',' | b')' | b']' | b';' | b':' | b'.' | b'%' | b'\'' | b'/' | b'-' | b'?' | b'!',
        ) => false,
        _ => match last.as_bytes().first() {
            Some(b'(' | b'[' | b'/' | b'-' | b'\'' | b'#' | b'+') => false,
            Some(b'.' | b',') => {
                !(digit(before) && next.bytes().next().is_some_and(|b| b.is_ascii_digit()))
            }
            _ => true,
        },
    }
}

/// Splits a text into the spellings of its words, blanks included as words of their own.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = if first.is_alphanumeric() {
            let run = rest
                .find(|c: char| !c.is_alphanumeric())
                .unwrap_or(rest.len());
            rest.floor_char_boundary(run.min(LONGEST_WORD))
        } else {
            first.len_utf8()
        };
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(piece)
    })
}

/// Turns texts into words while an index is compiled.
#[derive(Clone, Default)]
pub struct Tokenizer {
    numbers: std::collections::HashMap<String, Word>,
    /// The words seen, in order of their first occurrence in what was tokenized (not yet in coding order).
    pub words: Words,
    /// Words that stand inside some text with a small first letter.
    small: std::collections::HashSet<String>,
    /// Words that stand inside some text with a capital.
    capital: std::collections::HashSet<String>,
}

impl Tokenizer {
    /// A tokenizer that goes on from these words, under their numbers.
    pub fn of(words: Words) -> Self {
        Tokenizer {
            numbers: words
                .iter()
                .map(|(word, spelling)| (spelling.to_string(), word))
                .collect(),
            words,
            ..Tokenizer::default()
        }
    }

    /// A tokenizer that has looked at the same texts, and goes on from these words, under their numbers.
    pub fn numbered_as(&self, words: &Words) -> Tokenizer {
        Tokenizer {
            small: self.small.clone(),
            capital: self.capital.clone(),
            ..Tokenizer::of(words.clone())
        }
    }

    /// Looks at a text before any is tokenized: the inner words tell how the first ones are spelled by nature.
    pub fn learn(&mut self, text: &str) {
        for piece in pieces(text).skip(1).filter(|piece| *piece != " ") {
            let inner = if piece.starts_with(|c: char| c.is_ascii_uppercase()) {
                &mut self.capital
            } else {
                &mut self.small
            };
            if !inner.contains(piece) {
                inner.insert(piece.to_string());
            }
        }
    }

    fn number(&mut self, spelling: &str) -> Word {
        if let Some(&word) = self.numbers.get(spelling) {
            return word;
        }
        let word = self.words.push(spelling);
        self.numbers.insert(spelling.to_string(), word);
        word
    }

    /// The words of a text.
    pub fn tokenize(&mut self, text: &str) -> Vec<Word> {
        self.split(text, true)
    }

    /// The words of a text that stands inside others too: its first letter is kept as it is. It comes back by
    /// [`Words::write_inside`].
    pub fn tokenize_inside(&mut self, text: &str) -> Vec<Word> {
        self.split(text, false)
    }

    fn split(&mut self, text: &str, capital: bool) -> Vec<Word> {
        let mut result = Vec::new();
        let (mut before, mut last) = (String::new(), String::new());
        let mut blank = false;
        for piece in pieces(text) {
            if piece == " " && !blank && !last.is_empty() {
                blank = true;
                continue;
            }
            let mut spelling = piece.to_string();
            if capital && result.is_empty() {
                let lower = natural(piece);
                if piece.starts_with(|c: char| c.is_ascii_lowercase()) {
                    result.push(RAW);
                } else if lower != piece
                    && (self.small.contains(&lower) || !self.capital.contains(piece))
                {
                    spelling = lower;
                }
            }
            if !last.is_empty() && blank_between(&before, &last, &spelling) != blank {
                result.push(GLUE);
            }
            blank = false;
            result.push(self.number(&spelling));
            before = std::mem::replace(&mut last, spelling);
        }
        if blank {
            // A blank at the end is a word of its own.
            if blank_between(&before, &last, " ") {
                result.push(GLUE);
            }
            result.push(self.number(" "));
        }
        result
    }
}

/// A word as it would stand inside a text: without the capital of the first letter, unless more than that is capital.
fn natural(word: &str) -> String {
    let mut letters = word.chars();
    match letters.next() {
        Some(first)
            if first.is_ascii_uppercase()
                && !letters.as_str().contains(|c: char| !c.is_ascii_lowercase()) =>
        {
            let mut lower = String::with_capacity(word.len());
            lower.push(first.to_ascii_lowercase());
            lower.push_str(letters.as_str());
            lower
        }
        _ => word.to_string(),
    }
}

/// Codes words in the context of the words before them, and learns as it goes.
#[derive(Clone)]
pub struct WordModel {
    /// The words met so far.
    pub words: Words,
    /// While encoding: the spelling of a word that is not among `words` yet. Empty while decoding.
    source: Words,
    /// While encoding: the number in `words` of a word of `source`.
    renumbered: Vec<Word>,
    /// The two words that last followed a word, most recent first.
    after: Vec<[Word; 2]>,
    /// The word that last followed a pair of words, by a hash of the pair, and how often it has held.
    after_pair: Vec<(Word, u8)>,
    /// For each of the four guesses, and by what is known of them: whether it is the word.
    hits: Vec<Bit>,
    novel: Vec<Bit>,
    /// The words by how often and how lately they were coded by their places here.
    places: Vec<Word>,
    /// Whether a text begins, and how many bits a place has.
    widths: Vec<Bit>,
    /// By how many bits a place has: whether it is in the upper half of such places.
    halves: Vec<Bit>,
    /// The letter that last followed four others, by a hash of these, and how often it has held, from 1.
    after_letters: Vec<(u8, u8)>,
    letter_hits: Vec<Bit>,
    /// By the classes of the two letters before: the class of a letter.
    letters: Vec<Bit>,
    /// By class: the bytes that are no small letters.
    others: Vec<Bit>,
}

/// Pairs share 2^15 slots: ICD-10-CM has about 30,000 different pairs.
const PAIR_BITS: u32 = 15;
/// Four letters of a novel word share 2^16 slots: ICD-10-CM has about 40,000 different ones.
const LETTER_BITS: u32 = 16;
/// The longest spelling of one word, in bytes; a longer run of letters is cut into several words.
const LONGEST_WORD: usize = 255;

impl Default for WordModel {
    fn default() -> Self {
        WordModel {
            words: Words::default(),
            source: Words::default(),
            renumbered: Vec::new(),
            after: vec![[NONE; 2]; usize::from(FIRST)],
            after_pair: vec![(NONE, 0); 1 << PAIR_BITS],
            hits: models(4 * 32),
            novel: models(2),
            places: (0..FIRST).collect(),
            widths: models(2 * 16),
            halves: models(16),
            after_letters: vec![(0, 0); 1 << LETTER_BITS],
            letter_hits: models(3 * 4 * 32),
            letters: models(32 * 32 * 32),
            others: models((32 - usize::from(OTHER)) << 8),
        }
    }
}

impl WordModel {
    /// A model for writing texts whose words were numbered by a tokenizer. For reading it is the default.
    pub fn for_writing(source: Words) -> Self {
        let mut renumbered = vec![NONE; source.len()];
        renumbered
            .iter_mut()
            .zip([NONE, GLUE, RAW])
            .for_each(|(to, from)| *to = from);
        WordModel {
            renumbered,
            source,
            ..WordModel::default()
        }
    }

    /// Goes on with what this model has learned in another stream, where more words may occur. `source` are the
    /// tokenizer's words while writing: those this model was made for, and more. It is empty while reading, and where a
    /// model that writes on has its source already.
    pub fn resume(mut self, source: &Words) -> Self {
        if !source.is_empty() {
            self.source = source.clone();
        }
        let known = self.source.len().max(self.renumbered.len());
        self.renumbered.resize(known, NONE);
        self
    }

    /// Makes a model that a reader returned into one that writes on. `source` are the words of a tokenizer that goes on
    /// from the words of the model, under their numbers.
    pub fn going_on(mut self, source: Words) -> Self {
        self.renumbered = (0..source.len() as Word).collect();
        for number in self.renumbered.iter_mut().skip(self.words.len()) {
            *number = NONE;
        }
        self.source = source;
        self
    }

    fn renumber(&self, word: Word) -> Word {
        self.renumbered
            .get(usize::from(word))
            .copied()
            .unwrap_or(NONE)
    }

    /// The number of a tokenizer's word in this model, or one that no coded word has.
    pub fn known(&self, word: Word) -> Word {
        match self.renumber(word) {
            NONE => Word::MAX,
            known => known,
        }
    }

    fn pair_slot(second: Word, first: Word) -> usize {
        let pair = u32::from(second) << 16 | u32::from(first);
        (pair.wrapping_mul(0x9E37_79B1) >> (32 - PAIR_BITS)) as usize
    }

    /// Codes one word after `second` and `first` (the nearer one). `hint` is a word that another text
    /// suggests, or [`NONE`]. `value` is the tokenizer's number while writing.
    #[inline(never)]
    pub fn word<C: Coder>(
        &mut self,
        coder: &mut C,
        second: Word,
        first: Word,
        hint: Word,
        value: Word,
    ) -> Word {
        let known = match C::WRITES {
            true => self.renumber(value),
            false => NONE,
        };
        let slot = Self::pair_slot(second, first);
        let (pair, trust) = self.after_pair.get(slot).copied().unwrap_or((NONE, 0));
        let [next, other] = self
            .after
            .get(usize::from(first))
            .copied()
            .unwrap_or([NONE; 2]);
        let word = self.guessed(coder, known, [pair, hint, next, other], trust);
        let word = match word {
            Some(word) => word,
            None => {
                let spelled = known == NONE;
                let context = usize::from(first < FIRST);
                let spelled = match self.novel.get_mut(context) {
                    Some(model) => coder.flag(model, spelled),
                    None => false,
                };
                if spelled {
                    self.spell(coder, value)
                } else {
                    self.by_place(coder, first, known)
                }
            }
        };
        if let Some(entry) = self.after_pair.get_mut(slot) {
            *entry = if entry.0 == word {
                (word, (entry.1 + 1).min(3))
            } else {
                (word, 0)
            };
        }
        if let Some(entry) = self.after.get_mut(usize::from(first))
            && entry[0] != word
        {
            *entry = [word, entry[0]];
        }
        word
    }

    /// Tries the guesses in order; a guess that repeats an earlier one is not tried.
    fn guessed<C: Coder>(
        &mut self,
        coder: &mut C,
        known: Word,
        guesses: [Word; 4],
        trust: u8,
    ) -> Option<Word> {
        let [pair, hint, next, other] = guesses;
        let agree = usize::from(pair == hint)
            | usize::from(pair == next) << 1
            | usize::from(hint == next) << 2;
        let context = usize::from(trust) << 3 | agree;
        let repeats = [
            false,
            hint == pair,
            next == pair || next == hint,
            other == pair || other == hint,
        ];
        for (row, (guess, repeats)) in guesses.into_iter().zip(repeats).enumerate() {
            if guess == NONE || repeats {
                continue;
            }
            if let Some(model) = self.hits.get_mut(row << 5 | context)
                && coder.flag(model, guess == known)
            {
                return Some(guess);
            }
        }
        None
    }

    /// Codes a word that was met before by its place among all words: how many bits that has, the upper one of the rest, and
    /// what is left as it is. What is coded moves to the front.
    fn by_place<C: Coder>(&mut self, coder: &mut C, first: Word, known: Word) -> Word {
        let place = match C::WRITES {
            true => self.places.iter().position(|word| *word == known),
            false => None,
        };
        let value = place.unwrap_or(0) as u32 + 1;
        let row = usize::from(first < FIRST) << 4;
        let widths = self.widths.get_mut(row..row + 16).unwrap_or(&mut []);
        let rest = coder.symbol(widths, 4, value.ilog2());
        let mut place = 1;
        if let (Some(rest), Some(half)) = (rest.checked_sub(1), self.halves.get_mut(rest as usize))
        {
            place = 2 | coder.bit(half, value >> rest & 1);
            place = place << rest | coder.raw(rest, value & ((1 << rest) - 1));
        }
        let place = place as usize - 1;
        let nearer = match place {
            257.. => place / 4,
            17.. => place / 2,
            _ => place * 3 / 4,
        };
        self.exchange(place, nearer);
        self.places.get(nearer).copied().unwrap_or(NONE)
    }

    /// Exchanges the words at two places, where there are such.
    fn exchange(&mut self, one: usize, other: usize) {
        if one.max(other) < self.places.len() {
            self.places.swap(one, other);
        }
    }

    /// Codes the spelling of a word met for the first time, and numbers it.
    #[inline(never)]
    fn spell<C: Coder>(&mut self, coder: &mut C, value: Word) -> Word {
        let spelling = match C::WRITES {
            true => self.source.get(value).to_string(),
            false => String::new(),
        };
        let mut read = [0; LONGEST_WORD];
        let mut length = 0;
        // The last four letters, the classes of the last two, and whether the letter before was guessed.
        let (mut letters, mut classes, mut guessed) = (0u32, 0, 0);
        for at in 0..=LONGEST_WORD {
            let byte = spelling.as_bytes().get(at).copied().unwrap_or(0);
            let byte = self.letter(coder, letters, classes, &mut guessed, byte);
            if byte == 0 {
                break;
            }
            if let Some(to) = read.get_mut(at) {
                *to = byte;
                length += 1;
            }
            letters = letters << 8 | u32::from(byte);
            classes = (classes << 5 | usize::from(class(byte))) & 0x3FF;
        }
        let read = read.get(..length).unwrap_or(&[]);
        let word = match std::str::from_utf8(read) {
            Ok(spelling) => self.words.push(spelling),
            Err(_) => self.words.push(&String::from_utf8_lossy(read)),
        };
        self.after.push([NONE; 2]);
        // It is likely to be met again, but less so than words that are met often.
        self.places.push(word);
        let last = self.places.len() - 1;
        self.exchange(last, last * 2 / 3);
        if let Some(number) = self.renumbered.get_mut(usize::from(value)) {
            *number = word;
        }
        word
    }

    /// Codes one letter, or 0 after the last: the one that last followed the same four; else a small letter as one of 32
    /// classes, any other byte after its class.
    fn letter<C: Coder>(
        &mut self,
        coder: &mut C,
        letters: u32,
        classes: usize,
        guessed: &mut usize,
        byte: u8,
    ) -> u8 {
        let slot = (letters.wrapping_mul(0x9E37_79B1) >> (32 - LETTER_BITS)) as usize;
        let (guess, held) = self.after_letters.get(slot).copied().unwrap_or((0, 0));
        let row = *guessed << 2 | usize::from(held & 3);
        let model = self
            .letter_hits
            .get_mut(row << 5 | usize::from(class(guess)));
        if let Some(model) = model.filter(|_| held > 0)
            && coder.flag(model, guess == byte)
        {
            *guessed = 2;
            if let Some((_, held)) = self.after_letters.get_mut(slot) {
                *held = (*held + 1).min(4);
            }
            return guess;
        }
        *guessed = usize::from(held > 0);
        let models = self.letters.get_mut(classes << 5..(classes + 1) << 5);
        let byte = match coder.symbol(models.unwrap_or(&mut []), 5, u32::from(class(byte))) as u8 {
            class @ ..OTHER => letter_of(class),
            class => {
                let row = usize::from(class - OTHER) << 8;
                let models = self.others.get_mut(row..row + 256);
                coder.symbol(models.unwrap_or(&mut []), 8, u32::from(byte)) as u8
            }
        };
        if let Some(last) = self.after_letters.get_mut(slot) {
            *last = (byte, 1);
        }
        byte
    }
}

/// The first class of bytes that are not small letters.
pub(super) const OTHER: u8 = 27;

/// The class of a byte: 0 for the end, 1 to 26 for a small letter, then capitals, digits, marks that stand beside
/// letters, bytes above ASCII, and the rest.
pub(super) fn class(byte: u8) -> u8 {
    match byte {
        0 => 0,
        b'a'..=b'z' => byte - b'a' + 1,
        b'A'..=b'Z' => OTHER,
        b'0'..=b'9' => OTHER + 1,
        b'(' | b')' | b',' | b'-' | b'\'' => OTHER + 2,
        128.. => OTHER + 3,
        _ => OTHER + 4,
    }
}

/// The byte of a class below [`OTHER`].
pub(super) fn letter_of(class: u8) -> u8 {
    match class {
        0 => 0,
        class => b'a' + class - 1,
    }
}

#[cfg(test)]
mod tests {
    use super::super::coding::{Decoder, Encoder};
    use super::*;
    use proptest::prelude::*;

    fn round_trip(texts: &[String]) -> Vec<String> {
        let mut tokenizer = Tokenizer::default();
        texts.iter().for_each(|text| tokenizer.learn(text));
        let tokens: Vec<Vec<Word>> = texts.iter().map(|text| tokenizer.tokenize(text)).collect();
        tokens
            .iter()
            .map(|text| tokenizer.words.text(text))
            .collect()
    }

    #[test]
    fn titles_come_back_byte_for_byte() {
        let texts = [
            "Cholera due to Vibrio cholerae 01, biovar eltor",
            "Crohn's disease of small intestine, unspecified",
            "Injection, trastuzumab-abcd (kanjinti), 10 mg/0.5 ml",
            "pH of 7.35, 1,000 units (10%)",
            " odd  blanks , and ( marks ) ",
            "alpha-1-antitrypsin",
            "",
        ]
        .map(String::from);
        assert_eq!(round_trip(&texts), texts);
    }

    proptest! {
        #[test]
        fn any_text_comes_back(texts in prop::collection::vec("[A-Za-z0-9 ,.()/'é-]{0,30}", 0..20)) {
            prop_assert_eq!(round_trip(&texts), texts);
        }

        #[test]
        fn any_text_comes_back_inside(texts in prop::collection::vec("[A-Za-z0-9 ,.()/'é-]{0,30}", 0..20)) {
            let mut tokenizer = Tokenizer::default();
            for text in texts {
                let tokens = tokenizer.tokenize_inside(&text);
                let mut read = String::new();
                tokenizer.words.write_inside(&tokens, &mut read);
                prop_assert_eq!(read, text);
            }
        }
    }

    #[test]
    fn words_are_coded_and_read_again() {
        let text =
            "type 2 diabetes mellitus with diabetic chronic kidney disease with type 2 diabetes";
        let mut tokenizer = Tokenizer::default();
        let tokens = tokenizer.tokenize(text);
        let code = |coder: &mut dyn FnMut(&mut WordModel, Word, Word, Word) -> Word,
                    model: &mut WordModel| {
            let (mut second, mut first) = (NONE, NONE);
            let mut out = Vec::new();
            for &token in &tokens {
                let word = coder(model, second, first, token);
                out.push(word);
                (second, first) = (first, word);
            }
            out
        };
        let mut encoder = Encoder::default();
        let mut model = WordModel::for_writing(tokenizer.words.clone());
        let written = code(
            &mut |m, s, f, v| m.word(&mut encoder, s, f, NONE, v),
            &mut model,
        );
        let bytes = encoder.finish();
        let mut decoder = Decoder::new(&bytes);
        let mut model = WordModel::default();
        let read = code(
            &mut |m, s, f, _| m.word(&mut decoder, s, f, NONE, NONE),
            &mut model,
        );
        assert_eq!(read, written);
        assert_eq!(model.words.text(&read), text);
    }
}
