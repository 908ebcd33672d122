//! The vocabulary in an index: phrases, and for each what it means.
//!
//! # The section
//!
//! One stream of decisions: the number of phrases in ascending order, and for each how many characters it shares with
//! the one before, the other characters up to an end mark, the number of senses; for each sense the number of its
//! targets, and for each target the system and the characters of the code; for a sense without target its wording.
//! Where a sense has targets its wording is the title of the first.

use fst::{Map, Streamer};

use super::coding::{Bit, Coder, Decoder, Encoder, Number, models};
use super::core::Code;
use crate::code_system::CodeSystem;

/// A meaning of a phrase.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meaning {
    /// The codes, or beginnings of codes, that the phrase alone usually means.
    pub targets: Vec<(CodeSystem, Code)>,
    /// Official wording in folded words; empty where there are targets: then it is the title of the first.
    pub wording: String,
}

/// The vocabulary in memory.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    /// The phrases, in folded words, with their numbers in ascending order. As a transducer they take a fifth of the
    /// memory of a list of strings, and one walk tells whether a phrase is there and whether longer ones are.
    phrases: Map<Vec<u8>>,
    /// The meanings of all phrases, one after the other.
    meanings: Vec<Meaning>,
    /// Where the meanings of each phrase end in `meanings`.
    ends: Vec<u32>,
}

impl Vocabulary {
    /// A vocabulary of these phrases, each with its meanings, the most usual first. Of a phrase that stands twice the
    /// first is kept.
    pub fn new(mut entries: Vec<(String, Vec<Meaning>)>) -> Vocabulary {
        crate::sort::sort_by(&mut entries, |one, other| one.0.cmp(&other.0));
        entries.dedup_by(|one, other| one.0 == other.0);
        let numbered = entries.iter().enumerate();
        let phrases = Map::from_iter(numbered.map(|(at, (phrase, _))| (phrase, at as u64)));
        let (mut meanings, mut ends) = (Vec::new(), Vec::new());
        for (_, of_phrase) in entries {
            meanings.extend(of_phrase);
            ends.push(meanings.len() as u32);
        }
        Vocabulary {
            // Phrases that are sorted and different are all that a transducer asks for.
            phrases: phrases.unwrap_or_default(),
            meanings,
            ends,
        }
    }

    /// Whether there is no phrase.
    pub fn is_empty(&self) -> bool {
        self.phrases.is_empty()
    }

    /// The phrases, in the order of their numbers.
    pub fn phrases(&self) -> Vec<String> {
        let mut phrases = Vec::with_capacity(self.phrases.len());
        let mut stream = self.phrases.stream();
        while let Some((phrase, _)) = stream.next() {
            phrases.push(String::from_utf8_lossy(phrase).into_owned());
        }
        phrases
    }

    /// The number of a phrase.
    pub fn find(&self, phrase: &str) -> Option<usize> {
        self.phrases.get(phrase).map(|number| number as usize)
    }

    /// Whether any phrase begins like this.
    pub fn has_prefix(&self, start: &str) -> bool {
        let transducer = self.phrases.as_fst();
        let mut node = transducer.root();
        for letter in start.bytes() {
            let Some(at) = node.find_input(letter) else {
                return false;
            };
            node = transducer.node(node.transition_addr(at));
        }
        // From every node some phrase is reached; only the root of no phrases leads nowhere.
        !self.is_empty()
    }

    /// The meanings of a phrase, the most usual first.
    pub fn meanings(&self, phrase: usize) -> &[Meaning] {
        let end = |phrase: usize| self.ends.get(phrase).copied().unwrap_or(0) as usize;
        let start = phrase.checked_sub(1).map_or(0, end);
        self.meanings.get(start..end(phrase)).unwrap_or_default()
    }
}

/// Writes a section.
pub fn write(vocabulary: &Vocabulary) -> Vec<u8> {
    let mut coder = Encoder::default();
    run(&mut coder, vocabulary);
    coder.finish()
}

