//! Lists about claims from the files of a user to the verdict on a claim. The files are invented, in the publishers' layouts.

use std::path::{Path, PathBuf};

use medcode::claim::{Diagnosis, Line};
use medcode::index::claim_edits;
use medcode::sources::gather::Inputs;
use medcode::{Claim, Date, Index, build};

const PAIRS: &str = "Words of a licence\n\
    Column1/Column2 Edits\n\
    Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\n\
    \t\tprior to 1996\tDate\tDate\t0=not allowed\t\n\
    \t\t\t\t*=no data\t1=allowed\t\n\
    \t\t\t\t\t9=not applicable\t\n\
    1111A\t2222B\t\t20240101\t*\t0\tA reason\n\
    1111A\t3333C\t\t20240101\t20240101\t9\tDeleted at once\n";

const MORE_PAIRS: &str = "Column 1\tColumn 2\t\tEffective\tDeletion\tModifier\tRationale\n\
    4444D\t1111A\t\t20240101\t*\t1\tA reason\n";

const UNITS: &str = "\"Words of a\nlicence\",,,\n\
    \"HCPCS/\nCPT Code\",Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale\n\
    2222B,1,2 Date of Service Edit: Policy,A reason\n";

const PROCEDURES: &str = "article_id,article_version,hcpc_code_id\n50000,3,4444D\n";
const DIAGNOSES: &str =
    "article_id,article_version,icd10_code_id,icd10_covered_group\n50000,3,M99.01,1\n";

/// A folder that goes when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn with(files: &[(&str, &str)]) -> Folder {
        let path = std::env::temp_dir().join(format!("medcode-lists-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        for (name, text) in files {
            std::fs::write(path.join(name), text).unwrap();
        }
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(Path::new(&self.0));
    }
}

#[test]
fn what_a_user_puts_into_a_folder_speaks_in_a_claim() {
    let folder = Folder::with(&[
        ("ccipra-v311r0-f1.TXT", PAIRS),
        ("ccipra-v311r0-f2.TXT", MORE_PAIRS),
        ("MCR_MUE_PractitionerServices_Eff_01-01-2025.csv", UNITS),
        ("article_x_hcpc_code.csv", PROCEDURES),
        ("article_x_icd10_covered.csv", DIAGNOSES),
    ]);
    let inputs = Inputs::discover(std::slice::from_ref(&folder.0)).unwrap();
    assert!(inputs.unused().is_empty(), "{:?}", inputs.unused());
    let built = build::read(&inputs, &|_| {}).unwrap();
    assert_eq!(built.claim_edits.pairs.len(), 2);
    let bytes = build::compile_claim_edits(&built.claim_edits)
        .unwrap()
        .unwrap();
    let index = Index::open(&bytes).unwrap();
    // The answer to "which lists?": what, how many, from when.
    let files: Vec<String> = index
        .claim_edits()
        .files()
        .into_iter()
        .map(|file| format!("{} {} {:?}", file.what, file.rows, file.from))
        .collect();
    assert_eq!(
        files,
        [
            "procedure-to-procedure edits of practitioners 1 Some(2024-01-01)",
            "procedure-to-procedure edits of practitioners 1 Some(2024-01-01)",
            "medically unlikely edits of practitioners 1 Some(2025-01-01)",
            "articles of the Medicare Coverage Database 1 None",
            "articles of the Medicare Coverage Database 1 None",
        ]
    );
    let line = |code: &str, units| Line {
        code: code.to_string(),
        pointers: vec![1],
        units: Some(units),
        ..Line::default()
    };
    let claim = Claim {
        diagnoses: vec![Diagnosis {
            code: "M54.50".to_string(),
            poa: None,
        }],
        lines: vec![
            line("1111A", 1),
            line("2222B", 2),
            line("3333C", 1),
            line("4444D", 1),
        ],
        date: Date::new(2025, 6, 1),
        ..Claim::default()
    };
    let found = |rule: &str| {
        let all = index.validate_claim(&claim).into_iter();
        all.filter(|issue| issue.rule == rule)
            .map(|issue| issue.message)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        found("NC-1"),
        [
            "2222B is not paid beside 1111A on the same day, and no modifier allows it (NCCI pair edit, indicator 0).",
            "1111A is paid beside 4444D on the same day only where they are separate services, which a modifier such as 59, XE, XS, XP, XU or a site says (NCCI pair edit, indicator 1).",
        ]
    );
    assert_eq!(
        found("NC-2"),
        [
            "The claim has 2 units of 2222B; 1 is the most that is likely for a patient on a day (NCCI medically unlikely edit)."
        ]
    );
    assert_eq!(
        found("CL-4"),
        [
            "None of the diagnoses of 4444D is among those that article A50000 lists as supporting it."
        ]
    );
}

#[test]
fn a_list_says_nothing_sure_of_days_before_it() {
    let limits = vec![claim_edits::UnitLimit {
        service: claim_edits::UnitService::Practitioner,
        code: "2222B".to_string(),
        edit: claim_edits::UnitEdit {
            most: 1,
            by_line: false,
        },
    }];
    let published = claim_edits::PublishedEdits {
        limits,
        files: vec![claim_edits::ListFile {
            what: claim_edits::limits_of(claim_edits::UnitService::Practitioner).to_string(),
            rows: 1,
            from: Date::new(2025, 10, 1),
            ..Default::default()
        }],
        ..Default::default()
    };
    let bytes = build::compile_claim_edits(&published).unwrap().unwrap();
    let index = Index::open(&bytes).unwrap();
    let severity = |day| {
        let claim = Claim {
            lines: vec![Line {
                code: "2222B".to_string(),
                units: Some(2),
                pointers: vec![1],
                ..Line::default()
            }],
            date: Some(day),
            ..Claim::default()
        };
        let issues = index.validate_claim(&claim);
        let found = issues.iter().find(|issue| issue.rule == "NC-2").unwrap();
        found.severity
    };
    assert_eq!(
        severity(Date::new(2025, 9, 30).unwrap()),
        medcode::Severity::Information
    );
    assert_eq!(
        severity(Date::new(2025, 10, 1).unwrap()),
        medcode::Severity::Warning
    );
}

#[test]
fn without_lists_there_is_no_pack() {
    assert_eq!(build::compile_claim_edits(&Default::default()), Ok(None));
}
