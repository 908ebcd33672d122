//! Texts that recur: each is written once and is a number from then on, and where the same text was last seen in a
//! like place, a flag tells that it is there again.

use std::collections::HashMap;

use super::coding::{Bit, Coder, models};
use super::edits::{Place, TextModel};
use super::text::{Word, WordModel};

/// The number of a text in [`Texts`].
pub type TextId = u16;
/// The text without words.
pub const EMPTY: TextId = 0;

/// Different texts, by number; number 0 is the text without words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts {
    tokens: Vec<Word>,
    ends: Vec<u32>,
}

impl Default for Texts {
    fn default() -> Self {
        Texts {
            tokens: Vec::new(),
            ends: vec![0],
        }
    }
}

impl Texts {
    /// How many texts there are, the empty one included.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is only the empty text.
    pub fn is_empty(&self) -> bool {
        self.len() == 1
    }

    /// How many words the texts have together.
    pub fn words(&self) -> usize {
        self.tokens.len()
    }

    /// The words of a text; none for a number that is no text.
    pub fn get(&self, text: TextId) -> &[Word] {
        self.tokens.get(self.range(text)).unwrap_or(&[])
    }

    /// Adds a text and returns its number. When the numbers run out the last one is returned again.
    pub fn push(&mut self, text: &[Word]) -> TextId {
        if self.ends.len() <= usize::from(TextId::MAX) {
            self.tokens.extend_from_slice(text);
            self.ends.push(self.tokens.len() as u32);
        }
        (self.ends.len() - 1) as TextId
    }

    fn range(&self, text: TextId) -> std::ops::Range<usize> {
        let Some(before) = usize::from(text).checked_sub(1) else {
            return 0..0;
        };
        match (self.ends.get(before), self.ends.get(usize::from(text))) {
            (Some(start), Some(end)) => *start as usize..*end as usize,
            _ => 0..0,
        }
    }
}

/// Numbers different texts, for writing.
#[derive(Default)]
pub struct Interned {
    numbers: HashMap<Vec<Word>, TextId>,
    /// The texts, each once.
    pub texts: Texts,
}

impl Interned {
    /// The number of a text, of which there must be fewer than 65,535 different ones.
    pub fn number(&mut self, text: &[Word]) -> TextId {
        if text.is_empty() {
            return EMPTY;
        }
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = self.texts.push(text);
        self.numbers.insert(text.to_vec(), number);
        number
    }
}

/// What was last seen in each context, and how often it has held since: 2^16 contexts share the slots by hash.
pub(super) struct Recall {
    slots: Vec<(u32, u8)>,
    hit: Vec<Bit>,
}

const RECALL_BITS: u32 = 16;
/// Nothing was seen in a context, or: what is to be written cannot be guessed.
pub(super) const UNSEEN: u32 = u32::MAX;

impl Default for Recall {
    fn default() -> Self {
        Recall {
            slots: vec![(UNSEEN, 0); 1 << RECALL_BITS],
            hit: models(256),
        }
    }
}

impl Recall {
    fn slot(context: u32) -> usize {
        (context.wrapping_mul(0x9E37_79B1) >> (32 - RECALL_BITS)) as usize
    }

    /// Tries what was last seen in each of at most four contexts, the most telling first.
    pub fn guess<C: Coder>(&mut self, coder: &mut C, contexts: &[u32], value: u32) -> Option<u32> {
        let mut tried = [UNSEEN; 4];
        for (rank, context) in contexts.iter().enumerate().take(tried.len()) {
            let (guess, trust) = self
                .slots
                .get(Self::slot(*context))
                .copied()
                .unwrap_or((UNSEEN, 0));
            if guess == UNSEEN || tried.contains(&guess) {
                continue;
            }
            let failed = tried.iter().filter(|guess| **guess != UNSEEN).count();
            // Does the next context say the same?
            let agree = contexts.get(rank + 1).is_some_and(|context| {
                self.slots
                    .get(Self::slot(*context))
                    .is_some_and(|(other, _)| *other == guess)
            });
            if let Some(slot) = tried.get_mut(rank) {
                *slot = guess;
            }
            let model = self
                .hit
                .get_mut(rank << 6 | usize::from(agree) << 5 | usize::from(trust) << 2 | failed)?;
            if coder.flag(model, guess == value) {
                return Some(guess);
            }
        }
        None
    }

    /// Remembers what was seen.
    pub fn note(&mut self, contexts: &[u32], value: u32) {
        for context in contexts {
            if let Some((guess, trust)) = self.slots.get_mut(Self::slot(*context)) {
                *trust = match *guess == value {
                    true => (*trust + 1).min(7),
                    false => 0,
                };
                *guess = value;
            }
        }
    }
}

/// A context from what is known of a place.
pub(super) fn context(parts: &[u32]) -> u32 {
    parts.iter().fold(0x1234_5678, |hash, part| {
        (hash ^ part).wrapping_mul(0x85EB_CA6B).rotate_left(13)
    })
}

