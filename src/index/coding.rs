//! The entropy coder: an adaptive binary range coder, its models, and the trait that lets one function
//! describe a section for writing and for reading alike.
//!
//! A section is described once, as a function over [`Coder`]: given an [`Encoder`] it writes the values it is
//! passed, given a [`Decoder`] it ignores them and returns the ones it reads. So the two directions cannot
//! drift apart, and both see the same adaptive models in the same state.
//!
//! # The stream
//!
//! A stream is a sequence of big-endian 32-bit words. The decoder starts with the first two words as a 64-bit
//! `code` and with `range = 2^64 - 1`. Each binary decision splits the range at `bound = (range >> 16) * p`,
//! where `p` of 65,536 is the probability of a zero: `code < bound` means zero. Whenever the range falls below
//! 2^32, the next word is shifted in. A number that nothing is known of splits the range into `2^bits` equal parts at once. Words past the end of the stream read as zero, and the encoder drops
//! up to seven trailing zero bytes. All arithmetic is on integers, so that every machine decodes the same values.
//!
//! ```
//! use medcode::index::coding::{Bit, Coder, Decoder, Encoder};
//!
//! let mut encoder = Encoder::default();
//! let mut model = Bit::default();
//! for value in [false, true, true, true] {
//!     encoder.flag(&mut model, value);
//! }
//! let bytes = encoder.finish();
//! assert_eq!(bytes, [0x7C], "four decisions in a byte");
//!
//! let mut decoder = Decoder::new(&bytes);
//! let mut model = Bit::default();
//! let read: Vec<bool> = (0..4).map(|_| decoder.flag(&mut model, false)).collect();
//! assert_eq!(read, [false, true, true, true]);
//! ```

/// The probability of a zero, and how much has been seen: the upper 22 bits are the probability, the lower 10
/// count the decisions so far, up to a limit. A young model moves fast, an old one slowly.
#[derive(Clone, Copy, Debug)]
pub struct Bit(u32);

impl Default for Bit {
    fn default() -> Self {
        Bit(1 << 31)
    }
}

/// By the number of decisions so far: how far a model moves towards what it saw, of 65,536 (about `1 / (n + 1.6)`
/// after `n` decisions), in the upper bits; the next number, at most `limit`, in the lower seven.
const fn rates(limit: u32) -> [u32; 128] {
    let mut rates = [0; 128];
    let mut n = 0;
    while n < rates.len() as u32 {
        let seen = if n < limit { n } else { limit };
        let next = if n < limit { n + 1 } else { limit };
        rates[n as usize] = ((655_360 / (seen * 10 + 16)) << 7) | next;
        n += 1;
    }
    rates
}

/// The pace of a model that stands alone: measured best of limits from 30 to 1000 on ICD-10-CM.
const RATES: [u32; 128] = rates(126);
/// The pace of one of several that are mixed: measured best of limits from 15 to 126 on the Alphabetic Index.
const MIXED_RATES: [u32; 128] = rates(24);

impl Bit {
    /// What a model moves towards when it sees a one, of 2^22: never to be so sure that a zero costs over 11 bits.
    const ONE: u32 = 32 << 6;
    /// How far above [`Bit::ONE`] it is that it moves to when it sees a zero: as sure, and no surer.
    const ZERO: u32 = (1 << 22) - 2 * Bit::ONE;

    /// The probability of a zero, of 65,536.
    #[inline(always)]
    pub(super) fn zero(self) -> u64 {
        u64::from(self.0 >> 16)
    }

    /// A model that says this: the probability of a zero, of 65,536. Mixed predictions are coded with it.
    #[inline(always)]
    pub(super) fn fixed(zero: u32) -> Bit {
        Bit(zero << 16)
    }

    /// The probability of a zero, of 4,096, and how many decisions it rests on, at most 126.
    #[inline(always)]
    pub(super) fn state(self) -> (u32, u32) {
        (self.0 >> 20, self.0 & 127)
    }

    #[inline(always)]
    pub(super) fn update(&mut self, bit: u32) {
        self.move_by(&RATES, bit);
    }

    /// As [`Bit::update`], for one of several models that are mixed.
    #[inline(always)]
    pub(super) fn update_mixed(&mut self, bit: u32) {
        self.move_by(&MIXED_RATES, bit);
    }

    #[inline(always)]
    fn move_by(&mut self, rates: &[u32; 128], bit: u32) {
        let probability = self.0 >> 10;
        let target = Bit::ONE + (Bit::ZERO & bit.wrapping_sub(1));
        let Some(rate) = rates.get((self.0 & 127) as usize) else {
            return;
        };
        let delta = (i64::from(target) - i64::from(probability)) * i64::from(rate >> 7);
        let probability = (i64::from(probability) + (delta >> 16)) as u32;
        self.0 = probability << 10 | rate & 127;
    }
}

/// Writes or reads binary decisions; everything else is built from them.
///
/// Every method takes the value to write and returns the value written or read: callers go on with what is
/// returned, and then the same code serves both directions.
pub trait Coder {
    /// Whether it writes. What only a writer has to find out is not compiled for readers: they are smaller and faster.
    const WRITES: bool;

