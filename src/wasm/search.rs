//! Search, and its hits on a page.

use std::collections::BTreeMap;

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::Element;

use super::errors::{error, invalid_option, shown};
use super::plain::plain;
use super::values::{JsResult, Options, named, text};
use super::{Medcode, loaded};
use crate::search::{self, Habits, Profile, RefineOptions, SearchOptions, SearchResult, UsedCode};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
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
  /** The publisher's short title. */
  | "shortTitle"
  /** An entry of Medcode's own vocabulary. */
  | "vocabulary";

/** A text that matched. */
export interface Match {
  by: MatchedBy;
  /** The text, where it is not the title or the code of the hit; of a code with a mistake in it, how the hit follows from it. */
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
  /** How the score came about, where `explain` asked for it: parts whose points add up to it. */
  explained?: ScorePart[];
}

/** A part of a score. */
export interface ScorePart {
  /** What counted. */
  part:
    | "code" | "word" | "form" | "prefix" | "correction" | "meaning" | "missing" | "unasked" | "context" | "side" | "other"
    | "with" | "elsewhere" | "specified" | "opposite" | "without" | "source" | "rank" | "retired" | "whole" | "habit" | "least"
    | "rounding";
  /** The words it is about, where it is about any. */
  text?: string;
  /** What it added to the score, or took away from it. */
  points: number;
  /** The same as a sentence, such as `has 'fracture'`. */
  why: string;
}

/** The answer to a search. */
export interface SearchResult {
  /** The best first; their order is the same on every machine. */
  hits: Hit[];
  /**
   * How many codes match, the same for every `limit` and `offset`. Those that begin with a code that was typed, the
   * categories with them; of words all codes that a text leads to with some of the words, of which `hits` has the better
   * ones first and the codes of a category that matches perhaps by one of them. With something `chosen`, how many of those
   * that match as well as the best hit say it, as `facets` counts them: `hits` ends with them.
   */
  total: number;
  /** The query with its misspelled words corrected, where any was. */
  correction?: string;
  /** Whether all texts were searched: not so where `quick` left some out. */
  complete: boolean;
  /** Nothing was searched, because none of the systems has what `within` names. */
  withinUnknown?: true;
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
  /**
   * Answer from what is decoded already, and decode no more than titles; where these do not have all words of
   * the query, the vocabulary too: for the first keystrokes, while `prepare` decodes the rest. Hits have `short`
   * only once short titles are decoded. Default: false.
   */
  quick?: boolean | null;
  /** Only hits that say this: values by axis as `facets` offers them, such as `{ laterality: "left" }`. Default: any. */
  chosen?: Record<string, string> | null;
  /** Each hit says how its score came about. Default: false. */
  explain?: boolean | null;
  /** What the caller's user does often: decides between hits that match alike. Kept by the caller, never by Medcode. */
  habits?: Habits | null;
}

/** An axis by which titles differ. */
export interface Facet {
  /** A stable name, such as `laterality`, `encounter`, `type`, `trimester`; `category` and `detail` have codes as values. */
  axis: string;
  /** The name for people, such as `Side`. */
  title: string;
  /** Its values in their natural order, of codes the more frequent first; `unspecified` last. */
  values: FacetValue[];
}

/** A value of an axis. */
export interface FacetValue {
  /** A stable name, such as `left`. */
  value: string;
  /** The name for people. */
  label: string;
  /** The `total` of a search with it chosen; in a refinement, how many codes are left then. */
  count: number;
}

/** How to refine. */
export interface RefineOptions {
  /** Default: the first loaded one that has the code. */
  system?: CodeSystemName | null;
  /** What was answered already: values by axis. Default: nothing. */
  chosen?: Record<string, string> | null;
  /** Only codes that are valid on this day. */
  date?: DateString | null;
  /** List at most so many codes, 0 or more. Default: 10. */
  limit?: number | null;
}

/** Where a refinement stands. */
export interface Refinement {
  /** The category that is refined. */
  concept: Concept;
  /** What was chosen, and what followed from it. */
  chosen: Record<string, string>;
  /** How many codes valid for submission are still possible. */
  total: number;
  /** The question to ask next; absent where one code is left, or none. */
  next?: Facet;
  /** The other questions, in the order to ask them. */
  open: Facet[];
  /** The codes still possible, the usual one first. */
  codes: Concept[];
}

/** A code that is used, or a favourite. */
export interface UsedCode {
  /** Default: ICD-10-CM. */
  system?: CodeSystemId;
  /** With or without dot. */
  code: string;
  /** How often it was used. Default: 1. */
  uses?: number;
}

/** What a user does often: a plain object that the caller keeps, exports or throws away. */
export interface Habits {
  /** Codes that were used, the latest first. */
  recent?: UsedCode[];
  /** Codes that the user marked. */
  favourites?: UsedCode[];
  /** Beginnings of ICD-10-CM codes with a weight of 1 to 10, or the name of one of `specialties()`. */
  profile?: Record<string, number> | string;
}
"#;

