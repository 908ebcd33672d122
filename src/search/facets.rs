//! Narrowing instead of scrolling: the axes by which titles differ, and a few questions from a category to a code.
//!
//! Axes are read off the titles (`axes`): a title that says `left`, `second trimester` or `subsequent encounter` has that
//! value on its axis, and one that says nothing where its siblings do is `unspecified`. What no such word tells apart is
//! told apart by the hierarchy: `detail` is the code one level further down on which the codes that are left disagree.
//!
//! The facets of a query, and a search with something chosen, are both of one set: what matches the query as well as the
//! best hit does, and what a person sees beside it (see [`Alike`]). That is why the number beside a choice is the number of
//! hits it leads to, and why narrowing loses nothing that the list shows.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::axes::{self, AXES, DEPENDENT, UNSPECIFIED, Values};
use super::candidates::{self, Candidate};
use super::hits::{self, Found};
use super::plan::Plan;
use super::terms::{self, Term, Terms};
use super::{CODE_SCORE, Ranked, SearchOptions, SearchResult, codes, fold};
use crate::code_system::CodeSystem;
use crate::date::Date;
use crate::index::{Concept, ConceptId, Index, System, plain_code};

/// An axis by which titles differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Facet {
    /// A stable name, such as `laterality`.
    pub axis: &'static str,
    /// The name for people, such as `Side`.
    pub title: &'static str,
    /// Its values in their natural order, of codes the more frequent first; `unspecified` last.
    pub values: Vec<FacetValue>,
}

/// A value of an axis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FacetValue {
    /// A stable name, such as `left`; a code for the axes `category` and `detail`.
    pub value: String,
    /// The name for people.
    pub label: String,
    /// How many hits a search finds with it chosen, or in a refinement how many codes are left then.
    pub count: usize,
}

/// How to refine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RefineOptions {
    /// The code system; without it the first that has the code.
    pub system: Option<CodeSystem>,
    /// What was chosen already: values by axis.
    pub chosen: BTreeMap<String, String>,
    /// Only codes that are valid on this day.
    pub date: Option<Date>,
    /// At most so many codes are listed (10 by default).
    pub limit: usize,
}

impl Default for RefineOptions {
    fn default() -> Self {
        RefineOptions {
            system: None,
            chosen: BTreeMap::new(),
            date: None,
            limit: 10,
        }
    }
}

/// Where a refinement stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Refinement {
    /// The category that is refined.
    pub concept: Concept,
    /// What was chosen, and what followed from it.
    pub chosen: BTreeMap<String, String>,
    /// How many codes valid for submission are still possible.
    pub total: usize,
    /// The question to ask next; none where one code is left, or no code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Facet>,
    /// The other questions, in the order to ask them.
    pub open: Vec<Facet>,
    /// The codes still possible, the usual one first.
    pub codes: Vec<Concept>,
}

/// The axis of categories of three characters, and that of the next level of the hierarchy.
const CATEGORY: &str = "category";
const DETAIL: &str = "detail";

/// What is wrong with answers to facets' questions, as a message: an axis that there is not, or a value that no code has on
/// its axis. Codes, types, stages and fetuses have too many values to be known here.
///
/// ```
/// let chosen = [("laterality".to_string(), "lefft".to_string())].into();
/// let expected = "expected one of right, left, bilateral, unspecified as laterality, found 'lefft'";
/// assert_eq!(medcode::search::wrong_choice(&chosen).as_deref(), Some(expected));
/// ```
pub fn wrong_choice(chosen: &BTreeMap<String, String>) -> Option<String> {
    let wrong =
        |(axis, value): (&String, &String)| axes::expected(axis, value, &[CATEGORY, DETAIL]);
    chosen.iter().find_map(wrong)
}

/// A code with its values.
struct Described {
    concept: ConceptId,
    plain: String,
    title: String,
    values: Values,
}

fn describe(system: &System<'_>, concept: ConceptId) -> Described {
    let title = system.display(concept);
    Described {
        concept,
        plain: system.plain_code(concept),
        values: Values::of(&title),
        title,
    }
}

/// Whether a code with these values has a value, on an axis that words tell or on one of codes.
fn has(plain: &str, values: &Values, axis: &str, value: &str) -> bool {
    match axis {
        CATEGORY | DETAIL => plain.starts_with(&plain_code(value)),
        _ => values.get(axis).eq_ignore_ascii_case(value),
    }
}

impl Described {
    fn has(&self, axis: &str, value: &str) -> bool {
        has(&self.plain, &self.values, axis, value)
    }
}

/// What all the seventh characters of a system say, each set read when it is first met.
#[derive(Default)]
struct Sevenths(HashMap<u16, Vec<Values>>);

