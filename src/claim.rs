//! Validation of a claim: may this set of codes go out together, in this order, on these dates?
//!
//! Each rule stands in its own function, in the order of [`RULES`]. A rule speaks only where the codes alone decide;
//! where only the record can, it says so as a warning or as information.
//!
//! What is not checked: whether the codes describe the patient; words such as "probable" in an outpatient record
//! (Section IV.H of the guidelines), which no code shows; the Medicare Code Editor's class of pregnancy, whose ages have
//! changed over the years and stand in none of the files; coverage, pairs of procedures and units without the publisher's
//! lists; payers' own rules; which of several notes "use additional code" of a chapter or section applies.

use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize};

use crate::code_system::CodeSystem;
use crate::date::Date;
use crate::index::{ConceptId, EditFlags, Index, System};
use crate::links;
use crate::validate::rules::{self, Rule};
use crate::validate::{Status, ValidateOptions, Validation, is_zero};

mod diagnoses;
mod drugs;
mod edits;
mod hypertension;
mod lines;
mod mothers;
mod ninth;
mod notes;

/// A claim, as far as its codes go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Claim {
    /// The diagnoses in the order of the claim, the principal or first-listed one first.
    pub diagnoses: Vec<Diagnosis>,
    /// The ICD procedure codes of an inpatient stay.
    pub procedures: Vec<String>,
    /// The service lines.
    pub lines: Vec<Line>,
    /// Where the services were given.
    pub setting: Setting,
    /// The age of the patient in whole years.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age: Option<u32>,
    /// The sex of the patient, as the claim states it; only edits that ended on 2024-09-30 look at it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// The date of service, for lines that have none of their own and for the diagnoses of an outpatient claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// The admitting diagnosis of an inpatient stay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admitting: Option<String>,
    /// The patient's reasons for the visit, on an outpatient claim of a facility.
    pub reasons: Vec<String>,
    /// The day of discharge, which decides the release for an inpatient stay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discharge: Option<Date>,
}

/// A diagnosis of a claim.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Diagnosis {
    /// The code.
    pub code: String,
    /// The present-on-admission indicator, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poa: Option<String>,
}

/// A service line of a claim.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Line {
    /// The HCPCS Level II or CPT code.
    pub code: String,
    /// The modifiers, in order.
    pub modifiers: Vec<String>,
    /// The diagnoses the line is for, counted from 1.
    pub pointers: Vec<usize>,
    /// How many units of the service; one where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub units: Option<u32>,
    /// The date of service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// A description of the service, which some codes need.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// Where services are given, which decides the rules of the claim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Setting {
    /// A claim of a physician or other professional (837P, CMS-1500).
    #[default]
    Professional,
    /// An outpatient claim of a facility.
    OutpatientFacility,
    /// An inpatient claim of a facility.
    InpatientFacility,
}

impl Setting {
    /// The setting with this name in JSON.
    pub fn parse(name: &str) -> Option<Setting> {
        match name {
            "professional" => Some(Setting::Professional),
            "outpatient-facility" => Some(Setting::OutpatientFacility),
            "inpatient-facility" => Some(Setting::InpatientFacility),
            _ => None,
        }
    }
}

/// The sex of a patient, as claims state it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
}

/// What is known of the patient and the place beside a single code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Where the service was given.
    pub setting: Option<Setting>,
    /// The age of the patient in whole years.
    pub age: Option<u32>,
    /// The sex of the patient, as claims state it.
    pub sex: Option<Sex>,
}

/// The rules of claims that speak of one code in the light of the patient and the place.
const OF_ONE_CODE: [&str; 4] = ["CM-6", "CM-19", "CM-20", "PCS-3"];

/// How much an issue weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The claim cannot go out like this.
    Error,
    /// It may be wrong: a person has to look.
    Warning,
    /// Worth knowing.
    Information,
}

/// A part of a claim; everything is counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// A diagnosis.
    Diagnosis {
        /// Which.
        at: usize,
    },
    /// The present-on-admission indicator of a diagnosis.
    Poa {
        /// Of which diagnosis.
        at: usize,
    },
    /// An inpatient procedure.
    Procedure {
        /// Which.
        at: usize,
    },
    /// The admitting diagnosis.
    Admitting,
    /// A reason for the visit.
    Reason {
        /// Which.
        at: usize,
    },
    /// A service line.
    Line {
        /// Which.
        at: usize,
    },
    /// A modifier of a service line.
    Modifier {
        /// Which line.
        line: usize,
        /// Which modifier of it.
        at: usize,
    },
    /// A diagnosis pointer of a service line.
    Pointer {
        /// Which line.
        line: usize,
        /// Which pointer of it.
        at: usize,
    },
}

