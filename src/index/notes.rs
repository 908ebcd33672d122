//! Texts that hang on codes: inclusion terms and notes.
//!
//! # The section
//!
//! One stream of decisions beside the core of the same system: for every owner in order (the nodes, then the groups)
//! the number of texts, and for each its kind (4 bits) and its words as a phrase (see `index/phrases.rs`), which goes
//! on from the words of the titles and from what follows what in them.

use super::coding::{Bit, Coder, Decoder, Encoder, Number, models};
use super::core::{Nodes, category};
use super::phrases::{Phrases, Setting};
use super::text::{Word, Words};
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

/// Writes a section. `notes` holds the words of a tokenizer, those of `nodes` first; the words of `nodes` are those
/// that the core's reader returns.
pub fn write(notes: &Notes, nodes: &Nodes) -> Vec<u8> {
    let mut coder = Encoder::default();
    run(&mut coder, notes, nodes);
    coder.finish()
}

/// Reads a section of these nodes.
pub fn read(bytes: &[u8], nodes: &Nodes) -> Notes {
    run(&mut Decoder::new(bytes), &Notes::default(), nodes)
}

/// More texts than any code has, so that damaged bytes cannot ask for endless memory.
const MOST_TEXTS: usize = 10_000;

fn run<C: Coder>(coder: &mut C, input: &Notes, nodes: &Nodes) -> Notes {
    let mut texts = Phrases::new(&nodes.words);
    for node in 0..nodes.codes.len() as u32 {
        texts.learn(nodes.title(node), 0);
    }
    let mut out = Notes {
        words: nodes.words.clone(),
        ..Notes::default()
    };
    let mut counts: Vec<Number> = vec![Number::default(); 4];
    let mut kinds: Vec<Vec<Bit>> = vec![models(16); 12];
    let mut before = 0;
    let owners = (nodes.codes.len() + nodes.groups.len()) as u32;
    let mut last: Vec<Word> = Vec::new();
    for owner in 0..owners {
        if coder.astray() {
            break;
        }
        let range = input.of(owner);
        let seventh = nodes.sevenths.get(owner as usize);
        let context = before.min(1) << 1 | usize::from(seventh.is_some_and(|set| *set > 0));
        let count = counts
            .get_mut(context)
            .map_or(0, |model| coder.number(model, range.len() as u32))
            as usize;
        before = count;
        let group = (owner as usize).checked_sub(nodes.codes.len());
        let title = match group.and_then(|group| nodes.groups.get(group)) {
            Some(group) => &group.title,
            None => nodes.title(owner),
        };
        let code = nodes.codes.get(owner as usize).copied().unwrap_or_default();
        let mut kind_before = 11;
        for at in 0..count.min(MOST_TEXTS) {
            let number = range.start + at;
            let kind = input.kinds.get(number).map_or(0, |kind| *kind as u32);
            let kind = kinds
                .get_mut(kind_before)
                .map_or(0, |models| coder.symbol(models, 4, kind));
            let value = match range.is_empty() {
                true => &[][..],
                false => input.text(number),
            };
            let place = Setting::beside(kind.min(7), kind >> 3, title, &last, category(&code));
            last = texts.text(coder, &input.words, &mut out.words, &place, value);
            let kind_read = KINDS.get(kind as usize).copied().unwrap_or(NoteKind::Note);
            out.push(owner, kind_read, &last);
            kind_before = (kind as usize).min(10);
        }
    }
    out
}
