//! The command line: builds an index from the publishers' files, and asks it.

use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use medcode::build;
use medcode::index::plain_code;
use medcode::sources::gather::Inputs;
use medcode::{CodeSystem, Date, Index};

/// Offline search and validation of US medical codes.
#[derive(Parser)]
#[command(version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// The index to ask
    #[arg(
        long,
        global = true,
        env = "MEDCODE_INDEX_FILE",
        default_value = "target/index/all.medcode"
    )]
    index: PathBuf,
    /// Write JSON, for programs
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Build an index from the publishers' files
    Build {
        /// Folders with the files, in order of precedence
        #[arg(long = "from", required = true)]
        from: Vec<PathBuf>,
        /// Only these code systems (icd10cm, icd10pcs, icd9, hcpcs, cpt, all)
        #[arg(long = "system", default_value = "all")]
        systems: Vec<String>,
        /// The index to write
        #[arg(short, long, default_value = "target/index/all.medcode")]
        output: PathBuf,
    },
    /// Show the release of every code system in the index
    Systems,
    /// Show the sections of the index with their sizes and checksums
    Inspect,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(code) => code,
        Err(message) => {
            eprintln!("medcode: {message}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    match &arguments.command {
        Command::Build {
            from,
            systems,
            output,
        } => build_index(from, systems, output),
        _ => Ok(ExitCode::SUCCESS),
    }
}

fn build_index(from: &[PathBuf], systems: &[String], output: &PathBuf) -> Result<ExitCode, String> {
    let inputs = Inputs::discover(from).map_err(|e| e.to_string())?;
    let t = std::time::Instant::now();
    let built =
        build::read(&inputs, &|s| eprintln!("{:?} {s}", t.elapsed())).map_err(|e| e.to_string())?;
    let systems: Vec<CodeSystem> = systems
        .iter()
        .flat_map(|name| CodeSystem::parse_group(name))
        .collect();
    for (s, r) in &built.releases {
        eprintln!(
            "{s} {} {} {} files {}",
            r.version,
            r.concepts.len(),
            r.concepts.iter().filter(|c| c.billable).count(),
            r.files.len()
        );
    }
    for w in built.warnings.iter().take(20) {
        eprintln!("{w}");
    }
    eprintln!("{:?} read", t.elapsed());
    let bytes = build::compile(&built, &systems)?;
    eprintln!("{:?} compiled", t.elapsed());
    std::fs::create_dir_all(output.parent().unwrap()).unwrap();
    std::fs::write(output, &bytes).map_err(|e| e.to_string())?;
    let index = Index::open(&bytes).unwrap();
    for s in index.systems() {
        for x in s.sections() {
            println!("{} {:?} {}", s.code_system(), x.kind, x.bytes.len());
        }
    }
    println!("{}", bytes.len());
    Ok(ExitCode::SUCCESS)
}
