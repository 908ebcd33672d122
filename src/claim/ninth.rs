//! What the Medicare Code Editor held against ICD-9-CM diagnoses of services before October 1, 2015.

use super::{Claim, ClaimFix, Issue, Item, RULES, Setting, Severity, Sex};
use crate::code_system::CodeSystem;
use crate::date::Date;
use crate::index::{ConceptId, EditFlag, Index};

impl Index<'_> {
    /// CM-11, CM-14, CM-17, CM-19 and CM-20 for the ICD-9-CM diagnoses of a claim, given with their places.
    pub(super) fn ninth_revision(
        &self,
        claim: &Claim,
        date: Option<Date>,
        found: &[(usize, ConceptId)],
    ) -> Vec<Issue> {
        let mut issues = Vec::new();
        let Some(system) = self.system(CodeSystem::ICD9CM_DX) else {
            return issues;
        };
        let Some(date) = date.or(system.release().period.end) else {
            return issues;
        };
        let inpatient = claim.setting == Setting::InpatientFacility;
        for (at, concept) in found {
            let flags = system.edits(*concept).on(date);
            let code = system.code(*concept);
            let item = Item::Diagnosis { at: *at };
            let mut say = |severity, rule: &'static str, what: String| {
                let known = RULES.iter().find(|known| known.id == rule);
                issues.push(Issue {
                    severity,
                    rule,
                    items: vec![item],
                    message: format!("{code} {what}, says the Medicare Code Editor."),
                    source: known.map_or("", |rule| rule.source),
                    fixes: Vec::<ClaimFix>::new(),
                    more_fixes: 0,
                });
            };
            if *at == 0 {
                let first = match inpatient {
                    true => "the principal diagnosis",
                    false => "the first-listed diagnosis",
                };
                if flags.contains(EditFlag::MANIFESTATION) {
                    let what = format!("is a manifestation and cannot be {first}");
                    say(Severity::Error, "CM-11", what);
                } else if flags.contains(EditFlag::EXTERNAL_CAUSE) || code.starts_with('E') {
                    let what = format!("is an external cause and cannot be {first}");
                    say(Severity::Error, "CM-14", what);
                } else if inpatient
                    && flags.contains(EditFlag::UNACCEPTABLE_PRINCIPAL)
                    && !(flags.contains(EditFlag::NEEDS_SECONDARY) && claim.diagnoses.len() > 1)
                {
                    let what = format!("is unacceptable as {first}");
                    say(Severity::Error, "CM-17", what);
                }
            }
            for (flag, first, last, who) in super::diagnoses::AGES {
                if let Some(age) = claim.age
                    && flags.contains(*flag)
                    && !(*first..=*last).contains(&age)
                {
                    let what = format!("is for {who}, and the patient is {age}");
                    say(Severity::Warning, "CM-19", what);
                }
            }
            let other = match claim.sex {
                Some(Sex::Male) => Some((EditFlag::FEMALE, "female")),
                Some(Sex::Female) => Some((EditFlag::MALE, "male")),
                None => None,
            };
            if let Some((_, who)) = other.filter(|(flag, _)| flags.contains(*flag)) {
                let what = format!("is for {who} patients, and the claim states the other sex");
                say(Severity::Warning, "CM-20", what);
            }
        }
        issues
    }
}
