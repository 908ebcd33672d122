//! Lists about claims that the user supplies: pairs of procedures that are not paid together, the most units that are
//! likely, and the diagnoses that support a procedure. They are sections of an index of their own, which no code system
//! needs; what they say of codes holds whether or not the systems of the codes are loaded.
//!
//! # The sections
//!
//! Numbers are varints: seven bits a byte, the lowest first, the highest bit set in all but the last. A procedure code is
//! the number of its five characters in base 36.
//!
//! *Pairs*: for practitioners, then for hospitals: the days that occur (their number; the first, and the differences); the
//! first codes (their number; each as the difference to the one before, and the bytes of its group); the groups: each pair
//! as the difference of its second code to the one before, then its first day, its last day and its indicator in one
//! number: `(first * (days + 1) + last) * 2 + indicator`, days counted from 1, 0 for none.
//!
//! *Units*: for each kind of service: the codes (their number), each as a difference, then `most * 2 + by line`.
//!
//! *Coverage*: the lists (their number), each with its name (length and bytes), its procedures (number, differences) and
//! its diagnoses (number; length and bytes of each).
//!
//! *Files*: text, a line for each file: what it lists, how many rows, from when on, its name and SHA-256, tabs between them.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Serialize;

use super::core::Code;
use super::format::Part;
use crate::date::{Date, Period};

/// What a pair of procedures may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairEdit {
    /// Never paid together: indicator 0.
    Never,
    /// Paid together where a modifier says that they are separate: indicator 1.
    WithModifier,
}

/// One published pair. Pairs of indicator 9, which says that an edit was deleted on the day it began, are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// For practitioners, or else for outpatient hospitals.
    pub practitioner: bool,
    /// The code that is paid.
    pub first: String,
    /// The code that is not.
    pub second: String,
    /// The days on which it holds.
    pub period: Period,
    /// Whether a modifier makes a difference.
    pub edit: PairEdit,
}

/// Whose services a limit of units is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnitService {
    /// Practitioners.
    Practitioner = 0,
    /// Outpatient hospitals.
    Hospital = 1,
    /// Suppliers of durable medical equipment.
    Supplier = 2,
}

/// The most units that are likely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitEdit {
    /// How many.
    pub most: u32,
    /// On one line (adjudication indicator 1), or else of a patient on a day (2 and 3).
    pub by_line: bool,
}

/// A published limit of units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitLimit {
    /// Whose services it is for.
    pub service: UnitService,
    /// The procedure or supply.
    pub code: String,
    /// The limit.
    pub edit: UnitEdit,
}

/// The diagnoses that support procedures, by one article of a contractor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CoverageList {
    /// The article, such as `A56273`.
    pub name: String,
    /// The procedures, in order.
    pub procedures: Vec<String>,
    /// The diagnoses without dots, in order.
    pub diagnoses: Vec<String>,
}

impl CoverageList {
    /// Whether a diagnosis, without dot, is on the list.
    pub fn covers(&self, plain: &str) -> bool {
        self.diagnoses
            .binary_search_by(|code| code.as_str().cmp(plain))
            .is_ok()
    }
}

/// A file that lists about claims were read from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ListFile {
    /// What it lists, such as `medically unlikely edits of practitioners`.
    pub what: String,
    /// How many pairs, limits or articles.
    pub rows: usize,
    /// From when on the list is valid, as far as its name or its rows tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// The name of the file.
    pub name: String,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
}

/// What the limits of a service are called among the files.
pub fn limits_of(service: UnitService) -> &'static str {
    match service {
        UnitService::Practitioner => "medically unlikely edits of practitioners",
        UnitService::Hospital => "medically unlikely edits of outpatient hospitals",
        UnitService::Supplier => "medically unlikely edits of suppliers",
    }
}

/// Writes which files were read.
pub fn write_files(files: &[ListFile]) -> Vec<u8> {
    let line = |file: &ListFile| {
        let from = file.from.map_or(String::new(), |day| day.to_string());
        format!(
            "{}\t{}\t{from}\t{}\t{}\n",
            file.what, file.rows, file.name, file.sha256
        )
    };
    let text: String = files.iter().map(line).collect();
    text.into_bytes()
}

