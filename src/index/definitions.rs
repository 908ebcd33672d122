//! Definitions of the values of ICD-10-PCS: what a label of the tables means, and which terms it takes in.
//!
//! # The section
//!
//! One stream of decisions, primed by the core and the tables of the same system: the number of bits of a text number,
//! 5 bits; the number of definitions; then for each whether its axis is that of the
//! one before, else the section (7 bits), the position (3 bits) and the title of the axis; the term; the definition,
//! the explanation, the number of terms it includes and each of them. A text that was there before is guessed from
//! its neighbours or named by its number.

use super::coding::{Bit, Coder, Decoder, Encoder, Number, models};
use super::pool::{self, EMPTY, Interned, Pool, TextId, Texts, context};
use super::text::{Tokenizer, Word, WordModel, Words};
use crate::concepts::PcsDefinition;

/// What a value of an axis means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Definition {
    /// The section (first character).
    pub section: u8,
    /// The position of the axis, 1 to 7.
    pub position: u8,
    /// The title of the axis.
    pub axis: TextId,
    /// The label of the value.
    pub term: TextId,
    /// The definition.
    pub definition: TextId,
    /// The explanation, or [`EMPTY`].
    pub explanation: TextId,
    /// What it includes or takes in.
    pub includes: Vec<TextId>,
}

/// The definitions of a system in memory, in the order of the publisher.
#[derive(Clone, Debug, Default)]
pub struct Definitions {
    /// The definitions.
    pub entries: Vec<Definition>,
    /// Their texts.
    pub texts: Texts,
    /// The words: those of the core first, under the same numbers.
    pub words: Words,
}

impl Definitions {
    /// The definitions as the tokenizer's words, for writing. Nothing where there are more of them, or of
    /// their different texts, than the format holds, or a section or position that is none.
    pub fn new(definitions: &[PcsDefinition], mut tokenizer: Tokenizer) -> Option<Definitions> {
        for definition in definitions {
            tokenizer.learn(&definition.definition);
            tokenizer.learn(&definition.explanation);
            for text in &definition.includes {
                tokenizer.learn(text);
            }
        }
        let mut interned = Interned::default();
        let mut entries = Vec::new();
        for source in definitions {
            if !source.section.is_ascii_alphanumeric() || !(1..=7).contains(&source.position) {
                return None;
            }
            let mut sentence = |text: &str| interned.number(&tokenizer.tokenize(text));
            let definition = sentence(&source.definition);
            let explanation = sentence(&source.explanation);
            let includes = source.includes.iter().map(|text| sentence(text)).collect();
            entries.push(Definition {
                section: source.section as u8,
                position: source.position,
                axis: interned.number(&tokenizer.tokenize_inside(&source.axis)),
                term: interned.number(&tokenizer.tokenize_inside(&source.term)),
                definition,
                explanation,
                includes,
            });
        }
        let fits = interned.texts.len() <= usize::from(TextId::MAX)
            && interned.texts.words() <= pool::MOST_WORDS
            && entries.len() <= MOST
            && entries
                .iter()
                .map(|entry| entry.includes.len())
                .sum::<usize>()
                <= MOST_INCLUDED;
        fits.then_some(Definitions {
            entries,
            texts: interned.texts,
            words: tokenizer.words,
        })
    }

    /// The definition of a label (in the words of the core) on an axis of a section.
    pub fn of(&self, section: u8, position: u8, label: &[Word]) -> Option<&Definition> {
        self.entries.iter().find(|entry| {
            entry.section == section
                && entry.position == position
                && self.texts.get(entry.term) == label
        })
    }

    /// A definition as it was published.
    pub fn published(&self, entry: &Definition) -> PcsDefinition {
        let sentence = |text: TextId| self.words.text(self.texts.get(text));
        let inside = |text: TextId| {
            let mut read = String::new();
            self.words.write_inside(self.texts.get(text), &mut read);
            read
        };
        PcsDefinition {
            section: char::from(entry.section),
            position: entry.position,
            axis: inside(entry.axis),
            term: inside(entry.term),
            definition: sentence(entry.definition),
            explanation: sentence(entry.explanation),
            includes: entry.includes.iter().map(|text| sentence(*text)).collect(),
        }
    }
}