/// The models of one kind of text.
#[derive(Default)]
struct Kind {
    recall: Recall,
    new: Bit,
    /// The text and its edit that were last new.
    last: TextId,
    last_edit: u32,
}

/// Codes texts of several kinds, and numbers those that are new.
pub(super) struct Pool<'a> {
    /// While writing: the texts, in the numbers of the tokenizer. While reading: only the empty one.
    input: &'a Texts,
    /// The texts met so far.
    pub out: Texts,
    /// Codes new texts.
    pub text: TextModel,
    /// While writing: the number in `out` of each text of `input` that has one.
    numbers: Vec<Option<TextId>>,
    id_bits: u32,
    ids: Vec<Bit>,
    kinds: Vec<Kind>,
}

impl<'a> Pool<'a> {
    /// Begins with the width of text numbers, 5 bits.
    pub fn start<C: Coder>(
        coder: &mut C,
        input: &'a Texts,
        words: WordModel,
        kinds: usize,
    ) -> Self {
        let id_bits = usize::BITS - input.len().leading_zeros();
        let id_bits = coder.symbol(&mut models(32), 5, id_bits).clamp(1, 16);
        let mut numbers = vec![None; input.len()];
        if let Some(empty) = numbers.first_mut() {
            *empty = Some(EMPTY);
        }
        Pool {
            input,
            out: Texts::default(),
            text: TextModel::new(words),
            numbers,
            id_bits,
            ids: models(1 << id_bits),
            kinds: (0..kinds).map(|_| Kind::default()).collect(),
        }
    }

    /// Whether the texts are longer than those of any release: damaged bytes ask for no more memory then.
    pub fn is_full(&self) -> bool {
        self.out.words() > MOST_WORDS
    }

    /// The number in `out` of a text of the input, if it has one yet.
    pub fn known(&self, value: TextId) -> Option<TextId> {
        self.numbers.get(usize::from(value)).copied().flatten()
    }

    /// Codes a text of a kind; `value` is its number in the input. `like` is a text that it may resemble.
    pub fn text<C: Coder>(
        &mut self,
        coder: &mut C,
        kind: usize,
        contexts: &[u32],
        value: TextId,
        like: TextId,
    ) -> TextId {
        let number = match self.guess(coder, kind, contexts, value) {
            Some(number) => number,
            None => self.unguessed(coder, kind, value, like),
        };
        self.note(kind, contexts, number);
        number
    }

    /// Tries the texts last seen in the contexts.
    pub fn guess<C: Coder>(
        &mut self,
        coder: &mut C,
        kind: usize,
        contexts: &[u32],
        value: TextId,
    ) -> Option<TextId> {
        let known = self.known(value).map_or(UNSEEN, u32::from);
        let recall = &mut self.kinds.get_mut(kind)?.recall;
        let found = recall.guess(coder, contexts, known)?;
        Some(found as TextId)
    }

    /// Remembers a text in its contexts.
    pub fn note(&mut self, kind: usize, contexts: &[u32], number: TextId) {
        if let Some(models) = self.kinds.get_mut(kind) {
            models.recall.note(contexts, u32::from(number));
        }
    }

    /// Codes a text that no guess has hit.
    pub fn unguessed<C: Coder>(
        &mut self,
        coder: &mut C,
        kind: usize,
        value: TextId,
        like: TextId,
    ) -> TextId {
        let known = self.known(value);
        let Some(models) = self.kinds.get_mut(kind) else {
            return EMPTY;
        };
        if !coder.flag(&mut models.new, known.is_none()) {
            let known = u32::from(known.unwrap_or(EMPTY));
            let number = coder.symbol(&mut self.ids, self.id_bits, known);
            return (number as usize).min(self.out.len() - 1) as TextId;
        }
        let (last, last_edit) = (models.last, models.last_edit);
        let first = if like == EMPTY { last } else { like };
        let references = [first, last].map(|text| self.out.range(text));
        let place = Place {
            references: &references,
            contexts: &[context(&[kind as u32, last_edit]), context(&[kind as u32])],
        };
        let tokens = &mut self.out.tokens;
        let text = self.input.get(value);
        let edit = self.text.text(coder, tokens, &place, text);
        let number = self.added(value);
        if let Some(models) = self.kinds.get_mut(kind) {
            (models.last, models.last_edit) = (number, edit);
        }
        number
    }

    /// Adds a text that both directions know.
    pub fn add(&mut self, text: &[Word], value: TextId) -> TextId {
        self.out.tokens.extend_from_slice(text);
        self.added(value)
    }

    /// Numbers the text that was put at the end of the tokens.
    fn added(&mut self, value: TextId) -> TextId {
        let texts = &mut self.out;
        let number = texts.ends.len().min(usize::from(TextId::MAX)) as TextId;
        if texts.ends.len() <= usize::from(TextId::MAX) {
            texts.ends.push(texts.tokens.len() as u32);
        }
        if let Some(known) = self.numbers.get_mut(usize::from(value)) {
            *known = Some(number);
        }
        number
    }
}

/// More words in the texts than any release has.
pub const MOST_WORDS: usize = 1 << 18;
