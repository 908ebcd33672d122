//! Decisions predicted in several contexts at once.
//!
//! Each context has a model of its own, found by hash. Their predictions are summed in the logistic domain,
//! weighted by how well each has served so far, and the sum is the prediction that is coded. Weights are learned
//! as decisions are coded, the same way on both sides: all arithmetic is on integers.

use super::coding::{Bit, Coder};

/// `ln(p / (1 - p))` for a probability of 4,096, in steps of 1/256: the inverse of [`SQUASH`].
pub(super) const STRETCH: [i16; 4096] = {
    let mut table = [0; 4096];
    let mut from = 0;
    let mut at = -2047;
    while at <= 2047 {
        let to = squash(at);
        while from <= to as usize {
            table[from] = at as i16;
            from += 1;
        }
        at += 1;
    }
    while from < 4096 {
        table[from] = 2047;
        from += 1;
    }
    table
};

/// The probability of 4,096 at a logit in steps of 1/256, between points four eighths apart.
const fn squash(logit: i32) -> i32 {
    const POINTS: [i32; 33] = [
        1, 2, 3, 6, 10, 16, 27, 45, 73, 120, 194, 310, 488, 747, 1101, 1546, 2047, 2549, 2994,
        3348, 3607, 3785, 3901, 3975, 4022, 4050, 4068, 4079, 4085, 4089, 4092, 4093, 4094,
    ];
    let logit = if logit > 2047 {
        2047
    } else if logit < -2047 {
        -2047
    } else {
        logit
    };
    let part = logit & 127;
    let at = ((logit >> 7) + 16) as usize;
    (POINTS[at] * (128 - part) + POINTS[at + 1] * part + 64) >> 7
}

/// [`squash`] of every logit from -2,048, as a probability of 65,536.
pub(super) const SQUASH: [u16; 4096] = {
    let mut table = [0; 4096];
    let mut at = 0;
    while at < 4096 {
        let p = squash(at as i32 - 2048) * 16;
        table[at] = if p < 24 { 24 } else { p as u16 };
        at += 1;
    }
    table
};

/// How much of a prediction counts, of 256, after so many decisions: a model that has seen nothing is silent.
const CONFIDENCE: [i32; 8] = [0, 110, 150, 180, 200, 220, 235, 250];

/// Models that stand together in memory, so that they come with one access.
#[derive(Clone, Copy, Default)]
#[repr(align(64))]
struct Line([Bit; 16]);

/// Mixes the predictions of several contexts: of up to `N` that a caller passes, those that matter most first.
#[derive(Clone)]
pub struct Mixer<const N: usize = 6> {
    /// The models of one context and up to four bits of a symbol stand in one line.
    lines: Vec<Line>,
    shift: u32,
    /// By set of weights, and by how much the first two contexts have seen: see [`seen`].
    weights: Vec<[i32; N]>,
    /// Of each of these sets, what the outcome is before any context speaks.
    biases: Vec<i32>,
    /// By set of weights, at 33 logits each: what a prediction has turned out to be.
    refined: Vec<[u16; 33]>,
}

impl<const N: usize> Mixer<N> {
    /// A mixer with `2^bits` models and `sets` sets of weights. `bits` is at least 5.
    pub fn new(bits: u32, sets: usize) -> Self {
        Mixer {
            lines: vec![Line::default(); 1 << (bits - 4)],
            shift: 36 - bits,
            weights: vec![[FIRST * 6 / N as i32; N]; (sets << 2) * SEEN],
            biases: vec![0; (sets << 2) * SEEN],
            refined: vec![UNREFINED; (sets << 2) * SEEN],
        }
    }

    /// Codes one decision in these contexts (hashes of circumstances; those after the `N`-th say nothing), with one of the sets of weights.
    #[inline]
    pub fn bit<C: Coder>(&mut self, coder: &mut C, contexts: &[u32], set: usize, bit: u32) -> u32 {
        let places = self.places(contexts, 1);
        let places = places.get(..contexts.len()).unwrap_or(&places);
        self.at(coder, places, 1, set << 2, bit)
    }

    /// Codes a yes or no, as [`Mixer::bit`].
    pub fn flag<C: Coder>(
        &mut self,
        coder: &mut C,
        contexts: &[u32],
        set: usize,
        value: bool,
    ) -> bool {
        self.bit(coder, contexts, set, u32::from(value)) != 0
    }

