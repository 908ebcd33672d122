//! From the tables of ICD-10-PCS and the published titles of its codes to templates and phrases: which words of the
//! titles of a row come from which value.
//!
//! The titles of a row differ from each other by one value at a time, and that tells which words a value puts in; where
//! an axis has one value only, its label is looked for in the title. One code of the row, the base, is divided so; the phrases
//! of the other values follow from the titles that have one phrase which is not known yet. Several bases are tried,
//! and the one that makes the most titles is taken. The rows are gone through twice: the second time, the phrases
//! found the first time are looked for beside the labels. A title that the template does not make stays in the core.

use std::collections::{HashMap, HashSet};

use super::CompileError;
use crate::concepts::{Concept, PcsAxis, PcsTable};
use crate::index::core::Code;
use crate::index::pool::{self, EMPTY, Interned, TextId};
use crate::index::tables::{self, Axis, Row, Table, Tables, Template, Value};
use crate::index::text::{Tokenizer, Word, Words};

/// The tables in the numbers of the tokenizer, and the codes whose titles they make.
pub struct Boxes {
    /// The tables, to be written.
    pub tables: Tables,
    /// The codes that the core need not hold.
    pub made: HashSet<String>,
}

/// Makes templates and phrases of tables. `concepts` are those of the release by code, with their titles in words.
///
/// # Errors
///
/// A table without its header, or with a code that is not published; more different texts than can be numbered.
pub fn build(
    tables: &[PcsTable],
    concepts: &HashMap<&str, (&Concept, Vec<Word>)>,
    tokenizer: &mut Tokenizer,
) -> Result<Boxes, CompileError> {
    let mut interned = Interned::default();
    let mut sorted: Vec<(String, &PcsTable)> = tables.iter().map(|t| (prefix(t), t)).collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    let mut grids = Vec::new();
    for (prefix, table) in &sorted {
        if !concepts.contains_key(prefix.as_str()) {
            return Err(CompileError::TableWithoutHeader {
                prefix: prefix.clone(),
            });
        }
        for row in &table.rows {
            grids.push(Grid::new(prefix, row, concepts, tokenizer)?);
        }
    }

    // The first pass finds phrases by what titles have in common; the second knows them.
    let nothing = Phrases::new();
    let mut phrases = Phrases::new();
    for grid in &grids {
        if let Some(fit) = grid.fit(&nothing, &tokenizer.words) {
            for (axis, labels) in fit.phrases.iter().zip(&grid.labels) {
                for (phrase, label) in axis.iter().zip(labels) {
                    if let Some(phrase) = phrase.as_ref().filter(|phrase| !phrase.is_empty()) {
                        let found = phrases.entry(label.clone()).or_default();
                        *found.entry(phrase.clone()).or_default() += 1;
                    }
                }
            }
        }
    }

    let mut out = Tables::default();
    let mut templates: HashMap<Template, u16> = HashMap::new();
    let mut made = HashSet::new();
    let mut grids = grids.iter();
    for (prefix, table) in &sorted {
        let start = out.rows.len() as u32;
        for row in &table.rows {
            let Some(grid) = grids.next() else { break };
            let fit = grid
                .fit(&phrases, &tokenizer.words)
                .unwrap_or_else(|| Fit::nothing(grid));
            made.extend(grid.codes(&fit).map(str::to_string));
            let template = fit.template(&mut interned);
            let next = templates.len() as u16;
            let number = *templates.entry(template).or_insert(next);
            if number == next {
                out.templates.push(template);
            }
            let mut axes = [Axis::default(); 4];
            for (at, (to, axis)) in axes.iter_mut().zip(row).enumerate() {
                let start = out.values.len() as u32;
                for (i, character) in grid.characters[at].iter().enumerate() {
                    let phrase = fit.phrases[at][i].as_deref().unwrap_or(&[]);
                    out.values.push(Value {
                        character: *character,
                        label: interned.number(&grid.labels[at][i]),
                        phrase: interned.number(phrase),
                    });
                }
                let title = interned.number(&tokenizer.tokenize_inside(&axis.title));
                let end = out.values.len() as u32;
                *to = Axis { title, start, end };
            }
            out.rows.push(Row {
                axes,
                template: number,
            });
        }
        let mut axes = [(EMPTY, EMPTY); 3];
        for (to, axis) in axes.iter_mut().zip(&table.axes) {
            let label = axis.values.first().map_or("", |(_, label)| label);
            *to = (
                interned.number(&tokenizer.tokenize_inside(&axis.title)),
                interned.number(&tokenizer.tokenize_inside(label)),
            );
        }
        out.tables.push(Table {
            prefix: code_of(prefix)?,
            axes,
            start,
            end: out.rows.len() as u32,
        });
    }
    out.texts = interned.texts;
    let (codes, words) = out.totals();
    let fits = out.texts.len() <= usize::from(TextId::MAX)
        && out.texts.words() <= pool::MOST_WORDS
        && templates.len() < tables::MOST_TEMPLATES
        && out.rows.len() <= tables::MOST_ROWS
        && codes <= tables::MOST_CODES
        && words <= tables::MOST_WORDS;
    if !fits {
        return Err(CompileError::TooMany {
            what: "rows, labels, phrases or templates",
        });
    }
    Ok(Boxes { tables: out, made })
}

