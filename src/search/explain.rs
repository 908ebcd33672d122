//! How the score of a hit came about: named parts whose points add up to it.

use serde::Serialize;

use super::candidates::SetMasks;
use super::fold;
use super::hits::{self, FULL, Found};
use super::plan::{self, MOST_WORDS, Plan};
use super::terms::{self, MatchedBy, Terms};
use super::weights;
use crate::index::System;

/// What counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Part {
    /// The query is the code, or the beginning of it.
    Code,
    /// A typed word stands in the text.
    Word,
    /// Another form of a typed word stands in the text.
    Form,
    /// A word of the text begins with what was typed.
    Prefix,
    /// A word of the text is near to a misspelled one.
    Correction,
    /// The text has the words that a typed phrase means.
    Meaning,
    /// A typed word does not match.
    Missing,
    /// The text says something that was not typed.
    Unasked,
    /// The text is about something else: a history, a sequela, a newborn.
    Context,
    /// The text says a side that was not typed.
    Side,
    /// The text is about other cases, or `other` was typed and is not there.
    Other,
    /// The text is about a case with something more.
    With,
    /// The code stands for a manifestation of another disease.
    Elsewhere,
    /// The text does not say `unspecified`.
    Specified,
    /// The text says the opposite of what was typed.
    Opposite,
    /// The text denies what was typed, or the other way round.
    Without,
    /// The text is not the publisher's title.
    Source,
    /// The code stands after the first meaning of the phrase.
    Rank,
    /// The code system is no longer in use.
    Retired,
    /// All that was typed stands in the title, so that what else it says costs less.
    Whole,
    /// The caller's habits (see [`super::Habits`]).
    Habit,
    /// No score is less than one.
    Least,
    /// What whole numbers leave over.
    Rounding,
}

/// A part of a score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ScorePart {
    /// What counted.
    pub part: Part,
    /// The words it is about, where it is about any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What it added to the score, or took away from it.
    pub points: i32,
    /// The same as a sentence.
    pub why: String,
}

impl ScorePart {
    fn new(part: Part, text: &str, points: i32, why: String) -> ScorePart {
        ScorePart {
            part,
            text: (!text.is_empty()).then(|| text.to_string()),
            points,
            why,
        }
    }
}

/// The only part of the score of a code that the query is the beginning of.
pub fn of_code(query: &str, score: u32) -> Vec<ScorePart> {
    let query = query.trim();
    let why = format!("'{query}' is this code or the beginning of it");
    vec![ScorePart::new(Part::Code, query, score as i32, why)]
}

/// The only part of the score of a code that is probably meant by one with a mistake in it.
pub fn of_mistyped(query: &str, why: &str, score: u32) -> Vec<ScorePart> {
    let why = format!("'{query}' is no code: {why}");
    vec![ScorePart::new(Part::Code, query, score as i32, why)]
}

/// The only part of the score of a code that people come for often under a name that the query begins.
pub fn of_frequent(query: &str, name: &str, score: u32) -> Vec<ScorePart> {
    let query = query.trim();
    let why = format!("'{query}' begins '{name}', which people come for often");
    vec![ScorePart::new(Part::Prefix, name, score as i32, why)]
}

/// What changed a score after its words were weighed.
#[derive(Clone, Copy, Debug, Default)]
pub struct After {
    /// What the retirement of the system took away.
    pub retired: u32,
    /// What the caller's habits added.
    pub habit: u32,
}

