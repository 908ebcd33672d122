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
}

/// What a set of seventh characters adds to a mask: for each character the bits its meaning matches.
#[derive(Clone, Debug, Default)]
pub struct SetMasks {
    /// Per character: the bits.
    pub masks: Vec<u64>,
    /// All of them together.
    pub union: u64,
}

/// Words with fewer postings always bring documents in; more frequent ones only where no rarer word does.
const FEW_POSTINGS: u32 = 1_500;
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
    let mut scratch = terms
        .scratch
        .lock()
        .ok()
        .and_then(|mut free| free.pop())
        .unwrap_or_default();
    scratch.resize(terms.documents() as usize, 0);
    let mut touched: Vec<u32> = Vec::new();

    let mut order: Vec<usize> = (0..plan.words.len()).collect();
    crate::sort::sort_by_key(&mut order, |at| {
        plan.words.get(*at).map_or(0, |word| word.postings)
    });
    let heaviest = plan.words.iter().map(|word| word.weight).max().unwrap_or(0);
    let needed = needed(plan, sets);
    for at in order {
        let Some(word) = plan.words.get(at) else {
            continue;
        };
        let brings = touched.is_empty()
            || word.postings < FEW_POSTINGS
            || word.weight * 2 >= heaviest
            || needed >> at & 1 != 0;
        let mut set = |document: u32, bit: u64| {
            if let Some(mask) = scratch.get_mut(document as usize) {
                if *mask == 0 {
                    if !brings {
                        return;
                    }
                    touched.push(document);
                }
                *mask |= bit;
            }
        };
        if let Some(term) = word.exact {
            terms
                .postings(term)
                .iter()
                .for_each(|document| set(*document, 1 << at));
        }
        word.nodes.clone().for_each(|node| set(node, 1 << at));
        let loose = 1 << at << MOST_WORDS;
        if word.postings as usize > MOST_POSTINGS && brings && word.text.len() < 3 {
            let mut frequent: Vec<(usize, u32)> = word
                .loose
                .iter()
                .map(|term| (terms.postings(*term).len(), *term))
                .collect();
            crate::sort::sort_by(&mut frequent, |one, other| other.cmp(one));
            let mut left = MOST_POSTINGS;
            for (count, term) in frequent {
                if count > left {
                    continue;
                }
                left -= count;
                terms
                    .postings(term)
                    .iter()
                    .for_each(|document| set(*document, loose));
            }
        } else {
            for term in &word.loose {
                terms
                    .postings(*term)
                    .iter()
                    .for_each(|document| set(*document, loose));
            }
        }
    }

    let nodes = system.nodes();
    let denied = plan.denied();
    let mut cache: Vec<(u64, u32, u32, bool)> = vec![(0, 0, 0, false); 256];
    // The worst of those to keep is at the top.
    let mut found = BinaryHeap::with_capacity(keep.min(touched.len()));
    let mut all = Vec::with_capacity(touched.len());
    for document in touched {
        let Some(slot) = scratch.get_mut(document as usize) else {
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
        if gain == 0 {
            continue;
        }
        let unasked = terms.total(document).saturating_sub(spared);
        let mut cost = unasked * weights::UNASKED_PERCENT / 100;
        if covered && document < terms.titles() {
            cost = cost.min(plan.most_unasked(gain));
        }
        let score = gain as i32 - cost as i32;
        all.push(Candidate { document, mask });
        let new = Reverse((score, Reverse(document), mask));
        if found.len() < keep {
            found.push(new);
        } else if let Some(mut worst) = found.peek_mut()
            && new < *worst
        {
            *worst = new;
        }
    }
    if let Ok(mut free) = terms.scratch.lock() {
        free.push(scratch);
    }
    let best = found.into_sorted_vec().into_iter();
    let candidate = |Reverse((_, Reverse(document), mask))| Candidate { document, mask };
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
pub fn set_masks(system: &System<'_>, terms: &Terms, plan: &Plan) -> Vec<SetMasks> {
    let mut buffer = Vec::new();
    system
        .nodes()
        .sets
        .iter()
        .map(|set| {
            let masks: Vec<u64> = set
                .meanings
                .iter()
                .map(|meaning| {
                    terms.translate_into(meaning, &mut buffer);
                    plan.mask_of(&buffer)
                })
                .collect();
            SetMasks {
                union: masks.iter().fold(0, |union, mask| union | mask),
                masks,
            }
        })
        .collect()
}
