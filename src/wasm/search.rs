//! Search, and its hits on a page.

use wasm_bindgen::prelude::*;
use web_sys::Element;

use super::errors::{error, invalid_option, shown};
use super::plain::plain;
use super::values::{JsResult, Options, text};
use super::{Medcode, loaded};
use crate::search::{SearchOptions, SearchResult};

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
  /** Whether all texts were searched: not so where `quick` left some out. */
  complete: boolean;
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
   * Answer from what is decoded already, and decode no more than titles and vocabulary: for the first
   * keystrokes, while `prepare` decodes the rest. Default: false.
   */
  quick?: boolean | null;
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

impl Medcode {
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
                "quick",
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
        };
        let index = self.index()?;
        if let Some(first) = asked.systems.first()
            && !asked.systems.iter().any(|one| index.system(*one).is_some())
        {
            loaded(&index, *first)?;
        }
        Ok(index.search(&query, &asked))
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
