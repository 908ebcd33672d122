//! Search: from what people type to codes.
//!
//! [`Index::search`] takes any text. A text that is the beginning of codes lists those codes in their order. Any other is
//! split into words (`fold`), understood for each code system (`plan`), matched against titles and the other wordings of
//! the system (`terms`, `candidates`), and the best of these are weighed into concepts (`hits`). The last word may be the
//! beginning of a longer one, words that stand nowhere are corrected (`typos`), and codes may stand among words (`codes`).
//!
//! All arithmetic is on integers and the order of hits is total, so that every machine answers alike. The constants and
//! their reasons are in `weights`.

mod axes;
mod candidates;
mod codes;
mod explain;
mod facets;
pub mod fold;
pub mod frequent;
mod habits;
mod hits;
mod measures;
mod plan;
#[cfg(not(target_arch = "wasm32"))]
pub mod quality;
mod terms;
#[cfg(test)]
mod tests;
mod typos;
pub mod weights;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use explain::{Part, ScorePart};
pub use facets::{Facet, FacetValue, RefineOptions, Refinement, wrong_choice};
pub use habits::{Habits, MOST_RECENT, Profile, UsedCode, is_specialty, specialties};
pub use terms::{MatchedBy, Terms};

use crate::code_system::CodeSystem;
use crate::date::Date;
use crate::index::core::Code;
use crate::index::vocabulary::Meaning;
use crate::index::{Concept, ConceptId, Index, System};
use crate::validate::{Fix, Status, ValidateOptions};
use fold::FoldedWord;
use hits::Found;
use plan::{Meant, Plan};

/// What to search, and how much of it to return.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SearchOptions {
    /// The code systems to search; empty for all of the index.
    pub systems: Vec<CodeSystem>,
    /// Only codes that are valid for submission.
    pub billable_only: bool,
    /// Only codes at or below this code, or in the group with this label or range, such as `E11` or `E08-E13`.
    pub within: Option<String>,
    /// Only codes that are valid on this day.
    pub date: Option<Date>,
    /// At most so many hits (20 by default).
    pub limit: usize,
    /// Leave out so many hits first.
    pub offset: usize,
    /// Only hits that say this: values by axis, as [`Index::facets`] offers them.
    pub chosen: BTreeMap<String, String>,
    /// Whether each hit says how its score came about.
    pub explain: bool,
    /// What the caller's user does often: decides between hits that match alike.
    pub habits: Option<Habits>,
    /// Answer from what is decoded already, and decode no more than titles; where these do not have all words of the
    /// query, the vocabulary too: for the first keystrokes, while [`Index::prepare`] decodes the rest. Hits have
    /// short titles only once these are decoded.
    pub quick: bool,
}

impl Default for SearchOptions {
    fn default() -> Self {
        SearchOptions {
            systems: Vec::new(),
            billable_only: false,
            within: None,
            date: None,
            limit: 20,
            offset: 0,
            chosen: BTreeMap::new(),
            explain: false,
            habits: None,
            quick: false,
        }
    }
}

/// The answer to a search.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchResult {
    /// The hits: the higher score first, then the title that says less that was not asked for, then by code system and code.
    /// This order is total. Where more hits are wanted than the closest few hundred texts make, those of the next texts
    /// follow in the same order, whatever their score.
    pub hits: Vec<Hit>,
    /// How many codes match, the same for every `limit` and `offset`. Those that begin with a code that was typed, the
    /// categories with them; of words all codes that a text leads to with some of the words, of which `hits` has the better
    /// ones first and the codes of a category that matches perhaps by one of them. With something chosen, how many of those
    /// that match as well as the best hit say it: `hits` ends with them.
    pub total: usize,
    /// The query with its misspelled words corrected, where any was; the code that was probably meant by one with a mistake in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction: Option<String>,
    /// Whether all texts were searched: not so where `quick` left some out.
    pub complete: bool,
    /// Nothing was searched, because none of the systems has the code or group that [`SearchOptions::within`] names.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub within_unknown: bool,
}

/// A concept that was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Hit {
    /// The concept.
    #[serde(flatten)]
    pub concept: Concept,
    /// How well it matches: 10,000 where a text matches all that was typed and says nothing else; more for codes.
    pub score: u32,
    /// What matched.
    pub matched: Vec<Match>,
    /// How the score came about, where that was asked for: parts whose points add up to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explained: Option<Vec<ScorePart>>,
}

/// A text that matched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Match {
    /// What kind of text it is.
    pub by: MatchedBy,
    /// The text, where it is not the title or the code of the hit; of a code with a mistake in it, how the hit follows from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The words of the text (of the title, where there is none) that match, as they stand in it.
    pub words: Vec<String>,
}

/// The score of the first concept of those whose codes begin with the query: more than any text scores.
const CODE_SCORE: u32 = 20_000;

/// The score of a code that is letters alone, such as the modifier QJ, where no text of its system scores more. It lies between
/// what words score that only begin with the letters (8,426 for `th`) and what an abbreviation scores that people say (9,308
/// and more for `ms`, `fs` and `mf`, all of them modifiers too).
const LETTERS_SCORE: u32 = 9_000;

/// The score of a code whose name people type often, where the query is the beginning of the name: more than words score that only
/// begin so (8,500), less than what an abbreviation scores that people say.
const BEGUN_SCORE: u32 = 9_200;

/// The same where one letter was typed, which stands for nothing else: more than a text scores that says the letter.
const LETTER_SCORE: u32 = hits::FULL;

/// From so many letters on a word that is not finished is completed by a name that begins so, whatever else the letters are.
const LONG_BEGINNING: usize = 4;

