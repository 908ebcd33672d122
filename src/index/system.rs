//! Code systems opened from an index: concepts, their places in the hierarchy, their texts.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde::Serialize;

use super::claim_edits::ClaimEdits;
use super::codes::Lists;
use super::conversions;
use super::core::{self, Code, NO_NODE, Nodes};
use super::definitions::{self, Definitions};
use super::flags::{self, AllEdits};
use super::format::{self, OpenError, Part, SectionKind, SectionRef};
use super::index_terms::{self, IndexTerms};
use super::maps::{self, Maps};
use super::notes::{self, Notes};
use super::pool::TextId;
use super::properties::{self, Properties};
use super::release::ReleaseInfo;
use super::shorts::{self, Short, Shorts};
use super::tables::{self, Tables};
use super::text::{Word, WordModel};
use super::vocabulary::{self, Vocabulary};
use crate::code_system::CodeSystem;
use crate::concepts::{GroupKind, NoteKind};
use crate::date::{Date, Period};
use crate::links::{self, Links, NoteLink};
use crate::search::Terms;

/// An opened index: the code systems it holds. Opening checks every byte; the parts of a system are decoded
/// when they are first asked for, and kept.
#[derive(Default)]
pub struct Index<'a> {
    systems: Vec<System<'a>>,
    vocabulary: OnceLock<Vocabulary>,
    /// What stands for the vocabulary until it is decoded.
    nothing: Vocabulary,
    claim_edits: ClaimEdits<'a>,
}

impl<'a> Index<'a> {
    /// Opens an index. Bytes that are given away (a `Vec<u8>`) are kept as long as they are needed, without a copy; others
    /// are borrowed.
    ///
    /// # Errors
    ///
    /// Bytes that are not exactly what the compiler wrote are refused; see [`OpenError`] for what to do.
    /// After that nothing fails.
    pub fn open(bytes: impl Into<Cow<'a, [u8]>>) -> Result<Index<'a>, OpenError> {
        let mut index = Index::default();
        index.add(bytes)?;
        Ok(index)
    }

    /// Adds the code systems of another index (a pack). A system that is already there is replaced, and so are all lists
    /// about claims where the pack has any. Bytes that were given away and that nothing needs any more are freed.
    ///
    /// # Errors
    ///
    /// As [`Index::open`]; nothing is added then.
    pub fn add(&mut self, bytes: impl Into<Cow<'a, [u8]>>) -> Result<(), OpenError> {
        self.add_part(Part::whole(bytes.into()))
    }

    fn add_part(&mut self, whole: Part<'a>) -> Result<(), OpenError> {
        let sections = format::read(&whole)?;
        let about_claims = |kind| {
            let section = sections.iter().find(|section| section.kind == kind);
            section.map(|section| whole.section(section))
        };
        let claim_edits = ClaimEdits::new(
            about_claims(SectionKind::PairEdits),
            about_claims(SectionKind::UnitEdits),
            about_claims(SectionKind::Coverage),
            about_claims(SectionKind::ClaimLists),
        );
        let holds = |system: CodeSystem, kind: Option<SectionKind>| {
            sections.iter().any(|section| {
                section.system == system
                    && !section.kind.is_about_claims()
                    && kind.is_none_or(|kind| section.kind == kind)
            })
        };
        let brought = || CodeSystem::all().filter(|system| holds(*system, None));
        if !brought().all(|system| holds(system, Some(SectionKind::Core))) {
            return Err(OpenError::BadSection {
                what: "a code system without its core",
            });
        }
        if !claim_edits.is_empty() {
            self.claim_edits = claim_edits;
        }
        self.systems
            .retain(|system| !holds(system.code_system, None));
        for code_system in brought() {
            let mut system = System::new(code_system);
            for section in sections
                .iter()
                .filter(|section| section.system == code_system)
            {
                if section.kind == SectionKind::Release {
                    system.release = ReleaseInfo::read(section.bytes);
                }
                system
                    .sections
                    .push((section.kind, section.crc, whole.section(section)));
            }
            self.systems.push(system);
        }
        // What was made of the systems together is made again.
        self.vocabulary = OnceLock::new();
        for system in &mut self.systems {
            system.terms = Mutex::new(None);
        }
        crate::sort::sort_by_key(&mut self.systems, |system| system.code_system);
        Ok(())
    }

    /// The vocabulary, where one of the systems brings it. The first call decodes it.
    pub fn vocabulary(&self) -> &Vocabulary {
        self.vocabulary.get_or_init(|| {
            let mut systems = self.systems.iter();
            let found = systems.find_map(|system| {
                let bytes = system.section(SectionKind::Vocabulary)?;
                let (nodes, words, _) = system.core();
                Some(vocabulary::read(bytes, nodes, words.clone()))
            });
            found.unwrap_or_default()
        })
    }

    /// The vocabulary, if it is decoded or there is none: what a search can do without waiting for it.
    pub(crate) fn vocabulary_at_hand(&self) -> Option<&Vocabulary> {
        let none = || {
            let mut systems = self.systems.iter();
            systems.all(|system| system.section(SectionKind::Vocabulary).is_none())
        };
        let decoded = self.vocabulary.get();
        decoded.or_else(|| none().then_some(&self.nothing))
    }

    /// The vocabulary as [`Index::vocabulary`] gives it; with `quick` an empty one until that is decoded.
    pub(crate) fn vocabulary_for(&self, quick: bool) -> &Vocabulary {
        match quick {
            true => self.vocabulary_at_hand().unwrap_or(&self.nothing),
            false => self.vocabulary(),
        }
    }

    /// The lists about claims, where a pack brought any.
    pub fn claim_edits(&self) -> &ClaimEdits<'a> {
        &self.claim_edits
    }

