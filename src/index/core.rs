//! The core of a code system: every code with its place in the hierarchy, its billable flag and its title.
//!
//! # The section
//!
//! One stream of decisions (see [`super::coding`]), in this order:
//!
//! 1. whether the texts are phrases (see `index/phrases.rs`) or edits of each other (see `index/edits.rs`), 1 bit; whether
//!    any code departs from the rule that exactly the leaves are billable, 1 bit; the number of codes and of words in
//!    their titles, for which a reader makes room;
//! 2. the sets of seventh characters: their number, then for each the characters and their meanings;
//! 3. the codes as a trie, depth first: the set of characters that may follow, whether a code ends here (where some do),
//!    and for a code its set of seventh characters (where there are sets), its billable flag where the rule has exceptions, and its title;
//! 4. the groups (chapters, sections): their number, then for each its kind, label, range and title.
//!
//! A code that is its base, placeholders X and a seventh character, with the title of the base, a comma and the
//! meaning of the character, is not stored: it is composed from the base and the set (see [`Nodes`]).

use std::ops::Range;

use super::coding::{Bit, Coder, Decoder, Encoder, Number, models};
use super::edits::{Place, TextModel};
use super::mixing::hash;
use super::phrases::{Phrases, Setting};
use super::text::{Word, WordModel, Words, part};
use crate::concepts::GroupKind;

/// A code of up to eight characters, in order: ASCII without dot, padded with zero bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Code([u8; 8]);

impl Code {
    /// The code of a spelling without dot, in upper case; nothing where it has other characters or more than eight.
    pub fn new(text: &str) -> Option<Code> {
        let mut code = [0; 8];
        let bytes = text.as_bytes();
        if bytes.is_empty() || bytes.len() > 8 || !bytes.iter().all(|b| DIGITS.contains(b)) {
            return None;
        }
        code.iter_mut()
            .zip(bytes)
            .for_each(|(to, from)| *to = *from);
        Some(Code(code))
    }

    /// The spelling without dot.
    pub fn as_str(&self) -> &str {
        let text = self.0.get(..self.len()).unwrap_or(&[]);
        std::str::from_utf8(text).unwrap_or("")
    }

    /// The number of characters.
    pub fn len(&self) -> usize {
        self.0.iter().position(|b| *b == 0).unwrap_or(8)
    }

    /// Whether there is no character at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The character at a position, counted from 0.
    pub fn at(&self, position: usize) -> Option<u8> {
        self.0.get(position).copied().filter(|b| *b != 0)
    }

    /// Whether this code begins with the other one.
    pub fn starts_with(&self, prefix: &Code) -> bool {
        // All eight characters at once: the later ones, which the prefix does not have, stand in the higher bytes.
        let [mine, other] = [self.0, prefix.0].map(u64::from_le_bytes);
        let beyond = other.leading_zeros() & !7;
        u64::MAX
            .checked_shr(beyond)
            .is_none_or(|mask| (mine ^ other) & mask == 0)
    }

    /// The code as a number: its characters from the highest byte down. Codes and their numbers are in the same order.
    pub fn number(&self) -> u64 {
        u64::from_be_bytes(self.0)
    }

    /// The code composed of this one, placeholders X up to six characters, and a seventh character.
    pub fn composed(mut self, seventh: u8) -> Code {
        for byte in self.0.iter_mut().take(6).filter(|byte| **byte == 0) {
            *byte = b'X';
        }
        self.with(6, seventh)
    }

    pub(super) fn with(mut self, depth: usize, byte: u8) -> Code {
        if let Some(to) = self.0.get_mut(depth) {
            *to = byte;
        }
        self
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The characters of codes, in their order.
pub(super) const DIGITS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// A set of seventh characters and their meanings, in order of character.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SeventhSet {
    /// The characters.
    pub characters: Vec<u8>,
    /// What each means.
    pub meanings: Vec<Vec<Word>>,
}

/// A chapter, a section or another named range of codes.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupNode {
    /// What kind of range it is.
    pub kind: GroupKind,
    /// The label the publisher gives it.
    pub label: String,
    /// The first code, or prefix of codes, of the range.
    pub first: Code,
    /// The last code, or prefix of codes, of the range, included.
    pub last: Code,
    /// The title.
    pub title: Vec<Word>,
}

