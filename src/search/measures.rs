//! Numbers of which titles give a range: who types `newborn 1600 grams` means the title that says `1500-1749 grams`.

use super::fold;
use super::terms::{Lexicon, Term, Terms};
use crate::index::System;

/// A range of numbers in titles.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range {
    low: u32,
    high: u32,
    /// The numbers that it is given by, as the titles have them.
    words: Vec<Term>,
    /// All words of the titles that say it, ascending.
    beside: Vec<Term>,
}

/// The ranges that the titles of a system say, each once. Takes time proportional to the titles that have a number.
pub fn ranges(system: &System<'_>, terms: &Terms) -> Vec<Range> {
    let lexicon = &terms.lexicon;
    let numbers = (0..lexicon.len() as Term).take_while(|term| lexicon.get(*term) < "a");
    let numbers = numbers.filter(|term| value(lexicon, *term).is_some());
    let mut titles: Vec<u32> = numbers
        .flat_map(|term| terms.postings(term))
        .copied()
        .filter(|document| *document < terms.titles())
        .collect();
    crate::sort::sort_numbers(&mut titles);
    titles.dedup();
    let mut ranges: Vec<Range> = Vec::new();
    let mut title = Vec::new();
    for document in titles {
        terms.terms_of(system, document, &mut title);
        let Some((low, high, words)) = first_range(lexicon, &title) else {
            continue;
        };
        let same = |range: &&mut Range| range.words == words && range.high == high;
        match ranges.iter_mut().find(same) {
            Some(range) => range.beside.extend_from_slice(&title),
            None => ranges.push(Range {
                low,
                high,
                words,
                beside: title.clone(),
            }),
        }
    }
    for range in &mut ranges {
        crate::sort::sort_numbers(&mut range.beside);
        range.beside.dedup();
    }
    ranges
}

/// The numbers of the narrowest ranges that a number lies in, of those whose titles have most of the words typed beside it; none
/// where no title has any. `beside` are stems.
pub fn of_number<'r>(
    ranges: &'r [Range],
    lexicon: &Lexicon,
    number: u32,
    beside: &[String],
) -> Vec<&'r [Term]> {
    let shared = |range: &Range| {
        let stems = || {
            range
                .beside
                .iter()
                .map(|term| fold::stem(lexicon.get(*term)))
        };
        let said = beside
            .iter()
            .filter(|word| stems().any(|stem| stem == *word));
        said.count()
    };
    let holding = ranges
        .iter()
        .filter(|range| (range.low..=range.high).contains(&number))
        .map(|range| (shared(range), range));
    let holding: Vec<_> = holding.filter(|(shared, _)| *shared > 0).collect();
    let most = holding.iter().map(|(shared, _)| *shared).max();
    let closest = holding.iter().filter(|(shared, _)| Some(*shared) == most);
    let closest: Vec<&Range> = closest.map(|(_, range)| *range).collect();
    // `40 or greater` is the category of `70 or greater`.
    let wider = |range: &Range, other: &Range| {
        range.low <= other.low
            && range.high >= other.high
            && (range.low, range.high) != (other.low, other.high)
    };
    let narrowest = closest
        .iter()
        .filter(|range| !closest.iter().any(|other| wider(range, other)));
    narrowest.map(|range| range.words.as_slice()).collect()
}

/// How many bytes of a word are weeks, where days follow (`38w2d`): codes count whole weeks.
pub fn whole_weeks(word: &str) -> Option<usize> {
    let (weeks, days) = word.split_once('w')?;
    let days = days.strip_suffix('d').unwrap_or(days);
    let counts = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    (counts(weeks, 2) && counts(days, 1)).then_some(weeks.len() + 1)
}

/// Whether the number after a word names one of a few kinds, and measures nothing: `stage 4`.
pub fn counts(before: &str) -> bool {
    ["stage", "type", "grade", "degree", "class", "group"].contains(&before)
}

/// A number of a type or a stage in the other figures, with the letter after it: `3a` as `iiia`, `iv` as `4`.
pub fn numeral(word: &str) -> Option<String> {
    let letter = word.strip_suffix(['a', 'b', 'c']);
    let (number, letter) = match letter.filter(|number| !number.is_empty()) {
        Some(number) => (number, word.get(number.len()..)?),
        None => (word, ""),
    };
    let value = number
        .parse()
        .ok()
        .and_then(|value: usize| ROMAN.get(value.checked_sub(1)?));
    let number = match value {
        Some(roman) => (*roman).to_string(),
        None => (ROMAN.iter().position(|roman| *roman == number)? + 1).to_string(),
    };
    Some(number + letter)
}

