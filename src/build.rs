//! From found inputs to releases: reads the chosen files of every code system, puts them together, and checks what must
//! hold on full data. Native only.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::code_system::CodeSystem;
use crate::compile;
use crate::concepts::{
    Addendum, Change, CodeEdits, Concept, IndexBook, Note, NoteKind, Relations, Release, SourceFile,
};
use crate::date::{Date, Period};
use crate::index::claim_edits::{ListFile, PublishedEdits};
use crate::index::format::{self, Section, SectionKind};
use crate::index::{self, Index};
use crate::sources::gather::{Input, InputFile, InputKind, Inputs};
use crate::sources::{
    SourceError, addenda, claim_edits, conversion, cpt, edits, gems, hcpcs, icd9, index_csv,
    index_xml, known, order, pcs, poa, release, tabular,
};
use crate::vocabulary;

mod checks;
mod releases;

/// So many codes that the vocabulary names may be missing from the releases: another year's release lacks a few. More mean
/// that a file is not what it should be.
const UNKNOWN_TARGETS: usize = 400;

/// What a build made.
pub struct Built {
    /// The releases, as they were compiled.
    pub releases: Vec<(CodeSystem, Release)>,
    /// What relates codes to each other.
    pub relations: Relations,
    /// Lists about claims, where the user supplies any.
    pub claim_edits: PublishedEdits,
    /// What a user should know, a sentence each: differences between files, systems left out.
    pub warnings: Vec<String>,
}

/// Reads all inputs. `step` is told what is being read, before it is.
///
/// # Errors
///
/// The first file that is not understood, with its line.
pub fn read(inputs: &Inputs, step: &dyn Fn(&str)) -> Result<Built, SourceError> {
    let mut built = Built {
        releases: Vec::new(),
        relations: read_relations(inputs, step)?,
        claim_edits: read_claim_edits(inputs, step)?,
        warnings: Vec::new(),
    };
    let readers: [(CodeSystem, Reader); 6] = [
        (CodeSystem::ICD10CM, read_icd10cm),
        (CodeSystem::ICD10PCS, read_icd10pcs),
        (CodeSystem::ICD9CM_DX, |inputs, _| {
            read_icd9(inputs, CodeSystem::ICD9CM_DX)
        }),
        (CodeSystem::ICD9CM_SG, |inputs, _| {
            read_icd9(inputs, CodeSystem::ICD9CM_SG)
        }),
        (CodeSystem::HCPCS, |inputs, _| read_hcpcs(inputs)),
        (CodeSystem::CPT, |inputs, _| read_cpt(inputs)),
    ];
    for (system, reader) in readers {
        step(system.title());
        if let Some(mut release) = reader(inputs, &mut built.warnings)? {
            let later: Vec<&Addendum> = built
                .relations
                .addenda
                .iter()
                .filter(|a| a.system == system)
                .collect();
            let validity = validity(system, &built.relations.edits);
            let earlier = read_earlier(system, &release.version, inputs)?;
            releases::join(&mut release, earlier, &validity, &mut built.warnings);
            apply_addenda(&mut release, &later)?;
            apply_validity(&mut release, &validity);
            built.releases.push((system, release));
        }
    }
    for missing in inputs.missing() {
        built.warnings.push(missing.sentence.clone());
    }
    Ok(built)
}

type Reader = fn(&Inputs, &mut Vec<String>) -> Result<Option<Release>, SourceError>;

/// The bytes of one part of an input, with the name that errors and provenance use; noted in `files`.
fn part(
    input: &Input,
    at: usize,
    files: &mut Vec<SourceFile>,
) -> Result<Option<(String, Vec<u8>)>, SourceError> {
    let Some(file) = input.part(at) else {
        return Ok(None);
    };
    let source = SourceFile {
        name: file.name.clone(),
        sha256: file.sha256.clone(),
    };
    if !files.contains(&source) {
        files.push(source);
    }
    Ok(Some((file.name.clone(), file.read()?)))
}

