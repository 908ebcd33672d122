//! Words as search compares them: lower case, without accents, and the same whether typed or published.

use std::borrow::Cow;

/// A word of a query, folded, and where it stands in what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoldedWord {
    /// The folded spelling.
    pub text: String,
    /// Where it begins in the query, in bytes.
    pub start: usize,
    /// Where it ends in the query, in bytes.
    pub end: usize,
}

/// A word in lower case and without accents. Words that are so already are not copied.
pub fn fold(word: &str) -> Cow<'_, str> {
    if word
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    {
        return Cow::Borrowed(word);
    }
    let mut folded = String::with_capacity(word.len());
    for letter in word.chars().map(lower) {
        match base(letter) {
            _ if is_silent(letter) => {}
            "" => folded.push(letter),
            base => folded.push_str(base),
        }
    }
    Cow::Owned(folded)
}

/// A letter in lower case: of the alphabets of Europe, which are all that is published or typed. The table of every alphabet, which
/// the standard library has, would weigh 12 kB in each download.
fn lower(letter: char) -> char {
    let number = letter as u32;
    let lower = match number {
        0x41..=0x5A | 0xC0..=0xD6 | 0xD8..=0xDE | 0x391..=0x3A1 | 0x3A3..=0x3AB => number + 0x20,
        0x410..=0x42F => number + 0x20,
        0x400..=0x40F => number + 0x50,
        0x130 => 0x69,
        0x178 => 0xFF,
        0x100..=0x137 | 0x14A..=0x177 => number | 1,
        // Letters and digits as wide as Chinese signs, as some keyboards write them.
        0xFF10..=0xFF19 | 0xFF41..=0xFF5A => number - 0xFEE0,
        0xFF21..=0xFF3A => number - 0xFEE0 + 0x20,
        0x139..=0x148 | 0x179..=0x17E => number + (number & 1),
        _ => number,
    };
    char::from_u32(lower).unwrap_or(letter)
}

/// The letters that stand for a letter with an accent or a ligature; empty for every other character.
fn base(letter: char) -> &'static str {
    match letter {
        'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'è'..='ë' | 'ē' | 'ę' | 'ě' => "e",
        'ì'..='ï' | 'ī' | 'ı' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ő' => "o",
        'œ' => "oe",
        'ř' => "r",
        'ß' => "ss",
        'ś' | 'š' | 'ş' => "s",
        'ù'..='ü' | 'ū' | 'ů' | 'ű' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => "",
    }
}

/// Whether a character has no width: places where a word may be divided or must not be, and the mark at the beginning of
/// files. Copied text has them.
fn is_silent(letter: char) -> bool {
    matches!(
        letter,
        '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}'
    )
}

/// How many bytes at the beginning of a text are a tag of HTML, such as `<b>`, `</b>` or `<a href="">`; 0 where it is something
/// else, such as `<5 weeks`.
fn tag(text: &str) -> usize {
    let Some(inside) = text.strip_prefix('<') else {
        return 0;
    };
    let Some((inside, _)) = inside.split_once('>') else {
        return 0;
    };
    let name = inside.trim_start_matches('/');
    let rest = name.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
    let named = name.starts_with(|c: char| c.is_ascii_alphabetic());
    let closed = rest.trim_end().trim_end_matches('/').is_empty();
    let attributes = rest.starts_with(' ') && rest.contains('=') && !rest.contains('<');
    match named && (closed || attributes) {
        true => inside.len() + 2,
        false => 0,
    }
}

/// A text as its folded words, one blank between them.
pub fn folded(text: &str) -> String {
    joined(&words(text))
}

/// Folded words with one blank between them.
pub fn joined(words: &[FoldedWord]) -> String {
    let words: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    words.join(" ")
}

/// Splits what was typed, or any text, into folded words: runs of letters and digits. The `s` after an apostrophe
/// belongs to no word (`Crohn's` is `crohn`); accents written as marks of their own are dropped, and tags of HTML are skipped.
pub fn words(text: &str) -> Vec<FoldedWord> {
    let mut words = Vec::new();
    let mut rest = text;
    let mut offset = 0;
    let mut apostrophe = false;
    while let Some(first) = rest.chars().next() {
        let part =
            |c: char| c.is_alphanumeric() || ('\u{300}'..'\u{370}').contains(&c) || is_silent(c);
        let tag = tag(rest);
        let end = if part(first) {
            rest.find(|c| !part(c)).unwrap_or(rest.len())
        } else if tag > 0 {
            tag
        } else {
            first.len_utf8()
        };
        let (piece, after) = rest.split_at(end);
        if part(first) {
            let mut folded = fold(piece).into_owned();
            folded.retain(char::is_alphanumeric);
            if !(folded.is_empty() || apostrophe && folded == "s") {
                words.push(FoldedWord {
                    text: folded,
                    start: offset,
                    end: offset + end,
                });
            }
        }
        apostrophe = matches!(first, '\'' | '’' | '`') && !words.is_empty();
        offset += end;
        rest = after;
    }
    words
}

