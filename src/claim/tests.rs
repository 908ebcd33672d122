//! Each rule with a claim that it objects to, one that it does not, and one at its boundary.

use std::sync::LazyLock;

use super::*;
use crate::compile::compile;
use crate::concepts::{CodeEdits, Concept, Group, GroupKind, Note, NoteKind, Relations, Release};
use crate::date::Period;

type Notes<'n> = &'n [(NoteKind, &'n str)];

/// A few lines in the manner of the Tabular List: code, billable, title, notes.
const CM: &[(&str, bool, &str, Notes)] = &[
    (
        "A09",
        true,
        "Infectious gastroenteritis",
        &[(NoteKind::Excludes1, "noninfective gastroenteritis (K52.9)")],
    ),
    ("A15", true, "Respiratory tuberculosis", &[]),
    (
        "B95",
        true,
        "Streptococcus as the cause of diseases classified elsewhere",
        &[],
    ),
    ("D630", true, "Anemia in neoplastic disease", &[]),
    (
        "E11",
        false,
        "Type 2 diabetes mellitus",
        &[
            (NoteKind::Excludes1, "gestational diabetes (O24.4-)"),
            (
                NoteKind::UseAdditionalCode,
                "code to identify control using insulin (Z79.4)",
            ),
        ],
    ),
    (
        "E119",
        true,
        "Type 2 diabetes mellitus without complications",
        &[],
    ),
    (
        "F02",
        false,
        "Dementia in other diseases classified elsewhere",
        &[
            (
                NoteKind::CodeFirst,
                "the underlying physiological condition, such as:",
            ),
            (NoteKind::CodeFirst, "Parkinson's disease (G20.-)"),
        ],
    ),
    (
        "F0280",
        true,
        "Dementia in other diseases classified elsewhere, unspecified severity",
        &[],
    ),
    (
        "G20",
        true,
        "Parkinson's disease",
        &[(NoteKind::Excludes2, "tremor (R25.1)")],
    ),
    ("H251", false, "Age-related nuclear cataract", &[]),
    (
        "H2510",
        true,
        "Age-related nuclear cataract, unspecified eye",
        &[],
    ),
    (
        "H2511",
        true,
        "Age-related nuclear cataract, right eye",
        &[],
    ),
    ("H2512", true, "Age-related nuclear cataract, left eye", &[]),
    (
        "H2513",
        true,
        "Age-related nuclear cataract, bilateral",
        &[],
    ),
    (
        "E030",
        true,
        "Congenital hypothyroidism with diffuse goiter",
        &[],
    ),
    ("I10", true, "Essential (primary) hypertension", &[]),
    (
        "I110",
        true,
        "Hypertensive heart disease with heart failure",
        &[],
    ),
    (
        "I130",
        true,
        "Hypertensive heart and chronic kidney disease",
        &[],
    ),
    ("I509", true, "Heart failure, unspecified", &[]),
    (
        "K529",
        true,
        "Noninfective gastroenteritis, unspecified",
        &[],
    ),
    (
        "N184",
        true,
        "Chronic kidney disease, stage 4",
        &[(
            NoteKind::CodeFirst,
            "hypertensive chronic kidney disease (I12.-)",
        )],
    ),
    ("I129", true, "Hypertensive chronic kidney disease", &[]),
    ("O099", false, "Supervision of high risk pregnancy", &[]),
    (
        "O0991",
        true,
        "Supervision of high risk pregnancy, first trimester",
        &[],
    ),
    (
        "O0992",
        true,
        "Supervision of high risk pregnancy, second trimester",
        &[],
    ),
    (
        "O24410",
        true,
        "Gestational diabetes mellitus in pregnancy, diet controlled",
        &[],
    ),
    (
        "P07",
        true,
        "Disorders of newborn related to short gestation",
        &[],
    ),
    ("O034", true, "Incomplete spontaneous abortion", &[]),
    (
        "O80",
        true,
        "Encounter for full-term uncomplicated delivery",
        &[],
    ),
    ("O9902", true, "Anemia complicating childbirth", &[]),
    (
        "T510X1A",
        true,
        "Toxic effect of ethanol, accidental, initial encounter",
        &[],
    ),
    ("Y930", true, "Activity, walking", &[]),
    ("Z370", true, "Single live birth", &[]),
    ("Z371", true, "Single stillbirth", &[]),
    (
        "Z3800",
        true,
        "Single liveborn infant, delivered vaginally",
        &[],
    ),
    (
        "Z3801",
        true,
        "Single liveborn infant, delivered by cesarean",
        &[],
    ),
    (
        "Z9114",
        true,
        "Other noncompliance with medication regimen",
        &[],
    ),
    ("R251", true, "Tremor, unspecified", &[]),
    ("R52", true, "Pain, unspecified", &[]),
    (
        "S52501",
        false,
        "Unspecified fracture of the lower end of right radius",
        &[],
    ),
    (
        "S52501A",
        true,
        "Unspecified fracture of the lower end of right radius, initial encounter",
        &[],
    ),
    (
        "S52501D",
        true,
        "Unspecified fracture of the lower end of right radius, subsequent encounter",
        &[],
    ),
    (
        "S52501S",
        true,
        "Unspecified fracture of the lower end of right radius, sequela",
        &[],
    ),
    (
        "T360X",
        false,
        "Poisoning by, adverse effect of and underdosing of penicillins",
        &[],
    ),
    (
        "T360X1A",
        true,
        "Poisoning by penicillins, accidental, initial encounter",
        &[],
    ),
    (
        "T360X5A",
        true,
        "Adverse effect of penicillins, initial encounter",
        &[],
    ),
    (
        "T360X6A",
        true,
        "Underdosing of penicillins, initial encounter",
        &[],
    ),
    ("W01", true, "Fall on same level", &[]),
    ("Y920", true, "Place: residence", &[]),
    ("Y921", true, "Place: institution", &[]),
    (
        "Z006",
        true,
        "Encounter for examination in clinical research",
        &[],
    ),
    ("Z008", true, "Encounter for other general examination", &[]),
    (
        "Z340",
        true,
        "Encounter for supervision of normal first pregnancy",
        &[],
    ),
    ("Z3A13", true, "13 weeks gestation of pregnancy", &[]),
    ("Z3A14", true, "14 weeks gestation of pregnancy", &[]),
    ("Z794", true, "Long term (current) use of insulin", &[]),
];

pub(super) fn index() -> &'static Index<'static> {
    static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let note = |(kind, text): &(NoteKind, &str)| Note {
            kind: *kind,
            text: text.to_string(),
        };
        let days = |start, end| Period {
            start: Date::from_number(start),
            end: Date::from_number(end),
        };
        let mut rows = CM.to_vec();
        rows.sort_by_key(|row| row.0);
        let cm = Release {
            version: "FY2026".to_string(),
            period: days(20251001, 20260930),
            concepts: rows
                .iter()
                .map(|(code, billable, display, notes)| Concept {
                    code: code.to_string(),
                    billable: *billable,
                    display: display.to_string(),
                    notes: notes.iter().map(note).collect(),
                    ..Concept::default()
                })
                .collect(),
            groups: vec![Group {
                kind: GroupKind::Chapter,
                label: "18".to_string(),
                first: "R00".to_string(),
                last: "R99".to_string(),
                title: "Symptoms".to_string(),
                notes: vec![note(&(
                    NoteKind::Excludes1,
                    "respiratory tuberculosis (A15-A19)",
                ))],
            }],
            ..Release::default()
        };
        let plain = |code: &str, modifier, unclassified| Concept {
            code: code.to_string(),
            billable: true,
            display: format!("Title of {code}"),
            modifier,
            not_otherwise_classified: unclassified,
            ..Concept::default()
        };
        let mut codes: Vec<Concept> = ["25", "50", "59", "LT", "RT", "XS"]
            .map(|code| plain(code, true, false))
            .to_vec();
        codes.push(plain("E0601", false, false));
        codes.push(plain("J9999", false, true));
        codes.push(Concept {
            period: days(0, 20251130),
            ..plain("K0001", false, false)
        });
        let hcpcs = Release {
            version: "2025-10".to_string(),
            period: days(20251001, 20251231),
            concepts: codes,
            ..Release::default()
        };
        let pcs = Release {
            version: "FY2026".to_string(),
            period: days(20251001, 20260930),
            concepts: vec![plain("0DTJ4ZZ", false, false)],
            ..Release::default()
        };
        let ninth = Release {
            version: "v32".to_string(),
            period: days(20141001, 20150930),
            concepts: vec![plain("4019", false, false), plain("E030", false, false)],
            ..Release::default()
        };
        let all = [
            (CodeSystem::ICD10CM, &cm),
            (CodeSystem::ICD10PCS, &pcs),
            (CodeSystem::ICD9CM_DX, &ninth),
            (CodeSystem::HCPCS, &hcpcs),
        ];
        let edits = |code: &str, start, end, flags: &[&str]| CodeEdits {
            system: CodeSystem::ICD10CM,
            code: code.to_string(),
            period: days(start, end),
            flags: flags.iter().map(|flag| flag.to_string()).collect(),
        };
        let relations = Relations {
            edits: vec![
                edits("A09", 20151001, 20240930, &["female"]),
                edits("A09", 20241001, 20270331, &[]),
                edits("D630", 20151001, 20270331, &["manifestation"]),
                edits("H2510", 20151001, 20270331, &["adult"]),
                edits("P07", 20151001, 20270331, &["newborn"]),
                edits("R251", 20151001, 20270331, &["unacceptable", "reqsdx"]),
                edits("R52", 20151001, 20270331, &["pediatric"]),
                edits("Z794", 20151001, 20270331, &["unacceptable"]),
                CodeEdits {
                    system: CodeSystem::ICD9CM_DX,
                    ..edits(
                        "4019",
                        20001001,
                        20150930,
                        &["adult", "male", "unacceptable"],
                    )
                },
            ],
            poa_exempt: vec!["Z794".to_string()],
            ..Relations::default()
        };
        compile(&all, &relations).unwrap()
    });
    static INDEX: LazyLock<Index<'static>> =
        LazyLock::new(|| Index::open(BYTES.as_slice()).unwrap());
    &INDEX
}

