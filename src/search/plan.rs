//! What a query means for one code system: its words as terms, its phrases as alternatives.
//!
//! A query is a row of slots. A slot is a run of typed words with one or more readings side by side: the words themselves,
//! the words written as one or parted, what the vocabulary says the phrase means. A reading is a list of plan words.
//! Each plan word has two bits in a document's mask: one for the word itself, one for a form, a longer word that
//! begins so, or a correction. The gain of a mask is, slot by slot, that of the best reading.

use super::fold::{self, FoldedWord};
use super::hits::Weighed;
use super::measures::{self, Range};
use super::terms::{self, Lexicon, Term, Terms};
use super::typos;
use super::weights::{self, BIT};
use crate::index::vocabulary::Vocabulary;

/// The bits of a mask are two for each word.
pub const MOST_WORDS: usize = 32;

/// A word that documents are searched for.
#[derive(Clone, Debug)]
pub struct PlanWord {
    /// The folded spelling.
    pub text: String,
    /// The term that is the word itself.
    pub exact: Option<Term>,
    /// Terms that match less well.
    pub loose: Vec<Term>,
    /// How well those match, in percent.
    pub percent: u32,
    /// What a match is worth.
    pub weight: u32,
    /// What the word costs in a title when it was not typed.
    pub cost: u32,
    /// A range of nodes instead of terms: the word is the beginning of their codes.
    pub nodes: std::ops::Range<u32>,
    /// How many postings its terms have.
    pub postings: u32,
    /// Whether no publisher writes it: a shorthand of the vocabulary, as rare as that is.
    pub ours: bool,
}

/// One way to understand a slot.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Its words, by their numbers in the plan.
    pub words: Vec<u8>,
    /// How sure it is, in percent.
    pub percent: u32,
    /// The weights of its words together.
    pub total: u32,
    /// Whether the vocabulary says so, or a word was parted: these words were not typed.
    pub meant: bool,
}

/// A run of typed words and the ways to understand it.
#[derive(Clone, Debug)]
pub struct Slot {
    /// What matching it in full is worth.
    pub worth: u32,
    /// The ways to understand it.
    pub readings: Vec<Reading>,
}

/// A slot in the making.
#[derive(Default)]
struct Draft {
    /// Readings whose words have numbers: the words typed.
    readings: Vec<(Vec<u8>, u32)>,
    /// Readings whose words have none yet.
    meanings: Vec<Meaning>,
    /// How many of the readings are of the words typed; those of meanings follow.
    typed: usize,
    /// How many words were typed.
    count: usize,
    /// Whether the vocabulary knows codes that the words name.
    named: bool,
    /// Whether a test denies them.
    tested: bool,
}

/// A reading of words that were not typed.
struct Meaning {
    /// The words, and whether each stands after "without".
    words: Vec<(String, bool)>,
    /// How sure it is, in percent.
    percent: u32,
    /// Whether who typed the phrase says each of these words; a title says more than that.
    said: bool,
}

fn is_function(word: &FoldedWord) -> bool {
    weights::FUNCTION.contains(&word.text.as_str())
}

/// Whether a word says that nothing more is known: `not specified` denies nothing.
fn is_neutral(word: &FoldedWord) -> bool {
    weights::NEUTRAL.contains(&word.text.as_str()) || word.text == "otherwise"
}

/// A query, made ready for one code system.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The different words of all readings.
    pub words: Vec<PlanWord>,
    /// The slots.
    pub slots: Vec<Slot>,
    /// What all slots are worth together.
    pub worth: u32,
    /// The marks of the words (see [`Terms::marks`]) that were typed or are meant.
    pub marks: u64,
    /// The words that stand after "without", as bits of a mask.
    pub negated: u64,
    /// The words after those, up to the next preposition, as bits: `no nail damage` denies the nail, or its damage.
    unclear: u64,
    /// The marks that injuries have where what was typed comes of none.
    pub injury: u64,
    /// Those of the denied words that do not hold for sure, as bits: `hiv negative`, `never smoker`, `nonsmoker`.
    tested: u64,
    /// The bits of all words but those that deny, and those that only a denied phrase means: a text that has none of them says
    /// nothing of what was typed.
    pub content: u64,
    /// Whether a test denies the words that come next.
    testing: bool,
    /// Whether the words that come next stand after "without".
    negating: bool,
    /// Whether the word before stood there.
    trailing: bool,
    /// Whether one word was typed, and no more.
    pub alone: bool,
    /// The words that were typed, as bits of a mask.
    pub typed: u64,
    /// Those, and the words that a phrase says which was typed.
    pub said: u64,
    /// The words that say which side, as bits.
    pub sides: u64,
    bits: Bits,
    /// Words that were corrected: where they stand in the query, and what they became.
    pub corrections: Vec<(std::ops::Range<usize>, String)>,
}

