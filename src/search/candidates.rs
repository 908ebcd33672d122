//! The documents a plan matches, and the best of them by what matches alone.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::plan::{MOST_WORDS, Plan};
use super::terms::Terms;
use super::weights;
use crate::index::System;

/// A document with the words it matches.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    /// The document.
    pub document: u32,
    /// The words it matches, as bits (see [`Plan`]).
    pub mask: u64,
    /// What it gains less what its words cost, from far: see [`super::hits::Weighed::sum`].
    pub sum: i32,
}

/// What a set of seventh characters adds to a mask: for each character the bits its meaning matches.
#[derive(Clone, Debug, Default)]
pub struct SetMasks {
    /// Per character: the bits.
    pub masks: Vec<u64>,
    /// All of them together.
    pub union: u64,
}

/// The documents that match so far, in no order, and their masks by their numbers; 0 for one that does not match.
struct Matched {
    masks: Vec<u64>,
    documents: Vec<u32>,
}

impl Matched {
    /// Notes a bit of documents: of those that match already, or of all where it `brings` in others.
    fn add(&mut self, documents: impl Iterator<Item = u32>, bit: u64, brings: bool) {
        for document in documents {
            let Some(mask) = self.masks.get_mut(document as usize) else {
                continue;
            };
            if *mask == 0 {
                if !brings {
                    continue;
                }
                self.documents.push(document);
            }
            *mask |= bit;
        }
    }
}

/// Words with fewer postings always bring documents in; more frequent ones only where rarer words bring few.
const FEW_POSTINGS: usize = 1_500;
/// With so many documents of rarer words, a frequent one brings in no more: half as many cost the lay queries of the
/// evaluation three in a thousand of the first ten, twice as many gain nothing.
const MANY_DOCUMENTS: usize = 1_000;
/// How many words a text has, about.
const USUAL_WORDS: usize = 12;
/// A beginning of one or two letters alone brings in no more postings than this, the most frequent words first.
const MOST_POSTINGS: usize = 20_000;
/// How many of the documents that match best are looked at closely at once; the next as many only where the hits of these
/// are fewer than are wanted, and their hits follow.
pub const CLOSE: usize = 250;

