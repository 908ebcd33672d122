//! What the Medicare Code Editor (MCE) holds against codes, over which days, and which codes are exempt from reporting
//! whether a condition was present on admission (POA).
//!
//! # The section
//!
//! One stream of decisions: the days that occur (their number, the first, and the differences), the sets of flags that
//! occur (their number, and 64 yes or no for each), then the rows of every code (see [`super::codes`]): first day,
//! last day and set of flags by number, 8 bits each, and whether another row follows; then the codes that are exempt.
//! Codes that the system has no more, or not yet, are among them: their periods tell what became of them.

use std::fmt;

use serde::{Serialize, Serializer};

use super::codes::{self, Lists, Novel};
use super::coding::{Bit, Coder, Decoder, Encoder, Number, models};
use super::core::{Code, Nodes};
use super::mixing::{WideMixer, hash};
use super::system::{ConceptId, System, plain_code};
use crate::code_system::CodeSystem;
use crate::concepts::CodeEdits;
use crate::date::{Date, Period};

/// A flag of the Medicare Code Editor: an identifier, because editions of its tables add to them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EditFlag(u8);

/// The names in the editor's tables. Their places are stored in an index: append, never reorder, 64 at most.
const NAMES: &[&str] = &[
    "manifestation",
    "unacceptable",
    "reqsdx",
    "ecodepdx",
    "newborn",
    "pediatric",
    "maternity",
    "adult",
    "female",
    "male",
    "unspecified",
    "nonspecific",
    "noncovered",
    "qadm",
    "wrngproc",
    "cc",
    "msp",
    "or_indic",
    "bilateral",
    "biopsy",
    "clintrial",
    "csect",
    "delout",
    "diabtypeI",
    "kidneyxp",
    "lcov",
    "lcov_artheartxp",
    "lcov_artheartxpa",
    "lcov_artheartxpb",
    "lcov_heartlungxp",
    "lcov_heartsys",
    "lcov_heartxp",
    "lcov_intxp",
    "lcov_kidneyxp",
    "lcov_liverxp",
    "lcov_lungxp",
    "lcov_lvrs",
    "lcov_pancreasxp",
    "los",
    "mdc08",
    "ncov12agele60",
    "ncov13a",
    "ncov13b",
    "ncov2",
    "ncov2agelt64",
    "ncov2agelt78",
    "ncov3",
    "ncov4",
    "ncov45",
    "ncov5",
    "ncov6",
    "ncov7",
    "ncov8",
    "ncov89",
    "ncov9",
    "ncov_z302",
    "vagdel",
];

impl EditFlag {
    /// The code names a manifestation: it is never the principal diagnosis.
    pub const MANIFESTATION: EditFlag = EditFlag(0);
    /// The code is unacceptable as the principal diagnosis, unless it has [`EditFlag::NEEDS_SECONDARY`] too.
    pub const UNACCEPTABLE_PRINCIPAL: EditFlag = EditFlag(1);
    /// The exception to [`EditFlag::UNACCEPTABLE_PRINCIPAL`]: acceptable where a secondary diagnosis is reported.
    pub const NEEDS_SECONDARY: EditFlag = EditFlag(2);
    /// The code names an external cause: it is never the principal diagnosis.
    pub const EXTERNAL_CAUSE: EditFlag = EditFlag(3);
    /// The diagnosis is one of newborns.
    pub const NEWBORN: EditFlag = EditFlag(4);
    /// The diagnosis is one of children.
    pub const PEDIATRIC: EditFlag = EditFlag(5);
    /// The diagnosis is one of pregnancy, childbirth and the puerperium.
    pub const MATERNITY: EditFlag = EditFlag(6);
    /// The diagnosis is one of adults.
    pub const ADULT: EditFlag = EditFlag(7);
    /// For females only. CMS deactivated the edit for discharges after 2024-09-30: later periods do not have it.
    pub const FEMALE: EditFlag = EditFlag(8);
    /// For males only; ended like [`EditFlag::FEMALE`].
    pub const MALE: EditFlag = EditFlag(9);
    /// The code leaves a side unspecified that others state (ICD-10-CM).
    pub const UNSPECIFIED: EditFlag = EditFlag(10);
    /// The principal diagnosis or the procedure is not specific (ICD-9-CM).
    pub const NONSPECIFIC: EditFlag = EditFlag(11);
    /// The procedure is not covered.
    pub const NON_COVERED: EditFlag = EditFlag(12);
    /// As the principal diagnosis, the code does not justify an admission by itself.
    pub const QUESTIONABLE_ADMISSION: EditFlag = EditFlag(13);
    /// The code says that the wrong procedure was performed.
    pub const WRONG_PROCEDURE: EditFlag = EditFlag(14);
    /// A complication or comorbidity (ICD-9-CM).
    pub const COMPLICATION: EditFlag = EditFlag(15);