fn claim(codes: &[&str]) -> Claim {
    Claim {
        diagnoses: codes
            .iter()
            .map(|code| Diagnosis {
                code: code.to_string(),
                poa: None,
            })
            .collect(),
        ..Claim::default()
    }
}

/// The issues of one rule, asserting on the way that every fix takes its issue away and brings no error.
fn issues(claim: &Claim, rule: &str) -> Vec<Issue> {
    let all = index().validate_claim(claim);
    let errors = |issues: &[Issue]| {
        issues
            .iter()
            .filter(|issue| issue.severity == Severity::Error)
            .count()
    };
    for issue in &all {
        assert!(
            issue.message.ends_with('.') && !issue.source.is_empty(),
            "{issue:?}"
        );
        for fix in &issue.fixes {
            let after = index().validate_claim(&apply_fix(claim, fix));
            assert!(!after.contains(issue), "{fix:?} leaves {issue:?}");
            assert!(
                errors(&after) <= errors(&all),
                "{fix:?} of {issue:?} gives {after:?}"
            );
        }
    }
    all.into_iter().filter(|issue| issue.rule == rule).collect()
}

/// Asserts how many issues of a rule the diagnoses have.
fn assert_count(codes: &[&str], rule: &str, count: usize) {
    let found = issues(&claim(codes), rule);
    assert_eq!(found.len(), count, "{codes:?} {rule}: {found:?}");
}

