//! Narrowing instead of scrolling: the axes by which titles differ, and the fewest questions from a category to a code.
//!
//! Axes are read off the titles: a title that says `left`, `second trimester` or `subsequent encounter` has that value on
//! its axis, and one that says nothing where its siblings do is `unspecified`. What no such word tells apart is told apart
//! by the hierarchy: `detail` is the code one level further down on which the codes that are left disagree.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{SearchOptions, fold};
use crate::code_system::CodeSystem;
use crate::date::Date;
use crate::index::{Concept, ConceptId, Index, System, plain_code};

/// An axis by which titles differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Facet {
    /// A stable name, such as `laterality`.
    pub axis: &'static str,
    /// The name for people, such as `Side`.
    pub title: &'static str,
    /// Its values, the more frequent first; `unspecified` last.
    pub values: Vec<FacetValue>,
}

/// A value of an axis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FacetValue {
    /// A stable name, such as `left`; a code for the axes `category` and `detail`.
    pub value: String,
    /// The name for people.
    pub label: String,
    /// How many codes have it.
    pub count: usize,
}

/// How to refine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RefineOptions {
    /// The code system; without it the first that has the code.
    pub system: Option<CodeSystem>,
    /// What was chosen already: values by axis.
    pub chosen: BTreeMap<String, String>,
    /// Only codes that are valid on this day.
    pub date: Option<Date>,
    /// At most so many codes are listed (10 by default).
    pub limit: usize,
}

impl Default for RefineOptions {
    fn default() -> Self {
        RefineOptions {
            system: None,
            chosen: BTreeMap::new(),
            date: None,
            limit: 10,
        }
    }
}

/// Where a refinement stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Refinement {
    /// The category that is refined.
    pub concept: Concept,
    /// What was chosen, and what followed from it.
    pub chosen: BTreeMap<String, String>,
    /// How many codes valid for submission are still possible.
    pub total: usize,
    /// The question to ask next; none where one code is left, or no code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Facet>,
    /// The other questions, in the order to ask them.
    pub open: Vec<Facet>,
    /// The codes still possible, the usual one first.
    pub codes: Vec<Concept>,
}

const UNSPECIFIED: &str = "unspecified";

/// The axis of categories of three characters, and that of the next level of the hierarchy.
const CATEGORY: &str = "category";
const DETAIL: &str = "detail";

/// The axes that words tell, with their names for people.
const AXES: [(&str, &str); 14] = [
    ("laterality", "Side"),
    ("encounter", "Encounter"),
    ("openness", "Open or closed"),
    ("displacement", "Displacement"),
    ("healing", "Healing"),
    ("type", "Type"),
    ("trimester", "Trimester"),
    ("stage", "Stage"),
    ("degree", "Degree"),
    ("severity", "Severity"),
    ("intent", "Intent"),
    ("fetus", "Fetus"),
    ("course", "Course"),
    ("intractable", "Intractable"),
];

/// A word or words that say a value: the axis, what must stand in the title one after the other, and the value.
const SIGNS: &[(&str, &str, &str)] = &[
    ("laterality", "right", "right"),
    ("laterality", "left", "left"),
    ("laterality", "bilateral", "bilateral"),
    ("encounter", "initial encounter", "initial"),
    ("encounter", "subsequent encounter", "subsequent"),
    ("encounter", "sequela", "sequela"),
    ("openness", "closed fracture", "closed"),
    (
        "openness",
        "open fracture type i or ii",
        "open type I or II",
    ),
    (
        "openness",
        "open fracture type iiia iiib or iiic",
        "open type III",
    ),
    ("openness", "open fracture", "open"),
    ("displacement", "displaced", "displaced"),
    ("displacement", "nondisplaced", "nondisplaced"),
    ("healing", "routine healing", "routine"),
    ("healing", "delayed healing", "delayed"),
    ("healing", "nonunion", "nonunion"),
    ("healing", "malunion", "malunion"),
    ("trimester", "first trimester", "first"),
    ("trimester", "second trimester", "second"),
    ("trimester", "third trimester", "third"),
    ("trimester", "childbirth", "childbirth"),
    ("trimester", "the puerperium", "puerperium"),
    ("stage", "unstageable", "unstageable"),
    ("degree", "first degree", "first"),
    ("degree", "second degree", "second"),
    ("degree", "third degree", "third"),
    ("severity", "mild", "mild"),
    ("severity", "moderate", "moderate"),
    ("severity", "severe", "severe"),
    ("severity", "profound", "profound"),
    ("intent", "accidental", "accidental"),
    ("intent", "intentional self harm", "self-harm"),
    ("intent", "assault", "assault"),
    ("intent", "undetermined", "undetermined"),
    ("intent", "adverse effect", "adverse effect"),
    ("intent", "underdosing", "underdosing"),
    ("course", "acute on chronic", "acute on chronic"),
    ("course", "acute", "acute"),
    ("course", "chronic", "chronic"),
    ("course", "recurrent", "recurrent"),
    ("intractable", "not intractable", "no"),
    ("intractable", "intractable", "yes"),
];

