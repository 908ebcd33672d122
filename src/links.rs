//! The code references in the notes of a tabular list, as ranges of codes.
//!
//! A note names codes in parentheses (`tuberculous enteritis (A18.32)`), or, where it has no parentheses with a code in
//! them, in its text (`code from category F17`). A reference is a code, a code with a dash for whatever follows
//! (`E11.-`), or a range (`T36-T50`), and may be narrowed: `with fifth or sixth character 5`, `with final characters
//! -23`, `with .51-.52`. Notes without any code are headings of the lines after them, or speak of no code.

use serde::Serialize;

use crate::code_system::CodeSystem;
use crate::concepts::NoteKind;
use crate::index::core::Code;
use crate::index::{ConceptId, System};

/// The codes that a note refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The first code, or prefix of codes, of the range.
    pub first: Code,
    /// The last code, or prefix of codes, of the range, included; the same as the first for a single code.
    pub last: Code,
    /// What narrows the range, if anything does.
    pub with: Option<Narrowing>,
}

/// What narrows a range of codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Narrowing {
    /// One of the characters stands at this place, counted from 1.
    Character(usize, Vec<u8>),
    /// The last character before the seventh is one of these: the sixth, or the fifth where the sixth is missing or X.
    FifthOrSixth(Vec<u8>),
    /// What follows the category begins with one of these; each a range, its ends equal for a single one.
    After(Vec<(String, String)>),
    /// The code ends with this, a seventh character left aside.
    Ending(String),
}

impl Target {
    /// Whether a code without dot is one of those referred to.
    pub fn holds(&self, code: &Code) -> bool {
        let within = self.first <= *code && (*code <= self.last || code.starts_with(&self.last));
        within && self.with.as_ref().is_none_or(|with| with.holds(code))
    }
}

impl Narrowing {
    fn holds(&self, code: &Code) -> bool {
        match self {
            Narrowing::Character(place, set) => {
                code.at(place - 1).is_some_and(|c| set.contains(&c))
            }
            Narrowing::FifthOrSixth(set) => {
                let last = code.at(5).filter(|c| *c != b'X').or(code.at(4));
                last.is_some_and(|c| set.contains(&c))
            }
            Narrowing::After(ranges) => {
                let after = code.as_str().get(3..).unwrap_or("");
                ranges.iter().any(|(first, last)| {
                    after >= first.as_str() && (after <= last.as_str() || after.starts_with(last))
                })
            }
            Narrowing::Ending(ending) => {
                let base = code.as_str().get(..6).unwrap_or(code.as_str());
                base.ends_with(ending)
            }
        }
    }
}

/// A note with the codes it refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Whose note it is: the number of a node, or the number of nodes plus the number of a group.
    pub owner: u32,
    /// What the note instructs.
    pub kind: NoteKind,
    /// The number of the note in [`System::all_notes`].
    pub note: usize,
    /// The codes; none in a heading, or where nothing could be resolved.
    pub targets: Vec<Target>,
}

/// The links of all notes of a system.
#[derive(Clone, Debug, Default)]
pub struct Links {
    links: Vec<Link>,
    /// How many references the notes have.
    references: usize,
    /// The references that lead to no code of the release or are narrowed in words that are not understood, with
    /// the number of the note.
    unresolved: Vec<(usize, String)>,
}

impl Links {
    /// Reads the references in all notes of a system; those of systems other than ICD-10-CM have none.
    /// Takes time proportional to the length of the notes.
    pub fn of(system: &System) -> Links {
        let mut links = Links::default();
        if system.code_system() != CodeSystem::ICD10CM {
            return links;
        }
        let notes = system.all_notes();
        for (note, (owner, kind)) in notes.owners.iter().zip(&notes.kinds).enumerate() {
            let refers = matches!(
                kind,
                NoteKind::Excludes1
                    | NoteKind::Excludes2
                    | NoteKind::CodeFirst
                    | NoteKind::UseAdditionalCode
                    | NoteKind::CodeAlso
            );
            if !refers {
                continue;
            }
            let text = notes.words.text(notes.text(note));
            let mut targets = Vec::new();
            for reference in references(&text) {
                links.references += 1;
                match reference.target.filter(|target| exists(system, target)) {
                    Some(target) => targets.push(target),
                    None => links.unresolved.push((note, reference.written)),
                }
            }
            links.links.push(Link {
                owner: *owner,
                kind: *kind,
                note,
                targets,
            });
        }
        links
    }