#[test]
fn single_codes() {
    assert_count(&["E11.9"], "CM-2", 0);
    assert_count(&["E11.7"], "CM-2", 1);
    assert_count(&["E11"], "CM-3", 1);
    let found = issues(&claim(&["E11"]), "CM-3");
    let code = "E11.9".to_string();
    let item = Item::Diagnosis { at: 0 };
    let display = Some("Type 2 diabetes mellitus without complications".to_string());
    let fix = ClaimFix::Replace {
        item,
        code,
        display,
    };
    assert_eq!(found[0].fixes, [fix]);
    // Several seventh characters are a choice for a person.
    assert_eq!(issues(&claim(&["S52.501"]), "CM-4")[0].fixes.len(), 3);
}

#[test]
fn a_date_that_a_release_does_not_cover_is_told_once() {
    let mut late = line("E0601", &["LT"], &[1]);
    late.date = Date::new(2026, 9, 30);
    let found = issues(&late, "HC-2");
    assert_eq!((found.len(), found[0].items.len()), (1, 2));
    assert_eq!(issues(&late, "CM-2").len(), 0);
    late.date = Date::new(2026, 10, 1);
    let found = issues(&late, "CM-2");
    assert_eq!((found.len(), found[0].severity), (1, Severity::Warning));
    assert_eq!(
        found[0].message,
        "ICD-10-CM is loaded as FY2026 (2025-10-01 to 2026-09-30), which does not cover 2026-10-01: 5 codes of the claim are in it, and may not be valid on the date."
    );
    late.date = Date::new(2025, 12, 31);
    assert_eq!(issues(&late, "HC-2").len() + issues(&late, "CM-2").len(), 0);
}

#[test]
fn cm_6_sides() {
    assert_count(&["H25.10"], "CM-6", 1);
    assert_count(&["H25.11"], "CM-6", 0);
    // Unspecified, but not for want of a side.
    assert_count(&["R52", "S52.501A"], "CM-6", 0);
    assert!(
        issues(&claim(&["H25.10"]), "CM-6")[0]
            .message
            .contains("H25.11 (right) and H25.12 (left)")
    );
}

#[test]
fn cm_7_both_sides() {
    assert_count(&["H25.11", "H25.12"], "CM-7", 1);
    assert_count(&["H25.12", "H25.11"], "CM-7", 1);
    assert_count(&["H25.11", "H25.13"], "CM-7", 0);
    assert_count(&["H25.11"], "CM-7", 0);
}

#[test]
fn one_code_in_the_light_of_the_patient() {
    let rules = |code: &str, about: About| {
        let issues = index().issues_of_code(code, &ValidateOptions::default(), &about);
        issues.iter().map(|issue| issue.rule).collect::<Vec<_>>()
    };
    let about = |age, setting| About {
        age,
        setting,
        sex: None,
    };
    assert_eq!(rules("P07", about(Some(1), None)), ["CM-19"]);
    assert_eq!(rules("P07", about(Some(0), None)), [""; 0]);
    assert_eq!(rules("P07", About::default()), [""; 0]);
    assert_eq!(rules("H25.10", about(Some(40), None)), ["CM-6"]);
    assert_eq!(
        rules("0DTJ4ZZ", about(None, Some(Setting::Professional))),
        ["PCS-3"]
    );
    assert_eq!(
        rules("0DTJ4ZZ", about(None, Some(Setting::InpatientFacility))),
        [""; 0]
    );
    assert_eq!(rules("0DTJ4ZZ", about(Some(40), None)), [""; 0]);
    assert_eq!(rules("nonsense", about(Some(40), None)), [""; 0]);
}

#[test]
fn fixes_of_sides() {
    let found = issues(&claim(&["I10", "H25.10"]), "CM-6");
    let codes: Vec<Claim> = found[0]
        .fixes
        .iter()
        .map(|fix| apply_fix(&claim(&["I10", "H25.10"]), fix))
        .collect();
    assert_eq!(
        codes,
        [claim(&["I10", "H25.11"]), claim(&["I10", "H25.12"])]
    );
    // One code stands for both, and the pointers to either lead to it.
    let mut both = claim(&["H25.12", "I10", "H25.11"]);
    both.lines = vec![Line {
        pointers: vec![3, 2, 1],
        ..Line::default()
    }];
    let merged = apply_fix(&both, &issues(&both, "CM-7")[0].fixes[0]);
    assert_eq!(merged.diagnoses, claim(&["H25.13", "I10"]).diagnoses);
    assert_eq!(merged.lines[0].pointers, [1, 2]);
}

#[test]
fn cm_8_duplicates() {
    assert_count(&["I10", "E11.9", "i10"], "CM-8", 1);
    assert_count(&["S52.501A", "S52.501D"], "CM-8", 0);
    assert_count(&["I10"], "CM-8", 0);
    // A pointer to the one that goes points to the one that stays.
    let mut twice = claim(&["I10", "E11.9", "I10", "R52"]);
    twice.lines = vec![Line {
        pointers: vec![3, 1, 4],
        ..Line::default()
    }];
    let fix = issues(&twice, "CM-8")[0].fixes[0].clone();
    assert_eq!(apply_fix(&twice, &fix).lines[0].pointers, [1, 3]);
}

#[test]
fn cm_9_excludes1() {
    assert_count(&["A09", "K52.9"], "CM-9", 1);
    // The other direction, a note of the category, a note of the chapter with a range.
    assert_count(&["K52.9", "A09"], "CM-9", 1);
    assert_count(&["O24.410", "E11.9"], "CM-9", 1);
    assert_count(&["R52", "A15"], "CM-9", 1);
    assert_count(&["A09", "R52"], "CM-9", 0);
    assert_count(&["A09"], "CM-9", 0);
    let found = issues(&claim(&["R52", "A15"]), "CM-9");
    assert_eq!(found[0].severity, Severity::Warning);
    assert!(
        found[0].message.contains("chapter 18") && found[0].message.contains("unrelated"),
        "{}",
        found[0].message
    );
}

