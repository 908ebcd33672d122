//! The boundary to JavaScript: the only file that knows it. Compiled for wasm32 alone.
//!
//! Results are plain objects (nothing to free), described exactly by the interfaces below. What a person may type is
//! never an error here: an unknown code is an answer. What a program may get wrong (an option of the wrong type, bytes
//! that are no index) throws an `Error` whose `name` is `MedcodeError` and whose `code` is stable.
//!
//! Every exported method takes `&self`: after a trap, methods that take `&mut self` would throw for ever.

use std::cell::{Ref, RefCell};

use js_sys::{Array, Error, Object, Reflect, Uint8Array};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use web_sys::Element;

use crate::code_system::CodeSystem;
use crate::date::Date;
use crate::groups;
use crate::index::format::OpenError;
use crate::index::release::ReleaseInfo;
use crate::index::{ConceptId, GroupRef, Index, System};
use crate::search::{SearchOptions, SearchResult};
use crate::validate::ValidateOptions;

/// The index that `build.sh` compiles from the publishers' files and embeds.
static EMBEDDED: &[u8] = include_bytes!(env!("MEDCODE_INDEX", "run ./build.sh"));

/// The most that `limit` may ask for: more than the largest code system has.
const MAX_LIMIT: f64 = 1_000_000.0;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** The short identifier of a code system. */
export type CodeSystemId = "icd10cm" | "icd10pcs" | "icd9cm_dx" | "icd9cm_sg" | "hcpcs" | "cpt";

/** A code system by its identifier, its canonical URI or a common alias, such as `urn:oid:2.16.840.1.113883.6.90`. */
export type CodeSystemName = CodeSystemId | (string & {});

/** A calendar date, written `2026-10-01`. */
export type DateString = string;

/** The days from `start` to `end`, both included; an absent side is not bounded. */
export interface Period {
  start?: DateString;
  end?: DateString;
}

/** A file that a release was read from. */
export interface FileInfo {
  name: string;
  /** SHA-256 of its bytes, in hexadecimal. */
  sha256: string;
}

/** Which release of a code system is loaded. */
export interface ReleaseInfo {
  /** The publisher's name of the release, such as `FY2026`. */
  version: string;
  period: Period;
  /** How many codes it has, headers included. */
  codes: number;
  /** How many of them are valid for submission. */
  billable: number;
  files: FileInfo[];
}

/** A loaded code system. */
export interface SystemInfo {
  system: CodeSystemId;
  /** Its name for people, such as `ICD-10-CM`. */
  title: string;
  /** Its canonical URI (FHIR `system`). */
  uri: string;
  release: ReleaseInfo;
}

/** A code with everything that is shown with it. */
export interface Concept {
  system: CodeSystemId;
  /** The canonical URI of the code system (FHIR `system`). */
  uri: string;
  /** The code as it is printed, with a dot where the system has one (FHIR `code`). */
  code: string;
  /** The code without dot, as claims carry it. */
  plainCode: string;
  /** The publisher's long title (FHIR `display`). */
  display: string;
  /** The publisher's short title, where there is one. */
  short?: string;
  /** Whether the code is valid for submission, at some time of its period. Headers are not. */
  billable: boolean;
  /** The days the code is valid for: the publisher's where stated for the code, else those of the release. */
  period: Period;
  /** The release it is from. */
  release: string;
  /** It is a modifier (HCPCS Level II and CPT). */
  modifier?: true;
  /** It stands for what has no code of its own: such a line needs a description (HCPCS Level II). */
  notOtherwiseClassified?: true;
}

/** A chapter, a section or another named range of codes. */
export interface Group {
  kind: "chapter" | "section";
  /** The publisher's label, such as `4` or `E08-E13`. */
  label: string;
  /** The first code of the range. */
  first: string;
  /** The last code of the range. */
  last: string;
  title: string;
}

/** What stands in a chapter or section. */
export interface GroupContents {
  group: Group;
  /** The ranges it lies in, the widest first. */
  above: Group[];
  /** The ranges directly inside it. */
  inside: Group[];
  /** The codes at its top that lie in no range inside it. */
  codes: Concept[];
  /** The notes that hold for all of it, its own first. */
  notes: Note[];
}

