//! Short titles: every published one, byte for byte, as an abbreviation of its long title.
//!
//! # The section
//!
//! One stream of decisions, primed by nothing but the words of the core: the length of the longest short title, then
//! for every concept in order (each node, then the codes composed from it) whether it has a short title, whether that
//! equals the long title, and else what becomes of each word of the long title: it stays, it goes, or other words
//! take its place. Earlier rows that begin or end as this one does guess all of that at once; what no row guesses is
//! decided word by word, from what became of the word before, and how many characters are left.
//! A replacement not seen before is spelled, in view of the letters that it replaces.

use std::collections::HashMap;
use std::ops::Range;

use super::coding::{Bit, Coder, Decoder, Encoder, Number, models};
use super::core::Nodes;
use super::mixing::{Mixer, hash};
use super::text::{GLUE, NONE, RAW, Tokenizer, Word, Words};

/// The short titles of one system in memory.
#[derive(Clone, Debug, Default)]
pub struct Shorts {
    /// The row of each node; the codes composed from it follow.
    firsts: Vec<u32>,
    /// What there is for each row.
    kinds: Vec<Kind>,
    /// The abbreviated titles, one after the other.
    tokens: Vec<Word>,
    /// Where each row ends in `tokens`.
    ends: Vec<u32>,
    /// The words: those of the core first, under the same numbers.
    words: Words,
}

/// A short title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Short {
    /// None is published.
    Absent,
    /// It is the long title.
    Same,
    /// This text.
    Text(String),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Absent,
    Same,
    Abbreviated,
}

impl Shorts {
    /// The short title of a node, or of the code composed from it with the seventh character at a place of its set.
    pub fn get(&self, node: u32, seventh: Option<usize>) -> Short {
        let first = self.firsts.get(node as usize).copied().unwrap_or(u32::MAX) as usize;
        let row = first.saturating_add(seventh.map_or(0, |at| at + 1));
        match self.kinds.get(row) {
            None | Some(Kind::Absent) => Short::Absent,
            Some(Kind::Same) => Short::Same,
            Some(Kind::Abbreviated) => {
                let end = self.ends.get(row).copied().unwrap_or(0) as usize;
                let start = row.checked_sub(1).and_then(|before| self.ends.get(before));
                let start = start.copied().unwrap_or(0) as usize;
                Short::Text(self.words.text(self.tokens.get(start..end).unwrap_or(&[])))
            }
        }
    }
}

/// Writes a section. `nodes` are those that the core's reader returns; `shorts` has an entry for each concept in order:
/// each node, then the codes composed from it. Nothing where there are more different words than can be numbered.
pub fn write(shorts: &[Option<String>], nodes: &Nodes) -> Option<Vec<u8>> {
    let input = align(shorts, nodes);
    if input.words.len() >= usize::from(Word::MAX) {
        return None;
    }
    let mut coder = Encoder::default();
    run(&mut coder, &input, nodes);
    Some(coder.finish())
}

/// Reads a section of these nodes.
pub fn read(bytes: &[u8], nodes: &Nodes) -> Shorts {
    run(&mut Decoder::new(bytes), &Input::default(), nodes)
}

/// What is written: per row its kind and, word by word of the long title, what takes its place.
#[derive(Default)]
struct Input {
    longest: u32,
    kinds: Vec<Kind>,
    /// Per row, empty unless abbreviated.
    outputs: Vec<Vec<Vec<Word>>>,
    words: Words,
}

/// The words of long titles, row by row.
struct Longs<'a> {
    nodes: &'a Nodes,
    comma: Word,
    lengths: Vec<u32>,
}

impl<'a> Longs<'a> {
    fn new(nodes: &'a Nodes) -> Self {
        let comma = nodes.words.iter().find(|(_, spelling)| *spelling == ",");
        let mut text = String::new();
        let mut length = |words: &[Word], inside: bool| {
            text.clear();
            if inside {
                nodes.words.write_inside(words, &mut text);
            } else {
                nodes.words.write(words, &mut text);
            }
            text.len() as u32
        };
        let mut lengths: Vec<u32> = (0..nodes.codes.len() as u32)
            .map(|node| length(nodes.title(node), false))
            .collect();
        let meanings = nodes.sets.iter().flat_map(|set| &set.meanings);
        lengths.extend(meanings.map(|meaning| length(meaning, true) + 2));
        Longs {
            nodes,
            comma: comma.map_or(NONE, |(word, _)| word),
            lengths,
        }
    }

