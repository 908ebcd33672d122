//! Texts beside texts: a title is coded as an edit of its parent's, because long titles repeat their parents.
//!
//! An edit replaces some words of a reference text by others. Children of different parents often differ from
//! them by the same edits in the same order (right, left, unspecified), so the edit last seen in a like place is
//! tried first: one flag then makes the whole text. A text that no guess makes is written out: which reference
//! text, how many words to keep at its end and its beginning, and the words between.

use std::ops::Range;

use super::coding::{Bit, Coder, Number, models};
use super::text::{NONE, Word, WordModel};

/// How a text differs from a reference text: `drop` words of it are replaced by others. `keep` counts the words
/// between the replacement and the nearer end, so that the same edit fits reference texts of other lengths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Edit {
    from_end: bool,
    keep: u16,
    drop: u16,
    /// The words put in, within [`Edits::inserted`].
    start: u32,
    length: u16,
}

impl Edit {
    /// The words of a reference text of `length` words that stay before and after the replacement, if the edit fits it.
    fn kept(&self, length: usize) -> Option<(usize, usize)> {
        let (keep, drop) = (usize::from(self.keep), usize::from(self.drop));
        let rest = length.checked_sub(keep + drop)?;
        Some(if self.from_end {
            (rest, keep)
        } else {
            (keep, rest)
        })
    }
}

/// The different edits seen so far, numbered from 1.
#[derive(Default)]
struct Edits {
    edits: Vec<Edit>,
    inserted: Vec<Word>,
    /// Open addressing: edit numbers by hash, 0 for a free slot. Twice as many slots as edits, or more.
    slots: Vec<u32>,
}

impl Edits {
    fn get(&self, number: u32) -> Option<&Edit> {
        self.edits.get((number as usize).checked_sub(1)?)
    }

    fn inserted(&self, edit: &Edit) -> &[Word] {
        let start = edit.start as usize;
        self.inserted
            .get(start..start + usize::from(edit.length))
            .unwrap_or(&[])
    }

    /// The number of the edit that makes `text` of `reference`.
    fn number(&mut self, reference: &[Word], text: &[Word]) -> u32 {
        let (prefix, suffix) = common_ends(reference, text);
        let from_end = suffix <= prefix;
        let insert = text.get(prefix..text.len() - suffix).unwrap_or(&[]);
        let edit = Edit {
            from_end,
            keep: if from_end { suffix } else { prefix } as u16,
            drop: (reference.len() - prefix - suffix) as u16,
            start: self.inserted.len() as u32,
            length: insert.len() as u16,
        };
        if self.slots.len() < self.edits.len() * 2 + 16 {
            self.grow();
        }
        let mut slot = self.slot(&edit, insert);
        loop {
            let number = self.slots.get(slot).copied().unwrap_or(0);
            match self.get(number) {
                Some(known)
                    if Edit {
                        start: known.start,
                        ..edit
                    } == *known
                        && self.inserted(known) == insert =>
                {
                    return number;
                }
                Some(_) => slot = (slot + 1) & (self.slots.len() - 1),
                None => break,
            }
        }
        self.inserted.extend_from_slice(insert);
        self.edits.push(edit);
        let number = self.edits.len() as u32;
        if let Some(free) = self.slots.get_mut(slot) {
            *free = number;
        }
        number
    }

    fn slot(&self, edit: &Edit, insert: &[Word]) -> usize {
        let head =
            u32::from(edit.keep) << 16 | u32::from(edit.drop) << 1 | u32::from(edit.from_end);
        let hash = insert
            .iter()
            .fold(head.wrapping_mul(0x9E37_79B1), |hash, word| {
                (hash.rotate_left(5) ^ u32::from(*word)).wrapping_mul(0x9E37_79B1)
            });
        (hash >> 7) as usize & (self.slots.len() - 1)
    }

    fn grow(&mut self) {
        self.slots = vec![0; (self.slots.len() * 2).max(1 << 10)];
        for (at, edit) in self.edits.iter().enumerate() {
            let mut slot = self.slot(edit, self.inserted(edit));
            while self.slots.get(slot).is_some_and(|number| *number != 0) {
                slot = (slot + 1) & (self.slots.len() - 1);
            }
            if let Some(free) = self.slots.get_mut(slot) {
                *free = at as u32 + 1;
            }
        }
    }
}

/// How many words two texts have in common at their beginnings and, of the rest, at their ends.
fn common_ends(a: &[Word], b: &[Word]) -> (usize, usize) {
    let prefix = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let most = a.len().min(b.len()) - prefix;
    let pairs = a.iter().rev().zip(b.iter().rev()).take(most);
    (prefix, pairs.take_while(|(a, b)| a == b).count())
}