/** The kinds of notes of the tabular lists. */
export type NoteKind =
  | "inclusionTerm" | "includes" | "excludes1" | "excludes2" | "excludes"
  | "codeFirst" | "useAdditionalCode" | "codeAlso" | "note" | "seventhCharacterNote";

/** A note, and the code or range whose note it is. */
export interface Note {
  kind: NoteKind;
  text: string;
  /** The code or range it stands at: the concept itself, or one above it. */
  of: string;
}

/** Which code system a code belongs to. */
export interface SystemOption {
  /** Default: the first loaded one that has the code. */
  system?: CodeSystemName | null;
}

/** How many answers to return. */
export interface LimitOption {
  /** A whole number, 0 or more. Default: all. */
  limit?: number | null;
}

/** Where a matched text comes from. */
export type MatchedBy =
  /** The code itself, or the beginning of it. */
  | "code"
  /** The publisher's title. */
  | "title"
  /** An inclusion term of the tabular list. */
  | "inclusionTerm"
  /** A path of the Alphabetic Index. */
  | "indexTerm"
  /** An entry of Medcode's own vocabulary. */
  | "vocabulary";

/** A text that matched. */
export interface Match {
  by: MatchedBy;
  /** The text, where it is not the title or the code of the hit. */
  text?: string;
  /** The words of the text (of the title, where there is none) that match, as they stand in it. */
  words: string[];
}

/** A concept that was found. */
export interface Hit extends Concept {
  /** How well it matches: 10,000 where a text matches all that was typed and says nothing else; more for codes. */
  score: number;
  /** What matched. */
  matched: Match[];
}

/** The answer to a search. */
export interface SearchResult {
  /** The best first; their order is the same on every machine. */
  hits: Hit[];
  /** How many concepts match: exact for a code, and where no more than a few hundred texts match; else at least so many. */
  total: number;
  /** The query with its misspelled words corrected, where any was. */
  correction?: string;
}

/** What to search, and how much of it to return. */
export interface SearchOptions {
  /** The code systems to search, `icd9` for both of ICD-9-CM. Default: all that are loaded. */
  systems?: readonly (CodeSystemName | "icd9")[] | null;
  /** Only codes that are valid for submission. Default: false. */
  billableOnly?: boolean | null;
  /** Only codes at or below this code, or in the group with this label or range, such as `E11` or `E08-E13`. */
  within?: string | null;
  /** Only codes that are valid on this day. */
  date?: DateString | null;
  /** At most so many hits, 0 or more. Default: 20. */
  limit?: number | null;
  /** Leave out so many hits first, 0 or more. Default: 0. */
  offset?: number | null;
}

/** What a code turned out to be. */
export type Status =
  /** Valid for submission. */
  | "billable"
  /** A category or subcategory: codes below it are valid for submission, it is not. */
  | "header"
  /** The beginning of codes: characters are missing, the seventh or others. */
  | "incomplete"
  | "seventh-character-wrong"
  | "seventh-character-not-allowed"
  | "placeholder-missing"
  | "placeholder-extra"
  /** No code of the system looks like this. */
  | "invalid-shape"
  /** It looks like a code, but the release has none such. */
  | "not-in-release"
  /** The code becomes valid after the date. */
  | "not-yet-effective"
  /** The code was valid before the date. */
  | "terminated"
  /** The code is valid in the release, but the release does not cover the date. */
  | "date-not-covered"
  /** The code system is not loaded. */
  | "unknown-system"
  /** It looks like a CPT code, which only a licensed file can confirm: it may well be valid. */
  | "unknown-no-pack";

/** A code that was probably meant. */
export interface Fix {
  /** The code as it is printed. */
  code: string;
  display: string;
  /** How it follows from what was given, such as `adds the 7th character A`. */
  why: string;
}

/** The answer to one code. */
export interface Validation {
  /** The code as it was given. */
  code: string;
  status: Status;
  /** The code system it was checked in; absent where it looks like none. */
  system?: CodeSystemId;
  /** The identifier of the rule that decided, such as `CM-4`; absent where there is nothing to object to. */
  rule?: string;
  /** Where the rule is written. */
  source?: string;
  /** What it is, in a sentence or two for the person who bills it. */
  message: string;
  /** What was probably meant, the likeliest first; codes that are valid for submission on the date. */
  fixes: Fix[];
  /** How many more fixes of the same kind there are beyond the limit. */
  moreFixes?: number;
  /** The release it was checked in. */
  release?: string;
  /** The concept, where the release has the code. */
  concept?: Concept;
  /** The days the code is valid for; those of the release where it has none of its own. */
  period?: Period;
  /** The answers of other code systems that know the same characters, where the system was not given. */
  others?: Validation[];
}

