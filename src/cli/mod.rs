//! Arguments and commands.

mod ask;
mod build;
mod claims;
mod eval;
mod relate;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use medcode::claim::{Setting, Sex};
use medcode::{CodeSystem, Date, Index};

/// Offline search and validation of US medical codes.
#[derive(Parser)]
#[command(version, about, max_term_width = 100, arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// The index: a .medcode file, or a folder with several. Without it, what ./build.sh made last
    #[arg(long, global = true, env = "MEDCODE_INDEX_FILE", value_name = "PATH")]
    index: Option<PathBuf>,
    /// Write JSON, for programs
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Build an index from the publishers' files
    Build(BuildArguments),
    /// Find codes by words, by the beginning of a code, or by both
    Search(SearchArguments),
    /// Show the axes by which the hits of a query differ: side, encounter, type, ...
    Facets(SearchArguments),
    /// Lead from a category to the code, question by question
    Refine(RefineArguments),
    /// Show a code: titles, place in the hierarchy, notes
    Lookup(LookupArguments),
    /// Check codes, or the claims of a CSV file: may they be submitted on their date, and if not, what instead
    Validate(ValidateArguments),
    /// Show what may follow the beginning of a code
    Next(NextArguments),
    /// Show the codes of another system that stand for a code (ICD-9-CM and ICD-10-CM)
    Translate(TranslateArguments),
    /// Show what changes on a day: codes added, deleted, revised, and what takes their place
    Changes(ChangesArguments),
    /// Judge search on queries with known answers
    Eval(EvalArguments),
    /// Show the release of every code system in the index
    Systems,
    /// Show the sections of the index with their sizes and checksums
    Inspect,
}

#[derive(Args)]
pub struct BuildArguments {
    /// A folder with the publishers' files, as downloaded; the first that has a file wins
    #[arg(long = "data", required = true, value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    /// The folder to write to: embedded.medcode, and a pack for each other system in packs/
    #[arg(long, default_value = "target/index", value_name = "FOLDER")]
    output: PathBuf,
    /// The code systems of embedded.medcode, which the page carries within: what an outpatient practice codes with
    #[arg(long, value_delimiter = ',', default_value = "icd10cm,hcpcs,cpt", value_parser = system_names, value_name = "SYSTEMS")]
    embed: Vec<SystemNames>,
}

#[derive(Args)]
pub struct SearchArguments {
    /// The words, or the beginning of a code
    #[arg(required_unless_present = "batch")]
    query: Vec<String>,
    /// Only these code systems: icd10cm, icd10pcs, icd9cm_dx, icd9cm_sg, icd9 (both), hcpcs, cpt
    #[arg(long = "system", value_delimiter = ',', value_parser = system_names, value_name = "SYSTEMS")]
    systems: Vec<SystemNames>,
    /// At most this many results
    #[arg(long, default_value_t = 20)]
    limit: usize,
    /// Only codes valid for submission
    #[arg(long)]
    billable: bool,
    /// Only this code, section or chapter and what is below it
    #[arg(long, value_name = "CODE")]
    within: Option<String>,
    /// Only codes valid on this date, such as 2026-10-01
    #[arg(long, value_parser = date)]
    date: Option<Date>,
    /// Only hits that say this, such as laterality=left (see medcode facets)
    #[arg(long, value_name = "AXIS=VALUE", value_parser = axis_value)]
    chosen: Vec<(String, String)>,
    /// Show how the score of each hit came about
    #[arg(long)]
    explain: bool,
    /// Read one query a line from standard input; write one line for each: codes, best first, or facets
    #[arg(long, conflicts_with = "query")]
    batch: bool,
}

#[derive(Args)]
pub struct RefineArguments {
    /// The category, with or without dot
    code: String,
    /// What was answered already, such as laterality=left
    #[arg(long, value_name = "AXIS=VALUE", value_parser = axis_value)]
    chosen: Vec<(String, String)>,
    /// The code system; without it the first that has the code
    #[arg(long, value_parser = one_system, value_name = "SYSTEM")]
    system: Option<CodeSystem>,
    /// Only codes valid on this date, such as 2026-10-01
    #[arg(long, value_parser = date)]
    date: Option<Date>,
    /// List at most this many codes
    #[arg(long, default_value_t = 10)]
    limit: usize,
}

#[derive(Args)]
pub struct LookupArguments {
    /// The codes, with or without dot
    #[arg(required = true)]
    codes: Vec<String>,
    /// Only these code systems
    #[arg(long = "system", value_delimiter = ',', value_parser = system_names, value_name = "SYSTEMS")]
    systems: Vec<SystemNames>,
}

