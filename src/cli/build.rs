//! `medcode build`: the publishers' files become index files.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use medcode::build::{self, Built};
use medcode::index::format::{self, Section};
use medcode::sources::archive::sha256_hex;
use medcode::sources::gather::{Inputs, Unused};
use medcode::{CodeSystem, Index};
use serde_json::json;

use super::{BuildArguments, flat};

/// Builds, writes the files, and prints one line for each code system.
pub fn run(options: &BuildArguments, json: bool) -> Result<ExitCode, String> {
    for folder in &options.folders {
        if !folder.is_dir() {
            return Err(format!(
                "{}: expected a folder with the publishers' files, found none: name another one with --data",
                folder.display()
            ));
        }
    }
    let bar = ProgressBar::new_spinner();
    bar.set_style(
        ProgressStyle::with_template("{spinner} {msg} ({elapsed})")
            .unwrap_or(ProgressStyle::default_spinner()),
    );
    bar.enable_steady_tick(Duration::from_millis(100));
    let step = |what: &str| bar.set_message(what.to_string());

    step("looking for files");
    let inputs = Inputs::discover(&options.folders).map_err(|error| error.to_string())?;
    let built = build::read(&inputs, &|what| step(&format!("reading {what}")))
        .map_err(|error| error.to_string())?;
    if built.releases.is_empty() {
        bar.finish_and_clear();
        let mut said = built.warnings;
        said.extend(inputs.unused().iter().map(not_used));
        return Err(format!(
            "no code system can be built:\n  {}",
            said.join("\n  ")
        ));
    }
    step("compiling, and checking that every code comes back");
    let all: Vec<CodeSystem> = CodeSystem::all().collect();
    let bytes = build::compile(&built, &all)?;
    let claim_edits = build::compile_claim_edits(&built.claim_edits)?;
    step("writing");
    let embed = flat(&options.embed);
    let files = write(&bytes, claim_edits.as_deref(), &embed, &options.output)?;
    bar.finish_and_clear();

    let index = Index::open(&bytes).map_err(|error| error.to_string())?;
    // Whoever reads this may have read enough, and closed the pipe; the files are written.
    let out = &mut std::io::stdout().lock();
    let said = if json {
        let systems: Vec<_> = index
            .systems()
            .iter()
            .map(|system| json!({ "system": system.code_system(), "release": system.release(), "bytes": size(system) }))
            .collect();
        let all = json!({ "systems": systems, "files": files, "warnings": built.warnings });
        writeln!(out, "{all:#}")
    } else {
        report(&index, &built, &files, out)
    };
    said.map_err(|error| error.to_string())?;
    for unused in inputs.unused() {
        super::say(&not_used(unused));
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes `embedded.medcode` and a pack for each other system, named by the first 12 digits of its SHA-256: a page may
/// keep a pack for ever, since another release has another name.
fn write(
    bytes: &[u8],
    claim_edits: Option<&[u8]>,
    embed: &[CodeSystem],
    output: &Path,
) -> Result<Vec<(String, usize)>, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", output.display());
    let sections = format::read(bytes).map_err(|error| error.to_string())?;
    let pack = |chosen: &dyn Fn(CodeSystem) -> bool| {
        let chosen = sections.iter().filter(|section| chosen(section.system));
        let owned = chosen.map(|section| Section {
            system: section.system,
            kind: section.kind,
            bytes: section.bytes.to_vec(),
        });
        format::write(&owned.collect::<Vec<_>>())
    };
    let packs = output.join("packs");
    if packs.is_dir() {
        std::fs::remove_dir_all(&packs).map_err(failed)?;
    }
    std::fs::create_dir_all(&packs).map_err(failed)?;
    let mut files = Vec::new();
    let mut save = |name: String, bytes: Vec<u8>| {
        files.push((name.clone(), bytes.len()));
        std::fs::write(output.join(name), bytes).map_err(failed)
    };
    save(
        "embedded.medcode".to_string(),
        pack(&|system| embed.contains(&system)),
    )?;
    let mut rest: Vec<CodeSystem> = sections
        .iter()
        .map(|section| section.system)
        .filter(|s| !embed.contains(s))
        .collect();
    rest.dedup();
    let mut names = std::collections::BTreeMap::new();
    let rest = rest
        .into_iter()
        .map(|system| (system.id(), pack(&|other| other == system)));
    let lists = claim_edits.map(|bytes| ("claim_edits", bytes.to_vec()));
    for (id, bytes) in rest.chain(lists) {
        let digest: String = sha256_hex(&bytes).chars().take(12).collect();
        let name = format!("{id}.{digest}.medcode");
        save(format!("packs/{name}"), bytes)?;
        names.insert(id, name);
    }
    // How a page finds the packs: their names by code system, and of the lists about claims.
    let list = serde_json::to_string_pretty(&names).map_err(|error| error.to_string())?;
    save("packs/packs.json".to_string(), list.into_bytes())?;
    Ok(files)
}

fn size(system: &medcode::System<'_>) -> usize {
    system.sections().map(|section| section.bytes.len()).sum()
}

fn not_used(unused: &Unused) -> String {
    format!("{} is not used: {}", unused.path.display(), unused.why)
}

fn report(
    index: &Index<'_>,
    built: &Built,
    files: &[(String, usize)],
    out: &mut impl Write,
) -> std::io::Result<()> {
    for system in index.systems() {
        let release = system.release();
        let file = release.files.first();
        let digest: String = file
            .map_or("", |file| &file.sha256)
            .chars()
            .take(12)
            .collect();
        writeln!(
            out,
            "{:<20} {} | {} codes, {} billable | {} {}{} | {} bytes",
            system.code_system().title(),
            release.version,
            release.codes,
            release.billable,
            file.map_or("", |file| &file.name),
            digest,
            match release.files.len() {
                0 | 1 => String::new(),
                more => format!(" and {} more", more - 1),
            },
            size(system),
        )?;
        let links = system.links();
        let (references, resolved) = links.resolved();
        if references > 0 {
            writeln!(
                out,
                "  {resolved} of the {references} codes and ranges that its notes name are codes of the release; not found:"
            )?;
            let notes = system.all_notes();
            for (note, written) in links.unresolved() {
                writeln!(
                    out,
                    "    {written} in \"{}\"",
                    notes.words.text(notes.text(*note))
                )?;
            }
        }
    }
    for file in &built.claim_edits.files {
        let from = file
            .from
            .map_or(String::new(), |day| format!(" from {day}"));
        let digest: String = file.sha256.chars().take(12).collect();
        writeln!(
            out,
            "{}{from} | {} rows | {} {digest}",
            file.what, file.rows, file.name
        )?;
    }
    for (name, bytes) in files {
        writeln!(out, "{name}: {bytes} bytes")?;
    }
    for warning in &built.warnings {
        writeln!(out, "{warning}")?;
    }
    Ok(())
}