    /// Calls with each row in order: the node, the place of the seventh character, the words of the long title, and
    /// its length in bytes. There is always a word, so that there is always something to put others in the place of.
    fn each(&self, mut row: impl FnMut(u32, Option<usize>, &[Word], u32)) {
        let mut set_starts = Vec::new();
        let mut start = self.nodes.codes.len();
        for set in &self.nodes.sets {
            set_starts.push(start);
            start += set.meanings.len();
        }
        let length = |at: usize| self.lengths.get(at).copied().unwrap_or(0);
        let mut long = Vec::new();
        for node in 0..self.nodes.codes.len() as u32 {
            long.clear();
            long.extend_from_slice(self.nodes.title(node));
            if long.is_empty() {
                long.push(NONE);
            }
            let of_node = length(node as usize);
            row(node, None, &long, of_node);
            let Some(set) = self.nodes.seventh_set(node) else {
                continue;
            };
            let number = self.nodes.sevenths.get(node as usize).copied().unwrap_or(1);
            let first = set_starts.get(usize::from(number) - 1).copied();
            let base = long.len();
            for at in 0..set.characters.len() {
                long.truncate(base);
                long.push(self.comma);
                long.extend_from_slice(set.meanings.get(at).map_or(&[], |meaning| meaning));
                row(
                    node,
                    Some(at),
                    &long,
                    of_node + length(first.unwrap_or(0) + at),
                );
            }
        }
    }
}

/// What becomes of a word, by number: it stays.
const KEEP: u32 = 0;
/// It goes.
const DROP: u32 = 1;
/// Nothing is known.
const UNKNOWN: u32 = u32::MAX;

/// The different replacements, numbered from 2.
#[derive(Default)]
struct Outputs {
    tokens: Vec<Word>,
    ends: Vec<u32>,
    numbers: HashMap<Vec<Word>, u32>,
}

impl Outputs {
    fn number(&mut self, output: &[Word]) -> u32 {
        if let Some(number) = self.numbers.get(output) {
            return *number;
        }
        self.tokens.extend_from_slice(output);
        self.ends.push(self.tokens.len() as u32);
        let number = self.ends.len() as u32 + 1;
        self.numbers.insert(output.to_vec(), number);
        number
    }

    /// The number of what takes the place of a word, if it has one.
    fn known(&self, word: Word, output: &[Word]) -> u32 {
        match output {
            [] => DROP,
            [same] if *same == word => KEEP,
            _ => self.numbers.get(output).copied().unwrap_or(UNKNOWN),
        }
    }

    fn get(&self, number: u32) -> &[Word] {
        let Some(at) = (number as usize).checked_sub(2) else {
            return &[];
        };
        let end = self.ends.get(at).copied().unwrap_or(0) as usize;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before));
        self.tokens
            .get(start.copied().unwrap_or(0) as usize..end)
            .unwrap_or(&[])
    }
}

/// Slots of the tables that remember rows and words by hash.
const SLOT_BITS: u32 = 16;

fn slot(hash: u32) -> usize {
    (hash.wrapping_mul(0x9E37_79B1) >> (32 - SLOT_BITS)) as usize
}

/// What earlier rows tell.
struct Memory {
    /// The long titles of abbreviated rows, and what became of each of their words.
    longs: Vec<Word>,
    actions: Vec<u32>,
    rows: Vec<Range<usize>>,
    /// The row that last ended in the same words: eight of them, three of them.
    endings: [Vec<u32>; 2],
    /// What last became of a word between two others.
    between: Vec<(Word, u32)>,
    /// What last became of a word, most recent first.
    recent: Vec<[u32; 4]>,
}

impl Memory {
    fn new() -> Self {
        Memory {
            longs: Vec::new(),
            actions: Vec::new(),
            rows: Vec::new(),
            endings: [vec![0; 1 << SLOT_BITS], vec![0; 1 << SLOT_BITS]],
            between: vec![(NONE, UNKNOWN); 1 << SLOT_BITS],
            recent: Vec::new(),
        }
    }

