//! From documents that match to concepts in order: which code a text stands for, what speaks against it, and the order.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use super::candidates::{Candidate, SetMasks};
use super::explain::Part;
use super::plan::{self, Against, MOST_WORDS, Plan};
use super::terms::{self, MatchedBy, Term, Terms};
use super::weights::{self, BIT};
use crate::code_system::CodeSystem;
use crate::index::{ConceptId, System};

/// A concept found, with what its order depends on.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    /// The concept.
    pub concept: ConceptId,
    /// How well it matches, from 0; an exact match of everything is about [`FULL`].
    pub score: u32,
    /// What its title says that was not asked for.
    pub unasked: u32,
    /// The document that led to it.
    pub document: u32,
    /// The words that matched.
    pub mask: u64,
    /// Those that matched in the document itself, whatever the concept's title adds.
    pub own: u64,
    /// Which of the blocks of closest documents it is from: see [`candidates::CLOSE`].
    ///
    /// [`candidates::CLOSE`]: super::candidates::CLOSE
    pub block: u32,
}

/// The score of a document that matches all of a query and says nothing else.
pub const FULL: u32 = 10_000;

/// A document looked at closely: what counts for and against it.
#[derive(Clone, Copy, Debug)]
pub struct Weighed {
    /// The concept that it leads to.
    pub concept: ConceptId,
    /// The seventh character that fits best.
    pub seventh: Option<usize>,
    /// The words that match, with those of the seventh character and of the concept's title.
    pub mask: u64,
    /// Those, and what contradicts the query: it gains nothing, but was typed.
    pub typed: u64,
    /// The marks of its words, with those of the seventh character.
    pub marks: u64,
    /// What the words that match gain.
    pub gain: u32,
    /// What its own words cost that were not typed.
    pub own: u32,
    /// What the words of the seventh character cost.
    pub extra: u32,
    /// What it costs to be about other, accompanied or specified cases.
    pub habits: u32,
    /// How many pairs of opposites stand against it.
    pub opposites: u32,
    /// How much is denied that was typed, or the other way round: see [`Against`].
    pub contradictions: u32,
    /// What it costs that the text is not the title.
    pub source: u32,
    /// What its place among the meanings of a phrase costs.
    pub rank: u32,
    /// What is let off of what it says unasked, because it is a title with all words typed.
    pub relief: u32,
}

impl Weighed {
    /// What it says that was not asked for.
    pub fn unasked(&self) -> u32 {
        self.own + self.extra + self.habits
    }

    /// All together, in weights.
    pub fn sum(&self) -> i32 {
        let against =
            self.opposites * weights::OPPOSITE_COST + self.contradictions * weights::DENIED_COST;
        self.gain as i32
            - (self.unasked() * weights::UNASKED_PERCENT / 100) as i32
            - against as i32
            - (self.source + self.rank) as i32
            + self.relief as i32
    }

    /// All together, as a score. What matches is kept, however much else it says: it goes last.
    pub fn score(&self, plan: &Plan) -> u32 {
        ((self.sum().max(0) as u32 * FULL) / plan.worth.max(1)).max(1)
    }
}

