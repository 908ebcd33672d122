//! Rules about pregnancy, childbirth and the newborn (CM-21).

use super::{ClaimFix, Item, Known, Review, Setting, Severity};
use crate::index::System;

/// The weeks of gestation of a Z3A code, as a first and a last week; nothing for those that do not tell.
fn weeks(plain: &str) -> Option<(u32, u32)> {
    match plain.strip_prefix("Z3A")? {
        "01" => Some((0, 7)),
        "49" => Some((43, 50)),
        "00" => None,
        other => other.parse().ok().map(|week| (week, week)),
    }
}

/// The trimester in a title, with its weeks: the introduction of chapter 15 in the Tabular List.
const TRIMESTERS: [(&str, u32, u32); 3] = [
    ("first trimester", 0, 13),
    ("second trimester", 14, 27),
    ("third trimester", 28, 50),
];

impl Review<'_> {
    /// The first diagnosis within a range of codes.
    fn find(&self, first: &str, last: &str) -> Option<&Known> {
        let mut diagnoses = self.diagnoses.iter();
        diagnoses.find(|known| known.within(first, last))
    }

    /// CM-21.
    pub(super) fn mother_and_newborn(&mut self) {
        let Some(system) = self.system else {
            return;
        };
        let mut found = Vec::new();
        self.whose_record(&mut found);
        self.delivery(system, &mut found);
        self.gestation(system, &mut found);
        for (severity, items, message, fix) in found {
            self.report(severity, "CM-21", items, message, fix);
        }
    }

    /// Codes of the mother and of the newborn on their own records: Sections I.C.15.a.2, I.C.15.b.1, I.C.16.a.1,
    /// I.C.16.a.2 and I.C.21.c.11.
    fn whose_record(&self, found: &mut Vec<Found>) {
        let obstetric = self.find("O00", "O9A");
        let outcome = self.find("Z37", "Z37");
        let newborn = self.find("P00", "P96").or(self.find("Z38", "Z38"));
        if let (Some(mother), Some(child)) = (obstetric.or(outcome), newborn) {
            let message = format!(
                "{} belongs on the mother's record and {} on the newborn's: they are not reported together.",
                mother.code, child.code
            );
            let items = vec![mother.item(), child.item()];
            found.push((Severity::Error, items, message, None));
        }
        if let Some(mother) = obstetric {
            if self.claim.age == Some(0) {
                let message = format!(
                    "{} is for the mother's record, but the patient is less than a year old.",
                    mother.code
                );
                found.push((Severity::Error, vec![mother.item()], message, None));
            }
            if let Some(routine) = self.find("Z34", "Z34") {
                let message = format!(
                    "{} (supervision of a normal pregnancy) is not reported with a code of chapter 15 such as {}.",
                    routine.code, mother.code
                );
                let items = vec![routine.item(), mother.item()];
                found.push((Severity::Error, items, message, None));
            }
        }
        let births: Vec<&Known> = self
            .diagnoses
            .iter()
            .filter(|known| known.within("Z38", "Z38"))
            .collect();
        if let [first, second, ..] = births.as_slice()
            && first.plain != second.plain
        {
            let message = format!(
                "{} and {} are both of Z38 (liveborn infants), which is assigned only once, at the birth.",
                first.code, second.code
            );
            let items = vec![first.item(), second.item()];
            found.push((Severity::Warning, items, message, None));
        }
    }

    /// What goes with a delivery: Sections I.C.15.b.5 and I.C.15.n.
    fn delivery(&self, system: &System, found: &mut Vec<Found>) {
        let outcome = self.find("Z37", "Z37");
        if let Some(normal) = self.find("O80", "O80") {
            let complication = self
                .diagnoses
                .iter()
                .find(|known| known.within("O00", "O9A") && known.plain != normal.plain);
            if let Some(other) = complication {
                let message = format!(
                    "{} is for a normal delivery without complications; it is not used with another code of chapter 15 such as {}.",
                    normal.code, other.code
                );
                let items = vec![normal.item(), other.item()];
                let fix = ClaimFix::Remove {
                    item: normal.item(),
                };
                found.push((Severity::Error, items, message, Some(fix)));
            } else if normal.at > 0 {
                let message = format!("{} is always the principal diagnosis.", normal.code);
                let fix = ClaimFix::Move {
                    from: normal.at,
                    to: 0,
                };
                found.push((Severity::Error, vec![normal.item()], message, Some(fix)));
            }
            if let Some(outcome) = outcome.filter(|outcome| outcome.plain != "Z370") {
                let message = format!(
                    "Z37.0 (single live birth) is the only outcome of delivery that goes with {}; the claim has {}.",
                    normal.code, outcome.code
                );
                let items = vec![outcome.item(), normal.item()];
                found.push((Severity::Error, items, message, None));
            }
        }
        let delivered = |known: &&Known| {
            let title = || system.display(known.concept);
            known.within("O80", "O82")
                || (known.within("O00", "O9A")
                    && ["in childbirth", "complicating childbirth"]
                        .iter()
                        .any(|words| title().contains(words)))
        };
        // The whole stay is on the hospital's claim; others may bill a part of the delivery.
        let severity = match self.claim.setting {
            Setting::InpatientFacility => Severity::Warning,
            _ => Severity::Information,
        };
        if let Some(delivery) = self
            .diagnoses
            .iter()
            .find(delivered)
            .filter(|_| outcome.is_none())
        {
            let message = format!(
                "{} is of a delivery, and the claim has no code of Z37 for its outcome, which belongs on every record of a delivery.",
                delivery.code
            );
            found.push((severity, vec![delivery.item()], message, None));
        }
    }

    /// Weeks and trimesters: Sections I.C.15.a.3 and I.C.21.c.11.
    fn gestation(&self, system: &System, found: &mut Vec<Found>) {
        let week = self.find("Z3A", "Z3A");
        // Not for what belongs to the time after birth.
        let after = |known: &Known| system.display(known.concept).contains("puerperium");
        let timed = self
            .diagnoses
            .iter()
            .find(|known| known.within("O09", "O84") || known.within("O98", "O9A"));
        if let Some(mother) = timed.filter(|known| week.is_none() && !after(known)) {
            let message = format!(
                "{} is reported with a code from Z3A for the week of the pregnancy, if it is known.",
                mother.code
            );
            found.push((Severity::Information, vec![mother.item()], message, None));
        }
        let Some(week) = week else { return };
        let abortive = self.find("O00", "O08").or(self.find("Z332", "Z332"));
        if let Some(abortive) = abortive {
            let message = format!(
                "{} is not reported with {}: weeks of gestation do not apply to pregnancies with abortive outcome.",
                week.code, abortive.code
            );
            let items = vec![week.item(), abortive.item()];
            let fix = ClaimFix::Remove { item: week.item() };
            found.push((Severity::Warning, items, message, Some(fix)));
        }
        let Some((first, last)) = weeks(&week.plain) else {
            return;
        };
        let trimestral = |known: &&Known| known.within("O00", "O9A") || known.within("Z34", "Z34");
        for known in self.diagnoses.iter().filter(trimestral) {
            let title = system.display(known.concept);
            let trimester = TRIMESTERS.iter().find(|(name, ..)| title.contains(name));
            if let Some((name, from, to)) = trimester
                && (last < *from || *to < first)
            {
                let message = format!(
                    "{} is of the {name}, but {} gives a week of another trimester.",
                    known.code, week.code
                );
                let items = vec![known.item(), week.item()];
                found.push((Severity::Warning, items, message, None));
            }
        }
    }
}

/// How bad it is, the items concerned, the message, and what mends it.
type Found = (Severity, Vec<Item>, String, Option<ClaimFix>);