/** How to validate. */
export interface ValidateOptions extends SystemOption {
  /** The date of service; for an inpatient stay, of discharge. Default: the code is checked in the release as a whole. */
  date?: DateString | null;
  /** How many fixes to return at most, 0 or more. Default: 25. */
  fixLimit?: number | null;
}

/** An error thrown by Medcode. */
export interface MedcodeError extends Error {
  name: "MedcodeError";
  /**
   * Stable: `INVALID_ARGUMENT`, `INVALID_OPTION`, `UNKNOWN_SYSTEM`, `SYSTEM_NOT_LOADED`, or why bytes are not an index:
   * `TOO_SHORT`, `NOT_AN_INDEX`, `UNSUPPORTED_VERSION`, `CHECKSUM_MISMATCH`, `BAD_SECTION`.
   */
  code: string;
}
"#;

/// A result for JavaScript, or the error to throw.
type JsResult = Result<JsValue, JsValue>;

/// The opened code systems: search, look up and check codes.
///
/// Everything happens in this object; nothing is fetched, sent or kept elsewhere.
#[wasm_bindgen]
pub struct Medcode {
    // Written by `addPack` alone. No JavaScript runs while it is borrowed, so that no borrow meets another.
    index: RefCell<Index<'static>>,
}

#[wasm_bindgen]
impl Medcode {
    /// Opens the index that is embedded in the module.
    ///
    /// @throws {MedcodeError} when the module was damaged on the way
    #[wasm_bindgen(constructor)]
    pub fn new() -> Result<Medcode, JsValue> {
        Medcode::over(EMBEDDED)
    }

    /// Opens an index from its bytes instead of the embedded one.
    ///
    /// The bytes are copied; the copy stays in memory as long as the module.
    ///
    /// @throws {MedcodeError} when the bytes are not an index of this version
    pub fn open(
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | ArrayBuffer")] bytes: JsValue,
    ) -> Result<Medcode, JsValue> {
        Medcode::over(lasting(&bytes)?)
    }

    /// Adds the code systems of a pack. A system that is already there is replaced.
    ///
    /// The bytes are copied; the copy stays in memory as long as the module.
    ///
    /// @throws {MedcodeError} when the bytes are not an index of this version; nothing is added then
    #[wasm_bindgen(js_name = addPack)]
    pub fn add_pack(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | ArrayBuffer")] bytes: JsValue,
    ) -> Result<(), JsValue> {
        let bytes = lasting(&bytes)?;
        let mut index = self.index.try_borrow_mut().map_err(|_| in_use())?;
        index.add(bytes).map_err(open_error)
    }

    /// The version of the library.
    pub fn version() -> String {
        env!("CARGO_PKG_VERSION").to_string()
    }

