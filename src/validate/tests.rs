//! One table per rule, a differential test against a plain list, and the same over a built index.

use std::collections::HashMap;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::compile::compile;
use crate::concepts;

/// A few lines of a release: code, whether it is billable, title. Codes of seven characters are composed by the compiler.
const CM: &[(&str, bool, &str)] = &[
    ("E11", false, "Type 2 diabetes mellitus"),
    (
        "E116",
        false,
        "Type 2 diabetes mellitus with other specified complications",
    ),
    ("E1165", true, "Type 2 diabetes mellitus with hyperglycemia"),
    (
        "E118",
        true,
        "Type 2 diabetes mellitus with unspecified complications",
    ),
    (
        "E119",
        true,
        "Type 2 diabetes mellitus without complications",
    ),
    ("I10", true, "Essential (primary) hypertension"),
    ("S52", false, "Fracture of forearm"),
    ("S525", false, "Fracture of lower end of radius"),
    (
        "S5250",
        false,
        "Unspecified fracture of the lower end of radius",
    ),
    (
        "S52501",
        false,
        "Unspecified fracture of the lower end of right radius",
    ),
    (
        "S52501A",
        true,
        "Unspecified fracture of the lower end of right radius, initial encounter",
    ),
    (
        "S52501D",
        true,
        "Unspecified fracture of the lower end of right radius, subsequent encounter",
    ),
    (
        "S52501S",
        true,
        "Unspecified fracture of the lower end of right radius, sequela",
    ),
    ("T36", false, "Poisoning by systemic antibiotics"),
    ("T360", false, "Poisoning by penicillins"),
    ("T360X", false, "Poisoning by penicillins"),
    ("T360X1", false, "Poisoning by penicillins, accidental"),
    (
        "T360X1A",
        true,
        "Poisoning by penicillins, accidental, initial encounter",
    ),
    (
        "T360X1D",
        true,
        "Poisoning by penicillins, accidental, subsequent encounter",
    ),
    (
        "V20",
        false,
        "Motorcycle rider injured in collision with animal",
    ),
    ("V202", false, "Person on outside of motorcycle injured"),
    (
        "V202XXA",
        true,
        "Person on outside of motorcycle injured, initial encounter",
    ),
    ("V300", true, "A code that ICD-9-CM has as well"),
    ("W21", false, "Striking against sports equipment"),
    ("W218", false, "Striking against other sports equipment"),
    ("W2189", false, "Striking against other sports equipment"),
    (
        "W2189XA",
        true,
        "Striking against other sports equipment, initial encounter",
    ),
    (
        "W2189XD",
        true,
        "Striking against other sports equipment, subsequent encounter",
    ),
    (
        "W2189XS",
        true,
        "Striking against other sports equipment, sequela",
    ),
    (
        "W219",
        false,
        "Striking against unspecified sports equipment",
    ),
    (
        "W219XXA",
        true,
        "Striking against unspecified sports equipment, initial encounter",
    ),
    (
        "W219XXD",
        true,
        "Striking against unspecified sports equipment, subsequent encounter",
    ),
    (
        "W219XXS",
        true,
        "Striking against unspecified sports equipment, sequela",
    ),
    ("Z8601", false, "Personal history of colon polyps"),
    ("Z86010", false, "Personal history of colon polyps"),
    (
        "Z860101",
        true,
        "Personal history of adenomatous colon polyps",
    ),
    ("Z860109", true, "Personal history of other colon polyps"),
];

fn day(number: u32) -> Date {
    Date::from_number(number).unwrap()
}

fn period(start: u32, end: u32) -> Period {
    Period {
        start: Date::from_number(start),
        end: Date::from_number(end),
    }
}

fn release(version: &str, days: Period, rows: &[(&str, bool, &str)]) -> concepts::Release {
    concepts::Release {
        version: version.to_string(),
        period: days,
        concepts: rows
            .iter()
            .map(|(code, billable, display)| concepts::Concept {
                code: code.to_string(),
                billable: *billable,
                display: display.to_string(),
                ..Default::default()
            })
            .collect(),
        ..Default::default()
    }
}

/// An index of every system but CPT.
fn index() -> &'static Index<'static> {
    static BYTES: LazyLock<Vec<u8>> = LazyLock::new(bytes);
    static INDEX: LazyLock<Index<'static>> =
        LazyLock::new(|| Index::open(BYTES.as_slice()).unwrap());
    &INDEX
}

