//! What a caller may tell of its user, so that of much the same hits the usual ones come first.
//!
//! Nothing is kept here: the caller holds a plain object, passes it with each search, and may export it or throw it away.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::code_system::CodeSystem;
use crate::index::plain_code;

/// A code that is used, or a favourite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UsedCode {
    /// Its code system; ICD-10-CM where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<CodeSystem>,
    /// The code, with or without dot.
    pub code: String,
    /// How often it was used.
    #[serde(default = "once")]
    pub uses: u32,
}

fn once() -> u32 {
    1
}

/// The codes a user works in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Profile {
    /// The name of a specialty (see [`specialties`]).
    Specialty(String),
    /// Beginnings of ICD-10-CM codes, each with a weight of 1 to 10.
    Codes(BTreeMap<String, u32>),
}

/// What a user does often.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Habits {
    /// Codes that were used, the latest first.
    pub recent: Vec<UsedCode>,
    /// Codes that the user marked.
    pub favourites: Vec<UsedCode>,
    /// The codes the user works in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
}

/// More codes than this are forgotten, the oldest first.
pub const MOST_RECENT: usize = 200;

/// What a favourite gains: seven percent of the score of a full match. That is more than what it costs a code to be matched
/// by the Alphabetic Index, to be the next meaning of an abbreviation or to say `other` in a query of one word, and
/// less than what it costs to be about something else.
const FAVOURITE: u32 = 700;
/// What the code used last gains, if it is used often; one used long ago and once gains half.
const RECENT: u32 = 700;
/// What a code in the middle of the profile gains for each point of its weight.
const PROFILE: u32 = 70;
/// All of a habit's gains together, so that a habit decides between hits that match alike and never lifts a code over one
/// that matches better.
const MOST: u32 = 900;

