//! The tables that the codes of ICD-10-PCS are built from, and the titles composed with them.
//!
//! A table fixes the first three characters of its codes. Each of its rows is a box: a set of values for each of
//! the four characters that follow, and every combination of them is a code. A row has a [`Template`], and
//! each of its values a phrase: the title of a code is the template filled with the phrases of its values. The core
//! holds the codes that no table has, and those whose titles are not composed so; [`open`] puts the two
//! together.
//!
//! # The section
//!
//! One stream of decisions, primed by the core of the same system:
//!
//! 1. the number of bits of a text number, 5 bits;
//! 2. for every code of three characters in the core, in order: whether it is a table, and if so the titles and
//!    labels of its first three axes, and the number of its rows;
//! 3. for each row and each of its four axes: the title, the set of characters, and for each character its label;
//!    then the template of the row, and for each value its phrase.
//!
//! Whatever repeats (a title, a set, a label, a template, a phrase) is first guessed to be what was last seen in
//! like places, the nearest first: a flag per guess. What no guess hits is the number of an earlier text or template,
//! or a new one, written as an edit of a text that it resembles.

use std::collections::HashMap;

use super::coding::{Bit, Coder, Decoder, Encoder, Number, models};
use super::core::{self, Code, DIGITS, NO_NODE, Nodes, digit_of};
use super::pool::{EMPTY, Pool, Recall, TextId, Texts, UNSEEN, context};
use super::text::{Word, WordModel, Words};

/// A value that a character may take in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value {
    /// The character.
    pub character: u8,
    /// What it means, as the table prints it.
    pub label: TextId,
    /// What it puts into titles; [`EMPTY`] for nothing.
    pub phrase: TextId,
}

/// What a character may be in a row, and what it stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Axis {
    /// The title, such as `Body Part`.
    pub title: TextId,
    /// The number of its first value in [`Tables::values`]; they stand in order of character.
    pub start: u32,
    /// The number after its last value.
    pub end: u32,
}

/// A row of a table: every combination of its values is a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The axes of the fourth to the seventh character.
    pub axes: [Axis; 4],
    /// The number of its template in [`Tables::templates`].
    pub template: u16,
}

/// How the title of a code is made from the phrases of its four values: the words at the beginning, the phrases in a certain
/// order, each but the first with words before it, and the words at the end. A value without a phrase has no words before
/// it either.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Template {
    /// The axes, 0 to 3, in the order in which their phrases stand.
    pub order: [u8; 4],
    /// The words at the beginning, before the second, third and fourth phrase in that order, and at the end.
    pub texts: [TextId; 5],
}

/// A table: the codes that begin with the same three characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table {
    /// The three characters.
    pub prefix: Code,
    /// The title of the axis and the label of the value, for each of the three.
    pub axes: [(TextId, TextId); 3],
    /// The number of its first row in [`Tables::rows`].
    pub start: u32,
    /// The number after its last row.
    pub end: u32,
}

/// The tables of a system in memory, in ascending order of their prefixes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tables {
    /// Titles of axes, labels, phrases, and the words of templates.
    pub texts: Texts,
    /// The different templates.
    pub templates: Vec<Template>,
    /// The values of all rows.
    pub values: Vec<Value>,
    /// The rows of all tables.
    pub rows: Vec<Row>,
    /// The tables.
    pub tables: Vec<Table>,
}

/// A value that may come next, as [`Tables::next`] finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The character.
    pub character: u8,
    /// The title of the axis.
    pub title: TextId,
    /// The label of the value.
    pub label: TextId,
}

impl Tables {
    /// The values of an axis.
    pub fn values(&self, axis: &Axis) -> &[Value] {
        self.values
            .get(axis.start as usize..axis.end as usize)
            .unwrap_or(&[])
    }

    /// The rows of a table.
    pub fn rows(&self, table: &Table) -> &[Row] {
        self.rows
            .get(table.start as usize..table.end as usize)
            .unwrap_or(&[])
    }

    /// Appends the words of the title that a row's template makes of one value per axis.
    pub fn compose(&self, row: &Row, values: [&Value; 4], out: &mut Vec<Word>) {
        let Some(template) = self.templates.get(usize::from(row.template)) else {
            return;
        };
        let [lead, second, third, fourth, tail] = template.texts;
        out.extend_from_slice(self.texts.get(lead));
        for (axis, before) in template.order.iter().zip([EMPTY, second, third, fourth]) {
            let phrase = values
                .get(usize::from(*axis))
                .map_or(EMPTY, |value| value.phrase);
            if phrase != EMPTY {
                out.extend_from_slice(self.texts.get(before));
                out.extend_from_slice(self.texts.get(phrase));
            }
        }
        out.extend_from_slice(self.texts.get(tail));
    }

