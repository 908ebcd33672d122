//! Our own vocabulary: what people type, and the official wording or code it means. The files of `data/vocabulary/`,
//! whose README says what their columns mean, are part of the program; here they are read, checked and merged.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::code_system::CodeSystem;
use crate::concepts::Release;
use crate::index::core::Code;
use crate::index::vocabulary::{Meaning, Vocabulary};
use crate::search::fold;
use crate::sources::SourceError;

/// The files, those whose senses come first before the others.
pub const FILES: [(&str, &str); 11] = [
    (
        "abbreviations.tsv",
        include_str!("../data/vocabulary/abbreviations.tsv"),
    ),
    (
        "synonyms.tsv",
        include_str!("../data/vocabulary/synonyms.tsv"),
    ),
    (
        "eponyms.tsv",
        include_str!("../data/vocabulary/eponyms.tsv"),
    ),
    ("lay.tsv", include_str!("../data/vocabulary/lay.tsv")),
    ("drugs.tsv", include_str!("../data/vocabulary/drugs.tsv")),
    (
        "devices.tsv",
        include_str!("../data/vocabulary/devices.tsv"),
    ),
    (
        "combining.tsv",
        include_str!("../data/vocabulary/combining.tsv"),
    ),
    (
        "spelling.tsv",
        include_str!("../data/vocabulary/spelling.tsv"),
    ),
    (
        "shorthand.tsv",
        include_str!("../data/vocabulary/shorthand.tsv"),
    ),
    ("names.tsv", include_str!("../data/vocabulary/names.tsv")),
    (
        "procedures.tsv",
        include_str!("../data/vocabulary/procedures.tsv"),
    ),
];

/// The kinds a row may be of.
const KINDS: [&str; 11] = [
    "abbreviation",
    "shorthand",
    "eponym",
    "form",
    "lay",
    "synonym",
    "spelling",
    "combining",
    "drug",
    "device",
    "number",
];

/// A phrase and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What people type: folded words, one blank between them.
    pub phrase: String,
    /// What it means, the most usual first.
    pub senses: Vec<Sense>,
}

/// One meaning of a phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sense {
    /// Official wording: folded words, one blank between them.
    pub wording: String,
    /// The codes, or beginnings of codes, that the phrase alone usually means.
    pub targets: Vec<(CodeSystem, String)>,
}

/// Reads all files and merges them: each phrase once, in ascending order, its senses in the order of [`FILES`].
///
/// # Errors
///
/// The first row that breaks a rule of the README, with its file and line.
pub fn entries() -> Result<Vec<Entry>, SourceError> {
    entries_of(&FILES)
}

/// As [`entries`], of other files: their names and texts, those whose senses come first before the others.
///
/// # Errors
///
/// As [`entries`].
pub fn entries_of(files: &[(&str, &str)]) -> Result<Vec<Entry>, SourceError> {
    let mut merged: BTreeMap<String, Vec<Sense>> = BTreeMap::new();
    for (file, text) in files {
        for entry in read(file, text)? {
            let senses = merged.entry(entry.phrase).or_default();
            for sense in entry.senses {
                let known = |other: &Sense| {
                    other.targets == sense.targets
                        && (!sense.targets.is_empty() || other.wording == sense.wording)
                };
                if !senses.iter().any(known) {
                    senses.push(sense);
                }
            }
        }
    }
    let entry = |(phrase, senses)| Entry { phrase, senses };
    Ok(merged.into_iter().map(entry).collect())
}

