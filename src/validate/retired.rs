//! Codes that were valid once or will be, and what takes their place.

use super::{Check, Status};
use crate::date::Period;

/// Successors are followed over this many changes: a code seldom changes more than twice.
const MOST_CHANGES: usize = 6;

impl Check<'_, '_> {
    /// Answers a code that the release does not have, but the editor's table of validity periods does.
    pub(super) fn retired(&mut self) -> Option<(Status, &'static str, String, Period)> {
        let plain = self.plain.clone();
        let period = self.system.retired(&plain)?;
        let code = self.system.code_system().dotted(&plain);
        if let Some((status, text)) = self.cut_over() {
            return Some((status, "9-2", format!("{code} {text}"), period));
        }
        let release = self.system.release();
        let (first, last) = match self.options.date {
            Some(date) => (Some(date), Some(date)),
            None => (release.latest().start, release.latest().end),
        };
        let on = match self.options.date {
            Some(date) => format!(" on {date}"),
            None => String::new(),
        };
        let s = if release.parts.is_empty() { "" } else { "s" };
        let not_loaded = format!(
            "It is not in the loaded release{s} {}.",
            self.all_releases()
        );
        let (status, message) = match (period.start, period.end) {
            (start, Some(end)) if first.is_some_and(|first| end < first) => {
                self.fix_successors();
                let from = start.map_or(String::new(), |start| format!("from {start} "));
                let message =
                    format!("{code} is not valid{on}: it was valid {from}to {end}. {not_loaded}");
                (Status::Terminated, message)
            }
            (Some(start), _) if last.is_some_and(|last| last < start) => {
                self.fix_predecessors();
                let message =
                    format!("{code} is not valid{on}: it takes effect on {start}. {not_loaded}");
                (Status::NotYetEffective, message)
            }
            (start, end) => {
                let from = start.map_or(String::new(), |start| format!(" from {start}"));
                let to = end.map_or(String::new(), |end| format!(" to {end}"));
                let message = format!(
                    "{code} is a code of {}{from}{to}, says the table of the Medicare Code Editor. {not_loaded}",
                    self.title()
                );
                match self.options.date.is_some_and(|date| !release.covers(date)) {
                    true => (Status::DateNotCovered, message),
                    false => (Status::NotInRelease, message),
                }
            }
        };
        Some((status, self.date_rule(), message, period))
    }

    /// Answers a header that was a code on a day which the loaded releases do not cover, before it was divided.
    pub(super) fn divided(&mut self) -> Option<(Status, &'static str, String, Period)> {
        let date = self.options.date?;
        if self.system.release().covers(date) || self.cut_over().is_some() {
            return None;
        }
        let period = self.system.validity(&self.plain)?;
        if !period.contains(date) {
            return None;
        }
        let code = self.system.code_system().dotted(&self.plain);
        let shown = |word: &str, day: Option<crate::date::Date>| {
            day.map_or(String::new(), |day| format!(" {word} {day}"))
        };
        let message = format!(
            "{code} was a code of {}{}{}, says the table of the Medicare Code Editor. Loaded is {}, where it is divided; that does not cover {date}.",
            self.title(),
            shown("from", period.start),
            shown("to", period.end),
            self.all_releases()
        );
        Some((Status::DateNotCovered, self.date_rule(), message, period))
    }

    /// Adds the codes that took the place of this one as fixes, those that are valid on the date.
    pub(super) fn fix_successors(&mut self) {
        if self.options.fix_limit == 0 {
            return;
        }
        let mut seen = vec![self.plain.clone()];
        let mut open = vec![self.plain.clone()];
        for _ in 0..MOST_CHANGES {
            let mut next = Vec::new();
            for successor in open.iter().flat_map(|code| self.system.successors(code)) {
                if seen.contains(&successor.plain_code) {
                    continue;
                }
                seen.push(successor.plain_code.clone());
                match self.system.find(&successor.plain_code) {
                    Some(concept) if self.usable(concept) => {
                        self.fix(concept, || {
                            format!(
                                "took its place, or a part of it, on {}",
                                successor.effective
                            )
                        });
                    }
                    _ => next.push(successor.plain_code),
                }
            }
            open = next;
        }
        self.fix_new_beside();
    }

    /// Where the conversion table names no successor: adds the codes that became valid, next to a code that the release
    /// still has, on the day after its last.
    fn fix_new_beside(&mut self) {
        let Some(concept) = self
            .system
            .find(&self.plain)
            .filter(|_| self.fixes.fixes.is_empty())
        else {
            return;
        };
        let period = self
            .system
            .properties()
            .periods
            .get(concept.node() as usize);
        let Some(end) = period.and_then(|period| period.end) else {
            return;
        };
        for new in self.system.in_place_of(&self.plain, end.next_day(), true) {
            if let Some(concept) = self.system.find(&new.code) {
                self.fix(concept, || new.why.clone());
            }
        }
    }

    /// Adds the codes that are used until this one takes effect as fixes.
    fn fix_predecessors(&mut self) {
        for predecessor in self.system.predecessors(&self.plain) {
            if let Some(concept) = self.system.find(&predecessor.plain_code) {
                self.fix(concept, || {
                    format!("is used until {}", predecessor.effective.previous_day())
                });
            }
        }
    }
}
