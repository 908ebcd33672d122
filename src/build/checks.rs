//! What must hold of an index that was just compiled: every note, table and relation comes back as it was published.

use std::collections::{BTreeMap, BTreeSet};

use crate::code_system::CodeSystem;
use crate::concepts::{Note, NoteKind, PcsDefinition, Relations, Release};
use crate::date::{Date, Period};
use crate::index::claim_edits::PublishedEdits;
use crate::index::codes::Lists;
use crate::index::{ConceptId, Index, MapTarget, System};

/// Checks that every fact about a code of an indexed system comes back equal, and that no other does.
pub(super) fn relations(index: &Index, published: &Relations) -> Result<(), String> {
    for system in index.systems() {
        let this = system.code_system();
        let differs =
            |what: &str, code: &str| Err(format!("{this} {code}: its {what} are not as published"));
        let mut maps: BTreeMap<(&str, u8), Vec<MapTarget>> = BTreeMap::new();
        for map in published.maps.iter().filter(|map| map.from == this) {
            let targets = maps.entry((&map.source, map.to.number())).or_default();
            targets.push(MapTarget {
                to: map.to,
                code: map.to.dotted(&map.target),
                approximate: map.approximate,
                combination: map.combination,
                scenario: map.scenario,
                choice_list: map.choice_list,
            });
        }
        for ((code, to), targets) in &maps {
            let found = system.maps(code);
            if !found.iter().filter(|t| t.to.number() == *to).eq(targets) {
                return differs("maps", code);
            }
        }
        let mapped = |(_, lists): &(CodeSystem, Lists<_>)| lists.codes.len();
        let mapped: usize = system.all_maps().tables.iter().map(mapped).sum();

        let mut edits: BTreeMap<&str, Vec<(Period, Vec<&str>)>> = BTreeMap::new();
        for edit in published.edits.iter().filter(|edit| edit.system == this) {
            let mut flags: Vec<&str> = edit.flags.iter().map(String::as_str).collect();
            flags.sort();
            edits
                .entry(&edit.code)
                .or_default()
                .push((edit.period, flags));
        }
        for (code, rows) in &mut edits {
            rows.sort_by_key(|(period, _)| period.start);
            let found = system.edits_of(code);
            let found = found.periods.iter().map(|row| {
                let mut flags: Vec<&str> = row.flags.iter().map(|flag| flag.name()).collect();
                flags.sort();
                (row.period, flags)
            });
            if !found.eq(rows.iter().cloned()) {
                return differs("edits", code);
            }
        }
        let exempt: BTreeSet<&str> = match this {
            CodeSystem::ICD10CM => published.poa_exempt.iter().map(String::as_str).collect(),
            _ => BTreeSet::new(),
        };
        if let Some(code) = exempt.iter().find(|code| !system.edits_of(code).poa_exempt) {
            return differs("exemptions", code);
        }

        let mut conversions: BTreeMap<&str, Vec<(Date, &str)>> = BTreeMap::new();
        let mut converted = BTreeSet::new();
        for row in published
            .conversions
            .iter()
            .filter(|_| this == CodeSystem::ICD10CM)
        {
            converted.insert(&row.code);
            let entries = row.previous.iter().map(|entry| (row.effective, &**entry));
            conversions.entry(&row.code).or_default().extend(entries);
        }
        for (code, entries) in &mut conversions {
            let mut found: Vec<(Date, String)> = system
                .predecessors(code)
                .into_iter()
                .map(|p| (p.effective, p.plain_code))
                .collect();
            found.sort();
            entries.sort();
            if !found
                .iter()
                .map(|(d, e)| (*d, e.as_str()))
                .eq(entries.iter().copied())
            {
                return differs("predecessors", code);
            }
        }
        let counts = [
            (mapped, maps.len()),
            (system.all_edits().rows.codes.len(), edits.len()),
            (system.all_edits().exempt.codes.len(), exempt.len()),
            (system.all_conversions().codes.len(), converted.len()),
        ];
        if let Some((found, expected)) = counts.iter().find(|(found, expected)| found != expected) {
            return Err(format!(
                "{this}: expected relations of {expected} codes, found {found}"
            ));
        }
    }
    Ok(())
}