    fn recent(&self, word: Word) -> [u32; 4] {
        self.recent
            .get(usize::from(word))
            .copied()
            .unwrap_or([UNKNOWN; 4])
    }

    /// What last became of the word at a place of a long title, in the same neighbourhood.
    fn local(&self, long: &[Word], at: usize) -> u32 {
        let word = long.get(at).copied().unwrap_or(NONE);
        match self.between.get(slot(neighbourhood(long, at))) {
            Some((of, action)) if *of == word => *action,
            _ => UNKNOWN,
        }
    }

    /// The action of every word as an earlier row has it, where the two titles begin and end alike; between, as the
    /// words were last treated. Returns how many words differ; nothing where there is no such row.
    fn guess(&self, row: u32, long: &[Word], out: &mut Vec<u32>) -> Option<usize> {
        let range = self.rows.get((row as usize).checked_sub(1)?)?.clone();
        let other = self.longs.get(range.clone())?;
        let actions = self.actions.get(range)?;
        let prefix = long.iter().zip(other).take_while(|(a, b)| a == b).count();
        let most = long.len().min(other.len()) - prefix;
        let pairs = long.iter().rev().zip(other.iter().rev()).take(most);
        let suffix = pairs.take_while(|(a, b)| a == b).count();
        out.clear();
        out.extend(actions.iter().take(prefix));
        for at in prefix..long.len() - suffix {
            let word = long.get(at).copied().unwrap_or(NONE);
            let likely = match self.local(long, at) {
                UNKNOWN => self.recent(word)[0],
                known => known,
            };
            out.push(if likely == UNKNOWN { KEEP } else { likely });
        }
        out.extend(actions.iter().skip(other.len() - suffix));
        Some(long.len() - prefix - suffix)
    }

    fn learn(&mut self, long: &[Word], actions: &[u32]) {
        for (at, (word, action)) in long.iter().zip(actions).enumerate() {
            if let Some(entry) = self.between.get_mut(slot(neighbourhood(long, at))) {
                *entry = (*word, *action);
            }
            let index = usize::from(*word);
            if self.recent.len() <= index {
                self.recent.resize(index + 1, [UNKNOWN; 4]);
            }
            if let Some(recent) = self.recent.get_mut(index) {
                let place = recent.iter().position(|known| known == action).unwrap_or(3);
                recent.get_mut(..=place).unwrap_or(&mut []).rotate_right(1);
                recent[0] = *action;
            }
        }
        let start = self.longs.len();
        self.longs.extend_from_slice(long);
        self.actions.extend_from_slice(actions);
        self.rows.push(start..self.longs.len());
        for (table, count) in self.endings.iter_mut().zip(ENDINGS) {
            if let Some(entry) = table.get_mut(slot(ending(long, count))) {
                *entry = self.rows.len() as u32;
            }
        }
    }
}

/// How many words make an ending.
const ENDINGS: [usize; 2] = [8, 3];

fn ending(long: &[Word], count: usize) -> u32 {
    let words = long.iter().rev().take(count);
    words.fold(count as u32, |h, word| hash(h, u32::from(*word)))
}

fn neighbourhood(long: &[Word], at: usize) -> u32 {
    let word = |at: usize| u32::from(long.get(at).copied().unwrap_or(NONE));
    hash(hash(word(at.wrapping_sub(1)), word(at)), word(at + 1))
}

/// Spells replacements in view of the word they replace.
struct Speller {
    letters: Mixer,
}

/// Stands between two words of a replacement.
const NEXT: u8 = 1;
/// The longest replacement, in bytes.
const LONGEST: usize = 4000;