/// What the publisher's files say of claims.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublishedEdits {
    /// The pairs, in any order.
    pub pairs: Vec<Pair>,
    /// The limits, in any order.
    pub limits: Vec<UnitLimit>,
    /// The lists, in any order.
    pub coverage: Vec<CoverageList>,
    /// The files they were read from.
    pub files: Vec<ListFile>,
}

/// The number of a code of five digits and capital letters; nothing for any other.
fn number(code: &str) -> Option<u64> {
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(36)
            .filter(|_| !byte.is_ascii_lowercase())
    };
    let fits = code.len() == 5;
    let number = code
        .bytes()
        .try_fold(0u64, |sum, byte| Some(sum * 36 + u64::from(digit(byte)?)));
    number.filter(|_| fits)
}

fn push(bytes: &mut Vec<u8>, mut value: u64) {
    while value > 127 {
        bytes.push(value as u8 | 128);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Reads numbers one after the other; 0 after the end.
struct Numbers<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Numbers<'b> {
    fn new(bytes: &'b [u8], at: usize) -> Numbers<'b> {
        Numbers { bytes, at }
    }

    fn next(&mut self) -> u64 {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let Some(byte) = self.bytes.get(self.at) else {
                return 0;
            };
            self.at += 1;
            value |= u64::from(byte & 127) << shift;
            if byte & 128 == 0 {
                break;
            }
        }
        value
    }

    /// A number of things to come, never more than bytes are left.
    fn count(&mut self) -> usize {
        let left = self.bytes.len().saturating_sub(self.at);
        (self.next() as usize).min(left)
    }

    fn text(&mut self) -> String {
        let length = self.count();
        let bytes = self.bytes.get(self.at..self.at + length).unwrap_or(&[]);
        self.at += length;
        String::from_utf8_lossy(bytes).into_owned()
    }
}

/// The days of pairs, in order, each once.
fn days(pairs: &[&Pair]) -> Vec<Date> {
    let ends = |pair: &&Pair| [pair.period.start, pair.period.end];
    let mut days: Vec<Date> = pairs.iter().flat_map(ends).flatten().collect();
    days.sort();
    days.dedup();
    days
}

/// Writes the pairs, or names the first code that is none.
pub fn write_pairs(pairs: &[Pair]) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    for practitioner in [true, false] {
        let own: Vec<&Pair> = pairs
            .iter()
            .filter(|pair| pair.practitioner == practitioner)
            .collect();
        let days = days(&own);
        push(&mut bytes, days.len() as u64);
        let mut before = 0;
        for day in &days {
            push(&mut bytes, u64::from(day.number()) - before);
            before = u64::from(day.number());
        }
        let day = |date: Option<Date>| {
            let at = date.and_then(|date| days.binary_search(&date).ok());
            at.map_or(0, |at| at as u64 + 1)
        };
        let mut groups: BTreeMap<u64, Vec<(u64, u64)>> = BTreeMap::new();
        for pair in own {
            let code = |text: &String| number(text).ok_or_else(|| text.clone());
            let (start, end) = (day(pair.period.start), day(pair.period.end));
            let indicator = u64::from(pair.edit == PairEdit::WithModifier);
            let facts = (start * (days.len() as u64 + 1) + end) * 2 + indicator;
            let group = groups.entry(code(&pair.first)?).or_default();
            group.push((code(&pair.second)?, facts));
        }
        push(&mut bytes, groups.len() as u64);
        let mut bodies = Vec::new();
        let mut before = 0;
        for (first, mut group) in groups {
            group.sort_unstable();
            let from = bodies.len();
            let mut last = 0;
            for (second, facts) in group {
                push(&mut bodies, second - last);
                push(&mut bodies, facts);
                last = second;
            }
            push(&mut bytes, first - before);
            push(&mut bytes, (bodies.len() - from) as u64);
            before = first;
        }
        push(&mut bytes, bodies.len() as u64);
        bytes.extend(bodies);
    }
    Ok(bytes)
}

/// Writes the limits, or names the first code that is none.
pub fn write_limits(limits: &[UnitLimit]) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    for service in [
        UnitService::Practitioner,
        UnitService::Hospital,
        UnitService::Supplier,
    ] {
        let mut own = BTreeMap::new();
        for limit in limits.iter().filter(|limit| limit.service == service) {
            let code = number(&limit.code).ok_or_else(|| limit.code.clone())?;
            own.insert(
                code,
                u64::from(limit.edit.most) * 2 + u64::from(limit.edit.by_line),
            );
        }
        push(&mut bytes, own.len() as u64);
        let mut before = 0;
        for (code, facts) in own {
            push(&mut bytes, code - before);
            push(&mut bytes, facts);
            before = code;
        }
    }
    Ok(bytes)
}

