//! From the structs of the readers to the bytes of an index. Pure and deterministic: the same releases give the same bytes.

mod boxes;

use std::collections::{HashMap, HashSet};
use std::fmt;

use crate::code_system::CodeSystem;
use crate::concepts::{Concept, NoteKind, Relations, Release};
use crate::date::Period;
use crate::index::conversions::{self, ConversionsError};
use crate::index::core::{self, Code, GroupNode, Nodes, SeventhSet};
use crate::index::definitions::{self, Definitions};
use crate::index::flags::{self, AllEdits, EditsError};
use crate::index::format::{self, Section, SectionKind};
use crate::index::index_terms::{self, WriteError};
use crate::index::maps::{self, Maps};
use crate::index::notes::{self, Notes};
use crate::index::properties::{self, Properties};
use crate::index::release::{FileInfo, ReleaseInfo, ReleasePart};
use crate::index::shorts;
use crate::index::tables;
use crate::index::text::{Tokenizer, WordModel};
use crate::index::vocabulary::{self, Vocabulary};

/// Why a release cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompileError {
    /// A code has characters that codes do not have, or too many of them.
    BadCode {
        /// The code.
        code: String,
    },
    /// The same code stands twice in the release.
    DuplicateCode {
        /// The code.
        code: String,
    },
    /// A flag of the Medicare Code Editor has a name that no known edition of its tables has.
    UnknownFlag {
        /// The name.
        name: String,
    },
    /// A table has no code for its three characters.
    TableWithoutHeader {
        /// The three characters.
        prefix: String,
    },
    /// A row of a table accepts a code that is not in the release.
    TableWithoutCode {
        /// The code.
        code: String,
    },
    /// There are more different words, periods or sets of seventh characters than the format can number.
    TooMany {
        /// Of what.
        what: &'static str,
    },
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CompileError::BadCode { code } => {
                write!(
                    f,
                    "expected a code of at most 8 letters and digits, found '{code}'"
                )
            }
            CompileError::DuplicateCode { code } => {
                write!(f, "expected each code once, found '{code}' twice")
            }
            CompileError::UnknownFlag { name } => {
                write!(f, "expected a known flag of the edit table, found '{name}'")
            }
            CompileError::TableWithoutHeader { prefix } => {
                write!(f, "expected a header for the table {prefix}, found none")
            }
            CompileError::TableWithoutCode { code } => {
                write!(
                    f,
                    "expected every code of a table in the release, found no '{code}'"
                )
            }
            CompileError::TooMany { what } => write!(
                f,
                "expected fewer different {what} than the format can number"
            ),
        }
    }
}

impl std::error::Error for CompileError {}

/// Compiles releases into one index.
///
/// # Errors
///
/// See [`CompileError`]; the readers of the publishers' files deliver nothing that fails here.
pub fn compile(
    releases: &[(CodeSystem, &Release)],
    relations: &Relations,
) -> Result<Vec<u8>, CompileError> {
    compile_with(releases, relations, &Vocabulary::default())
}

/// As [`compile`], with a vocabulary. It is kept with the first system, and holds for all.
///
/// # Errors
///
/// As [`compile`].
pub fn compile_with(
    releases: &[(CodeSystem, &Release)],
    relations: &Relations,
    vocabulary: &Vocabulary,
) -> Result<Vec<u8>, CompileError> {
    let mut sections = Vec::new();
    for (at, (system, release)) in releases.iter().enumerate() {
        sections.extend(compile_release(*system, release, relations)?);
        if at == 0 && !vocabulary.is_empty() {
            let bytes = vocabulary_section(vocabulary, &sections);
            sections.push(Section {
                system: *system,
                kind: SectionKind::Vocabulary,
                bytes,
            });
        }
    }
    Ok(format::write(&sections))
}

/// The section of a vocabulary beside the other sections of a system.
pub fn vocabulary_section(vocabulary: &Vocabulary, sections: &[Section]) -> Vec<u8> {
    let bytes = |kind| {
        let section = sections.iter().find(|section| section.kind == kind);
        section.map(|section| section.bytes.as_slice())
    };
    let core = bytes(SectionKind::Core).unwrap_or_default();
    let opened = tables::open(core, bytes(SectionKind::Tables));
    let (nodes, words, _) = opened.unwrap_or_else(|| {
        let words = WordModel::default();
        (Nodes::default(), words, Default::default())
    });
    vocabulary::write(vocabulary, &nodes, words)
}

