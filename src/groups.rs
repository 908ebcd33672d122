//! Chapters and sections, browsed from above: what lies in each.

use serde::Serialize;

use crate::concepts::{GroupKind, NoteKind};
use crate::index::core::{Code, GroupNode, NO_NODE};
use crate::index::{Concept, ConceptId, GroupRef, NoteRef, System};

/// What stands in a chapter or section.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupContents {
    /// The chapter or section itself.
    pub group: GroupRef,
    /// The ranges it lies in, the widest first.
    pub above: Vec<GroupRef>,
    /// The ranges directly inside it.
    pub inside: Vec<GroupRef>,
    /// The codes at its top that lie in no range inside it.
    pub codes: Vec<Concept>,
    /// The notes that hold for all of it, its own first.
    pub notes: Vec<NoteRef>,
}

/// The chapters of a code system, in the order of the book. None where it has none, as HCPCS Level II.
pub fn chapters(system: &System) -> Vec<GroupRef> {
    let groups = system.nodes().groups.iter().enumerate();
    groups
        .filter(|(_, group)| group.kind == GroupKind::Chapter)
        .filter_map(|(at, _)| system.group(at))
        .collect()
}

/// What stands in the chapter or section with a label, or nothing where there is none.
///
/// A section may be several ranges under one label (`C43-C44` is also `C4A`): its contents are those of all of them.
/// Takes time proportional to the number of codes.
pub fn contents(system: &System, kind: GroupKind, label: &str) -> Option<GroupContents> {
    let nodes = system.nodes();
    let groups: Vec<(usize, &GroupNode)> = nodes.groups.iter().enumerate().collect();
    let (own, others): (Vec<_>, Vec<_>) = groups
        .iter()
        .copied()
        .partition(|(_, group)| group.kind == kind && group.label == label);
    let first = own.first()?.0;

    let above: Vec<_> = others
        .iter()
        .copied()
        .filter(|wide| own.iter().any(|narrow| lies_in(*narrow, *wide)))
        .collect();
    let within: Vec<_> = others
        .iter()
        .copied()
        .filter(|narrow| own.iter().any(|wide| lies_in(*narrow, *wide)))
        .collect();
    let direct: Vec<_> = within
        .iter()
        .copied()
        .filter(|narrow| !within.iter().any(|wide| lies_in(*narrow, *wide)))
        .collect();

    let top = (0..nodes.codes.len() as u32)
        .filter(|node| nodes.parents.get(*node as usize) == Some(&NO_NODE));
    let codes = top
        .filter(|node| {
            let homes = system.groups_of(*node);
            let in_any =
                |list: &[(usize, &GroupNode)]| list.iter().any(|(at, _)| homes.contains(at));
            in_any(&own) && !in_any(&within)
        })
        .map(|node| system.concept(ConceptId::of_node(node)))
        .collect();

    let owners = own.iter().chain(above.iter().rev());
    let notes = owners
        .flat_map(|(at, group)| notes_of(system, *at, group))
        .collect();

    Some(GroupContents {
        group: system.group(first)?,
        above: described(system, &above),
        inside: described(system, &direct),
        codes,
        notes,
    })
}

/// The notes that stand at a group itself.
fn notes_of(system: &System, at: usize, group: &GroupNode) -> Vec<NoteRef> {
    let notes = system.all_notes();
    let owner = (system.nodes().codes.len() + at) as u32;
    let of = match group.kind {
        GroupKind::Chapter => format!("chapter {}", group.label),
        GroupKind::Section => group.label.clone(),
    };
    notes
        .of(owner)
        .map(|note| {
            let kind = notes.kinds.get(note).copied().unwrap_or(NoteKind::Note);
            system.note(kind, notes.words.text(notes.text(note)), &of)
        })
        .collect()
}

/// Groups as they are shown, each label once.
fn described(system: &System, groups: &[(usize, &GroupNode)]) -> Vec<GroupRef> {
    let mut shown: Vec<GroupRef> = Vec::new();
    for group in groups.iter().filter_map(|(at, _)| system.group(*at)) {
        if !shown
            .iter()
            .any(|other| other.kind == group.kind && other.label == group.label)
        {
            shown.push(group);
        }
    }
    shown
}

impl GroupNode {
    /// Whether it is a section of one category with a letter in the third place, such as C7A or D3A.
    pub(crate) fn is_lettered(&self) -> bool {
        let letter = self.first.at(2).is_some_and(|c| c.is_ascii_alphabetic());
        self.kind == GroupKind::Section && self.first == self.last && letter
    }

    /// Whether a section of one lettered category belongs to this range, which holds its code. In order of code D3A stands
    /// between D39 and D40, but the book has it beside the section D37-D48, not in it: a lettered section belongs to what
    /// holds all of its decade (D30 to D39). Other ranges are taken in as their codes are.
    pub(crate) fn takes_in(&self, narrow: &GroupNode) -> bool {
        if !narrow.is_lettered() || self.kind == GroupKind::Chapter || self.first == narrow.first {
            return true;
        }
        let end = |digit: &str| {
            let stem = narrow.first.as_str().get(..2)?;
            Code::new(&[stem, digit].concat())
        };
        let (low, high) = (end("0"), end("9"));
        low.is_some_and(|low| self.first <= low) && high.is_some_and(|high| high <= self.last)
    }
}

/// Whether one range lies in another. Of two equal ranges, the one that stands first in the book is the wider;
/// a chapter never lies in a section.
fn lies_in((narrow_at, narrow): (usize, &GroupNode), (wide_at, wide): (usize, &GroupNode)) -> bool {
    let chapter_in_section = narrow.kind == GroupKind::Chapter && wide.kind == GroupKind::Section;
    let ends_before = narrow.last <= wide.last || narrow.last.starts_with(&wide.last);
    let equal = narrow.first == wide.first && narrow.last == wide.last;
    !chapter_in_section
        && wide.takes_in(narrow)
        && wide.first <= narrow.first
        && ends_before
        && (!equal || wide_at < narrow_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lettered_section_stands_beside_those_around_it() {
        let group = |first: &str, last: &str, kind| GroupNode {
            kind,
            label: String::new(),
            first: Code::new(first).unwrap(),
            last: Code::new(last).unwrap(),
            title: Vec::new(),
        };
        let section = |first, last| group(first, last, GroupKind::Section);
        let (d3a, c7a) = (section("D3A", "D3A"), section("C7A", "C7A"));
        assert!(!section("D37", "D48").takes_in(&d3a));
        assert!(!section("C76", "C80").takes_in(&c7a));
        assert!(section("C00", "C96").takes_in(&c7a));
        assert!(group("C00", "D49", GroupKind::Chapter).takes_in(&d3a));
        assert!(d3a.takes_in(&d3a));
        // Only sections of their own: M1A belongs to M05-M14 as any other category.
        assert!(section("D37", "D48").takes_in(&section("D40", "D41")));
    }
}
