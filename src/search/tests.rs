//! Behaviour on a small release, and comparison with an oracle that anyone can read.

use proptest::prelude::*;

use super::{MatchedBy, SearchOptions, SearchResult};
use crate::code_system::CodeSystem;
use crate::compile::compile_with;
use crate::concepts::{
    Concept, Group, GroupKind, IndexCode, IndexEntry, Note, NoteKind, Relations, Release,
};
use crate::date::{Date, Period};
use crate::index::Index;
use crate::index::core::Code;
use crate::index::vocabulary::{Meaning, Vocabulary};

/// Code, title, billable.
const ROWS: &[(&str, &str, bool)] = &[
    ("E10", "Type 1 diabetes mellitus", false),
    (
        "E109",
        "Type 1 diabetes mellitus without complications",
        true,
    ),
    ("E11", "Type 2 diabetes mellitus", false),
    (
        "E1162",
        "Type 2 diabetes mellitus with skin complications",
        false,
    ),
    ("E11621", "Type 2 diabetes mellitus with foot ulcer", true),
    (
        "E118",
        "Type 2 diabetes mellitus with unspecified complications",
        true,
    ),
    (
        "E119",
        "Type 2 diabetes mellitus without complications",
        true,
    ),
    ("I10", "Essential (primary) hypertension", true),
    ("I50", "Heart failure", false),
    ("I509", "Heart failure, unspecified", true),
    ("J17", "Pneumonia in diseases classified elsewhere", true),
    ("J18", "Pneumonia, unspecified organism", false),
    ("J188", "Other pneumonia, unspecified organism", true),
    ("J189", "Pneumonia, unspecified organism", true),
    ("J45", "Asthma", false),
    ("J4590", "Unspecified asthma", false),
    (
        "J45901",
        "Unspecified asthma with (acute) exacerbation",
        true,
    ),
    ("J45909", "Unspecified asthma, uncomplicated", true),
    (
        "K210",
        "Gastro-esophageal reflux disease with esophagitis",
        true,
    ),
    (
        "K219",
        "Gastro-esophageal reflux disease without esophagitis",
        true,
    ),
    ("M2551", "Pain in shoulder", false),
    ("M25511", "Pain in right shoulder", true),
    ("M25512", "Pain in left shoulder", true),
    ("M25519", "Pain in unspecified shoulder", true),
    ("S525", "Fracture of lower end of radius", false),
    (
        "S5250",
        "Unspecified fracture of the lower end of radius",
        false,
    ),
    (
        "S52501",
        "Unspecified fracture of the lower end of right radius",
        false,
    ),
    (
        "S52501A",
        "Unspecified fracture of the lower end of right radius, initial encounter for closed fracture",
        true,
    ),
    (
        "S52501D",
        "Unspecified fracture of the lower end of right radius, subsequent encounter for closed fracture with routine healing",
        true,
    ),
    (
        "S52501S",
        "Unspecified fracture of the lower end of right radius, sequela",
        true,
    ),
    (
        "S52502",
        "Unspecified fracture of the lower end of left radius",
        false,
    ),
    (
        "S52502A",
        "Unspecified fracture of the lower end of left radius, initial encounter for closed fracture",
        true,
    ),
    (
        "S52502D",
        "Unspecified fracture of the lower end of left radius, subsequent encounter for closed fracture with routine healing",
        true,
    ),
    (
        "S52502S",
        "Unspecified fracture of the lower end of left radius, sequela",
        true,
    ),
    (
        "Z87",
        "Personal history of other diseases and conditions",
        false,
    ),
    ("Z8701", "Personal history of pneumonia (recurrent)", true),
];

fn concept(code: &str, display: &str, billable: bool) -> Concept {
    Concept {
        code: code.to_string(),
        display: display.to_string(),
        billable,
        ..Concept::default()
    }
}