/// Reads a section. Bytes that no [`write()`] returned give another vocabulary.
pub fn read(bytes: &[u8]) -> Vocabulary {
    run(&mut Decoder::new(bytes), &Vocabulary::default())
}

/// More than any vocabulary has, so that damaged bytes cannot ask for endless memory.
const MOST: u32 = 1 << 18;
/// The longest text.
const LONGEST: usize = 255;

fn run<C: Coder>(coder: &mut C, input: &Vocabulary) -> Vocabulary {
    let mut out: Vec<(String, Vec<Meaning>)> = Vec::new();
    let mut count = Number::default();
    let known = input.phrases();
    let phrases = coder.number(&mut count, known.len() as u32).min(MOST);
    let mut letters = Letters::new();
    let mut shared_models = models(32 * 32);
    let mut shared_before = 0;
    let mut senses = Number::default();
    let mut targets = Number::default();
    let mut codes = Codes::new();
    let mut before = String::new();
    for at in 0..phrases as usize {
        if coder.astray() {
            break;
        }
        let phrase = known.get(at).map_or("", String::as_str);
        let shared = phrase
            .bytes()
            .zip(before.bytes())
            .take_while(|(one, other)| one == other)
            .count()
            .min(31);
        let row = shared_models
            .get_mut(shared_before * 32..)
            .unwrap_or(&mut []);
        let shared = coder.symbol(row, 5, shared as u32) as usize;
        shared_before = shared;
        let start = before.get(..shared).unwrap_or("").to_string();
        let phrase = letters.text(coder, start, phrase);
        let meanings = input.meanings(at);
        let number = coder.number(&mut senses, (meanings.len() as u32).saturating_sub(1)) + 1;
        let mut read_meanings = Vec::new();
        for sense in 0..number.min(64) as usize {
            let empty = Meaning::default();
            let value = meanings.get(sense).unwrap_or(&empty);
            let mut read = Meaning::default();
            let number = coder.number(&mut targets, value.targets.len() as u32);
            for target in 0..number.min(64) as usize {
                let value = value.targets.get(target).copied();
                read.targets.push(codes.code(coder, value));
            }
            if number == 0 {
                read.wording = letters.text(coder, String::new(), &value.wording);
            }
            read_meanings.push(read);
        }
        out.push((phrase.clone(), read_meanings));
        before = phrase;
    }
    Vocabulary::new(out)
}

/// Codes texts letter by letter, each in the context of the three before and of the word's beginning.
struct Letters {
    models: Vec<Bit>,
}

/// Letters share 2^19 models.
const LETTER_BITS: u32 = 19;
/// What a text may hold; all but the last stand for themselves.
const ALPHABET: &[u8; 39] = b"\0 abcdefghijklmnopqrstuvwxyz0123456789~";

impl Letters {
    fn new() -> Letters {
        Letters {
            models: models(1 << LETTER_BITS),
        }
    }

    /// Codes the rest of a text of which the start is known.
    fn text<C: Coder>(&mut self, coder: &mut C, start: String, value: &str) -> String {
        let mut out = start;
        while out.len() <= LONGEST {
            let next = value.as_bytes().get(out.len()).copied().unwrap_or(0);
            let next = ALPHABET
                .iter()
                .position(|letter| *letter == next)
                .unwrap_or(38);
            let context = out.bytes().rev().take(4).fold(7u32, |hash, letter| {
                (hash << 8 ^ u32::from(letter)).wrapping_mul(0x2545_F491)
            });
            let row = (context.wrapping_mul(0x9E37_79B1) >> (32 - LETTER_BITS + 6)) as usize * 64;
            let row = self.models.get_mut(row..row + 64).unwrap_or(&mut []);
            let next = coder.symbol(row, 6, next as u32) as usize;
            match ALPHABET.get(next) {
                None | Some(0) => break,
                Some(letter) => out.push(char::from(*letter)),
            }
        }
        out
    }
}

/// Codes targets, each in the context of the one before.
struct Codes {
    systems: Vec<Bit>,
    digits: Vec<Bit>,
    before: Code,
    system: u32,
}

/// Characters of codes share 2^18 models.
const DIGIT_BITS: u32 = 18;

