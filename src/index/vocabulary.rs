//! The vocabulary in an index: phrases, and for each what it means.
//!
//! # The section
//!
//! One stream of decisions, primed by the core of the same system (its words and what its model learned): the number of
//! phrases, in the order of their first targets, and for each the number of its senses; for each sense the number of its
//! targets, and for each target the system and the characters of the code; for a sense without target its wording. The
//! phrase stands after the targets of its first sense, since it resembles their title. Where a sense has targets its
//! wording is the title of the first.

use std::borrow::Cow;

use fst::{Map, Streamer};

use super::coding::{Bit, Coder, Decoder, Encoder, Number, models};
use super::core::{Code, Nodes};
use super::edits::{Place, TextModel};
use super::text::{Spellings, Tokenizer, Word, WordModel, Words, part};
use crate::code_system::CodeSystem;

/// A meaning of a phrase.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meaning<'v> {
    /// The codes, or beginnings of codes, that the phrase alone usually means.
    pub targets: Cow<'v, [Target]>,
    /// Official wording in folded words; empty where there are targets: then it is the title of the first.
    pub wording: Cow<'v, str>,
}

impl Meaning<'_> {
    /// What leads to codes.
    pub fn of_codes(targets: Vec<Target>) -> Meaning<'static> {
        Meaning {
            targets: targets.into(),
            wording: "".into(),
        }
    }

    /// What leads to other words.
    pub fn of_words(wording: String) -> Meaning<'static> {
        Meaning {
            targets: Cow::default(),
            wording: wording.into(),
        }
    }
}

/// A code, or the beginning of codes.
pub type Target = (CodeSystem, Code);

/// The vocabulary in memory.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    /// The phrases, in folded words, with their numbers in ascending order. As a transducer they take a fifth of the
    /// memory of a list of strings, and one walk tells whether a phrase is there and whether longer ones are.
    phrases: Map<Vec<u8>>,
    /// Which entry each phrase is.
    entries: Vec<u32>,
    /// Where the meanings of each entry end.
    ends: Vec<u32>,
    /// Per meaning: its wording, and where its targets end.
    wordings: Spellings,
    target_ends: Vec<u32>,
    targets: Vec<Target>,
}

