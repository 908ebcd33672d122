//! Rules that the notes of the Tabular List state: Excludes1, Excludes2, code first, use additional code.

use super::diagnoses::Finding;
use super::{ClaimFix, Known, MOST_PAIRED, Review, Severity};
use crate::concepts::NoteKind;
use crate::index::System;
use crate::index::core::Code;
use crate::links::Link;

/// Whose note it is, as printed: a code, a range or a chapter.
fn owner_name(system: &System, owner: u32) -> String {
    let nodes = system.nodes();
    match nodes.codes.get(owner as usize) {
        Some(code) => system.code_system().dotted(code.as_str()),
        None => match system.group(owner as usize - nodes.codes.len()) {
            Some(group) if group.label.contains('-') => group.label,
            Some(group) => format!("chapter {}", group.label),
            None => String::new(),
        },
    }
}

fn note_text(system: &System, link: &Link) -> String {
    let notes = system.all_notes();
    notes.words.text(notes.text(link.note))
}

fn refers(link: &Link, code: &Code) -> bool {
    link.targets.iter().any(|target| target.holds(code))
}

/// Notes as one sentence: a heading goes on with its first line, other lines follow after a semicolon.
fn joined(texts: &[String]) -> String {
    let mut all = String::new();
    for text in texts {
        match all.chars().next_back() {
            None => {}
            Some(':') => all.push(' '),
            Some(_) => all.push_str("; "),
        }
        all.push_str(text);
    }
    all
}

/// A note with the words that tell what it instructs, as the book prints them: `Code first` and a comma or a blank.
fn instructed(instruction: &str, text: &str) -> String {
    match text.starts_with(',') {
        true => format!("{instruction}{text}"),
        false => format!("{instruction} {text}"),
    }
}

/// A note of several lines up to one of them: the heading that it stands under, and the line.
fn under_heading(system: &System, notes: &[&Link], line: &Link) -> String {
    let text = note_text(system, line);
    let before = notes.iter().take_while(|link| link.note != line.note);
    let headings = before.map(|link| note_text(system, link));
    let heading = headings.filter(|text| text.ends_with(':')).last();
    match heading {
        Some(heading) => format!("{heading} {text}"),
        None => text,
    }
}

/// Whether a note of the one names the other as a code that goes with it.
fn goes_with(system: &System, a: &Known, b: &Known) -> bool {
    let Some(other) = Code::new(&b.plain) else {
        return false;
    };
    let kinds = [
        NoteKind::CodeFirst,
        NoteKind::UseAdditionalCode,
        NoteKind::CodeAlso,
    ];
    a.owners.iter().any(|owner| {
        let mut links = system.links().of_owner(*owner).iter();
        links.any(|link| kinds.contains(&link.kind) && refers(link, &other))
    })
}

/// Whether the words leave it to the record whether the instruction applies at all.
fn conditional(text: &str) -> bool {
    [
        "if applicable",
        "if known",
        "if any",
        "such as",
        "when applicable",
    ]
    .iter()
    .any(|words| text.contains(words))
}

/// How the notes begin that name what a condition is always due to, or always goes with. Others name what it may go with
/// ("any follow-up examination", "heart failure due to hypertension"): they say nothing of a claim that has none of it.
const ALWAYS: &[&str] = &[
    "underlying",
    "neoplasm",
    "malignan",
    "type of",
    "COVID-19",
    "coronary atherosclerosis",
    "atherosclerosis of",
    "complication of transplanted",
    "smoke inhalation",
    "underdosing",
    "(T51-T65)",
];

/// Whether a note names what its condition is always due to.
fn unconditional(text: &str) -> bool {
    let text = text.strip_prefix("the ").unwrap_or(text);
    ALWAYS.iter().any(|begin| text.starts_with(begin)) && !optional(text)
}

/// Whether the words leave it open whether there is such a condition.
fn optional(text: &str) -> bool {
    ["if applicable", "if known", "if any", "when applicable"]
        .iter()
        .any(|words| text.contains(words))
}