/// Reads one file: phrases with their senses, or, where the header says `codes` and `names`, codes with the names that
/// are not in their wording.
///
/// # Errors
///
/// The first row that does not have three columns, whose phrase is not in lower case or stands twice, whose kind is unknown,
/// or that has an empty sense or a target that is no code of a known system.
pub fn read(file: &str, text: &str) -> Result<Vec<Entry>, SourceError> {
    let mut entries = Vec::new();
    let mut seen = HashSet::new();
    let mut rows = text
        .lines()
        .enumerate()
        .filter(|(_, row)| !row.starts_with('#'));
    if rows
        .next()
        .is_some_and(|(_, header)| header == "codes\tnames")
    {
        return names(file, rows);
    }
    for (at, row) in rows {
        let fail = |expected: &str, found: &str| {
            SourceError::new(file, at + 1, expected, format!("'{found}'"))
        };
        let columns: Vec<&str> = row.split('\t').collect();
        let [phrase, senses, kind] = columns[..] else {
            return Err(fail("three columns", row));
        };
        if !KINDS.contains(&kind) {
            return Err(fail("a known kind", kind));
        }
        if fold::folded(phrase).is_empty() || phrase.contains(char::is_uppercase) {
            return Err(fail("a phrase in lower case", phrase));
        }
        if !seen.insert(phrase) {
            return Err(fail("each phrase once", phrase));
        }
        let mut parsed = Vec::new();
        for sense in senses.split(" | ") {
            let (wording, targets) = sense.rsplit_once(" =").unwrap_or((sense, ""));
            let mut read = Sense {
                wording: fold::folded(wording),
                targets: Vec::new(),
            };
            if read.wording.is_empty() {
                return Err(fail("official wording in each sense", sense));
            }
            read.targets = self::targets(targets).map_err(|(what, found)| fail(what, found))?;
            parsed.push(read);
        }
        entries.push(Entry {
            phrase: fold::folded(phrase),
            senses: parsed,
        });
    }
    Ok(entries)
}

/// The targets of a sense: codes separated by commas, each system named before the first of its codes. Otherwise what was
/// expected and what was found.
fn targets(text: &str) -> Result<Vec<(CodeSystem, String)>, (&'static str, &str)> {
    let mut system = CodeSystem::ICD10CM;
    let mut targets = Vec::new();
    for target in text.split(',').filter(|target| !target.is_empty()) {
        let mut code = target;
        if let Some((name, rest)) = target.split_once(':') {
            system = CodeSystem::parse(name).ok_or(("a known code system", name))?;
            code = rest;
        }
        if Code::new(code).is_none() {
            return Err(("a code without dot", code));
        }
        targets.push((system, code.to_string()));
    }
    Ok(targets)
}

/// Reads rows of codes with names. A name that stands with several codes gets a sense for each, in the order of the rows.
fn names<'t>(
    file: &str,
    rows: impl Iterator<Item = (usize, &'t str)>,
) -> Result<Vec<Entry>, SourceError> {
    let mut merged: BTreeMap<String, Vec<Sense>> = BTreeMap::new();
    for (at, row) in rows {
        let fail = |expected: &str, found: &str| {
            SourceError::new(file, at + 1, expected, format!("'{found}'"))
        };
        let (codes, names) = row
            .split_once('\t')
            .ok_or_else(|| fail("two columns", row))?;
        let targets = targets(codes).map_err(|(what, found)| fail(what, found))?;
        if targets.is_empty() {
            return Err(fail("a code without dot", codes));
        }
        for name in names.split(" | ") {
            let phrase = fold::folded(name);
            if phrase.is_empty() || name.contains(char::is_uppercase) {
                return Err(fail("a name in lower case", name));
            }
            let senses = merged.entry(phrase.clone()).or_default();
            if senses.iter().any(|sense| sense.targets == targets) {
                return Err(fail("each name once with a code", name));
            }
            senses.push(Sense {
                wording: phrase,
                targets: targets.clone(),
            });
        }
    }
    let entry = |(phrase, senses)| Entry { phrase, senses };
    Ok(merged.into_iter().map(entry).collect())
}

/// The vocabulary as an index holds it: with the targets of these code systems. Meanings that lead to other systems only
/// are left out.
pub fn for_systems(entries: &[Entry], systems: &[CodeSystem]) -> Vocabulary {
    let mut phrases = Vec::new();
    for entry in entries {
        let meaning = |sense: &Sense| {
            let targets: Vec<(CodeSystem, Code)> = sense
                .targets
                .iter()
                .filter(|(system, _)| systems.contains(system))
                .filter_map(|(system, code)| Some((*system, Code::new(code)?)))
                .collect();
            let lost = targets.is_empty() && !sense.targets.is_empty();
            (!lost).then(|| match targets.is_empty() {
                true => Meaning::of_words(sense.wording.clone()),
                false => Meaning::of_codes(targets),
            })
        };
        let meanings: Vec<Meaning<'_>> = entry.senses.iter().filter_map(meaning).collect();
        if !meanings.is_empty() {
            phrases.push((entry.phrase.clone(), meanings));
        }
    }
    Vocabulary::new(phrases)
}

