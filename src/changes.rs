//! What changes on a day: which codes of a list are added, deleted, revised or divided, and what takes their place.
//!
//! Most days of change are October 1, some April 1; HCPCS Level II changes every quarter. What is known comes from the
//! periods of the codes, from the Medicare Code Editor's table for codes that the release has no more, from the notes of
//! revised titles, and from the conversion table.

use serde::Serialize;

use crate::code_system::CodeSystem;
use crate::concepts::NoteKind;
use crate::date::{Date, Period};
use crate::index::{Concept, ConceptId, System, plain_code};
use crate::validate::{Fix, Standing, standing};

/// What happens to a code on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// It becomes valid.
    Added,
    /// It was valid until the day before.
    Deleted,
    /// Its title changes.
    Revised,
    /// It stays, and new codes take a part of what it stood for; of a header, codes below it come or go.
    Divided,
    /// Nothing.
    Unchanged,
    /// Neither the release nor what is known of earlier ones has it on the day or the day before.
    Unknown,
}

/// What happens to one code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CodeChange {
    /// The code as printed where it is known, else as it was given.
    pub code: String,
    /// What happens.
    pub change: ChangeKind,
    /// The same in a sentence.
    pub message: String,
    /// Its title on the day, where the release has the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
    /// The title before the day, where it is revised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// For a deleted or divided code what takes its place; for an added one what was used before.
    pub codes: Vec<Fix>,
}

/// What happens on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// The day.
    pub date: Date,
    /// The code system.
    pub system: CodeSystem,
    /// The release that is loaded.
    pub release: String,
    /// A sentence where the release says nothing of the day; absent where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The changes, in the order of the codes given, or of all codes.
    pub changes: Vec<CodeChange>,
}

/// How the note begins that keeps a title which begins later (the build writes it): then the day, a colon and the title.
const REVISED: &str = "Title from ";

/// How the note begins that keeps a title of an earlier release: then its last day, a colon and the title.
pub(crate) const FORMER: &str = "Title until ";