    /// The values that may follow a prefix of a code (upper case): those of the rows that accept all characters of
    /// the prefix. In order of character; a character that has different labels in different rows comes once with each.
    /// Nothing where no code begins with the prefix, or where it is a whole code.
    pub fn next(&self, prefix: &str) -> Vec<Choice> {
        let bytes = prefix.as_bytes();
        let mut choices: Vec<Choice> = Vec::new();
        let mut add = |choice: Choice| {
            if !choices.contains(&choice) {
                choices.push(choice);
            }
        };
        let head = bytes.get(..3).unwrap_or(bytes);
        let tables = self
            .tables
            .iter()
            .filter(|table| table.prefix.as_str().as_bytes().starts_with(head));
        for table in tables {
            if let (Some((title, label)), Some(character)) =
                (table.axes.get(bytes.len()), table.prefix.at(bytes.len()))
            {
                add(Choice {
                    character,
                    title: *title,
                    label: *label,
                });
                continue;
            }
            let rest = bytes.get(3..).unwrap_or(&[]);
            for row in self.rows(table) {
                let accepts = rest.iter().zip(&row.axes).all(|(byte, axis)| {
                    self.values(axis)
                        .iter()
                        .any(|value| value.character == *byte)
                });
                if let (true, Some(axis)) = (accepts, row.axes.get(rest.len())) {
                    for value in self.values(axis) {
                        add(Choice {
                            character: value.character,
                            title: axis.title,
                            label: value.label,
                        });
                    }
                }
            }
        }
        // A stable sort: labels of one character stay in the order of their rows.
        crate::sort::sort_by_key(&mut choices, |choice| choice.character);
        choices
    }

    /// How many codes the rows stand for, and how many words their titles have together.
    pub fn totals(&self) -> (usize, usize) {
        let (mut codes, mut words) = (0usize, 0usize);
        for row in &self.rows {
            let sizes = row.axes.map(|axis| self.values(&axis).len());
            let count = sizes
                .iter()
                .fold(1usize, |all, size| all.saturating_mul(*size));
            let template = self.templates.get(usize::from(row.template));
            let template = template.copied().unwrap_or_default();
            let length = |text: TextId| self.texts.get(text).len();
            let [lead, second, third, fourth, tail] = template.texts.map(length);
            codes = codes.saturating_add(count);
            words = words.saturating_add(count.saturating_mul(lead + tail));
            for (axis, before) in template.order.iter().zip([0, second, third, fourth]) {
                let axis = row.axes.get(usize::from(*axis)).copied();
                let values = axis.map_or(&[][..], |axis| self.values(&axis));
                let sum: usize = values
                    .iter()
                    .filter(|value| value.phrase != EMPTY)
                    .map(|value| before + length(value.phrase))
                    .sum();
                words = words.saturating_add(sum.saturating_mul(count / values.len().max(1)));
            }
        }
        (codes, words)
    }

    /// Puts the codes of the tables among those of the core. A code that the core holds is taken from there.
    pub fn expand(&self, core: Nodes) -> Nodes {
        let mut out = Merge::new(&core);
        let (count, words) = self.totals();
        if count > MOST_CODES || words > MOST_WORDS {
            return core;
        }
        out.reserve(count + core.codes.len(), words + core.tokens.len());
        let mut codes: Vec<(Code, u32, [u8; 4])> = Vec::new();
        for table in &self.tables {
            codes.clear();
            for (number, row) in (table.start..).zip(self.rows(table)) {
                let [a, b, c, d] = row.axes.map(|axis| self.values(&axis));
                for (i, a) in (0..).zip(a) {
                    let code = table.prefix.with(3, a.character);
                    for (j, b) in (0..).zip(b) {
                        let code = code.with(4, b.character);
                        for (k, c) in (0..).zip(c) {
                            let code = code.with(5, c.character);
                            for (l, d) in (0..).zip(d) {
                                codes.push((code.with(6, d.character), number, [i, j, k, l]));
                            }
                        }
                    }
                }
            }
            // Each row is in order already: the sort finds its runs and merges them.
            crate::sort::sort(&mut codes);
            for (code, row, at) in &codes {
                if !out.is_new(*code) {
                    continue;
                }
                let Some(row) = self.rows.get(*row as usize) else {
                    continue;
                };
                let none = Value {
                    character: 0,
                    label: EMPTY,
                    phrase: EMPTY,
                };
                let mut values = [&none; 4];
                for ((to, axis), at) in values.iter_mut().zip(&row.axes).zip(at) {
                    *to = self.values(axis).get(usize::from(*at)).unwrap_or(&none);
                }
                out.before(&core, *code);
                if out.is_new(*code) {
                    self.compose(row, values, &mut out.nodes.tokens);
                    out.push(*code, 0, true);
                }
            }
        }
        out.finish(&core)
    }
}

/// Two ascending runs of codes on their way into one.
struct Merge {
    nodes: Nodes,
    /// The number of the next node of the core.
    next: usize,
    /// The nodes above the one added last, and that one.
    above: Vec<u32>,
}

impl Merge {
    fn new(core: &Nodes) -> Merge {
        Merge {
            nodes: Nodes {
                sets: core.sets.clone(),
                groups: core.groups.clone(),
                words: core.words.clone(),
                ..Nodes::default()
            },
            next: 0,
            above: Vec::new(),
        }
    }