impl Sevenths {
    /// What the seventh characters of a node say.
    fn of(&mut self, system: &System<'_>, node: u32) -> &[Values] {
        let set = system.nodes().sevenths.get(node as usize);
        let set = set.map_or(0, |set| u16::from(*set));
        if set == 0 {
            return &[];
        }
        self.0.entry(set).or_insert_with(|| {
            let meanings = system.nodes().seventh_set(node);
            let count = meanings.map_or(0, |set| set.characters.len());
            let base = system.display(ConceptId::of_node(node));
            let meaning = |at| {
                let title = system.display(ConceptId::composed(node, at));
                Values::of(title.strip_prefix(&base).unwrap_or(&title))
            };
            (0..count).map(meaning).collect()
        })
    }
}

/// How well a text must match each part of a query that the best hit matches, in percent of how that one does: a form of
/// the word or one of the likelier senses of an abbreviation does, another word does not.
const ALIKE_PERCENT: u32 = 85;

/// So many hits are what a person sees at once.
const SEEN: usize = 10;

/// Those are counted that score at least so much, in percent of the best hit: of the codes asked for that stand among the first
/// ten, but not first, nineteen of twenty do.
const SEEN_PERCENT: u32 = 50;

/// What of a code system matches a query as well as the best hit, or stands in the list beside it: nodes that are valid for
/// submission or have seventh characters. A category that matches stands for all below it. Codes that differ in the seventh character alone count
/// once, as they are one hit.
struct Alike<'s, 'a> {
    system: &'s System<'a>,
    /// What matched, where that are words and not the beginning of codes.
    words: Option<(Plan, Arc<Terms>)>,
    /// The score of the best hit.
    best: u32,
    /// In ascending order.
    nodes: Vec<u32>,
}

/// A set of the nodes of a system: a bit for each.
struct NodeSet(Vec<u64>);

impl NodeSet {
    fn of(count: usize) -> NodeSet {
        NodeSet(vec![0; count.div_ceil(64)])
    }

    /// Adds a node and returns whether it is new; a number that is no node never is.
    fn insert(&mut self, node: u32) -> bool {
        let Some(bits) = self.0.get_mut(node as usize / 64) else {
            return false;
        };
        let before = *bits;
        *bits |= 1 << (node % 64);
        before != *bits
    }

    /// The nodes in ascending order.
    fn iter(&self) -> impl Iterator<Item = u32> {
        (0..).zip(&self.0).flat_map(|(at, bits)| {
            let rest = std::iter::successors(Some(*bits), |bits| Some(bits & bits.wrapping_sub(1)));
            rest.take_while(|bits| *bits != 0)
                .map(move |bits| at * 64 + bits.trailing_zeros())
        })
    }
}

/// The nodes that some documents or codes stand for: those valid for submission or with seventh characters, at or below
/// theirs, as far as the options admit them. In ascending order, each once.
pub(super) fn reached(
    system: &System<'_>,
    from: impl Iterator<Item = u32>,
    options: &SearchOptions,
    allowed: &[std::ops::Range<u32>],
) -> Vec<u32> {
    let count = system.nodes().codes.len();
    let (mut seen, mut found) = (NodeSet::of(count), NodeSet::of(count));
    let ends = |node: u32| {
        system.billable(ConceptId::of_node(node)) || system.nodes().seventh_set(node).is_some()
    };
    for node in from {
        if !seen.insert(node) {
            continue;
        }
        if ends(node) {
            found.insert(node);
            continue;
        }
        let below = system.subtree(node).filter(|node| ends(*node));
        // A header without codes is shown itself.
        if below.map(|node| found.insert(node)).count() == 0 {
            found.insert(node);
        }
    }
    let nodes = found.iter();
    nodes
        .filter(|node| allowed.iter().any(|range| range.contains(node)))
        .filter(|node| super::admits(system, first_of(system, *node), options))
        .collect()
}

/// The concept that a node is shown as: its own, or the first of its seventh characters.
fn first_of(system: &System<'_>, node: u32) -> ConceptId {
    let own = ConceptId::of_node(node);
    match system.billable(own) || system.nodes().seventh_set(node).is_none() {
        true => own,
        false => ConceptId::composed(node, 0),
    }
}

/// Which of some masks match as well as that of the best hit, slot by slot.
struct Measure<'p> {
    plan: &'p Plan,
    least: Vec<u32>,
    known: HashMap<u64, Fit>,
}

/// How well a mask matches.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    /// As well as the best hit.
    Alike,
    /// At least half of the slots: the title of the code may have the others.
    Near,
    Far,
}

