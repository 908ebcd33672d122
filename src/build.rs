//! From found inputs to releases: reads the chosen files of every code system, puts them together, and checks what must
//! hold on full data. Native only.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::code_system::CodeSystem;
use crate::compile;
use crate::concepts::{
    Addendum, Change, CodeEdits, Concept, IndexBook, Note, NoteKind, PcsDefinition, Relations,
    Release, SourceFile,
};
use crate::date::{Date, Period};
use crate::index::codes::Lists;
use crate::index::{ConceptId, Index, MapTarget, System};
use crate::sources::gather::{Input, InputKind, Inputs};
use crate::sources::{
    SourceError, addenda, conversion, cpt, edits, gems, hcpcs, icd9, index_csv, index_xml, order,
    pcs, poa, release, tabular,
};
use crate::vocabulary;

/// So many codes that the vocabulary names may be missing from the releases: another year's release lacks a few. More mean
/// that a file is not what it should be.
const UNKNOWN_TARGETS: usize = 400;

/// What a build made.
pub struct Built {
    /// The releases, as they were compiled.
    pub releases: Vec<(CodeSystem, Release)>,
    /// What relates codes to each other.
    pub relations: Relations,
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
        relations: Relations::default(),
        warnings: Vec::new(),
    };
    built.relations = read_relations(inputs, step)?;
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
            apply_addenda(&mut release, &later)?;
            apply_validity(system, &mut release, &built.relations.edits);
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

fn read_icd10pcs(inputs: &Inputs, _: &mut Vec<String>) -> Result<Option<Release>, SourceError> {
    let mut release = Release::default();
    let files = &mut release.files;
    let titles = match one(inputs, InputKind::Icd10pcsTitles, files)? {
        Some(("codes", name, bytes)) => order::read_codes(&name, &bytes, CodeSystem::ICD10PCS)?,
        Some((_, name, bytes)) => order::read(&name, &bytes, CodeSystem::ICD10PCS)?,
        None => return Ok(None),
    };
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
    release.version = "v32".to_string();
    // The last version: valid from the fiscal year 2015 until ICD-10 took its place.
    release.period = Period {
        start: Date::new(2014, 10, 1),
        end: Date::new(2015, 9, 30),
    };
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
        release.version = format!("{} with the FY{year} code changes", release.version);
        release.period.end = Date::new(year, 9, 30);
    }
    release.concepts = concepts.into_values().collect();
    Ok(())
}