    /// The loaded code systems and their releases.
    #[wasm_bindgen(unchecked_return_type = "SystemInfo[]")]
    pub fn systems(&self) -> JsResult {
        #[derive(Serialize)]
        struct SystemInfo<'a> {
            system: CodeSystem,
            title: &'static str,
            uri: &'static str,
            release: &'a ReleaseInfo,
        }
        let index = self.index()?;
        let describe = |system| {
            let code_system = System::code_system(system);
            SystemInfo {
                system: code_system,
                title: code_system.title(),
                uri: code_system.uri(),
                release: system.release(),
            }
        };
        plain(&index.systems().iter().map(describe).collect::<Vec<_>>())
    }

    /// Finds the codes that a text means, the best first: words in any order, the last one unfinished, misspelled, or a
    /// code or its beginning with or without dot.
    ///
    /// Any text has an answer, if an empty one. The first search of a code system makes it ready, which takes some tenths
    /// of a second; later ones take about a millisecond.
    ///
    /// @throws {MedcodeError} for an option that is not one
    #[wasm_bindgen(unchecked_return_type = "SearchResult")]
    pub fn search(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] query: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "SearchOptions | null")] options: JsValue,
    ) -> JsResult {
        plain(&self.found(&query, options)?)
    }

    /// Searches, and shows the hits in a list of the page: for each a `<li data-code="E11.9">` with the code in
    /// `<code>` and the title, the words that matched in `<mark>`. What the list held goes. Texts are set as text, never as
    /// markup.
    ///
    /// ```js
    /// input.oninput = () => medcode.showHits(list, input.value, { limit: 10 });
    /// ```
    ///
    /// @throws {MedcodeError} for an option that is not one, and for a list that is no element
    #[wasm_bindgen(js_name = showHits, unchecked_return_type = "SearchResult")]
    pub fn show_hits(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Element")] list: JsValue,
        #[wasm_bindgen(unchecked_param_type = "string")] query: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "SearchOptions | null")] options: JsValue,
    ) -> JsResult {
        let result = self.found(&query, options)?;
        let element = list.dyn_ref::<Element>();
        let page = element.and_then(|list| list.owner_document());
        let (Some(list), Some(page)) = (element, page) else {
            return Err(invalid_option("an element of a page as `list`", &list));
        };
        list.set_text_content(None);
        for hit in &result.hits {
            let row = page.create_element("li")?;
            row.set_attribute("data-code", &hit.concept.code)?;
            let code = page.create_element("code")?;
            code.set_text_content(Some(&hit.concept.code));
            row.append_child(&code)?;
            row.append_child(&page.create_text_node(" "))?;
            let of_title = hit.matched.iter().find(|matched| matched.text.is_none());
            let words = of_title.map_or(&[][..], |matched| &matched.words);
            for (piece, matches) in pieces(&hit.concept.display, words) {
                if matches {
                    let mark = page.create_element("mark")?;
                    mark.set_text_content(Some(piece));
                    row.append_child(&mark)?;
                } else {
                    row.append_child(&page.create_text_node(piece))?;
                }
            }
            list.append_child(&row)?;
        }
        plain(&result)
    }

    /// The concept of a code, or nothing where no loaded system has it.
    ///
    /// The code may have its dot or not, be in any case, and have blanks around it.
    ///
    /// @throws {MedcodeError} for an option that is not one
    #[wasm_bindgen(unchecked_return_type = "Concept | undefined")]
    pub fn lookup(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] code: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "SystemOption | null")] options: JsValue,
    ) -> JsResult {
        let found = self.at(code, options, |system, concept| {
            plain(&system.concept(concept))
        })?;
        Ok(found.unwrap_or(JsValue::UNDEFINED))
    }

    /// The concept above a code: the base of a composed code, else the next shorter code. Nothing at the top, and
    /// where there is no such code.
    ///
    /// @throws {MedcodeError} for an option that is not one
    #[wasm_bindgen(unchecked_return_type = "Concept | undefined")]
    pub fn parent(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] code: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "SystemOption | null")] options: JsValue,
    ) -> JsResult {
        let found = self.at(code, options, |system, concept| {
            match system.parent(concept) {
                Some(above) => plain(&system.concept(above)),
                None => Ok(JsValue::UNDEFINED),
            }
        })?;
        Ok(found.unwrap_or(JsValue::UNDEFINED))
    }

    /// The concepts directly below a code, in order of code. None where there is no such code.
    ///
    /// @throws {MedcodeError} for an option that is not one
    #[wasm_bindgen(unchecked_return_type = "Concept[]")]
    pub fn children(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] code: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "SystemOption | null")] options: JsValue,
    ) -> JsResult {
        let found = self.at(code, options, |system, concept| {
            concepts(system, &system.children(concept))
        })?;
        Ok(found.unwrap_or_else(none))
    }

    /// The concepts above a code, the nearest first. None where there is no such code.
    ///
    /// @throws {MedcodeError} for an option that is not one
    #[wasm_bindgen(unchecked_return_type = "Concept[]")]
    pub fn ancestors(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] code: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "SystemOption | null")] options: JsValue,
    ) -> JsResult {
        let found = self.at(code, options, |system, concept| {
            concepts(system, &system.ancestors(concept))
        })?;
        Ok(found.unwrap_or_else(none))
    }

    /// The codes valid for submission at or below a code, in order of code. None where there is no such code.
    ///
    /// @throws {MedcodeError} for an option that is not one
    #[wasm_bindgen(js_name = billableDescendants, unchecked_return_type = "Concept[]")]
    pub fn billable_descendants(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] code: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "SystemOption & LimitOption | null")]
        options: JsValue,
    ) -> JsResult {
        let code = text(&code, "code")?;
        let options = Options::of(options, &["system", "limit"])?;
        let code_system = options.system()?;
        let limit = options.count("limit")?.unwrap_or(MAX_LIMIT as usize);
        let index = self.index()?;
        match locate(&index, &code, code_system)? {
            Some((system, concept)) => {
                concepts(system, &system.billable_descendants(concept, limit))
            }
            None => Ok(none()),
        }
    }

    /// Whether the first code is the second one or stands above it (FHIR `$subsumes`). False where there is no such code.
    ///
    /// @throws {MedcodeError} for an option that is not one
    pub fn subsumes(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] ancestor: JsValue,
        #[wasm_bindgen(unchecked_param_type = "string")] descendant: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "SystemOption | null")] options: JsValue,
    ) -> Result<bool, JsValue> {
        let descendant = text(&descendant, "descendant")?;
        let found = self.at(ancestor, options, |system, ancestor| {
            Ok(system
                .find(&descendant)
                .is_some_and(|below| system.subsumes(ancestor, below)))
        })?;
        Ok(found.unwrap_or(false))
    }

    /// The notes that hold for a code: its own first, then those of the codes above, its section and its chapter.
    /// None where there is no such code. Inclusion terms are not inherited.
    ///
    /// @throws {MedcodeError} for an option that is not one
    #[wasm_bindgen(unchecked_return_type = "Note[]")]
    pub fn notes(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] code: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "SystemOption | null")] options: JsValue,
    ) -> JsResult {
        let found = self.at(code, options, |system, concept| {
            plain(&system.notes(concept))
        })?;
        Ok(found.unwrap_or_else(none))
    }

    /// What a code is: valid for submission, incomplete, unknown and so on, with the sentence that says so and with fixes.
    ///
    /// Every text has an answer. Without `system`, every loaded system whose codes look like this is asked.
    ///
    /// @throws {MedcodeError} for an option that is not one
    #[wasm_bindgen(unchecked_return_type = "Validation")]
    pub fn validate(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] code: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "ValidateOptions | null")] options: JsValue,
    ) -> JsResult {
        let code = text(&code, "code")?;
        let options = validate_options(options)?;
        plain(&self.index()?.validate(&code, &options))
    }

    /// What each of these codes is, on its own, in their order.
    ///
    /// @throws {MedcodeError} for an option that is not one
    #[wasm_bindgen(js_name = validateAll, unchecked_return_type = "Validation[]")]
    pub fn validate_all(
        &self,
        #[wasm_bindgen(unchecked_param_type = "readonly string[]")] codes: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "ValidateOptions | null")] options: JsValue,
    ) -> JsResult {
        let codes = texts(&codes, "codes")?;
        let options = validate_options(options)?;
        plain(&self.index()?.validate_all(&codes, &options))
    }

    /// The chapter and sections a code belongs to, the widest first. None where there is no such code.
    ///
    /// @throws {MedcodeError} for an option that is not one
    #[wasm_bindgen(js_name = groupsOf, unchecked_return_type = "Group[]")]
    pub fn groups_of(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] code: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "SystemOption | null")] options: JsValue,
    ) -> JsResult {
        let found = self.at(code, options, |system, concept| {
            let numbers = system.groups_of(concept.node());
            let groups: Vec<GroupRef> = numbers
                .into_iter()
                .filter_map(|at| system.group(at))
                .collect();
            plain(&groups)
        })?;
        Ok(found.unwrap_or_else(none))
    }

    /// The chapters of a code system, in the order of the book. None where it has none, as HCPCS Level II.
    ///
    /// @throws {MedcodeError} when the system is unknown or not loaded
    #[wasm_bindgen(unchecked_return_type = "Group[]")]
    pub fn chapters(
        &self,
        #[wasm_bindgen(unchecked_param_type = "CodeSystemName")] system: JsValue,
    ) -> JsResult {
        let code_system = named(&text(&system, "system")?)?;
        let index = self.index()?;
        plain(&groups::chapters(loaded(&index, code_system)?))
    }

    /// What stands in a chapter or section, or nothing where there is none with this label.
    ///
    /// @throws {MedcodeError} when the system is unknown or not loaded
    #[wasm_bindgen(unchecked_return_type = "GroupContents | undefined")]
    pub fn group(
        &self,
        #[wasm_bindgen(unchecked_param_type = "\"chapter\" | \"section\"")] kind: JsValue,
        #[wasm_bindgen(unchecked_param_type = "string")] label: JsValue,
        #[wasm_bindgen(unchecked_param_type = "CodeSystemName")] system: JsValue,
    ) -> JsResult {
        let kind = match text(&kind, "kind")?.as_str() {
            "chapter" => crate::concepts::GroupKind::Chapter,
            "section" => crate::concepts::GroupKind::Section,
            other => {
                return Err(error(
                    "INVALID_ARGUMENT",
                    &format!("expected chapter or section as kind, found '{other}'"),
                ));
            }
        };
        let label = text(&label, "label")?;
        let code_system = named(&text(&system, "system")?)?;
        let index = self.index()?;
        match groups::contents(loaded(&index, code_system)?, kind, &label) {
            Some(contents) => plain(&contents),
            None => Ok(JsValue::UNDEFINED),
        }
    }
}