impl Plan {
    /// Makes a plan for the words of a query.
    pub fn new(terms: &Terms, words: &[FoldedWord], context: &Context<'_>) -> Plan {
        let mut plan = Plan {
            alone: words.len() < 2,
            ..Plan::default()
        };
        let mut drafts: Vec<Draft> = Vec::new();
        let mut at = 0;
        let only_function = words.iter().all(is_function);
        let mut just_denied = false;
        while let Some(word) = words.get(at) {
            let last = at + 1 == words.len();
            let rest = words.get(at..).unwrap_or(&[]);
            let before = plan.negating;
            match word.text.as_str() {
                "with" => (plan.negating, plan.trailing) = (false, false),
                text if DENYING.contains(&text) => (plan.negating, plan.trailing) = (true, false),
                "not" if rest.get(1).is_some_and(|next| !is_neutral(next)) => {
                    (plan.negating, plan.trailing) = (true, false);
                }
                // `without loss of consciousness`, `without obstruction or gangrene`.
                "or" | "and" if plan.trailing => (plan.negating, plan.trailing) = (true, false),
                "of" if just_denied => (plan.negating, plan.trailing) = (true, false),
                _ if is_function(word) => plan.trailing = false,
                _ => {}
            }
            let denying = plan.negating;
            just_denied = denying && !is_function(word);
            let phrase = longest_phrase(context.vocabulary, rest);
            // `hiv negative`, `negative for strep`: a test that finds nothing denies what it looks for.
            let says = |at: usize, known: &[&str]| {
                words
                    .get(at)
                    .is_some_and(|word| known.contains(&word.text.as_str()))
            };
            let next = at + phrase.map_or(1, |(length, _)| length);
            let next = next + usize::from(says(next, &["test"]));
            let begun = at == 1 + usize::from(says(1, &["for"]));
            let never = at > 0 && says(at - 1, &["never"]);
            let tested = says(next, &NEGATIVE) || begun && says(0, &NEGATIVE);
            plan.testing = !says(at, &NEGATIVE) && (tested || never);
            plan.negating |= plan.testing;
            if let Some((length, phrase)) = phrase {
                // What a phrase denies it denies by itself.
                if DENYING.contains(&word.text.as_str()) && length > 1 {
                    plan.negating = before;
                }
                let meanings = (context.meanings)(phrase);
                if is_without(&meanings) {
                    let word = FoldedWord {
                        text: "without".to_string(),
                        ..word.clone()
                    };
                    let typed = plan.typed(terms, &word, false, context).into_iter();
                    drafts.push(Draft {
                        readings: typed.map(|one| (vec![one], 100)).collect(),
                        count: 1,
                        ..Draft::default()
                    });
                    (plan.negating, plan.trailing) = (true, false);
                    at += length;
                    continue;
                }
                let typed = rest.get(..length).unwrap_or(&[]);
                let draft = plan.phrase(terms, typed, length == rest.len(), meanings);
                drafts.push(draft);
                plan.trailing |= denying && !plan.negating;
                at += length;
                continue;
            }
            if let Some((base, length)) = opposite(terms, context.vocabulary, rest) {
                let last = at + length == words.len();
                drafts.push(plan.opposite(terms, &base, last, length, context));
                at += length;
                continue;
            }
            // Two words that are published as one.
            let next = rest.get(1);
            let glued = next
                .map(|next| format!("{}{}", word.text, next.text))
                .filter(|glued| glued.len() > 4 && terms.lexicon.find(glued).is_some());
            if let (Some(glued), Some(next)) = (glued, next) {
                let apart = [word, next]
                    .iter()
                    .filter_map(|word| plan.typed(terms, word, false, context).first().copied())
                    .collect();
                drafts.push(Draft {
                    readings: vec![(apart, 100)],
                    meanings: vec![Meaning {
                        words: vec![(glued, plan.negating)],
                        percent: 100,
                        said: true,
                    }],
                    count: 2,
                    ..Draft::default()
                });
                plan.trailing |= plan.negating;
                plan.negating = false;
                at += 2;
                continue;
            }
            // `not due to`, `not in`: what comes after is denied, and no title has the word for that.
            let denies_on = word.text == "not" && rest.get(1).is_some_and(is_function);
            if !only_function && !last && (is_function(word) || denies_on) {
                plan.note_marks(terms, &word.text);
                at += 1;
                continue;
            }
            let mut draft = Draft {
                count: 1,
                ..Draft::default()
            };
            // A code of digits alone is known by its dot.
            let dotted = word
                .text
                .split_at_checked(3)
                .filter(|_| word.end - word.start > word.text.len());
            let dotted = dotted.map(|(category, rest)| format!("{category}.{rest}"));
            let codes = (context.codes)(dotted.as_deref().unwrap_or(&word.text));
            if !codes.is_empty() {
                draft
                    .readings
                    .extend(plan.code(&word.text, codes).map(|one| (vec![one], 100)));
            }
            if let Some((letters, digits)) = numbered(terms, context.vocabulary, &word.text) {
                // An acronym with the number of a type (`hsan3`): each on its own.
                let pieces = [letters, digits].map(|piece| FoldedWord {
                    text: piece.to_string(),
                    start: word.start,
                    end: word.end,
                });
                if let [acronym, number] = &pieces
                    && let Some(phrase) = context.vocabulary.find(&acronym.text)
                {
                    let typed = std::slice::from_ref(acronym);
                    let meanings = (context.meanings)(phrase);
                    drafts.push(plan.phrase(terms, typed, false, meanings));
                    let number = plan.typed(terms, number, false, context).into_iter();
                    draft.readings.extend(number.map(|one| (vec![one], 100)));
                }
                drafts.push(draft);
                at += 1;
                continue;
            }
            let parts = parts(&terms.lexicon, &word.text);
            let prefix = last && !terms.lexicon.with_prefix(&word.text).is_empty();
            // A word with one wrong letter is likelier than two that happen to stand side by side.
            let mistyped = || !typos::nearest(&terms.lexicon, &word.text, false, 1).is_empty();
            if parts.is_empty() || prefix || mistyped() {
                let typed = plan.typed(terms, word, last, context).into_iter();
                draft.readings.extend(typed.map(|one| (vec![one], 100)));
            } else {
                let parts = parts.into_iter().map(|part| (part, plan.negating));
                draft.meanings.push(Meaning {
                    words: parts.collect(),
                    percent: 100,
                    said: true,
                });
            }
            let counts = at > 0
                && words
                    .get(at - 1)
                    .is_some_and(|word| measures::counts(&word.text));
            let numeral = measures::numeral(&word.text)
                .filter(|other| counts && terms.lexicon.find(other).is_some());
            draft.meanings.extend(numeral.map(|other| Meaning {
                words: vec![(other, plan.negating)],
                percent: 100,
                said: true,
            }));
            let ranges = context.ranges(terms, at, words);
            draft.meanings.extend(ranges.into_iter().map(|range| {
                Meaning {
                    words: range
                        .into_iter()
                        .map(|word| (word, plan.negating))
                        .collect(),
                    percent: weights::RANGE_PERCENT,
                    said: true,
                }
            }));
            drafts.push(draft);
            let denies = word.text == "not" || DENYING.contains(&word.text.as_str());
            plan.trailing |= denying && !denies;
            plan.negating &= denies;
            at += 1;
        }
        plan.trailing = false;
        plan.typed = (1u64 << plan.words.len()) - 1;
        plan.said = plan.typed;
        for draft in &mut drafts {
            draft.typed = draft.readings.len();
        }
        // Words are numbered until the numbers run out: those typed have theirs already, the likelier meanings come first.
        for rank in 0..weights::MEANING_PERCENTS.len() {
            for draft in &mut drafts {
                if let Some(meaning) = draft.meanings.get(rank) {
                    plan.testing = draft.tested;
                    let words = meaning.words.iter().filter_map(|(word, negated)| {
                        plan.negating = *negated;
                        plan.meant(terms, word, meaning.said)
                    });
                    let words: Vec<u8> = words.collect();
                    // A system that lacks a word of it says less than all of it.
                    let percent = meaning.percent * (words.len() as u32 + 1)
                        / (meaning.words.len() as u32 + 1);
                    draft.readings.push((words, percent));
                }
            }
        }
        let slots = drafts.len();
        let ending = words.last().map_or("", |word| word.text.as_str());
        // A number of several digits does not go on.
        let number = ending.len() > 1 && ending.bytes().all(|byte| byte.is_ascii_digit());
        for (at, draft) in drafts.into_iter().enumerate() {
            let ends = at > 0 && at + 1 == slots && !number;
            let most = ends.then(|| weights::unfinished_worth(ending.len(), draft.named));
            plan.slot(draft.readings, draft.typed, draft.count, most);
        }
        plan.note_bits(terms);
        let traumatic = terms.lexicon.find("traumatic");
        let traumatic = traumatic.map_or(0, |term| terms.marks(term) & terms::OPPOSITES);
        if super::hits::opposites(plan.marks, traumatic) > 0 {
            plan.injury = traumatic;
        }
        let unsaid = plan.negated & !plan.said;
        let says = |at: u8, word: &PlanWord| {
            let text = word.text.as_str();
            let denies = text == "not" || DENYING.contains(&text);
            !denies && unsaid >> at & 1 == 0 && !(plan.tested != 0 && NEGATIVE.contains(&text))
        };
        let content = (0..).zip(&plan.words).filter(|(at, word)| says(*at, word));
        let content = content.fold(0u64, |bits, (at, _)| bits | 1 << at | 1 << at << MOST_WORDS);
        plan.content = if content == 0 { u64::MAX } else { content };
        plan
    }

