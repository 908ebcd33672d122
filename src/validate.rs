//! Validation of single codes: is it a code, may it be submitted, on this date, and if not, what was meant?
//!
//! Nothing that is typed is an error: every text has an answer, a [`Validation`] with a status, a sentence for people
//! and fixes. What is not checked: whether the code describes the patient, what a payer covers, and anything that
//! takes several codes.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::code_system::CodeSystem;
use crate::date::{Date, Period};
use crate::index::{Concept, ConceptId, Index, System, plain_code};

mod icd10cm;
pub mod nearest;
mod retired;
pub mod rules;
pub mod shape;

use nearest::Change;
use shape::ShapeError;

/// How to validate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ValidateOptions {
    /// The code system. Absent: decided by the shape of the code and by which loaded systems know it.
    pub system: Option<CodeSystem>,
    /// The date of service (for an inpatient stay, of discharge). Absent: the code is checked in the release as a
    /// whole, never against the day on which the program runs.
    pub date: Option<Date>,
    /// How many fixes to return at most. With 0, those that a list holds are only counted, and codes a mistake away are
    /// not looked for, which is several times faster for codes that are not valid.
    pub fix_limit: usize,
}

impl Default for ValidateOptions {
    /// Any system, any date, up to 25 fixes: the longest list of seventh characters (that of fractures) has 16.
    fn default() -> Self {
        ValidateOptions {
            system: None,
            date: None,
            fix_limit: 25,
        }
    }
}

/// What a code turned out to be. The names in JSON are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Valid for submission.
    Billable,
    /// A category or subcategory: codes below it are valid for submission, it is not.
    Header,
    /// The beginning of codes: characters are missing, the seventh or others.
    Incomplete,
    /// The seventh character is not one of those that the category defines.
    SeventhCharacterWrong,
    /// The code is complete without the seventh character that was added.
    SeventhCharacterNotAllowed,
    /// Placeholders X are missing, or stand in the wrong place.
    PlaceholderMissing,
    /// There are more placeholders X than the code has.
    PlaceholderExtra,
    /// No code of the system looks like this.
    InvalidShape,
    /// It looks like a code, but the release has none such.
    NotInRelease,
    /// The code becomes valid after the date.
    NotYetEffective,
    /// The code was valid before the date.
    Terminated,
    /// The code is valid in the release, but the release does not cover the date.
    DateNotCovered,
    /// The index does not hold the code system.
    UnknownSystem,
    /// It looks like a CPT code or a dental code, which only a licensed file can confirm: it may well be valid.
    UnknownNoPack,
}

impl Status {
    /// The name in JSON, such as `not-in-release`.
    pub fn id(self) -> &'static str {
        match self {
            Status::Billable => "billable",
            Status::Header => "header",
            Status::Incomplete => "incomplete",
            Status::SeventhCharacterWrong => "seventh-character-wrong",
            Status::SeventhCharacterNotAllowed => "seventh-character-not-allowed",
            Status::PlaceholderMissing => "placeholder-missing",
            Status::PlaceholderExtra => "placeholder-extra",
            Status::InvalidShape => "invalid-shape",
            Status::NotInRelease => "not-in-release",
            Status::NotYetEffective => "not-yet-effective",
            Status::Terminated => "terminated",
            Status::DateNotCovered => "date-not-covered",
            Status::UnknownSystem => "unknown-system",
            Status::UnknownNoPack => "unknown-no-pack",
        }
    }

    /// How well a code system knows a code with this status: the lower, the better.
    fn distance(self) -> u8 {
        match self {
            Status::Billable => 0,
            Status::DateNotCovered => 1,
            Status::NotYetEffective | Status::Terminated => 2,
            Status::Header | Status::Incomplete => 3,
            Status::SeventhCharacterWrong
            | Status::SeventhCharacterNotAllowed
            | Status::PlaceholderMissing
            | Status::PlaceholderExtra => 4,
            Status::UnknownNoPack => 5,
            Status::NotInRelease => 6,
            Status::UnknownSystem => 7,
            Status::InvalidShape => 8,
        }
    }
}

/// The answer to one code.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Validation {
    /// The code as it was given.
    pub code: String,
    /// What it is.
    pub status: Status,
    /// The code system it was checked in; absent where it looks like none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<CodeSystem>,
    /// The identifier of the rule that decided, such as `CM-4`; absent where there is nothing to object to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<&'static str>,
    /// Where the rule is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<&'static str>,
    /// What it is, in a sentence or two for the person who bills it.
    pub message: String,
    /// What was probably meant, the likeliest first; codes that are valid for submission on the date.
    pub fixes: Vec<Fix>,
    /// How many more fixes of the same kind there are beyond the limit.
    #[serde(skip_serializing_if = "is_zero")]
    pub more_fixes: usize,
    /// The release it was checked in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// The concept, where the release has the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concept: Option<Concept>,
    /// The days the code is valid for; those of the release where it has none of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// The answers of other code systems that know the same characters, where the system was not given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Validation>,
}