/// The codes of one system in memory, in ascending order. A node is a code that is stored; one with a set of
/// seventh characters stands for the composed codes as well.
#[derive(Clone, Debug, Default)]
pub struct Nodes {
    /// The codes.
    pub codes: Vec<Code>,
    /// The nearest node above; [`NO_NODE`] at the top.
    pub parents: Vec<u32>,
    /// The number of the node's set of seventh characters in `sets`, plus one; 0 for none.
    pub sevenths: Vec<u8>,
    /// Whether the node itself is valid for submission.
    pub billable: Vec<bool>,
    /// The sets of seventh characters.
    pub sets: Vec<SeventhSet>,
    /// The titles of all nodes, one after the other.
    pub tokens: Vec<Word>,
    /// Where each node's title ends in `tokens`.
    pub ends: Vec<u32>,
    /// The named ranges, outer before inner.
    pub groups: Vec<GroupNode>,
    /// The words of all texts.
    pub words: Words,
}

/// The parent of a node at the top.
pub const NO_NODE: u32 = u32::MAX;

impl Nodes {
    /// The title of a node, as words; empty for a number that is no node.
    pub fn title(&self, node: u32) -> &[Word] {
        self.tokens.get(self.title_range(node)).unwrap_or(&[])
    }

    /// Where the title of a node stands in `tokens`.
    pub fn title_range(&self, node: u32) -> Range<usize> {
        part(&self.ends, node as usize)
    }

    /// The title of a code, or of the longest beginning of it that is a node; empty where there is none.
    pub fn title_of(&self, code: &Code) -> &[Word] {
        let mut text = code.as_str();
        while let Some(code) = Code::new(text) {
            if let Ok(node) = self.codes.binary_search(&code) {
                return self.title(node as u32);
            }
            text = text.get(..text.len() - 1).unwrap_or("");
        }
        &[]
    }

    /// Replaces `out` by the title of a node, or of the code composed from it with the seventh character at a place of
    /// its set: the title of the node, a comma, and the meaning of the character.
    pub fn write_title(&self, node: u32, seventh: Option<usize>, out: &mut String) {
        out.clear();
        self.words.write(self.title(node), out);
        if let Some(seventh) = seventh {
            out.push_str(", ");
            let set = self.seventh_set(node);
            if let Some(meaning) = set.and_then(|set| set.meanings.get(seventh)) {
                self.words.write_inside(meaning, out);
            }
        }
    }

    /// The seventh characters a node is composed with, if any.
    pub fn seventh_set(&self, node: u32) -> Option<&SeventhSet> {
        let number = self.sevenths.get(node as usize)?;
        self.sets.get(usize::from(*number).checked_sub(1)?)
    }
}

/// Writes the section; the words of `nodes` are a tokenizer's. Returns its bytes, and what the model has learned, which
/// primes the other sections of the system.
pub fn write(nodes: &Nodes) -> (Vec<u8>, WordModel) {
    write_with(nodes, false)
}

/// As [`write()`], with all texts as phrases: smaller where titles seldom repeat their parents', but slower to read. The
/// model has learned nothing.
pub fn write_phrases(nodes: &Nodes) -> Vec<u8> {
    write_with(nodes, true).0
}

fn write_with(nodes: &Nodes, phrases: bool) -> (Vec<u8>, WordModel) {
    let mut coder = Encoder::default();
    let words = run(&mut coder, nodes, phrases).map_or_else(WordModel::default, |(_, words)| words);
    (coder.finish(), words)
}

/// Reads the section. Bytes that no [`write()`] returned give other nodes, or an error's `None` where a bound is passed.
pub fn read(bytes: &[u8]) -> Option<(Nodes, WordModel)> {
    run(&mut Decoder::new(bytes), &Nodes::default(), false)
}

