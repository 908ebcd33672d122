//! What users wait for: opening, looking up, searching, showing a record. `cargo bench` prints times; the index is the
//! one that `MEDCODE_INDEX_FILE` names, or what `./build.sh` made last.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_main};
use medcode::index::format::{self, SectionKind};
use medcode::index::tables;
use medcode::{CodeSystem, Index, SearchOptions, ValidateOptions};

fn bytes() -> Vec<u8> {
    let named = std::env::var("MEDCODE_INDEX_FILE").ok();
    let built =
        ["sources", "registries"].map(|mode| format!("target/{mode}/index/embedded.medcode"));
    let path = named
        .into_iter()
        .chain(built)
        .find_map(|path| std::fs::read(path).ok());
    path.expect("no index: run ./build.sh first, or name a file with MEDCODE_INDEX_FILE")
}

fn hot_paths(bench: &mut Criterion) {
    let bytes = bytes();
    bench.bench_function("open: checksums of all sections", |b| {
        b.iter(|| Index::open(black_box(&bytes)).unwrap())
    });
    let sections = format::read(&bytes).unwrap();
    let core = sections
        .iter()
        .find(|s| s.system == CodeSystem::ICD10CM && s.kind == SectionKind::Core)
        .expect("ICD-10-CM is in the index");
    bench.bench_function("open: the core of ICD-10-CM", |b| {
        b.iter(|| tables::open(black_box(core.bytes), None))
    });

    let index = Index::open(&bytes).unwrap();
    index.search("diabetes", &SearchOptions::default());
    let system = index.system(CodeSystem::ICD10CM).unwrap();
    bench.bench_function("look up a code", |b| {
        b.iter(|| index.lookup(black_box("s52.521a")))
    });
    let concept = system.find("S52521A").unwrap();
    bench.bench_function("text of a record", |b| {
        b.iter(|| system.display(black_box(concept)))
    });
    bench.bench_function("validate a code without its seventh character", |b| {
        b.iter(|| index.validate(black_box("S52521"), &ValidateOptions::default()))
    });
    for (class, query) in [
        ("a letter", "d"),
        ("a word", "diabetes"),
        ("words", "type 2 diabetes with neuropathy"),
        ("shorthand", "dm2 w neuropathy"),
        ("a misspelling", "diabtes melitus"),
        ("a code", "e11.4"),
        (
            "long",
            "displaced fracture of lower end of right radius initial encounter closed",
        ),
    ] {
        bench.bench_function(&format!("search: {class}"), |b| {
            b.iter(|| index.search(black_box(query), &SearchOptions::default()))
        });
    }
}

/// The benchmarks, each in some seconds.
pub fn benches() {
    let mut bench = Criterion::default()
        .sample_size(20)
        .measurement_time(Duration::from_secs(2))
        .warm_up_time(Duration::from_millis(300))
        .configure_from_args();
    hot_paths(&mut bench);
}

criterion_main!(benches);