/// The bytes of an index of the rows, of two supplies, and of a few phrases.
fn index() -> Vec<u8> {
    let mut concepts: Vec<Concept> = ROWS
        .iter()
        .map(|(code, display, billable)| concept(code, display, *billable))
        .collect();
    for concept in &mut concepts {
        if concept.code == "I10" {
            concept.notes.push(Note {
                kind: NoteKind::InclusionTerm,
                text: "High blood pressure".to_string(),
            });
        }
        if concept.code == "J188" {
            concept.period.end = Date::new(2025, 12, 31);
        }
    }
    let cm = Release {
        version: "FY2026".to_string(),
        period: Period {
            start: Date::new(2025, 10, 1),
            end: Date::new(2026, 9, 30),
        },
        concepts,
        groups: vec![Group {
            kind: GroupKind::Section,
            label: "E08-E13".to_string(),
            first: "E08".to_string(),
            last: "E13".to_string(),
            title: "Diabetes mellitus".to_string(),
            notes: Vec::new(),
        }],
        index: vec![IndexEntry {
            term: "Wheeziness".to_string(),
            codes: vec![IndexCode {
                code: "J45909".to_string(),
                ..IndexCode::default()
            }],
            ..IndexEntry::default()
        }],
        ..Release::default()
    };
    let hcpcs = Release {
        version: "2025-10".to_string(),
        concepts: vec![
            concept("A5500", "For diabetics only, fitting of shoe", true),
            concept("E1190", "Amputee wheelchair, detachable arms", true),
        ],
        ..Release::default()
    };
    let mut entries: Vec<(String, Vec<Meaning<'_>>)> = Vec::new();
    let target =
        |code: &str| Meaning::of_codes(vec![(CodeSystem::ICD10CM, Code::new(code).unwrap())]);
    let wording = |text: &str| Meaning::of_words(text.to_string());
    entries.push(("cap".to_string(), vec![target("J189")]));
    entries.push(("dm".to_string(), vec![target("E11"), target("E10")]));
    entries.push(("fx".to_string(), vec![wording("fracture")]));
    entries.push(("hf".to_string(), vec![target("I509")]));
    entries.push(("htn".to_string(), vec![target("I10")]));
    entries.push(("rt".to_string(), vec![wording("right")]));
    entries.push(("sugar disease".to_string(), vec![target("E11")]));
    entries.push(("w".to_string(), vec![wording("with")]));
    entries.push(("w o".to_string(), vec![wording("without")]));
    compile_with(
        &[(CodeSystem::ICD10CM, &cm), (CodeSystem::HCPCS, &hcpcs)],
        &Relations::default(),
        &Vocabulary::new(entries),
    )
    .unwrap()
}

fn search(query: &str) -> SearchResult {
    search_with(query, &SearchOptions::default())
}

fn search_with(query: &str, options: &SearchOptions) -> SearchResult {
    let bytes = index();
    Index::open(&bytes).unwrap().search(query, options)
}

fn codes(result: &SearchResult) -> Vec<&str> {
    result
        .hits
        .iter()
        .map(|hit| hit.concept.plain_code.as_str())
        .collect()
}

#[test]
fn a_quick_search_leaves_the_alphabetic_index_for_later() {
    let bytes = index();
    let index = Index::open(&bytes).unwrap();
    let quick = SearchOptions {
        quick: true,
        ..SearchOptions::default()
    };
    let first = index.search("wheeziness", &quick);
    assert!(!first.complete && codes(&first).is_empty());
    let known = index.search("htn", &quick);
    assert_eq!(codes(&known), ["I10"], "titles and vocabulary are there");
    assert!(!index.prepare(&[], || false), "no time, no work");
    assert!(index.prepare(&[], || true));
    let then = index.search("wheeziness", &quick);
    assert!(then.complete);
    assert_eq!(codes(&then), ["J45909"]);
    assert_eq!(then, index.search("wheeziness", &SearchOptions::default()));
}

#[test]
fn a_search_that_is_not_quick_is_complete_at_once() {
    let result = search("wheeziness");
    assert!(result.complete);
    assert_eq!(codes(&result), ["J45909"]);
}

#[test]
fn the_first_hit_is_what_is_meant() {
    for (query, expected) in [
        // A category leads to its usual code, not to a special one.
        ("asthma", "J45909"),
        ("heart failure", "I509"),
        ("pneumonia", "J189"),
        ("type 2 diabetes", "E119"),
        // Words in any order, the last one unfinished.
        ("diabetes type 1", "E109"),
        ("ulcer foot dia", "E11621"),
        ("hypert", "I10"),
        // Sides, and none.
        ("left shoulder pain", "M25512"),
        ("pain right shoulder", "M25511"),
        ("shoulder pain", "M25519"),
        // Encounters: the initial one, unless another was typed.
        ("fracture lower end left radius", "S52502A"),
        ("fracture lower end left radius sequela", "S52502S"),
        ("fracture lower end right radius subsequent", "S52501D"),
        // With and without.
        ("reflux with esophagitis", "K210"),
        ("reflux without esophagitis", "K219"),
        ("reflux w/o esophagitis", "K219"),
        ("asthma with exacerbation", "J45901"),
        // The vocabulary: alone, ambiguous, and among words.
        ("htn", "I10"),
        ("dm", "E119"),
        ("dm foot ulcer", "E11621"),
        ("rt radius fx", "S52501A"),
        ("sugar dis", "E119"),
        // An inclusion term.
        ("high blood pressure", "I10"),
        // Typos.
        ("astma", "J45909"),
        ("hpyertension", "I10"),
        ("pnuemonia", "J189"),
        // Codes, with and without dot, and among words.
        ("e11.9", "E119"),
        ("E119", "E119"),
        ("s52.501a", "S52501A"),
        ("e11 foot ulcer", "E11621"),
        ("s52.5 left", "S52502A"),
        // One word written as two, and two as one.
        ("as thma", "J45909"),
        ("footulcer", "E11621"),
        ("personal history of pneumonia", "Z8701"),
    ] {
        let result = search(query);
        assert_eq!(
            codes(&result).first(),
            Some(&expected),
            "{query}: {:?}",
            codes(&result)
        );
    }
}

#[test]
fn every_meaning_of_an_ambiguous_phrase_is_offered() {
    let result = search("dm");
    assert!(codes(&result).contains(&"E109") && codes(&result).contains(&"E119"));
    assert_eq!(result.correction, None);
}

#[test]
fn a_word_that_is_known_is_never_corrected() {
    assert_eq!(search("pneumonia").correction, None);
    assert_eq!(search("htn").correction, None);
    assert_eq!(
        search("pnuemonia left").correction.as_deref(),
        Some("pneumonia left")
    );
    // Short words and codes are not corrected.
    assert_eq!(search("i1O9").correction, None);
    assert_eq!(search("ptn").correction, None);
}

#[test]
fn a_category_is_followed_by_its_usual_code_and_the_others_in_their_order() {
    let result = search("e11");
    let expected = ["E11", "E119", "E1162", "E11621", "E118"];
    assert_eq!(codes(&result)[..5], expected);
    assert_eq!(codes(&search("e1190"))[0], "E1190");
    assert_eq!(codes(&search("S525"))[..3], ["S525", "S52501A", "S5250"]);
    assert_eq!(
        codes(&search("S52501")),
        ["S52501", "S52501A", "S52501D", "S52501S"]
    );
    assert_eq!(
        result.total, 6,
        "E11 and what is below it, and the wheelchair E1190"
    );
    let billable = SearchOptions {
        billable_only: true,
        ..SearchOptions::default()
    };
    let result = search_with("e11", &billable);
    assert!(result.hits.iter().all(|hit| hit.concept.billable));
    assert_eq!(codes(&result)[..2], ["E119", "E11621"]);
}

#[test]
fn hits_say_what_matched() {
    use super::MatchedBy;
    let first = |query: &str| search(query).hits[0].matched[0].clone();
    assert_eq!(first("high blood").by, MatchedBy::InclusionTerm);
    assert_eq!(
        first("high blood").text.as_deref(),
        Some("High blood pressure")
    );
    assert_eq!(first("high blood").words, ["High", "blood"]);
    assert_eq!(first("htn").by, MatchedBy::Vocabulary);
    assert_eq!(first("esophagitis").by, MatchedBy::Title);
    assert_eq!(first("i10").by, MatchedBy::Code);
}

#[test]
fn filters_leave_out_what_they_say() {
    let options = |change: fn(&mut SearchOptions)| {
        let mut options = SearchOptions::default();
        change(&mut options);
        options
    };
    let within = |range: &'static str| SearchOptions {
        within: Some(range.to_string()),
        ..SearchOptions::default()
    };
    assert!(
        codes(&search_with("complications", &within("E11")))
            .iter()
            .all(|code| code.starts_with("E11"))
    );
    for range in ["E08-E13", "e08-e13", "E10-E11", "E1"] {
        let result = search_with("diabetes", &within(range));
        assert!(!result.hits.is_empty(), "{range}");
        assert!(
            codes(&result).iter().all(|code| code.starts_with("E1")),
            "{range}"
        );
    }
    assert!(
        search_with("pneumonia", &within("no such range"))
            .hits
            .is_empty()
    );
    let hcpcs = options(|options| options.systems = vec![CodeSystem::HCPCS]);
    assert_eq!(codes(&search_with("diabetic", &hcpcs)), ["A5500"]);
    let late = options(|options| options.date = Date::new(2026, 3, 1));
    assert!(!codes(&search_with("pneumonia", &late)).contains(&"J188"));
    let early = options(|options| options.date = Date::new(2025, 11, 1));
    assert!(codes(&search_with("pneumonia", &early)).contains(&"J188"));
}

