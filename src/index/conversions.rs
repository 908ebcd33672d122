//! The conversion table: which codes were used before a code came into effect.
//!
//! # The section
//!
//! One stream of decisions: the days that occur (their number, the first, and the differences), then the rows of every
//! code (see [`super::codes`]): the number of the day (8 bits), the entries of the list, each spelled in the light of
//! the code and of entries nearby and preceded by whether there is one, and whether another row follows.

use serde::Serialize;

use super::codes::{self, Lists, Novel, Spelling};
use super::coding::{Coder, Decoder, Encoder};
use super::core::{Code, Nodes};
use super::mixing::{WideMixer, hash};
use super::system::{System, plain_code};
use crate::code_system::CodeSystem;
use crate::concepts::{self, Conversion};
use crate::date::Date;

/// One row of the table, without the code it is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Row {
    /// When the code came into effect.
    pub effective: Date,
    /// The codes used before: single ones, ranges `H3520-H3523`, all below a category `I63-`.
    pub previous: Vec<String>,
}

/// Why rows cannot be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConversionsError {
    /// This is neither a code nor a range of codes.
    Code(String),
    /// There are more different days than 255.
    TooMany,
}

/// The rows of a table by code, those of a code in order of day.
///
/// # Errors
///
/// See [`ConversionsError`].
pub fn rows(conversions: &[Conversion]) -> Result<Lists<Row>, ConversionsError> {
    let bad = |text: &String| ConversionsError::Code(text.clone());
    let mut rows = Vec::new();
    for conversion in conversions {
        let code = Code::new(&conversion.code).ok_or_else(|| bad(&conversion.code))?;
        for entry in &conversion.previous {
            let (first, last) = entry.split_once('-').unwrap_or((entry, ""));
            if Code::new(first).is_none() || !(last.is_empty() || Code::new(last).is_some()) {
                return Err(bad(entry));
            }
        }
        let row = Row {
            effective: conversion.effective,
            previous: conversion.previous.clone(),
        };
        rows.push((code, row));
    }
    rows.sort_by_key(|(_, row): &(Code, Row)| row.effective);
    let lists = Lists::grouped(rows);
    if dates(&lists).len() > 255 {
        return Err(ConversionsError::TooMany);
    }
    Ok(lists)
}

fn dates(rows: &Lists<Row>) -> Vec<Date> {
    let mut dates: Vec<Date> = rows
        .lists
        .iter()
        .flatten()
        .map(|row| row.effective)
        .collect();
    crate::sort::sort(&mut dates);
    dates.dedup();
    dates
}

/// Writes the section of a system with these codes.
pub fn write(rows: &Lists<Row>, nodes: &Nodes) -> Vec<u8> {
    let mut coder = Encoder::default();
    run(&mut coder, rows, nodes);
    coder.finish()
}

/// Reads the section.
pub fn read(bytes: &[u8], nodes: &Nodes) -> Lists<Row> {
    run(&mut Decoder::new(bytes), &Lists::default(), nodes)
}

fn run<C: Coder>(coder: &mut C, input: &Lists<Row>, nodes: &Nodes) -> Lists<Row> {
    let known = codes::all_codes(nodes);
    let read_dates = codes::days(coder, &dates(input));
    let mut entries = Entries {
        dates: read_dates,
        spelling: Spelling::new(16),
        choices: WideMixer::new(16, 3),
    };
    codes::run(coder, input, &known, &mut entries)
}

/// The models of rows that no relative has.
struct Entries {
    dates: Vec<Option<Date>>,
    spelling: Spelling,
    choices: WideMixer,
}

/// No code has more rows, and no row more entries, than this.
const MOST: usize = 1000;

impl Novel<Row> for Entries {
    fn code<C: Coder>(
        &mut self,
        coder: &mut C,
        code: &Code,
        relatives: &[Option<&[Row]>],
        value: &[Row],
    ) -> Vec<Row> {
        let part = |length: usize| codes::part(code, length, 3);
        let length = code.len() as u32;
        let [before, other] = codes::nearest(relatives);
        let day_of = |rows: &[Row], at: usize, dates: &[Option<Date>]| {
            let day = rows.get(at).map(|row| row.effective);
            let at = dates.iter().position(|date| day.is_some() && *date == day);
            at.map_or(255, |at| at as u32)
        };
        let mut out: Vec<Row> = Vec::new();
        let mut last_day = 255;
        while out.len() < MOST {
            let at = out.len();
            let row = value.get(at);
            let contexts = [
                hash(last_day, 1),
                hash(day_of(before, at, &self.dates), 2),
                hash(day_of(other, at, &self.dates), 3),
                hash(part(3), 4),
                hash(part(4), 5),
                hash(part(1), 6),
            ];
            let day = day_of(value, at, &self.dates);
            let day = self.choices.symbol(coder, 8, &contexts, 0, day);
            last_day = day;
            let mut previous: Vec<String> = Vec::new();
            let entries = |rows: &[Row]| rows.get(at).map_or(0, |row| row.previous.len() as u32);
            while previous.len() < MOST {
                let number = previous.len();
                let entry = row.and_then(|row| row.previous.get(number));
                let small = number.min(9) as u32;
                let contexts = [
                    hash(small, 11),
                    hash(hash(entries(before), small), 12),
                    hash(hash(entries(other), small), 13),
                    hash(hash(part(3), small), 14),
                    hash(hash(day, small), 15),
                ];
                if !self.choices.flag(coder, &contexts, 1, entry.is_some()) {
                    break;
                }
                let near = |rows: &[Row]| {
                    let list = rows.get(at).map_or(&[][..], |row| &row.previous);
                    list.get(number)
                        .or(list.last())
                        .map_or(String::new(), String::clone)
                };
                let (near, far) = (near(before), near(other));
                let second = previous.last().map_or(near.as_str(), String::as_str);
                let like = [code.as_str().as_bytes(), second.as_bytes(), far.as_bytes()];
                let about = [part(3), hash(length, small), hash(part(4), small)];
                let entry = entry.map_or("", String::as_str);
                let entry = self.spelling.spell(coder, &like, &about, entry.as_bytes());
                previous.push(String::from_utf8(entry).unwrap_or_default());
            }
            let effective = self.dates.get(day as usize).copied().flatten();
            // A damaged stream may name a day that is not there; the row is left out then.
            out.extend(effective.map(|effective| Row {
                effective,
                previous,
            }));
            let rows = (before.len() as u32) << 8 | other.len() as u32;
            let contexts = [
                hash(at as u32, 21),
                hash(hash(rows, at as u32), 22),
                hash(part(3), 23),
            ];
            let more = self.choices.flag(coder, &contexts, 2, at + 1 < value.len());
            if !more || effective.is_none() {
                break;
            }
        }
        out
    }
}

