//! Hypertension beside heart or kidney disease (CM-25): the classification presumes that they belong together, and has codes
//! for both at once (Sections I.C.9.a.1 to 3 of the guidelines).

use super::{ClaimFix, Known, Review, Severity};

/// The heart conditions that hypertension is presumed to be the cause of.
const HEART: &[&str] = &["I50", "I514", "I515", "I517", "I5189", "I519"];

impl Review<'_> {
    /// CM-25.
    pub(super) fn hypertension(&mut self) {
        let Some(system) = self.system else {
            return;
        };
        let heart = self
            .diagnoses
            .iter()
            .find(|known| HEART.iter().any(|code| known.plain.starts_with(code)));
        let kidney = self
            .diagnoses
            .iter()
            .find(|known| known.within("N18", "N18"));
        let hypertension = self.diagnoses.iter().find(|known| {
            ["I10", "I11", "I12"]
                .iter()
                .any(|code| known.within(code, code))
        });
        // In pregnancy, and where a code for both is there already, nothing is to be put together.
        let settled = self
            .diagnoses
            .iter()
            .any(|known| known.within("I13", "I13") || known.within("O10", "O16"));
        let Some(pressure) = hypertension.filter(|_| !settled) else {
            return;
        };
        let (with_heart, with_kidney) = (
            heart.is_some() || pressure.plain.starts_with("I11"),
            kidney.is_some() || pressure.plain.starts_with("I12"),
        );
        let failing =
            heart.is_some_and(|known| known.plain.starts_with("I50")) || pressure.plain == "I110";
        let late = kidney.is_some_and(|known| matches!(known.plain.as_str(), "N185" | "N186"))
            || pressure.plain == "I120";
        let code = match (with_heart, with_kidney, failing, late) {
            (true, true, true, false) => "I130",
            (true, true, false, false) => "I1310",
            (true, true, false, true) => "I1311",
            (true, true, true, true) => "I132",
            (true, false, true, _) => "I110",
            (true, false, false, _) => "I119",
            (false, true, _, true) => "I120",
            (false, true, _, false) => "I129",
            (false, false, ..) => return,
        };
        if pressure.plain == code {
            return;
        }
        let other: Vec<&Known> = heart.into_iter().chain(kidney).collect();
        let names: Vec<&str> = other.iter().map(|known| known.code.as_str()).collect();
        let shown = system.code_system().dotted(code);
        let message = format!(
            "{} and {} are presumed to belong together: {shown} stands for both, with the kind or stage behind it. They are coded apart only where the record says that they are unrelated.",
            pressure.code,
            names.join(" and ")
        );
        // Behind what it goes before, the code would only be in the wrong place.
        let first = other.iter().all(|known| pressure.at < known.at);
        let concept = system
            .find(code)
            .filter(|concept| system.billable(*concept));
        let fix = concept.filter(|_| first).map(|concept| ClaimFix::Replace {
            item: pressure.item(),
            code: shown,
            display: Some(system.display(concept)),
        });
        let mut items = vec![pressure.item()];
        items.extend(other.iter().map(|known| known.item()));
        self.report(Severity::Warning, "CM-25", items, message, fix);
    }
}
