//! Claims, what may be typed next, the crosswalk, and what changes on a day.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::errors::{error, invalid_option};
use super::plain::plain;
use super::values::{JsResult, Options, named, text, texts};
use super::{Medcode, loaded};
use crate::claim::{self, Claim, ClaimFix, Diagnosis, Item, Line, Setting, Sex};
use crate::code_system::CodeSystem;
use crate::date::Date;
use crate::validate::rules;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** Where services are given, which decides the rules of the claim. */
export type Setting = "professional" | "outpatient-facility" | "inpatient-facility";

/** A diagnosis of a claim. */
export interface ClaimDiagnosis {
  code: string;
  /** The present-on-admission indicator, as written. */
  poa?: string | null;
}

/** A service line, as it is given. */
export interface ClaimLineInput {
  /** The HCPCS Level II or CPT code. */
  code: string;
  modifiers?: readonly string[] | null;
  /** The diagnoses the line is for, counted from 1. */
  pointers?: readonly number[] | null;
  /** How many units, a whole number. Default: one. */
  units?: number | null;
  date?: DateString | null;
  /** A description of the service, which some codes need. */
  description?: string | null;
}

/** A claim, as it is given. */
export interface ClaimInput {
  /** In the order of the claim, the principal or first-listed one first. A string is a code without an indicator. */
  diagnoses?: readonly (string | ClaimDiagnosis)[] | null;
  /** The ICD procedure codes of an inpatient stay. */
  procedures?: readonly string[] | null;
  lines?: readonly ClaimLineInput[] | null;
  /** The admitting diagnosis of an inpatient stay. */
  admitting?: string | null;
  /** The patient's reasons for the visit, on an outpatient claim of a facility. */
  reasons?: readonly string[] | null;
  /** Default: professional. */
  setting?: Setting | null;
  /** The age of the patient in whole years. */
  age?: number | null;
  sex?: "female" | "male" | null;
  /** The date of service, for lines without one and for the diagnoses of an outpatient claim. */
  date?: DateString | null;
  /** The day of discharge, which decides for an inpatient stay. */
  discharge?: DateString | null;
}

/** A service line. */
export interface ClaimLine extends ClaimLineInput {
  modifiers: string[];
  pointers: number[];
}

/** A claim with every list in its place. */
export interface Claim extends ClaimInput {
  diagnoses: ClaimDiagnosis[];
  procedures: string[];
  lines: ClaimLine[];
  reasons: string[];
  setting: Setting;
}

/** A part of a claim. */
export interface ClaimItem {
  part: "diagnosis" | "poa" | "procedure" | "admitting" | "reason" | "line" | "modifier" | "pointer";
  /** Which of them, counted from 0. */
  at: number;
  /** Of which line, for modifiers and pointers. */
  line?: number;
}

/** A change to a claim that settles an issue; `applyFix` makes it. */
export type ClaimFix =
  /** Another code, or another indicator, in the place of one. */
  | { change: "replace"; item: ClaimItem; code: string; display?: string }
  /** Takes an item out; pointers follow. */
  | { change: "remove"; item: ClaimItem }
  /** Moves a diagnosis to another place; pointers follow. */
  | { change: "move"; from: number; to: number }
  /** One code in the place of two diagnoses, at the first of them. */
  | { change: "merge"; items: ClaimItem[]; code: string; display?: string };

/** Something about a claim that a person should know before it goes out. */
export interface Issue {
  /** An error cannot go out like this; a warning has to be looked at; information is worth knowing. */
  severity: "error" | "warning" | "information";
  /** The identifier of the rule, such as `CM-9`. */
  rule: string;
  /** The parts concerned; the first is the one to show it at. */
  items: ClaimItem[];
  /** What is wrong, in a sentence or two for the person who bills it. */
  message: string;
  /** Where the rule is written. */
  source: string;
  /** What settles it, the likeliest first: one alone follows from the claim, of several a person chooses by the record. */
  fixes: ClaimFix[];
  /** How many more choices of the same kind there are. */
  moreFixes?: number;
}

/** A rule that is checked. */
export interface Rule {
  id: string;
  title: string;
  /** Where it is written. */
  source: string;
}