impl Item {
    /// The name of the part in JSON, its place, and the line that it belongs to.
    pub fn parts(self) -> (&'static str, usize, Option<usize>) {
        match self {
            Item::Diagnosis { at } => ("diagnosis", at, None),
            Item::Poa { at } => ("poa", at, None),
            Item::Procedure { at } => ("procedure", at, None),
            Item::Admitting => ("admitting", 0, None),
            Item::Reason { at } => ("reason", at, None),
            Item::Line { at } => ("line", at, None),
            Item::Modifier { line, at } => ("modifier", at, Some(line)),
            Item::Pointer { line, at } => ("pointer", at, Some(line)),
        }
    }

    /// The item with such parts, as [`Item::parts`] returns them; nothing where there is none.
    pub fn from_parts(part: &str, at: usize, line: Option<usize>) -> Option<Item> {
        Some(match (part, line) {
            ("diagnosis", _) => Item::Diagnosis { at },
            ("poa", _) => Item::Poa { at },
            ("procedure", _) => Item::Procedure { at },
            ("admitting", _) => Item::Admitting,
            ("reason", _) => Item::Reason { at },
            ("line", _) => Item::Line { at },
            ("modifier", Some(line)) => Item::Modifier { line, at },
            ("pointer", Some(line)) => Item::Pointer { line, at },
            _ => return None,
        })
    }
}

/// As an object of the part, `at` and, where there is one, `line`.
impl Serialize for Item {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (part, at, line) = self.parts();
        let mut object = serializer.serialize_struct("Item", 2 + usize::from(line.is_some()))?;
        object.serialize_field("part", part)?;
        object.serialize_field("at", &at)?;
        if let Some(line) = line {
            object.serialize_field("line", &line)?;
        }
        object.end()
    }
}

/// A change to a claim that settles an issue; [`apply_fix`] makes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "change")]
pub enum ClaimFix {
    /// Writes another code, or another indicator, in the place of one.
    Replace {
        /// What is replaced: anything but a pointer.
        item: Item,
        /// What to write.
        code: String,
        /// The title of the code, where it has one.
        #[serde(skip_serializing_if = "Option::is_none")]
        display: Option<String>,
    },
    /// Takes an item out. Diagnosis pointers keep pointing to the diagnoses they meant; those to a repeated
    /// diagnosis that is taken out point to the one that stays.
    Remove {
        /// What is taken out.
        item: Item,
    },
    /// Moves a diagnosis to another place. Diagnosis pointers follow.
    Move {
        /// Which diagnosis.
        from: usize,
        /// The place it takes.
        to: usize,
    },
    /// Writes one code in the place of two diagnoses: at the first of them; pointers to either point to it.
    Merge {
        /// The two diagnoses.
        items: [Item; 2],
        /// The code to write.
        code: String,
        /// Its title.
        #[serde(skip_serializing_if = "Option::is_none")]
        display: Option<String>,
    },
}

/// Something about a claim that a person should know before it goes out.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Issue {
    /// How much it weighs.
    pub severity: Severity,
    /// The identifier of the rule, such as `CM-9`.
    pub rule: &'static str,
    /// The parts of the claim concerned; the first is the one to show it at.
    pub items: Vec<Item>,
    /// What is wrong, in a sentence or two for the person who bills it.
    pub message: String,
    /// Where the rule is written.
    pub source: &'static str,
    /// What settles it, the likeliest first: one alone follows from the claim, of several a person chooses by the record.
    pub fixes: Vec<ClaimFix>,
    /// How many more choices of the same kind there are.
    #[serde(skip_serializing_if = "is_zero")]
    pub more_fixes: usize,
}