impl Medcode {
    fn over(bytes: &'static [u8]) -> Result<Medcode, JsValue> {
        let index = Index::open(bytes).map_err(open_error)?;
        Ok(Medcode {
            index: RefCell::new(index),
        })
    }

    /// The answer to a search whose arguments come from JavaScript.
    fn found(&self, query: &JsValue, options: JsValue) -> Result<SearchResult, JsValue> {
        let query = text(query, "query")?;
        let options = Options::of(
            options,
            &[
                "systems",
                "billableOnly",
                "within",
                "date",
                "limit",
                "offset",
            ],
        )?;
        let default = SearchOptions::default();
        let asked = SearchOptions {
            systems: options.systems()?,
            billable_only: options
                .flag("billableOnly")?
                .unwrap_or(default.billable_only),
            within: options.string("within")?,
            date: options.date()?,
            limit: options.count("limit")?.unwrap_or(default.limit),
            offset: options.count("offset")?.unwrap_or(default.offset),
        };
        let index = self.index()?;
        if let Some(first) = asked.systems.first()
            && !asked.systems.iter().any(|one| index.system(*one).is_some())
        {
            loaded(&index, *first)?;
        }
        Ok(index.search(&query, &asked))
    }

    fn index(&self) -> Result<Ref<'_, Index<'static>>, JsValue> {
        self.index.try_borrow().map_err(|_| in_use())
    }