impl<'p> Measure<'p> {
    fn of(plan: &'p Plan, best: u64) -> Measure<'p> {
        Measure {
            plan,
            least: gains(plan, best).map(|gain| gain * ALIKE_PERCENT).collect(),
            known: HashMap::new(),
        }
    }

    fn fit(&mut self, mask: u64) -> Fit {
        let (plan, least) = (self.plan, &self.least);
        *self.known.entry(mask).or_insert_with(|| {
            let pairs = gains(plan, mask).zip(least);
            let (mut matched, mut missed) = (0, 0);
            for (gain, least) in pairs.filter(|(_, least)| **least > 0) {
                match gain * 100 >= *least {
                    true => matched += 1,
                    false => missed += 1,
                }
            }
            match missed {
                0 => Fit::Alike,
                _ if matched >= missed => Fit::Near,
                _ => Fit::Far,
            }
        })
    }
}

/// The siblings of a node that differ from it by the side alone, where its title says that the side is not known, or by the
/// intent alone, where it says that there was none: what leads to it leads to them once that is known. Titles of their own need
/// no such help.
fn siblings(system: &System<'_>, terms: &Terms, node: u32) -> Vec<u32> {
    let (mut own, mut other) = (Vec::new(), Vec::new());
    terms.terms_of(system, node, &mut own);
    let spells = |term: &Term, words: &[&str]| words.contains(&terms.lexicon.get(*term));
    let is_side = |term: &Term| terms.marks(*term) & terms::SIDE != 0;
    let is_intent = |term: &Term| spells(term, &axes::INTENTS);
    let unknown = |term: &Term| terms.marks(*term) & terms::UNSPECIFIED != 0;
    let accidental = |term: &Term| spells(term, &[axes::ACCIDENTAL]);
    let parent = system.nodes().parents.get(node as usize).copied();
    let (sided, intended) = (own.iter().any(unknown), own.iter().any(accidental));
    let Some(parent) = parent.filter(|_| sided || intended) else {
        return Vec::new();
    };
    let mut differs = |below: u32, by: &dyn Fn(&Term) -> bool| {
        terms.terms_of(system, below, &mut other);
        let known = |term: &Term| own.contains(term) || by(term);
        other.iter().any(by) && other.iter().all(known)
    };
    let siblings = system.nodes_below(parent);
    siblings
        .filter(|below| {
            sided && differs(*below, &is_side) || intended && differs(*below, &is_intent)
        })
        .collect()
}

/// What a mask gains in each slot of a plan.
fn gains(plan: &Plan, mask: u64) -> impl Iterator<Item = u32> {
    let slots = plan.slots.iter();
    slots.map(move |slot| plan.slot_gain(slot, mask))
}

/// The code of a node, as chosen: the seventh character that has all that was chosen and gains most by what was typed, the
/// first of several, or the node itself.
fn fitting(
    system: &System<'_>,
    node: u32,
    options: &SearchOptions,
    own: &Values,
    sevenths: &[Values],
    gain: &dyn Fn(usize) -> u32,
) -> Option<ConceptId> {
    let fits = |concept: &ConceptId| {
        let seventh = concept.seventh().and_then(|at| sevenths.get(at));
        let values = seventh.map(|seventh| own.with(seventh));
        let values = values.as_ref().unwrap_or(own);
        let plain = system.plain_code(*concept);
        let mut chosen = options.chosen.iter();
        chosen.all(|(axis, value)| has(&plain, values, axis, value))
    };
    match sevenths.len() {
        0 => Some(ConceptId::of_node(node)).filter(fits),
        count => {
            let fitting = (0..count).filter(|at| fits(&ConceptId::composed(node, *at)));
            let best = fitting.min_by_key(|at| (Reverse(gain(*at)), *at));
            best.map(|at| ConceptId::composed(node, at))
        }
    }
}

/// The values of codes on the axes that words tell, counted.
#[derive(Default)]
struct Tally([BTreeMap<axes::Value, usize>; AXES.len()]);

/// Sorts after every value that words say.
const LAST: axes::Value = (u8::MAX, std::borrow::Cow::Borrowed(UNSPECIFIED));

impl Tally {
    /// Counts `count` hits, each of which may be any of some codes.
    fn add(&mut self, codes: &[Values], count: usize) {
        let Some((first, others)) = codes.split_first() else {
            return;
        };
        for (counts, (axis, value)) in self.0.iter_mut().zip(first.by_axis()) {
            let mut values = vec![value.unwrap_or(&LAST)];
            for other in others {
                let number = axes::number_of(axis);
                let value = number.and_then(|axis| other.by_axis().nth(axis)?.1);
                let value = value.unwrap_or(&LAST);
                if !values.contains(&value) {
                    values.push(value);
                }
            }
            for value in values {
                match counts.get_mut(value) {
                    Some(known) => *known += count,
                    None => drop(counts.insert(value.clone(), count)),
                }
            }
        }
    }