#[wasm_bindgen]
impl Medcode {
    /// Makes all code systems ready for a complete search, for about so many milliseconds, and returns whether they are:
    /// a page calls it whenever it has nothing better to do, until it returns `true`. The last step of each system
    /// takes a tenth of a second, whatever is asked.
    ///
    /// @throws {MedcodeError} `INVALID_ARGUMENT` for a number of milliseconds below 0
    pub fn prepare(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number")] milliseconds: JsValue,
    ) -> Result<bool, JsValue> {
        let found = milliseconds.as_f64().filter(|count| *count >= 0.0);
        let Some(count) = found else {
            let found = shown(&milliseconds);
            return Err(error(
                "INVALID_ARGUMENT",
                &format!("expected a number, 0 or more, as milliseconds, found {found}"),
            ));
        };
        let end = js_sys::Date::now() + count;
        Ok(self.index()?.prepare(&[], || js_sys::Date::now() < end))
    }

    /// Finds the codes that a text means, the best first: words in any order, the last one unfinished, misspelled, or a
    /// code or its beginning with or without dot.
    ///
    /// Any text has an answer, if an empty one. The first search of a code system makes it ready, which can take a second
    /// where it has an Alphabetic Index: see `quick` and `prepare`. Later ones take about a millisecond.
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
}

#[wasm_bindgen]
impl Medcode {
    /// The axes by which the codes differ that match a query as well as the best hit, in the order to ask them; none where
    /// nothing is found. The count of a value is the `total` of a search with the same options and that value chosen: codes
    /// that differ in the seventh character alone are one hit, which may have several values. `limit` and `offset` change
    /// nothing.
    ///
    /// @throws {MedcodeError} for an option that is not one
    #[wasm_bindgen(unchecked_return_type = "Facet[]")]
    pub fn facets(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] query: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "SearchOptions | null")] options: JsValue,
    ) -> JsResult {
        let (query, asked) = self.asked(&query, options)?;
        plain(&self.index()?.facets(&query, &asked))
    }

    /// Where the way from a category to a code valid for submission stands, and which question to ask next; nothing where
    /// there is no such code. What it is is asked first, then where and how bad, and the encounter last.
    ///
    /// ```js
    /// let step = medcode.refine("S52.5");
    /// while (step.next) {
    ///   const value = ask(step.next);
    ///   step = medcode.refine("S52.5", { chosen: { ...step.chosen, [step.next.axis]: value } });
    /// }
    /// ```
    ///
    /// @throws {MedcodeError} for an option that is not one, and for a system that is not loaded
    #[wasm_bindgen(unchecked_return_type = "Refinement | undefined")]
    pub fn refine(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] code: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "RefineOptions | null")] options: JsValue,
    ) -> JsResult {
        let code = text(&code, "code")?;
        let options = Options::of(options, &["system", "chosen", "date", "limit"])?;
        let default = RefineOptions::default();
        let asked = RefineOptions {
            system: options.system()?,
            chosen: choices(&options)?,
            date: options.date()?,
            limit: options.count("limit")?.unwrap_or(default.limit),
        };
        let index = self.index()?;
        if let Some(system) = asked.system {
            loaded(&index, system)?;
        }
        match index.refine(&code, &asked) {
            Some(refined) => plain(&refined),
            None => Ok(JsValue::UNDEFINED),
        }
    }

    /// The habits after a code was used: a new object, the one given is not changed. The system is that of the first loaded
    /// one that has the code, where none is named; a code that none has changes nothing then. At most 200 recent codes are
    /// kept.
    ///
    /// @throws {MedcodeError} for habits that are none
    #[wasm_bindgen(unchecked_return_type = "Habits")]
    pub fn remember(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Habits | null")] habits: JsValue,
        #[wasm_bindgen(unchecked_param_type = "string")] code: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "CodeSystemName | null")] system: JsValue,
    ) -> JsResult {
        let code = text(&code, "code")?;
        let habits = match habits.is_null() || habits.is_undefined() {
            true => Habits::default(),
            false => habits_of(&habits)?,
        };
        let index = self.index()?;
        let system = match system.is_null() || system.is_undefined() {
            true => {
                let mut systems = index.systems().iter();
                match systems.find(|system| system.find(&code).is_some()) {
                    Some(system) => Some(system.code_system()),
                    None => return plain(&habits),
                }
            }
            false => Some(named(&text(&system, "system")?)?),
        };
        plain(&habits.remember(&code, system))
    }

    /// The names of the specialties that the profile of habits may be.
    #[wasm_bindgen(unchecked_return_type = "string[]")]
    pub fn specialties() -> JsResult {
        plain(&search::specialties())
    }
}

/// The properties of a plain object.
fn entries(value: &JsValue, name: &str) -> Result<Vec<(String, JsValue)>, JsValue> {
    let plain = value.is_object() && !Array::is_array(value) && !value.has_type::<js_sys::Map>();
    let object: &Object = match value.dyn_ref() {
        Some(object) if plain => object,
        _ => return Err(invalid_option(&format!("an object as {name}"), value)),
    };
    let keys = Object::keys(object);
    let entry = |key: JsValue| {
        let value = Reflect::get(object, &key)?;
        Ok((key.as_string().unwrap_or_default(), value))
    };
    keys.iter().map(entry).collect()
}