impl Speller {
    /// Codes a replacement of a word, spelled: its words with [`NEXT`] between.
    fn spell<C: Coder>(&mut self, coder: &mut C, long: &str, after: u32, value: &[u8]) -> Vec<u8> {
        let mut read: Vec<u8> = Vec::new();
        let long = long.as_bytes();
        let mut pointer = 0;
        for at in 0..LONGEST {
            let byte = value.get(at).copied().unwrap_or(0);
            let back = |count: usize| {
                let at = read.len().checked_sub(count);
                u32::from(at.and_then(|at| read.get(at)).copied().unwrap_or(0))
            };
            let ahead =
                |count: usize| u32::from(long.get(pointer + count).copied().unwrap_or(0) | 32);
            let (one, two, three) = (back(1), back(2), back(3));
            let expected = ahead(0) | ahead(1) << 8 | ahead(2) << 16;
            let contexts = [
                hash(1, one),
                hash(2, one | two << 8),
                hash(3, one | two << 8 | three << 16),
                hash(hash(4, expected), at.min(3) as u32),
                hash(hash(5, ahead(0) | one << 8), (pointer == at) as u32),
                hash(hash(6, after), at as u32),
            ];
            let value = u32::from(byte);
            let byte = self.letters.symbol(coder, 8, &contexts, at.min(3), value) as u8;
            if byte == 0 {
                break;
            }
            let rest = long.get(pointer..).unwrap_or(&[]);
            if let Some(found) = rest.iter().position(|b| b.eq_ignore_ascii_case(&byte)) {
                pointer += found + 1;
            }
            read.push(byte);
        }
        read
    }
}

/// The bytes of a replacement, as it is spelled. GLUE and RAW are control characters.
fn spelled(words: &Words, output: &[Word]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (at, word) in output.iter().enumerate() {
        if at > 0 {
            bytes.push(NEXT);
        }
        match *word {
            GLUE => bytes.push(2),
            RAW => bytes.push(3),
            word => bytes.extend(words.get(word).bytes()),
        }
    }
    bytes
}

/// About how many characters a word takes, its blank included.
fn width(words: &Words, word: Word) -> i32 {
    let spelling = words.get(word);
    let blank = spelling.starts_with(|c: char| c.is_alphanumeric());
    spelling.len() as i32 + i32::from(blank)
}

fn run<C: Coder>(coder: &mut C, input: &Input, nodes: &Nodes) -> Shorts {
    let longest = coder.number(&mut Number::default(), input.longest) as i32;
    let mut out = Shorts {
        words: nodes.words.clone(),
        ..Shorts::default()
    };
    let longs = Longs::new(nodes);
    let mut rows = Rows {
        coder,
        longest,
        widths: (0..nodes.words.len())
            .map(|word| width(&nodes.words, word as Word))
            .collect(),
        numbers: None,
        source: &input.words,
        words: &mut out.words,
        memory: Memory::new(),
        outputs: Outputs::default(),
        speller: Speller {
            letters: Mixer::new(17, 4),
        },
        whole: Mixer::new(14, 4),
        single: Mixer::new(18, 16),
        history: 0,
        guesses: Default::default(),
        actions: Vec::new(),
    };
    let mut absent = models(4);
    let mut same = models(256);
    let mut before = 0;
    longs.each(|node, _, long, length| {
        let row = out.kinds.len();
        if out.firsts.len() == node as usize {
            out.firsts.push(row as u32);
        }
        let kind = input.kinds.get(row).copied().unwrap_or_default();
        let mut flag = |models: &mut [Bit], at: usize, value: bool| {
            models
                .get_mut(at)
                .is_some_and(|model| rows.coder.flag(model, value))
        };
        let is_absent = flag(&mut absent, before, kind == Kind::Absent);
        before = usize::from(is_absent);
        let context = length.min(126) as usize * 2;
        let kind = if is_absent {
            Kind::Absent
        } else if flag(&mut same, context, kind == Kind::Same) {
            Kind::Same
        } else {
            let value = input.outputs.get(row).map_or(&[][..], |outputs| outputs);
            rows.row(long, value, &mut out.tokens);
            Kind::Abbreviated
        };
        out.kinds.push(kind);
        out.ends.push(out.tokens.len() as u32);
    });
    out
}

/// Codes abbreviated rows.
struct Rows<'a, C> {
    coder: &'a mut C,
    longest: i32,
    widths: Vec<i32>,
    /// The number of each word by spelling, made when it is first needed.
    numbers: Option<HashMap<String, Word>>,
    /// While writing: the words, all of them.
    source: &'a Words,
    words: &'a mut Words,
    memory: Memory,
    outputs: Outputs,
    speller: Speller,
    whole: Mixer,
    single: Mixer,
    /// Whether each of the last rows was guessed, a bit each.
    history: u32,
    guesses: [Vec<u32>; 3],
    actions: Vec<u32>,
}