/// Code ranges of specialties: what their practices code most, with weights. Drawn up by hand from the chapters.
const SPECIALTIES: &[(&str, &[(&str, u32)])] = &[
    (
        "cardiology",
        &[
            ("I", 8),
            ("R00", 6),
            ("R01", 6),
            ("R07", 8),
            ("R55", 5),
            ("E78", 6),
            ("Z95", 6),
            ("Q2", 3),
        ],
    ),
    (
        "dentistry",
        &[
            ("K0", 10),
            ("K1", 5),
            ("M26", 6),
            ("M27", 5),
            ("S02.5", 5),
            ("Z01.2", 8),
        ],
    ),
    (
        "dermatology",
        &[
            ("L", 9),
            ("C43", 7),
            ("C44", 8),
            ("D22", 8),
            ("D23", 7),
            ("B07", 6),
            ("B35", 6),
            ("B36", 5),
        ],
    ),
    (
        "emergency medicine",
        &[
            ("S", 6),
            ("T", 5),
            ("R", 6),
            ("J", 4),
            ("I21", 5),
            ("W", 3),
            ("V", 3),
        ],
    ),
    (
        "endocrinology",
        &[
            ("E", 8),
            ("M80", 4),
            ("M81", 6),
            ("N25.8", 3),
            ("D35", 4),
            ("Z79.4", 6),
        ],
    ),
    (
        "family medicine",
        &[
            ("Z00", 6),
            ("I10", 6),
            ("E11", 5),
            ("E78", 5),
            ("J", 4),
            ("M54", 5),
            ("F3", 4),
            ("F41", 4),
        ],
    ),
    (
        "gastroenterology",
        &[
            ("K", 9),
            ("R1", 6),
            ("D12", 6),
            ("B18", 5),
            ("Z12.1", 6),
            ("C18", 4),
            ("Z86.01", 6),
        ],
    ),
    (
        "hematology and oncology",
        &[("C", 8), ("D", 7), ("Z51", 6), ("Z85", 5), ("T45", 3)],
    ),
    (
        "infectious disease",
        &[
            ("A", 8),
            ("B", 8),
            ("U07", 5),
            ("Z16", 5),
            ("Z20", 4),
            ("M86", 4),
            ("T8", 3),
        ],
    ),
    (
        "nephrology",
        &[
            ("N0", 8),
            ("N1", 9),
            ("N2", 7),
            ("I12", 6),
            ("I13", 5),
            ("E87", 6),
            ("Z99.2", 6),
            ("T82", 3),
        ],
    ),
    (
        "neurology",
        &[
            ("G", 9),
            ("I6", 6),
            ("R2", 5),
            ("R4", 5),
            ("F0", 4),
            ("R51", 5),
            ("H81", 3),
        ],
    ),
    (
        "obstetrics and gynecology",
        &[
            ("O", 9),
            ("N7", 7),
            ("N8", 8),
            ("N9", 8),
            ("Z3", 8),
            ("D25", 6),
            ("R87", 5),
        ],
    ),
    (
        "ophthalmology",
        &[
            ("H0", 8),
            ("H1", 8),
            ("H2", 8),
            ("H3", 8),
            ("H4", 8),
            ("H5", 8),
            ("E11.3", 6),
            ("Z96.1", 5),
            ("S05", 5),
        ],
    ),
    (
        "orthopedics",
        &[("M", 8), ("S", 7), ("Z47", 6), ("Z96.6", 6), ("T84", 4)],
    ),
    (
        "otolaryngology",
        &[
            ("H6", 8),
            ("H7", 8),
            ("H8", 8),
            ("H9", 8),
            ("J0", 6),
            ("J3", 8),
            ("R04", 5),
            ("R42", 5),
        ],
    ),
    (
        "pediatrics",
        &[
            ("Z00.1", 9),
            ("J", 5),
            ("H6", 5),
            ("P", 6),
            ("Q", 4),
            ("R62", 4),
            ("F8", 4),
            ("F9", 5),
        ],
    ),
    (
        "podiatry",
        &[
            ("M2", 6),
            ("M7", 6),
            ("L6", 7),
            ("L84", 8),
            ("B35.1", 8),
            ("S9", 7),
            ("E11.6", 5),
            ("E11.4", 5),
        ],
    ),
    (
        "psychiatry",
        &[("F", 9), ("R45", 6), ("Z63", 3), ("T14.91", 4), ("G47", 4)],
    ),
    (
        "pulmonology",
        &[
            ("J", 9),
            ("R05", 6),
            ("R06", 7),
            ("G47.3", 7),
            ("I27", 5),
            ("R91", 6),
            ("C34", 5),
        ],
    ),
    (
        "rheumatology",
        &[
            ("M0", 9),
            ("M1", 8),
            ("M3", 9),
            ("M45", 7),
            ("M79", 6),
            ("L40.5", 6),
        ],
    ),
    (
        "urology",
        &[
            ("N1", 5),
            ("N2", 8),
            ("N3", 9),
            ("N4", 9),
            ("N5", 7),
            ("C6", 6),
            ("R3", 7),
        ],
    ),
];

/// Whether a text is the name of a specialty that a profile may be, in any case.
pub fn is_specialty(name: &str) -> bool {
    let mut names = SPECIALTIES.iter();
    names.any(|(known, _)| known.eq_ignore_ascii_case(name.trim()))
}

/// The names of the specialties that a profile may be, in order.
pub fn specialties() -> Vec<&'static str> {
    SPECIALTIES.iter().map(|(name, _)| *name).collect()
}

impl Habits {
    /// The habits after a code was used: the code first among the recent ones, its uses counted. Of more than
    /// [`MOST_RECENT`] codes the oldest are forgotten. Text that no code of the system could be changes nothing.
    pub fn remember(&self, code: &str, system: Option<CodeSystem>) -> Habits {
        let mut after = self.clone();
        let plain = plain_code(code);
        let letters = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !(2..=7).contains(&plain.len()) || !letters(&plain) {
            return after;
        }
        let system = system.unwrap_or(CodeSystem::ICD10CM);
        let same = |used: &UsedCode| used.is(system, &plain);
        let before = after.recent.iter().find(|used| same(used));
        let uses = before.map_or(0, |used| used.uses).saturating_add(1);
        after.recent.retain(|used| !same(used));
        let used = UsedCode {
            system: Some(system),
            code: system.dotted(&plain),
            uses,
        };
        after.recent.insert(0, used);
        after.recent.truncate(MOST_RECENT);
        after
    }

