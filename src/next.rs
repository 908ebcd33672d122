//! What may follow the beginning of a code: a code builder's next choice.

use serde::Serialize;

use crate::code_system::CodeSystem;
use crate::index::{ConceptId, PcsMeaning, System, plain_code};

/// A character that may come next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Next {
    /// The character.
    pub character: char,
    /// The beginning with the character added, as it is printed.
    pub code: String,
    /// What it stands for: the title where the longer beginning is a code or header, the meaning of a seventh
    /// character, `placeholder` for an X that only fills a place, the label of a value of ICD-10-PCS; absent where the
    /// book has no words for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// ICD-10-PCS: what the character tells, such as `Body Part`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub axis: Option<String>,
    /// ICD-10-PCS: what the label means, where that is defined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definition: Option<PcsMeaning>,
    /// Whether the longer beginning is a code that is valid for submission.
    pub billable: bool,
    /// How many codes valid for submission begin with it.
    pub codes: usize,
}

impl System<'_> {
    /// The characters that may follow a beginning of a code, in order; none where it is complete or begins no code.
    ///
    /// The beginning may be written with or without dot and in any case; an empty one is followed by the first
    /// characters of all codes. Codes with a seventh character need their placeholders first: `W21.9` is followed by
    /// X, `W21.9XX` by A, D and S. A character of ICD-10-PCS that has several labels in the rows that are still possible
    /// comes once with each. Takes time proportional to the number of codes that begin with it.
    pub fn next(&self, beginning: &str) -> Vec<Next> {
        let plain = plain_code(beginning);
        if !plain.bytes().all(|b| b.is_ascii_alphanumeric()) || plain.len() >= 7 {
            return Vec::new();
        }
        let mut found: Vec<Next> = Vec::new();
        let mut add = |character: char, code: String, count: usize| match found
            .iter_mut()
            .find(|next| next.character == character)
        {
            Some(next) => next.codes += count,
            None => found.push(Next {
                character,
                code,
                label: None,
                axis: None,
                definition: None,
                billable: false,
                codes: count,
            }),
        };
        let nodes = self.nodes();
        let range = match plain.is_empty() {
            true => 0..nodes.codes.len() as u32,
            false => self.nodes_with_prefix(&plain),
        };
        let after = |code: &str| code.get(plain.len()..)?.chars().next();
        for node in range {
            let Some(code) = nodes.codes.get(node as usize) else {
                continue;
            };
            let own = usize::from(self.billable(ConceptId::of_node(node)));
            if let Some(character) = after(code.as_str()) {
                add(character, format!("{plain}{character}"), own);
            }
            for at in 0..nodes
                .seventh_set(node)
                .map_or(0, |set| set.characters.len())
            {
                let composed = self.plain_code(ConceptId::composed(node, at));
                if let Some(character) = after(&composed) {
                    add(character, format!("{plain}{character}"), 1);
                }
            }
        }
        // A beginning that is a base with its placeholders, or a part of them.
        let base = plain.trim_end_matches('X');
        let padded = base.len() < plain.len() && plain.len() <= 6;
        let node = self.find(base).filter(|_| padded && base.len() >= 3);
        if let Some(concept) = node.filter(|concept| concept.seventh().is_none()) {
            let set = nodes.seventh_set(concept.node());
            for at in 0..set.map_or(0, |set| set.characters.len()) {
                let composed = self.plain_code(ConceptId::composed(concept.node(), at));
                if composed.starts_with(&plain)
                    && let Some(character) = after(&composed)
                {
                    add(character, format!("{plain}{character}"), 1);
                }
            }
        }
        for next in &mut found {
            let concept = self.find(&next.code);
            next.billable = concept.is_some_and(|concept| self.billable(concept));
            next.label = match concept {
                Some(concept) => match (concept.seventh(), nodes.seventh_set(concept.node())) {
                    (Some(at), Some(set)) => set.meanings.get(at).map(|meaning| {
                        let mut text = String::new();
                        nodes.words.write_inside(meaning, &mut text);
                        text
                    }),
                    _ => Some(self.display(concept)),
                },
                None if next.character == 'X' && self.code_system() == CodeSystem::ICD10CM => {
                    Some("placeholder".to_string())
                }
                None => None,
            };
            next.code = self.code_system().dotted(&next.code);
        }
        crate::sort::sort_by_key(&mut found, |next| next.character);
        if self.code_system() == CodeSystem::ICD10PCS {
            return self.labelled(&plain, found);
        }
        found
    }

    /// Next characters of ICD-10-PCS with what the tables say of them. A code that came after the tables has none.
    fn labelled(&self, plain: &str, found: Vec<Next>) -> Vec<Next> {
        let values = self.pcs_next(plain);
        let mut labelled = Vec::new();
        for next in found {
            let before = labelled.len();
            let own = values
                .iter()
                .filter(|value| value.character == next.character);
            labelled.extend(own.map(|value| Next {
                label: Some(value.label.clone()),
                axis: Some(value.axis.clone()),
                definition: value.definition.clone(),
                ..next.clone()
            }));
            if labelled.len() == before {
                labelled.push(next);
            }
        }
        labelled
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::compile;
    use crate::concepts::{Concept, Release};
    use crate::index::Index;

    fn next(beginning: &str) -> Vec<String> {
        let rows = [
            ("E11", false, "Type 2 diabetes"),
            ("E118", true, "Type 2 diabetes with complications"),
            ("E119", true, "Type 2 diabetes without complications"),
            ("W219", false, "Striking against equipment"),
            (
                "W219XXA",
                true,
                "Striking against equipment, initial encounter",
            ),
            (
                "W219XXD",
                true,
                "Striking against equipment, subsequent encounter",
            ),
        ];
        let concepts = rows.map(|(code, billable, display)| Concept {
            code: code.to_string(),
            billable,
            display: display.to_string(),
            ..Concept::default()
        });
        let release = Release {
            concepts: concepts.to_vec(),
            ..Release::default()
        };
        let bytes = compile(&[(CodeSystem::ICD10CM, &release)], &Default::default()).unwrap();
        let index = Index::open(&bytes).unwrap();
        let system = index.system(CodeSystem::ICD10CM).unwrap();
        let all = system.next(beginning).into_iter().map(|next| {
            format!(
                "{} {} {} {}",
                next.code,
                next.label.unwrap_or_else(|| "-".to_string()),
                next.billable,
                next.codes
            )
        });
        all.collect()
    }

    #[test]
    fn children_placeholders_and_seventh_characters() {
        assert_eq!(next(""), ["E - false 2", "W - false 2"]);
        assert_eq!(next("e1"), ["E11 Type 2 diabetes false 2"]);
        assert_eq!(
            next("E11."),
            [
                "E11.8 Type 2 diabetes with complications true 1",
                "E11.9 Type 2 diabetes without complications true 1"
            ]
        );
        assert_eq!(next("E11.9"), [""; 0]);
        assert_eq!(next("W21.9"), ["W21.9X placeholder false 2"]);
        assert_eq!(next("W21.9X"), ["W21.9XX placeholder false 2"]);
        assert_eq!(
            next("W21.9XX"),
            [
                "W21.9XXA initial encounter true 1",
                "W21.9XXD subsequent encounter true 1"
            ]
        );
        assert_eq!(next("W21.9XXA"), [""; 0]);
        assert_eq!(next("Q"), [""; 0]);
        assert_eq!(next("é?"), [""; 0]);
    }
}