/// The rules about several codes, in the order in which they are checked. Those about single codes are in
/// [`crate::validate::rules::RULES`].
pub const RULES: &[Rule] = &[
    Rule {
        id: "CM-6",
        title: "A side is given where codes for the sides exist",
        source: "ICD-10-CM Official Guidelines FY 2026, Section I.B.13",
    },
    Rule {
        id: "CM-7",
        title: "One code for both sides, where there is one",
        source: "ICD-10-CM Official Guidelines FY 2026, Section I.B.13",
    },
    Rule {
        id: "CM-8",
        title: "Each diagnosis code once",
        source: "ICD-10-CM Official Guidelines FY 2026, Section I.B.12",
    },
    Rule {
        id: "CM-9",
        title: "Excludes1: not coded together",
        source: "ICD-10-CM Official Guidelines FY 2026, Section I.A.12.a",
    },
    Rule {
        id: "CM-10",
        title: "Excludes2: may be coded together",
        source: "ICD-10-CM Official Guidelines FY 2026, Section I.A.12.b",
    },
    Rule {
        id: "CM-11",
        title: "A manifestation is never listed first",
        source: "ICD-10-CM Official Guidelines FY 2026, Section I.A.13",
    },
    Rule {
        id: "CM-12",
        title: "Code first: the underlying condition goes before",
        source: "ICD-10-CM Official Guidelines FY 2026, Section I.A.13",
    },
    Rule {
        id: "CM-13",
        title: "Use additional code",
        source: "ICD-10-CM Official Guidelines FY 2026, Section I.A.13",
    },
    Rule {
        id: "CM-14",
        title: "An external cause is never listed first",
        source: "ICD-10-CM Official Guidelines FY 2026, Section I.C.20.a.6",
    },
    Rule {
        id: "CM-15",
        title: "A sequela code follows the condition it led to",
        source: "ICD-10-CM Official Guidelines FY 2026, Section I.B.10",
    },
    Rule {
        id: "CM-16",
        title: "One place, one activity, one status code, at the initial encounter",
        source: "ICD-10-CM Official Guidelines FY 2026, Sections I.C.20.b to d and I.C.20.k",
    },
    Rule {
        id: "CM-17",
        title: "Some codes are unacceptable as the principal diagnosis",
        source: "Medicare Code Editor, unacceptable principal diagnosis",
    },
    Rule {
        id: "CM-18",
        title: "Z codes that may only be listed first",
        source: "ICD-10-CM Official Guidelines FY 2026, Section I.C.21.c.15",
    },
    Rule {
        id: "CM-19",
        title: "The diagnosis fits the age",
        source: "Medicare Code Editor, age conflict",
    },
    Rule {
        id: "CM-20",
        title: "The diagnosis fits the sex, before October 1, 2024",
        source: "Medicare Code Editor, sex conflict",
    },
    Rule {
        id: "CM-21",
        title: "Codes of the mother and of the newborn on their own records",
        source: "ICD-10-CM Official Guidelines FY 2026, Sections I.C.15.a, I.C.15.b, I.C.15.n, I.C.16.a and I.C.21.c.11",
    },
    Rule {
        id: "CM-22",
        title: "The present-on-admission indicator is Y, N, U or W, or left out for exempt codes",
        source: "ICD-10-CM Official Guidelines FY 2026, Appendix I",
    },
    Rule {
        id: "CM-23",
        title: "Poisonings go before, adverse effects and underdosing after what they go with",
        source: "ICD-10-CM Official Guidelines FY 2026, Section I.C.19.e.5",
    },
    Rule {
        id: "CM-25",
        title: "Hypertension is coded together with heart and kidney disease",
        source: "ICD-10-CM Official Guidelines FY 2026, Sections I.C.9.a.1 to I.C.9.a.3",
    },
    Rule {
        id: "9-2",
        title: "ICD-9-CM and ICD-10 codes are not mixed",
        source: "45 CFR 162.1002",
    },
    Rule {
        id: "PCS-3",
        title: "ICD-10-PCS codes are for inpatient hospital procedures",
        source: "45 CFR 162.1002",
    },
    Rule {
        id: "MOD-1",
        title: "At most four modifiers, none twice",
        source: "CMS-1500 and 837P service line",
    },
    Rule {
        id: "MOD-2",
        title: "One line is for one side, or for both",
        source: "NCCI Policy Manual, Chapter I",
    },
    Rule {
        id: "MOD-3",
        title: "59 and the X modifiers exclude each other",
        source: "NCCI Policy Manual, Chapter I",
    },
    Rule {
        id: "MOD-4",
        title: "24, 25 and 57 go with evaluation and management services",
        source: "NCCI Policy Manual, Chapter I",
    },
    Rule {
        id: "NC-1",
        title: "Two procedures that are not reported together",
        source: "NCCI procedure-to-procedure edits, as loaded",
    },
    Rule {
        id: "NC-2",
        title: "No more units than are likely",
        source: "NCCI medically unlikely edits, as loaded",
    },
    Rule {
        id: "CL-1",
        title: "At most twelve diagnoses on a professional claim",
        source: "NUCC 1500 Claim Form Instruction Manual, Item Number 21",
    },
    Rule {
        id: "CL-2",
        title: "One to four diagnosis pointers on each line of a professional claim",
        source: "NUCC 1500 Claim Form Instruction Manual, Item Number 24E",
    },
    Rule {
        id: "CL-3",
        title: "The diagnoses that a facility's claim has room for",
        source: "837I, diagnosis information (HI segments)",
    },
    Rule {
        id: "CL-4",
        title: "A covered diagnosis for a procedure with a coverage list",
        source: "Medicare Coverage Database articles, as loaded",
    },
];