    /// Codes a number below `2^bits`, most significant bit first, each bit in all contexts.
    #[inline]
    pub fn symbol<C: Coder>(
        &mut self,
        coder: &mut C,
        bits: u32,
        contexts: &[u32],
        set: usize,
        value: u32,
    ) -> u32 {
        let mut result = 0;
        let mut left = bits;
        let mut part = 0;
        while left > 0 {
            // The bits of one part fill a line: at most four of them.
            let count = (left - 1) % 4 + 1;
            left -= count;
            let places = self.places(contexts, 1 << (bits - left - count) | result);
            let places = places.get(..contexts.len()).unwrap_or(&places);
            let mut node = 1;
            for shift in (0..count).rev() {
                let bit = value >> (left + shift) & 1;
                node = node << 1 | self.at(coder, places, node, set << 2 | part, bit);
            }
            result = result << count | (node & ((1 << count) - 1));
            part = (part + 1).min(3);
        }
        result
    }

    /// Tells the models of one context (the `input`-th of every decision) of a number below `2^bits`.
    #[inline]
    pub fn train(&mut self, input: usize, context: u32, bits: u32, value: u32) {
        let mut left = bits;
        while left > 0 {
            let count = (left - 1) % 4 + 1;
            left -= count;
            let above = 1 << (bits - left - count) | value >> (left + count);
            let place = self.place(input, context, above);
            let mut node = 1;
            for shift in (0..count).rev() {
                let bit = value >> (left + shift) & 1;
                if let Some(model) = self.model(place, node) {
                    model.update_mixed(bit);
                }
                node = node << 1 | bit;
            }
        }
    }

    /// The line of a context and of what was coded of a symbol so far, and where in it its models begin.
    #[inline(always)]
    fn place(&self, input: usize, context: u32, above: u32) -> (u32, u32) {
        let hash = (context ^ (input as u32) << 28).wrapping_mul(0x9E37_79B1);
        let hash = (hash ^ hash >> 15 ^ above << 4).wrapping_mul(0x85EB_CA6B);
        (hash >> self.shift, hash ^ hash >> 9)
    }

    #[inline(always)]
    fn places(&self, contexts: &[u32], above: u32) -> [(u32, u32); N] {
        let mut places = [(0, 0); N];
        for (at, (place, context)) in places.iter_mut().zip(contexts).enumerate() {
            *place = self.place(at, *context, above);
        }
        places
    }

    #[inline(always)]
    fn model(&mut self, (line, salt): (u32, u32), node: u32) -> Option<&mut Bit> {
        let line = self.lines.get_mut(line as usize)?;
        line.0.get_mut(((salt ^ node) & 15) as usize)
    }

    #[inline(always)]
    fn at<C: Coder>(
        &mut self,
        coder: &mut C,
        places: &[(u32, u32)],
        node: u32,
        set: usize,
        bit: u32,
    ) -> u32 {
        let mut inputs = [0; N];
        let mut counts = [0; N];
        for ((input, seen), place) in inputs.iter_mut().zip(&mut counts).zip(places) {
            let (zero, count) = self
                .model(*place, node)
                .map_or((2048, 0), |model| model.state());
            *seen = count;
            let logit = i32::from(STRETCH.get(zero as usize & 4095).copied().unwrap_or(0));
            let trust = CONFIDENCE.get(count.min(7) as usize).copied().unwrap_or(0);
            *input = (logit * trust) >> 8;
        }
        let most = (self.weights.len() / SEEN).saturating_sub(1);
        let set = set.min(most) * SEEN + seen(&counts);
        let (Some(weights), Some(bias)) = (self.weights.get_mut(set), self.biases.get_mut(set))
        else {
            return coder.bit(&mut Bit::default(), bit);
        };
        let mut sum = BIAS * *bias;
        for (input, weight) in inputs.iter().zip(weights.iter()) {
            sum += input * weight;
        }
        let logit = (sum >> 14).clamp(-2047, 2047);
        let zero = SQUASH
            .get((logit + 2048) as usize)
            .copied()
            .unwrap_or(1 << 15);
        // The prediction is averaged with what became of those like it.
        let place = (logit + 2048) as usize;
        let part = (place & 127) as u32;
        let mut coded = u32::from(zero);
        let row = self.refined.get_mut(set);
        let mut near = row.and_then(|row| row.get_mut(place >> 7..(place >> 7) + 2));
        if let Some([low, high]) = near.as_deref_mut() {
            let refined = (u32::from(*low) * (128 - part) + u32::from(*high) * part) >> 7;
            coded = (coded + refined) / 2;
        }
        let bit = coder.bit(&mut Bit::fixed(coded.clamp(24, 65_512)), bit);
        if let Some([low, high]) = near {
            let nearer = if part < 64 { low } else { high };
            let target = if bit == 0 { 65_535 } else { 0 };
            *nearer = (i32::from(*nearer) + ((target - i32::from(*nearer)) >> REFINED_PACE)) as u16;
        }
        let error = (if bit == 0 { 65_535 } else { 0 }) - i32::from(zero);
        let learn = |weight: &mut i32, input: i32| {
            let step = (input * error + (1 << (PACE - 1))) >> PACE;
            *weight = (*weight + step).clamp(-65_535, 65_535);
        };
        for (weight, input) in weights.iter_mut().zip(inputs) {
            learn(weight, input);
        }
        learn(bias, BIAS);
        for place in places {
            if let Some(model) = self.model(*place, node) {
                model.update_mixed(bit);
            }
        }
        bit
    }
}

