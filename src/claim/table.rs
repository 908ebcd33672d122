//! Every rule with at least one claim that passes, one that fails and one at the boundary between the two.

use super::tests::{index, with_edits};
use super::*;
use crate::validate::rules;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Passing,
    Failing,
    Boundary,
}
use Kind::{Boundary, Failing, Passing};

/// The rule, the kind of case, the claim (see [`written`]), and how many issues of the rule it has.
const TABLE: &[(&str, Kind, &str, usize)] = &[
    ("CM-1", Passing, "I10", 0),
    ("CM-1", Failing, "1I0", 1),
    ("CM-1", Boundary, "I.10", 1),
    ("CM-2", Passing, "E11.9", 0),
    ("CM-2", Failing, "E11.7", 1),
    ("CM-2", Boundary, "E11.9 date=2026-09-30", 0),
    ("CM-2", Boundary, "E11.9 date=2026-10-01", 1),
    ("CM-3", Passing, "E11.9", 0),
    ("CM-3", Failing, "E11", 1),
    ("CM-3", Boundary, "A15", 0),
    ("CM-4", Passing, "S52.501A", 0),
    ("CM-4", Failing, "S52.501", 1),
    ("CM-4", Boundary, "S52.501K", 1),
    ("CM-5", Passing, "T36.0X1A", 0),
    ("CM-5", Failing, "T36.01A", 1),
    ("CM-5", Boundary, "I10.X", 1),
    ("9-1", Passing, "one 401.9", 0),
    ("9-1", Failing, "one 499.9", 1),
    ("9-1", Boundary, "one 401.91", 1),
    ("9-2", Passing, "401.9 date=2015-09-30", 0),
    ("9-2", Failing, "401.9 I10", 1),
    ("9-2", Boundary, "401.9 date=2015-10-01", 1),
    ("9-2", Boundary, "I10 date=2015-09-30", 1),
    ("9-3", Passing, "one I10", 0),
    ("9-3", Failing, "one E030", 1),
    ("9-3", Boundary, "one E030 date=2025-10-01", 0),
    ("PCS-1", Passing, "I10/Y inpatient proc:0DTJ4ZZ", 0),
    ("PCS-1", Failing, "I10/Y inpatient proc:0DTJ4", 1),
    ("PCS-1", Boundary, "I10/Y inpatient proc:0DTJ4ZO", 1),
    ("PCS-2", Passing, "I10/Y inpatient proc:0DTJ4ZZ", 0),
    ("PCS-2", Failing, "I10/Y inpatient proc:0DBB4ZZ", 1),
    ("PCS-2", Boundary, "I10/Y inpatient proc:0DTJ4ZX", 1),
    ("PCS-3", Passing, "I10/Y inpatient proc:0DTJ4ZZ", 0),
    ("PCS-3", Failing, "I10 proc:0DTJ4ZZ", 1),
    ("PCS-3", Boundary, "I10 outpatient proc:0DTJ4ZZ", 1),
    ("HC-1", Passing, "I10 line:E0601@1", 0),
    ("HC-1", Failing, "I10 line:E0602@1", 1),
    ("HC-1", Boundary, "I10 line:LT@1", 1),
    ("HC-1", Boundary, "I10 line:D0120@1", 1),
    ("HC-2", Passing, "I10 line:E0601@1 date=2025-11-01", 0),
    ("HC-2", Failing, "I10 line:K0001@1 date=2025-12-01", 1),
    ("HC-2", Boundary, "I10 line:K0001@1 date=2025-11-30", 0),
    ("HC-2", Boundary, "I10 line:E0601@1 date=2026-01-01", 1),
    ("HC-3", Passing, "I10 line:J9999@1!drug", 0),
    ("HC-3", Failing, "I10 line:J9999@1", 1),
    ("HC-3", Boundary, "I10 line:J9999@1!", 1),
    ("CPT-1", Passing, "I10 line:E0601@1", 0),
    ("CPT-1", Failing, "I10 line:99213@1", 1),
    ("CPT-1", Boundary, "I10 line:E0601+22+33@1", 1),
    ("MOD-1", Passing, "I10 line:E0601+LT@1", 0),
    ("MOD-1", Failing, "I10 line:E0601+LT+LT@1", 1),
    ("MOD-1", Failing, "I10 line:E0601+QQ@1", 1),
    ("MOD-1", Failing, "I10 line:E0601+L@1", 1),
    ("MOD-1", Boundary, "I10 line:E0601+LT+59+25+XS@1", 0),
    ("MOD-1", Boundary, "I10 line:E0601+LT+59+25+XS+RT@1", 1),
    ("MOD-2", Passing, "I10 line:E0601+LT@1", 0),
    ("MOD-2", Failing, "I10 line:E0601+LT+RT@1", 1),
    ("MOD-2", Boundary, "I10 line:E0601+50@1", 0),
    ("MOD-2", Boundary, "I10 line:E0601+50+RT@1", 1),
    ("MOD-3", Passing, "I10 line:E0601+59@1", 0),
    ("MOD-3", Failing, "I10 line:E0601+59+XS@1", 1),
    ("MOD-3", Boundary, "I10 line:E0601+59@1 line:E0601+XS@1", 0),
    ("MOD-4", Passing, "I10 line:99213+25@1", 0),
    ("MOD-4", Failing, "I10 line:E0601+25@1", 1),
    ("MOD-4", Boundary, "I10 line:69990+57@1", 1),
    ("MOD-4", Boundary, "I10 line:92014+25@1", 0),
    (
        "NC-1",
        Passing,
        "I10 line:11111@1 line:E0601@1 date=2025-06-01",
        0,
    ),
    (
        "NC-1",
        Failing,
        "I10 line:11111@1 line:22222@1 date=2025-06-01",
        1,
    ),
    (
        "NC-1",
        Boundary,
        "I10 line:11111@1 line:22222@1 date=2025-12-31",
        1,
    ),
    (
        "NC-1",
        Boundary,
        "I10 line:11111@1 line:22222@1 date=2026-01-01",
        0,
    ),
    ("NC-2", Passing, "I10 line:E0601@1*1 date=2025-06-01", 0),
    ("NC-2", Failing, "I10 line:E0601@1*3 date=2025-06-01", 1),
    ("NC-2", Boundary, "I10 line:E0601@1*2 date=2025-06-01", 0),
    ("CL-4", Passing, "I10 R52 line:11111@1 date=2025-06-01", 0),
    ("CL-4", Failing, "I10 R52 line:11111@2 date=2025-06-01", 1),
    (
        "CL-4",
        Boundary,
        "I10 R52 line:11111@2,1 date=2025-06-01",
        0,
    ),
    ("CL-1", Passing, "I10", 0),
    (
        "CL-1",
        Failing,
        "I10 E11.9 R52 R25.1 Z79.4 A15 A09 G20 W01 P07 Y92.0 H25.11 H25.12",
        1,
    ),
    (
        "CL-1",
        Boundary,
        "I10 E11.9 R52 R25.1 Z79.4 A15 A09 G20 W01 P07 Y92.0 H25.11",
        0,
    ),
    ("CL-2", Passing, "I10 line:E0601@1", 0),
    ("CL-2", Failing, "I10 line:E0601", 1),
    ("CL-2", Failing, "I10 line:E0601@2", 1),
    (
        "CL-2",
        Boundary,
        "I10 E11.9 R52 R25.1 Z79.4 line:E0601@1,2,3,4",
        0,
    ),
    (
        "CL-2",
        Boundary,
        "I10 E11.9 R52 R25.1 Z79.4 line:E0601@1,2,3,4,5",
        1,
    ),
    ("CL-3", Passing, "I10/Y inpatient adm:R52", 0),
    ("CL-3", Failing, "I10 adm:R52", 1),
    (
        "CL-3",
        Boundary,
        "I10 outpatient reason:R52 reason:R25.1 reason:I10",
        0,
    ),
    (
        "CL-3",
        Boundary,
        "I10 outpatient reason:R52 reason:R25.1 reason:I10 reason:A09",
        1,
    ),
    ("CM-6", Passing, "H25.11", 0),
    ("CM-6", Failing, "H25.10", 1),
    ("CM-6", Boundary, "S52.501A", 0),
    ("CM-7", Passing, "H25.11", 0),
    ("CM-7", Failing, "H25.11 H25.12", 1),
    ("CM-7", Boundary, "H25.11 H25.13", 0),
    ("CM-8", Passing, "I10 E11.9", 0),
    ("CM-8", Failing, "I10 E11.9 i10", 1),
    ("CM-8", Boundary, "I10 adm:I10 inpatient", 0),
    ("CM-9", Passing, "A09 I10", 0),
    ("CM-9", Failing, "A09 K52.9", 1),
    ("CM-9", Boundary, "K52.9 A09", 1),
    ("CM-10", Passing, "G20 I10", 0),
    ("CM-10", Failing, "G20 R25.1", 1),
    ("CM-10", Boundary, "R25.1 G20", 1),
    ("CM-11", Passing, "G20 F02.80", 0),
    ("CM-11", Failing, "F02.80", 1),
    ("CM-11", Boundary, "B95", 0),
    ("CM-12", Passing, "G20 F02.80", 0),
    ("CM-12", Failing, "F02.80 G20", 1),
    ("CM-12", Boundary, "I10 F02.80", 0),
    ("CM-12", Boundary, "N18.4", 0),
    ("CM-13", Passing, "E11.9 Z79.4", 0),
    ("CM-13", Failing, "E11.9", 1),
    ("CM-13", Boundary, "Z79.4 E11.9", 1),
    ("CM-14", Passing, "S52.501A W01", 0),
    ("CM-14", Failing, "W01 S52.501A", 1),
    ("CM-14", Boundary, "W01", 1),
    ("CM-15", Passing, "R52 S52.501S", 0),
    ("CM-15", Failing, "S52.501S R52", 1),
    ("CM-15", Boundary, "S52.501D R52", 0),
    ("CM-16", Passing, "S52.501A Y92.0", 0),
    ("CM-16", Failing, "S52.501A Y92.0 Y92.1", 1),
    ("CM-16", Boundary, "S52.501D Y92.0", 1),
    ("CM-17", Passing, "I10/Y Z79.4 inpatient", 0),
    ("CM-17", Failing, "Z79.4 I10/Y inpatient", 1),
    ("CM-17", Boundary, "R25.1/Y I10/Y inpatient", 0),
    ("CM-17", Boundary, "R25.1/Y inpatient", 1),
    ("CM-18", Passing, "Z00.8 I10", 0),
    ("CM-18", Failing, "I10 Z00.8", 1),
    ("CM-18", Boundary, "I10 Z00.6", 0),
    ("CM-19", Passing, "P07 age=0", 0),
    ("CM-19", Failing, "P07 age=40", 1),
    ("CM-19", Boundary, "P07 age=1", 1),
    ("CM-19", Boundary, "R52 age=17", 0),
    ("CM-19", Boundary, "R52 age=18", 1),
    ("CM-20", Passing, "A09 sex=f date=2024-09-30", 0),
    ("CM-20", Failing, "A09 sex=m date=2024-01-01", 1),
    ("CM-20", Boundary, "A09 sex=m date=2024-09-30", 1),
    ("CM-20", Boundary, "A09 sex=m date=2024-10-01", 0),
    ("CM-21", Passing, "O09.91 Z3A.13", 0),
    ("CM-21", Failing, "O09.91 P07", 2),
    ("CM-21", Boundary, "O09.91 Z3A.14", 1),
    ("CM-22", Passing, "I10/Y inpatient", 0),
    ("CM-22", Failing, "I10 inpatient", 1),
    ("CM-22", Failing, "I10/Q inpatient", 1),
    ("CM-22", Boundary, "I10/Y Z79.4 inpatient", 0),
    ("CM-23", Passing, "I10 T36.0X5A", 0),
    ("CM-23", Failing, "T36.0X5A I10", 1),
    ("CM-23", Boundary, "T36.0X1A I10", 0),
    ("CM-25", Passing, "I11.0 I50.9", 0),
    ("CM-25", Failing, "I10 I50.9", 1),
    ("CM-25", Failing, "I10 N18.4", 1),
    ("CM-25", Boundary, "I12.9 N18.4", 0),
    ("CM-25", Boundary, "I12.9 N18.4 I50.9", 1),
];

