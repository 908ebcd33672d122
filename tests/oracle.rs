//! Every code of ICD-10-CM and ICD-10-PCS is billable in its release, and what is typed one character away is answered as
//! a plain list answers it: on the list or not. `build.sh test` names the folder of a built index, whose codes the build has
//! compared with the publishers' files; without it nothing is judged.

mod files;

use std::collections::HashSet;

use medcode::validate::{Status, ValidateOptions};
use medcode::{CodeSystem, Date, Index, System};

/// The characters of codes.
const CHARACTERS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Calls back with every text that is one character away from a code: one wrong, one missing, one too many, two
/// neighbours exchanged.
fn one_away(code: &str, each: &mut impl FnMut(&str)) {
    let mut text = String::new();
    let mut say = |parts: [&str; 4]| {
        text.clear();
        parts.iter().for_each(|part| text.push_str(part));
        each(&text);
    };
    let character = |at: usize| std::str::from_utf8(&CHARACTERS[at..=at]).unwrap();
    for at in 0..=code.len() {
        let (before, after) = code.split_at(at);
        for other in 0..CHARACTERS.len() {
            say([before, character(other), after, ""]);
            if !after.is_empty() {
                say([before, character(other), &after[1..], ""]);
            }
        }
        if !after.is_empty() {
            say([before, &after[1..], "", ""]);
        }
        if after.len() > 1 {
            say([before, &after[1..2], &after[..1], &after[2..]]);
        }
    }
}

/// The codes of a system that are valid for submission on a day, without dots.
fn list(system: &System, date: Date) -> Vec<String> {
    let valid = system
        .concepts()
        .filter(|concept| system.billable_on(*concept, date));
    valid.map(|concept| system.plain_code(concept)).collect()
}

#[test]
fn codes_and_their_neighbours_are_answered_as_by_the_list() {
    let Some(files) = files::built() else { return };
    let mut index = Index::default();
    for file in &files {
        index.add(file).unwrap();
    }
    // A day of the release that is in the middle of both builds' data, and how many codes it has.
    let pcs = index.system(CodeSystem::ICD10PCS).unwrap();
    let (pcs_day, pcs_codes) = match pcs.release().version.as_str() {
        "FY2024" => (Date::new(2024, 1, 15), None),
        _ => (Date::new(2026, 1, 15), Some(79_115)),
    };
    // The neighbours of all codes are 82 million texts, which take three and a half minutes of a core:
    // MEDCODE_ALL_MUTATIONS asks for them. Those of every fourth code keep the test below a minute.
    let step = match std::env::var_os("MEDCODE_ALL_MUTATIONS") {
        Some(_) => 1,
        None => 4,
    };
    let judge = |(system, date, expected): (CodeSystem, Option<Date>, Option<usize>)| {
        let date = date.unwrap();
        let codes = list(index.system(system).unwrap(), date);
        if let Some(expected) = expected {
            assert_eq!(codes.len(), expected, "{system}");
        }
        let known: HashSet<&str> = codes.iter().map(String::as_str).collect();
        let options = ValidateOptions {
            system: Some(system),
            date: Some(date),
            fix_limit: 0,
        };
        let mut asked = 0usize;
        for (number, code) in codes.iter().enumerate() {
            let answer = index.validate(code, &options);
            assert_eq!(answer.status, Status::Billable, "{}", answer.message);
            if number % step != 0 {
                continue;
            }
            one_away(code, &mut |text| {
                asked += 1;
                let billable = index.validate(text, &options).status == Status::Billable;
                assert_eq!(billable, known.contains(text), "{system} {text}");
            });
        }
        eprintln!(
            "{system}: {} codes billable on {date}, {asked} texts one character away",
            codes.len()
        );
    };
    std::thread::scope(|scope| {
        scope.spawn(|| judge((CodeSystem::ICD10PCS, pcs_day, pcs_codes)));
        judge((CodeSystem::ICD10CM, Date::new(2026, 5, 1), Some(74_719)));
    });
}