/** The published definition of a value of ICD-10-PCS. */
export interface PcsMeaning {
  /** Empty where only terms are given that the value takes in. */
  definition: string;
  explanation: string;
  includes: string[];
}

/** A character that may come next. */
export interface Next {
  character: string;
  /** The beginning with the character added, as it is printed. */
  code: string;
  /** A title, the meaning of a seventh character, `placeholder`, or the label of a value of ICD-10-PCS. */
  label?: string;
  /** ICD-10-PCS: what the character tells, such as `Body Part`. */
  axis?: string;
  definition?: PcsMeaning;
  /** Whether the longer beginning is a code that is valid for submission. */
  billable: boolean;
  /** How many codes valid for submission begin with it. */
  codes: number;
}

/** A code mapped to. */
export interface TargetCode {
  code: string;
  plainCode: string;
  /** Its title, where the system mapped to is loaded and still has the code. */
  display?: string;
  /** How the code mapped from relates to it, by itself. */
  equivalence: "equivalent" | "relatedto" | "unmatched";
}

/** One way to say in the other system what a code says. */
export interface MapChoice {
  /** The scenario of a combination; 0 for a single code. */
  scenario: number;
  equivalence: "equivalent" | "relatedto" | "unmatched";
  /** What is reported together: one code of each of these lists. A single code is one list of one code. */
  parts: TargetCode[][];
}

/** Which codes of another system stand for a code. */
export interface Translation {
  code: string;
  from: CodeSystemId;
  to: CodeSystemId;
  status: "mapped" | "no-equivalent" | "not-in-map" | "no-map";
  /** Single codes first, then combinations; a person chooses one. The order ranks nothing. */
  choices: MapChoice[];
  message: string;
}

/** Between which systems to translate. */
export interface TranslateOptions {
  /** Default: every system whose maps have the code. */
  from?: CodeSystemName | null;
  /** Default: every system that there is a map to. */
  to?: CodeSystemName | null;
}

/** What happens to a code on a day. */
export interface CodeChange {
  /** The code as printed where it is known, else as it was given. */
  code: string;
  /** Divided: it stays, and new codes take a part of what it stood for. */
  change: "added" | "deleted" | "revised" | "divided" | "unchanged" | "unknown";
  message: string;
  /** Its title on the day, where the release has the code. */
  display?: string;
  /** The title before the day, where it is revised. */
  before?: string;
  /** For a deleted or divided code what takes its place; for an added one what was used before. */
  codes: Fix[];
}

/** What happens on a day. */
export interface Changes {
  date: DateString;
  system: CodeSystemId;
  /** The release that is loaded. */
  release: string;
  /** There where the release says nothing of the day. */
  message?: string;
  changes: CodeChange[];
}

/** Of which system, and on which day. */
export interface ChangesOptions {
  /** Default: icd10cm. */
  system?: CodeSystemName | null;
  /** Default: the last day on which codes of the release become valid. */
  date?: DateString | null;
}
"#;

#[wasm_bindgen]
impl Medcode {
    /// Validates the codes of a claim, each and together. Errors come first, then warnings, then information; none means that none
    /// of the rules objects, not that the claim is right.
    ///
    /// @throws {MedcodeError} for a claim that has not the shape of one
    #[wasm_bindgen(js_name = validateClaim, unchecked_return_type = "Issue[]")]
    pub fn validate_claim(
        &self,
        #[wasm_bindgen(unchecked_param_type = "ClaimInput")] claim: JsValue,
    ) -> JsResult {
        let claim = claim_of(claim)?;
        plain(&self.index()?.validate_claim(&claim))
    }

    /// The claim with a change made to it; the one given stays as it is. A fix for a part that the claim does not have
    /// changes nothing.
    ///
    /// @throws {MedcodeError} for a claim or a fix that has not the shape of one
    #[wasm_bindgen(js_name = applyFix, unchecked_return_type = "Claim")]
    pub fn apply_fix(
        &self,
        #[wasm_bindgen(unchecked_param_type = "ClaimInput")] claim: JsValue,
        #[wasm_bindgen(unchecked_param_type = "ClaimFix")] fix: JsValue,
    ) -> JsResult {
        let claim = claim_of(claim)?;
        plain(&claim::apply_fix(&claim, &fix_of(fix)?))
    }