    /// The axes on which the codes counted differ.
    fn facets(self) -> Vec<Facet> {
        let mut facets = Vec::new();
        for ((axis, title), counts) in AXES.iter().zip(self.0) {
            if counts.len() < 2 {
                continue;
            }
            let value = |((_, value), count): (axes::Value, usize)| FacetValue {
                label: axes::label(axis, &value),
                value: value.to_string(),
                count,
            };
            facets.push(Facet {
                axis,
                title,
                values: counts.into_iter().map(value).collect(),
            });
        }
        facets
    }
}

/// The codes one level below the last code that all have in common, or below all; nothing where axes that words tell say the
/// same.
fn detail(system: &System<'_>, codes: &[(ConceptId, &Values)]) -> Option<Facet> {
    // Each code's way down from the top.
    let path = |concept: ConceptId| {
        let mut path = system.ancestors(ConceptId::of_node(concept.node()));
        path.reverse();
        path.push(ConceptId::of_node(concept.node()));
        // Where only the seventh character is left, it is the detail.
        path.extend(concept.seventh().map(|_| concept));
        path
    };
    let paths: Vec<Vec<ConceptId>> = codes.iter().map(|(concept, _)| path(*concept)).collect();
    let shared = paths.iter().skip(1).fold(
        paths.first().cloned().unwrap_or_default(),
        |mut shared, path| {
            let same = shared.iter().zip(path).take_while(|(a, b)| a == b).count();
            shared.truncate(same);
            shared
        },
    );
    let mut counts: BTreeMap<ConceptId, (usize, Vec<Option<&str>>)> = BTreeMap::new();
    for (path, (_, values)) in paths.iter().zip(codes) {
        let said = || {
            AXES.iter()
                .map(|(axis, _)| Some(values.get(axis)))
                .collect()
        };
        let (count, all) = counts
            .entry(*path.get(shared.len())?)
            .or_insert_with(|| (0, said()));
        *count += 1;
        // An axis on which the codes below one differ does not tell it from its siblings.
        for (known, (axis, _)) in all.iter_mut().zip(AXES) {
            *known = known.filter(|known| *known == values.get(axis));
        }
    }
    let told: BTreeSet<&Vec<Option<&str>>> = counts.values().map(|(_, all)| all).collect();
    if counts.len() < 2 || told.len() == counts.len() {
        return None;
    }
    let value = |(concept, (count, _)): (ConceptId, (usize, _))| FacetValue {
        value: system.code(concept),
        label: format!("{} {}", system.code(concept), system.display(concept)),
        count,
    };
    Some(Facet {
        axis: DETAIL,
        title: "Detail",
        values: counts.into_iter().map(value).collect(),
    })
}

/// The categories of three characters that codes are of.
fn categories(nodes: &[(&System<'_>, u32)]) -> Option<Facet> {
    let mut counts: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for (system, node) in nodes {
        let plain = system.plain_code(ConceptId::of_node(*node));
        let category: String = plain.chars().take(3).collect();
        let (count, _) = counts.entry(category).or_insert_with_key(|category| {
            let title = system.find(category).map(|concept| system.display(concept));
            let label = format!("{category} {}", title.unwrap_or_default());
            (0, label.trim().to_string())
        });
        *count += 1;
    }
    let values = counts.into_iter();
    let value = |(code, (count, label))| FacetValue {
        value: code,
        label,
        count,
    };
    let mut values: Vec<FacetValue> = values.map(value).collect();
    crate::sort::sort_by_key(&mut values, |value| Reverse(value.count));
    (values.len() > 1).then_some(Facet {
        axis: CATEGORY,
        title: "Category",
        values,
    })
}

/// More values than this are no choice at a glance.
const GLANCE: usize = 12;

/// More of the codes than this, in percent, have in common what is hardly worth a question.
const COMMON_PERCENT: usize = 80;

/// Puts questions into the order in which a person is best asked them. First come those that are a choice at a glance and
/// that most of the codes answer; of these, what it is comes before where and how bad, and the encounter last. Questions
/// that depend on another one are left out until that is answered.
fn order(facets: &mut Vec<Facet>, total: usize) {
    let open: Vec<&str> = facets.iter().map(|facet| facet.axis).collect();
    facets.retain(|facet| {
        let mut dependent = DEPENDENT.iter();
        !dependent.any(|(one, other)| *one == facet.axis && open.contains(other))
    });
    crate::sort::sort_by_key(facets, |facet| {
        let said = facet
            .values
            .iter()
            .filter(|value| value.value != UNSPECIFIED);
        let said: usize = said.map(|value| value.count).sum();
        let answers = match said * 100 / total.max(1) {
            50.. => 0,
            20.. => 1,
            _ => 2,
        };
        let many = facet.values.len() > GLANCE && facet.axis != CATEGORY;
        // What nearly all have in common tells little.
        let all: usize = facet.values.iter().map(|value| value.count).sum();
        let most = facet.values.iter().map(|value| value.count).max();
        let common = all <= total && most.unwrap_or(0) * 100 > total * COMMON_PERCENT;
        // The axes of codes come first: they say what it is.
        let place = axes::number_of(facet.axis).map_or(0, |axis| axis + 1);
        (many, common, answers, place)
    });
}

impl<'a> Index<'a> {
    /// The axes by which the codes differ that match a query as well as the best hit, with their values, in the order to ask
    /// them. Empty where nothing is found or all say the same.
    ///
    /// The count of a value is the `total` of a search with the same options and that value chosen. Codes that differ in the
    /// seventh character alone are one hit, which may have several values. `limit`, `offset` and `habits` change nothing.
    /// Takes a few milliseconds where thousands of codes match.
    pub fn facets(&self, query: &str, options: &SearchOptions) -> Vec<Facet> {
        let alike = self.alike(query, options);
        // What is said alike is counted together.
        let mut kinds: BTreeMap<(Values, u16, u32), (Vec<Values>, usize)> = BTreeMap::new();
        let mut nodes: Vec<(&System<'_>, u32)> = Vec::new();
        let mut said: Vec<(ConceptId, Values)> = Vec::new();
        let by_code = |axis: &str| matches!(axis, CATEGORY | DETAIL);
        for (number, alike) in alike.iter().enumerate() {
            let system = alike.system;
            let mut sevenths = Sevenths::default();
            for node in &alike.nodes {
                let plain = system.plain_code(ConceptId::of_node(*node));
                // The value may be the code with its seventh character.
                let mut codes = options.chosen.iter().filter(|(axis, _)| by_code(axis));
                let longer = |value: &str| plain_code(value).len() > plain.len();
                let alone = codes.clone().any(|(_, value)| longer(value));
                if !codes.all(|(_, value)| longer(value) || plain.starts_with(&plain_code(value))) {
                    continue;
                }
                let own = Values::of(&system.display(ConceptId::of_node(*node)));
                let set = system.nodes().sevenths.get(*node as usize);
                let set = set.map_or(0, |set| u16::from(*set)) << 3 | number as u16;
                let alone = if alone { node + 1 } else { 0 };
                let (codes, count) = kinds.entry((own.clone(), set, alone)).or_insert_with(|| {
                    let sevenths = sevenths.of(system, *node);
                    let each = |concept: ConceptId| {
                        let seventh = concept.seventh().and_then(|at| sevenths.get(at));
                        let values =
                            seventh.map_or_else(|| own.clone(), |seventh| own.with(seventh));
                        let plain = system.plain_code(concept);
                        let mut chosen = options.chosen.iter();
                        let fits = chosen.all(|(axis, value)| {
                            by_code(axis) && alone == 0 || has(&plain, &values, axis, value)
                        });
                        fits.then_some(values)
                    };
                    let codes = match sevenths.len() {
                        0 => each(ConceptId::of_node(*node)).into_iter().collect(),
                        count => (0..count)
                            .filter_map(|at| each(ConceptId::composed(*node, at)))
                            .collect(),
                    };
                    (codes, 0)
                });
                if !codes.is_empty() {
                    *count += 1;
                    nodes.push((system, *node));
                    said.push((ConceptId::of_node(*node), own));
                }
            }
        }
        let mut tally = Tally::default();
        for (codes, count) in kinds.values() {
            tally.add(codes, *count);
        }
        let mut facets = tally.facets();
        match categories(&nodes) {
            Some(categories) => facets.push(categories),
            None => {
                let said: Vec<_> = said.iter().map(|(code, values)| (*code, values)).collect();
                let system = nodes.first().map(|(system, _)| *system);
                facets.extend(system.and_then(|system| detail(system, &said)));
            }
        }
        if nodes.is_empty()
            && let Some(said) = self.said_of_chosen(query, options)
        {
            return self.facets(query, &said);
        }
        order(&mut facets, nodes.len());
        facets
    }

    /// What a query finds that matches as well as the best hit, whatever is chosen; as a search does, by the corrected words where
    /// some are misspelled.
    fn alike(&self, query: &str, options: &SearchOptions) -> Vec<Alike<'_, 'a>> {
        let options = &SearchOptions {
            chosen: BTreeMap::new(),
            habits: None,
            offset: 0,
            limit: 1,
            ..options.clone()
        };
        let (found, misspelled) = self.alike_as_typed(query, options);
        let correction = match misspelled {
            true => self.search_at_hand(query, options).correction,
            false => None,
        };
        match correction {
            Some(corrected) => self.alike_as_typed(&corrected, options).0,
            None => found,
        }
    }

    /// As [`Index::alike`], by the words as they stand, and whether any may be misspelled. Only of the systems whose best hit
    /// matches much as well as the best of all.
    fn alike_as_typed(&self, query: &str, options: &SearchOptions) -> (Vec<Alike<'_, 'a>>, bool) {
        let mut misspelled = false;
        let query = super::beginning(query);
        let words = super::words(query);
        let mut found: Vec<Alike<'_, 'a>> = Vec::new();
        for system in self.asked(options) {
            let allowed = super::allowed(system, options);
            let mut prefixed = Vec::new();
            if codes::looks_like_code(query.trim()) {
                codes::with_prefix(system, query.trim(), |concept| {
                    prefixed.push(concept.node());
                    true
                });
            }
            let nodes = reached(system, prefixed.into_iter(), options, &allowed);
            if !nodes.is_empty() {
                found.push(Alike {
                    system,
                    words: None,
                    best: CODE_SCORE,
                    nodes,
                });
                continue;
            }
            let (terms, _) = self.terms(system, options.quick);
            let plan = self.plan(system, &terms, &words, options);
            misspelled |= !plan.corrections.is_empty();
            let (documents, hits) = self.found(system, &terms, &plan, options, &allowed, SEEN);
            let retired = options.date.is_none() && self.is_retired(system);
            let Some((best, _)) = hits
                .first()
                .map(|best| super::after(system, *best, retired, None))
            else {
                continue;
            };
            let mut measure = Measure::of(&plan, best.mask);
            let mut title = Vec::new();
            let seen = hits.iter().take(SEEN);
            let seen = seen.filter(|hit| hit.score * 100 >= best.score * SEEN_PERCENT);
            let mut from: Vec<u32> = seen.map(|hit| hit.concept.node()).collect();
            let named = self.frequent(system, &words, options, &allowed, best.score);
            from.extend(named.iter().map(|named| named.found.concept.node()));
            for candidate in &documents {
                let node = terms.node(candidate.document);
                match measure.fit(candidate.mask) {
                    Fit::Alike => {
                        from.push(node);
                        if candidate.document >= terms.titles() {
                            from.extend(siblings(system, &terms, node));
                        }
                    }
                    // A text may lead to codes whose titles have what it lacks, such as the side.
                    Fit::Near if candidate.document >= terms.titles() => {
                        for below in system.subtree(node) {
                            terms.terms_of(system, below, &mut title);
                            let both = candidate.mask | plan.mask_of(&title);
                            if both != candidate.mask && measure.fit(both) == Fit::Alike {
                                from.push(below);
                            }
                        }
                    }
                    _ => {}
                }
            }
            if plan.negated != 0 {
                // Where something is denied, texts say the opposite with the same words.
                let mut against = |node: u32| {
                    terms.terms_of(system, node, &mut title);
                    plan.contradictions(&terms, &title, u64::MAX).count
                };
                let most = against(best.concept.node());
                from.retain(|node| against(*node) <= most);
            }
            let from = from.into_iter();
            let nodes = reached(system, from, options, &allowed);
            found.push(Alike {
                system,
                best: best.score,
                nodes,
                words: Some((plan, terms)),
            });
        }
        if found.iter().any(|alike| alike.words.is_none()) {
            found.retain(|alike| alike.words.is_none());
        }
        let best = found.iter().map(|alike| alike.best).max().unwrap_or(0);
        found.retain(|alike| alike.best * 3 >= best * 2);
        (found, misspelled)
    }

    /// What was chosen, without the axes on which no code says anything; nothing where that is all of it.
    fn said_of_chosen(&self, query: &str, options: &SearchOptions) -> Option<SearchOptions> {
        let mut said: BTreeSet<&str> = [CATEGORY, DETAIL].into();
        for alike in self.alike(query, options) {
            let mut sevenths = Sevenths::default();
            for node in alike.nodes {
                let own = Values::of(&alike.system.display(ConceptId::of_node(node)));
                let all = sevenths.of(alike.system, node).iter().chain([&own]);
                let axes = all.flat_map(|values| values.by_axis());
                said.extend(axes.filter_map(|(axis, value)| value.map(|_| axis)));
            }
        }
        let mut kept = options.clone();
        kept.chosen.retain(|axis, _| said.contains(axis.as_str()));
        (kept.chosen.len() < options.chosen.len()).then_some(kept)
    }

    /// A search with something chosen: of what matches as well as the best hit, all that says it. What is chosen counts in the
    /// order as if it had been typed. A choice on an axis on which no code says anything asks nothing.
    pub(super) fn search_chosen(&self, query: &str, options: &SearchOptions) -> SearchResult {
        let unchosen = SearchOptions {
            chosen: BTreeMap::new(),
            limit: 1,
            offset: 0,
            ..options.clone()
        };
        let mut result = self.search_at_hand(query, &unchosen);
        (result.total, result.hits) = (0, Vec::new());
        let query = result.correction.as_deref().unwrap_or(query);
        let query = super::beginning(query);
        let chosen = options.chosen.iter();
        let chosen: Vec<String> = chosen
            .map(|(axis, value)| axes::typed(axis, value))
            .collect();
        // What is typed last may be the beginning of a word, so that what is chosen goes first.
        let mut words = fold::words(&chosen.join(" "));
        words.extend(super::words(query));
        words.truncate(super::MOST_WORDS);
        let wanted = options.offset.saturating_add(options.limit);
        let mut ranked: Vec<Ranked<'_, 'a>> = Vec::new();
        let mut plans: Vec<(Plan, Arc<Terms>)> = Vec::new();
        for alike in self.alike(query, options) {
            let system = alike.system;
            let mut sevenths = Sevenths::default();
            let mut fits: BTreeMap<u32, ConceptId> = BTreeMap::new();
            let typed = alike.words.as_ref();
            let masks = typed.map_or(Vec::new(), |(plan, terms)| {
                candidates::set_masks(terms, plan)
            });
            for node in alike.nodes {
                let own = Values::of(&system.display(ConceptId::of_node(node)));
                let set = system.nodes().sevenths.get(node as usize);
                let set = set.and_then(|set| usize::from(*set).checked_sub(1));
                let gain = |at: usize| {
                    let mask = set.and_then(|set| masks.get(set)?.masks.get(at));
                    typed.map_or(0, |(plan, _)| plan.gain(mask.copied().unwrap_or(0)).0)
                };
                let sevenths = sevenths.of(system, node);
                let fitting = fitting(system, node, options, &own, sevenths, &gain);
                fits.extend(fitting.map(|concept| (node, concept)));
            }
            result.total += fits.len();
            let Some((plan, terms)) = alike.words else {
                let hits = fits.values().take(wanted).enumerate();
                ranked.extend(hits.map(|(at, concept)| {
                    Ranked::of_code(system, *concept, CODE_SCORE.saturating_sub(at as u32))
                }));
                continue;
            };
            let corrections = plan.corrections;
            let mut plan = self.plan(system, &terms, &words, options);
            plan.corrections = corrections;
            let found = self.rank(system, &terms, &plan, &fits, wanted);
            plans.push((plan, terms));
            let retired = options.date.is_none() && self.is_retired(system);
            ranked.extend(found.into_iter().map(|found| {
                let (found, after) = super::after(system, found, retired, options.habits.as_ref());
                Ranked {
                    system,
                    found,
                    plan: plans.len(),
                    after,
                    frequent: None,
                }
            }));
        }
        if result.total == 0
            && let Some(said) = self.said_of_chosen(query, options)
        {
            return self.search_at_hand(query, &said);
        }
        result.hits = self.shown(ranked, &plans, query, options);
        result
    }

    /// The concepts that were chosen, each weighed by the text of it, or of its category, that matches best.
    fn rank(
        &self,
        system: &System<'a>,
        terms: &Terms,
        plan: &Plan,
        fits: &BTreeMap<u32, ConceptId>,
        wanted: usize,
    ) -> Vec<Found> {
        let sets = candidates::set_masks(terms, plan);
        let everything = 0..system.nodes().codes.len() as u32;
        let everything = std::slice::from_ref(&everything);
        let (documents, _) = candidates::collect(system, terms, plan, &sets, everything, 0);
        let mut near: Vec<Candidate> = documents
            .into_iter()
            .filter(|candidate| {
                let node = terms.node(candidate.document);
                fits.range(system.subtree(node)).next().is_some()
                    || candidate.document >= terms.titles()
                        && siblings(system, terms, node)
                            .iter()
                            .any(|sibling| fits.contains_key(sibling))
            })
            .collect();
        if near.len() > MOST_WEIGHED {
            crate::sort::sort_by_key(&mut near, |candidate| {
                (Reverse(candidate.sum), candidate.document)
            });
            near.truncate(MOST_WEIGHED);
        }
        let mut usual: HashMap<u32, Option<ConceptId>> = HashMap::new();
        let mut known: BTreeSet<u32> = BTreeSet::new();
        let mut ranked: Vec<Found> = Vec::new();
        let weigh = |candidates: &[Candidate]| {
            hits::weigh(system, terms, plan, &sets, candidates, usize::MAX, |_| true)
        };
        for mut found in weigh(&near) {
            let node = found.concept.node();
            let chosen = match fits.get(&node) {
                Some(concept) => Some(*concept),
                // The code usually meant was not chosen: the usual one of those that were.
                None => *usual
                    .entry(terms.node(found.document))
                    .or_insert_with_key(|node| {
                        let wanted =
                            |concept: ConceptId| fits.get(&concept.node()) == Some(&concept);
                        codes::usual(system, ConceptId::of_node(*node), wanted)
                    }),
            };
            let Some(concept) = chosen else { continue };
            if known.insert(concept.node()) {
                found.concept = concept;
                ranked.push(found);
            }
        }
        // What matches only through its category goes by its own title.
        let rest = fits.keys().filter(|node| !known.contains(node));
        let mut buffer = Vec::new();
        let rest: Vec<Candidate> = rest
            .take(MOST_WEIGHED.max(wanted))
            .map(|node| {
                terms.terms_of(system, *node, &mut buffer);
                Candidate {
                    document: *node,
                    mask: plan.mask_of(&buffer),
                    sum: 0,
                }
            })
            .collect();
        for mut found in weigh(&rest) {
            if let Some(concept) = fits.get(&found.concept.node())
                && known.insert(concept.node())
            {
                found.concept = *concept;
                ranked.push(found);
            }
        }
        ranked
    }

    /// Where the way from a category to a code valid for submission stands: what is still open, and which question to ask next.
    /// The code may be written with or without dot; nothing where no system has it.
    ///
    /// Answers go into `chosen`; a value that no code has leaves no code. Takes time proportional to the codes below the
    /// category: a few milliseconds for the largest.
    pub fn refine(&self, code: &str, options: &RefineOptions) -> Option<Refinement> {
        let mut systems = self.systems().iter().filter(|system| {
            options
                .system
                .is_none_or(|wanted| system.code_system() == wanted)
        });
        let (system, concept) = systems.find_map(|system| Some((system, system.find(code)?)))?;
        let mut left: Vec<Described> = system
            .billable_descendants(concept, usize::MAX)
            .into_iter()
            .filter(|concept| {
                options
                    .date
                    .is_none_or(|date| system.billable_on(*concept, date))
            })
            .map(|concept| describe(system, concept))
            .collect();
        // A code that was divided later goes out with its last day: without a date its parts are what there is.
        let divided = |(one, next): (&Described, &Described)| next.plain.starts_with(&one.plain);
        let mut divided = left
            .iter()
            .zip(left.iter().skip(1))
            .map(divided)
            .collect::<Vec<_>>();
        divided.push(false);
        let mut divided = divided.into_iter();
        left.retain(|_| divided.next() != Some(true));
        left.retain(|one| {
            let mut chosen = options.chosen.iter();
            chosen.all(|(axis, value)| one.has(axis, value))
        });
        let mut chosen = options.chosen.clone();
        if let Some(first) = left.first() {
            // What all that is left say was chosen with the rest.
            for (axis, value) in first.values.by_axis() {
                let value = value.map(|(_, value)| value.to_string());
                if let Some(value) =
                    value.filter(|value| left.iter().all(|one| one.has(axis, value)))
                {
                    chosen.insert(axis.to_string(), value);
                }
            }
        }
        let mut tally = Tally::default();
        for one in &left {
            tally.add(std::slice::from_ref(&one.values), 1);
        }
        let mut open = tally.facets();
        let codes: Vec<_> = left.iter().map(|one| (one.concept, &one.values)).collect();
        open.extend(detail(system, &codes));
        order(&mut open, left.len());
        let next = (!open.is_empty()).then(|| open.remove(0));
        let total = left.len();
        let stems = codes::stems(&system.display(concept));
        crate::sort::sort_by_cached_key(&mut left, |one| {
            (codes::plainness(&one.title, &stems), one.plain.clone())
        });
        let codes = left.iter().take(options.limit);
        Some(Refinement {
            concept: system.concept(concept),
            chosen,
            total,
            next,
            open,
            codes: codes.map(|one| system.concept(one.concept)).collect(),
        })
    }
}

/// Of what was chosen so many texts are weighed; those of the rest that match less stand in the order of codes.
const MOST_WEIGHED: usize = 3_000;