/// Words after which a number or letter is a value.
const COUNTED: &[(&str, &str)] = &[("type", "type"), ("stage", "stage"), ("fetus", "fetus")];

/// The values of a title, by axis.
fn values(title: &str) -> BTreeMap<&'static str, String> {
    let words: Vec<String> = fold::words(title)
        .into_iter()
        .map(|word| word.text)
        .collect();
    let line = format!(" {} ", words.join(" "));
    let mut values = BTreeMap::new();
    for (axis, sign, value) in SIGNS {
        if line.contains(&format!(" {sign} ")) {
            // The first sign of an axis is the most telling one.
            values.entry(*axis).or_insert_with(|| value.to_string());
        }
    }
    for pair in words.windows(2) {
        let [word, number] = pair else { continue };
        let Some((axis, _)) = COUNTED.iter().find(|(_, counted)| counted == word) else {
            continue;
        };
        let roman = number.chars().all(|c| matches!(c, 'i' | 'v' | 'x'));
        if number.starts_with(|c: char| c.is_ascii_digit()) || roman || number.len() == 1 {
            let number = if roman {
                number.to_ascii_uppercase()
            } else {
                number.clone()
            };
            // A fracture's open type is told by its openness.
            if !line.contains(" fracture type ") {
                values.entry(*axis).or_insert(number);
            }
        }
    }
    values
}

/// A code with its values.
struct Described {
    concept: ConceptId,
    plain: String,
    values: BTreeMap<&'static str, String>,
}

fn describe(system: &System<'_>, concept: ConceptId) -> Described {
    Described {
        concept,
        plain: system.plain_code(concept),
        values: values(&system.display(concept)),
    }
}

impl Described {
    /// Whether the code has a value, on an axis that words tell or on one of codes.
    fn has(&self, axis: &str, value: &str) -> bool {
        match axis {
            CATEGORY | DETAIL => self.plain.starts_with(&plain_code(value)),
            _ => {
                let own = self.values.get(axis);
                own.map_or(value == UNSPECIFIED, |own| own.eq_ignore_ascii_case(value))
            }
        }
    }
}

/// Whether a concept has all the chosen values; of a code with seventh characters, the first composed one that has them.
pub(super) fn choose(
    system: &System<'_>,
    concept: ConceptId,
    chosen: &BTreeMap<String, String>,
) -> Option<ConceptId> {
    let fits = |concept: &ConceptId| {
        let described = describe(system, *concept);
        chosen
            .iter()
            .all(|(axis, value)| described.has(axis, value))
    };
    let composed = system
        .nodes()
        .seventh_set(concept.node())
        .filter(|_| concept.seventh().is_some())
        .map_or(0, |set| set.characters.len());
    if fits(&concept) {
        return Some(concept);
    }
    (0..composed)
        .map(|at| ConceptId::composed(concept.node(), at))
        .find(fits)
}

/// The facets of some codes that words tell, in the order of [`AXES`]. `described` is not empty.
fn facets_of(described: &[Described]) -> Vec<Facet> {
    let mut facets = Vec::new();
    for (axis, title) in AXES {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for one in described {
            let value = one.values.get(axis).map_or(UNSPECIFIED, String::as_str);
            *counts.entry(value).or_default() += 1;
        }
        if counts.len() < 2 {
            continue;
        }
        let mut values: Vec<FacetValue> = counts
            .into_iter()
            .map(|(value, count)| FacetValue {
                value: value.to_string(),
                label: label(axis, value),
                count,
            })
            .collect();
        crate::sort::sort_by_key(&mut values, |value| {
            let last = value.value == UNSPECIFIED;
            (last, std::cmp::Reverse(value.count))
        });
        facets.push(Facet {
            axis,
            title,
            values,
        });
    }
    facets
}