    /// Drafts the slot of a word with `non` before it, by itself or written onto it: that word, and that the other is denied.
    fn opposite(
        &mut self,
        terms: &Terms,
        base: &FoldedWord,
        last: bool,
        count: usize,
        context: &Context<'_>,
    ) -> Draft {
        self.negating = false;
        let whole = resolve(terms, &format!("non{}", base.text), last, self.alone);
        let whole = whole.and_then(|(mut word, marks)| {
            word.weight = word.weight.min(weights::OPPOSITE_WEIGHT);
            self.add(word, marks)
        });
        (self.negating, self.testing) = (true, true);
        let mut draft = match context.vocabulary.find(&base.text) {
            Some(phrase) => {
                let meanings = (context.meanings)(phrase);
                self.phrase(terms, std::slice::from_ref(base), false, meanings)
            }
            None => {
                let typed = self.typed(terms, base, false, context).into_iter();
                Draft {
                    readings: typed.map(|one| (vec![one], 100)).collect(),
                    ..Draft::default()
                }
            }
        };
        (self.negating, self.testing) = (false, false);
        draft.count = count;
        draft
            .readings
            .splice(0..0, whole.map(|one| (vec![one], 100)));
        draft
    }

    /// Notes the marks of a word that is not searched for.
    fn note_marks(&mut self, terms: &Terms, word: &str) {
        if let Some(term) = terms.lexicon.find(word) {
            self.marks |= terms.marks(term);
        }
    }

    /// Drafts the slot of a phrase of the vocabulary: its words as they stand, and what it may mean, side by side.
    fn phrase(
        &mut self,
        terms: &Terms,
        typed: &[FoldedWord],
        last: bool,
        meanings: Vec<Meant>,
    ) -> Draft {
        let mut draft = Draft {
            count: typed.len(),
            named: meanings.iter().any(|meaning| meaning.title),
            tested: self.testing,
            ..Draft::default()
        };
        let negating = self.negating;
        // A word alone is what its meanings say; within a phrase it may be what they deny.
        let several = if typed.len() > 1 {
            meanings.as_slice()
        } else {
            &[]
        };
        let denied: Vec<String> = several
            .iter()
            .flat_map(|one| denied(terms, &one.wording))
            .collect();
        let mut denying = false;
        let literal: Vec<Option<u8>> = typed
            .iter()
            .enumerate()
            .filter(|(_, word)| typed.len() == 1 || !is_function(word))
            .map(|(at, word)| {
                let last = last && at + 1 == typed.len();
                let (found, marks) = resolve(terms, &word.text, last, self.alone)?;
                let same = |denied: &String| fold::stem(denied) == fold::stem(&word.text);
                self.negating = negating || denying || denied.iter().any(same);
                let after_w = at.checked_sub(1).and_then(|before| typed.get(before));
                let w_o = word.text == "o" && after_w.is_some_and(|before| before.text == "w");
                denying &= after_w.is_none_or(|before| before.text != "non");
                denying |= w_o || DENYING.contains(&word.text.as_str());
                self.add(found, marks)
            })
            .collect();
        self.negating = negating;
        let known = literal.iter().all(Option::is_some);
        let literal: Vec<u8> = literal.into_iter().flatten().collect();
        let exact = literal.iter().all(|at| {
            let word = self.words.get(usize::from(*at));
            word.is_some_and(|word| word.exact.is_some())
        });
        if known {
            let percent = if exact {
                100
            } else {
                weights::UNKNOWN_LITERAL_PERCENT
            };
            draft.readings.push((literal, percent));
        }
        let mut after = false;
        let percents = if known && exact && typed.len() == 1 {
            weights::MEANING_OF_WORD_PERCENTS
        } else {
            weights::MEANING_PERCENTS
        };
        for (rank, (meant, percent)) in meanings.into_iter().zip(percents).enumerate() {
            let Meant { wording, title } = meant;
            let mut kept = Vec::new();
            let mut reach = Denial::default();
            for word in wording.split(' ') {
                let denied = reach.of(terms, word);
                // What a phrase may also mean speaks against nothing.
                if !title && rank == 0 && !self.negating && denied != Some(Denied::Surely) {
                    self.note_marks(terms, word);
                }
                let free = weights::FUNCTION.contains(&word)
                    || title && weights::NEUTRAL.contains(&word)
                    || title && denied == Some(Denied::Neither);
                if !free {
                    let denied = denied == Some(Denied::Surely);
                    let outer = self.negating && word != "without";
                    kept.push((word.to_string(), denied || outer));
                }
            }
            after |= wording == "without" || wording.ends_with(" without");
            // Where a test denies a phrase, it denies what that means.
            let single = kept.len() == 1 || self.testing;
            draft.meanings.push(Meaning {
                words: kept,
                percent,
                // A title of one word says no more than the phrase.
                said: !title || single,
            });
        }
        self.negating = after;
        draft
    }