#[test]
fn cm_10_excludes2() {
    assert_count(&["G20", "R25.1"], "CM-10", 1);
    assert_count(&["R25.1", "G20"], "CM-10", 1);
    assert_count(&["A09", "K52.9"], "CM-10", 0);
}

#[test]
fn cm_11_manifestations() {
    assert_count(&["F02.80", "G20"], "CM-11", 1);
    assert_count(&["G20", "F02.80"], "CM-11", 0);
    assert_count(&["F02.80"], "CM-11", 1);
    assert_count(&["D63.0", "I10"], "CM-11", 1);
    assert_count(&["B95", "I10"], "CM-11", 0);
}

#[test]
fn cm_12_code_first() {
    let found = issues(&claim(&["F02.80", "G20"]), "CM-12");
    assert_eq!((found.len(), found[0].severity), (1, Severity::Error));
    assert_eq!(found[0].fixes, [ClaimFix::Move { from: 1, to: 0 }]);
    assert_count(&["G20", "F02.80"], "CM-12", 0);
    // Any underlying condition will do where the note gives examples; a note that does not say that there always is one
    // asks for none.
    assert_count(&["I10", "F02.80"], "CM-12", 0);
    assert_count(&["N18.4"], "CM-12", 0);
    assert_eq!(
        issues(&claim(&["F02.80"]), "CM-12")[0].severity,
        Severity::Warning
    );
    assert_count(&["I12.9", "N18.4"], "CM-12", 0);
}

#[test]
fn cm_13_use_additional_code() {
    assert_count(&["E11.9"], "CM-13", 1);
    assert_count(&["E11.9", "Z79.4"], "CM-13", 0);
    // Listed first, it is still the additional one.
    let first = issues(&claim(&["Z79.4", "E11.9"]), "CM-13");
    assert_eq!((first.len(), first[0].severity), (1, Severity::Information));
    assert_eq!(first[0].fixes, [ClaimFix::Move { from: 1, to: 0 }]);
    assert_count(&["I10", "Z79.4", "E11.9"], "CM-13", 0);
    assert_count(&["I10"], "CM-13", 0);
}

#[test]
fn headings_go_on_with_their_lines() {
    let text = issues(&claim(&["F02.80"]), "CM-12")[0].message.clone();
    let joined = "the underlying physiological condition, such as: Parkinson's disease (G20.-)";
    assert!(text.contains(joined), "{text}");
}

#[test]
fn cm_14_external_causes() {
    assert_count(&["W01", "S52.501A"], "CM-14", 1);
    assert_count(&["S52.501A", "W01"], "CM-14", 0);
    let only = issues(&claim(&["W01"]), "CM-14");
    assert_eq!((only.len(), only[0].fixes.len()), (1, 0));
}

#[test]
fn cm_15_sequelae() {
    assert_count(&["S52.501S", "R52"], "CM-15", 1);
    assert_count(&["R52", "S52.501S"], "CM-15", 0);
    assert_count(&["S52.501S"], "CM-15", 1);
    assert_count(&["S52.501D"], "CM-15", 0);
}

#[test]
fn cm_16_places() {
    assert_count(&["S52.501A", "Y92.0", "Y92.1"], "CM-16", 1);
    assert_count(&["S52.501A", "Y92.0"], "CM-16", 0);
    assert_count(&["S52.501D", "Y92.0"], "CM-16", 1);
    assert_count(&["S52.501D", "T36.0X1A", "Y92.0"], "CM-16", 0);
    // Activities do not apply to poisonings.
    assert_count(&["T36.0X1A", "Y93.0"], "CM-16", 1);
    assert_count(&["T36.0X1A", "S52.501A", "Y93.0"], "CM-16", 0);
    assert_count(&["S52.501A", "Y93.0"], "CM-16", 0);
}

#[test]
fn cm_17_unacceptable_principal_diagnoses() {
    let count = |codes: &[&str], setting| {
        let mut stay = claim(codes);
        stay.setting = setting;
        issues(&stay, "CM-17").len()
    };
    assert_eq!(count(&["Z79.4", "I10"], Setting::InpatientFacility), 1);
    assert_eq!(count(&["I10", "Z79.4"], Setting::InpatientFacility), 0);
    assert_eq!(count(&["Z79.4", "I10"], Setting::Professional), 0);
    // Acceptable with a secondary diagnosis.
    assert_eq!(count(&["R25.1"], Setting::InpatientFacility), 1);
    assert_eq!(count(&["R25.1", "I10"], Setting::InpatientFacility), 0);
}

#[test]
fn cm_19_ages() {
    for (code, age, count) in [
        ("P07", 0, 0),
        ("P07", 1, 1),
        ("R52", 17, 0),
        ("R52", 18, 1),
        ("H25.10", 15, 0),
        ("H25.10", 14, 1),
        ("H25.10", 124, 0),
        ("I10", 3, 0),
    ] {
        let mut aged = claim(&[code]);
        assert_eq!(issues(&aged, "CM-19").len(), 0);
        aged.age = Some(age);
        assert_eq!(issues(&aged, "CM-19").len(), count, "{code} at {age}");
    }
}

#[test]
fn cm_20_sexes_before_october_2024() {
    for (sex, date, count) in [
        (Sex::Male, 20240930, 1),
        (Sex::Female, 20240930, 0),
        (Sex::Male, 20241001, 0),
    ] {
        let mut dated = claim(&["A09"]);
        dated.sex = Some(sex);
        dated.date = Date::from_number(date);
        assert_eq!(issues(&dated, "CM-20").len(), count, "{sex:?} {date}");
    }
}

#[test]
fn cm_18_first_only() {
    assert_count(&["I10", "Z00.8"], "CM-18", 1);
    assert_count(&["Z00.8", "I10"], "CM-18", 0);
    assert_count(&["I10", "Z00.6"], "CM-18", 0);
    assert_count(&["Z00.8", "Z34.0"], "CM-18", 0);
}

