//! What the readers of the publishers' files hand to the compiler: plain structs, one per published thing.
//!
//! Nothing here knows a file layout (that is `sources`) or an index layout (that is `compile`).
//! Codes are kept without dot and in upper case; texts are the publisher's own, byte for byte.

use serde::Serialize;

use crate::code_system::CodeSystem;
use crate::date::{Date, Period};

/// One release of one code system, as published.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Release {
    /// The publisher's name of the release, such as `FY2026`, `v32` or `2025-10`.
    pub version: String,
    /// The days this release is valid for.
    pub period: Period,
    /// Where several releases were made one: each with its days, the earliest first. Empty where there is only one.
    pub parts: Vec<(String, Period)>,
    /// The files it was read from.
    pub files: Vec<SourceFile>,
    /// Every published code, headers and billable alike, in ascending order of code.
    pub concepts: Vec<Concept>,
    /// Chapters, sections and other named ranges of codes, outer before inner.
    pub groups: Vec<Group>,
    /// The Alphabetic Index and its tables, in the order of the book.
    pub index: Vec<IndexEntry>,
    /// ICD-10-PCS only: the tables its codes are built from.
    pub tables: Vec<PcsTable>,
    /// ICD-10-PCS only: the definitions of its values.
    pub definitions: Vec<PcsDefinition>,
}

/// A file that a release was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// The file name as downloaded, with the member for an archive: `cms_2026_dx.zip/icd10cm_order_2026.txt`.
    pub name: String,
    /// SHA-256 of the file as downloaded, in hexadecimal.
    pub sha256: String,
}

/// One published code.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Concept {
    /// The code without dot, in upper case.
    pub code: String,
    /// The publisher's long title (FHIR `display`).
    pub display: String,
    /// The publisher's short title, where there is one.
    pub short: Option<String>,
    /// Whether the publisher marks the code as valid for submission.
    pub billable: bool,
    /// The days the code itself is valid for, where the publisher states them.
    pub period: Period,
    /// Inclusion terms and instructional notes, in the order of the book.
    pub notes: Vec<Note>,
    /// The seventh characters defined at this code (they hold for everything below it).
    pub seventh_characters: Vec<SeventhCharacter>,
    /// HCPCS and CPT only: the code is a modifier.
    pub modifier: bool,
    /// HCPCS only: the code stands for services "not otherwise classified".
    pub not_otherwise_classified: bool,
}

/// A named range of codes: a chapter, a section, a subsection.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// What kind of range it is.
    pub kind: GroupKind,
    /// The label the publisher gives it: `1` for a chapter, `A00-A09` for a section, `0` for a PCS section.
    pub label: String,
    /// The first code (or prefix of codes) of the range.
    pub first: String,
    /// The last code (or prefix of codes) of the range, included.
    pub last: String,
    /// The title.
    pub title: String,
    /// Notes that hold for the whole range.
    pub notes: Vec<Note>,
}

/// Kinds of named ranges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum GroupKind {
    /// A chapter of ICD-10-CM or ICD-9-CM, a section (first character) of ICD-10-PCS.
    Chapter,
    /// A section of ICD-10-CM or ICD-9-CM, a body system (first two characters) of ICD-10-PCS.
    Section,
}

/// A note of the tabular list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What the note instructs.
    pub kind: NoteKind,
    /// Its text, one published line.
    pub text: String,
}

/// The kinds of notes the ICD tabular lists have. The numbers are stored in an index: append, never reorder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[repr(u8)]
pub enum NoteKind {
    /// A condition that the code stands for.
    InclusionTerm = 0,
    /// "Includes": further defines a category.
    Includes = 1,
    /// "Excludes1": not coded here.
    Excludes1 = 2,
    /// "Excludes2": not included here, may be coded beside it.
    Excludes2 = 3,
    /// "Code first": the underlying condition goes before.
    CodeFirst = 4,
    /// "Use additional code".
    UseAdditionalCode = 5,
    /// "Code also".
    CodeAlso = 6,
    /// A general note.
    Note = 7,
    /// The sentence that introduces the seventh characters.
    SeventhCharacterNote = 8,
    /// ICD-9-CM's "Excludes", which does not tell the two kinds apart.
    Excludes = 9,
}

impl NoteKind {
    /// The heading the books print over such notes.
    pub fn title(self) -> &'static str {
        match self {
            NoteKind::InclusionTerm => "Inclusion term",
            NoteKind::Includes => "Includes",
            NoteKind::Excludes1 => "Excludes1",
            NoteKind::Excludes2 => "Excludes2",
            NoteKind::CodeFirst => "Code first",
            NoteKind::UseAdditionalCode => "Use additional code",
            NoteKind::CodeAlso => "Code also",
            NoteKind::Note => "Note",
            NoteKind::SeventhCharacterNote => "Seventh character",
            NoteKind::Excludes => "Excludes",
        }
    }
}

/// A seventh character and what it means.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeventhCharacter {
    /// The character.
    pub character: char,
    /// What it means, such as `initial encounter`.
    pub meaning: String,
}

/// A row of an Alphabetic Index or of one of its tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexEntry {
    /// Which index the row stands in.
    pub book: IndexBook,
    /// 0 for a main term, 1 for a term below it, and so on.
    pub level: u8,
    /// The term, without its nonessential modifiers.
    pub term: String,
    /// The nonessential modifiers, in parentheses as printed; empty where there are none.
    pub modifiers: String,
    /// "see" another term instead; empty where there is none.
    pub see: String,
    /// "see also" another term; empty where there is none.
    pub see_also: String,
    /// PCS only: "use" this value; empty where there is none.
    pub use_value: String,
    /// The codes, as printed but without dot; `-` at the end of one means that more characters are needed.
    /// The second code of a pair `E11.36 [H28]` is marked as a manifestation. Tables have one cell per
    /// column, empty where the table prints `--`.
    pub codes: Vec<IndexCode>,
}

