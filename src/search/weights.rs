//! How much each thing counts when hits are ranked: named constants, each with its reason.
//!
//! All of them are integers. A weight of [`BIT`] is one bit of information: a word that stands in half of the groups of
//! codes that another stands in weighs one more.

/// The weight of one bit of information.
pub const BIT: u32 = 16;

/// No word weighs more: seven bits, about one group of codes in 128. Beyond that rarity says how seldom the
/// publisher writes a word, not how much it means.
pub const HEAVIEST: u32 = 7 * BIT;

/// No word weighs less, function words apart, so that every word typed decides between otherwise equal titles.
pub const LIGHTEST: u32 = BIT / 2;

/// What the words of a title that were not typed cost, in percent of their weight: they narrow the meaning, but
/// titles are longer than queries.
pub const UNASKED_PERCENT: u32 = 30;

/// What the words unasked of a title cost at most that has every word typed, so that it is found among those that lack one: in
/// percent of the lightest of the typed words, which a title without it loses; but no less than the second, and no more than
/// the third of these, in percent of what the title gains.
pub const WHOLE_LIGHTEST_PERCENT: u32 = 90;
/// See [`WHOLE_LIGHTEST_PERCENT`].
pub const WHOLE_LEAST_PERCENT: u32 = 5;
/// See [`WHOLE_LIGHTEST_PERCENT`]. At 30 one in twenty titles was not among the first ten of its own words, at 20 one in a hundred.
pub const WHOLE_MOST_PERCENT: u32 = 20;

/// What the rest of a title costs, in percent, of which a word was counted for a text that is not the title.
pub const BESIDE_PERCENT: u32 = 50;

/// What a word of one, two or three letters is worth at most that ends a query of several words: while it is typed it is the
/// beginning of a word as likely as an abbreviation, and the finished words before it say more.
pub const UNFINISHED_WORTH: [u32; 3] = [2 * BIT, 2 * BIT, 3 * BIT + BIT / 2];

/// The same where the vocabulary knows it for the name of a disease (`chronic pe`): then it is as likely finished.
pub const UNFINISHED_NAME_WORTH: [u32; 3] = [2 * BIT, 4 * BIT, 4 * BIT];

/// What the last of several words is worth at most that has so many letters.
pub fn unfinished_worth(letters: usize, named: bool) -> u32 {
    let most = match named {
        true => UNFINISHED_NAME_WORTH,
        false => UNFINISHED_WORTH,
    };
    let at = letters.saturating_sub(1);
    most.get(at).copied().unwrap_or(u32::MAX)
}

/// What the beginning of a code weighs among words: as much as two words that say all, since nobody types one by chance.
pub const CODE_WEIGHT: u32 = 2 * HEAVIEST;

/// How well a form of the typed word (`fractured` for `fracture`) matches, in percent of the word itself.
pub const FORM_PERCENT: u32 = 88;
/// How well a plural or singular matches.
pub const PLURAL_PERCENT: u32 = 97;
/// How well a word matches that only begins with what was typed.
pub const PREFIX_PERCENT: u32 = 85;
/// How well a word matches that is one edit away; one edit more costs as much again.
pub const TYPO_PERCENT: u32 = 80;

/// A word with no more postings than this may be a slip that got into print: see [`FREQUENT_POSTINGS`].
pub const RARE_POSTINGS: u32 = 3;
/// A rare word one edit from one with at least this many postings is read as that one too.
pub const FREQUENT_POSTINGS: u32 = 150;
/// Shorter words are too near to one another for that.
pub const SHORTEST_RARE: usize = 6;
/// As [`RARE_POSTINGS`], of what is no word, but begins some: a drug stands in six columns of its table.
pub const RARE_BEGINNING_POSTINGS: u32 = 8;
/// As [`SHORTEST_RARE`], of the same.
pub const SHORTEST_RARE_BEGINNING: usize = 4;

/// How well a range matches (`1500-1749 grams`) that a typed number lies in, in percent of the number itself.
pub const RANGE_PERCENT: u32 = 95;