/// So many different diagnoses are compared with each other: more than any claim has room for (25 and 12 external causes).
const MOST_PAIRED: usize = 64;

/// So many codes are offered in place of one that is not valid: more are no help at a glance.
const CHOICES: usize = 8;

/// A diagnosis that the release knows.
pub(crate) struct Known {
    /// Its place on the claim.
    at: usize,
    concept: ConceptId,
    /// Without dot.
    plain: String,
    /// As printed.
    code: String,
    /// Whose notes hold for it.
    owners: Vec<u32>,
}

impl Known {
    fn within(&self, first: &str, last: &str) -> bool {
        self.plain.as_str() >= first
            && (self.plain.as_str() <= last || self.plain.starts_with(last))
    }

    fn item(&self) -> Item {
        Item::Diagnosis { at: self.at }
    }

    /// Whether the seventh character is this one.
    fn seventh(&self, character: u8) -> bool {
        self.plain.as_bytes().get(6) == Some(&character)
    }
}

/// What the rules look at, and what they have found.
pub(crate) struct Review<'r> {
    index: &'r Index<'r>,
    claim: &'r Claim,
    system: Option<&'r System<'r>>,
    diagnoses: Vec<Known>,
    /// The day that decides about the diagnoses.
    date: Option<Date>,
    issues: Vec<Issue>,
}

impl Review<'_> {
    fn report(
        &mut self,
        severity: Severity,
        rule: &'static str,
        items: Vec<Item>,
        message: String,
        fixes: impl IntoIterator<Item = ClaimFix>,
    ) {
        let source = RULES
            .iter()
            .find(|known| known.id == rule)
            .map_or("", |rule| rule.source);
        self.issues.push(Issue {
            severity,
            rule,
            items,
            message,
            source,
            fixes: fixes.into_iter().collect(),
            more_fixes: 0,
        });
    }

    /// The flags that the Medicare Code Editor has for a diagnosis on the day of the claim, or, where that has none, on
    /// the first day of the latest release.
    fn flags(&self, known: &Known) -> EditFlags {
        let Some(system) = self.system else {
            return EditFlags::default();
        };
        let date = self.date.or(system.release().latest().start);
        date.map_or(EditFlags::default(), |date| {
            system.edits(known.concept).on(date)
        })
    }

    /// The diagnoses that are compared with each other: each code once, and no more than a claim has room for.
    fn paired(&self) -> Vec<&Known> {
        let mut paired: Vec<&Known> = Vec::new();
        for known in &self.diagnoses {
            if paired.len() == MOST_PAIRED {
                break;
            }
            if !paired.iter().any(|other| other.plain == known.plain) {
                paired.push(known);
            }
        }
        paired
    }

    /// The principal or first-listed diagnosis, where it is known.
    fn first(&self) -> Option<&Known> {
        self.diagnoses.first().filter(|known| known.at == 0)
    }
}

