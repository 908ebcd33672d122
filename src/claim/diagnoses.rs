//! Rules about diagnoses beside each other and in their order.

use super::drugs::drug_code;
use super::{ClaimFix, Item, Known, Review, Setting, Severity, Sex};
use crate::date::Date;
use crate::index::{ConceptId, EditFlag, System};
use crate::validate::{Standing, shown, standing};

/// The Z codes that may only be listed first, as categories or longer beginnings, with their exceptions: Section
/// I.C.21.c.15 of the guidelines.
const FIRST_ONLY: &[(&str, &str)] = &[
    ("Z00", "Z006"),
    ("Z01", ""),
    ("Z02", ""),
    ("Z04", ""),
    ("Z332", ""),
    ("Z3181", ""),
    ("Z3183", ""),
    ("Z3184", ""),
    ("Z34", ""),
    ("Z39", ""),
    ("Z38", ""),
    ("Z40", ""),
    ("Z42", ""),
    ("Z510", ""),
    ("Z511", ""),
    ("Z52", "Z529"),
    ("Z761", ""),
    ("Z762", ""),
    ("Z9912", ""),
];

fn first_only(plain: &str) -> bool {
    FIRST_ONLY
        .iter()
        .any(|(begin, but)| plain.starts_with(begin) && (but.is_empty() || !plain.starts_with(but)))
}

/// The classes of the Medicare Code Editor with their first and last ages: newborns, children, adults.
pub(super) const AGES: &[(EditFlag, u32, u32, &str)] = &[
    (EditFlag::NEWBORN, 0, 0, "newborns"),
    (EditFlag::PEDIATRIC, 0, 17, "patients of 0 to 17 years"),
    (EditFlag::ADULT, 15, 124, "patients of 15 to 124 years"),
];