#[test]
fn pages_follow_one_another() {
    let all = search_with(
        "diabetes",
        &SearchOptions {
            limit: 100,
            ..SearchOptions::default()
        },
    );
    for offset in 0..all.hits.len() {
        let page = search_with(
            "diabetes",
            &SearchOptions {
                limit: 2,
                offset,
                ..SearchOptions::default()
            },
        );
        let expected: Vec<_> = all.hits.iter().skip(offset).take(2).collect();
        assert_eq!(page.hits.iter().collect::<Vec<_>>(), expected);
    }
}

#[test]
fn several_systems_are_ranked_together() {
    let result = search("diabetic shoe fitting");
    assert_eq!(codes(&result).first(), Some(&"A5500"));
    let result = search("diabetes");
    assert!(
        result
            .hits
            .iter()
            .any(|hit| hit.concept.system == CodeSystem::HCPCS)
    );
}

/// The codes that a query must find, told in ten lines: those valid for submission whose title has every word.
fn oracle(words: &[&str]) -> Vec<&'static str> {
    let titled = |title: &str, word: &str| {
        let title = title.to_lowercase();
        title
            .split(|c: char| !c.is_alphanumeric())
            .any(|other| other == word)
    };
    ROWS.iter()
        .filter(|(_, title, billable)| *billable && words.iter().all(|word| titled(title, word)))
        .map(|(code, ..)| *code)
        .filter(|code| code.len() < 7)
        .collect()
}