    /// Adds a slot for `count` typed words, of which the first `typed` readings are; its worth is that of its weightiest reading.
    /// `most` is what it is worth at most where it is one word that may not be finished.
    fn slot(
        &mut self,
        readings: Vec<(Vec<u8>, u32)>,
        typed: usize,
        count: usize,
        most: Option<u32>,
    ) {
        let readings: Vec<Reading> = readings
            .into_iter()
            .enumerate()
            .filter(|(_, (words, _))| !words.is_empty())
            .map(|(at, (words, percent))| Reading {
                meant: at >= typed,
                total: words
                    .iter()
                    .map(|word| self.weight(*word))
                    .sum::<u32>()
                    .max(1),
                words,
                percent,
            })
            .collect();
        let worth = readings
            .iter()
            .map(|reading| reading.total)
            .max()
            .unwrap_or(0);
        let shorthand = |reading: &Reading| {
            let mut words = reading.words.iter();
            words.all(|at| {
                self.words
                    .get(usize::from(*at))
                    .is_some_and(|word| word.ours)
            })
        };
        // A shorthand says as much as what it means, however seldom it is written.
        let meant = readings.iter().filter(|reading| reading.meant);
        let meant = meant.map(|reading| reading.total).max();
        let (worth, typed) = match (readings.first(), meant) {
            (Some(first), Some(meant)) if !first.meant && shorthand(first) => (meant, meant),
            (first, _) => (worth, first.map_or(0, |first| first.total)),
        };
        let worth = match (count, most) {
            (1, Some(most)) => worth.min(typed.max(weights::HEAVIEST).min(most)),
            (1, None) => worth.min(typed.max(weights::HEAVIEST)),
            _ => worth.min(typed.max(MOST_WORTH)),
        };
        // A phrase of which this system has no word: no hit covers all of the query.
        self.worth += match readings.is_empty() {
            true => UNKNOWN_PHRASE_WORTH,
            false => worth,
        };
        if !readings.is_empty() {
            self.slots.push(Slot { worth, readings });
        }
    }

    fn weight(&self, word: u8) -> u32 {
        self.words
            .get(usize::from(word))
            .map_or(0, |word| word.weight)
    }

    fn add(&mut self, word: PlanWord, marks: u64) -> Option<u8> {
        let same = |other: &PlanWord| {
            other.text == word.text && other.percent == word.percent && other.nodes == word.nodes
        };
        if let Some(at) = self.words.iter().position(same) {
            return Some(at as u8);
        }
        if self.words.len() == MOST_WORDS {
            return None;
        }
        // Who denies what is acute does not say that something is.
        self.marks |= match self.negating {
            true => marks & !terms::OPPOSITES,
            false => marks,
        };
        let side = weights::SIDES.contains(&word.text.as_str());
        self.sides |= u64::from(side) << self.words.len();
        self.negated |= u64::from(self.negating) << self.words.len();
        self.unclear |= u64::from(self.trailing) << self.words.len();
        self.tested |= u64::from(self.testing) << self.words.len();
        self.words.push(word);
        Some(self.words.len() as u8 - 1)
    }

    /// A word of a reading that was not typed itself: no prefix, no correction. `said` is whether the phrase typed says it: then
    /// it decides whether the word is denied, where only the title of a code has it too.
    fn meant(&mut self, terms: &Terms, text: &str, said: bool) -> Option<u8> {
        let (word, _) = resolve(terms, text, false, true)?;
        let at = self.add(word, 0)?;
        let bit = 1 << at;
        if said && self.said & bit == 0 {
            self.said |= bit;
            self.negated = match self.negating {
                true => self.negated | bit,
                false => self.negated & !bit,
            };
        }
        Some(at)
    }

    /// A word as typed, in each way it may be read: the likeliest first. The last one may be the beginning of a longer word.
    fn typed(
        &mut self,
        terms: &Terms,
        typed: &FoldedWord,
        last: bool,
        context: &Context<'_>,
    ) -> Vec<u8> {
        let mut readings = Vec::new();
        if let Some((word, marks)) = resolve(terms, &typed.text, last, self.alone) {
            let postings = word.postings;
            let weight = word.weight;
            let begins = word.exact.is_none();
            readings.extend(self.add(word, marks));
            // A word that hardly any text has, one letter from one that very many have, is most likely that one.
            // So is what only begins such words.
            let (rare, shortest) = match begins {
                true => (
                    weights::RARE_BEGINNING_POSTINGS,
                    weights::SHORTEST_RARE_BEGINNING,
                ),
                false => (weights::RARE_POSTINGS, weights::SHORTEST_RARE),
            };
            if postings <= rare && typed.text.len() >= shortest {
                let mut found = typos::nearest(&terms.lexicon, &typed.text, false, 1);
                let many = |term: Term| terms.postings(term).len() as u32;
                found.retain(|near| {
                    near.edits == 1
                        && many(near.term) >= weights::FREQUENT_POSTINGS
                        && !fold::is_plural(terms.lexicon.get(near.term), &typed.text)
                        && fold::stem(terms.lexicon.get(near.term)) != fold::stem(&typed.text)
                });
                let best = found.iter().max_by_key(|near| many(near.term));
                if let Some(best) = best.copied() {
                    self.correct(terms, typed, best.term);
                    let mut word =
                        loose_word(terms, &typed.text, vec![best.term], weights::TYPO_PERCENT);
                    word.weight = word.weight.max(weight);
                    readings.extend(self.add(word, terms.marks(best.term)));
                }
            }
            return readings;
        }
        // A word cut short in the middle of a query, as forms and short titles have them.
        if !last && typed.text.len() >= SHORTEST_TRUNCATED {
            let longer: Vec<Term> = terms.lexicon.with_prefix(&typed.text).collect();
            if !longer.is_empty() {
                let word = loose_word(terms, &typed.text, longer, weights::PREFIX_PERCENT);
                readings.extend(self.add(word, 0));
                return readings;
            }
        }
        let found = match (context.elsewhere)(&typed.text, last) {
            true => Vec::new(),
            false => typos::nearest(&terms.lexicon, &typed.text, last, typos::MOST_EDITS),
        };
        // `afebrile` is no misspelling of its opposite.
        let denies = |near: &typos::Near| {
            let before = typed.text.strip_suffix(terms.lexicon.get(near.term));
            before.is_some_and(|before| OPPOSING.contains(&before))
        };
        let found: Vec<typos::Near> = found.into_iter().filter(|near| !denies(near)).collect();
        let Some(least) = found.iter().map(|near| near.edits).min() else {
            // A word that stands nowhere: it still counts as typed, so that no hit covers all of the query.
            readings.extend(self.add(
                PlanWord {
                    text: typed.text.clone(),
                    exact: None,
                    loose: Vec::new(),
                    percent: 0,
                    weight: UNKNOWN_WORTH,
                    cost: 0,
                    nodes: 0..0,
                    postings: 0,
                    ours: false,
                },
                0,
            ));
            return readings;
        };
        for edits in least..=typos::MOST_EDITS {
            let mut near: Vec<typos::Near> = found
                .iter()
                .copied()
                .filter(|near| near.edits == edits)
                .collect();
            // The likeliest slip first, of equal ones the word that stands in more texts.
            crate::sort::sort_by_key(&mut near, |near| {
                let many = terms.postings(near.term).len();
                (near.slip, std::cmp::Reverse(many), near.term)
            });
            let Some(best) = near.first().copied() else {
                continue;
            };
            if edits == least {
                self.correct(terms, typed, best.term);
            }
            let percent = (0..edits).fold(100, |percent, _| percent * weights::TYPO_PERCENT / 100);
            let words = near.iter().map(|near| near.term).collect();
            let marks = if edits == least {
                terms.marks(best.term)
            } else {
                0
            };
            readings.extend(self.add(loose_word(terms, &typed.text, words, percent), marks));
        }
        readings
    }