    /// Codes one decision, 0 or 1.
    fn bit(&mut self, model: &mut Bit, bit: u32) -> u32;

    /// Whether more was read than was ever written: the bytes are not such a stream, and what is read is noise.
    /// Loops whose length was read ask this, so that damaged bytes cannot keep them busy.
    fn astray(&self) -> bool {
        false
    }

    /// Codes a yes or no.
    #[inline(always)]
    fn flag(&mut self, model: &mut Bit, value: bool) -> bool {
        self.bit(model, u32::from(value)) != 0
    }

    /// Codes a number below `2^bits` with one model per node of a binary tree, most significant bit first.
    /// `models` holds at least `2^bits`; a shorter slice reads as zero.
    #[inline]
    fn symbol(&mut self, models: &mut [Bit], bits: u32, value: u32) -> u32 {
        let mut node = 1;
        for shift in (0..bits).rev() {
            let Some(model) = models.get_mut(node) else {
                return 0;
            };
            node = node << 1 | self.bit(model, value >> shift & 1) as usize;
        }
        node as u32 - (1 << bits)
    }

    /// Codes a number below `2^bits` that nothing is known of. `bits` is at most 16.
    fn raw(&mut self, bits: u32, value: u32) -> u32;

    /// Codes any number: one decision after the other whether the binary form of the number plus one is longer still,
    /// then its bits, the first three adaptive. Most numbers are small, and take few decisions.
    #[inline]
    fn number(&mut self, model: &mut Number, value: u32) -> u32 {
        let most = 31 - (value + 1).leading_zeros();
        let mut length = 0;
        for longer in &mut model.lengths {
            if self.bit(longer, u32::from(length < most)) == 0 {
                break;
            }
            length += 1;
        }
        let mut result = 1;
        for position in 0..length {
            let shift = length - 1 - position;
            let bit = (value + 1) >> shift & 1;
            let bit = if position < 3 {
                let at = (length as usize) << 3 | result as usize;
                match model.bits.get_mut(at) {
                    Some(model) => self.bit(model, bit),
                    None => 0,
                }
            } else {
                self.bit(&mut Bit::default(), bit)
            };
            result = result << 1 | bit;
        }
        result - 1
    }
}

/// The models of a number of any size.
#[derive(Clone, Debug)]
pub struct Number {
    lengths: [Bit; 31],
    bits: [Bit; 256],
}

impl Default for Number {
    fn default() -> Self {
        Number {
            lengths: [Bit::default(); 31],
            bits: [Bit::default(); 256],
        }
    }
}

/// A fresh set of models for [`Coder::symbol`].
pub fn models(count: usize) -> Vec<Bit> {
    vec![Bit::default(); count]
}

/// Writes decisions into a stream of bytes.
pub struct Encoder {
    low: u64,
    range: u64,
    words: Vec<u32>,
}

impl Default for Encoder {
    fn default() -> Self {
        Encoder {
            low: 0,
            range: u64::MAX,
            words: Vec::new(),
        }
    }
}

impl Encoder {
    /// Adds to the lower end of the range and carries into the words already written.
    fn raise(&mut self, by: u64) {
        let (low, carry) = self.low.overflowing_add(by);
        self.low = low;
        if carry {
            for word in self.words.iter_mut().rev() {
                *word = word.wrapping_add(1);
                if *word != 0 {
                    break;
                }
            }
        }
    }

    /// Closes the stream and returns its bytes.
    pub fn finish(mut self) -> Vec<u8> {
        // Any code within the range will do: the one with the most trailing zeros is the shortest.
        for zeros in (0..64).rev() {
            let mask = (1u64 << zeros) - 1;
            let up = (mask - (self.low & mask) + 1) & mask;
            if up < self.range {
                self.raise(up);
                break;
            }
        }
        let low = self.low;
        self.words.push((low >> 32) as u32);
        self.words.push(low as u32);
        let mut bytes: Vec<u8> = self.words.iter().flat_map(|w| w.to_be_bytes()).collect();
        // No more than the two words just written: a decoder that reads further past the end is astray.
        for _ in 0..7 {
            if bytes.last() == Some(&0) {
                bytes.pop();
            }
        }
        bytes
    }
}

impl Coder for Encoder {
    const WRITES: bool = true;

    fn bit(&mut self, model: &mut Bit, bit: u32) -> u32 {
        let bound = (self.range >> 16) * model.zero();
        if bit == 0 {
            self.range = bound;
        } else {
            self.raise(bound);
            self.range -= bound;
        }
        if self.range < 1 << 32 {
            self.words.push((self.low >> 32) as u32);
            self.low <<= 32;
            self.range <<= 32;
        }
        model.update(bit);
        bit
    }

    fn raw(&mut self, bits: u32, value: u32) -> u32 {
        self.range >>= bits;
        self.raise(self.range * u64::from(value));
        if self.range < 1 << 32 {
            self.words.push((self.low >> 32) as u32);
            self.low <<= 32;
            self.range <<= 32;
        }
        value
    }
}

/// Where a decoder stands in its stream.
#[derive(Clone, Copy, Debug, Default)]
pub struct Position {
    code: u64,
    range: u64,
    /// The bytes that are left.
    rest: usize,
    past: u32,
}