/// The option `chosen`: answers by axis.
fn choices(options: &Options) -> Result<BTreeMap<String, String>, JsValue> {
    let mut chosen = BTreeMap::new();
    let Some(value) = options.value("chosen")? else {
        return Ok(chosen);
    };
    for (axis, value) in entries(&value, "chosen")? {
        if value.is_undefined() || value.is_null() {
            continue;
        }
        let expected = || invalid_option(&format!("a string as chosen.{axis}"), &value);
        chosen.insert(axis.clone(), value.as_string().ok_or_else(expected)?);
    }
    match search::wrong_choice(&chosen) {
        Some(wrong) => Err(error("INVALID_OPTION", &wrong)),
        None => Ok(chosen),
    }
}

/// What a user does often, from JavaScript.
fn habits_of(value: &JsValue) -> Result<Habits, JsValue> {
    let mut habits = Habits::default();
    for (name, value) in entries(value, "habits")? {
        if value.is_undefined() || value.is_null() {
            continue;
        }
        match name.as_str() {
            "recent" => habits.recent = used_codes(&value, "habits.recent")?,
            "favourites" => habits.favourites = used_codes(&value, "habits.favourites")?,
            "profile" => habits.profile = Some(profile_of(&value)?),
            _ => {
                let message =
                    format!("expected recent, favourites or profile in habits, found '{name}'");
                return Err(error("INVALID_OPTION", &message));
            }
        }
    }
    Ok(habits)
}

fn profile_of(value: &JsValue) -> Result<Profile, JsValue> {
    if let Some(name) = value.as_string() {
        return match search::is_specialty(&name) {
            true => Ok(Profile::Specialty(name)),
            false => Err(invalid_option(
                "one of specialties() or an object as habits.profile",
                value,
            )),
        };
    }
    let mut profile = BTreeMap::new();
    for (start, weight) in entries(value, "habits.profile")? {
        let number = weight
            .as_f64()
            .filter(|number| (1.0..=10.0).contains(number));
        let Some(number) = number else {
            let expected = format!("a number from 1 to 10 as habits.profile.{start}");
            return Err(invalid_option(&expected, &weight));
        };
        profile.insert(start, number as u32);
    }
    Ok(Profile::Codes(profile))
}

/// A list of codes that were used.
fn used_codes(value: &JsValue, name: &str) -> Result<Vec<UsedCode>, JsValue> {
    let array: &Array = value
        .dyn_ref()
        .ok_or_else(|| invalid_option(&format!("an array as {name}"), value))?;
    let mut codes = Vec::new();
    for item in array.iter() {
        let (mut system, mut code, mut uses) = (None, None, 1);
        for (field, value) in entries(&item, &format!("each of {name}"))? {
            if value.is_undefined() || value.is_null() {
                continue;
            }
            match field.as_str() {
                "system" => {
                    let expected =
                        || invalid_option(&format!("a string as system in {name}"), &value);
                    system = Some(named(&value.as_string().ok_or_else(expected)?)?);
                }
                "code" => {
                    let expected =
                        || invalid_option(&format!("a string as code in {name}"), &value);
                    code = Some(value.as_string().ok_or_else(expected)?);
                }
                "uses" => {
                    let whole = value.as_f64().filter(|n| *n >= 0.0 && n.fract() == 0.0);
                    let expected = format!("a whole number, 0 or more, as uses in {name}");
                    uses = whole.ok_or_else(|| invalid_option(&expected, &value))? as u32;
                }
                // What else a caller keeps beside a code is its own.
                _ => {}
            }
        }
        let Some(code) = code else {
            return Err(invalid_option(&format!("a code in each of {name}"), &item));
        };
        codes.push(UsedCode { system, code, uses });
    }
    Ok(codes)
}

impl Medcode {
    /// The answer to a search whose arguments come from JavaScript.
    fn found(&self, query: &JsValue, options: JsValue) -> Result<SearchResult, JsValue> {
        let (query, asked) = self.asked(query, options)?;
        Ok(self.index()?.search(&query, &asked))
    }

    /// A query and its options, as they come from JavaScript.
    fn asked(&self, query: &JsValue, options: JsValue) -> Result<(String, SearchOptions), JsValue> {
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
                "quick",
                "chosen",
                "explain",
                "habits",
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
            quick: options.flag("quick")?.unwrap_or(default.quick),
            chosen: choices(&options)?,
            explain: options.flag("explain")?.unwrap_or(default.explain),
            habits: options
                .value("habits")?
                .as_ref()
                .map(habits_of)
                .transpose()?,
        };
        let index = self.index()?;
        if let Some(first) = asked.systems.first()
            && !asked.systems.iter().any(|one| index.system(*one).is_some())
        {
            loaded(&index, *first)?;
        }
        Ok((query, asked))
    }
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