/// The score of codes that begin with what the vocabulary knows as a phrase: less than the phrase.
const NAMED_SCORE: u32 = 8_000;

/// What the codes for histories, screenings and other circumstances begin with in ICD-10-CM.
const STATUSES: &str = "Z";

/// What stands between codes that are listed.
const LISTING: [char; 7] = [',', ';', '/', '+', ' ', '\t', '\n'];

/// What the codes for mothers begin with in ICD-10-CM.
const MOTHERS: &str = "O";

/// Words of mothers' codes that say when; where none names the disease, the code is that for the diseases of its kind.
const ORDINALS: [&str; 3] = ["first", "second", "third"];
/// See above.
const MATERNAL: [&str; 5] = [
    "childbirth",
    "puerperium",
    "pregnancy",
    "pregnant",
    "trimester",
];

/// How much of a query counts: more than anybody types, and little enough that a pasted document is answered as fast.
pub const MOST_CHARACTERS: usize = 512;

/// How many words of a query count, the first ones.
pub const MOST_WORDS: usize = 48;

/// The rows of an Alphabetic Index that [`Index::prepare`] decodes before it asks whether to go on: a few milliseconds'
/// work.
const ROWS_AT_ONCE: u32 = 250;

/// A concept of one of the systems, before it is shown.
struct Ranked<'s, 'a> {
    system: &'s System<'a>,
    found: Found,
    /// The number of the plan that led to it, from 1; 0 where the query is its code.
    plan: usize,
    /// What changed its score after its words were weighed.
    after: explain::After,
    /// The frequent name that the query is, or is the beginning of.
    frequent: Option<&'static str>,
}

impl<'s, 'a> Ranked<'s, 'a> {
    /// A concept of which the query is the code, or the beginning of it.
    fn of_code(system: &'s System<'a>, concept: ConceptId, score: u32) -> Ranked<'s, 'a> {
        Ranked {
            system,
            plan: 0,
            after: explain::After::default(),
            frequent: None,
            found: Found {
                concept,
                score,
                unasked: 0,
                document: 0,
                mask: 0,
                own: 0,
                block: 0,
            },
        }
    }
}

/// What the words of a query find in one system.
struct ByText {
    /// The concepts, best first.
    found: Vec<(Found, explain::After)>,
    /// The nodes of all texts that match.
    matching: Vec<u32>,
    plan: Plan,
    /// The words of the best text and of the title that it leads to.
    said: Vec<terms::Term>,
    /// What [`Index::of_chapter`] finds.
    of_chapter: Option<(Found, Plan)>,
}

impl<'a> Index<'a> {
    /// Finds the codes that a text means.
    ///
    /// Any text has an answer, if an empty one. Of a long one the first [`MOST_CHARACTERS`] characters and [`MOST_WORDS`] words
    /// count, and the rest is as if it had not been typed. The first search of a code system decodes its texts and builds its
    /// word lists; later ones take well under a millisecond.
    pub fn search(&self, query: &str, options: &SearchOptions) -> SearchResult {
        let at_hand = !options.quick || self.vocabulary_at_hand().is_some();
        let mut result = self.search_at_hand(query, options);
        if !at_hand && (result.hits.is_empty() || result.correction.is_some()) {
            // Titles alone do not have all words: the vocabulary may.
            self.vocabulary();
            result = self.search_at_hand(query, options);
        }
        // What has a dot within is meant as a code, whatever words its pieces begin.
        let dotted = query.trim().contains('.') && query.trim().len() > 4;
        let by_code = |hit: &Hit| hit.matched.iter().any(|one| one.by == MatchedBy::Code);
        if result.total == 0 || dotted && !result.hits.iter().any(by_code) {
            return self.search_mistyped(query, options).unwrap_or(result);
        }
        result
    }

    /// The codes that are probably meant by a code with a mistake in it, such as `W21.89XA` by `W21.89A`, as [`Index::validate`] has
    /// them; the likeliest is the correction.
    fn search_mistyped(&self, query: &str, options: &SearchOptions) -> Option<SearchResult> {
        let code = query.trim();
        if !codes::looks_like_code(code) || !options.chosen.is_empty() {
            return None;
        }
        let validate = |system| {
            let options = ValidateOptions {
                system,
                date: options.date,
                ..ValidateOptions::default()
            };
            self.validate(code, &options)
        };
        // `99213` is no heat syncope of ICD-9-CM with a mistake in it, nor `250.00` an anorexia where ICD-10-CM alone is searched.
        let anywhere = validate(None);
        if anywhere.concept.is_some() || anywhere.status == Status::UnknownNoPack {
            return None;
        }
        let answers = self.asked(options).map(|system| {
            let allowed = allowed(system, options);
            let mut answer = validate(Some(system.code_system()));
            answer.fixes.retain(|fix| {
                let concept = system.find(&fix.code);
                concept
                    .is_some_and(|fixed| allowed.iter().any(|range| range.contains(&fixed.node())))
            });
            (system, answer)
        });
        let (system, answer) = answers
            .filter(|(_, answer)| !answer.fixes.is_empty())
            .min_by_key(|(_, answer)| answer.distance())?;
        let total = answer.fixes.len();
        let correction = answer.fixes.first().map(|fix| fix.code.clone());
        let fixes = (0..).zip(answer.fixes);
        let page = fixes.skip(options.offset).take(options.limit);
        let hit = |(at, fix): (u32, Fix)| {
            let score = CODE_SCORE / 2 - at;
            let explained = explain::of_mistyped(code, &fix.why, score);
            Some(Hit {
                concept: system.concept(system.find(&fix.code)?),
                score,
                matched: vec![Match {
                    by: MatchedBy::Code,
                    text: Some(fix.why),
                    words: Vec::new(),
                }],
                explained: options.explain.then_some(explained),
            })
        };
        Some(SearchResult {
            hits: page.filter_map(hit).collect(),
            total,
            correction,
            complete: true,
            within_unknown: false,
        })
    }

