//! One hot path, once, for counting its instructions: `hot_paths INDEX PATH`. What comes before it is not in `measured`,
//! which is what `tools/counts.mjs` counts. With a number behind PATH it is done so often, and the fastest time printed.

use std::hint::black_box;
use std::time::Instant;

use medcode::index::format::{self, SectionKind};
use medcode::index::tables;
use medcode::{CodeSystem, Index, SearchOptions, ValidateOptions};

/// What is counted: everything below this function.
#[inline(never)]
fn measured(path: &mut dyn FnMut()) {
    path();
}

fn main() {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let [file, name, times @ ..] = &given[..] else {
        eprintln!("expected: hot_paths INDEX PATH [TIMES], PATH one of {PATHS:?}");
        std::process::exit(2);
    };
    let bytes = match std::fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) => {
            eprintln!("{file}: {error}");
            std::process::exit(1);
        }
    };
    let times = times
        .first()
        .map_or(1, |times| times.parse().expect("a number of times"));
    let sections = format::read(&bytes).expect("an index");
    let core = sections
        .iter()
        .find(|section| section.system == CodeSystem::ICD10CM && section.kind == SectionKind::Core)
        .expect("ICD-10-CM in the index");
    let index = Index::open(&bytes).expect("an index");
    let options = SearchOptions {
        systems: vec![CodeSystem::ICD10CM],
        quick: true,
        ..SearchOptions::default()
    };
    let search = |query: &str| {
        black_box(index.search(black_box(query), &options));
    };
    let mut path: Box<dyn FnMut()> = match name.as_str() {
        "open" => Box::new(|| drop(black_box(Index::open(black_box(&bytes))))),
        "core" => Box::new(|| drop(black_box(tables::open(black_box(core.bytes), None)))),
        // The first search with the core alone, decoding and postings included.
        "first" => Box::new(|| {
            let index = Index::open(&bytes).expect("an index");
            drop(black_box(index.search(black_box("diabetes"), &options)));
        }),
        "notes" => Box::new(|| {
            let index = Index::open(&bytes).expect("an index");
            let system = index.system(CodeSystem::ICD10CM).expect("ICD-10-CM");
            let concept = system.find("E119").expect("E11.9");
            drop(black_box(system.notes(concept)));
        }),
        "lookup" => Box::new(|| drop(black_box(index.lookup(black_box("s52.521a"))))),
        "validate" => Box::new(|| {
            let options = ValidateOptions::default();
            drop(black_box(index.validate(black_box("S52521"), &options)));
        }),
        "letter" => Box::new(|| search("d")),
        "word" => Box::new(|| search("diabetes")),
        "words" => Box::new(|| search("type 2 diabetes with neuropathy")),
        "shorthand" => Box::new(|| search("dm2 w neuropathy")),
        "misspelling" => Box::new(|| search("diabtes melitus")),
        "code" => Box::new(|| search("e11.4")),
        "long" => Box::new(|| {
            search("displaced fracture of lower end of right radius initial encounter closed")
        }),
        _ => {
            eprintln!("expected one of {PATHS:?}, found {name}");
            std::process::exit(2);
        }
    };
    if !["open", "core", "first", "notes"].contains(&name.as_str()) {
        // What is decoded at first use is none of the path.
        path();
    }
    let mut fastest = u128::MAX;
    for _ in 0..times {
        let start = Instant::now();
        measured(&mut *path);
        fastest = fastest.min(start.elapsed().as_micros());
    }
    if times > 1 {
        println!("{name}: {fastest} us at best of {times}");
    }
}

/// The paths, in the order they are counted.
const PATHS: [&str; 13] = [
    "open",
    "core",
    "first",
    "notes",
    "lookup",
    "validate",
    "letter",
    "word",
    "words",
    "shorthand",
    "misspelling",
    "code",
    "long",
];
