//! The reader against an oracle too dull to doubt: a sorted list of codes and titles.

use std::collections::BTreeMap;

use medcode::compile::compile;
use medcode::concepts::{Concept, Relations, Release};
use medcode::{CodeSystem, Index};
use proptest::prelude::*;

/// Codes of three to seven characters with few different ones, so that many are prefixes of others; titles that
/// repeat their words, with marks and capitals.
fn releases() -> impl Strategy<Value = BTreeMap<String, String>> {
    let code = "[A-C][0-2][0-2A](X{0,3}[0-2A]{0,2})?".prop_filter("a code", |code| code.len() < 8);
    let title = "[A-Za-z]{1,4}(,? (of|[a-e]{1,3}|Type|\\(NOS\\)|1/2|é)){0,5}";
    prop::collection::btree_map(code, title, 1..60)
}

fn release(rows: &BTreeMap<String, String>) -> Release {
    let is_leaf = |code: &str| {
        !rows
            .keys()
            .any(|other| other != code && other.starts_with(code))
    };
    let concept = |(code, title): (&String, &String)| Concept {
        code: code.clone(),
        display: title.clone(),
        billable: is_leaf(code),
        ..Concept::default()
    };
    Release {
        version: "test".to_string(),
        concepts: rows.iter().map(concept).collect(),
        ..Release::default()
    }
}

/// The longest other code that this one begins with.
fn parent<'a>(rows: &'a BTreeMap<String, String>, code: &str) -> Option<&'a String> {
    let above = rows
        .keys()
        .filter(|other| *other != code && code.starts_with(*other));
    above.max_by_key(|other| other.len())
}

proptest! {
    #[test]
    fn every_code_has_its_title_its_parent_and_its_children(rows in releases()) {
        let bytes = compile(&[(CodeSystem::ICD10CM, &release(&rows))], &Relations::default()).unwrap();
        let index = Index::open(&bytes).unwrap();
        let system = index.system(CodeSystem::ICD10CM).unwrap();
        prop_assert_eq!(system.concepts().count(), rows.len());
        for (code, title) in &rows {
            let spelled = format!(" {} ", CodeSystem::ICD10CM.dotted(&code.to_lowercase()));
            let found = system.find(&spelled).unwrap();
            prop_assert_eq!(&system.plain_code(found), code);
            prop_assert_eq!(&system.display(found), title);
            let above = system.parent(found).map(|above| system.plain_code(above));
            prop_assert_eq!(above.as_ref(), parent(&rows, code));
            let children: Vec<String> = system.children(found).into_iter().map(|child| system.plain_code(child)).collect();
            let expected: Vec<&String> = rows.keys().filter(|other| parent(&rows, other) == Some(code)).collect();
            prop_assert_eq!(children.iter().collect::<Vec<_>>(), expected);
            let below = rows.keys().filter(|other| system.subsumes(found, system.find(other).unwrap()));
            prop_assert!(below.eq(rows.keys().filter(|other| other.starts_with(code.as_str()))));
        }
    }

    #[test]
    fn codes_that_are_not_in_the_list_are_not_found(rows in releases(), code in "[A-C][0-2][0-2A]?X{0,3}[0-2A]{0,2}") {
        let bytes = compile(&[(CodeSystem::ICD10CM, &release(&rows))], &Relations::default()).unwrap();
        let index = Index::open(&bytes).unwrap();
        prop_assert_eq!(!index.lookup(&code).is_empty(), rows.contains_key(&code));
    }

    #[test]
    fn a_release_compiles_to_the_same_bytes_each_time(rows in releases()) {
        let compiled = || compile(&[(CodeSystem::ICD10CM, &release(&rows))], &Relations::default()).unwrap();
        prop_assert_eq!(compiled(), compiled());
    }
}
