//! How good search is, as numbers: sets of queries with the codes that answer them, and the place of the first answer.
//!
//! A set is a table of text: `query`, `codes` (without dot, separated by blanks), and optionally `kind` and `source`. Lines
//! that begin with `#` are comments; the first other line is the header. A hit answers a query when its code is one of
//! the codes or begins with one, so that a category is answered by every code under it.
//!
//! Queries whose kind is `catchall` have an "other ..." code for answer that no one would call the answer; they are counted
//! apart. A set whose sources say `seq=3 n=5 of=12` holds queries cut off after every letter: for these the letters are
//! counted that must be typed until the answer is among the first hits.

use serde::{Deserialize, Serialize};

use super::SearchOptions;
use crate::code_system::CodeSystem;
use crate::index::Index;

/// How many hits are looked at.
pub const DEEPEST: usize = 25;

/// A set of queries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    /// What it is called.
    pub name: String,
    /// The code systems that its queries ask.
    pub systems: Vec<CodeSystem>,
    /// The queries.
    pub cases: Vec<Case>,
}

/// A query with its answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What is typed.
    pub query: String,
    /// The codes that answer it, or their beginnings, without dot.
    pub codes: Vec<String>,
    /// What kind of query it is; may be empty.
    pub kind: String,
    /// Where the query is the beginning of a longer one: which, and how many of its letters were typed.
    pub typed: Option<(u32, u32)>,
}

/// Where the first answers of a set stood: for each query the place among the hits, from 1; none where it was not found.
pub type Places = Vec<Option<u32>>;

/// The figures of a set, or of one kind of its queries.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Score {
    /// How many queries.
    pub queries: usize,
    /// How many of them have an answer as the first hit.
    pub first: usize,
    /// Among the first three.
    pub three: usize,
    /// Among the first five.
    pub five: usize,
    /// Among the first ten.
    pub ten: usize,
    /// Among the first [`DEEPEST`].
    pub deepest: usize,
    /// The mean of one divided by the place of the first answer.
    pub mean_reciprocal: f64,
}

/// How many letters must be typed until an answer is among the first ten hits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Keystrokes {
    /// How many queries were typed letter by letter.
    pub sequences: usize,
    /// The median, of those that get there.
    pub median: f64,
    /// How many never get there.
    pub never: usize,
}

impl Set {
    /// Reads a set. Its name says which code systems it asks: those whose name it begins with (`icd9`, `hcpcs`), else
    /// ICD-10-CM.
    ///
    /// # Errors
    ///
    /// A sentence that names the first line without query or codes.
    pub fn parse(name: &str, text: &str) -> Result<Set, String> {
        let mut cases = Vec::new();
        let lines = text.lines().enumerate();
        for (at, line) in lines.filter(|(_, line)| !line.starts_with('#')).skip(1) {
            let mut columns = line.split('\t');
            let query = columns.next().unwrap_or("");
            let codes: Vec<String> = columns
                .next()
                .unwrap_or("")
                .split_whitespace()
                .map(crate::index::plain_code)
                .collect();
            if query.trim().is_empty() || codes.is_empty() {
                return Err(format!(
                    "{name}, line {}: expected a query and its codes, separated by a tab, found '{line}'",
                    at + 1
                ));
            }
            let kind = columns.next().unwrap_or("").to_string();
            let typed = columns.next().and_then(|source| {
                let number = |name: &str| {
                    let mut words = source.split_whitespace();
                    words.find_map(|word| word.strip_prefix(name)?.parse().ok())
                };
                Some((number("seq=")?, number("n=")?))
            });
            cases.push(Case {
                query: query.to_string(),
                codes,
                kind,
                typed,
            });
        }
        let named = ["icd9", "icd10pcs", "hcpcs", "cpt"];
        let system = named.into_iter().find(|system| name.starts_with(system));
        Ok(Set {
            name: name.to_string(),
            systems: CodeSystem::parse_group(system.unwrap_or("icd10cm")),
            cases,
        })
    }

    /// Asks an index all queries.
    pub fn places(&self, index: &Index<'_>) -> Places {
        let options = SearchOptions {
            systems: self.systems.clone(),
            limit: DEEPEST,
            ..SearchOptions::default()
        };
        let place = |case: &Case| {
            let result = index.search(&case.query, &options);
            let mut hits = result.hits.iter();
            let at = hits.position(|hit| case.answered_by(&hit.concept.plain_code))?;
            Some(at as u32 + 1)
        };
        self.cases.iter().map(place).collect()
    }

