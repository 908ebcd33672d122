//! What the relations between codes have in common: all codes of a system in order, codes spelled in the light of
//! similar ones, and lists of facts per code that resemble those of the code's relatives.

use std::collections::HashMap;

use super::coding::{Coder, Number};
use super::core::{Code, Nodes};
use super::mixing::{WIDE, WideMixer, hash};
use crate::date::Date;

/// Every code of a system, composed ones included, in ascending order, with whether it is valid for submission.
pub fn all_codes(nodes: &Nodes) -> Vec<(Code, bool)> {
    let mut codes = Vec::new();
    for (node, code) in nodes.codes.iter().enumerate() {
        codes.push((*code, nodes.billable.get(node) == Some(&true)));
        if let Some(set) = nodes.seventh_set(node as u32) {
            codes.extend(set.characters.iter().map(|c| (code.composed(*c), true)));
        }
    }
    crate::sort::sort(&mut codes);
    codes.dedup_by_key(|(code, _)| *code);
    codes
}

/// Codes spelled character by character, in the light of others that they may resemble.
pub struct Spelling {
    mixture: WideMixer,
}

/// The longest spelling: two codes of eight characters, and a hyphen between.
const LONGEST: usize = 17;
/// The number that stands for the end of a spelling.
const END: u32 = 0;

impl Spelling {
    /// A fresh model with `2^bits` probabilities.
    pub fn new(bits: u32) -> Spelling {
        Spelling {
            mixture: WideMixer::new(bits, 64),
        }
    }

    /// Codes a spelling of digits, capital letters and hyphens. `like` are spellings it may resemble, at most three;
    /// `about` are numbers that tell what to expect.
    pub fn spell<C: Coder>(
        &mut self,
        coder: &mut C,
        like: &[&[u8]],
        about: &[u32],
        value: &[u8],
    ) -> Vec<u8> {
        let mut out: Vec<u8> = Vec::new();
        let mut prefix = 1;
        // How far each similar spelling has been the same, as long as it is.
        let mut alike = [true; 3];
        while out.len() < LONGEST {
            let at = out.len();
            let mut contexts = [0; WIDE];
            let mut count = 0;
            let mut push = |context: u32| {
                if let Some(to) = contexts.get_mut(count) {
                    *to = hash(context, count as u32 + 1);
                    count += 1;
                }
            };
            push(prefix);
            let mut set = 0;
            let mut both = at as u32;
            for (like, alike) in like.iter().zip(alike) {
                let here = like.get(at).copied().unwrap_or(0);
                let next = like.get(at + 1).copied().unwrap_or(0);
                let state = u32::from(alike) << 16 | u32::from(here) << 8;
                push(hash(state | u32::from(next), at as u32));
                both = hash(both, state);
                set = set << 1 | usize::from(alike);
            }
            push(both);
            push(hash(both, prefix));
            for about in about {
                push(hash(*about, prefix));
            }
            let set = (set << 3 | at.min(7)).min(63);
            let number = value.get(at).map_or(END, |byte| number_of(*byte));
            let contexts = contexts.get(..count).unwrap_or(&contexts);
            let number = self.mixture.symbol(coder, 6, contexts, set, number);
            let Some(byte) = byte_of(number) else {
                break;
            };
            for (like, alike) in like.iter().zip(&mut alike) {
                *alike &= like.get(at) == Some(&byte);
            }
            prefix = hash(prefix, u32::from(byte));
            out.push(byte);
        }
        out
    }

    /// Codes an ascending list of codes, each in the light of the one before.
    pub fn list<C: Coder>(&mut self, coder: &mut C, value: &[Code]) -> Vec<Code> {
        let count = coder.number(&mut Number::default(), value.len() as u32);
        let mut out: Vec<Code> = Vec::new();
        let mut last = Code::default();
        for at in 0..count.min(1 << 20) as usize {
            let spelling = value.get(at).map_or("", |code| code.as_str());
            let spelling = self.spell(coder, &[last.as_str().as_bytes()], &[], spelling.as_bytes());
            // A damaged stream may hold what is no code, or no end.
            let Some(code) = code_of(&spelling) else {
                break;
            };
            last = code;
            out.push(code);
        }
        out
    }
}

fn number_of(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => u32::from(byte - b'0') + 1,
        b'A'..=b'Z' => u32::from(byte - b'A') + 11,
        _ => 37,
    }
}

