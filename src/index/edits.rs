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
    /// Of all but `start`, and of the words put in.
    hash: u32,
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
    /// Open addressing: edit numbers by hash, 0 for a free slot. A quarter of the slots is free, or more.
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

    /// The number of the edit that makes `text` of a reference text of `length` words, of which `prefix` words and
    /// `suffix` words stay.
    fn number(&mut self, length: usize, prefix: usize, suffix: usize, text: &[Word]) -> u32 {
        let from_end = suffix <= prefix;
        let insert = text.get(prefix..text.len() - suffix).unwrap_or(&[]);
        let keep = if from_end { suffix } else { prefix } as u16;
        let drop = (length - prefix - suffix) as u16;
        let mut hash = u32::from(keep) << 16 | u32::from(drop) << 1 | u32::from(from_end);
        for word in insert {
            hash = (hash.wrapping_mul(0x9E37_79B1).rotate_left(5)) ^ u32::from(*word);
        }
        let edit = Edit {
            from_end,
            keep,
            drop,
            start: self.inserted.len() as u32,
            length: insert.len() as u16,
            hash: hash.wrapping_mul(0x9E37_79B1),
        };
        if self.slots.len() * 3 <= self.edits.len() * 4 {
            self.grow();
        }
        let mut slot = self.slot(edit.hash);
        loop {
            let number = self.slots.get(slot).copied().unwrap_or(0);
            match self.get(number) {
                Some(known)
                    if known.hash == edit.hash
                        && Edit {
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

    fn slot(&self, hash: u32) -> usize {
        (hash >> 7) as usize & (self.slots.len() - 1)
    }

    fn grow(&mut self) {
        self.slots = vec![0; (self.slots.len() * 4).max(1 << 9)];
        for (edit, number) in self.edits.iter().zip(1..) {
            let mut slot = self.slot(edit.hash);
            while self.slots.get(slot).is_some_and(|number| *number != 0) {
                slot = (slot + 1) & (self.slots.len() - 1);
            }
            if let Some(free) = self.slots.get_mut(slot) {
                *free = number;
            }
        }
    }
}

/// How many words two texts have in common at their beginnings and, of the rest, at their ends.
fn common_ends(a: &[Word], b: &[Word]) -> (usize, usize) {
    let most = a.len().min(b.len());
    let mut prefix = 0;
    while prefix < most && a.get(prefix) == b.get(prefix) {
        prefix += 1;
    }
    let mut suffix = 0;
    while suffix < most - prefix && a.get(a.len() - 1 - suffix) == b.get(b.len() - 1 - suffix) {
        suffix += 1;
    }
    (prefix, suffix)
}

/// The edit last seen in each context: contexts share 2^14 slots by hash.
const GUESS_BITS: u32 = 14;
/// The most contexts of a text.
const MOST_CONTEXTS: usize = 4;
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
    /// By the lengths of the first two references: the shape last seen there, and how often it has held, from 1.
    shapes: Vec<(Shape, u8)>,
    shape_hits: Vec<Bit>,
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
            shapes: vec![Default::default(); 1 << 10],
            shape_hits: models(4),
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
        // The guesses that failed, in their order.
        let (mut tried, mut failed) = ([0; MOST_CONTEXTS], 0);
        let mut found = 0;
        for (rank, context) in place.contexts.iter().enumerate() {
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
            if let Some(slot) = tried.get_mut(failed) {
                *slot = guess;
            }
            failed += 1;
            if coder.flag(model, makes) {
                out.extend_from_within(parent.start..parent.start + prefix);
                out.extend_from_slice(insert);
                out.extend_from_within(parent.end - suffix..parent.end);
                found = guess;
                break;
            }
        }
        if found == 0 {
            let kept = self.written_out(coder, out, place.references, value, &known);
            let reference = out.get(parent).unwrap_or(&[]);
            let text = out.get(start..).unwrap_or(&[]);
            let (prefix, suffix) = kept.unwrap_or_else(|| common_ends(reference, text));
            found = self.edits.number(reference.len(), prefix, suffix, text);
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

    /// Codes a text that no guess makes. Returns how many words of the first reference stay at its ends, where that is the one
    /// it was made of.
    fn written_out<C: Coder>(
        &mut self,
        coder: &mut C,
        out: &mut Vec<Word>,
        references: &[Range<usize>],
        value: &[Word],
        known: &[Word],
    ) -> Option<(usize, usize)> {
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
        let length = compared.get(at).map_or(0, Range::len);
        let shape = Shape {
            at: at as u16,
            suffix: suffix as u16,
            drop: (length - prefix - suffix) as u16,
            insert: value.len().saturating_sub(prefix + suffix) as u16,
        };
        // What was last done with references as long as these is likely done again.
        let length = |at: usize| references.get(at).map_or(0, |range| range.len().min(31));
        let slot = length(0) << 5 | length(1);
        let (guess, held) = self.shapes.get(slot).copied().unwrap_or_default();
        let hit = self.shape_hits.get_mut(usize::from(held));
        let shape = match hit.is_some_and(|hit| held > 0 && coder.flag(hit, guess == shape)) {
            true => guess,
            false => self.shape(coder, references.len(), shape),
        };
        if let Some((guess, held)) = self.shapes.get_mut(slot) {
            *held = match *guess == shape {
                true => (*held + 1).min(3),
                false => 1,
            };
            *guess = shape;
        }
        let range = references
            .get(usize::from(shape.at))
            .cloned()
            .unwrap_or(0..0);
        let length = range.len();
        let suffix = usize::from(shape.suffix).min(length);
        let prefix = length - suffix - usize::from(shape.drop).min(length - suffix);
        let insert = usize::from(shape.insert).min(LONGEST_TEXT);
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
        (shape.at == 0).then_some((prefix, suffix))
    }

    /// Codes how a text that is written out is made of a reference.
    fn shape<C: Coder>(&mut self, coder: &mut C, references: usize, value: Shape) -> Shape {
        let at = match references {
            ..=1 => 0,
            _ => coder.symbol(&mut self.reference, 2, u32::from(value.at)) as u16,
        };
        let mut coded = |model: Option<&mut Number>, value: u16| match model {
            Some(model) => coder.number(model, u32::from(value)) as u16,
            None => 0,
        };
        let suffix = coded(self.suffix.get_mut(usize::from(at)), value.suffix);
        let context = usize::from(at << 2 | suffix.min(3));
        let drop = coded(self.drop.get_mut(context), value.drop);
        let context = usize::from(drop.min(3) << 2 | suffix.min(3));
        let insert = coded(self.inserted.get_mut(context), value.insert);
        Shape {
            at,
            suffix,
            drop,
            insert,
        }
    }
}

/// How a text is made of a reference: which one it is, how many words of it stay at the end, how many before these are
/// dropped, and how many are put in.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Shape {
    at: u16,
    suffix: u16,
    drop: u16,
    insert: u16,
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
        code(&mut encoder, model, &tokens, texts.len());
        let bytes = encoder.finish();
        let (out, ends, model) = code(
            &mut Decoder::new(&bytes),
            WordModel::default(),
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