    /// The figures of the queries that `chosen` picks.
    pub fn score(&self, places: &Places, chosen: impl Fn(&Case) -> bool) -> Score {
        let mut score = Score::default();
        for (case, place) in self.cases.iter().zip(places) {
            if !chosen(case) {
                continue;
            }
            score.queries += 1;
            let Some(place) = place else { continue };
            score.first += usize::from(*place == 1);
            score.three += usize::from(*place <= 3);
            score.five += usize::from(*place <= 5);
            score.ten += usize::from(*place <= 10);
            score.deepest += 1;
            score.mean_reciprocal += 1.0 / f64::from(*place);
        }
        score.mean_reciprocal /= score.queries.max(1) as f64;
        score
    }

    /// The letters needed until an answer is among the first ten; nothing where the set's queries are not cut off.
    pub fn keystrokes(&self, places: &Places) -> Option<Keystrokes> {
        let mut needed: std::collections::BTreeMap<u32, Option<u32>> = Default::default();
        for (case, place) in self.cases.iter().zip(places) {
            let (sequence, typed) = case.typed?;
            let least = needed.entry(sequence).or_default();
            if place.is_some_and(|place| place <= 10) {
                *least = Some(least.map_or(typed, |least| least.min(typed)));
            }
        }
        let sequences = needed.len();
        let mut reached: Vec<u32> = needed.into_values().flatten().collect();
        reached.sort_unstable();
        let at = |place: usize| reached.get(place).copied().map_or(0.0, f64::from);
        let half = reached.len() / 2;
        let median = match reached.len() {
            0 => 0.0,
            length if length % 2 == 1 => at(half),
            _ => (at(half - 1) + at(half)) / 2.0,
        };
        (sequences > 0).then_some(Keystrokes {
            sequences,
            median,
            never: sequences - reached.len(),
        })
    }
}

impl Case {
    /// Whether a code, without dot, answers the query.
    pub fn answered_by(&self, plain_code: &str) -> bool {
        self.codes.iter().any(|code| plain_code.starts_with(code))
    }

    /// Whether the answer is a basket for what has no code of its own.
    pub fn is_catchall(&self) -> bool {
        self.kind == "catchall"
    }
}

impl Score {
    /// The share of a count, between 0 and 1.
    pub fn share(&self, count: usize) -> f64 {
        count as f64 / self.queries.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# what\nquery\tcodes\tkind\tsource\ndiab\tE11\tx\tseq=1 n=4 of=8\ndiabe\tE11 E10.9\tcatchall\tseq=1 n=5 of=8\nasth\tJ45\tx\tseq=2 n=4 of=6\n";

    #[test]
    fn a_set_is_read_with_its_systems() {
        let set = Set::parse("prefix", TEXT).unwrap();
        assert_eq!(set.systems, [CodeSystem::ICD10CM]);
        assert_eq!(set.cases[1].codes, ["E11", "E109"]);
        assert_eq!(set.cases[1].typed, Some((1, 5)));
        assert!(set.cases[1].is_catchall() && set.cases[0].answered_by("E119"));
        assert_eq!(Set::parse("icd9_more", TEXT).unwrap().systems.len(), 2);
        let error = Set::parse("x", "query\tcodes\nasthma\n").unwrap_err();
        assert!(error.contains("x, line 2") && error.contains("asthma"));
    }

    #[test]
    fn places_become_figures() {
        let set = Set::parse("prefix", TEXT).unwrap();
        let places = vec![Some(12), Some(2), None];
        let score = set.score(&places, |_| true);
        assert_eq!(
            (score.first, score.three, score.ten, score.deepest),
            (0, 1, 1, 2)
        );
        assert!((score.mean_reciprocal - (1.0 / 12.0 + 0.5) / 3.0).abs() < 1e-9);
        assert_eq!(set.score(&places, Case::is_catchall).queries, 1);
        let keystrokes = set.keystrokes(&places).unwrap();
        assert_eq!(
            keystrokes,
            Keystrokes {
                sequences: 2,
                median: 5.0,
                never: 1
            }
        );
    }
}