/// The name of a value for people.
fn label(axis: &str, value: &str) -> String {
    match axis {
        _ if value == UNSPECIFIED => "not specified".to_string(),
        "encounter" if value != "sequela" => format!("{value} encounter"),
        "trimester" if value.len() < 7 => format!("{value} trimester"),
        "type" | "stage" | "fetus" if value != "unstageable" => format!("{axis} {value}"),
        "degree" => format!("{value} degree"),
        "healing" if value.len() == 7 => format!("{value} healing"),
        _ => value.to_string(),
    }
}

/// The codes one level below the last code that all have in common, or below all.
fn detail(system: &System<'_>, described: &[Described]) -> Option<Facet> {
    // Each code's way down from the top.
    let path = |one: &Described| {
        let mut path = system.ancestors(ConceptId::of_node(one.concept.node()));
        path.reverse();
        path.push(ConceptId::of_node(one.concept.node()));
        // Where only the seventh character is left, it is the detail.
        path.extend(one.concept.seventh().map(|_| one.concept));
        path
    };
    let paths: Vec<Vec<ConceptId>> = described.iter().map(path).collect();
    let shared = paths.iter().skip(1).fold(
        paths.first().cloned().unwrap_or_default(),
        |mut shared, path| {
            let same = shared.iter().zip(path).take_while(|(a, b)| a == b).count();
            shared.truncate(same);
            shared
        },
    );
    let mut counts: BTreeMap<ConceptId, usize> = BTreeMap::new();
    for path in &paths {
        *counts.entry(*path.get(shared.len())?).or_default() += 1;
    }
    let values: Vec<FacetValue> = counts
        .into_iter()
        .map(|(concept, count)| FacetValue {
            value: system.code(concept),
            label: format!("{} {}", system.code(concept), system.display(concept)),
            count,
        })
        .collect();
    (values.len() > 1).then_some(Facet {
        axis: DETAIL,
        title: "Detail",
        values,
    })
}

/// More values than this are no choice at a glance.
const GLANCE: usize = 12;

/// How many codes a question leaves on average, in hundredths, after the questions that are no choice at a glance: those with
/// the fewest values of them first.
fn cost(facet: &Facet, total: usize) -> (usize, usize, &'static str) {
    let squares: usize = facet.values.iter().map(|value| value.count.pow(2)).sum();
    let left = squares * 100 / total.max(1);
    (facet.values.len().saturating_sub(GLANCE), left, facet.axis)
}

impl<'a> Index<'a> {
    /// The axes by which the codes differ that a query finds, all of them and not only those on one page, with their values:
    /// of codes with seventh characters every one counts. Empty where nothing is found or all say the same.
    ///
    /// Where several code systems find codes, the facets are of the one with the best hit. `limit` and `offset` are ignored.
    /// Takes a few milliseconds where thousands of codes match.
    pub fn facets(&self, query: &str, options: &SearchOptions) -> Vec<Facet> {
        let all = SearchOptions {
            limit: MOST_HITS,
            offset: 0,
            explain: false,
            ..options.clone()
        };
        let result = self.search(query, &all);
        let Some(best) = result.hits.first() else {
            return Vec::new();
        };
        let Some(system) = self.system(best.concept.system) else {
            return Vec::new();
        };
        let mut concepts = BTreeSet::new();
        for hit in result.hits.iter().filter(|hit| {
            // What matches much worse than the best is not what was meant.
            hit.concept.system == best.concept.system && hit.score * 3 >= best.score * 2
        }) {
            let Some(concept) = system.find(&hit.concept.plain_code) else {
                continue;
            };
            let set = system.nodes().seventh_set(concept.node());
            match set.filter(|_| concept.seventh().is_some()) {
                Some(set) => concepts.extend(
                    (0..set.characters.len()).map(|at| ConceptId::composed(concept.node(), at)),
                ),
                None => {
                    concepts.insert(concept);
                }
            }
        }
        let described: Vec<Described> = concepts
            .into_iter()
            .map(|concept| describe(system, concept))
            .filter(|one| {
                let chosen = &options.chosen;
                chosen.iter().all(|(axis, value)| one.has(axis, value))
            })
            .collect();
        if described.is_empty() {
            return Vec::new();
        }
        let mut facets = facets_of(&described);
        facets.extend(categories(system, &described));
        facets
    }

