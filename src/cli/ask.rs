//! The commands that ask an index.

use std::io::{BufRead, Result, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use medcode::claim::About;
use medcode::search::{Facet, MatchedBy, RefineOptions, SearchOptions, SearchResult};
use medcode::validate::{Status, ValidateOptions};
use medcode::{CodeSystem, ConceptId, Index, System};
use serde::Serialize;
use serde_json::json;

use super::{LookupArguments, RefineArguments, SearchArguments, ValidateArguments, flat};

fn found(any: bool) -> ExitCode {
    if any {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    }
}

/// `medcode search`.
pub fn search(
    index: &Index<'_>,
    options: &SearchArguments,
    json: bool,
    out: &mut impl Write,
) -> Result<ExitCode> {
    let search = search_options(options);
    if options.batch {
        let codes = |result: &SearchResult| {
            let codes = result.hits.iter().map(|hit| hit.concept.code.as_str());
            codes.collect::<Vec<_>>().join(" ")
        };
        return each_query(out, json, |query| index.search(query, &search), codes);
    }
    let result = index.search(&options.query.join(" "), &search);
    if result.within_unknown {
        super::say(&format!(
            "medcode: expected --within a code, section or chapter of the index, found '{}'",
            options.within.as_deref().unwrap_or_default()
        ));
        return Ok(ExitCode::from(2));
    }
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&result)?)?;
        return Ok(found(!result.hits.is_empty()));
    }
    if let Some(correction) = &result.correction {
        writeln!(out, "showing results for: {correction}")?;
    }
    for hit in &result.hits {
        let concept = &hit.concept;
        let mark = if concept.billable { ' ' } else { '+' };
        writeln!(
            out,
            "{:<9}{mark} {}  [{}]",
            concept.code,
            concept.display,
            concept.system.title()
        )?;
        for (by, text) in hit
            .matched
            .iter()
            .filter_map(|matched| Some((matched.by, matched.text.as_ref()?)))
        {
            writeln!(out, "           {}: {text}", words_of(by))?;
        }
        for part in hit.explained.iter().flatten() {
            writeln!(out, "           {:>+6} {}", part.points, part.why)?;
        }
    }
    if result.hits.is_empty() && result.total == 0 {
        writeln!(out, "nothing found")?;
    } else if result.total > result.hits.len() {
        writeln!(
            out,
            "{} of {} results; + needs more characters",
            result.hits.len(),
            result.total
        )?;
    }
    Ok(found(!result.hits.is_empty()))
}

/// Answers every line of standard input by a line: JSON, or what `say` makes of the answer.
fn each_query<A: Serialize>(
    out: &mut impl Write,
    json: bool,
    ask: impl Fn(&str) -> A,
    say: impl Fn(&A) -> String,
) -> Result<ExitCode> {
    for line in std::io::stdin().lock().split(b'\n') {
        let answer = ask(&String::from_utf8_lossy(&line?));
        let line = match json {
            true => serde_json::to_string(&answer)?,
            false => say(&answer),
        };
        writeln!(out, "{line}")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn search_options(options: &SearchArguments) -> SearchOptions {
    SearchOptions {
        systems: flat(&options.systems),
        billable_only: options.billable,
        within: options.within.clone(),
        date: options.date,
        limit: options.limit,
        chosen: options.chosen.iter().cloned().collect(),
        explain: options.explain,
        ..SearchOptions::default()
    }
}

/// `medcode facets`.
pub fn facets(
    index: &Index<'_>,
    options: &SearchArguments,
    json: bool,
    out: &mut impl Write,
) -> Result<ExitCode> {
    let search = search_options(options);
    if options.batch {
        let all = |facets: &Vec<Facet>| {
            let facets: Vec<String> = facets.iter().map(in_a_line).collect();
            facets.join("; ")
        };
        return each_query(out, json, |query| index.facets(query, &search), all);
    }
    let facets = index.facets(&options.query.join(" "), &search);
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&facets)?)?;
    } else {
        facets.iter().try_for_each(|facet| show(facet, out))?;
    }
    Ok(found(!facets.is_empty()))
}

/// `laterality: left 3, right 3`.
fn in_a_line(facet: &Facet) -> String {
    let values = facet.values.iter();
    let values: Vec<String> = values
        .map(|value| format!("{} {}", value.value, value.count))
        .collect();
    format!("{}: {}", facet.axis, values.join(", "))
}