pub(crate) fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl Validation {
    /// Whether the code may be submitted as it is.
    pub fn is_billable(&self) -> bool {
        self.status == Status::Billable
    }

    /// How far the answer is from "valid": a code of the other era is further than one that nobody can check.
    pub(crate) fn distance(&self) -> u8 {
        match self.rule {
            Some("9-2") => 2 * Status::UnknownNoPack.distance() + 1,
            // Letter and digits without a dot: where HCPCS Level II is not there to ask, nobody can call such a code wrong.
            _ if self.is_unasked() => 2 * Status::UnknownNoPack.distance(),
            _ => 2 * self.status.distance(),
        }
    }

    /// Whether it has the shape of a HCPCS Level II code and these are not loaded.
    fn is_unasked(&self) -> bool {
        self.status == Status::UnknownSystem && self.system == Some(CodeSystem::HCPCS)
    }

    fn new(
        code: &str,
        system: Option<&System>,
        status: Status,
        rule: Option<&'static str>,
        message: String,
    ) -> Validation {
        Validation {
            code: code.to_string(),
            status,
            system: system.map(System::code_system),
            rule,
            source: rule.and_then(rules::rule).map(|rule| rule.source),
            message,
            fixes: Vec::new(),
            more_fixes: 0,
            release: system.map(|system| system.release().version.clone()),
            concept: None,
            period: None,
            others: Vec::new(),
        }
    }
}

/// A code that was probably meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// The code as it is printed.
    pub code: String,
    /// Its title.
    pub display: String,
    /// How it follows from what was given, such as `adds the 7th character A`.
    pub why: String,
}

/// More characters than any code has, with room for blanks, dots and a few too many: a longer text is no code with a mistake
/// in it, and is answered at once.
const LONGEST: usize = 64;

/// The first day on which ICD-10 codes are reported, and ICD-9-CM codes are not any more.
const CUT_OVER: u32 = 20_151_001;

/// Whether codes of a system are not the ones to use on a date: ICD-10 before October 1, 2015, ICD-9-CM since.
fn other_era(system: CodeSystem, date: Option<Date>) -> bool {
    let Some(date) = date.map(Date::number) else {
        return false;
    };
    match system {
        CodeSystem::ICD10CM | CodeSystem::ICD10PCS => date < CUT_OVER,
        CodeSystem::ICD9CM_DX | CodeSystem::ICD9CM_SG => date >= CUT_OVER,
        _ => false,
    }
}

/// Whether a code is valid on a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is.
    Valid,
    /// It becomes valid on this day.
    From(Date),
    /// It was valid up to and including this day.
    Until(Date),
    /// The release does not say.
    NotCovered,
}

/// Decides whether a concept is valid on a date, or, without a date, within the days of the latest release. On a day between
/// two releases, of which neither is valid on it, the table of the Medicare Code Editor decides, where there is one.
pub(crate) fn standing(system: &System, concept: ConceptId, date: Option<Date>) -> Standing {
    let own = system
        .properties()
        .periods
        .get(concept.node() as usize)
        .copied()
        .unwrap_or_default();
    let release = system.release();
    let latest = release.latest();
    let (first, last) = match date {
        Some(date) => (Some(date), Some(date)),
        None => (latest.start, latest.end),
    };
    let between = date.is_some_and(|date| {
        release.period.contains(date)
            && !release.covers(date)
            && !system
                .edits(concept)
                .periods
                .iter()
                .any(|row| row.period.contains(date))
    });
    match (own.start, own.end) {
        (_, Some(end)) if first.is_some_and(|first| end < first) => Standing::Until(end),
        (Some(start), _) if last.is_some_and(|last| last < start) => Standing::From(start),
        _ if between => Standing::NotCovered,
        _ if date.is_some_and(|date| !system.period(concept).contains(date)) => {
            Standing::NotCovered
        }
        _ => Standing::Valid,
    }
}