    /// Notes that a typed word was read as another.
    fn correct(&mut self, terms: &Terms, typed: &FoldedWord, term: Term) {
        let place = typed.start..typed.end;
        if !self.corrections.iter().any(|(other, _)| *other == place) {
            let word = terms.lexicon.get(term).to_string();
            self.corrections.push((place, word));
        }
    }

    /// A word that is the beginning of codes.
    fn code(&mut self, text: &str, nodes: std::ops::Range<u32>) -> Option<u8> {
        let postings = nodes.len() as u32;
        self.add(
            PlanWord {
                text: text.to_string(),
                exact: None,
                loose: Vec::new(),
                percent: 100,
                weight: weights::CODE_WEIGHT,
                cost: 0,
                nodes,
                postings,
                ours: false,
            },
            0,
        )
    }

    /// The words that are denied by what was typed or said, as bits of a mask.
    pub fn denied(&self) -> u64 {
        let denied = self.negated & self.said;
        denied | denied << MOST_WORDS
    }

    /// The mask of a text that is no document.
    pub fn mask_of(&self, text: &[Term]) -> u64 {
        text.iter().fold(0, |mask, term| mask | self.bits_of(*term))
    }

    /// The words of a text that are denied where they were typed otherwise, or the other way round; only those of `which`, as bits.
    pub fn contradictions(&self, terms: &Terms, text: &[Term], which: u64) -> Against {
        let mut against = Against::default();
        // Most texts deny nothing, as most queries do.
        let denies = |term: &Term| terms.marks(*term) & (terms::WITHOUT | terms::NOT) != 0;
        if self.negated == 0 && !text.iter().any(denies) {
            return against;
        }
        // Who looks for what a test did not find says it too.
        let looks = |term: &Term| LOOKING.contains(&terms.lexicon.get(*term));
        let which = match self.tested != 0 && text.iter().any(looks) {
            true => which & !self.tested,
            false => which,
        };
        // Words that the text denies in one place and says in another contradict nothing.
        let mut says = 0;
        let mut reach = Denial::default();
        for term in text {
            let word = terms.lexicon.get(*term);
            let Some(denied) = reach.next(word, terms.marks(*term)) else {
                continue;
            };
            let raw = self.bits_of(*term);
            let bits = (raw | raw >> MOST_WORDS) & (u64::MAX >> MOST_WORDS);
            let bits = bits & !self.unclear & which;
            // What was typed says it, whatever a phrase beside it means.
            let bits = match bits & self.typed {
                0 => bits,
                typed => typed,
            };
            // A word typed in both ways contradicts nothing.
            let contradicts = match denied {
                Denied::Neither => bits & self.negated == 0,
                Denied::Unknown => bits & self.typed & !self.negated != 0,
                Denied::Surely => bits & self.negated == 0 && says & bits == 0,
                Denied::Perhaps => false,
                Denied::No => bits & !self.negated == 0,
            };
            says |= if denied == Denied::No { bits } else { 0 };
            against.agreed |= if denied == Denied::Surely {
                bits & self.negated
            } else {
                0
            };
            if bits != 0 && contradicts {
                against.bits |= raw;
                against.count += 1 + u32::from(bits & self.said != 0);
            }
        }
        against
    }

    /// The bits of the words that a term matches.
    pub fn bits_of(&self, term: Term) -> u64 {
        self.bits.of(term)
    }

    /// Notes the bits of every term, once all words are known.
    fn note_bits(&mut self, terms: &Terms) {
        let mut bits = Bits::new(terms.lexicon.len());
        for (at, word) in self.words.iter().enumerate() {
            word.exact.iter().for_each(|term| bits.add(*term, 1 << at));
            let loose = 1 << at << MOST_WORDS;
            word.loose.iter().for_each(|term| bits.add(*term, loose));
        }
        self.bits = bits;
    }

    /// What a word gains by a mask, in hundredths.
    pub fn word_gain(&self, at: u8, mask: u64) -> u32 {
        match self.words.get(usize::from(at)) {
            Some(word) if mask >> at & 1 != 0 => word.weight * 100,
            Some(word) if mask >> at >> MOST_WORDS & 1 != 0 => word.weight * word.percent,
            _ => 0,
        }
    }

    /// What a reading of a slot gains by a mask.
    pub fn reading_gain(&self, slot: &Slot, reading: &Reading, mask: u64) -> u32 {
        let words = reading.words.iter();
        let matched: u32 = words.map(|at| self.word_gain(*at, mask)).sum();
        matched * slot.worth / reading.total / 100 * reading.percent / 100
    }

    /// What a slot gains by a mask: as much as the best of its readings.
    pub fn slot_gain(&self, slot: &Slot, mask: u64) -> u32 {
        let readings = slot.readings.iter();
        let gains = readings.map(|reading| self.reading_gain(slot, reading, mask));
        gains.max().unwrap_or(0)
    }

    /// Whether a mask has every word that was typed, of each slot those of one of its readings as typed; a phrase of the vocabulary
    /// that has none is as good as its meaning.
    pub fn covered(&self, mask: u64) -> bool {
        let both = mask | mask >> MOST_WORDS;
        self.slots.iter().all(|slot| {
            let literal = slot.readings.iter().any(|reading| !reading.meant);
            let mut readings = slot.readings.iter();
            readings.any(|reading| {
                !(reading.meant && literal) && reading.words.iter().all(|at| both >> at & 1 != 0)
            })
        })
    }