/// The layout of an input, the name of its first file, and the bytes of that.
type FirstPart = (&'static str, String, Vec<u8>);

/// The first part of an input, if there is such an input.
fn one(
    inputs: &Inputs,
    kind: InputKind,
    files: &mut Vec<SourceFile>,
) -> Result<Option<FirstPart>, SourceError> {
    let Some(input) = inputs.get(kind) else {
        return Ok(None);
    };
    Ok(part(input, 0, files)?.map(|(name, bytes)| (input.layout, name, bytes)))
}

fn read_icd10cm(
    inputs: &Inputs,
    warnings: &mut Vec<String>,
) -> Result<Option<Release>, SourceError> {
    let mut release = Release::default();
    let files = &mut release.files;
    let titles = match one(inputs, InputKind::Icd10cmTitles, files)? {
        Some(("codes", name, bytes)) => {
            Some(order::read_codes(&name, &bytes, CodeSystem::ICD10CM)?)
        }
        Some((_, name, bytes)) => Some(order::read(&name, &bytes, CodeSystem::ICD10CM)?),
        None => None,
    };
    let tabular = match one(inputs, InputKind::Icd10cmTabular, files)? {
        Some((_, name, bytes)) => Some(tabular::read(&name, &bytes)?),
        None => None,
    };
    if let Some(order) = &titles {
        known::check(
            &order.file,
            CodeSystem::ICD10CM,
            &order.version,
            &order.concepts,
        )?;
    }
    if let Some(tabular) = &tabular {
        known::check(
            &tabular.file,
            CodeSystem::ICD10CM,
            &tabular.version,
            &tabular.concepts,
        )?;
    }
    // The tabular list of a later year is not about these titles: they are read again as an earlier release.
    let titles = titles.filter(|order| {
        let later = |tabular: &tabular::Tabular| year(&order.version) < year(&tabular.version);
        !tabular.as_ref().is_some_and(later)
    });
    match (titles, tabular) {
        (Some(order), Some(tabular)) => {
            release.version = order.version.clone();
            let merged = tabular::merge(order, tabular)?;
            for difference in &merged.differences {
                warnings.push(format!(
                    "ICD-10-CM {}: {:?}; the order file is followed",
                    difference.code, difference.kind
                ));
            }
            (release.concepts, release.groups) = (merged.concepts, merged.groups);
        }
        (None, Some(tabular)) => {
            release.version = tabular.version;
            (release.concepts, release.groups) = (tabular.concepts, tabular.groups);
        }
        (Some(order), None) => {
            (release.version, release.concepts) = (order.version, order.concepts)
        }
        (None, None) => return Ok(None),
    }
    release.period = release::period(&release.version).unwrap_or_default();
    let books = [
        (InputKind::Icd10cmIndex, IndexBook::Main),
        (InputKind::Icd10cmExternalCauses, IndexBook::ExternalCause),
        (InputKind::Icd10cmNeoplasms, IndexBook::Neoplasm),
        (InputKind::Icd10cmDrugs, IndexBook::Drug),
    ];
    for (kind, book) in books {
        let index = match one(inputs, kind, &mut release.files)? {
            Some(("csv", name, bytes)) => index_csv::read(&name, &bytes)?,
            Some((_, name, bytes)) => index_xml::read(&name, &bytes, Some(book))?,
            None => continue,
        };
        release.index.extend(index.entries);
    }
    Ok(Some(release))
}

/// The year of a release, without its update.
fn year(version: &str) -> &str {
    version.trim_end_matches(" April")
}

/// Reads the releases of a system that lie beside the one that was read: their codes and titles alone.
fn read_earlier(
    system: CodeSystem,
    version: &str,
    inputs: &Inputs,
) -> Result<Vec<Release>, SourceError> {
    let kind = match system {
        CodeSystem::ICD10CM => InputKind::Icd10cmTitles,
        CodeSystem::ICD10PCS => InputKind::Icd10pcsTitles,
        CodeSystem::HCPCS => InputKind::Hcpcs,
        _ => return Ok(Vec::new()),
    };
    // The chosen titles are themselves of an earlier year where a later tabular list took their place.
    let chosen = inputs
        .get(kind)
        .filter(|input| system == CodeSystem::ICD10CM && year(&input.release) < year(version));
    let mut earlier = Vec::new();
    for input in inputs.earlier(kind).chain(chosen) {
        let mut files = Vec::new();
        let Some((name, bytes)) = part(input, 0, &mut files)? else {
            continue;
        };
        let release = match (system, input.layout) {
            (CodeSystem::HCPCS, _) => Release {
                files,
                ..hcpcs::read(&name, &bytes)?
            },
            (_, layout) => {
                let order = match layout {
                    "codes" => order::read_codes(&name, &bytes, system)?,
                    _ => order::read(&name, &bytes, system)?,
                };
                Release {
                    period: release::period(&order.version).unwrap_or_default(),
                    version: order.version,
                    concepts: order.concepts,
                    files,
                    ..Release::default()
                }
            }
        };
        known::check(&name, system, &release.version, &release.concepts)?;
        earlier.push(release);
    }
    Ok(earlier)
}

fn read_icd10pcs(
    inputs: &Inputs,
    warnings: &mut Vec<String>,
) -> Result<Option<Release>, SourceError> {
    let mut release = Release::default();
    let files = &mut release.files;
    let titles = match one(inputs, InputKind::Icd10pcsTitles, files)? {
        Some(("codes", name, bytes)) => order::read_codes(&name, &bytes, CodeSystem::ICD10PCS)?,
        Some((_, name, bytes)) => order::read(&name, &bytes, CodeSystem::ICD10PCS)?,
        None => return Ok(None),
    };
    known::check(
        &titles.file,
        CodeSystem::ICD10PCS,
        &titles.version,
        &titles.concepts,
    )?;
    (release.version, release.concepts) = (titles.version, titles.concepts);
    release.period = release::period(&release.version).unwrap_or_default();
    if let Some((_, name, bytes)) = one(inputs, InputKind::Icd10pcsTables, files)? {
        let tables = pcs::read_tables(&name, &bytes)?;
        // Tables of another year would describe other codes.
        if release.version == format!("FY{}", tables.version) {
            release.groups = pcs::groups(&name, &tables.tables)?;
            let expanded = pcs::expand(&tables.tables);
            let published: Vec<_> = release
                .concepts
                .iter()
                .filter(|c| c.billable)
                .map(|c| c.code.clone())
                .collect();
            if expanded != published {
                let found = format!(
                    "{} codes from the tables, {} published",
                    expanded.len(),
                    published.len()
                );
                return Err(SourceError::new(
                    &name,
                    0,
                    "tables that expand to the published codes",
                    found,
                ));
            }
            release.tables = tables.tables;
        } else {
            warnings.push(format!(
                "{name}: expected the tables of {}, found those of FY{}; they are left out",
                release.version, tables.version
            ));
        }
    }
    if let Some((_, name, bytes)) = one(inputs, InputKind::Icd10pcsDefinitions, files)? {
        release.definitions = pcs::read_definitions(&name, &bytes)?.definitions;
    }
    if let Some((_, name, bytes)) = one(inputs, InputKind::Icd10pcsIndex, files)? {
        release
            .index
            .extend(index_xml::read(&name, &bytes, Some(IndexBook::Main))?.entries);
    }
    let keys = [
        (InputKind::Icd10pcsBodyPartKey, IndexBook::BodyPartKey),
        (InputKind::Icd10pcsDeviceKey, IndexBook::DeviceKey),
    ];
    for (kind, book) in keys {
        if let Some((_, name, bytes)) = one(inputs, kind, files)? {
            release.index.extend(pcs::read_key(&name, &bytes, book)?);
        }
    }
    Ok(Some(release))
}

fn read_icd9(inputs: &Inputs, system: CodeSystem) -> Result<Option<Release>, SourceError> {
    let (titles, tabular) = match system {
        CodeSystem::ICD9CM_SG => (InputKind::Icd9cmSgTitles, InputKind::Icd9cmSgTabular),
        _ => (InputKind::Icd9cmDxTitles, InputKind::Icd9cmDxTabular),
    };
    let mut release = Release::default();
    let Some(input) = inputs.get(titles) else {
        return Ok(None);
    };
    let (Some(long), Some(short)) = (
        part(input, 0, &mut release.files)?,
        part(input, 1, &mut release.files)?,
    ) else {
        return Ok(None);
    };
    release.concepts = icd9::read_titles(system, (&long.0, &long.1), (&short.0, &short.1))?;
    known::check(&long.0, system, &input.release, &release.concepts)?;
    known::check(&short.0, system, &input.release, &release.concepts)?;
    release.version = input.release.clone();
    release.period = release::period(&release.version).unwrap_or_default();
    if let Some((_, name, bytes)) = one(inputs, tabular, &mut release.files)? {
        let tabular = icd9::read_tabular(system, &name, &bytes)?;
        release.concepts = icd9::merge(&name, release.concepts, &tabular)?;
        release.groups = tabular.groups;
    }
    Ok(Some(release))
}

fn read_hcpcs(inputs: &Inputs) -> Result<Option<Release>, SourceError> {
    let mut files = Vec::new();
    let Some((_, name, bytes)) = one(inputs, InputKind::Hcpcs, &mut files)? else {
        return Ok(None);
    };
    let release = hcpcs::read(&name, &bytes)?;
    known::check(
        &name,
        CodeSystem::HCPCS,
        &release.version,
        &release.concepts,
    )?;
    Ok(Some(Release { files, ..release }))
}

fn read_cpt(inputs: &Inputs) -> Result<Option<Release>, SourceError> {
    let Some(input) = inputs.get(InputKind::Cpt) else {
        return Ok(None);
    };
    let mut read = Vec::new();
    let mut files = Vec::new();
    for file in input.files() {
        files.push(SourceFile {
            name: file.name.clone(),
            sha256: file.sha256.clone(),
        });
        read.push((file.name.as_str(), file.read()?));
    }
    let parts: Vec<(&str, &[u8])> = read
        .iter()
        .map(|(name, bytes)| (*name, bytes.as_slice()))
        .collect();
    Ok(Some(Release {
        files,
        ..cpt::read(&parts)?
    }))
}

fn read_relations(inputs: &Inputs, step: &dyn Fn(&str)) -> Result<Relations, SourceError> {
    let mut relations = Relations::default();
    let files = &mut relations.files;
    step("crosswalks and edits");
    for kind in [InputKind::Gems, InputKind::ProcedureGems] {
        // An archive with both directions is both parts of its input; it is read once.
        for file in inputs.get(kind).iter().flat_map(|input| input.files()) {
            files.push(SourceFile {
                name: file.name.clone(),
                sha256: file.sha256.clone(),
            });
            relations
                .maps
                .extend(gems::read_gems(&file.name, &file.read()?)?);
        }
    }
    if let Some((_, name, bytes)) = one(inputs, InputKind::Conversions, files)? {
        relations.conversions = conversion::read_conversions(&name, &bytes)?;
    }
    if let Some(input) = inputs.get(InputKind::Edits) {
        for at in 0..4 {
            let Some((name, bytes)) = part(input, at, files)? else {
                continue;
            };
            match input.layout {
                "mdb" => relations.edits.extend(edits::read_database(&name, &bytes)?),
                _ => relations.edits.extend(edits::read_table(&name, &bytes)?),
            }
        }
    }
    if let Some((_, name, bytes)) = one(inputs, InputKind::PoaExempt, files)? {
        relations.poa_exempt = poa::read_poa_exempt(&name, &bytes)?;
    }
    let addenda_of = [
        (InputKind::Icd10cmAddenda, CodeSystem::ICD10CM),
        (InputKind::Icd10pcsAddenda, CodeSystem::ICD10PCS),
    ];
    for (kind, system) in addenda_of {
        if let Some((_, name, bytes)) = one(inputs, kind, files)? {
            let version = release::of_name(&name, &name)?;
            let period = release::period(&version).unwrap_or_default();
            let Some(effective) = period.start else {
                return Err(SourceError::new(
                    &name,
                    0,
                    "a name with the fiscal year of the addenda",
                    version,
                ));
            };
            relations
                .addenda
                .extend(addenda::read(&name, &bytes, system, effective)?.addenda);
        }
    }
    Ok(relations)
}

/// Reads the lists about claims. None of them is needed: without one, the rule that asks it says nothing.
fn read_claim_edits(inputs: &Inputs, step: &dyn Fn(&str)) -> Result<PublishedEdits, SourceError> {
    let mut edits = PublishedEdits::default();
    let files = |kind| files_of(inputs, kind);
    for (kind, practitioner) in [
        (InputKind::PairsPractitioner, true),
        (InputKind::PairsHospital, false),
    ] {
        for file in files(kind) {
            step(&file.name);
            let pairs = claim_edits::read_pairs(&file.name, &file.read()?, practitioner)?;
            let what = match practitioner {
                true => "procedure-to-procedure edits of practitioners",
                false => "procedure-to-procedure edits of outpatient hospitals",
            };
            // The newest of its pairs begin with the quarter that the list is of.
            let from = pairs.iter().filter_map(|pair| pair.period.start).max();
            edits.files.push(list_file(file, what, pairs.len(), from));
            edits.pairs.extend(pairs);
        }
    }
    for kind in [
        InputKind::UnitsPractitioner,
        InputKind::UnitsHospital,
        InputKind::UnitsSupplier,
    ] {
        for file in files(kind) {
            step(&file.name);
            let limits = claim_edits::read_units(&file.name, &file.read()?)?;
            if let Some(first) = limits.first() {
                let what = index::claim_edits::limits_of(first.service);
                let from = claim_edits::effective(&file.name);
                edits.files.push(list_file(file, what, limits.len(), from));
            }
            edits.limits.extend(limits);
        }
    }
    let mut read = Vec::new();
    for file in files(InputKind::Coverage) {
        step(&file.name);
        read.push((file.name.as_str(), file.read()?));
    }
    if !read.is_empty() {
        let files: Vec<_> = read
            .iter()
            .map(|(name, bytes)| (*name, bytes.as_slice()))
            .collect();
        edits.coverage = claim_edits::read_coverage(&files)?;
        for file in files_of(inputs, InputKind::Coverage) {
            let rows = edits.coverage.len();
            let what = "articles of the Medicare Coverage Database";
            edits.files.push(list_file(file, what, rows, None));
        }
    }
    Ok(edits)
}

fn files_of(inputs: &Inputs, kind: InputKind) -> Vec<&InputFile> {
    inputs.get(kind).map(Input::files).unwrap_or_default()
}

fn list_file(file: &InputFile, what: &str, rows: usize, from: Option<Date>) -> ListFile {
    ListFile {
        what: what.to_string(),
        rows,
        from,
        name: file.name.clone(),
        sha256: file.sha256.clone(),
    }
}

/// Compiles the lists about claims to an index of their own; nothing where there are none. Every list is asked again for
/// what it was given.
///
/// # Errors
///
/// A code that is none, or the first pair, limit or list that does not come back, as a sentence.
pub fn compile_claim_edits(edits: &PublishedEdits) -> Result<Option<Vec<u8>>, String> {
    let mut sections = Vec::new();
    let mut add = |kind, bytes: Result<Vec<u8>, String>| {
        let bytes =
            bytes.map_err(|code| format!("expected a code of five characters, found '{code}'"))?;
        sections.push(Section {
            // The section is about no one system; the header wants one.
            system: CodeSystem::HCPCS,
            kind,
            bytes,
        });
        Ok::<(), String>(())
    };
    if !edits.pairs.is_empty() {
        add(
            SectionKind::PairEdits,
            index::claim_edits::write_pairs(&edits.pairs),
        )?;
    }
    if !edits.limits.is_empty() {
        add(
            SectionKind::UnitEdits,
            index::claim_edits::write_limits(&edits.limits),
        )?;
    }
    if !edits.coverage.is_empty() {
        add(
            SectionKind::Coverage,
            index::claim_edits::write_coverage(&edits.coverage),
        )?;
    }
    if sections.is_empty() {
        return Ok(None);
    }
    if !edits.files.is_empty() {
        sections.push(Section {
            system: CodeSystem::HCPCS,
            kind: SectionKind::ClaimLists,
            bytes: index::claim_edits::write_files(&edits.files),
        });
    }
    let bytes = format::write(&sections);
    checks::claim_edits(&bytes, edits)?;
    Ok(Some(bytes))
}

/// Brings a release up to the later addenda: new codes begin, deleted codes end, a revised title is noted.
///
/// Addenda of the release itself or of an earlier one are passed over: it has them already.
fn apply_addenda(release: &mut Release, addenda: &[&Addendum]) -> Result<(), SourceError> {
    let Some(end) = release.period.end else {
        return Ok(());
    };
    let mut concepts: BTreeMap<String, Concept> = std::mem::take(&mut release.concepts)
        .into_iter()
        .map(|concept| (concept.code.clone(), concept))
        .collect();
    let mut latest = None;
    for addendum in addenda.iter().filter(|addendum| addendum.effective > end) {
        latest = latest.max(Some(addendum.effective));
        let unexpected = |expected: &str| {
            SourceError::new(
                "the addenda",
                0,
                format!("{expected} in {}", release.version),
                addendum.code.clone(),
            )
        };
        match addendum.change {
            Change::Add => {
                let concept = Concept {
                    code: addendum.code.clone(),
                    display: addendum.title.clone(),
                    billable: true,
                    period: Period {
                        start: Some(addendum.effective),
                        end: None,
                    },
                    ..Concept::default()
                };
                if concepts
                    .insert(addendum.code.clone(), concept)
                    .is_some_and(|old| old.billable)
                {
                    return Err(unexpected("a new code that is not"));
                }
            }
            Change::Delete => match concepts.get_mut(&addendum.code) {
                Some(concept) if concept.billable => {
                    concept.period.end = Some(addendum.effective.previous_day())
                }
                _ => return Err(unexpected("a deleted code that is billable")),
            },
            Change::Revise => match concepts.get_mut(&addendum.code) {
                Some(concept) => concept.notes.push(Note {
                    kind: NoteKind::Note,
                    text: format!("Title from {}: {}", addendum.effective, addendum.title),
                }),
                // A code that an April update brought in, between the release and these addenda: its
                // first day, where known, comes from the table of validity periods.
                None => {
                    let concept = Concept {
                        code: addendum.code.clone(),
                        display: addendum.title.clone(),
                        billable: true,
                        ..Concept::default()
                    };
                    concepts.insert(addendum.code.clone(), concept);
                }
            },
        }
    }
    if let Some(effective) = latest {
        let year = effective.number() / 10_000 + 1;
        let renamed = |version: &str| format!("{version} with the FY{year} code changes");
        release.version = renamed(&release.version);
        release.period.end = Date::new(year, 9, 30);
        if let Some((version, period)) = release.parts.last_mut() {
            *version = renamed(version);
            period.end = release.period.end;
        }
    }
    release.concepts = concepts.into_values().collect();
    Ok(())
}

/// From when to when each code is valid, as the Medicare Code Editor's table states it. The table's last day says nothing
/// about codes that are still valid, and is left out.
fn validity(system: CodeSystem, edits: &[CodeEdits]) -> HashMap<&str, Period> {
    let horizon = edits
        .iter()
        .filter(|e| e.system == system)
        .filter_map(|e| e.period.end)
        .max();
    let mut periods: HashMap<&str, Period> = HashMap::new();
    for edit in edits.iter().filter(|edit| edit.system == system) {
        let period = periods.entry(&edit.code).or_insert(edit.period);
        // A code may have several rows, one per change of its flags: it is valid over all of them.
        period.start = period.start.min(edit.period.start);
        period.end = period.end.max(edit.period.end);
    }
    for period in periods.values_mut() {
        period.end = period.end.filter(|end| Some(*end) != horizon);
    }
    periods
}

/// Sets from when to when each code is valid, where the publisher's own files do not state it.
fn apply_validity(release: &mut Release, periods: &HashMap<&str, Period>) {
    for concept in release
        .concepts
        .iter_mut()
        .filter(|concept| concept.billable)
    {
        if let Some(period) = periods.get(concept.code.as_str()) {
            concept.period.start = concept.period.start.or(period.start);
            concept.period.end = concept.period.end.or(period.end);
        }
    }
}

/// Compiles what was read, and checks the result: every published code looks up to itself with the publisher's title, and
/// nothing else does.
///
/// # Errors
///
/// What cannot be compiled, or the first code that does not come back, as a sentence.
pub fn compile(built: &Built, systems: &[CodeSystem]) -> Result<Vec<u8>, String> {
    let chosen: Vec<(CodeSystem, &Release)> = built
        .releases
        .iter()
        .filter(|(system, _)| systems.contains(system))
        .map(|(system, release)| (*system, release))
        .collect();
    let entries = vocabulary::entries().map_err(|error| error.to_string())?;
    let unknown = vocabulary::unknown_targets(&entries, &chosen);
    if unknown.len() > UNKNOWN_TARGETS {
        return Err(format!("data/vocabulary: {}", unknown.join("; ")));
    }
    let systems: Vec<CodeSystem> = chosen.iter().map(|(system, _)| *system).collect();
    let vocabulary = vocabulary::for_systems(&entries, &systems);
    let bytes = compile::compile_with(&chosen, &built.relations, &vocabulary)
        .map_err(|error| error.to_string())?;
    let index = Index::open(&bytes).map_err(|error| error.to_string())?;
    for (system, release) in chosen {
        let opened = index
            .system(system)
            .ok_or_else(|| format!("{system} is not in its own index"))?;
        for concept in &release.concepts {
            let found = opened
                .find(&concept.code)
                .ok_or_else(|| format!("{system} {} is not found", concept.code))?;
            let display = opened.display(found);
            if opened.plain_code(found) != concept.code || display != concept.display {
                return Err(format!(
                    "{system} {}: expected '{}', found '{display}'",
                    concept.code, concept.display
                ));
            }
            if opened.billable(found) != concept.billable {
                return Err(format!(
                    "{system} {}: billable is not as published",
                    concept.code
                ));
            }
            let short = opened.short(found);
            if short != concept.short {
                return Err(format!(
                    "{system} {}: expected '{:?}', found '{short:?}'",
                    concept.code, concept.short
                ));
            }
        }
        let terms = opened.index_terms();
        if terms.rows().len() != release.index.len() {
            return Err(format!(
                "{system}: expected {} rows of the index, found {}",
                release.index.len(),
                terms.rows().len()
            ));
        }
        for (row, entry) in terms.rows().zip(&release.index) {
            let found = terms.entry(row);
            if found != *entry {
                return Err(format!(
                    "{system}, row {row} of the index: expected '{entry:?}', found '{found:?}'"
                ));
            }
        }
        let codes: BTreeSet<&str> = release
            .concepts
            .iter()
            .map(|concept| concept.code.as_str())
            .collect();
        checks::notes(opened, release)?;
        checks::tables(opened, release)?;
        checks::links(opened)?;
        let count = opened.concepts().count();
        if count != codes.len() {
            return Err(format!(
                "{system}: expected {} codes, found {count}",
                codes.len()
            ));
        }
    }
    checks::relations(&index, &built.relations)?;
    Ok(bytes)
}