/// The edit last seen in each context: contexts share 2^14 slots by hash.
const GUESS_BITS: u32 = 14;
/// A text has at most this many words.
const LONGEST_TEXT: usize = 4000;

/// Codes texts as edits of other texts, and learns as it goes.
pub struct TextModel {
    /// Codes the words put in.
    pub words: WordModel,
    edits: Edits,
    /// The number of the edit last seen in a context, and how often it has held since.
    guesses: Vec<(u32, u8)>,
    guess_hit: Vec<Bit>,
    reference: Vec<Bit>,
    suffix: Vec<Number>,
    drop: Vec<Number>,
    inserted: Vec<Number>,
}

/// Where a text stands: what it may resemble.
pub struct Place<'a> {
    /// Ranges of earlier texts in the output, the likeliest first. Edits are counted against the first.
    pub references: &'a [Range<usize>],
    /// Hashes of the circumstances, the most telling first: the edit last seen there is tried. At most four.
    pub contexts: &'a [u32],
}

impl TextModel {
    /// A model for texts of these words.
    pub fn new(words: WordModel) -> Self {
        TextModel {
            words,
            edits: Edits::default(),
            guesses: vec![(0, 0); 1 << GUESS_BITS],
            guess_hit: models(64),
            reference: models(16),
            suffix: vec![Number::default(); 4],
            drop: vec![Number::default(); 16],
            inserted: vec![Number::default(); 16],
        }
    }

    /// Codes a text, appends it to `out`, and returns the number of its edit against the first reference.
    /// While writing, `value` is the text in the numbers of the tokenizer.
    pub fn text<C: Coder>(
        &mut self,
        coder: &mut C,
        out: &mut Vec<Word>,
        place: &Place<'_>,
        value: &[Word],
    ) -> u32 {
        let start = out.len();
        let parent = place.references.first().cloned().unwrap_or(start..start);
        let known: Vec<Word> = match C::WRITES {
            true => value.iter().map(|word| self.words.known(*word)).collect(),
            false => Vec::new(),
        };
        let mut tried = [0; 4];
        let mut found = 0;
        for (rank, context) in place.contexts.iter().enumerate().take(tried.len()) {
            let (guess, trust) = self
                .guesses
                .get(guess_slot(*context))
                .copied()
                .unwrap_or((0, 0));
            let Some(edit) = self.edits.get(guess) else {
                continue;
            };
            let Some((prefix, suffix)) = edit.kept(parent.len()) else {
                continue;
            };
            if tried.contains(&guess) {
                continue;
            }
            let failed = tried.iter().filter(|guess| **guess != 0).count();
            if let Some(slot) = tried.get_mut(rank) {
                *slot = guess;
            }
            let insert = self.edits.inserted(edit);
            let reference = out.get(parent.clone()).unwrap_or(&[]);
            let makes = C::WRITES
                && known.len() == prefix + insert.len() + suffix
                && reference.get(..prefix) == known.get(..prefix)
                && known.get(prefix..prefix + insert.len()) == Some(insert)
                && known.get(prefix + insert.len()..) == reference.get(reference.len() - suffix..);
            let Some(model) = self
                .guess_hit
                .get_mut(rank << 4 | usize::from(trust) << 2 | failed)
            else {
                continue;
            };
            if coder.flag(model, makes) {
                out.extend_from_within(parent.start..parent.start + prefix);
                out.extend_from_slice(insert);
                out.extend_from_within(parent.end - suffix..parent.end);
                found = guess;
                break;
            }
        }
        if found == 0 {
            self.written_out(coder, out, place.references, value, &known);
            let reference = out.get(parent).unwrap_or(&[]);
            found = self
                .edits
                .number(reference, out.get(start..).unwrap_or(&[]));
        }
        for context in place.contexts {
            if let Some((guess, trust)) = self.guesses.get_mut(guess_slot(*context)) {
                *trust = if *guess == found {
                    (*trust + 1).min(3)
                } else {
                    0
                };
                *guess = found;
            }
        }
        found
    }