    /// The links of one owner, in the order of the book.
    pub fn of_owner(&self, owner: u32) -> &[Link] {
        let start = self.links.partition_point(|link| link.owner < owner);
        let end = self.links.partition_point(|link| link.owner <= owner);
        self.links.get(start..end).unwrap_or(&[])
    }

    /// How many references the notes have, and how many of them lead to codes.
    pub fn resolved(&self) -> (usize, usize) {
        (self.references, self.references - self.unresolved.len())
    }

    /// The references that lead to no code, each with the number of its note in [`System::all_notes`].
    pub fn unresolved(&self) -> &[(usize, String)] {
        &self.unresolved
    }
}

/// The owners whose notes hold for a concept: its node and those above, then its groups, the inner ones first.
pub fn owners(system: &System, concept: ConceptId) -> Vec<u32> {
    let node = concept.node();
    let above = std::iter::successors(Some(ConceptId::of_node(node)), |next| system.parent(*next));
    let groups = system.groups_of(node).into_iter().rev();
    let nodes = system.nodes().codes.len();
    above
        .map(ConceptId::node)
        .chain(groups.map(|at| (nodes + at) as u32))
        .collect()
}

/// Whether the release has any code of a range.
fn exists(system: &System, target: &Target) -> bool {
    let codes = &system.nodes().codes;
    let from = codes.partition_point(|code| *code < target.first);
    let first = codes.get(from);
    first.is_some_and(|code| *code <= target.last || code.starts_with(&target.last))
        || system.find(target.first.as_str()).is_some()
}

/// A code or range that the text of a note names, as it can be followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NoteLink {
    /// Where it begins in the text, in UTF-16 units, as JavaScript counts.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// The first code as printed; for a single one, that one.
    pub first: String,
    /// The last code as printed; the same as the first for a single one.
    pub last: String,
}

/// The codes and ranges that a text of the book names and the release has, in the order of the text. None for code
/// systems other than ICD-10-CM. Takes time proportional to the length of the text.
pub fn of_text(system: &System, text: &str) -> Vec<NoteLink> {
    if system.code_system() != CodeSystem::ICD10CM {
        return Vec::new();
    }
    let units = |at: usize| text.get(..at).map_or(0, |head| head.encode_utf16().count());
    let printed = |code: &Code| system.code_system().dotted(code.as_str());
    let found = references(text).into_iter();
    let known = found.filter_map(|reference| {
        let target = reference.target.filter(|target| exists(system, target))?;
        Some(NoteLink {
            start: units(reference.start),
            end: units(reference.end),
            first: printed(&target.first),
            last: printed(&target.last),
        })
    });
    known.collect()
}

/// A code or range that a text names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// What it names; nothing where it is narrowed in words that are not understood.
    pub target: Option<Target>,
    /// How it is spelled, with what narrows it.
    pub written: String,
    /// Where its codes begin in the text, in bytes.
    pub start: usize,
    /// Where they end.
    pub end: usize,
}

/// The references of a note, in the order of its text.
pub fn references(text: &str) -> Vec<Reference> {
    let mut found: Vec<Reference> = Vec::new();
    for (start, inside) in parentheses(text) {
        found.extend(
            references_in(inside)
                .into_iter()
                .map(|reference| Reference {
                    start: reference.start + start,
                    end: reference.end + start,
                    ..reference
                }),
        );
    }
    if found.is_empty() {
        found = references_in(text);
        // Outside parentheses a word may look like a code (vitamin B12, H1N1): the caller sees whether it is one,
        // but what follows in words narrows nothing.
        found.retain(|reference| reference.target.is_some());
    }
    found
}