const WORDS: [&str; 14] = [
    "diabetes",
    "mellitus",
    "pneumonia",
    "asthma",
    "esophagitis",
    "shoulder",
    "pain",
    "ulcer",
    "foot",
    "reflux",
    "disease",
    "failure",
    "heart",
    "exacerbation",
];

proptest! {
    #[test]
    fn all_words_find_every_title_that_has_them(picked in proptest::sample::subsequence(&WORDS[..], 1..4)) {
        let options = SearchOptions { limit: 1000, systems: vec![CodeSystem::ICD10CM], ..SearchOptions::default() };
        let result = search_with(&picked.join(" "), &options);
        let found = codes(&result);
        for code in oracle(&picked) {
            prop_assert!(found.contains(&code), "{:?} does not find {}: {:?}", picked, code, found);
        }
    }

    #[test]
    fn the_beginning_of_a_last_word_finds_every_title_that_has_the_word(at in 0..WORDS.len(), cut in 3..9usize) {
        let word = WORDS[at];
        let options = SearchOptions { limit: 1000, systems: vec![CodeSystem::ICD10CM], ..SearchOptions::default() };
        let typed = word.get(..cut).unwrap_or(word);
        let result = search_with(typed, &options);
        let found = codes(&result);
        for code in oracle(&[word]) {
            prop_assert!(found.contains(&code), "{} does not find {}: {:?}", typed, code, found);
        }
    }

    #[test]
    fn the_beginning_of_a_code_finds_exactly_the_codes_that_begin_so(row in 0..ROWS.len(), cut in 2..7usize) {
        let code = ROWS[row].0;
        let typed = code.get(..cut).unwrap_or(code);
        let options = SearchOptions { limit: 1000, systems: vec![CodeSystem::ICD10CM], ..SearchOptions::default() };
        let result = search_with(typed, &options);
        let expected: Vec<&str> = ROWS
            .iter()
            .map(|(code, ..)| *code)
            .filter(|other| other.starts_with(typed) && (other.len() < 7 || typed.len() >= 6))
            .collect();
        prop_assert_eq!(result.total, result.hits.len());
        let mut found = codes(&result);
        if ROWS.iter().any(|(code, _, billable)| *code == typed && !billable) {
            // The usual code of a category comes first.
            let usual = found.remove(1);
            prop_assert!(usual.starts_with(typed));
            let place = found.iter().position(|code| *code > usual).unwrap_or(found.len());
            if expected.contains(&usual) {
                found.insert(place, usual);
            }
        }
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn any_text_has_an_answer_in_one_order(query in any::<String>(), words in proptest::collection::vec(0..WORDS.len(), 0..40)) {
        let words: Vec<&str> = words.into_iter().map(|at| WORDS[at]).collect();
        for query in [query.clone(), format!("{} {query}", words.join(" "))] {
            let result = search(&query);
            prop_assert!(result.hits.windows(2).all(|pair| pair[0].score >= pair[1].score));
            let mut seen: Vec<_> = result.hits.iter().map(|hit| (hit.concept.system, &hit.concept.plain_code)).collect();
            seen.sort();
            seen.dedup();
            prop_assert_eq!(seen.len(), result.hits.len());
            prop_assert_eq!(search(&query), result);
        }
    }
}

#[test]
fn the_parts_of_a_score_add_up() {
    let options = SearchOptions {
        explain: true,
        ..SearchOptions::default()
    };
    for query in [
        "dm foot ulcer",
        "left shoulder pane",
        "astma",
        "history of pneumonia",
        "e11",
        "esophagitis with",
        "xyzzy fracture",
    ] {
        for hit in search_with(query, &options).hits {
            let parts = hit.explained.expect("parts were asked for");
            let sum: i32 = parts.iter().map(|part| part.points).sum();
            assert_eq!(sum, hit.score as i32, "{query}: {parts:?}");
            assert!(parts.iter().all(|part| !part.why.is_empty()));
            let rounding = parts
                .iter()
                .filter(|part| part.part == super::Part::Rounding);
            let rounding: i32 = rounding.map(|part| part.points.abs()).sum();
            assert!(rounding <= parts.len() as i32, "{query}: {parts:?}");
        }
    }
    let corrected = search_with("astma left", &options);
    assert_eq!(corrected.correction.as_deref(), Some("asthma left"));
    let asked = search_with("asthma left", &options);
    assert_eq!(
        corrected.hits[0].explained, asked.hits[0].explained,
        "the corrected words are what was searched"
    );
    assert!(search("asthma").hits[0].explained.is_none());
}

#[test]
fn facets_narrow_a_search() {
    let bytes = index();
    let index = Index::open(&bytes).unwrap();
    let facets = index.facets("fracture radius", &SearchOptions::default());
    let laterality = facets.iter().find(|facet| facet.axis == "laterality");
    let values: Vec<&str> = laterality
        .map_or(&[][..], |facet| &facet.values)
        .iter()
        .map(|value| value.value.as_str())
        .collect();
    assert!(
        values.contains(&"left") && values.contains(&"right"),
        "{facets:?}"
    );
    let chosen = SearchOptions {
        chosen: [("laterality", "left"), ("encounter", "sequela")]
            .map(|(axis, value)| (axis.to_string(), value.to_string()))
            .into(),
        ..SearchOptions::default()
    };
    assert_eq!(
        codes(&index.search("fracture radius", &chosen)),
        ["S52502S"]
    );
    assert!(index.facets("xyzzy", &SearchOptions::default()).is_empty());
}

#[test]
fn the_number_beside_a_choice_is_that_of_its_hits() {
    let bytes = index();
    let index = Index::open(&bytes).unwrap();
    let mut choices = 0;
    for query in [
        "fracture radius",
        "fracture",
        "shoulder pain",
        "diabetes",
        "type 2 diabetes",
        "E11",
        "S52",
        "pneumonia",
        "left",
        "foot ulcer",
        "dm",
        "astma",
        "without complications",
        "history",
    ] {
        for (billable_only, date) in [(false, None), (true, Date::new(2026, 3, 1))] {
            let options = SearchOptions {
                billable_only,
                date,
                ..SearchOptions::default()
            };
            let totals = [1, 3, 5000].map(|limit| {
                let options = SearchOptions {
                    limit,
                    ..options.clone()
                };
                let result = index.search(query, &options);
                assert!(result.hits.len() <= result.total, "{query}");
                result.total
            });
            assert!(
                totals.iter().all(|total| *total == totals[0]),
                "{query}: {totals:?}"
            );
            for facet in index.facets(query, &options) {
                assert!(facet.values.len() > 1, "{query}: {facet:?}");
                for value in facet.values {
                    let chosen = SearchOptions {
                        chosen: [(facet.axis.to_string(), value.value.clone())].into(),
                        ..options.clone()
                    };
                    for limit in [1, 100] {
                        let chosen = SearchOptions {
                            limit,
                            ..chosen.clone()
                        };
                        let found = index.search(query, &chosen);
                        assert_eq!(
                            found.total, value.count,
                            "{query}: {} {}",
                            facet.axis, value.value
                        );
                        assert_eq!(found.hits.len(), value.count.min(limit));
                    }
                    choices += 1;
                }
            }
        }
    }
    assert!(choices > 50, "{choices}");
}

#[test]
fn refining_ends_at_one_code() {
    use super::RefineOptions;
    let bytes = index();
    let index = Index::open(&bytes).unwrap();
    let mut options = RefineOptions::default();
    let mut step = index.refine("s52.5", &options).unwrap();
    assert_eq!(step.total, 6);
    while let Some(next) = &step.next {
        let value = next.values.last().unwrap().value.clone();
        options.chosen = step.chosen.clone();
        options.chosen.insert(next.axis.to_string(), value);
        let before = step.total;
        step = index.refine("S52.5", &options).unwrap();
        assert!(step.total < before);
    }
    assert_eq!((step.total, step.codes.len()), (1, 1));
    assert!(index.refine("zzz", &options).is_none());
    let none = RefineOptions {
        chosen: [("laterality".to_string(), "upside down".to_string())].into(),
        ..RefineOptions::default()
    };
    let step = index.refine("S525", &none).unwrap();
    assert!(step.total == 0 && step.next.is_none() && step.codes.is_empty());
}

#[test]
fn habits_decide_between_like_hits_only() {
    use super::Habits;
    let found = |query: &str, habits: Option<Habits>| {
        let options = SearchOptions {
            habits,
            ..SearchOptions::default()
        };
        let codes = search_with(query, &options).hits.into_iter();
        let codes: Vec<String> = codes.map(|hit| hit.concept.plain_code).collect();
        codes
    };
    let used = |code: &str| Some(Habits::default().remember(code, None));
    let usual = found("shoulder pain", None);
    assert_eq!(usual[..3], ["M25519", "M25511", "M25512"]);
    let habitual = found("shoulder pain", used("M25.512"));
    assert!(habitual.iter().position(|code| code == "M25512") < Some(2));
    // What was typed comes before what is used.
    assert_eq!(found("right shoulder pain", used("M25.512"))[0], "M25511");
    assert_eq!(found("type 1 diabetes", used("E11.9"))[0], "E109");
    // Nor does work elsewhere change anything.
    assert_eq!(found("dm", None)[0], "E119");
    let working = |profile: &str| serde_json::from_str(&format!(r#"{{"profile":{profile}}}"#)).ok();
    assert_eq!(found("dm", working(r#""cardiology""#))[0], "E119");
}

#[test]
fn of_a_long_query_the_beginning_counts() {
    let typed = "diabetes ".repeat(super::MOST_WORDS);
    let few = search(&typed);
    assert!(!few.hits.is_empty());
    let started = std::time::Instant::now();
    for long in [
        format!("{typed} pneumonia"),
        "diabetes ".repeat(200_000),
        format!("{}{}", "diabetes ".repeat(56), "x".repeat(1_000_000)),
    ] {
        let many = search(&long);
        let codes = |result: &SearchResult| -> Vec<String> {
            result
                .hits
                .iter()
                .map(|hit| hit.concept.code.clone())
                .collect()
        };
        assert_eq!(codes(&many), codes(&few));
    }
    search(&"a ".repeat(500_000));
    search(&"x".repeat(1_000_000));
    // Each took minutes when every word counted.
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

#[test]
fn what_is_searched_within_must_be_there() {
    let within = |name: &str| {
        let options = SearchOptions {
            within: Some(name.to_string()),
            ..SearchOptions::default()
        };
        search_with("diabetes", &options)
    };
    assert!(!within("E11").within_unknown);
    assert!(!within("J18").within_unknown);
    let unknown = within("ZZZ");
    assert!(unknown.within_unknown && unknown.hits.is_empty());
    assert!(!search("diabetes").within_unknown);
    let json = serde_json::to_value(&unknown).unwrap();
    assert_eq!(json["withinUnknown"], true);
}

#[test]
fn a_code_of_letters_comes_before_words_of_its_system() {
    let hcpcs = Release {
        version: "2025-10".to_string(),
        concepts: [
            ("A4634", "Replacement bulb for therapeutic light box"),
            ("E1190", "Amputee wheelchair, detachable arms"),
            ("MS", "Six month maintenance and servicing fee"),
            ("QJ", "Services to a prisoner"),
            ("TH", "Obstetrical services, prenatal or postpartum"),
        ]
        .into_iter()
        .map(|(code, display)| Concept {
            modifier: code.len() == 2,
            ..concept(code, display, true)
        })
        .collect(),
        ..Release::default()
    };
    let cm = Release {
        version: "FY2026".to_string(),
        concepts: vec![concept("G35", "Multiple sclerosis", true)],
        ..Release::default()
    };
    let sclerosis = Meaning::of_codes(vec![(CodeSystem::ICD10CM, Code::new("G35").unwrap())]);
    let bytes = compile_with(
        &[(CodeSystem::ICD10CM, &cm), (CodeSystem::HCPCS, &hcpcs)],
        &Relations::default(),
        &Vocabulary::new(vec![("ms".to_string(), vec![sclerosis])]),
    )
    .unwrap();
    let index = Index::open(&bytes).unwrap();
    let first = |query: &str, systems: &[CodeSystem]| {
        let options = SearchOptions {
            systems: systems.to_vec(),
            ..SearchOptions::default()
        };
        let result = index.search(query, &options);
        result.hits.first().map(|hit| hit.concept.code.clone())
    };
    for modifier in ["QJ", "TH", "MS", "qj", " th "] {
        let code = modifier.trim().to_ascii_uppercase();
        assert_eq!(first(modifier, &[CodeSystem::HCPCS]), Some(code));
    }
    assert_eq!(first("QJ", &[]).as_deref(), Some("QJ"));
    // An abbreviation that people say is a word first; the modifier is still among the hits.
    assert_eq!(first("ms", &[]).as_deref(), Some("G35"));
    let all = index.search("ms", &SearchOptions::default());
    assert_eq!((all.hits.len(), all.total), (2, 2));
    let nothing = SearchOptions {
        within: Some("A4634".to_string()),
        ..SearchOptions::default()
    };
    assert!(
        index
            .search("QJ", &nothing)
            .hits
            .iter()
            .all(|hit| hit.concept.code != "QJ")
    );
}

#[test]
fn a_dot_stands_where_the_code_system_prints_it() {
    for (system, right, wrong) in [
        (CodeSystem::ICD9CM_SG, "00.40", "004.0"),
        (CodeSystem::ICD9CM_DX, "004.0", "00.40"),
        (CodeSystem::ICD9CM_DX, "e888.9", "E88.89"),
        (CodeSystem::ICD10CM, "E88.89", "E888.9"),
        (CodeSystem::ICD10CM, " e11.", "E1.1.9"),
        (CodeSystem::HCPCS, "J0585", "J05.85"),
    ] {
        assert!(
            system.spells(right) && !system.spells(wrong),
            "{right} {wrong}"
        );
    }
    // Elsewhere it is a mistake, of which it is said what was meant.
    let found = search("E1.19");
    assert_eq!(codes(&found), ["E119"]);
    assert!(found.correction.is_some());
}

#[test]
fn a_code_with_a_mistake_in_it_finds_what_was_meant() {
    let found = search("S52501");
    assert!(found.correction.is_none());
    // A letter O for a digit, a digit too many, a character of no list: what would be valid, the likeliest first.
    for (typed, meant) in [
        ("e11.621a", "E11621"),
        ("I1O", "I10"),
        ("J45.990", "J45909"),
    ] {
        let found = search(typed);
        assert_eq!(codes(&found).first(), Some(&meant), "{typed}");
        let correction = found.correction.as_deref().unwrap_or("");
        assert_eq!(crate::index::plain_code(correction), *meant);
        assert_eq!(found.hits.len(), found.total);
        let matched = &found.hits[0].matched[0];
        assert!(matched.by == MatchedBy::Code && matched.text.is_some());
    }
    let options = SearchOptions {
        within: Some("J45".to_string()),
        explain: true,
        ..SearchOptions::default()
    };
    assert_eq!(codes(&search_with("e11.621a", &options)), [""; 0]);
    for hit in search_with("J45.990", &options).hits {
        let parts = hit.explained.unwrap();
        let sum: i32 = parts.iter().map(|part| part.points).sum();
        assert_eq!(sum, hit.score as i32);
    }
    // What is no code but for a digit in it finds nothing, nor does what may be right in a system that is not there.
    for other in ["zzqx9", "99213"] {
        assert_eq!(codes(&search(other)), [""; 0]);
        let options = SearchOptions {
            systems: vec![CodeSystem::ICD10CM],
            ..SearchOptions::default()
        };
        assert_eq!(codes(&search_with(other, &options)), [""; 0]);
    }
}