/// Its bytes.
fn bytes() -> Vec<u8> {
    let cm = release("FY2026", period(20251001, 20260930), CM);
    let pcs = release(
        "FY2026",
        period(20251001, 20260930),
        &[
            ("0DT", false, "Gastrointestinal System, Resection"),
            ("0DTJ0ZZ", true, "Resection of Appendix, Open Approach"),
            (
                "0DTJ4ZZ",
                true,
                "Resection of Appendix, Percutaneous Endoscopic Approach",
            ),
        ],
    );
    let dx = release(
        "v32",
        period(20141001, 20150930),
        &[
            ("250", false, "Diabetes mellitus"),
            (
                "2500",
                false,
                "Diabetes mellitus without mention of complication",
            ),
            (
                "25000",
                true,
                "Diabetes mellitus without mention of complication, type II",
            ),
            ("E850", false, "Accidental poisoning by analgesics"),
            ("E8500", true, "Accidental poisoning by heroin"),
            ("V202", true, "Routine infant or child health check"),
            ("V300", true, "A code that ICD-10-CM has as well"),
            ("V5789", true, "Other specified rehabilitation procedure"),
        ],
    );
    let sg = release(
        "v32",
        period(20141001, 20150930),
        &[
            ("36", false, "Operations on vessels of heart"),
            ("360", false, "Removal of coronary artery obstruction"),
            ("3606", true, "Insertion of coronary artery stent"),
        ],
    );
    let mut hcpcs = release(
        "2025-10",
        period(20251001, 20251231),
        &[
            ("C9174", true, "A drug that was in effect for a quarter"),
            ("E0601", true, "Continuous positive airway pressure device"),
            (
                "J9999",
                true,
                "Not otherwise classified, antineoplastic drugs",
            ),
            ("LT", true, "Left side"),
            ("Q0001", true, "A code of the year after"),
        ],
    );
    for concept in &mut hcpcs.concepts {
        match concept.code.as_str() {
            "C9174" => concept.period = period(20250701, 20250930),
            "E0601" => concept.period = period(19940101, 0),
            "J9999" => concept.not_otherwise_classified = true,
            "LT" => concept.modifier = true,
            _ => concept.period = period(20260401, 0),
        }
    }
    let releases = [
        (CodeSystem::ICD10CM, &cm),
        (CodeSystem::ICD10PCS, &pcs),
        (CodeSystem::ICD9CM_DX, &dx),
        (CodeSystem::ICD9CM_SG, &sg),
        (CodeSystem::HCPCS, &hcpcs),
    ];
    compile(&releases, &concepts::Relations::default()).unwrap()
}

/// Validates one code; `at` is a date as a number, 0 for none.
fn validate(code: &str, system: Option<CodeSystem>, at: u32) -> Validation {
    let index = index();
    let options = ValidateOptions {
        system,
        date: Date::from_number(at),
        ..Default::default()
    };
    let answer = index.validate(code, &options);
    assert_eq!(answer.code, code);
    assert!(answer.message.ends_with('.'), "{}", answer.message);
    // Whatever the answer, a fix is a code that the same call answers as valid.
    for fix in &answer.fixes {
        let fixed = index.validate(
            &fix.code,
            &ValidateOptions {
                system: answer.system,
                ..options.clone()
            },
        );
        let valid = [Status::Billable, Status::DateNotCovered].contains(&fixed.status);
        assert!(valid, "{code} -> {} is {}", fix.code, fixed.status.id());
    }
    answer
}

/// Asserts status, rule and the codes of the fixes of one code, in whichever system knows it.
fn assert_answer(code: &str, at: u32, status: Status, rule: &str, fixes: &[&str]) {
    let answer = validate(code, None, at);
    let found: Vec<_> = answer.fixes.iter().map(|fix| fix.code.as_str()).collect();
    assert_eq!(
        (answer.status, answer.rule.unwrap_or(""), found),
        (status, rule, fixes.to_vec()),
        "{code}: {}",
        answer.message
    );
}

#[test]
fn valid_codes_in_every_spelling() {
    for code in [
        "E11.9", "e119", " E119\t", "I10", "S52.501A", "w2189xd", "Z86.0101",
    ] {
        assert_answer(code, 0, Status::Billable, "", &[]);
        assert_answer(code, 20251001, Status::Billable, "", &[]);
        assert_answer(code, 20260930, Status::Billable, "", &[]);
    }
    let answer = validate("e119", None, 0);
    let concept = answer.concept.unwrap();
    assert_eq!(
        (concept.code.as_str(), answer.release.as_deref()),
        ("E11.9", Some("FY2026"))
    );
    assert_eq!(answer.period, Some(period(20251001, 20260930)));
}

#[test]
fn cm_1_shape() {
    assert_answer("", 0, Status::InvalidShape, "", &[]);
    assert_answer(" \u{3000}", 0, Status::InvalidShape, "", &[]);
    assert_answer("chest pain", 0, Status::InvalidShape, "", &[]);
    assert_answer("E1.19", 0, Status::InvalidShape, "CM-1", &["E11.9"]);
    assert_answer("I10.", 0, Status::InvalidShape, "CM-1", &["I10"]);
    assert_answer("E11 .9", 0, Status::InvalidShape, "CM-1", &["E11.9"]);
    assert_answer("EII.8", 0, Status::InvalidShape, "CM-1", &["E11.8"]);
    assert_answer("110", 0, Status::NotInRelease, "9-1", &[]);
}

