//! Several releases of one system in one: each code with the days it is valid for, each title with its own.
//!
//! The latest release is the one that everything is said of: its titles are shown, its notes and its index are those of the
//! system. Of an earlier one only the codes, their titles and whether they were valid for submission count. A code that is
//! not in the next release ended with its own; one that was not in the release before began with its own. Where a year
//! lies between two releases that is not loaded, the table of the Medicare Code Editor says when in it a code came or went.

use std::collections::{BTreeMap, HashMap};

use crate::concepts::{Concept, Note, NoteKind, Release};
use crate::date::{Date, Period};

/// Makes one release of several. `validity` holds the days that other sources state for codes; `warnings` gets a sentence
/// for each code that came back after years in which it was not valid, since a code has one period.
///
/// Earlier releases that name no days are left out, with a warning. Without any, `release` stays as it is.
pub(super) fn join(
    release: &mut Release,
    earlier: Vec<Release>,
    validity: &HashMap<&str, Period>,
    warnings: &mut Vec<String>,
) {
    let mut all: Vec<(Date, Release)> = Vec::new();
    let Some(last_start) = release.period.start else {
        return;
    };
    for other in earlier {
        match other.period.start.filter(|start| *start < last_start) {
            Some(start) => all.push((start, other)),
            None => warnings.push(format!(
                "{}: expected a release before {}, found one whose days are not known; it is left out",
                other.version, release.version
            )),
        }
    }
    if all.is_empty() {
        return;
    }
    all.sort_by_key(|(start, _)| *start);
    let latest = std::mem::take(release);
    all.push((last_start, latest));
    let mut periods: Vec<Period> = all.iter().map(|(_, release)| release.period).collect();
    for at in 1..periods.len() {
        let (start, before) = (periods[at].start, &mut periods[at - 1]);
        let until = start.map(Date::previous_day);
        // The April update takes the place of its year's first release.
        if before.end.is_none_or(|end| Some(end) > until) {
            before.end = until;
        }
    }
    let mut codes: BTreeMap<String, Vec<Option<Concept>>> = BTreeMap::new();
    let count = all.len();
    let mut names = Vec::new();
    let mut parts = Vec::new();
    let mut files = Vec::new();
    for (at, (_, part)) in all.iter_mut().enumerate() {
        names.push(part.version.clone());
        parts.push((part.version.clone(), periods[at]));
        for file in std::mem::take(&mut part.files) {
            if !files.contains(&file) {
                files.push(file);
            }
        }
        for concept in std::mem::take(&mut part.concepts) {
            let row = codes
                .entry(concept.code.clone())
                .or_insert_with(|| vec![None; count]);
            row[at] = Some(concept);
        }
    }
    if let Some((_, latest)) = all.pop() {
        *release = latest;
    }
    release.concepts = codes
        .into_iter()
        .filter_map(|(code, row)| {
            let known = validity.get(code.as_str()).copied().unwrap_or_default();
            one(row, &periods, known, warnings)
        })
        .collect();
    release.version = names.join(", ");
    release.period.start = periods[0].start;
    release.parts = parts;
    release.files = files;
}