/// What is left, in percent, of the score of a code whose system's releases ended before those of another began: on equal
/// wording the system in use comes first, and a much better match in the old one still shows.
pub const RETIRED_PERCENT: u32 = 80;

/// Numbers that count types weigh no more than this: the texts seldom use them, but what they say is less than
/// what they stand beside.
pub const NUMBER_WEIGHT: u32 = 4 * BIT;

/// `trimester` weighs no more than this: it says when, and is less than the disease that it stands beside.
pub const TRIMESTER_WEIGHT: u32 = 5 * BIT;

/// Words that say which side weigh no more than this: few titles say `bilateral`, but who typed it means the condition first.
pub const SIDE_WEIGHT: u32 = 2 * BIT;

/// A part of a query of which a text has no less than this, in percent, is in it.
pub const WHOLE_SLOT_PERCENT: u32 = 85;

/// What the codes for injuries begin with in ICD-10-CM, which seldom say `traumatic`.
pub const INJURIES: char = 'S';

/// What a title may say more that has a word typed beside a phrase, in the place of the title that the phrase leads to.
pub const INSTEAD_COST: u32 = 6 * BIT;

/// Words that `non` begins weigh no more than this: they say what something is not, and stand beside what it is.
pub const OPPOSITE_WEIGHT: u32 = 4 * BIT;

/// How sure the meanings of a phrase of the vocabulary are, the most usual first, in percent of the words themselves.
pub const MEANING_PERCENTS: [u32; 8] = [97, 90, 85, 80, 77, 74, 71, 68];
/// The same where the phrase is one word that the code system uses itself.
pub const MEANING_OF_WORD_PERCENTS: [u32; 8] = [90, 80, 75, 70, 67, 64, 61, 58];

/// What it costs a text not to be the publisher's title: of equal texts the title is the surer one.
pub const SOURCE_COST: u32 = BIT / 8;
/// The same for a row of the Alphabetic Index, which names every code that it may be, where the vocabulary names the usual one.
pub const INDEX_COST: u32 = SOURCE_COST + 1;

/// What each place costs that a code stands after the first meaning of a phrase that was typed.
pub const RANK_COST: u32 = BIT / 2;

/// How sure the words of a known phrase are as they stand, where the code system does not use them.
pub const UNKNOWN_LITERAL_PERCENT: u32 = 60;

/// What a word of context that was not asked for costs on top (see [`CONTEXT`]): the code is about something else.
pub const CONTEXT_COST: u32 = 4 * BIT;
/// What a side costs that was not typed.
pub const SIDE_COST: u32 = 2 * BIT;
/// What the opposite of a typed word costs (`right` for `left`, `chronic` for `acute`).
pub const OPPOSITE_COST: u32 = 6 * BIT;
/// What a word costs on top of matching nothing that a text denies and a query says, or the other way round, where only the title
/// that a phrase means has it; a word that was typed costs twice that.
pub const DENIED_COST: u32 = BIT + BIT / 2;

/// What `other` costs in a title where it was not typed, and its lack where it was: such codes are for what has none of
/// its own.
pub const OTHER_COST: u32 = 2 * BIT;
/// What `with` costs where it was not typed: the code is for a case with something more.
pub const WITH_COST: u32 = BIT;
/// What `in diseases classified elsewhere` costs: such a code never stands alone.
pub const ELSEWHERE_COST: u32 = 4 * BIT;
/// What it costs a text not to say `unspecified`: between equals, the one that says so is meant.
pub const SPECIFIED_COST: u32 = BIT / 4;

/// Words that carry grammar, not meaning: never searched unless nothing else was typed, and free in a title.
pub const FUNCTION: &[&str] = &[
    "a", "an", "and", "as", "at", "be", "by", "for", "from", "in", "into", "is", "it", "its", "of",
    "on", "or", "other", "the", "their", "to", "due", "which", "with", "that", "than", "are",
    "any", "this", "but", "s", "w",
];