fn show(facet: &Facet, out: &mut impl Write) -> Result<()> {
    writeln!(out, "{} ({})", facet.title, facet.axis)?;
    for value in &facet.values {
        writeln!(
            out,
            "    {:<20} {:>6}  {}",
            value.value, value.count, value.label
        )?;
    }
    Ok(())
}

/// `medcode refine`.
pub fn refine(
    index: &Index<'_>,
    options: &RefineArguments,
    json: bool,
    out: &mut impl Write,
) -> Result<ExitCode> {
    let asked = RefineOptions {
        system: options.system,
        chosen: options.chosen.iter().cloned().collect(),
        date: options.date,
        limit: options.limit,
    };
    let Some(refined) = index.refine(&options.code, &asked) else {
        if !json {
            writeln!(out, "{}: not found", options.code)?;
        }
        return Ok(found(false));
    };
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&refined)?)?;
        return Ok(found(refined.total > 0));
    }
    writeln!(
        out,
        "{} {}: {} codes",
        refined.concept.code, refined.concept.display, refined.total
    )?;
    for (axis, value) in &refined.chosen {
        writeln!(out, "    {axis}={value}")?;
    }
    if let Some(next) = &refined.next {
        show(next, out)?;
    }
    for concept in &refined.codes {
        writeln!(out, "{:<9} {}", concept.code, concept.display)?;
    }
    Ok(found(refined.total > 0))
}

/// The name of a match in JSON, as words: `inclusionTerm` is `inclusion term`.
fn words_of(by: MatchedBy) -> String {
    let name = serde_json::to_value(by)
        .ok()
        .and_then(|name| name.as_str().map(str::to_string))
        .unwrap_or_default();
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

/// `medcode lookup`.
pub fn lookup(
    index: &Index<'_>,
    options: &LookupArguments,
    json: bool,
    out: &mut impl Write,
) -> Result<ExitCode> {
    let wanted = flat(&options.systems);
    let mut all = true;
    let mut answers = Vec::new();
    for code in &options.codes {
        let systems = index
            .systems()
            .iter()
            .filter(|system| wanted.is_empty() || wanted.contains(&system.code_system()));
        let hits: Vec<(&System<'_>, ConceptId)> = systems
            .filter_map(|system| Some((system, system.find(code)?)))
            .collect();
        all &= !hits.is_empty();
        if hits.is_empty() && !json {
            writeln!(out, "{code}: not found")?;
        }
        for (system, concept) in hits {
            let above: Vec<_> = system
                .ancestors(concept)
                .into_iter()
                .map(|above| system.concept(above))
                .collect();
            let groups: Vec<_> = system
                .groups_of(concept.node())
                .into_iter()
                .filter_map(|at| system.group(at))
                .collect();
            let children: Vec<_> = system
                .children(concept)
                .into_iter()
                .map(|child| system.concept(child))
                .collect();
            let shown = system.concept(concept);
            let notes = system.notes(concept);
            if json {
                answers.push(json!({
                    "concept": shown, "groups": groups, "ancestors": above, "children": children, "notes": notes,
                }));
                continue;
            }
            writeln!(out, "{} {}", shown.code, shown.display)?;
            let billable = if shown.billable {
                "valid for submission"
            } else {
                "needs more characters"
            };
            writeln!(
                out,
                "  {} {}, {billable}{}",
                system.code_system(),
                shown.release,
                days(shown.period)
            )?;
            if let Some(short) = &shown.short {
                writeln!(out, "  short title: {short}")?;
            }
            for group in &groups {
                writeln!(out, "  in {}-{} {}", group.first, group.last, group.title)?;
            }
            for above in above.iter().rev() {
                writeln!(out, "  under {} {}", above.code, above.display)?;
            }
            for note in &notes {
                writeln!(out, "  {} ({}): {}", note.kind.title(), note.of, note.text)?;
            }
            for child in &children {
                writeln!(out, "  {} {}", child.code, child.display)?;
            }
        }
    }
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&answers)?)?;
    }
    Ok(found(all))
}

fn days(period: medcode::Period) -> String {
    match (period.start, period.end) {
        (Some(start), Some(end)) => format!(", from {start} to {end}"),
        (Some(start), None) => format!(", from {start}"),
        (None, Some(end)) => format!(", until {end}"),
        (None, None) => String::new(),
    }
}