    fn reserve(&mut self, nodes: usize, words: usize) {
        self.nodes.codes.reserve_exact(nodes);
        self.nodes.parents.reserve_exact(nodes);
        self.nodes.sevenths.reserve_exact(nodes);
        self.nodes.billable.reserve_exact(nodes);
        self.nodes.ends.reserve_exact(nodes);
        self.nodes.tokens.reserve_exact(words);
    }

    fn is_new(&self, code: Code) -> bool {
        self.nodes.codes.last().is_none_or(|last| *last < code)
    }

    /// Adds the nodes of the core up to a code, included.
    fn before(&mut self, core: &Nodes, code: Code) {
        while let Some(next) = core.codes.get(self.next).filter(|next| **next <= code) {
            let title = core.title(self.next as u32);
            self.nodes.tokens.extend_from_slice(title);
            let seventh = core.sevenths.get(self.next).copied().unwrap_or(0);
            let billable = core.billable.get(self.next) == Some(&true);
            self.push(*next, seventh, billable);
            self.next += 1;
        }
    }

    /// Adds a node whose title is at the end of the tokens.
    fn push(&mut self, code: Code, seventh: u8, billable: bool) {
        let codes = &self.nodes.codes;
        let is_above = |node: &u32| {
            let above = codes.get(*node as usize);
            above.is_some_and(|above| code.starts_with(above))
        };
        while self.above.last().is_some_and(|node| !is_above(node)) {
            self.above.pop();
        }
        let parent = self.above.last().copied().unwrap_or(NO_NODE);
        self.above.push(self.nodes.codes.len() as u32);
        self.nodes.codes.push(code);
        self.nodes.parents.push(parent);
        self.nodes.sevenths.push(seventh);
        self.nodes.billable.push(billable);
        self.nodes.ends.push(self.nodes.tokens.len() as u32);
    }

    fn finish(mut self, core: &Nodes) -> Nodes {
        if let Some(last) = core.codes.last() {
            self.before(core, *last);
        }
        self.nodes
    }
}

/// The last comma of a label divides it into what is put first in titles and the rest: `Femoral Artery, Right` stands there
/// as `Right Femoral Artery`. Nothing for a label without a comma.
pub fn turned(label: &[Word], words: &Words) -> Option<Vec<Word>> {
    let comma = label.iter().rposition(|word| words.get(*word) == ",")?;
    let (first, last) = label.split_at_checked(comma)?;
    Some([last.get(1..)?, first].concat())
}

/// Opens a core with the tables that belong to it, if there are any. Nothing where the core cannot be read.
pub fn open(core: &[u8], tables: Option<&[u8]>) -> Option<(Nodes, WordModel, Tables)> {
    let (nodes, words) = core::read(core)?;
    let Some(bytes) = tables else {
        return Some((nodes, words, Tables::default()));
    };
    let (tables, words) = read(bytes, &nodes, words);
    let mut nodes = tables.expand(nodes);
    nodes.words = words.words.clone();
    Some((nodes, words, tables))
}

/// Writes the section: `tables` and `words` with the numbers of the tokenizer that `primed` was made for, and the nodes of
/// the core. Returns its bytes and what the model has learned, which primes the other sections.
pub fn write(
    tables: &Tables,
    words: &Words,
    core: &Nodes,
    primed: WordModel,
) -> (Vec<u8>, WordModel) {
    let mut coder = Encoder::default();
    let (_, words) = run(&mut coder, tables, words, core, primed);
    (coder.finish(), words)
}

/// Reads the section, with the nodes and the model that the core's reader returned. Any bytes give some tables.
pub fn read(bytes: &[u8], core: &Nodes, primed: WordModel) -> (Tables, WordModel) {
    let (input, words) = (Tables::default(), Words::default());
    run(&mut Decoder::new(bytes), &input, &words, core, primed)
}

fn run<C: Coder>(
    coder: &mut C,
    input: &Tables,
    words: &Words,
    core: &Nodes,
    primed: WordModel,
) -> (Tables, WordModel) {
    let words_model = primed.resume(words);
    let pool = Pool::start(coder, &input.texts, words_model, 4);
    let mut this = Boxes {
        coder,
        input,
        words,
        out: Tables::default(),
        pool,
        phrase_how: models(32),
        turned: HashMap::new(),
        masks: vec![0],
        mask_numbers: HashMap::from([(0, 0)]),
        mask_recall: Recall::default(),
        mask_bits: models(4 * 32),
        seen: HashMap::new(),
        template_numbers: HashMap::new(),
        template_recall: Recall::default(),
        template_new: models(2),
        template_ids: models(1 << TEMPLATE_BITS),
        order: models(4 * 4),
    };
    this.tables(core);
    let Boxes { mut out, pool, .. } = this;
    out.texts = pool.out;
    (out, pool.text.words)
}

/// The templates of a system are numbered with this many bits.
const TEMPLATE_BITS: u32 = 14;
/// There are fewer templates than this.
pub const MOST_TEMPLATES: usize = 1 << TEMPLATE_BITS;
/// More codes than the tables of any release have.
pub const MOST_CODES: usize = 1 << 18;
/// More words in titles than a system has, so that damaged bytes cannot ask for endless memory.
pub const MOST_WORDS: usize = 1 << 22;
/// More rows than the tables of any release have, so that damaged bytes cannot ask for endless memory.
pub const MOST_ROWS: usize = 1 << 13;
const TITLE: usize = 0;
const LABEL: usize = 1;
const PHRASE: usize = 2;
const WORDING: usize = 3;