    /// The flag with this name in the editor's tables.
    pub fn parse(name: &str) -> Option<EditFlag> {
        let at = NAMES.iter().position(|known| *known == name)?;
        Some(EditFlag(at as u8))
    }

    /// The name in the editor's tables, such as `manifestation`.
    pub fn name(self) -> &'static str {
        NAMES.get(usize::from(self.0)).copied().unwrap_or("")
    }
}

impl fmt::Debug for EditFlag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for EditFlag {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// A set of flags. In JSON, the list of their names.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct EditFlags(u64);

impl EditFlags {
    /// Whether a flag is in the set.
    pub fn contains(self, flag: EditFlag) -> bool {
        self.0 >> flag.0 & 1 != 0
    }

    /// Whether no flag is.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The set with a flag added.
    pub fn with(self, flag: EditFlag) -> EditFlags {
        EditFlags(self.0 | 1 << flag.0)
    }

    /// The flags, in the order of their stored numbers.
    pub fn iter(self) -> impl Iterator<Item = EditFlag> {
        (0..NAMES.len() as u8)
            .map(EditFlag)
            .filter(move |flag| self.contains(*flag))
    }
}

impl fmt::Debug for EditFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Serialize for EditFlags {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// The flags of a code over some days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct EditPeriod {
    /// The days. The last day of a code that is still valid is the last one that the table covers.
    pub period: Period,
    /// The flags that hold on them.
    pub flags: EditFlags,
}

/// What is known of one code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Edits {
    /// The flags by days, in order of days; they do not overlap. Empty where the table does not have the code.
    pub periods: Vec<EditPeriod>,
    /// Whether the code is exempt from reporting whether it was present on admission (ICD-10-CM).
    pub poa_exempt: bool,
}

impl Edits {
    /// The flags that hold on a day; none outside the periods.
    pub fn on(&self, date: Date) -> EditFlags {
        let period = self.periods.iter().find(|row| row.period.contains(date));
        period.map_or(EditFlags::default(), |row| row.flags)
    }
}

/// The flags of all codes of one system in memory.
#[derive(Clone, Debug, Default)]
pub struct AllEdits {
    /// The rows of every code that the table knows.
    pub rows: Lists<EditPeriod>,
    /// The codes that are exempt.
    pub exempt: Lists<()>,
}

/// Why rows cannot be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditsError {
    /// This is not a code.
    Code(String),
    /// This is not a flag that is known.
    Flag(String),
    /// There are more different days or sets of flags than 255.
    TooMany,
}

