//! Queries that are codes, whole or in part.

use super::fold::{self, FoldedWord};
use super::weights;
use crate::code_system::CodeSystem;
use crate::index::{ConceptId, System, plain_code};

/// Whether a piece of a query may be a code or the beginning of one: letters and digits with at most one dot inside,
/// and a digit among them.
pub fn looks_like_code(piece: &str) -> bool {
    let plain = piece.bytes().filter(|byte| *byte != b'.').count();
    (2..=8).contains(&plain)
        && piece.len() - plain <= 1
        && piece
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
        && piece.bytes().any(|byte| byte.is_ascii_digit())
        && !piece.starts_with('.')
}

/// The concepts whose codes begin with a piece of a query, in order of code: a node with seventh characters stands for
/// those of its codes, and they follow it only where it is the code typed. Calls `each` until that returns false.
pub fn with_prefix(system: &System<'_>, piece: &str, mut each: impl FnMut(ConceptId) -> bool) {
    if !system.code_system().spells(piece) {
        return;
    }
    let plain = plain_code(piece);
    let nodes = system.nodes();
    let range = system.nodes_with_prefix(&plain);
    for node in range.clone() {
        if !each(ConceptId::of_node(node)) {
            return;
        }
        let own = nodes
            .codes
            .get(node as usize)
            .is_some_and(|code| code.as_str() == plain);
        let composed = nodes
            .seventh_set(node)
            .map_or(0, |set| set.characters.len());
        if own && !(0..composed).all(|at| each(ConceptId::composed(node, at))) {
            return;
        }
    }
    if !range.is_empty() || plain.len() < 4 {
        return;
    }
    // Typed as far as the placeholders or the seventh character: the base is what is left without them.
    if let Some(concept) = system.find(&plain) {
        each(concept);
        return;
    }
    let base = plain.trim_end_matches('X');
    if let Some(node) = system
        .find(base)
        .filter(|base| base.seventh().is_none() && plain.len() < 7)
    {
        let composed = nodes
            .seventh_set(node.node())
            .map_or(0, |set| set.characters.len());
        let _ = (0..composed).all(|at| each(ConceptId::composed(node.node(), at)));
    }
}

/// The words of a query, the two pieces of a code with a dot as one: `U07.1` among words is a code, not two words.
pub fn joined(words: Vec<FoldedWord>, query: &str) -> Vec<FoldedWord> {
    let mut joined: Vec<FoldedWord> = Vec::with_capacity(words.len());
    for word in words {
        let dotted = joined.last().is_some_and(|last| {
            let bytes = last.text.as_bytes();
            let category = bytes.len() == 3
                && bytes.first().is_some_and(u8::is_ascii_alphanumeric)
                && bytes.get(1).is_some_and(u8::is_ascii_digit);
            category
                && word.text.len() <= 4
                && word.text.is_ascii()
                && query.get(last.end..word.start) == Some(".")
        });
        match joined.last_mut() {
            Some(last) if dotted => {
                last.text.push_str(&word.text);
                last.end = word.end;
            }
            _ => joined.push(word),
        }
    }
    joined
}

/// The nodes whose codes begin with a word that stands among others. Only what no one types as a word is believed:
/// a letter and at least two more characters, as most systems have them, or all the characters of a code.
pub fn among_words(system: &System<'_>, piece: &str) -> std::ops::Range<u32> {
    let plain = plain_code(piece);
    let letter_first = plain.starts_with(|c: char| c.is_ascii_alphabetic());
    let digits = plain.bytes().filter(u8::is_ascii_digit).count();
    let shaped = match system.code_system() {
        CodeSystem::ICD10PCS => plain.len() == 7,
        _ if letter_first => plain.len() >= 3 && digits >= 1 && digits + 3 >= plain.len(),
        _ => plain.len() >= 5 || piece.contains('.') && plain.len() >= 4,
    };
    if shaped && looks_like_code(piece) && system.code_system().spells(piece) {
        system.nodes_with_prefix(&plain)
    } else {
        0..0
    }
}