/// Reads a claim: codes, each with its indicator after a slash; `proc:`, `adm:` and `reason:` codes; lines as
/// `line:CODE+MODIFIER@POINTER,POINTER*UNITS!DESCRIPTION`; `inpatient`, `outpatient`, `age=`, `sex=f`, `date=`. With `one`
/// before it the code is validated by itself.
fn written(text: &str) -> Claim {
    let mut claim = Claim::default();
    for word in text.split(' ').filter(|word| *word != "one") {
        if let Some(line) = word.strip_prefix("line:") {
            let (line, description) = match line.split_once('!') {
                Some((line, words)) => (line, Some(words.to_string())),
                None => (line, None),
            };
            let (line, units) = line.split_once('*').unwrap_or((line, ""));
            let (line, pointers) = line.split_once('@').unwrap_or((line, ""));
            let mut parts = line.split('+').map(str::to_string);
            claim.lines.push(Line {
                code: parts.next().unwrap(),
                modifiers: parts.collect(),
                pointers: pointers.split(',').flat_map(str::parse).collect(),
                units: units.parse().ok(),
                date: None,
                description,
            });
            continue;
        }
        match word.split_once([':', '=']) {
            Some(("proc", code)) => claim.procedures.push(code.to_string()),
            Some(("adm", code)) => claim.admitting = Some(code.to_string()),
            Some(("reason", code)) => claim.reasons.push(code.to_string()),
            Some(("age", years)) => claim.age = Some(years.parse().unwrap()),
            Some(("date", day)) => claim.date = Some(Date::parse(day).unwrap()),
            Some(("sex", "f")) => claim.sex = Some(Sex::Female),
            Some(("sex", _)) => claim.sex = Some(Sex::Male),
            Some(_) => panic!("{word}"),
            None if word == "inpatient" => claim.setting = Setting::InpatientFacility,
            None if word == "outpatient" => claim.setting = Setting::OutpatientFacility,
            None => {
                let (code, poa) = match word.split_once('/') {
                    Some((code, poa)) => (code, Some(poa.to_string())),
                    None => (word, None),
                };
                let code = code.to_string();
                claim.diagnoses.push(Diagnosis { code, poa });
            }
        }
    }
    claim
}