impl Index<'_> {
    /// Validates a code: its shape, its place in the release, its completeness and its dates.
    ///
    /// Any text is answered. Blanks around the code and its case do not matter; a dot may be left out, but must not
    /// stand in a wrong place. Without [`ValidateOptions::system`] every loaded system whose codes look like this is
    /// asked, and the one that knows the code best answers; the others that know it answer in
    /// [`Validation::others`]. A code that ICD-9-CM and ICD-10-CM both have is decided by the date of service.
    ///
    /// Takes time proportional to the logarithm of the number of codes for a valid code, and some 600 times that where
    /// nearby codes are looked for. A text of more than 64 characters is no code and is not looked at any closer.
    pub fn validate(&self, code: &str, options: &ValidateOptions) -> Validation {
        let text = code.trim();
        if text.is_empty() {
            let message = "There is no code.".to_string();
            return Validation::new(code, None, Status::InvalidShape, None, message);
        }
        if text.chars().nth(LONGEST).is_some() {
            let system = options.system.unwrap_or(CodeSystem::ICD10CM);
            let message = format!(
                "{} is too long for a code of any system: {}s, for example, have {}.",
                shown(code),
                noun(system),
                shape::describe(system)
            );
            let mut answer = Validation::new(code, None, Status::InvalidShape, None, message);
            answer.system = options.system;
            return answer;
        }
        let mut answers: Vec<Validation> = match options.system {
            Some(system) => return self.validate_in(system, code, options),
            None => CodeSystem::all()
                .filter(|system| shape::check(*system, text).is_ok())
                .map(|system| self.validate_in(system, code, options))
                .collect(),
        };
        if answers.is_empty() {
            return self.validate_shapeless(code, options);
        }
        // The sort is stable: systems that know the code equally well stay in the order of their numbers.
        crate::sort::sort_by_key(&mut answers, Validation::distance);
        let mut best = answers.remove(0);
        // A code that is valid somewhere is also reported where it is printed, as a header too, but not where it only
        // begins codes; one that no system knows is reported by all whose codes look like it.
        let bound = match best.status.distance() {
            distance @ 0..=2 => distance.max(2),
            distance @ 3..=4 => distance.max(4),
            _ => 8,
        };
        answers.retain(|other| {
            let known = match other.status {
                Status::UnknownNoPack => best.status != Status::UnknownNoPack,
                // Nearly every code of ICD-10-CM that is typed without its dot has that shape.
                _ if other.is_unasked() => {
                    best.system != Some(CodeSystem::ICD10CM) || !best.is_billable()
                }
                status => status.distance() <= bound || other.concept.is_some(),
            };
            // Once a date has decided between ICD-9-CM and ICD-10, the loser is no answer any more.
            known && !(options.date.is_some() && other.rule == Some("9-2"))
        });
        let same = |system| answers.iter().any(|other| other.system == Some(system));
        let ninth = same(CodeSystem::ICD9CM_DX);
        if best.system == Some(CodeSystem::ICD10CM) && ninth && options.date.is_none() {
            best.message += " ICD-9-CM has a code of the same characters: the date of service decides, ICD-9-CM before October 1, 2015, ICD-10-CM from that day on.";
            if best.rule.is_none() {
                best.rule = Some("9-3");
                best.source = rules::rule("9-3").map(|rule| rule.source);
            }
        }
        if best.system == Some(CodeSystem::ICD10CM)
            && let Some(other) = answers
                .iter()
                .find(|other| other.system == Some(CodeSystem::HCPCS) && other.is_billable())
            && let Some(concept) = &other.concept
        {
            best.message += &format!(
                " {} is a HCPCS Level II code as well: {}. Its place on the claim decides which of the two it is.",
                concept.code, concept.display
            );
        }
        if best.is_unasked()
            && let Some(other) = answers.iter_mut().find(|other| !other.fixes.is_empty())
        {
            best.fixes = std::mem::take(&mut other.fixes);
            best.more_fixes = std::mem::take(&mut other.more_fixes);
        }
        best.others = answers;
        best
    }

    /// The concept of a code about which there is nothing to say: spelled as it is printed or without its dot, valid for
    /// submission on the date, and no code for what is not otherwise classified. [`Index::validate`] answers it with
    /// "billable" and no rule; this is many times faster.
    pub(crate) fn valid_at_once(
        &self,
        code: &str,
        system: CodeSystem,
        date: Option<Date>,
    ) -> Option<ConceptId> {
        let text = code.trim();
        let system = self.system(system)?;
        shape::check(system.code_system(), text).ok()?;
        let concept = system.find(text)?;
        let unclassified = system
            .properties()
            .unclassified
            .get(concept.node() as usize);
        let valid = system.billable(concept)
            && unclassified != Some(&true)
            && !other_era(system.code_system(), date)
            && standing(system, concept, date) == Standing::Valid;
        valid.then_some(concept)
    }

    /// Validates each code on its own; the answers are in the order of the codes.
    pub fn validate_all<T: AsRef<str>>(
        &self,
        codes: impl IntoIterator<Item = T>,
        options: &ValidateOptions,
    ) -> Vec<Validation> {
        codes
            .into_iter()
            .map(|code| self.validate(code.as_ref(), options))
            .collect()
    }

    /// Validates a code in one system.
    fn validate_in(&self, system: CodeSystem, code: &str, options: &ValidateOptions) -> Validation {
        if let Some(system) = self.system(system) {
            return Check::new(system, code, options).answer();
        }
        let mut answer = if system == CodeSystem::CPT {
            if shape::check(system, code.trim()).is_err() {
                let message = format!(
                    "{} is not a CPT code: those have {}.",
                    shown(code),
                    shape::describe(system)
                );
                Validation::new(code, None, Status::InvalidShape, Some("CPT-1"), message)
            } else {
                let message = format!(
                    "{} looks like a CPT code. CPT is licensed by the AMA and no licensed file is loaded, so whether it is valid is unknown.",
                    shown(code)
                );
                Validation::new(code, None, Status::UnknownNoPack, Some("CPT-1"), message)
            }
        } else {
            let loaded: Vec<_> = self
                .systems()
                .iter()
                .map(|s| s.code_system().title())
                .collect();
            let message = format!(
                "{} was not checked: {} is not loaded. Loaded: {}.",
                shown(code),
                system.title(),
                if loaded.is_empty() {
                    "nothing".to_string()
                } else {
                    loaded.join(", ")
                }
            );
            Validation::new(code, None, Status::UnknownSystem, None, message)
        };
        answer.system = Some(system);
        answer
    }

    /// Answers a text that has the shape of no code: what is a mistake away, in whichever system.
    fn validate_shapeless(&self, code: &str, options: &ValidateOptions) -> Validation {
        let ninth = |answer: &Validation| {
            matches!(
                answer.system,
                Some(CodeSystem::ICD9CM_DX | CodeSystem::ICD9CM_SG)
            )
        };
        let best = self
            .systems()
            .iter()
            .map(|system| Check::new(system, code, options).answer())
            .filter(|answer| answer.status != Status::InvalidShape || !answer.fixes.is_empty())
            // Codes of digits alone are not what letters alone stand for.
            .filter(|answer| !ninth(answer) || code.contains(|c: char| c.is_ascii_digit()))
            .min_by_key(Validation::distance);
        best.unwrap_or_else(|| {
            let message = format!(
                "{} has the shape of no code of any system: ICD-10-CM codes, for example, have {}.",
                shown(code),
                shape::describe(CodeSystem::ICD10CM)
            );
            Validation::new(code, None, Status::InvalidShape, None, message)
        })
    }
}