struct Boxes<'a, C> {
    coder: &'a mut C,
    /// While writing: the tables, and the words that their texts are made of. While reading: empty.
    input: &'a Tables,
    words: &'a Words,
    out: Tables,
    pool: Pool<'a>,
    phrase_how: Vec<Bit>,
    /// The number of the text that a label becomes when it is turned.
    turned: HashMap<TextId, TextId>,
    /// The different sets of characters, by number.
    masks: Vec<u64>,
    mask_numbers: HashMap<u64, u32>,
    mask_recall: Recall,
    mask_bits: Vec<Bit>,
    /// All characters seen so far in a place.
    seen: HashMap<u32, u64>,
    template_numbers: HashMap<Template, u32>,
    template_recall: Recall,
    template_new: Vec<Bit>,
    template_ids: Vec<Bit>,
    order: Vec<Bit>,
}

/// A table while it is coded: what its contexts are made of.
#[derive(Clone, Copy)]
struct Here {
    section: u32,
    system: u32,
    operation: u32,
}

impl Here {
    /// The section and the operation of a table: what its axes mean depends on them.
    fn deed(&self) -> u32 {
        self.section << 8 | self.operation
    }

    /// The section and the body system of a table: what its body parts are depends on them.
    fn place(&self) -> u32 {
        self.section << 8 | self.system | 1 << 16
    }

    fn table(&self) -> u32 {
        self.section << 16 | self.system << 8 | self.operation | 1 << 24
    }
}

