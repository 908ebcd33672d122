//! Texts that hang on codes: inclusion terms, notes, short titles.
//!
//! # The section
//!
//! One stream of decisions, primed by the core of the same system (its words and what its model learned): for every
//! owner in order (the nodes, then the groups) the number of texts, and for each its kind (4 bits) and its words.

use super::coding::{Bit, Coder, Decoder, Encoder, Number, models};
use super::core::Nodes;
use super::edits::{Place, TextModel};
use super::text::{Word, WordModel, Words};
use crate::concepts::NoteKind;

/// The texts of one section in memory, in the order of their owners.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    /// The owner of each text: the number of a node, or the number of nodes plus the number of a group.
    pub owners: Vec<u32>,
    /// The kind of each text.
    pub kinds: Vec<NoteKind>,
    /// The texts, one after the other.
    pub tokens: Vec<Word>,
    /// Where each text ends in `tokens`.
    pub ends: Vec<u32>,
    /// The words: those of the core first, under the same numbers.
    pub words: Words,
}

impl Notes {
    /// The numbers of the texts of an owner.
    pub fn of(&self, owner: u32) -> std::ops::Range<usize> {
        let start = self.owners.partition_point(|other| *other < owner);
        let end = self.owners.partition_point(|other| *other <= owner);
        start..end
    }

    /// The words of a text, by its number.
    pub fn text(&self, at: usize) -> &[Word] {
        let end = self.ends.get(at).copied().unwrap_or(0) as usize;
        let start = at
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .copied()
            .unwrap_or(0) as usize;
        self.tokens.get(start..end).unwrap_or(&[])
    }

    /// Adds a text at the end.
    pub fn push(&mut self, owner: u32, kind: NoteKind, text: &[Word]) {
        self.owners.push(owner);
        self.kinds.push(kind);
        self.tokens.extend_from_slice(text);
        self.ends.push(self.tokens.len() as u32);
    }
}

/// The kinds in the order of their stored numbers.
const KINDS: [NoteKind; 10] = [
    NoteKind::InclusionTerm,
    NoteKind::Includes,
    NoteKind::Excludes1,
    NoteKind::Excludes2,
    NoteKind::CodeFirst,
    NoteKind::UseAdditionalCode,
    NoteKind::CodeAlso,
    NoteKind::Note,
    NoteKind::SeventhCharacterNote,
    NoteKind::Excludes,
];

/// Writes a section. `notes` holds the words of the tokenizer that `primed` was made for.
pub fn write(notes: &Notes, nodes: &Nodes, primed: WordModel) -> Vec<u8> {
    let mut coder = Encoder::default();
    run(&mut coder, notes, nodes, primed);
    coder.finish()
}

/// Reads a section, primed by the model that the core's reader returned.
pub fn read(bytes: &[u8], nodes: &Nodes, primed: WordModel) -> Notes {
    run(&mut Decoder::new(bytes), &Notes::default(), nodes, primed)
}

fn run<C: Coder>(coder: &mut C, input: &Notes, nodes: &Nodes, primed: WordModel) -> Notes {
    let words = primed.resume(coder, &input.words);
    let mut text = TextModel::new(words);
    let mut out = Notes::default();
    let mut counts: Vec<Number> = vec![Number::default(); 4];
    let mut kinds: Vec<Vec<Bit>> = vec![models(16); 12];
    let mut before = 0;
    let owners = (nodes.codes.len() + nodes.groups.len()) as u32;
    // References are ranges of one output: the title of the owner goes before its texts, and is taken out again.
    let mut scratch: Vec<Word> = Vec::new();
    for owner in 0..owners {
        if coder.astray() {
            break;
        }
        let range = input.of(owner);
        let context = before.min(1) << 1
            | usize::from(
                nodes
                    .sevenths
                    .get(owner as usize)
                    .is_some_and(|set| *set > 0),
            );
        let count = counts
            .get_mut(context)
            .map_or(0, |model| coder.number(model, range.len() as u32))
            as usize;
        before = count;
        if count == 0 {
            continue;
        }
        let title = match nodes
            .groups
            .get((owner as usize).wrapping_sub(nodes.codes.len()))
        {
            Some(group) => &group.title,
            None => nodes.title(owner),
        };
        scratch.clear();
        scratch.extend_from_slice(title);
        let mut last = 0..0;
        let mut kind_before = 11;
        for at in 0..count.min(10_000) {
            let number = range.start + at;
            let kind = input.kinds.get(number).map_or(0, |kind| *kind as u32);
            let kind = kinds
                .get_mut(kind_before)
                .map_or(0, |models| coder.symbol(models, 4, kind));
            let start = scratch.len();
            let context = (kind << 4 | kind_before as u32) ^ 0x5000_0000;
            let references = [last.clone(), 0..title.len()];
            let place = Place {
                references: &references,
                contexts: &[context],
            };
            let value = if range.is_empty() {
                &[]
            } else {
                input.text(number)
            };
            text.text(coder, &mut scratch, &place, value);
            let kind_read = KINDS.get(kind as usize).copied().unwrap_or(NoteKind::Note);
            out.push(owner, kind_read, scratch.get(start..).unwrap_or(&[]));
            last = start..scratch.len();
            kind_before = (kind as usize).min(10);
        }
    }
    out.words = text.words.words;
    out
}