fn byte_of(number: u32) -> Option<u8> {
    match number as u8 {
        1..=10 => Some(number as u8 - 1 + b'0'),
        11..=36 => Some(number as u8 - 11 + b'A'),
        37 => Some(b'-'),
        _ => None,
    }
}

/// The code of a spelling, if it is one.
pub fn code_of(spelling: &[u8]) -> Option<Code> {
    std::str::from_utf8(spelling).ok().and_then(Code::new)
}

/// A list of facts, never empty, for each code of an ascending list; most codes share theirs with others.
#[derive(Clone, Debug)]
pub struct Lists<T> {
    /// The codes that have facts, in ascending order.
    pub codes: Vec<Code>,
    /// The number of each code's list in `lists`.
    pub numbers: Vec<u32>,
    /// The different lists, in order of their first occurrence.
    pub lists: Vec<Vec<T>>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Lists {
            codes: Vec::new(),
            numbers: Vec::new(),
            lists: Vec::new(),
        }
    }
}

impl<T> Lists<T> {
    /// The facts of a code; none where it has none. Takes time proportional to the logarithm of the number of codes.
    pub fn of(&self, code: &Code) -> &[T] {
        let list = self
            .codes
            .binary_search(code)
            .ok()
            .and_then(|at| self.numbers.get(at))
            .and_then(|number| self.lists.get(*number as usize));
        list.map_or(&[], Vec::as_slice)
    }

    /// The codes that have facts, each with its list.
    pub fn iter(&self) -> impl Iterator<Item = (Code, &[T])> {
        let list = |number: &u32| {
            self.lists
                .get(*number as usize)
                .map_or(&[][..], Vec::as_slice)
        };
        self.codes
            .iter()
            .zip(&self.numbers)
            .map(move |(code, number)| (*code, list(number)))
    }
}

impl<T: Clone + Eq + std::hash::Hash> Lists<T> {
    /// Lists from facts in any order of code; those of a code stay in the order in which they come.
    pub fn grouped(mut facts: Vec<(Code, T)>) -> Lists<T> {
        facts.sort_by_key(|(code, _)| *code);
        let of_code = |facts: &[(Code, T)]| {
            let list = facts.iter().map(|(_, fact)| fact.clone()).collect();
            facts.first().map(|(code, _)| (*code, list))
        };
        Lists::new(facts.chunk_by(|a, b| a.0 == b.0).filter_map(of_code))
    }

    /// Lists from the facts of each code, in ascending order of code.
    pub fn new(facts: impl IntoIterator<Item = (Code, Vec<T>)>) -> Lists<T> {
        let mut out = Lists::default();
        let mut known: HashMap<Vec<T>, u32> = HashMap::new();
        for (code, list) in facts {
            let number = *known.entry(list).or_insert_with_key(|list| {
                out.lists.push(list.clone());
                out.lists.len() as u32 - 1
            });
            out.codes.push(code);
            out.numbers.push(number);
        }
        out
    }
}

/// Codes the days that occur in facts, in ascending order and no more than 255: their number, the first, and the
/// differences. What a damaged stream made up is nothing where it is no day, so that numbers and days go together.
pub fn days<C: Coder>(coder: &mut C, value: &[Date]) -> Vec<Option<Date>> {
    let count = coder.number(&mut Number::default(), value.len() as u32);
    let mut steps = Number::default();
    let mut last = 0u32;
    let day = |at: usize| {
        let number = value.get(at).map_or(0, |date| date.number());
        last = last.saturating_add(coder.number(&mut steps, number.saturating_sub(last)));
        Date::from_number(last)
    };
    (0..count.min(255) as usize).map(day).collect()
}

/// The ways in which a code is compared with its relatives: the code before, the last one that differs only in one
/// character (the sixth, fifth, fourth, third), the last one of the same category with the same last character.
const RELATIVES: usize = 6;

/// The relatives of codes, as codes come along in order.
struct Relatives {
    /// By hash of what a code has in common with its relatives: the number of the last such code, plus one.
    last: Vec<u32>,
    before: u32,
}

impl Relatives {
    /// Relatives share 2^18 slots: 6 for each of some 90,000 codes, most of them the same.
    const BITS: u32 = 18;

    fn new() -> Relatives {
        Relatives {
            last: vec![0; 1 << Self::BITS],
            before: 0,
        }
    }