impl<C: Coder> Boxes<'_, C> {
    fn tables(&mut self, core: &Nodes) {
        let (mut is_table, mut count) = (Bit::default(), Number::default());
        let mut next = 0;
        for code in core.codes.iter().filter(|code| code.len() == 3) {
            let source = self.input.tables.get(next).filter(|t| t.prefix == *code);
            if !self.coder.flag(&mut is_table, source.is_some()) {
                continue;
            }
            next += 1;
            let byte = |at| u32::from(code.at(at).unwrap_or(0));
            let here = Here {
                section: byte(0),
                system: byte(1),
                operation: byte(2),
            };
            let mut axes = [(EMPTY, EMPTY); 3];
            for (at, to) in (0..).zip(&mut axes) {
                let (title, label) = source
                    .and_then(|table| table.axes.get(at as usize))
                    .copied()
                    .unwrap_or_default();
                let title = self.pool.text(
                    self.coder,
                    TITLE,
                    &[context(&[at, here.section]), context(&[at])],
                    title,
                    EMPTY,
                );
                // A label depends on the characters up to its own, or else on its own within the section.
                let above = match at {
                    0 => here.section,
                    1 => here.place(),
                    _ => here.deed(),
                };
                let label = self.pool.text(
                    self.coder,
                    LABEL,
                    &[context(&[at, above]), context(&[at, byte(at as usize)])],
                    label,
                    EMPTY,
                );
                *to = (title, label);
            }
            let rows = source.map_or(&[][..], |table| self.input.rows(table));
            let rows_count = self.coder.number(&mut count, rows.len() as u32) as usize;
            let start = self.out.rows.len() as u32;
            for at in 0..rows_count {
                if self.out.rows.len() >= MOST_ROWS || self.pool.is_full() {
                    break;
                }
                let row = self.row(&here, rows.get(at), at as u32);
                self.out.rows.push(row);
            }
            self.out.tables.push(Table {
                prefix: *code,
                axes,
                start,
                end: self.out.rows.len() as u32,
            });
        }
    }

    fn row(&mut self, here: &Here, source: Option<&Row>, number: u32) -> Row {
        let mut row = Row {
            axes: [Axis::default(); 4],
            template: 0,
        };
        let before = match number {
            0 => None,
            _ => self.out.rows.last().copied(),
        };
        let mut mask_before = 0;
        for (at, to) in (3..).zip(&mut row.axes) {
            let axis = source.and_then(|row| row.axes.get(at as usize - 3));
            let values = axis.map_or(&[][..], |axis| self.input.values(axis));
            let title = self.pool.text(
                self.coder,
                TITLE,
                &[
                    context(&[at, here.table()]),
                    context(&[at, here.deed()]),
                    context(&[at, here.section]),
                ],
                axis.map_or(EMPTY, |axis| axis.title),
                EMPTY,
            );
            let start = self.out.values.len() as u32;
            let elder = before
                .and_then(|row| row.axes.get(at as usize - 3).copied())
                .map_or(0, |axis| mask_of(self.out.values(&axis)));
            let mask = self.mask(here, at, mask_of(values), elder, &mut mask_before);
            let mut follow = mask;
            let mut label_before = u32::from(title) | 1 << 20;
            while follow != 0 {
                let digit = follow.trailing_zeros();
                follow &= follow - 1;
                let character = DIGITS.get(digit as usize).copied().unwrap_or(b'0');
                let value = values.iter().find(|value| value.character == character);
                let place = at << 8 | u32::from(character);
                let label = self.pool.text(
                    self.coder,
                    LABEL,
                    &[
                        context(&[place, here.table(), label_before]),
                        context(&[place, label_before]),
                        context(&[place, here.place()]),
                        context(&[place, here.section]),
                    ],
                    value.map_or(EMPTY, |value| value.label),
                    EMPTY,
                );
                label_before = u32::from(label);
                self.out.values.push(Value {
                    character,
                    label,
                    phrase: EMPTY,
                });
            }
            let end = self.out.values.len() as u32;
            *to = Axis { title, start, end };
        }
        row.template = self.template(here, source);
        for (at, axis) in (3..).zip(&row.axes) {
            let source = source.and_then(|row| row.axes.get(at as usize - 3));
            let mut before = UNSEEN;
            for number in axis.start..axis.end {
                let value = source
                    .and_then(|axis| {
                        let values = self.input.values(axis);
                        values.get((number - axis_start(&row, at)) as usize)
                    })
                    .copied();
                let label = self
                    .out
                    .values
                    .get(number as usize)
                    .map_or(EMPTY, |value| value.label);
                let phrase = self.phrase(here, at, label, value, row.template, &mut before);
                if let Some(to) = self.out.values.get_mut(number as usize) {
                    to.phrase = phrase;
                }
            }
        }
        row
    }

    /// Codes a set of characters; `elder` is the set in the row before.
    fn mask(&mut self, here: &Here, at: u32, value: u64, elder: u64, before: &mut u32) -> u64 {
        let elder_number = self.mask_numbers.get(&elder).copied().unwrap_or(0);
        let contexts = [
            context(&[at, here.table(), *before, elder_number]),
            context(&[at, here.deed(), *before, elder_number]),
            context(&[at, here.place(), *before]),
            context(&[at, here.deed()]),
        ];
        let known = self.mask_numbers.get(&value).copied().unwrap_or(UNSEEN);
        let number = self.mask_recall.guess(self.coder, &contexts, known);
        let places = [context(&[at, here.place()]), context(&[at, here.deed()])];
        let number = match number {
            Some(number) => number,
            None => {
                let [near, far] = places.map(|place| self.seen.get(&place).copied().unwrap_or(0));
                let (mut mask, mut last) = (0u64, 0);
                for digit in 0..36 {
                    let bit = |mask: u64| (mask >> digit & 1) as usize;
                    let model = (at as usize & 3) << 5
                        | bit(near) << 4
                        | bit(far) << 3
                        | bit(elder) << 2
                        | usize::from(elder == 0) << 1
                        | last;
                    let read = self
                        .mask_bits
                        .get_mut(model)
                        .map_or(0, |model| self.coder.bit(model, bit(value) as u32));
                    mask |= u64::from(read) << digit;
                    last = read as usize;
                }
                let next = self.masks.len() as u32;
                let number = *self.mask_numbers.entry(mask).or_insert(next);
                if number == next {
                    self.masks.push(mask);
                }
                number
            }
        };
        self.mask_recall.note(&contexts, number);
        *before = number;
        let mask = self.masks.get(number as usize).copied().unwrap_or(0);
        for place in places {
            *self.seen.entry(place).or_insert(0) |= mask;
        }
        mask
    }

    /// Codes the phrase of a value: guessed from its label, the label itself, nothing, the label turned, or another text.
    fn phrase(
        &mut self,
        here: &Here,
        at: u32,
        label: TextId,
        value: Option<Value>,
        template: u16,
        before: &mut u32,
    ) -> TextId {
        let contexts = [
            context(&[at, u32::from(label), u32::from(template)]),
            context(&[at, u32::from(label), here.deed()]),
            context(&[at, u32::from(label)]),
            context(&[u32::from(label)]),
        ];
        let source = value.map_or(EMPTY, |value| value.phrase);
        let number = match self.pool.guess(self.coder, PHRASE, &contexts, source) {
            Some(number) => number,
            None => {
                let is_turned = value.is_some_and(|value| {
                    let label = self.input.texts.get(value.label);
                    let text = turned(label, self.words);
                    text.as_deref() == Some(self.input.texts.get(source))
                });
                let how = match source {
                    EMPTY => 1,
                    _ if value.is_some_and(|value| value.label == source) => 0,
                    _ if is_turned => 2,
                    _ => 3,
                };
                let row = match *before {
                    UNSEEN => 7,
                    how => how.min(3),
                };
                let row = (row as usize) << 2..(row as usize + 1) << 2;
                let models = self.phrase_how.get_mut(row).unwrap_or(&mut []);
                let how = self.coder.symbol(models, 2, how);
                *before = how;
                match how {
                    0 => label,
                    1 => EMPTY,
                    2 => self.turned(label, source),
                    _ => self.pool.unguessed(self.coder, PHRASE, source, label),
                }
            }
        };
        self.pool.note(PHRASE, &contexts, number);
        number
    }

    fn turned(&mut self, label: TextId, source: TextId) -> TextId {
        if let Some(number) = self.turned.get(&label) {
            return *number;
        }
        let words = &self.pool.text.words.words;
        let text = turned(self.pool.out.get(label), words).unwrap_or_default();
        let number = self.pool.add(&text, source);
        self.turned.insert(label, number);
        number
    }

    /// Codes the template of a row.
    fn template(&mut self, here: &Here, source: Option<&Row>) -> u16 {
        let template = source
            .and_then(|row| self.input.templates.get(usize::from(row.template)))
            .copied()
            .unwrap_or_default();
        let contexts = [
            context(&[here.table()]),
            context(&[here.deed()]),
            context(&[here.section]),
        ];
        let mut mapped = template;
        let mut is_known = true;
        for text in &mut mapped.texts {
            let known = self.pool.known(*text);
            is_known &= known.is_some();
            *text = known.unwrap_or(EMPTY);
        }
        let known = match self.template_numbers.get(&mapped) {
            Some(number) if is_known => *number,
            _ => UNSEEN,
        };
        let guess = self.template_recall.guess(self.coder, &contexts, known);
        let number = match guess {
            Some(number) => number,
            None => self.unguessed_template(here, &template, known),
        };
        self.template_recall.note(&contexts, number);
        number as u16
    }

    fn unguessed_template(&mut self, here: &Here, template: &Template, known: u32) -> u32 {
        let is_new = self
            .template_new
            .get_mut(1)
            .is_some_and(|model| self.coder.flag(model, known == UNSEEN));
        if !is_new {
            let known = if known == UNSEEN { 0 } else { known };
            let number = self
                .coder
                .symbol(&mut self.template_ids, TEMPLATE_BITS, known);
            return number.min((self.out.templates.len() as u32).saturating_sub(1));
        }
        let mut read = Template::default();
        for (at, (to, axis)) in read.order.iter_mut().zip(template.order).enumerate() {
            let models = self
                .order
                .get_mut(at << 2..(at + 1) << 2)
                .unwrap_or(&mut []);
            *to = self.coder.symbol(models, 2, u32::from(axis)) as u8;
        }
        for (at, source) in template.texts.iter().enumerate() {
            // The words before a phrase depend on the axis it is of.
            let axis = match read.order.get(at) {
                Some(axis) if at > 0 => u32::from(*axis),
                _ => 8 + at as u32,
            };
            let contexts = [
                context(&[axis, at as u32, here.deed()]),
                context(&[axis, here.section]),
                context(&[axis]),
            ];
            let text = self
                .pool
                .text(self.coder, WORDING, &contexts, *source, EMPTY);
            if let Some(to) = read.texts.get_mut(at) {
                *to = text;
            }
        }
        let number = self.out.templates.len().min((1 << TEMPLATE_BITS) - 1) as u32;
        if self.out.templates.len() < 1 << TEMPLATE_BITS {
            self.out.templates.push(read);
            self.template_numbers.insert(read, number);
        }
        number
    }
}

