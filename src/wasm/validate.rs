//! Whether codes are valid.

use js_sys::{Array, Reflect};
use wasm_bindgen::prelude::*;

use super::Medcode;
use super::claim::{setting, sex};
use super::plain::plain;
use super::values::{JsResult, Options, text, texts};
use crate::claim::About;
use crate::validate::ValidateOptions;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
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
  /** How many more fixes of the same kind there are beyond the limit; absent where there are none. */
  moreFixes?: number;
  /** The release it was checked in. */
  release?: string;
  /** The concept, where the release has the code. */
  concept?: Concept;
  /** The days the code is valid for; those of the release where it has none of its own. */
  period?: Period;
  /** The answers of other code systems that know the same characters, where the system was not given. */
  others?: Validation[];
  /** What is to be said of the code in the light of the patient and the place, where any was given. */
  issues?: Issue[];
}

/** How to validate. */
export interface ValidateOptions extends SystemOption {
  /** The date of service; for an inpatient stay, of discharge. Default: the code is checked in the release as a whole. */
  date?: DateString | null;
  /** How many fixes to return at most, 0 or more. Default: 25. With 0 those of a list are counted in `moreFixes`. */
  fixLimit?: number | null;
  /** Where the service is given. With this, an age or a sex the answer has `issues`. */
  setting?: Setting | null;
  /** The age of the patient in whole years. */
  age?: number | null;
  sex?: "female" | "male" | null;
}
"#;

#[wasm_bindgen]
impl Medcode {
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
        let (options, about) = validate_options(options)?;
        self.checked(&code, &options, &about)
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
        let (options, about) = validate_options(options)?;
        let answers = codes
            .iter()
            .map(|code| self.checked(code, &options, &about));
        Ok(answers.collect::<Result<Array, JsValue>>()?.into())
    }
}

impl Medcode {
    /// The answer to one code, with what is to be said of it in the light of the patient, where that is asked for.
    fn checked(&self, code: &str, options: &ValidateOptions, about: &About) -> JsResult {
        let index = self.index()?;
        let answer = plain(&index.validate(code, options))?;
        if *about != About::default() {
            let issues = plain(&index.issues_of_code(code, options, about))?;
            Reflect::set(&answer, &"issues".into(), &issues)?;
        }
        Ok(answer)
    }
}

fn validate_options(options: JsValue) -> Result<(ValidateOptions, About), JsValue> {
    let known = ["system", "date", "fixLimit", "setting", "age", "sex"];
    let options = Options::of(options, &known)?;
    let default = ValidateOptions::default();
    let about = About {
        setting: setting(&options)?,
        age: options.count("age")?.map(|age| age as u32),
        sex: sex(&options)?,
    };
    let options = ValidateOptions {
        system: options.system()?,
        date: options.date()?,
        fix_limit: options.count("fixLimit")?.unwrap_or(default.fix_limit),
    };
    Ok((options, about))
}