#[test]
fn cm_2_release_and_dates() {
    assert_answer(
        "E11.7",
        0,
        Status::NotInRelease,
        "CM-2",
        &["E11.8", "E11.9"],
    );
    assert_answer("E11.56", 0, Status::NotInRelease, "CM-2", &["E11.65"]);
    assert_answer("E11.9", 20260930, Status::Billable, "", &[]);
    assert_answer("E11.9", 20261001, Status::DateNotCovered, "CM-2", &[]);
    assert_answer("E11.9", 20250930, Status::DateNotCovered, "CM-2", &[]);
    let message = validate("E11.9", None, 20261001).message;
    assert!(
        message.contains("FY2026 (2025-10-01 to 2026-09-30)"),
        "{message}"
    );
    let message = validate("E11.7", None, 20261001).message;
    assert!(message.contains("does not cover 2026-10-01"), "{message}");
}

#[test]
fn cm_3_headers() {
    assert_answer(
        "E11",
        0,
        Status::Header,
        "CM-3",
        &["E11.65", "E11.8", "E11.9"],
    );
    assert_answer("E11.6", 0, Status::Header, "CM-3", &["E11.65"]);
    // The last character of these is no seventh character in the sense of CM-4.
    assert_answer(
        "Z86.010",
        0,
        Status::Header,
        "CM-3",
        &["Z86.0101", "Z86.0109"],
    );
    assert_answer("E11.65", 0, Status::Billable, "", &[]);
    assert_answer("Z8", 0, Status::NotInRelease, "MOD-1", &[]);
}

#[test]
fn cm_4_seventh_characters() {
    let choices = ["S52.501A", "S52.501D", "S52.501S"];
    assert_answer("S52.501", 0, Status::Incomplete, "CM-4", &choices);
    assert_answer(
        "S52.501X",
        0,
        Status::SeventhCharacterWrong,
        "CM-4",
        &choices,
    );
    assert_answer(
        "S52.501B",
        0,
        Status::SeventhCharacterWrong,
        "CM-4",
        &choices,
    );
    assert_answer("S52.501A", 0, Status::Billable, "", &[]);
    assert_answer(
        "W21.89",
        0,
        Status::Incomplete,
        "CM-4",
        &["W21.89XA", "W21.89XD", "W21.89XS"],
    );
    assert_answer(
        "W21.89X",
        0,
        Status::Incomplete,
        "CM-4",
        &["W21.89XA", "W21.89XD", "W21.89XS"],
    );
    assert_answer(
        "W21.89XB",
        0,
        Status::SeventhCharacterWrong,
        "CM-4",
        &["W21.89XA", "W21.89XD", "W21.89XS"],
    );
    assert_answer(
        "T36.0X1",
        0,
        Status::Incomplete,
        "CM-4",
        &["T36.0X1A", "T36.0X1D"],
    );
    assert_answer(
        "T36.0X1S",
        0,
        Status::SeventhCharacterWrong,
        "CM-4",
        &["T36.0X1A", "T36.0X1D"],
    );
    assert_answer(
        "E11.9A",
        0,
        Status::SeventhCharacterNotAllowed,
        "CM-4",
        &["E11.9"],
    );
    assert_answer(
        "E11.9XXA",
        0,
        Status::SeventhCharacterNotAllowed,
        "CM-4",
        &["E11.9"],
    );
    assert_answer(
        "I10XXXD",
        0,
        Status::SeventhCharacterNotAllowed,
        "CM-4",
        &["I10"],
    );
    assert_answer("S52.5A", 0, Status::NotInRelease, "CM-2", &["S52.501A"]);
}

#[test]
fn cm_5_placeholders() {
    assert_answer(
        "W21.89A",
        0,
        Status::PlaceholderMissing,
        "CM-5",
        &["W21.89XA"],
    );
    assert_answer(
        "W21.9A",
        0,
        Status::PlaceholderMissing,
        "CM-5",
        &["W21.9XXA"],
    );
    assert_answer(
        "W21.9XA",
        0,
        Status::PlaceholderMissing,
        "CM-5",
        &["W21.9XXA"],
    );
    assert_answer("W21.9XXA", 0, Status::Billable, "", &[]);
    assert_answer(
        "W21.89XXA",
        0,
        Status::PlaceholderExtra,
        "CM-5",
        &["W21.89XA"],
    );
    assert_answer(
        "W21.9XXXXA",
        0,
        Status::PlaceholderExtra,
        "CM-5",
        &["W21.9XXA"],
    );
    assert_answer(
        "W21.X89A",
        0,
        Status::PlaceholderMissing,
        "CM-5",
        &["W21.89XA"],
    );
    assert_answer(
        "T36.01A",
        0,
        Status::PlaceholderMissing,
        "CM-5",
        &["T36.0X1A"],
    );
    assert_answer(
        "T36.01",
        0,
        Status::PlaceholderMissing,
        "CM-5",
        &["T36.0X1A", "T36.0X1D"],
    );
    assert_answer(
        "S52.501XA",
        0,
        Status::PlaceholderExtra,
        "CM-5",
        &["S52.501A"],
    );
    assert_answer("E11.9X", 0, Status::PlaceholderExtra, "CM-5", &["E11.9"]);
}