impl<C: Coder> Rows<'_, C> {
    fn row(&mut self, long: &[Word], value: &[Vec<Word>], out: &mut Vec<Word>) {
        let mut guesses = std::mem::take(&mut self.guesses);
        let mut actions = std::mem::take(&mut self.actions);
        let count = self.guess(long, &mut guesses);
        let known: Vec<u32> = long
            .iter()
            .zip(value)
            .map(|(word, output)| self.outputs.known(*word, output))
            .collect();
        actions.clear();
        let mut whole = false;
        let mut slack = [0; 3];
        for (rank, guess) in guesses.iter().enumerate().take(count) {
            let length: i32 = long
                .iter()
                .zip(guess)
                .map(|(word, action)| self.width(*word, *action))
                .sum();
            // One blank too many was counted: the first word has none.
            let left = (self.longest + 1 - length).clamp(-16, 15);
            if let Some(slack) = slack.get_mut(rank) {
                *slack = left;
            }
            let left = left as u32;
            let rank_number = rank as u32;
            let last = long.last().copied().map_or(0, u32::from);
            let recent = self.history & 7;
            let changed = long
                .iter()
                .zip(guess)
                .filter(|(_, action)| **action != KEEP)
                .fold(0, |h, (_, action)| hash(h, *action));
            let contexts = [
                hash(left, rank_number),
                hash(recent << 2 | rank_number, u32::from((left as i32) < 0)),
                hash(last, rank_number << 6 ^ (left & 31)),
                hash(changed, rank_number),
                hash(long.len() as u32, left & 31),
                hash(self.history & 0xFFF, rank_number),
            ];
            let hit = self
                .whole
                .bit(self.coder, &contexts, rank, u32::from(*guess == known));
            self.history = self.history << 1 | hit;
            if hit == 1 {
                actions.extend_from_slice(guess);
                whole = true;
                break;
            }
        }
        if !whole {
            self.words_of(
                long,
                value,
                &known,
                guesses.get(..count).unwrap_or(&[]),
                &mut actions,
            );
        }
        for (word, action) in long.iter().zip(&actions) {
            match *action {
                KEEP => out.push(*word),
                action => out.extend_from_slice(self.outputs.get(action)),
            }
        }
        self.memory.learn(long, &actions);
        self.guesses = guesses;
        self.actions = actions;
    }

    fn width(&self, word: Word, action: u32) -> i32 {
        let width = |word: &Word| self.widths.get(usize::from(*word)).copied().unwrap_or(0);
        match action {
            KEEP => width(&word),
            action => self.outputs.get(action).iter().map(width).sum(),
        }
    }

    /// Fills in the different guesses, the likeliest first, and returns how many there are.
    fn guess(&self, long: &[Word], guesses: &mut [Vec<u32>; 3]) -> usize {
        let [eight, three] = &self.memory.endings;
        let of =
            |table: &Vec<u32>, count| table.get(slot(ending(long, count))).copied().unwrap_or(0);
        let rows = [
            of(eight, ENDINGS[0]),
            self.memory.rows.len() as u32,
            of(three, ENDINGS[1]),
        ];
        let mut count = 0;
        let mut order = [usize::MAX; 3];
        for row in rows {
            let (done, rest) = guesses.split_at_mut(count);
            let Some(guess) = rest.first_mut() else {
                break;
            };
            let Some(differs) = self.memory.guess(row, long, guess) else {
                continue;
            };
            if done.contains(guess) {
                continue;
            }
            if let Some(entry) = order.get_mut(count) {
                *entry = differs;
            }
            count += 1;
        }
        // The row that differs in the fewest words goes first.
        for end in 1..count {
            for at in (1..=end).rev() {
                if order.get(at) < order.get(at - 1) {
                    order.swap(at, at - 1);
                    guesses.swap(at, at - 1);
                }
            }
        }
        count
    }

    /// Codes a row word by word.
    fn words_of(
        &mut self,
        long: &[Word],
        value: &[Vec<Word>],
        known: &[u32],
        guesses: &[Vec<u32>],
        actions: &mut Vec<u32>,
    ) {
        let of_guess = |rank: usize, at: usize| {
            let guess = guesses.get(rank).and_then(|guess| guess.get(at));
            guess.copied().unwrap_or(UNKNOWN)
        };
        let likely = |this: &Self, at: usize, word: Word| match of_guess(0, at) {
            UNKNOWN => match this.memory.recent(word)[0] {
                UNKNOWN => KEEP,
                action => action,
            },
            action => action,
        };
        let mut left = self.longest + 1;
        for (at, word) in long.iter().enumerate() {
            left -= self.width(*word, likely(self, at, *word));
        }
        let mut before = KEEP;
        let mut followed = 3;
        for (at, word) in long.iter().enumerate() {
            let recent = self.memory.recent(*word);
            let sources = [
                of_guess(0, at),
                of_guess(1, at),
                of_guess(2, at),
                self.memory.local(long, at),
                recent[0],
                recent[1],
                recent[2],
                recent[3],
                KEEP,
                DROP,
            ];
            let value_here = known.get(at).copied().unwrap_or(UNKNOWN);
            let bucket = (left.clamp(-24, 24) / 2 + 16) as u32;
            let near = neighbourhood(long, at);
            let next = long.get(at + 1).copied().map_or(0, u32::from);
            let mut found = UNKNOWN;
            for (rank, candidate) in sources.iter().enumerate() {
                let earlier = sources.get(..rank).unwrap_or(&[]);
                if *candidate == UNKNOWN || earlier.contains(candidate) {
                    continue;
                }
                let mask = sources
                    .iter()
                    .enumerate()
                    .filter(|(_, other)| *other == candidate)
                    .fold(0u32, |mask, (rank, _)| mask | 1 << rank);
                let here = hash(u32::from(*word), *candidate);
                let state = hash(mask, rank as u32) ^ followed << 20;
                let contexts = [
                    here,
                    hash(here, before),
                    state,
                    hash(here, bucket),
                    hash(hash(near, *candidate), next & 1),
                    hash(state, bucket),
                ];
                let set = rank.min(3) << 2 | (followed & 3) as usize;
                let hit = u32::from(*candidate == value_here);
                if self.single.bit(self.coder, &contexts, set, hit) == 1 {
                    found = *candidate;
                    break;
                }
            }
            if found == UNKNOWN {
                found = self.novel(*word, before, value.get(at).map_or(&[], |output| output));
            }
            let guessed = likely(self, at, *word);
            left += self.width(*word, guessed) - self.width(*word, found);
            followed = followed << 1 & 7 | u32::from(found == of_guess(0, at));
            before = found;
            actions.push(found);
        }
    }

    /// Codes a replacement letter by letter.
    fn novel(&mut self, word: Word, before: u32, value: &[Word]) -> u32 {
        let value = spelled(self.source, value);
        let long = self.words.get(word).to_string();
        let bytes = self.speller.spell(self.coder, &long, before, &value);
        let words = &mut *self.words;
        let numbers = self.numbers.get_or_insert_with(|| {
            words
                .iter()
                .map(|(word, spelling)| (spelling.to_string(), word))
                .collect()
        });
        let mut output = Vec::new();
        for part in bytes.split(|byte| *byte == NEXT) {
            output.push(match part {
                [2] => GLUE,
                [3] => RAW,
                part => {
                    let spelling = String::from_utf8_lossy(part);
                    match numbers.get(&*spelling) {
                        Some(word) => *word,
                        None => {
                            let word = words.push(&spelling);
                            numbers.insert(spelling.into_owned(), word);
                            self.widths.push(width(words, word));
                            word
                        }
                    }
                }
            });
        }
        self.outputs.number(&output)
    }
}

