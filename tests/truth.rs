//! Search quality on our own queries: `tests/truth.tsv`, judged on the index that the build made.
//!
//! `MEDCODE_INDEX` names the index; `build.sh test` sets it for both ways of gathering data. Without it nothing is judged.

use medcode::{CodeSystem, Index, SearchOptions};

/// How many of a hundred queries must have an acceptable code first, and among the first ten. An index built from the
/// public registries alone has no Alphabetic Index, and meets them too.
const FIRST_PERCENT: usize = 90;
const TEN_PERCENT: usize = 97;

#[test]
fn queries_find_their_codes() {
    let Some(path) = std::env::var_os("MEDCODE_INDEX") else {
        eprintln!("MEDCODE_INDEX is not set: search quality is not judged");
        return;
    };
    let bytes = std::fs::read(&path).expect("MEDCODE_INDEX names an index");
    let index = Index::open(&bytes).expect("the index opens");
    let options = SearchOptions {
        systems: vec![CodeSystem::ICD10CM],
        limit: 10,
        ..SearchOptions::default()
    };
    let truth = include_str!("truth.tsv");
    let rows: Vec<(&str, &str)> = truth
        .lines()
        .filter(|line| !line.starts_with('#'))
        .skip(1)
        .filter_map(|line| line.split_once('\t'))
        .collect();
    assert!(rows.len() >= 300);
    let (mut first, mut ten, mut missed) = (0, 0, Vec::new());
    for (query, codes) in &rows {
        let result = index.search(query, &options);
        let place = result.hits.iter().position(|hit| {
            let found = &hit.concept.plain_code;
            codes.split(' ').any(|code| found.starts_with(code))
        });
        first += usize::from(place == Some(0));
        ten += usize::from(place.is_some());
        if place.is_none() {
            missed.push(*query);
        }
    }
    let percent = |count: usize| count * 100 / rows.len();
    println!(
        "{} queries: {first} first, {ten} in the first ten; missed: {missed:?}",
        rows.len()
    );
    assert!(
        percent(first) >= FIRST_PERCENT,
        "{first} of {} first",
        rows.len()
    );
    assert!(
        percent(ten) >= TEN_PERCENT,
        "{ten} of {} in the first ten: {missed:?}",
        rows.len()
    );
}