impl<'a> Index<'a> {
    /// Validates the codes of a claim, each and together. The errors come first, then the warnings, then what is worth
    /// knowing; each in the order of the rules, those of a rule in the order of the claim. None means that none of the rules
    /// objects, not that the claim is right.
    ///
    /// Takes time proportional to the square of the number of diagnoses; of more than 64 different ones only those are
    /// compared with each other.
    pub fn validate_claim(&self, claim: &Claim) -> Vec<Issue> {
        let mut issues = Vec::new();
        let mut uncovered = Vec::new();
        let mut licensed = Vec::new();
        let mut diagnoses = Vec::new();
        let mut revisions = [None, None];
        let mut ninth = Vec::new();
        let system = self.system(CodeSystem::ICD10CM);
        let date = match claim.setting {
            Setting::InpatientFacility => claim.discharge.or(claim.date),
            _ => claim.date,
        };
        let systems = [CodeSystem::ICD10CM, CodeSystem::ICD9CM_DX];
        for (at, diagnosis) in claim.diagnoses.iter().enumerate() {
            let item = Item::Diagnosis { at };
            let (known, issue) = self.check(
                &diagnosis.code,
                &systems,
                date,
                (item, false),
                &mut uncovered,
            );
            match known {
                Some((CodeSystem::ICD9CM_DX, concept)) => {
                    revisions[0] = revisions[0].or(Some(item));
                    ninth.push((at, concept));
                }
                Some(_) => revisions[1] = revisions[1].or(Some(item)),
                None => {}
            }
            if let (Some((CodeSystem::ICD10CM, concept)), Some(system)) = (known, system) {
                let plain = system.plain_code(concept);
                diagnoses.push(Known {
                    at,
                    concept,
                    code: system.code_system().dotted(&plain),
                    plain,
                    owners: links::owners(system, concept),
                });
            }
            issues.extend(issue);
        }
        let others = claim.admitting.iter().map(|code| (code, Item::Admitting));
        let reasons = claim.reasons.iter().enumerate();
        for (code, item) in others.chain(reasons.map(|(at, code)| (code, Item::Reason { at }))) {
            issues.extend(
                self.check(code, &systems, date, (item, false), &mut uncovered)
                    .1,
            );
        }
        for (at, code) in claim.procedures.iter().enumerate() {
            let date = claim.discharge.or(claim.date);
            let systems = [CodeSystem::ICD10PCS, CodeSystem::ICD9CM_SG];
            issues.extend(
                self.check(
                    code,
                    &systems,
                    date,
                    (Item::Procedure { at }, false),
                    &mut uncovered,
                )
                .1,
            );
        }
        for (at, line) in claim.lines.iter().enumerate() {
            let date = line.date.or(claim.date).or(claim.discharge);
            let systems = [CodeSystem::HCPCS, CodeSystem::CPT];
            let text = line.description.as_deref().unwrap_or("");
            let described = !text.trim().is_empty();
            let (known, issue) = self.check(
                &line.code,
                &systems,
                date,
                (Item::Line { at }, described),
                &mut uncovered,
            );
            issues.extend(issue.or_else(|| {
                let wrong = self
                    .is_modifier(known?)
                    .then_some("is a modifier, not a procedure code")?;
                Some(wrong_kind(&line.code, wrong, "HC-1", Item::Line { at }))
            }));
            for (number, modifier) in line.modifiers.iter().enumerate() {
                let item = Item::Modifier {
                    line: at,
                    at: number,
                };
                let shape = modifier.trim().len() == 2
                    && modifier.trim().bytes().all(|c| c.is_ascii_alphanumeric());
                if !shape && !modifier.trim().is_empty() {
                    let what = "is no modifier: those have two letters or digits";
                    issues.push(wrong_kind(modifier, what, "MOD-1", item));
                    continue;
                }
                let (known, issue) =
                    self.check(modifier, &systems, date, (item, true), &mut uncovered);
                match (known, issue) {
                    (Some(known), _) if !self.is_modifier(known) => {
                        let what = "is a procedure code, not a modifier";
                        issues.push(wrong_kind(modifier, what, "MOD-1", item));
                    }
                    // Told once for all of them.
                    (None, Some(issue)) if issue.severity == Severity::Information => {
                        licensed.push((item, modifier.trim().to_ascii_uppercase()));
                    }
                    (None, Some(issue)) if issue.rule == "MOD-1" && issue.items == [item] => {
                        issues.push(self.no_modifier(modifier, issue));
                    }
                    (_, issue) => issues.extend(issue),
                }
            }
        }
        issues.extend(licensed_modifiers(licensed));
        issues.extend(self.not_covered(&uncovered));
        let mut review = Review {
            index: self,
            claim,
            system,
            diagnoses,
            date,
            issues,
        };
        review.sides();
        review.duplicates();
        review.excludes();
        review.sequence_notes();
        review.first_listed();
        review.age_and_sex();
        review.external_causes();
        review.mother_and_newborn();
        review.present_on_admission();
        review.drugs();
        review.hypertension();
        review
            .issues
            .extend(self.ninth_revision(claim, date, &ninth));
        if let [Some(ninth), Some(tenth)] = revisions {
            let message = "The claim has ICD-9-CM and ICD-10-CM diagnoses: services before and from October 1, 2015 go on separate claims.";
            review.report(
                Severity::Error,
                "9-2",
                vec![ninth, tenth],
                message.to_string(),
                None,
            );
        }
        review.lines();
        review.edits();
        // What cannot go out comes before what has to be looked at.
        crate::sort::sort_by_key(&mut review.issues, |issue| issue.severity);
        review.issues
    }

    /// What is to be said of a single code in the light of the patient and the place: its side, the classes of the Medicare
    /// Code Editor, and whether procedure codes of ICD belong there. [`Index::validate`] says whether it is a code at all;
    /// nothing more is said of one that is not, or where nothing is known.
    pub fn issues_of_code(
        &self,
        code: &str,
        options: &ValidateOptions,
        about: &About,
    ) -> Vec<Issue> {
        if *about == About::default() {
            return Vec::new();
        }
        let asked = ValidateOptions {
            fix_limit: 0,
            ..options.clone()
        };
        let mut claim = Claim {
            setting: about.setting.unwrap_or_default(),
            age: about.age,
            sex: about.sex,
            date: options.date,
            ..Claim::default()
        };
        let code = code.to_string();
        match self.validate(&code, &asked).system {
            Some(CodeSystem::ICD10CM) => claim.diagnoses.push(Diagnosis { code, poa: None }),
            Some(CodeSystem::ICD10PCS | CodeSystem::ICD9CM_SG) if about.setting.is_some() => {
                claim.procedures.push(code);
            }
            _ => return Vec::new(),
        }
        let mut issues = self.validate_claim(&claim);
        issues.retain(|issue| OF_ONE_CODE.contains(&issue.rule));
        issues
    }

