//! Codes, what stands around them, and chapters and sections.

use wasm_bindgen::prelude::*;

use super::errors::error;
use super::plain::plain;
use super::values::{JsResult, MAX_LIMIT, Options, named, none, text};
use super::{Medcode, loaded, locate};
use crate::concepts::GroupKind;
use crate::groups;
use crate::index::{ConceptId, GroupRef, System};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
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
  /** The codes and ranges that the text names (ICD-10-CM). */
  links?: NoteLink[];
}

/** A code or range that the text of a note names. */
export interface NoteLink {
  /** Where it begins in the text. */
  start: number;
  /** Where it ends. */
  end: number;
  /** The first code as printed; for a single one, that one. */
  first: string;
  /** The last code as printed; the same as the first for a single one. */
  last: string;
}

/** Which code system a code belongs to, and on which day it is asked for. */
export interface LookupOptions extends SystemOption {
  /** Default: the release as a whole. */
  date?: DateString | null;
}

/** How many answers to return. */
export interface LimitOption {
  /** A whole number, 0 or more. Default: all. */
  limit?: number | null;
}
"#;

#[wasm_bindgen]
impl Medcode {
    /// The concept of a code, or nothing where no loaded system has it. With a date: under its title of that day, and
    /// nothing where the code is known not to be valid on it.
    ///
    /// The code may have its dot or not, be in any case, and have blanks around it.
    ///
    /// @throws {MedcodeError} for an option that is not one
    #[wasm_bindgen(unchecked_return_type = "Concept | undefined")]
    pub fn lookup(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] code: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "LookupOptions | null")] options: JsValue,
    ) -> JsResult {
        let code = text(&code, "code")?;
        let options = Options::of(options, &["system", "date"])?;
        let (system, date) = (options.system()?, options.date()?);
        let index = self.index()?;
        let found = locate(&index, &code, system)?;
        match found.and_then(|(system, concept)| system.concept_on(concept, date)) {
            Some(concept) => plain(&concept),
            None => Ok(JsValue::UNDEFINED),
        }
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
            "chapter" => GroupKind::Chapter,
            "section" => GroupKind::Section,
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

fn concepts(system: &System<'static>, ids: &[ConceptId]) -> JsResult {
    plain(&ids.iter().map(|id| system.concept(*id)).collect::<Vec<_>>())
}
