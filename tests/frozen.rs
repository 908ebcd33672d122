//! An index of version 1 of the format, kept as it was written: every later Medcode that says it reads version 1 must
//! read the same out of these bytes.
//!
//! `tests/frozen/version-1.medcode` was compiled from the small release below; `tests/frozen/version-1.txt` is all that
//! was read out of it then. When the format gets a new version, `MEDCODE_FREEZE=1 cargo test --test frozen` writes the
//! two files anew under the new number, and the old ones stay for as long as old indexes are read.

use std::fmt::Write;
use std::path::PathBuf;

use medcode::compile::compile_with;
use medcode::concepts::{
    Concept, Group, GroupKind, IndexBook, IndexCode, IndexEntry, Note, NoteKind, Relations, Release,
};
use medcode::index::core::Code;
use medcode::index::format;
use medcode::index::vocabulary::{Meaning, Vocabulary};
use medcode::{CodeSystem, Date, Index, Period, SearchOptions};

fn file(kind: &str) -> PathBuf {
    let name = format!("tests/frozen/version-{}.{kind}", format::VERSION);
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// A small release with something in every section that has texts.
fn written() -> Vec<u8> {
    let concept = |code: &str, display: &str, billable: bool| Concept {
        code: code.to_string(),
        display: display.to_string(),
        billable,
        short: billable.then(|| display.chars().take(24).collect()),
        ..Concept::default()
    };
    let mut concepts = vec![
        concept("E11", "Type 2 diabetes mellitus", false),
        concept(
            "E119",
            "Type 2 diabetes mellitus without complications",
            true,
        ),
        concept(
            "W21",
            "Striking against or struck by sports equipment",
            false,
        ),
        concept(
            "W2189",
            "Striking against or struck by other sports equipment",
            false,
        ),
    ];
    for (seventh, meaning) in [
        ("A", "initial encounter"),
        ("D", "subsequent encounter"),
        ("S", "sequela"),
    ] {
        let title = format!("Striking against or struck by other sports equipment, {meaning}");
        concepts.push(concept(&format!("W2189X{seventh}"), &title, true));
    }
    let note = |kind, text: &str| Note {
        kind,
        text: text.to_string(),
    };
    concepts[0].notes = vec![
        note(NoteKind::InclusionTerm, "diabetes NOS"),
        note(NoteKind::Excludes1, "type 1 diabetes mellitus (E10.-)"),
    ];
    let diagnoses = Release {
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
            notes: vec![note(
                NoteKind::Note,
                "Codes of this section go with others.",
            )],
        }],
        index: vec![IndexEntry {
            book: IndexBook::Main,
            term: "Diabetes, diabetic".to_string(),
            modifiers: "mellitus sugar".to_string(),
            codes: vec![IndexCode {
                code: "E119".to_string(),
                ..IndexCode::default()
            }],
            ..IndexEntry::default()
        }],
        ..Release::default()
    };
    let supplies = Release {
        version: "2025-10".to_string(),
        concepts: vec![
            concept("A5500", "For diabetics only, fitting of shoe", true),
            concept("E0143", "Walker, folding, wheeled", true),
        ],
        ..Release::default()
    };
    let means =
        |code: &str| Meaning::of_codes(vec![(CodeSystem::ICD10CM, Code::new(code).unwrap())]);
    let vocabulary = Vocabulary::new(vec![
        ("dm2".to_string(), vec![means("E11")]),
        ("sugar".to_string(), vec![means("E11")]),
    ]);
    let releases = [
        (CodeSystem::ICD10CM, &diagnoses),
        (CodeSystem::HCPCS, &supplies),
    ];
    compile_with(&releases, &Relations::default(), &vocabulary).unwrap()
}

/// All that is read out of an index, as text.
fn read_out(bytes: &[u8]) -> String {
    let index = Index::open(bytes).unwrap();
    let mut out = String::new();
    let mut line = |text: String| writeln!(out, "{text}").unwrap();
    for system in index.systems() {
        line(format!(
            "{} {:?}",
            system.code_system().id(),
            system.release()
        ));
        for concept in system.concepts() {
            line(format!("  {:?}", system.concept(concept)));
            for note in system.notes(concept) {
                line(format!("    {note:?}"));
            }
        }
        let terms = system.index_terms();
        for row in terms.rows() {
            line(format!("  {:?}", terms.entry(row)));
        }
    }
    for query in ["dm2", "sugar", "walker", "w2189", "diabetic mellitus"] {
        let found = index.search(query, &SearchOptions::default());
        let codes: Vec<_> = found.hits.iter().map(|hit| &hit.concept.code).collect();
        line(format!("{query}: {codes:?}"));
    }
    out
}

#[test]
fn an_index_of_this_version_reads_and_is_written_as_it_always_was() {
    let now = written();
    if std::env::var_os("MEDCODE_FREEZE").is_some() {
        std::fs::write(file("medcode"), &now).unwrap();
        std::fs::write(file("txt"), read_out(&now)).unwrap();
    }
    let frozen = std::fs::read(file("medcode")).unwrap();
    let expected = std::fs::read_to_string(file("txt")).unwrap();
    assert_eq!(read_out(&frozen), expected);
    assert!(
        now == frozen,
        "the format has changed: give it a new version (src/index/format.rs), and freeze an index of it"
    );
}