/// Looks closely at a document of which `mask` matches. Its terms are left in `buffer`.
pub fn look(
    system: &System<'_>,
    terms: &Terms,
    plan: &Plan,
    sets: &[SetMasks],
    document: u32,
    mask: u64,
    buffer: &mut Vec<Term>,
) -> Weighed {
    let node = terms.node(document);
    terms.terms_of(system, document, buffer);
    let set = system.nodes().sevenths.get(node as usize).copied();
    let set = usize::from(set.unwrap_or(0)).checked_sub(1);
    let (seventh, mask, marks, extra) = match set {
        Some(set) => seventh(terms, plan, sets.get(set), buffer, mask, set),
        None => (None, mask, 0, 0),
    };
    let mut marks = buffer
        .iter()
        .fold(marks, |marks, term| marks | terms.marks(*term));
    let against = plan.contradictions(terms, buffer, u64::MAX);
    let unsaid = match marks & terms::NOT {
        0 => Vec::new(),
        _ => plan::unsaid(terms, buffer),
    };
    crate::sort::sort_numbers(buffer);
    buffer.dedup();
    let own: u32 = buffer
        .iter()
        .filter(|term| plan.bits_of(**term) & mask == 0 && !unsaid.contains(term))
        .map(|term| terms.cost(*term))
        .sum();
    let kind = terms.kind(document);
    // A phrase of ours says what its code says by other words.
    let agreed = match kind {
        MatchedBy::Vocabulary => against.agreed,
        _ => 0,
    };
    let usual = match seventh {
        Some(at) => ConceptId::composed(node, at),
        None => usual(system, terms, plan, sets, ConceptId::of_node(node), mask),
    };
    let (concept, mut mask, more) = match kind {
        MatchedBy::Title => (usual, mask, 0),
        _ => narrowed(system, terms, plan, (node, own == 0), usual, mask, agreed),
    };
    let (mut beside, mut denied) = (0, Against::default());
    if kind != MatchedBy::Title {
        let mut title = Vec::new();
        terms.terms_of(system, concept.node(), &mut title);
        // What the title denies of the words typed is denied, whatever the text says that led there.
        denied = plan.contradictions(terms, &title, plan.said & !agreed);
        // A name that stands for the code of one side, or of a single episode, says nothing of it.
        let said = title.iter().map(|term| terms.marks(*term));
        marks = said.fold(marks, |marks, said| marks | said & terms::OPPOSITES);
        if seventh.is_none() {
            (mask, beside) = with_title(terms, plan, &title, mask);
        }
        beside += more;
    }
    if plan.injury != 0 && system.code_system() == CodeSystem::ICD10CM {
        let code = system.nodes().codes.get(concept.node() as usize);
        if code.is_some_and(|code| code.as_str().starts_with(weights::INJURIES)) {
            marks |= plan.injury;
        }
    }
    // What is denied of what was typed, or the other way round, does not match.
    let typed = mask;
    mask &= !(against.bits | denied.bits);
    let mut weighed = Weighed {
        concept,
        seventh,
        mask,
        typed,
        marks,
        gain: plan.gain(mask).0,
        own: own + beside,
        extra,
        habits: habits(plan.marks, marks).iter().map(|(_, cost)| cost).sum(),
        opposites: opposites(plan.marks, marks),
        contradictions: against.count.max(denied.count),
        source: match kind {
            MatchedBy::Title => 0,
            MatchedBy::IndexTerm => weights::INDEX_COST,
            _ => weights::SOURCE_COST,
        },
        rank: terms.rank(document) * weights::RANK_COST,
        relief: 0,
    };
    if kind == MatchedBy::Title && plan.covered(mask) {
        let cost = weighed.unasked() * weights::UNASKED_PERCENT / 100;
        weighed.relief = cost.saturating_sub(plan.most_unasked(weighed.gain));
    }
    weighed
}

/// The words that match in a text or in the title that it leads to, and what the rest of that title costs; the text's alone,
/// with the side of the title, where the title costs more than it gains.
fn with_title(terms: &Terms, plan: &Plan, title: &[Term], mask: u64) -> (u64, u32) {
    let sides = title
        .iter()
        .filter(|term| terms.marks(**term) & terms::SIDE != 0);
    let mask = sides.fold(mask, |mask, term| mask | plan.bits_of(*term));
    let joined = mask | plan.mask_of(title);
    if joined == mask {
        return (mask, 0);
    }
    let unasked = title
        .iter()
        .filter(|term| plan.bits_of(**term) & joined == 0);
    let cost: u32 = unasked.map(|term| terms.cost(*term)).sum();
    let cost = cost * weights::BESIDE_PERCENT / 100;
    let net = plan.gain(joined).0 as i32 - (cost * weights::UNASKED_PERCENT / 100) as i32;
    match net > plan.gain(mask).0 as i32 {
        true => (joined, cost),
        false => (mask, 0),
    }
}