#[test]
fn cm_21_mother_and_newborn() {
    assert_count(&["O09.91", "P07", "Z3A.13"], "CM-21", 1);
    assert_count(&["O09.91", "Z34.0", "Z3A.13"], "CM-21", 1);
    assert_count(&["O09.91"], "CM-21", 1);
    assert_count(&["O09.91", "Z3A.13"], "CM-21", 0);
    assert_count(&["O09.91", "Z3A.14"], "CM-21", 1);
    assert_count(&["O09.92", "Z3A.14"], "CM-21", 0);
    assert_count(&["O09.92", "Z3A.13"], "CM-21", 1);
    assert_count(&["P07"], "CM-21", 0);
    let mut newborn = claim(&["O09.91", "Z3A.13"]);
    newborn.age = Some(0);
    assert_eq!(issues(&newborn, "CM-21").len(), 1);
    newborn.age = Some(1);
    assert_eq!(issues(&newborn, "CM-21").len(), 0);
    // Outcomes are the mother's, births the newborn's, once.
    assert_count(&["P07", "Z37.0"], "CM-21", 1);
    assert_count(&["Z38.00", "P07"], "CM-21", 0);
    assert_count(&["Z38.00", "Z38.01"], "CM-21", 1);
    // No weeks for an abortive outcome.
    assert_count(&["O03.4", "Z3A.13"], "CM-21", 1);
    assert_count(&["O03.4"], "CM-21", 0);
}

#[test]
fn cm_21_deliveries() {
    assert_count(&["O80", "Z37.0", "Z3A.14"], "CM-21", 0);
    // Another outcome, another code of the chapter, not the principal diagnosis, no outcome.
    assert_count(&["O80", "Z37.1", "Z3A.14"], "CM-21", 1);
    assert_count(&["O80", "O99.02", "Z37.0", "Z3A.14"], "CM-21", 1);
    assert_count(&["I10", "O80", "Z37.0", "Z3A.14"], "CM-21", 1);
    assert_count(&["O80", "Z3A.14"], "CM-21", 1);
    assert_count(&["O99.02", "Z3A.14"], "CM-21", 1);
    let mut stay = claim(&["O99.02", "Z3A.14"]);
    assert_eq!(issues(&stay, "CM-21")[0].severity, Severity::Information);
    stay.setting = Setting::InpatientFacility;
    assert_eq!(issues(&stay, "CM-21")[0].severity, Severity::Warning);
}

#[test]
fn cm_22_present_on_admission() {
    for (indicator, count) in [
        (Some("Y"), 0),
        (Some(""), 0),
        (None, 0),
        (Some("w"), 0),
        (Some("1"), 1),
        (Some("YES"), 1),
    ] {
        let mut stay = claim(&["I10"]);
        stay.diagnoses[0].poa = indicator.map(str::to_string);
        assert_eq!(issues(&stay, "CM-22").len(), count, "{indicator:?}");
    }
    // An inpatient stay needs one for each code that is not exempt, and none for those that are.
    for (code, indicator, count) in [
        ("I10", None, 1),
        ("I10", Some("Y"), 0),
        ("Z79.4", None, 0),
        ("Z79.4", Some("Y"), 1),
    ] {
        let mut stay = claim(&[code]);
        stay.setting = Setting::InpatientFacility;
        stay.diagnoses[0].poa = indicator.map(str::to_string);
        assert_eq!(issues(&stay, "CM-22").len(), count, "{code} {indicator:?}");
    }
    // What is missing is one of four; what is too much goes.
    let mut stay = claim(&["I10", "Z79.4"]);
    stay.setting = Setting::InpatientFacility;
    stay.diagnoses[1].poa = Some("Y".to_string());
    let found = issues(&stay, "CM-22");
    assert_eq!(found[0].fixes.len(), 4);
    let exempt = apply_fix(&stay, &found[1].fixes[0]);
    assert_eq!(exempt.diagnoses[1].poa, None);
    // The list is of the release: it says nothing of a stay that ended before.
    stay.discharge = Date::new(2025, 9, 30);
    assert_eq!(issues(&stay, "CM-22").len(), 0);
    stay.discharge = Date::new(2025, 10, 1);
    assert_eq!(issues(&stay, "CM-22").len(), 2);
}

#[test]
fn cm_23_drugs() {
    assert_count(&["T36.0X6A", "I10", "Z91.14"], "CM-23", 1);
    assert_count(&["T36.0X5A", "I10"], "CM-23", 1);
    assert_count(&["I10", "T36.0X5A"], "CM-23", 0);
    assert_count(&["T36.0X1A", "I10"], "CM-23", 0);
    // Why less was taken.
    assert_count(&["I10", "T36.0X6A"], "CM-23", 1);
    assert_count(&["I10", "T36.0X6A", "Z91.14"], "CM-23", 0);
    // A poisoning or toxic effect goes before what it caused.
    let late = issues(&claim(&["I10", "T51.0X1A"]), "CM-23");
    assert_eq!((late.len(), late[0].severity), (1, Severity::Warning));
    assert_eq!(late[0].fixes, [ClaimFix::Move { from: 1, to: 0 }]);
    assert_count(&["I10", "T36.0X1A"], "CM-23", 1);
    assert_count(&["S52.501A", "T36.0X1A"], "CM-23", 0);
}

#[test]
fn nine_2_no_mixing() {
    assert_count(&["401.9", "I10"], "9-2", 1);
    assert_count(&["401.9"], "9-2", 0);
    let mut dated = claim(&["401.9"]);
    dated.date = Date::new(2015, 9, 30);
    assert_eq!(issues(&dated, "9-2").len(), 0);
    dated.date = Date::new(2015, 10, 1);
    assert_eq!(issues(&dated, "9-2").len(), 1);
    // An inpatient stay goes by the day of discharge.
    dated.setting = Setting::InpatientFacility;
    dated.date = Date::new(2015, 9, 30);
    dated.discharge = Date::new(2015, 10, 2);
    assert_eq!(issues(&dated, "9-2").len(), 1);
}