/// The phrases found for each label, and how often.
type Phrases = HashMap<Vec<Word>, HashMap<Vec<Word>, usize>>;

/// So many codes of a row are tried as its base.
const BASES: usize = 48;

fn code_of(code: &str) -> Result<Code, CompileError> {
    Code::new(code).ok_or_else(|| CompileError::BadCode {
        code: code.to_string(),
    })
}

fn prefix(table: &PcsTable) -> String {
    let first = |axis: &PcsAxis| axis.values.first().map(|(character, _)| *character);
    table.axes.iter().filter_map(first).collect()
}

/// The codes and titles of one row.
struct Grid<'a> {
    characters: [Vec<u8>; 4],
    labels: [Vec<Vec<Word>>; 4],
    /// The code and the title of each combination, the last axis fastest; nothing where the core must hold the code.
    cells: Vec<(String, Option<&'a [Word]>)>,
}

impl<'a> Grid<'a> {
    fn new(
        prefix: &str,
        row: &[PcsAxis],
        concepts: &'a HashMap<&str, (&Concept, Vec<Word>)>,
        tokenizer: &mut Tokenizer,
    ) -> Result<Self, CompileError> {
        let mut characters: [Vec<u8>; 4] = Default::default();
        let mut labels: [Vec<Vec<Word>>; 4] = Default::default();
        let mut codes = vec![prefix.to_string()];
        for ((axis, characters), labels) in row.iter().zip(&mut characters).zip(&mut labels) {
            let mut values: Vec<_> = axis.values.iter().collect();
            values.sort_by_key(|(character, _)| *character);
            values.dedup_by_key(|(character, _)| *character);
            for (character, label) in &values {
                code_of(&character.to_string())?;
                characters.push(*character as u8);
                labels.push(tokenizer.tokenize_inside(label));
            }
            let longer = |code: &String| -> Vec<String> {
                let next = |(character, _): &&(char, String)| format!("{code}{character}");
                values.iter().map(next).collect()
            };
            codes = codes.iter().flat_map(longer).collect();
        }
        let mut cells = Vec::new();
        for code in codes {
            let Some((concept, title)) = concepts.get(code.as_str()) else {
                return Err(CompileError::TableWithoutCode { code });
            };
            cells.push((code, concept.billable.then_some(&title[..])));
        }
        Ok(Grid {
            characters,
            labels,
            cells,
        })
    }

    fn sizes(&self) -> [usize; 4] {
        [0, 1, 2, 3].map(|axis| self.characters[axis].len())
    }

    fn number(&self, at: [usize; 4]) -> usize {
        let sizes = self.sizes();
        (0..4).fold(0, |number, axis| number * sizes[axis] + at[axis])
    }

    fn at(&self, mut number: usize) -> [usize; 4] {
        let mut at = [0; 4];
        for axis in (0..4).rev() {
            at[axis] = number % self.characters[axis].len();
            number /= self.characters[axis].len();
        }
        at
    }

