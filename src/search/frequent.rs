//! What people come for most often: the beginnings of these names lead to them before rarer things.
//!
//! Counting words cannot know that who types `h` means hypertension rather than Hartnup's disease. The list is ours
//! (`data/vocabulary/frequent.tsv`); it decides between names only, never between codes, and says nothing of payers.

use std::sync::OnceLock;

use crate::index::{ConceptId, System};

/// The names with their codes, below lines of comment and a header.
const NAMES: &str = include_str!("../../data/vocabulary/frequent.tsv");

/// The names lead to so many hits at most: the others follow.
pub const MOST: usize = 6;

/// The names, in their order, and the codes they mean.
pub fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    static ROWS: OnceLock<Vec<(&str, &str)>> = OnceLock::new();
    let rows = ROWS.get_or_init(|| {
        let rows = NAMES.lines().filter(|line| !line.starts_with('#'));
        rows.skip(1)
            .filter_map(|line| line.split_once('\t'))
            .collect()
    });
    rows.iter().copied()
}

/// A name that a query is, or is the beginning of.
#[derive(Clone, Copy, Debug)]
pub struct Frequent {
    /// The name.
    pub name: &'static str,
    /// The concept that it means.
    pub concept: ConceptId,
    /// Whether the query is the whole name.
    pub whole: bool,
}

impl Frequent {
    /// Whether the name goes on with another word after what was typed.
    pub fn parted(&self, typed: &str) -> bool {
        let rest = self.name.strip_prefix(typed);
        rest.is_some_and(|rest| rest.starts_with(' '))
    }
}

/// The names that begin with the words of a query, in the order of the list, each concept once: those that the system has.
/// Takes one pass over a few hundred names.
pub fn begun(system: &System<'_>, typed: &str) -> Vec<Frequent> {
    let mut found: Vec<Frequent> = Vec::new();
    if typed.is_empty() {
        return found;
    }
    for (name, code) in names().filter(|(name, _)| name.starts_with(typed)) {
        let Some(concept) = system.find(code) else {
            continue;
        };
        if found.len() < MOST && found.iter().all(|other| other.concept != concept) {
            let whole = name.len() == typed.len();
            found.push(Frequent {
                name,
                concept,
                whole,
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::fold;

    #[test]
    fn names_stand_once_and_as_they_are_typed() {
        let mut seen = std::collections::HashSet::new();
        for (name, code) in names() {
            assert_eq!(fold::folded(name), name);
            assert!(seen.insert(name), "{name} stands twice");
            assert!((3..=7).contains(&code.len()), "{name}: {code}");
        }
        assert!(seen.len() > 300);
    }
}
