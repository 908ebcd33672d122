//! Seventh characters and placeholders of ICD-10-CM.

use super::{Check, Status};
use crate::index::ConceptId;

/// Where the seventh character stands.
const SEVENTH: usize = 7;

impl Check<'_, '_> {
    /// The codes that are a concept and a seventh character, with that character; none where it takes none.
    pub(super) fn sevenths(&self, concept: ConceptId) -> Vec<(char, ConceptId)> {
        if self.system.code_system() != crate::CodeSystem::ICD10CM {
            return Vec::new();
        }
        let base = self.system.plain_code(concept);
        if base.len() >= SEVENTH || self.system.billable(concept) {
            return Vec::new();
        }
        let padded = format!("{base:X<6}");
        // The title tells a seventh character from a last digit (QA0.0101 divides QA0.010): it goes on with a comma.
        let titled = format!("{}, ", self.system.display(concept));
        let children = self.system.children(concept);
        let all = children.into_iter().filter_map(|child| {
            let code = self.system.plain_code(child);
            let seventh = code.strip_prefix(&padded)?.chars().next()?;
            let means =
                child.seventh().is_some() || self.system.display(child).starts_with(&titled);
            (code.len() == SEVENTH && means).then_some((seventh, child))
        });
        all.collect()
    }

    /// The sentence for a code that lacks its seventh character; adds every choice as a fix.
    pub(super) fn needs_seventh(
        &mut self,
        concept: ConceptId,
        sevenths: &[(char, ConceptId)],
    ) -> String {
        let base = self.system.plain_code(concept);
        for (character, code) in sevenths {
            self.fix(*code, || format!("adds the 7th character {character}"));
        }
        let choices = choices(sevenths);
        let code = self.system.code(concept);
        match 6 - base.len().min(6) {
            0 => format!("{code} needs a 7th character: {choices}."),
            1 => format!("{code} needs a 7th character, after an X in the 6th place: {choices}."),
            missing => format!(
                "{code} needs a 7th character, after X in places {} to 6: {choices}.",
                7 - missing
            ),
        }
    }

    /// What is wrong with a code that the release does not have, where it is the seventh character or a placeholder.
    pub(super) fn seventh_or_placeholder(&mut self) -> Option<(Status, &'static str, String)> {
        let plain = self.plain.clone();
        // More than 11 characters are no code with placeholders too many: four is the most a code has.
        if plain.len() < 4 || plain.len() > 11 || !plain.is_ascii() {
            return None;
        }
        let system = self.system;
        let base = (3..plain.len())
            .rev()
            .filter_map(|length| plain.get(..length))
            .find_map(|base| Some((base, system.find(base)?)))
            .filter(|(base, _)| base.len() < SEVENTH);
        if let Some((base, concept)) = base {
            let rest = plain.get(base.len()..).unwrap_or_default();
            let bare = rest.trim_start_matches('X');
            let sevenths = self.sevenths(concept);
            if !sevenths.is_empty() && bare.is_empty() && plain.len() < SEVENTH {
                let message = self.needs_seventh(concept, &sevenths);
                return Some((Status::Incomplete, "CM-4", message));
            }
            let at_seventh = plain.len() == SEVENTH && base.len() + rest.len() - bare.len() >= 6;
            if !sevenths.is_empty()
                && at_seventh
                && !sevenths.iter().any(|(c, _)| bare == c.to_string())
            {
                return Some(self.wrong_seventh(concept, &sevenths));
            }
            if sevenths.is_empty()
                && system.billable(concept)
                && self.usable(concept)
                && let Some(answer) = self.seventh_not_allowed(concept, rest, bare, at_seventh)
            {
                return Some(answer);
            }
        }
        self.placeholder(&plain)
    }

    fn wrong_seventh(
        &mut self,
        concept: ConceptId,
        sevenths: &[(char, ConceptId)],
    ) -> (Status, &'static str, String) {
        for (character, code) in sevenths {
            self.fix(*code, || format!("has the 7th character {character}"));
        }
        let typed = self.plain.chars().last().unwrap_or(' ');
        let message = format!(
            "{} cannot have {typed} as its 7th character: {}.",
            self.system.code(concept),
            choices(sevenths)
        );
        (Status::SeventhCharacterWrong, "CM-4", message)
    }

