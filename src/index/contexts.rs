//! Numbers predicted in many contexts at once, as relations between codes need them.
//!
//! Relations between codes are regular in many ways at a time: a target resembles that of the code before, of the same
//! injury on the other side, of the same category. One context alone sees a part of it. Here each context has its own
//! probability, all are added up as logarithms of odds with weights, and after the decision each weight moves towards
//! what would have helped, as in [`super::mixing`], whose contexts are six, for single decisions. All arithmetic is on integers, so that every machine decodes the same values.

use super::coding::{Bit, Coder, models};
use super::mixing::{SQUASH, STRETCH};

/// No more contexts than this are looked at for one decision.
pub const MOST: usize = 12;

/// Models stand in blocks of this many bits of a number.
const BLOCK_BITS: u32 = 3;
/// Weights are in units of 1/65,536; a fresh one gives each context a third of its say.
const FRESH: i32 = 22_000;
/// How slowly weights move.
const PACE: u32 = 17;

/// A set of probabilities, found by context, and the weights they are mixed with.
pub struct Mixture {
    slots: Vec<Bit>,
    shift: u32,
    weights: Vec<[i32; MOST]>,
}

impl Mixture {
    /// A fresh mixture with `2^bits` probabilities (4 bytes each), shared by all contexts by hash, and this many sets
    /// of weights.
    pub fn new(bits: u32, sets: usize) -> Mixture {
        Mixture {
            slots: models(1 << bits),
            shift: 32 + BLOCK_BITS - bits,
            weights: vec![[FRESH; MOST]; sets],
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
            *input = STRETCH
                .get((zero >> 4) as usize)
                .map_or(0, |input| i32::from(*input));
            sum += i64::from(*weight) * i64::from(*input);
        }
        let odds = ((sum >> 16) as i32).clamp(-2047, 2047);
        let zero = SQUASH
            .get((odds + 2048) as usize)
            .map_or(1 << 15, |zero| u32::from(*zero));
        let bit = coder.bit(&mut Bit::fixed(zero), value);
        let error = (if bit == 0 { 65_535 } else { 0 }) - zero as i32;
        for (weight, input) in weights.iter_mut().zip(inputs).take(block.len()) {
            *weight =
                (*weight + ((input * error + (1 << (PACE - 1))) >> PACE)).clamp(-1 << 20, 1 << 20);
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
}