/// What a title says beyond that of its category, the least first: the words it adds, other words than those that mean that
/// nothing more is known; then how seldom it says `unspecified`.
///
/// What a title denies adds nothing: `without complications` is the plain case. A later encounter is never the usual one.
pub fn plainness(title: &str, category: &[String]) -> (u32, std::cmp::Reverse<u32>) {
    let words = fold::words(title);
    let within = |word: &str| category.iter().any(|stem| stem == fold::stem(word));
    let (mut said, mut unspecified) = (0, 0);
    let mut denied = false;
    let mut end = 0;
    for word in &words {
        let text = word.text.as_str();
        // What is denied ends with its clause.
        let gap = title.get(end..word.start).unwrap_or("");
        denied &= !gap.contains(',');
        end = word.end;
        match text {
            "unspecified" => {
                unspecified += 1;
            }
            "not" | "without" => denied = true,
            "with" if !within(text) => {
                said += 1;
                denied = false;
            }
            "other" | "subsequent" | "sequela" if !within(text) => said += 3,
            // These name an axis, of which `unspecified` is said.
            "stage" | "trimester" | "control" | "severity" => {}
            _ if denied || within(text) => {}
            _ if weights::FUNCTION.contains(&text) || weights::NEUTRAL.contains(&text) => {}
            _ => said += 1,
        }
    }
    (said, std::cmp::Reverse(unspecified))
}

/// The stems of a title's words, for [`plainness`].
pub fn stems(title: &str) -> Vec<String> {
    let stem = |word: fold::FoldedWord| fold::stem(&word.text).to_string();
    fold::words(title).into_iter().map(stem).collect()
}

/// The code usually meant by a category that is not valid for submission itself: of the codes below it that are wanted, the
/// one whose title says least more.
pub fn usual(
    system: &System<'_>,
    category: ConceptId,
    wanted: impl Fn(ConceptId) -> bool,
) -> Option<ConceptId> {
    let known = stems(&system.display(category));
    let plain = |concept: &ConceptId| plainness(&system.display(*concept), &known);
    let nodes = system.nodes();
    // A node stands for its seventh characters first: of hundreds of them few need be looked at.
    let open = |node: u32| -> Vec<ConceptId> {
        let composed = nodes
            .seventh_set(node)
            .map_or(0, |set| set.characters.len());
        let composed = (0..composed).map(|at| ConceptId::composed(node, at));
        let own = ConceptId::of_node(node);
        let own = system.billable(own).then_some(own);
        own.into_iter()
            .chain(composed)
            .filter(|one| wanted(*one))
            .collect()
    };
    let below = system
        .subtree(category.node())
        .map(|node| (node, open(node)));
    let (_, codes) = below
        .filter(|(_, codes)| !codes.is_empty())
        .min_by_key(|(node, _)| (plain(&ConceptId::of_node(*node)), *node))?;
    codes.into_iter().min_by_key(|code| (plain(code), *code))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The plainest of some titles of a category.
    fn plainest<'t>(category: &str, titles: &[&'t str]) -> &'t str {
        let known = stems(category);
        let titles = titles.iter().copied();
        titles
            .min_by_key(|title| plainness(title, &known))
            .unwrap_or("")
    }

    #[test]
    fn the_usual_code_is_the_one_that_says_least_more() {
        for (category, usual, others) in [
            (
                "Type 2 diabetes mellitus",
                "Type 2 diabetes mellitus without complications",
                &["Type 2 diabetes mellitus with unspecified complications"][..],
            ),
            (
                "Asthma",
                "Unspecified asthma, uncomplicated",
                &[
                    "Unspecified asthma with status asthmaticus",
                    "Other asthma",
                    "Cough variant asthma",
                ],
            ),
            (
                "Cerebral infarction",
                "Cerebral infarction, unspecified",
                &[
                    "Other cerebral infarction",
                    "Cerebral infarction due to cerebral venous thrombosis, nonpyogenic",
                    "Cerebral infarction due to unspecified occlusion or stenosis of unspecified cerebral artery",
                ],
            ),
            (
                "Malignant neoplasm of breast",
                "Malignant neoplasm of unspecified site of unspecified female breast",
                &[
                    "Malignant neoplasm of unspecified site of right female breast",
                    "Malignant inflammatory neoplasm of unspecified breast",
                ],
            ),
            (
                "Migraine",
                "Migraine, unspecified, not intractable, without status migrainosus",
                &[
                    "Abdominal migraine, not intractable",
                    "Migraine without aura, not intractable, without status migrainosus",
                    "Migraine, unspecified, intractable, without status migrainosus",
                ],
            ),
            (
                "Fracture of lower end of radius",
                "Unspecified fracture of the lower end of unspecified radius, initial encounter for closed fracture",
                &[
                    "Unspecified fracture of the lower end of unspecified radius, sequela",
                    "Unspecified fracture of the lower end of left radius, initial encounter for closed fracture",
                    "Unspecified fracture of the lower end of unspecified radius, initial encounter for open fracture type I or II",
                ],
            ),
        ] {
            let mut titles = others.to_vec();
            titles.push(usual);
            assert_eq!(plainest(category, &titles), usual);
        }
    }
}
