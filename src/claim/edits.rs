//! Rules by lists that the user supplies: pairs of procedures (NC-1), units (NC-2), covered diagnoses (CL-4). Without the
//! lists they say nothing.

use super::{Item, Review, Setting, Severity};
use crate::date::Date;
use crate::index::claim_edits::{PairEdit, UnitService, limits_of};
use crate::index::plain_code;

/// The modifiers that the publisher associates with pair edits of indicator 1: anatomic ones, those of global surgery,
/// and others (NCCI Policy Manual, Chapter I, modifiers and modifier indicators).
pub const PAIR_MODIFIERS: &[&str] = &[
    "E1", "E2", "E3", "E4", "FA", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "TA", "T1",
    "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "LT", "RT", "LC", "LD", "RC", "LM", "RI", "24",
    "25", "57", "58", "78", "79", "27", "59", "91", "XE", "XS", "XP", "XU",
];

impl Review<'_> {
    /// NC-1, NC-2 and CL-4.
    pub(super) fn edits(&mut self) {
        if self.index.claim_edits().is_empty() {
            return;
        }
        let claim = self.claim;
        let lines: Vec<(String, Option<Date>)> = claim
            .lines
            .iter()
            .map(|line| (plain_code(&line.code), line.date.or(claim.date)))
            .collect();
        let practitioner = claim.setting == Setting::Professional;
        self.pairs(&lines, practitioner);
        self.units(&lines, practitioner);
        self.coverage(&lines);
    }

    fn pairs(&mut self, lines: &[(String, Option<Date>)], practitioner: bool) {
        let edits = self.index.claim_edits();
        let claim = self.claim;
        let by_modifier = |at: usize| {
            let modifiers = claim.lines.get(at).map(|line| &line.modifiers);
            modifiers.into_iter().flatten().any(|modifier| {
                PAIR_MODIFIERS.contains(&modifier.trim().to_ascii_uppercase().as_str())
            })
        };
        let mut found = Vec::new();
        for (first, (one, date)) in lines.iter().enumerate() {
            for (second, (other, day)) in lines.iter().enumerate() {
                if first == second || date != day {
                    continue;
                }
                let items = vec![Item::Line { at: second }, Item::Line { at: first }];
                match edits.pair(practitioner, one, other, *date) {
                    Some(PairEdit::Never) => {
                        let message = format!(
                            "{other} is not paid beside {one} on the same day, and no modifier allows it (NCCI pair edit, indicator 0)."
                        );
                        found.push((Severity::Error, items, message));
                    }
                    Some(PairEdit::WithModifier) if !by_modifier(first) && !by_modifier(second) => {
                        let message = format!(
                            "{other} is paid beside {one} on the same day only where they are separate services, which a modifier such as 59, XE, XS, XP, XU or a site says (NCCI pair edit, indicator 1)."
                        );
                        found.push((Severity::Warning, items, message));
                    }
                    _ => {}
                }
            }
        }
        for (severity, items, message) in found {
            self.report(severity, "NC-1", items, message, None);
        }
    }

    fn units(&mut self, lines: &[(String, Option<Date>)], practitioner: bool) {
        let edits = self.index.claim_edits();
        let units = |at: usize| {
            let line = self.claim.lines.get(at);
            line.and_then(|line| line.units).unwrap_or(1)
        };
        let service = match practitioner {
            true => UnitService::Practitioner,
            false => UnitService::Hospital,
        };
        let files = edits.files();
        let list = files.iter().find(|file| file.what == limits_of(service));
        let from = list.and_then(|file| file.from);
        let mut found = Vec::new();
        for (at, (code, date)) in lines.iter().enumerate() {
            let Some(edit) = edits.units(service, code) else {
                continue;
            };
            let same = |(other, day): &(String, Option<Date>)| other == code && day == date;
            let alike: Vec<usize> = match edit.by_line {
                true => vec![at],
                false => (0..lines.len())
                    .filter(|at| lines.get(*at).is_some_and(same))
                    .collect(),
            };
            let total = alike
                .iter()
                .map(|at| units(*at))
                .fold(0, u32::saturating_add);
            // A day's units are told once, at the first of its lines.
            if total <= edit.most || alike.first() != Some(&at) {
                continue;
            }
            let scope = match edit.by_line {
                true => "on a line",
                false => "for a patient on a day",
            };
            let mut message = format!(
                "The claim has {total} units of {code}; {} is the most that is likely {scope} (NCCI medically unlikely edit).",
                edit.most
            );
            let mut severity = Severity::Warning;
            if let (Some(from), Some(day)) = (from, *date)
                && day < from
            {
                severity = Severity::Information;
                message +=
                    &format!(" The loaded list is of {from}, and says nothing sure of {day}.");
            }
            let items = alike.into_iter().map(|at| Item::Line { at }).collect();
            found.push((severity, items, message));
        }
        for (severity, items, message) in found {
            self.report(severity, "NC-2", items, message, None);
        }
    }

    fn coverage(&mut self, lines: &[(String, Option<Date>)]) {
        let edits = self.index.claim_edits();
        let all: Vec<String> = self
            .claim
            .diagnoses
            .iter()
            .map(|diagnosis| plain_code(&diagnosis.code))
            .collect();
        let mut found = Vec::new();
        for (at, (code, _)) in lines.iter().enumerate() {
            let pointers = self
                .claim
                .lines
                .get(at)
                .map_or(&[][..], |line| &line.pointers);
            let pointed: Vec<&String> = match pointers {
                [] => all.iter().collect(),
                some => some
                    .iter()
                    .filter_map(|number| all.get(number.checked_sub(1)?))
                    .collect(),
            };
            let lists = edits.coverage(code);
            let covered = |plain: &&String| lists.iter().any(|list| list.covers(plain));
            if lists.is_empty() || pointed.iter().any(covered) {
                continue;
            }
            let names: Vec<&str> = lists.iter().map(|list| list.name.as_str()).collect();
            let message = format!(
                "None of the diagnoses of {code} is among those that article {} lists as supporting it.",
                names.join(" or ")
            );
            found.push((vec![Item::Line { at }], message));
        }
        for (items, message) in found {
            self.report(Severity::Warning, "CL-4", items, message, None);
        }
    }
}