    /// The words typed that a mask lacks, of the slots of which it has not all.
    pub fn missed(&self, mask: u64) -> impl Iterator<Item = &PlanWord> {
        let part = move |slot: &&Slot| {
            self.slot_gain(slot, mask) * 100 < slot.worth * weights::WHOLE_SLOT_PERCENT
        };
        let words = self.slots.iter().filter(part);
        let words = words.flat_map(|slot| slot.readings.iter().flat_map(|reading| &reading.words));
        let lacking =
            self.typed & self.content & !self.negated & !self.sides & !(mask | mask >> MOST_WORDS);
        let words = words.filter(move |at| lacking & 1 << **at != 0);
        let words = words.filter_map(|at| self.words.get(usize::from(*at)));
        // A letter, and what means that nothing more is known, tell no code from another.
        words.filter(|word| {
            let text = word.text.as_str();
            let letter = text.len() == 1 && text.starts_with(|c: char| c.is_ascii_alphabetic());
            !letter && !weights::NEUTRAL.contains(&text)
        })
    }

    /// Whether a text says nothing of what was typed: none of its words, or only what does not hold for sure.
    pub fn says_nothing(&self, weighed: &Weighed) -> bool {
        weighed.typed & self.content == 0 || self.tested != 0 && weighed.mask & self.content == 0
    }

    /// What the words of a title cost at most that has all words typed and says more.
    pub fn most_unasked(&self, gain: u32) -> u32 {
        let lightest = self.slots.iter().map(|slot| slot.worth).min().unwrap_or(0);
        let least = gain * weights::WHOLE_LEAST_PERCENT / 100;
        let light = (lightest * weights::WHOLE_LIGHTEST_PERCENT / 100).max(least);
        light.min(gain * weights::WHOLE_MOST_PERCENT / 100)
    }

    /// What a mask of matched words gains, and the costs that its words spare the document.
    pub fn gain(&self, mask: u64) -> (u32, u32) {
        let slots = self.slots.iter();
        let gain = slots.map(|slot| self.slot_gain(slot, mask)).sum();
        let both = mask | mask >> MOST_WORDS;
        let spared = self
            .words
            .iter()
            .enumerate()
            .filter(|(at, _)| both >> at & 1 != 0)
            .map(|(_, word)| word.cost)
            .sum();
        (gain, spared)
    }
}

/// Per term, the bits of the words that it matches: in pages of 64 terms, of which most are empty and the same one.
#[derive(Clone, Debug, Default)]
struct Bits {
    pages: Vec<u16>,
    bits: Vec<u64>,
}

impl Bits {
    fn new(terms: usize) -> Bits {
        Bits {
            pages: vec![0; terms.div_ceil(64)],
            bits: vec![0; 64],
        }
    }

    #[inline]
    fn of(&self, term: Term) -> u64 {
        let page = self.pages.get(term as usize / 64).copied().unwrap_or(0);
        let at = usize::from(page) * 64 + term as usize % 64;
        self.bits.get(at).copied().unwrap_or(0)
    }

    fn add(&mut self, term: Term, bits: u64) {
        let Some(page) = self.pages.get_mut(term as usize / 64) else {
            return;
        };
        if *page == 0 {
            *page = (self.bits.len() / 64) as u16;
            self.bits.resize(self.bits.len() + 64, 0);
        }
        let at = usize::from(*page) * 64 + term as usize % 64;
        if let Some(to) = self.bits.get_mut(at) {
            *to |= bits;
        }
    }
}

/// What in a text contradicts a query.
#[derive(Clone, Copy, Debug, Default)]
pub struct Against {
    /// How many words are denied that were typed, or the other way round: each counts twice, where it was typed or said by a
    /// phrase that was typed, and once where only the title has it that the phrase means.
    pub count: u32,
    /// The words of the query that these match, as bits of a mask: they match nothing.
    pub bits: u64,
    /// The words, as bits, that both deny: what the text leads to may say the same by other words.
    pub agreed: u64,
}

/// Words that deny the next one, as people type them; so does `not`, but in `not specified` and its like.
const DENYING: [&str; 4] = ["without", "no", "non", "never"];
/// What turns a word into its opposite when it stands before it.
const OPPOSING: [&str; 3] = ["a", "an", "un"];
/// What a test says that does not find what it looks for.
const NEGATIVE: [&str; 3] = ["negative", "neg", "nonreactive"];
/// What texts say that name a disease because somebody looks for it.
const LOOKING: [&str; 7] = [
    "negative",
    "screening",
    "test",
    "contact",
    "exposure",
    "observation",
    "counseling",
];
/// Words that begin another statement.
const ORDINALS: [&str; 3] = ["first", "second", "third"];
/// So many words after "without" are denied for sure: `foreign body`, `neurogenic claudication`.
const DENIED_WORDS: u32 = 2;

/// A slot with several readings is worth no more than this, or the words as typed where they weigh more: a meaning of many
/// words must not drown the other words of the query.
const MOST_WORTH: u32 = 2 * weights::HEAVIEST;
/// What a word is worth that stands nowhere: it still counts as typed.
const UNKNOWN_WORTH: u32 = 3 * BIT;
/// What a phrase of the vocabulary is worth of which the system has no word: it says something, and no hit has it.
const UNKNOWN_PHRASE_WORTH: u32 = 5 * BIT;
/// Words at least this long may be the beginning of longer ones wherever they stand.
const SHORTEST_TRUNCATED: usize = 4;
/// The longest phrase that is looked for, in words.
const LONGEST_PHRASE: usize = 7;

/// What a plan depends on besides the terms of its system.
pub struct Context<'c> {
    /// The vocabulary.
    pub vocabulary: &'c Vocabulary,
    /// The nodes whose codes begin with a piece of a query.
    pub codes: &'c dyn Fn(&str) -> std::ops::Range<u32>,
    /// What a phrase of the vocabulary may mean in this code system, the most usual first.
    pub meanings: &'c dyn Fn(usize) -> Vec<Meant>,
    /// The ranges of numbers in the titles of this code system.
    pub ranges: &'c dyn Fn() -> &'c [Range],
    /// Whether another code system that is searched too has a word, or one that begins so where it is the last: then nobody
    /// mistyped it.
    pub elsewhere: &'c dyn Fn(&str, bool) -> bool,
}