#[test]
fn pcs_3_settings() {
    let mut stay = claim(&["I10"]);
    stay.procedures = vec!["0DTJ4ZZ".to_string()];
    for (setting, count) in [
        (Setting::InpatientFacility, 0),
        (Setting::OutpatientFacility, 1),
        (Setting::Professional, 1),
    ] {
        stay.setting = setting;
        assert_eq!(issues(&stay, "PCS-3").len(), count);
    }
}

fn line(code: &str, modifiers: &[&str], pointers: &[usize]) -> Claim {
    Claim {
        lines: vec![Line {
            code: code.to_string(),
            modifiers: modifiers.iter().map(|m| m.to_string()).collect(),
            pointers: pointers.to_vec(),
            ..Line::default()
        }],
        ..claim(&["I10", "E11.9", "R52", "R25.1", "Z79.4"])
    }
}

#[test]
fn mod_1_to_3() {
    let count = |modifiers: &[&str], rule| issues(&line("E0601", modifiers, &[1]), rule).len();
    assert_eq!(count(&["LT", "LT"], "MOD-1"), 1);
    assert_eq!(count(&["LT", "59", "25", "XS"], "MOD-1"), 0);
    assert_eq!(count(&["LT", "59", "25", "XS", "RT"], "MOD-1"), 1);
    assert_eq!(count(&["E0601"], "MOD-1"), 1);
    assert_eq!(count(&["QQ"], "MOD-1"), 1);
    assert_eq!(count(&["LT", "RT"], "MOD-2"), 1);
    assert_eq!(count(&["50", "RT"], "MOD-2"), 1);
    assert_eq!(count(&["50"], "MOD-2"), 0);
    assert_eq!(count(&["59", "xs"], "MOD-3"), 1);
    assert_eq!(count(&["59"], "MOD-3"), 0);
    assert_eq!(count(&["XS"], "MOD-3"), 0);
}

#[test]
fn mod_4_evaluation_and_management() {
    let count =
        |code: &str, modifiers: &[&str]| issues(&line(code, modifiers, &[1]), "MOD-4").len();
    assert_eq!(count("E0601", &["25"]), 1);
    assert_eq!(count("E0601", &["LT"]), 0);
    assert_eq!(count("10004", &["25"]), 1);
    assert_eq!(count("69990", &["57"]), 1);
    assert_eq!(count("99213", &["25"]), 0);
    // Medicine and its neighbours are left alone.
    assert_eq!(count("92014", &["25"]), 0);
    assert_eq!(count("G0101", &["25"]), 0);
    assert_eq!(count("0001A", &["25"]), 0);
}

#[test]
fn hc_1_a_modifier_is_no_procedure() {
    assert_eq!(issues(&line("LT", &[], &[1]), "HC-1").len(), 1);
    assert_eq!(issues(&line("E0601", &[], &[1]), "HC-1").len(), 0);
}

#[test]
fn cl_3_facilities() {
    let mut stay = claim(&[]);
    stay.setting = Setting::InpatientFacility;
    let fill = |code: &str, count: usize| {
        let diagnosis = Diagnosis {
            code: code.to_string(),
            poa: None,
        };
        vec![diagnosis; count]
    };
    let count = |claim: &Claim| {
        let all = index().validate_claim(claim);
        all.iter().filter(|issue| issue.rule == "CL-3").count()
    };
    for (others, causes, expected) in [(25, 12, 0), (26, 12, 1), (25, 13, 1), (26, 13, 2)] {
        stay.diagnoses = fill("I10", others);
        stay.diagnoses.extend(fill("W01", causes));
        assert_eq!(count(&stay), expected, "{others} and {causes}");
    }
    stay.setting = Setting::Professional;
    assert_eq!(count(&stay), 0);
    let mut visit = claim(&["I10"]);
    visit.setting = Setting::OutpatientFacility;
    visit.reasons = vec!["R52".to_string(); 3];
    assert_eq!(count(&visit), 0);
    visit.reasons.push("R52".to_string());
    assert_eq!(count(&visit), 1);
    visit.admitting = Some("R52".to_string());
    assert_eq!(count(&visit), 2);
    visit.setting = Setting::InpatientFacility;
    visit.reasons.truncate(1);
    assert_eq!(issues(&visit, "CL-3").len(), 1);
    // They are checked as codes like any diagnosis.
    visit.admitting = Some("R52.9".to_string());
    assert_eq!(
        issues(&visit, "CM-4").len() + issues(&visit, "CM-2").len(),
        1
    );
}

/// The index with lists about claims beside it.
pub(super) fn with_edits() -> Index<'static> {
    use crate::index::claim_edits::{
        CoverageList, Pair, PairEdit, UnitEdit, UnitLimit, UnitService, write_coverage,
        write_limits, write_pairs,
    };
    use crate::index::format::{self, Section, SectionKind};
    let pair = |first: &str, second: &str, edit, practitioner| Pair {
        practitioner,
        first: first.to_string(),
        second: second.to_string(),
        period: Period {
            start: Date::new(2025, 1, 1),
            end: Date::new(2025, 12, 31),
        },
        edit,
    };
    let pairs = [
        pair("11111", "22222", PairEdit::Never, true),
        pair("11111", "33333", PairEdit::WithModifier, true),
        pair("11111", "44444", PairEdit::Never, false),
    ];
    let limit = |code: &str, most, by_line| UnitLimit {
        service: UnitService::Practitioner,
        code: code.to_string(),
        edit: UnitEdit { most, by_line },
    };
    let limits = [limit("E0601", 2, false), limit("11111", 1, true)];
    let coverage = [CoverageList {
        name: "A56273".to_string(),
        procedures: vec!["11111".to_string()],
        diagnoses: vec!["I10".to_string()],
    }];
    let section = |kind, bytes| Section {
        system: CodeSystem::HCPCS,
        kind,
        bytes,
    };
    let bytes = format::write(&[
        section(SectionKind::PairEdits, write_pairs(&pairs).unwrap()),
        section(SectionKind::UnitEdits, write_limits(&limits).unwrap()),
        section(SectionKind::Coverage, write_coverage(&coverage).unwrap()),
    ]);
    // As a page adds a pack: the bytes stay as long as the program.
    let bytes: &'static [u8] = Box::leak(bytes.into_boxed_slice());
    Index::open(bytes).unwrap()
}