/// Words that say that nothing more is known or meant: free in a title, and preferred by who types nothing.
pub const NEUTRAL: &[&str] = &[
    "unspecified",
    "specified",
    "uncomplicated",
    "without",
    "initial",
    "encounter",
    "not",
    "elsewhere",
    "classified",
    "nos",
    "nec",
    "complication",
    "complications",
    "site",
    "part",
    "type",
    "disorder",
    "disease",
    "applicable",
    "diseases",
    "disorders",
    "closed",
    "primary",
    "condition",
    "mention",
    "routine",
    "healing",
    "having",
    "achieved",
];

/// Words after which what comes is denied: `without`, and `not having achieved`, which the publisher writes of leukemias.
pub const DENIALS: &[&str] = &["without", "achieved"];

/// Words that turn a code into one about something else: free only when typed.
pub const CONTEXT: &[&str] = &[
    "sequela",
    "subsequent",
    "history",
    "family",
    "screening",
    "newborn",
    "neonatal",
    "pregnancy",
    "childbirth",
    "puerperium",
    "maternal",
    "fetus",
    "congenital",
    "postprocedural",
    "intraoperative",
    "poisoning",
    "adverse",
    "underdosing",
    "assault",
    "harm",
    "war",
    "military",
    "legal",
    "observation",
    "contact",
    "exposure",
    "complicating",
    "induced",
    "secondary",
    "status",
    "acquired",
    "drug",
    "chemical",
    "external",
    "suspected",
    "encounter",
    "late",
    "mention",
    "postoperative",
    "birth",
    "antepartum",
    "postpartum",
    "delivery",
    "terrorism",
    "occupant",
    "rider",
    "pedestrian",
    "supervision",
    "counseling",
    "aftercare",
    "presence",
    "absence",
    "donor",
    "carrier",
    "juvenile",
    "tuberculous",
    "syphilitic",
    "gonococcal",
    "nontraumatic",
    "traumatic",
    "recurrent",
    "pathological",
    "stress",
];

/// Words that say which side. Not typing one means that it is not known.
pub const SIDES: &[&str] = &["left", "right", "bilateral"];

/// Pairs of words of which a title must not have one where the other was typed.
pub const OPPOSITES: &[(&str, &str)] = &[
    ("right", "left"),
    ("right", "bilateral"),
    ("left", "bilateral"),
    ("acute", "chronic"),
    ("traumatic", "nontraumatic"),
    ("traumatic", "spontaneous"),
    ("displaced", "nondisplaced"),
    ("open", "closed"),
    ("benign", "malignant"),
    ("initial", "subsequent"),
    ("initial", "sequela"),
    ("subsequent", "sequela"),
    ("primary", "secondary"),
    ("upper", "lower"),
    ("male", "female"),
    ("internal", "external"),
    ("anterior", "posterior"),
    ("intractable", "not"),
    ("personal", "family"),
    ("single", "recurrent"),
    ("positive", "negative"),
];

/// The base-two logarithm of a ratio, in sixteenths of a bit, rounded down; 0 where the ratio is not above one.
pub fn bits(more: u32, fewer: u32) -> u32 {
    let fewer = fewer.max(1);
    if more <= fewer {
        return 0;
    }
    // The ratio with 16 binary digits after the point; its logarithm digit by digit, by squaring.
    let mut ratio = (u64::from(more) << 16) / u64::from(fewer);
    let whole = 63 - ratio.leading_zeros() - 16;
    ratio >>= whole;
    let mut result = whole;
    for _ in 0..4 {
        ratio = (ratio * ratio) >> 16;
        let bit = u32::from(ratio >= 2 << 16);
        ratio >>= bit;
        result = result << 1 | bit;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_logarithms() {
        for (more, fewer) in [(2, 1), (1000, 10), (1918, 3), (7, 7), (3, 9), (u32::MAX, 1)] {
            let expected = (f64::from(more) / f64::from(fewer)).log2().max(0.0) * 16.0;
            let found = f64::from(bits(more, fewer));
            assert!(
                (expected - found).abs() <= 1.0,
                "{more}/{fewer}: {found}, not {expected}"
            );
        }
    }
}
