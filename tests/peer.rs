//! The public package `simple-icd-10-cm` (PyPI) answers the same questions on the same XML: every code of it is
//! compared with the built index, and every difference is explained below. It runs where `./build.sh test` has gathered
//! the package and built an index; elsewhere it says so and ends.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use medcode::concepts::{GroupKind, NoteKind};
use medcode::{CodeSystem, ConceptId, Date, Index, System, groups};
use serde_json::Value;

/// Differences that are known, each with how many there are and why.
const EXPLAINED: &[(&str, usize, &str)] = &[
    (
        "title with a note",
        527,
        "a note that follows a seventh character is added to the titles of its codes by the package; the order file has it in none",
    ),
    (
        "notes",
        9,
        "the same notes stand in the index as inclusion terms of the code; a note of H54.8 has a table that the package leaves out",
    ),
    (
        "group children",
        16,
        "sections nest where their ranges do (M00-M02 in M00-M25); the XML has them side by side, the wider ones empty",
    ),
];

/// What the package prints; nothing where it or an index is not at hand.
fn answers() -> Option<(Vec<u8>, String)> {
    let wheels = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/cache/wheels");
    let folder = std::env::var_os("MEDCODE_INDEX_DIR").map(PathBuf::from);
    let wheel = std::fs::read_dir(&wheels).ok().and_then(|entries| {
        let mut paths = entries.flatten().map(|entry| entry.path());
        paths.find(|path| path.to_string_lossy().contains("simple_icd_10_cm-1.5.0"))
    });
    let (Some(wheel), Some(folder)) = (wheel, folder) else {
        let sentence = "no built index, or no wheel of simple-icd-10-cm: ./build.sh test has both";
        assert!(
            std::env::var_os("MEDCODE_REQUIRE_DATA").is_none(),
            "{sentence}"
        );
        eprintln!("not run: {sentence}");
        return None;
    };
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_string());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peer.py");
    // One code in 499, changed in every character: some 45,000 questions.
    let output = Command::new(&python)
        .arg(script)
        .arg("499")
        .env("PYTHONPATH", wheel)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap_or_else(|error| panic!("{python}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "tests/peer.py: {said}");
    let index = std::fs::read(folder.join("embedded.medcode")).unwrap();
    Some((index, String::from_utf8(output.stdout).unwrap()))
}

/// A text without accents and with single blanks, as the order file and the index write titles.
fn folded(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| match c {
            'á' | 'à' | 'â' | 'ä' | 'å' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'í' | 'ï' => 'i',
            'ó' | 'ò' | 'ô' | 'ö' => 'o',
            'ú' | 'ü' => 'u',
            'ç' => 'c',
            'ñ' => 'n',
            'É' => 'E',
            other => other,
        })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn strings(value: &Value) -> Vec<String> {
    let items = value.as_array().into_iter().flatten();
    items
        .filter_map(Value::as_str)
        .map(str::to_string)
        .collect()
}

/// The notes of one kind at an owner, as the index has them; those that the later addenda brought are left out.
fn notes(system: &System, owner: u32, kind: &str) -> Vec<String> {
    let all = match kind {
        "inclusionTerm" => system.inclusion_terms(),
        _ => system.all_notes(),
    };
    let fits = |at: &usize| {
        let name = match all.kinds.get(*at) {
            Some(NoteKind::InclusionTerm) => "inclusionTerm",
            Some(NoteKind::Includes) => "includes",
            Some(NoteKind::Excludes1) => "excludes1",
            Some(NoteKind::Excludes2) => "excludes2",
            Some(NoteKind::UseAdditionalCode) => "useAdditionalCode",
            Some(NoteKind::CodeFirst) => "codeFirst",
            Some(NoteKind::CodeAlso) => "codeAlso",
            Some(NoteKind::Note) => "note",
            _ => "",
        };
        name == kind
    };
    let texts = all
        .of(owner)
        .filter(fits)
        .map(|at| all.words.text(all.text(at)));
    texts
        .filter(|text| !text.starts_with("Title from "))
        .map(|text| folded(&text))
        .collect()
}

#[test]
fn every_code_is_as_the_public_package_says() {
    let Some((bytes, answers)) = answers() else {
        return;
    };
    let index = Index::open(&bytes).unwrap();
    let system = index.system(CodeSystem::ICD10CM).unwrap();
    // The package has the April 2026 release: what later addenda bring in is left out.
    let last = Date::new(2026, 9, 30).unwrap();
    let published = |concept: &ConceptId| {
        let period = system.properties().periods.get(concept.node() as usize);
        period
            .and_then(|period| period.start)
            .is_none_or(|start| start <= last)
    };
    // A code that was deleted later is billable and has children: as the package has it, it is one or the other.
    let children = |concept: ConceptId| {
        let below = system.children(concept).into_iter().filter(published);
        below.map(|child| system.code(child)).collect::<Vec<_>>()
    };
    let mut differences: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let groups_by_name = system.nodes().groups.iter().enumerate();
    let owners: Vec<(usize, String)> = groups_by_name
        .map(|(at, group)| (at, format!("{:?} {}", group.kind, group.label)))
        .collect();
    let mut seen = BTreeSet::new();
    let (mut codes, mut leaves, mut others, mut changed) = (0, 0, 0, 0);
    for line in answers.lines() {
        let answer: Value = serde_json::from_str(line).unwrap();
        if let Some(code) = answer["changed"].as_str() {
            changed += 1;
            let known = system.find(code).is_some_and(|concept| published(&concept));
            if answer["valid"] != known {
                differences
                    .entry("changed")
                    .or_default()
                    .push(code.to_string());
            }
            continue;
        }
        let code = answer["code"].as_str().unwrap();
        let mut differs = |what: &'static str, found: String| {
            differences
                .entry(what)
                .or_default()
                .push(format!("{code}: {found}"));
        };
        let kind = match answer["kind"].as_str() {
            Some("chapter") => Some(GroupKind::Chapter),
            Some("block") => Some(GroupKind::Section),
            _ => None,
        };
        if let Some(kind) = kind {
            others += 1;
            let Some(contents) = groups::contents(system, kind, code) else {
                differs("missing group", String::new());
                continue;
            };
            let title = folded(answer["description"].as_str().unwrap_or(""));
            if !title.starts_with(&folded(&contents.group.title)) {
                differs("group title", contents.group.title.clone());
            }
            let inside = contents.inside.iter().map(|group| group.label.clone());
            let mut below: Vec<String> = inside.collect();
            let of_release = contents.codes.iter().filter(|concept| {
                let concept = system.find(&concept.plain_code);
                concept.is_some_and(|concept| published(&concept))
            });
            below.extend(of_release.map(|concept| concept.code.clone()));
            below.sort();
            let mut expected = strings(&answer["children"]);
            expected.sort();
            if below != expected {
                differs("group children", format!("{below:?} for {expected:?}"));
            }
            let own = |group: &&(usize, String)| group.1 == format!("{kind:?} {code}");
            if let Some((at, _)) = owners.iter().find(own) {
                let owner = (system.nodes().codes.len() + at) as u32;
                for (kind, texts) in answer["notes"].as_object().unwrap() {
                    let expected: Vec<String> =
                        strings(texts).iter().map(|text| folded(text)).collect();
                    let found = notes(system, owner, kind);
                    if found != expected {
                        differs("group notes", format!("{kind} {found:?} for {expected:?}"));
                    }
                }
            }
            continue;
        }
        // A block of one category is listed under the same name once more.
        if !seen.insert(code.to_string()) {
            continue;
        }
        codes += 1;
        let Some(concept) = system.find(code) else {
            differs("missing code", String::new());
            continue;
        };
        let leaf = answer["leaf"] == true;
        leaves += usize::from(leaf);
        if leaf != system.billable(concept) {
            differs("leaf", system.billable(concept).to_string());
        }
        let title = folded(answer["description"].as_str().unwrap_or(""));
        let display = system.display(concept);
        if title.starts_with(&format!("{display}/")) {
            differs("title with a note", title);
        } else if title != display {
            differs("title", display);
        }
        let mut below = children(concept);
        let mut expected = strings(&answer["children"]);
        below.sort();
        expected.sort();
        if below != expected {
            differs("children", format!("{below:?} for {expected:?}"));
        }
        let parent = answer["parent"].as_str().unwrap_or("");
        match system.parent(concept) {
            Some(above) if system.code(above) != parent => differs("parent", system.code(above)),
            None => {
                let groups = system.groups_of(concept.node());
                let label = groups.last().and_then(|at| system.group(*at));
                if label.as_ref().map(|group| group.label.as_str()) != Some(parent) {
                    differs("block", format!("{label:?}"));
                }
            }
            _ => {}
        }
        if concept.seventh().is_none() {
            for (kind, texts) in answer["notes"].as_object().unwrap() {
                let expected: Vec<String> =
                    strings(texts).iter().map(|text| folded(text)).collect();
                let found = notes(system, concept.node(), kind);
                if found != expected {
                    differs("notes", format!("{kind} {found:?} for {expected:?}"));
                }
            }
        }
        // The package lists the seventh characters where they are defined; where codes follow from them, they are the
        // children, which have been compared.
        if let Some(sevenths) = answer["sevenths"].as_object()
            && !sevenths.is_empty()
            && !children(concept).is_empty()
        {
            let end = |child: &String| child.chars().last().map(String::from).unwrap_or_default();
            let below = children(concept);
            let composed = below
                .iter()
                .filter(|child| child.replace('.', "").len() == 7);
            for character in composed.map(end) {
                if !sevenths.contains_key(&character) {
                    differs("sevenths", character);
                }
            }
        }
    }
    let mut unexplained = Vec::new();
    for (what, found) in &differences {
        let explained = EXPLAINED.iter().find(|(known, ..)| known == what);
        eprintln!("{what}: {} differences", found.len());
        if explained.is_none_or(|(_, count, _)| *count != found.len()) {
            unexplained.extend(found.iter().take(12).map(|text| format!("{what} {text}")));
        }
    }
    eprintln!(
        "{codes} codes ({leaves} leaves), {others} chapters and blocks, {changed} changed codes compared"
    );
    assert!(unexplained.is_empty(), "{}", unexplained.join("\n"));
    assert_eq!((codes, leaves), (98_186, 74_719));
    assert!(changed > 30_000, "{changed}");
}