impl System<'_> {
    /// The titles of a concept in their order, each with its first day; that of the first is not known.
    fn titles(&self, concept: ConceptId) -> Vec<(Option<Date>, String)> {
        let notes = self.all_notes();
        let (mut former, mut revised) = (Vec::new(), Vec::new());
        for at in notes.of(concept.node()) {
            if concept.seventh().is_some() || notes.kinds.get(at) != Some(&NoteKind::Note) {
                continue;
            }
            let text = notes.words.text(notes.text(at));
            let dated = |begin: &str| {
                let (day, title) = text.strip_prefix(begin)?.split_once(": ")?;
                Some((Date::parse(day)?, title.to_string()))
            };
            former.extend(dated(FORMER));
            revised.extend(dated(REVISED));
        }
        crate::sort::sort(&mut former);
        crate::sort::sort(&mut revised);
        let mut titles = Vec::new();
        let mut first = None;
        for (last, title) in former {
            titles.push((first, title));
            first = Some(last.next_day());
        }
        titles.push((first, self.display(concept)));
        titles.extend(revised.into_iter().map(|(day, title)| (Some(day), title)));
        titles
    }

    /// The long title of a concept on a day, where the releases had different ones.
    pub fn display_on(&self, concept: ConceptId, date: Date) -> String {
        let mut titles = self.titles(concept).into_iter();
        let latest = titles.rfind(|(first, _)| first.is_none_or(|first| first <= date));
        latest.map_or_else(|| self.display(concept), |(_, title)| title)
    }

    /// Whether a concept has another title from a day on.
    fn retitled(&self, concept: ConceptId, date: Date) -> bool {
        let titles = self.titles(concept);
        titles.iter().any(|(first, _)| *first == Some(date))
    }

    /// A concept under its title of a day, or nothing where it is known not to be valid on it. A day that the release
    /// does not cover rules nothing out: the release is in the answer.
    pub fn concept_on(&self, concept: ConceptId, date: Option<Date>) -> Option<Concept> {
        let mut shown = self.concept(concept);
        if let Some(date) = date {
            if matches!(
                standing(self, concept, Some(date)),
                Standing::From(_) | Standing::Until(_)
            ) {
                return None;
            }
            shown.display = self.display_on(concept, date);
        }
        Some(shown)
    }

    /// The last day on which a code of the release becomes valid; nothing where the publisher states no such days.
    /// Takes time proportional to the number of codes.
    pub fn last_change(&self) -> Option<Date> {
        let periods = self.properties().periods.iter();
        let last = self.release().period.end;
        let starts = periods.filter_map(|period| period.start);
        starts
            .filter(|day| last.is_none_or(|last| *day <= last))
            .max()
    }

    /// What happens to each of these codes on a day, in their order; without a day, on [`System::last_change`]. Codes may
    /// be written with or without dot and in any case.
    ///
    /// Takes time proportional to the number of codes given, and for those that are deleted or divided to the number of
    /// rows of the conversion table.
    pub fn changes<T: AsRef<str>>(&self, codes: &[T], date: Option<Date>) -> Changes {
        self.changes_with(date, |system, date| {
            let change = |code: &T| system.change(code.as_ref(), date);
            codes.iter().map(change).collect()
        })
    }

    /// Every code that changes on a day, in order of code; of those that only stay, none.
    /// Takes time proportional to the number of codes.
    pub fn all_changes(&self, date: Option<Date>) -> Changes {
        self.changes_with(date, |system, date| {
            let own = system.concepts().filter(|concept| {
                let turns = |period: Period| turns(period, date) != ChangeKind::Unchanged;
                let period = system.properties().periods.get(concept.node() as usize);
                system.billable(*concept) && period.copied().is_some_and(turns)
            });
            let mut codes: Vec<String> = own.map(|concept| system.plain_code(concept)).collect();
            let gone = system.all_edits().rows.iter().map(|(code, _)| code);
            codes.extend(gone.filter_map(|code| {
                let period = system.retired(code.as_str())?;
                (turns(period, date) != ChangeKind::Unchanged).then(|| code.as_str().to_string())
            }));
            let notes = system.all_notes();
            let nodes = system.nodes();
            for (owner, kind) in notes.owners.iter().zip(&notes.kinds) {
                let concept = ConceptId::of_node(*owner);
                if *kind == NoteKind::Note
                    && (*owner as usize) < nodes.codes.len()
                    && system.retitled(concept, date)
                {
                    codes.push(system.plain_code(concept));
                }
            }
            crate::sort::sort(&mut codes);
            codes.dedup();
            let change = |code: &String| system.change(code, date);
            codes.iter().map(change).collect()
        })
    }

    fn changes_with(
        &self,
        date: Option<Date>,
        changes: impl FnOnce(&Self, Date) -> Vec<CodeChange>,
    ) -> Changes {
        let release = self.release();
        let out = |date, message, changes| Changes {
            date,
            system: self.code_system(),
            release: release.version.clone(),
            message,
            changes,
        };
        let Some(day) = date.or_else(|| self.last_change()).or(release.period.start) else {
            let message = "The release does not say when its codes became valid.".to_string();
            return out(Date::MIN, Some(message), Vec::new());
        };
        let late = release.period.end.is_some_and(|end| end < day);
        // What the editor's table does not reach back to, only the release's own days tell.
        let early = release.period.start.is_some_and(|start| day < start)
            && self.all_edits().rows.codes.is_empty();
        let message = (late || early).then(|| {
            format!(
                "{} is loaded as {}, which does not say what changed on {day}.",
                self.code_system(),
                crate::validate::all_releases(self)
            )
        });
        let found = match message {
            Some(_) => Vec::new(),
            None => changes(self, day),
        };
        out(day, message, found)
    }

    fn change(&self, typed: &str, date: Date) -> CodeChange {
        let plain = plain_code(typed);
        let concept = self.find(&plain);
        let own = concept.map(|concept| {
            let periods = &self.properties().periods;
            let period = periods.get(concept.node() as usize).copied();
            period.unwrap_or_default()
        });
        let mut out = CodeChange {
            code: self.code_system().dotted(&plain),
            change: ChangeKind::Unknown,
            message: String::new(),
            display: concept.map(|concept| self.display_on(concept, date)),
            before: None,
            codes: Vec::new(),
        };
        let Some(period) = own.or_else(|| self.retired(&plain)) else {
            out.code = typed.trim().to_string();
            out.message = format!("{} is not known.", out.code);
            return out;
        };
        let day_before = date.previous_day();
        out.change = turns(period, date);
        let code = &out.code;
        if out.change == ChangeKind::Unchanged
            && (!period.contains(date) || !period.contains(day_before))
        {
            out.change = ChangeKind::Unknown;
            let since = period.start.filter(|start| *start > date);
            out.message = match (since, period.end) {
                (Some(start), _) => format!("{code} is not valid before {start}."),
                (_, Some(end)) => format!("{code} was valid until {end}."),
                _ => format!("{code} is not known."),
            };
            return out;
        }
        if out.change == ChangeKind::Unchanged
            && let Some(concept) = concept
            && self.retitled(concept, date)
        {
            out.change = ChangeKind::Revised;
            out.before = Some(self.display_on(concept, day_before));
        }
        let header = concept.is_some_and(|concept| !self.billable(concept));
        out.codes = match out.change {
            ChangeKind::Added => self.used_before(&plain, date),
            ChangeKind::Deleted => self.in_place_of(&plain, date, true),
            _ if header => self.new_below(&plain, date),
            _ => self.in_place_of(&plain, date, false),
        };
        if out.change == ChangeKind::Unchanged && !out.codes.is_empty() {
            out.change = ChangeKind::Divided;
        }
        let title = out.display.as_deref().unwrap_or("");
        out.message = match out.change {
            ChangeKind::Added => format!("{code} is new on {date}: {title}."),
            ChangeKind::Deleted => format!("{code} is deleted: {day_before} is its last day."),
            ChangeKind::Revised => format!("{code} has another title from {date} on: {title}."),
            ChangeKind::Divided if header => format!("{code} is a header with new codes below it."),
            ChangeKind::Divided => {
                format!("{code} stays; new codes take a part of what it stood for.")
            }
            _ => format!("{code} does not change on {date}."),
        };
        out
    }

    fn fix_of(&self, concept: ConceptId, date: Date, why: &str) -> Fix {
        Fix {
            code: self.code(concept),
            display: self.display_on(concept, date),
            why: why.to_string(),
        }
    }

    /// The codes new on a day that the conversion table names as successors; for a deleted code without any, those
    /// that are new next to it.
    pub(crate) fn in_place_of(&self, plain: &str, date: Date, deleted: bool) -> Vec<Fix> {
        let successors = self.successors(plain).into_iter();
        let fixes: Vec<Fix> = successors
            .filter(|successor| successor.effective == date)
            .filter_map(|successor| self.find(&successor.plain_code))
            .filter(|concept| self.billable(*concept))
            .map(|concept| self.fix_of(concept, date, "takes its place, or a part of it"))
            .collect();
        if !fixes.is_empty() || !deleted {
            return fixes;
        }
        // The sixth character tells sides and intents, the seventh encounters: they stay what they were.
        let kept = |other: &str, at: usize| plain.get(at..at + 1) == other.get(at..at + 1);
        for length in (4..=plain.len()).rev() {
            let near = plain.get(..length).unwrap_or(plain).trim_end_matches('X');
            let new: Vec<ConceptId> = self.added_below(near, date);
            let alike = new.iter().copied().filter(|concept| {
                let other = self.plain_code(*concept);
                plain.len() < 7 || (kept(&other, 5) && kept(&other, 6))
            });
            let alike: Vec<ConceptId> = alike.collect();
            let best = if alike.is_empty() { new } else { alike };
            if !best.is_empty() && near.len() > 3 {
                let why = "is new on the day, where it stood";
                return best
                    .into_iter()
                    .map(|concept| self.fix_of(concept, date, why))
                    .collect();
            }
        }
        Vec::new()
    }

    /// The codes valid for submission that begin so and become valid on a day.
    fn added_below(&self, prefix: &str, date: Date) -> Vec<ConceptId> {
        let mut found = Vec::new();
        for node in self.nodes_with_prefix(prefix) {
            let period = self.properties().periods.get(node as usize);
            if period.is_none_or(|period| period.start != Some(date)) {
                continue;
            }
            let own = ConceptId::of_node(node);
            let set = self.nodes().seventh_set(node);
            let composed = set.map_or(0, |set| set.characters.len());
            let all =
                std::iter::once(own).chain((0..composed).map(|at| ConceptId::composed(node, at)));
            found.extend(all.filter(|concept| self.billable(*concept)));
        }
        found
    }

    fn new_below(&self, plain: &str, date: Date) -> Vec<Fix> {
        let new = self.added_below(plain, date).into_iter();
        new.map(|concept| self.fix_of(concept, date, "is new below it"))
            .collect()
    }

    fn used_before(&self, plain: &str, date: Date) -> Vec<Fix> {
        let before = self.predecessors(plain).into_iter();
        let before = before.filter(|predecessor| predecessor.effective == date);
        let fix = before.map(|predecessor| Fix {
            display: match self.find(&predecessor.plain_code) {
                Some(concept) => self.display(concept),
                None => String::new(),
            },
            code: predecessor.code,
            why: "was used before".to_string(),
        });
        fix.collect()
    }
}