/// A code as a message repeats it: short, and without characters that could not be seen.
pub(crate) fn shown(code: &str) -> String {
    let visible = |c: &char| !c.is_control() && !is_invisible(*c);
    let mut left = code.trim().chars().filter(visible);
    let text: String = left.by_ref().take(24).collect();
    if left.next().is_some() {
        format!("\"{text}...\"")
    } else if text.len() == code.trim().len()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
    {
        text.to_ascii_uppercase()
    } else {
        format!("\"{text}\"")
    }
}

/// Whether a character only changes how others are shown: soft hyphens, joiners, marks of direction and of byte order.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// A letter or digit of the wide forms that East Asian keyboards type, as the plain one.
fn narrow(c: char) -> char {
    match c {
        '\u{FF10}'..='\u{FF19}' | '\u{FF21}'..='\u{FF3A}' | '\u{FF41}'..='\u{FF5A}' => {
            char::from_u32(c as u32 - 0xFEE0).map_or(c, |c| c.to_ascii_uppercase())
        }
        _ => c,
    }
}

/// What one code of a system is called, after "a" or "an".
fn noun(system: CodeSystem) -> &'static str {
    match system {
        CodeSystem::ICD10CM => "ICD-10-CM code",
        CodeSystem::ICD10PCS => "ICD-10-PCS code",
        CodeSystem::ICD9CM_DX => "ICD-9-CM diagnosis code",
        CodeSystem::ICD9CM_SG => "ICD-9-CM procedure code",
        CodeSystem::HCPCS => "HCPCS Level II code",
        _ => "CPT code",
    }
}

/// A release with its days: `FY2026 (2025-10-01 to 2026-09-30)`.
fn with_days(version: &str, period: Period) -> String {
    match (period.start, period.end) {
        (Some(start), Some(end)) => format!("{version} ({start} to {end})"),
        (Some(start), None) => format!("{version} (from {start})"),
        (None, Some(end)) => format!("{version} (to {end})"),
        (None, None) => version.to_string(),
    }
}

/// The releases of a system that are loaded, with their days.
pub(crate) fn all_releases(system: &System) -> String {
    let release = system.release();
    let parts: Vec<String> = release
        .parts
        .iter()
        .map(|part| with_days(&part.version, part.period))
        .collect();
    match parts.is_empty() {
        true => with_days(&release.version, release.period),
        false => parts.join(", "),
    }
}

/// A noun with its article.
fn article(noun: &str) -> String {
    match noun.starts_with('I') {
        true => format!("an {noun}"),
        false => format!("a {noun}"),
    }
}

/// Fixes as they are collected: none twice, none that is not valid on the date, no more than asked for.
struct Fixes {
    fixes: Vec<Fix>,
    seen: HashSet<ConceptId>,
    more: usize,
}

/// The validation of one code in one system.
struct Check<'c, 'a> {
    system: &'c System<'a>,
    /// As it was given.
    code: &'c str,
    /// Without dot and blanks, in upper case.
    plain: String,
    options: &'c ValidateOptions,
    fixes: Fixes,
}

