//! What must hold of the index that the build made: the publishers' counts. `build.sh test` names its folder; without
//! it nothing is judged.

mod files;

use medcode::{CodeSystem, Date, Index, System};

fn billable_on(system: &System<'_>, date: Date) -> usize {
    system
        .concepts()
        .filter(|concept| system.billable_on(*concept, date))
        .count()
}

#[test]
fn the_counts_are_the_publishers() {
    let Some(files) = files::built() else { return };
    let mut index = Index::default();
    for file in &files {
        index.add(file).unwrap();
    }
    let day = |year, month, day| Date::new(year, month, day).unwrap();
    let release = |system: CodeSystem| {
        index
            .system(system)
            .map_or("", |system| &system.release().version)
    };
    let billable = |system: CodeSystem, date| billable_on(index.system(system).unwrap(), date);

    // FY2026 has 74,719 codes valid for submission, with and without the order file.
    assert!(release(CodeSystem::ICD10CM).starts_with("FY2026"));
    assert_eq!(billable(CodeSystem::ICD10CM, day(2026, 5, 1)), 74_719);
    match release(CodeSystem::ICD10PCS) {
        "FY2024" => assert_eq!(
            index
                .system(CodeSystem::ICD10PCS)
                .unwrap()
                .concepts()
                .count(),
            78_603
        ),
        _ => assert_eq!(billable(CodeSystem::ICD10PCS, day(2026, 1, 15)), 79_115),
    }
    assert_eq!(billable(CodeSystem::ICD9CM_DX, day(2015, 1, 15)), 14_567);
    assert_eq!(billable(CodeSystem::ICD9CM_SG, day(2015, 1, 15)), 3_882);
    // No registry carries HCPCS Level II.
    if let Some(hcpcs) = index.system(CodeSystem::HCPCS)
        && hcpcs.release().version == "2025-10"
    {
        let modifiers = hcpcs
            .concepts()
            .filter(|concept| hcpcs.concept(*concept).modifier)
            .count();
        assert_eq!(
            (hcpcs.concepts().count() - modifiers, modifiers),
            (8_463, 383)
        );
        // A modifier is no category of the codes that begin like it.
        let wheelchair = hcpcs.find("K0001").unwrap();
        assert_eq!(hcpcs.parent(wheelchair), None);
        assert_eq!(hcpcs.children(hcpcs.find("K0").unwrap()), []);
    }
}