/// `medcode validate`.
pub fn validate(
    index: &Index<'_>,
    options: &ValidateArguments,
    json: bool,
    out: &mut impl Write,
) -> Result<ExitCode> {
    let how = ValidateOptions {
        system: options.system,
        date: options.date,
        ..ValidateOptions::default()
    };
    let about = About {
        setting: options.setting,
        age: options.age,
        sex: options.sex,
    };
    let mut all = true;
    let mut check = |code: &str| -> Result<()> {
        let answer = index.validate(code, &how);
        all &= answer.status == Status::Billable;
        let issues = index.issues_of_code(code, &how, &about);
        if json {
            let mut answer = serde_json::to_value(&answer)?;
            if about != About::default() {
                answer["issues"] = json!(issues);
            }
            return writeln!(out, "{answer}");
        }
        let rule = answer
            .rule
            .map_or(String::new(), |rule| format!(" [{rule}]"));
        // What is far too long for a code is no better for being repeated.
        let code: String = answer.code.chars().take(64).collect();
        writeln!(out, "{code}: {}{rule}", answer.message)?;
        for fix in answer.fixes.iter().take(8) {
            writeln!(out, "    {} {} ({})", fix.code, fix.display, fix.why)?;
        }
        for issue in issues {
            writeln!(out, "    {} [{}]", issue.message, issue.rule)?;
        }
        for other in &answer.others {
            let system = other.system.map_or("", CodeSystem::title);
            writeln!(out, "    or in {system}: {}", other.message)?;
        }
        Ok(())
    };
    if options.codes.is_empty() {
        for line in std::io::stdin().lock().split(b'\n') {
            let line = line?;
            let line = String::from_utf8_lossy(&line);
            // Editors put a byte order mark before the first line.
            let line = line.trim_start_matches('\u{feff}');
            if !line.trim().is_empty() {
                check(line.trim())?;
            }
        }
    }
    for code in &options.codes {
        check(code)?;
    }
    Ok(found(all))
}

/// `medcode systems`.
pub fn systems(index: &Index<'_>, json: bool, out: &mut impl Write) -> Result<ExitCode> {
    if json {
        let all: Vec<_> = index
            .systems()
            .iter()
            .map(|s| json!({ "system": s.code_system(), "title": s.code_system().title(), "uri": s.code_system().uri(), "release": s.release() }))
            .collect();
        writeln!(out, "{}", serde_json::to_string_pretty(&all)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    for system in index.systems() {
        let release = system.release();
        writeln!(
            out,
            "{} ({}): {}{}",
            system.code_system(),
            system.code_system().id(),
            release.version,
            days(release.period)
        )?;
        for part in &release.parts {
            writeln!(out, "  {}{}", part.version, days(part.period))?;
        }
        writeln!(out, "  {}", system.code_system().uri())?;
        writeln!(
            out,
            "  {} codes, {} valid for submission",
            release.codes, release.billable
        )?;
        for file in &release.files {
            writeln!(out, "  {} sha256 {}", file.name, file.sha256)?;
        }
    }
    for file in index.claim_edits().files() {
        let from = file
            .from
            .map_or(String::new(), |day| format!(" from {day}"));
        writeln!(out, "{}{from}: {} rows", file.what, file.rows)?;
        writeln!(out, "  {} sha256 {}", file.name, file.sha256)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// `medcode inspect`.
pub fn inspect(
    index: &Index<'_>,
    files: &[(PathBuf, Vec<u8>)],
    json: bool,
    out: &mut impl Write,
) -> Result<ExitCode> {
    let sections = || index.systems().iter().flat_map(|system| system.sections());
    if json {
        let sections: Vec<_> = sections()
            .map(|s| json!({ "system": s.system, "kind": format!("{:?}", s.kind), "bytes": s.bytes.len(), "crc32": format!("{:08x}", s.crc) }))
            .collect();
        let files: Vec<_> = files
            .iter()
            .map(|(path, bytes)| json!({ "file": path, "bytes": bytes.len() }))
            .collect();
        writeln!(
            out,
            "{}",
            serde_json::to_string_pretty(&json!({ "files": files, "sections": sections }))?
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    for (path, bytes) in files {
        writeln!(out, "{}: {} bytes", path.display(), bytes.len())?;
    }
    for section in sections() {
        writeln!(
            out,
            "{:<20} {:<16} {:>9} bytes  crc32 {:08x}",
            section.system.title(),
            format!("{:?}", section.kind),
            section.bytes.len(),
            section.crc
        )?;
    }
    Ok(ExitCode::SUCCESS)
}
