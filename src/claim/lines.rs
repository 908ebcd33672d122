//! Rules about settings, modifiers, and diagnoses as the lines point to them.

use super::{ClaimFix, Item, Known, Review, Setting, Severity};

/// The diagnoses a professional claim has room for.
const DIAGNOSES: usize = 12;

/// The modifiers and the diagnosis pointers a line has room for.
const PER_LINE: usize = 4;

/// The principal diagnosis and 24 others.
const FACILITY_DIAGNOSES: usize = 25;

/// The external causes that a claim of a facility has room for.
const EXTERNAL_CAUSES: usize = 12;

/// The reasons for the visit that an outpatient claim of a facility has room for.
const REASONS: usize = 3;

/// What a code surely is that is no evaluation and management service, by the sections of CPT and the letters of HCPCS
/// Level II; nothing for medicine (90281 to 99199), where some are close to one, and for letters with visits among them.
fn no_evaluation(code: &str) -> Option<&'static str> {
    let number = code.parse::<u32>().ok().filter(|_| code.len() == 5);
    match (number, code.as_bytes().first()?) {
        (Some(100..=1999), _) => Some("anesthesia"),
        (Some(10_004..=69_990), _) => Some("surgery"),
        (Some(70_010..=79_999), _) => Some("radiology"),
        (Some(80_047..=89_398), _) => Some("pathology or laboratory"),
        (None, b'A' | b'B' | b'E' | b'K' | b'L') => Some("a supply, equipment or transport"),
        (None, b'J') => Some("a drug"),
        (None, b'P' | b'R') => Some("laboratory or radiology"),
        _ => None,
    }
}

