//! The Alphabetic Indexes and their tables: terms below terms, and the codes they lead to.
//!
//! # The section
//!
//! One stream of decisions: the number of rows, then for each row its book, its level, which of its texts are there,
//! how many codes, the codes, and the texts. A code is one that earlier rows suggest, or it is coded character by
//! character by a model that knows which characters follow which in the core. A word of a text is one that followed
//! the same words before, or stands in the title of the row's first code. Any other word is coded by its place in the
//! alphabet, since siblings are in alphabetical order; one that is met for the first time is spelled.

use std::ops::Range;

use super::coding::{Bit, Coder, Decoder, Encoder, Number, Position, models};
use super::core::{Code, Nodes};
use super::mixing::{Mixer, hash};
use super::phrases::{Phrases, SLOT_BITS, Setting, slot};
use super::text::{NONE, Tokenizer, Word, Words};
use crate::concepts::{IndexBook, IndexCode, IndexEntry};

/// The rows of the indexes of one system in memory, in the order of the books.
#[derive(Clone, Debug, Default)]
pub struct IndexTerms {
    books: Vec<u8>,
    levels: Vec<u8>,
    /// The row above each row; [`NO_ROW`] for a main term.
    parents: Vec<u32>,
    /// The texts of each row in the order of [`Field`], [`NONE`] between them, empty ones at the end left out.
    tokens: Vec<Word>,
    /// Where the texts of each row end in `tokens`.
    ends: Vec<u32>,
    codes: Vec<Link>,
    /// Where the codes of each row end in `codes`.
    code_ends: Vec<u32>,
    /// The words: those of the core first, under the same numbers.
    words: Words,
}

/// A code that a row leads to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// The code, or the beginning of one; empty in a table's empty cell. It may be no code of the release: the
    /// index may be of another year.
    pub code: Code,
    /// More characters are needed.
    pub incomplete: bool,
    /// It is the manifestation, coded after the one before it.
    pub manifestation: bool,
}

/// The texts of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The term.
    Term = 0,
    /// The nonessential modifiers, in parentheses.
    Modifiers = 1,
    /// "see" another term.
    See = 2,
    /// "see also" another term.
    SeeAlso = 3,
    /// "use" this value.
    Use = 4,
}

/// How many texts a row may have.
const FIELDS: usize = 5;
/// The row above a main term.
const NO_ROW: u32 = u32::MAX;
/// The books in the order of their stored numbers: append, never reorder.
const BOOKS: [IndexBook; 6] = [
    IndexBook::Main,
    IndexBook::ExternalCause,
    IndexBook::Neoplasm,
    IndexBook::Drug,
    IndexBook::BodyPartKey,
    IndexBook::DeviceKey,
];

impl IndexTerms {
    /// The numbers of all rows.
    pub fn rows(&self) -> Range<u32> {
        0..self.levels.len() as u32
    }

    /// The index or table a row stands in.
    pub fn book(&self, row: u32) -> IndexBook {
        let book = self.books.get(row as usize).copied().unwrap_or(0);
        BOOKS.get(usize::from(book)).copied().unwrap_or_default()
    }

    /// 0 for a main term, 1 for a term below it, and so on.
    pub fn level(&self, row: u32) -> u8 {
        self.levels.get(row as usize).copied().unwrap_or(0)
    }

    /// The row above; nothing above a main term.
    pub fn parent(&self, row: u32) -> Option<u32> {
        let parent = self.parents.get(row as usize).copied();
        parent.filter(|parent| *parent != NO_ROW)
    }

    /// One of the texts of a row, as words of [`IndexTerms::words`]; empty where it has none.
    pub fn text(&self, row: u32, field: Field) -> &[Word] {
        let texts = range(&self.ends, row);
        let texts = self.tokens.get(texts).unwrap_or(&[]);
        texts
            .split(|word| *word == NONE)
            .nth(field as usize)
            .unwrap_or(&[])
    }

    /// The terms from the main term down to a row, as words.
    pub fn path(&self, row: u32) -> Vec<&[Word]> {
        let mut path: Vec<_> = std::iter::successors(Some(row), |row| self.parent(*row))
            .map(|row| self.text(row, Field::Term))
            .collect();
        path.reverse();
        path
    }