fn run<C: Coder>(coder: &mut C, input: &Nodes, phrases: bool) -> Option<(Nodes, WordModel)> {
    let phrases = coder.flag(&mut Bit::default(), phrases);
    let words = match phrases {
        true => WordModel::default(),
        false => WordModel::for_writing(input.words.clone()),
    };
    let exceptions = (0..input.codes.len() as u32).any(|node| {
        let billable = input.billable.get(node as usize) == Some(&true);
        let next = input.codes.get(node as usize + 1);
        let code = input.codes.get(node as usize).copied().unwrap_or_default();
        let leaf =
            input.seventh_set(node).is_none() && !next.is_some_and(|next| next.starts_with(&code));
        billable != leaf
    });
    let exceptions = coder.flag(&mut Bit::default(), exceptions);
    let mut size = |most: usize, size: usize| {
        let size = coder.number(&mut Number::default(), size as u32) as usize;
        size.min(most)
    };
    let nodes = size(MOST_ROOM, input.codes.len());
    let tokens = size(8 * MOST_ROOM, input.tokens.len());
    // All of it at once: what grows leaves holes behind, and the memory of a module never shrinks.
    let out = Nodes {
        codes: Vec::with_capacity(nodes),
        parents: Vec::with_capacity(nodes),
        sevenths: Vec::with_capacity(nodes),
        billable: Vec::with_capacity(nodes),
        tokens: Vec::with_capacity(tokens),
        ends: Vec::with_capacity(nodes),
        ..Nodes::default()
    };
    let mut this = Trie {
        coder,
        input,
        exceptions,
        out,
        text: TextModel::new(words),
        phrases: phrases.then(|| (Phrases::new(&Words::default()), Words::default())),
        ends_here: models(9),
        masks: Masks::default(),
        seventh: models(16),
        seventh_set: models(256),
        billable: models(4),
        edits: Vec::with_capacity(nodes),
    };
    this.sets();
    let all = 0..input.codes.len();
    this.below(
        Code::default(),
        0,
        all,
        Above {
            parent: NO_NODE,
            sibling: NO_NODE,
            mask: 0,
            elder_mask: 0,
        },
    );
    this.groups();
    let Trie {
        mut out,
        text,
        phrases,
        ..
    } = this;
    out.words = match phrases {
        Some((_, words)) => words,
        None => text.words.words.clone(),
    };
    (out.codes.len() <= MOST_NODES).then_some((out, text.words))
}

/// Room for so many nodes is made at once when a section says that it has them.
const MOST_ROOM: usize = 1 << 17;

/// More nodes than any code system has, so that damaged bytes cannot ask for endless memory.
pub(super) const MOST_NODES: usize = 1 << 20;

/// The sets of characters that may follow a prefix: bit `i` stands for `DIGITS[i]`.
#[derive(Default)]
struct Masks {
    masks: Vec<u64>,
    /// The number of the set last seen in each of 2^12 contexts, and how often it has held since.
    guesses: Vec<(u32, u8)>,
    hit: Vec<Bit>,
    /// By depth: whether a set that no guess gave is coded by its number.
    listed: Vec<Bit>,
    ids: Vec<Bit>,
    bits: Vec<Bit>,
}

/// Sets with numbers below this one are coded by number when they occur again; ICD-10-CM has fewer.
const LISTED: u32 = 512;