/// The insides of the innermost parentheses of a text, each with where it begins.
fn parentheses(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut open = None;
    for (at, c) in text.char_indices() {
        match c {
            '(' => open = Some(at + 1),
            ')' => {
                if let Some(start) = open.take() {
                    found.extend(text.get(start..at).map(|inside| (start, inside)));
                }
            }
            _ => {}
        }
    }
    found
}

/// A code in a text: where it starts and ends, and itself without dot.
struct Token {
    start: usize,
    end: usize,
    code: Code,
}

fn tokens(text: &str) -> Vec<Token> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    let code_byte = |b: &u8| b.is_ascii_digit() || b.is_ascii_uppercase();
    while at < bytes.len() {
        let start = at;
        let run = bytes.get(at..).unwrap_or(&[]);
        let length = run.iter().take_while(|b| code_byte(b)).count();
        if length == 0 {
            // Within a word nothing is a code: skip to its end.
            let word = run.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
            at += word.max(1);
            continue;
        }
        at += length;
        let category = run.get(..length).unwrap_or(&[]);
        let shaped = match category {
            [a, b, c] => {
                a.is_ascii_uppercase()
                    && (b.is_ascii_digit() || c.is_ascii_digit())
                    && (b.is_ascii_digit() || *a == b'Q')
            }
            _ => false,
        };
        let lower_follows = bytes.get(at).is_some_and(u8::is_ascii_lowercase);
        if !shaped || lower_follows {
            at += bytes
                .get(at..)
                .unwrap_or(&[])
                .iter()
                .take_while(|b| b.is_ascii_alphanumeric())
                .count();
            continue;
        }
        let mut spelling = text.get(start..at).unwrap_or("").to_string();
        if bytes.get(at) == Some(&b'.') {
            let rest = bytes.get(at + 1..).unwrap_or(&[]);
            let more = rest.iter().take_while(|b| code_byte(b)).count();
            if (1..=4).contains(&more) {
                spelling += text.get(at + 1..at + 1 + more).unwrap_or("");
                at += 1 + more;
            }
        }
        if let Some(code) = Code::new(&spelling) {
            found.push(Token {
                start,
                end: at,
                code,
            });
        }
    }
    found
}

fn references_in(text: &str) -> Vec<Reference> {
    let tokens = tokens(text);
    let mut found: Vec<(Target, usize, usize)> = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let mut last = token;
        if let Some(next) = tokens.get(at + 1) {
            let between = text.get(token.end..next.start).unwrap_or("");
            let dashes = between.contains(['-', '–'])
                && between.chars().all(|c| matches!(c, '-' | '–' | '.' | ' '));
            if dashes || between.trim_start_matches(['-', '.']) == " to " {
                last = next;
                at += 1;
            }
        }
        let target = Target {
            first: token.code,
            last: last.code,
            with: None,
        };
        found.push((target, token.start, last.end));
        at += 1;
    }
    // What narrows stands after the last code, and narrows all of them.
    let end = found.last().map_or(0, |(_, _, end)| *end);
    let tail = text.get(end..).unwrap_or("");
    let with = tail.split_once("with ").map(|(_, with)| narrowing(with));
    found
        .into_iter()
        .map(|(mut target, start, end)| {
            let mut written = text.get(start..end).unwrap_or("").to_string();
            let target = match &with {
                None => Some(target),
                Some(with) => {
                    written += tail;
                    target.with = with.clone();
                    target.with.is_some().then_some(target)
                }
            };
            // A dash stands for what follows; it belongs to what is read.
            let dashes = text.get(end..).unwrap_or("").bytes();
            let dashes = dashes.take_while(|b| matches!(b, b'.' | b'-')).count();
            Reference {
                target,
                written,
                start,
                end: end + dashes,
            }
        })
        .collect()
}