/// Where a text that is no title leads, and the words that match there: the words of the title count too, and where that says
/// `unspecified` and a sibling says nothing else but what was typed (a side, a trimester), the sibling is meant. Where all of the
/// text was typed (`whole`), so is the title of the category that has what else was typed. `agreed` is what
/// the text and the query both deny.
fn narrowed(
    system: &System<'_>,
    terms: &Terms,
    plan: &Plan,
    (from, whole): (u32, bool),
    concept: ConceptId,
    mask: u64,
    agreed: u64,
) -> (ConceptId, u64, u32) {
    let said = plan.said & !agreed;
    let nodes = system.nodes();
    let node = concept.node();
    let mut title = Vec::new();
    terms.terms_of(system, node, &mut title);
    let mut known = Vec::new();
    terms.terms_of(system, from, &mut known);
    // What the title denies it does not have.
    let denied = plan.contradictions(terms, &known, said).bits;
    known.retain(|term| plan.bits_of(*term) & denied == 0);
    let added = |text: &[Term]| {
        text.iter()
            .filter(|term| !known.contains(term))
            .fold(0, |mask, term| mask | plan.bits_of(*term))
    };
    let seventh = concept.seventh();
    let meaning = seventh.map_or(&[][..], |at| terms.meaning(system, node, at));
    let mask = mask | added(meaning);
    let matched = |text: &[Term]| mask | added(text);
    // What was denied leads to no title that says it, nor what was typed to one that denies it.
    let against = plan.contradictions(terms, &title, said);
    let here = matched(&title) & !against.bits;
    let says = |text: &[Term], mark: u64| text.iter().any(|term| terms.marks(*term) & mark != 0);
    let open = says(&title, terms::UNSPECIFIED);
    if plan.words.len() < 2 || !(open || against.count > 0) {
        return (concept, here, 0);
    }
    let Some(parent) = nodes.parents.get(node as usize).copied() else {
        return (concept, here, 0);
    };
    let (gain, _) = plan.gain(here);
    // The side may stand before what else the codes differ by: the stage of a glaucoma, the depth of an ulcer.
    let sided = plan.sides & !here & !(here >> MOST_WORDS) != 0;
    if gain >= plan.worth * 95 / 100 && !sided {
        return (concept, here, 0);
    }
    let above = nodes.parents.get(parent as usize).copied();
    let above = above.filter(|above| sided && system.subtree(*above).contains(&node));
    let length = |node: u32| {
        nodes
            .codes
            .get(node as usize)
            .map(|code| code.as_str().len())
    };
    let set = nodes.sevenths.get(node as usize);
    let mut best = ((gain, Reverse(0)), concept, here, 0);
    let mut buffer = Vec::new();
    // What was typed that nothing here says may be what another title of the category says in the place of `unspecified`.
    let missing = match whole {
        true => missing(system, terms, plan, node, here),
        false => Vec::new(),
    };
    // It keeps what stands before `unspecified` and its like, which is what the title is about.
    let limits = |term: &Term| terms.marks(*term) & terms::UNSPECIFIED != 0;
    let head = title.iter().position(limits).filter(|at| *at > 0);
    let counts = |term: &Term| {
        let word = terms.lexicon.get(*term);
        word == "through" || word.bytes().all(|byte| byte.is_ascii_digit())
    };
    let head = title.get(..head.unwrap_or(title.len())).unwrap_or(&[]);
    let nearby = system.subtree(above.unwrap_or(parent));
    for other in nearby.chain(missing.iter().copied()) {
        let like = nodes.sevenths.get(other as usize) == set && length(other) == length(node);
        let valid = |node: u32| system.billable(ConceptId::of_node(node));
        if other == node || !like || valid(other) != valid(node) {
            continue;
        }
        terms.terms_of(system, other, &mut buffer);
        let cost = |text: &[Term]| -> u32 {
            let unasked = text
                .iter()
                .filter(|term| !title.contains(term) && plan.bits_of(**term) == 0);
            unasked.map(|term| terms.cost(*term)).sum()
        };
        let near = nodes.parents.get(other as usize) == Some(&parent);
        let same = |term: &Term| terms.cost(*term) == 0 || buffer.contains(term);
        let typed = |term: &Term| plan.bits_of(*term) & plan.typed == 0 || buffer.contains(term);
        // Of `stage 5 or end stage` who types the one means it.
        let mut after = buffer.iter().enumerate();
        let new = after.find(|(_, term)| plan.bits_of(**term) & !here != 0);
        let or = new.and_then(|_| after.find(|(_, term)| terms.lexicon.get(**term) == "or"));
        let or = or.map(|(at, _)| at);
        let first = cost(buffer.get(..or.unwrap_or(buffer.len())).unwrap_or(&[]));
        let beside = cost(&buffer) == 0 && (near || title.iter().all(same));
        let instead = !beside
            && missing.contains(&other)
            && first <= weights::INSTEAD_COST
            && title.iter().chain(&known).all(typed)
            && head.iter().all(|term| same(term) || counts(term));
        if !beside && !instead {
            continue;
        }
        let there = matched(&buffer) & !plan.contradictions(terms, &buffer, said).bits;
        let gain = plan
            .gain(there)
            .0
            .saturating_sub(first * weights::UNASKED_PERCENT / 100);
        // Between equals the one that keeps more of what the title says; the title itself where nothing is gained.
        let lost = title.iter().filter(|term| !buffer.contains(term)).count();
        let rank = (gain, Reverse(lost));
        if gain > best.0.0 || best.1 != concept && rank > best.0 {
            let concept = match concept.seventh() {
                Some(at) => ConceptId::composed(other, at),
                None => ConceptId::of_node(other),
            };
            best = (
                rank,
                concept,
                there,
                first + u32::from(instead) * weights::OTHER_COST,
            );
        }
    }
    (best.1, best.2, best.3)
}