    /// Every rule that `validate` and `validateClaim` check, with where it is written.
    #[wasm_bindgen(unchecked_return_type = "Rule[]")]
    pub fn rules(&self) -> JsResult {
        plain(&[rules::RULES, claim::RULES].concat())
    }

    /// The characters that may follow the beginning of a code, in order; an empty one is followed by the first characters
    /// of all codes. None where it is complete or begins no code. Without `system`, of ICD-10-CM.
    ///
    /// @throws {MedcodeError} for an option that is not one
    #[wasm_bindgen(unchecked_return_type = "Next[]")]
    pub fn next(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] beginning: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "SystemOption | null")] options: JsValue,
    ) -> JsResult {
        let beginning = text(&beginning, "beginning")?;
        let system = Options::of(options, &["system"])?.system()?;
        let index = self.index()?;
        let system = loaded(&index, system.unwrap_or(CodeSystem::ICD10CM))?;
        plain(&system.next(&beginning))
    }

    /// The codes of other systems that stand for a code, by the general equivalence maps of 2018; for each pair of systems
    /// whose map has the code one answer, and never none. Nothing is chosen: where the map names several codes, all are
    /// returned, grouped into the choices that a person has.
    ///
    /// @throws {MedcodeError} for an option that is not one
    #[wasm_bindgen(unchecked_return_type = "Translation[]")]
    pub fn translate(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] code: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "TranslateOptions | null")] options: JsValue,
    ) -> JsResult {
        let code = text(&code, "code")?;
        let options = Options::of(options, &["from", "to"])?;
        let system = |name| match options.string(name)? {
            Some(system) => named(&system).map(Some),
            None => Ok(None),
        };
        let (from, to) = (system("from")?, system("to")?);
        plain(&self.index()?.translations(&code, from, to))
    }

    /// What changes on a day: for each of these codes one answer, in their order; without codes every one that changes.
    ///
    /// @throws {MedcodeError} for an option that is not one, and when the system is not loaded
    #[wasm_bindgen(unchecked_return_type = "Changes")]
    pub fn changes(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "readonly string[] | null")] codes: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "ChangesOptions | null")] options: JsValue,
    ) -> JsResult {
        let options = Options::of(options, &["system", "date"])?;
        let (system, date) = (options.system()?, options.date()?);
        let index = self.index()?;
        let system = loaded(&index, system.unwrap_or(CodeSystem::ICD10CM))?;
        if codes.is_undefined() || codes.is_null() {
            return plain(&system.all_changes(date));
        }
        plain(&system.changes(&texts(&codes, "codes")?, date))
    }
}

/// An item of a list, or the error to throw.
type Read<T> = fn(JsValue) -> Result<T, JsValue>;

/// The items of a list; none where it is absent.
fn list<T>(from: &Options, name: &str, read: Read<T>) -> Result<Vec<T>, JsValue> {
    let Some(value) = from.value(name)? else {
        return Ok(Vec::new());
    };
    match value.dyn_ref::<Array>() {
        Some(array) => array.iter().map(read).collect(),
        None => Err(invalid_option(&["an array as ", name].concat(), &value)),
    }
}

/// A date of a claim.
fn day(from: &Options, name: &str) -> Result<Option<Date>, JsValue> {
    let Some(written) = from.string(name)? else {
        return Ok(None);
    };
    match Date::parse(&written) {
        Some(date) => Ok(Some(date)),
        None => Err(invalid_option(
            &["a date such as '2026-10-01' as ", name].concat(),
            &written.into(),
        )),
    }
}

/// A text of a list, or one that must be there.
fn code(value: JsValue) -> Result<String, JsValue> {
    text(&value, "a code, a modifier or an indicator")
}

fn whole(value: JsValue) -> Result<usize, JsValue> {
    match value.as_f64() {
        Some(number) if number >= 0.0 && number.fract() == 0.0 => Ok(number as usize),
        _ => Err(invalid_option("a whole number, 0 or more", &value)),
    }
}