/// Writes the section; the words are those of the tokenizer that `primed` was made for, and more.
pub fn write(definitions: &Definitions, primed: WordModel) -> Vec<u8> {
    let mut coder = Encoder::default();
    run(&mut coder, definitions, primed);
    coder.finish()
}

/// Reads the section, primed as it was for writing. Any bytes give some definitions.
pub fn read(bytes: &[u8], primed: WordModel) -> Definitions {
    run(&mut Decoder::new(bytes), &Definitions::default(), primed)
}

const AXIS: usize = 0;
const TERM: usize = 1;
const DEFINITION: usize = 2;
const EXPLANATION: usize = 3;
const INCLUDED: usize = 4;

/// More definitions than any release has, so that damaged bytes cannot ask for endless memory.
const MOST: usize = 1 << 13;
/// More terms in all definitions than any release has, for the same reason.
const MOST_INCLUDED: usize = 1 << 16;

fn run<C: Coder>(coder: &mut C, input: &Definitions, primed: WordModel) -> Definitions {
    let words = primed.resume(&input.words);
    let mut pool = Pool::start(coder, &input.texts, words, 5);
    let count = coder.number(&mut Number::default(), input.entries.len() as u32);
    let mut same_axis = Bit::default();
    let (mut sections, mut positions) = (models(128), models(8));
    let mut counts = vec![Number::default(); 9];
    let mut out = Definitions::default();
    let empty = Definition::default();
    let mut last = Definition::default();
    let mut all_included = 0;
    for at in 0..(count as usize).min(MOST) {
        if pool.is_full() {
            break;
        }
        let source = input.entries.get(at).unwrap_or(&empty);
        let before = at.checked_sub(1).and_then(|at| input.entries.get(at));
        let same = before.is_some_and(|before| {
            (before.section, before.position, before.axis)
                == (source.section, source.position, source.axis)
        });
        let mut entry = Definition::default();
        if coder.flag(&mut same_axis, same) {
            (entry.section, entry.position, entry.axis) = (last.section, last.position, last.axis);
        } else {
            entry.section = coder.symbol(&mut sections, 7, u32::from(source.section)) as u8;
            entry.position = coder.symbol(&mut positions, 3, u32::from(source.position)) as u8;
            let contexts = [
                context(&[u32::from(entry.section), u32::from(entry.position)]),
                context(&[u32::from(entry.position)]),
            ];
            entry.axis = pool.text(coder, AXIS, &contexts, source.axis, EMPTY);
        }
        let position = u32::from(entry.position);
        // Sections that share an axis define the same terms in the same order.
        let contexts = [context(&[position, u32::from(last.term)])];
        entry.term = pool.text(coder, TERM, &contexts, source.term, EMPTY);
        let term = u32::from(entry.term);
        let contexts = [
            context(&[position, term]),
            context(&[position, u32::from(last.definition) | 1 << 20]),
        ];
        entry.definition = pool.text(coder, DEFINITION, &contexts, source.definition, EMPTY);
        let definition = u32::from(entry.definition);
        let contexts = [context(&[term, definition]), context(&[position])];
        entry.explanation = pool.text(coder, EXPLANATION, &contexts, source.explanation, EMPTY);
        let model = counts.get_mut(usize::from(entry.position & 7));
        let included = source.includes.len() as u32;
        let included = model.map_or(0, |model| coder.number(model, included)) as usize;
        let included = included.min(MOST_INCLUDED - all_included);
        all_included += included;
        let mut neighbour = definition | 1 << 21;
        for place in 0..included {
            if pool.is_full() {
                break;
            }
            let beside = last.includes.get(place).copied().unwrap_or(EMPTY);
            let contexts = [
                context(&[neighbour, u32::from(beside)]),
                context(&[neighbour]),
                context(&[term, place as u32]),
            ];
            let value = source.includes.get(place).copied().unwrap_or(EMPTY);
            let text = pool.text(coder, INCLUDED, &contexts, value, EMPTY);
            neighbour = u32::from(text);
            entry.includes.push(text);
        }
        out.entries.push(entry.clone());
        last = entry;
    }
    out.texts = pool.out;
    out.words = pool.text.words.words;
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn definition(section: char, position: u8, term: &str, sentence: &str) -> PcsDefinition {
        PcsDefinition {
            section,
            position,
            axis: format!("Axis {position}"),
            term: term.to_string(),
            definition: sentence.to_string(),
            ..PcsDefinition::default()
        }
    }

    fn stored(definitions: &[PcsDefinition]) -> (Vec<u8>, Definitions) {
        let input = Definitions::new(definitions, Tokenizer::default()).unwrap();
        let primed = WordModel::for_writing(Words::default());
        let bytes = write(&input, primed);
        let read = read(&bytes, WordModel::default());
        (bytes, read)
    }

    fn published(read: &Definitions) -> Vec<PcsDefinition> {
        let entries = read.entries.iter();
        entries.map(|entry| read.published(entry)).collect()
    }

    fn three() -> Vec<PcsDefinition> {
        vec![
            PcsDefinition {
                explanation: "used for leaks of every kind".to_string(),
                includes: vec!["Pipe".to_string(), "Tap, cold".to_string()],
                ..definition('0', 3, "Mending", "Making whole what is broken")
            },
            definition('0', 3, "mending, Right", "Making whole what is broken"),
            definition('X', 3, "Mending", ""),
        ]
    }

    #[test]
    fn definitions_come_back_byte_for_byte() {
        let (bytes, read) = stored(&three());
        assert_eq!(published(&read), three());
        assert_eq!(
            bytes.len(),
            89,
            "a definition that is repeated costs a flag"
        );
    }

    #[test]
    fn a_label_is_looked_up_in_its_own_section_and_axis() {
        let (_, read) = stored(&three());
        let label = read.texts.get(read.entries[0].term).to_vec();
        let found = |section, position| read.of(section, position, &label);
        assert_eq!(found(b'0', 3), read.entries.first());
        assert_eq!(found(b'X', 3), read.entries.last());
        assert_eq!(found(b'0', 4), None);
        assert_eq!(found(b'1', 3), None);
    }

    #[test]
    fn a_section_or_position_that_is_none_is_refused() {
        for (section, position) in [('é', 3), ('0', 0), ('0', 8)] {
            let bad = [definition(section, position, "a", "b")];
            assert!(Definitions::new(&bad, Tokenizer::default()).is_none());
        }
    }

    proptest! {
        // Each case fills models of several megabytes.
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn any_definitions_come_back(
            rows in prop::collection::vec(("[0-9A-Z]", 1u8..=7, "[ab,A ]{0,6}", "[a-cA-C. ]{0,12}",
                prop::collection::vec("[a-c, ]{0,5}", 0..4)), 0..20),
        ) {
            let rows: Vec<PcsDefinition> = rows
                .into_iter()
                .map(|(section, position, term, text, includes)| PcsDefinition {
                    explanation: text.to_lowercase(),
                    includes,
                    ..definition(section.chars().next().unwrap(), position, &term, &text)
                })
                .collect();
            let (_, read) = stored(&rows);
            prop_assert_eq!(published(&read), rows);
        }

    }

    proptest! {
        // Noise reads as long as the bounds allow.
        #![proptest_config(ProptestConfig::with_cases(6))]

        #[test]
        fn any_bytes_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            run(&mut Decoder::new(&bytes), &Definitions::default(), WordModel::default());
        }
    }
}