/// The titles of the category of a node that have a word of what was typed of which a mask has nothing.
fn missing(system: &System<'_>, terms: &Terms, plan: &Plan, node: u32, mask: u64) -> Vec<u32> {
    let code = system.nodes().codes.get(node as usize);
    let category = code.and_then(|code| code.as_str().get(..3)).unwrap_or("");
    let mut found = Vec::new();
    for word in plan
        .missed(mask)
        .filter(|word| !category.is_empty() && word.postings > 0)
    {
        let nodes = system.nodes_with_prefix(category);
        for term in word.exact.iter().chain(word.loose.iter().take(MOST_FORMS)) {
            let postings = terms.postings(*term);
            let from = postings.partition_point(|document| *document < nodes.start);
            let titles = postings.iter().skip(from).copied();
            found.extend(titles.take_while(|document| *document < nodes.end));
        }
    }
    found
}

/// How many forms of a word are looked for in the other titles of a category.
const MOST_FORMS: usize = 8;

/// What a title is better from near than from far at most, of what the query is worth, in percent.
const NEARER_PERCENT: u32 = 30;

/// Looks closely at documents, which come best first, and makes concepts of those that are admitted, best first, each concept
/// once: of so many nodes as are wanted, where there are, and of others.
pub fn weigh(
    system: &System<'_>,
    terms: &Terms,
    plan: &Plan,
    sets: &[SetMasks],
    candidates: &[Candidate],
    wanted: usize,
    admits: impl Fn(&Weighed) -> bool,
) -> Vec<Found> {
    let mut found: HashMap<ConceptId, Found> = HashMap::new();
    let mut buffer = Vec::new();
    // The sums of as many nodes as are wanted, the worst at the top: what cannot reach that one is not looked at.
    let mut best = BinaryHeap::new();
    let mut nodes = HashSet::new();
    let nearer = (plan.worth * NEARER_PERCENT / 100) as i32;
    for candidate in candidates {
        if best.len() >= wanted
            && candidate.document < terms.titles()
            && candidate.mask & plan.denied() == 0
            && (best.peek()).is_some_and(|Reverse(worst)| candidate.sum + nearer < *worst)
        {
            continue;
        }
        let weighed = look(
            system,
            terms,
            plan,
            sets,
            candidate.document,
            candidate.mask,
            &mut buffer,
        );
        let concept = weighed.concept;
        if !admits(&weighed) {
            continue;
        }
        if nodes.insert(concept.node()) {
            best.push(Reverse(weighed.sum()));
            if best.len() > wanted {
                best.pop();
            }
        }
        let new = Found {
            concept,
            score: weighed.score(plan),
            unasked: weighed.unasked(),
            document: candidate.document,
            mask: weighed.mask,
            own: candidate.mask,
            block: 0,
        };
        let old = found.entry(concept).or_insert(new);
        if (new.score, old.document) > (old.score, new.document) {
            *old = new;
        }
    }
    let mut found: Vec<Found> = found.into_values().collect();
    crate::sort::sort_by_key(&mut found, order);
    found
}