#[test]
fn nine_1_icd_9_codes() {
    assert_answer("250.00", 0, Status::Billable, "", &[]);
    assert_answer("250.0", 0, Status::Header, "9-1", &["250.00"]);
    assert_answer("250.01", 0, Status::NotInRelease, "9-1", &["250.00"]);
    assert_answer("36.06", 0, Status::Billable, "", &[]);
    assert_answer("36", 0, Status::Header, "9-1", &["36.06"]);
    // The dot tells diagnoses from procedures: 25.00 is no diabetes.
    assert_answer("25.00", 0, Status::NotInRelease, "9-1", &[]);
    let code = validate("25.000", Some(CodeSystem::ICD9CM_DX), 0);
    assert_eq!(
        (code.status, code.rule),
        (Status::InvalidShape, Some("9-1"))
    );
    assert_eq!(code.fixes[0].code, "250.00");
}

#[test]
fn nine_2_the_change_to_icd_10() {
    assert_answer("250.00", 20150930, Status::Billable, "", &[]);
    assert_answer("250.00", 20151001, Status::Terminated, "9-2", &[]);
    assert_answer("250", 20151001, Status::Terminated, "9-2", &[]);
    assert_answer("36.06", 20151001, Status::Terminated, "9-2", &[]);
    assert_answer("250.00", 20140930, Status::DateNotCovered, "9-1", &[]);
    assert_answer("E11.9", 20150930, Status::NotYetEffective, "9-2", &[]);
    assert_answer("E11.9", 20151001, Status::DateNotCovered, "CM-2", &[]);
    assert_answer("0DTJ4ZZ", 20150930, Status::NotYetEffective, "9-2", &[]);
    // Five digits may be CPT: on a day of ICD-10 they are more probably that.
    let both = validate("25000", None, 20260101);
    assert_eq!((both.status, both.others.len()), (Status::UnknownNoPack, 0));
}

#[test]
fn nine_3_codes_of_both() {
    let both = validate("V300", None, 0);
    assert_eq!(
        (both.status, both.system, both.rule),
        (Status::Billable, Some(CodeSystem::ICD10CM), Some("9-3"))
    );
    assert_eq!(both.others.len(), 1);
    assert_eq!(
        (both.others[0].status, both.others[0].system),
        (Status::Billable, Some(CodeSystem::ICD9CM_DX))
    );
    let before = validate("V300", None, 20150930);
    assert_eq!(
        (before.system, before.rule, before.others.len()),
        (Some(CodeSystem::ICD9CM_DX), None, 0)
    );
    let since = validate("V300", None, 20260101);
    assert_eq!(
        (since.system, since.rule, since.others.len()),
        (Some(CodeSystem::ICD10CM), None, 0)
    );
    // A code here, a code that lacks its seventh character there: the code answers.
    let code = validate("V20.2", None, 0);
    assert_eq!(
        (code.status, code.system),
        (Status::Billable, Some(CodeSystem::ICD9CM_DX))
    );
}

#[test]
fn pcs_1_and_2() {
    assert_answer("0dtj4zz", 0, Status::Billable, "", &[]);
    assert_answer("ODTJ4ZZ", 0, Status::InvalidShape, "PCS-1", &["0DTJ4ZZ"]);
    assert_answer("0DT", 0, Status::Header, "PCS-1", &["0DTJ0ZZ", "0DTJ4ZZ"]);
    assert_answer("0DTJ4", 0, Status::Incomplete, "PCS-1", &["0DTJ4ZZ"]);
    assert_answer("0DTJ4ZX", 0, Status::NotInRelease, "PCS-2", &["0DTJ4ZZ"]);
    assert_answer("0DTJ4Z", 0, Status::Incomplete, "PCS-1", &["0DTJ4ZZ"]);
    assert_answer("0DTJ4ZZZ", 0, Status::InvalidShape, "PCS-1", &["0DTJ4ZZ"]);
}

#[test]
fn hc_1_to_3() {
    assert_answer("e0601", 0, Status::Billable, "", &[]);
    assert_answer("J9999", 0, Status::Billable, "HC-3", &[]);
    let hcpcs = |code, at| {
        let answer = validate(code, Some(CodeSystem::HCPCS), at);
        (answer.status, answer.rule)
    };
    assert_eq!(hcpcs("E0602", 0), (Status::NotInRelease, Some("HC-1")));
    assert_eq!(hcpcs("E060", 0), (Status::InvalidShape, Some("HC-1")));
    assert_eq!(hcpcs("E0601", 19940101), (Status::Billable, None));
    assert_eq!(
        hcpcs("E0601", 19931231),
        (Status::NotYetEffective, Some("HC-2"))
    );
    assert_eq!(
        hcpcs("E0601", 20260101),
        (Status::DateNotCovered, Some("HC-2"))
    );
    assert_eq!(hcpcs("C9174", 20250930), (Status::Billable, None));
    assert_eq!(hcpcs("C9174", 20251001), (Status::Terminated, Some("HC-2")));
    assert_eq!(hcpcs("C9174", 0), (Status::Terminated, Some("HC-2")));
    assert_eq!(hcpcs("Q0001", 0), (Status::NotYetEffective, Some("HC-2")));
    let dental = validate("D0120", Some(CodeSystem::HCPCS), 0);
    assert!(dental.message.contains("American Dental Association"));
}