impl<'c, 'a> Check<'c, 'a> {
    fn new(system: &'c System<'a>, code: &'c str, options: &'c ValidateOptions) -> Self {
        Check {
            system,
            code,
            plain: plain_code(code),
            options,
            fixes: Fixes {
                fixes: Vec::new(),
                seen: HashSet::new(),
                more: 0,
            },
        }
    }

    fn title(&self) -> &'static str {
        self.system.code_system().title()
    }

    /// What the codes are called.
    fn noun(&self) -> &'static str {
        noun(self.system.code_system())
    }

    /// The release that answers, as the end of a sentence: `FY2026 (2025-10-01 to 2026-09-30)`. Of several, the one of the
    /// date, or without a date the latest.
    fn release(&self) -> String {
        let release = self.system.release();
        let part = match self.options.date {
            Some(date) => release.part_on(date),
            None => release.parts.last(),
        };
        match part {
            Some(part) => with_days(&part.version, part.period),
            None => self.all_releases(),
        }
    }

    /// All releases that are loaded, as the end of a sentence.
    fn all_releases(&self) -> String {
        all_releases(self.system)
    }

    /// The rule that says which codes exist in this system.
    fn existence_rule(&self) -> &'static str {
        match self.system.code_system() {
            CodeSystem::ICD10CM => "CM-2",
            CodeSystem::ICD10PCS => "PCS-2",
            CodeSystem::HCPCS if self.plain.len() == 2 => "MOD-1",
            CodeSystem::HCPCS => "HC-1",
            CodeSystem::CPT => "CPT-1",
            _ => "9-1",
        }
    }

    /// The rule about headers and codes that lack characters.
    fn completeness_rule(&self) -> &'static str {
        match self.system.code_system() {
            CodeSystem::ICD10CM => "CM-3",
            CodeSystem::ICD10PCS => "PCS-1",
            _ => self.existence_rule(),
        }
    }

    fn shape_rule(&self) -> &'static str {
        match self.system.code_system() {
            CodeSystem::ICD10CM => "CM-1",
            CodeSystem::ICD10PCS => "PCS-1",
            _ => self.existence_rule(),
        }
    }

    fn date_rule(&self) -> &'static str {
        match self.system.code_system() {
            CodeSystem::HCPCS => "HC-2",
            _ => self.existence_rule(),
        }
    }

    fn done(self, status: Status, rule: Option<&'static str>, message: String) -> Validation {
        let mut answer = Validation::new(self.code, Some(self.system), status, rule, message);
        answer.fixes = self.fixes.fixes;
        answer.more_fixes = self.fixes.more;
        // Of several releases, the one that is valid on the date answers.
        let release = self.system.release();
        let part = match self.options.date {
            Some(date) => release.part_on(date),
            None => release.parts.last(),
        };
        if let Some(part) = part {
            answer.release = Some(part.version.clone());
        }
        answer
    }

    /// The title of a concept, that of the date where there is one.
    fn titled(&self, concept: ConceptId) -> String {
        match self.options.date {
            Some(date) => self.system.display_on(concept, date),
            None => self.system.display(concept),
        }
    }

    /// Adds a fix, unless the concept is not valid for submission on the date.
    fn fix(&mut self, concept: ConceptId, why: impl FnOnce() -> String) {
        if !self.usable(concept) || !self.fixes.seen.insert(concept) {
            return;
        }
        if self.fixes.fixes.len() >= self.options.fix_limit {
            self.fixes.more += 1;
            return;
        }
        self.fixes.fixes.push(Fix {
            code: self.system.code(concept),
            display: self.titled(concept),
            why: why(),
        });
    }

    /// Whether a concept is valid for submission, as far as the release says.
    fn usable(&self, concept: ConceptId) -> bool {
        self.system.billable(concept)
            && self.cut_over().is_none()
            && matches!(
                standing(self.system, concept, self.options.date),
                Standing::Valid | Standing::NotCovered
            )
    }

    fn answer(mut self) -> Validation {
        let text = self.code.trim();
        let shape = shape::check(self.system.code_system(), text);
        // Only the exact spelling is the code: a dot in a wrong place may mean another one.
        let known = self.system.find(&self.plain);
        match (shape, known) {
            (Ok(()) | Err(ShapeError::Short), Some(concept)) => self.found(concept),
            (Err(shape), Some(concept)) => {
                self.fix(concept, || match shape {
                    ShapeError::Blank => "without the blanks within".to_string(),
                    _ => "with the dot where it is printed".to_string(),
                });
                if self.fixes.fixes.is_empty() {
                    self.fix_below(concept);
                }
                self.misshapen(shape)
            }
            (Ok(()) | Err(ShapeError::Short | ShapeError::Long), None) => self.not_found(shape),
            (Err(shape), None) => {
                self.fix_nearest();
                self.misshapen(shape)
            }
        }
    }

    /// Answers a text that cannot be a code of the system.
    fn misshapen(self, shape: ShapeError) -> Validation {
        let code = shown(self.code);
        let place = |number: usize| match number {
            1 => "first".to_string(),
            2 => "second".to_string(),
            3 => "third".to_string(),
            other => format!("{other}th"),
        };
        let what = match shape {
            ShapeError::Empty => "is empty".to_string(),
            ShapeError::Character(c) => format!("has the character \"{}\" in it", c.escape_debug()),
            ShapeError::Place(c, at) => format!("cannot have {c} as its {} character", place(at)),
            ShapeError::Dot => "has a dot where none belongs".to_string(),
            ShapeError::Blank => "has blanks in it".to_string(),
            ShapeError::Short => "is too short".to_string(),
            ShapeError::Long => "is too long".to_string(),
        };
        let message = format!(
            "{code} {what}: {}s have {}.",
            self.noun(),
            shape::describe(self.system.code_system())
        );
        let rule = self.shape_rule();
        self.done(Status::InvalidShape, Some(rule), message)
    }

    /// Answers a code that the release has.
    fn found(mut self, concept: ConceptId) -> Validation {
        if !self.system.billable(concept)
            && let Some((status, rule, message, period)) = self.divided()
        {
            let mut answer = self.done(status, Some(rule), message);
            answer.period = Some(period);
            return answer;
        }
        let code = self.system.code(concept);
        let display = self.titled(concept);
        let (title, noun) = (self.title(), self.noun());
        let release = self.release();
        let mut status = Status::Billable;
        let mut rule = None;
        let mut message;
        if let Some((cut, text)) = self.cut_over() {
            status = cut;
            rule = Some("9-2");
            message = format!("{code} {text}");
        } else if self.system.billable(concept) {
            let shown = self.system.concept(concept);
            message = match (shown.modifier, self.options.date) {
                (true, _) => format!(
                    "{code} is a modifier of {title} in {release}, used with a procedure code: {display}."
                ),
                (false, Some(date)) => {
                    format!("{code} is a valid {noun} on {date}, release {release}: {display}.")
                }
                (false, None) => {
                    format!("{code} is a valid {noun} in release {release}: {display}.")
                }
            };
            if shown.not_otherwise_classified {
                rule = Some("HC-3");
                message += " It stands for what is not otherwise classified: the claim line needs a description.";
            }
            match standing(self.system, concept, self.options.date) {
                Standing::Valid => {}
                Standing::From(start) => {
                    status = Status::NotYetEffective;
                    rule = Some(self.date_rule());
                    message = match self.options.date {
                        Some(date) => format!(
                            "{code} is not valid on {date}: it takes effect on {start} ({display})."
                        ),
                        None => format!(
                            "{code} takes effect on {start}, after release {release} ({display})."
                        ),
                    };
                }
                Standing::Until(end) => {
                    status = Status::Terminated;
                    rule = Some(self.date_rule());
                    self.fix_successors();
                    if self.fixes.fixes.is_empty() {
                        // It may have become a header.
                        self.fix_below(concept);
                    }
                    message = match self.options.date {
                        Some(date) => format!(
                            "{code} is not valid on {date}: it was valid until {end} ({display})."
                        ),
                        None => format!(
                            "{code} is not valid any more in release {release}: it was valid until {end} ({display})."
                        ),
                    };
                }
                Standing::NotCovered => {
                    status = Status::DateNotCovered;
                    rule = Some(self.date_rule());
                    let (date, all) = (self.date(), self.all_releases());
                    message = match self.system.release().parts.is_empty() {
                        true => format!(
                            "{code} is a valid {noun} in release {all}, the only one loaded; it does not cover {date}."
                        ),
                        false => format!(
                            "{code} is a valid {noun}, but none of the releases that are loaded covers {date}: {all}."
                        ),
                    };
                }
            }
        } else {
            (status, rule, message) = self.header(concept, &code, &display);
        }
        let period = self.system.period(concept);
        let shown = Concept {
            display,
            ..self.system.concept(concept)
        };
        let mut answer = self.done(status, rule, message);
        answer.concept = Some(shown);
        answer.period = Some(period);
        answer
    }

    fn date(&self) -> String {
        self.options
            .date
            .map_or_else(|| "that date".to_string(), |date| date.to_string())
    }

    /// The verdict of the change from ICD-9-CM to ICD-10, where the date is on the wrong side of it.
    fn cut_over(&self) -> Option<(Status, String)> {
        let date = self.options.date?;
        if !other_era(self.system.code_system(), self.options.date) {
            return None;
        }
        match self.system.code_system() {
            CodeSystem::ICD10CM | CodeSystem::ICD10PCS => Some((
                Status::NotYetEffective,
                format!(
                    "cannot be used on {date}: {} codes are for services from October 1, 2015 on, ICD-9-CM codes for those before.",
                    self.title()
                ),
            )),
            _ => Some((
                Status::Terminated,
                format!(
                    "cannot be used on {date}: ICD-9-CM codes are for services before October 1, 2015, ICD-10 codes for those since."
                ),
            )),
        }
    }

    /// The verdict on a code that is published, but not for submission.
    fn header(
        &mut self,
        concept: ConceptId,
        code: &str,
        display: &str,
    ) -> (Status, Option<&'static str>, String) {
        // A small L is taken for the digit 1 and for a capital I more often than any other letter.
        if self.code.contains('l') {
            self.fix_alike();
        }
        let sevenths = self.sevenths(concept);
        if !sevenths.is_empty() {
            let message = self.needs_seventh(concept, &sevenths);
            return (Status::Incomplete, Some("CM-4"), message);
        }
        let below = self.fix_below(concept);
        if below == 0 {
            let message = format!(
                "{code} is a header ({display}), not a code to submit, and none of the codes below it is valid on {}.",
                self.date()
            );
            return (Status::Header, Some(self.completeness_rule()), message);
        }
        let message = format!(
            "{code} is a header ({display}), not a code to submit: use {one} {below} {noun}{s} below it.",
            one = if below == 1 { "the" } else { "one of the" },
            noun = self.noun(),
            s = if below == 1 { "" } else { "s" },
        );
        (Status::Header, Some(self.completeness_rule()), message)
    }

    /// Adds the codes below a concept as fixes, in the order of the book; returns how many are valid for submission.
    fn fix_below(&mut self, concept: ConceptId) -> usize {
        let prefix = self.system.plain_code(concept);
        self.fix_prefix(&prefix, "is more specific")
    }

    /// Adds the codes that begin with a prefix as fixes, in order of code; returns how many are valid for submission on
    /// the date.
    fn fix_prefix(&mut self, prefix: &str, why: &str) -> usize {
        let system = self.system;
        let mut count = 0;
        for node in system.nodes_with_prefix(prefix) {
            let own = ConceptId::of_node(node);
            let composed = system
                .nodes()
                .seventh_set(node)
                .map_or(0, |set| set.characters.len());
            let all =
                std::iter::once(own).chain((0..composed).map(|at| ConceptId::composed(node, at)));
            for concept in all {
                if self.usable(concept) {
                    count += 1;
                    self.fix(concept, || why.to_string());
                }
            }
        }
        count
    }

    /// Answers a text that could be a code, but is not one in this release.
    fn not_found(mut self, shape: Result<(), ShapeError>) -> Validation {
        if shape.is_ok()
            && let Some((status, rule, message, period)) = self.retired()
        {
            let mut answer = self.done(status, Some(rule), message);
            answer.period = Some(period);
            return answer;
        }
        if self.system.code_system() == CodeSystem::ICD10CM
            && let Some((status, rule, message)) = self.seventh_or_placeholder()
        {
            return self.done(status, Some(rule), message);
        }
        let has_headers = !matches!(
            self.system.code_system(),
            CodeSystem::HCPCS | CodeSystem::CPT
        );
        if has_headers && !self.system.nodes_with_prefix(&self.plain).is_empty() {
            let below = self.fix_prefix(&self.plain.clone(), "completes it");
            let code = self.system.code_system().dotted(&self.plain);
            let begin = if below == 1 { " begins" } else { "s begin" };
            let message = format!(
                "{code} is incomplete: {below} {}{begin} with it{}, and more characters are needed.",
                self.noun(),
                match (below, self.options.date) {
                    (0, Some(date)) => format!(" that are valid on {date}"),
                    _ => String::new(),
                }
            );
            let rule = self.completeness_rule();
            return self.done(Status::Incomplete, Some(rule), message);
        }
        if let Err(shape) = shape {
            self.fix_nearest();
            return self.misshapen(shape);
        }
        let dental = self
            .plain
            .strip_prefix('D')
            .is_some_and(|rest| rest.len() == 4 && rest.bytes().all(|b| b.is_ascii_digit()));
        // Where nobody says which system is meant, it is as likely a diagnosis with a mistake in it.
        if self.options.system == Some(CodeSystem::HCPCS) && dental {
            let message = format!(
                "{} looks like a dental code (CDT). Those are licensed by the American Dental Association and are no part of the HCPCS Level II file, so whether it is valid is unknown.",
                self.plain
            );
            return self.done(Status::UnknownNoPack, Some("HC-1"), message);
        }
        self.fix_nearest();
        if self.options.fix_limit > 0 && self.fixes.fixes.is_empty() {
            self.fix_early_seventh();
        }
        let code = self.system.code_system().dotted(&self.plain);
        let mut message = format!(
            "{code} is not {} in release {}.",
            article(self.noun()),
            self.release()
        );
        if let Some(more) = self.furthest() {
            message += &more;
        }
        if self
            .options
            .date
            .is_some_and(|date| !self.system.release().covers(date))
        {
            let what = match self.system.release().parts.is_empty() {
                true => "That is the only release loaded; it does",
                false => "Those are the only releases loaded; they do",
            };
            message += &format!(" {what} not cover {}.", self.date());
        }
        let rule = self.existence_rule();
        self.done(Status::NotInRelease, Some(rule), message)
    }

    /// How far into the code the release can be followed, as a sentence.
    fn furthest(&self) -> Option<String> {
        let system = self.system.code_system();
        let known = (1..self.plain.len())
            .rev()
            .filter_map(|length| self.plain.get(..length))
            .find(|prefix| !self.system.nodes_with_prefix(prefix).is_empty())?;
        let concept = self.system.find(known);
        Some(match (system, concept) {
            (CodeSystem::ICD10PCS, _) if known.len() >= 3 => format!(
                " Table {} has no row that continues {known} with {}.",
                known.get(..3).unwrap_or(known),
                self.plain
                    .get(known.len()..known.len() + 1)
                    .unwrap_or_default()
            ),
            (CodeSystem::HCPCS | CodeSystem::CPT, _) => return None,
            (_, Some(concept)) if self.system.billable(concept) => {
                format!(" {} is complete as it stands.", self.system.code(concept))
            }
            (_, Some(concept)) => format!(
                " It would belong to {} ({}).",
                self.system.code(concept),
                self.system.display(concept)
            ),
            _ => return None,
        })
    }

    /// Adds the codes that look alike as fixes.
    fn fix_alike(&mut self) {
        for (spelling, change) in nearest::nearest(&self.plain) {
            if change == Change::Alike
                && let Some(concept) = self.system.find(&spelling)
            {
                self.fix(concept, || {
                    "characters that look alike exchanged".to_string()
                });
            }
        }
    }

    /// Adds the codes below the category that have the seventh character typed, where it was added too early:
    /// `S52.5A` gives `S52.501A` and its like.
    fn fix_early_seventh(&mut self) {
        let (Some(base), Some(seventh)) = (
            self.plain.get(..self.plain.len().saturating_sub(1)),
            self.plain.chars().last(),
        ) else {
            return;
        };
        let base = base.to_string();
        if base.len() < 3 || self.system.find(&base).is_none() {
            return;
        }
        let system = self.system;
        for node in system.nodes_with_prefix(&base) {
            for (character, concept) in self.sevenths(ConceptId::of_node(node)) {
                if character == seventh {
                    self.fix(concept, || {
                        format!("is more specific, with the 7th character {seventh} in its place")
                    });
                }
            }
        }
    }

    /// Adds the codes one mistake away as fixes, the likelier mistakes first.
    fn fix_nearest(&mut self) {
        if self.options.fix_limit == 0 {
            return;
        }
        let system = self.system.code_system();
        // A code with characters after it that is complete without them.
        for length in (3..self.plain.len()).rev() {
            let Some(concept) = self
                .plain
                .get(..length)
                .and_then(|base| self.system.find(base))
            else {
                continue;
            };
            if self.system.billable(concept) && system != CodeSystem::HCPCS {
                self.fix(concept, || "is complete as it stands".to_string());
            }
        }
        // What cannot be seen, or is punctuation, is left out before mistakes are looked for.
        let typed: String = self
            .plain
            .chars()
            .map(narrow)
            .filter(char::is_ascii_alphanumeric)
            .collect();
        if typed != self.plain
            && let Some(concept) = self.system.find(&typed)
        {
            let wide = self.plain.chars().any(|c| narrow(c) != c);
            self.fix(concept, || match wide {
                true => "in plain letters and digits".to_string(),
                false => "without what is neither letter nor digit".to_string(),
            });
            // A header is meant as it stands: what is a mistake away from it is not.
            if !self.system.billable(concept) {
                self.fix_below(concept);
                return;
            }
        }
        let mut spellings = nearest::nearest(&typed);
        // A wrong character that is no letter or digit has left a gap where one belongs.
        if self
            .plain
            .chars()
            .filter(|c| !narrow(*c).is_ascii_alphanumeric())
            .count()
            > 1
        {
            spellings.clear();
        }
        for (spelling, change) in spellings {
            let Some(concept) = self.system.find(&spelling) else {
                continue;
            };
            let character = |at: usize, text: &str| {
                text.chars()
                    .nth(at - 1)
                    .map(String::from)
                    .unwrap_or_default()
            };
            self.fix(concept, || match change {
                Change::Alike => "characters that look alike exchanged".to_string(),
                Change::Swapped(at) => format!(
                    "{}{} in place of {}{}",
                    character(at + 1, &typed),
                    character(at, &typed),
                    character(at, &typed),
                    character(at + 1, &typed)
                ),
                Change::Removed(at) => format!("without the {}", character(at, &typed)),
                Change::Added(at) => format!("with {} added", character(at, &spelling)),
                Change::Replaced(at) => format!(
                    "{} in place of {}",
                    character(at, &spelling),
                    character(at, &typed)
                ),
            });
        }
        // Beyond the limit, more mistakes are no more help.
        self.fixes.more = 0;
    }
}

#[cfg(test)]
mod tests;