/// Finds for every word of every long title what takes its place in the short one.
fn align(shorts: &[Option<String>], nodes: &Nodes) -> Input {
    let longs = Longs::new(nodes);
    let mut tokenizer = Tokenizer::of(nodes.words.clone());
    for node in 0..nodes.codes.len() as u32 {
        tokenizer.learn(&nodes.words.text(nodes.title(node)));
    }
    let texts = shorts.iter().flatten();
    texts.clone().for_each(|short| tokenizer.learn(short));
    let mut input = Input {
        longest: texts.map(|short| short.len()).max().unwrap_or(0) as u32,
        ..Input::default()
    };
    let mut rows: Vec<(Vec<Word>, Vec<Word>)> = Vec::new();
    let mut text = String::new();
    longs.each(|node, seventh, long, _| {
        let short = shorts.get(input.kinds.len()).and_then(Option::as_ref);
        nodes.write_title(node, seventh, &mut text);
        let kind = match short {
            None => Kind::Absent,
            Some(short) if *short == text => Kind::Same,
            Some(_) => Kind::Abbreviated,
        };
        input.kinds.push(kind);
        rows.push(match short {
            Some(short) if kind == Kind::Abbreviated => (long.to_vec(), tokenizer.tokenize(short)),
            _ => Default::default(),
        });
    });
    input.words = tokenizer.words;
    let mut costs = Costs {
        words: &input.words,
        seen: HashMap::new(),
        totals: HashMap::new(),
    };
    for pass in 0..3 {
        let mut seen = HashMap::new();
        let mut totals = HashMap::new();
        input.outputs.clear();
        for (long, short) in &rows {
            let outputs = costs.align(long, short);
            if pass < 2 {
                for (word, output) in long.iter().zip(&outputs) {
                    *totals.entry(*word).or_insert(0) += 1;
                    match seen.get_mut(&(*word, output.clone())) {
                        Some(count) => *count += 1,
                        None => {
                            seen.insert((*word, output.clone()), 1);
                        }
                    }
                }
            }
            input.outputs.push(outputs);
        }
        costs.seen = seen;
        costs.totals = totals;
    }
    input
}

