//! The commands about codes beside others: what may follow, what stands for them, what changes.

use std::io::{Result, Write};
use std::process::ExitCode;

use medcode::{Index, System};

use super::{ChangesArguments, NextArguments, TranslateArguments};
use medcode::index::{Equivalence, MapStatus};

fn found(any: bool) -> ExitCode {
    ExitCode::from(u8::from(!any))
}

/// `medcode next`.
pub fn next(
    system: &System<'_>,
    options: &NextArguments,
    json: bool,
    out: &mut impl Write,
) -> Result<ExitCode> {
    let all = system.next(&options.beginning);
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&all)?)?;
        return Ok(found(!all.is_empty()));
    }
    let mut axis = None;
    for next in &all {
        if next.axis != axis {
            axis.clone_from(&next.axis);
            writeln!(out, "{}", axis.as_deref().unwrap_or(""))?;
        }
        let what = match (next.billable, next.codes) {
            (true, _) => "valid for submission".to_string(),
            (false, 1) => "1 code".to_string(),
            (false, codes) => format!("{codes} codes"),
        };
        let label = next.label.as_deref().unwrap_or("");
        writeln!(out, "{} {:<9} {label} [{what}]", next.character, next.code)?;
        if let Some(definition) = &next.definition
            && !definition.definition.is_empty()
        {
            writeln!(out, "            {}", definition.definition)?;
        }
    }
    if all.is_empty() {
        writeln!(out, "nothing may follow")?;
    }
    Ok(found(!all.is_empty()))
}

/// `medcode translate`.
pub fn translate(
    index: &Index<'_>,
    options: &TranslateArguments,
    json: bool,
    out: &mut impl Write,
) -> Result<ExitCode> {
    let mut every = true;
    for code in &options.codes {
        let answers = index.translations(code, options.from, options.to);
        every &= answers
            .iter()
            .any(|answer| answer.status == MapStatus::Mapped);
        if json {
            writeln!(out, "{}", serde_json::to_string(&answers)?)?;
            continue;
        }
        for answer in answers {
            writeln!(out, "{}", answer.message)?;
            for choice in &answer.choices {
                let how = match choice.equivalence {
                    Equivalence::Equivalent => "equivalent",
                    _ => "approximate",
                };
                match choice.is_combination() {
                    true => writeln!(out, "  together, one of each list ({how}):")?,
                    false => writeln!(out, "  {how}:")?,
                }
                for (at, part) in choice.parts.iter().enumerate() {
                    if choice.is_combination() {
                        writeln!(out, "    list {}", at + 1)?;
                    }
                    for target in part {
                        let title = target.display.as_deref().unwrap_or("");
                        writeln!(out, "    {:<9} {title}", target.code)?;
                    }
                }
            }
        }
    }
    Ok(found(every))
}

/// `medcode changes`.
pub fn changes(
    system: &System<'_>,
    options: &ChangesArguments,
    json: bool,
    out: &mut impl Write,
) -> Result<ExitCode> {
    let changes = match options.codes.as_slice() {
        [] => system.all_changes(options.date),
        codes => system.changes(codes, options.date),
    };
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&changes)?)?;
        return Ok(found(changes.message.is_none()));
    }
    if let Some(message) = &changes.message {
        writeln!(out, "{message}")?;
        return Ok(found(false));
    }
    for change in &changes.changes {
        writeln!(out, "{}", change.message)?;
        if let Some(before) = &change.before {
            writeln!(out, "    until then: {before}")?;
        }
        for fix in &change.codes {
            writeln!(out, "    {} {} ({})", fix.code, fix.display, fix.why)?;
        }
    }
    if changes.changes.is_empty() {
        writeln!(out, "no code changes on {}", changes.date)?;
    }
    Ok(ExitCode::SUCCESS)
}