/// How many classes [`seen`] tells apart.
const SEEN: usize = 9;
/// What the first two contexts, which are the most telling ones, have seen: nothing, up to three decisions, or more. How
/// much they and the others count is learned for each case: 1.3 % of the Alphabetic Index.
#[inline(always)]
fn seen(counts: &[u32]) -> usize {
    let class = |at: usize| match counts.get(at) {
        None | Some(0) => 0,
        Some(1..=3) => 1,
        Some(_) => 2,
    };
    class(0) * 3 + class(1)
}
/// The input of a bias: a logit that stands for nothing but itself. Another 0.7 %.
const BIAS: i32 = 256;
/// What a prediction counts at first, of 16,384, where there are six.
const FIRST: i32 = 5_500;
/// How slowly weights move: by the error, of 65,536, times the input, times `2^-PACE`.
const PACE: u32 = 17;
/// How slowly a refined prediction moves.
const REFINED_PACE: u32 = 6;
/// Predictions that mean what they say.
const UNREFINED: [u16; 33] = {
    let mut table = [0; 33];
    let mut at = 0;
    while at < 33 {
        let p = squash((at as i32 - 16) * 128) * 16;
        table[at] = if p < 24 { 24 } else { p as u16 };
        at += 1;
    }
    table
};

/// The most contexts of a [`WideMixer`].
pub const WIDE: usize = 12;
/// For relations between codes, which are regular in many ways at a time: a target resembles that of the code before,
/// of the same injury on the other side, of the same category.
pub type WideMixer = Mixer<WIDE>;

/// A hash of two numbers, to make contexts of.
#[inline(always)]
pub fn hash(a: u32, b: u32) -> u32 {
    (a.rotate_left(9) ^ b)
        .wrapping_mul(0x2545_F491)
        .rotate_left(13)
}

#[cfg(test)]
mod tests {
    use super::super::coding::{Decoder, Encoder};
    use super::*;
    use proptest::prelude::*;

    fn code<C: Coder>(coder: &mut C, values: &[u32]) -> Vec<u32> {
        let mut mixer = Mixer::<6>::new(10, 2);
        let mut last = 0;
        let mut decide = |(at, value): (usize, &u32)| {
            let at = at as u32;
            let contexts = [0, 1, last, at & 3, hash(last, at & 3), at & 7];
            last = mixer.bit(coder, &contexts, (at & 1) as usize, *value);
            last
        };
        values.iter().enumerate().map(&mut decide).collect()
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(values in prop::collection::vec(0..2u32, 0..500)) {
            let mut encoder = Encoder::default();
            code(&mut encoder, &values);
            let bytes = encoder.finish();
            let zeros = vec![0; values.len()];
            prop_assert_eq!(code(&mut Decoder::new(&bytes), &zeros), values);
        }
    }

    #[test]
    fn a_pattern_is_learned() {
        let values: Vec<u32> = (0..4000).map(|at| u32::from(at % 4 == 1)).collect();
        let mut encoder = Encoder::default();
        code(&mut encoder, &values);
        let length = encoder.finish().len();
        assert!(length < 40, "{length} bytes for 4000 decisions");
    }
}
