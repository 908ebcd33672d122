//! `medcode eval`: how good search is on queries with known answers, and what a change did to it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use medcode::compile::vocabulary_section;
use medcode::index::format::{self, Section, SectionKind};
use medcode::search::quality::{Case, Keystrokes, Places, Score, Set};
use medcode::{CodeSystem, Index, SearchOptions, vocabulary};
use serde::{Deserialize, Serialize};

use super::{EvalArguments, read_index};

/// What was found out about one set. As JSON it is what `--against` compares with.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Judged {
    set: String,
    score: Score,
    #[serde(skip_serializing_if = "Option::is_none")]
    catchall: Option<Score>,
    #[serde(skip_serializing_if = "Option::is_none")]
    keystrokes: Option<Keystrokes>,
    kinds: Vec<(String, Score)>,
    places: Places,
}

/// Judges the sets, prints a table of them, the misses and the comparison.
pub fn run(
    index: &Index<'_>,
    options: &EvalArguments,
    json: bool,
    out: &mut impl Write,
) -> Result<ExitCode, String> {
    let sets = options
        .sets
        .iter()
        .map(|path| read_set(path))
        .collect::<Result<Vec<Set>, String>>()?;
    let judged: Vec<Judged> = sets.iter().map(|set| judge(index, set)).collect();
    let others = match &options.against {
        Some(path) => Some(others(path, &sets)?),
        None => None,
    };
    if json {
        let text = serde_json::to_string(&judged).map_err(|error| error.to_string())?;
        return writeln!(out, "{text}")
            .map(|()| ExitCode::SUCCESS)
            .map_err(|error| error.to_string());
    }
    let shown = || {
        table(&judged, others.as_deref(), options.kinds, out)?;
        for (set, judged) in sets.iter().zip(&judged) {
            misses(index, set, judged, options, out)?;
        }
        for (at, set) in sets.iter().enumerate() {
            let other = others.as_ref().and_then(|others| others.get(at));
            if let (Some(other), Some(judged)) = (other, judged.get(at)) {
                changes(set, &judged.places, &other.places, options, out)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    };
    let shown: std::io::Result<ExitCode> = { shown }();
    shown.map_err(|error| error.to_string())
}

fn read_set(path: &Path) -> Result<Set, String> {
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    Set::parse(&name, &text)
}

fn judge(index: &Index<'_>, set: &Set) -> Judged {
    let places = set.places(index);
    let any = set.cases.iter().any(Case::is_catchall);
    let mut kinds: Vec<String> = set.cases.iter().map(|case| case.kind.clone()).collect();
    kinds.sort();
    kinds.dedup();
    Judged {
        set: set.name.clone(),
        score: set.score(&places, |case| !case.is_catchall()),
        catchall: any.then(|| set.score(&places, Case::is_catchall)),
        keystrokes: set.keystrokes(&places),
        kinds: kinds
            .into_iter()
            .map(|kind| {
                let score = set.score(&places, |case| case.kind == kind);
                (kind, score)
            })
            .collect(),
        places,
    }
}

/// What another index, or an earlier run, says of the same sets.
fn others(path: &Path, sets: &[Set]) -> Result<Vec<Judged>, String> {
    if path
        .extension()
        .is_some_and(|extension| extension == "json")
    {
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let mut all: Vec<Judged> = serde_json::from_str(&text).map_err(|error| {
            format!(
                "{}: expected what 'medcode eval --json' wrote: {error}",
                path.display()
            )
        })?;
        return sets
            .iter()
            .map(|set| {
                let same = |judged: &Judged| {
                    judged.set == set.name && judged.places.len() == set.cases.len()
                };
                let at = all.iter().position(same).ok_or_else(|| {
                    format!(
                        "{}: expected the set '{}' with {} queries",
                        path.display(),
                        set.name,
                        set.cases.len()
                    )
                })?;
                Ok(all.swap_remove(at))
            })
            .collect();
    }
    let bytes = read_index(Some(path))?;
    let mut index = Index::default();
    for (path, bytes) in &bytes {
        index
            .add(bytes)
            .map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(sets.iter().map(|set| judge(&index, set)).collect())
}

fn table(
    judged: &[Judged],
    others: Option<&[Judged]>,
    kinds: bool,
    out: &mut impl Write,
) -> std::io::Result<()> {
    writeln!(
        out,
        "{:<22} {:>7} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6}",
        "", "queries", "@1", "@3", "@5", "@10", "@25", "MRR"
    )?;
    for (at, judged) in judged.iter().enumerate() {
        let other = others.and_then(|others| others.get(at));
        row(out, &judged.set, &judged.score, other.map(|o| &o.score))?;
        if let Some(score) = &judged.catchall {
            let other = other.and_then(|other| other.catchall.as_ref());
            row(out, "  catchall", score, other)?;
        }
        for (kind, score) in judged.kinds.iter().filter(|_| kinds) {
            let same = |(other, _): &&(String, Score)| other == kind;
            let other = other.and_then(|other| other.kinds.iter().find(same));
            row(out, &format!("  {kind}"), score, other.map(|(_, s)| s))?;
        }
        if let Some(keys) = &judged.keystrokes {
            let show = |keys: &Keystrokes| {
                format!(
                    "median {}, never {} of {}",
                    keys.median, keys.never, keys.sequences
                )
            };
            write!(out, "  letters until among the first ten: {}", show(keys))?;
            match other.and_then(|other| other.keystrokes.as_ref()) {
                Some(other) => writeln!(out, "; before: {}", show(other))?,
                None => writeln!(out)?,
            }
        }
    }
    Ok(())
}

fn row(
    out: &mut impl Write,
    name: &str,
    score: &Score,
    other: Option<&Score>,
) -> std::io::Result<()> {
    let shares = |score: &Score| {
        [
            score.share(score.first),
            score.share(score.three),
            score.share(score.five),
            score.share(score.ten),
            score.share(score.deepest),
            score.mean_reciprocal,
        ]
    };
    let print = |out: &mut dyn Write, name: &str, count: &str, shares: [f64; 6], sign: bool| {
        write!(out, "{name:<22} {count:>7}")?;
        for share in shares {
            if sign {
                write!(out, " {share:>+6.3}")?;
            } else {
                write!(out, " {share:>6.3}")?;
            }
        }
        writeln!(out)
    };
    print(out, name, &score.queries.to_string(), shares(score), false)?;
    if let Some(other) = other {
        let mut change = shares(score);
        for (now, before) in change.iter_mut().zip(shares(other)) {
            *now -= before;
        }
        print(out, "  change", "", change, true)?;
    }
    Ok(())
}

/// Lists queries whose answer is not among the first hits, with what came first instead.
fn misses(
    index: &Index<'_>,
    set: &Set,
    judged: &Judged,
    options: &EvalArguments,
    out: &mut impl Write,
) -> std::io::Result<()> {
    let missed = set
        .cases
        .iter()
        .zip(&judged.places)
        .filter(|(case, place)| {
            !case.is_catchall() && place.is_none_or(|place| place > options.beyond)
        });
    for (case, place) in missed.take(options.misses) {
        let search = SearchOptions {
            systems: set.systems.clone(),
            limit: 3,
            ..SearchOptions::default()
        };
        let result = index.search(&case.query, &search);
        let wanted = case.codes.first().map_or("", String::as_str);
        let titles: Vec<String> = index
            .lookup(wanted)
            .into_iter()
            .filter(|concept| set.systems.contains(&concept.system))
            .map(|concept| concept.display)
            .collect();
        let place = place.map_or("-".to_string(), |place| place.to_string());
        writeln!(
            out,
            "{}: '{}' wants {} ({}), found at {place}; first:",
            set.name,
            case.query,
            case.codes.join(" "),
            titles.first().map_or("", String::as_str)
        )?;
        if let Some(correction) = &result.correction {
            writeln!(out, "    corrected: {correction}")?;
        }
        for hit in &result.hits {
            let by = hit
                .matched
                .first()
                .and_then(|matched| matched.text.as_ref());
            writeln!(
                out,
                "    {:<9} {:>6} {} {}",
                hit.concept.code,
                hit.score,
                hit.concept.display,
                by.map_or(String::new(), |text| format!("[{text}]"))
            )?;
        }
    }
    Ok(())
}

/// Lists the queries that a change moved in or out of the first hit or the first ten.
fn changes(
    set: &Set,
    now: &Places,
    before: &Places,
    options: &EvalArguments,
    out: &mut impl Write,
) -> std::io::Result<()> {
    let show = |place: &Option<u32>| place.map_or("-".to_string(), |place| place.to_string());
    let level = |place: &Option<u32>| match place {
        Some(1) => 2,
        Some(place) if *place <= options.beyond => 1,
        _ => 0,
    };
    let all = || set.cases.iter().zip(now.iter().zip(before));
    let worse = all().filter(|(_, (now, before))| level(now) < level(before));
    let better = all().filter(|(_, (now, before))| level(now) > level(before));
    writeln!(
        out,
        "{}: {} better, {} worse",
        set.name,
        better.clone().count(),
        worse.clone().count()
    )?;
    for (what, changed) in [
        ("worse", worse.collect::<Vec<_>>()),
        ("better", better.collect::<Vec<_>>()),
    ] {
        for (case, (now, before)) in changed.into_iter().take(options.misses) {
            writeln!(
                out,
                "    {what}: {} -> {} '{}' wants {}",
                show(before),
                show(now),
                case.query,
                case.codes.join(" ")
            )?;
        }
    }
    Ok(())
}

/// Puts the vocabulary made of the files of a folder in the place of the one that an index brings.
///
/// # Errors
///
/// A sentence where a file of the vocabulary is missing or breaks a rule, or where no index brings a vocabulary.
pub fn replace_vocabulary(bytes: &mut [(PathBuf, Vec<u8>)], folder: &Path) -> Result<(), String> {
    let mut texts = Vec::new();
    for (name, _) in vocabulary::FILES {
        let path = folder.join(name);
        let text = std::fs::read_to_string(&path)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        texts.push((name, text));
    }
    let files: Vec<(&str, &str)> = texts
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    let entries = vocabulary::entries_of(&files).map_err(|error| error.to_string())?;
    let mut systems: Vec<CodeSystem> = Vec::new();
    for (path, bytes) in bytes.iter() {
        let sections =
            format::read(bytes).map_err(|error| format!("{}: {error}", path.display()))?;
        systems.extend(sections.iter().map(|section| section.system));
    }
    systems.sort();
    systems.dedup();
    let vocabulary = vocabulary::for_systems(&entries, &systems);
    for (path, bytes) in bytes.iter_mut() {
        let sections =
            format::read(bytes).map_err(|error| format!("{}: {error}", path.display()))?;
        let kept = sections.iter().find(|s| s.kind == SectionKind::Vocabulary);
        let Some(system) = kept.map(|section| section.system) else {
            continue;
        };
        let copied = |section: &format::SectionRef<'_>| Section {
            system: section.system,
            kind: section.kind,
            bytes: section.bytes.to_vec(),
        };
        let beside = sections.iter().filter(|section| section.system == system);
        let beside: Vec<Section> = beside.map(copied).collect();
        let written = vocabulary_section(&vocabulary, &beside);
        eprintln!("vocabulary: {} bytes", written.len());
        let mut replaced: Vec<Section> = sections.iter().map(copied).collect();
        for section in &mut replaced {
            if section.kind == SectionKind::Vocabulary {
                section.bytes.clone_from(&written);
            }
        }
        *bytes = format::write(&replaced);
        return Ok(());
    }
    Err("expected an index with a vocabulary, found none".to_string())
}