/// The sections of one release.
fn compile_release(
    system: CodeSystem,
    release: &Release,
    relations: &Relations,
) -> Result<Vec<Section>, CompileError> {
    let mut concepts: Vec<_> = release.concepts.iter().collect();
    concepts.sort_by(|a, b| a.code.cmp(&b.code));
    if let Some(pair) = concepts
        .windows(2)
        .find(|pair| pair[0].code == pair[1].code)
    {
        return Err(CompileError::DuplicateCode {
            code: pair[0].code.clone(),
        });
    }
    let mut tokenizer = Tokenizer::default();
    let texts = concepts.iter().map(|concept| &concept.display);
    texts
        .chain(release.groups.iter().map(|group| &group.title))
        .for_each(|text| tokenizer.learn(text));

    // Nodes, and the codes composed from them.
    let mut nodes: Vec<NodeSource<'_>> = Vec::new();
    let mut by_code: HashMap<&str, usize> = HashMap::new();
    for concept in &concepts {
        match composed_from(concept, &nodes, &by_code) {
            Some((base, character, meaning)) => {
                nodes[base].composed.push((character, meaning));
                nodes[base].period = concept.period;
            }
            None => {
                by_code.insert(&concept.code, nodes.len());
                nodes.push(NodeSource {
                    concept,
                    composed: Vec::new(),
                    period: concept.period,
                });
            }
        }
    }
    let boxes = match &release.tables[..] {
        [] => None,
        tables => {
            let titled = concepts
                .iter()
                .map(|c| (&c.code[..], (*c, tokenizer.tokenize(&c.display))));
            let titled = titled.collect();
            Some(boxes::build(tables, &titled, &mut tokenizer)?)
        }
    };
    let nothing = HashSet::new();
    let made = boxes.as_ref().map_or(&nothing, |boxes| &boxes.made);
    let mut out = Nodes::default();
    let mut sets: HashMap<&[(u8, String)], u8> = HashMap::new();
    for NodeSource {
        concept, composed, ..
    } in nodes
        .iter()
        .filter(|node| !made.contains(&node.concept.code))
    {
        let code = Code::new(&concept.code).ok_or_else(|| CompileError::BadCode {
            code: concept.code.clone(),
        })?;
        out.codes.push(code);
        out.billable.push(concept.billable);
        let seventh = if composed.is_empty() {
            0
        } else {
            let next = sets.len() as u8 + 1;
            let number = *sets.entry(composed).or_insert(next);
            if number == next {
                out.sets.push(SeventhSet {
                    characters: composed.iter().map(|(character, _)| *character).collect(),
                    meanings: composed
                        .iter()
                        .map(|(_, meaning)| tokenizer.tokenize(meaning))
                        .collect(),
                });
            }
            number
        };
        if seventh > 62 {
            return Err(CompileError::TooMany {
                what: "sets of seventh characters",
            });
        }
        out.sevenths.push(seventh);
        out.tokens.extend(tokenizer.tokenize(&concept.display));
        out.ends.push(out.tokens.len() as u32);
    }
    let code =
        |text: &String| Code::new(text).ok_or_else(|| CompileError::BadCode { code: text.clone() });
    for group in &release.groups {
        out.groups.push(GroupNode {
            kind: group.kind,
            label: group.label.clone(),
            first: code(&group.first)?,
            last: code(&group.last)?,
            title: tokenizer.tokenize(&group.title),
        });
    }
    out.words = tokenizer.words.clone();

    let mut sections = Vec::new();
    let mut section = |kind, bytes: Vec<u8>| {
        sections.push(Section {
            system,
            kind,
            bytes,
        })
    };
    let info = ReleaseInfo {
        version: release.version.clone(),
        period: release.period,
        parts: release
            .parts
            .iter()
            .map(|(version, period)| ReleasePart {
                version: version.clone(),
                period: *period,
            })
            .collect(),
        codes: concepts.len() as u32,
        billable: concepts.iter().filter(|concept| concept.billable).count() as u32,
        files: release
            .files
            .iter()
            .map(|f| FileInfo {
                name: f.name.clone(),
                sha256: f.sha256.clone(),
            })
            .collect(),
    };
    section(SectionKind::Release, info.write());
    let (core, mut primed) = match system {
        // Those of a pack are opened when they are asked for; what is opened first must open quickly.
        CodeSystem::ICD9CM_DX | CodeSystem::ICD9CM_SG => {
            (core::write_phrases(&out), WordModel::default())
        }
        _ => core::write(&out),
    };
    let mut tables = None;
    if let Some(boxes) = &boxes {
        let (bytes, words) = tables::write(&boxes.tables, &out.words, &out, primed);
        primed = words;
        tables = Some(bytes);
    }
    // The other sections go by the codes and titles as they are read, in the numbers of the reader's words.
    let stored = tables::open(&core, tables.as_deref());
    let stored = stored.map_or_else(Nodes::default, |(nodes, _, _)| nodes);
    section(SectionKind::Core, core);
    if let Some(bytes) = tables {
        section(SectionKind::Tables, bytes);
    }

    if !release.definitions.is_empty() {
        let definitions = Definitions::new(&release.definitions, tokenizer.clone());
        let definitions = definitions.ok_or(CompileError::TooMany {
            what: "texts of definitions, or sections and axes,",
        })?;
        let bytes = definitions::write(&definitions, primed.clone());
        section(SectionKind::Definitions, bytes);
    }

    // Notes of the nodes, then of the groups.
    let owned = nodes
        .iter()
        .map(|node| &node.concept.notes)
        .chain(release.groups.iter().map(|group| &group.notes));
    let (mut terms, mut others) = (Notes::default(), Notes::default());
    // Notes go on from the words of the titles, spelled by nature as all texts of the release tell.
    let mut terms_tokenizer = tokenizer.numbered_as(&stored.words);
    let mut others_tokenizer = terms_tokenizer.clone();
    for (owner, owned) in owned.enumerate() {
        for note in owned {
            let (to, tokenizer) = match note.kind {
                NoteKind::InclusionTerm => (&mut terms, &mut terms_tokenizer),
                _ => (&mut others, &mut others_tokenizer),
            };
            let text = tokenizer.tokenize(&note.text);
            to.push(owner as u32, note.kind, &text);
        }
    }
    terms.words = terms_tokenizer.words;
    others.words = others_tokenizer.words;
    if [&out.words, &terms.words, &others.words]
        .iter()
        .any(|words| words.len() >= usize::from(u16::MAX))
    {
        return Err(CompileError::TooMany { what: "words" });
    }
    for (kind, notes) in [
        (SectionKind::InclusionTerms, terms),
        (SectionKind::Notes, others),
    ] {
        if !notes.owners.is_empty() {
            section(kind, notes::write(&notes, &stored));
        }
    }

    let shorts = shorts_of(&nodes, &concepts);
    if shorts.iter().any(Option::is_some) {
        let bytes =
            shorts::write(&shorts, &stored).ok_or(CompileError::TooMany { what: "words" })?;
        section(SectionKind::ShortTitles, bytes);
    }

    if !release.index.is_empty() {
        let bytes = index_terms::write(&release.index, &stored).map_err(|error| match error {
            WriteError::BadCode(code) => CompileError::BadCode { code },
            WriteError::TooManyWords => CompileError::TooMany { what: "words" },
        })?;
        section(SectionKind::IndexTerms, bytes);
    }

    let properties = Properties {
        periods: nodes.iter().map(|node| node.period).collect(),
        modifiers: nodes.iter().map(|node| node.concept.modifier).collect(),
        unclassified: nodes
            .iter()
            .map(|node| node.concept.not_otherwise_classified)
            .collect(),
    };
    let plain = |flags: &[bool]| flags.iter().all(|flag| !flag);
    let stated = properties
        .periods
        .iter()
        .any(|period| *period != Period::default());
    if stated || !plain(&properties.modifiers) || !plain(&properties.unclassified) {
        section(
            SectionKind::Properties,
            properties::write(&properties, &stored),
        );
    }

    let bad = |code: &str| CompileError::BadCode {
        code: code.to_string(),
    };
    let maps = Maps::new(system, &relations.maps).map_err(bad)?;
    if !maps.tables.is_empty() {
        section(SectionKind::Maps, maps::write(&maps, &stored));
    }
    // The list of exempt codes and the conversion table are those of ICD-10-CM.
    let (exempt, conversions) = match system {
        CodeSystem::ICD10CM => (&relations.poa_exempt[..], &relations.conversions[..]),
        _ => (&[][..], &[][..]),
    };
    let edits = AllEdits::new(system, &relations.edits, exempt).map_err(|error| match error {
        EditsError::Code(code) => CompileError::BadCode { code },
        EditsError::Flag(name) => CompileError::UnknownFlag { name },
        EditsError::TooMany => CompileError::TooMany {
            what: "days or sets of flags",
        },
    })?;
    if !edits.is_empty() {
        section(SectionKind::Edits, flags::write(&edits, &stored));
    }
    let rows = conversions::rows(conversions).map_err(|error| match error {
        ConversionsError::Code(code) => CompileError::BadCode { code },
        ConversionsError::TooMany => CompileError::TooMany {
            what: "days of the conversion table",
        },
    })?;
    if !rows.codes.is_empty() {
        section(SectionKind::Conversions, conversions::write(&rows, &stored));
    }
    Ok(sections)
}