    /// The code systems, in the order of their stored numbers.
    pub fn systems(&self) -> &[System<'a>] {
        &self.systems
    }

    /// The concept of a code in each code system that has it, in the order of the systems. The code may be written with
    /// or without dot, in any case, with blanks around it.
    ///
    /// ```no_run
    /// # let bytes = Vec::new();
    /// let index = medcode::Index::open(&bytes)?;
    /// assert_eq!(index.lookup("e119")[0].code, "E11.9");
    /// # Ok::<(), medcode::index::format::OpenError>(())
    /// ```
    pub fn lookup(&self, code: &str) -> Vec<Concept> {
        let found = |system: &System<'a>| Some(system.concept(system.find(code)?));
        self.systems.iter().filter_map(found).collect()
    }

    /// The code system, if the index holds it.
    pub fn system(&self, code_system: CodeSystem) -> Option<&System<'a>> {
        self.systems
            .iter()
            .find(|system| system.code_system == code_system)
    }
}

/// One release of one code system.
pub struct System<'a> {
    code_system: CodeSystem,
    release: ReleaseInfo,
    /// The sections, each with its kind and CRC-32.
    sections: Vec<(SectionKind, u32, Part<'a>)>,
    core: OnceLock<(Nodes, WordModel, Tables)>,
    inclusion_terms: OnceLock<Notes>,
    notes: OnceLock<Notes>,
    properties: OnceLock<Properties>,
    maps: OnceLock<Maps>,
    edits: OnceLock<AllEdits>,
    conversions: OnceLock<Lists<conversions::Row>>,
    shorts: OnceLock<Shorts>,
    index_terms: OnceLock<IndexTerms>,
    /// The Alphabetic Index on its way in: see [`System::read_index_terms`].
    reading: Mutex<Option<index_terms::Reading>>,
    terms: Mutex<Option<SearchTerms>>,
    definitions: OnceLock<Definitions>,
    links: OnceLock<Links>,
}

/// What search knows of a system.
struct SearchTerms {
    terms: Arc<Terms>,
    /// Whether the phrases of the vocabulary are in it.
    named: bool,
    /// Whether all texts are in it.
    complete: bool,
}

/// A concept of a system, for as long as the index is open: a node, or a code composed from one.
/// In order of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConceptId(u32);

impl ConceptId {
    /// Seventh characters are counted in this many bits: there are at most 36.
    const BITS: u32 = 6;

    /// The concept of a node itself.
    pub fn of_node(node: u32) -> ConceptId {
        ConceptId(node << Self::BITS)
    }

    /// The concept of a node composed with the seventh character at this place of its set, counted from 0.
    pub fn composed(node: u32, seventh: usize) -> ConceptId {
        ConceptId(node << Self::BITS | (seventh as u32 + 1))
    }