/// What a text costs for saying that it is about other, unspecified or accompanied cases where that was not asked for, by
/// what it is.
pub fn habits(typed: u64, text: u64) -> [(Part, u32); 4] {
    let only = |mark: u64| text & mark != 0 && typed & mark == 0;
    // Who typed "other" means the code for what has none of its own.
    let lacking = typed & terms::OTHER != 0 && text & terms::OTHER == 0;
    let accompanied = only(terms::WITH) && text & terms::WITHOUT == 0;
    let elsewhere = only(terms::ELSEWHERE) && text & terms::NOT == 0;
    let specified = text & terms::UNSPECIFIED == 0;
    let cost = |holds: bool, cost: u32| if holds { cost } else { 0 };
    [
        (
            Part::Other,
            cost(only(terms::OTHER) || lacking, weights::OTHER_COST),
        ),
        (Part::With, cost(accompanied, weights::WITH_COST)),
        (Part::Elsewhere, cost(elsewhere, weights::ELSEWHERE_COST)),
        (Part::Specified, cost(specified, weights::SPECIFIED_COST)),
    ]
}

/// The order of concepts of one system: the earlier block first, then the higher score, then the one whose title says less
/// that was not asked for, then the lower code. No two concepts are equal in it.
pub fn order(found: &Found) -> (u32, std::cmp::Reverse<u32>, u32, ConceptId) {
    (
        found.block,
        std::cmp::Reverse(found.score),
        found.unasked,
        found.concept,
    )
}

/// How many pairs of opposites stand one in the query and the other in the text.
pub fn opposites(typed: u64, text: u64) -> u32 {
    let (typed, text) = (typed & terms::OPPOSITES, text & terms::OPPOSITES);
    let first = 0x5555_5555_5555_5555 & terms::OPPOSITES;
    let (typed_one, typed_other) = (typed & first, typed >> 1 & first);
    let (text_one, text_other) = (text & first, text >> 1 & first);
    let against = typed_one & !typed_other & text_other & !text_one
        | typed_other & !typed_one & text_one & !text_other;
    against.count_ones()
}