/// The parts of the score of a concept that words led to. Those that changed nothing are left out, but for typed words that
/// do not match.
pub fn parts(
    system: &System<'_>,
    terms: &Terms,
    plan: &Plan,
    sets: &[SetMasks],
    found: &Found,
    after: After,
) -> Vec<ScorePart> {
    let mut buffer = Vec::new();
    let weighed = hits::look(
        system,
        terms,
        plan,
        sets,
        found.document,
        found.own,
        &mut buffer,
    );
    let mut parts = gains(terms, plan, &buffer, weighed.mask);
    // Words of the text, and of the seventh character, that were not typed.
    let mut text = Vec::new();
    terms.terms_of(system, found.document, &mut text);
    let unsaid = plan::unsaid(terms, &text);
    let mut unasked = buffer.clone();
    unasked.retain(|term| !unsaid.contains(term));
    if let Some(at) = weighed.seventh {
        let meaning = terms.meaning(system, terms.node(found.document), at);
        unasked.extend(meaning.iter().filter(|term| !buffer.contains(term)));
    }
    unasked.retain(|term| plan.bits_of(*term) & weighed.typed == 0 && terms.cost(*term) > 0);
    let mut costs = Vec::new();
    for term in unasked {
        let word = terms.lexicon.get(term);
        let marks = terms.marks(term);
        let (part, why) = if marks & terms::CONTEXT != 0 {
            (Part::Context, "which makes it about something else")
        } else if marks & terms::SIDE != 0 {
            (Part::Side, "a side that was not typed")
        } else {
            (Part::Unasked, "which was not typed")
        };
        let why = format!("says '{word}', {why}");
        costs.push((part, word, terms.cost(term), why));
    }
    for (part, cost) in hits::habits(plan.marks, weighed.marks) {
        let why = match part {
            Part::Other => "is for other cases, or for none where 'other' was typed",
            Part::With => "is for a case with something more",
            Part::Elsewhere => "is for a manifestation of a disease coded elsewhere",
            _ => "does not say that nothing more is known",
        };
        costs.push((part, "", cost, why.to_string()));
    }
    // What is left are words of the code's title, beside the text that led to it.
    let named: u32 = costs.iter().map(|(_, _, cost, _)| cost).sum();
    let beside = weighed.unasked().saturating_sub(named);
    let why = "its title says more that was not typed".to_string();
    costs.push((Part::Unasked, "", beside, why));
    let percent = |cost: u32| (cost * weights::UNASKED_PERCENT / 100) as i32;
    let mut before = 0;
    for (part, word, cost, why) in costs {
        let after = before + cost;
        let weight = percent(before) - percent(after);
        parts.push(ScorePart::new(part, word, weight, why));
        before = after;
    }
    for (part, weight, why) in [
        (
            Part::Opposite,
            -((weighed.opposites * weights::OPPOSITE_COST) as i32),
            "says the opposite of what was typed",
        ),
        (
            Part::Without,
            -((weighed.contradictions * weights::DENIED_COST) as i32),
            "is without what was typed, or with what was excluded",
        ),
        (
            Part::Source,
            -(weighed.source as i32),
            match terms.kind(found.document) {
                MatchedBy::InclusionTerm => "matched by an inclusion term, not by the title",
                MatchedBy::IndexTerm => "matched by the Alphabetic Index, not by the title",
                MatchedBy::ShortTitle => "matched by the short title",
                _ => "matched by the vocabulary, not by the title",
            },
        ),
        (
            Part::Rank,
            -(weighed.rank as i32),
            "is not the most usual meaning of the phrase",
        ),
        (
            Part::Whole,
            weighed.relief as i32,
            "has all that was typed, so that the rest counts less",
        ),
    ] {
        parts.push(ScorePart::new(part, "", weight, why.to_string()));
    }
    // From weights to points: what each part adds to those before it, so that nothing is lost between them.
    let scaled = |weight: i32| (weight * FULL as i32).div_euclid(plan.worth.max(1) as i32);
    let mut before = 0;
    for part in &mut parts {
        let after = before + part.points;
        part.points = scaled(after) - scaled(before);
        before = after;
    }
    if scaled(before) < 1 {
        let why = "no score is less than one".to_string();
        parts.push(ScorePart::new(Part::Least, "", 1 - scaled(before), why));
    }
    for (part, points, why) in [
        (
            Part::Retired,
            -(after.retired as i32),
            "is of a code system that is no longer in use",
        ),
        (
            Part::Habit,
            after.habit as i32,
            "is a code that you use or work near to",
        ),
    ] {
        parts.push(ScorePart::new(part, "", points, why.to_string()));
    }
    parts.retain(|part| part.points != 0 || part.part == Part::Missing);
    let sum: i32 = parts.iter().map(|part| part.points).sum();
    let left = found.score as i32 - sum;
    if left != 0 {
        let why = "what whole numbers leave over".to_string();
        parts.push(ScorePart::new(Part::Rounding, "", left, why));
    }
    parts
}

/// What the words that match gain, slot by slot, as weights.
fn gains(terms: &Terms, plan: &Plan, text: &[terms::Term], mask: u64) -> Vec<ScorePart> {
    let mut parts = Vec::new();
    for slot in &plan.slots {
        let readings = slot.readings.iter();
        let best = readings.max_by_key(|reading| {
            let gain = plan.reading_gain(slot, reading, mask);
            (gain, !reading.meant)
        });
        let Some(best) = best else { continue };
        let share = |gain: u32| (gain * slot.worth / best.total / 100 * best.percent / 100) as i32;
        let mut before = 0;
        for at in &best.words {
            let Some(word) = plan.words.get(usize::from(*at)) else {
                continue;
            };
            let gain = plan.word_gain(*at, mask);
            let points = share(before + gain) - share(before);
            before += gain;
            // The word of the text that matched, where it is not the typed one.
            let bit = 1u64 << at | 1u64 << at << MOST_WORDS;
            let seen = text.iter().find(|term| plan.bits_of(**term) & bit != 0);
            let seen = seen.map_or("", |term| terms.lexicon.get(*term));
            let typed = word.text.as_str();
            let exact = mask >> at & 1 != 0;
            let corrected = plan.corrections.iter().any(|(_, to)| to == seen) && typed != seen;
            let (part, why) = if gain == 0 {
                (Part::Missing, format!("nothing in it matches '{typed}'"))
            } else if best.meant {
                (Part::Meaning, format!("what was typed means '{typed}'"))
            } else if exact {
                (Part::Word, format!("has '{typed}'"))
            } else if corrected {
                let why = format!("has '{seen}', of which '{typed}' is a misspelling");
                (Part::Correction, why)
            } else if seen.starts_with(typed) && !fold::is_plural(seen, typed) {
                (Part::Prefix, format!("has '{seen}', which begins so"))
            } else {
                let why = format!("has '{seen}', a form of '{typed}'");
                (Part::Form, why)
            };
            parts.push(ScorePart::new(part, typed, points, why));
        }
    }
    parts
}