/// Writes the lists, or names the first code that is none.
pub fn write_coverage(lists: &[CoverageList]) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    push(&mut bytes, lists.len() as u64);
    let text = |bytes: &mut Vec<u8>, text: &str| {
        push(bytes, text.len() as u64);
        bytes.extend(text.as_bytes());
    };
    for list in lists {
        text(&mut bytes, &list.name);
        let mut procedures = Vec::new();
        for code in &list.procedures {
            procedures.push(number(code).ok_or_else(|| code.clone())?);
        }
        procedures.sort_unstable();
        procedures.dedup();
        push(&mut bytes, procedures.len() as u64);
        let mut before = 0;
        for code in procedures {
            push(&mut bytes, code - before);
            before = code;
        }
        let mut diagnoses: Vec<&String> = list.diagnoses.iter().collect();
        diagnoses.sort();
        diagnoses.dedup();
        push(&mut bytes, diagnoses.len() as u64);
        for code in diagnoses {
            Code::new(code).ok_or_else(|| code.clone())?;
            text(&mut bytes, code);
        }
    }
    Ok(bytes)
}

/// Where the groups of one kind of pairs stand.
#[derive(Debug, Default)]
struct Table {
    days: Vec<Option<Date>>,
    /// The first codes in order, each with where its group begins and ends.
    groups: Vec<(u64, usize, usize)>,
}

/// The lists about claims of an index: decoded when they are first asked.
#[derive(Debug, Default)]
pub struct ClaimEdits<'a> {
    pub(super) pairs: Option<Part<'a>>,
    pub(super) limits: Option<Part<'a>>,
    pub(super) coverage: Option<Part<'a>>,
    pub(super) files: Option<Part<'a>>,
    tables: OnceLock<[Table; 2]>,
    units: OnceLock<BTreeMap<(u8, u64), UnitEdit>>,
    lists: OnceLock<BTreeMap<u64, Vec<CoverageList>>>,
}