    /// Answers about the concept of a code, or nothing where there is none.
    fn at<T>(
        &self,
        code: JsValue,
        options: JsValue,
        answer: impl FnOnce(&System<'static>, ConceptId) -> Result<T, JsValue>,
    ) -> Result<Option<T>, JsValue> {
        let code = text(&code, "code")?;
        let code_system = Options::of(options, &["system"])?.system()?;
        let index = self.index()?;
        match locate(&index, &code, code_system)? {
            Some((system, concept)) => answer(system, concept).map(Some),
            None => Ok(None),
        }
    }
}

/// Finds a code in the system asked for, or in the first loaded one that has it.
fn locate<'a>(
    index: &'a Index<'static>,
    code: &str,
    code_system: Option<CodeSystem>,
) -> Result<Option<(&'a System<'static>, ConceptId)>, JsValue> {
    if let Some(code_system) = code_system {
        let system = loaded(index, code_system)?;
        return Ok(system.find(code).map(|concept| (system, concept)));
    }
    let found = |system: &'a System<'static>| Some((system, system.find(code)?));
    Ok(index.systems().iter().find_map(found))
}

fn loaded<'a>(
    index: &'a Index<'static>,
    code_system: CodeSystem,
) -> Result<&'a System<'static>, JsValue> {
    index.system(code_system).ok_or_else(|| {
        let message = format!("{code_system} is not loaded: add its pack with addPack");
        error("SYSTEM_NOT_LOADED", &message)
    })
}