#[test]
fn cpt_1_without_a_licensed_file() {
    assert_answer("99213", 0, Status::UnknownNoPack, "CPT-1", &[]);
    assert_answer("0001A", 20260101, Status::UnknownNoPack, "CPT-1", &[]);
    let cpt = |code| validate(code, Some(CodeSystem::CPT), 0).status;
    assert_eq!(cpt("99213"), Status::UnknownNoPack);
    assert_eq!(cpt("9921"), Status::InvalidShape);
    assert_eq!(cpt("9921B"), Status::InvalidShape);
    assert_eq!(cpt("25"), Status::UnknownNoPack);
}

#[test]
fn cpt_1_with_a_licensed_file() {
    let cpt = release(
        "2026",
        period(20260101, 20261231),
        &[("00001", true, "Invented service")],
    );
    let bytes = compile(&[(CodeSystem::CPT, &cpt)], &concepts::Relations::default()).unwrap();
    let index = Index::open(&bytes).unwrap();
    let status = |code| index.validate(code, &ValidateOptions::default()).status;
    assert_eq!(status("00001"), Status::Billable);
    assert_eq!(status("00002"), Status::NotInRelease);
}

#[test]
fn mod_1_modifiers() {
    assert_answer("LT", 0, Status::Billable, "", &[]);
    assert!(validate("lt", None, 0).concept.unwrap().modifier);
    assert_answer("XX", 0, Status::NotInRelease, "MOD-1", &[]);
    assert_answer("8P", 0, Status::UnknownNoPack, "CPT-1", &[]);
    assert_answer("25", 0, Status::UnknownNoPack, "CPT-1", &[]);
}

#[test]
fn systems_that_are_not_loaded() {
    let cm = release("FY2026", Period::default(), CM);
    let bytes = compile(
        &[(CodeSystem::ICD10CM, &cm)],
        &concepts::Relations::default(),
    )
    .unwrap();
    let index = Index::open(&bytes).unwrap();
    let answer = index.validate("0DTJ4ZZ", &ValidateOptions::default());
    assert_eq!(
        (answer.status, answer.system),
        (Status::UnknownSystem, Some(CodeSystem::ICD10PCS))
    );
    assert!(
        answer.message.contains("Loaded: ICD-10-CM"),
        "{}",
        answer.message
    );
    // What has the shape of a HCPCS code, too, is not called wrong; what ICD-10-CM would have in its place is still said.
    let answer = index.validate("E1199", &ValidateOptions::default());
    assert_eq!(
        (answer.status, answer.system),
        (Status::UnknownSystem, Some(CodeSystem::HCPCS))
    );
    assert!(!answer.fixes.is_empty());
    let others: Vec<_> = answer.others.iter().map(|other| other.status).collect();
    assert_eq!(others, [Status::NotInRelease, Status::UnknownSystem]);
    // With its dot it is no such code, and one that ICD-10-CM has needs no other system.
    let status = |code| index.validate(code, &ValidateOptions::default()).status;
    assert_eq!(status("E11.99"), Status::NotInRelease);
    let answer = index.validate("E1165", &ValidateOptions::default());
    assert!(answer.is_billable() && answer.others.is_empty());
}