/// What replacements cost, while they are looked for: less, the more often they were found before.
struct Costs<'a> {
    words: &'a Words,
    seen: HashMap<(Word, Vec<Word>), u32>,
    totals: HashMap<Word, u32>,
}

impl Costs<'_> {
    /// The cost of a replacement, in quarters of a bit.
    fn of(&self, word: Word, output: &[Word]) -> u32 {
        if let Some(total) = self.totals.get(&word) {
            return match self.seen.get(&(word, output.to_vec())) {
                Some(count) => (log(*total + 8)).saturating_sub(log(*count)),
                None => log(*total + 8) + 16 + self.first(word, output),
            };
        }
        self.first(word, output)
    }

    /// The cost of a replacement that was never seen.
    fn first(&self, word: Word, output: &[Word]) -> u32 {
        let long = self.words.get(word);
        match output {
            [] => 12,
            [same] if *same == word => 1,
            [other] => self.abbreviation(long, self.words.get(*other)),
            [other, rest @ ..] => {
                let rest: usize = rest.iter().map(|word| self.words.get(*word).len()).sum();
                self.abbreviation(long, self.words.get(*other)) + 14 + 6 * rest as u32
            }
        }
    }

    fn abbreviation(&self, long: &str, short: &str) -> u32 {
        let mut letters = long.bytes().map(|byte| byte.to_ascii_lowercase());
        let within = short
            .bytes()
            .all(|byte| letters.any(|letter| letter == byte.to_ascii_lowercase()));
        let begins = long.bytes().next().map(|b| b.to_ascii_lowercase())
            == short.bytes().next().map(|b| b.to_ascii_lowercase());
        match (within, begins) {
            (true, true) => 10,
            (true, false) => 24,
            (false, true) => 22,
            _ => 36,
        }
    }

    /// The cheapest way from a long title to a short one.
    fn align(&self, long: &[Word], short: &[Word]) -> Vec<Vec<Word>> {
        let width = short.len() + 1;
        let mut best: Vec<(u32, usize)> = vec![(u32::MAX, 0); (long.len() + 1) * width];
        best[0].0 = 0;
        for (i, word) in long.iter().enumerate() {
            let last = i + 1 == long.len();
            for j in 0..width {
                let cost = best[i * width + j].0;
                if cost == u32::MAX {
                    continue;
                }
                let most = if last {
                    short.len() - j
                } else {
                    (short.len() - j).min(5)
                };
                let least = if last { most } else { 0 };
                for count in least..=most {
                    let cost = cost + self.of(*word, &short[j..j + count]);
                    let to = &mut best[(i + 1) * width + j + count];
                    if cost < to.0 {
                        *to = (cost, count);
                    }
                }
            }
        }
        let mut outputs = Vec::new();
        let mut end = short.len();
        for i in (0..long.len()).rev() {
            let count = best[(i + 1) * width + end].1;
            outputs.push(short[end - count..end].to_vec());
            end -= count;
        }
        outputs.reverse();
        outputs
    }
}