    /// The number of the node.
    pub fn node(self) -> u32 {
        self.0 >> Self::BITS
    }

    /// The place of the seventh character in the node's set, for a composed code.
    pub fn seventh(self) -> Option<usize> {
        (self.0 & ((1 << Self::BITS) - 1))
            .checked_sub(1)
            .map(|at| at as usize)
    }
}

/// A concept as it is shown and handed on.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Concept {
    /// The code system, by its short identifier.
    pub system: CodeSystem,
    /// The canonical URI of the code system (FHIR `system`).
    pub uri: &'static str,
    /// The code as it is printed, with a dot where the system has one (FHIR `code`).
    pub code: String,
    /// The code without dot, as claims carry it.
    pub plain_code: String,
    /// The publisher's long title (FHIR `display`).
    pub display: String,
    /// The publisher's short title, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short: Option<String>,
    /// Whether the code is valid for submission, at some time of its period. Headers are not.
    pub billable: bool,
    /// The days the code is valid for: the publisher's where stated for the code, else those of the release.
    pub period: Period,
    /// The release it is from.
    pub release: String,
    /// Whether it is a modifier (HCPCS Level II and CPT).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub modifier: bool,
    /// Whether it stands for what has no code of its own: such a line needs a description (HCPCS Level II).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub not_otherwise_classified: bool,
}

/// A chapter, a section or another named range, as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupRef {
    /// Chapter or section.
    pub kind: GroupKind,
    /// The publisher's label, such as `4` or `E08-E13`.
    pub label: String,
    /// The first code of the range.
    pub first: String,
    /// The last code of the range.
    pub last: String,
    /// The title.
    pub title: String,
}

/// A note with the place it is inherited from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NoteRef {
    /// What the note instructs.
    pub kind: NoteKind,
    /// Its text.
    pub text: String,
    /// The code or range whose note it is, as printed.
    pub of: String,
    /// The codes and ranges that the text names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<NoteLink>,
}

/// A value that the next character of an ICD-10-PCS code may take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PcsValue {
    /// The character.
    pub character: char,
    /// What the character tells: `Body Part`, `Approach`, ...
    pub axis: String,
    /// What the value means, as the tables print it.
    pub label: String,
    /// What the label means, where that is defined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definition: Option<PcsMeaning>,
}

/// The published definition of a value of ICD-10-PCS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PcsMeaning {
    /// The definition; empty where only terms are given that the value takes in.
    pub definition: String,
    /// The explanation; empty where there is none.
    pub explanation: String,
    /// What it includes: examples of procedures, or anatomical terms and devices that the value stands for.
    pub includes: Vec<String>,
}

