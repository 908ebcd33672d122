//! Properties of codes: from when to when each is valid, and what is special about it.
//!
//! # The section
//!
//! One stream of decisions: the different periods (their number, then for each the start and the end as numbers
//! such as 20261001, 0 for none), whether any node has a flag, then for every node in order whether its period is that of the node before of its kind
//! (billable or not, with or without seventh characters), else the number of its period (10 bits), and, where any has, its two flags (modifier, not otherwise classified).

use super::coding::{Bit, Coder, Decoder, Encoder, Number, models};
use super::core::Nodes;
use crate::date::{Date, Period};

/// The properties of the nodes of one system, by node number.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Properties {
    /// The days each node is valid for, where that is stated for the code itself.
    pub periods: Vec<Period>,
    /// HCPCS and CPT: the code is a modifier.
    pub modifiers: Vec<bool>,
    /// HCPCS: the code stands for services "not otherwise classified".
    pub unclassified: Vec<bool>,
}

/// Writes the section for these nodes. The number of different periods must be below 1,024.
pub fn write(properties: &Properties, nodes: &Nodes) -> Vec<u8> {
    let mut coder = Encoder::default();
    run(&mut coder, properties, nodes);
    coder.finish()
}

/// Reads the section for these nodes.
pub fn read(bytes: &[u8], nodes: &Nodes) -> Properties {
    run(&mut Decoder::new(bytes), &Properties::default(), nodes)
}

fn run<C: Coder>(coder: &mut C, input: &Properties, nodes: &Nodes) -> Properties {
    let mut distinct: Vec<Period> = Vec::new();
    for period in &input.periods {
        if !distinct.contains(period) {
            distinct.push(*period);
        }
    }
    let count = coder.number(&mut Number::default(), distinct.len() as u32);
    let mut dates = Number::default();
    let mut date = |coder: &mut C, value: Option<Date>| {
        Date::from_number(coder.number(&mut dates, value.map_or(0, Date::number)))
    };
    let mut periods = Vec::new();
    for at in 0..count.min(1023) as usize {
        let period = distinct.get(at).copied().unwrap_or_default();
        let start = date(coder, period.start);
        let end = date(coder, period.end);
        periods.push(Period { start, end });
    }
    // Most systems have neither modifiers nor codes for what has none: one decision says so.
    let any = |flags: &[bool]| flags.contains(&true);
    let any = any(&input.modifiers) || any(&input.unclassified);
    let any = coder.flag(&mut Bit::default(), any);
    let mut out = Properties::default();
    let (mut same, mut ids, mut flags) = (models(2 * KINDS), models(1024), models(4));
    // By the kind of a node: the period of the last one, and whether that of the one before was the same.
    let mut before = [(0, true); KINDS];
    out.periods.reserve_exact(nodes.codes.len());
    for (node, (billable, seventh)) in nodes.billable.iter().zip(&nodes.sevenths).enumerate() {
        let kind = usize::from(*billable) | usize::from(*seventh != 0) << 1;
        let Some((last, held)) = before.get_mut(kind) else {
            continue;
        };
        let value = match C::WRITES {
            true => input.periods.get(node),
            false => None,
        };
        let value = value
            .and_then(|period| distinct.iter().position(|p| p == period))
            .unwrap_or(0) as u32;
        let repeats = same
            .get_mut(kind << 1 | usize::from(*held))
            .is_some_and(|model| coder.flag(model, value == *last));
        *held = repeats;
        if !repeats {
            *last = coder.symbol(&mut ids, 10, value);
        }
        out.periods
            .push(periods.get(*last as usize).copied().unwrap_or_default());
        if !any {
            continue;
        }
        let mut flag = |at: usize, value: Option<&bool>| {
            let mut models = flags.get_mut(at).into_iter();
            models.any(|model: &mut Bit| coder.flag(model, value == Some(&true)))
        };
        out.modifiers.push(flag(0, input.modifiers.get(node)));
        out.unclassified.push(flag(1, input.unclassified.get(node)));
    }
    out
}

/// How many kinds of nodes there are.
const KINDS: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_back() {
        let period = |start, end| Period {
            start: Date::from_number(start),
            end: Date::from_number(end),
        };
        let properties = Properties {
            periods: vec![
                period(0, 0),
                period(20261001, 0),
                period(20261001, 0),
                period(0, 20260930),
            ],
            modifiers: vec![false, true, false, false],
            unclassified: vec![false, false, false, true],
        };
        let nodes = Nodes {
            codes: vec![Default::default(); 4],
            billable: vec![false, true, true, false],
            sevenths: vec![0, 0, 1, 0],
            ..Nodes::default()
        };
        assert_eq!(read(&write(&properties, &nodes), &nodes), properties);
    }
}