/// Reads decisions from a stream of bytes. Reading never fails: past the end it reads zeros.
pub struct Decoder<'a> {
    code: u64,
    range: u64,
    rest: &'a [u8],
    /// Words read past the end.
    past: u32,
}

impl<'a> Decoder<'a> {
    /// A decoder at the beginning of a stream.
    pub fn new(bytes: &'a [u8]) -> Self {
        let mut decoder = Decoder {
            code: 0,
            range: u64::MAX,
            rest: bytes,
            past: 0,
        };
        decoder.code = u64::from(decoder.word()) << 32;
        decoder.code |= u64::from(decoder.word());
        decoder
    }

    /// Where it stands: another decoder of the same stream goes on from there.
    pub fn position(&self) -> Position {
        Position {
            code: self.code,
            range: self.range,
            rest: self.rest.len(),
            past: self.past,
        }
    }

    /// A decoder that goes on where another one stood in the same stream.
    pub fn resume(bytes: &'a [u8], at: Position) -> Self {
        let read = bytes.len().saturating_sub(at.rest);
        Decoder {
            code: at.code,
            range: at.range,
            rest: bytes.get(read..).unwrap_or(&[]),
            past: at.past,
        }
    }

    #[inline]
    fn word(&mut self) -> u32 {
        if let Some((word, rest)) = self.rest.split_first_chunk::<4>() {
            self.rest = rest;
            return u32::from_be_bytes(*word);
        }
        self.past = self.past.saturating_add(1);
        let mut word = [0; 4];
        for (to, from) in word.iter_mut().zip(self.rest) {
            *to = *from;
        }
        self.rest = &[];
        u32::from_be_bytes(word)
    }
}

impl Coder for Decoder<'_> {
    const WRITES: bool = false;

    fn astray(&self) -> bool {
        // The last two words may be cut short, and so seem to be missing.
        self.past > 2
    }

    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn bit(&mut self, model: &mut Bit, _: u32) -> u32 {
        self.step(model)
    }

    #[inline(never)]
    fn symbol(&mut self, models: &mut [Bit], bits: u32, _: u32) -> u32 {
        let mut node = 1;
        for _ in 0..bits {
            let Some(model) = models.get_mut(node) else {
                return 0;
            };
            node = node << 1 | self.step(model) as usize;
        }
        node as u32 - (1 << bits)
    }

    fn raw(&mut self, bits: u32, _: u32) -> u32 {
        self.range >>= bits;
        let value = (self.code / self.range).min((1 << bits) - 1);
        self.code = self.code.wrapping_sub(self.range * value);
        if self.range < 1 << 32 {
            self.code = self.code << 32 | u64::from(self.word());
            self.range <<= 32;
        }
        value as u32
    }
}

impl Decoder<'_> {
    /// Reads one decision. A browser compiles the module in haste first, and well only what is small and called often: so there
    /// `bit` is a function, which stands in the module once, and this is inside of it and of `symbol`.
    #[inline(always)]
    fn step(&mut self, model: &mut Bit) -> u32 {
        let bound = (self.range >> 16) * model.zero();
        let one = u64::from(self.code >= bound);
        // Without a branch: an unpredictable one costs more than the arithmetic of both sides.
        let mask = one.wrapping_neg();
        self.code = self.code.wrapping_sub(bound & mask);
        self.range = (bound & !mask) | (self.range.wrapping_sub(bound) & mask);
        if self.range < 1 << 32 {
            self.code = self.code << 32 | u64::from(self.word());
            self.range <<= 32;
        }
        model.update(one as u32);
        one as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Codes the same values with either coder: symbols of 6 bits, numbers and flags, in turn.
    fn mixed<C: Coder>(coder: &mut C, values: &[u32]) -> Vec<u32> {
        let (mut symbols, mut number, mut flag) = (models(64), Number::default(), Bit::default());
        let mut code = |(at, value): (usize, &u32)| match at % 4 {
            0 => coder.symbol(&mut symbols, 6, value & 63),
            1 => coder.number(&mut number, *value),
            2 => coder.raw(at as u32 & 15, value & ((1 << (at & 15)) - 1)),
            _ => u32::from(coder.flag(&mut flag, value & 1 != 0)),
        };
        values.iter().enumerate().map(&mut code).collect()
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(values in prop::collection::vec(0..u32::MAX - 1, 0..400)) {
            let mut encoder = Encoder::default();
            let written = mixed(&mut encoder, &values);
            let bytes = encoder.finish();
            let zeros = vec![0; values.len()];
            prop_assert_eq!(mixed(&mut Decoder::new(&bytes), &zeros), written);
        }

        #[test]
        fn any_bytes_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            mixed(&mut Decoder::new(&bytes), &[0; 1000]);
        }
    }

    #[test]
    fn a_sure_thing_costs_almost_nothing() {
        let mut encoder = Encoder::default();
        let mut model = Bit::default();
        for _ in 0..10_000 {
            encoder.flag(&mut model, false);
        }
        assert!(encoder.finish().len() <= 8);
    }
}