/// Finds the documents that match a plan: all of them in no order, and those with the highest scores, best first.
/// `allowed` are the nodes to look at.
pub fn collect(
    system: &System<'_>,
    terms: &Terms,
    plan: &Plan,
    sets: &[SetMasks],
    allowed: &[std::ops::Range<u32>],
    keep: usize,
) -> (Vec<Candidate>, Vec<Candidate>) {
    let mut matched = Matched {
        masks: terms
            .scratch
            .lock()
            .ok()
            .and_then(|mut free| free.pop())
            .unwrap_or_default(),
        documents: Vec::new(),
    };
    matched.masks.resize(terms.documents() as usize, 0);

    let mut order: Vec<usize> = (0..plan.words.len()).collect();
    crate::sort::sort_by_key(&mut order, |at| {
        plan.words.get(*at).map_or(0, |word| word.postings)
    });
    let heaviest = plan.words.iter().map(|word| word.weight).max().unwrap_or(0);
    let needed = needed(plan, sets);
    let mut text = Vec::new();
    for at in order {
        let Some(word) = plan.words.get(at) else {
            continue;
        };
        let (own, loose) = (1 << at, 1 << at << MOST_WORDS);
        let before = matched.documents.len();
        let brings = |postings: usize| {
            before == 0
                || postings < FEW_POSTINGS
                || word.weight * 2 >= heaviest && before < MANY_DOCUMENTS
                || needed & own != 0
        };
        let exact = word.exact.map_or(&[][..], |term| terms.postings(term));
        let brought = brings(exact.len() + word.nodes.len());
        matched.add(exact.iter().copied(), own, brought);
        matched.add(word.nodes.clone(), own, brought);
        // What only begins with the letter or two typed last matches nothing else that was typed.
        let short = word.text.len() < 3;
        let brought = brings(word.postings as usize) && (!short || plan.alone || before == 0);
        let postings = |term: &u32| terms.postings(*term).iter().copied();
        let many = word.postings as usize - exact.len() - word.nodes.len();
        if !brought && many > matched.documents.len() * USUAL_WORDS {
            // Reading the few texts is less than reading where the words stand.
            for document in &matched.documents {
                terms.terms_of(system, *document, &mut text);
                if let Some(mask) = matched.masks.get_mut(*document as usize) {
                    *mask |= plan.mask_of(&text) & loose;
                }
            }
        } else if short && many > MOST_POSTINGS {
            let count = |term: &u32| terms.postings(*term).len();
            let mut frequent: Vec<(usize, u32)> =
                word.loose.iter().map(|term| (count(term), *term)).collect();
            crate::sort::sort_by(&mut frequent, |one, other| other.cmp(one));
            let mut left = MOST_POSTINGS;
            for (count, term) in frequent {
                if count <= left {
                    left -= count;
                    matched.add(postings(&term), loose, brought);
                }
            }
        } else {
            matched.add(word.loose.iter().flat_map(postings), loose, brought);
        }
    }

    let nodes = system.nodes();
    let denied = plan.denied();
    let mut cache: Vec<(u64, u32, u32, bool)> = vec![(0, 0, 0, false); 256];
    // The worst of those to keep is at the top.
    let mut found = BinaryHeap::with_capacity(keep.min(matched.documents.len()));
    let mut all = Vec::with_capacity(matched.documents.len());
    for document in matched.documents {
        let Some(slot) = matched.masks.get_mut(document as usize) else {
            continue;
        };
        let mut mask = std::mem::take(slot);
        let node = terms.node(document);
        if !allowed.iter().any(|range| range.contains(&node)) {
            continue;
        }
        let set = nodes.sevenths.get(node as usize).copied().unwrap_or(0);
        if set > 0 {
            mask |= sets.get(usize::from(set) - 1).map_or(0, |set| set.union);
        }
        let place = (mask.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as usize;
        let (gain, spared, covered) = match cache.get(place) {
            Some((known, gain, spared, covered)) if *known == mask => (*gain, *spared, *covered),
            _ => {
                let (gain, spared) = plan.gain(mask);
                // Nobody knows yet whether the text denies what the query denies: both are looked at.
                let gain = match mask & denied {
                    0 => gain,
                    _ => gain.midpoint(plan.gain(mask & !denied).0),
                };
                let covered = plan.covered(mask);
                if let Some(place) = cache.get_mut(place) {
                    *place = (mask, gain, spared, covered);
                }
                (gain, spared, covered)
            }
        };
        if gain == 0 || mask & plan.content == 0 {
            continue;
        }
        let unasked = terms.total(document).saturating_sub(spared);
        let mut cost = unasked * weights::UNASKED_PERCENT / 100;
        if covered && document < terms.titles() {
            cost = cost.min(plan.most_unasked(gain));
        }
        let sum = gain as i32 - cost as i32;
        all.push(Candidate {
            document,
            mask,
            sum,
        });
        let new = Reverse((sum, Reverse(document), mask));
        if found.len() < keep {
            found.push(new);
        } else if let Some(mut worst) = found.peek_mut()
            && new < *worst
        {
            *worst = new;
        }
    }
    if let Ok(mut free) = terms.scratch.lock() {
        free.push(matched.masks);
    }
    let best = found.into_sorted_vec().into_iter();
    let candidate = |Reverse((sum, Reverse(document), mask))| Candidate {
        document,
        mask,
        sum,
    };
    (all, best.map(candidate).collect())
}

/// The words that must bring documents in, as bits: of the slot whose readings have the fewest postings the rarest word of each
/// reading. What matches the whole query matches one of the readings of every slot, so one of these words too. Slots that
/// seventh characters match are passed over: these are in no postings.
fn needed(plan: &Plan, sets: &[SetMasks]) -> u64 {
    let composed = sets.iter().fold(0, |bits, set| bits | set.union);
    let composed = composed | composed >> MOST_WORDS;
    let rarest = |reading: &super::plan::Reading| {
        let words = reading.words.iter().filter_map(|at| {
            let postings = plan.words.get(usize::from(*at))?.postings;
            (postings > 0).then_some((postings, *at))
        });
        words.min()
    };
    let own = plan.slots.iter().filter(|slot| {
        let mut words = slot.readings.iter().flat_map(|reading| &reading.words);
        !words.any(|at| composed >> at & 1 != 0)
    });
    let slots = own.map(|slot| {
        let words = slot.readings.iter().filter_map(rarest);
        words.fold((0u32, 0u64), |(sum, bits), (postings, at)| {
            (sum.saturating_add(postings), bits | 1 << at)
        })
    });
    let least = slots.filter(|(sum, _)| *sum > 0).min();
    least.map_or(0, |(_, bits)| bits)
}

/// What each set of seventh characters of a system adds to the masks of a plan.
pub fn set_masks(terms: &Terms, plan: &Plan) -> Vec<SetMasks> {
    let sets = terms.meanings().iter().map(|meanings| {
        let masks: Vec<u64> = meanings.iter().map(|text| plan.mask_of(text)).collect();
        SetMasks {
            union: masks.iter().fold(0, |union, mask| union | mask),
            masks,
        }
    });
    sets.collect()
}