    /// Checks a code in the first of the systems that knows it: which concept it is, and what is wrong with it.
    fn check(
        &self,
        code: &str,
        systems: &[CodeSystem],
        date: Option<Date>,
        (item, described): (Item, bool),
        uncovered: &mut Vec<(CodeSystem, Date, Item)>,
    ) -> (Option<(CodeSystem, ConceptId)>, Option<Issue>) {
        for system in systems {
            if let Some(concept) = self.valid_at_once(code, *system, date) {
                return (Some((*system, concept)), None);
            }
        }
        if code.trim().is_empty() {
            return (None, Some(empty(item)));
        }
        let answer = self.validate_item(code, systems, date);
        if let (Status::DateNotCovered, Some(concept), Some(date)) =
            (answer.status, &answer.concept, date)
        {
            uncovered.push((concept.system, date, item));
        }
        let known = answer.concept.as_ref().and_then(|concept| {
            let system = self.system(concept.system)?;
            Some((concept.system, system.find(&concept.plain_code)?))
        });
        let mut issue = issue_of(&answer, item, described);
        if let Some(issue) = issue
            .as_mut()
            .filter(|issue| issue.severity == Severity::Error && known.is_none())
            && let Some(what) = self.elsewhere(code, systems)
        {
            // What is a mistake away in this system is not what was meant.
            issue.message = [
                code.trim(),
                " is ",
                &what,
                ", and stands in another's place.",
            ]
            .concat();
            issue.fixes.clear();
            issue.more_fixes = 0;
        }
        (known, issue)
    }

    /// What a code is in a system other than those that belong in its place; nothing where none has it.
    fn elsewhere(&self, code: &str, systems: &[CodeSystem]) -> Option<String> {
        let mut others = self
            .systems()
            .iter()
            .filter(|system| !systems.contains(&system.code_system()));
        others.find_map(|system| {
            let concept = self.valid_at_once(code, system.code_system(), None)?;
            let what = match self.is_modifier((system.code_system(), concept)) {
                true => "a modifier of",
                false => "a code of",
            };
            let display = system.display(concept);
            Some(format!("{what} {} ({display})", system.code_system()))
        })
    }

    /// What is said of two characters that no loaded list has as a modifier.
    fn no_modifier(&self, modifier: &str, issue: Issue) -> Issue {
        let release = self.system(CodeSystem::HCPCS).map(System::release);
        let release = release.map_or(String::new(), |release| format!(" {}", release.version));
        Issue {
            message: format!(
                "{} is no modifier of HCPCS Level II{release}, and none of CPT's has this form.",
                modifier.trim().to_ascii_uppercase()
            ),
            fixes: Vec::new(),
            more_fixes: 0,
            ..issue
        }
    }

    /// One warning for all codes of a system whose release does not cover their date.
    fn not_covered(&self, uncovered: &[(CodeSystem, Date, Item)]) -> Vec<Issue> {
        let mut systems: Vec<CodeSystem> = uncovered.iter().map(|(system, ..)| *system).collect();
        crate::sort::sort(&mut systems);
        systems.dedup();
        let issue = |system: CodeSystem| {
            let own = || uncovered.iter().filter(|(other, ..)| *other == system);
            let (_, date, _) = own().next()?;
            let all = crate::validate::all_releases(self.system(system)?);
            let rule = if system == CodeSystem::HCPCS {
                "HC-2"
            } else {
                "CM-2"
            };
            let count = own().count();
            Some(Issue {
                severity: Severity::Warning,
                rule,
                items: own().map(|(.., item)| *item).collect(),
                message: format!(
                    "{system} is loaded as {all}, which does not cover {date}: {count} code{} of the claim {} in it, and may not be valid on the date.",
                    if count == 1 { "" } else { "s" },
                    if count == 1 { "is" } else { "are" },
                ),
                source: rules::rule(rule).map_or("", |rule| rule.source),
                fixes: Vec::new(),
                more_fixes: 0,
            })
        };
        systems.into_iter().filter_map(issue).collect()
    }