#[test]
fn every_case_of_the_table() {
    let lists = with_edits();
    let mut wrong = Vec::new();
    for (rule, kind, text, count) in TABLE {
        let claim = written(text);
        let listed = ["NC-1", "NC-2", "CL-4"].contains(rule);
        let found = match text.strip_prefix("one ") {
            Some(_) => {
                let options = ValidateOptions {
                    date: claim.date,
                    ..ValidateOptions::default()
                };
                let answer = index().validate(&claim.diagnoses[0].code, &options);
                usize::from(answer.rule == Some(rule))
            }
            None => {
                let index = if listed { &lists } else { index() };
                let issues = index.validate_claim(&claim);
                issues.iter().filter(|issue| issue.rule == *rule).count()
            }
        };
        if found != *count {
            wrong.push(format!(
                "{rule} {kind:?} {text}: expected {count}, found {found}"
            ));
        }
        // A case is what it is called.
        assert!((*kind != Passing || *count == 0) && (*kind != Failing || *count > 0));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_all_three_kinds() {
    for rule in RULES.iter().chain(rules::RULES) {
        for wanted in [Passing, Failing, Boundary] {
            let mut cases = TABLE.iter();
            let found = cases.any(|(id, kind, ..)| *id == rule.id && *kind == wanted);
            assert!(found, "{} has no {wanted:?} case", rule.id);
        }
    }
    for (id, ..) in TABLE {
        let mut known = RULES.iter().chain(rules::RULES);
        assert!(known.any(|rule| rule.id == *id), "{id} is no rule");
    }
}
