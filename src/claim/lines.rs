//! Rules about settings, modifiers, and diagnoses as the lines point to them.

use super::{ClaimFix, Item, Review, Setting, Severity};

/// The diagnoses a professional claim has room for.
const DIAGNOSES: usize = 12;

/// The modifiers and the diagnosis pointers a line has room for.
const PER_LINE: usize = 4;

impl Review<'_> {
    pub(super) fn lines(&mut self) {
        let claim = self.claim;
        // PCS-3
        if claim.setting != Setting::InpatientFacility {
            for at in 0..claim.procedures.len() {
                let message = format!(
                    "{} is an ICD procedure code: those are reported by hospitals for inpatient stays only; other claims use CPT and HCPCS codes.",
                    claim.procedures.get(at).map_or("", |code| code.trim())
                );
                let items = vec![Item::Procedure { at }];
                self.report(Severity::Warning, "PCS-3", items, message, None);
            }
        }
        for (at, line) in claim.lines.iter().enumerate() {
            let modifiers: Vec<String> = line
                .modifiers
                .iter()
                .map(|modifier| modifier.trim().to_ascii_uppercase())
                .collect();
            self.modifiers(at, &modifiers);
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