    /// As [`Index::search`]; where it is to be quick, without a vocabulary that is not decoded. A query with a misspelled word is
    /// answered as the corrected one is, unless that finds less.
    fn search_at_hand(&self, query: &str, options: &SearchOptions) -> SearchResult {
        if !options.chosen.is_empty() {
            return self.search_chosen(query, options);
        }
        let (mut typed, best) = self.search_typed(query, options);
        let Some(correction) = typed.correction.take() else {
            return typed;
        };
        let (mut corrected, other) = self.search_typed(&correction, options);
        if corrected.correction.is_some() || other < best {
            return typed;
        }
        corrected.correction = Some(correction);
        corrected
    }

    /// The answer to the words as they stand, with what they might be corrected to, and the score of the best hit.
    fn search_typed(&self, query: &str, options: &SearchOptions) -> (SearchResult, u32) {
        let mut result = SearchResult {
            complete: true,
            ..SearchResult::default()
        };
        let mut ranked: Vec<Ranked<'_, 'a>> = Vec::new();
        let query = beginning(query);
        if let Some(typed) = self.typed_codes(query, options) {
            result.total = typed.len();
            let mut shorts = typed.iter().map(|one| one.system.has_shorts_at_hand());
            result.complete = !options.quick || shorts.all(|at_hand| at_hand);
            result.hits = self.shown(typed, &[], query, options);
            return (result, CODE_SCORE);
        }
        let words = words(query);
        let mut within_known = false;
        let mut plans: Vec<(Plan, Arc<Terms>)> = Vec::new();
        let mut corrected: Option<(u32, String)> = None;
        let mut coded = 0;
        // `dm2` begins codes of ICD-10-PCS, but who types it means the diabetes. A whole code needs no vocabulary to be told.
        let named = || {
            let vocabulary = self.vocabulary_for(options.quick);
            let typed = fold::joined(&words);
            let letters = typed.trim_end_matches(|c: char| c.is_ascii_digit());
            let mut names = [typed.as_str(), letters].into_iter();
            names.any(|name| name.len() > 1 && vocabulary.find(name).is_some())
        };
        // Whether a word is known anywhere is asked below, so that all terms are built first.
        let asked: Vec<_> = self
            .asked(options)
            .map(|system| {
                let allowed = allowed(system, options);
                let by_code = by_code(system, query.trim(), options, &allowed);
                let found = by_code.ok_or_else(|| self.terms(system, options.quick));
                (system, allowed, found)
            })
            .collect();
        for (system, allowed, found) in asked {
            within_known |= allowed.iter().any(|range| !range.is_empty());
            let (terms, complete) = match found {
                Err(terms) => terms,
                Ok((concepts, total)) => {
                    result.total += total;
                    // The system in which the query is a whole code comes first.
                    let whole = system
                        .find(query)
                        .is_some_and(|concept| system.billable(concept) || !named());
                    let first = match whole {
                        true => CODE_SCORE,
                        false if system.code_system() != CodeSystem::ICD10CM && named() => {
                            NAMED_SCORE
                        }
                        false => CODE_SCORE * 3 / 4,
                    };
                    coded += total;
                    ranked.extend(concepts.into_iter().enumerate().map(|(at, concept)| {
                        Ranked::of_code(system, concept, first.saturating_sub(at as u32))
                    }));
                    continue;
                }
            };
            let by_text = self.by_text(system, &terms, &words, options, &allowed);
            let (mut found, plan) = (by_text.found, by_text.plan);
            result.complete &= complete;
            let best = found.first().map_or(0, |(found, _)| found.score);
            let mut beside = self.frequent(system, &words, options, &allowed, best);
            if let Some(concept) = of_letters(system, query.trim(), options, &allowed) {
                let score = LETTERS_SCORE.max(best + 1);
                beside.retain(|other| other.found.concept != concept);
                beside.push(Ranked::of_code(system, concept, score));
            }
            for other in &mut beside {
                let mut texts = found.iter().map(|(found, _)| found);
                let same = texts.find(|found| found.concept == other.found.concept);
                other.found.score = other.found.score.max(same.map_or(0, |found| found.score));
            }
            if let Some((chapter, plan)) = by_text.of_chapter {
                plans.push((plan, terms.clone()));
                beside.push(Ranked {
                    plan: plans.len(),
                    found: chapter,
                    ..Ranked::of_code(system, chapter.concept, 0)
                });
            }
            let concepts = || beside.iter().map(|other| other.found.concept);
            found.retain(|(found, _)| concepts().all(|concept| concept != found.concept));
            let nodes = by_text
                .matching
                .into_iter()
                .chain(concepts().map(|concept| concept.node()));
            result.total += facets::reached(system, nodes, options, &allowed).len();
            ranked.extend(beside);
            if !plan.corrections.is_empty()
                && corrected.as_ref().is_none_or(|(other, _)| best > *other)
            {
                let said = by_text.said;
                corrected = Some((best, correct(query, &plan, &terms, &said)));
            } else if plan.corrections.is_empty() && best > 0 {
                // A system that knows all the words needs no correction, unless another answers better with one.
                let other = corrected.as_ref().map_or(0, |(other, _)| *other);
                if best >= other {
                    corrected = Some((best, String::new()));
                }
            }
            plans.push((plan, terms));
            ranked.extend(found.into_iter().map(|(found, after)| Ranked {
                system,
                found,
                plan: plans.len(),
                after,
                frequent: None,
            }));
        }
        // A query that is plainly a code of one system means that code, not words.
        if codes::looks_like_code(query.trim())
            && ranked.iter().any(|ranked| {
                ranked.plan == 0 && ranked.frequent.is_none() && ranked.found.score > NAMED_SCORE
            })
        {
            ranked.retain(|ranked| ranked.plan == 0);
            result.total = coded;
        }
        result.within_unknown = options.within.is_some() && !within_known;
        result.correction = corrected
            .map(|(_, text)| text)
            .filter(|text| !text.is_empty() && !ranked.is_empty());
        let bare = |ranked: &Ranked<'_, 'a>| !ranked.system.has_shorts_at_hand();
        result.complete &= !options.quick || !ranked.iter().any(bare);
        let best = ranked.iter().map(|ranked| ranked.found.score).max();
        result.hits = self.shown(ranked, &plans, query, options);
        (result, best.unwrap_or(0))
    }