impl Context<'_> {
    /// The readings of the word at a place, where it is a number that lies in ranges of titles, by the words typed beside it and what these mean.
    fn ranges(&self, terms: &Terms, at: usize, words: &[FoldedWord]) -> Vec<Vec<String>> {
        let number = words.get(at).and_then(|word| word.text.parse().ok());
        let before = at.checked_sub(1).and_then(|before| words.get(before));
        let counts = before.is_some_and(|before| measures::counts(&before.text));
        let Some(number) = number.filter(|_| !counts) else {
            return Vec::new();
        };
        let mut beside: Vec<String> = Vec::new();
        for word in words.iter().filter(|word| !is_function(word)) {
            let mut say = |word: &str| beside.push(fold::stem(word).to_string());
            say(&word.text);
            let phrase = self.vocabulary.find(&word.text);
            let meant = phrase.and_then(|phrase| (self.meanings)(phrase).into_iter().next());
            meant
                .iter()
                .flat_map(|meant| meant.wording.split(' '))
                .for_each(say);
        }
        crate::sort::sort(&mut beside);
        beside.dedup();
        let ranges = measures::of_number((self.ranges)(), &terms.lexicon, number, &beside);
        let spelled = |range: &[Term]| {
            range
                .iter()
                .map(|term| terms.lexicon.get(*term).to_string())
                .collect()
        };
        ranges.into_iter().map(spelled).collect()
    }
}

/// What a phrase may mean.
pub struct Meant {
    /// Folded words with one blank between them.
    pub wording: String,
    /// Whether that is the title of a code.
    pub title: bool,
}

/// Whether a phrase is a shorthand for `without` and nothing else.
fn is_without(meanings: &[Meant]) -> bool {
    matches!(meanings, [one] if one.wording == "without")
}

/// The words of a wording that it denies.
fn denied(terms: &Terms, wording: &str) -> Vec<String> {
    let mut reach = Denial::default();
    let words = wording.split(' ');
    let denied = words.filter(|word| reach.of(terms, word) == Some(Denied::Surely));
    denied.map(str::to_string).collect()
}

/// The words of a text of which it says neither that they hold nor that they do not: `not specified as recurrent`.
pub fn unsaid(terms: &Terms, text: &[Term]) -> Vec<Term> {
    let mut reach = Denial::default();
    let neither = |term: &&Term| {
        let denied = reach.next(terms.lexicon.get(**term), terms.marks(**term));
        denied == Some(Denied::Neither)
    };
    text.iter().filter(neither).copied().collect()
}

/// Whether a word of content is denied where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Denied {
    /// Nothing denies it.
    No,
    /// It stands after a denial that may not reach so far.
    Perhaps,
    /// It is denied.
    Surely,
    /// The text says neither it nor the opposite: `not specified as recurrent`.
    Neither,
    /// Nobody knows whether it holds: against who typed it.
    Unknown,
}

/// How far denials reach, word by word.
///
/// How far `without` reaches is not always clear: the first words of content after it, and those after its `or`, are denied; the
/// others up to the next `with`, side or preposition may be. `not intractable` denies as `without` does, but one word only;
/// `not specified` and its like say nothing of what follows.
struct Denial {
    /// How many of the next words are denied.
    left: u32,
    /// Whether one was, and others may be.
    begun: bool,
    /// How many words ago `not` stood.
    since_not: u32,
    /// Whether `not specified as` stood before.
    neither: bool,
    /// How many of the next words stand after `whether`, or after `unspecified as`: `unspecified whether with hypoxia or
    /// hypercapnia` is not for who knows.
    whether: u32,
    /// Whether `unspecified` stood just before.
    unspecified: bool,
}

impl Default for Denial {
    fn default() -> Denial {
        Denial {
            left: 0,
            begun: false,
            since_not: u32::MAX,
            neither: false,
            whether: 0,
            unspecified: false,
        }
    }
}

impl Denial {
    /// What holds of the next word; nothing of a word without content.
    fn of(&mut self, terms: &Terms, word: &str) -> Option<Denied> {
        let marks = terms.lexicon.find(word).map_or(0, |term| terms.marks(term));
        self.next(word, marks)
    }

    /// As [`Denial::of`], where the marks of the word are known.
    fn next(&mut self, word: &str, marks: u64) -> Option<Denied> {
        self.since_not = match marks & terms::NOT {
            0 => self.since_not.saturating_add(1),
            _ => 0,
        };
        self.neither |= self.since_not == 2 && word == "as";
        if word == "whether" {
            self.whether = DENIED_WORDS + 1;
        } else if word == "as" && self.unspecified {
            self.whether = DENIED_WORDS;
        }
        self.unspecified = word == "unspecified";
        // `without hemorrhage, second trimester` denies the hemorrhage alone.
        let content = marks & (terms::FUNCTION | terms::NEUTRAL | terms::SIDE) == 0
            && !ORDINALS.contains(&word)
            || word.starts_with("complication");
        if self.neither && content {
            return Some(Denied::Neither);
        }
        if marks & (terms::WITH | terms::WITHOUT) != 0 {
            let denies = marks & terms::WITHOUT != 0;
            self.left = if denies { DENIED_WORDS } else { 0 };
            self.begun = false;
            return None;
        }
        if !content {
            match word {
                "or" | "and" if self.begun => self.left = DENIED_WORDS,
                // After one word, `of` says what is denied: `without loss of consciousness`.
                "of" if self.begun && self.left == DENIED_WORDS - 1 => self.left = 1,
                // In `damage to nail` the nail is what the damage is of; `without mention of` has denied nothing yet.
                "to" => {}
                _ if self.begun => (self.left, self.begun) = (0, false),
                _ => {}
            }
            return None;
        }
        // In `without acute cor pulmonale` nobody denies that something else is acute.
        let qualifies = marks & (terms::OPPOSITES | terms::CONTEXT) != 0;
        let denied = if self.since_not == 1 || self.left > 0 && !qualifies {
            Denied::Surely
        } else if self.whether > 0 {
            Denied::Unknown
        } else if self.begun || self.left > 0 {
            Denied::Perhaps
        } else {
            Denied::No
        };
        self.whether = self.whether.saturating_sub(1);
        if !qualifies {
            self.begun |= self.left > 0;
            self.left = self.left.saturating_sub(1);
        }
        Some(denied)
    }
}

/// The longest phrase of the vocabulary that some words begin with: its length in words, and its number.
fn longest_phrase(vocabulary: &Vocabulary, words: &[FoldedWord]) -> Option<(usize, usize)> {
    let mut joined = String::new();
    let mut found = None;
    for (at, word) in words.iter().take(LONGEST_PHRASE).enumerate() {
        if at > 0 {
            joined.push(' ');
        }
        joined.push_str(&word.text);
        let length = at + 1;
        let singular = || {
            joined
                .strip_suffix('s')
                .and_then(|singular| vocabulary.find(singular))
        };
        // `no` is not one of several `nos`.
        let plural = || {
            let long = word.text.len() > 2;
            long.then(|| vocabulary.find(&format!("{joined}s")))
                .flatten()
        };
        if let Some(phrase) = vocabulary.find(&joined).or_else(singular).or_else(plural) {
            found = Some((length, phrase));
        }
        if !vocabulary.has_prefix(&joined) && length > 1 {
            break;
        }
    }
    found
}

