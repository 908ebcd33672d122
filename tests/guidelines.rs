//! Situations that the ICD-10-CM Official Guidelines describe, as claims: what is right by them is not objected to, and what
//! is wrong by them is. The table is `tests/guidelines.tsv`. `build.sh test` names the folder of a built index; without it
//! nothing is judged.

mod files;

use medcode::claim::{Diagnosis, Setting};
use medcode::{Claim, Date, Index, Severity};

/// Reads a claim of the table. Of an inpatient stay every diagnosis was present on admission.
fn claim(text: &str) -> Claim {
    let mut claim = Claim {
        date: Date::new(2026, 3, 10),
        ..Claim::default()
    };
    for word in text.split(' ') {
        match word.split_once('=') {
            Some(("age", years)) => claim.age = Some(years.parse().unwrap()),
            Some(("date", day)) => claim.date = Some(Date::parse(day).unwrap()),
            Some(_) => panic!("{word}"),
            None if word == "inpatient" => claim.setting = Setting::InpatientFacility,
            None if word == "newborn" => claim.age = Some(0),
            None => claim.diagnoses.push(Diagnosis {
                code: word.to_string(),
                poa: None,
            }),
        }
    }
    if claim.setting == Setting::InpatientFacility {
        claim.discharge = claim.date;
    }
    claim
}

#[test]
fn what_the_guidelines_say_of_a_claim_is_said() {
    let Some(files) = files::built() else { return };
    let mut index = Index::default();
    for file in &files {
        index.add(file).unwrap();
    }
    let editor = !index
        .systems()
        .iter()
        .all(|s| s.all_edits().rows.codes.is_empty());
    assert!(editor, "the build has no table of the Medicare Code Editor");
    let table =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/guidelines.tsv"));
    let table = table.unwrap();
    let (mut cases, mut wrong) = (0, Vec::new());
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let [section, text, rules, words] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        cases += 1;
        let all = index.validate_claim(&claim(text));
        let missing = |issue: &&medcode::Issue| issue.rule == "CM-22";
        let objections = all
            .iter()
            .filter(|issue| issue.severity != Severity::Information && !missing(issue));
        let mut found: Vec<&str> = objections.map(|issue| issue.rule).collect();
        found.sort();
        found.dedup();
        let expected: Vec<&str> = match rules {
            "-" => Vec::new(),
            some => some.split(' ').collect(),
        };
        if found != expected {
            let messages: Vec<String> = all
                .iter()
                .filter(|issue| issue.severity != Severity::Information)
                .map(|issue| format!("    {} {}", issue.rule, issue.message))
                .collect();
            wrong.push(format!(
                "{section} {text} ({words}): expected {expected:?}, found {found:?}\n{}",
                messages.join("\n")
            ));
        }
    }
    eprintln!("{cases} situations of the guidelines");
    assert!(cases >= 100, "{cases}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