#[test]
fn codes_that_the_release_has_no_more_or_not_yet() {
    let cm = release(
        "FY2026",
        period(20251001, 20260930),
        &[
            ("A04", false, "Category"),
            ("A0471", true, "First successor"),
            ("A0472", true, "Second successor"),
            ("I10", true, "Another"),
        ],
    );
    let edit = |code: &str, start, end| concepts::CodeEdits {
        system: CodeSystem::ICD10CM,
        code: code.to_string(),
        period: period(start, end),
        flags: Vec::new(),
    };
    let conversion = |code: &str, previous: &str, start| concepts::Conversion {
        code: code.to_string(),
        effective: day(start),
        previous: vec![previous.to_string()],
    };
    let relations = concepts::Relations {
        edits: vec![
            edit("A047", 20151001, 20170930),
            edit("A048", 20261001, 20270331),
            edit("A049", 20151001, 20270331),
            edit("I10", 20151001, 20270331),
        ],
        conversions: vec![
            conversion("A0471", "A045-A047", 20171001),
            conversion("A0472", "A0470", 20201001),
            conversion("A0470", "A047", 20171001),
            conversion("A048", "I10", 20261001),
        ],
        ..Default::default()
    };
    let bytes = compile(&[(CodeSystem::ICD10CM, &cm)], &relations).unwrap();
    let index = Index::open(&bytes).unwrap();
    let system = index.system(CodeSystem::ICD10CM).unwrap();
    assert_eq!(system.retired("a04.7"), Some(period(20151001, 20170930)));
    assert_eq!(system.retired("A04.9"), Some(period(20151001, 0)));
    assert_eq!(
        (system.retired("I10"), system.retired("A046")),
        (None, None)
    );
    let answer = |code: &str, date: u32| {
        let options = ValidateOptions {
            system: Some(CodeSystem::ICD10CM),
            date: Date::from_number(date),
            ..Default::default()
        };
        let answer = index.validate(code, &options);
        let fixes: Vec<String> = answer.fixes.iter().map(|fix| fix.code.clone()).collect();
        (answer.status, fixes.join(" "), answer.message)
    };
    // A04.71 and A04.72 begin with A04.7: what the code was counts for more than what it could be the beginning of.
    let (status, fixes, message) = answer("A04.7", 20260101);
    assert_eq!(
        (status, fixes.as_str()),
        (Status::Terminated, "A04.71 A04.72")
    );
    assert!(
        message.contains("it was valid from 2015-10-01 to 2017-09-30"),
        "{message}"
    );
    assert_eq!(answer("A04.7", 0).0, Status::Terminated);
    assert_eq!(answer("A04.7", 20160101).0, Status::DateNotCovered);
    assert_eq!(answer("A04.7", 20120101).0, Status::NotYetEffective);
    let (status, fixes, message) = answer("A04.8", 20260101);
    assert_eq!((status, fixes.as_str()), (Status::NotYetEffective, "I10"));
    assert!(
        message.contains("it takes effect on 2026-10-01"),
        "{message}"
    );
    assert_eq!(answer("A04.9", 20260101).0, Status::NotInRelease);
}

#[test]
fn each_code_is_answered_on_its_own() {
    let index = index();
    let answers = index.validate_all(["E11.9", "?", "E11"], &ValidateOptions::default());
    let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(
        statuses,
        [Status::Billable, Status::InvalidShape, Status::Header]
    );
}

/// An index of codes that two systems have: one of each other's, and one that is a header in the other.
fn ambiguous() -> Vec<u8> {
    let days = period(20251001, 20260930);
    let cm = release(
        "FY2026",
        days,
        &[
            ("E849", true, "Cystic fibrosis, unspecified"),
            ("J1100", true, "Influenza with pneumonia"),
        ],
    );
    let dx = release(
        "v32",
        period(20141001, 20150930),
        &[
            ("E849", false, "Place of occurrence"),
            ("E8490", true, "Home accidents"),
        ],
    );
    let sg = release(
        "v32",
        period(20141001, 20150930),
        &[
            ("22", false, "Operations on nasal sinuses"),
            ("222", true, "Intranasal antrotomy"),
        ],
    );
    let hcpcs = release(
        "2025-10",
        days,
        &[("J1100", true, "Injection, dexamethasone")],
    );
    let releases = [
        (CodeSystem::ICD10CM, &cm),
        (CodeSystem::ICD9CM_DX, &dx),
        (CodeSystem::ICD9CM_SG, &sg),
        (CodeSystem::HCPCS, &hcpcs),
    ];
    compile(&releases, &concepts::Relations::default()).unwrap()
}

#[test]
fn a_code_of_two_systems_is_answered_with_both() {
    let bytes = ambiguous();
    let index = Index::open(&bytes).unwrap();
    let on = |code: &str, date| {
        let options = ValidateOptions {
            date: Date::from_number(date),
            ..ValidateOptions::default()
        };
        index.validate(code, &options)
    };
    let others = |answer: &Validation| -> Vec<(Option<CodeSystem>, Status)> {
        let known = |other: &Validation| (other.system, other.status);
        answer.others.iter().map(known).collect()
    };
    let drug = on("J1100", 20260201);
    assert_eq!(others(&drug), [(Some(CodeSystem::HCPCS), Status::Billable)]);
    assert!(
        drug.message
            .contains("J1100 is a HCPCS Level II code as well: Injection, dexamethasone"),
        "{}",
        drug.message
    );
    let place = on("E849", 0);
    assert_eq!(place.status, Status::Billable);
    assert_eq!(
        others(&place),
        [(Some(CodeSystem::ICD9CM_DX), Status::Header)]
    );
    assert_eq!(place.rule, Some("9-3"));
    // A date decides.
    assert_eq!(others(&on("E849", 20260201)), []);
}

#[test]
fn letters_are_not_taken_for_a_code_of_digits() {
    let bytes = ambiguous();
    let index = Index::open(&bytes).unwrap();
    let answer = index.validate("ZZZ", &ValidateOptions::default());
    assert_eq!((answer.system, answer.fixes.len()), (None, 0));
    let answer = index.validate("Z2Z", &ValidateOptions::default());
    assert_eq!(answer.fixes[0].code, "22.2");
}