fn axis_start(row: &Row, at: u32) -> u32 {
    row.axes.get(at as usize - 3).map_or(0, |axis| axis.start)
}

fn mask_of(values: &[Value]) -> u64 {
    values
        .iter()
        .fold(0, |mask, value| mask | 1 << digit_of(value.character))
}

#[cfg(test)]
mod tests {
    use super::super::pool::Interned;
    use super::super::text::Tokenizer;
    use super::*;
    use proptest::prelude::*;

    /// A row in a test: the characters of its four axes, and the wording before the phrase of each but the first.
    type TestRow = ([&'static str; 4], [&'static str; 3]);

    const AXES: [&str; 4] = ["part", "way", "tool", "aim"];

    /// Tables whose every label is the character and its axis, such as `B part`, and the core of their headers. The
    /// character Z puts nothing into titles.
    fn sample(tables: &[(&str, Vec<TestRow>)]) -> (Tables, Nodes, Tokenizer) {
        let mut tokenizer = Tokenizer::default();
        let mut interned = Interned::default();
        let mut text = |text: &str| interned.number(&tokenizer.tokenize_inside(text));
        let mut out = Tables::default();
        let mut core = Nodes::default();
        for (prefix, rows) in tables {
            let prefix = Code::new(prefix).unwrap();
            let start = out.rows.len() as u32;
            for (sets, wording) in rows {
                let mut axes = [Axis::default(); 4];
                for (at, (to, set)) in (4usize..).zip(axes.iter_mut().zip(sets)) {
                    let start = out.values.len() as u32;
                    out.values.extend(set.bytes().map(|character| {
                        let label = text(&format!("{} {}", char::from(character), AXES[at - 4]));
                        let phrase = match character {
                            b'Z' => EMPTY,
                            _ => label,
                        };
                        Value {
                            character,
                            label,
                            phrase,
                        }
                    }));
                    *to = Axis {
                        title: text(&format!("Axis {at}")),
                        start,
                        end: out.values.len() as u32,
                    };
                }
                let [second, third, fourth] = wording.map(&mut text);
                let template = Template {
                    order: [0, 3, 2, 1],
                    texts: [text("Mend"), second, third, fourth, text("at once")],
                };
                out.templates.push(template);
                out.rows.push(Row {
                    axes,
                    template: out.templates.len() as u16 - 1,
                });
            }
            let head = |at: usize| format!("{at} {}", &prefix.as_str()[..at]);
            let axes = [1, 2, 3].map(|at| (text(&format!("Axis {at}")), text(&head(at))));
            out.tables.push(Table {
                prefix,
                axes,
                start,
                end: out.rows.len() as u32,
            });
            core.codes.push(prefix);
            core.parents.push(NO_NODE);
            core.sevenths.push(0);
            core.billable.push(false);
            core.ends.push(0);
        }
        out.texts = interned.texts;
        core.words = tokenizer.words.clone();
        (out, core, tokenizer)
    }