    fn title(&self, at: [usize; 4]) -> Option<&'a [Word]> {
        self.cells[self.number(at)].1
    }

    /// The codes whose titles a fit makes.
    fn codes<'b>(&'b self, fit: &'b Fit) -> impl Iterator<Item = &'b str> {
        let made = move |number: &usize| fit.makes(self, *number);
        (0..self.cells.len())
            .filter(made)
            .map(|number| self.cells[number].0.as_str())
    }

    /// The template and phrases that make the most titles.
    fn fit(&self, known: &Phrases, words: &Words) -> Option<Fit> {
        let count = self.cells.len();
        let step = count.div_ceil(BASES).max(1);
        // From both ends: the last values of a row are often those that put nothing into the title.
        let bases = (0..count)
            .step_by(step)
            .chain((0..count).rev().step_by(step));
        let mut best: Option<(usize, usize, Fit)> = None;
        let mut seen = HashSet::new();
        for base in bases {
            let Some((mut fit, named)) = self.divide(self.at(base), known, words) else {
                continue;
            };
            if !seen.insert((fit.texts.clone(), fit.order)) {
                continue;
            }
            fit.solve(self);
            let made = (0..count).filter(|number| fit.makes(self, *number)).count();
            if best
                .as_ref()
                .is_none_or(|(most, most_named, _)| (made, named) > (*most, *most_named))
            {
                best = Some((made, named, fit));
            }
        }
        best.map(|(_, _, fit)| fit)
    }

    /// Divides the title of a base. Returns the template with the phrases of the base alone, and how many of them were
    /// found by their labels.
    fn divide(&self, base: [usize; 4], known: &Phrases, words: &Words) -> Option<(Fit, usize)> {
        let title = self.title(base)?;
        let mut spans: [Option<(usize, usize)>; 4] = [None; 4];
        let mut named = 0;
        // What differs in the titles of the other values of each axis.
        let varied: Vec<Option<(usize, usize)>> =
            (0..4).map(|axis| self.varied(base, axis, title)).collect();
        // The longest text is placed first: it is the least likely to stand somewhere by chance.
        let mut candidates: Vec<(usize, usize, Vec<Word>)> = Vec::new();
        for (axis, value) in base.into_iter().enumerate() {
            let label = &self.labels[axis][value];
            let mut texts: Vec<(Vec<Word>, usize)> = vec![(label.clone(), 1)];
            texts.extend(tables::turned(label, words).map(|text| (text, 1)));
            if let Some(found) = known.get(label) {
                let most = found.values().copied().max().unwrap_or(0);
                texts.extend(
                    found
                        .iter()
                        .filter(|(_, count)| **count * 8 > most)
                        .map(|(text, count)| (text.clone(), *count)),
                );
            }
            candidates.extend(texts.into_iter().map(|(text, _)| (text.len(), axis, text)));
        }
        candidates.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
        let free = |spans: &[Option<(usize, usize)>; 4], start: usize, end: usize| {
            spans
                .iter()
                .flatten()
                .all(|(from, to)| end <= *from || *to <= start)
        };
        for (length, axis, text) in candidates {
            if spans[axis].is_some() || length == 0 || length > title.len() {
                continue;
            }
            let found = (0..=title.len() - length).find(|start| {
                let end = start + length;
                // What varies with this value must be what is named here, and what varies with others must not.
                title[*start..end] == text[..]
                    && free(&spans, *start, end)
                    && varied[axis].is_none_or(|(from, to)| from < end && *start < to || from == to)
                    && (0..4).all(|other| {
                        other == axis
                            || varied[other].is_none_or(|(from, to)| end <= from || to <= *start)
                    })
            });
            if let Some(start) = found {
                let (from, to) = varied[axis].unwrap_or((start, start + length));
                let union = (start.min(from), (start + length).max(to));
                spans[axis] = Some(if from < to && free(&spans, union.0, union.1) {
                    union
                } else {
                    (start, start + length)
                });
                named += 1;
            }
        }
        for axis in 0..4 {
            if spans[axis].is_none() {
                spans[axis] = varied[axis].filter(|(from, to)| free(&spans, *from, *to));
            }
        }
        let mut order: Vec<usize> = (0..4).filter(|axis| spans[*axis].is_some()).collect();
        order.sort_by_key(|axis| spans[*axis]);
        order.extend((0..4).filter(|axis| spans[*axis].is_none()));
        let mut fit = Fit {
            order: [order[0], order[1], order[2], order[3]],
            texts: Default::default(),
            phrases: [0, 1, 2, 3].map(|axis| vec![None; self.characters[axis].len()]),
        };
        let mut end = 0;
        for (at, axis) in order.iter().enumerate() {
            let (from, to) = match spans[*axis] {
                Some(span) => span,
                None => (end, end),
            };
            // What stands before the first phrase is the beginning: it stays when the phrase is left out.
            fit.texts[at] = title[end..from].to_vec();
            fit.phrases[*axis][base[*axis]] = Some(title[from..to].to_vec());
            end = to;
        }
        fit.texts[4] = title[end..].to_vec();
        Some((fit, named))
    }

    /// Which words of a base's title change with the value of an axis; nothing where none do. A title that differs
    /// by much more than most do is an exception and does not count.
    fn varied(&self, base: [usize; 4], axis: usize, title: &[Word]) -> Option<(usize, usize)> {
        let mut ends: Vec<(usize, usize)> = Vec::new();
        for value in 0..self.characters[axis].len() {
            let mut at = base;
            at[axis] = value;
            if value == base[axis] {
                continue;
            }
            let other = self.title(at)?;
            let prefix = title.iter().zip(other).take_while(|(a, b)| a == b).count();
            let most = title.len().min(other.len()) - prefix;
            let pairs = title.iter().rev().zip(other.iter().rev()).take(most);
            let suffix = pairs.take_while(|(a, b)| a == b).count();
            ends.push((prefix, title.len() - suffix));
        }
        let mut sizes: Vec<usize> = ends.iter().map(|(from, to)| to - from).collect();
        sizes.sort_unstable();
        let usual = sizes.get(sizes.len() / 2)?;
        let usual = ends.iter().filter(|(from, to)| to - from <= usual * 2 + 2);
        usual.copied().reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }
}

