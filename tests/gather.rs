//! What is found in the full folders, and by which of them each system can be built.
//!
//! The files are no part of the repository: see `tests/relations.rs`.

use std::path::{Path, PathBuf};

use medcode::code_system::CodeSystem;
use medcode::sources::gather::{InputKind, Inputs};

#[test]
fn the_registries_alone_give_every_system_but_two() {
    let cache = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/cache/registry");
    if !cache.is_dir() {
        let sentence = "data/cache/registry is not there; ./build.sh gathers it";
        assert!(
            std::env::var_os("MEDCODE_REQUIRE_DATA").is_none(),
            "{sentence}"
        );
        eprintln!("{sentence}");
        return;
    }
    let inputs = Inputs::discover(&[cache]).unwrap();
    let found: Vec<String> = inputs
        .chosen()
        .iter()
        .map(|input| format!("{} {} {}", input.kind.id(), input.layout, input.release))
        .collect();
    assert_eq!(
        found,
        [
            "icd10cm_tabular xml FY2026 April",
            "icd10pcs_titles codes FY2024",
            "icd9cm_dx_titles txt v32",
            "icd9cm_sg_titles txt v32",
            "gems csv ",
            "edits mdb ",
        ]
    );
    let missing: Vec<CodeSystem> = inputs
        .missing()
        .iter()
        .map(|missing| missing.system)
        .collect();
    assert_eq!(missing, [CodeSystem::HCPCS, CodeSystem::CPT]);
}

#[test]
fn the_official_files_are_recognised_each_as_what_it_is() {
    let Some(folder) = std::env::var_os("MEDCODE_SOURCES") else {
        return;
    };
    let inputs = Inputs::discover(&["/nonexistent".into(), PathBuf::from(folder)]).unwrap();
    // The shared folder has a file for all kinds but these; it holds no licensed file, no tabular list, and no list about claims.
    let absent: Vec<InputKind> = InputKind::ALL
        .iter()
        .copied()
        .filter(|kind| inputs.get(*kind).is_none())
        .collect();
    assert_eq!(
        absent,
        [
            InputKind::Icd10cmTabular,
            InputKind::Cpt,
            InputKind::ProcedureGems,
            InputKind::PairsPractitioner,
            InputKind::PairsHospital,
            InputKind::UnitsPractitioner,
            InputKind::UnitsHospital,
            InputKind::UnitsSupplier,
            InputKind::Coverage,
        ]
    );
    for (kind, layout, release) in [
        (InputKind::Icd10cmTitles, "order", "FY2026"),
        (InputKind::Icd10cmAddenda, "txt", "FY2027"),
        (InputKind::Hcpcs, "xlsx", "2025-10"),
        (InputKind::Gems, "txt", "FY2018"),
    ] {
        let input = inputs.get(kind).unwrap();
        assert_eq!((input.layout, input.release.as_str()), (layout, release));
    }
    let derived = inputs
        .others()
        .iter()
        .find(|input| input.kind == InputKind::Hcpcs)
        .unwrap();
    assert_eq!(
        (derived.layout, derived.release.as_str()),
        ("csv", "2026-01")
    );
    assert_eq!(inputs.unused(), []);
}