#[test]
fn what_cannot_be_seen_or_is_wide_is_read_as_what_it_looks_like() {
    let answer = validate("\u{202e}E11", None, 0);
    let codes: Vec<&str> = answer.fixes.iter().map(|fix| fix.code.as_str()).collect();
    assert_eq!(codes, ["E11.65", "E11.8", "E11.9"]);
    assert!(!answer.message.contains('\u{202e}'), "{}", answer.message);
    let answer = validate("E11.\u{FF19}", None, 0);
    assert_eq!(
        (answer.fixes[0].code.as_str(), answer.fixes[0].why.as_str()),
        ("E11.9", "in plain letters and digits")
    );
    assert_eq!(validate("\u{FF45}119", None, 0).fixes[0].code, "E11.9");
}

#[test]
fn a_long_text_is_answered_at_once() {
    let started = std::time::Instant::now();
    for long in ["X", "E11.9 ", "a\u{301}", "\u{202e}"] {
        for system in [None, Some(CodeSystem::ICD10CM), Some(CodeSystem::CPT)] {
            let answer = validate(&long.repeat(1_000_000), system, 0);
            assert_eq!(
                (answer.status, answer.system),
                (Status::InvalidShape, system)
            );
            assert!(answer.message.len() < 400 && answer.fixes.is_empty());
        }
    }
    // Ten thousand letters took more than a second when every beginning of them was looked up.
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

#[test]
fn fixes_beyond_the_limit_are_counted() {
    let index = index();
    for (limit, fixes, more) in [(0, 0, 3), (1, 1, 2), (3, 3, 0), (4, 3, 0)] {
        let options = ValidateOptions {
            fix_limit: limit,
            ..Default::default()
        };
        let answer = index.validate("E11", &options);
        assert_eq!(
            (answer.fixes.len(), answer.more_fixes),
            (fixes, more),
            "limit {limit}"
        );
    }
}

#[test]
fn answers_and_options_as_json() {
    let answer = serde_json::to_value(validate("E11.9A", None, 0)).unwrap();
    assert_eq!(answer["status"], "seventh-character-not-allowed");
    assert_eq!(answer["system"], "icd10cm");
    assert_eq!(answer["fixes"][0]["code"], "E11.9");
    assert_eq!(answer["period"], serde_json::Value::Null);
    let options: ValidateOptions =
        serde_json::from_str(r#"{"date":"2026-01-05","system":"icd10"}"#).unwrap();
    assert_eq!(
        (options.date, options.system, options.fix_limit),
        (Some(day(20260105)), Some(CodeSystem::ICD10CM), 25)
    );
    assert!(serde_json::from_str::<ValidateOptions>(r#"{"dates":"2026-01-05"}"#).is_err());
    // The name of a status in code and in JSON is the same.
    for status in [
        Status::Billable,
        Status::InvalidShape,
        Status::UnknownNoPack,
        Status::DateNotCovered,
    ] {
        assert_eq!(serde_json::to_value(status).unwrap(), status.id());
    }
}

#[test]
fn every_rule_that_is_answered_is_in_the_table() {
    let index = index();
    for code in [
        "E11", "E1.19", "E11.7", "S52.501", "W21.9A", "250.01", "V300", "0DT", "0DTJ4ZX", "E0602",
        "C9174", "J9999", "99213", "XX",
    ] {
        let answer = index.validate(code, &ValidateOptions::default());
        assert!(answer.source.is_some(), "{code} {:?}", answer.rule);
    }
}

/// What a plain list says of a code without dot: whether it is billable, or that it is not there.
type List = HashMap<String, bool>;

/// Asserts that the answer to a spelling agrees with the plain list of its system.
fn agrees(
    index: &Index,
    system: CodeSystem,
    list: &List,
    code: &str,
    fix_limit: usize,
) -> Validation {
    let options = ValidateOptions {
        system: Some(system),
        fix_limit,
        date: None,
    };
    let answer = index.validate(code, &options);
    let expected = list.get(&code.trim().to_ascii_uppercase());
    let fits = match expected {
        Some(true) => answer.status == Status::Billable,
        Some(false) => [Status::Header, Status::Incomplete].contains(&answer.status),
        None => ![Status::Billable, Status::Header].contains(&answer.status),
    };
    assert!(
        fits,
        "{code} is {expected:?} in the list, but {}",
        answer.status.id()
    );
    assert_eq!(answer.concept.is_some(), expected.is_some(), "{code}");
    for fix in &answer.fixes {
        assert_eq!(
            list.get(&fix.code.replace('.', "")),
            Some(&true),
            "{code} -> {}",
            fix.code
        );
    }
    answer
}

/// Every spelling that differs in one character: substitutions, deletions, insertions, swaps.
fn mutations(code: &str) -> Vec<String> {
    let mut all = Vec::new();
    for at in 0..=code.len() {
        for c in ('0'..='9').chain('A'..='Z') {
            all.push(format!("{}{c}{}", &code[..at], &code[at..]));
            if at < code.len() {
                all.push(format!("{}{c}{}", &code[..at], &code[at + 1..]));
            }
        }
        if at < code.len() {
            all.push(format!("{}{}", &code[..at], &code[at + 1..]));
        }
        if at + 1 < code.len() {
            all.push(format!(
                "{}{}{}{}",
                &code[..at],
                &code[at + 1..at + 2],
                &code[at..at + 1],
                &code[at + 2..]
            ));
        }
    }
    all
}

#[test]
fn every_one_character_mutation_agrees_with_the_list() {
    let index = index();
    let list: List = CM
        .iter()
        .map(|(code, billable, _)| (code.to_string(), *billable))
        .collect();
    for (code, billable, _) in CM {
        agrees(index, CodeSystem::ICD10CM, &list, code, 25);
        for mutated in mutations(code) {
            let answer = agrees(index, CodeSystem::ICD10CM, &list, &mutated, 1000);
            let reachable = *billable && !list.contains_key(&mutated) && mutated != *code;
            // One wrong character leads back to the code, unless the answer is about the seventh character or X.
            if reachable
                && [Status::NotInRelease, Status::InvalidShape].contains(&answer.status)
                && mutated.len() < 8
            {
                let dotted = CodeSystem::ICD10CM.dotted(code);
                assert!(
                    answer.fixes.iter().any(|fix| fix.code == dotted),
                    "{mutated} does not lead to {code}"
                );
            }
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_answered(code in any::<String>()) {
        let index = index();
        let answer = index.validate(&code, &ValidateOptions::default());
        prop_assert_eq!(&answer.code, &code);
        for system in CodeSystem::all() {
            index.validate(&code, &ValidateOptions { system: Some(system), ..Default::default() });
        }
    }

    #[test]
    fn texts_like_codes_agree_with_the_list(code in "[ESTVWZ0-9][0-9]{2}[0-9XAD]{0,6}") {
        let index = index();
        let list: List = CM.iter().map(|(code, billable, _)| (code.to_string(), *billable)).collect();
        agrees(index, CodeSystem::ICD10CM, &list, &code, 25);
    }
}

/// All codes of a built index: each validates as published, and so does each spelling one character away. The plain
/// list is read from the index's own nodes, which the build compares with the publisher's files.
#[test]
fn all_codes_of_a_built_index_agree_with_their_list() {
    let Ok(path) = std::env::var("MEDCODE_INDEX_FILE") else {
        eprintln!("not run: set MEDCODE_INDEX_FILE to a built index to validate all its codes");
        return;
    };
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let index = Index::open(&bytes).unwrap();
    for system in index.systems() {
        let nodes = system.nodes();
        let mut list = List::new();
        for node in 0..nodes.codes.len() as u32 {
            let own = ConceptId::of_node(node);
            let composed = nodes
                .seventh_set(node)
                .map_or(0, |set| set.characters.len());
            for concept in
                std::iter::once(own).chain((0..composed).map(|at| ConceptId::composed(node, at)))
            {
                list.insert(system.plain_code(concept), system.billable(concept));
            }
        }
        assert_eq!(
            list.len(),
            system.release().codes as usize,
            "{}",
            system.code_system()
        );
        let billable = list.values().filter(|billable| **billable).count();
        assert_eq!(
            billable,
            system.release().billable as usize,
            "{}",
            system.code_system()
        );
        let options = ValidateOptions {
            system: Some(system.code_system()),
            fix_limit: 0,
            date: None,
        };
        let mut counts: HashMap<Status, usize> = HashMap::new();
        let mut codes: Vec<(&String, &bool)> = list.iter().collect();
        codes.sort();
        for (number, (code, billable)) in codes.into_iter().enumerate() {
            let answer = index.validate(code, &options);
            *counts.entry(answer.status).or_default() += 1;
            let fits = matches!(
                (billable, answer.status),
                (
                    true,
                    Status::Billable | Status::Terminated | Status::NotYetEffective
                ) | (false, Status::Header | Status::Incomplete)
            );
            assert!(fits, "{code} ({billable}) is {}", answer.status.id());
            // All mutations of all codes are some 100 million answers: MEDCODE_ALL_MUTATIONS asks for them.
            let mutated =
                match number % 32 == 0 || std::env::var_os("MEDCODE_ALL_MUTATIONS").is_some() {
                    true => mutations(code),
                    false => Vec::new(),
                };
            for mutated in mutated {
                // Terminated codes are in the list as well: what matters is whether the code is known.
                let known = index.validate(&mutated, &options).concept.is_some();
                assert_eq!(known, list.contains_key(&mutated), "{mutated}");
            }
            // Fixes cost several hundred look-ups: a sample of them.
            if number % 499 == 0 && system.code_system() == CodeSystem::ICD10CM {
                for mutated in mutations(code) {
                    agrees(&index, system.code_system(), &list, &mutated, 25);
                }
            }
        }
        eprintln!("{}: {} codes, {counts:?}", system.code_system(), list.len());
    }
}