/// Endings that do not change what a word is about, longest first: a word and its form are equal without them.
const ENDINGS: &[&str] = &[
    "ically", "ations", "ities", "iness", "ation", "ative", "ingly", "ously", "ions", "ally",
    "ical", "ious", "ness", "ized", "ised", "ings", "ates", "ated", "ting", "ity", "ion", "ing",
    "ies", "ied", "ive", "ous", "als", "ial", "ics", "ors", "ers", "ate", "ize", "ise", "ely",
    "ses", "ian", "ic", "al", "ed", "es", "ia", "is", "us", "um", "ar", "ly", "or", "er", "ae",
    "s", "y", "e", "a",
];

/// Endings before which verbs double their last letter: `stopped`, `dropping`.
const AFTER_DOUBLED: &[&str] = &["ed", "ing", "ings", "er", "ers"];

/// A word without its ending, for comparing forms of one word (`fractured`, `fractures`, `stops`, `stopped`); at least four
/// letters stay. Words with digits have no forms.
pub fn stem(word: &str) -> &str {
    if word.bytes().any(|byte| !byte.is_ascii_lowercase()) {
        return word;
    }
    let mut found =
        (ENDINGS.iter()).filter_map(|ending| Some((word.strip_suffix(ending)?, *ending)));
    let Some((stem, ending)) = found.find(|(stem, _)| stem.len() >= 4) else {
        return word;
    };
    match stem.as_bytes() {
        [.., one, other]
            if one == other
                && b"bdgmnpt".contains(one)
                && AFTER_DOUBLED.contains(&ending)
                && stem.len() > 4 =>
        {
            stem.get(..stem.len() - 1).unwrap_or(stem)
        }
        _ => stem,
    }
}

/// Whether two different words are the singular and plural of one noun.
pub fn is_plural(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() < other.len() {
        (one, other)
    } else {
        (other, one)
    };
    short.len() >= 3
        && (long.strip_suffix('s') == Some(short)
            || long.strip_suffix("es") == Some(short)
            || long
                .strip_suffix("ies")
                .is_some_and(|stem| short.strip_suffix('y') == Some(stem))
            || long
                .strip_suffix("ae")
                .is_some_and(|stem| short.strip_suffix('a') == Some(stem))
            || (long.len() == short.len()
                && long
                    .strip_suffix("es")
                    .is_some_and(|stem| short.strip_suffix("is") == Some(stem))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lose_case_accents_and_possessive_s() {
        let texts: Vec<String> = words("Ménière's Œdema, S/P COVID-19 (Crohn’s)")
            .into_iter()
            .map(|word| word.text)
            .collect();
        assert_eq!(
            texts,
            ["meniere", "oedema", "s", "p", "covid", "19", "crohn"]
        );
    }

    #[test]
    fn copied_text_is_read_as_it_looks() {
        let texts =
            |text: &str| -> Vec<String> { words(text).into_iter().map(|word| word.text).collect() };
        assert_eq!(
            texts("ＤＩＡＢＥＴＥＳ ｔｙｐｅ ２"),
            ["diabetes", "type", "2"]
        );
        assert_eq!(texts("diab\u{AD}etes \u{200B}\u{FEFF}x"), ["diabetes", "x"]);
        assert_eq!(
            texts("<b>asthma</b><br/> <a href=\"x\">acute</a>"),
            ["asthma", "acute"]
        );
        assert_eq!(
            texts("age <5 weeks, na <130 and k >5"),
            ["age", "5", "weeks", "na", "130", "and", "k", "5"]
        );
        assert_eq!(texts("a <b and c> d"), ["a", "b", "and", "c", "d"]);
        assert_eq!(texts("< <> </ <x"), ["x"]);
    }

    #[test]
    fn words_know_their_place() {
        for word in words("a Ménière, b") {
            assert_eq!(fold(&"a Ménière, b"[word.start..word.end]), word.text);
        }
    }

    #[test]
    fn forms_of_a_word_share_a_stem() {
        for (one, other) in [
            ("fracture", "fractured"),
            ("infection", "infected"),
            ("allergy", "allergic"),
            ("depression", "depressive"),
            ("ulcer", "ulcers"),
            ("stops", "stopped"),
            ("dropping", "drops"),
        ] {
            assert_eq!(stem(one), stem(other), "{one} and {other}");
        }
        assert_ne!(stem("fever"), stem("feet"));
    }

    #[test]
    fn small_letters_are_those_of_unicode() {
        let known = ('\0'..='\u{17F}').chain('Α'..='Ϋ').chain('Ѐ'..='Я');
        for letter in known.filter(|letter| *letter != 'İ') {
            let expected: String = letter.to_lowercase().collect();
            assert_eq!(lower(letter).to_string(), expected, "{letter}");
        }
        // Unicode adds a dot above, which no word keeps.
        assert_eq!(lower('İ'), 'i');
    }

    #[test]
    fn plurals() {
        assert!(is_plural("fracture", "fractures"));
        assert!(is_plural("biopsies", "biopsy"));
        assert!(!is_plural("fracture", "fractured"));
    }
}
