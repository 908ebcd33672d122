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

/// Whether the code that a fix writes, if it writes one, is valid on the claim's day, as far as the index covers it.
fn leads_to_valid(index: &Index<'_>, claim: &Claim, fix: &ClaimFix) -> bool {
    let Some((code, systems)) = written(fix) else {
        return true;
    };
    systems.iter().any(|system| {
        let options = ValidateOptions {
            system: Some(*system),
            date: date_of(claim),
            fix_limit: 0,
        };
        let status = index.validate(code, &options).status;
        matches!(status, Status::Billable | Status::DateNotCovered)
    })
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
                assert!(leads_to_valid(&index, &claim, fix), "{fix:?} of {issue:?}");
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

/// Numbers that look like chance and are the same every time (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

/// A claim of codes taken anywhere, some with a mistake in them, in a place that may be wrong.
fn random_claim(index: &Index, chance: &mut Chance) -> Claim {
    // Chapters whose codes have most to do with each other come up more often.
    const NEAR: &[&str] = &[
        "I10", "I11", "I12", "I13", "I50", "N18", "E08", "E11", "Z79", "F02", "G20", "G30", "C50",
        "D63", "R65", "A41", "T81", "T36", "T39", "T45", "T51", "K29", "S52", "S06", "R40", "V43",
        "W01", "Y92", "Y93", "O09", "O24", "O80", "Z37", "Z38", "Z3A", "P07", "P59", "H25", "M17",
        "L89", "L97", "I96", "U07", "J12", "U09", "B20", "O98", "Z00", "Z51", "Z85", "Z08",
    ];
    let diagnosis = |chance: &mut Chance| {
        let system = index.system(CodeSystem::ICD10CM).unwrap();
        let near = NEAR[chance.below(NEAR.len())];
        let nodes = match chance.below(4) {
            0 => 0..system.nodes().codes.len() as u32,
            _ => system.nodes_with_prefix(near),
        };
        let node = nodes.start + chance.below(nodes.len().max(1)) as u32;
        let mut concept = medcode::index::ConceptId::of_node(node);
        let sevenths = system
            .nodes()
            .seventh_set(node)
            .map_or(0, |set| set.characters.len());
        if sevenths > 0 && chance.below(8) > 0 {
            concept = medcode::index::ConceptId::composed(node, chance.below(sevenths));
        }
        let mut code = system.code(concept);
        if chance.below(10) == 0 {
            code.pop();
        }
        code
    };
    let mut claim = Claim {
        setting: [
            Setting::Professional,
            Setting::OutpatientFacility,
            Setting::InpatientFacility,
        ][chance.below(3)],
        age: [None, Some(0), Some(10), Some(40)][chance.below(4)],
        date: [
            medcode::Date::new(2026, 3, 1),
            medcode::Date::new(2024, 3, 1),
            None,
        ][chance.below(3)],
        ..Claim::default()
    };
    for _ in 0..1 + chance.below(7) {
        let poa = [None, Some("Y"), Some("Q")][chance.below(3)];
        claim.diagnoses.push(medcode::claim::Diagnosis {
            code: diagnosis(chance),
            poa: poa.map(str::to_string),
        });
    }
    for _ in 0..chance.below(3) {
        let modifiers = ["LT", "RT", "59", "XS", "25", "LT", "?"];
        let count = chance.below(4);
        claim.lines.push(medcode::claim::Line {
            code: ["G0108", "E0601", "99213", "J9999", "E11.9"][chance.below(5)].to_string(),
            modifiers: (0..count)
                .map(|_| modifiers[chance.below(7)].to_string())
                .collect(),
            pointers: (0..chance.below(4)).map(|_| chance.below(9)).collect(),
            ..medcode::claim::Line::default()
        });
    }
    if chance.below(4) == 0 {
        claim.admitting = Some(diagnosis(chance));
    }
    claim
}

/// Whatever is offered leads to valid codes and brings no further error of its own rule; and whoever applies what alone is
/// offered, one after the other, comes to an end.
#[test]
fn fixes_of_random_claims_lead_to_valid_codes_and_end() {
    let Some(bytes) = index_file() else { return };
    let index = Index::open(&bytes).unwrap();
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    let (mut tried, mut longest) = (0, 0);
    for _ in 0..1_500 {
        let mut claim = random_claim(&index, &mut chance);
        let begun = claim.clone();
        for step in 0.. {
            let issues = index.validate_claim(&claim);
            let errors = |issues: &[medcode::Issue], rule: &str| {
                let wrong = |issue: &&medcode::Issue| {
                    issue.rule == rule && issue.severity == medcode::Severity::Error
                };
                issues.iter().filter(wrong).count()
            };
            for issue in &issues {
                for fix in issue.fixes.iter().take(3) {
                    tried += 1;
                    let after = apply_fix(&claim, fix);
                    let left = index.validate_claim(&after);
                    assert!(
                        errors(&left, issue.rule) <= errors(&issues, issue.rule),
                        "{fix:?} of {issue:?}\n{claim:?}\n{left:?}"
                    );
                    assert!(leads_to_valid(&index, &claim, fix), "{fix:?} of {issue:?}");
                }
            }
            let one = issues
                .iter()
                .find_map(|issue| match issue.fixes.as_slice() {
                    [fix] if issue.severity != medcode::Severity::Information => Some(fix),
                    _ => None,
                });
            longest = longest.max(step);
            assert!(step < 60, "no end: {begun:?}\n{claim:?}\n{issues:?}");
            match one {
                Some(fix) => claim = apply_fix(&claim, fix),
                None => break,
            }
        }
    }
    eprintln!("{tried} fixes of 1,500 random claims; the longest took {longest} steps");
    assert!(tried > 5_000, "{tried}");
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