    /// The codes a row leads to. A row of a table has one per column, empty where the table has none.
    pub fn codes(&self, row: u32) -> &[Link] {
        self.codes.get(range(&self.code_ends, row)).unwrap_or(&[])
    }

    /// The term to see instead, as words; empty where there is none.
    pub fn see(&self, row: u32) -> &[Word] {
        self.text(row, Field::See)
    }

    /// The words of all texts.
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// A row as it was published.
    pub fn entry(&self, row: u32) -> IndexEntry {
        let text = |field| self.words.text(self.text(row, field));
        IndexEntry {
            book: self.book(row),
            level: self.level(row),
            term: text(Field::Term),
            modifiers: text(Field::Modifiers),
            see: text(Field::See),
            see_also: text(Field::SeeAlso),
            use_value: text(Field::Use),
            codes: self
                .codes(row)
                .iter()
                .map(|link| IndexCode {
                    code: link.code.as_str().to_string(),
                    incomplete: link.incomplete,
                    manifestation: link.manifestation,
                })
                .collect(),
        }
    }
}

fn range(ends: &[u32], row: u32) -> Range<usize> {
    let end = ends.get(row as usize).copied().unwrap_or(0);
    let start = (row as usize).checked_sub(1).and_then(|row| ends.get(row));
    start.copied().unwrap_or(0) as usize..end as usize
}

/// Why rows cannot be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriteError {
    /// A code has characters that codes do not have, or too many of them.
    BadCode(String),
    /// There are more different words than can be numbered.
    TooManyWords,
}

/// Writes a section. `nodes` are those that the core's reader returns.
///
/// # Errors
///
/// See [`WriteError`].
pub fn write(entries: &[IndexEntry], nodes: &Nodes) -> Result<Vec<u8>, WriteError> {
    let mut tokenizer = Tokenizer::of(nodes.words.clone());
    for node in 0..nodes.codes.len() as u32 {
        tokenizer.learn(&nodes.words.text(nodes.title(node)));
    }
    let texts = |entry: &IndexEntry| {
        [
            entry.term.clone(),
            entry.modifiers.clone(),
            entry.see.clone(),
            entry.see_also.clone(),
            entry.use_value.clone(),
        ]
    };
    for text in entries.iter().flat_map(texts) {
        tokenizer.learn(&text);
    }
    let mut input = IndexTerms::default();
    for entry in entries {
        let book = BOOKS.iter().position(|book| *book == entry.book);
        input.books.push(book.unwrap_or(0) as u8);
        input.levels.push(entry.level);
        let mut empty = 0;
        for (at, text) in texts(entry).iter().enumerate() {
            if text.is_empty() {
                empty += usize::from(at > 0);
                continue;
            }
            input
                .tokens
                .extend(std::iter::repeat_n(NONE, empty + usize::from(at > 0)));
            empty = 0;
            input.tokens.extend(tokenizer.tokenize(text));
        }
        input.ends.push(input.tokens.len() as u32);
        for code in &entry.codes {
            let stored = match code.code.as_str() {
                "" => Code::default(),
                text => Code::new(text).ok_or_else(|| WriteError::BadCode(text.to_string()))?,
            };
            input.codes.push(Link {
                code: stored,
                incomplete: code.incomplete,
                manifestation: code.manifestation,
            });
        }
        input.code_ends.push(input.codes.len() as u32);
    }
    input.words = tokenizer.words;
    if input.words.len() >= usize::from(Word::MAX) {
        return Err(WriteError::TooManyWords);
    }
    let mut coder = Encoder::default();
    let rows = input.levels.len() as u32;
    Reading::begin(&mut coder, rows, nodes).rows(&mut coder, &input, nodes, rows);
    Ok(coder.finish())
}

/// Reads a section of these nodes.
pub fn read(bytes: &[u8], nodes: &Nodes) -> IndexTerms {
    let mut reading = Reading::start(bytes, nodes);
    reading.go_on(bytes, nodes, u32::MAX);
    reading.finish()
}