fn named(name: &str) -> Result<CodeSystem, JsValue> {
    CodeSystem::parse(name).ok_or_else(|| {
        let known: Vec<_> = CodeSystem::all().map(CodeSystem::id).collect();
        let known = known.join(", ");
        error(
            "UNKNOWN_SYSTEM",
            &format!("expected one of the code systems {known} or an alias, found '{name}'"),
        )
    })
}

fn concepts(system: &System<'static>, ids: &[ConceptId]) -> JsResult {
    plain(&ids.iter().map(|id| system.concept(*id)).collect::<Vec<_>>())
}

fn validate_options(options: JsValue) -> Result<ValidateOptions, JsValue> {
    let options = Options::of(options, &["system", "date", "fixLimit"])?;
    let default = ValidateOptions::default();
    Ok(ValidateOptions {
        system: options.system()?,
        date: options.date()?,
        fix_limit: options.count("fixLimit")?.unwrap_or(default.fix_limit),
    })
}

/// The options of a call. They are read one by one and checked: wasm-bindgen by itself would turn `limit: 1.9` into 1.
struct Options(Option<Object>);

impl Options {
    /// Takes an object, null or undefined. Names that are not known are refused, so that a misspelt one is noticed.
    fn of(options: JsValue, known: &[&str]) -> Result<Options, JsValue> {
        if options.is_undefined() || options.is_null() {
            return Ok(Options(None));
        }
        if Array::is_array(&options) {
            return Err(invalid_option("an object of options", &options));
        }
        let object: Object = options
            .dyn_into()
            .map_err(|found| invalid_option("an object of options", &found))?;
        for name in Object::keys(&object).iter() {
            let name = name.as_string().unwrap_or_default();
            if !known.contains(&name.as_str()) {
                let known = known.join(", ");
                return Err(error(
                    "INVALID_OPTION",
                    &format!("expected one of the options {known}, found '{name}'"),
                ));
            }
        }
        Ok(Options(Some(object)))
    }

    /// The value of an option; nothing where it is absent, undefined or null.
    fn value(&self, name: &str) -> Result<Option<JsValue>, JsValue> {
        let Some(object) = &self.0 else {
            return Ok(None);
        };
        let value = Reflect::get(object, &name.into())?;
        Ok((!value.is_undefined() && !value.is_null()).then_some(value))
    }

    /// A whole number, 0 or more.
    fn count(&self, name: &str) -> Result<Option<usize>, JsValue> {
        let Some(value) = self.value(name)? else {
            return Ok(None);
        };
        match value.as_f64() {
            Some(number) if number >= 0.0 && number.fract() == 0.0 && number.is_finite() => {
                Ok(Some(number.min(MAX_LIMIT) as usize))
            }
            _ => Err(invalid_option(
                &format!("a whole number, 0 or more, as {name}"),
                &value,
            )),
        }
    }

    fn date(&self) -> Result<Option<Date>, JsValue> {
        let Some(value) = self.value("date")? else {
            return Ok(None);
        };
        let date = value.as_string().and_then(|date| Date::parse(&date));
        let expected = || invalid_option("a date such as '2026-10-01' as date", &value);
        date.map(Some).ok_or_else(expected)
    }

    fn flag(&self, name: &str) -> Result<Option<bool>, JsValue> {
        let Some(value) = self.value(name)? else {
            return Ok(None);
        };
        let flag = value.as_bool();
        let expected = || invalid_option(&format!("true or false as {name}"), &value);
        flag.map(Some).ok_or_else(expected)
    }

    fn string(&self, name: &str) -> Result<Option<String>, JsValue> {
        let Some(value) = self.value(name)? else {
            return Ok(None);
        };
        let string = value.as_string();
        let expected = || invalid_option(&format!("a string as {name}"), &value);
        string.map(Some).ok_or_else(expected)
    }

    fn system(&self) -> Result<Option<CodeSystem>, JsValue> {
        match self.string("system")? {
            Some(name) => named(&name).map(Some),
            None => Ok(None),
        }
    }

