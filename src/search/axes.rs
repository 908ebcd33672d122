//! What titles say on the axes by which siblings differ: which side, which encounter, which stage.

use std::borrow::Cow;

use super::fold;

/// The axes that words tell, with their names for people, in the order in which a person is asked: what it is, where, how
/// bad, and last at which encounter.
pub const AXES: [(&str, &str); 14] = [
    ("laterality", "Side"),
    ("type", "Type"),
    ("severity", "Severity"),
    ("course", "Course"),
    ("stage", "Stage"),
    ("degree", "Degree"),
    ("displacement", "Displacement"),
    ("openness", "Open or closed"),
    ("intractable", "Intractable"),
    ("trimester", "Trimester"),
    ("fetus", "Fetus"),
    ("intent", "Intent"),
    ("encounter", "Encounter"),
    ("healing", "Healing"),
];

/// Axes that mean nothing before another is settled: how a fracture heals is asked of subsequent encounters alone.
pub const DEPENDENT: &[(&str, &str)] = &[("healing", "encounter"), ("fetus", "trimester")];

/// The value of an axis that a title says nothing of.
pub const UNSPECIFIED: &str = "unspecified";

/// A word or words that say a value: the axis, what must stand in the title one after the other, and the value. Of several
/// signs of one axis in a title the first counts; their order is that in which the values are shown.
const SIGNS: &[(&str, &[&str], &str)] = &[
    ("laterality", &["right"], "right"),
    ("laterality", &["left"], "left"),
    ("laterality", &["bilateral"], "bilateral"),
    ("encounter", &["initial", "encounter"], "initial"),
    ("encounter", &["subsequent", "encounter"], "subsequent"),
    ("encounter", &["sequela"], "sequela"),
    ("openness", &["closed", "fracture"], "closed"),
    (
        "openness",
        &["open", "fracture", "type", "i", "or", "ii"],
        "open type I or II",
    ),
    (
        "openness",
        &["open", "fracture", "type", "iiia", "iiib", "or", "iiic"],
        "open type III",
    ),
    ("openness", &["open", "fracture"], "open"),
    ("displacement", &["displaced"], "displaced"),
    ("displacement", &["nondisplaced"], "nondisplaced"),
    ("healing", &["routine", "healing"], "routine"),
    ("healing", &["delayed", "healing"], "delayed"),
    ("healing", &["nonunion"], "nonunion"),
    ("healing", &["malunion"], "malunion"),
    ("trimester", &["first", "trimester"], "first"),
    ("trimester", &["second", "trimester"], "second"),
    ("trimester", &["third", "trimester"], "third"),
    ("trimester", &["childbirth"], "childbirth"),
    ("trimester", &["the", "puerperium"], "puerperium"),
    ("stage", &["unstageable"], "unstageable"),
    ("degree", &["first", "degree"], "first"),
    ("degree", &["second", "degree"], "second"),
    ("degree", &["third", "degree"], "third"),
    ("severity", &["mild"], "mild"),
    ("severity", &["moderate"], "moderate"),
    ("severity", &["severe"], "severe"),
    ("severity", &["profound"], "profound"),
    ("intent", &["accidental"], "accidental"),
    ("intent", &["intentional", "self", "harm"], "self-harm"),
    ("intent", &["assault"], "assault"),
    ("intent", &["undetermined"], "undetermined"),
    ("intent", &["adverse", "effect"], "adverse effect"),
    ("intent", &["underdosing"], "underdosing"),
    ("course", &["acute", "on", "chronic"], "acute on chronic"),
    ("course", &["acute"], "acute"),
    ("course", &["chronic"], "chronic"),
    ("course", &["recurrent"], "recurrent"),
    ("intractable", &["not", "intractable"], "no"),
    ("intractable", &["intractable"], "yes"),
];

/// What titles of poisonings say where nobody meant harm, and the words that say otherwise.
pub const ACCIDENTAL: &str = "accidental";
/// See [`ACCIDENTAL`].
pub const INTENTS: [&str; 5] = ["intentional", "self", "harm", "assault", "undetermined"];

/// Words after which a number or letter is a value; the axes have their names.
const COUNTED: &[&str] = &["type", "stage", "fetus"];

/// The place of an axis in [`AXES`].
pub fn number_of(axis: &str) -> Option<usize> {
    AXES.iter().position(|(name, _)| *name == axis)
}