/// More rows than any index has, so that damaged bytes cannot ask for endless memory.
const MOST_ROWS: u32 = 1 << 20;
/// More codes than any row has.
const MOST_CODES: u32 = 1000;

/// Levels from this one on are deeper than any book prints, and take more bits.
const DEEP: u32 = 15;

/// What earlier rows of one level tell a later one.
#[derive(Clone, Copy, Default)]
struct Elder {
    row: Option<u32>,
    /// A hash of its term.
    term: u32,
    /// The first word of its term.
    first: Word,
    /// Its first code.
    code: Code,
}

/// The way through a section: what was read so far, and all that was learned of it. A section takes long to read, so
/// it can be read in pieces: see [`Reading::go_on`].
pub struct Reading {
    out: IndexTerms,
    /// Where the decoder stands; nothing while writing.
    at: Position,
    /// The rows of the whole section.
    count: u32,
    books: Vec<Bit>,
    levels: Mixer,
    shapes: Mixer,
    counts: Vec<Number>,
    codes: Codes,
    texts: Phrases,
    /// The row last read at each level: those up to the level before the next one are its path.
    elders: Vec<Elder>,
    book: usize,
    level: u32,
    /// The levels of the rows before, four bits each.
    before: u32,
    shape: u32,
}

impl Reading {
    /// Begins to read a section of these nodes.
    pub fn start(bytes: &[u8], nodes: &Nodes) -> Reading {
        let mut decoder = Decoder::new(bytes);
        let mut this = Reading::begin(&mut decoder, 0, nodes);
        this.at = decoder.position();
        this
    }

    /// Reads up to this many more rows of the same section, and returns whether that were all.
    pub fn go_on(&mut self, bytes: &[u8], nodes: &Nodes, rows: u32) -> bool {
        let mut decoder = Decoder::resume(bytes, self.at);
        let done = self.rows(&mut decoder, &IndexTerms::default(), nodes, rows);
        self.at = decoder.position();
        done
    }

    /// What was read.
    pub fn finish(self) -> IndexTerms {
        self.out
    }

    fn begin<C: Coder>(coder: &mut C, rows: u32, nodes: &Nodes) -> Reading {
        let count = coder.number(&mut Number::default(), rows);
        let words = nodes.words.clone();
        Reading {
            at: Position::default(),
            count: count.min(MOST_ROWS),
            books: models(64),
            levels: Mixer::new(14, 8),
            shapes: Mixer::new(16, 8),
            counts: vec![Number::default(); 8],
            codes: Codes::new(nodes),
            texts: Phrases::new(&words),
            elders: vec![Elder::default(); 257],
            book: 0,
            level: 0,
            before: 0,
            shape: 0,
            out: IndexTerms {
                words,
                ..IndexTerms::default()
            },
        }
    }

    /// Codes up to this many rows, and returns whether none is left.
    fn rows<C: Coder>(
        &mut self,
        coder: &mut C,
        input: &IndexTerms,
        nodes: &Nodes,
        rows: u32,
    ) -> bool {
        let first = self.out.levels.len() as u32;
        for row in first..self.count.min(first.saturating_add(rows)) {
            if coder.astray() {
                return true;
            }
            self.row(coder, input, nodes, row);
        }
        self.out.levels.len() as u32 >= self.count
    }