/// A template with the phrases of one row.
struct Fit {
    order: [usize; 4],
    /// The words at the beginning, before the second, third and fourth phrase, and at the end.
    texts: [Vec<Word>; 5],
    /// For each value of each axis its phrase, if it is known.
    phrases: [Vec<Option<Vec<Word>>>; 4],
}

impl Fit {
    /// A fit that makes no title: nothing is known of any value.
    fn nothing(grid: &Grid<'_>) -> Fit {
        Fit {
            order: [0, 1, 2, 3],
            texts: Default::default(),
            phrases: [0, 1, 2, 3].map(|axis| vec![None; grid.characters[axis].len()]),
        }
    }

    /// The words before the phrase at a place of the order.
    fn before(&self, place: usize) -> &[Word] {
        match place {
            0 => &[],
            _ => &self.texts[place],
        }
    }

    /// Finds the phrases of all values from titles with one unknown phrase.
    fn solve(&mut self, grid: &Grid<'_>) {
        loop {
            let mut votes: HashMap<(usize, usize, Vec<Word>), usize> = HashMap::new();
            for number in 0..grid.cells.len() {
                let at = grid.at(number);
                let mut unknown = (0..4).filter(|axis| self.phrases[*axis][at[*axis]].is_none());
                let (Some(axis), None) = (unknown.next(), unknown.next()) else {
                    continue;
                };
                let Some(title) = grid.cells[number].1 else {
                    continue;
                };
                if let Some(phrase) = self.missing(at, axis, title) {
                    *votes.entry((axis, at[axis], phrase)).or_default() += 1;
                }
            }
            let mut votes: Vec<_> = votes.into_iter().collect();
            votes.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
            let before = self.known();
            for ((axis, value, phrase), _) in votes {
                self.phrases[axis][value].get_or_insert(phrase);
            }
            if self.known() == before {
                return;
            }
        }
    }

    fn known(&self) -> usize {
        self.phrases.iter().flatten().flatten().count()
    }