    /// What a code gains, in points of a score.
    pub fn gain(&self, system: CodeSystem, plain: &str) -> u32 {
        let mut gain = 0;
        if self.favourites.iter().any(|used| used.is(system, plain)) {
            gain += FAVOURITE;
        }
        let recent = self.recent.iter().take(MOST_RECENT).enumerate();
        if let Some((at, used)) = recent.into_iter().find(|(_, used)| used.is(system, plain)) {
            let fresh = (MOST_RECENT - at) as u32 * (RECENT / 4) / MOST_RECENT as u32;
            let often = (RECENT / 4) * used.uses.min(10) / 10;
            gain += RECENT / 2 + fresh + often;
        }
        if system == CodeSystem::ICD10CM {
            gain += self.profile_weight(plain).min(10) * PROFILE;
        }
        gain.min(MOST)
    }

    /// The weight of the longest beginning in the profile that a code has.
    fn profile_weight(&self, plain: &str) -> u32 {
        let own = |profile: &BTreeMap<String, u32>| {
            let fits = |(start, weight): (&String, &u32)| {
                let start = plain_code(start);
                let fits = !start.is_empty() && plain.starts_with(&start);
                fits.then_some((start.len(), *weight))
            };
            profile.iter().filter_map(fits).max()
        };
        let found = match &self.profile {
            None => None,
            Some(Profile::Codes(profile)) => own(profile),
            Some(Profile::Specialty(name)) => SPECIALTIES
                .iter()
                .find(|(other, _)| other.eq_ignore_ascii_case(name.trim()))
                .and_then(|(_, starts)| {
                    let fits = |(start, weight): &(&str, u32)| {
                        let start = plain_code(start);
                        plain.starts_with(&start).then_some((start.len(), *weight))
                    };
                    starts.iter().filter_map(fits).max()
                }),
        };
        found.map_or(0, |(_, weight)| weight)
    }
}

impl UsedCode {
    fn is(&self, system: CodeSystem, plain: &str) -> bool {
        self.system.unwrap_or(CodeSystem::ICD10CM) == system && plain_code(&self.code) == plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_used_code_comes_first_and_is_counted() {
        let habits = Habits::default()
            .remember("e119", None)
            .remember("I10", None);
        let habits = habits.remember("E11.9", None).remember(" ", None);
        let recent: Vec<_> = habits
            .recent
            .iter()
            .map(|used| (used.code.as_str(), used.uses))
            .collect();
        assert_eq!(recent, [("E11.9", 2), ("I10", 1)]);
        let many = (0..300).fold(habits, |habits, at| {
            habits.remember(&format!("A{at:03}"), None)
        });
        assert_eq!(many.recent.len(), MOST_RECENT);
    }

    #[test]
    fn habits_gain_a_little() {
        let mut habits = Habits::default().remember("E11.9", None);
        habits.profile = Some(Profile::Specialty("cardiology".to_string()));
        let gain = |habits: &Habits, code: &str| habits.gain(CodeSystem::ICD10CM, code);
        assert!(gain(&habits, "E119") > 0 && gain(&habits, "E109") == 0);
        assert_eq!(gain(&habits, "I509"), 8 * PROFILE);
        assert_eq!(habits.gain(CodeSystem::HCPCS, "E119"), 0);
        habits.favourites = habits.recent.clone();
        habits.recent[0].uses = 1_000;
        habits.profile = Some(Profile::Codes([("E1".to_string(), 99)].into()));
        assert!(gain(&habits, "E119") < 1_000);
    }

    #[test]
    fn habits_are_plain_objects() {
        let text = r#"{"recent":[{"code":"E11.9"}],"profile":{"I":5}}"#;
        let habits: Habits = serde_json::from_str(text).unwrap();
        assert_eq!(habits.recent[0].uses, 1);
        let back = serde_json::to_string(&habits).unwrap();
        assert_eq!(serde_json::from_str::<Habits>(&back).unwrap(), habits);
        let named: Habits = serde_json::from_str(r#"{"profile":"urology"}"#).unwrap();
        assert!(specialties().contains(&"urology") && named.profile.is_some());
    }
}