    /// The code systems of an array of names; none for all of them.
    fn systems(&self) -> Result<Vec<CodeSystem>, JsValue> {
        let Some(value) = self.value("systems")? else {
            return Ok(Vec::new());
        };
        let refused = || invalid_option("an array of strings as systems", &value);
        let array: &Array = value.dyn_ref().ok_or_else(refused)?;
        let mut systems = Vec::new();
        for name in array.iter() {
            let name = name.as_string().ok_or_else(refused)?;
            let group = CodeSystem::parse_group(&name);
            if group.is_empty() {
                named(&name)?;
            }
            systems.extend(group);
        }
        Ok(systems)
    }
}

/// A string argument.
fn text(value: &JsValue, name: &str) -> Result<String, JsValue> {
    value.as_string().ok_or_else(|| {
        let found = shown(value);
        error(
            "INVALID_ARGUMENT",
            &format!("expected a string as {name}, found {found}"),
        )
    })
}

/// An argument that is an array of strings.
fn texts(value: &JsValue, name: &str) -> Result<Vec<String>, JsValue> {
    let refused = |found: String| {
        error(
            "INVALID_ARGUMENT",
            &format!("expected an array of strings as {name}, found {found}"),
        )
    };
    let array: &Array = value.dyn_ref().ok_or_else(|| refused(shown(value)))?;
    let string = |item: JsValue| {
        item.as_string()
            .ok_or_else(|| refused(format!("{} in it", shown(&item))))
    };
    array.iter().map(string).collect()
}

/// Copies bytes to where they stay: an index borrows them for as long as the module lives.
fn lasting(bytes: &JsValue) -> Result<&'static [u8], JsValue> {
    let array = match bytes.dyn_ref::<Uint8Array>() {
        Some(array) => array.clone(),
        None if bytes.is_instance_of::<js_sys::ArrayBuffer>() => Uint8Array::new(bytes),
        None => {
            let found = shown(bytes);
            return Err(error(
                "INVALID_ARGUMENT",
                &format!("expected the bytes of an index as a Uint8Array, found {found}"),
            ));
        }
    };
    Ok(Box::leak(array.to_vec().into_boxed_slice()))
}

/// A result as plain objects: absent fields are left out, numbers are numbers.
fn plain<T: Serialize + ?Sized>(value: &T) -> JsResult {
    value
        .serialize(&serde_wasm_bindgen::Serializer::new().serialize_maps_as_objects(true))
        .map_err(|problem| error("INTERNAL", &problem.to_string()))
}

fn none() -> JsValue {
    Array::new().into()
}

/// A title in pieces, each with whether it is one of these words as a whole.
fn pieces<'t>(title: &'t str, words: &[String]) -> Vec<(&'t str, bool)> {
    let mut pieces: Vec<(&str, bool)> = Vec::new();
    let mut rest = title;
    while let Some(first) = rest.chars().next() {
        let run = match first.is_alphanumeric() {
            true => rest.find(|c: char| !c.is_alphanumeric()),
            false => rest.find(char::is_alphanumeric),
        };
        let (piece, after) = rest.split_at(run.unwrap_or(rest.len()));
        pieces.push((piece, words.iter().any(|word| word == piece)));
        rest = after;
    }
    pieces
}

fn open_error(problem: OpenError) -> JsValue {
    error(problem.code(), &problem.to_string())
}

fn invalid_option(expected: &str, found: &JsValue) -> JsValue {
    let found = shown(found);
    error(
        "INVALID_OPTION",
        &format!("expected {expected}, found {found}"),
    )
}

fn in_use() -> JsValue {
    error("INTERNAL", "the index is being replaced: try again")
}

/// A JavaScript value in a message: its own text where it is short and simple, else its type.
fn shown(value: &JsValue) -> String {
    if let Some(text) = value.as_string() {
        return format!("'{text}'");
    }
    if let Some(number) = value.as_f64() {
        return number.to_string();
    }
    if let Some(flag) = value.as_bool() {
        return flag.to_string();
    }
    match value {
        value if value.is_undefined() => "undefined".to_string(),
        value if value.is_null() => "null".to_string(),
        value if Array::is_array(value) => "an array".to_string(),
        value => format!(
            "a value of type {}",
            value.js_typeof().as_string().unwrap_or_default()
        ),
    }
}

fn error(code: &str, message: &str) -> JsValue {
    let error = Error::new(message);
    error.set_name("MedcodeError");
    // Setting a property of a fresh, extensible object does not fail.
    let _ = Reflect::set(&error, &"code".into(), &code.into());
    error.into()
}