    fn is_modifier(&self, (system, concept): (CodeSystem, ConceptId)) -> bool {
        let modifiers = self
            .system(system)
            .map(|system| &system.properties().modifiers);
        modifiers.and_then(|all| all.get(concept.node() as usize)) == Some(&true)
    }

    /// Validates a code in the first of the systems that knows it.
    fn validate_item(&self, code: &str, systems: &[CodeSystem], date: Option<Date>) -> Validation {
        let mut answers = systems.iter().map(|system| {
            let options = ValidateOptions {
                system: Some(*system),
                date,
                fix_limit: CHOICES,
            };
            self.validate(code, &options)
        });
        let first = answers.next();
        let better = |answer: &Validation| {
            answer.concept.is_some() || answer.status == Status::UnknownNoPack
        };
        match first {
            Some(first) if better(&first) => first,
            Some(first) => answers.find(better).unwrap_or(first),
            None => self.validate(code, &ValidateOptions::default()),
        }
    }
}

/// A place for a code that has none.
fn empty(item: Item) -> Issue {
    let (what, rule) = match item {
        Item::Line { at } => (format!("Line {} has no code.", at + 1), "HC-1"),
        Item::Modifier { line, .. } => {
            let what = format!("A modifier of line {} is empty.", line + 1);
            (what, "MOD-1")
        }
        Item::Procedure { at } => (format!("Procedure {} is empty.", at + 1), "PCS-1"),
        Item::Reason { at } => (format!("Reason {} is empty.", at + 1), "CM-1"),
        Item::Admitting => ("The admitting diagnosis is empty.".to_string(), "CM-1"),
        item => (
            format!("Diagnosis {} is empty.", item.parts().1 + 1),
            "CM-1",
        ),
    };
    Issue {
        severity: Severity::Error,
        rule,
        items: vec![item],
        message: what,
        source: rules::rule(rule).map_or("", |rule| rule.source),
        fixes: match item {
            Item::Line { .. } => Vec::new(),
            item => vec![ClaimFix::Remove { item }],
        },
        more_fixes: 0,
    }
}

/// One note for all modifiers that only a licensed file can confirm.
fn licensed_modifiers(found: Vec<(Item, String)>) -> Option<Issue> {
    let mut names: Vec<&str> = found.iter().map(|(_, name)| name.as_str()).collect();
    crate::sort::sort(&mut names);
    names.dedup();
    let message = match names.as_slice() {
        [] => return None,
        [one] => format!("{one} looks like a modifier of CPT"),
        several => format!("{} look like modifiers of CPT", several.join(", ")),
    };
    Some(Issue {
        severity: Severity::Information,
        rule: "CPT-1",
        message: message + ": no licensed file is loaded, so that is not known.",
        source: rules::rule("CPT-1").map_or("", |rule| rule.source),
        items: found.into_iter().map(|(item, _)| item).collect(),
        fixes: Vec::new(),
        more_fixes: 0,
    })
}

/// A code of the right system in a place for others.
fn wrong_kind(code: &str, what: &str, rule: &'static str, item: Item) -> Issue {
    Issue {
        severity: Severity::Error,
        rule,
        items: vec![item],
        message: [code.trim(), " ", what, "."].concat(),
        source: rules::rule(rule).map_or("", |rule| rule.source),
        fixes: Vec::new(),
        more_fixes: 0,
    }
}

/// The issue that the answer to a single code amounts to, if any.
fn issue_of(answer: &Validation, item: Item, described: bool) -> Option<Issue> {
    let severity = match answer.status {
        Status::Billable if answer.rule.is_none() || described => return None,
        // A code for what is not otherwise classified.
        Status::Billable => Severity::Warning,
        Status::UnknownNoPack | Status::UnknownSystem => Severity::Information,
        // Told once for all codes of a system that its release has.
        Status::DateNotCovered if answer.concept.is_some() => return None,
        Status::DateNotCovered => Severity::Warning,
        _ => Severity::Error,
    };
    let fixes = answer.fixes.iter().map(|fix| ClaimFix::Replace {
        item,
        code: fix.code.clone(),
        display: Some(fix.display.clone()),
    });
    let fixes = match severity {
        Severity::Error => fixes.collect(),
        _ => Vec::new(),
    };
    Some(Issue {
        severity,
        rule: answer.rule.unwrap_or("CM-2"),
        items: vec![item],
        message: answer.message.clone(),
        source: answer.source.unwrap_or("the loaded code systems"),
        more_fixes: if fixes.is_empty() {
            0
        } else {
            answer.more_fixes
        },
        fixes,
    })
}