    /// Where the way from a category to a code valid for submission stands: what is still open, and which question to ask next
    /// so that the fewest are needed. The code may be written with or without dot; nothing where no system has it.
    ///
    /// Answers go into `chosen`; a value that no code has leaves no code. Takes time proportional to the codes below the
    /// category: a few milliseconds for the largest.
    pub fn refine(&self, code: &str, options: &RefineOptions) -> Option<Refinement> {
        let mut systems = self.systems().iter().filter(|system| {
            options
                .system
                .is_none_or(|wanted| system.code_system() == wanted)
        });
        let (system, concept) = systems.find_map(|system| Some((system, system.find(code)?)))?;
        let mut left: Vec<Described> = system
            .billable_descendants(concept, usize::MAX)
            .into_iter()
            .filter(|concept| {
                options
                    .date
                    .is_none_or(|date| system.billable_on(*concept, date))
            })
            .map(|concept| describe(system, concept))
            .collect();
        left.retain(|one| {
            let mut chosen = options.chosen.iter();
            chosen.all(|(axis, value)| one.has(axis, value))
        });
        let mut chosen = options.chosen.clone();
        if let Some(first) = left.first() {
            // What all that is left say was chosen with the rest.
            for (axis, value) in &first.values {
                if left.iter().all(|one| one.has(axis, value)) {
                    chosen.insert(axis.to_string(), value.clone());
                }
            }
        }
        let mut open = Vec::new();
        if !left.is_empty() {
            open = facets_of(&left);
            open.extend(detail(system, &left));
            crate::sort::sort_by_key(&mut open, |facet| cost(facet, left.len()));
        }
        let next = (!open.is_empty()).then(|| open.remove(0));
        let total = left.len();
        crate::sort::sort_by_cached_key(&mut left, |one| (plainness(one), one.plain.clone()));
        let codes = left.iter().take(options.limit);
        Some(Refinement {
            concept: system.concept(concept),
            chosen,
            total,
            next,
            open,
            codes: codes.map(|one| system.concept(one.concept)).collect(),
        })
    }
}

/// How far a code is from the usual one: the initial encounter, closed, and otherwise as little said as possible.
fn plainness(one: &Described) -> (bool, usize, usize) {
    let neutral = |axis: &str, value: &str| {
        matches!(
            (axis, value),
            ("encounter", "initial") | ("openness", "closed") | ("intent", "accidental")
        )
    };
    let late = one.values.get("encounter").is_some_and(|v| v != "initial");
    let said = one
        .values
        .iter()
        .filter(|(axis, value)| !neutral(axis, value));
    (late, said.count(), one.plain.len())
}

/// A search for facets looks at so many hits.
const MOST_HITS: usize = 400;

/// The categories of three characters that codes are of.
fn categories(system: &System<'_>, described: &[Described]) -> Option<Facet> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for one in described {
        let category: String = one.plain.chars().take(3).collect();
        *counts.entry(category).or_default() += 1;
    }
    let mut values: Vec<FacetValue> = counts
        .into_iter()
        .map(|(code, count)| {
            let title = system.find(&code).map(|concept| system.display(concept));
            FacetValue {
                label: format!("{code} {}", title.unwrap_or_default())
                    .trim()
                    .to_string(),
                value: code,
                count,
            }
        })
        .collect();
    crate::sort::sort_by_key(&mut values, |value| std::cmp::Reverse(value.count));
    (values.len() > 1).then_some(Facet {
        axis: CATEGORY,
        title: "Category",
        values,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_say_their_values() {
        let title = "Nondisplaced fracture of left radial styloid process, subsequent encounter for open fracture type I or II with delayed healing";
        let values = values(title);
        let value = |axis: &str| values.get(axis).map(String::as_str);
        assert_eq!(value("laterality"), Some("left"));
        assert_eq!(value("displacement"), Some("nondisplaced"));
        assert_eq!(value("encounter"), Some("subsequent"));
        assert_eq!(value("openness"), Some("open type I or II"));
        assert_eq!(value("healing"), Some("delayed"));
        assert_eq!(value("type"), None);
    }

    #[test]
    fn numbers_after_type_and_stage_are_values() {
        let of = |title: &str, axis: &str| values(title).get(axis).cloned();
        assert_eq!(
            of("Type 2 diabetes mellitus", "type"),
            Some("2".to_string())
        );
        assert_eq!(of("Type II dens fracture", "type"), Some("II".to_string()));
        assert_eq!(
            of("Chronic kidney disease, stage 3a", "stage"),
            Some("3a".to_string())
        );
        assert_eq!(
            of("Maternal care for breech, fetus 2", "fetus"),
            Some("2".to_string())
        );
        assert_eq!(of("Type of drug", "type"), None);
        assert_eq!(
            of("Migraine, not intractable", "intractable"),
            Some("no".to_string())
        );
    }
}
