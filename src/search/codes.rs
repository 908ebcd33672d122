//! Queries that are codes, whole or in part.

use super::fold::FoldedWord;
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
    if shaped && looks_like_code(piece) {
        system.nodes_with_prefix(&plain)
    } else {
        0..0
    }
}