    /// The codes that a query lists, in the order typed, where it lists several and nothing else.
    fn typed_codes<'s>(
        &'s self,
        query: &str,
        options: &SearchOptions,
    ) -> Option<Vec<Ranked<'s, 'a>>> {
        let pieces = query.split(LISTING).filter(|piece| !piece.is_empty());
        let pieces: Vec<&str> = pieces.collect();
        if pieces.len() < 2 || !pieces.iter().all(|piece| codes::looks_like_code(piece)) {
            return None;
        }
        let mut ranked: Vec<Ranked<'_, 'a>> = Vec::new();
        for piece in pieces {
            let found = self.asked(options).find_map(|system| {
                let known = system
                    .find(piece)
                    .filter(|found| admits(system, *found, options))?;
                let mut ranges = allowed(system, options).into_iter();
                let inside = ranges.any(|range| range.contains(&known.node()));
                inside.then_some((system, known))
            });
            let (system, known) = found?;
            let score = CODE_SCORE.saturating_sub(ranked.len() as u32);
            let same = |other: &Ranked<'_, 'a>| {
                other.found.concept == known && other.system.code_system() == system.code_system()
            };
            if !ranked.iter().any(same) {
                ranked.push(Ranked::of_code(system, known, score));
            }
        }
        Some(ranked)
    }

    /// The frequent names that the words of a query are, or are the beginning of; `best` is the score of the best text.
    fn frequent<'s>(
        &self,
        system: &'s System<'a>,
        words: &[FoldedWord],
        options: &SearchOptions,
        allowed: &[std::ops::Range<u32>],
        best: u32,
    ) -> Vec<Ranked<'s, 'a>> {
        if system.code_system() != CodeSystem::ICD10CM {
            return Vec::new();
        }
        let typed = fold::joined(words);
        let vocabulary = self.vocabulary_for(options.quick);
        // A phrase that shortens what it means (`diab`) is the beginning of a name as any other is.
        let known_phrase = vocabulary.find(&typed).is_some_and(|phrase| {
            let mut meanings = vocabulary.meanings(phrase);
            meanings.all(|meaning| !meaning.wording.starts_with(&typed))
        });
        let begun = frequent::begun(system, &typed);
        let whole = begun.iter().any(|frequent| frequent.whole);
        let begun = (0..).zip(begun);
        let shown = begun.filter(|(_, frequent)| {
            let node = frequent.concept.node();
            let inside = allowed.iter().any(|range| range.contains(&node));
            inside && admits(system, frequent.concept, options)
        });
        let ranked = shown.map(|(at, frequent)| {
            let score = match (frequent.whole, words) {
                (true, _) => hits::FULL.max(best + 1),
                (false, [one]) if one.text.len() == 1 => LETTER_SCORE - at,
                // What is known as it stands means that first.
                _ if known_phrase => best.saturating_sub(1 + at).min(BEGUN_SCORE),
                (false, [one])
                    if whole || one.text.len() < LONG_BEGINNING || frequent.parted(&typed) =>
                {
                    BEGUN_SCORE - at
                }
                _ => BEGUN_SCORE.max(best + frequent::MOST as u32) - at,
            };
            let mut ranked = Ranked::of_code(system, frequent.concept, score);
            (ranked.found, ranked.after) =
                after(system, ranked.found, false, options.habits.as_ref());
            ranked.frequent = Some(frequent.name);
            ranked
        });
        ranked.collect()
    }

    /// The hits of a page.
    fn shown(
        &self,
        mut ranked: Vec<Ranked<'_, 'a>>,
        plans: &[(Plan, Arc<Terms>)],
        query: &str,
        options: &SearchOptions,
    ) -> Vec<Hit> {
        crate::sort::sort_by_key(&mut ranked, |ranked| {
            let (block, score, unasked, concept) = hits::order(&ranked.found);
            (block, score, unasked, ranked.system.code_system(), concept)
        });
        let page = ranked.iter().skip(options.offset).take(options.limit);
        page.map(|ranked| {
            let plan = ranked.plan.checked_sub(1).and_then(|at| plans.get(at));
            self.hit(ranked, plan, query, options)
        })
        .collect()
    }

    /// The code systems that are searched.
    fn asked<'o>(
        &self,
        options: &'o SearchOptions,
    ) -> impl Iterator<Item = &System<'a>> + use<'_, 'o, 'a> {
        let wanted = &options.systems;
        self.systems()
            .iter()
            .filter(move |system| wanted.is_empty() || wanted.contains(&system.code_system()))
    }

    /// The terms of a system, and whether those of all its texts. The first call builds them.
    pub(crate) fn terms(&self, system: &System<'a>, quick: bool) -> (Arc<Terms>, bool) {
        let named = !quick || self.vocabulary_at_hand().is_some();
        system.terms(quick, named, |complete| {
            Terms::build(system, self.vocabulary_for(quick), complete)
        })
    }

    /// Decodes what searching these code systems needs (all of the index where none is named), for as long as `go_on`
    /// says so, and returns whether all of it is there. It asks after every few milliseconds of work, but for the
    /// last step of each system, which takes about as long as a hundred of them.
    ///
    /// ```no_run
    /// # let bytes = Vec::new();
    /// # let index = medcode::Index::open(&bytes)?;
    /// let start = std::time::Instant::now();
    /// let ready = index.prepare(&[], || start.elapsed().as_millis() < 8);
    /// # Ok::<(), medcode::index::format::OpenError>(())
    /// ```
    pub fn prepare(&self, systems: &[CodeSystem], mut go_on: impl FnMut() -> bool) -> bool {
        for system in self.systems() {
            if !systems.is_empty() && !systems.contains(&system.code_system()) {
                continue;
            }
            let mut ready = false;
            while !ready {
                if !go_on() {
                    return false;
                }
                // First what a quick search does not wait for, then the longest.
                ready = if self.vocabulary_at_hand().is_none() {
                    self.vocabulary();
                    false
                } else if !system.has_shorts_at_hand() {
                    system.shorts();
                    false
                } else {
                    system.read_index_terms(ROWS_AT_ONCE)
                };
            }
            self.terms(system, false);
        }
        true
    }

    /// Whether the releases of a system ended before those of another in the index began: nobody codes today's cases in it.
    fn is_retired(&self, system: &System<'a>) -> bool {
        let Some(end) = system.release().period.end else {
            return false;
        };
        let mut others = self.systems().iter();
        others.any(|other| {
            other
                .release()
                .period
                .start
                .is_some_and(|start| start > end)
        })
    }

    /// What a phrase of the vocabulary may mean in a code system: what leads to its codes, and what leads to none. A phrase
    /// that leads only to other systems means their titles.
    fn meanings(&self, system: &System<'a>, phrase: usize) -> Vec<Meant> {
        let meanings = self.vocabulary().meanings(phrase);
        let leads = |meaning: &Meaning<'_>| {
            let mut targets = meaning.targets.iter();
            targets.any(|(of, _)| *of == system.code_system())
        };
        let known = meanings.clone().any(|meaning| leads(&meaning));
        let meanings =
            meanings.filter(|meaning| !known || meaning.targets.is_empty() || leads(meaning));
        let meant = |meaning: &Meaning<'_>| {
            let target = |(of, code): &(CodeSystem, Code)| {
                let system = self.system(*of)?;
                let node = match system.find(code.as_str()) {
                    Some(concept) => concept.node(),
                    None => system.nodes_with_prefix(code.as_str()).next()?,
                };
                let title = system.display(ConceptId::of_node(node));
                Some(fold::folded(&title))
            };
            let own = meaning
                .targets
                .iter()
                .find(|(of, _)| *of == system.code_system());
            match own.or(meaning.targets.first()).and_then(target) {
                Some(wording) => Meant {
                    wording,
                    title: true,
                },
                None => Meant {
                    wording: meaning.wording.to_string(),
                    title: !meaning.targets.is_empty(),
                },
            }
        };
        let mapped = |meaning: &Meaning<'_>| match known {
            true => None,
            false => self.mapped(system, meaning.targets.first()?),
        };
        meanings
            .flat_map(|meaning| mapped(&meaning).into_iter().chain([meant(&meaning)]))
            .collect()
    }

    /// What a code of ICD-10-CM is called in ICD-9-CM, by the maps: of several codes the one that says least.
    fn mapped(&self, system: &System<'a>, (of, code): &(CodeSystem, Code)) -> Option<Meant> {
        if (*of, system.code_system()) != (CodeSystem::ICD10CM, CodeSystem::ICD9CM_DX) {
            return None;
        }
        let rows = self.system(*of)?.maps(code.as_str());
        let single = rows.iter().filter(|row| !row.combination);
        let titles =
            single.filter_map(|row| Some(fold::folded(&system.display(system.find(&row.code)?))));
        let wording = titles.min_by_key(|title| (!title.contains("unspecified"), title.len()))?;
        Some(Meant {
            wording,
            title: true,
        })
    }

    /// What the words of a query find in a system.
    fn by_text(
        &self,
        system: &System<'a>,
        terms: &Terms,
        words: &[FoldedWord],
        options: &SearchOptions,
        allowed: &[std::ops::Range<u32>],
    ) -> ByText {
        let plan = self.plan(system, terms, words, options);
        let wanted = options.offset.saturating_add(options.limit);
        let (documents, found) = self.found(system, terms, &plan, options, allowed, wanted);
        let parents = &system.nodes().parents;
        let matching = documents.into_iter().map(|one| {
            let node = terms.node(one.document);
            // A text that is no title may lead on to a sibling, such as that of the side that was typed.
            let parent = parents.get(node as usize).copied();
            let leads = one.document >= terms.titles();
            let above = parent.filter(|parent| leads && *parent != crate::index::core::NO_NODE);
            above.unwrap_or(node)
        });
        let matching = matching.collect();
        let mut said = Vec::new();
        if let Some(best) = found.first()
            && !plan.corrections.is_empty()
        {
            let mut title = Vec::new();
            terms.terms_of(system, best.document, &mut said);
            terms.terms_of(system, best.concept.node(), &mut title);
            said.extend(title);
        }
        let of_chapter = self.of_chapter(system, terms, &plan, &found, options, allowed);
        let retired = options.date.is_none() && self.is_retired(system);
        let mut after: Vec<_> = found
            .into_iter()
            .map(|found| after(system, found, retired, options.habits.as_ref()))
            .collect();
        if options.habits.is_some() {
            crate::sort::sort_by_key(&mut after, |(found, _)| hits::order(found));
        }
        after.truncate(wanted);
        ByText {
            found: after,
            matching,
            plan,
            said,
            of_chapter,
        }
    }

    /// Where a history of a disease or a screening for it was typed for which there is no code of its own: the code for the
    /// history of diseases of its chapter, or the screening for them, with the plan that finds it by their titles. Of a disease
    /// in pregnancy it is the code for the diseases of its kind that complicate one.
    fn of_chapter(
        &self,
        system: &System<'a>,
        terms: &Terms,
        plan: &Plan,
        found: &[Found],
        options: &SearchOptions,
        allowed: &[std::ops::Range<u32>],
    ) -> Option<(Found, Plan)> {
        if system.code_system() != CodeSystem::ICD10CM {
            return None;
        }
        let says = |text: &str| {
            let mut words = (0..).zip(&plan.words);
            words.find_map(|(at, word)| {
                let said = plan.said & !plan.negated & 1 << at != 0;
                (said && word.text == text).then_some(at)
            })
        };
        let contexts: Vec<u8> = match says("screening").or_else(|| says("history")) {
            Some(context) => vec![context],
            None if MATERNAL.iter().all(|word| says(word).is_none()) => return None,
            None => {
                let words = MATERNAL.iter().chain(&ORDINALS);
                words.filter_map(|word| says(word)).collect()
            }
        };
        let (own, others): (Vec<&plan::Slot>, Vec<_>) = (plan.slots.iter()).partition(|slot| {
            let mut words = slot.readings.iter().flat_map(|one| &one.words);
            words.any(|word| contexts.contains(word))
        });
        let best = found.first()?.mask;
        let maternal = says("screening").or_else(|| says("history")).is_none();
        let mothers = system.nodes_with_prefix(MOTHERS);
        let matched =
            |slots: &[&plan::Slot]| slots.iter().any(|slot| plan.slot_gain(slot, best) > 0);
        let mostly = |slots: &[&plan::Slot], mask: u64| {
            let mut slots = slots.iter();
            slots.len() > 0 && slots.all(|slot| plan.slot_gain(slot, mask) * 2 > slot.worth)
        };
        let mother = |found: &Found| mothers.contains(&found.concept.node());
        let known = match maternal {
            true => {
                let mut mothers = found.iter().filter(|found| mother(found));
                mostly(&own, best) && mostly(&others, best)
                    || mothers.any(|found| mostly(&others, found.mask))
            }
            false => matched(&own) && matched(&others),
        };
        if own.is_empty() || known {
            return None;
        }
        let statuses = system.nodes_with_prefix(STATUSES);
        let first = match maternal {
            true => &mothers,
            false => &statuses,
        };
        let within = |wide: std::ops::Range<u32>| -> Vec<_> {
            let ranges = allowed.iter();
            ranges
                .map(|range| range.start.max(wide.start)..range.end.min(wide.end))
                .collect()
        };
        let diseases = within(0..first.start);
        let (_, diseases) = self.found(system, terms, plan, options, &diseases, 1);
        let disease = diseases
            .first()
            .filter(|found| mostly(&others, found.mask))?;
        if maternal {
            let node = complicated(system, mothers, disease.concept.node())?;
            let title = system.display(ConceptId::of_node(node));
            let (title, _) = title.split_once(" complicating ")?;
            let stage = match MATERNAL.iter().find(|word| says(word).is_some()) {
                Some(word @ (&"childbirth" | &"puerperium")) => (*word).to_string(),
                _ => {
                    let ordinal = ORDINALS.iter().find(|word| says(word).is_some());
                    format!("pregnancy {} trimester", ordinal.unwrap_or(&"unspecified"))
                }
            };
            let text = format!("{title} complicating {stage}");
            let plan = self.plan(system, terms, &fold::words(&text), options);
            let within = within(system.subtree(node));
            let (_, found) = self.found(system, terms, &plan, options, &within, 1);
            return Some((*found.first()?, plan));
        }
        let groups = &system.nodes().groups;
        let of_disease = system.groups_of(disease.concept.node());
        let mut chapters = of_disease.iter().filter_map(|at| groups.get(*at));
        let chapter = chapters.find(|group| group.kind == crate::concepts::GroupKind::Chapter)?;
        let context = match (says("screening"), says("family")) {
            (Some(_), _) => "encounter screening",
            (_, Some(_)) => "family history",
            _ => "personal history",
        };
        let title = system.nodes().words.text(&chapter.title);
        let plan = self.plan(
            system,
            terms,
            &fold::words(&format!("{context} {title}")),
            options,
        );
        let (_, found) = self.found(system, terms, &plan, options, &within(statuses), 1);
        Some((*found.first()?, plan))
    }

    /// What the words of a query mean in a system.
    fn plan(
        &self,
        system: &System<'a>,
        terms: &Terms,
        words: &[FoldedWord],
        options: &SearchOptions,
    ) -> Plan {
        let elsewhere = |word: &str, last: bool| {
            let mut others = self
                .asked(options)
                .filter(|other| other.code_system() != system.code_system());
            others.any(|other| {
                let known = other.terms_at_hand();
                known.is_some_and(|known| known.has(word, last))
            })
        };
        let context = plan::Context {
            vocabulary: self.vocabulary_for(options.quick),
            elsewhere: &elsewhere,
            codes: &|piece| codes::among_words(system, piece),
            meanings: &|phrase| self.meanings(system, phrase),
            ranges: &|| terms.ranges(system),
        };
        Plan::new(terms, words, &context)
    }

    /// The documents that a plan matches, in no order, and the concepts of the closest, best first: at least as many as are
    /// wanted, where there are.
    fn found(
        &self,
        system: &System<'a>,
        terms: &Terms,
        plan: &Plan,
        options: &SearchOptions,
        allowed: &[std::ops::Range<u32>],
        wanted: usize,
    ) -> (Vec<candidates::Candidate>, Vec<Found>) {
        let sets = candidates::set_masks(terms, plan);
        let keep = candidates::CLOSE
            .max(wanted.saturating_mul(4))
            .min(terms.documents() as usize);
        let (documents, closest) = candidates::collect(system, terms, plan, &sets, allowed, keep);
        let mut found = Vec::new();
        let mut seen = std::collections::HashSet::new();
        // Block by block, so that the order of the first hits does not depend on how many are wanted.
        for (block, closest) in (0..).zip(closest.chunks(candidates::CLOSE)) {
            if block > 0 && found.len() >= wanted {
                break;
            }
            let admits = |weighed: &hits::Weighed| {
                admits(system, weighed.concept, options) && !plan.says_nothing(weighed)
            };
            let mut next = hits::weigh(system, terms, plan, &sets, closest, wanted, admits);
            next.retain_mut(|found| {
                found.block = block;
                // Codes that differ in the seventh character alone are one hit.
                seen.insert(found.concept.node())
            });
            found.extend(next);
        }
        (documents, found)
    }

    /// A hit as it is shown; `plan` is what led to it, where that is not the code.
    fn hit(
        &self,
        ranked: &Ranked<'_, 'a>,
        plan: Option<&(Plan, Arc<Terms>)>,
        query: &str,
        options: &SearchOptions,
    ) -> Hit {
        let explain = options.explain;
        let system = ranked.system;
        let concept = match options.quick && !system.has_shorts_at_hand() {
            true => system.concept_without_short(ranked.found.concept),
            false => system.concept(ranked.found.concept),
        };
        let score = ranked.found.score;
        if let Some(name) = ranked.frequent {
            // The name begins with what was typed, so as many of its words match.
            let typed = fold::words(query).len();
            let matched = Match {
                by: MatchedBy::Vocabulary,
                text: Some(name.to_string()),
                words: name.split(' ').take(typed).map(str::to_string).collect(),
            };
            return Hit {
                concept,
                score,
                matched: vec![matched],
                explained: explain.then(|| explain::of_frequent(query, name, score)),
            };
        }
        let Some((plan, terms)) = plan else {
            // Of a list of codes each hit is its own.
            let query = match query.trim().contains(LISTING) {
                true => concept.code.clone(),
                false => query.trim().to_string(),
            };
            let query = query.as_str();
            let matched = Match {
                by: MatchedBy::Code,
                text: None,
                words: vec![query.to_string()],
            };
            return Hit {
                concept,
                score,
                matched: vec![matched],
                explained: explain.then(|| explain::of_code(query, score)),
            };
        };
        let text = terms.text(system, ranked.found.document);
        let shown = text.as_deref().unwrap_or(&concept.display);
        let words = fold::words(shown)
            .into_iter()
            .filter(|word| {
                let term = terms.lexicon.find(&word.text);
                term.is_some_and(|term| plan.mask_of(&[term]) & ranked.found.mask != 0)
            })
            .filter_map(|word| shown.get(word.start..word.end))
            .map(str::to_string)
            .collect();
        Hit {
            score,
            matched: vec![Match {
                by: terms.kind(ranked.found.document),
                words,
                text,
            }],
            concept,
            explained: explain.then(|| {
                let sets = candidates::set_masks(terms, plan);
                explain::parts(system, terms, plan, &sets, &ranked.found, ranked.after)
            }),
        }
    }
}