/// Makes a change to a claim. A fix for a part that the claim does not have changes nothing.
pub fn apply_fix(claim: &Claim, fix: &ClaimFix) -> Claim {
    let mut claim = claim.clone();
    match fix {
        ClaimFix::Replace { item, code, .. } => replace(&mut claim, *item, code),
        ClaimFix::Remove { item } => remove(&mut claim, *item),
        ClaimFix::Move { from, to } => {
            if *from < claim.diagnoses.len() && *to < claim.diagnoses.len() {
                let mut order: Vec<usize> = (0..claim.diagnoses.len()).collect();
                let moved = order.remove(*from);
                order.insert(*to, moved);
                claim.diagnoses = order
                    .iter()
                    .filter_map(|old| claim.diagnoses.get(*old).cloned())
                    .collect();
                point_anew(&mut claim, |old| order.iter().position(|at| *at == old));
            }
        }
        ClaimFix::Merge { items, code, .. } => {
            if let [Item::Diagnosis { at: a }, Item::Diagnosis { at: b }] = *items
                && a != b
                && a.max(b) < claim.diagnoses.len()
            {
                // Both are the same code for a moment: pointers to the one that goes then follow to the other.
                replace(&mut claim, Item::Diagnosis { at: a }, code);
                replace(&mut claim, Item::Diagnosis { at: b }, code);
                remove(&mut claim, Item::Diagnosis { at: a.max(b) });
            }
        }
    }
    claim
}

fn replace(claim: &mut Claim, item: Item, code: &str) {
    let place = match item {
        Item::Diagnosis { at } => claim.diagnoses.get_mut(at).map(|d| &mut d.code),
        Item::Poa { at } => {
            let diagnosis = claim.diagnoses.get_mut(at);
            diagnosis.map(|diagnosis| diagnosis.poa.get_or_insert_default())
        }
        Item::Procedure { at } => claim.procedures.get_mut(at),
        Item::Admitting => claim.admitting.as_mut(),
        Item::Reason { at } => claim.reasons.get_mut(at),
        Item::Line { at } => claim.lines.get_mut(at).map(|line| &mut line.code),
        Item::Modifier { line, at } => {
            let line = claim.lines.get_mut(line);
            line.and_then(|line| line.modifiers.get_mut(at))
        }
        Item::Pointer { .. } => None,
    };
    if let Some(place) = place {
        code.clone_into(place);
    }
}

fn remove(claim: &mut Claim, item: Item) {
    fn take<T>(from: Option<&mut Vec<T>>, at: usize) -> Option<T> {
        from.filter(|from| at < from.len())
            .map(|from| from.remove(at))
    }
    match item {
        Item::Diagnosis { at } => {
            let Some(gone) = take(Some(&mut claim.diagnoses), at) else {
                return;
            };
            let plain = |code: &str| crate::index::plain_code(code);
            let same = claim
                .diagnoses
                .iter()
                .position(|other| plain(&other.code) == plain(&gone.code));
            point_anew(claim, |old| match old.cmp(&at) {
                std::cmp::Ordering::Less => Some(old),
                std::cmp::Ordering::Equal => same,
                std::cmp::Ordering::Greater => Some(old - 1),
            });
        }
        Item::Poa { at } => {
            if let Some(diagnosis) = claim.diagnoses.get_mut(at) {
                diagnosis.poa = None;
            }
        }
        Item::Procedure { at } => drop(take(Some(&mut claim.procedures), at)),
        Item::Admitting => claim.admitting = None,
        Item::Reason { at } => drop(take(Some(&mut claim.reasons), at)),
        Item::Line { at } => drop(take(Some(&mut claim.lines), at)),
        Item::Modifier { line, at } => {
            let modifiers = claim.lines.get_mut(line).map(|line| &mut line.modifiers);
            take(modifiers, at);
        }
        Item::Pointer { line, at } => {
            let pointers = claim.lines.get_mut(line).map(|line| &mut line.pointers);
            take(pointers, at);
        }
    }
}

/// Rewrites all pointers by where each diagnosis, counted from 0, has gone. A pointer to none that exists stays.
fn point_anew(claim: &mut Claim, place: impl Fn(usize) -> Option<usize>) {
    for line in &mut claim.lines {
        let mut pointers: Vec<usize> = Vec::new();
        for pointer in &line.pointers {
            let anew = match pointer.checked_sub(1) {
                Some(old) => place(old).map(|at| at + 1),
                None => Some(0),
            };
            if let Some(anew) = anew.filter(|anew| !pointers.contains(anew)) {
                pointers.push(anew);
            }
        }
        line.pointers = pointers;
    }
}

#[cfg(test)]
mod table;
#[cfg(test)]
mod tests;