impl AllEdits {
    /// The rows of a system, by code and first day, and the exempt codes.
    ///
    /// # Errors
    ///
    /// See [`EditsError`].
    pub fn new(
        system: CodeSystem,
        edits: &[CodeEdits],
        exempt: &[String],
    ) -> Result<AllEdits, EditsError> {
        let code = |text: &String| Code::new(text).ok_or_else(|| EditsError::Code(text.clone()));
        let mut rows = Vec::new();
        for edit in edits.iter().filter(|edit| edit.system == system) {
            let mut flags = EditFlags::default();
            for name in &edit.flags {
                let flag = EditFlag::parse(name).ok_or_else(|| EditsError::Flag(name.clone()))?;
                flags = flags.with(flag);
            }
            let period = edit.period;
            rows.push((code(&edit.code)?, EditPeriod { period, flags }));
        }
        rows.sort_by_key(|(_, row): &(Code, EditPeriod)| row.period.start);
        let rows = Lists::grouped(rows);
        let mut codes: Vec<Code> = exempt.iter().map(code).collect::<Result<_, _>>()?;
        codes.sort();
        codes.dedup();
        let exempt = Lists::new(codes.into_iter().map(|code| (code, vec![()])));
        let out = AllEdits { rows, exempt };
        let (dates, sets) = out.distinct();
        if dates.len() > 255 || sets.len() > 255 {
            return Err(EditsError::TooMany);
        }
        Ok(out)
    }

    /// The days and the sets of flags that occur, the days in order.
    fn distinct(&self) -> (Vec<Date>, Vec<EditFlags>) {
        let (mut dates, mut sets) = (Vec::new(), Vec::new());
        for row in self.rows.lists.iter().flatten() {
            dates.extend([row.period.start, row.period.end].into_iter().flatten());
            if !sets.contains(&row.flags) {
                sets.push(row.flags);
            }
        }
        crate::sort::sort(&mut dates);
        dates.dedup();
        (dates, sets)
    }

    /// Whether nothing is known of any code.
    pub fn is_empty(&self) -> bool {
        self.rows.codes.is_empty() && self.exempt.codes.is_empty()
    }

    /// The last day that the table covers.
    fn horizon(&self) -> Option<Date> {
        let rows = self.rows.lists.iter().flatten();
        rows.filter_map(|row| row.period.end).max()
    }
}

/// Writes the section of a system with these codes.
pub fn write(edits: &AllEdits, nodes: &Nodes) -> Vec<u8> {
    let mut coder = Encoder::default();
    run(&mut coder, edits, nodes);
    coder.finish()
}

/// Reads the section.
pub fn read(bytes: &[u8], nodes: &Nodes) -> AllEdits {
    run(&mut Decoder::new(bytes), &AllEdits::default(), nodes)
}

fn run<C: Coder>(coder: &mut C, input: &AllEdits, nodes: &Nodes) -> AllEdits {
    let known = codes::all_codes(nodes);
    let (dates, sets) = input.distinct();
    let read_dates = codes::days(coder, &dates);
    let count = coder.number(&mut Number::default(), sets.len() as u32);
    let mut bits = models(64);
    let mut read_sets = Vec::new();
    for at in 0..count.min(255) as usize {
        let set = sets.get(at).copied().unwrap_or_default();
        let mut read = 0u64;
        for (number, model) in bits.iter_mut().enumerate() {
            let model: &mut Bit = model;
            read |= u64::from(coder.flag(model, set.0 >> number & 1 != 0)) << number;
        }
        read_sets.push(EditFlags(read));
    }
    let mut periods = Periods {
        dates: read_dates,
        sets: read_sets,
        days: WideMixer::new(16, 4),
        more: WideMixer::new(14, 1),
    };
    AllEdits {
        rows: codes::run(coder, &input.rows, &known, &mut periods),
        exempt: codes::run(coder, &input.exempt, &known, &mut Exempt),
    }
}

/// The models of rows that no relative has.
struct Periods {
    dates: Vec<Option<Date>>,
    sets: Vec<EditFlags>,
    days: WideMixer,
    more: WideMixer,
}

impl Periods {
    /// The number of a day, 0 for none.
    fn number_of(&self, date: Option<Date>) -> u32 {
        let at = self.dates.iter().position(|other| *other == date);
        match (date, at) {
            (Some(_), Some(at)) => at as u32 + 1,
            _ => 0,
        }
    }

    fn date(&self, number: u32) -> Option<Date> {
        let at = (number as usize).checked_sub(1)?;
        self.dates.get(at).copied().flatten()
    }