/// The node among those for mothers whose inclusion term says that it is for the conditions that a code is one of: `Conditions in
/// J00-J99`. The narrower one of two, which come after one another.
fn complicated(system: &System<'_>, mothers: std::ops::Range<u32>, disease: u32) -> Option<u32> {
    let code = system.nodes().codes.get(disease as usize)?;
    let category = code.as_str().get(..3)?;
    let notes = system.inclusion_terms();
    let holds = |range: &str| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let last = if last.is_empty() { first } else { last };
        match (first.get(..3), last.get(..3)) {
            (Some(first), Some(last)) => (first..=last).contains(&category),
            _ => false,
        }
    };
    let says = |node: &u32| {
        notes.of(*node).any(|at| {
            let text = notes.words.text(notes.text(at));
            let ranges = text.strip_prefix("Conditions in ");
            ranges.is_some_and(|ranges| ranges.split([' ', ',']).any(holds))
        })
    };
    mothers.rev().find(says)
}

/// A concept with its score as it counts in the end: less in a retired system, more for the caller's habits.
fn after(
    system: &System<'_>,
    mut found: Found,
    retired: bool,
    habits: Option<&Habits>,
) -> (Found, explain::After) {
    let mut after = explain::After::default();
    if retired {
        let left = (found.score * weights::RETIRED_PERCENT / 100).max(1);
        after.retired = found.score - left;
        found.score = left;
    }
    if let Some(habits) = habits {
        after.habit = habits.gain(system.code_system(), &system.plain_code(found.concept));
        found.score += after.habit;
    }
    (found, after)
}