    fn slots(code: &Code) -> [Option<usize>; RELATIVES - 1] {
        let length = code.len();
        let number = code.number();
        // Characters are numbered from the highest byte down.
        let slot = |kind: u32, mask: u64| {
            let kept = number & mask;
            let state = hash(
                hash(kind << 4 | length as u32, (kept >> 32) as u32),
                kept as u32,
            );
            (state >> (32 - Self::BITS)) as usize
        };
        let character = |at: usize| 0xFFu64 << (56 - 8 * at.min(7));
        let without = |gap: usize| (gap < length).then(|| slot(gap as u32, !character(gap)));
        let ends = 0xFFFF_FF00_0000_0000 | character(length.saturating_sub(1));
        [
            without(5),
            without(4),
            without(3),
            without(2),
            Some(slot(9, ends)),
        ]
    }

    /// The numbers of the relatives of a code, and notes the code under this number for those to come.
    fn meet(&mut self, code: &Code, number: u32) -> [Option<u32>; RELATIVES] {
        let before = std::mem::replace(&mut self.before, number + 1).checked_sub(1);
        let [sixth, fifth, fourth, third, category] = Self::slots(code).map(|slot| {
            let entry = self.last.get_mut(slot?)?;
            std::mem::replace(entry, number + 1).checked_sub(1)
        });
        [before, sixth, fifth, fourth, third, category]
    }
}

/// The facts of the relatives that matter most: of the code before, and of the nearest other.
pub fn nearest<'r, T>(relatives: &[Option<&'r [T]>]) -> [&'r [T]; 2] {
    let of = |list: Option<&&'r [T]>| list.copied().unwrap_or(&[]);
    let before = relatives.first().and_then(Option::as_ref);
    let other = relatives.iter().skip(1).flatten().next();
    [of(before), of(other)]
}

/// A number that stands for the first characters of a code, of a code of so many kinds.
pub fn part(code: &Code, length: usize, kind: u32) -> u32 {
    let bytes = code.as_str().bytes().take(length);
    bytes.fold(kind, |state, byte| hash(state, u32::from(byte)))
}

/// Codes lists of facts that no relative has.
pub trait Novel<T> {
    /// Codes the list of a code in the light of the lists of its relatives. `value` is empty while reading.
    fn code<C: Coder>(
        &mut self,
        coder: &mut C,
        code: &Code,
        relatives: &[Option<&[T]>],
        value: &[T],
    ) -> Vec<T>;
}

/// Codes the facts of the codes of a system (`known`, as [`all_codes`] returns them), and of codes that it does not
/// have: those are spelled first, then every code in order says whether it has facts, and if so whether they are
/// those of a relative.
pub fn run<C: Coder, T: Clone + Eq>(
    coder: &mut C,
    input: &Lists<T>,
    known: &[(Code, bool)],
    novel: &mut impl Novel<T>,
) -> Lists<T> {
    let mut lists: Vec<Vec<T>> = Vec::new();
    let mut code_new = |coder: &mut C, code: &Code, near: &[Option<u32>], value: Option<u32>| {
        let relatives: Vec<Option<&[T]>> = near
            .iter()
            .map(|number| lists.get((*number)? as usize).map(Vec::as_slice))
            .collect();
        let value = value.and_then(|number| input.lists.get(number as usize));
        let list = novel.code(coder, code, &relatives, value.map_or(&[], Vec::as_slice));
        lists.push(list);
    };
    let (codes, numbers) = run_numbers(coder, &input.codes, &input.numbers, known, &mut code_new);
    Lists {
        codes,
        numbers,
        lists,
    }
}

/// What codes a list that no relative has: the code, the numbers of the relatives' lists, and, while writing, the number
/// of the list in the input.
type CodeNew<'n, C> = dyn FnMut(&mut C, &Code, &[Option<u32>], Option<u32>) + 'n;