/// A claim of lines: code, modifiers, units, pointer.
fn lines(rows: &[(&str, &[&str], Option<u32>, usize)]) -> Claim {
    let line = |(code, modifiers, units, pointer): &(&str, &[&str], Option<u32>, usize)| Line {
        code: code.to_string(),
        modifiers: modifiers.iter().map(|m| m.to_string()).collect(),
        units: *units,
        pointers: vec![*pointer],
        ..Line::default()
    };
    Claim {
        lines: rows.iter().map(line).collect(),
        date: Date::new(2025, 6, 1),
        ..claim(&["I10", "R52"])
    }
}

fn of_rule(index: &Index<'_>, claim: &Claim, rule: &str) -> Vec<Issue> {
    let all = index.validate_claim(claim).into_iter();
    all.filter(|issue| issue.rule == rule).collect()
}

#[test]
fn nc_1_pairs() {
    let index = with_edits();
    let found = |claim: &Claim| {
        let found = of_rule(&index, claim, "NC-1");
        found.iter().map(|issue| issue.severity).collect::<Vec<_>>()
    };
    let never = lines(&[("11111", &[], None, 1), ("22222", &["59"], None, 1)]);
    assert_eq!(found(&never), [Severity::Error]);
    let turned = lines(&[("22222", &[], None, 1), ("11111", &[], None, 1)]);
    assert_eq!(found(&turned), [Severity::Error]);
    let bare = lines(&[("11111", &[], None, 1), ("33333", &["26"], None, 1)]);
    assert_eq!(found(&bare), [Severity::Warning]);
    let apart = lines(&[("11111", &[], None, 1), ("33333", &["xs"], None, 1)]);
    assert_eq!(found(&apart), []);
    // Of hospitals only; on other days; after the edit has ended.
    let mut hospital = lines(&[("11111", &[], None, 1), ("44444", &[], None, 1)]);
    assert_eq!(found(&hospital), []);
    hospital.setting = Setting::OutpatientFacility;
    assert_eq!(found(&hospital), [Severity::Error]);
    let mut days = never.clone();
    days.lines[0].date = Date::new(2025, 6, 2);
    assert_eq!(found(&days), []);
    let mut late = never.clone();
    late.date = Date::new(2025, 12, 31);
    assert_eq!(found(&late), [Severity::Error]);
    late.date = Date::new(2026, 1, 1);
    assert_eq!(found(&late), []);
    assert_eq!(of_rule(self::index(), &never, "NC-1").len(), 0);
}

#[test]
fn nc_2_units() {
    let index = with_edits();
    let count = |claim: &Claim| of_rule(&index, claim, "NC-2").len();
    assert_eq!(count(&lines(&[("E0601", &[], Some(2), 1)])), 0);
    assert_eq!(count(&lines(&[("E0601", &[], Some(3), 1)])), 1);
    // The units of a day are added; those of a line are not.
    let twice = lines(&[("E0601", &[], Some(2), 1), ("E0601", &[], None, 1)]);
    assert_eq!(count(&twice), 1);
    let mut days = twice.clone();
    days.lines[1].date = Date::new(2025, 6, 2);
    assert_eq!(count(&days), 0);
    let by_line = lines(&[("11111", &[], Some(1), 1), ("11111", &[], Some(1), 1)]);
    assert_eq!(count(&by_line), 0);
    assert_eq!(count(&lines(&[("11111", &[], Some(2), 1)])), 1);
    assert_eq!(of_rule(self::index(), &twice, "NC-2").len(), 0);
}

#[test]
fn cl_4_coverage() {
    let index = with_edits();
    let count = |claim: &Claim| of_rule(&index, claim, "CL-4").len();
    assert_eq!(count(&lines(&[("11111", &[], None, 1)])), 0);
    assert_eq!(count(&lines(&[("11111", &[], None, 2)])), 1);
    assert_eq!(count(&lines(&[("22222", &[], None, 2)])), 0);
    // Without pointers any diagnosis of the claim will do.
    let mut open = lines(&[("11111", &[], None, 2)]);
    open.lines[0].pointers.clear();
    assert_eq!(count(&open), 0);
    assert_eq!(
        of_rule(self::index(), &lines(&[("11111", &[], None, 2)]), "CL-4").len(),
        0
    );
}

#[test]
fn the_editor_of_icd_9_cm() {
    let mut old = claim(&["401.9"]);
    old.date = Date::new(2015, 9, 30);
    (old.age, old.sex) = (Some(14), Some(Sex::Female));
    assert_eq!(issues(&old, "CM-19").len(), 1);
    assert_eq!(issues(&old, "CM-20").len(), 1);
    assert_eq!(issues(&old, "CM-17").len(), 0);
    old.setting = Setting::InpatientFacility;
    assert_eq!(issues(&old, "CM-17").len(), 1);
    (old.age, old.sex) = (Some(15), Some(Sex::Male));
    assert_eq!(issues(&old, "CM-19").len() + issues(&old, "CM-20").len(), 0);
    // The code is one of ICD-10-CM as well: the date decides.
    old.diagnoses[0].code = "E030".to_string();
    assert_eq!(issues(&old, "CM-14").len(), 1);
    old.date = Date::new(2025, 10, 1);
    assert_eq!(issues(&old, "CM-14").len(), 0);
}