const ROMAN: [&str; 5] = ["i", "ii", "iii", "iv", "v"];

fn value(lexicon: &Lexicon, term: Term) -> Option<u32> {
    let spelling = lexicon.get(term);
    let digits = spelling.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| spelling.parse().ok()).flatten()
}

/// The first range that a title says, with its numbers: `1500-1749`, `40.0-44.9`, `31 minutes to 59 minutes`, `70 or greater`,
/// `less than 500`. What stands after a decimal point is in the range whatever it is.
fn first_range(lexicon: &Lexicon, title: &[Term]) -> Option<(u32, u32, Vec<Term>)> {
    let word = |at: usize| title.get(at).map_or("", |term| lexicon.get(*term));
    let number = |at: usize| value(lexicon, *title.get(at)?);
    let said = |places: &[usize]| {
        places
            .iter()
            .filter_map(|at| title.get(*at).copied())
            .collect()
    };
    (0..title.len()).find_map(|at| {
        let low = number(at).filter(|_| !counts(at.checked_sub(1).map_or("", word)))?;
        let before = at.checked_sub(2).map_or("", word);
        if at > 1 && word(at - 1) == "than" && before == "less" {
            return Some((0, low.checked_sub(1)?, said(&[at])));
        }
        if at > 1 && word(at - 1) == "than" && matches!(before, "more" | "greater") {
            return Some((low, u32::MAX, said(&[at])));
        }
        // After the number a decimal digit, or its unit.
        for next in [at + 1, at + 2] {
            let to = next + usize::from(word(next) == "to");
            let close = to != at + 2 || word(next) == "to" || number(at + 1).is_some();
            if let Some(high) = number(to).filter(|high| close && *high > low) {
                return Some((low, high, said(&[at, to])));
            }
            if word(next) == "or" {
                return match word(next + 1) {
                    "more" | "greater" => Some((low, u32::MAX, said(&[at]))),
                    "less" => Some((0, low, said(&[at]))),
                    _ => None,
                };
            }
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first range of a title, as numbers and words.
    fn range(title: &str) -> Option<(u32, u32, String)> {
        let mut words: Vec<&str> = title.split(' ').collect();
        let spoken = words.clone();
        words.sort_unstable();
        words.dedup();
        let lexicon = Lexicon::of(words);
        let title: Vec<Term> = spoken
            .iter()
            .filter_map(|word| lexicon.find(word))
            .collect();
        let (low, high, said) = first_range(&lexicon, &title)?;
        let said: Vec<&str> = said.iter().map(|term| lexicon.get(*term)).collect();
        Some((low, high, said.join(" ")))
    }

    #[test]
    fn titles_say_ranges_in_several_ways() {
        let most = u32::MAX;
        for (title, expected) in [
            (
                "low birth weight newborn 1500 1749 grams",
                Some((1500, 1749, "1500 1749")),
            ),
            ("body mass index 40 0 44 9 adult", Some((40, 44, "40 44"))),
            ("body mass index 19 9 or less adult", Some((0, 19, "19"))),
            (
                "body mass index 70 or greater adult",
                Some((70, most, "70")),
            ),
            (
                "consciousness of 31 minutes to 59 minutes",
                Some((31, 59, "31 59")),
            ),
            (
                "consciousness of 1 hour to 5 hours 59 minutes",
                Some((1, 5, "1 5")),
            ),
            ("consciousness of 30 minutes or less", Some((0, 30, "30"))),
            ("newborn 8 to 28 days old", Some((8, 28, "8 28"))),
            ("newborn of less than 500 grams", Some((0, 499, "500"))),
            ("coma greater than 24 hours", Some((24, most, "24"))),
            ("kidney disease stage 1 to 4", None),
            ("type 2 diabetes with stage 3 kidney disease", None),
            ("less than 0 grams", None),
        ] {
            let expected = expected.map(|(low, high, said)| (low, high, said.to_string()));
            assert_eq!(range(title), expected, "{title}");
        }
    }

    #[test]
    fn days_after_weeks_are_left_out() {
        for (word, expected) in [
            ("38w2d", Some(3)),
            ("9w0", Some(2)),
            ("38w", None),
            ("w2d", None),
            ("381w2d", None),
            ("38w22d", None),
        ] {
            assert_eq!(whole_weeks(word), expected, "{word}");
        }
    }
}