#[derive(Args)]
pub struct ValidateArguments {
    /// The codes, with or without dot; or a CSV file of claims; without any, one code a line from standard input
    #[arg(value_name = "CODES|FILE")]
    codes: Vec<String>,
    /// The code system; without it the shape of the code decides
    #[arg(long, value_parser = one_system, value_name = "SYSTEM")]
    system: Option<CodeSystem>,
    /// The date of service, such as 2026-10-01
    #[arg(long, value_parser = date)]
    date: Option<Date>,
    /// Where the service is given: professional, outpatient-facility or inpatient-facility
    #[arg(long, value_parser = setting)]
    setting: Option<Setting>,
    /// The age of the patient in whole years
    #[arg(long)]
    age: Option<u32>,
    /// The sex of the patient: female or male
    #[arg(long, value_parser = sex)]
    sex: Option<Sex>,
    /// Of the claims of a file, only errors
    #[arg(long)]
    errors: bool,
    /// Of the claims of a file, only the summary
    #[arg(long)]
    summary: bool,
}

#[derive(Args)]
pub struct NextArguments {
    /// The beginning of a code, with or without dot; without it the first characters of all codes
    #[arg(default_value = "")]
    beginning: String,
    /// The code system
    #[arg(long, default_value = "icd10cm", value_parser = one_system, value_name = "SYSTEM")]
    system: CodeSystem,
}

#[derive(Args)]
pub struct TranslateArguments {
    /// The codes, with or without dot
    #[arg(required = true)]
    codes: Vec<String>,
    /// The system they are of; without it every one whose maps have the code
    #[arg(long, value_parser = one_system, value_name = "SYSTEM")]
    from: Option<CodeSystem>,
    /// The system to translate to
    #[arg(long, value_parser = one_system, value_name = "SYSTEM")]
    to: Option<CodeSystem>,
}

#[derive(Args)]
pub struct ChangesArguments {
    /// The codes, with or without dot; without any, every code that changes
    codes: Vec<String>,
    /// The day, such as 2026-10-01; without it the last on which codes become valid
    #[arg(long, value_parser = date)]
    date: Option<Date>,
    /// The code system
    #[arg(long, default_value = "icd10cm", value_parser = one_system, value_name = "SYSTEM")]
    system: CodeSystem,
}

#[derive(Args)]
pub struct EvalArguments {
    /// Tables of queries with their codes; one whose name begins with icd9, icd10pcs or hcpcs asks that system, every other
    /// asks ICD-10-CM
    #[arg(required = true, value_name = "EVAL.TSV")]
    sets: Vec<PathBuf>,
    /// List up to this many queries of each set whose answer is not among the first hits
    #[arg(long, default_value_t = 0)]
    misses: usize,
    /// What counts as missed: an answer that is not among so many hits
    #[arg(long, default_value_t = 10)]
    beyond: u32,
    /// Compare with another index, or with what `medcode eval --json` wrote
    #[arg(long, value_name = "PATH")]
    against: Option<PathBuf>,
    /// Judge with the vocabulary files of this folder instead of the vocabulary in the index
    #[arg(long, value_name = "FOLDER")]
    vocabulary: Option<PathBuf>,
    /// Show every kind of query apart
    #[arg(long)]
    kinds: bool,
}

/// What one word for code systems stands for.
#[derive(Clone)]
struct SystemNames(Vec<CodeSystem>);

fn system_names(name: &str) -> Result<SystemNames, String> {
    let systems = CodeSystem::parse_group(name);
    if systems.is_empty() {
        let known: Vec<&str> = CodeSystem::all().map(CodeSystem::id).collect();
        return Err(format!("expected one of {}, icd9 or all", known.join(", ")));
    }
    Ok(SystemNames(systems))
}

fn one_system(name: &str) -> Result<CodeSystem, String> {
    CodeSystem::parse(name).ok_or_else(|| {
        let known: Vec<&str> = CodeSystem::all().map(CodeSystem::id).collect();
        format!("expected one of {}", known.join(", "))
    })
}

fn setting(name: &str) -> Result<Setting, String> {
    let expected =
        || "expected professional, outpatient-facility or inpatient-facility".to_string();
    Setting::parse(name).ok_or_else(expected)
}

fn sex(name: &str) -> Result<Sex, String> {
    match name {
        "female" => Ok(Sex::Female),
        "male" => Ok(Sex::Male),
        _ => Err("expected female or male".to_string()),
    }
}

fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "expected a day of the calendar such as 2026-10-01".to_string())
}

fn axis_value(text: &str) -> Result<(String, String), String> {
    let (axis, value) = text
        .split_once('=')
        .ok_or("expected an axis and its value such as laterality=left")?;
    let choice = (axis.trim().to_string(), value.trim().to_string());
    match medcode::search::wrong_choice(&[choice.clone()].into()) {
        Some(wrong) => Err(wrong),
        None => Ok(choice),
    }
}

