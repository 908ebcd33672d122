//! Decisions predicted in several contexts at once: the predictions are mixed, and the mixture learns which to trust.
//!
//! Relations between codes are regular in many ways at a time: a target resembles that of the code before, of the same
//! injury on the other side, of the same category. One context alone sees a part of it. Here each context has its own
//! probability, all are added up as logarithms of odds with weights, and after the decision each weight moves towards
//! what would have helped. All arithmetic is on integers, so that every machine decodes the same values.

use super::coding::{Bit, Coder, models};

/// No more contexts than this are looked at for one decision.
pub const MOST: usize = 12;

/// Models stand in blocks of this many bits of a number.
const BLOCK_BITS: u32 = 3;
/// Weights are in units of 1/65,536; a fresh one gives each context a third of its say.
const FRESH: i32 = 22_000;
/// How fast weights move: measured best of 2 to 16 on the equivalence maps.
const RATE: i32 = 6;

/// A set of probabilities, found by context, and the weights they are mixed with.
pub struct Mixture {
    slots: Vec<Bit>,
    shift: u32,
    weights: Vec<[i32; MOST]>,
    stretched: Vec<i16>,
}

impl Mixture {
    /// A fresh mixture with `2^bits` probabilities (4 bytes each), shared by all contexts by hash, and this many sets
    /// of weights.
    pub fn new(bits: u32, sets: usize) -> Mixture {
        Mixture {
            slots: models(1 << bits),
            shift: 32 + BLOCK_BITS - bits,
            weights: vec![[FRESH; MOST]; sets],
            stretched: stretched(),
        }
    }

    /// Codes a yes or no in these contexts, mixed with the weights of a set.
    pub fn flag<C: Coder>(
        &mut self,
        coder: &mut C,
        contexts: &[u32],
        set: usize,
        value: bool,
    ) -> bool {
        // One model needs no block of its own.
        let mut slots = [0; MOST];
        for (number, (to, context)) in slots.iter_mut().zip(contexts).enumerate() {
            *to = (hash(*context, number as u32) >> (self.shift - BLOCK_BITS)) as usize;
        }
        let slots = slots.get(..contexts.len()).unwrap_or(&slots);
        self.bit(coder, slots, 0, set, u32::from(value)) != 0
    }

    /// Codes a number below `2^bits`, most significant bit first.
    pub fn symbol<C: Coder>(
        &mut self,
        coder: &mut C,
        contexts: &[u32],
        set: usize,
        bits: u32,
        value: u32,
    ) -> u32 {
        let mut read = 1;
        let mut rest = bits;
        // Three bits at a time have their seven models side by side: looking them up costs as much as the arithmetic.
        while rest > 0 {
            let taken = rest.min(BLOCK_BITS);
            rest -= taken;
            let block = self.block(contexts, read);
            let block = block.get(..contexts.len()).unwrap_or(&block);
            let mut node = 1;
            for shift in (rest..rest + taken).rev() {
                let bit = self.bit(coder, block, node, set, value >> shift & 1);
                node = node << 1 | bit as usize;
            }
            read = read << taken | (node as u32 - (1 << taken));
        }
        read - (1 << bits)
    }

    /// Where the models of each context stand, after these bits of a number.
    fn block(&self, contexts: &[u32], read: u32) -> [usize; MOST] {
        let mut block = [0; MOST];
        for (number, (to, context)) in block.iter_mut().zip(contexts).enumerate() {
            let state = hash(*context, (number as u32) << 16 | read);
            *to = ((state >> self.shift) as usize) << BLOCK_BITS;
        }
        block
    }