    fn row<C: Coder>(&mut self, coder: &mut C, input: &IndexTerms, nodes: &Nodes, row: u32) {
        let index = row as usize;
        let value = input.books.get(index).copied().unwrap_or(0);
        let row_models = self
            .books
            .get_mut(self.book << 3..(self.book + 1) << 3)
            .unwrap_or(&mut []);
        self.book = coder.symbol(row_models, 3, u32::from(value)) as usize;
        let (book, of_book) = (self.book, self.book as u32);
        let (level, before, shape) = (self.level, self.before, self.shape);
        let elder_at =
            |elders: &[Elder], level: u32| elders.get(level as usize).copied().unwrap_or_default();
        let last = elder_at(&self.elders, level);
        let above = elder_at(&self.elders, level.wrapping_sub(1));
        let value = input.levels.get(index).copied().unwrap_or(0);
        let here = hash(level, of_book);
        let first = u32::from(last.first);
        let contexts = [
            here,
            hash(here, before),
            hash(here, shape),
            hash(here, first),
            hash(here, above.term),
            hash(hash(here, last.term), above.term),
        ];
        let value = u32::from(value);
        let mut next = self
            .levels
            .symbol(coder, 4, &contexts, book, value.min(DEEP));
        if next == DEEP {
            next = self.levels.symbol(coder, 8, &[DEEP; 6], book, value);
        }
        let (before, level) = (before << 4 | level & 15, next);
        (self.before, self.level) = (before, level);
        let parent = match level.checked_sub(1) {
            Some(above) => elder_at(&self.elders, above),
            None => Elder::default(),
        };
        let elder = elder_at(&self.elders, level);
        // Which texts are there, and whether there are codes.
        let present = |field: usize| {
            let texts = input.tokens.get(range(&input.ends, row)).unwrap_or(&[]);
            texts.split(|word| *word == NONE).nth(field).unwrap_or(&[])
        };
        let own_codes = input.codes.get(range(&input.code_ends, row)).unwrap_or(&[]);
        let value = (0..FIELDS).fold(u32::from(!own_codes.is_empty()), |bits, field| {
            bits << 1 | u32::from(!present(field).is_empty())
        });
        let here = hash(of_book, shape);
        let shape = self.shapes.symbol(
            coder,
            6,
            &[
                of_book,
                here,
                hash(hash(of_book, level), before & 15),
                hash(here, level),
                hash(here, parent.term),
                hash(elder.term, of_book),
            ],
            book,
            value,
        );
        self.shape = shape;
        let mut title: &[Word] = &[];
        let mut first_code = Code::default();
        if shape & 32 != 0 {
            let number = self.counts.get_mut(book).map_or(0, |model| {
                coder.number(model, (own_codes.len() as u32).saturating_sub(1))
            });
            let places = [elder.code, parent.code, last.code];
            for at in 0..=number.min(MOST_CODES) as usize {
                if coder.astray() {
                    break;
                }
                let value = own_codes.get(at).copied().unwrap_or_default();
                let link = self
                    .codes
                    .code(coder, nodes, book, at, places, parent.term, value);
                if at == 0 {
                    first_code = link.code;
                    title = nodes.title_of(&link.code);
                }
                self.out.codes.push(link);
            }
        }
        self.out.code_ends.push(self.out.codes.len() as u32);
        let start = self.out.tokens.len();
        let mut empty = 0;
        for field in 0..FIELDS {
            if shape >> (FIELDS - 1 - field) & 1 == 0 {
                empty += usize::from(field > 0);
                continue;
            }
            self.out
                .tokens
                .extend(std::iter::repeat_n(NONE, empty + usize::from(field > 0)));
            empty = 0;
            let place = Setting {
                field: field as u32,
                book: of_book,
                title,
                elder: elder.row.filter(|_| field == 0).map_or(&[][..], |row| {
                    let texts = self
                        .out
                        .tokens
                        .get(range(&self.out.ends, row))
                        .unwrap_or(&[]);
                    texts.split(|word| *word == NONE).next().unwrap_or(&[])
                }),
                elder_term: elder.term,
                parent_term: parent.term,
                parent_first: u32::from(parent.first),
            };
            let text = self.texts.text(
                coder,
                &input.words,
                &mut self.out.words,
                &place,
                present(field),
            );
            self.out.tokens.extend_from_slice(&text);
        }
        self.out.ends.push(self.out.tokens.len() as u32);
        let term = self.out.tokens.get(start..).unwrap_or(&[]);
        let term = term.split(|word| *word == NONE).next().unwrap_or(&[]);
        let known = Elder {
            row: Some(row),
            term: term.iter().fold(1, |h, word| hash(h, u32::from(*word))),
            first: term.first().copied().unwrap_or(NONE),
            code: if first_code.is_empty() {
                parent.code
            } else {
                first_code
            },
        };
        if let Some(to) = self.elders.get_mut(level as usize) {
            *to = known;
        }
        // Nothing is elder below a new row.
        let below = self.elders.get_mut(level as usize + 1..).unwrap_or(&mut []);
        for to in below.iter_mut().take_while(|to| to.row.is_some()) {
            *to = Elder::default();
        }
        self.out.parents.push(parent.row.unwrap_or(NO_ROW));
        self.out.books.push(self.book as u8);
        self.out.levels.push(self.level as u8);
    }
}

