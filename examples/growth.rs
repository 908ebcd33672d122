//! How cost grows with the number of codes: `growth INDEX PACK...` prints a table of ICD-10-CM alone, of all systems of the
//! files, and of a synthetic ICD-10-CM ten times as large. All of them hold codes, hierarchy and titles only.
//!
//! The synthetic one is ten copies under other categories. Its vocabulary grows with it: a word of fewer than
//! [`COMMON`] titles has other letters in every copy. Times are the best of some runs; `p99` is over the keystrokes of
//! queries cut from the titles.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;
use std::hint::black_box;
use std::time::Instant;

use medcode::compile::compile;
use medcode::concepts::{Concept, Relations, Release};
use medcode::{CodeSystem, Index, SearchOptions};

/// In how many titles a word stands that all copies share: words such as `fracture`, `left`, `encounter`.
const COMMON: u32 = 24;
const COPIES: usize = 10;

fn main() {
    let files: Vec<Vec<u8>> = std::env::args()
        .skip(1)
        .map(|path| std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}")))
        .collect();
    if files.is_empty() {
        eprintln!("expected: growth INDEX PACK...");
        std::process::exit(2);
    }
    let mut index = Index::default();
    for file in &files {
        index.add(file).expect("an index");
    }
    let all: Vec<(CodeSystem, Release)> = index
        .systems()
        .iter()
        .map(|system| (system.code_system(), titles(system)))
        .collect();
    let diagnoses = all
        .iter()
        .filter(|(system, _)| *system == CodeSystem::ICD10CM)
        .collect::<Vec<_>>();
    let [(system, release)] = diagnoses[..] else {
        panic!("expected ICD-10-CM in the index");
    };
    let meanings = meanings(index.system(*system).expect("ICD-10-CM"));
    let tenfold = (*system, copies(release, &meanings));
    println!(
        "| | codes | words | bytes | open, ms | first search, ms | keystroke p50, us | p99, us |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    row("ICD-10-CM", &[(*system, release)]);
    row(
        "all systems",
        &all.iter().map(|(s, r)| (*s, r)).collect::<Vec<_>>(),
    );
    row("tenfold ICD-10-CM", &[(tenfold.0, &tenfold.1)]);
}

/// The codes and titles of a system, as its publisher might bring them.
fn titles(system: &medcode::System<'_>) -> Release {
    let of = |id| {
        let concept = system.concept(id);
        Concept {
            code: concept.plain_code,
            display: concept.display,
            billable: concept.billable,
            modifier: concept.modifier,
            ..Concept::default()
        }
    };
    let mut concepts: Vec<Concept> = system.concepts().map(of).collect();
    // A code that is a modifier too stands twice.
    concepts.sort_by(|one, other| one.code.cmp(&other.code));
    concepts.dedup_by(|one, other| one.code == other.code);
    Release {
        version: system.release().version.clone(),
        period: system.release().period,
        concepts,
        ..Release::default()
    }
}

/// The words of the meanings of seventh characters: the sets of these are few in any code system.
fn meanings(system: &medcode::System<'_>) -> HashSet<String> {
    let mut meanings = HashSet::new();
    for id in system.concepts().filter(|id| id.seventh().is_some()) {
        let base = system.parent(id).map(|base| system.display(base));
        let title = system.display(id);
        let meaning = title.strip_prefix(base.as_deref().unwrap_or_default());
        words(meaning.unwrap_or_default(), |word| {
            meanings.insert(word.to_lowercase());
        });
    }
    meanings
}

/// Ten copies of a release, under categories of their own. The words of `meanings` stay as they are.
fn copies(release: &Release, meanings: &HashSet<String>) -> Release {
    let mut counts: HashMap<String, u32> = HashMap::new();
    for concept in &release.concepts {
        words(&concept.display, |word| {
            *counts.entry(word.to_lowercase()).or_default() += 1;
        });
    }
    let mut concepts = Vec::new();
    let mut category = 0;
    let mut before = String::new();
    for copy in 0..COPIES {
        for concept in &release.concepts {
            let (start, rest) = concept.code.split_at(3);
            if start != before {
                before = start.to_string();
                category += 1;
            }
            let digits = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
            let start: String = [1296, 36, 1]
                .map(|of| char::from(digits[category / of % 36]))
                .iter()
                .collect();
            let mut display = String::new();
            words(&concept.display, |word| {
                let small = word.to_lowercase();
                let common = counts[&small] >= COMMON || meanings.contains(&small);
                match common || word.len() < 4 {
                    true => display.push_str(word),
                    false => display.extend(word.chars().map(|letter| other(letter, copy))),
                }
            });
            concepts.push(Concept {
                code: start + rest,
                display,
                ..concept.clone()
            });
        }
    }
    Release {
        concepts,
        ..release.clone()
    }
}

/// Hands on the words of a text, and what stands between them, in order.
fn words(text: &str, mut each: impl FnMut(&str)) {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let kind = first.is_alphanumeric();
        let end = rest
            .find(|letter: char| letter.is_alphanumeric() != kind)
            .unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        each(piece);
        rest = after;
    }
}

/// Another letter of the same kind, so that words stay as long and as regular.
fn other(letter: char, copy: usize) -> char {
    let small = letter.to_ascii_lowercase();
    for letters in ["aeiou", "bcdfghjklmnpqrstvwxyz"] {
        if let Some(at) = letters.find(small) {
            let other = letters.as_bytes()[(at + copy) % letters.len()];
            let other = char::from(other);
            return match letter.is_ascii_uppercase() {
                true => other.to_ascii_uppercase(),
                false => other,
            };
        }
    }
    letter
}

fn row(name: &str, releases: &[(CodeSystem, &Release)]) {
    let bytes = match compile(releases, &Relations::default()) {
        Ok(bytes) => bytes,
        Err(error) => panic!("{name}: {error}"),
    };
    let index = Index::open(&bytes).expect("an index");
    let systems = index.systems();
    let nodes = systems.iter().map(|system| system.nodes().words.len());
    let words: usize = nodes.sum();
    let codes: usize = releases
        .iter()
        .map(|(_, release)| release.concepts.len())
        .sum();
    let options = SearchOptions::default();
    let (mut open, mut first) = (f64::MAX, f64::MAX);
    for _ in 0..5 {
        let index = Index::open(&bytes).expect("an index");
        let start = Instant::now();
        for system in index.systems() {
            black_box(system.nodes());
        }
        open = open.min(start.elapsed().as_secs_f64() * 1e3);
        black_box(index.search("fracture", &options));
        first = first.min(start.elapsed().as_secs_f64() * 1e3);
    }
    index.search("fracture", &options);
    let mut times = Vec::new();
    let every = codes / 200 + 1;
    let titles = releases.iter().flat_map(|(_, release)| &release.concepts);
    for concept in titles.step_by(every * 2) {
        let mut query = String::new();
        for letter in concept.display.chars().take(30) {
            query.push(letter);
            let mut fastest = f64::MAX;
            for _ in 0..3 {
                let start = Instant::now();
                black_box(index.search(&query, &options));
                fastest = fastest.min(start.elapsed().as_secs_f64() * 1e6);
            }
            times.push(fastest);
        }
    }
    times.sort_by(f64::total_cmp);
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    let mut line = String::new();
    let (p50, p99) = (at(0.5), at(0.99));
    let size = bytes.len();
    let _ = write!(
        line,
        "| {name} | {codes} | {words} | {size} | {open:.0} | {first:.0} | {p50:.0} | {p99:.0} |"
    );
    println!("{line}");
}