impl Review<'_> {
    pub(super) fn lines(&mut self) {
        let claim = self.claim;
        // PCS-3
        if claim.setting != Setting::InpatientFacility {
            for at in 0..claim.procedures.len() {
                let message = format!(
                    "{} is an ICD procedure code: those are reported by hospitals for inpatient stays only; other claims use CPT and HCPCS codes.",
                    claim
                        .procedures
                        .get(at)
                        .map_or(String::new(), |code| crate::validate::shown(code))
                );
                let items = vec![Item::Procedure { at }];
                self.report(Severity::Warning, "PCS-3", items, message, None);
            }
        }
        self.facility();
        for (at, line) in claim.lines.iter().enumerate() {
            let modifiers: Vec<String> = line
                .modifiers
                .iter()
                .map(|modifier| modifier.trim().to_ascii_uppercase())
                .collect();
            self.modifiers(at, &modifiers);
            self.evaluation(at, &crate::index::plain_code(&line.code), &modifiers);
        }
        if claim.setting != Setting::Professional {
            return;
        }
        // CL-1
        if claim.diagnoses.len() > DIAGNOSES {
            let message = format!(
                "The claim has {} diagnoses; a professional claim has room for {DIAGNOSES}.",
                claim.diagnoses.len()
            );
            let items = (DIAGNOSES..claim.diagnoses.len()).map(|at| Item::Diagnosis { at });
            self.report(Severity::Error, "CL-1", items.collect(), message, None);
        }
        for line in 0..claim.lines.len() {
            self.pointers(line);
        }
    }

    /// CL-3: what a claim of a facility has room for, and where.
    fn facility(&mut self) {
        let claim = self.claim;
        let setting = claim.setting;
        if setting != Setting::Professional {
            let external = |known: &&Known| known.within("V00", "Y99");
            let causes: Vec<Item> = self
                .diagnoses
                .iter()
                .filter(external)
                .map(Known::item)
                .collect();
            let others: Vec<Item> = (0..claim.diagnoses.len())
                .map(|at| Item::Diagnosis { at })
                .filter(|item| !causes.contains(item))
                .collect();
            let rooms = [
                (
                    others,
                    FACILITY_DIAGNOSES,
                    "diagnoses that are no external causes",
                ),
                (causes, EXTERNAL_CAUSES, "external causes"),
            ];
            for (items, room, what) in rooms {
                if items.len() > room {
                    let message = format!(
                        "The claim has {} {what}; a claim of a facility has room for {room}.",
                        items.len()
                    );
                    let items = items.get(room..).unwrap_or(&[]).to_vec();
                    self.report(Severity::Error, "CL-3", items, message, None);
                }
            }
            if claim.reasons.len() > REASONS {
                let message = format!(
                    "The claim has {} reasons for the visit; there is room for {REASONS}.",
                    claim.reasons.len()
                );
                let items = (REASONS..claim.reasons.len()).map(|at| Item::Reason { at });
                self.report(Severity::Error, "CL-3", items.collect(), message, None);
            }
        }
        if claim.admitting.is_some() && setting != Setting::InpatientFacility {
            let message = "An admitting diagnosis is for inpatient stays only.".to_string();
            let item = Item::Admitting;
            let fix = ClaimFix::Remove { item };
            self.report(Severity::Warning, "CL-3", vec![item], message, Some(fix));
        }
        if !claim.reasons.is_empty() && setting != Setting::OutpatientFacility {
            let message =
                "Reasons for the visit are for outpatient claims of facilities only.".to_string();
            let items = (0..claim.reasons.len()).map(|at| Item::Reason { at });
            let fix = match claim.reasons.as_slice() {
                [_] => Some(ClaimFix::Remove {
                    item: Item::Reason { at: 0 },
                }),
                _ => None,
            };
            self.report(Severity::Warning, "CL-3", items.collect(), message, fix);
        }
    }

    /// MOD-4: modifiers of evaluation and management on procedures and supplies.
    fn evaluation(&mut self, line: usize, code: &str, modifiers: &[String]) {
        let Some(what) = no_evaluation(code) else {
            return;
        };
        for (at, modifier) in modifiers.iter().enumerate() {
            if ["24", "25", "57"].contains(&modifier.as_str()) {
                let message = format!(
                    "Modifier {modifier} goes with an evaluation and management service; {code} is {what}."
                );
                let items = vec![Item::Modifier { line, at }, Item::Line { at: line }];
                self.report(Severity::Warning, "MOD-4", items, message, None);
            }
        }
    }

    fn modifiers(&mut self, line: usize, modifiers: &[String]) {
        let item = |at: usize| Item::Modifier { line, at };
        let number = line + 1;
        // MOD-1
        for (at, modifier) in modifiers.iter().enumerate() {
            let first = modifiers.iter().position(|other| other == modifier);
            if let Some(first) = first.filter(|first| *first < at) {
                let message = format!("Line {number} has the modifier {modifier} twice.");
                let fix = ClaimFix::Remove { item: item(at) };
                let items = vec![item(first), item(at)];
                self.report(Severity::Error, "MOD-1", items, message, Some(fix));
            }
        }
        if modifiers.len() > PER_LINE {
            let message = format!(
                "Line {number} has {} modifiers; there is room for {PER_LINE}.",
                modifiers.len()
            );
            let items = (PER_LINE..modifiers.len()).map(item).collect();
            self.report(Severity::Error, "MOD-1", items, message, None);
        }
        let at = |name: &str| modifiers.iter().position(|modifier| modifier == name);
        // MOD-2
        let sides: Vec<(usize, &str)> = ["LT", "RT", "50"]
            .iter()
            .filter_map(|name| Some((at(name)?, *name)))
            .collect();
        if sides.len() > 1 {
            let names: Vec<_> = sides.iter().map(|(_, name)| *name).collect();
            let message = format!(
                "Line {number} has the modifiers {} together: LT is the left side, RT the right side, 50 a procedure on both.",
                names.join(" and ")
            );
            let items = sides.iter().map(|(at, _)| item(*at)).collect();
            self.report(Severity::Warning, "MOD-2", items, message, None);
        }
        // MOD-3
        let fifty_nine = at("59");
        let specific = ["XE", "XS", "XP", "XU"].iter().find_map(|name| at(name));
        if let (Some(general), Some(specific)) = (fifty_nine, specific) {
            let message = format!(
                "Line {number} has 59 and {} together: the X modifiers say more exactly what 59 says, and one of the two is enough.",
                modifiers.get(specific).map_or("", String::as_str)
            );
            let items = vec![item(general), item(specific)];
            let fix = ClaimFix::Remove {
                item: item(general),
            };
            self.report(Severity::Warning, "MOD-3", items, message, Some(fix));
        }
    }

    /// CL-2
    fn pointers(&mut self, line: usize) {
        let claim = self.claim;
        let number = line + 1;
        let Some(pointers) = claim.lines.get(line).map(|line| &line.pointers) else {
            return;
        };
        if pointers.is_empty() {
            let message = format!("Line {number} points to no diagnosis; at least one is needed.");
            self.report(
                Severity::Error,
                "CL-2",
                vec![Item::Line { at: line }],
                message,
                None,
            );
        }
        if pointers.len() > PER_LINE {
            let message = format!(
                "Line {number} points to {} diagnoses; there is room for {PER_LINE}.",
                pointers.len()
            );
            let items = (PER_LINE..pointers.len()).map(|at| Item::Pointer { line, at });
            self.report(Severity::Error, "CL-2", items.collect(), message, None);
        }
        for (at, pointer) in pointers.iter().enumerate() {
            let item = Item::Pointer { line, at };
            let fix = Some(ClaimFix::Remove { item });
            if *pointer == 0 || *pointer > claim.diagnoses.len() {
                let message = format!(
                    "Line {number} points to diagnosis {pointer}, but the claim has {}.",
                    claim.diagnoses.len()
                );
                self.report(Severity::Error, "CL-2", vec![item], message, fix);
            } else if pointers.iter().position(|other| other == pointer) != Some(at) {
                let message = format!("Line {number} points to diagnosis {pointer} twice.");
                self.report(Severity::Error, "CL-2", vec![item], message, fix);
            }
        }
    }
}