/// The short titles in the order of the index: of each node, then of the codes composed from it.
fn shorts_of(nodes: &[NodeSource<'_>], concepts: &[&Concept]) -> Vec<Option<String>> {
    let mut shorts = Vec::with_capacity(concepts.len());
    for NodeSource {
        concept, composed, ..
    } in nodes
    {
        shorts.push(concept.short.clone());
        for (character, _) in composed {
            let code = format!("{:X<6}{}", concept.code, char::from(*character));
            let found = concepts.binary_search_by(|other| other.code.cmp(&code));
            shorts.push(found.ok().and_then(|at| concepts[at].short.clone()));
        }
    }
    shorts
}

/// A concept that becomes a node, with the seventh characters it is composed with.
struct NodeSource<'a> {
    concept: &'a Concept,
    composed: Vec<(u8, String)>,
    /// The days the node, or the codes composed from it, are valid for.
    period: Period,
}

/// The node a concept is composed from, with its seventh character and the meaning of that, if it is: the code is
/// the node's, padded with X to six characters, and one more; the title is the node's, a comma and the meaning; the
/// node cannot be submitted itself, the concept can, and it has nothing that its siblings have not.
fn composed_from(
    concept: &Concept,
    nodes: &[NodeSource<'_>],
    by_code: &HashMap<&str, usize>,
) -> Option<(usize, u8, String)> {
    let (base, seventh) = concept
        .code
        .split_at_checked(6)
        .filter(|(_, seventh)| seventh.len() == 1)?;
    let mut base = base;
    let at = loop {
        match by_code.get(base) {
            Some(at) => break *at,
            None => base = base.strip_suffix('X')?,
        }
    };
    let node = nodes.get(at)?;
    let meaning = concept
        .display
        .strip_prefix(&node.concept.display)?
        .strip_prefix(", ")?;
    let alike = node.composed.is_empty() || node.period == concept.period;
    let plain = concept.billable && concept.notes.is_empty() && !node.concept.billable && alike;
    plain.then(|| (at, seventh.as_bytes()[0], meaning.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::concepts::{Concept, Note};
    use crate::index::Index;

    /// Words are numbered anew where a set of seventh characters comes before the titles: notes must go by those numbers.
    #[test]
    fn inclusion_terms_come_back_beside_seventh_characters() {
        let concept = |code: &str, display: &str, billable, notes: &[&str]| Concept {
            code: code.to_string(),
            display: display.to_string(),
            billable,
            notes: notes
                .iter()
                .map(|text| Note {
                    kind: NoteKind::InclusionTerm,
                    text: text.to_string(),
                })
                .collect(),
            ..Concept::default()
        };
        let release = Release {
            version: "FY2026".to_string(),
            concepts: vec![
                concept(
                    "A00",
                    "Plague of the left knee",
                    false,
                    &["Knee plague", "Gout of the knee"],
                ),
                concept(
                    "A00XXXA",
                    "Plague of the left knee, initial encounter",
                    true,
                    &[],
                ),
                concept(
                    "A00XXXD",
                    "Plague of the left knee, subsequent encounter",
                    true,
                    &[],
                ),
                concept(
                    "B00",
                    "Plague of the right knee",
                    true,
                    &["Plague of the other knee", "Right plague"],
                ),
            ],
            ..Release::default()
        };
        let bytes = compile(&[(CodeSystem::ICD10CM, &release)], &Relations::default()).unwrap();
        let index = Index::open(&bytes).unwrap();
        let system = index.system(CodeSystem::ICD10CM).unwrap();
        for concept in release.concepts {
            let found = system.find(&concept.code).unwrap();
            assert_eq!(system.display(found), concept.display);
            if found.seventh().is_none() {
                let texts: Vec<String> = system
                    .notes(found)
                    .into_iter()
                    .map(|note| note.text)
                    .collect();
                let expected: Vec<String> =
                    concept.notes.into_iter().map(|note| note.text).collect();
                assert_eq!(texts, expected);
            }
        }
    }
}