fn flat(names: &[SystemNames]) -> Vec<CodeSystem> {
    names
        .iter()
        .flat_map(|names| names.0.iter().copied())
        .collect()
}

/// Does what the arguments say.
pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    if let Command::Build(options) = &arguments.command {
        return build::run(options, arguments.json);
    }
    let mut bytes = read_index(arguments.index.as_deref())?;
    if let Command::Eval(EvalArguments {
        vocabulary: Some(folder),
        ..
    }) = &arguments.command
    {
        eval::replace_vocabulary(&mut bytes, folder)?;
    }
    let mut index = Index::default();
    for (path, bytes) in &bytes {
        index
            .add(bytes)
            .map_err(|error| format!("{}: {error}", path.display()))?;
    }
    let out = &mut std::io::BufWriter::new(std::io::stdout().lock());
    let said = match &arguments.command {
        Command::Build(_) => Ok(ExitCode::SUCCESS),
        Command::Search(options) => ask::search(&index, options, arguments.json, out),
        Command::Facets(options) => ask::facets(&index, options, arguments.json, out),
        Command::Refine(options) => ask::refine(&index, options, arguments.json, out),
        Command::Lookup(options) => ask::lookup(&index, options, arguments.json, out),
        Command::Validate(options) => {
            let file = |name: &str| name.contains('.') && Path::new(name).is_file();
            let named = |name: &&String| {
                let lower = name.to_ascii_lowercase();
                let ends = [".csv", ".tsv", ".txt"]
                    .iter()
                    .any(|end| lower.ends_with(end));
                ends || name.contains('/')
            };
            if let Some(name) = options.codes.iter().find(named)
                && !file(name)
            {
                return Err(format!("{name}: expected a file of claims, found none"));
            }
            if let [name] = options.codes.as_slice()
                && file(name)
            {
                let shown = claims::Shown {
                    json: arguments.json,
                    errors_only: options.errors,
                    summary_only: options.summary,
                };
                return claims::run(&index, Path::new(name), &shown, out);
            }
            ask::validate(&index, options, arguments.json, out)
        }
        Command::Next(options) => relate::next(
            loaded(&index, options.system)?,
            options,
            arguments.json,
            out,
        ),
        Command::Translate(options) => relate::translate(&index, options, arguments.json, out),
        Command::Changes(options) => relate::changes(
            loaded(&index, options.system)?,
            options,
            arguments.json,
            out,
        ),
        Command::Eval(options) => return eval::run(&index, options, arguments.json, out),
        Command::Systems => ask::systems(&index, arguments.json, out),
        Command::Inspect => ask::inspect(&index, &bytes, arguments.json, out),
    };
    said.map_err(|error| error.to_string())
}

/// Says something to whoever reads the errors; where nobody does any more, that is no failure.
pub fn say(sentence: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{sentence}");
}

/// A system that a command needs.
fn loaded<'i, 'a>(
    index: &'i Index<'a>,
    system: CodeSystem,
) -> Result<&'i medcode::System<'a>, String> {
    let missing = || {
        format!(
            "{system} is not in the index: run ./build.sh with its files, or name another index"
        )
    };
    index.system(system).ok_or_else(missing)
}

/// The bytes of every index file at a path; without one, of the folder that a build wrote last.
fn read_index(path: Option<&Path>) -> Result<Vec<(PathBuf, Vec<u8>)>, String> {
    let path = match path {
        Some(path) => path.to_path_buf(),
        None => {
            built_last().ok_or("there is no index: run ./build.sh, or name one with --index")?
        }
    };
    let mut files = Vec::new();
    if path.is_dir() {
        for folder in [path.clone(), path.join("packs")] {
            let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
            files.extend(
                entries
                    .map(|entry| entry.path())
                    .filter(|path| path.extension().is_some_and(|e| e == "medcode")),
            );
        }
        files.sort();
        if files.is_empty() {
            return Err(format!(
                "{}: expected a folder with .medcode files, found none: run ./build.sh",
                path.display()
            ));
        }
    } else {
        files.push(path);
    }
    let read = |path: PathBuf| match std::fs::read(&path) {
        Ok(bytes) => Ok((path, bytes)),
        Err(error) => Err(format!("{}: {error}", path.display())),
    };
    files.into_iter().map(read).collect()
}

fn built_last() -> Option<PathBuf> {
    let folders = [
        "target/sources/index",
        "target/registries/index",
        "target/index",
    ]
    .map(PathBuf::from);
    folders
        .into_iter()
        .filter_map(|folder| {
            let written = std::fs::metadata(folder.join("embedded.medcode"))
                .and_then(|file| file.modified())
                .ok()?;
            Some((written, folder))
        })
        .max()
        .map(|(_, folder)| folder)
}