impl<'a> System<'a> {
    fn new(code_system: CodeSystem) -> System<'a> {
        System {
            code_system,
            release: ReleaseInfo::default(),
            sections: Vec::new(),
            core: OnceLock::new(),
            inclusion_terms: OnceLock::new(),
            notes: OnceLock::new(),
            properties: OnceLock::new(),
            maps: OnceLock::new(),
            edits: OnceLock::new(),
            conversions: OnceLock::new(),
            shorts: OnceLock::new(),
            index_terms: OnceLock::new(),
            reading: Mutex::new(None),
            terms: Mutex::new(None),
            definitions: OnceLock::new(),
            links: OnceLock::new(),
        }
    }

    /// Which code system this is.
    pub fn code_system(&self) -> CodeSystem {
        self.code_system
    }

    /// Which release of it.
    pub fn release(&self) -> &ReleaseInfo {
        &self.release
    }

    /// The sections, as they stand in the index.
    pub fn sections(&self) -> impl Iterator<Item = SectionRef<'_>> {
        self.sections.iter().map(|(kind, crc, part)| SectionRef {
            system: self.code_system,
            kind: *kind,
            bytes: part,
            start: part.start(),
            crc: *crc,
        })
    }

    /// The bytes of a section, if the index has it.
    pub fn section(&self, kind: SectionKind) -> Option<&[u8]> {
        let mut sections = self.sections.iter();
        let found = sections.find(|(of, ..)| *of == kind);
        found.map(|(.., part)| &**part)
    }

    fn core(&self) -> &(Nodes, WordModel, Tables) {
        self.core.get_or_init(|| {
            let core = self.section(SectionKind::Core).unwrap_or(&[]);
            tables::open(core, self.section(SectionKind::Tables)).unwrap_or_else(|| {
                let words = WordModel::default();
                (Nodes::default(), words, Tables::default())
            })
        })
    }

    /// The codes and titles. The first call decodes them.
    pub fn nodes(&self) -> &Nodes {
        &self.core().0
    }

    /// The tables that the codes are built from (ICD-10-PCS); none where the index was built without them.
    /// The first call decodes the codes as well.
    pub fn tables(&self) -> &Tables {
        &self.core().2
    }

    /// The definitions of values (ICD-10-PCS). The first call decodes them.
    pub fn definitions(&self) -> &Definitions {
        self.definitions
            .get_or_init(|| match self.section(SectionKind::Definitions) {
                Some(bytes) => definitions::read(bytes, self.core().1.clone()),
                None => Definitions::default(),
            })
    }

    /// The values that may follow the first characters of an ICD-10-PCS code (in any case, blanks around it allowed), in
    /// order of character.
    ///
    /// A code is legal only when one row of its table accepts all its characters; so the values are those of the rows that
    /// accept the whole prefix. A character that means different things in different rows that are still possible comes
    /// once with each label. Nothing follows a whole code or a prefix that no code has, nor is anything known in
    /// an index without tables. The values are those of the release: codes that later addenda bring in have no tables yet.
    ///
    /// Takes time proportional to the number of tables and to the rows of those that are still possible; the first call
    /// decodes codes and definitions.
    pub fn pcs_next(&self, prefix: &str) -> Vec<PcsValue> {
        let prefix = plain_code(prefix);
        let (nodes, _, tables) = self.core();
        let inside = |text: TextId| {
            let mut read = String::new();
            nodes.words.write_inside(tables.texts.get(text), &mut read);
            read
        };
        let definitions = self.definitions();
        let meaning = |character: u8, label: &[Word]| {
            let section = prefix.bytes().next().unwrap_or(character);
            let entry = definitions.of(section, prefix.len() as u8 + 1, label)?;
            let published = definitions.published(entry);
            Some(PcsMeaning {
                definition: published.definition,
                explanation: published.explanation,
                includes: published.includes,
            })
        };
        let choices = tables.next(&prefix).into_iter();
        choices
            .map(|choice| PcsValue {
                character: char::from(choice.character),
                axis: inside(choice.title),
                label: inside(choice.label),
                definition: meaning(choice.character, tables.texts.get(choice.label)),
            })
            .collect()
    }

    /// The codes that the notes refer to. The first call reads them out of all notes.
    pub fn links(&self) -> &Links {
        self.links.get_or_init(|| Links::of(self))
    }

    fn notes_of(&self, kind: SectionKind) -> Notes {
        match self.section(kind) {
            Some(bytes) => notes::read(bytes, self.nodes()),
            None => Notes::default(),
        }
    }

    /// The inclusion terms of all codes. The first call decodes them.
    pub fn inclusion_terms(&self) -> &Notes {
        self.inclusion_terms
            .get_or_init(|| self.notes_of(SectionKind::InclusionTerms))
    }

    /// The other notes of all codes and groups. The first call decodes them.
    pub fn all_notes(&self) -> &Notes {
        self.notes.get_or_init(|| self.notes_of(SectionKind::Notes))
    }

    /// Validity periods and flags of all nodes. The first call decodes them.
    pub fn properties(&self) -> &Properties {
        self.properties
            .get_or_init(|| match self.section(SectionKind::Properties) {
                Some(bytes) => properties::read(bytes, self.nodes()),
                None => Properties::default(),
            })
    }

    /// The maps to other systems. The first call decodes them.
    pub fn all_maps(&self) -> &Maps {
        self.maps
            .get_or_init(|| match self.section(SectionKind::Maps) {
                Some(bytes) => maps::read(bytes, self.nodes()),
                None => Maps::default(),
            })
    }

    /// The flags of the Medicare Code Editor. The first call decodes them.
    pub fn all_edits(&self) -> &AllEdits {
        self.edits
            .get_or_init(|| match self.section(SectionKind::Edits) {
                Some(bytes) => flags::read(bytes, self.nodes()),
                None => AllEdits::default(),
            })
    }

    /// The rows of the conversion table. The first call decodes them.
    pub fn all_conversions(&self) -> &Lists<conversions::Row> {
        self.conversions
            .get_or_init(|| match self.section(SectionKind::Conversions) {
                Some(bytes) => conversions::read(bytes, self.nodes()),
                None => Lists::default(),
            })
    }

    /// The words of the system's texts, as search walks them, and whether those of all its texts: with `quick`, those
    /// that are built already will do, unless they are without the vocabulary although it is at hand (`named`). Built at
    /// the first call, and kept as long as the systems stay the same.
    pub(crate) fn terms(
        &self,
        quick: bool,
        named: bool,
        build: impl FnOnce(bool) -> Terms,
    ) -> (Arc<Terms>, bool) {
        // A thread that panicked while it built them left none.
        let mut kept = self.terms.lock().unwrap_or_else(PoisonError::into_inner);
        let enough = |known: &&SearchTerms| known.complete || quick && (known.named || !named);
        if let Some(known) = kept.as_ref().filter(enough) {
            return (known.terms.clone(), known.complete);
        }
        // What is there is less than what is built now, and need not stand in memory beside it.
        *kept = None;
        let complete = !quick || named && self.index_terms.get().is_some();
        let terms = Arc::new(build(complete));
        *kept = Some(SearchTerms {
            terms: terms.clone(),
            named: named || complete,
            complete,
        });
        (terms, complete)
    }

    /// What is built of the terms, if anything is.
    pub(crate) fn terms_at_hand(&self) -> Option<Arc<Terms>> {
        let kept = self.terms.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().map(|known| known.terms.clone())
    }

    /// The concept of a code, written without dot or with the dot where the system prints it, in any case, with blanks around it.
    /// Takes time proportional to the logarithm of the number of codes.
    pub fn find(&self, code: &str) -> Option<ConceptId> {
        if !self.code_system.spells(code) {
            return None;
        }
        let plain = plain_code(code);
        let nodes = self.nodes();
        if let Some(node) = self.node(&plain) {
            return Some(ConceptId::of_node(node));
        }
        // A composed code: seven characters, the base padded with X to six.
        let (base, seventh) = plain
            .split_at_checked(6)
            .filter(|(_, seventh)| seventh.len() == 1)?;
        let mut base = base;
        loop {
            if let Some(node) = self.node(base) {
                let set = nodes.seventh_set(node)?;
                let at = set
                    .characters
                    .iter()
                    .position(|c| seventh.as_bytes() == [*c])?;
                return Some(ConceptId::composed(node, at));
            }
            base = base.strip_suffix('X')?;
        }
    }

    /// Every concept, composed codes after their base, in order of code.
    pub fn concepts(&self) -> impl Iterator<Item = ConceptId> {
        (0..self.nodes().codes.len() as u32).flat_map(|node| {
            let composed = self
                .nodes()
                .seventh_set(node)
                .map_or(0, |set| set.characters.len());
            let composed = (0..composed).map(move |at| ConceptId::composed(node, at));
            std::iter::once(ConceptId::of_node(node)).chain(composed)
        })
    }

    fn node(&self, plain: &str) -> Option<u32> {
        let code = Code::new(plain)?;
        self.nodes()
            .codes
            .binary_search(&code)
            .ok()
            .map(|node| node as u32)
    }

    /// The nodes whose codes begin with a prefix (without dot, upper case), as a range of numbers.
    pub fn nodes_with_prefix(&self, prefix: &str) -> std::ops::Range<u32> {
        let codes = &self.nodes().codes;
        let Some(prefix) = Code::new(prefix) else {
            return 0..0;
        };
        let start = codes.partition_point(|code| *code < prefix);
        let rest = codes.get(start..).unwrap_or(&[]);
        let end = start + rest.partition_point(|code| code.starts_with(&prefix));
        start as u32..end as u32
    }

    /// The code of a concept, without dot.
    pub fn plain_code(&self, concept: ConceptId) -> String {
        let nodes = self.nodes();
        let mut code = nodes
            .codes
            .get(concept.node() as usize)
            .map_or("", |code| code.as_str())
            .to_string();
        if let Some(seventh) = concept.seventh() {
            while code.len() < 6 {
                code.push('X');
            }
            let set = nodes.seventh_set(concept.node());
            code.extend(
                set.and_then(|set| set.characters.get(seventh))
                    .map(|c| char::from(*c)),
            );
        }
        code
    }

    /// The code of a concept as it is printed.
    pub fn code(&self, concept: ConceptId) -> String {
        self.code_system.dotted(&self.plain_code(concept))
    }

    /// The long title of a concept.
    pub fn display(&self, concept: ConceptId) -> String {
        let mut text = String::new();
        self.nodes()
            .write_title(concept.node(), concept.seventh(), &mut text);
        text
    }

    /// The rows of the Alphabetic Indexes and their tables. The first call decodes them, or what
    /// [`System::read_index_terms`] has left of them: it is by far the longest of all such calls.
    pub fn index_terms(&self) -> &IndexTerms {
        self.read_index_terms(u32::MAX);
        self.index_terms.get_or_init(IndexTerms::default)
    }

    /// Decodes up to this many more rows of the Alphabetic Indexes, and returns whether all are there: so a page can
    /// decode them while it has nothing better to do, about ten thousand rows at a time.
    pub fn read_index_terms(&self, rows: u32) -> bool {
        if self.index_terms.get().is_some() {
            return true;
        }
        let Some(bytes) = self.section(SectionKind::IndexTerms) else {
            return self.index_terms.set(IndexTerms::default()).is_ok();
        };
        let nodes = self.nodes();
        let mut kept = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        if self.index_terms.get().is_some() {
            return true;
        }
        let mut reading = kept
            .take()
            .unwrap_or_else(|| index_terms::Reading::start(bytes, nodes));
        if !reading.go_on(bytes, nodes, rows) {
            *kept = Some(reading);
            return false;
        }
        self.index_terms.get_or_init(|| reading.finish());
        true
    }

    /// The short titles of all concepts. The first call decodes them.
    pub fn shorts(&self) -> &Shorts {
        self.shorts
            .get_or_init(|| match self.section(SectionKind::ShortTitles) {
                Some(bytes) => shorts::read(bytes, self.nodes()),
                None => Shorts::default(),
            })
    }

    /// The short title of a concept, where one is published. The first call decodes all of them.
    pub fn short(&self, concept: ConceptId) -> Option<String> {
        match self.shorts().get(concept.node(), concept.seventh()) {
            Short::Absent => None,
            Short::Same => Some(self.display(concept)),
            Short::Text(text) => Some(text),
        }
    }

    /// Whether a concept is valid for submission, at some time of its period.
    pub fn billable(&self, concept: ConceptId) -> bool {
        concept.seventh().is_some()
            || self.nodes().billable.get(concept.node() as usize) == Some(&true)
    }

    /// The days a concept is valid for: its own where stated, else those of the release.
    pub fn period(&self, concept: ConceptId) -> Period {
        let own = self
            .properties()
            .periods
            .get(concept.node() as usize)
            .copied()
            .unwrap_or_default();
        Period {
            start: own.start.or(self.release.period.start),
            end: own.end.or(self.release.period.end),
        }
    }

    /// Whether a concept is valid for submission on a date.
    pub fn billable_on(&self, concept: ConceptId, date: Date) -> bool {
        self.billable(concept) && self.period(concept).contains(date)
    }

    /// Whether the short titles are decoded, or there are none.
    pub(crate) fn has_shorts_at_hand(&self) -> bool {
        self.shorts.get().is_some() || self.section(SectionKind::ShortTitles).is_none()
    }

    /// Everything about a concept that is shown with it.
    pub fn concept(&self, concept: ConceptId) -> Concept {
        Concept {
            short: self.short(concept),
            ..self.concept_without_short(concept)
        }
    }

    /// As [`System::concept`], without the short title: what to show before short titles are decoded.
    pub(crate) fn concept_without_short(&self, concept: ConceptId) -> Concept {
        let flag = |flags: &[bool]| flags.get(concept.node() as usize) == Some(&true);
        let plain_code = self.plain_code(concept);
        Concept {
            system: self.code_system,
            uri: self.code_system.uri(),
            code: self.code_system.dotted(&plain_code),
            plain_code,
            display: self.display(concept),
            short: None,
            billable: self.billable(concept),
            period: self.period(concept),
            release: self.release.version.clone(),
            modifier: flag(&self.properties().modifiers),
            not_otherwise_classified: flag(&self.properties().unclassified),
        }
    }

    /// The concept above: the base of a composed code, else the nearest shorter code; nothing at the top.
    pub fn parent(&self, concept: ConceptId) -> Option<ConceptId> {
        if concept.seventh().is_some() {
            return Some(ConceptId::of_node(concept.node()));
        }
        let parent = self.nodes().parents.get(concept.node() as usize).copied()?;
        (parent != NO_NODE && !self.is_modifier(parent)).then_some(ConceptId::of_node(parent))
    }

    /// Whether a node is a modifier: it is no category of the codes that happen to begin like it (`K0` and `K0001`).
    fn is_modifier(&self, node: u32) -> bool {
        let has_modifiers = matches!(self.code_system, CodeSystem::HCPCS | CodeSystem::CPT);
        has_modifiers && self.properties().modifiers.get(node as usize) == Some(&true)
    }

    /// The concepts directly below, in order of code.
    pub fn children(&self, concept: ConceptId) -> Vec<ConceptId> {
        if concept.seventh().is_some() || self.is_modifier(concept.node()) {
            return Vec::new();
        }
        let node = concept.node();
        let composed = self
            .nodes()
            .seventh_set(node)
            .map_or(0, |set| set.characters.len());
        let mut children: Vec<_> = (0..composed)
            .map(|at| ConceptId::composed(node, at))
            .collect();
        children.extend(self.nodes_below(node).map(ConceptId::of_node));
        crate::sort::sort_by_key(&mut children, |child| self.plain_code(*child));
        children
    }

    /// The nodes directly below a node, in order of code.
    pub(crate) fn nodes_below(&self, node: u32) -> impl Iterator<Item = u32> {
        let parents = &self.nodes().parents;
        let below = self.subtree(node);
        below.filter(move |below| parents.get(*below as usize) == Some(&node))
    }

    /// A node and all nodes below it, as a range of numbers.
    pub fn subtree(&self, node: u32) -> std::ops::Range<u32> {
        let codes = &self.nodes().codes;
        let Some(prefix) = codes.get(node as usize) else {
            return 0..0;
        };
        let rest = codes.get(node as usize + 1..).unwrap_or(&[]);
        let below = |at: usize| rest.get(at).is_some_and(|code| code.starts_with(prefix));
        node..node + 1 + crate::sort::leading(rest.len(), below) as u32
    }

    /// The concepts above, the nearest first.
    pub fn ancestors(&self, concept: ConceptId) -> Vec<ConceptId> {
        std::iter::successors(self.parent(concept), |above| self.parent(*above)).collect()
    }

    /// Whether `descendant` is `ancestor` or stands below it (FHIR `$subsumes`).
    pub fn subsumes(&self, ancestor: ConceptId, descendant: ConceptId) -> bool {
        ancestor == descendant || self.ancestors(descendant).contains(&ancestor)
    }

    /// The codes valid for submission at or below a concept, in order of code, no more than `limit`.
    pub fn billable_descendants(&self, concept: ConceptId, limit: usize) -> Vec<ConceptId> {
        let mut found = Vec::new();
        let mut open = vec![concept];
        while let Some(next) = open.pop() {
            if found.len() >= limit {
                break;
            }
            if self.billable(next) {
                found.push(next);
            }
            open.extend(self.children(next).into_iter().rev());
        }
        found
    }

    /// The chapters and sections a node belongs to, outer first, by their numbers in [`Nodes::groups`].
    pub fn groups_of(&self, node: u32) -> Vec<usize> {
        let nodes = self.nodes();
        let Some(code) = nodes.codes.get(node as usize) else {
            return Vec::new();
        };
        let holds = |group: &core::GroupNode| {
            group.first <= *code && (*code <= group.last || code.starts_with(&group.last))
        };
        let group = |at: &usize| nodes.groups.get(*at);
        let mut found: Vec<usize> = (0..nodes.groups.len())
            .filter(|at| group(at).is_some_and(holds))
            .collect();
        if let Some(own) = found.iter().filter_map(group).find(|own| own.is_lettered()) {
            found.retain(|at| group(at).is_some_and(|wide| wide.takes_in(own)));
        }
        found
    }

    /// A chapter or section, by its number in [`Nodes::groups`].
    pub fn group(&self, at: usize) -> Option<GroupRef> {
        let nodes = self.nodes();
        let group = nodes.groups.get(at)?;
        Some(GroupRef {
            kind: group.kind,
            label: group.label.clone(),
            first: self.code_system.dotted(group.first.as_str()),
            last: self.code_system.dotted(group.last.as_str()),
            title: nodes.words.text(&group.title),
        })
    }

    /// A note with the codes that it names.
    pub(crate) fn note(&self, kind: NoteKind, text: String, of: &str) -> NoteRef {
        NoteRef {
            kind,
            links: links::of_text(self, &text),
            text,
            of: of.to_string(),
        }
    }

    /// The notes that hold for a concept: its own first, then those of the codes above, its section and its chapter.
    /// Inclusion terms are not inherited.
    pub fn notes(&self, concept: ConceptId) -> Vec<NoteRef> {
        let nodes = self.nodes();
        let mut found = Vec::new();
        let mut collect = |notes: &Notes, owner: u32, of: &str| {
            for at in notes.of(owner) {
                let kind = notes.kinds.get(at).copied().unwrap_or(NoteKind::Note);
                found.push(self.note(kind, notes.words.text(notes.text(at)), of));
            }
        };
        collect(
            self.inclusion_terms(),
            concept.node(),
            &self.code(ConceptId::of_node(concept.node())),
        );
        let mut above = Some(ConceptId::of_node(concept.node()));
        while let Some(next) = above {
            collect(self.all_notes(), next.node(), &self.code(next));
            above = self.parent(next);
        }
        for at in self.groups_of(concept.node()).into_iter().rev() {
            let label = nodes.groups.get(at).map_or("", |group| &group.label);
            let of = match nodes.groups.get(at).map(|group| group.kind) {
                Some(GroupKind::Chapter) => format!("chapter {label}"),
                _ => label.to_string(),
            };
            collect(self.all_notes(), (nodes.codes.len() + at) as u32, &of);
        }
        found
    }
}