fn diagnosis_of(value: JsValue) -> Result<Diagnosis, JsValue> {
    if let Some(code) = value.as_string() {
        return Ok(Diagnosis { code, poa: None });
    }
    let given = Options::of(value, &["code", "poa"])?;
    Ok(Diagnosis {
        code: given.string("code")?.unwrap_or_default(),
        poa: given.string("poa")?,
    })
}

fn line_of(value: JsValue) -> Result<Line, JsValue> {
    let known = [
        "code",
        "modifiers",
        "pointers",
        "units",
        "date",
        "description",
    ];
    let given = Options::of(value, &known)?;
    Ok(Line {
        code: given.string("code")?.unwrap_or_default(),
        modifiers: list(&given, "modifiers", code)?,
        pointers: list(&given, "pointers", whole)?,
        units: given.count("units")?.map(|units| units as u32),
        date: day(&given, "date")?,
        description: given.string("description")?,
    })
}

/// Where services are given.
pub(super) fn setting(from: &Options) -> Result<Option<Setting>, JsValue> {
    let Some(name) = from.string("setting")? else {
        return Ok(None);
    };
    match Setting::parse(&name) {
        Some(setting) => Ok(Some(setting)),
        None => Err(invalid_option(
            "professional, outpatient-facility or inpatient-facility as setting",
            &name.into(),
        )),
    }
}

/// The sex that a claim states.
pub(super) fn sex(from: &Options) -> Result<Option<Sex>, JsValue> {
    match from.string("sex")?.as_deref() {
        None => Ok(None),
        Some("female") => Ok(Some(Sex::Female)),
        Some("male") => Ok(Some(Sex::Male)),
        Some(other) => Err(invalid_option("female or male as sex", &other.into())),
    }
}

fn claim_of(value: JsValue) -> Result<Claim, JsValue> {
    let known = [
        "diagnoses",
        "procedures",
        "lines",
        "admitting",
        "reasons",
        "setting",
        "age",
        "sex",
        "date",
        "discharge",
    ];
    let given = Options::of(value, &known)?;
    Ok(Claim {
        diagnoses: list(&given, "diagnoses", diagnosis_of)?,
        procedures: list(&given, "procedures", code)?,
        lines: list(&given, "lines", line_of)?,
        admitting: given.string("admitting")?,
        reasons: list(&given, "reasons", code)?,
        setting: setting(&given)?.unwrap_or_default(),
        age: given.count("age")?.map(|age| age as u32),
        sex: sex(&given)?,
        date: day(&given, "date")?,
        discharge: day(&given, "discharge")?,
    })
}

fn item_of(value: JsValue) -> Result<Item, JsValue> {
    let given = Options::of(value.clone(), &["part", "at", "line"])?;
    let part = given.string("part")?.unwrap_or_default();
    let at = given.count("at")?.unwrap_or(0);
    Item::from_parts(&part, at, given.count("line")?)
        .ok_or_else(|| invalid_option("a part of a claim as item", &value))
}

fn fix_of(value: JsValue) -> Result<ClaimFix, JsValue> {
    let known = ["change", "item", "items", "code", "display", "from", "to"];
    let given = Options::of(value, &known)?;
    let item = || item_of(given.value("item")?.unwrap_or_default());
    let place = |name| Ok::<_, JsValue>(given.count(name)?.unwrap_or(usize::MAX));
    let code = given.string("code")?.unwrap_or_default();
    let display = given.string("display")?;
    Ok(match given.string("change")?.as_deref() {
        Some("replace") => ClaimFix::Replace {
            item: item()?,
            code,
            display,
        },
        Some("remove") => ClaimFix::Remove { item: item()? },
        Some("move") => ClaimFix::Move {
            from: place("from")?,
            to: place("to")?,
        },
        Some("merge") => match <[Item; 2]>::try_from(list(&given, "items", item_of)?) {
            Ok(items) => ClaimFix::Merge {
                items,
                code,
                display,
            },
            Err(_) => return Err(error("INVALID_OPTION", "expected two diagnoses as items")),
        },
        _ => {
            return Err(error(
                "INVALID_OPTION",
                "expected replace, remove, move or merge as change",
            ));
        }
    })
}