    /// A code that is complete, with placeholders or a seventh character after it.
    fn seventh_not_allowed(
        &mut self,
        concept: ConceptId,
        rest: &str,
        bare: &str,
        at_seventh: bool,
    ) -> Option<(Status, &'static str, String)> {
        let code = self.system.code(concept);
        if bare.is_empty() {
            self.fix(concept, || "without the placeholder X".to_string());
            let message = format!("{code} is complete as it stands: it has no placeholder X.");
            return Some((Status::PlaceholderExtra, "CM-5", message));
        }
        let character = bare.chars().next().filter(|_| bare.len() == 1)?;
        // A single digit is a seventh character only where it stands in the seventh place, or after placeholders.
        let seventh = self.is_seventh_character(character)
            && (character.is_ascii_alphabetic() || at_seventh || rest.len() > bare.len());
        if !seventh {
            return None;
        }
        self.fix(concept, || format!("without the 7th character {character}"));
        let message = format!("{code} is complete as it stands: it takes no 7th character.");
        Some((Status::SeventhCharacterNotAllowed, "CM-4", message))
    }

    /// Whether any category of the release has this seventh character.
    fn is_seventh_character(&self, character: char) -> bool {
        let sets = &self.system.nodes().sets;
        sets.iter().any(|set| {
            set.characters
                .iter()
                .any(|other| char::from(*other) == character)
        })
    }

    /// A code that becomes one when placeholders are added, taken out or moved.
    fn placeholder(&mut self, plain: &str) -> Option<(Status, &'static str, String)> {
        let (category, rest) = plain.split_at_checked(3)?;
        let bare = format!("{category}{}", rest.replace('X', ""));
        let before = plain.len() - bare.len();
        let mut found: Vec<(String, ConceptId)> = Vec::new();
        let mut open = vec![(bare.clone(), 3)];
        while let Some((spelling, from)) = open.pop() {
            // Codes of the same characters, with X in other places: what stands before `from` is settled.
            if spelling != plain
                && let Some(concept) = self.system.find(&spelling)
            {
                found.push((spelling.clone(), concept));
            }
            if spelling.len() < SEVENTH {
                for at in from..=spelling.len() {
                    let mut other = spelling.clone();
                    other.insert(at, 'X');
                    open.push((other, at + 1));
                }
            }
        }
        // A code that is a header only because its seventh character is missing is as good as a code.
        found.retain(|(spelling, concept)| {
            self.usable(*concept)
                || (!spelling.ends_with('X') && !self.sevenths(*concept).is_empty())
        });
        crate::sort::sort_by_key(&mut found, |(spelling, concept)| {
            (
                !self.system.billable(*concept),
                spelling.len().abs_diff(plain.len()),
                spelling.clone(),
            )
        });
        let (spelling, first) = found.first()?.clone();
        let (status, what) = if spelling.len() < plain.len() {
            (
                Status::PlaceholderExtra,
                "without the placeholder X that is too much",
            )
        } else if spelling.len() > plain.len() {
            (Status::PlaceholderMissing, "padded with the placeholder X")
        } else {
            (
                Status::PlaceholderMissing,
                "with the placeholder X in its place",
            )
        };
        for (_, concept) in &found {
            self.fix(*concept, || what.to_string());
            if !self.system.billable(*concept) {
                for (character, code) in self.sevenths(*concept) {
                    self.fix(code, || {
                        format!("{what}, with the 7th character {character}")
                    });
                }
            }
        }
        let typed = self.system.code_system().dotted(plain);
        let meant = self.system.code(first);
        let count = |number: usize| match number {
            1 => "a placeholder X".to_string(),
            n => format!("{n} placeholders X"),
        };
        let mut message = match spelling.len().cmp(&plain.len()) {
            std::cmp::Ordering::Less => format!(
                "{typed} has {} too many: write {meant}.",
                count(plain.len() - spelling.len())
            ),
            std::cmp::Ordering::Greater => format!(
                "{typed} lacks {}: write {meant}, so that the 7th character stands in the 7th place.",
                count(spelling.len() - plain.len())
            ),
            std::cmp::Ordering::Equal => {
                format!(
                    "{typed} has {} in the wrong place: write {meant}.",
                    count(before)
                )
            }
        };
        if !self.system.billable(first) {
            message = format!(
                "{} A 7th character is needed as well.",
                message.replace(", so that the 7th character stands in the 7th place", "")
            );
        }
        Some((status, "CM-5", message))
    }
}

/// The seventh characters, as the end of a sentence.
fn choices(sevenths: &[(char, ConceptId)]) -> String {
    let all: Vec<String> = sevenths.iter().map(|(c, _)| c.to_string()).collect();
    match all.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}