/// What was used before a code came into effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Predecessor {
    /// A code as it is printed, a range such as `H35.20-H35.23`, or all below a category: `I63.-`.
    pub code: String,
    /// The same without dots.
    pub plain_code: String,
    /// When the code took its place, or a part of it.
    pub effective: Date,
}

/// A code that took the place of another, or of a part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Successor {
    /// The code as it is printed.
    pub code: String,
    /// The code without dot.
    pub plain_code: String,
    /// When it came into effect.
    pub effective: Date,
}

/// An entry of the table as it is printed.
fn printed(system: CodeSystem, entry: &str) -> String {
    match entry.split_once('-') {
        None => system.dotted(entry),
        Some((category, "")) if category.len() == 3 => format!("{category}.-"),
        Some((category, "")) => format!("{}-", system.dotted(category)),
        Some((first, last)) => format!("{}-{}", system.dotted(first), system.dotted(last)),
    }
}

impl System<'_> {
    /// What was used before a code came into effect, the latest change first, in the order of the table; empty where
    /// the table names nothing. The table does not tell whether all of several codes were used, or one of them.
    pub fn predecessors(&self, code: &str) -> Vec<Predecessor> {
        let Some(code) = Code::new(&plain_code(code)) else {
            return Vec::new();
        };
        let rows = self.all_conversions().of(&code).iter().rev();
        rows.flat_map(|row| row.previous.iter().map(|entry| (entry, row.effective)))
            .map(|(entry, effective)| Predecessor {
                code: printed(self.code_system(), entry),
                plain_code: entry.clone(),
                effective,
            })
            .collect()
    }

    /// The codes that took the place of a code, or of a part of it, in order of code. Entries of the table that name a
    /// range stand for all its codes. Takes time proportional to the number of rows of the table.
    pub fn successors(&self, code: &str) -> Vec<Successor> {
        let plain = plain_code(code);
        let mut found = Vec::new();
        for (successor, rows) in self.all_conversions().iter() {
            // A range may take in the code itself.
            if successor.as_str() == plain {
                continue;
            }
            let covers = |row: &&Row| row.previous.iter().any(|e| concepts::covers(e, &plain));
            found.extend(rows.iter().filter(covers).map(|row| Successor {
                code: self.code_system().dotted(successor.as_str()),
                plain_code: successor.as_str().to_string(),
                effective: row.effective,
            }));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn nodes(codes: &[String]) -> Nodes {
        Nodes {
            codes: codes.iter().filter_map(|code| Code::new(code)).collect(),
            billable: vec![true; codes.len()],
            ..Nodes::default()
        }
    }

    #[test]
    fn entries_are_printed_with_their_dots() {
        let printed = |entry| printed(CodeSystem::ICD10CM, entry);
        assert_eq!(printed("A047"), "A04.7");
        assert_eq!(printed("H3520-H3523"), "H35.20-H35.23");
        assert_eq!(printed("T15-T19"), "T15-T19");
        assert_eq!(printed("I63-"), "I63.-");
        assert_eq!(printed("I631-"), "I63.1-");
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for entry in ["", "A0 4", "A04-B 1", "-A04", "ABCDEFGHI"] {
            let conversion = Conversion {
                code: "A0471".to_string(),
                effective: Date::from_number(20171001).unwrap(),
                previous: vec![entry.to_string()],
            };
            let expected = ConversionsError::Code(entry.to_string());
            assert_eq!(rows(&[conversion]).unwrap_err(), expected);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            known in prop::collection::btree_set("[A-E][0-9]{2,6}", 0..40),
            table in prop::collection::vec(
                ("[A-E][0-9]{2,6}", 0u32..9, prop::collection::vec("[A-E][0-9A-Z]{2,6}(-([A-E][0-9A-Z]{2,6})?)?", 0..4)),
                0..60,
            ),
        ) {
            let table: Vec<Conversion> = table
                .into_iter()
                .map(|(code, year, previous)| Conversion {
                    code,
                    effective: Date::from_number(20_161_001 + year * 10_000).unwrap(),
                    previous,
                })
                .collect();
            let known: Vec<String> = known.into_iter().collect();
            let nodes = nodes(&known);
            let lists = rows(&table).unwrap();
            let read = read(&write(&lists, &nodes), &nodes);
            prop_assert!(read.iter().eq(lists.iter()));
            for row in &table {
                let found = read.of(&Code::new(&row.code).unwrap());
                prop_assert!(found.iter().any(|f| f.effective == row.effective && f.previous == row.previous));
            }
        }

        #[test]
        fn any_bytes_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            read(&bytes, &nodes(&["A01".to_string(), "B111".to_string()]));
        }
    }
}