/// Whether a code with this period comes or goes on a day.
fn turns(period: Period, date: Date) -> ChangeKind {
    if period.start == Some(date) {
        ChangeKind::Added
    } else if period.end == Some(date.previous_day()) {
        ChangeKind::Deleted
    } else {
        ChangeKind::Unchanged
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::compile;
    use crate::concepts::{CodeEdits, Concept as Published, Conversion, Note, Relations, Release};
    use crate::index::Index;

    fn day(number: u32) -> Option<Date> {
        Date::from_number(number)
    }

    /// A release with the changes of the October after it.
    fn bytes() -> Vec<u8> {
        let rows: &[(&str, bool, u32, u32)] = &[
            ("I42", false, 0, 0),
            ("I420", true, 20151001, 20260930),
            ("I4200", true, 20261001, 0),
            ("I4209", true, 20261001, 0),
            ("I425", true, 20151001, 0),
            ("L02232", true, 20151001, 0),
            ("T528X1A", true, 20151001, 20260930),
            ("T52811A", true, 20261001, 0),
            ("T52812A", true, 20261001, 0),
            ("Z681", true, 20151001, 0),
        ];
        let concept = |(code, billable, start, end): &(&str, bool, u32, u32)| Published {
            code: code.to_string(),
            display: format!("Title of {code}"),
            billable: *billable,
            period: Period {
                start: day(*start),
                end: day(*end),
            },
            notes: match *code {
                "L02232" => vec![Note {
                    kind: NoteKind::Note,
                    text: "Title from 2026-10-01: Another title".to_string(),
                }],
                _ => Vec::new(),
            },
            ..Published::default()
        };
        let mut concepts: Vec<Published> = rows.iter().map(concept).collect();
        crate::sort::sort_by(&mut concepts, |a, b| a.code.cmp(&b.code));
        let release = Release {
            version: "FY2026 with the FY2027 code changes".to_string(),
            period: Period {
                start: day(20251001),
                end: day(20270930),
            },
            concepts,
            ..Release::default()
        };
        let relations = Relations {
            conversions: vec![Conversion {
                code: "I4209".to_string(),
                effective: day(20261001).unwrap(),
                previous: vec!["I425".to_string()],
            }],
            edits: vec![
                CodeEdits {
                    system: CodeSystem::ICD10CM,
                    code: "A000".to_string(),
                    period: Period {
                        start: day(20151001),
                        end: day(20190930),
                    },
                    flags: Vec::new(),
                },
                CodeEdits {
                    system: CodeSystem::ICD10CM,
                    code: "Z681".to_string(),
                    period: Period {
                        start: day(20151001),
                        end: day(20270331),
                    },
                    flags: Vec::new(),
                },
            ],
            ..Relations::default()
        };
        compile(&[(CodeSystem::ICD10CM, &release)], &relations).unwrap()
    }

    fn shown(changes: &Changes) -> Vec<String> {
        let show = |change: &CodeChange| {
            let codes: Vec<&str> = change.codes.iter().map(|fix| &*fix.code).collect();
            format!("{} {:?} {}", change.code, change.change, codes.join(" "))
        };
        changes.changes.iter().map(show).collect()
    }

    #[test]
    fn a_list_of_codes_on_october_1() {
        let bytes = bytes();
        let index = Index::open(&bytes).unwrap();
        let system = index.system(CodeSystem::ICD10CM).unwrap();
        let codes = [
            "i420", "I42.5", "I42.00", "I42", "L02.232", "T52.8X1A", "Z68.1", "A00.0", "nonsense",
        ];
        let changes = system.changes(&codes, None);
        assert_eq!(changes.date.number(), 20261001);
        assert_eq!(changes.message, None);
        assert_eq!(
            shown(&changes),
            [
                "I42.0 Deleted I42.00 I42.09",
                "I42.5 Divided I42.09",
                "I42.00 Added ",
                "I42 Divided I42.00 I42.09",
                "L02.232 Revised ",
                "T52.8X1A Deleted T52.811A",
                "Z68.1 Unchanged ",
                "A00.0 Unknown ",
                "nonsense Unknown ",
            ]
        );
        let revised = &changes.changes[4];
        assert_eq!(revised.display.as_deref(), Some("Another title"));
        assert_eq!(revised.before.as_deref(), Some("Title of L02232"));
        assert_eq!(
            changes.changes[7].message,
            "A00.0 was valid until 2019-09-30."
        );
        let added = system.changes(&["I42.09"], None);
        assert_eq!(shown(&added), ["I42.09 Added I42.5"]);
    }

    #[test]
    fn the_day_before_nothing_changes_and_all_changes_are_found() {
        let bytes = bytes();
        let index = Index::open(&bytes).unwrap();
        let system = index.system(CodeSystem::ICD10CM).unwrap();
        let gone = system.find("I42.0").unwrap();
        assert!(system.concept_on(gone, day(20260930)).is_some());
        assert!(system.concept_on(gone, day(20261001)).is_none());
        assert!(system.concept_on(gone, None).is_some());
        let quiet = system.changes(&["I42.0", "L02.232"], day(20260930));
        assert_eq!(shown(&quiet), ["I42.0 Unchanged ", "L02.232 Unchanged "]);
        assert_eq!(quiet.changes[1].display.as_deref(), Some("Title of L02232"));
        let all = system.all_changes(None);
        let codes: Vec<&str> = all.changes.iter().map(|change| &*change.code).collect();
        assert_eq!(
            codes,
            [
                "I42.0", "I42.00", "I42.09", "L02.232", "T52.811A", "T52.812A", "T52.8X1A"
            ]
        );
        // Codes that are in no loaded release any more.
        let earlier = system.all_changes(day(20191001));
        assert_eq!(shown(&earlier), ["A00.0 Deleted "]);
    }

    #[test]
    fn a_day_that_the_release_does_not_reach() {
        let bytes = bytes();
        let index = Index::open(&bytes).unwrap();
        let system = index.system(CodeSystem::ICD10CM).unwrap();
        let later = system.changes(&["I42.0"], day(20271001));
        assert!(later.changes.is_empty());
        assert_eq!(
            later.message.as_deref(),
            Some(
                "ICD-10-CM is loaded as FY2026 with the FY2027 code changes (2025-10-01 to 2027-09-30), which does not say what changed on 2027-10-01."
            )
        );
    }
}
