//! Rules about poisoning, adverse effects, underdosing and toxic effects beside what they led to (CM-23). That adverse
//! effects and underdosing are never listed first is among the rules about what is listed first.

use super::{ClaimFix, Known, Review, Severity};

/// For a code of T36 to T50, the character that tells poisoning (1 to 4), adverse effect (5) and underdosing (6): the
/// sixth, or the fifth where the sixth is a placeholder.
pub(super) fn drug_code(known: &Known) -> Option<u8> {
    let bytes = known.plain.as_bytes();
    known.within("T36", "T50").then_some(())?;
    let sixth = bytes.get(5).filter(|c| **c != b'X');
    sixth.or(bytes.get(4)).copied()
}

/// A current poisoning or toxic effect: it goes before what it caused. A sequela goes after.
fn poisoning(known: &Known) -> bool {
    let current = !known.seventh(b'S');
    current && (matches!(drug_code(known), Some(b'1'..=b'4')) || known.within("T51", "T65"))
}

/// Why less was taken: noncompliance, or a complication of care.
const INTENTS: [(&str, &str); 5] = [
    ("Z9112", "Z9112"),
    ("Z9113", "Z9113"),
    ("Z9114", "Z9114"),
    ("Z91A4", "Z91A4"),
    ("Y636", "Y639"),
];

impl Review<'_> {
    /// CM-23: Sections I.C.19.e.5.b to d.
    pub(super) fn drugs(&mut self) {
        let mut found = Vec::new();
        // An injury, a complication of care or a pregnancy may well be the reason for the visit beside a poisoning.
        let may_be_effect = |first: &&Known| {
            let other = [("O00", "O9A"), ("S00", "T88"), ("V00", "Z99")];
            !other.iter().any(|(begin, end)| first.within(begin, end))
        };
        if let (Some(first), Some(poison)) = (
            self.first().filter(may_be_effect),
            self.diagnoses.iter().find(|known| poisoning(known)),
        ) {
            let message = format!(
                "{} is a poisoning or toxic effect and goes before what it caused: where {} is due to it, {} is listed first.",
                poison.code, first.code, poison.code
            );
            let first_of_all = self
                .system
                .is_some_and(|system| self.may_be_first(system, poison));
            let fix = first_of_all.then_some(ClaimFix::Move {
                from: poison.at,
                to: 0,
            });
            let items = vec![poison.item(), first.item()];
            found.push((Severity::Warning, items, message, fix));
        }
        let under = |known: &&Known| drug_code(known) == Some(b'6');
        let told = self.diagnoses.iter().any(|known| {
            INTENTS
                .iter()
                .any(|(first, last)| known.within(first, last))
        });
        if let Some(under) = self.diagnoses.iter().find(under).filter(|_| !told) {
            let message = format!(
                "{} is an underdosing: a code for why less was taken (Z91.12-, Z91.13-, Z91.14-, Z91.A4- or Y63.6 to Y63.9) goes with it, if that is known.",
                under.code
            );
            found.push((Severity::Information, vec![under.item()], message, None));
        }
        for (severity, items, message, fix) in found {
            self.report(severity, "CM-23", items, message, fix);
        }
    }
}