/// [`run`] with lists as numbers: what does not depend on the kind of facts stands in the module once.
fn run_numbers<C: Coder>(
    coder: &mut C,
    input: &[Code],
    numbers: &[u32],
    known: &[(Code, bool)],
    code_new: &mut CodeNew<'_, C>,
) -> (Vec<Code>, Vec<u32>) {
    let others: Vec<Code> = input
        .iter()
        .filter(|code| known.binary_search_by_key(code, |(code, _)| code).is_err())
        .copied()
        .collect();
    let others = Spelling::new(14).list(coder, &others);
    let mut codes: Vec<(Code, u32)> = known
        .iter()
        .map(|(code, billable)| (*code, u32::from(*billable)))
        .collect();
    codes.extend(others.iter().map(|code| (*code, 2)));
    crate::sort::sort(&mut codes);

    let (mut out_codes, mut out_numbers) = (Vec::new(), Vec::new());
    // The lists so far; while writing, each with its number in the input, where equal lists have one number.
    let mut lists: Vec<Option<u32>> = Vec::new();
    let mut has = Has::new();
    let mut relatives = Relatives::new();
    let mut same = WideMixer::new(16, RELATIVES);
    // The last answers of each relative, the latest in the lowest bit.
    let mut history = [0u32; RELATIVES];
    let mut at = 0;
    for (code, kind) in codes {
        // Both lists are in order: the input's next code is this one, or a later one.
        let value = match input.get(at) {
            Some(next) if *next == code => {
                at += 1;
                numbers.get(at - 1).copied()
            }
            _ => None,
        };
        if kind != 2 && !has.code(coder, &code, kind, value.is_some()) {
            continue;
        }
        let number = out_codes.len() as u32;
        let met = relatives.meet(&code, number);
        let near = met.map(|met| met.and_then(|met| out_numbers.get(met as usize)).copied());
        let about = code
            .as_str()
            .bytes()
            .take(3)
            .fold(7, |h, b| hash(h, b.into()));
        let longer = code
            .as_str()
            .bytes()
            .take(5)
            .fold(8, |h, b| hash(h, b.into()));
        let end = code.as_str().bytes().last().map_or(0, u32::from) << 4 | code.len() as u32;
        let mut chosen = None;
        for (which, list) in near.iter().enumerate() {
            let Some(list) = list else {
                continue;
            };
            if near.iter().take(which).any(|other| other == &Some(*list)) {
                continue;
            }
            let agree = near.iter().fold(0u32, |bits, other| {
                bits << 2
                    | if other == &Some(*list) {
                        1
                    } else if other.is_some() {
                        2
                    } else {
                        0
                    }
            });
            let own = history.get(which).copied().unwrap_or(0);
            let kind = which as u32;
            let contexts = [
                hash(hash(own & 15, kind), 1),
                hash(hash(agree, kind), 2),
                hash(hash(about, kind), 3),
                hash(hash(end, kind), 4),
                hash(hash(longer, kind), 5),
                hash(hash(agree << 4 | own & 3, end), 6),
                hash(hash(hash(*list, kind), end), 7),
            ];
            let hit = same.flag(
                coder,
                &contexts,
                which,
                value.is_some() && lists.get(*list as usize) == Some(&value),
            );
            if let Some(history) = history.get_mut(which) {
                *history = *history << 1 | u32::from(hit);
            }
            if hit {
                chosen = Some(*list);
                break;
            }
        }
        let list = match chosen {
            Some(list) => list,
            None => {
                code_new(coder, &code, &near, value);
                lists.push(value);
                lists.len() as u32 - 1
            }
        };
        out_codes.push(code);
        out_numbers.push(list);
    }
    (out_codes, out_numbers)
}

/// Whether codes have facts at all.
struct Has {
    mixture: WideMixer,
    relatives: Relatives,
    answers: Vec<bool>,
}

impl Has {
    fn new() -> Has {
        Has {
            mixture: WideMixer::new(16, 4),
            relatives: Relatives::new(),
            answers: Vec::new(),
        }
    }

    fn code<C: Coder>(&mut self, coder: &mut C, code: &Code, kind: u32, value: bool) -> bool {
        let met = self.relatives.meet(code, self.answers.len() as u32);
        let answer = |number: &Option<u32>| match number.and_then(|n| self.answers.get(n as usize))
        {
            Some(true) => 2,
            Some(false) => 1,
            None => 0,
        };
        let all = met.iter().fold(0u32, |bits, met| bits << 2 | answer(met));
        let before = self
            .answers
            .iter()
            .rev()
            .take(6)
            .fold(0, |bits, b| bits << 1 | u32::from(*b));
        let part = |length: usize| {
            let bytes = code.as_str().bytes().take(length);
            bytes.fold(kind, |h, b| hash(h, b.into()))
        };
        let end = code.as_str().bytes().last().map_or(0, u32::from) << 4 | code.len() as u32;
        let contexts = [
            hash(hash(all, kind), 1),
            hash(hash(before, kind), 2),
            hash(part(3), 3),
            hash(part(4), 4),
            hash(part(5), 5),
            hash(hash(all, end), 6),
            hash(hash(part(3), end), 7),
        ];
        let set = kind as usize;
        let answer = self.mixture.flag(coder, &contexts, set, value);
        self.answers.push(answer);
        answer
    }
}