/// Reads what comes after "with"; nothing where it is not understood.
fn narrowing(text: &str) -> Option<Narrowing> {
    let text = text.trim();
    let characters = |set: &str| -> Option<Vec<u8>> {
        let mut all = Vec::new();
        for part in set.replace(" or ", ",").split(',') {
            match part.trim().as_bytes() {
                [one] if one.is_ascii_alphanumeric() => all.push(*one),
                [first, b'-', last] if first < last => all.extend(*first..=*last),
                _ => return None,
            }
        }
        Some(all)
    };
    for either in ["fifth or sixth character ", "fifth or six character "] {
        if let Some(set) = text.strip_prefix(either) {
            return Some(Narrowing::FifthOrSixth(characters(set)?));
        }
    }
    let places = [
        ("fourth", 4),
        ("4th", 4),
        ("fifth", 5),
        ("5th", 5),
        ("sixth", 6),
        ("6th", 6),
        ("seventh", 7),
        ("7th", 7),
    ];
    for (name, place) in places {
        if let Some(set) = text
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix(" character "))
        {
            return Some(Narrowing::Character(place, characters(set)?));
        }
    }
    let text = text.strip_prefix("final characters ").unwrap_or(text);
    if let Some(ending) = text.strip_prefix('-')
        && !ending.is_empty()
        && ending.bytes().all(|b| b.is_ascii_alphanumeric())
    {
        return Some(Narrowing::Ending(ending.to_string()));
    }
    let mut ranges = Vec::new();
    for part in text.replace(" or ", ",").split(',').map(str::trim) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let plain = |end: &str| {
            let end = end.strip_prefix('.')?;
            let fits = !end.is_empty() && end.bytes().all(|b| b.is_ascii_alphanumeric());
            fits.then(|| end.to_string())
        };
        ranges.push((
            plain(first)?,
            plain(if last.is_empty() { first } else { last })?,
        ));
    }
    Some(Narrowing::After(ranges))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The references of a text as `first-last`, `?` for those that are not understood.
    fn read(text: &str) -> Vec<String> {
        references(text)
            .into_iter()
            .map(|reference| match reference.target {
                Some(target) if target.first == target.last => target.first.as_str().to_string(),
                Some(target) => format!("{}-{}", target.first.as_str(), target.last.as_str()),
                None => "?".to_string(),
            })
            .collect()
    }

    fn holds(text: &str, code: &str) -> bool {
        let code = Code::new(code).unwrap();
        references(text)
            .iter()
            .any(|reference| reference.target.as_ref().unwrap().holds(&code))
    }

    #[test]
    fn the_spellings_of_references() {
        let cases: &[(&str, &[&str])] = &[
            ("tuberculous enteritis (A18.32)", &["A1832"]),
            ("resistance to antimicrobial drugs (Z16.-)", &["Z16"]),
            ("benign neoplasm of testis (D29.2.-)", &["D292"]),
            ("perinatal period (P35-P39)", &["P35-P39"]),
            (
                "streptococcal sepsis (T80.22-, T80.29-)",
                &["T8022", "T8029"],
            ),
            ("pancreatitis (K85-K86.-)", &["K85-K86"]),
            ("atherosclerosis (I70.2--I70.7-)", &["I702-I707"]),
            ("syndactyly (Q70.0- -Q70.3-)", &["Q700-Q703"]),
            ("head injury (S00 - S09)", &["S00-S09"]),
            (
                "external cause code (W88-W90, X39.0-) to identify cause",
                &["W88-W90", "X390"],
            ),
            ("(J00-J06; J20-J22)", &["J00-J06", "J20-J22"]),
            (
                "auricular canal (external) (C43.2-,C44.2-)",
                &["C432", "C442"],
            ),
            (
                "pneumoconiosis with tuberculosis, any type in A15 (J65)",
                &["J65"],
            ),
            (
                "conditions classifiable to S06.0- to S06.8-code to",
                &["S060-S068"],
            ),
            ("conditions classified to A74.-", &["A74"]),
            ("jaw pain R68.84", &["R6884"]),
            ("related disorders (QA0.-)", &["QA0"]),
            ("influenza A/H1N1 (J10.-)", &["J10"]),
            (
                "glucose-6-phosphate dehydrogenase (G6PD) deficiency (D75.A)",
                &["D75A"],
            ),
            ("code to identify:", &[]),
            (
                "Acute nephritic syndrome (with C3 glomerulopathy) (N00.6)",
                &["N006"],
            ),
            ("drug (T36-T50 with some words)", &["?"]),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), *expected, "{text}");
        }
    }

    #[test]
    fn where_references_stand() {
        let text = "M\u{e9}ni\u{e8}re (H81.0-), see (T36-T50 with fifth or sixth character 5)";
        let spans: Vec<&str> = references(text)
            .iter()
            .map(|reference| &text[reference.start..reference.end])
            .collect();
        assert_eq!(spans, ["H81.0-", "T36-T50"]);
    }

    #[test]
    fn a_range_holds_everything_below_its_last_code() {
        assert!(holds("(K85-K86.-)", "K8689"));
        assert!(holds("(K85-K86.-)", "K85"));
        assert!(!holds("(K85-K86.-)", "K870"));
        assert!(holds("(E11.-)", "E1165"));
        assert!(!holds("(E11.-)", "E12"));
    }

    #[test]
    fn narrowed_ranges() {
        let adverse = "code for adverse effect (T36-T50 with fifth or sixth character 5)";
        assert!(holds(adverse, "T360X5A"));
        assert!(holds(adverse, "T45515D"));
        assert!(!holds(adverse, "T360X1A"));
        assert!(!holds(adverse, "T45511A"));
        let poisoning = "(T36-T65 with fifth or sixth character 1-4)";
        assert!(holds(poisoning, "T360X4A") && !holds(poisoning, "T360X5A"));
        assert!(holds("angiopathy (E08-E13 with .51-.52)", "E1152"));
        assert!(!holds("angiopathy (E08-E13 with .51-.52)", "E1159"));
        assert!(holds("(F10-F19, with .17, .27, .97)", "F1027"));
        assert!(holds(
            "(E08, E09 with final characters .00 or .01)",
            "E0901"
        ));
        assert!(holds("(I69. with final characters -23)", "I69323"));
        assert!(!holds("(I69. with final characters -23)", "I69320"));
        assert!(holds("(S02.- with 7th character B)", "S020XXB"));
        assert!(!holds("(S02.- with 7th character B)", "S020XXA"));
        assert!(holds("(B27.0-B27.9 with fifth character 9)", "B2709"));
    }

    /// Over a built index: nearly every reference leads to a code; those that do not are printed.
    #[test]
    fn the_references_of_a_built_index_lead_to_codes() {
        let Ok(path) = std::env::var("MEDCODE_INDEX_FILE") else {
            eprintln!("not run: set MEDCODE_INDEX_FILE to a built index to follow all its notes");
            return;
        };
        let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let index = crate::index::Index::open(&bytes).unwrap();
        let Some(system) = index.system(CodeSystem::ICD10CM) else {
            eprintln!("not run: {path} has no ICD-10-CM");
            return;
        };
        let links = system.links();
        let (references, resolved) = links.resolved();
        for (note, written) in links.unresolved() {
            let notes = system.all_notes();
            eprintln!(
                "unresolved: {written} in \"{}\"",
                notes.words.text(notes.text(*note))
            );
        }
        eprintln!("{resolved} of {references} references lead to codes");
        assert!(references > 10_000, "{references}");
        assert!(
            resolved * 1000 >= references * 998,
            "{resolved} of {references}"
        );
        // The exclusions that stand where the guidelines say so, at E11 and at F45.8.
        let excludes = |code: &str, other: &str| {
            let node = system.find(code).unwrap().node();
            let other = Code::new(other).unwrap();
            let mut all = links.of_owner(node).iter();
            all.any(|link| {
                link.kind == NoteKind::Excludes1 && link.targets.iter().any(|t| t.holds(&other))
            })
        };
        assert!(excludes("F45.8", "G4763"));
        assert!(excludes("E11", "E1065") && !excludes("E11", "E1165"));
    }
}