    /// The phrase that makes a title with the other phrases of its code, if one does.
    fn missing(&self, at: [usize; 4], axis: usize, title: &[Word]) -> Option<Vec<Word>> {
        let (mut head, mut tail) = (self.texts[0].clone(), Vec::new());
        let mut passed = false;
        let mut before = &[][..];
        for (place, other) in self.order.iter().enumerate() {
            if *other == axis {
                passed = true;
                before = self.before(place);
                continue;
            }
            let phrase = self.phrases[*other][at[*other]].as_deref()?;
            let side = if passed { &mut tail } else { &mut head };
            if !phrase.is_empty() {
                side.extend_from_slice(self.before(place));
                side.extend_from_slice(phrase);
            }
        }
        tail.extend_from_slice(&self.texts[4]);
        let middle = title.strip_prefix(&head[..])?.strip_suffix(&tail[..])?;
        if middle.is_empty() {
            return Some(Vec::new());
        }
        let phrase = middle.strip_prefix(before)?;
        (!phrase.is_empty()).then(|| phrase.to_vec())
    }

    /// Whether the title of a cell is the one that is made.
    fn makes(&self, grid: &Grid<'_>, number: usize) -> bool {
        let Some(mut title) = grid.cells[number].1 else {
            return false;
        };
        let at = grid.at(number);
        let mut take = |text: &[Word]| match title.strip_prefix(text) {
            Some(rest) => {
                title = rest;
                true
            }
            None => false,
        };
        if !take(&self.texts[0]) {
            return false;
        }
        for (place, axis) in self.order.iter().enumerate() {
            let Some(phrase) = &self.phrases[*axis][at[*axis]] else {
                return false;
            };
            let stands = phrase.is_empty() || (take(self.before(place)) && take(phrase));
            if !stands {
                return false;
            }
        }
        take(&self.texts[4]) && title.is_empty()
    }