impl Masks {
    /// Codes a set at a depth, in two contexts; returns its number, from 1.
    fn code<C: Coder>(
        &mut self,
        coder: &mut C,
        depth: usize,
        contexts: [u32; 2],
        value: u64,
    ) -> u32 {
        if self.guesses.is_empty() {
            self.guesses = vec![(0, 0); 1 << 12];
            self.hit = models(64);
            self.listed = models(8);
            self.ids = models(8 * LISTED as usize);
            self.bits = models(8 * 64 * 2);
        }
        let depth = depth.min(7);
        let known = match C::WRITES {
            true => self.masks.iter().position(|mask| *mask == value),
            false => None,
        };
        let known = known.map_or(0, |at| at as u32 + 1);
        let slots = contexts.map(|context| (context.wrapping_mul(0x9E37_79B1) >> 20) as usize);
        let (mut tried, mut found) = (0, 0);
        for (rank, slot) in slots.iter().enumerate() {
            let (guess, trust) = self.guesses.get(*slot).copied().unwrap_or((0, 0));
            if guess == 0 || guess == tried {
                continue;
            }
            tried = guess;
            let model = self
                .hit
                .get_mut(rank << 5 | depth << 2 | usize::from(trust));
            if model.is_some_and(|model| coder.flag(model, guess == known)) {
                found = guess;
                break;
            }
        }
        if found == 0 {
            let next = self.masks.len() as u32 + 1;
            let listed = (1..LISTED).contains(&known);
            if self
                .listed
                .get_mut(depth)
                .is_some_and(|model| coder.flag(model, listed))
            {
                let models = self
                    .ids
                    .get_mut(depth * LISTED as usize..(depth + 1) * LISTED as usize);
                found = coder
                    .symbol(models.unwrap_or(&mut []), LISTED.ilog2(), known)
                    .min(next);
            } else {
                let (mut mask, mut before) = (0, 0);
                for digit in 0..36 {
                    let model = self.bits.get_mut((depth * 64 + digit) * 2 + before);
                    before = model.map_or(0, |model| coder.bit(model, (value >> digit & 1) as u32))
                        as usize;
                    mask |= (before as u64) << digit;
                }
                self.masks.push(mask);
                found = next;
            }
        }
        for slot in slots {
            if let Some((guess, trust)) = self.guesses.get_mut(slot) {
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

    fn get(&self, number: u32) -> u64 {
        (number as usize)
            .checked_sub(1)
            .and_then(|at| self.masks.get(at))
            .copied()
            .unwrap_or(0)
    }
}

/// What is known on the way down to a code.
#[derive(Clone, Copy)]
struct Above {
    /// The nearest node above.
    parent: u32,
    /// The node coded last under the same parent.
    sibling: u32,
    /// The number of the set of characters that the last one is of.
    mask: u32,
    /// The number of the set below the elder sibling.
    elder_mask: u32,
}

struct Trie<'a, C> {
    coder: &'a mut C,
    /// While writing: the nodes. While reading: empty.
    input: &'a Nodes,
    exceptions: bool,
    out: Nodes,
    text: TextModel,
    /// Where the texts are phrases: what codes them, and the words so far.
    phrases: Option<(Phrases, Words)>,
    ends_here: Vec<Bit>,
    masks: Masks,
    seventh: Vec<Bit>,
    seventh_set: Vec<Bit>,
    billable: Vec<Bit>,
    /// Per node: the edit that makes its title of its parent's.
    edits: Vec<u32>,
}

impl<C: Coder> Trie<'_, C> {
    fn sets(&mut self) {
        let (mut count, mut size) = (Number::default(), Number::default());
        let sets = self.coder.number(&mut count, self.input.sets.len() as u32);
        let mut characters = models(128);
        for at in 0..sets.min(63) as usize {
            let empty = SeventhSet::default();
            let set = self.input.sets.get(at).unwrap_or(&empty);
            let length = self.coder.number(&mut size, set.characters.len() as u32);
            let mut read = SeventhSet::default();
            for i in 0..length.min(36) as usize {
                let character = set.characters.get(i).copied().unwrap_or(0);
                read.characters
                    .push(self.coder.symbol(&mut characters, 7, u32::from(character)) as u8);
                let meaning = set.meanings.get(i).map_or(&[][..], |meaning| meaning);
                read.meanings.push(self.free_text(meaning));
            }
            self.out.sets.push(read);
        }
    }

    /// Codes a text that stands alone.
    fn free_text(&mut self, value: &[Word]) -> Vec<Word> {
        if let Some((phrases, words)) = &mut self.phrases {
            let place = Setting::default();
            return phrases.text(self.coder, &self.input.words, words, &place, value);
        }
        let mut out = Vec::new();
        self.text.text(
            self.coder,
            &mut out,
            &Place {
                references: &[],
                contexts: &[],
            },
            value,
        );
        out
    }

    /// Codes everything below a prefix of `depth` characters; while writing, `range` are the input's codes that
    /// begin with it. Returns the first node at or below it on the way down, and the set of characters that follow.
    fn below(
        &mut self,
        prefix: Code,
        depth: usize,
        range: Range<usize>,
        above: Above,
    ) -> (u32, u32) {
        let codes = self.input.codes.get(range.clone()).unwrap_or(&[]);
        let value = codes
            .iter()
            .filter_map(|code| code.at(depth))
            .fold(0, |mask, byte| mask | 1 << digit_of(byte));
        let last = depth
            .checked_sub(1)
            .and_then(|at| prefix.at(at))
            .unwrap_or(0);
        let here = (depth as u32) << 24;
        let contexts = [
            here | u32::from(last) << 16 | above.mask & 0xFFFF,
            here | 1 << 23 | above.elder_mask,
        ];
        let mask = if depth < 8 {
            self.masks.code(self.coder, depth, contexts, value)
        } else {
            0
        };
        let mut follow = self.masks.get(mask);
        let ends_here = codes.first() == Some(&prefix);
        if self.coder.astray() {
            return (NO_NODE, mask);
        }
        let ends_here = depth > 0
            && self.out.codes.len() < MOST_NODES
            && (follow == 0
                || self
                    .ends_here
                    .get_mut(depth)
                    .is_some_and(|model| self.coder.flag(model, ends_here)));
        let mut next = range.start;
        let mut below = Above {
            mask,
            elder_mask: 0,
            ..above
        };
        if ends_here {
            below.parent = self.node(prefix, last, next, follow != 0, &above);
            below.sibling = NO_NODE;
            next += 1;
        }
        while follow != 0 {
            let digit = follow.trailing_zeros() as usize;
            follow &= follow - 1;
            let byte = DIGITS.get(digit).copied().unwrap_or(b'0');
            let rest = self.input.codes.get(next..range.end).unwrap_or(&[]);
            let count = match C::WRITES {
                true => rest
                    .iter()
                    .take_while(|code| code.at(depth) == Some(byte))
                    .count(),
                false => 0,
            };
            let (child, child_mask) = self.below(
                prefix.with(depth, byte),
                depth + 1,
                next..next + count,
                below,
            );
            if child != NO_NODE {
                below.sibling = child;
            }
            below.elder_mask = child_mask;
            next += count;
        }
        (
            if ends_here {
                below.parent
            } else {
                below.sibling
            },
            mask,
        )
    }

    /// Codes one node. `at` is its number in the input, `inner` whether stored codes are below it.
    fn node(&mut self, code: Code, last: u8, at: usize, inner: bool, above: &Above) -> u32 {
        let number = self.out.codes.len() as u32;
        let seventh_of = |node: u32| self.out.sevenths.get(node as usize).copied().unwrap_or(0);
        let (sibling, before) = (
            seventh_of(above.sibling),
            seventh_of(number.wrapping_sub(1)),
        );
        let likely = if sibling != 0 { sibling } else { before };
        let context = [sibling != 0, before != 0, above.sibling == NO_NODE, inner];
        let context = context
            .iter()
            .fold(0, |bits, bit| bits << 1 | usize::from(*bit));
        let value = self.input.sevenths.get(at).copied().unwrap_or(0);
        let same = self.out.sets.is_empty()
            || self
                .seventh
                .get_mut(context)
                .is_none_or(|model| self.coder.flag(model, value == likely));
        let seventh = if same {
            likely
        } else {
            self.coder
                .symbol(&mut self.seventh_set, 6, u32::from(value)) as u8
        };
        let leaf = !inner && seventh == 0;
        let billable = match self.billable.get_mut(usize::from(leaf)) {
            Some(model) if self.exceptions => self
                .coder
                .flag(model, self.input.billable.get(at) == Some(&true)),
            _ => leaf,
        };
        let edit_of = |node: u32| self.edits.get(node as usize).copied().unwrap_or(0);
        let last = u32::from(last);
        let place = Place {
            references: &[above.parent, above.sibling, number.wrapping_sub(1)]
                .map(|node| self.out.title_range(node)),
            contexts: &[
                edit_of(above.sibling) << 8 ^ last ^ above.mask << 20,
                edit_of(above.parent) << 8 ^ last ^ above.mask << 21 ^ 1 << 30,
                above.mask << 8 ^ last ^ 1 << 31,
            ],
        };
        let value = self.input.title(at as u32);
        let edit = match &mut self.phrases {
            None => self
                .text
                .text(self.coder, &mut self.out.tokens, &place, value),
            Some((phrases, words)) => {
                let parent = self.out.title(above.parent);
                let elder = self.out.title(number.wrapping_sub(1));
                let field = u32::from(above.parent != NO_NODE);
                let place = Setting::beside(field, 0, parent, elder, category(&code));
                let source = &self.input.words;
                let text = phrases.text(self.coder, source, words, &place, value);
                self.out.tokens.extend(text);
                0
            }
        };
        self.out.ends.push(self.out.tokens.len() as u32);
        self.out.codes.push(code);
        self.out.parents.push(above.parent);
        self.out.sevenths.push(seventh);
        self.out.billable.push(billable);
        self.edits.push(edit);
        number
    }

    fn groups(&mut self) {
        let count = self
            .coder
            .number(&mut Number::default(), self.input.groups.len() as u32);
        let mut strings = models(1 << 15);
        let mut kind = models(4);
        for at in 0..count.min(10_000) as usize {
            let group = self.input.groups.get(at);
            let section = group.is_some_and(|group| group.kind == GroupKind::Section);
            let section = kind
                .get_mut(1)
                .is_some_and(|model| self.coder.flag(model, section));
            let text = |text: fn(&GroupNode) -> &str| group.map_or("", text);
            let label = string(self.coder, &mut strings, text(|group| &group.label));
            let first = string(self.coder, &mut strings, text(|group| group.first.as_str()));
            let last = string(self.coder, &mut strings, text(|group| group.last.as_str()));
            let title = self.free_text(group.map_or(&[], |group| &group.title));
            self.out.groups.push(GroupNode {
                kind: if section {
                    GroupKind::Section
                } else {
                    GroupKind::Chapter
                },
                label,
                first: Code::new(&first).unwrap_or_default(),
                last: Code::new(&last).unwrap_or_default(),
                title,
            });
        }
    }
}

/// A hash of the first three characters of a code.
pub(super) fn category(code: &Code) -> u32 {
    let start = code.as_str().bytes().take(3);
    start.fold(1, |h, byte| hash(h, u32::from(byte)))
}

pub(super) fn digit_of(byte: u8) -> u32 {
    DIGITS.iter().position(|digit| *digit == byte).unwrap_or(0) as u32
}

/// The number of a character of codes, from 1; 0 for what is none.
pub(super) fn digit_number(byte: u8) -> u32 {
    let at = DIGITS.iter().position(|digit| *digit == byte);
    at.map_or(0, |at| at as u32 + 1)
}

/// The character with a number of [`digit_number`].
pub(super) fn digit_of_number(number: u32) -> Option<u8> {
    DIGITS.get((number as usize).checked_sub(1)?).copied()
}

/// Codes a short ASCII string, each character in the context of the one before. `models` holds 2^15.
pub fn string<C: Coder>(coder: &mut C, models: &mut [Bit], value: &str) -> String {
    let mut read = String::new();
    let mut before = 0;
    for at in 0..256 {
        let byte = value.as_bytes().get(at).copied().unwrap_or(0) & 127;
        let row = models
            .get_mut(before << 7..(before + 1) << 7)
            .unwrap_or(&mut []);
        let byte = coder.symbol(row, 7, u32::from(byte)) as u8;
        if byte == 0 {
            break;
        }
        read.push(char::from(byte));
        before = usize::from(byte);
    }
    read
}