    /// Codes one decision with the models at a place of these blocks.
    #[inline]
    fn bit<C: Coder>(
        &mut self,
        coder: &mut C,
        block: &[usize],
        node: usize,
        set: usize,
        value: u32,
    ) -> u32 {
        let mut inputs = [0; MOST];
        let mut fresh = [FRESH; MOST];
        let weights = self.weights.get_mut(set).unwrap_or(&mut fresh);
        let mut sum = 0i64;
        for ((start, input), weight) in block.iter().zip(&mut inputs).zip(weights.iter()) {
            let zero = self
                .slots
                .get(start + node)
                .map_or(1 << 15, |bit| bit.zero());
            let stretched = self.stretched.get((zero >> 4) as usize);
            *input = stretched.map_or(0, |input| i32::from(*input));
            sum += i64::from(*weight) * i64::from(*input);
        }
        let zero = squash((sum >> 16) as i32);
        let bit = coder.bit(&mut Bit::fixed((zero as u32) << 4), value);
        let error = ((if bit == 0 { 4095 } else { 0 }) - zero) * RATE;
        for (weight, input) in weights.iter_mut().zip(inputs).take(block.len()) {
            *weight = (*weight + ((input * error + 0x8000) >> 16)).clamp(-1 << 20, 1 << 20);
        }
        for start in block {
            if let Some(model) = self.slots.get_mut(start + node) {
                model.update(bit);
            }
        }
        bit
    }
}

/// Mixes a number into a hash.
#[inline(always)]
pub fn hash(state: u32, value: u32) -> u32 {
    let mixed = (state ^ value.wrapping_mul(0x9E37_79B1)).wrapping_mul(0x85EB_CA6B);
    mixed ^ mixed >> 15
}

/// The probability of which a number, in units of 1/256, is the logarithm of the odds: of 4,096, within 1 and 4,095.
fn squash(odds: i32) -> i32 {
    /// `4096 / (1 + e^-x)` for x from -8 to 8 in steps of 1/2.
    const CURVE: [i32; 33] = [
        1, 2, 4, 6, 10, 17, 27, 45, 74, 120, 194, 311, 488, 747, 1102, 1546, 2048, 2550, 2994,
        3349, 3608, 3785, 3902, 3976, 4022, 4051, 4069, 4079, 4086, 4090, 4092, 4094, 4095,
    ];
    let odds = odds.clamp(-2047, 2047) + 2048;
    let (at, part) = ((odds >> 7) as usize, odds & 127);
    let value = |at: usize| CURVE.get(at).copied().unwrap_or(4095);
    ((value(at) * (128 - part) + value(at + 1) * part + 64) >> 7).clamp(1, 4095)
}

/// The inverse of [`squash`], for every probability.
fn stretched() -> Vec<i16> {
    let mut table = Vec::with_capacity(4096);
    let mut odds = -2047;
    for probability in 0..4096 {
        while odds < 2047 && squash(odds) < probability {
            odds += 1;
        }
        table.push(odds as i16);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::super::coding::{Decoder, Encoder};
    use super::*;
    use proptest::prelude::*;

    fn all<C: Coder>(coder: &mut C, values: &[u32]) -> Vec<u32> {
        let mut mixture = Mixture::new(10, 2);
        let (mut last, mut out) = (0, Vec::new());
        for (at, value) in values.iter().enumerate() {
            let contexts = [last, at as u32 % 3];
            last = mixture.symbol(coder, &contexts, at % 2, 6, value & 63);
            out.push(last);
        }
        out
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(values in prop::collection::vec(0u32..64, 0..400)) {
            let mut encoder = Encoder::default();
            all(&mut encoder, &values);
            let bytes = encoder.finish();
            prop_assert_eq!(all(&mut Decoder::new(&bytes), &vec![0; values.len()]), values);
        }

        #[test]
        fn any_bytes_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            all(&mut Decoder::new(&bytes), &[0; 1000]);
        }
    }

    #[test]
    fn the_better_context_is_found() {
        // Every third value is 0, 21 or 42; what came before says nothing about it.
        let values: Vec<u32> = (0..3000).map(|at| at % 3 * 21).collect();
        let mut encoder = Encoder::default();
        all(&mut encoder, &values);
        assert!(encoder.finish().len() < 40);
    }

    #[test]
    fn odds_and_probabilities_are_inverse() {
        let table = stretched();
        for probability in 2..4095 {
            let odds = i32::from(table[probability as usize]);
            assert!(squash(odds) >= probability && squash(odds - 1) < probability);
        }
    }
}