/// One concept of what the releases say of a code.
fn one(
    row: Vec<Option<Concept>>,
    periods: &[Period],
    known: Period,
    warnings: &mut Vec<String>,
) -> Option<Concept> {
    let valid: Vec<bool> = row
        .iter()
        .map(|concept| concept.as_ref().is_some_and(|concept| concept.billable))
        .collect();
    let notes = former_titles(&row, periods);
    let last = valid.iter().rposition(|valid| *valid);
    let own: Vec<Period> = row
        .iter()
        .map(|concept| concept.as_ref().map(|c| c.period).unwrap_or_default())
        .collect();
    // What is published last is said; headers among the codes of an earlier year keep their place.
    let mut concept = row.into_iter().flatten().next_back()?;
    concept.notes.splice(0..0, notes);
    let Some(last) = last else {
        return Some(concept);
    };
    let first = valid[..last]
        .iter()
        .rposition(|valid| !valid)
        .map_or(0, |at| at + 1);
    if valid[..first].contains(&true) {
        warnings.push(format!(
            "{}: valid in several releases, but not in one between them; the index has it valid from {} on",
            concept.code,
            shown(periods[first].start)
        ));
    }
    concept.billable = true;
    let within = |day: Option<Date>, from: Option<Date>, to: Option<Date>| {
        day.filter(|day| from.is_some_and(|from| from <= *day) && to.is_some_and(|to| *day <= to))
    };
    concept.period.start = own[first].start;
    concept.period.end = own[last].end;
    if first > 0 && concept.period.start.is_none() {
        // From the day after the release that lacks it to the first day of the one that has it.
        let earliest = periods[first - 1].end.map(Date::next_day);
        let stated = within(known.start, earliest, periods[first].start);
        concept.period.start = stated.or(earliest);
    }
    if last + 1 < periods.len() && concept.period.end.is_none() {
        let latest = periods[last + 1].start.map(Date::previous_day);
        let stated = within(known.end, periods[last].end, latest);
        concept.period.end = stated.or(latest);
    }
    Some(concept)
}

/// The titles that a code had before its last one, each as the note that [`crate::changes`] reads.
fn former_titles(row: &[Option<Concept>], periods: &[Period]) -> Vec<Note> {
    let titled: Vec<(usize, &str)> = row
        .iter()
        .enumerate()
        .filter_map(|(at, concept)| Some((at, concept.as_ref()?.display.as_str())))
        .collect();
    let note = |pair: &[(usize, &str)]| {
        let [(_, title), (next, other)] = pair else {
            return None;
        };
        let until = periods.get(*next)?.start?.previous_day();
        (title != other).then(|| Note {
            kind: NoteKind::Note,
            text: format!("{}{until}: {title}", crate::changes::FORMER),
        })
    };
    titled.windows(2).filter_map(note).collect()
}