    /// A row as the numbers of its days and of its set of flags.
    fn numbers(&self, row: Option<&EditPeriod>) -> [u32; 3] {
        let Some(row) = row else {
            return [0; 3];
        };
        let set = self.sets.iter().position(|set| *set == row.flags);
        [
            self.number_of(row.period.start),
            self.number_of(row.period.end),
            set.unwrap_or(0) as u32,
        ]
    }
}

/// No code has more rows than this: one for each change of its flags.
const MOST_ROWS: usize = 100;

impl Novel<EditPeriod> for Periods {
    fn code<C: Coder>(
        &mut self,
        coder: &mut C,
        code: &Code,
        relatives: &[Option<&[EditPeriod]>],
        value: &[EditPeriod],
    ) -> Vec<EditPeriod> {
        let part = |length: usize| codes::part(code, length, 3);
        let [before, other] = codes::nearest(relatives);
        let mut out: Vec<EditPeriod> = Vec::new();
        let mut last = [0u32; 3];
        while out.len() < MOST_ROWS {
            let at = out.len();
            let row = self.numbers(value.get(at));
            let near = self.numbers(before.get(at));
            let far = self.numbers(other.get(at));
            let mut read = [0u32; 3];
            let mut state = at.min(3) as u32;
            for field in 0..3 {
                let get = |row: &[u32; 3]| row.get(field).copied().unwrap_or(0);
                let contexts = [
                    hash(hash(state, get(&last)), 1 + field as u32),
                    hash(hash(state, get(&near)), 11 + field as u32),
                    hash(hash(state, get(&far)), 21 + field as u32),
                    hash(hash(last[1], last[2]), 31 + field as u32),
                    hash(hash(state, part(3)), 41 + field as u32),
                    hash(hash(read[0], read[1]), 51 + field as u32),
                    hash(hash(part(1), at as u32), 61 + field as u32),
                ];
                let number = self.days.symbol(coder, 8, &contexts, field, get(&row));
                if let Some(to) = read.get_mut(field) {
                    *to = number;
                }
                state = hash(state, number);
            }
            last = read;
            out.push(EditPeriod {
                period: Period {
                    start: self.date(read[0]),
                    end: self.date(read[1]),
                },
                flags: self.sets.get(read[2] as usize).copied().unwrap_or_default(),
            });
            let contexts = [
                hash(read[1], at.min(3) as u32),
                hash(state, 2),
                hash(hash(before.len() as u32, other.len() as u32), at as u32),
            ];
            if !self.more.flag(coder, &contexts, 0, at + 1 < value.len()) {
                break;
            }
        }
        out
    }
}

/// A code is exempt or is not: there is nothing more to say.
struct Exempt;

impl Novel<()> for Exempt {
    fn code<C: Coder>(&mut self, _: &mut C, _: &Code, _: &[Option<&[()]>], _: &[()]) -> Vec<()> {
        vec![()]
    }
}