    fn two_tables() -> Vec<(&'static str, Vec<TestRow>)> {
        vec![
            (
                "0A1",
                vec![
                    (["12", "0", "JZ", "XZ"], ["to", "with", ","]),
                    (["3", "03", "Z", "Z"], ["to", "with", ","]),
                ],
            ),
            ("0AB", vec![(["1", "04", "Z", "XZ"], [",", ",", ","])]),
        ]
    }

    fn characters(choices: &[Choice]) -> String {
        choices
            .iter()
            .map(|choice| char::from(choice.character))
            .collect()
    }

    /// The tables as text: what must come back although texts and templates are numbered anew.
    fn described(tables: &Tables, words: &Words) -> Vec<String> {
        let text = |text: TextId| {
            let mut out = String::new();
            words.write_inside(tables.texts.get(text), &mut out);
            out
        };
        let mut out = Vec::new();
        for table in &tables.tables {
            out.push(table.prefix.as_str().to_string());
            out.extend(
                table
                    .axes
                    .map(|(title, label)| format!("{}={}", text(title), text(label))),
            );
            for row in tables.rows(table) {
                let template = tables.templates[usize::from(row.template)];
                out.push(format!(
                    "{:?} {:?}",
                    template.order,
                    template.texts.map(text)
                ));
                for axis in &row.axes {
                    out.push(text(axis.title));
                    out.extend(tables.values(axis).iter().map(|value| {
                        let character = char::from(value.character);
                        format!("{character} {}: {}", text(value.label), text(value.phrase))
                    }));
                }
            }
        }
        out
    }

    fn written(tables: &Tables, core: &Nodes, tokenizer: &Tokenizer) -> (Vec<u8>, Vec<u8>) {
        let source = Nodes {
            words: tokenizer.words.clone(),
            ..core.clone()
        };
        let (core, primed) = core::write(&source);
        let (bytes, _) = write(tables, &tokenizer.words, &source, primed);
        (core, bytes)
    }

    #[test]
    fn tables_come_back_and_their_codes_are_composed() {
        let (tables, core, tokenizer) = sample(&two_tables());
        let (core, bytes) = written(&tables, &core, &tokenizer);
        assert_eq!((core.len(), bytes.len()), (22, 108), "exact sizes");
        let (nodes, words, read) = open(&core, Some(&bytes)).unwrap();
        assert_eq!(
            described(&read, &words.words),
            described(&tables, &tokenizer.words)
        );
        let titles: Vec<String> = (0..nodes.codes.len() as u32)
            .map(|node| {
                let title = nodes.words.text(nodes.title(node));
                format!("{} {title}", nodes.codes[node as usize].as_str())
            })
            .collect();
        assert_eq!(titles.len(), 2 + 8 + 2 + 4);
        assert_eq!(titles[0], "0A1 ");
        assert_eq!(
            titles[1],
            "0A110JX Mend 1 part to X aim with J tool, 0 way at once"
        );
        assert_eq!(titles[4], "0A110ZZ Mend 1 part, 0 way at once");
        assert_eq!(titles[11], "0AB ");
        let of_header = |node: u32| (1..11).contains(&node);
        for node in 0..nodes.codes.len() as u32 {
            let parent = match node {
                0 | 11 => NO_NODE,
                _ if of_header(node) => 0,
                _ => 11,
            };
            assert_eq!(nodes.parents[node as usize], parent, "{node}");
            assert_eq!(nodes.billable[node as usize], parent != NO_NODE, "{node}");
        }
    }

    #[test]
    fn a_code_that_the_core_holds_keeps_the_title_of_the_core() {
        let (tables, mut core, mut tokenizer) = sample(&two_tables());
        // Between the two headers: one code of a row, and one that no row has.
        for (at, code, title) in [(1, "0A110JX", "Other words"), (2, "0A19999", "Added later")] {
            core.codes.insert(at, Code::new(code).unwrap());
            core.parents.insert(at, 0);
            core.sevenths.insert(at, 0);
            core.billable.insert(at, true);
            core.tokens.extend(tokenizer.tokenize(title));
            core.ends.insert(at, core.tokens.len() as u32);
        }
        *core.ends.last_mut().unwrap() = core.tokens.len() as u32;
        let (core, bytes) = written(&tables, &core, &tokenizer);
        let (nodes, _, _) = open(&core, Some(&bytes)).unwrap();
        let title = |code: &str| {
            let at = nodes.codes.binary_search(&Code::new(code).unwrap());
            at.map(|node| nodes.words.text(nodes.title(node as u32)))
        };
        assert_eq!(title("0A110JX").as_deref(), Ok("Other words"));
        assert_eq!(title("0A19999").as_deref(), Ok("Added later"));
        assert_eq!(
            title("0A120JX").as_deref(),
            Ok("Mend 2 part to X aim with J tool, 0 way at once")
        );
        assert_eq!(nodes.codes.len(), 17);
        assert!(nodes.codes.is_sorted());
        assert_eq!(nodes.parents[10..13], [0, 0, NO_NODE]);
    }