impl Vocabulary {
    /// A vocabulary of these phrases, each with its meanings, the most usual first. Of a phrase that stands twice the
    /// first is kept.
    pub fn new(entries: Vec<(String, Vec<Meaning<'_>>)>) -> Vocabulary {
        let (mut this, mut phrases) = (Vocabulary::default(), Spellings::default());
        for (phrase, meanings) in entries {
            for meaning in meanings {
                this.targets.extend_from_slice(&meaning.targets);
                this.add_meaning(|text| text.push_str(&meaning.wording));
            }
            this.ends.push(this.wordings.len() as u32);
            phrases.add(|text| text.push_str(&phrase));
        }
        this.name(&phrases);
        this
    }

    /// Adds a meaning with the targets that were added since the one before.
    fn add_meaning(&mut self, wording: impl FnOnce(&mut String)) {
        self.wordings.add(wording);
        self.target_ends.push(self.targets.len() as u32);
    }

    /// Numbers the entries by their phrases.
    fn name(&mut self, phrases: &Spellings) {
        let of = |entry: &u32| phrases.get(*entry as usize);
        let mut entries: Vec<u32> = (0..phrases.len() as u32).collect();
        crate::sort::sort_by(&mut entries, |one, other| of(one).cmp(of(other)));
        entries.dedup_by(|one, other| of(one) == of(other));
        let numbered = entries.iter().zip(0..);
        let phrases = Map::from_iter(numbered.map(|(entry, number)| (of(entry), number)));
        // Phrases that are sorted and different are all that a transducer asks for.
        self.phrases = phrases.unwrap_or_default();
        self.entries = entries;
    }

    /// Whether there is no phrase.
    pub fn is_empty(&self) -> bool {
        self.phrases.is_empty()
    }

    /// The phrases, in the order of their numbers.
    pub fn phrases(&self) -> Spellings {
        let mut phrases = Spellings::default();
        let mut stream = self.phrases.stream();
        while let Some((phrase, _)) = stream.next() {
            phrases.add(|text| text.push_str(&String::from_utf8_lossy(phrase)));
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
    pub fn meanings(&self, phrase: usize) -> impl ExactSizeIterator<Item = Meaning<'_>> + Clone {
        let entry = self.entries.get(phrase).copied().unwrap_or(u32::MAX);
        part(&self.ends, entry as usize).map(|at| {
            let targets = self.targets.get(part(&self.target_ends, at));
            Meaning {
                targets: targets.unwrap_or(&[]).into(),
                wording: self.wordings.get(at).into(),
            }
        })
    }
}

/// Writes a section beside a core: its nodes, and the model that its reader returned.
pub fn write(vocabulary: &Vocabulary, nodes: &Nodes, primed: WordModel) -> Vec<u8> {
    let mut tokenizer = Tokenizer::of(primed.words.clone());
    let phrases = vocabulary.phrases();
    let mut entries: Vec<Entry<'_>> = Vec::new();
    for (number, phrase) in phrases.iter().enumerate() {
        let mut text = |text: &str| tokenizer.tokenize_inside(text);
        let meanings = vocabulary.meanings(number);
        entries.push(Entry {
            phrase: text(phrase),
            wordings: meanings.clone().map(|one| text(&one.wording)).collect(),
            meanings: meanings.collect(),
        });
    }
    let first = |entry: &Entry<'_>| entry.meanings.first()?.targets.first().copied();
    // Stable: phrases of one target stay in their order.
    crate::sort::sort_by(&mut entries, |one, other| first(one).cmp(&first(other)));
    let mut coder = Encoder::default();
    let primed = primed.going_on(tokenizer.words);
    run(&mut coder, &entries, nodes, primed);
    coder.finish()
}

/// Reads a section of the same core. Bytes that no [`write()`] returned give another vocabulary.
pub fn read(bytes: &[u8], nodes: &Nodes, primed: WordModel) -> Vocabulary {
    run(&mut Decoder::new(bytes), &[], nodes, primed)
}

/// A phrase while it is written.
#[derive(Clone, Default)]
struct Entry<'a> {
    phrase: Vec<Word>,
    meanings: Vec<Meaning<'a>>,
    wordings: Vec<Vec<Word>>,
}

/// More than any vocabulary has, so that damaged bytes cannot ask for endless memory.
const MOST: u32 = 1 << 18;

fn run<C: Coder>(
    coder: &mut C,
    input: &[Entry<'_>],
    nodes: &Nodes,
    primed: WordModel,
) -> Vocabulary {
    let words = primed.resume(&Words::default());
    let mut text = TextModel::new(words);
    let mut count = Number::default();
    let phrases = coder.number(&mut count, input.len() as u32).min(MOST);
    let mut senses = Number::default();
    let mut targets = Number::default();
    let mut again = models(4);
    let mut repeated = 0;
    let mut codes = Codes::new();
    // A text is coded beside the title of its code and the phrase before: they stand in front of it.
    let mut scratch: Vec<Word> = Vec::new();
    let mut before: Vec<Word> = Vec::new();
    let nothing = Entry::default();
    let (mut out, mut names) = (Vocabulary::default(), Spellings::default());
    for at in 0..phrases as usize {
        if coder.astray() {
            break;
        }
        let entry = input.get(at).unwrap_or(&nothing);
        let number = (entry.meanings.len() as u32).saturating_sub(1);
        let number = coder.number(&mut senses, number) + 1;
        let mut phrase: Vec<Word> = Vec::new();
        for sense in 0..number.min(64) as usize {
            let value = entry
                .meanings
                .get(sense)
                .map_or(&[][..], |one| &one.targets);
            let first = out.targets.len();
            let number = coder.number(&mut targets, value.len() as u32);
            for target in 0..number.min(64) as usize {
                let value = value.get(target).copied();
                // Phrases of one target stand together.
                if sense == 0 && target == 0 {
                    let same = value.is_none_or(|value| Some(value) == codes.last());
                    let model = again.get_mut(repeated);
                    let same = model.is_some_and(|model| coder.flag(model, same));
                    repeated = usize::from(same);
                    if let Some(last) = codes.last().filter(|_| same) {
                        out.targets.push(last);
                        continue;
                    }
                }
                out.targets.push(codes.code(coder, value));
            }
            if sense == 0 {
                let title = match out.targets.get(first) {
                    Some((_, code)) => nodes.title_of(code),
                    None => &[],
                };
                let beside = [&before[..], title];
                phrase = coded(coder, &mut text, &mut scratch, &beside, 0, &entry.phrase);
            }
            let mut wording = Vec::new();
            if number == 0 {
                let value = entry.wordings.get(sense).map_or(&[][..], Vec::as_slice);
                wording = coded(coder, &mut text, &mut scratch, &[&phrase], 1, value);
            }
            out.add_meaning(|spelled| text.words.words.write_inside(&wording, spelled));
        }
        out.ends.push(out.wordings.len() as u32);
        names.add(|spelled| text.words.words.write_inside(&phrase, spelled));
        before = phrase;
    }
    // What was learned while reading is not needed any more, and takes as much as the vocabulary.
    drop((text, codes));
    out.name(&names);
    out
}

/// Codes a text beside others.
fn coded<C: Coder>(
    coder: &mut C,
    text: &mut TextModel,
    scratch: &mut Vec<Word>,
    beside: &[&[Word]],
    kind: u32,
    value: &[Word],
) -> Vec<Word> {
    scratch.clear();
    let mut references = Vec::new();
    for other in beside {
        let start = scratch.len();
        scratch.extend_from_slice(other);
        references.push(start..scratch.len());
    }
    let start = scratch.len();
    let place = Place {
        references: &references,
        contexts: &[0x6000_0000 | kind],
    };
    text.text(coder, scratch, &place, value);
    scratch.get(start..).unwrap_or(&[]).to_vec()
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

    /// The target coded last.
    fn last(&self) -> Option<(CodeSystem, Code)> {
        let system = CodeSystem::from_number(self.system as u8)?;
        (!self.before.is_empty()).then_some((system, self.before))
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
        let target = |targets: &[(CodeSystem, &str)]| {
            let targets = targets.iter().map(|(system, text)| (*system, code(text)));
            Meaning::of_codes(targets.collect())
        };
        let wording = |text: &str| Meaning::of_words(text.to_string());
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
        let model = || WordModel::default();
        let nodes = Nodes::default();
        let back = read(&write(&vocabulary, &nodes, model()), &nodes, model());
        let phrases = back.phrases();
        let phrases: Vec<&str> = phrases.iter().collect();
        assert_eq!(phrases, ["3 in 1", "afib", "aflutter", "rt"]);
        for phrase in 0..4 {
            assert!(back.meanings(phrase).eq(vocabulary.meanings(phrase)));
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
            let _ = read(&bytes, &Nodes::default(), WordModel::default());
        }
    }
}