/// How bad it is, the rule, the items concerned, the message, and what would mend it.
pub(super) type Finding = (Severity, &'static str, Vec<Item>, String, Vec<ClaimFix>);

impl Review<'_> {
    /// CM-6 and CM-7: sides.
    pub(super) fn sides(&mut self) {
        let Some(system) = self.system else {
            return;
        };
        let titled = |concept: &ConceptId| Some(system.display(*concept));
        let mut found: Vec<Finding> = Vec::new();
        for known in &self.diagnoses {
            if let Some(sides) = with_sides(system, known, self.date) {
                let [right, left] = sides.map(|side| system.code(side));
                let message = format!(
                    "{} does not say which side, and codes for the sides exist: {right} (right) and {left} (left). The unspecified code is for records that do not tell.",
                    known.code
                );
                let fix = |side: &ConceptId| ClaimFix::Replace {
                    item: known.item(),
                    code: system.code(*side),
                    display: titled(side),
                };
                let fixes = sides.iter().map(fix).collect();
                found.push((
                    Severity::Warning,
                    "CM-6",
                    vec![known.item()],
                    message,
                    fixes,
                ));
            }
        }
        let paired = self.paired();
        for (number, a) in paired.iter().enumerate() {
            for b in paired.iter().skip(number + 1) {
                if let Some(both) = bilateral(system, a, b, self.date) {
                    let code = system.code(both);
                    let message = format!(
                        "{} and {} are the same condition of the two sides: {code} stands for both.",
                        a.code, b.code
                    );
                    let items = vec![a.item(), b.item()];
                    let fix = ClaimFix::Merge {
                        items: [a.item(), b.item()],
                        code,
                        display: titled(&both),
                    };
                    found.push((Severity::Information, "CM-7", items, message, vec![fix]));
                }
            }
        }
        for (severity, rule, items, message, fixes) in found {
            self.report(severity, rule, items, message, fixes);
        }
    }

    /// CM-8: the same code twice, known or not.
    pub(super) fn duplicates(&mut self) {
        let plain: Vec<String> = self
            .claim
            .diagnoses
            .iter()
            .map(|diagnosis| crate::index::plain_code(&diagnosis.code))
            .collect();
        for (at, code) in plain.iter().enumerate() {
            let first = plain.iter().position(|other| other == code).unwrap_or(at);
            if first < at && !code.is_empty() {
                let message = format!(
                    "{} is on the claim twice, as diagnosis {} and {}: each code is reported once.",
                    shown(&crate::CodeSystem::ICD10CM.dotted(code)),
                    first + 1,
                    at + 1
                );
                let items = vec![Item::Diagnosis { at: first }, Item::Diagnosis { at }];
                let fix = ClaimFix::Remove {
                    item: Item::Diagnosis { at },
                };
                self.report(Severity::Error, "CM-8", items, message, Some(fix));
            }
        }
    }

    /// CM-11, CM-14, CM-15, CM-17, CM-18 and CM-23: what is, or is not, listed first.
    pub(super) fn first_listed(&mut self) {
        let Some(system) = self.system else {
            return;
        };
        let position = match self.claim.setting {
            Setting::InpatientFacility => "the principal diagnosis",
            _ => "the first-listed diagnosis",
        };
        if let Some(first) = self.first() {
            let code = first.code.clone();
            let item = vec![first.item()];
            let external = first.within("V00", "Y99");
            let sequela = !external && first.seventh(b'S');
            let (adverse, under) = (
                drug_code(first) == Some(b'5'),
                drug_code(first) == Some(b'6'),
            );
            let manifestation = self.manifestation(system, first);
            let flags = self.flags(first);
            let unacceptable = self.claim.setting == Setting::InpatientFacility
                && flags.contains(EditFlag::UNACCEPTABLE_PRINCIPAL)
                && !(flags.contains(EditFlag::NEEDS_SECONDARY) && self.claim.diagnoses.len() > 1)
                && !(manifestation || external || sequela || adverse || under);
            // The next diagnosis that may stand first takes its place.
            let other = self
                .diagnoses
                .iter()
                .find(|known| known.at > 0 && self.may_be_first(system, known));
            let fix = other.map(|known| ClaimFix::Move {
                from: known.at,
                to: 0,
            });
            let only = match self.claim.diagnoses.len() {
                1 => " It is the only one on the claim.",
                _ => "",
            };
            let rules = [
                (
                    manifestation,
                    "CM-11",
                    format!(
                        "{code} is a manifestation (\"in diseases classified elsewhere\") and cannot be {position}: the underlying disease goes before it.{only}"
                    ),
                ),
                (
                    external,
                    "CM-14",
                    format!("{code} is an external cause and cannot be {position}.{only}"),
                ),
                (
                    sequela,
                    "CM-15",
                    format!(
                        "{code} is a sequela code and cannot be {position}: the condition that the injury led to goes before it.{only}"
                    ),
                ),
                (
                    under,
                    "CM-23",
                    format!(
                        "{code} is an underdosing and cannot be {position}: the condition it led to goes before it.{only}"
                    ),
                ),
                (
                    adverse,
                    "CM-23",
                    format!(
                        "{code} is an adverse effect of a drug and cannot be {position}: what the drug caused goes before it.{only}"
                    ),
                ),
                (
                    unacceptable,
                    "CM-17",
                    match flags.contains(EditFlag::NEEDS_SECONDARY) {
                        true => format!(
                            "{code} is acceptable as the principal diagnosis only with a secondary diagnosis beside it."
                        ),
                        false => format!(
                            "{code} is unacceptable as the principal diagnosis of an inpatient stay: it is no condition that a patient is admitted for.{only}"
                        ),
                    },
                ),
            ];
            for (_, rule, message) in rules.into_iter().filter(|(applies, ..)| *applies) {
                self.report(Severity::Error, rule, item.clone(), message, fix.clone());
            }
        }
        // A normal delivery is always the principal diagnosis (CM-21).
        let settled = |first: &Known| first_only(&first.plain) || first.plain == "O80";
        let first_is_one = self.first().is_some_and(settled);
        // What an inpatient stay cannot begin with is not asked to (CM-17).
        let inpatient = self.claim.setting == Setting::InpatientFacility;
        let refused = |known: &Known| {
            inpatient && self.flags(known).contains(EditFlag::UNACCEPTABLE_PRINCIPAL)
        };
        let later: Vec<(Item, String)> = self
            .diagnoses
            .iter()
            .filter(|known| known.at > 0 && !first_is_one && first_only(&known.plain))
            .filter(|known| !refused(known))
            .map(|known| (known.item(), known.code.clone()))
            .collect();
        for (item, code) in later {
            let message = format!(
                "{code} may only be {position}, except where several encounters of one day are on one claim."
            );
            let fix = match item {
                Item::Diagnosis { at } => Some(ClaimFix::Move { from: at, to: 0 }),
                _ => None,
            };
            self.report(Severity::Warning, "CM-18", vec![item], message, fix);
        }
    }

    /// Whether no rule says that a code cannot be the first-listed or principal diagnosis. What may not is never moved there:
    /// one rule would undo what another asks for.
    pub(super) fn may_be_first(&self, system: &System, known: &Known) -> bool {
        let inpatient = self.claim.setting == Setting::InpatientFacility;
        let refused = inpatient && self.flags(known).contains(EditFlag::UNACCEPTABLE_PRINCIPAL);
        !refused
            && !known.within("V00", "Y99")
            && !known.seventh(b'S')
            && !matches!(drug_code(known), Some(b'5' | b'6'))
            && !self.manifestation(system, known)
    }

    /// Whether a code is a manifestation: its title says so, or the Medicare Code Editor does. Codes for organisms "as
    /// the cause of diseases classified elsewhere" are none.
    fn manifestation(&self, system: &System, known: &Known) -> bool {
        let title = system.display(known.concept);
        let titled = title.contains("diseases classified elsewhere")
            && !title.contains("as the cause of")
            && title.contains("in ");
        titled || self.flags(known).contains(EditFlag::MANIFESTATION)
    }

    /// CM-19 and CM-20: the classes of the Medicare Code Editor. Its class of pregnancy is left out, because the ages it
    /// stands for have changed over the years.
    pub(super) fn age_and_sex(&mut self) {
        let mut found = Vec::new();
        for known in &self.diagnoses {
            let flags = self.flags(known);
            for (flag, first, last, who) in AGES {
                if let Some(age) = self.claim.age
                    && flags.contains(*flag)
                    && !(*first..=*last).contains(&age)
                {
                    let message = format!("{} is for {who}; the patient is {age}.", known.code);
                    found.push(("CM-19", vec![known.item()], message));
                }
            }
            let sexes = [
                (EditFlag::FEMALE, Sex::Male, "female"),
                (EditFlag::MALE, Sex::Female, "male"),
            ];
            for (flag, other, who) in sexes {
                if flags.contains(flag) && self.claim.sex == Some(other) {
                    let message = format!(
                        "{} was for {who} patients only, up to September 30, 2024; the claim states the other sex.",
                        known.code
                    );
                    found.push(("CM-20", vec![known.item()], message));
                }
            }
        }
        crate::sort::sort_by_key(&mut found, |(rule, ..)| *rule);
        for (rule, items, message) in found {
            self.report(Severity::Warning, rule, items, message, None);
        }
    }

    /// CM-16: places, activities and status codes.
    pub(super) fn external_causes(&mut self) {
        let mut found = Vec::new();
        let categories = [("Y92", "place"), ("Y93", "activity"), ("Y99", "status")];
        let injuries: Vec<&Known> = self
            .diagnoses
            .iter()
            .filter(|known| known.within("S00", "T88") && known.plain.len() == 7)
            .collect();
        // Where every injury is a later encounter or a sequela, this is not the initial encounter.
        let initial = injuries.is_empty()
            || injuries
                .iter()
                .any(|known| !matches!(known.plain.as_bytes().get(6), Some(b'D'..=b'S')));
        for (category, name) in categories {
            let all: Vec<&Known> = self
                .diagnoses
                .iter()
                .filter(|known| known.plain.starts_with(category))
                .collect();
            if let [_, rest @ ..] = all.as_slice()
                && !rest.is_empty()
            {
                let message = format!(
                    "The claim has {} {name} codes ({category}); there is only one for an encounter.",
                    all.len()
                );
                found.push((all.iter().map(|known| known.item()).collect(), message));
            }
            if let Some(known) = all.first().filter(|_| !initial) {
                let message = format!(
                    "{} is a {name} code, used only at the initial encounter; the injuries on the claim are of later encounters.",
                    known.code
                );
                found.push((vec![known.item()], message));
            }
        }
        // Section I.C.20.c: not for poisonings, adverse effects, misadventures or sequelae.
        let activity = self
            .diagnoses
            .iter()
            .find(|known| known.plain.starts_with("Y93"));
        let without = |known: &&Known| known.seventh(b'S') || drug_code(known).is_some();
        if let Some(activity) = activity
            && let [first, ..] = injuries.as_slice()
            && initial
            && injuries.iter().all(without)
        {
            let message = format!(
                "{} is an activity code, which does not apply to poisonings, adverse effects and sequelae such as {}.",
                activity.code, first.code
            );
            found.push((vec![activity.item(), first.item()], message));
        }
        for (items, message) in found {
            self.report(Severity::Warning, "CM-16", items, message, None);
        }
    }

    /// CM-22: indicators that are none; for an inpatient stay also those that are missing, or given to exempt codes.
    pub(super) fn present_on_admission(&mut self) {
        const INDICATORS: [&str; 4] = ["Y", "N", "U", "W"];
        let inpatient = self.claim.setting == Setting::InpatientFacility;
        // The list of exempt codes is that of the latest release's first year; without it nothing is missing.
        let listed = self.system.filter(|system| {
            let year = system.release().latest().start;
            let fits = self
                .date
                .is_none_or(|date| year.is_none_or(|start| start <= date));
            inpatient && fits && !system.all_edits().exempt.codes.is_empty()
        });
        let mut found = Vec::new();
        for (at, diagnosis) in self.claim.diagnoses.iter().enumerate() {
            let item = Item::Poa { at };
            let written = diagnosis.poa.as_deref().unwrap_or("").trim();
            let valid = INDICATORS
                .iter()
                .any(|known| known.eq_ignore_ascii_case(written));
            let known = self.diagnoses.iter().find(|known| known.at == at);
            let exempt = listed
                .zip(known)
                .map(|(system, known)| system.edits(known.concept).poa_exempt);
            let choices = INDICATORS.map(|indicator| ClaimFix::Replace {
                item,
                code: indicator.to_string(),
                display: None,
            });
            let code = known.map_or(diagnosis.code.trim(), |known| &known.code);
            let (severity, fixes, message) = match (exempt, valid, written.is_empty()) {
                (_, false, false) => (
                    Severity::Error,
                    match exempt {
                        Some(false) => choices.to_vec(),
                        _ => vec![ClaimFix::Remove { item }],
                    },
                    format!(
                        "The present-on-admission indicator of {code} is \"{written}\"; it is Y, N, U or W, or left out for exempt codes."
                    ),
                ),
                (Some(false), false, true) => (
                    Severity::Error,
                    choices.to_vec(),
                    format!(
                        "{code} has no present-on-admission indicator and is not exempt: Y, N, U or W is needed."
                    ),
                ),
                (Some(true), true, _) => (
                    Severity::Warning,
                    vec![ClaimFix::Remove { item }],
                    format!(
                        "{code} is exempt from present-on-admission reporting: the indicator is left out."
                    ),
                ),
                _ => continue,
            };
            found.push((severity, vec![item, Item::Diagnosis { at }], message, fixes));
        }
        for (severity, items, message, fixes) in found {
            self.report(severity, "CM-22", items, message, fixes);
        }
    }
}