/// The seventh character that fits a plan best: the one whose meaning matches most and says least else.
/// Returns its place, the mask with it, its marks, and the costs of its words.
fn seventh(
    terms: &Terms,
    plan: &Plan,
    masks: Option<&SetMasks>,
    text: &[Term],
    mask: u64,
    set: usize,
) -> (Option<usize>, u64, u64, u32) {
    // The mask holds what any character of the set matches; what the text itself matches must be told apart.
    let own = mask & !masks.map_or(0, |masks| masks.union) | plan.mask_of(text);
    let mut gains: Vec<(u64, u32)> = Vec::new();
    let mut best: Option<(i32, usize, u64, u64, u32)> = None;
    let meanings = terms.meanings().get(set).map_or(&[][..], Vec::as_slice);
    for (at, meaning) in meanings.iter().enumerate() {
        let with = own
            | masks
                .and_then(|masks| masks.masks.get(at))
                .copied()
                .unwrap_or(0);
        // Most characters match the same words of the query: few gains are different.
        let gain = match gains.iter().find(|(mask, _)| *mask == with) {
            Some((_, gain)) => *gain,
            None => {
                let (gain, _) = plan.gain(with);
                gains.push((with, gain));
                gain
            }
        };
        let (mut costs, mut marks) = (0, 0);
        for term in meaning {
            let (cost, said) = (terms.cost(*term), terms.marks(*term));
            // Most words of these meanings cost nothing and mean nothing to any rule.
            let counts = cost > 0 || said != 0;
            if counts && plan.bits_of(*term) & with == 0 && !text.contains(term) {
                costs += cost;
                marks |= said;
            }
        }
        let fit = gain as i32 * 100
            - costs as i32 * weights::UNASKED_PERCENT as i32
            - (opposites(plan.marks, marks) * weights::OPPOSITE_COST) as i32 * 100;
        if best.is_none_or(|(other, ..)| fit > other) {
            best = Some((fit, at, with, marks, costs));
        }
    }
    match best {
        Some((_, at, with, marks, costs)) => (Some(at), with, marks, costs),
        None => (None, mask, 0, 0),
    }
}

/// The code usually meant by a concept that is not valid for submission: below it, the one that says least else.
pub fn usual(
    system: &System<'_>,
    terms: &Terms,
    plan: &Plan,
    sets: &[SetMasks],
    concept: ConceptId,
    mask: u64,
) -> ConceptId {
    let nodes = system.nodes();
    let mut concept = concept;
    // Codes have at most eight characters, so there are no more levels.
    for _ in 0..8 {
        if system.billable(concept) {
            return concept;
        }
        let node = concept.node();
        let set = nodes.sevenths.get(node as usize).copied().unwrap_or(0);
        if let Some(set) = usize::from(set).checked_sub(1) {
            let mut text = Vec::new();
            terms.terms_of(system, node, &mut text);
            let (at, ..) = seventh(terms, plan, sets.get(set), &text, mask, set);
            return at.map_or(concept, |at| ConceptId::composed(node, at));
        }
        let best = system
            .nodes_below(node)
            .min_by_key(|child| plainness(system, terms, plan, *child));
        match best {
            Some(child) => concept = ConceptId::of_node(child),
            None => return concept,
        }
    }
    concept
}

/// How much a title says beyond what was typed, less where it says that nothing more is known.
fn plainness(
    system: &System<'_>,
    terms: &Terms,
    plan: &Plan,
    node: u32,
) -> (i32, std::cmp::Reverse<u32>) {
    let mut buffer = Vec::new();
    terms.terms_of(system, node, &mut buffer);
    let marks = buffer
        .iter()
        .fold(0, |marks, term| marks | terms.marks(*term));
    let unasked = buffer.iter().filter(|term| plan.bits_of(**term) == 0);
    let mut cost: i32 = unasked.map(|term| terms.cost(*term) as i32).sum();
    let unspecified = buffer
        .iter()
        .filter(|term| terms.marks(**term) & terms::UNSPECIFIED != 0)
        .count();
    cost -= unspecified as i32 * BIT as i32;
    if marks & terms::WITHOUT != 0 {
        cost -= 3 * BIT as i32;
    }
    if marks & terms::WITH != 0 && marks & terms::WITHOUT == 0 {
        cost += 2 * BIT as i32;
    }
    if marks & terms::OTHER != 0 {
        cost += BIT as i32;
    }
    cost += (opposites(plan.marks, marks) * weights::OPPOSITE_COST) as i32;
    (cost, std::cmp::Reverse(node))
}