fn shown(day: Option<Date>) -> String {
    day.map_or_else(|| "an unknown day".to_string(), |day| day.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::release;

    fn year(version: &str, codes: &[(&str, bool, &str)]) -> Release {
        Release {
            version: version.to_string(),
            period: release::period(version).unwrap(),
            concepts: codes
                .iter()
                .map(|(code, billable, display)| Concept {
                    code: code.to_string(),
                    billable: *billable,
                    display: display.to_string(),
                    ..Concept::default()
                })
                .collect(),
            ..Release::default()
        }
    }

    fn joined(
        latest: Release,
        earlier: Vec<Release>,
        stated: &[(&'static str, u32, u32)],
    ) -> (Release, Vec<String>) {
        let validity = stated
            .iter()
            .map(|(code, start, end)| {
                let period = Period {
                    start: Date::from_number(*start),
                    end: Date::from_number(*end),
                };
                (*code, period)
            })
            .collect();
        let (mut release, mut warnings) = (latest, Vec::new());
        join(&mut release, earlier, &validity, &mut warnings);
        (release, warnings)
    }

    /// The days of a code as numbers, 0 for none.
    fn days(release: &Release, code: &str) -> (u32, u32) {
        let concept = release.concepts.iter().find(|c| c.code == code).unwrap();
        let number = |day: Option<Date>| day.map_or(0, Date::number);
        (number(concept.period.start), number(concept.period.end))
    }

    #[test]
    fn codes_come_go_and_are_divided() {
        let (release, warnings) = joined(
            year(
                "FY2026",
                &[
                    ("A", true, "All"),
                    ("D", false, "Div"),
                    ("D1", true, "Div one"),
                    ("N", true, "New"),
                ],
            ),
            vec![
                year("FY2025", &[("A", true, "All"), ("D", true, "Div")]),
                year(
                    "FY2024",
                    &[("A", true, "All"), ("D", true, "Div"), ("G", true, "Gone")],
                ),
            ],
            &[],
        );
        assert_eq!(warnings, [""; 0]);
        assert_eq!(release.version, "FY2024, FY2025, FY2026");
        let all: Vec<(u32, u32)> = release
            .parts
            .iter()
            .map(|(_, p)| (p.start.unwrap().number(), p.end.unwrap().number()))
            .collect();
        assert_eq!(
            all,
            [
                (20231001, 20240930),
                (20241001, 20250930),
                (20251001, 20260930)
            ]
        );
        assert_eq!(days(&release, "A"), (0, 0));
        assert_eq!(days(&release, "G"), (0, 20240930));
        assert_eq!(days(&release, "N"), (20251001, 0));
        // What became a header was a code until then.
        assert_eq!(days(&release, "D"), (0, 20250930));
        assert!(release.concepts.iter().all(|concept| concept.billable));
    }

    #[test]
    fn an_april_update_takes_the_place_of_its_year() {
        let (release, _) = joined(
            year("FY2025 April", &[("A", true, "All"), ("N", true, "New")]),
            vec![year("FY2025", &[("A", true, "All")])],
            &[],
        );
        assert_eq!(release.parts[0].1.end.unwrap().number(), 20250331);
        assert_eq!(days(&release, "N"), (20250401, 0));
        assert_eq!(release.period.end.unwrap().number(), 20250930);
    }

    #[test]
    fn a_year_between_is_told_by_what_others_state() {
        let (release, _) = joined(
            year(
                "FY2026",
                &[("N", true, "New"), ("M", true, "New"), ("A", true, "All")],
            ),
            vec![year(
                "FY2024",
                &[("G", true, "Gone"), ("H", true, "Gone"), ("A", true, "All")],
            )],
            // What lies outside the year between is no day that this can be.
            &[
                ("N", 20241001, 20270331),
                ("M", 20151001, 20270331),
                ("G", 20151001, 20250331),
            ],
        );
        assert_eq!(days(&release, "N"), (20241001, 0));
        assert_eq!(days(&release, "M"), (20241001, 0));
        assert_eq!(days(&release, "G"), (0, 20250331));
        assert_eq!(days(&release, "H"), (0, 20250930));
    }

    #[test]
    fn titles_have_their_days() {
        let titles = |title: &str| [("A", true, title)].map(|(a, b, c)| (a, b, c.to_string()));
        let of = |version: &str, title: &str| {
            let row = titles(title);
            year(version, &[(row[0].0, row[0].1, &row[0].2)])
        };
        let (release, _) = joined(
            of("FY2026", "Third"),
            vec![
                of("FY2023", "First"),
                of("FY2024", "Second"),
                of("FY2025", "Second"),
            ],
            &[],
        );
        let notes: Vec<&str> = release.concepts[0]
            .notes
            .iter()
            .map(|n| n.text.as_str())
            .collect();
        assert_eq!(
            notes,
            [
                "Title until 2023-09-30: First",
                "Title until 2025-09-30: Second"
            ]
        );
        assert_eq!(release.concepts[0].display, "Third");
    }

    #[test]
    fn a_code_that_came_back_is_told() {
        let (release, warnings) = joined(
            year("FY2026", &[("A", true, "All")]),
            vec![
                year("FY2025", &[("B", true, "Other")]),
                year("FY2024", &[("A", true, "All")]),
            ],
            &[],
        );
        assert_eq!(days(&release, "A"), (20251001, 0));
        assert_eq!(
            warnings,
            [
                "A: valid in several releases, but not in one between them; the index has it valid from 2025-10-01 on"
            ]
        );
    }

    #[test]
    fn without_others_nothing_changes() {
        let before = year("FY2026", &[("A", true, "All")]);
        let (after, warnings) = joined(before.clone(), Vec::new(), &[]);
        assert_eq!(
            (after.version, after.parts.len(), warnings.len()),
            (before.version.clone(), 0, 0)
        );
        let (after, warnings) = joined(before, vec![Release::default()], &[]);
        assert_eq!((after.parts.len(), warnings.len()), (0, 1));
    }
}