impl Review<'_> {
    /// CM-9 and CM-10: pairs of diagnoses of which a note of one, or of what it stands under, names the other.
    pub(super) fn excludes(&mut self) {
        let Some(system) = self.system else {
            return;
        };
        let (mut first, mut second) = (Vec::new(), Vec::new());
        let paired = self.paired();
        for (number, a) in paired.iter().enumerate() {
            for b in paired.iter().skip(number + 1) {
                // Both directions; one note is enough.
                let excluded =
                    |kind| excluding(system, a, b, kind).or_else(|| excluding(system, b, a, kind));
                if let Some((owner, link)) = excluded(NoteKind::Excludes1) {
                    let of = owner_name(system, owner);
                    let message = format!(
                        "{} and {} are not coded together: {of} has the Excludes1 note \"{}\". Both may be reported only where the record shows two conditions that are unrelated to each other.",
                        a.code,
                        b.code,
                        note_text(system, link)
                    );
                    first.push((vec![a.item(), b.item()], message));
                } else if let Some((owner, link)) = excluded(NoteKind::Excludes2)
                    && !goes_with(system, a, b)
                    && !goes_with(system, b, a)
                {
                    let of = owner_name(system, owner);
                    // Those of a chapter name whole other chapters: nobody takes one for the other.
                    if of.starts_with("chapter") {
                        continue;
                    }
                    let message = format!(
                        "{} and {} may be coded together, where the patient has both: {of} has the Excludes2 note \"{}\", which says that the one is not part of the other.",
                        a.code,
                        b.code,
                        note_text(system, link)
                    );
                    second.push((vec![a.item(), b.item()], message));
                }
            }
        }
        for (items, message) in first {
            self.report(Severity::Warning, "CM-9", items, message, None);
        }
        for (items, message) in second {
            self.report(Severity::Information, "CM-10", items, message, None);
        }
    }

    /// CM-12 and CM-13: the conditions that notes ask for before or beside a diagnosis.
    pub(super) fn sequence_notes(&mut self) {
        let Some(system) = self.system else {
            return;
        };
        let mut found: Vec<Finding> = Vec::new();
        let nodes = system.nodes().codes.len() as u32;
        for (number, known) in self.diagnoses.iter().enumerate().take(MOST_PAIRED) {
            for owner in known.owners.iter().copied() {
                let of = |kind| {
                    system
                        .links()
                        .of_owner(owner)
                        .iter()
                        .filter(move |link| link.kind == kind)
                };
                let firsts: Vec<&Link> = of(NoteKind::CodeFirst).collect();
                if firsts.iter().any(|link| !link.targets.is_empty()) {
                    found.extend(self.code_first(system, number, owner, &firsts));
                }
                // Notes of chapters and sections ("to identify resistance to drugs") hold for so many codes that
                // naming them each time would hide the others.
                let additional = of(NoteKind::UseAdditionalCode).collect::<Vec<&Link>>();
                if owner < nodes && additional.iter().any(|link| !link.targets.is_empty()) {
                    let texts: Vec<String> = additional
                        .iter()
                        .map(|link| note_text(system, link))
                        .collect();
                    let present = self.diagnoses.iter().any(|other| {
                        let code = Code::new(&other.plain);
                        other.plain != known.plain
                            && code.is_some_and(|code| {
                                additional.iter().any(|link| refers(link, &code))
                            })
                    });
                    found.extend(self.listed_before(system, known, owner, &additional));
                    if !present && !texts.iter().any(|text| conditional(text)) {
                        let message = format!(
                            "{} asks for an additional code, and the claim has none of those named: \"{}\" (note at {}).",
                            known.code,
                            instructed("Use additional", &joined(&texts)),
                            owner_name(system, owner)
                        );
                        found.push((
                            Severity::Information,
                            "CM-13",
                            vec![known.item()],
                            message,
                            Vec::new(),
                        ));
                    }
                }
            }
        }
        crate::sort::sort_by_key(&mut found, |(_, rule, ..)| *rule);
        for (severity, rule, items, message, fixes) in found {
            self.report(severity, rule, items, message, fixes);
        }
    }

    /// CM-13: the first-listed diagnosis is additional to a later one.
    fn listed_before(
        &self,
        system: &System,
        known: &Known,
        owner: u32,
        notes: &[&Link],
    ) -> Option<Finding> {
        let first = self.first().filter(|first| first.at < known.at)?;
        let code = Code::new(&first.plain)?;
        let note = notes.iter().find(|link| refers(link, &code))?;
        // A note whose codes hold the code it stands at speaks of others than this pair.
        let mine = Code::new(&known.plain)?;
        if refers(note, &mine) || first.owners.contains(&owner) {
            return None;
        }
        let message = format!(
            "{} is additional to {}, and is listed before it: {} has the note \"{}\".",
            first.code,
            known.code,
            owner_name(system, owner),
            instructed("Use additional", &under_heading(system, notes, note))
        );
        let fix = ClaimFix::Move {
            from: known.at,
            to: 0,
        };
        let items = vec![first.item(), known.item()];
        let moves = self.may_be_first(system, known);
        let fixes = if moves { vec![fix] } else { Vec::new() };
        Some((Severity::Information, "CM-13", items, message, fixes))
    }

    fn code_first(
        &self,
        system: &System,
        number: usize,
        owner: u32,
        notes: &[&Link],
    ) -> Option<Finding> {
        let known = self.diagnoses.get(number)?;
        // The note of T36 to T50 is for adverse effects alone, and CM-23 says where those stand.
        if super::drugs::drug_code(known).is_some() {
            return None;
        }
        let named = |other: &&Known| {
            let code = Code::new(&other.plain);
            other.plain != known.plain
                && code.is_some_and(|code| notes.iter().any(|link| refers(link, &code)))
        };
        if self
            .diagnoses
            .iter()
            .take(number)
            .any(|other| named(&other))
        {
            return None;
        }
        let texts: Vec<String> = notes.iter().map(|link| note_text(system, link)).collect();
        let text = joined(&texts);
        let of = owner_name(system, owner);
        if let Some(other) = self.diagnoses.iter().skip(number + 1).find(named) {
            let message = format!(
                "{} goes before {}: {of} has the note \"{}\".",
                other.code,
                known.code,
                instructed("Code first", &text)
            );
            let fix = ClaimFix::Move {
                from: other.at,
                to: known.at,
            };
            let items = vec![known.item(), other.item()];
            let severity = match optional(&text) {
                true => Severity::Warning,
                false => Severity::Error,
            };
            let moves = known.at > 0 || self.may_be_first(system, other);
            let fixes = if moves { vec![fix] } else { Vec::new() };
            return Some((severity, "CM-12", items, message, fixes));
        }
        // A note that gives examples, or names conditions without their codes, is satisfied by any condition before.
        let open = texts.iter().any(|text| conditional(text))
            || notes.iter().any(|link| link.targets.is_empty());
        if !unconditional(&text) || (open && known.at > 0) {
            return None;
        }
        let message = format!(
            "{} follows the condition that it is due to, which the claim lacks: {of} has the note \"{}\".",
            known.code,
            instructed("Code first", &text)
        );
        Some((
            Severity::Warning,
            "CM-12",
            vec![known.item()],
            message,
            Vec::new(),
        ))
    }
}

/// The note of `a`, or of what it stands under, that excludes `b`, with its owner.
fn excluding<'s>(
    system: &'s System,
    a: &Known,
    b: &Known,
    kind: NoteKind,
) -> Option<(u32, &'s Link)> {
    let (mine, other) = (Code::new(&a.plain)?, Code::new(&b.plain)?);
    a.owners.iter().copied().find_map(|owner| {
        let links = system.links().of_owner(owner).iter();
        // A note whose codes hold the code it stands at itself speaks of others than this pair.
        let link = links
            .filter(|link| link.kind == kind)
            .find(|link| refers(link, &other) && !refers(link, &mine))?;
        Some((owner, link))
    })
}