/// Checks that every note comes back, at its own code or group, in the order of the book.
pub(super) fn notes(opened: &System<'_>, release: &Release) -> Result<(), String> {
    let nodes = opened.nodes();
    let of_codes = release.concepts.iter().map(|concept| {
        let node = opened.find(&concept.code).map(ConceptId::node);
        (node, &concept.code, &concept.notes)
    });
    let of_groups = release.groups.iter().enumerate().map(|(at, group)| {
        let owner = nodes.codes.len() as u32 + at as u32;
        (Some(owner), &group.label, &group.notes)
    });
    for (owner, of, notes) in of_codes
        .chain(of_groups)
        .filter(|(_, _, notes)| !notes.is_empty())
    {
        let owner = owner.ok_or_else(|| format!("{of} is not found"))?;
        let stored = |stored: &crate::index::notes::Notes| -> Vec<Note> {
            let text = |at| stored.words.text(stored.text(at));
            let kind = |at: usize| stored.kinds.get(at).copied().unwrap_or(NoteKind::Note);
            stored
                .of(owner)
                .map(|at| Note {
                    kind: kind(at),
                    text: text(at),
                })
                .collect()
        };
        let (terms, others): (Vec<Note>, Vec<Note>) = notes
            .iter()
            .cloned()
            .partition(|note| note.kind == NoteKind::InclusionTerm);
        if stored(opened.inclusion_terms()) != terms || stored(opened.all_notes()) != others {
            return Err(format!(
                "the notes of {} {of} do not come back",
                opened.code_system()
            ));
        }
    }
    Ok(())
}

/// Checks that what the tables and definitions of ICD-10-PCS say comes back: every value of every row is offered after
/// the values before it, under the published title and label, and every definition is as it was published.
pub(super) fn tables(opened: &System<'_>, release: &Release) -> Result<(), String> {
    for table in &release.tables {
        for row in &table.rows {
            let mut prefix = String::new();
            for axis in table.axes.iter().chain(row) {
                let offered = opened.pcs_next(&prefix);
                for (character, label) in &axis.values {
                    let is_offered = offered.iter().any(|value| {
                        value.character == *character
                            && value.axis == axis.title
                            && value.label == *label
                    });
                    if !is_offered {
                        return Err(format!(
                            "expected {} '{label}' ({character}) to follow '{prefix}', found it nowhere",
                            axis.title
                        ));
                    }
                }
                prefix.extend(axis.values.first().map(|(character, _)| *character));
            }
        }
    }
    let definitions = opened.definitions();
    let published: Vec<PcsDefinition> = definitions
        .entries
        .iter()
        .map(|entry| definitions.published(entry))
        .collect();
    if published != release.definitions {
        return Err(format!(
            "expected {} definitions of values as published, found {} of which some differ",
            release.definitions.len(),
            published.len()
        ));
    }
    Ok(())
}

/// So many of a thousand codes and ranges that the notes name must be codes of the release. The April 2026 list has one
/// in a thousand that is not; more mean that notes and codes are of different years.
const RESOLVED: usize = 990;

/// Checks that nearly everything that the notes name is there.
pub(super) fn links(opened: &System<'_>) -> Result<(), String> {
    let (references, resolved) = opened.links().resolved();
    if resolved * 1000 < references * RESOLVED {
        return Err(format!(
            "expected at least {RESOLVED} of a thousand codes that the notes of {} name to be in the release, found {resolved} of {references}",
            opened.code_system()
        ));
    }
    Ok(())
}

/// Checks that every pair, limit and list is found again.
pub(super) fn claim_edits(bytes: &[u8], published: &PublishedEdits) -> Result<(), String> {
    let index = Index::open(bytes).map_err(|error| error.to_string())?;
    let edits = index.claim_edits();
    if edits.files() != published.files {
        return Err("the names of the files do not come back".to_string());
    }
    for pair in &published.pairs {
        let found = edits.pair(
            pair.practitioner,
            &pair.first,
            &pair.second,
            pair.period.start,
        );
        if found.is_none() {
            return Err(format!(
                "the pair of {} and {} does not come back",
                pair.first, pair.second
            ));
        }
    }
    for limit in &published.limits {
        if edits.units(limit.service, &limit.code).is_none() {
            return Err(format!("the limit of {} does not come back", limit.code));
        }
    }
    for list in &published.coverage {
        let back = |code: &String| edits.coverage(code).contains(list);
        if !list.procedures.iter().all(back) {
            return Err(format!("the list {} does not come back", list.name));
        }
    }
    Ok(())
}