/// The binary logarithm in quarters.
fn log(value: u32) -> u32 {
    let whole = value.max(1).ilog2();
    let part = (u64::from(value.max(1)) << 2 >> whole) as u32 & 3;
    whole * 4 + part
}

#[cfg(test)]
mod tests {
    use super::super::core::{self, Code, SeventhSet};
    use super::*;
    use proptest::prelude::*;

    /// Nodes with these titles, each with one set of seventh characters, as the core's reader returns them.
    fn nodes(titles: &[String]) -> Nodes {
        let mut tokenizer = Tokenizer::default();
        let mut nodes = Nodes::default();
        nodes.sets.push(SeventhSet {
            characters: b"AD".to_vec(),
            meanings: vec![
                tokenizer.tokenize("initial encounter"),
                tokenizer.tokenize("subsequent encounter"),
            ],
        });
        for (at, title) in titles.iter().enumerate() {
            nodes.codes.push(Code::new(&format!("S{at:02}")).unwrap());
            nodes.parents.push(core::NO_NODE);
            nodes.sevenths.push(1);
            nodes.billable.push(false);
            nodes.tokens.extend(tokenizer.tokenize(title));
            nodes.ends.push(nodes.tokens.len() as u32);
        }
        nodes.words = tokenizer.words;
        core::read(&core::write(&nodes).0).unwrap().0
    }

    fn comes_back(titles: &[String], shorts: &[Option<String>]) -> usize {
        let nodes = nodes(titles);
        let bytes = write(shorts, &nodes).unwrap();
        let read = read(&bytes, &nodes);
        for (row, short) in shorts.iter().enumerate() {
            let node = row as u32 / 3;
            let seventh = (row % 3).checked_sub(1);
            let found = match read.get(node, seventh) {
                Short::Absent => None,
                Short::Same => {
                    let mut title = String::new();
                    nodes.write_title(node, seventh, &mut title);
                    Some(title)
                }
                Short::Text(text) => Some(text),
            };
            assert_eq!(found, *short, "row {row}");
        }
        bytes.len()
    }

    fn short(title: &str, end: &str) -> Option<String> {
        let title = title
            .replace("Fracture of", "Fx")
            .replace("without", "w/o")
            .replace("muscle, fascia and tendon", "musc/fasc/tend");
        Some(format!("{title}{end}"))
    }

    #[test]
    fn abbreviations_come_back_and_are_learned() {
        let titles: Vec<String> = [
            "arm", "leg", "hand", "foot", "knee", "hip", "wrist", "ankle",
        ]
        .iter()
        .map(|part| format!("Fracture of {part} without injury of muscle, fascia and tendon"))
        .collect();
        let shorts: Vec<_> = titles
            .iter()
            .flat_map(|title| {
                [
                    short(title, ""),
                    short(title, ", init"),
                    short(title, ", subs"),
                ]
            })
            .collect();
        let first = comes_back(&titles[..2], &shorts[..6]);
        let all = comes_back(&titles, &shorts);
        assert!(all < first + 30, "{first} bytes of two, {all} of eight");
    }

    #[test]
    fn missing_equal_and_empty_ones_come_back() {
        let titles = ["Cholera".to_string(), String::new()];
        let texts = [
            None,
            Some("Cholera, initial encounter"),
            Some("Subs enc for cholera (NOS), d5w/0.45ns"),
            Some("a title of nothing"),
            Some(""),
            None,
        ];
        comes_back(&titles, &texts.map(|text| text.map(String::from)));
    }

    proptest! {
        #[test]
        fn any_titles_come_back(
            titles in prop::collection::vec("[A-Z][a-d]{0,3}( [a-d]{1,3}|, [A-D]|\\(é){0,6}", 1..6),
            shorts in prop::collection::vec(prop::option::of("[A-Za-d]{0,3}( [a-d]{1,3}|/[A-D]|ü\\)){0,6}"), 18),
        ) {
            comes_back(&titles, &shorts[..titles.len() * 3]);
        }

        #[test]
        fn any_bytes_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let titles = ["Cholera", "Fracture of arm"].map(String::from);
            read(&bytes, &nodes(&titles));
        }
    }
}