    #[test]
    fn only_values_of_rows_that_are_still_possible_follow() {
        let (tables, _, _) = sample(&two_tables());
        let next = |prefix: &str| characters(&tables.next(prefix));
        assert_eq!(next(""), "0");
        assert_eq!(next("0"), "A");
        assert_eq!(next("0A"), "1B");
        assert_eq!(next("0A1"), "123");
        // Both rows accept 0 as the fifth character, but only the second one accepts 3, and only after 3.
        assert_eq!(next("0A11"), "0");
        assert_eq!(next("0A13"), "03");
        assert_eq!(next("0A130"), "Z");
        assert_eq!(next("0A110"), "JZ");
        assert_eq!(next("0A110J"), "XZ");
        assert_eq!(next("0A130Z"), "Z");
        for nothing in ["0A113", "0A130J", "0A110JX", "0A110JXX", "1", "0A2", "é"] {
            assert_eq!(next(nothing), "", "{nothing}");
        }
    }

    #[test]
    fn a_label_is_turned_at_its_last_comma() {
        let mut tokenizer = Tokenizer::default();
        let label = tokenizer.tokenize_inside("Artery, Deep, Right");
        let read = turned(&label, &tokenizer.words).unwrap();
        assert_eq!(tokenizer.words.text(&read), "Right Artery, Deep");
        let label = tokenizer.tokenize_inside("Artery");
        assert_eq!(turned(&label, &tokenizer.words), None);
    }

    proptest! {
        // Each case fills models of several megabytes.
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn any_tables_come_back(
            shapes in prop::collection::vec((0..6usize, 0..6usize, 0..6usize, 0..6usize, 0..4usize), 0..30),
        ) {
            const SETS: [&str; 6] = ["0", "Z", "012", "3Z", "ABCDEFGH", "ABCDEFGHJKZ"];
            const WORDS: [&str; 4] = ["", "of", "with the", ","];
            let prefixes: Vec<String> = (0..10).map(|at| format!("0{at}Z")).collect();
            let rows: Vec<TestRow> = shapes
                .iter()
                .map(|(a, b, c, d, w)| {
                    let wording = [WORDS[*w], WORDS[(w + 1) & 3], WORDS[3]];
                    ([SETS[*a], SETS[*b], SETS[*c], SETS[*d]], wording)
                })
                .collect();
            let tables: Vec<(&str, Vec<TestRow>)> = rows
                .chunks(3)
                .zip(&prefixes)
                .map(|(rows, prefix)| (prefix.as_str(), rows.to_vec()))
                .collect();
            let (tables, core, tokenizer) = sample(&tables);
            let (core, bytes) = written(&tables, &core, &tokenizer);
            let (_, words, read) = open(&core, Some(&bytes)).unwrap();
            prop_assert_eq!(described(&read, &words.words), described(&tables, &tokenizer.words));
        }

        #[test]
        fn every_way_down_ends_at_a_code_and_every_code_is_reached(
            first in "[0-3]{1,4}", second in "[0-3]{1,4}", third in "[0-3]{1,3}",
        ) {
            let leak = |text: &str| -> &'static str {
                let mut set: Vec<char> = text.chars().collect();
                set.sort_unstable();
                set.dedup();
                Box::leak(set.into_iter().collect::<String>().into_boxed_str())
            };
            let (first, second, third) = (leak(&first), leak(&second), leak(&third));
            let rows = vec![
                ([first, second, third, "0"], ["", "", ""]),
                ([second, third, first, "01"], ["", "", ""]),
            ];
            let (tables, core, _) = sample(&[("0A1", rows)]);
            let mut reached = Vec::new();
            let mut open = vec![String::from("0A1")];
            while let Some(prefix) = open.pop() {
                if prefix.len() == 7 {
                    reached.push(prefix);
                    continue;
                }
                let choices = tables.next(&prefix);
                prop_assert!(!choices.is_empty(), "{} leads nowhere", prefix);
                open.extend(choices.iter().map(|choice| format!("{prefix}{}", char::from(choice.character))));
            }
            reached.sort();
            let codes: Vec<String> = tables.expand(core).codes[1..]
                .iter()
                .map(|code| code.as_str().to_string())
                .collect();
            prop_assert_eq!(reached, codes);
        }
    }
    proptest! {
        // Noise reads as long as the bounds allow.
        #![proptest_config(ProptestConfig::with_cases(6))]

        #[test]
        fn any_bytes_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let (_, core, tokenizer) = sample(&two_tables());
            let (core, _) = written(&Tables::default(), &core, &tokenizer);
            open(&core, Some(&bytes));
        }
    }
}