impl Codes {
    fn new() -> Codes {
        Codes {
            systems: models(64),
            digits: models(1 << DIGIT_BITS),
            before: Code::default(),
            system: 0,
        }
    }

    fn code<C: Coder>(
        &mut self,
        coder: &mut C,
        value: Option<(CodeSystem, Code)>,
    ) -> (CodeSystem, Code) {
        let system = value.map_or(0, |(system, _)| u32::from(system.number()));
        let row = self
            .systems
            .get_mut(self.system as usize * 8..)
            .unwrap_or(&mut []);
        let system = coder.symbol(row, 3, system);
        let value = value.map(|(_, code)| code).unwrap_or_default();
        let mut text = String::new();
        let mut same = self.system == system;
        for at in 0..8 {
            let next = value.at(at).unwrap_or(0);
            let next = super::core::digit_number(next);
            let guess = if same {
                self.before.at(at).unwrap_or(0)
            } else {
                0
            };
            let context = text
                .bytes()
                .rev()
                .take(2)
                .fold(system << 8 | at as u32, |hash, letter| {
                    (hash ^ u32::from(letter)).wrapping_mul(0x2545_F491)
                });
            let context = (context ^ u32::from(guess) << 3).wrapping_mul(0x9E37_79B1);
            let row = (context >> (32 - DIGIT_BITS + 6)) as usize * 64;
            let row = self.digits.get_mut(row..row + 64).unwrap_or(&mut []);
            let next = coder.symbol(row, 6, next);
            let Some(letter) = super::core::digit_of_number(next) else {
                break;
            };
            same &= guess == letter;
            text.push(char::from(letter));
        }
        self.system = system;
        self.before = Code::new(&text).unwrap_or_default();
        let system = CodeSystem::from_number(system as u8).unwrap_or(CodeSystem::ICD10CM);
        (system, self.before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vocabulary_comes_back() {
        let code = |text: &str| Code::new(text).unwrap();
        let target = |targets: &[(CodeSystem, &str)]| Meaning {
            targets: targets
                .iter()
                .map(|(system, text)| (*system, code(text)))
                .collect(),
            wording: String::new(),
        };
        let wording = |text: &str| Meaning {
            targets: Vec::new(),
            wording: text.to_string(),
        };
        let entries = [
            (
                "rt",
                vec![wording("right"), target(&[(CodeSystem::ICD10PCS, "B")])],
            ),
            (
                "3 in 1",
                vec![target(&[
                    (CodeSystem::HCPCS, "E0163"),
                    (CodeSystem::HCPCS, "E0165"),
                ])],
            ),
            (
                "afib",
                vec![
                    target(&[(CodeSystem::ICD10CM, "I4891")]),
                    wording("atrial fibrillation"),
                ],
            ),
            ("aflutter", vec![target(&[(CodeSystem::ICD10CM, "I4892")])]),
        ];
        let entries = entries.map(|(phrase, meanings)| (phrase.to_string(), meanings));
        let vocabulary = Vocabulary::new(entries.to_vec());
        let back = read(&write(&vocabulary));
        assert_eq!(back.phrases(), ["3 in 1", "afib", "aflutter", "rt"]);
        for phrase in 0..4 {
            assert_eq!(back.meanings(phrase), vocabulary.meanings(phrase));
        }
        assert_eq!(vocabulary.meanings(vocabulary.find("rt").unwrap()).len(), 2);
        assert_eq!(vocabulary.find("aflutter"), Some(2));
        assert_eq!(vocabulary.find("afl"), None);
        assert_eq!(vocabulary.find("rt now"), None);
        assert!(vocabulary.has_prefix("afl") && !vocabulary.has_prefix("afx"));
        assert!(vocabulary.has_prefix("rt") && !vocabulary.has_prefix("s"));
    }

    #[test]
    fn damaged_bytes_are_another_vocabulary() {
        for length in 0..40u8 {
            let bytes: Vec<u8> = (0..length).map(|at| at.wrapping_mul(91)).collect();
            let _ = read(&bytes);
        }
    }
}