/// A code as it is stored: without dots and blanks, in upper case.
pub fn plain_code(code: &str) -> String {
    code.chars()
        .filter(|c| !c.is_whitespace() && *c != '.')
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::format::{Section, write};

    /// An index whose systems have empty cores.
    fn pack(systems: &[CodeSystem]) -> Vec<u8> {
        let core = |system: &CodeSystem| Section {
            system: *system,
            kind: SectionKind::Core,
            bytes: Vec::new(),
        };
        write(&systems.iter().map(core).collect::<Vec<_>>())
    }

    #[test]
    fn bytes_given_away_are_freed_when_all_they_brought_is_replaced() {
        let held = |index: &Index<'static>, code_system| {
            let system = index.system(code_system).unwrap();
            system.sections.first().unwrap().2.watch()
        };
        let mut index = Index::open(pack(&[CodeSystem::ICD10CM, CodeSystem::HCPCS])).unwrap();
        let first = held(&index, CodeSystem::HCPCS);
        index.add(pack(&[CodeSystem::HCPCS])).unwrap();
        assert!(first.upgrade().is_some(), "ICD-10-CM is still read from it");
        let second = held(&index, CodeSystem::HCPCS);
        index.add(pack(&[CodeSystem::ICD10CM])).unwrap();
        assert!(first.upgrade().is_none());
        assert!(index.add(vec![1, 2, 3]).is_err());
        assert!(second.upgrade().is_some());
        drop(index);
        assert!(second.upgrade().is_none());
    }

    #[test]
    fn a_system_without_core_is_refused_and_changes_nothing() {
        let mut index = Index::open(pack(&[CodeSystem::HCPCS])).unwrap();
        let coreless = write(&[Section {
            system: CodeSystem::HCPCS,
            kind: SectionKind::Release,
            bytes: Vec::new(),
        }]);
        let refused = OpenError::BadSection {
            what: "a code system without its core",
        };
        assert_eq!(index.add(&coreless), Err(refused));
        let kinds: Vec<_> = index.systems().iter().flat_map(System::sections).collect();
        assert_eq!(kinds.len(), 1);
        assert_eq!(kinds[0].kind, SectionKind::Core);
    }
}