/// Whether a code may take the place of another: valid for submission, and not known to be otherwise on the date.
fn usable(system: &System, concept: ConceptId, date: Option<Date>) -> bool {
    let standing = standing(system, concept, date);
    system.billable(concept) && matches!(standing, Standing::Valid | Standing::NotCovered)
}

/// The codes for the right and the left side beside one for an unspecified side; nothing where the code has a side, or
/// where there are no such codes.
fn with_sides(system: &System, known: &Known, date: Option<Date>) -> Option<[ConceptId; 2]> {
    let nodes = system.nodes();
    let base = ConceptId::of_node(known.concept.node());
    let title = nodes.words.text(nodes.title(base.node()));
    if !title.contains("unspecified") {
        return None;
    }
    let siblings = system.children(system.parent(base)?);
    let seventh = known.concept.seventh();
    let side = |wanted: &str| {
        siblings.iter().find(|sibling| {
            let other = system.display(**sibling);
            // The side may stand in place of any of several "unspecified".
            title.match_indices("unspecified").any(|(at, word)| {
                let (before, after) = (title.get(..at), title.get(at + word.len()..));
                match (before, after) {
                    (Some(before), Some(after)) => {
                        other.len() == before.len() + wanted.len() + after.len()
                            && other.starts_with(before)
                            && other.ends_with(after)
                            && other.get(before.len()..before.len() + wanted.len()) == Some(wanted)
                    }
                    _ => false,
                }
            })
        })
    };
    let valid = |concept: &ConceptId| {
        let concept = match seventh {
            Some(at) => ConceptId::composed(concept.node(), at),
            None => *concept,
        };
        usable(system, concept, date).then_some(concept)
    };
    Some([
        side("right").and_then(valid)?,
        side("left").and_then(valid)?,
    ])
}

/// The code for both sides, where two codes are of the same condition and the two sides.
fn bilateral(system: &System, a: &Known, b: &Known, date: Option<Date>) -> Option<ConceptId> {
    if a.concept.seventh() != b.concept.seventh() {
        return None;
    }
    let base = |known: &Known| ConceptId::of_node(known.concept.node());
    let above = system.parent(base(a))?;
    if system.parent(base(b)) != Some(above) {
        return None;
    }
    let (one, other) = (system.display(base(a)), system.display(base(b)));
    let sides =
        one.replacen("right", "left", 1) == other || one.replacen("left", "right", 1) == other;
    if !sides || one == other {
        return None;
    }
    let siblings = system.children(above);
    let mut both = siblings
        .iter()
        .filter(|sibling| system.display(**sibling).contains("bilateral"));
    let (found, more) = (both.next()?, both.next());
    let concept = match a.concept.seventh() {
        Some(at) => ConceptId::composed(found.node(), at),
        None => *found,
    };
    (more.is_none() && usable(system, concept, date)).then_some(concept)
}