impl System<'_> {
    /// What the Medicare Code Editor holds against a concept, and whether it is exempt from reporting whether it was
    /// present on admission. Takes time proportional to the logarithm of the number of codes.
    pub fn edits(&self, concept: ConceptId) -> Edits {
        self.edits_of(&self.plain_code(concept))
    }

    /// The same for a code that this release may not have: one that was deleted, or is not published yet.
    pub fn edits_of(&self, code: &str) -> Edits {
        let all = self.all_edits();
        match Code::new(&plain_code(code)) {
            Some(code) => Edits {
                periods: all.rows.of(&code).to_vec(),
                poa_exempt: !all.exempt.of(&code).is_empty(),
            },
            None => Edits::default(),
        }
    }

    /// From when to when a code was valid, or will be, that this release does not have; nothing for codes that it has
    /// and for those that were never valid as far as the Medicare Code Editor knows. The end is absent where the table ends
    /// before the code does.
    pub fn retired(&self, code: &str) -> Option<Period> {
        let plain = plain_code(code);
        match self.find(&plain) {
            Some(_) => None,
            None => self.validity(&plain),
        }
    }

    /// From when to when the Medicare Code Editor takes a code, whether this release has it or not; nothing where it never
    /// does. The end is absent where the table ends before the code does.
    pub(crate) fn validity(&self, plain: &str) -> Option<Period> {
        let all = self.all_edits();
        let rows = all.rows.of(&Code::new(plain)?);
        let (first, last) = (rows.first()?, rows.last()?);
        // The table's last day says nothing about a code, unless the whole system ended on that day.
        let ended =
            |end: &Date| Some(*end) != all.horizon() || Some(*end) == self.release().period.end;
        Some(Period {
            start: first.period.start,
            end: last.period.end.filter(ended),
        })
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

    fn edit(code: &str, start: u32, end: u32, flags: &[&str]) -> CodeEdits {
        CodeEdits {
            system: CodeSystem::ICD10CM,
            code: code.to_string(),
            period: Period {
                start: Date::from_number(start),
                end: Date::from_number(end),
            },
            flags: flags.iter().map(|flag| flag.to_string()).collect(),
        }
    }

    #[test]
    fn every_name_is_a_flag_of_its_own() {
        assert!(NAMES.len() <= 64);
        for name in NAMES {
            assert_eq!(EditFlag::parse(name).unwrap().name(), *name);
        }
        assert_eq!(EditFlag::MANIFESTATION.name(), "manifestation");
        assert_eq!(EditFlag::UNACCEPTABLE_PRINCIPAL.name(), "unacceptable");
        assert_eq!(EditFlag::NEEDS_SECONDARY.name(), "reqsdx");
        assert_eq!(EditFlag::EXTERNAL_CAUSE.name(), "ecodepdx");
        assert_eq!(EditFlag::MALE.name(), "male");
        assert_eq!(EditFlag::COMPLICATION.name(), "cc");
        assert_eq!(EditFlag::parse("other"), None);
    }

    #[test]
    fn what_cannot_be_stored_is_said() {
        let new = |edit| AllEdits::new(CodeSystem::ICD10CM, &[edit], &[]).unwrap_err();
        assert_eq!(
            new(edit("A 1", 1, 2, &[])),
            EditsError::Code("A 1".to_string())
        );
        let unknown = edit("A01", 20151001, 20270331, &["male", "other"]);
        assert_eq!(new(unknown), EditsError::Flag("other".to_string()));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            known in prop::collection::btree_set("[A-E][0-9]{2,6}", 0..40),
            rows in prop::collection::vec(("[A-E][0-9]{2,6}", 0u32..9, 0u32..9, prop::collection::btree_set(0..NAMES.len(), 0..4)), 0..60),
            exempt in prop::collection::vec("[A-E][0-9]{2,6}", 0..30),
        ) {
            let rows: Vec<CodeEdits> = rows
                .iter()
                .map(|(code, start, end, flags)| {
                    let flags: Vec<&str> = flags.iter().map(|at| NAMES[*at]).collect();
                    edit(code, 20_101_001 + start * 10_000, 20_200_930 + end * 10_000, &flags)
                })
                .collect();
            let known: Vec<String> = known.into_iter().collect();
            let nodes = nodes(&known);
            let edits = AllEdits::new(CodeSystem::ICD10CM, &rows, &exempt).unwrap();
            let read = read(&write(&edits, &nodes), &nodes);
            prop_assert!(read.rows.iter().eq(edits.rows.iter()));
            prop_assert_eq!(&read.exempt.codes, &edits.exempt.codes);
            for code in &exempt {
                prop_assert_eq!(read.exempt.of(&Code::new(code).unwrap()), &[()]);
            }
            for row in &rows {
                let found = read.rows.of(&Code::new(&row.code).unwrap());
                let same = |found: &&EditPeriod| found.period == row.period && found.flags.iter().map(EditFlag::name).all(|name| row.flags.iter().any(|flag| flag == name));
                prop_assert!(found.iter().any(|found| same(&found)));
            }
        }

        #[test]
        fn any_bytes_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            read(&bytes, &nodes(&["A01".to_string(), "B111".to_string()]));
        }
    }
}
