//! What must hold of every claim: whatever is offered as a fix is valid, and settles what it is offered for; and a claim
//! is answered quickly. `build.sh test` names the folder of a built index; without it nothing is judged.

#[path = "../examples/claims.rs"]
mod sample;

use std::path::PathBuf;
use std::time::Instant;

use medcode::claim::{Item, Setting};
use medcode::validate::{Status, ValidateOptions};
use medcode::{Claim, ClaimFix, CodeSystem, Index, apply_fix};

fn index_file() -> Option<Vec<u8>> {
    let Some(folder) = std::env::var_os("MEDCODE_INDEX_DIR").map(PathBuf::from) else {
        eprintln!("skipped: MEDCODE_INDEX_DIR does not name the folder of a built index");
        return None;
    };
    Some(std::fs::read(folder.join("embedded.medcode")).unwrap())
}

/// The codes that a fix writes, with the systems that may have them.
fn written(fix: &ClaimFix) -> Option<(&str, [CodeSystem; 2])> {
    let diagnoses = [CodeSystem::ICD10CM, CodeSystem::ICD9CM_DX];
    match fix {
        ClaimFix::Replace {
            item: Item::Poa { .. },
            ..
        } => None,
        ClaimFix::Replace { item, code, .. } => Some((
            code,
            match item {
                Item::Line { .. } | Item::Modifier { .. } => [CodeSystem::HCPCS, CodeSystem::CPT],
                Item::Procedure { .. } => [CodeSystem::ICD10PCS, CodeSystem::ICD9CM_SG],
                _ => diagnoses,
            },
        )),
        ClaimFix::Merge { code, .. } => Some((code, diagnoses)),
        _ => None,
    }
}

fn date_of(claim: &Claim) -> Option<medcode::Date> {
    match claim.setting {
        Setting::InpatientFacility => claim.discharge.or(claim.date),
        _ => claim.date,
    }
}

#[test]
fn every_fix_leads_to_a_valid_code_and_settles_its_issue() {
    let Some(bytes) = index_file() else { return };
    let index = Index::open(&bytes).unwrap();
    let mut fixes = 0;
    for claim in sample::claims(&index, 3_000) {
        for issue in index.validate_claim(&claim) {
            assert!(
                !issue.source.is_empty() && issue.message.ends_with('.'),
                "{issue:?}"
            );
            for fix in &issue.fixes {
                fixes += 1;
                if let Some((code, systems)) = written(fix) {
                    let valid = systems.iter().any(|system| {
                        let options = ValidateOptions {
                            system: Some(*system),
                            date: date_of(&claim),
                            fix_limit: 0,
                        };
                        let status = index.validate(code, &options).status;
                        matches!(status, Status::Billable | Status::DateNotCovered)
                    });
                    assert!(valid, "{fix:?} of {issue:?}");
                }
                let after = index.validate_claim(&apply_fix(&claim, fix));
                assert!(
                    !after.contains(&issue),
                    "{fix:?} leaves {issue:?}\n{claim:?}"
                );
            }
        }
    }
    eprintln!("{fixes} fixes of 3,000 claims");
    assert!(fixes > 1_000, "{fixes}");
}

/// The goal is 100,000 claims a minute on one core; the test allows a machine that is four times as busy.
#[test]
fn a_claim_takes_less_than_a_millisecond() {
    let Some(bytes) = index_file() else { return };
    let index = Index::open(&bytes).unwrap();
    let claims = sample::claims(&index, 5_000);
    // What is decoded once is no part of it.
    index.validate_claim(&claims[0]);
    let started = Instant::now();
    let issues: usize = claims
        .iter()
        .map(|claim| index.validate_claim(claim).len())
        .sum();
    let seconds = started.elapsed().as_secs_f64();
    let a_minute = claims.len() as f64 / seconds * 60.0;
    eprintln!(
        "{a_minute:.0} claims a minute, {issues} issues of {} claims",
        claims.len()
    );
    assert!(a_minute > 25_000.0, "{a_minute:.0} claims a minute");
}