/// A value of an axis: its place among those of its axis, and its name.
pub type Value = (u8, Cow<'static, str>);

/// What a text says, by axis.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Values([Option<Value>; AXES.len()]);

impl Values {
    /// What a title says.
    pub fn of(title: &str) -> Values {
        let words = fold::words(title);
        let words: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        let mut values = Values::default();
        for (at, word) in words.iter().enumerate() {
            let rest = words.get(at..).unwrap_or(&[]);
            for (rank, (axis, sign, value)) in SIGNS.iter().enumerate() {
                if sign.first() == Some(word) && rest.starts_with(sign) {
                    values.note(axis, (rank as u8, Cow::Borrowed(value)));
                }
            }
        }
        // A fracture's open type is told by its openness.
        if words.windows(2).any(|pair| pair == ["fracture", "type"]) {
            return values;
        }
        for pair in words.windows(2) {
            let [word, number] = pair else { continue };
            let Some(axis) = COUNTED.iter().find(|counted| *counted == word) else {
                continue;
            };
            let roman = number.chars().all(|c| matches!(c, 'i' | 'v' | 'x'));
            let known = number_of(axis).and_then(|axis| values.0.get(axis)?.as_ref());
            if known.is_none()
                && (number.starts_with(|c: char| c.is_ascii_digit()) || roman || number.len() == 1)
            {
                let number = match roman {
                    true => number.to_ascii_uppercase(),
                    false => number.to_string(),
                };
                values.note(axis, (0, Cow::Owned(number)));
            }
        }
        values
    }

    /// Notes a value, if none of its axis that comes first is known.
    fn note(&mut self, axis: &str, value: Value) {
        let known = number_of(axis).and_then(|axis| self.0.get_mut(axis));
        if let Some(known) = known
            && known.as_ref().is_none_or(|known| value.0 < known.0)
        {
            *known = Some(value);
        }
    }

    /// What two parts of a title say together.
    pub fn with(&self, other: &Values) -> Values {
        let mut both = self.clone();
        for ((axis, _), value) in AXES.iter().zip(&other.0) {
            if let Some(value) = value {
                both.note(axis, value.clone());
            }
        }
        both
    }

    /// The values, in the order of [`AXES`].
    pub fn by_axis(&self) -> impl Iterator<Item = (&'static str, Option<&Value>)> {
        AXES.iter()
            .zip(&self.0)
            .map(|((axis, _), value)| (*axis, value.as_ref()))
    }

    /// The value of an axis; [`UNSPECIFIED`] where the text says nothing of it.
    pub fn get(&self, axis: &str) -> &str {
        let value = number_of(axis).and_then(|axis| self.0.get(axis)?.as_ref());
        value.map_or(UNSPECIFIED, |(_, value)| value)
    }
}

/// The name of a value for people.
pub fn label(axis: &str, value: &str) -> String {
    match axis {
        _ if value == UNSPECIFIED => "not specified".to_string(),
        "encounter" if value != "sequela" => format!("{value} encounter"),
        "trimester" if value.len() < 7 => format!("{value} trimester"),
        "type" | "stage" | "fetus" if value != "unstageable" => format!("{axis} {value}"),
        "degree" => format!("{value} degree"),
        "healing" if value.len() == 7 => format!("{value} healing"),
        _ => value.to_string(),
    }
}

/// The words by which a value is typed; nothing for what no words say.
pub fn typed(axis: &str, value: &str) -> String {
    let mut signs = SIGNS.iter();
    let sign = signs.find(|(of, _, name)| *of == axis && name.eq_ignore_ascii_case(value));
    match sign {
        Some((_, words, _)) => words.join(" "),
        None if COUNTED.contains(&axis) && value != UNSPECIFIED => format!("{axis} {value}"),
        None => String::new(),
    }
}

/// What is wrong with an answer, as what was expected: an axis that there is not, or a value that its axis never has.
pub fn expected(axis: &str, value: &str, of_codes: &[&str]) -> Option<String> {
    if of_codes.contains(&axis) || COUNTED.contains(&axis) {
        return None;
    }
    if number_of(axis).is_none() {
        let mut names: Vec<&str> = AXES.iter().map(|(axis, _)| *axis).collect();
        names.extend(of_codes);
        return Some(format!(
            "expected one of the axes {}, found '{axis}'",
            names.join(", ")
        ));
    }
    let mut values: Vec<&str> = Vec::new();
    for (of, _, value) in SIGNS {
        if *of == axis {
            values.push(value);
        }
    }
    values.push(UNSPECIFIED);
    let known = values.iter().any(|known| known.eq_ignore_ascii_case(value));
    (!known).then(|| {
        format!(
            "expected one of {} as {axis}, found '{value}'",
            values.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_say_their_values() {
        let title = "Nondisplaced fracture of left radial styloid process, subsequent encounter for open fracture type I or II with delayed healing";
        let values = Values::of(title);
        assert_eq!(values.get("laterality"), "left");
        assert_eq!(values.get("displacement"), "nondisplaced");
        assert_eq!(values.get("encounter"), "subsequent");
        assert_eq!(values.get("openness"), "open type I or II");
        assert_eq!(values.get("healing"), "delayed");
        assert_eq!(values.get("type"), UNSPECIFIED);
        let (base, seventh) = title.split_once(", ").unwrap();
        assert_eq!(Values::of(base).with(&Values::of(seventh)), values);
    }

    #[test]
    fn numbers_after_type_and_stage_are_values() {
        let of = |title: &str, axis: &str| Values::of(title).get(axis).to_string();
        assert_eq!(of("Type 2 diabetes mellitus", "type"), "2");
        assert_eq!(of("Type II dens fracture", "type"), "II");
        assert_eq!(of("Chronic kidney disease, stage 3a", "stage"), "3a");
        assert_eq!(of("Maternal care for breech, fetus 2", "fetus"), "2");
        assert_eq!(of("Type of drug", "type"), UNSPECIFIED);
        assert_eq!(of("Migraine, not intractable", "intractable"), "no");
        assert_eq!(
            of("Acute on chronic heart failure", "course"),
            "acute on chronic"
        );
    }

    #[test]
    fn what_is_chosen_can_be_typed() {
        for (axis, sign, value) in SIGNS {
            let title = typed(axis, value);
            assert_eq!(title, sign.join(" "));
            assert!(expected(axis, value, &[]).is_none());
        }
        assert_eq!(typed("stage", "3a"), "stage 3a");
        assert_eq!(typed("laterality", UNSPECIFIED), "");
        let wrong = |axis: &str, value: &str| expected(axis, value, &["category"]);
        assert!(wrong("zzz", "left").unwrap().contains("laterality"));
        assert!(wrong("laterality", "up").unwrap().contains("bilateral"));
        assert!(wrong("category", "E11").is_none() && wrong("type", "9").is_none());
    }
}