/// The nodes that `within` allows.
fn allowed(system: &System<'_>, options: &SearchOptions) -> Vec<std::ops::Range<u32>> {
    let all = 0..system.nodes().codes.len() as u32;
    let Some(within) = options
        .within
        .as_deref()
        .map(str::trim)
        .filter(|within| !within.is_empty())
    else {
        return vec![all];
    };
    if let Some(concept) = system.find(within) {
        return vec![system.subtree(concept.node())];
    }
    let nodes = system.nodes();
    let plain = crate::index::plain_code(within);
    let range = |first: &str, last: &str| {
        let start = nodes.codes.partition_point(|code| code.as_str() < first);
        let end = nodes
            .codes
            .partition_point(|code| code.as_str() <= last || code.as_str().starts_with(last));
        start as u32..end as u32
    };
    let groups: Vec<_> = nodes
        .groups
        .iter()
        .filter(|group| group.label.eq_ignore_ascii_case(within))
        .map(|group| range(group.first.as_str(), group.last.as_str()))
        .collect();
    if !groups.is_empty() {
        return groups;
    }
    match plain.split_once('-') {
        Some((first, last)) if !first.is_empty() && !last.is_empty() => vec![range(first, last)],
        _ => vec![system.nodes_with_prefix(&plain)],
    }
}