/// A code that an index row leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexCode {
    /// The code without dot, without the trailing `-`; empty in a table's empty cell.
    pub code: String,
    /// The index prints `-` after the code: it is incomplete.
    pub incomplete: bool,
    /// The code stands in brackets: it is the manifestation, coded after the one before it.
    pub manifestation: bool,
}

/// The indexes of the books.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IndexBook {
    /// The Alphabetic Index to Diseases and Injuries, or the ICD-10-PCS index.
    #[default]
    Main,
    /// The External Cause of Injuries Index.
    ExternalCause,
    /// The Table of Neoplasms: malignant primary, malignant secondary, in situ, benign, uncertain, unspecified.
    Neoplasm,
    /// The Table of Drugs: poisoning accidental, self-harm, assault, undetermined; adverse effect; underdosing.
    Drug,
    /// The ICD-10-PCS body part key.
    BodyPartKey,
    /// The ICD-10-PCS device key.
    DeviceKey,
}

/// A table of ICD-10-PCS: the first three characters, and the rows of what may follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PcsTable {
    /// The first three axes, each with its one value.
    pub axes: Vec<PcsAxis>,
    /// The definition of the operation (third axis), where the table prints one.
    pub definition: Option<String>,
    /// The rows: a code is valid when one row accepts all four of its last characters.
    pub rows: Vec<Vec<PcsAxis>>,
}

/// An axis of a table: a character position and the values it may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PcsAxis {
    /// The position of the character, 1 to 7.
    pub position: u8,
    /// What the axis means in this section: `Body Part`, `Approach`, ...
    pub title: String,
    /// The values and their labels.
    pub values: Vec<(char, String)>,
}

/// A definition of ICD-10-PCS: what a value of an axis means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PcsDefinition {
    /// The section (first character).
    pub section: char,
    /// The position of the axis, 1 to 7.
    pub position: u8,
    /// The title of the axis.
    pub axis: String,
    /// The value's label, as the tables print it.
    pub term: String,
    /// The definition.
    pub definition: String,
    /// The explanation; empty where there is none.
    pub explanation: String,
    /// What it includes or takes in, one text per published element.
    pub includes: Vec<String>,
}

/// Facts that relate codes of several systems or releases to each other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Relations {
    /// The files they were read from.
    pub files: Vec<SourceFile>,
    /// General equivalence maps, both directions.
    pub maps: Vec<GemMap>,
    /// The conversion table: which code took the place of which.
    pub conversions: Vec<Conversion>,
    /// Medicare Code Editor flags and validity periods.
    pub edits: Vec<CodeEdits>,
    /// ICD-10-CM codes exempt from present-on-admission reporting.
    pub poa_exempt: Vec<String>,
    /// Code changes published as addenda.
    pub addenda: Vec<Addendum>,
}

/// One row of a general equivalence map.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GemMap {
    /// The system mapped from.
    pub from: CodeSystem,
    /// The system mapped to.
    pub to: CodeSystem,
    /// The code mapped from.
    pub source: String,
    /// The code mapped to; empty where the map says that there is none.
    pub target: String,
    /// The map is approximate.
    pub approximate: bool,
    /// The target is one part of a combination of codes.
    pub combination: bool,
    /// Which scenario of combinations the row belongs to, 0 to 9.
    pub scenario: u8,
    /// Which choice list within the scenario, 0 to 9.
    pub choice_list: u8,
}

/// One row of the conversion table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversion {
    /// The current code.
    pub code: String,
    /// When it came into effect.
    pub effective: Date,
    /// The codes used for it before; empty where the table names none.
    pub previous: Vec<String>,
}

/// Tells whether a previous-code entry of the conversion table stands for a code (both without dots).
///
/// A single code stands for itself. `I63-` stands for all that begins with `I63`. A range stands for all codes
/// from its first to its last, with all that lies below the last: `T15-T19` takes in `T190XXA`, `I10-I159` all
/// of `I15.9`.
pub fn covers(entry: &str, code: &str) -> bool {
    match entry.split_once('-') {
        None => entry == code,
        Some((category, "")) => code.starts_with(category),
        Some((first, last)) => {
            first <= code
                && code
                    .get(..last.len().min(code.len()))
                    .is_some_and(|head| head <= last)
        }
    }
}

/// What the Medicare Code Editor knows of one code over one period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeEdits {
    /// The code system.
    pub system: CodeSystem,
    /// The code.
    pub code: String,
    /// The period these flags hold for.
    pub period: Period,
    /// The flags, by the names of the edit table, such as `manifestation` or `unacceptable_principal`.
    pub flags: Vec<String>,
}

/// A change of one code, published as an addendum to a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addendum {
    /// The code system.
    pub system: CodeSystem,
    /// The first day on which it holds.
    pub effective: Date,
    /// What changes.
    pub change: Change,
    /// The code.
    pub code: String,
    /// The title: of the new code, of the deleted code, or the revised title.
    pub title: String,
}

/// What an addendum does to a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The code is new.
    Add,
    /// The code is deleted.
    Delete,
    /// The title is revised to this one.
    Revise,
}