/// The word of content that `non` denies, which stands first by itself or with that word written onto it, and how many words were typed.
fn opposite(
    terms: &Terms,
    vocabulary: &Vocabulary,
    words: &[FoldedWord],
) -> Option<(FoldedWord, usize)> {
    let (first, next) = (words.first()?, words.get(1));
    let known = |base: &&str| {
        base.len() > 3 && (terms.lexicon.find(base).is_some() || vocabulary.find(base).is_some())
    };
    let (text, length) = match (first.text.strip_prefix("non")?, next) {
        ("", Some(next)) if !is_function(next) => (next.text.as_str(), 2),
        (base, _) => (Some(base).filter(known)?, 1),
    };
    let neutral = |word: &&str| fold::stem(word) == fold::stem(text);
    if weights::NEUTRAL.iter().any(neutral) {
        return None;
    }
    let base = FoldedWord {
        text: text.to_string(),
        start: first.start,
        end: words.get(length - 1)?.end,
    };
    Some((base, length))
}

/// The terms that match a word, and its marks; nothing where none does.
fn resolve(terms: &Terms, text: &str, prefix: bool, alone: bool) -> Option<(PlanWord, u64)> {
    let lexicon = &terms.lexicon;
    let exact = lexicon.find(text);
    let longer = if prefix {
        lexicon.with_prefix(text)
    } else {
        0..0
    };
    // A beginning means a longer word that says something.
    let longer: Vec<Term> = longer
        .filter(|term| Some(*term) != exact && terms.marks(*term) & terms::FUNCTION == 0)
        .collect();
    let forms = forms(lexicon, text, exact);
    let marks = exact.map_or(0, |term| terms.marks(term));
    let Some(exact) = exact else {
        let percent = if longer.is_empty() {
            if forms
                .iter()
                .any(|term| fold::is_plural(lexicon.get(*term), text))
            {
                weights::PLURAL_PERCENT
            } else {
                weights::FORM_PERCENT
            }
        } else {
            weights::PREFIX_PERCENT
        };
        let marks = forms.iter().fold(0, |marks, term| {
            marks | terms.marks(*term) & terms::OPPOSITES
        });
        let mut loose = longer;
        loose.extend(forms);
        crate::sort::sort_numbers(&mut loose);
        loose.dedup();
        return (!loose.is_empty()).then(|| (loose_word(terms, text, loose, percent), marks));
    };
    let mut loose = forms;
    // While a word is typed that is complete already, longer ones come after it.
    if text.len() > 2 || !alone {
        loose.extend(longer);
    }
    crate::sort::sort_numbers(&mut loose);
    loose.dedup();
    let postings = count(terms, &loose) + terms.postings(exact).len() as u32;
    Some((
        PlanWord {
            text: text.to_string(),
            exact: Some(exact),
            loose,
            percent: weights::FORM_PERCENT,
            weight: terms.weight(exact),
            cost: terms.cost(exact),
            nodes: 0..0,
            postings,
            ours: marks & terms::OURS != 0,
        },
        marks,
    ))
}

fn count(terms: &Terms, loose: &[Term]) -> u32 {
    loose
        .iter()
        .map(|term| terms.postings(*term).len() as u32)
        .sum()
}

/// A word that no term is: it weighs as its most frequent term does.
fn loose_word(terms: &Terms, text: &str, loose: Vec<Term>, percent: u32) -> PlanWord {
    let frequent = loose
        .iter()
        .copied()
        .max_by_key(|term| terms.postings(*term).len());
    PlanWord {
        text: text.to_string(),
        exact: None,
        percent,
        weight: frequent.map_or(0, |term| terms.weight(term)),
        cost: frequent.map_or(0, |term| terms.cost(term)),
        nodes: 0..0,
        postings: count(terms, &loose),
        ours: false,
        loose,
    }
}

/// Other words with the same stem.
fn forms(lexicon: &Lexicon, text: &str, exact: Option<Term>) -> Vec<Term> {
    let stem = fold::stem(text);
    if text.len() < 4 || text.bytes().any(|byte| byte.is_ascii_digit()) {
        return Vec::new();
    }
    let root = stem.strip_suffix(['i', 'y', 'e']).unwrap_or(stem);
    lexicon
        .with_prefix(root)
        .filter(|term| Some(*term) != exact)
        .filter(|term| {
            let other = lexicon.get(*term);
            fold::stem(other) == stem || fold::is_plural(other, text)
        })
        .collect()
}

/// An acronym of the vocabulary with the number of a type written onto it (`hsan3`, `mps3c`): its letters, and the rest.
/// Nothing where some text has the word as it stands.
fn numbered<'w>(
    terms: &Terms,
    vocabulary: &Vocabulary,
    text: &'w str,
) -> Option<(&'w str, &'w str)> {
    let digit = text.find(|c: char| c.is_ascii_digit())?;
    let (letters, number) = text.split_at_checked(digit)?;
    let known = letters.len() >= 2
        && number.len() <= 3
        && terms.lexicon.find(text).is_none()
        && vocabulary.find(text).is_none()
        && vocabulary.find(letters).is_some();
    known.then_some((letters, number))
}

/// The known words that an unknown one is written together from: at a change between letters and digits, or two
/// words of at least three letters.
fn parts(lexicon: &Lexicon, text: &str) -> Vec<String> {
    if lexicon.find(text).is_some() || !text.is_ascii() {
        return Vec::new();
    }
    let bytes = text.as_bytes();
    let change = bytes.windows(2).position(
        |pair| matches!(pair, [one, other] if one.is_ascii_digit() != other.is_ascii_digit()),
    );
    if let Some(at) = change {
        let (one, other) = text.split_at(at + 1);
        if lexicon.find(one).is_some() && lexicon.find(other).is_some() {
            return vec![one.to_string(), other.to_string()];
        }
        return Vec::new();
    }
    (3..text.len().saturating_sub(2))
        .rev()
        .map(|at| text.split_at(at))
        .find(|(one, other)| lexicon.find(one).is_some() && lexicon.find(other).is_some())
        .map_or(Vec::new(), |(one, other)| {
            vec![one.to_string(), other.to_string()]
        })
}