fn admits(system: &System<'_>, concept: ConceptId, options: &SearchOptions) -> bool {
    (!options.billable_only || system.billable(concept))
        && options
            .date
            .is_none_or(|date| system.period(concept).contains(date))
}

/// The concepts whose codes begin with the query, as many as are to be shown, and how many there are;
/// nothing where the query is not the beginning of a code.
fn by_code(
    system: &System<'_>,
    query: &str,
    options: &SearchOptions,
    allowed: &[std::ops::Range<u32>],
) -> Option<(Vec<ConceptId>, usize)> {
    if !codes::looks_like_code(query) {
        return None;
    }
    let mut found = Vec::new();
    let mut total = 0;
    let wanted = |concept: ConceptId| {
        let inside = allowed.iter().any(|range| range.contains(&concept.node()));
        inside && admits(system, concept, options)
    };
    let mut add = |concept: ConceptId| {
        total += 1;
        if found.len() < options.offset.saturating_add(options.limit) {
            found.push(concept);
        }
    };
    // Who types a category means it, and then most often the code for all that is not said.
    let category = system.find(query).filter(|found| !system.billable(*found));
    let usual = category.and_then(|category| codes::usual(system, category, wanted));
    let category = category.filter(|category| wanted(*category));
    category.into_iter().chain(usual).for_each(&mut add);
    let mut last = None;
    codes::with_prefix(system, query, |concept| {
        // A node of which only the composed codes are valid for submission is listed by the first of them.
        let concept = if options.billable_only
            && !system.billable(concept)
            && system.nodes().seventh_set(concept.node()).is_some()
        {
            ConceptId::composed(concept.node(), 0)
        } else {
            concept
        };
        let listed = [category, usual, last].contains(&Some(concept));
        if wanted(concept) && !listed {
            add(concept);
        }
        last = Some(concept);
        true
    });
    (total > 0).then_some((found, total))
}