#[test]
fn codes_of_other_places() {
    // What is valid elsewhere is not corrected to what it was never meant to be.
    let found = issues(&line("E11.9", &[], &[1]), "HC-1");
    assert_eq!(found[0].fixes, []);
    assert!(
        found[0]
            .message
            .starts_with("E11.9 is a code of ICD-10-CM ("),
        "{found:?}"
    );
    let found = issues(&claim(&["E0601"]), "CM-2");
    assert_eq!((found.len(), found[0].fixes.len()), (1, 0), "{found:?}");
    // A dental code is unknown, not wrong.
    let found = issues(&line("D0120", &[], &[1]), "HC-1");
    assert_eq!(
        (found[0].severity, found[0].fixes.len()),
        (Severity::Information, 0)
    );
    // Modifiers of CPT are told once.
    let found = issues(&line("E0601", &["22", "33"], &[1]), "CPT-1");
    assert_eq!((found.len(), found[0].items.len()), (1, 2));
    for modifier in ["L", "QQ", ""] {
        let found = issues(&line("E0601", &[modifier], &[1]), "MOD-1");
        assert_eq!(
            (found.len(), found[0].severity),
            (1, Severity::Error),
            "{found:?}"
        );
    }
    assert_eq!(issues(&line("", &[], &[1]), "HC-1").len(), 1);
    assert_eq!(issues(&claim(&["I10", ""]), "CM-1").len(), 1);
}

#[test]
fn many_diagnoses_are_answered_at_once() {
    let codes: Vec<&str> = ["I10", "E11.9", "K52.9", "A09", "G20", "R25.1", "R52"]
        .into_iter()
        .cycle()
        .take(2_000)
        .collect();
    let started = std::time::Instant::now();
    let found = index().validate_claim(&claim(&codes));
    assert!(started.elapsed().as_secs() < 5);
    let count = |rule: &str| found.iter().filter(|issue| issue.rule == rule).count();
    assert_eq!((count("CM-9"), count("CM-8")), (1, 1_993));
}

#[test]
fn hc_3_descriptions() {
    let mut other = line("J9999", &[], &[1]);
    assert_eq!(issues(&other, "HC-3").len(), 1);
    other.lines[0].description = Some(" ".to_string());
    assert_eq!(issues(&other, "HC-3").len(), 1);
    other.lines[0].description = Some("a drug".to_string());
    assert_eq!(issues(&other, "HC-3").len(), 0);
}

#[test]
fn cl_1_twelve_diagnoses() {
    let codes = [
        "I10", "E11.9", "R52", "R25.1", "Z79.4", "A15", "A09", "G20", "W01", "P07", "Y92.0",
        "H25.11", "H25.12",
    ];
    assert_count(&codes, "CL-1", 1);
    assert_count(&codes[..12], "CL-1", 0);
    let mut stay = claim(&codes);
    stay.setting = Setting::InpatientFacility;
    assert_eq!(issues(&stay, "CL-1").len(), 0);
}

#[test]
fn cl_2_pointers() {
    let count = |pointers: &[usize]| issues(&line("E0601", &[], pointers), "CL-2").len();
    assert_eq!(count(&[1]), 0);
    assert_eq!(count(&[1, 2, 3, 4]), 0);
    assert_eq!(count(&[5]), 0);
    assert_eq!(count(&[]), 1);
    assert_eq!(count(&[1, 2, 3, 4, 5]), 1);
    assert_eq!(count(&[1, 6]), 1);
    assert_eq!(count(&[1, 0]), 1);
    assert_eq!(count(&[1, 1]), 1);
}

#[test]
fn fixes_for_parts_that_are_not_there_change_nothing() {
    let whole = line("E0601", &["LT"], &[1]);
    let items = [
        Item::Diagnosis { at: 9 },
        Item::Procedure { at: 0 },
        Item::Line { at: 1 },
        Item::Modifier { line: 0, at: 1 },
        Item::Modifier { line: 7, at: 0 },
        Item::Pointer { line: 0, at: 1 },
        Item::Poa { at: 9 },
        Item::Admitting,
        Item::Reason { at: 0 },
    ];
    for item in items {
        assert_eq!(apply_fix(&whole, &ClaimFix::Remove { item }), whole);
        let code = "I10".to_string();
        let display = None;
        let fix = ClaimFix::Replace {
            item,
            code,
            display,
        };
        assert_eq!(apply_fix(&whole, &fix), whole);
    }
    assert_eq!(apply_fix(&whole, &ClaimFix::Move { from: 0, to: 5 }), whole);
    let moved = apply_fix(&whole, &ClaimFix::Move { from: 2, to: 0 });
    assert_eq!(
        (
            moved.diagnoses[0].code.as_str(),
            moved.lines[0].pointers.as_slice()
        ),
        ("R52", &[2][..])
    );
}

#[test]
fn claims_and_issues_as_json() {
    let json = r#"{"diagnoses":[{"code":"W01","poa":"Y"},{"code":"I10"}],"setting":"inpatient-facility",
        "discharge":"2026-01-05","lines":[{"code":"E0601","modifiers":["LT"],"pointers":[1]}]}"#;
    let claim: Claim = serde_json::from_str(json).unwrap();
    let issue = serde_json::to_value(&issues(&claim, "CM-14")[0]).unwrap();
    assert_eq!(issue["severity"], "error");
    assert_eq!(
        issue["items"][0],
        serde_json::json!({"part": "diagnosis", "at": 0})
    );
    assert_eq!(
        issue["fixes"],
        serde_json::json!([{"change": "move", "from": 1, "to": 0}])
    );
    assert!(serde_json::from_str::<Claim>(r#"{"diagnosis":[]}"#).is_err());
}