/// The targets that the releases do not have, as sentences. Systems without a release are passed over.
pub fn unknown_targets(entries: &[Entry], releases: &[(CodeSystem, &Release)]) -> Vec<String> {
    let codes: BTreeMap<CodeSystem, BTreeSet<&str>> = releases
        .iter()
        .map(|(system, release)| {
            let codes = release.concepts.iter().map(|concept| concept.code.as_str());
            (*system, codes.collect())
        })
        .collect();
    let mut unknown = Vec::new();
    for entry in entries {
        for (system, code) in entry.senses.iter().flat_map(|sense| &sense.targets) {
            let Some(codes) = codes.get(system) else {
                continue;
            };
            let next = codes.range(code.as_str()..).next();
            if !next.is_some_and(|next| next.starts_with(code.as_str())) {
                unknown.push(format!(
                    "'{}' leads to {} {code}, which is not in the release",
                    entry.phrase,
                    system.title()
                ));
            }
        }
    }
    unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_files_hold_to_their_rules() {
        let entries = entries().unwrap();
        assert!(entries.len() > 15_000);
        assert!(
            entries
                .windows(2)
                .all(|pair| pair[0].phrase < pair[1].phrase)
        );
        assert!(entries.iter().all(|entry| !entry.senses.is_empty()));
    }

    #[test]
    fn rows_that_break_a_rule_are_named() {
        let head = "# what\nphrase\tsenses\tkind\n";
        for (row, expected) in [
            ("a\tb", "three columns"),
            ("a\tb\tgossip", "a known kind"),
            ("A\tb\tlay", "a phrase in lower case"),
            ("a\t =E11\tlay", "official wording"),
            ("a\tb =E1.1\tlay", "a code without dot"),
            ("a\tb =zzz:E11\tlay", "a known code system"),
            ("a\tb\tlay\na\tc\tlay", "each phrase once"),
        ] {
            let error = read("x.tsv", &format!("{head}{row}\n"))
                .unwrap_err()
                .to_string();
            assert!(
                error.contains(expected) && error.contains("x.tsv"),
                "{error}"
            );
        }
    }

    #[test]
    fn names_of_codes_become_phrases() {
        let head = "# what\ncodes\tnames\n";
        let rows = "E10\tsugar disease | thirst\nE11,hcpcs:A5500\tthirst\n";
        let entries = read("x.tsv", &format!("{head}{rows}")).unwrap();
        assert_eq!(entries.len(), 2);
        let thirst = &entries[1];
        assert_eq!((thirst.phrase.as_str(), thirst.senses.len()), ("thirst", 2));
        assert_eq!(thirst.senses[1].targets[1].0, CodeSystem::HCPCS);
        for (row, expected) in [
            ("E10", "two columns"),
            ("\tthirst", "a code without dot"),
            ("E10\tThirst", "a name in lower case"),
            ("E10\tthirst | thirst", "each name once"),
        ] {
            let error = read("x.tsv", &format!("{head}{row}\n")).unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        }
    }

    #[test]
    fn senses_have_wording_and_targets_of_several_systems() {
        let text = "phrase\tsenses\tkind\n3 in 1\tcommode chair =hcpcs:E0163,E0165 | x y =R51,I10\tdevice\n";
        let entries = read("x.tsv", text).unwrap();
        assert_eq!(
            entries[0].senses[0].targets[1],
            (CodeSystem::HCPCS, "E0165".to_string())
        );
        assert_eq!(
            entries[0].senses[1].targets[0],
            (CodeSystem::ICD10CM, "R51".to_string())
        );
    }
}