impl<'a> ClaimEdits<'a> {
    /// Lists from the bytes of their sections.
    pub fn new(
        pairs: Option<Part<'a>>,
        limits: Option<Part<'a>>,
        coverage: Option<Part<'a>>,
        files: Option<Part<'a>>,
    ) -> Self {
        ClaimEdits {
            pairs,
            limits,
            coverage,
            files,
            ..ClaimEdits::default()
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_none() && self.limits.is_none() && self.coverage.is_none()
    }

    /// Which files the lists were read from; none where an older program wrote them.
    pub fn files(&self) -> Vec<ListFile> {
        let text = String::from_utf8_lossy(self.files.as_deref().unwrap_or(&[]));
        let read = |line: &str| {
            let mut cells = line.split('\t').map(str::to_string);
            Some(ListFile {
                what: cells.next()?,
                rows: cells.next()?.parse().ok()?,
                from: Date::parse(&cells.next()?),
                name: cells.next()?,
                sha256: cells.next()?,
            })
        };
        text.lines().filter_map(read).collect()
    }

    /// What is said of two procedures of a patient on a day; without a day, whether it has ever been said. The order
    /// matters: the first is paid. Takes time proportional to the number of pairs that the first code is in.
    pub fn pair(
        &self,
        practitioner: bool,
        first: &str,
        second: &str,
        date: Option<Date>,
    ) -> Option<PairEdit> {
        let bytes = self.pairs.as_deref()?;
        let (first, second) = (number(first)?, number(second)?);
        let [practitioners, hospitals] = self.tables.get_or_init(|| tables(bytes));
        let table = if practitioner {
            practitioners
        } else {
            hospitals
        };
        let at = table
            .groups
            .binary_search_by_key(&first, |(code, ..)| *code)
            .ok()?;
        let (_, from, to) = *table.groups.get(at)?;
        let mut numbers = Numbers::new(bytes.get(..to)?, from);
        let mut code = 0;
        while numbers.at < to {
            code += numbers.next();
            let facts = numbers.next();
            if code > second {
                break;
            }
            let (indicator, facts) = (facts % 2, facts / 2);
            let count = table.days.len() as u64 + 1;
            let day = |at: u64| {
                table
                    .days
                    .get((at as usize).checked_sub(1)?)
                    .copied()
                    .flatten()
            };
            let period = Period {
                start: day(facts / count),
                end: day(facts % count),
            };
            if code == second && date.is_none_or(|date| period.contains(date)) {
                return Some(match indicator {
                    0 => PairEdit::Never,
                    _ => PairEdit::WithModifier,
                });
            }
        }
        None
    }

    /// The most units of a procedure or supply.
    pub fn units(&self, service: UnitService, code: &str) -> Option<UnitEdit> {
        let bytes = self.limits.as_deref()?;
        let all = self.units.get_or_init(|| units(bytes));
        all.get(&(service as u8, number(code)?)).copied()
    }

    /// The lists that a procedure is on.
    pub fn coverage(&self, code: &str) -> &[CoverageList] {
        let (Some(bytes), Some(code)) = (self.coverage.as_deref(), number(code)) else {
            return &[];
        };
        let all = self.lists.get_or_init(|| {
            let mut all: BTreeMap<u64, Vec<CoverageList>> = BTreeMap::new();
            for list in lists(bytes) {
                for procedure in list.procedures.iter().filter_map(|code| number(code)) {
                    all.entry(procedure).or_default().push(list.clone());
                }
            }
            all
        });
        all.get(&code).map_or(&[], Vec::as_slice)
    }
}

fn tables(bytes: &[u8]) -> [Table; 2] {
    let mut numbers = Numbers::new(bytes, 0);
    [(); 2].map(|()| {
        let mut table = Table::default();
        let mut last = 0u64;
        for _ in 0..numbers.count() {
            last = last.saturating_add(numbers.next());
            table
                .days
                .push(u32::try_from(last).ok().and_then(Date::from_number));
        }
        let mut code = 0u64;
        let mut from = 0usize;
        for _ in 0..numbers.count() {
            code = code.saturating_add(numbers.next());
            let to = from.saturating_add(numbers.next() as usize);
            table.groups.push((code, from, to));
            from = to;
        }
        let length = numbers.count();
        let start = numbers.at;
        for (_, from, to) in &mut table.groups {
            *from = from.saturating_add(start).min(bytes.len());
            *to = to.saturating_add(start).min(bytes.len());
        }
        numbers.at += length;
        table
    })
}

fn units(bytes: &[u8]) -> BTreeMap<(u8, u64), UnitEdit> {
    let mut numbers = Numbers::new(bytes, 0);
    let mut all = BTreeMap::new();
    for service in 0..3 {
        let mut code = 0u64;
        for _ in 0..numbers.count() {
            code = code.saturating_add(numbers.next());
            let facts = numbers.next();
            let edit = UnitEdit {
                most: (facts / 2) as u32,
                by_line: facts % 2 == 1,
            };
            all.insert((service, code), edit);
        }
    }
    all
}

fn lists(bytes: &[u8]) -> Vec<CoverageList> {
    let mut numbers = Numbers::new(bytes, 0);
    let mut lists = Vec::new();
    for _ in 0..numbers.count() {
        let name = numbers.text();
        let mut code = 0u64;
        let mut procedures = Vec::new();
        for _ in 0..numbers.count() {
            code = code.saturating_add(numbers.next());
            procedures.push(spelled(code));
        }
        let diagnoses = (0..numbers.count()).map(|_| numbers.text()).collect();
        lists.push(CoverageList {
            name,
            procedures,
            diagnoses,
        });
    }
    lists
}

/// The code of a number.
fn spelled(mut number: u64) -> String {
    let mut code = Vec::new();
    for _ in 0..5 {
        let digit = char::from_digit((number % 36) as u32, 36).unwrap_or('0');
        code.push(digit.to_ascii_uppercase());
        number /= 36;
    }
    code.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn part(bytes: &[u8]) -> Option<Part<'_>> {
        Some(Part::whole(bytes.into()))
    }

    fn pair(codes: (&str, &str), days: (u32, u32), edit: PairEdit) -> Pair {
        Pair {
            practitioner: true,
            first: codes.0.to_string(),
            second: codes.1.to_string(),
            period: Period {
                start: Date::from_number(days.0),
                end: Date::from_number(days.1),
            },
            edit,
        }
    }

