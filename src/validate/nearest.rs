//! The spellings one mistake away from what was typed, the likelier mistakes first.
//!
//! The order: characters that look alike exchanged (any number of them: O and 0, I, L and 1, S and 5, B and 8, Z and
//! 2, G and 6), two neighbours exchanged, one character too many, one too few, one wrong. Among equals, a mistake
//! nearer to the end comes first, because the beginning of a code says what it is about. Spellings are of digits and
//! capital letters; what else was typed counts as a wrong character.

/// The characters of codes.
const DIGITS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Sets of characters that look alike.
const ALIKE: &[&str] = &["0O", "1IL", "5S", "8B", "2Z", "6G"];

/// What has to change to get from what was typed to another spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Characters that look alike were taken for each other.
    Alike,
    /// Two neighbours change places; the place of the first, counted from 1.
    Swapped(usize),
    /// The character at this place goes.
    Removed(usize),
    /// A character is added at this place.
    Added(usize),
    /// The character at this place becomes another.
    Replaced(usize),
}

/// Longer texts than this are no code with a mistake in it.
const LONGEST: usize = 9;

/// Every spelling one mistake away from `typed`, with the change that leads to it; none twice, never `typed` itself.
/// About 600 for a code of seven characters.
pub fn nearest(typed: &str) -> Vec<(String, Change)> {
    let typed: Vec<char> = typed.chars().collect();
    let mut found: Vec<(String, Change)> = Vec::new();
    if typed.is_empty() || typed.len() > LONGEST {
        return found;
    }
    for spelling in alike(&typed) {
        found.push((spelling, Change::Alike));
    }
    for at in (0..typed.len().saturating_sub(1)).rev() {
        let mut other = typed.clone();
        other.swap(at, at + 1);
        found.push((other.iter().collect(), Change::Swapped(at + 1)));
    }
    for at in (0..typed.len()).rev() {
        let mut other = typed.clone();
        other.remove(at);
        found.push((other.iter().collect(), Change::Removed(at + 1)));
    }
    for at in (0..=typed.len()).rev() {
        for digit in DIGITS {
            let mut other = typed.clone();
            other.insert(at, char::from(*digit));
            found.push((other.iter().collect(), Change::Added(at + 1)));
        }
    }
    for at in (0..typed.len()).rev() {
        for digit in DIGITS {
            let mut other = typed.clone();
            if let Some(to) = other.get_mut(at) {
                *to = char::from(*digit);
            }
            found.push((other.iter().collect(), Change::Replaced(at + 1)));
        }
    }
    let mut seen = std::collections::HashSet::from([typed.iter().collect::<String>()]);
    found.retain(|(spelling, _)| !spelling.is_empty() && seen.insert(spelling.clone()));
    found
}

/// Every spelling that differs in characters that look alike, at most 256.
fn alike(typed: &[char]) -> Vec<String> {
    let mut spellings = vec![String::new()];
    for typed in typed {
        let set = ALIKE.iter().find(|set| set.contains(*typed));
        let mut next: Vec<String> = Vec::new();
        for other in set
            .into_iter()
            .flat_map(|set| set.chars())
            .filter(|other| other != typed)
        {
            next.extend(
                spellings
                    .iter()
                    .map(|spelling| format!("{spelling}{other}")),
            );
        }
        next.extend(
            spellings
                .iter()
                .map(|spelling| format!("{spelling}{typed}")),
        );
        next.truncate(256);
        spellings = next;
    }
    let unchanged: String = typed.iter().collect();
    spellings.retain(|spelling| *spelling != unchanged);
    // Fewer changes before more; then digits before letters, for most places of a code have a digit.
    crate::sort::sort_by_key(&mut spellings, |spelling| {
        let changes = spelling.chars().zip(typed).filter(|(a, b)| a != *b);
        let letters = spelling.chars().filter(char::is_ascii_alphabetic);
        (changes.count(), letters.count())
    });
    spellings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likelier_mistakes_come_first() {
        let found = nearest("EI19");
        let place = |code: &str| found.iter().position(|(other, _)| other == code);
        assert_eq!(place("E119"), Some(0));
        assert!(place("IE19") < place("E19"));
        assert!(place("E19") < place("EI109"));
        assert!(place("EI109") < place("EI18"));
        assert!(place("EI18") < place("FI19"));
        assert_eq!(place("EI19"), None);
    }

    #[test]
    fn several_look_alikes_are_one_mistake() {
        assert!(nearest("Ell9".to_uppercase().as_str()).contains(&("E119".into(), Change::Alike)));
        assert!(nearest("5S2SO1A").contains(&("S52501A".into(), Change::Alike)));
    }

    #[test]
    fn everything_one_character_away_is_there_and_nothing_twice() {
        let found = nearest("E119");
        // 4 removals (3 different), 3 swaps (2 different), 5 * 36 insertions less those that repeat a neighbour,
        // 4 * 35 replacements; the look-alikes are replacements too, except those of two places.
        let single: Vec<_> = found.iter().filter(|(o, _)| o.len() == 4).collect();
        let replaced = single.iter().filter(|(o, _)| {
            o.chars()
                .zip("E119".chars())
                .filter(|(a, b)| a != b)
                .count()
                == 1
        });
        assert_eq!(replaced.count(), 4 * 35);
        assert_eq!(
            found.iter().filter(|(o, _)| o.len() == 5).count(),
            5 * 36 - 4
        );
        assert_eq!(found.iter().filter(|(o, _)| o.len() == 3).count(), 3);
    }

    #[test]
    fn texts_that_are_no_code_have_no_neighbours() {
        assert!(nearest("").is_empty());
        assert!(nearest("DIABETES MELLITUS").is_empty());
    }
}