fn code_hash(code: &Code) -> u32 {
    code.as_str()
        .bytes()
        .fold(7, |h, byte| hash(h, u32::from(byte)))
}

/// Codes codes.
struct Codes {
    /// The code that last followed another one, in a row or from row to row.
    after: Vec<Code>,
    guess: Mixer,
    characters: Mixer,
    flags: Vec<Bit>,
    /// The code before, in this row or the one before.
    last: Code,
    /// The codes of the row before, by column.
    columns: Vec<Code>,
    hits: u32,
}

impl Codes {
    fn new(nodes: &Nodes) -> Self {
        let mut characters = Mixer::new(19, 8);
        // What may follow which beginning, once for each code that has it.
        let mut before = Code::default();
        for code in &nodes.codes {
            let mut prefix = 7;
            let mut same = true;
            for at in 0..=code.len().min(7) {
                let byte = code.at(at).map_or(0, u32::from);
                let new = !same || before.at(at).map_or(0, u32::from) != byte;
                same = !new && same;
                if new {
                    characters.train(0, prefix, 6, character(byte as u8));
                }
                prefix = hash(prefix, byte);
            }
            before = *code;
        }
        Codes {
            after: vec![Code::default(); 1 << SLOT_BITS],
            guess: Mixer::new(16, 8),
            characters,
            flags: models(1 << 12),
            last: Code::default(),
            columns: Vec::new(),
            hits: 0,
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn code<C: Coder>(
        &mut self,
        coder: &mut C,
        nodes: &Nodes,
        book: usize,
        column: usize,
        places: [Code; 3],
        parent: u32,
        value: Link,
    ) -> Link {
        let context = (book << 4 | column.min(15)) as u32;
        let follow = [
            hash(hash(code_hash(&self.last), context), 1),
            hash(hash(code_hash(&self.last), context), parent),
        ];
        let follows = follow.map(|at| self.after.get(slot(at)).copied().unwrap_or_default());
        let [elder, above, last] = places;
        let candidates = [
            if column > 0 {
                successor(&self.last)
            } else {
                follows[1]
            },
            if column > 0 { follows[0] } else { elder },
            if column > 0 { Code::default() } else { above },
            if column > 0 {
                self.columns.get(column).copied().unwrap_or_default()
            } else {
                successor(&elder)
            },
            if column > 0 { self.last } else { follows[0] },
        ];
        let mut found = None;
        for (rank, candidate) in candidates.iter().enumerate() {
            let earlier = candidates.get(..rank).unwrap_or(&[]);
            if earlier.contains(candidate) || (column == 0 && candidate.is_empty()) {
                continue;
            }
            let agree = candidates
                .iter()
                .filter(|other| *other == candidate)
                .count() as u32;
            let here = hash(context, rank as u32);
            let contexts = [
                here,
                hash(here, agree << 4 | self.hits & 7),
                hash(here, parent),
                hash(here, code_hash(candidate)),
                hash(here, code_hash(&self.last)),
                hash(here, self.hits & 0x3FF),
            ];
            let hit = self
                .guess
                .bit(coder, &contexts, rank, u32::from(*candidate == value.code));
            if hit == 1 {
                found = Some(*candidate);
                self.hits = self.hits << 3 | (rank as u32 + 1);
                break;
            }
        }
        let code = match found {
            Some(code) => code,
            None => {
                self.hits <<= 3;
                let references = if column > 0 {
                    [self.last, follows[0], elder]
                } else {
                    [elder, above, last]
                };
                self.characters(coder, context, references, parent, value.code)
            }
        };
        for at in follow {
            if let Some(entry) = self.after.get_mut(slot(at)) {
                *entry = code;
            }
        }
        if let Some(entry) = self.columns.get_mut(column) {
            *entry = code;
        } else if self.columns.len() == column {
            self.columns.push(code);
        }
        // Codes that are valid as they are want nothing more.
        let node = nodes.codes.binary_search(&code).ok();
        let inner = match node {
            None => 0,
            Some(node) if nodes.billable.get(node) == Some(&true) => 1,
            Some(node) if nodes.sevenths.get(node) != Some(&0) => 2,
            Some(_) => 3,
        };
        let context = (book << 4 | column.min(3) << 2 | inner) << 1;
        let mut flag = |at: usize, value: bool| {
            self.flags
                .get_mut(at)
                .is_some_and(|model| coder.flag(model, value))
        };
        let incomplete = flag(context, value.incomplete);
        let manifestation = flag(context | 1, value.manifestation);
        if !code.is_empty() {
            self.last = code;
        }
        Link {
            code,
            incomplete,
            manifestation,
        }
    }

    /// Codes a code character by character, beside others that may begin alike.
    fn characters<C: Coder>(
        &mut self,
        coder: &mut C,
        context: u32,
        references: [Code; 3],
        parent: u32,
        value: Code,
    ) -> Code {
        let mut text = String::new();
        let mut prefix = 7;
        let mut alike = [true; 3];
        for at in 0..8 {
            let byte = value.at(at).unwrap_or(0);
            let of = |rank: usize| match references.get(rank) {
                Some(code) if alike.get(rank) == Some(&true) => {
                    1 + u32::from(code.at(at).unwrap_or(0))
                }
                _ => 0,
            };
            let place = hash(context, at as u32);
            let contexts = [
                prefix,
                hash(prefix, of(0) << 8 | context >> 4),
                hash(hash(prefix, of(1)), 3),
                hash(hash(place, of(0)), of(1) << 8 | of(2)),
                hash(prefix, parent),
                hash(hash(prefix, of(2)), 5),
            ];
            let set =
                usize::from(of(0) > 0) | usize::from(of(1) > 0) << 1 | usize::from(at > 2) << 2;
            let value = character(byte);
            let read = self.characters.symbol(coder, 6, &contexts, set, value);
            let Some(byte) = CHARACTERS.get((read as usize).wrapping_sub(1)).copied() else {
                break;
            };
            text.push(char::from(byte));
            prefix = hash(prefix, u32::from(byte));
            for (alike, code) in alike.iter_mut().zip(references) {
                *alike = *alike && code.at(at) == Some(byte);
            }
        }
        Code::new(&text).unwrap_or_default()
    }
}

/// The characters of codes; 0 stands for the end.
const CHARACTERS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

fn character(byte: u8) -> u32 {
    CHARACTERS
        .iter()
        .position(|known| *known == byte)
        .map_or(0, |at| at as u32 + 1)
}

/// The code with the last character one higher: the columns of a table often count up.
fn successor(code: &Code) -> Code {
    let mut text = code.as_str().to_string();
    let last = match text.pop() {
        Some(last @ ('0'..='8' | 'A'..='Y')) => char::from(last as u8 + 1),
        Some('9') => 'A',
        _ => return Code::default(),
    };
    text.push(last);
    Code::new(&text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::core;
    use super::*;
    use crate::index::text::Tokenizer;
    use proptest::prelude::*;

    /// Nodes as the core's reader returns them.
    fn nodes() -> Nodes {
        let mut tokenizer = Tokenizer::default();
        let mut nodes = Nodes::default();
        for (code, title) in [
            ("E11", "Type 2 diabetes mellitus"),
            ("E119", "Type 2 diabetes mellitus without complications"),
            ("H28", "Cataract in diseases classified elsewhere"),
            ("T39391", "Poisoning by other analgesics"),
        ] {
            nodes.codes.push(Code::new(code).unwrap());
            nodes.parents.push(core::NO_NODE);
            nodes.sevenths.push(0);
            nodes.billable.push(code.len() > 3);
            nodes.tokens.extend(tokenizer.tokenize(title));
            nodes.ends.push(nodes.tokens.len() as u32);
        }
        nodes.words = tokenizer.words;
        core::read(&core::write(&nodes).0).unwrap().0
    }

    fn comes_back(entries: &[IndexEntry]) -> IndexTerms {
        let nodes = nodes();
        let terms = read(&write(entries, &nodes).unwrap(), &nodes);
        let read: Vec<_> = terms.rows().map(|row| terms.entry(row)).collect();
        assert_eq!(read, entries);
        terms
    }

    #[test]
    fn a_section_read_in_pieces_is_the_same() {
        let entries: Vec<_> = (0..40)
            .map(|at| entry(at % 3, &format!("Term {at}"), "", &["E119"]))
            .collect();
        let nodes = nodes();
        let bytes = write(&entries, &nodes).unwrap();
        let mut reading = Reading::start(&bytes, &nodes);
        let mut steps = 1;
        while !reading.go_on(&bytes, &nodes, 7) {
            steps += 1;
        }
        assert_eq!(steps, 6);
        let terms = reading.finish();
        let read: Vec<_> = terms.rows().map(|row| terms.entry(row)).collect();
        assert_eq!(read, entries);
    }

    fn entry(level: u8, term: &str, see: &str, codes: &[&str]) -> IndexEntry {
        IndexEntry {
            level,
            term: term.to_string(),
            see: see.to_string(),
            codes: codes
                .iter()
                .map(|code| IndexCode {
                    code: code.trim_end_matches('-').to_string(),
                    incomplete: code.ends_with('-'),
                    manifestation: *code == "H28",
                })
                .collect(),
            ..IndexEntry::default()
        }
    }

    #[test]
    fn rows_come_back_with_their_paths() {
        let terms = comes_back(&[
            entry(0, "Diabetes, diabetic", "", &["E119"]),
            entry(1, "with", "", &[]),
            entry(2, "cataract", "", &["E1136", "H28"]),
            entry(1, "type 2", "Diabetes, specified type", &[]),
            entry(0, "Diabète bronzé", "", &["E11-"]),
        ]);
        let path = |row| -> Vec<String> {
            let path = terms.path(row);
            path.iter().map(|text| terms.words().text(text)).collect()
        };
        assert_eq!(path(2), ["Diabetes, diabetic", "with", "cataract"]);
        assert_eq!(path(3), ["Diabetes, diabetic", "type 2"]);
        assert_eq!(terms.parent(4), None);
        assert!(terms.codes(4)[0].incomplete);
        assert_eq!(terms.words().text(terms.see(3)), "Diabetes, specified type");
    }

    #[test]
    fn tables_come_back_with_empty_cells() {
        let mut rows = Vec::new();
        for (base, term) in [
            ("T3939", "Zomepirac"),
            ("T4359", "Zotepine"),
            ("", "Zovant"),
        ] {
            let cells: Vec<String> = (1..7)
                .map(|cell| match base {
                    "" => String::new(),
                    base => format!("{base}{cell}"),
                })
                .collect();
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            rows.push(IndexEntry {
                book: IndexBook::Drug,
                ..entry(0, term, "", &cells)
            });
        }
        comes_back(&rows);
    }

    #[test]
    fn codes_that_cannot_be_stored_are_refused() {
        let rows = [entry(0, "Cholera", "", &["A00.0"])];
        assert_eq!(
            write(&rows, &nodes()),
            Err(WriteError::BadCode("A00.0".to_string()))
        );
    }

    fn any_entry() -> impl Strategy<Value = IndexEntry> {
        let text = "([A-Za-z]{1,3}( [a-c,(]{1,4}|, NEC|é)?)?";
        let code = ("([A-Z][0-9A-Z]{2,6})?", any::<bool>(), any::<bool>());
        let code = code.prop_map(|(code, incomplete, manifestation)| IndexCode {
            code,
            incomplete,
            manifestation,
        });
        let codes = prop::collection::vec(code, 0..7);
        (0..6usize, any::<u8>(), [text; 5], codes).prop_map(|(book, level, texts, codes)| {
            let [term, modifiers, see, see_also, use_value] = texts;
            IndexEntry {
                book: BOOKS[book],
                level,
                term,
                modifiers,
                see,
                see_also,
                use_value,
                codes,
            }
        })
    }

    proptest! {
        #[test]
        fn any_rows_come_back(entries in prop::collection::vec(any_entry(), 0..30)) {
            comes_back(&entries);
        }

        #[test]
        fn any_bytes_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            read(&bytes, &Nodes::default());
        }
    }
}