    #[test]
    fn pairs_hold_on_their_days_and_in_their_order() {
        let pairs = [
            pair(("11111", "22222"), (20250101, 0), PairEdit::Never),
            pair(
                ("11111", "0001A"),
                (20240101, 20241231),
                PairEdit::WithModifier,
            ),
            pair(("11111", "0001A"), (20260101, 0), PairEdit::Never),
        ];
        let bytes = write_pairs(&pairs).unwrap();
        let edits = ClaimEdits::new(part(&bytes), None, None, None);
        let ask = |a: &str, b: &str, day: u32| edits.pair(true, a, b, Date::from_number(day));
        assert_eq!(ask("11111", "22222", 20250101), Some(PairEdit::Never));
        assert_eq!(ask("11111", "22222", 20241231), None);
        assert_eq!(ask("22222", "11111", 20250101), None);
        assert_eq!(
            ask("11111", "0001A", 20241231),
            Some(PairEdit::WithModifier)
        );
        assert_eq!(ask("11111", "0001A", 20250101), None);
        assert_eq!(ask("11111", "0001A", 20270101), Some(PairEdit::Never));
        assert_eq!(ask("11111", "0001A", 0), Some(PairEdit::WithModifier));
        assert_eq!(edits.pair(false, "11111", "22222", None), None);
        assert_eq!(ask("1", "22222", 20250101), None);
        let bad = pair(("11111", "2222"), (0, 0), PairEdit::Never);
        assert_eq!(write_pairs(&[bad]), Err("2222".to_string()));
    }

    #[test]
    fn limits_and_lists_come_back() {
        let limit = |service, code: &str, most, by_line| UnitLimit {
            service,
            code: code.to_string(),
            edit: UnitEdit { most, by_line },
        };
        let limits = [
            limit(UnitService::Practitioner, "J0001", 3, false),
            limit(UnitService::Hospital, "J0001", 5, true),
        ];
        let bytes = write_limits(&limits).unwrap();
        let list = CoverageList {
            name: "A00001".to_string(),
            procedures: vec!["98940".to_string(), "98941".to_string()],
            diagnoses: vec!["M9901".to_string(), "M9903".to_string()],
        };
        let coverage = write_coverage(std::slice::from_ref(&list)).unwrap();
        let edits = ClaimEdits::new(None, part(&bytes), part(&coverage), None);
        for limit in &limits {
            assert_eq!(edits.units(limit.service, &limit.code), Some(limit.edit));
        }
        assert_eq!(edits.units(UnitService::Supplier, "J0001"), None);
        assert_eq!(edits.coverage("98940"), [list]);
        assert!(edits.coverage("98942").is_empty());
        assert!(edits.coverage("98940")[0].covers("M9901"));
        assert!(!edits.coverage("98940")[0].covers("M99"));
    }

    proptest! {
        #[test]
        fn every_pair_comes_back(
            rows in prop::collection::btree_map(("[0-9A-Z]{5}", "[0-9A-Z]{5}"), (any::<bool>(), 0u32..3, 0u32..3, any::<bool>()), 0..60),
        ) {
            let pairs: Vec<Pair> = rows
                .iter()
                .map(|((first, second), (practitioner, start, end, never))| Pair {
                    practitioner: *practitioner,
                    edit: if *never { PairEdit::Never } else { PairEdit::WithModifier },
                    ..pair((first, second), (20240101 + start * 10_000, if *end == 0 { 0 } else { 20270101 + end * 10_000 }), PairEdit::Never)
                })
                .collect();
            let bytes = write_pairs(&pairs).unwrap();
            let edits = ClaimEdits::new(part(&bytes), None, None, None);
            for pair in &pairs {
                let found = edits.pair(pair.practitioner, &pair.first, &pair.second, pair.period.start);
                prop_assert_eq!(found, Some(pair.edit));
                prop_assert_eq!(edits.pair(!pair.practitioner, &pair.first, &pair.second, None), None);
            }
        }

        #[test]
        fn any_bytes_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let edits = ClaimEdits::new(part(&bytes), part(&bytes), part(&bytes), part(&bytes));
            edits.pair(true, "00000", "00001", None);
            edits.pair(false, "00001", "00000", None);
            edits.units(UnitService::Hospital, "00000");
            edits.coverage("00000");
        }
    }
}