/// Sets from when to when each code is valid, where the Medicare Code Editor's table states it and the
/// publisher's own files do not. The table's last day for codes still valid says nothing about them.
fn apply_validity(system: CodeSystem, release: &mut Release, edits: &[CodeEdits]) {
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
    for concept in release
        .concepts
        .iter_mut()
        .filter(|concept| concept.billable)
    {
        if let Some(period) = periods.get(concept.code.as_str()) {
            concept.period.start = concept.period.start.or(period.start);
            concept.period.end = concept
                .period
                .end
                .or(period.end.filter(|end| Some(*end) != horizon));
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
        check_notes(opened, release)?;
        check_tables(opened, release)?;
        let count = opened.concepts().count();
        if count != codes.len() {
            return Err(format!(
                "{system}: expected {} codes, found {count}",
                codes.len()
            ));
        }
    }
    check_relations(&index, &built.relations)?;
    Ok(bytes)
}

/// Checks that every fact about a code of an indexed system comes back equal, and that no other does.
fn check_relations(index: &Index, relations: &Relations) -> Result<(), String> {
    for system in index.systems() {
        let this = system.code_system();
        let differs =
            |what: &str, code: &str| Err(format!("{this} {code}: its {what} are not as published"));
        let mut maps: BTreeMap<(&str, u8), Vec<MapTarget>> = BTreeMap::new();
        for map in relations.maps.iter().filter(|map| map.from == this) {
            let targets = maps.entry((&map.source, map.to.number())).or_default();
            targets.push(MapTarget {
                to: map.to,
                code: map.to.dotted(&map.target),
                approximate: map.approximate,
                combination: map.combination,
                scenario: map.scenario,
                choice_list: map.choice_list,
            });
        }
        for ((code, to), targets) in &maps {
            let found = system.maps(code);
            if !found.iter().filter(|t| t.to.number() == *to).eq(targets) {
                return differs("maps", code);
            }
        }
        let mapped = |(_, lists): &(CodeSystem, Lists<_>)| lists.codes.len();
        let mapped: usize = system.all_maps().tables.iter().map(mapped).sum();

        let mut edits: BTreeMap<&str, Vec<(Period, Vec<&str>)>> = BTreeMap::new();
        for edit in relations.edits.iter().filter(|edit| edit.system == this) {
            let mut flags: Vec<&str> = edit.flags.iter().map(String::as_str).collect();
            flags.sort();
            edits
                .entry(&edit.code)
                .or_default()
                .push((edit.period, flags));
        }
        for (code, rows) in &mut edits {
            rows.sort_by_key(|(period, _)| period.start);
            let found = system.edits_of(code);
            let found = found.periods.iter().map(|row| {
                let mut flags: Vec<&str> = row.flags.iter().map(|flag| flag.name()).collect();
                flags.sort();
                (row.period, flags)
            });
            if !found.eq(rows.iter().cloned()) {
                return differs("edits", code);
            }
        }
        let exempt: BTreeSet<&str> = match this {
            CodeSystem::ICD10CM => relations.poa_exempt.iter().map(String::as_str).collect(),
            _ => BTreeSet::new(),
        };
        if let Some(code) = exempt.iter().find(|code| !system.edits_of(code).poa_exempt) {
            return differs("exemptions", code);
        }

        let mut conversions: BTreeMap<&str, Vec<(Date, &str)>> = BTreeMap::new();
        let mut converted = BTreeSet::new();
        for row in relations
            .conversions
            .iter()
            .filter(|_| this == CodeSystem::ICD10CM)
        {
            converted.insert(&row.code);
            let entries = row.previous.iter().map(|entry| (row.effective, &**entry));
            conversions.entry(&row.code).or_default().extend(entries);
        }
        for (code, entries) in &mut conversions {
            let mut found: Vec<(Date, String)> = system
                .predecessors(code)
                .into_iter()
                .map(|p| (p.effective, p.plain_code))
                .collect();
            found.sort();
            entries.sort();
            if !found
                .iter()
                .map(|(d, e)| (*d, e.as_str()))
                .eq(entries.iter().copied())
            {
                return differs("predecessors", code);
            }
        }
        let counts = [
            (mapped, maps.len()),
            (system.all_edits().rows.codes.len(), edits.len()),
            (system.all_edits().exempt.codes.len(), exempt.len()),
            (system.all_conversions().codes.len(), converted.len()),
        ];
        if let Some((found, expected)) = counts.iter().find(|(found, expected)| found != expected) {
            return Err(format!(
                "{this}: expected relations of {expected} codes, found {found}"
            ));
        }
    }
    Ok(())
}

/// Checks that every note comes back, at its own code or group, in the order of the book.
fn check_notes(opened: &System<'_>, release: &Release) -> Result<(), String> {
    let nodes = opened.nodes();
    let of_codes = release.concepts.iter().map(|concept| {
        let node = opened.find(&concept.code).map(ConceptId::node);
        (node, &concept.code, &concept.notes)
    });
    let of_groups = release.groups.iter().enumerate().map(|(at, group)| {
        let owner = nodes.codes.len() as u32 + at as u32;
        (Some(owner), &group.label, &group.notes)
    });
    for (owner, of, notes) in of_codes
        .chain(of_groups)
        .filter(|(_, _, notes)| !notes.is_empty())
    {
        let owner = owner.ok_or_else(|| format!("{of} is not found"))?;
        let stored = |stored: &crate::index::notes::Notes| -> Vec<Note> {
            let text = |at| stored.words.text(stored.text(at));
            let kind = |at: usize| stored.kinds.get(at).copied().unwrap_or(NoteKind::Note);
            stored
                .of(owner)
                .map(|at| Note {
                    kind: kind(at),
                    text: text(at),
                })
                .collect()
        };
        let (terms, others): (Vec<Note>, Vec<Note>) = notes
            .iter()
            .cloned()
            .partition(|note| note.kind == NoteKind::InclusionTerm);
        if stored(opened.inclusion_terms()) != terms || stored(opened.all_notes()) != others {
            return Err(format!(
                "the notes of {} {of} do not come back",
                opened.code_system()
            ));
        }
    }
    Ok(())
}

/// Checks that what the tables and definitions of ICD-10-PCS say comes back: every value of every row is offered after
/// the values before it, under the published title and label, and every definition is as it was published.
fn check_tables(opened: &System<'_>, release: &Release) -> Result<(), String> {
    for table in &release.tables {
        for row in &table.rows {
            let mut prefix = String::new();
            for axis in table.axes.iter().chain(row) {
                let offered = opened.pcs_next(&prefix);
                for (character, label) in &axis.values {
                    let is_offered = offered.iter().any(|value| {
                        value.character == *character
                            && value.axis == axis.title
                            && value.label == *label
                    });
                    if !is_offered {
                        return Err(format!(
                            "expected {} '{label}' ({character}) to follow '{prefix}', found it nowhere",
                            axis.title
                        ));
                    }
                }
                prefix.extend(axis.values.first().map(|(character, _)| *character));
            }
        }
    }
    let definitions = opened.definitions();
    let published: Vec<PcsDefinition> = definitions
        .entries
        .iter()
        .map(|entry| definitions.published(entry))
        .collect();
    if published != release.definitions {
        return Err(format!(
            "expected {} definitions of values as published, found {} of which some differ",
            release.definitions.len(),
            published.len()
        ));
    }
    Ok(())
}