/// The concept whose code is the query, where that is letters alone: most of the modifiers, and some codes of ICD-10-PCS.
/// What is a header, or only the beginning of a code, is a word.
fn of_letters(
    system: &System<'_>,
    query: &str,
    options: &SearchOptions,
    allowed: &[std::ops::Range<u32>],
) -> Option<ConceptId> {
    if !query.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    let concept = system.find(query).filter(|found| system.billable(*found))?;
    let inside = allowed.iter().any(|range| range.contains(&concept.node()));
    (inside && admits(system, concept, options)).then_some(concept)
}

/// As much of a query as counts: its first characters, and not a part of the last word that it cuts.
fn beginning(query: &str) -> &str {
    let query = query.trim_start();
    let Some((end, _)) = query.char_indices().nth(MOST_CHARACTERS) else {
        return query;
    };
    let cut = query.get(..end).unwrap_or(query);
    let whole = cut.rfind(char::is_whitespace).and_then(|at| cut.get(..at));
    whole.unwrap_or(cut)
}

/// The words of a query that count.
fn words(query: &str) -> Vec<FoldedWord> {
    let mut words = codes::joined(fold::words(query), query);
    words.truncate(MOST_WORDS);
    for word in &mut words {
        if let Some(weeks) = measures::whole_weeks(&word.text) {
            word.text.truncate(weeks);
        }
    }
    words
}

/// The query with its corrected words in place: of the words that one may be, the one that the best text says.
fn correct(query: &str, plan: &Plan, terms: &Terms, said: &[terms::Term]) -> String {
    let mut text = String::new();
    let mut from = 0;
    for (range, word) in &plan.corrections {
        let typed = query.get(range.clone()).unwrap_or("");
        let typed = fold::fold(typed);
        let readings = plan
            .words
            .iter()
            .filter(|word| word.exact.is_none() && word.text == typed);
        let mut meant = readings.flat_map(|word| &word.loose);
        let meant = meant.find(|term| said.contains(term));
        text.push_str(query.get(from..range.start).unwrap_or(""));
        text.push_str(meant.map_or(word, |term| terms.lexicon.get(*term)));
        from = range.end;
    }
    text.push_str(query.get(from..).unwrap_or(""));
    text
}