    fn template(&self, interned: &mut Interned) -> Template {
        let [lead, second, third, fourth, tail] = [0, 1, 2, 3, 4].map(|at| {
            let unused = (1..4).contains(&at)
                && self.phrases[self.order[at]]
                    .iter()
                    .flatten()
                    .all(Vec::is_empty);
            match unused {
                true => EMPTY,
                false => interned.number(&self.texts[at]),
            }
        });
        Template {
            order: self.order.map(|axis| axis as u8),
            texts: [lead, second, third, fourth, tail],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code_system::CodeSystem;
    use crate::concepts::{PcsDefinition, Relations, Release};
    use crate::index::{Index, System};

    fn axis(position: u8, title: &str, values: &[(char, &str)]) -> PcsAxis {
        PcsAxis {
            position,
            title: title.to_string(),
            values: values
                .iter()
                .map(|(character, label)| (*character, label.to_string()))
                .collect(),
        }
    }

    /// A table in the publisher's layout, of an invented trade, and its titles.
    fn release() -> Release {
        let row = |parts: &[(char, &str)], tools: &[(char, &str)]| {
            vec![
                axis(4, "Part", parts),
                axis(5, "Access", &[('0', "Open"), ('7', "Via Hatch")]),
                axis(6, "Tool", tools),
                axis(7, "Reason", &[('X', "Test"), ('Z', "No Reason")]),
            ]
        };
        let tables = vec![PcsTable {
            axes: vec![
                axis(1, "Section", &[('0', "Plumbing")]),
                axis(2, "System", &[('A', "Water")]),
                axis(3, "Deed", &[('1', "Mending")]),
            ],
            definition: None,
            rows: vec![
                row(
                    &[('1', "Pipe, Right"), ('2', "Pipe, Left")],
                    &[('J', "Steel Wrench"), ('Z', "No Tool")],
                ),
                row(&[('3', "Boiler")], &[('Z', "No Tool")]),
            ],
        }];
        let mut concepts = vec![("0A1".to_string(), "Water, Mending".to_string())];
        let parts = [('1', "Right Pipe"), ('2', "Left Pipe"), ('3', "Boiler")];
        let tools = [('J', " with Steel Wrench"), ('Z', "")];
        for (part, part_text) in parts {
            for (access, access_text) in [('0', "Open Access"), ('7', "Via Hatch")] {
                for (tool, tool_text) in tools.iter().skip(usize::from(part == '3')) {
                    for (reason, reason_text) in [('X', ", Test"), ('Z', "")] {
                        concepts.push((
                            format!("0A1{part}{access}{tool}{reason}"),
                            format!(
                                "Mending of {part_text}{tool_text}, {access_text}{reason_text}"
                            ),
                        ));
                    }
                }
            }
        }
        let concept = |(code, display): (String, String)| Concept {
            billable: code.len() == 7,
            code,
            display,
            ..Concept::default()
        };
        Release {
            version: "FY2026".to_string(),
            concepts: concepts.into_iter().map(concept).collect(),
            tables,
            definitions: vec![PcsDefinition {
                section: '0',
                position: 5,
                axis: "Access".to_string(),
                term: "Via Hatch".to_string(),
                definition: "Through an opening that is there already".to_string(),
                includes: vec!["manhole".to_string()],
                ..PcsDefinition::default()
            }],
            ..Release::default()
        }
    }

    fn compiled(release: &Release) -> Vec<u8> {
        super::super::compile(&[(CodeSystem::ICD10PCS, release)], &Relations::default()).unwrap()
    }

    fn opened<'a>(index: &'a Index<'a>) -> &'a System<'a> {
        index.system(CodeSystem::ICD10PCS).unwrap()
    }

    fn made(release: &Release) -> usize {
        let mut tokenizer = Tokenizer::default();
        let concepts: HashMap<&str, (&Concept, Vec<Word>)> = release
            .concepts
            .iter()
            .map(|concept| {
                let title = tokenizer.tokenize(&concept.display);
                (concept.code.as_str(), (concept, title))
            })
            .collect();
        let boxes = build(&release.tables, &concepts, &mut tokenizer).unwrap();
        boxes.made.len()
    }

    fn comes_back(release: &Release) {
        let bytes = compiled(release);
        let index = Index::open(&bytes).unwrap();
        let system = opened(&index);
        for concept in &release.concepts {
            let found = system.find(&concept.code).unwrap();
            assert_eq!(system.display(found), concept.display);
            assert_eq!(system.billable(found), concept.billable);
        }
        assert_eq!(system.concepts().count(), release.concepts.len());
    }

    #[test]
    fn all_regular_titles_are_made() {
        let release = release();
        assert_eq!(made(&release), 20);
        comes_back(&release);
    }

    #[test]
    fn an_exception_and_a_later_code_are_held_whole() {
        let mut release = release();
        release.concepts[3].display = "Mending (of a kind) of the Right Pipe".to_string();
        release.concepts.push(Concept {
            code: "0A19999".to_string(),
            display: "Mending of Roof, Open Access".to_string(),
            billable: true,
            ..Concept::default()
        });
        assert_eq!(made(&release), 19);
        comes_back(&release);
    }

    #[test]
    fn next_values_come_with_labels_and_definitions() {
        let release = release();
        let bytes = compiled(&release);
        let index = Index::open(&bytes).unwrap();
        let next = opened(&index).pcs_next(" 0a13 ");
        let shown: Vec<_> = next
            .iter()
            .map(|value| (value.character, &value.axis[..], &value.label[..]))
            .collect();
        assert_eq!(
            shown,
            [('0', "Access", "Open"), ('7', "Access", "Via Hatch")]
        );
        assert_eq!(next[0].definition, None);
        let meaning = next[1].definition.as_ref().unwrap();
        assert_eq!(
            meaning.definition,
            "Through an opening that is there already"
        );
        assert_eq!(meaning.includes, ["manhole"]);
        // The boiler's row has no tool: none is offered, although the row of the pipes has one.
        let tools = opened(&index).pcs_next("0A130");
        assert_eq!(tools.len(), 1);
        assert_eq!(tools[0].label, "No Tool");
    }

    #[test]
    fn tables_that_do_not_fit_the_codes_are_refused() {
        let error = |release: &Release| {
            super::super::compile(&[(CodeSystem::ICD10PCS, release)], &Relations::default())
                .unwrap_err()
                .to_string()
        };
        let mut lost = release();
        lost.concepts.remove(4);
        assert_eq!(
            error(&lost),
            "expected every code of a table in the release, found no '0A110ZZ'"
        );
        let mut headless = release();
        headless.concepts.remove(0);
        assert_eq!(
            error(&headless),
            "expected a header for the table 0A1, found none"
        );
    }
}