    fn written_out<C: Coder>(
        &mut self,
        coder: &mut C,
        out: &mut Vec<Word>,
        references: &[Range<usize>],
        value: &[Word],
        known: &[Word],
    ) {
        // Writing: the reference that leaves the fewest words to put in; a word costs about as much as four drops.
        let mut best = (usize::MAX, 0, 0, 0);
        let compared = if C::WRITES { references } else { &[] };
        for (at, range) in compared.iter().enumerate() {
            let reference = out.get(range.clone()).unwrap_or(&[]);
            let (prefix, suffix) = common_ends(reference, known);
            let cost = (known.len() - prefix - suffix) * 8
                + (reference.len() - prefix - suffix).min(3)
                + at * 2;
            if cost < best.0 {
                best = (cost, at, prefix, suffix);
            }
        }
        let (_, at, prefix, suffix) = best;
        let at = if references.len() > 1 {
            coder.symbol(&mut self.reference, 2, at as u32) as usize
        } else {
            0
        };
        let range = references.get(at).cloned().unwrap_or(0..0);
        let length = range.len();
        let coded =
            |coder: &mut C, model: Option<&mut Number>, value: usize, most: usize| match model {
                Some(model) => (coder.number(model, value as u32) as usize).min(most),
                None => 0,
            };
        let suffix = coded(coder, self.suffix.get_mut(at), suffix, length);
        let context = at << 2 | suffix.min(3);
        let drop = length.saturating_sub(prefix + suffix);
        let drop = coded(coder, self.drop.get_mut(context), drop, length - suffix);
        let prefix = length - suffix - drop;
        let insert = value.len().saturating_sub(prefix + suffix);
        let insert = coded(
            coder,
            self.inserted.get_mut(drop.min(3) << 2 | suffix.min(3)),
            insert,
            LONGEST_TEXT,
        );
        out.extend_from_within(range.start..range.start + prefix);
        let back = |count: usize| match prefix.checked_sub(count) {
            Some(at) => out.get(range.start + at).copied().unwrap_or(NONE),
            None => NONE,
        };
        let (mut second, mut first) = (back(2), back(1));
        // The word that follows in the reference text is a hint, except at first: there the texts differ.
        let mut pointer = range.start + prefix;
        for i in 0..insert {
            if coder.astray() {
                break;
            }
            let rest = pointer..range.end.max(pointer);
            let hint = match i {
                0 => NONE,
                _ => out
                    .get(rest.clone())
                    .and_then(|rest| rest.first())
                    .copied()
                    .unwrap_or(NONE),
            };
            let value = value.get(prefix + i).copied().unwrap_or(NONE);
            let word = self.words.word(coder, second, first, hint, value);
            if let Some(found) = out
                .get(rest)
                .and_then(|rest| rest.iter().position(|w| *w == word))
            {
                pointer += found + 1;
            }
            out.push(word);
            (second, first) = (first, word);
        }
        out.extend_from_within(range.end - suffix..range.end);
    }
}

fn guess_slot(context: u32) -> usize {
    (context.wrapping_mul(0x9E37_79B1) >> (32 - GUESS_BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::super::coding::{Decoder, Encoder};
    use super::super::text::Tokenizer;
    use super::*;
    use proptest::prelude::*;

    fn code<C: Coder>(
        coder: &mut C,
        words: WordModel,
        texts: &[Vec<Word>],
        count: usize,
    ) -> (Vec<Word>, Vec<usize>, TextModel) {
        let mut model = TextModel::new(words);
        let (mut out, mut ends) = (Vec::new(), vec![0, 0]);
        for at in 0..count {
            let (a, b) = (ends[ends.len() - 2], ends[ends.len() - 1]);
            let place = Place {
                references: &[a..b, 0..0],
                contexts: &[at as u32 % 3, 7],
            };
            model.text(coder, &mut out, &place, texts.get(at).map_or(&[], |t| t));
            ends.push(out.len());
        }
        (out, ends, model)
    }

    fn comes_back(texts: &[String]) {
        let mut tokenizer = Tokenizer::default();
        let tokens: Vec<_> = texts.iter().map(|text| tokenizer.tokenize(text)).collect();
        let mut encoder = Encoder::default();
        let model = WordModel::for_writing(tokenizer.words);
        let id_bits = model.id_bits();
        code(&mut encoder, model, &tokens, texts.len());
        let bytes = encoder.finish();
        let (out, ends, model) = code(
            &mut Decoder::new(&bytes),
            WordModel::for_reading(id_bits),
            &[],
            texts.len(),
        );
        for (text, ends) in texts.iter().zip(ends[1..].windows(2)) {
            assert_eq!(model.words.words.text(&out[ends[0]..ends[1]]), *text);
        }
    }

    #[test]
    fn siblings_come_back() {
        comes_back(
            &[
                "Fracture of arm",
                "Fracture of right arm",
                "Fracture of left arm",
                "Fracture of leg",
                "Fracture of right leg",
            ]
            .map(String::from),
        );
    }

    proptest! {
        #[test]
        fn any_texts_come_back(texts in prop::collection::vec("[ab,]{0,4}( [abcd]{1,2}){0,6}", 0..40)) {
            comes_back(&texts);
        }
    }
}
